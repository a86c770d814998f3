/* The values of products: which scope they belong to, and how they are kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-attribute.h"
#include "mage-product.h"

#define TEXT_MAX 255

static struct piece
attribute(struct shop *shop, const char *code)
{
	struct store *s = shop->store;
	size_t n = strlen(code);
	struct piece r, v;

	for (size_t i = 0; i < store_count(s, PRODUCT_ATTRIBUTES); i++) {
		r = store_at(s, PRODUCT_ATTRIBUTES, i);
		v = json_member(r, "attribute_code");
		if (v.n == n + 2 && memcmp(v.p + 1, code, n) == 0)
			return r;
	}
	return (struct piece){NULL, 0};
}

int
value_known(struct shop *shop, const char *code)
{
	return attribute(shop, code).p != NULL;
}

static int
has_type(struct piece attribute, const char *type)
{
	return json_is(json_member(attribute, "backend_type"), type);
}

/* --- scope --- */

static int
is_price(struct piece attribute)
{
	return json_is(json_member(attribute, "frontend_input"), "\"price\"");
}

/* Do all stores have this value?  Prices they share as a shop is installed;
 * where "Catalog Price Scope" is Website, those of a website do (2.4,
 * Magento\Catalog\Model\Attribute\Backend\Price::setScope). */
static int
is_shared(const struct call *c, struct piece attribute)
{
	const char *store = c->view.store;

	return (store && strcmp(store, "all") == 0) || attribute.p == NULL ||
	    (is_price(attribute) ? !c->shop->set.website_prices :
	    json_is(json_member(attribute, "scope"), "\"global\""));
}

/* The record of a view's own values of a product; made where there is none. */
static void
own_open(struct record *own, struct call *c, int64_t product,
    struct piece code)
{
	const struct column of = {INTEGER, 0, "product_id"};
	struct store *s = c->shop->store;
	struct piece one;
	struct buf b = {0};
	int64_t id;

	for (size_t i = 0; i < store_count(s, PRODUCT_VALUES); i++) {
		one = store_value(s, PRODUCT_VALUES, &of, i);
		if (one.p == NULL || atoll(one.p) != product)
			continue;
		one = json_member(store_at(s, PRODUCT_VALUES, i), "store");
		if (one.n == code.n && memcmp(one.p, code.p, code.n) == 0) {
			record_open(own, c, PRODUCT_VALUES,
			    store_id(s, PRODUCT_VALUES, i));
			return;
		}
	}
	id = store_next(s, "product-values", PRODUCT_VALUES);
	buf_fmt(&b, "{\"id\":%lld,\"product_id\":%lld,\"store\":%.*s}",
	    (long long)id, (long long)product, (int)code.n, code.p);
	store_put(s, PRODUCT_VALUES, id, b.p, b.n);
	buf_free(&b);
	record_open(own, c, PRODUCT_VALUES, id);
}

/* Put `text` (NULL: none) into an object's custom_attributes. */
static void
put_value(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *code,
    yyjson_mut_val *v)
{
	yyjson_mut_val *all = yyjson_mut_obj_get(obj, "custom_attributes"),
	    *one;
	size_t i, max;

	if (all == NULL)
		all = yyjson_mut_obj_add_arr(doc, obj, "custom_attributes");
	yyjson_mut_arr_foreach(all, i, max, one) {
		if (!yyjson_mut_equals_str(yyjson_mut_obj_get(one,
		    "attribute_code"), code))
			continue;
		if (v)
			record_set(doc, one, "value", v);
		else
			yyjson_mut_arr_remove(all, i);
		return;
	}
	if (v == NULL)
		return;
	one = yyjson_mut_arr_add_obj(doc, all);
	record_set_text(doc, one, "attribute_code", code);
	record_set(doc, one, "value", v);
}

/* One value into a record: a member of its own, or among the attributes. */
static void
put(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *name, int custom,
    yyjson_mut_val *v)
{
	if (custom)
		put_value(doc, obj, name, v);
	else
		record_set(doc, obj, name, v);
}

/* The website of a store view, by its code. */
static struct piece
website_of(struct store *s, const char *store)
{
	struct buf quoted = {0};
	struct piece r, site = {NULL, 0};

	php_string(&quoted, store, strlen(store));
	for (size_t i = 0; i < store_count(s, STORES); i++) {
		r = store_at(s, STORES, i);
		if (json_is(json_member(r, "code"), quoted.p))
			site = json_member(r, "website_id");
	}
	buf_free(&quoted);
	return site;
}

