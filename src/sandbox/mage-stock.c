/* Stock and prices that are written past their product, and attributes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-product.h"

#define CATALOG_DATA "\\\\Magento\\\\Catalog\\\\Api\\\\Data\\\\"

/* --- stock --- */

void
stock_save(struct call *c, int64_t product, yyjson_val *sent)
{
	struct record stock;
	yyjson_val *k, *v;
	size_t i, max;
	char text[120];

	if (record_open(&stock, c, STOCK_ITEMS, product) == -1) {
		snprintf(text, sizeof text, "{\"item_id\":%lld,\"product_id\":"
		    "%lld,\"stock_id\":1,\"qty\":0,\"is_in_stock\":false}",
		    (long long)product, (long long)product);
		store_put(c->shop->store, STOCK_ITEMS, product, text,
		    strlen(text));
		record_open(&stock, c, STOCK_ITEMS, product);
	}
	yyjson_obj_foreach(sent, i, max, k, v)
		if (!yyjson_is_ctn(v) && !yyjson_equals_str(k, "item_id") &&
		    !yyjson_equals_str(k, "product_id"))
			record_set(stock.doc, stock.root, yyjson_get_str(k),
			    yyjson_is_null(v) ? yyjson_mut_null(stock.doc) :
			    input_scalar(stock.doc, "stock-item",
			    yyjson_get_str(k), v, 0));
	record_keep(&stock);
}

/* The product's updated_at stays (measured). */
int
stock_update(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body),
	    "stockItem");
	ssize_t i = product_find(c->shop, c->arg[0]), k;
	int64_t id;

	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "stockItem");
	if (input_check(c, "stock-item", sent) == -1)
		return -1;
	if (i == -1)
		return product_missing(c);
	id = store_id(c->shop->store, PRODUCTS, (size_t)i);
	stock_save(c, id, sent);
	k = store_find(c->shop->store, STOCK_ITEMS, id);
	buf_fmt(&c->out, "%lld", atoll(json_member(store_at(c->shop->store,
	    STOCK_ITEMS, (size_t)k), "item_id").p));
	return 0;
}

/* --- prices, without a save of the product: its updated_at stays --- */

static void
set_price(struct call *c, yyjson_val *one, int special)
{
	ssize_t i = product_find(c->shop, input_text(yyjson_obj_get(one,
	    "sku")));
	yyjson_val *price = yyjson_obj_get(one, "price");
	yyjson_doc *doc;
	struct record p;
	char text[100];

	if (i == -1)
		return;		/* the others are saved */
	record_open(&p, c, PRODUCTS, store_id(c->shop->store, PRODUCTS,
	    (size_t)i));
	if (special) {
		snprintf(text, sizeof text, "{\"special_price\":\"%.40s\"}",
		    input_text(price));
		doc = php_read(text, strlen(text));
		values_set(&p, c, yyjson_doc_get_root(doc));
		yyjson_doc_free(doc);
	} else
		value_set(&p, c, "price", price);
	record_keep(&p);
}

static int
set_prices(struct call *c, int special)
{
	yyjson_val *list = yyjson_obj_get(yyjson_doc_get_root(c->body),
	    "prices"), *one;
	size_t i, max;

	if (!yyjson_is_arr(list))
		return refuse_required(&c->no, "prices");
	if (input_items(c, special ? CATALOG_DATA "SpecialPriceInterface" :
	    CATALOG_DATA "BasePriceInterface", list) == -1)
		return -1;
	yyjson_arr_foreach(list, i, max, one)
		if (!input_number(yyjson_obj_get(one, "price"), 0))
			return refuse_type(&c->no, "price", input_text(
			    yyjson_obj_get(one, "price")), "float");
	yyjson_arr_foreach(list, i, max, one)
		set_price(c, one, special);
	buf_str(&c->out, "[]");
	return 0;
}

int
prices_base(struct call *c)
{
	return set_prices(c, 0);
}

int
prices_special(struct call *c)
{
	return set_prices(c, 1);
}

/* --- attributes of products --- */

/* The table that holds the values of an input. */
static const char *
table(const char *input)
{
	static const char *const tables[][2] = {{"select", "int"},
	    {"boolean", "int"}, {"price", "decimal"}, {"weight", "decimal"},
	    {"date", "datetime"}, {"datetime", "datetime"},
	    {"textarea", "text"}, {"multiselect", "text"}};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strcmp(tables[i][0], input) == 0)
			return tables[i][1];
	return "varchar";
}

int
attribute_create(struct call *c)
{
	static const char base[] = "{\"is_visible\":true,\"scope\":\"global\","
	    "\"attribute_id\":0,\"attribute_code\":\"\",\"frontend_input\":"
	    "\"text\",\"entity_type_id\":\"4\",\"is_required\":false,"
	    "\"options\":[],\"is_user_defined\":true,"
	    "\"default_frontend_label\":\"\",\"frontend_labels\":[],"
	    "\"backend_type\":\"varchar\",\"is_unique\":\"0\","
	    "\"validation_rules\":[]}";
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body),
	    "attribute");
	struct record a = {.shop = c->shop, .kind = PRODUCT_ATTRIBUTES};
	yyjson_val *k, *v;
	yyjson_doc *doc;
	size_t i, max;

	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "attribute");
	if (*input_text(yyjson_obj_get(sent, "frontend_input")) == '\0')
		return refuse_required(&c->no, "frontend_input");
	if (value_known(c->shop, input_text(yyjson_obj_get(sent,
	    "attribute_code"))))
		return refuse(&c->no, 400, "%1 already exists.",
		    "[\"Attribute with the same code\"]");
	doc = php_read(base, sizeof base - 1);
	a.doc = yyjson_doc_mut_copy(doc, NULL);
	yyjson_doc_free(doc);
	a.root = yyjson_mut_doc_get_root(a.doc);
	yyjson_obj_foreach(sent, i, max, k, v)
		record_set(a.doc, a.root, yyjson_get_str(k),
		    yyjson_val_mut_copy(a.doc, v));
	a.id = store_next(c->shop->store, "product-attributes",
	    PRODUCT_ATTRIBUTES);
	record_set_id(a.doc, a.root, "attribute_id", a.id);
	record_set_text(a.doc, a.root, "backend_type", table(input_text(
	    yyjson_obj_get(sent, "frontend_input"))));
	php_write(a.doc, &c->out);
	record_keep(&a);
	return 0;
}
