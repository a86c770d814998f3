#ifndef OUTCOME_H
#define OUTCOME_H

#include "fold.h"
#include "runlog.h"

/* outcome - what came of a run: its verdicts, and a line. */

/*
 * The verdicts in which the pipelines of the run ended, sorted.  With `folder`
 * the kept copies in it give examples; NULL: the counts of the log are
 * enough.
 */
void outcome_fold(struct fold *f, const struct runlog *l, const char *folder);

/* "all well": what an exit status means. */
const char *outcome_says(long status);

/* One line: "nightly: all well: 12 created; 63 s; 31 calls of magento, ...". */
void outcome_line(const struct runlog *l, const struct fold *f, int status,
    struct buf *out);

#endif
