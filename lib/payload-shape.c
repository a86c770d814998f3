/* payload-shape - payload lines, read by what is alike in them. */
#include <stdlib.h>

#include "payload-in.h"
#include "payload-shape.h"
#include "scan-in.h"

enum {
	SHAPES = 32,		/* of a map one to three: with an id, without */
	STEPS = 128,
	TEXT = 4096,		/* bytes of all runs of a shape */
	TRIES = 4,		/* shapes of one beginning that a line is
				 * compared with */
	COLD = 64,		/* lines like none before, more than others: */
	RETRY = 16,		/* only every so many are looked at */
};

#define NONE	SIZE_MAX

/* What comes behind a run: a scalar, a text, one that is not empty, or an
 * object or array. */
enum { END, LEAF, TEXT_LEAF, NAME, GROUP };

/* A run of bytes that is the same in all lines, then a value. */
struct step {
	uint16_t n;		/* bytes of the run */
	uint8_t then;
};

struct shape {
	struct payload_form form;
	size_t then;		/* the one of the line that came next */
	struct step step[STEPS];
	size_t steps, used;
	char text[TEXT + 16];	/* the runs, one behind the other */
	const struct payload_form *copy;	/* of its form, in the pool of */
	uint64_t turn;				/* this turn; 0: none */
};

struct payload_shapes {
	struct shape *shape[SHAPES];
	struct shape *spare;	/* to learn in */
	uint32_t learned;
	size_t n, oldest, last;	/* NONE: no such line */
	unsigned cold, since;
	struct payload_place place[STEPS + 1];	/* of the line at hand */
	bool escaped;		/* one of its texts is */
};

struct payload_shapes *
payload_shapes_new(void)
{
	struct payload_shapes *s = xcalloc(1, sizeof(*s));

	s->spare = xmalloc(sizeof(*s->spare));
	s->last = NONE;
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
take(int then, const char *at, const char *end, bool *plain)
{
	const char *q;
	bool escaped = false;

	if (then == GROUP)
		return *at == '{' || *at == '[' ? scan_within(at, end) : NULL;
	if (*at != '"')
		return then == LEAF ? word(at, end) : NULL;
	q = scan_string_end(at + 1, end, &escaped);
	*plain = !escaped;
	return then == NAME && q == at + 2 ? NULL : q;
}

static inline bool
begins(const struct shape *h, struct slice line)
{
	return sixteen_alike(line.p, h->text, h->step[0].n) >= h->step[0].n;
}

/* Find the values of a line that begins as the shape does; false: it goes on
 * differently.  No run has a byte like the one behind the line in it, nor has
 * a string: so nothing goes beyond it. */
static bool
follow(struct payload_shapes *s, const struct shape *h, struct slice line)
{
	const char *at = line.p, *text = h->text, *end = line.p + line.n, *q;
	struct payload_place *place = s->place;
	const struct step *t = h->step;
	bool plain;

	s->escaped = false;
	*place++ = (struct payload_place){ 0, 0, 0 };
	for (;; t++) {
		if (t > h->step && sixteen_alike(at, text, t->n) < t->n)
			return false;
		at += t->n;
		text += t->n;
		if (t->then == END)
			return at == end;
		plain = false;
		if ((q = take(t->then, at, end, &plain)) == NULL)
			return false;
		s->escaped |= !plain && (t->then == TEXT_LEAF ||
		    t->then == NAME);
		*place++ = (struct payload_place){ (uint16_t)(at - line.p),
		    plain, (unsigned)(q - at) & KEPT_LINE_MAX };
		at = q;
	}
}

/* ---- learning ---- */

struct learner {
	struct shape *h;
	const char *from;	/* of the present run */
	bool fails;		/* it is not like others, or too big */
};

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
step(struct learner *l, int then, const char *at, const char *behind)
{
	struct shape *h = l->h;
	size_t n = (size_t)(at - l->from);

	l->fails |= h->steps == STEPS || n > TEXT - h->used ||
	    !is_clean(l->from, n);
	if (l->fails)
		return;
	memcpy(h->text + h->used, l->from, n);
	h->used += n;
	h->step[h->steps++] = (struct step){ (uint16_t)n, (uint8_t)then };
	l->from = behind;
}

/* A member begins `at` bytes into the present run. */
static void
span_begins(struct learner *l, size_t member, const char *at)
{
	struct payload_form *f = &l->h->form;

	if (l->fails || at - l->from > TEXT) {
		l->fails = true;
		return;
	}
	f->member[f->members++] = (uint8_t)member;
	f->span[member].from = (uint8_t)l->h->steps;
	f->span[member].at = (int16_t)(at - l->from);
}

/* And ends so, maybe in another run. */
static void
span_ends(struct learner *l, size_t member, ptrdiff_t at)
{
	struct payload_form *f = &l->h->form;

	l->fails |= at > TEXT;
	if (l->fails)
		return;
	f->span[member].to = (uint8_t)l->h->steps;
	f->span[member].end = (int16_t)at;
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
			step(l, LEAF, p, q);
		p = q;
	}
}

/* A value as a whole is another in each line. */
static void
learn_other(struct learner *l, int then, size_t member, struct slice v)
{
	bool text = then != GROUP;

	span_begins(l, member, v.p + text);
	step(l, then, v.p, v.p + v.n);
	span_ends(l, member, -(ptrdiff_t)text);
}

static void
learn_member(struct learner *l, const struct payload_member *m,
    struct slice v, bool payload)
{
	bool group = *v.p == '{' || *v.p == '[';
	bool text = m->type == PAYLOAD_TEXT;
	size_t member = m->at / sizeof(struct slice);

