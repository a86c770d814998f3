/* against - what two streams of payloads say differently, summed up. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "against.h"

struct sample {
	char source[128], old[AGAINST_TEXT + 8], new[AGAINST_TEXT + 8];
};

struct row {			/* a field, or a turn from one end to another */
	char name[128];		/* turn: how it ended, "" a payload */
	char to[128], message[256];	/* of a turn */
	uint64_t lines;
	struct sample sample[AGAINST_SAMPLES];
	int samples;
};

struct rows {
	struct row *row;
	int n;
};

struct map_sum {
	char name[64];
	uint64_t same, kind[AGAINST_KINDS];
	struct rows fields, turns, keys;
};

struct against {
	uint64_t records, changed;
	struct map_sum map[AGAINST_MAPS];
	int n;
};

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
	size_t n = text.n;

	if (n > max)
		for (n = max; n > 0 && ((unsigned char)text.p[n] & 0xc0) ==
		    0x80; )
			n--;
	snprintf(to, max + 8, "%.*s%s", (int)n, text.p == NULL ? "" : text.p,
	    n < text.n ? "..." : "");
}

static struct map_sum *
map_of(struct against *a, struct slice name)
{
	if (name.n == 0)	/* what was no record */
		name = SLICE("(no map)");
	for (int i = 0; i < a->n; i++)
		if (slice_is(name, a->map[i].name))
			return &a->map[i];
	if (a->n == AGAINST_MAPS)
		return &a->map[a->n - 1];
	cut(a->map[a->n].name, sizeof(a->map->name) - 8, name);
	return &a->map[a->n++];
}

/* The row of this name, the last one when there are too many. */
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

/* ---- for a person ---- */

static const char *const kinds[] = {
	[AGAINST_CHANGED] = "changed", [AGAINST_KEY] = "with another key",
	[AGAINST_NEW] = "new", [AGAINST_GONE] = "gone",
	[AGAINST_TURNED] = "with another end",
};

static void
show_value(const struct paint *p, enum paint_tone tone, const char *text)
{
	if (*text == '\0')
		paint_fmt(p, PAINT_DIM, "absent");
	else
		paint_text(p, tone, slice(text));
}

static void
show_samples(const struct row *r, const struct paint *p, int width)
{
	for (int i = 0; i < r->samples; i++) {
		if (i > 0)
			paint_fmt(p, PAINT_PLAIN, "%*s", width, "");
		paint_fmt(p, PAINT_DIM, "  %s  ", r->sample[i].source);
		show_value(p, PAINT_DELETE, r->sample[i].old);
		paint_fmt(p, PAINT_PLAIN, " -> ");
		show_value(p, PAINT_ADD, r->sample[i].new);
		paint_fmt(p, PAINT_PLAIN, "\n");
	}
}

static void
show_rows(const struct rows *r, const struct paint *p)
{
	for (int i = 0; i < r->n; i++) {
		paint_fmt(p, PAINT_PLAIN, "    ");
		paint_text(p, PAINT_CHANGE, slice(r->row[i].name));
		paint_fmt(p, PAINT_PLAIN, "%*s %7" PRIu64,
		    strlen(r->row[i].name) < 32 ?
		    32 - (int)strlen(r->row[i].name) : 0, "",
		    r->row[i].lines);
		show_samples(&r->row[i], p, 44);
	}
}

/* "now skipped (zero-total), was sent" */
static void
show_turns(const struct rows *r, const struct paint *p)
{
	const struct row *t;

	for (int i = 0; i < r->n; i++) {
		t = &r->row[i];
		paint_fmt(p, PAINT_PLAIN, "    ");
		paint_fmt(p, *t->to == '\0' ? PAINT_ADD : PAINT_BAD,
		    "now %s", *t->to == '\0' ? "sent" : t->to);
		paint_fmt(p, PAINT_PLAIN, ", was %s: %" PRIu64 ", e.g. %s\n",
		    *t->name == '\0' ? "sent" : t->name, t->lines,
		    t->sample[0].source);
		if (*t->message == '\0')
			continue;
		paint_fmt(p, PAINT_PLAIN, "      ");
		paint_text(p, PAINT_PLAIN, slice(t->message));
		paint_fmt(p, PAINT_PLAIN, "\n");
	}
}

