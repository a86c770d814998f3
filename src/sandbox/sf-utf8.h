/*
 * sf-utf8 - characters of UTF-8
 */
#ifndef SF_UTF8_H
#define SF_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Write character `c`; returns how many bytes, at most 4. */
size_t sf_utf8_write(uint32_t c, char *to);

#endif
