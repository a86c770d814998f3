/* salesforce-lot - rows sent together; those that go by a Bulk job. */
#include <stdio.h>
#include <stdlib.h>

#include "salesforce-load.h"
#include "salesforce-lot.h"
#include "salesforce-session.h"
#include "say.h"

enum { PIECES = 20 };		/* jobs or calls of a round, about */

size_t
sf_lot_most(size_t rows, bool by_calls, unsigned round)
{
	static const size_t of_job[] = { 0, 2000, SF_CHUNK },
	    of_call[] = { SF_CALL_ROWS, 50, 10 };
	size_t m = (by_calls ? of_call : of_job)[round < 2 ? round : 2];

	if (m != 0 && m * PIECES < rows)
		m = rows / PIECES;
	return by_calls && m > SF_CALL_ROWS ? SF_CALL_ROWS : m;
}

static struct ledger_flight
flight_of(const struct sf_lot *t, size_t i)
{
	return t->v->flight[t->part.plan->row[i].row - t->v->row];
}

static int
put_flights(struct sf_lot *t, struct why *w)
{
	const struct sf_part *pt = &t->part;
	size_t n = pt->to - pt->from;
	struct ledger_flight *f;

	f = xmalloc((n + 1) * sizeof(*f));
	for (size_t i = 0; i < n; i++)
		f[i] = flight_of(t, pt->from + i);
	t->note = ledger_flight_put(t->s->ledger, f, n, t->job.number, w);
	free(f);
	return t->note == -1 ? -1 : 0;
}

int
sf_lot_note(struct sf_lot *t, struct why *w)
{
	struct ledger *g = t->s->ledger;

	if (g == NULL)
		return t->job.object == NULL ? 0 :
		    sf_job_intend(t->s, &t->job, w);
	/* A job does nothing before its id is noted as well, and that waits. */
	if ((t->job.object == NULL ? ledger_begin(g, w) :
	    ledger_begin_soft(g, w)) == -1)
		return -1;
	if ((t->job.object == NULL || sf_job_intend(t->s, &t->job, w) == 0) &&
	    put_flights(t, w) == 0 && ledger_commit(g, w) == 0)
		return 0;
	ledger_rollback(g);
	t->note = 0;
	return -1;
}

static bool
not_done(const struct sf_wave *v, const struct sf_row *r)
{
	const char *reason;

	if (!sf_row_goes(r))
		return false;
	reason = sf_row_reason(v, r);
	return reason == NULL || strcmp(reason, "no-result") != 0;
}

/* The lot has ended with `r`. */
static int
take_back(struct sf_lot *t, int r, struct why *w)
{
	const struct sf_plan_row *row = t->part.plan->row;
	struct ledger_flight *f = NULL;
	struct why late = {0};
	size_t n = 0;

	for (size_t i = t->part.from; i < t->part.to && t->note > 0; i++) {
		if (!not_done(t->v, row[i].row))
			continue;
		if (f == NULL)
			f = xmalloc((t->part.to - i) * sizeof(*f));
		f[n++] = flight_of(t, i);
	}
	if (n > 0 && ledger_flight_back(t->s->ledger, t->note, f, n,
	    &late) == -1 && r == 0) {
		*w = late;
		r = -1;
	}
	free(f);
	return r;
}

void
sf_lot_untold(struct sf_lot *t, const char *verdict, const char *reason,
    const char *text)
{
	for (size_t i = t->part.from; i < t->part.to; i++) {
		struct sf_row *r = t->part.plan->row[i].row;

		if (!r->told)
			sf_row_settle(t->v, r, verdict, reason, text);
		r->told = true;
	}
}

/* Results coming in. */
struct answers {
	struct sf_lot *lot;
	enum sf_results which;
	size_t id, created, error;	/* columns */
	size_t unknown;			/* lines that are none of ours */
	size_t left;			/* rows that had no answer yet */
};

static int
take_header(struct answers *a, const struct csv_row *row, struct why *w)
{
	a->id = a->created = a->error = row->n;
	for (size_t i = 0; i < row->n; i++) {
		if (slice_is(row->cell[i], "sf__Id"))
			a->id = i;
		else if (slice_is(row->cell[i], "sf__Created"))
			a->created = i;
		else if (slice_is(row->cell[i], "sf__Error"))
			a->error = i;
	}
	if ((a->which == SF_SUCCESSFUL && (a->id == row->n ||
	    a->created == row->n)) || (a->which == SF_FAILED &&
	    a->error == row->n))
		return why(w, WHY_BROKEN, "the results of a job have no sf__ "
		    "columns");
	return sf_plan_columns(a->lot->part.plan, row, w);
}

static __attribute__((noinline)) void
take_error(struct sf_wave *v, struct sf_row *r, struct slice error)
{
	struct slice code, message, fields;

	sf_row_error(error, &code, &message, &fields);
	sf_row_failed(v, r, code, message, fields);
}

/* The row of this lot that a line speaks of: others of the plan may be on
 * their way, and have their own answers. */
static struct sf_row *
find_row(const struct sf_part *pt, const struct csv_row *line)
{
	struct sf_row *r = sf_plan_find(pt->ps, pt->plan, line);

	return r != NULL && pt->plan->told >= pt->from &&
	    pt->plan->told < pt->to ? r : NULL;
}

