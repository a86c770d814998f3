/* sf-job - bulk jobs: rows in the state file, bodies, results, JSON */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "sf-job.h"

#define COLUMNS "kind, object, operation, extid, rule, version, state," \
    " delimiter, ending, created, stamp, due, bytes, row, processed," \
    " failed, retries, ms, hits, polls, error, fault, query"

static void
bind(sqlite3_stmt *st, const struct sf_job *j)
{
	const char *text[] = {j->kind, j->object, j->operation, j->extid,
	    j->rule, j->version, j->state, j->delimiter, j->ending};
	int64_t number[] = {j->created, j->stamp, j->due, j->bytes, j->row,
	    j->processed, j->failed, j->retries, j->ms, j->hits, j->polls};
	int i;

	for (i = 0; i < 9; i++)
		sqlite3_bind_text(st, i + 1, text[i], -1, SQLITE_STATIC);
	for (i = 0; i < 11; i++)
		sqlite3_bind_int64(st, i + 10, number[i]);
	sqlite3_bind_text(st, 21, j->error, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 22, j->fault, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 23, j->query, -1, SQLITE_STATIC);
}

int64_t
sf_job_new(struct sf_org *org, struct sf_job *j)
{
	sqlite3_stmt *st;

	sf_begin(org);
	j->created = j->stamp = sf_now();
	st = sf_sql(org, "INSERT INTO job(" COLUMNS ") VALUES(?,?,?,?,?,?,?,?,"
	    "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
	bind(st, j);
	sf_step(org, st);
	sqlite3_finalize(st);
	j->n = sqlite3_last_insert_rowid(org->db);
	return j->n;
}

void
sf_job_save(struct sf_org *org, struct sf_job *j)
{
	sqlite3_stmt *st;

	sf_begin(org);
	j->stamp = sf_now();
	st = sf_sql(org, "UPDATE job SET (" COLUMNS ") = (?,?,?,?,?,?,?,?,?,?,"
	    "?,?,?,?,?,?,?,?,?,?,?,?,?) WHERE n = ?");
	bind(st, j);
	sqlite3_bind_int64(st, 24, j->n);
	sf_step(org, st);
	sqlite3_finalize(st);
}

void
sf_job_touch(struct sf_org *org, const struct sf_job *j)
{
	sqlite3_stmt *st = sf_sql(org, "UPDATE job SET polls = ?2 WHERE n = "
	    "?1");

	sf_begin(org);
	sqlite3_bind_int64(st, 1, j->n);
	sqlite3_bind_int64(st, 2, j->polls);
	sf_step(org, st);
	sqlite3_finalize(st);
}

static void
text_of(sqlite3_stmt *st, int col, char *to, size_t size)
{
	const char *s = (const char *)sqlite3_column_text(st, col);

	snprintf(to, size, "%s", s ? s : "");
}

static char *
copy_of(sqlite3_stmt *st, int col)
{
	const char *s = (const char *)sqlite3_column_text(st, col);

	return s ? sf_xstrdup(s) : NULL;
}

bool
sf_job_get(struct sf_org *org, int64_t n, struct sf_job *j)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT " COLUMNS " FROM job WHERE "
	    "n = ?1");
	bool found;

	memset(j, 0, sizeof(*j));
	sqlite3_bind_int64(st, 1, n);
	if ((found = sf_step(org, st))) {
		int64_t *number[] = {&j->created, &j->stamp, &j->due,
		    &j->bytes, &j->row, &j->processed, &j->failed,
		    &j->retries, &j->ms, &j->hits, &j->polls};
		int i;

		j->n = n;
		text_of(st, 0, j->kind, sizeof(j->kind));
		text_of(st, 1, j->object, sizeof(j->object));
		text_of(st, 2, j->operation, sizeof(j->operation));
		text_of(st, 3, j->extid, sizeof(j->extid));
		text_of(st, 4, j->rule, sizeof(j->rule));
		text_of(st, 5, j->version, sizeof(j->version));
		text_of(st, 6, j->state, sizeof(j->state));
		text_of(st, 7, j->delimiter, sizeof(j->delimiter));
		text_of(st, 8, j->ending, sizeof(j->ending));
		for (i = 0; i < 11; i++)
			*number[i] = sqlite3_column_int64(st, i + 9);
		text_of(st, 20, j->error, sizeof(j->error));
		j->fault = copy_of(st, 21);
		j->query = copy_of(st, 22);
	}
	sqlite3_finalize(st);
	return found;
}

void
sf_job_free(struct sf_job *j)
{
	free(j->fault);
	free(j->query);
	j->fault = j->query = NULL;
}

