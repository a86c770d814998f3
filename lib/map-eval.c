/*
 * map-eval - nodes and values into values
 *
 * Most expressions of a map give one value: ev_one() computes those and
 * returns it.  What may give many goes through ev_all() (map-many.c), which
 * hands each value to a continuation; operands that give many are combined as
 * jq does, the last one in the outermost loop.
 */

#include "map-eval.h"

/*
 * Inside of this file a value is pointed to, where it stands already or in
 * the room that the caller has for it; ev_failed and ev_nothing are none.  One
 * function a kind of node: one() only jumps to it.
 */
const struct val ev_nothing, ev_failed;
static const struct val null = { .kind = V_NULL };

static inline const struct val *one(struct ev *e, const struct node *n,
    const struct val *in, struct val *room);

static inline bool
is_value(const struct val *v)
{
	return v != &ev_nothing && v != &ev_failed;
}

/* What a function gave into `room`. */
static inline const struct val *
given(int r, const struct val *room)
{
	return r == EV_ONE ? room : r == EV_NONE ? &ev_nothing : &ev_failed;
}

/* `values`, which stands in every other field. */
static inline const struct val *
itself(const struct val *in)
{
	return in->kind <= V_NULL ? &ev_nothing : in;
}

/* `text` of what is one already, or a number as it came; NULL: another. */
static inline const struct val *
as_text(const struct val *in, struct val *room)
{
	if (in->kind == V_STRING || in->kind <= V_NULL)
		return in;
	if (in->kind != V_NUMBER || !(in->flags & VF_TEXT))
		return NULL;
	*room = *in;
	room->kind = V_STRING;
	room->flags = VF_CLEAN;
	return room;
}

/* Without a call where it is there already. */
static inline const struct val *
operand(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	if (n->op == N_DOT)
		return in;
	if (n->op == N_CONST)
		return &n->value;
	if (n->op == N_VAR && e->vars[n->slot].kind != V_ABSENT)
		return &e->vars[n->slot];
	if (n->op == N_CALL && n->func->flags & FUNC_ITSELF)
		return itself(in);
	return one(e, n, in, room);
}

static const struct val *
one_const(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	(void)e, (void)in, (void)room;
	return &n->value;
}

static const struct val *
one_dot(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	(void)e, (void)n, (void)room;
	return in;
}

const struct node *
ev_failed_let(const struct ev *e)
{
	return e->error.kind == V_STRING && e->error.p == e->failed.error ?
	    e->failed.let : NULL;
}

/* A let is computed when a record first asks for it. */
static APART const struct val *
let(struct ev *e, uint32_t slot, struct val *room)
{
	room->kind = V_NULL;
	if (ev_only(e, e->lets[slot], e->record, room) == EV_ERROR) {
		if (ev_failed_let(e) == NULL) {	/* the innermost */
			e->failed.let = e->lets[slot];
			e->failed.error = e->error.p;
		}
		return &ev_failed;
	}
	if (room->kind == V_ABSENT)
		room->kind = V_NULL;
	e->vars[slot] = *room;
	return &e->vars[slot];
}

static const struct val *
one_var(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	struct val *v = &e->vars[n->slot];

	(void)in;
	return v->kind == V_ABSENT && e->lets[n->slot] != NULL ?
	    let(e, n->slot, room) : v;
}

static APART const struct val *
other_field(struct ev *e, const struct node *n, const struct val *v,
    struct val *room)
{
	return given(ev_apply(e, n, *v, v, room), room);
}

/* A member whose place is the same as last time: the usual case. */
static inline const struct val *
field(struct ev *e, const struct node *n, const struct val *v,
    struct val *room)
{
	const struct val *member = ev_usual(e, n, v);

	if (member != NULL)
		return member->kind == V_ABSENT ? &null : member;
	return is_value(v) ? other_field(e, n, v, room) : v;
}

static const struct val *
one_field(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	return field(e, n, operand(e, n->kid[0], in, room), room);
}

/* The room is taken by the input of the second. */
static APART const struct val *
then(struct ev *e, const struct node *n, struct val *room)
{
	const struct val in = *room;
	const struct val *v = one(e, n, &in, room);

	if (v == &in) {
		*room = in;
		v = room;
	}
	return v;
}

