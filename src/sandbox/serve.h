/*
 * serve - the loopback HTTP server under both sandboxes
 *
 *	struct serve_conf conf;
 *
 *	serve_defaults(&conf, "mage-sandbox");
 *	... conf.handle = mine; conf.ctx = me; conf.credentials = mine_too;
 *	... for each --set: serve_set(&conf, "NAME=VALUE") or one's own name
 *	return serve_run(&conf);
 *
 * It listens on 127.0.0.1 alone, writes one line of JSON to standard output
 * when it is ready, and returns after SIGTERM or SIGINT.  Each connection has
 * a thread; the handler runs under one lock, so that it needs none itself,
 * and what waits (faults, latency, slow clients) waits outside the lock.
 *
 * What serve does by itself, before the handler sees anything:
 *
 *	GET /sandbox/log      every request so far, NDJSON, in the order in
 *	                      which they were answered: n, method, path, query
 *	                      (as sent, the values of secrets aside), status
 *	                      (0: no answer was given), bytes (of the request's
 *	                      body), at and ms (when it was answered, and how
 *	                      long that took), and "fault":true where the plan
 *	                      had a hand in it
 *	DELETE /sandbox/log   forgets them
 *	POST /sandbox/faults  replaces the fault plan (faults.h) by the body
 *
 * Other paths that begin with /sandbox/ go to the handler, but are neither
 * logged nor counted nor met by faults: /sandbox/state (records as NDJSON) and
 * POST /sandbox/reset are the handler's in both sandboxes.
 */
#ifndef SANDBOX_SERVE_H
#define SANDBOX_SERVE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "buf.h"
#include "faults.h"

#define SERVE_BODY_MAX ((size_t)160 << 20)	/* beyond: 413 */

struct reply;

/* A request; all of it is borrowed until the handler returns. */
struct request {
	const char *method;
	const char *path;	/* as sent, without the query */
	const char *plain;	/* percent-decoded; may hold any byte but NUL */
	const char *query;	/* as sent, after the '?'; "" for none */
	const char *body;	/* body_len bytes, then no NUL; "" for none */
	size_t body_len;
	unsigned long n;	/* 1 for the first logged request; 0: /sandbox/ */
	const struct fault *fault;	/* NULL: none; for the vendor's members */
	const char *base;	/* "http://127.0.0.1:PORT" */
	void *conn, *server;	/* serve's own */
};

struct serve_conf {
	const char *name;	/* of the program, for messages */
	int port;		/* 0: the system chooses */
	struct faults *faults;	/* serve_run frees it; NULL: an empty plan */
	/*
	 * Answer one request.  Runs under the lock, once per request.  A
	 * handler that leaves `rp` alone answers 500.
	 */
	void (*handle)(void *ctx, const struct request *rq, struct reply *rp);
	void *ctx;
	/* Write the JSON object for the member "credentials".  Called once,
	 * when `base` (the URL) is known and before any request. */
	void (*credentials)(void *ctx, const char *base, struct buf *out);
	/* settings, by serve_set() */
	uint64_t seed;		/* 1; for faults and for the sandbox's own dice */
	long latency;		/* milliseconds that every answer waits; 0 */
	long idle;		/* seconds without a request until it ends; 3600 */
	long parent;		/* process whose end ends it too; 0: none */
	int gzip;		/* compress for clients that accept it; 1 */
	int64_t offset;		/* seconds its clock is ahead of the system's; 0 */
	_Atomic int64_t stands;	/* what its clock shows; 0: it goes */
};

void serve_defaults(struct serve_conf *conf, const char *name);

/*
 * The sandbox's clock (seconds since 1970), which the Date header shows too.
 */
time_t serve_now(const struct serve_conf *conf);

/* From now on the clock stands at a UTC time, written as above; 0, or -1 when
 * it is none. */
int serve_stop_clock(struct serve_conf *conf, const char *text);

/*
 * Take one NAME=VALUE if the name is seed, latency, idle, parent, gzip
 * (on/off), offset (seconds, may be negative) or clock (a UTC time such as
 * 2026-11-22T00:16:00Z: what the clock shows now).  Return 1 when taken, 0
 * when the name is not one of these, -1 when the value does not suit the name.
 * serve_number reads a decimal number of 0 or more up to LONG_MAX into `to`,
 * for the settings of the sandboxes; serve_onoff reads on/off, yes/no, 1/0;
 * both return 0, or -1.
 */
int serve_set(struct serve_conf *conf, const char *setting);
int serve_number(const char *text, long *to);
int serve_onoff(const char *text, int *to);

/*
 * Serve until told to end.  Returns the exit status: 0 after SIGTERM, SIGINT,
 * idle or the parent's end, 3 (with a message) when it could not listen, or
 * not say where.
 * SIGPIPE is ignored; call it from the main thread, before other threads.
 */
int serve_run(struct serve_conf *conf);

/*
 * Let other requests in, from inside of a handler that works for long.  Locks
 * of its own the handler must let go before.
 */
void serve_give_way(const struct request *rq);

/* --- reading a request --- */

/* Value of a header, first one of that name (any case), or NULL. */
const char *serve_header(const struct request *rq, const char *name);

/* Bytes of all headers, with the colon, blank and line end of each. */
size_t serve_headers(const struct request *rq);

/*
 * Percent-decode `n` bytes; with `plus`, '+' becomes a space.  A '%' without
 * two hex digits behind it stays.  The result is malloc'd, NUL at the end, its
 * length in `*len` when len is not NULL.
 */
char *serve_decode(const char *s, size_t n, int plus, size_t *len);

/*
 * Step through "a=1&b=%20&c": decoded name and value, malloc'd, for the caller
 * to free.  `*at` begins as the query; returns 0 at the end.  A pair without
 * '=' gives *value NULL.  Empty pairs are skipped.
 */
int serve_pair(const char **at, char **name, char **value);

/* --- writing the answer --- */

/*
 * Status and content type (copied); the body is what the handler adds to the
 * buffer returned, which is serve's.  The last call counts; the buffer is
 * emptied by it.
 */
struct buf *reply_with(struct reply *rp, int status, const char *type);

/* Add a header (copied), to be called after reply_with or reply_stream. */
void reply_header(struct reply *rp, const char *name, const char *value);

/*
 * A body that is made while it is sent, outside the lock and chunked (or with
 * Content-Length where `size` is not -1): `read` gives up to `cap` bytes to
 * `to` and returns how many, 0 at the end, -1 on failure (connection closed).
 * `done` is called once with `src` when no more is wanted; may be NULL.
 */
void reply_stream(struct reply *rp, int status, const char *type,
    ssize_t (*read)(void *src, char *to, size_t cap), void *src,
    void (*done)(void *src), int64_t size);

/* The same for `len` bytes of file `fd` from `off`; `fd` is duplicated. */
void reply_file(struct reply *rp, int status, const char *type, int fd,
    off_t off, int64_t len);

/* Hold the answer back for so many milliseconds, outside the lock. */
void reply_wait(struct reply *rp, long ms);

/* Close the connection without an answer (reset: 1 for RST). */
void reply_drop(struct reply *rp, int reset);

#endif
