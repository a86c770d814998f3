/*
 * run-report - one run for a person: its stages, its verdicts, what failed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "digest.h"
#include "each.h"
#include "opt.h"
#include "outcome.h"
#include "paint.h"
#include "runlog.h"
#include "runs.h"

enum { JSON = 256, HTML, EACH, FAILED, OUT = 64 << 20 };

static const struct opt options[] = {
	{ JSON, "json", NULL, "one JSON object" },
	{ HTML, "html", NULL, "a page for a browser" },
	{ EACH, "each", NULL, "record by record: OK, or what is wrong" },
	{ FAILED, "failed", NULL, "the same, only what somebody must mend" },
	{ 0, NULL, NULL, NULL },
};

/* ---- for a person ---- */

static void
show_head(const struct runlog *l, const char *folder, const struct paint *p)
{
	paint_fmt(p, PAINT_HEAD, "Run %.*s", (int)l->run.n, l->run.p);
	paint_fmt(p, PAINT_PLAIN, ", begun %.*s, millrace %.*s",
	    (int)l->at.n, l->at.p, (int)l->version.n, l->version.p);
	if (!l->ended)
		paint_fmt(p, PAINT_PLAIN, runs_busy(folder) ? ", so far" :
		    ", not ended: it was killed");
	else if (l->signal.p != NULL)
		paint_fmt(p, PAINT_BAD, ", ended by signal %.*s after %.1f s",
		    (int)l->signal.n, l->signal.p, l->seconds);
	else
		paint_fmt(p, l->status == 0 ? PAINT_PLAIN : PAINT_BAD,
		    ", ended after %.1f s with status %ld: %s", l->seconds,
		    l->status, outcome_says(l->status));
	paint_fmt(p, PAINT_PLAIN, "\n");
}

static void
show_stage(const struct runlog_stage *s, const struct paint *p)
{
	paint_fmt(p, PAINT_PLAIN, "  %-26.*s", (int)s->name.n, s->name.p);
	if (s->end == 0) {
		paint_fmt(p, PAINT_BAD, " not ended\n");
		return;
	}
	paint_fmt(p, PAINT_PLAIN, "%9lld %12lld %9.2f %8.2f", s->lines,
	    s->bytes, s->seconds, s->cpu);
	if (s->signal.p != NULL)
		paint_fmt(p, PAINT_BAD, "  signal %.*s", (int)s->signal.n,
		    s->signal.p);
	else
		paint_fmt(p, s->status > 1 ? PAINT_BAD : PAINT_PLAIN,
		    "  status %ld", s->status);
	paint_fmt(p, PAINT_PLAIN, "\n");
}

static void
show_calls(const struct runlog *l, const struct paint *p)
{
	struct scan s;
	struct slice system, n;
	const char *comma = "";

	if (scan_kind(l->calls) != SCAN_ARRAY)
		return;
	paint_fmt(p, PAINT_PLAIN, "API calls: ");
	scan_enter(&s, l->calls);
	while (runlog_call(l, &s, &system, &n)) {
		paint_fmt(p, PAINT_PLAIN, "%s%.*s %.*s", comma,
		    (int)system.n, system.p, (int)n.n, n.p);
		comma = ", ";
	}
	paint_fmt(p, PAINT_PLAIN, "%s\n", *comma == '\0' ? "none" : "");
}

/* Beside the calls that were made, so that one sees whether it was right. */
static void
show_forecast(const struct runlog *l, const struct paint *p)
{
	static const char *const parts[] = {
		"rows", "bytes", "calls", "jobs", "batches",
	};
	struct slice n;

	if (scan_kind(l->forecast) != SCAN_OBJECT)
		return;
	paint_fmt(p, PAINT_PLAIN, "Forecast of the load: ");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		n = scan_get(l->forecast, parts[i]);
		paint_fmt(p, PAINT_PLAIN, "%s%.*s %s", i > 0 ? ", " : "",
		    (int)n.n, n.p == NULL ? "" : n.p, parts[i]);
	}
	paint_fmt(p, PAINT_PLAIN, "\n");
}

