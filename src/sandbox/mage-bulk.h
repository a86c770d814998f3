/*
 * mage-bulk - operations that were sent to /async, between their two ends
 */
#ifndef SANDBOX_MAGE_BULK_H
#define SANDBOX_MAGE_BULK_H

#include "mage-rest.h"

/* The status of an operation, the vendor's numbers. */
enum { COMPLETE = 1, RETRIABLE, FAILED, OPEN, REJECTED };

/* Milliseconds since 1970, of the system. */
int64_t bulk_clock(void);

/* The route of a topic, "async.magento.sales.api...save.post", or NULL. */
const struct writing *bulk_route(const char *topic);

/* The name of the path's parameter number `i`: 0 when it has not so many. */
int bulk_parameter(const struct writing *r, int i, char name[40]);

#endif
