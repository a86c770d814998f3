/* salesforce-bad - keys that ended badly, by their hashes. */
#include <stdlib.h>

#include "salesforce-bad.h"

enum { BAD_MAX = 1 << 20 };

struct sf_bad {
	uint64_t *slot;		/* 0: empty */
	size_t cap, n;
};

struct sf_bad *
sf_bad_new(void)
{
	struct sf_bad *b = xcalloc(1, sizeof(*b));

	b->cap = 1024;
	b->slot = xcalloc(b->cap, sizeof(*b->slot));
	return b;
}

void
sf_bad_free(struct sf_bad *b)
{
	if (b == NULL)
		return;
	free(b->slot);
	free(b);
}

static uint64_t *
bad_slot(uint64_t *slot, size_t cap, uint64_t h)
{
	size_t i = h & (cap - 1);

	while (slot[i] != 0 && slot[i] != h)
		i = (i + 1) & (cap - 1);
	return &slot[i];
}

static void
bad_grow(struct sf_bad *b)
{
	size_t cap = b->cap * 2;
	uint64_t *slot = xcalloc(cap, sizeof(*slot));

	for (size_t i = 0; i < b->cap; i++)
		if (b->slot[i] != 0)
			*bad_slot(slot, cap, b->slot[i]) = b->slot[i];
	free(b->slot);
	b->slot = slot;
	b->cap = cap;
}

void
sf_bad_add(struct sf_bad *b, struct slice object, struct slice key)
{
	uint64_t h = slice_quick_hash(object, key) | 1, *s;

	if (b->n >= BAD_MAX)
		return;
	if (b->n * 2 >= b->cap)
		bad_grow(b);
	s = bad_slot(b->slot, b->cap, h);
	b->n += *s == 0;
	*s = h;
}

bool
sf_bad_has(const struct sf_bad *b, struct slice object, struct slice key)
{
	return b->n > 0 &&
	    *bad_slot(b->slot, b->cap, slice_quick_hash(object, key) | 1) != 0;
}

size_t
sf_bad_count(const struct sf_bad *b)
{
	return b->n;
}
