#ifndef SALESFORCE_PROGRAM_H
#define SALESFORCE_PROGRAM_H

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
};

/* Open all three, and settle the jobs that a killed run has left.  -1 with
 * `w`: what is open by then is closed by sf_program_close() too.  `*p` is
 * zero before. */
int sf_program_open(struct sf_program *p, const char *config, struct why *w);

/* Close what is open.  `status`, or what is worse. */
int sf_program_close(struct sf_program *p, int status);

#endif
