/* map-apply - operators and functions whose operands are values already */

#include "map-eval.h"

/* A function's input and arguments, as far as it looks at them. */
static inline int
look(struct ev *e, const struct node *n, const struct val *in,
    const struct val *arg)
{
	int i, flags = n->func->flags;

	if (!(flags & (FUNC_SHALLOW | FUNC_CUSTOM | FUNC_ITSELF)) &&
	    (in->kind == V_STRING || !(flags & FUNC_COUNTS)) &&
	    ev_look(e, in) == EV_ERROR)
		return EV_ERROR;
	for (i = 0; i < n->kids; i++)
		if (ev_look(e, &arg[i]) == EV_ERROR)
			return EV_ERROR;
	return EV_ONE;
}

int
ev_call(struct ev *e, const struct node *n, const struct val *in,
    const struct val *arg, struct val *out)
{
	return look(e, n, in, arg) == EV_ERROR ? EV_ERROR :
	    n->func->value(e, *in, arg, out);
}

/* Only what is of one type is looked into. */
static inline int
look_both(struct ev *e, const struct val *a, const struct val *b)
{
	return a->kind != b->kind || a->kind < V_STRING ||
	    (ev_look(e, a) == EV_ONE && ev_look(e, b) == EV_ONE) ? EV_ONE :
	    EV_ERROR;
}

static inline bool
equal(struct val a, struct val b)
{
	if (a.kind != b.kind)
		return a.kind <= V_NULL && b.kind <= V_NULL;
	if (a.kind == V_NUMBER && a.flags & b.flags & VF_TEXT &&
	    a.n == b.n && memcmp(a.p, b.p, a.n) == 0)
		return true;
	return a.kind <= V_TRUE || val_equal(a, b);
}

static bool
compare(enum op op, struct val a, struct val b)
{
	int c;

	if (op <= N_NE)
		return equal(a, b) == (op == N_EQ);
	c = val_cmp(a, b);
	switch (op) {
	case N_LT:
		return c < 0;
	case N_LE:
		return c <= 0;
	case N_GT:
		return c > 0;
	default:
		return c >= 0;
	}
}

int
ev_compare(struct ev *e, enum op op, const struct val *a,
    const struct val *b, struct val *out)
{
	if (look_both(e, a, b) == EV_ERROR)
		return EV_ERROR;
	*out = val_bool(compare(op, *a, *b));
	return EV_ONE;
}

static int
negate(struct ev *e, struct val v, struct val *out)
{
	char room[64];

	if (v.kind != V_NUMBER)
		return ev_error(e, "%s cannot be negated", val_show(v, room,
		    sizeof(room)));
	*out = val_double(-val_number(v));
	return EV_ONE;
}

/* Text between the \( ) as it stands, their values in the format. */
static int
interpolate(struct ev *e, const struct node *n, const struct val *part,
    struct val *out)
{
	struct buf all = e->text;
	struct val v;
	int i;

	e->text = (struct buf){ .max = all.max };
	for (i = 0; i < n->kids; i++) {
		v = part[i];
		if (i % 2 == 1 && (ev_look(e, &v) != EV_ONE ||
		    n->func->value(e, v, NULL, &v) != EV_ONE))
			break;
		buf_slice(&all, val_bytes(v));
	}
	buf_free(&e->text);
	e->text = all;
	if (i == n->kids)
		return ev_scratch(e, out);
	buf_reset(&e->text);
	return EV_ERROR;
}

/* An operator whose operands are values. */
static int
operate(struct ev *e, const struct node *n, struct val in,
    const struct val *arg, struct val *out)
{
	switch (n->op) {
	case N_FIELD:
		return ev_index(e, arg[0], n->value, &e->hints[n->hint], out);
	case N_INDEX:
		return ev_index(e, arg[0], arg[1], &e->hints[n->hint], out);
	case N_SLICE:
		return ev_slice(e, arg[0], arg[2], arg[1], out);
	case N_NEG:
		return negate(e, arg[0], out);
	case N_ADD: case N_SUB: case N_MUL: case N_DIV: case N_MOD:
		return ev_arith(e, n->op, arg[0], arg[1], out);
	case N_EQ: case N_NE: case N_LT: case N_LE: case N_GT: case N_GE:
		return ev_compare(e, n->op, &arg[0], &arg[1], out);
	case N_FORMAT:
		return interpolate(e, n, arg, out);
	default:
		return ev_call(e, n, &in, arg, out);
	}
}

int
ev_apply(struct ev *e, const struct node *n, struct val in,
    const struct val *arg, struct val *out)
{
	int r = operate(e, n, in, arg, out);

	return r == EV_ERROR && n->guarded && !e->fatal ? EV_NONE : r;
}

/* Keys must be text; `kv` holds key and value in turn. */
int
ev_object(struct ev *e, const struct val *kv, int kids, struct val *out)
{
	struct member *m = ev_get(e, (size_t)kids / 2 * sizeof(*m));
	char room[64];
	int i, n = 0;

	if (m == NULL)
		return EV_ERROR;
	for (i = 0; i < kids; i += 2) {
		if (kv[i].kind != V_STRING)
			return ev_error(e, "Cannot use %s as object key",
			    val_show(kv[i], room, sizeof(room)));
		n = ev_put(m, (size_t)n, kv[i], kv[i + 1]);
	}
	*out = val_object(m, (size_t)n);
	if (out->depth <= MAP_VALUE_DEPTH)
		return EV_ONE;
	return ev_error(e, "a value is nested deeper than %d",
	    MAP_VALUE_DEPTH);
}
