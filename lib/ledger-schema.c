/* ledger-schema - the tables, their version, and the way from older ones. */
#include "ledger-db.h"

/* "mrlg": tells a ledger from any other SQLite file. */
enum { APPLICATION = 0x6d726c67 };

/*
 * One script per version; a ledger of version n gets those from n on.  Never
 * change one that was released: add the next.
 *
 * WITHOUT ROWID keeps a row where its key is, so that a batch sorted by key
 * touches few pages.  The partial indexes hold only what is open.
 */
static const char *const versions[] = {
	"CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL)"
	" WITHOUT ROWID;"

	"CREATE TABLE run(number INTEGER PRIMARY KEY, name TEXT NOT NULL"
	" UNIQUE);"

	"CREATE TABLE record(object TEXT NOT NULL, key TEXT NOT NULL, id TEXT,"
	" parent TEXT, source TEXT, adopted INTEGER NOT NULL,"
	" PRIMARY KEY(object, key)) WITHOUT ROWID;"
	"CREATE INDEX record_id ON record(id) WHERE id IS NOT NULL;"
	"CREATE INDEX record_parent ON record(parent)"
	" WHERE parent IS NOT NULL;"

	"CREATE TABLE entry(map TEXT NOT NULL, key TEXT NOT NULL, object TEXT,"
	" source TEXT, hash TEXT, rev TEXT, run INTEGER NOT NULL,"
	" sent INTEGER NOT NULL, tried TEXT, tried_rev TEXT,"
	" verdict TEXT NOT NULL, reason TEXT, message TEXT,"
	" attempts INTEGER NOT NULL, due INTEGER NOT NULL,"
	" changed INTEGER NOT NULL, PRIMARY KEY(map, key)) WITHOUT ROWID;"
	"CREATE INDEX entry_source ON entry(source);"
	"CREATE INDEX entry_open ON entry(source) WHERE verdict IN"
	" ('waiting', 'held', 'rejected', 'failed');"
	"CREATE INDEX entry_keyless ON entry(source) WHERE key = source;"

	"CREATE TABLE flight(map TEXT NOT NULL, key TEXT NOT NULL,"
	" source TEXT, job INTEGER, PRIMARY KEY(map, key)) WITHOUT ROWID;"
	"CREATE INDEX flight_source ON flight(source);"

	"CREATE TABLE job(number INTEGER PRIMARY KEY, id TEXT,"
	" object TEXT NOT NULL, operation TEXT NOT NULL, state TEXT NOT NULL,"
	" run TEXT, opened INTEGER NOT NULL, changed INTEGER NOT NULL);"
	"CREATE INDEX job_open ON job(number) WHERE state IN"
	" ('intent', 'open', 'uploaded');"

	"CREATE TABLE told(source TEXT PRIMARY KEY, hash TEXT, refusal TEXT,"
	" changed INTEGER NOT NULL) WITHOUT ROWID;"

	"CREATE TABLE watermark(entity TEXT NOT NULL, store TEXT NOT NULL,"
	" value TEXT NOT NULL, changed INTEGER NOT NULL,"
	" PRIMARY KEY(entity, store)) WITHOUT ROWID;"

	"CREATE TABLE api(day TEXT NOT NULL, system TEXT NOT NULL,"
	" kind TEXT NOT NULL, calls INTEGER NOT NULL, used INTEGER,"
	" max INTEGER, PRIMARY KEY(day, system, kind)) WITHOUT ROWID;",

	/* 2: flights lie packed, many a row (ledger-flight.c). */
	"ALTER TABLE flight RENAME TO flight_1;"
	"CREATE TABLE flight(lot INTEGER PRIMARY KEY, job INTEGER NOT NULL,"
	" n INTEGER NOT NULL, payloads BLOB NOT NULL);"
	"INSERT INTO flight(job, n, payloads) SELECT coalesce(job, 0), 1,"
	" pack_flight(map, key, source) FROM flight_1;"
	"DROP TABLE flight_1;",

	/* 3: what loads were to cost, beside what they did cost. */
	"CREATE TABLE forecast(day TEXT PRIMARY KEY, rows INTEGER NOT NULL,"
	" bytes INTEGER NOT NULL, calls INTEGER NOT NULL,"
	" jobs INTEGER NOT NULL, batches INTEGER NOT NULL) WITHOUT ROWID;",

	/* 4: what the store was last told and what it was told in vain stand
	 * apart, so that our own old value is known for ours. */
	"ALTER TABLE told ADD COLUMN asked TEXT;"
	"ALTER TABLE told ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;"
	"UPDATE told SET asked = hash, hash = NULL WHERE refusal IS NOT NULL;"
	"CREATE INDEX told_again ON told(source) WHERE attempts > 0;",
};

enum { NEWEST = sizeof(versions) / sizeof(versions[0]) };

static int
number(struct ledger *l, const char *pragma, int *value, struct why *w)
{
	sqlite3_stmt *st = NULL;
	int r = -1;

	if (sqlite3_prepare_v2(l->db, pragma, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW) {
		*value = sqlite3_column_int(st, 0);
		r = 0;
	} else {
		db_why(l, "read", w);
	}
	sqlite3_finalize(st);
	return r;
}

int
db_look(struct ledger *l, int *version, struct why *w)
{
	int application, tables;

	/* Another program may be making the ledger right now, all at once:
	 * where its tables were seen, what is read after them is its as
	 * well. */
	if (number(l, "SELECT count(*) FROM sqlite_schema", &tables, w) == -1 ||
	    number(l, "PRAGMA application_id", &application, w) == -1 ||
	    number(l, "PRAGMA user_version", version, w) == -1)
		return -1;
	if (tables > 0 && application != APPLICATION)
		return why(w, WHY_SETUP, "'%s' is a database but not a ledger",
		    l->path);
	if (*version > NEWEST)
		return why(w, WHY_SETUP, "ledger '%s' was made by a newer "
		    "millrace: it has version %d, this one knows %d", l->path,
		    *version, NEWEST);
	return 0;
}

static int
upgrade(struct ledger *l, int version, struct why *w)
{
	char pragma[96];

	if (db_flight_function(l, w) == -1)
		return -1;
	for (; version < NEWEST; version++)
		if (db_exec(l, versions[version], w) == -1)
			return -1;
	sqlite3_snprintf(sizeof(pragma), pragma,
	    "PRAGMA application_id = %d; PRAGMA user_version = %d",
	    APPLICATION, NEWEST);
	return db_exec(l, pragma, w);
}

/* Two programs may open a new ledger at once: who comes second looks again
 * within the transaction that changes it. */
int
db_schema(struct ledger *l, struct why *w)
{
	int version;

	if (db_look(l, &version, w) == -1)
		return -1;
	if (version == NEWEST)
		return 0;
	if (!l->write)
		return why(w, WHY_SETUP, "ledger '%s' has version %d, this "
		    "millrace needs %d; any run brings it up to date",
		    l->path, version, NEWEST);
	if (db_exec(l, "BEGIN IMMEDIATE", w) == -1)
		return -1;
	if (db_look(l, &version, w) == -1 || upgrade(l, version, w) == -1) {
		db_exec(l, "ROLLBACK", NULL);
		return -1;
	}
	return db_exec(l, "COMMIT", w);
}
