/*
 * json - fuzz: records (lines) held against yyjson
 *
 * The first line says which places are wanted, each as steps: a letter is a
 * key, * are all elements, a digit is an index; a comma begins another place.
 * What lib/scan.h finds in a line, and what the mapping engine keeps of it,
 * must be what yyjson reads.
 */

#include <yyjson.h>

#include "fuzz.h"
#include "scan.h"

static const char *const keys[] = { "a", "b", "items", "value",
	"entity_id", "extension_attributes", "custom_attributes", "\xc3\xa4" };
enum { KEYS = sizeof(keys) / sizeof(*keys), STEPS = 8, PLACES = 4 };

/* ---- yyjson's view ---- */

static int
depth(yyjson_val *v)
{
	size_t i, max;
	yyjson_val *k, *e;
	int d, deepest = 0;

	if (yyjson_is_arr(v)) {
		yyjson_arr_foreach(v, i, max, e)
			if ((d = depth(e)) > deepest)
				deepest = d;
	} else if (yyjson_is_obj(v)) {
		yyjson_obj_foreach(v, i, max, k, e)
			if ((d = depth(e)) > deepest)
				deepest = d;
	} else {
		return 0;
	}
	return deepest + 1;
}

static struct slice
text(yyjson_val *v)
{
	return yyjson_is_raw(v) ?
	    (struct slice){ yyjson_get_raw(v), yyjson_get_len(v) } :
	    (struct slice){ yyjson_get_str(v), yyjson_get_len(v) };
}

/* The last member of this name; `first` tells whether `k` is the first. */
static yyjson_val *
last(yyjson_val *object, yyjson_val *k, bool *first)
{
	size_t i, max;
	yyjson_val *key, *v, *found = NULL;

	*first = false;
	yyjson_obj_foreach(object, i, max, key, v)
		if (slice_eq(text(key), text(k))) {
			*first |= found == NULL && key == k;
			found = v;
		}
	return found;
}

/* ---- lib/scan.h ---- */

static void
same_scan(struct slice s, yyjson_val *v, struct pool *pool)
{
	static const enum scan_kind kinds[] = {
		[YYJSON_TYPE_RAW] = SCAN_NUMBER, [YYJSON_TYPE_NULL] = SCAN_NULL,
		[YYJSON_TYPE_STR] = SCAN_STRING, [YYJSON_TYPE_ARR] = SCAN_ARRAY,
		[YYJSON_TYPE_OBJ] = SCAN_OBJECT };
	struct slice key, value;
	struct scan scan;
	yyjson_val *k, *e;
	size_t i, max;

	if (yyjson_is_bool(v)) {
		demand(scan_kind(s) == (yyjson_is_true(v) ? SCAN_TRUE :
		    SCAN_FALSE));
		return;
	}
	demand(scan_kind(s) == kinds[yyjson_get_type(v)]);
	if (yyjson_is_raw(v))
		demand(slice_eq(s, text(v)));
	if (yyjson_is_str(v))
		demand(slice_eq(scan_string(s, pool), text(v)));
	scan_enter(&scan, s);
	if (yyjson_is_arr(v)) {
		yyjson_arr_foreach(v, i, max, e) {
			demand(scan_element(&scan, &value) == 1);
			same_scan(value, e, pool);
		}
		demand(scan_element(&scan, &value) == 0);
	} else if (yyjson_is_obj(v)) {
		yyjson_obj_foreach(v, i, max, k, e) {
			demand(scan_member(&scan, &key, &value) == 1);
			demand(slice_eq(scan_plain(key, pool), text(k)));
			same_scan(value, e, pool);
		}
		demand(scan_member(&scan, &key, &value) == 0);
	}
}

/* ---- the mapping engine ---- */

/* Is `ours`, which we wrote, `v`, where of repeated keys the last counts? */
static bool
same(yyjson_val *ours, yyjson_val *v)
{
	yyjson_arr_iter a, b;
	yyjson_obj_iter o;
	yyjson_val *e, *k, *value, *mine;
	size_t i, max;
	bool first;

	if (yyjson_get_type(ours) != yyjson_get_type(v))
		return false;
	if (yyjson_is_raw(v) || yyjson_is_str(v))
		return slice_eq(text(ours), text(v));
	if (yyjson_is_arr(v)) {
		if (yyjson_arr_size(v) != yyjson_arr_size(ours))
			return false;
		yyjson_arr_iter_init(ours, &a);
		yyjson_arr_iter_init(v, &b);
		while ((e = yyjson_arr_iter_next(&b)) != NULL)
			if (!same(yyjson_arr_iter_next(&a), e))
				return false;
		return true;
	}
	if (!yyjson_is_obj(v))
		return yyjson_get_subtype(ours) == yyjson_get_subtype(v);
	yyjson_obj_iter_init(ours, &o);
	yyjson_obj_foreach(v, i, max, k, e) {
		value = last(v, k, &first);
		if (!first)
			continue;
		mine = yyjson_obj_iter_next(&o);
		if (mine == NULL || !slice_eq(text(mine), text(k)) ||
		    !same(yyjson_obj_iter_get_val(mine), value))
			return false;
	}
	return yyjson_obj_iter_next(&o) == NULL;
}