static void
show_map(const struct map_sum *m, const struct paint *p)
{
	const char *comma = "";
	int k;

	paint_fmt(p, PAINT_HEAD, "  %-28s", m->name);
	for (k = 0; k < AGAINST_KINDS; k++)
		if (m->kind[k] > 0) {
			paint_fmt(p, PAINT_PLAIN, "%s%" PRIu64 " %s", comma,
			    m->kind[k], kinds[k]);
			comma = ", ";
		}
	paint_fmt(p, PAINT_PLAIN, "%s%" PRIu64 " as before\n", comma,
	    m->same);
	show_turns(&m->turns, p);
	show_rows(&m->keys, p);
	show_rows(&m->fields, p);
}

void
against_show(const struct against *a, const struct paint *p)
{
	if (a->changed == 0)
		paint_fmt(p, PAINT_HEAD, "Nothing would change: %" PRIu64
		    " record%s.\n", a->records, a->records == 1 ? "" : "s");
	else
		paint_fmt(p, PAINT_HEAD, "Against: %" PRIu64 " of %" PRIu64
		    " record%s would change.\n", a->changed, a->records,
		    a->records == 1 ? "" : "s");
	for (int i = 0; i < a->n; i++)
		for (int k = 0; k < AGAINST_KINDS; k++)
			if (a->map[i].kind[k] > 0) {
				show_map(&a->map[i], p);
				break;
			}
}

/* ---- for a program ---- */

static const char *const members[] = {
	[AGAINST_CHANGED] = "changed", [AGAINST_KEY] = "rekeyed",
	[AGAINST_NEW] = "new", [AGAINST_GONE] = "gone",
	[AGAINST_TURNED] = "turned",
};

static void
put_member(struct buf *out, const char *name, const char *text)
{
	buf_fmt(out, "\"%s\":", name);
	scan_quote(out, slice(text));
}

static void
json_samples(const struct row *r, struct buf *out)
{
	const struct sample *s;

	for (int i = 0; i < r->samples; i++) {
		s = &r->sample[i];
		buf_str(out, i > 0 ? ",{" : "{");
		put_member(out, "source", s->source);
		if (*s->old != '\0') {
			buf_char(out, ',');
			put_member(out, "old", s->old);
		}
		if (*s->new != '\0') {
			buf_char(out, ',');
			put_member(out, "new", s->new);
		}
		buf_char(out, '}');
	}
}

static void
json_fields(const struct rows *r, struct buf *out)
{
	for (int i = 0; i < r->n; i++) {
		buf_str(out, i > 0 ? "," : "");
		scan_quote(out, slice(r->row[i].name));
		buf_fmt(out, ":{\"payloads\":%" PRIu64 ",\"samples\":[",
		    r->row[i].lines);
		json_samples(&r->row[i], out);
		buf_str(out, "]}");
	}
}

static void
json_turns(const struct rows *r, struct buf *out)
{
	const struct row *t;

	for (int i = 0; i < r->n; i++) {
		t = &r->row[i];
		buf_str(out, i > 0 ? ",{" : "{");
		put_member(out, "was", *t->name == '\0' ? "sent" : t->name);
		buf_char(out, ',');
		put_member(out, "now", *t->to == '\0' ? "sent" : t->to);
		buf_fmt(out, ",\"lines\":%" PRIu64 ",", t->lines);
		put_member(out, "source", t->sample[0].source);
		if (*t->message != '\0') {
			buf_char(out, ',');
			put_member(out, "message", t->message);
		}
		buf_char(out, '}');
	}
}

void
against_json(const struct against *a, struct buf *out)
{
	const struct map_sum *m;

	buf_fmt(out, "{\"records\":%" PRIu64 ",\"changed\":%" PRIu64
	    ",\"maps\":[", a->records, a->changed);
	for (int i = 0; i < a->n; i++) {
		m = &a->map[i];
		buf_str(out, i > 0 ? ",{" : "{");
		put_member(out, "map", m->name);
		buf_fmt(out, ",\"same\":%" PRIu64, m->same);
		for (int k = 0; k < AGAINST_KINDS; k++)
			buf_fmt(out, ",\"%s\":%" PRIu64, members[k],
			    m->kind[k]);
		buf_str(out, ",\"turns\":[");
		json_turns(&m->turns, out);
		buf_str(out, "],\"keys\":{");
		json_fields(&m->keys, out);
		buf_str(out, "},\"fields\":{");
		json_fields(&m->fields, out);
		buf_str(out, "}}");
	}
	buf_str(out, "]}");
}
