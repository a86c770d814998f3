/* map-explain - one record through the maps, told step by step */

#include <stdlib.h>

#include "head.h"
#include "map-file.h"

enum { SHOWN = 300 };		/* bytes of a value */

/* ---- what really came of it ---- */

struct line {			/* payload or verdict */
	struct slice map, key, object, verdict, reason, message;
	bool told;
};

struct telling {
	struct map_run *run;
	struct buf *out, notes;
	struct pool *pool;
	struct line *line;
	size_t n;
	bool *told;		/* lets, by slot */
	bool *passed;		/* maps whose gates were told as open */
};

static struct line *
more(struct telling *t)
{
	t->line = xrealloc(t->line, (t->n + 1) * sizeof(*t->line));
	t->line[t->n] = (struct line){ .told = false };
	return &t->line[t->n++];
}

static struct slice
copy(struct telling *t, struct slice s)
{
	if (s.p != NULL)
		s.p = pool_dup(t->pool, s.p, s.n);
	return s;
}

static void
on_payload(void *ctx, struct slice text)
{
	struct telling *t = ctx;
	struct line *l = more(t);
	struct head h;

	head_read(&h, text);
	l->map = copy(t, h.map);
	l->object = copy(t, h.object);
	l->key = copy(t, h.key);
}

static void
on_verdict(void *ctx, struct payload *p, const char *verdict,
    const char *reason, const char *message)
{
	struct telling *t = ctx;
	struct line *l = more(t);

	l->map = copy(t, p->map);
	l->object = copy(t, p->object);
	l->key = copy(t, p->key);
	l->verdict = copy(t, slice(verdict));
	l->reason = copy(t, slice(reason));
	l->message = copy(t, slice(message));
}

static void
put_line(struct buf *b, const struct line *l)
{
	if (l->verdict.p == NULL) {
		buf_fmt(b, "payload %.*s/%.*s", (int)l->object.n, l->object.p,
		    (int)l->key.n, l->key.p);
		return;
	}
	buf_slice(b, l->verdict);
	if (l->reason.n > 0)
		buf_fmt(b, " (%.*s)", (int)l->reason.n, l->reason.p);
	if (l->message.n > 0)
		buf_fmt(b, ": %.*s", (int)l->message.n, l->message.p);
}

/* The next line of the map, as the run gave it. */
static void
tell_end(struct telling *t, const struct map *m)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (!t->line[i].told && slice_is(t->line[i].map, m->name)) {
			t->line[i].told = true;
			buf_str(t->out, "  -> ");
			put_line(t->out, &t->line[i]);
			buf_char(t->out, '\n');
			return;
		}
}

/* "orders/1042: 3 payloads, skipped (zero-total)" */
static void
tell_sum(struct telling *t)
{
	size_t i, payloads = 0;

	for (i = 0; i < t->n; i++)
		payloads += t->line[i].verdict.p == NULL;
	buf_slice(t->out, run_source(t->run));
	buf_fmt(t->out, ": %zu payload%s", payloads,
	    payloads == 1 ? "" : "s");
	for (i = 0; i < t->n; i++)
		if (t->line[i].verdict.p != NULL)
			buf_fmt(t->out, ", %.*s %.*s (%.*s)",
			    (int)t->line[i].map.n, t->line[i].map.p,
			    (int)t->line[i].verdict.n, t->line[i].verdict.p,
			    (int)t->line[i].reason.n, t->line[i].reason.p);
	buf_char(t->out, '\n');
}

/* ---- values ---- */

static void
put_value(struct buf *b, struct val v)
{
	struct buf text = BUF(64 << 20);

	val_json(&text, v);
	buf_put(b, text.p, (size_t)slice_cut(buf_all(&text), SHOWN));
	if (text.n > SHOWN)
		buf_fmt(b, "... (%zu bytes)", text.n);
	buf_free(&text);
}

static void
put_place(struct buf *b, const struct map *m, const char *at)
{
	buf_fmt(b, "  %s:%u: ", source_file(&m->source, at).p,
	    source_line(&m->source, at));
}

/* An error, and rows that a table does not have. */
static void
put_notes(struct telling *t, struct buf *b, bool error)
{
	if (error)
		buf_fmt(b, ": %s", run_error(t->run));
	if (t->notes.n > 0 && !error)
		buf_fmt(b, " (%s)", buf_cstr(&t->notes));
	buf_reset(&t->notes);
	buf_char(b, '\n');
}

static void
tell_let(struct telling *t, struct buf *b, const struct map *m,
    const struct let *l)
{
	struct val v = t->run->ev.vars[l->slot];

	if (v.kind == V_ABSENT || t->told[l->slot])
		return;
	t->told[l->slot] = true;
	put_place(b, m, l->at);
	buf_fmt(b, "let $%.*s = ", (int)l->name.n, l->name.p);
	put_value(b, v);
	buf_char(b, '\n');
}

/* The lets that were computed since, of the map and of those whose names it
 * shares; then what they were computed for. */
