/* What a release and a store view make of a record, and what is poisoned. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage.h"
#include "mage-input.h"
#include "mage-trouble.h"

/* A record on its way to the client, parsed only when something changes. */
struct shown {
	struct shop *shop;
	yyjson_doc *in;
	yyjson_mut_doc *doc;
	yyjson_mut_val *root;
};

static void
parse(struct shown *s, struct piece r)
{
	if ((s->in = php_read(r.p, r.n)) == NULL ||
	    (s->doc = yyjson_doc_mut_copy(s->in, NULL)) == NULL)
		errx(3, "a record is not JSON");
	s->root = yyjson_mut_doc_get_root(s->doc);
}

/* --- releases: the records are those of a 2.4.7 --- */

static double
number(yyjson_mut_val *v)
{
	return strtod(record_text(v), NULL);
}

static void
set_money(struct shown *s, yyjson_mut_val *item, const char *field, double v)
{
	char text[40], *end;
	size_t n;

	n = (size_t)snprintf(text, sizeof text, "%.4f", v < 0 ? 0 : v);
	for (end = text + n; end[-1] == '0'; end--)
		;
	if (end[-1] == '.')
		end--;
	*end = '\0';
	record_set(s->doc, item, field, yyjson_mut_rawcpy(s->doc, text));
}

/* Before 2.3.1 the row's total as it is stored; 2.4.8 forgot the quantity. */
static void
row_total(struct shown *s, yyjson_mut_val *item, const char *field,
    const char *price, const char *discount)
{
	yyjson_mut_val *was = yyjson_mut_obj_get(item, field);
	double off = number(yyjson_mut_obj_get(item, discount));

	if (was == NULL)
		return;
	if (s->shop->set.release < 20301)
		set_money(s, item, field, number(was) + off);
	else if (s->shop->set.release >= 20408)
		set_money(s, item, field,
		    number(yyjson_mut_obj_get(item, price)) - off);
}

static void
item_release(struct shown *s, yyjson_mut_val *item)
{
	yyjson_mut_val *ext = yyjson_mut_obj_get(item, "extension_attributes");
	yyjson_mut_val *parent = yyjson_mut_obj_get(item, "parent_item");

	row_total(s, item, "row_total", "price", "discount_amount");
	row_total(s, item, "base_row_total", "base_price",
	    "base_discount_amount");
	if (ext && s->shop->set.release < 20407) {
		yyjson_mut_obj_remove_key(ext, "itemized_taxes");
		if (yyjson_mut_obj_size(ext) == 0)
			yyjson_mut_obj_remove_key(item, "extension_attributes");
	}
	if (parent)
		item_release(s, parent);
}

static void
items_release(struct shown *s, yyjson_mut_val *items)
{
	yyjson_mut_val *one;
	size_t i, max;

	yyjson_mut_arr_foreach(items, i, max, one)
		item_release(s, one);
}

static void
order_release(struct shown *s)
{
	static const char *const since7[] = {"taxes",
	    "additional_itemized_taxes", "coupon_codes", "coupon_discounts",
	    "custom_fees"};
	yyjson_mut_val *ext, *one;
	size_t i, max;

	items_release(s, yyjson_mut_obj_get(s->root, "items"));
	ext = yyjson_mut_obj_get(s->root, "extension_attributes");
	for (i = 0; s->shop->set.release < 20407 &&
	    i < sizeof since7 / sizeof *since7; i++)
		yyjson_mut_obj_remove_key(ext, since7[i]);
	yyjson_mut_arr_foreach(yyjson_mut_obj_get(ext, "shipping_assignments"),
	    i, max, one)
		items_release(s, yyjson_mut_obj_get(one, "items"));
}

/* Lists of customers say who is subscribed since 2.4. */
static void
customer_release(struct shown *s)
{
	yyjson_mut_val *ext = yyjson_mut_obj_get(s->root,
	    "extension_attributes");

	yyjson_mut_obj_remove_key(ext, "is_subscribed");
	if (ext && yyjson_mut_obj_size(ext) == 0)
		yyjson_mut_obj_remove_key(s->root, "extension_attributes");
}

static int
differs(const struct shop *shop, enum kind k, int single)
{
	long r = shop->set.release;

	if (k == ORDERS || k == ORDER_ITEMS)
		return r < 20407 || r >= 20408;
	return k == CUSTOMERS && !single && r < 20400;
}

/* --- stores and stock --- */

