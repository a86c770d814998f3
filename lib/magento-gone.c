/* magento-gone - which known records Magento has no more. */
#include "magento-gone.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "lines.h"

enum { SOME = 100 };	/* asked for at once */

struct gone_file {
	char *path;
	int fd;
	struct lines *in;
	int64_t next;		/* not taken yet; -1: read on */
	bool end;
};

struct mage_gone *
mage_gone_open(const char *path, struct why *w)
{
	struct mage_gone *g;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1) {
		why(w, WHY_SETUP, "cannot read '%s': %s", path,
		    strerror(errno));
		return NULL;
	}
	g = xcalloc(1, sizeof(*g));
	g->file = xcalloc(1, sizeof(*g->file));
	g->file->path = xstrdup(path);
	g->file->fd = fd;
	g->file->in = lines_open(fd, 4096);
	g->file->next = -1;
	return g;
}

static int
number(struct slice t, int64_t *n)
{
	size_t i;

	*n = 0;
	for (i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return -1;
		*n = *n * 10 + (t.p[i] - '0');
	}
	return t.n > 0 && t.n <= 18 ? 0 : -1;
}

/* The next known id into f->next: 1, 0 at the end, -1. */
static int
peek(struct gone_file *f, int64_t after, struct why *w)
{
	struct line l;
	int r;

	if (f->next != -1 || f->end)
		return !f->end;
	if ((r = lines_next(f->in, &l, w)) != 1) {
		f->end = true;
		return r;
	}
	if (l.over || number(l.text, &f->next) == -1 || f->next <= after)
		return why(w, WHY_SETUP, "%s:%" PRIu64 ": no id above the "
		    "one before it", f->path, l.number);
	return 1;
}

static bool
seen(const struct mage_window *win, int64_t id)
{
	size_t lo = 0, hi = win == NULL ? 0 : win->rows, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (win->row[mid].id == id)
			return win->row[mid].is != MAGE_MISSING;
		if (win->row[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

/* Is it there after all?  What came meanwhile is for the next run. */
static int
ask(struct mage_gone *g, struct mage *m, struct mage_plan *plan,
    const int64_t *id, size_t n, struct why *w)
{
	struct mage_plan bare = { .entity = plan->entity };
	struct mage_window *win = xcalloc(1, sizeof(*win));
	size_t i;

	atomic_init(&bare.page_size, atomic_load(&plan->page_size));
	win->plan = &bare;
	win->lo = -1;
	win->hi = id[n - 1];
	win->id = id;
	win->ids = n;
	mage_window_read(m, win);
	*w = win->error;
	for (i = 0; i < win->rows && w->kind == WHY_NONE; i++)
		if (win->row[i].is == MAGE_MISSING)
			g->tell(g->ctx, win->row[i].id);
	mage_window_free(win);
	return w->kind == WHY_NONE ? 0 : -1;
}

int
mage_gone_see(struct mage_gone *g, struct mage *m, struct mage_plan *plan,
    const struct mage_window *win, int64_t id, struct why *w)
{
	struct gone_file *f = g->file;
	int64_t missed[SOME], last = -1;
	size_t n = 0;
	int r;

	while ((r = peek(f, last, w)) == 1 && f->next <= id) {
		if (!seen(win, f->next))
			missed[n++] = f->next;
		last = f->next;
		f->next = -1;
		if (n == SOME && ask(g, m, plan, missed, n, w) == -1)
			return -1;
		n %= SOME;
	}
	if (r == -1)
		return -1;
	return n == 0 ? 0 : ask(g, m, plan, missed, n, w);
}

int
mage_gone_rest(struct mage_gone *g, struct mage *m, struct mage_plan *plan,
    int64_t highest, struct why *w)
{
	struct gone_file *f = g->file;
	int r;

	while ((r = peek(f, -1, w)) == 1 && f->next <= highest)
		f->next = -1;
	return r == -1 ? -1 :
	    mage_gone_see(g, m, plan, NULL, INT64_MAX, w);
}

void
mage_gone_close(struct mage_gone *g)
{
	if (g == NULL)
		return;
	lines_close(g->file->in);
	close(g->file->fd);
	free(g->file->path);
	free(g->file);
	free(g);
}
