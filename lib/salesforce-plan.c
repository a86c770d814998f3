/* salesforce-plan - which rows go into which job.  Their lines are in
 * salesforce-line.c. */
#include <stdlib.h>

#include "salesforce-plan.h"
#include "salesforce-texts.h"
#include "sixteen.h"

static inline bool
is_exactly(struct slice a, struct slice b)
{
	return a.n == b.n && a.n > 0 && sixteen_same(a.p, b.p, a.n);
}

/* No two columns are the same, so the next two are looked at first. */
size_t
sf_plan_column(const struct sf_plan *p, struct slice name, size_t hint)
{
	for (size_t i = hint; i < p->columns && i < hint + 2; i++)
		if (is_exactly(p->column[i], name))
			return i;
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
		hint = sf_plan_column(p, c->cell[k].key, hint);
		if (hint++ < p->columns)
			continue;
		base = sf_column_base(c->cell[k].key, pool);
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
	if (r->op != SF_DELETE && r->keyed && !r->step &&
	    sf_plan_column(p, row_extid(r), 0) == p->columns)
		column_add(p, row_extid(r));
	for (size_t k = 0; k < c->n; k++) {
		hint = sf_plan_column(p, c->cell[k].key, hint);
		if (hint == p->columns)
			column_add(p, c->cell[k].key);
		hint++;
	}
}

/* The first cell of a relationship; c->n: it has none. */
static size_t
first_dotted(const struct sf_cells *c, size_t from)
{
	while (from < c->n && memchr(c->cell[from].key.p, '.',
	    c->cell[from].key.n) == NULL)
		from++;
	return from;
}

static struct slice
parent_of(const struct sf_row *r, const struct sf_cells *c, size_t dotted,
    struct pool *pool)
{
	if (r->child)
		return row_parent(r);
	for (; dotted < c->n; dotted = first_dotted(c, dotted + 1)) {
		if (c->cell[dotted].plain)
			return sf_cell_text(&c->cell[dotted], pool);
		if (scan_kind(c->cell[dotted].value) == SCAN_STRING)
			return scan_string(c->cell[dotted].value, pool);
	}
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
	    row_match(r).n) / 5) * sizeof(*names));
	*n = 0;
	if (row_match(r).p != NULL) {
		scan_enter(&s, row_match(r));
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
		buf_slice(&b, sf_canonical(sf_line_breaks(t, pool), pool));
		buf_char(&b, '\0');
	}
	t = buf_all(&b);
	t.p = pool_dup(pool, t.p, t.n);
	buf_free(&b);
	return t;
}

/* Rows of one operation, one after the other. */
struct course {
	struct sf_cells cells;		/* of the row at hand */
	size_t dotted;			/* the first relationship of them */
	size_t last;			/* the plan of the row before, or NONE */
	bool only;			/* no other would do but for columns */
	bool step;			/* that row was one */
	struct slice *match;		/* of an insert: what it is known by */
	size_t matches;
	struct sf_line line;
};

enum { OPS = SF_DELETE + 1 };

static const size_t NONE = SIZE_MAX;

/* Jobs being put together. */
struct making {
	struct sf_plans *ps;
	size_t cap;
	struct course course[OPS];
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
	p = &ps->plan[ps->n];
	*p = (struct sf_plan){ .object = row_object(r), .op = r->op,
	    .number = (uint32_t)ps->n++, .told = NONE,
	    .in_turn = true, .round = round };
	if (r->op == SF_CREATE && r->keyed)
		p->extid = row_extid(r);
	if (r->op != SF_CREATE) {
		static const struct slice id = { "Id", 2 };

		p->join = &id;
		p->joins = 1;
	} else if (p->extid.n > 0) {
		p->join = &p->extid;	/* set again when all are there */
		p->joins = 1;
	} else {
		p->join = m->course[SF_CREATE].match;
		p->joins = m->course[SF_CREATE].matches;
	}
}

static bool
same_join(const struct sf_plan *p, const struct sf_row *r,
    const struct course *c)
{
	if (r->op != SF_CREATE || r->keyed)
		return true;
	if (c->matches != p->joins)
		return false;
	for (size_t i = 0; i < p->joins; i++)
		if (!slice_same(c->match[i], p->join[i]))
			return false;
	return true;
}

