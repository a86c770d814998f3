/*
 * map-gives - what an expression can give, whatever the record
 *
 * Expressions are followed with what is known of values instead of values:
 * some that are certain to be possible, and the kinds of the others.  It must
 * never know too much: where a construct is not followed, its values are of
 * any kind.
 */

#include <stdlib.h>

#include "map-file.h"
#include "map-regex.h"

enum { KNOWN_MAX = 10000 };	/* values; more are known by their kind only */

struct kval {			/* a value, and the table it stands in */
	struct val v, row;
	struct slice table;
};

struct given {
	unsigned kinds;
	size_t n;
	const struct kval *v;
};

struct knower {
	struct pool *pool;
	const struct map_set *set;
	struct ev ev;
	struct given *vars;	/* by slot */
	bool *done;		/* vars[slot] is known */
	int depth;
};

static const struct given nothing, anything = { .kinds = MAP_ANY };

static struct given know(struct knower *k, const struct node *n,
    struct given in);

static struct given
kinds(unsigned which)
{
	return (struct given){ .kinds = which };
}

static unsigned
kind_of(struct val v)
{
	switch (v.kind) {
	case V_ABSENT: case V_NULL:
		return MAP_NULL;
	case V_FALSE: case V_TRUE:
		return MAP_BOOL;
	case V_NUMBER:
		return MAP_NUMBER;
	case V_STRING:
		return MAP_TEXT;
	default:
		return MAP_LIST;
	}
}

static bool
is_nothing(struct given a)
{
	return a.kinds == 0 && a.n == 0;
}

/* All kinds that `a` can be of. */
static unsigned
all_kinds(struct given a)
{
	unsigned which = a.kinds;
	size_t i;

	for (i = 0; i < a.n; i++)
		which |= kind_of(a.v[i].v);
	return which;
}

/* ---- sets of values ---- */

static int
by_value(const void *a, const void *b)
{
	const struct kval *x = a, *y = b;

	return val_cmp(x->v, y->v);
}

/* Each value once; n of them at v, which is kept. */
static struct given
distinct(struct kval *v, size_t n, unsigned which)
{
	struct given out = { which, 0, v };
	size_t i;

	if (n > 0)
		qsort(v, n, sizeof(*v), by_value);
	for (i = 0; i < n; i++)
		if (i == 0 || !val_equal(v[i].v, v[out.n - 1].v))
			v[out.n++] = v[i];
	if (out.n > KNOWN_MAX)
		return kinds(all_kinds(out));
	return out;
}

static struct given
both(struct knower *k, struct given a, struct given b)
{
	struct kval *v;

	if (is_nothing(a))
		return b;
	if (is_nothing(b))
		return a;
	if (a.n + b.n == 0)
		return kinds(a.kinds | b.kinds);
	v = pool_get(k->pool, (a.n + b.n) * sizeof(*v));
	if (a.n > 0)
		memcpy(v, a.v, a.n * sizeof(*v));
	if (b.n > 0)
		memcpy(v + a.n, b.v, b.n * sizeof(*v));
	return distinct(v, a.n + b.n, a.kinds | b.kinds);
}

static struct given
one(struct knower *k, struct val v)
{
	struct kval *kv = pool_get(k->pool, sizeof(*kv));

	*kv = (struct kval){ .v = v };
	return (struct given){ .n = 1, .v = kv };
}

/* Compute `n` for each listed value of `in`. */
static struct given
compute(struct knower *k, const struct node *n, struct given in)
{
	struct kval *v = pool_get(k->pool, (in.n + 1) * sizeof(*v));
	size_t i, got = 0;

	for (i = 0; i < in.n; i++) {
		k->ev.steps = k->ev.searched = 0;
		k->ev.memory = 0;
		k->ev.fatal = false;
		v[got] = in.v[i];
		if (ev_one(&k->ev, n, in.v[i].v, &v[got].v) == EV_ONE)
			got++;
	}
	return distinct(v, got, 0);
}

/* ---- tables and paths ---- */

static const struct table *
table_of(struct val v)
{
	return (const struct table *)(const void *)((const char *)v.members -
	    offsetof(struct table, rows));
}

