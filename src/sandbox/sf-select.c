/* sf-select - the query language: which records, and how they look */

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-soql.h"

#define CACHED 64		/* parents kept while a query runs */
#define FOUND_MAX 65536		/* by one key; beyond, a scan is no worse */

struct sf_parent {
	struct sf_arena a;
	struct sf_row row;
	bool there;
};

void
sf_soql_free(struct sf_soql *q)
{
	int i;

	if (q == NULL)
		return;
	for (i = 0; q->cache != NULL && i < CACHED * SF_HOPS; i++)
		sf_arena_free(&q->cache[i].a);
	free(q->cache);
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

struct sf_val
sf_path_value(struct sf_org *org, struct sf_soql *q, const struct sf_path *p,
    struct sf_row *r)
{
	struct sf_val none = {.kind = SF_NULL}, *v;
	int i;

	for (i = 0; i < p->hops; i++) {
		v = &r->v[p->hop[i]->index];
		if (v->kind != SF_INT ||
		    (r = parent_row(org, q, i, v->i)) == NULL)
			return none;
	}
	/* a lookup with several targets may lead to another object */
	return p->f->object == r->o ? r->v[p->f->index] : none;
}

static int
text_cmp(const struct sf_field *f, const struct sf_val *a,
    const struct sf_val *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int c = f->flags & SF_CASESENSITIVE ? memcmp(a->s, b->s, n) :
	    strncasecmp(a->s, b->s, n);

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

static char
fold(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

/* LIKE: % any text, _ one character, \ takes their meaning away. */
static bool
like(const char *s, const char *se, const char *p, const char *pe)
{
	for (; p < pe; p++, s++) {
		if (*p == '%') {
			for (; s <= se; s++)
				if (like(s, se, p + 1, pe))
					return true;
			return false;
		}
		if (s == se)
			return false;
		if (*p == '_') {
			while (s + 1 < se && (s[1] & 0xc0) == 0x80)
				s++;
			continue;
		}
		if (*p == '\\' && p + 1 < pe)
			p++;
		if (fold(*p) != fold(*s))
			return false;
	}
	return s == se;
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

static bool
in(const struct sf_cond *c, const struct sf_val *v)
{
	size_t low = 0, high = c->nv, i;

	if (c->sorted && v->kind > SF_NULL) {
		while (low < high) {
			int d;

			i = (low + high) / 2;
			d = sf_val_cmp(c->path.f, v, &c->v[i].lo);
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
		if (test_one(c->path.f, SF_EQ, v, &c->v[i]))
			return true;
	return false;
}

static bool
test(struct sf_org *org, struct sf_soql *q, const struct sf_cond *c,
    struct sf_row *r)
{
	struct sf_val v;

	if (c->kind == SF_AND)
		return test(org, q, c->a, r) && test(org, q, c->b, r);
	if (c->kind == SF_OR)
		return test(org, q, c->a, r) || test(org, q, c->b, r);
	if (c->kind == SF_NOT)
		return !test(org, q, c->a, r);
	v = sf_path_value(org, q, &c->path, r);
	if (c->cmp == SF_IN || c->cmp == SF_NOT_IN)
		return in(c, &v) == (c->cmp == SF_IN);
	return test_one(c->path.f, c->cmp, &v, c->v);
}

bool
sf_soql_match(struct sf_org *org, struct sf_soql *q, struct sf_row *r)
{
	return q->where == NULL || test(org, q, q->where, r);
}

/* --- which records --- */

struct list {
	int64_t *id;
	size_t n, cap;
};

static void
list_add(struct list *l, int64_t id)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 256;
		l->id = sf_xrealloc(l->id, l->cap * sizeof(*l->id));
	}
	l->id[l->n++] = id;
}

/* Can the index answer this comparison? */
static bool
by_index(const struct sf_cond *c)
{
	const struct sf_field *f = c->path.f;
	size_t i;

	if (c->kind != SF_CMP || (c->cmp != SF_EQ && c->cmp != SF_IN) ||
	    c->path.hops > 1 ||
	    (c->path.hops && !(c->path.hop[0]->flags & SF_INDEXED)) ||
	    !(f->type == SF_T_ID || (f->flags & SF_INDEXED)))
		return false;
	for (i = 0; i < c->nv; i++)
		if (c->v[i].range || c->v[i].lo.kind <= SF_NULL)
			return false;
	return true;
}

static const struct sf_cond *
index_cond(const struct sf_cond *c)
{
	const struct sf_cond *found;

	if (c == NULL)
		return NULL;
	if (c->kind == SF_AND)
		return (found = index_cond(c->a)) ? found : index_cond(c->b);
	return by_index(c) ? c : NULL;
}

/* Records whose field has the value; -1 when there are too many. */
static int
lookup(struct sf_org *org, const struct sf_field *f, const struct sf_val *v,
    int64_t *ids)
{
	int n;

	if (f->type == SF_T_ID) {
		ids[0] = v->i;
		return v->i > 0;
	}
	n = sf_find(org, f, v, ids, FOUND_MAX);
	return n == FOUND_MAX ? -1 : n;
}

static bool
candidates(struct sf_org *org, const struct sf_cond *c, struct list *l)
{
	int64_t *ids = sf_xmalloc(FOUND_MAX * sizeof(*ids));
	int64_t *kids = sf_xmalloc(FOUND_MAX * sizeof(*kids));
	struct sf_val id = {.kind = SF_INT};
	int n = 0, m = 0, k, j;
	size_t i;

	for (i = 0; n >= 0 && m >= 0 && i < c->nv; i++) {
		n = lookup(org, c->path.f, &c->v[i].lo, ids);
		for (k = 0; k < n; k++) {
			if (c->path.hops == 0) {
				list_add(l, ids[k]);
				continue;
			}
			id.i = ids[k];
			m = sf_find(org, c->path.hop[0], &id, kids, FOUND_MAX);
			if (m == FOUND_MAX)
				m = -1;
			for (j = 0; j < m; j++)
				list_add(l, kids[j]);
		}
	}
	free(ids);
	free(kids);
	return n >= 0 && m >= 0;
}

static int
by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

bool
sf_soql_at_once(const struct sf_org *org, const struct sf_soql *q)
{
	(void)org;
	return q->norder || q->limit >= 0 || q->offset ||
	    index_cond(q->where) != NULL;
}

/* May finding stop early?  Without order, at the limit. */
static bool
enough(const struct sf_soql *q, const struct list *l)
{
	return q->norder == 0 && q->limit >= 0 &&
	    l->n >= (size_t)(q->limit + q->offset);
}

static void
gather(struct sf_org *org, struct sf_soql *q, bool all, struct list *out)
{
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	const struct sf_cond *c = all ? NULL : index_cond(q->where);
	struct list l = {0};
	struct sf_arena a = {0};
	int64_t last = 0;
	size_t i;

	if (c != NULL && candidates(org, c, &l)) {
		if (l.n)
			qsort(l.id, l.n, sizeof(*l.id), by_number);
		for (i = 0; i < l.n && !enough(q, out); i++) {
			if ((i && l.id[i] == l.id[i - 1]) ||
			    !sf_get(org, l.id[i], &a, r))
				continue;
			if (r->o == q->o && !r->dead &&
			    sf_soql_match(org, q, r))
				list_add(out, r->id);
			sf_arena_reset(&a);
		}
	} else {
		while (!enough(q, out) && sf_next(org, q->o, last, &a, r)) {
			last = r->id;
			if ((all || !r->dead) && sf_soql_match(org, q, r))
				list_add(out, r->id);
			sf_arena_reset(&a);
		}
	}
	sf_arena_free(&a);
	free(l.id);
	free(r);
}

/* --- order --- */

struct sortable {
	int64_t id;
	struct sf_val v[SF_ORDER_MAX];
};

static int
by_order(const void *a, const void *b, void *arg)
{
	const struct sortable *x = a, *y = b;
	const struct sf_soql *q = arg;
	int i, c;

	for (i = 0; i < q->norder; i++) {
		const struct sf_order *o = &q->order[i];
		bool xn = x->v[i].kind <= SF_NULL, yn = y->v[i].kind <= SF_NULL;

		if (xn != yn)
			return (xn ? -1 : 1) * (o->nulls_last ? -1 : 1);
		c = sf_val_cmp(o->path.f, &x->v[i], &y->v[i]);
		if (c)
			return o->descending ? -c : c;
	}
	return (x->id > y->id) - (x->id < y->id);
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

void
sf_soql_ids(struct sf_org *org, struct sf_soql *q, bool all, int64_t **ids,
    size_t *n)
{
	struct list l = {0};
	size_t skip;

	gather(org, q, all, &l);
	if (q->norder && l.n)
		sort(org, q, &l);
	skip = (size_t)q->offset < l.n ? (size_t)q->offset : l.n;
	if (skip)
		memmove(l.id, l.id + skip, (l.n - skip) * sizeof(*l.id));
	l.n -= skip;
	if (q->limit >= 0 && l.n > (size_t)q->limit)
		l.n = (size_t)q->limit;
	*ids = l.id;
	*n = l.n;
}

/* --- how they look --- */

static void
attributes(struct sf_org *org, const struct sf_row *r, const char *version,
    struct buf *b)
{
	char id[19];

	sf_id_write(org, r->id, id);
	buf_fmt(b, "{\"attributes\":{\"type\":\"%s\",\"url\":"
	    "\"/services/data/v%s/sobjects/%s/%s\"}", r->o->name, version,
	    r->o->name, id);
}

/*
 * The paths select[from..to) share their first `depth` hops, which lead to
 * `r`.  Print what they select of it; parents become nested objects.
 */
static void
json_level(struct sf_org *org, struct sf_soql *q, int depth, const char *up,
    size_t up_n, struct sf_row *r, const char *version, struct buf *b)
{
	int i, k;

	attributes(org, r, version, b);
	for (i = 0; i < q->nselect; i++) {
		const struct sf_path *p = &q->select[i];
		struct sf_row *parent;
		size_t n;

		if (strncmp(p->text, up, up_n) != 0)
			continue;
		n = strcspn(p->text + up_n, ".");
		if (p->hops == depth) {
			buf_fmt(b, ",\"%s\":", p->f->name);
			if (p->f->object == r->o)
				sf_to_json(org, p->f, &r->v[p->f->index], b);
			else
				buf_str(b, "null");
			continue;
		}
		for (k = 0; k < i; k++)		/* printed with an earlier one */
			if (q->select[k].hops > depth &&
			    strncmp(q->select[k].text, p->text, up_n + n + 1)
			    == 0)
				break;
		if (k < i)
			continue;
		buf_fmt(b, ",\"%s\":", p->hop[depth]->relation);
		parent = r->v[p->hop[depth]->index].kind == SF_INT ?
		    parent_row(org, q, depth,
		    r->v[p->hop[depth]->index].i) : NULL;
		if (parent == NULL)
			buf_str(b, "null");
		else
			json_level(org, q, depth + 1, p->text, up_n + n + 1,
			    parent, version, b);
	}
	buf_byte(b, '}');
}

void
sf_soql_json(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    const char *version, struct buf *b)
{
	json_level(org, q, 0, "", 0, r, version, b);
}

void
sf_soql_csv(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    char delim, const char *eol, struct buf *b)
{
	struct buf cell = {0};
	struct sf_val v;
	int i;

	for (i = 0; i < q->nselect; i++) {
		v = sf_path_value(org, q, &q->select[i], r);
		cell.n = 0;
		sf_text(org, q->select[i].f, &v, "Z", &cell);
		if (i)
			buf_byte(b, delim);
		sf_csv(b, cell.p ? cell.p : "", cell.n);
	}
	buf_str(b, eol);
	buf_free(&cell);
}
