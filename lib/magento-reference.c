#include "magento-reference.h"

#include <stdlib.h>

/* `id` names a record; `paged`: the list comes in pages, in its order;
 * `rules`: only where price rules are asked for. */
static const struct list {
	const char *kind, *path, *id;
	bool paged, rules;
} lists[] = {
	{ "website", "store/websites", "id", false, false },
	{ "store-group", "store/storeGroups", "id", false, false },
	{ "store", "store/storeViews", "id", false, false },
	{ "store-config", "store/storeConfigs", "id", false, false },
	{ "customer-group", "customerGroups/search", "id", true, false },
	{ "product-attribute", "products/attributes", "attribute_code", true,
	    false },
	{ "customer-attribute", "attributeMetadata/customer",
	    "attribute_code", false, false },
	{ "sales-rule", "salesRules/search", "rule_id", true, true },
};

enum { PAGES_MAX = 10000 };	/* who has more does not count them */

struct taker {
	int (*take)(void *ctx, struct slice line);
	void *ctx;
	struct buf line;
	long taken;
	bool no_website;
	bool bare;		/* records, and not what is said of them */
};

/* A list of numbers, or of something else, is no list of stores. */
static bool
is_named(const struct list *l, struct slice record)
{
	struct slice id;

	if (scan_kind(record) != SCAN_OBJECT)
		return false;
	id = scan_get(record, l->id);
	return strcmp(l->id, "attribute_code") != 0 ? mage_number(id) != -1 :
	    scan_kind(id) == SCAN_STRING && id.n > 2;
}

/* 0, or 1: stop, or -1. */
static int
give(struct taker *t, const struct list *l, struct slice record,
    struct why *w)
{
	size_t i;

	if (t->no_website && strncmp(l->kind, "store", 5) == 0)
		return why_code(w, WHY_BROKEN, "no-items", "there are stores, "
		    "but Magento answered store/websites without records");
	if (!is_named(l, record))
		return why_code(w, WHY_BROKEN, "no-items", "Magento answered "
		    "a list whose records have no '%s'", l->id);
	if (t->bare && mage_number(scan_get(record, l->id)) == 0)
		return 0;	/* the admin's own */
	buf_reset(&t->line);
	if (!t->bare)
		buf_fmt(&t->line, "{\"reference\":\"%s\",\"record\":",
		    l->kind);
	buf_slice(&t->line, record);
	if (!t->bare)
		buf_char(&t->line, '}');
	for (i = 0; i < t->line.n; i++)
		if (t->line.p[i] == '\n')	/* between tokens */
			t->line.p[i] = ' ';
	t->taken++;
	return t->take(t->ctx, buf_all(&t->line)) == -1;
}

static int
give_all(struct taker *t, const struct list *l, struct slice items,
    struct why *w)
{
	struct slice record;
	struct scan s;
	int r = 0;

	scan_enter(&s, items);
	while (r == 0 && scan_element(&s, &record))
		r = give(t, l, record, w);
	return r;
}

/* As many as it counts? */
static int
enough(const struct taker *t, long before, int64_t total, struct why *w)
{
	if (t->taken - before < total)
		return why_code(w, WHY_BROKEN, "no-items", "Magento counts "
		    "%ld records and gives %ld of them", (long)total,
		    t->taken - before);
	return 0;
}

static int
plain(struct mage *m, const struct list *l, struct taker *t, struct why *w)
{
	char *url = mage_url(m, l->path, (struct slice){ NULL, 0 });
	struct http_call c = {0};
	struct slice items;
	long before = t->taken;
	int r = -1;

	if (mage_get(m, url, &c, w) == 0 && mage_array(&c, &items, w) == 0)
		r = give_all(t, l, items, w);
	if (r == 0 && strcmp(l->kind, "website") == 0)
		t->no_website = t->taken == before;
	http_call_free(&c);
	free(url);
	return r;
}

