/* magento-query - entities, searchCriteria, and what users say of them. */
#include <stdio.h>
#include <stdlib.h>

#include "magento.h"
#include "say.h"

/*
 * Fields are columns and attribute codes, not JSON members: customers are
 * filtered by entity_id though their JSON has id.
 */
static const struct mage_entity entities[] = {
	{ "customers", "customers/search", "entity_id", "id", "store_id",
	    true },
	{ "customer-groups", "customerGroups/search", "id", "id", NULL,
	    false },
	{ "orders", "orders", "entity_id", "entity_id", "store_id", true },
	{ "carts", "carts/search", "entity_id", "id", "store_id", true },
	{ "products", "products", "entity_id", "id", "store_id", true },
	{ "invoices", "invoices", "entity_id", "entity_id", "store_id",
	    true },
	{ "shipments", "shipments", "entity_id", "entity_id", "store_id",
	    true },
	{ "creditmemos", "creditmemos", "entity_id", "entity_id", "store_id",
	    true },
	{ "sales-rules", "salesRules/search", "rule_id", "rule_id", NULL,
	    false },
	{ "coupons", "coupons/search", "coupon_id", "coupon_id", NULL,
	    false },
};

enum { ENTITIES = sizeof(entities) / sizeof(*entities) };

const struct mage_entity *
mage_entity(const char *name, struct why *w)
{
	const char *names[ENTITIES], *near;
	int i;

	for (i = 0; i < ENTITIES; i++) {
		if (strcmp(entities[i].name, name) == 0)
			return &entities[i];
		names[i] = entities[i].name;
	}
	near = say_nearest(name, names, ENTITIES);
	why(w, WHY_SETUP, "unknown entity '%s'%s%s%s", name,
	    near == NULL ? "" : "; did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?");
	return NULL;
}

struct mage_query {
	struct http_url *u;
	int groups, sorts;
	int ored;		/* filters of the last group */
};

struct mage_query *
mage_query_new(struct mage *m, const char *path)
{
	struct mage_query *q = xcalloc(1, sizeof(*q));
	char *url = mage_url(m, path, (struct slice){ NULL, 0 });

	q->u = http_url_open(url, NULL);
	free(url);
	return q;
}

static void
part(struct mage_query *q, const char *list, int n, const char *deeper,
    const char *name, struct slice value)
{
	char text[120];

	snprintf(text, sizeof(text), "searchCriteria[%s][%d]%s[%s]", list, n,
	    deeper, name);
	http_url_query(q->u, text, value);
}

static void
put_filter(struct mage_query *q, const char *field, const char *op,
    struct slice value)
{
	int n = q->groups - 1;
	char at[40];

	snprintf(at, sizeof(at), "[filters][%d]", q->ored++);
	part(q, "filter_groups", n, at, "field", slice(field));
	/* null and notnull want one too, whatever it is */
	part(q, "filter_groups", n, at, "value", value);
	part(q, "filter_groups", n, at, "condition_type", slice(op));
}

void
mage_filter(struct mage_query *q, const char *field, const char *op,
    struct slice value)
{
	q->groups++;
	q->ored = 0;
	put_filter(q, field, op, value);
}

void
mage_filter_or(struct mage_query *q, const char *field, const char *op,
    struct slice value)
{
	put_filter(q, field, op, value);
}

void
mage_sort(struct mage_query *q, const char *field, bool ascending)
{
	int n = q->sorts++;

	part(q, "sortOrders", n, "", "field", slice(field));
	part(q, "sortOrders", n, "", "direction",
	    slice(ascending ? "ASC" : "DESC"));
}

void
mage_page(struct mage_query *q, int size, int number)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", size);
	http_url_query(q->u, "searchCriteria[pageSize]", slice(text));
	snprintf(text, sizeof(text), "%d", number);
	http_url_query(q->u, "searchCriteria[currentPage]", slice(text));
}

void
mage_fields(struct mage_query *q, const char *fields)
{
	http_url_query(q->u, "fields", slice(fields));
}

const char *
mage_query_url(struct mage_query *q)
{
	return http_url_text(q->u);
}

