/* sf-open - the state file: its tables, and a schema that may have changed */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sf-org.h"

/*
 * rec and idx are sf-store.c's.  name keeps the numbers of objects and fields,
 * so that a schema may change between two starts.
 */
#define VERSION_OF_TABLES 4

static const char tables[] =
    "CREATE TABLE IF NOT EXISTS name(num INTEGER PRIMARY KEY, object TEXT"
    " NOT NULL, field TEXT NOT NULL, UNIQUE(object, field));"
    "CREATE TABLE IF NOT EXISTS rec(id INTEGER PRIMARY KEY, dead INTEGER"
    " NOT NULL, d BLOB NOT NULL);"
    "CREATE TABLE IF NOT EXISTS idx(k BLOB NOT NULL, id INTEGER NOT NULL,"
    " PRIMARY KEY(k, id)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS job(n INTEGER PRIMARY KEY"
    " AUTOINCREMENT, kind TEXT, object TEXT, operation TEXT, extid TEXT,"
    " rule TEXT, version TEXT, state TEXT, delimiter TEXT, ending TEXT,"
    " created INTEGER, stamp INTEGER, due INTEGER, bytes"
    " INTEGER DEFAULT -1, row INTEGER DEFAULT 0,"
    " processed INTEGER DEFAULT 0, failed INTEGER DEFAULT 0, retries INTEGER"
    " DEFAULT 0, ms INTEGER DEFAULT 0, hits INTEGER DEFAULT 0, polls INTEGER"
    " DEFAULT 0, error TEXT, fault TEXT, query TEXT);"
    "CREATE TABLE IF NOT EXISTS batch(job INTEGER, n INTEGER, row INTEGER,"
    " rows INTEGER, at INTEGER, end INTEGER, done INTEGER, PRIMARY KEY(job,"
    " n)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS body(job INTEGER, n INTEGER, d BLOB,"
    " PRIMARY KEY(job, n));"
    "CREATE TABLE IF NOT EXISTS result(job INTEGER, n INTEGER, rows INTEGER,"
    " good BLOB, bad BLOB, PRIMARY KEY(job, n));"
    "CREATE TABLE IF NOT EXISTS session(t TEXT PRIMARY KEY, at INTEGER,"
    " refresh TEXT) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS cursor(n INTEGER PRIMARY KEY, query TEXT,"
    " total INTEGER, dead INTEGER, ids BLOB);"
    "CREATE TABLE IF NOT EXISTS meta(k TEXT PRIMARY KEY, v) WITHOUT ROWID;";

static int
number_of(struct sf_org *org, const char *object, const char *field)
{
	sqlite3_stmt *st = sf_sql(org, "INSERT INTO name(object, field)"
	    " VALUES(?1, ?2) ON CONFLICT DO UPDATE SET object = ?1"
	    " RETURNING num");
	int num;

	sqlite3_bind_text(st, 1, object, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, field, -1, SQLITE_STATIC);
	sf_step(org, st);
	num = sqlite3_column_int(st, 0);
	while (sf_step(org, st))
		;
	sqlite3_finalize(st);
	return num;
}

static int
number_all(struct sf_org *org, char *err, size_t n)
{
	struct sf_schema *s = org->schema;
	int i, k;

	for (i = 0; i < s->nobjects; i++) {
		s->objects[i]->num = number_of(org, s->objects[i]->name, "");
		if (s->objects[i]->custom)
			s->objects[i]->prefix = sf_id_prefix(s,
			    s->objects[i]->num);
	}
	for (i = 0; i < s->nobjects; i++) {
		struct sf_object *o = s->objects[i];

		if (o->num >= SF_MAX_NUMS) {
			snprintf(err, n, "state file knows other objects");
			return -1;
		}
		for (k = 0; k < o->nfields; k++) {
			struct sf_field *f = o->fields[k];

			f->num = number_of(org, o->name, f->name);
			if (f->num >= SF_MAX_NUMS) {
				snprintf(err, n, "too many fields in the "
				    "state file");
				return -1;
			}
			org->by_num[f->num] = f;
		}
	}
	return 0;
}

