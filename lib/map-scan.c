/*
 * map-scan - one walk over a record, keeping what is wanted
 *
 * Every byte is checked, wanted or not.  Strings go 16 bytes at a time.  An
 * object's place remembers its keys in the order in which they came, and the
 * short values that they had: records of one shop look alike, so most members
 * cost one comparison and no look-up, whether they are wanted or not.  What
 * is the same as something that was checked needs no other check.
 */

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "map-scan.h"
#include "scan.h"

static const char *keep(struct scanner *s, const char *p,
    const struct want *w, struct val *out, int depth);

static const char *
bad(struct scanner *s, const char *p, const char *text)
{
	if (s->why->kind == WHY_NONE)
		why_code(s->why, WHY_DATA, "bad-json", "%s at byte %zu", text,
		    (size_t)(p - s->start));
	return NULL;
}

static const char *
white(struct scanner *s, const char *p)
{
	while (p < s->end &&
	    (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
		p++;
	return p;
}

static inline const char *
space(struct scanner *s, const char *p)
{
	return (unsigned char)*p > ' ' ? p : white(s, p);
}

/* ---- strings ---- */

#ifdef __SSE2__
/* A bit for each of the 16 bytes at `p` that is not plain ASCII text. */
static inline unsigned
special(const char *p)
{
	const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\\');
	const __m128i space = _mm_set1_epi8(' ');
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p), y;

	/* as signed bytes, all but ASCII is less than a space, too */
	y = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, back));
	y = _mm_or_si128(y, _mm_cmplt_epi8(x, space));
	return (unsigned)_mm_movemask_epi8(y);
}
#endif

/* The next byte from `p` on that is not plain ASCII text. */
static inline const char *
plain(const char *p, const char *end)
{
#ifdef __SSE2__
	unsigned m;

	for (; p < end; p += 16)
		if ((m = special(p)) != 0)
			return p + __builtin_ctz(m);
	return end;
#else
	while (p < end && (unsigned char)*p >= 0x20 &&
	    (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
#endif
}

/*
 * The closing quote of the string whose inside begins at `p`; `escaped` is
 * set when there is a backslash in it.
 */
static const char *
string_end(struct scanner *s, const char *p, const char *end, bool *escaped)
{
	const char *q;
	int n;

	*escaped = false;
	for (;;) {
		p = plain(p, end);
		if (p >= end)
			return bad(s, end, "a string does not end");
		if (*p == '"')
			return p;
		if (*p == '\\') {
			*escaped = true;
			if ((q = text_escape(p)) == NULL)
				return bad(s, p, "bad escape");
			p = q;
		} else {
			if ((unsigned char)*p < 0x80)
				return bad(s, p, "control character");
			do {
				n = text_utf8((const unsigned char *)p);
				if (n == 0)
					return bad(s, p, "not UTF-8");
				p += n;
			} while ((unsigned char)*p >= 0x80);
		}
	}
}

/* The same for short plain text, as most strings are; false: it is not, `at`
 * is how far that is known. */
static inline bool
short_end(const struct scanner *s, const char **at)
{
#ifdef __SSE2__
	const char *p = *at;
	unsigned m = special(p);

	if (m == 0) {
		*at = p += ROOM;
		if (p >= s->end || (m = special(p)) == 0)
			return false;
	}
	*at = p += __builtin_ctz(m);
	return *p == '"' && p < s->end;
#else
	(void)s;
	(void)at;
	return false;
#endif
}

/* With escapes, or of some length; plain up to `p`. */
static const char *
keep_long(struct scanner *s, const char *from, const char *p,
    struct val *out)
{
	bool escaped;

	if ((p = string_end(s, p, s->end, &escaped)) == NULL)
		return NULL;
	if (escaped) {
		*out = text_decode(s->pool, from, p);
	} else {
		*out = val_text(from, (size_t)(p - from));
		out->flags = VF_CLEAN;
	}
	return p + 1;
}

static inline const char *
keep_string(struct scanner *s, const char *p, struct val *out)
{
	const char *close = ++p;

	if (!short_end(s, &close))
		return keep_long(s, p, close, out);
	*out = val_text(p, (size_t)(close - p));
	out->flags = VF_CLEAN;
	return close + 1;
}

/* ---- other scalars ---- */

static inline bool
digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static const char *
any_number(struct scanner *s, const char *p)
{
	const char *from = p;

	if (*p == '-')
		p++;
	if (*p == '0')
		p++;
	else if (digit(*p))
		while (digit(*p))
			p++;
	else
		return bad(s, from, from >= s->end ?
		    "it stops in the middle" : "not JSON");
	if (*p == '.') {
		if (!digit(*++p))
			return bad(s, from, "bad number");
		while (digit(*p))
			p++;
	}
	if (*p == 'e' || *p == 'E') {
		p++;
		if (*p == '+' || *p == '-')
			p++;
		if (!digit(*p))
			return bad(s, from, "bad number");
		while (digit(*p))
			p++;
	}
	return p;
}

/* The usual ones, 19 or 19.95 with a comma or bracket behind, in one look. */
static inline const char *
number_end(struct scanner *s, const char *p)
{
#ifdef __SSE2__
	const __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
	unsigned other;		/* a bit for each byte that is no digit */
	unsigned i, n;

	x = _mm_sub_epi8(x, zero);
	other = ~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x,
	    _mm_min_epu8(x, nine)));
	i = n = (unsigned)__builtin_ctz(other);
	if (p[n] == '.') {
		i = (unsigned)__builtin_ctz(other & ~((2u << n) - 1));
		if (i == n + 1)
			n = 0;
	}
	if (n > 0 && (n == 1 || *p != '0') && i < ROOM &&
	    (p[i] == ',' || (p[i] | 32) == '}'))	/* or ] */
		return p + i;
#endif
	return any_number(s, p);
}

