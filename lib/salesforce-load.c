/* salesforce-load - a wave loaded: phase by phase, job by job. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "salesforce-job.h"
#include "salesforce-load.h"
#include "salesforce-part.h"
#include "salesforce-session.h"
#include "salesforce-values.h"
#include "say.h"

struct sf_load {
	struct sf *s;
	struct sf_bad *bad;	/* ended badly in this run */
	struct sf_bad *lost;	/* those of them that Salesforce lacks */
	struct sf_values *values;	/* NULL: not checked here */
	int64_t max_upload;
	bool flights;		/* a run before this one was killed */
};

struct sf_load *
sf_load_new(struct sf *s)
{
	struct sf_load *l = xcalloc(1, sizeof(*l));

	l->s = s;
	l->bad = sf_bad_new();
	l->lost = sf_bad_new();
	if (conf_bool(s->conf, "salesforce", "check_values"))
		l->values = sf_values_new(s);
	l->flights = s->ledger != NULL &&
	    ledger_flights(s->ledger, NULL) != 0;
	l->max_upload = conf_int(s->conf, "salesforce", "max_upload");
	return l;
}

void
sf_load_free(struct sf_load *l)
{
	if (l == NULL)
		return;
	sf_bad_free(l->bad);
	sf_bad_free(l->lost);
	sf_values_free(l->values);
	free(l);
}

void
sf_load_give_up(struct sf_wave *v, const struct why *w)
{
	char *text = xasprintf("the load stopped before it: %s", w->text);

	for (size_t i = 0; i < v->n; i++)
		if (sf_row_goes(&v->row[i]))
			sf_row_settle(v, &v->row[i], "waiting", "not-sent",
			    text);
	free(text);
}

static int
put_flights(struct sf_load *l, const struct sf_part *pt, int64_t job,
    struct why *w)
{
	struct ledger *g = l->s->ledger;

	if (g == NULL)
		return 0;
	if (ledger_begin(g, w) == -1)
		return -1;
	for (size_t i = pt->from; i < pt->to; i++) {
		if (ledger_flight_put(g, &pt->plan->row[i].row->p, job,
		    w) == -1) {
			ledger_rollback(g);
			return -1;
		}
	}
	return ledger_commit(g, w);
}

void
sf_row_error(struct slice t, struct slice *code, struct slice *message,
    struct slice *fields)
{
	const char *colon = t.n == 0 ? NULL : memchr(t.p, ':', t.n);

	*fields = SLICE("");
	if (t.n >= 2 && memcmp(t.p + t.n - 2, "--", 2) == 0)
		t.n -= 2;
	while (t.n > 0 && t.p[t.n - 1] == ' ')
		t.n--;
	*code = SLICE("UNKNOWN_EXCEPTION");
	*message = t;
	if (colon == NULL)
		return;
	*code = (struct slice){ t.p, (size_t)(colon - t.p) };
	*message = (struct slice){ colon + 1, t.n - code->n - 1 };
	colon = message->n == 0 ? NULL :
	    memrchr(message->p, ':', message->n);
	if (colon == NULL)
		return;
	*fields = (struct slice){ colon + 1,
	    message->n - (size_t)(colon + 1 - message->p) };
	for (size_t i = 0; i < fields->n; i++)
		if (fields->p[i] == ' ' && i > 0 && fields->p[i - 1] != ',') {
			*fields = SLICE("");	/* the text's own colon */
			return;
		}
	message->n = (size_t)(colon - message->p);
}

static bool
passes(struct slice code)
{
	static const char *const codes[] = { "UNABLE_TO_LOCK_ROW",
	    "TOO_MANY_APEX_REQUESTS", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT",
	    "UNKNOWN_EXCEPTION", "REQUEST_RUNNING_TOO_LONG",
	    "TXN_SECURITY_RUNTIME_EXCEPTION" };

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (slice_is(code, codes[i]))
			return true;
	return false;
}

static bool
has(struct slice t, const char *part)
{
	return t.n > 0 && memmem(t.p, t.n, part, strlen(part)) != NULL;
}

/* The code as a reason: it stays with the row. */
static const char *
reason_of(struct sf_wave *v, struct slice code)
{
	return pool_dup(v->pool, code.p, code.n);
}

