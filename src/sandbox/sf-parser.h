/*
 * sf-parser - what sf-soql.c and sf-where.c share while they read a query
 *
 * The token is ps->n bytes at ps->p; functions that return int give 0, or -1
 * with ps->e set.
 */
#ifndef SF_PARSER_H
#define SF_PARSER_H

#include "sf-soql.h"

struct sf_parser {
	struct sf_org *org;
	struct sf_soql *q;
	const char *text, *p;		/* p: the token */
	size_t n;			/* its length; 0 at the end */
	enum sf_soql_where where;
	struct sf_err *e;
	int depth;
};

/* Go to the next token; is it `word` (any case); if it is, go behind it. */
void sf_soql_scan(struct sf_parser *ps);
bool sf_soql_is(const struct sf_parser *ps, const char *word);
bool sf_soql_take(struct sf_parser *ps, const char *word);
bool sf_soql_word_char(char c);

/* The platform shows the query, a caret under the place, and says why. */
int sf_soql_fault(struct sf_parser *ps, const char *code, const char *at,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
int sf_soql_unexpected(struct sf_parser *ps);

/* Read the token as a path from object `o`. */
int sf_soql_path(struct sf_parser *ps, const struct sf_object *o,
    struct sf_path *out);

/* What stands behind WHERE. */
int sf_soql_condition(struct sf_parser *ps, struct sf_cond **out);

/* A whole query; `sub`: one in parentheses, of one field. */
int sf_soql_select_from(struct sf_parser *ps, bool sub);

#endif
