#include <stdio.h>
#include <string.h>

#include "mage-entity.h"
#include "mage-schema.h"

/* Columns of the quote table that the cart interface does not show, or shows
 * elsewhere; = alone means: there, but null for all that we know; =@ an
 * attribute. */
#define QUOTE " entity_id:i=id customer_id:i=customer.id" \
	" customer_email:s=customer.email customer_firstname:s=customer.firstname" \
	" customer_lastname:s=customer.lastname" \
	" customer_group_id:i=customer.group_id grand_total:n= subtotal:n=" \
	" base_grand_total:n= base_subtotal:n= coupon_code:s= remote_ip:s=" \
	" base_currency_code:s=currency.base_currency_code" \
	" quote_currency_code:s=currency.quote_currency_code" \
	" global_currency_code:s=currency.global_currency_code" \
	" store_currency_code:s=currency.store_currency_code "

/* Attributes of a customer that are columns or joined addresses. */
#define CUSTOMER " entity_id:i=id increment_id:s= password_hash:s=" \
	" rp_token:s=" \
	" billing_full:s= billing_firstname:s= billing_lastname:s=" \
	" billing_telephone:s= billing_postcode:s= billing_country_id:s=" \
	" billing_region:s= billing_street:s= billing_city:s= billing_fax:s=" \
	" billing_company:s= shipping_full:s= is_active:i= failures_num:i=" \
	" id:x= "	/* the member is no attribute: 400, as measured */

/* A product is in several categories and websites: one of them has to agree. */
#define PRODUCT " entity_id:i=id id:x= has_options:i=@has_options" \
	" required_options:i=@required_options category_id:i=@category_ids" \
	" store_id:i= website_id:i=extension_attributes.website_ids "

#define CATEGORY " entity_id:i=id id:x= parent_id:i=parent_id name:s=name" \
	" is_active:b=is_active position:i=position level:i=level path:s=path" \
	" created_at:s=created_at updated_at:s=updated_at children_count:i=" \
	"@children_count include_in_menu:b=include_in_menu "

#define TRANSACTION " transaction_id:i=transaction_id parent_id:i=parent_id" \
	" order_id:i=order_id payment_id:i=payment_id txn_id:s=txn_id" \
	" parent_txn_id:s=parent_txn_id txn_type:s=txn_type" \
	" is_closed:i=is_closed created_at:s=created_at "

