/*
 * mage-json - records as the text that they are
 *
 * Most of what the sandbox answers is copied, byte for byte, from the files
 * that it was given; these functions find the parts of such a text without
 * parsing the rest.  They trust it to be JSON: what comes from a client goes
 * through yyjson first.
 */
#ifndef SANDBOX_MAGE_JSON_H
#define SANDBOX_MAGE_JSON_H

#include <stddef.h>
#include <yyjson.h>

#include "buf.h"

/* A part of a text, borrowed from it; p is NULL for none. */
struct piece {
	const char *p;
	size_t n;
};

/*
 * Member `name` of the object in `obj`: its value (without the blanks around
 * it), or p = NULL where there is none.  Stops as soon as it is found, so that
 * members near the beginning are cheap.  `name` holds nothing that JSON
 * escapes.  json_path takes "a.b" as well.
 */
struct piece json_member(struct piece obj, const char *name);
struct piece json_path(struct piece obj, const char *path);

/*
 * Elements of an array, one after the other: `*at` begins as 0.  p = NULL
 * after the last.
 */
struct piece json_item(struct piece array, size_t *at);

/* The text of a JSON string, decoded, added to `out`; of any other value, its
 * JSON text. */
void json_text(struct piece v, struct buf *out);

int json_is(struct piece v, const char *literal);	/* true, null, 5... */

/*
 * Parse with numbers kept as their text, and write the way PHP does: no
 * blanks, everything beyond ASCII as \uxxxx, slashes escaped.  php_read
 * returns NULL for what is not JSON.
 */
yyjson_doc *php_read(const char *p, size_t n);
void php_write(const yyjson_mut_doc *doc, struct buf *out);
void php_write_val(yyjson_mut_val *v, struct buf *out);

/* Write the fractions in `b` with 17 digits, as PHP does on hosts whose
 * serialize_precision is 17: 158.65 becomes 158.65000000000001. */
void php_precise(struct buf *b);

/* Add text as PHP writes a JSON string. */
void php_string(struct buf *out, const char *s, size_t n);

#endif