/* What an unknown key finds there, or does not find. */
static struct given
any_row(struct knower *k, struct val t)
{
	const struct table *table = table_of(t);
	struct kval *v = pool_get(k->pool, (t.n + 1) * sizeof(*v));
	size_t i, n = 0;

	for (i = 0; i < t.n; i++)
		v[n++] = (struct kval){ t.members[i].value, t.members[i].key,
		    table->file };
	if (table->missing == TABLE_DEFAULT)
		v[n++] = (struct kval){ .v = table->fallback };
	return distinct(v, n, table->missing == TABLE_PLAIN ? MAP_NULL : 0);
}

static struct given
index_of(struct knower *k, const struct node *n, struct given in)
{
	struct given base = know(k, n->kid[0], in);

	if (base.kinds == 0 && base.n == 1 && base.v[0].v.flags & VF_TABLE)
		return any_row(k, base.v[0].v);
	return is_nothing(base) ? nothing : anything;
}

static struct given
field_of(struct knower *k, const struct node *n, struct given in)
{
	const struct node *of = n->kid[0];
	struct given base;
	struct val name = n->value;

	if (of->op == N_VAR && of->slot == k->set->store_slot)
		return kinds(MAP_TEXT | MAP_NULL | (slice_is(val_bytes(name),
		    "id") || slice_is(val_bytes(name), "website_id") ?
		    MAP_NUMBER : 0));
	base = know(k, of, in);
	if (is_nothing(base))
		return nothing;
	if (base.kinds == 0 && base.n == 1 && base.v[0].v.kind == V_NULL)
		return base;
	return anything;
}

/* ---- what decides ---- */

static bool
is_null_test(const struct node *n)
{
	return (n->op == N_EQ || n->op == N_NE) && n->kid[0]->op == N_DOT &&
	    n->kid[1]->op == N_CONST && n->kid[1]->value.kind == V_NULL;
}

/* What of `in` makes the condition true, and what does not. */
static void
split(struct knower *k, const struct node *cond, struct given in,
    struct given *yes, struct given *no)
{
	struct kval *y, *n;
	struct val v;
	size_t i;
	bool tested = is_null_test(cond);
	unsigned null = in.kinds & MAP_NULL, rest = in.kinds & ~MAP_NULL;

	*yes = *no = in;
	if (!node_closed(cond) || !cond->single)
		return;
	if (tested) {
		yes->kinds = cond->op == N_EQ ? null : rest;
		no->kinds = cond->op == N_EQ ? rest : null;
	}
	yes->v = y = pool_get(k->pool, (in.n + 1) * sizeof(*y));
	no->v = n = pool_get(k->pool, (in.n + 1) * sizeof(*n));
	yes->n = no->n = 0;
	for (i = 0; i < in.n; i++) {
		k->ev.steps = k->ev.searched = 0;
		if (ev_one(&k->ev, cond, in.v[i].v, &v) != EV_ONE)
			continue;
		if (val_true(v))
			y[yes->n++] = in.v[i];
		else
			n[no->n++] = in.v[i];
	}
}

static struct given
condition(struct knower *k, const struct node *n, struct given in)
{
	struct given yes, no, a = nothing, b = nothing;

	split(k, n->kid[0], in, &yes, &no);
	if (!is_nothing(yes))
		a = know(k, n->kid[1], yes);
	if (!is_nothing(no))
		b = know(k, n->kid[2], no);
	return both(k, a, b);
}

static struct given
alternative(struct knower *k, const struct node *n, struct given in)
{
	struct given a = know(k, n->kid[0], in);
	struct kval *v = pool_get(k->pool, (a.n + 1) * sizeof(*v));
	size_t i, kept = 0;

	for (i = 0; i < a.n; i++)
		if (val_true(a.v[i].v))
			v[kept++] = a.v[i];
	a.kinds &= ~(unsigned)MAP_NULL;
	return both(k, (struct given){ a.kinds, kept, v },
	    know(k, n->kid[1], in));
}

/* ---- operators and functions ---- */

