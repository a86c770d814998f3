/*
 * map-render - a payload's line
 *
 * The order of members is payload.c's; a unit test reads each line with
 * payload_read() and writes it again with payload_write() to the same bytes.
 */

#include <stdio.h>

#include "map-file.h"
#include "scan.h"

static struct slice
keep(struct map_set *s, struct buf *b)
{
	struct slice all = { pool_dup(s->pool, buf_all(b).p, b->n), b->n };

	buf_reset(b);
	return all;
}

static void
names(struct buf *b, const char *member, const struct map *m, bool own)
{
	const struct field_map *f;
	const char *before = "";
	size_t i;

	for (i = 0; i < m->group[WHENS]; i++) {
		f = m->order[i];
		if (own ? !f->own : !f->quiet)
			continue;
		if (*before == '\0')
			buf_fmt(b, ",\"%s\":[", member);
		buf_str(b, before);
		scan_quote(b, f->name);
		before = ",";
	}
	if (*before != '\0')
		buf_char(b, ']');
}

static void
field_head(struct map_set *s, struct slice name, struct buf *b, char **head,
    size_t *n)
{
	struct slice all;

	scan_quote(b, name);
	buf_char(b, ':');
	all = keep(s, b);
	*head = (char *)(uintptr_t)all.p;
	*n = all.n;
}

void
render_prepare(struct map_set *s, struct map *m)
{
	struct buf b = BUF(1 << 20);
	size_t i;
	int p;

	snprintf(m->rev_text, sizeof(m->rev_text), "%016llx",
	    (unsigned long long)m->rev);
	buf_str(&b, "{\"object\":");
	scan_quote(&b, m->object);
	buf_str(&b, ",\"map\":");
	scan_quote(&b, slice(m->name));
	buf_fmt(&b, ",\"phase\":%ld,\"source\":\"%.*s/", m->phase,
	    (int)s->from.n, s->from.p);
	m->head = keep(s, &b);
	if (m->key_field.p != NULL) {
		buf_str(&b, ",\"extid\":");
		scan_quote(&b, m->key_field);
	}
	m->after_key = keep(s, &b);
	for (p = 0; p < m->n_with; p++) {
		buf_str(&b, p == 0 ? ",\"with\":[" : ",");
		scan_quote(&b, m->with[p]);
	}
	if (m->n_with > 0)
		buf_char(&b, ']');
	m->steps = keep(s, &b);
	if (m->only != NULL)
		buf_fmt(&b, ",\"only\":\"%s\"", m->only);
	m->only_text = keep(s, &b);
	if (m->parent != NULL)
		buf_fmt(&b, ",\"parent\":\"%.*s/", (int)m->parent->object.n,
		    m->parent->object.p);
	m->before_parent = keep(s, &b);
	if (m->shared)
		buf_str(&b, ",\"shared\":true");
	names(&b, "own", m, true);
	names(&b, "quiet", m, false);
	buf_fmt(&b, ",\"rev\":\"%s\"", m->rev_text);
	m->tail = keep(s, &b);
	for (i = 0; i < m->n_fields; i++)
		field_head(s, m->fields[i].name, &b, &m->fields[i].head,
		    &m->fields[i].head_n);
	for (i = 0; i < m->n_rungs; i++)
		for (p = 0; p < m->rungs[i].n; p++)
			field_head(s, m->rungs[i].part[p].name, &b,
			    &m->rungs[i].part[p].head,
			    &m->rungs[i].part[p].head_n);
	if (m->prune_at != NULL) {
		prune_prepare(s, m, &b);
		m->prune_head = keep(s, &b);
	}
	buf_free(&b);
}

/* ---- one payload ---- */

/* Text inside of quotes that stand already. */
static void
put_inner(struct buf *b, struct val v)
{
	size_t at;

	if (v.kind == V_NUMBER) {
		val_json(b, v);
		return;
	}
	if (v.flags & VF_CLEAN) {
		buf_put(b, v.p, v.n);
		return;
	}
	at = b->n;
	val_quote(b, v);
	if (b->over)
		return;
	memmove(b->p + at, b->p + at + 1, b->n - at - 2);
	b->n -= 2;
}

static bool
is_empty(struct val v)
{
	return v.kind <= V_NULL || (v.kind == V_STRING && v.n == 0);
}

/* 1: written; 0: a value is null, the rung is left out; -1: an error. */
static int
put_rung(struct map_run *r, const struct rung *g, bool first)
{
	struct buf *b = &r->out;
	size_t before = b->n;
	struct val v;
	int p;

	buf_char(b, first ? '[' : ',');
	for (p = 0; p < g->n; p++) {
		if (run_eval(r, g->part[p].expr, &v) == EV_ERROR)
			return -1;
		if (v.kind >= V_ARRAY) {
			ev_error(&r->ev, "match %.*s: an %s",
			    (int)g->part[p].name.n, g->part[p].name.p,
			    val_type(v));
			return -1;
		}
		if (is_empty(v)) {
			b->n = before;
			return 0;
		}
		buf_char(b, p == 0 ? '{' : ',');
		buf_put(b, g->part[p].head, g->part[p].head_n);
		val_json(b, v);
	}
	buf_char(b, '}');
	return 1;
}

