/* steps - which steps of a record are due. */
#include "steps.h"

static const struct {
	const char *verdict;
	enum step_fate fate;
} fates[] = {
	{ "created", STEP_SENT }, { "updated", STEP_SENT },
	{ "deleted", STEP_SENT }, { "unchanged", STEP_SAME },
	{ "skipped", STEP_SKIPPED },
};

enum step_fate
steps_fate(struct slice verdict)
{
	size_t i;

	for (i = 0; i < sizeof(fates) / sizeof(fates[0]); i++)
		if (slice_is(verdict, fates[i].verdict))
			return fates[i].fate;
	return STEP_BAD;
}

struct step
steps_of(const struct payload *p)
{
	return (struct step){
		.map = p->map, .object = p->object, .key = p->key,
		.parent = p->parent, .with = p->with, .phase = p->phase,
		.fate = p->verdict.p == NULL ? STEP_GOES :
		    steps_fate(p->verdict),
		.reason = p->reason, .delete = p->delete,
		.own = true,
	};
}

/* Names with escapes in them are not map names, so raw text will do. */
bool
steps_names(struct slice with, struct slice map)
{
	struct slice v;
	struct scan s;

	if (with.n == 0 || map.n == 0)
		return false;
	scan_enter(&s, with);
	while (scan_element(&s, &v))
		if (v.n == map.n + 2 && v.p[0] == '"' &&
		    memcmp(v.p + 1, map.p, map.n) == 0)
			return true;
	return false;
}

static bool
goes(const struct step *s)
{
	return (s->fate == STEP_GOES && s->answer == STEP_PASS) ||
	    s->fate == STEP_SENT;
}

static bool
bad(const struct step *s)
{
	return s->fate == STEP_BAD || s->answer == STEP_WAIT;
}

static bool
skipped(const struct step *s)
{
	return s->fate == STEP_SKIPPED || s->answer == STEP_SKIP;
}

/*
 * Before or after those it stands around?  A verdict has lost its phase; when
 * all of them are verdicts, a step before would have been answered by who
 * made them, so what is left is one after.
 */
static bool
is_before(const struct step *step, const struct step *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i].phase >= 0 && steps_names(step->with, s[i].map))
			return step->phase < s[i].phase;
	return false;
}

bool
steps_parent(struct slice parent, struct slice object, struct slice key)
{
	size_t n = object.n;

	return key.p != NULL && parent.n == n + 1 + key.n &&
	    parent.p[n] == '/' && memcmp(parent.p, object.p, n) == 0 &&
	    memcmp(parent.p + n + 1, key.p, key.n) == 0;
}

static bool
is_parent(struct slice parent, const struct step *s)
{
	return steps_parent(parent, s->object, s->key);
}

static void
answer(struct step *step, enum step_answer a, const struct step *s,
    size_t cause)
{
	step->answer = a;
	step->cause = cause;
	if (a == STEP_SKIP)
		step->reason = s[cause].reason;
}

/* Does a line that is no step, of the same record of Salesforce, live? */
static bool
lives(const struct step *c, const struct step *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (&s[i] != c && is_parent(c->parent, &s[i]) &&
		    s[i].with.n == 0 && !bad(&s[i]) && !skipped(&s[i]))
			return true;
	return false;
}

/*
 * Does line `p` decide for child `c`?  A parent may have several lines (the
 * order and its steps); steps after the child say nothing about it, nor does
 * a step before that was skipped because there is nothing to go back from.
 * A verdict has lost its `with`, so one of a step looks like the parent's own:
 * while a line of the parent lives, only a step that can still be told as one
 * before the child holds it back.
 */
static bool
speaks(const struct step *p, const struct step *c, const struct step *s,
    size_t n, bool alive)
{
	return p != c && is_parent(c->parent, p) &&
	    (p->with.n > 0 ? is_before(p, s, n) : !alive);
}

