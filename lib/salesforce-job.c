/* salesforce-job - one Bulk API 2.0 ingest job, from intent to results. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "salesforce-job.h"
#include "salesforce-plan.h"
#include "salesforce-session.h"

enum {
	UPLOADS = 3, READS = 3,
	ROW_MAX = 2 * SF_LINE_MAX,	/* it repeats the row as it was sent,
				 * with all cells in quotes, and what it says */
	DYING_MS = 2000, LOOK_MS = 50,
	PACE = 50,		/* rows a millisecond: our guess, above what orgs
				 * do; the answer of a quicker one is seen later */
};

static int
note(struct sf *s, const struct sf_job *j, const char *state, struct why *w)
{
	if (s->ledger == NULL)
		return 0;
	return ledger_job_set(s->ledger, j->number,
	    *j->id == '\0' ? NULL : j->id, state, w);
}

int
sf_job_intend(struct sf *s, struct sf_job *j, struct why *w)
{
	char *run;

	j->state = SF_JOB_NONE;
	*j->id = *j->error = '\0';
	if (s->ledger == NULL)
		return 0;
	run = ledger_run_name();
	j->number = ledger_job_new(s->ledger, slice(j->object),
	    slice(j->operation), run, w);
	free(run);
	return j->number == -1 ? -1 : 0;
}

static enum sf_job_state
state_of(struct slice state)
{
	if (slice_is(state, "\"Open\""))
		return SF_JOB_OPEN;
	if (slice_is(state, "\"JobComplete\""))
		return SF_JOB_COMPLETE;
	if (slice_is(state, "\"Failed\""))
		return SF_JOB_FAILED;
	if (slice_is(state, "\"Aborted\""))
		return SF_JOB_ABORTED;
	return SF_JOB_RUNNING;	/* UploadComplete, InProgress */
}

static long
number(struct slice json)
{
	return scan_kind(json) == SCAN_NUMBER ? strtol(json.p, NULL, 10) : 0;
}

static void
take_info(struct sf_job *j, struct slice json)
{
	struct pool *pool = pool_new();
	struct slice e = scan_string(scan_get(json, "errorMessage"), pool);

	j->state = state_of(scan_get(json, "state"));
	j->processed = number(scan_get(json, "numberRecordsProcessed"));
	j->failed = number(scan_get(json, "numberRecordsFailed"));
	snprintf(j->error, sizeof(j->error), "%.*s",
	    (int)(e.n < sizeof(j->error) - 1 ? e.n : sizeof(j->error) - 1),
	    e.p == NULL ? "" : e.p);
	pool_free(pool);
}

static void
path_of(const struct sf_job *j, const char *more, char path[96])
{
	snprintf(path, 96, "jobs/ingest/%s%s", j->id, more);
}

/* A look at the job.  One that Salesforce does not have any more (it keeps
 * ended ones for seven days) counts as aborted. */
static int
look(struct sf *s, struct sf_job *j, struct why *w)
{
	struct http_call c = { .kind = "ingest" };
	struct slice json;
	char path[96];
	int r;

	path_of(j, "", path);
	if ((r = sf_get(s, &c, path, &json, w)) == 0) {
		take_info(j, json);
	} else if (c.status == 404 &&
	    strcmp(w->code, "UNSUPPORTED_API_VERSION") != 0) {
		j->state = SF_JOB_ABORTED;
		snprintf(j->error, sizeof(j->error), "the job is gone");
		r = 0;
	}
	http_call_free(&c);
	return r;
}

