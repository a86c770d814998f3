/*
 * mage-entity - the kinds of records that a shop has
 *
 * One row per kind: the file that holds them, the member and the column of
 * the id, and what the columns of its table are called.
 */
#ifndef SANDBOX_MAGE_ENTITY_H
#define SANDBOX_MAGE_ENTITY_H

#include <stddef.h>

enum kind {
	ORDERS, ORDER_ITEMS, CUSTOMERS, GROUPS, PRODUCTS, PRODUCT_ATTRIBUTES,
	CARTS, INVOICES, SHIPMENTS, CREDITMEMOS, RULES, COUPONS, STORES,
	STORE_GROUPS, WEBSITES, STORE_CONFIGS, CUSTOMER_ATTRIBUTES,
	ADDRESS_ATTRIBUTES, CATEGORIES, PRODUCT_VALUES, STOCK_ITEMS,
	SOURCE_ITEMS, TRANSACTIONS, CART_TOTALS, COUNTRIES, CURRENCIES,
	BULKS, OPERATIONS,
	KINDS
};

enum column_type {
	NO_COLUMN, INTEGER, DECIMAL, TEXT, DATE, BOOLEAN, RULE_TYPE
};

/* Where the value of a column stands in a record. */
struct column {
	enum column_type type;
	int attribute;		/* among custom_attributes, by its code */
	char path[80];		/* member, "a.b", or that code; "" always null */
};

struct entity {
	const char *name;	/* of the file, without .ndjson */
	const char *id;		/* the member that identifies it, or NULL */
	const char *column;	/* the same as filters name it */
	const char *schema;	/* of mage-schema.h, or NULL */
	/* columns beside those of the schema: "name:type=path ..." */
	const char *columns;
	int eav;		/* unknown names are 400, and ignored in sorts */
	int listed;		/* kept in the order of the file */
	const char *needs;	/* without an id: the member that each has */
};

extern const struct entity entities[KINDS];

/* The kind with this file name, or -1. */
int entity_named(const char *name, size_t n);

/*
 * The column that filters of kind `k` call `field`: type NO_COLUMN when the
 * table has none.  Attributes that only this shop has are the caller's to ask
 * for (mage-search.c does).
 */
struct column entity_column(enum kind k, const char *field);

#endif
