/* sf-bulk - Bulk API 2.0: what both kinds of jobs share, and ingest */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-api.h"

#define UPLOAD_MAX 150000000	/* bytes, after base64 */
#define LIST_PAGE 1000		/* jobs */

/* --- shared --- */

bool
sf_bulk_job(struct sf_http *h, const char *kind, struct sf_job *j)
{
	const char *id = h->part[2];
	int64_t n = sf_id_number("750", id, strlen(id));

	if (n > 0 && sf_job_get(h->org, n, j)) {
		if (strcmp(j->kind, kind) == 0)
			return true;
		sf_job_free(j);
	}
	sf_not_found(h);
	return false;
}

static bool
one_of(const char *const *names, int n, const char *s)
{
	while (n-- > 0)
		if (strcmp(names[n], s) == 0)
			return true;
	return false;
}

/* A member of the create body, its default, and what it may be. */
static bool
enumerated(struct sf_http *h, yyjson_val *o, const char *name,
    const char *none, const char *const *names, int n, char *to, size_t size)
{
	yyjson_val *v = yyjson_obj_get(o, name);
	const char *s = v ? yyjson_get_str(v) : none;

	if (s == NULL || !one_of(names, n, s)) {
		sf_error(h, 400, "API_ERROR", "Invalid value: '%s' supplied "
		    "for property: '%s'", s ? s : "", name);
		return false;
	}
	snprintf(to, size, "%s", s);
	return true;
}

bool
sf_bulk_json(struct sf_http *h, yyjson_val *o, struct sf_job *j)
{
	static const char *const delimiters[] = {"COMMA", "TAB", "PIPE",
	    "SEMICOLON", "CARET", "BACKQUOTE"};
	static const char *const endings[] = {"LF", "CRLF"};
	static const char *const types[] = {"CSV"};
	char type[8];

	snprintf(j->version, sizeof(j->version), "%s", h->version);
	return enumerated(h, o, "contentType", "CSV", types, 1, type,
	    sizeof(type)) &&
	    enumerated(h, o, "columnDelimiter", "COMMA", delimiters, 6,
	    j->delimiter, sizeof(j->delimiter)) &&
	    enumerated(h, o, "lineEnding", "LF", endings, 2, j->ending,
	    sizeof(j->ending));
}

/*
 * What a list asks for by its arguments.  A locator names its list, as that of
 * query jobs continues at jobs/ingest, a quirk of the platform.
 */
static bool
list_args(struct sf_http *h, const char **kind, int64_t *after, bool *none)
{
	static const char *const types[] = {"V2Ingest", "V2Query", "Classic",
	    "BigObjectIngest"};
	char *at = sf_arg(h, "queryLocator"), *type = sf_arg(h, "jobType");
	char *pk = sf_arg(h, "isPkChunkingEnabled");
	const char *dash = at ? strrchr(at, '-') : NULL;
	int64_t list = dash ? sf_id_number("01g", at, (size_t)(dash - at)) : 0;
	bool ok = false;

	*after = dash ? atoll(dash + 1) : 0;
	if (list > 0)
		*kind = list == 2 ? "query" : "ingest";
	*none = (pk && strcasecmp(pk, "true") == 0) || (type && strcmp(type,
	    types[strcmp(*kind, "query") == 0]) != 0);
	if (at && (dash == NULL || (list != 1 && list != 2)))
		sf_error(h, 400, "INVALID_QUERY_LOCATOR",
		    "invalid query locator");
	else if (type && !one_of(types, 4, type))
		sf_error(h, 400, "API_ERROR", "Invalid value: '%s' supplied "
		    "for property: 'jobType'", type);
	else
		ok = true;
	free(at);
	free(type);
	free(pk);
	return ok;
}

