#ifndef LEDGER_H
#define LEDGER_H

#include <stdint.h>

#include "mem.h"
#include "payload.h"
#include "why.h"

/*
 * ledger - the memory of the sync: one SQLite file, the only door to SQLite.
 *
 *	struct ledger *l = ledger_open(path, LEDGER_WRITE, &w);
 *	if (ledger_pair(l, "org", org_id, &w) == -1) ...
 *	ledger_begin(l, &w);
 *	ledger_flight_put(l, ...);
 *	ledger_commit(l, &w);
 *	ledger_close(l, &w);
 *
 * Several programs of one pipeline have it open at once (WAL; a writer waits
 * up to LEDGER_WAIT seconds for another).  So keep transactions short: gather
 * a batch, begin, write, commit, and read no stream in between.  Sort a big
 * batch by key first: that is ten times as fast.  A call outside of
 * ledger_begin() is a transaction of its own.
 *
 * What is committed survives kill -9 and the loss of power.
 *
 * Kinds of error: WHY_SETUP cannot be opened, not a ledger, damaged, made by a
 * newer millrace, of another pair, read-only; WHY_BROKEN a full disk, damage
 * met on the way; WHY_BUSY another program holds it too long.
 *
 * Strings given are copied into the file at once; { NULL, 0 } is stored as
 * absent.  Strings got are borrowed until the next call that returns the same
 * struct, unless a pool is asked for.
 */

enum { LEDGER_WAIT = 60 };

enum ledger_how {
	LEDGER_READ,	/* never written; one that is not there is empty */
	LEDGER_WRITE,	/* made (mode 0600) when it is not there */
};

struct ledger;
struct conf;

struct ledger *ledger_open(const char *path, enum ledger_how how,
    struct why *w);

/*
 * The ledger that the configuration names ([ledger] path), refused when it
 * belongs to another store than the configured one.  What programs call.
 */
struct ledger *ledger_of(const struct conf *c, enum ledger_how how,
    struct why *w);

/*
 * Write what is still counted (ledger_call()) and close; frees `l` either
 * way, undoing an open transaction.  NULL is fine.
 */
int ledger_close(struct ledger *l, struct why *w);

/* Hold at most so much of the file in memory; it is 16 MB else.  For who goes
 * through it once, in its order or in any. */
void ledger_cache(struct ledger *l, int kilobytes);

/* Rows inserted, updated and deleted since it was opened. */
int64_t ledger_changes(const struct ledger *l);

int ledger_begin(struct ledger *l, struct why *w);
int ledger_commit(struct ledger *l, struct why *w);
void ledger_rollback(struct ledger *l);

/*
 * As ledger_begin(), but what is committed survives the loss of power only
 * once something else is committed; kill -9 it survives at once.  For who does
 * nothing that counts before that: waiting for the disk is half of what a
 * commit costs.
 */
int ledger_begin_soft(struct ledger *l, struct why *w);

/*
 * One snapshot for many reads, cheaper than one each.  Short as well: while
 * it lasts, the log beside the file cannot be folded back.
 */
int ledger_read(struct ledger *l, struct why *w);
void ledger_read_end(struct ledger *l);

/*
 * The pair.  A ledger belongs to one "org" (its organisation id, 18
 * characters) and one "store" (base URL, and key prefix where there is one).
 * The first to ask sets it; a different `value` is WHY_SETUP, "other-org" or
 * "other-store".  A ledger open for reading remembers nothing.
 */
int ledger_pair(struct ledger *l, const char *side, const char *value,
    struct why *w);

/* Does it belong to this one already? */
bool ledger_paired(struct ledger *l, const char *side, const char *value);

/* `led adopt`: from now on `value`; NULL: whoever asks next. */
int ledger_adopt(struct ledger *l, const char *side, const char *value,
    struct why *w);

/*
 * Records: what Salesforce has by (object, key).  Absent members in a put
 * keep what is there: a record's id is not lost to a verdict without one.
 */
struct ledger_record {
	struct slice object, key;
	struct slice id;
	struct slice parent;	/* OBJECT/KEY */
	struct slice source;	/* entity/id that gave it last */
	bool adopted;		/* it was there before us */
};

/* 1 and `r`, 0 not known, -1. */
int ledger_record_get(struct ledger *l, struct slice object, struct slice key,
    struct ledger_record *r, struct why *w);
