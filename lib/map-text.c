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

#define NONE8 -1, -1, -1, -1, -1, -1, -1, -1
#define NONE64 NONE8, NONE8, NONE8, NONE8, NONE8, NONE8, NONE8, NONE8

const int8_t text_hex[256] = {
	NONE8, NONE8, NONE8, NONE8, NONE8, NONE8,
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, -1, -1, -1, -1, -1,	/* from '0' */
	-1, 10, 11, 12, 13, 14, 15, -1, NONE8, NONE8, NONE8,	/* from '@' */
	-1, 10, 11, 12, 13, 14, 15, -1, NONE8, NONE8, NONE8,	/* from '`' */
	NONE64, NONE64,
};

const char *
text_pair(const char *p, unsigned high, unsigned *point)
{
	int low;

	if (high >= 0xdc00 || p[6] != '\\' || p[7] != 'u')
		return NULL;
	low = text_hex4(p + 8);
	if (low < 0xdc00 || low >= 0xe000)
		return NULL;
	*point = 0x10000 + ((high - 0xd800) << 10) + ((unsigned)low - 0xdc00);
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
