#ifndef SALESFORCE_BUDGET_H
#define SALESFORCE_BUDGET_H

#include "salesforce-wave.h"

/*
 * salesforce-budget - what a wave will cost, and whether the day has it left.
 *
 *	struct sf_forecast f = sf_forecast(v, few);
 *	if (sf_budget(s, v, few, &late, &w) == -1) ...
 *	... load what still goes; then stop when `late` says so
 */
struct sf_forecast {
	long rows, calls;	/* calls: jobs' included, look-ups not */
	long jobs, batches;	/* batches of 10,000, as Salesforce counts */
	int64_t bytes;		/* of the payloads */
};

/* Rows that go on, by phase, object and operation; fewer than `few` of one
 * kind by Collections.  Pure. */
struct sf_forecast sf_forecast(const struct sf_wave *v, size_t few);

/*
 * Does the day's allowance of the org ([salesforce] api_share of it) have
 * room for the wave?  Records that it has no room for are settled as
 * `waiting`/`limit-near`, whole, those of the highest phases first, and
 * `late` is WHY_BUSY "limit-near": load what still goes, then stop.  What the
 * org has used is asked of /limits before the first wave, and known from each
 * answer after it; where it cannot be known, all goes.  -1 with `w`: it
 * cannot be asked at all.
 */
int sf_budget(struct sf *s, struct sf_wave *v, size_t few, struct why *late,
    struct why *w);

/*
 * The same before rows of `phase` go for the `round`-th time again, in jobs
 * and calls of their round, with what the phases behind it still need.  false:
 * there is no room: their records are settled, and others of the highest
 * phases if need be, and `late` is set.
 */
bool sf_budget_again(struct sf *s, struct sf_wave *v, size_t few, long phase,
    unsigned round, struct why *late);

#endif
