/*
 * sf-api - what the request handlers share
 *
 * sf_handle() takes every request that serve.c passes on, checks session,
 * version and limits, cuts the path and calls one of the functions below,
 * with org->lock held.
 */
#ifndef SF_API_H
#define SF_API_H

#include "serve.h"
#include "sf-job.h"
#include "sf-soql.h"

#define SF_PARTS 12
#define SF_VERSION_MIN 41	/* Winter '18, the first with Bulk API 2.0 */
#define SF_VERSION_MAX 67	/* Summer '26 */

struct sf_http {
	struct sf_org *org;
	const struct request *rq;
	struct reply *rp;
	char version[8];	/* "62.0" */
	char *part[SF_PARTS];	/* of the path behind the version, decoded */
	int parts;
	yyjson_doc *json;	/* of the body, by sf_body() */
	struct sf_sub *sub;	/* where a subrequest is answered, or NULL */
	yyjson_val *headers;	/* of a subrequest, or NULL */
	bool all_or_none;	/* a collection's too: the request around it */
};

void sf_handle(void *ctx, const struct request *rq, struct reply *rp);

/* The member "credentials" of the first line; starts the worker too. */
void sf_credentials(void *ctx, const char *base, struct buf *out);

/* Begin an answer of JSON; returns its body. */
struct buf *sf_ok(struct sf_http *h, int status);
struct buf *sf_type(struct sf_http *h, int status, const char *type);

/* A header of the answer; one of the request, or NULL. */
void sf_reply_header(struct sf_http *h, const char *name, const char *value);
const char *sf_header(const struct sf_http *h, const char *name);

/* Cut a path into parts; take "v62.0" from the front of them, false when an
 * error is answered; is it that version, or a later one; let the resource
 * answer that the parts name. */
void sf_cut(struct sf_http *h, const char *path);
bool sf_version(struct sf_http *h);
bool sf_since(const struct sf_http *h, int version);
void sf_dispatch(struct sf_http *h);

/* The error array of the REST API: one error. */
void sf_error(struct sf_http *h, int status, const char *code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void sf_error_of(struct sf_http *h, int status, const struct sf_err *e);
void sf_not_found(struct sf_http *h);
void sf_not_allowed(struct sf_http *h, const char *allowed);

bool sf_is(const struct sf_http *h, const char *method);

/* For what can only be read: false when another method is answered 405. */
bool sf_reads(struct sf_http *h);

/* The body as a JSON object or array; NULL when the error is answered. */
yyjson_val *sf_body(struct sf_http *h);

/* A query argument, malloc'd, or NULL. */
char *sf_arg(const struct sf_http *h, const char *name);

/* An array of names, from comma-separated errors' fields. */
void sf_fields_json(const char *fields, struct buf *b);

/* --- the handlers --- */

void sf_oauth(struct sf_http *h);		/* /services/oauth2/... */
void sf_identity(struct sf_http *h, const char *path);	/* ORG/USER */
bool sf_session(struct sf_http *h);		/* false: answered 401 */
bool sf_identity_session(struct sf_http *h);	/* false: 405, or 403 in a word */
int sf_key_open(struct sf_org *org, const char *state, char *err, size_t n);
void sf_key_close(struct sf_org *org);
void sf_oauth_credentials(struct sf_org *org, struct buf *out);

void sf_versions(struct sf_http *h);		/* /services/data */
void sf_resources(struct sf_http *h);		/* of one version */
void sf_limits(struct sf_http *h);		/* limits, limits/recordCount */

void sf_describe_global(struct sf_http *h);
void sf_describe_object(struct sf_http *h, const struct sf_object *o);
void sf_object_info(struct sf_http *h, const struct sf_object *o);

void sf_rest_record(struct sf_http *h);		/* sobjects/X... */
void sf_rest_collections(struct sf_http *h);	/* composite/sobjects... */
void sf_rest_query(struct sf_http *h);		/* query, queryAll */
void sf_soql_shape(struct sf_http *h, const struct sf_soql *q);

void sf_composite(struct sf_http *h);		/* composite */
void sf_composite_graph(struct sf_http *h);	/* composite/graph */
void sf_batch(struct sf_http *h);		/* composite/batch */
void sf_tree(struct sf_http *h);		/* composite/tree/X */

void sf_bulk_ingest(struct sf_http *h);		/* jobs/ingest... */
void sf_bulk_query(struct sf_http *h);		/* jobs/query... */

void sf_state(struct sf_http *h);		/* /sandbox/state */

/* --- between the bulk handlers --- */

/* Answer one of the three result files; false when `what` is none. */
bool sf_bulk_results(struct sf_http *h, const struct sf_job *j,
    const char *what);

/* The job that part[2] names, of `kind`; false when 404 is answered. */
bool sf_bulk_job(struct sf_http *h, const char *kind, struct sf_job *j);
void sf_bulk_list(struct sf_http *h, const char *kind);
void sf_bulk_info(struct sf_http *h, struct sf_job *j);
bool sf_bulk_json(struct sf_http *h, yyjson_val *o, struct sf_job *j);
void sf_bulk_patch(struct sf_http *h, struct sf_job *j);

/* --- between sf-rest.c and sf-collections.c --- */

#define SF_MEMBERS 260		/* of one JSON record; more is refused */

/* A record from JSON, as sf_dml wants it; the key in the path comes last. */
struct sf_record {
	struct sf_change change;
	struct sf_col col[SF_MEMBERS + 1];
	struct sf_cell cell[SF_MEMBERS + 1];
};

/* Read the members of the object `v`; -1 with `e`. */
int sf_record_json(struct sf_http *h, const struct sf_object *o,
    yyjson_val *v, struct sf_record *r, struct sf_err *e);

/* Append the record with the comma-separated fields of `list`, or all. */
int sf_record_show(struct sf_http *h, struct sf_row *r, const char *list,
    struct buf *b, struct sf_err *e);

/* Does the client override duplicate rules (Sforce-Duplicate-Rule-Header)? */
bool sf_allow_duplicates(const struct sf_http *h);

/* --- sf-fault.c --- */

/* What the plan of faults does to the session, the limits and the records; a
 * lock that cannot be is answered 400, and false. */
bool sf_faults(struct sf_http *h);

/* Does it refuse record `row` (from 0) of this call?  `e` or NULL.  `hits`
 * counts in the call; _text is for records that are no JSON. */
const struct sf_err *sf_refused(struct sf_http *h, int row, yyjson_val *v,
    int64_t *hits, struct sf_err *e);
const struct sf_err *sf_refused_text(struct sf_http *h, int row,
    const char *text, size_t n, int64_t *hits, struct sf_err *e);

/* Keep what it wants done to the job later. */
void sf_fault_keep(struct sf_http *h, struct sf_job *j);

#endif
