/* sf-bulkquery - Bulk API 2.0 query jobs */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "sf-api.h"

#define STEP 2000		/* records looked at in one step */
#define PAGES 5			/* listed by resultPages in one answer */

/* --- the worker's part --- */

/*
 * Rows found so far are in the job's `processed`; its `row` is the last
 * record looked at, or the place in the list where all are found at once.
 */
static void
emit(struct sf_org *org, struct sf_job *j, struct sf_soql *q,
    struct sf_row *r, struct buf *b, int64_t *rows)
{
	sf_soql_csv(org, q, r, sf_job_delim(j), sf_job_eol(j), b);
	++*rows;
}

static void
keep(struct sf_org *org, struct sf_job *j, struct buf *b, int64_t rows)
{
	sf_begin(org);
	if (rows)
		sf_job_result(org, j->n, j->processed, rows, b, NULL);
	j->processed += rows;
	buf_free(b);
}

/* `limit` rows at most; true when it is them that end it. */
static bool
all_at_once(struct sf_org *org, struct sf_job *j, struct sf_soql *q,
    int64_t limit, struct sf_row *r, struct sf_arena *a)
{
	int64_t *ids, rows = 0;
	struct buf b = {0};
	size_t n, i;

	sf_soql_ids(org, q, strcmp(j->operation, "queryAll") == 0, &ids, &n);
	for (i = 0; i < n && limit > 0; i++) {
		if (sf_get(org, ids[i], a, r)) {
			emit(org, j, q, r, &b, &rows);
			limit--;
		}
		sf_arena_reset(a);
		if (rows == STEP || i + 1 == n || limit == 0) {
			keep(org, j, &b, rows);
			rows = 0;
		}
	}
	free(ids);
	return limit == 0;
}

/* True while there are more. */
static bool
piece(struct sf_org *org, struct sf_job *j, struct sf_soql *q,
    int64_t limit, struct sf_row *r, struct sf_arena *a)
{
	bool all = strcmp(j->operation, "queryAll") == 0, more = true;
	int64_t rows = 0;
	struct buf b = {0};
	int i;

	for (i = 0; i < STEP && rows < limit &&
	    (more = sf_next(org, q->o, j->row, a, r)); i++) {
		j->row = r->id;
		if ((all || !r->dead) && sf_soql_match(org, q, r))
			emit(org, j, q, r, &b, &rows);
		sf_arena_reset(a);
	}
	keep(org, j, &b, rows);
	return more;
}

/* Does the plan end the job now, or behind `limit` rows? */
static bool
planned_end(struct sf_org *org, struct sf_job *j, int64_t *limit)
{
	yyjson_doc *fault = j->fault ? yyjson_read(j->fault, strlen(j->fault),
	    0) : NULL;
	bool ends = sf_fault_job(org, j, yyjson_obj_get(
	    yyjson_doc_get_root(fault), "fail_job"), limit);

	yyjson_doc_free(fault);
	return ends;
}

int
sf_query_step(struct sf_org *org, struct sf_job *j)
{
	struct sf_err e;
	struct sf_soql *q = sf_soql_parse(org, j->query, SF_SOQL_BULK, &e);
	struct sf_row *r = sf_xmalloc(sizeof(*r));
	struct sf_arena a = {0};
	int64_t begun = sf_now(), limit = INT64_MAX;
	bool more = false;

	if (q == NULL) {
		sf_job_fail(org, j, "%s : %s", e.code, e.msg);
	} else if (!planned_end(org, j, &limit)) {
		more = (sf_soql_at_once(org, q) ? all_at_once : piece)(org, j,
		    q, limit, r, &a);
		if (!more)
			snprintf(j->state, sizeof(j->state), "JobComplete");
		j->ms += sf_now() - begun;
		sf_job_save(org, j);
	}
	sf_soql_free(q);
	sf_arena_free(&a);
	free(r);
	return more;
}

/* --- create --- */

