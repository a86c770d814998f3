#ifndef SYMBOLS_H
#define SYMBOLS_H

#include "payload.h"
#include "salesforce.h"

/*
 * symbols - names in payloads that stand for ids of the org's set-up.
 *
 *	RecordType.DeveloperName	RecordTypeId	of the payload's object
 *	Pricebook2.IsStandard = true	Pricebook2Id	the standard price book
 *	Owner.Username			OwnerId		an active user
 *
 * Salesforce takes them neither in CSV nor in JSON (DeveloperName is no
 * external id; facts: "DeveloperName is not an External ID or indexed field
 * for RecordType").  Each is asked once in a run and kept.
 */
struct symbols;

struct symbols *symbols_new(struct sf *s);	/* borrowed until free */
void symbols_free(struct symbols *y);

/*
 * Replace the symbols in `update`, `fields` and, while there is no `id`,
 * `insert` of `p`, and their names in `own` and `quiet`; what is new lives in
 * `pool`.  Fields in `own` of an adopted record are taken out.  -1: WHY_DATA
 * "unknown-symbol", this payload names something that the org has not; else
 * the query failed.
 */
int symbols_resolve(struct symbols *y, struct payload *p, struct pool *pool,
    struct why *w);

/* The id field of a symbol: RecordTypeId of RecordType.DeveloperName; NULL:
 * the name is none. */
const char *symbols_field(struct slice name);

#endif
