#ifndef ALIKE_H
#define ALIKE_H

#include "mem.h"

/*
 * alike - texts as Salesforce compares them in a query: small and capital
 * letters alike, of any alphabet, and blanks at the end not counted.
 *
 * What a query has found is looked for among what was asked by the same rule:
 * a stricter one would lose "MÜLLER" to "Müller" and make it a second time.
 * Letters are those of the C library's locale C.UTF-8; where that is not to be
 * had, those of ASCII.  For one thread.
 */
int alike_cmp(struct slice a, struct slice b);		/* < 0, 0, > 0 */
uint64_t alike_hash(struct slice s);		/* equal for what is alike */

#endif
