/*
 * mage-product - products while a client changes them
 *
 * A value belongs to all stores or to one view, as its attribute's scope in
 * product-attributes.ndjson says and the path of the request: /rest/all
 * writes what all stores have, /rest/V1 what the default view has.
 */
#ifndef SANDBOX_MAGE_PRODUCT_H
#define SANDBOX_MAGE_PRODUCT_H

#include "mage-record.h"

/* The place of a product by its SKU, or -1. */
ssize_t product_find(struct shop *shop, const char *sku);

/* The refusal for a SKU that is not there.  Returns -1. */
int product_missing(struct call *c);

/* Is there an attribute with this code? */
int value_known(struct shop *shop, const char *code);

/* Set member `name` (name, price, status...) in the scope that is its own. */
void value_set(struct record *p, struct call *c, const char *name,
    yyjson_val *v);

/*
 * custom_attributes: a list of {"attribute_code","value"} or an object.
 * values_check: types, options, and that there is a value; 0, or -1 with `no`
 * set.  values_set, after that: codes that no attribute has are dropped
 * without a word, null and "" delete.
 */
int values_check(struct shop *shop, yyjson_val *sent, struct refusal *no);
void values_set(struct record *p, struct call *c, yyjson_val *sent);

/* What views have of a product of their own goes with it. */
void values_forget(struct store *s, int64_t product);

/* Take over the members that were sent, which suit schema stock-item, into a
 * product's stock item. */
void stock_save(struct call *c, int64_t product, yyjson_val *sent);

#endif
