#ifndef RUN_PRUNE_H
#define RUN_PRUNE_H

#include "conf.h"

/*
 * run-prune - what of old runs is kept no longer.
 *
 * Of a run that began longer ago than [runs] keep_days only its log and its
 * metrics stay, and an event "pruned" in the log tells what went; longer ago
 * than [runs] audit_days it goes as a whole, but for `before` (a name, or
 * NULL), whose hash the log of the next one repeats.  0 days: never.
 *
 * `runs` is the folder of runs, `now` Unix time.  What cannot be removed is
 * told, and no reason to fail.
 */
void run_prune(const struct conf *c, const char *runs, const char *before,
    long long now);

#endif
