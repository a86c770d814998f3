#ifndef SALESFORCE_JOB_H
#define SALESFORCE_JOB_H

#include "salesforce.h"

/*
 * salesforce-job - one Bulk API 2.0 ingest job, from intent to results.
 *
 *	struct sf_job j = { .object = "Order", .operation = "upsert",
 *	    .extid = "Magento_Id__c", .csv = give, .ctx = c, .length = n,
 *	    .rows = k };
 *
 *	if (sf_job_intend(s, &j, &w) == -1) ...
 *	... flight rows under j.number, committed with it
 *	if (sf_job_send(s, &j, &w) == -1) ...
 *	... other jobs meanwhile
 *	if (sf_job_wait(s, &j, &w) == -1) ...
 *	if (sf_job_results(s, &j, SF_SUCCESSFUL, take, ctx, &w) == -1) ...
 *
 * The ledger knows the intent before the job is created, and its id before the
 * upload.  So a kill at any point leaves a job that sf_settle_jobs() can
 * judge: an Open job does nothing by itself and is aborted, a closed one is
 * waited for.
 */

enum sf_job_state {
	SF_JOB_NONE,		/* not created */
	SF_JOB_OPEN,		/* created, not closed: nothing is done by it */
	SF_JOB_RUNNING,		/* closed, or it may be */
	SF_JOB_COMPLETE,	/* all rows tried; each may have failed */
	SF_JOB_FAILED,		/* Salesforce gave it up: see `error` */
	SF_JOB_ABORTED,
};

struct sf_job {
	const char *object, *operation;	/* insert update upsert delete */
	const char *extid;		/* for upsert, else NULL */
	/* the CSV, LF, piece by piece: as body_give of http.h */
	long (*csv)(void *ctx, int64_t at, char *p, size_t n);
	void *ctx;
	int64_t length;
	size_t rows;

	int64_t number;			/* in the ledger */
	char id[19];
	enum sf_job_state state;
	long processed, failed;		/* rows; processed has the failed */
	char error[512];		/* "InvalidBatch : ...", or "" */
};

/* Note in the ledger that a job will be created. */
int sf_job_intend(struct sf *s, struct sf_job *j, struct why *w);

/*
 * Create, upload and close.  0: it is RUNNING, or has ended already.  -1:
 * `state` tells how far it got: up to OPEN nothing was done and nothing will
 * be, RUNNING: it may be done later.
 *
 * Creating is repeated freely, for an empty job does nothing.  An upload is
 * never repeated into the same job: one that broke off is aborted, and a new
 * job made (at most three), under another `number`, to which the flights go.
 * Closing is repeated after a look at the state.  What a look does not show to
 * be aborted may be done.
 */
int sf_job_send(struct sf *s, struct sf_job *j, struct why *w);

/* Wait for the end, while the day's calls have room for looks.  0: state is
 * COMPLETE, FAILED or ABORTED.  -1: it may be done later, and sf_settle_jobs()
 * of a later run will know. */
int sf_job_wait(struct sf *s, struct sf_job *j, struct why *w);

/* Is this what Salesforce says of a file that it cannot use at all
 * (InvalidBatch, ClientInputError, InvalidJob...)? */
bool sf_job_refused(const struct sf_job *j);

enum sf_results { SF_SUCCESSFUL, SF_FAILED, SF_UNPROCESSED };

/*
 * Stream a result file to `take`, the header as row 1.  A file that comes
 * short of the job's own count, or is no CSV, or that `take` refuses, is read
 * again (twice at most), and a broken transfer is repeated: `take` can be
 * given rows and header more than once.
 */
int sf_job_results(struct sf *s, const struct sf_job *j,
    enum sf_results which, csv_take *take, void *ctx, struct why *w);

#endif
