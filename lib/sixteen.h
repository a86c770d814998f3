#ifndef SIXTEEN_H
#define SIXTEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * sixteen - short texts by sixteen bytes at a time, where the processor can:
 * SIXTEEN is defined then.  No byte outside of a text is read, where it is not
 * said.
 */
#ifdef __SSE2__
#define SIXTEEN 1
#include <emmintrin.h>

static inline __m128i
sixteen_at(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* The bytes of a text of 1 to 15, in whatever order, some of them twice. */
static inline __m128i
sixteen_of(const char *p, size_t n)
{
	uint64_t lo, hi;
	uint32_t a, b;

	if (n >= 8) {
		memcpy(&lo, p, 8);
		memcpy(&hi, p + n - 8, 8);
	} else if (n >= 4) {
		memcpy(&a, p, 4);
		memcpy(&b, p + n - 4, 4);
		lo = hi = a | (uint64_t)b << 32;
	} else {
		a = (uint32_t)(unsigned char)p[0] * 0x1000001u;
		a |= (uint32_t)(unsigned char)p[n / 2] << 8;
		a |= (uint32_t)(unsigned char)p[n - 1] << 16;
		lo = hi = a | (uint64_t)a << 32;
	}
	return _mm_set_epi64x((long long)hi, (long long)lo);
}
#endif

/* Are `n` bytes the same?  For what is short. */
static inline bool
sixteen_same(const char *a, const char *b, size_t n)
{
	uint64_t x, y, u, v;
	uint32_t c, d, e, f;

	if (n >= 8 && n <= 16) {
		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		memcpy(&u, a + n - 8, 8);
		memcpy(&v, b + n - 8, 8);
		return ((x ^ y) | (u ^ v)) == 0;
	}
#ifdef SIXTEEN
	if (n > 16 && n <= 32)
		return _mm_movemask_epi8(_mm_and_si128(
		    _mm_cmpeq_epi8(sixteen_at(a), sixteen_at(b)),
		    _mm_cmpeq_epi8(sixteen_at(a + n - 16),
		    sixteen_at(b + n - 16)))) == 0xffff;
#endif
	if (n < 4 || n > 16)
		return memcmp(a, b, n) == 0;
	memcpy(&c, a, 4);
	memcpy(&d, b, 4);
	memcpy(&e, a + n - 4, 4);
	memcpy(&f, b + n - 4, 4);
	return ((c ^ d) | (e ^ f)) == 0;
}

/* How many bytes at `a` and `b` are the same: `n` (not 0) or more, or how many.
 * Both can be read 15 bytes further. */
static inline uint32_t
sixteen_alike(const char *a, const char *b, uint32_t n)
{
	uint32_t i = 0;
#ifdef SIXTEEN
	unsigned m;

	do {
		m = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(
		    sixteen_at(a + i), sixteen_at(b + i)));
		if (m != 0xffff)
			return i + (unsigned)__builtin_ctz(~m);
		i += 16;
	} while (i < n);
#else
	while (i < n && a[i] == b[i])
		i++;
#endif
	return i;
}

/* Copy `n` bytes.  For what is short. */
static inline void
sixteen_put(char *to, const char *from, size_t n)
{
	if (n < 4 || n > 256) {
		memcpy(to, from, n);
	} else if (n < 8) {
		memcpy(to, from, 4);
		memcpy(to + n - 4, from + n - 4, 4);
	} else if (n < 16) {
		memcpy(to, from, 8);
		memcpy(to + n - 8, from + n - 8, 8);
	} else {
		for (size_t i = 0; i < n - 16; i += 16)
			memcpy(to + i, from + i, 16);
		memcpy(to + n - 16, from + n - 16, 16);
	}
}

/* The same: is `c`, no NUL, among them? */
static inline bool
sixteen_copy(char *to, const char *from, size_t n, char c)
{
#ifdef SIXTEEN
	const __m128i same = _mm_set1_epi8(c);
	__m128i v, had;
	uint64_t lo, hi;
	uint32_t a, b;

	if (n >= 16) {
		v = sixteen_at(from + n - 16);
		had = _mm_cmpeq_epi8(v, same);
		_mm_storeu_si128((__m128i *)(void *)(to + n - 16), v);
		for (size_t i = 0; i + 16 < n; i += 16) {
			v = sixteen_at(from + i);
			had = _mm_or_si128(had, _mm_cmpeq_epi8(v, same));
			_mm_storeu_si128((__m128i *)(void *)(to + i), v);
		}
		return _mm_movemask_epi8(had) != 0;
	}
	if (n >= 8) {
		memcpy(&lo, from, 8);
		memcpy(&hi, from + n - 8, 8);
		memcpy(to, &lo, 8);
		memcpy(to + n - 8, &hi, 8);
		v = _mm_set_epi64x((long long)hi, (long long)lo);
	} else if (n >= 4) {
		memcpy(&a, from, 4);
		memcpy(&b, from + n - 4, 4);
		memcpy(to, &a, 4);
		memcpy(to + n - 4, &b, 4);
		v = _mm_set_epi32(0, 0, (int)b, (int)a);
	} else {
		for (size_t i = 0; i < n; i++)
			to[i] = from[i];
		return n > 0 && (from[0] == c || from[n / 2] == c ||
		    from[n - 1] == c);
	}
	return _mm_movemask_epi8(_mm_cmpeq_epi8(v, same)) != 0;
#else
	if (n == 0)
		return false;
	memcpy(to, from, n);
	return memchr(from, c, n) != NULL;
#endif
}

#endif
