/* lines: whole lines, lines over the limit, streams that stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lines.h"

/* A temporary file with `n` bytes of text, read from its start. */
static int
of(const char *text, size_t n)
{
	char name[] = "/tmp/lines-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd != -1);
	unlink(name);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void
gives_lines(void **state)
{
	int fd = of("a\n\nlast\n", 8);
	struct lines *in = lines_open(fd, 1 << 20);
	struct line l;

	(void)state;
	assert_int_equal(lines_next(in, &l, NULL), 1);
	assert_true(slice_is(l.text, "a"));
	assert_int_equal(lines_next(in, &l, NULL), 1);
	assert_int_equal(l.text.n, 0);
	assert_int_equal(lines_next(in, &l, NULL), 1);
	assert_true(slice_is(l.text, "last"));
	assert_int_equal(l.number, 3);
	assert_int_equal(lines_next(in, &l, NULL), 0);
	assert_int_equal(lines_next(in, &l, NULL), 0);
	lines_close(in);
	close(fd);
}

static void
a_cut_line_is_a_death(void **state)
{
	int fd = of("whole\ncut", 9);
	struct lines *in = lines_open(fd, 1 << 20);
	struct why w = {0};
	struct line l;

	(void)state;
	assert_int_equal(lines_next(in, &l, &w), 1);
	assert_int_equal(lines_next(in, &l, &w), -1);
	assert_int_equal(w.kind, WHY_BROKEN);
	lines_close(in);
	close(fd);
}

/* Lines of many lengths around the limit and the size of a read. */
static const size_t sizes[] = { 10, 5000, 9000, 1 << 20, (1 << 20) + 1,
	3 << 20, 0, 8999, 7 };
enum { SIZES = sizeof(sizes) / sizeof(sizes[0]), LIMIT = 8999 };

static int
many(void)
{
	size_t total = 0, i;
	char *text;
	int fd;

	for (i = 0; i < SIZES; i++)
		total += sizes[i] + 1;
	text = malloc(total);
	for (total = i = 0; i < SIZES; i++) {
		memset(text + total, 'a' + (int)i, sizes[i]);
		total += sizes[i] + 1;
		text[total - 1] = '\n';
	}
	fd = of(text, total);
	free(text);
	return fd;
}

static void
is_line(const struct line *l, size_t i)
{
	assert_int_equal(l->length, sizes[i]);
	assert_int_equal(l->over, sizes[i] > LIMIT);
	assert_int_equal(l->text.n, l->over ? 4096 : sizes[i]);
	if (sizes[i] > 0)
		assert_int_equal(l->text.p[l->text.n - 1], 'a' + (int)i);
	assert_int_equal(strlen(l->sha256), l->over ? 64 : 0);
}

static void
long_ones_are_dropped_alone(void **state)
{
	int fd = many();
	struct lines *in = lines_open(fd, LIMIT);
	struct line l;
	size_t i;

	(void)state;
	for (i = 0; i < SIZES; i++) {
		assert_int_equal(lines_next(in, &l, NULL), 1);
		assert_int_equal(l.number, i + 1);
		is_line(&l, i);
	}
	assert_int_equal(lines_next(in, &l, NULL), 0);
	lines_close(in);
	close(fd);
}

/* The same by two parts in turn: none is lost, none comes twice. */
static void
parts_get_whole_lines(void **state)
{
	int fd = many(), r, turn = 0;
	struct lines *in = lines_open(fd, LIMIT);
	struct lines *part[] = { lines_part(in), lines_part(in) };
	size_t i = 0, first;
	struct line l;

	(void)state;
	assert_int_equal(lines_next(part[0], &l, NULL), 0);
	while ((r = lines_hand(in, part[turn], NULL)) == 1) {
		for (first = i; lines_next(part[turn], &l, NULL) == 1; i++) {
			assert_true(i < SIZES);
			assert_int_equal(l.number, i - first + 1);
			is_line(&l, i);
		}
		assert_true(i > first);
		turn = !turn;
	}
	assert_int_equal(r, 0);
	assert_int_equal(i, SIZES);
	lines_close(part[0]);
	lines_close(part[1]);
	lines_close(in);
	close(fd);
}

static void
a_part_waits_for_no_more(void **state)
{
	struct lines *in, *part;
	struct why w = {0};
	struct line l;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	in = lines_open(p[0], 1 << 20);
	part = lines_part(in);
	assert_int_equal(write(p[1], "a\nb\nhalf", 8), 8);
	assert_int_equal(lines_hand(in, part, &w), 1);
	assert_int_equal(lines_next(part, &l, &w), 1);
	assert_int_equal(lines_next(part, &l, &w), 1);
	assert_true(slice_is(l.text, "b"));
	assert_int_equal(lines_next(part, &l, &w), 0);
	assert_int_equal(write(p[1], " more\n", 6), 6);
	assert_int_equal(lines_hand(in, part, &w), 1);
	assert_int_equal(lines_next(part, &l, &w), 1);
	assert_true(slice_is(l.text, "half more"));
	assert_int_equal(write(p[1], "cut", 3), 3);
	close(p[1]);
	assert_int_equal(lines_hand(in, part, &w), -1);
	assert_int_equal(w.kind, WHY_BROKEN);
	lines_close(part);
	lines_close(in);
	close(p[0]);
}

static void
reading_ends_when_nobody_wants_it(void **state)
{
	struct lines *in;
	struct why w = {0};
	struct line l;
	int p[2], until[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	assert_int_equal(pipe(until), 0);
	in = lines_open(p[0], 1 << 20);
	lines_until(in, until[0]);
	assert_int_equal(write(p[1], "a\n", 2), 2);
	assert_int_equal(lines_next(in, &l, &w), 1);
	close(until[1]);
	assert_int_equal(lines_next(in, &l, &w), 0);
	lines_close(in);
	close(p[0]);
	close(p[1]);
	close(until[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_lines),
		cmocka_unit_test(a_cut_line_is_a_death),
		cmocka_unit_test(long_ones_are_dropped_alone),
		cmocka_unit_test(parts_get_whole_lines),
		cmocka_unit_test(a_part_waits_for_no_more),
		cmocka_unit_test(reading_ends_when_nobody_wants_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
