/* sf-soql - the query language: text becomes struct sf_soql */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-parser.h"

#define SOQL_MAX 100000
#define HELP " Please reference your WSDL or the describe call for the " \
    "appropriate names."

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

/* The platform shows the query, a caret under the place, and says why. */
int
sf_soql_fault(struct sf_parser *ps, const char *code, const char *at, const char *fmt,
    ...)
{
	char why[400];
	size_t from, col = (size_t)(at - ps->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	from = col > 40 ? col - 40 : 0;
	return sf_fail(ps->e, code, "", "\n%.80s\n%*s\nERROR at Row:1:Column:"
	    "%zu\n%s", ps->text + from, (int)(col - from) + 1, "^", col + 1,
	    why);
}

int
sf_soql_unexpected(struct sf_parser *ps)
{
	if (ps->n == 0)
		return sf_fail(ps->e, "MALFORMED_QUERY", "",
		    "unexpected token: '<EOF>'");
	return sf_fail(ps->e, "MALFORMED_QUERY", "",
	    "unexpected token: '%.*s'", (int)ps->n, ps->p);
}

/* --- field paths --- */

static int
no_column(struct sf_parser *ps, const char *at, const char *name, size_t n,
    const struct sf_object *o)
{
	return sf_soql_fault(ps, "INVALID_FIELD", at, "No such column '%.*s' on "
	    "entity '%s'. If you are attempting to use a custom field, be "
	    "sure to append the '__c' after the custom field name." HELP,
	    (int)n, name, o->name);
}

int
sf_soql_path(struct sf_parser *ps, const struct sf_object *o, struct sf_path *out)
{
	const char *p = ps->p, *end = p + ps->n, *dot;
	struct buf name = {0};

	memset(out, 0, sizeof(*out));
	while ((dot = memchr(p, '.', (size_t)(end - p))) != NULL) {
		const struct sf_field *f = sf_seen_relation(o, p,
		    (size_t)(dot - p));

		if (f != NULL)
			o = sf_seen_object(ps->org->schema,
			    f->targets[f->ntargets - 1]);
		if (f == NULL || o == NULL || out->hops == SF_HOPS) {
			buf_free(&name);
			return sf_soql_fault(ps, "INVALID_FIELD", p, "Didn't "
			    "understand relationship '%.*s' in field path. If "
			    "you are attempting to use a custom relationship, "
			    "be sure to append the '__r' after the custom "
			    "relationship name." HELP, (int)(dot - p), p);
		}
		out->hop[out->hops++] = f;
		buf_fmt(&name, "%s.", f->relation);
		p = dot + 1;
	}
	out->f = sf_seen_field_n(o, p, (size_t)(end - p));
	if (out->f == NULL) {
		buf_free(&name);
		return no_column(ps, ps->p, p, (size_t)(end - p), o);
	}
	buf_str(&name, out->f->name);
	out->text = sf_dup(&ps->q->a, name.p, name.n);
	buf_free(&name);
	sf_soql_scan(ps);
	return 0;
}

/* --- the whole --- */

static int
order_by(struct sf_parser *ps)
{
	do {
		struct sf_order *o = &ps->q->order[ps->q->norder];

		if (ps->q->norder == SF_ORDER_MAX || !sf_soql_word_char(*ps->p))
			return sf_soql_unexpected(ps);
		if (sf_soql_path(ps, ps->q->o, &o->path) < 0)
			return -1;
		o->descending = sf_soql_take(ps, "DESC");
		if (!o->descending)
			sf_soql_take(ps, "ASC");
		if (sf_soql_take(ps, "NULLS")) {
			o->nulls_last = sf_soql_take(ps, "LAST");
			if (!o->nulls_last && !sf_soql_take(ps, "FIRST"))
				return sf_soql_unexpected(ps);
		}
		ps->q->norder++;
	} while (sf_soql_take(ps, ","));
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

static int
tail(struct sf_parser *ps)
{
	struct sf_soql *q = ps->q;
	const char *group;

	if (sf_soql_take(ps, "WHERE") && sf_soql_condition(ps, &q->where) < 0)
		return -1;
	if (sf_soql_is(ps, "GROUP") || sf_soql_is(ps, "HAVING")) {
		group = ps->where == SF_SOQL_BULK ? "Aggregate Relationships "
		    "not supported in Bulk Query" : "GROUP BY is not served "
		    "by this sandbox";
		return sf_fail(ps->e, ps->where == SF_SOQL_BULK ?
		    "API_ERROR" : "MALFORMED_QUERY", "", "%s", group);
	}
	if (sf_soql_take(ps, "ORDER") && (!sf_soql_take(ps, "BY") ? sf_soql_unexpected(ps) :
	    order_by(ps)) < 0)
		return -1;
	if (sf_soql_take(ps, "LIMIT") && number(ps, &q->limit) < 0)
		return -1;
	if (sf_soql_is(ps, "OFFSET") && ps->where == SF_SOQL_BULK)
		return sf_fail(ps->e, "API_ERROR", "",
		    "OFFSET not supported in Bulk Query");
	if (sf_soql_take(ps, "OFFSET") && (number(ps, &q->offset) < 0 ||
	    q->offset > 2000))
		return ps->e->code[0] ? -1 : sf_fail(ps->e,
		    "NUMBER_OUTSIDE_VALID_RANGE", "", "Maximum SOQL offset "
		    "allowed is 2000");
	return 0;
}

/* Pass over the select list: it can be read when FROM is known. */
static int
find_from(struct sf_parser *ps)
{
	int depth = 0;

	while (ps->n > 0 && (depth > 0 || !sf_soql_is(ps, "FROM"))) {
		depth += sf_soql_is(ps, "(") - sf_soql_is(ps, ")");
		sf_soql_scan(ps);
	}
	if (!sf_soql_take(ps, "FROM"))
		return sf_soql_unexpected(ps);
	if (ps->n == 0)
		return sf_soql_unexpected(ps);
	return 0;
}

static int
select_list(struct sf_parser *ps, bool sub)
{
	struct sf_soql *q = ps->q;
	int i;

	do {
		struct sf_path *p = &q->select[q->nselect];

		if (q->nselect == SF_SELECT_MAX || ps->n == 0 || sf_soql_is(ps, "FROM"))
			return sf_soql_unexpected(ps);
		if (sf_soql_is(ps, "(") || sf_soql_is(ps, "TYPEOF"))
			return sf_fail(ps->e, ps->where == SF_SOQL_BULK ?
			    "API_ERROR" : "MALFORMED_QUERY", "", "%s not "
			    "supported %s", sf_soql_is(ps, "(") ?
			    "Aggregate Relationships" : "TYPEOF",
			    ps->where == SF_SOQL_BULK ? "in Bulk Query" :
			    "by this sandbox");
		if (sf_soql_path(ps, q->o, p) < 0)
			return -1;
		if (p->f->type == SF_T_ADDRESS && ps->where == SF_SOQL_BULK)
			return sf_fail(ps->e, "API_ERROR", "", "Selecting "
			    "compound data not supported in Bulk Query");
		for (i = 0; i < q->nselect; i++)
			if (strcmp(q->select[i].text, p->text) == 0)
				return sf_fail(ps->e, "MALFORMED_QUERY", "",
				    "duplicate field selected: %s", p->text);
		q->nselect++;
	} while (sf_soql_take(ps, ","));
	if (sub && q->nselect != 1)
		return sf_soql_unexpected(ps);
	return sf_soql_is(ps, "FROM") ? 0 : sf_soql_unexpected(ps);
}

/* SELECT COUNT() FROM: REST only; other aggregates are not served. */
static int
count(struct sf_parser *ps)
{
	sf_soql_scan(ps);
	if (!sf_soql_take(ps, "(") || !sf_soql_is(ps, ")"))
		return sf_fail(ps->e, "MALFORMED_QUERY", "", "aggregates "
		    "other than COUNT() are not served by this sandbox");
	sf_soql_scan(ps);
	ps->q->count = true;
	if (ps->where == SF_SOQL_BULK)
		return sf_fail(ps->e, "API_ERROR", "", "Aggregate "
		    "Relationships not supported in Bulk Query");
	return sf_soql_is(ps, "FROM") ? 0 : sf_soql_unexpected(ps);
}

int
sf_soql_select_from(struct sf_parser *ps, bool sub)
{
	struct sf_parser list;
	char name[64] = "";
	bool counting;

	if (!sf_soql_take(ps, "SELECT"))
		return sf_soql_unexpected(ps);
	list = *ps;
	if (find_from(ps) < 0)
		return -1;
	snprintf(name, sizeof(name), "%.*s", (int)ps->n, ps->p);
	ps->q->o = sf_seen_object(ps->org->schema, name);
	if (ps->q->o == NULL)
		return sf_soql_fault(ps, "INVALID_TYPE", ps->p, "sObject type '%s' is "
		    "not supported. If you are attempting to use a custom "
		    "object, be sure to append the '__c' after the entity "
		    "name." HELP, name);
	sf_soql_scan(ps);
	counting = sf_soql_is(&list, "COUNT");
	if ((counting ? count(&list) : select_list(&list, sub)) < 0)
		return -1;
	return tail(ps);
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
	ps.text = ps.p = sf_dup(&q->a, text, strlen(text));
	sf_soql_scan(&ps);
	if (sf_soql_select_from(&ps, false) == 0) {
		if (ps.n == 0)
			return q;
		sf_soql_unexpected(&ps);
	}
	sf_soql_free(q);
	return NULL;
}
