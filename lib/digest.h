#ifndef DIGEST_H
#define DIGEST_H

#include <stdint.h>

#include "diff.h"
#include "fold.h"
#include "paint.h"

/*
 * digest - a stream summed up for a person: what a plan would do, how
 * verdicts fall, which fields change.
 *
 *	struct digest d = { 0 };
 *	digest_payload(&d, &payload, &diff);  digest_verdict(&d, &head); ...
 *	digest_show(&d, &paint);	(or digest_json(&d, &out))
 *	digest_free(&d);
 *
 * Memory is bounded: DIGEST_MAPS maps, DIGEST_FIELDS fields in each.
 */

enum { DIGEST_MAPS = 256, DIGEST_FIELDS = 512 };

struct digest_field {
	char name[96];
	uint64_t payloads;
};

struct digest_map {
	char name[64];
	uint64_t kind[4];	/* by enum diff_kind */
	struct digest_field *field;	/* of updates */
	int n;
};

struct digest {
	uint64_t records, kind[4];
	struct digest_map *map;
	int n;
	struct fold verdicts;
};

void digest_free(struct digest *d);
void digest_payload(struct digest *d, const struct payload *p,
    const struct diff *diff);
void digest_verdict(struct digest *d, const struct head *h);

/* The sum line ("Plan: 12 to create, ..."), maps, fields, verdicts. */
void digest_show(struct digest *d, const struct paint *p);

/* The verdicts alone: folded, with an example and who can mend it. */
void digest_verdicts(struct fold *f, const struct paint *p);

/* The same as one JSON object, without a line end. */
void digest_json(struct digest *d, struct buf *out);

#endif
