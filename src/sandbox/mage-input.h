/*
 * mage-input - what clients send, checked and put into records
 *
 * The vendor turns JSON into its data objects by the interface's setters:
 * a member without a setter, or a value of another type, is refused before
 * anything is done.
 */
#ifndef SANDBOX_MAGE_INPUT_H
#define SANDBOX_MAGE_INPUT_H

#include "mage.h"

struct call;

/*
 * Check `obj` against schema `name`, and what it contains against theirs.
 * Return 0 or -1 with c->no set.
 */
int input_check(struct call *c, const char *name, yyjson_val *obj);

/*
 * With input limits on, refuse a `list` of more objects of class `name` (its
 * backslashes as JSON has them) than a request of this way may hold.  Return
 * 0, for what is no list too, or -1 with c->no set.
 */
int input_items(struct call *c, const char *name, yyjson_val *list);

/* The integer in a value (a JSON integer, or text that is one), or -1. */
int64_t input_id(yyjson_val *v);

/* Is it a number, or a text that is one? */
int input_number(yyjson_val *v, int whole);

/* The text of a scalar as it stands in JSON (numbers as sent); "" for null
 * and for what is no scalar. */
const char *input_text(yyjson_val *v);

/* The same for a record that is being changed. */
const char *record_text(yyjson_mut_val *v);
int64_t record_id(yyjson_mut_val *v);

/*
 * A copy of scalar `v` as member `field` of schema `name` holds it: numbers
 * sent as text become numbers and the other way round, text is cut to `max`
 * characters (0: not cut).  NULL for null, and for text that a column stores
 * as null because it is empty.
 */
yyjson_mut_val *input_scalar(yyjson_mut_doc *doc, const char *name,
    const char *field, yyjson_val *v, size_t max);

/* A text as the database keeps it: letters of four bytes are "????" there. */
yyjson_mut_val *input_stored(yyjson_mut_doc *doc, const char *s, size_t n);

/* Set or, with v NULL, remove a member. */
void record_set(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *field,
    yyjson_mut_val *v);
void record_set_text(yyjson_mut_doc *doc, yyjson_mut_val *obj,
    const char *field, const char *text);
void record_set_id(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *field,
    int64_t id);

#endif
