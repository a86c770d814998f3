/*
 * mage-search - a list while it is made: what mage-search.c found, and
 * mage-page.c shows of it
 */
#ifndef SANDBOX_MAGE_SEARCH_H
#define SANDBOX_MAGE_SEARCH_H

#include "mage.h"
#include "mage-match.h"

struct test {
	struct column column;
	struct match *m;
	const double *cell;	/* its values as numbers, or NULL */
};

struct any {		/* the tests of one group: one has to agree */
	struct test *t;
	int n;
};

struct order {
	struct column column;
	int down;
};

struct search {
	struct shop *shop;
	struct view *view;
	enum kind k;
	struct criteria c;
	struct any *group;
	int groups;
	struct order *order;
	int orders;
	size_t lo, hi;		/* places that the filters on the id leave */
	size_t *hit;		/* those of them that agree; NULL: all */
	size_t hits;
};

/*
 * Add {"items":[...],"search_criteria":{...} to `out`, without the brace that
 * ends it: the rows of the page that was asked for.  Returns 0, or -1 with
 * `no` set.
 */
int search_rows(struct search *s, struct buf *out, struct refusal *no);

#endif
