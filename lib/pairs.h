#ifndef PAIRS_H
#define PAIRS_H

#include "payload.h"

/*
 * pairs - two streams of payloads and verdicts, read source by source.
 *
 *	struct pairs *p = pairs_open(before, now);
 *	struct pair side[2];
 *
 *	while ((r = pairs_next(p, side, &w)) == 1)
 *		... all that is said of one record: side[0], side[1]
 *	pairs_close(p);
 *
 * Streams made of the same records have the same sources in the same order,
 * whatever that is.  A source that one stream lacks is seen by the order of
 * sources, so both must ascend then.  Memory holds one source of each.
 */

struct pair {
	struct slice source;		/* absent: a line that names none */
	const struct payload *line;	/* in the order they came */
	size_t n;			/* 0: this stream does not have it */
};

struct pairs;

/* The descriptors stay the caller's; [0] is before, [1] now. */
struct pairs *pairs_open(int before, int now);

/*
 * 1: the lines of the next source, borrowed until the next call.  0 at the
 * end.  -1 WHY_BROKEN: a stream cannot be read or breaks off; WHY_SETUP: a
 * line is neither payload nor verdict, or the streams do not go together.
 */
int pairs_next(struct pairs *p, struct pair side[2], struct why *w);

void pairs_close(struct pairs *p);

#endif