static void
tell_lets(struct telling *t, const struct map *m, struct buf *body)
{
	const struct map *b;
	size_t i;

	for (b = m; b != NULL; b = b->base)
		for (i = 0; i < b->n_lets; i++)
			tell_let(t, t->out, b, &b->lets[i]);
	buf_slice(t->out, buf_all(body));
	buf_free(body);
}

/* ---- gates ---- */

/* false: one is closed, or failed. */
static bool
tell_gates(struct telling *t, const struct map *m, bool child)
{
	struct buf body = BUF(1 << 20);
	const struct gate *g;
	bool yes = false, open = true;
	struct val said;
	size_t i;
	int got;

	for (i = 0; i < m->n_gates && open; i++) {
		g = &m->gates[i];
		if (g->child != child)
			continue;
		got = run_eval(t->run, g->cond, &said);
		yes = got != EV_ERROR && val_true(said);
		open = got != EV_ERROR && !yes;
		put_place(&body, m, g->at);
		buf_fmt(&body, "%s %.*s", gate_word(g), (int)g->code.n,
		    g->code.p);
		if (got != EV_ERROR)
			buf_fmt(&body, " = %s%s%s", yes ? "true" : "false",
			    g->cond->op == N_CONST ? ", by the settings" : "",
			    yes ? ": closed, nothing more is asked" : "");
		if (yes && said.kind == V_STRING)
			buf_fmt(&body, ": %.*s", (int)said.n, said.p);
		put_notes(t, &body, got == EV_ERROR);
	}
	tell_lets(t, m, &body);
	return open;
}

/* ---- one payload ---- */

static void
tell_key(struct telling *t, struct buf *b, const struct map *m)
{
	struct val v;
	int got = run_text(t->run, m->key, &v);

	put_place(b, m, m->key_at);
	buf_fmt(b, "key%s%.*s", m->key_field.n > 0 ? " " : "",
	    (int)m->key_field.n, m->key_field.p == NULL ? "" :
	    m->key_field.p);
	if (got != EV_ERROR) {
		buf_str(b, " = ");
		put_value(b, v);
	}
	put_notes(t, b, got == EV_ERROR);
}

static void
tell_rung(struct telling *t, struct buf *b, const struct map *m,
    const struct rung *g)
{
	struct slice empty = { NULL, 0 };
	bool failed = false;
	struct val v;
	int p;

	put_place(b, m, g->part[0].at);
	for (p = 0; p < g->n && !failed; p++) {
		buf_fmt(b, "%s%.*s", p == 0 ? "match " : ", ",
		    (int)g->part[p].name.n, g->part[p].name.p);
		failed = run_eval(t->run, g->part[p].expr, &v) == EV_ERROR;
		if (failed)
			break;
		buf_str(b, " = ");
		put_value(b, v);
		if (v.kind <= V_NULL || (v.kind == V_STRING && v.n == 0))
			empty = g->part[p].name;
	}
	if (empty.p != NULL && !failed)
		buf_fmt(b, ": left out, %.*s is empty", (int)empty.n, empty.p);
	put_notes(t, b, failed);
}

static void
tell_only(struct telling *t, struct buf *b, const struct map *m)
{
	bool yes = true, failed;

	failed = m->only_if != NULL &&
	    run_truth(t->run, m->only_if, &yes) == EV_ERROR;
	put_place(b, m, m->only_at);
	buf_fmt(b, "only %s", m->only);
	if (m->only_if != NULL && !failed)
		buf_fmt(b, " = %s%s", yes ? "true" : "false",
		    m->only_if->op == N_CONST ? ", by the settings" : "");
	put_notes(t, b, failed);
}

static void
tell_field(struct telling *t, struct buf *b, const struct map *m,
    const struct field_map *f)
{
	const struct field_map *line = site_line(t->run, f);
	struct val room;
	const struct val *v = run_field(t->run, f, &room);

	put_place(b, m, line == NULL ? f->at : line->at);
	buf_fmt(b, "%s%s%s%.*s", f->when == WHEN_INSERT ? "[insert] " :
	    f->when == WHEN_UPDATE ? "[update] " : "", f->own ? "[own] " : "",
	    f->quiet ? "[quiet] " : "", (int)f->name.n, f->name.p);
	if (v != &ev_failed && (v == &ev_nothing || v->kind == V_ABSENT)) {
		buf_str(b, " is left alone");
		if (line == NULL)
			buf_str(b, ", no line is for this website");
	} else if (v != &ev_failed) {
		buf_str(b, " = ");
		put_value(b, *v);
		if (v->kind == V_NULL || (v->kind == V_STRING && v->n == 0))
			buf_str(b, ", which clears it");
		if (line != NULL && line->n_sites > 0)
			buf_str(b, ", by the line of the website");
	}
	put_notes(t, b, v == &ev_failed);
}

static int
by_place(const void *a, const void *b)
{
	const struct field_map *x = *(struct field_map *const *)a;
	const struct field_map *y = *(struct field_map *const *)b;

	return (x->at > y->at) - (x->at < y->at);
}

