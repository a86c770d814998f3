/* sf-where - the query language: conditions and literals */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sf-parser.h"
#include "sf-utf8.h"

#define DEPTH_MAX 100		/* of parentheses and NOT */

/* --- literals --- */

/* The four digits behind \u; -1: they are none. */
static long
unit(const char *p, const char *end)
{
	char digits[5];

	if (end - p < 5 || *p != 'u' ||
	    strspn(p + 1, "0123456789abcdefABCDEF") < 4)
		return -1;
	snprintf(digits, sizeof(digits), "%s", p + 1);
	return strtol(digits, NULL, 16);
}

/* One character, or both halves of one beyond 16 bits. */
static const char *
unicode(const char *p, const char *end, char **to)
{
	long c = unit(p, end), low;

	if (c >= 0xd800 && c < 0xdc00 && end - p > 6 && p[5] == '\\' &&
	    (low = unit(p + 6, end)) >= 0xdc00 && low < 0xe000) {
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		p += 6;
	}
	if (c < 0 || (c >= 0xd800 && c < 0xe000))
		return NULL;
	*to += sf_utf8_write((uint32_t)c, *to);
	return p + 5;
}

/* What stands behind a backslash; returns what follows it, NULL: nonsense. */
static const char *
escape(const char *p, const char *end, char **to)
{
	static const char names[] = "nNrRtTbBfF", means[] = "\n\r\t\b\f";
	const char *at = strchr(names, *p);

	if (*p == 'u')
		return unicode(p, end, to);
	if (at != NULL)
		*(*to)++ = means[(at - names) / 2];
	else if (*p == '%' || *p == '_') {	/* LIKE sees to it */
		*(*to)++ = '\\';
		*(*to)++ = *p;
	} else if (strchr("\\'\"", *p) != NULL)
		*(*to)++ = *p;
	else
		return NULL;
	return p + 1;
}

static int
text_literal(struct sf_parser *ps, struct sf_val *v)
{
	const char *p = ps->p + 1, *end = ps->p + ps->n - 1, *next;
	char *to = sf_alloc(&ps->q->a, ps->n + 1);

	v->kind = SF_TEXT;
	v->s = to;
	for (; p < end; p = next) {
		next = p + 1;
		if (*p != '\\')
			*to++ = *p;
		else if ((next = escape(p + 1, end, &to)) == NULL)
			return sf_fail(ps->e, "MALFORMED_QUERY", "", "line "
			    "1:%zu no viable alternative at character '%c'",
			    (size_t)(p + 1 - ps->text), p[1]);
	}
	if (p > end || *end != '\'')	/* beyond: the last quote is escaped */
		return sf_fail(ps->e, "MALFORMED_QUERY", "", "line 1:%zu "
		    "mismatched character '<EOF>' expecting '''",
		    (size_t)(ps->p - ps->text) + ps->n);
	v->n = (size_t)(to - v->s);
	return 0;
}

static int
bad_literal(struct sf_parser *ps, const struct sf_field *f)
{
	static const char *const wants[] = {"ID", "string", "string", "string",
	    "string", "string", "string", "string", "ID", "boolean", "int",
	    "double", "double", "double", "date", "dateTime", "time"};
	size_t type = (size_t)f->type < sizeof(wants) / sizeof(wants[0]) ?
	    (size_t)f->type : SF_T_STRING;
	bool text = f->type <= SF_T_REFERENCE;

	return sf_soql_fault(ps, "INVALID_FIELD", ps->p, "value of filter "
	    "criterion for field '%s' must be of type %s and should %sbe "
	    "enclosed in quotes", f->name, wants[type], text ? "" : "not ");
}

static int
id_literal(struct sf_parser *ps, struct sf_literal *l)
{
	struct sf_val t = l->lo;

	l->lo.kind = SF_INT;
	l->lo.i = sf_id_read(ps->org, t.s, t.n);
	return l->lo.i >= 0 ? 0 : sf_soql_fault(ps,
	    "INVALID_QUERY_FILTER_OPERATOR", ps->p, "invalid ID field: %.*s",
	    (int)t.n, t.s);
}

