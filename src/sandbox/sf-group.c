/* sf-group - the query language: aggregates, GROUP BY, HAVING */

#include <stdlib.h>
#include <string.h>

#include "sf-parser.h"
#include "sf-utf8.h"

#define GROUPS_MAX 2000		/* in one answer; there are no further ones */

/* What an aggregate has seen so far. */
struct gathered {
	int64_t n, sum_i;
	double sum;
	struct sf_val best;		/* MIN, MAX */
	struct sf_val *all;		/* COUNT_DISTINCT */
	size_t cap;
};

struct group {
	uint64_t hash;
	struct sf_val *v;		/* keys; at the end all slots */
	struct gathered *g;		/* of the aggregates */
};

struct groups {
	struct sf_org *org;
	struct sf_soql *q;
	struct sf_arena keep;		/* texts of keys and aggregates */
	struct group **all;
	size_t n, cap;
	size_t *table, slots;		/* place in all + 1, by hash */
};

/* --- finding the group of a record --- */

static uint64_t
hash_of(const struct sf_soql *q, const struct sf_val *v)
{
	uint64_t h = 0;
	int i;

	for (i = 0; i < q->ngroup; i++)
		h = h * 1099511628211u ^ (v[i].kind <= SF_NULL ? 1 :
		    v[i].kind == SF_TEXT ? sf_fold_hash(v[i].s, v[i].n) :
		    sf_fold_hash((const char *)&v[i].i, sizeof(v[i].i)));
	return h;
}

static bool
same(const struct sf_soql *q, const struct sf_val *a, const struct sf_val *b)
{
	int i;

	for (i = 0; i < q->ngroup; i++)
		if (sf_val_cmp(q->slot[i].is, &a[i], &b[i]) != 0)
			return false;
	return true;
}

static void
grow(struct groups *gs)
{
	size_t i, at;

	gs->slots = gs->slots ? gs->slots * 2 : 1024;
	free(gs->table);
	gs->table = sf_xmalloc(gs->slots * sizeof(*gs->table));
	memset(gs->table, 0, gs->slots * sizeof(*gs->table));
	for (i = 0; i < gs->n; i++) {
		at = gs->all[i]->hash & (gs->slots - 1);
		while (gs->table[at])
			at = (at + 1) & (gs->slots - 1);
		gs->table[at] = i + 1;
	}
}

static struct sf_val
kept(struct groups *gs, struct sf_val v)
{
	if (v.kind == SF_TEXT)
		v.s = sf_dup(&gs->keep, v.s, v.n);
	return v;
}

static struct group *
group_new(struct groups *gs)
{
	struct group *g = sf_alloc(&gs->keep, sizeof(*g));
	size_t v = (size_t)gs->q->nslot * sizeof(*g->v);
	size_t n = (size_t)(gs->q->nslot - gs->q->ngroup) * sizeof(*g->g);

	g->v = memset(sf_alloc(&gs->keep, v), 0, v);
	g->g = memset(sf_alloc(&gs->keep, n), 0, n);
	return g;
}

static struct group *
group_of(struct groups *gs, const struct sf_val *keys)
{
	uint64_t h = hash_of(gs->q, keys);
	struct group *g;
	size_t at;
	int i;

	if (gs->n * 2 >= gs->slots)
		grow(gs);
	for (at = h & (gs->slots - 1); gs->table[at];
	    at = (at + 1) & (gs->slots - 1)) {
		g = gs->all[gs->table[at] - 1];
		if (g->hash == h && same(gs->q, g->v, keys))
			return g;
	}
	if (gs->n == gs->cap) {
		gs->cap = gs->cap ? gs->cap * 2 : 64;
		gs->all = sf_xrealloc(gs->all, gs->cap * sizeof(*gs->all));
	}
	g = group_new(gs);
	g->hash = h;
	for (i = 0; i < gs->q->ngroup; i++)
		g->v[i] = kept(gs, keys[i]);
	gs->all[gs->n++] = g;
	gs->table[at] = gs->n;
	return g;
}

/* --- aggregates --- */

static double
number(const struct sf_val *v)
{
	return v->kind == SF_NUM ? v->d : (double)v->i;
}

static void
best(struct groups *gs, const struct sf_path *p, struct gathered *g,
    const struct sf_val *v)
{
	int c = g->best.kind <= SF_NULL ? 0 :
	    sf_val_cmp(p->is, v, &g->best);

	if (g->best.kind <= SF_NULL || (p->fn == SF_FN_MIN ? c < 0 : c > 0))
		g->best = kept(gs, *v);
}

static void
gather(struct groups *gs, const struct sf_path *p, struct gathered *g,
    const struct sf_val *v)
{
	if (v->kind <= SF_NULL)
		return;
	if (p->fn == SF_FN_COUNT_DISTINCT) {
		if ((size_t)g->n == g->cap) {
			g->cap = g->cap ? g->cap * 2 : 16;
			g->all = sf_xrealloc(g->all,
			    g->cap * sizeof(*g->all));
		}
		g->all[g->n] = kept(gs, *v);
	} else if (p->fn == SF_FN_SUM || p->fn == SF_FN_AVG) {
		g->sum += number(v);
		g->sum_i += v->kind == SF_INT ? v->i : 0;
	} else if (p->fn == SF_FN_MIN || p->fn == SF_FN_MAX) {
		best(gs, p, g, v);
	}
	g->n++;
}

static int
by_value(const void *a, const void *b, void *f)
{
	return sf_val_cmp(f, a, b);
}

static int64_t
distinct(const struct sf_path *p, struct gathered *g)
{
	int64_t i, n = g->n > 0;

	if (g->n > 1)
		qsort_r(g->all, (size_t)g->n, sizeof(*g->all), by_value,
		    (void *)(uintptr_t)p->f);
	for (i = 1; i < g->n; i++)
		n += sf_val_cmp(p->f, &g->all[i - 1], &g->all[i]) != 0;
	return n;
}

