/*
 * map-want - which places of a record an expression reads
 *
 * An expression is followed with sets of places instead of values.  What
 * looks at a value as a whole (a comparison, most functions, an object built
 * of it) makes its place `whole`; what only passes it on does not.  Places
 * that nobody reaches are never built.
 */

#include "map-known.h"
#include "scan.h"

static const struct want_set nowhere;
static const struct slice none;
const struct slice custom_attributes = { "custom_attributes", 17 };

struct want *
want_new(struct pool *pool)
{
	struct want *w = pool_get(pool, sizeof(*w));

	memset(w, 0, sizeof(*w));
	return w;
}

struct want *
want_key(struct pool *pool, struct want *w, struct slice key)
{
	struct val k = val_slice(key);
	struct want_key *keys;
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (val_equal(w->keys[i].key, k))
			return w->keys[i].want;
	keys = pool_get(pool, (w->n + 1) * sizeof(*keys));
	if (w->n > 0)
		memcpy(keys, w->keys, w->n * sizeof(*keys));
	keys[w->n] = (struct want_key){ k, want_new(pool) };
	keys[w->n].want->known = known_key(w->known, key);
	w->keys = keys;
	return keys[w->n++].want;
}

static struct want *
want_elem(struct pool *pool, struct want *w)
{
	if (w->elem == NULL) {
		w->elem = want_new(pool);
		w->elem->known = known_elem(w->known);
	}
	return w->elem;
}

struct want_set
want_one(struct pool *pool, struct want *w)
{
	struct want_set s = { 1, pool_get(pool, sizeof(*s.at)) };

	s.at[0] = w;
	return s;
}

void
want_whole(struct want_set s)
{
	struct want *w;
	int i;

	for (i = 0; i < s.n; i++)
		for (w = s.at[i]; w != NULL; w = w->made ? w->elem : NULL)
			w->whole = true;
}

static struct want_set
both(struct wanter *w, struct want_set a, struct want_set b)
{
	struct want_set s;
	int i, j;

	if (a.n == 0)
		return b;
	if (b.n == 0)
		return a;
	s.at = pool_get(w->pool, (size_t)(a.n + b.n) * sizeof(*s.at));
	memcpy(s.at, a.at, (size_t)a.n * sizeof(*s.at));
	s.n = a.n;
	for (i = 0; i < b.n; i++) {
		for (j = 0; j < a.n && a.at[j] != b.at[i]; )
			j++;
		if (j == a.n)
			s.at[s.n++] = b.at[i];
	}
	return s;
}

enum step { KEY, ELEM, MADE };

static struct want_set
step(struct wanter *w, struct want_set s, enum step how, struct slice key)
{
	struct want_set out = { s.n, pool_get(w->pool, (size_t)s.n *
	    sizeof(*out.at)) };
	struct want *from;
	int i;

	for (i = 0; i < s.n; i++) {
		from = s.at[i];
		if (how == KEY) {
			out.at[i] = want_key(w->pool, from, key);
		} else if (how == ELEM) {
			out.at[i] = want_elem(w->pool, from);
		} else {
			out.at[i] = want_new(w->pool);
			out.at[i]->made = true;
			out.at[i]->elem = from;
		}
	}
	return out;
}

/* The same for a step of `n` that fails or gives null where it leads nowhere,
 * wherever the value comes from. */
static struct want_set
walk(struct wanter *w, const struct node *n, struct want_set s, enum step how,
    struct slice key)
{
	struct want_set out = step(w, s, how, key);
	int i, from = 0;

	for (i = 0; i < out.n && out.at[i]->known == &known_never; )
		i++;
	while (from < s.n && s.at[from]->known == NULL)
		from++;
	if (w->never != NULL && out.n > 0 && i == out.n && from < s.n)
		w->never(w->ctx, n, s.at[from]->known, key);
	return out;
}

static void
iterate(struct want_set s)
{
	int i;

	for (i = 0; i < s.n; i++)
		s.at[i]->iterated = true;
}

/* All kids are looked at as a whole. */
static struct want_set
looked_at(struct wanter *w, const struct node *n, struct want_set in)
{
	int i;

	for (i = 0; i < n->kids; i++)
		want_whole(want_expr(w, n->kid[i], in));
	return nowhere;
}

static bool
is_scalar(const struct node *n)
{
	return n->op == N_CONST && n->value.kind < V_ARRAY;
}

/* What is inside of an array or object makes it no more equal to a scalar. */
static struct want_set
compare(struct wanter *w, const struct node *n, struct want_set in)
{
	struct want_set a = want_expr(w, n->kid[0], in);
	struct want_set b = want_expr(w, n->kid[1], in);

	if (w->two != NULL)
		w->two(w->ctx, n, a, b);
	if (!is_scalar(n->kid[0]) && !is_scalar(n->kid[1])) {
		want_whole(a);
		want_whole(b);
	}
	return nowhere;
}

static struct want_set
arithmetic(struct wanter *w, const struct node *n, struct want_set in)
{
	struct want_set a = want_expr(w, n->kid[0], in);
	struct want_set b = want_expr(w, n->kid[1], in);

	if (w->two != NULL)
		w->two(w->ctx, n, a, b);
	want_whole(a);
	want_whole(b);
	return nowhere;
}

static bool
is_text(const struct node *n)
{
	return n->op == N_CONST && n->value.kind == V_STRING;
}