static void
drop(struct sf_org *org, const char *sql, int64_t n)
{
	sqlite3_stmt *st = sf_sql(org, sql);

	sqlite3_bind_int64(st, 1, n);
	sf_step(org, st);
	sqlite3_finalize(st);
}

void
sf_job_delete(struct sf_org *org, int64_t n)
{
	sf_begin(org);
	drop(org, "DELETE FROM job WHERE n = ?1", n);
	drop(org, "DELETE FROM batch WHERE job = ?1", n);
	drop(org, "DELETE FROM body WHERE job = ?1", n);
	drop(org, "DELETE FROM result WHERE job = ?1", n);
}

bool
sf_job_ended(const struct sf_job *j)
{
	return strcmp(j->state, "JobComplete") == 0 ||
	    strcmp(j->state, "Failed") == 0 ||
	    strcmp(j->state, "Aborted") == 0;
}

char
sf_job_delim(const struct sf_job *j)
{
	static const char *const names[] = {"COMMA", "TAB", "PIPE",
	    "SEMICOLON", "CARET", "BACKQUOTE"};
	size_t i;

	for (i = 0; i < 6; i++)
		if (strcmp(names[i], j->delimiter) == 0)
			return ",\t|;^`"[i];
	return '\0';
}

const char *
sf_job_eol(const struct sf_job *j)
{
	return strcmp(j->ending, "CRLF") == 0 ? "\r\n" : "\n";
}

/* --- bodies and results --- */

void
sf_job_body(struct sf_org *org, int64_t n, size_t at, const char *p,
    size_t len)
{
	sqlite3_stmt *st;
	size_t now;

	sf_begin(org);
	if (at == 0)
		drop(org, "DELETE FROM body WHERE job = ?1", n);
	st = sf_sql(org, "INSERT INTO body VALUES(?1, ?2, ?3)");
	for (; len > 0; p += now, at += now, len -= now) {
		now = len < SF_BLOCK ? len : SF_BLOCK;
		sqlite3_bind_int64(st, 1, n);
		sqlite3_bind_int64(st, 2, (int64_t)(at / SF_BLOCK));
		sqlite3_bind_blob(st, 3, p, (int)now, SQLITE_STATIC);
		sf_step(org, st);
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
}

size_t
sf_job_read(struct sf_org *org, int64_t n, int64_t at, struct buf *b)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT d FROM body WHERE job = ?1 AND "
	    "n = ?2");
	size_t skip = (size_t)at % SF_BLOCK, len = 0;

	sqlite3_bind_int64(st, 1, n);
	sqlite3_bind_int64(st, 2, at / (int64_t)SF_BLOCK);
	if (sf_step(org, st)) {
		len = (size_t)sqlite3_column_bytes(st, 0);
		len = len > skip ? len - skip : 0;
		if (len)
			buf_add(b, (const char *)sqlite3_column_blob(st, 0) +
			    skip, len);
	}
	sqlite3_finalize(st);
	return len;
}

void
sf_job_result(struct sf_org *org, int64_t n, int64_t chunk, int64_t rows,
    const struct buf *good, const struct buf *bad)
{
	sqlite3_stmt *st = sf_sql(org, "INSERT INTO result VALUES(?1, ?2, ?3,"
	    " ?4, ?5)");

	sqlite3_bind_int64(st, 1, n);
	sqlite3_bind_int64(st, 2, chunk);
	sqlite3_bind_int64(st, 3, rows);
	if (good->n)
		sqlite3_bind_blob(st, 4, good->p, (int)good->n, SQLITE_STATIC);
	if (bad && bad->n)
		sqlite3_bind_blob(st, 5, bad->p, (int)bad->n, SQLITE_STATIC);
	sf_step(org, st);
	sqlite3_finalize(st);
}

/* --- batches --- */

int
sf_batches(struct sf_org *org, int64_t n, struct sf_batch **list)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT n, row, rows, at, end, done "
	    "FROM batch WHERE job = ?1 ORDER BY n");
	struct sf_batch *b = NULL;
	int used = 0, cap = 0;

	sqlite3_bind_int64(st, 1, n);
	while (sf_step(org, st)) {
		if (used == cap) {
			cap = cap ? cap * 2 : 16;
			b = sf_xrealloc(b, (size_t)cap * sizeof(*b));
		}
		b[used].n = sqlite3_column_int64(st, 0);
		b[used].row = sqlite3_column_int64(st, 1);
		b[used].rows = sqlite3_column_int64(st, 2);
		b[used].at = sqlite3_column_int64(st, 3);
		b[used].end = sqlite3_column_int64(st, 4);
		b[used++].done = sqlite3_column_int64(st, 5);
	}
	sqlite3_finalize(st);
	*list = b;
	return used;
}

