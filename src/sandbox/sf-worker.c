/* sf-worker - the thread that walks bulk jobs through their states */

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sf-job.h"

/*
 * The first job whose time has come, or 0; `wait` is when the next one is.
 * Jobs that have to be asked about first (job_polls) wake the worker.
 */
static int64_t
due_job(struct sf_org *org, int64_t *wait)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT n, due FROM job WHERE state IN"
	    " ('UploadComplete', 'InProgress') AND polls >= ?1"
	    " ORDER BY due, n LIMIT 1");
	int64_t n = 0;

	*wait = 0;
	sqlite3_bind_int64(st, 1, org->set.job_polls);
	if (sf_step(org, st)) {
		*wait = sqlite3_column_int64(st, 1);
		if (*wait <= sf_now())
			n = sqlite3_column_int64(st, 0);
	}
	sqlite3_finalize(st);
	return n;
}

/* A mutex alone would give itself back to this thread. */
void
sf_give_way(struct sf_org *org, long pause_ms)
{
	static const struct timespec moment = {0, 200000};
	struct timespec pause = {pause_ms / 1000, pause_ms % 1000 * 1000000};

	pthread_mutex_unlock(&org->lock);
	if (pause_ms > 0)
		nanosleep(&pause, NULL);
	while (org->waiting > 0)
		nanosleep(&moment, NULL);
	pthread_mutex_lock(&org->lock);
}

bool
sf_job_going(struct sf_org *org, int64_t n)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT state FROM job WHERE n = ?1");
	bool going;

	sqlite3_bind_int64(st, 1, n);
	going = sf_step(org, st) && strcmp("InProgress",
	    (const char *)sqlite3_column_text(st, 0)) == 0;
	sqlite3_finalize(st);
	return going;
}

/* Is another job due as well? */
static bool
others(struct sf_org *org, int64_t n)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT 1 FROM job WHERE state IN"
	    " ('UploadComplete', 'InProgress') AND n <> ?1 AND due <= ?2");
	bool any;

	sqlite3_bind_int64(st, 1, n);
	sqlite3_bind_int64(st, 2, sf_now());
	any = sf_step(org, st);
	sqlite3_finalize(st);
	return any;
}

/*
 * Chunk by chunk, committed by the batch, until it is another job's turn:
 * jobs go on side by side.
 */
static void
ingest(struct sf_org *org, struct sf_job *j)
{
	struct sf_load *l = sf_load_open(org, j);
	int chunks = 0;

	while (l != NULL && !org->ending && sf_load_step(l)) {
		if (++chunks % (SF_BATCH / SF_CHUNK) == 0) {
			sf_commit(org);
			if (others(org, j->n))
				break;
		}
		if (org->set.job_polls > 0)
			break;
		sf_give_way(org, org->set.chunk_delay_ms);
		if (!sf_job_going(org, j->n)) {
			sf_load_close(l);
			return;
		}
	}
	sf_load_close(l);
	if (!sf_job_ended(j) && sf_job_going(org, j->n)) {
		j->due = sf_now();
		j->polls = 0;
		sf_job_save(org, j);
	}
}

static void
query(struct sf_org *org, struct sf_job *j)
{
	while (!org->ending && sf_query_step(org, j)) {
		sf_commit(org);
		sf_give_way(org, 0);
		if (!sf_job_going(org, j->n))
			break;
	}
}

static void
step(struct sf_org *org, int64_t n)
{
	struct sf_job j;

	if (!sf_job_get(org, n, &j))
		return;
	if (strcmp(j.state, "UploadComplete") == 0) {
		snprintf(j.state, sizeof(j.state), "InProgress");
		j.due = sf_now() + org->set.job_delay_ms;
		j.polls = 0;
		sf_job_save(org, &j);
	} else if (strcmp(j.kind, "ingest") == 0) {
		ingest(org, &j);
	} else {
		query(org, &j);
	}
	sf_commit(org);
	sf_job_free(&j);
}

static void *
work(void *arg)
{
	struct sf_org *org = arg;
	struct timespec t;
	int64_t n, wait;

	pthread_mutex_lock(&org->lock);
	while (!org->ending) {
		if ((n = due_job(org, &wait)) > 0) {
			step(org, n);
			sf_give_way(org, 0);
			continue;
		}
		if (wait == 0) {
			pthread_cond_wait(&org->wake, &org->lock);
			continue;
		}
		t.tv_sec = wait / 1000;
		t.tv_nsec = wait % 1000 * 1000000;
		pthread_cond_timedwait(&org->wake, &org->lock, &t);
	}
	pthread_mutex_unlock(&org->lock);
	return NULL;
}

void
sf_worker_start(struct sf_org *org)
{
	if (pthread_create(&org->worker, NULL, work, org) != 0)
		errx(3, "cannot start the job worker");
	org->working = true;
}

void
sf_worker_stop(struct sf_org *org)
{
	if (!org->working)
		return;
	pthread_mutex_lock(&org->lock);
	org->ending = true;
	pthread_cond_broadcast(&org->wake);
	pthread_mutex_unlock(&org->lock);
	pthread_join(org->worker, NULL);
}
