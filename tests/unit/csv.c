/* csv: what is written is read again, whatever is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "csv.h"

/* All rows as one text: cells in brackets, a row a line. */
static int
show(void *ctx, const struct csv_row *row, struct why *w)
{
	struct buf *b = ctx;

	(void)w;
	for (size_t i = 0; i < row->n; i++) {
		buf_char(b, '[');
		buf_slice(b, row->cell[i]);
		buf_char(b, ']');
	}
	buf_char(b, '\n');
	return 0;
}

/* Fed in pieces of `piece` bytes; NULL when it was refused. */
static const char *
read_csv(const char *text, size_t n, size_t piece, struct buf *out,
    struct why *w)
{
	struct csv_in *in = csv_in_new(show, out, 64);
	int r = 0;

	buf_reset(out);
	for (size_t at = 0; at < n && r == 0; at += piece)
		r = csv_in_feed(in, text + at,
		    n - at < piece ? n - at : piece, w);
	if (r == 0)
		r = csv_in_end(in, w);
	csv_in_free(in);
	return r == 0 ? buf_cstr(out) : NULL;
}

static void
reads(const char *text, const char *expected)
{
	struct buf out = BUF(1 << 16);
	struct why w = {0};

	for (size_t piece = 1; piece < 150; piece += 3) {
		const char *got = read_csv(text, strlen(text), piece, &out,
		    &w);

		assert_non_null(got);
		assert_string_equal(got, expected);
	}
	buf_free(&out);
}

static void
refuses(const char *text, const char *part)
{
	struct buf out = BUF(1 << 16);
	struct why w = {0};

	for (size_t piece = 7; piece < 200; piece += 120) {
		w = (struct why){0};
		assert_null(read_csv(text, strlen(text), piece, &out, &w));
		assert_int_equal(w.kind, WHY_DATA);
		assert_string_equal(w.code, "bad-csv");
		assert_non_null(strstr(w.text, part));
	}
	buf_free(&out);
}

static void
test_reads(void **state)
{
	(void)state;
	reads("a,b\n1,2\n", "[a][b]\n[1][2]\n");
	reads("a,b\r\n1,2\r\n", "[a][b]\n[1][2]\n");
	reads("a,b\n1,2", "[a][b]\n[1][2]\n");
	reads("a,b\n  x , y\t\n", "[a][b]\n[  x ][ y\t]\n");
	reads("\"a\",\"b\"\n\"1,\"\"2\"\"\",\"x\ny\r\nz\"\n",
	    "[a][b]\n[1,\"2\"][x\ny\r\nz]\n");
	reads("a,b\n,\n\"\",\"\"\n", "[a][b]\n[][]\n[][]\n");
	reads("a\n\n\nx\n", "[a]\n[x]\n");
	reads("\xef\xbb\xbfid,b\n1,2\n", "[id][b]\n[1][2]\n");
	reads("", "");
	/* rows that are cut out where they lie, and others between them */
	reads("\"a\",b\n\"1\",2\n\"\"\"q\"\"\",x\n\n3,\"4,\n5\"\n\n\"\",\"y\"\n",
	    "[a][b]\n[1][2]\n[\"q\"][x]\n[3][4,\n5]\n[][y]\n");
	reads("a,b\n1,2\n\"x\ry\",3\n4,5\n", "[a][b]\n[1][2]\n[x\ry][3]\n"
	    "[4][5]\n");
	reads("a,b\n1,2\r3,4\n\"5\",6\r\n\r\n7,8\r\"\n9\",0\n",
	    "[a][b]\n[1][2]\n[3][4]\n[5][6]\n[7][8]\n[\n9][0]\n");
}

static void
test_refuses(void **state)
{
	(void)state;
	refuses("a,b\n1\n", "row 2 of the CSV has 1 cells, its header 2");
	refuses("a,b\n1,2,3\n", "3 cells");
	refuses("a,b\n1,x\"2\n", "quote");
	refuses("a,b\n\"1,2\n", "quote");
	refuses("a,b\n\"1\"x,2\n", "quote");
	refuses("a\n1234567890123456789012345678901234567890123456789012345678"
	    "901234567890\n", "over 64 bytes");
}

/* Neither a cell that never ends nor a row of nothing but commas is held. */
static void
test_row_without_end(void **state)
{
	static const char *const endless[] = { "\"aaaaaaa", ",,,,,,,," };
	struct buf out = BUF(1 << 16);

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct csv_in *in = csv_in_new(show, &out, 64);
		struct why w = {0};
		size_t fed = 0;

		while (fed < 1 << 20 &&
		    csv_in_feed(in, endless[k] + (fed > 0 && k == 0),
		    7, &w) == 0)
			fed += 7;
		assert_true(fed < 1 << 16);
		assert_non_null(strstr(w.text, "over 64 bytes"));
		csv_in_free(in);
	}
	buf_free(&out);
}

static void
writes(const char *a, const char *b, const char *expected)
{
	struct buf out = BUF(1 << 16);

	csv_cell(&out, slice(a));
	csv_cell(&out, slice(b));
	csv_end(&out, 2);
	assert_string_equal(buf_cstr(&out), expected);
	buf_free(&out);
}

