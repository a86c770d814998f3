#ifndef MAP_VALUE_H
#define MAP_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mem.h"

/*
 * map-value - the values that expressions work on: JSON's, compared and written
 * as jq does, numbers and texts still where the record has them.
 */

enum {
	MAP_VALUE_DEPTH = 1000,	/* nesting of a value that an expression makes */
};

/* In jq's order of types. */
enum kind { V_ABSENT, V_NULL, V_FALSE, V_TRUE, V_NUMBER, V_STRING, V_ARRAY,
	V_OBJECT };

enum {
	/* of these two, 64 bytes behind the text can be read */
	VF_TEXT = 1,	/* a number that is still its text (p, n) */
	VF_CLEAN = 2,	/* a string without anything to escape */
	VF_TABLE = 4,	/* the members of a struct table, sorted by key */
	VF_CODED = 8,	/* an array of which only what custom() reads is there:
			 * `coded`, and no elements */
};

/*
 * A value, passed by copy; what it points to lives as long as the record (or
 * the map, for constants).  An object that map-scan made of wanted members
 * has V_ABSENT for those that the record does not have.
 */
struct val {
	uint8_t kind, flags;
	uint16_t depth;		/* nesting below, for MAP_VALUE_DEPTH */
	uint32_t n;		/* bytes, elements, members */
	union {
		const char *p;
		double d;
		const struct val *items;
		const struct member *members;
		const struct coded *coded;
	};
};

struct member {
	struct val key, value;
};

struct coded {			/* values of attributes by their code */
	uint32_t n;
	struct member at[];
};

/* A table directive's rows; its value is an object with VF_TABLE. */
struct table {
	struct slice name;	/* without $ */
	struct slice file;
	enum { TABLE_PLAIN, TABLE_DEFAULT, TABLE_HOLD, TABLE_ERROR } missing;
	struct val fallback;	/* TABLE_DEFAULT */
	struct slice code;	/* TABLE_HOLD */
	uint32_t n;
	struct member rows[];	/* sorted by key */
};

static inline struct val
val_null(void)
{
	return (struct val){ .kind = V_NULL };
}

static inline struct val
val_bool(bool b)
{
	return (struct val){ .kind = b ? V_TRUE : V_FALSE };
}

static inline struct val
val_double(double d)
{
	return (struct val){ .kind = V_NUMBER, .d = d };
}

static inline struct val
val_text(const char *p, size_t n)
{
	return (struct val){ .kind = V_STRING, .n = (uint32_t)n, .p = p };
}

static inline struct val
val_slice(struct slice s)
{
	return val_text(s.p, s.n);
}

static inline struct slice
val_bytes(struct val v)
{
	return (struct slice){ v.p, v.n };
}

static inline bool
val_true(struct val v)
{
	return v.kind > V_FALSE;
}

/*
 * Copy text of which 64 bytes more can be read, to where ROOM_BEHIND more can
 * be written: no call, as texts are short.  Returns behind it.
 */
enum { ROOM_BEHIND = 16 };

static inline char *
text_copy(char *to, const char *from, size_t n)
{
	size_t i = 0;

	do
		memcpy(to + i, from + i, 16);
	while ((i += 16) < n);
	return to + n;
}

struct val val_object(struct member *m, size_t n);	/* `m` is kept */
double val_number(struct val v);		/* of a V_NUMBER */
int val_cmp(struct val a, struct val b);	/* jq's order, -1 0 1 */
bool val_equal(struct val a, struct val b);
const char *val_type(struct val v);		/* "boolean", ... */

/* The member of an object, V_ABSENT when there is none; `hint` remembers
 * where it was last time. */
struct val val_get(struct val object, struct slice key, uint32_t *hint);

/* What a VF_CODED array has for a code that it was scanned for. */
const struct val *val_coded(struct val list, struct slice code,
    uint32_t *hint);

/* The members of an object in the order of their keys; in `pool`. */
struct member *val_sorted(struct val object, struct pool *pool);

/* Length in code points, and the byte offset of code point `i`. */
size_t val_points(struct slice s);
size_t val_offset(struct slice s, size_t i);

/* JSON text, as jq -c writes it; a number that is text stays it. */
void val_json(struct buf *b, struct val v);
void val_quote(struct buf *b, struct val string);
void val_inner(struct buf *b, struct val string);	/* without its quotes */
void val_put_number(struct buf *b, double d);

/* As jq shows a value in its messages: type (json cut at 11 bytes). */
const char *val_show(struct val v, char *room, size_t n);

#endif
