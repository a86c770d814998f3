/* sf-fault - what a plan of faults does to the org, to records and to jobs */

#include <stdlib.h>
#include <string.h>

#include "sf-api.h"

/* --- session, limits, locks --- */

/* `name` is true in the plan: nothing is left of that limit; false: a new
 * day. */
static void
spend(struct sf_http *h, const char *name, long limit, long *used)
{
	yyjson_val *v = fault_get(h->rq->fault, name);

	if (v != NULL)
		*used = yyjson_is_true(v) ? limit + 1 : 0;
}

bool
sf_faults(struct sf_http *h)
{
	struct sf_org *org = h->org;
	yyjson_val *lock = fault_get(h->rq->fault, "lock"), *v;
	const char *record = yyjson_get_str(yyjson_obj_get(lock, "record"));

	if (fault_true(h->rq->fault, "expire_token")) {
		sf_begin(h->org);
		sf_exec(h->org, "DELETE FROM session WHERE "
		    "t NOT LIKE '5Aep%'");
		sf_commit(h->org);
	}
	spend(h, "api_limit", org->set.api_limit, &org->api_calls);
	spend(h, "batch_limit", org->set.batch_limit, &org->batches);
	spend(h, "query_limit", org->set.query_limit, &org->query_jobs);
	if ((v = fault_get(h->rq->fault, "storage_limit")) != NULL)
		org->storage_full = yyjson_is_true(v);
	if ((v = fault_get(h->rq->fault, "query_storage_limit")) != NULL)
		org->results_full = yyjson_is_true(v);
	if (lock == NULL)
		return true;
	v = yyjson_obj_get(lock, "times");
	if (record != NULL && sf_lock_add(org, record, v ?
	    (long)yyjson_get_num(v) : 1) == 0)
		return true;
	sf_error(h, 400, "SANDBOX_FAULT", "lock: no record '%s', or too many",
	    record ? record : "");
	return false;
}

/* --- records --- */

bool
sf_fault_row(yyjson_val *spec, int64_t row, const char *raw, size_t n,
    double thrown, int64_t *hits, struct sf_err *e)
{
	yyjson_val *nth = yyjson_obj_get(spec, "nth");
	yyjson_val *every = yyjson_obj_get(spec, "every");
	yyjson_val *rows = yyjson_obj_get(spec, "rows");
	yyjson_val *chunk = yyjson_obj_get(spec, "chunk");
	yyjson_val *chance = yyjson_obj_get(spec, "probability");
	const char *match = yyjson_get_str(yyjson_obj_get(spec, "match"));
	const char *code, *msg, *fields;

	if ((nth && row != yyjson_get_sint(nth)) ||
	    (every && row % (yyjson_get_sint(every) + !yyjson_get_sint(every))
	    != 0) ||
	    (chunk && (row - 1) / SF_CHUNK + 1 != yyjson_get_sint(chunk)) ||
	    (rows && *hits >= yyjson_get_sint(rows)) ||
	    (chance && thrown >= yyjson_get_num(chance)) ||
	    (match && memmem(raw, n, match, strlen(match)) == NULL))
		return false;
	++*hits;
	code = yyjson_get_str(yyjson_obj_get(spec, "code"));
	msg = yyjson_get_str(yyjson_obj_get(spec, "message"));
	fields = yyjson_get_str(yyjson_obj_get(spec, "fields"));
	sf_fail(e, code ? code : "UNABLE_TO_LOCK_ROW", fields ? fields : "",
	    "%s", msg ? msg : "unable to obtain exclusive access to this "
	    "record");
	return true;
}

const struct sf_err *
sf_refused_text(struct sf_http *h, int row, const char *text, size_t n,
    int64_t *hits, struct sf_err *e)
{
	yyjson_val *spec = fault_get(h->rq->fault, "fail_rows");
	double thrown;

	if (spec == NULL)
		return NULL;
	/* one row of throws for all calls: how they are cut is the client's */
	thrown = faults_throw(faults_dice(h->org->set.seed, 'r'),
	    h->org->thrown++);
	return sf_fault_row(spec, row + 1, text, n, thrown, hits, e) ? e :
	    NULL;
}

const struct sf_err *
sf_refused(struct sf_http *h, int row, yyjson_val *v, int64_t *hits,
    struct sf_err *e)
{
	const struct sf_err *refuse;
	char *text;
	size_t n;

	if (fault_get(h->rq->fault, "fail_rows") == NULL)
		return NULL;
	text = yyjson_val_write(v, 0, &n);
	refuse = sf_refused_text(h, row, text ? text : "", text ? n : 0, hits,
	    e);
	free(text);
	return refuse;
}

/* --- jobs --- */

void
sf_fault_keep(struct sf_http *h, struct sf_job *j)
{
	static const char *const names[] = {"fail_rows", "fail_job"};
	struct buf b = {0};
	yyjson_val *v;
	char *text;
	int i;

	for (i = 0; i < 2; i++) {
		if ((v = fault_get(h->rq->fault, names[i])) == NULL)
			continue;
		text = yyjson_val_write(v, 0, NULL);
		buf_fmt(&b, "%c\"%s\":%s", b.n ? ',' : '{', names[i], text);
		free(text);
	}
	if (b.n) {
		buf_byte(&b, '}');
		free(j->fault);
		j->fault = sf_xstrdup(b.p);
	}
	buf_free(&b);
}

bool
sf_fault_job(struct sf_org *org, struct sf_job *j, yyjson_val *spec,
    int64_t *limit)
{
	bool ingest = strcmp(j->kind, "ingest") == 0;
	const char *text = yyjson_get_str(yyjson_obj_get(spec, "error"));
	int64_t left = yyjson_get_sint(yyjson_obj_get(spec, "after")) -
	    j->processed;

	if (spec == NULL)
		return false;
	if (left > 0) {
		if (left < *limit)
			*limit = left;
		return false;
	}
	/* as often as the platform tries before it gives up */
	j->retries = ingest ? 20 : 15;
	sf_job_fail(org, j, "%s", text ? text : ingest ?
	    "InternalServerError : Retried more than twenty times" :
	    "InternalServerError : Retried more than fifteen times");
	return true;
}
