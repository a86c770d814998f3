/*
 * map-eval - nodes and values into values
 *
 * Most expressions of a map give one value: ev_one() computes those and
 * returns it.  What may give many goes through ev_all() (map-many.c), which
 * hands each value to a continuation; operands that give many are combined as
 * jq does, the last one in the outermost loop.
 */

#include <stdarg.h>
#include <stdio.h>

#include "map-int.h"

/* ev_one() goes on into these with a jump, so that what is simple pays for no
 * frame of theirs. */
#define APART __attribute__((noinline))

int
ev_error(struct ev *e, const char *fmt, ...)
{
	char text[600];
	va_list ap;
	char *copy;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	copy = pool_dup(e->pool, text, strlen(text));
	e->error = val_text(copy, strlen(copy));
	return EV_ERROR;
}

void *
ev_get(struct ev *e, size_t n)
{
	e->memory += n;
	if (e->memory <= MAP_MEMORY)
		return pool_get(e->pool, n);
	e->fatal = true;
	ev_error(e, "needs more than %d MiB of memory", MAP_MEMORY >> 20);
	return NULL;
}

int
ev_text(struct ev *e, struct slice s, struct val *out)
{
	char *p = ev_get(e, s.n);

	if (p == NULL)
		return EV_ERROR;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	*out = val_text(p, s.n);
	return EV_ONE;
}

int
ev_scratch(struct ev *e, struct val *out)
{
	int r;

	if (e->text.over) {
		e->fatal = true;
		buf_reset(&e->text);
		return ev_error(e, "a text is too long");
	}
	r = ev_text(e, buf_all(&e->text), out);
	buf_reset(&e->text);
	return r;
}

int
ev_list(struct ev *e, const struct val *items, size_t n, struct val *out)
{
	size_t i;

	*out = (struct val){ .kind = V_ARRAY, .n = (uint32_t)n,
	    .items = items, .depth = 1 };
	for (i = 0; i < n; i++)
		if (items[i].depth + 1 > out->depth)
			out->depth = items[i].depth + 1;
	if (out->depth <= MAP_VALUE_DEPTH)
		return EV_ONE;
	return ev_error(e, "a value is nested deeper than %d",
	    MAP_VALUE_DEPTH);
}

int
ev_tired(struct ev *e)
{
	e->fatal = true;
	return ev_error(e, "takes more than %d steps", MAP_STEPS);
}

/* A let is computed when a record first asks for it. */
static APART int
var(struct ev *e, uint32_t slot, struct val *out)
{
	struct val v = e->vars[slot];

	if (v.kind == V_ABSENT && e->lets[slot] != NULL) {
		if (ev_only(e, e->lets[slot], e->record, &v) == EV_ERROR)
			return EV_ERROR;
		if (v.kind == V_ABSENT)
			v = val_null();
		e->vars[slot] = v;
	}
	*out = v;
	return EV_ONE;
}

static int
compare(enum op op, struct val a, struct val b)
{
	int c;

	if (op <= N_NE) {
		if (a.kind != b.kind && (a.kind > V_NULL || b.kind > V_NULL))
			return op == N_NE;
		return (a.kind <= V_TRUE || val_equal(a, b)) == (op == N_EQ);
	}
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
		if (i % 2 == 1 && n->func->value(e, v, NULL, &v) != EV_ONE)
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
		*out = val_bool(compare(n->op, arg[0], arg[1]));
		return EV_ONE;
	case N_FORMAT:
		return interpolate(e, n, arg, out);
	default:
		return n->func->value(e, in, arg, out);
	}
}

int
ev_apply(struct ev *e, const struct node *n, struct val in,
    const struct val *arg, struct val *out)
{
	int r = operate(e, n, in, arg, out);

	return r == EV_ERROR && n->guarded && !e->fatal ? EV_NONE : r;
}

/* A single value, without a call where it is there already. */
static inline int
operand(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	switch (n->op) {
	case N_CONST:
		*out = n->value;
		return EV_ONE;
	case N_DOT:
		*out = in;
		return EV_ONE;
	case N_VAR:
		*out = e->vars[n->slot];
		if (out->kind != V_ABSENT)
			return EV_ONE;
		/* fall through */
	default:
		return ev_one(e, n, in, out);
	}
}

static APART int
other_field(struct ev *e, const struct node *n, struct val v,
    struct val *out)
{
	return ev_apply(e, n, v, &v, out);
}

/* A member whose place is the same as last time: the usual case. */
static inline int
field(struct ev *e, const struct node *n, struct val v, struct val *out)
{
	const struct member *m;
	uint32_t hint = e->hints[n->hint];

	if (v.kind == V_OBJECT && hint < v.n && !(v.flags & VF_TABLE)) {
		m = &v.members[hint];
		if (m->key.p == n->value.p && m->key.n == n->value.n) {
			*out = m->value;
			if (out->kind == V_ABSENT)
				out->kind = V_NULL;
			return EV_ONE;
		}
	}
	return other_field(e, n, v, out);
}

/* ---- one value ---- */

static APART int
deep_field(struct ev *e, const struct node *n, struct val in,
    struct val *out)
{
	struct val v;
	int r = operand(e, n->kid[0], in, &v);

	return r == EV_ONE ? field(e, n, v, out) : r;
}

static APART int
one_field(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	const struct node *of = n->kid[0];

	if (of->op == N_DOT)
		return field(e, n, in, out);
	if (of->op == N_VAR && e->vars[of->slot].kind != V_ABSENT)
		return field(e, n, e->vars[of->slot], out);
	return deep_field(e, n, in, out);
}

