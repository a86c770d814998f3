#ifndef RUN_CALLS_H
#define RUN_CALLS_H

#include <stdbool.h>

#include "conf.h"
#include "ledger.h"
#include "mem.h"

/*
 * run-calls - the API calls that a run made, and what its loads were to cost.
 *
 *	run_calls_count(&before, conf);
 *	...					the run
 *	run_calls_put(&before, conf, &out);
 *
 * The ledger counts them from day to day; a run is the difference.
 */

enum { RUN_CALLS_SYSTEMS = 8 };

struct run_calls {
	struct {
		char system[32];
		long long calls;
	} of[RUN_CALLS_SYSTEMS];
	int n;
	struct ledger_forecast forecast;
};

/* What the ledger has until now; false, and none: there is no ledger yet, or
 * it cannot be read. */
bool run_calls_count(struct run_calls *c, const struct conf *conf);

/* Append what came since, as members for the log: `,"forecast":{...}` where
 * something was forecast, and `,"calls":[...]`.  Nothing where it is not
 * known. */
void run_calls_put(const struct run_calls *before, const struct conf *conf,
    struct buf *out);

#endif
