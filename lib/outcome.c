/* outcome - what came of a run: its verdicts, a line, a file for monitoring. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "kept.h"
#include "outcome.h"
#include "scan.h"

const char *
outcome_says(long status)
{
	static const char *const text[] = {
		"all well", "some records need a person",
		"the set-up is wrong", "broken: the output is incomplete",
		"busy: the same command again later",
	};

	return status >= 0 && status <= 4 ? text[status] : "broken";
}

/* ---- verdicts ---- */

/* The log has the counts, a kept copy the texts as well. */
static bool
fold_copy(struct fold *f, const struct runlog_stage *s, const char *folder)
{
	char *path;
	struct kept *k;
	struct slice line;
	struct head h;

	if (folder == NULL || s->kept.p == NULL || s->pruned)
		return false;
	path = xasprintf("%s/%.*s", folder, (int)s->kept.n, s->kept.p);
	k = kept_open(path, NULL);
	free(path);
	if (k == NULL)
		return false;
	while (kept_next(k, &line, NULL) == 1)
		if (head_read(&h, line) == HEAD_VERDICT)
			fold_put(f, &h);
	kept_close(k);
	return true;
}

static void
fold_counts(struct fold *f, const struct runlog_stage *s, struct pool *pool)
{
	struct scan all;
	struct slice row, lines;

	if (scan_kind(s->counts) != SCAN_ARRAY)
		return;
	scan_enter(&all, s->counts);
	while (scan_element(&all, &row)) {
		lines = scan_get(row, "lines");
		fold_add(f, scan_string(scan_get(row, "map"), pool),
		    scan_string(scan_get(row, "verdict"), pool),
		    scan_string(scan_get(row, "reason"), pool),
		    lines.p == NULL ? 0 : strtoull(lines.p, NULL, 10));
	}
}

void
outcome_fold(struct fold *f, const struct runlog *l, const char *folder)
{
	for (size_t i = 0; i < l->n; i++)
		if (runlog_last(l, i) &&
		    !fold_copy(f, &l->stage[i], folder))
			fold_counts(f, &l->stage[i], l->log.pool);
	fold_sort(f);
}

/* ---- the line ---- */

/* Calls of one system after another: 1 and both, 0 at the end. */
static bool
next_calls(struct scan *s, const struct runlog *l, struct slice *system,
    struct slice *calls)
{
	struct slice row;

	if (!scan_element(s, &row))
		return false;
	*calls = scan_get(row, "calls");
	*system = scan_string(scan_get(row, "system"), l->log.pool);
	return calls->p != NULL && system->p != NULL;
}

void
outcome_line(const struct runlog *l, const struct fold *f, int status,
    struct buf *out)
{
	struct slice system, calls;
	struct scan s;

	buf_fmt(out, "%.*s: %s: ", (int)l->kind.n, l->kind.p,
	    outcome_says(status));
	if (f->total == 0)
		buf_str(out, "no verdicts");
	else
		fold_summary(f, out);
	buf_fmt(out, "; %.1f s", l->seconds);
	if (scan_kind(l->calls) == SCAN_ARRAY) {
		scan_enter(&s, l->calls);
		while (next_calls(&s, l, &system, &calls))
			buf_fmt(out, "; %.*s calls of %.*s", (int)calls.n,
			    calls.p, (int)system.n, system.p);
	}
	buf_fmt(out, "; status %d; %.*s", status, (int)l->run.n, l->run.p);
}

/* ---- Prometheus ---- */

static void
family(struct buf *out, const char *name, const char *help)
{
	buf_fmt(out, "# HELP millrace_run_%s %s\n# TYPE millrace_run_%s gauge\n",
	    name, help, name);
}

/* Names of kinds and stages, and codes, have nothing to escape: runs_is_name()
 * and tally_is_code() saw to it. */
static void
label(struct buf *out, const char *name, const struct runlog *l)
{
	buf_fmt(out, "millrace_run_%s{kind=\"%.*s\"", name, (int)l->kind.n,
	    l->kind.p);
}

static void
one(struct buf *out, const struct runlog *l, const char *name,
    const char *help, double value)
{
	family(out, name, help);
	label(out, name, l);
	buf_fmt(out, "} %.15g\n", value);
}

static void
verdicts(struct buf *out, const struct runlog *l, const struct fold *f)
{
	static const char *const all[] = {
		"created", "updated", "deleted", "unchanged", "skipped",
		"waiting", "held", "rejected", "failed",
	};

	family(out, "verdicts", "What became of its payloads.");
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		label(out, "verdicts", l);
		buf_fmt(out, ",verdict=\"%s\"} %" PRIu64 "\n", all[i],
		    fold_count(f, all[i]));
	}
	family(out, "reasons", "Verdicts that have a reason, by map and code.");
	for (int i = 0; i < f->n; i++) {
		if (f->row[i].reason[0] == '\0')
			continue;
		label(out, "reasons", l);
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
stages(struct buf *out, const struct runlog *l, const char *name,
    const char *help, bool seconds)
{
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
		label(out, name, l);
		buf_fmt(out, ",stage=\"%.*s\"} %.15g\n",
		    (int)l->stage[i].name.n, l->stage[i].name.p, sum);
	}
}

static void
calls(struct buf *out, const struct runlog *l)
{
	struct slice system, n;
	struct scan s;

	if (scan_kind(l->calls) != SCAN_ARRAY)
		return;
	family(out, "api_calls", "API calls that it made.");
	scan_enter(&s, l->calls);
	while (next_calls(&s, l, &system, &n)) {
		label(out, "api_calls", l);
		buf_fmt(out, ",system=\"%.*s\"} %.*s\n", (int)system.n,
		    system.p, (int)n.n, n.p);
	}
}

void
outcome_metrics(const struct runlog *l, const struct fold *f, int status,
    long long began, long long ended, struct buf *out)
{
	one(out, l, "start_timestamp_seconds", "When the last run began.",
	    (double)began);
	one(out, l, "end_timestamp_seconds", "When it ended.", (double)ended);
	one(out, l, "duration_seconds", "How long it took.", l->seconds);
	one(out, l, "status", "Its exit status: 0 well, 1 some records need a "
	    "person, 2 set-up, 3 broken, 4 busy.", status);
	verdicts(out, l, f);
	stages(out, l, "stage_lines", "Lines that a stage wrote.", false);
	stages(out, l, "stage_seconds", "How long a stage took.", true);
	calls(out, l);
}
