/* magento-rights - the API resources of an integration, and what for. */
#include "magento-rights.h"

#define ORDERS "Sales > Operations > Orders > Actions > "
#define OPERATIONS "Sales > Operations > "

const struct mage_right mage_rights[] = {
	{ NULL, "read stores", "GET", "store/storeConfigs", false,
	    "Magento_Backend::store", "Stores > Settings > All Stores", 0 },
	{ NULL, "read customers", "GET", "customers/search", true,
	    "Magento_Customer::customer", "Customers", 0 },
	{ NULL, "read customer groups", "GET", "customerGroups/search", true,
	    "Magento_Customer::group", "Customers > Customer Groups", 0 },
	{ NULL, "read customer attributes", "GET",
	    "attributeMetadata/customer", false, "Magento_Customer::customer",
	    "Customers", 0 },
	{ NULL, "read products", "GET", "products", true,
	    "Magento_Catalog::products", "Catalog > Inventory > Products", 0 },
	{ NULL, "read product attributes", "GET", "products/attributes", true,
	    "Magento_Catalog::attributes_attributes",
	    "Stores > Attributes > Product", 0 },
	{ NULL, "read orders", "GET", "orders", true,
	    "Magento_Sales::actions_view", ORDERS "View", 0 },
	{ "invoices", "read invoices", "GET", "invoices", true,
	    "Magento_Sales::sales_invoice", OPERATIONS "Invoices", 0 },
	{ "shipments", "read shipments", "GET", "shipments", true,
	    "Magento_Sales::shipment", OPERATIONS "Shipments", 0 },
	{ "creditmemos", "read credit memos", "GET", "creditmemos", true,
	    "Magento_Sales::sales_creditmemo", OPERATIONS "Credit Memos", 0 },
	{ "carts", "read carts", "GET", "carts/search", true,
	    "Magento_Cart::manage", "Carts > Manage carts", 0 },
	{ "campaigns", "read cart price rules", "GET", "salesRules/search",
	    true, "Magento_SalesRule::quote",
	    "Marketing > Promotions > Cart Price Rules", 0 },
	{ NULL, "write orders", "POST", "orders", false,
	    "Magento_Sales::create", ORDERS "Create", MAGE_ORDERS },
	{ NULL, "comment on orders", "POST", "orders/0/comments", false,
	    "Magento_Sales::comment", ORDERS "Comment", MAGE_ORDERS },
	{ NULL, "write customers", "PUT", "customers/0", false,
	    "Magento_Customer::manage", "Customers > All Customers", MAGE_CUSTOMERS },
	{ NULL, "write products", "PUT", "products/0", false,
	    "Magento_Catalog::products", "Catalog > Inventory > Products", MAGE_PRODUCTS },
	{ NULL, NULL, NULL, NULL, false, NULL, NULL, 0 },
};

/* An opportunity that closes with the first invoice has it read as well. */
static bool
is_on(const struct conf *c, const char *section)
{
	return conf_bool(c, section, "automatic") ||
	    (strcmp(section, "invoices") == 0 &&
	    strcmp(conf_text(c, "orders", "create_opportunity"), "no") != 0 &&
	    conf_bool(c, "opportunities", "invoice_date_as_close_date"));
}

bool
mage_right_needed(const struct mage_right *r, const struct conf *c,
    const struct mage_places *p)
{
	bool comments = strstr(r->path, "/comments") != NULL;
	const char *place;

	if (r->setting != NULL && !is_on(c, r->setting))
		return false;
	if (strcmp(r->method, "GET") == 0)
		return true;
	if (!conf_bool(c, "magento", "writeback") ||
	    !mage_places_any(p, r->tells))
		return false;
	place = p->name[r->tells][MAGE_ID];
	return r->tells != MAGE_ORDERS ||
	    comments == (place != NULL && strcmp(place, "comment") == 0);
}
