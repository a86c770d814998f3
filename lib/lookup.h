#ifndef LOOKUP_H
#define LOOKUP_H

#include "mem.h"

/*
 * lookup - which lines asked for this text?
 *
 *	struct lookup *l = lookup_new();
 *	lookup_add(l, email, i); ...
 *	at = 0;
 *	while (lookup_next(l, answer, &at, &i))
 *		...
 *
 * Texts are compared as in alike.h, and borrowed until lookup_reset().
 */

struct lookup;

struct lookup *lookup_new(void);
void lookup_reset(struct lookup *l);
void lookup_add(struct lookup *l, struct slice text, size_t line);
size_t lookup_count(const struct lookup *l);

/* The lines of `text` in ascending order; *at is 0 before the first. */
bool lookup_next(struct lookup *l, struct slice text, size_t *at,
    size_t *line);

/* All texts that were added, in no order, *n of them. */
const struct slice *lookup_texts(struct lookup *l, size_t *n);

void lookup_free(struct lookup *l);

#endif
