/*
 * map-render - a payload's line
 *
 * The order of members is payload.c's; a unit test reads each line with
 * payload_read() and writes it again with payload_write() to the same bytes.
 */

#include <stdio.h>

#include "map-file.h"
#include "scan.h"

/* ---- values ---- */

/* A text that is a pool's. */
static inline void
put_text(struct buf *b, struct slice s)
{
	if (s.n + ROOM_BEHIND <= b->cap - b->n || buf_room(b, s.n + ROOM_BEHIND))
		b->n = (size_t)(text_copy(b->p + b->n, s.p, s.n) - b->p);
}

static bool
is_empty(struct val v)
{
	return v.kind <= V_NULL || (v.kind == V_STRING && v.n == 0);
}

/* "Name":value, of any value. */
static void
put_any(struct buf *b, struct slice head, struct val v)
{
	put_text(b, head);
	if (is_empty(v))
		buf_put(b, "null", 4);
	else if (v.kind == V_STRING)
		val_quote(b, v);
	else
		val_json(b, v);
	buf_char(b, ',');
}

/* The same at once, for a value that stands as it will be written, as most
 * do; false: it does not, or there is no room. */
static inline bool
put_plain(struct buf *b, const struct slice *head, const struct val *v)
{
	bool text = v->kind == V_STRING && v->flags == VF_CLEAN;
	char *p = b->p + b->n;

	if (!(text || (v->kind == V_NUMBER && v->flags == VF_TEXT)) ||
	    v->n == 0 || head->n + v->n + 20 > b->cap - b->n)
		return false;
	p = text_copy(p, head->p, head->n);
	*p = '"';
	p = text_copy(p + text, v->p, v->n);
	*p = '"';
	p[text] = ',';
	b->n = (size_t)(p + text + 1 - b->p);
	return true;
}

/* And for null, true and false. */
static inline bool
put_word(struct buf *b, const struct slice *head, const struct val *v)
{
	static const char words[][8] = { [V_ABSENT] = "null,",
		[V_NULL] = "null,", [V_FALSE] = "false,", [V_TRUE] = "true," };
	char *p = b->p + b->n;

	if (v->kind > V_TRUE || head->n + 24 > b->cap - b->n)
		return false;
	p = text_copy(p, head->p, head->n);
	memcpy(p, words[v->kind], 8);
	b->n = (size_t)(p + 5 + (v->kind == V_FALSE) - b->p);
	return true;
}

/* ---- what is the same in all payloads of a map ---- */

static struct slice
keep(const struct map_set *s, struct buf *b)
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

static struct slice
field_head(const struct map_set *s, struct slice name, struct buf *b)
{
	scan_quote(b, name);
	buf_char(b, ':');
	return keep(s, b);
}

static bool
is_values(const struct node *n)
{
	return n->op == N_CALL && n->func->flags & FUNC_ITSELF;
}

static bool
is_custom(const struct node *n)
{
	return n->op == N_CALL && n->func->flags & FUNC_CUSTOM &&
	    n->kid[0]->op == N_CONST;
}

/* `n` less what is at its end: custom(), alone or behind a pipe. */
static const struct node *
take_custom(struct path *p, const struct node *n)
{
	static const struct node dot = { .op = N_DOT };

	p->custom = is_custom(n) ? n :
	    n->op == N_PIPE && is_custom(n->kid[1]) ? n->kid[1] : NULL;
	return p->custom == NULL ? n : p->custom == n ? &dot : n->kid[0];
}

static void
prepare_path(struct path *p, const struct node *n)
{
	const struct node *at;
	int i;

	*p = (struct path){ 0 };
	if (n->op == N_PIPE && is_values(n->kid[1])) {
		p->values = true;
		n = n->kid[0];
	}
	n = take_custom(p, n);
	for (at = n; at->op == N_FIELD; at = at->kid[0])
		p->n++;
	if (p->n > (int)(sizeof(p->step) / sizeof(*p->step)))
		return;
	for (i = p->n; i > 0; n = n->kid[0])
		p->step[--i] = n;
	if (at->op == N_PIPE && is_values(at->kid[1]))
		at = at->kid[0];	/* null has no members */
	p->more = p->values || p->custom != NULL;
	p->record = at->op == N_DOT;
	p->slot = at->slot;
	p->is = (p->record || at->op == N_VAR) &&
	    (p->n > 0 || p->custom != NULL);
}

/* A value that no record changes is rendered with its name. */
static void
prepare_field(const struct map_set *s, const struct map *m,
    struct field_map *f, struct buf *b)
{
	struct val v = f->expr->value;

	f->head = field_head(s, f->name, b);
	f->once = m->each != NULL && !f->child;
	prepare_path(&f->path, f->expr);
	if (f->expr->op != N_CONST || run_refuses(v) != NULL)
		return;
	put_any(b, f->head, v);
	f->head = keep(s, b);
	f->constant = true;
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
	for (i = 0; i < m->group[WHENS]; i++)
		prepare_field(s, m, m->order[i], &b);
	for (i = 0; i < m->n_rungs; i++)
		for (p = 0; p < m->rungs[i].n; p++)
			m->rungs[i].part[p].head = field_head(s,
			    m->rungs[i].part[p].name, &b);
	if (m->prune_at != NULL) {
		prune_prepare(m, &b);
		m->prune_head = keep(s, &b);
	}
	buf_free(&b);
}

/* ---- one payload ---- */