static inline const char *
word_end(struct scanner *s, const char *p, uint8_t *kind)
{
	if (memcmp(p, "null", 4) == 0) {
		*kind = V_NULL;
		return p + 4;
	}
	if (memcmp(p, "true", 4) == 0) {
		*kind = V_TRUE;
		return p + 4;
	}
	if (memcmp(p, "false", 5) == 0) {
		*kind = V_FALSE;
		return p + 5;
	}
	return bad(s, p, "not JSON");
}

/* ---- keys as they were seen ---- */

/* How many bytes at `p` and `t` are the same: `n` or more, or how many.  Both
 * can be read a look further. */
static inline uint32_t
alike(const char *p, const char *t, uint32_t n)
{
	uint32_t i = 0;
#ifdef __SSE2__
	__m128i x, y;
	unsigned m;

	do {
		x = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		y = _mm_loadu_si128((const __m128i *)(const void *)(t + i));
		m = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y));
		if (m != 0xffff)
			return i + (unsigned)__builtin_ctz(~m);
		i += ROOM;
	} while (i < n);
#else
	while (i < n && p[i] == t[i])
		i++;
#endif
	return i;
}

struct walk {			/* through the members of an object */
	const struct want *want;	/* or NULL */
	struct shape *shape;
	struct seen **next;	/* where the key that should come now stands */
	struct seen *nothing;	/* NULL, the next when there were many misses */
	struct seen odd;	/* of a key that cannot be remembered */
	char room[2 * ROOM];	/* its text */
	int misses;
};

/* Any key, written in any way. */
static struct seen *
any_key(struct scanner *s, const char **at, struct walk *k)
{
	const char *from = *at + 1, *p = from;
	struct seen *e = NULL, *then = *k->next;
	uint32_t known = k->shape->n;
	bool escaped = false;

	if (**at != '"') {
		bad(s, *at, "no key in an object");
		return NULL;
	}
	if (!short_end(s, &p) &&
	    (p = string_end(s, p, s->end, &escaped)) == NULL)
		return NULL;
	if (!escaped)
		e = shape_find(k->shape, k->want, from, (size_t)(p - from));
	if (e != NULL && k->misses < MISSES) {
		*k->next = e;
		if (k->shape->n > known)
			e->then = then;	/* put in between */
		k->next = &e->then;
	} else if (e == NULL) {
		e = &k->odd;
		*e = (struct seen){ .text = k->room, .slot = shape_wanted(k->want,
		    escaped ? text_decode(s->pool, from, p) :
		    val_text(from, (size_t)(p - from))) };
	}
	if (k->shape->n == known && ++k->misses >= MISSES)
		k->next = &k->nothing;
	p = space(s, p + 1);
	if (*p != ':') {
		bad(s, p, "no : behind a key");
		return NULL;
	}
	*at = p + 1;
	return e;
}

