/* ledger-load - what the programs that call a vendor write down: jobs, what
 * was told, watermarks, calls. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ledger-db.h"

enum { FLUSH = 5 };	/* seconds that counted calls stay in memory */

static int64_t
insert_job(struct ledger *l, struct slice object, struct slice operation,
    const char *run, struct why *w)
{
	static const char sql[] = "INSERT INTO job(object, operation, run,"
	    " state, opened, changed) VALUES(?1, ?2, ?3, 'intent', ?4, ?4)";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	db_text(st, 1, object);
	db_text(st, 2, operation);
	db_text(st, 3, slice(run));
	sqlite3_bind_int64(st, 4, (int64_t)time(NULL));
	return db_run(l, st, w) == -1 ? -1 : sqlite3_last_insert_rowid(l->db);
}

/* It is locked before anybody else can see it. */
int64_t
ledger_job_new(struct ledger *l, struct slice object, struct slice operation,
    const char *run, struct why *w)
{
	bool alone = !l->in;
	int64_t number;

	if (alone && ledger_begin(l, w) == -1)
		return -1;
	number = insert_job(l, object, operation, run, w);
	if (number != -1 && db_live_hold(l, number, w) == -1)
		number = -1;
	if (!alone)
		return number;
	if (number != -1)
		return ledger_commit(l, w) == -1 ? -1 : number;
	ledger_rollback(l);
	return -1;
}

/* After the loss of power the vendor is asked once more: that costs less than
 * waiting for the disk each time. */
static int
run_soft(struct ledger *l, sqlite3_stmt *st, struct why *w)
{
	int r;

	if (l->in || l->snapshot)
		return db_run(l, st, w);
	if (db_soft(l, true, w) == -1)
		return -1;
	r = db_run(l, st, w);
	return db_soft(l, false, r == 0 ? w : NULL) == -1 ? -1 : r;
}

int
ledger_job_set(struct ledger *l, int64_t number, const char *id,
    const char *state, struct why *w)
{
	static const char sql[] = "UPDATE job SET id = coalesce(?1, id),"
	    " state = ?2, changed = ?3 WHERE number = ?4";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	db_text(st, 1, slice(id));
	db_text(st, 2, slice(state));
	sqlite3_bind_int64(st, 3, (int64_t)time(NULL));
	sqlite3_bind_int64(st, 4, number);
	return strcmp(state, "open") == 0 ? db_run(l, st, w) :
	    run_soft(l, st, w);
}

static void
take_job(sqlite3_stmt *st, struct ledger_job *j, struct pool *pool)
{
	j->number = sqlite3_column_int64(st, 0);
	j->id = db_keep(st, 1, pool);
	j->object = db_keep(st, 2, pool);
	j->operation = db_keep(st, 3, pool);
	j->state = db_keep(st, 4, pool);
	j->run = db_keep(st, 5, pool);
	j->opened = sqlite3_column_int64(st, 6);
	j->changed = sqlite3_column_int64(st, 7);
}

static struct ledger_job *
read_jobs(struct ledger *l, struct pool *pool, long *n, struct why *w)
{
	static const char sql[] = "SELECT number, id, object, operation, state,"
	    " run, opened, changed FROM job WHERE state IN"
	    " ('intent', 'open', 'uploaded') ORDER BY number";
	sqlite3_stmt *st = db_sql(l, sql, w);
	struct ledger_job *job = NULL, *more;
	long cap = 0;
	int r = -1;

	*n = 0;
	while (st != NULL && (r = db_step(l, st, w)) == 1) {
		if (*n == cap) {
			cap = cap == 0 ? 8 : 2 * cap;
			more = pool_get(pool, (size_t)cap * sizeof(*job));
			if (job != NULL)
				memcpy(more, job, (size_t)*n * sizeof(*job));
			job = more;
		}
		take_job(st, &job[(*n)++], pool);
	}
	if (r == -1)
		*n = -1;
	return r == -1 ? NULL : job;
}

static void
ask_live(struct ledger *l, struct ledger_job *job, long *n, struct why *w)
{
	int live = 0;

	for (long i = 0; i < *n && live != -1; i++) {
		live = db_live(l, job[i].number, w);
		job[i].live = live == 1;
	}
	if (live == -1)
		*n = -1;
}