/* But for the columns. */
static bool
fits(const struct sf_plan *p, const struct sf_row *r, const struct course *c,
    long round)
{
	struct slice extid = r->op == SF_CREATE ? row_extid(r) :
	    (struct slice){ NULL, 0 };

	return p->op == r->op && p->round == round &&
	    slice_eq(p->object, row_object(r)) && slice_eq(p->extid, extid) &&
	    same_join(p, r, c);
}

/* What the row is known by, and two rows of a job must not share. */
static struct slice
key_of(struct making *m, const struct sf_row *r)
{
	struct course *c = &m->course[r->op];
	struct sf_plans *ps = m->ps;

	if (r->op != SF_CREATE)
		return (struct slice){ r->id, 15 };
	if (r->keyed)
		return sf_line_breaks(row_key(r), ps->joins);
	c->match = match_columns(r, &c->matches, ps->pool);
	return joined(r, c->match, c->matches, ps->joins);
}

/* Salesforce's unique fields fold case, its ids do not. */
static bool
same_key(const struct sf_plans *ps, const struct sf_key *k,
    const struct sf_row *r, struct slice text)
{
	const struct sf_plan *p = &ps->plan[k->plan];
	struct slice t = { sf_key_text(k), k->n };

	return p->op == r->op && slice_eq(p->object, row_object(r)) &&
	    (r->op == SF_CREATE ? slice_same(t, text) : slice_eq(t, text));
}

static void
key_set(struct sf_key *k, struct slice text, uint32_t hash)
{
	k->n = (uint32_t)text.n;
	if (text.n <= sizeof(k->near)) {
		sixteen_copy(k->near, text.p, text.n, '\n');
	} else {
		k->far = text.p;
		k->hash = hash;
	}
}

/* A key for the row, whose plan is still to be found. */
static struct sf_key *
know(struct sf_plans *ps, const struct sf_row *r, struct slice text)
{
	struct sf_keys *ks = &ps->keys;
	uint32_t h = sf_key_hash(text);
	size_t i = h & (ks->slots - 1);
	struct sf_key *k;

	while (ks->slot[i] != 0 && (!sf_slot_like(ks, i, h) || !same_key(ps,
	    &ks->key[sf_slot_number(ks, i) - 1], r, text)))
		i = (i + 1) & (ks->slots - 1);
	k = &ks->key[ks->n++];
	key_set(k, text, h);
	k->before = sf_slot_number(ks, i);
	ks->slot[i] = (h & ~(uint32_t)(ks->slots - 1)) | (uint32_t)ks->n;
	return k;
}

/* A new family has a higher number than all before it. */
static void
join_family(struct sf_plans *ps, struct sf_plan *p, struct sf_plan_row *k,
    struct slice parent)
{
	k->family = parent.n == 0 ? 0 :
	    sf_family(&ps->families, p->number, parent);
	p->mixed |= k > p->row && k->family < k[-1].family;
}

static void
plan_put(struct making *m, struct sf_plan *p, struct sf_row *r,
    struct sf_key *key)
{
	struct course *c = &m->course[r->op];
	struct sf_plans *ps = m->ps;
	struct sf_plan_row *k;

