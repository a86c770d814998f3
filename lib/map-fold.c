/* map-fold - what is known before any record comes */

#include <stdlib.h>

#include "map-eval.h"

bool
node_closed(const struct node *n)
{
	int i;

	if (n->op == N_VAR || n->op == N_AS || (n->op == N_CALL &&
	    (n->func->gen != NULL || n->func->flags & FUNC_WORLD)))
		return false;
	for (i = 0; i < n->kids; i++)
		if (!node_closed(n->kid[i]))
			return false;
	return true;
}

static bool
constants(const struct node *n)
{
	int i;

	for (i = 0; i < n->kids; i++)
		if (n->kid[i]->op != N_CONST)
			return false;
	return n->kids > 0;
}

/* A text of which nothing is escaped when it is written, as most are. */
static struct node *
constant(struct pool *pool, struct node *n)
{
	struct buf b = BUF(1 << 20);
	struct val *v = &n->value;

	if (v->kind != V_STRING || v->flags & VF_CLEAN)
		return n;
	val_quote(&b, *v);
	if (!b.over && b.n == v->n + (size_t)2) {
		v->p = pool_dup(pool, b.p + 1, v->n);
		v->flags |= VF_CLEAN;
	}
	buf_free(&b);
	return n;
}

/* Its value, when it has exactly one and no error. */
static struct node *
compute(struct pool *pool, struct node *n)
{
	struct ev e = { .pool = pool, .text = BUF(1 << 20) };
	struct val v;
	int r;

	if (!n->single)
		return n;
	e.hints = xcalloc(1, (n->hint + 1) * sizeof(*e.hints));
	r = ev_one(&e, n, val_null(), &v);
	free(e.hints);
	buf_free(&e.text);
	if (r != EV_ONE || v.flags & VF_TABLE)
		return n;
	n->op = N_CONST;
	n->kids = 0;
	n->value = v;
	return constant(pool, n);
}

static struct node *
decided(struct node *n)
{
	bool yes;

	if (n->kid[0]->op != N_CONST)
		return n;
	yes = val_true(n->kid[0]->value);
	if (n->op == N_IF)
		return n->kid[yes ? 1 : 2];
	if (n->op == N_ALT)
		return n->kid[yes ? 0 : 1];
	if (yes == (n->op == N_OR)) {
		n->op = N_CONST;
		n->kids = 0;
		n->single = true;
		n->value = val_bool(yes);
	}
	return n;
}

/*
 * a | .b.c is a.b.c, and a | values | .b.c is (a | values).b.c: no step of a
 * path is a pipe's.  The path may stand in other places, too: a macro's
 * argument does.
 */
static struct node *
extended(struct pool *pool, struct node *n)
{
	struct node *from, *path = n->kid[1], **at = &path, *step;

	for (from = path; from->op == N_FIELD; )
		from = from->kid[0];
	if (from == path || !n->kid[0]->single || (from->op != N_DOT &&
	    (from->op != N_CALL || !(from->func->flags & FUNC_ITSELF))))
		return n;
	for (; *at != from; at = &step->kid[0]) {
		step = pool_get(pool, sizeof(*step));
		*step = **at;
		step->kid = pool_get(pool, sizeof(*step->kid));
		step->kid[0] = (*at)->kid[0];
		*at = step;
	}
	n->kid[1] = from;
	*at = from->op == N_DOT ? n->kid[0] : n;
	return path;
}

struct node *
fold_node(struct pool *pool, struct node *n, bool whole)
{
	switch (n->op) {
	case N_CONST:
		return constant(pool, n);
	case N_IF: case N_ALT: case N_AND: case N_OR:
		if (whole)
			return n;
		n = decided(n);
		return n->op != N_CONST && n->op != N_IF && n->op != N_ALT &&
		    constants(n) && (n->op == N_AND || n->op == N_OR) ?
		    compute(pool, n) : n;
	case N_PIPE:
		return n->kid[0]->op == N_CONST && node_closed(n->kid[1]) ?
		    compute(pool, n) : extended(pool, n);
	case N_ADD:
		/* a prefix that nobody has set */
		if (n->kid[0]->op == N_CONST &&
		    n->kid[0]->value.kind == V_NULL)
			return n->kid[1];
		return constants(n) ? compute(pool, n) : n;
	case N_FIELD: case N_INDEX: case N_SLICE: case N_NEG: case N_SUB:
	case N_MUL: case N_DIV: case N_MOD: case N_EQ: case N_NE: case N_LT:
	case N_LE: case N_GT: case N_GE: case N_ARRAY: case N_OBJECT:
		return constants(n) ? compute(pool, n) : n;
	default:
		return n;
	}
}
