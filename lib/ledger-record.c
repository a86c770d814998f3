/* ledger-record - records and entries: what Salesforce has, and what became
 * of each payload. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ledger-db.h"

#define ENTRY "map, key, object, source, hash, rev, run, sent, tried, " \
	"tried_rev, verdict, reason, message, attempts, due, changed"

int
db_record(struct ledger *l, sqlite3_stmt *st, struct ledger_record *r,
    struct why *w)
{
	int got = db_step(l, st, w);

	pool_reset(l->record);
	*r = (struct ledger_record){ .adopted = false };
	if (got != 1)
		return got;
	r->object = db_keep(st, 0, l->record);
	r->key = db_keep(st, 1, l->record);
	r->id = db_keep(st, 2, l->record);
	r->parent = db_keep(st, 3, l->record);
	r->source = db_keep(st, 4, l->record);
	r->adopted = sqlite3_column_int(st, 5) != 0;
	db_end(st);
	return 1;
}

int
ledger_record_get(struct ledger *l, struct slice object, struct slice key,
    struct ledger_record *r, struct why *w)
{
	static const char sql[] = "SELECT " DB_RECORD " FROM record"
	    " WHERE object = ? AND key = ?";
	sqlite3_stmt *st = db_sql_two(l, sql, object, key, w);

	if (st == NULL)
		return -1;
	return db_record(l, st, r, w);
}

int
ledger_record_any(struct ledger *l, struct slice object, struct why *w)
{
	static const char sql[] = "SELECT 1 FROM record WHERE object = ?"
	    " LIMIT 1";
	sqlite3_stmt *st = db_sql(l, sql, w);
	int r;

	if (st == NULL)
		return -1;
	db_text(st, 1, object);
	r = db_step(l, st, w);
	db_end(st);
	return r;
}

int
ledger_record_owner(struct ledger *l, struct slice id,
    struct ledger_record *r, struct why *w)
{
	static const char sql[] = "SELECT " DB_RECORD " FROM record"
	    " WHERE id = ? LIMIT 1";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	db_text(st, 1, id);
	return db_record(l, st, r, w);
}

int
ledger_record_put(struct ledger *l, const struct ledger_record *r,
    struct why *w)
{
	static const char sql[] = "INSERT INTO record(" DB_RECORD ")"
	    " VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
	    " id = coalesce(excluded.id, id),"
	    " parent = coalesce(excluded.parent, parent),"
	    " source = coalesce(excluded.source, source),"
	    " adopted = excluded.adopted";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	db_text(st, 1, r->object);
	db_text(st, 2, r->key);
	db_text(st, 3, r->id);
	db_text(st, 4, r->parent);
	db_text(st, 5, r->source);
	sqlite3_bind_int(st, 6, r->adopted);
	return db_run(l, st, w);
}

int
ledger_tie(struct ledger *l, struct slice object, struct slice key,
    const char *id, struct why *w)
{
	static const char sql[] = "UPDATE entry SET attempts = 0"
	    " WHERE object = ? AND key = ?";
	struct ledger_record r = { .object = object, .key = key,
	    .id = slice(id), .adopted = true };
	sqlite3_stmt *st;

	if (ledger_record_put(l, &r, w) == -1 ||
	    (st = db_sql(l, sql, w)) == NULL)
		return -1;
	db_text(st, 1, object);
	db_text(st, 2, key);
	return db_run(l, st, w);
}

struct slice
ledger_key(const struct payload *p)
{
	return p->key.n > 0 ? p->key : p->source;
}

bool
ledger_left_out(struct slice verdict, struct slice reason)
{
	return slice_is(verdict, "skipped") && (slice_is(reason, "dequeued") ||
	    slice_is(reason, "only-update") || slice_is(reason, "converted"));
}

bool
ledger_success(struct slice verdict)
{
	return slice_is(verdict, "created") || slice_is(verdict, "updated") ||
	    slice_is(verdict, "unchanged") || slice_is(verdict, "deleted");
}

int
ledger_entry_get(struct ledger *l, struct slice map, struct slice key,
    struct ledger_entry *e, struct why *w)
{
	static const char sql[] = "SELECT " ENTRY " FROM entry"
	    " WHERE map = ? AND key = ?";
	sqlite3_stmt *st = db_sql(l, sql, w);
	struct slice *text[] = { &e->map, &e->key, &e->object, &e->source,
	    &e->hash, &e->rev, NULL, NULL, &e->tried, &e->tried_rev,
	    &e->verdict, &e->reason, &e->message };
	size_t i;
	int got;

	if (st == NULL)
		return -1;
	db_text(st, 1, map.p == NULL ? SLICE("") : map);
	db_text(st, 2, key);
	got = db_step(l, st, w);
	pool_reset(l->entry);
	*e = (struct ledger_entry){ .run = 0 };
	if (got != 1)
		return got;
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		if (text[i] != NULL)
			*text[i] = db_keep(st, (int)i, l->entry);
	e->run = sqlite3_column_int64(st, 6);
	e->sent = sqlite3_column_int64(st, 7);
	e->attempts = sqlite3_column_int(st, 13);
	e->due = sqlite3_column_int64(st, 14);
	e->changed = sqlite3_column_int64(st, 15);
	db_end(st);
	return 1;
}

int
ledger_entry_put(struct ledger *l, const struct ledger_entry *e,
    struct why *w)
{
	static const char sql[] = "INSERT OR REPLACE INTO entry(" ENTRY ")"
	    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	sqlite3_stmt *st = db_sql(l, sql, w);
	const struct slice *text[] = { &e->map, &e->key, &e->object,
	    &e->source, &e->hash, &e->rev, NULL, NULL, &e->tried,
	    &e->tried_rev, &e->verdict, &e->reason, &e->message };
	size_t i;

	if (st == NULL)
		return -1;
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		if (text[i] != NULL)
			db_text(st, (int)i + 1, *text[i]);
	if (e->map.p == NULL)
		db_text(st, 1, SLICE(""));
	sqlite3_bind_int64(st, 7, e->run);
	sqlite3_bind_int64(st, 8, e->sent);
	sqlite3_bind_int(st, 14, e->attempts);
	sqlite3_bind_int64(st, 15, e->due);
	sqlite3_bind_int64(st, 16, e->changed);
	return db_run(l, st, w);
}

int
ledger_recall(struct ledger *l, const struct payload *p,
    struct ledger_record *r, struct ledger_entry *e, struct why *w)
{
	if (ledger_record_get(l, p->object, p->key, r, w) == -1)
		return -1;
	return ledger_entry_get(l, p->map, ledger_key(p), e, w) == -1 ?
	    -1 : 0;
}

int64_t
ledger_sent(struct ledger *l, struct slice source, struct slice map,
    struct why *w)
{
	static const char sql[] = "SELECT max(sent) FROM entry"
	    " WHERE source = ? AND map = ?";
	sqlite3_stmt *st = db_sql_two(l, sql, source, map, w);
	int64_t sent = 0;

	if (st == NULL)
		return -1;
	if (db_step(l, st, w) != 1)
		return -1;
	sent = sqlite3_column_int64(st, 0);
	db_end(st);
	return sent;
}

struct ledger_record *
ledger_children(struct ledger *l, struct slice parent, struct pool *pool,
    long *n, struct why *w)
{
	static const char sql[] = "SELECT object, key, id FROM record"
	    " WHERE parent = ? AND id IS NOT NULL ORDER BY object, key";
	sqlite3_stmt *st = db_sql(l, sql, w);
	struct ledger_record *r = NULL, *more;
	long cap = 0;
	int got = -1;

	*n = 0;
	if (st != NULL)
		db_text(st, 1, parent);
	while (st != NULL && (got = db_step(l, st, w)) == 1) {
		if (*n == cap) {
			cap = cap == 0 ? 16 : 2 * cap;
			more = pool_get(pool, (size_t)cap * sizeof(*r));
			if (r != NULL)
				memcpy(more, r, (size_t)*n * sizeof(*r));
			r = more;
		}
		r[(*n)++] = (struct ledger_record){
			.object = db_keep(st, 0, pool),
			.key = db_keep(st, 1, pool),
			.id = db_keep(st, 2, pool), .parent = parent };
	}
	if (got == -1)
		*n = -1;
	return r;
}

int64_t
ledger_run(struct ledger *l, const char *name, struct why *w)
{
	static const char put[] = "INSERT OR IGNORE INTO run(name) VALUES(?)";
	static const char get[] = "SELECT number FROM run WHERE name = ?";
	sqlite3_stmt *st = db_sql(l, put, w);
	int64_t number;

	if (st == NULL)
		return -1;
	db_text(st, 1, slice(name));
	if (db_run(l, st, w) == -1 || (st = db_sql(l, get, w)) == NULL)
		return -1;
	db_text(st, 1, slice(name));
	if (db_step(l, st, w) != 1)
		return -1;
	number = sqlite3_column_int64(st, 0);
	db_end(st);
	return number;
}

char *
ledger_run_name(void)
{
	const char *run = getenv("MILLRACE_RUN"), *last;
	time_t now = time(NULL);
	char text[32];
	struct tm tm;

	if (run != NULL && *run != '\0') {
		last = strrchr(run, '/');
		return xstrdup(last == NULL || last[1] == '\0' ? run :
		    last + 1);
	}
	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H%M%SZ", &tm);
	return xasprintf("%s-manual-%ld", text, (long)getpid());
}
