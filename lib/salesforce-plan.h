#ifndef SALESFORCE_PLAN_H
#define SALESFORCE_PLAN_H

#include "salesforce-family.h"
#include "salesforce-fields.h"

/*
 * salesforce-plan - which rows go into which job, their CSV, and which row a
 * line of the results speaks of.
 *
 *	struct sf_plans *ps = sf_plans_new(v, phase, NULL, NULL, &w);
 *	for (i = 0; i < ps->n; i++) {
 *		sf_plan_header(&ps->plan[i], &out);
 *		for (k = 0; k < ps->plan[i].rows; k++)
 *			sf_plan_row(&ps->plan[i], k, &out);
 *	}
 *	sf_plans_free(ps);
 *
 * Pure.  A job has one object and one operation.  Deletes come first, then
 * updates, then creates: upserts by the external id, or inserts where the
 * object can have none.  In a job no two rows have the same key, and no two
 * columns fill the same field (`OwnerId` and `User:Owner.Username`); what
 * would make them so goes into a further job.  Rows of one parent are
 * neighbours.
 */

enum { SF_CHUNK = 200 };	/* rows that Salesforce saves at once */

struct sf_plan_row {
	struct sf_row *row;
	struct slice line;	/* its first `columns` cells, each with its
				 * comma; absent: over SF_LINE_MAX */
	uint32_t columns;
	uint32_t key;		/* number of its struct sf_key */
	uint32_t family;	/* by `parent`, else the first relationship's
				 * value; 0: it has neither */
};

struct sf_plan {
	struct slice object, extid;	/* extid: of an upsert, else absent */
	enum sf_op op;
	uint32_t number;		/* in the order in which they began */
	struct sf_plan_row *row;
	size_t rows, cap;
	struct slice *column;
	size_t columns, column_cap;
	const struct slice *join;	/* columns that make up its text */
	size_t joins;
	size_t *cell;			/* of results: where the joins are */
	bool *fetched;			/* of each chunk: its results come */
	size_t told;			/* the row that sf_plan_find() gave last */
	bool in_turn;			/* and the one before it before */
	long round;
	bool mixed;			/* a family's rows are not together */
};

/*
 * What a row is known by: no two rows of a job share it, and the results name
 * it.  Of an upsert the external id, of an insert the text of its joins, else
 * 15 characters of its id.  One table finds the keys of all plans.
 */
struct sf_key {
	union {
		char near[16];
		struct {
			const char *far;	/* of what is longer, */
			uint32_t hash;		/* not to be looked at again */
		};
	};
	uint32_t n;		/* bytes of its text */
	uint32_t before;	/* number + 1 of the same key's row before */
	uint32_t plan, at;	/* where its row is */
};

struct sf_keys {
	struct sf_key *key;
	size_t n;
	uint32_t *slot;		/* number + 1 of the key's last row, and the
				 * bits of its hash above those */
	size_t slots;		/* a power of two, over n */
};

static inline const char *
sf_key_text(const struct sf_key *k)
{
	return k->n <= sizeof(k->near) ? k->near : k->far;
}

/* May a slot be that of a key of this hash? */
static inline bool
sf_slot_like(const struct sf_keys *ks, size_t i, uint32_t hash)
{
	return ((ks->slot[i] ^ hash) & ~(uint32_t)(ks->slots - 1)) == 0;
}

static inline uint32_t
sf_slot_number(const struct sf_keys *ks, size_t i)
{
	return ks->slot[i] & (uint32_t)(ks->slots - 1);
}

enum { SF_LINE_MAX = 32 << 20 };

struct sf_plans {
	struct sf_plan *plan;
	size_t n;
	struct sf_keys keys;
	struct sf_families families;
	struct pool *pool;
	struct pool *joins;		/* texts of keys alone */
	struct pool *scratch;		/* of one row */
};

/*
 * The jobs for the rows that go on in `phase`.  `check` (or NULL) sees each
 * row with its fields before it is planned: it may settle it, or end all by
 * -1: NULL with what it said.
 */
typedef int sf_plan_check(void *ctx, struct sf_wave *v, struct sf_row *r,
    const struct sf_cells *cells, struct why *w);
struct sf_plans *sf_plans_new(struct sf_wave *v, long phase,
    sf_plan_check *check, void *ctx, struct why *w);

/* The same for chosen rows (those that go again). */
struct sf_plans *sf_plans_of(struct sf_row *const *rows, size_t n);
void sf_plans_free(struct sf_plans *ps);

/* "insert" "update" "upsert" "delete" */
const char *sf_plan_operation(const struct sf_plan *p);

/* The number of a column, looked for from `hint` on; p->columns: none. */
size_t sf_plan_column(const struct sf_plan *p, struct slice name, size_t hint);

/*
 * The line of a row, in the pool of `ps`, made while the row is planned, its
 * fields being at hand.  sf_line_learn() comes before a row that has other
 * names than the row made before, or goes into another job; false: the job
 * has not all columns.  `line` is zero at first, sf_line_free() at the end.
 */
struct sf_line {
	uint32_t *from;		/* by column: the cell that fills it */
	size_t cap;
	struct buf text;	/* of long ones */
};
bool sf_line_learn(struct sf_line *line, const struct sf_plan *p,
    const struct sf_row *r, const struct sf_cells *c);
struct slice sf_line_make(struct sf_line *line, struct sf_plan *p,
    const struct sf_row *r, const struct sf_cells *c, struct sf_plans *ps);
void sf_line_free(struct sf_line *line);

/* A hash of a key's text, the same in upper and lower case. */
uint32_t sf_key_hash(struct slice text);

/*
 * Append the header, or row `k`.  A field that a payload does not have is an
 * empty cell: Salesforce keeps its value.  null and "" are #N/A: cleared; but
 * in a new record an empty relationship is left empty.
 */
void sf_plan_header(const struct sf_plan *p, struct buf *out);
void sf_plan_row(const struct sf_plan *p, size_t k, struct buf *out);

/* The bytes that sf_plan_row() appends. */
size_t sf_plan_length(const struct sf_plan *p, size_t k);

/*
 * Results.  sf_plan_columns() finds the identifying columns in a result
 * file's header, -1 WHY_BROKEN when they are not there.  sf_plan_find() gives
 * the row that a line speaks of, NULL when it is none of ours.  Numbers are
 * known by their value, ids by 15 characters, texts as they were sent.  Lines
 * may come in any order; that of the job is the quickest.
 */
int sf_plan_columns(struct sf_plan *p, const struct csv_row *header,
    struct why *w);
struct sf_row *sf_plan_find(struct sf_plans *ps, struct sf_plan *p,
    const struct csv_row *line);

#endif
