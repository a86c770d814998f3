#ifndef REASONS_H
#define REASONS_H

#include "mem.h"

/*
 * reasons - what a reason code means and who can mend it.
 *
 * Codes in capitals are Salesforce's own; the others are ours, or a gate's of
 * a mapping file (`skip zero-total if ...`), which the mapping explains.
 */
struct reason {
	const char *code;
	const char *who;	/* who can mend it, or "nobody: ..." */
	const char *means;	/* a sentence */
	const char *todo;	/* what to do, a sentence or two */
};

/* Every code we know, sorted by strcmp(); ends with { 0 }. */
extern const struct reason reasons[];

/* The reason of this code, or NULL. */
const struct reason *reasons_find(struct slice code);

#endif
