/*
 * mage-table - the records of one kind: where each stands, and what is in it
 *
 * The file is mapped; a record that a client changed is malloc'd.  Of columns
 * that somebody filtered or sorted by, the place in each record is remembered
 * (8 bytes a record), and of numbers and dates the value too (8 more), so that
 * the file is looked at once, however often they are asked for.
 *
 * mage-store.c alone uses this; who calls has its lock.
 */
#ifndef SANDBOX_MAGE_TABLE_H
#define SANDBOX_MAGE_TABLE_H

#include <stdint.h>

#include "mage-store.h"


struct rec {
	int64_t id;
	const char *p;
	uint32_t n;
	uint32_t own;		/* malloc'd, not part of the file */
};

struct seen {
	struct column what;
	uint32_t *off, *len;	/* len 0: none */
	double *cell;		/* match_cell() of each, or NULL */
	uint64_t used;		/* when it was asked for last */
};

struct table {
	enum kind kind;
	struct rec *rec;
	size_t n, room;
	char *map;
	size_t map_n;
	int64_t top;		/* highest id ever */
	struct seen seen[COLUMNS];
	int seen_n;
	uint64_t asked;
};

/* Map DIR/NAME.ndjson and index its lines; a file that is not there is no
 * records.  Return 0, or -1 with `why`. */
int table_load(struct table *t, enum kind k, const char *dir, char *why,
    size_t size);
void table_unload(struct table *t);

/* The first place whose id is not below `id` (listed kinds: is `id`). */
size_t table_lower(const struct table *t, int64_t id);

/* Insert or replace; `json` is malloc'd and the table's from now on. */
void table_put(struct table *t, int64_t id, char *json, size_t n);
int table_delete(struct table *t, int64_t id);	/* 1: it was there */

/* What is remembered of a column, found out if it has to be. */
struct seen *table_seen(struct table *t, const struct column *c);

/* Let go of the pages of the file that were read: they count as ours. */
void table_rest(const struct table *t);

/* --- mage-column.c: what table.c tells it to keep in step --- */

void seen_set(struct seen *s, const struct rec *r, size_t place);
void seen_room(struct table *t);		/* as much as for records */
void seen_open(struct table *t, size_t place);	/* a gap for a new one */
void seen_close(struct table *t, size_t place);	/* one is gone */
void seen_drop(struct table *t);

#endif
