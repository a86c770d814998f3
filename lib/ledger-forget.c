/* ledger-forget - records, and all that is known of them, taken out. */
#include "ledger-db.h"

enum { MAPS = 256 };	/* of one object */

/* Flights stay: at worst they have the payload looked up once more. */
static int
forget_entries(struct ledger *l, struct slice object, struct slice key,
    struct slice source, struct why *w)
{
	static const char sql[] = "DELETE FROM entry WHERE source = ?"
	    " AND object = ? AND key = ?";
	sqlite3_stmt *st;

	if (source.p == NULL)
		return 0;
	if ((st = db_sql(l, sql, w)) == NULL)
		return -1;
	db_text(st, 1, source);
	db_text(st, 2, object);
	db_text(st, 3, key);
	return db_run(l, st, w);
}

static int
drop_record(struct ledger *l, struct slice object, struct slice key,
    struct why *w)
{
	static const char sql[] = "DELETE FROM record WHERE object = ?"
	    " AND key = ?";
	sqlite3_stmt *st = db_sql_two(l, sql, object, key, w);

	if (st == NULL)
		return -1;
	return db_run(l, st, w);
}

/* What this map has of the key: its entry, and what is in flight. */
static int
drop_payload(struct ledger *l, struct slice map, struct slice key,
    bool *found, struct why *w)
{
	static const char sql[] = "DELETE FROM entry WHERE map = ?"
	    " AND key = ?";
	struct payload p = { .map = map, .key = key };
	sqlite3_stmt *st = db_sql_two(l, sql, map, key, w);
	int flies;

	if (st == NULL)
		return -1;
	if (db_run(l, st, w) == -1)
		return -1;
	*found |= sqlite3_changes(l->db) > 0;
	flies = ledger_flight_has(l, map, key, (struct slice){0}, w);
	*found |= flies == 1;
	return flies == 1 ? db_flight_drop(l, &p, w) : flies;
}

/* Which maps make this object, their entries tell: a map makes but one.  Each
 * step finds the next map by the primary key. */
static int
drop_payloads(struct ledger *l, struct slice object, struct slice key,
    bool *found, struct why *w)
{
	static const char sql[] = "WITH RECURSIVE m(map) AS"
	    " (SELECT min(map) FROM entry UNION ALL"
	    " SELECT (SELECT min(map) FROM entry WHERE map > m.map) FROM m"
	    " WHERE m.map IS NOT NULL)"
	    " SELECT map FROM m WHERE (SELECT object FROM entry e"
	    " WHERE e.map = m.map AND e.object IS NOT NULL LIMIT 1) = ?";
	sqlite3_stmt *st = db_sql(l, sql, w);
	struct pool *pool = pool_new();
	struct slice maps[MAPS];
	int n = 0, got = -1, r = 0;

	if (st != NULL)
		db_text(st, 1, object);
	while (st != NULL && n < MAPS && (got = db_step(l, st, w)) == 1)
		maps[n++] = db_keep(st, 0, pool);
	if (got == 1)
		db_end(st);
	for (int i = 0; i < n && r == 0; i++)
		r = drop_payload(l, maps[i], key, found, w);
	pool_free(pool);
	return got == -1 ? -1 : r;
}

/* One record that has `object/key` as its parent: 1, 0, -1. */
static int
a_child(struct ledger *l, struct slice object, struct slice key,
    struct ledger_record *r, struct why *w)
{
	static const char sql[] = "SELECT " DB_RECORD " FROM record"
	    " WHERE parent = ?1 || '/' || ?2 LIMIT 1";
	sqlite3_stmt *st = db_sql_two(l, sql, object, key, w);

	if (st == NULL)
		return -1;
	return db_record(l, st, r, w);
}

/* The record goes before its children, so that a ring of parents ends. */
static int
forget(struct ledger *l, struct slice object, struct slice key, bool flights,
    long *n, struct why *w)
{
	struct pool *pool = pool_new();
	struct ledger_record r;
	bool found = false;
	int got;

	/* its entries tell the maps, so these first */
	if (flights && drop_payloads(l, object, key, &found, w) == -1)
		got = -1;
	else if ((got = ledger_record_get(l, object, key, &r, w)) == 1) {
		found = true;
		if (forget_entries(l, object, key, r.source, w) == -1 ||
		    drop_record(l, object, key, w) == -1)
			got = -1;
	}
	*n += found;
	while (got != -1 && (got = a_child(l, object, key, &r, w)) == 1) {
		r.object.p = pool_dup(pool, r.object.p, r.object.n);
		r.key.p = pool_dup(pool, r.key.p, r.key.n);
		got = forget(l, r.object, r.key, flights, n, w);
	}
	pool_free(pool);
	return got == -1 ? -1 : 0;
}

int
ledger_forget(struct ledger *l, struct slice object, struct slice key,
    struct why *w)
{
	long n = 0;

	return forget(l, object, key, false, &n, w);
}

int
ledger_forget_all(struct ledger *l, struct slice object, struct slice key,
    long *n, struct why *w)
{
	return forget(l, object, key, true, n, w);
}

/* One record that an entry of `source` tells of: 1, 0, -1. */
static int
a_record_of(struct ledger *l, struct slice source, struct ledger_record *r,
    struct why *w)
{
	static const char sql[] = "SELECT r.object, r.key, r.id, r.parent,"
	    " r.source, r.adopted FROM entry e JOIN record r"
	    " ON r.object = e.object AND r.key = e.key"
	    " WHERE e.source = ? LIMIT 1";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	db_text(st, 1, source);
	return db_record(l, st, r, w);
}

int
ledger_forget_source(struct ledger *l, struct slice source, long *n,
    struct why *w)
{
	static const char entries[] = "DELETE FROM entry WHERE source = ?";
	static const char told[] = "DELETE FROM told WHERE source = ?";
	struct pool *pool = pool_new();
	struct ledger_record r;
	sqlite3_stmt *st;
	int got;

	while ((got = a_record_of(l, source, &r, w)) == 1) {
		r.object.p = pool_dup(pool, r.object.p, r.object.n);
		r.key.p = pool_dup(pool, r.key.p, r.key.n);
		if (forget(l, r.object, r.key, false, n, w) == -1)
			break;
	}
	pool_free(pool);
	if (got != 0)
		return -1;
	if ((st = db_sql(l, entries, w)) == NULL)
		return -1;
	db_text(st, 1, source);
	if (db_run(l, st, w) == -1)
		return -1;
	*n += sqlite3_changes(l->db);
	if (db_flight_drop_source(l, source, w) == -1 ||
	    (st = db_sql(l, told, w)) == NULL)
		return -1;
	db_text(st, 1, source);
	return db_run(l, st, w);
}
