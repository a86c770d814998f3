#ifndef STEPS_H
#define STEPS_H

#include "payload.h"

/*
 * steps - which steps (`with`) of a record are due.
 *
 * Pure.  A step is a payload with `with`: maps of the same record that it
 * stands around.  One with a lower phase than theirs comes before them (an
 * order back to draft), one with a higher phase after them (activate it).
 *
 *	struct step s[n];
 *
 *	for each line of one source: s[i] = steps_of(&line[i]);
 *	... settle what is to be settled, and say so in s[i].fate, .reason, .own
 *	steps_apply(s, n);
 *	for each line: do what s[i].answer says
 *
 * Programs apply it last, over all lines of one source, payloads and verdicts.
 */

enum step_fate {
	STEP_GOES,	/* a payload that goes on */
	STEP_SENT,	/* created, updated or deleted in this run */
	STEP_SAME,	/* unchanged */
	STEP_SKIPPED,
	STEP_BAD,	/* waiting, held, rejected, failed */
};

enum step_answer {
	STEP_PASS,	/* as `fate` says */
	STEP_UNCHANGED,	/* a step that is not due: `unchanged` */
	STEP_SKIP,	/* `skipped` like line `cause`, for `reason` */
	STEP_WAIT,	/* `waiting`/`parent-failed` because of line `cause` */
};

struct step {
	struct slice map, object, key, parent, with;
	long phase;		/* -1: not known any more, a verdict */
	enum step_fate fate;
	struct slice reason;	/* of a fate that is a verdict */
	bool delete;
	bool own;	/* a step after is due by itself, whatever the others
			 * do.  led-recall: its hash changed, its last verdict
			 * was no success, it is in flight, or one of theirs
			 * was sent in a later run; sf-diff: it differs;
			 * sf-match and sf-load: true */
	enum step_answer answer;	/* out; with STEP_SKIP, `reason` too */
	size_t cause;			/* out: the line that decided */
};

/* A line as it was read, not settled yet: settling drops what counts here.
 * A payload goes on, a verdict has its fate; `own` is true. */
struct step steps_of(const struct payload *p);

enum step_fate steps_fate(struct slice verdict);

/*
 * Give `answer` to the lines whose fate is STEP_GOES.  Besides the steps
 * themselves: what a step before stood for waits when that step ended badly;
 * children (by `parent`) of a payload of this record that ended badly wait
 * too, those of one that was skipped by `only` or a gate are skipped.  A
 * delete goes only when all that its map gives for the record is well: else
 * it waits, or is skipped, like the line that is not.
 */
void steps_apply(struct step *s, size_t n);

/* Is `parent`, OBJECT/KEY, the record of this object and key? */
bool steps_parent(struct slice parent, struct slice object, struct slice key);

/* Is `map` one of the names in the raw array `with`? */
bool steps_names(struct slice with, struct slice map);

#endif
