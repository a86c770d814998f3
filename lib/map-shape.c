/* map-shape - the keys of objects: their usual order, the last of two wins */

#include "map-token.h"

static uint64_t
hash_key(const char *p, size_t n)
{
	uint64_t a = 0, b = 0;

	if (n >= 8) {
		memcpy(&a, p, 8);
		memcpy(&b, p + n - 8, 8);
	} else {
		memcpy(&a, p, n);
	}
	a = (a ^ n) * 0x9e3779b97f4a7c15u;
	a = (a ^ a >> 32 ^ b) * 0xd6e8feb86659fd93u;
	return a ^ a >> 32;
}

/* A repeated key: its last value, at its first place, as jq does. */
size_t
keys_last_win(struct pool *pool, struct member *m, size_t n)
{
	size_t i, kept = 0, size = 16;
	uint32_t *table;
	uint64_t h;

	while (size < n * 2)
		size *= 2;
	table = pool_get(pool, size * sizeof(*table));
	memset(table, 0, size * sizeof(*table));
	for (i = 0; i < n; i++) {
		h = hash_key(m[i].key.p, m[i].key.n);
		for (h &= size - 1; table[h] != 0; h = (h + 1) & (size - 1))
			if (val_equal(m[table[h] - 1].key, m[i].key))
				break;
		if (table[h] != 0) {
			m[table[h] - 1].value = m[i].value;
			continue;
		}
		m[kept] = m[i];
		table[h] = (uint32_t)++kept;
	}
	return kept;
}

int
shape_wanted(const struct want *w, struct val key)
{
	uint32_t i;

	for (i = 0; w != NULL && i < w->n; i++)
		if (val_equal(w->keys[i].key, key))
			return (int)i;
	return SKIP;
}

static void
put_entry(struct shape *h, struct seen *e)
{
	uint32_t at = shape_place(h, e->text, e->n);

	while (h->table[at] != NULL)
		at = (at + 1) & h->mask;
	h->table[at] = e;
}

static void
grow(struct shape *h)
{
	struct seen **old = h->table;
	uint32_t i, slots = h->mask + 1;

	h->mask = slots * 2 - 1;
	h->table = pool_get(h->pool, slots * 2 * sizeof(*h->table));
	memset(h->table, 0, slots * 2 * sizeof(*h->table));
	for (i = 0; i < slots; i++)
		if (old[i] != NULL)
			put_entry(h, old[i]);
}

/* A new key; no value is usual yet. */
static struct seen *
learn(struct shape *h, const char *p, size_t n)
{
	struct seen *e = pool_get(h->pool, sizeof(*e));

	if ((h->n + 1) * 2 > h->mask)
		grow(h);
	*e = (struct seen){ .n = (uint32_t)n, .all = (uint32_t)n,
	    .step = NO_STEP, .since = h->objects, .changes = TRIALS };
	e->text = pool_get(h->pool, n + VALUE_MAX + CLOSE + 2 * ROOM);
	memset(e->text, 0, n + VALUE_MAX + CLOSE + 2 * ROOM);
	memcpy(e->text, p, n);
	e->slot = shape_wanted(h->want, shape_name(h, p, n));
	h->n++;
	put_entry(h, e);
	return e;
}

struct seen *
shape_find(struct shape *h, const char *p, size_t n)
{
	uint32_t at = shape_place(h, p, n);
	struct seen *e;

	for (; (e = h->table[at]) != NULL; at = (at + 1) & h->mask)
		if (e->n == n && sixteen_alike(p, e->text, e->n) >= n)
			return e;
	return h->n < h->max && n <= KEY_MAX ? learn(h, p, n) : NULL;
}

/* ---- the line ---- */

static uint32_t
line_room(struct shape *h)
{
	const struct seen *e;
	uint32_t n = 0, bytes = 0;

	for (e = h->first; e != NULL; e = e->then, n++)
		bytes += e->all;
	if (n >= h->max_steps) {
		h->max_steps = n + n / 2 + 8;
		h->step = pool_get(h->pool, h->max_steps * sizeof(*h->step));
	}
	if (bytes > h->max_line) {
		h->max_line = bytes * 2;
		h->line = pool_get(h->pool, h->max_line + 2 * ROOM);
	}
	return n;
}

