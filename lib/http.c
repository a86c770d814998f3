#include "http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "http-in.h"
#include "say.h"
#include "sign.h"

enum { ANSWER_MAX = 64 << 20, HEAD_MAX = 64 << 10, PAUSE_MAX = 30 * 1000 };

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct http *
http_open(const struct http_setup *s, struct why *w)
{
	struct http *h;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		why(w, WHY_SETUP, "libcurl cannot be started");
		return NULL;
	}
	if (s->ca_file != NULL && access(s->ca_file, R_OK) == -1) {
		why(w, WHY_SETUP, "cannot read '%s': %s", s->ca_file,
		    strerror(errno));
		curl_global_cleanup();
		return NULL;
	}
	h = xcalloc(1, sizeof(*h));
	h->set = *s;
	h->set.in_flight = s->in_flight > 0 ? s->in_flight : 4;
	h->set.attempts = s->attempts > 0 ? s->attempts : 5;
	h->set.backoff_ms = s->backoff_ms > 0 ? s->backoff_ms : 500;
	h->set.patience_s = s->patience_s > 0 ? s->patience_s : 300;
	h->set.connect_s = s->connect_s > 0 ? s->connect_s : 10;
	h->set.stall_s = s->stall_s > 0 ? s->stall_s : 60;
	h->set.total_s = s->total_s > 0 ? s->total_s : 600;
	h->rolled = sizeof(h->dice);
	h->done_end = &h->done;
	if ((h->multi = curl_multi_init()) == NULL)
		abort();	/* only without memory */
	curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS,
	    (long)h->set.in_flight);
	return h;
}

/* The next attempt may have its handle; that of one that failed is not known to
 * forget all. */
static void
keep_handle(struct http_state *s, bool well)
{
	if (!well || s->h->spare != NULL) {
		curl_easy_cleanup(s->easy);
		return;
	}
	curl_easy_reset(s->easy);
	s->h->spare = s->easy;
}

/* What the call's last attempt needed. */
static void
land(struct http_state *s, bool well)
{
	if (s->easy != NULL) {
		curl_multi_remove_handle(s->h->multi, s->easy);
		keep_handle(s, well);
		s->easy = NULL;
		s->h->flying--;
	}
	curl_slist_free_all(s->lines);
	s->lines = NULL;
	http_body_forget(s);
}

static void
unlink_from(struct http_state **list, struct http_state *s)
{
	for (; *list != NULL; list = &(*list)->next)
		if (*list == s) {
			*list = s->next;
			s->next = NULL;
			return;
		}
}

/* Out of all lists; the call is the caller's again. */
static void
forget(struct http *h, struct http_state *s)
{
	struct http_state *d;

	land(s, false);
	unlink_from(&h->first, s);
	unlink_from(&h->done, s);
	h->done_end = &h->done;
	for (d = h->done; d != NULL; d = d->next)
		h->done_end = &d->next;
	s->call->state = NULL;
	free(s);
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	while (h->first != NULL)
		forget(h, h->first);
	while (h->done != NULL)
		forget(h, h->done);
	curl_easy_cleanup(h->spare);
	curl_multi_cleanup(h->multi);
	curl_global_cleanup();
	free(h);
}

/* A line break in a header would begin another one. */
static bool
one_line(const char *s)
{
	return s == NULL || strpbrk(s, "\r\n") == NULL;
}

int
http_start(struct http *h, struct http_call *c, struct why *w)
{
	struct http_state *s, **end;
	int i;

	if (http_url_usable(c->url, w) == -1)
		return -1;
	if (!one_line(c->authorization) || !one_line(c->content_type))
		return why(w, WHY_SETUP, "a token of %s has a line break in "
		    "it", h->set.name);
	for (i = 0; c->headers != NULL && c->headers[i] != NULL; i++)
		if (!one_line(c->headers[i]))
			return why(w, WHY_SETUP, "a header for %s has a line "
			    "break in it", h->set.name);
	http_call_free(c);
	c->answer = BUF(c->answer_max > 0 ? c->answer_max : ANSWER_MAX);
	c->head = BUF(HEAD_MAX);
	s = xcalloc(1, sizeof(*s));
	s->h = h;
	s->call = c;
	s->start = s->due = now_ms();
	c->state = s;
	for (end = &h->first; *end != NULL; end = &(*end)->next)
		;
	*end = s;
	return 0;
}

