#ifndef INFLATE_H
#define INFLATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * inflate - undo gzip as it comes, piece by piece: the one door to ISA-L.
 *
 *	struct inflate *f = inflate_new();
 *	while (bytes come)
 *		if (inflate_feed(f, p, n, take, ctx) == -1) ...
 *	if (!inflate_whole(f))
 *		it stops in the middle
 *	inflate_free(f);
 *
 * What is held is bounded, however much the pieces become.  Members may
 * follow one another; sums and lengths are checked.  Where Debian builds no
 * libisal (32 bits) zlib does it, in three times the time.
 */

struct inflate;

/* Given what was undone, borrowed for the call; -1 to stop. */
typedef int inflate_take(void *ctx, const char *p, size_t n);

struct inflate *inflate_new(void);

/* -1: it is no gzip, it is damaged, something else is behind it, or `take`
 * said stop.  Some of a piece that is bad may have been given.  Nothing may
 * be fed after that.  `n` is below 4 GiB. */
int inflate_feed(struct inflate *f, const char *p, size_t n,
    inflate_take *take, void *ctx);

/* Does what was fed end with a member?  Nothing at all does. */
bool inflate_whole(const struct inflate *f);

void inflate_free(struct inflate *f);

#endif
