/* progress - how far a run is: counted by its stages, drawn by one. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"
#include "say.h"

enum { SLOTS = 512, NAME = 64, LINE = 512, COLUMNS = 80 };

static const char variable[] = "MILLRACE_PROGRESS";
static const char magic[8] = "mrprog1";
static const char wipe[] = "\r\033[K";

/* Which file or pipe; 0: none that links two stages. */
struct end {
	unsigned long dev, ino;
};

struct slot {
	char name[NAME];
	struct end in, out;
	long begun;		/* milliseconds */
	pid_t pid;		/* who writes here */
	atomic_long done, failed, held, total;	/* total: -1 not known */
	atomic_bool ready, over;	/* the above is there; it has ended */
};

struct shared {
	char magic[sizeof(magic)];
	atomic_int slots;
	atomic_bool drawn;	/* a line stands on the terminal */
	struct slot slot[SLOTS];
};

struct progress {
	struct shared *all;
	struct slot *own;	/* a stage's */
	char *path;
	int fd;
	bool drawer, gone;	/* gone: nobody is there to be told */
	long every, told;	/* a line so often, the last, in milliseconds */
};

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool
progress_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term != NULL && *term != '\0' &&
	    strcmp(term, "dumb") != 0;
}

/* ---- the file ---- */

static struct progress *
map(const char *path, bool make)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | (make ? O_CREAT | O_TRUNC : 0),
	    0600);
	struct progress *p;
	struct shared *all;
	struct stat st;

	if (fd == -1)
		return NULL;
	/* On a full disk now, and not by SIGBUS where it is written. */
	if ((make && posix_fallocate(fd, 0, sizeof(*all)) != 0) ||
	    fstat(fd, &st) == -1 || st.st_size != sizeof(*all) ||
	    (all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0)) == MAP_FAILED) {
		if (make)
			unlink(path);
		close(fd);
		return NULL;
	}
	if (make)
		memcpy(all->magic, magic, sizeof(magic));
	p = xcalloc(1, sizeof(*p));
	p->all = all;
	p->fd = fd;
	p->path = xstrdup(path);
	if (memcmp(all->magic, magic, sizeof(magic)) == 0)
		return p;
	progress_free(p);
	return NULL;
}

/* Take the line away, if there is one: once, whoever comes first. */
static void
take_away(struct progress *p)
{
	if (atomic_exchange(&p->all->drawn, false) &&
	    write(STDERR_FILENO, wipe, sizeof(wipe) - 1) == -1)
		p->gone = true;
}

void
progress_free(struct progress *p)
{
	if (p == NULL)
		return;
	if (p->drawer) {
		take_away(p);
		unlink(p->path);
		unsetenv(variable);
	}
	munmap(p->all, sizeof(*p->all));
	close(p->fd);
	free(p->path);
	free(p);
}

struct progress *
progress_new(const char *folder, long seconds)
{
	char *path = xasprintf("%s/.progress", folder);
	struct progress *p = map(path, true);

	free(path);
	if (p == NULL)
		return NULL;
	p->drawer = true;
	p->every = seconds * 1000;
	p->told = now_ms();
	setenv(variable, p->path, 1);
	return p;
}

struct progress *
progress_of(const char *name)
{
	const char *colon = name == NULL ? NULL : strrchr(name, ':');
	char *path = NULL, *end = NULL;
	long n = colon == NULL ? -1 : strtol(colon + 1, &end, 10);
	struct progress *p;

	if (name == NULL || *name == '\0')
		return NULL;
	if (end == NULL || end == colon + 1 || *end != '\0' || n < 0 ||
	    n >= SLOTS)
		return map(name, false);
	path = xasprintf("%.*s", (int)(colon - name), name);
	p = map(path, false);
	free(path);
	if (p != NULL)
		p->own = &p->all->slot[n];
	return p;
}

/* ---- a stage ---- */

/* A terminal or /dev/null is no link, though two stages may have it. */
static struct end
end_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1 ||
	    !(S_ISFIFO(st.st_mode) || S_ISREG(st.st_mode)))
		return (struct end){ 0, 0 };
	return (struct end){ st.st_dev, st.st_ino };
}

void
progress_begin(struct progress *p, const char *stage)
{
	char *name;
	int n;

	if (p == NULL || (n = atomic_fetch_add(&p->all->slots, 1)) >= SLOTS)
		return;
	p->own = &p->all->slot[n];
	snprintf(p->own->name, NAME, "%s", stage);
	p->own->in = end_of(STDIN_FILENO);
	p->own->out = end_of(STDOUT_FILENO);
	p->own->begun = now_ms();
	p->own->pid = getpid();
	p->own->total = -1;
	p->own->ready = true;
	name = xasprintf("%s:%d", p->path, n);
	setenv(variable, name, 1);
	free(name);
}

void
progress_count(struct progress *p, const struct progress_count *c)
{
	if (p == NULL || p->own == NULL)
		return;
	p->own->done = c->done;
	p->own->failed = c->failed;
	p->own->held = c->held;
}

void
progress_total(struct progress *p, long total)
{
	if (p != NULL && p->own != NULL)
		p->own->total = total;
}

static int
count(const struct shared *all)
{
	int n = all->slots;

	return n < SLOTS ? n : SLOTS;
}

/* One that was killed cannot say that it is over. */
static bool
goes_on(const struct slot *s)
{
	return s->ready && !s->over &&
	    (kill(s->pid, 0) == 0 || errno != ESRCH);
}

static bool
any_goes_on(const struct shared *all)
{
	for (int i = count(all) - 1; i >= 0; i--)
		if (goes_on(&all->slot[i]))
			return true;
	return false;
}

