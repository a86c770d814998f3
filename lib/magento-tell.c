#include "magento-tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIST = 50 };	/* records of one read: what most shops allow */

/* --- reading --- */

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

void
mage_tell_free(struct mage_tell *t)
{
	free(t->sku);
	free(t->whole);
	t->sku = t->whole = NULL;
}

static bool
by_comment(const struct mage_places *p)
{
	const char *place = p->name[MAGE_ORDERS][MAGE_ID];

	return place != NULL && strcmp(place, "comment") == 0;
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
			if (p->name[t->kind][i] != NULL &&
			    slice_is(code, p->name[t->kind][i]))
				keep_text(t->has[i], sizeof(t->has[i]),
				    scan_get(one, "value"), pool);
	}
}

static void
keep_order(struct mage_tell *t, const struct mage_places *p,
    struct slice record, struct pool *pool)
{
	char number[sizeof(t->increment)];

	keep_text(number, sizeof(number), scan_get(record, "increment_id"),
	    pool);
	t->renumbered = t->increment[0] != '\0' &&
	    strcmp(number, t->increment) != 0;
	if (t->increment[0] == '\0')
		memcpy(t->increment, number, sizeof(number));
	if (!by_comment(p))
		keep_text(t->has[MAGE_ID], sizeof(t->has[MAGE_ID]),
		    scan_get(record, "ext_order_id"), pool);
	else if (mage_comment_find(scan_get(record, "status_histories"),
	    t->want[MAGE_ID], pool))
		memcpy(t->has[MAGE_ID], t->want[MAGE_ID],
		    sizeof(t->want[MAGE_ID]));
}

/* What Magento demands of a customer when nobody fills in what it has. */
static void
keep_whole(struct mage_tell *t, struct slice record)
{
	static const char *const name[] = { "email", "firstname", "lastname",
	    "website_id", "store_id", "group_id" };
	struct buf b = BUF(64 << 10);
	struct slice v;
	size_t i;

	for (i = 0; i < sizeof(name) / sizeof(*name); i++)
		if ((v = scan_get(record, name[i])).n > 0) {
			buf_fmt(&b, "\"%s\":", name[i]);
			buf_slice(&b, v);
			buf_char(&b, ',');
		}
	free(t->whole);
	t->whole = xstrdup(buf_cstr(&b));
	buf_free(&b);
}

static void
keep(struct mage_tell *t, const struct mage_places *p, struct slice record,
    struct pool *pool)
{
	struct slice sku;

	t->there = true;
	if (t->kind == MAGE_ORDERS) {
		keep_order(t, p, record, pool);
		return;
	}
	keep_attributes(t, p, scan_get(record, "custom_attributes"), pool);
	if (t->kind == MAGE_CUSTOMERS && p->whole)
		keep_whole(t, record);
	if (t->kind != MAGE_PRODUCTS)
		return;
	sku = scan_string(scan_get(record, "sku"), pool);
	free(t->sku);
	t->sku = xstrndup(sku.n == 0 ? "" : sku.p, sku.n);
}

static const struct mage_entity *
entity_of(const struct mage_tell *t)
{
	return mage_entity(mage_kind_name(t->kind), NULL);
}

/* What is not in the list was deleted.  -1: there are more than came, or it is
 * no list of what was asked for. */
static int
take(struct mage_tell **t, size_t n, const struct mage_places *p,
    const struct mage_list *list, struct why *w)
{
	struct pool *pool = pool_new();
	struct slice record, strange = { NULL, 0 };
	struct scan s;
	size_t i;
	int64_t id, came = 0;

	scan_enter(&s, list->items);
	for (; scan_element(&s, &record); came++) {
		id = mage_id(entity_of(t[0]), record);
		if (id == -1)
			strange = record;
		for (i = 0; i < n; i++)
			if (id != -1 && t[i]->id == id)
				keep(t[i], p, record, pool);
	}
	pool_free(pool);
	if (strange.p != NULL)
		return mage_no_id(entity_of(t[0]), strange, w);
	return list->total <= came ? 0 : why_code(w, WHY_BROKEN, "short-page",
	    "Magento counts %" PRId64 " %s and gives %" PRId64, list->total,
	    mage_kind_name(t[0]->kind), came);
}

static const char *
fields_of(enum mage_kind kind, const struct mage_places *p)
{
	if (kind == MAGE_CUSTOMERS)
		return p->whole ? "items[id,email,firstname,lastname,"
		    "website_id,store_id,group_id,custom_attributes],"
		    "total_count" : "items[id,custom_attributes],total_count";
	if (kind == MAGE_PRODUCTS)
		return "items[id,sku,custom_attributes],total_count";
	return by_comment(p) ? "items[entity_id,increment_id,"
	    "status_histories[comment]],total_count" :
	    "items[entity_id,increment_id,ext_order_id],total_count";
}

static int
ask(struct mage *m, const struct mage_places *p, struct mage_tell **t,
    size_t n, struct http_call *c, bool once, struct why *w)
{
	const struct mage_entity *e = entity_of(t[0]);
	struct mage_query *q = mage_query_new(m, e->path);
	struct buf ids = BUF(LIST * 24);
	size_t i;
	int r;

	for (i = 0; i < n; i++)
		buf_fmt(&ids, "%s%" PRId64, i == 0 ? "" : ",", t[i]->id);
	mage_filter(q, e->id, "in", buf_all(&ids));
	mage_sort(q, e->id, true);
	mage_page(q, (int)n, 1);
	mage_fields(q, fields_of(t[0]->kind, p));
	c->once = once;
	r = mage_get(m, mage_query_url(q), c, w);
	mage_query_free(q);
	buf_free(&ids);
	return r;
}

