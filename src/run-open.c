/*
 * run-open - one run: the lock, the folder, the audit around a command.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "alert.h"
#include "audit.h"
#include "child.h"
#include "conf.h"
#include "file.h"
#include "ledger.h"
#include "opt.h"
#include "outcome.h"
#include "progress.h"
#include "runs.h"

enum { DAY = 24 * 60 * 60, EVENT = 512 << 10, SYSTEMS = 8 };

static const char METRICS[] = "metrics.prom";

static const struct opt options[] = {
	{ 'n', "no-lock", NULL, "for what only reads: beside another run" },
	{ 'e', "ended", NULL, "no run: alert if the last one died, and leave" },
	{ 'a', "aside", NULL, "the same, and runs/latest stays as it is" },
	{ 0, NULL, NULL, NULL },
};

/* How many API calls the ledger has counted, by system, and what loads were to
 * cost. */
struct calls {
	struct {
		char system[32];
		long long calls;
	} of[SYSTEMS];
	int n;
	struct ledger_forecast forecast;
};

struct run {
	const char *kind;
	char **argv;
	bool lock, aside;
	struct conf *conf;
	char *runs, *folder;	/* [runs] dir, and this run's in it */
	int lock_fd, hold_fd;	/* inherited by every child */
	bool named;		/* we stand in the lock */
	bool stopped;		/* by Ctrl-C: somebody sits there */
	char *before;		/* newest run until now, or NULL */
	long long began;
	struct timespec clock;
	struct calls calls;	/* until now */
	struct progress *progress;
};

/* What the holder wrote: "RUN PID SINCE".  When all is over it is wiped away:
 * who gets the lock and finds it there knows that its run died. */
struct holder {
	char run[256], since[64];
	long pid;
};

static bool
read_holder(int fd, struct holder *h)
{
	char text[512];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return sscanf(text, "%255s %ld %63s", h->run, &h->pid, h->since) == 3;
}

static int
told_busy(int fd, struct why *w)
{
	struct holder h;

	if (!read_holder(fd, &h))
		return why(w, WHY_BUSY, "another run holds the lock");
	return why(w, WHY_BUSY, "another run holds the lock: %s, process %ld, "
	    "since %s", h.run, h.pid, h.since);
}

/*
 * One run at a time per ledger.  No O_CLOEXEC: every child inherits the
 * descriptor, so the lock lasts as long as the last of them, and nobody has
 * to unlock after a crash.
 */
static int
take_lock(struct run *r, struct why *w)
{
	char *ledger = conf_path(r->conf, "ledger", "path"), *path;
	int ok = -1;

	if (ledger == NULL)
		return why(w, WHY_SETUP, "no [ledger] path is set");
	path = xasprintf("%s.lock", ledger);
	r->lock_fd = open(path, O_RDWR | O_CREAT, 0600);
	if (r->lock_fd == -1)
		why(w, WHY_SETUP, "cannot open '%s': %s", path,
		    strerror(errno));
	else if (flock(r->lock_fd, LOCK_EX | LOCK_NB) == 0)
		ok = 0;
	else if (errno == EWOULDBLOCK)
		told_busy(r->lock_fd, w);
	else
		why(w, WHY_BROKEN, "cannot lock '%s': %s", path,
		    strerror(errno));
	free(path);
	free(ledger);
	return ok;
}

static void
sign_lock(struct run *r)
{
	struct buf b = BUF(512);

	buf_fmt(&b, "%s %ld ", runs_name(r->folder), (long)getpid());
	audit_time(&b, r->began);
	buf_char(&b, '\n');
	r->named = true;
	if (ftruncate(r->lock_fd, 0) == -1 ||
	    pwrite(r->lock_fd, b.p, b.n, 0) != (ssize_t)b.n)
		say_verbose("cannot write who holds the lock");
	buf_free(&b);
}

/* The log of the run before ends with a hash that this one's start repeats,
 * so that a log cut at its end shows too. */
static void
put_before(const struct run *r, struct buf *out)
{
	char *folder;
	struct audit a;
	struct audit_event e, last = { 0 };

	if (r->before == NULL)
		return;
	folder = xasprintf("%s/%s", r->runs, r->before);
	if (audit_open(&a, folder, NULL) == 0) {
		while (audit_next(&a, &e))
			last = e;
		audit_close(&a);
	}
	free(folder);
	if (last.line == 0)
		return;
	buf_str(out, ",\"previous\":{\"run\":");
	scan_quote(out, slice(r->before));
	buf_fmt(out, ",\"hash\":\"%s\"}", last.hash);
}

