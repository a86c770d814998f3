#ifndef MAGENTO_VIEWS_H
#define MAGENTO_VIEWS_H

#include "magento.h"

/*
 * magento-views - what a product costs on each website that has a price book
 * of its own ([prices] pricebooks).
 *
 *	struct mage_views *v = mage_views_open(m, conf, &w);
 *
 *	for (i = 0; i < v->n; i++) {
 *		mage_scope(m, v->view[i].store);
 *		... a list of products with MAGE_VIEW_FIELDS
 *		text = mage_view_price(&v->view[i], product, pool);
 *	}
 *	mage_scope(m, v->home);
 *	mage_views_free(v);
 *
 * Magento keeps prices once for all or once for each website, so that any
 * store view of a website tells them: the first one is asked.
 */
struct mage_view {
	char *store;		/* its code */
	struct buf head;	/* of what is told: website, website_id, store,
				 * currency, timezone */
};

struct mage_views {
	const char *home;	/* [magento] store, borrowed from the conf */
	struct mage_view *view;
	int n;
};

#define MAGE_VIEW_FIELDS "items[id,price," \
	"custom_attributes[special_price,special_from_date," \
	"special_to_date]],total_count"

/* NULL with `w` (WHY_SETUP): no book is named for a website, one for a website
 * that is none, or one for two that would overwrite each other's prices. */
struct mage_views *mage_views_open(struct mage *m, const struct conf *c,
    struct why *w);

/* The object that tells the price: the head, and of `product` (absent: the view
 * has it not) price, special_price, special_from_date and special_to_date as
 * Magento gave them, those that are there. */
struct slice mage_view_price(const struct mage_view *v, struct slice product,
    struct pool *pool);

void mage_views_free(struct mage_views *v);

#endif
