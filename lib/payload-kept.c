/* payload-kept - payloads in a third of their size. */
#include "payload-kept.h"

_Static_assert(offsetof(struct payload, line) ==
    KEPT_PARTS * sizeof(struct slice), "a part for each slice of a payload");

/* Its place in the line; *all stays true if it has one or is absent. */
static inline struct payload_part
part_of(struct slice line, struct slice s, bool *all)
{
	size_t at = (uintptr_t)s.p - (uintptr_t)line.p;

	if (s.p == NULL)
		return (struct payload_part){ 0, KEPT_NOT };
	if (at <= line.n && s.n <= line.n - at && at <= UINT16_MAX &&
	    s.n < KEPT_NOT)
		return (struct payload_part){ (uint16_t)at, (uint16_t)s.n };
	*all = false;
	return (struct payload_part){ 0, KEPT_NOT };
}

void
payload_keep(struct payload_kept *k, const struct payload *p,
    struct pool *pool)
{
	bool all = p->line.n <= UINT32_MAX && p->phase <= INT16_MAX;

	k->line = p->line.p;
	k->places = p->places;
	k->n = (uint32_t)p->line.n;
	k->phase = (int16_t)p->phase;
	k->shared = p->shared;
	k->adopted = p->adopted;
	k->delete = p->delete;
#define KEEP(name) k->part[KEPT_##name] = part_of(p->line, p->name, &all);
	PAYLOAD_KEPT(KEEP)
#undef KEEP
	k->rest = NULL;
	if (all)
		return;
	k->rest = pool_get(pool, sizeof(*k->rest));
	*k->rest = *p;
}

void
payload_whole(struct payload *p, const struct payload_kept *k)
{
#define WHOLE(name) p->name = kept_##name(k);
	PAYLOAD_KEPT(WHOLE)
#undef WHOLE
	p->line = kept_line(k);
	p->places = k->places;
	p->phase = kept_phase(k);
	p->shared = k->shared;
	p->adopted = k->adopted;
	p->delete = k->delete;
}

void
kept_drop_was(struct payload_kept *k)
{
	k->part[KEPT_was].n = KEPT_NOT;
	if (k->rest != NULL)
		k->rest->was = (struct slice){ NULL, 0 };
}
