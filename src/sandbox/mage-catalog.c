/* Categories, stock, countries: what is read beside the sales. */
#include <stdlib.h>
#include <string.h>

#include "mage-rest.h"

/* The record of kind `k` whose text member `field` is `text`, or -1. */
static ssize_t
find_text(struct call *c, enum kind k, const char *field, const char *text)
{
	struct buf quoted = {0};
	size_t i, n = store_count(c->shop->store, k);

	php_string(&quoted, text, strlen(text));
	for (i = 0; i < n; i++)
		if (json_is(json_member(store_at(c->shop->store, k, i), field),
		    quoted.p))
			break;
	buf_free(&quoted);
	return i < n ? (ssize_t)i : -1;
}

static int
add(struct call *c, enum kind k, size_t place)
{
	return view_add(c->shop, &c->view, k, place, 1, &c->out, &c->no);
}

int
read_country(struct call *c)
{
	ssize_t i = find_text(c, COUNTRIES, "id", c->arg[0]);

	if (i == -1)
		return refuse(&c->no, 404, "The country isn't available.", NULL);
	return add(c, COUNTRIES, (size_t)i);
}

int
read_currency(struct call *c)
{
	if (store_count(c->shop->store, CURRENCIES) == 0)
		return refuse_internal(c->shop, &c->no);
	return add(c, CURRENCIES, 0);
}

int
read_stock(struct call *c)
{
	ssize_t i = shop_find(c->shop, PRODUCTS, "sku", c->arg[0]);

	if (i != -1)
		i = store_find(c->shop->store, STOCK_ITEMS,
		    store_id(c->shop->store, PRODUCTS, (size_t)i));
	if (i == -1)
		return refuse(&c->no, 404, "The product that was requested"
		    " doesn't exist. Verify the product and try again.", NULL);
	return add(c, STOCK_ITEMS, (size_t)i);
}

/* --- the tree of categories --- */

/* How many products say that they are in this category. */
static int
products_in(struct call *c, struct piece id)
{
	const struct column in = {TEXT, 1, "category_ids"};
	struct piece list, one;
	size_t n = store_count(c->shop->store, PRODUCTS), i, at;
	int found = 0;

	for (i = 0; i < n; i++) {
		list = store_value(c->shop->store, PRODUCTS, &in, i);
		for (at = 0; (one = json_item(list, &at)).p; )
			found += one.n == id.n + 2 &&
			    memcmp(one.p + 1, id.p, id.n) == 0;
	}
	return found;
}

/* The category at a place, and below it all whose parent it is. */
static void
add_tree(struct call *c, size_t place)
{
	static const char *const shown[] = {"id", "parent_id", "name",
	    "is_active", "position", "level"};
	struct piece r = store_at(c->shop->store, CATEGORIES, place), v, parent;
	struct piece id = json_member(r, "id");
	size_t i, n = store_count(c->shop->store, CATEGORIES), first = 1;

	buf_byte(&c->out, '{');
	for (i = 0; i < sizeof shown / sizeof *shown; i++) {
		v = json_member(r, shown[i]);
		if (v.p == NULL)
			v = (struct piece){"false", 5};
		buf_fmt(&c->out, "\"%s\":%.*s,", shown[i], (int)v.n, v.p);
	}
	buf_fmt(&c->out, "\"product_count\":%d,\"children_data\":[",
	    products_in(c, id));
	for (i = 0; i < n; i++) {
		parent = json_member(store_at(c->shop->store, CATEGORIES, i),
		    "parent_id");
		/* a child has the greater id, so this ends */
		if (i <= place || parent.n != id.n ||
		    memcmp(parent.p, id.p, id.n) != 0)
			continue;
		if (!first)
			buf_byte(&c->out, ',');
		first = 0;
		add_tree(c, i);
	}
	buf_str(&c->out, "]}");
}

int
read_tree(struct call *c)
{
	size_t n = store_count(c->shop->store, CATEGORIES), i;

	for (i = 0; i < n; i++)
		if (json_is(json_member(store_at(c->shop->store, CATEGORIES, i),
		    "level"), "1")) {
			add_tree(c, i);
			return 0;
		}
	return rest_missing(c, "id", "2");
}
