/* magento-views - a product's price on each website with a book of its own. */
#include "magento-views.h"

#include <stdio.h>
#include <stdlib.h>

#include "magento-reference.h"
#include "say.h"

enum { SITES_MAX = 1000 };	/* a store has a few */

struct site {
	int64_t id;
	struct slice code;	/* a JSON string, as it came */
	const char *name;	/* the same without quotes */
	int64_t view;		/* the first of its store views, -1: none */
	struct slice store, currency, zone;
};

struct sites {
	struct pool *pool;
	struct site site[SITES_MAX];
	const char *name[SITES_MAX];
	int n;
};

/* ---- what the store has ---- */

static const char *
plain(struct pool *pool, struct slice value)
{
	struct slice text = scan_string(value, pool);

	return pool_dup(pool, text.n == 0 ? "" : text.p, text.n);
}

static void
add_site(struct sites *s, struct slice record)
{
	struct site *t = &s->site[s->n];
	int64_t id = mage_number(scan_get(record, "id"));

	if (id == 0 || s->n == SITES_MAX)	/* the admin's */
		return;
	*t = (struct site){ .id = id, .code = scan_get(record, "code"),
	    .view = -1 };
	s->name[s->n++] = t->name = plain(s->pool, t->code);
}

static void
add_view(struct sites *s, struct slice record)
{
	int64_t site = mage_number(scan_get(record, "website_id"));
	int64_t id = mage_number(scan_get(record, "id"));
	struct site *t = s->site;

	while (t < s->site + s->n && t->id != site)
		t++;
	if (t == s->site + s->n || (t->view != -1 && t->view < id))
		return;
	t->view = id;
	t->store = scan_get(record, "code");
	t->currency = scan_get(record, "base_currency_code");
	t->zone = scan_get(record, "timezone");
}

/* Groups and attributes come after all that is needed. */
static int
take(void *ctx, struct slice line)
{
	struct sites *s = ctx;
	struct slice kind, record;

	line.p = pool_dup(s->pool, line.p, line.n);
	kind = scan_string(scan_get(line, "reference"), s->pool);
	record = scan_get(line, "record");
	if (slice_is(kind, "website"))
		add_site(s, record);
	else if (slice_is(kind, "store-config"))
		add_view(s, record);
	return slice_is(kind, "customer-group") ? -1 : 0;
}

/* ---- what the settings name of it ---- */

static const struct site *
find(const struct sites *s, struct slice code, struct why *w)
{
	const struct site *t = s->site;
	char name[100], meant[SAY_MEANT];

	while (t < s->site + s->n && !slice_is(code, t->name))
		t++;
	if (t == s->site + s->n) {
		snprintf(name, sizeof(name), "%.*s", (int)code.n, code.p);
		why(w, WHY_SETUP, "[prices] pricebooks: Magento has no website "
		    "'%s'%s", name, say_meant(meant, name, s->name, s->n));
		return NULL;
	}
	if (t->view == -1) {
		why(w, WHY_SETUP, "[prices] pricebooks: the website '%s' has "
		    "no store view", t->name);
		return NULL;
	}
	return t;
}

/* Each night the one would overwrite the other's prices. */
static int
alone(const struct sites *s, const struct conf *c, int place,
    const struct site *t, struct slice book, struct why *w)
{
	bool several = conf_bool(c, "prices", "multi_currency");
	const struct site *other;
	struct slice code, same;
	int i;

	for (i = 0; i < place && conf_pair(c, "prices", "pricebooks", i, &code,
	    &same); i++)
		if (slice_eq(book, same) &&
		    (other = find(s, code, w)) != NULL &&
		    (!several || slice_eq(other->currency, t->currency)))
			return why(w, WHY_SETUP, "[prices] pricebooks: the "
			    "websites '%s' and '%s' share '%.*s'%s: each would "
			    "overwrite the other's prices; give each its own",
			    other->name, t->name, (int)book.n, book.p,
			    several ? " in one currency" : "");
	return 0;
}

