#ifndef MAP_EVAL_H
#define MAP_EVAL_H

#include "map-int.h"

/*
 * map-eval - what evaluates nodes: map-eval.c, map-many.c, map-apply.c,
 * map-limit.c and the functions, for each other and for map-run.c.
 */

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

/* The plain text of HTML, appended (map-html.c); nothing in it is an error. */
void html_text(struct slice html, struct buf *out);

/* ---- functions by group, each ends with { 0 } ---- */

extern const struct func func_core[], func_string[], func_list[],
    func_order[], func_time[], func_own[], func_format[], func_regex[],
    func_math[], func_gen[];

#endif