	if (p->rows == p->cap) {
		p->cap = p->cap == 0 ? 64 : p->cap * 4;
		p->row = xrealloc(p->row, p->cap * sizeof(*p->row));
	}
	key->plan = p->number;
	key->at = (uint32_t)p->rows;
	k = &p->row[p->rows++];
	k->row = r;
	k->key = (uint32_t)(key - ps->keys.key);
	k->columns = (uint32_t)p->columns;
	k->line = sf_line_make(&c->line, p, r, &c->cells, ps);
	join_family(ps, p, k, parent_of(r, &c->cells, c->dotted, ps->pool));
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

/* Families in the order in which they began, behind those who have none. */
static void
gather(struct sf_plan *p, size_t families, struct sf_key *key)
{
	size_t *at = xcalloc(families + 2, sizeof(*at));
	struct sf_plan_row *row = xmalloc(p->cap * sizeof(*row));
	size_t i;

	for (i = 0; i < p->rows; i++)
		at[p->row[i].family + 1]++;
	for (i = 1; i <= families; i++)
		at[i] += at[i - 1];
	for (i = 0; i < p->rows; i++) {
		size_t to = at[p->row[i].family]++;

		row[to] = p->row[i];
		key[row[to].key].at = (uint32_t)to;
	}
	free(p->row);
	p->row = row;
	free(at);
}

static void
finish(struct sf_plans *ps)
{
	for (size_t i = 0; i < ps->n; i++) {
		struct sf_plan *p = &ps->plan[i];

		if (p->mixed)
			gather(p, ps->families.n, ps->keys.key);
		p->cell = xcalloc(p->joins + 1, sizeof(*p->cell));
		p->fetched = xcalloc(p->rows / SF_CHUNK + 1,
		    sizeof(*p->fetched));
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
	struct sf_keys *ks;

	*m = (struct making){ .ps = xcalloc(1, sizeof(*m->ps)) };
	m->ps->pool = pool_new();
	m->ps->joins = pool_new();
	m->ps->scratch = pool_new();
	ks = &m->ps->keys;
	for (ks->slots = 64; ks->slots < 2 * rows; ks->slots *= 2)
		continue;
	ks->slot = xcalloc(ks->slots, sizeof(*ks->slot));
	ks->key = xmalloc(rows * sizeof(*ks->key));
	for (size_t i = 0; i < OPS; i++)
		m->course[i].last = NONE;
}

/* The number of the plan that takes the row, with all its columns. */
static size_t
plan_for(struct making *m, const struct sf_row *r, long round)
{
	struct course *c = &m->course[r->op];
	struct sf_plans *ps = m->ps;
	size_t i;

	c->only = true;
	for (i = 0; i < ps->n; i++) {
		if (!fits(&ps->plan[i], r, c, round))
			continue;
		pool_reset(ps->scratch);
		if (!conflicts(&ps->plan[i], &c->cells, ps->scratch))
			break;
		c->only = false;
	}
	if (i == ps->n)
		plan_add(m, r, round);
	columns_of(&ps->plan[i], r, &c->cells);
	return i;
}

/* A row like the one before it goes where that one went. */
static bool
goes_on(const struct making *m, const struct sf_row *r, long round)
{
	const struct course *c = &m->course[r->op];

	return c->cells.same && c->last != NONE &&
	    c->step == r->step &&
	    m->ps->plan[c->last].round == round &&
	    same_join(&m->ps->plan[c->last], r, c);
}

/* Others do, mostly: they lack names that it had, or those before it. */
static void
choose(struct making *m, const struct sf_row *r, long round)
{
	struct course *c = &m->course[r->op];
	struct sf_plans *ps = m->ps;

	if (c->last == NONE || !c->only ||
	    !fits(&ps->plan[c->last], r, c, round) ||
	    !sf_line_learn(&c->line, &ps->plan[c->last], r, &c->cells)) {
		c->last = plan_for(m, r, round);
		sf_line_learn(&c->line, &ps->plan[c->last], r, &c->cells);
	}
	c->step = r->step;
	c->dotted = first_dotted(&c->cells, 0);
}

static void
add(struct making *m, struct sf_row *r)
{
	struct sf_plans *ps = m->ps;
	struct sf_key *key = know(ps, r, key_of(m, r));
	long round = key->before == 0 ? 0 :
	    ps->plan[ps->keys.key[key->before - 1].plan].round + 1;

	if (!goes_on(m, r, round))
		choose(m, r, round);
	plan_put(m, &ps->plan[m->course[r->op].last], r, key);
}

static struct sf_plans *
end(struct making *m)
{
	finish(m->ps);
	for (size_t i = 0; i < OPS; i++) {
		sf_cells_free(&m->course[i].cells);
		sf_line_free(&m->course[i].line);
	}
	return m->ps;
}

struct sf_plans *
sf_plans_of(struct sf_row *const *rows, size_t n)
{
	struct making m;

	begin(&m, n);
	for (size_t i = 0; i < n; i++) {
		sf_cells_read(&m.course[rows[i]->op].cells, rows[i]);
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
		struct course *c = &m.course[row->op];

		if (!sf_row_goes(row) || sf_row_phase(row) != phase)
			continue;
		sf_cells_read(&c->cells, row);
		if (check != NULL)
			r = check(ctx, v, row, &c->cells, w);
		if (r == 0 && sf_row_goes(row))
			add(&m, row);
		else
			c->last = NONE;	/* its names are no guide */
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
		free(ps->plan[i].column);
		free(ps->plan[i].cell);
		free(ps->plan[i].fetched);
	}
	free(ps->keys.key);
	free(ps->keys.slot);
	sf_families_free(&ps->families);
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
