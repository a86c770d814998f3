#ifndef MAP_REGEX_H
#define MAP_REGEX_H

#include "mem.h"
#include "why.h"

/* map-regex - regular expressions: compiled once, searched for a while. */

struct ev;
struct regex;
struct regexes;

/* Threads share the patterns of the maps, which only regexes_add() changes;
 * each has its own for what is computed, and for searching. */
struct regexes *regexes_new(void);
void regexes_free(struct regexes *r);

/* jq's letters; `global` is set by g.  -1: another letter. */
int regex_flags(struct slice flags, unsigned *options, bool *global);

/* A pattern that stands in a map.  -1 WHY_DATA: what is wrong with it. */
int regexes_add(struct regexes *r, struct slice pattern, unsigned options,
    struct why *w);

/* The compiled pattern; good until the next call.  NULL WHY_DATA. */
const struct regex *regexes_get(const struct regexes *constant,
    struct regexes *computed, struct slice pattern, unsigned options,
    struct why *w);
struct slice regex_pattern(const struct regex *x);

struct hit {			/* where groups are, the whole match first */
	int n;
	const int *beg, *end;	/* bytes; -1: took no part */
	const struct slice *names;	/* absent: none */
};

/*
 * The first match at or behind byte `from`: 1 with `hit`, which e->regexes
 * holds until the next search, or 0, or REGEX_LIMIT: it takes too long, or too
 * much memory.  Adds what it took to e->searched.  Whatever pattern and text
 * are, the searches of a record end within a few seconds of CPU: by count
 * where all that repeats is a class, `.` or \w, by the thread's clock at last
 * where a literal, a group or a reference back does.
 */
enum { REGEX_LIMIT = -2 };
int regex_search(struct ev *e, const struct regex *x, struct slice s,
    size_t from, struct hit *hit);

#endif
