#include "magento-tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIST = 50 };	/* records of one read: what most shops allow */

static bool
is_order(const struct mage_tell *t)
{
	return strcmp(t->entity->name, "orders") == 0;
}

bool
mage_tell_equal(const struct mage_tell *t)
{
	int i;

	for (i = 0; i < MAGE_PLACES; i++)
		if (t->want[i][0] != '\0' &&
		    strcmp(t->want[i], t->has[i]) != 0)
			return false;
	return t->there;
}

/* A string or number as text; what is longer than there is room stays
 * different from all that we write. */
static void
keep_text(char *to, size_t room, struct slice value, struct pool *pool)
{
	if (scan_kind(value) == SCAN_STRING)
		value = scan_string(value, pool);
	else if (scan_kind(value) != SCAN_NUMBER)
		value.n = 0;
	if (value.n >= room)
		value.n = room - 1;
	if (value.n > 0)
		memcpy(to, value.p, value.n);
	to[value.n] = '\0';
}

/* custom_attributes: [{"attribute_code":..,"value":..}] */
static void
keep_attributes(struct mage_tell *t, const struct mage_places *p,
    struct slice list, struct pool *pool)
{
	struct slice one, code;
	struct scan s;
	int i;

	if (scan_kind(list) != SCAN_ARRAY)
		return;
	scan_enter(&s, list);
	while (scan_element(&s, &one)) {
		if (scan_kind(one) != SCAN_OBJECT)
			continue;
		code = scan_string(scan_get(one, "attribute_code"), pool);
		for (i = 0; i < MAGE_PLACES; i++)
			if (p->attribute[i] != NULL &&
			    slice_is(code, p->attribute[i]))
				keep_text(t->has[i], sizeof(t->has[i]),
				    scan_get(one, "value"), pool);
	}
}

static void
keep(struct mage_tell *t, const struct mage_places *p, struct slice record,
    struct pool *pool)
{
	t->there = true;
	if (!is_order(t)) {
		keep_attributes(t, p, scan_get(record, "custom_attributes"),
		    pool);
		return;
	}
	keep_text(t->has[0], sizeof(t->has[0]),
	    scan_get(record, "ext_order_id"), pool);
	keep_text(t->increment, sizeof(t->increment),
	    scan_get(record, "increment_id"), pool);
}

static void
take(struct mage_tell **t, size_t n, const struct mage_places *p,
    const struct mage_list *list)
{
	struct pool *pool = pool_new();
	struct slice record;
	struct scan s;
	size_t i;
	int64_t id;

	scan_enter(&s, list->items);
	while (scan_element(&s, &record)) {
		id = mage_id(t[0]->entity, record);
		for (i = 0; i < n; i++)
			if (t[i]->id == id)
				keep(t[i], p, record, pool);
	}
	pool_free(pool);
}

static int
ask(struct mage *m, struct mage_tell **t, size_t n, struct http_call *c,
    bool once, struct why *w)
{
	const struct mage_entity *e = t[0]->entity;
	struct mage_query *q = mage_query_new(m, e->path);
	struct buf ids = BUF(LIST * 24);
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		buf_fmt(&ids, "%s%" PRId64, i == 0 ? "" : ",", t[i]->id);
	mage_filter(q, e->id, "in", buf_all(&ids));
	mage_sort(q, e->id, true);
	mage_page(q, (int)n, 1);
	mage_fields(q, is_order(t[0]) ?
	    "items[entity_id,increment_id,ext_order_id],total_count" :
	    "items[id,custom_attributes],total_count");
	c->once = once;
	r = mage_get(m, mage_query_url(q), c, w);
	mage_query_free(q);
	buf_free(&ids);
	return r;
}

static int
read_some(struct mage *m, const struct mage_places *p, struct mage_tell **t,
    size_t n, bool halved, struct why *w)
{
	struct http_call c = {0};
	struct mage_list list;
	int r = ask(m, t, n, &c, halved && n > 1, w);

	if (r == 0 && (r = mage_items(&c, &list, w)) == 0)
		take(t, n, p, &list);
	if (r == -1 && (c.status == 500 || mage_size_limit(&c) > 0) && n > 1) {
		memset(w, 0, sizeof(*w));
		r = read_some(m, p, t, n / 2, true, w);
		if (r == 0)
			r = read_some(m, p, t + n / 2, n - n / 2, true, w);
	} else if (r == -1 && c.status == 500) {
		t[0]->error = *w;	/* one that Magento cannot read */
		t[0]->error.kind = WHY_DATA;
		memset(w, 0, sizeof(*w));
		r = 0;
	}
	http_call_free(&c);
	return r;
}