static int
bare_literal(struct sf_parser *ps, const struct sf_path *path,
    struct sf_literal *l)
{
	const struct sf_field *f = path->is;
	struct sf_err ignored;
	int rc;

	if ((f->type == SF_T_DATE || f->type == SF_T_DATETIME) &&
	    path->fn == SF_FN_NONE && (rc = sf_soql_date(ps, f, l)) != 0)
		return rc < 0 ? -1 : 0;
	if (f->type == SF_T_BOOLEAN && !sf_soql_is(ps, "true") &&
	    !sf_soql_is(ps, "false"))
		return bad_literal(ps, f);
	if (sf_value_csv(f, ps->p, ps->n, &ps->q->a, &l->lo, &ignored) == 0)
		return 0;
	/* numbers beyond the range of an int still compare */
	if (f->type != SF_T_INT || strspn(ps->p, "0123456789.-+eE") < ps->n)
		return bad_literal(ps, f);
	l->lo.kind = SF_NUM;
	l->lo.d = strtod(ps->p, NULL);
	return 0;
}

static int
literal(struct sf_parser *ps, const struct sf_path *path, enum sf_cmp cmp,
    struct sf_literal *l)
{
	const struct sf_field *f = path->is;
	bool quoted = ps->n > 0 && *ps->p == '\'', id;
	int rc;

	memset(l, 0, sizeof(*l));
	l->lo.kind = SF_NULL;
	if (ps->n == 0 || (!quoted && !sf_soql_word_char(*ps->p)) ||
	    *ps->p == ':')
		return sf_soql_unexpected(ps);
	if (sf_soql_is(ps, "null")) {
		sf_soql_scan(ps);
		return 0;
	}
	if (quoted != (f->type <= SF_T_REFERENCE))
		return bad_literal(ps, f);
	id = cmp != SF_LIKE && (f->type == SF_T_ID ||
	    f->type == SF_T_REFERENCE);
	if (!quoted)
		rc = bare_literal(ps, path, l);
	else if ((rc = text_literal(ps, &l->lo)) == 0 && id)
		rc = id_literal(ps, l);
	else if (rc == 0 && l->lo.n == 0 && (cmp == SF_EQ || cmp == SF_NE ||
	    cmp == SF_IN || cmp == SF_NOT_IN))
		l->lo.kind = SF_NULL;	/* no text is kept empty */
	if (rc == 0)
		sf_soql_scan(ps);
	return rc;
}

/* --- semi-joins --- */

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

/* Can ids of these two fields be the same? */
static bool
meet(const struct sf_field *a, const struct sf_field *b)
{
	int i, k, na = a->type == SF_T_ID ? 1 : a->ntargets;
	int nb = b->type == SF_T_ID ? 1 : b->ntargets;

	for (i = 0; i < na; i++)
		for (k = 0; k < nb; k++)
			if (strcmp(a->type == SF_T_ID ? a->object->name :
			    a->targets[i], b->type == SF_T_ID ?
			    b->object->name : b->targets[k]) == 0)
				return true;
	return false;
}

static bool
is_id(const struct sf_field *f)
{
	return f->type == SF_T_ID || f->type == SF_T_REFERENCE;
}

static int
join_rules(struct sf_parser *ps, const struct sf_cond *c,
    const struct sf_soql *q, const char *at)
{
	const struct sf_field *outer = c->path.f, *inner;

	inner = q->select[0].path.f;
	if (!is_id(outer) || c->path.hops)
		return sf_soql_fault(ps, "MALFORMED_QUERY", at, "The left "
		    "operand '%s' cannot be used in a semi join: it must be "
		    "an id or reference field of the outer object",
		    c->path.text);
	if (q->o == ps->q->o)
		return sf_soql_fault(ps, "MALFORMED_QUERY", at, "The inner "
		    "and outer selects should not be on the same object "
		    "type");
	return is_id(inner) && meet(outer, inner) ? 0 : sf_soql_fault(ps,
	    "MALFORMED_QUERY", at, "The selected field '%s' in the subquery "
	    "and the left operand field in the where expression in the outer "
	    "query '%s' should point to the same object type",
	    q->select[0].path.text, c->path.text);
}

