#ifndef MAGENTO_RANGE_H
#define MAGENTO_RANGE_H

#include "crew.h"
#include "magento-keys.h"
#include "magento-window.h"

/*
 * magento-range - an entity as windows of about a page, in the order of the
 * ids.
 *
 *	r.plan, r.key, r.whole = ...
 *	mage_range_open(&r, m, -1, &w);
 *	while ((win = mage_range_next(&r)) != NULL)
 *		... mage_window_read(), perhaps several at once
 *		mage_range_rest(), mage_range_adapt()
 *
 * Ids lie densely in one shop and thinly in another, so windows grow while
 * they come back half empty, and what did not fit into a page is read on.
 */
struct mage_range {
	struct mage_plan plan;
	struct mage_keys key;	/* ids besides, or alone */
	bool whole;		/* what the plan finds, not `key` alone */
	int workers;		/* windows at once, at most */
	int patience;		/* ms after which an answer is slow */
	int64_t shard, shards;	/* only every shards-th block of 1000 ids, from
				 * the shard-th (0 is the first); shards 0: all */
	/* its own */
	int64_t top;		/* the highest id that the plan finds */
	int64_t next, highest;	/* ids over next are still to be read */
	int64_t width;		/* of the next window */
	size_t used;		/* of key.id */
	int64_t total;		/* records to expect, -1 */
	int asked;		/* records of a page, as was asked for */
	int64_t weight;		/* bytes of a record, lately; 0: not known */
	bool first;		/* that was the first window */
	int flight;		/* windows at once, now */
	int calm;		/* windows in a row without trouble */
};

/*
 * How many windows to hold, after what the server did with those before: a
 * call that had to be made again halves how many are asked for at once, some
 * windows without trouble give one more; a page that could not be made, or
 * took long, halves the next ones.  The first page is small and comes alone:
 * it tells how long a page may be, so that all that is held stays within some
 * MB, or is a record each; an answer that is longer all the same is broken off
 * and asked for in parts.
 */
int mage_range_flight(const struct mage_range *r);

/* Ask where it ends: at the highest id, or at `up_to` when that is not -1. */
int mage_range_open(struct mage_range *r, struct mage *m, int64_t up_to,
    struct why *w);

/* The next window, to be freed by mage_window_free(); NULL: no more. */
struct mage_window *mage_range_next(struct mage_range *r);

/* What a window did not cover is put to the crew, in up to `parts` windows;
 * they come before all that was put already. */
void mage_range_rest(struct mage_range *r, struct crew *crew, int parts,
    const struct mage_window *win);

/* Learn from a window that was read. */
void mage_range_adapt(struct mage_range *r, const struct mage_window *win);

#endif
