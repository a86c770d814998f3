/*
 * reply - an answer on its way through libmicrohttpd; serve.c's other half
 *
 * The functions that handlers call (reply_with and so on) are in serve.h;
 * here is what serve.c needs to send what they made.
 */
#ifndef SANDBOX_REPLY_H
#define SANDBOX_REPLY_H

#include <microhttpd.h>

#include "serve.h"

#define REPLY_HEADERS 24	/* more in one answer is a bug */

struct reply {
	int status;		/* 0: the handler said nothing */
	char *type;
	struct buf body;
	struct { char *name, *value; } header[REPLY_HEADERS];
	int headers;
	ssize_t (*read)(void *src, char *to, size_t cap);
	void *src;
	void (*done)(void *src);
	int64_t size;		/* of what read gives; -1: not known */
	int64_t truncate;	/* close after so many bytes; -1: all */
	int drop, reset;	/* no answer at all */
	long wait;		/* milliseconds, before it is sent */
};

/*
 * Hand the answer to libmicrohttpd and empty `rp`.  With `gzip` the body is
 * compressed when that is worth it; `now` is for the Date header.  The result goes back to libmicrohttpd:
 * MHD_NO closes the connection.
 */
enum MHD_Result reply_send(struct reply *rp, struct MHD_Connection *conn,
    int gzip, time_t now);

void reply_free(struct reply *rp);

#endif
