/*
 * sf-parser - what the files that read a query share
 *
 * The token is ps->n bytes at ps->p; functions that return int give 0, or -1
 * with ps->e set.
 */
#ifndef SF_PARSER_H
#define SF_PARSER_H

#include "sf-soql.h"

#define SF_SOQL_HELP " Please reference your WSDL or the describe call for " \
    "the appropriate names."

/* FROM Account a, a.Contacts c: what a name at a path's beginning means. */
#define SF_ALIASES 8
struct sf_alias {
	const char *name;
	size_t n;
	struct sf_path to;		/* hops alone */
};

enum sf_sub { SF_SUB_NONE, SF_SUB_CHILDREN, SF_SUB_JOIN };

#define SF_LEVELS 4		/* of children below the root */

struct sf_parser {
	struct sf_org *org;
	struct sf_soql *q;
	const char *text, *p;		/* p: the token */
	size_t n;			/* its length; 0 at the end */
	enum sf_soql_where where;
	struct sf_err *e;
	int depth;
	enum sf_sub sub;		/* what kind of subquery this is */
	int level;			/* of children inside children */
	int joins;			/* semi-joins of this query */
	bool having;			/* reading HAVING */
	struct sf_alias alias[SF_ALIASES];
	int naliases;
};

/* Go to the next token; is it `word` (any case); if it is, go behind it. */
void sf_soql_scan(struct sf_parser *ps);
bool sf_soql_is(const struct sf_parser *ps, const char *word);
bool sf_soql_take(struct sf_parser *ps, const char *word);
bool sf_soql_word_char(char c);

/* Is the token `word` and the next one an opening parenthesis? */
bool sf_soql_calls(const struct sf_parser *ps, const char *word);

/* The platform shows the query, a caret under the place, and says why. */
int sf_soql_fault(struct sf_parser *ps, const char *code, const char *at,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
int sf_soql_unexpected(struct sf_parser *ps);

/* A fault of the Bulk API, or of the query over REST. */
int sf_soql_not_bulk(struct sf_parser *ps, const char *what);

/* Read the token as a path from object `o`. */
int sf_soql_path(struct sf_parser *ps, const struct sf_object *o,
    struct sf_path *out);

/* The same, or a function of one: COUNT(Id), CALENDAR_YEAR(CreatedDate). */
int sf_soql_operand(struct sf_parser *ps, const struct sf_object *o,
    struct sf_path *out);

/* The lookups of a path alone: "a.Owner" in FROM, TYPEOF What. */
int sf_soql_hops(struct sf_parser *ps, const struct sf_object *o,
    const char *p, const char *end, struct sf_path *out,
    const struct sf_object **to);

/* The object that polymorphic lookups lead to. */
const struct sf_object *sf_name_object(void);

/* What stands behind SELECT up to FROM, for ps->q. */
int sf_soql_columns(struct sf_parser *ps);

/* What stands behind WHERE. */
int sf_soql_condition(struct sf_parser *ps, struct sf_cond **out);

/* TODAY, LAST_N_DAYS:7 and their like as a range; 0: the token is none. */
int sf_soql_date(struct sf_parser *ps, const struct sf_field *f,
    struct sf_literal *l);

/* A whole query into ps->q; a subquery has its object there already, or not. */
int sf_soql_select_from(struct sf_parser *ps);

/* Once all is read: every expression of a grouped query gets its slot. */
int sf_soql_group_check(struct sf_parser *ps);

#endif
