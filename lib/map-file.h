#ifndef MAP_FILE_H
#define MAP_FILE_H

#include "map-eval.h"

/*
 * map-file - mapping files as data: map-outline.c and map-file.c read them,
 * map-set.c ties them together, map-run.c runs them, and others look at them.
 */

enum when { WHEN_INSERT, WHEN_UPDATE, WHEN_ALWAYS, WHENS };

/* .a.b or $x.a.b or custom("code"), with `values` before or behind it or not:
 * how most fields look. */
struct path {
	bool is;		/* else the expression is another */
	int n;			/* steps, */
	const struct node *step[4];
	bool more;		/* and behind them one of these: */
	const struct node *custom;	/* or NULL */
	bool values;		/* null is no value */
	bool record;		/* it begins there, else at the variable: */
	uint32_t slot;
};

struct field_map {
	struct slice name;
	struct node *expr;
	const char *at;
	struct slice text, comment;
	enum when when;
	bool own, quiet, off;
	bool child;		/* depends on each's variable */
	struct slice head;	/* "Name": with quotes and colon */
	struct path path;
	bool constant;		/* with value and comma, too */
	bool once;		/* the same for all children of a record */
	/* [website ...]: a field of several lines, map-site.c */
	struct slice *sites;	/* codes; none: for all others */
	size_t n_sites;
	bool part;		/* a line of one of m->sited */
	struct field_map **lines;	/* of one of m->sited */
	size_t n_lines;
};

struct gate {
	const char *verdict;	/* skipped, waiting, held */
	struct slice code;
	struct node *cond;
	const char *at;
	struct slice text, comment;
	bool child;
};

struct rung {			/* of `match` */
	struct {
		struct slice name;
		struct node *expr;	/* of its own, or of the field */
		const char *at;
		struct slice text;	/* of its own, or absent */
		struct slice head;
	} part[8];
	int n;
	struct slice comment;
	bool child;
};

struct let {
	struct slice name;
	const char *at;
	struct node *expr;
	uint32_t slot;
	bool child;
};

struct statement {		/* one directive or field of the text */
	const char *at, *end;
	struct slice word;	/* the first one */
};

struct map {
	const char *name;
	bool broken;		/* its text cannot be read at all */
	struct source source;
	struct statement *statements;
	size_t n_statements;
	struct slice from, object;
	long phase;
	struct slice under;
	const char *under_at;
	struct slice with[16];
	const char *with_at[16];
	int n_with;
	struct map *base;	/* whose names and gates this one shares */
	struct map *parent;	/* `under` */
	struct slice key_field;	/* or absent */
	struct node *key;
	const char *key_at;
	struct slice key_text, key_comment;
	bool key_child;
	struct node *each;
	uint32_t each_slot;
	struct slice each_name;	/* of its variable */
	struct let *lets;
	size_t n_lets;
	struct gate *gates;
	size_t n_gates;
	struct field_map *fields;
	size_t n_fields;
	bool tries_fields;	/* right or wrong ones */
	struct field_map *sited;	/* those that differ by website */
	size_t n_sited;
	struct rung *rungs;
	size_t n_rungs;
	const char *only;	/* insert, update, or NULL */
	const char *only_at;
	struct node *only_if;
	bool only_child;
	bool shared;
	const char *prune_at;	/* `prune`, or NULL */
	struct slice prune[16];	/* the other maps that it names */
	const char *prunes_at[16];
	int n_prune;
	struct name *names;	/* all that stand at its end */
	uint64_t rev;
	/* for running, set by map-set.c */
	struct field_map **order;	/* enabled fields by group and name */
	size_t group[WHENS + 1];	/* where a group begins */
	struct slice head;	/* a payload up to its source's id */
	struct slice after_key;	/* extid */
	struct slice before_parent;	/* parent up to its key */
	struct slice steps;	/* with */
	struct slice only_text;
	struct slice tail;	/* shared own quiet rev */
	struct slice prune_head;	/* of its member of children */
	bool pruned;		/* a map under it prunes */
	char rev_text[17];
	size_t index;		/* among the maps */
};

struct doubt {			/* what map_check() will tell */
	const struct map *map;
	const char *at;
	char *text;
};

/* Complete when map_open() returns: then it is only read, by any thread. */
struct map_set {
	struct pool *pool;	/* as long as the set */
	struct doubt *doubts;
	size_t n_doubts;
	struct map_world world;
	struct map *maps;
	size_t n;
	struct map **order;	/* by phase, as given within one */
	struct slice from;
	struct name *names;	/* settings and $store */
	struct interned *keys;	/* of paths */
	struct regexes *regexes;/* that stand in the maps */
	uint32_t slots, hints, places, store_slot;
	bool store_used;
	bool prunes;		/* any of them */
	struct want *root;
	struct slice id_key;	/* member that is the id; absent: entity_id,
				 * else id */
	const struct node **lets;	/* by slot */
};

/* The settings and $store as names; -1: the settings are no JSON. */
int names_of_world(struct map_set *s, struct buf *mistakes);

/* Split the text into statements and read what ties maps: from, object,
 * phase, under, with, prune.  -1: mistakes. */
