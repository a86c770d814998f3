/* salesforce-part - the rows of a job as a CSV file, cut where it is full. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "salesforce-part.h"

enum {
	CHUNK = 64 << 10,	/* written at once; stays in a cache */
	BATCH = 10000,		/* rows that Salesforce works on at a time */
	GROUP_MAX = 8 << 20,	/* children of one parent kept together */
};

/* A file without a name: it goes with the process, however that ends. */
static int
temp_file(struct why *w)
{
	const char *dir = getenv("TMPDIR");
	char *name = xasprintf("%s/millrace.XXXXXX",
	    dir == NULL || *dir == '\0' ? "/tmp" : dir);
	int fd = mkostemp(name, O_CLOEXEC);

	if (fd == -1)
		why(w, WHY_BROKEN, "cannot make a temporary file '%s': %s",
		    name, strerror(errno));
	else
		unlink(name);
	free(name);
	return fd;
}

static int
write_all(int fd, struct slice t, struct why *w)
{
	ssize_t n;

	while (t.n > 0) {
		if ((n = write(fd, t.p, t.n)) == -1) {
			if (errno == EINTR)
				continue;
			return why(w, WHY_BROKEN, "cannot write the upload's "
			    "temporary file: %s", strerror(errno));
		}
		t.p += n;
		t.n -= (size_t)n;
	}
	return 0;
}

static bool
same_parent(const struct sf_plan *p, size_t a, size_t b)
{
	return p->row[a].parent.n > 0 &&
	    slice_eq(p->row[a].parent, p->row[b].parent);
}

/* Children of one parent go into one file, unless they alone would fill it:
 * two jobs at once would fight for the parent's lock. */
static size_t
put_group(struct sf_part *pt, size_t from, int64_t max)
{
	size_t i = from, before;
	bool alone = from == pt->from;	/* else the whole group moves on */

	do {
		before = pt->out.n;
		sf_plan_row(pt->plan, i, &pt->out);
		if (alone && i > from &&
		    pt->length + (int64_t)pt->out.n > max) {
			pt->out.n = before;
			break;
		}
		i++;
	} while (i < pt->plan->rows && same_parent(pt->plan, from, i) &&
	    pt->out.n < GROUP_MAX);
	return i;
}

static int
flush_out(struct sf_part *pt, struct why *w)
{
	if (pt->out.over)
		return why(w, WHY_BROKEN, "a row of the upload is over %d "
		    "bytes", SF_LINE_MAX);
	if (write_all(pt->fd, buf_all(&pt->out), w) == -1)
		return -1;
	pt->length += (int64_t)pt->out.n;
	buf_reset(&pt->out);
	return 0;
}

/* Do rows from..to have their place in another file? */
static bool
next_file(const struct sf_part *pt, size_t from, size_t to, int64_t max)
{
	size_t first = from - pt->from, last = to - 1 - pt->from;

	if (first == 0)
		return false;
	return pt->length + (int64_t)pt->out.n > max ||
	    (pt->most > 0 && last >= pt->most) ||
	    (last / BATCH != first / BATCH && last - first < BATCH);
}

static int
write_rows(struct sf_part *pt, int64_t max, struct why *w)
{
	size_t next, before;

	sf_plan_header(pt->plan, &pt->out);
	for (pt->to = pt->from; pt->to < pt->plan->rows; pt->to = next) {
		before = pt->out.n;
		next = put_group(pt, pt->to, max);
		if (next_file(pt, pt->to, next, max)) {
			pt->out.n = before;	/* the next file's */
			break;
		}
		if (pt->out.n >= CHUNK && flush_out(pt, w) == -1)
			return -1;
	}
	return flush_out(pt, w);
}

int
sf_part_write(struct sf_part *pt, int64_t max, struct why *w)
{
	int r;

	pt->length = 0;
	pt->out = BUF(SF_LINE_MAX);
	if ((pt->fd = temp_file(w)) == -1)
		return -1;
	r = write_rows(pt, max, w);
	buf_free(&pt->out);
	return r;
}

void
sf_part_close(struct sf_part *pt)
{
	if (pt->fd != -1)
		close(pt->fd);
	pt->fd = -1;
}
