#ifndef MAP_H
#define MAP_H

#include "mem.h"
#include "payload.h"
#include "why.h"

/*
 * map - the mapping language: records in, payloads out.
 *
 *	struct map_set *s = map_open(&world, texts, n, &mistakes);
 *	if (s == NULL) ... mistakes has all of them, for a person
 *	struct map_run *r = map_run_new(s);
 *	while (flow_record(f, &line))
 *		if (map_record(r, line.text, &sink, &w) == -1)
 *			flow_reject(f, line.text, NULL, map_source(r), &w);
 *	map_run_free(r);
 *	map_close(s);
 *
 * The language is in millrace-mapping(5).  Mapping files are compiled once
 * and together: all places that any of them reads make one tree, and each
 * record is walked once, checked byte by byte (JSON grammar, UTF-8), and
 * only what is wanted is kept.  Nothing is allocated per record in steady
 * state.
 *
 * This part is pure: it opens no file, has no clock, reads no environment.
 * The caller hands in texts and two callbacks.  Same record, maps, settings
 * and reference, same bytes.
 *
 * A set does not change any more once it is open, and a run is what one
 * thread needs to send records through it: several threads may have a run
 * each of the same set.  `world`, with its reference and the callback `zone`,
 * is then used by all of them at once.
 */

struct map_set;
struct map_run;
struct map_ref;
struct map_known;

/* What the maps see of the world.  Borrowed as long as the set lives. */
struct map_world {
	/* JSON object of sections: `orders` is $orders.  conf_json()'s form,
	 * with `run` and `magento`.  Empty: no settings. */
	struct slice settings;

	/* What $store and label() know; NULL: nothing. */
	const struct map_ref *ref;
	bool no_ref_needed;	/* $store without `ref` is no mistake: for
				 * --check and --list */
	bool whole;		/* read what the settings leave out as well:
				 * for map_check(), no record must follow */
	struct map_known *known;	/* for map_check(), may be NULL */

	/* Append the text of the table file `name`, as the map `map` (its
	 * `file`) names it.  -1 with `w`. */
	int (*table)(void *ctx, const char *map, const char *name,
	    struct buf *out, struct why *w);

	/* Call `see` with the name of each mapping file that stands beside the
	 * map `map` (its `file`): what `prune` may name.  NULL: it may name
	 * any. */
	void (*beside)(void *ctx, const char *map,
	    void (*see)(void *to, const char *name), void *to);

	/* Append the TZif bytes of a time zone ("Europe/Berlin").  The name
	 * holds only letters, digits and /_+-, no "..".  -1 with `w`. */
	int (*zone)(void *ctx, const char *name, struct buf *out,
	    struct why *w);

	void *ctx;
};

/* A mapping file: `file` as messages show it, `name` the map's name (the
 * last part without .map). */
struct map_text {
	const char *file, *name;
	struct slice text;
};

/*
 * Where the lines of a record go; all is borrowed for the call only.  A
 * verdict comes unsettled, as flow_settle() takes it; `record` is its data
 * where it keeps some, `message` may be NULL.
 */
struct map_sink {
	void (*payload)(void *ctx, struct slice line);
	void (*verdict)(void *ctx, struct payload *p, const char *verdict,
	    const char *reason, const char *message);
	void *ctx;
};

/*
 * Compile the maps, which must be `from` the same entity.  NULL: `mistakes`
 * has all that is wrong with all of them, each as
 *	FILE:LINE:COLUMN: text
 *	    the line
 *	    ^
 */
struct map_set *map_open(const struct map_world *world,
    const struct map_text *texts, size_t n, struct buf *mistakes);
void map_close(struct map_set *s);

const char *map_from(const struct map_set *s);	/* the entity */

/* The set is borrowed: free its runs before it. */
struct map_run *map_run_new(const struct map_set *s);
void map_run_free(struct map_run *r);

/*
 * Send one record through all maps.  64 bytes behind `record` must be
 * readable, the first of them no digit (so lines.h gives them).  Each map
 * hands on its payloads, or the verdict of a gate or of a mistake in the
 * data, at least one line in all.
 * -1 WHY_DATA "bad-json" (not JSON, no object) or "no-key" (it has no id):
 * nothing was handed on, the record is the caller's to answer.
 */
int map_record(struct map_run *r, struct slice record,
    const struct map_sink *sink, struct why *w);

/* The source of the record that map_record() has just seen, "orders/1042",
 * or NULL when it has none. */
const char *map_source(struct map_run *r);

/* ---- what is known of records ---- */

/* The members of records of the entity that are numbers, texts or -- nothing
 * but -- true and false, as far as this program knows. */
void map_scalars(const char *entity,
    void (*see)(void *ctx, struct slice name, bool boolean), void *ctx);

/* ---- what is read of a record ---- */

/*
 * The members that the maps read, for a server that can leave out the others:
 *	entity_id,items[sku,price],billing_address[city]
 * A place is cut, that is, has members in brackets, where all records of the
 * entity are known to have an object or a list of objects there.  With
 * world.whole the maps may be read with any settings later.  NULL: they look
 * at the record as a whole.  The set is borrowed.
 */
struct map_projection;
struct map_projection *map_project(const struct map_set *s);
const char *map_project_filter(struct map_projection *p);	/* borrowed */
void map_project_free(struct map_projection *p);

