/*
 * map-scan - one walk over a record, keeping what is wanted
 *
 * Every byte is checked, wanted or not.  Strings go 16 bytes at a time.  An
 * object that the maps look into remembers the order of its keys: records of
 * one shop look alike, so the key that came next last time is compared first
 * and most keys cost a compare and no look-up.
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
	const __m128i control = _mm_set1_epi8(0x1f);
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p), y;

	y = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, back));
	y = _mm_or_si128(y, _mm_cmpeq_epi8(_mm_max_epu8(x, control),
	    control));
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(x, y));
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
static inline const char *
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

static const char *
keep_string(struct scanner *s, const char *p, const char *end,
    struct val *out)
{
	bool escaped;
	const char *close = string_end(s, ++p, end, &escaped);

	if (close == NULL)
		return NULL;
	if (escaped) {
		*out = text_decode(s->pool, p, close);
	} else {
		*out = val_text(p, (size_t)(close - p));
		out->flags = VF_CLEAN;
	}
	return close + 1;
}

/* ---- other scalars ---- */

static inline bool
digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static inline const char *
number_end(struct scanner *s, const char *p)
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
		return bad(s, from, "not JSON");
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

/* ---- what nobody wants: checked and left ---- */

/* Behind the string whose inside begins at `p`: short plain text, as keys
 * are, in one look. */
static inline const char *
skip_string(struct scanner *s, const char *p, const char *end)
{
	bool escaped;

#ifdef __SSE2__
	const char *q;
	unsigned m = special(p);

	if (m == 0) {
		p += 16;
		if (p < end)
			m = special(p);
	}
	if (m != 0) {
		q = p + __builtin_ctz(m);
		if (*q == '"' && q < end)
			return q + 1;
	}
#endif
	p = string_end(s, p, end, &escaped);
	return p == NULL ? NULL : p + 1;
}

static const char *skip_nested(struct scanner *s, const char *p,
    const char *end, int depth);

static inline __attribute__((always_inline)) const char *
skip(struct scanner *s, const char *p, const char *end, int depth)
{
	uint8_t kind;

	if (p >= end)
		return bad(s, end, "it stops in the middle");
	if (*p == '"')
		return skip_string(s, p + 1, end);
	/* one digit, as every other number is: a flag, a 0, a count */
	if (digit(*p) && (p[1] == ',' || p[1] == '}'))
		return p + 1;
	if (digit(*p) || *p == '-')
		return number_end(s, p);
	if (*p == '{' || *p == '[')
		return skip_nested(s, p, end, depth);
	return word_end(s, p, &kind);
}

static const char *
skip_array(struct scanner *s, const char *p, const char *end, int depth)
{
	p = space(s, p + 1);
	if (*p == ']')
		return p + 1;
	for (;;) {
		if ((p = skip(s, p, end, depth)) == NULL)
			return NULL;
		p = space(s, p);
		if (*p == ']')
			return p + 1;
		if (*p != ',')
			return bad(s, p, "no , or ] in an array");
		p = space(s, p + 1);
	}
}

static const char *
skip_object(struct scanner *s, const char *p, const char *end, int depth)
{
	p = space(s, p + 1);
	if (*p == '}')
		return p + 1;
	for (;;) {
		if (*p != '"')
			return bad(s, p, "no key in an object");
		if ((p = skip_string(s, p + 1, end)) == NULL)
			return NULL;
		p = space(s, p);
		if (*p != ':')
			return bad(s, p, "no : behind a key");
		p = skip(s, space(s, p + 1), end, depth);
		if (p == NULL)
			return NULL;
		p = space(s, p);
		if (*p == '}')
			return p + 1;
		if (*p != ',')
			return bad(s, p, "no , or } in an object");
		p = space(s, p + 1);
	}
}

static const char *
skip_nested(struct scanner *s, const char *p, const char *end, int depth)
{
	if (depth >= SCAN_DEPTH)
		return bad(s, p, "nested too deep");
	return *p == '{' ? skip_object(s, p, end, depth + 1) :
	    skip_array(s, p, end, depth + 1);
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
keep_members(struct scanner *s, const char *p, const char *end,
    struct val *out, int depth)
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
		if ((p = keep_string(s, p, end, &key)) == NULL)
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

/* Does the text at `p` begin with the `n` bytes at `t`?  Both can be read 16
 * bytes further. */
static inline bool
same(const char *p, const char *t, uint32_t n)
{
#ifdef __SSE2__
	__m128i x, y;
	unsigned m;

	for (;; n -= 16, p += 16, t += 16) {
		x = _mm_loadu_si128((const __m128i *)(const void *)p);
		y = _mm_loadu_si128((const __m128i *)(const void *)t);
		m = ~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y));
		if (n <= 16)
			return (m & ((1u << n) - 1)) == 0;
		if ((m & 0xffff) != 0)
			return false;
	}
