#ifndef SALESFORCE_PART_H
#define SALESFORCE_PART_H

#include "salesforce-plan.h"

/*
 * salesforce-part - the rows of a job as a CSV file, cut where it is full.
 *
 *	struct sf_part pt = { .ps = ps, .plan = p };
 *	for (; pt.from < p->rows; pt.from = pt.to) {
 *		if (sf_part_write(&pt, max, &w) == -1) ...
 *		... pt.fd holds rows from..to
 *		sf_part_close(&pt);
 *	}
 */
struct sf_part {
	struct sf_plans *ps;
	struct sf_plan *plan;
	size_t from, to;	/* rows of the plan */
	size_t most;		/* rows of a file; 0: as many as fit */
	int fd;			/* a file without a name, or -1 */
	int64_t length;
	struct buf out;		/* not yet written */
};

/*
 * Write the rows from `from` on, up to `max` bytes and `most` rows, and set
 * `to`.  Children of one parent go into one file, unless they alone would fill
 * it, and within it into one of the batches of 10,000 rows that Salesforce
 * works on side by side: where they would straddle two, the file ends.  A row
 * that is longer than `max` goes alone.  -1 WHY_BROKEN: the file cannot be written;
 * sf_part_close() after either.
 */
int sf_part_write(struct sf_part *pt, int64_t max, struct why *w);
void sf_part_close(struct sf_part *pt);

#endif
