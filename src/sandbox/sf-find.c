/* sf-find - the query language: which records, and in which order */

#include <stdlib.h>
#include <string.h>

#include "sf-parser.h"

#define FOUND_MAX 65536		/* by one key; beyond, a scan is no worse */

struct list {
	int64_t *id;
	size_t n, cap;
};

static void
list_room(struct list *l, size_t n)
{
	while (l->n + n > l->cap) {
		l->cap = l->cap ? l->cap * 2 : 256;
		l->id = sf_xrealloc(l->id, l->cap * sizeof(*l->id));
	}
}

static void
list_add(struct list *l, int64_t id)
{
	list_room(l, 1);
	l->id[l->n++] = id;
}

/* --- by index --- */

/* Can the index answer this comparison?  It does not hold the deleted. */
static bool
by_index(const struct sf_cond *c, bool dead)
{
	const struct sf_field *f = c->path.f;
	size_t i;

	if (c->kind != SF_CMP || (c->cmp != SF_EQ && c->cmp != SF_IN) ||
	    c->path.hops > 1 || c->path.fn != SF_FN_NONE ||
	    (c->path.hops && !(c->path.hop[0]->flags & SF_INDEXED)) ||
	    !(f->type == SF_T_ID || (f->flags & SF_INDEXED)) ||
	    (dead && (f->type != SF_T_ID || c->path.hops)))
		return false;
	for (i = 0; i < c->nv; i++)
		if (c->v[i].range || c->v[i].lo.kind <= SF_NULL ||
		    (f->type == SF_T_INT && c->v[i].lo.kind != SF_INT))
			return false;
	return true;
}

static bool
indexed(const struct sf_cond *c, bool dead)
{
	if (c == NULL || c->kind == SF_NOT)
		return false;
	if (c->kind == SF_AND)
		return indexed(c->a, dead) || indexed(c->b, dead);
	if (c->kind == SF_OR)
		return indexed(c->a, dead) && indexed(c->b, dead);
	return by_index(c, dead);
}

/* Add the records whose field has the value; false: too many. */
static bool
lookup(struct sf_org *org, const struct sf_field *f, const struct sf_val *v,
    struct list *l)
{
	int n;

	if (f->type == SF_T_ID) {
		if (v->i > 0)
			list_add(l, v->i);
		return true;
	}
	list_room(l, FOUND_MAX);
	n = sf_find(org, f, v, l->id + l->n, FOUND_MAX);
	l->n += (size_t)n;
	return n < FOUND_MAX;
}

/* And those of them that are in the recycle bin. */
static bool
lookup_dead(struct sf_org *org, const struct sf_field *f,
    const struct sf_val *v, struct list *l)
{
	int n;

	list_room(l, FOUND_MAX);
	n = sf_find_dead(org, f, v, l->id + l->n, FOUND_MAX);
	l->n += (size_t)n;
	return n < FOUND_MAX;
}

static bool
by_values(struct sf_org *org, const struct sf_cond *c, struct list *l)
{
	struct sf_val id = {.kind = SF_INT};
	struct list parents = {0};
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < c->nv; i++)
		ok = lookup(org, c->path.f, &c->v[i].lo,
		    c->path.hops ? &parents : l);
	for (i = 0; ok && i < parents.n; i++) {
		id.i = parents.id[i];
		ok = lookup(org, c->path.hop[0], &id, l);
	}
	free(parents.id);
	return ok;
}

/* Records among which all that match are; false: the index cannot tell. */
static bool
candidates(struct sf_org *org, const struct sf_cond *c, bool dead,
    struct list *l)
{
	size_t had = l->n;

	if (c == NULL || c->kind == SF_NOT)
		return false;
	if (c->kind == SF_AND) {
		if (candidates(org, c->a, dead, l))
			return true;
		l->n = had;
		return candidates(org, c->b, dead, l);
	}
	if (c->kind == SF_OR)
		return candidates(org, c->a, dead, l) &&
		    candidates(org, c->b, dead, l);
	return by_index(c, dead) && by_values(org, c, l);
}

bool
sf_soql_at_once(const struct sf_org *org, const struct sf_soql *q)
{
	(void)org;
	return q->norder || q->limit >= 0 || q->offset ||
	    indexed(q->where, false);
}

/* --- all that match --- */

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* They are found in the order of their ids. */
static bool
sorted(const struct sf_soql *q)
{
	const struct sf_order *o = &q->order[0];

	return q->norder == 0 || (q->norder == 1 && !o->descending &&
	    o->path.hops == 0 && o->path.f->type == SF_T_ID);
}

/* May finding stop early?  Without order, at the limit. */
static bool
enough(const struct sf_soql *q, const struct list *l)
{
	return sorted(q) && q->limit >= 0 &&
	    l->n >= (size_t)q->limit + (size_t)q->offset;
}

/* Id > 'x' AND ...: how programs go on behind what they have. */
static int64_t
behind(const struct sf_cond *c)
{
	int64_t a, b;

	if (c == NULL)
		return 0;
	if (c->kind == SF_AND) {
		a = behind(c->a);
		b = behind(c->b);
		return a > b ? a : b;
	}
	if (c->kind != SF_CMP || c->path.hops || c->path.f->type != SF_T_ID ||
	    (c->cmp != SF_GT && c->cmp != SF_GE) || c->v->lo.kind != SF_INT)
		return 0;
	return c->v->lo.i - (c->cmp == SF_GE);
}

static void
among(struct sf_org *org, struct sf_soql *q, bool all, struct list *l,
    struct list *out)
{
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	struct sf_arena a = {0};
	size_t i;

