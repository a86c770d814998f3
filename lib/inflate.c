/* inflate - undo gzip as it comes, piece by piece: the one door to ISA-L. */
#include "inflate.h"

#include <stdint.h>
#include <stdlib.h>

#include "mem.h"

#if __has_include(<isa-l/igzip_lib.h>) && !defined(INFLATE_ZLIB)
#include <isa-l/igzip_lib.h>

/* ISA-L's own way to read a header forgets what it had of one that is cut. */
typedef struct {
	struct inflate_state z;
	struct isal_gzip_header head;
	bool headed;
} engine;

static void
engine_again(engine *e)
{
	isal_inflate_reset(&e->z);
	e->z.crc_flag = ISAL_GZIP_NO_HDR_VER;
	isal_gzip_header_init(&e->head);
	e->headed = false;
}

static void
engine_init(engine *e)
{
	isal_inflate_init(&e->z);
	engine_again(e);
}

static void
engine_end(engine *e)
{
	(void)e;
}

/* 1: the member ends here; 0: it goes on; -1: it is damaged. */
static int
engine_step(engine *e)
{
	int r;

	if (!e->headed) {
		r = isal_read_gzip_header(&e->z, &e->head);
		if (r != ISAL_DECOMP_OK)
			return r == ISAL_END_INPUT ? 0 : -1;
		e->headed = true;
	}
	if (isal_inflate(&e->z) != ISAL_DECOMP_OK)
		return -1;
	return e->z.block_state == ISAL_BLOCK_FINISH;
}
#else
#include <zlib.h>

typedef struct {
	z_stream z;
} engine;

static void
engine_init(engine *e)
{
	*e = (engine){0};
	if (inflateInit2(&e->z, 15 + 16) != Z_OK)	/* gzip, and no other */
		abort();	/* only without memory */
}

static void
engine_again(engine *e)
{
	inflateReset(&e->z);
}

static void
engine_end(engine *e)
{
	inflateEnd(&e->z);
}

static int
engine_step(engine *e)
{
	int r = inflate(&e->z, Z_NO_FLUSH);

	if (r == Z_STREAM_END)
		return 1;
	return r == Z_OK || r == Z_BUF_ERROR ? 0 : -1;
}
#endif

enum { OUT = 128 << 10 };

struct inflate {
	engine e;
	bool within;		/* a member has begun */
	unsigned char out[OUT];
};

/* Not zeroed: most of it is windows that are written before they are read. */
struct inflate *
inflate_new(void)
{
	struct inflate *f = xmalloc(sizeof(*f));

	engine_init(&f->e);
	f->within = false;
	return f;
}

void
inflate_free(struct inflate *f)
{
	if (f == NULL)
		return;
	engine_end(&f->e);
	free(f);
}

bool
inflate_whole(const struct inflate *f)
{
	return !f->within;
}

/* A full output may have more behind it, without more input.  What neither
 * takes nor gives would never end. */
int
inflate_feed(struct inflate *f, const char *p, size_t n, inflate_take *take,
    void *ctx)
{
	size_t got = 0, left;
	int r;

	f->e.z.next_in = (unsigned char *)(uintptr_t)p;
	f->e.z.avail_in = (unsigned)n;
	while ((left = f->e.z.avail_in) > 0 || (f->within && got == OUT)) {
		f->within = true;
		f->e.z.next_out = f->out;
		f->e.z.avail_out = OUT;
		if ((r = engine_step(&f->e)) == -1)
			return -1;
		got = OUT - f->e.z.avail_out;
		if (got == 0 && left > 0 && f->e.z.avail_in == left)
			return -1;
		if (got > 0 && take(ctx, (const char *)f->out, got) == -1)
			return -1;
		if (r == 1) {
			f->within = false;
			engine_again(&f->e);
		}
	}
	return 0;
}
