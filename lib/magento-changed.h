#ifndef MAGENTO_CHANGED_H
#define MAGENTO_CHANGED_H

#include "magento-keys.h"
#include "magento-window.h"

/*
 * magento-changed - what may have changed since a run, by Magento's own clock.
 *
 * A run reads a closed window of updated_at.  It ends [magento] lag before
 * the clock that the store showed when the run began, and begins [magento]
 * overlap before the end of the window before: a row gets its time when it is
 * written and is seen when it is committed, and what is committed no later
 * than lag and overlap after its time lies in one window or the next.  What
 * changes meanwhile leaves this window and lies in the next.
 *
 * Of orders updated_at is not enough: their documents have times of their
 * own, and comments, tracks and addresses leave no trace.
 */

enum { MAGE_MOMENT = 20 };	/* "2026-11-21 02:00:00" and its end */

/* `out` is the moment `seconds` before `moment`, both in Magento's form. */
void mage_before(const char *moment, long seconds, char out[MAGE_MOMENT]);

struct mage_changed {
	char since[MAGE_MOMENT], until[MAGE_MOMENT];	/* "": no bound */
	char recent[MAGE_MOMENT];	/* orders made at it or later, whatever
					 * their time; "": none */
};

/* The filters of it, in Magento's words, to the plan. */
void mage_changed_filter(const struct mage_changed *c, struct mage_plan *p);

/*
 * Add to `k` the orders whose invoices, shipments or credit memos changed
 * within the window.  `unreadable` is told of each document that Magento
 * cannot give: nobody knows whose it is.  0 or -1.
 */
int mage_touched(const struct mage_changed *c, struct mage *m, int page_size,
    struct mage_keys *k, void (*unreadable)(void *ctx,
    const struct mage_entity *e, const struct mage_row *row), void *ctx,
    struct why *w);

#endif