void
sf_bulk_list(struct sf_http *h, const char *kind)
{
	sqlite3_stmt *st;
	struct buf *b, list = {0};
	int64_t last = 0;
	int n = 0;
	bool done = true, none;
	char id[19];

	if (!list_args(h, &kind, &last, &none))
		return;
	st = sf_sql(h->org, "SELECT n FROM job WHERE kind = ?1 AND n > ?2 "
	    "ORDER BY n LIMIT ?3");
	sqlite3_bind_text(st, 1, kind, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, last);
	sqlite3_bind_int64(st, 3, none ? 0 : LIST_PAGE + 1);
	while (sf_step(h->org, st)) {
		struct sf_job j;

		if (n == LIST_PAGE) {
			done = false;
			break;
		}
		if (n++)
			buf_byte(&list, ',');
		last = sqlite3_column_int64(st, 0);
		sf_job_get(h->org, last, &j);
		sf_job_json(h->org, &j, SF_SHOW_FULL, &list);
		sf_job_free(&j);
	}
	sqlite3_finalize(st);
	b = sf_ok(h, 200);
	buf_fmt(b, "{\"done\":%s,\"records\":[%s],\"nextRecordsUrl\":",
	    done ? "true" : "false", list.p ? list.p : "");
	sf_id_make("01g", strcmp(kind, "query") == 0 ? 2 : 1, id);
	if (done)
		buf_str(b, "null}");
	else
		buf_fmt(b, "\"/services/data/v%s/jobs/ingest?queryLocator=%s-"
		    "%lld\"}", h->version, id, (long long)last);
	buf_free(&list);
}

/* GET of one job, either kind; jobs may wait for being asked about. */
void
sf_bulk_info(struct sf_http *h, struct sf_job *j)
{
	if (h->org->set.job_polls > 0 && !sf_job_ended(j) &&
	    strcmp(j->state, "Open") != 0) {
		j->polls++;
		sf_job_touch(h->org, j);
		pthread_cond_signal(&h->org->wake);
	}
	sf_job_json(h->org, j, SF_SHOW_FULL, sf_ok(h, 200));
}

static void
bad_state(struct sf_http *h, const char *verb)
{
	sf_error(h, 400, "INVALIDJOBSTATE", "%s already Completed Job not "
	    "allowed", verb);
}

/* PATCH {"state": ...}: close (ingest only) or abort. */
void
sf_bulk_patch(struct sf_http *h, struct sf_job *j)
{
	yyjson_val *v = sf_body(h);
	const char *state = yyjson_get_str(yyjson_obj_get(v, "state"));
	bool ingest = strcmp(j->kind, "ingest") == 0;

	if (v == NULL)
		return;
	if (state == NULL || yyjson_obj_size(v) != 1 ||
	    (strcmp(state, "Aborted") != 0 && (!ingest ||
	    strcmp(state, "UploadComplete") != 0))) {
		sf_error(h, 400, "INVALIDJOBSTATE", "Invalid job state: %s",
		    state ? state : "");
		return;
	}
	if (strcmp(state, "Aborted") == 0 && sf_job_ended(j)) {
		bad_state(h, "Aborting");
		return;
	}
	if (strcmp(state, "UploadComplete") == 0 &&
	    strcmp(j->state, "Open") != 0) {
		bad_state(h, "Closing");
		return;
	}
	snprintf(j->state, sizeof(j->state), "%s", state);
	j->due = sf_now() + h->org->set.job_delay_ms;
	j->polls = 0;
	sf_job_save(h->org, j);
	pthread_cond_signal(&h->org->wake);
	sf_job_json(h->org, j, SF_SHOW_PATCHED, sf_ok(h, 200));
}

/* --- create --- */

static bool
check_key(struct sf_http *h, const struct sf_object *o, struct sf_job *j)
{
	const struct sf_field *f = j->extid[0] ? sf_seen_field(o, j->extid) : NULL;

	if (strcmp(j->operation, "upsert") != 0) {
		j->extid[0] = '\0';
		return true;
	}
	if (f == NULL || !sf_can_upsert(f)) {
		sf_error(h, 400, "INVALIDJOB", "InvalidJob : Field name "
		    "provided, %s does not match an External ID for %s",
		    j->extid, o->name);
		return false;
	}
	snprintf(j->extid, sizeof(j->extid), "%s", f->name);
	return true;
}