	if (m->type == PAYLOAD_FLAG || m->type == PAYLOAD_NUMBER)
		return;
	l->fails |= kept_has(&l->h->form, member);	/* it comes twice */
	if (text && m->like == PAYLOAD_OTHER) {
		learn_other(l, payload && (member == KEPT_source ||
		    member == KEPT_key) ? NAME : TEXT_LEAF, member, v);
	} else if (m->like == PAYLOAD_WHOLE && group) {
		learn_other(l, GROUP, member, v);
	} else {
		span_begins(l, member, v.p + text);
		if (m->like == PAYLOAD_OTHER && group)
			leaves(l, v.p, v.p + v.n);
		l->fails |= text && memchr(v.p, '\\', v.n) != NULL;
		span_ends(l, member, v.p + v.n - text - l->from);
	}
}

static void
form_of(struct payload_form *f, const struct payload *p)
{
	f->members = 0;
	for (size_t i = 0; i < KEPT_PARTS; i++)
		f->span[i].end = KEPT_ABSENT;
	f->phase = (int32_t)p->phase;
	f->shared = p->shared;
	f->adopted = p->adopted;
	f->delete = p->delete;
}

/* What payload_read() made of a line, as a shape; false: it is none. */
static bool
learn(struct shape *h, const struct payload *p)
{
	struct learner l = { .h = h, .from = p->line.p,
	    .fails = *p->line.p != '{' };
	const char *end = p->line.p + p->line.n;
	struct slice key, v;
	struct scan s;

	h->steps = h->used = 0;
	h->then = NONE;
	h->turn = 0;
	form_of(&h->form, p);
	scan_enter(&s, p->line);
	while (!l.fails && scan_member(&s, &key, &v))
		learn_member(&l, payload_find(key, 0), v,
		    p->verdict.p == NULL);
	step(&l, END, end, end);
	if (l.fails)
		return false;
	h->form.n = (uint8_t)h->steps;
	payload_form_settles(&h->form, p);
	return true;
}

/* Remember it, maybe instead of the oldest: its place, or NONE. */
static size_t
remember(struct payload_shapes *s, const struct payload *p)
{
	struct shape *was;
	size_t i;

	if (!learn(s->spare, p))
		return NONE;
	s->spare->form.number = ++s->learned;
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

/* The shape that the line has, or NONE. */
static size_t
find(struct payload_shapes *s, struct slice line)
{
	size_t likely = s->last == NONE ? NONE : s->shape[s->last]->then;
	const struct shape *h;
	int tries = TRIES;

	if (likely != NONE && begins(h = s->shape[likely], line) &&
	    follow(s, h, line))
		return likely;
	for (size_t i = 0; i < s->n && tries > 0; i++) {
		h = s->shape[i];
		if (i == likely || !begins(h, line))
			continue;
		if (follow(s, h, line))
			return i;
		tries--;
	}
	return NONE;
}

static void
came(struct payload_shapes *s, size_t i)
{
	if (s->last != NONE)
		s->shape[s->last]->then = i;
	s->last = i;
}

/* Texts that are of places whole, and have escapes. */
static void
unescape(struct payload *p, const struct payload_form *f,
    const struct payload_place *place, struct pool *pool)
{
	for (size_t i = 0; i < f->members; i++) {
		struct payload_span span = f->span[f->member[i]];
		struct slice *t = payload_slot(p, f->member[i] * sizeof(*t));

		if (span.end == -1 && !place[span.to].plain)
			*t = scan_plain(*t, pool);
	}
}

int
payload_shapes_read(struct payload_shapes *s, struct payload *p,
    struct slice line, struct pool *pool, struct why *w)
{
	size_t i;

	if (line.n > KEPT_LINE_MAX ||
	    (s->cold > COLD && ++s->since % RETRY != 0))
		return payload_read(p, line, pool, w);
	if ((i = find(s, line)) != NONE) {
		payload_of_form(p, &s->shape[i]->form, line, s->place);
		if (s->escaped)
			unescape(p, &s->shape[i]->form, s->place, pool);
		s->cold -= s->cold > 0;
	} else {
		if (payload_read(p, line, pool, w) == -1)
			return -1;
		s->cold += s->cold <= COLD;
		i = remember(s, p);
	}
	came(s, i);
	return 0;
}

/* Its form, as long as what else is in the pool. */
static const struct payload_form *
form_in(struct shape *h, struct pool *pool)
{
	struct payload_form *f;

	if (h->turn == pool->turn)
		return h->copy;
	f = pool_get(pool, sizeof(*f));
	*f = h->form;
	h->turn = pool->turn;
	return h->copy = f;
}

bool
payload_shapes_keep(struct payload_shapes *s, struct payload_kept *k,
    struct slice line, struct pool *pool)
{
	const struct payload_form *f;
	size_t i, places;
	char *p;

	if (line.n > KEPT_LINE_MAX || s->cold > COLD)
		return false;
	if ((i = find(s, line)) == NONE || s->escaped)
		return false;
	f = form_in(s->shape[i], pool);
	places = f->n * sizeof(*s->place);
	p = pool_get(pool, places + line.n + 1);
	memcpy(p, s->place, places);
	p += places;
	memcpy(p, line.p, line.n);
	p[line.n] = '\0';
	*k = (struct payload_kept){ .line = p, .form = f, .phase = f->phase,
	    .n = (uint16_t)line.n, .shared = f->shared,
	    .adopted = f->adopted, .delete = f->delete };
	s->cold -= s->cold > 0;
	came(s, i);
	return true;
}