/* Under the lock, so that no line is drawn after this. */
void
progress_end(struct progress *p)
{
	if (p == NULL || p->own == NULL)
		return;
	flock(p->fd, LOCK_EX);
	p->own->over = true;
	if (!any_goes_on(p->all))
		take_away(p);
	flock(p->fd, LOCK_UN);
	p->own = NULL;
}

/* ---- the line ---- */

static bool
linked(struct end out, struct end in)
{
	return out.ino != 0 && out.ino == in.ino && out.dev == in.dev;
}

/* The newest stage that reads from `s`, or that it reads from; NULL. */
static const struct slot *
beside(const struct shared *all, const struct slot *s, bool down)
{
	const struct slot *t;

	for (int i = count(all) - 1; i >= 0; i--) {
		t = &all->slot[i];
		if (t != s && t->ready && (down ? linked(s->out, t->in) :
		    linked(t->out, s->in)))
			return t;
	}
	return NULL;
}

/* The pipeline that is at work: from where its lines come to where they
 * leave. */
struct pipeline {
	const struct slot *head, *tail;
	const struct slot *work;	/* has most to do: it has come as far
					 * as the tail, who is before it is
					 * further */
	long failed, held;
};

static bool
find(const struct shared *all, struct pipeline *p)
{
	const struct slot *s = NULL, *t;
	int i, steps;

	for (i = count(all) - 1; i >= 0 && s == NULL; i--)
		if (goes_on(&all->slot[i]))
			s = &all->slot[i];
	if (s == NULL)
		return false;
	for (steps = 0; steps < SLOTS && (t = beside(all, s, true)) != NULL;
	    steps++)
		s = t;
	*p = (struct pipeline){ .head = s, .tail = s, .work = s };
	for (steps = 0; steps < SLOTS && s != NULL; steps++) {
		p->head = s;
		if (s->failed > p->failed)
			p->failed = s->failed;
		if (s->held > p->held)
			p->held = s->held;
		if (s->done == p->tail->done && goes_on(s))
			p->work = s;
		s = beside(all, s, false);
	}
	return true;
}

/* The seconds as 0:07, 12:03 or 3:00:00. */
static void
put_time(struct buf *b, long seconds)
{
	if (seconds >= 3600)
		buf_fmt(b, "%ld:%02ld:%02ld", seconds / 3600,
		    seconds / 60 % 60, seconds % 60);
	else
		buf_fmt(b, "%ld:%02ld", seconds / 60, seconds % 60);
}

static void
put_line(struct buf *b, const struct pipeline *p)
{
	long total = p->head->over ? p->head->done : p->head->total;
	long done = p->tail->done, ms = now_ms() - p->tail->begun;

	buf_fmt(b, "%s %ld", p->work->name, done);
	if (total > 0 && total >= done)
		buf_fmt(b, " of %ld (%ld %%)", total, done * 100 / total);
	if (p->head->done > done && p->head->done != total)
		buf_fmt(b, ", read %ld", p->head->done);
	if (done > 0 && ms > 0) {
		buf_fmt(b, ", %.*f/s", done * 1000 / ms < 10 ? 1 : 0,
		    (double)done * 1000 / (double)ms);
		if (total > done) {
			buf_str(b, ", ");
			put_time(b, (long)((double)(total - done) *
			    (double)ms / (double)done / 1000) + 1);
			buf_str(b, " left");
		}
	}
	if (p->failed > 0)
		buf_fmt(b, ", %ld failed", p->failed);
	if (p->held > 0)
		buf_fmt(b, ", %ld held", p->held);
}

/* In front, and not stopped: who is in the background, or would have to wait
 * for Ctrl-Q, draws nothing. */
static bool
may_write(void)
{
	struct pollfd out = { STDERR_FILENO, POLLOUT, 0 };
	pid_t front = tcgetpgrp(STDERR_FILENO);

	return (front == -1 || front == getpgrp()) && poll(&out, 1, 0) == 1 &&
	    out.revents == POLLOUT;
}

static void
draw(struct progress *p, struct slice line)
{
	struct winsize size = { .ws_col = 0 };
	struct buf b = BUF(LINE);
	size_t room;

	ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
	room = size.ws_col > 0 ? size.ws_col - 1u : COLUMNS - 1u;
	if (line.n > room)
		line.n = room;
	buf_str(&b, wipe);
	buf_slice(&b, line);
	buf_char(&b, '\r');	/* who writes next writes over it */
	p->gone = write(STDERR_FILENO, b.p, b.n) == -1 && errno != EINTR;
	p->all->drawn = true;
	buf_free(&b);
}

/* What is drawn is drawn under the lock; who has it is about to wipe. */
static void
on_terminal(struct progress *p)
{
	struct pipeline line;
	struct buf b = BUF(LINE);

	if (!may_write() || flock(p->fd, LOCK_EX | LOCK_NB) == -1)
		return;
	if (find(p->all, &line)) {
		put_line(&b, &line);
		draw(p, buf_all(&b));
	}
	flock(p->fd, LOCK_UN);
	buf_free(&b);
}

static void
elsewhere(struct progress *p)
{
	struct pipeline line;
	struct buf b = BUF(LINE);
	long now = now_ms();

	if (p->every == 0 || now - p->told < p->every)
		return;
	if (find(p->all, &line)) {
		put_line(&b, &line);
		say("%.*s", (int)b.n, b.p);
	}
	p->told = now;
	buf_free(&b);
}

void
progress_draw(struct progress *p)
{
	if (p == NULL || p->gone || !say_tells(SAY_NORMAL))
		return;
	if (progress_terminal())
		on_terminal(p);
	else
		elsewhere(p);
}
