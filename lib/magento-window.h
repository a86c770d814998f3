#ifndef MAGENTO_WINDOW_H
#define MAGENTO_WINDOW_H

#include <stdatomic.h>

#include "magento.h"
#include "magento-views.h"

/*
 * magento-window - the records of a range of ids, a page at a time.
 *
 * Keyset: id gt LO and lteq HI, sorted ascending, never by page number, so
 * that rows that come and go meanwhile move nothing, and that Magento counts
 * a short range.  A page that Magento cannot make (500) is halved until the
 * record that spoils it stands alone.
 */

enum {
	MAGE_WHERES = 16,	/* filters of a plan, */
	MAGE_WHERES_OWN = 5,	/* of which so many are not the user's */
	MAGE_CHILDREN = 4,
	MAGE_PAGE_MAX = 1000,
};

/* What is read; the same for all windows, which change only page_size. */
struct mage_plan {
	const struct mage_entity *entity;
	struct mage_where where[MAGE_WHERES];
	int wheres;
	const struct mage_entity *with[MAGE_CHILDREN];	/* of orders; orders
				 * also of carts; "prices" of
				 * products; "products" of carts */
	int withs;
	struct mage_views *views;	/* that tell prices, or NULL */
	const char *fields;	/* projection of the answers, NULL: whole */
	size_t page_bytes;	/* a longer answer of several records is a page
				 * that cannot be made; 0: any is taken */
	atomic_int page_size;	/* made smaller when Magento wants it so */
	atomic_int page_limit;	/* that Magento named; 0: none */
	/* seen since somebody looked, for mage_range_adapt() */
	atomic_int troubles;	/* calls that had to be made again, and pages
				 * that could not be made */
	atomic_int too_big;	/* pages whose parts could be made */
	atomic_int slowest;	/* of the answers, in ms */
};

enum mage_row_is { MAGE_RECORD, MAGE_POISONED, MAGE_MISSING };

struct mage_row {
	int64_t id;
	enum mage_row_is is;
	struct slice text;	/* the record, one line; or why it cannot be
				 * read */
	int64_t cart;		/* that it is, or comes from; -1 */
	struct slice *child[MAGE_CHILDREN];	/* while it is built */
	size_t children[MAGE_CHILDREN];
};

struct mage_window {
	struct mage_plan *plan;
	int64_t lo, hi;		/* ids over lo, up to hi */
	bool range;		/* those that the plan's filters find */
	const int64_t *id;	/* and these, ascending, within the window */
	size_t ids;
	/* given by mage_window_read() */
	int64_t covered;	/* read up to here; < hi: go on behind it */
	int64_t found;		/* total_count of the range, -1 */
	struct mage_row *row;	/* ascending; MAGE_MISSING only of `id` */
	size_t rows, room;
	struct buf *answer;	/* what Magento sent, with the rows' texts */
	size_t answers;
	struct pool *pool;	/* other texts of rows */
	int view;		/* of plan->views, that is asked */
	struct why error;	/* kind WHY_NONE: all is well */
};

/* Free the filters of a plan. */
void mage_plan_free(struct mage_plan *plan);

/* Read one page or somewhat more; errors are in win->error. */
void mage_window_read(struct mage *m, struct mage_window *win);

/* Free what it was given, and `win`. */
void mage_window_free(struct mage_window *win);

/*
 * The highest id that the plan's filters find, -1 when there is none, and how
 * many they find.  -2 with `w`.
 */
int64_t mage_highest(struct mage *m, struct mage_plan *plan, int64_t *total,
    struct why *w);

/* One more child of a row; its text lives as long as the window. */
void mage_row_child(struct mage_row *row, int kind, struct slice text);

/* The row's text with its children as a last member, in the pool. */
struct slice mage_with_children(const struct mage_plan *plan,
    const struct mage_row *row, struct pool *pool);

#endif
