/*
 * run-open - one run: the lock, the folder, the audit around a command.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "alert.h"
#include "child.h"
#include "conf.h"
#include "file.h"
#include "metrics.h"
#include "opt.h"
#include "outcome.h"
#include "progress.h"
#include "run-calls.h"
#include "run-lock.h"
#include "run-prune.h"
#include "runlog-write.h"
#include "runs.h"

enum { LINE = 64 << 10 };

static const struct opt options[] = {
	{ 'n', "no-lock", NULL, "for what only reads: beside another run" },
	{ 'e', "ended", NULL, "no run: alert if the last one died, and leave" },
	{ 'a', "aside", NULL, "the same, and runs/latest stays as it is" },
	{ 0, NULL, NULL, NULL },
};

struct run {
	const char *kind;
	char **argv;
	bool locks, aside;
	struct conf *conf;
	char *runs, *folder;	/* [runs] dir, and this run's in it */
	char *before;		/* newest run until now, or NULL */
	struct run_lock lock;
	int hold_fd;		/* see runs_hold(); inherited by every child */
	bool stopped;		/* by Ctrl-C: somebody sits there */
	long long began;
	struct timespec clock;
	struct run_calls calls;	/* until now */
	struct progress *progress;
};

/* ---- who is told ---- */

static struct alert
alert_of(const struct run *r, const char *folder)
{
	return (struct alert){ .conf = r->conf, .folder = folder,
	    .keep = { r->lock.fd, r->hold_fd } };
}

/* The last line, and the same for programs.  What cannot be told does not
 * change what was done. */
static void
sum_up(const struct run *r, int status)
{
	struct fold f = { 0 };
	struct runlog l;
	const struct metrics m = { .kind = r->kind, .log = &l, .verdicts = &f,
	    .status = status, .began = r->began,
	    .ended = (long long)time(NULL) };
	struct buf b = BUF(LINE);
	struct why w = { 0 };

	if (runlog_open(&l, r->folder, &w) == -1) {
		say_error("%s", w.text);
		return;
	}
	outcome_fold(&f, &l, NULL);
	metrics_write(&m, r->conf, r->folder);
	outcome_line(&l, &f, status, &b);
	say("%.*s", (int)b.n, b.p);
	buf_free(&b);
	fold_free(&f);
	runlog_close(&l);
}

/* How this run ended. */
static void
alert_end(const struct run *r, int status)
{
	const struct alert a = alert_of(r, r->folder);

	if (r->locks && !r->stopped)
		alert_tell(&a, status, "%s failed: status %d, %s",
		    runs_name(r->folder), status, outcome_says(status));
}

/* A full disk, a folder that is not ours: there is no run to look at, or no
 * end in its log.  The next one need not take it for dead. */
static void
alert_broken(struct run *r, bool began, const struct why *why_not)
{
	const struct alert a = alert_of(r, NULL);

	if (r->lock.signature)
		run_lock_wipe(&r->lock);
	if (r->locks && why_not->kind != WHY_BUSY)
		alert_tell(&a, (int)why_not->kind, "%s %s: %s",
		    began ? runs_name(r->folder) : r->kind,
		    began ? "broke" : "could not begin", why_not->text);
}

/* Did the run that had the lock before die?  Who knew is not there any more,
 * so we say it, once. */
static void
alert_died(struct run *r)
{
	struct run_holder h;
	struct alert a;
	char *folder;

	if (!run_lock_died(&r->lock, &h))
		return;
	say("the run %s died without an end; what it did counts, and the rest "
	    "is done by the next", h.run);
	folder = xasprintf("%s/%s", r->runs, h.run);
	a = alert_of(r, folder);
	if (access(folder, F_OK) == 0)
		alert_tell(&a, WHY_BROKEN, "%s died: process %ld, begun %s, "
		    "was killed, or the machine went down; the same command "
		    "again goes on where it stopped", h.run, h.pid, h.since);
	free(folder);
	run_lock_wipe(&r->lock);
}

/* For who watches: did the last run die, and does nobody know? */
static int
look_after(struct run *r, struct why *w)
{
	if ((r->runs = conf_path(r->conf, "runs", "dir")) == NULL)
		return why(w, WHY_SETUP, "no [runs] dir is set");
	if (run_lock_take(&r->lock, r->conf, w) == -1)
		return w->kind == WHY_BUSY ? 0 : -1;	/* it is at work */
	alert_died(r);
	return 0;
}

/* ---- the run ---- */

static char *
newest(const char *runs)
{
	size_t n;
	char **list = runs_list(runs, &n);
	char *name = n == 0 ? NULL : xstrdup(list[n - 1]);

	runs_free(list, n);
	return name;
}

/* What the command finds in its environment. */
static void
give(const struct run *r)
{
	char *conf = realpath(conf_file(r->conf), NULL);
	const char *kept = conf_text(r->conf, "runs", "keep");

	setenv("MILLRACE_RUN", r->folder, 1);
	setenv("MILLRACE_CONF", conf == NULL ? conf_file(r->conf) : conf, 1);
	setenv("MILLRACE_KEEP", kept == NULL ? "" : kept, 1);
	free(conf);
}

