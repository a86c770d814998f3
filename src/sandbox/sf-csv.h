/*
 * sf-csv - a strict reader for the CSV of a bulk upload
 *
 *	struct sf_csv c = {.delim = ','};
 *	c.p = window; c.end = ...; c.last = whole file is in the window;
 *	while (sf_csv_row(&c, &row, &arena) == 1)
 *		... row.cell[0 .. row.n-1], row.bad ...
 *
 * Nothing is trimmed.  Cells point into the window, or into the arena where
 * doubled quotes had to be undone.
 */
#ifndef SF_CSV_H
#define SF_CSV_H

#include <stdbool.h>

#include "sf-mem.h"

#define SF_CSV_COLS 5000	/* the platform's own limit of a record */

struct sf_csv {
	char delim;
	const char *p, *end;	/* what is not read yet */
	bool last;		/* nothing follows behind `end` */
};

struct sf_csvcell {
	const char *s;
	size_t n;
};

struct sf_csvrow {
	struct sf_csvcell *cell;	/* SF_CSV_COLS of them, the caller's */
	int n;
	const char *raw;		/* the row without its line end */
	size_t raw_n;
	const char *bad;		/* what is wrong with it, or NULL */
};

/*
 * Read the next row that is not an empty line.  1: a row; 0: the window ends
 * before the row does (c->p stays), or, when `last`, there are no more.
 */
int sf_csv_row(struct sf_csv *c, struct sf_csvrow *r, struct sf_arena *a);

#endif