static struct given
operator(struct knower *k, const struct node *n, struct given in)
{
	unsigned a = all_kinds(know(k, n->kid[0], in));
	unsigned b = all_kinds(know(k, n->kid[1], in));

	if (a == 0 || b == 0)
		return nothing;
	if (n->op == N_MOD || (n->op == N_SUB && (a == MAP_NUMBER ||
	    b == MAP_NUMBER)))
		return kinds(MAP_NUMBER);
	if (n->op != N_ADD)
		return kinds(a == MAP_NUMBER && b == MAP_NUMBER ? MAP_NUMBER :
		    MAP_NUMBER | MAP_TEXT | MAP_LIST | MAP_NULL);
	if (a == MAP_NULL)
		return kinds(b);
	if (b == MAP_NULL)
		return kinds(a);
	if (a == MAP_NUMBER || b == MAP_NUMBER)
		return kinds(MAP_NUMBER);
	if ((a & ~(MAP_TEXT | MAP_DATE | MAP_LOCAL | MAP_INSTANT)) == 0 ||
	    (b & ~(MAP_TEXT | MAP_DATE | MAP_LOCAL | MAP_INSTANT)) == 0)
		return kinds(MAP_TEXT);
	return anything;
}

static const struct {
	const char *name;
	unsigned kinds;
} results[] = {
	{ "ascii_downcase", MAP_TEXT }, { "ascii_upcase", MAP_TEXT },
	{ "tostring", MAP_TEXT }, { "tojson", MAP_TEXT },
	{ "join", MAP_TEXT }, { "implode", MAP_TEXT }, { "type", MAP_TEXT },
	{ "trim", MAP_TEXT }, { "ltrim", MAP_TEXT }, { "rtrim", MAP_TEXT },
	{ "strftime", MAP_TEXT },
	{ "label", MAP_TEXT | MAP_NULL },
	{ "local_date", MAP_DATE | MAP_NULL },
	{ "local_datetime", MAP_LOCAL | MAP_NULL },
	{ "sf_datetime", MAP_INSTANT | MAP_NULL },
	{ "dsum", MAP_NUMBER | MAP_NULL }, { "dmul", MAP_NUMBER | MAP_NULL },
	{ "dsub", MAP_NUMBER | MAP_NULL }, { "dround", MAP_NUMBER | MAP_NULL },
	{ "ddiv", MAP_NUMBER | MAP_NULL },
	{ "length", MAP_NUMBER }, { "utf8bytelength", MAP_NUMBER },
	{ "tonumber", MAP_NUMBER }, { "floor", MAP_NUMBER },
	{ "ceil", MAP_NUMBER }, { "round", MAP_NUMBER },
	{ "trunc", MAP_NUMBER }, { "fabs", MAP_NUMBER },
	{ "abs", MAP_NUMBER }, { "sqrt", MAP_NUMBER }, { "pow", MAP_NUMBER },
	{ "mktime", MAP_NUMBER },
	{ "not", MAP_BOOL }, { "startswith", MAP_BOOL },
	{ "endswith", MAP_BOOL }, { "has", MAP_BOOL },
	{ "contains", MAP_BOOL }, { "isnan", MAP_BOOL },
	{ "test", MAP_BOOL },
	{ "split", MAP_LIST }, { "explode", MAP_LIST }, { "keys", MAP_LIST },
	{ "empty", 0 }, { "error", 0 },
};

static struct given
call(struct knower *k, const struct node *n, struct given in)
{
	const char *name = n->func->name;
	const unsigned days = MAP_DATE | MAP_LOCAL | MAP_INSTANT | MAP_NULL;
	unsigned from = all_kinds(in);
	size_t i;

	if (is_nothing(in))
		return nothing;
	if (strcmp(name, "values") == 0)
		in.kinds &= ~(unsigned)MAP_NULL;
	if (n->func->flags & FUNC_ITSELF)
		return in;
	if (n->func->flags & FUNC_PASSES)
		return know(k, n->kid[n->kids - 1], in);
	if (strcmp(name, "text") == 0)
		return kinds((from & (days | MAP_TEXT)) |
		    (from & (MAP_BOOL | MAP_NUMBER) ? MAP_TEXT : 0));
	if (strcmp(name, "add_days") == 0)
		return kinds((from & ~days) == 0 ? from :
		    MAP_TEXT | MAP_NULL);
	if (*name == '@')
		return kinds(MAP_TEXT);
	for (i = 0; i < sizeof(results) / sizeof(*results); i++)
		if (strcmp(name, results[i].name) == 0)
			return kinds(results[i].kinds);
	return anything;
}

