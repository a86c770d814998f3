/* flow: the lines of one stream among threads, as many as there are. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "flow.h"

enum { LINES = 200000 };

static int to_be_had;		/* threads that the system gives */

/* The system's, as long as it gives any. */
int
pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*start)(void *), void *arg)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
	    void *);

	if (to_be_had-- <= 0)
		return EAGAIN;
	*(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
	return real(thread, attr, start, arg);
}

static int
temporary(void)
{
	char name[] = "/tmp/flow-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd != -1);
	unlink(name);
	return fd;
}

/* Odd numbers pass once, even ones twice. */
static void
work(struct flow *f, void *ctx)
{
	struct line l;

	(void)ctx;
	while (flow_text(f, &l)) {
		flow_line(f, l.text);
		if ((l.text.p[l.text.n - 1] & 1) == 0)
			flow_line(f, l.text);
	}
}

/* What `threads` of them make of the numbers up to LINES: is it all there, in
 * order? */
static void
run(int threads, int given)
{
	int in = temporary(), out = temporary(), was[2], status;
	FILE *f = fdopen(in, "r+"), *got = fdopen(out, "r+");
	struct flow *flow;
	long i, n;

	for (i = 0; i < LINES; i++)
		fprintf(f, "%ld\n", i);
	fflush(f);
	rewind(f);
	fflush(stdout);
	was[0] = dup(0);
	was[1] = dup(1);
	dup2(in, 0);
	dup2(out, 1);
	to_be_had = given;
	flow = flow_open("test", FLOW_LINES, 0);
	flow_share(flow, threads, work, NULL);
	status = flow_close(flow);
	dup2(was[0], 0);
	dup2(was[1], 1);
	close(was[0]);
	close(was[1]);
	assert_int_equal(status, 0);
	rewind(got);
	for (i = 0; i < LINES; i++) {
		assert_int_equal(fscanf(got, "%ld", &n), 1);
		assert_int_equal(n, i);
		if (i % 2 == 0)
			assert_int_equal(fscanf(got, "%ld", &n), 1);
		assert_int_equal(n, i);
	}
	assert_int_equal(fscanf(got, "%ld", &n), EOF);
	fclose(f);
	fclose(got);
}

static void
threads_keep_the_order(void **state)
{
	(void)state;
	run(1, 0);
	run(2, 9);
	run(7, 9);
}

static void
those_that_there_are_will_do(void **state)
{
	(void)state;
	run(4, 0);
	run(4, 1);
	run(64, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_keep_the_order),
		cmocka_unit_test(those_that_there_are_will_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