/* Is there any of this object?  1, 0, -1. */
int ledger_record_any(struct ledger *l, struct slice object, struct why *w);
/* The record that owns this Salesforce id.  1, 0, -1. */
int ledger_record_owner(struct ledger *l, struct slice id,
    struct ledger_record *r, struct why *w);
int ledger_record_put(struct ledger *l, const struct ledger_record *r,
    struct why *w);

/*
 * The records with an id that have `parent` (OBJECT/KEY), by object and key,
 * in `pool`, *n of them; source and adopted are not told.  -1 in *n with `w`.
 */
struct ledger_record *ledger_children(struct ledger *l, struct slice parent,
    struct pool *pool, long *n, struct why *w);

/*
 * `led tie`: the record of (object, key) is the one with this id, and was
 * there before us; attempts at its payloads begin anew.
 */
int ledger_tie(struct ledger *l, struct slice object, struct slice key,
    const char *id, struct why *w);

/*
 * Forget a record, its entries and, down to the last, its children (by
 * parent).  What is in flight of them stays.
 */
int ledger_forget(struct ledger *l, struct slice object, struct slice key,
    struct why *w);

/*
 * The same, and what is in flight of them, by the maps that the ledger knows
 * to make such objects.  Adds to *n how many keys it knew something of.
 */
int ledger_forget_all(struct ledger *l, struct slice object,
    struct slice key, long *n, struct why *w);

/* The same for all that a source gave, in flight or not, and what was never
 * sent or told of it.  *n counts records, and entries without one. */
int ledger_forget_source(struct ledger *l, struct slice source, long *n,
    struct why *w);

/*
 * Entries: what became of each payload, by (map, key).  A line without a key
 * is known by its source: ledger_key().
 */
struct ledger_entry {
	struct slice map, key;
	struct slice object, source;
	struct slice hash;	/* of the last success */
	struct slice rev;	/* of the last success */
	int64_t run;		/* number of the run of the last success */
	int64_t sent;		/* of the last one that changed Salesforce */
	struct slice tried;	/* hash that `attempts` counts */
	struct slice tried_rev;
	struct slice verdict, reason, message;	/* the last */
	int attempts;		/* bad ends in a row of tried, tried_rev */
	int64_t due;		/* Unix time; 0: no time of its own; of what is
				 * queued: since when */
	int64_t changed;	/* Unix time of this row */
};

struct slice ledger_key(const struct payload *p);

/* 1 and `e`, 0 not known, -1. */
int ledger_entry_get(struct ledger *l, struct slice map, struct slice key,
    struct ledger_entry *e, struct why *w);
int ledger_entry_put(struct ledger *l, const struct ledger_entry *e,
    struct why *w);
/* Both at once for one payload; `r` or `e` with key.p NULL when not known. */
int ledger_recall(struct ledger *l, const struct payload *p,
    struct ledger_record *r, struct ledger_entry *e, struct why *w);

/* Was the last verdict a success (created, updated, deleted, unchanged)? */
bool ledger_success(struct slice verdict);

/* Is it `skipped` for a reason that holds until data or map change: taken out
 * of the queue, nothing there to update, a lead that was converted? */
bool ledger_left_out(struct slice verdict, struct slice reason);

/* The highest `sent` among the entries of `source` that are of `map`; 0:
 * none, -1 with `w`. */
int64_t ledger_sent(struct ledger *l, struct slice source, struct slice map,
    struct why *w);

/*
 * The number of the run called `name` (its folder's name; for a program by
 * itself ledger_run_name()), given out in the order of first asking.
 */
int64_t ledger_run(struct ledger *l, const char *name, struct why *w);
/* The last part of $MILLRACE_RUN, else "2026-11-21T020000Z-manual-PID".
 * Freed by the caller. */
char *ledger_run_name(void);

/*
 * A verdict remembered: record, entry and flight row, all that led-record
 * does with one line.  Call within a transaction.  `run` from ledger_run(),
 * `now` in Unix time.
 */
int ledger_verdict(struct ledger *l, const struct payload *verdict,
    int64_t run, int64_t now, struct why *w);

/*
 * Flight: payloads on their way, known by hashes of (map, key) and source, a
 * lot of them a row: two that share one are looked up in Salesforce once too
 * often.  Put, and commit, before the job is created or the call is made;
 * ledger_verdict() takes them away, but those whose verdict says that it is
 * not known what became of them (`no-result`, `in-doubt`).
 */
