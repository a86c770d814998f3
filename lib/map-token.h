#ifndef MAP_TOKEN_H
#define MAP_TOKEN_H

#include "map-scan.h"
#include "sixteen.h"

/*
 * map-token - strings, numbers and words of JSON, in as few looks as can be
 *
 * Here is what is usual, to be put where it is needed; what is not goes into
 * map-token.c.  16 bytes are looked at in one go, where the processor can;
 * elsewhere one by one.  A function gives what is behind the token, or NULL:
 * bad JSON was told.
 */

const char *token_bad(struct scanner *s, const char *p, const char *text);
const char *token_white(struct scanner *s, const char *p);
const char *token_number(struct scanner *s, const char *p);
const char *token_word(struct scanner *s, const char *p, uint8_t *kind);

/* The closing quote of a string whose inside goes on at `p`; `escaped` is set
 * when there is a backslash in it. */
const char *token_string(struct scanner *s, const char *p, bool *escaped);

/* Behind the string whose inside is plain from `from` to `p`.  Escapes are
 * undone in the scanner's pool. */
const char *token_keep(struct scanner *s, const char *from, const char *p,
    struct val *out);
const char *token_skip(struct scanner *s, const char *p);

static inline const char *
space(struct scanner *s, const char *p)
{
	return (unsigned char)*p > ' ' ? p : token_white(s, p);
}

static inline bool
nested(const char *p)
{
	return *p == '{' || *p == '[';
}

#ifdef __SSE2__
/* A bit for each of the 16 bytes at `p` that is not plain ASCII text. */
static inline unsigned
special(const char *p)
{
	const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\\');
	const __m128i space = _mm_set1_epi8(' ');
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p), y;

	/* as signed bytes, all but ASCII is less than a space, too */
	y = _mm_or_si128(_mm_cmpeq_epi8(x, quote), _mm_cmpeq_epi8(x, back));
	y = _mm_or_si128(y, _mm_cmplt_epi8(x, space));
	return (unsigned)_mm_movemask_epi8(y);
}
#endif

/* The closing quote of short plain text, as most strings are; false: it is
 * not, `at` is how far that is known. */
static ALWAYS bool
short_end(const struct scanner *s, const char **at)
{
#ifdef __SSE2__
	const char *p = *at;
	unsigned m = special(p);

	if (m == 0) {
		*at = p += ROOM;
		if (p >= s->end || (m = special(p)) == 0)
			return false;
	}
	*at = p += __builtin_ctz(m);
	return *p == '"' && p < s->end;
#else
	(void)s;
	(void)at;
	return false;
#endif
}

static ALWAYS const char *
keep_string(struct scanner *s, const char *p, struct val *out)
{
	const char *close = ++p;

	if (!short_end(s, &close))
		return token_keep(s, p, close, out);
	*out = val_text(p, (size_t)(close - p));
	out->flags = VF_CLEAN;
	return close + 1;
}

/* Behind the string whose inside begins at `p`. */
static ALWAYS const char *
skip_string(struct scanner *s, const char *p)
{
	return short_end(s, &p) ? p + 1 : token_skip(s, p);
}

/* The usual ones, 19 or -19.95 with a comma or bracket behind, in one look. */
static ALWAYS const char *
number_end(struct scanner *s, const char *p)
{
#ifdef __SSE2__
	const __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
	const char *q = p;
	unsigned other;		/* a bit for each byte that is no digit, and
				 * for those behind the 16 */
	unsigned i, n;
	__m128i x;

	do {
		x = _mm_loadu_si128((const __m128i *)(const void *)q);
		x = _mm_sub_epi8(x, zero);
		other = ~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x,
		    _mm_min_epu8(x, nine)));
		i = n = (unsigned)__builtin_ctz(other);
	} while (n == 0 && q == p && *q++ == '-');
	if (q[n] == '.') {
		i = (unsigned)__builtin_ctz(other & (other - 1));
		if (i == n + 1)
			return token_number(s, p);
	}
	if (n != 0 && (*q != '0' || n == 1) &&
	    (q[i] == ',' || (q[i] | 32) == '}'))	/* or ] */
		return q + i;
#endif
	return token_number(s, p);
}

/* Anything but an array or object. */
static ALWAYS const char *
skip_scalar(struct scanner *s, const char *p)
{
	uint8_t kind;

	if (*p == '"')
		return skip_string(s, p + 1);
	return *p <= '9' ? number_end(s, p) : token_word(s, p, &kind);
}

static ALWAYS const char *
keep_scalar(struct scanner *s, const char *p, struct val *out)
{
	const char *q;

	if (*p == '"')
		return keep_string(s, p, out);
	if (*p > '9') {
		*out = (struct val){ .kind = V_NULL };
		return token_word(s, p, &out->kind);
	}
	if ((q = number_end(s, p)) == NULL)
		return NULL;
	*out = val_text(p, (size_t)(q - p));
	out->kind = V_NUMBER;
	out->flags = VF_TEXT;
	return q;
}

/* Behind a member: before the next one, or NULL with `close` behind the },
 * unless that was bad. */
static ALWAYS const char *
next_member(struct scanner *s, const char *p, const char **close)
{
	if (*p == ',')
		return p + 1;
	p = space(s, p);
	if (*p == ',')
		return p + 1;
	if (*p == '}')
		*close = p + 1;
	else
		token_bad(s, p, "no , or } in an object");
	return NULL;
}

/* Where a key is looked for first; `n` with its quotes and a byte more. */
static inline uint32_t
hash_place(const char *p, size_t n)
{
	uint64_t a = 0, b = 0;

	if (n >= 8) {
		memcpy(&a, p, 8);
		memcpy(&b, p + n - 8, 8);
	} else {
		memcpy(&a, p, n);
	}
	a = (a ^ b << 9 ^ b >> 55 ^ n) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(a >> 40);
}

static inline uint32_t
shape_place(const struct shape *h, const char *p, size_t n)
{
	return hash_place(p + h->lead, n - h->lead - h->tail) & h->mask;
}

#endif
