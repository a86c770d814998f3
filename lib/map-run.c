/* map-run - a record through the maps of a set */

#include <stdlib.h>

#include "map-file.h"
#include "map-regex.h"
#include "map-time.h"

enum { LINE_MAX = 48 << 20, TEXT_MAX = 64 << 20 };

struct map_run *
map_run_new(const struct map_set *s)
{
	struct map_run *r = xcalloc(1, sizeof(*r));
	size_t i, k, n = 0;

	r->set = s;
	r->ev.pool = pool_new();
	r->ev.vars = xcalloc(s->slots, sizeof(*r->ev.vars));
	r->ev.hints = xcalloc(s->hints, sizeof(*r->ev.hints));
	r->ev.lets = s->lets;
	r->ev.text = BUF(TEXT_MAX);
	r->ev.zones = zones_new(&s->world);
	r->ev.constants = s->regexes;
	r->ev.ref = s->world.ref;
	r->ev.entity = s->from;
	scanner_start(&r->scanner, r->ev.pool, s->root, s->places);
	r->states = xcalloc(s->n, sizeof(*r->states));
	r->let_slots = xcalloc(s->slots, sizeof(*r->let_slots));
	for (i = 0; i < s->n; i++) {
		r->states[i].fixed = pool_get(r->scanner.learned,
		    (s->maps[i].n_fields + 1) * sizeof(struct slice));
		for (k = 0; k < s->maps[i].n_lets; k++)
			r->let_slots[n++] = s->maps[i].lets[k].slot;
	}
	r->n_lets = n;
	r->source = BUF(1 << 16);
	r->out = BUF(LINE_MAX);
	r->text = BUF(1 << 16);
	r->store_pool = pool_new();
	r->prune = s->prunes ? prune_new() : NULL;
	return r;
}

void
map_run_free(struct map_run *r)
{
	if (r == NULL)
		return;
	pool_free(r->ev.pool);
	pool_free(r->store_pool);
	free(r->ev.vars);
	free(r->ev.hints);
	buf_free(&r->ev.text);
	zones_free(r->ev.zones);
	regexes_free(r->ev.regexes);
	scanner_free(&r->scanner);
	free(r->states);
	free(r->let_slots);
	buf_free(&r->source);
	buf_free(&r->out);
	buf_free(&r->text);
	prune_free(r->prune);
	free(r);
}

/* ---- the record ---- */

static struct val
member_of(const struct map_run *r, const char *name, uint32_t *hint)
{
	struct val v = val_get(r->record, slice(name), hint);

	if (v.kind == V_ABSENT)
		v.kind = V_NULL;
	return v;
}

/* Is it the last record's?  Products have no store and no website. */
static bool
same_store(struct map_run *r, struct val *id, struct val *site)
{
	const struct val *last = &r->store_key;

	*id = member_of(r, "store_id", &r->hint[0]);
	if (id->kind == V_NUMBER && last->kind == V_NUMBER &&
	    id->n == last->n && memcmp(id->p, r->store_room, id->n) == 0)
		return true;
	*site = member_of(r, "website_id", &r->hint[1]);
	return id->kind == V_NULL && site->kind == V_NULL &&
	    last->kind == V_NULL;
}

/* $store changes seldom from one record to the next. */
static void
set_store(struct map_run *r)
{
	struct val id, site;

	if (r->set->world.ref == NULL)
		return;
	if (same_store(r, &id, &site)) {
		r->ev.vars[r->set->store_slot] = r->store;
		return;
	}
	pool_reset(r->store_pool);
	r->store = ref_store(r->set->world.ref, id, site, r->store_pool);
	r->ev.vars[r->set->store_slot] = r->store;
	r->store_key.kind = V_ABSENT;
	if (id.kind == V_NULL && site.kind == V_NULL)
		r->store_key = id;
	if (id.kind == V_NUMBER && id.n < sizeof(r->store_room)) {
		memcpy(r->store_room, id.p, id.n);
		r->store_key = id;
	}
}