/* An element of an array, as most are asked for. */
static const struct val *
one_index(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	struct val arg[2];
	const struct val *at = operand(e, n->kid[1], in, &arg[1]), *v;

	if (!is_value(at))
		return at;
	v = operand(e, n->kid[0], in, room);
	if (!is_value(v))
		return v;
	if (v->kind == V_ARRAY && at->kind == V_NUMBER && at->flags == 0 &&
	    at->d >= 0 && at->d < v->n)
		return &v->items[(uint32_t)at->d];
	arg[0] = *v;
	arg[1] = *at;
	return given(ev_apply(e, n, *in, arg, room), room);
}

static const struct val *
one_pipe(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	const struct val *v = operand(e, n->kid[0], in, room);

	if (!is_value(v))
		return v;
	return v == room ? then(e, n->kid[1], room) :
	    operand(e, n->kid[1], v, room);
}

static const struct val *
one_if(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	const struct val *v = operand(e, n->kid[0], in, room);

	return is_value(v) ?
	    operand(e, n->kid[val_true(*v) ? 1 : 2], in, room) : v;
}

/* Operands from the last to the first, as jq does. */
static inline const struct val *
operands(struct ev *e, const struct node *n, const struct val *in,
    struct val *arg, struct val *room)
{
	const struct val *v;
	int i;

	for (i = n->kids - 1; i >= 0; i--) {
		v = operand(e, n->kid[i], in, &arg[i]);
		if (!is_value(v))
			return v;
		arg[i] = *v;
	}
	return given(ev_apply(e, n, *in, arg, room), room);
}

static const struct val *
one_operands(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	struct val arg[OPERANDS];

	return operands(e, n, in, arg, room);
}

static APART const struct val *
one_few(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	struct val arg[3];

	return operands(e, n, in, arg, room);
}

static const struct val *
one_alternative(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	const struct val *v = operand(e, n->kid[0], in, room);

	return v == &ev_failed || (v != &ev_nothing && val_true(*v)) ? v :
	    operand(e, n->kid[1], in, room);
}

/* Both operands, the second first; false: `*b` is what there is instead. */
static inline bool
both(struct ev *e, const struct node *n, const struct val *in,
    const struct val **a, struct val *more, const struct val **b,
    struct val *room)
{
	*b = operand(e, n->kid[1], in, room);
	if (!is_value(*b))
		return false;
	*a = operand(e, n->kid[0], in, more);
	if (is_value(*a))
		return true;
	*b = *a;
	return false;
}

static const struct val *
one_compare(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	struct val more;
	const struct val *a, *b;

	return both(e, n, in, &a, &more, &b, room) ?
	    given(ev_compare(e, n->op, a, b, room), room) : b;
}

static const struct val *
one_arith(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	struct val more;
	const struct val *a, *b;

	if (!both(e, n, in, &a, &more, &b, room))
		return b;
	return given(n->op == N_ADD && a->kind == V_STRING &&
	    b->kind == V_STRING ? ev_concat(e, *a, *b, room) :
	    ev_arith(e, n->op, *a, *b, room), room);
}

static const struct val *
one_logic(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	const struct val *v = operand(e, n->kid[0], in, room);
	bool yes;

	if (!is_value(v))
		return v;
	if ((yes = val_true(*v)) != (n->op == N_OR)) {
		v = operand(e, n->kid[1], in, room);
		if (!is_value(v))
			return v;
		yes = val_true(*v);
	}
	*room = val_bool(yes);
	return room;
}

/* What a handler sees; error(null) is jq's way to leave without a value. */
int
ev_caught(struct ev *e, const struct node *n, struct val *message)
{
	if (e->fatal)
		return EV_ERROR;
	*message = e->error;
	return n->kids == 1 ? EV_NONE : EV_ONE;
}

static const struct val *
one_try(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	const struct val *v = one(e, n->kid[0], in, room);
	int r;

	if (v != &ev_failed)
		return v;
	if ((r = ev_caught(e, n, room)) != EV_ONE)
		return given(r, NULL);
	return then(e, n->kid[1], room);
}

static const struct val *
one_as(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	const struct val *v = one(e, n->kid[0], in, room);
	struct val saved;

	if (!is_value(v))
		return v;
	saved = e->vars[n->slot];
	e->vars[n->slot] = *v;
	v = one(e, n->kid[1], in, room);
	if (is_value(v)) {
		*room = *v;	/* it may be the variable */
		v = room;
	}
	e->vars[n->slot] = saved;
	return v;
}

