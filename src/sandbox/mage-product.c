/* Writing products: POST products, PUT and DELETE products/:sku. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-product.h"

/* --- saving --- */

/* Lists that are taken over whole, whatever was there. */
static void
set_lists(struct record *p, yyjson_val *sent)
{
	static const char *const lists[] = {"product_links", "options",
	    "media_gallery_entries", "tier_prices"};
	yyjson_val *v;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (yyjson_is_arr(v = yyjson_obj_get(sent, lists[i])))
			record_set(p->doc, p->root, lists[i],
			    yyjson_val_mut_copy(p->doc, v));
}

/* Websites, categories and configurable members are replaced; the stock item
 * is a record of its own. */
static void
set_extension(struct record *p, struct call *c, yyjson_val *sent)
{
	yyjson_val *ext = yyjson_obj_get(sent, "extension_attributes"), *k, *v;
	yyjson_mut_val *to = yyjson_mut_obj_get(p->root,
	    "extension_attributes");
	size_t i, max;

	if (!yyjson_is_obj(ext))
		return;
	if (to == NULL)
		to = yyjson_mut_obj_add_obj(p->doc, p->root,
		    "extension_attributes");
	yyjson_obj_foreach(ext, i, max, k, v)
		if (yyjson_equals_str(k, "stock_item"))
			stock_save(c, p->id, v);
		else
			record_set(p->doc, to, yyjson_get_str(k),
			    yyjson_val_mut_copy(p->doc, v));
}

static void
save(struct record *p, struct call *c, yyjson_val *sent)
{
	yyjson_val *k, *v;
	size_t i, max;
	char now[20];

	yyjson_obj_foreach(sent, i, max, k, v)
		if (!yyjson_is_ctn(v) && !yyjson_equals_str(k, "id") &&
		    !yyjson_equals_str(k, "sku") &&
		    !yyjson_equals_str(k, "created_at") &&
		    !yyjson_equals_str(k, "updated_at"))
			value_set(p, c, yyjson_get_str(k), v);
	values_set(p, c, yyjson_obj_get(sent, "custom_attributes"));
	set_lists(p, sent);
	set_extension(p, c, sent);
	shop_now(c->shop, now);
	record_set_text(p->doc, p->root, "updated_at", now);
}

static int
answer(struct call *c, int64_t id)
{
	ssize_t place = store_find(c->shop->store, PRODUCTS, id);

	return view_add(c->shop, &c->view, PRODUCTS, (size_t)place, 1, &c->out,
	    &c->no);
}

/* InputException::invalidFieldValue of what must not be missing. */
static int
must_have(struct call *c, const char *field)
{
	char p[100];

	snprintf(p, sizeof p, "{\"fieldName\":\"%s\",\"value\":null}", field);
	return refuse(&c->no, 400, "Invalid value of \"%value\" provided for"
	    " the %fieldName field.", p);
}

/* A product that is not there is made, by PUT as well. */
static int
create(struct record *p, struct call *c, yyjson_val *sent, const char *sku)
{
	static const char empty[] = "{\"id\":0,\"sku\":\"\",\"name\":\"\","
	    "\"attribute_set_id\":4,\"price\":0,\"status\":1,\"visibility\":4,"
	    "\"type_id\":\"simple\",\"created_at\":\"\",\"updated_at\":\"\","
	    "\"extension_attributes\":{\"website_ids\":[1]},"
	    "\"product_links\":[],\"options\":[],\"media_gallery_entries\":[],"
	    "\"tier_prices\":[],\"custom_attributes\":[]}";
	yyjson_doc *none;
	char now[20];

	if (*sku == '\0')
		return must_have(c, "sku");
	if (*input_text(yyjson_obj_get(sent, "name")) == '\0')
		return must_have(c, "name");
	none = php_read(empty, sizeof empty - 1);
	*p = (struct record){.shop = c->shop, .kind = PRODUCTS,
	    .id = store_next(c->shop->store, "products", PRODUCTS),
	    .doc = yyjson_doc_mut_copy(none, NULL)};
	yyjson_doc_free(none);
	p->root = yyjson_mut_doc_get_root(p->doc);
	shop_now(c->shop, now);
	record_set_id(p->doc, p->root, "id", p->id);
	record_set_text(p->doc, p->root, "sku", sku);
	record_set_text(p->doc, p->root, "created_at", now);
	return 0;
}