/* A key that is not the one to come; `at` gets behind its colon. */
static struct seen *
other_key(struct scanner *s, const char **at, struct walk *k)
{
	const char *p = space(s, *at);
	struct seen *e = *k->next;
	int hops;

	if (p == *at && e != NULL)
		e = e->then;	/* the one to come was tried */
	*at = p;
	for (hops = 0; hops < AHEAD && e != NULL; hops++, e = e->then)
		if (alike(*at, e->text, e->n) >= e->n) {
			k->next = &e->then;
			*at += e->n;
			return e;
		}
	return any_key(s, at, k);
}

/*
 * Pass over members that are what they were last time, as most are, and over
 * the key of the first that is not.  Returns its entry; NULL: the object's
 * end is reached, `at` is behind it, or bad JSON, `at` is NULL.  Values go to
 * `m`, unless it is NULL.
 */
static inline struct seen *
next_change(struct scanner *s, const char **at, struct walk *k,
    struct member *m)
{
	struct seen *e, **next = k->next;
	const char *p = *at;
	struct val *out;
	uint32_t n = 0;

	while ((e = *next) != NULL) {
		n = alike(p, e->text, e->all);
		if (n < e->all)
			break;
		if (m != NULL && e->slot != SKIP) {
			out = &m[e->slot].value;
			*out = e->value;
			out->p = p + e->at;
		}
		next = &e->then;
		e->luck = LUCK;
		p += e->all;
		if (p[-1] == '}') {
			*at = p;
			return NULL;
		}
	}
	if (e != NULL && n >= e->n) {
		k->next = &e->then;
		*at = p + e->n;
		return e;
	}
	k->next = next;
	e = other_key(s, &p, k);
	*at = e == NULL ? NULL : p;
	return e;
}

/* The value from `from` to `p`, if it is short, for the next record. */
static inline bool
remember(struct seen *e, const char *from, const char *p)
{
	size_t n = (size_t)(p - from);

	if (e->luck == 0)
		return false;
	e->luck--;
	if (n > VALUE_MAX || (*p != ',' && *p != '}'))
		return false;
	memcpy(e->text + e->n, from, ROOM);
	e->all = e->n + (uint32_t)n + 1;
	return true;
}

/* Behind a member: before the next one, or NULL with `close` behind the }. */
static inline const char *
next_member(struct scanner *s, const char *p, const char **close)
{
	*close = NULL;
	if (*p == ',')
		return p + 1;
	p = space(s, p);
	if (*p == ',')
		return p + 1;
	if (*p == '}')
		*close = p + 1;
	else
		bad(s, p, "no , or } in an object");
	return NULL;
}

/* ---- what nobody wants: checked and left ---- */

static const char *
skip_long(struct scanner *s, const char *p)
{
	bool escaped;

	p = string_end(s, p, s->end, &escaped);
	return p == NULL ? NULL : p + 1;
}

/* Behind the string whose inside begins at `p`. */
static inline const char *
skip_string(struct scanner *s, const char *p)
{
	return short_end(s, &p) ? p + 1 : skip_long(s, p);
}

/* Anything but an array or object. */
static inline const char *
skip_scalar(struct scanner *s, const char *p)
{
	uint8_t kind;

	if (*p == '"')
		return skip_string(s, p + 1);
	return *p <= '9' ? number_end(s, p) : word_end(s, p, &kind);
}

static const char *skip(struct scanner *s, const char *p, struct shape **h,
    int depth);

static inline bool
nested(const char *p)
{
	return *p == '{' || *p == '[';
}

/* The elements have one order of keys, whose place is that of the array. */
static const char *
skip_array(struct scanner *s, const char *p, struct shape **h, int depth)
{
	p = space(s, p + 1);
	if (*p == ']')
		return p + 1;
	for (;;) {
		p = nested(p) ? skip(s, p, h, depth) : skip_scalar(s, p);
		if (p == NULL)
			return NULL;
		p = space(s, p);
		if (*p == ']')
			return p + 1;
		if (*p != ',')
			return bad(s, p, "no , or ] in an array");
		p = space(s, p + 1);
	}
}

