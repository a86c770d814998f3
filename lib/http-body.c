/* http-body - the bodies of answers, undone from gzip, to whom they are for. */
#include <curl/curl.h>
#include <stdio.h>

#include "http-in.h"
#include "inflate.h"

enum { ERROR_BODY_MAX = 1 << 20 };

/* How much of a body is still wanted.  Of an error only the beginning
 * matters, and it must not end the call: its status is the news. */
static size_t
room(const struct http_state *s)
{
	const struct buf *a = &s->call->answer;
	size_t most = a->max < ERROR_BODY_MAX ? a->max : ERROR_BODY_MAX;

	if (s->good)
		return SIZE_MAX;
	return a->n < most ? most - a->n : 0;
}

/* The body as it was before it was encoded. */
static int
take(void *ctx, const char *p, size_t n)
{
	struct http_state *s = ctx;
	struct http_call *c = s->call;
	size_t most = room(s);

	if (c->sink != NULL && s->good) {
		s->fed = true;
		s->told_off = c->sink(c->ctx, p, n) == -1;
		return s->told_off ? -1 : 0;
	}
	buf_put(&c->answer, p, n < most ? n : most);
	s->too_long = s->good && c->answer.over;
	return s->too_long || n > most ? -1 : 0;
}

static enum http_coding
coding_of(const struct http_call *c)
{
	struct slice v = http_header(c, "Content-Encoding");

	if (v.n == 0 || slice_same(v, SLICE("identity")))
		return HTTP_PLAIN;
	if (slice_same(v, SLICE("gzip")) || slice_same(v, SLICE("x-gzip")))
		return HTTP_GZIP;
	return HTTP_UNKNOWN;
}

static void
begin(struct http_state *s)
{
	long status = 0;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	s->good = status / 100 == 2;
	s->coding = coding_of(s->call);
	if (s->coding == HTTP_GZIP)
		s->inflate = inflate_new();
}

size_t
http_body_take(char *p, size_t size, size_t n, void *ctx)
{
	struct http_state *s = ctx;
	int r = -1;

	n *= size;
	if (s->coding == HTTP_UNSEEN)
		begin(s);
	if (room(s) == 0)
		return n;
	if (s->coding == HTTP_PLAIN)
		r = take(s, p, n);
	else if (s->coding == HTTP_GZIP)
		r = inflate_feed(s->inflate, p, n, take, s);
	if (r == -1 && s->coding == HTTP_GZIP && !s->told_off && !s->too_long)
		s->coding = HTTP_DAMAGED;
	return r == 0 || !s->good ? n : 0;
}

bool
http_body_whole(struct http_state *s)
{
	struct slice v = http_header(s->call, "Content-Encoding");

	if (!s->good || s->coding == HTTP_UNSEEN || s->coding == HTTP_PLAIN)
		return true;
	if (s->coding == HTTP_UNKNOWN)
		snprintf(s->text, sizeof(s->text), "its answer is encoded as "
		    "'%.*s', not gzip", slice_cut(v, 40), v.p);
	else if (s->coding == HTTP_DAMAGED)
		snprintf(s->text, sizeof(s->text), "its answer is not the "
		    "gzip that it says it is");
	else if (inflate_whole(s->inflate))
		return true;
	else if (*s->text == '\0')
		snprintf(s->text, sizeof(s->text), "its gzip is cut off");
	return false;
}

void
http_body_forget(struct http_state *s)
{
	inflate_free(s->inflate);
	s->inflate = NULL;
	s->coding = HTTP_UNSEEN;
}
