#ifndef PAYLOAD_SHAPE_H
#define PAYLOAD_SHAPE_H

#include "payload.h"

/*
 * payload-shape - payloads and verdicts, read by what is alike in their lines.
 *
 * Lines of one map differ in their values only.  What is around those is
 * remembered, and is one comparison then; the values are checked as ever.  A
 * line that is like none before is read by payload_read().
 *
 *	struct payload_shapes *s = payload_shapes_new(false);
 *	while (...)
 *		if (payload_shapes_read(s, &p, line, pool, &w) == -1) ...
 */
struct payload_shapes;

struct payload_shapes *payload_shapes_new(bool places);
void payload_shapes_free(struct payload_shapes *s);

/*
 * With `places`, a line that is like one before has p->places, if it is below
 * 32 KB: where the scalars within its raw objects are.  They are as many, in
 * the same order and with the same text around them, in all lines of a shape.
 * Each struct payload_shapes numbers its own shapes, from 1 on.  Who gives a
 * payload other members than its line has (removing some is fine) sets
 * p->places to NULL.
 */
struct payload_place {
	unsigned at : 16;	/* in the line */
	unsigned plain : 1;	/* a string without escapes */
	unsigned n : 15;
};
struct payload_places {
	uint32_t shape, n;
	struct payload_place place[];
};

/*
 * The same as payload_read(); places live in `pool`.  64 bytes behind `line`
 * can be read, the first of which is LF or NUL: so are lines of lines_next()
 * and pool_dup().
 */
int payload_shapes_read(struct payload_shapes *s, struct payload *p,
    struct slice line, struct pool *pool, struct why *w);

#endif
