/*
 * sf-soql - the query language: read it, find the records
 *
 *	q = sf_soql_parse(org, text, SF_SOQL_REST, &err);
 *	sf_soql_ids(org, q, all, &ids, &n);		in the order asked for
 *	for each: sf_get(), then sf_soql_json() or sf_soql_csv()
 *	sf_soql_free(q);
 *
 * SELECT fields and parent paths up to five levels, COUNT(); WHERE with
 * AND OR NOT, = != < <= > >= LIKE IN NOT IN, semi-joins and date literals;
 * ORDER BY, LIMIT, OFFSET.  GROUP BY, other aggregates, children in SELECT
 * and TYPEOF are refused.  Text compares without regard to case unless the
 * field is case sensitive; null is first in order.
 *
 * All with org->lock held.
 */
#ifndef SF_SOQL_H
#define SF_SOQL_H

#include "sf-org.h"

#define SF_HOPS 5
#define SF_SELECT_MAX 200
#define SF_ORDER_MAX 8

enum sf_soql_where { SF_SOQL_REST, SF_SOQL_BULK };

struct sf_path {
	const struct sf_field *hop[SF_HOPS];	/* lookups to follow */
	int hops;
	const struct sf_field *f;		/* of the last object */
	const char *text;			/* "Account.Name", as described */
};

struct sf_order {
	struct sf_path path;
	bool descending, nulls_last;
};

struct sf_soql {
	struct sf_arena a;
	const struct sf_object *o;
	struct sf_path select[SF_SELECT_MAX];
	int nselect;
	bool count;			/* SELECT COUNT() */
	struct sf_cond *where;		/* NULL: all */
	struct sf_order order[SF_ORDER_MAX];
	int norder;
	long limit, offset;		/* -1: none; 0 */
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

/* Must all be found at once (order, limit, an index), or piecemeal? */
bool sf_soql_at_once(const struct sf_org *org, const struct sf_soql *q);

/* Does the record match? */
bool sf_soql_match(struct sf_org *org, struct sf_soql *q, struct sf_row *r);

/* Append one record: JSON with attributes, or a line of CSV. */
void sf_soql_json(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    const char *version, struct buf *b);
void sf_soql_csv(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    char delim, const char *eol, struct buf *b);

/* --- between sf-soql.c and sf-select.c --- */

enum sf_cond_kind { SF_AND, SF_OR, SF_NOT, SF_CMP };
enum sf_cmp { SF_EQ, SF_NE, SF_LT, SF_LE, SF_GT, SF_GE, SF_LIKE, SF_IN,
    SF_NOT_IN };

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
};

/* The value that a path leads to; SF_NULL where a parent is missing. */
struct sf_val sf_path_value(struct sf_org *org, struct sf_soql *q,
    const struct sf_path *p, struct sf_row *r);

int sf_val_cmp(const struct sf_field *f, const struct sf_val *a,
    const struct sf_val *b);

#endif