const struct entity entities[KINDS] = {
	[ORDERS] = {"orders", "entity_id", "entity_id", "order",
	    " gift_message_id:i= paypal_ipn_customer_notified:i=", 0, 0, NULL},
	[ORDER_ITEMS] = {"order-items", "item_id", "item_id", "order-item",
	    " product_options:s=", 0, 0, NULL},
	[CUSTOMERS] = {"customers", "id", "entity_id", "customer", CUSTOMER,
	    1, 0, NULL},
	[GROUPS] = {"customer-groups", "id", "id", "group",
	    " customer_group_id:i=id customer_group_code:s=code", 0, 0, NULL},
	[PRODUCTS] = {"products", "id", "entity_id", "product", PRODUCT, 1, 0,
	    NULL},
	[PRODUCT_ATTRIBUTES] = {"product-attributes", "attribute_id",
	    "attribute_id", NULL, " attribute_code:s=attribute_code"
	    " frontend_input:s=frontend_input backend_type:s=backend_type"
	    " is_user_defined:b=is_user_defined is_required:b=is_required"
	    " entity_type_id:i=entity_type_id is_visible:b=is_visible"
	    " attribute_id:i=attribute_id"
	    " frontend_label:s=default_frontend_label", 0, 1, NULL},
	[CARTS] = {"carts", "id", "entity_id", "cart", QUOTE, 0, 0, NULL},
	[INVOICES] = {"invoices", "entity_id", "entity_id", "invoice", "", 0, 0,
	    NULL},
	[SHIPMENTS] = {"shipments", "entity_id", "entity_id", "shipment", "",
	    0, 0, NULL},
	[CREDITMEMOS] = {"creditmemos", "entity_id", "entity_id", "creditmemo",
	    "", 0, 0, NULL},
	[RULES] = {"sales-rules", "rule_id", "rule_id", "rule",
	    " coupon_type:t=coupon_type", 0, 0, NULL},
	[COUPONS] = {"coupons", "coupon_id", "coupon_id", "coupon", "", 0, 0,
	    NULL},
	[STORES] = {"stores", "id", "store_id", NULL, "", 0, 1, NULL},
	[STORE_GROUPS] = {"store-groups", "id", "group_id", NULL, "", 0, 1, NULL},
	[WEBSITES] = {"websites", "id", "website_id", NULL, "", 0, 1, NULL},
	[STORE_CONFIGS] = {"store-configs", "id", "id", NULL, "", 0, 1, NULL},
	[CUSTOMER_ATTRIBUTES] = {"customer-attributes", NULL, NULL, NULL, "",
	    0, 1, "attribute_code"},
	[ADDRESS_ATTRIBUTES] = {"address-attributes", NULL, NULL, NULL, "",
	    0, 1, "attribute_code"},
	[CATEGORIES] = {"categories", "id", "entity_id", NULL, CATEGORY, 1, 0,
	    NULL},
	[PRODUCT_VALUES] = {"product-values", "id", NULL, NULL, "", 0, 0, NULL},
	[STOCK_ITEMS] = {"stock-items", "product_id", NULL, NULL, "", 0, 0,
	    NULL},
	[SOURCE_ITEMS] = {"source-items", NULL, "source_item_id", NULL,
	    " sku:s=sku source_code:s=source_code quantity:n=quantity"
	    " status:i=status source_item_id:i= ", 0, 1, "sku"},
	[TRANSACTIONS] = {"transactions", "transaction_id", "transaction_id",
	    NULL, TRANSACTION, 0, 0, NULL},
	[CART_TOTALS] = {"cart-totals", "cart_id", NULL, NULL, "", 0, 0, NULL},
	[COUNTRIES] = {"countries", NULL, NULL, NULL, "", 0, 1, "id"},
	[CURRENCIES] = {"currencies", NULL, NULL, NULL, "", 0, 1,
	    "base_currency_code"},
	[BULKS] = {"bulks", NULL, "id", NULL, " uuid:s=bulk_id", 0, 0,
	    NULL},
	[OPERATIONS] = {"bulk-operations", NULL, "id", NULL, " id:i=id"
	    " operation_key:i=id bulk_uuid:s=bulk_uuid topic_name:s=topic_name"
	    " status:i=status error_code:i=error_code"
	    " start_time:s=extension_attributes.start_time", 0, 0,
	    NULL},
};

int
entity_named(const char *name, size_t n)
{
	for (int k = 0; k < KINDS; k++)
		if (strlen(entities[k].name) == n &&
		    memcmp(entities[k].name, name, n) == 0)
			return k;
	return -1;
}

static int
is_date(const char *field)
{
	size_t n = strlen(field);

	return (n > 3 && strcmp(field + n - 3, "_at") == 0) ||
	    strcmp(field, "dob") == 0 ||
	    (n > 5 && strcmp(field + n - 5, "_date") == 0);
}

static enum column_type
column_type(char letter, const char *field)
{
	switch (letter) {
	case 'i':
		return INTEGER;
	case 'n':
		return DECIMAL;
	case 'b':
		return BOOLEAN;
	case 't':
		return RULE_TYPE;
	case 's':
		return is_date(field) ? DATE : TEXT;
	}
	return NO_COLUMN;
}

struct column
entity_column(enum kind k, const char *field)
{
	struct column c = {NO_COLUMN, 0, ""};
	const char *p = entities[k].columns, *type, *schema;
	size_t n = strlen(field), len;

	if (n >= sizeof c.path)
		return c;
	while (*(p += strspn(p, " "))) {
		len = strcspn(p, " ");
		if (len > n && memcmp(p, field, n) == 0 && p[n] == ':') {
			c.type = column_type(p[n + 1], field);
			c.attribute = p[n + 3] == '@';
			n += 3 + (size_t)c.attribute;
			snprintf(c.path, sizeof c.path, "%.*s",
			    (int)(len - n), p + n);
			return c;
		}
		p += len;
	}
	schema = entities[k].schema;
	if (schema && schema_field(schema, strlen(schema), field, n, &type) == 1) {
		c.type = column_type(*type, field);
		snprintf(c.path, sizeof c.path, "%s", field);
	}
	return c;
}
