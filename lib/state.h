#ifndef STATE_H
#define STATE_H

#include "mem.h"

/*
 * state - what a person calls what became of a payload, the worst first.
 *
 * A record is in the worst state of its payloads: the least number.
 */
enum state {
	STATE_FAILED, STATE_REJECTED, STATE_HELD,
	STATE_WAITING,		/* hindered: it comes again by itself */
	STATE_QUEUED, STATE_NOT_DUE,
	STATE_SYNCED,		/* Salesforce is as it should be */
	STATE_SKIPPED, STATE_N
};

/* "failed", "rejected", ..., "not-due", ... */
extern const char *const state_names[STATE_N];

enum state state_of(struct slice verdict, struct slice reason);

#endif
