#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "mage-match.h"
#include "mage-table.h"

#define REST 8192	/* records between two rests */

static void *
grow(void *p, size_t n, size_t size)
{
	p = realloc(p, n * size);
	if (p == NULL)
		err(3, "cannot allocate memory");
	return p;
}

static struct piece
attribute(struct piece record, const char *code)
{
	struct piece all = json_member(record, "custom_attributes"), one, name;
	size_t at = 0, n = strlen(code);

	while ((one = json_item(all, &at)).p) {
		name = json_member(one, "attribute_code");
		if (name.n == n + 2 && memcmp(name.p + 1, code, n) == 0)
			return json_member(one, "value");
	}
	return (struct piece){NULL, 0};
}

static struct piece
column_value(struct piece record, const struct column *c)
{
	struct piece v;

	if (c->path[0] == '\0')
		return (struct piece){NULL, 0};
	v = c->attribute ? attribute(record, c->path) :
	    json_path(record, c->path);
	if (json_is(v, "null"))
		v.p = NULL;
	return v;
}

void
seen_set(struct seen *s, const struct rec *r, size_t i)
{
	struct piece v = column_value((struct piece){r->p, r->n}, &s->what);

	s->off[i] = v.p ? (uint32_t)(v.p - r->p) : 0;
	s->len[i] = v.p ? (uint32_t)v.n : 0;
	if (s->cell)
		s->cell[i] = match_cell(&s->what, v);
}

static void
room(struct seen *s, size_t n)
{
	s->off = grow(s->off, n, sizeof *s->off);
	s->len = grow(s->len, n, sizeof *s->len);
	if (match_has_cells(&s->what))
		s->cell = grow(s->cell, n, sizeof *s->cell);
}

void
seen_room(struct table *t)
{
	for (int i = 0; i < t->seen_n; i++)
		room(&t->seen[i], t->room);
}

/* Move what stands from place `from` on to `to`. */
static void
move(struct table *t, size_t to, size_t from)
{
	struct seen *s;
	size_t n = t->n - from;

	for (int i = 0; i < t->seen_n; i++) {
		s = &t->seen[i];
		memmove(s->off + to, s->off + from, n * sizeof *s->off);
		memmove(s->len + to, s->len + from, n * sizeof *s->len);
		if (s->cell)
			memmove(s->cell + to, s->cell + from,
			    n * sizeof *s->cell);
	}
}

void
seen_open(struct table *t, size_t place)
{
	move(t, place + 1, place);
}

void
seen_close(struct table *t, size_t place)
{
	move(t, place, place + 1);
}

static void
release(struct seen *s)
{
	free(s->off);
	free(s->len);
	free(s->cell);
	memset(s, 0, sizeof *s);
}

void
seen_drop(struct table *t)
{
	for (int i = 0; i < t->seen_n; i++)
		release(&t->seen[i]);
	t->seen_n = 0;
}

/* Where to remember another column. */
static struct seen *
place_for(struct table *t)
{
	struct seen *s = &t->seen[0];

	if (t->seen_n < COLUMNS)
		return &t->seen[t->seen_n++];
	for (int i = 1; i < COLUMNS; i++)
		if (t->seen[i].used < s->used)
			s = &t->seen[i];
	release(s);
	return s;
}

static struct seen *
look(struct table *t, const struct column *c)
{
	struct seen *s = place_for(t);

	s->what = *c;
	room(s, t->room);
	for (size_t r = 0; r < t->n; r++) {
		seen_set(s, &t->rec[r], r);
		if (r % REST == REST - 1)
			table_rest(t);
	}
	return s;
}

struct seen *
table_seen(struct table *t, const struct column *c)
{
	struct seen *s = NULL;

	for (int i = 0; s == NULL && i < t->seen_n; i++)
		if (t->seen[i].what.attribute == c->attribute &&
		    t->seen[i].what.type == c->type &&
		    strcmp(t->seen[i].what.path, c->path) == 0)
			s = &t->seen[i];
	if (s == NULL)
		s = look(t, c);
	s->used = ++t->asked;
	return s;
}
