#ifndef SCAN_IN_H
#define SCAN_IN_H

#include "scan.h"
#include "sixteen.h"

/* scan-in - bytes of JSON strings, for scan*.c and payload*.c alone. */

#ifdef SIXTEEN
/* Which of sixteen bytes a string cannot simply skip: a quote, a backslash, a
 * control character, or the start of a longer UTF-8 sequence. */
static inline unsigned
scan_specials(__m128i v)
{
	/* A quote is 0x22, a space 0x20, bytes from 0x80 on are negative. */
	__m128i turned = _mm_xor_si128(v, _mm_set1_epi8('"' ^ ' '));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(
	    _mm_cmpgt_epi8(_mm_set1_epi8(' ' + 1), turned),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
}

/* The same where the text is known to be good: a quote or a backslash. */
static inline unsigned
scan_quotes(__m128i v)
{
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
}
#endif

static inline bool
scan_special(char c)
{
	return (unsigned char)c < 0x20 || (unsigned char)c >= 0x80 ||
	    c == '"' || c == '\\';
}

/*
 * Place of the first special byte, or of the first quote or backslash, from
 * `p` on, or `end`.  The text began at `first`: its last sixteen bytes are
 * looked at together, again those before `p`.
 */
#ifdef SIXTEEN
#define SCAN_RUN(bits_of, is)						\
	unsigned bits;							\
									\
	for (; end - p >= 16; p += 16)					\
		if ((bits = bits_of(sixteen_at(p))) != 0)		\
			return p + __builtin_ctz(bits);			\
	if (end - first >= 16) {					\
		bits = bits_of(sixteen_at(end - 16)) >> (16 - (end - p)); \
		return bits != 0 ? p + __builtin_ctz(bits) : end;	\
	}								\
	while (p < end && !(is))					\
		p++;							\
	return p
#else
#define SCAN_RUN(bits_of, is)						\
	(void)first;							\
	while (p < end && !(is))					\
		p++;							\
	return p
#endif

static inline const char *
scan_plain_run(const char *first, const char *p, const char *end)
{
	SCAN_RUN(scan_specials, scan_special(*p));
}

static inline const char *
scan_quote_run(const char *first, const char *p, const char *end)
{
	SCAN_RUN(scan_quotes, *p == '"' || *p == '\\');
}

/* Has the text nothing special? */
static inline bool
scan_all_plain(struct slice t)
{
#ifdef SIXTEEN
	if (t.n > 0 && t.n < 16)
		return scan_specials(sixteen_of(t.p, t.n)) == 0;
	if (t.n >= 16 && t.n <= 32)
		return (scan_specials(sixteen_at(t.p)) |
		    scan_specials(sixteen_at(t.p + t.n - 16))) == 0;
#endif
	return scan_plain_run(t.p, t.p, t.p + t.n) == t.p + t.n;
}

/* scan_value() of what is within an object. */
const char *scan_within(const char *p, const char *end);

/* scan_string_end() from what is special in it on. */
const char *scan_string_rest(const char *p, const char *end, bool *escaped);

/*
 * Check a string; `p` is behind its opening quote: the place behind the closing
 * one, or NULL.  16 bytes behind `end` can be read; the first is a control
 * character.
 */
static inline const char *
scan_string_end(const char *p, const char *end, bool *escaped)
{
#ifdef SIXTEEN
	unsigned bits;

	while ((bits = scan_specials(sixteen_at(p))) == 0)
		p += 16;
	p += __builtin_ctz(bits);
	if (*p == '"')
		return p + 1;
#endif
	return scan_string_rest(p, end, escaped);
}

/* Length of the well-formed UTF-8 sequence at `p` (RFC 3629), 0: none. */
int scan_utf8_length(const char *p, const char *end);

/* Decode the escape at `p` (the backslash): its length, 0 when it is none. */
int scan_escape(const char *p, const char *end, uint32_t *c);

#endif
