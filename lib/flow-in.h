#ifndef FLOW_IN_H
#define FLOW_IN_H

#include "flow.h"

/*
 * flow-in - what flow.c and flow-share.c have of each other.
 *
 * A part is a flow of one thread.  It reads blocks of the lines of the whole,
 * and what it wrote for a block goes out when all blocks before it have.
 */

struct share;

struct flow {
	const char *name;
	enum flow_reads reads;
	struct lines *in;
	struct pool *pool;	/* what the last flow_any() gave */
	struct payload_shapes *shapes;	/* of what it reads, or NULL */
	struct buf out, one;
	long in_lines, out_lines, added;
	int status;
	bool ended;		/* nothing more is read */
	bool cut;		/* stopped on purpose: no balance */
	bool mute;		/* the reader left, or the disk is full */
	int error;		/* errno of the first failed write; 0: none */
	struct share *share;	/* of a part, or NULL */
	uint64_t block;		/* the number of the one it has, from 1; 0 */
	bool turn;		/* and it is the one to be written */
};

struct flow *flow_new(const char *name, enum flow_reads reads);
void flow_free(struct flow *f);

/* Write `out` and empty it; what goes wrong becomes f's. */
void flow_write(struct flow *f, struct buf *out);

/* ---- of a part (flow-share.c) ---- */

/* Hand the present block back, written, and take another; false: there is
 * none, or nothing can be written any more. */
bool share_next(struct flow *part);

/* Wait until all blocks before the present one are written: now this part is
 * alone in writing, and mute if the others stopped.  How many lines came in
 * them. */
long share_turn(struct flow *part);

/* Nothing is read or written any more by any part. */
bool share_stopped(const struct flow *part);

#endif