/* What custom("code") reads of a list of attributes. */
static void
codes(struct wanter *w, struct want_set lists, struct slice code)
{
	struct want *list;
	int i;

	for (i = 0; i < lists.n; i++) {
		list = lists.at[i];
		if (list->codes == NULL)
			list->codes = want_new(w->pool);
		want_key(w->pool, list->codes, code)->whole = true;
	}
}

static struct want_set
call(struct wanter *w, const struct node *n, struct want_set in)
{
	struct want_set s;
	int flags = n->func->flags;

	if (w->call != NULL)
		w->call(w->ctx, n, in);
	if (flags & FUNC_PASSES) {
		want_whole(want_expr(w, n->kid[0], in));
		return want_expr(w, n->kid[n->kids - 1], in);
	}
	if (flags & FUNC_ITSELF)
		return in;
	if (flags & FUNC_SAME) {
		iterate(in);	/* whether an object is empty counts */
		step(w, in, ELEM, none);
		looked_at(w, n, in);
		return in;
	}
	if (flags & FUNC_CUSTOM && is_text(n->kid[0])) {
		codes(w, walk(w, n, in, KEY, custom_attributes),
		    val_bytes(n->kid[0]->value));
		return nowhere;
	}
	if (flags & FUNC_CUSTOM) {
		s = walk(w, n, walk(w, n, in, KEY, custom_attributes), ELEM,
		    none);
		want_whole(walk(w, n, s, KEY, SLICE("attribute_code")));
		want_whole(walk(w, n, s, KEY, SLICE("value")));
	} else if (flags & FUNC_COUNTS) {
		iterate(in);
		step(w, in, ELEM, none);
	} else if (!(flags & FUNC_SHALLOW)) {
		want_whole(in);
	}
	return looked_at(w, n, in);
}

static struct want_set
path(struct wanter *w, const struct node *n, struct want_set in)
{
	struct want_set s = want_expr(w, n->kid[0], in);
	const struct node *key = n->kids > 1 ? n->kid[1] : NULL;

	switch (n->op) {
	case N_FIELD:
		return walk(w, n, s, KEY, val_bytes(n->value));
	case N_EACH:
		iterate(s);
		return walk(w, n, s, ELEM, none);
	case N_SLICE:
		want_whole(want_expr(w, n->kid[1], in));
		want_whole(want_expr(w, n->kid[2], in));
		/* its elements are elements of the same place */
		step(w, s, ELEM, none);
		return s;
	default:
		if (key->op == N_CONST && key->value.kind == V_NUMBER)
			return walk(w, n, s, ELEM, none);
		if (key->op == N_NEG && key->kid[0]->op == N_CONST)
			return walk(w, n, s, ELEM, none);
		want_whole(s);
		want_whole(want_expr(w, key, in));
		return nowhere;
	}
}

struct want_set
want_expr(struct wanter *w, const struct node *n, struct want_set in)
{
	struct want_set s;

	switch (n->op) {
	case N_CONST:
		return nowhere;
	case N_DOT:
		return in;
	case N_VAR:
		return w->vars[n->slot];
	case N_FIELD: case N_INDEX: case N_SLICE: case N_EACH:
		return path(w, n, in);
	case N_PIPE:
		return want_expr(w, n->kid[1], want_expr(w, n->kid[0], in));
	case N_COMMA: case N_ALT:
		s = want_expr(w, n->kid[0], in);
		return both(w, s, want_expr(w, n->kid[1], in));
	case N_AND: case N_OR:
		want_expr(w, n->kid[0], in);
		want_expr(w, n->kid[1], in);
		return nowhere;
	case N_IF:
		want_expr(w, n->kid[0], in);
		s = want_expr(w, n->kid[1], in);
		return both(w, s, want_expr(w, n->kid[2], in));
	case N_TRY:
		s = want_expr(w, n->kid[0], in);
		return n->kids == 1 ? s :
		    both(w, s, want_expr(w, n->kid[1], nowhere));
	case N_AS:
		s = want_expr(w, n->kid[0], in);
		w->vars[n->slot] = both(w, w->vars[n->slot], s);
		return want_expr(w, n->kid[1], in);
	case N_EQ: case N_NE: case N_LT: case N_LE: case N_GT: case N_GE:
		return compare(w, n, in);
	case N_ARRAY:
		return step(w, want_expr(w, n->kid[0], in), MADE, none);
	case N_CALL:
		return call(w, n, in);
	case N_ADD: case N_SUB: case N_DIV: case N_MOD:
		return arithmetic(w, n, in);
	default:
		return looked_at(w, n, in);
	}
}

/* A list that does not look as lists of attributes do is searched. */
static void
finish_codes(struct pool *pool, struct want *w, uint32_t *places)
{
	struct want *elem;

	w->coded = w->elem == NULL;
	elem = want_elem(pool, w);
	want_key(pool, elem, SLICE("attribute_code"))->whole = true;
	want_key(pool, elem, SLICE("value"))->whole = true;
	w->codes->place = (*places)++;
}

void
want_finish(struct pool *pool, struct want *w, uint32_t *places)
{
	uint32_t i;

	if (w->whole)
		return;
	if (w->codes != NULL)
		finish_codes(pool, w, places);
	if (w->elem != NULL)
		want_finish(pool, w->elem, places);
	if (w->n > 0)
		w->place = (*places)++;
	for (i = 0; i < w->n; i++)
		want_finish(pool, w->keys[i].want, places);
}
