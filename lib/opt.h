#ifndef OPT_H
#define OPT_H

#include "say.h"

/*
 * opt - command-line options: one table gives the parser and the usage.
 *
 *	static const struct opt options[] = {
 *		{ 'n', "limit", "N", "stop after N records" },
 *		{ 'W', "with", "ENTITY,...", "children too" },
 *		{ 0 }
 *	};
 *	struct opts o = { .name = "mage-extract", .operands = "ENTITY",
 *	    .purpose = "what Magento has, one record a line",
 *	    .table = options };
 *
 *	while ((c = opt_next(&o, argc, argv)) > 0)
 *		switch (c) {
 *		case 'n': limit = o.value; break;
 *		}
 *	if (c < 0)
 *		return o.status;
 *	... argv[o.first] up to argc are the operands
 *
 * The common options are handled here: -c/--config FILE (o.config), -v, -q,
 * -h/--help (usage on standard output, status 0), --version.  A wrong option
 * is told on standard error with the nearest name, status 2.  A key above 255
 * has no short letter.
 */

struct opt {
	int key;		/* short letter, or > 255; 0 ends the table */
	const char *name;	/* long name */
	const char *arg;	/* its argument's name; NULL: takes none;
				 * "[=X]": optional, as --name=X */
	const char *help;	/* one line */
};

struct opts {
	const char *name, *operands, *purpose;
	const struct opt *table;
	bool leading;	/* options end at the first operand (CMD...), instead
			 * of being found anywhere before -- */
	/* given by opt_next() */
	const char *value;	/* the option's argument */
	const char *config;	/* -c, or NULL */
	int first;		/* index of the first operand */
	int status;		/* when opt_next() returned -1 */
	void *state;
};

/* The key of the next option; 0: no more; -1: leave with o->status. */
int opt_next(struct opts *o, int argc, char **argv);

/* Tell a usage error ("no ENTITY given") with a hint at -h; return 2. */
int opt_usage(const struct opts *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
