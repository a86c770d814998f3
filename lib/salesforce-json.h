#ifndef SALESFORCE_JSON_H
#define SALESFORCE_JSON_H

#include "salesforce-plan.h"

/*
 * salesforce-json - a row as the JSON that REST calls take.
 *
 *	struct sf_json j;
 *	if (sf_json_open(&j, s, plan, &w) == 0)
 *		sf_json_row(&j, plan->row[i].row, &body);
 *	sf_json_close(&j);
 *
 * {"attributes":{"type":"Order"},"id":"801..","Magento_Id__c":"7",
 * "Account":{"Magento_Id__c":"77"},"Status":"Draft"}: the same fields as in
 * the CSV of the plan.  Each value has the JSON type of its field, and
 * numbers keep their digits; null clears; line breaks are LF.
 */
struct sf_json {
	struct sf *s;			/* borrowed, as the plan */
	const struct sf_plan *plan;
	struct pool *pool;		/* of one row */
	const struct sf_field **field;	/* of each column; NULL: none such */
};

/* -1 with `w`: the object cannot be described (INVALID_TYPE: there is none).
 * sf_json_close() after either.  A column that is not there is left to
 * Salesforce to name. */
int sf_json_open(struct sf_json *j, struct sf *s, const struct sf_plan *p,
    struct why *w);
void sf_json_close(struct sf_json *j);

/* Append the row. */
void sf_json_row(const struct sf_json *j, const struct sf_row *r,
    struct buf *b);

#endif
