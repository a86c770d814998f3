/* salesforce-line - the lines of a job's CSV, and whose a line of its results
 * is: the second half of salesforce-plan.h. */
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
cell_text(const struct sf_plan *p, struct slice column, struct slice value,
    struct pool *pool)
{
	struct slice t = value;

	if (scan_kind(value) == SCAN_STRING)
		t = scan_string(value, pool);
	if (scan_kind(value) != SCAN_NULL && t.n > 0)
		return t;
	if (p->op == SF_CREATE && memchr(column.p, '.', column.n) != NULL)
		return SLICE("");
	return SLICE("#N/A");
}

void
sf_plan_row(struct sf_plans *ps, const struct sf_plan *p, size_t k,
    struct buf *out)
{
	const struct sf_row *r = p->row[k].row;
	struct sf_fields f = sf_fields(r);
	struct slice name, value;
	size_t hint = 0;

	pool_reset(ps->scratch);
	memset(ps->value, 0, p->columns * sizeof(*ps->value));
	if (r->op != SF_CREATE)
		ps->value[0] = slice(r->id);
	if (r->op != SF_DELETE && r->p.extid.n > 0 && r->p.with.p == NULL)
		ps->value[sf_plan_column(p, r->p.extid, 0)] = r->p.key;
	while (sf_fields_next(&f, &name, &value)) {
		hint = sf_plan_column(p, name, hint);
		ps->value[hint++] = cell_text(p, name, value, ps->scratch);
	}
	for (size_t i = 0; i < p->columns; i++)
		csv_cell(out, ps->value[i]);
	csv_end(out, p->columns);
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
	size_t h = slice_hash(join, SLICE("")) & (p->buckets - 1);

	for (uint32_t i = p->bucket[h]; i != 0; i = p->row[i - 1].next)
		if (slice_eq(p->row[i - 1].join, join))
			return p->row[i - 1].row;
	return NULL;
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
