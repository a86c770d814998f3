/* magento-check - settings held against what the store has. */
#include <stdlib.h>

#include "magento-check.h"
#include "magento-reference.h"
#include "magento-tell.h"
#include "say.h"

enum {
	NAMES_MAX = 1000,	/* of one kind; a store has a few */
	UNMAPPED_MAX = 50,	/* statuses told, a query each */
};

struct names {
	const char **code;
	size_t n;
};

struct website {
	int64_t id;
	struct slice code, currency;
};

struct mage_check {
	struct mage *m;
	const struct conf *conf;
	struct findings *found;
	struct pool *pool;
	struct names groups, stores;	/* ids of groups, codes of stores */
	struct website *website;
	size_t websites;
};

static void
add_name(struct mage_check *c, struct names *l, struct slice name)
{
	if (l->n == NAMES_MAX)
		return;
	l->code = xrealloc(l->code, (l->n + 1) * sizeof(*l->code));
	l->code[l->n++] = pool_dup(c->pool, name.p, name.n);
}

static bool
has_name(const struct names *l, struct slice name)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (slice_is(name, l->code[i]))
			return true;
	return false;
}

/* ---- what the store has ---- */

static void
add_website(struct mage_check *c, struct slice record)
{
	int64_t id = mage_number(scan_get(record, "id"));

	if (id == 0 || c->websites == NAMES_MAX)	/* the admin's */
		return;
	c->website = xrealloc(c->website, (c->websites + 1) *
	    sizeof(*c->website));
	c->website[c->websites++] = (struct website){ .id = id,
	    .code = scan_string(scan_get(record, "code"), c->pool) };
}

static void
add_currency(struct mage_check *c, struct slice record)
{
	int64_t id = mage_number(scan_get(record, "website_id"));
	size_t i;

	for (i = 0; i < c->websites; i++)
		if (c->website[i].id == id)
			c->website[i].currency = scan_string(scan_get(record,
			    "base_currency_code"), c->pool);
}

/* Attributes come last, and there are many: not needed. */
static int
take(void *ctx, struct slice line)
{
	struct mage_check *c = ctx;
	struct slice record, kind;

	line.p = pool_dup(c->pool, line.p, line.n);
	kind = scan_string(scan_get(line, "reference"), c->pool);
	record = scan_get(line, "record");
	if (slice_is(kind, "website"))
		add_website(c, record);
	else if (slice_is(kind, "store"))
		add_name(c, &c->stores, scan_string(scan_get(record, "code"),
		    c->pool));
	else if (slice_is(kind, "store-config"))
		add_currency(c, record);
	else if (slice_is(kind, "customer-group"))
		add_name(c, &c->groups, scan_get(record, "id"));
	return slice_is(kind, "product-attribute") ? -1 : 0;
}

struct mage_check *
mage_check_new(struct mage *m, const struct conf *conf, struct findings *f,
    struct why *w)
{
	struct mage_check *c = xcalloc(1, sizeof(*c));

	c->m = m;
	c->conf = conf;
	c->found = f;
	c->pool = pool_new();
	if (mage_reference(m, 100, false, take, c, w) == -1) {
		mage_check_free(c);
		return NULL;
	}
	return c;
}

void
mage_check_free(struct mage_check *c)
{
	if (c == NULL)
		return;
	free(c->groups.code);
	free(c->stores.code);
	free(c->website);
	pool_free(c->pool);
	free(c);
}

/* ---- orders by status, since no list of statuses is to be had ---- */

/* The status of one order whose status is `value` ("eq"), or is none of them
 * ("nin").  *status is absent when there is no such order. */
static int
ask_order(struct mage_check *c, const char *op, struct slice value,
    struct slice *status, int64_t *total, struct why *w)
{
	struct mage_query *q = mage_query_new(c->m, "orders");
	struct http_call call = {0};
	struct mage_list list;
	struct slice one;
	struct scan s;
	int r = -1;

	*status = (struct slice){ NULL, 0 };
	if (value.n > 0)
		mage_filter(q, "status", op, value);
	mage_page(q, 1, 1);
	mage_fields(q, "items[entity_id,status],total_count");
	if (mage_get(c->m, mage_query_url(q), &call, w) == -1 ||
	    mage_items(&call, &list, w) == -1)
		goto out;
	*total = list.total;
	scan_enter(&s, list.items);
	if (scan_element(&s, &one)) {
		*status = scan_string(scan_get(one, "status"), c->pool);
		if (status->p != NULL)
			status->p = pool_dup(c->pool, status->p, status->n);
	}
	r = 0;
out:
	http_call_free(&call);
	mage_query_free(q);
	return r;
}

static int
check_status(struct mage_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	struct slice status;
	int64_t total;

	if (ask_order(c, "eq", value, &status, &total, w) == -1)
		return -1;
	if (status.p == NULL)
		findings_warn(c->found, at, "%s: no order has the status "
		    "'%.*s'; see that it is the code of a status (Stores, "
		    "Order Status), not its label", label, (int)value.n,
		    value.p);
	return 0;
}

