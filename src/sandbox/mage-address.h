/*
 * mage-address - the addresses of a customer that is being saved
 */
#ifndef SANDBOX_MAGE_ADDRESS_H
#define SANDBOX_MAGE_ADDRESS_H

#include "mage-record.h"

/*
 * Let the customer have the addresses of `sent` and no others: one with the id
 * of an address that is there changes that one, any other is new.  Which are
 * the defaults follows from their flags.  What is no list changes nothing.
 * Return 0, or -1 with c->no set.
 */
int addresses_set(struct record *customer, struct call *c, yyjson_val *sent);

#endif