/* Which rule it is does not matter, as the org has none. */
static bool
check_rule(struct sf_http *h, yyjson_val *v, const struct sf_object *o,
    struct sf_job *j)
{
	const char *id = yyjson_get_str(v);

	if (v == NULL || yyjson_is_null(v))
		return true;
	if (!sf_since(h, 49) || (strcmp(o->name, "Case") != 0 &&
	    strcmp(o->name, "Lead") != 0)) {
		sf_error(h, 400, "INVALIDJOB", "InvalidJob : assignmentRuleId "
		    "is for jobs of Case and Lead, from version 49.0 on");
		return false;
	}
	if (id == NULL || strncmp(id, "01Q", 3) != 0 ||
	    sf_id_read(h->org, id, strlen(id)) < 0) {
		sf_error(h, 400, "API_ERROR", "Invalid value: '%s' supplied "
		    "for property: 'assignmentRuleId'", id ? id : "");
		return false;
	}
	snprintf(j->rule, sizeof(j->rule), "%s", id);
	return true;
}

/* The object of a new job; NULL: refused. */
static const struct sf_object *
object_of(struct sf_http *h, const char *name)
{
	/* an org has these, and its Bulk API takes none of them */
	static const char *const others[] = {"AttachedContentNote",
	    "Attachment", "ContractStatus", "RecentlyViewed",
	    "UserRecordAccess"};
	const struct sf_object *o = sf_seen_object(h->org->schema, name);
	const char *refused = o && !o->bulk ? o->name : NULL;
	size_t i;

	for (i = 0; o == NULL && i < sizeof(others) / sizeof(others[0]); i++)
		if (strcasecmp(name, others[i]) == 0)
			refused = others[i];
	if (refused != NULL)
		sf_error(h, 400, "INVALIDENTITY", "InvalidEntity : Entity "
		    "'%s' is not supported by the Bulk API.", refused);
	else if (o == NULL)
		sf_error(h, 400, "INVALIDJOB", "InvalidJob : Unable to find "
		    "object: %s", name);
	return refused ? NULL : o;
}

static bool
create(struct sf_http *h, yyjson_val *v, struct sf_job *j)
{
	static const char *const operations[] = {"insert", "update", "upsert",
	    "delete", "hardDelete"};
	const char *name = yyjson_get_str(yyjson_obj_get(v, "object"));
	const char *key = yyjson_get_str(yyjson_obj_get(v,
	    "externalIdFieldName"));
	const struct sf_object *o;

	if (!enumerated(h, v, "operation", NULL, operations, 5, j->operation,
	    sizeof(j->operation)) || !sf_bulk_json(h, v, j))
		return false;
	if ((o = object_of(h, name ? name : "")) == NULL)
		return false;
	if (strcmp(j->operation, "hardDelete") == 0 &&
	    !h->org->set.hard_delete) {
		sf_error(h, 400, "FEATURENOTENABLED", "FeatureNotEnabled : "
		    "hardDelete operation requires special user profile "
		    "permission, please contact your system administrator");
		return false;
	}
	snprintf(j->kind, sizeof(j->kind), "ingest");
	snprintf(j->state, sizeof(j->state), "Open");
	snprintf(j->object, sizeof(j->object), "%s", o->name);
	snprintf(j->extid, sizeof(j->extid), "%s", key ? key : "");
	return check_key(h, o, j) &&
	    check_rule(h, yyjson_obj_get(v, "assignmentRuleId"), o, j);
}