static void
create(struct sf_http *h, struct sf_job *j)
{
	static const char *const operations[] = {"query", "queryAll"};
	yyjson_val *v = sf_body(h);
	const char *op = yyjson_get_str(yyjson_obj_get(v, "operation"));
	const char *text = yyjson_get_str(yyjson_obj_get(v, "query"));
	struct sf_soql *q;
	struct sf_err e;

	if (v == NULL)
		return;
	if (op == NULL || (strcmp(op, operations[0]) != 0 &&
	    strcmp(op, operations[1]) != 0)) {
		sf_error(h, 400, "API_ERROR", "Invalid value: '%s' supplied "
		    "for property: 'operation'", op ? op : "");
		return;
	}
	if (!sf_bulk_json(h, v, j))
		return;
	q = sf_soql_parse(h->org, text ? text : "", SF_SOQL_BULK, &e);
	if (q == NULL) {
		sf_error_of(h, 400, &e);
		return;
	}
	if (!q->o->bulk) {
		sf_error(h, 400, "INVALIDENTITY", "InvalidEntity : Entity "
		    "'%s' is not supported by the Bulk API.", q->o->name);
	} else if (h->org->query_jobs >= h->org->set.query_limit) {
		sf_error(h, 400, "EXCEEDEDQUOTA", "Max bulk v2 "
		    "query jobs (%ld) per 24 hrs has been reached",
		    h->org->set.query_limit);
	} else if (h->org->results_full) {
		sf_error(h, 400, "EXCEEDEDQUOTA", "Max bulk v2 query result "
		    "size stored (1000000000) kb per 24 hrs has been "
		    "exceeded");
	} else {
		h->org->query_jobs++;
		snprintf(j->kind, sizeof(j->kind), "query");
		snprintf(j->state, sizeof(j->state), "UploadComplete");
		snprintf(j->operation, sizeof(j->operation), "%s", op);
		snprintf(j->object, sizeof(j->object), "%s", q->o->name);
		j->query = sf_xstrdup(text);
		sf_fault_keep(h, j);
		j->due = sf_now() + h->org->set.job_delay_ms;
		sf_job_new(h->org, j);
		pthread_cond_signal(&h->org->wake);
		sf_job_json(h->org, j, SF_SHOW_CREATED, sf_ok(h, 200));
	}
	sf_soql_free(q);
}

/* --- pages --- */

/* A locator is the row it begins with, made opaque. */
static void
locator_make(int64_t row, char to[40])
{
	char text[24];

	snprintf(text, sizeof(text), "MR%lld", (long long)row);
	EVP_EncodeBlock((unsigned char *)to, (unsigned char *)text,
	    (int)strlen(text));
	to[strcspn(to, "=")] = '\0';
}

static int64_t
locator_read(const char *s)
{
	unsigned char text[64] = "";
	char padded[48];
	size_t n = strlen(s);

	if (n > 40)
		return -1;
	snprintf(padded, sizeof(padded), "%s%s", s, &"==="[3 - (4 - n % 4) % 4]);
	if (EVP_DecodeBlock(text, (unsigned char *)padded,
	    (int)strlen(padded)) < 0 || memcmp(text, "MR", 2) != 0)
		return -1;
	return atoll((char *)text + 2);
}

static void
header(const struct sf_soql *q, const struct sf_job *j, struct buf *b)
{
	int i;

	for (i = 0; i < q->nselect; i++) {
		if (i)
			buf_byte(b, sf_job_delim(j));
		sf_csv(b, q->select[i].path.text,
		    strlen(q->select[i].path.text));
	}
	buf_str(b, sf_job_eol(j));
}

/* Append rows [from, to) of the stored blocks. */
static void
rows(struct sf_http *h, const struct sf_job *j, int64_t from, int64_t to,
    struct buf *b)
{
	sqlite3_stmt *st = sf_sql(h->org, "SELECT n, rows, good FROM result "
	    "WHERE job = ?1 AND n < ?3 AND n + rows > ?2 ORDER BY n");
	struct sf_csvcell *cells = sf_xmalloc(SF_CSV_COLS * sizeof(*cells));
	struct sf_arena a = {0};

	sqlite3_bind_int64(st, 1, j->n);
	sqlite3_bind_int64(st, 2, from);
	sqlite3_bind_int64(st, 3, to);
	while (sf_step(h->org, st)) {
		int64_t at = sqlite3_column_int64(st, 0);
		int64_t n = sqlite3_column_int64(st, 1);
		struct sf_csvrow r = {.cell = cells};
		struct sf_csv c = {.delim = sf_job_delim(j), .last = true};

		c.p = sqlite3_column_blob(st, 2);
		c.end = c.p + sqlite3_column_bytes(st, 2);
		if (at >= from && at + n <= to) {
			buf_add(b, c.p, (size_t)(c.end - c.p));
			continue;
		}
		for (; at < to && sf_csv_row(&c, &r, &a); at++)
			if (at >= from)
				buf_add(b, r.raw, (size_t)(c.p - r.raw));
		sf_arena_reset(&a);
	}
	sqlite3_finalize(st);
	sf_arena_free(&a);
	free(cells);
}

