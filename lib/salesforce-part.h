#ifndef SALESFORCE_PART_H
#define SALESFORCE_PART_H

#include "salesforce-plan.h"

/*
 * salesforce-part - the rows of a job as a CSV file, cut where it is full.
 *
 *	struct sf_part pt = { .ps = ps, .plan = p };
 *	for (; pt.from < p->rows; pt.from = pt.to) {
 *		if (sf_part_cut(&pt, max, &w) == -1) ...
 *		... sf_part_give(&pt, at, ...) gives pt.length bytes
 *		sf_part_close(&pt);
 *	}
 *
 * There is no file of it anywhere: the lines lie in memory with the plan and
 * are given as they are asked for, so customers' data is not on disk.
 */
struct sf_part {
	struct sf_plans *ps;
	struct sf_plan *plan;
	size_t from, to;	/* rows of the plan */
	size_t most;		/* rows of a file; 0: as many as fit */
	int64_t length;
	struct buf out;		/* a line being given in pieces, */
	size_t given;		/* so much of them */
	size_t next;		/* the row behind them */
};

/*
 * How many rows from `from` on are a file of up to `max` bytes and `most`
 * rows: sets `to` and `length`.  Children of one parent go into one file,
 * unless they alone would fill it, and within it into one of the batches of
 * 10,000 rows that Salesforce works on side by side: where they would straddle
 * two, the file ends.  A row that is longer than `max` goes alone.  -1
 * WHY_BROKEN: one is over SF_LINE_MAX.
 */
int sf_part_cut(struct sf_part *pt, int64_t max, struct why *w);

/* Its bytes, as body_give of http.h wants them; `ctx` is the part. */
long sf_part_give(void *ctx, int64_t at, char *p, size_t n);

void sf_part_close(struct sf_part *pt);

#endif
