/*
 * buf - a growing piece of text
 *
 *	struct buf b = {0};
 *	buf_str(&b, "{\"name\":");
 *	buf_json(&b, name, strlen(name));
 *	buf_fmt(&b, ",\"n\":%d}", n);
 *	... b.p, b.n ...
 *	buf_free(&b);
 *
 * All zero is an empty one.  `p` is NULL until something was added, and is
 * followed by a NUL that `n` does not count.  A buffer that would grow beyond
 * BUF_MAX, or memory that is not to be had, ends the program.
 */
#ifndef SANDBOX_BUF_H
#define SANDBOX_BUF_H

#include <stddef.h>

#define BUF_MAX ((size_t)1 << 31)

struct buf {
	char *p;
	size_t n, cap;
};

/* Make room for `n` more bytes and return where they go; `b->n` stays. */
char *buf_room(struct buf *b, size_t n);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_byte(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));

/* Add the `n` bytes at `s` as a JSON string, with its quotes: UTF-8 stays as
 * it is, only what JSON demands is escaped. */
void buf_json(struct buf *b, const char *s, size_t n);

/* A copy of a text; memory that is not to be had ends the program. */
char *buf_dup(const char *s);

/* Release what it holds; it is empty again. */
void buf_free(struct buf *b);

#endif