	if (l->n)
		qsort(l->id, l->n, sizeof(*l->id), by_number);
	for (i = 0; i < l->n && !enough(q, out); i++) {
		if ((i && l->id[i] == l->id[i - 1]) ||
		    !sf_get(org, l->id[i], &a, r))
			continue;
		/* what is gone is still in the store, but in no answer */
		if (r->o == q->o && !(all ? r->gone : r->dead) &&
		    sf_soql_match(org, q, r))
			list_add(out, r->id);
		sf_arena_reset(&a);
	}
	sf_arena_free(&a);
	free(r);
}

/* Every record of the object; with `link`, those whose parent it is. */
static void
scan(struct sf_org *org, struct sf_soql *q, bool all,
    const struct sf_field *link, int64_t parent, struct list *out)
{
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	struct sf_arena a = {0};
	int64_t last = behind(q->where);

	if (sf_object_of(org, last) != q->o)
		last = 0;
	while (!enough(q, out) && sf_next(org, q->o, last, &a, r)) {
		last = r->id;
		if ((all || !r->dead) && (link == NULL ||
		    (r->v[link->index].kind == SF_INT &&
		    r->v[link->index].i == parent)) &&
		    sf_soql_match(org, q, r))
			list_add(out, r->id);
		sf_arena_reset(&a);
	}
	sf_arena_free(&a);
	free(r);
}

/* --- order --- */

struct sortable {
	int64_t id;
	struct sf_val *v;		/* by q->order */
};

int
sf_order_cmp(const struct sf_soql *q, const struct sf_val *x,
    const struct sf_val *y)
{
	int i, c;

	for (i = 0; i < q->norder; i++) {
		const struct sf_order *o = &q->order[i];
		bool xn = x[i].kind <= SF_NULL, yn = y[i].kind <= SF_NULL;

		if (xn != yn)
			return (xn ? -1 : 1) * (o->nulls_last ? -1 : 1);
		c = sf_val_cmp(o->path.is, &x[i], &y[i]);
		if (c)
			return o->descending ? -c : c;
	}
	return 0;
}

static int
by_order(const void *a, const void *b, void *q)
{
	const struct sortable *x = a, *y = b;
	int c = sf_order_cmp(q, x->v, y->v);

	return c ? c : (x->id > y->id) - (x->id < y->id);
}

static void
sort(struct sf_org *org, struct sf_soql *q, struct list *l)
{
	struct sortable *s = sf_xmalloc(l->n * sizeof(*s));
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	struct sf_arena a = {0}, keep = {0};
	size_t i;
	int k;

	for (i = 0; i < l->n; i++) {
		s[i].id = l->id[i];
		s[i].v = sf_alloc(&keep, (size_t)q->norder * sizeof(*s[i].v));
		sf_get(org, l->id[i], &a, r);
		for (k = 0; k < q->norder; k++) {
			s[i].v[k] = sf_path_value(org, q, &q->order[k].path,
			    r);
			if (s[i].v[k].kind == SF_TEXT)
				s[i].v[k].s = sf_dup(&keep, s[i].v[k].s,
				    s[i].v[k].n);
		}
		sf_arena_reset(&a);
	}
	qsort_r(s, l->n, sizeof(*s), by_order, q);
	for (i = 0; i < l->n; i++)
		l->id[i] = s[i].id;
	sf_arena_free(&a);
	sf_arena_free(&keep);
	free(r);
	free(s);
}

/* In order, without the offset, up to the limit. */
static void
cut(struct sf_org *org, struct sf_soql *q, struct list *l, int64_t **ids,
    size_t *n)
{
	size_t skip;

	if (!sorted(q) && l->n)
		sort(org, q, l);
	skip = (size_t)q->offset < l->n ? (size_t)q->offset : l->n;
	if (skip)
		memmove(l->id, l->id + skip, (l->n - skip) * sizeof(*l->id));
	l->n -= skip;
	if (q->limit >= 0 && l->n > (size_t)q->limit)
		l->n = (size_t)q->limit;
	*ids = l->id;
	*n = l->n;
}

void
sf_soql_ids(struct sf_org *org, struct sf_soql *q, bool all, int64_t **ids,
    size_t *n)
{
	struct list found = {0}, l = {0};

	if (candidates(org, q->where, all, &found))
		among(org, q, all, &found, &l);
	else
		scan(org, q, all, NULL, 0, &l);
	free(found.id);
	cut(org, q, &l, ids, n);
}

void
sf_soql_children(struct sf_org *org, struct sf_soql *q,
    const struct sf_field *link, int64_t parent, bool all, int64_t **ids,
    size_t *n)
{
	struct sf_val v = {.kind = SF_INT, .i = parent};
	struct list found = {0}, l = {0};

	if (link->flags & SF_INDEXED && lookup(org, link, &v, &found) &&
	    (!all || lookup_dead(org, link, &v, &found)))
		among(org, q, all, &found, &l);
	else
		scan(org, q, all, link, parent, &l);
	free(found.id);
	cut(org, q, &l, ids, n);
}

size_t
sf_soql_count(struct sf_org *org, struct sf_soql *q, bool all)
{
	int64_t *ids;
	size_t n;

	if (q->where == NULL && !all) {
		n = (size_t)sf_count(org, q->o);
		n -= (size_t)q->offset < n ? (size_t)q->offset : n;
		return q->limit >= 0 && n > (size_t)q->limit ?
		    (size_t)q->limit : n;
	}
	sf_soql_ids(org, q, all, &ids, &n);
	free(ids);
	return n;
}
