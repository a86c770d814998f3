/* ledger-flight - payloads on their way, a lot of them a row. */
#include <endian.h>
#include <stdlib.h>

#include "ledger-db.h"

/*
 * A lot's payloads lie in its row as pairs of eight-byte numbers, in the
 * order in which they were given.  Whoever asks after one, or takes one away,
 * reads all lots into memory once and keeps them until another program has
 * changed the ledger.
 */
struct db_flight {
	struct ledger_flight f;
	uint32_t lot;
	bool gone;
};

struct lot {
	int64_t number;
	size_t from, to;	/* its flights */
	bool changed;
};

/* Open addressing; an entry is the flight's place + 1. */
struct index {
	uint32_t *slot;
	size_t cap;
};

struct db_flights {
	struct db_flight *flight;
	size_t n, cap;
	struct lot *lot;
	size_t lots, lots_cap;
	struct index by_payload, by_source;
	int64_t version;	/* of the ledger that was read */
	bool changed;
};

uint64_t
ledger_flight_map(struct slice map)
{
	return slice_hash_begin(map);
}

uint64_t
ledger_flight_payload(uint64_t map, struct slice key)
{
	return slice_hash_end(map, key);
}

uint64_t
ledger_flight_source(struct slice source)
{
	return slice_hash(source, SLICE(""));
}

struct ledger_flight
ledger_flight_of(const struct payload *p)
{
	return (struct ledger_flight){ slice_hash(p->map, ledger_key(p)),
	    ledger_flight_source(p->source) };
}

/* --- all lots in memory -------------------------------------------------- */

void
db_flights_free(struct ledger *l)
{
	struct db_flights *s = l->flying;

	if (s == NULL)
		return;
	free(s->flight);
	free(s->lot);
	free(s->by_payload.slot);
	free(s->by_source.slot);
	free(s);
	l->flying = NULL;
}

static void
take_lot(struct db_flights *s, int64_t number, const char *p, size_t n)
{
	uint64_t pair[2];

	if (s->lots == s->lots_cap) {
		s->lots_cap = s->lots_cap == 0 ? 16 : 2 * s->lots_cap;
		s->lot = xrealloc(s->lot, s->lots_cap * sizeof(*s->lot));
	}
	s->lot[s->lots] = (struct lot){ .number = number, .from = s->n,
	    .to = s->n + n };
	if (s->n + n > s->cap) {
		s->cap = 2 * s->cap > s->n + n ? 2 * s->cap : s->n + n;
		s->flight = xrealloc(s->flight, s->cap * sizeof(*s->flight));
	}
	for (; n > 0; n--, p += sizeof(pair)) {
		memcpy(pair, p, sizeof(pair));
		s->flight[s->n++] = (struct db_flight){ .f = {
		    le64toh(pair[0]), le64toh(pair[1]) },
		    .lot = (uint32_t)s->lots };
	}
	s->lots++;
}

static int
read_lots(struct ledger *l, struct db_flights *s, struct why *w)
{
	static const char sql[] = "SELECT lot, payloads FROM flight";
	sqlite3_stmt *st = db_sql(l, sql, w);
	int r = -1;

	while (st != NULL && (r = db_step(l, st, w)) == 1)
		take_lot(s, sqlite3_column_int64(st, 0),
		    sqlite3_column_blob(st, 1),
		    (size_t)sqlite3_column_bytes(st, 1) / 16);
	return r;
}

static uint64_t
value(const struct db_flights *s, const struct index *x, size_t i)
{
	return x == &s->by_source ? s->flight[i].f.source :
	    s->flight[i].f.payload;
}

static void
build(const struct db_flights *s, struct index *x)
{
	size_t k;

	for (x->cap = 16; x->cap < 2 * s->n; x->cap *= 2)
		continue;
	x->slot = xcalloc(x->cap, sizeof(*x->slot));
	for (size_t i = 0; i < s->n; i++) {
		k = value(s, x, i) & (x->cap - 1);
		while (x->slot[k] != 0)
			k = (k + 1) & (x->cap - 1);
		x->slot[k] = (uint32_t)i + 1;
	}
}

/* The next flight of `h`, from slot *k on; NULL: no more. */
static struct db_flight *
find(struct db_flights *s, struct index *x, uint64_t h, size_t *k)
{
	struct db_flight *f;
	uint32_t i;

	if (x->slot == NULL)
		build(s, x);
	while ((i = x->slot[*k & (x->cap - 1)]) != 0) {
		f = &s->flight[i - 1];
		(*k)++;
		if (value(s, x, i - 1) == h && !f->gone)
			return f;
	}
	return NULL;
}