/* Find part `name` of a multipart body; false when it is not there. */
static bool
part(const struct sf_http *h, const char *boundary, const char *name,
    const char **p, size_t *n)
{
	const char *end = h->rq->body + h->rq->body_len, *at = h->rq->body;
	const char *head, *body, *stop;
	char want[80];
	size_t bl = strlen(boundary);

	snprintf(want, sizeof(want), "name=\"%s\"", name);
	while ((at = memmem(at, (size_t)(end - at), boundary, bl)) != NULL) {
		head = at + bl;
		body = memmem(head, (size_t)(end - head), "\r\n\r\n", 4);
		if (body == NULL)
			return false;
		stop = memmem(body, (size_t)(end - body), boundary, bl);
		if (stop == NULL)
			return false;
		if (memmem(head, (size_t)(body - head), want,
		    strlen(want)) != NULL) {
			*p = body + 4;
			/* the line end before the boundary belongs to it */
			*n = (size_t)(stop - *p) >= 2 ?
			    (size_t)(stop - *p) - 2 : 0;
			return true;
		}
		at = stop;
	}
	return false;
}

static void
create_multipart(struct sf_http *h, const char *type, struct sf_job *j)
{
	const char *at = strstr(type, "boundary="), *p, *csv;
	char boundary[256];
	yyjson_doc *doc = NULL;
	size_t n, csv_n;

	snprintf(boundary, sizeof(boundary), "--%.*s",
	    at ? (int)strcspn(at + 9 + (at[9] == '"'), "\";") : 0,
	    at ? at + 9 + (at[9] == '"') : "");
	if (at == NULL || !part(h, boundary, "job", &p, &n) ||
	    !part(h, boundary, "content", &csv, &csv_n)) {
		sf_error(h, 400, "INVALIDJOB", "InvalidJob : the parts 'job' "
		    "and 'content' are required");
		return;
	}
	doc = yyjson_read(p, n, 0);
	if (sf_utf16_len(csv, csv_n) > 100000) {
		sf_error(h, 400, "API_ERROR", "The content of a multipart "
		    "request is limited to 100000 characters");
	} else if (create(h, yyjson_doc_get_root(doc), j)) {
		snprintf(j->state, sizeof(j->state), "UploadComplete");
		j->due = sf_now() + h->org->set.job_delay_ms;
		sf_fault_keep(h, j);
		sf_job_new(h->org, j);
		sf_job_body(h->org, j->n, 0, csv, csv_n);
		j->bytes = (int64_t)csv_n;
		sf_job_save(h->org, j);
		pthread_cond_signal(&h->org->wake);
		sf_job_json(h->org, j, SF_SHOW_CREATED, sf_ok(h, 200));
	}
	yyjson_doc_free(doc);
}

static void
create_json(struct sf_http *h, struct sf_job *j)
{
	yyjson_val *v = sf_body(h);

	if (v == NULL || !create(h, v, j))
		return;
	sf_fault_keep(h, j);
	sf_job_new(h->org, j);
	sf_job_json(h->org, j, SF_SHOW_CREATED, sf_ok(h, 200));
}

/* --- upload --- */

static void
not_open(struct sf_http *h, const struct sf_job *j)
{
	sf_error(h, 400, "INVALIDJOBSTATE", "Job is not open: %s", j->state);
}

static int64_t *
uploading(struct sf_org *org, int64_t n)
{
	int i;

	for (i = 0; i < SF_UPLOADS; i++)
		if (org->uploading[i] == n)
			return &org->uploading[i];
	return NULL;
}

static void
let_others_in(struct sf_http *h)
{
	sf_commit(h->org);
	pthread_mutex_unlock(&h->org->lock);
	serve_give_way(h->rq);
	h->org->waiting++;
	pthread_mutex_lock(&h->org->lock);
	h->org->waiting--;
}

/*
 * Keep the body, block by block, so that others need not wait for 100 MB of
 * it.  The job is looked at anew behind it: it may have been aborted.
 */
