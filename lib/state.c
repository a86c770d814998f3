/* state - what a person calls what became of a payload. */
#include "payload.h"
#include "state.h"

const char *const state_names[STATE_N] = {
	[STATE_FAILED] = "failed", [STATE_REJECTED] = "rejected",
	[STATE_HELD] = "held", [STATE_WAITING] = "waiting",
	[STATE_QUEUED] = "queued", [STATE_NOT_DUE] = "not-due",
	[STATE_SYNCED] = "synced", [STATE_SKIPPED] = "skipped",
};

enum state
state_of(struct slice verdict, struct slice reason)
{
	struct payload p = { .verdict = verdict, .reason = reason };

	if (slice_is(verdict, "waiting")) {
		if (slice_is(reason, "queued"))
			return STATE_QUEUED;
		return payload_is_bad(&p) ? STATE_WAITING : STATE_NOT_DUE;
	}
	for (int i = 0; i < STATE_N; i++)
		if (slice_is(verdict, state_names[i]))
			return (enum state)i;
	return STATE_SYNCED;
}
