/* sf-where - the query language: conditions and literals */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sf-parser.h"

#define DAY_MS 86400000

/* --- literals --- */

static int
text_literal(struct sf_parser *ps, struct sf_val *v)
{
	const char *p = ps->p + 1, *end = ps->p + ps->n - 1;
	char *to = sf_alloc(&ps->q->a, ps->n + 1);

	if (ps->n < 2 || *end != '\'')
		return sf_fail(ps->e, "MALFORMED_QUERY", "",
		    "unterminated string literal");
	v->kind = SF_TEXT;
	v->s = to;
	for (; p < end; p++) {
		if (*p != '\\') {
			*to++ = *p;
			continue;
		}
		p++;
		if (*p == 'n' || *p == 'N')
			*to++ = '\n';
		else if (*p == 'r' || *p == 'R')
			*to++ = '\r';
		else if (*p == 't' || *p == 'T')
			*to++ = '\t';
		else if (strchr("\\'\"bfBF", *p) != NULL)
			*to++ = *p;
		else if (*p == '%' || *p == '_') {	/* LIKE sees to it */
			*to++ = '\\';
			*to++ = *p;
		} else
			return sf_fail(ps->e, "MALFORMED_QUERY", "",
			    "Illegal character sequence '\\%c'", *p);
	}
	v->n = (size_t)(to - v->s);
	return 0;
}

static int64_t
midnight(int64_t ms)
{
	return ms - ms % DAY_MS;
}

/* TODAY, LAST_N_DAYS:7 and their like; the org's clock is UTC here. */
static bool
date_literal(struct sf_parser *ps, const struct sf_field *f,
    struct sf_literal *l)
{
	static const struct { const char *name; int from, to; } fixed[] = {
		{"TODAY", 0, 1}, {"YESTERDAY", -1, 0}, {"TOMORROW", 1, 2}};
	int64_t day = midnight(sf_now()), unit;
	int from = 0, to = 0, i, n;
	bool found = false;

	unit = f->type == SF_T_DATE ? 1 : DAY_MS;
	for (i = 0; i < 3; i++)
		if (sf_soql_is(ps, fixed[i].name)) {
			from = fixed[i].from;
			to = fixed[i].to;
			found = true;
		}
	if (sscanf(ps->p, "LAST_N_DAYS:%d", &n) == 1) {
		from = -n;
		to = 1;
		found = true;
	} else if (sscanf(ps->p, "NEXT_N_DAYS:%d", &n) == 1) {
		from = 1;
		to = n + 1;
		found = true;
	}
	if (!found)
		return false;
	day = f->type == SF_T_DATE ? day / DAY_MS : day;
	l->lo.kind = SF_INT;
	l->lo.i = day + from * unit;
	l->hi = day + to * unit;
	l->range = true;
	return true;
}

static int
bad_literal(struct sf_parser *ps, const struct sf_field *f)
{
	static const char *const wants[] = {"ID", "string", "string", "string",
	    "string", "string", "string", "string", "ID", "boolean", "int",
	    "double", "double", "double", "date", "dateTime", "time", ""};
	bool text = f->type <= SF_T_REFERENCE;

	return sf_soql_fault(ps, "INVALID_FIELD", ps->p, "value of filter criterion "
	    "for field '%s' must be of type %s and should %sbe enclosed in "
	    "quotes", f->name, wants[f->type], text ? "" : "not ");
}

static int
literal(struct sf_parser *ps, const struct sf_field *f, enum sf_cmp cmp,
    struct sf_literal *l)
{
	bool quoted = ps->n > 0 && *ps->p == '\'';
	struct sf_err ignored;
	struct sf_val t;

