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
static void
long_ones_are_dropped_alone(void **state)
{
	static const size_t sizes[] = { 10, 5000, 9000, 1 << 20,
	    (1 << 20) + 1, 3 << 20, 0, 8999, 7 };
	size_t total = 0, i, k = sizeof(sizes) / sizeof(sizes[0]);
	struct lines *in;
	struct line l;
	char *text;
	int fd;

	(void)state;
	for (i = 0; i < k; i++)
		total += sizes[i] + 1;
	text = malloc(total);
	for (total = i = 0; i < k; i++) {
		memset(text + total, 'a' + (int)i, sizes[i]);
		total += sizes[i] + 1;
		text[total - 1] = '\n';
	}
	fd = of(text, total);
	in = lines_open(fd, 8999);
	for (i = 0; i < k; i++) {
		assert_int_equal(lines_next(in, &l, NULL), 1);
		assert_int_equal(l.number, i + 1);
		assert_int_equal(l.length, sizes[i]);
		assert_int_equal(l.over, sizes[i] > 8999);
		assert_int_equal(l.text.n, l.over ? 4096 : sizes[i]);
		if (sizes[i] > 0)
			assert_int_equal(l.text.p[l.text.n - 1],
			    'a' + (int)i);
		assert_int_equal(strlen(l.sha256), l.over ? 64 : 0);
	}
	assert_int_equal(lines_next(in, &l, NULL), 0);
	lines_close(in);
	close(fd);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_lines),
		cmocka_unit_test(a_cut_line_is_a_death),
		cmocka_unit_test(long_ones_are_dropped_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
