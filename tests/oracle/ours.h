#ifndef OURS_H
#define OURS_H

#include <stdlib.h>

#include "map.h"
#include "scan.h"

/*
 * ours - an expression by us, in the form that tests/oracle/run gives jq:
 *	[{"v":VALUE},...]	the values
 *	[...,{"e":"text"}]	and an error behind them
 *
 * The expression is compiled once for all its inputs, as in a run.
 */

/* Append what `x` makes of the JSON text `input`. */
static inline void
ours_values(struct map_expr *x, struct slice input, struct buf *out)
{
	struct buf values = BUF(64 << 20);
	char *record = xcalloc(1, input.n + 65);
	struct why w = {0};
	const char *p, *end;
	int r;

	memcpy(record, input.p, input.n);
	r = map_expr_values(x, (struct slice){ record, input.n }, &values, &w);
	buf_char(out, '[');
	for (p = buf_all(&values).p; values.n > 0 &&
	    p < values.p + values.n; p = end + 1) {
		end = memchr(p, '\n', (size_t)(values.p + values.n - p));
		buf_str(out, p == values.p ? "{\"v\":" : ",{\"v\":");
		buf_put(out, p, (size_t)(end - p));
		buf_char(out, '}');
	}
	if (r == -1) {
		buf_str(out, values.n > 0 ? ",{\"e\":" : "{\"e\":");
		scan_quote(out, slice(w.text));
		buf_char(out, '}');
	}
	buf_char(out, ']');
	buf_free(&values);
	free(record);
}

#endif
