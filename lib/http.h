#ifndef HTTP_H
#define HTTP_H

#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

#include "mem.h"
#include "why.h"

/*
 * http - the one door to the network (libcurl, multi interface).
 *
 *	struct http_setup s = { .name = "Magento", .section = "magento",
 *	    .in_flight = 4 };
 *	struct http *h = http_open(&s, &w);
 *	struct http_call c = { .method = "GET", .url = url, .json = true,
 *	    .authorization = "Bearer ..." , .repeatable = true };
 *
 *	if (http_run(h, &c, &w) == -1)		no whole answer came
 *		...
 *	else if (http_check(&c, &w) == -1)	a status other than 2xx
 *		...
 *	else
 *		use(buf_all(&c.answer));
 *	http_call_free(&c);
 *	http_close(h);
 *
 * Several in flight: http_start() each, then http_wait() gives them back in
 * the order in which they finish.
 *
 * Always so: TLS is verified and at least 1.2; plain http only to loopback
 * addresses; redirects are never followed, cookies never kept; connections
 * are kept alive; gzip is asked for and undone; an error or a message that
 * tells the request back shows stars for its authorization and secrets; User-Agent is millrace/VERSION;
 * HTTP/1.1, a connection per call in flight; the proxies of the environment
 * do not count.  Not for use by several threads at once.
 */

struct http;
struct http_call;

/* What one attempt was, for who counts calls.  Borrowed for the call. */
struct http_attempt {
	const char *section;	/* of the setup: "magento" */
	const char *method;
	const char *url;	/* without its query and user */
	const char *kind;	/* the call's, or its method */
	int attempt;		/* from 1 */
	int status;		/* 0: no answer */
	uint64_t sent, received; /* bytes of bodies, as they went over the wire */
	double seconds;
	const char *error;	/* NULL when an answer came in whole */
};

struct http_setup {
	const char *name;	/* in messages: "Magento" */
	const char *section;	/* of the configuration, in messages */
	int in_flight;		/* at once, at most; 0: 4.  More wait inside */
	int attempts;		/* of one call, the first counted; 0: 5.
				 * Those answered 429 or 503 are counted apart */
	long backoff_ms;	/* 0: 500.  Before attempt n+1 there is a pause
				 * of a random part of backoff * 2^(n-1), 30 s
				 * at most, or what Retry-After says */
	long patience_s;	/* 0: 300.  No attempt begins later than this
				 * after http_start() */
	long connect_s;		/* 0: 10 */
	long stall_s;		/* 0: 60 without a byte in or out */
	long total_s;		/* 0: 600, one attempt */
	const char *proxy;	/* URL, or NULL */
	const char *ca_file;	/* PEM bundle instead of the system's, or NULL */
	const atomic_bool *stop; /* once true, every call ends within a second
				 * with WHY_BROKEN "stopped"; NULL: never */
	void (*count)(void *ctx, const struct http_attempt *a);
	void *count_ctx;	/* count: after every attempt; may be NULL */
};

/*
 * One call.  Zero it, fill the first part; what it points to stays the
 * caller's and must last until the call is done.  The second part is there
 * when it is done; http_call_free() frees it.
 */
struct http_call {
	const char *method;	/* GET POST PUT PATCH DELETE HEAD */
	const char *url;
	const char *authorization; /* header's value; appears in no message */
	/* or, for those who sign every attempt anew: called before each, to
	 * append the value, one line */
	void (*authorize)(void *ctx, const struct http_call *c,
	    struct buf *value);
	void *authorize_ctx;
	const char *const *headers; /* "Name: value", NULL at the end, or NULL.
				 * Accept: application/json is sent when
				 * `json` is set and no other is given */
	const char *content_type; /* of the body; NULL: application/json */
	struct slice body;	/* absent: no body (but see body_length) */
	const struct slice *secrets; /* what must not be shown of the body, as
				 * it stands there and as it was; the last has
				 * p NULL.  NULL: there is none */
	/*
	 * Instead of `body`, when body_length > 0: that many bytes, given
	 * piece by piece, from `at` on up to `n` of them; none or -1 ends the
	 * call.  `at` is where the piece before ended, or 0: from the start
	 * again.
	 */
	long (*body_give)(void *ctx, int64_t at, char *p, size_t n);
	void *body_ctx;
	int64_t body_length;
	/*
	 * May it be done twice?  GET, and PUT or POST whose repetition
	 * changes nothing.  Repeatable calls are tried again after 408 429
	 * 500 502 503 504, a connection that failed or broke, a time-out, and
	 * an answer cut short.  Others only where nothing can have been done:
	 * no connection, or 429 and 503 with Retry-After.
	 */
	bool repeatable;
	bool json;		/* a 2xx answer that is not JSON from its first
				 * to its last byte (HTML, half a body) counts
				 * as broken; an empty one (204) is fine */
	bool once;		/* 500 is an answer like others, not tried
				 * again (a poisoned page stays poisoned), nor
				 * is a time-out */
	int tries;		/* attempts for this one; 0: as in the setup */
	size_t answer_max;	/* 0: 64 MiB; a longer answer is WHY_BROKEN */
	/*
	 * With `sink` the body of a 2xx answer goes there, in pieces, undone
	 * from gzip, instead of to `answer`; -1 stops the call (WHY_BROKEN).
	 * `again` is called before a repetition after the sink was given
	 * bytes: forget them; NULL or -1: then there is no repetition.
	 */
	int (*sink)(void *ctx, const char *p, size_t n);
	int (*again)(void *ctx);
	void *ctx;
	const char *kind;	/* for the count ("orders"), or NULL */
	long connect_s, stall_s, total_s;	/* 0: as in the setup */
	void *user;		/* the caller's own */

