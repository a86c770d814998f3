/* salesforce-plan - which rows go into which job.  Their lines are in
 * salesforce-line.c. */
#include <stdlib.h>

#include "salesforce-plan.h"
#include "salesforce-texts.h"

size_t
sf_plan_column(const struct sf_plan *p, struct slice name, size_t hint)
{
	for (size_t k = 0; k < p->columns; k++) {
		size_t i = hint + k < p->columns ? hint + k :
		    hint + k - p->columns;

		if (slice_same(p->column[i], name))
			return i;
	}
	return p->columns;
}

static void
column_add(struct sf_plan *p, struct slice name)
{
	if (p->columns == p->column_cap) {
		p->column_cap = p->column_cap == 0 ? 32 : p->column_cap * 2;
		p->column = xrealloc(p->column,
		    p->column_cap * sizeof(*p->column));
	}
	p->column[p->columns++] = name;
}

/* Would a column of this row fill what another one of the job fills? */
static bool
conflicts(const struct sf_plan *p, const struct sf_cells *c,
    struct pool *pool)
{
	struct slice base;
	size_t hint = 0;

	for (size_t k = 0; k < c->n; k++) {
		hint = sf_plan_column(p, c->cell[k].name, hint);
		if (hint++ < p->columns)
			continue;
		base = sf_column_base(c->cell[k].name, pool);
		for (size_t i = 0; i < p->columns; i++)
			if (slice_same(sf_column_base(p->column[i], pool),
			    base))
				return true;
		hint = 0;
	}
	return false;
}

static void
columns_of(struct sf_plan *p, const struct sf_row *r,
    const struct sf_cells *c)
{
	size_t hint = 0;

	if (r->op != SF_CREATE && p->columns == 0)
		column_add(p, SLICE("Id"));
	if (r->op != SF_DELETE && r->p.extid.n > 0 && r->p.with.p == NULL &&
	    sf_plan_column(p, r->p.extid, 0) == p->columns)
		column_add(p, r->p.extid);
	for (size_t k = 0; k < c->n; k++) {
		hint = sf_plan_column(p, c->cell[k].name, hint);
		if (hint == p->columns)
			column_add(p, c->cell[k].name);
		hint++;
	}
}

static bool
has_dots(const struct sf_cells *c)
{
	for (size_t k = 0; k < c->n; k++)
		if (memchr(c->cell[k].name.p, '.', c->cell[k].name.n) != NULL)
			return true;
	return false;
}

static struct slice
parent_of(const struct sf_row *r, const struct sf_cells *c, bool dotted,
    struct pool *pool)
{
	if (r->p.parent.n > 0)
		return r->p.parent;
	for (size_t k = 0; dotted && k < c->n; k++)
		if (scan_kind(c->cell[k].value) == SCAN_STRING &&
		    memchr(c->cell[k].name.p, '.', c->cell[k].name.n) != NULL)
			return scan_string(c->cell[k].value, pool);
	return SLICE("");
}

/* The columns that know a new row of an object without external id: those of
 * its first `match` rung when it has them all, else every column. */
static struct slice *
match_columns(const struct sf_row *r, size_t *n, struct pool *pool)
{
	struct sf_fields f = sf_fields(r);
	struct slice rung = { NULL, 0 }, name, value, *names;
	struct scan s;

	/* a member takes five bytes at least: "a":1 */
	names = pool_get(pool, (2 + (f.part[0].n + f.part[1].n +
	    r->p.match.n) / 5) * sizeof(*names));
	*n = 0;
	if (r->p.match.p != NULL) {
		scan_enter(&s, r->p.match);
		if (scan_element(&s, &rung))
			scan_enter(&s, rung);
		while (rung.p != NULL && scan_member(&s, &name, &value)) {
			names[(*n)++] = name;
			if (sf_field_text(r, name, pool).p == NULL)
				rung.p = NULL;
		}
	}
	if (rung.p != NULL && *n > 0)
		return names;
	for (*n = 0; sf_fields_next(&f, &name, &value); )
		names[(*n)++] = name;
	return names;
}

