#ifndef MAGENTO_WISH_H
#define MAGENTO_WISH_H

#include "magento-changed.h"
#include "magento-range.h"

/*
 * magento-wish - what a user asks of an entity, made into a range.
 *
 *	struct mage_wish x = { .up_to = -1 };
 *
 *	range.plan.entity = mage_entity("orders", &w);
 *	if (mage_wish_range(&x, m, &range, &w) == -1 ||
 *	    mage_range_open(&range, m, x.up_to, &w) == -1)
 *		...
 */

enum { MAGE_FILES = 8 };

struct mage_wish {
	const char *keys, *also;	/* files of keys; NULL: none */
	const char *of[MAGE_FILES];	/* files of orders or carts */
	const char *where[MAGE_WHERES];	/* "FIELD OP VALUE" */
	int ofs, wheres;
	const char *store, *with;	/* a code; a list; NULL: none */
	struct mage_changed window;
	bool changed;		/* window.since is the end of an earlier one:
				 * overlaps it, and more of orders */
	long overlap;		/* seconds */
	long reread_days;
	int64_t up_to;		/* no id above, -1: no bound */
	long missing;		/* given: names in `keys` that Magento does not
				 * have; each was said */
	/* told of each document that Magento cannot give */
	void (*unreadable)(void *ctx, const struct mage_entity *e,
	    const struct mage_row *row);
	void *ctx;
};

/* Does it choose records? */
bool mage_wish_chooses(const struct mage_wish *x);

/* Fill in what of `r` comes before mage_range_open(), but for the entity, the
 * page size and the shard.  -1 with `w`. */
int mage_wish_range(struct mage_wish *x, struct mage *m,
    struct mage_range *r, struct why *w);

#endif
