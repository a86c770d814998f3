/*
 * run-stage - one stage of a run: run a command, count and keep what it
 * writes.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "child.h"
#include "file.h"
#include "keep.h"
#include "opt.h"
#include "progress.h"
#include "runs.h"
#include "tally.h"

enum { PIPE = 1 << 20, EVENT = 512 << 10 };

static const struct opt options[] = {
	{ 0, NULL, NULL, NULL },
};

struct stage {
	const char *name, *run;	/* the run's folder */
	char **argv;
	char *copy;		/* name of the kept copy, or NULL */
	struct keep *keep;
	struct tally *tally;
	struct progress *progress;
	bool left;		/* the reader did */
	int wait_status;
	struct rusage used;
	struct timespec clock;
};

/* ---- what the log says ---- */

/* Which pipe is it?  Two stages that name the same one are neighbours. */
static void
put_end(struct buf *out, const char *member, int fd)
{
	char link[64], path[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, link, sizeof(link));
	if (n > 0 && (size_t)n < sizeof(link) && memcmp(link, "pipe:", 5) == 0)
		buf_fmt(out, ",\"%s\":\"%.*s\"", member, (int)n, link);
}

/* Ours have our version; what others' have is not known. */
static void
put_program(struct buf *out, const char *name)
{
	char *path = child_path(name), *self = realpath("/proc/self/exe", NULL);
	char *a = path == NULL ? NULL : strrchr(path, '/');
	char *b = self == NULL ? NULL : strrchr(self, '/');

	buf_str(out, ",\"program\":");
	if (path == NULL || !scan_utf8(slice(path)))
		buf_str(out, "null");
	else
		scan_quote(out, slice(path));
	if (a != NULL && b != NULL && a - path == b - self &&
	    memcmp(path, self, (size_t)(a - path)) == 0)
		buf_fmt(out, ",\"version\":\"%s\"", VERSION);
	free(path);
	free(self);
}

static int
log_start(const struct stage *s, struct why *w)
{
	struct buf b = BUF(EVENT), key = BUF(4096);
	char *runs = xasprintf("%s/..", s->run);
	int ok = -1;

	if (runs_key(runs, &key, w) == -1)
		goto out;
	buf_fmt(&b, "\"event\":\"stage-start\",\"stage\":\"%s\"", s->name);
	put_program(&b, s->argv[0]);
	buf_char(&b, ',');
	audit_arguments(&b, s->argv + 1, buf_all(&key));
	put_end(&b, "reads", STDIN_FILENO);
	put_end(&b, "writes", STDOUT_FILENO);
	ok = audit_append(s->run, buf_all(&b), NULL, w);
out:
	buf_free(&b);
	buf_free(&key);
	free(runs);
	return ok;
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void
put_used(struct buf *out, const struct stage *s)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	buf_fmt(out, ",\"seconds\":%.3f,\"cpu\":%.3f,\"peak_kb\":%ld",
	    (double)(now.tv_sec - s->clock.tv_sec) +
	    (double)(now.tv_nsec - s->clock.tv_nsec) / 1e9,
	    seconds(s->used.ru_utime) + seconds(s->used.ru_stime),
	    s->used.ru_maxrss);
}

static int
log_end(const struct stage *s, bool kept, struct why *w)
{
	struct buf b = BUF(EVENT);
	int ok;

	buf_fmt(&b, "\"event\":\"stage-end\",\"stage\":\"%s\",", s->name);
	child_json(s->wait_status, &b);
	if (s->left)
		buf_str(&b, ",\"reader\":\"left\"");
	put_used(&b, s);
	buf_char(&b, ',');
	tally_json(s->tally, &b);
	if (kept)
		buf_fmt(&b, ",\"kept\":\"%s\"", s->copy);
	ok = audit_append(s->run, buf_all(&b), NULL, w);
	buf_free(&b);
	return ok;
}

/* ---- the pump ---- */

static int
write_out(struct stage *s, const char *p, size_t n, struct why *w)
{
	ssize_t r;

	while (n > 0) {
		r = write(STDOUT_FILENO, p, n);
		if (r == -1 && errno == EINTR)
			continue;
		if (r == -1 && errno == EPIPE) {
			s->left = true;
			return 0;
		}
		if (r == -1)
			return why(w, WHY_BROKEN, "cannot write: %s",
			    strerror(errno));
		p += r;
		n -= (size_t)r;
	}
	return 0;
}

