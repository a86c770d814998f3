#ifndef SALESFORCE_LOAD_H
#define SALESFORCE_LOAD_H

#include "salesforce-plan.h"

/*
 * salesforce-load - a wave loaded: phase by phase, job by job, each row with
 * its verdict.
 *
 *	struct sf_load *l = sf_load_new(s);
 *	while (a wave is read)
 *		if (sf_load_wave(l, v, &w) == -1) stop after writing it
 *	sf_load_free(l);
 *
 * What Salesforce says of a row, and what becomes of it:
 *
 *	sf__Created true, false		created, updated; deleted
 *	UNABLE_TO_LOCK_ROW and other	again in a follow-up job, up to
 *	codes that pass by themselves	SF_TRIES times, then waiting/CODE; or
 *					waiting/limit-near (salesforce-budget)
 *	unprocessed			the same, then waiting/unprocessed
 *	in none of the results		waiting/no-result
 *	Foreign key external ID ...	waiting/parent-missing
 *	STANDARD_PRICE_NOT_DEFINED	the same, or waiting/parent-failed where
 *					an earlier entry of its record is bad
 *	INVALID_FIELD_FOR_INSERT_	of an upsert: looked up by its external
 *	UPDATE, DUPLICATE_VALUE,	id, then by `match` among records that
 *	"already exists"		have none, and again as an update if it
 *					is there
 *	dead id, in an update		waiting/gone; in a delete: deleted
 *	anything else			failed/CODE
 *	the job cannot be processed	rejected/job-refused, and the load ends
 */

enum { SF_TRIES = 3 };

struct sf_load;

struct sf_load *sf_load_new(struct sf *s);
void sf_load_free(struct sf_load *l);

/*
 * Load the wave (sf_wave_ready() was called).  Every row is settled, whatever
 * is returned.  -1: nothing more can be loaded, `w` says why; rows not sent
 * are `waiting`/`not-sent`.
 */
int sf_load_wave(struct sf_load *l, struct sf_wave *v, struct why *w);

/* Rows that are all verdicts: nothing to load, only to know what is bad. */
void sf_load_pass(struct sf_load *l, const struct sf_wave *v);

/* Settle all rows that still go on as `waiting`/`not-sent`. */
void sf_load_give_up(struct sf_wave *v, const struct why *w);

/*
 * What Salesforce says of a row, by whichever API: it is loaded, or refused
 * for this reason.  `fields` may be "".  False: an update or delete that is
 * answered with another record's id, or a new record without a good one, is no
 * answer, and nothing is done.
 */
bool sf_row_loaded(struct sf_wave *v, struct sf_row *r, struct slice id,
    bool created);
void sf_row_failed(struct sf_wave *v, struct sf_row *r, struct slice code,
    struct slice message, struct slice fields);

/* Another end of what ended with `w` already: the worse stays, and of equals
 * the first. */
void sf_load_worse(struct why *w, const struct why *another);

/* "CODE:message:fields --" of a failed row, in its parts. */
void sf_row_error(struct slice text, struct slice *code,
    struct slice *message, struct slice *fields);

/*
 * Objects of which rows have come, and whether the ledger had any record of
 * them when the first one came: what this load has made is not asked for.
 * Begins as zero; objects that find no room are asked for each time.
 */
struct sf_known {
	struct {
		char object[64];
		bool any;
	} of[32];
	size_t n;
};

/*
 * What is looked up in Salesforce, in salesforce-look.c and -stale.c.  All
 * return -1 with `w` when Salesforce cannot be asked.
 *
 * sf_look_flight(): rows of records that were on their way in a run that was
 * killed get the ids of what that run made, or are `updated` already where
 * everything is as they want it, and are not compared with their `was`: what
 * has moved there, we moved.  So do records that the ledger knows, although
 * their payloads have no id: a run that was killed behind its last verdict.
 * An insert that was on its way and that nothing could find, neither an
 * external id nor `match`, is `held`/`in-doubt`.  `flights`: a run was killed,
 * or had no answer; false saves the asking.
 * sf_look_stale(): records with `was` that have moved since are `held`/`stale`
 * as a whole.
 * sf_look_match(): rows of `phase` that would be inserted and are there by
 * their `match` get its id, or are `held`/`ambiguous-match`; no hit is what
 * another key has, by the ledger or in this run.  They are `adopted`, but for
 * what we made ourselves.  Shared rows whose key was sent in an earlier wave
 * get its id, and so do rows that seem to be `there`: those that nothing finds
 * are `failed`.
 * sf_look_can(): 1 when a rung of the row's `match` can be asked here at all
 * (names of children cannot, nor null), 0.
 * sf_look_claim(): a wave has ended; what its rows without an external id have
 * is theirs in later ones.
 * sf_look_gone(): failed updates of ids that are not there are
 * `waiting`/`gone`.
 */
int sf_look_flight(struct sf *s, struct sf_wave *v, bool flights,
    struct sf_known *known, struct why *w);
int sf_look_stale(struct sf *s, struct sf_wave *v, struct why *w);
int sf_look_match(struct sf *s, struct sf_wave *v, long phase, struct why *w);
int sf_look_can(struct sf *s, const struct sf_row *r, struct why *w);
int sf_look_claim(struct sf *s, const struct sf_wave *v, struct why *w);
int sf_look_gone(struct sf *s, struct sf_wave *v, const struct sf_plan *p,
    struct why *w);

#endif
