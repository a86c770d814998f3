/*
 * map-hint - what is said here for a word or sign of another language
 *
 * Who writes a map knows some language, and it may not be jq.  The functions
 * serve messages alone; what they return lives for ever.
 */
#ifndef MAP_HINT_H
#define MAP_HINT_H

#include "map-int.h"

/* What does here what a function of that name does elsewhere: `.[FROM:TO]`
 * for "substr".  NULL: no idea. */
const char *hint_function(struct slice name);

/* What a word of n bytes at `at` may be meant as that is no function and has
 * no arguments.  NULL: a function. */
const char *hint_bare(const char *from, const char *at, size_t n,
    const char *end);

/* What stands at `at`, where it cannot be understood: "texts stand in double
 * quotes" for an apostrophe.  `from` is the start of the text, whose end is
 * `end`.  NULL: no idea. */
const char *hint_sign(const char *from, const char *at, const char *end);

#endif
