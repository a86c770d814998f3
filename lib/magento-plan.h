#ifndef MAGENTO_PLAN_H
#define MAGENTO_PLAN_H

#include "magento-window.h"

/*
 * magento-plan - what a user asks for, put into a plan.  All return -1 with
 * `w` WHY_SETUP when it makes no sense.
 */

/* Only records of the store view `code`. */
int mage_plan_store(struct mage_plan *p, struct mage *m, const char *code,
    struct why *w);

/* Only those that the filter finds; see mage_where(). */
int mage_plan_where(struct mage_plan *p, const char *text, struct why *w);

/* Orders with children, "invoices,shipments"; with "orders", orders or carts
 * with the ids of all orders of the same cart; carts with "products", which of
 * their SKUs the catalogue has; products with "prices", for which
 * the caller sets plan->views. */
int mage_plan_with(struct mage_plan *p, const char *list, struct why *w);

/*
 * Are the fields of the plan's filters columns or attributes of the entity?
 * Magento is asked about those that no record shows (there are such); it fails
 * at one that it does not know, and does not say so.  Values that records show
 * otherwise than they are kept -- true, false, the names of coupon types --
 * become what is kept: Magento takes them for 0.
 */
int mage_plan_check(struct mage_plan *p, struct mage *m, struct why *w);

/*
 * Subscribers are customers; which is one stands in the record alone.  False:
 * it is not, or (then *unsaid) the record does not tell.  True for all
 * records of other entities.
 */
bool mage_plan_takes(const struct mage_plan *p, struct slice record,
    bool *unsaid);

#endif