/* Text inside of quotes that stand already. */
static void
put_inner(struct buf *b, struct val v)
{
	if (v.kind == V_NUMBER && !(v.flags & VF_TEXT))
		val_json(b, v);
	else if (v.flags & (v.kind == V_NUMBER ? VF_TEXT : VF_CLEAN))
		put_text(b, val_bytes(v));
	else
		val_inner(b, v);
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
		r->failed_at = g->part[p].at;
		r->failed = g->part[p].name;
		if (run_eval(r, g->part[p].expr, &v) == EV_ERROR)
			return -1;
		if (v.kind >= V_ARRAY) {
			ev_error(&r->ev, "gives an %s, a match takes one "
			    "text, number or boolean", val_type(v));
			return -1;
		}
		if (is_empty(v)) {
			b->n = before;
			return 0;
		}
		if (p == 0)
			buf_char(b, '{');
		if (!put_plain(b, &g->part[p].head, &v))
			put_any(b, g->part[p].head, v);
	}
	if (!b->over)
		b->p[b->n - 1] = '}';
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

/* Where a path leads when all is as usual, or NULL. */
static ALWAYS const struct val *
path_value(struct map_run *r, const struct path *p)
{
	const struct val *v = p->record ? &r->record : &r->ev.vars[p->slot];
	int i;

	for (i = 0; i < p->n; i++)
		if ((v = ev_usual(&r->ev, p->step[i], v)) == NULL)
			return NULL;
	if (!p->more)
		return v;
	if (p->custom != NULL &&
	    (v = ev_custom(&r->ev, p->custom, v)) == NULL)
		return NULL;
	return p->values && v->kind <= V_NULL ? NULL : v;
}

static APART int
put_computed(struct map_run *r, const struct field_map *f)
{
	struct val room;
	const struct val *v = run_field(r, f, &room);

	if (put_plain(&r->out, &f->head, v))
		return 0;
	if (v == &ev_failed)
		return -1;
	if (v != &ev_nothing && !put_word(&r->out, &f->head, v))
		put_any(&r->out, f->head, *v);
	return 0;
}

static ALWAYS int
put_value(struct map_run *r, const struct field_map *f)
{
	const struct val *v;

	if (f->path.is && (v = path_value(r, &f->path)) != NULL &&
	    !run_doubts(v) && (put_plain(&r->out, &f->head, v) ||
	    put_word(&r->out, &f->head, v)))
		return 0;
	return put_computed(r, f);
}

/* The same for all children of a record: rendered once. */
static int
put_once(struct map_run *r, const struct map *m, size_t i)
{
	struct state *st = &r->states[m->index];
	struct slice *kept = &st->fixed[i];
	struct buf *b = &r->out;
	size_t before = b->n;

	if (!st->fixed_known) {
		memset(st->fixed, 0, m->group[WHENS] * sizeof(*st->fixed));
		st->fixed_known = true;
	}
	if (kept->p != NULL) {
		put_text(b, *kept);
		return 0;
	}
	if (put_value(r, m->order[i]) == -1)
		return -1;
	if (!b->over) {
		kept->n = b->n - before;
		kept->p = pool_dup(r->ev.pool, b->p == NULL ? "" :
		    b->p + before, kept->n);
	}
	return 0;
}

static inline int
put_field(struct map_run *r, const struct map *m, size_t i)
{
	const struct field_map *f = m->order[i];

	if (f->constant)
		put_text(&r->out, f->head);
	else if (f->once)
		return put_once(r, m, i);
	else
		return put_value(r, f);
	return 0;
}

static int
put_groups(struct map_run *r, struct map *m, const struct field_map **at)
{
	/* long enough for put_text() */
	static const char texts[][ROOM_BEHIND] = { ",\"insert\":{",
		",\"update\":{", ",\"fields\":{" };
	static const struct slice heads[] = { { texts[0], 11 },
		{ texts[1], 11 }, { texts[2], 11 } };
	struct buf *b = &r->out;
	size_t i, before, inside, any = b->n;
	int g;

	for (g = 0; g < WHENS; g++) {
		if (m->group[g] == m->group[g + 1])
			continue;
		before = b->n;
		put_text(b, heads[g]);
		inside = b->n;
		for (i = m->group[g]; i < m->group[g + 1]; i++)
			if (put_field(r, m, i) == -1) {
				*at = site_line(r, m->order[i]);
				if (*at == NULL)
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
	r->failed_at = m->only_at;
	r->failed = slice(m->only);
	if (m->only_if != NULL && run_truth(r, m->only_if, &yes) == EV_ERROR)
		return -1;
	if (yes)
		put_text(&r->out, m->only_text);
	return 0;
}

int
render(struct map_run *r, struct map *m, struct val key,
    const struct field_map **at)
{
	struct buf *b = &r->out;

	*at = NULL;
	buf_reset(b);
	put_text(b, m->head);
	put_inner(b, r->id);
	buf_put(b, "\",\"key\":\"", 9);
	put_inner(b, key);
	buf_char(b, '"');
	put_text(b, m->after_key);
	if (m->parent != NULL) {
		put_text(b, m->before_parent);
		put_inner(b, r->states[m->parent->index].key);
		buf_char(b, '"');
	}
	if (put_match(r, m) == -1)
		return -1;
	put_text(b, m->steps);
	if (put_only(r, m) == -1)
		return -1;
	put_text(b, m->tail);
	r->hole = b->n;
	if (put_groups(r, m, at) == -1)
		return -1;
	buf_char(b, '}');
	if (b->over) {
		r->failed_at = m->key_at;
		r->failed = SLICE("payload");
		ev_error(&r->ev, "the payload is too long");
		return -1;
	}
	return 0;
}
