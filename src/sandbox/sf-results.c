/* sf-results - the three result files of an ingest job, as streams */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-api.h"

/*
 * A result file while it is sent: pieces of it are fetched from the state
 * file one by one, under the lock, so that its size does not matter.
 */
struct stream {
	struct sf_org *org;
	int64_t job;
	char column;		/* 'g' good, 'b' bad, 'u' unprocessed */
	int *chunk;		/* first rows of chunks, in the order sent */
	int n, i;
	struct sf_batch *rest;	/* unprocessed: what of the upload */
	struct buf b;
	size_t sent;
};

/* A block of what is not processed; a batch ends where the next begins. */
static bool
fetch_rest(struct stream *s)
{
	struct sf_batch *b;
	size_t n;

	for (; s->i < s->n; s->i++) {
		b = &s->rest[s->i];
		if (b->at >= b->end)
			continue;
		n = sf_job_read(s->org, s->job, b->at, &s->b);
		if ((int64_t)n > b->end - b->at)
			s->b.n = n = (size_t)(b->end - b->at);
		b->at += (int64_t)n;
		return n > 0;
	}
	return false;
}

static bool
fetch(struct stream *s)
{
	sqlite3_stmt *st;

	s->b.n = s->sent = 0;
	if (s->column == 'u')
		return fetch_rest(s);
	if (s->i == s->n)
		return false;
	st = sf_sql(s->org, s->column == 'g' ?
	    "SELECT good FROM result WHERE job = ?1 AND n = ?2" :
	    "SELECT bad FROM result WHERE job = ?1 AND n = ?2");
	sqlite3_bind_int64(st, 1, s->job);
	sqlite3_bind_int64(st, 2, s->chunk[s->i++]);
	if (sf_step(s->org, st))
		buf_add(&s->b, sqlite3_column_blob(st, 0),
		    (size_t)sqlite3_column_bytes(st, 0));
	sqlite3_finalize(st);
	return true;
}

static ssize_t
stream_read(void *src, char *to, size_t cap)
{
	struct stream *s = src;
	size_t n;

	while (s->sent == s->b.n) {
		bool more;

		s->org->waiting++;
		pthread_mutex_lock(&s->org->lock);
		s->org->waiting--;
		more = fetch(s);
		pthread_mutex_unlock(&s->org->lock);
		if (!more)
			return 0;
	}
	n = s->b.n - s->sent < cap ? s->b.n - s->sent : cap;
	memcpy(to, s->b.p + s->sent, n);
	s->sent += n;
	return (ssize_t)n;
}

static void
stream_done(void *src)
{
	struct stream *s = src;

	buf_free(&s->b);
	free(s->chunk);
	free(s->rest);
	free(s);
}

/* Chunks of the job, shuffled: no order is promised, so none is given. */
static void
chunks(struct stream *s, const struct sf_job *j)
{
	sqlite3_stmt *st = sf_sql(s->org, "SELECT n FROM result WHERE job = "
	    "?1 ORDER BY n");
	int cap = 0;

	sqlite3_bind_int64(st, 1, j->n);
	while (sf_step(s->org, st)) {
		if (s->n == cap) {
			cap = cap ? cap * 2 : 64;
			s->chunk = sf_xrealloc(s->chunk,
			    (size_t)cap * sizeof(*s->chunk));
		}
		s->chunk[s->n++] = sqlite3_column_int(st, 0);
	}
	sqlite3_finalize(st);
	sf_shuffle(s->chunk, s->n, sf_job_dice(s->org, j));
}

/* The rest of each batch; an upload never cut is there whole, header too. */
static void
unprocessed(struct stream *s, const struct sf_job *j)
{
	const struct sf_batch whole = {.end = j->bytes};

	s->n = sf_batches(s->org, j->n, &s->rest);
	if (s->n == 0) {
		s->rest = sf_xmalloc(sizeof(whole));
		*s->rest = whole;
		s->n = 1;
		return;
	}
	sf_upload_header(s->org, j, &s->b);
	buf_str(&s->b, sf_job_eol(j));
}

bool
sf_bulk_results(struct sf_http *h, const struct sf_job *j, const char *what)
{
	static const char *const names[] = {"successfulResults",
	    "failedResults", "unprocessedrecords"};
	char delim = sf_job_delim(j);
	struct stream *s;
	char info[64];
	int k;

	for (k = 0; k < 3; k++)
		if (strcasecmp(names[k], what) == 0)
			break;
	if (k == 3)
		return false;
	if (!sf_reads(h))
		return true;
	if (!sf_job_ended(j)) {
		sf_error(h, 400, "INVALIDJOBSTATE", "Job is not completed: "
		    "%s", j->state);
		return true;
	}
	s = sf_xmalloc(sizeof(*s));
	memset(s, 0, sizeof(*s));
	s->org = h->org;
	s->job = j->n;
	s->column = "gbu"[k];
	if (k < 2) {
		buf_fmt(&s->b, "\"sf__Id\"%c\"%s\"%c", delim,
		    k ? "sf__Error" : "sf__Created", delim);
		sf_upload_header(h->org, j, &s->b);
		buf_str(&s->b, sf_job_eol(j));
		chunks(s, j);
	} else {
		unprocessed(s, j);
	}
	reply_stream(h->rp, 200, "text/csv; charset=UTF-8", stream_read, s,
	    stream_done, -1);
	snprintf(info, sizeof(info), "api-usage=%ld/%ld", h->org->api_calls,
	    h->org->set.api_limit);
	sf_reply_header(h, "Sforce-Limit-Info", info);
	return true;
}
