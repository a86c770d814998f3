#ifndef MAGENTO_H
#define MAGENTO_H

#include <stdint.h>

#include "conf.h"
#include "http.h"
#include "ledger.h"
#include "mem.h"
#include "scan.h"
#include "why.h"

/*
 * magento - one Magento store by its REST API: login, calls, lists, errors.
 *
 *	struct mage *m = mage_open(conf, ledger, &w);
 *	struct mage_query *q = mage_query_new(m, "orders");
 *	struct http_call c = {0};
 *
 *	mage_filter(q, "entity_id", "gt", slice("0"));
 *	mage_sort(q, "entity_id", true);
 *	mage_page(q, 100, 1);
 *	if (mage_get(m, mage_query_url(q), &c, &w) == -1) ...
 *	if (mage_items(&c, &list, &w) == -1) ...
 *	http_call_free(&c);
 *	mage_query_free(q);
 *	mage_close(m);
 *
 * Kinds of error: WHY_SETUP credentials, rights, a name that Magento does not
 * know; WHY_BUSY maintenance and limits; WHY_BROKEN answers that make no
 * sense; WHY_DATA what Magento refuses of this one record (400, 404).
 */

struct mage;

/*
 * Read [magento]; files of keys and tokens are read, an admin logs in with the
 * first call.  `conf` is borrowed.  `l`, which may be NULL, counts the calls;
 * it is touched by mage_tally() and mage_close() alone.
 */
struct mage *mage_open(const struct conf *conf, struct ledger *l,
    struct why *w);
void mage_close(struct mage *m);

/*
 * Another connection with the same login, for another thread: a token that
 * one of them renewed is everybody's.  Close it before `m`.  Calls of one
 * handle belong to one thread.
 */
struct mage *mage_twin(struct mage *m, struct why *w);

/* From now on calls of all handles end, with code "stopped". */
void mage_stop(struct mage *m);

/* Give the calls counted so far to the ledger.  In the thread of `l`. */
void mage_tally(struct mage *m);

/*
 * One call.  `url` from a query or mage_url(); of `c` the caller fills what
 * it needs of method (GET), body, repeatable (true for GET), once, kind.
 * 0: status 2xx and JSON.  -1 with `w`: Magento's own words, its %1 and %name
 * filled in; the code is "http-STATUS" where there is one.  A 401 renews the
 * login, once, and repeats the call, whatever it is: a 401 did nothing.
 * http_call_free() after either.
 */
int mage_call(struct mage *m, const char *url, struct http_call *c,
    struct why *w);
int mage_get(struct mage *m, const char *url, struct http_call *c,
    struct why *w);

/* URL of a path below rest/STORE/V1/, with `last` (may be absent) as one more
 * segment; of one below rest/STORE/async/bulk/V1/.  Freed by the caller. */
char *mage_url(struct mage *m, const char *path, struct slice last);
char *mage_bulk_url(struct mage *m, const char *path);

/* From now on this handle, and twins made of it, speak to this store view
 * instead of the one that [magento] store names. */
void mage_scope(struct mage *m, const char *store);

/*
 * What an error body says: message with its parameters filled in, those of
 * `errors` too.  False: it is none, `b` untouched.
 */
bool mage_says(struct slice body, struct buf *b);

/* What a page of a list holds, borrowed from the call. */
struct mage_list {
	struct slice all;	/* the answer, checked as JSON */
	struct slice items;	/* the array; scan_enter() it */
	int64_t total;		/* total_count, -1: not there */
};

/* -1 WHY_BROKEN: no JSON, or no `items` (a message with status 200). */
int mage_items(const struct http_call *c, struct mage_list *l, struct why *w);

/* A 400 that says how many records a page may have: that number, else 0. */
int mage_size_limit(const struct http_call *c);

/* The same for lists that are a plain array. */
int mage_array(const struct http_call *c, struct slice *items,
    struct why *w);

/*
 * Entities.
 */
struct mage_entity {
	const char *name;	/* "orders" */
	const char *path;	/* of its list */
	const char *id;		/* field to filter and sort by */
	const char *member;	/* the same in its JSON */
	const char *store;	/* field of the store view, or NULL */
	bool updated;		/* has updated_at that tells of changes */
	bool subscribed;	/* only those that say they are */
};

/* NULL: there is no such entity; `w` (WHY_SETUP) names the nearest. */
const struct mage_entity *mage_entity(const char *name, struct why *w);

/* A whole number, also within quotes, that is not negative; else -1. */
int64_t mage_number(struct slice value);

/* The id of a record (0 is one: the group of who is not logged in), -1: it has
 * none. */
int64_t mage_id(const struct mage_entity *e, struct slice record);

/* Say so of a record whose mage_id() is -1: it has none, or one that is none.
 * -1 WHY_BROKEN, code "no-items". */
int mage_no_id(const struct mage_entity *e, struct slice record,
    struct why *w);

/*
 * searchCriteria.  Filters are ANDed.  At most 20: an older Magento takes no
 * more.
 */
struct mage_query;

struct mage_query *mage_query_new(struct mage *m, const char *path);
void mage_filter(struct mage_query *q, const char *field, const char *op,
    struct slice value);
/* This one, or the filters before it back to the last mage_filter(). */
void mage_filter_or(struct mage_query *q, const char *field, const char *op,
    struct slice value);
void mage_sort(struct mage_query *q, const char *field, bool ascending);
void mage_page(struct mage_query *q, int size, int number);
void mage_fields(struct mage_query *q, const char *fields);
const char *mage_query_url(struct mage_query *q);	/* borrowed */
void mage_query_free(struct mage_query *q);

/* Filters of the user. */
struct mage_where {
	char *field, *op, *value;
	bool or;		/* it, or the one before */
};

/*
 * Read "FIELD OP VALUE" into f[0] and on, up to `room`; how many.  OP is one
 * of the condition types that Magento knows, or one of = != < <= > >=.  Values
 * of `in` and `nin` are separated by commas; one with a comma stands in double
 * quotes.  Of a field whose name ends with _at the value is a moment.  -1
 * WHY_SETUP: anything else (Magento would read it as eq, or as everything).
 * Freed by mage_where_free().
 */
int mage_where(struct mage_where *f, int room, const struct mage_entity *e,
    const char *text, struct why *w);
void mage_where_free(struct mage_where *f);

/*
 * A moment, "2026-11-21", "2026-11-21 02:00:00", "2026-11-21T02:00:00Z" (both
 * UTC) or "2026-11-21T03:00:00+01:00", as Magento's filters want it: UTC,
 * "YYYY-MM-DD HH:MM:SS".  A day alone is its first second, or its last with
 * `end`.  -1 WHY_SETUP: not a moment.
 */
int mage_moment(const char *text, bool end, char out[20], struct why *w);

#endif
