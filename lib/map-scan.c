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

#include "map-int.h"
#include "scan.h"

enum {
	SHAPE_KEYS = 400,	/* keys remembered per place */
	SHAPE_TABLE = 1024,	/* hash slots for them, a power of two */
	SHAPE_AHEAD = 3,	/* Magento leaves null members out: look on */
	SHAPE_MISSES = 8,	/* then this record has an order of its own */
	SKIP = -1,
};

struct seen {
	const char *text;	/* "key": with quotes and colon, padded */
	uint32_t n;
	int slot;		/* among the wanted keys, or SKIP */
};

struct shape {
	struct pool *pool;	/* the set's */
	uint32_t n;
	struct seen seen[SHAPE_KEYS];
	uint16_t table[SHAPE_TABLE];	/* index + 1 */
};

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

/* The length of the UTF-8 sequence at `p`, 0: it is none. */
static int
utf8(const unsigned char *p)
{
	if (p[0] < 0xc2)
		return 0;
	if ((p[1] & 0xc0) != 0x80)
		return 0;
	if (p[0] < 0xe0)
		return 2;
	if ((p[2] & 0xc0) != 0x80)
		return 0;
	if (p[0] < 0xf0)
		return (p[0] == 0xe0 && p[1] < 0xa0) ||
		    (p[0] == 0xed && p[1] > 0x9f) ? 0 : 3;
	if ((p[3] & 0xc0) != 0x80 || p[0] > 0xf4)
		return 0;
	return (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f) ? 0 : 4;
}

static int
hex4(const char *p)
{
	int i, v = 0;
	unsigned char c;

	for (i = 0; i < 4; i++) {
		c = (unsigned char)p[i];
		if (c >= '0' && c <= '9')
			v = v * 16 + c - '0';
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			v = v * 16 + (c | 32) - 'a' + 10;
		else
			return -1;
	}
	return v;
}

/* Behind the escape at `p`, or NULL: it is none. */
static const char *
escape(const char *p)
{
	int c;

	switch (p[1]) {
	case '"': case '\\': case '/': case 'b': case 'f': case 'n':
	case 'r': case 't':
		return p + 2;
	case 'u':
		c = hex4(p + 2);
		if (c < 0 || (c >= 0xdc00 && c < 0xe000))
			return NULL;
		if (c < 0xd800 || c >= 0xe000)
			return p + 6;
		if (p[6] != '\\' || p[7] != 'u')
			return NULL;
		c = hex4(p + 8);
		return c >= 0xdc00 && c < 0xe000 ? p + 12 : NULL;
	default:
		return NULL;
	}
}

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
			if ((q = escape(p)) == NULL)
				return bad(s, p, "bad escape");
			p = q;
		} else {
			if ((unsigned char)*p < 0x80)
				return bad(s, p, "control character");
			do {
				n = utf8((const unsigned char *)p);
				if (n == 0)
					return bad(s, p, "not UTF-8");
				p += n;
			} while ((unsigned char)*p >= 0x80);
		}
	}
}

char *
put_utf8(char *q, unsigned c)
{
	if (c < 0x80) {
		*q++ = (char)c;
	} else if (c < 0x800) {
		*q++ = (char)(0xc0 | c >> 6);
		*q++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*q++ = (char)(0xe0 | c >> 12);
		*q++ = (char)(0x80 | (c >> 6 & 0x3f));
		*q++ = (char)(0x80 | (c & 0x3f));
	} else {
		*q++ = (char)(0xf0 | c >> 18);
		*q++ = (char)(0x80 | (c >> 12 & 0x3f));
		*q++ = (char)(0x80 | (c >> 6 & 0x3f));
		*q++ = (char)(0x80 | (c & 0x3f));
	}
	return q;
}

/* The text of a checked string with escapes; never longer than they are. */
static struct val
decode(struct pool *pool, const char *p, const char *end)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char *room = pool_get(pool, (size_t)(end - p)), *q = room;
	const char *back;
	unsigned c;

	while (p < end) {
		back = memchr(p, '\\', (size_t)(end - p));
		if (back == NULL)
			back = end;
		memcpy(q, p, (size_t)(back - p));
		q += back - p;
		p = back;
		if (p == end)
			break;
		if (p[1] != 'u') {
			*q++ = to[strchr(from, p[1]) - from];
			p += 2;
			continue;
		}
		c = (unsigned)hex4(p + 2);
		p += 6;
		if (c >= 0xd800 && c < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) +
			    ((unsigned)hex4(p + 2) - 0xdc00);
			p += 6;
		}
		q = put_utf8(q, c);
	}
	return val_text(room, (size_t)(q - room));
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
		*out = decode(s->pool, p, close);
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