static const struct val *
one_object(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	struct val *kv = ev_get(e, (size_t)n->kids * sizeof(*kv));
	const struct val *v;
	int i;

	if (kv == NULL)
		return &ev_failed;
	for (i = 0; i < n->kids; i++) {
		v = one(e, n->kid[i], in, &kv[i]);
		if (!is_value(v))
			return v;
		kv[i] = *v;
	}
	return given(ev_object(e, kv, n->kids, room), room);
}

static const struct val *
one_array(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	return given(ev_array(e, n->kid[0], *in, room), room);
}

/* Takes the only value of a function that hands values on. */
struct only {
	struct cont k;
	struct val *v;
	bool set;
};

static int
take_only(struct ev *e, struct val v, struct cont *self)
{
	struct only *o = (struct only *)self;

	(void)e;
	*o->v = v;
	o->set = true;
	return EV_NONE;
}

static APART const struct val *
one_gen(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	struct only o = { .k.take = take_only, .v = room };
	int r = n->func->gen(e, n, *in, &o.k);

	return r == EV_NONE && o.set ? room : given(r, room);
}

/* custom("code") where the scanner has looked for it. */
static APART const struct val *
one_custom(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	const struct node *code = n->kid[0];
	const struct val *v;
	struct val list;

	if (in->kind == V_OBJECT && code->op == N_CONST) {
		if ((v = ev_custom(e, n, in)) != NULL)
			return v->kind == V_ABSENT ? &null : v;
		list = val_get(*in, custom_attributes, &e->hints[n->hint]);
		if (list.kind < V_ARRAY)
			return &null;
		if (list.flags & VF_CODED)
			return val_coded(list, val_bytes(code->value),
			    &e->hints[code->hint]);
	}
	return one_few(e, n, in, room);
}

static const struct val *
one_call(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	const struct val *v;

	if (n->func->flags & FUNC_ITSELF)
		return itself(in);
	if (n->func->flags & FUNC_TEXT && (v = as_text(in, room)) != NULL)
		return v;
	if (n->func->flags & FUNC_CUSTOM)
		return one_custom(e, n, in, room);
	if (n->func->gen != NULL)
		return one_gen(e, n, in, room);
	v = n->kids == 0 ? NULL : &n->kid[0]->value;
	if (n->kids > 1 || n->guarded ||
	    (n->kids == 1 && n->kid[0]->op != N_CONST))
		return one_few(e, n, in, room);
	return given(ev_call(e, n, in, v, room), room);
}

static APART const struct val *
tired(struct ev *e)
{
	ev_tired(e);
	return &ev_failed;
}

static const struct val *(*const ones[])(struct ev *e, const struct node *n,
    const struct val *in, struct val *room) = {
	[N_CONST] = one_const, [N_DOT] = one_dot, [N_VAR] = one_var,
	[N_FIELD] = one_field, [N_INDEX] = one_index, [N_SLICE] = one_few,
	[N_EACH] = one_few, [N_PIPE] = one_pipe, [N_COMMA] = one_few,
	[N_ALT] = one_alternative, [N_AND] = one_logic, [N_OR] = one_logic,
	[N_NEG] = one_few, [N_ADD] = one_arith, [N_SUB] = one_arith,
	[N_MUL] = one_arith, [N_DIV] = one_arith, [N_MOD] = one_arith,
	[N_EQ] = one_compare, [N_NE] = one_compare, [N_LT] = one_compare,
	[N_LE] = one_compare, [N_GT] = one_compare, [N_GE] = one_compare,
	[N_IF] = one_if, [N_TRY] = one_try, [N_AS] = one_as,
	[N_ARRAY] = one_array, [N_OBJECT] = one_object,
	[N_FORMAT] = one_operands, [N_CALL] = one_call,
};

static inline const struct val *
one(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	return __builtin_expect(++e->steps > MAP_STEPS, 0) ? tired(e) :
	    ones[n->op](e, n, in, room);
}

const struct val *
ev_at(struct ev *e, const struct node *n, const struct val *in,
    struct val *room)
{
	return n->single ? one(e, n, in, room) :
	    given(ev_only(e, n, *in, room), room);
}

int
ev_one(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	const struct val *v = one(e, n, &in, out);

	if (v == out)
		return EV_ONE;
	if (!is_value(v))
		return v == &ev_failed ? EV_ERROR : EV_NONE;
	*out = *v;
	return EV_ONE;
}
