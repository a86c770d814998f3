/*
 * mage-xml - what a shop answers to those who do not ask for JSON
 */
#ifndef SANDBOX_MAGE_XML_H
#define SANDBOX_MAGE_XML_H

#include "buf.h"

enum xml_accept { ACCEPT_JSON, ACCEPT_XML, ACCEPT_NOTHING };

/*
 * What an Accept header (NULL: none) gets, as the vendor sees it: of the types
 * in the order of their q, the first that it can write.
 */
enum xml_accept xml_accept(const char *accept);

/* The same answer as XML, added to `out`. */
void xml_from_json(const struct buf *json, struct buf *out);

#endif
