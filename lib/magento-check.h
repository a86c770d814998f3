#ifndef MAGENTO_CHECK_H
#define MAGENTO_CHECK_H

#include "findings.h"
#include "magento.h"

/*
 * magento-check - settings held against what the store has.
 *
 *	struct mage_check *c = mage_check_new(m, conf, findings, &w);
 *	if (c == NULL || mage_check_settings(c, &w) == -1 ||
 *	    mage_check_tables(c, dir, &w) == -1) ...
 *	mage_check_free(c);
 *
 * It only reads: websites, store views and groups once, a page of one order
 * for each status that is named.  -1 is for what stops a check.
 */
struct mage_check;

/* All are borrowed until free.  NULL with `w`: the store does not answer. */
struct mage_check *mage_check_new(struct mage *m, const struct conf *conf,
    struct findings *f, struct why *w);
void mage_check_free(struct mage_check *c);

/* What the configuration names in Magento is there. */
int mage_check_settings(struct mage_check *c, struct why *w);

/* Each status that an order has is in order-status.csv of the folder `dir`,
 * in opportunity-status.csv where orders become opportunities. */
int mage_check_tables(struct mage_check *c, const char *dir, struct why *w);

/* The currencies in which websites keep their prices, each once: `take` gets
 * the currency and the website's code, and returns -1 to stop. */
int mage_check_currencies(struct mage_check *c,
    int (*take)(void *ctx, struct slice currency, struct slice website,
    struct why *w), void *ctx, struct why *w);

#endif
