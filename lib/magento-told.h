#ifndef MAGENTO_TOLD_H
#define MAGENTO_TOLD_H

#include "magento-tell.h"
#include "payload.h"
#include "sign.h"

/*
 * magento-told - what verdicts ask us to tell Magento, told once.
 *
 *	t = mage_told_open(m, conf, ledger, false, &w);
 *	if (mage_told_batch(t, lines, n, &w) == -1) ...
 *	n = mage_told_jobs(t, &job);
 *
 * Read, write what differs, read back.  The ledger remembers the hash of what
 * was told and verified, and what was refused, so that only what differs is
 * asked and told; and since what is there already is not written, a run that
 * was killed between a save and its row is healed by the next.  What may come
 * right by itself (an error inside Magento, an answer that was lost, a bulk
 * that is not worked off) is owed: `led due` lists it until [runs] attempts
 * are spent.
 */

/* What one source's verdicts ask for. */
struct mage_job {
	struct mage_tell tell;
	struct slice source;	/* borrowed from the lines */
	size_t last;		/* index of its last line */
	const char *verdict;	/* to be added behind that line: failed, held,
				 * waiting or skipped, its message in
				 * tell.error; NULL: none */
	const char *reason;
	bool changed;		/* Salesforce was changed in this run */
	bool done;		/* told and verified */
	bool again;		/* refused, but not for good */
	int rank;		/* of the verdict that its status tells */
	int attempts;		/* in vain so far */
	char hash[SIGN_HEX];	/* of what is to be told */
	char before[SIGN_HEX];	/* of what was told before, or "" */
};

struct mage_told;

/* All are borrowed.  `again`: tell whatever is remembered.  Opens [magento]
 * in_flight more connections; `m` speaks to store view `all` from now on.
 * Without `m` nothing can be told, see mage_told_owe(). */
struct mage_told *mage_told_open(struct mage *m, const struct conf *c,
    struct ledger *l, bool again, struct why *w);
void mage_told_close(struct mage_told *t);

/*
 * Tell what these verdicts ask for; all lines of a source must be there.
 * -1 with `w` when Magento or the ledger fails as a whole; jobs that were
 * refused before that have their verdicts all the same, the others are owed.
 */
int mage_told_batch(struct mage_told *t, const struct payload *line, size_t n,
    struct why *w);

/* Only remember what these verdicts ask for, because of `why_not`. */
int mage_told_owe(struct mage_told *t, const struct payload *line, size_t n,
    const struct why *why_not, struct why *w);

/* The jobs of the last batch that were not remembered as told, in the order
 * of their lines; borrowed until the next batch. */
size_t mage_told_jobs(const struct mage_told *t, const struct mage_job **j);

/* The name of a place (an attribute's code), NULL: it is not told. */
const char *mage_told_place(const struct mage_told *t, enum mage_kind kind,
    int place);

#endif