/* Where runs end is known from the end on. */
static void
set_runs(struct shape *h)
{
	struct step *t = &h->step[h->steps], *next;

	t->stop = t;
	while (t-- > h->step) {
		next = t + 1;
		t->stop = t->all == t->key ? t : next->stop;
		t->run = t->all + (t->stop == t ? 0 : next->run);
	}
}

/* What is behind a value that ends the text before `at`. */
static void
close_member(const struct shape *h, char *at, bool last)
{
	if (h->coded) {
		at[-2] = '}';
		at[-1] = last ? ']' : ',';
	} else {
		at[-1] = last ? '}' : ',';
	}
}

void
shape_line(struct shape *h)
{
	uint32_t i, n = line_room(h);
	char *at = h->line;
	struct seen *e;

	for (i = 0, e = h->first; i < n; i++, e = e->then) {
		h->step[i] = (struct step){ .text = at, .key = e->n,
		    .all = e->all, .slot = e->slot, .e = e };
		e->step = i;
		memcpy(at, e->text, e->all);
		at += e->all;
		if (e->all > e->n)
			close_member(h, at, e->then == NULL);
	}
	h->step[n] = (struct step){ .text = at, .slot = SKIP };
	memset(at, 0, 2 * ROOM);
	h->steps = n;
	h->stale = false;
	set_runs(h);
}

/* A value that most objects do not have is no usual one: take this one over,
 * or, after some trials, none. */
static void
take_over(struct shape *h, struct seen *e, const char *from, size_t n,
    const struct val *v)
{
	e->changes = 0;
	e->since = h->objects;
	e->all = e->n;
	h->stale = true;
	if (++e->taken > TRIALS || n > VALUE_MAX)
		return;
	memcpy(e->text + e->n, from, n);
	e->all = e->n + (uint32_t)n + 1 + h->coded;
	if (v != NULL) {
		e->value = *v;
		e->at = e->n + (v->kind == V_STRING);
	}
}

void
shape_changed(struct shape *h, struct seen *e, const char *from,
    const char *to, const struct val *v)
{
	if (v != NULL && (v->kind > V_STRING || (v->kind >= V_NUMBER &&
	    v->p != from + (v->kind == V_STRING)))) {
		e->taken++;	/* not as it stands: escapes, blanks */
		return;
	}
	take_over(h, e, from, (size_t)(to - from), v);
}

void
shape_link(struct shape *h, struct seen *prev, struct seen *e)
{
	struct seen **at = prev == NULL ? &h->first : &prev->then;

	e->then = *at;
	*at = e;
	e->linked = h->stale = true;
}

void
shape_forget(struct shape *h)
{
	struct seen *e, *then;

	for (e = h->first; e != NULL; e = then) {
		then = e->then;
		e->then = NULL;
		e->linked = false;
		e->step = NO_STEP;
	}
	h->first = NULL;
	h->stale = true;
}

struct shape *
shape_new(struct pool *pool, const struct want *w, bool coded)
{
	struct shape *h = pool_get(pool, sizeof(*h));
	uint32_t i, slots = 32;

	*h = (struct shape){ .pool = pool, .want = w, .mask = slots - 1,
	    .max = w == NULL ? OTHER_KEYS : WANTED_KEYS, .coded = coded };
	if (coded) {
		h->lead = sizeof(CODE_HEAD) - 2;
		h->tail = sizeof(CODE_TAIL) - 3;
	}
	h->table = pool_get(pool, slots * sizeof(*h->table));
	memset(h->table, 0, slots * sizeof(*h->table));
	h->line = pool_get(pool, 2 * ROOM);
	shape_line(h);
	if (w == NULL)
		return h;
	h->absent = pool_get(pool, w->n * sizeof(*h->absent));
	for (i = 0; i < w->n; i++)
		h->absent[i] = (struct member){ w->keys[i].key,
		    { .kind = V_ABSENT } };
	return h;
}
