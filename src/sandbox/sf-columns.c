/* sf-columns - the query language: what stands behind SELECT */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-parser.h"

#define COLUMNS_MAX 2000	/* the platform's limit is the query's length */

static struct sf_item *
item_new(struct sf_parser *ps)
{
	struct sf_soql *q = ps->q;

	if (q->nselect == q->cap) {
		q->cap = q->cap ? q->cap * 2 : 16;
		q->select = sf_xrealloc(q->select,
		    (size_t)q->cap * sizeof(*q->select));
	}
	memset(&q->select[q->nselect], 0, sizeof(*q->select));
	return &q->select[q->nselect];
}

/* The same column twice is refused; in a grouped query it is its alias. */
static int
keep(struct sf_parser *ps, const struct sf_item *item)
{
	struct sf_soql *q = ps->q;
	int i;

	for (i = 0; i < q->nselect && item->kind == SF_ITEM_PATH; i++)
		if (q->select[i].kind == SF_ITEM_PATH && item->as == NULL &&
		    q->select[i].as == NULL &&
		    strcmp(q->select[i].path.text, item->path.text) == 0)
			return sf_fail(ps->e, "MALFORMED_QUERY", "",
			    "duplicate field selected: %s", item->path.text);
	if (q->nselect == COLUMNS_MAX)
		return sf_soql_unexpected(ps);
	q->nselect++;
	return 0;
}

/* --- FIELDS(ALL), FIELDS(STANDARD), FIELDS(CUSTOM) --- */

static int
fields(struct sf_parser *ps)
{
	const struct sf_object *o = ps->q->o;
	const char *at = ps->p;
	bool all, custom;
	int i;

	sf_soql_scan(ps);
	sf_soql_scan(ps);
	all = sf_soql_is(ps, "ALL");
	custom = sf_soql_is(ps, "CUSTOM");
	if (!all && !custom && !sf_soql_is(ps, "STANDARD"))
		return sf_soql_unexpected(ps);
	sf_soql_scan(ps);
	if (!sf_soql_take(ps, ")"))
		return sf_soql_unexpected(ps);
	if (ps->where == SF_SOQL_BULK && (all || custom))
		return sf_soql_fault(ps, "MALFORMED_QUERY", at, "The SOQL "
		    "FIELDS function is not supported with an unbounded set "
		    "of fields in this API");
	if (all || custom)		/* its LIMIT is read later */
		ps->q->unbounded = true;
	for (i = 0; i < o->nfields; i++) {
		const struct sf_field *f = o->fields[i];
		struct sf_item *item;

		if (f->flags & SF_HIDDEN || (!all &&
		    custom != ((f->flags & SF_CUSTOM) != 0)) ||
		    (f->type == SF_T_ADDRESS && ps->where == SF_SOQL_BULK))
			continue;
		item = item_new(ps);
		item->path.f = item->path.is = f;
		item->path.slot = -1;
		item->path.text = f->name;
		if (keep(ps, item) < 0)
			return -1;
	}
	return 0;
}

/* --- (SELECT ... FROM Contacts) --- */

const struct sf_field *
sf_soql_link(const struct sf_schema *s, const struct sf_object *parent,
    const char *name, size_t n)
{
	const struct sf_field *f;
	const char *is;
	int i, k, t;

	for (i = 0; i < s->nobjects; i++)
		for (k = 0; k < s->objects[i]->nfields; k++) {
			f = s->objects[i]->fields[k];
			is = f->children;
			if (is == NULL || strlen(is) != n ||
			    strncasecmp(is, name, n) != 0 ||
			    f->flags & SF_HIDDEN || s->objects[i]->hidden)
				continue;
			for (t = 0; t < f->ntargets; t++)
				if (strcmp(f->targets[t], parent->name) == 0)
					return f;
		}
	return NULL;
}

