/*
 * sf-org - the organisation behind the API: settings, clock, ids, records.
 *
 *	sf_org_open(&org, "state.db", err, sizeof(err));
 *	sf_begin(org);			(does nothing inside a transaction)
 *	id = sf_add(org, &row);
 *	sf_commit(org);			before the answer goes out
 *
 * Everything lasting is in one SQLite file.  Handler and worker thread share
 * one connection and one transaction under org->lock: whoever holds the lock
 * leaves the records consistent when letting go, so a commit is right at any
 * such moment, and the worker can gather thousands of rows in one without
 * losing what a handler has answered meanwhile.  An SQLite failure (a full
 * disk) ends the program with status 3: nothing half done is in the file.
 */
#ifndef SF_ORG_H
#define SF_ORG_H

#include <pthread.h>
#include <sqlite3.h>

#include "sf-value.h"

#define SF_ID_LEN 18
#define SF_MAX_NUMS 3800		/* of objects and fields together */

/* --set NAME=VALUE; the names and meanings are in sf-sandbox.1. */
struct sf_settings {
	long job_delay_ms;
	long chunk_delay_ms;	/* pause behind each 200 rows */
	long job_polls;		/* looks at a job before it takes a step */
	long api_limit, batch_limit, query_limit;	/* a day */
	long lock_retries;	/* of a bulk chunk's locked rows */
	long page;		/* records in one page of a REST query */
	long bulk_page;		/* rows in one page without maxRecords */
	int edit_activated;
	int create_only_equal;
	int hard_delete;
	long org;		/* number of the organisation, from 1 */
	int standard_active;
	const char *duplicates;	/* fields of duplicate rules that alert, and */
	const char *duplicates_block;	/* that block, or NULL */
	int person_accounts;
	const char *currencies;	/* "EUR,USD", or NULL */
	int member_status;	/* unknown ones are refused */
	const char *hide, *read_only, *rights;	/* of the user, or NULL */
	int view_setup;
	uint64_t seed;
};

/* A record that others hold: sf-lock.c. */
struct sf_lock {
	char record[160];	/* an id, or "Object.Field=value" */
	long times;		/* saves that still find it locked */
};

#define SF_LOCKS 16
#define SF_UPLOADS 16

struct sf_org {
	pthread_mutex_t lock;		/* of all that follows */
	pthread_cond_t wake;		/* the worker: a job may be due */
	struct sf_settings set;
	struct sf_schema *schema;
	sqlite3 *db;
	bool in_txn;
	sqlite3_stmt *get, *scan, *add, *put, *kill, *find, *idx_add, *idx_del;
	struct sf_field *by_num[SF_MAX_NUMS];
	int64_t next[SF_MAX_NUMS];	/* by object number */
	int64_t user, organization, standard_book;
	int64_t person_type;		/* record type, with person accounts */
	char *key_file;			/* JWT private key */
	void *key;			/* EVP_PKEY */
	char base[128];			/* http://127.0.0.1:PORT */
	int64_t started;		/* ms since 1970 */
	long api_calls, batches, query_jobs;	/* of today, which begins with
						 * the start or a reset */
	bool storage_full, results_full;
	uint64_t thrown;		/* dice, for records that may fail */
	struct sf_lock lock_of[SF_LOCKS];
	int locks;
	int64_t uploading[SF_UPLOADS];	/* jobs whose bodies come in; 0 */
	bool ending;			/* tells the worker to return */
	_Atomic int waiting;		/* handlers that want the lock */
	pthread_t worker;
	bool working;			/* worker runs */
	struct sf_arena scratch;	/* for one call under the lock */
};

/* One record.  Text points into the arena that was given for it. */
struct sf_row {
	const struct sf_object *o;
	int64_t id;
	bool dead, gone;		/* deleted; past the recycle bin too */
	struct sf_val v[SF_MAX_FIELDS];		/* by sf_field.index */
};

/* --- store --- */

/* Open or create FILE, number objects and fields, and put in what a new org
 * has.  -1 with a message in `err`. */
int sf_org_open(struct sf_org *org, const char *file, char *err, size_t n);
void sf_org_close(struct sf_org *org);

/* Delete every record, job and token; a new org's records come back. */
void sf_org_reset(struct sf_org *org);

void sf_begin(struct sf_org *org);
void sf_commit(struct sf_org *org);