static int64_t
version(struct ledger *l, struct why *w)
{
	static const char sql[] = "PRAGMA data_version";
	sqlite3_stmt *st = db_sql(l, sql, w);
	int64_t n;

	if (st == NULL || db_step(l, st, w) != 1)
		return -1;
	n = sqlite3_column_int64(st, 0);
	db_end(st);
	return n;
}

/* As the ledger has them: at the first question of a transaction. */
static int
load(struct ledger *l, struct why *w)
{
	int64_t now;

	if (l->flying != NULL && (l->in || l->snapshot) && l->flown)
		return 0;
	if ((now = version(l, w)) == -1)
		return -1;
	l->flown = true;
	if (l->flying != NULL && l->flying->version == now)
		return 0;
	db_flights_free(l);
	l->flying = xcalloc(1, sizeof(*l->flying));
	l->flying->version = now;
	if (read_lots(l, l->flying, w) == 0)
		return 0;
	db_flights_free(l);
	return -1;
}

/* --- lots changed -------------------------------------------------------- */

static int
put_lot(struct ledger *l, int64_t number, int64_t job, const char *p,
    size_t n, struct why *w)
{
	static const char put[] = "INSERT INTO flight(job, n, payloads)"
	    " VALUES(?, ?, ?)";
	static const char set[] = "UPDATE flight SET n = ?2, payloads = ?3"
	    " WHERE lot = ?1";
	sqlite3_stmt *st = db_sql(l, number == 0 ? put : set, w);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, number == 0 ? job : number);
	sqlite3_bind_int64(st, 2, (int64_t)n);
	sqlite3_bind_blob64(st, 3, p, 16 * n, SQLITE_STATIC);
	return db_run(l, st, w);
}

static int
drop_lot(struct ledger *l, int64_t number, struct why *w)
{
	static const char sql[] = "DELETE FROM flight WHERE lot = ?";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, number);
	return db_run(l, st, w);
}

static void
pack(char *to, struct ledger_flight f)
{
	const uint64_t pair[] = { htole64(f.payload), htole64(f.source) };

	memcpy(to, pair, sizeof(pair));
}

static void
pack_flight(sqlite3_context *ctx, int n, sqlite3_value **column)
{
	struct slice s[3];
	struct ledger_flight f;
	char lot[16];

	for (int i = 0; i < n; i++)
		s[i] = (struct slice){
		    (const char *)sqlite3_value_text(column[i]),
		    (size_t)sqlite3_value_bytes(column[i]) };
	f = (struct ledger_flight){ slice_hash(s[0], s[1]),
	    ledger_flight_source(s[2]) };
	pack(lot, f);
	sqlite3_result_blob(ctx, lot, sizeof(lot), SQLITE_TRANSIENT);
}

int
db_flight_function(struct ledger *l, struct why *w)
{
	if (sqlite3_create_function(l->db, "pack_flight", 3, SQLITE_UTF8,
	    NULL, pack_flight, NULL, NULL) != SQLITE_OK)
		return db_why(l, "use", w);
	return 0;
}

/* What is left of a lot. */
static int
store_lot(struct ledger *l, const struct lot *t, struct why *w)
{
	const struct db_flight *f = l->flying->flight;
	char *p = xmalloc((t->to - t->from) * 16);
	size_t n = 0;
	int r;

	for (size_t i = t->from; i < t->to; i++)
		if (!f[i].gone)
			pack(p + 16 * n++, f[i].f);
	r = n == 0 ? drop_lot(l, t->number, w) :
	    put_lot(l, t->number, 0, p, n, w);
	free(p);
	return r;
}

int
db_flights_store(struct ledger *l, struct why *w)
{
	struct db_flights *s = l->flying;

	if (s == NULL || !s->changed)
		return 0;
	for (size_t i = 0; i < s->lots; i++) {
		if (s->lot[i].changed && store_lot(l, &s->lot[i], w) == -1)
			return -1;
		s->lot[i].changed = false;
	}
	s->changed = false;
	return 0;
}

/* The lots before are not read again: this one takes their pages, which new
 * ones would take page faults for. */
int64_t
ledger_flight_put(struct ledger *l, const struct ledger_flight *f, size_t n,
    int64_t job, struct why *w)
{
	char *p;
	int r;

	if (n == 0)
		return 0;
	if (db_flights_store(l, w) == -1)
		return -1;
	db_flights_free(l);
	sqlite3_db_release_memory(l->db);
	p = xmalloc(n * 16);
	for (size_t i = 0; i < n; i++)
		pack(p + 16 * i, f[i]);
	r = put_lot(l, 0, job, p, n, w);
	free(p);
	return r == -1 ? -1 : sqlite3_last_insert_rowid(l->db);
}

