/* sf-api - requests: session, version, limits, and who answers */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-api.h"

#define VERSION_MAX 67		/* Summer '26 */
#define URI_MAX 16384		/* bytes */

/* --- answers --- */

struct buf *
sf_type(struct sf_http *h, int status, const char *type)
{
	char info[64];
	struct buf *b = reply_with(h->rp, status, type);

	if (h->version[0]) {
		snprintf(info, sizeof(info), "api-usage=%ld/%ld",
		    h->org->api_calls, h->org->set.api_limit);
		reply_header(h->rp, "Sforce-Limit-Info", info);
	}
	return b;
}

struct buf *
sf_ok(struct sf_http *h, int status)
{
	return sf_type(h, status, "application/json;charset=UTF-8");
}

void
sf_fields_json(const char *fields, struct buf *b)
{
	const char *p = fields, *q;

	buf_byte(b, '[');
	for (; *p; p = q + strspn(q, ", ")) {
		q = p + strcspn(p, ",");
		if (p != fields)
			buf_byte(b, ',');
		buf_json(b, p, (size_t)(q - p));
	}
	buf_byte(b, ']');
}

/* What a duplicate rule found; it stands in front of code and message. */
static void
duplicate_result(struct sf_http *h, const struct sf_err *e, struct buf *b)
{
	const char *object = sf_object_of(h->org, e->twins[0])->name;
	char id[19];
	int i;

	buf_fmt(b, "\"duplicateResult\":{\"allowSave\":%s,\"duplicateRule\":"
	    "\"Standard_%s_Duplicate_Rule\",\"duplicateRuleEntityType\":"
	    "\"%s\",\"errorMessage\":", e->may_save ? "true" : "false",
	    object, object);
	sf_json(b, e->msg);
	buf_fmt(b, ",\"matchResults\":[{\"entityType\":\"%s\",\"errors\":[],"
	    "\"matchEngine\":\"ExactMatchEngine\",\"matchRecords\":[", object);
	for (i = 0; i < e->ntwins; i++) {
		sf_id_write(h->org, e->twins[i], id);
		buf_fmt(b, "%s{\"additionalInformation\":[],\"fieldDiffs\":[],"
		    "\"matchConfidence\":100.0,\"record\":{\"attributes\":{"
		    "\"type\":\"%s\",\"url\":\"/services/data/v%s/sobjects/"
		    "%s/%s\"},\"Id\":\"%s\"}}", i ? "," : "", object,
		    h->version, object, id, id);
	}
	buf_fmt(b, "],\"rule\":\"Standard_%s_Match_Rule_v1_0\",\"size\":%d,"
	    "\"success\":true}]},", object, e->ntwins);
}

void
sf_error_of(struct sf_http *h, int status, const struct sf_err *e)
{
	struct buf *b = sf_ok(h, status);

	buf_str(b, "[{");
	if (e->ntwins > 0)
		duplicate_result(h, e, b);
	buf_str(b, "\"message\":");
	sf_json(b, e->msg);
	buf_str(b, ",\"errorCode\":");
	sf_json(b, e->code);
	if (e->fields[0]) {
		buf_str(b, ",\"fields\":");
		sf_fields_json(e->fields, b);
	}
	buf_str(b, "}]");
}

void
sf_error(struct sf_http *h, int status, const char *code, const char *fmt,
    ...)
{
	struct sf_err e;
	va_list ap;

	memset(&e, 0, sizeof(e));
	snprintf(e.code, sizeof(e.code), "%s", code);
	va_start(ap, fmt);
	vsnprintf(e.msg, sizeof(e.msg), fmt, ap);
	va_end(ap);
	sf_error_of(h, status, &e);
}

void
sf_not_found(struct sf_http *h)
{
	sf_error(h, 404, "NOT_FOUND", "The requested resource does not exist");
}

void
sf_not_allowed(struct sf_http *h, const char *allowed)
{
	sf_error(h, 405, "METHOD_NOT_ALLOWED", "HTTP Method '%s' not allowed."
	    " Allowed are %s", h->rq->method, allowed);
	reply_header(h->rp, "Allow", allowed);
}

