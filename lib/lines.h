#ifndef LINES_H
#define LINES_H

#include <stdint.h>

#include "mem.h"
#include "why.h"

/*
 * lines - LF-terminated lines from a descriptor, in big reads.
 *
 *	struct lines *in = lines_open(0, 16 << 20);
 *	struct line l;
 *	while ((r = lines_next(in, &l, &w)) == 1)
 *		...
 *	lines_close(in);
 *
 * A last line without its LF means that the writer died: that is WHY_BROKEN.
 */

struct lines;

struct line {
	struct slice text;	/* without the LF; borrowed until the next call;
				 * 64 bytes behind it can be read */
	uint64_t number;	/* from 1 */
	bool over;		/* longer than the limit: `text` is its first
				 * 4 KB, the rest was read and dropped */
	uint64_t length;	/* bytes without the LF, also of an over one */
	char sha256[65];	/* of an over one, hex; "" otherwise */
};

/* Read `fd` (stays the caller's) with lines of at most `limit` bytes.  Pipes
 * are widened to 1 MiB where the system lets us. */
struct lines *lines_open(int fd, size_t limit);

/* 1 a line, 0 the end, -1 WHY_BROKEN: it cannot be read, or stops in the
 * middle of a line. */
int lines_next(struct lines *in, struct line *l, struct why *w);

/* True when lines_next() would wait for more than `ms` milliseconds. */
bool lines_wait(const struct lines *in, int ms);

/* From now on reading ends, too, when `fd` becomes readable: nobody wants the
 * rest.  A caller that is told of a cut-off line then knows better. */
void lines_until(struct lines *in, int fd);

void lines_close(struct lines *in);

/* ---- for several threads ---- */

/*
 * A reader without a descriptor: lines_next() gives what lines_hand() handed
 * to it, numbered from 1, and 0 behind that.  The same limit as `in` has.
 */
struct lines *lines_part(const struct lines *in);

/*
 * Hand to `part`, all of whose lines were read, the lines that have arrived:
 * whole ones, one at least, of one read if that gave one.  1; 0 the end; -1
 * as lines_next().  Only one thread may be here at a time.
 */
int lines_hand(struct lines *in, struct lines *part, struct why *w);

#endif