/* Nobody writes while it is asked who lives: else the last that a maker wrote
 * of its job before it died could be missed. */
struct ledger_job *
ledger_jobs(struct ledger *l, struct pool *pool, long *n, struct why *w)
{
	struct ledger_job *job = read_jobs(l, pool, n, w);
	bool alone = !l->in;

	if (*n <= 0)
		return job;
	if (alone && ledger_begin_soft(l, w) == -1) {
		*n = -1;
		return NULL;
	}
	job = read_jobs(l, pool, n, w);
	ask_live(l, job, n, w);
	if (alone && *n == -1)
		ledger_rollback(l);
	else if (alone && ledger_commit(l, w) == -1)
		*n = -1;
	return *n == -1 ? NULL : job;
}

int
ledger_told_get(struct ledger *l, struct slice source,
    struct ledger_told *t, struct why *w)
{
	static const char sql[] = "SELECT source, hash, refusal, asked,"
	    " attempts FROM told WHERE source = ?";
	sqlite3_stmt *st = db_sql(l, sql, w);
	int r;

	*t = (struct ledger_told){ .attempts = 0 };
	if (st == NULL)
		return -1;
	db_text(st, 1, source);
	if ((r = db_step(l, st, w)) != 1)
		return r;
	pool_reset(l->told);
	t->source = db_keep(st, 0, l->told);
	t->hash = db_keep(st, 1, l->told);
	t->refusal = db_keep(st, 2, l->told);
	t->asked = db_keep(st, 3, l->told);
	t->attempts = sqlite3_column_int(st, 4);
	db_end(st);
	return 1;
}

int
ledger_told_put(struct ledger *l, const struct ledger_told *t, struct why *w)
{
	static const char sql[] = "INSERT OR REPLACE INTO told(source,"
	    " hash, refusal, changed, asked, attempts)"
	    " VALUES(?, ?, ?, ?, ?, ?)";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	db_text(st, 1, t->source);
	db_text(st, 2, t->hash);
	db_text(st, 3, t->refusal);
	sqlite3_bind_int64(st, 4, (int64_t)time(NULL));
	db_text(st, 5, t->asked);
	sqlite3_bind_int(st, 6, t->attempts);
	return db_run(l, st, w);
}

int
ledger_mark_get(struct ledger *l, const char *entity, const char *store,
    struct buf *value, struct why *w)
{
	static const char sql[] = "SELECT value FROM watermark"
	    " WHERE entity = ? AND store = ?";
	sqlite3_stmt *st = db_sql_two(l, sql, slice(entity), slice(store), w);
	int r;

	if (st == NULL)
		return -1;
	if ((r = db_step(l, st, w)) == 1)
		buf_slice(value, db_column(st, 0));
	db_end(st);
	return r;
}

int
ledger_mark_put(struct ledger *l, const char *entity, const char *store,
    const char *value, struct why *w)
{
	static const char sql[] = "INSERT OR REPLACE INTO watermark"
	    " VALUES(?, ?, ?, ?)";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	db_text(st, 1, slice(entity));
	db_text(st, 2, slice(store));
	db_text(st, 3, slice(value));
	sqlite3_bind_int64(st, 4, (int64_t)time(NULL));
	return db_run(l, st, w);
}

static void
today(char day[16])
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(day, 16, "%Y-%m-%d", &tm);
}

static struct db_call *
find_call(struct ledger *l, const char *system, const char *kind)
{
	struct db_call *c;
	int i;

	for (i = 0; i < l->calls; i++)
		if (strcmp(l->call[i].system, system) == 0 &&
		    strcmp(l->call[i].kind, kind) == 0)
			return &l->call[i];
	if (l->calls == DB_CALLS)
		return &l->call[DB_CALLS - 1];
	c = &l->call[l->calls++];
	*c = (struct db_call){ .calls = 0 };	/* of before a flush */
	snprintf(c->system, sizeof(c->system), "%s", system);
	snprintf(c->kind, sizeof(c->kind), "%s", kind);
	return c;
}

