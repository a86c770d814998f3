/* map-expr - one expression alone, for rec-pick and rec-map --eval */

#include <stdlib.h>

#include "map-file.h"
#include "map-regex.h"
#include "map-time.h"

struct map_expr {
	struct map_set set;	/* of no maps: names, memory, counters */
	struct source source;
	struct node *node;
	struct ev ev;
	struct scanner scanner;
	struct buf text;
};

static void
ignore(void *ctx, struct slice section, struct slice name, const char *at,
    struct val v)
{
	(void)ctx, (void)section, (void)name, (void)at, (void)v;
}

static struct node *
parse(struct map_expr *x, struct buf *mistakes)
{
	struct parser p = { .source = &x->source, .mistakes = mistakes,
		.pool = x->set.pool, .slots = &x->set.slots,
		.hints = &x->set.hints, .keys = &x->set.keys,
		.regexes = x->set.regexes, .names = x->set.names,
		.used = ignore };
	struct node *n;

	lex_start(&p.lex, x->source.text.p, x->source.text.p +
	    x->source.text.n);
	n = parse_expr(&p, true);
	return n != NULL && parse_ended(&p) ? n : NULL;
}

/* `all`: the values themselves are looked at, not only whether they are
 * true. */
static void
prepare(struct map_expr *x)
{
	struct map_set *s = &x->set;
	struct wanter w = { .pool = s->pool, .slots = s->slots };
	struct want_set root;

	s->root = want_new(s->pool);
	root = want_one(s->pool, s->root);
	w.vars = xcalloc(s->slots, sizeof(*w.vars));
	s->lets = pool_get(s->pool, (s->slots + 1) * sizeof(*s->lets));
	memset(s->lets, 0, (s->slots + 1) * sizeof(*s->lets));
	want_whole(want_expr(&w, x->node, root));
	want_finish(s->pool, s->root, &s->places);
	free(w.vars);
	x->ev.pool = pool_new();
	x->ev.vars = xcalloc(s->slots + 1, sizeof(*x->ev.vars));
	x->ev.hints = xcalloc(s->hints + 1, sizeof(*x->ev.hints));
	x->ev.lets = s->lets;
	x->ev.text = BUF(64 << 20);
	x->ev.zones = zones_new(&s->world);
	x->ev.constants = s->regexes;
	x->ev.ref = s->world.ref;
	scanner_start(&x->scanner, x->ev.pool, s->root, s->places);
	x->text = BUF(1 << 16);
}

struct map_expr *
map_expr_open(const struct map_world *world, const char *text,
    struct buf *mistakes)
{
	struct map_expr *x = xcalloc(1, sizeof(*x));

	x->set.pool = pool_new();
	x->set.regexes = regexes_new();
	if (world != NULL)
		x->set.world = *world;
	x->source.file = SLICE("expression");
	x->source.text.n = strlen(text);
	x->source.text.p = pool_dup(x->set.pool, text, x->source.text.n);
	if (names_of_world(&x->set, mistakes) == -1 ||
	    (x->node = parse(x, mistakes)) == NULL) {
		map_expr_close(x);
		return NULL;
	}
	prepare(x);
	return x;
}

void
map_expr_close(struct map_expr *x)
{
	if (x == NULL)
		return;
	pool_free(x->set.pool);
	if (x->ev.pool != NULL)
		pool_free(x->ev.pool);
	free(x->ev.vars);
	free(x->ev.hints);
	buf_free(&x->ev.text);
	zones_free(x->ev.zones);
	regexes_free(x->ev.regexes);
	regexes_free(x->set.regexes);
	scanner_free(&x->scanner);
	buf_free(&x->text);
	free(x);
}

struct taker {
	struct cont k;
	struct buf *out;	/* NULL: only the last value's truth */
	bool yes;
};

static int
take(struct ev *e, struct val v, struct cont *self)
{
	struct taker *t = (struct taker *)self;

	t->yes = val_true(v);
	if (t->out == NULL)
		return EV_NONE;
	val_json(t->out, v);
	buf_char(t->out, '\n');
	if (!t->out->over)
		return EV_NONE;
	e->fatal = true;
	return ev_error(e, "the values are too long");
}

static int
run(struct map_expr *x, struct slice record, struct taker *t, struct why *w)
{
	struct val in;

	pool_reset(x->ev.pool);
	x->ev.memory = 0;
	x->ev.steps = 0;
	x->ev.searched = 0;
	x->ev.unseen = (struct unseen){0};
	x->ev.fatal = false;
	if (scan_record(&x->scanner, record, x->set.root, &in, w) == -1)
		return -1;
	x->ev.vars[x->set.store_slot] = val_null();
	if (in.kind == V_OBJECT && x->set.world.ref != NULL)
		x->ev.vars[x->set.store_slot] = ref_store(x->set.world.ref,
		    val_get(in, SLICE("store_id"), NULL),
		    val_get(in, SLICE("website_id"), NULL), x->ev.pool);
	if (ev_all(&x->ev, x->node, in, &t->k) != EV_ERROR)
		return 0;
	buf_reset(&x->text);
	if (x->ev.error.kind == V_STRING)
		buf_slice(&x->text, val_bytes(x->ev.error));
	else
		val_json(&x->text, x->ev.error);
	return why_code(w, WHY_DATA, "mapping-error", "%s",
	    buf_cstr(&x->text));
}

int
map_expr_true(struct map_expr *x, struct slice record, struct why *w)
{
	struct taker t = { .k.take = take };

	return run(x, record, &t, w) == -1 ? -1 : t.yes;
}

int
map_expr_values(struct map_expr *x, struct slice record, struct buf *out,
    struct why *w)
{
	struct taker t = { .k.take = take, .out = out };

	return run(x, record, &t, w);
}
