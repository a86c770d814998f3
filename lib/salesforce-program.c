/* salesforce-program - what a program that works on the org has open. */
#include "flow.h"
#include "salesforce-program.h"
#include "say.h"

int
sf_program_open(struct sf_program *p, const char *config, struct why *w)
{
	if ((p->conf = conf_open(config, w)) == NULL ||
	    (p->ledger = ledger_of(p->conf, LEDGER_WRITE, w)) == NULL ||
	    (p->sf = sf_open(p->conf, p->ledger, w)) == NULL)
		return -1;
	return sf_settle_jobs(p->sf, w);
}

int
sf_program_close(struct sf_program *p, int status)
{
	struct why w = {0};

	sf_close(p->sf);
	if (ledger_close(p->ledger, &w) == -1)
		status = flow_worse(status, say_why(&w));
	conf_close(p->conf);
	return status;
}
