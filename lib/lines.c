/* lines - LF-terminated lines from a descriptor, in big reads. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "lines.h"
#include "sign.h"

enum {
	READ = 1024 * 1024,	/* one read; a pipe holds no more */
	PAD = 64,		/* what a scanner may look at behind a line */
	HEAD = 4096,		/* what is kept of a line over the limit */
};

struct lines {
	int fd;
	size_t limit;
	char *p;		/* cap + PAD bytes */
	size_t cap, at, n;	/* unread: p[at] to p[n] */
	uint64_t number;
	bool ended;
};

struct lines *
lines_open(int fd, size_t limit)
{
	struct lines *in = xcalloc(1, sizeof(*in));

	in->fd = fd;
	in->limit = limit;
	in->cap = READ;
	in->p = xcalloc(1, in->cap + PAD);
#ifdef F_SETPIPE_SZ
	/* Not a pipe, or not allowed: slower, not wrong. */
	(void)fcntl(fd, F_SETPIPE_SZ, READ);
#endif
	return in;
}

void
lines_close(struct lines *in)
{
	if (in == NULL)
		return;
	free(in->p);
	free(in);
}

bool
lines_wait(const struct lines *in, int ms)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };

	if (in->ended || memchr(in->p + in->at, '\n', in->n - in->at) != NULL)
		return false;
	return poll(&p, 1, ms) == 0;
}

/* Make room behind what is unread: move it to the front, or grow. */
static void
make_room(struct lines *in)
{
	if (in->at > 0) {
		memmove(in->p, in->p + in->at, in->n - in->at);
		in->n -= in->at;
		in->at = 0;
	}
	if (in->n == in->cap) {
		in->cap *= 2;
		in->p = xrealloc(in->p, in->cap + PAD);
		memset(in->p + in->n, 0, in->cap + PAD - in->n);
	}
}

/* Read more behind what is there: 1, 0 at the end, -1. */
static int
more(struct lines *in, struct why *w)
{
	ssize_t got;

	if (in->ended)
		return 0;
	if (in->cap - in->n < READ / 4)
		make_room(in);
	do {
		got = read(in->fd, in->p + in->n, in->cap - in->n);
	} while (got == -1 && errno == EINTR);
	if (got == -1)
		return why(w, WHY_BROKEN, "cannot read the input: %s",
		    strerror(errno));
	in->ended = got == 0;
	in->n += (size_t)got;
	return got > 0;
}

/* A line over the limit: keep its head, digest and drop the rest. */
static int
drop(struct lines *in, struct line *l, struct why *w)
{
	struct sign_sha256 *sum = sign_sha256_new();
	const char *lf = NULL;
	size_t n;
	int r = 1;

	l->over = true;
	l->length = 0;
	while (lf == NULL) {
		n = in->n - in->at;
		if ((lf = memchr(in->p + in->at, '\n', n)) != NULL)
			n = (size_t)(lf - in->p) - in->at;
		sign_sha256_put(sum, in->p + in->at, n);
		if (l->length == 0)
			memmove(in->p, in->p + in->at, HEAD);
		l->length += n;
		in->at += n + (lf != NULL);
		if (lf != NULL)
			break;
		in->at = in->n = HEAD;	/* the head stays in front */
		if ((r = more(in, w)) != 1)
			break;
	}
	sign_sha256_end_hex(sum, l->sha256);
	sign_sha256_free(sum);
	if (r == 0)
		r = why(w, WHY_BROKEN, "the input stops in the middle of a "
		    "line: its writer died");
	l->text = (struct slice){ in->p, HEAD };
	return r;
}

int
lines_next(struct lines *in, struct line *l, struct why *w)
{
	size_t looked = 0;
	const char *lf;
	int r;

	for (;;) {
		lf = memchr(in->p + in->at + looked, '\n',
		    in->n - in->at - looked);
		if (lf != NULL)
			break;
		looked = in->n - in->at;
		if (looked > in->limit && looked > HEAD)
			goto over;
		if ((r = more(in, w)) == -1)
			return -1;
		if (r == 0 && in->n > in->at)
			return why(w, WHY_BROKEN, "the input stops in the "
			    "middle of a line: its writer died");
		if (r == 0)
			return 0;
	}
	if ((size_t)(lf - in->p) - in->at > in->limit &&
	    (size_t)(lf - in->p) - in->at > HEAD)
		goto over;
	l->text = (struct slice){ in->p + in->at,
	    (size_t)(lf - in->p) - in->at };
	l->number = ++in->number;
	l->over = false;
	l->length = l->text.n;
	l->sha256[0] = '\0';
	in->at += l->text.n + 1;
	return 1;
over:
	l->number = ++in->number;
	return drop(in, l, w);
}