static int
is_meant(struct piece view, const char *store, struct piece site, int website)
{
	struct piece code = json_member(view, "code");
	struct piece its = json_member(view, "website_id");

	if (website)
		return site.p && its.n == site.n &&
		    memcmp(its.p, site.p, its.n) == 0;
	return code.n == strlen(store) + 2 &&
	    memcmp(code.p + 1, store, code.n - 2) == 0;
}

/* Where a value is kept: with the product, or for each view that is meant. */
static void
spread(struct record *p, struct call *c, struct piece meta, const char *name,
    int custom, yyjson_mut_val *v)
{
	struct store *s = c->shop->store;
	const char *store = c->view.store ? c->view.store : "default";
	int website = is_price(meta) ||
	    json_is(json_member(meta, "scope"), "\"website\"");
	struct piece site = website_of(s, store), view;
	struct record own;

	if (is_shared(c, meta) || site.p == NULL) {
		put(p->doc, p->root, name, custom, v);
		return;
	}
	for (size_t i = 0; i < store_count(s, STORES); i++) {
		view = store_at(s, STORES, i);
		if (!is_meant(view, store, site, website))
			continue;
		own_open(&own, c, p->id, json_member(view, "code"));
		put(own.doc, own.root, name, custom, v ?
		    yyjson_mut_val_mut_copy(own.doc, v) : NULL);
		record_keep(&own);
	}
}

void
value_set(struct record *p, struct call *c, const char *name, yyjson_val *v)
{
	yyjson_mut_val *to = input_scalar(p->doc, "product", name, v,
	    TEXT_MAX);

	spread(p, c, attribute(c->shop, name), name, 0, to);
}

/* --- custom attributes --- */

static int
option_check(struct piece meta, const char *code, yyjson_val *v,
    struct refusal *no)
{
	char text[300];

	if (*input_text(v) == '\0' || attribute_has(meta, input_text(v)) ||
	    !json_is(json_member(meta, "is_user_defined"), "true"))
		return 0;
	snprintf(text, sizeof text, "Attribute %.100s does not contain option"
	    " with Id %.100s", code, input_text(v));
	return refuse(no, 400, text, NULL);
}

int
values_check(struct shop *shop, yyjson_val *sent, struct refusal *no)
{
	struct piece meta;
	const char *code;
	yyjson_val *v;
	size_t i = 0;

	if (!yyjson_is_ctn(sent))
		return 0;
	while (attribute_next(sent, &i, &code, &v)) {
		meta = attribute(shop, code);
		if (meta.p && !has_type(meta, "\"static\"") &&
		    (attribute_check(meta, code, v, no) == -1 ||
		    option_check(meta, code, v, no) == -1))
			return -1;
	}
	return 0;
}

/* A value as its table gives it back: decimals have six places here, texts
 * of 255 characters end there, lists stay lists. */
static yyjson_mut_val *
stored(yyjson_mut_doc *doc, struct piece meta, yyjson_val *v)
{
	const char *s = input_text(v);
	size_t n = 0, chars = 0;
	char text[64];

	if (yyjson_is_ctn(v))
		return yyjson_val_mut_copy(doc, v);
	if (*s == '\0')
		return NULL;
	if (has_type(meta, "\"decimal\"")) {
		snprintf(text, sizeof text, "%.6f", strtod(s, NULL));
		return yyjson_mut_strcpy(doc, text);
	}
	for (; s[n]; n++)
		if (((unsigned char)s[n] & 0xc0) != 0x80 &&
		    ++chars > TEXT_MAX && has_type(meta, "\"varchar\""))
			break;
	return input_stored(doc, s, n);
}

void
values_set(struct record *p, struct call *c, yyjson_val *sent)
{
	struct piece meta;
	const char *code;
	yyjson_val *v;
	size_t i = 0;

	if (!yyjson_is_ctn(sent))
		return;
	while (attribute_next(sent, &i, &code, &v)) {
		meta = attribute(c->shop, code);
		if (meta.p)
			spread(p, c, meta, code, 1, stored(p->doc, meta, v));
	}
}

void
values_forget(struct store *s, int64_t product)
{
	const struct column of = {INTEGER, 0, "product_id"};
	struct piece one;
	size_t i = 0;

	while (i < store_count(s, PRODUCT_VALUES)) {
		one = store_value(s, PRODUCT_VALUES, &of, i);
		if (one.p && atoll(one.p) == product)
			store_delete(s, PRODUCT_VALUES,
			    store_id(s, PRODUCT_VALUES, i));
		else
			i++;
	}
}