static int
set_id(struct map_run *r, struct why *w)
{
	const struct map_set *s = r->set;
	struct val id;

	if (s->id_key.p != NULL) {
		id = val_get(r->record, s->id_key, NULL);
	} else {
		id = member_of(r, "entity_id", &r->hint[2]);
		if (id.kind <= V_NULL)
			id = member_of(r, "id", &r->hint[3]);
	}
	if (!(id.kind == V_NUMBER || (id.kind == V_STRING && id.n > 0 &&
	    id.n < 256)))
		return why_code(w, WHY_DATA, "no-key", "the record has no %s",
		    s->id_key.p != NULL ? s->id_key.p : "entity_id or id");
	r->id = id;
	return 0;
}

struct slice
run_source(struct map_run *r)
{
	struct buf *b = &r->source;

	if (b->n == 0 && r->id.kind != V_ABSENT) {
		buf_slice(b, r->set->from);
		buf_char(b, '/');
		buf_slice(b, val_bytes(r->id));
	}
	return buf_all(b);
}

int
run_start(struct map_run *r, struct slice record, struct why *w)
{
	size_t i;

	pool_reset(r->ev.pool);
	r->ev.memory = 0;
	r->ev.steps = 0;
	r->ev.searched = 0;
	r->ev.unseen = (struct unseen){0};
	r->lines = 0;
	r->line = record;
	r->id.kind = V_ABSENT;
	buf_reset(&r->source);
	if (scan_record(&r->scanner, record, r->set->root, &r->record, w) ==
	    -1)
		return -1;
	if (r->record.kind != V_OBJECT)
		return why_code(w, WHY_DATA, "bad-json", "no object");
	r->ev.record = r->record;
	for (i = 0; i < r->n_lets; i++)
		r->ev.vars[r->let_slots[i]].kind = V_ABSENT;
	for (i = 0; i < r->set->n; i++) {
		r->states[i].gates = r->states[i].payload = FATE_UNKNOWN;
		r->states[i].fixed_known = false;
		r->states[i].listed = false;
	}
	set_store(r);
	return set_id(r, w);
}

/* ---- values ---- */

static inline int
evaluate(struct map_run *r, const struct node *n, struct val *out)
{
	int got;

	r->ev.fatal = false;
	r->ev.hold.p = NULL;
	r->ev.failed.let = NULL;
	got = n->single ? ev_one(&r->ev, n, r->record, out) :
	    ev_only(&r->ev, n, r->record, out);
	if (got == EV_NONE || (got == EV_ONE && out->kind == V_ABSENT))
		*out = val_null();
	return got;
}

int
run_eval(struct map_run *r, const struct node *n, struct val *out)
{
	return evaluate(r, n, out);
}

/* A key: text or a number; EV_NONE: null or "". */
int
run_text(struct map_run *r, const struct node *n, struct val *out)
{
	int got = run_eval(r, n, out);

	if (got == EV_ERROR)
		return EV_ERROR;
	if (out->kind == V_NUMBER || (out->kind == V_STRING && out->n > 0))
		return EV_ONE;
	if (out->kind <= V_NULL || out->kind == V_STRING)
		return EV_NONE;
	return ev_error(&r->ev, "a key is a text or a number, not %s",
	    val_type(*out));
}

/* None counts as false. */
int
run_truth(struct map_run *r, const struct node *n, bool *yes)
{
	struct val v;
	int got = run_eval(r, n, &v);

	*yes = val_true(v);
	return got == EV_ERROR ? EV_ERROR : EV_ONE;
}

const char *
run_refuses(struct val v)
{
	if (v.kind >= V_ARRAY)
		return "an array or object, a field takes one text, number "
		    "or boolean";
	if (v.n == 4 && v.kind == V_STRING && memcmp(v.p, "#N/A", 4) == 0)
		return "the text #N/A, which would clear the field";
	return NULL;
}

const struct val *
run_field(struct map_run *r, const struct field_map *f, struct val *room)
{
	const struct val *v;
	const char *wrong;

	r->ev.fatal = false;
	r->ev.hold.p = NULL;
	v = ev_at(&r->ev, f->expr, &r->record, room);
	if (!run_doubts(v))
		return v;
	if ((wrong = run_refuses(*v)) == NULL)
		return v;
	ev_error(&r->ev, "gives %s", wrong);
	return &ev_failed;
}

const char *
run_error(struct map_run *r)
{
	struct val v = r->ev.error;

	buf_reset(&r->text);
	if (v.kind == V_STRING)
		buf_put(&r->text, v.p, v.n > 2000 ? 2000 : v.n);
	else
		val_json(&r->text, v);
	return buf_cstr(&r->text);
}

