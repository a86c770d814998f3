#ifndef MAGENTO_ASK_H
#define MAGENTO_ASK_H

#include "magento-page.h"
#include "magento-window.h"

/*
 * magento-ask - one page of a list, asked for as a plan wants it; a part of
 * magento-window.
 *
 *	struct mage_ask a = { .entity = e, .gt = 0, .lteq = 100, .size = 50 };
 *
 *	r = mage_ask_page(m, plan, &a, &w);
 *	... a.page
 *	mage_ask_free(&a);
 */

/* What is asked for: a page of at most `size` records. */
struct mage_ask {
	const struct mage_entity *entity;
	const struct mage_where *where;
	int wheres;
	int64_t gt, lteq;	/* bounds of the id, -2: none */
	const char *in;		/* field that must be one of `id`, or NULL */
	const int64_t *id;
	size_t ids;
	bool down;		/* highest id first */
	const char *fields;
	bool once;		/* a 500 is not tried again */
	int size;		/* given back smaller where Magento wants that */
	const char *of;		/* member with the order's id, or NULL */
	/* what came; the records lie in the call's answer */
	struct http_call call;
	struct mage_page page;
};

/*
 * 1 and a->page; 0: this page is one that Magento cannot make (a message
 * instead of a list is one more way to say so, and so are fewer records than
 * it counts and the page has room for, twice in a row), `w` says how; -1.  The
 * size follows plan->page_size, which follows what Magento allows.
 */
int mage_ask_page(struct mage *m, struct mage_plan *plan, struct mage_ask *a,
    struct why *w);

void mage_ask_free(struct mage_ask *a);

/* Is it the page, or the server?  Then one without records fails as well; `e`
 * is the plan's entity or one of its children.  0 or -1. */
int mage_alive(struct mage *m, struct mage_plan *plan,
    const struct mage_entity *e, struct why *w);

#endif
