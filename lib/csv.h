#ifndef CSV_H
#define CSV_H

#include <stdint.h>

#include "mem.h"
#include "why.h"

/*
 * csv - comma-separated values, in and out: the one door to libcsv.
 *
 *	struct csv_in *in = csv_in_new(take, ctx, 1 << 20);
 *	while (bytes come)
 *		if (csv_in_feed(in, p, n, &w) == -1) ...
 *	if (csv_in_end(in, &w) == -1) ...
 *	csv_in_free(in);
 *
 * Reading is by pushing, so that what a server sends need not be held.
 * Blanks are kept, a quoted line break belongs to its cell, CR LF, LF and CR
 * end a row outside of quotes.  A byte order mark before the first cell is
 * dropped.  Empty lines are no rows.
 */

struct csv_in;

/*
 * A row: `n` cells, borrowed for the call.  Number 1 is the header, and every
 * later row has as many cells as it.  Return -1 with `w` set to stop.
 */
struct csv_row {
	const struct slice *cell;
	size_t n;
	uint64_t number;
};

typedef int csv_take(void *ctx, const struct csv_row *row, struct why *w);

/* `limit` bounds the bytes of one row, and so what is held of one that never
 * ends. */
struct csv_in *csv_in_new(csv_take *take, void *ctx, size_t limit);

/* -1: WHY_DATA, code "bad-csv" (a stray quote, a row with more or fewer cells
 * than the header, a row over the limit), or what `take` said.  Nothing may
 * be fed after an error. */
int csv_in_feed(struct csv_in *in, const char *p, size_t n, struct why *w);

/* The text is over.  -1 as above, also when it ends within quotes. */
int csv_in_end(struct csv_in *in, struct why *w);

/* Rows given so far, the header among them. */
uint64_t csv_in_rows(const struct csv_in *in);

void csv_in_free(struct csv_in *in);

/*
 * Append a cell, quoted where it must be.  Line breaks in the text become
 * LF, whatever they were, since a reader may refuse a file whose breaks
 * differ from row to row.  An empty text is nothing between two commas; csv_end()
 * ends the row by LF, and gives a row of one empty cell its quotes.
 *
 *	csv_cell(&b, name);
 *	csv_cell(&b, city);
 *	csv_end(&b, 2);
 */
void csv_cell(struct buf *b, struct slice text);
void csv_end(struct buf *b, size_t cells);

/* The same at `to`, where csv_most() bytes have room: the place behind. */
char *csv_put(char *to, struct slice text);

static inline size_t
csv_most(size_t n)
{
	return 2 * n + sizeof("\"\",") - 1;
}

#endif
