/* map-func - builtins on any value: types, conversion, errors, generators */

#include <math.h>
#include <stdlib.h>

#include "map-int.h"

static int
fn_not(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)e, (void)arg;
	*out = val_bool(!val_true(in));
	return EV_ONE;
}

static int
fn_empty(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)e, (void)in, (void)arg, (void)out;
	return EV_NONE;
}

static int
fn_error(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg, (void)out;
	e->error = in;
	return EV_ERROR;
}

static int
fn_error1(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)in, (void)out;
	e->error = arg[0];
	return EV_ERROR;
}

static int
fn_type(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)e, (void)arg;
	*out = val_slice(slice(val_type(in)));
	return EV_ONE;
}

static int
fn_length(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	char room[64];

	(void)arg;
	switch (in.kind) {
	case V_ABSENT: case V_NULL:
		*out = val_double(0);
		return EV_ONE;
	case V_NUMBER:
		*out = val_double(fabs(val_number(in)));
		return EV_ONE;
	case V_STRING:
		*out = val_double((double)val_points(val_bytes(in)));
		return EV_ONE;
	case V_ARRAY: case V_OBJECT:
		*out = val_double(in.n);
		return EV_ONE;
	default:
		return ev_error(e, "%s has no length", val_show(in, room,
		    sizeof(room)));
	}
}

static int
fn_utf8bytelength(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	char room[64];

	(void)arg;
	if (in.kind != V_STRING)
		return ev_error(e, "%s only strings have UTF-8 byte length",
		    val_show(in, room, sizeof(room)));
	*out = val_double(in.n);
	return EV_ONE;
}

/* ---- conversion ---- */

void
text_put(struct ev *e, struct val v)
{
	if (v.kind == V_STRING)
		buf_slice(&e->text, val_bytes(v));
	else
		val_json(&e->text, v);
}

static int
fn_tostring(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)arg;
	*out = in;
	if (in.kind == V_STRING)
		return EV_ONE;
	val_json(&e->text, in);
	return ev_scratch(e, out);
}

static int
fn_tojson(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)arg;
	val_json(&e->text, in);
	return ev_scratch(e, out);
}

static int
fn_fromjson(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	char room[64];
	struct why w;

	(void)arg;
	if (in.kind != V_STRING)
		return ev_error(e, "%s cannot be parsed as JSON",
		    val_show(in, room, sizeof(room)));
	/* values need up to 24 times the bytes of their text */
	if (ev_get(e, (size_t)in.n * 24) == NULL)
		return EV_ERROR;
	if (val_parse(val_bytes(in), e->pool, out, &w) == 0)
		return EV_ONE;
	return ev_error(e, "%s (while parsing '%.*s')", w.text,
	    val_cut(val_bytes(in), 100), in.p);
}

/* jq reads more than JSON allows: " 12 ", 5. and .5 and 007. */
static int
fn_tonumber(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct slice s = { in.p, in.n };
	char room[64], *end;
	struct why w;

	(void)arg;
	*out = in;
	if (in.kind == V_NUMBER)
		return EV_ONE;
	if (in.kind != V_STRING)
		return ev_error(e, "%s cannot be parsed as a number",
		    val_show(in, room, sizeof(room)));
	if (s.n < 100 && val_parse(s, e->pool, out, &w) == 0 &&
	    out->kind == V_NUMBER)
		return EV_ONE;
	if (s.n > 0 && s.n < sizeof(room)) {
		memcpy(room, s.p, s.n);
		room[s.n] = '\0';
		*out = val_double(strtod(room, &end));
		if (*end == '\0' && strspn(room, " \t\n+-.0123456789eE") ==
		    s.n)
			return EV_ONE;
	}
	return ev_error(e, "'%.*s' is no number", val_cut(val_bytes(in), 100),
	    in.p);
}

/* ---- numbers ---- */

static int
number(struct ev *e, struct val in, double *d)
{
	char room[64];

	*d = 0;
	if (in.kind != V_NUMBER)
		return ev_error(e, "%s number required", val_show(in, room,
		    sizeof(room)));
	*d = val_number(in);
	return EV_ONE;
}

#define NUMERIC(name, what) \
static int \
fn_##name(struct ev *e, struct val in, const struct val *arg, \
    struct val *out) \
{ \
	double d; \
	int r = number(e, in, &d); \
\
	(void)arg; \
	*out = val_double(what(d)); \
	return r; \
}

NUMERIC(floor, floor)
NUMERIC(ceil, ceil)
NUMERIC(round, round)
NUMERIC(fabs, fabs)
NUMERIC(sqrt, sqrt)
NUMERIC(trunc, trunc)
#undef NUMERIC