/* Find the subquery's FROM, and what it names. */
static int
relation(struct sf_parser *ps, struct sf_item *item)
{
	struct sf_parser look = *ps;
	size_t own = strlen(ps->q->o->name);
	int depth = 0;

	while (look.n > 0 && depth >= 0 && !(depth == 0 &&
	    sf_soql_is(&look, "FROM"))) {
		depth += sf_soql_is(&look, "(") - sf_soql_is(&look, ")");
		sf_soql_scan(&look);
	}
	if (!sf_soql_take(&look, "FROM") || look.n == 0)
		return sf_soql_unexpected(&look);
	if (look.n > own && look.p[own] == '.' &&		/* Account.Contacts */
	    strncasecmp(look.p, ps->q->o->name, own) == 0) {
		look.p += own + 1;
		look.n -= own + 1;
	}
	item->link = sf_soql_link(ps->org->schema, ps->q->o, look.p, look.n);
	if (item->link == NULL)
		return sf_soql_fault(ps, "INVALID_TYPE", look.p, "Didn't "
		    "understand relationship '%.*s' in FROM part of query "
		    "call. If you are attempting to use a custom "
		    "relationship, be sure to append the '__r' after the "
		    "custom relationship name." SF_SOQL_HELP, (int)look.n,
		    look.p);
	item->relation = item->link->children;
	return 0;
}

static int
children(struct sf_parser *ps)
{
	struct sf_item *item = item_new(ps);
	struct sf_parser in;
	int i;

	if (ps->where == SF_SOQL_BULK)
		return sf_soql_not_bulk(ps, "Aggregate Relationships");
	if (ps->sub == SF_SUB_JOIN || ps->level == SF_LEVELS)
		return sf_soql_unexpected(ps);
	sf_soql_scan(ps);
	item->kind = SF_ITEM_CHILDREN;
	if (!sf_soql_is(ps, "SELECT"))
		return sf_soql_unexpected(ps);
	if (relation(ps, item) < 0)
		return -1;
	for (i = 0; i < ps->q->nselect; i++)
		if (ps->q->select[i].link == item->link)
			return sf_soql_fault(ps, "MALFORMED_QUERY", ps->p,
			    "duplicate alias: %s", item->relation);
	in = *ps;
	in.naliases = 0;
	in.sub = SF_SUB_CHILDREN;
	in.level++;
	in.q = item->child = sf_xmalloc(sizeof(*in.q));
	memset(in.q, 0, sizeof(*in.q));
	in.q->limit = -1;
	in.q->up = ps->q;
	in.q->relation = item->relation;
	in.q->o = item->link->object;
	ps->q->nselect++;		/* sf_soql_free() finds the child */
	if (sf_soql_select_from(&in) < 0)
		return -1;
	ps->p = in.p;
	ps->n = in.n;
	return sf_soql_take(ps, ")") ? 0 : sf_soql_unexpected(ps);
}

/* --- TYPEOF Owner WHEN User THEN Username ELSE Name END --- */

static int
when(struct sf_parser *ps, struct sf_when *w, const struct sf_object *o)
{
	struct sf_parser in = *ps;

	w->o = o;
	w->fields = in.q = sf_xmalloc(sizeof(*in.q));
	memset(in.q, 0, sizeof(*in.q));
	in.naliases = 0;
	in.q->o = o ? o : sf_name_object();
	do {
		struct sf_item *item = item_new(&in);

		if (sf_soql_path(&in, in.q->o, &item->path) < 0 ||
		    keep(&in, item) < 0)
			return -1;
	} while (sf_soql_take(&in, ","));
	ps->p = in.p;
	ps->n = in.n;
	return 0;
}

static int
whens(struct sf_parser *ps, struct sf_item *item)
{
	const struct sf_object *o;
	bool other;
	char name[64];

	while ((other = sf_soql_is(ps, "ELSE")) || sf_soql_is(ps, "WHEN")) {
		sf_soql_scan(ps);
		if (item->nwhen == SF_WHEN_MAX)
			return sf_soql_unexpected(ps);
		snprintf(name, sizeof(name), "%.*s", (int)ps->n, ps->p);
		o = other ? NULL : sf_seen_object(ps->org->schema, name);
		if (!other && o == NULL)
			return sf_soql_fault(ps, "INVALID_TYPE", ps->p,
			    "sObject type '%s' is not supported.", name);
		if (!other) {
			sf_soql_scan(ps);
			if (!sf_soql_take(ps, "THEN"))
				return sf_soql_unexpected(ps);
		}
		if (when(ps, &item->when[item->nwhen++], o) < 0)
			return -1;
		if (other)
			break;
	}
	return item->nwhen && sf_soql_take(ps, "END") ? 0 :
	    sf_soql_unexpected(ps);
}

