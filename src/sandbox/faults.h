/*
 * faults - a plan of what goes wrong in a sandbox, and when
 *
 * A plan is NDJSON: one fault a line, empty lines and lines that begin with #
 * aside.  It comes from `--faults FILE` and is replaced, counters and all, by
 * POST /sandbox/faults (an empty body removes every fault).
 *
 *	{"path":"/V1/orders","nth":2,"status":503,"headers":{"Retry-After":"1"}}
 *	{"method":"PUT","path":"/batches$","times":1,"reset":"after"}
 *	{"probability":0.05,"delay":200}
 *
 * When it applies: every member given must agree.
 *
 *	method       the method, exactly
 *	path         POSIX extended regular expression, looked for anywhere in
 *	             the path as sent (not decoded, without the query)
 *	query        the same for the percent-decoded query
 *	body         text that the request's body contains
 *	nth          not before the nth request that agrees (1: the first)
 *	times        so many requests, then no more.  Without it: once when `nth`
 *	             is given, for ever when it is not
 *	every        only each so-many-th of them
 *	probability  0 to 1, rolled after all of the above; the dice are seeded
 *	             (faults_open's seed), each line its own
 *
 * What happens: serve.c carries these out.
 *
 *	delay        wait so many milliseconds first
 *	hang         true or seconds: no answer until the client gives up or the
 *	             time is over, then the connection is closed; no effect
 *	reset        "before": the connection is reset without an answer and
 *	             without an effect.  "after": likewise, but the request had
 *	             its full effect
 *	status       answered instead; the request has no effect, unless
 *	after        true: the request had its effect before that answer
 *	headers      object, names and values of that answer (beside those of the
 *	             true answer when there is no other)
 *	body_text    text of that answer, whose status is 200 when there is no
 *	             `status`; `body_json`: any JSON value instead
 *	type         its Content-Type, default application/json for body_json,
 *	             text/html for body_text
 *	truncate     so many bytes of the body, then the connection is closed,
 *	             though Content-Length (or chunking) promised them all
 *
 * Other members are the vendor's own ("fail_rows", "expire_token"): serve takes
 * no notice, the sandbox names them by faults_words(), asks for them by
 * fault_get(rq->fault, NAME) and documents them in its man page.  A member that
 * neither knows, or a value that does not suit its member, is an error that
 * names the line and the member.
 *
 * Several lines may agree with one request: the members of all of them are
 * taken together, of equal names the one that stands first.  Only a line whose
 * turn it is counts as used.
 */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include <stddef.h>
#include <stdint.h>
#include <yyjson.h>

struct faults;	/* a plan */
struct fault;	/* what one request has coming */

/*
 * A plan without faults.  `seed` decides what `probability` rolls; the same
 * seed and the same requests in the same order give the same faults.
 */
struct faults *faults_open(uint64_t seed);

/*
 * Dice number `n` of a seed, and their throw number `n`: 0 to 1, 1 excluded.
 * The same for the same two, unrelated for others.  Dice may be a seed again.
 */
uint64_t faults_dice(uint64_t seed, uint64_t n);
double faults_throw(uint64_t dice, uint64_t n);

/* A member that a line may have.  "fail_rows.match" is one of the object that
 * is the value of "fail_rows". */
enum fault_kind {
	FAULT_NUMBER,		/* 0 or more */
	FAULT_TEXT,
	FAULT_FLAG,		/* true or false */
	FAULT_OBJECT,
	FAULT_RESET,		/* "before" or "after" */
	FAULT_HANG,		/* true, false or seconds */
	FAULT_ANY
};

struct fault_word {
	const char *name;
	enum fault_kind kind;
};

/* The vendor's own members, `n` of them; borrowed as long as the plan. */
void faults_words(struct faults *f, const struct fault_word *words, size_t n);

/*
 * A closer look at the vendor's own members: `check` returns NULL, or what the
 * value of member `name` has to be ("an array").
 */
void faults_check(struct faults *f, const char *(*check)(const char *name,
    yyjson_val *v));

/*
 * Replace the plan by the NDJSON in the `n` bytes at `text`.  Return 0, or -1
 * with a message for a person in `why` (of `size` bytes), plan unchanged.
 */
int faults_set(struct faults *f, const char *text, size_t n, char *why,
    size_t size);

/* The same from a file. */
int faults_load(struct faults *f, const char *file, char *why, size_t size);

/*
 * What goes wrong with this request: NULL for nothing, else the caller's to
 * fault_free().  It counts, so ask once per request.  Not thread-safe by
 * itself: serve.c asks under its lock.
 */
struct fault *faults_pick(struct faults *f, const char *method,
    const char *path, const char *query, const char *body, size_t body_len);

/*
 * Member `name` of what goes wrong, or NULL; NULL for no fault.  Borrowed
 * until the fault is freed.  _int gives `none` where the member is absent or
 * no number.
 */
yyjson_val *fault_get(const struct fault *ft, const char *name);
const char *fault_str(const struct fault *ft, const char *name);
long fault_int(const struct fault *ft, const char *name, long none);
int fault_true(const struct fault *ft, const char *name);

void fault_free(struct fault *ft);
void faults_close(struct faults *f);

#endif
