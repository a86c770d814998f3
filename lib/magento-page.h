#ifndef MAGENTO_PAGE_H
#define MAGENTO_PAGE_H

#include "magento.h"

/*
 * magento-page - a page of a list, checked and cut into its records in one
 * pass.
 *
 * Most of what Magento sends is passed on as it stands, so a page is looked
 * through once: every byte is checked as JSON, and of each record only the ids
 * are taken out.
 */

struct mage_item {
	struct slice text;	/* the record, in the answer */
	int64_t id;		/* -1: it has none */
	int64_t of;		/* that of the order, where asked for; -1 */
};

struct mage_page {
	struct mage_item *item;
	size_t n, room;
	int64_t total;		/* total_count, -1: not there */
	bool full;		/* it has `items` */
};

/*
 * Cut `answer`, whose buffer stays the caller's; `of` is the member that holds
 * the order's id, or NULL.  0; -1: it is no such page, and mage_items() says
 * why.  mage_page_free() after either.
 */
int mage_page_cut(struct mage_page *page, struct buf *answer,
    const struct mage_entity *e, const char *of);

void mage_page_free(struct mage_page *page);

#endif