	int status;		/* 0: none came */
	struct buf answer;	/* body; with a sink only that of an error */
	struct buf head;	/* header lines, see http_header() */
	int attempts;		/* made */
	double seconds;		/* from http_start() to the end */
	struct why error;	/* kind WHY_NONE: a whole answer came */
	struct http_state *state; /* http's own */
};

/* NULL with `w` WHY_SETUP: libcurl cannot be started, ca_file is wrong.  The
 * setup is copied; its strings are borrowed until http_close(). */
struct http *http_open(const struct http_setup *s, struct why *w);

/* Abandons what is in flight (those calls can be freed afterwards). */
void http_close(struct http *h);

/*
 * Begin `c`; it must stay where it is until http_wait() gives it back.
 * -1 WHY_SETUP: a URL that cannot be used (scheme, plain http to elsewhere).
 */
int http_start(struct http *h, struct http_call *c, struct why *w);

/*
 * The next call that is done, repetitions included, or NULL when none is in
 * flight.  Look at c->error, then c->status.
 */
struct http_call *http_wait(struct http *h);

/*
 * Start and wait for this one call (others in flight go on meanwhile and are
 * given by later http_wait()s).  0: an answer came in whole, whatever its
 * status.  -1 with `w`, the same as c->error: WHY_SETUP for TLS, for a host
 * that has no address, a URL that cannot be used; WHY_BROKEN for connections
 * refused or broken and for time-outs, after as many attempts as allowed.
 */
int http_run(struct http *h, struct http_call *c, struct why *w);

/*
 * Judge the status: 0 for 2xx.  -1 with `w`: 401, 403 and redirects are
 * WHY_SETUP, 408, 429, 502, 503 and 504 WHY_BUSY, others WHY_BROKEN; c->error
 * is passed on.  `said` is what the vendor's error body says where the caller
 * understood it; else NULL: the first words of a body that is HTML or text
 * are shown.  The text has method, URL without query, status and what to do:
 * `todo` where the caller knows it, NULL: as usual with such a status.  The
 * code is "http-STATUS".
 */
int http_check(const struct http_call *c, struct why *w);
int http_check_said(const struct http_call *c, const char *said,
    const char *todo, struct why *w);

/* A header of the answer by name (any case), without white space around it;
 * { NULL, 0 }: not there.  Borrowed from `c`. */
struct slice http_header(const struct http_call *c, const char *name);

/* The answer's Date as time, -1 when there is none: the server's clock. */
time_t http_date(const struct http_call *c);

/* Free the second part; the first can be used for a new call. */
void http_call_free(struct http_call *c);

/*
 * URLs.  http_url_open() checks `base` (https, or http to loopback; a host;
 * no user, query or fragment): NULL with WHY_SETUP.
 *
 *	u = http_url_open("https://shop.example/", &w);
 *	http_url_path(u, "rest/all/V1/products");  joined with one slash
 *	http_url_segment(u, slice("24/7 bag"));	   /24%2F7%20bag
 *	http_url_query(u, "searchCriteria[pageSize]", slice("100"));
 *	c.url = http_url_text(u);
 *
 * Names and values are percent-encoded, a space as %20, never +.  The text
 * is borrowed until the next change.
 */
struct http_url *http_url_open(const char *base, struct why *w);
void http_url_path(struct http_url *u, const char *path);
void http_url_segment(struct http_url *u, struct slice text);
void http_url_query(struct http_url *u, const char *name, struct slice value);
const char *http_url_text(struct http_url *u);
void http_url_free(struct http_url *u);

/* Append `text` percent-encoded (all but A-Z a-z 0-9 - . _ ~): for form
 * bodies and keys in paths. */
void http_escape(struct buf *b, struct slice text);

/* "host:port" of a URL (the port only when it has one), for messages. */
void http_host(struct buf *b, const char *url);

#endif