/* A line may come twice (a transfer that was repeated): it says the same. */
static int
take_line(void *ctx, const struct csv_row *row, struct why *w)
{
	struct answers *a = ctx;
	struct sf_wave *v = a->lot->v;
	struct sf_row *r;

	if (row->number == 1)
		return take_header(a, row, w);
	if ((r = find_row(&a->lot->part, row)) == NULL) {
		a->unknown++;
		return 0;
	}
	if (r->told)
		return 0;
	if (a->which == SF_SUCCESSFUL) {
		if (!sf_row_loaded(v, r, row->cell[a->id],
		    slice_is(row->cell[a->created], "true"))) {
			a->unknown++;
			return 0;
		}
	} else if (a->which == SF_FAILED) {
		take_error(v, r, row->cell[a->error]);
	} else {
		sf_row_settle(v, r, NULL, "unprocessed",
		    "Salesforce left it unprocessed");
	}
	r->told = true;
	a->left--;
	return 0;
}

/* `left`: rows that none of the results has. */
static int
take_results(struct sf_lot *t, size_t *left, struct why *w)
{
	const struct sf_job *j = &t->job;
	struct answers a = { .lot = t, .left = t->part.to - t->part.from };

	for (int i = SF_SUCCESSFUL; i <= SF_UNPROCESSED; i++) {
		if (a.left == 0 ||
		    (i == SF_SUCCESSFUL && j->processed == j->failed) ||
		    (i == SF_FAILED && j->failed == 0) ||
		    (i == SF_UNPROCESSED && sf_job_refused(j)))
			continue;
		a.which = (enum sf_results)i;
		if (sf_job_results(t->s, j, a.which, take_line, &a, w) == -1)
			return -1;
	}
	if (a.unknown > 0)
		say("job %s: %zu lines of its results are none of ours",
		    j->id, a.unknown);
	*left = a.left;
	return 0;
}

/* The job has ended: its answers, then what it did not answer. */
static int
job_ended(struct sf_lot *t, struct why *w)
{
	const struct sf_job *j = &t->job;
	char text[768];
	size_t left;
	int r;

	if (take_results(t, &left, w) == -1) {
		sf_lot_untold(t, "waiting", "no-result", w->text);
		return -1;
	}
	snprintf(text, sizeof(text), "job %s%s%s", j->id,
	    *j->error == '\0' ? " has no result for it" : ": ", j->error);
	if (!sf_job_refused(j)) {
		if (left > 0)
			sf_lot_untold(t, "waiting", "no-result", text);
		return 0;
	}
	r = why_code(w, WHY_SETUP, "job-refused", "Salesforce refuses the "
	    "%s of %s: %s", j->operation, j->object, text);
	sf_lot_untold(t, "rejected", "job-refused", text);
	return r;
}

/* Rows that an aborted job left are not sent again: somebody stopped it. */
static void
job_aborted(struct sf_lot *t)
{
	for (size_t i = t->part.from; i < t->part.to; i++) {
		struct sf_row *r = t->part.plan->row[i].row;

		if (sf_row_goes(r))
			sf_row_settle(t->v, r, "waiting", "unprocessed",
			    "the job was aborted in Salesforce");
	}
}

/* The job could not be brought to its end. */
static void
job_broken(struct sf_lot *t, const struct why *w)
{
	if (w->kind == WHY_SETUP && t->job.state == SF_JOB_NONE &&
	    (strcmp(w->code, "INVALIDJOB") == 0 ||
	    strcmp(w->code, "INVALIDENTITY") == 0))
		sf_lot_untold(t, "rejected", "job-refused", w->text);
	else if (t->job.state > SF_JOB_OPEN)
		sf_lot_untold(t, "waiting", "no-result", w->text);
}

static const char *
text_of(struct slice t, struct pool *pool)
{
	return t.n == 0 ? NULL : pool_dup(pool, t.p, t.n);
}

static int
send_job(struct sf_lot *t, struct why *w)
{
	const struct sf_plan *p = t->part.plan;
	struct sf_job *j = &t->job;

	*j = (struct sf_job){ .csv = sf_part_give, .ctx = &t->part,
	    .length = t->part.length, .rows = t->part.to - t->part.from,
	    .object = text_of(p->object, t->part.ps->pool),
	    .extid = text_of(p->extid, t->part.ps->pool),
	    .operation = sf_plan_operation(p) };
	if (sf_lot_note(t, w) == -1)
		return -1;
	if (sf_job_send(t->s, j, w) == 0)
		return 0;
	job_broken(t, w);
	return -1;
}

static void
untell(struct sf_lot *t)
{
	for (size_t i = t->part.from; i < t->part.to; i++)
		t->part.plan->row[i].row->told = false;
}

int
sf_lot_send(struct sf_lot *t, struct why *w)
{
	struct sf_plan *p = t->part.plan;
	int r;

	if (p->rows < t->few) {
		t->part.to = p->rows;
		untell(t);
		return take_back(t, sf_collect(t, w), w);
	}
	t->part.most = sf_lot_most(p->rows, false, t->round);
	r = sf_part_cut(&t->part, t->max_upload, w);
	untell(t);
	if (r == 0)
		r = send_job(t, w);
	sf_part_close(&t->part);
	return r == -1 ? take_back(t, r, w) : 0;
}

int
sf_lot_wait(struct sf_lot *t, struct why *w)
{
	const struct sf_job *j = &t->job;
	int r;

	if (j->object == NULL)
		return 0;		/* Collections: done at once */
	if ((r = sf_job_wait(t->s, &t->job, w)) == -1)
		job_broken(t, w);
	else if ((r = job_ended(t, w)) == 0 && j->state == SF_JOB_ABORTED)
		job_aborted(t);
	say_verbose("job %s: %s of %zu %s, %ld processed, %ld failed", j->id,
	    j->operation, t->part.to - t->part.from, j->object, j->processed,
	    j->failed);
	return take_back(t, r, w);
}