static int
create(struct sf *s, struct sf_job *j, struct why *w)
{
	struct http_call c = { .method = "POST", .kind = "ingest",
	    .repeatable = true, .json = true };
	struct buf body = BUF(4096);
	struct slice json, id;
	int r;

	buf_str(&body, "{\"object\":");
	scan_quote(&body, slice(j->object));
	buf_fmt(&body, ",\"operation\":\"%s\"", j->operation);
	if (j->extid != NULL) {
		buf_str(&body, ",\"externalIdFieldName\":");
		scan_quote(&body, slice(j->extid));
	}
	buf_str(&body, ",\"contentType\":\"CSV\",\"columnDelimiter\":\"COMMA\""
	    ",\"lineEnding\":\"LF\"}");
	c.body = buf_all(&body);
	r = sf_run(s, &c, "jobs/ingest", w);
	if (r == 0 && (r = scan_text(buf_all(&c.answer), &json, w)) == 0) {
		id = scan_get(json, "id");
		if (id.n > 2)
			id = (struct slice){ id.p + 1, id.n - 2 };
		if (!sf_id_take(j->id, id))
			r = why(w, WHY_BROKEN, "Salesforce created a job "
			    "without an id");
	}
	if (r == 0)
		j->state = SF_JOB_OPEN;
	http_call_free(&c);
	buf_free(&body);
	return r;
}

static int
patch(struct sf *s, const struct sf_job *j, const char *state, struct why *w)
{
	struct http_call c = { .method = "PATCH", .kind = "ingest",
	    .json = true };
	char path[96], body[64];
	int r;

	snprintf(body, sizeof(body), "{\"state\":\"%s\"}", state);
	c.body = slice(body);
	path_of(j, "", path);
	r = sf_run(s, &c, path, w);
	http_call_free(&c);
	return r;
}

static int
upload(struct sf *s, const struct sf_job *j, struct why *w)
{
	struct http_call c = { .method = "PUT", .kind = "ingest",
	    .content_type = "text/csv; charset=UTF-8", .body_give = j->csv,
	    .body_ctx = j->ctx, .body_length = j->length };
	char path[96];
	int r;

	path_of(j, "/batches", path);
	r = sf_run(s, &c, path, w);
	/* a login page of something in between has 200 */
	if (r == 0 && c.status != 201)
		r = why(w, WHY_BROKEN, "Salesforce job %s: the upload was "
		    "answered with %d instead of 201; is there a proxy that "
		    "answers in Salesforce's place?", j->id, c.status);
	http_call_free(&c);
	return r;
}

/* Wait until the job has ended; one that is Open would wait for ever.  Each
 * look is a call of the day's: none while no org can be through, and behind
 * the first one none that leaves the results no room. */
static int
wait(struct sf *s, struct sf_job *j, struct why *w)
{
	struct sf_pause pause = { .soonest = (long)j->rows / PACE };
	char what[64];

	snprintf(what, sizeof(what), "Salesforce job %s", j->id);
	do {
		if (pause.ms > 0 && sf_budget_look(s, 0, w) == -1)
			return why_in(w, "%s has not ended", what);
		if (sf_pause(s, &pause, what, w) == -1)
			return -1;
		if (look(s, j, w) == -1)
			return -1;
	} while (j->state == SF_JOB_OPEN || j->state == SF_JOB_RUNNING);
	return 0;
}

/* Whether it did not begin before is told by a look behind it. */
static int
abort_open(struct sf *s, struct sf_job *j, struct why *w)
{
	struct why said = {0};

	patch(s, j, "Aborted", &said);
	if (look(s, j, w) == -1)
		return -1;
	if (j->state == SF_JOB_OPEN)
		return why(w, WHY_BUSY, "Salesforce job %s is open and cannot "
		    "be aborted: %s", j->id, said.text);
	return 0;
}

static bool
did_nothing(const struct sf_job *j)
{
	return j->state == SF_JOB_ABORTED && j->processed == 0;
}

/* Nothing was done by it, and nothing will be: its rows are not in doubt. */
static int
note_undone(struct sf *s, const struct sf_job *j, struct why *w)
{
	if (s->ledger != NULL &&
	    ledger_flight_undo(s->ledger, j->number, w) == -1)
		return -1;
	return note(s, j, "aborted", w);
}

/* What was in flight by the job before, which did nothing, is so by the next:
 * whichever is there when we are killed, its rows are known. */
static int
intend_again(struct sf *s, struct sf_job *j, struct why *w)
{
	int64_t before = j->number;

	if (s->ledger == NULL)
		return sf_job_intend(s, j, w);
	if (ledger_begin_soft(s->ledger, w) == -1)
		return -1;
	if (note(s, j, "aborted", w) == 0 && sf_job_intend(s, j, w) == 0 &&
	    ledger_flight_move(s->ledger, before, j->number, w) == 0)
		return ledger_commit(s->ledger, w);
	ledger_rollback(s->ledger);
	return -1;
}

