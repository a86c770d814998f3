#ifndef MAGENTO_GONE_H
#define MAGENTO_GONE_H

#include "magento-window.h"

/*
 * magento-gone - which known records Magento has no more.
 *
 * Magento deletes without a trace, so what was known before is held against
 * the ids of a whole reading, window by window, and what was not seen is
 * asked for by its id before it is called gone.
 *
 *	g = mage_gone_open("orders.known", &w);
 *	g->tell = ..., g->ctx = ...
 *	... mage_gone_see(g, m, plan, win, win->covered, &w) for each window,
 *	    in order
 *	mage_gone_rest(g, m, plan, highest, &w)
 *	mage_gone_close(g);
 */
struct mage_gone {
	void (*tell)(void *ctx, int64_t id);
	void *ctx;
	struct gone_file *file;	/* its own */
};

/*
 * `path` has ids, one a line, ascending; it is read as the windows come, not
 * held.  NULL with WHY_SETUP: it cannot be read.
 */
struct mage_gone *mage_gone_open(const char *path, struct why *w);

/* What is known up to `id` and not among the rows of `win` (NULL: none) is
 * asked for by `m`, and told of when it is not there.  0; -1: WHY_SETUP when
 * the file is not ascending ids, or as mage_window_read(). */
int mage_gone_see(struct mage_gone *g, struct mage *m,
    struct mage_plan *plan, const struct mage_window *win, int64_t id,
    struct why *w);

/* The end was read: what is known above the highest id that Magento has.
 * Ids between, which were not read, are passed over. */
int mage_gone_rest(struct mage_gone *g, struct mage *m,
    struct mage_plan *plan, int64_t highest, struct why *w);

void mage_gone_close(struct mage_gone *g);

#endif