static void
row_failed(struct sf_wave *v, struct sf_row *r, struct slice error)
{
	struct slice code, message, fields;
	char *text;

	sf_row_error(error, &code, &message, &fields);
	text = fields.n > 0 ? xasprintf("%.*s (%.*s)", (int)message.n,
	    message.p, (int)fields.n, fields.p) :
	    xasprintf("%.*s", (int)message.n, message.p);
	if (passes(code))
		sf_row_settle(v, r, NULL, reason_of(v, code), text);
	else if (r->op == SF_DELETE && (slice_is(code, "ENTITY_IS_DELETED") ||
	    slice_is(code, "INVALID_CROSS_REFERENCE_KEY")))
		sf_row_settle(v, r, "deleted", NULL, NULL);
	else if (slice_is(code, "INVALID_FIELD") &&
	    has(message, "Foreign key external ID"))
		sf_row_settle(v, r, "waiting", "parent-missing", text);
	else
		sf_row_settle(v, r, "failed", reason_of(v, code), text);
	free(text);
}

/* Results coming in. */
struct answers {
	struct sf_wave *v;
	struct sf_part *pt;
	enum sf_results which;
	size_t id, created, error;	/* columns */
	size_t unknown;			/* lines that are none of ours */
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
	return sf_plan_columns(a->pt->plan, row, w);
}

static void
row_loaded(struct sf_wave *v, struct sf_row *r, struct slice id,
    struct slice created)
{
	if (sf_id_ok(id))
		sf_id_18(r->id, id);
	sf_row_settle(v, r, r->op == SF_DELETE ? "deleted" :
	    slice_is(created, "true") ? "created" : "updated", NULL, NULL);
}

/* A line may come twice (a transfer that was repeated): it says the same. */
static int
take_line(void *ctx, const struct csv_row *row, struct why *w)
{
	struct answers *a = ctx;
	struct sf_row *r;

	if (row->number == 1)
		return take_header(a, row, w);
	r = sf_plan_find(a->pt->ps, a->pt->plan, row);
	if (r == NULL) {
		a->unknown++;
		return 0;
	}
	if (r->told)
		return 0;
	r->told = true;
	if (a->which == SF_SUCCESSFUL)
		row_loaded(a->v, r, row->cell[a->id], row->cell[a->created]);
	else if (a->which == SF_FAILED)
		row_failed(a->v, r, row->cell[a->error]);
	else
		sf_row_settle(a->v, r, NULL, "no-result",
		    "Salesforce left it unprocessed");
	return 0;
}

static size_t
untold(const struct sf_part *pt)
{
	size_t n = 0;

	for (size_t i = pt->from; i < pt->to; i++)
		n += !pt->plan->row[i].row->told;
	return n;
}

static int
take_results(struct sf_load *l, struct sf_wave *v, struct sf_part *pt,
    const struct sf_job *j, struct why *w)
{
	struct answers a = { .v = v, .pt = pt };

	for (int i = SF_SUCCESSFUL; i <= SF_UNPROCESSED; i++) {
		if (untold(pt) == 0 ||
		    (i == SF_SUCCESSFUL && j->processed == j->failed) ||
		    (i == SF_FAILED && j->failed == 0) ||
		    (i == SF_UNPROCESSED && sf_job_refused(j)))
			continue;
		a.which = (enum sf_results)i;
		if (sf_job_results(l->s, j, a.which, take_line, &a, w) == -1)
			return -1;
	}
	if (a.unknown > 0)
		say("job %s: %zu lines of its results are none of ours",
		    j->id, a.unknown);
	return 0;
}

static void
settle_untold(struct sf_wave *v, struct sf_part *pt, const char *verdict,
    const char *reason, const char *text)
{
	for (size_t i = pt->from; i < pt->to; i++) {
		struct sf_row *r = pt->plan->row[i].row;

		if (!r->told)
			sf_row_settle(v, r, verdict, reason, text);
		r->told = true;
	}
}

