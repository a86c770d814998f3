/* salesforce-load - a wave loaded: phase by phase, job by job. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "flow.h"
#include "reasons.h"
#include "salesforce-budget.h"
#include "salesforce-load.h"
#include "salesforce-lot.h"
#include "salesforce-session.h"
#include "salesforce-values.h"

/* By Collections a wave is an array of calls in memory. */
enum { JOBS_MAX = 16, COLLECT_MAX = 10000, CACHE_KB = 2048 };

struct sf_load {
	struct sf *s;
	struct sf_bad *bad;	/* ended badly in this run */
	struct sf_bad *lost;	/* those of them that Salesforce lacks */
	struct sf_values *values;	/* NULL: not checked here */
	int64_t max_upload;
	size_t few;		/* rows: fewer go by Collections */
	size_t jobs;		/* on their way at once */
	bool flights;		/* a run before this one was killed */
	struct sf_known known;
	unsigned round;		/* of rows that go again; 0: the first time */
	struct why late;	/* rows wait, for the day's calls have no room */
};

static long
within(long n, long least, long most)
{
	return n < least ? least : n > most ? most : n;
}

struct sf_load *
sf_load_new(struct sf *s)
{
	struct sf_load *l = xcalloc(1, sizeof(*l));

	l->s = s;
	l->bad = sf_bad_new();
	l->lost = sf_bad_new();
	if (conf_bool(s->conf, "salesforce", "check_values"))
		l->values = sf_values_new(s);
	if (s->ledger != NULL)
		ledger_cache(s->ledger, CACHE_KB);
	l->flights = s->ledger != NULL &&
	    ledger_flights(s->ledger, NULL) != 0;
	l->max_upload = conf_int(s->conf, "salesforce", "max_upload");
	l->few = (size_t)within(conf_int(s->conf, "salesforce",
	    "collections_below"), 0, COLLECT_MAX);
	l->jobs = (size_t)within(conf_int(s->conf, "salesforce", "jobs"), 1,
	    JOBS_MAX);
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
	bool near = strcmp(w->code, "limit-near") == 0;

	for (size_t i = 0; i < v->n; i++)
		if (sf_row_goes(&v->row[i]))
			sf_row_settle(v, &v->row[i], "waiting", near ?
			    "limit-near" : "not-sent", text);
	free(text);
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
has(struct slice t, const char *part)
{
	return t.n > 0 && memmem(t.p, t.n, part, strlen(part)) != NULL;
}

/* A trigger that meets a governor limit gets by with fewer rows at once. */
static bool
passes(struct slice code, struct slice message)
{
	return reasons_transient(code) ||
	    (slice_is(code, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY") &&
	    has(message, "LimitException"));
}

/* The code as a reason: it stays with the row. */
static const char *
reason_of(struct sf_wave *v, struct slice code)
{
	return pool_dup(v->pool, code.p, code.n);
}

bool
sf_row_loaded(struct sf_wave *v, struct sf_row *r, struct slice id,
    bool created)
{
	if (r->op == SF_CREATE ? !sf_id_take(r->id, id) :
	    id.n < 15 || memcmp(id.p, r->id, 15) != 0)
		return false;
	sf_row_settle(v, r, r->op == SF_DELETE ? "deleted" :
	    created ? "created" : "updated", NULL, NULL);
	return true;
}

/*
 * What only a new record may be given was refused, or there is one already:
 * made by a call whose answer was lost, or by somebody since it was looked
 * for.  Asked once, for a field that nobody may set, and another field that is
 * unique, are refused with the same codes.
 */
static bool
may_be_there(const struct sf_row *r, struct slice code, struct slice message)
{
	if (r->op != SF_CREATE || r->there || row_extid(r).n == 0)
		return false;
	return slice_is(code, "INVALID_FIELD_FOR_INSERT_UPDATE") ||
	    slice_is(code, "DUPLICATE_VALUE") ||
	    (slice_is(code, "FIELD_INTEGRITY_EXCEPTION") &&
	    has(message, "already exists"));
}

/*
 * A custom price came without its standard one, which is an entry of the same
 * record, in an earlier phase: that one ended badly, or nobody sends it.
 */
static void
no_standard_price(struct sf_wave *v, struct sf_row *r, const char *text)
{
	for (size_t i = r->record; i < v->n && v->row[i].record == r->record;
	    i++) {
		const struct sf_row *o = &v->row[i];

		if (o == r || !sf_row_bad(o) || !slice_eq(row_object(o),
		    row_object(r)) || sf_row_phase(o) >= sf_row_phase(r))
			continue;
		sf_row_settle(v, r, "waiting", "parent-failed", text);
		return;
	}
	sf_row_settle(v, r, "waiting", "parent-missing", text);
}

void
sf_row_failed(struct sf_wave *v, struct sf_row *r, struct slice code,
    struct slice message, struct slice fields)
{
	char *text;

	text = fields.n > 0 ? xasprintf("%.*s (%.*s)", (int)message.n,
	    message.p, (int)fields.n, fields.p) :
	    xasprintf("%.*s", (int)message.n, message.p);
	r->there = may_be_there(r, code, message);
	v->asks |= r->there;
	if (passes(code, message) || r->there)
		sf_row_settle(v, r, NULL, reason_of(v, code), text);
	else if (r->op == SF_DELETE && (slice_is(code, "ENTITY_IS_DELETED") ||
	    slice_is(code, "INVALID_CROSS_REFERENCE_KEY")))
		sf_row_settle(v, r, "deleted", NULL, NULL);
	else if (slice_is(code, "CANNOT_UPDATE_CONVERTED_LEAD"))
		sf_row_settle(v, r, "skipped", "converted", text);
	else if (slice_is(code, "INVALID_FIELD") &&
	    has(message, "Foreign key external ID"))
		sf_row_settle(v, r, "waiting", "parent-missing", text);
	else if (slice_is(code, "STANDARD_PRICE_NOT_DEFINED"))
		no_standard_price(v, r, text);
	else
		sf_row_settle(v, r, "failed", reason_of(v, code), text);
	free(text);
}

/* Rows that were tried and still go on. */
static size_t
gather_again(struct sf_wave *v, long phase, struct sf_row **rows)
{
	size_t n = 0;

	if (sf_wave_goes(v, phase) == 0)
		return 0;
	for (size_t i = 0; i < v->n; i++) {
		struct sf_row *r = &v->row[i];

		if (!sf_row_goes(r) || sf_row_phase(r) != phase)
			continue;
		if (r->tries++ < SF_TRIES)
			rows[n++] = r;
		else
			sf_row_settle(v, r, "waiting", sf_row_reason(v, r),
			    sf_row_message(v, r));
	}
	return n;
}

void
sf_load_worse(struct why *w, const struct why *another)
{
	if (flow_worse((int)w->kind, (int)another->kind) != (int)w->kind)
		*w = *another;
}

/* Lots on their way, the oldest first. */
struct sent {
	struct sf_lot lot[JOBS_MAX];
	size_t n;
};

/* The oldest is answered, or given up: once Salesforce does not answer, the
 * other jobs are left to the next run too. */
static int
wait_oldest(struct sent *sent, bool given_up, struct why *w)
{
	struct sf_lot *t = &sent->lot[0];
	int r = 0;

	if (given_up)
		sf_lot_untold(t, "waiting", "no-result", w->text);
	else
		r = sf_lot_wait(t, w);
	memmove(t, t + 1, --sent->n * sizeof(*t));
	return r;
}

static int
wait_all(struct sent *sent, int r, struct why *w)
{
	struct why last = *w, one;

	while (sent->n > 0) {
		one = r == -1 ? last : (struct why){0};
		if (wait_oldest(sent, r == -1 && last.kind != WHY_SETUP,
		    &one) == 0)
			continue;
		last = one;
		if (r == -1)
			sf_load_worse(w, &one);
		else
			*w = one;
		r = -1;
	}
	return r;
}

static int
send_plan(struct sf_load *l, struct sent *sent, const struct sf_lot *first,
    struct why *w)
{
	struct sf_lot *t;
	size_t at = 0;

	while (at < first->part.plan->rows) {
		if (sent->n == l->jobs && wait_oldest(sent, false, w) == -1)
			return -1;
		t = &sent->lot[sent->n];
		*t = *first;
		t->part.from = at;
		if (sf_lot_send(t, w) == -1)
			return -1;
		at = t->part.to;
		sent->n++;
	}
	return 0;
}

/* Plans that do not wait for each other. */
static int
run_group(struct sf_load *l, struct sf_wave *v, struct sf_plans *ps,
    size_t from, size_t to, struct why *w)
{
	struct sent sent = { .n = 0 };
	struct sf_lot t = { .s = l->s, .v = v, .few = l->few,
	    .max_upload = l->max_upload, .round = l->round,
	    .part = { .ps = ps } };
	int r = 0;

	for (size_t i = from; i < to && r == 0; i++) {
		t.part.plan = &ps->plan[i];
		r = send_plan(l, &sent, &t, w);
	}
	r = wait_all(&sent, r, w);
	for (size_t i = from; i < to && r == 0; i++)
		r = sf_look_gone(l->s, v, &ps->plan[i], w);
	return r;
}

static int
run_plans(struct sf_load *l, struct sf_wave *v, struct sf_plans *ps,
    struct why *w)
{
	const struct sf_plan *p = ps->plan;
	size_t to;
	int r = 0;

	for (size_t i = 0; i < ps->n && r == 0; i = to) {
		for (to = i + 1; to < ps->n && p[to].op == p[i].op &&
		    p[to].round == p[i].round; to++)
			continue;
		r = run_group(l, v, ps, i, to, w);
	}
	sf_plans_free(ps);
	return r;
}

/* Some are settled by what was looked up. */
static size_t
still_go(struct sf_row **rows, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (sf_row_goes(rows[i]))
			rows[kept++] = rows[i];
	return kept;
}

/* An insert that had no answer may have been done, and an upsert too. */
static int
look_again(struct sf_load *l, struct sf_wave *v, long phase, struct why *w)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct sf_row *r = &v->row[i];

		if (sf_row_goes(r) && sf_row_phase(r) == phase &&
		    r->op == SF_CREATE && (row_extid(r).n == 0 || r->there))
			return sf_look_match(l->s, v, phase, w);
	}
	return 0;
}

