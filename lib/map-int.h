#ifndef MAP_INT_H
#define MAP_INT_H

#include <stdint.h>

#include "map-value.h"
#include "map.h"
#include "mem.h"
#include "why.h"

/*
 * map-int - what the parts of the mapping engine share; nobody else includes
 * it.  From text to lines:
 *
 *	map-lex, map-parse	expression -> nodes (names resolved, macros of
 *				map-macro put in)
 *	map-want		nodes -> the tree of places that they read
 *	map-scan		a record -> those places, as values
 *	map-eval, map-many, map-apply, map-limit, map-func*
 *				nodes and values -> values
 *	map-file, map-set	mapping files -> maps, tied to each other
 *	map-run, map-render	a record through the maps -> lines
 */

enum {
	MAP_EXPR_DEPTH = 200,	/* nesting of an expression: C stack */
	MAP_EXPR_NODES = 5000,	/* nodes of one expression: C stack too, a
				 * generator keeps a frame for each */
	MAP_STEPS = 2000000,	/* steps per record, some 50 ms */
	MAP_MEMORY = 128 << 20,	/* bytes of values per record */
};

/* What is in each value's way must not be a call; what is seldom must not be
 * put into others, which then pay for a frame of theirs. */
#define ALWAYS inline __attribute__((always_inline))
#define APART __attribute__((noinline))

/* ---- nodes ---- */

enum op {
	N_CONST, N_DOT, N_VAR, N_FIELD, N_INDEX, N_SLICE, N_EACH, N_PIPE,
	N_COMMA, N_ALT, N_AND, N_OR, N_NEG, N_ADD, N_SUB, N_MUL, N_DIV, N_MOD,
	N_EQ, N_NE, N_LT, N_LE, N_GT, N_GE, N_IF, N_TRY, N_AS, N_ARRAY,
	N_OBJECT, N_FORMAT, N_CALL,
};

struct ev;
struct node;
struct cont;

enum { EV_ERROR = -1, EV_NONE = 0, EV_ONE = 1, EV_STOP = 2 };

/*
 * A builtin.  `value`: all arguments are values, every combination is one
 * call (EV_ONE, EV_NONE, EV_ERROR).  `gen`: sees its arguments as
 * expressions and hands its values on itself.
 */
struct func {
	const char *name;
	int arity;
	int (*value)(struct ev *e, struct val in, const struct val *arg,
	    struct val *out);
	int (*gen)(struct ev *e, const struct node *n, struct val in,
	    struct cont *k);
	int flags;
};

enum {
	FUNC_SHALLOW = 1,	/* looks at nothing below its input's surface */
	FUNC_PASSES = 2,	/* gen: its values are those of its last argument */
	FUNC_WORLD = 32,	/* needs zones or the reference */
	FUNC_SAME = 64,		/* gives its input's elements in another order */
	FUNC_COUNTS = 16,	/* looks at the number of elements, not at them */
	FUNC_CUSTOM = 8,	/* reads custom_attributes of its input */
	FUNC_ITSELF = 16384,	/* gives its input, or nothing when that is null */
	FUNC_TEXT = 32768,	/* text: of a number as it came, its text */
	FUNC_SINGLE = 4,	/* gen: never more than one value */
	FUNC_ALIKE = 128,	/* gen: one value if its arguments give one */
	FUNC_PARAMS = 256,	/* value: the first argument's loop is outermost,
				 * as of a function that jq writes in jq */
	FUNC_REGEX = 512,	/* the first argument is a pattern, the last may
				 * be flags */
};

struct node {
	enum op op;
	bool single;		/* never more than one value */
	bool lenient;		/* N_EACH: null has no elements */
	bool guarded;		/* a step of a path with ? behind: its own
				 * errors are no value */
	uint32_t hint;		/* index of its memory in ev.hints */
	const char *at;		/* place in the map's text */
	int kids;
	struct node **kid;
	struct val value;	/* N_CONST; N_FIELD: the key */
	uint32_t slot;		/* N_VAR, N_AS */
	const struct func *func;/* N_CALL, N_FORMAT */
	const char *const *keys;/* N_VAR: the members it can have, or NULL */
	struct slice section;	/* N_CONST: all settings of this section */
};