static struct slice
joined(const struct sf_row *r, const struct slice *column, size_t n,
    struct pool *pool)
{
	struct buf b = BUF(1 << 24);
	struct slice t;

	for (size_t i = 0; i < n; i++) {
		t = sf_field_text(r, column[i], pool);
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

/* How often was a key met in this phase?  Equal keys never share a job. */
struct seen {
	struct seen_key {
		enum sf_op op;
		struct slice object, key;
		long count;
	} *key;
	size_t n;
	uint32_t *slot;		/* number of a key + 1, 0: free */
	size_t slots;
};

/* Jobs being put together. */
struct making {
	struct sf_plans *ps;
	size_t cap;
	struct seen seen;
	struct sf_cells cells;		/* of the row at hand */
	bool dotted;			/* relationships among its names */
	size_t last;			/* the plan of the row before, or n */
	bool step;			/* that row was one */
	struct sf_line line;
};

static void
plan_add(struct making *m, const struct sf_row *r, long round)
{
	struct sf_plans *ps = m->ps;
	struct sf_plan *p;

	if (ps->n == m->cap) {
		m->cap = m->cap == 0 ? 8 : m->cap * 2;
		ps->plan = xrealloc(ps->plan, m->cap * sizeof(*ps->plan));
	}
	p = &ps->plan[ps->n++];
	*p = (struct sf_plan){ .object = r->p.object, .op = r->op,
	    .round = round };
	if (r->op == SF_CREATE && r->p.extid.n > 0)
		p->extid = r->p.extid;
	if (r->op != SF_CREATE) {
		static const struct slice id = { "Id", 2 };

		p->join = &id;
		p->joins = 1;
	} else if (p->extid.n > 0) {
		p->join = &p->extid;	/* set again when all are there */
		p->joins = 1;
	} else {
		p->join = match_columns(r, &p->joins, ps->pool);
	}
}

static bool
same_join(const struct sf_plan *p, const struct sf_row *r, struct pool *pool)
{
	struct slice *names;
	size_t n;

	if (r->op != SF_CREATE || r->p.extid.n > 0)
		return true;
	names = match_columns(r, &n, pool);
	if (n != p->joins)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!slice_same(names[i], p->join[i]))
			return false;
	return true;
}

/* But for the columns. */
static bool
fits(const struct sf_plan *p, const struct sf_row *r, long round,
    struct pool *pool)
{
	struct slice extid = r->op == SF_CREATE ? r->p.extid :
	    (struct slice){ NULL, 0 };

