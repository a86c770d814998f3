/* map-many - expressions that may give many values, handed on one by one */

#include "map-eval.h"

static int many(struct ev *e, const struct node *n, struct val in,
    struct cont *k);

int
ev_all(struct ev *e, const struct node *n, struct val in, struct cont *k)
{
	struct val v;
	int r;

	if (n->single) {
		r = ev_one(e, n, in, &v);
		return r == EV_ONE ? k->take(e, v, k) : r;
	}
	if (ev_step(e) < 0)
		return EV_ERROR;
	return many(e, n, in, k);
}

struct operands {		/* some have been computed, from the last, or
				 * from the first */
	struct cont k;
	const struct node *n;
	struct val in, *arg;
	struct cont *to;
	int at, by, last;
};

static int
take_operand(struct ev *e, struct val v, struct cont *self)
{
	struct operands *o = (struct operands *)self, inner = *o;
	struct val result;
	int r;

	o->arg[o->at] = v;
	if (o->at != o->last) {
		inner.at += o->by;
		return ev_all(e, o->n->kid[inner.at], o->in, &inner.k);
	}
	r = ev_apply(e, o->n, o->in, o->arg, &result);
	return r == EV_ONE ? o->to->take(e, result, o->to) : r;
}

static int
many_operands(struct ev *e, const struct node *n, struct val in,
    struct cont *k)
{
	struct val arg[OPERANDS];
	struct operands o = { { take_operand }, n, in, arg, k, n->kids - 1, -1,
		0 };

	if (n->op == N_CALL && n->func->flags & FUNC_PARAMS) {
		o.at = 0;
		o.by = 1;
		o.last = n->kids - 1;
	}
	return ev_all(e, n->kid[o.at], in, &o.k);
}

struct members {		/* keys and values, from the first */
	struct cont k;
	const struct node *n;
	struct val in, *kv;
	struct cont *to;
	int at;
};

static int
take_member(struct ev *e, struct val v, struct cont *self)
{
	struct members *o = (struct members *)self, inner = *o;
	struct val result;
	int r;

	o->kv[o->at] = v;
	if (++inner.at < o->n->kids)
		return ev_all(e, o->n->kid[inner.at], o->in, &inner.k);
	r = ev_object(e, o->kv, o->n->kids, &result);
	return r == EV_ONE ? o->to->take(e, result, o->to) : r;
}

static int
many_members(struct ev *e, const struct node *n, struct val in,
    struct cont *k)
{
	struct val *kv = ev_get(e, (size_t)n->kids * sizeof(*kv));
	struct members o = { { take_member }, n, in, kv, k, 0 };

	if (kv == NULL)
		return EV_ERROR;
	return ev_all(e, n->kid[0], in, &o.k);
}

/* A second expression for each value of the first. */
struct then {
	struct cont k;
	const struct node *n;
	struct val in;
	struct cont *to;
	bool found, passed;
};

static int
take_pipe(struct ev *e, struct val v, struct cont *self)
{
	struct then *t = (struct then *)self;

	return ev_all(e, t->n->kid[1], v, t->to);
}

static int
take_if(struct ev *e, struct val v, struct cont *self)
{
	struct then *t = (struct then *)self;

	return ev_all(e, t->n->kid[val_true(v) ? 1 : 2], t->in, t->to);
}

static int
take_truth(struct ev *e, struct val v, struct cont *self)
{
	struct then *t = (struct then *)self;

	return t->to->take(e, val_bool(val_true(v)), t->to);
}

static int
take_logic(struct ev *e, struct val v, struct cont *self)
{
	struct then *t = (struct then *)self;
	struct then rest = { { take_truth }, t->n, t->in, t->to, 0, 0 };

	if (val_true(v) == (t->n->op == N_OR))
		return t->to->take(e, val_bool(t->n->op == N_OR), t->to);
	return ev_all(e, t->n->kid[1], t->in, &rest.k);
}

static int
take_true(struct ev *e, struct val v, struct cont *self)
{
	struct then *t = (struct then *)self;

	if (!val_true(v))
		return EV_NONE;
	t->found = true;
	return t->to->take(e, v, t->to);
}

