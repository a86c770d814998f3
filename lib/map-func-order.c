/* map-func-order - builtins on the order of arrays */

#include <stdlib.h>

#include "map-eval.h"

struct keyed {			/* an element and what it is sorted by */
	struct val key, value;
	uint32_t at;
};

static int
by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int c = val_cmp(x->key, y->key);

	return c != 0 ? c : (x->at > y->at) - (x->at < y->at);
}

static struct keyed *
sorted(struct ev *e, struct val in, const struct val *keys)
{
	struct keyed *k;
	char room[64], more[64];
	uint32_t i;

	if (in.kind != V_ARRAY) {
		if (keys == NULL)
			ev_error(e, "%s cannot be sorted, as it is not an "
			    "array", val_show(in, room, sizeof(room)));
		else
			ev_error(e, "%s and %s cannot be sorted, as they are "
			    "not both arrays", val_show(in, room,
			    sizeof(room)), val_show(*keys, more,
			    sizeof(more)));
		return NULL;
	}
	if ((k = ev_get(e, (in.n + 1) * sizeof(*k))) == NULL)
		return NULL;
	e->steps += in.n;
	for (i = 0; i < in.n; i++)
		k[i] = (struct keyed){ keys == NULL ? in.items[i] :
		    keys->items[i], in.items[i], i };
	qsort(k, in.n, sizeof(*k), by_key);
	return k;
}

static int
sort(struct ev *e, struct val in, const struct val *keys, struct val *out)
{
	struct keyed *k = sorted(e, in, keys);
	struct val *items;
	uint32_t i;

	if (k == NULL || (items = ev_get(e, in.n * sizeof(*items))) == NULL)
		return EV_ERROR;
	for (i = 0; i < in.n; i++)
		items[i] = k[i].value;
	return ev_list(e, items, in.n, out);
}

static int
fn_sort(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	return sort(e, in, NULL, out);
}

static int
fn_sort_by(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	return sort(e, in, arg, out);
}

static int
fn_group_by(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct keyed *k = sorted(e, in, arg);
	struct val *items, *groups;
	uint32_t i, from = 0, n = 0;

	if (k == NULL || (items = ev_get(e, in.n * 2 * sizeof(*items))) ==
	    NULL)
		return EV_ERROR;
	groups = items + in.n;
	for (i = 0; i < in.n; i++) {
		items[i] = k[i].value;
		if (i + 1 < in.n && val_equal(k[i].key, k[i + 1].key))
			continue;
		if (ev_list(e, items + from, i + 1 - from, &groups[n++]) !=
		    EV_ONE)
			return EV_ERROR;
		from = i + 1;
	}
	return ev_list(e, groups, n, out);
}

static int
fn_unique_by(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct keyed *k = sorted(e, in, arg);
	struct val *items;
	uint32_t i, n = 0;

	if (k == NULL || (items = ev_get(e, in.n * sizeof(*items))) == NULL)
		return EV_ERROR;
	for (i = 0; i < in.n; i++)
		if (i == 0 || !val_equal(k[i].key, k[i - 1].key))
			items[n++] = k[i].value;
	return ev_list(e, items, n, out);
}

/* Of equal ones min takes the first and max the last, as jq does. */
static int
extreme(struct ev *e, struct val in, const struct val *keys, bool max,
    struct val *out)
{
	const struct val *k;
	char room[64];
	uint32_t i, best = 0;
	int c;

	if (in.kind != V_ARRAY)
		return ev_error(e, "%s and %s cannot be iterated over",
		    val_show(in, room, sizeof(room)), room);
	k = keys == NULL ? in.items : keys->items;
	for (i = 1; i < in.n; i++) {
		c = val_cmp(k[i], k[best]);
		if (max ? c >= 0 : c < 0)
			best = i;
	}
	*out = in.n == 0 ? val_null() : in.items[best];
	return EV_ONE;
}

static int
fn_min(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	return extreme(e, in, NULL, false, out);
}

static int
fn_max(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	return extreme(e, in, NULL, true, out);
}

static int
fn_min_by(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	return extreme(e, in, arg, false, out);
}

static int
fn_max_by(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	return extreme(e, in, arg, true, out);
}

/* What has no length is nothing backwards. */
static int
reverse_other(struct ev *e, struct val in, struct val *out)
{
	char room[64];

	if (in.kind == V_TRUE || in.kind == V_FALSE)
		return ev_error(e, "%s has no length", val_show(in, room,
		    sizeof(room)));
	if (in.kind <= V_NULL || (in.kind == V_NUMBER ?
	    val_number(in) == 0 : in.n == 0))
		return ev_list(e, NULL, 0, out);
	return ev_error(e, "Cannot index %s with number", val_type(in));
}

static int
fn_reverse(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct val *items;
	uint32_t i;

	(void)arg;
	if (in.kind != V_ARRAY)
		return reverse_other(e, in, out);
	if ((items = ev_get(e, in.n * sizeof(*items))) == NULL)
		return EV_ERROR;
	for (i = 0; i < in.n; i++)
		items[i] = in.items[in.n - 1 - i];
	return ev_list(e, items, in.n, out);
}

/* Where it is in a sorted array, or where it would be as -1 - place. */
static int
fn_bsearch(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	long lo = 0, hi = (long)in.n - 1, mid;
	int c = 1;

	*out = val_double(-1);
	if (in.kind <= V_NULL)
		return EV_ONE;
	if (in.kind != V_ARRAY)
		return ev_error(e, "Cannot index %s with number",
		    val_type(in));
	while (lo <= hi && c != 0) {
		mid = (lo + hi) / 2;
		c = val_cmp(in.items[mid], arg[0]);
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid - 1;
	}
	*out = val_double(c == 0 ? (double)mid : (double)(-1 - lo));
	return EV_ONE;
}

const struct func func_order[] = {
	{ "sort", 0, fn_sort, NULL, 0 },
	{ "_sort_by", 1, fn_sort_by, NULL, FUNC_SAME },
	{ "_group_by", 1, fn_group_by, NULL, 0 },
	{ "_unique_by", 1, fn_unique_by, NULL, FUNC_SAME },
	{ "min", 0, fn_min, NULL, 0 },
	{ "max", 0, fn_max, NULL, 0 },
	{ "_min_by", 1, fn_min_by, NULL, 0 },
	{ "_max_by", 1, fn_max_by, NULL, 0 },
	{ "reverse", 0, fn_reverse, NULL, FUNC_SAME },
	{ "bsearch", 1, fn_bsearch, NULL, 0 },
	{ 0 }
};