/* The job has ended: its answers, then what it did not answer. */
static int
job_ended(struct sf_load *l, struct sf_wave *v, struct sf_part *pt,
    const struct sf_job *j, struct why *w)
{
	char text[768];
	int r;

	if (take_results(l, v, pt, j, w) == -1) {
		settle_untold(v, pt, "waiting", "no-result", w->text);
		return -1;
	}
	snprintf(text, sizeof(text), "job %s%s%s", j->id,
	    *j->error == '\0' ? " has no result for it" : ": ", j->error);
	if (!sf_job_refused(j)) {
		settle_untold(v, pt, "waiting", "no-result", text);
		return 0;
	}
	r = why_code(w, WHY_SETUP, "job-refused", "Salesforce refuses the "
	    "%s of %s: %s", j->operation, j->object, text);
	settle_untold(v, pt, "rejected", "job-refused", text);
	return r;
}

/* Rows that an aborted job left are not sent again: somebody stopped it. */
static void
job_aborted(struct sf_wave *v, struct sf_part *pt)
{
	for (size_t i = pt->from; i < pt->to; i++) {
		struct sf_row *r = pt->plan->row[i].row;

		if (sf_row_goes(r))
			sf_row_settle(v, r, "waiting", "no-result",
			    "the job was aborted in Salesforce");
	}
}

/* The job could not be brought to its end. */
static int
job_broken(struct sf_wave *v, struct sf_part *pt, const struct sf_job *j,
    struct why *w)
{
	if (w->kind == WHY_SETUP && j->state == SF_JOB_NONE &&
	    (strcmp(w->code, "INVALIDJOB") == 0 ||
	    strcmp(w->code, "INVALIDENTITY") == 0))
		settle_untold(v, pt, "rejected", "job-refused", w->text);
	else if (j->state == SF_JOB_RUNNING)
		settle_untold(v, pt, "waiting", "no-result", w->text);
	return -1;
}

static int
run_part(struct sf_load *l, struct sf_wave *v, struct sf_part *pt, struct why *w)
{
	struct sf_plan *p = pt->plan;
	char *object = xstrndup(p->object.p, p->object.n);
	char *extid = p->extid.n == 0 ? NULL :
	    xstrndup(p->extid.p, p->extid.n);
	struct sf_job j = { .object = object, .extid = extid,
	    .operation = sf_plan_operation(p), .fd = pt->fd,
	    .length = pt->length };
	int r;

	for (size_t i = pt->from; i < pt->to; i++)
		p->row[i].row->told = false;
	r = sf_job_intend(l->s, &j, w);
	if (r == 0)
		r = put_flights(l, pt, j.number, w);
	if (r == 0 && (r = sf_job_run(l->s, &j, w)) == -1)
		job_broken(v, pt, &j, w);
	else if (r == 0)
		r = job_ended(l, v, pt, &j, w);
	if (r == 0 && j.state == SF_JOB_ABORTED)
		job_aborted(v, pt);
	say_verbose("job %s: %s of %zu %s, %ld processed, %ld failed", j.id,
	    j.operation, pt->to - pt->from, object, j.processed, j.failed);
	free(object);
	free(extid);
	return r;
}

static int
run_plan(struct sf_load *l, struct sf_wave *v, struct sf_plans *ps,
    struct sf_plan *p, struct why *w)
{
	struct sf_part pt = { .ps = ps, .plan = p };
	int r = 0;

	for (; pt.from < p->rows && r == 0; pt.from = pt.to) {
		r = sf_part_write(&pt, l->max_upload, w);
		if (r == 0)
			r = run_part(l, v, &pt, w);
		sf_part_close(&pt);
	}
	if (r == 0)
		r = sf_look_gone(l->s, v, p, w);
	return r;
}

/* Rows that were tried and still go on. */
static size_t
gather_again(struct sf_wave *v, long phase, struct sf_row **rows)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n; i++) {
		struct sf_row *r = &v->row[i];

		if (!sf_row_goes(r) || sf_row_phase(r) != phase)
			continue;
		if (r->tries++ < SF_TRIES)
			rows[n++] = r;
		else
			sf_row_settle(v, r, "waiting", r->reason, r->message);
	}
	return n;
}

static int
run_plans(struct sf_load *l, struct sf_wave *v, struct sf_plans *ps,
    struct why *w)
{
	int r = 0;

	for (size_t i = 0; i < ps->n && r == 0; i++)
		r = run_plan(l, v, ps, &ps->plan[i], w);
	sf_plans_free(ps);
	return r;
}

