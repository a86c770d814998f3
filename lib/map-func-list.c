/* map-func-list - builtins on arrays and objects */

#include "map-eval.h"
#include "map-scan.h"

static int
fn_keys(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	struct val *items;
	struct member *m;
	char room[64];
	uint32_t i;

	(void)arg;
	if (in.kind != V_ARRAY && in.kind != V_OBJECT)
		return ev_error(e, "%s has no keys", val_show(in, room,
		    sizeof(room)));
	if ((items = ev_get(e, in.n * sizeof(*items))) == NULL)
		return EV_ERROR;
	m = in.kind == V_OBJECT ? val_sorted(in, e->pool) : NULL;
	for (i = 0; i < in.n; i++)
		items[i] = m != NULL ? m[i].key : val_double(i);
	return ev_list(e, items, in.n, out);
}

static int
fn_keys_unsorted(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct val *items;
	uint32_t i;

	if (in.kind != V_OBJECT)
		return fn_keys(e, in, arg, out);
	if ((items = ev_get(e, in.n * sizeof(*items))) == NULL)
		return EV_ERROR;
	for (i = 0; i < in.n; i++)
		items[i] = in.members[i].key;
	return ev_list(e, items, in.n, out);
}

static int
fn_has(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	double d;

	if (in.kind == V_OBJECT && arg[0].kind == V_STRING) {
		*out = val_bool(val_get(in, val_bytes(arg[0]), NULL).kind !=
		    V_ABSENT);
		return EV_ONE;
	}
	if (in.kind == V_ARRAY && arg[0].kind == V_NUMBER) {
		d = val_number(arg[0]);
		*out = val_bool(d >= 0 && d < in.n);
		return EV_ONE;
	}
	if (in.kind <= V_NULL) {
		*out = val_bool(false);
		return EV_ONE;
	}
	return ev_error(e, "Cannot check whether %s has a %s key",
	    val_type(in), val_type(arg[0]));
}

static int
fn_add(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	struct val sum = val_null(), v;
	char room[64];
	uint32_t i;

	(void)arg;
	if (in.kind != V_ARRAY && in.kind != V_OBJECT)
		return ev_error(e, "Cannot iterate over %s", in.kind <= V_NULL
		    ? "null (null)" : val_show(in, room, sizeof(room)));
	for (i = 0; i < in.n; i++) {
		v = in.kind == V_ARRAY ? in.items[i] : in.members[i].value;
		if (ev_arith(e, N_ADD, sum, v, &sum) != EV_ONE)
			return EV_ERROR;
	}
	*out = sum;
	return EV_ONE;
}

/* ---- containment ---- */

static int contains(struct ev *e, struct val a, struct val b);

static int
contains_element(struct ev *e, struct val a, struct val b)
{
	uint32_t i;
	int r;

	for (i = 0; i < a.n; i++) {
		r = a.items[i].kind == b.kind ? contains(e, a.items[i], b) :
		    0;
		if (r != 0)
			return r;
	}
	return 0;
}

static bool
same_type(struct val a, struct val b)
{
	return a.kind == b.kind ||
	    ((a.kind == V_TRUE || a.kind == V_FALSE) &&
	    (b.kind == V_TRUE || b.kind == V_FALSE));
}

/* 1, 0, or -1: the two cannot be compared so. */
static int
contains(struct ev *e, struct val a, struct val b)
{
	char x[64], y[64];
	struct val v;
	uint32_t i;
	int r = 1;

	e->steps += 1 + a.n / 64;
	if (e->steps > MAP_STEPS)
		return ev_tired(e);
	if (!same_type(a, b)) {
		ev_error(e, "%s and %s cannot have their containment checked",
		    val_show(a, x, sizeof(x)), val_show(b, y, sizeof(y)));
		return -1;
	}
	switch (a.kind) {
	case V_STRING:
		return b.n == 0 || memmem(a.p, a.n, b.p, b.n) != NULL;
	case V_ARRAY:
		for (i = 0; r == 1 && i < b.n; i++)
			r = contains_element(e, a, b.items[i]);
		return r;
	case V_OBJECT:
		for (i = 0; r == 1 && i < b.n; i++) {
			e->steps += a.n / 64;
			v = val_get(a, val_bytes(b.members[i].key), NULL);
			r = v.kind == V_ABSENT ||
			    !same_type(v, b.members[i].value) ? 0 :
			    contains(e, v, b.members[i].value);
		}
		return r;
	default:
		return val_equal(a, b);
	}
}

static int
fn_contains(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	int r = contains(e, in, arg[0]);

	*out = val_bool(r == 1);
	return r < 0 ? EV_ERROR : EV_ONE;
}

/* ---- where something is ---- */

