/*
 * mage-money - amounts and quantities of records, exactly
 *
 * They are decimals of four digits behind the point, as the vendor's tables
 * hold them: here an int64_t counts ten-thousandths.
 */
#ifndef SANDBOX_MAGE_MONEY_H
#define SANDBOX_MAGE_MONEY_H

#include "mage-input.h"

#define ONE 10000		/* 1.0000 */

/* Member `field` of an object; 0 where there is none. */
int64_t money_get(yyjson_mut_val *obj, const char *field);
int64_t money_of(const char *text);

/* Set it, without zeros behind the point: 12, 12.5, 0.0001. */
void money_set(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *field,
    int64_t v);

/* Add to what it holds, which may be nothing yet. */
void money_add(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *field,
    int64_t v);

void money_text(int64_t v, char text[32]);	/* the same as text */

/* amount * part / whole in cents, half a cent away from zero; 0 of nothing. */
int64_t money_part(int64_t amount, int64_t part, int64_t whole);

/* "$12.00", as texts for people have it. */
void money_shown(int64_t v, const char *currency, char text[40]);

#endif
