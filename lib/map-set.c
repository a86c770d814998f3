/* map-set - several mapping files become one set: tied, checked, prepared */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "map-file.h"
#include "map-regex.h"
#include "scan.h"

static int
fail(struct buf *mistakes, const struct map *m, const char *at,
    const char *text)
{
	mistake(mistakes, &m->source, at == NULL ? m->source.text.p : at,
	    "%s", text);
	return -1;
}

/* ---- names of the world ---- */

static struct name *
world_name(struct map_set *s, struct slice name)
{
	struct name *n = pool_get(s->pool, sizeof(*n));

	memset(n, 0, sizeof(*n));
	n->name = name;
	n->slot = s->slots++;
	n->next = s->names;
	s->names = n;
	return n;
}

int
names_of_world(struct map_set *s, struct buf *mistakes)
{
	struct slice text = s->world.settings;
	struct val v = { .kind = V_OBJECT };
	struct name *n;
	struct why w;
	uint32_t i;

	if (text.n > 0 && (val_parse(text, s->pool, &v, &w) == -1 ||
	    v.kind != V_OBJECT)) {
		buf_fmt(mistakes, "settings: no JSON object: %s\n", w.text);
		return -1;
	}
	for (i = 0; i < v.n; i++) {
		n = world_name(s, val_bytes(v.members[i].key));
		n->settings = v.members[i].value.kind == V_OBJECT;
		n->constant = pool_get(s->pool, sizeof(*n->constant));
		memset(n->constant, 0, sizeof(*n->constant));
		n->constant->value = v.members[i].value;
	}
	n = world_name(s, SLICE("store"));
	n->keys = ref_store_keys;
	s->store_slot = n->slot;
	if (s->world.ref == NULL && !s->world.no_ref_needed)
		n->missing = "$store is not known without --ref "
		    "FILE, which mage-extract reference writes";
	return 0;
}

/* ---- maps that stand in relation ---- */

static struct map *
find(const struct map_set *s, struct slice name)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (slice_is(name, s->maps[i].name))
			return &s->maps[i];
	return NULL;
}

static int
no_map(const struct map_set *s, const struct map *m, struct slice name,
    const char *at, struct buf *mistakes)
{
	struct near near;
	size_t i;

	near_start(&near, name);
	for (i = 0; i < s->n; i++)
		near_try(&near, slice(s->maps[i].name));
	mistake(mistakes, &m->source, at, "the map '%.*s' is not among those "
	    "given%s%s%s", (int)name.n, name.p, near_best(&near) ?
	    ", did you mean '" : "", near_best(&near) ? near_best(&near) :
	    "", near_best(&near) ? "'?" : "");
	return -1;
}

static int
tie(const struct map_set *s, struct map *m, struct buf *mistakes)
{
	struct map *other;
	int i, r = 0;

	if (m->under.p != NULL) {
		m->parent = m->base = find(s, m->under);
		if (m->base == NULL)
			r = no_map(s, m, m->under, m->under_at, mistakes);
	}
	for (i = 0; i < m->n_with; i++) {
		other = find(s, m->with[i]);
		if (other == NULL)
			r = no_map(s, m, m->with[i], m->with_at[i], mistakes);
		if (i == 0 && m->under.p == NULL)
			m->base = other;
	}
	return r;
}

static int
check_ties(const struct map_set *s, struct map *m, struct buf *mistakes)
{
	const struct map *b;
	size_t steps = 0;

	for (b = m->base; b != NULL; b = b->base)
		if (++steps > s->n)
			return fail(mistakes, m, m->under_at != NULL ?
			    m->under_at : m->with_at[0], "these maps stand "
			    "under each other in a circle");
	return 0;
}

static int
check_parent(const struct map *m, struct buf *mistakes)
{
	if (m->base != NULL && m->base->each != NULL)
		return fail(mistakes, m, m->under_at != NULL ? m->under_at :
		    m->with_at[0], "that map has `each`: nothing can share "
		    "its names");
	if (m->parent != NULL && m->parent->phase >= m->phase)
		return fail(mistakes, m, m->under_at, "the phase of that map "
		    "does not come before this one's");
	return 0;
}

/* ---- what each map must have ---- */

