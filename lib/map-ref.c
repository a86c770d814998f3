/* map-ref - what is known of stores, groups and attributes */

#include <stddef.h>
#include <stdlib.h>

#include "map-int.h"

struct ref_list {		/* records of one kind */
	struct val *v;
	size_t n;
};

struct map_ref {
	struct pool *pool;
	struct ref_list store, config, website, group, customer_group,
	    sales_rule, product_attribute, customer_attribute;
};

const char *const ref_store_keys[] = { "id", "code", "name", "website",
	"website_id", "website_name", "timezone", "currency", "locale",
	NULL };

struct map_ref *
map_ref_new(void)
{
	struct map_ref *r = xcalloc(1, sizeof(*r));

	r->pool = pool_new();
	return r;
}

void
map_ref_free(struct map_ref *r)
{
	if (r == NULL)
		return;
	pool_free(r->pool);
	free(r);
}

static struct ref_list *
list_of(struct map_ref *r, struct slice kind)
{
	if (slice_is(kind, "store"))
		return &r->store;
	if (slice_is(kind, "store-config"))
		return &r->config;
	if (slice_is(kind, "website"))
		return &r->website;
	if (slice_is(kind, "store-group"))
		return &r->group;
	if (slice_is(kind, "customer-group"))
		return &r->customer_group;
	if (slice_is(kind, "sales-rule"))
		return &r->sales_rule;
	if (slice_is(kind, "product-attribute"))
		return &r->product_attribute;
	if (slice_is(kind, "customer-attribute"))
		return &r->customer_attribute;
	return NULL;
}

int
map_ref_line(struct map_ref *r, struct slice line, struct why *w)
{
	struct ref_list *l;
	struct val v, kind, record, *grown;

	if (val_parse(line, r->pool, &v, w) == -1)
		return -1;
	if (v.kind != V_OBJECT)
		return why_code(w, WHY_DATA, "bad-json", "no object");
	kind = val_get(v, SLICE("reference"), NULL);
	record = val_get(v, SLICE("record"), NULL);
	if (kind.kind != V_STRING || record.kind != V_OBJECT)
		return why(w, WHY_DATA, "no {\"reference\":..,\"record\":..}");
	if ((l = list_of(r, val_bytes(kind))) == NULL)
		return 0;
	if ((l->n & (l->n - 1)) == 0) {
		grown = pool_get(r->pool, (l->n == 0 ? 1 : l->n * 2) *
		    sizeof(*grown));
		if (l->n > 0)
			memcpy(grown, l->v, l->n * sizeof(*grown));
		l->v = grown;
	}
	l->v[l->n++] = record;
	return 0;
}

/* ---- stores ---- */

static struct val
member_of(struct val o, const char *key)
{
	struct val v = { .kind = V_NULL };

	if (o.kind == V_OBJECT)
		v = val_get(o, slice(key), NULL);
	if (v.kind == V_ABSENT)
		v.kind = V_NULL;
	return v;
}

static bool
same_id(struct val a, struct val b)
{
	return (a.kind == V_NUMBER || a.kind == V_STRING) &&
	    (b.kind == V_NUMBER || b.kind == V_STRING) &&
	    (val_equal(a, b) || (a.kind != b.kind && a.n == b.n &&
	    (a.flags & VF_TEXT || a.kind == V_STRING) &&
	    (b.flags & VF_TEXT || b.kind == V_STRING) &&
	    memcmp(a.p, b.p, a.n) == 0));
}

static struct val
by_id(const struct ref_list *l, const char *key, struct val id)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (same_id(member_of(l->v[i], key), id))
			return l->v[i];
	return val_null();
}

size_t
ref_websites(const struct map_ref *r,
    void (*see)(void *ctx, struct slice code), void *ctx)
{
	struct val code;
	size_t i;

	for (i = 0; i < r->website.n; i++) {
		code = member_of(r->website.v[i], "code");
		if (code.kind == V_STRING)
			see(ctx, val_bytes(code));
	}
	return r->website.n;
}

/* The first store that is not Magento's own admin. */
static struct val
first_store(const struct map_ref *r)
{
	size_t i;

	for (i = 0; i < r->store.n; i++)
		if (!slice_is(val_bytes(member_of(r->store.v[i], "id")), "0"))
			return r->store.v[i];
	return val_null();
}

static struct val
store_of(const struct map_ref *r, struct val store_id, struct val website_id)
{
	struct val v = by_id(&r->store, "id", store_id), site;

	if (v.kind == V_OBJECT)
		return v;
	site = by_id(&r->website, "id", website_id);
	site = by_id(&r->group, "id", member_of(site, "default_group_id"));
	v = by_id(&r->store, "id", member_of(site, "default_store_id"));
	return v.kind == V_OBJECT ? v : first_store(r);
}

struct val
ref_store(const struct map_ref *r, struct val store_id,
    struct val website_id, struct pool *pool)
{
	struct val v, config, site, id;
	struct member *m;
	size_t i;

