#ifndef REASONS_H
#define REASONS_H

#include "mem.h"

/*
 * reasons - what a reason code means and who can mend it.
 *
 * Codes in capitals are Salesforce's own; the others are ours, or a gate's of
 * a mapping file (`skip zero-total if ...`), which the mapping explains.
 */
enum reason_kind {
	REASON_TRANSIENT,	/* it can pass by itself: tried again */
	REASON_DATA, REASON_POLICY, REASON_PERMISSION, REASON_DUPLICATE,
	REASON_SETUP, REASON_DONE,
};

struct reason {
	const char *code;
	enum reason_kind kind;
	const char *who;	/* who can mend it, or "nobody: ..." */
	const char *means;	/* a sentence */
	const char *todo;	/* what to do, a sentence or two */
};

/* Every code we know, sorted by strcmp(); ends with { 0 }. */
extern const struct reason reasons[];

/* The reason of this code, or NULL. */
const struct reason *reasons_find(struct slice code);

/* The same as a person has read it: one of Salesforce's in any case, with '_'
 * or without.  A job's error has InvalidBatch for INVALIDBATCH. */
const struct reason *reasons_like(struct slice code);

/* "data: the record or the map is wrong" */
const char *reasons_kind(const struct reason *r);

/* Is this a code that can pass by itself? */
bool reasons_transient(struct slice code);

#endif