static int
log_start(const struct run *r, struct why *w)
{
	const struct runlog_start s = { .runs = r->runs, .folder = r->folder,
	    .before = r->before, .kind = r->kind, .argv = r->argv,
	    .conf = conf_file(r->conf) };

	return runlog_start(&s, w);
}

/*
 * Signed when old runs are gone: who is stopped meanwhile has done nothing,
 * and is no death that the next run should tell.
 */
static int
begin(struct run *r, struct why *w)
{
	if ((r->runs = conf_path(r->conf, "runs", "dir")) == NULL)
		return why(w, WHY_SETUP, "no [runs] dir is set");
	if (file_folder(r->runs, w) == -1 ||
	    (r->locks && run_lock_take(&r->lock, r->conf, w) == -1))
		return -1;
	r->before = newest(r->runs);
	r->began = (long long)time(NULL);
	clock_gettime(CLOCK_MONOTONIC, &r->clock);
	run_calls_count(&r->calls, r->conf);
	if (runs_make(r->runs, r->kind, r->began, &r->folder, w) == -1 ||
	    (!r->aside && runs_latest(r->runs, r->folder, w) == -1))
		return -1;
	r->hold_fd = runs_hold(r->folder);
	if (r->locks) {
		alert_died(r);
		run_prune(r->conf, r->runs, r->before, r->began);
		run_lock_sign(&r->lock, runs_name(r->folder), r->began);
	}
	give(r);
	return log_start(r, w);
}

/*
 * Wait for the command and for all that it leaves behind: a stage whose
 * script was killed still works and still writes to the log.
 */
static void
wait_all(struct run *r, struct child *c, int *wait_status)
{
	struct pollfd p = { c->signals, POLLIN, 0 };
	int status, sig;
	pid_t pid;

	for (;;) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == c->pid)
				*wait_status = status;
		if (pid == -1 && errno == ECHILD)
			return;
		poll(&p, 1, r->progress == NULL ? -1 : PROGRESS_MS);
		while ((sig = child_signal(c)) != 0)
			r->stopped |= sig == SIGINT;
		progress_draw(r->progress);
	}
}

/* The command, from its start to the end of all that it left.  -1: it could
 * not be started. */
static int
run_command(struct run *r, int *wait_status, struct why *w)
{
	struct child c;
	int ok;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);	/* of who is told, not of the command */
	r->progress = progress_new(r->folder,
	    conf_int(r->conf, "runs", "progress"));
	ok = child_start(&c, r->argv, -1, CHILD_GROUP, w);
	if (ok == 0)
		wait_all(r, &c, wait_status);
	child_done(&c);
	progress_free(r->progress);
	return ok;
}

static double
seconds_since(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) +
	    (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

static int
run(struct run *r, struct why *w)
{
	int wait_status = 0, status;

	if (run_command(r, &wait_status, w) == -1)
		return -1;
	status = child_status(wait_status);
	if (WIFSIGNALED(wait_status))
		say_error("'%s' was ended by signal %s", r->argv[0],
		    sigabbrev_np(WTERMSIG(wait_status)));
	if (runlog_end(r->folder, wait_status, seconds_since(&r->clock),
	    &r->calls, r->conf, w) == -1)
		return -1;
	if (r->locks)
		sum_up(r, status);
	alert_end(r, status);
	run_lock_wipe(&r->lock);
	return status;
}

static void
end(struct run *r)
{
	free(r->runs);
	free(r->folder);
	free(r->before);
	conf_close(r->conf);
}

/* --ended */
static int
watch(struct run *r, struct opts *o, int argc)
{
	struct why w = { 0 };
	int status = -1;

	if (o->first != argc)
		return opt_usage(o, "--ended runs nothing");
	if ((r->conf = conf_open(o->config, &w)) != NULL)
		status = look_after(r, &w);
	if (status == -1)
		status = say_why(&w);
	end(r);
	return status;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "run-open", .operands = "KIND CMD [ARG]...",
	    .purpose = "run a command as one run: lock, folder, audit",
	    .table = options, .leading = true };
	struct run r = { .locks = true, .lock = RUN_LOCK, .hold_fd = -1 };
	struct why w = { 0 };
	int c, status = -1;
	bool look = false, began;

	while ((c = opt_next(&o, argc, argv)) > 0) {
		r.locks &= c == 'e';
		r.aside |= c == 'a';
		look |= c == 'e';
	}
	if (c < 0)
		return o.status;
	if (look)
		return watch(&r, &o, argc);
	if (argc - o.first < 2)
		return opt_usage(&o, "no %s given",
		    argc == o.first ? "KIND" : "CMD");
	r.kind = argv[o.first];
	r.argv = argv + o.first + 1;
	if (!runs_is_name(r.kind))
		return opt_usage(&o, "'%s' is no name for a run", r.kind);
	if ((r.conf = conf_open(o.config, &w)) != NULL) {
		began = begin(&r, &w) == 0;
		if (began)
			status = run(&r, &w);
		if (status == -1)
			alert_broken(&r, began, &w);
	}
	if (status == -1)
		status = say_why(&w);
	else
		say_verbose("%s", r.folder);
	end(&r);
	return status;
}