struct lines {			/* what our engine gave, value by value */
	struct slice rest;
};

static void
expect(struct lines *l, yyjson_val *want)
{
	struct slice line = fuzz_cut(&l->rest, "\n");
	yyjson_doc *d = line.p == NULL ? NULL : yyjson_read(line.p, line.n,
	    YYJSON_READ_NUMBER_AS_RAW);

	demand(d != NULL);
	if (want == NULL)
		demand(yyjson_is_null(yyjson_doc_get_root(d)));
	else
		demand(same(yyjson_doc_get_root(d), want));
	yyjson_doc_free(d);
}

/* All values at the place `step`...; NULL is a null that nobody wrote. */
static void
follow(struct lines *l, yyjson_val *v, const char *step, const char *end)
{
	size_t i, max;
	yyjson_val *k, *e, *value;
	bool first;

	if (step == end) {
		expect(l, v);
	} else if (*step == '*' && yyjson_is_arr(v)) {
		yyjson_arr_foreach(v, i, max, e)
			follow(l, e, step + 1, end);
	} else if (*step == '*' && yyjson_is_obj(v)) {
		yyjson_obj_foreach(v, i, max, k, e) {
			value = last(v, k, &first);
			if (first)
				follow(l, value, step + 1, end);
		}
	} else if (*step == '*') {
		return;
	} else if (v == NULL || yyjson_is_null(v)) {
		follow(l, NULL, step + 1, end);
	} else if (*step < 'a' && yyjson_is_arr(v)) {
		follow(l, yyjson_arr_get(v, (size_t)(*step - '0')), step + 1,
		    end);
	} else if (*step >= 'a' && yyjson_is_obj(v)) {
		value = NULL;
		yyjson_obj_foreach(v, i, max, k, e)
			if (slice_is(text(k), keys[*step - 'a']))
				value = e;
		follow(l, value, step + 1, end);
	}
}

struct place {
	char step[STEPS];
	int n;
};

static int
places(struct slice line, struct place *p, struct buf *expr)
{
	size_t i;
	int n = 0;
	char c;

	memset(p, 0, PLACES * sizeof(*p));
	buf_str(expr, ".");
	for (i = 0; i < line.n; i++) {
		c = line.p[i];
		if (c == ',') {
			if (n == PLACES - 1)
				break;
			n++;
			buf_str(expr, ", .");
		} else if (p[n].n < STEPS && ((c >= 'a' && c < 'a' + KEYS) ||
		    (c >= '0' && c <= '9') || c == '*')) {
			p[n].step[p[n].n++] = c;
			if (c == '*')
				buf_str(expr, "[]?");
			else if (c <= '9')
				buf_fmt(expr, "[%c]?", c);
			else
				buf_fmt(expr, "[\"%s\"]?", keys[c - 'a']);
		}
	}
	return n + 1;
}

static void
check(struct map_expr *x, const struct place *p, int n, struct slice line)
{
	struct slice record = fuzz_record(line), value;
	yyjson_doc *d = yyjson_read(record.p, record.n,
	    YYJSON_READ_NUMBER_AS_RAW);
	yyjson_val *root = yyjson_doc_get_root(d);
	bool good = d != NULL && depth(root) <= SCAN_DEPTH;
	struct buf out = BUF(64 << 20);
	struct pool *pool = pool_new();
	struct lines l;
	struct why w = {0};
	int i;

	demand((scan_text(line, &value, &w) == 0) == good);
	demand(good || (w.kind == WHY_DATA && strcmp(w.code, "bad-json") == 0));
	demand((map_expr_values(x, record, &out, &w) == 0) == good);
	if (good) {
		same_scan(value, root, pool);
		l.rest = buf_all(&out);
		for (i = 0; i < n; i++)
			follow(&l, root, p[i].step, p[i].step + p[i].n);
		demand(l.rest.n == 0);
	}
	yyjson_doc_free(d);
	pool_free(pool);
	buf_free(&out);
	free((char *)(uintptr_t)record.p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice rest = { n == 0 ? NULL : (const char *)data, n };
	struct buf expr = BUF(1 << 16), mistakes = BUF(1 << 16);
	struct place p[PLACES];
	struct map_expr *x;
	int count = places(fuzz_cut(&rest, "\n"), p, &expr);

	x = map_expr_open(NULL, buf_cstr(&expr), &mistakes);
	demand(x != NULL);
	while (rest.n > 0)
		check(x, p, count, fuzz_cut(&rest, "\n"));
	map_expr_close(x);
	buf_free(&expr);
	buf_free(&mistakes);
	return 0;
}
