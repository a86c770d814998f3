/* map-func-gen - builtins that hand many values on, or go into values */

#include <math.h>

#include "map-eval.h"

/* ---- range ---- */

struct range {			/* its three arguments, from the first */
	struct cont k;
	const struct node *n;
	struct val in;
	struct cont *to;
	int at;
	double arg[3];
	bool odd;		/* one is no number */
};

static int
count(struct ev *e, const double *arg, struct cont *k)
{
	double d, by = arg[2];
	int r = EV_NONE;

	if (by == 0)
		return EV_NONE;
	for (d = arg[0]; by > 0 ? d < arg[1] : d > arg[1]; d += by) {
		if (ev_step(e) != 0)
			return EV_ERROR;
		if ((r = k->take(e, val_double(d), k)) != EV_NONE)
			break;
	}
	return r;
}

static int
take_bound(struct ev *e, struct val v, struct cont *self)
{
	struct range r = *(struct range *)self;

	r.odd |= v.kind != V_NUMBER;
	r.arg[r.at++] = v.kind == V_NUMBER ? val_number(v) : 0;
	if (r.at < 3)
		return ev_all(e, r.n->kid[r.at], r.in, &r.k);
	if (r.odd)
		return ev_error(e, "Range bounds must be numeric");
	return count(e, r.arg, r.to);
}

static int
gen_range(struct ev *e, const struct node *n, struct val in, struct cont *k)
{
	struct range r = { { take_bound }, n, in, k, 0, { 0 }, false };

	return ev_all(e, n->kid[0], in, &r.k);
}

/* ---- limit and skip ---- */

struct limit {
	struct cont k;
	const struct node *n;
	struct val in;
	struct cont *to;
	double left;
	struct val *odd;	/* what is no number fails at the first value */
};

static int
take_limited(struct ev *e, struct val v, struct cont *self)
{
	struct limit *l = (struct limit *)self;
	char room[64];
	int r;

	if (l->odd != NULL)
		return ev_error(e, "%s and number (1) cannot be subtracted",
		    val_show(*l->odd, room, sizeof(room)));
	r = l->to->take(e, v, l->to);
	if (r != EV_NONE || --l->left > 0)
		return r;
	e->stop = self;
	return EV_STOP;
}

static int
take_limit(struct ev *e, struct val v, struct cont *self)
{
	struct limit *outer = (struct limit *)self;
	struct limit l = { { take_limited }, outer->n, outer->in, outer->to,
		0, NULL };
	int r;

	if (v.kind > V_NUMBER)
		l.odd = &v;
	l.left = v.kind > V_NUMBER ? 1 : v.kind < V_NUMBER ? -1 :
	    val_number(v);
	if (l.left == 0)
		return EV_NONE;
	if (l.left < 0)		/* as jq: no limit */
		return ev_all(e, l.n->kid[1], l.in, l.to);
	r = ev_all(e, l.n->kid[1], l.in, &l.k);
	return r == EV_STOP && e->stop == &l.k ? EV_NONE : r;
}

static int
gen_limit(struct ev *e, const struct node *n, struct val in, struct cont *k)
{
	struct limit l = { { take_limit }, n, in, k, 0, NULL };

	return ev_all(e, n->kid[0], in, &l.k);
}

struct skip {
	struct cont k;
	const struct node *n;
	struct val in;
	struct cont *to;
	double left;
};

static int
take_skipped(struct ev *e, struct val v, struct cont *self)
{
	struct skip *s = (struct skip *)self;

	return s->left-- > 0 ? EV_NONE : s->to->take(e, v, s->to);
}

static int
take_skip(struct ev *e, struct val v, struct cont *self)
{
	struct skip s = *(struct skip *)self;

	if (v.kind != V_NUMBER)
		return ev_error(e, "skip needs a number");
	s.left = val_number(v);
	if (s.left < 0)
		return ev_error(e, "skip doesn't support negative count");
	s.k.take = take_skipped;
	return ev_all(e, s.n->kid[1], s.in, &s.k);
}

static int
gen_skip(struct ev *e, const struct node *n, struct val in, struct cont *k)
{
	struct skip s = { { take_skip }, n, in, k, 0 };

	return ev_all(e, n->kid[0], in, &s.k);
}

/* ---- combinations ---- */

/* One element of each array, the last array's changing first. */
static int
combine(struct ev *e, const struct val *arrays, uint32_t n, uint32_t at,
    struct val *chosen, struct cont *k)
{
	struct val *copy, v;
	char room[64];
	uint32_t i;
	int r = EV_NONE;

	if (at == n) {
		if ((copy = ev_get(e, n * sizeof(*copy))) == NULL)
			return EV_ERROR;
		if (n > 0)
			memcpy(copy, chosen, n * sizeof(*copy));
		r = ev_list(e, copy, n, &v);
		return r == EV_ONE ? k->take(e, v, k) : r;
	}
	v = arrays[at];
	if (v.kind != V_ARRAY && v.kind != V_OBJECT)
		return ev_error(e, "Cannot iterate over %s", v.kind <= V_NULL ?
		    "null (null)" : val_show(v, room, sizeof(room)));
	for (i = 0; r == EV_NONE && i < v.n; i++) {
		if (ev_step(e) < 0)
			return EV_ERROR;
		chosen[at] = v.kind == V_ARRAY ? v.items[i] :
		    v.members[i].value;
		r = combine(e, arrays, n, at + 1, chosen, k);
	}
	return r;
}

enum { COMBINED = 1000 };	/* arrays, of which each is a call */

