/* map-path - .name, .[index], .[from:to] of a value */

#include <math.h>

#include "map-eval.h"

/* What a table gives for a key that it does not have. */
static int
not_in_table(struct ev *e, struct val t, struct val key, struct val *out)
{
	const struct table *table = (const struct table *)(const void *)
	    ((const char *)t.members - offsetof(struct table, rows));
	char room[64];

	if (e->notes != NULL)
		buf_fmt(e->notes, "%s%.*s has no row for %s", e->notes->n > 0 ?
		    "; " : "", (int)table->file.n, table->file.p,
		    val_show(key, room, sizeof(room)));
	switch (table->missing) {
	case TABLE_DEFAULT:
		*out = table->fallback;
		return EV_ONE;
	case TABLE_HOLD:
		e->fatal = true;
		e->hold = table->code;
		break;
	case TABLE_ERROR:
		break;
	default:
		*out = val_null();
		return EV_ONE;
	}
	return ev_error(e, "%.*s has no row for %s", (int)table->file.n,
	    table->file.p, val_show(key, room, sizeof(room)));
}

static int
refuse(struct ev *e, struct val a, struct val b)
{
	if (b.kind == V_STRING)
		return ev_error(e, "Cannot index %s with string \"%.*s\"",
		    val_type(a), slice_cut(val_bytes(b), 100), b.p);
	return ev_error(e, "Cannot index %s with %s", val_type(a),
	    val_type(b));
}

static struct val
element(struct val a, double at)
{
	if (at >= 0 && at < a.n)	/* the usual case, and no call */
		return a.items[(uint32_t)at];
	at = trunc(at);
	if (at < 0)
		at += a.n;
	if (!(at >= 0 && at < a.n))
		return val_null();
	return a.items[(uint32_t)at];
}

int
ev_index(struct ev *e, struct val a, struct val b, uint32_t *hint,
    struct val *out)
{
	if (a.kind == V_OBJECT && b.kind == V_STRING) {
		if (!(a.flags & VF_TABLE))
			e->steps += a.n / 64;
		*out = val_get(a, val_bytes(b), hint);
		if (out->kind != V_ABSENT)
			return EV_ONE;
		if (a.flags & VF_TABLE)
			return not_in_table(e, a, b, out);
		out->kind = V_NULL;
		return EV_ONE;
	}
	if (a.kind <= V_NULL && (b.kind == V_OBJECT || b.kind == V_STRING ||
	    b.kind == V_NUMBER)) {
		*out = val_null();
		return EV_ONE;
	}
	if (a.kind == V_ARRAY && b.kind == V_NUMBER) {
		*out = element(a, val_number(b));
		return EV_ONE;
	}
	if (a.kind == V_ARRAY && b.kind == V_ARRAY)
		return list_indices(e, a, b, out);
	if (a.kind == V_OBJECT && (a.flags & VF_TABLE) && b.kind <= V_NULL)
		return not_in_table(e, a, b, out);
	if ((a.kind == V_ARRAY || a.kind == V_STRING) && b.kind == V_OBJECT)
		return ev_slice(e, a, val_get(b, SLICE("start"), NULL),
		    val_get(b, SLICE("end"), NULL), out);
	return refuse(e, a, b);
}

/* From the end when negative, and only then made whole; none: what nan
 * and a missing one are. */
static size_t
bound(struct val v, size_t none, size_t n, double (*whole)(double))
{
	double d;

	if (v.kind <= V_NULL || isnan(d = val_number(v)))
		return none;
	d = whole(d < 0 ? d + (double)n : d);
	return d < 0 ? 0 : d > (double)n ? n : (size_t)d;
}

int
ev_slice(struct ev *e, struct val a, struct val from, struct val to,
    struct val *out)
{
	size_t n, i, j;

	if (a.kind <= V_NULL) {
		*out = val_null();
		return EV_ONE;
	}
	if (a.kind != V_ARRAY && a.kind != V_STRING)
		return ev_error(e, "Cannot index %s with object",
		    val_type(a));
	if ((from.kind != V_NULL && from.kind != V_NUMBER) ||
	    (to.kind != V_NULL && to.kind != V_NUMBER))
		return ev_error(e, "Array/string slice indices must be "
		    "integers");
	if (a.kind == V_STRING && ev_look(e, &a) == EV_ERROR)
		return EV_ERROR;
	n = a.kind == V_ARRAY ? a.n : val_points(val_bytes(a));
	i = bound(from, 0, n, floor);
	j = bound(to, n, n, ceil);
	if (j < i)
		j = i;
	if (a.kind == V_ARRAY)
		return ev_list(e, j == i ? NULL : a.items + i, j - i, out);
	if (n < a.n) {		/* not a byte each */
		i = val_offset(val_bytes(a), i);
		j = val_offset(val_bytes(a), j);
	}
	*out = a;
	out->p += i;
	out->n = (uint32_t)(j - i);
	return EV_ONE;
}
