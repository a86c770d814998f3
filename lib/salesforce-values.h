#ifndef SALESFORCE_VALUES_H
#define SALESFORCE_VALUES_H

#include "salesforce-plan.h"

/*
 * salesforce-values - rows that Salesforce would refuse are not sent to it.
 *
 *	struct sf_values *c = sf_values_new(s);
 *	ps = sf_plans_new(v, phase, sf_values_check, c, &w);
 *	sf_values_free(c);
 *
 * Each row that is planned is held against the describe of its object:
 * values by salesforce-fit.h, and fields that cannot be written by its
 * operation (a create-only field in an update).  What does not fit is
 * `rejected` with the code that Salesforce would give, and the field, the
 * beginning of the value and the map in the message.  Relationship columns
 * and what describe does not know are left to Salesforce.
 */
struct sf_values;

struct sf_values *sf_values_new(struct sf *s);
void sf_values_free(struct sf_values *c);

/* A row whose `op` is known (sf_wave_begin() was called); `values` is the
 * struct sf_values.  -1: describe could not be asked. */
sf_plan_check sf_values_check;

#endif