/* The next bytes from the command: 1, 0 at the end, -1. */
static int
take(struct child *c, int from, char *p, size_t room, size_t *got)
{
	struct pollfd two[] = {
		{ from, POLLIN, 0 }, { c->signals, POLLIN, 0 },
	};
	ssize_t r;

	for (;;) {
		poll(two, 2, -1);
		if (two[1].revents != 0)
			child_signal(c);
		if (two[0].revents == 0)
			continue;
		r = read(from, p, room);
		if (r == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		*got = r > 0 ? (size_t)r : 0;
		return r > 0 ? 1 : (int)r;
	}
}

/* What a person is told while it goes on. */
static void
count(struct stage *s)
{
	const struct tally *t = s->tally;
	struct progress_count c = { .done = (long)(t->records + t->sources) };

	for (int i = 0; i < t->rows; i++)
		if (strcmp(t->row[i].verdict, "held") == 0)
			c.held += (long)t->row[i].lines;
		else if (strcmp(t->row[i].verdict, "failed") == 0 ||
		    strcmp(t->row[i].verdict, "rejected") == 0)
			c.failed += (long)t->row[i].lines;
	progress_count(s->progress, &c);
}

/*
 * The bytes go on before they are counted: nobody waits for us.  When the
 * reader has left we leave too, so that the command learns it by its own
 * next write, as it would without us.
 */
static int
pump(struct stage *s, struct child *c, int from, struct why *w)
{
	char *p;
	size_t room, n;
	int r;

	while (!s->left) {
		p = keep_room(s->keep, &room);
		if ((r = take(c, from, p, room, &n)) == 0)
			return 0;
		if (r == -1)
			return why(w, WHY_BROKEN, "cannot read from '%s': %s",
			    s->argv[0], strerror(errno));
		if (write_out(s, p, n, w) == -1)
			return -1;
		tally_put(s->tally, p, n);
		count(s);
		keep_put(s->keep, n);
	}
	return 0;
}

static void
await(struct stage *s, struct child *c)
{
	struct pollfd p = { c->signals, POLLIN, 0 };

	while (wait4(c->pid, &s->wait_status, WNOHANG, &s->used) == 0) {
		poll(&p, 1, -1);
		while (child_signal(c) != 0)
			;
	}
	child_done(c);
}

static int
run(struct stage *s, struct why *w)
{
	struct child c = { .signals = -1 };
	int fd[2], r;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return why(w, WHY_BROKEN, "no pipe: %s", strerror(errno));
	fcntl(fd[0], F_SETPIPE_SZ, PIPE);
	fcntl(STDIN_FILENO, F_SETPIPE_SZ, PIPE);
	fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE);
	signal(SIGPIPE, SIG_IGN);
	progress_begin(s->progress, s->name);
	r = child_start(&c, s->argv, fd[1], 0, w);
	close(fd[1]);
	if (r == 0)
		r = pump(s, &c, fd[0], w);
	close(fd[0]);
	close(STDOUT_FILENO);	/* the reader need not wait for our log */
	if (c.signals != -1)
		await(s, &c);
	tally_end(s->tally);
	progress_end(s->progress);
	return r;
}

/* ---- the stage ---- */

/* `[runs] keep` lists stages, whole (orders.map) or by their last part. */
static bool
is_kept(const char *list, const char *name)
{
	const char *dot = strrchr(name, '.'), *p, *q;
	struct slice word;

	for (p = list; p != NULL && *p != '\0'; p = q) {
		p += strspn(p, ", \t");
		q = p + strcspn(p, ", \t");
		word = (struct slice){ p, (size_t)(q - p) };
		if (slice_is(word, "all") || slice_is(word, name) ||
		    (dot != NULL && slice_is(word, dot + 1)))
			return true;
	}
	return false;
}

static char *
copy_name(const struct stage *s)
{
	char *name = xasprintf("%s.ndjson.gz", s->name), *path;
	bool there = true;

	for (int i = 2; there; i++) {
		path = xasprintf("%s/%s", s->run, name);
		there = access(path, F_OK) == 0;
		free(path);
		if (there) {
			free(name);
			name = xasprintf("%s-%d.ndjson.gz", s->name, i);
		}
	}
	return name;
}

static int
stage(struct stage *s, struct why *w)
{
	const char *list = getenv("MILLRACE_KEEP");
	char *path = NULL;
	struct why copy = { 0 };
	int r = -1, kept;

	clock_gettime(CLOCK_MONOTONIC, &s->clock);
	if (list == NULL || is_kept(list, s->name)) {
		s->copy = copy_name(s);
		path = xasprintf("%s/%s", s->run, s->copy);
	}
	s->tally = tally_new();
	s->progress = progress_of(getenv("MILLRACE_PROGRESS"));
	s->keep = keep_new(path);
	if (log_start(s, w) == 0)
		r = run(s, w);
	kept = keep_end(s->keep, r == 0, &copy);
	if (kept == -1) {
		say_error("no copy is kept: %s", copy.text);
		if (r == 0)
			r = why(w, WHY_BROKEN, "the audit of '%s' is "
			    "incomplete", s->name);
	}
	if (r == 0)
		r = log_end(s, kept == 1, w);
	else		/* the first failure is the one to tell */
		log_end(s, kept == 1, NULL);
	tally_free(s->tally);
	progress_free(s->progress);
	free(s->copy);
	free(path);
	return r;
}

/* As a shell says it, so that a script can tell a broken pipe from a kill. */
static int
status_of(const struct stage *s)
{
	if (WIFSIGNALED(s->wait_status))
		return 128 + WTERMSIG(s->wait_status);
	return WEXITSTATUS(s->wait_status);
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "run-stage",
	    .operands = "NAME CMD [ARG]...", .table = options,
	    .purpose = "run a command as a stage of a run", .leading = true };
	struct stage s = { .run = getenv("MILLRACE_RUN") };
	struct why w = { 0 };
	int c;

	while ((c = opt_next(&o, argc, argv)) > 0)
		;
	if (c < 0)
		return o.status;
	if (argc - o.first < 2)
		return opt_usage(&o, "no %s given",
		    argc == o.first ? "NAME" : "CMD");
	s.name = argv[o.first];
	s.argv = argv + o.first + 1;
	if (!runs_is_name(s.name))
		return opt_usage(&o, "'%s' is no name for a stage", s.name);
	if (s.run == NULL || s.run[0] == '\0') {
		execvp(s.argv[0], s.argv);
		say_error("cannot run '%s': %s", s.argv[0], strerror(errno));
		return WHY_SETUP;
	}
	if (stage(&s, &w) == -1)
		return say_why(&w);
	if (WIFSIGNALED(s.wait_status) && !s.left)
		say_error("%s: '%s' was ended by signal %s", s.name,
		    s.argv[0], sigabbrev_np(WTERMSIG(s.wait_status)));
	return status_of(&s);
}
