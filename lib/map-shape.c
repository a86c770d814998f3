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

/* Of a key in a record: 8 bytes can be read at it. */
static inline uint64_t
hash_place(const char *p, size_t n)
{
	uint64_t a, b = 0;

	memcpy(&a, p, 8);
	if (n >= 8)
		memcpy(&b, p + n - 8, 8);
	else
		a &= ((uint64_t)1 << 8 * n) - 1;
	a = (a ^ b << 9 ^ b >> 55 ^ n) * 0x9e3779b97f4a7c15u;
	return a >> 40;
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

/* A new key; its value is taken to be null until one is seen. */
static struct seen *
learn(struct shape *h, const struct want *w, const char *p, size_t n,
    uint64_t at)
{
	struct seen *e = &h->seen[h->n];

	*e = (struct seen){ .n = (uint32_t)n + 3, .all = (uint32_t)n + 8,
	    .value = val_null(), .luck = LUCK };
	e->text = pool_get(h->pool, n + 3 + 2 * ROOM);
	e->text[0] = '"';
	memcpy(e->text + 1, p, n);
	memset(e->text + 1 + n, 0, 2 + 2 * ROOM);
	memcpy(e->text + 1 + n, "\":null,", 7);
	e->slot = shape_wanted(w, val_text(p, n));
	h->table[at] = (uint16_t)++h->n;
	return e;
}

/* The entry of a key, a new one if need be; NULL: there is no room. */
struct seen *
shape_find(struct shape *h, const struct want *w, const char *p, size_t n)
{
	uint64_t at = hash_place(p, n) & h->mask;
	struct seen *e;

	for (; h->table[at] != 0; at = (at + 1) & h->mask) {
		e = &h->seen[h->table[at] - 1];
		if (e->n == n + 3 && memcmp(p, e->text + 1, n) == 0)
			return e;
	}
	return h->n < h->max && n <= KEY_MAX ? learn(h, w, p, n, at) : NULL;
}

struct shape *
shape_new(struct pool *pool, const struct want *w)
{
	struct shape *h = pool_get(pool, sizeof(*h));
	uint32_t i, slots = 2;

	*h = (struct shape){ .pool = pool, .max = w == NULL ? OTHER_KEYS :
	    WANTED_KEYS };
	while (slots < 2 * h->max)
		slots *= 2;
	h->mask = slots - 1;
	h->seen = pool_get(pool, h->max * sizeof(*h->seen));
	h->table = pool_get(pool, slots * sizeof(*h->table));
	memset(h->table, 0, slots * sizeof(*h->table));
	if (w == NULL)
		return h;
	h->absent = pool_get(pool, w->n * sizeof(*h->absent));
	for (i = 0; i < w->n; i++)
		h->absent[i] = (struct member){ w->keys[i].key,
		    { .kind = V_ABSENT } };
	return h;
}
