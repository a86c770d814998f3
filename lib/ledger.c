/* ledger - the memory of the sync: the file, transactions, the pair. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "conf.h"
#include "ledger-db.h"

enum {
	CACHE_KB = 16 * 1024,	/* pages held in memory */
	PAGE = 8192,		/* bytes, of a file that is made; keys in any
				 * order touch every page, so the fewer the better */
	FOLD = 8000,		/* pages of log until it is folded back: keys in
				 * any order write the same pages again and again */
	PAUSE = 20 * 1000,	/* microseconds between tries to switch */
};

int
db_why(struct ledger *l, const char *doing, struct why *w)
{
	enum why_kind kind = WHY_BROKEN;
	const char *advice = "";

	switch (sqlite3_errcode(l->db) & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		kind = WHY_BUSY;
		break;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		kind = WHY_SETUP;
		break;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		kind = WHY_SETUP;
		advice = "; put a copy back, or move it away and let "
		    "'led learn' build a new one";
		break;
	}
	return why(w, kind, "cannot %s ledger '%s': %s%s", doing, l->path,
	    sqlite3_errmsg(l->db), advice);
}

sqlite3_stmt *
db_sql(struct ledger *l, const char *sql, struct why *w)
{
	sqlite3_stmt *st = NULL;
	int i;

	for (i = 0; i < l->statements; i++)
		if (l->statement[i].sql == sql)
			return l->statement[i].st;
	if (l->statements == DB_STATEMENTS)
		abort();	/* more texts in the code than DB_STATEMENTS */
	if (sqlite3_prepare_v3(l->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st,
	    NULL) != SQLITE_OK) {
		db_why(l, "use", w);
		return NULL;
	}
	l->statement[l->statements].sql = sql;
	l->statement[l->statements++].st = st;
	return st;
}

void
db_text(sqlite3_stmt *st, int at, struct slice s)
{
	if (s.p == NULL)
		sqlite3_bind_null(st, at);
	else
		sqlite3_bind_text(st, at, s.p, (int)s.n, SQLITE_STATIC);
}

sqlite3_stmt *
db_sql_two(struct ledger *l, const char *sql, struct slice a, struct slice b,
    struct why *w)
{
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st != NULL) {
		db_text(st, 1, a);
		db_text(st, 2, b);
	}
	return st;
}

void
db_end(sqlite3_stmt *st)
{
	sqlite3_reset(st);
}

int
db_step(struct ledger *l, sqlite3_stmt *st, struct why *w)
{
	int r = sqlite3_step(st);

	if (r == SQLITE_ROW)
		return 1;
	if (r != SQLITE_DONE) {
		db_why(l, sqlite3_stmt_readonly(st) ? "read" : "write", w);
		sqlite3_reset(st);
		return -1;
	}
	sqlite3_reset(st);
	return 0;
}

int
db_run(struct ledger *l, sqlite3_stmt *st, struct why *w)
{
	int r;

	while ((r = db_step(l, st, w)) == 1)
		continue;
	return r;
}

int
db_exec(struct ledger *l, const char *sql, struct why *w)
{
	if (sqlite3_exec(l->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_why(l, "write", w);
	return 0;
}

struct slice
db_column(sqlite3_stmt *st, int at)
{
	const char *p = (const char *)sqlite3_column_text(st, at);

	return (struct slice){ p,
	    p == NULL ? 0 : (size_t)sqlite3_column_bytes(st, at) };
}

struct slice
db_keep(sqlite3_stmt *st, int at, struct pool *pool)
{
	struct slice s = db_column(st, at);

	if (s.p != NULL)
		s.p = pool_dup(pool, s.p, s.n);
	return s;
}

/* SQLite would make the file with the mode that umask leaves; its log and
 * index beside it take over the mode of the file. */
static int
make_file(const char *path, struct why *w)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1 && errno != EACCES && errno != EROFS)
		return why(w, WHY_SETUP, "cannot open ledger '%s': %s", path,
		    strerror(errno));
	if (fd != -1)
		close(fd);
	return 0;
}

/*
 * The switch to WAL, made once in the life of a file, does not wait for
 * others as everything else does; so wait here.
 */
static int
settings(struct ledger *l, struct why *w)
{
	time_t end = time(NULL) + LEDGER_WAIT;
	char text[256];
	int r;

	sqlite3_busy_timeout(l->db, LEDGER_WAIT * 1000);
	if (db_look(l, &r, w) == -1)	/* nobody else's file is changed */
		return -1;
	sqlite3_snprintf(sizeof(text), text, "PRAGMA page_size = %d;"
	    "PRAGMA journal_mode = WAL", PAGE);
	while (l->write) {
		r = sqlite3_exec(l->db, text, NULL, NULL, NULL);
		if (r == SQLITE_OK)
			break;
		if (r != SQLITE_BUSY || time(NULL) > end)
			return db_why(l, "open", w);
		usleep(PAUSE);
	}
	sqlite3_snprintf(sizeof(text), text, "PRAGMA synchronous = FULL;"
	    "PRAGMA cache_size = -%d; PRAGMA wal_autocheckpoint = %d;"
	    "PRAGMA temp_store = FILE; PRAGMA trusted_schema = OFF",
	    CACHE_KB, FOLD);
	if (sqlite3_exec(l->db, text, NULL, NULL, NULL) != SQLITE_OK)
		return db_why(l, "open", w);
	return 0;
}