static uint64_t
hash_key(const char *p, size_t n)
{
	uint64_t a = 0, b = 0;

	if (n >= 8) {
		memcpy(&a, p, 8);
		memcpy(&b, p + n - 8, 8);
	} else {
		memcpy(&a, p, n);
	}
	a = (a ^ n) * 0x9e3779b97f4a7c15u;
	a = (a ^ a >> 32 ^ b) * 0xd6e8feb86659fd93u;
	return a ^ a >> 32;
}

/* A repeated key: its last value, at its first place, as jq does. */
static size_t
last_wins(struct pool *pool, struct member *m, size_t n)
{
	size_t i, kept = 0, size = 16;
	uint32_t *table;
	uint64_t h;

	while (size < n * 2)
		size *= 2;
	table = pool_get(pool, size * sizeof(*table));
	memset(table, 0, size * sizeof(*table));
	for (i = 0; i < n; i++) {
		h = hash_key(m[i].key.p, m[i].key.n);
		for (h &= size - 1; table[h] != 0; h = (h + 1) & (size - 1))
			if (val_equal(m[table[h] - 1].key, m[i].key))
				break;
		if (table[h] != 0) {
			m[table[h] - 1].value = m[i].value;
			continue;
		}
		m[kept] = m[i];
		table[h] = (uint32_t)++kept;
	}
	return kept;
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
	*out = val_object(m, last_wins(s->pool, m, n));
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

static int
wanted(const struct want *w, struct val key)
{
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (val_equal(w->keys[i].key, key))
			return (int)i;
	return SKIP;
}

static uint32_t
learn(struct shape *h, const struct want *w, const char *p, size_t n,
    uint64_t at)
{
	struct seen *e = &h->seen[h->n];
	char *t = pool_get(h->pool, n + 3 + 16);

	t[0] = '"';
	memcpy(t + 1, p, n);
	memcpy(t + 1 + n, "\":", 2);
	e->text = t;
	e->n = (uint32_t)n + 3;
	e->slot = wanted(w, val_text(p, n));
	h->table[at] = (uint16_t)++h->n;
	return h->n - 1;
}

/* The place of a key in the remembered order; SHAPE_KEYS: it is full. */
static uint32_t
find(struct shape *h, const struct want *w, const char *p, size_t n)
{
	uint64_t at = hash_key(p, n) & (SHAPE_TABLE - 1);
	const struct seen *e;

	for (; h->table[at] != 0; at = (at + 1) & (SHAPE_TABLE - 1)) {
		e = &h->seen[h->table[at] - 1];
		if (e->n == n + 3 && memcmp(e->text + 1, p, n) == 0)
			return h->table[at] - 1u;
	}
	return h->n < SHAPE_KEYS ? learn(h, w, p, n, at) : SHAPE_KEYS;
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
		*slot = wanted(w, decode(s->pool, from, p));
	} else {
		i = find(w->shape, w, from, (size_t)(p - from));
		if (i == SHAPE_KEYS) {
			*slot = wanted(w, val_text(from, (size_t)(p - from)));
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
	uint32_t i, next = 0;
	int slot, misses = 0;

	for (i = 0; i < w->n; i++)
		m[i] = (struct member){ w->keys[i].key,
		    { .kind = V_ABSENT } };
	*out = (struct val){ .kind = V_OBJECT, .n = w->n, .members = m,
	    .depth = 1 };
	p = space(s, p + 1);
	if (*p == '}')
		return p + 1;
	for (;;) {
		p = next_key(s, p, end, w, &next, &misses, &slot);
		if (p == NULL)
			return NULL;
		p = slot == SKIP ? skip(s, p, end, depth) :
		    keep(s, p, w->keys[slot].want, &m[slot].value, depth);
		if (p == NULL)
			return NULL;
		p = space(s, p);
		if (*p == '}')
			break;
		if (*p != ',')
			return bad(s, p, "no , or } in an object");
		p = space(s, p + 1);
	}
	for (i = 0; i < w->n; i++)
		if (m[i].value.depth + 1 > out->depth)
			out->depth = m[i].value.depth + 1;
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
		if ((q = number_end(s, p)) == NULL)
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

struct shape *
shape_new(struct pool *pool)
{
	struct shape *h = pool_get(pool, sizeof(*h));

	memset(h, 0, sizeof(*h));
	h->pool = pool;
	return h;
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
