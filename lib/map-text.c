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

/* The value of a hex digit, more than 15: it is none. */
static inline unsigned
hex(char c)
{
	unsigned d = (unsigned)(unsigned char)c - '0';

	if (d < 10)
		return d;
	d = ((unsigned)(unsigned char)c | 32) - 'a';
	return d < 6 ? d + 10 : 1 << 16;
}

/* The value of four, negative: not all are. */
static inline int
hex4(const char *p)
{
	unsigned v = hex(p[0]) << 12 | hex(p[1]) << 8 | hex(p[2]) << 4 |
	    hex(p[3]);

	return v < 1 << 16 ? (int)v : -1;
}

/* Behind the escape at `p`, or NULL: it is none. */
const char *
text_escape(const char *p)
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

/* What is meant by \x. */
static inline char
unescape(char x)
{
	switch (x) {
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return x;
	}
}

/* The text of a checked string with escapes; never longer than they are. */
struct val
text_decode(struct pool *pool, const char *p, const char *end)
{
	char *room = pool_get(pool, (size_t)(end - p)), *q = room;
	bool clean = true;
	struct val v;
	unsigned c;

	while (p < end) {
		if (*p != '\\') {
			*q++ = *p++;
			continue;
		}
		if (p[1] != 'u') {
			clean &= p[1] == '/';
			*q++ = unescape(p[1]);
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
		clean &= c >= ' ' && c != '"' && c != '\\';
		q = put_utf8(q, c);
	}
	v = val_text(room, (size_t)(q - room));
	v.flags = clean ? VF_CLEAN : 0;
	return v;
}
