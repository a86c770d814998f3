/*
 * map-check - what is no mistake in a map and yet looks like one
 *
 * The expressions are followed as map-want follows them, over the places that
 * records are known to have.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "map-known.h"
#include "map-reader.h"

/* ---- records of the store ---- */

enum { PLACES = 100000 };	/* of all records that are looked at */

struct map_known {
	struct pool *pool, *line;
	struct known *root;
	long left;
};

struct map_known *
map_known_new(void)
{
	struct map_known *k = xcalloc(1, sizeof(*k));

	k->pool = pool_new();
	k->line = pool_new();
	k->root = known_new(k->pool);
	k->left = PLACES;
	return k;
}

int
map_known_line(struct map_known *k, struct slice line, struct why *w)
{
	struct val v;

	pool_reset(k->line);
	if (val_parse(line, k->line, &v, w) == -1)
		return -1;
	if (v.kind != V_OBJECT)
		return why_code(w, WHY_DATA, "bad-json", "no object");
	known_record(k->root, v, &k->left, k->pool);
	return 0;
}

void
map_known_free(struct map_known *k)
{
	if (k == NULL)
		return;
	pool_free(k->pool);
	pool_free(k->line);
	free(k);
}

/* ---- doubts ---- */

struct check {
	struct map_set *set;
	struct map *map;
	struct want *root;
};

bool
doubt(struct map_set *s, const struct map *m, const char *at,
    const char *fmt, ...)
{
	char text[512];
	va_list ap;
	size_t i;

	for (i = 0; i < s->n_doubts; i++)
		if (s->doubts[i].at == at)
			return false;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	MORE(s->pool, s->doubts, s->n_doubts);
	s->doubts[s->n_doubts++] = (struct doubt){ m, at,
		pool_dup(s->pool, text, strlen(text)) };
	return true;
}

/* "sales-rules" is a sales rule. */
static void
put_entity(struct buf *b, struct slice entity)
{
	size_t i, n = entity.n - (entity.p[entity.n - 1] == 's');

	for (i = 0; i < n; i++)
		buf_char(b, entity.p[i] == '-' ? ' ' : entity.p[i]);
}

static void
never(void *ctx, const struct node *n, const struct known *from,
    struct slice key)
{
	struct check *c = ctx;
	const struct known *near = key.p == NULL ? NULL :
	    known_nearest(from, key);
	struct buf b = BUF(1 << 16);

	known_path(&b, from);
	if (key.p == NULL)
		buf_fmt(&b, "%s[]", from->up == NULL ? "." : "");
	else
		known_name(&b, key);
	buf_str(&b, ": no ");
	put_entity(&b, c->set->from);
	buf_fmt(&b, " that we know has %s", key.p == NULL ?
	    "a list there" : "it");
	if (near != NULL) {
		buf_str(&b, "; nearest is ");
		known_path(&b, near);
	}
	doubt(c->set, c->map, n->at, "%s", buf_cstr(&b));
	buf_free(&b);
}

/* The code of custom() or label() that `n` is. */
static void
check_attribute(struct check *c, const struct node *n, struct slice entity)
{
	struct slice code = val_bytes(n->kid[0]->value);
	bool label = slice_is(entity, "any");
	struct near near;
	long options;

	near_start(&near, code);
	options = ref_attribute(c->set->world.ref, entity, code, &near);
	if (label)
		ref_listed(code, &near);
	if (options == -1)
		doubt(c->set, c->map, n->kid[0]->at, "the store has no "
		    "attribute '%.*s'%s%s", (int)code.n, code.p,
		    near_best(&near) ? "; nearest is " : "",
		    near_best(&near) ? near_best(&near) : "");
	else if (options == 0 && label)
		doubt(c->set, c->map, n->kid[0]->at, "the attribute '%.*s' "
		    "has no options, so no label", (int)code.n, code.p);
}

/* has("x") of what never has it. */
static void
check_has(struct check *c, const struct node *n, struct want_set in)
{
	struct slice key = val_bytes(n->kid[0]->value);
	int i;

	for (i = 0; i < in.n; i++)
		if (known_key(in.at[i]->known, key) != &known_never)
			return;
	if (in.n > 0)
		never(c, n->kid[0], in.at[0]->known, key);
}

static bool
is_constant_text(const struct node *n)
{
	return n->op == N_CONST && n->value.kind == V_STRING;
}

/* ---- types ---- */

