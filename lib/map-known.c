/* map-known - the places that records of an entity are known to have */

#include <ctype.h>

#include "map-known.h"

extern const char map_fields[];	/* made by map-fields.awk */

const struct known known_never;

struct known *
known_new(struct pool *pool)
{
	struct known *k = pool_get(pool, sizeof(*k));

	*k = (struct known){ .object = true };
	return k;
}

/* ---- growing ---- */

static struct known *
grow(struct known *up, struct slice name, struct pool *pool)
{
	struct known *k = pool_get(pool, sizeof(*k));

	*k = (struct known){ .up = up, .name = name };
	return k;
}

static struct known *
add_key(struct known *k, struct slice name, struct pool *pool)
{
	struct known **kid = &k->kids;

	while (*kid != NULL && !slice_eq((*kid)->name, name))
		kid = &(*kid)->next;
	if (*kid == NULL)
		*kid = grow(k, name, pool);
	k->object = true;
	return *kid;
}

static struct known *
add_elem(struct known *k, struct pool *pool)
{
	if (k->elem == NULL)
		k->elem = grow(k, (struct slice){ NULL, 0 }, pool);
	k->array = true;
	return k->elem;
}

/* The path "items[].sku" below the root, and what was seen there. */
static void
add_path(struct known *k, struct slice path, struct slice kinds,
    struct pool *pool)
{
	const char *p = path.p, *end = path.p + path.n, *from;

	while (p < end) {
		if (*p == '[') {
			k = add_elem(k, pool);
			p += 2;
		} else {
			from = p += *p == '.';
			while (p < end && *p != '.' && *p != '[')
				p++;
			k = add_key(k, (struct slice){ from,
			    (size_t)(p - from) }, pool);
		}
	}
	k->object |= memchr(kinds.p, 'o', kinds.n) != NULL;
	k->array |= memchr(kinds.p, 'a', kinds.n) != NULL;
	k->scalars |= (memchr(kinds.p, 'n', kinds.n) != NULL ? KNOWN_NUMBER :
	    0) | (memchr(kinds.p, 't', kinds.n) != NULL ? KNOWN_TEXT : 0) |
	    (memchr(kinds.p, 'b', kinds.n) != NULL ? KNOWN_BOOLEAN : 0);
}

/* ---- what stands in map_fields ---- */

/* Up to `c`, and behind it. */
static struct slice
cut(const char **p, char c)
{
	const char *from = *p, *to = strchr(from, c);

	*p = to + 1;
	return (struct slice){ from, (size_t)(to - from) };
}

bool
known_entity(struct known *root, struct slice entity, struct pool *pool)
{
	const char *p = map_fields;
	struct slice name, path, kinds;
	bool any = false;

	while (*p != '\0') {
		name = cut(&p, '\t');
		path = cut(&p, '\t');
		kinds = cut(&p, '\n');
		if (!slice_eq(name, entity))
			continue;
		add_path(root, path, kinds, pool);
		any = true;
	}
	return any;
}

void
known_entities(void (*see)(void *ctx, struct slice entity), void *ctx)
{
	const char *p = map_fields;
	struct slice name, last = { NULL, 0 };

	while (*p != '\0') {
		name = cut(&p, '\t');
		(void)cut(&p, '\n');
		if (last.p == NULL || !slice_eq(name, last))
			see(ctx, name);
		last = name;
	}
}

void
map_scalars(const char *entity,
    void (*see)(void *ctx, struct slice name, bool boolean), void *ctx)
{
	struct pool *pool = pool_new();
	struct known *root = known_new(pool), *kid;

	known_entity(root, slice(entity), pool);
	for (kid = root->kids; kid != NULL; kid = kid->next)
		if (kid->scalars != 0)
			see(ctx, kid->name, kid->scalars == KNOWN_BOOLEAN);
	pool_free(pool);
}

/* ---- records ---- */

/* Members mostly come in the order in which they came before. */
static struct known *
known_kid(struct known *k, struct slice name)
{
	struct known *kid = k->last == NULL ? NULL : k->last->next;

	if (kid == NULL || !slice_eq(kid->name, name))
		for (kid = k->kids; kid != NULL && !slice_eq(kid->name, name); )
			kid = kid->next;
	if (kid != NULL)
		k->last = kid;
	return kid;
}

