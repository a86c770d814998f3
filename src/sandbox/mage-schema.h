/*
 * mage-schema - what the vendor's data interfaces hold, and of which type
 *
 * The types are those of the REST schema of Magento Open Source 2.4:
 *
 *	s i n b       text, integer, decimal, boolean
 *	[s] [i]       a list of them
 *	{NAME}        an object of schema NAME; [{NAME}] a list of them
 *	a             custom_attributes
 *	e             extension_attributes
 *	*             anything else
 *
 * Scalars of the order, invoice, shipment, creditmemo, cart and rule
 * interfaces are also the columns of their tables, with few exceptions that
 * mage-entity.c names.
 */
#ifndef SANDBOX_MAGE_SCHEMA_H
#define SANDBOX_MAGE_SCHEMA_H

#include <stddef.h>

/*
 * Look up `field` in schema `name` (both with their lengths).  Return the
 * length of its type and point `type` at it (static, not NUL-terminated), or
 * 0 where there is no such schema or field.
 */
size_t schema_field(const char *name, size_t n, const char *field,
    size_t field_n, const char **type);

#endif
