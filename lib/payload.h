#ifndef PAYLOAD_H
#define PAYLOAD_H

#include "mem.h"
#include "scan.h"
#include "why.h"

/*
 * payload - the lines between the programs: payloads and verdicts.
 *
 * Both are JSON objects with members from one list, in one order (design,
 * "One line, three moments"); a verdict is a line that begins {"verdict":.
 * payload_read() slices a line, payload_write() writes one.  What nobody
 * touched keeps its bytes.
 *
 *	struct payload p;
 *	if (payload_read(&p, line, pool, &w) == -1) ...
 *	p.id = slice("001...");
 *	payload_write(&out, &p);
 *
 * Members marked (text) are plain text, escaped when written; those marked
 * (raw) are JSON text that is copied.  Absent is { NULL, 0 }.
 */
struct payload {
	struct slice verdict;	/* text */
	struct slice reason;	/* text, a stable code */
	struct slice message;	/* text */
	struct slice object;	/* text, sObject */
	struct slice map;	/* text */
	struct slice source;	/* text, entity/id */
	struct slice key;	/* text */
	struct slice extid;	/* text, field name */
	struct slice parent;	/* text, OBJECT/KEY */
	struct slice match;	/* raw array of rungs, each an object of
				 * field to value: [{"Email":"a@b.c"}] */
	struct slice with;	/* raw array of map names */
	struct slice only;	/* text: insert or update */
	struct slice own;	/* raw array of field names */
	struct slice quiet;	/* raw array of field names */
	struct slice rev;	/* text */
	struct slice children;	/* raw object */
	struct slice id;	/* text, 18 characters */
	struct slice was;	/* raw: object, or null */
	struct slice hash;	/* text */
	struct slice insert;	/* raw object, data */
	struct slice update;	/* raw object, data */
	struct slice fields;	/* raw object, data */
	struct slice record;	/* raw, data of a rejected record */
	struct slice bytes;	/* text, base64 of what was no JSON */
	struct slice line;	/* the whole line that was read */
	long phase;		/* -1: absent, else below a billion; behind map */
	bool shared;		/* behind only */
	bool adopted, delete;	/* behind id */
};

bool payload_is_verdict(struct slice line);	/* by its first bytes */

/*
 * Read a payload or verdict line.  Slices point into `line` or `pool`.
 * -1: WHY_DATA, "bad-json" or "bad-payload" (an unknown member, a member of
 * the wrong type, object, map, source or key missing in a payload).
 */
int payload_read(struct payload *p, struct slice line, struct pool *pool,
    struct why *w);

/* A copy that lives in `pool`, its line too. */
void payload_copy(struct payload *to, const struct payload *from,
    struct pool *pool);

/* Append the line, without LF.  Texts that lie in p->line are what is there, as
 * payload_read() found them. */
void payload_write(struct buf *b, const struct payload *p);

/*
 * Turn `p` into a verdict.  A settled one (created, updated, deleted,
 * unchanged, skipped) and a waiting one lose data and what only the loader
 * needs; held, rejected and failed keep insert, update and fields as they
 * are.  `reason` and `message` may be NULL.
 */
void payload_settle(struct payload *p, const char *verdict,
    const char *reason, const char *message);

/* What payload_settle() and payload_write() give, but that of `p` no more than
 * verdict, reason and message change: memory that is done with is not written
 * once more. */
void payload_write_settled(struct buf *b, struct payload *p,
    const char *verdict, const char *reason, const char *message);

/* Does this verdict ask for somebody (held, rejected, failed), or is it
 * hindered (waiting for anything but a date or a setting)?  Exit status 1. */
bool payload_is_bad(const struct payload *p);

/* Is it a verdict (literal, by its first letter) that asks nobody for anything:
 * created, updated, unchanged, deleted, skipped? */
static inline bool
payload_is_good(const char *verdict)
{
	return *verdict == 'c' || *verdict == 'u' || *verdict == 'd' ||
	    *verdict == 's';
}

/* The order of two sources: "orders/9" is below "orders/10", by the digits at
 * the end as a number; without digits by text. */
int payload_source_cmp(struct slice a, struct slice b);

/* One member of `insert`, `update`, `fields` or `was`. */
struct field {
	struct slice name;	/* plain text */
	struct slice value;	/* raw JSON scalar */
};

/*
 * The members of a raw object as an array in `pool`, *n of them.  A repeated
 * name keeps its last value.
 */
struct field *payload_fields(struct slice object, struct pool *pool,
    size_t *n);

#endif