static void
add(struct mage_views *v, const struct site *t, struct pool *pool)
{
	struct mage_view *one;

	v->view = xrealloc(v->view, (size_t)(v->n + 1) * sizeof(*v->view));
	one = &v->view[v->n++];
	one->store = xstrdup(plain(pool, t->store));
	one->head = BUF(4096);
	buf_fmt(&one->head, "{\"website\":%.*s,\"website_id\":%lld,"
	    "\"store\":%.*s,\"currency\":%.*s,\"timezone\":%.*s",
	    (int)t->code.n, t->code.p, (long long)t->id, (int)t->store.n,
	    t->store.p, (int)t->currency.n, t->currency.p, (int)t->zone.n,
	    t->zone.p);
}

/* A list of another make is no list of store views. */
static int
check_whole(const struct site *t, struct why *w)
{
	if (scan_kind(t->code) == SCAN_STRING &&
	    scan_kind(t->store) == SCAN_STRING &&
	    scan_kind(t->currency) == SCAN_STRING &&
	    scan_kind(t->zone) == SCAN_STRING)
		return 0;
	return why_code(w, WHY_BROKEN, "no-items", "Magento does not tell the "
	    "code, currency and time zone of a store view of '%s'", t->name);
}

static int
choose(struct mage_views *v, const struct sites *s, const struct conf *c,
    struct why *w)
{
	struct slice code, book;
	const struct site *t;
	int i;

	for (i = 0; conf_pair(c, "prices", "pricebooks", i, &code, &book);
	    i++) {
		if ((t = find(s, code, w)) == NULL || check_whole(t, w) == -1 ||
		    alone(s, c, i, t, book, w) == -1)
			return -1;
		add(v, t, s->pool);
	}
	return v->n > 0 ? 0 : why(w, WHY_SETUP, "prices by website are for "
	    "those that [prices] pricebooks names; it names none");
}

struct mage_views *
mage_views_open(struct mage *m, const struct conf *c, struct why *w)
{
	struct mage_views *v = xcalloc(1, sizeof(*v));
	struct sites *s = xcalloc(1, sizeof(*s));
	int r;

	s->pool = pool_new();
	v->home = conf_text(c, "magento", "store");
	r = mage_reference(m, 100, false, take, s, w);
	if (r == 0)
		r = choose(v, s, c, w);
	pool_free(s->pool);
	free(s);
	if (r == 0)
		return v;
	mage_views_free(v);
	return NULL;
}

void
mage_views_free(struct mage_views *v)
{
	int i;

	if (v == NULL)
		return;
	for (i = 0; i < v->n; i++) {
		free(v->view[i].store);
		buf_free(&v->view[i].head);
	}
	free(v->view);
	free(v);
}

/* ---- a product ---- */

static void
add_member(struct buf *b, const char *name, struct slice value)
{
	if (value.n > 0)
		buf_fmt(b, ",\"%s\":%.*s", name, (int)value.n, value.p);
}

static void
add_special(struct buf *b, struct slice attributes, struct pool *pool)
{
	static const char *const codes[] = { "special_price",
	    "special_from_date", "special_to_date" };
	struct slice one, code;
	struct scan s;
	size_t i;

	if (scan_kind(attributes) != SCAN_ARRAY)
		return;
	scan_enter(&s, attributes);
	while (scan_element(&s, &one)) {
		if (scan_kind(one) != SCAN_OBJECT)
			continue;
		code = scan_string(scan_get(one, "attribute_code"), pool);
		for (i = 0; i < sizeof(codes) / sizeof(*codes); i++)
			if (slice_is(code, codes[i]))
				add_member(b, codes[i], scan_get(one,
				    "value"));
	}
}

struct slice
mage_view_price(const struct mage_view *v, struct slice product,
    struct pool *pool)
{
	struct buf b = BUF(1 << 20);
	struct slice all;

	buf_slice(&b, buf_all(&v->head));
	if (product.n > 0) {
		add_member(&b, "price", scan_get(product, "price"));
		add_special(&b, scan_get(product, "custom_attributes"), pool);
	}
	buf_char(&b, '}');
	all = (struct slice){ pool_dup(pool, b.p, b.n), b.n };
	buf_free(&b);
	return all;
}
