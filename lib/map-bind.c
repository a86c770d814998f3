/*
 * map-bind - `Term as PATTERN | body` into nodes
 *
 * A pattern becomes one binding for each of its names, outermost the first:
 *	. as [$a, {b: $c}] | body
 * is
 *	. as $t | $t[0] as $a | $t[1].b as $c | body
 * and the alternatives of ?// are tried, each with the names of all of them:
 *	. as $t | . as $in | try (body of the first) catch ($in | the next)
 */

#include "map-parse.h"

struct pattern {
	struct pattern *next;	/* in the array or object around it */
	struct node *key;	/* there: an index, a name, an expression */
	struct name *name;	/* what it binds, or NULL */
	struct pattern *inside;	/* or NULL */
};

enum { ALTERNATIVES = 8, NAMES = 64 };

struct binding {
	struct parser *p;
	const char *at;
	struct pattern *alternative[ALTERNATIVES];
	struct name name[NAMES];
	int alternatives, names;
	uint32_t source, input;	/* slots */
	struct node *body;
};

/* ---- reading ---- */

/* The name at hand; one that the patterns have already is the same. */
static struct name *
pattern_name(struct binding *b)
{
	struct slice name = b->p->lex.text;
	struct name *n;
	int i;

	for (i = 0; i < b->names; i++)
		if (slice_eq(b->name[i].name, name))
			break;
	if (i == NAMES) {
		parse_stop(b->p, b->p->lex.at, "too many names behind 'as'");
		return NULL;
	}
	n = &b->name[i];
	if (i == b->names) {
		*n = (struct name){ .name = name,
		    .slot = (*b->p->slots)++ };
		b->names++;
	}
	parse_next(b->p);
	return n;
}

static struct pattern *pattern(struct binding *b);

static struct pattern *
pattern_new(struct parser *p)
{
	struct pattern *t = pool_get(p->pool, sizeof(*t));

	memset(t, 0, sizeof(*t));
	return t;
}

static void
array_pattern(struct binding *b, struct pattern **list)
{
	struct parser *p = b->p;
	const char *at = p->lex.at;
	double i = 0;

	do {
		if ((*list = pattern(b)) == NULL)
			return;
		(*list)->key = parse_constant(p, at, val_double(i++));
		list = &(*list)->next;
	} while (parse_op(p, ","));
	parse_expect(p, "]", "at the end of the pattern");
}

/* $a, $a: PATTERN, or a key as in an object and PATTERN. */
static struct pattern *
member_pattern(struct binding *b)
{
	struct parser *p = b->p;
	const char *at = p->lex.at;
	struct pattern *t;
	struct name *name = NULL;
	struct node *key = NULL;

	if (p->lex.kind == T_VAR || p->lex.kind == T_NAME)
		key = parse_constant(p, at, val_slice(p->lex.text));
	if (p->lex.kind == T_VAR) {
		name = pattern_name(b);
	} else if (p->lex.kind == T_NAME) {
		parse_next(p);
	} else if (p->lex.kind == T_STRING) {
		key = parse_string(p, NULL);
	} else if (parse_op(p, "(")) {
		key = parse_pipe(p, true);
		parse_expect(p, ")", "behind a computed key");
	} else {
		parse_stop(p, at, "a key or a $name expected in the pattern");
	}
	if (name != NULL && !lex_op(&p->lex, ":"))
		t = pattern_new(p);
	else {
		parse_expect(p, ":", "behind a key of the pattern");
		t = pattern(b);
		if (t != NULL && name != NULL && t->name != NULL) {
			/* {$a: $b}: one value, two names */
			struct pattern *outer = pattern_new(p);

			outer->inside = t;
			t = outer;
		}
	}
	if (t == NULL || key == NULL)
		return NULL;
	if (name != NULL)
		t->name = name;
	t->key = key;
	return t;
}

static void
object_pattern(struct binding *b, struct pattern **list)
{
	do {
		if ((*list = member_pattern(b)) == NULL)
			return;
		list = &(*list)->next;
	} while (parse_op(b->p, ","));
	parse_expect(b->p, "}", "at the end of the pattern");
}

static struct pattern *
pattern(struct binding *b)
{
	struct parser *p = b->p;
	struct pattern *t = pattern_new(p);

	if (++p->depth > MAP_EXPR_DEPTH) {
		parse_stop(p, p->lex.at, "nested too deep: "
		    "give a part of it a name with let");
		return NULL;
	}
	if (p->lex.kind == T_VAR)
		t->name = pattern_name(b);
	else if (parse_op(p, "["))
		array_pattern(b, &t->inside);
	else if (parse_op(p, "{"))
		object_pattern(b, &t->inside);
	else
		parse_stop(p, p->lex.at, "a $name, [ or { expected behind "
		    "'as'");
	p->depth--;
	return p->dead || p->failed ? NULL : t;
}

/* ---- building ---- */

static struct node *
variable(struct binding *b, uint32_t slot)
{
	struct node *n = node_new(b->p, N_VAR, b->at, 0);

	n->slot = slot;
	return parse_finish(b->p, n);
}

