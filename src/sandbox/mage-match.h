/*
 * mage-match - one filter against one value, the way MySQL and MariaDB do it
 *
 * Numbers are compared as numbers (what is no number counts as its leading
 * digits, else 0), text without regard to case, accents and blanks at its end,
 * dates as dates: garbage, an empty value and seconds since 1970 are the zero
 * date, an offset such as +01:00 is ignored.  Null agrees with `null` alone.
 * All measured on MariaDB 10.11; MySQL 8.0.19 and newer differ in dates.
 */
#ifndef SANDBOX_MAGE_MATCH_H
#define SANDBOX_MAGE_MATCH_H

#include "mage-entity.h"
#include "mage-json.h"

struct match;

/*
 * Compile a condition.  An unknown `type` is eq, as with the vendor; `value`
 * may be NULL (not sent): nothing agrees with it then but null and notnull.
 */
struct match *match_new(const struct column *c, const char *type,
    const char *value);

/* 1 when the value (p = NULL: null) agrees. */
int match_eval(struct match *m, struct piece v);

/*
 * The same by numbers, where that is enough: a value as a number once, and
 * then 1, 0, or -1: ask match_eval.  Only columns that match_has_cells().
 */
int match_has_cells(const struct column *c);
double match_cell(const struct column *c, struct piece v);
int match_quick(const struct match *m, double cell);

void match_free(struct match *m);

/* A value as sorting sees it: for numbers `num`, else `text` (folded, n bytes
 * in the buffer it was added to, from offset `at`). */
struct sort_key {
	int null;
	double num;
	size_t at, n;
};

struct sort_key match_key(const struct column *c, struct piece v,
    struct buf *texts);

#endif
