/* map-list - the maps as data */

#include "map-file.h"

/* What stands behind the last // of all, when it is a constant. */
static struct slice
fallback(const struct map_set *s, const struct node *n)
{
	struct buf b = BUF(1 << 20);
	struct slice text = { NULL, 0 };
	struct val v;

	while (n != NULL && n->op == N_PIPE)
		n = n->kid[1];
	while (n != NULL && n->op == N_ALT && n->kid[1]->op == N_ALT)
		n = n->kid[1];
	if (n == NULL || n->op != N_ALT || n->kid[1]->op != N_CONST)
		return text;
	v = n->kid[1]->value;
	if (v.kind == V_STRING)
		return val_bytes(v);
	if (v.kind == V_NUMBER || v.kind == V_TRUE || v.kind == V_FALSE) {
		val_json(&b, v);
		text = (struct slice){ pool_dup(s->pool, b.p, b.n), b.n };
	}
	buf_free(&b);
	return text;
}

/* An expression over several lines on one, without the comments in it. */
static struct slice
one_line(const struct map_set *s, struct slice text)
{
	char *copy = pool_get(s->pool, text.n + 1), *q = copy;
	const char *end = text.p;
	struct lex l;

	if (memchr(text.p, '\n', text.n) == NULL)
		return text;
	for (lex_start(&l, text.p, text.p + text.n); l.kind != T_END &&
	    l.kind != T_BAD; lex_next(&l)) {
		if (l.at > end)
			*q++ = ' ';
		memcpy(q, l.at, (size_t)(l.p - l.at));
		q += l.p - l.at;
		end = l.p;
	}
	return (struct slice){ copy, (size_t)(q - copy) };
}

static struct map_item
item(const struct map *m, const char *at)
{
	return (struct map_item){ .map = m->name, .file = source_file(&m->source, at).p,
		.line = source_line(&m->source, at), .enabled = true,
		.shared = m->shared, .flags = "" };
}

static struct slice
websites(const struct map_set *s, const struct field_map *f)
{
	struct buf b = BUF(1 << 16);
	struct slice all = { NULL, 0 };
	size_t i;

	for (i = 0; i < f->n_sites; i++) {
		buf_str(&b, i == 0 ? "" : ", ");
		buf_slice(&b, f->sites[i]);
	}
	if (b.n > 0)
		all = (struct slice){ pool_dup(s->pool, b.p, b.n), b.n };
	buf_free(&b);
	return all;
}

static void
list_fields(const struct map_set *s, const struct map *m, const char *object,
    void (*see)(void *ctx, const struct map_item *item), void *ctx)
{
	static const char *const whens[] = { "insert", "update", "always" };
	const struct field_map *f;
	struct map_item i;
	size_t k;

	for (k = 0; k < m->n_fields; k++) {
		f = &m->fields[k];
		i = item(m, f->at);
		i.object = object;
		i.field = f->name;
		i.expression = one_line(s, f->text);
		i.when = whens[f->when];
		i.enabled = !f->off;
		i.fallback = fallback(s, f->expr);
		i.comment = f->comment;
		i.website = websites(s, f);
		i.flags = f->own && f->quiet ? "own, quiet" : f->own ? "own" :
		    f->quiet ? "quiet" : "";
		see(ctx, &i);
	}
}

const char *
gate_word(const struct gate *g)
{
	return strcmp(g->verdict, "skipped") == 0 ? "skip" :
	    strcmp(g->verdict, "waiting") == 0 ? "wait" : "hold";
}

static void
list_key(const struct map_set *s, const struct map *m, const char *object,
    void (*see)(void *ctx, const struct map_item *item), void *ctx)
{
	struct map_item i = item(m, m->key_at);

	i.object = object;
	i.field = m->key_field.p == NULL ? SLICE("") : m->key_field;
	i.expression = one_line(s, m->key_text);
	i.comment = m->key_comment;
	i.when = "key";
	see(ctx, &i);
}

static void
list_match(const struct map_set *s, const struct map *m, const char *object,
    void (*see)(void *ctx, const struct map_item *item), void *ctx)
{
	const struct rung *g;
	struct map_item i;
	size_t n;
	int p;

	for (n = 0; n < m->n_rungs; n++)
		for (g = &m->rungs[n], p = 0; p < g->n; p++) {
			i = item(m, g->part[p].at);
			i.object = object;
			i.field = g->part[p].name;
			i.expression = g->part[p].text.p == NULL ? SLICE("") :
			    one_line(s, g->part[p].text);
			i.comment = g->comment;
			i.when = "match";
			see(ctx, &i);
		}
}

void
map_list(const struct map_set *s,
    void (*see)(void *ctx, const struct map_item *item), void *ctx)
{
	const struct map *m;
	const struct gate *g;
	const char *object;
	struct map_item i;
	size_t k, n;

	for (k = 0; k < s->n; k++) {
		m = s->order[k];
		object = pool_dup(s->pool, m->object.p, m->object.n);
		list_key(s, m, object, see, ctx);
		list_match(s, m, object, see, ctx);
		for (n = 0; n < m->n_gates; n++) {
			g = &m->gates[n];
			i = item(m, g->at);
			i.object = object;
			i.field = g->code;
			i.expression = one_line(s, g->text);
			i.comment = g->comment;
			i.when = gate_word(g);
			see(ctx, &i);
		}
		list_fields(s, m, object, see, ctx);
	}
}
