/* uses - which maps read what, and what is off until it is asked for. */
#include <string.h>

#include "uses.h"

typedef bool when(const struct conf *c);

/* Is `word` in a list, blanks and commas between its words? */
static bool
lists(const char *list, struct slice word)
{
	size_t k;

	for (; list != NULL && *list != '\0'; list += k) {
		list += strspn(list, ", \t");
		k = strcspn(list, ", \t");
		if (slice_eq(word, (struct slice){ list, k }))
			return true;
	}
	return false;
}

static bool
lead_customers(const struct conf *c)
{
	return lists(conf_text(c, "leads", "from"), SLICE("customers"));
}

static bool
lead_guests(const struct conf *c)
{
	return lists(conf_text(c, "leads", "from"), SLICE("guests"));
}

static bool
lead_carts(const struct conf *c)
{
	return lists(conf_text(c, "leads", "from"), SLICE("carts"));
}

static bool
opportunities(const struct conf *c)
{
	return strcmp(conf_text(c, "orders", "create_opportunity"), "no") != 0;
}

static bool
carts(const struct conf *c)
{
	return conf_bool(c, "carts", "automatic");
}

static bool
campaigns(const struct conf *c)
{
	return conf_bool(c, "campaigns", "automatic");
}

static bool
members(const struct conf *c)
{
	return campaigns(c) &&
	    strcmp(conf_text(c, "campaigns", "members"), "no") != 0;
}

static bool
subscribers(const struct conf *c)
{
	return conf_bool(c, "subscribers", "automatic");
}

static bool
subscribed_leads(const struct conf *c)
{
	return subscribers(c) && lead_customers(c);
}

static bool
never(const struct conf *c)
{
	(void)c;
	return false;
}

/* `on` NULL: always. */
static const struct {
	const char *name;
	when *on;
} entities[] = {
	{ "sales-rules", campaigns },
	{ "websites", subscribers },
	{ "products", NULL },
	{ "customers", NULL },
	{ "carts", carts },
	{ "orders", NULL },
	{ "subscribers", never },
};

/* What most shops have no use for gives not even verdicts without the
 * setting. */
static const struct {
	const char *entity;
	when *on;
	const char *maps;
} table[] = {
	{ "sales-rules", NULL, "campaign campaign-response" },
	{ "websites", NULL, "newsletter newsletter-status" },
	{ "products", NULL, "product price-standard price" },

	{ "customers", NULL, "account contact" },
	{ "customers", lead_customers, "lead" },
	{ "customers", subscribers, "subscriber" },
	{ "customers", subscribed_leads, "lead-subscriber" },

	{ "carts", NULL, "cart-account cart-contact cart-product "
	    "cart-price-standard cart-price cart-draft cart cart-line "
	    "cart-role cart-stage" },
	{ "carts", lead_carts, "cart-lead" },

	{ "orders", NULL, "guest-account guest-contact buyer-account "
	    "buyer-contact placeholder-product placeholder-price-standard "
	    "placeholder-price fee-product fee-price-standard fee-price "
	    "order-draft order order-item order-fee order-note "
	    "order-activate invoice invoice-item shipment shipment-item "
	    "track creditmemo creditmemo-item" },
	{ "orders", opportunities, "opportunity-draft opportunity "
	    "opportunity-line opportunity-fee opportunity-role "
	    "opportunity-stage" },
	{ "orders", members, "campaign-member" },
	{ "orders", lead_guests, "guest-lead" },

	{ "subscribers", NULL, "account contact" },
	{ "subscribers", lead_customers, "lead" },
	{ "subscribers", NULL, "subscriber" },
	{ "subscribers", lead_customers, "lead-subscriber" },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *
uses_entity(int i)
{
	return (size_t)i < COUNT(entities) ? entities[i].name : NULL;
}

bool
uses_reads(const struct conf *c, const char *entity)
{
	for (size_t i = 0; i < COUNT(entities); i++)
		if (strcmp(entities[i].name, entity) == 0)
			return entities[i].on == NULL || entities[i].on(c);
	return false;
}

void
uses_maps(const struct conf *c, const char *entity, struct buf *names)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (strcmp(table[i].entity, entity) == 0 &&
		    (table[i].on == NULL || table[i].on(c))) {
			if (names->n > 0)
				buf_char(names, ' ');
			buf_str(names, table[i].maps);
		}
}

bool
uses_map(const struct conf *c, struct slice name)
{
	bool ours = false;

	for (size_t i = 0; i < COUNT(table); i++) {
		if (!lists(table[i].maps, name))
			continue;
		ours = true;
		if (uses_reads(c, table[i].entity) &&
		    (table[i].on == NULL || table[i].on(c)))
			return true;
	}
	return !ours;
}
