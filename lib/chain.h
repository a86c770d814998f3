#ifndef CHAIN_H
#define CHAIN_H

#include "why.h"

/*
 * chain - is a run's log what was written, line by line?
 *
 * Every event carries its number and the hash of the line before, and the
 * next run's start repeats the hash of this one's end (audit.h).
 */

/*
 * 0: nothing was changed; -1: WHY_DATA with the first place that was changed,
 * dropped, added or cut, as "audit.ndjson:7: ..."; WHY_BUSY: the run is still
 * going on, and so far nothing was; WHY_SETUP: it cannot be read.
 */
int chain_check(const char *folder, struct why *w);

#endif
