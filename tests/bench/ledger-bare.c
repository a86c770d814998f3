/*
 * ledger-bare - what SQLite alone needs to remember verdicts
 *
 *	ledger-bare LEDGER <SORTED
 *
 * The floor under led-record: into the tables of an empty ledger, in the order
 * of their keys, each verdict (tab-separated: key, source, id, hash, rev) by
 * the two prepared statements that it takes, 32,768 a transaction.  No look at
 * what was there before, no JSON.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 32768, FIELDS = 5 };

static const char entry[] =
	"INSERT OR REPLACE INTO entry(map, key, object, source, hash, rev,"
	" run, sent, verdict, attempts, due, changed)"
	" VALUES('account', ?1, 'Account', ?2, ?4, ?5, 1, 1, 'created', 0, 0,"
	" 1790000000)";
static const char record[] =
	"INSERT INTO record(object, key, id, source, adopted)"
	" VALUES('Account', ?1, ?3, ?2, 0)";

static void
check(sqlite3 *db, int code)
{
	if (code == SQLITE_OK || code == SQLITE_DONE)
		return;
	fprintf(stderr, "ledger-bare: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void
put(sqlite3 *db, sqlite3_stmt *st, char **field)
{
	for (int i = 0; i < sqlite3_bind_parameter_count(st); i++)
		check(db, sqlite3_bind_text(st, i + 1, field[i], -1,
		    SQLITE_STATIC));
	check(db, sqlite3_step(st));
	check(db, sqlite3_reset(st));
}

static void
split(char *line, char **field)
{
	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < FIELDS; i++) {
		field[i] = line;
		line += strcspn(line, "\t");
		if (*line != '\0')
			*line++ = '\0';
	}
}

int
main(int argc, char **argv)
{
	sqlite3_stmt *st[2];
	char line[512], *field[FIELDS];
	sqlite3 *db;
	long n = 0;

	if (argc != 2 || sqlite3_open(argv[1], &db) != SQLITE_OK)
		return 2;
	check(db, sqlite3_exec(db, "PRAGMA synchronous = FULL;"
	    "PRAGMA cache_size = -16384", NULL, NULL, NULL));
	check(db, sqlite3_prepare_v2(db, record, -1, &st[0], NULL));
	check(db, sqlite3_prepare_v2(db, entry, -1, &st[1], NULL));
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (n++ % BATCH == 0)
			check(db, sqlite3_exec(db, n == 1 ? "BEGIN IMMEDIATE" :
			    "COMMIT; BEGIN IMMEDIATE", NULL, NULL, NULL));
		split(line, field);
		put(db, st[0], field);
		put(db, st[1], field);
	}
	if (n > 0)
		check(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
	sqlite3_finalize(st[0]);
	sqlite3_finalize(st[1]);
	check(db, sqlite3_close(db));
	return 0;
}
