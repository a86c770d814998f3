/*
 * mage-record - one stored record while a client changes it
 *
 *	struct record r;
 *
 *	if (record_open(&r, c, SHIPMENTS, id) == -1)
 *		return rest_missing(c, NULL, NULL);
 *	... r.doc, r.root ...
 *	record_keep(&r);
 */
#ifndef SANDBOX_MAGE_RECORD_H
#define SANDBOX_MAGE_RECORD_H

#include "mage-input.h"
#include "mage-rest.h"

struct record {
	struct shop *shop;
	enum kind kind;
	int64_t id;
	yyjson_mut_doc *doc;
	yyjson_mut_val *root;
};

/* A copy of it to change: 0, or -1 when there is none, with nothing to
 * close. */
int record_open(struct record *r, struct call *c, enum kind k, int64_t id);

void record_keep(struct record *r);	/* into the store, and closed */
void record_close(struct record *r);	/* forgotten */

#endif
