/* map-value - the values of the mapping language: order, look-up, JSON text */

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "map-dec.h"
#include "map-eval.h"

/* Powers of ten that a double holds exactly. */
static const double tens[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
	1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
	1e21, 1e22 };

/*
 * Short decimals, nearly all that a shop sends: at most 15 digits are exact
 * in a double, and one division by an exact power rounds correctly.
 */
static bool
short_decimal(const char *p, size_t n, double *d)
{
	uint64_t m = 0;
	size_t i = 0, point = 0;
	bool minus = n > 0 && p[0] == '-';

	if (n > 16)
		return false;
	for (i = minus; i < n; i++) {
		if (p[i] == '.')
			point = i;
		else if (p[i] >= '0' && p[i] <= '9')
			m = m * 10 + (uint64_t)(p[i] - '0');
		else
			return false;
	}
	if (m >= 1000000000000000)
		return false;
	*d = point == 0 ? (double)m : (double)m / tens[n - 1 - point];
	if (minus)
		*d = -*d;
	return true;
}

double
val_number(struct val v)
{
	char room[64], *s;
	double d;

	if (!(v.flags & VF_TEXT))
		return v.d;
	if (short_decimal(v.p, v.n, &d))
		return d;
	s = v.n < sizeof(room) ? room : xmalloc(v.n + 1);
	memcpy(s, v.p, v.n);
	s[v.n] = '\0';
	d = strtod(s, NULL);
	if (s != room)
		free(s);
	/* jq has no infinity to write either */
	return isinf(d) ? copysign(1.7976931348623157e308, d) : d;
}

const char *
val_type(struct val v)
{
	static const char *const names[] = { "null", "null", "boolean",
		"boolean", "number", "string", "array", "object" };

	return names[v.kind];
}

static int
cmp_bytes(struct val a, struct val b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c != 0 ? (c < 0 ? -1 : 1) : (a.n > b.n) - (a.n < b.n);
}

/*
 * Two numbers that are still text and too long for a double are compared as
 * decimals, so that two 23-digit ids differ where their last digits do.
 */
static int
cmp_numbers(struct val a, struct val b)
{
	double x, y;
	struct dec p, q, r;

	if (a.flags & b.flags & VF_TEXT) {
		if (a.n == b.n && memcmp(a.p, b.p, a.n) == 0)
			return 0;
		if ((a.n > 15 || b.n > 15) &&
		    dec_read(val_bytes(a), &p) == 0 &&
		    dec_read(val_bytes(b), &q) == 0) {
			q.m = -q.m;
			if (dec_add(p, q, &r) == 0)
				return (r.m > 0) - (r.m < 0);
		}
	}
	x = val_number(a);
	y = val_number(b);
	/* nan is less than any number, itself included */
	return x < y || isnan(x) ? -1 : x == y ? 0 : 1;
}

static int
cmp_arrays(struct val a, struct val b)
{
	uint32_t i;
	int c;

	for (i = 0; i < a.n && i < b.n; i++)
		if ((c = val_cmp(a.items[i], b.items[i])) != 0)
			return c;
	return (a.n > b.n) - (a.n < b.n);
}

static int
by_key(const void *a, const void *b)
{
	return cmp_bytes(((const struct member *)a)->key,
	    ((const struct member *)b)->key);
}

struct member *
val_sorted(struct val object, struct pool *pool)
{
	size_t size = object.n * sizeof(struct member);
	struct member *m = pool == NULL ? xmalloc(size + 1) :
	    pool_get(pool, size);

	if (object.n > 0)
		memcpy(m, object.members, size);
	if (!(object.flags & VF_TABLE))
		qsort(m, object.n, sizeof(*m), by_key);
	return m;
}

/* First the sorted sets of keys, then the values in that order. */
static int
cmp_objects(struct val a, struct val b)
{
	struct member *x = val_sorted(a, NULL), *y = val_sorted(b, NULL);
	uint32_t i;
	int c = 0;

	for (i = 0; c == 0 && i < a.n && i < b.n; i++)
		c = cmp_bytes(x[i].key, y[i].key);
	if (c == 0)
		c = (a.n > b.n) - (a.n < b.n);
	for (i = 0; c == 0 && i < a.n; i++)
		c = val_cmp(x[i].value, y[i].value);
	free(x);
	free(y);
	return c;
}

int
val_cmp(struct val a, struct val b)
{
	uint8_t x = a.kind == V_ABSENT ? V_NULL : a.kind;
	uint8_t y = b.kind == V_ABSENT ? V_NULL : b.kind;

	if (x != y)
		return x < y ? -1 : 1;
	switch (x) {
	case V_NUMBER:
		return cmp_numbers(a, b);
	case V_STRING:
		return cmp_bytes(a, b);
	case V_ARRAY:
		return cmp_arrays(a, b);
	case V_OBJECT:
		return cmp_objects(a, b);
	default:
		return 0;
	}
}

bool
val_equal(struct val a, struct val b)
{
	if (a.kind == V_STRING && b.kind == V_STRING)
		return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
	return val_cmp(a, b) == 0;
}

