/* inflate: what zlib packs is undone, however it is cut; what is damaged is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <zlib.h>

#include "inflate.h"
#include "mem.h"

static uint32_t seed = 1;

static uint32_t
any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* Lines that are alike, as results are, or bytes without any likeness. */
static void
text_of(struct buf *b, size_t n, bool alike)
{
	buf_reset(b);
	while (b->n < n)
		if (alike)
			buf_fmt(b, "\"001%06u\",\"true\",%u,Main Street\n",
			    any(1000000), any(99));
		else
			buf_char(b, (char)any(256));
}

/* A member more; `name`: one whose header has all that a header can have. */
static void
pack(struct buf *to, struct slice text, int level, bool name)
{
	gz_header h = { .name = (Bytef *)"a name", .hcrc = 1,
	    .comment = (Bytef *)"said", .extra = (Bytef *)"more",
	    .extra_len = 4 };
	z_stream z = {0};

	assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY), Z_OK);
	if (name)
		deflateSetHeader(&z, &h);
	assert_true(buf_room(to, deflateBound(&z, text.n) + 100));
	z.next_in = (Bytef *)(uintptr_t)text.p;
	z.avail_in = (uInt)text.n;
	z.next_out = (Bytef *)to->p + to->n;
	z.avail_out = (uInt)(to->cap - to->n);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	to->n = to->cap - z.avail_out;
	deflateEnd(&z);
}

static int
gather(void *ctx, const char *p, size_t n)
{
	buf_put(ctx, p, n);
	return ((struct buf *)ctx)->over ? -1 : 0;
}

/* 1: whole; 0: cut off; -1: refused. */
static int
undo(struct slice packed, size_t first, size_t piece, struct buf *out)
{
	struct inflate *f = inflate_new();
	size_t at = 0, n = first;
	int r = 0;

	buf_reset(out);
	while (r == 0 && at < packed.n) {
		n = n < packed.n - at ? n : packed.n - at;
		r = inflate_feed(f, packed.p + at, n, gather, out);
		at += n;
		n = piece;
	}
	if (r == 0)
		r = inflate_whole(f);
	inflate_free(f);
	return r;
}

static void
there_and_back(void **state)
{
	struct buf text = BUF(1 << 20), gz = BUF(1 << 20), out = BUF(1 << 20);

	(void)state;
	for (int i = 0; i < 60; i++) {
		text_of(&text, any(i % 6 == 0 ? 400000 : 3000), i % 3 != 0);
		buf_reset(&gz);
		pack(&gz, buf_all(&text), i % 10, i % 4 == 0);
		for (int k = 0; k < 4; k++) {
			assert_int_equal(undo(buf_all(&gz), any(40), k == 0 ?
			    gz.n : 1 + any(500), &out), 1);
			assert_true(slice_eq(buf_all(&out), buf_all(&text)));
		}
	}
	buf_free(&text);
	buf_free(&gz);
	buf_free(&out);
}

/* Two members and an empty one, cut at every byte; every beginning of them is
 * cut off but where a member ends. */
static void
members(void **state)
{
	struct buf text = BUF(1 << 20), gz = BUF(1 << 20), out = BUF(1 << 20);
	size_t end[3], n;

	(void)state;
	text_of(&text, 900, true);
	pack(&gz, (struct slice){ text.p, 500 }, 6, true);
	end[0] = gz.n;
	pack(&gz, (struct slice){ NULL, 0 }, 6, false);
	end[1] = gz.n;
	pack(&gz, (struct slice){ text.p + 500, text.n - 500 }, 1, false);
	end[2] = gz.n;
	for (n = 0; n <= gz.n; n++) {
		assert_int_equal(undo(buf_all(&gz), n, gz.n, &out), 1);
		assert_true(slice_eq(buf_all(&out), buf_all(&text)));
		assert_int_equal(undo((struct slice){ gz.p, n }, 1, 7, &out),
		    n == 0 || n == end[0] || n == end[1] || n == end[2]);
	}
	assert_int_equal(undo(buf_all(&gz), 1, 1, &out), 1);
	buf_str(&gz, "more");
	for (n = 0; n <= gz.n; n++)
		assert_int_not_equal(undo(buf_all(&gz), n, gz.n, &out), 1);
	buf_free(&text);
	buf_free(&gz);
	buf_free(&out);
}

/* Whatever is done to it: refused or cut off, or the text as it was. */
static void
damaged(void **state)
{
	struct buf text = BUF(1 << 20), gz = BUF(1 << 20), out = BUF(1 << 22);
	int same = 0;

	(void)state;
	text_of(&text, 3000, true);
	pack(&gz, buf_all(&text), 6, true);
	for (int i = 0; i < 4000; i++) {
		size_t at = any((uint32_t)gz.n);
		char was = gz.p[at];

		gz.p[at] ^= (char)(1 << any(8));
		if (undo(buf_all(&gz), any(99), 1 + any(999), &out) == 1) {
			assert_true(slice_eq(buf_all(&out), buf_all(&text)));
			same++;		/* a byte of the header's date, say */
		}
		gz.p[at] = was;
	}
	assert_true(same < 400);
	buf_reset(&gz);
	assert_int_equal(undo(SLICE("{\"a\":1,\"b\":2}"), 9, 9, &out), -1);
	pack(&gz, buf_all(&text), 6, false);
	assert_int_equal(undo((struct slice){ gz.p + 10, gz.n - 10 }, 9, 9,
	    &out), -1);		/* without a header */
	buf_free(&text);
	buf_free(&gz);
	buf_free(&out);
}

/* A thousand bytes for one, and who takes them has had enough. */
static void
bomb(void **state)
{
	struct buf text = BUF(9 << 20), gz = BUF(9 << 20), out = BUF(1 << 18);

	(void)state;
	assert_true(buf_room(&text, 8 << 20));
	memset(text.p, 'a', text.n = 8 << 20);
	pack(&gz, buf_all(&text), 9, false);
	assert_true(gz.n < 10000);
	assert_int_equal(undo(buf_all(&gz), gz.n, 1, &out), -1);
	out.max = 9 << 20;
	assert_int_equal(undo(buf_all(&gz), 999, 1, &out), 1);
	assert_true(slice_eq(buf_all(&out), buf_all(&text)));
	buf_free(&text);
	buf_free(&gz);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(members),
		cmocka_unit_test(damaged), cmocka_unit_test(bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
