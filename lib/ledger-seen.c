/* ledger-seen - the keys of this run, on disk. */
#include "ledger-db.h"

/* Pages held in memory; the rest is in a file without a name. */
#define SETTINGS "PRAGMA cache_size = -2048; PRAGMA journal_mode = OFF;" \
	"PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;" \
	"CREATE TABLE seen(map TEXT, key TEXT, source TEXT," \
	" PRIMARY KEY(map, key)) WITHOUT ROWID; BEGIN"

static int
seen_why(struct ledger *l, struct why *w)
{
	return why(w, WHY_BROKEN, "cannot keep the run's keys in a temporary "
	    "file: %s", sqlite3_errmsg(l->seen));
}

/* An empty name makes a database that goes with its connection. */
static int
seen_open(struct ledger *l, struct why *w)
{
	if (sqlite3_open_v2("", &l->seen, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    sqlite3_exec(l->seen, SETTINGS, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(l->seen, "INSERT OR IGNORE INTO seen"
	    " VALUES(?, ?, ?)", -1, &l->seen_put, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(l->seen, "INSERT OR REPLACE INTO seen"
	    " VALUES(?, ?, ?)", -1, &l->seen_set, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(l->seen, "SELECT source FROM seen"
	    " WHERE map = ? AND key = ?", -1, &l->seen_get, NULL) !=
	    SQLITE_OK)
		return seen_why(l, w);
	return 0;
}

int
ledger_seen(struct ledger *l, struct slice map, struct slice key,
    struct slice source, bool *other, struct why *w)
{
	int r;

	*other = false;
	if (l->seen == NULL && seen_open(l, w) == -1)
		return -1;
	db_text(l->seen_put, 1, map);
	db_text(l->seen_put, 2, key);
	db_text(l->seen_put, 3, source);
	r = sqlite3_step(l->seen_put);
	sqlite3_reset(l->seen_put);
	if (r != SQLITE_DONE)
		return seen_why(l, w);
	if (sqlite3_changes(l->seen) == 1)
		return 0;
	db_text(l->seen_get, 1, map);
	db_text(l->seen_get, 2, key);
	if ((r = sqlite3_step(l->seen_get)) == SQLITE_ROW)
		*other = !slice_eq(db_column(l->seen_get, 0), source);
	sqlite3_reset(l->seen_get);
	return r == SQLITE_ROW ? 1 : seen_why(l, w);
}

int
ledger_noted(struct ledger *l, struct slice map, struct slice key,
    struct slice text, bool *same, struct why *w)
{
	int r;

	*same = false;
	if (l->seen == NULL)
		return 0;
	db_text(l->seen_get, 1, map);
	db_text(l->seen_get, 2, key);
	if ((r = sqlite3_step(l->seen_get)) == SQLITE_ROW)
		*same = slice_eq(db_column(l->seen_get, 0), text);
	sqlite3_reset(l->seen_get);
	if (r == SQLITE_ROW || r == SQLITE_DONE)
		return r == SQLITE_ROW;
	return seen_why(l, w);
}

int
ledger_note(struct ledger *l, struct slice map, struct slice key,
    struct slice text, struct why *w)
{
	int r;

	if (l->seen == NULL && seen_open(l, w) == -1)
		return -1;
	db_text(l->seen_set, 1, map);
	db_text(l->seen_set, 2, key);
	db_text(l->seen_set, 3, text);
	r = sqlite3_step(l->seen_set);
	sqlite3_reset(l->seen_set);
	return r == SQLITE_DONE ? 0 : seen_why(l, w);
}
