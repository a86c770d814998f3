/* salesforce-budget - what a wave will cost, and whether it is left. */
#include <stdlib.h>

#include "salesforce-budget.h"
#include "salesforce-lot.h"
#include "salesforce-session.h"
#include "say.h"

enum {
	KINDS = 64,		/* of rows in a wave; more count as one */
	BATCH_ROWS = 10000,
	/* create, upload, close, some looks, the result files */
	JOB_CALLS = 10,
	/* of them to end it: the look that sees it ended, the files */
	END_CALLS = 4,
};

struct kind {
	const struct sf_row *first;
	long phase;
	int op;			/* delete, update, create */
	size_t rows;
};

/* What is not at hand of a row is looked at where nothing else will do: to
 * look at it is to fetch it into the cache. */
static int
op_of(const struct sf_row *r)
{
	return !r->plain && r->p.delete ? 0 : *r->id != '\0' ? 1 : 2;
}

static struct kind *
kind_in(struct kind *kinds, size_t *n, const struct sf_row *r)
{
	struct kind k = { r, sf_row_phase(r), op_of(r), 0 };
	size_t i = 0;

	while (i < *n && !(kinds[i].phase == k.phase && kinds[i].op == k.op &&
	    sf_row_alike(kinds[i].first, r)))
		i++;
	if (i == KINDS)
		i--;
	else if (i == *n)
		kinds[(*n)++] = k;
	return &kinds[i];
}

/* Bytes of the lines that go on. */
static int64_t
bytes_of(const struct sf_wave *v, long rows)
{
	int64_t n = 0;

	if ((size_t)rows == v->went)
		return (int64_t)v->lines;
	for (size_t i = 0; i < v->n; i++)
		if (sf_row_goes(&v->row[i]))
			n += (int64_t)row_line(&v->row[i]).n;
	return n;
}

/* What rows of one kind cost when they are sent for the `round`-th time again,
 * cut as a lot cuts them; 0: the first time. */
static void
add_kind(struct sf_forecast *f, size_t rows, size_t few, unsigned round)
{
	size_t most = sf_lot_most(rows, rows < few, round);

	if (rows < few) {
		f->calls += (long)((rows + most - 1) / most);
		return;
	}
	most = most == 0 ? rows : most;
	for (size_t at = 0; at < rows; at += most) {
		size_t n = rows - at < most ? rows - at : most;

		f->jobs++;
		f->calls += JOB_CALLS;
		f->batches += (long)((n + BATCH_ROWS - 1) / BATCH_ROWS);
	}
}

/* Rows of phase `again` go for the `round`-th time again: only their batches
 * count, the others' did when the wave began.  -1: the wave begins. */
static struct sf_forecast
forecast(const struct sf_wave *v, size_t few, long again, unsigned round)
{
	struct sf_forecast f = {0};
	struct kind kinds[KINDS];
	size_t n = 0;
	long batches;

	for (size_t i = 0; i < v->n; i++) {
		if (!sf_row_goes(&v->row[i]))
			continue;
		kind_in(kinds, &n, &v->row[i])->rows++;
		f.rows++;
	}
	f.bytes = bytes_of(v, f.rows);
	for (size_t i = 0; i < n; i++) {
		bool is_new = kinds[i].phase != again;

		batches = f.batches;
		add_kind(&f, kinds[i].rows, few, is_new ? 0 : round);
		if (is_new && again != -1)
			f.batches = batches;
	}
	return f;
}

struct sf_forecast
sf_forecast(const struct sf_wave *v, size_t few)
{
	return forecast(v, few, -1, 0);
}

/* {"DailyApiRequests":{"Max":100000,"Remaining":99990},...} */
static void
take_limit(struct slice limits, const char *name, long *used, long *max)
{
	struct slice one = scan_get(limits, name), left;

	if (scan_kind(one) != SCAN_OBJECT)
		return;
	left = scan_get(one, "Remaining");
	one = scan_get(one, "Max");
	if (scan_kind(one) != SCAN_NUMBER || scan_kind(left) != SCAN_NUMBER)
		return;
	*max = strtol(one.p, NULL, 10);
	*used = *max - strtol(left.p, NULL, 10);
}

/* A user who may not see them ("View Setup and Configuration") loads all the
 * same: the calls' own header tells what is used of them. */
static int
ask_limits(struct sf *s, struct why *w)
{
	struct http_call c = { .kind = "limits" };
	struct slice json;
	struct why why = {0};
	int r = sf_get(s, &c, "limits", &json, &why);

	if (r == 0) {
		take_limit(json, "DailyApiRequests", &s->used, &s->max);
		take_limit(json, "DailyBulkApiBatches", &s->batches_used,
		    &s->batches_max);
		take_limit(json, "DailyBulkV2QueryJobs", &s->queries_used,
		    &s->queries_max);
		take_limit(json, "DailyBulkV2QueryFileStorageMB",
		    &s->results_used, &s->results_max);
	} else if ((c.status == 403 || c.status == 404) &&
	    why.kind != WHY_BUSY &&
	    strcmp(why.code, "UNSUPPORTED_API_VERSION") != 0) {
		r = 0;
	} else {
		*w = why;
	}
	http_call_free(&c);
	s->asked = r == 0;
	return r;
}

