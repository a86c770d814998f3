/* magento-query - entities and searchCriteria. */
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
	    true, false },
	{ "subscribers", "customers/search", "entity_id", "id", "store_id",
	    false, true },
	{ "customer-groups", "customerGroups/search", "id", "id", NULL,
	    false, false },
	{ "orders", "orders", "entity_id", "entity_id", "store_id", true, false },
	{ "carts", "carts/search", "entity_id", "id", "store_id", true, false },
	{ "products", "products", "entity_id", "id", "store_id", true, false },
	{ "invoices", "invoices", "entity_id", "entity_id", "store_id",
	    true, false },
	{ "shipments", "shipments", "entity_id", "entity_id", "store_id",
	    true, false },
	{ "creditmemos", "creditmemos", "entity_id", "entity_id", "store_id",
	    true, false },
	{ "sales-rules", "salesRules/search", "rule_id", "rule_id", NULL,
	    false, false },
	{ "coupons", "coupons/search", "coupon_id", "coupon_id", NULL,
	    false, false },
};

enum { ENTITIES = sizeof(entities) / sizeof(*entities) };

const struct mage_entity *
mage_entity(const char *name, struct why *w)
{
	const char *names[ENTITIES];
	char meant[SAY_MEANT];
	int i;

	for (i = 0; i < ENTITIES; i++) {
		if (strcmp(entities[i].name, name) == 0)
			return &entities[i];
		names[i] = entities[i].name;
	}
	why(w, WHY_SETUP, "unknown entity '%s'%s", name,
	    say_meant(meant, name, names, ENTITIES));
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