static void
count_next(struct sf_org *org)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT coalesce(max(id), 0) FROM rec"
	    " WHERE id > ?1 << 40 AND id < (?1 + 1) << 40");
	int64_t max;
	int i, num;

	for (i = 0; i < org->schema->nobjects; i++) {
		num = org->schema->objects[i]->num;
		sqlite3_bind_int(st, 1, num);
		sf_step(org, st);
		max = sqlite3_column_int64(st, 0);
		org->next[num] = (max & (((int64_t)1 << 40) - 1)) + 1;
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
}

/* The numbers of the indexed fields, as text: what the index was made for.
 * Files without the "u" have keys that were folded as ASCII. */
static void
indexed(const struct sf_org *org, struct buf *b)
{
	int i;

	buf_str(b, "u ");
	for (i = 0; i < SF_MAX_NUMS; i++)
		if (org->by_num[i] && org->by_num[i]->flags & SF_INDEXED)
			buf_fmt(b, "%d%s ", i, org->by_num[i]->flags &
			    SF_CASESENSITIVE ? "s" : "");
}

/* Another schema may index other fields than the file's last one did. */
static void
check_index(struct sf_org *org)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT v FROM meta WHERE k = 'idx'");
	struct buf now = {0};
	const char *was;

	indexed(org, &now);
	was = sf_step(org, st) ? (const char *)sqlite3_column_text(st, 0) : "";
	if (strcmp(was, now.p ? now.p : "") != 0) {
		sqlite3_finalize(st);
		sf_store_reindex(org);
		st = sf_sql(org, "INSERT OR REPLACE INTO meta VALUES('idx', "
		    "?1)");
		sqlite3_bind_text(st, 1, now.p, (int)now.n, SQLITE_STATIC);
		sf_step(org, st);
	}
	sqlite3_finalize(st);
	buf_free(&now);
}

/* A file of another version is left alone. */
static int
check_version(struct sf_org *org, const char *file, char *err, size_t n)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT (SELECT count(*) FROM "
	    "sqlite_schema), (SELECT user_version FROM pragma_user_version)");
	bool fresh, same;

	sf_step(org, st);
	fresh = sqlite3_column_int(st, 0) == 0;
	same = sqlite3_column_int(st, 1) == VERSION_OF_TABLES;
	sqlite3_finalize(st);
	if (!fresh && !same) {
		snprintf(err, n, "%s: made by another version of sf-sandbox; "
		    "begin a new file", file);
		return -1;
	}
	if (fresh)
		sf_exec(org, "PRAGMA user_version = 4");
	return 0;
}

/*
 * A kill loses nothing without fsync(), and the state of a sandbox need not
 * outlive the machine.  The cache bounds the memory, whatever the file's size.
 */
int
sf_org_open(struct sf_org *org, const char *file, char *err, size_t n)
{
	if (sqlite3_open(file, &org->db) != SQLITE_OK ||
	    sqlite3_exec(org->db, "PRAGMA journal_mode = WAL;"
	    "PRAGMA synchronous = OFF; PRAGMA cache_size = -8192;",
	    NULL, NULL, NULL) != SQLITE_OK) {
		snprintf(err, n, "%s: %s", file, sqlite3_errmsg(org->db));
		return -1;
	}
	sf_begin(org);
	if (check_version(org, file, err, n) < 0)
		return -1;
	sf_exec(org, tables);
	if (number_all(org, err, n) < 0)
		return -1;
	sf_store_prepare(org);
	count_next(org);
	check_index(org);
	sf_seed(org);
	sf_commit(org);
	return 0;
}

void
sf_org_reset(struct sf_org *org)
{
	sf_begin(org);
	sf_exec(org, "DELETE FROM rec; DELETE FROM idx; DELETE FROM job;"
	    "DELETE FROM batch; DELETE FROM body; DELETE FROM result;"
	    "DELETE FROM session; DELETE FROM cursor;"
	    "DELETE FROM sqlite_sequence");
	count_next(org);
	sf_seed(org);
	org->api_calls = org->batches = org->query_jobs = 0;
	org->storage_full = org->results_full = false;
	org->locks = 0;
	org->thrown = 0;
	sf_commit(org);
}

void
sf_org_close(struct sf_org *org)
{
	sqlite3_stmt *st;

	sf_commit(org);
	while ((st = sqlite3_next_stmt(org->db, NULL)) != NULL)
		sqlite3_finalize(st);
	sqlite3_close(org->db);
	sf_arena_free(&org->scratch);
}
