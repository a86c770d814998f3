/*
 * map-parse - an expression's text into nodes
 *
 * jq's grammar, by recursive descent, from what binds least to what binds
 * most:  |  ,  //  or  and  == < ...  + -  * / %  terms.
 * Terms that are no path are in map-term.c.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "map-hint.h"
#include "map-parse.h"

int
parse_fail(struct parser *p, const char *at, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (p->dead)
		return -1;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	p->failed = true;
	mistake(p->mistakes, p->source, p->call != NULL ? p->call : at, "%s",
	    text);
	return -1;
}

/* A mistake behind which the text cannot be understood. */
struct node *
parse_stop(struct parser *p, const char *at, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	parse_fail(p, at, "%s", text);
	p->dead = true;
	p->lex.kind = T_END;
	return NULL;
}

/* The same for the token that is read now. */
static struct node *
lost(struct parser *p, const char *text)
{
	const char *hint = hint_sign(p->source->text.p, p->lex.at, p->lex.end);

	return parse_stop(p, p->lex.at, "%s%s%s", text, hint != NULL ? "; " : "",
	    hint != NULL ? hint : "");
}

bool
parse_never(struct parser *p, struct slice name, const char *at)
{
	const char *why = never_why(name);

	if (why != NULL)
		parse_stop(p, at, "'%.*s' is not part of this language: %s",
		    (int)name.n, name.p, why);
	return why != NULL;
}

void
parse_next(struct parser *p)
{
	if (p->dead)
		return;
	lex_next(&p->lex);
	if (p->lex.kind == T_BAD)
		lost(p, p->lex.bad);
}

bool
parse_ended(struct parser *p)
{
	if (p->dead || p->failed)
		return false;
	if (p->lex.kind != T_END)
		lost(p, "this does not belong here");
	return !p->dead;
}

bool
parse_op(struct parser *p, const char *op)
{
	if (!lex_op(&p->lex, op))
		return false;
	parse_next(p);
	return true;
}

bool
parse_word(struct parser *p, const char *word)
{
	if (!lex_word(&p->lex, word))
		return false;
	parse_next(p);
	return true;
}

void
parse_expect(struct parser *p, const char *op, const char *where)
{
	if (!parse_op(p, op))
		parse_stop(p, p->lex.at, "'%s' expected %s", op, where);
}

struct node *
node_new(struct parser *p, enum op op, const char *at, int kids)
{
	struct node *n = pool_get(p->pool, sizeof(*n));

	if (++p->nodes >= MAP_EXPR_NODES)
		parse_stop(p, at, "this expression is too long: give a part of "
		    "it a name with let");
	memset(n, 0, sizeof(*n));
	n->op = op;
	n->at = p->call != NULL ? p->call : at;
	n->kids = kids;
	n->hint = (*p->hints)++;
	if (kids > 0) {
		n->kid = pool_get(p->pool, (size_t)kids * sizeof(*n->kid));
		memset(n->kid, 0, (size_t)kids * sizeof(*n->kid));
	}
	return n;
}

/* Set `single`; NULL when a kid is missing, which a mistake explains. */
static struct node *
finish_plain(struct node *n)
{
	int i;

	n->single = n->op != N_COMMA && n->op != N_EACH;
	for (i = 0; i < n->kids; i++) {
		if (n->kid[i] == NULL)
			return NULL;
		n->single &= n->kid[i]->single;
	}
	if (n->op == N_ARRAY)
		n->single = true;
	if (n->op == N_CALL && n->func->gen != NULL &&
	    !(n->func->flags & FUNC_ALIKE))
		n->single = (n->func->flags & FUNC_SINGLE) != 0;
	return n;
}

/*
 * The same, and what settings decide is decided: in
 *	$orders.automatic == false and EXPR
 * nothing is left to do for a record when it is not.
 */
struct node *
parse_finish(struct parser *p, struct node *n)
{
	return finish_plain(n) == NULL ? NULL : fold_node(p->pool, n, p->whole);
}

struct node *
parse_two(struct parser *p, enum op op, const char *at, struct node *a,
    struct node *b)
{
	struct node *n = node_new(p, op, at, 2);

	n->kid[0] = a;
	n->kid[1] = b;
	return parse_finish(p, n);
}

