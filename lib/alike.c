/* alike - texts as Salesforce compares them in a query. */
#include <locale.h>
#include <wctype.h>

#include "alike.h"
#include "scan-in.h"

static uint32_t
small_wide(const char *p, int n)
{
	static const unsigned char lead[] = { 0, 0, 0x1f, 0x0f, 0x07 };
	static locale_t utf8;
	uint32_t c = (unsigned char)*p & lead[n];

	for (int i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)p[i] & 0x3f);
	if (utf8 == (locale_t)0)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	return utf8 == (locale_t)0 ? c : (uint32_t)towlower_l((wint_t)c, utf8);
}

/* The next character, small; a byte that belongs to none is one. */
static inline uint32_t
next(const char **p, const char *end)
{
	unsigned char c = (unsigned char)**p;
	int n;

	if (c < 0x80 || (n = scan_utf8_length(*p, end)) < 2) {
		(*p)++;
		return c >= 'A' && c <= 'Z' ? c + 32u : c;
	}
	*p += n;
	return small_wide(*p - n, n);
}

static const char *
end_of(struct slice s)
{
	while (s.n > 0 && s.p[s.n - 1] == ' ')
		s.n--;
	return s.n == 0 ? s.p : s.p + s.n;
}

int
alike_cmp(struct slice a, struct slice b)
{
	const char *p = a.p, *q = b.p, *pe = end_of(a), *qe = end_of(b);
	uint32_t x, y;

	while (p < pe && q < qe) {
		x = next(&p, pe);
		y = next(&q, qe);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (p < pe) - (q < qe);
}

uint64_t
alike_hash(struct slice s)
{
	const char *p = s.p, *end = end_of(s);
	uint64_t h = 0xcbf29ce484222325u;	/* FNV-1a */

	while (p < end)
		h = (h ^ next(&p, end)) * 0x100000001b3u;
	return h ^ h >> 32;
}