/* ---- nodes ---- */

static struct given
variable(struct knower *k, uint32_t slot)
{
	const struct node *let = k->set->lets[slot];

	if (!k->done[slot]) {
		k->done[slot] = true;
		k->vars[slot] = anything;	/* an each, $store */
		if (let != NULL)
			k->vars[slot] = know(k, let, anything);
		/* a let without a value is null */
		if (let != NULL && is_nothing(k->vars[slot]))
			k->vars[slot] = kinds(MAP_NULL);
	}
	return k->vars[slot];
}

static struct given
abstract(struct knower *k, const struct node *n, struct given in)
{
	struct given a;

	switch (n->op) {
	case N_CONST:
		return one(k, n->value);
	case N_DOT:
		return in;
	case N_VAR:
		return variable(k, n->slot);
	case N_FIELD:
		return field_of(k, n, in);
	case N_INDEX:
		return index_of(k, n, in);
	case N_SLICE:
		a = know(k, n->kid[0], in);
		return is_nothing(a) ? nothing :
		    kinds(MAP_TEXT | MAP_NULL | MAP_LIST);
	case N_PIPE:
		a = know(k, n->kid[0], in);
		return is_nothing(a) ? nothing : know(k, n->kid[1], a);
	case N_COMMA:
		a = know(k, n->kid[0], in);
		return both(k, a, know(k, n->kid[1], in));
	case N_ALT:
		return alternative(k, n, in);
	case N_IF:
		return condition(k, n, in);
	case N_TRY:
		a = know(k, n->kid[0], in);
		return n->kids == 1 ? a :
		    both(k, a, know(k, n->kid[1], anything));
	case N_AS:
		k->vars[n->slot] = know(k, n->kid[0], in);
		k->done[n->slot] = true;
		return is_nothing(k->vars[n->slot]) ? nothing :
		    know(k, n->kid[1], in);
	case N_AND: case N_OR: case N_EQ: case N_NE: case N_LT: case N_LE:
	case N_GT: case N_GE:
		return kinds(MAP_BOOL);
	case N_NEG:
		return kinds(MAP_NUMBER);
	case N_ADD: case N_SUB: case N_MUL: case N_DIV: case N_MOD:
		return operator(k, n, in);
	case N_ARRAY: case N_OBJECT:
		return kinds(MAP_LIST);
	case N_FORMAT:
		return kinds(MAP_TEXT);
	case N_CALL:
		return call(k, n, in);
	default:
		return anything;
	}
}

/* What is listed is computed, where nothing else decides. */
static struct given
know(struct knower *k, const struct node *n, struct given in)
{
	struct given a = nothing;

	if (++k->depth > 4 * MAP_EXPR_DEPTH) {
		a = anything;
	} else if (in.n == 0 || n->op == N_DOT || n->op == N_CONST ||
	    !n->single || !node_closed(n)) {
		a = abstract(k, n, in);
	} else {
		if (in.kinds != 0)
			a = abstract(k, n, kinds(in.kinds));
		a = both(k, compute(k, n, in), a);
	}
	k->depth--;
	return a;
}

/* ---- maps ---- */