static struct val
get_sorted(struct val object, struct slice key)
{
	struct val k = val_slice(key);
	uint32_t lo = 0, hi = object.n, mid;
	int c;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		c = cmp_bytes(object.members[mid].key, k);
		if (c == 0)
			return object.members[mid].value;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return (struct val){ .kind = V_ABSENT };
}

struct val
val_get(struct val object, struct slice key, uint32_t *hint)
{
	const struct member *m = object.members;
	uint32_t i;

	if (object.flags & VF_TABLE)
		return get_sorted(object, key);
	if (hint != NULL && *hint < object.n) {
		m += *hint;
		if (m->key.n == key.n && (m->key.p == key.p ||
		    memcmp(m->key.p, key.p, key.n) == 0))
			return m->value;
		m = object.members;
	}
	for (i = 0; i < object.n; i++, m++)
		if (m->key.n == key.n &&
		    memcmp(m->key.p, key.p, key.n) == 0) {
			if (hint != NULL)
				*hint = i;
			return m->value;
		}
	return (struct val){ .kind = V_ABSENT };
}

const struct val *
val_coded(struct val list, struct slice code, uint32_t *hint)
{
	static const struct val null = { .kind = V_NULL };
	const struct coded *c = list.coded;
	struct val v;

	v = val_get((struct val){ .kind = V_OBJECT, .n = c->n,
	    .members = c->at }, code, hint);
	return v.kind == V_ABSENT ? &null : &c->at[*hint].value;
}

struct val
val_object(struct member *m, size_t n)
{
	struct val v = { .kind = V_OBJECT, .n = (uint32_t)n, .members = m };
	size_t i;

	for (i = 0; i < n; i++)
		if (m[i].value.depth + 1 > v.depth)
			v.depth = m[i].value.depth + 1;
	return v;
}

/* Set `key` among the first `n`; their new number. */
int
ev_put(struct member *m, size_t n, struct val key, struct val value)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (m[i].key.n == key.n &&
		    memcmp(m[i].key.p, key.p, key.n) == 0)
			break;
	m[i] = (struct member){ key, value };
	return (int)(i == n ? n + 1 : n);
}

/* How many bytes are one code point each, as far as eights of them tell. */
static size_t
ascii(struct slice s)
{
	uint64_t w;
	size_t i;

	for (i = 0; i + 8 <= s.n; i += 8) {
		memcpy(&w, s.p + i, 8);
		if ((w & UINT64_MAX / 255 * 0x80) != 0)
			break;
	}
	return i;
}

size_t
val_points(struct slice s)
{
	size_t i = ascii(s), n = i;

	for (; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

size_t
val_offset(struct slice s, size_t want)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] & 0xc0) != 0x80 && n++ == want)
			break;
	return i;
}

/* ---- text ---- */

static void
put_whole(struct buf *b, long n)
{
	char room[24], *p = room + sizeof(room);
	unsigned long u = n < 0 ? -(unsigned long)n : (unsigned long)n;

	do
		*--p = (char)('0' + u % 10);
	while ((u /= 10) > 0);
	if (n < 0)
		*--p = '-';
	buf_put(b, p, (size_t)(room + sizeof(room) - p));
}

/*
 * The fewest digits that give the same double, written as jq 1.6 does:
 * exponents from 1e17 up (by the digits there are) and below 1e-5.
 */
void
val_put_number(struct buf *b, double d)
{
	char s[40], digits[32];
	int i, precision, n = 0, e;

	if (isnan(d)) {
		buf_str(b, "null");
		return;
	}
	if (isinf(d))
		d = copysign(1.7976931348623157e308, d);
	if (fabs(d) < 1e15 && d == (double)(long)d &&
	    (d != 0 || !signbit(d))) {
		put_whole(b, (long)d);
		return;
	}
	/* below the normal ones there are fewer digits */
	for (precision = fabs(d) < DBL_MIN ? 0 : 14; precision < 17;
	    precision++) {
		snprintf(s, sizeof(s), "%.*e", precision, d);
		if (strtod(s, NULL) == d)
			break;
	}
	for (i = 0; s[i] != 'e'; i++)
		if (s[i] >= '0' && s[i] <= '9')
			digits[n++] = s[i];
	e = atoi(s + i + 1) + 1;	/* digits before the point */
	while (n > 1 && digits[n - 1] == '0')
		n--;
	if (signbit(d))
		buf_char(b, '-');
	if (d == 0) {
		buf_char(b, '0');
	} else if (e <= -4 || e > n + 15) {
		buf_fmt(b, "%c%s%.*s", digits[0], n > 1 ? "." : "", n - 1,
		    digits + 1);
		buf_fmt(b, "e%c%02d", e > 0 ? '+' : '-', abs(e - 1));
	} else if (e <= 0) {
		buf_fmt(b, "0.%.*s%.*s", -e, "000000", n, digits);
	} else if (e >= n) {
		buf_fmt(b, "%.*s%.*s", n, digits, e - n,
		    "0000000000000000000000");
	} else {
		buf_fmt(b, "%.*s.%.*s", e, digits, n - e, digits + e);
	}
}

