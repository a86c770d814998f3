/* against - what two streams of payloads say differently. */
#include <stdio.h>
#include <stdlib.h>

#include "against-in.h"

struct against *
against_new(void)
{
	return xcalloc(1, sizeof(struct against));
}

void
against_free(struct against *a)
{
	for (int i = 0; a != NULL && i < a->n; i++) {
		free(a->map[i].fields.row);
		free(a->map[i].turns.row);
		free(a->map[i].keys.row);
	}
	free(a);
}

bool
against_any(const struct against *a)
{
	return a->changed > 0;
}

/* ---- counting ---- */

/* Cut at a character's end, with "...". */
static void
cut(char *to, size_t max, struct slice text)
{
	snprintf(to, max + 8, "%.*s%s", slice_cut(text, max),
	    text.p == NULL ? "" : text.p, text.n > max ? "..." : "");
}

static struct map_sum *
map_of(struct against *a, struct slice name)
{
	char text[sizeof(a->map->name)];

	if (name.n == 0)	/* what was no record */
		name = SLICE("(no map)");
	cut(text, sizeof(text) - 8, name);
	for (int i = 0; i < a->n; i++)
		if (strcmp(a->map[i].name, text) == 0)
			return &a->map[i];
	if (a->n == AGAINST_MAPS)
		return &a->map[a->n - 1];
	if (a->n == AGAINST_MAPS - 1)
		cut(text, sizeof(text) - 8, SLICE("(other maps)"));
	memcpy(a->map[a->n].name, text, sizeof(text));
	return &a->map[a->n++];
}

/* The row of this name; the last one is of all for which there was no room. */
static struct row *
row_of(struct rows *r, struct slice name, struct slice to)
{
	char short_name[128], short_to[128];

	cut(short_name, sizeof(short_name) - 8, name);
	cut(short_to, sizeof(short_to) - 8, to);
	for (int i = 0; i < r->n; i++)
		if (strcmp(r->row[i].name, short_name) == 0 &&
		    strcmp(r->row[i].to, short_to) == 0)
			return &r->row[i];
	if (r->n == AGAINST_ROWS)
		return &r->row[r->n - 1];
	if (r->n == AGAINST_ROWS - 1) {
		cut(short_name, sizeof(short_name) - 8, SLICE("(others)"));
		cut(short_to, sizeof(short_to) - 8, to.n == 0 ? to :
		    SLICE("(others)"));
	}
	if ((r->n & (r->n - 1)) == 0)
		r->row = xrealloc(r->row, (r->n == 0 ? 1 : (size_t)r->n * 2) *
		    sizeof(*r->row));
	r->row[r->n] = (struct row){ .lines = 0 };
	memcpy(r->row[r->n].name, short_name, sizeof(short_name));
	memcpy(r->row[r->n].to, short_to, sizeof(short_to));
	return &r->row[r->n++];
}

/* An example, unless it is one that we have. */
static void
add_sample(struct row *r, struct slice source, struct slice old,
    struct slice new)
{
	struct sample *s = &r->sample[r->samples];

	r->lines++;
	if (r->samples == AGAINST_SAMPLES)
		return;
	cut(s->source, sizeof(s->source) - 8, source);
	cut(s->old, AGAINST_TEXT, old);
	cut(s->new, AGAINST_TEXT, new);
	for (int i = 0; i < r->samples; i++)
		if (strcmp(r->sample[i].old, s->old) == 0 &&
		    strcmp(r->sample[i].new, s->new) == 0)
			return;
	r->samples++;
}

static void
put_end(struct buf *b, const struct payload *p)
{
	if (p == NULL || p->verdict.p == NULL)
		return;
	buf_slice(b, p->verdict);
	if (p->reason.n > 0) {
		buf_str(b, " (");
		buf_slice(b, p->reason);
		buf_char(b, ')');
	}
}

static void
count_turn(struct map_sum *m, const struct against_change *c)
{
	const struct payload *p = c->new != NULL ? c->new : c->old;
	struct buf from = BUF(1 << 16), to = BUF(1 << 16);
	struct row *r;

	put_end(&from, c->old);
	put_end(&to, c->new);
	r = row_of(&m->turns, buf_all(&from), buf_all(&to));
	add_sample(r, p->source, (struct slice){ NULL, 0 },
	    (struct slice){ NULL, 0 });
	if (r->lines == 1 && p->message.n > 0)
		cut(r->message, sizeof(r->message) - 8, p->message);
	buf_free(&from);
	buf_free(&to);
}

static void
count(struct against *a, const struct against_change *c)
{
	const struct payload *p = c->new != NULL ? c->new : c->old;
	struct map_sum *m = map_of(a, p->map);
	const struct against_field *f;

	m->kind[c->kind]++;
	if (c->kind == AGAINST_TURNED)
		count_turn(m, c);
	if (c->kind == AGAINST_KEY)
		add_sample(row_of(&m->keys, SLICE("key"), SLICE("")),
		    p->source, c->old->key, c->new->key);
	for (size_t i = 0; i < c->n; i++) {
		f = &c->field[i];
		add_sample(row_of(&m->fields, f->name, SLICE("")), p->source,
		    f->old, f->new);
	}
}

