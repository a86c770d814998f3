/* Deleting customers, and addresses of theirs. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-input.h"
#include "mage-record.h"

/* Orders outlive their customer: customer_id becomes null, nothing else. */
static void
orphan_orders(struct call *c)
{
	struct store *s = c->shop->store;
	struct column col = entity_column(ORDERS, "customer_id");
	yyjson_doc *was;
	yyjson_mut_doc *doc;
	struct buf b = {0};
	struct piece r;

	for (size_t i = 0; i < store_count(s, ORDERS); i++) {
		if (!json_is(store_value(s, ORDERS, &col, i), c->arg[0]))
			continue;
		r = store_at(s, ORDERS, i);
		was = php_read(r.p, r.n);
		doc = was ? yyjson_doc_mut_copy(was, NULL) : NULL;
		if (doc == NULL)
			errx(3, "an order is not JSON");
		yyjson_mut_obj_remove_key(yyjson_mut_doc_get_root(doc),
		    "customer_id");
		b.n = 0;
		php_write(doc, &b);
		store_put(s, ORDERS, store_id(s, ORDERS, i), b.p, b.n);
		yyjson_mut_doc_free(doc);
		yyjson_doc_free(was);
	}
	buf_free(&b);
}

/* Take an address away; 1 when the customer had it. */
static int
drop_address(struct record *r, int64_t id)
{
	static const char *const defaults[] = {"default_billing",
	    "default_shipping"};
	yyjson_mut_val *list = yyjson_mut_obj_get(r->root, "addresses"), *one;
	size_t i, max;

	yyjson_mut_arr_foreach(list, i, max, one)
		if (record_id(yyjson_mut_obj_get(one, "id")) == id) {
			yyjson_mut_arr_remove(list, i);
			for (int k = 0; k < 2; k++)
				if (record_id(yyjson_mut_obj_get(r->root,
				    defaults[k])) == id)
					record_set(r->doc, r->root,
					    defaults[k], NULL);
			return 1;
		}
	return 0;
}

/* The customer's updated_at stays (measured). */
int
address_delete(struct call *c)
{
	struct store *s = c->shop->store;
	char needle[40];
	struct record r;
	struct piece text;
	int64_t id;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	snprintf(needle, sizeof needle, "\"id\":%lld,", (long long)id);
	for (size_t i = 0; i < store_count(s, CUSTOMERS); i++) {
		text = json_member(store_at(s, CUSTOMERS, i), "addresses");
		if (text.p == NULL || !memmem(text.p, text.n, needle,
		    strlen(needle)))
			continue;
		record_open(&r, c, CUSTOMERS, store_id(s, CUSTOMERS, i));
		if (drop_address(&r, id)) {
			record_keep(&r);
			buf_str(&c->out, "true");
			return 0;
		}
		record_close(&r);
	}
	return rest_missing(c, "addressId", c->arg[0]);
}

int
customer_delete(struct call *c)
{
	int64_t id;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if (!store_delete(c->shop->store, CUSTOMERS, id))
		return rest_missing(c, "customerId", c->arg[0]);
	orphan_orders(c);
	buf_str(&c->out, "true");
	return 0;
}