#ifndef __SSE2__
static inline bool
needs_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\';
}
#endif

enum { CHUNK = 16, ESCAPE = 6 };

/* How many of the CHUNK bytes at `p` need no escape before one does; all are
 * copied. */
static inline unsigned
copy_chunk(char *to, const char *p)
{
	unsigned n;
#ifdef __SSE2__
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p), y;

	_mm_storeu_si128((__m128i *)(void *)to, x);
	y = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
	y = _mm_or_si128(y, _mm_cmpeq_epi8(x, _mm_set1_epi8('"')));
	y = _mm_or_si128(y, _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));
	n = (unsigned)_mm_movemask_epi8(y);
	return n == 0 ? CHUNK : (unsigned)__builtin_ctz(n);
#else
	memcpy(to, p, CHUNK);
	for (n = 0; n < CHUNK && !needs_escape((unsigned char)p[n]); )
		n++;
	return n;
#endif
}

/* Returns behind it. */
static char *
put_escape(char *q, unsigned char c)
{
	static const char shorts[] = { ['\b'] = 'b', ['\t'] = 't',
		['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"',
		['\\'] = '\\' };

	*q++ = '\\';
	if (shorts[c] != '\0') {
		*q++ = shorts[c];
		return q;
	}
	memcpy(q, "u00", 3);
	q[3] = (char)('0' + (c >> 4));
	q[4] = "0123456789abcdef"[c & 15];
	return q + 5;
}

/* Text up to `end`; a CHUNK can be read at all before `stop`, where this
 * returns. */
static const char *
put_escaped(struct buf *b, const char *p, const char *stop, const char *end)
{
	unsigned n;
	char *q;

	while (p < stop) {
		if (b->cap - b->n < CHUNK + ESCAPE &&
		    !buf_room(b, CHUNK + ESCAPE))
			return end;
		q = b->p + b->n;
		n = copy_chunk(q, p);
		if (n >= end - p) {
			b->n += (size_t)(end - p);
			return end;
		}
		q += n;
		p += n;
		if (n < CHUNK)
			q = put_escape(q, (unsigned char)*p++);
		b->n = (size_t)(q - b->p);
	}
	return p;
}

void
val_inner(struct buf *b, struct val v)
{
	const char *p = v.p, *end = v.p + v.n;
	char last[2 * CHUNK] = "";
	size_t n;

	if (v.flags & VF_CLEAN && buf_room(b, v.n + ROOM_BEHIND)) {
		b->n = (size_t)(text_copy(b->p + b->n, p, v.n) - b->p);
		return;
	}
	/* when it does not fit, its beginning, for val_show() */
	if (v.n >= CHUNK)
		p = put_escaped(b, p, end - CHUNK + 1, end);
	n = (size_t)(end - p);
	if (n == 0)
		return;
	memcpy(last, p, n);
	put_escaped(b, last, last + n, last + n);
}

void
val_quote(struct buf *b, struct val v)
{
	buf_char(b, '"');
	val_inner(b, v);
	buf_char(b, '"');
}

static void
put_members(struct buf *b, struct val v)
{
	uint32_t i, seen = 0;

	buf_char(b, '{');
	for (i = 0; i < v.n && !b->over; i++) {
		if (v.members[i].value.kind == V_ABSENT)
			continue;
		if (seen++ > 0)
			buf_char(b, ',');
		val_quote(b, v.members[i].key);
		buf_char(b, ':');
		val_json(b, v.members[i].value);
	}
	buf_char(b, '}');
}

void
val_json(struct buf *b, struct val v)
{
	uint32_t i;

	switch (v.kind) {
	case V_FALSE:
		buf_str(b, "false");
		break;
	case V_TRUE:
		buf_str(b, "true");
		break;
	case V_NUMBER:
		if (v.flags & VF_TEXT)
			buf_put(b, v.p, v.n);
		else
			val_put_number(b, v.d);
		break;
	case V_STRING:
		val_quote(b, v);
		break;
	case V_ARRAY:
		buf_char(b, '[');
		for (i = 0; i < v.n && !b->over; i++) {
			if (i > 0)
				buf_char(b, ',');
			val_json(b, v.items[i]);
		}
		buf_char(b, ']');
		break;
	case V_OBJECT:
		put_members(b, v);
		break;
	default:
		buf_str(b, "null");
	}
}

const char *
val_show(struct val v, char *room, size_t n)
{
	struct buf b = BUF(256);	/* more of it would be for nothing */
	bool cut;

	if ((v.kind == V_STRING || v.flags & VF_TEXT) && v.n > 16)
		v.n = 16;
	val_json(&b, v);
	cut = b.over || b.n > 14;
	snprintf(room, n, "%s (%.*s%s)", val_type(v),
	    cut ? slice_cut(buf_all(&b), 11) : (int)b.n,
	    b.p == NULL ? "" : b.p, cut ? "..." : "");
	buf_free(&b);
	return room;
}