static int
text_indices(struct ev *e, struct val a, struct val b, struct val *out)
{
	const char *p = a.p, *end = a.p + a.n, *from;
	struct val *items;
	size_t n = 0, count = 0, points = 0;

	if (b.n == 0)
		return ev_list(e, NULL, 0, out);
	while ((p = memmem(p, (size_t)(end - p), b.p, b.n)) != NULL) {
		count++;
		p++;
	}
	if ((items = ev_get(e, count * sizeof(*items))) == NULL)
		return EV_ERROR;
	for (p = from = a.p; n < count; p++) {
		p = memmem(p, (size_t)(end - p), b.p, b.n);
		points += val_points((struct slice){ from,
		    (size_t)(p - from) });
		items[n++] = val_double((double)points);
		from = p;
	}
	return ev_list(e, items, n, out);
}

/* Where the array `b` stands in `a`. */
int
list_indices(struct ev *e, struct val a, struct val b, struct val *out)
{
	struct val *items = ev_get(e, a.n * sizeof(*items));
	uint32_t i, j, n = 0;

	if (items == NULL)
		return EV_ERROR;
	if (b.n == 0)
		return ev_list(e, NULL, 0, out);
	for (i = 0; i + b.n <= a.n; i++) {
		if (ev_look(e, &b) == EV_ERROR)
			return EV_ERROR;
		for (j = 0; j < b.n && val_equal(a.items[i + j],
		    b.items[j]); )
			j++;
		if (j == b.n)
			items[n++] = val_double(i);
	}
	return ev_list(e, items, n, out);
}

static int
fn_indices(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct val one[1];

	if (in.kind == V_STRING && arg[0].kind == V_STRING)
		return text_indices(e, in, arg[0], out);
	if (in.kind == V_ARRAY && arg[0].kind == V_ARRAY)
		return list_indices(e, in, arg[0], out);
	if (in.kind == V_ARRAY) {
		one[0] = arg[0];
		return list_indices(e, in, (struct val){ .kind = V_ARRAY,
		    .n = 1, .items = one }, out);
	}
	return ev_index(e, in, arg[0], NULL, out);
}

static int
pick_index(struct ev *e, struct val in, const struct val *arg, bool last,
    struct val *out)
{
	struct val all;

	if (fn_indices(e, in, arg, &all) != EV_ONE ||
	    (last && ev_slice(e, all, val_double(-1), val_null(), &all) !=
	    EV_ONE))
		return EV_ERROR;
	return ev_index(e, all, val_double(0), NULL, out);
}

static int
fn_index(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	return pick_index(e, in, arg, false, out);
}

static int
fn_rindex(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	return pick_index(e, in, arg, true, out);
}

/* ---- shape ---- */

static int
flatten(struct ev *e, struct list *f, struct val in, double depth)
{
	uint32_t i;
	int r = EV_NONE;

	for (i = 0; r == EV_NONE && i < in.n; i++)
		r = in.items[i].kind == V_ARRAY && depth != 0 ?
		    flatten(e, f, in.items[i], depth - 1) :
		    ev_push(e, f, in.items[i]);
	return r;
}

int
list_of_values(struct ev *e, struct val *v)
{
	struct val *items, object = *v;
	char room[64];
	uint32_t i;

	if (v->kind == V_ARRAY)
		return EV_ONE;
	if (v->kind != V_OBJECT)
		return ev_error(e, "Cannot iterate over %s", v->kind <= V_NULL
		    ? "null (null)" : val_show(*v, room, sizeof(room)));
	if ((items = ev_get(e, object.n * sizeof(*items))) == NULL)
		return EV_ERROR;
	for (i = 0; i < object.n; i++)
		items[i] = object.members[i].value;
	return ev_list(e, items, object.n, v);
}

static int
fn_flatten(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct list f = { NULL, 0, 0 };

	if (arg[0].kind > V_NUMBER)
		return ev_error(e, "flatten depth must be a number");
	if (arg[0].kind < V_NUMBER || val_number(arg[0]) < 0)
		return ev_error(e, "flatten depth must not be negative");
	if (list_of_values(e, &in) != EV_ONE)
		return EV_ERROR;
	if (flatten(e, &f, in, val_number(arg[0])) != EV_NONE)
		return EV_ERROR;
	return ev_list(e, f.v, f.n, out);
}

/* The first of some names that is there and not false or null. */
static struct val
one_of(struct val o, const char *const *names)
{
	struct val v, last = val_null();

	for (; *names != NULL; names++) {
		v = val_get(o, slice(*names), NULL);
		if (v.kind == V_ABSENT)
			continue;
		if (val_true(v))
			return v;
		last = v;
	}
	return last;
}

/* The first of some names that is there, whatever its value. */
static struct val
there(struct val o, const char *const *names)
{
	struct val v;

	for (; *names != NULL; names++) {
		v = val_get(o, slice(*names), NULL);
		if (v.kind != V_ABSENT)
			return v;
	}
	return val_null();
}