static bool
is_tls(CURLcode r)
{
	switch (r) {
	case CURLE_SSL_CONNECT_ERROR: case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM: case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE: case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_ENGINE_INITFAILED: case CURLE_USE_SSL_FAILED:
	case CURLE_SSL_INVALIDCERTSTATUS: case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		return true;
	default:
		return false;
	}
}

static void
explain(struct http_state *s, CURLcode r)
{
	const struct http_setup *set = &s->h->set;
	struct buf host = BUF(300), text = BUF(400);
	struct why *w = &s->call->error;

	http_host(&host, s->call->url);
	buf_str(&text, r == CURLE_SEND_FAIL_REWIND ? "it was closed while "
	    "the call was made, which may have been done" :
	    s->text[0] != '\0' ? s->text : curl_easy_strerror(r));
	if (is_tls(r))
		why_code(w, WHY_SETUP, "tls", "no safe connection to %s (%s): "
		    "%s; its certificate must be valid for this name and "
		    "signed by somebody this machine trusts ([%s] ca_file)",
		    set->name, buf_cstr(&host), buf_cstr(&text), set->section);
	else if (r == CURLE_COULDNT_RESOLVE_HOST ||
	    r == CURLE_COULDNT_RESOLVE_PROXY)
		why_code(w, WHY_SETUP, "no-host", "cannot find %s at %s: %s; "
		    "is [%s] url right?", set->name, buf_cstr(&host),
		    buf_cstr(&text), set->section);
	else if (r == CURLE_COULDNT_CONNECT)
		why_code(w, WHY_BROKEN, "no-connection", "cannot connect to "
		    "%s at %s: %s; is it up, and is [%s] url right?",
		    set->name, buf_cstr(&host), buf_cstr(&text),
		    set->section);
	else if (r == CURLE_OPERATION_TIMEDOUT)
		why_code(w, WHY_BROKEN, "time-out", "%s at %s takes too long: "
		    "%s ([%s] timeout)", set->name, buf_cstr(&host),
		    buf_cstr(&text), set->section);
	else if (r == CURLE_PARTIAL_FILE)
		why_code(w, WHY_BROKEN, "half-answer", "the answer of %s at "
		    "%s stops in the middle: %s", set->name, buf_cstr(&host),
		    buf_cstr(&text));
	else
		why_code(w, WHY_BROKEN, "connection", "the connection to %s "
		    "at %s broke: %s", set->name, buf_cstr(&host),
		    buf_cstr(&text));
	buf_free(&host);
	buf_free(&text);
}

/* What ended by our own will is no fault of the line. */
static void
explain_stop(struct http_state *s)
{
	struct http_call *c = s->call;

	if (s->too_long)
		why_code(&c->error, WHY_BROKEN, "too-long", "the answer of %s "
		    "is over %zu bytes", s->h->set.name, c->answer.max);
	else if (s->told_off)
		why_code(&c->error, WHY_BROKEN, "stopped", "what %s answered "
		    "could not be stored", s->h->set.name);
	else
		why_code(&c->error, WHY_BROKEN, "body", "what should be sent "
		    "to %s cannot be read", s->h->set.name);
}

