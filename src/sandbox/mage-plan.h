/*
 * mage-plan - what changes in the shop while somebody else reads
 *
 * The member "change" of a fault is an array, and each element one of
 *
 *	{"put":"orders","record":{...}}             insert or replace
 *	{"update":"orders","id":5,"record":{...}}   these members alone
 *	{"delete":"orders","id":5}
 *
 * An update moves updated_at to the shop's clock, unless the record names one
 * or "quiet" is true: what the vendor's comments, tracks and addresses do.
 * "change_at" says when: "before" the request is answered (the default),
 * between reading its "rows" and counting them, or "after".
 */
#ifndef SANDBOX_MAGE_PLAN_H
#define SANDBOX_MAGE_PLAN_H

#include "mage.h"

/* Is this array well-formed? */
int plan_good(yyjson_val *changes);

/* Carry out what this request's fault changes at `when`: 1 if there was any. */
int plan_apply(struct shop *shop, const struct request *rq, const char *when);

#endif