/*
 * An empty ledger in memory stands for one that nobody has made yet.  A reader
 * too brings a file up to date where it may: the program that is just making
 * it may be a neighbour in the pipe.
 */
static int
open_file(struct ledger *l, const char *path, enum ledger_how how,
    struct why *w)
{
	bool none = how == LEDGER_READ && access(path, F_OK) == -1 &&
	    errno == ENOENT;

	if (how == LEDGER_WRITE && make_file(path, w) == -1)
		return -1;
	if (sqlite3_open_v2(none ? ":memory:" : path, &l->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
	    (none ? SQLITE_OPEN_CREATE : 0), NULL) != SQLITE_OK)
		return db_why(l, "open", w);
	l->write = sqlite3_db_readonly(l->db, "main") != 1;
	if (!l->write && how == LEDGER_WRITE)
		return why(w, WHY_SETUP, "cannot write ledger '%s': it is "
		    "read-only", path);
	if (settings(l, w) == -1 || db_schema(l, w) == -1)
		return -1;
	l->write = how == LEDGER_WRITE;
	return l->write ? 0 : db_exec(l, "PRAGMA query_only = ON", w);
}

struct ledger *
ledger_open(const char *path, enum ledger_how how, struct why *w)
{
	struct ledger *l = xcalloc(1, sizeof(*l));

	/* Nobody reads these statistics; each allocation would take a lock
	 * for them.  Without effect once SQLite is in use. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	l->path = xstrdup(path);
	l->live_fd = -1;
	l->record = pool_new();
	l->entry = pool_new();
	l->told = pool_new();
	l->flushed = time(NULL);
	if (open_file(l, path, how, w) == 0)
		return l;
	l->write = false;
	ledger_close(l, NULL);
	return NULL;
}

int
ledger_close(struct ledger *l, struct why *w)
{
	int i, r = 0;

	if (l == NULL)
		return 0;
	ledger_rollback(l);
	ledger_read_end(l);
	db_flights_free(l);
	if (l->write)
		r = ledger_calls_flush(l, w);
	for (i = 0; i < l->statements; i++)
		sqlite3_finalize(l->statement[i].st);
	sqlite3_finalize(l->seen_put);
	sqlite3_finalize(l->seen_set);
	sqlite3_finalize(l->seen_get);
	sqlite3_close(l->seen);
	sqlite3_close(l->db);
	if (l->live_fd != -1)
		close(l->live_fd);
	pool_free(l->record);
	pool_free(l->entry);
	pool_free(l->told);
	free(l->path);
	free(l);
	return r;
}

int
db_soft(struct ledger *l, bool soft, struct why *w)
{
	if (l->soft == soft)
		return 0;
	l->soft = soft;
	return db_exec(l, soft ? "PRAGMA synchronous = NORMAL" :
	    "PRAGMA synchronous = FULL", w);
}

int
ledger_begin(struct ledger *l, struct why *w)
{
	static const char sql[] = "BEGIN IMMEDIATE";
	sqlite3_stmt *st;

	if (!l->write)
		return why(w, WHY_BROKEN, "ledger '%s' is open for reading",
		    l->path);
	ledger_read_end(l);
	if ((st = db_sql(l, sql, w)) == NULL || db_run(l, st, w) == -1)
		return -1;
	l->in = true;
	l->looked = l->flown = false;
	return 0;
}

int
ledger_begin_soft(struct ledger *l, struct why *w)
{
	ledger_read_end(l);
	if (db_soft(l, true, w) == 0 && ledger_begin(l, w) == 0)
		return 0;
	db_soft(l, false, NULL);
	return -1;
}

int
ledger_commit(struct ledger *l, struct why *w)
{
	static const char sql[] = "COMMIT";
	sqlite3_stmt *st;

	if (db_flights_store(l, w) == -1 ||
	    (l->counted > 0 && ledger_calls_flush(l, w) == -1) ||
	    (st = db_sql(l, sql, w)) == NULL || db_run(l, st, w) == -1) {
		ledger_rollback(l);
		return -1;
	}
	l->in = false;
	return db_soft(l, false, w);
}

void
ledger_rollback(struct ledger *l)
{
	if (l->in) {
		sqlite3_exec(l->db, "ROLLBACK", NULL, NULL, NULL);
		db_flights_free(l);
	}
	l->in = false;
	db_soft(l, false, NULL);
}

int
ledger_read(struct ledger *l, struct why *w)
{
	if (l->in || l->snapshot)
		return 0;
	if (db_exec(l, "BEGIN", w) == -1)
		return -1;
	l->snapshot = true;
	l->flown = false;
	return 0;
}

void
ledger_read_end(struct ledger *l)
{
	if (l->snapshot)
		sqlite3_exec(l->db, "COMMIT", NULL, NULL, NULL);
	l->snapshot = false;
}

/* The value, in `pool`, absent when there is none.  0 or -1. */
static int
get_meta(struct ledger *l, const char *name, struct slice *value,
    struct pool *pool, struct why *w)
{
	static const char sql[] = "SELECT value FROM meta WHERE name = ?";
	sqlite3_stmt *st = db_sql(l, sql, w);
	int r;

	*value = (struct slice){ NULL, 0 };
	if (st == NULL)
		return -1;
	db_text(st, 1, slice(name));
	if ((r = db_step(l, st, w)) == 1)
		*value = db_keep(st, 0, pool);
	db_end(st);
	return r == -1 ? -1 : 0;
}

static int
put_meta(struct ledger *l, const char *name, const char *value, struct why *w)
{
	static const char put[] = "INSERT OR REPLACE INTO meta VALUES(?, ?)";
	static const char drop[] = "DELETE FROM meta WHERE name = ?";
	sqlite3_stmt *st = db_sql(l, value == NULL ? drop : put, w);

	if (st == NULL)
		return -1;
	db_text(st, 1, slice(name));
	if (value != NULL)
		db_text(st, 2, slice(value));
	return db_run(l, st, w);
}

int
ledger_adopt(struct ledger *l, const char *side, const char *value,
    struct why *w)
{
	return put_meta(l, side, value, w);
}

int
ledger_total_put(struct ledger *l, const char *entity, const char *total,
    struct why *w)
{
	char *name = xasprintf("total/%s", entity);
	int r = put_meta(l, name, total, w);

	free(name);
	return r;
}

int
ledger_bulk_put(struct ledger *l, const char *uuid, struct why *w)
{
	return put_meta(l, "bulk", uuid, w);
}

int
ledger_bulk_get(struct ledger *l, struct buf *uuid, struct why *w)
{
	struct pool *pool = pool_new();
	struct slice has;
	int r = get_meta(l, "bulk", &has, pool, w);

	if (r == 0 && has.n > 0) {
		buf_slice(uuid, has);
		r = 1;
	}
	pool_free(pool);
	return r;
}

int
ledger_pair(struct ledger *l, const char *side, const char *value,
    struct why *w)
{
	struct pool *pool = pool_new();
	struct slice has;
	char code[32];
	int r = get_meta(l, side, &has, pool, w);

	sqlite3_snprintf(sizeof(code), code, "other-%s", side);
	if (r == 0 && has.p == NULL && l->write)
		r = ledger_adopt(l, side, value, w);
	else if (has.p != NULL && !slice_is(has, value))
		r = why_code(w, WHY_SETUP, code, "ledger '%s' belongs to %s "
		    "%s, this is %s: is it the right configuration? if so, "
		    "'led adopt' accepts it", l->path, side, has.p, value);
	pool_free(pool);
	return r;
}

void
ledger_cache(struct ledger *l, int kilobytes)
{
	char text[64];

	sqlite3_snprintf(sizeof(text), text, "PRAGMA cache_size = -%d",
	    kilobytes);
	(void)sqlite3_exec(l->db, text, NULL, NULL, NULL);
}

int64_t
ledger_changes(const struct ledger *l)
{
	return sqlite3_total_changes64(l->db);
}

bool
ledger_paired(struct ledger *l, const char *side, const char *value)
{
	struct pool *pool = pool_new();
	struct slice has;
	bool is = get_meta(l, side, &has, pool, NULL) == 0 &&
	    slice_is(has, value);

	pool_free(pool);
	return is;
}

struct ledger *
ledger_of(const struct conf *c, enum ledger_how how, struct why *w)
{
	const char *url = conf_text(c, "magento", "url");
	const char *prefix = conf_text(c, "magento", "prefix");
	char *path = conf_path(c, "ledger", "path"), *store = NULL;
	struct ledger *l = NULL;
	size_t n;

	if (path == NULL) {
		why(w, WHY_SETUP, "no [ledger] path in %s", conf_file(c));
		return NULL;
	}
	if (url != NULL) {
		for (n = strlen(url); n > 0 && url[n - 1] == '/'; n--)
			continue;
		store = xasprintf("%.*s%s%s", (int)n, url,
		    prefix == NULL ? "" : "#", prefix == NULL ? "" : prefix);
	}
	l = ledger_open(path, how, w);
	if (l != NULL && store != NULL &&
	    ledger_pair(l, "store", store, w) == -1) {
		ledger_close(l, NULL);
		l = NULL;
	}
	free(store);
	free(path);
	return l;
}