/* Run a subquery now and keep what it gives: ids. */
static void
join_values(struct sf_parser *ps, struct sf_soql *q, struct sf_cond *c,
    size_t *cap)
{
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	struct sf_literal l;
	struct sf_arena a = {0};
	int64_t *ids;
	size_t n, i;

	sf_soql_ids(ps->org, q, false, &ids, &n);
	for (i = 0; i < n; i++) {
		memset(&l, 0, sizeof(l));
		sf_get(ps->org, ids[i], &a, r);
		l.lo = sf_path_value(ps->org, q, &q->select[0].path, r);
		if (l.lo.kind > SF_NULL)
			add_literal(c, cap, &l);
		sf_arena_reset(&a);
	}
	sf_arena_free(&a);
	free(ids);
	free(r);
}

/* IN (SELECT ...) */
static int
semi_join(struct sf_parser *ps, struct sf_cond *c, size_t *cap)
{
	struct sf_parser in = *ps;
	const char *at = ps->p;
	int rc;

	if (ps->sub == SF_SUB_JOIN)
		return sf_soql_fault(ps, "MALFORMED_QUERY", at, "Nesting of "
		    "semi join sub-selects is not supported");
	if (++ps->joins > 2)
		return sf_soql_fault(ps, "MALFORMED_QUERY", at, "Maximum 2 "
		    "semi join sub-selects are allowed");
	c->joined = true;
	in.sub = SF_SUB_JOIN;
	in.naliases = 0;
	in.q = sf_xmalloc(sizeof(*in.q));
	memset(in.q, 0, sizeof(*in.q));
	in.q->limit = -1;
	rc = sf_soql_select_from(&in);
	if (rc == 0)
		rc = join_rules(ps, c, in.q, at);
	if (rc == 0)
		join_values(ps, in.q, c, cap);
	ps->p = in.p;
	ps->n = in.n;
	sf_soql_free(in.q);
	return rc;
}

/* --- conditions --- */

static int
by_value(const void *a, const void *b, void *f)
{
	return sf_val_cmp(f, &((const struct sf_literal *)a)->lo,
	    &((const struct sf_literal *)b)->lo);
}

/* Bring the values to where the query's end frees them, in order. */
static void
settle(struct sf_parser *ps, struct sf_cond *c)
{
	struct sf_literal *v;
	size_t i;

	if (c->nv) {
		v = sf_alloc(&ps->q->a, c->nv * sizeof(*v));
		memcpy(v, c->v, c->nv * sizeof(*v));
		free(c->v);
		c->v = v;
	}
	c->sorted = c->cmp == SF_IN || c->cmp == SF_NOT_IN;
	for (i = 0; i < c->nv; i++)
		c->sorted = c->sorted && !c->v[i].range &&
		    c->v[i].lo.kind > SF_NULL;
	if (c->sorted && c->nv > 1)
		qsort_r(c->v, c->nv, sizeof(*c->v), by_value,
		    (void *)(uintptr_t)c->path.is);
}

static int
in_list(struct sf_parser *ps, struct sf_cond *c)
{
	struct sf_literal l;
	size_t cap = 0;
	int rc = 0;

	if (!sf_soql_take(ps, "("))
		return sf_soql_unexpected(ps);
	if (sf_soql_is(ps, "SELECT")) {
		rc = semi_join(ps, c, &cap);
	} else {
		do {
			if ((rc = literal(ps, &c->path, c->cmp, &l)) == 0)
				add_literal(c, &cap, &l);
		} while (rc == 0 && sf_soql_take(ps, ","));
	}
	if (rc == 0 && !sf_soql_take(ps, ")"))
		rc = sf_soql_unexpected(ps);
	settle(ps, c);
	return rc;
}