static void
show(const struct runlog *l, struct fold *f, const char *folder,
    const struct paint *p)
{
	struct buf b = BUF(1 << 20);

	paint_open(p, "millrace");
	show_head(l, folder, p);
	paint_fmt(p, PAINT_DIM, "  %-26s%9s %12s %9s %8s\n", "stage", "lines",
	    "bytes", "seconds", "cpu");
	for (size_t i = 0; i < l->n; i++)
		show_stage(&l->stage[i], p);
	show_calls(l, p);
	show_forecast(l, p);
	fold_summary(f, &b);
	paint_text(p, PAINT_HEAD, SLICE("Verdicts: "));
	paint_text(p, PAINT_HEAD, f->total == 0 ? SLICE("none") : buf_all(&b));
	paint_fmt(p, PAINT_PLAIN, "\n");
	buf_free(&b);
	digest_verdicts(f, p);
	paint_fmt(p, PAINT_PLAIN, "Log and copies: %s\n", folder);
	paint_close(p);
}

/* ---- for a program ---- */

static void
text_member(struct buf *out, const char *name, struct slice text)
{
	if (text.p == NULL)
		return;
	buf_fmt(out, ",\"%s\":", name);
	scan_quote(out, text);
}

static void
json_stage(const struct runlog_stage *s, struct buf *out)
{
	buf_str(out, "{\"stage\":");
	scan_quote(out, s->name);
	if (s->signal.p != NULL)
		text_member(out, "signal", s->signal);
	else if (s->end != 0)
		buf_fmt(out, ",\"status\":%ld", s->status);
	buf_fmt(out, ",\"lines\":%lld,\"bytes\":%lld,\"seconds\":%.3f,"
	    "\"cpu\":%.3f}", s->lines, s->bytes, s->seconds, s->cpu);
}

static void
json_verdicts(const struct fold *f, struct buf *out)
{
	buf_str(out, ",\"verdicts\":{");
	for (int i = 0; i < FOLD_VERDICTS; i++)
		buf_fmt(out, "%s\"%s\":%llu", i > 0 ? "," : "",
		    fold_verdicts[i], (unsigned long long)fold_count(f,
		    fold_verdicts[i]));
	buf_char(out, '}');
}

static void
json(const struct runlog *l, const struct fold *f)
{
	struct buf b = BUF(OUT);

	buf_str(&b, "{\"run\":");
	scan_quote(&b, l->run);
	text_member(&b, "kind", l->kind);
	text_member(&b, "at", l->at);
	if (l->signal.p != NULL)
		text_member(&b, "signal", l->signal);
	else if (l->ended)
		buf_fmt(&b, ",\"status\":%ld", l->status);
	if (l->ended)
		buf_fmt(&b, ",\"seconds\":%.3f", l->seconds);
	json_verdicts(f, &b);
	if (l->calls.p != NULL) {
		buf_str(&b, ",\"calls\":");
		buf_slice(&b, l->calls);
	}
	if (l->forecast.p != NULL) {
		buf_str(&b, ",\"forecast\":");
		buf_slice(&b, l->forecast);
	}
	buf_str(&b, ",\"stages\":[");
	for (size_t i = 0; i < l->n; i++) {
		buf_str(&b, i > 0 ? "," : "");
		json_stage(&l->stage[i], &b);
	}
	buf_str(&b, "]}\n");
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
}

struct report {
	bool json, html, each, failed;
};

static int
report(const char *folder, const struct report *o, struct why *w)
{
	struct runlog l;
	struct fold f = { 0 };
	struct paint p = paint_for(stdout, o->html);
	struct each e = { p, o->json, o->failed };
	int r;

	if (runlog_open(&l, folder, w) == -1)
		return -1;
	if (o->each) {
		r = each_show(&e, &l, folder, w);
		runlog_close(&l);
		return r;
	}
	outcome_fold(&f, &l, folder);
	if (o->json)
		json(&l, &f);
	else
		show(&l, &f, folder, &p);
	fold_free(&f);
	runlog_close(&l);
	return 0;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "run-report", .operands = "[RUN]",
	    .purpose = "one run for a person", .table = options };
	struct why w = { 0 };
	char *folder = NULL;
	struct report r = { 0 };
	int c, status = 0;

	while ((c = opt_next(&o, argc, argv)) > 0) {
		r.json |= c == JSON;
		r.html |= c == HTML;
		r.each |= c == EACH || c == FAILED;
		r.failed |= c == FAILED;
	}
	if (c < 0)
		return o.status;
	if (argc - o.first > 1)
		return opt_usage(&o, "more than one RUN given");
	if (r.html && (r.json || r.each))
		return opt_usage(&o, "--html and --%s exclude each other",
		    r.json ? "json" : "each");
	paint_begin();
	if (runs_pick(o.config, argv[o.first], &folder, &w) == -1 ||
	    report(folder, &r, &w) == -1)
		status = say_why(&w);
	free(folder);
	return paint_end(stdout, status);
}