static void
put_values(struct knower *k, struct given a, struct map_sent *f)
{
	struct map_value *to = pool_get(k->pool, (a.n + 1) * sizeof(*to));
	struct buf text = BUF(1 << 24);
	struct val v;
	size_t i;

	for (i = 0; i < a.n; i++) {
		v = a.v[i].v;
		to[i] = (struct map_value){ .kind = kind_of(v),
		    .table = a.v[i].table };
		if (a.v[i].table.p != NULL)
			to[i].key = val_bytes(a.v[i].row);
		if (v.kind == V_STRING) {
			to[i].text = val_bytes(v);
		} else if (v.kind != V_NULL && to[i].kind != MAP_LIST) {
			buf_reset(&text);
			val_json(&text, v);
			to[i].text = (struct slice){ pool_dup(k->pool, text.p,
			    text.n), text.n };
		}
	}
	buf_free(&text);
	f->kinds = a.kinds;
	f->values = to;
	f->n = a.n;
}

struct seeing {
	struct knower k;
	void (*see)(void *ctx, const struct map_sent *f);
	void *ctx;
};

static void
tell(struct seeing *t, const struct map *m, const char *at,
    const struct node *expr, struct map_sent f)
{
	f.line = source_line(&m->source, at);
	put_values(&t->k, know(&t->k, expr, anything), &f);
	t->see(t->ctx, &f);
}

static void
tell_map(struct seeing *t, const struct map *m)
{
	static const char *const whens[] = { "insert", "update", "always" };
	const struct field_map *f;
	const struct rung *g;
	size_t i;
	int p;

	tell(t, m, m->key_at, m->key, (struct map_sent){ .when = "key",
	    .field = m->key_field });
	for (i = 0; i < m->n_rungs; i++)
		for (g = &m->rungs[i], p = 0; p < g->n; p++)
			tell(t, m, g->part[p].at, g->part[p].expr,
			    (struct map_sent){ .when = "match",
			    .field = g->part[p].name, .rung = (int)i });
	for (i = 0; i < m->n_fields; i++) {
		f = &m->fields[i];
		if (!f->off)
			tell(t, m, f->at, f->expr, (struct map_sent){
			    .when = whens[f->when], .field = f->name });
	}
}

/* A step behind another one of the same object takes the record that this
 * one has made. */
static bool
is_later_step(const struct map_set *s, const struct map *m)
{
	const struct map *other;
	size_t i;
	int k;

	for (i = 0; i < s->n; i++)
		for (other = &s->maps[i], k = 0; k < m->n_with; k++)
			if (slice_is(m->with[k], other->name) &&
			    other->phase < m->phase &&
			    slice_eq(other->object, m->object))
				return true;
	return false;
}

static struct map_about
about(const struct map_set *s, const struct map *m)
{
	bool only = m->only != NULL && (m->only_if == NULL ||
	    (m->only_if->op == N_CONST && val_true(m->only_if->value)));
	struct map_about a = { .map = m->name, .file = m->source.file.p,
	    .line = source_line(&m->source, m->object.p),
	    .key = m->key_field };

	a.object = pool_dup(s->pool, m->object.p, m->object.n);
	a.creates = !(only && strcmp(m->only, "update") == 0) &&
	    !is_later_step(s, m);
	a.updates = !(only && strcmp(m->only, "insert") == 0);
	a.deletes = m->prune_at != NULL;
	return a;
}

void
map_sends(struct map_set *s,
    void (*see_map)(void *ctx, const struct map_about *m),
    void (*see)(void *ctx, const struct map_sent *f), void *ctx)
{
	struct seeing t = { .k = { .pool = s->pool, .set = s }, .see = see,
	    .ctx = ctx };
	struct map_about a;
	size_t i;

	t.k.ev.pool = s->pool;
	t.k.ev.text = BUF(1 << 24);
	t.k.ev.constants = s->regexes;
	t.k.ev.hints = xcalloc(s->hints + 1, sizeof(*t.k.ev.hints));
	t.k.vars = xcalloc(s->slots + 1, sizeof(*t.k.vars));
	t.k.done = xcalloc(s->slots + 1, sizeof(*t.k.done));
	for (i = 0; i < s->n; i++) {
		a = about(s, &s->maps[i]);
		see_map(ctx, &a);
		tell_map(&t, &s->maps[i]);
	}
	buf_free(&t.k.ev.text);
	regexes_free(t.k.ev.regexes);
	free(t.k.ev.hints);
	free(t.k.vars);
	free(t.k.done);
}