/* ---- verdicts ---- */

void
run_verdict(struct map_run *r, const struct map *m, const struct val *key,
    const char *what, const char *reason, const char *message)
{
	struct payload p = { .phase = -1 };
	struct buf text = BUF(1 << 16);

	p.object = m->object;
	p.map = slice(m->name);
	p.source = run_source(r);
	p.extid = m->key_field;
	p.rev = slice(m->rev_text);
	if (key != NULL && key->kind == V_STRING) {
		p.key = val_bytes(*key);
	} else if (key != NULL && key->kind == V_NUMBER) {
		val_json(&text, *key);
		p.key = buf_all(&text);
	}
	p.record = r->line;
	r->sink->verdict(r->sink->ctx, &p, what, reason, message);
	r->lines++;
	buf_free(&text);
}

/* A line: of the map ("order:12", "line 12"), or of a file that it includes
 * ("order-money.inc:12"). */
static void
put_place(struct buf *b, const struct map *m, const char *at,
    const char *map, char sign)
{
	struct slice file = source_file(&m->source, at);
	const char *slash = strrchr(file.p, '/');

	if (file.p == m->source.file.p)
		buf_fmt(b, "%s%c", map, sign);
	else
		buf_fmt(b, "%s:", slash == NULL ? file.p : slash + 1);
	buf_fmt(b, "%u: ", source_line(&m->source, at));
}

/* The field asked for it, but it is the let that failed. */
static void
put_let(struct buf *b, const struct map *m, const struct node *expr)
{
	size_t i;

	for (; m != NULL && expr != NULL; m = m->base)
		for (i = 0; i < m->n_lets; i++)
			if (m->lets[i].expr == expr) {
				buf_fmt(b, "in $%.*s, ",
				    (int)m->lets[i].name.n, m->lets[i].name.p);
				put_place(b, m, m->lets[i].at, "line",
				    ' ');
			}
}

/* An error in the data: rejected, or held when a table says so. */
static void
reject(struct map_run *r, const struct map *m, const struct val *key,
    const char *at, const char *what, size_t n)
{
	struct buf text = BUF(1 << 16), code = BUF(256);

	put_place(&text, m, at, m->name, ':');
	buf_fmt(&text, "%.*s: ", (int)n, what);
	put_let(&text, m, ev_failed_let(&r->ev));
	buf_str(&text, run_error(r));
	if (r->ev.hold.p != NULL) {
		buf_slice(&code, r->ev.hold);
		run_verdict(r, m, key, "held", buf_cstr(&code),
		    buf_cstr(&text));
	} else {
		run_verdict(r, m, key, "rejected", "mapping-error",
		    buf_cstr(&text));
	}
	buf_free(&text);
	buf_free(&code);
}

static void
say_gate(struct map_run *r, const struct map *m, const struct val *key,
    const struct closed *c, int closed)
{
	struct buf code = BUF(256), text = BUF(1 << 16);
	const struct gate *g = c->gate;

	if (closed < 0) {
		reject(r, m, key, g->at, g->code.p, g->code.n);
		return;
	}
	buf_slice(&code, g->code);
	if (c->said.kind == V_STRING)
		buf_slice(&text, val_bytes(c->said));
	run_verdict(r, m, key, g->verdict, buf_cstr(&code), text.n == 0 ||
	    text.over ? NULL : buf_cstr(&text));
	buf_free(&code);
	buf_free(&text);
}

/* A gate that the settings have taken out. */
static bool
never(const struct node *n)
{
	return n->op == N_CONST && !val_true(n->value);
}

int
run_gates(struct map_run *r, const struct map *m, bool child,
    struct closed *c)
{
	size_t i;

	for (i = 0; i < m->n_gates; i++) {
		c->gate = &m->gates[i];
		if (c->gate->child != child || never(c->gate->cond))
			continue;
		if (run_eval(r, c->gate->cond, &c->said) == EV_ERROR)
			return -1;
		if (val_true(c->said))
			return 1;
	}
	return 0;
}

/* ---- one map ---- */

/* Are the gates of those open whose gates this one shares?  They tell it
 * themselves when they are not. */