struct node *
parse_constant(struct parser *p, const char *at, struct val v)
{
	struct node *n = node_new(p, N_CONST, at, 0);

	n->value = v;
	return parse_finish(p, n);
}

/* ---- paths ---- */

/* One address for a key wherever it is named, so that most comparisons of
 * keys are of addresses. */
static struct val
intern(struct parser *p, struct val key)
{
	struct interned *i;

	for (i = *p->keys; i != NULL; i = i->next)
		if (val_equal(i->key, key))
			return i->key;
	i = pool_get(p->pool, sizeof(*i));
	*i = (struct interned){ *p->keys, key };
	*p->keys = i;
	return key;
}

struct node *
parse_field(struct parser *p, struct node *base, struct node *key)
{
	struct node *n;

	if (key->op == N_CONST && key->value.kind == V_NUMBER)
		key->value = val_double(val_number(key->value));
	if (key->op != N_CONST || key->value.kind != V_STRING)
		return parse_two(p, N_INDEX, key->at, base, key);
	if (p->row != NULL && base->op == N_CONST &&
	    base->value.flags & VF_TABLE && val_get(base->value,
	    val_bytes(key->value), NULL).kind == V_ABSENT)
		p->row(p->ctx, base->value, val_bytes(key->value), key->at);
	n = node_new(p, N_FIELD, key->at, 1);
	n->kid[0] = base;
	n->value = intern(p, key->value);
	return parse_finish(p, n);
}

/* $orders.typo is a mistake; what is named is noted. */
static struct node *
setting(struct parser *p, struct node *base, struct slice name,
    const char *at)
{
	struct slice section = base->section;
	struct val v = val_get(base->value, name, NULL);
	struct near near;
	uint32_t i;

	if (v.kind == V_ABSENT && slice_is(section, "run")) {
		v.kind = V_NULL;	/* nobody said it */
	} else if (v.kind == V_ABSENT) {
		near_start(&near, name);
		for (i = 0; i < base->value.n; i++)
			near_try(&near, val_bytes(base->value.members[i].key));
		parse_fail(p, at, "unknown setting %.*s.%.*s%s%s%s",
		    (int)section.n, section.p, (int)name.n, name.p,
		    near_best(&near) ? ", did you mean " : "",
		    near_best(&near) ? near_best(&near) : "",
		    near_best(&near) ? "?" : "");
		return NULL;
	}
	p->used(p->ctx, section, name, at + (*at == '.'), v);
	return parse_constant(p, at, v);
}

static void
check_key(struct parser *p, const struct node *base, struct slice name,
    const char *at)
{
	struct near near;
	int i;

	if (base->keys == NULL)
		return;
	near_start(&near, name);
	for (i = 0; base->keys[i] != NULL; i++) {
		if (slice_is(name, base->keys[i]))
			return;
		near_try(&near, slice(base->keys[i]));
	}
	parse_fail(p, at, "there is no '%.*s' here%s%s%s", (int)name.n,
	    name.p, near_best(&near) ? ", did you mean " : "",
	    near_best(&near) ? near_best(&near) : "",
	    near_best(&near) ? "?" : "");
}

static struct node *
named(struct parser *p, struct node *base, struct node *key)
{
	if (base == NULL || key == NULL)
		return NULL;
	if (key->op == N_CONST && key->value.kind == V_STRING) {
		if (base->section.p != NULL)
			return setting(p, base, val_bytes(key->value),
			    key->at);
		check_key(p, base, val_bytes(key->value), key->at);
	}
	return parse_field(p, base, key);
}

static struct node *
slice_node(struct parser *p, struct node *base, struct node *from,
    const char *at)
{
	struct node *n = node_new(p, N_SLICE, at, 3);

	/* of the bounds, jq's outer loop is over the first */
	n->kid[0] = base;
	n->kid[1] = lex_op(&p->lex, "]") ? parse_constant(p, at, val_null()) :
	    parse_pipe(p, true);
	n->kid[2] = from;
	parse_expect(p, "]", "behind the slice");
	return parse_finish(p, n);
}

