/*
 * map-object - objects whose keys are known
 *
 * An object is held against the line of its shape: what is the same as
 * something that was checked needs no other check.  A run of members that are
 * what they always are is one comparison, up to a value that has to be read.
 * Where the line is left, the next keys are tried, then all that are known;
 * an object that leaves it too often has an order of its own, and each of its
 * keys is looked up.
 *
 * A list of attributes is such an object in other clothes: what stands around
 * a code is part of the key.
 */

#include "map-token.h"

struct walk {			/* through the members of an object */
	struct shape *shape;
	const struct step *at;	/* of the line: the member that should come */
	const struct step *fresh_at;	/* where new keys came, */
	struct seen *fresh;	/* the last of them, or NULL */
	struct seen odd;	/* of a key that cannot be remembered */
	int misses;
};

/* ---- keys ---- */

static struct seen *
odd_key(struct walk *k, struct val key)
{
	k->odd = (struct seen){ .slot = shape_wanted(k->shape->want, key),
	    .taken = TRIALS + 1 };
	return &k->odd;
}

/* The entry of a key without escapes, `n` with quotes and colon. */
static struct seen *
plain_key(struct walk *k, const char *p, size_t n)
{
	struct seen *e = shape_find(k->shape, p, n);

	return e != NULL ? e : odd_key(k, shape_name(k->shape, p, n));
}

/* Any key, written in any way; `at` gets behind its colon. */
static struct seen *
any_key(struct scanner *s, const char **at, struct walk *k)
{
	const char *from = *at, *p = from + 1;
	char room[KEY_MAX + ROOM];
	bool escaped = false;
	struct val key;
	size_t n;

	if (*from != '"') {
		token_bad(s, from, "no key in an object");
		return NULL;
	}
	if (!short_end(s, &p) && (p = token_string(s, p, &escaped)) == NULL)
		return NULL;
	n = (size_t)(p - from) + 2;
	if (!escaped && p[1] == ':') {
		*at = p + 2;
		return plain_key(k, from, n);
	}
	*at = space(s, p + 1);
	if (*(*at)++ != ':') {
		token_bad(s, *at - 1, "no : behind a key");
		return NULL;
	}
	if (escaped) {
		token_keep(s, from + 1, from + 1, &key);
		return odd_key(k, key);
	}
	if (n > KEY_MAX)
		return odd_key(k, val_text(from + 1, n - 3));
	memcpy(room, from, n - 1);
	memset(room + n - 1, 0, ROOM);
	room[n - 1] = ':';
	return plain_key(k, room, n);
}

/* The same of an attribute; `at` gets NULL when it does not look like one. */
static struct seen *
any_code(struct scanner *s, const char **at, struct walk *k)
{
	const char *from = *at, *p = from + sizeof(CODE_HEAD) - 1;
	bool escaped = false;
	size_t n;

	*at = NULL;
	if (memcmp(from, CODE_HEAD, sizeof(CODE_HEAD) - 1) != 0)
		return NULL;
	if (!short_end(s, &p) && (p = token_string(s, p, &escaped)) == NULL)
		return NULL;
	if (escaped || memcmp(p, CODE_TAIL, sizeof(CODE_TAIL) - 1) != 0)
		return NULL;
	*at = p + sizeof(CODE_TAIL) - 1;
	n = (size_t)(*at - from);
	return plain_key(k, from, n);
}

/* A key that is not the one to come; `at` gets behind its colon, the line
 * behind its member. */
static struct seen *
other_key(struct scanner *s, const char **at, struct walk *k)
{
	const char *p = *at = k->shape->coded ? *at : space(s, *at);
	const struct step *t = k->at;
	struct shape *h = k->shape;
	struct seen *e;
	int hops;

	for (hops = 0; hops < AHEAD && t->e != NULL; hops++, t++)
		if (sixteen_alike(p, t->e->text, t->e->n) >= t->e->n) {
			k->at = t + 1;
			*at += t->e->n;
			return t->e;
		}
	e = h->coded ? any_code(s, at, k) : any_key(s, at, k);
	if (e == NULL || e == &k->odd)
		return e;
	if (!e->linked) {
		shape_link(h, k->fresh != NULL && k->fresh_at == k->at ?
		    k->fresh : k->at == h->step ? NULL : k->at[-1].e, e);
		k->fresh = e;
		k->fresh_at = k->at;
		return e;
	}
	k->misses++;
	if (e->step != NO_STEP)
		k->at = &h->step[e->step] + 1;
	return e;
}