/* What the map gives to a field. */
static struct node *
value_of(const struct map *m, struct slice name)
{
	size_t i;

	for (i = 0; i < m->n_sited; i++)
		if (slice_eq(m->sited[i].name, name))
			return m->sited[i].expr;
	for (i = 0; i < m->n_fields; i++)
		if (!m->fields[i].off && slice_eq(m->fields[i].name, name))
			return m->fields[i].expr;
	return NULL;
}

static bool
is_off(const struct map *m, struct slice name)
{
	size_t i;

	for (i = 0; i < m->n_fields; i++)
		if (slice_eq(m->fields[i].name, name))
			return true;
	return false;
}

static int
no_field(const struct map *m, struct slice name, const char *at,
    struct buf *mistakes)
{
	struct near near;
	struct slice word;
	size_t i;

	if (is_off(m, name))
		return fail(mistakes, m, at, "that field is [off]; give its "
		    "value: match FIELD = EXPRESSION");
	near_start(&near, name);
	for (i = 0; i < m->n_statements; i++) {
		word = m->statements[i].word;
		if (slice_eq(word, name))
			return 0;	/* but wrongly, which was told */
		if (word.n > 0 && !islower((unsigned char)word.p[0]))
			near_try(&near, word);
	}
	mistake(mistakes, &m->source, at, "this map sets no such field%s%s%s; "
	    "give its value: match FIELD = EXPRESSION", near_best(&near) ?
	    ", did you mean '" : "", near_best(&near) ? near_best(&near) : "",
	    near_best(&near) ? "'?" : "");
	return -1;
}

static int
resolve_match(struct map *m, struct buf *mistakes)
{
	struct rung *g;
	size_t i;
	int p, r = 0;

	for (i = 0; i < m->n_rungs; i++)
		for (g = &m->rungs[i], p = 0; p < g->n; p++) {
			if (g->part[p].expr == NULL)
				g->part[p].expr = value_of(m,
				    g->part[p].name);
			g->child |= depends(m, g->part[p].expr);
			if (g->part[p].expr == NULL)
				r = no_field(m, g->part[p].name,
				    g->part[p].at, mistakes) == -1 ? -1 : r;
		}
	return r;
}

/* `from` may stand in the map that this one is under or with. */
static int
other_entity(const struct map_set *s, const struct map *m,
    struct buf *mistakes)
{
	const char *at = m->under.p != NULL ? m->under_at :
	    m->n_with > 0 ? m->with_at[0] : m->from.p;

	mistake(mistakes, &m->source, at, "this map is from %.*s, those before "
	    "it are from %.*s: rec-map takes maps of one entity at a "
	    "time", (int)m->from.n, m->from.p, (int)s->from.n, s->from.p);
	return -1;
}

static int
complete(struct map_set *s, struct map *m, struct buf *mistakes)
{
	int r = 0;

	if (m->object.p == NULL)
		r = fail(mistakes, m, NULL, "no object: object NAME");
	if (m->phase < 0)
		r = fail(mistakes, m, NULL, "no phase: phase NUMBER");
	if (m->key_at == NULL)
		r = fail(mistakes, m, NULL, "no key: key FIELD = EXPRESSION");
	if (!m->tries_fields)
		r = fail(mistakes, m, NULL, "no field is set");
	if (m->from.p != NULL && !slice_eq(m->from, s->from))
		r = other_entity(s, m, mistakes);
	if (resolve_match(m, mistakes) == -1)
		r = -1;
	return r;
}

static void
entity(struct map_set *s)
{
	static const char *const keys[][2] = { { "orders", "entity_id" },
		{ "sales-rules", "rule_id" }, { "coupons", "coupon_id" },
		{ "invoices", "entity_id" }, { "shipments", "entity_id" },
		{ "creditmemos", "entity_id" }, { "customers", "id" },
		{ "customer-groups", "id" }, { "products", "id" },
		{ "carts", "id" }, { "websites", "id" } };
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (slice_is(s->from, keys[i][0]))
			s->id_key = slice(keys[i][1]);
}

/* ---- reading all ---- */

/* A map's text and name, copied, so that the caller's may go. */
static void
take_text(struct map_set *s, size_t i, const struct map_text *t)
{
	struct map *m = &s->maps[i];
	struct slice text = source_text(t->text);

	m->index = i;
	m->name = pool_dup(s->pool, t->name, strlen(t->name));
	m->source.file = (struct slice){ pool_dup(s->pool, t->file,
	    strlen(t->file)), strlen(t->file) };
	m->source.text = (struct slice){ pool_dup(s->pool, text.n == 0 ?
	    "" : text.p, text.n), text.n };
	include_all(s, m);
}

