/*
 * sf-utf8 - characters of UTF-8, and text without regard to case
 *
 * Case is folded as the locale C.UTF-8 does, which main() has set, one
 * character for one.  The few whose small letter takes another number of
 * bytes keep their case, so that text is as long as before.
 */
#ifndef SF_UTF8_H
#define SF_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Write character `c`; returns how many bytes, at most 4. */
size_t sf_utf8_write(uint32_t c, char *to);

/* Fold the character at `s`, a byte if it is none; returns its length. */
size_t sf_fold(const char *s, const char *end, char *to);

/* Compare `n` bytes of each, as strncasecmp() does; a hash to go with it. */
int sf_fold_cmp(const char *a, const char *b, size_t n);
uint64_t sf_fold_hash(const char *s, size_t n);

#endif
