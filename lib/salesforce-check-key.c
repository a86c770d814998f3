/* salesforce-check-key - do the maps of two entities make the same records? */
#include "salesforce-check-in.h"

/*
 * Ids of customers and ids of orders are counted from one, both.  The ledger
 * has one record for an object and a key, whatever map made it, so the second
 * map would change what the first has made, night after night.  Maps of one
 * entity are none of this: a draft, the order and its activation are one
 * record.
 */
struct made {			/* a map's key */
	struct made *next;
	const char *map, *from, *object;
	struct slice text;
};

struct making {
	struct sf_check *c;
	const char *from;
};

static const struct made *
same_key(const struct sf_check *c, const char *from,
    const struct map_item *i)
{
	const struct made *m;

	for (m = c->made; m != NULL; m = m->next)
		if (strcmp(m->object, i->object) == 0 &&
		    strcmp(m->from, from) != 0 &&
		    slice_eq(m->text, i->expression))
			return m;
	return NULL;
}

static void
see_key(void *ctx, const struct map_item *i)
{
	const struct making *k = ctx;
	struct place at = { i->file, i->line };
	const struct made *other;
	struct made *m;

	if (strcmp(i->when, "key") != 0 || i->shared)
		return;
	other = same_key(k->c, k->from, i);
	if (other != NULL)
		check_error(k->c, at, "map %s makes the same keys of %s for "
		    "%s as map %s of %s: each would change the other's "
		    "record; put a word before the key of one, or say "
		    "'shared' if they are meant to be one", i->map, k->from,
		    i->object, other->map, other->from);
	m = pool_get(k->c->pool, sizeof(*m));
	*m = (struct made){ k->c->made, i->map, k->from, i->object,
	    i->expression };
	k->c->made = m;
}

void
check_made(struct sf_check *c, const struct map_set *set)
{
	struct making k = { c, map_from(set) };

	map_list(set, see_key, &k);
}
