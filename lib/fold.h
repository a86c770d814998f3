#ifndef FOLD_H
#define FOLD_H

#include <stdint.h>
#include <stdio.h>

#include "head.h"
#include "mem.h"

/*
 * fold - equal verdicts counted together, with an example of each.
 *
 * Equal: same map, verdict and reason.  Memory is bounded: beyond FOLD_ROWS
 * kinds the rest is counted as "other".
 */

enum { FOLD_ROWS = 2048 };

struct fold_row {
	char map[64], verdict[32], reason[64];
	uint64_t lines;
	char source[128];	/* the first one's */
	char message[600];	/* and its message, as JSON text */
};

struct fold {
	struct fold_row *row;
	int n;
	uint64_t total;
};

void fold_free(struct fold *f);

/* Count a verdict line by its head. */
void fold_put(struct fold *f, const struct head *h);

/* Count `lines` verdicts of a kind at once, without an example. */
void fold_add(struct fold *f, struct slice map, struct slice verdict,
    struct slice reason, uint64_t lines);

/* What needs somebody first, then by number. */
void fold_sort(struct fold *f);

/* How many of this verdict. */
uint64_t fold_count(const struct fold *f, const char *verdict);

/* "40 unchanged, 2 held, 1 failed": all verdicts that occur.  `out` gets
 * nothing when there are none. */
void fold_summary(const struct fold *f, struct buf *out);

/* All that there are, from what is well to what failed. */
enum { FOLD_VERDICTS = 9 };
extern const char *const fold_verdicts[FOLD_VERDICTS];

/* Does this verdict need somebody (held, rejected, failed)? */
bool fold_is_bad(const struct fold_row *r);

#endif
