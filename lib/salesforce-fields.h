#ifndef SALESFORCE_FIELDS_H
#define SALESFORCE_FIELDS_H

#include "salesforce-wave.h"

/*
 * salesforce-fields - the data of a row, as its operation sends it.
 *
 *	struct sf_fields f = sf_fields(r);
 *	while (sf_fields_next(&f, &name, &value))
 *		... value is a raw JSON scalar
 *
 * A create sends `insert` and `fields`, an update `update` and `fields`, a
 * delete nothing.  Left out are Id and the external id, which are columns of
 * their own, and what is `own` of an adopted record.
 */
struct sf_fields {
	const struct sf_row *row;
	struct slice part[2];
	struct slice own;	/* names not sent, or absent */
	int at;
	struct scan s;
};

struct sf_fields sf_fields(const struct sf_row *r);
bool sf_fields_next(struct sf_fields *f, struct slice *name,
    struct slice *value);

/*
 * All of them, read once; `c` is zero at first, sf_cells_free() at the end.
 * Rows of one map have the same names in the same order, mostly, so
 * they are compared with those of the row that was read before: what was found
 * for those by name needs no look.  Both rows must live.  Rows of different
 * operations take turns in most runs: let each operation have its own cells.
 */
struct sf_cells {
	struct scan_found *cell, *before;	/* those of the row before */
	size_t n, cap, were;
	size_t bytes;		/* their values are not longer, all in all */
	const struct sf_row *row;
	bool same;		/* names, object, extid of the row before */
	uint32_t shape;		/* of the row's line; 0: not known */
	unsigned char op;
	bool shaped;		/* cell i is at place[i] of its lines */
	uint8_t *place;		/* as many as `cap` */
};
void sf_cells_read(struct sf_cells *c, const struct sf_row *r);
void sf_cells_free(struct sf_cells *c);

/* The text of a cell, in `pool` where it has escapes; absent for null. */
struct slice sf_cell_text(const struct scan_found *c, struct pool *pool);

/* The value of one field as text: #N/A for null, absent: it has none. */
struct slice sf_field_text(const struct sf_row *r, struct slice column,
    struct pool *pool);

/* A text as it is sent: CR LF and CR are LF. */
struct slice sf_line_breaks(struct slice text, struct pool *pool);

/* A number as its plain digits, an id as 15 characters, else the text without
 * blanks at its end: what Salesforce writes back may look different. */
struct slice sf_canonical(struct slice text, struct pool *pool);

/* Two columns with the same base fill the same field: "Owner" of both
 * OwnerId and User:Owner.Username. */
struct slice sf_column_base(struct slice column, struct pool *pool);

#endif
