/* pairs - two streams of payloads and verdicts, read source by source. */
#include <stdlib.h>

#include "lines.h"
#include "pairs.h"
#include "payload-shape.h"

enum { LINE = 64 << 20 };

struct side {
	struct lines *in;
	struct payload_shapes *shapes;
	struct pool *pool, *ahead_pool;
	struct payload *line, ahead;
	size_t n, cap;
	struct buf source, last;	/* of this group, of one before */
	bool has, ahead_has;	/* a group, a line behind it */
	bool end;
	bool fell;		/* the order was not kept, here: */
	struct buf low, high;
};

struct pairs {
	struct side side[2];
	bool alone;		/* a source stood in one stream only */
};

static void
open_side(struct side *s, int fd)
{
	s->in = lines_open(fd, LINE);
	s->shapes = payload_shapes_new();
	s->source = s->last = s->low = s->high = BUF(LINE);
	s->pool = pool_new();
	s->ahead_pool = pool_new();
}

struct pairs *
pairs_open(int before, int now)
{
	struct pairs *p = xcalloc(1, sizeof(*p));

	open_side(&p->side[0], before);
	open_side(&p->side[1], now);
	return p;
}

static void
close_side(struct side *s)
{
	lines_close(s->in);
	payload_shapes_free(s->shapes);
	pool_free(s->pool);
	pool_free(s->ahead_pool);
	free(s->line);
	buf_free(&s->source);
	buf_free(&s->last);
	buf_free(&s->low);
	buf_free(&s->high);
}

void
pairs_close(struct pairs *p)
{
	if (p == NULL)
		return;
	close_side(&p->side[0]);
	close_side(&p->side[1]);
	free(p);
}

/* First by entity, then by id; what names no source comes first. */
static int
compare(struct slice a, struct slice b)
{
	const char *x = a.n == 0 ? NULL : memchr(a.p, '/', a.n);
	const char *y = b.n == 0 ? NULL : memchr(b.p, '/', b.n);
	int c;

	if (a.n == 0 || b.n == 0)
		return (a.n > 0) - (b.n > 0);
	c = slice_cmp((struct slice){ a.p, x == NULL ? a.n :
	    (size_t)(x - a.p) }, (struct slice){ b.p, y == NULL ? b.n :
	    (size_t)(y - b.p) });
	return c != 0 ? c : payload_source_cmp(a, b);
}

/* The next line into s->ahead. */
static int
look_ahead(struct side *s, struct why *w)
{
	struct payload p;
	struct line l;
	int r = lines_next(s->in, &l, w);

	s->ahead_has = r == 1;
	s->end = r == 0;
	if (r != 1)
		return r;
	pool_reset(s->ahead_pool);
	if (l.over || payload_shapes_read(s->shapes, &p, l.text, s->ahead_pool,
	    w) == -1)
		return why(w, WHY_SETUP, "line %llu is neither a payload nor "
		    "a verdict: compare what rec-map gives",
		    (unsigned long long)l.number);
	payload_copy(&s->ahead, &p, s->ahead_pool);
	return 1;
}

static void
take_ahead(struct side *s)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 16 : s->cap * 2;
		s->line = xrealloc(s->line, s->cap * sizeof(*s->line));
	}
	payload_copy(&s->line[s->n++], &s->ahead, s->pool);
	s->ahead_has = false;
}

static void
set(struct buf *b, struct slice text)
{
	buf_reset(b);
	buf_slice(b, text);
}

/* Does the order of sources hold from the group before to this one? */
static void
note_order(struct side *s)
{
	if (s->source.n == 0)
		return;
	if (s->last.n > 0 && !s->fell &&
	    compare(buf_all(&s->last), buf_all(&s->source)) >= 0) {
		s->fell = true;
		set(&s->low, buf_all(&s->source));
		set(&s->high, buf_all(&s->last));
	}
	set(&s->last, buf_all(&s->source));
}

/* All lines of the next source; s->has is false at the end. */
static int
read_group(struct side *s, struct why *w)
{
	s->n = 0;
	pool_reset(s->pool);
	s->has = false;
	if (!s->ahead_has && !s->end && look_ahead(s, w) == -1)
		return -1;
	if (s->end)
		return 0;
	set(&s->source, s->ahead.source);
	s->has = true;
	note_order(s);
	do {
		take_ahead(s);
		if (look_ahead(s, w) == -1)
			return -1;
	} while (!s->end && s->source.n > 0 &&
	    slice_eq(s->ahead.source, buf_all(&s->source)));
	return 0;
}

static struct pair
give(struct side *s, bool it)
{
	if (!it)
		return (struct pair){ .n = 0 };
	s->has = false;
	return (struct pair){ s->source.n == 0 ? (struct slice){ NULL, 0 } :
	    buf_all(&s->source), s->line, s->n };
}

int
pairs_next(struct pairs *p, struct pair side[2], struct why *w)
{
	struct side *a = &p->side[0], *b = &p->side[1];
	struct side *fell;
	int c = 0;

	for (int i = 0; i < 2; i++)
		if (!p->side[i].has && read_group(&p->side[i], w) == -1)
			return why_in(w, i == 0 ? "the stream before" :
			    "the stream now");
	if (!a->has && !b->has)
		return 0;
	if (a->has && b->has) {
		c = compare(buf_all(&a->source), buf_all(&b->source));
		p->alone |= c != 0;
	}
	fell = a->fell ? a : b->fell ? b : NULL;
	if (p->alone && fell != NULL)
		return why(w, WHY_SETUP, "the streams are not of the same "
		    "records, and '%s' comes after '%s': make both of the "
		    "same records, or of ascending ones",
		    buf_cstr(&fell->low), buf_cstr(&fell->high));
	if (!a->has || !b->has)
		c = a->has ? -1 : 1;
	side[0] = give(a, c <= 0);
	side[1] = give(b, c >= 0);
	return 1;
}
