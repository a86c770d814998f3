/* salesforce-begin - a phase of a wave begins: what of it goes on, and as
 * what. */
#include <stdlib.h>

#include "salesforce-wave.h"
#include "steps.h"

static enum step_fate
fate(const struct sf_wave *v, const struct sf_row *r)
{
	const char *reason;

	if (r->verdict == NULL)
		return r->fate;
	reason = sf_row_reason(v, r);
	if (reason != NULL && strcmp(reason, "same-key") == 0)
		return STEP_SAME;
	return steps_fate(slice(r->verdict));
}

static void
answer(struct sf_wave *v, struct sf_row *r, const struct step *s,
    const struct step *cause)
{
	char *text;

	switch (s->answer) {
	case STEP_PASS:
		break;
	case STEP_UNCHANGED:
		sf_row_settle(v, r, "unchanged", NULL, NULL);
		break;
	case STEP_SKIP:
		sf_row_settle(v, r, "skipped", s->reason.n == 0 ? NULL :
		    pool_dup(v->pool, s->reason.p, s->reason.n), NULL);
		break;
	case STEP_WAIT:
		text = xasprintf("%.*s %.*s of the same record ended badly",
		    (int)cause->map.n, cause->map.p, (int)cause->key.n,
		    cause->key.p);
		sf_row_settle(v, r, "waiting", "parent-failed", text);
		free(text);
	}
}

static struct step
step_of(const struct sf_wave *v, const struct sf_row *r)
{
	struct payload p;
	struct step s;

	payload_whole(&p, &r->p);
	s = steps_of(&p);
	s.fate = fate(v, r);
	if (r->verdict != NULL)
		s.reason = slice(sf_row_reason(v, r));
	s.own = true;
	return s;
}

static bool
any_goes(const struct sf_wave *v, size_t from, size_t to, long phase)
{
	while (from < to && !(sf_row_goes(&v->row[from]) &&
	    sf_row_phase(&v->row[from]) == phase))
		from++;
	return from < to;
}

static bool
goes_or_went(const struct sf_wave *v, const struct sf_row *r)
{
	return sf_row_goes(r) || fate(v, r) == STEP_SENT;
}

/* Does step `at` stand around a line that goes on or was sent, and is none? */
static bool
stands_well(const struct sf_wave *v, size_t at, size_t from, size_t to)
{
	const struct sf_row *step = &v->row[at];

	if (step->near > 0 && goes_or_went(v, step - step->near))
		return true;
	for (size_t i = from; i < to; i++) {
		const struct sf_row *r = &v->row[i];

		if (goes_or_went(v, r) && !r->step &&
		    steps_names(row_with(step), row_map(r)))
			return true;
	}
	return false;
}

static bool
lives(const struct sf_wave *v, const struct sf_row *r)
{
	return sf_row_goes(r) || fate(v, r) <= STEP_SAME;
}

/* Has the record of Salesforce that row `at` is skipped for another line, that
 * lives, and is no child (of itself, it would not count)? */
static bool
lives_on(const struct sf_wave *v, size_t at, size_t from, size_t to)
{
	const struct sf_row *s = &v->row[at];

	if (s->near > 0 && lives(v, s + s->near))
		return true;
	for (size_t i = from; i < to; i++) {
		const struct sf_row *r = &v->row[i];

		if (i != at && v->hash[i] == v->hash[at] && !r->child &&
		    !r->step && lives(v, r) && sf_row_same(r, s))
			return true;
	}
	return false;
}

/* As most records are: none of their lines decides anything for another one,
 * so steps_apply() need not be asked. */
static bool
is_well(const struct sf_wave *v, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct sf_row *r = &v->row[i];
		enum step_fate f = fate(v, r);

		if (f == STEP_BAD || (f == STEP_GOES && r->p.delete) ||
		    (f == STEP_GOES && r->step &&
		    !stands_well(v, i, from, to)) ||
		    (f == STEP_SKIPPED && !r->step &&
		    !lives_on(v, i, from, to)))
			return false;
	}
	return true;
}

/* The steps of one record, applied to what goes on in this phase. */
static void
begin_record(struct sf_wave *v, size_t from, size_t to, long phase)
{
	struct step *s;

	if (to - from < 2 || !any_goes(v, from, to, phase) ||
	    is_well(v, from, to))
		return;
	s = xmalloc((to - from) * sizeof(*s));
	for (size_t i = from; i < to; i++)
		s[i - from] = step_of(v, &v->row[i]);
	steps_apply(s, to - from);
	for (size_t i = from; i < to; i++)
		if (sf_row_goes(&v->row[i]) &&
		    sf_row_phase(&v->row[i]) == phase)
			answer(v, &v->row[i], &s[i - from],
			    &s[s[i - from].cause]);
	free(s);
}

