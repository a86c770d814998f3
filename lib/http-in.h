#ifndef HTTP_IN_H
#define HTTP_IN_H

#include "http.h"

/*
 * What the files of http share.  Nobody else includes this.
 */

/* Where a call stands. */
enum http_where { HTTP_QUEUED, HTTP_PAUSED, HTTP_FLYING, HTTP_DONE };

/* How a body comes; HTTP_UNSEEN: none of it has. */
enum http_coding { HTTP_UNSEEN, HTTP_PLAIN, HTTP_GZIP, HTTP_UNKNOWN,
	HTTP_DAMAGED };

struct http_state {
	struct http_call *call;
	struct http *h;
	void *easy;		/* CURL, while it is flying */
	void *lines;		/* curl_slist of request headers */
	enum http_where where;
	int64_t start, due;	/* milliseconds, monotonic */
	int64_t read;		/* of the body, so far */
	enum http_coding coding;
	struct inflate *inflate; /* while HTTP_GZIP, else NULL */
	bool good;		/* the status is 2xx, once a body comes */
	bool fed;		/* the sink was given bytes */
	int busy;		/* attempts answered 429 or 503 */
	bool told_off;		/* the sink said stop */
	bool too_long;		/* the answer is over its limit */
	char text[256];		/* libcurl's words for an error */
	struct http_state *next;
};

struct http {
	struct http_setup set;
	void *multi;			/* CURLM */
	struct http_state *first;	/* all that are started, oldest first */
	struct http_state *done, **done_end;
	void *spare;			/* CURL of a call before, or NULL */
	int flying;
	unsigned char dice[64];		/* for the jitter */
	size_t rolled;
};

/* Begin an attempt: into h->multi. */
void http_attempt_begin(struct http_state *s);

/* A piece of the body, as CURLOPT_WRITEFUNCTION. */
size_t http_body_take(char *p, size_t size, size_t n, void *ctx);

/* The answer is over: was its body encoded as we asked, and does it end where
 * that does?  Else s->text says so.  That of an error need not. */
bool http_body_whole(struct http_state *s);

/* The next attempt has a body of its own. */
void http_body_forget(struct http_state *s);

/* -1 WHY_SETUP: not a URL that we may speak to. */
int http_url_usable(const char *text, struct why *w);

/* Append the URL without query and user. */
void http_url_public(struct buf *b, const char *url);

/*
 * Is a whole answer what it claims to be?  -1 with `w` WHY_BROKEN, or
 * WHY_BUSY for a page that speaks of maintenance: `json` was asked for and
 * this is none.
 */
int http_shape(const struct http_call *c, struct why *w);

/*
 * Star out of an answer what its request had of secrets, before a word of it
 * is shown: of one that is an error or a message, that is; data stays as it
 * came.  The request's header lines must still be there.
 */
void http_hide(struct http_state *s);

/* Seconds that the answer asks to wait, -1: it does not say. */
long http_retry_after(const struct http_call *c);

#endif
