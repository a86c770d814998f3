/* file: whole or not at all, gzip there and back, a full disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "file.h"

static char folder[] = "/tmp/file-XXXXXX";

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
drop_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void
appears_whole(void **state)
{
	char *path = xasprintf("%s/plain", folder);
	struct buf b = BUF(100);
	struct stat st;
	struct file *f;

	(void)state;
	f = file_create(path, FILE_PLAIN, NULL);
	file_write(f, "hello\n", 6);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(file_commit(f, NULL), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(file_read(path, &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), "hello\n");
	f = file_create(path, FILE_PLAIN, NULL);
	file_write(f, "other\n", 6);
	file_abandon(f);
	buf_reset(&b);
	assert_int_equal(file_read(path, &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), "hello\n");
	buf_free(&b);
	free(path);
}

static int
gather(void *ctx, const char *p, size_t n)
{
	buf_put(ctx, p, n);
	return 0;
}

static void
gzip_there_and_back(void **state)
{
	char *path = xasprintf("%s/z.gz", folder);
	struct buf in = BUF(8 << 20), out = BUF(8 << 20);
	struct why w = {0};
	struct file *f;
	unsigned int i;

	(void)state;
	for (i = 0; i < 200000; i++)
		buf_fmt(&in, "line %u\n", i * 2654435761u);
	f = file_create(path, FILE_GZIP, NULL);
	file_write(f, in.p, 1000);
	file_write(f, in.p + 1000, in.n - 1000);
	assert_int_equal(file_commit(f, NULL), 0);
	assert_int_equal(file_gunzip(path, gather, &out, &w), 0);
	assert_int_equal(out.n, in.n);
	assert_memory_equal(out.p, in.p, in.n);
	assert_int_equal(truncate(path, 1000), 0);
	buf_reset(&out);
	assert_int_equal(file_gunzip(path, gather, &out, &w), -1);
	assert_int_equal(w.kind, WHY_DATA);
	buf_free(&in);
	buf_free(&out);
	free(path);
}

/* RLIMIT_FSIZE stands in for the disk that is full. */
static void
a_full_disk_leaves_nothing(void **state)
{
	struct rlimit old, small = { 8192, RLIM_INFINITY };
	char *path = xasprintf("%s/full", folder);
	struct why w = {0};
	struct file *f;
	char block[4096] = {0};
	int i;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	f = file_create(path, FILE_PLAIN, &w);
	for (i = 0; i < 4; i++)
		file_write(f, block, sizeof(block));
	assert_int_equal(file_commit(f, &w), -1);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(w.kind, WHY_BROKEN);
	assert_int_equal(access(path, F_OK), -1);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appears_whole),
		cmocka_unit_test(gzip_there_and_back),
		cmocka_unit_test(a_full_disk_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
