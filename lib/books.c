/* books - do a run's streams add up, stage by stage and source by source? */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "books.h"
#include "file.h"
#include "head.h"
#include "kept.h"
#include "tally.h"

enum { COUNTS = 512 << 10 };

/* Our filters promise to drop nothing; of rec-pick and strangers a reader
 * may want just that. */
static bool
is_bound(const struct runlog_stage *s)
{
	static const char *const names[] = {
		"rec-map", "led-recall", "sf-match", "sf-diff", "sf-load",
		"led-record", "mage-writeback",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (slice_is(runlog_base(s), names[i]))
			return true;
	return false;
}

/* Does line by line hold between a stage and the one it reads from? */
static bool
is_held(const struct runlog *l, const struct runlog_stage *s)
{
	return s->from != -1 && is_bound(s) && runlog_whole(s) &&
	    runlog_whole(&l->stage[s->from]);
}

static bool
maps(const struct runlog_stage *s)
{
	return slice_is(runlog_base(s), "rec-map");
}

static long long
added(const struct runlog_stage *from, const struct runlog_stage *to)
{
	long long n = to->told - from->told;

	return to->deletes > from->deletes ?
	    n + to->deletes - from->deletes : n;
}

int
books_counts(const struct runlog *l, struct why *w)
{
	const struct runlog_stage *s, *from;
	long long in, out;

	for (size_t i = 0; i < l->n; i++) {
		s = &l->stage[i];
		if (!is_held(l, s))
			continue;
		from = &l->stage[s->from];
		in = maps(s) ? from->records + from->sources : from->lines;
		out = maps(s) ? s->sources : s->lines - added(from, s);
		if (in != out)
			return why(w, WHY_DATA, "%.*s: does not balance: "
			    "%lld %s in, %lld answered", (int)s->name.n,
			    s->name.p, in, maps(s) ? "records" : "lines",
			    out);
	}
	return 0;
}

/* ---- kept copies ---- */

static int
count(void *tally, const char *p, size_t n)
{
	tally_put(tally, p, n);
	return 0;
}

static int
differs(const struct runlog_stage *s, const struct tally *t, struct why *w)
{
	long long lines = (long long)t->lines;

	if (lines == s->lines)
		return why(w, WHY_DATA, "%.*s: a line was changed: SHA-256 is "
		    "not that of what %.*s wrote", (int)s->kept.n, s->kept.p,
		    (int)s->name.n, s->name.p);
	return why(w, WHY_DATA, "%.*s: %lld %s %s: it has %lld, %.*s wrote "
	    "%lld", (int)s->kept.n, s->kept.p, llabs(lines - s->lines),
	    llabs(lines - s->lines) == 1 ? "line was" : "lines were",
	    lines < s->lines ? "dropped or cut" : "added", lines,
	    (int)s->name.n, s->name.p, s->lines);
}

static int
check_copy(const struct runlog_stage *s, const char *folder, struct why *w)
{
	char *path = xasprintf("%s/%.*s", folder, (int)s->kept.n, s->kept.p);
	struct tally *t = tally_new();
	struct buf b = BUF(COUNTS);
	int r = file_gunzip(path, count, t, w);

	tally_end(t);
	if (r == 0) {
		tally_json(t, &b);
		if (!slice_eq(buf_all(&b), s->tally))
			r = differs(s, t, w);
	} else
		w->kind = WHY_DATA;
	buf_free(&b);
	tally_free(t);
	free(path);
	return r;
}

static bool
is_named(const struct runlog *l, const char *file)
{
	for (size_t i = 0; i < l->n; i++)
		if (slice_is(l->stage[i].kept, file))
			return true;
	return false;
}

static int
is_copy(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 10 && strcmp(d->d_name + n - 10, ".ndjson.gz") == 0;
}

static int
check_strangers(const struct runlog *l, const char *folder, struct why *w)
{
	struct dirent **found;
	int n = scandir(folder, &found, is_copy, alphasort), r = 0;

	for (int i = 0; i < n; i++) {
		if (r == 0 && !is_named(l, found[i]->d_name))
			r = why(w, WHY_DATA, "%s: this file was added: no "
			    "stage wrote it", found[i]->d_name);
		free(found[i]);
	}
	if (n >= 0)
		free(found);
	return r;
}

int
books_copies(const struct runlog *l, const char *folder, long *copies,
    struct why *w)
{
	const struct runlog_stage *s;

	*copies = 0;
	for (size_t i = 0; i < l->n; i++) {
		s = &l->stage[i];
		if (s->kept.p == NULL || s->pruned)
			continue;
		if (check_copy(s, folder, w) == -1)
			return -1;
		(*copies)++;
	}
	return check_strangers(l, folder, w);
}

/* ---- source by source ---- */

/* The lines of one source that stand together in a copy. */
struct group {
	char source[256];
	size_t n;
	long lines;
};

struct side {
	struct kept *copy;
	struct slice ahead;	/* the first line of the next group */
	bool more;
	struct group group;
};

/* The next line that counts: not one that mage-writeback added. */
static int
next_line(struct side *s, struct head *h, struct why *w)
{
	int r;

	do {
		if ((r = kept_next(s->copy, &s->ahead, w)) != 1)
			return r;
		head_read(h, s->ahead);
	} while (head_told(h));
	return 1;
}

static size_t
source_of(const struct head *h, char to[256])
{
	size_t n = h->source.n < 256 ? h->source.n : 256;

	if (n > 0)
		memcpy(to, h->source.p, n);
	return n;
}

/* Fill s->group: 1, 0 at the end, -1. */
static int
next_group(struct side *s, struct why *w)
{
	struct head h;
	char source[256];
	size_t n;
	int r = 1;

	if (!s->more)
		return 0;
	head_read(&h, s->ahead);
	s->group.n = source_of(&h, s->group.source);
	s->group.lines = 0;
	do {
		s->group.lines++;
		if ((r = next_line(s, &h, w)) != 1)
			break;
		n = source_of(&h, source);
	} while (n > 0 && n == s->group.n &&
	    memcmp(source, s->group.source, n) == 0);
	s->more = r == 1;
	return r == -1 ? -1 : 1;
}

static bool
same_source(const struct group *a, const struct group *b)
{
	return a->n == b->n && memcmp(a->source, b->source, a->n) == 0;
}

static int
off(struct why *w, const struct runlog_stage *s, const struct group *g,
    const char *what)
{
	return why(w, WHY_DATA, "%.*s: %s: %.*s", (int)s->kept.n, s->kept.p,
	    what, g->n == 0 ? 18 : (int)g->n,
	    g->n == 0 ? "a line of no source" : g->source);
}

/*
 * Walk both side by side.  `room` is how many deletes were added between
 * them: groups, or lines in a group, that only the later one has.
 */
static int
compare(struct side *a, struct side *b, const struct runlog_stage *from,
    const struct runlog_stage *to, long long room, struct why *w)
{
	int x = next_group(a, w), y = next_group(b, w);
	struct group *g = &a->group, *k = &b->group;

	while (x != -1 && y != -1 && (x == 1 || y == 1)) {
		if (x == 1 && y == 1 && same_source(g, k) &&
		    k->lines >= g->lines && k->lines - g->lines <= room) {
			room -= k->lines - g->lines;
			x = next_group(a, w);
			y = next_group(b, w);
		} else if (y == 1 && k->lines <= room &&
		    (x == 0 || !same_source(g, k))) {
			room -= k->lines;
			y = next_group(b, w);
		} else if (x == 1 && y == 1 && same_source(g, k)) {
			return off(w, to, k, k->lines < g->lines ?
			    "a line was dropped" : "a line was added");
		} else if (x == 1) {
			return off(w, to, g, "not in its place");
		} else if (y == 1) {
			return off(w, from, k, "missing");
		}
	}
	return x == -1 || y == -1 ? -1 : 0;
}

static int
open_side(struct side *s, const struct runlog_stage *of, const char *folder,
    struct why *w)
{
	char *path = xasprintf("%s/%.*s", folder, (int)of->kept.n,
	    of->kept.p);
	struct head h;
	int r = -1;

	if ((s->copy = kept_open(path, w)) != NULL)
		r = next_line(s, &h, w);
	s->more = r == 1;
	free(path);
	return r == -1 ? -1 : 0;
}

static int
check_pair(const struct runlog_stage *from, const struct runlog_stage *to,
    long long room, const char *folder, struct why *w)
{
	struct side *a = xcalloc(1, sizeof(*a)), *b = xcalloc(1, sizeof(*b));
	int r = -1;

	if (open_side(a, from, folder, w) == 0 &&
	    open_side(b, to, folder, w) == 0)
		r = compare(a, b, from, to, room, w);
	kept_close(a->copy);
	kept_close(b->copy);
	free(a);
	free(b);
	return r;
}

static bool
has_copy(const struct runlog_stage *s)
{
	return s->kept.p != NULL && !s->pruned;
}

/* Walk up from `to` to the nearest stage that has a copy of payloads. */
static int
check_up(const struct runlog *l, const struct runlog_stage *to,
    const char *folder, struct why *w)
{
	const struct runlog_stage *s = to, *from;
	long long room = 0;

	while (is_held(l, s) && !maps(s)) {
		from = &l->stage[s->from];
		if (s->deletes > from->deletes)
			room += s->deletes - from->deletes;
		if (has_copy(from))
			return check_pair(from, to, room, folder, w);
		s = from;
	}
	return 0;
}

int
books_sources(const struct runlog *l, const char *folder, struct why *w)
{
	for (size_t i = 0; i < l->n; i++)
		if (has_copy(&l->stage[i]) &&
		    check_up(l, &l->stage[i], folder, w) == -1)
			return -1;
	return 0;
}
