#ifndef SALESFORCE_FIT_H
#define SALESFORCE_FIT_H

#include "salesforce.h"

/*
 * salesforce-fit - does a field take a value?  Pure: by what describe says of
 * the field, the way Salesforce judges a cell of a CSV file.
 *
 * Texts are counted in UTF-16 units and never cut by Salesforce; numbers are
 * xsd:double, rounded to the field's scale, but an int field refuses 250.0;
 * dates are yyyy-MM-dd, instants have a zone; ids have 15 characters, or 18
 * with the right check characters; restricted picklists are compared in any
 * case.  Empty texts are no values: do not ask about them.
 */
enum sf_fit {
	SF_FITS, SF_FIT_TYPE, SF_FIT_LONG, SF_FIT_PICKLIST, SF_FIT_RANGE,
	SF_FIT_EMAIL,
	SF_FIT_KINDS,
};

enum sf_fit sf_fit(const struct sf_field *f, struct slice text);

/* The code that Salesforce refuses it with; NULL for SF_FITS. */
const char *sf_fit_code(const struct sf_field *f, enum sf_fit how);

/* "a date like 2026-11-20": what the field wants. */
const char *sf_fit_wants(const struct sf_field *f);

/* The values of a picklist, "A, B, C and 3 more"; in `pool`. */
const char *sf_fit_list(const struct sf_field *f, struct pool *pool);

/* Length of a text in UTF-16 units, as Salesforce counts it; CR LF is one. */
long sf_length(struct slice text);

#endif