/*
 * Append what such a server gave, so that the maps see what they would in the
 * whole record: where a place is cut, null for a list that was empty becomes
 * [], and [] for an object that had none of the members becomes {}.  `record`
 * is JSON that scan_value() has accepted.
 */
void map_project_mend(const struct map_projection *p, struct slice record,
    struct buf *out);

/* ---- what a reference is ---- */

/*
 * Lines of `mage-extract reference`: {"reference":KIND,"record":RAW}.
 * -1 WHY_DATA: the line is none.  Unknown kinds are passed over.
 */
struct map_ref *map_ref_new(void);
int map_ref_line(struct map_ref *r, struct slice line, struct why *w);
void map_ref_free(struct map_ref *r);

/* ---- what looks wrong ---- */

/*
 * Records of the store, for what only it sends.  -1 WHY_DATA: the line is no
 * record.
 */
struct map_known *map_known_new(void);
int map_known_line(struct map_known *k, struct slice line, struct why *w);
void map_known_free(struct map_known *k);

/*
 * Append what is no mistake and yet looks like one, in the form of a mistake:
 * paths that no record of the entity has, as far as this program and
 * world.known know, and attributes that the reference does not have.  The
 * number of these doubts.
 */
long map_check(struct map_set *s, struct buf *doubts);

/* ---- the maps as data ---- */

/* One field, key, gate, part of `match` of a map, as --list shows it. */
struct map_item {
	const char *map, *object, *file;
	unsigned line;
	struct slice field;		/* or the gate's code */
	struct slice expression;	/* as it stands, one line; match: may
					 * be empty, it is the field's */
	const char *when;		/* always insert update key match,
					 * skip wait hold */
	const char *flags;		/* "own, quiet", "" */
	bool enabled;			/* not [off] */
	bool shared;			/* its map is */
	struct slice fallback;		/* what stands behind the last // when
					 * it is a literal; or absent */
	struct slice comment;		/* the # comment at its end */
	struct slice website;		/* codes of [website], "fr, de"; or
					 * absent: for all (others) */
};

void map_list(const struct map_set *s,
    void (*see)(void *ctx, const struct map_item *item), void *ctx);

/*
 * What the maps can send, as far as it is known before any record comes: for
 * those who hold it against what Salesforce takes.  Exact where it says
 * something, and silent where it cannot know: `values` are those that stand
 * in the map, its settings and tables and can come out; `kinds` are the kinds
 * of all others.  With neither, nothing is ever sent.
 */
enum {
	MAP_NULL = 1, MAP_BOOL = 2, MAP_NUMBER = 4,
	MAP_TEXT = 8,			/* any text */
	MAP_DATE = 16,			/* 2026-03-29 */
	MAP_LOCAL = 32,			/* 2026-03-29 01:30:00 */
	MAP_INSTANT = 64,		/* 2026-03-29T00:30:00.000Z */
	MAP_LIST = 128,			/* an array or an object */
	MAP_ANY = 255,
};

struct map_value {
	unsigned kind;		/* MAP_NULL, _BOOL, _NUMBER, _TEXT, _LIST */
	struct slice text;	/* as it is sent; absent for the others */
	struct slice table, key;	/* its table's file and row, or absent */
};

struct map_about {		/* a map */
	const char *map, *file, *object;
	unsigned line;		/* of `object` */
	struct slice key;	/* the external-id field, or absent */
	bool creates, updates;	/* it can do that */
	bool deletes;		/* prune */
};

struct map_sent {		/* a field, the key, a part of `match` */
	const char *when;	/* always insert update key match */
	unsigned line;
	struct slice field;	/* key: absent where there is none */
	int rung;		/* match: which one, from 0 */
	unsigned kinds;
	const struct map_value *values;
	size_t n;
};

/* Each map, in the order given, and then what it sends ([off] is not). */
void map_sends(struct map_set *s,
    void (*see_map)(void *ctx, const struct map_about *m),
    void (*see)(void *ctx, const struct map_sent *f), void *ctx);

/* The entity of each of n texts, through `under` and `with`, in `from`: NULL
 * where it is not said.  For those who have maps of several. */
void map_entities(const struct map_text *texts, size_t n, char **from);

/*
 * Append what becomes of the record `source` ("orders/1042"), item by item,
 * for a person: 1.  0: it is another one.  -1 WHY_DATA: it is none.
 */
int map_explain(struct map_run *r, struct slice record, const char *source,
    struct buf *out, struct why *w);

/* ---- one expression alone ---- */

struct map_expr;

/* `world` may be NULL: no settings, no reference. */
struct map_expr *map_expr_open(const struct map_world *world,
    const char *text, struct buf *mistakes);
void map_expr_close(struct map_expr *x);

/*
 * 1: the last value of the expression for this record is neither false nor
 * null; 0: it is, or there is none; -1 WHY_DATA: the line is no JSON
 * ("bad-json"), or the expression failed on it ("mapping-error").
 */
int map_expr_true(struct map_expr *x, struct slice record, struct why *w);

/* Append each value of the expression as a line of JSON; -1 as above, with
 * the values before the error. */
int map_expr_values(struct map_expr *x, struct slice record, struct buf *out,
    struct why *w);

#endif
