/*
 * map-scan - one walk over a record, keeping what is wanted
 *
 * Every byte is checked, wanted or not.  Of the objects in one place their
 * shape is learned (map-shape.c), and they are held against it
 * (map-object.c); here is what holds them: arrays, objects that are kept
 * whole, the record.
 */

#include <stdlib.h>

#include "map-token.h"
#include "scan.h"

/* ---- what nobody wants: checked and left ---- */

/* What is remembered of a place that nobody wants; false: nothing. */
static ALWAYS bool
remembered(struct scanner *s, struct shape **h, bool coded)
{
	if (h == NULL)
		return false;
	if (*h == NULL && s->learned != NULL && s->others < OTHERS) {
		*h = shape_new(s->learned, NULL, coded);
		s->others++;
	}
	return *h != NULL && (*h)->coded == coded;
}

/* Does an array that begins with `p` look like a list of attributes? */
static ALWAYS bool
is_attributes(struct scanner *s, const char *p, struct shape **h, int depth)
{
	return p[0] == '{' && p[2] == 'a' && p[3] == 't' &&
	    memcmp(p, CODE_HEAD, sizeof(CODE_HEAD) - 1) == 0 &&
	    depth < SCAN_DEPTH &&
	    remembered(s, h, true);
}

/* The elements have one order of keys, whose place is that of the array. */
static const char *
skip_array(struct scanner *s, const char *p, struct shape **h, int depth)
{
	const char *end;

	p = space(s, p + 1);
	if (*p == ']')
		return p + 1;
	if (is_attributes(s, p, h, depth)) {
		end = attributes_keep(s, p, *h, NULL, NULL, depth + 1);
		if (end != NULL || s->why->kind != WHY_NONE)
			return end;
	}
	for (;;) {
		p = nested(p) ? scan_skip(s, p, h, depth) : skip_scalar(s, p);
		if (p == NULL)
			return NULL;
		p = space(s, p);
		if (*p == ']')
			return p + 1;
		if (*p != ',')
			return token_bad(s, p, "no , or ] in an array");
		p = space(s, p + 1);
	}
}

/* An object with nothing to learn. */
const char *
scan_skip_members(struct scanner *s, const char *p, int depth)
{
	const char *close = NULL;

	for (;;) {
		p = space(s, p);
		if (*p != '"')
			return token_bad(s, p, "no key in an object");
		if ((p = skip_string(s, p + 1)) == NULL)
			return NULL;
		p = space(s, p);
		if (*p != ':')
			return token_bad(s, p, "no : behind a key");
		p = space(s, p + 1);
		p = nested(p) ? scan_skip(s, p, NULL, depth) : skip_scalar(s, p);
		if (p == NULL)
			return NULL;
		if ((p = next_member(s, p, &close)) == NULL)
			return close;
	}
}

enum { KEEP = 1 << 20 };

#define DEEP "nested too deep, more than 512 levels, which no record of a " \
	"store is: look at what wrote it"
_Static_assert(SCAN_DEPTH == 512, "DEEP says so");

/*
 * An array or object; `h` is where the order of its keys is remembered, or
 * NULL.
 */
const char *
scan_skip(struct scanner *s, const char *p, struct shape **h, int depth)
{
	if (depth >= SCAN_DEPTH)
		return token_bad(s, p, DEEP);
	if (*p == '[')
		return skip_array(s, p, h, depth + 1);
	p = space(s, p + 1);
	if (*p == '}')
		return p + 1;
	if (!remembered(s, h, false))
		return scan_skip_members(s, p, depth + 1);
	return object_skip(s, p, *h, depth + 1);
}

/* ---- what is kept ---- */

static inline void
push(struct scanner *s, struct val v)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 256 : s->cap * 2;
		s->stack = xrealloc(s->stack, s->cap * sizeof(*s->stack));
	}
	s->stack[s->n++] = v;
}

static APART const char *
keep_array(struct scanner *s, const char *p, const struct want *w,
    struct val *out, int depth)
{
	const struct want *elem = w == NULL ? NULL : w->elem;
	size_t base = s->n;
	struct val v, *items;
	uint32_t n;

	p = space(s, p + 1);
	if (*p == ']') {
		*out = (struct val){ .kind = V_ARRAY, .depth = 1 };
		return p + 1;
	}
	for (;;) {
		p = nested(p) ? scan_keep(s, p, elem, &v, depth) :
		    keep_scalar(s, p, &v);
		if (p == NULL)
			return NULL;
		push(s, v);
		p = space(s, p);
		if (*p == ']')
			break;
		if (*p != ',')
			return token_bad(s, p, "no , or ] in an array");
		p = space(s, p + 1);
	}
	n = (uint32_t)(s->n - base);
	items = pool_get(s->pool, n * sizeof(*items));
	s->n = base;
	*out = (struct val){ .kind = V_ARRAY, .n = n, .items = items };
	while (n-- > 0) {
		items[n] = s->stack[base + n];
		if (items[n].depth + 1 > out->depth)
			out->depth = items[n].depth + 1;
	}
	return p + 1;
}

/*
 * Of a list of attributes, what custom() reads of it; one in another form
 * than usual is kept as the array that it is.
 */
static APART const char *
keep_attributes(struct scanner *s, const char *p, const struct want *w,
    struct val *out, int depth)
{
	struct shape *h = s->shapes[w->codes->place];
	size_t size = w->codes->n * sizeof(struct member);
	struct coded *c = pool_get(s->pool, sizeof(*c) + size);
	const char *first = space(s, p + 1), *end;
	uint16_t nesting = 1;