int
mage_tell_read(struct mage *m, const struct mage_places *p,
    struct mage_tell **t, size_t n, struct why *w)
{
	size_t i, some;

	for (i = 0; i < n; i++) {
		t[i]->there = false;
		memset(t[i]->has, 0, sizeof(t[i]->has));
	}
	for (i = 0; i < n; i += some) {
		some = n - i < LIST ? n - i : LIST;
		if (read_some(m, p, t + i, some, false, w) == -1)
			return -1;
	}
	return 0;
}

static void
order_body(const struct mage_tell *t, struct buf *b)
{
	buf_fmt(b, "{\"entity\":{\"entity_id\":%" PRId64
	    ",\"increment_id\":", t->id);
	scan_quote(b, slice(t->increment));
	buf_str(b, ",\"ext_order_id\":");
	scan_quote(b, slice(t->want[0]));
	buf_str(b, "}}");
}

/* id and custom_attributes only: what is absent keeps its value, but
 * addresses that are sent replace all that there are. */
static void
customer_body(const struct mage_tell *t, const struct mage_places *p,
    struct buf *b)
{
	bool any = false;
	int i;

	buf_fmt(b, "{\"customer\":{\"id\":%" PRId64
	    ",\"custom_attributes\":[", t->id);
	for (i = 0; i < MAGE_PLACES; i++) {
		if (t->want[i][0] == '\0' || p->attribute[i] == NULL)
			continue;
		buf_str(b, any ? ",{\"attribute_code\":" :
		    "{\"attribute_code\":");
		scan_quote(b, slice(p->attribute[i]));
		buf_str(b, ",\"value\":");
		scan_quote(b, slice(t->want[i]));
		buf_char(b, '}');
		any = true;
	}
	buf_str(b, "]}}");
}

void
mage_tell_write(struct mage *m, const struct mage_places *p,
    struct mage_tell *t)
{
	struct buf body = BUF(4096);
	struct http_call c = { .repeatable = true };	/* the same again */
	char id[24], *url;

	snprintf(id, sizeof(id), "%" PRId64, t->id);
	if (is_order(t)) {
		order_body(t, &body);
		c.method = "POST";
		url = mage_url(m, "orders", (struct slice){ NULL, 0 });
	} else {
		customer_body(t, p, &body);
		c.method = "PUT";
		url = mage_url(m, "customers", slice(id));
	}
	c.body = buf_all(&body);
	/* A 500 to a save is mostly a module that stumbles over this one. */
	if (mage_call(m, url, &c, &t->error) == -1 && c.status == 500)
		t->error.kind = WHY_DATA;
	http_call_free(&c);
	buf_free(&body);
	free(url);
}

int
mage_tell_attributes(struct mage *m, struct mage_places *p, bool *there,
    struct why *w)
{
	char *url = mage_url(m, "attributeMetadata/customer",
	    (struct slice){ NULL, 0 });
	struct pool *pool = pool_new();
	struct http_call c = {0};
	struct slice items, one, code;
	struct scan s;
	int i, r = -1;

	memset(there, 0, MAGE_PLACES * sizeof(*there));
	if (mage_get(m, url, &c, w) == -1 || mage_array(&c, &items, w) == -1)
		goto out;
	scan_enter(&s, items);
	while (scan_element(&s, &one)) {
		if (scan_kind(one) != SCAN_OBJECT)
			continue;
		code = scan_string(scan_get(one, "attribute_code"), pool);
		for (i = 0; i < MAGE_PLACES; i++)
			if (p->attribute[i] != NULL &&
			    slice_is(code, p->attribute[i]))
				there[i] = true;
	}
	r = 0;
out:
	http_call_free(&c);
	pool_free(pool);
	free(url);
	return r;
}
