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

#endif
