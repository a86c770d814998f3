/* magento-places - where in Magento an id can be told. */
#include "magento-tell.h"

#include <stdlib.h>

static const char *const setting[MAGE_KINDS][MAGE_PLACES] = {
	[MAGE_ORDERS] = { [MAGE_ID] = "order_place" },
	[MAGE_CUSTOMERS] = {
		[MAGE_ID] = "customer_attribute_account",
		[MAGE_SECOND_ID] = "customer_attribute_contact",
		[MAGE_STATUS] = "customer_attribute_status" },
	[MAGE_PRODUCTS] = {
		[MAGE_ID] = "product_attribute",
		[MAGE_STATUS] = "product_attribute_status" },
};

const char *
mage_kind_name(enum mage_kind kind)
{
	static const char *const name[MAGE_KINDS] = { "orders", "customers",
	    "products" };

	return name[kind];
}

const char *
mage_places_setting(enum mage_kind kind, int place)
{
	return setting[kind][place];
}

void
mage_places(struct mage_places *p, const struct conf *c)
{
	int k, i;

	for (k = 0; k < MAGE_KINDS; k++)
		for (i = 0; i < MAGE_PLACES; i++)
			p->name[k][i] = setting[k][i] == NULL ? NULL :
			    conf_text(c, "magento", setting[k][i]);
	if (strcmp(p->name[MAGE_ORDERS][MAGE_ID], "no") == 0)
		p->name[MAGE_ORDERS][MAGE_ID] = NULL;
}

bool
mage_places_any(const struct mage_places *p, enum mage_kind kind)
{
	int i;

	for (i = 0; i < MAGE_PLACES; i++)
		if (p->name[kind][i] != NULL)
			return true;
	return false;
}

const char *
mage_places_advice(enum mage_kind kind)
{
	if (kind == MAGE_PRODUCTS)
		return "make it in the admin (Stores, Attributes, Product): a "
		    "text field of global scope, not shown in the storefront, "
		    "and put it into every attribute set";
	return "REST and the admin of Magento Open Source cannot make one: "
	    "have a module with a data patch do it, a varchar attribute of "
	    "the form adminhtml_customer; see mage-writeback(1)";
}

/* The list of customers' attributes is short and plain. */
static int
look_customers(struct mage *m, const struct mage_places *p,
    bool there[MAGE_PLACES], struct why *w)
{
	char *url = mage_url(m, "attributeMetadata/customer",
	    (struct slice){ NULL, 0 });
	struct pool *pool = pool_new();
	struct http_call c = {0};
	struct slice items, one, code;
	struct scan s;
	int i, r = -1;

	if (mage_get(m, url, &c, w) == -1 || mage_array(&c, &items, w) == -1)
		goto out;
	scan_enter(&s, items);
	while (scan_element(&s, &one)) {
		if (scan_kind(one) != SCAN_OBJECT)
			continue;
		code = scan_string(scan_get(one, "attribute_code"), pool);
		if (slice_is(code, "email"))
			r = 0;		/* every store's customers have one */
		for (i = 0; i < MAGE_PLACES; i++)
			if (p->name[MAGE_CUSTOMERS][i] != NULL &&
			    slice_is(code, p->name[MAGE_CUSTOMERS][i]))
				there[i] = true;
	}
	if (r == -1)
		why_code(w, WHY_BROKEN, "no-items", "Magento answered no list "
		    "when asked for the attributes of customers");
out:
	http_call_free(&c);
	pool_free(pool);
	free(url);
	return r;
}

/* Is this Magento saying that it has no such thing?  A page for people with
 * the same status comes from somebody else, and an address that it does not
 * know is the configuration's fault. */
static bool
not_there(const struct http_call *c)
{
	struct buf said = BUF(1000);
	bool is = c->status == 404 && mage_says(buf_all(&c->answer), &said) &&
	    strstr(buf_cstr(&said), "does not match any route") == NULL;

	buf_free(&said);
	return is;
}

/* That of products is long: ask for each by its code. */
static int
look_product(struct mage *m, const char *code, bool *there, struct why *w)
{
	char *url = mage_url(m, "products/attributes", slice(code));
	struct pool *pool = pool_new();
	struct http_call c = {0};
	struct slice all = { NULL, 0 };
	int r = mage_get(m, url, &c, w);

	*there = r == 0;
	if (r == -1 && not_there(&c)) {
		memset(w, 0, sizeof(*w));
		r = 0;
	} else if (r == 0 && (scan_text(buf_all(&c.answer), &all, w) == -1 ||
	    scan_kind(all) != SCAN_OBJECT || scan_string(scan_get(all,
	    "attribute_code"), pool).n == 0)) {
		r = why_code(w, WHY_BROKEN, "no-items", "Magento answered no "
		    "attribute when asked for '%s'", code);
	}
	http_call_free(&c);
	pool_free(pool);
	free(url);
	return r;
}

int
mage_places_look(struct mage *m, const struct mage_places *p,
    enum mage_kind kind, bool there[MAGE_PLACES], struct why *w)
{
	int i, r = 0;

	memset(there, 0, MAGE_PLACES * sizeof(*there));
	if (kind == MAGE_CUSTOMERS)
		r = look_customers(m, p, there, w);
	for (i = 0; i < MAGE_PLACES && r == 0 && kind != MAGE_CUSTOMERS; i++)
		if (p->name[kind][i] == NULL)
			continue;
		else if (kind == MAGE_ORDERS)
			there[i] = true;	/* every store has these */
		else
			r = look_product(m, p->name[kind][i], &there[i], w);
	if (r == -1 && w != NULL && w->kind == WHY_DATA)
		w->kind = WHY_SETUP;	/* no record's fault */
	return r;
}
