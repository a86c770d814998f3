/* sf-subrequest - requests inside requests, and Composite Batch */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sf-subrequest.h"

#define BATCH_MAX 25

static char *
path_of(struct sf_http *h, const char *url)
{
	return sf_dup(&h->org->scratch, url, strcspn(url, "?"));
}

enum sf_asked
sf_asked(struct sf_http *h, const char *url)
{
	struct sf_http in = {.org = h->org};
	const char *what;

	sf_cut(&in, path_of(h, url));
	what = in.parts > 1 ? in.part[1] : "";
	if (strcmp(what, "jobs") == 0)
		return SF_ASKED_JOBS;
	if (strcmp(what, "query") == 0 || strcmp(what, "queryAll") == 0)
		return SF_ASKED_MUCH;
	if (strcmp(what, "composite") != 0)
		return SF_ASKED_ANY;
	return in.parts > 2 && strcmp(in.part[2], "sobjects") == 0 ?
	    SF_ASKED_MUCH : SF_ASKED_MORE;
}

void
sf_subrequest(struct sf_http *h, const struct sf_ask *ask,
    struct sf_sub *sub)
{
	enum sf_asked what = sf_asked(h, ask->url);
	struct request rq = *h->rq;
	struct sf_http in = {.org = h->org, .rq = &rq, .rp = h->rp,
	    .sub = sub, .headers = ask->headers,
	    .all_or_none = ask->all_or_none};
	const char *query = strchr(ask->url, '?');

	sub->status = 0;
	if (what == SF_ASKED_MORE || (what == SF_ASKED_JOBS && !ask->jobs)) {
		sf_sub_error(sub, 400, "INVALID_INPUT", "not a resource for a "
		    "subrequest: %s", ask->url);
		return;
	}
	rq.method = ask->method;
	rq.path = path_of(h, ask->url);
	rq.query = query ? query + 1 : "";
	rq.body = ask->body;
	rq.body_len = strlen(ask->body);
	sf_cut(&in, rq.path);
	if (in.parts == 0)
		sf_not_found(&in);
	else if (sf_version(&in))
		sf_dispatch(&in);
	if (sub->status == 0 || !sub->json)	/* 0: a stream of its own */
		sf_sub_error(sub, 400, "INVALID_INPUT", "a file has no place "
		    "in the answer of another request: %s", ask->url);
	yyjson_doc_free(in.json);
}

void
sf_sub_error(struct sf_sub *sub, int status, const char *code,
    const char *fmt, ...)
{
	char text[500];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sub->status = status;
	sub->location[0] = '\0';
	sub->body.n = 0;
	buf_str(&sub->body, "[{\"errorCode\":");
	sf_json(&sub->body, code);
	buf_str(&sub->body, ",\"message\":");
	sf_json(&sub->body, text);
	buf_str(&sub->body, "}]");
}

void
sf_sub_body(const struct sf_sub *sub, struct buf *b)
{
	if (sub->body.n)
		buf_add(b, sub->body.p, sub->body.n);
	else
		buf_str(b, "null");
}

/* --- composite/batch --- */

static void
batch_one(struct sf_http *h, yyjson_val *v, struct sf_sub *sub)
{
	yyjson_val *input = yyjson_obj_get(v, "richInput");
	char *body = input ? yyjson_val_write(input, 0, NULL) : NULL;
	struct sf_ask ask = {
		.method = yyjson_get_str(yyjson_obj_get(v, "method")),
		.url = yyjson_get_str(yyjson_obj_get(v, "url")),
		.body = body ? body : "", .jobs = true};

	if (ask.method == NULL || ask.url == NULL) {
		sf_sub_error(sub, 400, "INVALID_INPUT", "a batch request "
		    "needs method and url");
	} else {
		if (strncmp(ask.url, "/services/data/", 15) == 0)
			ask.url += 15;
		ask.url += *ask.url == '/';
		sf_subrequest(h, &ask, sub);
	}
	free(body);
}

void
sf_batch(struct sf_http *h)
{
	yyjson_val *v = sf_body(h), *list, *one;
	bool halt, failed = false, bad;
	struct buf rows = {0}, *b;
	yyjson_arr_iter it;

	if (v == NULL)
		return;
	list = yyjson_obj_get(v, "batchRequests");
	halt = yyjson_get_bool(yyjson_obj_get(v, "haltOnError"));
	if (!yyjson_is_arr(list) || yyjson_arr_size(list) == 0 ||
	    yyjson_arr_size(list) > BATCH_MAX) {
		sf_error(h, 400, "INVALID_BATCH_SIZE", "batchRequests must "
		    "hold 1 to %d requests", BATCH_MAX);
		return;
	}
	h->org->api_calls += (long)yyjson_arr_size(list) - 1;
	yyjson_arr_iter_init(list, &it);
	while ((one = yyjson_arr_iter_next(&it)) != NULL) {
		struct sf_sub sub = {0};

		if (failed && halt)
			sf_sub_error(&sub, 412, "BATCH_PROCESSING_HALTED",
			    "Batch processing halted by request: a previous "
			    "request was unsuccessful");
		else
			batch_one(h, one, &sub);
		bad = sub.status >= 400;
		failed = failed || bad;
		buf_fmt(&rows, "%s{\"statusCode\":%d,\"result\":",
		    rows.n ? "," : "", sub.status);
		sf_sub_body(&sub, &rows);
		buf_byte(&rows, '}');
		buf_free(&sub.body);
	}
	b = sf_ok(h, 200);
	buf_fmt(b, "{\"hasErrors\":%s,\"results\":[",
	    failed ? "true" : "false");
	buf_add(b, rows.p, rows.n);
	buf_str(b, "]}");
	buf_free(&rows);
}