static int
put_match(struct map_run *r, const struct map *m)
{
	struct buf *b = &r->out;
	size_t i, from;
	bool first = true;
	int done;

	if (m->n_rungs == 0)
		return 0;
	from = b->n;
	buf_str(b, ",\"match\":");
	for (i = 0; i < m->n_rungs; i++) {
		if ((done = put_rung(r, &m->rungs[i], first)) == -1)
			return -1;
		if (done == 1)
			first = false;
	}
	if (first)
		b->n = from;
	else
		buf_char(b, ']');
	return 0;
}

/* The same for all children of a record: rendered once. */
static struct slice *
fixed(struct map_run *r, struct map *m, size_t i)
{
	struct state *st = &r->states[m->index];

	if (m->each == NULL || m->order[i]->child)
		return NULL;
	if (!st->fixed_known) {
		memset(st->fixed, 0, m->group[WHENS] * sizeof(*st->fixed));
		st->fixed_known = true;
	}
	return &st->fixed[i];
}

/* "Name":value, for a value that needs no look: the usual case at once. */
static void
put_pair(struct buf *b, const struct field_map *f, struct val v)
{
	bool text = v.kind == V_STRING && (v.flags & VF_CLEAN) && v.n > 0;
	char *p;

	if (!text && !(v.kind == V_NUMBER && (v.flags & VF_TEXT))) {
		buf_put(b, f->head, f->head_n);
		if (is_empty(v))
			buf_put(b, "null", 4);
		else
			val_json(b, v);
		buf_char(b, ',');
		return;
	}
	if (!buf_room(b, f->head_n + v.n + 3))
		return;
	p = b->p + b->n;
	memcpy(p, f->head, f->head_n);
	p += f->head_n;
	if (text)
		*p++ = '"';
	memcpy(p, v.p, v.n);
	p += v.n;
	if (text)
		*p++ = '"';
	*p++ = ',';
	b->n = (size_t)(p - b->p);
}

static int
put_field(struct map_run *r, struct map *m, size_t i)
{
	const struct field_map *f = m->order[i];
	struct slice *keep_it = fixed(r, m, i);
	struct buf *b = &r->out;
	size_t before = b->n;
	struct val v;

	if (keep_it != NULL && keep_it->p != NULL) {
		buf_put(b, keep_it->p, keep_it->n);
		return 0;
	}
	switch (run_field(r, f, &v)) {
	case EV_ERROR:
		return -1;
	case EV_NONE:
		break;
	default:
		put_pair(b, f, v);
	}
	if (keep_it != NULL && !b->over) {
		keep_it->n = b->n - before;
		keep_it->p = pool_dup(r->ev.pool, b->p == NULL ? "" :
		    b->p + before, keep_it->n);
	}
	return 0;
}

static int
put_groups(struct map_run *r, struct map *m, const struct field_map **at)
{
	static const struct slice heads[] = { { ",\"insert\":{", 11 },
		{ ",\"update\":{", 11 }, { ",\"fields\":{", 11 } };
	struct buf *b = &r->out;
	size_t i, before, inside, any = b->n;
	int g;

	for (g = 0; g < WHENS; g++) {
		before = b->n;
		buf_slice(b, heads[g]);
		inside = b->n;
		for (i = m->group[g]; i < m->group[g + 1]; i++)
			if (put_field(r, m, i) == -1) {
				*at = m->order[i];
				return -1;
			}
		if (b->over)
			return 0;
		if (b->n == inside)
			b->n = before;
		else
			b->p[b->n - 1] = '}';
	}
	if (b->n == any)
		buf_str(b, ",\"fields\":{}");
	return 0;
}

static int
put_only(struct map_run *r, const struct map *m)
{
	bool yes = true;

	if (m->only == NULL)
		return 0;
	if (m->only_if != NULL && run_truth(r, m->only_if, &yes) == EV_ERROR)
		return -1;
	if (yes)
		buf_slice(&r->out, m->only_text);
	return 0;
}

int
render(struct map_run *r, struct map *m, struct val key,
    const struct field_map **at)
{
	struct buf *b = &r->out;

	*at = NULL;
	buf_reset(b);
	buf_slice(b, m->head);
	put_inner(b, r->id);
	buf_put(b, "\",\"key\":\"", 9);
	put_inner(b, key);
	buf_char(b, '"');
	buf_slice(b, m->after_key);
	if (m->parent != NULL) {
		buf_slice(b, m->before_parent);
		put_inner(b, r->states[m->parent->index].key);
		buf_char(b, '"');
	}
	if (put_match(r, m) == -1)
		return -1;
	buf_slice(b, m->steps);
	if (put_only(r, m) == -1)
		return -1;
	buf_slice(b, m->tail);
	r->hole = b->n;
	if (put_groups(r, m, at) == -1)
		return -1;
	buf_char(b, '}');
	if (b->over) {
		ev_error(&r->ev, "the payload is too long");
		return -1;
	}
	return 0;
}