/* ---- the other settings ---- */

/* "0, 1, 2" */
static const char *
all_names(struct mage_check *c, const struct names *l)
{
	struct buf b = BUF(1024);
	const char *out;
	size_t i;

	for (i = 0; i < l->n; i++)
		buf_fmt(&b, "%s%s", i > 0 ? ", " : "", l->code[i]);
	out = pool_dup(c->pool, b.p == NULL ? "" : b.p, b.n);
	buf_free(&b);
	return out;
}

static int
check_group(struct mage_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	(void)w;
	if (!has_name(&c->groups, value))
		findings_error(c->found, at, "%s: Magento has no customer "
		    "group with the id '%.*s'; it has %s (Customers, "
		    "Customer Groups)", label, (int)value.n, value.p,
		    all_names(c, &c->groups));
	return 0;
}

static int
check_store(struct mage_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	(void)w;
	if (!slice_is(value, "all") && !has_name(&c->stores, value))
		findings_error(c->found, at, "%s: Magento has no store view "
		    "'%.*s'; it has %s, and all is for the admin's values",
		    label, (int)value.n, value.p, all_names(c, &c->stores));
	return 0;
}

/* A setting that names something of the store has its line here.  `list`: it
 * is asked for each of its values. */
static const struct {
	const char *section, *name;
	bool list;
	int (*check)(struct mage_check *c, struct place at,
	    const char *label, struct slice value, struct why *w);
} settings[] = {
	{ "magento", "store", false, check_store },
	{ "customers", "groups", true, check_group },
	{ "orders", "statuses", true, check_status },
};

static int
check_setting(struct mage_check *c, size_t i, struct why *w)
{
	const char *rest = conf_text(c->conf, settings[i].section,
	    settings[i].name);
	struct slice value;
	char label[128];

	snprintf(label, sizeof(label), "[%s] %s", settings[i].section,
	    settings[i].name);
	while (findings_value(&rest, settings[i].list, &value))
		if (settings[i].check(c, findings_set(c->found, c->conf,
		    settings[i].section, settings[i].name), label, value,
		    w) == -1)
			return -1;
	return 0;
}

/* The attributes that take our ids are made by somebody else. */
static int
check_places(struct mage_check *c, const struct mage_places *p,
    enum mage_kind kind, struct why *w)
{
	bool there[MAGE_PLACES];
	const char *setting;
	int i;

	if (!mage_places_any(p, kind))
		return 0;
	if (mage_places_look(c->m, p, kind, there, w) == -1)
		return -1;
	for (i = 0; i < MAGE_PLACES; i++) {
		setting = mage_places_setting(kind, i);
		if (setting == NULL || p->name[kind][i] == NULL || there[i])
			continue;
		findings_error(c->found, findings_set(c->found, c->conf,
		    "magento", setting), "[magento] %s: %s have no attribute "
		    "'%s'; %s; or empty the setting", setting,
		    mage_kind_name(kind), p->name[kind][i],
		    mage_places_advice(kind));
	}
	return 0;
}

/* Amounts of several currencies in one price book of an org with a single
 * one would be added up as if they were the same. */
static void
check_websites(struct mage_check *c)
{
	const char *only = conf_text(c->conf, "prices", "currency");
	const struct website *a = c->website, *b;
	struct place at = findings_set(c->found, c->conf, "prices",
	    "currency");

	if (conf_bool(c->conf, "prices", "multi_currency"))
		return;
	for (b = a; b < a + c->websites; b++) {
		if (only != NULL && b->currency.n > 0 &&
		    !slice_is(b->currency, only))
			findings_warn(c->found, at, "[prices] currency: the "
			    "website '%.*s' sells in %.*s: its orders are "
			    "held (foreign-currency); where the org has "
			    "several currencies, multi_currency = yes sends "
			    "them", (int)b->code.n, b->code.p,
			    (int)b->currency.n, b->currency.p);
		else if (only == NULL && !slice_eq(a->currency, b->currency))
			findings_warn(c->found, at, "[prices] currency: the "
			    "websites '%.*s' (%.*s) and '%.*s' (%.*s) share "
			    "one price book, and their amounts would count "
			    "as one currency; set currency to hold what is in "
			    "another, or multi_currency = yes where the org "
			    "has several", (int)a->code.n, a->code.p,
			    (int)a->currency.n, a->currency.p,
			    (int)b->code.n, b->code.p, (int)b->currency.n,
			    b->currency.p);
	}
}

static const struct website *
website_of(const struct mage_check *c, struct slice code)
{
	size_t i;

	for (i = 0; i < c->websites; i++)
		if (slice_eq(c->website[i].code, code))
			return &c->website[i];
	return NULL;
}