/* Behind `base[`. */
static struct node *
bracket(struct parser *p, struct node *base)
{
	const char *at = p->lex.at;
	struct node *n, *key;

	if (parse_op(p, "]")) {
		n = node_new(p, N_EACH, at, 1);
		n->kid[0] = base;
		n->lenient = p->each != NULL && p->macro == NULL;
		return parse_finish(p, n);
	}
	if (parse_op(p, ":"))
		return slice_node(p, base, parse_constant(p, at, val_null()), at);
	key = parse_pipe(p, true);
	if (parse_op(p, ":"))
		return slice_node(p, base, key, at);
	parse_expect(p, "]", "behind the index");
	return named(p, base, key);
}

static struct node *
key_token(struct parser *p)
{
	struct node *n = parse_constant(p, p->lex.at, val_slice(p->lex.text));

	parse_next(p);
	return n;
}

/*
 * A `?` right behind a step of a path guards that step alone, and the values
 * before it go on: .a[]?.b[]? passes over what has no elements.  Behind
 * anything else it is `try`.
 */
static struct node *
guard(struct parser *p, struct node *n, bool step)
{
	struct node *t;

	if (n != NULL && step && !n->guarded && n->op != N_CONST) {
		parse_next(p);
		n->guarded = true;
		return n;
	}
	t = node_new(p, N_TRY, p->lex.at, 1);
	parse_next(p);
	t->kid[0] = n;
	return parse_finish(p, t);
}

static struct node *
suffixes(struct parser *p, struct node *n, bool step)
{
	for (;; step = true) {
		if (p->lex.kind == T_FIELD) {
			n = named(p, n, key_token(p));
		} else if (parse_op(p, "[")) {
			n = bracket(p, n);
		} else if (lex_op(&p->lex, "?")) {
			n = guard(p, n, step);
		} else if (parse_op(p, ".")) {
			if (p->lex.kind == T_STRING)
				n = named(p, n, parse_string(p, NULL));
			else if (!lex_op(&p->lex, "["))
				parse_stop(p, p->lex.at, "a name expected behind "
				    "'.'");
		} else {
			return n;
		}
		if (p->dead)
			return NULL;
	}
}

static struct node *
literal_number(struct parser *p)
{
	struct slice s = p->lex.text;
	struct val v = { .kind = V_NULL };
	struct why w;
	char room[64];

	if (val_parse(s, p->pool, &v, &w) == -1) {
		/* jq reads 5. and .5 and 007, which are no JSON */
		snprintf(room, sizeof(room), "%.*s", (int)s.n, s.p);
		v = val_double(strtod(room, NULL));
	}
	parse_next(p);
	return parse_constant(p, s.p, v);
}

static struct node *
term(struct parser *p)
{
	const char *at = p->lex.at;
	struct node *dot, *n;
	char text[24];

	switch (p->lex.kind) {
	case T_NUMBER:
		return literal_number(p);
	case T_STRING:
		return parse_string(p, NULL);
	case T_FORMAT:
		return parse_format(p);
	case T_VAR:
		return parse_variable(p);
	case T_NAME:
		return parse_special(p);
	case T_FIELD:
		return named(p, parse_finish(p, node_new(p, N_DOT, at, 0)),
		    key_token(p));
	case T_END:
		return parse_stop(p, at, "an expression expected");
	default:
		break;
	}
	if (lex_op(&p->lex, "["))
		return parse_array(p);
	if (lex_op(&p->lex, "{"))
		return parse_object(p);
	if (parse_op(p, "(")) {
		n = parse_pipe(p, true);
		parse_expect(p, ")", "to close the parenthesis");
		return n;
	}
	if (lex_op(&p->lex, "..") && parse_never(p, SLICE(".."), at))
		return NULL;
	if (!parse_op(p, ".")) {
		snprintf(text, sizeof(text), "unexpected '%s'", p->lex.op);
		return lost(p, text);
	}
	dot = parse_finish(p, node_new(p, N_DOT, at, 0));
	if (p->lex.kind == T_STRING)
		return named(p, dot, parse_string(p, NULL));
	return dot;
}