struct ledger_flight {
	uint64_t payload, source;
};
struct ledger_flight ledger_flight_of(const struct payload *p);
/* The same in parts: the second takes what the first gave for the map, and
 * what ledger_key() is. */
uint64_t ledger_flight_map(struct slice map);
uint64_t ledger_flight_payload(uint64_t map, struct slice key);
uint64_t ledger_flight_source(struct slice source);
/* `job` of ledger_job_new(), or 0.  The number of the lot (0: n was 0), -1. */
int64_t ledger_flight_put(struct ledger *l, const struct ledger_flight *f,
    size_t n, int64_t job, struct why *w);
/* Another job is made in place of `from`: its payloads are that one's. */
int ledger_flight_move(struct ledger *l, int64_t from, int64_t to,
    struct why *w);
/* Job `job` surely did nothing. */
int ledger_flight_undo(struct ledger *l, int64_t job, struct why *w);
/* These of lot `lot` were surely not done by it; what another lot says of them
 * stays.  `f` is sorted.  Not within a transaction. */
int ledger_flight_back(struct ledger *l, int64_t lot,
    struct ledger_flight *f, size_t n, struct why *w);
/* 1 in flight, 0, -1.  With map.p NULL: any payload of `source`. */
int ledger_flight_has(struct ledger *l, struct slice map, struct slice key,
    struct slice source, struct why *w);
/* How many, in all lots; 0 lets a program skip asking for each. */
int64_t ledger_flights(struct ledger *l, struct why *w);

/*
 * Jobs.  Before a job is created: ledger_job_new() (state "intent").  As soon
 * as its id is known, before the upload: ledger_job_set(.., id, "open"), and
 * at the end "done", "failed" or "aborted".  Each commits by itself unless in
 * a transaction; the end as softly as after ledger_begin_soft(): at worst the
 * job is looked at once more.  A job is its maker's until that closes the
 * ledger or is killed: so long it holds a lock in the ledger's .lock file.
 */
struct ledger_job {
	int64_t number;
	struct slice id;	/* the vendor's; absent in state "intent" */
	struct slice object, operation;
	struct slice state;
	struct slice run;	/* the run's name */
	bool live;		/* another program made it, and lives */
	int64_t opened, changed;	/* Unix time */
};

/* The number (> 0), or -1. */
int64_t ledger_job_new(struct ledger *l, struct slice object,
    struct slice operation, const char *run, struct why *w);
/* `id` NULL: as it was. */
int ledger_job_set(struct ledger *l, int64_t number, const char *id,
    const char *state, struct why *w);
/*
 * The open ones (not done, failed or aborted), oldest first, in `pool`, *n of
 * them; NULL and -1 in *n with `w`.  One in state "intent" may or may not
 * exist: look for it in the vendor's list by object, operation and time.
 */
struct ledger_job *ledger_jobs(struct ledger *l, struct pool *pool, long *n,
    struct why *w);

/* Told: what the store was last told of a source, and verified. */
struct ledger_told {
	struct slice source;
	struct slice hash;	/* of what was said and is there; absent: none */
	struct slice refusal;	/* why it has not what was said since; absent:
				 * it has all */
	struct slice asked;	/* hash of what it has not, with a refusal */
	int attempts;		/* in vain, of what can come right by itself: led
				 * due lists it, for two weeks if nobody asks
				 * for it any more.  0: refused for good */
};

int ledger_told_get(struct ledger *l, struct slice source,
    struct ledger_told *t, struct why *w);		/* 1, 0, -1 */
int ledger_told_put(struct ledger *l, const struct ledger_told *t,
    struct why *w);

/* The bulk that the store had not worked off when last seen; NULL: none. */
int ledger_bulk_get(struct ledger *l, struct buf *uuid,
    struct why *w);					/* 1, 0, -1 */
int ledger_bulk_put(struct ledger *l, const char *uuid, struct why *w);

/* Watermarks, text as the store's own clock gave it.  `store` may be "". */
int ledger_mark_get(struct ledger *l, const char *entity, const char *store,
    struct buf *value, struct why *w);			/* 1, 0, -1 */
int ledger_mark_put(struct ledger *l, const char *entity, const char *store,
    const char *value, struct why *w);

/*
 * How many records of an entity the store had when a run began, for `led
 * status`: what of them no run has come to is never tried.
 */
int ledger_total_put(struct ledger *l, const char *entity, const char *total,
    struct why *w);

