#ifndef LEARN_H
#define LEARN_H

#include "ledger.h"

/*
 * learn - builds the ledger's records anew from what the org says.
 *
 * `object` is what the lines are; `key` the field with the external id;
 * `parent` "OBJECT=FIELD", the parent's object and the field with its key, or
 * NULL.  Fields are member names; where there is none with a dotted name, it
 * is a path.
 */
struct learn {
	const char *object, *key, *parent;
};

/*
 * Remember one JSON object with a member `Id`.  1; 0: it has no key, so it is
 * none of ours; -1: WHY_DATA it is no such object, or the ledger's error.
 */
int learn_record(struct ledger *ledger, const struct learn *l,
    struct slice text, struct pool *pool, struct why *w);

#endif