struct node *
parse_postfix(struct parser *p)
{
	struct node *n;
	bool step;

	if (++p->depth > MAP_EXPR_DEPTH)
		return parse_stop(p, p->lex.at, "nested too deep: "
		    "give a part of it a name with let");
	step = p->lex.kind == T_FIELD || lex_op(&p->lex, ".");
	n = term(p);
	n = suffixes(p, n, step && n != NULL && n->op != N_DOT);
	if (n != NULL && n->section.p != NULL)
		p->used(p->ctx, n->section, (struct slice){ NULL, 0 },
		    n->at, n->value);
	if (!p->dead && lex_word(&p->lex, "as"))
		n = parse_binding(p, n);
	p->depth--;
	return n;
}

/* ---- operators ---- */

static struct node *binary(struct parser *p, int level);
enum { COMPARISONS = 2, PRODUCTS = 4, LEVELS = 5 };

/* As in jq, the minus of -a * b is that of the product. */
static struct node *
unary(struct parser *p)
{
	const char *at = p->lex.at;
	struct node *n;

	if (!lex_op(&p->lex, "-"))
		return parse_postfix(p);
	if (++p->depth > MAP_EXPR_DEPTH)
		return parse_stop(p, at, "nested too deep: "
		    "give a part of it a name with let");
	parse_next(p);
	n = node_new(p, N_NEG, at, 1);
	n->kid[0] = binary(p, PRODUCTS);
	p->depth--;
	return parse_finish(p, n);
}

struct level {			/* operators that bind alike, to the left */
	const char *text[7];
	enum op op[6];
};

/* From `or` on inward; comparisons do not chain. */
static const struct level levels[] = {
	{ { "or" }, { N_OR } },
	{ { "and" }, { N_AND } },
	{ { "==", "!=", "<", "<=", ">", ">=" },
	    { N_EQ, N_NE, N_LT, N_LE, N_GT, N_GE } },
	{ { "+", "-" }, { N_ADD, N_SUB } },
	{ { "*", "/", "%" }, { N_MUL, N_DIV, N_MOD } },
};

static int
operator(struct parser *p, const struct level *l)
{
	int i;

	for (i = 0; l->text[i] != NULL; i++)
		if (lex_op(&p->lex, l->text[i]) ||
		    lex_word(&p->lex, l->text[i]))
			return i;
	return -1;
}

static struct node *
binary(struct parser *p, int level)
{
	struct node *a = level + 1 < LEVELS ? binary(p, level + 1) : unary(p);
	struct node *b;
	const char *at;
	int i, count = 0;

	while (!p->dead && (i = operator(p, &levels[level])) >= 0) {
		at = p->lex.at;
		if (level == COMPARISONS && count++ > 0)
			return parse_stop(p, at, "comparisons do not chain, use "
			    "parentheses");
		parse_next(p);
		b = level + 1 < LEVELS ? binary(p, level + 1) : unary(p);
		a = parse_two(p, levels[level].op[i], at, a, b);
	}
	return a;
}

static struct node *
alternative(struct parser *p)
{
	struct node *a = binary(p, 0);
	const char *at = p->lex.at;

	if (lex_op(&p->lex, "//") && p->lex.p < p->lex.end &&
	    *p->lex.p == '=' && parse_never(p, SLICE("//="), at))
		return NULL;
	if (parse_op(p, "//"))
		return parse_two(p, N_ALT, at, a, alternative(p));
	return a;
}

struct node *
parse_pipe(struct parser *p, bool comma)
{
	struct node *a;
	const char *at;

	if (p->dead)
		return NULL;
	if (++p->depth > MAP_EXPR_DEPTH)
		return parse_stop(p, p->lex.at, "nested too deep: "
		    "give a part of it a name with let");
	a = alternative(p);
	while (comma && !p->dead && lex_op(&p->lex, ",")) {
		at = p->lex.at;
		parse_next(p);
		a = parse_two(p, N_COMMA, at, a, alternative(p));
	}
	at = p->lex.at;
	if (parse_op(p, "|"))
		a = parse_two(p, N_PIPE, at, a, parse_pipe(p, comma));
	p->depth--;
	if (p->lex.kind == T_OP)	/* an assignment */
		parse_never(p, slice(p->lex.op), p->lex.at);
	return p->dead ? NULL : a;
}

struct node *
parse_expr(struct parser *p, bool comma)
{
	if (p->lex.kind == T_BAD)
		return lost(p, p->lex.bad);
	return parse_pipe(p, comma);
}