static int
read_outlines(struct map_set *s, const struct map_text *texts,
    struct buf *mistakes, bool *circle)
{
	struct map *b;
	size_t i;
	int r = 0;

	for (i = 0; i < s->n; i++) {
		take_text(s, i, &texts[i]);
		s->maps[i].phase = -1;
		if (map_outline(s, &s->maps[i], mistakes) == -1)
			r = -1;
	}
	for (i = 0; i < s->n; i++)
		if (tie(s, &s->maps[i], mistakes) == -1)
			r = -1;
	for (i = 0; i < s->n; i++)
		if (check_ties(s, &s->maps[i], mistakes) == -1) {
			*circle = true;
			return -1;
		}
	for (i = 0; i < s->n; i++) {
		for (b = &s->maps[i]; b->from.p == NULL && b->base != NULL; )
			b = b->base;
		s->maps[i].from = b->from;
		if (b->from.p == NULL && (b->broken || b->under.p != NULL ||
		    b->n_with > 0))
			continue;	/* told already */
		if (b->from.p == NULL)
			r = fail(mistakes, &s->maps[i], NULL,
			    "no entity: from ENTITY");
		else if (s->from.p == NULL)
			s->from = b->from;
	}
	return r;
}

/* A base before those that share its names. */
static int
read_bodies(struct map_set *s, struct buf *mistakes)
{
	bool *done = xcalloc(s->n, sizeof(*done));
	size_t i, left = s->n;
	int r = 0;

	while (left > 0)
		for (i = 0; i < s->n; i++) {
			if (done[i] || (s->maps[i].base != NULL &&
			    !done[s->maps[i].base->index]))
				continue;
			if (!s->maps[i].broken &&
			    (map_read(s, &s->maps[i], mistakes) == -1 ||
			    check_parent(&s->maps[i], mistakes) == -1))
				r = -1;
			s->order[s->n - left--] = &s->maps[i];
			done[i] = true;
		}
	free(done);
	for (i = 0; i < s->n; i++)
		if (!s->maps[i].broken &&
		    complete(s, &s->maps[i], mistakes) == -1)
			r = -1;
	return r;
}

/* ---- what they read of a record ---- */

void
map_wants(struct map_set *s, struct wanter *w, struct map *m,
    struct want_set root)
{
	const struct rung *g;
	size_t i;
	int p;

	for (i = 0; i < m->n_lets; i++)
		if (!m->lets[i].child) {
			w->vars[m->lets[i].slot] = want_expr(w,
			    m->lets[i].expr, root);
			s->lets[m->lets[i].slot] = m->lets[i].expr;
		}
	if (m->each != NULL)
		w->vars[m->each_slot] = want_expr(w, m->each, root);
	for (i = 0; i < m->n_lets; i++)
		if (m->lets[i].child) {
			w->vars[m->lets[i].slot] = want_expr(w,
			    m->lets[i].expr, root);
			s->lets[m->lets[i].slot] = m->lets[i].expr;
		}
	want_expr(w, m->key, root);
	if (m->only_if != NULL)
		want_expr(w, m->only_if, root);
	for (i = 0; i < m->n_gates; i++)
		want_expr(w, m->gates[i].cond, root);
	for (i = 0; i < m->n_fields; i++)
		if (!m->fields[i].off && !m->fields[i].part)
			want_expr(w, m->fields[i].expr, root);
	for (i = 0; i < m->n_sited; i++)
		want_expr(w, m->sited[i].expr, root);
	for (i = 0; i < m->n_rungs; i++)
		for (g = &m->rungs[i], p = 0; p < g->n; p++)
			want_expr(w, g->part[p].expr, root);
}

