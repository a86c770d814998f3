/* ledger-list - what led shows of the ledger. */
#include "ledger-db.h"
#include "state.h"

enum { COLUMNS = 16 };

/* What a person calls the state of an entry: state_of() in SQL. */
#define STATE "state(e.verdict, e.reason)"
#define ENTITY "substr(e.source, 1, instr(e.source, '/') - 1)"

/* ?1, ?2, ?3 are a, b, c of ledger_list(). */
static const char entries[] =
	"SELECT e.map, e.key, e.object, e.source, e.verdict, e.reason,"
	" e.message, e.attempts, e.due, e.changed, r.id, r.parent, r.adopted,"
	" n.name FROM entry e LEFT JOIN record r ON r.object = e.object AND"
	" r.key = e.key LEFT JOIN run n ON n.number = e.run"
	" WHERE (?1 IS NULL OR e.source = ?1) AND (?2 IS NULL OR e.map = ?2)"
	" ORDER BY e.map, e.key";
/* The same for one source: an OR over ?1 would not use its index. */
static const char one_source[] =
	"SELECT e.map, e.key, e.object, e.source, e.verdict, e.reason,"
	" e.message, e.attempts, e.due, e.changed, r.id, r.parent, r.adopted,"
	" n.name FROM entry e LEFT JOIN record r ON r.object = e.object AND"
	" r.key = e.key LEFT JOIN run n ON n.number = e.run"
	" WHERE e.source = ?1 AND (?2 IS NULL OR e.map = ?2)"
	" ORDER BY e.map, e.key";
static const char entities[] =
	"SELECT " ENTITY ", e.map, e.object, " STATE ", count(*) FROM entry e"
	" WHERE ?1 IS NULL OR (e.source >= ?1 || '/' AND e.source < ?1 || '0')"
	" GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4";
/* A record is as well as the worst of its payloads. */
static const char states[] =
	"SELECT substr(source, 1, instr(source, '/') - 1), worst, count(*)"
	" FROM (SELECT e.source, min(rank(e.verdict, e.reason)) AS worst"
	" FROM entry e WHERE ?1 IS NULL OR (e.source >= ?1 || '/' AND"
	" e.source < ?1 || '0') GROUP BY e.source) GROUP BY 1, 2"
	" ORDER BY 1, 2";
static const char found[] =
	"SELECT e.map, e.key, e.object, e.source, e.verdict, e.reason,"
	" e.message, e.attempts, e.due, e.changed, r.id, r.parent, r.adopted,"
	" n.name FROM entry e LEFT JOIN record r ON r.object = e.object AND"
	" r.key = e.key LEFT JOIN run n ON n.number = e.run"
	" WHERE (?1 IS NULL OR e.source = ?1 OR (e.source >= ?1 || '/' AND"
	" e.source < ?1 || '0')) AND (?2 IS NULL OR"
	" instr(?2, ',' || " STATE " || ',') > 0)"
	" AND e.changed >= CAST(coalesce(?3, 0) AS INTEGER)"
	" ORDER BY substr(e.source, 1, instr(e.source, '/')),"
	" length(e.source), e.source, e.map, e.key";
/* max() has the bare columns taken from its row. */
static const char open[] =
	"SELECT " ENTITY ", e.map, e.verdict, coalesce(e.reason, ''),"
	" count(*), e.source, e.key, e.message, max(e.changed) FROM entry e"
	" WHERE e.verdict IN ('waiting', 'held', 'rejected', 'failed')"
	" AND (?1 IS NULL OR (e.source >= ?1 || '/' AND"
	" e.source < ?1 || '0'))"
	" GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4";
static const char due[] =
	"SELECT id FROM (SELECT substr(e.source, length(?1) + 2) AS id"
	" FROM entry e"
	" WHERE e.source >= ?1 || '/' AND e.source < ?1 || '0'"
	" AND e.verdict IN ('waiting', 'held', 'rejected', 'failed')"
	" AND e.attempts < CAST(?2 AS INTEGER)"
	" AND coalesce(e.reason, '') <> 'queued'"
	" AND (e.verdict <> 'waiting' OR (e.due > 0 AND"
	" e.due <= CAST(?3 AS INTEGER)))"
	" UNION SELECT substr(t.source, length(?1) + 2) FROM told t"
	" WHERE t.attempts > 0 AND t.attempts < CAST(?2 AS INTEGER)"
	" AND t.changed > CAST(?3 AS INTEGER) - 14 * 86400"
	" AND t.source >= ?1 || '/' AND t.source < ?1 || '0')"
	" ORDER BY length(id), id";
/* A record is as old in the queue as its oldest payload. */
static const char queue[] =
	"SELECT source, substr(source, instr(source, '/') + 1), min(due),"
	" count(*) FROM entry"
	" WHERE verdict = 'waiting' AND reason = 'queued'"
	" AND (?1 IS NULL OR (source >= ?1 || '/' AND source < ?1 || '0'))"
	" GROUP BY source HAVING min(due) <= CAST(?2 AS INTEGER)"
	" ORDER BY substr(source, 1, instr(source, '/')), length(source),"
	" source";
