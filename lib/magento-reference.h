#ifndef MAGENTO_REFERENCE_H
#define MAGENTO_REFERENCE_H

#include "magento.h"

/*
 * magento-reference - what records refer to: websites, store views, groups,
 * attributes with the labels of their options.
 *
 * `take` gets every one as {"reference":KIND,"record":RAW}, KIND one of
 * website, store-group, store, store-config, customer-group,
 * product-attribute, customer-attribute and, where `rules` are asked for,
 * sales-rule; RAW as Magento's list gave it.  It returns -1 to stop quietly.
 */
int mage_reference(struct mage *m, int page_size, bool rules,
    int (*take)(void *ctx, struct slice line), void *ctx, struct why *w);

/* The websites but the admin's own, each as Magento's list gave it. */
int mage_websites(struct mage *m, int (*take)(void *ctx, struct slice line),
    void *ctx, struct why *w);

/* The id of the store view `code`.  -1 WHY_SETUP: there is none. */
int64_t mage_store_id(struct mage *m, const char *code, struct why *w);

#endif