static int
combinations(struct ev *e, const struct val *arrays, uint32_t n,
    struct cont *k)
{
	struct val *chosen;

	if (n > COMBINED)
		return ev_error(e, "combinations of more than %d arrays",
		    COMBINED);
	if ((chosen = ev_get(e, n * sizeof(*chosen))) == NULL)
		return EV_ERROR;
	return combine(e, arrays, n, 0, chosen, k);
}

/* Is its length 0, as jq has it?  That of a number is the number. */
static bool
is_empty(struct val v)
{
	return v.kind <= V_NULL ||
	    (v.kind == V_NUMBER && val_number(v) == 0) ||
	    (v.kind >= V_STRING && v.n == 0);
}

static int
gen_combinations(struct ev *e, const struct node *n, struct val in,
    struct cont *k)
{
	char room[64];

	(void)n;
	if (is_empty(in))
		return combinations(e, NULL, 0, k);
	if (in.kind == V_ARRAY)
		return combinations(e, in.items, in.n, k);
	if (in.kind == V_FALSE || in.kind == V_TRUE)
		return ev_error(e, "%s has no length", val_show(in, room,
		    sizeof(room)));
	return ev_error(e, "Cannot index %s with number", val_type(in));
}

struct power {
	struct cont k;
	struct val in;
	struct cont *to;
};

static int
take_power(struct ev *e, struct val v, struct cont *self)
{
	struct power *p = (struct power *)self;
	struct val *arrays;
	double n = v.kind == V_NUMBER ? ceil(val_number(v)) : -1;
	uint32_t i;

	if (v.kind != V_NUMBER)
		return ev_error(e, "Range bounds must be numeric");
	if (n > COMBINED)
		return ev_error(e, "combinations of more than %d arrays",
		    COMBINED);
	n = n > 0 ? n : 0;
	if ((arrays = ev_get(e, ((size_t)n + 1) * sizeof(*arrays))) == NULL)
		return EV_ERROR;
	for (i = 0; i < (uint32_t)n; i++)
		arrays[i] = p->in;
	return combinations(e, arrays, (uint32_t)n, p->to);
}

static int
gen_power(struct ev *e, const struct node *n, struct val in, struct cont *k)
{
	struct power p = { { take_power }, in, k };

	return ev_all(e, n->kid[0], in, &p.k);
}

/* ---- walk ---- */

struct collect {		/* all values, or the first */
	struct cont k;
	struct list list;
	bool first;
};

static int
take_walked(struct ev *e, struct val v, struct cont *self)
{
	struct collect *c = (struct collect *)self;

	if (ev_push(e, &c->list, v) != EV_NONE)
		return EV_ERROR;
	if (!c->first)
		return EV_NONE;
	e->stop = self;
	return EV_STOP;
}

static int walk(struct ev *e, const struct node *f, struct val v,
    struct cont *k);

static int
walk_array(struct ev *e, const struct node *f, struct val v, struct val *out)
{
	struct collect c = { { take_walked }, { NULL, 0, 0 }, false };
	uint32_t i;
	int r = EV_NONE;

	for (i = 0; r == EV_NONE && i < v.n; i++)
		r = walk(e, f, v.items[i], &c.k);
	return r == EV_NONE ? ev_list(e, c.list.v, c.list.n, out) : r;
}

static int
walk_object(struct ev *e, const struct node *f, struct val v,
    struct val *out)
{
	struct member *m = ev_get(e, v.n * sizeof(*m));
	struct collect c;
	uint32_t i;
	size_t n = 0;
	int r;

	if (m == NULL)
		return EV_ERROR;
	for (i = 0; i < v.n; i++) {
		if (v.members[i].value.kind == V_ABSENT)
			continue;
		c = (struct collect){ { take_walked }, { NULL, 0, 0 }, true };
		r = walk(e, f, v.members[i].value, &c.k);
		if (r == EV_ERROR || (r == EV_STOP && e->stop != &c.k))
			return r;
		if (c.list.n > 0)
			m[n++] = (struct member){ v.members[i].key,
			    c.list.v[0] };
	}
	*out = val_object(m, n);
	if (out->depth <= MAP_VALUE_DEPTH)
		return EV_ONE;
	return ev_error(e, "a value is nested deeper than %d",
	    MAP_VALUE_DEPTH);
}

/* From the inside out: what is in a value first, then the value. */
static int
walk(struct ev *e, const struct node *f, struct val v, struct cont *k)
{
	int r = EV_ONE;

	if (ev_step(e) < 0)
		return EV_ERROR;
	if (v.kind == V_ARRAY)
		r = walk_array(e, f, v, &v);
	else if (v.kind == V_OBJECT)
		r = walk_object(e, f, v, &v);
	return r == EV_ONE ? ev_all(e, f, v, k) : r;
}

static int
gen_walk(struct ev *e, const struct node *n, struct val in, struct cont *k)
{
	return walk(e, n->kid[0], in, k);
}

const struct func func_gen[] = {
	{ "range", 3, NULL, gen_range, FUNC_SHALLOW },
	{ "limit", 2, NULL, gen_limit, FUNC_SHALLOW | FUNC_PASSES },
	{ "skip", 2, NULL, gen_skip, FUNC_SHALLOW | FUNC_PASSES },
	{ "combinations", 0, NULL, gen_combinations, 0 },
	{ "combinations", 1, NULL, gen_power, 0 },
	{ "walk", 1, NULL, gen_walk, 0 },
	{ 0 }
};
