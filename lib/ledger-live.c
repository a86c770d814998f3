/* ledger-live - whose maker still lives: a lock of each job. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "ledger-db.h"

/*
 * A job's lock is the byte of its number in the run's lock file (run-lock.h
 * locks that as a whole, by flock(), which these know nothing of).  The kernel
 * takes it away with the program, however that ends: nobody has to unlock, and
 * a process id that is used again deceives nobody.
 */
static int
lock_file(struct ledger *l, struct why *w)
{
	char *path;

	if (l->live_fd != -1)
		return l->live_fd;
	path = xasprintf("%s.lock", l->path);
	l->live_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (l->live_fd == -1)
		why(w, WHY_SETUP, "cannot open '%s': %s", path,
		    strerror(errno));
	free(path);
	return l->live_fd;
}

static struct flock
byte_of(int64_t number)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET,
	    .l_start = number, .l_len = 1 };
}

int
db_live_hold(struct ledger *l, int64_t number, struct why *w)
{
	struct flock f = byte_of(number);

	if (lock_file(l, w) == -1)
		return -1;
	if (fcntl(l->live_fd, F_OFD_SETLK, &f) == -1)
		return why(w, WHY_BROKEN, "cannot lock '%s.lock': %s",
		    l->path, strerror(errno));
	return 0;
}

int
db_live(struct ledger *l, int64_t number, struct why *w)
{
	struct flock f = byte_of(number);

	if (lock_file(l, w) == -1)
		return -1;
	if (fcntl(l->live_fd, F_OFD_GETLK, &f) == -1)
		return why(w, WHY_BROKEN, "cannot ask who locks '%s.lock': %s",
		    l->path, strerror(errno));
	return f.l_type != F_UNLCK;
}
