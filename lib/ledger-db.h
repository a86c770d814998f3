#ifndef LEDGER_DB_H
#define LEDGER_DB_H

#include <sqlite3.h>

#include "ledger.h"

/*
 * ledger-db - what the modules behind ledger.h share; nobody else includes it.
 *
 *	sqlite3_stmt *st = db_sql(l, sql, &w);
 *	db_text(st, 1, key);
 *	while ((r = db_step(l, st, &w)) == 1)
 *		... db_column(st, 0)
 *
 * `sql` must be a literal: statements are kept by its address.  A statement is
 * ready for use again as soon as db_step() gave 0 or -1, or after db_end().
 */

enum {
	DB_STATEMENTS = 64,
	DB_CALLS = 64,		/* (system, kind) pairs counted at once */
};

struct db_call {
	char system[16], kind[24];
	int64_t calls;
	int64_t used, max;	/* max 0: not told */
};

struct ledger {
	sqlite3 *db;
	char *path;
	bool write;
	int live_fd;		/* of its jobs' locks; -1: not open */
	bool in;		/* within ledger_begin() */
	bool soft;		/* commits do not wait for the disk */
	bool snapshot;		/* within ledger_read() */
	bool states;		/* SQL knows ledger_state() */
	bool looked;		/* in this transaction, at the next two: */
	bool flights, keyless;	/* are there such rows at all? */
	struct db_flights *flying;	/* as they were read; NULL: not yet */
	bool flown;		/* they were compared in this transaction */
	struct {
		const char *sql;
		sqlite3_stmt *st;
	} statement[DB_STATEMENTS];
	int statements;
	/* what was got last lives here, by struct */
	struct pool *record, *entry, *told;
	struct db_call call[DB_CALLS];
	int calls;
	struct ledger_forecast forecast;
	int64_t counted, flushed;	/* of calls and forecasts */
	sqlite3 *seen;		/* the run's keys: ledger_seen() */
	sqlite3_stmt *seen_put, *seen_set, *seen_get;
};

/* NULL with `w`. */
sqlite3_stmt *db_sql(struct ledger *l, const char *sql, struct why *w);
void db_text(sqlite3_stmt *st, int at, struct slice s);	/* absent: NULL */
/* db_sql(), with its first two texts. */
sqlite3_stmt *db_sql_two(struct ledger *l, const char *sql, struct slice a,
    struct slice b, struct why *w);
int db_step(struct ledger *l, sqlite3_stmt *st, struct why *w);
void db_end(sqlite3_stmt *st);
/* One statement to its end. */
int db_run(struct ledger *l, sqlite3_stmt *st, struct why *w);
int db_exec(struct ledger *l, const char *sql, struct why *w);
/* Do commits wait for the disk?  Not changed within a transaction. */
int db_soft(struct ledger *l, bool soft, struct why *w);

/* A text column, until the next step. */
struct slice db_column(sqlite3_stmt *st, int at);
struct slice db_keep(sqlite3_stmt *st, int at, struct pool *pool);

/* The next row of a SELECT DB_RECORD: 1 and `r`, 0, -1. */
#define DB_RECORD "object, key, id, parent, source, adopted"
int db_record(struct ledger *l, sqlite3_stmt *st, struct ledger_record *r,
    struct why *w);

/* SQLite's last error as a value. */
int db_why(struct ledger *l, const char *doing, struct why *w);

/*
 * Flights (ledger-flight.c): this payload, or all of a source, are no longer
 * on their way.  Within a transaction that is written by db_flights_store(),
 * which ledger_commit() calls.
 */
int db_flight_drop(struct ledger *l, const struct payload *p, struct why *w);
int db_flight_drop_source(struct ledger *l, struct slice source,
    struct why *w);
int db_flights_store(struct ledger *l, struct why *w);
void db_flights_free(struct ledger *l);
/* pack_flight(map, key, source) for the schema: a lot of this one payload. */
int db_flight_function(struct ledger *l, struct why *w);

/*
 * Jobs' locks (ledger-live.c).  db_live_hold(): job `number` is ours, until
 * the ledger is closed or we are killed.  db_live(): is it that of a program
 * that lives, another than us?  1, 0, -1.
 */
int db_live_hold(struct ledger *l, int64_t number, struct why *w);
int db_live(struct ledger *l, int64_t number, struct why *w);

/* What lies in the file: 0 and its version (0: empty), or -1. */
int db_look(struct ledger *l, int *version, struct why *w);

/* Bring the file to the schema that this millrace knows (ledger-schema.c). */
int db_schema(struct ledger *l, struct why *w);

#endif
