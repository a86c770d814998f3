/* scan - JSON text, looked at where it lies. */
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "scan.h"

/* Place of the first byte that a string cannot simply skip: a quote, a
 * backslash, a control character, or the start of a longer UTF-8 sequence. */
static const char *
plain_run(const char *p, const char *end)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	const __m128i low = _mm_set1_epi8(0x1f);

	while (end - p >= 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i m = _mm_or_si128(_mm_cmpeq_epi8(v, quote),
		    _mm_cmpeq_epi8(v, slash));
		int bits;

		m = _mm_or_si128(m, _mm_cmpeq_epi8(_mm_min_epu8(v, low), v));
		bits = _mm_movemask_epi8(_mm_or_si128(m, v));
		if (bits != 0)
			return p + __builtin_ctz((unsigned int)bits);
		p += 16;
	}
#endif
	while (p < end && (unsigned char)*p >= 0x20 &&
	    (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

static bool
tail_byte(const char *p, const char *end, int i)
{
	return p + i < end && ((unsigned char)p[i] & 0xc0) == 0x80;
}

/* Length of the well-formed UTF-8 sequence at `p` (RFC 3629), 0: none. */
static int
utf8_length(const char *p, const char *end)
{
	unsigned char a = (unsigned char)p[0], b;

	if (a < 0x80)
		return 1;
	if (!tail_byte(p, end, 1))
		return 0;
	b = (unsigned char)p[1];
	if (a >= 0xc2 && a <= 0xdf)
		return 2;
	if (!tail_byte(p, end, 2))
		return 0;
	if ((a & 0xf0) == 0xe0)
		return (a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) ?
		    0 : 3;
	if (a < 0xf0 || a > 0xf4 || !tail_byte(p, end, 3))
		return 0;
	return (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f) ? 0 : 4;
}

bool
scan_utf8(struct slice text)
{
	const char *p = text.p, *end = text.p + text.n;
	int n;

	for (; p < end; p += n)
		if ((n = utf8_length(p, end)) == 0)
			return false;
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The four hex digits at `p`, or -1. */
static long
hex4(const char *p, const char *end)
{
	long v = 0;
	int i, d;

	if (end - p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		if ((d = hex_digit(p[i])) < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* Decode the escape at `p` (the backslash): its length, 0 when it is none. */
static int
escape(const char *p, const char *end, uint32_t *c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;
	long hi, lo;

	if (end - p < 2)
		return 0;
	if (p[1] != 'u') {
		if (p[1] == '\0' || (at = strchr(from, p[1])) == NULL)
			return 0;
		*c = (unsigned char)to[at - from];
		return 2;
	}
	if ((hi = hex4(p + 2, end)) < 0 || (hi >= 0xdc00 && hi <= 0xdfff))
		return 0;
	*c = (uint32_t)hi;
	if (hi < 0xd800 || hi > 0xdbff)
		return 6;
	if (end - p < 12 || p[6] != '\\' || p[7] != 'u' ||
	    (lo = hex4(p + 8, end)) < 0xdc00 || lo > 0xdfff)
		return 0;
	*c = 0x10000 + (((uint32_t)hi - 0xd800) << 10) +
	    ((uint32_t)lo - 0xdc00);
	return 12;
}

/* What is being checked: where it began, and why it is wrong. */
struct check {
	const char *start, *end;
	struct why *w;
};

static const char *
bad(const struct check *c, const char *p, const char *what)
{
	why_code(c->w, WHY_DATA, "bad-json", "not JSON: %s at byte %zu", what,
	    (size_t)(p - c->start) + 1);
	return NULL;
}

/* `p` is behind the opening quote; the place behind the closing one. */
static const char *
string(const struct check *c, const char *p)
{
	uint32_t code;
	int n;

	for (;;) {
		p = plain_run(p, c->end);
		if (p >= c->end)
			return bad(c, p, "the text ends in a string");
		if (*p == '"')
			return p + 1;
		if (*p == '\\') {
			if ((n = escape(p, c->end, &code)) == 0)
				return bad(c, p, "bad escape");
		} else if ((unsigned char)*p < 0x20) {
			return bad(c, p, "control character in a string");
		} else if ((n = utf8_length(p, c->end)) == 0) {
			return bad(c, p, "not UTF-8");
		}
		p += n;
	}
}

static const char *
digits(const struct check *c, const char *p)
{
	const char *first = p;

	while (p < c->end && *p >= '0' && *p <= '9')
		p++;
	return p > first ? p : bad(c, p, "digit expected");
}

static const char *
number(const struct check *c, const char *p)
{
	if (*p == '-')
		p++;
	if (p < c->end && *p == '0')
		p++;
	else if ((p = digits(c, p)) == NULL)
		return NULL;
	if (p < c->end && *p == '.' && (p = digits(c, p + 1)) == NULL)
		return NULL;
	if (p < c->end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < c->end && (*p == '+' || *p == '-'))
			p++;
		p = digits(c, p);
	}
	return p;
}

static const char *
space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' ||
	    *p == '\t'))
		p++;
	return p;
}

static const char *
word(const struct check *c, const char *p, const char *name, size_t n)
{
	if ((size_t)(c->end - p) < n || memcmp(p, name, n) != 0)
		return bad(c, p, "value expected");
	return p + n;
}

static const char *value(const struct check *c, const char *p, int depth);

/* One member's key and colon: the place where its value begins. */
static const char *
key(const struct check *c, const char *p)
{
	if (p >= c->end || *p != '"')
		return bad(c, p, "key expected");
	if ((p = string(c, p + 1)) == NULL)
		return NULL;
	p = space(p, c->end);
	if (p >= c->end || *p != ':')
		return bad(c, p, "':' expected");
	return space(p + 1, c->end);
}

/* An object or array; `p` is behind its opening bracket. */
static const char *
group(const struct check *c, const char *p, char close, int depth)
{
	if (depth >= SCAN_DEPTH)
		return bad(c, p, "nested too deep");
	p = space(p, c->end);
	if (p < c->end && *p == close)
		return p + 1;
	for (;;) {
		if (close == '}' && (p = key(c, p)) == NULL)
			return NULL;
		if ((p = value(c, p, depth + 1)) == NULL)
			return NULL;
		p = space(p, c->end);
		if (p < c->end && *p == close)
			return p + 1;
		if (p >= c->end || *p != ',')
			return bad(c, p, close == '}' ? "',' or '}' expected" :
			    "',' or ']' expected");
		p = space(p + 1, c->end);
	}
}

static const char *
value(const struct check *c, const char *p, int depth)
{
	if (p >= c->end)
		return bad(c, p, "the text ends");
	switch (*p) {
	case '"':
		return string(c, p + 1);
	case '{':
		return group(c, p + 1, '}', depth);
	case '[':
		return group(c, p + 1, ']', depth);
	case 't':
		return word(c, p, "true", 4);
	case 'f':
		return word(c, p, "false", 5);
	case 'n':
		return word(c, p, "null", 4);
	default:
		if (*p == '-' || (*p >= '0' && *p <= '9'))
			return number(c, p);
		return bad(c, p, "value expected");
	}
}

const char *
scan_value(const char *p, const char *end, struct why *w)
{
	struct check c = { p, end, w };

	return value(&c, p, 0);
}

int
scan_text(struct slice text, struct slice *out, struct why *w)
{
	struct check c = { text.p, text.p + text.n, w };
	const char *first = space(text.p, c.end), *p;

	if ((p = value(&c, first, 0)) == NULL)
		return -1;
	*out = (struct slice){ first, (size_t)(p - first) };
	p = space(p, c.end);
	if (p != c.end) {
		bad(&c, p, "more text behind the value");
		return -1;
	}
	return 0;
}

enum scan_kind
scan_kind(struct slice v)
{
	if (v.n == 0)
		return SCAN_NONE;
	switch (v.p[0]) {
	case '"': return SCAN_STRING;
	case '{': return SCAN_OBJECT;
	case '[': return SCAN_ARRAY;
	case 't': return SCAN_TRUE;
	case 'f': return SCAN_FALSE;
	case 'n': return SCAN_NULL;
	default: return SCAN_NUMBER;
	}
}

/* Behind a string whose text is known to be good; `p` behind its quote. */
static const char *
skip_string(const char *p, const char *end)
{
	for (;;) {
		p = plain_run(p, end);
		if (*p == '"')
			return p + 1;
		p += *p == '\\' ? 2 : 1;
	}
}

/* Behind a value whose text is known to be good: brackets are counted. */
static const char *
skip(const char *p, const char *end)
{
	int depth = 0;

	do {
		switch (*p) {
		case '"':
			p = skip_string(p + 1, end);
			break;
		case '{': case '[':
			depth++, p++;
			break;
		case '}': case ']':
			depth--, p++;
			break;
		default:
			p++;
			if (depth > 0)
				break;
			while (p < end && strchr(",]} \n\r\t", *p) == NULL)
				p++;
		}
	} while (depth > 0);
	return p;
}

/* What somebody else wrote may be of another kind than we think: that one has
 * no members. */
void
scan_enter(struct scan *s, struct slice v)
{
	enum scan_kind kind = scan_kind(v);
	bool group = kind == SCAN_OBJECT || kind == SCAN_ARRAY;

	s->p = group ? v.p + 1 : v.p;
	s->end = group ? v.p + v.n : v.p;
}

/* At the next key or element; false at the closing bracket. */
static bool
at_next(struct scan *s)
{
	s->p = space(s->p, s->end);
	if (s->p < s->end && *s->p == ',')
		s->p = space(s->p + 1, s->end);
	return s->p < s->end && *s->p != '}' && *s->p != ']';
}

int
scan_element(struct scan *s, struct slice *v)
{
	const char *first;

	if (!at_next(s))
		return 0;
	first = s->p;
	s->p = skip(first, s->end);
	*v = (struct slice){ first, (size_t)(s->p - first) };
	return 1;
}

int
scan_member(struct scan *s, struct slice *name, struct slice *v)
{
	const char *first;

	if (!at_next(s) || *s->p != '"')
		return 0;
	first = s->p + 1;
	s->p = skip_string(first, s->end);
	*name = (struct slice){ first, (size_t)(s->p - first) - 1 };
	s->p = space(s->p, s->end);
	s->p = space(s->p + 1, s->end);
	first = s->p;
	s->p = skip(first, s->end);
	*v = (struct slice){ first, (size_t)(s->p - first) };
	return 1;
}

static size_t
put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* No escape is shorter than what it stands for, so `raw.n` is enough. */
struct slice
scan_plain(struct slice raw, struct pool *pool)
{
	const char *p = raw.p, *end = raw.p + raw.n, *run;
	char *out;
	size_t n = 0;
	uint32_t c = 0;

	if (raw.n == 0 || memchr(raw.p, '\\', raw.n) == NULL)
		return raw;
	out = pool_get(pool, raw.n + 1);
	while (p < end) {
		run = memchr(p, '\\', (size_t)(end - p));
		if (run == NULL)
			run = end;
		memcpy(out + n, p, (size_t)(run - p));
		n += (size_t)(run - p);
		p = run;
		if (p < end) {
			p += escape(p, end, &c);
			n += put_utf8(out + n, c);
		}
	}
	return (struct slice){ out, n };
}

struct slice
scan_string(struct slice v, struct pool *pool)
{
	if (scan_kind(v) != SCAN_STRING)
		return (struct slice){ NULL, 0 };
	return scan_plain((struct slice){ v.p + 1, v.n - 2 }, pool);
}

/* Does the raw key, escapes and all, say `want`? */
static bool
key_is(struct slice raw, struct slice want)
{
	const char *p = raw.p, *end = raw.p + raw.n;
	char utf8[4];
	size_t at = 0, n;
	uint32_t c = 0;

	if (raw.n == want.n)
		return memcmp(raw.p, want.p, raw.n) == 0;
	if (raw.n < want.n || memchr(raw.p, '\\', raw.n) == NULL)
		return false;
	while (p < end) {
		if (*p == '\\') {
			p += escape(p, end, &c);
			n = put_utf8(utf8, c);
		} else {
			utf8[0] = *p++;
			n = 1;
		}
		if (n > want.n - at || memcmp(want.p + at, utf8, n) != 0)
			return false;
		at += n;
	}
	return at == want.n;
}

struct slice
scan_get(struct slice object, const char *name)
{
	struct slice raw, v, found = { NULL, 0 }, want = slice(name);
	struct scan s;

	if (scan_kind(object) != SCAN_OBJECT)
		return found;
	scan_enter(&s, object);
	while (scan_member(&s, &raw, &v))
		if (key_is(raw, want))
			found = v;
	return found;
}

static void
put_escape(struct buf *b, char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c == '\0' ? NULL : strchr(from, c);

	if (at != NULL) {
		buf_char(b, '\\');
		buf_char(b, to[at - from]);
	} else {
		buf_fmt(b, "\\u%04x", (unsigned char)c);
	}
}

void
scan_quote(struct buf *b, struct slice text)
{
	const char *p = text.p, *end = text.p + text.n, *run;
	int n;

	buf_char(b, '"');
	while (p < end) {
		run = plain_run(p, end);
		while (run < end && (unsigned char)*run >= 0x80 &&
		    (n = utf8_length(run, end)) > 0)
			run = plain_run(run + n, end);
		buf_put(b, p, (size_t)(run - p));
		p = run;
		if (p < end && (unsigned char)*p >= 0x80)
			buf_str(b, "\xef\xbf\xbd"), p++;
		else if (p < end)
			put_escape(b, *p++);
	}
	buf_char(b, '"');
}