static int
take_as(struct ev *e, struct val v, struct cont *self)
{
	struct then *t = (struct then *)self;
	struct val saved = e->vars[t->n->slot];
	int r;

	e->vars[t->n->slot] = v;
	r = ev_all(e, t->n->kid[1], t->in, t->to);
	e->vars[t->n->slot] = saved;
	return r;
}

/* An error further down the pipe is not this try's to catch. */
static int
take_tried(struct ev *e, struct val v, struct cont *self)
{
	struct then *t = (struct then *)self;
	int r = t->to->take(e, v, t->to);

	t->passed |= r == EV_ERROR;
	return r;
}

static int
many_try(struct ev *e, const struct node *n, struct val in, struct cont *k)
{
	struct then t = { { take_tried }, n, in, k, false, false };
	struct val message;
	int r = ev_all(e, n->kid[0], in, &t.k);

	if (r != EV_ERROR || t.passed)
		return r;
	if ((r = ev_caught(e, n, &message)) != EV_ONE)
		return r;
	return ev_all(e, n->kid[1], message, k);
}

static int
each(struct ev *e, const struct node *n, struct val v, struct cont *k)
{
	char room[64];
	uint32_t i;
	int r;

	e->absent |= n->lenient && v.kind <= V_NULL;
	if ((n->lenient && v.kind <= V_NULL) ||
	    (n->guarded && v.kind < V_ARRAY))
		return EV_NONE;
	if (v.kind != V_ARRAY && v.kind != V_OBJECT)
		return ev_error(e, "Cannot iterate over %s", v.kind <= V_NULL ?
		    "null (null)" : val_show(v, room, sizeof(room)));
	for (i = 0; i < v.n; i++) {
		if (ev_step(e) < 0)
			return EV_ERROR;
		r = k->take(e, v.kind == V_ARRAY ? v.items[i] :
		    v.members[i].value, k);
		if (r != EV_NONE)
			return r;
	}
	return EV_NONE;
}

static int
take_each(struct ev *e, struct val v, struct cont *self)
{
	struct then *t = (struct then *)self;

	return each(e, t->n, v, t->to);
}

static int
many(struct ev *e, const struct node *n, struct val in, struct cont *k)
{
	struct then t = { { NULL }, n, in, k, false, false };
	int r;

	switch (n->op) {
	case N_PIPE:
		t.k.take = take_pipe;
		break;
	case N_IF:
		t.k.take = take_if;
		break;
	case N_AND: case N_OR:
		t.k.take = take_logic;
		break;
	case N_AS:
		t.k.take = take_as;
		break;
	case N_EACH:
		t.k.take = take_each;
		break;
	case N_TRY:
		return many_try(e, n, in, k);
	case N_COMMA:
		r = ev_all(e, n->kid[0], in, k);
		return r == EV_NONE ? ev_all(e, n->kid[1], in, k) : r;
	case N_ALT:
		t.k.take = take_true;
		r = ev_all(e, n->kid[0], in, &t.k);
		if (r != EV_NONE || t.found)
			return r;
		return ev_all(e, n->kid[1], in, k);
	case N_OBJECT:
		return many_members(e, n, in, k);
	case N_CALL:
		if (n->func->gen != NULL)
			return n->func->gen(e, n, in, k);
		return many_operands(e, n, in, k);
	default:
		return many_operands(e, n, in, k);
	}
	return ev_all(e, n->kid[0], in, &t.k);
}

/* ---- one value of an expression that may give many ---- */

/* Takes one value. */
struct only {
	struct cont k;
	struct val v;
	bool set;
};

static int
take_one(struct ev *e, struct val v, struct cont *self)
{
	struct only *o = (struct only *)self;

	if (o->set)
		return ev_error(e, "gives more than one value");
	o->v = v;
	o->set = true;
	return EV_NONE;
}

int
ev_only(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	struct only o = { .k.take = take_one };
	int r;

	if (n->single)
		return ev_one(e, n, in, out);
	if ((r = ev_all(e, n, in, &o.k)) != EV_NONE)
		return r;
	*out = o.v;
	return o.set ? EV_ONE : EV_NONE;
}