/* In the order of the map's lines. */
static void
tell_fields(struct telling *t, struct buf *b, const struct map *m)
{
	size_t i, n = m->group[WHENS];
	struct field_map **f = xcalloc(n + 1, sizeof(*f));

	memcpy(f, m->order, n * sizeof(*f));
	qsort(f, n, sizeof(*f), by_place);
	for (i = 0; i < n; i++)
		tell_field(t, b, m, f[i]);
	free(f);
}

static void
tell_child(struct telling *t, struct map *m)
{
	struct buf body = BUF(16 << 20);
	size_t i;

	if (tell_gates(t, m, true)) {
		tell_key(t, &body, m);
		for (i = 0; i < m->n_rungs; i++)
			tell_rung(t, &body, m, &m->rungs[i]);
		if (m->only != NULL)
			tell_only(t, &body, m);
		tell_fields(t, &body, m);
		tell_lets(t, m, &body);
	}
	tell_end(t, m);
}

/* ---- one map ---- */

static void
next_child(struct telling *t, const struct map *m, const struct val *all,
    uint32_t i)
{
	struct ev *e = &t->run->ev;
	size_t k;

	if (m->each == NULL)
		return;
	buf_fmt(t->out, "  - %u of %u: $", i + 1, all->n);
	buf_slice(t->out, m->each_name);
	buf_str(t->out, " = ");
	put_value(t->out, all->items[i]);
	buf_char(t->out, '\n');
	e->vars[m->each_slot] = all->items[i];
	for (k = 0; k < m->n_lets; k++)
		if (m->lets[k].child) {
			e->vars[m->lets[k].slot].kind = V_ABSENT;
			t->told[m->lets[k].slot] = false;
		}
}

/* false: nothing comes of it, which was told. */
static bool
tell_each(struct telling *t, const struct map *m, struct val *all)
{
	struct ev *e = &t->run->ev;
	int got;

	if (m->each == NULL)
		return true;
	e->fatal = false;
	got = ev_array(e, m->each, t->run->record, all);
	put_place(t->out, m, m->each->at);
	buf_str(t->out, "each");
	if (got == EV_ONE)
		buf_fmt(t->out, " gives %u", all->n);
	put_notes(t, t->out, got != EV_ONE);
	if (got == EV_ONE && all->n == 0)
		buf_str(t->out, "  -> nothing: each gives no value\n");
	if (got != EV_ONE)
		tell_end(t, m);
	return got == EV_ONE && all->n > 0;
}

/* The gates that a map shares, in full where they are met first. */
static bool
tell_base(struct telling *t, const struct map *b)
{
	if (t->passed[b->index]) {
		buf_fmt(t->out, "  the gates of %s are open\n", b->name);
		return true;
	}
	t->passed[b->index] = tell_gates(t, b, false);
	if (!t->passed[b->index])
		buf_fmt(t->out, "  -> nothing: a gate of %s is closed\n",
		    b->name);
	return t->passed[b->index];
}

static void
tell_map(struct telling *t, struct map *m)
{
	struct val all = { .kind = V_ARRAY, .n = 1 };
	const struct map *b;
	uint32_t i;

	buf_fmt(t->out, "%s: ", m->name);
	buf_slice(t->out, run_source(t->run));
	buf_fmt(t->out, " to %.*s\n", (int)m->object.n, m->object.p);
	for (b = m->base; b != NULL; b = b->base)
		if (b->n_gates > 0 && !tell_base(t, b))
			return;
	if (!tell_each(t, m, &all))
		return;
	if (t->passed[m->index] && m->n_gates > 0)
		buf_str(t->out, "  its gates are open, see above\n");
	else if (!tell_gates(t, m, false)) {
		tell_end(t, m);
		return;
	}
	t->passed[m->index] = true;
	for (i = 0; i < all.n; i++) {
		next_child(t, m, &all, i);
		tell_child(t, m);
	}
}

int
map_explain(struct map_run *r, struct slice record, const char *source,
    struct buf *out, struct why *w)
{
	struct telling t = { .run = r, .out = out, .notes = BUF(1 << 16) };
	struct map_sink sink = { on_payload, on_verdict, &t };
	size_t i;

	if (run_start(r, record, w) == -1)
		return -1;
	if (!slice_is(run_source(r), source))
		return 0;
	t.pool = pool_new();
	t.told = xcalloc(r->set->slots, sizeof(*t.told));
	t.passed = xcalloc(r->set->n, sizeof(*t.passed));
	map_record(r, record, &sink, w);
	run_start(r, record, w);
	r->ev.notes = &t.notes;
	tell_sum(&t);
	for (i = 0; i < r->set->n; i++)
		tell_map(&t, r->set->order[i]);
	r->ev.notes = NULL;
	free(t.line);
	free(t.told);
	free(t.passed);
	buf_free(&t.notes);
	pool_free(t.pool);
	return 1;
}