static void
report(struct http_state *s, CURLcode r)
{
	struct http *h = s->h;
	struct buf url = BUF(2000);
	struct http_attempt a = { .section = h->set.section,
	    .method = s->call->method, .kind = s->call->kind,
	    .attempt = s->call->attempts, .status = s->call->status };
	curl_off_t up = 0, down = 0, us = 0;

	curl_easy_getinfo(s->easy, CURLINFO_SIZE_UPLOAD_T, &up);
	curl_easy_getinfo(s->easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
	curl_easy_getinfo(s->easy, CURLINFO_TOTAL_TIME_T, &us);
	http_url_public(&url, s->call->url);
	a.url = buf_cstr(&url);
	a.kind = a.kind == NULL ? a.method : a.kind;
	a.sent = (uint64_t)up;
	a.received = (uint64_t)down;
	a.seconds = (double)us / 1e6;
	a.error = r == CURLE_OK ? NULL : curl_easy_strerror(r);
	say_verbose("%s %s: %d%s%s, %llu bytes, %.3f s", a.method, a.url,
	    a.status, a.error == NULL ? "" : " ",
	    a.error == NULL ? "" : a.error, (unsigned long long)a.received,
	    a.seconds);
	if (h->set.count != NULL)
		h->set.count(h->set.count_ctx, &a);
	buf_free(&url);
}

/* Can the same call be made again, for this outcome? */
static bool
worth_again(struct http_state *s, CURLcode r)
{
	const struct http_call *c = s->call;
	bool never_began = r == CURLE_COULDNT_CONNECT ||
	    r == CURLE_COULDNT_RESOLVE_HOST || r == CURLE_SSL_CONNECT_ERROR;

	if (s->told_off || s->too_long || r == CURLE_ABORTED_BY_CALLBACK)
		return false;
	if (r == CURLE_OPERATION_TIMEDOUT && c->once)
		return false;
	if (r != CURLE_OK)
		return never_began || (c->repeatable && !is_tls(r));
	switch (c->status) {
	case 429: case 503:
		return c->repeatable || http_retry_after(c) >= 0;
	case 500:
		return c->repeatable && !c->once;
	case 408: case 502: case 504:
		return c->repeatable;
	default:
		return c->repeatable && c->error.kind != WHY_NONE;
	}
}

static double
roll(struct http *h)
{
	uint32_t n;

	if (h->rolled + sizeof(n) > sizeof(h->dice)) {
		sign_random(h->dice, sizeof(h->dice));
		h->rolled = 0;
	}
	memcpy(&n, h->dice + h->rolled, sizeof(n));
	h->rolled += sizeof(n);
	return n / 4294967296.0;
}

/* Full jitter: many that failed together do not come back together. */
static int64_t
pause_ms(struct http_state *s)
{
	long asked = http_retry_after(s->call);
	double most = (double)s->h->set.backoff_ms;
	int i;

	for (i = 1; i < s->call->attempts && most < PAUSE_MAX; i++)
		most *= 2;
	if (most > PAUSE_MAX)
		most = PAUSE_MAX;
	if (s->call->status > 0 && asked >= 0)
		return (int64_t)asked * 1000;
	return (int64_t)(roll(s->h) * most);
}

/* Who is busy says nothing against the call, nor does a page for people that
 * somebody before the server sends: such answers are counted apart, so that
 * one of them is not taken for the last word on a call that failed. */
static int
spent(struct http_state *s, CURLcode r)
{
	const struct http_call *c = s->call;

	if (r != CURLE_OK || (c->status != 429 && c->status != 503 &&
	    strcmp(c->error.code, "not-json") != 0))
		return c->attempts - s->busy;
	return ++s->busy;
}

/* 0 when it goes round once more. */
static int
again(struct http_state *s, CURLcode r)
{
	const struct http_setup *set = &s->h->set;
	struct http_call *c = s->call;
	int64_t due, end = s->start + (int64_t)set->patience_s * 1000;
	int most = c->tries > 0 ? c->tries : set->attempts;

	if (!worth_again(s, r) || spent(s, r) >= most)
		return -1;
	if ((due = now_ms() + pause_ms(s)) > end)
		return -1;
	if (s->fed && (c->again == NULL || c->again(c->ctx) == -1))
		return -1;
	say_verbose("%s: attempt %d of %d in %lld ms", set->name,
	    c->attempts + 1, most, (long long)(due - now_ms()));
	s->fed = false;
	s->where = HTTP_PAUSED;
	s->due = due;
	memset(&c->error, 0, sizeof(c->error));
	return 0;
}

/* To those that are done. */
static void
finish(struct http_state *s)
{
	struct http *h = s->h;

	s->call->seconds = (double)(now_ms() - s->start) / 1000;
	s->where = HTTP_DONE;
	unlink_from(&h->first, s);
	*h->done_end = s;
	h->done_end = &s->next;
}

/* The attempt is over: once more, or for good. */
static void
settle(struct http_state *s, CURLcode r)
{
	struct http_call *c = s->call;
	long status = 0;

	curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	c->status = (int)status;
	if (!http_body_whole(s) && r == CURLE_OK)
		r = CURLE_PARTIAL_FILE;
	http_hide(s);
	if (s->told_off || s->too_long || r == CURLE_ABORTED_BY_CALLBACK)
		explain_stop(s);
	else if (r != CURLE_OK)
		explain(s, r);
	else
		http_shape(c, &c->error);
	report(s, r);
	land(s, r == CURLE_OK);
	if (again(s, r) == 0)
		return;
	if (c->attempts > 1 && c->error.kind != WHY_NONE)
		why_in(&c->error, "after %d attempts", c->attempts);
	finish(s);
}

/* Somebody said stop: none of them goes on.  What is in flight was asked for,
 * and counts. */
static bool
stopped(struct http *h)
{
	struct http_state *s;

	if (h->set.stop == NULL || !atomic_load(h->set.stop))
		return false;
	while ((s = h->first) != NULL) {
		s->call->status = 0;
		if (s->where == HTTP_FLYING)
			report(s, CURLE_ABORTED_BY_CALLBACK);
		land(s, false);
		why_code(&s->call->error, WHY_BROKEN, "stopped",
		    "the call was not finished, since somebody stopped it");
		finish(s);
	}
	return true;
}

/* Begin what may fly; the milliseconds until the next one is due, at most. */
static int
launch(struct http *h)
{
	struct http_state *s;
	int64_t now = now_ms(), wait = 1000;

	for (s = h->first; s != NULL; s = s->next) {
		if (s->where == HTTP_FLYING || h->flying >= h->set.in_flight)
			continue;
		if (s->due <= now)
			http_attempt_begin(s);
		else if (s->due - now < wait)
			wait = s->due - now;
	}
	return (int)wait;
}

static void
step(struct http *h)
{
	int wait, running, left;
	bool moved = false;
	CURLMsg *m;

	if (stopped(h))
		return;
	wait = launch(h);
	curl_multi_perform(h->multi, &running);
	while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
		struct http_state *s = NULL;
		CURLcode r = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE,
		    (char **)&s);
		settle(s, r);
		moved = true;
	}
	if (!moved)
		curl_multi_poll(h->multi, NULL, 0, wait, NULL);
}

struct http_call *
http_wait(struct http *h)
{
	struct http_call *c;

	while (h->done == NULL && h->first != NULL)
		step(h);
	if (h->done == NULL)
		return NULL;
	c = h->done->call;
	forget(h, h->done);
	return c;
}

int
http_run(struct http *h, struct http_call *c, struct why *w)
{
	http_call_free(c);
	if (http_start(h, c, &c->error) == 0) {
		while (c->state->where != HTTP_DONE)
			step(h);
		forget(h, c->state);
	}
	if (c->error.kind == WHY_NONE)
		return 0;
	if (w != NULL)
		*w = c->error;
	return -1;
}

void
http_call_free(struct http_call *c)
{
	buf_free(&c->answer);
	buf_free(&c->head);
	memset(&c->error, 0, sizeof(c->error));
	c->status = c->attempts = 0;
	c->seconds = 0;
}