static struct sf_val
result(const struct sf_path *p, struct gathered *g)
{
	struct sf_val v = {.kind = SF_INT};

	switch (p->fn) {
	case SF_FN_COUNT:
		v.i = g->n;
		return v;
	case SF_FN_COUNT_DISTINCT:
		v.i = distinct(p, g);
		return v;
	case SF_FN_MIN:
	case SF_FN_MAX:
		return g->n ? g->best : (struct sf_val){.kind = SF_NULL};
	default:
		break;
	}
	if (g->n == 0)
		return (struct sf_val){.kind = SF_NULL};
	if (p->fn == SF_FN_SUM && p->is->type == SF_T_INT) {
		v.i = g->sum_i;
		return v;
	}
	v.kind = SF_NUM;
	v.d = p->fn == SF_FN_AVG ? g->sum / (double)g->n : g->sum;
	return v;
}

static void
take(struct groups *gs, struct sf_row *r)
{
	const struct sf_soql *q = gs->q;
	struct sf_val keys[SF_GROUP_MAX], v;
	struct group *g;
	int i;

	for (i = 0; i < q->ngroup; i++)
		keys[i] = sf_path_value(gs->org, gs->q, &q->slot[i], r);
	g = group_of(gs, keys);
	for (i = q->ngroup; i < q->nslot; i++) {
		v = sf_path_value(gs->org, gs->q, &q->slot[i], r);
		gather(gs, &q->slot[i], &g->g[i - q->ngroup], &v);
	}
}

/* --- all of them --- */

/* Asked order, else that of the keys. */
static int
by_order(const void *a, const void *b, void *arg)
{
	const struct group *x = *(struct group *const *)a;
	const struct group *y = *(struct group *const *)b;
	const struct sf_soql *q = arg;
	struct sf_val xv[SF_ORDER_MAX], yv[SF_ORDER_MAX];
	int i, c;

	for (i = 0; i < q->norder; i++) {
		xv[i] = x->v[q->order[i].path.slot];
		yv[i] = y->v[q->order[i].path.slot];
	}
	if ((c = sf_order_cmp(q, xv, yv)) != 0)
		return c;
	for (i = 0; i < q->ngroup; i++)
		if ((c = sf_val_cmp(q->slot[i].is, &x->v[i], &y->v[i])) != 0)
			return c;
	return 0;
}

/* Work out the aggregates, and drop the groups that HAVING does not want. */
static void
finish(struct groups *gs)
{
	struct sf_soql *q = gs->q;
	size_t i, n = 0;
	int k;

	for (i = 0; i < gs->n; i++) {
		struct group *g = gs->all[i];

		for (k = q->ngroup; k < q->nslot; k++) {
			g->v[k] = result(&q->slot[k], &g->g[k - q->ngroup]);
			free(g->g[k - q->ngroup].all);
		}
		if (q->having == NULL ||
		    sf_soql_test(gs->org, q, q->having, NULL, g->v))
			gs->all[n++] = g;
	}
	gs->n = n;
	if (n > 1)
		qsort_r(gs->all, n, sizeof(*gs->all), by_order, q);
}

static void
show(struct groups *gs, const struct group *g, struct buf *b)
{
	const struct sf_item *item;
	int i;

	buf_str(b, "{\"attributes\":{\"type\":\"AggregateResult\"}");
	for (i = 0; i < gs->q->nselect; i++) {
		item = &gs->q->select[i];
		buf_fmt(b, ",\"%s\":", item->as);
		sf_to_json(gs->org, item->path.is, &g->v[item->path.slot], b);
	}
	buf_byte(b, '}');
}

static void
collect(struct groups *gs, bool all)
{
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	long limit = gs->q->limit, offset = gs->q->offset;
	int norder = gs->q->norder;
	struct sf_arena a = {0};
	int64_t *ids;
	size_t n, i;

	/* limit, offset and order are the groups', not the records' */
	gs->q->limit = -1;
	gs->q->offset = gs->q->norder = 0;
	sf_soql_ids(gs->org, gs->q, all, &ids, &n);
	gs->q->limit = limit;
	gs->q->offset = offset;
	gs->q->norder = norder;
	for (i = 0; i < n; i++) {
		if (sf_get(gs->org, ids[i], &a, r))
			take(gs, r);
		sf_arena_reset(&a);
	}
	if (gs->q->ngroup == 0 && gs->n == 0)
		group_of(gs, NULL);		/* of no records */
	sf_arena_free(&a);
	free(ids);
	free(r);
}

int
sf_soql_groups(struct sf_org *org, struct sf_soql *q, bool all,
    struct buf *b, size_t *n, struct sf_err *e)
{
	struct groups gs = {.org = org, .q = q};
	size_t i, to;
	int rc = 0;

	collect(&gs, all);
	finish(&gs);
	i = (size_t)q->offset < gs.n ? (size_t)q->offset : gs.n;
	to = q->limit >= 0 && (size_t)q->limit < gs.n - i ?
	    i + (size_t)q->limit : gs.n;
	*n = to - i;
	if (*n > GROUPS_MAX)
		rc = sf_fail(e, "EXCEEDED_ID_LIMIT", "", "Aggregate query does "
		    "not support queryMore(), use LIMIT to restrict the "
		    "results to a single batch");
	for (; rc == 0 && i < to; i++) {
		show(&gs, gs.all[i], b);
		if (i + 1 < to)
			buf_byte(b, ',');
	}
	free(gs.all);
	free(gs.table);
	sf_arena_free(&gs.keep);
	return rc;
}