/* ---- values ---- */

/* A value with blanks before it, an array or an object; `out` is NULL: not
 * wanted. */
static APART const char *
other_value(struct scanner *s, const char *p, struct shape *h,
    struct seen *e, struct val *out, uint16_t *nesting, int depth)
{
	p = space(s, p);
	if (!nested(p))
		return out == NULL ? skip_scalar(s, p) : keep_scalar(s, p, out);
	if (out == NULL)
		return scan_skip(s, p, e->text == NULL ? NULL : &e->below,
		    depth);
	p = scan_keep(s, p, h->want->keys[e->slot].want, out, depth);
	if (p != NULL && out->depth >= *nesting)
		*nesting = out->depth + 1;
	return p;
}

/* The value of `e` at `p`, which is not its usual one. */
static ALWAYS const char *
value(struct scanner *s, const char *p, struct shape *h, struct seen *e,
    struct member *m, uint16_t *nesting, int depth)
{
	struct val *out = m == NULL || e->slot == SKIP ? NULL :
	    &m[e->slot].value;
	const char *from = p;

	if (*p == '"' || (*p > ' ' && !nested(p)))
		p = out == NULL ? skip_scalar(s, p) : keep_scalar(s, p, out);
	else
		p = other_value(s, p, h, e, out, nesting, depth);
	if (e->taken <= TRIALS && ++e->changes >= TRIALS &&
	    e->changes * 2 >= h->objects - e->since && p != NULL)
		shape_changed(h, e, from, p, out);
	return p;
}

/* ---- objects ---- */

/* Usual values: those of the steps from `t` to before `stop`, of which the
 * text is at `p`. */
static inline void
usual(struct member *m, const struct step *t, const struct step *stop,
    const char *p)
{
	struct val *v;

	for (; t < stop; p += t->all, t++)
		if (t->slot != SKIP) {
			v = &m[t->slot].value;
			*v = t->e->value;
			v->p = p + t->e->at;
		}
}

/*
 * From the member that should come at `p` on over what is as usual; `p` gets
 * to the next value, of which this is the entry.  NULL: the object is done,
 * `p` behind it, or bad.
 */
static ALWAYS struct seen *
to_value(struct scanner *s, const char **at, struct walk *k,
    struct member *m)
{
	const struct step *t = k->at, *stop = t->stop;
	const char *p = *at;
	uint32_t n = sixteen_alike(p, t->text, t->run);

	if (n >= t->run) {
		if (m != NULL)
			usual(m, t, stop, p);
		*at = p + t->run;
		k->at = stop + 1;
		if (stop->e != NULL || stop > t)
			return stop->e;
	} else {
		for (stop = t; stop->all <= n; stop++) {
			n -= stop->all;
			p += stop->all;
		}
		if (m != NULL)
			usual(m, t, stop, *at);
		*at = p + stop->key;
		k->at = stop + 1;
		if (n >= stop->key)
			return stop->e;
	}
	k->at = stop;
	*at = p;
	return other_key(s, at, k);
}

/* What is behind the value of an attribute; as next_member(), but NULL and
 * `close` NULL when it is not what should be there. */
static inline const char *
next_attribute(const char *p, const char **close)
{
	if (p[0] == '}' && p[1] == ',')
		return p + 2;
	*close = p[0] == '}' && p[1] == ']' ? p + 2 : NULL;
	return NULL;
}

/* Members along the line; NULL when that was all, `close` is behind it then,
 * or NULL for bad JSON. */
static ALWAYS const char *
along(struct scanner *s, const char *p, struct walk *k, struct member *m,
    uint16_t *nesting, const char **close, int depth, bool coded)
{
	struct seen *e;

	while (k->misses < MISSES) {
		if ((e = to_value(s, &p, k, m)) == NULL) {
			*close = s->why->kind == WHY_NONE ? p : NULL;
			return NULL;
		}
		p = value(s, p, k->shape, e, m, nesting, depth);
		if (p == NULL || (p = coded ? next_attribute(p, close) :
		    next_member(s, p, close)) == NULL)
			return NULL;
	}
	return p;
}

