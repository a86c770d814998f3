/* salesforce-bulk - a Bulk API 2.0 query job, its results streamed. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "salesforce-session.h"

enum { PAGE_ROWS = 50000, ROW_MAX = 4 << 20, URI_MAX = 16384,
	BODY_MAX = 256 * 1024,
	END_CALLS = 3 };	/* of a job: a look, a page, and it goes */

/* One query on its way. */
struct bulk {
	struct sf *s;
	const struct slice *name;
	size_t n;
	struct sf_value *value;
	enum sf_type *type;
	size_t *cell;			/* column of each name */
	sf_take *take;
	void *ctx;
	struct why *w;
	struct csv_in *csv;
	uint64_t rows, skip;		/* of this page: given, to pass over */
	uint64_t before, of;		/* given by pages before; of so many */
	bool said;			/* `w` is set by us */
};

static bool
is_number(struct slice t)
{
	struct slice v;

	return scan_text(t, &v, NULL) == 0 && v.n == t.n &&
	    scan_kind(v) == SCAN_NUMBER;
}

static int
take_header(struct bulk *a, const struct csv_row *row, struct why *w)
{
	for (size_t i = 0; i < a->n; i++) {
		size_t k = 0;

		while (k < row->n && !(row->cell[k].n == a->name[i].n &&
		    strncasecmp(row->cell[k].p, a->name[i].p,
		    a->name[i].n) == 0))
			k++;
		if (k == row->n)
			return why(w, WHY_BROKEN, "the query's results have no "
			    "column '%.*s'", (int)a->name[i].n, a->name[i].p);
		a->cell[i] = k;
	}
	return 0;
}

static int
take_row(void *ctx, const struct csv_row *row, struct why *w)
{
	struct bulk *a = ctx;
	struct sf_record r = { a->name, a->value, a->n, { NULL, 0 } };

	if (row->number == 1)
		return take_header(a, row, w);
	if (row->number - 1 <= a->skip)
		return 0;
	if (a->before + ++a->rows > a->of)
		return why(w, WHY_BROKEN, "the query's results have more than "
		    "the %llu records that were told",
		    (unsigned long long)a->of);
	for (size_t i = 0; i < a->n; i++) {
		struct slice t = row->cell[a->cell[i]];

		a->value[i].text = t.n == 0 ? (struct slice){ NULL, 0 } : t;
		a->value[i].bare = t.n > 0 &&
		    ((a->type[i] == SF_NUMBER && is_number(t)) ||
		    (a->type[i] == SF_BOOL &&
		    (slice_is(t, "true") || slice_is(t, "false"))));
	}
	return a->take(a->ctx, &r, w);
}

static int
on_bytes(void *ctx, const char *p, size_t n)
{
	struct bulk *a = ctx;

	a->said = csv_in_feed(a->csv, p, n, a->w) == -1;
	return a->said ? -1 : 0;
}

/* A page is a stored file: what was given of it is passed over. */
static int
on_again(void *ctx)
{
	struct bulk *a = ctx;

	a->skip = a->rows;
	csv_in_free(a->csv);
	a->csv = csv_in_new(take_row, a, ROW_MAX);
	return 0;
}

static int
page_complete(struct bulk *a, const struct http_call *c)
{
	struct slice h = http_header(c, "Sforce-NumberOfRecords");

	if (csv_in_end(a->csv, a->w) == -1)
		return -1;
	if (csv_in_rows(a->csv) == 0)
		return why(a->w, WHY_BROKEN, "the query's results have no "
		    "header row");
	if (h.p != NULL && strtoull(h.p, NULL, 10) != a->rows)
		return why(a->w, WHY_BROKEN, "a page of the query's results "
		    "has %llu records where %.*s were told",
		    (unsigned long long)a->rows, (int)h.n, h.p);
	return 0;
}

/* What leads on and on comes to an end: each page has a record, and all
 * together have no more than the job. */
static int
leads_on(struct bulk *a, const char *next, const char *locator)
{
	a->before += a->rows;
	if (a->rows == 0 || strcmp(next, locator) == 0)
		return why(a->w, WHY_BROKEN, "Salesforce gives %s page of "
		    "results and says that more follow",
		    a->rows == 0 ? "an empty" : "the same");
	return 0;
}

/* `locator` is "" before the first page, and NULL behind the last. */
static int
bulk_page(struct bulk *a, const char *id, char **locator)
{
	static const char *const accept[] = { "Accept: text/csv", NULL };
	struct http_call c = { .method = "GET", .kind = "query",
	    .headers = accept, .repeatable = true, .sink = on_bytes,
	    .again = on_again, .ctx = a };
	struct buf path = BUF(URI_MAX);
	struct why w = {0};
	struct slice h;
	char *next = NULL;
	int r;

	buf_fmt(&path, "jobs/query/%s/results?maxRecords=%d", id, PAGE_ROWS);
	if (**locator != '\0') {
		buf_str(&path, "&locator=");
		http_escape(&path, slice(*locator));
	}
	a->rows = a->skip = 0;
	on_again(a);
	if ((r = sf_run(a->s, &c, buf_cstr(&path), &w)) == -1 && !a->said)
		*a->w = w;
	if (r == 0)
		r = page_complete(a, &c);
	h = http_header(&c, "Sforce-Locator");
	if (r == 0 && h.n > 0 && !slice_is(h, "null")) {
		next = xstrndup(h.p, h.n);
		r = leads_on(a, next, *locator);
	}
	free(*locator);
	*locator = next;
	http_call_free(&c);
	buf_free(&path);
	return r;
}