/* The one type that an operand always has but for null, or 0. */
static unsigned
type_of(const struct node *n, struct want_set from)
{
	unsigned all = 0;
	int i;

	if (n->op == N_CONST)
		return known_scalar(n->value);
	if (n->op != N_FIELD)	/* else it may be another one's place */
		return 0;
	for (i = 0; i < from.n; i++) {
		if (from.at[i]->known == NULL || from.at[i]->known->object ||
		    from.at[i]->known->array ||
		    from.at[i]->known->scalars == 0)
			return 0;
		all |= from.at[i]->known->scalars;
	}
	return (all & (all - 1)) == 0 ? all : 0;
}

static const char *
type_name(unsigned type)
{
	return type == KNOWN_NUMBER ? "a number" : type == KNOWN_TEXT ?
	    "a text" : "true or false";
}

static void
two(void *ctx, const struct node *n, struct want_set a, struct want_set b)
{
	static const char *const fails[] = { [N_ADD] = "+ fails: a number "
	    "becomes a text by (.a | text), a text a number by tonumber",
	    [N_SUB] = "- fails", [N_DIV] = "/ fails", [N_MOD] = "% fails",
	    [N_EQ] = "they are never equal", [N_NE] = "they are never equal" };
	struct check *c = ctx;
	unsigned x = type_of(n->kid[0], a), y = type_of(n->kid[1], b), t;
	struct buf path = BUF(1 << 16);

	if (n->op > N_NE || x == 0 || y == 0 || x == y ||
	    (n->kid[0]->op == N_CONST && n->kid[1]->op == N_CONST))
		return;
	if (n->kid[0]->op == N_CONST) {
		t = x, x = y, y = t;
		a = b;
	}
	known_path(&path, a.at[0]->known);
	doubt(c->set, c->map, n->at, "%s is %s wherever we know it, "
	    "the other side %s: %s", buf_cstr(&path), type_name(x),
	    type_name(y), fails[n->op]);
	buf_free(&path);
}

static void
call(void *ctx, const struct node *n, struct want_set in)
{
	struct check *c = ctx;
	struct slice from = c->set->from, code;

	if (strcmp(n->func->name, "has") == 0 && is_constant_text(n->kid[0]))
		check_has(c, n, in);
	if (c->set->world.ref == NULL || n->kids != 1 ||
	    n->kid[0]->op != N_CONST || n->kid[0]->value.kind != V_STRING)
		return;
	code = val_bytes(n->kid[0]->value);
	if (strcmp(n->func->name, "custom") == 0 && in.n == 1 &&
	    in.at[0] == c->root && (slice_is(from, "products") ||
	    slice_is(from, "customers")))
		check_attribute(c, n, from);
	if (strcmp(n->func->name, "label") == 0 &&
	    !ref_listed(code, NULL))
		check_attribute(c, n, SLICE("any"));
}

static void
try_entity(void *ctx, struct slice entity)
{
	near_try(ctx, entity);
}

/* Nothing is known of what the maps are `from`: is it a slip? */
static void
check_entity(struct map_set *s)
{
	struct near near;
	size_t i;

	near_start(&near, s->from);
	known_entities(try_entity, &near);
	for (i = 0; i < s->n && near_best(&near) != NULL; i++)
		if (s->maps[i].from.p == s->from.p)
			doubt(s, &s->maps[i], s->from.p, "nothing is known "
			    "of %.*s; nearest is %s", (int)s->from.n,
			    s->from.p, near_best(&near));
}

static int
by_place(const void *a, const void *b)
{
	const struct doubt *x = a, *y = b;

	if (x->map != y->map)
		return x->map->index < y->map->index ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

static const struct known *
known_of(struct map_set *s)
{
	struct known *k = s->world.known != NULL ? s->world.known->root :
	    known_new(s->pool);

	if (known_entity(k, s->from, s->pool) || s->world.known != NULL)
		return k;
	check_entity(s);
	return NULL;
}

long
map_check(struct map_set *s, struct buf *out)
{
	struct check c = { .set = s, .root = want_new(s->pool) };
	struct wanter w = { .pool = s->pool, .slots = s->slots,
		.never = never, .call = call, .two = two, .ctx = &c };
	struct want_set root = want_one(s->pool, c.root);
	size_t i, k;

	c.root->known = known_of(s);
	w.vars = xcalloc(s->slots, sizeof(*w.vars));
	for (i = 0; i < s->n; i++) {
		c.map = s->order[i];
		map_wants(s, &w, c.map, root);
		for (k = 0; k < c.map->n_fields; k++)
			if (c.map->fields[k].off)
				want_expr(&w, c.map->fields[k].expr, root);
	}
	free(w.vars);
	if (s->n_doubts > 0)
		qsort(s->doubts, s->n_doubts, sizeof(*s->doubts), by_place);
	for (i = 0; i < s->n_doubts; i++)
		mistake(out, &s->doubts[i].map->source, s->doubts[i].at, "%s",
		    s->doubts[i].text);
	return (long)s->n_doubts;
}