/* Prepare / run to the end, with the program's end on failure. */
sqlite3_stmt *sf_sql(struct sf_org *org, const char *text);
void sf_exec(struct sf_org *org, const char *text);
bool sf_step(struct sf_org *org, sqlite3_stmt *st);

/* Read record `id` into `r`; false when it never existed. */
bool sf_get(struct sf_org *org, int64_t id, struct sf_arena *a,
    struct sf_row *r);

/*
 * Store a new record (r->id is set and returned), a changed one (`old` tells
 * what the index holds), or delete one.  The last two set its SystemModstamp.
 * What is deleted stays for queryAll when `bin` (the recycle bin) is true;
 * otherwise sf_get() alone still finds it, to tell that it is gone.
 */
int64_t sf_add(struct sf_org *org, struct sf_row *r);
void sf_put(struct sf_org *org, struct sf_row *r, const struct sf_row *old);
void sf_kill(struct sf_org *org, struct sf_row *r, bool bin);

/* Forget all records of `o`; for those that the sandbox itself writes. */
void sf_purge(struct sf_org *org, const struct sf_object *o);

/*
 * Write the key under which value `v` of field `f` is found, `max` bytes at
 * most, and return its length.  It is the same for values that are one to the
 * field: 12 and 12.0, texts in another case.
 */
#define SF_KEY_MAX 1100
size_t sf_key(const struct sf_field *f, const struct sf_val *v, char *k,
    size_t max);

/* Ids of live records whose indexed field `f` equals `v`, up to `max`. */
int sf_find(struct sf_org *org, const struct sf_field *f,
    const struct sf_val *v, int64_t *ids, int max);

/* The same of those in the recycle bin, by lookups alone. */
int sf_find_dead(struct sf_org *org, const struct sf_field *f,
    const struct sf_val *v, int64_t *ids, int max);

/* Records of `o` in order of id, beginning behind `after` (0: the first);
 * false at the end.  Those in the recycle bin come too; look at r->dead. */
bool sf_next(struct sf_org *org, const struct sf_object *o, int64_t after,
    struct sf_arena *a, struct sf_row *r);

int64_t sf_count(struct sf_org *org, const struct sf_object *o);

/* Between sf-open.c and sf-store.c: make the statements; make the index anew. */
void sf_store_prepare(struct sf_org *org);
void sf_store_reindex(struct sf_org *org);

/* --- ids --- */

/* Write the 18 characters and a NUL. */
void sf_id_write(const struct sf_org *org, int64_t id, char to[19]);

/* The prefix of the custom object with that number: a00, a01, ... */
const char *sf_id_prefix(struct sf_schema *s, int num);

/* The same for things that are no records: a prefix and a number. */
void sf_id_make(const char *prefix, int64_t n, char to[19]);

/*
 * Read an id of 15 or 18 characters.  Returns the record's number; 0 for an
 * id that is well formed and belongs to no record that could be here; -1 for
 * what is no id (length, letters, check characters).
 */
int64_t sf_id_read(const struct sf_org *org, const char *s, size_t n);

/* The number in an id made by sf_id_make, or -1. */
int64_t sf_id_number(const char *prefix, const char *s, size_t n);

/*
 * Read an id for the reference or id field `f`: SF_INT, or -1 with
 * MALFORMED_ID.  A well-formed id of no record gives SF_INT 0.
 */
int sf_id_value(const struct sf_org *org, const struct sf_field *f,
    const char *s, size_t n, struct sf_val *v, struct sf_err *e);

/* Append any value as text or JSON, ids included. */
void sf_text(const struct sf_org *org, const struct sf_field *f,
    const struct sf_val *v, const char *zone, struct buf *b);
void sf_to_json(const struct sf_org *org, const struct sf_field *f,
    const struct sf_val *v, struct buf *b);

/* Append the address at which the bytes of a base-64 field are, or null. */
void sf_blob_url(const struct sf_org *org, const struct sf_row *r,
    const struct sf_field *f, const char *version, struct buf *b);

/* Milliseconds since 1970. */
int64_t sf_now(void);

/* The object that record number `id` is of. */
const struct sf_object *sf_object_of(const struct sf_org *org, int64_t id);

/* A standard field's value by name; naming one that is not there is a bug. */
struct sf_val *sf_at(struct sf_row *r, const char *field);

/* Records that a new org has: sf-seed.c. */
void sf_seed(struct sf_org *org);

#endif