/* Locks are held for moments: a short rest before each round. */
static int
run_again(struct sf_load *l, struct sf_wave *v, long phase, struct why *w)
{
	struct sf_row **rows = xmalloc((v->n + 1) * sizeof(struct sf_row *));
	struct timespec rest = { 0, 100000000 };
	size_t n;
	int r = 0;

	while (r == 0 && (n = gather_again(v, phase, rows)) > 0) {
		nanosleep(&rest, NULL);
		rest.tv_sec = rest.tv_sec * 2 + 1;
		r = run_plans(l, v, sf_plans_of(rows, n), w);
	}
	free(rows);
	return r;
}

/* Of a shared key one record may wait or fail where another brings it. */
static bool
is_lost(const struct sf_load *l, const struct sf_wave *v, struct slice object,
    struct slice key)
{
	const struct sf_row *r = NULL;

	if (!sf_bad_has(l->lost, object, key))
		return false;
	while ((r = sf_wave_find(v, object, key, r)) != NULL)
		if (!sf_row_bad(r) && *r->id != '\0')
			return false;
	return true;
}

/* Has a lookup column of the row a key that was not loaded in this run? */
static bool
lacks_parent(struct sf_load *l, const struct sf_wave *v,
    const struct sf_row *r, struct slice object, char text[256])
{
	const struct slice part[] = { r->p.insert, r->p.fields };
	const struct sf_field *f;
	struct slice name, value;
	struct scan s;

	for (size_t i = 0; i < 2; i++) {
		if (part[i].p == NULL)
			continue;
		scan_enter(&s, part[i]);
		while (scan_member(&s, &name, &value)) {
			if (memchr(name.p, '.', name.n) == NULL ||
			    scan_kind(value) != SCAN_STRING)
				continue;
			value.p++, value.n -= 2;
			f = sf_lookup(l->s, object, name, NULL);
			for (size_t k = 0; f != NULL && k < f->n_refs; k++) {
				if (!is_lost(l, v, f->refs[k], value))
					continue;
				snprintf(text, 256, "its parent %.*s/%.*s "
				    "ended badly", (int)f->refs[k].n,
				    f->refs[k].p, (int)value.n, value.p);
				return true;
			}
		}
	}
	return false;
}

/* Parents known by a relationship column.  Only asked when some ended badly
 * in this run, for it needs describes. */
static void
hold_orphans(struct sf_load *l, struct sf_wave *v, long phase)
{
	char text[256];

	if (sf_bad_count(l->lost) == 0)
		return;
	for (size_t i = 0; i < v->n; i++) {
		struct sf_row *r = &v->row[i];

		if (sf_row_goes(r) && sf_row_phase(r) == phase &&
		    r->op == SF_CREATE &&
		    lacks_parent(l, v, r, r->p.object, text))
			sf_row_settle(v, r, "waiting", "parent-failed", text);
	}
}

static void
note_bad(struct sf_load *l, const struct sf_wave *v)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct sf_row *r = &v->row[i];

		if (!sf_row_bad(r) || r->p.key.n == 0)
			continue;
		sf_bad_add(l->bad, r->p.object, r->p.key);
		if (*r->id == '\0')
			sf_bad_add(l->lost, r->p.object, r->p.key);
	}
}

void
sf_load_pass(struct sf_load *l, const struct sf_wave *v)
{
	note_bad(l, v);
}

static int
run_phase(struct sf_load *l, struct sf_wave *v, long phase, struct why *w)
{
	note_bad(l, v);
	sf_wave_begin(v, phase, l->bad);
	hold_orphans(l, v, phase);
	if (sf_look_match(l->s, v, phase, w) == -1)
		return -1;
	if (l->values != NULL &&
	    sf_values_check(l->values, v, phase, w) == -1)
		return -1;
	if (run_plans(l, v, sf_plans_new(v, phase), w) == -1)
		return -1;
	return run_again(l, v, phase, w);
}

int
sf_load_wave(struct sf_load *l, struct sf_wave *v, struct why *w)
{
	int r = l->flights ? sf_look_flight(l->s, v, w) : 0;

	if (r == 0)
		r = sf_look_stale(l->s, v, w);
	for (long phase = sf_wave_phase(v, -1); r == 0 && phase != -1;
	    phase = sf_wave_phase(v, phase))
		r = run_phase(l, v, phase, w);
	if (r == -1)
		sf_load_give_up(v, w);
	note_bad(l, v);
	return r;
}