	if (r == NULL)
		return val_null();
	v = store_of(r, store_id, website_id);
	if (v.kind != V_OBJECT)
		return v;
	id = member_of(v, "id");
	config = by_id(&r->config, "id", id);
	site = by_id(&r->website, "id", member_of(v, "website_id"));
	m = pool_get(pool, 9 * sizeof(*m));
	for (i = 0; ref_store_keys[i] != NULL; i++)
		m[i].key = val_slice(slice(ref_store_keys[i]));
	m[0].value = id;
	m[1].value = member_of(v, "code");
	m[2].value = member_of(v, "name");
	m[3].value = member_of(site, "code");
	m[4].value = member_of(v, "website_id");
	m[5].value = member_of(site, "name");
	m[6].value = member_of(config, "timezone");
	m[7].value = member_of(config, "base_currency_code");
	m[8].value = member_of(config, "locale");
	return val_object(m, 9);
}

/* ---- option labels ---- */

/* By its code, or by its number, which no code begins with. */
static bool
is_attribute(struct val attribute, struct slice name)
{
	return slice_eq(val_bytes(member_of(attribute, "attribute_code")),
	    name) || (name.n > 0 && name.p[0] >= '0' && name.p[0] <= '9' &&
	    same_id(member_of(attribute, "attribute_id"), val_slice(name)));
}

/* 0 found, 1 the attribute is not known here, -1 the option is not. */
static int
find_option(const struct ref_list *l, struct slice attribute,
    struct slice option, struct val *label)
{
	struct val options, id, text;
	size_t i;
	uint32_t k;

	for (i = 0; i < l->n; i++)
		if (is_attribute(l->v[i], attribute))
			break;
	if (i == l->n)
		return 1;
	options = member_of(l->v[i], "options");
	for (k = 0; options.kind == V_ARRAY && k < options.n; k++) {
		id = member_of(options.items[k], "value");
		text = member_of(options.items[k], "label");
		if (text.kind == V_STRING &&
		    (id.kind == V_STRING || id.kind == V_NUMBER) &&
		    slice_eq(val_bytes(id), option)) {
			*label = text;
			return 0;
		}
	}
	return -1;
}

static long
attribute_of(const struct ref_list *l, struct slice code, struct near *near)
{
	struct val name;
	size_t i;

	for (i = 0; i < l->n; i++) {
		name = member_of(l->v[i], "attribute_code");
		if (name.kind != V_STRING)
			continue;
		if (is_attribute(l->v[i], code))
			return member_of(l->v[i], "options").kind == V_ARRAY ?
			    (long)member_of(l->v[i], "options").n : 0;
		near_try(near, val_bytes(name));
	}
	return -1;
}

long
ref_attribute(const struct map_ref *r, struct slice entity,
    struct slice code, struct near *near)
{
	bool any = slice_is(entity, "any");
	long c = -1, p = -1;

	if (any || slice_is(entity, "customers"))
		c = attribute_of(&r->customer_attribute, code, near);
	if (any || slice_is(entity, "products"))
		p = attribute_of(&r->product_attribute, code, near);
	return c > p ? c : p;
}

/*
 * What is no attribute, but has a list of its own.  The customer's group is
 * one as well, in some releases, without a list.
 */
static const struct {
	const char *code, *id, *label;
	size_t list;		/* of struct map_ref */
} listed[] = {
	{ "group_id", "id", "code", offsetof(struct map_ref,
	    customer_group) },
	{ "customer_group_id", "id", "code", offsetof(struct map_ref,
	    customer_group) },
	{ "rule_id", "rule_id", "name", offsetof(struct map_ref,
	    sales_rule) },
	{ "rule_id.coupon_type", "rule_id", "coupon_type",
	    offsetof(struct map_ref, sales_rule) },
};

enum { LISTED = sizeof(listed) / sizeof(*listed) };

bool
ref_listed(struct slice code, struct near *near)
{
	size_t i;

	for (i = 0; i < LISTED; i++) {
		if (slice_is(code, listed[i].code))
			return true;
		if (near != NULL)
			near_try(near, slice(listed[i].code));
	}
	return false;
}

/* As find_option(). */
static int
find_listed(const struct map_ref *r, struct slice code, struct slice option,
    struct val *label)
{
	const struct ref_list *l;
	struct val v;
	size_t i;

	for (i = 0; i < LISTED && !slice_is(code, listed[i].code); i++)
		continue;
	if (i == LISTED)
		return 1;
	l = (const void *)((const char *)r + listed[i].list);
	v = by_id(l, listed[i].id, val_slice(option));
	if (v.kind != V_OBJECT)
		return -1;
	v = member_of(v, listed[i].label);
	*label = v.kind == V_STRING ? v : val_slice(val_bytes(v));
	return 0;
}

int
ref_label(const struct map_ref *r, struct slice entity,
    struct slice attribute, struct slice option, struct val *label)
{
	const struct ref_list *first, *second;
	int found;

	if (r == NULL)
		return -1;
	first = &r->customer_attribute;
	second = &r->product_attribute;
	if (slice_is(entity, "products")) {
		first = &r->product_attribute;
		second = &r->customer_attribute;
	}
	found = find_option(first, attribute, option, label);
	if (found == 1)
		found = find_option(second, attribute, option, label);
	if (found != 0)
		found = find_listed(r, attribute, option, label);
	return found == 0 ? 0 : -1;
}
