/*
 * sf-dml - insert, update, upsert and delete, with the platform's refusals.
 *
 *	cols: what each cell of every row is for
 *	sf_dml(org, &call, rows, n, done);	n is at most SF_CHUNK
 *	for each: done[i].ok, .created, .id, or .err
 *
 * One call is one chunk of the platform: rows are saved one by one, those that
 * fail leave the others alone, and two rows with the same upsert key in it
 * are both refused.  Call with org->lock held; commit afterwards.
 */
#ifndef SF_DML_H
#define SF_DML_H

#include "sf-org.h"

#define SF_CHUNK 200

enum sf_op {
	SF_OP_INSERT, SF_OP_UPDATE, SF_OP_UPSERT, SF_OP_DELETE,
	SF_OP_HARDDELETE
};

/* What a column writes: a field, or a lookup found by its parent's `match`. */
struct sf_col {
	const struct sf_field *f;
	const struct sf_object *target;	/* with match: the parent's object */
	const struct sf_field *match;	/* NULL: the value itself */
};

enum sf_cell_kind { SF_CELL_NONE, SF_CELL_NULL, SF_CELL_CSV, SF_CELL_JSON };

struct sf_cell {
	enum sf_cell_kind kind;
	const char *s;
	size_t n;
	yyjson_val *j;
};

struct sf_change {
	int64_t id;			/* the record; 0: by Id or key column */
	const struct sf_col *cols;
	const struct sf_cell *cells;
	int ncols;
	bool no_create;			/* upsert: fail what is not there */
	const struct sf_err *refuse;	/* fail it with this, untouched */
};

struct sf_done {
	bool ok, created;
	bool gone;			/* deleted before: it, not what it names */
	int64_t id;
	int64_t many[8];		/* DUPLICATE_EXTERNAL_ID: who matched */
	int nmany;
	struct sf_err err;
};

struct sf_call {
	const struct sf_object *o;
	enum sf_op op;
	const struct sf_field *key;	/* upsert: external id, or Id */
	bool allow_duplicates;		/* duplicate rules only warn */
};

void sf_dml(struct sf_org *org, const struct sf_call *call,
    const struct sf_change *rows, int n, struct sf_done *done);

/*
 * Resolve a name as a column of `o`: "Field", "Relation.Match" or
 * "Type:Relation.Match".  -1 with the job-level message in `why`
 * ("Field name not found : X").
 */
int sf_column(const struct sf_org *org, const struct sf_object *o,
    const char *name, size_t n, struct sf_col *c, char *why, size_t size);

/* May `f` be used to find a parent; may it be the key of an upsert? */
bool sf_can_match(const struct sf_field *f);
bool sf_can_upsert(const struct sf_field *f);

/* --- between sf-dml.c, sf-column.c, sf-delete.c and sf-rules.c --- */

#define SF_CROSS "INVALID_CROSS_REFERENCE_KEY"

/* The value that a cell gives its column's field: ids are looked up. */
int sf_resolve(struct sf_org *org, const struct sf_object *o,
    const struct sf_col *c, const struct sf_cell *cell, struct sf_arena *a,
    struct sf_val *v, struct sf_err *e);

/* "id1, id2" */
void sf_list_ids(const struct sf_org *org, const int64_t *ids, int n,
    char *to, size_t size);

struct sf_save {
	struct sf_org *org;
	struct sf_arena *a;
	struct sf_row *row;		/* as it will be */
	struct sf_row *old;		/* as it is; NULL on insert */
	struct sf_err *e;
	bool allow_duplicates;
	unsigned locks;			/* met so far, see sf-lock.c */
	bool cascade;			/* it goes because its parent does */
	bool sent[SF_MAX_FIELDS];	/* the client gave a value or null */
};

/* Delete a record and what depends on it, or nothing; `hard`: past the recycle
 * bin.  Of `s` it needs org, arena, error and locks. */
int sf_delete_tree(struct sf_save *s, int64_t id, bool hard);

/* The object's own rules before a save, and what follows from it after. */
int sf_rules_save(struct sf_save *s);
void sf_rules_saved(struct sf_save *s);
int sf_rules_delete(struct sf_save *s);
void sf_rules_deleted(struct sf_save *s);

/* Defaults of a new record, and who saves it when. */
void sf_complete(struct sf_save *s);

/* Refuse values that must be unique and another record has. */
int sf_unique(struct sf_save *s);

/* --- sf-lock.c: records that others hold --- */

/* Hold `record` (an id, or "Object.Field=value") for so many chunks or REST
 * calls that touch it; -1 when that names no record that there could be, or
 * too many are held. */
int sf_lock_add(struct sf_org *org, const char *record, long times);

/* -1 with UNABLE_TO_LOCK_ROW when `r`, or a record that it refers to, is held;
 * which locks were met is added to the bits of `met`. */
int sf_lock_check(struct sf_org *org, const struct sf_row *r,
    unsigned *met, struct sf_err *e);

/* The chunk is over: the locks that it has met hold once less. */
void sf_lock_met(struct sf_org *org, unsigned met);

/* Does the save change this field? */
bool sf_changed(const struct sf_save *s, const struct sf_field *f);

#endif
