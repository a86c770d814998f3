#ifndef MAGENTO_ASKED_H
#define MAGENTO_ASKED_H

#include "magento-told.h"

/*
 * magento-asked - what verdicts ask for, less what the ledger knows of; a part
 * of magento-told.
 */

struct mage_asked {
	struct mage_job *job;
	size_t n, room;
};

/* The jobs of these lines, in their order; those of before are freed. */
void mage_asked_find(struct mage_asked *a, const struct mage_places *p,
    const struct payload *line, size_t n);

/* Out with what Magento is known to have, and with what it refused, unless the
 * record was sent again; `again`: with nothing. */
int mage_asked_drop(struct mage_asked *a, struct ledger *l, bool again,
    int attempts, struct why *w);

/* Is the value that the order has now one that we gave it? */
bool mage_asked_ours(const struct mage_job *j);

/* What became of them, into the ledger, at once.  With `owed` those that came
 * to nothing are owed, because of it. */
int mage_asked_remember(const struct mage_asked *a, struct ledger *l,
    const struct why *owed, struct why *w);

void mage_asked_free(struct mage_asked *a);

#endif
