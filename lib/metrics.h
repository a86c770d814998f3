#ifndef METRICS_H
#define METRICS_H

#include "conf.h"
#include "fold.h"
#include "runlog.h"

/*
 * metrics - a run for Prometheus, in its text format: run-open(1) lists the
 * gauges.
 */

#define METRICS_FILE "metrics.prom"	/* in the run's folder; it is kept as
					 * long as the log */

struct metrics {
	const char *kind;		/* of the run, see runs_is_name() */
	const struct runlog *log;
	const struct fold *verdicts;
	int status;			/* exit status */
	long long began, ended;		/* Unix time */
};

/*
 * Write them into the run's folder and to millrace-KIND.prom in [runs]
 * metrics, where that is set: this one is read by another user, and has counts
 * and codes only.  What cannot be written is told, and no reason to fail.
 */
void metrics_write(const struct metrics *m, const struct conf *c,
    const char *folder);

#endif
