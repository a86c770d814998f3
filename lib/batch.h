#ifndef BATCH_H
#define BATCH_H

#include "flow.h"

/*
 * batch - whole records from the stream, many at a time.
 *
 *	struct batch *b = batch_open(f, 2000);
 *	while (batch_next(b)) {
 *		for (i = 0; i < b->n; i++)
 *			... b->line[i], payloads and verdicts, in order
 *		batch_put(b);		(or flow_put() each)
 *	}
 *	batch_close(b);
 *
 * All lines of one source are in the same batch (they are neighbours).  A
 * batch ends with the first record boundary after `want` lines or
 * BATCH_BYTES; its memory does not depend on the length of the stream.
 */

enum { BATCH_BYTES = 4 << 20 };

struct batch {
	struct payload *line;	/* borrowed until the next batch_next() */
	size_t n;
	struct pool *pool;	/* lives as long as the lines: for what the
				 * caller puts into them */
};

struct batch *batch_open(struct flow *f, size_t want);
int batch_next(struct batch *b);	/* 1, or 0 at the end */

/* The index behind the last line of the record that begins at `from`. */
size_t batch_record(const struct batch *b, size_t from);

/* Write all lines: a verdict that was read as it stood, others anew. */
void batch_put(struct batch *b, struct flow *f);
void batch_close(struct batch *b);

#endif