/* ---- names ---- */

struct name {			/* a $name that expressions may use */
	struct name *next;
	struct slice name;
	struct node *constant;	/* a setting, a table: its value; or NULL */
	uint32_t slot;
	const char *const *keys;/* its members, ends with NULL; or NULL: any */
	const char *missing;	/* why it cannot be used now, or NULL */
	bool settings;		/* a section of the configuration */
};

struct interned {
	struct interned *next;
	struct val key;
};

enum { MAP_PARAMS = 4 };

struct macro {			/* a function that is written in jq */
	const char *name;
	int arity;
	const char *params[MAP_PARAMS];
	const char *body;
};

const struct func *func_find(struct slice name, int arity);
const struct macro *macro_find(struct slice name, int arity);

/* The known function name that is nearest to `name`, or NULL. */
const char *func_nearest(struct slice name);
bool func_exists(struct slice name);	/* with any number of arguments */

/* Why a word, an operator or a $name of jq is none here; NULL: it is none of
 * jq's either, or it is here (map-never.c). */
const char *never_why(struct slice name);

/* Call `see` for each function name, a name may come more than once. */
void func_names(void (*see)(void *ctx, const char *name), void *ctx);

struct near {			/* looks for the nearest of many names */
	struct slice want;
	char best[128];
	size_t distance;
};

void near_start(struct near *n, struct slice want);
void near_try(struct near *n, struct slice name);
const char *near_best(const struct near *n);	/* NULL: none is near */

/* ---- mistakes in a mapping file ---- */

struct source {			/* a text that places point into */
	struct slice file, text;
};

