/*
 * sf-job - bulk jobs: their rows in the state file, their bodies, results
 * and JSON, and the worker that walks them through their states.
 *
 *	sf_worker_start(org);	... sf_worker_stop(org);
 *	sf_job_new(org, &job);	... sf_job_save(org, &job);
 *
 * All but start and stop with org->lock held.
 */
#ifndef SF_JOB_H
#define SF_JOB_H

#include "sf-csv.h"
#include "sf-dml.h"

#define SF_BATCH 10000		/* rows */
#define SF_BLOCK ((size_t)1 << 20)	/* of a body, in the state file */

struct sf_job {
	int64_t n;
	char kind[8];		/* "ingest" or "query" */
	char object[64];
	char operation[16];
	char extid[96];
	char rule[19];		/* assignmentRuleId, "" for none */
	char version[8];	/* "62.0" */
	char state[16];		/* Open UploadComplete InProgress JobComplete
				   Failed Aborted */
	char delimiter[12], ending[8];
	int64_t created, stamp;
	int64_t due;		/* when the worker may take the next step */
	int64_t bytes;		/* of the upload; -1: none yet */
	int64_t row;		/* query: the last record looked at */
	int64_t processed, failed, retries, ms;
	int64_t hits;		/* rows that fail_rows has hit */
	int64_t polls;		/* how often it was asked about, see job_polls */
	char error[600];
	char *fault;		/* JSON of what is to go wrong, or NULL */
	char *query;		/* SOQL, or NULL */
};

#define SF_JOB_EMPTY {.bytes = -1}

int64_t sf_job_new(struct sf_org *org, struct sf_job *j);
void sf_job_save(struct sf_org *org, struct sf_job *j);

/* Keep how often the job was asked about; it has not changed by that. */
void sf_job_touch(struct sf_org *org, const struct sf_job *j);

/* Load job number `n`; false when there is none.  Free `j` before reuse. */
bool sf_job_get(struct sf_org *org, int64_t n, struct sf_job *j);
void sf_job_free(struct sf_job *j);
void sf_job_delete(struct sf_org *org, int64_t n);

bool sf_job_ended(const struct sf_job *j);
char sf_job_delim(const struct sf_job *j);
const char *sf_job_eol(const struct sf_job *j);

/* Store the part of a body that begins at byte `at`, a multiple of SF_BLOCK;
 * at 0 what there was before goes. */
void sf_job_body(struct sf_org *org, int64_t n, size_t at, const char *p,
    size_t len);

/* Append up to a block of the body from byte `at`; 0 at its end. */
size_t sf_job_read(struct sf_org *org, int64_t n, int64_t at, struct buf *b);

void sf_job_result(struct sf_org *org, int64_t n, int64_t chunk,
    int64_t rows, const struct buf *good, const struct buf *bad);

/* How a JobInfo is shown. */
enum sf_show { SF_SHOW_CREATED, SF_SHOW_PATCHED, SF_SHOW_FULL };
void sf_job_json(struct sf_org *org, const struct sf_job *j,
    enum sf_show show, struct buf *b);

/*
 * A part of an upload: the platform cuts it into batches, which it works off
 * in no order that could be relied on.
 */
struct sf_batch {
	int64_t n;
	int64_t row, rows;	/* its first row, from 0, and how many */
	int64_t at, end;	/* bytes of the upload: what is not done yet */
	int64_t done;		/* rows */
};

/* Read the batches of job `n` into `*list` (the caller's to free), by number;
 * their count, 0 for a job that has not been cut yet. */
int sf_batches(struct sf_org *org, int64_t n, struct sf_batch **list);
void sf_batch_new(struct sf_org *org, int64_t job, const struct sf_batch *b);
void sf_batch_save(struct sf_org *org, int64_t job, const struct sf_batch *b);

/*
 * An ingest job in work.  sf_load_open reads the header and cuts the upload
 * into batches, unless that is done, and gives way meanwhile; on a fault of
 * the whole file it makes the job Failed and returns NULL, as it does when
 * somebody has aborted the job.  sf_load_step does a chunk of at most SF_CHUNK
 * rows and, behind the last, ends the job; 0 when the job has ended.  Job and
 * batch in the state file are kept up to date in the chunk's transaction.
 */
struct sf_load *sf_load_open(struct sf_org *org, struct sf_job *j);
int sf_load_step(struct sf_load *l);
void sf_load_close(struct sf_load *l);

/* --- sf-upload.c --- */

/* Does every line of the body end as the job says?  Gives way meanwhile. */
bool sf_upload_endings(struct sf_org *org, const struct sf_job *j);

/* Append the header row as uploaded, without its line end. */
void sf_upload_header(struct sf_org *org, const struct sf_job *j,
    struct buf *b);

/* --- sf-fault.c --- */

/* Does the fault `spec` (fail_rows in sf-sandbox.1) hit row `row` (from 1)?
 * `thrown` is the row's throw, `hits` counts across calls.  Fills `e` when it
 * does. */
bool sf_fault_row(yyjson_val *spec, int64_t row, const char *raw, size_t n,
    double thrown, int64_t *hits, struct sf_err *e);

/* Does `spec` (fail_job, or NULL) end the job now?  It is Failed then; else
 * `limit` rows may come before it does, no more than there were. */
bool sf_fault_job(struct sf_org *org, struct sf_job *j, yyjson_val *spec,
    int64_t *limit);

/* One step of a query job: sf-bulkquery.c.  0 when the job has ended. */
int sf_query_step(struct sf_org *org, struct sf_job *j);

/* End a job as Failed with errorMessage. */
void sf_job_fail(struct sf_org *org, struct sf_job *j, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Let go of the lock for others who wait, and for a pause. */
void sf_give_way(struct sf_org *org, long pause_ms);

/* Is job `n` still InProgress?  It may have been aborted, or deleted, since
 * the lock was let go. */
bool sf_job_going(struct sf_org *org, int64_t n);

void sf_worker_start(struct sf_org *org);
void sf_worker_stop(struct sf_org *org);

/* What chance decides in a job follows from these dice, see faults.h. */
uint64_t sf_job_dice(const struct sf_org *org, const struct sf_job *j);

/* Shuffle `n` ints in place, the same for the same dice. */
void sf_shuffle(int *v, int n, uint64_t dice);

#endif
