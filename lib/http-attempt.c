#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

#include "http-in.h"

enum {
	AUTHORIZATION_MAX = 64 << 10,
	BUFFER = 128 << 10,		/* of what may be long */
};

static size_t
take_head(char *p, size_t size, size_t n, void *ctx)
{
	struct http_state *s = ctx;

	n *= size;
	if (n >= 5 && memcmp(p, "HTTP/", 5) == 0)
		buf_reset(&s->call->head);	/* a new one, after a 100 */
	buf_put(&s->call->head, p, n);
	return n;
}

static int64_t
length(const struct http_call *c)
{
	return c->body.p != NULL ? (int64_t)c->body.n : c->body_length;
}

static long
give_piece(const struct http_state *s, char *p, size_t n)
{
	const struct http_call *c = s->call;

	if (c->body.p == NULL)
		return c->body_give(c->body_ctx, s->read, p, n);
	memcpy(p, c->body.p + s->read, n);
	return (long)n;
}

static size_t
give_body(char *p, size_t size, size_t n, void *ctx)
{
	struct http_state *s = ctx;
	int64_t left = length(s->call) - s->read;
	long got;

	n *= size;
	if ((int64_t)n > left)
		n = (size_t)left;
	if (n == 0)
		return 0;
	got = give_piece(s, p, n);
	if (got <= 0)
		return CURL_READFUNC_ABORT;
	s->read += got;
	return (size_t)got;
}

static int
seek_body(void *ctx, curl_off_t offset, int origin)
{
	struct http_state *s = ctx;

	if (origin != SEEK_SET || offset != 0)
		return CURL_SEEKFUNC_CANTSEEK;
	s->read = 0;
	return CURL_SEEKFUNC_OK;
}

static void
line(struct http_state *s, const char *name, const char *value)
{
	char *text = xasprintf("%s: %s", name, value);
	struct curl_slist *more = curl_slist_append(s->lines, text);

	if (more == NULL)
		abort();	/* only without memory */
	s->lines = more;
	free(text);
}

static void
authorize(struct http_state *s)
{
	struct buf value = BUF(AUTHORIZATION_MAX);

	s->call->authorize(s->call->authorize_ctx, s->call, &value);
	line(s, "Authorization", buf_cstr(&value));
	buf_free(&value);
}

static bool
has_body(const struct http_call *c)
{
	return c->body.p != NULL || c->body_length > 0;
}

static void
set_lines(struct http_state *s)
{
	struct http_call *c = s->call;
	bool accept = false;
	int i;

	for (i = 0; c->headers != NULL && c->headers[i] != NULL; i++) {
		struct curl_slist *more = curl_slist_append(s->lines,
		    c->headers[i]);

		if (more == NULL)
			abort();
		s->lines = more;
		if (strncasecmp(c->headers[i], "Accept:", 7) == 0)
			accept = true;
	}
	if (c->json && !accept)
		line(s, "Accept", "application/json");
	if (c->authorization != NULL)
		line(s, "Authorization", c->authorization);
	if (c->authorize != NULL)
		authorize(s);
	if (has_body(c))
		line(s, "Content-Type", c->content_type != NULL ?
		    c->content_type : "application/json");
	/* Some servers never answer an Expect; and we have it in one piece. */
	line(s, "Expect", "");
	curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->lines);
}

/*
 * libcurl repeats by itself what dies on a connection that was kept, and
 * cannot know whether the server had done it.  It has to go back to the start
 * of the body for that: where nothing may be done twice, it cannot.  What dies
 * before it has a byte of the body was not done.
 */
static void
set_upload(struct http_state *s)
{
	CURL *e = s->easy;

	curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
	if (length(s->call) > BUFFER)
		curl_easy_setopt(e, CURLOPT_UPLOAD_BUFFERSIZE, (long)BUFFER);
	curl_easy_setopt(e, CURLOPT_READFUNCTION, give_body);
	curl_easy_setopt(e, CURLOPT_READDATA, s);
	curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE,
	    (curl_off_t)length(s->call));
	if (!s->call->repeatable)
		return;
	curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, seek_body);
	curl_easy_setopt(e, CURLOPT_SEEKDATA, s);
}

static void
set_body(struct http_state *s)
{
	struct http_call *c = s->call;
	CURL *e = s->easy;

	s->read = 0;
	if (length(c) > 0 && (c->body.p == NULL || !c->repeatable)) {
		set_upload(s);
	} else if (c->body.p != NULL || strcmp(c->method, "POST") == 0) {
		curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)c->body.n);
		curl_easy_setopt(e, CURLOPT_POSTFIELDS,
		    c->body.p == NULL ? "" : c->body.p);
	}
	if (strcmp(c->method, "HEAD") == 0)
		curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, c->method);
}

static void
set_limits(struct http_state *s)
{
	const struct http_setup *set = &s->h->set;
	const struct http_call *c = s->call;
	CURL *e = s->easy;

	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT,
	    c->connect_s > 0 ? c->connect_s : set->connect_s);
	curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME,
	    c->stall_s > 0 ? c->stall_s : set->stall_s);
	curl_easy_setopt(e, CURLOPT_TIMEOUT,
	    c->total_s > 0 ? c->total_s : set->total_s);
}

static void
set_safety(struct http_state *s)
{
	const struct http_setup *set = &s->h->set;
	CURL *e = s->easy;

	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	if (set->ca_file != NULL)
		curl_easy_setopt(e, CURLOPT_CAINFO, set->ca_file);
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_PROXY,
	    set->proxy == NULL ? "" : set->proxy);
	/* Without a body nothing keeps libcurl from it: see set_upload(). */
	curl_easy_setopt(e, CURLOPT_FRESH_CONNECT,
	    s->call->repeatable || length(s->call) > 0 ? 0L : 1L);
}

void
http_attempt_begin(struct http_state *s)
{
	struct http_call *c = s->call;
	CURL *e;

	if ((e = s->h->spare) == NULL && (e = curl_easy_init()) == NULL)
		abort();	/* only without memory */
	s->easy = e;
	s->h->spare = NULL;
	buf_reset(&c->answer);
	buf_reset(&c->head);
	c->status = 0;
	c->attempts++;
	s->text[0] = '\0';
	s->where = HTTP_FLYING;
	curl_easy_setopt(e, CURLOPT_URL, c->url);
	curl_easy_setopt(e, CURLOPT_PRIVATE, s);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, s->text);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "millrace/" VERSION);
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(e, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	if (c->sink != NULL)
		curl_easy_setopt(e, CURLOPT_BUFFERSIZE, (long)BUFFER);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, take_head);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, s);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, http_body_take);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, s);
	set_safety(s);
	set_limits(s);
	set_body(s);
	set_lines(s);
	curl_multi_add_handle(s->h->multi, e);
	s->h->flying++;
}