/* An object with nothing to learn. */
static const char *
skip_object(struct scanner *s, const char *p, int depth)
{
	const char *close;

	for (;;) {
		p = space(s, p);
		if (*p != '"')
			return bad(s, p, "no key in an object");
		if ((p = skip_string(s, p + 1)) == NULL)
			return NULL;
		p = space(s, p);
		if (*p != ':')
			return bad(s, p, "no : behind a key");
		p = space(s, p + 1);
		p = nested(p) ? skip(s, p, NULL, depth) : skip_scalar(s, p);
		if (p == NULL)
			return NULL;
		if ((p = next_member(s, p, &close)) == NULL)
			return close;
	}
}

/* Members whose keys may come as they did last time; `close` when it is all
 * of them. */
static const char *
skip_known(struct scanner *s, const char *p, struct walk *k,
    const char **close, int depth)
{
	const char *from;
	struct seen *e;

	while (k->misses < MISSES) {
		if ((e = next_change(s, &p, k, NULL)) == NULL) {
			*close = p;
			return NULL;
		}
		from = p = space(s, p);
		if (nested(p)) {
			p = skip(s, p, e == &k->odd ? NULL : &e->below, depth);
			if (p == NULL)
				return NULL;
		} else {
			if ((p = skip_scalar(s, p)) == NULL)
				return NULL;
			remember(e, from, p);
		}
		if ((p = next_member(s, p, close)) == NULL)
			return NULL;
	}
	return p;
}

static const char *
skip_members(struct scanner *s, const char *p, struct shape *h, int depth)
{
	struct walk k;
	const char *close = NULL;

	k.want = NULL;
	k.shape = h;
	k.next = &h->first;
	k.nothing = NULL;
	k.misses = 0;
	p = skip_known(s, p, &k, &close, depth);
	h->wild = k.misses < TAME ? 0 : h->wild + 1;
	return p == NULL ? close : skip_object(s, p, depth);
}

/*
 * An array or object; `h` is where the order of its keys is remembered, or
 * NULL.
 */
static const char *
skip(struct scanner *s, const char *p, struct shape **h, int depth)
{
	if (depth >= SCAN_DEPTH)
		return bad(s, p, "nested too deep");
	if (*p == '[')
		return skip_array(s, p, h, depth + 1);
	p = space(s, p + 1);
	if (*p == '}')
		return p + 1;
	if (h != NULL && *h == NULL && s->learned != NULL &&
	    s->others < OTHERS) {
		*h = shape_new(s->learned, NULL);
		s->others++;
	}
	if (h == NULL || *h == NULL || (*h)->wild > WILD)
		return skip_object(s, p, depth + 1);
	return skip_members(s, p, *h, depth + 1);
}

/* ---- what is kept ---- */

static void
push(struct scanner *s, struct val v)
{
	if (s->n == s->cap) {
		s->cap = s->cap == 0 ? 256 : s->cap * 2;
		s->stack = xrealloc(s->stack, s->cap * sizeof(*s->stack));
	}
	s->stack[s->n++] = v;
}

static const char *
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
		if ((p = keep(s, p, elem, &v, depth)) == NULL)
			return NULL;
		push(s, v);
		p = space(s, p);
		if (*p == ']')
			break;
		if (*p != ',')
			return bad(s, p, "no , or ] in an array");
		p = space(s, p + 1);
	}
	n = (uint32_t)(s->n - base);
	items = pool_get(s->pool, n * sizeof(*items));
	memcpy(items, s->stack + base, n * sizeof(*items));
	s->n = base;
	*out = (struct val){ .kind = V_ARRAY, .n = n, .items = items };
	while (n-- > 0)
		if (items[n].depth + 1 > out->depth)
			out->depth = items[n].depth + 1;
	return p + 1;
}

/* All members of an object, in their order. */
static const char *
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
			return bad(s, p, "no key in an object");
		if ((p = keep_string(s, p, &key)) == NULL)
			return NULL;
		p = space(s, p);
		if (*p != ':')
			return bad(s, p, "no : behind a key");
		if ((p = keep(s, space(s, p + 1), NULL, &v, depth)) == NULL)
			return NULL;
		push(s, key);
		push(s, v);
		p = space(s, p);
		if (*p == '}')
			break;
		if (*p != ',')
			return bad(s, p, "no , or } in an object");
		p = space(s, p + 1);
	}
	n = (s->n - base) / 2;
	m = pool_get(s->pool, n * sizeof(*m));
	memcpy(m, s->stack + base, n * sizeof(*m));
	s->n = base;
	*out = val_object(m, keys_last_win(s->pool, m, n));
	return p + 1;
}