int map_outline(struct map_set *s, struct map *m, struct buf *mistakes);

/* Put what m's text includes in the place of each `include FILE`.  What cannot
 * be read stays there. */
void include_all(struct map_set *s, struct map *m);

/* Read the rest, the names of m->base being known.  -1: mistakes. */
int map_read(struct map_set *s, struct map *m, struct buf *mistakes);

/* Note a doubt, once for each place; false: there is one already. */
bool doubt(struct map_set *s, const struct map *m, const char *at,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Note what the expressions of `m` read, less those of fields that are off. */
void map_wants(struct map_set *s, struct wanter *w, struct map *m,
    struct want_set root);

/* Bring the mistakes behind `from` into the order of maps, lines, columns; one
 * that was told twice stands there once. */
void mistakes_sort(const struct map_set *s, struct buf *mistakes,
    size_t from);

/* A table's rows from its CSV; folds its text into `rev`.  NULL: `w`. */
struct table *table_load(struct map_set *s, const struct map *m,
    struct slice file, uint64_t *rev, struct why *w);
uint64_t rev_fold(uint64_t h, struct slice s);

/* Does the expression depend on each's variable (`slot`), or on a let that
 * does? */
bool depends(const struct map *m, const struct node *n);

/* ---- a record at a time (map-run.c, map-render.c) ---- */

enum fate { FATE_UNKNOWN, FATE_OPEN, FATE_CLOSED, FATE_FAILED };

struct state {			/* of a map, for the present record */
	enum fate gates, payload;
	struct val key;
	struct slice *fixed;	/* fields of an `each` map that do not change
				 * with the child, as rendered; by m->order */
	bool fixed_known;
	bool listed;		/* the list of `each` is there */
};

struct map_run {
	const struct map_set *set;
	struct ev ev;
	struct scanner scanner;
	struct state *states;	/* by map */
	uint32_t *let_slots;	/* of all lets of the set */
	size_t n_lets;
	const struct map_sink *sink;
	struct slice line;	/* the record as it came */
	struct val record, id;
	struct buf source;	/* for run_source() */
	struct buf out;		/* the payload's line */
	size_t hole;		/* where in it children belongs */
	const struct map *map;	/* the one at hand */
	struct prune *prune;	/* NULL: no map prunes */
	struct buf text;	/* messages */
	const char *failed_at;	/* the match or only that failed */
	struct slice failed;	/* and its text up to what it does */
	struct val store_key, store;	/* the last $store */
	char store_room[64];
	struct pool *store_pool;
	uint32_t hint[4];	/* where store_id, website_id, entity_id, id
				 * were last */
	long lines;
};

/* Take a record in: values, id, source, variables. */
int run_start(struct map_run *r, struct slice record, struct why *w);

/* orders/1042, the record at hand; "" without an id.  Good until the next. */
struct slice run_source(struct map_run *r);

/* Evaluate for the present record and child; EV_ONE, EV_NONE, EV_ERROR. */
int run_eval(struct map_run *r, const struct node *n, struct val *out);
int run_text(struct map_run *r, const struct node *n, struct val *out);
int run_truth(struct map_run *r, const struct node *n, bool *yes);
const char *run_refuses(struct val v);	/* why it is no field's value, or NULL */

static inline bool
run_doubts(const struct val *v)	/* perhaps there is a reason */
{
	return v->kind >= V_ARRAY ||
	    (v->kind == V_STRING && v->n == 4 && v->p[0] == '#');
}

/* The value of a field, see ev_at(). */
const struct val *run_field(struct map_run *r, const struct field_map *f,
    struct val *room);

/* What e->error says. */
const char *run_error(struct map_run *r);

/* Answer for a record, or the child `key` of it, instead of a payload. */
void run_verdict(struct map_run *r, const struct map *m,
    const struct val *key, const char *what, const char *reason,
    const char *message);

/* The closed one among m's gates, and what it gave: a text is its message. */
struct closed {
	const struct gate *gate;
	struct val said;
};

/* 1: one is closed; 0: all are open; -1: an error in c->gate. */
int run_gates(struct map_run *r, const struct map *m, bool child,
    struct closed *c);

/*
 * The line of a field that counts for the present record: `f` itself, unless
 * websites differ in it.  NULL: none does, the field is left alone.
 */
const struct field_map *site_line(const struct map_run *r,
    const struct field_map *f);

const char *gate_word(const struct gate *g);	/* skip, wait, hold */

/* ---- maps that prune (map-prune.c) ---- */

/* Has every map what it must have for `prune`?  -1: mistakes. */
int prune_check(struct map_set *s, struct buf *mistakes);
void prune_prepare(const struct map *m, struct buf *b);

/*
 * What the record has now stands on the parent's payload, and is known only
 * when the last child is made: till then the lines are held back.
 */
struct prune *prune_new(void);
void prune_free(struct prune *p);
void prune_begin(struct map_run *r, const struct map_sink *sink);
void prune_end(struct map_run *r);

/* The constant parts of m's payloads. */
void render_prepare(struct map_set *s, struct map *m);

/* The payload's line into r->out; -1: an error, of the field *at. */
int render(struct map_run *r, struct map *m, struct val key,
    const struct field_map **at);

#endif
