/*
 * sf-soql - the query language: read it, find the records
 *
 *	q = sf_soql_parse(org, text, SF_SOQL_REST, &err);
 *	sf_soql_ids(org, q, all, &ids, &n);		in the order asked for
 *	for each: sf_get(), then sf_soql_json() or sf_soql_csv()
 *	sf_soql_free(q);
 *
 * A query that is `grouped` (aggregates, GROUP BY) has no records of its own:
 * sf_soql_groups() appends its AggregateResults instead.  What the language
 * holds here is told in sf-sandbox.1.  Text compares without regard to case
 * unless the field is case sensitive; null is first in order.
 *
 * The parser is sf-soql.c (the whole), sf-columns.c (behind SELECT),
 * sf-path.c (fields and functions), sf-where.c and sf-dates.c; the rest is
 * sf-find.c (which records), sf-group.c (aggregates), sf-show.c (JSON and
 * CSV).  All with org->lock held.
 */
#ifndef SF_SOQL_H
#define SF_SOQL_H

#include "sf-org.h"

#define SF_HOPS 5
#define SF_ORDER_MAX 32
#define SF_GROUP_MAX 32
#define SF_WHEN_MAX 16		/* of one TYPEOF */
#define SF_SLOT_MAX 140		/* expressions of one grouped query */

enum sf_soql_where { SF_SOQL_REST, SF_SOQL_BULK };

enum sf_fn {
	SF_FN_NONE, SF_FN_COUNT, SF_FN_COUNT_DISTINCT, SF_FN_SUM, SF_FN_AVG,
	SF_FN_MIN, SF_FN_MAX, SF_FN_DATES,
	SF_FN_CALENDAR_MONTH = SF_FN_DATES, SF_FN_CALENDAR_QUARTER,
	SF_FN_CALENDAR_YEAR, SF_FN_DAY_IN_MONTH, SF_FN_DAY_IN_WEEK,
	SF_FN_DAY_IN_YEAR, SF_FN_DAY_ONLY, SF_FN_FISCAL_MONTH,
	SF_FN_FISCAL_QUARTER, SF_FN_FISCAL_YEAR, SF_FN_HOUR_IN_DAY,
	SF_FN_WEEK_IN_MONTH, SF_FN_WEEK_IN_YEAR, SF_FN_SAME,
	SF_FN_TOLABEL = SF_FN_SAME, SF_FN_CONVERTCURRENCY, SF_FN_END
};

/* A field, perhaps of a parent, perhaps inside a function. */
struct sf_path {
	const struct sf_field *hop[SF_HOPS];	/* lookups to follow */
	int hops;
	const struct sf_field *f;		/* of the last object */
	const struct sf_field *is;		/* what the value looks like:
						 * f, or a function's result */
	enum sf_fn fn;
	int slot;		/* of a grouped query's expressions, or -1 */
	const char *text;	/* "Account.Name", as described */
};

struct sf_order {
	struct sf_path path;
	bool descending, nulls_last;
};

struct sf_soql;

/* TYPEOF: fields for one type of parent; o NULL: ELSE. */
struct sf_when {
	const struct sf_object *o;
	struct sf_soql *fields;			/* its select list */
};

enum sf_item_kind { SF_ITEM_PATH, SF_ITEM_CHILDREN, SF_ITEM_TYPEOF };

/* One entry of the select list. */
struct sf_item {
	enum sf_item_kind kind;
	struct sf_path path;		/* TYPEOF: to the lookup itself */
	const char *as;			/* member of an AggregateResult */
	const char *relation;		/* children: "Contacts" */
	const struct sf_field *link;	/* and the lookup that they have */
	struct sf_soql *child;
	struct sf_when *when;
	int nwhen;
};

struct sf_soql {
	struct sf_arena a;
	const char *text;		/* NULL where it is inside of another */
	const struct sf_soql *up;	/* children: the query around them, */
	const char *relation;		/* and what they are called there */
	const struct sf_object *o;
	struct sf_item *select;
	int nselect, cap;
	bool count;			/* SELECT COUNT() */
	bool grouped;
	struct sf_cond *where;		/* NULL: all */
	struct sf_path slot[SF_SLOT_MAX];	/* grouped: first the keys */
	int ngroup, nslot;
	struct sf_cond *having;
	struct sf_order order[SF_ORDER_MAX];
	int norder;
	long limit, offset;		/* -1: none; 0 */
	const char *alias_at;		/* the first column with an alias */
	bool unbounded;			/* FIELDS(ALL), FIELDS(CUSTOM) */
	struct sf_parent *cache;	/* parents read lately */
};

