/* sf-compare - the query language: values and conditions */

#include <stdlib.h>
#include <string.h>

#include "sf-parser.h"
#include "sf-utf8.h"

#define CACHED 64		/* parents kept while a query runs */

struct sf_parent {
	struct sf_arena a;
	struct sf_row row;
	bool there;
};

void
sf_soql_free(struct sf_soql *q)
{
	int i, k;

	if (q == NULL)
		return;
	for (i = 0; q->cache != NULL && i < CACHED * SF_HOPS; i++)
		sf_arena_free(&q->cache[i].a);
	free(q->cache);
	for (i = 0; i < q->nselect; i++) {
		sf_soql_free(q->select[i].child);
		for (k = 0; k < q->select[i].nwhen; k++)
			sf_soql_free(q->select[i].when[k].fields);
	}
	free(q->select);
	sf_arena_free(&q->a);
	free(q);
}

/* --- values --- */

static struct sf_row *
parent_row(struct sf_org *org, struct sf_soql *q, int depth, int64_t id)
{
	size_t all = CACHED * SF_HOPS;
	struct sf_parent *p;

	if (q->cache == NULL) {
		q->cache = sf_xmalloc(all * sizeof(*q->cache));
		memset(q->cache, 0, all * sizeof(*q->cache));
	}
	/* each level has its own, so that a grandparent spares the parent */
	p = &q->cache[depth * CACHED + id % CACHED];
	if (p->row.id != id) {
		sf_arena_reset(&p->a);
		p->there = sf_get(org, id, &p->a, &p->row);
		p->row.id = id;
	}
	return p->there ? &p->row : NULL;
}

struct sf_row *
sf_path_row(struct sf_org *org, struct sf_soql *q, const struct sf_path *p,
    int hops, struct sf_row *r)
{
	const struct sf_field *f;
	int i;

	for (i = 0; i < hops && r != NULL; i++) {
		f = sf_field_as(p->hop[i], r->o);
		r = f != NULL && r->v[f->index].kind == SF_INT ?
		    parent_row(org, q, i, r->v[f->index].i) : NULL;
	}
	return r;
}

struct sf_val
sf_path_value(struct sf_org *org, struct sf_soql *q, const struct sf_path *p,
    struct sf_row *r)
{
	struct sf_val v = {.kind = SF_NULL};
	const struct sf_field *f;

	if ((r = sf_path_row(org, q, p, p->hops, r)) == NULL)
		return v;
	if (p->f->object == sf_name_object() &&
	    strcmp(p->f->name, "Type") == 0) {
		v.kind = SF_TEXT;
		v.s = r->o->name;
		v.n = strlen(v.s);
		return v;
	}
	f = sf_field_as(p->f, r->o);
	return f == NULL ? v : sf_fn_value(p, r->v[f->index]);
}

static int
text_cmp(const struct sf_field *f, const struct sf_val *a,
    const struct sf_val *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int c = f->flags & SF_CASESENSITIVE ? memcmp(a->s, b->s, n) :
	    sf_fold_cmp(a->s, b->s, n);

	return c ? c : (a->n > b->n) - (a->n < b->n);
}

int
sf_val_cmp(const struct sf_field *f, const struct sf_val *a,
    const struct sf_val *b)
{
	bool an = a->kind <= SF_NULL, bn = b->kind <= SF_NULL;
	double x, y;

	if (an || bn)
		return bn - an;
	if (a->kind == SF_TEXT && b->kind == SF_TEXT)
		return text_cmp(f, a, b);
	if (a->kind == SF_INT && b->kind == SF_INT)
		return (a->i > b->i) - (a->i < b->i);
	x = a->kind == SF_NUM ? a->d : (double)a->i;
	y = b->kind == SF_NUM ? b->d : (double)b->i;
	return (x > y) - (x < y);
}

/* The bytes of `s` that the character at `*p` (LIKE's own, maybe escaped)
 * takes, and go behind it; 0: none. */
static size_t
one_like(const char *s, const char *se, const char **p, const char *pe)
{
	const char *at = *p + (**p == '\\' && *p + 1 < pe);
	char x[4], y[4];
	size_t n = sf_fold(s, se, x);

	if (**p == '_')
		at++;
	else if (sf_fold(at, pe, y) == n && memcmp(x, y, n) == 0)
		at += n;
	else
		return 0;
	*p = at;
	return n;
}

/*
 * LIKE: % any text, _ one character, \ takes their meaning away.  When what
 * follows a % does not fit, only the last % has to take more.
 */
