/* map-shape - the keys of objects: their usual order, the last of two wins */

#include "map-scan.h"

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

	for (i = 0; i < w->n; i++)
		if (val_equal(w->keys[i].key, key))
			return (int)i;
	return SKIP;
}

static uint32_t
learn(struct shape *h, const struct want *w, const char *p, size_t n,
    uint64_t at)
{
	struct seen *e = &h->seen[h->n];
	char *t = pool_get(h->pool, n + 3 + 16);

	t[0] = '"';
	memcpy(t + 1, p, n);
	memcpy(t + 1 + n, "\":", 2);
	e->text = t;
	e->n = (uint32_t)n + 3;
	e->slot = shape_wanted(w, val_text(p, n));
	h->table[at] = (uint16_t)++h->n;
	return h->n - 1;
}

/* The place of a key in the remembered order; SHAPE_KEYS: it is full. */
uint32_t
shape_find(struct shape *h, const struct want *w, const char *p, size_t n)
{
	uint64_t at = hash_key(p, n) & (SHAPE_TABLE - 1);
	const struct seen *e;

	for (; h->table[at] != 0; at = (at + 1) & (SHAPE_TABLE - 1)) {
		e = &h->seen[h->table[at] - 1];
		if (e->n == n + 3 && memcmp(e->text + 1, p, n) == 0)
			return h->table[at] - 1u;
	}
	return h->n < SHAPE_KEYS ? learn(h, w, p, n, at) : SHAPE_KEYS;
}

struct shape *
shape_new(struct pool *pool, const struct want *w)
{
	struct shape *h = pool_get(pool, sizeof(*h));
	uint32_t i;

	memset(h, 0, sizeof(*h));
	h->pool = pool;
	h->absent = pool_get(pool, w->n * sizeof(*h->absent));
	for (i = 0; i < w->n; i++)
		h->absent[i] = (struct member){ w->keys[i].key,
		    { .kind = V_ABSENT } };
	return h;
}