/* Locks are held for moments: a short rest before each round.  A round that
 * the day's calls have no room for is left to the next run. */
static int
run_again(struct sf_load *l, struct sf_wave *v, long phase, struct why *w)
{
	struct sf_row **rows = xmalloc((sf_wave_goes(v, phase) + 1) *
	    sizeof(struct sf_row *));
	struct timespec rest = { 0, 100000000 };
	size_t n;
	int r = 0;

	while (r == 0 && (n = gather_again(v, phase, rows)) > 0 &&
	    sf_budget_again(l->s, v, l->few, phase, ++l->round, &l->late)) {
		nanosleep(&rest, NULL);
		rest.tv_sec = rest.tv_sec * 2 + 1;
		if ((r = look_again(l, v, phase, w)) == 0)
			r = run_plans(l, v, sf_plans_of(rows,
			    still_go(rows, n)), w);
	}
	l->round = 0;
	free(rows);
	return r;
}

/* Of a shared key one record may wait or fail where another brings it. */
static bool
is_lost(const struct sf_load *l, struct sf_wave *v, struct slice object,
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

/* Has a lookup column of the row a key that was not loaded in this run?  1, 0,
 * -1. */
static int
lacks_parent(struct sf_load *l, struct sf_wave *v,
    const struct sf_row *r, struct slice object, char text[256],
    struct why *w)
{
	const struct slice part[] = { row_insert(r), row_fields(r) };
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
			if (sf_describe(l->s, object, w) == NULL)
				return -1;
			f = sf_lookup(l->s, object, name, w);
			for (size_t k = 0; f != NULL && k < f->n_refs; k++) {
				if (!is_lost(l, v, f->refs[k], value))
					continue;
				snprintf(text, 256, "its parent %.*s/%.*s "
				    "ended badly", (int)f->refs[k].n,
				    f->refs[k].p, (int)value.n, value.p);
				return 1;
			}
		}
	}
	return 0;
}