	c->n = w->codes->n;
	memcpy(c->at, h->absent, size);
	*out = (struct val){ .kind = V_ARRAY, .flags = VF_CODED, .coded = c,
	    .depth = 1 };
	if (*first == ']')
		return first + 1;
	end = depth + 1 >= SCAN_DEPTH ? NULL : attributes_keep(s, first, h,
	    c->at, &nesting, depth + 2);
	out->depth = nesting + 1;
	return end != NULL || s->why->kind != WHY_NONE ? end :
	    keep_array(s, p, w, out, depth + 1);
}

/* All members of an object, in their order. */
static APART const char *
keep_members(struct scanner *s, const char *p, struct val *out, int depth)
{
	size_t base = s->n, n;
	struct member *m;
	struct val key, v;

	p = space(s, p + 1);
	if (*p == '}') {
		*out = (struct val){ .kind = V_OBJECT, .depth = 1 };
		return p + 1;
	}
	for (;;) {
		if (*p != '"')
			return token_bad(s, p, "no key in an object");
		if ((p = keep_string(s, p, &key)) == NULL)
			return NULL;
		p = space(s, p);
		if (*p != ':')
			return token_bad(s, p, "no : behind a key");
		p = scan_keep(s, space(s, p + 1), NULL, &v, depth);
		if (p == NULL)
			return NULL;
		push(s, key);
		push(s, v);
		p = space(s, p);
		if (*p == '}')
			break;
		if (*p != ',')
			return token_bad(s, p, "no , or } in an object");
		p = space(s, p + 1);
	}
	n = (s->n - base) / 2;
	m = pool_get(s->pool, n * sizeof(*m));
	memcpy(m, s->stack + base, n * sizeof(*m));
	s->n = base;
	*out = val_object(m, keys_last_win(s->pool, m, n));
	return p + 1;
}

static APART const char *
keep_wanted(struct scanner *s, const char *p, const struct want *w,
    struct val *out, int depth)
{
	struct member *m = pool_get(s->pool, w->n * sizeof(*m));
	struct shape *h = s->shapes[w->place];

	memcpy(m, h->absent, w->n * sizeof(*m));
	*out = (struct val){ .kind = V_OBJECT, .n = w->n, .members = m,
	    .depth = 1 };
	p = space(s, p + 1);
	if (*p == '}')
		return p + 1;
	return object_keep(s, p, h, m, &out->depth, depth);
}

static const char *
keep_object(struct scanner *s, const char *p, const struct want *w,
    struct val *out, int depth)
{
	if (w == NULL || w->whole || w->iterated)
		return keep_members(s, p, out, depth + 1);
	if (w->n > 0)
		return keep_wanted(s, p, w, out, depth + 1);
	*out = (struct val){ .kind = V_OBJECT, .depth = 1 };
	return scan_skip(s, p, NULL, depth);
}

const char *
scan_keep(struct scanner *s, const char *p, const struct want *w,
    struct val *out, int depth)
{
	if (!nested(p))
		return keep_scalar(s, p, out);
	if (depth >= SCAN_DEPTH)
		return token_bad(s, p, DEEP);
	if (*p == '{')
		return keep_object(s, p, w, out, depth);
	if (w != NULL && w->whole)
		w = NULL;
	if (w != NULL && w->coded)
		return keep_attributes(s, p, w, out, depth);
	if (w == NULL || w->elem != NULL)
		return keep_array(s, p, w, out, depth + 1);
	*out = (struct val){ .kind = V_ARRAY, .depth = 1 };
	return scan_skip(s, p, NULL, depth);
}

/* The orders of keys below `w`, none seen yet. */
static void
learn_new(struct scanner *s, const struct want *w)
{
	uint32_t i;

	if (w->whole)
		return;
	if (w->elem != NULL)
		learn_new(s, w->elem);
	if (w->coded)
		s->shapes[w->codes->place] = shape_new(s->learned, w->codes,
		    true);
	if (w->n > 0)
		s->shapes[w->place] = shape_new(s->learned, w, false);
	for (i = 0; i < w->n; i++)
		learn_new(s, w->keys[i].want);
}

void
scanner_start(struct scanner *s, struct pool *record, const struct want *root,
    uint32_t places)
{
	memset(s, 0, sizeof(*s));
	s->pool = record;
	s->learned = pool_new();
	s->shapes = pool_get(s->learned, places * sizeof(struct shape *));
	learn_new(s, root);
}

int
scan_record(struct scanner *s, struct slice text, const struct want *w,
    struct val *out, struct why *why)
{
	const char *p, *end = text.p + text.n;

	why->kind = WHY_NONE;
	s->why = why;
	s->start = text.p;
	s->end = end;
	s->n = 0;
	if (s->text_room > KEEP) {	/* of one huge record */
		free(s->text);
		s->text = NULL;
		s->text_room = 0;
	}
	p = space(s, text.p);
	if (p >= end)
		token_bad(s, end, "nothing but white space");
	else if ((p = scan_keep(s, p, w, out, 0)) != NULL) {
		if (p > end)
			token_bad(s, end, "it stops in the middle");
		else if (space(s, p) < end)
			token_bad(s, space(s, p), "something behind the value");
	}
	return why->kind == WHY_NONE ? 0 : -1;
}

void
scanner_free(struct scanner *s)
{
	free(s->stack);
	free(s->text);
	if (s->learned != NULL)
		pool_free(s->learned);
}

int
val_parse(struct slice text, struct pool *pool, struct val *out,
    struct why *why)
{
	struct scanner s = { .pool = pool };
	char *copy = pool_get(pool, text.n + 64);
	int r;

	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	memset(copy + text.n, 0, 64);
	r = scan_record(&s, (struct slice){ copy, text.n }, NULL, out, why);
	scanner_free(&s);
	return r;
}
