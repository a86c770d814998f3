/*
 * map-project - what the maps read, as a filter that a server can apply
 *
 * The tree of wanted places says it exactly, but a server cuts lists of
 * records, not lists of whatever: a place is cut below only where the entity
 * is known to have records and nothing else.
 */

#include <stdlib.h>

#include "map-file.h"
#include "map-known.h"
#include "scan.h"

/* A place that is cut, with the members that are wanted below it. */
struct cut {
	const struct want *want;
	const struct known *known;
	bool list;
};

static bool
is_name(struct slice t)
{
	size_t i;

	for (i = 0; i < t.n; i++)
		if (!((t.p[i] >= 'a' && t.p[i] <= 'z') ||
		    (t.p[i] >= 'A' && t.p[i] <= 'Z') ||
		    (t.p[i] >= '0' && t.p[i] <= '9') || t.p[i] == '_'))
			return false;
	return t.n > 0;
}

/* Is it an object of which only members are wanted, all with plain names? */
static bool
by_members(const struct want *w)
{
	uint32_t i;

	if (w->whole || w->codes != NULL || w->elem != NULL || w->n == 0)
		return false;
	for (i = 0; i < w->n; i++)
		if (!is_name(val_bytes(w->keys[i].key)))
			return false;
	return true;
}

static bool
cut_below(const struct want *w, const struct known *k, struct cut *c)
{
	if (k == NULL || k == &known_never || k->scalars != 0 ||
	    k->array == k->object)
		return false;
	c->list = k->array;
	if (c->list) {
		if (w->whole || w->codes != NULL || w->n > 0 ||
		    w->elem == NULL)
			return false;
		w = w->elem;
		k = known_elem(k);
		if (k == NULL || k == &known_never || k->scalars != 0 ||
		    k->array || !k->object)
			return false;
	} else if (w->iterated) {
		return false;
	}
	c->want = w;
	c->known = k;
	return by_members(w);
}

static void
put_members(const struct want *w, const struct known *k, struct buf *out)
{
	struct cut c;
	uint32_t i;

	for (i = 0; i < w->n; i++) {
		struct slice name = val_bytes(w->keys[i].key);

		if (i > 0)
			buf_char(out, ',');
		buf_slice(out, name);
		if (!cut_below(w->keys[i].want, known_key(k, name), &c))
			continue;
		buf_char(out, '[');
		put_members(c.want, c.known, out);
		buf_char(out, ']');
	}
}

struct map_projection {
	struct pool *pool;
	struct want root;	/* the set's, with more keys */
	struct known *known;
	struct buf filter;
};

/* What every reader of the record wants, whatever the maps say. */
static void
add_always(struct map_projection *p)
{
	static const char *const always[] = { "entity_id", "id", "store_id",
	    "website_id" };
	size_t i;

	for (i = 0; i < sizeof(always) / sizeof(*always); i++)
		want_key(p->pool, &p->root, slice(always[i]));
}

struct map_projection *
map_project(const struct map_set *s)
{
	struct map_projection *p;

	if (!by_members(s->root) || s->root->iterated)
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->pool = pool_new();
	p->filter = BUF(1 << 20);
	p->root = *s->root;
	add_always(p);
	p->known = known_new(p->pool);
	known_entity(p->known, s->from, p->pool);
	put_members(&p->root, p->known, &p->filter);
	return p;
}

const char *
map_project_filter(struct map_projection *p)
{
	return buf_cstr(&p->filter);
}

void
map_project_free(struct map_projection *p)
{
	if (p == NULL)
		return;
	buf_free(&p->filter);
	pool_free(p->pool);
	free(p);
}

/* --- what came, as it was meant --- */

static void mend_object(const struct want *w, const struct known *k,
    struct slice value, struct buf *out);

static void
mend(const struct cut *c, struct slice value, struct buf *out)
{
	struct slice one;
	struct scan s;
	bool more = false;

	if (!c->list) {
		mend_object(c->want, c->known, value, out);
		return;
	}
	if (scan_kind(value) == SCAN_NULL) {
		buf_str(out, "[]");
		return;
	}
	if (scan_kind(value) != SCAN_ARRAY) {
		buf_slice(out, value);
		return;
	}
	buf_char(out, '[');
	scan_enter(&s, value);
	for (; scan_element(&s, &one); more = true) {
		if (more)
			buf_char(out, ',');
		mend_object(c->want, c->known, one, out);
	}
	buf_char(out, ']');
}

static const struct want *
member(const struct want *w, struct slice key)
{
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (slice_eq(val_bytes(w->keys[i].key), key))
			return w->keys[i].want;
	return NULL;
}

/* A list without elements stands for an object without members. */
static void
mend_object(const struct want *w, const struct known *k, struct slice value,
    struct buf *out)
{
	const struct want *below;
	struct slice key, v;
	struct scan s;
	struct cut c;
	bool more = false;

	if (scan_kind(value) != SCAN_OBJECT) {
		scan_enter(&s, value);
		if (scan_kind(value) == SCAN_ARRAY && !scan_element(&s, &v))
			buf_str(out, "{}");
		else
			buf_slice(out, value);
		return;
	}
	buf_char(out, '{');
	scan_enter(&s, value);
	for (; scan_member(&s, &key, &v); more = true) {
		buf_fmt(out, "%s\"", more ? "," : "");
		buf_slice(out, key);
		buf_str(out, "\":");
		below = member(w, key);
		if (below != NULL && cut_below(below, known_key(k, key), &c))
			mend(&c, v, out);
		else
			buf_slice(out, v);
	}
	buf_char(out, '}');
}

void
map_project_mend(const struct map_projection *p, struct slice record,
    struct buf *out)
{
	mend_object(&p->root, p->known, record, out);
}
