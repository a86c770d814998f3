#ifndef BOOKS_H
#define BOOKS_H

#include "runlog.h"

/*
 * books - do a run's streams add up, stage by stage and source by source?
 *
 * What goes in comes out: of our own filters every line of a payload or a
 * verdict that one stage writes is a line of the next, in the same order by
 * source, but for the deletes that led-recall adds and the verdicts that
 * mage-writeback adds; and rec-map answers every record.  Stages that broke
 * or whose reader left are not held to it.
 *
 * All return 0, or -1 with WHY_DATA and the first place that does not fit.
 */

/* The counts of the log. */
int books_counts(const struct runlog *l, struct why *w);

/* Every kept copy is there, is what its stage wrote, and no other is.
 * *copies gets their number. */
int books_copies(const struct runlog *l, const char *folder, long *copies,
    struct why *w);

/* Every two kept copies of one pipeline, source by source. */
int books_sources(const struct runlog *l, const char *folder, struct why *w);

#endif
