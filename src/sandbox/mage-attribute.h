/*
 * mage-attribute - custom attributes of customers and of their addresses
 *
 * Which ones a shop knows stands in a list, CUSTOMER_ATTRIBUTES (with those of
 * --set customer_attributes) or ADDRESS_ATTRIBUTES, as GET attributeMetadata/
 * shows it.
 */
#ifndef SANDBOX_MAGE_ATTRIBUTE_H
#define SANDBOX_MAGE_ATTRIBUTE_H

#include "mage-record.h"

/* Make the attributes of the setting known, each a text of 255 characters. */
void attributes_seed(struct shop *shop);

/*
 * Check what was sent, a list of {"attribute_code","value"} or an object of
 * values: types, and that a value is there.  Return 0 or -1 with `no` set.
 */
int attributes_check(struct shop *shop, enum kind list, yyjson_val *sent,
    struct refusal *no);

/* Step through what was sent, in either form, `*i` being 0 at first: 0 at the
 * end. */
int attribute_next(yyjson_val *sent, size_t *i, const char **code,
    yyjson_val **value);

/* Check one value against the attribute's record: 0, or -1 with `no` set. */
int attribute_check(struct piece attribute, const char *code, yyjson_val *v,
    struct refusal *no);

/* Is the value among the options, if the attribute has any? */
int attribute_has(struct piece attribute, const char *value);

/*
 * Take what was sent over into `owner`, an object in `r`.  Unknown codes are
 * dropped without a word; null and "" delete.  Return 0, or -1 with `no` set
 * for an option that does not exist.
 */
int attributes_set(struct record *r, enum kind list, yyjson_mut_val *owner,
    yyjson_val *sent, struct refusal *no);

#endif
