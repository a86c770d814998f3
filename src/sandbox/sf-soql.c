/* sf-soql - the query language: text becomes struct sf_soql */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-parser.h"

#define SOQL_MAX 100000
#define BEFORE 35		/* characters of the query in a message */
#define BEHIND 35

/* --- tokens and errors --- */

bool
sf_soql_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '.' || c == ':' ||
	    c == '-' || c == '+';
}

void
sf_soql_scan(struct sf_parser *ps)
{
	const char *p = ps->p + ps->n;

	while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
		p++;
	ps->p = p;
	if (*p == '\'') {
		for (p++; *p && *p != '\''; p++)
			if (*p == '\\' && p[1])
				p++;
		p += *p == '\'';
	} else if (strchr("<>!=", *p) && *p) {
		p += 1 + (p[1] == '=' || (p[0] == '<' && p[1] == '>'));
	} else if (sf_soql_word_char(*p)) {
		while (sf_soql_word_char(*p))
			p++;
	} else if (*p) {
		p++;
	}
	ps->n = (size_t)(p - ps->p);
}

bool
sf_soql_is(const struct sf_parser *ps, const char *word)
{
	return strlen(word) == ps->n && strncasecmp(ps->p, word, ps->n) == 0;
}

bool
sf_soql_take(struct sf_parser *ps, const char *word)
{
	if (!sf_soql_is(ps, word))
		return false;
	sf_soql_scan(ps);
	return true;
}

bool
sf_soql_calls(const struct sf_parser *ps, const char *word)
{
	const char *p = ps->p + ps->n;

	while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
		p++;
	return sf_soql_is(ps, word) && *p == '(';
}

static bool
part_of_word(const char *p)
{
	return sf_soql_word_char(*p) || *p == '\'';
}

/* Cut the query round `at` to whole words. */
static void
window(const struct sf_parser *ps, const char *at, const char **from,
    const char **to)
{
	const char *p = at - ps->text > BEFORE ? at - BEFORE : ps->text;
	size_t rest = strlen(at);
	const char *q = at + (rest < BEHIND ? rest : BEHIND);

	while (p > ps->text && p < at && part_of_word(p - 1))
		p++;
	while (*q && part_of_word(q) && q - at < 2 * BEHIND)
		q++;
	*from = p;
	*to = q;
}

int
sf_soql_fault(struct sf_parser *ps, const char *code, const char *at,
    const char *fmt, ...)
{
	char why[400];
	const char *from, *to, *p, *line = ps->text;
	va_list ap;
	int row = 1;

	for (p = ps->text; p < at; p++)
		if (*p == '\n') {
			row++;
			line = p + 1;
		}
	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	window(ps, at, &from, &to);
	return sf_fail(ps->e, code, "", "\n%.*s\n%*s\nERROR at Row:%d:Column:"
	    "%zu\n%s", (int)(to - from), from, (int)(at - from) + 1, "^", row,
	    (size_t)(at - line) + 1, why);
}

int
sf_soql_unexpected(struct sf_parser *ps)
{
	if (ps->n == 0)
		return sf_fail(ps->e, "MALFORMED_QUERY", "",
		    "unexpected token: '<EOF>'");
	if (*ps->p == ':')
		return sf_soql_fault(ps, "MALFORMED_QUERY", ps->p,
		    "Bind variables only allowed in Apex code");
	if (strchr("\"%#$&;?@[]\\^`{|}~", *ps->p) != NULL)
		return sf_fail(ps->e, "MALFORMED_QUERY", "", "line 1:%zu no "
		    "viable alternative at character '%c'",
		    (size_t)(ps->p - ps->text), *ps->p);
	return sf_soql_fault(ps, "MALFORMED_QUERY", ps->p,
	    "unexpected token: '%.*s'", (int)ps->n, ps->p);
}

int
sf_soql_not_bulk(struct sf_parser *ps, const char *what)
{
	return sf_fail(ps->e, "API_ERROR", "", "%s not supported in Bulk "
	    "Query", what);
}

/* --- clauses --- */

static int
order_by(struct sf_parser *ps)
{
	struct sf_soql *q = ps->q;
	struct sf_order *o;
	const char *at;

	if (!sf_soql_take(ps, "BY"))
		return sf_soql_unexpected(ps);
	do {
		o = &q->order[q->norder];
		at = ps->p;
		if (q->norder == SF_ORDER_MAX)
			return sf_fail(ps->e, "MALFORMED_QUERY", "", "maximum "
			    "number of fields in ORDER BY is %d",
			    SF_ORDER_MAX);
		if (sf_soql_operand(ps, q->o, &o->path) < 0)
			return -1;
		if (o->path.fn == SF_FN_NONE &&
		    ((o->path.f->type == SF_T_TEXTAREA &&
		    o->path.f->length > 255) ||
		    o->path.f->type == SF_T_MULTIPICKLIST ||
		    o->path.f->type == SF_T_ADDRESS))
			return sf_soql_fault(ps, "MALFORMED_QUERY", at,
			    "field '%s' can not be sorted in a query call",
			    o->path.f->name);
		o->descending = sf_soql_take(ps, "DESC");
		if (!o->descending)
			sf_soql_take(ps, "ASC");
		if (sf_soql_take(ps, "NULLS")) {
			o->nulls_last = sf_soql_take(ps, "LAST");
			if (!o->nulls_last && !sf_soql_take(ps, "FIRST"))
				return sf_soql_unexpected(ps);
		}
		q->norder++;
	} while (sf_soql_take(ps, ","));
	return 0;
}

