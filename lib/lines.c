/* lines - LF-terminated lines from a descriptor, in big reads. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "lines.h"
#include "sign.h"

enum {
	PIPE = 1024 * 1024,
	READ = 256 * 1024,	/* one read: stays in a cache */
	PAD = 64,		/* what a scanner may look at behind a line */
	HEAD = 4096,		/* what is kept of a line over the limit */
};

struct lines {
	int fd, until;		/* or -1 */
	size_t limit;
	char *p;		/* cap + PAD bytes */
	size_t cap, at, n;	/* unread: p[at] to p[n] */
	uint64_t number;
	bool ended;
	struct line over;	/* handed to a part, when `has_over` */
	bool has_over;
};

struct lines *
lines_open(int fd, size_t limit)
{
	struct lines *in = xcalloc(1, sizeof(*in));

	in->fd = fd;
	in->until = -1;
	in->limit = limit;
	in->cap = READ;
	in->p = xcalloc(1, in->cap + PAD);
#ifdef F_SETPIPE_SZ
	/* Not a pipe, or not allowed: slower, not wrong. */
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE);
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

static void
grow(struct lines *in, size_t cap)
{
	in->p = xrealloc(in->p, cap + PAD);
	memset(in->p + in->cap, 0, cap + PAD - in->cap);
	in->cap = cap;
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
	if (in->n == in->cap)
		grow(in, in->cap * 2);
}

void
lines_until(struct lines *in, int fd)
{
	in->until = fd;
}

/* Nobody wants the rest: wait until that is so, or there is something. */
static bool
unwanted(const struct lines *in)
{
	struct pollfd p[] = { { .fd = in->fd, .events = POLLIN },
		{ .fd = in->until, .events = POLLIN } };

	if (in->until == -1)
		return false;
	while (poll(p, 2, -1) == -1 && errno == EINTR)
		;
	return p[1].revents != 0;
}

/* Read more behind what is there: 1, 0 at the end, -1. */
static int
more(struct lines *in, struct why *w)
{
	size_t most = READ;
	ssize_t got;

	if (in->ended || (in->ended = unwanted(in)))
		return 0;
	if (in->cap - in->n < READ / 4)
		make_room(in);
	if (most > in->cap - in->n)
		most = in->cap - in->n;
	do {
		got = read(in->fd, in->p + in->n, most);
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

/*
 * Read until there is a whole line.  1, with its length in `n`, or with what is
 * there of one that is over the limit; 0 the end; -1.
 */
static inline int
find_line(struct lines *in, size_t *n, struct why *w)
{
	const char *lf;
	int r;

	for (*n = 0;;) {
		lf = memchr(in->p + in->at + *n, '\n', in->n - in->at - *n);
		if (lf != NULL) {
			*n = (size_t)(lf - in->p) - in->at;
			return 1;
		}
		*n = in->n - in->at;
		if (*n > in->limit && *n > HEAD)
			return 1;
		if ((r = more(in, w)) == -1)
			return -1;
		if (r == 0 && in->n > in->at)
			return why(w, WHY_BROKEN, "the input stops in the "
			    "middle of a line: its writer died");
		if (r == 0)
			return 0;
	}
}

int
lines_next(struct lines *in, struct line *l, struct why *w)
{
	size_t n;
	int r;

	if (in->has_over) {
		*l = in->over;
		in->has_over = false;
		l->number = ++in->number;
		return 1;
	}
	if ((r = find_line(in, &n, w)) != 1)
		return r;
	l->number = ++in->number;
	if (n > in->limit && n > HEAD)
		return drop(in, l, w);
	l->text = (struct slice){ in->p + in->at, n };
	l->over = false;
	l->length = n;
	l->sha256[0] = '\0';
	in->at += n + 1;
	return 1;
}

/* ---- for several threads ---- */

struct lines *
lines_part(const struct lines *in)
{
	struct lines *part = xcalloc(1, sizeof(*part));

	part->fd = part->until = -1;
	part->limit = in->limit;
	part->ended = true;
	part->cap = in->cap;
	part->p = xcalloc(1, part->cap + PAD);
	return part;
}

/* A line too long to be held stands alone. */
static int
hand_over(struct lines *in, struct lines *part, struct why *w)
{
	if (drop(in, &part->over, w) == -1)
		return -1;
	memcpy(part->p, in->p, HEAD);
	part->over.text.p = part->p;
	part->has_over = true;
	part->at = part->n = 0;
	return 1;
}

/* The buffers change hands; what is copied is the line not yet whole. */
int
lines_hand(struct lines *in, struct lines *part, struct why *w)
{
	const char *end;
	struct lines was;
	size_t n;
	int r;

	part->number = 0;
	if ((r = find_line(in, &n, w)) != 1)
		return r;
	if (n > in->limit && n > HEAD)
		return hand_over(in, part, w);
	end = memrchr(in->p + in->at, '\n', in->n - in->at);
	n = (size_t)(in->p + in->n - ++end);
	if (n > part->cap)
		grow(part, in->cap);
	memcpy(part->p, end, n);
	was = *in;
	in->p = part->p;
	in->cap = part->cap;
	in->at = 0;
	in->n = n;
	part->p = was.p;
	part->cap = was.cap;
	part->at = was.at;
	part->n = was.n - n;
	return 1;
}