/* A member that a store view has of its own; of custom attributes each. */
static void
store_value_of(struct shown *s, const char *name, yyjson_val *value)
{
	yyjson_mut_val *all = yyjson_mut_obj_get(s->root, name), *one;
	yyjson_val *own;
	size_t i, max, j, jmax;
	int there;

	if (strcmp(name, "custom_attributes") != 0 || all == NULL) {
		record_set(s->doc, s->root, name, yyjson_val_mut_copy(s->doc,
		    value));
		return;
	}
	yyjson_arr_foreach(value, i, max, own) {
		there = 0;
		yyjson_mut_arr_foreach(all, j, jmax, one)
			if (yyjson_mut_equals_str(yyjson_mut_obj_get(one,
			    "attribute_code"), input_text(yyjson_obj_get(own,
			    "attribute_code")))) {
				record_set(s->doc, one, "value",
				    yyjson_val_mut_copy(s->doc, yyjson_obj_get(
				    own, "value")));
				there = 1;
			}
		if (!there)
			yyjson_mut_arr_append(all, yyjson_val_mut_copy(s->doc,
			    own));
	}
}

static int
says_whose(const char *member)
{
	return strcmp(member, "id") == 0 || strcmp(member, "product_id") == 0 ||
	    strcmp(member, "store") == 0;
}

/* The values that a store view has of its own. */
static void
store_values(struct shown *s, struct view *v, struct piece r)
{
	const struct column of = {INTEGER, 0, "product_id"};
	struct piece id = json_member(r, "id"), one, code;
	yyjson_doc *own;
	yyjson_val *name, *value;
	size_t n = store_count(s->shop->store, PRODUCT_VALUES), i, j, max;
	const char *store = v->store ? v->store : "default";

	for (i = 0; i < n; i++) {
		one = store_value(s->shop->store, PRODUCT_VALUES, &of, i);
		if (one.n != id.n || memcmp(one.p, id.p, id.n) != 0)
			continue;
		one = store_at(s->shop->store, PRODUCT_VALUES, i);
		code = json_member(one, "store");
		if (code.n != strlen(store) + 2 ||
		    memcmp(code.p + 1, store, code.n - 2) != 0)
			continue;
		if (s->root == NULL)
			parse(s, r);
		own = php_read(one.p, one.n);
		yyjson_obj_foreach(yyjson_doc_get_root(own), j, max, name,
		    value)
			if (!says_whose(yyjson_get_str(name)))
				store_value_of(s, yyjson_get_str(name), value);
		yyjson_doc_free(own);
	}
}

/* A product by itself shows its stock item; in a list it does not. */
static void
stock_item(struct shown *s, struct piece r)
{
	int64_t id = strtoll(json_member(r, "id").p, NULL, 10);
	ssize_t i = store_find(s->shop->store, STOCK_ITEMS, id);
	yyjson_mut_val *ext, *stock, *k, *one, *to;
	struct piece text;
	yyjson_doc *in;
	size_t j, max;

	if (i == -1)
		return;
	if (s->root == NULL)
		parse(s, r);
	text = store_at(s->shop->store, STOCK_ITEMS, (size_t)i);
	in = php_read(text.p, text.n);
	stock = yyjson_val_mut_copy(s->doc, yyjson_doc_get_root(in));
	yyjson_doc_free(in);
	/* it stands behind website_ids */
	ext = yyjson_mut_obj_get(s->root, "extension_attributes");
	to = yyjson_mut_obj(s->doc);
	yyjson_mut_obj_foreach(ext, j, max, k, one) {
		yyjson_mut_obj_add(to, yyjson_mut_val_mut_copy(s->doc, k),
		    yyjson_mut_val_mut_copy(s->doc, one));
		if (yyjson_mut_equals_str(k, "website_ids"))
			yyjson_mut_obj_add_val(s->doc, to, "stock_item", stock);
	}
	if (!yyjson_mut_obj_get(to, "stock_item"))
		yyjson_mut_obj_add_val(s->doc, to, "stock_item", stock);
	record_set(s->doc, s->root, "extension_attributes", to);
}

/* --- one record --- */

int
view_add(struct shop *shop, struct view *v, enum kind k, size_t place,
    int single, struct buf *out, struct refusal *no)
{
	struct shown s = {.shop = shop};
	struct piece r = store_at(shop->store, k, place);

	no->trouble = trouble_poison(shop, v->rq, k,
	    store_id(shop->store, k, place));
	if (no->trouble)
		return -1;
	v->rows++;
	if (k == PRODUCTS)
		store_values(&s, v, r);
	if (k == PRODUCTS && single)
		stock_item(&s, r);
	if (differs(shop, k, single)) {
		parse(&s, r);
		if (k == ORDERS)
			order_release(&s);
		else if (k == ORDER_ITEMS)
			item_release(&s, s.root);
		else
			customer_release(&s);
	}
	if (s.root)
		php_write(s.doc, out);
	else
		buf_add(out, r.p, r.n);
	yyjson_mut_doc_free(s.doc);
	yyjson_doc_free(s.in);
	return 0;
}