/* Is it the page, or one record in it, that spoils the answer? */
static bool
page_spoils(const struct http_call *c, const struct why *w)
{
	return c->status == 500 || strcmp(w->code, "short-page") == 0 ||
	    strcmp(w->code, "no-items") == 0;
}

static int
read_some(struct mage *m, const struct mage_places *p, struct mage_tell **t,
    size_t n, bool halved, struct why *w)
{
	struct http_call c = {0};
	struct mage_list list;
	int r = ask(m, p, t, n, &c, halved && n > 1, w);

	if (r == 0 && (r = mage_items(&c, &list, w)) == 0)
		r = take(t, n, p, &list, w);
	if (r == -1 && n > 1 && (page_spoils(&c, w) ||
	    mage_size_limit(&c) > 0)) {
		memset(w, 0, sizeof(*w));
		r = read_some(m, p, t, n / 2, true, w);
		if (r == 0)
			r = read_some(m, p, t + n / 2, n - n / 2, true, w);
	} else if (r == -1 && w->kind == WHY_DATA) {
		w->kind = WHY_SETUP;	/* what we ask is no record's fault */
	} else if (r == -1 && page_spoils(&c, w)) {
		/* one that Magento cannot show */
		why_code(&t[0]->error, w->kind, c.status == 500 ? w->code :
		    "unreadable", "%s", w->text);
		t[0]->unread = true;
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
		t[i]->there = t[i]->unread = false;
		memset(t[i]->has, 0, sizeof(t[i]->has));
	}
	for (i = 0; i < n; i += some) {
		some = n - i < LIST ? n - i : LIST;
		if (read_some(m, p, t + i, some, false, w) == -1)
			return -1;
	}
	return 0;
}

/* --- writing --- */

static void
order_body(const struct mage_tell *t, struct buf *b)
{
	buf_fmt(b, "{\"entity\":{\"entity_id\":%" PRId64
	    ",\"increment_id\":", t->id);
	scan_quote(b, slice(t->increment));
	buf_str(b, ",\"ext_order_id\":");
	scan_quote(b, slice(t->want[MAGE_ID]));
	buf_str(b, "}}");
}

static void
attributes(const struct mage_tell *t, const struct mage_places *p,
    struct buf *b)
{
	bool any = false;
	int i;

	buf_str(b, "\"custom_attributes\":[");
	for (i = 0; i < MAGE_PLACES; i++) {
		if (t->want[i][0] == '\0' || p->name[t->kind][i] == NULL)
			continue;
		buf_str(b, any ? ",{\"attribute_code\":" :
		    "{\"attribute_code\":");
		scan_quote(b, slice(p->name[t->kind][i]));
		buf_str(b, ",\"value\":");
		scan_quote(b, slice(t->want[i]));
		buf_char(b, '}');
		any = true;
	}
	buf_char(b, ']');
}

/* What is absent keeps its value. */
void
mage_tell_body(const struct mage_tell *t, const struct mage_places *p,
    bool bulk, struct buf *b)
{
	if (t->kind == MAGE_CUSTOMERS) {
		buf_fmt(b, "{\"customer\":{\"id\":%" PRId64 ",", t->id);
		if (bulk && t->whole != NULL)
			buf_str(b, t->whole);
	} else {
		buf_str(b, "{\"product\":{\"sku\":");
		scan_quote(b, slice(t->sku));
		buf_char(b, ',');
	}
	attributes(t, p, b);
	buf_str(b, "}}");
}

/*
 * POST products saves by the SKU in the body, as PUT products/SKU does.  In a
 * path a SKU with a slash or a plus sign is signed otherwise by Magento 2.4.6
 * and newer (magento/magento2#37913) and refused by Apache as it is installed.
 */
static void
save(struct mage *m, const struct mage_places *p, struct mage_tell *t)
{
	bool customer = t->kind == MAGE_CUSTOMERS;
	struct buf body = BUF(4096);
	struct http_call c = { .method = customer ? "PUT" : "POST",
	    .repeatable = true };			/* the same again */
	char id[24], *url;

	snprintf(id, sizeof(id), "%" PRId64, t->id);
	url = mage_url(m, mage_kind_name(t->kind), customer ? slice(id) :
	    (struct slice){ NULL, 0 });
	if (t->kind == MAGE_ORDERS)
		order_body(t, &body);
	else
		mage_tell_body(t, p, false, &body);
	c.body = buf_all(&body);
	mage_call(m, url, &c, &t->error);
	http_call_free(&c);
	buf_free(&body);
	free(url);
}

void
mage_tell_write(struct mage *m, const struct mage_places *p,
    struct mage_tell *t)
{
	if (t->kind == MAGE_ORDERS && t->increment[0] == '\0')
		why_code(&t->error, WHY_DATA, "no-increment", "Magento shows "
		    "no increment_id of it; without that a save could number "
		    "it anew");
	else if (t->kind == MAGE_ORDERS && by_comment(p))
		mage_comment_write(m, t);
	else
		save(m, p, t);
}