	memset(l, 0, sizeof(*l));
	l->lo.kind = SF_NULL;
	if (ps->n == 0 || strchr(",()", *ps->p) != NULL)
		return sf_soql_unexpected(ps);
	if (sf_soql_is(ps, "null")) {
		sf_soql_scan(ps);
		return 0;
	}
	if (quoted != (f->type <= SF_T_REFERENCE))
		return bad_literal(ps, f);
	if (quoted) {
		if (text_literal(ps, &t) < 0)
			return -1;
		l->lo = t;
		if (cmp != SF_LIKE &&
		    (f->type == SF_T_ID || f->type == SF_T_REFERENCE)) {
			l->lo.kind = SF_INT;
			l->lo.i = sf_id_read(ps->org, t.s, t.n);
			if (l->lo.i < 0)
				return sf_soql_fault(ps, "INVALID_QUERY_FILTER_"
				    "OPERATOR", ps->p, "invalid ID field: "
				    "%.*s", (int)t.n, t.s);
		}
	} else if ((f->type != SF_T_DATE && f->type != SF_T_DATETIME) ||
	    !date_literal(ps, f, l)) {
		if (f->type == SF_T_BOOLEAN && !sf_soql_is(ps, "true") &&
		    !sf_soql_is(ps, "false"))
			return bad_literal(ps, f);
		if (sf_value_csv(f, ps->p, ps->n, &ps->q->a, &l->lo,
		    &ignored) < 0 && (f->type != SF_T_INT ||
		    strspn(ps->p, "0123456789.-") < ps->n))
			return bad_literal(ps, f);
	}
	sf_soql_scan(ps);
	return 0;
}

/* --- conditions --- */

static struct sf_cond *
cond_new(struct sf_parser *ps, enum sf_cond_kind kind)
{
	struct sf_cond *c = sf_alloc(&ps->q->a, sizeof(*c));

	memset(c, 0, sizeof(*c));
	c->kind = kind;
	return c;
}

static void
add_literal(struct sf_cond *c, size_t *cap, const struct sf_literal *l)
{
	if (c->nv == *cap) {
		*cap = *cap ? *cap * 2 : 16;
		c->v = sf_xrealloc(c->v, *cap * sizeof(*c->v));
	}
	c->v[c->nv++] = *l;
}

/* IN (SELECT ...): run it now and keep what it gives. */
static int
semi_join(struct sf_parser *ps, struct sf_cond *c, size_t *cap)
{
	struct sf_soql *outer = ps->q, *q;
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	struct sf_literal l;
	struct sf_arena a = {0};
	int64_t *ids = NULL;
	size_t n = 0, i;
	int rc = -1;

	q = sf_xmalloc(sizeof(*q));
	memset(q, 0, sizeof(*q));
	q->limit = -1;
	ps->q = q;
	ps->depth++;
	if (ps->depth > 2)
		sf_soql_unexpected(ps);
	else
		rc = sf_soql_select_from(ps, true);
	ps->q = outer;
	ps->depth--;
	if (rc == 0)
		sf_soql_ids(ps->org, q, false, &ids, &n);
	for (i = 0; rc == 0 && i < n; i++) {
		memset(&l, 0, sizeof(l));
		sf_get(ps->org, ids[i], &a, r);
		l.lo = sf_path_value(ps->org, q, &q->select[0], r);
		if (l.lo.kind == SF_TEXT)
			l.lo.s = sf_dup(&outer->a, l.lo.s, l.lo.n);
		if (l.lo.kind > SF_NULL)
			add_literal(c, cap, &l);
		sf_arena_reset(&a);
	}
	sf_arena_free(&a);
	free(ids);
	free(r);
	sf_soql_free(q);
	return rc;
}

static int
by_value(const void *a, const void *b, void *f)
{
	return sf_val_cmp(f, &((const struct sf_literal *)a)->lo,
	    &((const struct sf_literal *)b)->lo);
}

static int
in_list(struct sf_parser *ps, struct sf_cond *c)
{
	struct sf_literal l;
	size_t cap = 0, i;
	int rc = 0;

	if (!sf_soql_take(ps, "("))
		return sf_soql_unexpected(ps);
	if (sf_soql_is(ps, "SELECT")) {
		rc = semi_join(ps, c, &cap);
	} else {
		do {
			if ((rc = literal(ps, c->path.f, c->cmp, &l)) == 0)
				add_literal(c, &cap, &l);
		} while (rc == 0 && sf_soql_take(ps, ","));
	}
	if (rc == 0 && !sf_soql_take(ps, ")"))
		rc = sf_soql_unexpected(ps);
	if (c->nv) {		/* to where the query's end frees it */
		struct sf_literal *v = sf_alloc(&ps->q->a,
		    c->nv * sizeof(*v));

		memcpy(v, c->v, c->nv * sizeof(*v));
		free(c->v);
		c->v = v;
	}
	c->sorted = true;
	for (i = 0; i < c->nv; i++)
		c->sorted = c->sorted && !c->v[i].range &&
		    c->v[i].lo.kind > SF_NULL;
	if (c->sorted && c->nv > 1)
		qsort_r(c->v, c->nv, sizeof(*c->v), by_value,
		    (void *)(uintptr_t)c->path.f);
	return rc;
}

