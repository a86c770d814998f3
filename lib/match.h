#ifndef MATCH_H
#define MATCH_H

#include "batch.h"
#include "salesforce.h"

/*
 * match - finds the records that payloads without an id stand for.
 *
 *	struct match *m = match_new(sf, ledger);
 *	while (batch_next(b))
 *		if (match_batch(m, b, &w) == -1) ...
 *	match_free(m);
 *
 * First by the external id, then by the rungs of `match`, one after the other
 * over all lines, many keys by one query.  A field of a rung may be one of a
 * parent ("Account.Name") or of children ("Contacts.Email": the parent of the
 * child).  No hit is a record that another key owns (by the ledger, or by its
 * external id in Salesforce) or that another key of this run was given.
 *
 * One hit: the line gets `id`, and by a rung `adopted` and its `hash` anew.
 * Two or more: held/ambiguous-match with their ids.  Lines of the same record
 * with the same object and key share what one of them found.
 */
struct match;

struct match *match_new(struct sf *s, struct ledger *l);
void match_free(struct match *m);

/* -1: a query failed, or a rung names a field that is not there. */
int match_batch(struct match *m, struct batch *b, struct why *w);

#endif
