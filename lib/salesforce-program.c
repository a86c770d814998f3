/* salesforce-program - what a program that works on the org has open. */
#include <stdlib.h>

#include "flow.h"
#include "salesforce-program.h"
#include "say.h"

static int
open_ledger(struct sf_program *p, const char *config, struct why *w)
{
	p->lock = (struct run_lock)RUN_LOCK;
	if ((p->conf = conf_open(config, w)) == NULL ||
	    (p->ledger = ledger_of(p->conf, LEDGER_WRITE, w)) == NULL)
		return -1;
	return 0;
}

static int
open_org(struct sf_program *p, bool alone, struct why *w)
{
	if ((p->sf = sf_open(p->conf, p->ledger, w)) == NULL)
		return -1;
	return sf_settle_jobs(p->sf, alone, w);
}

int
sf_program_open(struct sf_program *p, const char *config, struct why *w)
{
	return open_ledger(p, config, w) == -1 ? -1 : open_org(p, false, w);
}

int
sf_program_alone(struct sf_program *p, const char *config, struct why *w)
{
	char *run;
	int r;

	if (open_ledger(p, config, w) == -1)
		return -1;
	run = ledger_run_name();
	r = run_lock_join(&p->lock, p->conf, run, w);
	free(run);
	return r == -1 ? -1 : open_org(p, true, w);
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