static int
operator(struct sf_parser *ps, enum sf_cmp *cmp)
{
	static const char *const names[] = {"=", "!=", "<", "<=", ">", ">=",
	    "LIKE", "IN"};
	int i;

	for (i = 0; i < 8; i++)
		if (sf_soql_take(ps, names[i])) {
			*cmp = (enum sf_cmp)i;
			return 0;
		}
	if (sf_soql_take(ps, "<>"))
		return *cmp = SF_NE, 0;
	if (sf_soql_take(ps, "NOT") && sf_soql_take(ps, "IN"))
		return *cmp = SF_NOT_IN, 0;
	return sf_soql_unexpected(ps);
}

static int
comparison(struct sf_parser *ps, struct sf_cond *c)
{
	const char *at = ps->p;
	const struct sf_field *f;

	if (ps->n == 0 || !sf_soql_word_char(*ps->p))
		return sf_soql_unexpected(ps);
	if (sf_soql_path(ps, ps->q->o, &c->path) < 0)
		return -1;
	f = c->path.f;
	if ((f->type == SF_T_TEXTAREA && f->length > 255) ||
	    f->type == SF_T_ADDRESS)
		return sf_soql_fault(ps, "INVALID_FIELD", at, "field '%s' can not be "
		    "filtered in a query call", f->name);
	if (operator(ps, &c->cmp) < 0)
		return -1;
	if (c->cmp == SF_LIKE && (f->type == SF_T_ID ||
	    f->type >= SF_T_REFERENCE))
		return sf_soql_fault(ps, "INVALID_QUERY_FILTER_OPERATOR", at,
		    "invalid operator on %s field", sf_type_name(f->type));
	if (c->cmp == SF_IN || c->cmp == SF_NOT_IN)
		return in_list(ps, c);
	c->v = sf_alloc(&ps->q->a, sizeof(*c->v));
	c->nv = 1;
	return literal(ps, f, c->cmp, c->v);
}

static int
factor(struct sf_parser *ps, struct sf_cond **out)
{
	int rc;

	if (sf_soql_take(ps, "NOT")) {
		*out = cond_new(ps, SF_NOT);
		return factor(ps, &(*out)->a);
	}
	if (!sf_soql_take(ps, "(")) {
		*out = cond_new(ps, SF_CMP);
		return comparison(ps, *out);
	}
	if (++ps->depth > 100)
		return sf_soql_unexpected(ps);
	rc = sf_soql_condition(ps, out);
	ps->depth--;
	if (rc == 0 && !sf_soql_take(ps, ")"))
		return sf_soql_unexpected(ps);
	return rc;
}

/*
 * AND and OR do not mix without parentheses: the platform refuses that
 * instead of having a precedence.
 */
int
sf_soql_condition(struct sf_parser *ps, struct sf_cond **out)
{
	enum sf_cond_kind kind = SF_CMP;
	struct sf_cond *c;

	if (factor(ps, out) < 0)
		return -1;
	while (sf_soql_is(ps, "AND") || sf_soql_is(ps, "OR")) {
		enum sf_cond_kind k = sf_soql_is(ps, "AND") ? SF_AND : SF_OR;

		if (kind != SF_CMP && kind != k)
			return sf_soql_unexpected(ps);
		kind = k;
		sf_soql_scan(ps);
		c = cond_new(ps, k);
		c->a = *out;
		if (factor(ps, &c->b) < 0)
			return -1;
		*out = c;
	}
	return 0;
}