/* ---- objects whose keys are known ---- */

static inline const char *
keep_scalar(struct scanner *s, const char *p, struct val *out)
{
	const char *q;

	if (*p == '"')
		return keep_string(s, p, out);
	if (*p > '9') {
		*out = (struct val){ .kind = V_NULL };
		return word_end(s, p, &out->kind);
	}
	if ((q = number_end(s, p)) == NULL)
		return NULL;
	*out = val_text(p, (size_t)(q - p));
	out->kind = V_NUMBER;
	out->flags = VF_TEXT;
	return q;
}

/* A value that is not what it was; `out` is NULL: nobody wants it. */
static inline const char *
member_value(struct scanner *s, const char *p, struct seen *e,
    const struct walk *k, struct val *out, int depth)
{
	const char *from = p;

	if (nested(p)) {
		if (out != NULL)
			return keep(s, p, k->want->keys[e->slot].want, out,
			    depth);
		return skip(s, p, e == &k->odd ? NULL : &e->below, depth);
	}
	if (out == NULL) {
		if ((p = skip_scalar(s, p)) != NULL)
			remember(e, from, p);
	} else if ((p = keep_scalar(s, p, out)) != NULL &&
	    (out->kind != V_STRING || out->p == from + 1) &&	/* no escapes */
	    remember(e, from, p)) {
		e->value = *out;
		e->at = e->n + (uint32_t)(out->p - from);
	}
	return p;
}

static const char *
keep_known(struct scanner *s, const char *p, const struct want *w,
    struct member *m, uint16_t *nesting, int depth)
{
	struct shape *h = s->shapes[w->place];
	struct walk k = { .want = w, .shape = h, .next = &h->first };
	const char *close;
	struct seen *e;
	struct val *out;

	while ((e = next_change(s, &p, &k, m)) != NULL) {
		out = e->slot == SKIP ? NULL : &m[e->slot].value;
		p = member_value(s, space(s, p), e, &k, out, depth);
		if (p == NULL)
			return NULL;
		if (out != NULL && out->depth >= *nesting)
			*nesting = out->depth + 1;
		if ((p = next_member(s, p, &close)) == NULL)
			return close;
	}
	return p;
}

static const char *
keep_wanted(struct scanner *s, const char *p, const struct want *w,
    struct val *out, int depth)
{
	struct member *m = pool_get(s->pool, w->n * sizeof(*m));

	memcpy(m, s->shapes[w->place]->absent, w->n * sizeof(*m));
	*out = (struct val){ .kind = V_OBJECT, .n = w->n, .members = m,
	    .depth = 1 };
	p = space(s, p + 1);
	if (*p == '}')
		return p + 1;
	return keep_known(s, p, w, m, &out->depth, depth);
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
	return skip(s, p, NULL, depth);
}

static const char *
keep(struct scanner *s, const char *p, const struct want *w, struct val *out,
    int depth)
{
	if (!nested(p))
		return keep_scalar(s, p, out);
	if (depth >= SCAN_DEPTH)
		return bad(s, p, "nested too deep");
	if (*p == '{')
		return keep_object(s, p, w, out, depth);
	if (w != NULL && w->whole)
		w = NULL;
	if (w == NULL || w->elem != NULL)
		return keep_array(s, p, w, out, depth + 1);
	*out = (struct val){ .kind = V_ARRAY, .depth = 1 };
	return skip(s, p, NULL, depth);
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
	if (w->n > 0)
		s->shapes[w->place] = shape_new(s->learned, w);
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
	p = space(s, text.p);
	if (p >= end)
		bad(s, end, "nothing but white space");
	else if ((p = keep(s, p, w, out, 0)) != NULL) {
		if (p > end)
			bad(s, end, "it stops in the middle");
		else if (space(s, p) < end)
			bad(s, space(s, p), "something behind the value");
	}
	return why->kind == WHY_NONE ? 0 : -1;
}

void
scanner_free(struct scanner *s)
{
	free(s->stack);
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