static void
test_writes(void **state)
{
	struct buf out = BUF(1 << 16);

	(void)state;
	writes("a", "b", "a,b\n");
	writes("", "", ",\n");
	writes("x,y", "say \"hi\"", "\"x,y\",\"say \"\"hi\"\"\"\n");
	writes("1\r\n2", "3\r4\n5\r", "\"1\n2\",\"3\n4\n5\n\"\n");
	writes("0123456789abcdef,", "0123456789abcde\"",
	    "\"0123456789abcdef,\",\"0123456789abcde\"\"\"\n");
	writes("0123456789abcdef", "0123456789abcdefghi\n",
	    "0123456789abcdef,\"0123456789abcdefghi\n\"\n");
	writes(" x", "y ", "\" x\",\"y \"\n");
	csv_cell(&out, SLICE(""));
	csv_end(&out, 1);
	csv_cell(&out, SLICE("Id"));
	csv_end(&out, 1);
	csv_cell(&out, SLICE(""));
	csv_end(&out, 1);
	assert_string_equal(buf_cstr(&out), "\"\"\nId\n\"\"\n");
	buf_free(&out);
}

/* Every short text over the awkward characters comes back. */
static void
test_there_and_back(void **state)
{
	static const char awkward[] = "a,\"\n ;'";
	struct buf text = BUF(1 << 16), out = BUF(1 << 16), want = BUF(1 << 16);
	struct why w = {0};
	char cell[5] = "";

	(void)state;
	for (unsigned i = 0; i < 7 * 7 * 7 * 7; i++) {
		unsigned v = i;

		for (int j = 0; j < 4; j++, v /= 7)
			cell[j] = awkward[v % 7];
		buf_reset(&text);
		buf_reset(&want);
		csv_cell(&text, slice(cell));
		csv_cell(&text, SLICE("z"));
		csv_end(&text, 2);
		buf_fmt(&want, "[%s][z]\n", cell);
		assert_non_null(read_csv(text.p, text.n, 5, &out, &w));
		assert_string_equal(buf_cstr(&out), buf_cstr(&want));
	}
	buf_free(&text);
	buf_free(&out);
	buf_free(&want);
}

/* Whatever its length, and wherever what needs quotes stands. */
static void
test_short_cells(void **state)
{
	static const char with[] = "x,\"\n";
	struct buf b = BUF(4096), out = BUF(4096);
	struct why w = {0};
	char cell[40], shown[64];

	(void)state;
	for (size_t n = 1; n < sizeof(cell); n++)
		for (size_t i = 0; i < n * strlen(with); i++) {
			char *exact = malloc(n), c = with[i % strlen(with)];

			memset(exact, 'x', n);
			exact[i / strlen(with)] = c;
			buf_reset(&b);
			csv_cell(&b, (struct slice){ exact, n });
			csv_end(&b, 1);
			assert_int_equal(b.p[0] == '"', c != 'x');
			assert_string_equal(read_csv(b.p, b.n, b.n, &out, &w),
			    (snprintf(shown, sizeof(shown), "[%.*s]\n",
			    (int)n, exact), shown));
			free(exact);
		}
	buf_free(&b);
	buf_free(&out);
}

static uint32_t seed = 1;

static uint32_t
any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* Rows as a server gives them, most of them; some changed afterwards. */
static void
any_csv(struct buf *b, uint32_t harm)
{
	static const char odd[] = "\",\n\r\"a \x00\xff";
	uint32_t width = 1 + any(5), rows = 1 + any(6);

	buf_reset(b);
	for (uint32_t i = 0; i < rows * width; i++) {
		bool quoted = any(4) != 0;

		buf_str(b, quoted ? "\"" : "");
		for (uint32_t k = any(any(4) == 0 ? 40 : 20); k > 0; k--)
			buf_char(b, quoted && any(30) == 0 ? ",\n"[any(2)] :
			    "abcdefgh"[any(8)]);
		buf_str(b, quoted ? "\"" : "");
		buf_char(b, i % width == width - 1 ? '\n' : ',');
	}
	for (; harm > 0; harm--)
		b->p[any((uint32_t)b->n)] = odd[any(sizeof(odd) - 1)];
}

/* What comes of `text` in pieces: `first` bytes, then `piece` each. */
static void
outcome(struct slice text, size_t first, size_t piece, struct buf *out)
{
	struct csv_in *in = csv_in_new(show, out, 4096);
	struct why w = {0};
	size_t n = first;
	int r = 0;

	buf_reset(out);
	for (size_t at = 0; r == 0 && at < text.n; at += n, n = piece) {
		char *exact;

		n = n < text.n - at ? n : text.n - at;
		exact = malloc(n);
		memcpy(exact, text.p + at, n);
		r = csv_in_feed(in, exact, n, &w);
		free(exact);
	}
	if (r == 0)
		csv_in_end(in, &w);
	buf_fmt(out, "%d rows, %s %s", (int)csv_in_rows(in), w.code, w.text);
	csv_in_free(in);
}

/* By bytes libcsv has all rows; in larger pieces few. */
static void
test_as_libcsv(void **state)
{
	struct buf text = BUF(1 << 16), out = BUF(1 << 16), want = BUF(1 << 16);
	int bad = 0;

	(void)state;
	for (uint32_t i = 0; i < 1500; i++) {
		any_csv(&text, i % 4);
		outcome(buf_all(&text), 1, 1, &want);
		bad += memmem(want.p, want.n, "bad-csv", 7) != NULL;
		for (size_t cut = i % 7; cut < text.n; cut += 7) {
			outcome(buf_all(&text), cut, text.n, &out);
			assert_true(slice_eq(buf_all(&out), buf_all(&want)));
		}
		outcome(buf_all(&text), 0, 1 + any(70), &out);
		assert_true(slice_eq(buf_all(&out), buf_all(&want)));
	}
	assert_true(bad > 100 && bad < 1400);
	buf_free(&text);
	buf_free(&out);
	buf_free(&want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_row_without_end),
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_short_cells),
		cmocka_unit_test(test_as_libcsv),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