/* Created, and the file in it.  An upload that broke off may have landed, and
 * a second one into the same job is refused: so a new job each time.  One that
 * stays Open does nothing: nobody closes it. */
static int
fill(struct sf *s, struct sf_job *j, struct why *w)
{
	struct why ignored = {0};

	for (int i = 0; i < UPLOADS; i++) {
		if (i > 0 && intend_again(s, j, w) == -1)
			return -1;
		if (create(s, j, w) == -1)
			break;
		if (note(s, j, "open", w) == -1)
			return -1;
		if (upload(s, j, w) == 0)
			return 0;
		if (abort_open(s, j, &ignored) == -1 || !did_nothing(j))
			return -1;
		j->state = SF_JOB_NONE;
		if (w->kind == WHY_SETUP)
			break;
	}
	note_undone(s, j, &ignored);
	return -1;
}

/* It was told to close, in vain as it seems: 0 where it did after all. */
static int
give_up_close(struct sf *s, struct sf_job *j, struct why *w)
{
	if (abort_open(s, j, w) == -1) {
		j->state = SF_JOB_RUNNING;	/* a close may still arrive */
		return -1;
	}
	if (!did_nothing(j))
		return 0;
	j->state = SF_JOB_NONE;
	note_undone(s, j, w);
	return -1;
}

/* The answer to a close can be lost: then the job itself says. */
static int
close_job(struct sf *s, struct sf_job *j, struct why *w)
{
	struct sf_pause pause = {0};
	struct why first = {0};

	j->state = SF_JOB_RUNNING;	/* it may be, once we have asked */
	for (int i = 0; i < UPLOADS; i++) {
		if (patch(s, j, "UploadComplete", &first) == 0) {
			j->state = SF_JOB_RUNNING;
			return 0;
		}
		if (look(s, j, w) == -1)
			return -1;
		if (j->state != SF_JOB_OPEN)
			return 0;
		if (sf_pause(s, &pause, "closing a job", w) == -1)
			break;
	}
	*w = first;
	return give_up_close(s, j, &first);
}

static const char *
state_name(const struct sf_job *j)
{
	return j->state == SF_JOB_COMPLETE ? "done" :
	    j->state == SF_JOB_FAILED ? "failed" : "aborted";
}

int
sf_job_send(struct sf *s, struct sf_job *j, struct why *w)
{
	if (fill(s, j, w) == -1 || close_job(s, j, w) == -1)
		return -1;
	s->running++;
	return 0;
}

int
sf_job_wait(struct sf *s, struct sf_job *j, struct why *w)
{
	int r = j->state == SF_JOB_RUNNING ? wait(s, j, w) : 0;

	s->running--;
	return r == -1 ? -1 : note(s, j, state_name(j), w);
}

bool
sf_job_refused(const struct sf_job *j)
{
	static const char *const codes[] = { "InvalidBatch", "ClientInputError",
	    "InvalidJob ", "InvalidEntity", "InvalidOperation", "InvalidUser",
	    "FeatureNotEnabled" };

	if (j->state != SF_JOB_FAILED)
		return false;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strncmp(j->error, codes[i], strlen(codes[i])) == 0)
			return true;
	return false;
}

struct reading {
	struct csv_in *csv;
	csv_take *take;
	void *ctx;
	struct why *w;
	bool said;
};

static int
on_bytes(void *ctx, const char *p, size_t n)
{
	struct reading *r = ctx;

	r->said = csv_in_feed(r->csv, p, n, r->w) == -1;
	return r->said ? -1 : 0;
}

static int
on_again(void *ctx)
{
	struct reading *r = ctx;

	csv_in_free(r->csv);
	r->csv = csv_in_new(r->take, r->ctx, ROW_MAX);
	return 0;
}

