#ifndef MAGENTO_BULK_H
#define MAGENTO_BULK_H

#include "magento-tell.h"

/*
 * magento-bulk - many customers or products at once, by Magento's async bulk.
 *
 *	struct mage_bulk b;
 *
 *	mage_bulk_init(&b, m, &places, conf, ledger);
 *	if (mage_bulk_wants(&b, MAGE_PRODUCTS, n))
 *		mage_bulk_tell(&b, tells, n, &w);
 *
 * A bulk goes into a queue that a consumer of the store works off; how far it
 * is we ask, at growing intervals, up to [magento] bulk_patience.  The ledger
 * remembers the last bulk that was left open: as long as the store has not
 * worked it off, no other is sent.
 *
 * The consumer does not fill in what a customer's body lacks, as the call for
 * one does, so that a customer goes with e-mail, names, website, store and
 * group as they were read; a change of these between that and the consumer's
 * turn is undone.  Hence [magento] bulk = products unless somebody says all.
 */

enum { MAGE_UUID = 64 };

struct mage_bulk {
	struct mage *m;
	const struct mage_places *places;
	struct ledger *ledger;
	bool allowed[MAGE_KINDS];
	size_t from;			/* fewer go one by one; 0: all do */
	long patience;			/* seconds */
	bool asked;			/* about a bulk left open */
};

void mage_bulk_init(struct mage_bulk *b, struct mage *m,
    const struct mage_places *p, const struct conf *c, struct ledger *l);

/* Should `n` of this kind go by bulk? */
bool mage_bulk_wants(const struct mage_bulk *b, enum mage_kind kind, size_t n);

/*
 * Send `n` of one kind and wait.  What became of each stands in its `op`:
 * MAGE_OP_NONE and MAGE_OP_RETRY are left to be told one by one, also when the
 * store takes no bulk or nobody works it off (said then); MAGE_OP_OPEN is on
 * its way still.  Its error says why it was not done.  -1 with `w` only for
 * the ledger.
 */
int mage_bulk_tell(struct mage_bulk *b, struct mage_tell **t, size_t n,
    struct why *w);

#endif
