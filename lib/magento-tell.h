#ifndef MAGENTO_TELL_H
#define MAGENTO_TELL_H

#include "magento.h"

/*
 * magento-tell - Salesforce's ids to orders and customers, and reading back.
 *
 * An order has one place, ext_order_id (varchar(32), cut silently beyond); it
 * is saved sparsely: entity_id, increment_id (older releases number the order
 * anew without it) and ext_order_id, nothing else, since whole saves destroy.
 * A customer has two, custom attributes whose names the configuration gives.
 */

enum { MAGE_PLACES = 2, MAGE_TOLD_MAX = 32 };

struct mage_places {
	const char *attribute[MAGE_PLACES];	/* of customers: for the
						 * account, for the contact;
						 * NULL: not told */
};

struct mage_tell {
	const struct mage_entity *entity;	/* orders or customers */
	int64_t id;
	char want[MAGE_PLACES][MAGE_TOLD_MAX + 1];	/* "": nothing to say */
	/* given by mage_tell_read() */
	bool there;		/* false: Magento does not have it */
	char has[MAGE_PLACES][256];
	char increment[64];
	/* given by both: what Magento refuses of this one, WHY_DATA; a fault
	 * of the line or the login otherwise */
	struct why error;
};

/*
 * What Magento has now of `n` of one entity, in few calls.  -1 with `w`: not
 * the fault of one of them.
 */
int mage_tell_read(struct mage *m, const struct mage_places *p,
    struct mage_tell **t, size_t n, struct why *w);

/* Write what is wanted, one call; after mage_tell_read(). */
void mage_tell_write(struct mage *m, const struct mage_places *p,
    struct mage_tell *t);

/* Does Magento have all that is wanted? */
bool mage_tell_equal(const struct mage_tell *t);

/* Which of the customer attributes does the store have?  -1 with `w`. */
int mage_tell_attributes(struct mage *m, struct mage_places *p, bool *there,
    struct why *w);

#endif
