#ifndef SALESFORCE_FAMILY_H
#define SALESFORCE_FAMILY_H

#include <stdint.h>

#include "mem.h"

/*
 * salesforce-family - rows of one parent, told by a number.
 *
 * Rows of one job that have the same parent are one family: Salesforce locks
 * the parent while it saves them, so they are to be neighbours.  Begins as
 * zero; pure.
 *
 * Parents are told apart by 64 bits of hash alone: two of one hash would be
 * neighbours for nothing, which does no harm.
 */
struct sf_families {
	uint64_t *of;		/* the hash of each */
	size_t n, cap;
	uint32_t *slot;		/* a family's number; 0: empty */
	size_t slots;		/* a power of two, 2 * cap */
};

/* The number, from 1 on in the order in which they begin, of the family of
 * `parent` in job `plan`. */
uint32_t sf_family(struct sf_families *fs, uint32_t plan,
    struct slice parent);

void sf_families_free(struct sf_families *fs);

#endif
