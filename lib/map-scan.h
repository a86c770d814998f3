#ifndef MAP_SCAN_H
#define MAP_SCAN_H

#include "map-int.h"

/*
 * map-scan - what the parts of the record scanner have of each other.
 */

/* ---- map-text.c; the text can be read 12 bytes further ---- */

int text_utf8(const unsigned char *p);	/* length of the sequence, 0: none */
const char *text_escape(const char *p);	/* behind \x, NULL: no escape */

/* The text of a checked string with escapes. */
struct val text_decode(struct pool *pool, const char *p, const char *end);

/* ---- map-shape.c ---- */

enum {
	WANTED_KEYS = 400,	/* keys remembered per place that maps look into */
	OTHER_KEYS = 120,	/* and per place that none does */
	OTHERS = 64,		/* such places */
	KEY_MAX = 250,		/* longer ones are not remembered */
	VALUE_MAX = 15,		/* a value that is, too */
	ROOM = 16,		/* what is read in one look */
	AHEAD = 3,		/* Magento leaves null members out: look on */
	MISSES = 8,		/* then this object has an order of its own */
	TAME = 3,		/* fewer misses are quite usual */
	WILD = 20,		/* objects with more: nothing to learn there */
	LUCK = 32,		/* values in a row that were all new */
	SKIP = -1,
};

/*
 * A key as it was seen, and the short value that it had last time: most of a
 * record's members say 0, null or what the one before said, and then one
 * comparison passes over key and value.
 */
struct seen {
	char *text;		/* "key":value and , or }; 2 ROOM behind */
	uint32_t n;		/* of "key": */
	uint32_t all;		/* with the value */
	int slot;		/* among the wanted keys, or SKIP */
	uint32_t at;		/* where the value's text is */
	uint8_t luck;		/* 0: its value is hardly ever the same */
	struct val value;	/* but for its text */
	struct seen *then;	/* the key that came next, or NULL */
	struct shape *below;	/* of a key to SKIP: the order there */
};

struct shape {
	struct pool *pool;	/* the scanner's */
	struct member *absent;	/* an object without any of the wanted keys */
	uint32_t n, max;
	struct seen *first;	/* the key that came first, or NULL */
	uint32_t mask;		/* hash slots, less one */
	int wild;
	struct seen *seen;	/* max of them */
	uint16_t *table;	/* index + 1 */
};

/* The place of `key` among the wanted ones (`w` may be NULL), or SKIP. */
int shape_wanted(const struct want *w, struct val key);

/* The entry of a key, a new one when it is new; NULL: there is no room. */
struct seen *shape_find(struct shape *h, const struct want *w, const char *p,
    size_t n);

/* A repeated key has its last value, at its first place, as in jq; how many
 * members are left. */
size_t keys_last_win(struct pool *pool, struct member *m, size_t n);

#endif
