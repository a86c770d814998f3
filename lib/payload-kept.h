#ifndef PAYLOAD_KEPT_H
#define PAYLOAD_KEPT_H

#include <stdint.h>

#include "payload.h"

/*
 * payload-kept - payloads in a tenth of their size, for who holds thousands.
 *
 *	struct payload_kept k;
 *	if (!payload_shapes_keep(s, &k, line, pool))	(payload-shape.h)
 *		payload_keep(&k, &p, pool);
 *	... kept_key(&k) is what p.key was
 *	payload_whole(&p, &k);
 *
 * Where the members of a line lie follows from its form, which is that of
 * other lines as well, and from the places of the values that each line has
 * for itself.  A payload of no known form stands in full.
 */

/* All slices of struct payload but `line`, in their order. */
#define PAYLOAD_KEPT(M) \
	M(verdict) M(reason) M(message) M(object) M(map) M(source) M(key) \
	M(extid) M(parent) M(match) M(with) M(only) M(own) M(quiet) M(rev) \
	M(children) M(id) M(was) M(hash) M(insert) M(update) M(fields) \
	M(record) M(bytes)

#define KEPT_NUMBER(name) KEPT_##name,
enum { PAYLOAD_KEPT(KEPT_NUMBER) KEPT_PARTS };
#undef KEPT_NUMBER

/* A value within a line.  Texts have their quotes. */
struct payload_place {
	unsigned at : 16;
	unsigned plain : 1;	/* a string without escapes */
	unsigned n : 15;
};

enum { KEPT_LINE_MAX = INT16_MAX };	/* bytes: a place has fifteen bits */

/* From `at` bytes behind the end of place `from` to `end` bytes behind the end
 * of place `to`. */
struct payload_span {
	uint8_t from, to;
	int16_t at, end;
};

/* Bytes of a line that its settled verdict has as well: up to the id, and
 * behind it. */
enum { KEPT_RUNS = 4 };

/*
 * What lines of one shape have in common.  Their places are the line's begin
 * (no byte at 0), then each value that is not the same in all of them, in
 * their order: texts, raw members as a whole, scalars of others.
 */
struct payload_form {
	uint32_t number;	/* of the shape, from 1 on */
	uint8_t n;		/* places */
	uint8_t members;	/* that the lines have: */
	uint8_t member[KEPT_PARTS];
	struct payload_span span[KEPT_PARTS];
	int32_t phase;
	bool shared, adopted, delete;
	bool settles;		/* its verdict has these runs: */
	uint8_t runs, before_id;
	struct payload_span run[KEPT_RUNS];
};

struct payload_kept {
	union {
		const char *line;	/* its places are in front of it */
		struct payload *rest;
	};
	const struct payload_form *form;	/* NULL: it is `rest` */
	int32_t phase;			/* -1: absent */
	uint16_t n;			/* bytes of the line */
	bool shared : 1, adopted : 1, delete : 1;
	bool no_was : 1;		/* as if there were none */
};

/* What it needs lives in `pool`, and as long as the slices of `p`. */
void payload_keep(struct payload_kept *k, const struct payload *p,
    struct pool *pool);
void payload_whole(struct payload *p, const struct payload_kept *k);

/* A copy that lives in `pool` alone, its line too. */
void kept_copy(struct payload_kept *to, const struct payload_kept *from,
    struct pool *pool);

/* As if it had no `was`. */
static inline void
kept_drop_was(struct payload_kept *k)
{
	k->no_was = true;
}

/*
 * Append what payload_write_settled() appends for it, with this id ("": the
 * one that it has).  False, and nothing is: its form is none that could, or
 * the verdict is one that needs more.
 */
bool kept_write_settled(struct buf *b, const struct payload_kept *k,
    const char *id, const char *verdict, const char *reason,
    const char *message);

/*
 * For payload-shape.  A payload from its form, its line and its places: texts
 * are as they stand there.  And what the runs of a form are, from a payload of
 * it.
 */
void payload_of_form(struct payload *p, const struct payload_form *f,
    struct slice line, const struct payload_place *place);
void payload_form_settles(struct payload_form *f, const struct payload *p);

static inline const struct payload_place *
kept_place(const struct payload_kept *k)
{
	return (const struct payload_place *)(const void *)k->line -
	    k->form->n;
}

static inline struct slice
payload_span(const char *line, const struct payload_place *place,
    struct payload_span s)
{
	struct payload_place a = place[s.from], b = place[s.to];
	size_t from = (size_t)(a.at + a.n + s.at);

	return (struct slice){ line + from,
	    (size_t)(b.at + b.n + s.end) - from };
}

/* No member ends so far in front of a place. */
enum { KEPT_ABSENT = INT16_MIN };

static inline bool
kept_has(const struct payload_form *f, size_t member)
{
	return f->span[member].end != KEPT_ABSENT;
}

/* kept_key() and so on */
#define KEPT_MEMBER(name) \
static inline struct slice \
kept_##name(const struct payload_kept *k) \
{ \
	if (KEPT_##name == KEPT_was && k->no_was) \
		return (struct slice){ NULL, 0 }; \
	if (k->form == NULL) \
		return k->rest->name; \
	if (!kept_has(k->form, KEPT_##name)) \
		return (struct slice){ NULL, 0 }; \
	return payload_span(k->line, kept_place(k), \
	    k->form->span[KEPT_##name]); \
}
PAYLOAD_KEPT(KEPT_MEMBER)
#undef KEPT_MEMBER

static inline struct slice
kept_line(const struct payload_kept *k)
{
	return k->form == NULL ? k->rest->line :
	    (struct slice){ k->line, k->n };
}

#endif