/* OBJECT/KEY */
static bool
split_parent(struct slice parent, struct slice *object, struct slice *key)
{
	const char *slash = parent.n == 0 ? NULL :
	    memchr(parent.p, '/', parent.n);

	if (slash == NULL)
		return false;
	*object = (struct slice){ parent.p, (size_t)(slash - parent.p) };
	*key = (struct slice){ slash + 1, parent.n - object->n - 1 };
	return true;
}

/* A step behind its record (activate) fails without harm to the children:
 * only what comes before the child counts; by its place where it came as a
 * verdict, which has no phase. */
static bool
parent_bad(struct sf_wave *v, const struct sf_row *child,
    const struct sf_bad *bad)
{
	struct slice object, key;
	struct sf_row *r;

	if ((!v->bad && (bad == NULL || sf_bad_count(bad) == 0)) ||
	    !split_parent(row_parent(child), &object, &key))
		return false;
	r = sf_wave_find(v, object, key, NULL);
	if (r == NULL)
		return bad != NULL && sf_bad_has(bad, object, key);
	for (; r != NULL; r = sf_wave_find(v, object, key, r))
		if (sf_row_bad(r) && (r->passes ? r < child :
		    sf_row_phase(r) < sf_row_phase(child)))
			return true;
	return false;
}

/* Mostly no other row has its hash: no row is looked at. */
static void
take_id(struct sf_wave *v, struct sf_row *r)
{
	uint32_t h = v->hash[r - v->row];
	const struct sf_row *o;

	for (uint32_t i = v->bucket[h & (v->buckets - 1)];
	    i != 0 && *r->id == '\0'; i = v->next[i - 1]) {
		o = &v->row[i - 1];
		if (v->hash[i - 1] == h && o != r && *o->id != '\0' &&
		    sf_row_same(o, r) && !sf_row_goes(o) && !sf_row_bad(o))
			memcpy(r->id, o->id, sizeof(r->id));
	}
}

/* What `op` is, its own members may forbid. */
static void
begin_special(struct sf_wave *v, struct sf_row *r)
{
	if (r->p.delete)
		r->op = SF_DELETE;
	if (r->op == SF_DELETE && *r->id == '\0')
		sf_row_settle(v, r, "rejected", "no-key",
		    "a delete without an id");
	else if (r->op == SF_UPDATE && slice_is(row_only(r), "insert"))
		sf_row_settle(v, r, "skipped", "only-insert", NULL);
	else if (r->op == SF_CREATE && slice_is(row_only(r), "update"))
		sf_row_settle(v, r, "skipped", "only-update", NULL);
	else if (r->op == SF_CREATE && row_with(r).p != NULL)
		sf_row_settle(v, r, "waiting", "parent-missing",
		    "what this step is around is not in Salesforce yet");
}

static void
begin_row(struct sf_wave *v, struct sf_row *r, const struct sf_bad *bad)
{
	char *text;

	if (r->child && parent_bad(v, r, bad)) {
		text = xasprintf("its parent %.*s ended badly",
		    (int)row_parent(r).n, row_parent(r).p);
		sf_row_settle(v, r, "waiting", "parent-failed", text);
		free(text);
		return;
	}
	if (*r->id == '\0' && v->ids && v->twins)
		take_id(v, r);
	r->op = *r->id == '\0' ? SF_CREATE : SF_UPDATE;
	if (!r->plain)
		begin_special(v, r);
}

void
sf_wave_begin(struct sf_wave *v, long phase, const struct sf_bad *bad)
{
	size_t to;

	for (size_t i = 0; i < v->n && v->several && v->decides; i = to) {
		for (to = i + 1; to < v->n &&
		    v->row[to].record == v->row[i].record; to++)
			continue;
		begin_record(v, i, to, phase);
	}
	if (v->ids)
		sf_wave_index(v);
	for (size_t i = 0; i < v->n; i++)
		if (sf_row_goes(&v->row[i]) &&
		    sf_row_phase(&v->row[i]) == phase)
			begin_row(v, &v->row[i], bad);
}