/* ---- comparing ---- */

/* An sObject's data is compared by field; of the rest a change is one. */
struct part {
	const char *name;
	size_t at;
	bool text;
};

#define AT(name) offsetof(struct payload, name)

static const struct part heads[] = {
	{ "(object)", AT(object), true }, { "(extid)", AT(extid), true },
	{ "(parent)", AT(parent), true }, { "(match)", AT(match), false },
	{ "(with)", AT(with), false }, { "(only)", AT(only), true },
	{ "(own)", AT(own), false }, { "(quiet)", AT(quiet), false },
	{ "(children)", AT(children), false }, { "(id)", AT(id), true },
};
static const struct part datas[] = {
	{ "[insert] ", AT(insert), false }, { "[update] ", AT(update), false },
	{ "", AT(fields), false },
};

static struct slice
at(const struct payload *p, const struct part *part)
{
	return *(const struct slice *)(const void *)((const char *)p +
	    part->at);
}

struct list {			/* of what differs */
	struct against_field *field;
	size_t n, cap;
	struct pool *pool;
};

static void
add(struct list *l, const char *before, struct slice name, struct slice old,
    struct slice new)
{
	struct against_field *grown;
	size_t n = strlen(before);
	char *p = pool_get(l->pool, n + name.n + 1);

	memcpy(p, before, n);
	memcpy(p + n, name.p, name.n);
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 16 : l->cap * 2;
		grown = pool_get(l->pool, l->cap * sizeof(*grown));
		if (l->n > 0)
			memcpy(grown, l->field, l->n * sizeof(*grown));
		l->field = grown;
	}
	l->field[l->n++] = (struct against_field){ { p, n + name.n }, old,
		new };
}

static struct slice
quoted(struct list *l, struct slice text)
{
	struct buf b = BUF(1 << 20);
	struct slice s;

	if (text.p == NULL)
		return text;
	scan_quote(&b, text);
	s = (struct slice){ pool_dup(l->pool, b.p, b.n), b.n };
	buf_free(&b);
	return s;
}

static void
compare_heads(struct list *l, const struct payload *a,
    const struct payload *b)
{
	struct slice old, new;
	char phase[2][24];
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		old = at(a, &heads[i]);
		new = at(b, &heads[i]);
		if (slice_eq(old, new))
			continue;
		if (heads[i].text) {
			old = quoted(l, old);
			new = quoted(l, new);
		}
		add(l, "", slice(heads[i].name), old, new);
	}
	if (a->shared != b->shared)
		add(l, "", SLICE("(shared)"), slice(a->shared ? "true" :
		    "false"), slice(b->shared ? "true" : "false"));
	if (a->phase == b->phase)
		return;
	for (i = 0; i < 2; i++)
		snprintf(phase[i], sizeof(phase[i]), "%ld", i == 0 ?
		    a->phase : b->phase);
	add(l, "", SLICE("(phase)"), slice(pool_dup(l->pool, phase[0],
	    strlen(phase[0]))), slice(pool_dup(l->pool, phase[1],
	    strlen(phase[1]))));
}

static struct slice
value_of(const struct field *f, size_t n, struct slice name)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(f[i].name, name))
			return f[i].value;
	return (struct slice){ NULL, 0 };
}

static void
compare_data(struct list *l, const struct part *part,
    const struct payload *a, const struct payload *b)
{
	struct field *old, *new;
	struct slice none = { NULL, 0 }, v;
	size_t n, m, i;

	if (slice_eq(at(a, part), at(b, part)))
		return;
	old = payload_fields(at(a, part), l->pool, &n);
	new = payload_fields(at(b, part), l->pool, &m);
	for (i = 0; i < n; i++) {
		v = value_of(new, m, old[i].name);
		if (v.p == NULL || !slice_eq(v, old[i].value))
			add(l, part->name, old[i].name, old[i].value, v);
	}
	for (i = 0; i < m; i++)
		if (value_of(old, n, new[i].name).p == NULL)
			add(l, part->name, new[i].name, none, new[i].value);
}

/* false: they say the same. */
static bool
compare(const struct payload *a, const struct payload *b, struct pool *pool,
    struct against_change *c)
{
	struct list l = { .pool = pool };
	size_t i;

	*c = (struct against_change){ AGAINST_CHANGED, a, b, NULL, 0 };
	if (a->verdict.p != NULL || b->verdict.p != NULL) {
		c->kind = AGAINST_TURNED;
		return !slice_eq(a->verdict, b->verdict) ||
		    (a->verdict.p == NULL) != (b->verdict.p == NULL) ||
		    !slice_eq(a->reason, b->reason);
	}
	compare_heads(&l, a, b);
	for (i = 0; i < sizeof(datas) / sizeof(*datas); i++)
		compare_data(&l, &datas[i], a, b);
	c->field = l.field;
	c->n = l.n;
	if (slice_eq(a->key, b->key))
		return l.n > 0;
	c->kind = AGAINST_KEY;
	return true;
}