static bool
bases_open(struct map_run *r, const struct map *m)
{
	struct closed c;
	struct state *st;

	for (m = m->base; m != NULL; m = m->base) {
		st = &r->states[m->index];
		if (st->gates == FATE_UNKNOWN)
			st->gates = run_gates(r, m, false, &c) == 0 ?
			    FATE_OPEN : FATE_CLOSED;
		if (st->gates != FATE_OPEN)
			return false;
	}
	return true;
}

/* The key, for the verdict of a closed gate: as far as it is known. */
static const struct val *
known_key(struct map_run *r, const struct map *m, bool child, struct val *key)
{
	if ((m->key_child && !child) || run_text(r, m->key, key) != EV_ONE)
		return NULL;
	return key;
}

static void
run_child(struct map_run *r, struct map *m)
{
	struct state *st = &r->states[m->index];
	const struct field_map *at;
	struct closed c;
	struct val key;
	int closed, got;

	if ((closed = run_gates(r, m, true, &c)) != 0) {
		say_gate(r, m, known_key(r, m, true, &key), &c, closed);
		return;
	}
	st->payload = FATE_FAILED;
	if ((got = run_text(r, m->key, &key)) == EV_ERROR) {
		reject(r, m, NULL, m->key_at, "key", 3);
		return;
	}
	if (got == EV_NONE) {
		run_verdict(r, m, NULL, "rejected", "no-key",
		    "the key is empty");
		return;
	}
	if (m->parent != NULL &&
	    r->states[m->parent->index].payload != FATE_OPEN) {
		run_verdict(r, m, &key, "waiting", "parent-failed", NULL);
		return;
	}
	st->key = key;
	if (render(r, m, key, &at) == -1) {
		if (at == NULL)
			reject(r, m, &key, r->failed_at, r->failed.p,
			    r->failed.n);
		else
			reject(r, m, &key, at->at, at->name.p, at->name.n);
		return;
	}
	st->payload = FATE_OPEN;
	r->sink->payload(r->sink->ctx, buf_all(&r->out));
	r->lines++;
}

static void
next_child(struct map_run *r, const struct map *m, struct val v)
{
	size_t i;

	r->ev.vars[m->each_slot] = v;
	for (i = 0; i < m->n_lets; i++)
		if (m->lets[i].child)
			r->ev.vars[m->lets[i].slot].kind = V_ABSENT;
}

static void
run_map(struct map_run *r, struct map *m)
{
	struct state *st = &r->states[m->index];
	struct closed c;
	struct val children = { .kind = V_ARRAY, .n = 1 }, key;
	uint32_t i;
	int closed;

	r->map = m;
	if (!bases_open(r, m))
		return;
	r->ev.fatal = r->ev.absent = false;
	if (m->each != NULL && ev_array(&r->ev, m->each, r->record,
	    &children) != EV_ONE) {
		reject(r, m, NULL, m->each->at, "each", 4);
		return;
	}
	st->listed = !r->ev.absent;
	if (children.n == 0) {
		/* nobody to answer for, but a closed gate prunes nothing */
		if (m->prune_at != NULL)
			st->listed &= run_gates(r, m, false, &c) == 0;
		return;
	}
	/* a step around this map may have asked before */
	closed = st->gates == FATE_OPEN ? 0 : run_gates(r, m, false, &c);
	st->gates = closed == 0 ? FATE_OPEN : FATE_CLOSED;
	if (closed != 0) {
		say_gate(r, m, known_key(r, m, false, &key), &c, closed);
		return;
	}
	for (i = 0; i < children.n; i++) {
		if (m->each != NULL)
			next_child(r, m, children.items[i]);
		run_child(r, m);
	}
}

int
map_record(struct map_run *r, struct slice record,
    const struct map_sink *sink, struct why *w)
{
	const struct map_set *s = r->set;
	size_t i;

	r->sink = sink;
	if (run_start(r, record, w) == -1)
		return -1;
	if (s->prunes)
		prune_begin(r, sink);
	for (i = 0; i < s->n; i++)
		run_map(r, s->order[i]);
	if (s->prunes)
		prune_end(r);
	if (r->lines == 0)
		run_verdict(r, s->order[0], NULL, "skipped", "nothing-to-send",
		    NULL);
	return 0;
}

const char *
map_source(struct map_run *r)
{
	return run_source(r).n == 0 ? NULL : buf_cstr(&r->source);
}
