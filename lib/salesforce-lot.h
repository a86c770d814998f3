#ifndef SALESFORCE_LOT_H
#define SALESFORCE_LOT_H

#include "salesforce-job.h"
#include "salesforce-part.h"

/*
 * salesforce-lot - rows of a plan that go to Salesforce together, by a Bulk
 * job or by sObject Collections.  Who plans and loads does not know which.
 *
 *	struct sf_lot t = { .s = s, .v = v, .part = { .ps = ps, .plan = p,
 *	    .from = i }, ... };
 *
 *	if (sf_lot_send(&t, &w) == -1) ...	rows t.part.from..to are sent
 *	... other lots meanwhile
 *	if (sf_lot_wait(&t, &w) == -1) ...	and answered
 *
 * A plan of fewer than `few` rows goes by Collections (salesforce-
 * collections.c), all of it in one lot, answered when sf_lot_send() returns.
 * Else a lot is a job, of `max_upload` bytes at most.
 *
 * Every row of a lot is noted in the ledger as in flight, and committed,
 * before the first call that could change Salesforce is made.  Those that go
 * on when the lot has ended were surely not done by it, unless their reason is
 * `no-result`: they are in flight no more, if they were not before.
 *
 * After both have returned 0 every row has had an answer (`told`): it is
 * settled, or goes on with reason and message of why it was not done, and may
 * be sent again.  After -1 of either, rows that may or may not have been done
 * are settled, `waiting`/`no-result`, those of a file or call that Salesforce
 * refuses as a whole `rejected`/`job-refused` (with WHY_SETUP); those that
 * were surely not sent go on.  sf_lot_wait() is for lots that were sent with
 * 0 alone.
 */
struct sf_lot {
	struct sf *s;
	struct sf_wave *v;
	struct sf_part part;
	size_t few;
	int64_t max_upload;
	unsigned round;		/* how often its rows were sent before */
	struct sf_job job;	/* of a lot that is a job, else zero */
	int64_t note;		/* its flights in the ledger; 0: none */
};

int sf_lot_send(struct sf_lot *t, struct why *w);
int sf_lot_wait(struct sf_lot *t, struct why *w);

/*
 * How many of `rows` go into a job, or a call, in their `round`: each time
 * fewer, so that fewer fight for locks and triggers have less to do at once,
 * but never so few that jobs or calls come by the hundred.  0: as many as fit.
 */
enum { SF_CALL_ROWS = 200 };	/* Salesforce's limit of a call */

size_t sf_lot_most(size_t rows, bool by_calls, unsigned round);

/* Settle the rows of the lot that have had no answer. */
void sf_lot_untold(struct sf_lot *t, const char *verdict, const char *reason,
    const char *text);

/* Note the lot's rows as in flight, with the intent of its job where it is
 * one: all on the disk with 0. */
int sf_lot_note(struct sf_lot *t, struct why *w);

/* The lot's rows by Collections (salesforce-collections.c); as above. */
int sf_collect(struct sf_lot *t, struct why *w);

#endif
