/* kept - a kept copy line by line. */
#include <stdlib.h>

#include "kept.h"

enum { PIECE = 256 << 10 };

struct kept {
	struct gunzip *file;
	struct buf held;	/* bytes [at, held.n) are not given yet */
	size_t at, seen;	/* no LF before `seen` */
	bool end;
};

struct kept *
kept_open(const char *path, struct why *w)
{
	struct gunzip *file = file_gunzip_open(path, w);
	struct kept *k;

	if (file == NULL)
		return NULL;
	k = xcalloc(1, sizeof(*k));
	k->file = file;
	k->held = BUF(KEPT_LINE + PIECE);
	return k;
}

void
kept_close(struct kept *k)
{
	if (k == NULL)
		return;
	file_gunzip_close(k->file);
	buf_free(&k->held);
	free(k);
}

static int
more(struct kept *k, struct why *w)
{
	long n;

	if (k->at > 0) {
		memmove(k->held.p, k->held.p + k->at, k->held.n - k->at);
		k->held.n -= k->at;
		k->seen -= k->at;
		k->at = 0;
	}
	if (!buf_room(&k->held, PIECE)) {	/* give what there is */
		k->held.over = false;
		return 0;
	}
	n = file_gunzip_read(k->file, k->held.p + k->held.n, PIECE, w);
	if (n > 0)
		k->held.n += (size_t)n;
	k->end = n == 0;
	return n < 0 ? -1 : n > 0;
}

int
kept_next(struct kept *k, struct slice *line, struct why *w)
{
	const char *lf;
	int r = 1;

	while (r == 1) {
		lf = k->held.n == k->seen ? NULL : memchr(k->held.p + k->seen,
		    '\n', k->held.n - k->seen);
		if (lf != NULL) {
			*line = (struct slice){ k->held.p + k->at,
			    (size_t)(lf - k->held.p) - k->at };
			k->at = k->seen = (size_t)(lf + 1 - k->held.p);
			return 1;
		}
		k->seen = k->held.n;
		r = k->end ? 0 : more(k, w);
	}
	if (r == -1 || k->at == k->held.n)
		return r;
	*line = (struct slice){ k->held.p + k->at, k->held.n - k->at };
	k->at = k->seen = k->held.n;
	return 1;
}