static int
log_start(const struct run *r, struct why *w)
{
	struct buf b = BUF(EVENT), key = BUF(4096);
	int ok = -1;

	if (runs_key(r->runs, &key, w) == -1)
		goto out;
	buf_str(&b, "\"event\":\"run-start\",\"run\":");
	scan_quote(&b, slice(runs_name(r->folder)));
	buf_str(&b, ",\"kind\":");
	scan_quote(&b, slice(r->kind));
	buf_fmt(&b, ",\"process\":%ld,\"version\":\"%s\",", (long)getpid(),
	    VERSION);
	audit_arguments(&b, r->argv, buf_all(&key));
	buf_str(&b, ",\"conf\":");
	scan_quote(&b, slice(conf_file(r->conf)));
	put_before(r, &b);
	ok = audit_append(r->folder, buf_all(&b), NULL, w);
out:
	buf_free(&b);
	buf_free(&key);
	return ok;
}

/* Columns of LEDGER_CALLS: day, system, kind, calls, ... */
static int
add_calls(void *ctx, int n, const char *const *column)
{
	struct calls *c = ctx;
	int i = 0;

	if (n < 4 || column[1] == NULL || column[3] == NULL)
		return 0;
	while (i < c->n && strcmp(c->of[i].system, column[1]) != 0)
		i++;
	if (i == SYSTEMS)
		return 0;
	if (i == c->n) {
		snprintf(c->of[i].system, sizeof(c->of[i].system), "%s",
		    column[1]);
		c->of[i].calls = 0;
		c->n++;
	}
	c->of[i].calls += atoll(column[3]);
	return 0;
}

/* What cannot be known is left out: the count is a service, not the run. */
static bool
count_calls(const struct run *r, struct calls *c)
{
	struct ledger *l = ledger_of(r->conf, LEDGER_READ, NULL);
	bool known;

	*c = (struct calls){ .n = 0 };
	if (l == NULL)
		return false;
	known = ledger_list(l, LEDGER_CALLS, NULL, NULL, NULL, add_calls, c,
	    NULL) == 0 && ledger_forecasts(l, &c->forecast, NULL) == 0;
	ledger_close(l, NULL);
	return known;
}

static void
put_forecast(const struct ledger_forecast *before,
    const struct ledger_forecast *now, struct buf *out)
{
	if (now->rows == before->rows)
		return;
	buf_fmt(out, ",\"forecast\":{\"rows\":%" PRId64 ",\"bytes\":%" PRId64
	    ",\"calls\":%" PRId64 ",\"jobs\":%" PRId64 ",\"batches\":%" PRId64
	    "}", now->rows - before->rows, now->bytes - before->bytes,
	    now->calls - before->calls, now->jobs - before->jobs,
	    now->batches - before->batches);
}

static void
put_calls(const struct run *r, struct buf *out)
{
	struct calls now;
	const char *comma = "";
	long long n;

	if (!count_calls(r, &now))
		return;
	put_forecast(&r->calls.forecast, &now.forecast, out);
	buf_str(out, ",\"calls\":[");
	for (int i = 0; i < now.n; i++) {
		n = now.of[i].calls;
		for (int k = 0; k < r->calls.n; k++)
			if (strcmp(r->calls.of[k].system,
			    now.of[i].system) == 0)
				n -= r->calls.of[k].calls;
		if (n <= 0)
			continue;
		buf_fmt(out, "%s{\"system\":\"%s\",\"calls\":%lld}", comma,
		    now.of[i].system, n);
		comma = ",";
	}
	buf_char(out, ']');
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
log_end(const struct run *r, int wait_status, struct why *w)
{
	struct buf b = BUF(EVENT);
	int ok;

	buf_str(&b, "\"event\":\"run-end\",");
	child_json(wait_status, &b);
	buf_fmt(&b, ",\"seconds\":%.3f", seconds_since(&r->clock));
	put_calls(r, &b);
	ok = audit_append(r->folder, buf_all(&b), NULL, w);
	buf_free(&b);
	return ok;
}

/* ---- what monitoring reads ---- */

static int
write_file(const char *path, const struct buf *text, struct why *w)
{
	struct file *f = file_create(path, FILE_PLAIN, w);

	if (f == NULL)
		return -1;
	file_write(f, text->p, text->n);
	return file_commit(f, w);
}

/*
 * In the run's folder, and where the configuration says: that one is read by
 * another user, and has counts and codes only.
 */
static void
write_metrics(const struct run *r, const struct buf *text)
{
	char *folder = conf_path(r->conf, "runs", "metrics");
	char *path = xasprintf("%s/%s", r->folder, METRICS);
	struct why w = { 0 };

	if (write_file(path, text, &w) == -1)
		say_error("%s", w.text);
	free(path);
	if (folder != NULL) {
		path = xasprintf("%s/millrace-%s.prom", folder, r->kind);
		w = (struct why){ 0 };
		if (write_file(path, text, &w) == -1)
			say_error("no metrics for monitoring: %s", w.text);
		else if (chmod(path, 0644) == -1)
			say_error("cannot have others read '%s': %s", path,
			    strerror(errno));
		free(path);
	}
	free(folder);
}

/* The last line, and the same for programs.  What cannot be told does not
 * change what was done. */
static void
sum_up(const struct run *r, int status)
{
	struct fold f = { 0 };
	struct buf b = BUF(EVENT);
	struct runlog l;
	struct why w = { 0 };

	if (runlog_open(&l, r->folder, &w) == -1) {
		say_error("%s", w.text);
		return;
	}
	outcome_fold(&f, &l, NULL);
	outcome_metrics(&l, &f, status, r->began, (long long)time(NULL), &b);
	write_metrics(r, &b);
	buf_reset(&b);
	outcome_line(&l, &f, status, &b);
	say("%.*s", (int)b.n, b.p);
	buf_free(&b);
	fold_free(&f);
	runlog_close(&l);
}

/* ---- kept copies that are too old ---- */

/* All but the log itself and its sums: copies and what the pipelines left
 * beside them. */
static int
is_kept(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, AUDIT_FILE) != 0 &&
	    strcmp(d->d_name, METRICS) != 0;
}