static int
operator(struct sf_parser *ps, enum sf_cmp *cmp)
{
	static const char *const names[] = {"=", "!=", "<", "<=", ">", ">=",
	    "LIKE", "IN", "NOT IN", "INCLUDES", "EXCLUDES"};
	int i;

	for (i = 0; i <= SF_EXCLUDES; i++)
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
bad_operator(struct sf_parser *ps, const char *at, const struct sf_field *f)
{
	return sf_soql_fault(ps, "INVALID_QUERY_FILTER_OPERATOR", at,
	    "invalid operator on %s field", sf_type_name(f->type));
}

/* May the operator stand behind the field? */
static int
suits(struct sf_parser *ps, const char *at, const struct sf_cond *c)
{
	const struct sf_field *f = c->path.is;
	bool multi = f->type == SF_T_MULTIPICKLIST;
	bool order = c->cmp >= SF_LT && c->cmp <= SF_GE;

	if (c->cmp == SF_LIKE && (f->type == SF_T_ID ||
	    f->type >= SF_T_REFERENCE || multi))
		return bad_operator(ps, at, f);
	if ((c->cmp == SF_INCLUDES || c->cmp == SF_EXCLUDES) && !multi)
		return sf_soql_fault(ps, "INVALID_QUERY_FILTER_OPERATOR", at,
		    "includes/excludes operators only valid on multipicklist "
		    "field");
	if (order && (f->type == SF_T_BOOLEAN || multi))
		return bad_operator(ps, at, f);
	return 0;
}

static int
comparison(struct sf_parser *ps, struct sf_cond *c)
{
	const char *at = ps->p;
	const struct sf_field *f;

	if (sf_soql_operand(ps, ps->q->o, &c->path) < 0)
		return -1;
	f = c->path.f;
	if (!ps->having && c->path.fn != SF_FN_NONE &&
	    c->path.fn < SF_FN_DATES)
		return sf_soql_fault(ps, "MALFORMED_QUERY", at, "Aggregate "
		    "functions stand in HAVING, not in WHERE: %s",
		    c->path.text);
	if ((f->type == SF_T_TEXTAREA && f->length > 255) ||
	    f->type == SF_T_ADDRESS)
		return sf_soql_fault(ps, "INVALID_FIELD", at, "field '%s' can "
		    "not be filtered in a query call", f->name);
	if (operator(ps, &c->cmp) < 0 || suits(ps, at, c) < 0)
		return -1;
	if (c->cmp >= SF_IN)
		return in_list(ps, c);
	c->v = sf_alloc(&ps->q->a, sizeof(*c->v));
	c->nv = 1;
	return literal(ps, &c->path, c->cmp, c->v);
}

static int
factor(struct sf_parser *ps, struct sf_cond **out)
{
	int rc;

	if (++ps->depth > DEPTH_MAX)
		return sf_soql_unexpected(ps);
	if (sf_soql_take(ps, "NOT")) {
		*out = cond_new(ps, SF_NOT);
		rc = factor(ps, &(*out)->a);
	} else if (!sf_soql_take(ps, "(")) {
		*out = cond_new(ps, SF_CMP);
		rc = comparison(ps, *out);
	} else {
		rc = sf_soql_condition(ps, out);
		if (rc == 0 && !sf_soql_take(ps, ")"))
			rc = sf_soql_unexpected(ps);
	}
	ps->depth--;
	return rc;
}

static bool
joins(const struct sf_cond *c)
{
	return c != NULL && (c->joined || joins(c->a) || joins(c->b));
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
	if (kind == SF_OR && ps->joins && joins(*out))
		return sf_fail(ps->e, "MALFORMED_QUERY", "", "Semi join sub-"
		    "selects are not allowed with the 'OR' operator");
	return 0;
}
