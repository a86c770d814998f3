/* payload-shape - payload lines, read by what is alike in them. */
#include <stdlib.h>

#include "payload-in.h"
#include "payload-shape.h"
#include "scan-in.h"

enum {
	SHAPES = 32,		/* of a map one to three: with an id, without */
	STEPS = 128,
	MARKS = 64,
	TEXT = 4096,		/* bytes of all runs of a shape */
	TRIES = 4,		/* shapes of one beginning that a line is
				 * compared with */
	COLD = 64,		/* lines like none before, more than others: */
	RETRY = 16,		/* only every so many are looked at */
};

#define NONE	SIZE_MAX

/* What comes behind a run. */
enum { END, LEAF, LEAF_TEXT, GROUP };

/* A run of bytes that is the same in all lines, then a value. */
struct step {
	uint16_t n;		/* bytes of the run */
	uint8_t marks;		/* in it */
	uint8_t then;
	uint16_t slot;		/* the member that is the value, of LEAF_TEXT
				 * and GROUP */
};

/* A slice begins or ends in a run. */
struct mark {
	uint16_t slot, at;
	uint32_t n;		/* ENDS: the slice ends */
};

#define ENDS	UINT32_MAX

struct shape {
	uint32_t number, leaves;
	size_t then;		/* the one of the line that came next */
	long phase;
	bool shared, adopted, delete;
	struct step step[STEPS];
	struct mark mark[MARKS];
	size_t steps, marks, used;
	char text[TEXT + 16];	/* the runs, one behind the other */
};

struct payload_shapes {
	struct shape *shape[SHAPES];
	struct shape *spare;	/* to learn in */
	uint32_t learned;
	bool places;
	size_t n, oldest, last;	/* NONE: no such line */
	unsigned cold, since;
};

struct payload_shapes *
payload_shapes_new(bool places)
{
	struct payload_shapes *s = xcalloc(1, sizeof(*s));

	s->spare = xmalloc(sizeof(*s->spare));
	s->last = NONE;
	s->places = places;
	return s;
}

void
payload_shapes_free(struct payload_shapes *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->shape[i]);
	free(s->spare);
	free(s);
}

/* ---- reading ---- */

/* A number, null, true or false; the place behind it, or NULL. */
static const char *
word(const char *p, const char *end)
{
	return *p == '{' || *p == '[' ? NULL : scan_value(p, end, NULL);
}

/* The value at `at`: the place behind it, or NULL where it is of another kind
 * or bad. */
static inline const char *
take(const struct step *s, struct payload *p, const char *at,
    const char *end, struct pool *pool, bool *plain)
{
	const char *q;
	bool escaped = false;

	if (s->then == GROUP) {
		if (*at != '{' && *at != '[')
			return NULL;
		if ((q = scan_within(at, end)) != NULL)
			*payload_slot(p, s->slot) = (struct slice){ at,
			    (size_t)(q - at) };
		return q;
	}
	if (*at != '"')
		return s->then == LEAF ? word(at, end) : NULL;
	q = scan_string_end(++at, end, &escaped);
	*plain = !escaped;
	if (q == NULL || s->then == LEAF)
		return q;
	*payload_slot(p, s->slot) = (struct slice){ at, (size_t)(q - at) - 1 };
	if (escaped)
		*payload_slot(p, s->slot) =
		    scan_plain(*payload_slot(p, s->slot), pool);
	return q;
}

static inline void
set(struct payload *p, const struct mark *m, const char *run)
{
	struct slice *s = payload_slot(p, m->slot);

	if (m->n == ENDS)
		s->n = (size_t)(run + m->at - s->p);
	else
		*s = (struct slice){ run + m->at, m->n };
}

static inline bool
begins(const struct shape *h, struct slice line)
{
	return sixteen_alike(line.p, h->text, h->step[0].n) >= h->step[0].n;
}

