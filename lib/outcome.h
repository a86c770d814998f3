#ifndef OUTCOME_H
#define OUTCOME_H

#include "fold.h"
#include "runlog.h"

/* outcome - what came of a run: its verdicts, a line, a file for monitoring. */

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

/*
 * The run for Prometheus, in the text format.  `status` is the exit status,
 * `began` and `ended` are Unix time.
 */
void outcome_metrics(const struct runlog *l, const struct fold *f, int status,
    long long began, long long ended, struct buf *out);

#endif