/*
 * These lists are short and seldom change, so page numbers will do; a filter
 * on attribute_id would be ambiguous in Magento's own SQL.  Older releases
 * repeat the last page for ever: the total says where it ends.
 */
static int
paged(struct mage *m, const struct list *l, int size, struct taker *t,
    struct why *w)
{
	long before = t->taken;
	int page = 1, r = 0;

	for (;; page++) {
		struct mage_query *q = mage_query_new(m, l->path);
		struct http_call c = {0};
		struct mage_list list;
		bool more = false;
		int less;

		mage_sort(q, l->id, true);
		mage_page(q, size, page);
		if (mage_get(m, mage_query_url(q), &c, w) == -1 ||
		    mage_items(&c, &list, w) == -1)
			r = -1;
		else
			r = give_all(t, l, list.items, w);
		if (r == 0 && page == PAGES_MAX)
			r = why(w, WHY_BROKEN, "the list does not end");
		if (r == 0)
			more = t->taken - before == (long)page * size &&
			    (list.total < 0 || t->taken - before < list.total);
		less = r == -1 && page == 1 ? mage_size_limit(&c) : 0;
		if (less > 0 && less < size) {
			size = less;
			page = r = 0;
			more = true;
			memset(w, 0, sizeof(*w));
		}
		http_call_free(&c);
		mage_query_free(q);
		if (!more)
			return r == 0 ? enough(t, before, list.total, w) : r;
	}
}

int
mage_reference(struct mage *m, int page_size, bool rules,
    int (*take)(void *ctx, struct slice line), void *ctx, struct why *w)
{
	struct taker t = { .take = take, .ctx = ctx, .line = BUF(64 << 20) };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < sizeof(lists) / sizeof(*lists); i++) {
		if (lists[i].rules && !rules)
			continue;
		r = lists[i].paged ? paged(m, &lists[i], page_size, &t, w) :
		    plain(m, &lists[i], &t, w);
		if (r != -1)
			continue;
		why_in(w, "%s", lists[i].path);
		/* No record is at fault: every store has these lists. */
		if (w != NULL && w->kind == WHY_DATA)
			w->kind = WHY_SETUP;
	}
	buf_free(&t.line);
	return r == -1 ? -1 : 0;
}

int
mage_websites(struct mage *m, int (*take)(void *ctx, struct slice line),
    void *ctx, struct why *w)
{
	struct taker t = { .take = take, .ctx = ctx, .line = BUF(1 << 20),
	    .bare = true };
	int r = plain(m, &lists[0], &t, w);

	if (r == -1)
		why_in(w, "%s", lists[0].path);
	if (r == -1 && w != NULL && w->kind == WHY_DATA)
		w->kind = WHY_SETUP;	/* no record's fault */
	buf_free(&t.line);
	return r == -1 ? -1 : 0;
}

int64_t
mage_store_id(struct mage *m, const char *code, struct why *w)
{
	static const struct mage_entity store = { .member = "id" };
	char *url = mage_url(m, "store/storeViews",
	    (struct slice){ NULL, 0 });
	struct pool *pool = pool_new();
	struct http_call c = {0};
	struct slice items, view;
	struct scan s;
	int64_t id = -1;

	if (mage_get(m, url, &c, w) == -1 || mage_array(&c, &items, w) == -1)
		goto out;
	scan_enter(&s, items);
	while (id == -1 && scan_element(&s, &view))
		if (scan_kind(view) == SCAN_OBJECT &&
		    slice_is(scan_string(scan_get(view, "code"), pool), code))
			id = mage_id(&store, view);
	if (id == -1)
		why(w, WHY_SETUP, "there is no store view '%s'", code);
out:
	if (id == -1 && w != NULL && w->kind == WHY_DATA)
		w->kind = WHY_SETUP;	/* no record's fault */
	http_call_free(&c);
	pool_free(pool);
	free(url);
	return id;
}
