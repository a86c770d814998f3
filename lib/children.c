/* children - which children a record no longer has. */
#include <stdlib.h>

#include "children.h"

/* One member of `children`, at the line of its parent. */
struct list {
	struct ledger *ledger;
	struct batch *b;
	size_t from, to;	/* lines of the record */
	const struct payload *parent;
	struct slice name, rev, also;	/* also: raw */
	long phase;
	struct slice *key;	/* sorted */
	size_t keys;
	struct slice object;	/* of what the map gives now; or absent */
	size_t at;		/* where deletes go */
	struct gone *gone;
	long n, cap;
};

static int
wrong(struct why *w)
{
	return why_code(w, WHY_DATA, "bad-payload", "not a payload: "
	    "'children' is not {MAP: {phase, rev, keys}}");
}

static int
by_text(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static void
read_keys(struct list *t, struct slice keys)
{
	struct slice v;
	struct scan s;
	size_t n = 0;

	scan_enter(&s, keys);
	while (scan_element(&s, &v))
		n++;
	t->key = pool_get(t->b->pool, (n + 1) * sizeof(*t->key));
	t->keys = 0;
	scan_enter(&s, keys);
	while (scan_element(&s, &v))
		t->key[t->keys++] = scan_string(v, t->b->pool);
	qsort(t->key, t->keys, sizeof(*t->key), by_text);
}

static int
read_list(struct list *t, struct slice name, struct slice v, struct why *w)
{
	struct slice phase = { NULL, 0 }, keys = phase;

	if (scan_kind(v) == SCAN_OBJECT) {
		phase = scan_get(v, "phase");
		keys = scan_get(v, "keys");
	}
	if (scan_kind(phase) != SCAN_NUMBER || scan_kind(keys) != SCAN_ARRAY)
		return wrong(w);
	t->name = scan_plain(name, t->b->pool);
	t->phase = strtol(phase.p, NULL, 10);
	t->rev = scan_string(scan_get(v, "rev"), t->b->pool);
	t->also = scan_get(v, "also");
	read_keys(t, keys);
	return 0;
}

static struct slice
fate_of(const struct batch_line *l)
{
	return l->verdict != NULL ? slice(l->verdict) : l->p.verdict;
}

static bool
is_well(const struct batch_line *l)
{
	enum step_fate f;

	if (fate_of(l).n == 0)
		return true;
	f = steps_fate(fate_of(l));
	return f != STEP_BAD && f != STEP_SKIPPED;
}

/*
 * The lines that the map gives: are they well, what are they, and where do
 * they begin?  Without any, deletes go before what has a higher phase.
 */
static bool
look_at_lines(struct list *t)
{
	const struct batch_line *l = t->b->line;
	bool any = false;
	size_t i;

	t->at = t->to;
	t->object = (struct slice){ NULL, 0 };
	for (i = t->to; i-- > t->from; ) {
		if (slice_eq(l[i].p.map, t->name)) {
			if (!is_well(&l[i]))
				return false;
			any = true;
			t->object = l[i].p.object;
			t->at = i;
		} else if (!any && l[i].p.phase > t->phase) {
			t->at = i;
		}
	}
	return true;
}

/* Does any line of the record still give it? */
static bool
is_given(const struct list *t, const struct ledger_record *r)
{
	const struct batch_line *l = t->b->line;
	size_t i;

	if (slice_eq(r->object, t->object) && bsearch(&r->key, t->key,
	    t->keys, sizeof(*t->key), by_text) != NULL)
		return true;
	for (i = t->from; i < t->to; i++)
		if (slice_eq(l[i].p.key, r->key) &&
		    slice_eq(l[i].p.object, r->object))
			return true;
	return false;
}

/* 1, 0, -1 */
static int
is_of_map(const struct list *t, const struct ledger_record *r,
    struct slice map, struct why *w)
{
	struct ledger_entry e;
	int got = ledger_entry_get(t->ledger, map, r->key, &e, w);

	return got == 1 ? slice_eq(e.object, r->object) : got;
}

/* Did the map, or one of those it names, make this one?  1, 0, -1. */
static int
is_ours(const struct list *t, const struct ledger_record *r, struct why *w)
{
	struct slice v;
	struct scan s;
	int got = is_of_map(t, r, t->name, w);

	if (got != 0 || scan_kind(t->also) != SCAN_ARRAY)
		return got;
	scan_enter(&s, t->also);
	while (got == 0 && scan_element(&s, &v))
		got = is_of_map(t, r, scan_string(v, t->b->pool), w);
	return got;
}

static void
add(struct list *t, const struct ledger_record *r)
{
	struct gone *more;

	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 16 : 2 * t->cap;
		more = pool_get(t->b->pool, (size_t)t->cap * sizeof(*more));
		if (t->n > 0)
			memcpy(more, t->gone, (size_t)t->n * sizeof(*more));
		t->gone = more;
	}
	t->gone[t->n++] = (struct gone){
		.p = { .object = r->object, .map = t->name,
		    .phase = t->phase, .source = t->parent->source,
		    .key = r->key, .parent = r->parent, .rev = t->rev,
		    .id = r->id, .delete = true },
		.at = t->at,
	};
}