static bool
groupable(const struct sf_path *p)
{
	return p->fn == SF_FN_NONE ? sf_groupable(p->f) :
	    p->fn >= SF_FN_DATES;
}

static int
group_by(struct sf_parser *ps)
{
	struct sf_soql *q = ps->q;
	struct sf_path *p;
	const char *at;

	if (!sf_soql_take(ps, "BY"))
		return sf_soql_unexpected(ps);
	if (sf_soql_calls(ps, "ROLLUP") || sf_soql_calls(ps, "CUBE"))
		return sf_soql_fault(ps, "MALFORMED_QUERY", ps->p,
		    "ROLLUP and CUBE are not served by this sandbox");
	do {
		p = &q->slot[q->ngroup];
		at = ps->p;
		if (q->ngroup == SF_GROUP_MAX)
			return sf_soql_unexpected(ps);
		if (sf_soql_operand(ps, q->o, p) < 0)
			return -1;
		if (!groupable(p))
			return sf_soql_fault(ps, "INVALID_FIELD", at, "field "
			    "'%s' can not be grouped in a query call",
			    p->f->name);
		q->nslot = ++q->ngroup;
	} while (sf_soql_take(ps, ","));
	q->grouped = true;
	return 0;
}

static int
number(struct sf_parser *ps, long *v)
{
	char *end;

	*v = strtol(ps->p, &end, 10);
	if (ps->n == 0 || end != ps->p + ps->n || *v < 0)
		return sf_soql_unexpected(ps);
	sf_soql_scan(ps);
	return 0;
}

/* FOR VIEW and FOR REFERENCE only note who looked; FOR UPDATE locks until the
 * end of the request, so that nobody sees it. */
static int
tail(struct sf_parser *ps)
{
	while (sf_soql_take(ps, "FOR"))
		do {
			if (!sf_soql_take(ps, "VIEW") &&
			    !sf_soql_take(ps, "REFERENCE") &&
			    !sf_soql_take(ps, "UPDATE"))
				return sf_soql_unexpected(ps);
		} while (sf_soql_take(ps, ","));
	if (sf_soql_is(ps, "ALL"))
		return sf_soql_fault(ps, "MALFORMED_QUERY", ps->p,
		    "ALL ROWS not allowed in this context");
	return 0;
}

static int
clauses(struct sf_parser *ps)
{
	struct sf_soql *q = ps->q;
	bool bulk = ps->where == SF_SOQL_BULK;

	if (sf_soql_take(ps, "WHERE") && sf_soql_condition(ps, &q->where) < 0)
		return -1;
	if (bulk && (sf_soql_is(ps, "GROUP") || sf_soql_is(ps, "HAVING")))
		return sf_soql_not_bulk(ps, "Aggregate Relationships");
	if (ps->sub != SF_SUB_NONE && sf_soql_is(ps, "GROUP"))
		return sf_soql_fault(ps, "MALFORMED_QUERY", ps->p,
		    "Only root queries support aggregate expressions");
	if (sf_soql_take(ps, "GROUP") && group_by(ps) < 0)
		return -1;
	if (q->ngroup && sf_soql_take(ps, "HAVING")) {
		ps->having = true;
		if (sf_soql_condition(ps, &q->having) < 0)
			return -1;
		ps->having = false;
	}
	if (sf_soql_take(ps, "ORDER") && order_by(ps) < 0)
		return -1;
	if (sf_soql_take(ps, "LIMIT") && number(ps, &q->limit) < 0)
		return -1;
	if (sf_soql_is(ps, "OFFSET") && bulk)
		return sf_soql_not_bulk(ps, "OFFSET");
	if (sf_soql_take(ps, "OFFSET") && number(ps, &q->offset) < 0)
		return -1;
	if (q->offset > 2000)
		return sf_fail(ps->e, "NUMBER_OUTSIDE_VALID_RANGE", "",
		    "Maximum SOQL offset allowed is 2000");
	return tail(ps);
}

/* --- FROM --- */

/* Pass over the select list: it can be read when FROM is known. */
static int
find_from(struct sf_parser *ps)
{
	int depth = 0;

	while (ps->n > 0 && (depth > 0 || !sf_soql_is(ps, "FROM"))) {
		depth += sf_soql_is(ps, "(") - sf_soql_is(ps, ")");
		sf_soql_scan(ps);
	}
	if (!sf_soql_take(ps, "FROM") || ps->n == 0)
		return sf_soql_unexpected(ps);
	return 0;
}

