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
 *	struct payload_shapes *s = payload_shapes_new();
 *	while (...)
 *		if (payload_shapes_read(s, &p, line, pool, &w) == -1) ...
 */
struct payload_shapes;

struct payload_shapes *payload_shapes_new(void);
void payload_shapes_free(struct payload_shapes *s);

/*
 * The same as payload_read().  64 bytes behind `line` can be read, the first
 * of which is LF or NUL: so are lines of lines_next() and pool_dup().
 */
int payload_shapes_read(struct payload_shapes *s, struct payload *p,
    struct slice line, struct pool *pool, struct why *w);

#endif