/* Of several lines of the parent the one that ended badly counts first. */
static bool
child(struct step *c, const struct step *s, size_t n)
{
	bool alive;
	size_t i;

	if (c->parent.n == 0)
		return false;
	alive = lives(c, s, n);
	for (i = 0; i < n; i++)
		if (bad(&s[i]) && speaks(&s[i], c, s, n, alive) &&
		    (s[i].with.n == 0 || steps_names(s[i].with, c->map))) {
			answer(c, STEP_WAIT, s, i);
			return true;
		}
	for (i = 0; i < n; i++)
		if (skipped(&s[i]) && s[i].with.n == 0 &&
		    speaks(&s[i], c, s, n, alive)) {
			answer(c, STEP_SKIP, s, i);
			return true;
		}
	return false;
}

/* What a map no longer gives may be what it could not say well. */
static bool
replaced(struct step *d, const struct step *s, size_t n)
{
	size_t i;

	if (!d->delete)
		return false;
	for (i = 0; i < n; i++)
		if (!s[i].delete && slice_eq(s[i].map, d->map) &&
		    (bad(&s[i]) || skipped(&s[i]))) {
			answer(d, bad(&s[i]) ? STEP_WAIT : STEP_SKIP, s, i);
			return true;
		}
	return false;
}

/* What a bad step before was for must not go without it. */
static bool
unprepared(struct step *p, const struct step *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (s[i].with.n > 0 && bad(&s[i]) && &s[i] != p &&
		    steps_names(s[i].with, p->map) && is_before(&s[i], s, n)) {
			answer(p, STEP_WAIT, s, i);
			return true;
		}
	return false;
}

/*
 * What a step stands around, seen at once.  `left_alone`: a setting says that
 * the record as a whole stays as it is, and so do the steps around it.  One
 * child of many that is skipped says nothing about the others.
 */
struct around {
	bool goes, same, left_alone;
	size_t bad, skipped;		/* a line each; n: none */
};

static struct around
look_around(const struct step *step, const struct step *s, size_t n)
{
	struct around a = { .bad = n, .skipped = n };
	size_t i;

	for (i = 0; i < n; i++) {
		if (&s[i] == step || !steps_names(step->with, s[i].map))
			continue;
		a.goes |= goes(&s[i]);
		a.same |= s[i].fate == STEP_SAME;
		if (bad(&s[i]))
			a.bad = i;
		if (!skipped(&s[i]))
			continue;
		a.left_alone |= s[i].parent.n == 0 &&
		    slice_is(s[i].reason, "only-insert");
		a.skipped = i;
	}
	return a;
}

/* True when the step is answered. */
static bool
settle_step(struct step *step, const struct step *s, size_t n)
{
	struct around a = look_around(step, s, n);
	bool before = is_before(step, s, n);

	if (!before && a.bad < n)
		answer(step, STEP_WAIT, s, a.bad);
	else if (a.goes)
		return false;
	else if (a.skipped < n && (a.left_alone || !a.same))
		answer(step, STEP_SKIP, s, a.skipped);
	else if (before || !step->own)
		answer(step, STEP_UNCHANGED, s, 0);
	else
		return false;
	return true;
}

/*
 * Every round can only take lines away, and what one takes away may be what
 * another stood around: an order's draft stands around its activation.
 */
void
steps_apply(struct step *s, size_t n)
{
	bool again = true;
	size_t i;

	for (i = 0; i < n; i++)
		s[i].answer = STEP_PASS;
	while (again) {
		again = false;
		for (i = 0; i < n; i++) {
			if (s[i].fate != STEP_GOES || s[i].answer != STEP_PASS)
				continue;
			if (child(&s[i], s, n) || replaced(&s[i], s, n) ||
			    unprepared(&s[i], s, n))
				again = true;
			else if (s[i].with.n > 0)
				again |= settle_step(&s[i], s, n);
		}
	}
}