/* How many records it has, where that is told. */
static uint64_t
records_of(struct slice json)
{
	struct slice n = scan_get(json, "numberRecordsProcessed");

	return scan_kind(n) == SCAN_NUMBER && *n.p != '-' ?
	    strtoull(n.p, NULL, 10) : UINT64_MAX;
}

static int
job_state(struct slice json, const char *id, struct why *w)
{
	struct pool *pool = pool_new();
	struct slice state = scan_string(scan_get(json, "state"), pool),
	    text = scan_string(scan_get(json, "errorMessage"), pool);
	int r = 0;

	if (slice_is(state, "JobComplete"))
		r = 1;
	else if (slice_is(state, "Failed") || slice_is(state, "Aborted"))
		r = why_code(w, WHY_SETUP, "query-failed", "Salesforce query "
		    "job %s ended %.*s: %.*s", id, (int)state.n, state.p,
		    (int)text.n, text.p == NULL ? "" : text.p);
	pool_free(pool);
	return r;
}

static int
bulk_create(struct bulk *a, const char *soql, char **id)
{
	struct http_call c = { .method = "POST", .kind = "query",
	    .repeatable = true, .json = true };
	struct buf body = BUF(BODY_MAX);
	struct slice json, v;
	int r;

	buf_str(&body, "{\"operation\":\"query\",\"contentType\":\"CSV\","
	    "\"columnDelimiter\":\"COMMA\",\"lineEnding\":\"LF\",\"query\":");
	scan_quote(&body, slice(soql));
	buf_char(&body, '}');
	c.body = buf_all(&body);
	r = sf_run(a->s, &c, "jobs/query", a->w);
	if (r == 0 && (r = scan_text(buf_all(&c.answer), &json, a->w)) == 0) {
		v = scan_get(json, "id");
		if (v.n > 2)
			v = (struct slice){ v.p + 1, v.n - 2 };
		if (sf_id_ok(v))
			*id = xstrndup(v.p, v.n);
		else
			r = why(a->w, WHY_BROKEN, "Salesforce gave a query job "
			    "without an id");
	}
	http_call_free(&c);
	buf_free(&body);
	return r;
}

static int
bulk_wait(struct bulk *a, const char *id)
{
	struct sf_pause pause = {0};
	struct http_call c;
	struct slice json;
	char path[64], what[64];
	int r;

	snprintf(path, sizeof(path), "jobs/query/%s", id);
	snprintf(what, sizeof(what), "Salesforce query job %s", id);
	do {
		if (pause.ms > 0 && sf_budget_look(a->s, END_CALLS,
		    a->w) == -1)
			return why_in(a->w, "%s has not ended", what);
		if (sf_pause(a->s, &pause, what, a->w) == -1)
			return -1;
		c = (struct http_call){ .kind = "query" };
		r = sf_get(a->s, &c, path, &json, a->w);
		if (r == 0) {
			r = job_state(json, id, a->w);
			a->of = records_of(json);
		}
		http_call_free(&c);
	} while (r == 0);
	return r == 1 ? 0 : -1;
}

/* Numbers and booleans are told from texts; a field that describe does not
 * have (of a polymorphic parent) stays text.  Without a describe nobody knows:
 * -1. */
static int
learn_types(struct bulk *a, struct slice object)
{
	const struct sf_field *f;
	struct why no;

	for (size_t i = 0; i < a->n; i++) {
		no = (struct why){0};
		f = sf_field(a->s, object, a->name[i], &no);
		if (f == NULL && strcmp(no.code, "INVALID_FIELD") != 0) {
			*a->w = no;
			return -1;
		}
		a->type[i] = f == NULL ? SF_TEXT : f->type;
	}
	return 0;
}

/* Results count against the org's storage. */
static void
forget_job(struct sf *s, const char *id)
{
	struct http_call c = { .method = "DELETE", .kind = "query" };
	struct why ignored = {0};
	char path[64];

	snprintf(path, sizeof(path), "jobs/query/%s", id);
	sf_run(s, &c, path, &ignored);
	http_call_free(&c);
}

static int
run(struct bulk *a, const char *soql, struct slice object)
{
	char *id = NULL, *locator = xstrdup("");
	int r = -1;

	if (learn_types(a, object) == 0 &&
	    sf_budget_query(a->s, a->w) == 0 &&
	    bulk_create(a, soql, &id) == 0 && bulk_wait(a, id) == 0)
		r = 0;
	while (r == 0 && locator != NULL)
		r = bulk_page(a, id, &locator);
	if (r == -1 && strcmp(a->w->code, "bad-csv") == 0)
		a->w->kind = WHY_BROKEN;	/* the answer, no row of ours */
	if (id != NULL)
		forget_job(a->s, id);
	free(locator);
	free(id);
	return r;
}

int
sf_bulk_query(struct sf *s, const char *soql, struct slice object,
    const struct slice *name, size_t n, sf_take *take, void *ctx,
    struct why *w)
{
	struct bulk a = { .s = s, .name = name, .n = n, .take = take,
	    .ctx = ctx, .w = w };
	int r;

	if (n == 0)
		return why(w, WHY_SETUP, "a Bulk query selects fields by name: "
		    "no functions, no sub-queries");
	a.value = xcalloc(n, sizeof(*a.value));
	a.type = xcalloc(n, sizeof(*a.type));
	a.cell = xcalloc(n, sizeof(*a.cell));
	r = run(&a, soql, object);
	csv_in_free(a.csv);
	free(a.value);
	free(a.type);
	free(a.cell);
	return r;
}
