#ifndef SALESFORCE_H
#define SALESFORCE_H

#include "conf.h"
#include "csv.h"
#include "http.h"
#include "ledger.h"
#include "mem.h"
#include "scan.h"
#include "why.h"

/*
 * salesforce - one org: login, calls, describe, queries, ids.
 *
 *	struct sf *s = sf_open(conf, ledger, &w);
 *	if (s == NULL || sf_settle_jobs(s, false, &w) == -1)
 *		return say_why(&w);
 *	if (sf_query(s, "SELECT Id, Name FROM Account", SF_AUTO, take, ctx,
 *	    &w) == -1) ...
 *	sf_close(s);
 *
 * Errors of the org come as `w`: kind WHY_SETUP for what somebody must mend
 * (credentials, rights, an unknown object or field), WHY_BUSY for limits,
 * WHY_BROKEN for answers that make no sense; the code is Salesforce's own
 * (INVALID_TYPE), the text has its message and, where there is one, advice.
 * How ingest jobs go is in salesforce-job.h, how sf-load plans them in
 * salesforce-wave.h.
 */

struct sf;

/*
 * Log in as [salesforce] says (OAuth client credentials or JWT bearer) and
 * check that the ledger belongs to this org (WHY_SETUP: it belongs to
 * another).  `conf` and `l` are borrowed until sf_close().  `l` may be NULL:
 * then nothing is checked, counted or remembered.  With a ledger the session
 * is shared with the other programs of the pipe.
 */
struct sf *sf_open(const struct conf *conf, struct ledger *l, struct why *w);

/* Log in anew, whatever session is shared: for who checks the login. */
int sf_login_again(struct sf *s, struct why *w);
void sf_close(struct sf *s);

const char *sf_org(const struct sf *s);		/* id, 18 characters */
const char *sf_instance(const struct sf *s);	/* https://..., no slash */
const char *sf_version(const struct sf *s);	/* "v62.0" */

/* Sforce-Limit-Info of the last answer; -1: none seen. */
void sf_limits(const struct sf *s, long *used, long *of);

/*
 * One call.  `path` stands for the URL: "/..." below the instance, anything
 * else below /services/data/vXX.X/; the rest of `c` is filled by the caller
 * (but url and authorization).  0: status 2xx.  -1 with `w` otherwise, the
 * error body understood.  A session that died (401) is renewed once and the
 * call repeated, whatever it is: a 401 did nothing.  http_call_free() after
 * either.
 */
int sf_run(struct sf *s, struct http_call *c, const char *path,
    struct why *w);

/*
 * Several calls at once: sf_start() each, then sf_wait() for each gives back
 * one that is done, with what sf_run() says of it in `w` (kind WHY_NONE: 2xx),
 * renewals of the session included.  -1 of sf_start(): it was not begun.
 * While some are on their way, other calls can be made with sf_run().
 */
struct sf_call {
	struct http_call c;	/* as for sf_run() */
	const char *path;	/* borrowed until it is done */
	char *url, *token;	/* own */
	bool renewed;
};

int sf_start(struct sf *s, struct sf_call *k, struct why *w);
struct sf_call *sf_wait(struct sf *s, struct why *w);

/* GET and check as JSON; the slice is borrowed from `c`. */
int sf_get(struct sf *s, struct http_call *c, const char *path,
    struct slice *json, struct why *w);

/* Ids: 15 or 18 characters, the latter with the right check characters. */
bool sf_id_ok(struct slice id);
/* Both: false, and `out` as it was, where it is not ok. */
bool sf_id_take(char out[19], struct slice id);
void sf_id_18(char out[19], struct slice id);	/* of an id that is ok */

/* One record: the first 15 characters are equal, in their case. */
bool sf_id_same(struct slice a, struct slice b);

/*
 * Describe, kept for the run.  Names are found in any case.  A name may go
 * over one relationship: "Account.Magento_Id__c", "Order:Parent.X__c".
 */
enum sf_type {
	SF_TEXT, SF_ID, SF_NUMBER, SF_BOOL, SF_DATE, SF_DATETIME, SF_TIME,
	SF_MULTI,		/* multi-select picklist: A;B, order is nothing */
};

struct sf_field {
	struct slice name, label, relationship;	/* relationship: or absent */
	enum sf_type type;
	bool createable, updateable, nillable, external_id, id_lookup, unique;
	bool custom, calculated, auto_number, defaulted, filterable;
	bool restricted;	/* a picklist that takes its values alone */
	bool case_sensitive;	/* a unique text: "a" and "A" are two */
	long length, scale, precision;
	struct slice kind;	/* as describe calls the type: "textarea" */
	struct slice values;	/* raw JSON: picklistValues */
	const struct slice *refs;	/* objects that a reference can name */
	size_t n_refs;
};