static int
fn_abs(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	double d;
	int r = number(e, in, &d);

	(void)arg;
	*out = d < 0 ? val_double(-d) : in;	/* keeps the text if it can */
	return r;
}

static int
fn_pow(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	double x, y;

	(void)in;
	if (number(e, arg[0], &x) != EV_ONE || number(e, arg[1], &y) != EV_ONE)
		return EV_ERROR;
	*out = val_double(pow(x, y));
	return EV_ONE;
}

static int
fn_isnan(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	double d;
	int r = number(e, in, &d);

	(void)arg;
	*out = val_bool(isnan(d));
	return r;
}

static int
fn_nan(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)e, (void)in, (void)arg;
	*out = val_double(NAN);
	return EV_ONE;
}

static int
fn_infinite(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)e, (void)in, (void)arg;
	*out = val_double(INFINITY);
	return EV_ONE;
}

/* ---- generators ---- */

struct range {			/* its three arguments, from the first */
	struct cont k;
	const struct node *n;
	struct val in;
	struct cont *to;
	int at;
	double arg[3];
};

static int
count(struct ev *e, const double *arg, struct cont *k)
{
	double d, by = arg[2];
	int r = EV_NONE;

	if (by == 0)
		return arg[0] >= arg[1] ? EV_NONE :
		    ev_error(e, "range has a step of 0");
	for (d = arg[0]; by > 0 ? d < arg[1] : d > arg[1]; d += by) {
		if (++e->steps > MAP_STEPS) {
			e->fatal = true;
			return ev_error(e, "takes more than %d steps",
			    MAP_STEPS);
		}
		if ((r = k->take(e, val_double(d), k)) != EV_NONE)
			break;
	}
	return r;
}

static int
take_bound(struct ev *e, struct val v, struct cont *self)
{
	struct range r = *(struct range *)self;

	if (v.kind != V_NUMBER)
		return ev_error(e, "Range bounds must be numeric");
	r.arg[r.at++] = val_number(v);
	if (r.at < 3)
		return ev_all(e, r.n->kid[r.at], r.in, &r.k);
	return count(e, r.arg, r.to);
}

static int
gen_range(struct ev *e, const struct node *n, struct val in, struct cont *k)
{
	struct range r = { { take_bound }, n, in, k, 0, { 0 } };

	return ev_all(e, n->kid[0], in, &r.k);
}

struct limit {
	struct cont k;
	const struct node *n;
	struct val in;
	struct cont *to;
	double left;
};

static int
take_limited(struct ev *e, struct val v, struct cont *self)
{
	struct limit *l = (struct limit *)self;
	int r = l->to->take(e, v, l->to);

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
		0 };
	int r;

	if (v.kind != V_NUMBER)
		return ev_error(e, "limit needs a number");
	l.left = val_number(v);
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
	struct limit l = { { take_limit }, n, in, k, 0 };

	return ev_all(e, n->kid[0], in, &l.k);
}

const struct func func_core[] = {
	{ "not", 0, fn_not, NULL, FUNC_SHALLOW },
	{ "empty", 0, fn_empty, NULL, FUNC_SHALLOW },
	{ "error", 0, fn_error, NULL, 0 },
	{ "error", 1, fn_error1, NULL, FUNC_SHALLOW },
	{ "type", 0, fn_type, NULL, FUNC_SHALLOW },
	{ "length", 0, fn_length, NULL, FUNC_COUNTS },
	{ "utf8bytelength", 0, fn_utf8bytelength, NULL, 0 },
	{ "tostring", 0, fn_tostring, NULL, 0 },
	{ "tojson", 0, fn_tojson, NULL, 0 },
	{ "fromjson", 0, fn_fromjson, NULL, 0 },
	{ "tonumber", 0, fn_tonumber, NULL, 0 },
	{ "floor", 0, fn_floor, NULL, 0 },
	{ "ceil", 0, fn_ceil, NULL, 0 },
	{ "round", 0, fn_round, NULL, 0 },
	{ "trunc", 0, fn_trunc, NULL, 0 },
	{ "fabs", 0, fn_fabs, NULL, 0 },
	{ "abs", 0, fn_abs, NULL, 0 },
	{ "sqrt", 0, fn_sqrt, NULL, 0 },
	{ "pow", 2, fn_pow, NULL, FUNC_SHALLOW },
	{ "isnan", 0, fn_isnan, NULL, 0 },
	{ "nan", 0, fn_nan, NULL, FUNC_SHALLOW },
	{ "infinite", 0, fn_infinite, NULL, FUNC_SHALLOW },
	{ "range", 3, NULL, gen_range, FUNC_SHALLOW },
	{ "limit", 2, NULL, gen_limit, FUNC_SHALLOW | FUNC_PASSES },
	{ 0 }
};
