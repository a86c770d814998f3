/* doctor - lines for a person, and what this machine can say by itself. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "alert.h"
#include "doctor.h"

enum {
	CLOCK_OFF = 60,		/* seconds that nobody minds */
	SECRET = 64 * 1024,
	FULL_MB = 200,		/* too little for a night */
	LOW_MB = 2000,
};

/* ---- lines ---- */

/* What a server said may hold what would move a cursor. */
static void
line(const char *word, const char *what, const char *fmt, va_list ap)
{
	char text[2048], *p;

	vsnprintf(text, sizeof(text), fmt, ap);
	for (p = text; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	printf("%-6s %s%s%s\n", word, what, *what == '\0' ? "" : ": ", text);
}

void
doctor_ok(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line("ok", "", fmt, ap);
	va_end(ap);
}

void
doctor_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line("note", "", fmt, ap);
	va_end(ap);
}

void
doctor_mend(struct doctor *d, const char *what, const char *fmt, ...)
{
	va_list ap;

	d->mend++;
	va_start(ap, fmt);
	line("mend", what, fmt, ap);
	va_end(ap);
}

static void
later(struct doctor *d, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
later(struct doctor *d, const char *what, const char *fmt, ...)
{
	va_list ap;

	d->later++;
	va_start(ap, fmt);
	line("later", what, fmt, ap);
	va_end(ap);
}

void
doctor_wrong(struct doctor *d, const struct why *w, const char *what)
{
	if (w->kind == WHY_BUSY)
		later(d, what, "%s", w->text);
	else
		doctor_mend(d, what, "%s", w->text);
}

void
doctor_clock(struct doctor *d, const char *who, time_t theirs)
{
	long off = (long)(time(NULL) - theirs);

	if (theirs == -1)
		return;
	if (labs(off) <= CLOCK_OFF)
		doctor_ok("%s's clock and ours agree", who);
	else
		doctor_mend(d, "clock", "this machine is %ld s %s of %s; set "
		    "its clock (NTP)", labs(off), off > 0 ? "ahead" :
		    "behind", who);
}

int
doctor_status(const struct doctor *d)
{
	return d->mend > 0 ? WHY_SETUP : d->later > 0 ? WHY_BUSY : 0;
}

/* ---- this machine ---- */

static void
check_secrets(struct doctor *d)
{
	const struct conf_key *k;
	struct buf b = BUF(SECRET);
	struct why w = {0};
	int n = 0, bad = 0;

	for (k = conf_keys; k->section != NULL; k++) {
		if (k->type != CONF_SECRET ||
		    !conf_has_secret(d->conf, k->section, k->name))
			continue;
		n++;
		if (conf_secret(d->conf, k->section, k->name, &b, &w) == -1) {
			doctor_wrong(d, &w, "secret");
			bad++;
		}
		if (b.p != NULL)
			explicit_bzero(b.p, b.n);
	}
	buf_free(&b);
	if (n > 0 && bad == 0)
		doctor_ok("no other user can read the %d files of secrets", n);
}

/* The folder itself, or the nearest above it that is there. */
static char *
nearest(const char *path)
{
	char *at = xstrdup(path), *slash;

	while (access(at, F_OK) == -1 && (slash = strrchr(at, '/')) != NULL)
		slash[slash == at] = '\0';
	return at;
}

static void
check_room(struct doctor *d, const char *what, const char *path)
{
	char *at = nearest(path);
	struct statvfs s;
	unsigned long long mb;

	if (statvfs(at, &s) == -1) {
		doctor_mend(d, what, "cannot look at '%s': %s", at,
		    strerror(errno));
		free(at);
		return;
	}
	mb = (unsigned long long)s.f_bavail * s.f_frsize / 1000000;
	if (access(at, W_OK | X_OK) == -1)
		doctor_mend(d, what, "cannot write in '%s': %s; give the "
		    "folder to the user that runs millrace", at,
		    strerror(errno));
	else if (mb < FULL_MB || (s.f_files > 0 && s.f_favail < 100))
		doctor_mend(d, what, "the disk of '%s' is full (%llu MB are "
		    "left, %llu files); make room, or lower [runs] keep_days",
		    at, mb, (unsigned long long)s.f_favail);
	else if (mb < LOW_MB)
		doctor_note("%s: %llu MB are left on the disk of '%s'", what,
		    mb, at);
	else
		doctor_ok("%s: '%s' can be written, %llu GB are left", what,
		    path, mb / 1000);
	free(at);
}

/* Made by whoever watches: no run makes it. */
static void
check_metrics(struct doctor *d)
{
	char *path = conf_path(d->conf, "runs", "metrics");

	if (path != NULL && access(path, W_OK | X_OK) == -1)
		doctor_mend(d, "metrics", "[runs] metrics: cannot write in "
		    "'%s': %s; no run would be seen by monitoring", path,
		    strerror(errno));
	free(path);
}

/* Kept copies hold what customers are called and where they live. */
static void
check_runs(struct doctor *d)
{
	char *path = conf_path(d->conf, "runs", "dir");
	struct stat st;

	check_room(d, "runs", path);
	if (stat(path, &st) == 0 && (st.st_mode & 077) != 0)
		doctor_note("runs: others can look into '%s'; chmod 700 it",
		    path);
	free(path);
	if (!alert_there(d->conf))
		doctor_mend(d, "alert", "[runs] alert: no program '%s' can be "
		    "run", conf_text(d->conf, "runs", "alert"));
}

/* The ledger says whether these are the store and the org that it knows. */
static void
check_ledger(struct doctor *d)
{
	char *path = conf_path(d->conf, "ledger", "path"), *slash;
	struct why w = {0};

	if ((d->ledger = ledger_of(d->conf, LEDGER_WRITE, &w)) == NULL)
		doctor_wrong(d, &w, "ledger");
	else
		doctor_ok("the ledger opens%s", conf_text(d->conf, "magento",
		    "url") == NULL ? "" : ", and belongs to this store");
	if ((slash = strrchr(path, '/')) != NULL)
		*slash = '\0';
	check_room(d, "ledger", slash == path ? "/" : path);
	free(path);
}

void
doctor_here(struct doctor *d)
{
	check_secrets(d);
	check_runs(d);
	check_metrics(d);
	check_ledger(d);
}