/* ---- which lines go together ---- */

struct match {
	const struct payload **a, **b;	/* by map, then key; paired: NULL */
	size_t n, m;
};

static int
by_key(const void *x, const void *y)
{
	const struct payload *a = *(const struct payload *const *)x;
	const struct payload *b = *(const struct payload *const *)y;
	int c = slice_cmp(a->map, b->map);

	if (c == 0)
		c = slice_cmp(a->key, b->key);
	return c != 0 ? c : (a > b) - (a < b);
}

static int
as_read(const void *x, const void *y)
{
	const struct payload *a = *(const struct payload *const *)x;
	const struct payload *b = *(const struct payload *const *)y;

	return (a > b) - (a < b);
}

static const struct payload **
sorted(const struct pair *side, struct pool *pool)
{
	const struct payload **p = pool_get(pool, (side->n + 1) * sizeof(*p));

	for (size_t i = 0; i < side->n; i++)
		p[i] = &side->line[i];
	qsort(p, side->n, sizeof(*p), by_key);
	return p;
}

/* The lines of a map that are not paired yet, as they came. */
static size_t
left_of(const struct payload **p, size_t n, struct slice map,
    const struct payload **left)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (p[i] != NULL && slice_eq(p[i]->map, map)) {
			left[count++] = p[i];
			p[i] = NULL;
		}
	qsort(left, count, sizeof(*left), as_read);
	return count;
}

struct work {
	struct against *a;
	struct pool *pool;
	struct against_change *change;
	size_t n;
};

static void
pair_up(struct work *w, const struct payload *old, const struct payload *new)
{
	struct against_change *c = &w->change[w->n];

	if (!compare(old, new, w->pool, c)) {
		map_of(w->a, new->map)->same++;
		return;
	}
	w->n++;
}

static void
equal_keys(struct work *w, struct match *m)
{
	const struct payload *x, *y;
	size_t i = 0, k = 0;
	int c;

	while (i < m->n && k < m->m) {
		x = m->a[i];
		y = m->b[k];
		c = slice_cmp(x->map, y->map);
		if (c == 0)
			c = slice_cmp(x->key, y->key);
		if (c == 0) {
			pair_up(w, x, y);
			m->a[i] = m->b[k] = NULL;
		}
		i += c <= 0;
		k += c >= 0;
	}
}

static void
alone(struct work *w, const struct payload *old, const struct payload *new)
{
	w->change[w->n++] = (struct against_change){ old == NULL ?
		AGAINST_NEW : AGAINST_GONE, old, new, NULL, 0 };
}

/*
 * What is left of a map: as many before as now are the same lines, whose key
 * has changed, or verdicts that have none.
 */
static void
other_keys(struct work *w, struct match *m)
{
	const struct payload **a = pool_get(w->pool, m->n * sizeof(*a) + 1);
	const struct payload **b = pool_get(w->pool, m->m * sizeof(*b) + 1);
	size_t i, k, n, o;

	for (i = 0; i < m->n; i++) {
		if (m->a[i] == NULL)
			continue;
		o = left_of(m->b, m->m, m->a[i]->map, b);
		n = left_of(m->a, m->n, m->a[i]->map, a);
		for (k = 0; k < n && n == o; k++)
			pair_up(w, a[k], b[k]);
		for (k = 0; k < n && n != o; k++)
			alone(w, a[k], NULL);
		for (k = 0; k < o && n != o; k++)
			alone(w, NULL, b[k]);
	}
	for (k = 0; k < m->m; k++)
		if (m->b[k] != NULL)
			alone(w, NULL, m->b[k]);
}

static int
as_they_came(const void *x, const void *y)
{
	const struct against_change *a = x, *b = y;

	if (a->new != NULL && b->new != NULL)
		return (a->new > b->new) - (a->new < b->new);
	if (a->new == NULL && b->new == NULL)
		return (a->old > b->old) - (a->old < b->old);
	return a->new == NULL ? 1 : -1;
}

size_t
against_source(struct against *a, const struct pair side[2],
    struct pool *pool, struct against_change **changes)
{
	struct match m = { sorted(&side[0], pool), sorted(&side[1], pool),
		side[0].n, side[1].n };
	struct work w = { .a = a, .pool = pool };
	size_t i;

	for (i = 0; i < m.m; i++)	/* maps in the order of their lines */
		map_of(a, side[1].line[i].map);
	w.change = pool_get(pool, (m.n + m.m + 1) * sizeof(*w.change));
	equal_keys(&w, &m);
	other_keys(&w, &m);
	qsort(w.change, w.n, sizeof(*w.change), as_they_came);
	for (i = 0; i < w.n; i++)
		count(a, &w.change[i]);
	a->records++;
	a->changed += w.n > 0;
	*changes = w.change;
	return w.n;
}