/* An alias, if one stands here. */
static bool
alias_name(struct sf_parser *ps, struct sf_alias *a)
{
	static const char *const words[] = {"WHERE", "WITH", "GROUP",
	    "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL", "USING",
	    "UPDATE"};
	size_t i;

	if (!sf_soql_take(ps, "AS"))
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (sf_soql_is(ps, words[i]))
				return false;
	if (ps->n == 0 || !sf_soql_word_char(*ps->p))
		return false;
	a->name = ps->p;
	a->n = ps->n;
	sf_soql_scan(ps);
	return true;
}

/* FROM Account a, a.Owner o */
static int
aliases(struct sf_parser *ps)
{
	const struct sf_object *to;
	struct sf_alias *a = &ps->alias[ps->naliases];

	memset(a, 0, sizeof(*a));
	a->to.slot = -1;
	if (alias_name(ps, a))
		ps->naliases++;
	while (sf_soql_take(ps, ",")) {
		a = &ps->alias[ps->naliases];
		if (ps->naliases == SF_ALIASES - 1)
			return sf_soql_unexpected(ps);
		if (sf_soql_hops(ps, ps->q->o, ps->p, ps->p + ps->n, &a->to,
		    &to) < 0)
			return -1;
		sf_soql_scan(ps);
		if (!alias_name(ps, a))
			return sf_soql_unexpected(ps);
		ps->naliases++;
	}
	return 0;
}

static int
from(struct sf_parser *ps)
{
	char name[64] = "";

	snprintf(name, sizeof(name), "%.*s", (int)ps->n, ps->p);
	ps->q->o = sf_seen_object(ps->org->schema, name);
	if (ps->q->o == NULL)
		return sf_soql_fault(ps, "INVALID_TYPE", ps->p, "sObject type "
		    "'%s' is not supported. If you are attempting to use a "
		    "custom object, be sure to append the '__c' after the "
		    "entity name." SF_SOQL_HELP, name);
	sf_soql_scan(ps);
	return 0;
}

int
sf_soql_select_from(struct sf_parser *ps)
{
	struct sf_parser list;

	if (!sf_soql_take(ps, "SELECT"))
		return sf_soql_unexpected(ps);
	list = *ps;
	if (find_from(ps) < 0)
		return -1;
	if (ps->q->o == NULL) {
		if (from(ps) < 0)
			return -1;
	} else {
		sf_soql_scan(ps);	/* a relationship, known already */
	}
	if (aliases(ps) < 0)
		return -1;
	memcpy(list.alias, ps->alias, sizeof(list.alias));
	list.naliases = ps->naliases;
	if (sf_soql_columns(&list) < 0 || clauses(ps) < 0)
		return -1;
	return sf_soql_group_check(ps);
}

/* Does `c` name the ids that field `f` may have? */
static bool
filtered(const struct sf_cond *c, const char *f)
{
	if (c == NULL)
		return false;
	if (c->kind == SF_AND)
		return filtered(c->a, f) || filtered(c->b, f);
	return c->kind == SF_CMP && c->path.hops == 0 &&
	    (c->cmp == SF_EQ || c->cmp == SF_IN) &&
	    strcmp(c->path.f->name, f) == 0;
}

/* Links are too many for the platform to look through. */
static int
restricted(const struct sf_soql *q, struct sf_err *e)
{
	if (strcmp(q->o->name, "ContentDocumentLink") != 0 ||
	    filtered(q->where, "Id") ||
	    filtered(q->where, "ContentDocumentId") ||
	    filtered(q->where, "LinkedEntityId"))
		return 0;
	return sf_fail(e, "MALFORMED_QUERY", "", "Implementation restriction: "
	    "ContentDocumentLink requires a filter by a single Id on "
	    "ContentDocumentId or LinkedEntityId using the equals operator or "
	    "multiple Id's using the IN operator.");
}

struct sf_soql *
sf_soql_parse(struct sf_org *org, const char *text,
    enum sf_soql_where where, struct sf_err *e)
{
	struct sf_soql *q = sf_xmalloc(sizeof(*q));
	struct sf_parser ps = {.org = org, .q = q, .where = where, .e = e};

	memset(q, 0, sizeof(*q));
	q->limit = -1;
	e->code[0] = '\0';
	if (strlen(text) > SOQL_MAX) {
		sf_fail(e, "MALFORMED_QUERY", "", "SOQL statements cannot be "
		    "longer than %d characters", SOQL_MAX);
		free(q);
		return NULL;
	}
	/* errors point into the query, so it must live as long as they do */
	q->text = ps.text = ps.p = sf_dup(&q->a, text, strlen(text));
	sf_soql_scan(&ps);
	if (sf_soql_select_from(&ps) == 0) {
		if (ps.n > 0)
			sf_soql_unexpected(&ps);
		else if (restricted(q, e) == 0)
			return q;
	}
	sf_soql_free(q);
	return NULL;
}