int
product_missing(struct call *c)
{
	return refuse(&c->no, 404, "The product that was requested doesn't"
	    " exist. Verify the product and try again.", NULL);
}

ssize_t
product_find(struct shop *shop, const char *sku)
{
	return shop_find(shop, PRODUCTS, "sku", sku);
}

/* All that can be wrong is found before anything is kept. */
static int
check(struct call *c, yyjson_val *sent)
{
	yyjson_val *stock = yyjson_obj_get(yyjson_obj_get(sent,
	    "extension_attributes"), "stock_item");

	if (input_check(c, "product", sent) == -1)
		return -1;
	if (yyjson_is_obj(stock) && input_check(c, "stock-item", stock) == -1)
		return -1;
	return values_check(c->shop, yyjson_obj_get(sent, "custom_attributes"),
	    &c->no);
}

int
product_save(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body),
	    "product");
	const char *sku = c->arg[0];
	struct record p;
	ssize_t i;
	int64_t id;

	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "product");
	if (check(c, sent) == -1)
		return -1;
	if (sku == NULL)
		sku = input_text(yyjson_obj_get(sent, "sku"));
	i = product_find(c->shop, sku);
	if (i == -1) {
		if (create(&p, c, sent, sku) == -1)
			return -1;
	} else
		record_open(&p, c, PRODUCTS, store_id(c->shop->store, PRODUCTS,
		    (size_t)i));
	save(&p, c, sent);
	id = p.id;
	record_keep(&p);
	return answer(c, id);
}

/* --- deleting --- */

static int
is_of(yyjson_mut_val *item, const char *sku, int options)
{
	const char *its = record_text(yyjson_mut_obj_get(item, "sku"));
	size_t n = strlen(sku);

	return strncmp(its, sku, n) == 0 && (its[n] == '\0' ||
	    (options && its[n] == '-'));
}

static int
take_out(yyjson_mut_val *items, const char *sku, int options)
{
	size_t i = 0;
	int taken = 0;

	while (i < yyjson_mut_arr_size(items))
		if (is_of(yyjson_mut_arr_get(items, i), sku, options)) {
			yyjson_mut_arr_remove(items, i);
			taken = 1;
		} else
			i++;
	return taken;
}

/* Carts lose its items; what they counted stays, and so does updated_at
 * (measured). */
static void
leave_carts(struct call *c, const char *sku, int options)
{
	struct store *s = c->shop->store;
	struct record cart;
	struct buf text = {0};
	struct piece r;

	php_string(&text, sku, strlen(sku));
	text.n--;		/* the closing quote: options may follow */
	for (size_t i = 0; i < store_count(s, CARTS); i++) {
		r = store_at(s, CARTS, i);
		if (memmem(r.p, r.n, text.p, text.n) == NULL)
			continue;
		record_open(&cart, c, CARTS, store_id(s, CARTS, i));
		if (take_out(yyjson_mut_obj_get(cart.root, "items"), sku,
		    options)) {
			take_out(yyjson_mut_doc_ptr_get(cart.doc,
			    "/extension_attributes/shipping_assignments/0"
			    "/items"), sku, options);
			record_keep(&cart);
		} else
			record_close(&cart);
	}
	buf_free(&text);
}

int
product_delete(struct call *c)
{
	struct store *s = c->shop->store;
	ssize_t i = product_find(c->shop, c->arg[0]);
	struct buf sku = {0};
	struct piece r;
	size_t at = 0;
	int64_t id;
	int options;

	if (i == -1)
		return product_missing(c);
	r = store_at(s, PRODUCTS, (size_t)i);
	id = store_id(s, PRODUCTS, (size_t)i);
	options = json_item(json_member(r, "options"), &at).p != NULL;
	json_text(json_member(r, "sku"), &sku);
	leave_carts(c, sku.p, options);
	values_forget(s, id);
	store_delete(s, STOCK_ITEMS, id);
	store_delete(s, PRODUCTS, id);
	buf_str(&c->out, "true");
	buf_free(&sku);
	return 0;
}
