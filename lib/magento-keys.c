#include "magento-keys.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "lines.h"
#include "payload.h"

enum {
	RECORD_MAX = 64 << 20,
	LIST_MAX = 2000,	/* bytes of an in-list: URLs stay below 8 KB
				 * when every byte is percent-encoded */
	SOME = 50,		/* records of a page: what most shops allow */
};

static int
open_file(const char *path, struct why *w)
{
	int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) :
	    open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		why(w, WHY_SETUP, "cannot read '%s': %s", path,
		    strerror(errno));
	return fd;
}

static int
id_order(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void
sort_ids(struct mage_keys *k)
{
	size_t i, n = 0;

	if (k->n == 0)
		return;
	qsort(k->id, k->n, sizeof(*k->id), id_order);
	for (i = 0; i < k->n; i++)
		if (n == 0 || k->id[n - 1] != k->id[i])
			k->id[n++] = k->id[i];
	k->n = n;
}

/* Orders name the same products over and over: sort before growing. */
void
mage_keys_add(struct mage_keys *k, int64_t id)
{
	if (k->n == k->room) {
		sort_ids(k);
		if (k->n * 2 >= k->room) {
			k->room = k->room == 0 ? 256 : 2 * k->room;
			k->id = xrealloc(k->id, k->room * sizeof(*k->id));
		}
	}
	k->id[k->n++] = id;
}

void
mage_keys_name(struct mage_keys *k, const char *field, struct slice text)
{
	if (k->names == k->names_room) {
		k->names_room = k->names_room == 0 ? 64 : 2 * k->names_room;
		k->name = xrealloc(k->name, k->names_room * sizeof(*k->name));
	}
	k->name[k->names++] = (struct mage_name){ field,
	    xstrndup(text.p, text.n), false, -1 };
}

static bool
cut_prefix(struct slice *t, const char *prefix)
{
	size_t n = strlen(prefix);

	if (t->n < n || memcmp(t->p, prefix, n) != 0)
		return false;
	t->p += n;
	t->n -= n;
	return true;
}

/* The field that `prefix` stands for with this entity, or NULL. */
static const char *
named_field(struct slice *t, const struct mage_entity *e)
{
	if (cut_prefix(t, "increment:"))
		return strcmp(e->name, "orders") == 0 ||
		    strcmp(e->name, "invoices") == 0 ||
		    strcmp(e->name, "shipments") == 0 ||
		    strcmp(e->name, "creditmemos") == 0 ? "increment_id" :
		    NULL;
	if (cut_prefix(t, "sku:"))
		return strcmp(e->name, "products") == 0 ? "sku" : NULL;
	if (cut_prefix(t, "email:"))
		return strcmp(e->path, "customers/search") == 0 ? "email" :
		    NULL;
	return NULL;
}

/* 0, or -1: not a key. */
static int
add_key(struct mage_keys *k, struct slice t, const struct mage_entity *e)
{
	const char *field;
	int64_t id = 0;
	size_t i;

	if (memchr(t.p, ':', t.n) != NULL) {
		if ((field = named_field(&t, e)) == NULL || t.n == 0)
			return -1;
		mage_keys_name(k, field, t);
		return 0;
	}
	if (cut_prefix(&t, e->name) && !cut_prefix(&t, "/"))
		return -1;
	if (t.n == 0 || t.n > 18)
		return -1;
	for (i = 0; i < t.n; i++) {
		if (t.p[i] < '0' || t.p[i] > '9')
			return -1;
		id = id * 10 + (t.p[i] - '0');
	}
	mage_keys_add(k, id);
	return 0;
}

static struct slice
trim(struct slice t)
{
	while (t.n > 0 && strchr(" \t\r", t.p[t.n - 1]) != NULL)
		t.n--;
	while (t.n > 0 && strchr(" \t", *t.p) != NULL)
		t.p++, t.n--;
	return t;
}

int
mage_keys_read(struct mage_keys *k, const char *path,
    const struct mage_entity *e, struct why *w)
{
	struct lines *in;
	struct line l;
	int r = -1, fd = open_file(path, w);

	if (fd == -1)
		return -1;
	in = lines_open(fd, 4096);
	while ((r = lines_next(in, &l, w)) == 1) {
		struct slice t = trim(l.text);

		if (t.n == 0 || *t.p == '#')
			continue;
		if (!l.over && add_key(k, t, e) == 0)
			continue;
		r = why(w, WHY_SETUP, "%s:%" PRIu64 ": '%.*s' is no key of "
		    "%s", path, l.number, (int)(t.n < 80 ? t.n : 80), t.p,
		    e->name);
		break;
	}
	lines_close(in);
	close(fd);
	return r;
}

/* --- what orders name --- */

static int64_t
id_of(struct slice record, const char *member)
{
	struct mage_entity e = { .member = member };

	return mage_id(&e, record);
}

static void
add_customer(struct mage_keys *k, struct slice record)
{
	int64_t id = id_of(record, "customer_id");

	if (id <= 0)			/* a cart has it inside */
		id = id_of(scan_get(record, "customer"), "id");
	if (id > 0)
		mage_keys_add(k, id);
}

/* Items of carts have a SKU only. */
static void
add_products(struct mage_keys *k, struct slice record, struct pool *pool)
{
	struct slice items = scan_get(record, "items"), item, sku;
	struct scan s;
	int64_t id;

	if (scan_kind(items) != SCAN_ARRAY)
		return;
	scan_enter(&s, items);
	while (scan_element(&s, &item)) {
		if (scan_kind(item) != SCAN_OBJECT)
			continue;
		if ((id = id_of(item, "product_id")) > 0) {
			mage_keys_add(k, id);
			continue;
		}
		sku = scan_string(scan_get(item, "sku"), pool);
		if (sku.n > 0)
			mage_keys_name(k, "sku", sku);
	}
}

int
mage_keys_of(struct mage_keys *k, const char *path,
    const struct mage_entity *e, struct why *w)
{
	bool products = strcmp(e->name, "products") == 0;
	struct pool *pool;
	struct lines *in;
	struct slice record;
	struct line l;
	int r, fd;

	if (!products && strcmp(e->name, "customers") != 0)
		return why(w, WHY_SETUP, "orders and carts name customers and "
		    "products, not %s", e->name);
	if ((fd = open_file(path, w)) == -1)
		return -1;
	pool = pool_new();
	in = lines_open(fd, RECORD_MAX);
	while ((r = lines_next(in, &l, w)) == 1) {
		/* what is no record is some other program's to refuse */
		if (l.over || payload_is_verdict(l.text) ||
		    scan_text(l.text, &record, NULL) == -1 ||
		    scan_kind(record) != SCAN_OBJECT)
			continue;
		pool_reset(pool);
		if (products)
			add_products(k, record, pool);
		else
			add_customer(k, record);
	}
	lines_close(in);
	pool_free(pool);
	close(fd);
	return r;
}

/* --- names to ids --- */

/* One page: mark what was found.  How many came, -1 with `w`. */
static int
take_named(struct mage_keys *k, const struct mage_entity *e,
    const char *field, const struct http_call *c, size_t from, size_t to,
    int64_t *last, struct why *w)
{
	struct pool *pool = pool_new();
	struct mage_list list;
	struct slice record, text;
	struct scan s;
	int64_t id;
	size_t i;
	int n = -1;

	if (mage_items(c, &list, w) == -1)
		goto out;
	scan_enter(&s, list.items);
	for (n = 0; scan_element(&s, &record); n++) {
		id = mage_id(e, record);
		if (id == -1 || id <= *last) {
			n = id == -1 ? mage_no_id(e, record, w) :
			    why(w, WHY_BROKEN, "Magento gave %s/%" PRId64
			    " out of order", e->name, id);
			break;
		}
		mage_keys_add(k, *last = id);
		text = scan_string(scan_get(record, field), pool);
		for (i = from; i < to; i++)
			if (strlen(k->name[i].text) == text.n &&
			    strncasecmp(k->name[i].text, text.p, text.n) == 0) {
				k->name[i].found = true;
				k->name[i].id = id;
			}
	}
	if (n >= 0 && n < SOME && list.total > n)
		n = why_code(w, WHY_BROKEN, "short", "Magento counts %" PRId64
		    " %s and gives %d of them", list.total, e->name, n);
out:
	pool_free(pool);
	return n;
}

/* Can the name stand in a list?  Its separator cannot be escaped. */
static bool
listed(const struct mage_name *n)
{
	return strchr(n->text, ',') == NULL;
}

static void
filter_names(struct mage_query *q, const struct mage_keys *k, size_t from,
    size_t to)
{
	struct buf b = BUF(1 << 20);	/* no URL is longer */
	size_t i;

	for (i = from; i < to; i++)
		buf_fmt(&b, "%s%s", i == from ? "" : ",", k->name[i].text);
	mage_filter(q, k->name[from].field, to - from == 1 ? "eq" : "in",
	    buf_all(&b));
	buf_free(&b);
}

/* A page of those over *last.  How many came; -1; -2: the request is too long
 * for some server on the way. */
static int
find_page(struct mage_keys *k, struct mage *m, const struct mage_entity *e,
    size_t from, size_t to, int64_t *last, struct why *w)
{
	const char *field = k->name[from].field;
	struct mage_query *q = mage_query_new(m, e->path);
	char *fields = xasprintf("items[%s,%s]", e->member, field);
	struct http_call c = {0};
	char after[24];
	int n;

	snprintf(after, sizeof(after), "%" PRId64, *last);
	mage_filter(q, e->id, "gt", slice(after));
	filter_names(q, k, from, to);
	mage_sort(q, e->id, true);
	mage_page(q, SOME, 1);
	mage_fields(q, fields);
	n = mage_get(m, mage_query_url(q), &c, w) == -1 ? -1 :
	    take_named(k, e, field, &c, from, to, last, w);
	if (c.status == 414)
		n = -2;
	http_call_free(&c);
	mage_query_free(q);
	free(fields);
	return n;
}

static int
find_some(struct mage_keys *k, struct mage *m, const struct mage_entity *e,
    size_t from, size_t to, struct why *w)
{
	size_t middle = from + (to - from) / 2;
	int64_t last = -1;
	int n = SOME;

	while (n >= SOME)
		n = find_page(k, m, e, from, to, &last, w);
	if (n >= 0)
		return 0;
	if (n == -1 || to - from == 1) {
		if (w->kind == WHY_DATA)	/* the question is wrong */
			w->kind = WHY_SETUP;
		return -1;
	}
	memset(w, 0, sizeof(*w));
	if (find_some(k, m, e, from, middle, w) == -1)
		return -1;
	return find_some(k, m, e, middle, to, w);
}

static int
by_field(const void *a, const void *b)
{
	const struct mage_name *x = a, *y = b;
	int r = strcmp(x->field, y->field);

	return r != 0 ? r : strcmp(x->text, y->text);
}

int
mage_keys_find(struct mage_keys *k, struct mage *m,
    const struct mage_entity *e, struct why *w)
{
	size_t from, to, bytes;
	int r = 0;

	if (k->names > 0)
		qsort(k->name, k->names, sizeof(*k->name), by_field);
	for (from = 0; r == 0 && from < k->names; from = to) {
		bytes = strlen(k->name[from].text);
		for (to = from + 1; to < k->names && to - from < SOME &&
		    bytes < LIST_MAX && listed(&k->name[from]) &&
		    listed(&k->name[to]) && strcmp(k->name[from].field,
		    k->name[to].field) == 0; to++)
			bytes += strlen(k->name[to].text) + 1;
		r = find_some(k, m, e, from, to, w);
	}
	sort_ids(k);
	return r;
}

void
mage_keys_free(struct mage_keys *k)
{
	size_t i;

	for (i = 0; i < k->names; i++)
		free(k->name[i].text);
	free(k->name);
	free(k->id);
	memset(k, 0, sizeof(*k));
}