static APART int
one_pipe(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	struct val v;
	int r = operand(e, n->kid[0], in, &v);

	return r == EV_ONE ? operand(e, n->kid[1], v, out) : r;
}

static APART int
one_if(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	struct val v;
	int r = operand(e, n->kid[0], in, &v);

	return r == EV_ONE ? operand(e, n->kid[val_true(v) ? 1 : 2], in,
	    out) : r;
}

static APART int
one_operands(struct ev *e, const struct node *n, struct val in,
    struct val *out)
{
	struct val arg[OPERANDS];
	int i, r;

	for (i = n->kids - 1; i >= 0; i--)
		if ((r = operand(e, n->kid[i], in, &arg[i])) != EV_ONE)
			return r;
	return ev_apply(e, n, in, arg, out);
}

static APART int
one_few(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	struct val arg[3];
	int i, r;

	for (i = n->kids - 1; i >= 0; i--)
		if ((r = operand(e, n->kid[i], in, &arg[i])) != EV_ONE)
			return r;
	return ev_apply(e, n, in, arg, out);
}

static APART int
one_alternative(struct ev *e, const struct node *n, struct val in,
    struct val *out)
{
	int r = operand(e, n->kid[0], in, out);

	if (r == EV_ERROR || (r == EV_ONE && val_true(*out)))
		return r;
	return operand(e, n->kid[1], in, out);
}

static APART int
one_compare(struct ev *e, const struct node *n, struct val in,
    struct val *out)
{
	struct val a, b;
	int r;

	if ((r = operand(e, n->kid[1], in, &b)) != EV_ONE ||
	    (r = operand(e, n->kid[0], in, &a)) != EV_ONE)
		return r;
	*out = val_bool(compare(n->op, a, b));
	return EV_ONE;
}

static APART int
one_logic(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	int r = operand(e, n->kid[0], in, out);

	if (r != EV_ONE)
		return r;
	if (val_true(*out) == (n->op == N_OR)) {
		*out = val_bool(n->op == N_OR);
		return EV_ONE;
	}
	if ((r = ev_one(e, n->kid[1], in, out)) == EV_ONE)
		*out = val_bool(val_true(*out));
	return r;
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

static APART int
one_try(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	struct val message;
	int r = ev_one(e, n->kid[0], in, out);

	if (r != EV_ERROR)
		return r;
	if ((r = ev_caught(e, n, &message)) != EV_ONE)
		return r;
	return ev_one(e, n->kid[1], message, out);
}

static APART int
one_as(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	struct val saved = e->vars[n->slot], v;
	int r = ev_one(e, n->kid[0], in, &v);

	if (r != EV_ONE)
		return r;
	e->vars[n->slot] = v;
	r = ev_one(e, n->kid[1], in, out);
	e->vars[n->slot] = saved;
	return r;
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
			return ev_error(e, "Object keys must be strings, not "
			    "%s", val_show(kv[i], room, sizeof(room)));
		n = ev_put(m, (size_t)n, kv[i], kv[i + 1]);
	}
	*out = val_object(m, (size_t)n);
	if (out->depth <= MAP_VALUE_DEPTH)
		return EV_ONE;
	return ev_error(e, "a value is nested deeper than %d",
	    MAP_VALUE_DEPTH);
}

static APART int
one_object(struct ev *e, const struct node *n, struct val in,
    struct val *out)
{
	struct val *kv = ev_get(e, (size_t)n->kids * sizeof(*kv));
	int i, r;

	if (kv == NULL)
		return EV_ERROR;
	for (i = 0; i < n->kids; i++)
		if ((r = ev_one(e, n->kid[i], in, &kv[i])) != EV_ONE)
			return r;
	return ev_object(e, kv, n->kids, out);
}

/* Takes the only value of a function that hands values on. */
struct only {
	struct cont k;
	struct val v;
	bool set;
};

static int
take_only(struct ev *e, struct val v, struct cont *self)
{
	struct only *o = (struct only *)self;

	(void)e;
	o->v = v;
	o->set = true;
	return EV_NONE;
}

static APART int
one_gen(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	struct only o = { .k.take = take_only };
	int r = n->func->gen(e, n, in, &o.k);

	if (r != EV_NONE)
		return r;
	*out = o.v;
	return o.set ? EV_ONE : EV_NONE;
}

int
ev_one(struct ev *e, const struct node *n, struct val in, struct val *out)
{
	if (ev_step(e) < 0)
		return EV_ERROR;
	switch (n->op) {
	case N_CONST:
		*out = n->value;
		return EV_ONE;
	case N_DOT:
		*out = in;
		return EV_ONE;
	case N_VAR:
		return var(e, n->slot, out);
	case N_FIELD:
		return one_field(e, n, in, out);
	case N_PIPE:
		return one_pipe(e, n, in, out);
	case N_ALT:
		return one_alternative(e, n, in, out);
	case N_EQ: case N_NE: case N_LT: case N_LE: case N_GT: case N_GE:
		return one_compare(e, n, in, out);
	case N_AND: case N_OR:
		return one_logic(e, n, in, out);
	case N_IF:
		return one_if(e, n, in, out);
	case N_TRY:
		return one_try(e, n, in, out);
	case N_AS:
		return one_as(e, n, in, out);
	case N_ARRAY:
		return ev_array(e, n->kid[0], in, out);
	case N_OBJECT:
		return one_object(e, n, in, out);
	case N_CALL:
		if (n->func->gen != NULL)
			return one_gen(e, n, in, out);
		if (n->kids == 0 && !n->guarded)
			return n->func->value(e, in, NULL, out);
		return one_few(e, n, in, out);
	case N_FORMAT:
		return one_operands(e, n, in, out);
	default:
		return one_few(e, n, in, out);
	}
}