static int
type_of(struct sf_parser *ps)
{
	struct sf_item *item = item_new(ps);
	const struct sf_object *to;
	const char *at;

	if (ps->where == SF_SOQL_BULK)
		return sf_soql_not_bulk(ps, "TYPEOF");
	sf_soql_scan(ps);
	at = ps->p;
	item->kind = SF_ITEM_TYPEOF;
	if (ps->sub == SF_SUB_JOIN || !sf_soql_word_char(*at))
		return sf_soql_unexpected(ps);
	if (sf_soql_hops(ps, ps->q->o, ps->p, ps->p + ps->n, &item->path,
	    &to) < 0)
		return -1;
	if (item->path.hops != 1 || !sf_polymorphic(item->path.hop[0]))
		return sf_soql_fault(ps, "INVALID_FIELD", at, "relationship "
		    "'%.*s' cannot be used in TYPEOF: it is not polymorphic",
		    (int)ps->n, at);
	sf_soql_scan(ps);
	item->when = sf_alloc(&ps->q->a, SF_WHEN_MAX * sizeof(*item->when));
	memset(item->when, 0, SF_WHEN_MAX * sizeof(*item->when));
	ps->q->nselect++;		/* sf_soql_free() finds the lists */
	return whens(ps, item);
}

/* --- fields and functions --- */

static int
column(struct sf_parser *ps)
{
	struct sf_item *item = item_new(ps);
	const char *at = ps->p;

	if (sf_soql_operand(ps, ps->q->o, &item->path) < 0)
		return -1;
	if (item->path.f->type == SF_T_ADDRESS && ps->where == SF_SOQL_BULK)
		return sf_soql_not_bulk(ps, "Selecting compound data");
	if (item->path.fn != SF_FN_NONE && item->path.fn < SF_FN_SAME)
		ps->q->grouped = true;
	if (ps->n && sf_soql_word_char(*ps->p) && !sf_soql_is(ps, "FROM")) {
		/* whether an alias may stand here is known behind GROUP BY */
		item->as = sf_dup(&ps->q->a, ps->p, ps->n);
		if (ps->q->alias_at == NULL && item->path.fn == SF_FN_NONE)
			ps->q->alias_at = at;
		sf_soql_scan(ps);
	}
	return keep(ps, item);
}

int
sf_soql_columns(struct sf_parser *ps)
{
	struct sf_soql *q = ps->q;
	int rc;

	if (sf_soql_calls(ps, "COUNT") && ps->sub == SF_SUB_NONE) {
		struct sf_parser look = *ps;

		sf_soql_scan(&look);
		sf_soql_scan(&look);
		if (sf_soql_take(&look, ")") && sf_soql_is(&look, "FROM")) {
			q->count = true;
			return ps->where == SF_SOQL_BULK ? sf_soql_not_bulk(ps,
			    "Aggregate Relationships") : 0;
		}
	}
	do {
		if (ps->n == 0 || sf_soql_is(ps, "FROM"))
			return sf_soql_unexpected(ps);
		if (sf_soql_is(ps, "("))
			rc = children(ps);
		else if (sf_soql_is(ps, "TYPEOF"))
			rc = type_of(ps);
		else if (sf_soql_calls(ps, "FIELDS"))
			rc = fields(ps);
		else
			rc = column(ps);
		if (rc < 0)
			return -1;
	} while (sf_soql_take(ps, ","));
	if (ps->sub == SF_SUB_JOIN && (q->nselect != 1 ||
	    q->select[0].kind != SF_ITEM_PATH))
		return sf_soql_unexpected(ps);
	return sf_soql_is(ps, "FROM") ? 0 : sf_soql_unexpected(ps);
}

/* --- what a grouped query may name --- */

static bool
same(const struct sf_path *a, const struct sf_path *b)
{
	return a->fn == b->fn && strcmp(a->text, b->text) == 0;
}

static bool
aggregates(const struct sf_path *p)
{
	return p->fn != SF_FN_NONE && p->fn < SF_FN_DATES;
}

