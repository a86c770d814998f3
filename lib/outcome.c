/* outcome - what came of a run: its verdicts, and a line. */
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
	scan_enter(&s, l->calls);
	while (runlog_call(l, &s, &system, &calls))
		buf_fmt(out, "; %.*s calls of %.*s", (int)calls.n, calls.p,
		    (int)system.n, system.p);
	buf_fmt(out, "; status %d; %.*s", status, (int)l->run.n, l->run.p);
}
