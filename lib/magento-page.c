/* magento-page - a page of a list, in one pass. */
#include "magento-page.h"

#include <stdlib.h>

#include "map-scan.h"

enum { BEHIND = 64 };	/* bytes that the scanner may read behind the text */

struct cutter {
	struct mage_page *page;
	struct scanner s;
	struct pool *pool, *record;
	struct want *root;
	const char *p, *end;
	struct why why;
};

/* Digits, or such in quotes; anything else is no id. */
static int64_t
id_of(struct val v)
{
	struct slice t = val_bytes(v);
	int64_t n = 0;
	size_t i;

	if ((v.kind != V_NUMBER && v.kind != V_STRING) || t.n == 0 ||
	    t.n > 18)
		return -1;
	for (i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return -1;
		n = n * 10 + (t.p[i] - '0');
	}
	return n;
}

static void
space(struct cutter *c)
{
	while (c->p < c->end && strchr(" \n\r\t", *c->p) != NULL &&
	    *c->p != '\0')
		c->p++;
}

/* Over this character, with white space around it. */
static bool
over(struct cutter *c, char wanted)
{
	space(c);
	if (c->p >= c->end || *c->p != wanted)
		return false;
	c->p++;
	space(c);
	return true;
}

static struct mage_item *
more(struct mage_page *page)
{
	if (page->n == page->room) {
		page->room = page->room == 0 ? 32 : 2 * page->room;
		page->item = xrealloc(page->item,
		    page->room * sizeof(*page->item));
	}
	return &page->item[page->n++];
}

static bool
record(struct cutter *c)
{
	struct mage_item *item = more(c->page);
	const char *first = c->p;
	struct val v;

	pool_reset(c->record);
	c->s.n = 0;
	c->p = scan_keep(&c->s, first, c->root, &v, 1);
	if (c->p == NULL || c->p > c->end)
		return false;
	*item = (struct mage_item){ .id = -1, .of = -1,
	    .text = { first, (size_t)(c->p - first) } };
	if (v.kind == V_OBJECT && v.n > 0)
		item->id = id_of(v.members[0].value);
	if (v.kind == V_OBJECT && v.n > 1)
		item->of = id_of(v.members[1].value);
	return true;
}

static bool
records(struct cutter *c)
{
	c->page->full = true;
	if (!over(c, '['))
		return false;
	if (over(c, ']'))
		return true;
	do
		if (c->p >= c->end || !record(c))
			return false;
	while (over(c, ','));
	return over(c, ']');
}

static bool
member(struct cutter *c)
{
	const char *key = c->p, *value;
	size_t n;

	if (c->p >= c->end || *key != '"' ||
	    (c->p = scan_value(key, c->end, &c->why)) == NULL)
		return false;
	n = (size_t)(c->p - key);
	if (!over(c, ':') || c->p >= c->end)
		return false;
	if (n == 7 && memcmp(key, "\"items\"", n) == 0)
		return *c->p == '[' && !c->page->full && records(c);
	value = c->p;
	if ((c->p = scan_value(value, c->end, &c->why)) == NULL)
		return false;
	if (n == 13 && memcmp(key, "\"total_count\"", n) == 0)
		c->page->total = id_of(val_text(value,
		    (size_t)(c->p - value)));
	return true;
}

static bool
cut(struct cutter *c)
{
	if (!over(c, '{'))
		return false;
	do
		if (!member(c))
			return false;
	while (over(c, ','));
	return over(c, '}') && c->p == c->end && c->page->full;
}

static void
want_ids(struct cutter *c, const char *id, const char *of)
{
	uint32_t places = 0;

	c->root = want_new(c->pool);
	want_key(c->pool, c->root, slice(id));
	if (of != NULL)
		want_key(c->pool, c->root, slice(of));
	want_finish(c->pool, c->root, &places);
	scanner_start(&c->s, c->record, c->root, places);
}

int
mage_page_cut(struct mage_page *page, struct buf *answer,
    const struct mage_entity *e, const char *of)
{
	struct cutter c = { .page = page, .pool = pool_new(),
	    .record = pool_new() };
	size_t most = answer->max;
	bool whole;

	page->n = 0;
	page->total = -1;
	page->full = false;
	answer->max += BEHIND;
	buf_room(answer, BEHIND);
	answer->max = most;
	memset(answer->p + answer->n, 0, BEHIND);
	c.p = answer->p;
	c.end = c.p + answer->n;
	want_ids(&c, e->member, of);
	c.s.why = &c.why;
	c.s.start = c.p;
	c.s.end = c.end;
	whole = cut(&c);
	scanner_free(&c.s);
	pool_free(c.pool);
	pool_free(c.record);
	return whole ? 0 : -1;
}

void
mage_page_free(struct mage_page *page)
{
	free(page->item);
	memset(page, 0, sizeof(*page));
}