static const char known[] =
	"SELECT DISTINCT CAST(substr(source, length(?1) + 2) AS INTEGER) AS id"
	" FROM entry WHERE source >= ?1 || '/' AND source < ?1 || '0'"
	" ORDER BY id";
static const char marks[] =
	"SELECT entity, store, value, changed FROM watermark"
	" WHERE ?1 IS NULL OR entity = ?1 ORDER BY entity, store";
static const char totals[] =
	"SELECT substr(name, 7) AS entity, value, (SELECT"
	" count(DISTINCT source) FROM entry WHERE source >="
	" substr(m.name, 7) || '/' AND source < substr(m.name, 7) || '0')"
	" FROM meta m WHERE name LIKE 'total/%'"
	" AND (?1 IS NULL OR substr(name, 7) = ?1) ORDER BY entity";
static const char untold[] =
	"SELECT substr(source, 1, instr(source, '/') - 1), count(*) FROM told"
	" WHERE refusal IS NOT NULL AND (?1 IS NULL OR"
	" (source >= ?1 || '/' AND source < ?1 || '0')) GROUP BY 1 ORDER BY 1";
static const char untold_source[] =
	"SELECT source, refusal FROM told WHERE source = ?1"
	" AND refusal IS NOT NULL";
static const char refused[] =
	"SELECT source, refusal FROM told WHERE refusal IS NOT NULL"
	" AND (?1 IS NULL OR (source >= ?1 || '/' AND source < ?1 || '0'))"
	" AND changed >= CAST(coalesce(?2, 0) AS INTEGER)"
	" ORDER BY length(source), source";
static const char calls[] =
	"SELECT day, system, kind, calls, used, max FROM api"
	" WHERE ?1 IS NULL OR day >= ?1 ORDER BY day, system, kind";
static const char records[] =
	"SELECT object, key, id, parent, source, adopted FROM record"
	" WHERE ?1 IS NULL OR object = ?1 ORDER BY object, key";

static const char held[] =
	"SELECT object, key, source, message FROM entry"
	" WHERE verdict = 'held' AND reason = 'ambiguous-match'"
	" AND (?1 IS NULL OR object = ?1) AND (?2 IS NULL OR key = ?2)"
	" GROUP BY object, key ORDER BY object, key";

/* ---- states ---- */

static enum state
state_arg(sqlite3_value **arg)
{
	return state_of(slice((const char *)sqlite3_value_text(arg[0])),
	    slice((const char *)sqlite3_value_text(arg[1])));
}

static void
sql_state(sqlite3_context *c, int n, sqlite3_value **arg)
{
	(void)n;
	sqlite3_result_text(c, state_names[state_arg(arg)], -1,
	    SQLITE_STATIC);
}

static void
sql_rank(sqlite3_context *c, int n, sqlite3_value **arg)
{
	(void)n;
	sqlite3_result_int(c, state_arg(arg));
}

static int
functions(struct ledger *l, struct why *w)
{
	enum { HOW = SQLITE_UTF8 | SQLITE_DETERMINISTIC };

	if (l->states)
		return 0;
	if (sqlite3_create_function(l->db, "state", 2, HOW, NULL, sql_state,
	    NULL, NULL) != SQLITE_OK ||
	    sqlite3_create_function(l->db, "rank", 2, HOW, NULL, sql_rank,
	    NULL, NULL) != SQLITE_OK)
		return db_why(l, "read", w);
	l->states = true;
	return 0;
}

static const char *
text_of(enum ledger_list list, const char *a)
{
	switch (list) {
	case LEDGER_ENTRIES: return a == NULL ? entries : one_source;
	case LEDGER_ENTITIES: return entities;
	case LEDGER_STATES: return states;
	case LEDGER_FOUND: return found;
	case LEDGER_OPEN: return open;
	case LEDGER_DUE: return due;
	case LEDGER_QUEUE: return queue;
	case LEDGER_KNOWN: return known;
	case LEDGER_MARKS: return marks;
	case LEDGER_TOTALS: return totals;
	case LEDGER_UNTOLD:
		return a != NULL && strchr(a, '/') != NULL ? untold_source :
		    untold;
	case LEDGER_REFUSED: return refused;
	case LEDGER_CALLS: return calls;
	case LEDGER_RECORDS: return records;
	case LEDGER_HELD: return held;
	}
	return NULL;
}

int
ledger_list(struct ledger *l, enum ledger_list list, const char *a,
    const char *b, const char *c, ledger_take *take, void *ctx,
    struct why *w)
{
	const char *column[COLUMNS];
	sqlite3_stmt *st;
	int i, n, r;

	if (functions(l, w) == -1 ||
	    (st = db_sql(l, text_of(list, a), w)) == NULL)
		return -1;
	n = sqlite3_bind_parameter_count(st);
	if (n > 0)
		db_text(st, 1, slice(a));
	if (n > 1)
		db_text(st, 2, slice(b));
	if (n > 2)
		db_text(st, 3, slice(c));
	n = sqlite3_column_count(st);
	while ((r = db_step(l, st, w)) == 1) {
		for (i = 0; i < n; i++)
			column[i] = (const char *)sqlite3_column_text(st, i);
		if (take(ctx, n, column) == -1)
			break;
	}
	db_end(st);
	return r == -1 ? -1 : 0;
}