static struct node *
bind(struct binding *b, struct node *value, uint32_t slot, struct node *rest)
{
	struct node *n = node_new(b->p, N_AS, b->at, 2);

	n->slot = slot;
	n->kid[0] = value;
	n->kid[1] = rest;
	return parse_finish(b->p, n);
}

static struct node *bind_all(struct binding *b, const struct pattern *t,
    uint32_t slot, struct node *rest);

/* One part of a value that stands in `slot`. */
static struct node *
bind_part(struct binding *b, const struct pattern *t, uint32_t slot,
    struct node *rest)
{
	struct parser *p = b->p;
	struct node *value, *whole = variable(b, slot);
	uint32_t part = t->name != NULL ? t->name->slot : (*p->slots)++;

	if (t->key->op == N_CONST)
		value = parse_field(p, whole, t->key);
	else			/* the key is computed from the value */
		value = parse_two(p, N_PIPE, b->at, whole, parse_field(p,
		    parse_finish(p, node_new(p, N_DOT, b->at, 0)), t->key));
	return bind(b, value, part, bind_all(b, t->inside, part, rest));
}

/* What is in an array or object, the first outermost. */
static struct node *
bind_all(struct binding *b, const struct pattern *t, uint32_t slot,
    struct node *rest)
{
	if (t == NULL)
		return rest;
	rest = bind_all(b, t->next, slot, rest);
	if (t->key == NULL)	/* {$a: $b} */
		return bind(b, variable(b, slot), t->name->slot, rest);
	return bind_part(b, t, slot, rest);
}

/* Names that only other alternatives have are null in this one. */
static struct node *
bind_alternative(struct binding *b, const struct pattern *t)
{
	struct node *n = b->body;
	int i;

	n = t->name != NULL ? bind(b, variable(b, b->source), t->name->slot,
	    n) : bind_all(b, t->inside, b->source, n);
	for (i = 0; b->alternatives > 1 && i < b->names; i++)
		n = bind(b, parse_constant(b->p, b->at, val_null()),
		    b->name[i].slot, n);
	return n;
}

static struct node *
bind_from(struct binding *b, int i)
{
	struct node *n, *first = bind_alternative(b, b->alternative[i]);

	if (i + 1 == b->alternatives)
		return first;
	n = node_new(b->p, N_TRY, b->at, 2);
	n->kid[0] = first;
	n->kid[1] = parse_two(b->p, N_PIPE, b->at, variable(b, b->input),
	    bind_from(b, i + 1));
	return parse_finish(b->p, n);
}

/* ---- both ---- */

/* ?// is no token of its own: behind a term it is ? and then //. */
static bool
another(struct parser *p)
{
	if (p->dead || !lex_op(&p->lex, "?") || p->lex.end - p->lex.p < 2 ||
	    memcmp(p->lex.p, "//", 2) != 0)
		return false;
	parse_next(p);
	parse_next(p);
	return true;
}

static void
alternatives(struct binding *b)
{
	struct parser *p = b->p;

	do {
		if (b->alternatives == ALTERNATIVES) {
			parse_stop(p, p->lex.at, "too many ?//");
			return;
		}
		b->alternative[b->alternatives++] = pattern(b);
	} while (another(p));
}

/* The body with the names of all patterns. */
static void
body(struct binding *b)
{
	struct name *outer = b->p->names;
	int i, before = b->p->nodes;

	for (i = 0; i < b->names; i++) {
		b->name[i].next = b->p->names;
		b->p->names = &b->name[i];
	}
	b->body = parse_pipe(b->p, true);
	b->p->names = outer;
	/* it stands in each alternative, and is looked at as often */
	b->p->nodes += (b->p->nodes - before) * (b->alternatives - 1);
	if (b->p->nodes >= MAP_EXPR_NODES)
		parse_stop(b->p, b->at, "this expression is too long");
}

struct node *
parse_binding(struct parser *p, struct node *source)
{
	struct binding b = { .p = p, .at = p->lex.at };
	struct node *n, *dot;

	parse_next(p);
	alternatives(&b);
	if (p->each != NULL && p->macro == NULL && p->lex.kind == T_END &&
	    b.alternative[0] != NULL && b.alternative[0]->name != NULL) {
		*p->each = b.name[0].name;	/* the end of an each directive */
		return source;
	}
	parse_expect(p, "|", "behind 'as $name'");
	if (p->dead || p->failed)
		return NULL;
	body(&b);
	if (b.body == NULL || p->dead)
		return NULL;
	if (b.alternatives == 1 && b.alternative[0]->name != NULL)
		return bind(&b, source, b.name[0].slot, b.body);
	b.source = (*p->slots)++;
	b.input = (*p->slots)++;
	n = bind_from(&b, 0);
	if (b.alternatives > 1) {
		dot = parse_finish(p, node_new(p, N_DOT, b.at, 0));
		n = bind(&b, dot, b.input, n);
	}
	return bind(&b, source, b.source, n);
}
