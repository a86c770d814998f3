#ifndef ITEMS_H
#define ITEMS_H

#include "flow.h"
#include "map.h"

/*
 * items - what the maps map, as a table, CSV or JSON, or at length.
 *
 *	items_put(flow, sets, n, ITEMS_TABLE, width, NULL, NULL);
 *
 * The table has a heading and columns as wide as what stands in them; its
 * lines are cut to `width` characters (0: they are not).  CSV is RFC 4180
 * with a heading and LF; JSON is an object a line.  ITEMS_LONG is a line with
 * the place of each, and below it a line for all that it has.
 */

enum items_form { ITEMS_TABLE, ITEMS_CSV, ITEMS_JSON, ITEMS_LONG };

/* Which of them; NULL: all. */
typedef bool items_wanted(void *ctx, const struct map_item *item);

void items_put(struct flow *f, struct map_set *const *sets, int n,
    enum items_form form, size_t width, items_wanted *wanted, void *ctx);

#endif
