/*
 * sf-subrequest - a request inside a request of Composite or Batch
 *
 *	struct sf_sub sub = {0};
 *	sf_subrequest(h, &ask, &sub);	answered by the usual handlers
 *	... sub.status, sub.body ...
 *	buf_free(&sub.body);
 */
#ifndef SF_SUBREQUEST_H
#define SF_SUBREQUEST_H

#include "sf-api.h"

struct sf_sub {
	int status;
	bool json;			/* the body is; otherwise no answer */
	struct buf body;
	char location[160];		/* header Location, or "" */
	bool failed;			/* rows of a collection that did */
};

struct sf_ask {
	const char *method;
	const char *url;		/* "v62.0/sobjects/Account?x=y" */
	const char *body;		/* JSON, or "" */
	yyjson_val *headers;		/* object, or NULL */
	bool all_or_none;		/* for collections */
	bool jobs;			/* may it ask for bulk jobs? */
};

enum sf_asked { SF_ASKED_ANY, SF_ASKED_MUCH, SF_ASKED_JOBS, SF_ASKED_MORE };

/* What the URL (as in sf_ask) names, however it is written: a query or a
 * collection; bulk jobs; what holds requests of its own and so has no place
 * inside of one; or anything else. */
enum sf_asked sf_asked(struct sf_http *h, const char *url);

void sf_subrequest(struct sf_http *h, const struct sf_ask *ask,
    struct sf_sub *sub);

/* Answer a subrequest with one error, as the platform does for those that it
 * does not begin. */
void sf_sub_error(struct sf_sub *sub, int status, const char *code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Append the JSON of the body; null when there is none. */
void sf_sub_body(const struct sf_sub *sub, struct buf *b);

#endif
