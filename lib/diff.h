#ifndef DIFF_H
#define DIFF_H

#include "payload.h"

/*
 * diff - what a payload would change, field by field.
 *
 * Pure.  `was` of a plan (sf-diff) holds the same fields as Salesforce has
 * them now.
 */

enum diff_kind {
	DIFF_SEND,	/* no `was`: nobody has asked Salesforce */
	DIFF_CREATE, DIFF_UPDATE, DIFF_DELETE,
};

struct diff_field {
	struct slice name;	/* plain text */
	struct slice old;	/* raw JSON; p NULL: there is none */
	struct slice new;	/* raw JSON */
};

struct diff {
	enum diff_kind kind;
	struct diff_field *field;	/* in the pool */
	size_t n;
};

/* For an update only the fields that differ; quiet ones never. */
void diff_payload(struct diff *d, const struct payload *p,
    struct pool *pool);

/*
 * Are two JSON scalars the same value?  Numbers by value (10.5 is 10.50),
 * null is "", date-times by their second whatever way UTC is written.
 */
bool diff_same(struct slice a, struct slice b);

#endif