#else
	return memcmp(p, t, n) == 0;
#endif
}

/*
 * Any key, written in any way.  Sets `slot`, and `next` to the place in the
 * order that will come then.
 */
static const char *
other_key(struct scanner *s, const char *p, const char *end,
    const struct want *w, uint32_t *next, int *slot)
{
	const char *from = p + 1;
	bool escaped;
	uint32_t i;

	if (*p != '"')
		return bad(s, p, "no key in an object");
	if ((p = string_end(s, from, end, &escaped)) == NULL)
		return NULL;
	if (escaped) {
		*slot = shape_wanted(w, text_decode(s->pool, from, p));
	} else {
		i = shape_find(w->shape, w, from, (size_t)(p - from));
		if (i == SHAPE_KEYS) {
			*slot = shape_wanted(w, val_text(from, (size_t)(p - from)));
		} else {
			*slot = w->shape->seen[i].slot;
			*next = i + 1;
		}
	}
	p = space(s, p + 1);
	if (*p != ':')
		return bad(s, p, "no : behind a key");
	return space(s, p + 1);
}

static inline const char *
next_key(struct scanner *s, const char *p, const char *end,
    const struct want *w, uint32_t *next, int *misses, int *slot)
{
	const struct shape *h = w->shape;
	uint32_t i, stop = *next + (*misses > SHAPE_MISSES ? 1 : SHAPE_AHEAD);

	for (i = *next; i < stop && i < h->n; i++)
		if (same(p, h->seen[i].text, h->seen[i].n)) {
			*next = i + 1;
			*slot = h->seen[i].slot;
			return space(s, p + h->seen[i].n);
		}
	++*misses;
	return other_key(s, p, end, w, next, slot);
}

static const char *
keep_wanted(struct scanner *s, const char *p, const char *end,
    const struct want *w, struct val *out, int depth)
{
	struct member *m = pool_get(s->pool, w->n * sizeof(*m));
	uint32_t next = 0;
	int slot = SKIP, misses = 0;

	memcpy(m, w->shape->absent, w->n * sizeof(*m));
	*out = (struct val){ .kind = V_OBJECT, .n = w->n, .members = m,
	    .depth = 1 };
	p = space(s, p + 1);
	if (*p == '}')
		return p + 1;
	for (;;) {
		p = next_key(s, p, end, w, &next, &misses, &slot);
		if (p == NULL)
			return NULL;
		if (slot == SKIP) {
			p = skip(s, p, end, depth);
		} else {
			p = keep(s, p, w->keys[slot].want, &m[slot].value,
			    depth);
			if (m[slot].value.depth >= out->depth)
				out->depth = m[slot].value.depth + 1;
		}
		if (p == NULL)
			return NULL;
		p = space(s, p);
		if (*p == '}')
			break;
		if (*p != ',')
			return bad(s, p, "no , or } in an object");
		p = space(s, p + 1);
	}
	return p + 1;
}

static const char *
keep_object(struct scanner *s, const char *p, const char *end,
    const struct want *w, struct val *out, int depth)
{
	if (w == NULL || w->whole || w->iterated)
		return keep_members(s, p, end, out, depth);
	if (w->n > 0)
		return keep_wanted(s, p, end, w, out, depth);
	*out = (struct val){ .kind = V_OBJECT, .depth = 1 };
	return skip(s, p, end, depth);
}

static const char *
keep(struct scanner *s, const char *p, const struct want *w, struct val *out,
    int depth)
{
	const char *end = s->end, *q;

	if (p >= end)
		return bad(s, end, "it stops in the middle");
	switch (*p) {
	case '"':
		return keep_string(s, p, end, out);
	case '{':
	case '[':
		if (depth >= SCAN_DEPTH)
			return bad(s, p, "nested too deep");
		if (*p == '{')
			return keep_object(s, p, end, w, out, depth + 1);
		if (w != NULL && w->whole)
			w = NULL;
		if (w == NULL || w->elem != NULL)
			return keep_array(s, p, w, out, depth + 1);
		*out = (struct val){ .kind = V_ARRAY, .depth = 1 };
		return skip(s, p, end, depth);
	case 't': case 'f': case 'n':
		*out = (struct val){ .kind = V_NULL };
		return word_end(s, p, &out->kind);
	default:
		if (digit(*p) && (p[1] == ',' || p[1] == '}'))
			q = p + 1;
		else if ((q = number_end(s, p)) == NULL)
			return NULL;
		*out = val_text(p, (size_t)(q - p));
		out->kind = V_NUMBER;
		out->flags = VF_TEXT;
		return q;
	}
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
