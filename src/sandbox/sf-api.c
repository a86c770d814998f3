/* sf-api - requests: session, version, limits, and who answers */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-subrequest.h"

#define URI_MAX 16384		/* bytes */

/* --- answers --- */

struct buf *
sf_type(struct sf_http *h, int status, const char *type)
{
	char info[64];
	struct buf *b;

	if (h->sub != NULL) {
		h->sub->status = status;
		h->sub->json = strncmp(type, "application/json", 16) == 0;
		h->sub->body.n = 0;
		return &h->sub->body;
	}
	b = reply_with(h->rp, status, type);
	if (h->version[0]) {
		snprintf(info, sizeof(info), "api-usage=%ld/%ld",
		    h->org->api_calls, h->org->set.api_limit);
		reply_header(h->rp, "Sforce-Limit-Info", info);
	}
	return b;
}

void
sf_reply_header(struct sf_http *h, const char *name, const char *value)
{
	if (h->sub == NULL)
		reply_header(h->rp, name, value);
	else if (strcmp(name, "Location") == 0)
		snprintf(h->sub->location, sizeof(h->sub->location), "%s",
		    value);
}

const char *
sf_header(const struct sf_http *h, const char *name)
{
	yyjson_obj_iter it;
	yyjson_val *k;

	yyjson_obj_iter_init(h->headers, &it);
	while (h->headers != NULL && (k = yyjson_obj_iter_next(&it)) != NULL)
		if (strcasecmp(yyjson_get_str(k), name) == 0)
			return yyjson_get_str(yyjson_obj_iter_get_val(k));
	return serve_header(h->rq, name);
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
	sf_reply_header(h, "Allow", allowed);
}

bool
sf_is(const struct sf_http *h, const char *method)
{
	/* X-HTTP-Method aside, a HEAD is a GET without its body */
	return strcmp(h->rq->method, method) == 0 ||
	    (strcmp(method, "GET") == 0 && strcmp(h->rq->method, "HEAD") == 0);
}

bool
sf_reads(struct sf_http *h)
{
	if (sf_is(h, "GET"))
		return true;
	sf_not_allowed(h, "GET,HEAD");
	return false;
}

/* What curl calls a body when it is told nothing is no JSON either. */
static bool
is_json(struct sf_http *h)
{
	const char *type = serve_header(h->rq, "Content-Type");

	if (type == NULL || strncasecmp(type, "application/json", 16) == 0)
		return true;
	sf_error(h, 415, "UNSUPPORTED_MEDIA_TYPE", "the body must be "
	    "application/json");
	return false;
}

