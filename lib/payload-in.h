#ifndef PAYLOAD_IN_H
#define PAYLOAD_IN_H

#include "payload.h"
#include "sixteen.h"

/* payload-in - what payload.c, payload-shape.c and payload-kept.c have of
 * each other. */

enum payload_type {
	PAYLOAD_TEXT, PAYLOAD_RAW, PAYLOAD_FLAG, PAYLOAD_NUMBER,
};

/* From one line of a map to the next its value is the same, or the scalars in
 * it are others, or it is another as a whole. */
enum payload_like { PAYLOAD_SAME, PAYLOAD_OTHER, PAYLOAD_WHOLE };

/* A verdict has it still, or not, or where it asks for somebody. */
enum payload_settled { PAYLOAD_STAYS, PAYLOAD_GOES, PAYLOAD_DATA };

struct payload_member {
	const char *name;
	enum payload_type type;
	enum payload_like like;
	enum payload_settled settled;
	uint16_t at;		/* in struct payload */
	uint8_t n;
	uint8_t before, quote;	/* bytes of ,"name": and of " before a text */
	char lead[16];		/* ,"name":" */
};
enum { PAYLOAD_MEMBERS = 28 };
extern const struct payload_member payload_members[PAYLOAD_MEMBERS];

/* The one of that name, which is likely number `from` or soon behind it; or
 * NULL. */
const struct payload_member *payload_find(struct slice key, size_t from);

static inline struct slice *
payload_slot(struct payload *p, size_t at)
{
	return (struct slice *)(void *)((char *)p + at);
}

/* Does it stand in a line as it would be written, `before` bytes of name in
 * front, which can be read?  The first of them is a comma or a brace. */
static inline bool
payload_stands(const struct payload_member *m, struct slice s, size_t before)
{
	return sixteen_same(s.p - before + 1, m->lead + 1, before - 1) &&
	    (!m->quote || s.p[s.n] == '"');
}

/* Nothing but its line.  With a size that it knows the compiler writes "rep
 * stos", which takes three times as long as memset() does. */
static inline void
payload_begin(struct payload *p, struct slice line)
{
	volatile size_t n = sizeof(*p);

	memset(p, 0, n);
	p->phase = -1;
	p->line = line;
}

#endif