/* The rows a request asks for; false when an error is answered. */
static bool
range(struct sf_http *h, const struct sf_job *j, int64_t *from, int64_t *max)
{
	char *at = sf_arg(h, "locator"), *n = sf_arg(h, "maxRecords");
	bool ok = false;

	*from = at && *at ? locator_read(at) : 0;
	*max = n && *n ? atoll(n) : h->org->set.bulk_page;
	if (*max > h->org->set.bulk_page)	/* fewer may come than asked */
		*max = h->org->set.bulk_page;
	if (strcmp(j->version, h->version) != 0)
		sf_error(h, 409, "API_ERROR", "the job was created with API "
		    "version %s", j->version);
	else if (strcmp(j->state, "JobComplete") != 0)
		sf_error(h, 400, "INVALIDJOBSTATE", "Job is not completed: "
		    "%s", j->state);
	else if (*from < 0 || *from > j->processed)
		sf_error(h, 400, "INVALID_QUERY_LOCATOR",
		    "invalid query locator");
	else if (*max <= 0)
		sf_error(h, 400, "API_ERROR", "Invalid value: '%s' supplied "
		    "for property: 'maxRecords'", n);
	else
		ok = true;
	free(at);
	free(n);
	return ok;
}

static void
results(struct sf_http *h, const struct sf_job *j)
{
	int64_t from, max, to;
	struct sf_soql *q;
	struct sf_err e;
	struct buf *b;
	char text[40];

	if (!range(h, j, &from, &max))
		return;
	to = j->processed - from > max ? from + max : j->processed;
	q = sf_soql_parse(h->org, j->query, SF_SOQL_BULK, &e);
	if (q == NULL) {
		sf_error_of(h, 400, &e);
		return;
	}
	b = sf_type(h, 200, "text/csv; charset=UTF-8");
	header(q, j, b);
	rows(h, j, from, to, b);
	sf_soql_free(q);
	snprintf(text, sizeof(text), "%lld", (long long)(to - from));
	sf_reply_header(h, "Sforce-NumberOfRecords", text);
	snprintf(text, sizeof(text), "null");
	if (to < j->processed)
		locator_make(to, text);
	sf_reply_header(h, "Sforce-Locator", text);
}

static void
result_pages(struct sf_http *h, const struct sf_job *j)
{
	int64_t at, max;
	char id[19], text[40];
	struct buf *b;
	int i;

	if (!range(h, j, &at, &max))
		return;
	max = h->org->set.bulk_page;
	sf_id_make("750", j->n, id);
	b = sf_ok(h, 200);
	buf_str(b, "{\"resultPages\":[");
	for (i = 0; i < PAGES && (at < j->processed || (i == 0 && at == 0));
	    i++, at += max) {
		locator_make(at, text);
		buf_fmt(b, "%s{\"resultUrl\":\"/services/data/v%s/jobs/query/"
		    "%s/results?locator=%s\"}", i ? "," : "", h->version, id,
		    text);
	}
	locator_make(at, text);
	if (at < j->processed)
		buf_fmt(b, "],\"nextRecordsUrl\":\"/services/data/v%s/jobs/"
		    "query/%s/resultpages?locator=%s\",\"done\":false}",
		    h->version, id, text);
	else
		buf_str(b, "],\"nextRecordsUrl\":null,\"done\":true}");
}

/* --- who answers --- */

static void
one_job(struct sf_http *h, struct sf_job *j)
{
	if (sf_is(h, "GET"))
		sf_bulk_info(h, j);
	else if (sf_is(h, "PATCH"))
		sf_bulk_patch(h, j);
	else if (!sf_is(h, "DELETE"))
		sf_not_allowed(h, "GET,HEAD,PATCH,DELETE");
	else if (!sf_job_ended(j))
		sf_error(h, 400, "API_ERROR", "Error encountered when "
		    "deleting the job because the job is not terminated");
	else {
		sf_job_delete(h->org, j->n);
		sf_ok(h, 204);
	}
}

static void
job_part(struct sf_http *h, const struct sf_job *j)
{
	bool pages = strcasecmp(h->part[3], "resultPages") == 0 &&
	    sf_since(h, 58);

	if (!pages && strcmp(h->part[3], "results") != 0)
		sf_not_found(h);
	else if (!sf_reads(h))
		;
	else if (pages)
		result_pages(h, j);
	else
		results(h, j);
}

void
sf_bulk_query(struct sf_http *h)
{
	struct sf_job j = SF_JOB_EMPTY;

	if (h->parts == 2 && sf_is(h, "POST"))
		create(h, &j);
	else if (h->parts == 2 && sf_is(h, "GET"))
		sf_bulk_list(h, "query");
	else if (h->parts == 2)
		sf_not_allowed(h, "GET,HEAD,POST");
	else if (sf_bulk_job(h, "query", &j)) {
		if (h->parts == 3)
			one_job(h, &j);
		else
			job_part(h, &j);
	}
	sf_job_free(&j);
}