static void
flush_at_times(struct ledger *l)
{
	l->counted++;
	if (!l->in && !l->snapshot && l->write &&
	    time(NULL) - l->flushed >= FLUSH)
		ledger_calls_flush(l, NULL);
}

void
ledger_call(struct ledger *l, const char *system, const char *kind)
{
	find_call(l, system, kind)->calls++;
	flush_at_times(l);
}

void
ledger_call_left(struct ledger *l, const char *system, int64_t used,
    int64_t max)
{
	struct db_call *c = find_call(l, system, "");

	c->used = used;
	c->max = max;
	flush_at_times(l);
}

static int
add_calls(struct ledger *l, const char *day, const struct db_call *c,
    struct why *w)
{
	static const char sql[] = "INSERT INTO api VALUES(?, ?, ?, ?, ?, ?)"
	    " ON CONFLICT DO UPDATE SET calls = calls + excluded.calls,"
	    " used = excluded.used, max = excluded.max";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	db_text(st, 1, slice(day));
	db_text(st, 2, slice(c->system));
	db_text(st, 3, slice(c->kind));
	sqlite3_bind_int64(st, 4, c->calls);
	sqlite3_bind_int64(st, 5, c->used);
	sqlite3_bind_int64(st, 6, c->max);
	return db_run(l, st, w);
}

void
ledger_forecast(struct ledger *l, const struct ledger_forecast *f)
{
	struct ledger_forecast *sum = &l->forecast;

	sum->rows += f->rows;
	sum->bytes += f->bytes;
	sum->calls += f->calls;
	sum->jobs += f->jobs;
	sum->batches += f->batches;
	flush_at_times(l);
}

static int
add_forecast(struct ledger *l, const char *day, struct why *w)
{
	const struct ledger_forecast *f = &l->forecast;
	static const char sql[] = "INSERT INTO forecast"
	    " VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
	    " rows = rows + excluded.rows, bytes = bytes + excluded.bytes,"
	    " calls = calls + excluded.calls, jobs = jobs + excluded.jobs,"
	    " batches = batches + excluded.batches";
	sqlite3_stmt *st;

	if (f->rows == 0)
		return 0;
	if ((st = db_sql(l, sql, w)) == NULL)
		return -1;
	db_text(st, 1, slice(day));
	sqlite3_bind_int64(st, 2, f->rows);
	sqlite3_bind_int64(st, 3, f->bytes);
	sqlite3_bind_int64(st, 4, f->calls);
	sqlite3_bind_int64(st, 5, f->jobs);
	sqlite3_bind_int64(st, 6, f->batches);
	return db_run(l, st, w);
}

int
ledger_forecasts(struct ledger *l, struct ledger_forecast *sum,
    struct why *w)
{
	static const char sql[] = "SELECT total(rows), total(bytes),"
	    " total(calls), total(jobs), total(batches) FROM forecast";
	sqlite3_stmt *st = db_sql(l, sql, w);

	*sum = (struct ledger_forecast){0};
	if (st == NULL || db_step(l, st, w) != 1)
		return -1;
	sum->rows = sqlite3_column_int64(st, 0) + l->forecast.rows;
	sum->bytes = sqlite3_column_int64(st, 1) + l->forecast.bytes;
	sum->calls = sqlite3_column_int64(st, 2) + l->forecast.calls;
	sum->jobs = sqlite3_column_int64(st, 3) + l->forecast.jobs;
	sum->batches = sqlite3_column_int64(st, 4) + l->forecast.batches;
	db_end(st);
	return 0;
}

int
ledger_calls_flush(struct ledger *l, struct why *w)
{
	bool alone = !l->in;
	char day[16];
	int i, r;

	if (l->counted == 0 || !l->write)
		return 0;
	today(day);
	if (alone && ledger_begin(l, w) == -1)
		return -1;
	r = add_forecast(l, day, w);
	for (i = 0; i < l->calls && r == 0; i++)
		r = add_calls(l, day, &l->call[i], w);
	l->calls = 0;
	l->forecast = (struct ledger_forecast){0};
	l->counted = 0;
	l->flushed = time(NULL);
	if (!alone)
		return r;
	if (r == 0)
		return ledger_commit(l, w);
	ledger_rollback(l);
	return -1;
}
