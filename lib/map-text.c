/* map-text - the text of JSON strings: UTF-8 checked, escapes undone */

#include "map-scan.h"

/* The length of the UTF-8 sequence at `p`, 0: it is none. */
int
text_utf8(const unsigned char *p)
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

/* What is meant by \x, NUL: it is no escape, or \u. */
const char text_simple[256] = { ['"'] = '"', ['\\'] = '\\', ['/'] = '/',
	['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t' };

/* The values of hex digits, plus one. */
static const int8_t digits[256] = { ['0'] = 1, ['1'] = 2, ['2'] = 3,
	['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9,
	['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14,
	['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12, ['C'] = 13,
	['D'] = 14, ['E'] = 15, ['F'] = 16 };

/* The value of four, negative: not all are. */
static inline int
hex4(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	int a = digits[p[0]] - 1, b = digits[p[1]] - 1;
	int c = digits[p[2]] - 1, d = digits[p[3]] - 1;

	return (a | b | c | d) < 0 ? -1 : a << 12 | b << 8 | c << 4 | d;
}

/* Behind the \u at `p`, and what it means; NULL: it is none. */
const char *
text_unicode(const char *p, unsigned *point)
{
	int c = hex4(p + 2), low;

	if (c < 0 || (c >= 0xdc00 && c < 0xe000))
		return NULL;
	*point = (unsigned)c;
	if (c < 0xd800 || c >= 0xe000)
		return p + 6;
	if (p[6] != '\\' || p[7] != 'u')
		return NULL;
	low = hex4(p + 8);
	if (low < 0xdc00 || low >= 0xe000)
		return NULL;
	*point = 0x10000 + (((unsigned)c - 0xd800) << 10) +
	    ((unsigned)low - 0xdc00);
	return p + 12;
}

/* Behind the escape at `p`, or NULL: it is none. */
const char *
text_escape(const char *p)
{
	unsigned point;

	if (text_simple[(unsigned char)p[1]] != '\0')
		return p + 2;
	return p[1] == 'u' ? text_unicode(p, &point) : NULL;
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