static void
want_all(struct map_set *s)
{
	struct wanter w = { .pool = s->pool, .slots = s->slots };
	struct want_set root;
	size_t i;

	s->root = want_new(s->pool);
	root = want_one(s->pool, s->root);
	w.vars = xcalloc(s->slots, sizeof(*w.vars));
	s->lets = pool_get(s->pool, s->slots * sizeof(*s->lets));
	memset(s->lets, 0, s->slots * sizeof(*s->lets));
	for (i = 0; i < s->n; i++)
		map_wants(s, &w, s->order[i], root);
	if (s->id_key.p != NULL) {
		want_key(s->pool, s->root, s->id_key);
	} else {
		want_key(s->pool, s->root, SLICE("entity_id"));
		want_key(s->pool, s->root, SLICE("id"));
	}
	if (s->world.ref != NULL) {
		want_key(s->pool, s->root, SLICE("store_id"));
		want_key(s->pool, s->root, SLICE("website_id"));
	}
	want_finish(s->pool, s->root, &s->places);
	free(w.vars);
}

/* ---- the order of things ---- */

static int
by_phase(const void *a, const void *b)
{
	const struct map *x = *(struct map *const *)a;
	const struct map *y = *(struct map *const *)b;

	if (x->phase != y->phase)
		return x->phase < y->phase ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static int
by_name(const void *a, const void *b)
{
	const struct field_map *x = *(struct field_map *const *)a;
	const struct field_map *y = *(struct field_map *const *)b;

	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	return slice_cmp(x->name, y->name);
}

static void
sort_fields(struct map_set *s, struct map *m)
{
	size_t i, n = 0;
	int g;

	m->order = pool_get(s->pool, m->n_fields * sizeof(*m->order));
	for (i = 0; i < m->n_fields; i++)
		if (!m->fields[i].off && !m->fields[i].part)
			m->order[n++] = &m->fields[i];
	for (i = 0; i < m->n_sited; i++)
		m->order[n++] = &m->sited[i];
	qsort(m->order, n, sizeof(*m->order), by_name);
	for (g = 0, i = 0; g < WHENS; g++) {
		m->group[g] = i;
		while (i < n && m->order[i]->when == (enum when)g)
			i++;
	}
	m->group[WHENS] = n;
}

struct map_set *
map_open(const struct map_world *world, const struct map_text *texts,
    size_t n, struct buf *mistakes)
{
	struct map_set *s = xcalloc(1, sizeof(*s));
	bool circle = false, good;
	size_t i, before = mistakes->n;

	s->pool = pool_new();
	s->regexes = regexes_new();
	s->world = *world;
	s->n = n;
	s->maps = pool_get(s->pool, n * sizeof(*s->maps));
	memset(s->maps, 0, n * sizeof(*s->maps));
	s->order = pool_get(s->pool, n * sizeof(*s->order));
	good = n > 0 && names_of_world(s, mistakes) == 0;
	if (good) {
		good = read_outlines(s, texts, mistakes, &circle) == 0;
		/* the rest is read all the same, to tell all mistakes */
		if (!circle && read_bodies(s, mistakes) == -1)
			good = false;
	}
	if (!circle && prune_check(s, mistakes) == -1)
		good = false;
	if (!good || circle) {
		mistakes_sort(s, mistakes, before);
		map_close(s);
		return NULL;
	}
	entity(s);
	want_all(s);
	qsort(s->order, n, sizeof(*s->order), by_phase);
	for (i = 0; i < n; i++) {
		sort_fields(s, &s->maps[i]);
		render_prepare(s, &s->maps[i]);
	}
	return s;
}

void
map_close(struct map_set *s)
{
	if (s == NULL)
		return;
	regexes_free(s->regexes);
	pool_free(s->pool);
	free(s);
}

const char *
map_from(const struct map_set *s)
{
	return pool_dup(s->pool, s->from.p, s->from.n);
}

/* Mistakes are told when the maps are opened, so not here. */
void
map_entities(const struct map_text *texts, size_t n, char **from)
{
	struct map_set s = { .pool = pool_new(), .n = n };
	struct buf mistakes = BUF(0);
	bool circle = false;
	size_t i;

	s.maps = pool_get(s.pool, n * sizeof(*s.maps));
	memset(s.maps, 0, n * sizeof(*s.maps));
	read_outlines(&s, texts, &mistakes, &circle);
	for (i = 0; i < n; i++)
		from[i] = s.maps[i].from.p == NULL ? NULL :
		    xstrndup(s.maps[i].from.p, s.maps[i].from.n);
	buf_free(&mistakes);
	pool_free(s.pool);
}
