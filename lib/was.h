#ifndef WAS_H
#define WAS_H

#include "batch.h"
#include "salesforce.h"

/*
 * was - what Salesforce holds where we would write.
 *
 *	struct was *d = was_new(sf);
 *	while (batch_next(b))
 *		if (was_batch(d, b, &w) == -1) ...
 *	was_free(d);
 *
 * Every payload that goes on gets `was`: null without an id, else the fields
 * of `update` and `fields` (less `quiet` and an adopted record's `own`) as
 * Salesforce has them.  was_differs() then says whether an update would
 * change any, by the fields' types, or write the key into a record that has
 * none.  Of a delete `was` tells when the record was touched last.  A record
 * that is no longer there is answered waiting/gone, its delete unchanged.
 */
struct was;

struct was *was_new(struct sf *s);
void was_free(struct was *d);

/* -1: a query failed, or a field is not there (WHY_SETUP). */
int was_batch(struct was *d, struct batch *b, struct why *w);

/* Of line `i` of the last batch; true for what is to be made or deleted. */
bool was_differs(const struct was *d, size_t i);

#endif