static int
fn_from_entries(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	static const char *const keys[] = { "key", "k", "Key", "K", "name",
		"Name", NULL };
	static const char *const values[] = { "value", "v", "Value", "V",
		NULL };
	struct member *m;
	struct val key, o;
	char room[64];
	uint32_t i, n = 0;

	(void)arg;
	if (list_of_values(e, &in) != EV_ONE)
		return EV_ERROR;
	if ((m = ev_get(e, in.n * sizeof(*m))) == NULL)
		return EV_ERROR;
	for (i = 0; i < in.n; i++) {
		o = in.items[i];
		if (o.kind != V_OBJECT && o.kind > V_NULL)
			return ev_error(e, "Cannot index %s with string "
			    "\"key\"", val_type(o));
		key = one_of(o, keys);
		if (key.kind == V_NUMBER || key.kind == V_TRUE ||
		    key.kind == V_FALSE) {
			val_json(&e->text, key);
			if (ev_scratch(e, &key) != EV_ONE)
				return EV_ERROR;
		} else if (key.kind != V_STRING) {
			return ev_error(e, "Cannot use %s as object key",
			    val_show(key, room, sizeof(room)));
		}
		m[n++] = (struct member){ key, there(o, values) };
	}
	*out = val_object(m, keys_last_win(e->pool, m, n));
	return EV_ONE;
}

/* An array of objects with key and value; of two with one key the last. */
static int
fn_index_object(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct member *m = ev_get(e, in.n * sizeof(*m));
	uint32_t i;
	size_t n = 0;

	(void)arg;
	if (m == NULL)
		return EV_ERROR;
	for (i = 0; i < in.n; i++) {
		e->steps += (long)n / 8;
		n = (size_t)ev_put(m, n, in.items[i].members[0].value,
		    in.items[i].members[1].value);
	}
	*out = val_object(m, n);
	return EV_ONE;
}

/* The argument holds, for each value, [] or [what takes its place]. */
static int
fn_map_values(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct member *m;
	struct val *items;
	uint32_t i, n = 0;

	if ((m = ev_get(e, (in.n + 1) * sizeof(*m))) == NULL)
		return EV_ERROR;
	items = (struct val *)m;
	for (i = 0; i < in.n; i++) {
		if (arg[0].items[i].n == 0)
			continue;
		if (in.kind == V_ARRAY)
			items[n++] = arg[0].items[i].items[0];
		else
			m[n++] = (struct member){ in.members[i].key,
			    arg[0].items[i].items[0] };
	}
	if (in.kind == V_ARRAY)
		return ev_list(e, items, n, out);
	*out = val_object(m, n);
	return EV_ONE;
}

/* [range(0; map(length) | max // 0) as $i | [.[][$i]]] */
static int
fn_transpose(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct list rows = { NULL, 0, 0 };
	struct val *items, most = val_double(0), v;
	double j;
	uint32_t i;

	(void)arg;
	if (list_of_values(e, &in) != EV_ONE)
		return EV_ERROR;
	for (i = 0; i < in.n; i++) {
		if (ev_length(e, in.items[i], &v) != EV_ONE)
			return EV_ERROR;
		if (val_cmp(v, most) > 0)
			most = v;
	}
	for (j = 0; j < val_number(most); j++) {
		if ((items = ev_get(e, in.n * sizeof(*items))) == NULL)
			return EV_ERROR;
		for (i = 0; i < in.n; i++)
			if (ev_index(e, in.items[i], val_double(j), NULL,
			    &items[i]) != EV_ONE)
				return EV_ERROR;
		if (ev_list(e, items, in.n, &v) != EV_ONE ||
		    ev_push(e, &rows, v) == EV_ERROR)
			return EV_ERROR;
	}
	return ev_list(e, rows.v, rows.n, out);
}

const struct func func_list[] = {
	{ "keys", 0, fn_keys, NULL, 0 },
	{ "keys_unsorted", 0, fn_keys_unsorted, NULL, 0 },
	{ "has", 1, fn_has, NULL, 0 },
	{ "add", 0, fn_add, NULL, 0 },
	{ "contains", 1, fn_contains, NULL, 0 },
	{ "indices", 1, fn_indices, NULL, 0 },
	{ "index", 1, fn_index, NULL, 0 },
	{ "rindex", 1, fn_rindex, NULL, 0 },
	{ "flatten", 1, fn_flatten, NULL, 0 },
	{ "from_entries", 0, fn_from_entries, NULL, 0 },
	{ "_index", 0, fn_index_object, NULL, 0 },
	{ "_map_values", 1, fn_map_values, NULL, 0 },
	{ "transpose", 0, fn_transpose, NULL, 0 },
	{ 0 }
};
