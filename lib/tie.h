#ifndef TIE_H
#define TIE_H

#include "ledger.h"

/*
 * tie - which record a payload stands for that several fit, as a person says.
 *
 *	struct tie t;
 *	if (tie_read(&t, line, &w) == 1 && tie_check(&t, l, false, &w) == 0)
 *		ledger_tie(l, t.object, t.key, t.id, &w)
 *
 * A line is OBJECT/KEY ID, and what comes behind the id is a remark.  Empty
 * lines, and those that begin with '#', say nothing.
 */
struct tie {
	struct slice object, key;	/* borrowed from the line */
	char id[19];
};

/* 1; 0: the line says nothing; -1 WHY_SETUP: it is no such line, or the id is
 * none (its check characters are wrong). */
int tie_read(struct tie *t, struct slice line, struct why *w);

/*
 * Is it one of the candidates that the payload is held with?  -1 WHY_SETUP:
 * the payload is not held, the id is of another object or not among them, or
 * another key has this record.  `any`: only the last is asked.
 */
int tie_check(const struct tie *t, struct ledger *l, bool any, struct why *w);

/* The next candidate of a message of held payloads, from *at on; its remark
 * (name and link) behind it.  False: no more. */
bool tie_candidate(struct slice message, size_t *at, struct slice *id,
    struct slice *remark);

#endif