	return p->op == r->op && p->round == round &&
	    slice_eq(p->object, r->p.object) && slice_eq(p->extid, extid) &&
	    same_join(p, r, pool);
}

static struct slice
join_text(const struct sf_plan *p, const struct sf_row *r, struct pool *pool)
{
	struct slice t = r->op != SF_CREATE ? (struct slice){ r->id, 15 } :
	    r->p.key;

	if (r->op == SF_CREATE && p->extid.n == 0)
		return joined(r, p->join, p->joins, pool);
	return (struct slice){ pool_dup(pool, t.p, t.n), t.n };
}

static void
know(struct sf_join *j, struct slice text, struct sf_row *r)
{
	*j = (struct sf_join){ .row = r, .text = text,
	    .hash = (uint32_t)slice_hash(text, SLICE("")) };
}

/* `same`: its columns are those of the row put before. */
static void
plan_put(struct making *m, struct sf_plan *p, struct sf_row *r, bool same)
{
	struct pool *pool = m->ps->pool;
	struct sf_plan_row *k;

	if (p->rows == p->cap) {
		p->cap = p->cap == 0 ? 64 : p->cap * 2;
		p->row = xrealloc(p->row, p->cap * sizeof(*p->row));
		p->known = xrealloc(p->known, p->cap * sizeof(*p->known));
	}
	know(&p->known[p->rows], join_text(p, r, m->ps->joins), r);
	k = &p->row[p->rows++];
	*k = (struct sf_plan_row){ .row = r };
	k->parent = parent_of(r, &m->cells, m->dotted, pool);
	k->columns = (uint32_t)p->columns;
	k->line = sf_line_make(&m->line, p, r, &m->cells, same, m->ps);
}

/* Salesforce's unique fields fold case, its ids do not. */
static bool
seen_same(const struct seen_key *a, const struct seen_key *b)
{
	return a->op == b->op && slice_eq(a->object, b->object) &&
	    (a->op == SF_CREATE ? slice_same(a->key, b->key) :
	    slice_eq(a->key, b->key));
}

static long
seen_before(struct seen *s, const struct seen_key *k)
{
	size_t i = slice_same_hash(k->key) & (s->slots - 1);

	while (s->slot[i] != 0 && !seen_same(&s->key[s->slot[i] - 1], k))
		i = (i + 1) & (s->slots - 1);
	if (s->slot[i] == 0) {
		s->key[s->n] = *k;
		s->slot[i] = (uint32_t)++s->n;
	}
	return s->key[s->slot[i] - 1].count++;
}

/* What two rows of a job must not share. */
static struct seen_key
key_of(const struct sf_row *r, struct pool *pool)
{
	struct seen_key k = { .op = r->op, .object = r->p.object };
	struct slice *names;
	size_t n;

	if (r->op != SF_CREATE) {
		k.key = (struct slice){ r->id, 15 };
	} else if (r->p.extid.n > 0) {
		k.key = r->p.key;
	} else {
		names = match_columns(r, &n, pool);
		k.key = joined(r, names, n, pool);
	}
	return k;
}

static int
by_parent(const void *a, const void *b)
{
	const struct sf_plan_row *x = a, *y = b;
	int c = slice_cmp(x->parent, y->parent);

	return c != 0 ? c : (x->row > y->row) - (x->row < y->row);
}

static int
by_op(const void *a, const void *b)
{
	static const int rank[] = { [SF_DELETE] = 0, [SF_UPDATE] = 1,
	    [SF_CREATE] = 2 };
	const struct sf_plan *x = a, *y = b;

	if (x->op != y->op)
		return rank[x->op] - rank[y->op];
	if (x->round != y->round)
		return x->round < y->round ? -1 : 1;
	return (x->row[0].row > y->row[0].row) -
	    (x->row[0].row < y->row[0].row);
}

static void
index_joins(struct sf_plan *p)
{
	uint32_t h;

	for (p->buckets = 64; p->buckets < p->rows; p->buckets *= 2)
		continue;
	p->bucket = xcalloc(p->buckets, sizeof(*p->bucket));
	for (size_t i = p->rows; i-- > 0; ) {
		h = p->known[i].hash & (uint32_t)(p->buckets - 1);
		p->known[i].next = p->bucket[h];
		p->bucket[h] = (uint32_t)i + 1;
	}
}

/* Rows without a parent come in order. */
static void
sort_rows(struct sf_plan *p)
{
	for (size_t i = 1; i < p->rows; i++) {
		if (by_parent(&p->row[i - 1], &p->row[i]) <= 0)
			continue;
		qsort(p->row, p->rows, sizeof(*p->row), by_parent);
		return;
	}
}

static void
finish(struct sf_plans *ps)
{
	for (size_t i = 0; i < ps->n; i++) {
		struct sf_plan *p = &ps->plan[i];

		sort_rows(p);
		index_joins(p);
		p->cell = xcalloc(p->joins + 1, sizeof(*p->cell));
	}
	if (ps->n > 1)
		qsort(ps->plan, ps->n, sizeof(*ps->plan), by_op);
	for (size_t i = 0; i < ps->n; i++)
		if (ps->plan[i].extid.n > 0)
			ps->plan[i].join = &ps->plan[i].extid;
}

static void
begin(struct making *m, size_t rows)
{
	*m = (struct making){ .ps = xcalloc(1, sizeof(*m->ps)),
	    .seen.slots = 64 };
	m->ps->pool = pool_new();
	m->ps->joins = pool_new();
	m->ps->scratch = pool_new();
	while (m->seen.slots < 2 * rows)
		m->seen.slots *= 2;
	m->seen.slot = xcalloc(m->seen.slots, sizeof(*m->seen.slot));
	m->seen.key = xmalloc(rows * sizeof(*m->seen.key));
}

/* The number of the plan that takes the row, with all its columns. */
static size_t
plan_for(struct making *m, const struct sf_row *r, long round)
{
	struct sf_plans *ps = m->ps;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		pool_reset(ps->scratch);
		if (fits(&ps->plan[i], r, round, ps->scratch) &&
		    !conflicts(&ps->plan[i], &m->cells, ps->scratch))
			break;
	}
	if (i == ps->n)
		plan_add(m, r, round);
	columns_of(&ps->plan[i], r, &m->cells);
	return i;
}