/* OBJECT/KEY of the parent's line. */
static struct slice
name_of(const struct payload *p, struct pool *pool)
{
	size_t n = p->object.n + 1 + p->key.n;
	char *name = pool_get(pool, n + 1);

	memcpy(name, p->object.p, p->object.n);
	name[p->object.n] = '/';
	memcpy(name + p->object.n + 1, p->key.p, p->key.n);
	name[n] = '\0';
	return (struct slice){ name, n };
}

static int
compare(struct list *t, const struct ledger_record *known, long n,
    struct why *w)
{
	long i;
	int ours;

	for (i = 0; i < n; i++) {
		if (is_given(t, &known[i]))
			continue;
		if ((ours = is_ours(t, &known[i], w)) == -1)
			return -1;
		if (ours == 1)
			add(t, &known[i]);
	}
	return 0;
}

static int
of_parent(struct list *t, struct slice children, struct why *w)
{
	struct ledger_record *known;
	struct slice name, v;
	struct scan s;
	long n;

	known = ledger_children(t->ledger, name_of(t->parent, t->b->pool),
	    t->b->pool, &n, w);
	if (n == -1)
		return -1;
	scan_enter(&s, children);
	while (scan_member(&s, &name, &v)) {
		if (read_list(t, name, v, w) == -1)
			return -1;
		if (look_at_lines(t) && compare(t, known, n, w) == -1)
			return -1;
	}
	return 0;
}

static int
by_place(const void *a, const void *b)
{
	const struct gone *x = a, *y = b;
	int c;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if ((c = slice_cmp(x->p.map, y->p.map)) != 0 ||
	    (c = slice_cmp(x->p.object, y->p.object)) != 0)
		return c;
	return slice_cmp(x->p.key, y->p.key);
}

/* 0, also where the line is rejected for it, or -1. */
static int
of_line(struct list *t, size_t i, struct why *w)
{
	const struct batch_line *l = &t->b->line[i];
	long before = t->n;

	if (l->p.children.p == NULL || !is_well(l))
		return 0;
	t->parent = &l->p;
	if (of_parent(t, l->p.children, w) == 0)
		return 0;
	if (w->kind != WHY_DATA)
		return -1;
	t->n = before;
	batch_settle(t->b, i, "rejected", "bad-payload",
	    pool_dup(t->b->pool, w->text, strlen(w->text)));
	return 0;
}

struct gone *
children_gone(struct ledger *l, struct batch *b, size_t from, size_t to,
    long *n, struct why *w)
{
	struct list t = { .ledger = l, .b = b, .from = from, .to = to };
	size_t i;

	*n = 0;
	for (i = from; i < to; i++)
		if (of_line(&t, i, w) == -1) {
			*n = -1;
			return NULL;
		}
	if (t.n > 1)
		qsort(t.gone, (size_t)t.n, sizeof(*t.gone), by_place);
	*n = t.n;
	return t.gone;
}
