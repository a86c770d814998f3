/*
 * forget - a disk that may lose what it was not asked to keep
 *
 * Loaded before a program (LD_PRELOAD), it copies the ledger's files to
 * FILE.disk whenever the program waits for them to be on the disk: what a loss
 * of power leaves for sure.  tests/kill -d puts it in place of the files.  It
 * uses none of the calls at which tests/kill kills.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
copy(int fd, const char *path)
{
	char to[PATH_MAX + 16], whole[PATH_MAX + 16];
	off_t at = 0;
	int out;

	snprintf(to, sizeof(to), "%s.disk.%d", path, (int)getpid());
	snprintf(whole, sizeof(whole), "%s.disk", path);
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	while (out != -1 && copy_file_range(fd, &at, out, NULL, 1 << 20, 0) > 0)
		continue;
	if (out == -1 || close(out) == -1 || syscall(SYS_renameat2, AT_FDCWD,
	    to, AT_FDCWD, whole, 0) == -1) {
		perror(whole);
		abort();
	}
}

static int
kept(const char *name, int fd)
{
	int (*sync)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
	char link[64], path[PATH_MAX];
	int r = sync(fd);
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (r == -1 || n <= 0)
		return r;
	path[n] = '\0';
	if (strstr(path, "ledger.sqlite") != NULL &&
	    strstr(path, "-session") == NULL)
		copy(fd, path);
	return r;
}

int
fsync(int fd)
{
	return kept("fsync", fd);
}

int
fdatasync(int fd)
{
	return kept("fdatasync", fd);
}
