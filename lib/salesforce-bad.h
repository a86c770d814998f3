#ifndef SALESFORCE_BAD_H
#define SALESFORCE_BAD_H

#include "mem.h"

/*
 * salesforce-bad - keys of records that ended badly in this run, earlier waves
 * too: some bytes each, up to a million; those beyond are left to Salesforce to
 * refuse.  Two keys of one hash, by 64 bits, are told as one.
 */
struct sf_bad;
struct sf_bad *sf_bad_new(void);
void sf_bad_free(struct sf_bad *b);
void sf_bad_add(struct sf_bad *b, struct slice object, struct slice key);
bool sf_bad_has(const struct sf_bad *b, struct slice object,
    struct slice key);
size_t sf_bad_count(const struct sf_bad *b);

#endif
