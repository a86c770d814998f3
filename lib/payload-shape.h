#ifndef PAYLOAD_SHAPE_H
#define PAYLOAD_SHAPE_H

#include "payload-kept.h"

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

/*
 * The line, copied into `pool` with what is needed to find its members; false,
 * and nothing is: it is like none before, over KEPT_LINE_MAX, or has an escape
 * where a member is plain text.  payload_shapes_read() is for such.
 */
bool payload_shapes_keep(struct payload_shapes *s, struct payload_kept *k,
    struct slice line, struct pool *pool);

#endif
