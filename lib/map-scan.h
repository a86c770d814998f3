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
	SHAPE_KEYS = 400,	/* keys remembered per place */
	SHAPE_TABLE = 1024,	/* hash slots for them, a power of two */
	SHAPE_AHEAD = 3,	/* Magento leaves null members out: look on */
	SHAPE_MISSES = 8,	/* then this record has an order of its own */
	SKIP = -1,
};

struct seen {
	const char *text;	/* "key": with quotes and colon, padded */
	uint32_t n;
	int slot;		/* among the wanted keys, or SKIP */
};

struct shape {
	struct pool *pool;	/* the set's */
	struct member *absent;	/* an object without any of the keys */
	uint32_t n;
	struct seen seen[SHAPE_KEYS];
	uint16_t table[SHAPE_TABLE];	/* index + 1 */
};

/* The place of `key` among the wanted ones, or SKIP. */
int shape_wanted(const struct want *w, struct val key);

/* The place of a key in the remembered order, where it is put when it is new;
 * SHAPE_KEYS: there is no room. */
uint32_t shape_find(struct shape *h, const struct want *w, const char *p,
    size_t n);

/* A repeated key has its last value, at its first place, as in jq; how many
 * members are left. */
size_t keys_last_win(struct pool *pool, struct member *m, size_t n);

#endif
