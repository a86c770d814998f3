#ifndef SALESFORCE_PROGRAM_H
#define SALESFORCE_PROGRAM_H

#include "run-lock.h"
#include "salesforce.h"

/*
 * salesforce-program - what a program that works on the org has open.
 *
 *	if (sf_program_open(&x.open, o.config, &w) == -1)
 *		return sf_program_close(&x.open, say_why(&w));
 *	...
 *	return sf_program_close(&x.open, flow_close(f));
 */
struct sf_program {
	struct conf *conf;
	struct ledger *ledger;	/* for writing */
	struct sf *sf;
	struct run_lock lock;	/* of who changes records; until it ends */
};

/* Open all three, and settle the jobs that a killed run has left.  -1 with
 * `w`: what is open by then is closed by sf_program_close() too.  `*p` is
 * zero before. */
int sf_program_open(struct sf_program *p, const char *config, struct why *w);

/*
 * The same for who changes records: it is of the run that has the ledger's
 * lock, or takes it, by hand.  WHY_BUSY: somebody else has it, whose records
 * on their way it cannot tell from what was left in doubt.
 */
int sf_program_alone(struct sf_program *p, const char *config, struct why *w);

/* Close what is open.  `status`, or what is worse. */
int sf_program_close(struct sf_program *p, int status);

#endif