/* The length of a usual value, if there is one. */
static inline uint32_t
usual_size(const struct seen *e, bool coded)
{
	return e->all - e->n - 1 - coded;
}

/* Is the usual value of `e` at `p`, whole? */
static inline bool
is_usual(const char *p, const struct seen *e, bool coded)
{
	uint32_t n = usual_size(e, coded);

	return e->all > e->n && sixteen_alike(p, e->text + e->n, n) >= n &&
	    (p[n] == '}' || (!coded && p[n] == ','));
}

/* A key that is known, and written as most are; NULL: it needs another look,
 * `at` stays. */
static inline struct seen *
usual_key(const char **at, const struct shape *h)
{
#ifdef __SSE2__
	const char *p = *at, *q = p + h->lead + 1;
	unsigned m = special(q);
	struct seen *e;
	size_t n;

	if (m == 0)
		m = special(q += ROOM);
	if (m == 0 || p[h->lead] != '"')
		return NULL;
	q += __builtin_ctz(m);
	n = (size_t)(q - p) + 2 + h->tail;
	e = h->table[shape_place(h, p, n)];
	if (e == NULL || e->n != n || sixteen_alike(p, e->text, e->n) < n)
		return NULL;
	*at = p + n;
	return e;
#else
	(void)at;
	(void)h;
	return NULL;
#endif
}

/* Members in any order, each looked up. */
static ALWAYS const char *
one_by_one(struct scanner *s, const char *p, struct walk *k,
    struct member *m, uint16_t *nesting, int depth, bool coded)
{
	const char *close = NULL;
	struct seen *e;

	do {
		if (!coded)
			p = space(s, p);
		if ((e = usual_key(&p, k->shape)) == NULL && (e = coded ?
		    any_code(s, &p, k) : any_key(s, &p, k)) == NULL)
			return NULL;
		if (is_usual(p, e, coded)) {
			if (e->slot != SKIP) {
				m[e->slot].value = e->value;
				m[e->slot].value.p = p + e->at - e->n;
			}
			p += usual_size(e, coded);
		} else {
			p = value(s, p, k->shape, e, m, nesting, depth);
			if (p == NULL)
				return NULL;
		}
	} while ((p = coded ? next_attribute(p, &close) :
	    next_member(s, p, &close)) != NULL);
	return close;
}

/* Begin with an object; false: those of its place have no order. */
static inline bool
start(struct walk *k, struct shape *h)
{
	k->shape = h;
	k->fresh = NULL;
	k->misses = 0;
	h->objects++;
	if (h->wild > WILD) {
		if (h->objects % RETRY != 0)
			return false;
		shape_forget(h);	/* or another one by now */
	}
	if (h->stale)
		shape_line(h);
	k->at = h->step;
	return true;
}

static inline void
finish(struct walk *k)
{
	k->shape->wild = k->misses < TAME ? 0 : k->shape->wild + 1;
}

static ALWAYS const char *
keep(struct scanner *s, const char *p, struct shape *h, struct member *m,
    uint16_t *nesting, int depth, bool coded)
{
	const char *close = NULL;
	struct walk k;

	if (start(&k, h)) {
		p = along(s, p, &k, m, nesting, &close, depth, coded);
		finish(&k);
	}
	return p == NULL ? close :
	    one_by_one(s, p, &k, m, nesting, depth, coded);
}

const char *
object_keep(struct scanner *s, const char *p, struct shape *h,
    struct member *m, uint16_t *nesting, int depth)
{
	return keep(s, p, h, m, nesting, depth, false);
}

const char *
attributes_keep(struct scanner *s, const char *p, struct shape *h,
    struct member *m, uint16_t *nesting, int depth)
{
	return keep(s, p, h, m, nesting, depth, true);
}

const char *
object_skip(struct scanner *s, const char *p, struct shape *h, int depth)
{
	const char *close = NULL;
	struct walk k;

	if (start(&k, h)) {
		p = along(s, p, &k, NULL, NULL, &close, depth, false);
		finish(&k);
	}
	return p == NULL ? close : scan_skip_members(s, p, depth);
}
