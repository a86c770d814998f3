#include "magento-plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "magento-reference.h"
#include "map.h"
#include "say.h"

int
mage_plan_store(struct mage_plan *p, struct mage *m, const char *code,
    struct why *w)
{
	char text[24];
	int64_t id;

	if (p->entity->store == NULL)
		return why(w, WHY_SETUP, "%s belong to no store view",
		    p->entity->name);
	if ((id = mage_store_id(m, code, w)) == -1)
		return -1;
	snprintf(text, sizeof(text), "%" PRId64, id);
	p->where[p->wheres++] = (struct mage_where){
	    xstrdup(p->entity->store), xstrdup("eq"), xstrdup(text), false };
	return 0;
}

int
mage_plan_where(struct mage_plan *p, const char *text, struct why *w)
{
	int n = mage_where(p->where + p->wheres,
	    MAGE_WHERES - MAGE_WHERES_OWN - p->wheres, p->entity, text, w);

	if (n == -1)
		return -1;
	p->wheres += n;
	return 0;
}

/* Products with what they cost on each website. */
static int
with_prices(struct mage_plan *p, const char *list, struct why *w)
{
	static const struct mage_entity prices = { "prices", "products",
	    "entity_id", "id", NULL, false, false };

	if (strcmp(list, prices.name) != 0)
		return why(w, WHY_SETUP, "--with takes prices with products, "
		    "not '%s'", list);
	p->with[p->withs++] = &prices;
	return 0;
}

int
mage_plan_with(struct mage_plan *p, const char *list, struct why *w)
{
	static const char *const of_orders[] = { "orders", "invoices",
	    "shipments", "creditmemos" };
	static const char *const of_carts[] = { "orders", "products" };
	bool orders = strcmp(p->entity->name, "orders") == 0;
	const char *const *kinds = orders ? of_orders : of_carts;
	int most = orders ? 4 : 2, k, i;

	if (strcmp(p->entity->name, "products") == 0)
		return with_prices(p, list, w);
	if (!orders && strcmp(p->entity->name, "carts") != 0)
		return why(w, WHY_SETUP, "only orders, carts and products have "
		    "children (--with)");
	while (*list != '\0') {
		size_t n = strcspn(list, ",");

		for (k = 0; k < most; k++)
			if (strlen(kinds[k]) == n &&
			    strncmp(kinds[k], list, n) == 0)
				break;
		for (i = 0; k < most && i < p->withs; i++)
			if (strcmp(p->with[i]->name, kinds[k]) == 0)
				k = most;
		if (k == most)
			return why(w, WHY_SETUP, "--with takes %s, not '%.*s'",
			    orders ? "orders, invoices, shipments and "
			    "creditmemos, each once" : "orders and products with "
			    "carts, each once",
			    (int)n, list);
		p->with[p->withs++] = mage_entity(kinds[k], NULL);
		list += n + (list[n] == ',');
	}
	return 0;
}

/* --- fields --- */

enum { NAMES = 1000 };

struct names {
	struct pool *pool;
	const char *at[NAMES];
	bool boolean[NAMES];
	int n;
};

static void
see_name(void *ctx, struct slice name, bool boolean)
{
	struct names *names = ctx;

	if (names->n == NAMES)
		return;
	names->boolean[names->n] = boolean;
	names->at[names->n++] = pool_dup(names->pool, name.p, name.n);
}

/* Its place among the names, -1: it is none of them. */
static int
known(const struct names *names, const char *field)
{
	int i = 0;

	while (i < names->n && strcmp(names->at[i], field) != 0)
		i++;
	return i < names->n ? i : -1;
}

/* What records show, and what is kept of it. */
static const struct {
	const char *field, *shown, *kept;	/* NULL: of all booleans */
} values[] = {
	{ NULL, "true", "1" }, { NULL, "false", "0" },
	{ "coupon_type", "NO_COUPON", "1" },
	{ "coupon_type", "SPECIFIC_COUPON", "2" },
	{ "coupon_type", "AUTO", "3" },
};

static void
as_kept(struct mage_where *f, bool boolean)
{
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(*values); i++)
		if ((values[i].field == NULL ? boolean :
		    strcmp(values[i].field, f->field) == 0) &&
		    strcmp(values[i].shown, f->value) == 0) {
			free(f->value);
			f->value = xstrdup(values[i].kept);
			return;
		}
}

/* No record comes back, so that none of them can be what fails.  `field` NULL:
 * does Magento answer at all? */
static int
ask(const struct mage_plan *p, struct mage *m, const char *field,
    struct http_call *c, struct why *w)
{
	struct mage_query *q = mage_query_new(m, p->entity->path);
	int r;

	http_call_free(c);
	c->once = field != NULL;
	mage_filter(q, p->entity->id, "lt", SLICE("0"));
	if (field != NULL)
		mage_filter(q, field, "notnull", SLICE("1"));
	mage_page(q, 1, 1);
	r = mage_get(m, mage_query_url(q), c, w);
	mage_query_free(q);
	return r;
}

/* A field that Magento does not know is a 500 like any other: it is the
 * field's only where Magento answers without it, and fails once more with
 * it. */
static int
ask_field(const struct mage_plan *p, struct mage *m, const char *field,
    const struct names *names, struct why *w)
{
	struct http_call c = {0};
	char meant[SAY_MEANT];
	int r = ask(p, m, field, &c, w);

	if (r == -1 && c.status == 500 && (r = ask(p, m, NULL, &c, w)) == 0)
		r = ask(p, m, field, &c, w);
	if (r == -1 && c.once && (c.status == 400 || c.status == 500))
		why(w, WHY_SETUP, "Magento knows no field '%s' of %s%s",
		    field, p->entity->name, say_meant(meant, field, names->at,
		    names->n));
	if (r == -1 && w->kind == WHY_DATA)
		w->kind = WHY_SETUP;	/* no record's fault */
	http_call_free(&c);
	return r;
}

int
mage_plan_check(struct mage_plan *p, struct mage *m, struct why *w)
{
	struct names names = { .pool = pool_new() };
	int i, at, r = 0;

	see_name(&names, slice(p->entity->id), false);
	map_scalars(p->entity->subscribed ? "customers" : p->entity->name,
	    see_name, &names);
	for (i = 0; r == 0 && i < p->wheres; i++)
		if ((at = known(&names, p->where[i].field)) == -1)
			r = ask_field(p, m, p->where[i].field, &names, w);
		else
			as_kept(&p->where[i], names.boolean[at]);
	pool_free(names.pool);
	return r;
}

/* --- subscribers --- */

bool
mage_plan_takes(const struct mage_plan *p, struct slice record, bool *unsaid)
{
	struct slice more, flag = { NULL, 0 };

	*unsaid = false;
	if (!p->entity->subscribed)
		return true;
	more = scan_get(record, "extension_attributes");
	if (scan_kind(more) == SCAN_OBJECT)
		flag = scan_get(more, "is_subscribed");
	*unsaid = scan_kind(flag) != SCAN_TRUE &&
	    scan_kind(flag) != SCAN_FALSE;
	return scan_kind(flag) == SCAN_TRUE;
}