/* NULL with code and message of the REST answer in `e`. */
struct sf_soql *sf_soql_parse(struct sf_org *org, const char *text,
    enum sf_soql_where where, struct sf_err *e);
void sf_soql_free(struct sf_soql *q);

/*
 * The matching records, malloc'd.  `all`: deleted ones too.  With COUNT() as
 * well.
 */
void sf_soql_ids(struct sf_org *org, struct sf_soql *q, bool all,
    int64_t **ids, size_t *n);

/* The same among the records whose lookup `link` is `parent`. */
void sf_soql_children(struct sf_org *org, struct sf_soql *q,
    const struct sf_field *link, int64_t parent, bool all, int64_t **ids,
    size_t *n);

/* How many of them there are. */
size_t sf_soql_count(struct sf_org *org, struct sf_soql *q, bool all);

/* Must all be found at once (order, limit, an index), or piecemeal? */
bool sf_soql_at_once(const struct sf_org *org, const struct sf_soql *q);

/* Does the record match? */
bool sf_soql_match(struct sf_org *org, struct sf_soql *q, struct sf_row *r);

/*
 * Append the AggregateResults of a grouped query, with commas between, and
 * their number to `n`.  -1 with `e` when they do not fit one answer.
 */
int sf_soql_groups(struct sf_org *org, struct sf_soql *q, bool all,
    struct buf *b, size_t *n, struct sf_err *e);

/* How a query's records are shown in JSON. */
struct sf_view {
	const char *version;
	bool all;			/* deleted children too */
	size_t page;			/* children in one answer */
	/* Makes the locator of the further children; NULL: never more. */
	int64_t (*more)(struct sf_org *org, const struct sf_soql *q,
	    const int64_t *ids, size_t n, size_t page);
};

/* Append where the records from `at` on are, by the cursor of that number. */
void sf_soql_next(const struct sf_org *org, const char *version,
    int64_t cursor, size_t at, struct buf *b);

/* Append one record: JSON with attributes, or a line of CSV. */
void sf_soql_json(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    const struct sf_view *view, struct buf *b);
void sf_soql_csv(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    char delim, const char *eol, struct buf *b);

/* The field behind a child relationship's name, "Contacts" of Account. */
const struct sf_field *sf_soql_link(const struct sf_schema *s,
    const struct sf_object *parent, const char *name, size_t n);


/* --- between the files above --- */

enum sf_cond_kind { SF_AND, SF_OR, SF_NOT, SF_CMP };
enum sf_cmp { SF_EQ, SF_NE, SF_LT, SF_LE, SF_GT, SF_GE, SF_LIKE, SF_IN,
    SF_NOT_IN, SF_INCLUDES, SF_EXCLUDES };

/* A literal: [lo, hi) for date literals, else lo alone. */
struct sf_literal {
	struct sf_val lo;
	int64_t hi;
	bool range;
};

struct sf_cond {
	enum sf_cond_kind kind;
	struct sf_cond *a, *b;
	struct sf_path path;
	enum sf_cmp cmp;
	struct sf_literal *v;
	size_t nv;
	bool sorted;		/* v is, so IN may search by halves */
	bool joined;		/* v came from a subquery */
};

/* The value that a path leads to; SF_NULL where a parent is missing. */
struct sf_val sf_path_value(struct sf_org *org, struct sf_soql *q,
    const struct sf_path *p, struct sf_row *r);

/* The row behind the first `hops` lookups of `p`, or NULL. */
struct sf_row *sf_path_row(struct sf_org *org, struct sf_soql *q,
    const struct sf_path *p, int hops, struct sf_row *r);

/* A date function's result; other functions leave the value alone. */
struct sf_val sf_fn_value(const struct sf_path *p, struct sf_val v);

/* A lookup with several targets leads to "Name", which has these. */
bool sf_polymorphic(const struct sf_field *f);

/* The field of that name that the row's own object has, or NULL. */
const struct sf_field *sf_field_as(const struct sf_field *f,
    const struct sf_object *o);

/* Does the condition hold, for a record or (slots) for a group? */
bool sf_soql_test(struct sf_org *org, struct sf_soql *q,
    const struct sf_cond *c, struct sf_row *r, const struct sf_val *slots);

int sf_val_cmp(const struct sf_field *f, const struct sf_val *a,
    const struct sf_val *b);

/* `x` before `y`, as ORDER BY wants it; their values in q->order's order. */
int sf_order_cmp(const struct sf_soql *q, const struct sf_val *x,
    const struct sf_val *y);

#endif
