/* mem - allocate or stop; slices, buffers born with a ceiling, pools. */
#include <malloc.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mem.h"

enum {
	LINE = 64,
	HUGE = 2 << 20,		/* a huge page */
	KEEP_EACH = 2 << 20,	/* what is bigger goes back at once */
	KEEP_ALL = 16 << 20,
};

/* The one message and exit below the programs: nothing is left to tell with. */
static void
no_memory(void)
{
	const char text[] = "out of memory\n";

	if (write(STDERR_FILENO, text, sizeof(text) - 1) == -1)
		_exit(3);
	_exit(3);
}

void *
xmalloc(size_t n)
{
	void *p = malloc(n == 0 ? 1 : n);

	if (p == NULL)
		no_memory();
	return p;
}

void *
xcalloc(size_t count, size_t n)
{
	void *p = calloc(count == 0 ? 1 : count, n == 0 ? 1 : n);

	if (p == NULL)
		no_memory();
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	p = realloc(p, n == 0 ? 1 : n);
	if (p == NULL)
		no_memory();
	return p;
}

char *
xstrndup(const char *s, size_t n)
{
	char *p = xmalloc(n + 1);

	if (n > 0)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

void *
xaligned(size_t n)
{
	bool huge = n > HUGE;
	void *p;

	if (posix_memalign(&p, huge ? HUGE : LINE, n == 0 ? 1 : n) != 0)
		no_memory();
	if (huge)
		(void)madvise(p, n, MADV_HUGEPAGE);
	return p;
}

void
mem_keep(void)
{
	(void)mallopt(M_MMAP_THRESHOLD, KEEP_EACH);
	(void)mallopt(M_TRIM_THRESHOLD, KEEP_ALL);
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	if (vasprintf(&p, fmt, ap) == -1)
		no_memory();
	va_end(ap);
	return p;
}

int
slice_cmp(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

bool
slice_same(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0 ||
	    strncasecmp(a.p, b.p, a.n) == 0);
}

/* FNV-1a, its upper half folded into the lower. */
#define FNV_BASIS	0xcbf29ce484222325u
#define FNV_PRIME	0x100000001b3u

static inline uint64_t
fnv(uint64_t h, struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = s.n;

	for (; n >= 4; n -= 4, p += 4) {
		h = (h ^ p[0]) * FNV_PRIME;
		h = (h ^ p[1]) * FNV_PRIME;
		h = (h ^ p[2]) * FNV_PRIME;
		h = (h ^ p[3]) * FNV_PRIME;
	}
	for (; n > 0; n--, p++)
		h = (h ^ *p) * FNV_PRIME;
	return h;
}

/* A NUL stands between the two. */
uint64_t
slice_hash_begin(struct slice a)
{
	return fnv(FNV_BASIS, a) * FNV_PRIME;
}

uint64_t
slice_hash_end(uint64_t begun, struct slice b)
{
	uint64_t h = fnv(begun, b);

	return h ^ h >> 32;
}

uint64_t
slice_hash(struct slice a, struct slice b)
{
	return slice_hash_end(slice_hash_begin(a), b);
}

/* Eight bytes at a time; what is left of them as one number that no other
 * text of this length gives. */
static inline uint64_t
quick(uint64_t h, struct slice s)
{
	const uint64_t odd = 0x9e3779b97f4a7c15u;
	const char *p = s.p;
	uint64_t v, k;
	uint32_t a = 0, b = 0;

	h ^= s.n * odd;
	for (k = s.n; k >= sizeof(v); k -= sizeof(v), p += sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		h = (h ^ v) * odd;
		h ^= h >> 32;
	}
	if (k >= sizeof(a)) {
		memcpy(&a, p, sizeof(a));
		memcpy(&b, p + k - sizeof(b), sizeof(b));
	} else if (k > 0) {
		a = (unsigned char)p[0];
		b = (uint32_t)(unsigned char)p[k / 2] << 8 |
		    (unsigned char)p[k - 1];
	}
	h = (h ^ ((uint64_t)b << 32 | a)) * odd;
	return h ^ h >> 32;
}

uint64_t
slice_quick_begin(struct slice a)
{
	return quick(0, a);
}

uint64_t
slice_quick_end(uint64_t begun, struct slice b)
{
	return quick(begun, b);
}

uint64_t
slice_quick_hash(struct slice a, struct slice b)
{
	return quick(quick(0, a), b);
}

int
slice_cut(struct slice s, size_t most)
{
	if (s.n <= most)
		return (int)s.n;
	while (most > 0 && ((unsigned char)s.p[most] & 0xc0) == 0x80)
		most--;
	return (int)most;
}

bool
buf_room(struct buf *b, size_t more)
{
	size_t cap;

	if (more <= b->cap - b->n)
		return true;
	if (b->over || more > b->max - b->n) {
		b->over = true;
		return false;
	}
	cap = b->cap < 256 ? 256 : b->cap * 2;
	while (cap < b->n + more)
		cap *= 2;
	if (cap > b->max)
		cap = b->max;
	b->p = xrealloc(b->p, cap + 1);	/* and the NUL of buf_cstr() */
	b->cap = cap;
	return true;
}

void
buf_str(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0 && buf_room(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

const char *
buf_cstr(struct buf *b)
{
	if (b->p == NULL)
		return "";
	b->p[b->n] = '\0';
	return b->p;
}

void
buf_reset(struct buf *b)
{
	b->n = 0;
	b->over = false;
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = BUF(b->max);
}

enum { BLOCK = 64 * 1024, KEEP = 1024 * 1024, BEHIND = 64 };

struct block {
	struct block *next;
	size_t cap;
	_Alignas(POOL_ALIGN) char data[];
};

static struct block *
block_new(size_t n)
{
	size_t all = sizeof(struct block) + n + BEHIND;
	struct block *b = n > HUGE ? xaligned(all) : xmalloc(all);

	b->next = NULL;
	b->cap = n;
	return b;
}

static void
use(struct pool *p, struct block *b)
{
	p->now = b;
	p->at = b->data;
	p->left = b->cap;
}

struct pool *
pool_new(void)
{
	static atomic_uint_least64_t pools;	/* threads make their own */
	struct pool *p = xmalloc(sizeof(*p));

	p->first = block_new(BLOCK);
	p->more = BLOCK;
	p->turn = (atomic_fetch_add(&pools, 1) + 1) << 40;
	use(p, p->first);
	return p;
}

/* Who needs little touches no more than the small first block. */
struct pool *
pool_big(size_t n)
{
	struct pool *p = pool_new();

	p->more = n;
	return p;
}

void *
pool_more(struct pool *p, size_t n)
{
	struct block *b = p->now;

	do {
		if (b->next == NULL)
			b->next = block_new(n > p->more ? n : p->more);
		b = b->next;
	} while (n > b->cap);
	use(p, b);
	return pool_get(p, n);
}

char *
pool_dup(struct pool *p, const char *s, size_t n)
{
	char *d = pool_get(p, n + 1);

	if (n > 0)
		memcpy(d, s, n);
	d[n] = '\0';
	return d;
}

/* Big blocks go, so that one huge record does not stay for the whole run. */
void
pool_reset(struct pool *p)
{
	struct block **at = &p->first, *b;

	while ((b = *at) != NULL) {
		if (b->cap > KEEP && b->cap > p->more) {
			*at = b->next;
			free(b);
			continue;
		}
		at = &b->next;
	}
	use(p, p->first);
	p->turn++;
}

void
pool_free(struct pool *p)
{
	struct block *b, *next;

	if (p == NULL)
		return;
	for (b = p->first; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(p);
}
