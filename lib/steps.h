#ifndef STEPS_H
#define STEPS_H

#include "payload.h"

/*
 * steps - which steps (`with`) of a record are due.
 *
 * Pure.  A step is a payload with `with`: maps of the same record that it
 * stands around.  One with a lower phase than theirs comes before (an order
 * back to draft), one with a higher phase after them (activate it).
 *
 *	struct step line[n] = one for each line of the source record, payloads
 *	    and verdicts, with what became of it so far
 *	steps_apply(line, n, pool);
 *	... line[i].answer says what to do with each payload that goes on
 *
 * Programs apply it last, to the lines of one source (struct payload.source),
 * after they settled what they had to settle.
 */

enum step_fate {
	STEP_GOES,	/* a payload that goes on */
	STEP_SENT,	/* sent in this run: created, updated, deleted */
	STEP_SAME,	/* unchanged */
	STEP_SKIPPED,
	STEP_BAD,	/* waiting, held, rejected, failed */
};

enum step_answer {
	STEP_PASS,	/* as `fate` says */
	STEP_UNCHANGED,	/* a step that is not due: answer `unchanged` */
	STEP_SKIP,	/* skipped with what it stands around; reason: `why` */
	STEP_WAIT,	/* `waiting`/`parent-failed`; `why` names the line */
};

struct step {
	const struct payload *p;
	enum step_fate fate;
	bool own;	/* a step after: due by itself, whatever the others
			 * do.  led-recall: its hash changed, its last verdict
			 * was no success, it is in flight, or theirs was sent
			 * in a later run; sf-diff: it differs; sf-match and
			 * sf-load: true */
	enum step_answer answer;	/* out */
	const struct step *why;		/* out: whose fate decided, or NULL */
};

/* The fate that a verdict line means. */
enum step_fate steps_fate(struct slice verdict);

/*
 * Fill in `answer` of the lines whose fate is STEP_GOES.  Children (by
 * `parent`) of a payload of this record that ended badly, and what a step
 * before was for when that ended badly, wait as well; children of a skipped
 * one are skipped.
 */
void steps_apply(struct step *line, size_t n, struct pool *pool);

/* Is map name `map` in the raw array `with`? */
bool steps_names(struct slice with, struct slice map);

#endif
