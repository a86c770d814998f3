/*
 * sf-mem - memory with a lifetime, and the ways to quote text
 *
 *	struct sf_arena a = {0};
 *	p = sf_dup(&a, text, n);	... lives until the next reset ...
 *	sf_arena_reset(&a);
 *
 * Nothing here returns an error: without memory the program ends.
 */
#ifndef SF_MEM_H
#define SF_MEM_H

#include <stddef.h>

#include "buf.h"

/* What is allocated lives until sf_arena_reset(), which keeps one block for
 * the next use, or sf_arena_free().  sf_dup adds a NUL.  Zeroed: empty. */
struct sf_arena {
	struct sf_block *head;
};

void *sf_alloc(struct sf_arena *a, size_t n);
char *sf_dup(struct sf_arena *a, const char *s, size_t n);
void sf_arena_reset(struct sf_arena *a);
void sf_arena_free(struct sf_arena *a);

void *sf_xmalloc(size_t n);
void *sf_xrealloc(void *p, size_t n);
char *sf_xstrdup(const char *s);

/* Append `n` bytes as a CSV value, always quoted. */
void sf_csv(struct buf *b, const char *s, size_t n);

/* Append with & < > " ' written as HTML entities. */
void sf_html(struct buf *b, const char *s, size_t n);

/* Append a NUL-terminated text as a JSON string; messages quote what clients
 * sent, so bytes that are not UTF-8 become U+FFFD. */
void sf_json(struct buf *b, const char *s);

#endif
