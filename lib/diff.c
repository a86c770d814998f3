/* diff - what a payload would change, field by field. */
#include <stdlib.h>

#include "diff.h"

static bool
is_empty(struct slice v)
{
	return v.n == 0 || slice_is(v, "null") || slice_is(v, "\"\"");
}

static double
number(struct slice v)
{
	char text[64];
	size_t n = v.n < sizeof(text) ? v.n : sizeof(text) - 1;

	memcpy(text, v.p, n);
	text[n] = '\0';
	return strtod(text, NULL);
}

/* "2026-11-20T10:00:00Z" and its other spellings, .000+0000 and so on. */
static bool
is_utc_time(struct slice v)
{
	struct slice rest;

	if (v.n < 22 || v.p[0] != '"' || v.p[11] != 'T' || v.p[14] != ':')
		return false;
	rest = (struct slice){ v.p + 20, v.n - 21 };
	if (rest.n > 4 && memcmp(rest.p, ".000", 4) == 0)
		rest = (struct slice){ rest.p + 4, rest.n - 4 };
	return slice_is(rest, "Z") || slice_is(rest, "+0000") ||
	    slice_is(rest, "+00:00");
}

bool
diff_same(struct slice a, struct slice b)
{
	if (slice_eq(a, b) || (is_empty(a) && is_empty(b)))
		return true;
	if (scan_kind(a) == SCAN_NUMBER && scan_kind(b) == SCAN_NUMBER)
		return number(a) == number(b);
	return is_utc_time(a) && is_utc_time(b) && memcmp(a.p, b.p, 20) == 0;
}

static bool
is_quiet(const struct payload *p, struct slice name)
{
	struct scan s;
	struct slice v;

	if (scan_kind(p->quiet) != SCAN_ARRAY)
		return false;
	scan_enter(&s, p->quiet);
	while (scan_element(&s, &v))
		if (v.n >= 2 && slice_eq((struct slice){ v.p + 1, v.n - 2 },
		    name))
			return true;
	return false;
}

static void
add(struct diff *d, struct slice object, const struct payload *p,
    struct pool *pool)
{
	struct field *old, *new;
	size_t n, m = 0, k;

	new = payload_fields(object, pool, &n);
	old = payload_fields(p->was, pool, &m);
	for (size_t i = 0; i < n; i++) {
		struct diff_field f = { new[i].name, { NULL, 0 },
		    new[i].value };

		if (is_quiet(p, f.name))
			continue;
		for (k = 0; k < m && !slice_eq(old[k].name, f.name); k++)
			;
		if (k < m)
			f.old = old[k].value;
		if (d->kind == DIFF_UPDATE && k < m &&
		    diff_same(f.old, f.new))
			continue;
		if (d->kind == DIFF_CREATE && is_empty(f.new))
			continue;
		d->field[d->n++] = f;
	}
}

static size_t
members(struct slice object, struct pool *pool)
{
	size_t n;

	(void)payload_fields(object, pool, &n);
	return n;
}

void
diff_payload(struct diff *d, const struct payload *p, struct pool *pool)
{
	size_t n = members(p->insert, pool) + members(p->update, pool) +
	    members(p->fields, pool);

	*d = (struct diff){ .kind = DIFF_SEND };
	d->field = pool_get(pool, (n + 1) * sizeof(*d->field));
	if (p->delete)
		d->kind = DIFF_DELETE;
	else if (slice_is(p->was, "null"))
		d->kind = DIFF_CREATE;
	else if (p->was.p != NULL)
		d->kind = DIFF_UPDATE;
	if (d->kind == DIFF_DELETE)
		return;
	if (d->kind != DIFF_UPDATE && p->id.p == NULL)
		add(d, p->insert, p, pool);
	if (d->kind != DIFF_CREATE)
		add(d, p->update, p, pool);
	add(d, p->fields, p, pool);
}
