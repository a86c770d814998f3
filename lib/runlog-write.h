#ifndef RUNLOG_WRITE_H
#define RUNLOG_WRITE_H

#include "conf.h"
#include "run-calls.h"
#include "why.h"

/*
 * runlog-write - the events with which the log of a run begins and ends, as
 * runlog.h reads them.
 *
 * millrace-audit(5) has their members.  -1 WHY_BROKEN, or WHY_SETUP: the key
 * that hides addresses cannot be had.
 */
struct runlog_start {
	const char *runs;	/* the folder of runs, */
	const char *folder;	/* this run's in it, */
	const char *before;	/* and the name of the newest until now: its
				 * last hash is repeated, so that a log cut at
				 * its end shows too; NULL: there is none */
	const char *kind;
	char *const *argv;	/* the command; addresses in it are hidden */
	const char *conf;	/* the configuration's file */
};

int runlog_start(const struct runlog_start *s, struct why *w);

/* `wait_status` as waitpid() gave it, `before` what was counted when the run
 * began. */
int runlog_end(const char *folder, int wait_status, double seconds,
    const struct run_calls *before, const struct conf *conf, struct why *w);

#endif
