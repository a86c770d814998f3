#ifndef SALESFORCE_WAVE_H
#define SALESFORCE_WAVE_H

#include <stdint.h>

#include "payload.h"
#include "salesforce.h"

/*
 * salesforce-wave - the lines that sf-load holds at a time, and what may go.
 *
 *	struct sf_wave *v = sf_wave_new(20000);
 *	while (a line is read into sf_wave_place(v))
 *		sf_wave_add(v);
 *	sf_wave_ready(v);
 *	for (phase = sf_wave_phase(v, -1); phase != -1;
 *	    phase = sf_wave_phase(v, phase)) {
 *		sf_wave_begin(v, phase, bad);
 *		... load the rows that go on in this phase, settle each
 *	}
 *	... write all rows in their order
 *	sf_wave_clear(v);
 *
 * Pure: no clock, no network, no ledger.
 */

enum sf_op { SF_CREATE, SF_UPDATE, SF_DELETE };

/* What is looked at most stands together. */
struct sf_row {
	const char *verdict;	/* NULL: goes on */
	size_t record;		/* index of the first row of its record */
	char id[19];		/* "" while it has none */
	bool told;		/* an answer came in the job at hand */
	bool there;		/* its create was refused as if it were there */
	unsigned tries;		/* follow-up jobs it was put into */
	enum sf_op op;
	const char *reason, *message;	/* may be NULL */
	struct payload p;	/* p.verdict.p != NULL: a verdict passing by */
};

struct sf_wave {
	struct sf_row *row;
	size_t n, cap;
	size_t bytes;		/* of the rows and their lines, here and, about
				 * as long, in the CSV of a job */
	bool asks;		/* a row may be there by `match`, its shared key
				 * or what its answer says */
	bool was;		/* a row has `was` */
	struct pool *pool;	/* as long as the rows */
	uint32_t *hash;		/* of each row's object and key */
	uint32_t *bucket, *next;	/* rows by it */
	size_t buckets;
};

/* `rows` are likely; more are fine. */
struct sf_wave *sf_wave_new(size_t rows);
void sf_wave_free(struct sf_wave *v);
void sf_wave_clear(struct sf_wave *v);

/* Where the next payload is to stand; it is in the wave with sf_wave_add().
 * What its slices point to must live in v->pool. */
struct payload *sf_wave_place(struct sf_wave *v);
void sf_wave_add(struct sf_wave *v);

/*
 * All rows are there: find the records, and settle what the wave itself
 * decides.  `only` insert of what has an id is `skipped`/`only-insert`.  Of
 * several rows with `shared` and the same object and key only
 * the one of the highest source goes on, the others are `skipped`/`same-key`.
 */
void sf_wave_ready(struct sf_wave *v);

/* Does this row still wait to be loaded? */
bool sf_row_goes(const struct sf_row *r);

/* `verdict` and `reason` are literals or in the pool; `message` is copied. */
void sf_row_settle(struct sf_wave *v, struct sf_row *r, const char *verdict,
    const char *reason, const char *message);

/* Settle all rows of the record of row `i` that go on. */
void sf_wave_settle_record(struct sf_wave *v, size_t i, const char *verdict,
    const char *reason, const char *message);

/* The lowest phase above `after` in which a row goes on; -1: none. */
long sf_wave_phase(const struct sf_wave *v, long after);
long sf_row_phase(const struct sf_row *r);

/* Rows by object and key, in their order: the first one when `from` is NULL.
 * NULL: no more. */
struct sf_row *sf_wave_find(const struct sf_wave *v, struct slice object,
    struct slice key, const struct sf_row *from);

/* Keys that ended badly in this run, earlier waves too: some bytes each, up
 * to a million; those beyond are left to Salesforce to refuse. */
struct sf_bad;
struct sf_bad *sf_bad_new(void);
void sf_bad_free(struct sf_bad *b);
void sf_bad_add(struct sf_bad *b, struct slice object, struct slice key);
bool sf_bad_has(const struct sf_bad *b, struct slice object,
    struct slice key);
size_t sf_bad_count(const struct sf_bad *b);

/*
 * A phase begins.  Rows of it without an id take the one that a row of the
 * same object and key has got; rows whose `parent` ended badly, in this wave
 * or (`bad`) an earlier one, are `waiting`/`parent-failed`; steps that are no
 * longer due are `unchanged`, those around what ended badly wait.  Then `op`
 * says what each does, and `only` is applied once more.
 */
void sf_wave_begin(struct sf_wave *v, long phase, const struct sf_bad *bad);

/* Its verdict is waiting, held, rejected or failed. */
bool sf_row_bad(const struct sf_row *r);

#endif
