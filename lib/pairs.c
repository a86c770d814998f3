/* pairs - two streams of payloads and verdicts, read source by source. */
#include <stdio.h>
#include <stdlib.h>

#include "lines.h"
#include "pairs.h"

enum { LINE = 64 << 20 };

struct side {
	struct lines *in;
	struct pool *pool, *ahead_pool;
	struct payload *line, ahead;
	size_t n, cap;
	char source[300], last[300];	/* of this group, of one before */
	bool has, ahead_has;	/* a group, a line behind it */
	bool end;
	bool fell;		/* the order was not kept, here: */
	char low[300], high[300];
};

struct pairs {
	struct side side[2];
	bool alone;		/* a source stood in one stream only */
};

static void
open_side(struct side *s, int fd)
{
	s->in = lines_open(fd, LINE);
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

void
pairs_close(struct pairs *p)
{
	if (p == NULL)
		return;
	for (int i = 0; i < 2; i++) {
		lines_close(p->side[i].in);
		pool_free(p->side[i].pool);
		pool_free(p->side[i].ahead_pool);
		free(p->side[i].line);
	}
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
	if (l.over || payload_read(&p, l.text, s->ahead_pool, w) == -1)
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

/* Does the order of sources hold from the group before to this one? */
static void
note_order(struct side *s)
{
	if (s->source[0] == '\0')
		return;
	if (s->last[0] != '\0' && !s->fell &&
	    compare(slice(s->last), slice(s->source)) >= 0) {
		s->fell = true;
		memcpy(s->low, s->source, sizeof(s->low));
		memcpy(s->high, s->last, sizeof(s->high));
	}
	memcpy(s->last, s->source, sizeof(s->last));
}

/* All lines of the next source; s->has is false at the end. */
static int
read_group(struct side *s, struct why *w)
{
	struct slice source;

	s->n = 0;
	pool_reset(s->pool);
	s->has = false;
	if (!s->ahead_has && !s->end && look_ahead(s, w) == -1)
		return -1;
	if (s->end)
		return 0;
	source = s->ahead.source;
	snprintf(s->source, sizeof(s->source), "%.*s", (int)source.n,
	    source.p == NULL ? "" : source.p);
	s->has = true;
	note_order(s);
	do {
		take_ahead(s);
		if (look_ahead(s, w) == -1)
			return -1;
	} while (!s->end && s->source[0] != '\0' &&
	    slice_is(s->ahead.source, s->source));
	return 0;
}

static struct pair
give(struct side *s, bool it)
{
	if (!it)
		return (struct pair){ .n = 0 };
	s->has = false;
	return (struct pair){ s->source[0] == '\0' ? (struct slice){ NULL, 0 }
	    : slice(s->source), s->line, s->n };
}

int
pairs_next(struct pairs *p, struct pair side[2], struct why *w)
{
	struct side *a = &p->side[0], *b = &p->side[1];
	const struct side *fell;
	int c = 0;

	for (int i = 0; i < 2; i++)
		if (!p->side[i].has && read_group(&p->side[i], w) == -1)
			return why_in(w, i == 0 ? "the stream before" :
			    "the stream now");
	if (!a->has && !b->has)
		return 0;
	if (a->has && b->has) {
		c = compare(slice(a->source), slice(b->source));
		p->alone |= c != 0;
	}
	fell = a->fell ? a : b->fell ? b : NULL;
	if (p->alone && fell != NULL)
		return why(w, WHY_SETUP, "the streams are not of the same "
		    "records, and '%s' comes after '%s': make both of the "
		    "same records, or of ascending ones", fell->low,
		    fell->high);
	if (!a->has || !b->has)
		c = a->has ? -1 : 1;
	side[0] = give(a, c <= 0);
	side[1] = give(b, c >= 0);
	return 1;
}