static void
prune_run(const struct run *r, const char *name)
{
	char *folder = xasprintf("%s/%s", r->runs, name), *path;
	struct buf b = BUF(EVENT);
	struct dirent **found;
	int n = scandir(folder, &found, is_kept, alphasort), gone = 0;
	struct why w = { 0 };

	buf_str(&b, "\"event\":\"pruned\",\"files\":[");
	for (int i = 0; i < n; i++) {
		path = xasprintf("%s/%s", folder, found[i]->d_name);
		if (unlink(path) == 0) {
			buf_str(&b, gone++ > 0 ? "," : "");
			scan_quote(&b, slice(found[i]->d_name));
		}
		free(path);
		free(found[i]);
	}
	if (n >= 0)
		free(found);
	buf_char(&b, ']');
	if (gone > 0 && audit_append(folder, buf_all(&b), NULL, &w) == -1)
		say_error("%s", w.text);
	buf_free(&b);
	free(folder);
}

/* Log and all.  The newest of before stays: our log begins with its hash. */
static void
remove_run(const struct run *r, const char *name)
{
	char *folder = xasprintf("%s/%s", r->runs, name), *path;
	struct dirent **found;
	int n = scandir(folder, &found, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		path = xasprintf("%s/%s", folder, found[i]->d_name);
		unlink(path);
		free(path);
		free(found[i]);
	}
	if (n >= 0)
		free(found);
	if (rmdir(folder) == -1)
		say_error("cannot remove '%s': %s", folder, strerror(errno));
	free(folder);
}

static void
prune(const struct run *r)
{
	long days = conf_int(r->conf, "runs", "keep_days");
	long whole = conf_int(r->conf, "runs", "audit_days");
	size_t n;
	char **list = runs_list(r->runs, &n);
	long long start;

	for (size_t i = 0; i < n; i++) {
		start = runs_start(list[i]);
		if (whole > 0 && start < r->began - whole * DAY &&
		    (r->before == NULL || strcmp(list[i], r->before) != 0))
			remove_run(r, list[i]);
		else if (days > 0 && start < r->began - days * DAY)
			prune_run(r, list[i]);
	}
	runs_free(list, n);
}

/* ---- alerts ---- */

static void
alert(const struct run *r, const char *folder, const char *headline)
{
	const int keep[2] = { r->lock_fd, r->hold_fd };
	struct buf b = BUF(512);
	struct why w = {0};
	int ok = alert_send(r->conf, folder, headline, keep, &w);

	if (ok == -1)
		say_error("%s", w.text);
	if (folder == NULL)
		return;
	buf_fmt(&b, "\"event\":\"alert\",\"status\":%d", ok == 0 ? 0 : 1);
	if (audit_append(folder, buf_all(&b), NULL, &w) == -1)
		say_error("%s", w.text);
	buf_free(&b);
}

static char *
host_name(void)
{
	char name[256] = "?";

	gethostname(name, sizeof(name) - 1);
	return xstrdup(name);
}

/* How this run ended. */
static void
alert_end(const struct run *r, int status)
{
	char *host, *headline;

	if (!r->lock || r->stopped || !alert_wanted(r->conf, status))
		return;
	host = host_name();
	headline = xasprintf("millrace on %s: %s failed: status %d, %s", host,
	    runs_name(r->folder), status, outcome_says(status));
	alert(r, r->folder, headline);
	free(headline);
	free(host);
}

static void
wipe_lock(const struct run *r)
{
	if (r->lock_fd != -1 && ftruncate(r->lock_fd, 0) == -1)
		say_verbose("cannot wipe who held the lock");
}