void
mage_query_free(struct mage_query *q)
{
	if (q == NULL)
		return;
	http_url_free(q->u);
	free(q);
}

/* What Magento's code knows; it reads any other name as eq. */
static const char *const ops[] = {
	"eq", "neq", "gt", "gteq", "lt", "lteq", "like", "nlike", "in", "nin",
	"null", "notnull", "finset", "nfinset", "from", "to", "seq", "sneq",
	"regexp",
};

static const char *const signs[][2] = {
	{ "=", "eq" }, { "==", "eq" }, { "!=", "neq" }, { "<>", "neq" },
	{ "<", "lt" }, { "<=", "lteq" }, { ">", "gt" }, { ">=", "gteq" },
};

static const char *
known_op(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (strcmp(ops[i], text) == 0)
			return ops[i];
	for (i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (strcmp(signs[i][0], text) == 0)
			return signs[i][1];
	return NULL;
}

static int
unknown_op(const char *op, struct why *w)
{
	const char *near = say_nearest(op, ops,
	    (int)(sizeof(ops) / sizeof(*ops)));

	return why(w, WHY_SETUP, "unknown condition type '%s'%s%s%s; Magento "
	    "would read it as eq", op, near == NULL ? "" :
	    " (did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?)");
}

static const char *
skip_spaces(const char *p)
{
	return p + strspn(p, " \t");
}

int
mage_where(struct mage_where *f, const struct mage_entity *e,
    const char *text, struct why *w)
{
	const char *field = skip_spaces(text), *at, *op;
	size_t n = strspn(field, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_");
	char *word;

	memset(f, 0, sizeof(*f));
	at = skip_spaces(field + n);
	if (n == 0 || at == field + n)
		return why(w, WHY_SETUP, "'%s' is not FIELD OP VALUE", text);
	word = xstrndup(at, strcspn(at, " \t"));
	at = skip_spaces(at + strlen(word));
	if ((op = known_op(word)) == NULL) {
		unknown_op(word, w);
		free(word);
		return -1;
	}
	free(word);
	if (*at == '\0' && strstr(op, "null") == NULL)
		return why(w, WHY_SETUP, "'%s' has no value", text);
	f->field = xstrndup(field, n);
	if (strcmp(f->field, e->member) == 0) {
		free(f->field);		/* id, as their JSON has it */
		f->field = xstrdup(e->id);
	}
	f->op = xstrdup(op);
	f->value = xstrdup(*at == '\0' ? "1" : at);
	return 0;
}

void
mage_where_free(struct mage_where *f)
{
	free(f->field);
	free(f->op);
	free(f->value);
	memset(f, 0, sizeof(*f));
}

/* Digits and the signs between them, as `form` has them ('0': a digit). */
static bool
looks_like(const char *p, const char *form)
{
	for (; *form != '\0'; p++, form++)
		if (*form == '0' ? *p < '0' || *p > '9' : *p != *form)
			return false;
	return *p == '\0';
}

static bool
is_real(const char *day, const char *second)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31 };
	int y = atoi(day), m = atoi(day + 5), d = atoi(day + 8);
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] &&
	    (m != 2 || d < 29 || leap) && atoi(second) < 24 &&
	    atoi(second + 3) < 60 && atoi(second + 6) < 60;
}

int
mage_moment(const char *text, bool end, char out[20], struct why *w)
{
	const char *second = text + 11;

	if (looks_like(text, "0000-00-00"))
		second = end ? "23:59:59" : "00:00:00";
	else if (!looks_like(text, "0000-00-00 00:00:00") &&
	    !looks_like(text, "0000-00-00T00:00:00") &&
	    !looks_like(text, "0000-00-00T00:00:00Z"))
		return why(w, WHY_SETUP, "'%s' is not a moment in UTC, like "
		    "2026-11-21 or 2026-11-21T02:00:00Z", text);
	if (!is_real(text, second))
		return why(w, WHY_SETUP, "'%s' is not in the calendar", text);
	memcpy(out, text, 10);
	out[10] = ' ';
	memcpy(out + 11, second, 8);
	out[19] = '\0';
	return 0;
}