static void
take_body(struct sf_http *h, struct sf_job *j)
{
	int64_t *slot = uploading(h->org, 0), n = j->n;
	size_t at = 0, len = h->rq->body_len, now;

	if (slot != NULL)
		*slot = n;
	do {
		now = len - at < SF_BLOCK ? len - at : SF_BLOCK;
		sf_job_body(h->org, n, at, h->rq->body + at, now);
		at += now;
		if (slot != NULL && at < len)
			let_others_in(h);
	} while (at < len);
	if (slot != NULL)
		*slot = 0;
	sf_job_free(j);
	if (!sf_job_get(h->org, n, j)) {
		sf_not_found(h);
	} else if (strcmp(j->state, "Open") != 0) {
		not_open(h, j);
	} else {
		sf_fault_keep(h, j);
		j->bytes = (int64_t)len;
		sf_job_save(h->org, j);
		sf_ok(h, 201);
	}
}

static void
upload(struct sf_http *h, struct sf_job *j)
{
	const char *type = serve_header(h->rq, "Content-Type");
	char id[19];

	sf_id_make("750", j->n, id);
	if (j->bytes >= 0 || uploading(h->org, j->n) != NULL) {
		sf_error(h, 400, "BULK_API_ERROR", "Found multipe contents "
		    "for job: <%.15s>, please 'Close' / 'Abort' / 'Delete' "
		    "the current Job then create a new Job and make sure you "
		    "only do 'PUT' once on a given Job.", id);
	} else if (strcmp(j->state, "Open") != 0) {
		not_open(h, j);
	} else if (type == NULL || strncasecmp(type, "text/csv", 8) != 0) {
		sf_error(h, 415, "UNSUPPORTED_MEDIA_TYPE", "the upload must "
		    "be text/csv");
	} else if ((h->rq->body_len + 2) / 3 * 4 > UPLOAD_MAX) {
		sf_error(h, 413, "REQUEST_ENTITY_TOO_LARGE", "the upload is "
		    "larger than 150 MB when encoded as base64");
	} else {
		take_body(h, j);
	}
}

static void
delete(struct sf_http *h, const struct sf_job *j)
{
	if (!sf_job_ended(j) && strcmp(j->state, "UploadComplete") != 0) {
		sf_error(h, 400, "API_ERROR", "Error encountered when "
		    "deleting the job because the job is not terminated");
		return;
	}
	sf_job_delete(h->org, j->n);
	sf_ok(h, 204);
}

/* --- who answers --- */

static void
one_job(struct sf_http *h, struct sf_job *j)
{
	if (sf_is(h, "GET"))
		sf_bulk_info(h, j);
	else if (sf_is(h, "PATCH")) {
		sf_fault_keep(h, j);
		sf_bulk_patch(h, j);
	} else if (sf_is(h, "DELETE"))
		delete(h, j);
	else
		sf_not_allowed(h, "GET,HEAD,PATCH,DELETE");
}

static void
job_part(struct sf_http *h, struct sf_job *j)
{
	const char *what = h->part[3];

	if (strcmp(what, "batches") == 0) {
		if (sf_is(h, "PUT"))
			upload(h, j);
		else
			sf_not_allowed(h, "PUT");
	} else if (!sf_bulk_results(h, j, what)) {
		sf_not_found(h);
	}
}

void
sf_bulk_ingest(struct sf_http *h)
{
	const char *type = serve_header(h->rq, "Content-Type");
	struct sf_job j = SF_JOB_EMPTY;

	if (h->parts == 2 && sf_is(h, "POST")) {
		if (type && strncasecmp(type, "multipart/", 10) == 0)
			create_multipart(h, type, &j);
		else
			create_json(h, &j);
	} else if (h->parts == 2 && sf_is(h, "GET")) {
		sf_bulk_list(h, "ingest");
	} else if (h->parts == 2) {
		sf_not_allowed(h, "GET,HEAD,POST");
	} else if (sf_bulk_job(h, "ingest", &j)) {
		if (h->parts == 3)
			one_job(h, &j);
		else
			job_part(h, &j);
	}
	sf_job_free(&j);
}
