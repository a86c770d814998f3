/* salesforce-fields - the data of a row, as its operation sends it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "salesforce-fields.h"
#include "salesforce-texts.h"
#include "sixteen.h"

struct sf_fields
sf_fields(const struct sf_row *r)
{
	struct sf_fields f = { .row = r, .at = -1 };

	if (r->op == SF_DELETE)
		return f;
	f.part[0] = r->op == SF_CREATE ? row_insert(r) : row_update(r);
	f.part[1] = row_fields(r);
	if (r->p.adopted)
		f.own = row_own(r);
	return f;
}

static bool
listed(struct slice array, struct slice name)
{
	struct scan s;
	struct slice v;

	scan_enter(&s, array);
	while (scan_element(&s, &v))
		if (v.n == name.n + 2 &&
		    memcmp(v.p + 1, name.p, name.n) == 0)
			return true;
	return false;
}

static bool
is_key(const struct sf_row *r, struct slice name)
{
	return slice_is(name, "Id") ||
	    (row_extid(r).p != NULL && slice_same(name, row_extid(r)));
}

bool
sf_fields_next(struct sf_fields *f, struct slice *name, struct slice *value)
{
	for (;;) {
		while (f->s.p == NULL || !scan_member(&f->s, name, value)) {
			if (f->at == 1)
				return false;
			if (f->part[++f->at].p != NULL)
				scan_enter(&f->s, f->part[f->at]);
			else
				f->s.p = NULL;
		}
		if ((f->own.p == NULL || !listed(f->own, *name)) &&
		    !is_key(f->row, *name))
			return true;
	}
}

/* Names of the row before that are looked at, where one is another. */
enum { AHEAD = 8 };

static void
need_cells(struct sf_cells *c, size_t n)
{
	if (n <= c->cap)
		return;
	c->cap = c->cap == 0 ? 64 : 2 * c->cap;
	c->cell = xrealloc(c->cell, c->cap * sizeof(*c->cell));
	c->before = xrealloc(c->before, c->cap * sizeof(*c->before));
	c->place = xrealloc(c->place, c->cap * sizeof(*c->place));
}

static inline bool
same(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || sixteen_same(a.p, b.p, a.n));
}

/* What is being read: whose names are likely from which one on, and can be no
 * keys. */
struct guess {
	size_t next;
	bool usable;
};

/* The members from cell `n` on whose names are those of the row before: how
 * many.  While all are, its cells are where these go. */
static size_t
read_likely(struct sf_cells *c, struct guess *g, struct scan *s, size_t n)
{
	size_t most = c->were - g->next, got;

	if (!g->usable || most == 0)
		return 0;
	if (!c->same) {
		if (most > AHEAD)
			most = AHEAD;
		need_cells(c, n + most);
		memcpy(c->cell + n, c->before + g->next,
		    most * sizeof(*c->cell));
	}
	got = scan_members_like(s, c->cell + n, most);
	g->next += got;
	return got;
}

/* A name that was not the likely one: is it one of the next?  Then the row has
 * no member for those in between. */
static bool
find_ahead(const struct sf_cells *c, struct guess *g, struct slice name)
{
	for (size_t i = g->next; g->usable && i < c->were &&
	    i < g->next + AHEAD; i++)
		if (same(c->before[i].key, name)) {
			g->next = i + 1;
			return true;
		}
	return false;
}

/* From here on the cells are others than those of the row before. */
static void
part_ways(struct sf_cells *c, size_t n)
{
	if (c->same && n < c->were)
		memcpy(c->before + n, c->cell + n,
		    (c->were - n) * sizeof(*c->cell));
	c->same = false;
}

/* The members of one part behind the `n` cells that are there; how many there
 * are then. */
static size_t
read_part(struct sf_cells *c, const struct sf_fields *f, struct guess *g,
    struct slice part, size_t n)
{
	static const struct slice none = { NULL, 0 };
	struct scan_found m;
	struct scan s;

	scan_enter(&s, part);
	for (;;) {
		n += read_likely(c, g, &s, n);
		if (s.p + 1 == s.end || !scan_member_like(&s, none, &m))
			return n;
		part_ways(c, n);
		if ((f->own.p != NULL && listed(f->own, m.key)) ||
		    (!find_ahead(c, g, m.key) && is_key(f->row, m.key)))
			continue;
		need_cells(c, n + 1);
		c->cell[n++] = m;
	}
}

static void
read_parts(struct sf_cells *c, const struct sf_fields *f)
{
	struct slice object = row_object(f->row);
	struct slice extid = row_extid(f->row);
	struct guess g = { .next = 0 };
	size_t n = 0;

	c->same = c->row != NULL && same(row_object(c->row), object) &&
	    same(row_extid(c->row), extid);
	g.usable = c->same && f->own.p == NULL;
	c->row = f->row;
	c->were = c->n;
	c->bytes = f->part[0].n + f->part[1].n;
	for (int i = 0; i < 2; i++)
		if (f->part[i].p != NULL)
			n = read_part(c, f, &g, f->part[i], n);
	c->same &= n == c->were;
	c->n = n;
}