/* Find or make the slot of `p`; -1: it is neither grouped nor aggregated. */
static int
slot(struct sf_soql *q, struct sf_path *p)
{
	int i;

	for (i = 0; i < q->nslot; i++)
		if (same(&q->slot[i], p))
			return p->slot = i;
	if (!aggregates(p) || q->nslot == SF_SLOT_MAX)
		return -1;
	q->slot[q->nslot] = *p;
	return p->slot = q->nslot++;
}

static int
having(struct sf_parser *ps, struct sf_cond *c)
{
	if (c == NULL)
		return 0;
	if (c->kind != SF_CMP)
		return having(ps, c->a) < 0 ? -1 : having(ps, c->b);
	return slot(ps->q, &c->path) >= 0 ? 0 : sf_fail(ps->e,
	    "MALFORMED_QUERY", "", "Field must be grouped or aggregated: %s",
	    c->path.text);
}

/* Names of columns without alias: the field's own, or expr0, expr1. */
static int
column_names(struct sf_parser *ps)
{
	struct sf_soql *q = ps->q;
	struct sf_item *item;
	char name[24];
	int i, k, exprs = 0;

	for (i = 0; i < q->nselect; i++) {
		item = &q->select[i];
		if (item->as == NULL && item->path.fn != SF_FN_NONE) {
			snprintf(name, sizeof(name), "expr%d", exprs++);
			item->as = sf_dup(&q->a, name, strlen(name));
		} else if (item->as == NULL) {
			item->as = item->path.f->name;
		}
		for (k = 0; k < i; k++)
			if (strcasecmp(q->select[k].as, item->as) == 0)
				return sf_fail(ps->e, "MALFORMED_QUERY", "",
				    "duplicate alias: %s", item->as);
	}
	return 0;
}

/* SUM(Amount) GROUP BY Amount */
static bool
grouped_too(const struct sf_soql *q, const struct sf_path *p)
{
	size_t n = strlen(p->text);
	int i;

	for (i = 0; i < q->ngroup && aggregates(p); i++) {
		const char *g = q->slot[i].text;

		if (strlen(g) + 2 < n && p->text[n - strlen(g) - 2] == '(' &&
		    strncmp(p->text + n - strlen(g) - 1, g, strlen(g)) == 0)
			return true;
	}
	return false;
}

static int
grouped(struct sf_parser *ps)
{
	struct sf_soql *q = ps->q;
	int i;

	for (i = 0; i < q->nselect; i++) {
		struct sf_path *p = &q->select[i].path;

		if (q->select[i].kind != SF_ITEM_PATH)
			return sf_fail(ps->e, "MALFORMED_QUERY", "", "Only "
			    "fields and aggregates can be selected in a "
			    "grouped query");
		if (grouped_too(q, p))
			return sf_fail(ps->e, "MALFORMED_QUERY", "", "Grouped "
			    "field should not be aggregated: %s",
			    p->f->name);
		if (slot(q, p) < 0)
			return sf_fail(ps->e, "MALFORMED_QUERY", "", "Field "
			    "must be grouped or aggregated: %s", p->text);
	}
	for (i = 0; i < q->norder; i++)
		if (slot(q, &q->order[i].path) < 0)
			return sf_fail(ps->e, "MALFORMED_QUERY", "", "Ordered "
			    "field must be grouped or aggregated: %s",
			    q->order[i].path.text);
	if (q->ngroup == 0 && q->limit >= 0)
		return sf_fail(ps->e, "MALFORMED_QUERY", "", "Non-grouped "
		    "query that uses overall aggregate functions cannot also "
		    "use LIMIT");
	return having(ps, q->having) < 0 ? -1 : column_names(ps);
}

int
sf_soql_group_check(struct sf_parser *ps)
{
	struct sf_soql *q = ps->q;

	if (q->unbounded && (q->limit < 0 || q->limit > 200))
		return sf_fail(ps->e, "MALFORMED_QUERY", "", "The SOQL FIELDS "
		    "function must have a LIMIT of at most 200");
	if (q->count && (q->grouped || q->norder))
		return sf_fail(ps->e, "MALFORMED_QUERY", "", "COUNT() stands "
		    "without GROUP BY and ORDER BY: use COUNT(fieldName)");
	if (q->grouped)
		return grouped(ps);
	if (q->alias_at != NULL)
		return sf_soql_fault(ps, "MALFORMED_QUERY", q->alias_at,
		    "only aggregate expressions use field aliasing");
	return 0;
}
