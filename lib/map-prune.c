/* map-prune - what a record has now, for maps that prune */

#include <stdio.h>
#include <stdlib.h>

#include "map-file.h"
#include "scan.h"

/* ---- is it as it must be? ---- */

static int
fail(struct buf *mistakes, const struct map *m, const char *at,
    const char *text)
{
	mistake(mistakes, &m->source, at, "%s", text);
	return -1;
}

/* Looks for one name among the maps beside. */
struct looking {
	struct slice name;
	struct near near;
	bool found;
};

static void
see_map(void *to, const char *name)
{
	struct looking *l = to;

	l->found |= slice_is(l->name, name);
	near_try(&l->near, slice(name));
}

/* A typo would prune nothing and never be noticed. */
static int
check_beside(const struct map_set *s, const struct map *m, int i,
    struct buf *mistakes)
{
	struct looking l = { .name = m->prune[i] };
	const char *best;

	if (s->world.beside == NULL)
		return 0;
	near_start(&l.near, l.name);
	s->world.beside(s->world.ctx, m->source.file.p, see_map, &l);
	if (l.found)
		return 0;
	best = near_best(&l.near);
	mistake(mistakes, &m->source, m->prunes_at[i], "there is no map "
	    "'%.*s' beside this one%s%s%s", (int)l.name.n, l.name.p,
	    best ? ", did you mean '" : "", best ? best : "",
	    best ? "'?" : "");
	return -1;
}

static int
check_name(const struct map_set *s, const struct map *m, int i,
    struct buf *mistakes)
{
	const char *at = m->prunes_at[i];
	size_t k;

	if (slice_is(m->prune[i], m->name))
		return fail(mistakes, m, at, "prune means this map anyway; "
		    "name only others");
	for (k = 0; k < (size_t)i; k++)
		if (slice_eq(m->prune[k], m->prune[i]))
			return fail(mistakes, m, at, "this map is named "
			    "here twice");
	for (k = 0; k < s->n; k++)
		if (slice_is(m->prune[i], s->maps[k].name))
			return fail(mistakes, m, at, "that map makes children "
			    "of its own from these records: it says prune "
			    "itself");
	return check_beside(s, m, i, mistakes);
}

static bool
says(const struct map *m, const char *word)
{
	size_t i;

	for (i = 0; i < m->n_statements; i++)
		if (slice_is(m->statements[i].word, word))
			return true;
	return false;
}

static int
check_map(const struct map_set *s, const struct map *m, struct buf *mistakes)
{
	int i, r = 0;

	if (m->under.p == NULL)
		r = fail(mistakes, m, m->prune_at, "prune deletes what a parent "
		    "no longer has: under MAP is missing");
	if (!says(m, "each"))
		r = fail(mistakes, m, m->prune_at, "prune goes by what each no "
		    "longer yields: each EXPR as $x is missing");
	if (m->shared || (m->parent != NULL && m->parent->shared))
		r = fail(mistakes, m, m->prune_at, "of what is shared other "
		    "records may have what this one lacks: it cannot be "
		    "pruned");
	for (i = 0; i < m->n_prune; i++)
		if (check_name(s, m, i, mistakes) == -1)
			r = -1;
	return r;
}

int
prune_check(struct map_set *s, struct buf *mistakes)
{
	struct map *m;
	size_t i;
	int r = 0;

	for (i = 0; i < s->n; i++) {
		m = &s->maps[i];
		if (m->prune_at == NULL || m->broken)
			continue;
		if (check_map(s, m, mistakes) == -1)
			r = -1;
		s->prunes = true;
		if (m->parent != NULL)
			m->parent->pruned = true;
	}
	return r;
}

/* "order-item":{"phase":30,"rev":"..","also":["cart-line"],"keys":[ */
void
prune_prepare(const struct map *m, struct buf *b)
{
	int i;

	scan_quote(b, slice(m->name));
	buf_fmt(b, ":{\"phase\":%ld,\"rev\":\"%s\"", m->phase, m->rev_text);
	for (i = 0; i < m->n_prune; i++) {
		buf_str(b, i == 0 ? ",\"also\":[" : ",");
		scan_quote(b, m->prune[i]);
	}
	buf_str(b, i > 0 ? "],\"keys\":[" : ",\"keys\":[");
}

/* ---- a record ---- */

/* A line held back: a payload's, or a verdict (line.p NULL). */
struct held {
	const struct map *map;
	struct slice line;
	size_t hole;
	struct val key;
	struct payload p;
	const char *verdict, *reason, *message;
	bool orphan;		/* its parent's payload was refused */
};

struct prune {
	struct held *line;
	size_t n, cap;
	const struct map_sink *to;
	struct map_sink sink;
};