/* ---- all values at once ---- */

static int
ev_room(struct ev *e, struct list *l, size_t cap)
{
	struct val *more = ev_get(e, cap * sizeof(*more));

	if (more == NULL)
		return EV_ERROR;
	if (l->n > 0)
		memcpy(more, l->v, l->n * sizeof(*more));
	l->v = more;
	l->cap = cap;
	return EV_NONE;
}

int
ev_push(struct ev *e, struct list *l, struct val v)
{
	if (l->n == l->cap &&
	    ev_room(e, l, l->cap == 0 ? 16 : l->cap * 2) == EV_ERROR)
		return EV_ERROR;
	if (v.kind == V_ABSENT)
		v.kind = V_NULL;
	l->v[l->n++] = v;
	return EV_NONE;
}

struct items {
	struct cont k;
	struct list list;
};

static int
take_item(struct ev *e, struct val v, struct cont *self)
{
	return ev_push(e, &((struct items *)self)->list, v);
}

static int gather(struct ev *e, const struct node *n, struct val in,
    const struct node *then, struct items *l);

/* What `then` (NULL: nothing more) makes of the only value of `n`. */
static int
gather_one(struct ev *e, const struct node *n, struct val in,
    const struct node *then, struct items *l)
{
	struct val v, more;
	int r = ev_one(e, n, in, &v);

	if (r == EV_ONE && then != NULL) {
		r = ev_one(e, then, v, &more);
		v = more;
	}
	return r == EV_ONE ? ev_push(e, &l->list, v) : r;
}

/* The same of an array's elements. */
static int
gather_each(struct ev *e, struct val list, const struct node *then,
    struct items *l)
{
	struct val v;
	uint32_t i;
	int r;

	if (l->list.cap == 0 && ev_room(e, &l->list, list.n) == EV_ERROR)
		return EV_ERROR;
	for (i = 0; i < list.n; i++) {
		if (ev_step(e) < 0)
			return EV_ERROR;
		r = ev_one(e, then, list.items[i], &v);
		if (r == EV_ONE)
			r = ev_push(e, &l->list, v);
		if (r != EV_NONE)
			return r;
	}
	return EV_NONE;
}

/* Of a, b, c each gives one. */
static bool
singles(const struct node *n)
{
	for (; n->op == N_COMMA; n = n->kid[1])
		if (!singles(n->kid[0]))
			return false;
	return n->single;
}

/* What comes through a pipe to one that gives one, when that is simple;
 * EV_STOP: it is not. */
static int
gather_pipe(struct ev *e, const struct node *n, struct val in,
    struct items *l)
{
	const struct node *from = n->kid[0];
	struct val v;
	int r;

	if (from->op == N_COMMA && singles(from))
		return gather(e, from, in, n->kid[1], l);
	if (from->op != N_EACH || !from->kid[0]->single)
		return EV_STOP;
	r = ev_one(e, from->kid[0], in, &v);
	if (r == EV_ONE)
		return v.kind == V_ARRAY ?
		    gather_each(e, v, n->kid[1], l) : EV_STOP;
	return r;
}

/* [a, b | c] and [.a[] | c] without a continuation for each. */
static int
gather(struct ev *e, const struct node *n, struct val in,
    const struct node *then, struct items *l)
{
	int r;

	for (; n->op == N_COMMA; n = n->kid[1])
		if ((r = gather(e, n->kid[0], in, then, l)) != EV_NONE)
			return r;
	if (n->single)
		return gather_one(e, n, in, then, l);
	if (n->op == N_PIPE && n->kid[1]->single &&
	    (r = gather_pipe(e, n, in, l)) != EV_STOP)
		return r;
	return ev_all(e, n, in, &l->k);
}

int
ev_array(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	struct items l = { .k.take = take_item };
	int r = gather(e, n, in, NULL, &l);

	return r == EV_NONE ? ev_list(e, l.list.v, l.list.n, out) : r;
}
