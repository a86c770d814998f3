#ifndef MEM_H
#define MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * mem - allocate or stop; slices, buffers born with a ceiling, pools.
 *
 * Three lifetimes: the run (xmalloc, free at close), the record (a pool that
 * is reset with each record), the call (freed at `out:`).  Every x-function
 * stops the program with status 3 when there is no memory.
 */

void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t n);
void *xrealloc(void *p, size_t n);
void *xaligned(size_t n);	/* to a cache line, 64 bytes; what is big lies in
				 * huge pages where the kernel lets it */

/*
 * From now on memory that is freed, in pieces of 2 MB at most, stays with the
 * program: for who gets as much again with each batch.
 */
void mem_keep(void);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);	/* n bytes and a NUL */
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * A slice is `n` borrowed bytes at `p`, not terminated.  p == NULL means
 * absent, which is not the same as empty.
 */
struct slice {
	const char *p;
	size_t n;
};

#define SLICE(lit) ((struct slice){ (lit), sizeof(lit) - 1 })

static inline struct slice
slice(const char *s)
{
	return (struct slice){ s, s == NULL ? 0 : strlen(s) };
}

static inline bool
slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
slice_is(struct slice a, const char *s)
{
	return a.p != NULL && (a.n == 0 || *a.p == *s) &&
	    slice_eq(a, slice(s));
}

int slice_cmp(struct slice a, struct slice b);	/* by bytes, shorter first */

/* Are they the same but for the case of ASCII letters? */
bool slice_same(struct slice a, struct slice b);

/* A hash of two slices, in this order.  Ledgers hold its values: they stay. */
uint64_t slice_hash(struct slice a, struct slice b);
/* Another one, quicker, for what lives no longer than the run. */
uint64_t slice_quick_hash(struct slice a, struct slice b);
/* Both in two steps, for many that begin alike. */
uint64_t slice_hash_begin(struct slice a);
uint64_t slice_hash_end(uint64_t begun, struct slice b);
uint64_t slice_quick_begin(struct slice a);
uint64_t slice_quick_end(uint64_t begun, struct slice b);

/* How many bytes of UTF-8 a message shows: at most `most`, and no part of a
 * character.  For %.*s. */
int slice_cut(struct slice s, size_t most);

/*
 * A buffer grows up to `max` bytes and no further: what does not fit is not
 * put, and `over` stays set until buf_reset().  So write, and look once:
 *
 *	struct buf b = BUF(1 << 20);
 *	buf_str(&b, "{\"a\":"); ...
 *	if (b.over) return why(w, WHY_DATA, "answer is over 1 MiB");
 *	buf_free(&b);
 */
struct buf {
	char *p;
	size_t n, cap, max;
	bool over;
};

#define BUF(limit) ((struct buf){ .max = (limit) })

bool buf_room(struct buf *b, size_t more);	/* false and over: no room */
void buf_str(struct buf *b, const char *s);
void buf_fmt(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
const char *buf_cstr(struct buf *b);	/* NUL-terminated, n unchanged */
void buf_reset(struct buf *b);		/* n = 0, memory kept */
void buf_free(struct buf *b);		/* memory gone, max kept */

static inline void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || (n > b->cap - b->n && !buf_room(b, n)))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static inline void
buf_slice(struct buf *b, struct slice s)
{
	buf_put(b, s.p, s.n);
}

static inline void
buf_char(struct buf *b, char c)
{
	if (b->n < b->cap || buf_room(b, 1))
		b->p[b->n++] = c;
}

static inline struct slice
buf_all(const struct buf *b)
{
	return (struct slice){ b->p == NULL ? "" : b->p, b->n };
}

/*
 * A pool hands out memory that is freed all at once.  pool_reset() keeps the
 * blocks, so that a steady state allocates nothing.  Aligned to 16 bytes; 64
 * bytes behind can be read, so that text can be copied by sixteens.
 */
struct pool {
	char *at;		/* what is free of the block in use, */
	size_t left;		/* so much, in steps of POOL_ALIGN */
	struct block *first, *now;
	size_t more;		/* bytes of another block, at least */
	uint64_t turn;		/* of no other pool, nor of this one before it
				 * was reset */
};

enum { POOL_ALIGN = 16 };

struct pool *pool_new(void);
struct pool *pool_big(size_t n);	/* in blocks of `n`, by xaligned() */
void *pool_more(struct pool *p, size_t n);	/* from another block */
char *pool_dup(struct pool *p, const char *s, size_t n);	/* and a NUL */
void pool_reset(struct pool *p);
void pool_free(struct pool *p);

/* Of what pool_get() gave last, only the first `n` bytes are needed. */
static inline void
pool_trim(struct pool *p, const char *got, size_t n)
{
	size_t used = (size_t)(p->at - got);

	n = (n + POOL_ALIGN - 1) & ~(size_t)(POOL_ALIGN - 1);
	p->at -= used - n;
	p->left += used - n;
}

static inline void *
pool_get(struct pool *p, size_t n)
{
	char *at = p->at;

	n = (n + POOL_ALIGN - 1) & ~(size_t)(POOL_ALIGN - 1);
	if (n > p->left)
		return pool_more(p, n);
	p->at += n;
	p->left -= n;
	return at;
}

#endif