struct sf_object {
	struct slice name, label;
	const struct sf_field *field;
	size_t n;
	struct slice record_types;	/* raw JSON: recordTypeInfos */
	struct slice children;		/* raw JSON: childRelationships */
	bool createable, updateable, deletable, queryable;
};

/* NULL with WHY_SETUP: no such object, or the user may not see it; other kinds:
 * Salesforce could not be asked.  Here and below `w` may be NULL where that
 * makes no difference, as with an object that was described before. */
const struct sf_object *sf_describe(struct sf *s, struct slice object,
    struct why *w);

/* NULL with WHY_SETUP "INVALID_FIELD": no such field; the text has the
 * nearest.  Else as sf_describe(). */
const struct sf_field *sf_field(struct sf *s, struct slice object,
    struct slice name, struct why *w);

/* The field of that name, and the lookup of that relationship name, of an
 * object that is described already; NULL: none. */
const struct sf_field *sf_field_of(const struct sf_object *o,
    struct slice name);
const struct sf_field *sf_lookup_of(const struct sf_object *o,
    struct slice relationship);

/*
 * A copy of what the org says: from sf_save() on every answer to a GET goes
 * into the folder `dir` as well, whole, as a file as it came (Order.json is
 * the describe of Order).  sf_saved() is an org that answers from such a
 * folder, without a login; what is not there is WHY_SETUP "not-saved", a
 * describe that is not there INVALID_TYPE.  `dir` is borrowed.
 */
int sf_save(struct sf *s, const char *dir, struct why *w);
struct sf *sf_saved(const char *dir);

/*
 * Do two values mean the same in a field of this type?  Texts as a query
 * gives them or as we send them; absent (p == NULL) and empty are both null,
 * and null is the same as false.  Numbers by value at the field's scale,
 * date-times as instants, ids by their first 15 characters, texts without
 * white space at the end and with LF for CR LF, as Salesforce keeps them.
 */
bool sf_same(const struct sf_field *f, struct slice a, struct slice b);

/*
 * Queries.  A record has the names and values of the SELECT list, in its
 * order; over relationships as one flat name, "Account.Name".  Where the list
 * is more than names (COUNT(), FIELDS(ALL), sub-queries) `n` is 0 and only
 * `raw` is there.
 */
struct sf_value {
	struct slice text;	/* plain text; p == NULL: null */
	bool bare;		/* a number, true or false: no quotes in JSON */
};

struct sf_record {
	const struct slice *name;
	const struct sf_value *value;
	size_t n;
	struct slice raw;	/* REST only: the record's JSON */
};

/* Borrowed for the call; -1 with `w` stops the query. */
typedef int sf_take(void *ctx, const struct sf_record *r, struct why *w);

enum sf_way {
	SF_AUTO,	/* REST, and Bulk when the first page says that more
			 * than SF_MANY records come */
	SF_REST, SF_BULK,
};

enum { SF_MANY = 10000 };

/* `take` may have been called before -1; Bulk results are streamed, never
 * held.  Bulk values are typed (`bare`) by describe. */
int sf_query(struct sf *s, const char *soql, enum sf_way way, sf_take *take,
    void *ctx, struct why *w);

/*
 * SELECT `select` FROM `object` WHERE `field` IN (`keys`) [AND (`and`)], in
 * as many queries as it takes, the way chosen by their number.  Keys are
 * plain text; repeated ones are asked once, and those that no record can have
 * (over SF_KEY_MAX bytes, with a NUL, "abc" in a number field) not at all:
 * such a query is an error, for all that is asked with it.  `and` may be NULL.
 */
enum { SF_KEY_MAX = 4096 };

/* Can a record have this text in the field, so that it can be asked for?  Is
 * that the same as another to a query? */
bool sf_can_be(const struct sf_field *f, struct slice key);
bool sf_asks_same(const struct sf_field *f, struct slice a, struct slice b);

int sf_query_keys(struct sf *s, const char *select, struct slice object,
    struct slice field, const struct slice *keys, size_t n, const char *and,
    sf_take *take, void *ctx, struct why *w);

/* Append a text as a SOQL string, quotes and all; or as a literal of the
 * field's type (numbers, booleans and dates have no quotes). */
void sf_soql_text(struct buf *b, struct slice text);
void sf_soql_value(struct buf *b, const struct sf_field *f,
    struct slice text);

/*
 * Jobs that a killed run left open: each is waited for, or aborted and waited
 * for, so that nothing moves in the org behind our back.  Every program that
 * is about to change or to match records calls this first of all, before it
 * asks anything and before it passes on a line: else it could meet a job that
 * a later program of the same pipe has just begun.  With nothing open it costs
 * no call.  -1: WHY_BUSY when a job does not end in [salesforce] timeout.
 *
 * Jobs of a program that still lives are left to it: who only reads may stand
 * beside a run that loads.  `alone`: nobody else may load meanwhile, so one of
 * another run is WHY_BUSY.
 */
int sf_settle_jobs(struct sf *s, bool alone, struct why *w);

#endif
