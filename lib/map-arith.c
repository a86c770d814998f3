/* map-arith - jq's operators: + - * / % on numbers, text, arrays, objects */

#include <math.h>

#include "map-eval.h"

static int
refuse(struct ev *e, struct val a, struct val b, const char *what)
{
	char x[64], y[64];

	return ev_error(e, "%s and %s cannot be %s",
	    val_show(a, x, sizeof(x)), val_show(b, y, sizeof(y)), what);
}

int
ev_concat(struct ev *e, struct val a, struct val b, struct val *out)
{
	char *p = ev_get(e, (size_t)a.n + b.n);

	if (p == NULL)
		return EV_ERROR;
	*out = val_text(p, (size_t)a.n + b.n);
	if ((out->flags = a.flags & b.flags & VF_CLEAN) != 0) {
		text_copy(text_copy(p, a.p, a.n), b.p, b.n);
	} else {
		memcpy(p, a.p, a.n);
		memcpy(p + a.n, b.p, b.n);
	}
	return EV_ONE;
}

static int
concat_arrays(struct ev *e, struct val a, struct val b, struct val *out)
{
	size_t n = (size_t)a.n + b.n;
	struct val *items = ev_get(e, n * sizeof(*items));

	if (items == NULL)
		return EV_ERROR;
	if (a.n > 0)
		memcpy(items, a.items, a.n * sizeof(*items));
	if (b.n > 0)
		memcpy(items + a.n, b.items, b.n * sizeof(*items));
	return ev_list(e, items, n, out);
}

/* b's members over a's; with `deep`, objects under one key are merged. */
static int
merge(struct ev *e, struct val a, struct val b, bool deep, struct val *out)
{
	struct member *m = ev_get(e, ((size_t)a.n + b.n) * sizeof(*m));
	struct val old, v;
	uint32_t i, n = a.n;

	if (m == NULL)
		return EV_ERROR;
	if (a.n > 0)
		memcpy(m, a.members, a.n * sizeof(*m));
	for (i = 0; i < b.n; i++) {
		v = b.members[i].value;
		old = val_get(a, val_bytes(b.members[i].key), NULL);
		if (deep && old.kind == V_OBJECT && v.kind == V_OBJECT &&
		    merge(e, old, v, true, &v) != EV_ONE)
			return EV_ERROR;
		if ((e->steps += n / 64) > MAP_STEPS)
			return ev_tired(e);
		n = (uint32_t)ev_put(m, n, b.members[i].key, v);
	}
	*out = val_object(m, n);
	return EV_ONE;
}

static int
add(struct ev *e, struct val a, struct val b, struct val *out)
{
	if (a.kind <= V_NULL || b.kind <= V_NULL) {
		*out = a.kind <= V_NULL ? b : a;
		return EV_ONE;
	}
	if (a.kind != b.kind)
		return refuse(e, a, b, "added");
	switch (a.kind) {
	case V_NUMBER:
		*out = val_double(val_number(a) + val_number(b));
		return EV_ONE;
	case V_STRING:
		return ev_concat(e, a, b, out);
	case V_ARRAY:
		return concat_arrays(e, a, b, out);
	case V_OBJECT:
		return merge(e, a, b, false, out);
	default:
		return refuse(e, a, b, "added");
	}
}

static int
subtract(struct ev *e, struct val a, struct val b, struct val *out)
{
	struct val *items;
	uint32_t i, j, n = 0;

	if (a.kind == V_NUMBER && b.kind == V_NUMBER) {
		*out = val_double(val_number(a) - val_number(b));
		return EV_ONE;
	}
	if (a.kind != V_ARRAY || b.kind != V_ARRAY)
		return refuse(e, a, b, "subtracted");
	if ((items = ev_get(e, a.n * sizeof(*items))) == NULL)
		return EV_ERROR;
	for (i = 0; i < a.n; i++) {
		if (ev_look(e, &b) == EV_ERROR ||
		    ev_look(e, &a.items[i]) == EV_ERROR)
			return EV_ERROR;
		for (j = 0; j < b.n && !val_equal(a.items[i], b.items[j]); )
			j++;
		if (j == b.n)
			items[n++] = a.items[i];
	}
	return ev_list(e, items, n, out);
}

static int
repeat(struct ev *e, struct val s, double times, struct val *out)
{
	size_t i, n = times >= 1 ? (size_t)fmin(times, 1e9) : 0;
	char *p;

	if (!(times >= 0)) {
		*out = val_null();
		return EV_ONE;
	}
	if ((p = ev_get(e, n * s.n)) == NULL)
		return EV_ERROR;
	for (i = 0; s.n > 0 && i < n; i++)
		memcpy(p + i * s.n, s.p, s.n);
	*out = val_text(p, n * s.n);
	return EV_ONE;
}

static int
multiply(struct ev *e, struct val a, struct val b, struct val *out)
{
	if (a.kind == V_NUMBER && b.kind == V_NUMBER) {
		*out = val_double(val_number(a) * val_number(b));
		return EV_ONE;
	}
	if (a.kind == V_STRING && b.kind == V_NUMBER)
		return repeat(e, a, val_number(b), out);
	if (a.kind == V_NUMBER && b.kind == V_STRING)
		return repeat(e, b, val_number(a), out);
	if (a.kind == V_OBJECT && b.kind == V_OBJECT)
		return merge(e, a, b, true, out);
	return refuse(e, a, b, "multiplied");
}

static int
divide(struct ev *e, struct val a, struct val b, struct val *out)
{
	if (a.kind == V_STRING && b.kind == V_STRING)
		return ev_look(e, &a) == EV_ONE ? text_split(e, a, b, out) :
		    EV_ERROR;
	if (a.kind != V_NUMBER || b.kind != V_NUMBER)
		return refuse(e, a, b, "divided");
	if (val_number(b) == 0)
		return refuse(e, a, b,
		    "divided because the divisor is zero");
	*out = val_double(val_number(a) / val_number(b));
	return EV_ONE;
}

static int64_t
whole(double d)
{
	if (isnan(d))
		return 0;
	return d >= 9.2e18 ? INT64_MAX : d <= -9.2e18 ? -INT64_MAX :
	    (int64_t)d;
}

static int
modulo(struct ev *e, struct val a, struct val b, struct val *out)
{
	int64_t divisor;

	if (a.kind != V_NUMBER || b.kind != V_NUMBER)
		return refuse(e, a, b, "divided (remainder)");
	if (isnan(val_number(a)) || isnan(val_number(b))) {
		*out = val_double(NAN);
		return EV_ONE;
	}
	divisor = whole(val_number(b));
	if (divisor == 0)
		return refuse(e, a, b, "divided (remainder) because the "
		    "divisor is zero");
	*out = val_double((double)(whole(val_number(a)) % divisor));
	return EV_ONE;
}

int
ev_arith(struct ev *e, enum op op, struct val a, struct val b,
    struct val *out)
{
	switch (op) {
	case N_ADD:
		return add(e, a, b, out);
	case N_SUB:
		return subtract(e, a, b, out);
	case N_MUL:
		return multiply(e, a, b, out);
	case N_DIV:
		return divide(e, a, b, out);
	default:
		return modulo(e, a, b, out);
	}
}