/* Read a line that begins as the shape does; false: it goes on differently.
 * `place`: for its leaves, or NULL.  No run has a byte like the one behind the
 * line in it, nor has a string: so nothing goes beyond it. */
static inline __attribute__((always_inline)) bool
follow_to(const struct shape *h, struct payload *p, struct slice line,
    struct pool *pool, struct payload_place *place)
{
	const char *at = line.p, *text = h->text, *end = line.p + line.n, *q;
	const struct mark *m = h->mark, *to;
	const struct step *s = h->step;
	bool plain;

	payload_begin(p, line);
	p->phase = h->phase;
	p->shared = h->shared;
	p->adopted = h->adopted;
	p->delete = h->delete;
	for (;; s++) {
		if (s > h->step && sixteen_alike(at, text, s->n) < s->n)
			return false;
		for (to = m + s->marks; m < to; m++)
			set(p, m, at);
		at += s->n;
		text += s->n;
		if (s->then == END)
			return at == end && (p->verdict.p != NULL ||
			    (p->source.n > 0 && p->key.n > 0));
		plain = false;
		if ((q = take(s, p, at, end, pool, &plain)) == NULL)
			return false;
		if (place != NULL && s->then == LEAF)
			*place++ = (struct payload_place){
			    (uint16_t)(at - line.p), plain,
			    (unsigned)(q - at) & 0x7fff };
		at = q;
	}
}

static bool
follow(const struct payload_shapes *s, const struct shape *h,
    struct payload *p, struct slice line, struct pool *pool)
{
	struct payload_places *to;
	const char *behind;

	if (!s->places || h->leaves == 0)
		return follow_to(h, p, line, pool, NULL);
	to = pool_get(pool, sizeof(*to) + h->leaves * sizeof(*to->place));
	behind = pool->at;
	to->shape = h->number;
	to->n = h->leaves;
	if (!follow_to(h, p, line, pool, to->place)) {
		if (pool->at == behind)
			pool_trim(pool, (char *)to, 0);
		return false;
	}
	if (line.n <= INT16_MAX)
		p->places = to;
	return true;
}

/* ---- learning ---- */

struct learner {
	struct shape *h;
	const char *from;	/* of the present run */
	size_t marks;		/* before it */
	bool fails;		/* it is not like others, or too big */
};

static void
mark(struct learner *l, size_t slot, const char *at, size_t n)
{
	struct shape *h = l->h;

	if (l->fails || h->marks == MARKS || at - l->from > TEXT) {
		l->fails = true;
		return;
	}
	h->mark[h->marks++] = (struct mark){ (uint16_t)slot,
	    (uint16_t)(at - l->from), n > TEXT ? ENDS : (uint32_t)n };
}

/* Space that could be what is behind a line is in none. */
static bool
is_clean(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] < ' ')
			return false;
	return true;
}

/* The run ends at `at`, a value goes from there to `behind`. */
static void
step(struct learner *l, int then, size_t slot, const char *at,
    const char *behind)
{
	struct shape *h = l->h;
	size_t n = (size_t)(at - l->from);

	l->fails |= h->steps == STEPS || n > TEXT - h->used ||
	    !is_clean(l->from, n);
	if (l->fails)
		return;
	memcpy(h->text + h->used, l->from, n);
	h->used += n;
	h->step[h->steps++] = (struct step){ (uint16_t)n,
	    (uint8_t)(h->marks - l->marks), (uint8_t)then, (uint16_t)slot };
	h->leaves += then == LEAF;
	l->marks = h->marks;
	l->from = behind;
}

/* All scalars of a value can be others, but keys are part of the run. */
static void
leaves(struct learner *l, const char *p, const char *end)
{
	const char *q, *colon;

	while (p < end && !l->fails) {
		if (strchr("{}[],: ", *p) != NULL) {
			p++;
			continue;
		}
		if ((q = scan_value(p, end, NULL)) == NULL) {
			l->fails = true;
			return;
		}
		for (colon = q; colon < end && *colon == ' '; colon++)
			continue;
		if (*p != '"' || colon == end || *colon != ':')
			step(l, LEAF, 0, p, q);
		p = q;
	}
}

