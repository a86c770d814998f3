#ifndef CHILDREN_H
#define CHILDREN_H

#include "batch.h"
#include "ledger.h"

/*
 * children - which children a record no longer has.
 *
 *	struct gone *g = children_gone(l, b, from, to, &n, &w);
 *	while (n-- > 0)			the last one first, so that places hold
 *		batch_insert(b, g[n].at, &g[n].p);
 *
 * A parent's payload says in `children` what it has now of each map that
 * prunes:
 *	{"order-item":{"phase":30,"rev":"..","also":["cart-line"],
 *	    "keys":["1","2"]}}
 * What the ledger knows as a child of this parent, whatever its source, from
 * that map or from one of `also`, and what is not among `keys`, is to be
 * deleted: as a payload of that map, phase and rev, and of the parent's
 * source.  A map of which a line is skipped, waiting, held, rejected or
 * failed deletes nothing, nor does a parent of such a fate.
 */

struct gone {
	struct payload p;	/* lives in b->pool */
	size_t at;		/* the line that it goes before */
};

/*
 * Of the record whose lines are `from` up to `to` of the batch, settled as far
 * as they are by then.  In b->pool, *n of them, in the order of their places;
 * -1 in *n with `w`: the ledger's error.  A line whose `children` are of
 * another form is settled, rejected/bad-payload.
 */
struct gone *children_gone(struct ledger *l, struct batch *b, size_t from,
    size_t to, long *n, struct why *w);

#endif