static int
read_once(struct sf *s, const char *path, struct reading *rd, long *rows,
    struct why *w)
{
	static const char *const accept[] = { "Accept: text/csv", NULL };
	struct http_call c = { .method = "GET", .kind = "ingest",
	    .headers = accept, .repeatable = true, .sink = on_bytes,
	    .again = on_again, .ctx = rd };
	struct why mine = {0};
	int r;

	on_again(rd);
	rd->w = w;
	rd->said = false;
	if ((r = sf_run(s, &c, path, &mine)) == -1 && !rd->said)
		*w = mine;
	if (r == 0 && (r = csv_in_end(rd->csv, w)) == -1)
		rd->said = true;
	*rows = (long)csv_in_rows(rd->csv) - 1;
	http_call_free(&c);
	return r;
}

int
sf_job_results(struct sf *s, const struct sf_job *j, enum sf_results which,
    csv_take *take, void *ctx, struct why *w)
{
	static const char *const files[] = { "/successfulResults",
	    "/failedResults", "/unprocessedrecords" };
	long expected[] = { j->processed - j->failed, j->failed, 0 };
	struct reading rd = { .take = take, .ctx = ctx };
	char path[96];
	long rows = 0;
	int r = -1;

	path_of(j, files[which], path);
	for (int i = 0; i < READS; i++) {
		r = read_once(s, path, &rd, &rows, w);
		if (r == -1 ? !rd.said : rows >= expected[which])
			break;
	}
	if (r == -1 && w->kind == WHY_DATA)
		w->kind = WHY_BROKEN;	/* the answer, no row of ours */
	csv_in_free(rd.csv);
	return r;
}

/* What a killed run left.  Without an id the job may exist, but nothing was
 * ever put into it. */
static int
settle(struct sf *s, struct sf_job *j, struct why *w)
{
	if (*j->id == '\0')
		return note_undone(s, j, w);
	if (look(s, j, w) == -1)
		return -1;
	if (j->state == SF_JOB_OPEN) {
		if (abort_open(s, j, w) == -1)
			return -1;
		if (did_nothing(j))
			return note_undone(s, j, w);
	}
	if (j->state == SF_JOB_RUNNING && wait(s, j, w) == -1)
		return -1;
	return note(s, j, state_name(j), w);
}

/* One of another run, whose maker lives. */
static const struct ledger_job *
foreign(const struct ledger_job *jobs, long n)
{
	const struct ledger_job *found = NULL;
	char *run = ledger_run_name();

	for (long i = 0; i < n && found == NULL; i++)
		if (jobs[i].live && !slice_is(jobs[i].run, run))
			found = &jobs[i];
	free(run);
	return found;
}

/* Who has the lock meets no program of another run, but one that was killed a
 * moment ago and has not died yet. */
static struct ledger_job *
list_jobs(struct sf *s, bool alone, struct pool *pool, long *n, struct why *w)
{
	const struct timespec look = { 0, LOOK_MS * 1000000L };
	const struct ledger_job *live;
	struct ledger_job *jobs;

	for (int ms = 0;; ms += LOOK_MS) {
		jobs = ledger_jobs(s->ledger, pool, n, w);
		if (!alone || (live = foreign(jobs, *n)) == NULL)
			return jobs;
		if (ms >= DYING_MS)
			break;
		nanosleep(&look, NULL);
	}
	*n = -1;
	why(w, WHY_BUSY, "job %.*s is that of another program, which still "
	    "works: %.*s", (int)live->id.n, live->id.p, (int)live->run.n,
	    live->run.p);
	return NULL;
}

int
sf_settle_jobs(struct sf *s, bool alone, struct why *w)
{
	struct pool *pool = pool_new();
	struct ledger_job *jobs = NULL;
	long n = 0;
	int r = 0;

	if (s->ledger != NULL) {
		jobs = list_jobs(s, alone, pool, &n, w);
		r = n == -1 ? -1 : 0;
	}
	for (long i = 0; i < n && r == 0; i++) {
		struct sf_job j = { .number = jobs[i].number };

		if (jobs[i].live)
			continue;
		sf_id_take(j.id, jobs[i].id);
		r = settle(s, &j, w);
	}
	if (r == -1)
		why_in(w, "a job of an earlier run");
	pool_free(pool);
	return r;
}
