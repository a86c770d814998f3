#ifndef PAYLOAD_KEPT_H
#define PAYLOAD_KEPT_H

#include <stdint.h>

#include "payload.h"

/*
 * payload-kept - payloads in a third of their size, for who holds thousands.
 *
 *	struct payload_kept k;
 *	payload_keep(&k, &p, pool);
 *	... kept_key(&k) is what p.key was
 *	payload_whole(&p, &k);
 *
 * What lies in the line is known by its place there.  What does not (a text
 * that had escapes), or lies beyond 64 KB, stands in a copy of the payload.
 */

/* All slices of struct payload but `line`; those that a load reads come first,
 * in the cache line of the other members. */
#define PAYLOAD_KEPT(M) \
	M(key) M(extid) M(parent) M(insert) M(update) M(fields) M(object) \
	M(source) M(map) M(match) M(with) M(only) M(own) M(was) M(verdict) \
	M(reason) M(message) M(quiet) M(rev) M(children) M(id) M(hash) \
	M(record) M(bytes)

#define KEPT_NUMBER(name) KEPT_##name,
enum { PAYLOAD_KEPT(KEPT_NUMBER) KEPT_PARTS };
#undef KEPT_NUMBER

enum { KEPT_NOT = UINT16_MAX };	/* n: absent, or in `rest` */

struct payload_part {
	uint16_t at, n;
};

struct payload_kept {
	const char *line;
	const struct payload_places *places;
	struct payload *rest;		/* NULL: all is below */
	uint32_t n;			/* bytes of the line */
	int16_t phase;			/* see kept_phase() */
	bool shared : 1, adopted : 1, delete : 1;
	struct payload_part part[KEPT_PARTS];
};

/* Both live as long as the line and `pool` do. */
void payload_keep(struct payload_kept *k, const struct payload *p,
    struct pool *pool);
void payload_whole(struct payload *p, const struct payload_kept *k);

/* As if it had no `was`. */
void kept_drop_was(struct payload_kept *k);

/* kept_key() and so on */
#define KEPT_MEMBER(name) \
static inline struct slice \
kept_##name(const struct payload_kept *k) \
{ \
	struct payload_part t = k->part[KEPT_##name]; \
\
	if (t.n != KEPT_NOT) \
		return (struct slice){ k->line + t.at, t.n }; \
	return k->rest == NULL ? (struct slice){ NULL, 0 } : k->rest->name; \
}
PAYLOAD_KEPT(KEPT_MEMBER)
#undef KEPT_MEMBER

static inline struct slice
kept_line(const struct payload_kept *k)
{
	return k->rest == NULL ? (struct slice){ k->line, k->n } :
	    k->rest->line;
}

static inline long
kept_phase(const struct payload_kept *k)
{
	return k->rest == NULL ? k->phase : k->rest->phase;
}

#endif
