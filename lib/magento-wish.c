#include "magento-wish.h"

#include "magento-plan.h"
#include "say.h"

bool
mage_wish_chooses(const struct mage_wish *x)
{
	return x->keys != NULL || x->also != NULL || x->ofs > 0 ||
	    x->wheres > 0 || x->store != NULL || x->with != NULL ||
	    *x->window.since != '\0' || *x->window.until != '\0';
}

/*
 * The window begins before the mark, and orders are read for what their
 * updated_at does not tell.  Where Magento's clock went back behind the mark
 * nobody knows what changed, and everything is read.
 */
static int
widen(struct mage_wish *x, struct mage *m, struct mage_range *r,
    struct why *w)
{
	struct mage_changed *c = &x->window;
	const struct mage_entity *e = r->plan.entity;
	char mark[MAGE_MOMENT];

	if (!x->changed)
		return 0;
	memcpy(mark, c->since, sizeof(mark));
	mage_before(mark, x->overlap, c->since);
	if (*c->until != '\0' && strcmp(c->until, c->since) < 0) {
		say("the clock of Magento went back, from %s to %s: all %s "
		    "are read", mark, c->until, e->name);
		*c->since = *c->until = '\0';
	} else if (strcmp(e->name, "orders") == 0) {
		mage_before(*c->until != '\0' ? c->until : mark,
		    x->reread_days * 86400, c->recent);
		if (x->reread_days == 0)
			*c->recent = '\0';
		return mage_touched(c, m, atomic_load(&r->plan.page_size),
		    &r->key, x->unreadable, x->ctx, w);
	}
	return 0;
}

static int
add_filters(struct mage_wish *x, struct mage *m, struct mage_plan *p,
    struct why *w)
{
	int i;

	if ((*x->window.since != '\0' || *x->window.until != '\0') &&
	    !p->entity->updated)
		return why(w, WHY_SETUP, "%s have no updated_at, so --since, "
		    "--changed and --until cannot be used", p->entity->name);
	for (i = 0; i < x->wheres; i++)
		if (mage_plan_where(p, x->where[i], w) == -1)
			return -1;
	if (mage_plan_check(p, m, w) == -1)
		return -1;
	mage_changed_filter(&x->window, p);
	return x->store == NULL ? 0 : mage_plan_store(p, m, x->store, w);
}

/* Ids from files.  Filters stay filters of the range: keys are keys. */
static int
read_keys(struct mage_wish *x, struct mage_keys *k,
    const struct mage_entity *e, struct why *w)
{
	int i;

	if ((x->keys != NULL && mage_keys_read(k, x->keys, e, w) == -1) ||
	    (x->also != NULL && mage_keys_read(k, x->also, e, w) == -1))
		return -1;
	for (i = 0; i < x->ofs; i++)
		if (mage_keys_of(k, x->of[i], e, w) == -1)
			return -1;
	return 0;
}

static int
add_keys(struct mage_wish *x, struct mage *m, struct mage_range *r,
    struct why *w)
{
	const struct mage_entity *e = r->plan.entity;
	struct mage_keys *k = &r->key;
	size_t i;

	r->whole = x->keys == NULL && x->ofs == 0;
	if (!r->whole && (r->plan.wheres > 0 || x->also != NULL))
		return why(w, WHY_SETUP, "--keys and --of name the records "
		    "themselves; --since, --until, --where, --store and "
		    "--also do not go with them");
	if (read_keys(x, k, e, w) == -1 || mage_keys_find(k, m, e, w) == -1)
		return -1;
	for (i = 0; x->keys != NULL && i < k->names; i++)
		if (!k->name[i].found) {
			x->missing++;
			say("no %s with %s '%s' in Magento", e->name,
			    k->name[i].field, k->name[i].text);
		}
	while (x->up_to >= 0 && k->n > 0 && k->id[k->n - 1] > x->up_to)
		k->n--;
	return 0;
}

int
mage_wish_range(struct mage_wish *x, struct mage *m, struct mage_range *r,
    struct why *w)
{
	if (x->with != NULL && mage_plan_with(&r->plan, x->with, w) == -1)
		return -1;
	if (widen(x, m, r, w) == -1 || add_filters(x, m, &r->plan, w) == -1)
		return -1;
	return add_keys(x, m, r, w);
}