void
sf_batch_new(struct sf_org *org, int64_t job, const struct sf_batch *b)
{
	sqlite3_stmt *st = sf_sql(org, "INSERT INTO batch VALUES(?,?,?,?,?,?,"
	    "?)");
	int64_t v[] = {job, b->n, b->row, b->rows, b->at, b->end, b->done};
	int i;

	for (i = 0; i < 7; i++)
		sqlite3_bind_int64(st, i + 1, v[i]);
	sf_step(org, st);
	sqlite3_finalize(st);
}

void
sf_batch_save(struct sf_org *org, int64_t job, const struct sf_batch *b)
{
	sqlite3_stmt *st = sf_sql(org, "UPDATE batch SET at = ?3, done = ?4 "
	    "WHERE job = ?1 AND n = ?2");

	sqlite3_bind_int64(st, 1, job);
	sqlite3_bind_int64(st, 2, b->n);
	sqlite3_bind_int64(st, 3, b->at);
	sqlite3_bind_int64(st, 4, b->done);
	sf_step(org, st);
	sqlite3_finalize(st);
}

/* --- JSON --- */

static void
member(struct buf *b, const char *name, const char *value)
{
	buf_fmt(b, ",\"%s\":", name);
	sf_json(b, value);
}

static void
counters(const struct sf_job *j, struct buf *b)
{
	bool ingest = strcmp(j->kind, "ingest") == 0;
	bool begun = strcmp(j->state, "Open") != 0;

	if (begun)
		buf_fmt(b, ",\"numberRecordsProcessed\":%lld",
		    (long long)j->processed);
	if (begun && ingest)
		buf_fmt(b, ",\"numberRecordsFailed\":%lld",
		    (long long)j->failed);
	buf_fmt(b, ",\"retries\":%lld,\"totalProcessingTime\":%lld",
	    (long long)j->retries, (long long)j->ms);
	if (ingest)
		buf_fmt(b, ",\"apiActiveProcessingTime\":%lld,"
		    "\"apexProcessingTime\":0", (long long)j->ms);
	else
		buf_str(b, ",\"isPkChunkingSupported\":true");
	if (j->error[0])
		member(b, "errorMessage", j->error);
}

/* The order of the members is the one that a real org prints. */
void
sf_job_json(struct sf_org *org, const struct sf_job *j, enum sf_show show,
    struct buf *b)
{
	bool ingest = strcmp(j->kind, "ingest") == 0;
	char id[19], user[19];

	sf_id_make("750", j->n, id);
	sf_id_write(org, org->user, user);
	buf_fmt(b, "{\"id\":\"%s\"", id);
	member(b, "operation", j->operation);
	member(b, "object", j->object);
	member(b, "createdById", user);
	buf_str(b, ",\"createdDate\":\"");
	sf_datetime_write(j->created, "+0000", b);
	buf_str(b, "\",\"systemModstamp\":\"");
	sf_datetime_write(j->stamp, "+0000", b);
	buf_byte(b, '"');
	member(b, "state", j->state);
	if (j->extid[0])
		member(b, "externalIdFieldName", j->extid);
	if (j->rule[0])
		member(b, "assignmentRuleId", j->rule);
	member(b, "concurrencyMode", "Parallel");
	member(b, "contentType", "CSV");
	buf_fmt(b, ",\"apiVersion\":%s", j->version);
	if (show != SF_SHOW_PATCHED) {
		if (show == SF_SHOW_FULL)
			member(b, "jobType", ingest ? "V2Ingest" : "V2Query");
		if (ingest && strcmp(j->state, "Open") == 0)
			buf_fmt(b, ",\"contentUrl\":\"services/data/v%s/jobs/"
			    "ingest/%s/batches\"", j->version, id);
		member(b, "lineEnding", j->ending);
		member(b, "columnDelimiter", j->delimiter);
		if (show == SF_SHOW_FULL)
			counters(j, b);
	}
	buf_byte(b, '}');
}

/* --- chance --- */

uint64_t
sf_job_dice(const struct sf_org *org, const struct sf_job *j)
{
	return faults_dice(faults_dice(org->set.seed, 'j'), (uint64_t)j->n);
}

void
sf_shuffle(int *v, int n, uint64_t dice)
{
	int i, k, t;

	for (i = n - 1; i > 0; i--) {
		k = (int)(faults_throw(dice, (uint64_t)i) * (i + 1));
		t = v[i];
		v[i] = v[k];
		v[k] = t;
	}
}
