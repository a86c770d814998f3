#ifndef SCAN_H
#define SCAN_H

#include "mem.h"
#include "why.h"

/*
 * scan - JSON text, looked at where it lies.
 *
 * Nothing is copied or built: a value is the slice of its text.  Strict RFC
 * 8259, UTF-8 checked (no surrogates, nothing overlong), \u escapes checked
 * (a lone surrogate is refused), depth at most SCAN_DEPTH.  Numbers are only
 * checked for their form; 10.50 stays 10.50.
 *
 *	struct scan s;
 *	struct slice key, value;
 *
 *	scan_enter(&s, object);
 *	while (scan_member(&s, &key, &value))
 *		...
 *
 * All but scan_value(), scan_text() and scan_check_member() take text that
 * scan_value() has accepted, and cannot fail.
 */

enum { SCAN_DEPTH = 512 };

enum scan_kind {
	SCAN_NONE,	/* absent: an empty slice */
	SCAN_NULL, SCAN_FALSE, SCAN_TRUE, SCAN_NUMBER, SCAN_STRING,
	SCAN_ARRAY, SCAN_OBJECT,
};

/*
 * Check one value that begins at `p` (no white space before it) and return
 * the place behind it, or NULL with `w` set: WHY_DATA, code "bad-json",
 * text with the byte offset from `p`.
 */
const char *scan_value(const char *p, const char *end, struct why *w);

/*
 * Check a whole text: one value with white space around it and nothing else.
 * `value` gets the value without that space.  0 or -1.
 */
int scan_text(struct slice text, struct slice *value, struct why *w);

enum scan_kind scan_kind(struct slice value);

/* The members of an object, or the elements of an array, in their order.
 * What is neither has none, and an array has no members. */
struct scan {
	const char *first, *p, *end;
};

void scan_enter(struct scan *s, struct slice value);

/* 1 and the next, or 0 at the end.  `key` is raw: what stands between the
 * quotes, escapes and all. */
int scan_member(struct scan *s, struct slice *key, struct slice *value);
int scan_element(struct scan *s, struct slice *value);

/*
 * scan_member() for who has a guess at the next key: objects of one kind have
 * the same members in the same order.  0 at the end.
 */
struct scan_found {
	struct slice key, value;
	bool likely;		/* it is the key that was guessed */
	bool plain;		/* a string without escapes */
};
int scan_member_like(struct scan *s, struct slice likely,
    struct scan_found *found);

/* The same for a run of members that were found in another object: those that
 * come in turn here as they came there, and are given their values.  How many
 * of the `n` they are; what comes then is read as ever. */
size_t scan_members_like(struct scan *s, struct scan_found *found, size_t n);

/*
 * The members of a text that is one object and that nobody has checked:
 * checked and given in one go.
 *
 *	struct scan_check k = { .text = line };
 *	while ((r = scan_check_member(&k, &key, &value, w)) == 1)
 *
 * 1 and the next, 0 behind the last, where the text ends too, or -1 as
 * scan_text() says it.  `plain`: this value has no escape in it.
 */
struct scan_check {
	struct slice text;
	const char *p;		/* behind the member before */
	bool plain;
};
int scan_check_member(struct scan_check *k, struct slice *key,
    struct slice *value, struct why *w);

/* The member `key` of an object, the last one where it is repeated, or
 * { NULL, 0 }.  `key` is plain text; escaped keys are found too. */
struct slice scan_get(struct slice object, const char *key);

/* A string value's text without quotes and escapes.  Borrowed from the value
 * when there is nothing to undo, else copied to `pool`.  Anything that is not
 * a string gives { NULL, 0 }. */
struct slice scan_string(struct slice value, struct pool *pool);

/* The same for what scan_member() gave as a key. */
struct slice scan_plain(struct slice raw, struct pool *pool);

/* Append `text` as a JSON string with its quotes; only what must be escaped
 * is.  A byte that is not UTF-8 (a message cut in the middle of a character)
 * becomes U+FFFD: what we write can always be read. */
void scan_quote(struct buf *b, struct slice text);

/* True when `text` is well-formed UTF-8. */
bool scan_utf8(struct slice text);

#endif
