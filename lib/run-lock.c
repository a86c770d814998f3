/* run-lock - one run at a time per ledger, and who died with the lock. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "run-lock.h"
#include "runs.h"
#include "say.h"

enum { DYING_MS = 2000, LOOK_MS = 50 };

/* What the holder wrote: "RUN PID SINCE". */
static bool
read_holder(int fd, struct run_holder *h)
{
	char text[512];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return sscanf(text, "%255s %ld %63s", h->run, &h->pid, h->since) == 3;
}

static int
told_busy(int fd, struct why *w)
{
	struct run_holder h;

	if (!read_holder(fd, &h))
		return why(w, WHY_BUSY, "another run holds the lock");
	return why(w, WHY_BUSY, "another run holds the lock: %s, process %ld, "
	    "since %s", h.run, h.pid, h.since);
}

/* No O_CLOEXEC: every child is to have it. */
int
run_lock_take(struct run_lock *l, const struct conf *c, struct why *w)
{
	char *ledger = conf_path(c, "ledger", "path"), *path;
	int ok = -1;

	if (ledger == NULL)
		return why(w, WHY_SETUP, "no [ledger] path is set");
	path = xasprintf("%s.lock", ledger);
	l->fd = open(path, O_RDWR | O_CREAT, 0600);
	if (l->fd == -1)
		why(w, WHY_SETUP, "cannot open '%s': %s", path,
		    strerror(errno));
	else if (flock(l->fd, LOCK_EX | LOCK_NB) == 0)
		ok = 0;
	else if (errno == EWOULDBLOCK)
		told_busy(l->fd, w);
	else
		why(w, WHY_BROKEN, "cannot lock '%s': %s", path,
		    strerror(errno));
	free(path);
	free(ledger);
	return ok;
}

static bool
has_it(const struct run_lock *l, const char *run)
{
	struct run_holder h;

	return read_holder(l->fd, &h) && strcmp(h.run, run) == 0;
}

int
run_lock_join(struct run_lock *l, const struct conf *c, const char *run,
    struct why *w)
{
	const struct timespec look = { 0, LOOK_MS * 1000000L };

	for (int ms = 0; run_lock_take(l, c, w) == -1; ms += LOOK_MS) {
		if (w->kind != WHY_BUSY)
			return -1;
		if (has_it(l, run))
			break;
		if (ms >= DYING_MS)
			return -1;
		close(l->fd);
		nanosleep(&look, NULL);
	}
	*w = (struct why){0};
	return 0;
}

bool
run_lock_died(const struct run_lock *l, struct run_holder *h)
{
	return read_holder(l->fd, h) && runs_is_name(h->run);
}

void
run_lock_sign(struct run_lock *l, const char *run, long long now)
{
	struct buf b = BUF(512);

	buf_fmt(&b, "%s %ld ", run, (long)getpid());
	audit_time(&b, now);
	buf_char(&b, '\n');
	l->signature = true;
	if (ftruncate(l->fd, 0) == -1 ||
	    pwrite(l->fd, b.p, b.n, 0) != (ssize_t)b.n)
		say_verbose("cannot write who holds the lock");
	buf_free(&b);
}

void
run_lock_wipe(struct run_lock *l)
{
	if (l->fd != -1 && ftruncate(l->fd, 0) == -1)
		say_verbose("cannot wipe who held the lock");
	l->signature = false;
}