/* One book for two websites with one currency: an entry has one price. */
static void
check_shared(struct mage_check *c, struct place at, const struct website *a,
    struct slice book, int before)
{
	const struct website *b;
	struct slice code, same;
	int i;

	for (i = 0; i < before && conf_pair(c->conf, "prices", "pricebooks",
	    i, &code, &same); i++)
		if (slice_eq(book, same) && (b = website_of(c, code)) != NULL &&
		    slice_eq(a->currency, b->currency))
			findings_error(c->found, at, "[prices] pricebooks: "
			    "%.*s and %.*s share '%.*s', and both sell in "
			    "%.*s: each would overwrite the other's prices; "
			    "give each its own", (int)b->code.n, b->code.p,
			    (int)a->code.n, a->code.p, (int)book.n, book.p,
			    (int)a->currency.n, a->currency.p);
}

/* The websites that have price books are there. */
static void
check_books(struct mage_check *c)
{
	struct place at = findings_set(c->found, c->conf, "prices",
	    "pricebooks");
	const struct website *a;
	struct names all = { NULL, 0 };
	struct slice code, book;
	size_t n;
	int i;

	for (n = 0; n < c->websites; n++)
		add_name(c, &all, c->website[n].code);
	for (i = 0; conf_pair(c->conf, "prices", "pricebooks", i, &code,
	    &book); i++)
		if ((a = website_of(c, code)) == NULL)
			findings_error(c->found, at, "[prices] pricebooks: "
			    "Magento has no website '%.*s'; it has %s "
			    "(Stores, All Stores)", (int)code.n, code.p,
			    all_names(c, &all));
		else
			check_shared(c, at, a, book, i);
	free(all.code);
}

int
mage_check_settings(struct mage_check *c, struct why *w)
{
	struct mage_places places;
	size_t i;

	findings_order(c->found, 0);
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (check_setting(c, i, w) == -1)
			return -1;
	check_websites(c);
	check_books(c);
	if (!conf_bool(c->conf, "magento", "writeback"))
		return 0;
	mage_places(&places, c->conf);
	if (check_places(c, &places, MAGE_CUSTOMERS, w) == -1)
		return -1;
	return check_places(c, &places, MAGE_PRODUCTS, w);
}

int
mage_check_currencies(struct mage_check *c,
    int (*give)(void *ctx, struct slice currency, struct slice website,
    struct why *w), void *ctx, struct why *w)
{
	size_t i, j;

	for (i = 0; i < c->websites; i++) {
		for (j = 0; j < i && !slice_eq(c->website[j].currency,
		    c->website[i].currency); )
			j++;
		if (j == i && c->website[i].currency.n > 0 && give(ctx,
		    c->website[i].currency, c->website[i].code, w) == -1)
			return -1;
	}
	return 0;
}

/* ---- tables ---- */

static int
add_status(void *ctx, const struct findings_row *r, struct why *w)
{
	struct buf *mapped = ctx;

	(void)w;
	buf_str(mapped, mapped->n > 0 ? "," : "");
	buf_slice(mapped, r->key);
	return 0;
}

/* An order with none of these statuses is asked for, until there is none. */
static int
tell_unmapped(struct mage_check *c, struct place at, struct buf *mapped,
    const char *becomes, struct why *w)
{
	struct slice status;
	int64_t total;
	int n;

	for (n = 0; n < UNMAPPED_MAX; n++) {
		if (ask_order(c, "nin", buf_all(mapped), &status, &total,
		    w) == -1)
			return -1;
		if (status.n == 0)
			return 0;
		findings_warn(c->found, at, "orders have the Magento status "
		    "'%.*s', which is not in this table: %s; add a line",
		    (int)status.n, status.p, becomes);
		add_status(mapped, &(struct findings_row){ .key = status },
		    w);
	}
	return 0;
}

static int
check_table(struct mage_check *c, const char *dir, const char *name,
    const char *becomes, struct why *w)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct place at = { pool_dup(c->pool, path, strlen(path)), 0 };
	struct buf mapped = BUF(1 << 16);
	int r = findings_table(path, add_status, &mapped, w);

	if (r == 0)
		r = tell_unmapped(c, at, &mapped, becomes, w);
	buf_free(&mapped);
	free(path);
	return r;
}

int
mage_check_tables(struct mage_check *c, const char *dir, struct why *w)
{
	const char *how = conf_text(c->conf, "orders", "unmapped_status");

	if (strcmp(conf_text(c->conf, "orders", "create_order"), "no") != 0 &&
	    check_table(c, dir, "order-status.csv", strcmp(how, "hold") == 0 ?
	    "they are held (unmapped-status)" :
	    "they stay in [orders] default_status", w) == -1)
		return -1;
	if (strcmp(conf_text(c->conf, "orders", "create_opportunity"),
	    "no") == 0)
		return 0;
	return check_table(c, dir, "opportunity-status.csv",
	    "their opportunities stay in [opportunities] draft_stage", w);
}
