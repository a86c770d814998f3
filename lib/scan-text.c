/* scan-text - what JSON strings say: the second half of scan.h. */
#include "scan-in.h"
#include "utf8.h"

static bool
tail_byte(const char *p, const char *end, int i)
{
	return p + i < end && ((unsigned char)p[i] & 0xc0) == 0x80;
}

int
scan_utf8_length(const char *p, const char *end)
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
		if ((n = scan_utf8_length(p, end)) == 0)
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

int
scan_escape(const char *p, const char *end, uint32_t *c)
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

/* No escape is shorter than what it stands for, so `raw.n` is enough. */
struct slice
scan_plain(struct slice raw, struct pool *pool)
{
	const char *p = raw.p, *end = raw.p + raw.n, *run;
	char *out, *q;
	uint32_t c = 0;

	if (raw.n == 0 || memchr(raw.p, '\\', raw.n) == NULL)
		return raw;
	out = q = pool_get(pool, raw.n + 1);
	while (p < end) {
		run = memchr(p, '\\', (size_t)(end - p));
		if (run == NULL)
			run = end;
		memcpy(q, p, (size_t)(run - p));
		q += run - p;
		p = run;
		if (p < end) {
			p += scan_escape(p, end, &c);
			q = utf8_put(q, c);
		}
	}
	return (struct slice){ out, (size_t)(q - out) };
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
			p += scan_escape(p, end, &c);
			n = (size_t)(utf8_put(utf8, c) - utf8);
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

static void
quote_special(struct buf *b, struct slice text)
{
	const char *p = text.p, *end = text.p + text.n, *run;
	int n;

	while (p < end) {
		run = scan_plain_run(text.p, p, end);
		while (run < end && (unsigned char)*run >= 0x80 &&
		    (n = scan_utf8_length(run, end)) > 0)
			run = scan_plain_run(text.p, run + n, end);
		buf_put(b, p, (size_t)(run - p));
		p = run;
		if (p < end && (unsigned char)*p >= 0x80)
			buf_str(b, "\xef\xbf\xbd"), p++;
		else if (p < end)
			put_escape(b, *p++);
	}
}

void
scan_quote(struct buf *b, struct slice text)
{
	if (scan_all_plain(text) &&
	    (b->cap - b->n >= text.n + 2 || buf_room(b, text.n + 2))) {
		b->p[b->n] = '"';
		if (text.n > 0)
			memcpy(b->p + b->n + 1, text.p, text.n);
		b->p[b->n + 1 + text.n] = '"';
		b->n += text.n + 2;
		return;
	}
	buf_char(b, '"');
	quote_special(b, text);
	buf_char(b, '"');
}