static void
learn_member(struct learner *l, const struct payload_member *m,
    struct slice v)
{
	bool group = *v.p == '{' || *v.p == '[';

	if (m->type == PAYLOAD_FLAG || m->type == PAYLOAD_NUMBER)
		return;
	if (m->type == PAYLOAD_TEXT && m->like == PAYLOAD_OTHER) {
		step(l, LEAF_TEXT, m->at, v.p, v.p + v.n);
	} else if (m->type == PAYLOAD_TEXT) {
		l->fails |= v.n > TEXT || memchr(v.p, '\\', v.n) != NULL;
		mark(l, m->at, v.p + 1, v.n - 2);
	} else if (m->like == PAYLOAD_WHOLE && group) {
		step(l, GROUP, m->at, v.p, v.p + v.n);
	} else if (m->like == PAYLOAD_OTHER && group) {
		mark(l, m->at, v.p, 0);
		leaves(l, v.p, v.p + v.n);
		mark(l, m->at, v.p + v.n, ENDS);
	} else {
		l->fails |= v.n > TEXT;
		mark(l, m->at, v.p, v.n);
	}
}

/* What payload_read() made of a line, as a shape; false: it is none. */
static bool
learn(struct shape *h, const struct payload *p)
{
	struct learner l = { .h = h, .from = p->line.p };
	const char *end = p->line.p + p->line.n;
	struct slice key, v;
	struct scan s;

	h->steps = h->marks = h->used = h->leaves = 0;
	h->then = NONE;
	h->phase = p->phase;
	h->shared = p->shared;
	h->adopted = p->adopted;
	h->delete = p->delete;
	scan_enter(&s, p->line);
	while (!l.fails && scan_member(&s, &key, &v))
		learn_member(&l, payload_find(key, 0), v);
	step(&l, END, 0, end, end);
	return !l.fails;
}

/* Remember it, maybe instead of the oldest: its place, or NONE. */
static size_t
remember(struct payload_shapes *s, const struct payload *p)
{
	struct shape *was;
	size_t i;

	if (!learn(s->spare, p))
		return NONE;
	s->spare->number = ++s->learned;
	if (s->n < SHAPES) {
		i = s->n++;
		was = xmalloc(sizeof(*was));
	} else {
		i = s->oldest++ % SHAPES;
		was = s->shape[i];
	}
	s->shape[i] = s->spare;
	s->spare = was;
	return i;
}

/* ---- both ---- */

/* The shape by which it was read, or NONE. */
static size_t
find(struct payload_shapes *s, struct payload *p, struct slice line,
    struct pool *pool)
{
	size_t likely = s->last == NONE ? NONE : s->shape[s->last]->then;
	const struct shape *h;
	int tries = TRIES;

	if (likely != NONE && begins(h = s->shape[likely], line) &&
	    follow(s, h, p, line, pool))
		return likely;
	for (size_t i = 0; i < s->n && tries > 0; i++) {
		h = s->shape[i];
		if (i == likely || !begins(h, line))
			continue;
		if (follow(s, h, p, line, pool))
			return i;
		tries--;
	}
	return NONE;
}

int
payload_shapes_read(struct payload_shapes *s, struct payload *p,
    struct slice line, struct pool *pool, struct why *w)
{
	size_t i;

	if (s->cold > COLD && ++s->since % RETRY != 0)
		return payload_read(p, line, pool, w);
	if ((i = find(s, p, line, pool)) != NONE) {
		s->cold -= s->cold > 0;
	} else {
		if (payload_read(p, line, pool, w) == -1)
			return -1;
		s->cold += s->cold <= COLD;
		i = remember(s, p);
	}
	if (s->last != NONE)
		s->shape[s->last]->then = i;
	s->last = i;
	return 0;
}
