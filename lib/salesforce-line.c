/* salesforce-line - the lines of a job's CSV, and whose a line of its results
 * is: the second half of salesforce-plan.h. */
#include <stdlib.h>

#include "salesforce-plan.h"
#include "salesforce-texts.h"

void
sf_plan_header(const struct sf_plan *p, struct buf *out)
{
	for (size_t i = 0; i < p->columns; i++)
		csv_cell(out, p->column[i]);
	csv_end(out, p->columns);
}

static struct slice
cell_text(const struct sf_plan *p, const struct sf_cell *c, struct pool *pool)
{
	struct slice t = sf_cell_text(c, pool);

	if (t.n > 0)
		return t;
	if (p->op == SF_CREATE && memchr(c->name.p, '.', c->name.n) != NULL)
		return SLICE("");
	return SLICE("#N/A");
}

/* Where the cells go. */
static void
find_columns(struct sf_line *l, const struct sf_plan *p,
    const struct sf_cells *c)
{
	size_t hint = 0;

	if (l->ats < c->n) {
		l->ats = c->cap;
		l->at = xrealloc(l->at, l->ats * sizeof(*l->at));
	}
	if (l->values < p->columns || l->value == NULL) {
		l->values = p->column_cap;
		l->value = xrealloc(l->value, l->values * sizeof(*l->value));
	}
	l->key = sf_plan_column(p, c->extid, 0);
	for (size_t i = 0; i < c->n; i++) {
		l->at[i] = sf_plan_column(p, c->cell[i].name, hint);
		hint = l->at[i] + 1;
	}
}

struct slice
sf_line_make(struct sf_line *l, const struct sf_plan *p,
    const struct sf_row *r, const struct sf_cells *c, bool same,
    struct sf_plans *ps)
{
	struct slice t;

	if (!same)
		find_columns(l, p, c);
	memset(l->value, 0, p->columns * sizeof(*l->value));
	if (r->op != SF_CREATE)
		l->value[0] = slice(r->id);
	if (r->op != SF_DELETE && r->p.extid.n > 0 && r->p.with.p == NULL)
		l->value[l->key] = r->p.key;
	for (size_t i = 0; i < c->n; i++)
		l->value[l->at[i]] = cell_text(p, &c->cell[i], ps->scratch);
	l->text.max = SF_LINE_MAX;
	buf_reset(&l->text);
	for (size_t i = 0; i < p->columns; i++)
		csv_cell(&l->text, l->value[i]);
	if (l->text.over)
		return (struct slice){ NULL, 0 };
	t = buf_all(&l->text);
	return (struct slice){ pool_dup(ps->pool, t.p, t.n), t.n };
}

void
sf_line_free(struct sf_line *l)
{
	free(l->at);
	free(l->value);
	buf_free(&l->text);
}

void
sf_plan_row(const struct sf_plan *p, size_t k, struct buf *out)
{
	struct slice line = p->row[k].line;

	out->over |= line.p == NULL;
	buf_slice(out, line);
	for (size_t n = p->row[k].columns; n < p->columns; n++)
		buf_char(out, ',');
	csv_end(out, p->columns);
}

/* A line of one empty cell is quoted, see csv_end(). */
size_t
sf_plan_length(const struct sf_plan *p, size_t k)
{
	size_t n = p->row[k].line.n + p->columns - p->row[k].columns;

	return n == 1 ? sizeof("\"\"\n") - 1 : n;
}

int
sf_plan_columns(struct sf_plan *p, const struct csv_row *header,
    struct why *w)
{
	for (size_t i = 0; i < p->joins; i++) {
		size_t k = 0;

		while (k < header->n &&
		    !slice_same(header->cell[k], p->join[i]))
			k++;
		if (k == header->n)
			return why(w, WHY_BROKEN, "the results of a job have "
			    "no column '%.*s'", (int)p->join[i].n,
			    p->join[i].p);
		p->cell[i] = k;
	}
	return 0;
}

static struct sf_row *
lookup(const struct sf_plan *p, struct slice join)
{
	uint32_t h = (uint32_t)slice_hash(join, SLICE(""));
	uint32_t i = p->bucket[h & (p->buckets - 1)];

	while (i != 0 && (p->known[i - 1].hash != h ||
	    !slice_eq(p->known[i - 1].text, join)))
		i = p->known[i - 1].next;
	return i == 0 ? NULL : p->known[i - 1].row;
}

/* What a line of an insert's results is known by. */
static struct slice
line_join(const struct sf_plan *p, const struct csv_row *line,
    struct pool *pool)
{
	struct buf b = BUF(1 << 24);
	struct slice t;

	for (size_t i = 0; i < p->joins; i++) {
		t = line->cell[p->cell[i]];
		if (slice_is(t, "#N/A"))
			t.n = 0;
		buf_slice(&b, sf_canonical(t, pool));
		buf_char(&b, '\0');
	}
	t = buf_all(&b);
	t.p = pool_dup(pool, t.p, t.n);
	buf_free(&b);
	return t;
}

struct sf_row *
sf_plan_find(struct sf_plans *ps, struct sf_plan *p,
    const struct csv_row *line)
{
	struct slice t = p->joins > 0 ? line->cell[p->cell[0]] : SLICE("");
	struct sf_row *r;

	pool_reset(ps->scratch);
	if (p->op != SF_CREATE)
		return t.n < 15 ? NULL :
		    lookup(p, (struct slice){ t.p, 15 });
	if (p->extid.n == 0)
		return lookup(p, line_join(p, line, ps->scratch));
	if ((r = lookup(p, t)) == NULL)
		r = lookup(p, sf_canonical(t, ps->scratch));
	return r;
}