/* Of the second row of a shape: is each cell one of its values? */
static bool
learn_places(struct sf_cells *c, const struct payload_kept *p)
{
	const struct payload_place *at = kept_place(p);
	size_t j = 0, n = p->form->n;

	for (size_t i = 0; i < c->n; i++, j++) {
		while (j < n && p->line + at[j].at != c->cell[i].value.p)
			j++;
		if (j >= n || at[j].n != c->cell[i].value.n)
			return false;
		c->place[i] = (uint8_t)j;
	}
	return true;
}

/* By its names. */
static __attribute__((noinline)) void
read_names(struct sf_cells *c, const struct sf_row *r)
{
	uint32_t shape = r->p.form == NULL ? 0 : r->p.form->number;
	struct sf_fields f = sf_fields(r);

	read_parts(c, &f);
	c->shaped = shape != 0 && c->same && shape == c->shape &&
	    f.own.p == NULL && learn_places(c, &r->p);
	c->op = r->op;
	c->shape = shape;
}

/* By the places of its values: what is around them is as in the row before. */
static void
read_places(struct sf_cells *c, const struct sf_row *r)
{
	const struct payload_place *place = kept_place(&r->p);
	struct scan_found *m = c->cell, *end = m + c->n;
	const char *line = r->p.line, *value;
	const uint8_t *next = c->place;

	c->same = true;
	c->row = r;
	c->were = c->n;
	c->bytes = r->p.n;
	for (; m < end; m++) {
		struct payload_place at = place[*next++];

		value = line + at.at;
		m->key.p += value - m->value.p;
		m->value = (struct slice){ value, at.n };
		m->plain = at.plain;
	}
}

/* Is it like the row before, and its data what was read? */
static bool
is_shaped(const struct sf_cells *c, const struct sf_row *r)
{
	return c->shaped && r->p.form != NULL &&
	    r->p.form->number == c->shape && r->op == c->op &&
	    (!r->p.adopted || row_own(r).p == NULL);
}

void
sf_cells_read(struct sf_cells *c, const struct sf_row *r)
{
	if (is_shaped(c, r))
		read_places(c, r);
	else
		read_names(c, r);
}

void
sf_cells_free(struct sf_cells *c)
{
	free(c->cell);
	free(c->before);
	free(c->place);
}

struct slice
sf_cell_text(const struct scan_found *c, struct pool *pool)
{
	if (c->plain)
		return (struct slice){ c->value.p + 1, c->value.n - 2 };
	return sf_plain(c->value, pool);
}

struct slice
sf_line_breaks(struct slice t, struct pool *pool)
{
	char *p, *to;

	if (t.n == 0 || memchr(t.p, '\r', t.n) == NULL)
		return t;
	p = to = pool_get(pool, t.n);
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] != '\r')
			*to++ = t.p[i];
		else if (i + 1 == t.n || t.p[i + 1] != '\n')
			*to++ = '\n';
	}
	return (struct slice){ p, (size_t)(to - p) };
}

struct slice
sf_canonical(struct slice t, struct pool *pool)
{
	struct slice v;
	char *p;
	double d;
	int n, digits = 0;

	while (t.n > 0 && (t.p[t.n - 1] == ' ' || t.p[t.n - 1] == '\n' ||
	    t.p[t.n - 1] == '\r' || t.p[t.n - 1] == '\t'))
		t.n--;
	if (t.n == 18 && sf_id_ok(t))
		return (struct slice){ t.p, 15 };
	for (size_t i = 0; i < t.n && t.p[i] != 'e' && t.p[i] != 'E'; i++)
		digits += isdigit((unsigned char)t.p[i]) != 0;
	if (t.n == 0 || digits > 15 || t.n > 40 || scan_text(t, &v, NULL) == -1 ||
	    scan_kind(v) != SCAN_NUMBER)
		return t;
	d = strtod(pool_dup(pool, t.p, t.n), NULL);
	p = pool_get(pool, 64);
	n = snprintf(p, 64, "%.15g", d);
	return (struct slice){ p, (size_t)n };
}

struct slice
sf_field_text(const struct sf_row *r, struct slice column, struct pool *pool)
{
	struct sf_fields f = sf_fields(r);
	struct slice name, value, found = { NULL, 0 };

	while (sf_fields_next(&f, &name, &value))
		if (slice_same(name, column))
			found = value;
	if (scan_kind(found) == SCAN_STRING)
		return scan_string(found, pool);
	return scan_kind(found) == SCAN_NULL ? SLICE("#N/A") : found;
}

struct slice
sf_column_base(struct slice c, struct pool *pool)
{
	const char *colon = memchr(c.p, ':', c.n), *dot;
	char *custom;

	if (colon != NULL) {
		c.n -= (size_t)(colon + 1 - c.p);
		c.p = colon + 1;
	}
	if ((dot = memchr(c.p, '.', c.n)) != NULL) {
		c.n = (size_t)(dot - c.p);
	} else if (c.n > 2 && memcmp(c.p + c.n - 2, "Id", 2) == 0) {
		c.n -= 2;
	} else if (c.n > 3 && memcmp(c.p + c.n - 3, "__c", 3) == 0) {
		custom = pool_dup(pool, c.p, c.n);
		custom[c.n - 1] = 'r';
		c.p = custom;
	}
	return c;
}