static long
allowed(const struct sf *s, long max)
{
	long share = conf_int(s->conf, "salesforce", "api_share");

	return share >= 100 ? max : max / 100 * share + max % 100 * share / 100;
}

/* Are `more` too many?  false: there is room, or nobody knows. */
static bool
over(const struct sf *s, long used, long more, long max, const char *what,
    struct why *w)
{
	if (max <= 0 || more <= 0 || used + more <= allowed(s, max))
		return false;
	why_code(w, WHY_BUSY, "limit-near", "%ld of the org's %ld %s of these "
	    "24 hours are used, about %ld more are needed, and [salesforce] "
	    "api_share lets %ld%% be used: the same command again later",
	    used, max, what, more, conf_int(s->conf, "salesforce",
	    "api_share"));
	return true;
}

static bool
wave_over(const struct sf *s, const struct sf_forecast *f, struct why *w)
{
	return f->rows > 0 &&
	    (over(s, s->used, f->calls, s->max, "API calls", w) ||
	    over(s, s->batches_used + s->batches, f->batches, s->batches_max,
	    "Bulk batches", w));
}

int
sf_budget_query(struct sf *s, struct why *w)
{
	if (!s->asked && ask_limits(s, w) == -1)
		return -1;
	if (over(s, s->queries_used + s->queries, 1, s->queries_max,
	    "Bulk query jobs", w) || over(s, s->results_used, 1,
	    s->results_max, "MB of Bulk query results", w))
		return -1;
	s->queries++;
	return 0;
}

/* The lowest phase of what still goes of the record that begins at `i`; -1:
 * nothing does. */
static long
rank(const struct sf_wave *v, size_t i)
{
	size_t record = v->row[i].record;
	long best = -1, phase;

	for (; i < v->n && v->row[i].record == record; i++) {
		phase = sf_row_phase(&v->row[i]);
		if (sf_row_goes(&v->row[i]) && (best == -1 || phase < best))
			best = phase;
	}
	return best;
}

static size_t
next_record(const struct sf_wave *v, size_t i)
{
	size_t record = v->row[i].record;

	while (i < v->n && v->row[i].record == record)
		i++;
	return i;
}

/* The records that go on with `phase` wait. */
static void
hold(struct sf_wave *v, long phase, const struct why *late)
{
	for (size_t i = 0; i < v->n; i = next_record(v, i))
		if (rank(v, i) == phase)
			sf_wave_settle_record(v, i, "waiting", "limit-near",
			    late->text);
}

static void
hold_last(struct sf_wave *v, const struct why *late)
{
	long last = -1;

	for (size_t i = 0; i < v->n; i = next_record(v, i))
		if (rank(v, i) > last)
			last = rank(v, i);
	hold(v, last, late);
}

int
sf_budget(struct sf *s, struct sf_wave *v, size_t few, struct why *late,
    struct why *w)
{
	struct sf_forecast f = sf_forecast(v, few);

	late->kind = WHY_NONE;
	if (f.rows == 0)
		return 0;
	if (!s->asked && ask_limits(s, w) == -1)
		return -1;
	say_verbose("forecast: %ld rows, %lld bytes, in about %ld calls, %ld "
	    "jobs and %ld batches among them; %ld of %ld calls are used",
	    f.rows, (long long)f.bytes, f.calls, f.jobs, f.batches, s->used,
	    s->max);
	while (wave_over(s, &f, late)) {
		hold_last(v, late);
		f = sf_forecast(v, few);
	}
	s->batches += f.batches;
	if (s->ledger != NULL)
		ledger_forecast(s->ledger, &(struct ledger_forecast){ f.rows,
		    f.bytes, f.calls, f.jobs, f.batches });
	return 0;
}

bool
sf_budget_again(struct sf *s, struct sf_wave *v, size_t few, long phase,
    unsigned round, struct why *late)
{
	struct sf_forecast f = forecast(v, few, phase, round);

	if (!wave_over(s, &f, late)) {
		s->batches += f.batches;
		return true;
	}
	hold(v, phase, late);
	while (f = forecast(v, few, phase, round), wave_over(s, &f, late))
		hold_last(v, late);
	return false;
}

int
sf_budget_look(const struct sf *s, long more, struct why *w)
{
	more += s->running * END_CALLS;
	return over(s, s->used, more, s->max, "API calls", w) ? -1 : 0;
}