/*
 * API calls and forecasts.  Counted in memory and written with the next commit,
 * every few seconds, and at ledger_close(): a kill loses seconds of counting.
 * `system` is "salesforce" or "magento", `kind` a word ("query", "ingest",
 * "rest").
 * ledger_call_left(): what the vendor says is left of the day's `max`.
 */
void ledger_call(struct ledger *l, const char *system, const char *kind);
void ledger_call_left(struct ledger *l, const char *system, int64_t used,
    int64_t max);
int ledger_calls_flush(struct ledger *l, struct why *w);

/*
 * What is about to be loaded, as forecast, added to the day's.
 * ledger_forecasts(): the sum of all that the ledger was ever told; a run is
 * the difference.  -1 with `w`.
 */
struct ledger_forecast {
	int64_t rows, bytes, calls;	/* calls: jobs' included */
	int64_t jobs, batches;
};

void ledger_forecast(struct ledger *l, const struct ledger_forecast *f);
int ledger_forecasts(struct ledger *l, struct ledger_forecast *sum,
    struct why *w);

/*
 * The run's keys: 1 when this program has been asked about (map, key) before,
 * 0 the first time, -1.  Kept in a temporary file, not in memory and not in
 * the ledger.  With `source` other than the first time's: *other is true.
 */
int ledger_seen(struct ledger *l, struct slice map, struct slice key,
    struct slice source, bool *other, struct why *w);

/*
 * The same keys, for who asks what of them went on: 1 when (map, key) was
 * noted before, 0, -1; *same when with `text`.  ledger_note() notes it, in
 * place of what was noted before.
 */
int ledger_noted(struct ledger *l, struct slice map, struct slice key,
    struct slice text, bool *same, struct why *w);
int ledger_note(struct ledger *l, struct slice map, struct slice key,
    struct slice text, struct why *w);

/* Take the payloads of `source` out of the queue, as `skipped`/`dequeued`;
 * `n` counts them on. */
int ledger_dequeue(struct ledger *l, struct slice source, long *n,
    struct why *w);

/*
 * Lists, for led.  `take` gets one row after the other as text columns (NULL:
 * absent) and returns -1 to stop.
 */
enum ledger_list {
	LEDGER_ENTRIES,	/* map, key, object, source, verdict, reason,
			 * message, attempts, due, changed, id, parent,
			 * adopted, run.  a: source or NULL, b: map or NULL */
	LEDGER_ENTITIES,/* entity, map, object, state, count.
			 * a: entity or NULL */
	LEDGER_STATES,	/* entity, state as a number, how many records are in
			 * it.  a: entity or NULL */
	LEDGER_FOUND,	/* as LEDGER_ENTRIES, record by record.  a: entity,
			 * entity/id or NULL, b: states as ",failed,held," or
			 * NULL, c: changed since then or NULL */
	LEDGER_OPEN,	/* what waits, is held, rejected or failed, by kind:
			 * entity, map, verdict, reason, count; and of the one
			 * that came last: source, key, message.
			 * a: entity or NULL */
	LEDGER_DUE,	/* id.  a: entity, b: attempts, c: now */
	LEDGER_QUEUE,	/* records that are queued: source, its id, since when,
			 * payloads.  a: entity or NULL, b: queued by then */
	LEDGER_KNOWN,	/* id, of every record that there is anything of,
			 * ascending.  a: entity */
	LEDGER_MARKS,	/* entity, store, value, changed */
	LEDGER_TOTALS,	/* entity, total, tried.  a: entity or NULL */
	LEDGER_UNTOLD,	/* what the store refused to be told.  a: entity or
			 * NULL: entity, count; a: source: source, refusal */
	LEDGER_REFUSED,	/* what the store refused: source, refusal.
			 * a: entity or NULL, b: since then or NULL */
	LEDGER_CALLS,	/* day, system, kind, calls, used, max */
	LEDGER_RECORDS,	/* object, key, id, parent, source, adopted.
			 * a: object or NULL */
	LEDGER_HELD,	/* what several records fit: object, key, source,
			 * message.  a: object or NULL, b: key or NULL */
};

typedef int ledger_take(void *ctx, int n, const char *const *column);

int ledger_list(struct ledger *l, enum ledger_list list, const char *a,
    const char *b, const char *c, ledger_take *take, void *ctx,
    struct why *w);

#endif
