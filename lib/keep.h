#ifndef KEEP_H
#define KEEP_H

#include "mem.h"
#include "why.h"

/*
 * keep - the kept copy of a stream, compressed on a thread of its own.
 *
 *	struct keep *k = keep_new(path);
 *	p = keep_room(k, &room);
 *	... put n bytes there ...
 *	keep_put(k, n);
 *	if (keep_end(k, true, &w) == -1) ...
 *
 * A few buffers go round between the caller and the thread: the caller fills
 * one in place while the thread compresses those before.  Memory is
 * KEEP_BUFFERS times KEEP_SIZE; when all are full the caller waits.
 */

enum {
	KEEP_SIZE = 256 << 10, KEEP_BUFFERS = 16,
	KEEP_MEMBER = 16,	/* buffers in a gzip member: what a damaged
				 * disk block can spoil */
};

struct keep;

/* Keep what is put in the gzip file `path`; NULL: keep nothing, the buffer
 * is all that the caller gets. */
struct keep *keep_new(const char *path);

/* Where the next bytes go; at least one has room.  Borrowed until
 * keep_put(). */
char *keep_room(struct keep *k, size_t *room);
void keep_put(struct keep *k, size_t n);

/*
 * Wait for the thread, and let the file appear when `whole`; frees `k`.
 * 1: it is there; 0: nothing was to be kept, or it was not whole; -1
 * WHY_BROKEN: it cannot be written (the caller was never held up by that).
 */
int keep_end(struct keep *k, bool whole, struct why *w);

#endif
