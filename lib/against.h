#ifndef AGAINST_H
#define AGAINST_H

#include <stdint.h>

#include "paint.h"
#include "pairs.h"

/*
 * against - what two streams of payloads and verdicts say differently of the
 * same records, and that summed up.
 *
 *	struct against *a = against_new();
 *	struct against_change *c;
 *
 *	n = against_source(a, side, pool, &c);
 *	... c[0] to c[n - 1], for who shows each
 *	against_show(a, &paint);	(or against_json(a, &out))
 *	against_free(a);
 *
 * Lines go together by map and key.  What every run or map makes differ (rev,
 * hash, was) is not compared; everything else is, byte by byte, since what
 * differs is sent.  Memory is bounded: AGAINST_MAPS maps, AGAINST_ROWS fields
 * or turns in each, AGAINST_SAMPLES examples of a field.
 */

enum {
	AGAINST_MAPS = 256, AGAINST_ROWS = 512, AGAINST_SAMPLES = 3,
	AGAINST_TEXT = 120,	/* bytes of an example */
};

enum against_kind {
	AGAINST_CHANGED,	/* a payload with other fields */
	AGAINST_KEY,		/* the same with another key as well */
	AGAINST_NEW,		/* a line that was not there */
	AGAINST_GONE,
	AGAINST_TURNED,		/* a payload into a verdict, or back, or a
				 * verdict into another one */
	AGAINST_KINDS
};

struct against_field {
	struct slice name;	/* "Status", "[insert] Status", "(match)" */
	struct slice old, new;	/* raw JSON; p NULL: it is not there */
};

struct against_change {
	enum against_kind kind;
	const struct payload *old, *new;	/* NULL: there is none */
	struct against_field *field;	/* of CHANGED and KEY */
	size_t n;
};

struct against;

struct against *against_new(void);
void against_free(struct against *a);

/* Compare what is said of one source; the number of changes, which live in
 * `pool`. */
size_t against_source(struct against *a, const struct pair side[2],
    struct pool *pool, struct against_change **changes);

/* Has anything changed at all? */
bool against_any(const struct against *a);

void against_show(const struct against *a, const struct paint *p);
void against_json(const struct against *a, struct buf *out);

#endif
