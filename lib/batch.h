#ifndef BATCH_H
#define BATCH_H

#include "flow.h"
#include "steps.h"

/*
 * batch - whole records from the stream, many at a time, with what becomes
 * of each line.
 *
 *	struct batch *b = batch_open(f, 2000);
 *
 *	while (batch_next(b)) {
 *		for (i = 0; i < b->n; i++)
 *			if (batch_goes(b, i) && ...)
 *				batch_settle(b, i, "unchanged", NULL, NULL);
 *		batch_steps(b, own, ctx);
 *		batch_put(b);
 *	}
 *	batch_close(b);
 *
 * All lines of one source are in the same batch (they are neighbours).  A
 * batch ends with the first record boundary after `want` lines or
 * BATCH_BYTES; its memory does not depend on the length of the stream.
 */

enum { BATCH_BYTES = 4 << 20 };

struct batch_line {
	struct payload p;	/* a settled one keeps all members till put */
	const char *verdict, *reason, *message;	/* by batch_settle() */
};

struct batch {
	struct batch_line *line; /* borrowed until the next batch_next() */
	size_t n;
	struct pool *pool;	/* lives as long as the lines: for what the
				 * caller puts into them */
};

struct batch *batch_open(struct flow *f, size_t want);
int batch_next(struct batch *b);	/* 1, or 0 at the end */
void batch_close(struct batch *b);

/* A payload that nobody settled yet? */
bool batch_goes(const struct batch *b, size_t i);

/* The verdict of line `i`; NULL: it has none after all.  Texts that are no
 * literals live in b->pool. */
void batch_settle(struct batch *b, size_t i, const char *verdict,
    const char *reason, const char *message);

/* One more payload before line `i`; what it points to lives in b->pool. */
void batch_insert(struct batch *b, size_t i, const struct payload *p);

/* The index behind the last line of the record that begins at `from`. */
size_t batch_record(const struct batch *b, size_t from);

/*
 * steps_apply() over every record of the batch, and its answers carried out.
 * own(ctx, i) says whether the step at line `i` is due by itself (struct
 * step.own); NULL: all are.
 */
void batch_steps(struct batch *b, bool (*own)(void *ctx, size_t i),
    void *ctx);

/* Write all lines: verdicts as they came, settled ones as verdicts. */
void batch_put(struct batch *b);

/* Going on is of no use, and `w` says why: flow_fail(), and each payload that
 * has no verdict yet, of this batch and of all that come, is written as
 * `waiting`/`not-sent`. */
void batch_give_up(struct batch *b, const struct why *w);

#endif
