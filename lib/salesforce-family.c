/* salesforce-family - rows of one parent, told by a number. */
#include <stdlib.h>

#include "salesforce-family.h"

static uint32_t *
place(const struct sf_families *fs, uint64_t hash)
{
	size_t i = hash & (fs->slots - 1);

	while (fs->slot[i] != 0 && fs->of[fs->slot[i] - 1] != hash)
		i = (i + 1) & (fs->slots - 1);
	return &fs->slot[i];
}

static void
grow(struct sf_families *fs)
{
	fs->cap = fs->cap == 0 ? 512 : fs->cap * 4;
	fs->slots = 2 * fs->cap;
	fs->of = xrealloc(fs->of, fs->cap * sizeof(*fs->of));
	free(fs->slot);
	fs->slot = xcalloc(fs->slots, sizeof(*fs->slot));
	for (size_t i = 0; i < fs->n; i++)
		*place(fs, fs->of[i]) = (uint32_t)i + 1;
}

uint32_t
sf_family(struct sf_families *fs, uint32_t plan, struct slice parent)
{
	uint64_t hash = slice_quick_hash(parent, SLICE("")) + plan;
	uint32_t *slot;

	if (fs->n > 0 && fs->of[fs->n - 1] == hash)
		return (uint32_t)fs->n;
	if (fs->n == fs->cap)
		grow(fs);
	slot = place(fs, hash);
	if (*slot == 0) {
		fs->of[fs->n++] = hash;
		*slot = (uint32_t)fs->n;
	}
	return *slot;
}

void
sf_families_free(struct sf_families *fs)
{
	free(fs->of);
	free(fs->slot);
	*fs = (struct sf_families){ .n = 0 };
}