/* A row like the one before it goes where that one went. */
static void
add(struct making *m, struct sf_row *r)
{
	struct sf_plans *ps = m->ps;
	struct seen_key key = key_of(r, ps->pool);
	long round = seen_before(&m->seen, &key);
	bool step = r->p.with.p != NULL, same;

	if (!m->cells.same)
		m->dotted = has_dots(&m->cells);
	pool_reset(ps->scratch);
	same = m->cells.same && m->step == step && m->last < ps->n &&
	    fits(&ps->plan[m->last], r, round, ps->scratch);
	if (!same)
		m->last = plan_for(m, r, round);
	m->step = step;
	plan_put(m, &ps->plan[m->last], r, same);
}

/* Its names are no guide to the next one's plan. */
static void
pass_over(struct making *m)
{
	m->last = m->ps->n;
	m->dotted = true;
}

static struct sf_plans *
end(struct making *m)
{
	finish(m->ps);
	free(m->cells.cell);
	sf_line_free(&m->line);
	free(m->seen.slot);
	free(m->seen.key);
	return m->ps;
}

struct sf_plans *
sf_plans_of(struct sf_row *const *rows, size_t n)
{
	struct making m;

	begin(&m, n);
	for (size_t i = 0; i < n; i++) {
		sf_cells_read(&m.cells, rows[i]);
		add(&m, rows[i]);
	}
	return end(&m);
}

struct sf_plans *
sf_plans_new(struct sf_wave *v, long phase, sf_plan_check *check, void *ctx,
    struct why *w)
{
	struct making m;
	int r = 0;

	begin(&m, v->n);
	for (size_t i = 0; i < v->n && r == 0; i++) {
		struct sf_row *row = &v->row[i];

		if (!sf_row_goes(row) || sf_row_phase(row) != phase)
			continue;
		sf_cells_read(&m.cells, row);
		if (check != NULL)
			r = check(ctx, v, row, &m.cells, w);
		if (r == 0 && sf_row_goes(row))
			add(&m, row);
		else
			pass_over(&m);
	}
	end(&m);
	if (r == 0)
		return m.ps;
	sf_plans_free(m.ps);
	return NULL;
}

void
sf_plans_free(struct sf_plans *ps)
{
	if (ps == NULL)
		return;
	for (size_t i = 0; i < ps->n; i++) {
		free(ps->plan[i].row);
		free(ps->plan[i].known);
		free(ps->plan[i].column);
		free(ps->plan[i].bucket);
		free(ps->plan[i].cell);
	}
	pool_free(ps->pool);
	pool_free(ps->joins);
	pool_free(ps->scratch);
	free(ps->plan);
	free(ps);
}

const char *
sf_plan_operation(const struct sf_plan *p)
{
	if (p->op == SF_DELETE)
		return "delete";
	if (p->op == SF_UPDATE)
		return "update";
	return p->extid.n > 0 ? "upsert" : "insert";
}