/* Append "file:line:column: text", the line and a caret to `out`. */
void mistake(struct buf *out, const struct source *s, const char *at,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
unsigned source_line(const struct source *s, const char *at);

/* ---- parser (map-lex.c, map-parse.c) ---- */

enum token {
	T_END, T_BAD, T_NAME, T_VAR, T_FIELD, T_NUMBER, T_STRING, T_FORMAT,
	T_OP,
};

struct lex {
	const char *p, *end;	/* next byte */
	enum token kind;
	const char *at;		/* where the token begins */
	struct slice text;	/* name without $ . @; raw inside of a string */
	char op[3];		/* T_OP: "|", "//", "==", ... */
	struct slice comment;	/* the last # comment seen */
	const char *bad;	/* T_BAD: what is wrong */
};

void lex_start(struct lex *l, const char *p, const char *end);
void lex_next(struct lex *l);
bool lex_op(const struct lex *l, const char *op);
bool lex_word(const struct lex *l, const char *word);

struct parser {
	struct lex lex;
	const struct source *source;
	struct buf *mistakes;
	struct pool *pool;	/* the maps' memory */
	struct name *names;
	uint32_t *slots, *hints;/* counters of the set */
	struct interned **keys;	/* the set's: a key has one address */
	struct regexes *regexes;/* the set's: patterns that stand in maps */
	bool failed;		/* a mistake was told */
	bool dead;		/* and the text cannot be followed further */
	bool any_name;		/* an unknown $name is no mistake */
	bool whole;		/* keep what the settings decide away */
	int depth, nodes;
	/* when the body of a macro is read */
	const struct macro *macro;
	struct node **args;
	const char *call;	/* its place in the map's text */
	struct slice *each;	/* in `each`: gets the name behind the last
				 * `as`; .[] of null yields nothing */
	void (*used)(void *ctx, struct slice section, struct slice name,
	    const char *at, struct val value);	/* a setting is named; no
				 * name: all */
	void (*row)(void *ctx, struct val table, struct slice key,
	    const char *at);	/* or NULL; a row is named that is not there */
	void *ctx;
};

/*
 * An expression from p->lex on; stops at the end, or before a `,` that is
 * outside of all brackets when `comma` is false.  NULL: mistakes were told.
 */
struct node *parse_expr(struct parser *p, bool comma);
/* Nothing follows.  If something does, or mistakes were told, false. */
bool parse_ended(struct parser *p);
/* `n`, or what it always is, whatever the record; `whole`: but not without
 * one of its parts that reads the record (map-fold.c). */
struct node *fold_node(struct pool *pool, struct node *n, bool whole);
/* Nothing in it but its input decides what it gives. */
bool node_closed(const struct node *n);
struct node *node_new(struct parser *p, enum op op, const char *at, int kids);
int parse_fail(struct parser *p, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- wanted places (map-want.c) ---- */

struct known;			/* map-known.h */

struct want {
	const struct known *known;	/* for map_check(), or NULL */
	bool made;		/* no place of a record: an array of elem */
	bool whole;		/* everything below is kept */
	bool iterated;		/* an object here is kept whole as well */
	struct want *elem;	/* of an array */
	uint32_t n;		/* of an object: */
	struct want_key *keys;
	uint32_t place;		/* an object with keys: its number */
	struct want *codes;	/* of an array of attributes: those that custom()
				 * reads, as keys; or NULL */
	bool coded;		/* and nobody else looks at it */
};

struct want_key {
	struct val key;
	struct want *want;
};

struct want_set {		/* the places that a value may come from */
	int n;
	struct want **at;
};

/* Where custom() looks. */
extern const struct slice custom_attributes;

struct wanter {
	struct pool *pool;
	struct want_set *vars;	/* by slot */
	uint32_t slots;
	/* unless NULL: the step to `key` (absent: to the elements) that the
	 * node makes goes where no record has anything */
	void (*never)(void *ctx, const struct node *n,
	    const struct known *from, struct slice key);
	void (*call)(void *ctx, const struct node *n, struct want_set in);
	/* an operator: where its two operands come from */
	void (*two)(void *ctx, const struct node *n, struct want_set a,
	    struct want_set b);
	void *ctx;
};

struct want *want_new(struct pool *pool);
struct want *want_key(struct pool *pool, struct want *w, struct slice key);
struct want_set want_one(struct pool *pool, struct want *w);

/* Before scanning: number the objects, from *places on. */
void want_finish(struct pool *pool, struct want *w, uint32_t *places);

/* Note what `n` reads when its input comes from `in`; where its values come
 * from. */
struct want_set want_expr(struct wanter *w, const struct node *n,
    struct want_set in);
void want_whole(struct want_set s);

/* ---- records (map-scan.c) ---- */

/* Of one thread: it learns how the records look. */
struct scanner {
	struct pool *pool;	/* of the record */
	struct val *stack;	/* elements of arrays not yet closed */
	size_t n, cap;
	char *text;		/* what a string with escapes means */
	size_t text_room;
	struct why *why;
	const char *start, *end;
	struct pool *learned;	/* as long as the scanner; or NULL */
	struct shape **shapes;	/* the order of keys as seen, by place */
	int others;		/* orders of keys in places that nobody wants */
};

/* For records of which `root` is wanted, with `places` of them in all. */
void scanner_start(struct scanner *s, struct pool *record,
    const struct want *root, uint32_t places);

/*
 * Read one JSON value with white space around it and keep what `w` wants (the
 * root of scanner_start(), or NULL: everything).  64 bytes behind the text
 * must be readable, the first of them an LF or a NUL.  -1 WHY_DATA
 * "bad-json".  The value points into `text` and `pool`.
 */
int scan_record(struct scanner *s, struct slice text, const struct want *w,
    struct val *out, struct why *why);

void scanner_free(struct scanner *s);

/* The order of keys where `w` says what is wanted; NULL: nothing is.  `coded`:
 * its keys are codes of attributes. */
struct shape *shape_new(struct pool *pool, const struct want *w, bool coded);

/* A whole value from text without room behind it; copied to `pool`. */
int val_parse(struct slice text, struct pool *pool, struct val *out,
    struct why *why);

/* ---- evaluation (map-eval.c, map-many.c, map-apply.c, map-limit.c) ---- */

struct zones;

enum { LABELS = 8 };

/*
 * All that changes while records are evaluated is here, and each thread has
 * one of its own: nodes, maps, settings and the reference are the same for
 * all and only read.  What a function wants to remember from one record to
 * the next (a label, a zone) belongs here, too.
 */
struct ev {
	struct pool *pool;	/* reset with each record */
	size_t memory;
	long steps;
	struct val *vars;	/* by slot; V_ABSENT: a let not yet computed */
	const struct node **lets;	/* by slot, or NULL */
	struct val record;	/* what a let's `.` is */
	uint32_t *hints;
	struct cont *stop;	/* who asked for EV_STOP */
	struct val error;	/* of EV_ERROR */
	struct {		/* the let that gave it, if one did */
		const struct node *let;
		const char *error;	/* its text, to know it by */
	} failed;
	bool fatal;		/* a limit: cannot be caught */
	bool absent;		/* `each` came by a list that is not there */
	struct slice hold;	/* a table's: the code of a held verdict */
	struct buf *notes;	/* unless NULL: rows that tables do not have */
	struct buf text;	/* scratch of the text functions */
	struct zones *zones;
	const struct regexes *constants;	/* patterns of the maps */
	struct regexes *regexes;	/* of records; NULL: none yet */
	long searched;		/* by regular expressions, for the record */
	struct unseen {		/* and what they may have done besides: */
		double work;	/* that may have been done since then */
		int64_t since;	/* CPU time when there first was much; or 0 */
	} unseen;
	const struct map_ref *ref;
	struct slice entity;
	struct label_cache {
		struct val label;
		size_t n, code_n;
		char id[16], code[64];
	} labels[LABELS];
};

/* The expression of the let in which e->error came up, or NULL. */
const struct node *ev_failed_let(const struct ev *e);

int ev_tired(struct ev *e);	/* EV_ERROR: too many steps */

static inline int
ev_step(struct ev *e)
{
	return ++e->steps <= MAP_STEPS ? 0 : ev_tired(e);
}

/*
 * What looks at the whole of a value costs steps by its size: a short
 * expression makes a huge value by putting one into itself again and again,
 * and looks at a long text as often as it likes.  EV_ONE, EV_ERROR.
 */
int ev_weigh(struct ev *e, struct val v);

static inline int
ev_look(struct ev *e, const struct val *v)
{
	return v->kind < V_STRING || (v->kind == V_STRING && v->n < 64) ?
	    EV_ONE : ev_weigh(e, *v);
}

/* Takes the values of an expression; a struct of its own begins with it. */
struct cont {
	int (*take)(struct ev *e, struct val v, struct cont *self);
};

/* At most one value: EV_ONE, EV_NONE or EV_ERROR.  Only for n->single. */
int ev_one(struct ev *e, const struct node *n, struct val in,
    struct val *out);

/*
 * The only value, where it stands or in `room`; &ev_nothing when there is
 * none, &ev_failed when there are more or an error.  It may stand in `in`.
 */
extern const struct val ev_nothing, ev_failed;	/* both V_ABSENT */
const struct val *ev_at(struct ev *e, const struct node *n,
    const struct val *in, struct val *room);

/* All values, to `k`; EV_NONE when through, EV_ERROR, or EV_STOP. */
int ev_all(struct ev *e, const struct node *n, struct val in,
    struct cont *k);

/* The only value: EV_ONE, EV_NONE; EV_ERROR also when there are more. */
int ev_only(struct ev *e, const struct node *n, struct val in,
    struct val *out);

/* The value of the member `key` if it is number `hint` of the `n`, or NULL. */
static inline const struct val *
ev_member(const struct member *m, uint32_t n, uint32_t hint, struct slice key)
{
	m += hint;
	return hint < n && m->key.n == key.n && (m->key.p == key.p ||
	    memcmp(m->key.p, key.p, key.n) == 0) ? &m->value : NULL;
}

/* The member that a N_FIELD reads, where it was last time; NULL: it is not
 * there any more, or `v` no object. */
static inline const struct val *
ev_usual(const struct ev *e, const struct node *n, const struct val *v)
{
	return v->kind == V_OBJECT && v->flags == 0 ? ev_member(v->members,
	    v->n, e->hints[n->hint], val_bytes(n->value)) : NULL;
}

/* The same of custom("code"), where the scanner has looked for it. */
static inline const struct val *
ev_custom(const struct ev *e, const struct node *n, const struct val *v)
{
	const struct node *code = n->kid[0];

	if (!(v->kind == V_OBJECT && v->flags == 0))
		return NULL;
	v = ev_member(v->members, v->n, e->hints[n->hint], custom_attributes);
	return v != NULL && v->kind == V_ARRAY && v->flags == VF_CODED ?
	    ev_member(v->coded->at, v->coded->n, e->hints[code->hint],
	    val_bytes(code->value)) : NULL;
}

/* All values as an array. */
int ev_array(struct ev *e, const struct node *n, struct val in,
    struct val *out);

/* Where the operands are values: an operator or function, a function without
 * `gen`, a comparison; an object of keys and values in turn.  What `catch` sees
 * of e->error. */
int ev_apply(struct ev *e, const struct node *n, struct val in,
    const struct val *arg, struct val *out);
int ev_call(struct ev *e, const struct node *n, const struct val *in,
    const struct val *arg, struct val *out);
int ev_compare(struct ev *e, enum op op, const struct val *a,
    const struct val *b, struct val *out);
int ev_object(struct ev *e, const struct val *kv, int kids, struct val *out);
int ev_caught(struct ev *e, const struct node *n, struct val *message);
enum { OPERANDS = 100 };	/* of a node; the parser allows no more */

/* Memory of the record; NULL after ev_error when it is over. */
void *ev_get(struct ev *e, size_t n);
int ev_error(struct ev *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int ev_text(struct ev *e, struct slice s, struct val *out);	/* a copy */
int ev_scratch(struct ev *e, struct val *out);	/* of e->text, and empty it */
int ev_list(struct ev *e, const struct val *items, size_t n,
    struct val *out);	/* an array around items, which is not copied */

struct list {			/* grows in the record's memory; begin with 0 */
	struct val *v;
	size_t n, cap;
};
int ev_push(struct ev *e, struct list *l, struct val v);	/* EV_NONE */
struct val val_object(struct member *m, size_t n);
int ev_put(struct member *m, size_t n, struct val key, struct val value);

int ev_arith(struct ev *e, enum op op, struct val a, struct val b,
    struct val *out);			/* map-arith.c */
int ev_concat(struct ev *e, struct val a, struct val b,
    struct val *out);			/* of two texts */
int ev_index(struct ev *e, struct val a, struct val b, uint32_t *hint,
    struct val *out);			/* map-path.c */
int ev_slice(struct ev *e, struct val a, struct val from, struct val to,
    struct val *out);

int text_split(struct ev *e, struct val s, struct val sep, struct val *out);

/* What .[] gives of an array or object, as an array; others are an error. */
int list_of_values(struct ev *e, struct val *v);

int list_indices(struct ev *e, struct val a, struct val b, struct val *out);
int ev_length(struct ev *e, struct val v, struct val *out);

/* A value as `tostring` gives it, into e->text. */
void text_put(struct ev *e, struct val v);

/* ---- the reference (map-ref.c) ---- */

/* How many options an attribute has, by its code or id; -1: there is none of
 * that name, and `near` has tried all.  The entity `any` has those of all entities. */
long ref_attribute(const struct map_ref *r, struct slice entity,
    struct slice code, struct near *near);

/* The label of an option; -1: not known. */
int ref_label(const struct map_ref *r, struct slice entity,
    struct slice attribute, struct slice option, struct val *label);

/* $store of a record: by store_id, else website_id, else the first. */
struct val ref_store(const struct map_ref *r, struct val store_id,
    struct val website_id, struct pool *pool);
extern const char *const ref_store_keys[];

/* Call `see` with the code of each website; how many there are. */
size_t ref_websites(const struct map_ref *r,
    void (*see)(void *ctx, struct slice code), void *ctx);

/* ---- regular expressions (map-regex.c) ---- */

struct regex;
struct regexes;

/* Threads share the patterns of the maps, which only regexes_add() changes;
 * each has its own for what is computed, and for searching. */
struct regexes *regexes_new(void);
void regexes_free(struct regexes *r);

/* jq's letters; `global` is set by g.  -1: another letter. */
int regex_flags(struct slice flags, unsigned *options, bool *global);

/* A pattern that stands in a map.  -1 WHY_DATA: what is wrong with it. */
int regexes_add(struct regexes *r, struct slice pattern, unsigned options,
    struct why *w);

/* The compiled pattern; good until the next call.  NULL WHY_DATA. */
const struct regex *regexes_get(const struct regexes *constant,
    struct regexes *computed, struct slice pattern, unsigned options,
    struct why *w);
struct slice regex_pattern(const struct regex *x);

struct hit {			/* where groups are, the whole match first */
	int n;
	const int *beg, *end;	/* bytes; -1: took no part */
	const struct slice *names;	/* absent: none */
};

/*
 * The first match at or behind byte `from`: 1 with `hit`, which e->regexes
 * holds until the next search, or 0, or REGEX_LIMIT: it takes too long, or too
 * much memory.  Adds what it took to e->searched.  Whatever pattern and text are,
 * the searches of a record end within a few seconds of CPU: by count where
 * all that repeats is a class, `.` or \w, by the thread's clock at last where
 * a literal, a group or a reference back does.
 */
enum { REGEX_LIMIT = -2 };
int regex_search(struct ev *e, const struct regex *x, struct slice s,
    size_t from, struct hit *hit);

/* The plain text of HTML, appended (map-html.c); nothing in it is an error. */
void html_text(struct slice html, struct buf *out);

/* ---- functions by group, each ends with { 0 } ---- */

extern const struct func func_core[], func_string[], func_list[],
    func_order[], func_time[], func_own[], func_format[], func_regex[],
    func_math[], func_gen[];

/* ---- decimal text (map-dec.c) ---- */

__extension__ typedef __int128 int128;

/* A decimal number: m * 10^-scale. */
struct dec {
	int128 m;
	int scale;
};

int dec_read(struct slice s, struct dec *d);	/* -1: no number, too long */
int dec_add(struct dec a, struct dec b, struct dec *out);
int dec_mul(struct dec a, struct dec b, struct dec *out);
int dec_round(struct dec a, int scale, struct dec *out);
enum { DEC_TEXT = 64 };
size_t dec_write(struct dec d, char room[DEC_TEXT]);

/* ---- time (map-time.c, map-zone.c) ---- */

struct civil {
	long year;
	int month, day, hour, minute, second;	/* month from 1 */
};

int64_t days_of(long year, int month, int day);	/* since 1970-01-01 */
int64_t civil_seconds(const struct civil *c);
void civil_of(int64_t seconds, struct civil *c);

/* "2026-03-29 00:30:00", with T and Z or fractions too, or a date alone.
 * -1: no such time. */
int civil_read(struct slice s, struct civil *c);

/* Are these 19 bytes one without doubt, "2026-03-28 00:30:00"?  Some that are
 * one are not: of the end of a month. */
bool civil_plain(const char *p);

struct zone;

/* From the bytes of a TZif file; NULL WHY_DATA. */
struct zone *zone_read(struct slice bytes, struct why *w);
void zone_free(struct zone *z);
long zone_offset(struct zone *z, int64_t utc);	/* seconds east */

/* The zones of a run, loaded once each by the callback of map.h. */
struct zones *zones_new(const struct map_world *world);
void zones_free(struct zones *z);
struct zone *zones_get(struct zones *z, struct slice name, struct why *w);

#endif