/* Outside of a transaction the change is one of its own. */
static int
take_away(struct ledger *l, bool source, uint64_t h, struct why *w)
{
	struct db_flights *s;
	struct db_flight *f;
	size_t k = h;

	if (load(l, w) == -1)
		return -1;
	s = l->flying;
	while ((f = find(s, source ? &s->by_source : &s->by_payload, h,
	    &k)) != NULL) {
		f->gone = s->changed = true;
		s->lot[f->lot].changed = true;
	}
	return l->in ? 0 : db_flights_store(l, w);
}

int
db_flight_drop(struct ledger *l, const struct payload *p, struct why *w)
{
	return take_away(l, false, ledger_flight_of(p).payload, w);
}

int
db_flight_drop_source(struct ledger *l, struct slice source, struct why *w)
{
	return take_away(l, true, ledger_flight_source(source), w);
}

int
ledger_flight_undo(struct ledger *l, int64_t job, struct why *w)
{
	static const char sql[] = "DELETE FROM flight WHERE job = ?";
	sqlite3_stmt *st;

	if (db_flights_store(l, w) == -1 || (st = db_sql(l, sql, w)) == NULL)
		return -1;
	db_flights_free(l);
	sqlite3_bind_int64(st, 1, job);
	return db_run(l, st, w);
}

int
ledger_flight_move(struct ledger *l, int64_t from, int64_t to, struct why *w)
{
	static const char sql[] = "UPDATE flight SET job = ?2 WHERE job = ?1";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, from);
	sqlite3_bind_int64(st, 2, to);
	return db_run(l, st, w);
}

static int
by_payload(const void *a, const void *b)
{
	uint64_t x = ((const struct ledger_flight *)a)->payload;
	uint64_t y = ((const struct ledger_flight *)b)->payload;

	return (x > y) - (x < y);
}

/* `p`, a lot's `all` payloads, without `f`, which is sorted: how many stay. */
static size_t
without(char *p, size_t all, const struct ledger_flight *f, size_t n)
{
	struct ledger_flight one;
	uint64_t pair[2];
	size_t kept = 0;

	for (size_t i = 0; i < all; i++) {
		memcpy(pair, p + 16 * i, sizeof(pair));
		one.payload = le64toh(pair[0]);
		if (bsearch(&one, f, n, sizeof(*f), by_payload) == NULL)
			memmove(p + 16 * kept++, p + 16 * i, 16);
	}
	return kept;
}

static int
take_from_lot(struct ledger *l, int64_t lot, const struct ledger_flight *f,
    size_t n, struct why *w)
{
	static const char sql[] = "SELECT payloads FROM flight WHERE lot = ?";
	sqlite3_stmt *st = db_sql(l, sql, w);
	size_t all, kept;
	char *p;
	int r;

	if (st == NULL)
		return -1;
	sqlite3_bind_int64(st, 1, lot);
	if ((r = db_step(l, st, w)) != 1)
		return r;
	all = (size_t)sqlite3_column_bytes(st, 0) / 16;
	p = xmalloc(all * 16 + 1);
	memcpy(p, sqlite3_column_blob(st, 0), all * 16);
	db_end(st);
	kept = without(p, all, f, n);
	r = kept == 0 ? drop_lot(l, lot, w) : kept == all ? 0 :
	    put_lot(l, lot, 0, p, kept, w);
	free(p);
	return r;
}

/* Should the power fail, they are in doubt: no need to wait for the disk. */
int
ledger_flight_back(struct ledger *l, int64_t lot, struct ledger_flight *f,
    size_t n, struct why *w)
{
	if (n == 0)
		return 0;
	qsort(f, n, sizeof(*f), by_payload);
	if (ledger_begin_soft(l, w) == -1)
		return -1;
	db_flights_free(l);
	if (take_from_lot(l, lot, f, n, w) == 0)
		return ledger_commit(l, w);
	ledger_rollback(l);
	return -1;
}

/* --- questions ----------------------------------------------------------- */

int
ledger_flight_has(struct ledger *l, struct slice map, struct slice key,
    struct slice source, struct why *w)
{
	uint64_t h = map.p == NULL ? ledger_flight_source(source) : slice_hash(map, key);
	struct db_flights *s;
	size_t k = h;

	if (load(l, w) == -1)
		return -1;
	s = l->flying;
	return find(s, map.p == NULL ? &s->by_source : &s->by_payload, h,
	    &k) != NULL;
}

int64_t
ledger_flights(struct ledger *l, struct why *w)
{
	static const char sql[] = "SELECT coalesce(sum(n), 0) FROM flight";
	sqlite3_stmt *st;
	int64_t n;

	if (db_flights_store(l, w) == -1 || (st = db_sql(l, sql, w)) == NULL ||
	    db_step(l, st, w) != 1)
		return -1;
	n = sqlite3_column_int64(st, 0);
	db_end(st);
	return n;
}
