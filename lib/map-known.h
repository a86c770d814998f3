#ifndef MAP_KNOWN_H
#define MAP_KNOWN_H

#include "map-int.h"

/*
 * map-known - the places that records of an entity are known to have.
 *
 *	struct known *root = known_new(pool);
 *	known_entity(root, SLICE("orders"), pool);
 *	k = known_key(root, SLICE("custmer_email"));	is known_never
 *
 * What is known comes from lib/map-fields.awk, and from records that are
 * looked at.  A place of which nothing is known has no struct: NULL; below
 * it nothing is known either.
 */

struct known {
	struct known *up;	/* NULL: the record itself */
	struct known *kids, *next;
	struct known *last;	/* of the kids, that was asked for */
	struct known *elem;	/* of an array */
	struct slice name;	/* of a member; absent: an element */
	bool object, array;	/* what was seen there */
	unsigned scalars;	/* KNOWN_NUMBER and so on */
};

enum { KNOWN_NUMBER = 1, KNOWN_TEXT = 2, KNOWN_BOOLEAN = 4 };

unsigned known_scalar(struct val v);	/* one of these, or 0 */

/* A place that no record has. */
extern const struct known known_never;

struct known *known_new(struct pool *pool);

/* Add what is known of an entity; false: nothing is. */
bool known_entity(struct known *root, struct slice entity,
    struct pool *pool);
void known_entities(void (*see)(void *ctx, struct slice entity), void *ctx);

/* Add the places of a record, at most *left new ones.  Names are copied. */
void known_record(struct known *root, struct val record, long *left,
    struct pool *pool);

/* The place below `k`, which may be NULL; NULL or &known_never. */
const struct known *known_key(const struct known *k, struct slice key);
const struct known *known_elem(const struct known *k);

/* Append the place as an expression: .items[].sku; one more member. */
void known_path(struct buf *b, const struct known *k);
void known_name(struct buf *b, struct slice name);

/* Where a member `key` below `k` was rather looked for, or NULL. */
const struct known *known_nearest(const struct known *k, struct slice key);

#endif
