#ifndef MAP_SCAN_H
#define MAP_SCAN_H

#include "map-int.h"

/*
 * map-scan - what the parts of the record scanner have of each other.
 */

/* ---- map-text.c; the text can be read 12 bytes further ---- */

int text_utf8(const unsigned char *p);	/* length of the sequence, 0: none */
const char *text_escape(const char *p);	/* behind \x, NULL: no escape */
extern const char text_simple[256];	/* what \x is, NUL: no such, or \u */

extern const int8_t text_hex[256];	/* values of hex digits, -1: none */

/* The value of four hex digits, negative: not all are. */
static inline int
text_hex4(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	return (int)((unsigned)text_hex[p[0]] << 12 |
	    (unsigned)text_hex[p[1]] << 8 | (unsigned)text_hex[p[2]] << 4 |
	    (unsigned)text_hex[p[3]]);
}

/* The same as text_unicode() of a surrogate: `p` is at the first of two. */
const char *text_pair(const char *p, unsigned high, unsigned *point);

/* Behind the \u at `p`, and what it is; NULL: no escape. */
static inline const char *
text_unicode(const char *p, unsigned *point)
{
	int c = text_hex4(p + 2);

	*point = (unsigned)c;
	if (c >= 0xd800 && c < 0xe000)
		return text_pair(p, (unsigned)c, point);
	return c < 0 ? NULL : p + 6;
}

/* ---- map-shape.c: how the objects of a place look ---- */

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
	WILD = 20,		/* objects in a row with more: no order there */
	RETRY = 64,		/* but every so many are tried again */
	TRIALS = 4,		/* values looked at before one is given up */
	CLOSE = 2,		/* bytes behind a value, at most */
	SKIP = -1,
};

/* An attribute, around its code. */
#define CODE_HEAD "{\"attribute_code\":\""
#define CODE_TAIL "\",\"value\":"

/*
 * A key as it was seen, with the short value that it mostly has: many members
 * of a record say 0 or null in each, and then one comparison passes over key
 * and value.
 */
struct seen {
	char *text;		/* "key":value and , or }; 2 ROOM behind */
	uint32_t n;		/* of "key": */
	uint32_t all;		/* with the value; n: it has no usual one */
	int slot;		/* among the wanted keys, or SKIP */
	uint32_t at;		/* where the value's text is */
	struct val value;	/* but for its text */
	struct seen *then;	/* the key that usually comes next, or NULL */
	uint32_t step;		/* its place in the line, or NO_STEP */
	uint32_t since, changes;	/* objects when the value was taken over,
				 * and how many had another one from then on */
	uint8_t taken;		/* values taken over so far */
	bool linked;		/* it has a place in the order */
	struct shape *below;	/* of a key to SKIP: the order there */
};

#define NO_STEP UINT32_MAX

/*
 * The line is what such an object usually looks like: the text of its members
 * in their order, only the keys of those whose value is mostly another.  A
 * run goes from a member to the next value that has to be read, and is one
 * comparison.
 */
struct step {
	const char *text;	/* in the line, from its key on */
	uint32_t run;		/* so much is one run, */
	uint32_t key, all;	/* so much its key, with its value; the same:
				 * the value is to be read */
	int slot;
	struct seen *e;		/* NULL: behind the last one */
	const struct step *stop;	/* of the value at the end of the run */
};

struct shape {
	struct pool *pool;	/* the scanner's */
	const struct want *want;	/* or NULL */
	struct member *absent;	/* an object without any of the wanted keys */
	bool coded;		/* of attributes: {"attribute_code":"x","value": is
				 * the key, x its name */
	uint32_t lead, tail;	/* bytes of a key before and behind its name, in
				 * its quotes and with one byte more */
	uint32_t n, max;	/* keys */
	struct seen *first;	/* the key that usually comes first, or NULL */
	uint32_t mask;		/* hash slots, less one */
	struct seen **table;
	uint32_t objects;	/* seen so far */
	int wild;
	bool stale;		/* the line is older than what is known */
	uint32_t steps, max_steps, max_line;
	struct step *step;	/* and one behind the last */
	char *line;		/* 2 ROOM behind */
};

/* The place of `key` among the wanted ones (`w` may be NULL), or SKIP. */
int shape_wanted(const struct want *w, struct val key);

/* The name in the key of `n` bytes at `p`. */
static inline struct val
shape_name(const struct shape *h, const char *p, size_t n)
{
	return val_text(p + h->lead + 1, n - h->lead - h->tail - 3);
}

/* The entry of the key in quotes at `p`, `n` with them and the colon, a new
 * one when it is new; NULL: there is no room. */
struct seen *shape_find(struct shape *h, const char *p, size_t n);

/* `e` usually comes behind `prev` (NULL: first). */
void shape_link(struct shape *h, struct seen *prev, struct seen *e);
void shape_forget(struct shape *h);	/* the order, not the keys */

/* Write the line anew from what is known. */
void shape_line(struct shape *h);

/* `e` has not its usual value: text from `from` to `to`, kind as in `v` (NULL
 * when nobody wants it). */
void shape_changed(struct shape *h, struct seen *e, const char *from,
    const char *to, const struct val *v);

/* A repeated key has its last value, at its first place, as in jq; how many
 * members are left. */
size_t keys_last_win(struct pool *pool, struct member *m, size_t n);

/* ---- map-object.c: objects whose keys are known ---- */

/* Behind the object of which the first key is at `p`; wanted members go to
 * `m`, its depth to `nesting`. */
const char *object_keep(struct scanner *s, const char *p, struct shape *h,
    struct member *m, uint16_t *nesting, int depth)
    __attribute__((nonnull));	/* which makes it faster */
const char *object_skip(struct scanner *s, const char *p, struct shape *h,
    int depth);

/*
 * Behind the list of attributes of which the first is at `p`; `m` as of an
 * object, or NULL.  NULL and nothing told: it does not look as such lists do,
 *
 *	[{"attribute_code":"x","value":1},{"attribute_code":"y","value":2}]
 */
const char *attributes_keep(struct scanner *s, const char *p,
    struct shape *h, struct member *m, uint16_t *nesting, int depth);

/* ---- map-scan.c: any value at `p` ---- */

const char *scan_keep(struct scanner *s, const char *p, const struct want *w,
    struct val *out, int depth);

/* Pass over an array or object; where the order of its keys is remembered. */
const char *scan_skip(struct scanner *s, const char *p, struct shape **h,
    int depth);

/* Behind an object, the first key at `p`, with nothing to learn. */
const char *scan_skip_members(struct scanner *s, const char *p, int depth);

#endif
