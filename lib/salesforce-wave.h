#ifndef SALESFORCE_WAVE_H
#define SALESFORCE_WAVE_H

#include <stdint.h>

#include "payload-kept.h"
#include "salesforce-bad.h"
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

/* Some are looked at in any order: each is one cache line. */
struct sf_row {
	_Alignas(64)
	struct payload_kept p;
	const char *verdict;	/* NULL: goes on, or passes by */
	uint32_t record;	/* index of the first row of its record */
	char id[19];		/* "" while it has none */
	unsigned char op;	/* enum sf_op */
	unsigned char tries;	/* follow-up jobs it was put into */
	unsigned char object;	/* number of its sObject in the wave, or
				 * SF_OBJECTS: of one of those beyond */
	unsigned char fate;	/* enum step_fate, as it came */
	unsigned char near;	/* so many rows before a step is a line that it
				 * stands around; so many behind a skipped one,
				 * another of its key.  0: not known */
	bool goes;		/* see sf_row_goes() */
	bool passes : 1;	/* came as a verdict */
	bool plain : 1;		/* has no `only`, `with` or `delete` */
	bool step : 1;		/* has `with` */
	bool child : 1;		/* has a parent */
	bool keyed : 1;		/* has an external id */
	bool told : 1;		/* an answer came in the job at hand */
	bool there : 1;		/* its create was refused as if it were there */
	bool said : 1;		/* its verdict has a reason, see sf_row_reason() */
	bool flown : 1;		/* on its way when a run was killed */
};

_Static_assert(sizeof(struct sf_row) == 64, "a cache line");

/* Why a row has its verdict, or goes again; both may be NULL. */
struct sf_said {
	const char *reason, *message;
};

enum { SF_OBJECTS = 64 };

/* row_key(r) and so on: what its payload has */
#define ROW_MEMBER(name) \
static inline struct slice \
row_##name(const struct sf_row *r) \
{ \
	return kept_##name(&r->p); \
}
PAYLOAD_KEPT(ROW_MEMBER)
ROW_MEMBER(line)
#undef ROW_MEMBER

struct sf_phase {
	long phase;
	size_t goes;		/* rows of it that go on */
	size_t bytes;		/* that planning all of it takes, about */
};

struct sf_wave {
	struct sf_row *row;
	struct sf_said *said;	/* of each row that has it */
	size_t n, cap;
	struct sf_kind *kind;	/* what rows of one form have in common */
	size_t kinds, kind_last;
	size_t bytes;		/* of the rows and their lines, */
	size_t planned;		/* and what planning one phase takes at most */
	/* Does any row, or did one ... what no row has need not be looked for:
	 * to look at all rows is to fetch all of them into the cache. */
	bool asks;		/* may be there by `match`, its shared key or
				 * what its answer says */
	bool was, insert, only, shared;	/* have this */
	bool several;		/* is not the only one of its record */
	bool decides;		/* may decide for others of its record: a step,
				 * a delete, skipped or bad */
	bool ids;		/* may have an id by the time that a phase
				 * begins, which another of its key lacks there */
	bool indexed;		/* buckets are there; they tell: */
	bool twins;		/* has the hash of another one */
	bool bad;		/* is, perhaps, as sf_row_bad() says */
	struct sf_wave_object {
		struct slice name;
		size_t phase;	/* number of that of its first row */
	} object[SF_OBJECTS];	/* of its rows, and how many */
	size_t objects;
	size_t lines;		/* bytes of those that went on when they came, */
	size_t went;		/* so many */
	struct sf_phase *phase;	/* those of its rows, in no order */
	size_t phases, phases_cap;
	struct pool *pool;	/* as long as the rows */
	struct ledger_flight *flight;	/* of each row that goes on */
	uint32_t *hash;		/* of each row's object and key */
	uint32_t *bucket, *next;	/* rows by it */
	size_t buckets;
};

/* `rows` are likely; more are fine. */
struct sf_wave *sf_wave_new(size_t rows);
void sf_wave_free(struct sf_wave *v);
void sf_wave_clear(struct sf_wave *v);

/* Where the next payload is to stand; it is in the wave with sf_wave_add().
 * What it needs must live in v->pool. */
struct payload_kept *sf_wave_place(struct sf_wave *v);
void sf_wave_add(struct sf_wave *v);

/* The row that was added last goes over into another wave. */
void sf_wave_move_last(struct sf_wave *from, struct sf_wave *to);

/*
 * All rows are there: find the records, and settle what the wave itself
 * decides.  `only` insert of what has an id is `skipped`/`only-insert`.  Of
 * several rows with `shared` and the same object and key only
 * the one of the highest source goes on, the others are `skipped`/`same-key`.
 */
void sf_wave_ready(struct sf_wave *v);

/* Does this row still wait to be loaded? */
static inline bool
sf_row_goes(const struct sf_row *r)
{
	return r->goes;
}

/* `verdict` and `reason` are literals or in the pool; `message` is copied. */
void sf_row_settle(struct sf_wave *v, struct sf_row *r, const char *verdict,
    const char *reason, const char *message);

/* Salesforce has it under this good id: known before a phase begins, not from
 * its line or an answer. */
void sf_row_found(struct sf_wave *v, struct sf_row *r, struct slice id);

/* Settle all rows of the record of row `i` that go on. */
void sf_wave_settle_record(struct sf_wave *v, size_t i, const char *verdict,
    const char *reason, const char *message);

/* The lowest phase above `after` in which a row goes on; -1: none. */
long sf_wave_phase(const struct sf_wave *v, long after);

/* Rows of `phase` that go on. */
size_t sf_wave_goes(const struct sf_wave *v, long phase);

static inline long
sf_row_phase(const struct sf_row *r)
{
	return r->p.phase < 0 ? 0 : r->p.phase;
}

static inline const char *
sf_row_reason(const struct sf_wave *v, const struct sf_row *r)
{
	return r->said ? v->said[r - v->row].reason : NULL;
}

static inline const char *
sf_row_message(const struct sf_wave *v, const struct sf_row *r)
{
	return r->said ? v->said[r - v->row].message : NULL;
}

/* Are they of one sObject? */
static inline bool
sf_row_alike(const struct sf_row *a, const struct sf_row *b)
{
	return a->object == b->object && (a->object < SF_OBJECTS ||
	    slice_eq(row_object(a), row_object(b)));
}

/* Are they of one record of Salesforce? */
static inline bool
sf_row_same(const struct sf_row *a, const struct sf_row *b)
{
	return sf_row_alike(a, b) && slice_eq(row_key(a), row_key(b));
}

/* Rows by object and key, in their order: the first one when `from` is NULL.
 * NULL: no more. */
struct sf_row *sf_wave_find(struct sf_wave *v, struct slice object,
    struct slice key, const struct sf_row *from);

/* What sf_wave_find() needs; it is made when first asked for. */
void sf_wave_index(struct sf_wave *v);

/*
 * A phase begins (salesforce-begin.c).  Rows of it without an id take the one
 * that a row of the same object and key has got; rows whose `parent` ended badly, in this wave
 * or (`bad`) an earlier one, are `waiting`/`parent-failed`; steps that are no
 * longer due are `unchanged`, those around what ended badly wait.  Then `op`
 * says what each does, and `only` is applied once more.
 */
void sf_wave_begin(struct sf_wave *v, long phase, const struct sf_bad *bad);

/* Its verdict is waiting, held, rejected or failed. */
bool sf_row_bad(const struct sf_row *r);

#endif
