/* The reading routes: records and lists of them; and how an admin logs in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-auth.h"
#include "mage-rest.h"

static int
add_record(struct call *c, enum kind k, size_t place)
{
	return view_add(c->shop, &c->view, k, place, 1, &c->out, &c->no);
}

/* A record by its id. */
int
read_one(struct call *c)
{
	const char *field = c->kind == CUSTOMERS ? "customerId" :
	    c->kind == CARTS ? "cartId" : c->kind == GROUPS ||
	    c->kind == CATEGORIES ? "id" : NULL;
	int64_t id;
	ssize_t i;

	if (c->kind == CUSTOMERS && strcmp(c->arg[0], "me") == 0)
		return refuse_required(&c->no, "customerId");
	if (rest_id(c, 0, &id) == -1)
		return -1;
	i = store_find(c->shop->store, c->kind, id);
	if (i != -1)
		return add_record(c, c->kind, (size_t)i);
	if (c->kind == RULES || c->kind == COUPONS)
		return refuse(&c->no, 404, "No such entity.", NULL);
	if (field == NULL && id == 0)
		return refuse(&c->no, 400,
		    "An ID is needed. Set the ID and try again.", NULL);
	return rest_missing(c, field, c->arg[0]);
}

int
read_product(struct call *c)
{
	ssize_t i = shop_find(c->shop, PRODUCTS, "sku", c->arg[0]);

	if (i == -1)
		return refuse(&c->no, 404, "The product that was requested"
		    " doesn't exist. Verify the product and try again.", NULL);
	return add_record(c, PRODUCTS, (size_t)i);
}

/* An attribute by its code, or by its number. */
int
read_attribute(struct call *c)
{
	struct buf quoted = {0};
	struct piece r, code, id;
	size_t i, n = store_count(c->shop->store, c->kind);

	php_string(&quoted, c->arg[0], strlen(c->arg[0]));
	for (i = 0; i < n; i++) {
		r = store_at(c->shop->store, c->kind, i);
		code = json_member(r, "attribute_code");
		id = json_member(r, "attribute_id");
		if (json_is(code, quoted.p) || json_is(id, c->arg[0]))
			break;
	}
	buf_free(&quoted);
	if (i < n)
		return add_record(c, c->kind, i);
	return rest_missing(c, c->kind != PRODUCT_ATTRIBUTES ?
	    "attributeCode" : NULL, "\"\"");
}

int
read_list(struct call *c)
{
	return search_list(c->shop, c->kind, &c->view, &c->out, &c->no);
}

/* storeConfigs?storeCodes[]=fr */
static int
asked_for(const struct call *c, struct piece r)
{
	const char *q = c->rq->query;
	struct piece code = json_member(r, "code");
	char *name, *value;
	int asked = 0, wanted = 0;

	while (serve_pair(&q, &name, &value)) {
		if (strncmp(name, "storeCodes", 10) == 0 && value) {
			asked = 1;
			wanted |= code.n == strlen(value) + 2 &&
			    memcmp(code.p + 1, value, code.n - 2) == 0;
		}
		free(name);
		free(value);
	}
	return !asked || wanted;
}

static int
is_custom(const struct call *c, struct piece r)
{
	(void)c;
	return json_is(json_member(r, "user_defined"), "true");
}

/* A plain array of those records that `want` accepts. */
static int
some(struct call *c, int (*want)(const struct call *c, struct piece r))
{
	struct piece r;
	int first = 1;

	buf_byte(&c->out, '[');
	for (size_t i = 0; i < store_count(c->shop->store, c->kind); i++) {
		r = store_at(c->shop->store, c->kind, i);
		if (want && !want(c, r))
			continue;
		if (!first)
			buf_byte(&c->out, ',');
		buf_add(&c->out, r.p, r.n);
		first = 0;
	}
	buf_byte(&c->out, ']');
	return 0;
}

int
read_all(struct call *c)
{
	return some(c, c->kind == STORE_CONFIGS ? asked_for : NULL);
}

int
read_custom(struct call *c)
{
	return some(c, is_custom);
}

/* Totals are of active carts alone; the shop computed those that we have. */
int
read_totals(struct call *c)
{
	const struct column active = {BOOLEAN, 0, "is_active"};
	struct piece r;
	ssize_t i, t;
	int64_t id;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	i = store_find(c->shop->store, CARTS, id);
	t = store_find(c->shop->store, CART_TOTALS, id);
	if (i == -1 || t == -1 || !json_is(store_value(c->shop->store, CARTS,
	    &active, (size_t)i), "true"))
		return rest_missing(c, "cartId", c->arg[0]);
	r = json_member(store_at(c->shop->store, CART_TOTALS, (size_t)t),
	    "totals");
	buf_add(&c->out, r.p, r.n);
	return 0;
}

int
read_confirm(struct call *c)
{
	struct piece r;
	int64_t id;
	ssize_t i;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if ((i = store_find(c->shop->store, CUSTOMERS, id)) == -1)
		return rest_missing(c, "customerId", c->arg[0]);
	r = store_at(c->shop->store, CUSTOMERS, (size_t)i);
	buf_str(&c->out, json_member(r, "confirmation").p ?
	    "\"account_confirmation_required\"" :
	    "\"account_confirmation_not_required\"");
	return 0;
}

int
admin_token(struct call *c)
{
	yyjson_val *o = yyjson_doc_get_root(c->body);
	const char *user = yyjson_get_str(yyjson_obj_get(o, "username"));
	const char *password = yyjson_get_str(yyjson_obj_get(o, "password"));

	if (user == NULL)
		return refuse_required(&c->no, "username");
	if (password == NULL)
		return refuse_required(&c->no, "password");
	return auth_login(c->shop->auth, c->shop, user, password, &c->out,
	    &c->no);
}
