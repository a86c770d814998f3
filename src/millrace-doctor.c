/* millrace-doctor - do both connections work, with all rights? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "opt.h"

static const struct opt options[] = {
	{ 'm', "maps", "DIR", "folder of the maps whose fields are checked" },
	{ 0, NULL, NULL, NULL },
};

static int
examine(struct doctor *d)
{
	doctor_ok("the configuration %s has no mistakes", conf_file(d->conf));
	doctor_here(d);
	doctor_magento(d);
	doctor_salesforce(d);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return doctor_status(d);
	say_error("cannot write: %s", strerror(errno));
	return WHY_BROKEN;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "millrace-doctor", .operands = "",
	    .purpose = "do both connections work, with all rights?",
	    .table = options };
	struct doctor d = {0};
	struct why w = {0};
	int c, status;

	while ((c = opt_next(&o, argc, argv)) > 0)
		d.maps = o.value;
	if (c < 0)
		return o.status;
	if (argv[o.first] != NULL)
		return opt_usage(&o, "'%s' is one argument too many",
		    argv[o.first]);
	d.config = o.config;
	if ((d.conf = conf_open(o.config, &w)) == NULL)
		return say_why(&w);
	status = examine(&d);
	ledger_close(d.ledger, NULL);
	conf_close(d.conf);
	return status;
}