/* Parents known by a relationship column.  Only asked when some ended badly
 * in this run, for it needs describes. */
static int
hold_orphans(struct sf_load *l, struct sf_wave *v, long phase, struct why *w)
{
	char text[256];
	int lacks;

	if (sf_bad_count(l->lost) == 0)
		return 0;
	for (size_t i = 0; i < v->n; i++) {
		struct sf_row *r = &v->row[i];

		if (!sf_row_goes(r) || sf_row_phase(r) != phase ||
		    r->op != SF_CREATE)
			continue;
		lacks = lacks_parent(l, v, r, row_object(r), text, w);
		if (lacks == -1)
			return -1;
		if (lacks == 1)
			sf_row_settle(v, r, "waiting", "parent-failed", text);
	}
	return 0;
}

static void
note_bad(struct sf_load *l, const struct sf_wave *v)
{
	for (size_t i = 0; i < v->n && v->bad; i++) {
		const struct sf_row *r = &v->row[i];

		if (!sf_row_bad(r) || row_key(r).n == 0)
			continue;
		sf_bad_add(l->bad, row_object(r), row_key(r));
		if (*r->id == '\0')
			sf_bad_add(l->lost, row_object(r), row_key(r));
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
	struct sf_plans *ps;

	note_bad(l, v);
	sf_wave_begin(v, phase, l->bad);
	if (hold_orphans(l, v, phase, w) == -1 ||
	    sf_look_match(l->s, v, phase, w) == -1)
		return -1;
	ps = sf_plans_new(v, phase, l->values == NULL ? NULL :
	    sf_values_check, l->values, w);
	if (ps == NULL || run_plans(l, v, ps, w) == -1)
		return -1;
	return run_again(l, v, phase, w);
}

int
sf_load_wave(struct sf_load *l, struct sf_wave *v, struct why *w)
{
	int r = sf_budget(l->s, v, l->few, &l->late, w);

	if (r == 0 && l->s->ledger != NULL)
		r = sf_look_flight(l->s, v, l->flights, &l->known, w);
	if (r == 0)
		r = sf_look_stale(l->s, v, w);
	for (long phase = sf_wave_phase(v, -1); r == 0 && phase != -1;
	    phase = sf_wave_phase(v, phase))
		r = run_phase(l, v, phase, w);
	if (r == 0)
		r = sf_look_claim(l->s, v, w);
	if (r == -1)
		sf_load_give_up(v, w);
	if (r == 0 && l->late.kind != WHY_NONE) {
		*w = l->late;
		r = -1;
	}
	note_bad(l, v);
	return r;
}