bool
sf_is(const struct sf_http *h, const char *method)
{
	/* X-HTTP-Method aside, a HEAD is a GET without its body */
	return strcmp(h->rq->method, method) == 0 ||
	    (strcmp(method, "GET") == 0 && strcmp(h->rq->method, "HEAD") == 0);
}

yyjson_val *
sf_body(struct sf_http *h)
{
	yyjson_val *v;

	yyjson_doc_free(h->json);
	h->json = yyjson_read(h->rq->body, h->rq->body_len, 0);
	v = yyjson_doc_get_root(h->json);
	if (!yyjson_is_ctn(v)) {
		sf_error(h, 400, "JSON_PARSER_ERROR", "The HTTP entity body "
		    "is required, but this request has no entity body, or it "
		    "is not JSON");
		return NULL;
	}
	return v;
}

char *
sf_arg(const struct sf_http *h, const char *name)
{
	const char *at = h->rq->query;
	char *n, *v;

	while (serve_pair(&at, &n, &v)) {
		if (strcasecmp(n, name) == 0) {
			free(n);
			return v;
		}
		free(n);
		free(v);
	}
	return NULL;
}

/* --- small resources --- */

static void
versions(struct sf_http *h)
{
	static const char *const seasons[] = {"Spring", "Summer", "Winter"};
	struct buf *b = sf_ok(h, 200);
	int v;

	buf_byte(b, '[');
	for (v = 31; v <= VERSION_MAX; v++) {
		/* v30 was Spring '14, three a year, Winter is next year's */
		int k = v - 30;

		buf_fmt(b, "%s{\"label\":\"%s '%02d\",\"url\":\"/services/data"
		    "/v%d.0\",\"version\":\"%d.0\"}", v > 31 ? "," : "",
		    seasons[k % 3], 14 + (k + (k % 3 == 2)) / 3, v, v);
	}
	buf_byte(b, ']');
}

static void
resources(struct sf_http *h)
{
	static const char *const names[] = {"sobjects", "query", "queryAll",
	    "limits", "jobs", "composite"};
	struct buf *b = sf_ok(h, 200);
	char oid[19], uid[19];
	int i;

	sf_id_write(h->org, h->org->organization, oid);
	sf_id_write(h->org, h->org->user, uid);
	buf_fmt(b, "{\"identity\":\"%s/id/%s/%s\",", h->org->base, oid, uid);
	for (i = 0; i < 6; i++)
		buf_fmt(b, "%s\"%s\":\"/services/data/v%s/%s\"", i ? "," : "",
		    names[i], h->version, names[i]);
	buf_byte(b, '}');
}

static void
record_count(struct sf_http *h)
{
	char *list = sf_arg(h, "sObjects"), *rest = list, *p;
	struct buf *b = sf_ok(h, 200);
	const struct sf_object *o;
	int n = 0;

	buf_str(b, "{\"sObjects\":[");
	while ((p = strsep(&rest, ",")) != NULL)
		if ((o = sf_seen_object(h->org->schema, p)) != NULL)
			buf_fmt(b, "%s{\"count\":%lld,\"name\":\"%s\"}",
			    n++ ? "," : "", (long long)sf_count(h->org, o),
			    o->name);
	buf_str(b, "]}");
	free(list);
}

static void
limit(struct buf *b, const char *name, long max, long used)
{
	buf_fmt(b, "%s\"%s\":{\"Max\":%ld,\"Remaining\":%ld}",
	    b->p[b->n - 1] == '{' ? "" : ",", name, max,
	    max > used ? max - used : 0);
}

