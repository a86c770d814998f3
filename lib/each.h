#ifndef EACH_H
#define EACH_H

#include "paint.h"
#include "runlog.h"

/*
 * each - a run record by record, from its kept copies: OK, or what is wrong
 * and its text.
 *
 *	struct each e = { .paint = paint_for(stdout, false) };
 *	if (each_show(&e, &log, folder, &w) == -1) ...
 *
 * Records come in the order of the run.  Memory does not grow with them.
 */
struct each {
	struct paint paint;
	bool json;	/* a JSON object a line */
	bool failed;	/* only what somebody must mend */
};

/* -1 WHY_SETUP: the run's verdicts were not kept; WHY_DATA: a copy is
 * damaged. */
int each_show(const struct each *e, const struct runlog *l,
    const char *folder, struct why *w);

#endif
