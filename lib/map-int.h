#ifndef MAP_INT_H
#define MAP_INT_H

#include <stdint.h>

#include "map-value.h"
#include "map.h"
#include "mem.h"
#include "why.h"

/*
 * map-int - what the parts of the mapping engine share; nobody else includes
 * it.  What evaluates shares more in map-eval.h; map-regex.h, map-time.h and
 * map-dec.h are doors to one part each.  From text to lines:
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

struct piece {			/* of a text, with lines of several files */
	size_t from;		/* where in the text it begins */
	struct slice file;
	unsigned line;		/* the first, in that file */
};

struct source {			/* a text that places point into */
	struct slice file, text;
	struct piece *pieces;	/* in their order; none: all is of `file` */
	size_t n_pieces;
};

/* Append "file:line:column: text", the line and a caret to `out`. */
void mistake(struct buf *out, const struct source *s, const char *at,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The text of a file, without the byte order mark of some editors. */
struct slice source_text(struct slice file);
unsigned source_line(const struct source *s, const char *at);
/* The file that the place stands in: an included one, or s->file.  It ends
 * with a null. */
struct slice source_file(const struct source *s, const char *at);

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

/* ---- the reference (map-ref.c) ---- */

/* How many options an attribute has, by its code or id; -1: there is none of
 * that name, and `near` has tried all.  The entity `any` has those of all
 * entities. */
long ref_attribute(const struct map_ref *r, struct slice entity,
    struct slice code, struct near *near);

/* Has `code` a list of its own, as customer groups have?  `near` (or NULL) has
 * tried all such. */
bool ref_listed(struct slice code, struct near *near);

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

#endif