static struct held *
hold(struct map_run *r)
{
	struct prune *p = r->prune;
	struct held *h;

	if (p->n == p->cap) {
		p->cap = p->cap == 0 ? 64 : p->cap * 2;
		p->line = xrealloc(p->line, p->cap * sizeof(*p->line));
	}
	h = &p->line[p->n++];
	memset(h, 0, sizeof(*h));
	h->map = r->map;
	return h;
}

static void
on_payload(void *ctx, struct slice line)
{
	struct map_run *r = ctx;
	struct held *h = hold(r);

	h->line.p = pool_dup(r->ev.pool, line.p, line.n);
	h->line.n = line.n;
	h->hole = r->hole;
	h->key = r->states[r->map->index].key;
}

static const char *
text(struct map_run *r, const char *s)
{
	return s == NULL ? NULL : pool_dup(r->ev.pool, s, strlen(s));
}

/* All but the key and the texts lives as long as the record. */
static void
on_verdict(void *ctx, struct payload *p, const char *verdict,
    const char *reason, const char *message)
{
	struct map_run *r = ctx;
	struct held *h = hold(r);

	h->p = *p;
	if (p->key.p != NULL)
		h->p.key.p = pool_dup(r->ev.pool, p->key.p, p->key.n);
	h->verdict = verdict;
	h->reason = text(r, reason);
	h->message = text(r, message);
}

struct prune *
prune_new(void)
{
	return xcalloc(1, sizeof(struct prune));
}

void
prune_free(struct prune *p)
{
	if (p == NULL)
		return;
	free(p->line);
	free(p);
}

void
prune_begin(struct map_run *r, const struct map_sink *sink)
{
	struct prune *p = r->prune;

	p->n = 0;
	p->to = sink;
	p->sink = (struct map_sink){ on_payload, on_verdict, r };
	r->sink = &p->sink;
}

/* Is it known what the record has of this map?  A child that is skipped,
 * waiting, held or rejected may be there all the same. */
static bool
is_known(const struct map_run *r, const struct map *m)
{
	size_t i;

	for (i = 0; i < r->prune->n; i++)
		if (r->prune->line[i].map == m &&
		    r->prune->line[i].line.p == NULL)
			return false;
	return r->states[m->index].listed;
}

static void
put_key(struct buf *b, struct val key)
{
	if (key.kind == V_STRING) {
		val_quote(b, key);
		return;
	}
	buf_char(b, '"');
	val_json(b, key);
	buf_char(b, '"');
}

static void
put_children(struct map_run *r, const struct map *parent, struct buf *b)
{
	const char *before = ",\"children\":{", *comma;
	const struct map *m;
	size_t i, k;

	for (i = 0; i < r->set->n; i++) {
		m = r->set->order[i];
		if (m->parent != parent || m->prune_at == NULL ||
		    !is_known(r, m))
			continue;
		buf_str(b, before);
		buf_slice(b, m->prune_head);
		for (k = 0, comma = ""; k < r->prune->n; k++)
			if (r->prune->line[k].map == m) {
				buf_str(b, comma);
				put_key(b, r->prune->line[k].key);
				comma = ",";
			}
		buf_str(b, "]}");
		before = ",";
	}
	if (*before == ',' && before[1] == '\0')
		buf_char(b, '}');
}

/* With its children it is too long: what it would not send, they wait for. */
static void
refuse(struct map_run *r, struct held *h)
{
	struct prune *p = r->prune;
	char text[256];
	size_t i;

	snprintf(text, sizeof(text), "%.100s:%u: prune: the payload is too "
	    "long with the keys of its children", h->map->name,
	    source_line(&h->map->source, h->map->key_at));
	run_verdict(r, h->map, &h->key, "rejected", "mapping-error", text);
	for (i = 0; i < p->n; i++)
		p->line[i].orphan |= p->line[i].map->parent == h->map;
}

static void
put_parent(struct map_run *r, struct held *h)
{
	struct buf *b = &r->out;

	buf_reset(b);
	buf_put(b, h->line.p, h->hole);
	put_children(r, h->map, b);
	buf_put(b, h->line.p + h->hole, h->line.n - h->hole);
	if (b->over)
		refuse(r, h);
	else
		r->prune->to->payload(r->prune->to->ctx, buf_all(b));
}

void
prune_end(struct map_run *r)
{
	struct prune *p = r->prune;
	struct held *h;
	long lines = r->lines;
	size_t i;

	r->sink = p->to;
	for (i = 0; i < p->n; i++) {
		h = &p->line[i];
		if (h->line.p == NULL)
			p->to->verdict(p->to->ctx, &h->p, h->verdict,
			    h->reason, h->message);
		else if (h->orphan)
			run_verdict(r, h->map, &h->key, "waiting",
			    "parent-failed", NULL);
		else if (h->map->pruned)
			put_parent(r, h);
		else
			p->to->payload(p->to->ctx, h->line);
	}
	r->lines = lines;
}