static bool
like(const char *s, const char *se, const char *p, const char *pe)
{
	const char *star = NULL, *from = NULL;
	size_t n;

	while (s < se) {
		if (p < pe && *p == '%') {
			star = ++p;
			from = s;
		} else if (p < pe && (n = one_like(s, se, &p, pe)) > 0) {
			s += n;
		} else if (star != NULL) {
			p = star;
			s = ++from;
		} else {
			return false;
		}
	}
	while (p < pe && *p == '%')
		p++;
	return p == pe;
}

/* --- conditions --- */

static bool
test_one(const struct sf_field *f, enum sf_cmp cmp, const struct sf_val *v,
    const struct sf_literal *l)
{
	bool null = v->kind <= SF_NULL, want_null = l->lo.kind <= SF_NULL;
	int c;

	if (cmp == SF_EQ || cmp == SF_NE) {
		bool eq = null || want_null ? null && want_null :
		    l->range ? v->i >= l->lo.i && v->i < l->hi :
		    sf_val_cmp(f, v, &l->lo) == 0;

		return eq == (cmp == SF_EQ);
	}
	if (null || want_null)
		return false;
	if (cmp == SF_LIKE)
		return like(v->s, v->s + v->n, l->lo.s, l->lo.s + l->lo.n);
	if (l->range)
		return cmp == SF_LT ? v->i < l->lo.i : cmp == SF_LE ?
		    v->i < l->hi : cmp == SF_GT ? v->i >= l->hi :
		    v->i >= l->lo.i;
	c = sf_val_cmp(f, v, &l->lo);
	return cmp == SF_LT ? c < 0 : cmp == SF_LE ? c <= 0 :
	    cmp == SF_GT ? c > 0 : c >= 0;
}

/* One of the values separated by semicolons; all of those that `want` has. */
static bool
has_all(const struct sf_val *v, const struct sf_val *want)
{
	const char *w = want->s, *we = w + want->n, *p, *pe = v->s + v->n;
	size_t n, m;
	bool found;

	for (; w < we; w += n + 1) {
		const char *semi = memchr(w, ';', (size_t)(we - w));

		n = (size_t)((semi ? semi : we) - w);
		found = false;
		for (p = v->s; p < pe && !found; p += m + 1) {
			semi = memchr(p, ';', (size_t)(pe - p));
			m = (size_t)((semi ? semi : pe) - p);
			found = m == n && sf_fold_cmp(p, w, n) == 0;
		}
		if (!found)
			return false;
	}
	return true;
}

static bool
includes(const struct sf_cond *c, const struct sf_val *v)
{
	size_t i;

	for (i = 0; i < c->nv; i++) {
		if (v->kind <= SF_NULL ? c->v[i].lo.kind <= SF_NULL :
		    c->v[i].lo.kind > SF_NULL && has_all(v, &c->v[i].lo))
			return true;
	}
	return false;
}

static bool
in(const struct sf_cond *c, const struct sf_val *v)
{
	size_t low = 0, high = c->nv, i;

	if (c->sorted && v->kind > SF_NULL) {
		while (low < high) {
			int d;

			i = (low + high) / 2;
			d = sf_val_cmp(c->path.is, v, &c->v[i].lo);
			if (d == 0)
				return true;
			if (d < 0)
				high = i;
			else
				low = i + 1;
		}
		return false;
	}
	for (i = 0; i < c->nv; i++)
		if (test_one(c->path.is, SF_EQ, v, &c->v[i]))
			return true;
	return false;
}

bool
sf_soql_test(struct sf_org *org, struct sf_soql *q, const struct sf_cond *c,
    struct sf_row *r, const struct sf_val *slots)
{
	struct sf_val v;

	if (c->kind == SF_AND)
		return sf_soql_test(org, q, c->a, r, slots) &&
		    sf_soql_test(org, q, c->b, r, slots);
	if (c->kind == SF_OR)
		return sf_soql_test(org, q, c->a, r, slots) ||
		    sf_soql_test(org, q, c->b, r, slots);
	if (c->kind == SF_NOT)
		return !sf_soql_test(org, q, c->a, r, slots);
	v = slots ? slots[c->path.slot] : sf_path_value(org, q, &c->path, r);
	if (c->cmp == SF_INCLUDES || c->cmp == SF_EXCLUDES)
		return includes(c, &v) == (c->cmp == SF_INCLUDES);
	if (c->cmp == SF_IN || c->cmp == SF_NOT_IN)
		return in(c, &v) == (c->cmp == SF_IN);
	return test_one(c->path.is, c->cmp, &v, c->v);
}

bool
sf_soql_match(struct sf_org *org, struct sf_soql *q, struct sf_row *r)
{
	return q->where == NULL || sf_soql_test(org, q, q->where, r, NULL);
}