yyjson_val *
sf_body(struct sf_http *h)
{
	yyjson_val *v;

	if (h->rq->body_len > 0 && !is_json(h))
		return NULL;
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

/* --- who answers --- */

static void
sobjects(struct sf_http *h)
{
	const struct sf_object *o;

	if (h->parts == 1) {
		if (sf_reads(h))
			sf_describe_global(h);
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
	else if (h->parts > 1 && strcmp(h->part[1], "query") == 0 &&
	    sf_since(h, 47))
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
composite_list(struct sf_http *h)
{
	static const char *const names[] = {"tree", "batch", "sobjects",
	    "graph"};
	struct buf *b = sf_ok(h, 200);
	int i;

	buf_byte(b, '{');
	for (i = 0; i < 4; i++)
		buf_fmt(b, "%s\"%s\":\"/services/data/v%s/composite/%s\"",
		    i ? "," : "", names[i], h->version, names[i]);
	buf_byte(b, '}');
}

static void
composite(struct sf_http *h)
{
	static const struct {
		const char *name;
		int parts;
		void (*answer)(struct sf_http *);
	} kinds[] = {{"batch", 2, sf_batch}, {"tree", 3, sf_tree},
	    {"graph", 2, sf_composite_graph}};
	size_t i;

	if (h->parts > 1 && strcmp(h->part[1], "sobjects") == 0) {
		sf_rest_collections(h);
		return;
	}
	if (h->parts == 1 && sf_is(h, "GET")) {
		composite_list(h);
		return;
	}
	for (i = 0; i < 3 && h->parts > 1; i++)
		if (strcmp(h->part[1], kinds[i].name) == 0 &&
		    h->parts == kinds[i].parts)
			break;
	if (h->parts > 1 && i == 3)
		sf_not_found(h);
	else if (!sf_is(h, "POST"))
		sf_not_allowed(h, h->parts == 1 ? "GET,HEAD,POST" : "POST");
	else if (h->parts == 1)
		sf_composite(h);
	else
		kinds[i].answer(h);
}

static const struct {
	const char *name;
	void (*answer)(struct sf_http *);
} routes[] = {
	{"sobjects", sobjects}, {"query", sf_rest_query},
	{"queryAll", sf_rest_query}, {"jobs", jobs}, {"limits", sf_limits},
	{"composite", composite}, {"tooling", tooling},
};

/*
 * Cut "a/b/c" into parts.  A key in the path may hold a slash of its own,
 * sent as %2F, so decoding comes after cutting.  A slash at the end counts
 * for nothing.
 */
void
sf_cut(struct sf_http *h, const char *path)
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

bool
sf_version(struct sf_http *h)
{
	const char *s = h->part[0];
	char *end;
	long v = s[0] == 'v' ? strtol(s + 1, &end, 10) : 0;
	int k;

	if (v == 0 || strcmp(end, ".0") != 0 || v > SF_VERSION_MAX) {
		sf_not_found(h);
		return false;
	}
	if (v < 31) {
		sf_error(h, 410, "UNSUPPORTED_API_VERSION", "Salesforce "
		    "Platform API version %ld.0 is retired", v);
		return false;
	}
	if (v < SF_VERSION_MIN) {
		sf_not_found(h);
		return false;
	}
	snprintf(h->version, sizeof(h->version), "%.*s",
	    (int)sizeof(h->version) - 1, s + 1);
	for (k = 1; k < h->parts; k++)
		h->part[k - 1] = h->part[k];
	h->parts--;
	return true;
}

bool
sf_since(const struct sf_http *h, int version)
{
	return atoi(h->version) >= version;
}

void
sf_dispatch(struct sf_http *h)
{
	size_t i;

	if (h->parts == 0) {
		if (sf_reads(h))
			sf_resources(h);
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
data(struct sf_http *h)
{
	if (!sf_version(h))
		return;
	if (strlen(h->rq->path) + 1 + strlen(h->rq->query) > URI_MAX) {
		sf_error(h, 414, "URI_TOO_LONG", "the URI is longer than %d "
		    "bytes", URI_MAX);
		return;
	}
	if (strlen(h->rq->path) + 1 + strlen(h->rq->query) +
	    serve_headers(h->rq) > URI_MAX) {
		sf_error(h, 431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "the URI "
		    "and the headers are longer than %d bytes", URI_MAX);
		return;
	}
	h->org->api_calls++;
	if (!sf_session(h))
		return;
	if (h->org->api_calls > h->org->set.api_limit) {
		sf_error(h, 403, "REQUEST_LIMIT_EXCEEDED",
		    "TotalRequests Limit exceeded.");
		return;
	}
	sf_dispatch(h);
}

static void
route(struct sf_http *h, const char *path)
{
	/* sf asks "//services/data" where its instance URL ends with a '/' */
	while (path[0] == '/' && path[1] == '/')
		path++;
	if (!sf_faults(h))
		return;
	if (strcmp(path, "/sandbox/state") == 0) {
		sf_state(h);
	} else if (strcmp(path, "/sandbox/reset") == 0) {
		sf_org_reset(h->org);
		buf_str(sf_ok(h, 200), "{}");
	} else if (strncmp(path, "/services/oauth2/", 17) == 0) {
		sf_cut(h, path + 17);
		sf_oauth(h);
	} else if (strncmp(path, "/id/", 4) == 0) {
		if (sf_identity_session(h))
			sf_identity(h, path + 4);
	} else if (strcmp(path, "/services/data") == 0 ||
	    strcmp(path, "/services/data/") == 0) {
		if (sf_reads(h))
			sf_versions(h);
	} else if (strncmp(path, "/services/data/", 15) == 0) {
		sf_cut(h, path + 15);
		data(h);
	} else {
		sf_not_found(h);
	}
}

/* Clients that cannot PATCH say in a POST what they mean. */
static char *
real_method(const struct sf_http *h)
{
	const char *v = serve_header(h->rq, "X-HTTP-Method-Override");

	if (strcmp(h->rq->method, "POST") != 0)
		return NULL;
	return v ? sf_xstrdup(v) : sf_arg(h, "_HttpMethod");
}

void
sf_handle(void *ctx, const struct request *rq, struct reply *rp)
{
	struct sf_org *org = ctx;
	struct request mine = *rq;
	struct sf_http h = {.org = org, .rq = &mine, .rp = rp};
	char *method = real_method(&h);

	if (method != NULL)
		mine.method = method;
	org->waiting++;
	pthread_mutex_lock(&org->lock);
	org->waiting--;
	route(&h, rq->path);
	/* what was answered must survive; the worker's rows come along */
	if (strcmp(mine.method, "GET") != 0)
		sf_commit(org);
	sf_arena_reset(&org->scratch);
	pthread_mutex_unlock(&org->lock);
	yyjson_doc_free(h.json);
	free(method);
}

void
sf_credentials(void *ctx, const char *base, struct buf *out)
{
	struct sf_org *org = ctx;

	snprintf(org->base, sizeof(org->base), "%s", base);
	org->started = sf_now();
	pthread_mutex_lock(&org->lock);
	sf_oauth_credentials(org, out);
	sf_commit(org);
	pthread_mutex_unlock(&org->lock);
	sf_worker_start(org);
}
