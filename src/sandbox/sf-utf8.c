/* sf-utf8 - characters of UTF-8, and text without regard to case */

#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "sf-utf8.h"

size_t
sf_utf8_write(uint32_t c, char *to)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	if (n == 1) {
		to[0] = (char)c;
		return 1;
	}
	for (i = n - 1; i > 0; i--, c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(0xf00 >> n | c);
	return n;
}

size_t
sf_fold(const char *s, const char *end, char *to)
{
	mbstate_t state = {0};
	wchar_t wide;
	char small[4];
	size_t n;

	if (!(*s & 0x80)) {	/* most text is ASCII */
		*to = (char)(*s >= 'A' && *s <= 'Z' ? *s + 32 : *s);
		return 1;
	}
	n = mbrtowc(&wide, s, (size_t)(end - s), &state);
	if (n > sizeof(small)) {	/* it is cut off, or malformed */
		*to = *s;
		return 1;
	}
	memcpy(to, sf_utf8_write((uint32_t)towlower((wint_t)wide), small) == n ?
	    small : s, n);
	return n;
}

int
sf_fold_cmp(const char *a, const char *b, size_t n)
{
	const char *end = a + n, *to = b + n;
	size_t x, y;
	char s[4], t[4];
	int c;

	while (a < end && b < to) {
		x = sf_fold(a, end, s);
		y = sf_fold(b, to, t);
		c = memcmp(s, t, x < y ? x : y);
		if (c || x != y)
			return c ? c : (x > y) - (x < y);
		a += x;
		b += y;
	}
	return 0;
}

uint64_t
sf_fold_hash(const char *s, size_t n)
{
	uint64_t h = 14695981039346656037u;
	const char *end = s + n;
	char c[4];
	size_t k, i;

	for (; s < end; s += k) {
		k = sf_fold(s, end, c);
		for (i = 0; i < k; i++)
			h = (h ^ (unsigned char)c[i]) * 1099511628211u;
	}
	return h;
}
