#ifndef AUDIT_H
#define AUDIT_H

#include "mem.h"
#include "scan.h"
#include "sign.h"
#include "why.h"

/*
 * audit - the event log of a run: `audit.ndjson` in the run's folder.
 *
 *	buf_str(&members, "\"event\":\"stage-start\",\"stage\":\"map\"");
 *	audit_append(folder, buf_all(&members), NULL, &w);
 *
 * Each event is one line, {"audit":1,"n":N,"before":HASH,"at":TIME,...}: the
 * version of the format, its number from 1, and the SHA-256 of the line
 * before (without LF; 64 zeros for the first), so that nobody can change,
 * drop, add or cut an event in silence.  millrace-audit(5) has the events.
 *
 * The log holds codes, counts and keys; who calls keeps Salesforce's message
 * texts and personal data out, arguments through audit_mask().
 */

#define AUDIT_FILE "audit.ndjson"
#define AUDIT_NOTHING \
	"0000000000000000000000000000000000000000000000000000000000000000"

enum {
	AUDIT_FORMAT = 1,
	AUDIT_LINE = 1 << 20,	/* a longer event is refused */
	AUDIT_LOG = 64 << 20,	/* a longer log is not read */
};

/*
 * Append an event whose members (JSON text, from "event" on) are given.  Any
 * number of processes may do so at once.  A torn last line, left by a crash
 * or a full disk, is cut off, and an event "torn" with its length and hash
 * says so.  On disk when this returns.  `hash` (may be NULL) gets the hash of
 * the new line.  -1 WHY_BROKEN.
 */
int audit_append(const char *folder, struct slice members,
    char hash[SIGN_HEX], struct why *w);

/* Append `"arguments":[...]` with every argument masked. */
void audit_arguments(struct buf *out, char *const argv[], struct slice key);

/*
 * Append `text` with each e-mail address in it replaced by "email:" and 16
 * digits of its HMAC-SHA256 by `key`, lower-cased before: equal addresses
 * stay equal, and nobody without the key can try names.
 */
void audit_mask(struct buf *out, struct slice text, struct slice key);

/* Append the time as 2026-11-21T02:00:00Z. */
void audit_time(struct buf *out, long long seconds);

/*
 * Read a log line by line:
 *
 *	struct audit a;
 *	if (audit_open(&a, folder, &w) == -1) ...
 *	while (audit_next(&a, &e))
 *		...
 *	audit_close(&a);
 */
struct audit {
	struct buf text;
	size_t at;
	long line;
	struct pool *pool;
};

/* Slices are borrowed until audit_close().  What is no event of ours has
 * n == 0 and no name. */
struct audit_event {
	long line;		/* in the file, from 1 */
	long n;			/* as it says itself */
	bool torn;		/* no LF at its end */
	struct slice text;	/* the line */
	struct slice event, stage, at, before;	/* plain text */
	char hash[SIGN_HEX];	/* of the line */
};

int audit_open(struct audit *a, const char *folder, struct why *w);
int audit_next(struct audit *a, struct audit_event *e);	/* 1, or 0: end */
void audit_close(struct audit *a);

/* A member of an event: a number, or -1; a text, or { NULL, 0 }. */
long long audit_number(const struct audit_event *e, const char *name);
struct slice audit_text(struct audit *a, const struct audit_event *e,
    const char *name);

#endif