static void
limits(struct sf_http *h)
{
	static const struct { const char *name; long max; } fixed[] = {
		{"DailyBulkV2QueryFileStorageMB", 976562},
		{"FileStorageMB", 1073},
		{"HourlyTimeBasedWorkflow", 50}};
	const struct sf_org *org = h->org;
	struct buf *b;
	size_t i;

	if (h->parts == 2 && strcmp(h->part[1], "recordCount") == 0) {
		record_count(h);
		return;
	}
	if (h->parts > 1) {
		sf_not_found(h);
		return;
	}
	b = sf_ok(h, 200);
	buf_byte(b, '{');
	limit(b, "DailyApiRequests", org->set.api_limit, org->api_calls);
	limit(b, "DailyBulkApiBatches", org->set.batch_limit, org->batches);
	limit(b, "DailyBulkV2QueryJobs", org->set.query_limit,
	    org->query_jobs);
	limit(b, "DataStorageMB", 1073, org->storage_full ? 1073 : 0);
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		limit(b, fixed[i].name, fixed[i].max, 0);
	buf_byte(b, '}');
}

/* --- who answers --- */

static void
sobjects(struct sf_http *h)
{
	const struct sf_object *o;

	if (h->parts == 1) {
		if (sf_is(h, "GET"))
			sf_describe_global(h);
		else
			sf_not_allowed(h, "GET,HEAD");
		return;
	}
	o = sf_seen_object(h->org->schema, h->part[1]);
	if (o == NULL)
		sf_not_found(h);
	else if (h->parts == 3 && strcmp(h->part[2], "describe") == 0)
		sf_describe_object(h, o);
	else if (h->parts == 2 && sf_is(h, "GET"))
		sf_object_info(h, o);
	else
		sf_rest_record(h);
}

static void
jobs(struct sf_http *h)
{
	if (h->parts > 1 && strcmp(h->part[1], "ingest") == 0)
		sf_bulk_ingest(h);
	else if (h->parts > 1 && strcmp(h->part[1], "query") == 0)
		sf_bulk_query(h);
	else
		sf_not_found(h);
}

/* Of the Tooling API only queries. */
static void
tooling(struct sf_http *h)
{
	int k;

	if (h->parts < 2 || strcmp(h->part[1], "query") != 0) {
		sf_not_found(h);
		return;
	}
	for (k = 1; k < h->parts; k++)
		h->part[k - 1] = h->part[k];
	h->parts--;
	h->org->schema->tooling = true;
	sf_rest_query(h);
	h->org->schema->tooling = false;
}

static void
composite(struct sf_http *h)
{
	if (h->parts > 1 && strcmp(h->part[1], "sobjects") == 0)
		sf_rest_collections(h);
	else
		sf_not_found(h);
}

static const struct {
	const char *name;
	void (*answer)(struct sf_http *);
} routes[] = {
	{"sobjects", sobjects}, {"query", sf_rest_query},
	{"queryAll", sf_rest_query}, {"jobs", jobs}, {"limits", limits},
	{"composite", composite}, {"tooling", tooling},
};

/*
 * Cut "a/b/c" into parts.  A key in the path may hold a slash of its own,
 * sent as %2F, so decoding comes after cutting.  A slash at the end counts
 * for nothing.
 */
static void
cut(struct sf_http *h, const char *path)
{
	size_t n;
	char *p;

	for (; *path && h->parts < SF_PARTS; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (n == 0)
			continue;
		p = serve_decode(path, n, 0, NULL);
		h->part[h->parts++] = sf_dup(&h->org->scratch, p, strlen(p));
		free(p);
	}
}

/* "v62.0" to h->version; false when an error is answered. */
static bool
version(struct sf_http *h, const char *s)
{
	char *end;
	long v = s[0] == 'v' ? strtol(s + 1, &end, 10) : 0;

	if (v == 0 || strcmp(end, ".0") != 0 || v > VERSION_MAX) {
		sf_not_found(h);
		return false;
	}
	if (v < 31) {
		sf_error(h, 410, "UNSUPPORTED_API_VERSION", "Salesforce "
		    "Platform API version %ld.0 is retired", v);
		return false;
	}
	if (v < 41) {
		sf_not_found(h);
		return false;
	}
	snprintf(h->version, sizeof(h->version), "%.*s",
	    (int)sizeof(h->version) - 1, s + 1);
	return true;
}

/* `name` is true in the plan: nothing is left of that limit; false: a new
 * day. */