/* A full disk, a folder that is not ours: there is no run to look at, or no
 * end in its log.  The next one need not take it for dead. */
static void
alert_broken(const struct run *r, bool began, const struct why *why_not)
{
	char *host, *headline;

	if (r->named)
		wipe_lock(r);
	if (!r->lock || why_not->kind == WHY_BUSY ||
	    !alert_wanted(r->conf, (int)why_not->kind))
		return;
	host = host_name();
	headline = xasprintf("millrace on %s: %s %s: %s", host,
	    began ? runs_name(r->folder) : r->kind,
	    began ? "broke" : "could not begin", why_not->text);
	alert(r, NULL, headline);
	free(headline);
	free(host);
}

/* Did the run that had the lock before die?  Who knew is not there any more,
 * so we say it. */
static void
alert_died(const struct run *r)
{
	char *host, *headline, *folder;
	struct holder h;

	if (!read_holder(r->lock_fd, &h) || !runs_is_name(h.run))
		return;
	folder = xasprintf("%s/%s", r->runs, h.run);
	say("the run %s died without an end; what it did counts, and the rest "
	    "is done by the next", h.run);
	if (alert_wanted(r->conf, WHY_BROKEN) && access(folder, F_OK) == 0) {
		host = host_name();
		headline = xasprintf("millrace on %s: %s died: process %ld, "
		    "begun %s, was killed, or the machine went down; the same "
		    "command again goes on where it stopped", host, h.run,
		    h.pid, h.since);
		alert(r, folder, headline);
		free(headline);
		free(host);
	}
	free(folder);
}

/* For who watches: did the last run die, and does nobody know? */
static int
look_after(struct run *r, struct why *w)
{
	if ((r->runs = conf_path(r->conf, "runs", "dir")) == NULL)
		return why(w, WHY_SETUP, "no [runs] dir is set");
	if (take_lock(r, w) == -1)
		return w->kind == WHY_BUSY ? 0 : -1;	/* it is at work */
	alert_died(r);
	wipe_lock(r);
	return 0;
}

/* ---- the run ---- */

static int
begin(struct run *r, struct why *w)
{
	size_t n;
	char **list, *conf;
	const char *kept;

	if ((r->runs = conf_path(r->conf, "runs", "dir")) == NULL)
		return why(w, WHY_SETUP, "no [runs] dir is set");
	if (file_folder(r->runs, w) == -1 ||
	    (r->lock && take_lock(r, w) == -1))
		return -1;
	if ((list = runs_list(r->runs, &n)) != NULL)
		r->before = xstrdup(list[n - 1]);
	runs_free(list, n);
	r->began = (long long)time(NULL);
	clock_gettime(CLOCK_MONOTONIC, &r->clock);
	count_calls(r, &r->calls);
	if (runs_make(r->runs, r->kind, r->began, &r->folder, w) == -1 ||
	    (!r->aside && runs_latest(r->runs, r->folder, w) == -1))
		return -1;
	r->hold_fd = runs_hold(r->folder);
	if (r->lock) {
		alert_died(r);
		sign_lock(r);
		prune(r);
	}
	setenv("MILLRACE_RUN", r->folder, 1);
	conf = realpath(conf_file(r->conf), NULL);
	setenv("MILLRACE_CONF", conf == NULL ? conf_file(r->conf) : conf, 1);
	free(conf);
	kept = conf_text(r->conf, "runs", "keep");
	setenv("MILLRACE_KEEP", kept == NULL ? "" : kept, 1);
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

static int
run(struct run *r, struct why *w)
{
	struct child c;
	int wait_status = 0, status, ok;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGPIPE, SIG_IGN);	/* of who is told, not of the command */
	r->progress = progress_new(r->folder,
	    conf_int(r->conf, "runs", "progress"));
	ok = child_start(&c, r->argv, -1, CHILD_GROUP, w);
	if (ok == 0)
		wait_all(r, &c, &wait_status);
	child_done(&c);
	progress_free(r->progress);
	if (ok == -1)
		return -1;
	status = child_status(wait_status);
	if (WIFSIGNALED(wait_status))
		say_error("'%s' was ended by signal %s", r->argv[0],
		    sigabbrev_np(WTERMSIG(wait_status)));
	if (log_end(r, wait_status, w) == -1)
		return -1;
	if (r->lock)
		sum_up(r, status);
	alert_end(r, status);
	wipe_lock(r);
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
	struct run r = { .lock = true, .lock_fd = -1, .hold_fd = -1 };
	struct why w = { 0 };
	int c, status = -1;
	bool look = false, began;

	while ((c = opt_next(&o, argc, argv)) > 0) {
		r.lock &= c == 'e';
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