unsigned
known_scalar(struct val v)
{
	return v.kind == V_NUMBER ? KNOWN_NUMBER : v.kind == V_STRING ?
	    KNOWN_TEXT : v.kind == V_TRUE || v.kind == V_FALSE ?
	    KNOWN_BOOLEAN : 0;
}

static void
learn(struct known *k, struct val v, long *left, struct pool *pool)
{
	struct known *kid;
	struct slice name;
	uint32_t i;

	k->object |= v.kind == V_OBJECT;
	k->array |= v.kind == V_ARRAY;
	k->scalars |= known_scalar(v);
	for (i = 0; v.kind == V_ARRAY && i < v.n; i++)
		learn(add_elem(k, pool), v.items[i], left, pool);
	for (i = 0; v.kind == V_OBJECT && i < v.n; i++) {
		name = val_bytes(v.members[i].key);
		kid = known_kid(k, name);
		if (kid == NULL && --*left >= 0)
			kid = add_key(k, slice(pool_dup(pool, name.p,
			    name.n)), pool);
		if (kid != NULL)
			learn(kid, v.members[i].value, left, pool);
	}
}

void
known_record(struct known *root, struct val record, long *left,
    struct pool *pool)
{
	learn(root, record, left, pool);
}

/* ---- looking ---- */

const struct known *
known_key(const struct known *k, struct slice key)
{
	const struct known *kid;

	if (k == NULL || k == &known_never)
		return NULL;
	for (kid = k->kids; kid != NULL; kid = kid->next)
		if (slice_eq(kid->name, key))
			return kid;
	/* an object that was always empty may hold anything */
	if (k->kids == NULL && (k->object || (!k->array && k->scalars == 0)))
		return NULL;
	return &known_never;
}

const struct known *
known_elem(const struct known *k)
{
	if (k == NULL || k == &known_never)
		return NULL;
	if (k->elem == NULL && k->scalars != 0 && !k->array && !k->object)
		return &known_never;
	return k->elem;
}

void
known_name(struct buf *b, struct slice name)
{
	bool plain = name.n > 0 && !(name.p[0] >= '0' && name.p[0] <= '9');
	size_t i;

	for (i = 0; i < name.n; i++)
		plain &= isalnum((unsigned char)name.p[i]) ||
		    name.p[i] == '_';
	buf_char(b, '.');
	if (plain)
		buf_slice(b, name);
	else
		val_quote(b, val_slice(name));
}

void
known_path(struct buf *b, const struct known *k)
{
	if (k->up == NULL)
		return;
	known_path(b, k->up);
	if (k->name.p == NULL)
		buf_fmt(b, "%s[]", k->up->up == NULL ? "." : "");
	else
		known_name(b, k->name);
}

/* ---- what was meant ---- */

struct search {
	struct near near;
	const struct known *best;
	bool exact;
};

/* Places at `depth` below `k`, the shallow ones first. */
static void
look(struct search *s, const struct known *k, int depth)
{
	const struct known *kid;
	size_t before = s->near.distance;

	if (depth == 0 && k->name.p != NULL) {
		if (!s->exact) {
			near_try(&s->near, k->name);
			if (s->near.distance < before)
				s->best = k;
		} else if (s->best == NULL &&
		    slice_eq(k->name, s->near.want)) {
			s->best = k;
		}
	}
	if (depth == 0)
		return;
	if (k->elem != NULL)	/* [] alone is no step of its own */
		look(s, k->elem, depth);
	for (kid = k->kids; kid != NULL; kid = kid->next)
		look(s, kid, depth - 1);
}

const struct known *
known_nearest(const struct known *k, struct slice key)
{
	struct search s = { .best = NULL };
	const struct known *root = k;
	int depth;

	while (root->up != NULL)
		root = root->up;
	near_start(&s.near, key);
	s.exact = true;			/* the right name, elsewhere */
	for (depth = 1; depth < 9 && s.best == NULL; depth++)
		look(&s, root, depth);
	if (s.best != NULL)
		return s.best;
	s.exact = false;		/* a slip of the finger */
	look(&s, k, 1);
	for (depth = 1; depth < 4 && s.best == NULL; depth++)
		look(&s, root, depth);
	return s.best;
}
