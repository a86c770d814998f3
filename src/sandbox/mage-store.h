/*
 * mage-store - the shop's records: files as they were given, and what changed
 *
 *	s = store_open("fixtures/magento/entities", "/tmp/state.db", why, n);
 *	i = store_find(s, ORDERS, 1042);
 *	text = store_at(s, ORDERS, i);
 *	store_put(s, ORDERS, 1042, changed, changed_n);
 *	store_close(s);
 *
 * DIR/NAME.ndjson (one record a line) is mapped, not read: what is held in
 * memory is an index of ids and offsets, 24 bytes a record, so that a million
 * orders are served as quickly as ten.  The files never change; what clients
 * change lies over them, in the SQLite file `state` if there is one (so that
 * it outlives a kill at any moment), else in memory.
 *
 * Records stand in ascending order of id (those of a `listed` kind in the
 * order of the file) and are known by their place, 0 to store_count()-1; a
 * place is good until the next put or delete.
 *
 * Not thread-safe: the caller has a lock.  The exception is store_walk.
 */
#ifndef SANDBOX_MAGE_STORE_H
#define SANDBOX_MAGE_STORE_H

#include <stdint.h>

#include "mage-entity.h"
#include "mage-json.h"

#define COLUMNS 24	/* remembered per kind; the longest unused makes room */

struct store;

/*
 * Files that are not there are kinds without records.  Return NULL with a
 * message for a person in `why` when a file cannot be read, a line has no id
 * or no newline, or the state cannot be opened.
 */
struct store *store_open(const char *dir, const char *state, char *why,
    size_t size);
void store_close(struct store *s);

size_t store_count(const struct store *s, enum kind k);
struct piece store_at(const struct store *s, enum kind k, size_t place);
int64_t store_id(const struct store *s, enum kind k, size_t place);

/* The place of an id, or -1; the first place whose id is not below `id`. */
ssize_t store_find(const struct store *s, enum kind k, int64_t id);
size_t store_lower(const struct store *s, enum kind k, int64_t id);

/* Where a column's value stands in the record at a place: p = NULL for none
 * or null.  The first question about a column looks into all records of the
 * kind, later ones into none. */
struct piece store_value(struct store *s, enum kind k, const struct column *c,
    size_t place);

/* Of a column of numbers or dates the match_cell() of each place; NULL for
 * other columns and for no records.  Good until the next put or delete, or
 * until COLUMNS others were asked for. */
const double *store_cells(struct store *s, enum kind k,
    const struct column *c);

/* After an answer: from time to time, let go of what was read of the files. */
void store_rest(struct store *s);

/* Insert or replace one record; `json` is copied. */
void store_put(struct store *s, enum kind k, int64_t id, const char *json,
    size_t n);

/* Return 1 when there was one, 0 when not. */
int store_delete(struct store *s, enum kind k, int64_t id);

/*
 * The next id of a sequence ("orders", "address", ...): never given twice,
 * above every id of the kind when `k` is not KINDS, else from 1,000,001 on
 * (these ids live inside records, and gaps are what a database gives anyway).
 */
int64_t store_next(struct store *s, const char *sequence, enum kind k);

/* A write of several parts is seen whole or not at all after a kill. */
void store_begin(struct store *s);
void store_commit(struct store *s);

/* Forget every change. */
void store_reset(struct store *s);

/* The record of kind `k` with the lowest id (or place) not below `*from`,
 * added to `out` with a newline; moves `*from` behind it.  0 at the end.
 * Safe beside the other functions: for streams that outlive the caller's
 * lock. */
int store_walk(struct store *s, enum kind k, size_t *from, struct buf *out);

#endif