static void
spend(struct sf_http *h, const char *name, long limit, long *used)
{
	yyjson_val *v = fault_get(h->rq->fault, name);

	if (v != NULL)
		*used = yyjson_is_true(v) ? limit + 1 : 0;
}

/* What a plan of faults does to the session, the limits and the records; a
 * lock that cannot be is answered 400. */
static bool
faults(struct sf_http *h)
{
	struct sf_org *org = h->org;
	yyjson_val *lock = fault_get(h->rq->fault, "lock"), *v;
	const char *record = yyjson_get_str(yyjson_obj_get(lock, "record"));

	if (fault_true(h->rq->fault, "expire_token")) {
		sf_begin(h->org);
		sf_exec(h->org, "DELETE FROM token");
		sf_commit(h->org);
	}
	spend(h, "api_limit", org->set.api_limit, &org->api_calls);
	spend(h, "batch_limit", org->set.batch_limit, &org->batches);
	spend(h, "query_limit", org->set.query_limit, &org->query_jobs);
	if ((v = fault_get(h->rq->fault, "storage_limit")) != NULL)
		org->storage_full = yyjson_is_true(v);
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

static void
data(struct sf_http *h)
{
	size_t i;
	int k;

	if (!version(h, h->part[0]))
		return;
	for (k = 1; k < h->parts; k++)
		h->part[k - 1] = h->part[k];
	h->parts--;
	if (strlen(h->rq->path) + 1 + strlen(h->rq->query) > URI_MAX) {
		sf_error(h, 414, "URI_TOO_LONG", "the URI is longer than %d "
		    "bytes", URI_MAX);
		return;
	}
	if (!faults(h))
		return;
	h->org->api_calls++;
	if (!sf_session(h))
		return;
	if (h->org->api_calls > h->org->set.api_limit) {
		sf_error(h, 403, "REQUEST_LIMIT_EXCEEDED",
		    "TotalRequests Limit exceeded.");
		return;
	}
	if (h->parts == 0) {
		resources(h);
		return;
	}
	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (strcmp(routes[i].name, h->part[0]) == 0) {
			routes[i].answer(h);
			return;
		}
	sf_not_found(h);
}

static void
route(struct sf_http *h, const char *path)
{
	/* sf asks "//services/data" where its instance URL ends with a '/' */
	while (path[0] == '/' && path[1] == '/')
		path++;
	if (strcmp(path, "/sandbox/state") == 0) {
		sf_state(h);
	} else if (strcmp(path, "/sandbox/reset") == 0) {
		sf_org_reset(h->org);
		buf_str(sf_ok(h, 200), "{}");
	} else if (strncmp(path, "/services/oauth2/", 17) == 0) {
		cut(h, path + 17);
		sf_oauth(h);
	} else if (strncmp(path, "/id/", 4) == 0) {
		if (sf_session(h))
			sf_identity(h);
	} else if (strcmp(path, "/services/data") == 0 ||
	    strcmp(path, "/services/data/") == 0) {
		versions(h);
	} else if (strncmp(path, "/services/data/", 15) == 0) {
		cut(h, path + 15);
		data(h);
	} else {
		sf_not_found(h);
	}
}

void
sf_handle(void *ctx, const struct request *rq, struct reply *rp)
{
	struct sf_org *org = ctx;
	struct sf_http h = {.org = org, .rq = rq, .rp = rp};

	org->waiting++;
	pthread_mutex_lock(&org->lock);
	org->waiting--;
	route(&h, rq->path);
	/* what was answered must survive; the worker's rows come along */
	if (strcmp(rq->method, "GET") != 0)
		sf_commit(org);
	sf_arena_reset(&org->scratch);
	pthread_mutex_unlock(&org->lock);
	yyjson_doc_free(h.json);
}

void
sf_credentials(void *ctx, const char *base, struct buf *out)
{
	struct sf_org *org = ctx;

	snprintf(org->base, sizeof(org->base), "%s", base);
	pthread_mutex_lock(&org->lock);
	sf_oauth_credentials(org, out);
	sf_commit(org);
	pthread_mutex_unlock(&org->lock);
	sf_worker_start(org);
}
