/* metrics - a run for Prometheus, in its text format. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "file.h"
#include "metrics.h"
#include "say.h"

enum { TEXT = 512 << 10 };

static void
family(struct buf *out, const char *name, const char *help)
{
	buf_fmt(out, "# HELP millrace_run_%s %s\n# TYPE millrace_run_%s gauge\n",
	    name, help, name);
}

/* Names of kinds and stages, and codes, have nothing to escape: runs_is_name()
 * and tally_is_code() saw to it. */
static void
label(struct buf *out, const char *name, const struct metrics *m)
{
	buf_fmt(out, "millrace_run_%s{kind=\"%s\"", name, m->kind);
}

static void
one(struct buf *out, const struct metrics *m, const char *name,
    const char *help, double value)
{
	family(out, name, help);
	label(out, name, m);
	buf_fmt(out, "} %.15g\n", value);
}

static void
verdicts(struct buf *out, const struct metrics *m)
{
	const struct fold *f = m->verdicts;

	family(out, "verdicts", "What became of its payloads.");
	for (int i = 0; i < FOLD_VERDICTS; i++) {
		label(out, "verdicts", m);
		buf_fmt(out, ",verdict=\"%s\"} %" PRIu64 "\n",
		    fold_verdicts[i], fold_count(f, fold_verdicts[i]));
	}
	family(out, "reasons", "Verdicts that have a reason, by map and code.");
	for (int i = 0; i < f->n; i++) {
		if (f->row[i].reason[0] == '\0')
			continue;
		label(out, "reasons", m);
		buf_fmt(out, ",map=\"%s\",verdict=\"%s\",reason=\"%s\"} %"
		    PRIu64 "\n", f->row[i].map, f->row[i].verdict,
		    f->row[i].reason, f->row[i].lines);
	}
}

static bool
is_first(const struct runlog *l, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (slice_eq(l->stage[k].name, l->stage[i].name))
			return false;
	return true;
}

/* A stage that ran twice is one series. */
static void
stages(struct buf *out, const struct metrics *m, const char *name,
    const char *help, bool seconds)
{
	const struct runlog *l = m->log;
	double sum;

	family(out, name, help);
	for (size_t i = 0; i < l->n; i++) {
		if (!is_first(l, i))
			continue;
		sum = 0;
		for (size_t k = i; k < l->n; k++)
			if (slice_eq(l->stage[k].name, l->stage[i].name))
				sum += seconds ? l->stage[k].seconds :
				    (double)l->stage[k].lines;
		label(out, name, m);
		buf_fmt(out, ",stage=\"%.*s\"} %.15g\n",
		    (int)l->stage[i].name.n, l->stage[i].name.p, sum);
	}
}

static void
calls(struct buf *out, const struct metrics *m)
{
	const struct runlog *l = m->log;
	struct slice system, n;
	struct scan s;

	if (scan_kind(l->calls) != SCAN_ARRAY)
		return;
	family(out, "api_calls", "API calls that it made.");
	scan_enter(&s, l->calls);
	while (runlog_call(l, &s, &system, &n)) {
		label(out, "api_calls", m);
		buf_fmt(out, ",system=\"%.*s\"} %.*s\n", (int)system.n,
		    system.p, (int)n.n, n.p);
	}
}

static void
put_all(struct buf *out, const struct metrics *m)
{
	one(out, m, "start_timestamp_seconds", "When the last run began.",
	    (double)m->began);
	one(out, m, "end_timestamp_seconds", "When it ended.",
	    (double)m->ended);
	one(out, m, "duration_seconds", "How long it took.", m->log->seconds);
	one(out, m, "status", "Its exit status: 0 well, 1 some records need a "
	    "person, 2 set-up, 3 broken, 4 busy.", m->status);
	verdicts(out, m);
	stages(out, m, "stage_lines", "Lines that a stage wrote.", false);
	stages(out, m, "stage_seconds", "How long a stage took.", true);
	calls(out, m);
}

static int
write_file(const char *path, const struct buf *text, struct why *w)
{
	struct file *f = file_create(path, FILE_PLAIN, w);

	if (f == NULL)
		return -1;
	file_write(f, text->p, text->n);
	return file_commit(f, w);
}

/* Where monitoring, another user, looks. */
static void
write_shared(const char *folder, const char *kind, const struct buf *text)
{
	char *path = xasprintf("%s/millrace-%s.prom", folder, kind);
	struct why w = { 0 };

	if (write_file(path, text, &w) == -1)
		say_error("no metrics for monitoring: %s", w.text);
	else if (chmod(path, 0644) == -1)
		say_error("cannot have others read '%s': %s", path,
		    strerror(errno));
	free(path);
}

void
metrics_write(const struct metrics *m, const struct conf *c,
    const char *folder)
{
	char *shared = conf_path(c, "runs", "metrics");
	char *path = xasprintf("%s/" METRICS_FILE, folder);
	struct buf text = BUF(TEXT);
	struct why w = { 0 };

	put_all(&text, m);
	if (write_file(path, &text, &w) == -1)
		say_error("%s", w.text);
	if (shared != NULL)
		write_shared(shared, m->kind, &text);
	buf_free(&text);
	free(path);
	free(shared);
}
