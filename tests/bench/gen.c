/*
 * gen - records as Magento's REST API sends them, as many as asked for
 *
 *	gen ENTITY N SEED [CUSTOMERS]
 *
 * ENTITY is orders, customers, products, carts, invoices, shipments or
 * creditmemos; documents are those of as many orders of the same SEED, so N is
 * theirs.  Orders and carts are of customers up to CUSTOMERS (N).
 *
 * The same arguments give the same bytes.  Members, their order, escapes and
 * repetitions are those of a captured Magento 2.4.7; an order has 8 to 13 KB
 * and adds up to the cent, a customer has 1.1 KB.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	PRODUCTS = 1000, ROWS = 4,
	CARTS = 10000000,	/* open ones, behind those that were ordered */
	COMPLETE = 2, CLOSED = 3,	/* of statuses */
};

struct gen {
	uint64_t state;		/* of the random numbers of this record */
	long id;
	time_t created;
};

/* splitmix64: each record starts from its own number, so that record N is
 * the same whatever stands before it. */
static uint64_t
next(struct gen *g)
{
	uint64_t x = g->state += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static long
below(struct gen *g, long n)
{
	return (long)(next(g) % (uint64_t)n);
}

static const char *const first_names[] = { "Jane", "Zo\\u00eb",
	"Jos\\u00e9 Mar\\u00eda", "Veronica", "\\u65e5\\u672c", "O\\u2019Neil",
	"Anna", "Karl-Heinz" };
static const char *const last_names[] = { "Doe", "M\\u00fcller",
	"\\u0418\\u0432\\u0430\\u043d\\u043e\\u0432\\u0430", "Costello",
	"\\u592a\\u90ce", "O'Brien", "Smith", "L\\u00fcdenscheidt" };
static const char *const things[] = { "Joust Duffle Bag",
	"Strive \\\"Shoulder\\\" Pack \\u2013 Gr\\u00f6\\u00dfe L\\u2019s",
	"\\u65e5\\u672c\\u8a9e\\u306e\\u5546\\u54c1 <b>&amp;<\\/b>",
	"Cable 1\\/2\\\" black", "Shirt Red M", "Third of ten",
	"Cloth by metre", "Virtual warranty" };
static const char *const cities[] = { "Purchase", "K\\u00f6ln", "Paris",
	"Austin", "\\u6771\\u4eac", "Calder", "Reims", "St. John\\u2019s" };
static const char *const statuses[] = { "pending", "processing", "complete",
	"closed", "canceled", "holded", "pending_payment", "processing" };
static const char *const states[] = { "new", "processing", "complete",
	"closed", "canceled", "holded", "pending_payment", "processing" };

#define PICK(g, list) (list)[below(g, (long)(sizeof(list) / sizeof(*(list))))]

struct money { char text[24]; };

/* As PHP prints a price: 90, 32.5, 115.11. */
static struct money
money(long cents)
{
	struct money m;
	long c = labs(cents);
	const char *sign = cents < 0 ? "-" : "";

	if (c % 100 == 0)
		snprintf(m.text, sizeof(m.text), "%s%ld", sign, c / 100);
	else if (c % 10 == 0)
		snprintf(m.text, sizeof(m.text), "%s%ld.%ld", sign, c / 100,
		    c % 100 / 10);
	else
		snprintf(m.text, sizeof(m.text), "%s%ld.%02ld", sign, c / 100,
		    c % 100);
	return m;
}
#define M(cents) money(cents).text

struct stamp { char text[32]; };

static struct stamp
stamp(time_t t)
{
	struct stamp s;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(s.text, sizeof(s.text), "%Y-%m-%d %H:%M:%S", &tm);
	return s;
}
#define T(t) stamp(t).text

/* A line of an order, and what it comes to, in cents. */
struct row {
	long id, parent, product, qty;
	long price, off, tax;
	const char *type, *name;
};

struct order {
	struct gen *g;
	struct row row[ROWS];
	int rows;
	long subtotal, off, tax, shipping, total, qty;
	long customer;		/* 0: a guest */
	const char *first, *last, *city;
	int status;
};

static bool
is_paid(const struct order *o)
{
	return o->status != 0 && o->status != 6;
}

static long
product_price(long product)
{
	return 199 + product * 7919 % 9800;
}

static void
taxes(const struct row *r)
{
	printf("\"extension_attributes\":{\"itemized_taxes\":[{\"tax_item_id\":"
	    "%ld,\"tax_id\":%ld,\"item_id\":%ld,\"tax_code\":\"US-NY\","
	    "\"tax_percent\":8.25,\"amount\":%s,\"base_amount\":%s,"
	    "\"real_amount\":%s,\"real_base_amount\":%s,"
	    "\"taxable_item_type\":\"product\"}]}", r->id, r->id, r->id,
	    M(r->tax), M(r->tax), M(r->tax), M(r->tax));
}

/* `inner`: as the `parent_item` of another. */
static void
item(const struct order *o, const struct row *r, bool inner)
{
	long gross = r->price * r->qty, net = gross - r->off;
	long unit = r->price + (r->qty > 0 ? r->tax / r->qty : 0);

	printf("{\"amount_refunded\":0,");
	if (r->off > 0)
		printf("\"applied_rule_ids\":\"1\",");
	printf("\"base_amount_refunded\":0,\"base_discount_amount\":%s,"
	    "\"base_discount_invoiced\":0,"
	    "\"base_discount_tax_compensation_amount\":0,"
	    "\"base_discount_tax_compensation_invoiced\":0,"
	    "\"base_original_price\":%s,\"base_price\":%s,"
	    "\"base_price_incl_tax\":%s,\"base_row_invoiced\":%s,"
	    "\"base_row_total\":%s,\"base_row_total_incl_tax\":%s,"
	    "\"base_tax_amount\":%s,\"base_tax_invoiced\":%s,",
	    M(r->off), M(r->price), M(r->price), M(unit), M(gross), M(net),
	    M(net + r->tax), M(r->tax), M(r->tax));
	printf("\"created_at\":\"%s\",\"discount_amount\":%s,"
	    "\"discount_invoiced\":0,\"discount_percent\":%d,"
	    "\"free_shipping\":0,\"discount_tax_compensation_amount\":0,"
	    "\"discount_tax_compensation_invoiced\":0,\"is_qty_decimal\":0,"
	    "\"is_virtual\":0,\"item_id\":%ld,\"name\":\"%s\","
	    "\"no_discount\":0,\"order_id\":%ld,\"original_price\":%s,",
	    T(o->g->created), M(r->off), r->off > 0 ? 10 : 0, r->id, r->name,
	    o->g->id, M(r->price));
	if (r->parent != 0)
		printf("\"parent_item_id\":%ld,", r->parent);
	printf("\"price\":%s,\"price_incl_tax\":%s,\"product_id\":%ld,"
	    "\"product_type\":\"%s\",\"qty_canceled\":0,\"qty_invoiced\":%ld,"
	    "\"qty_ordered\":%ld,\"qty_refunded\":0,\"qty_shipped\":0,"
	    "\"quote_item_id\":%ld,\"row_invoiced\":%s,\"row_total\":%s,"
	    "\"row_total_incl_tax\":%s,\"row_weight\":%ld,"
	    "\"sku\":\"SKU-%04ld\\/%c\",\"store_id\":1,\"tax_amount\":%s,"
	    "\"tax_invoiced\":%s,\"tax_percent\":8.25,\"updated_at\":\"%s\","
	    "\"weee_tax_applied\":\"[]\",\"weight\":1,",
	    M(r->price), M(unit), r->product, r->type, r->qty, r->qty, r->id,
	    M(gross), M(net), M(net + r->tax), r->qty, r->product,
	    (char)('A' + r->product % 26), M(r->tax), M(r->tax),
	    T(o->g->created + 95));
	if (strcmp(r->type, "configurable") == 0)
		printf("\"product_option\":{\"extension_attributes\":{"
		    "\"configurable_item_options\":[{\"option_id\":\"93\","
		    "\"option_value\":14},{\"option_id\":\"146\","
		    "\"option_value\":11}]}},");
	if (r->parent != 0) {
		printf("\"parent_item\":");
		item(o, &o->row[0], true);
		putchar(',');
	}
	if (inner)
		printf("\"extension_attributes\":{\"itemized_taxes\":[]}");
	else
		taxes(r);
	putchar('}');
}

static void
items(const struct order *o)
{
	int i;

	putchar('[');
	for (i = 0; i < o->rows; i++) {
		if (i > 0)
			putchar(',');
		item(o, &o->row[i], false);
	}
	putchar(']');
}

static void
address(const struct order *o, const char *type, int which)
{
	printf("{\"address_type\":\"%s\",\"city\":\"%s\",\"country_id\":\"US\",",
	    type, o->city);
	if (o->g->id % 9 == 0)
		printf("\"company\":\"A & B \\\"GmbH\\\" %ld\",",
		    o->g->id % 500);
	printf("\"email\":\"buyer%ld@example.com\",\"entity_id\":%ld,"
	    "\"firstname\":\"%s\",\"lastname\":\"%s\",\"parent_id\":%ld,"
	    "\"postcode\":\"%05ld\",\"region\":\"New York\","
	    "\"region_code\":\"NY\",\"region_id\":43,\"street\":["
	    "\"%ld Oak Ave\",\"c\\/o \\u201cQuotes\\u201d\"],"
	    "\"telephone\":\"512-555-%04ld\"}",
	    o->customer != 0 ? o->customer : o->g->id * 2,
	    o->g->id * 2 + which, o->first, o->last, o->g->id,
	    10000 + o->g->id % 89999, 1 + o->g->id % 999, o->g->id % 9999);
}

static void
head(const struct order *o)
{
	const struct gen *g = o->g;
	long paid = is_paid(o) ? o->total : 0;

	if (o->off > 0)
		printf("\"applied_rule_ids\":\"1\",");
	printf("\"base_currency_code\":\"USD\",\"base_discount_amount\":%s,"
	    "\"base_discount_invoiced\":0,\"base_grand_total\":%s,"
	    "\"base_discount_tax_compensation_amount\":0,"
	    "\"base_discount_tax_compensation_invoiced\":0,"
	    "\"base_shipping_amount\":%s,"
	    "\"base_shipping_discount_amount\":0,"
	    "\"base_shipping_discount_tax_compensation_amnt\":0,"
	    "\"base_shipping_incl_tax\":%s,\"base_shipping_invoiced\":%s,"
	    "\"base_shipping_tax_amount\":0,\"base_subtotal\":%s,"
	    "\"base_subtotal_incl_tax\":%s,\"base_subtotal_invoiced\":%s,"
	    "\"base_tax_amount\":%s,\"base_tax_invoiced\":%s,"
	    "\"base_total_due\":%s,",
	    M(-o->off), M(o->total), M(o->shipping), M(o->shipping),
	    M(o->shipping), M(o->subtotal), M(o->subtotal + o->tax),
	    M(o->subtotal), M(o->tax), M(o->tax), M(o->total - paid));
	if (paid > 0)
		printf("\"base_total_invoiced\":%s,"
		    "\"base_total_invoiced_cost\":0,\"base_total_paid\":%s,",
		    M(paid), M(paid));
	printf("\"base_to_global_rate\":1,\"base_to_order_rate\":1,"
	    "\"billing_address_id\":%ld,", g->id * 2);
	if (o->off > 0)
		printf("\"coupon_code\":\"TEN-OFF\",");
	printf("\"created_at\":\"%s\",\"customer_email\":"
	    "\"buyer%ld@example.com\",\"customer_firstname\":\"%s\","
	    "\"customer_group_id\":%d,", T(g->created),
	    o->customer != 0 ? o->customer : g->id * 2, o->first,
	    o->customer != 0);
	if (o->customer != 0)
		printf("\"customer_id\":%ld,", o->customer);
	printf("\"customer_is_guest\":%d,\"customer_lastname\":\"%s\","
	    "\"customer_note_notify\":1,\"discount_amount\":%s,"
	    "\"discount_invoiced\":0,\"email_sent\":1,\"entity_id\":%ld,"
	    "\"global_currency_code\":\"USD\",\"grand_total\":%s,"
	    "\"discount_tax_compensation_amount\":0,"
	    "\"discount_tax_compensation_invoiced\":0,"
	    "\"increment_id\":\"%09ld\",\"is_virtual\":0,"
	    "\"order_currency_code\":\"USD\",\"protect_code\":"
	    "\"%016" PRIx64 "%016" PRIx64 "\",\"quote_id\":%ld,"
	    "\"remote_ip\":\"127.0.0.1\",\"shipping_amount\":%s,"
	    "\"shipping_description\":\"Flat Rate - Fixed\","
	    "\"shipping_discount_amount\":0,"
	    "\"shipping_discount_tax_compensation_amount\":0,"
	    "\"shipping_incl_tax\":%s,\"shipping_invoiced\":%s,"
	    "\"shipping_tax_amount\":0,\"state\":\"%s\",\"status\":\"%s\",",
	    o->customer == 0, o->last, M(-o->off), g->id, M(o->total), g->id,
	    g->state, ~g->state, g->id, M(o->shipping), M(o->shipping),
	    M(o->shipping), states[o->status], statuses[o->status]);
	printf("\"store_currency_code\":\"USD\",\"store_id\":1,"
	    "\"store_name\":\"Main Website\\nMain Website Store\\n"
	    "Default Store View\",\"store_to_base_rate\":0,"
	    "\"store_to_order_rate\":0,\"subtotal\":%s,"
	    "\"subtotal_incl_tax\":%s,\"subtotal_invoiced\":%s,"
	    "\"tax_amount\":%s,\"tax_invoiced\":%s,\"total_due\":%s,",
	    M(o->subtotal), M(o->subtotal + o->tax), M(o->subtotal),
	    M(o->tax), M(o->tax), M(o->total - paid));
	if (paid > 0)
		printf("\"total_invoiced\":%s,", M(paid));
	printf("\"total_item_count\":%d,", o->rows);
	if (paid > 0)
		printf("\"total_paid\":%s,", M(paid));
	printf("\"total_qty_ordered\":%ld,\"updated_at\":\"%s\","
	    "\"weight\":%ld,", o->qty, T(g->created + 95), o->qty);
}

/* Small orders are talked about most, so that they come to 8 KB as well. */
static void
comments(const struct order *o)
{
	int i, n = o->rows == 1 ? 8 : 1;

	for (i = 0; i < n; i++)
		printf("%s{\"comment\":\"Customer called: \\u201eWhere is it?"
		    "\\u201d\\nTold: tomorrow.\",\"created_at\":\"%s\","
		    "\"entity_id\":%ld,\"entity_name\":\"order\","
		    "\"is_customer_notified\":0,\"is_visible_on_front\":0,"
		    "\"parent_id\":%ld,\"status\":\"%s\"}", i > 0 ? "," : "",
		    T(o->g->created + 500 * i), o->g->id * 8 + i, o->g->id,
		    statuses[o->status]);
}

static void
tail(const struct order *o)
{
	int i;

	printf(",\"payment\":{\"account_status\":null,"
	    "\"additional_information\":[\"Check \\/ Money order\"],"
	    "\"amount_ordered\":%s,\"base_amount_ordered\":%s,"
	    "\"base_shipping_amount\":%s,\"cc_last4\":null,\"entity_id\":%ld,"
	    "\"method\":\"checkmo\",\"parent_id\":%ld,"
	    "\"shipping_amount\":%s},\"status_histories\":[",
	    M(o->total), M(o->total), M(o->shipping), o->g->id, o->g->id,
	    M(o->shipping));
	comments(o);
	printf("],\"extension_attributes\":{\"shipping_assignments\":[{"
	    "\"shipping\":{\"address\":");
	address(o, "shipping", 1);
	printf(",\"method\":\"flatrate_flatrate\",\"total\":{"
	    "\"base_shipping_amount\":%s,\"base_shipping_discount_amount\":0,"
	    "\"base_shipping_incl_tax\":%s,\"base_shipping_tax_amount\":0,"
	    "\"shipping_amount\":%s,\"shipping_discount_amount\":0,"
	    "\"shipping_incl_tax\":%s,\"shipping_tax_amount\":0}},\"items\":",
	    M(o->shipping), M(o->shipping), M(o->shipping), M(o->shipping));
	items(o);
	printf("}],\"payment_additional_info\":[{\"key\":\"method_title\","
	    "\"value\":\"Check \\/ Money order\"}],\"applied_taxes\":[{"
	    "\"code\":\"US-NY\",\"title\":\"US-NY\",\"percent\":8.25,"
	    "\"amount\":%s,\"base_amount\":%s}],\"item_applied_taxes\":[",
	    M(o->tax), M(o->tax));
	for (i = 0; i < o->rows; i++)
		printf("%s{\"type\":\"product\",\"item_id\":%ld,"
		    "\"applied_taxes\":[{\"code\":\"US-NY\",\"title\":\"US-NY\","
		    "\"percent\":8.25,\"amount\":%s,\"base_amount\":%s}]}",
		    i > 0 ? "," : "", o->row[i].id, M(o->row[i].tax),
		    M(o->row[i].tax));
	printf("],\"converting_from_quote\":false,\"taxes\":[{\"tax_id\":%ld,"
	    "\"order_id\":%ld,\"code\":\"US-NY\",\"title\":\"US-NY\","
	    "\"percent\":8.25,\"amount\":%s,\"base_amount\":%s,"
	    "\"base_real_amount\":%s,\"priority\":0,\"position\":0,"
	    "\"process\":0}],\"additional_itemized_taxes\":[]}}\n",
	    o->g->id, o->g->id, M(o->tax), M(o->tax), M(o->tax));
}

static void
fill_row(struct order *o, struct row *r, bool child)
{
	struct gen *g = o->g;

	r->id = g->id * ROWS + o->rows++;
	r->product = 1 + below(g, PRODUCTS);
	r->name = PICK(g, things);
	r->type = "simple";
	r->qty = child ? o->row[0].qty : 1 + below(g, 5);
	if (child) {
		r->parent = o->row[0].id;
		return;
	}
	r->price = product_price(r->product);
	if (g->id % 7 == 0)
		r->off = (r->price * r->qty + 5) / 10;
	r->tax = ((r->price * r->qty - r->off) * 825 + 5000) / 10000;
	o->subtotal += r->price * r->qty;
	o->off += r->off;
	o->tax += r->tax;
	o->qty += r->qty;
}

/* Most orders have two lines, some one, some a configurable product with its
 * variant, which carries its parent once more. */
static struct order
fill_order(struct gen *g, long customers)
{
	struct order o = { .g = g, .first = PICK(g, first_names),
	    .last = PICK(g, last_names), .city = PICK(g, cities),
	    .status = (int)below(g, 8) };
	long kind = below(g, 10), i, rows = kind < 6 ? 2 : 1;

	if (below(g, 10) < 3)
		o.customer = 1 + below(g, customers);
	for (i = 0; i < rows; i++)
		fill_row(&o, &o.row[i], false);
	if (kind == 9) {
		o.row[0].type = "configurable";
		fill_row(&o, &o.row[1], true);
	}
	o.shipping = 500 * o.qty;
	o.total = o.subtotal - o.off + o.tax + o.shipping;
	return o;
}

static void
order(struct gen *g, long customers)
{
	struct order o = fill_order(g, customers);

	putchar('{');
	head(&o);
	printf("\"items\":");
	items(&o);
	printf(",\"billing_address\":");
	address(&o, "billing", 0);
	tail(&o);
}

/* --- documents of an order: each of all of it, if there is one --- */

static void
doc_items(const struct order *o, const char *first, bool paid)
{
	int i;

	printf(",\"items\":[");
	for (i = 0; i < o->rows; i++) {
		const struct row *r = &o->row[i];

		if (!paid && r->parent != 0)	/* shipped with its parent */
			continue;
		printf("%s{%s\"entity_id\":%ld,\"name\":\"%s\","
		    "\"parent_id\":%ld,\"price\":%s,\"product_id\":%ld,",
		    i > 0 ? "," : "", first, r->id, r->name, o->g->id,
		    M(r->price), r->product);
		if (paid)
			printf("\"discount_amount\":%s,\"base_row_total\":%s,"
			    "\"row_total\":%s,\"tax_amount\":%s,"
			    "\"base_tax_amount\":%s,", M(r->off),
			    M(r->price * r->qty), M(r->price * r->qty),
			    M(r->tax), M(r->tax));
		printf("\"sku\":\"SKU-%04ld\\/%c\",\"order_item_id\":%ld,"
		    "\"qty\":%ld}", r->product,
		    (char)('A' + r->product % 26), r->id, r->qty);
	}
	putchar(']');
}

static void
doc_money(const struct order *o)
{
	const long id = o->g->id;

	printf("\"base_currency_code\":\"USD\",\"base_discount_amount\":%s,"
	    "\"base_grand_total\":%s,\"base_shipping_amount\":%s,"
	    "\"base_subtotal\":%s,\"base_subtotal_incl_tax\":%s,"
	    "\"base_tax_amount\":%s,\"base_to_global_rate\":1,"
	    "\"base_to_order_rate\":1,\"billing_address_id\":%ld,"
	    "\"created_at\":\"%s\",\"discount_amount\":%s,"
	    "\"entity_id\":%ld,\"global_currency_code\":\"USD\","
	    "\"grand_total\":%s,", M(-o->off), M(o->total), M(o->shipping),
	    M(o->subtotal), M(o->subtotal + o->tax), M(o->tax), id * 2,
	    T(o->g->created + 60), M(-o->off), id, M(o->total));
	printf("\"increment_id\":\"%09ld\",\"order_currency_code\":\"USD\","
	    "\"order_id\":%ld,\"shipping_address_id\":%ld,"
	    "\"shipping_amount\":%s,\"shipping_incl_tax\":%s,\"state\":2,"
	    "\"store_currency_code\":\"USD\",\"store_id\":1,"
	    "\"subtotal\":%s,\"subtotal_incl_tax\":%s,\"tax_amount\":%s,"
	    "\"updated_at\":\"%s\"", id, id, id * 2 + 1, M(o->shipping),
	    M(o->shipping), M(o->subtotal), M(o->subtotal + o->tax),
	    M(o->tax), T(o->g->created + 60));
}

static void
invoice(struct gen *g, long customers)
{
	struct order o = fill_order(g, customers);

	if (!is_paid(&o))
		return;
	printf("{\"can_void_flag\":0,");
	doc_money(&o);
	printf(",\"total_qty\":%ld", o.qty);
	doc_items(&o, "", true);
	printf(",\"comments\":[]}\n");
}

static void
shipment(struct gen *g, long customers)
{
	struct order o = fill_order(g, customers);

	if (o.status != COMPLETE && o.status != CLOSED)
		return;
	printf("{\"billing_address_id\":%ld,\"created_at\":\"%s\","
	    "\"entity_id\":%ld,\"increment_id\":\"%09ld\",\"order_id\":%ld,"
	    "\"packages\":[],\"shipping_address_id\":%ld,\"store_id\":1,"
	    "\"total_qty\":%ld,\"updated_at\":\"%s\"", g->id * 2,
	    T(g->created + 70), g->id, g->id, g->id, g->id * 2 + 1, o.qty,
	    T(g->created + 70));
	doc_items(&o, "\"weight\":1,", false);
	printf(",\"tracks\":[{\"order_id\":%ld,\"created_at\":\"%s\","
	    "\"entity_id\":%ld,\"parent_id\":%ld,\"updated_at\":\"%s\","
	    "\"track_number\":\"1Z999AA1%08ld\",\"title\":\"UPS \\\"Ground"
	    "\\\"\",\"carrier_code\":\"ups\"}],\"comments\":[],"
	    "\"extension_attributes\":{\"source_code\":\"default\"}}\n",
	    g->id, T(g->created + 70), g->id, g->id, T(g->created + 70),
	    g->id);
}

static void
creditmemo(struct gen *g, long customers)
{
	struct order o = fill_order(g, customers);

	if (o.status != CLOSED)
		return;
	printf("{\"adjustment\":0,\"adjustment_negative\":0,"
	    "\"adjustment_positive\":0,\"base_adjustment\":0,"
	    "\"base_adjustment_negative\":0,\"base_adjustment_positive\":0,");
	doc_money(&o);
	doc_items(&o, "", true);
	printf(",\"comments\":[]}\n");
}

/* --- what stands by itself --- */

static void
customer(struct gen *g, long n)
{
	const char *first = PICK(g, first_names), *last = PICK(g, last_names);
	long id = g->id;

	(void)n;
	printf("{\"id\":%ld,\"group_id\":%ld,\"default_billing\":\"%ld\","
	    "\"default_shipping\":\"%ld\",\"created_at\":\"%s\","
	    "\"updated_at\":\"%s\",\"created_in\":\"Default Store View\","
	    "\"dob\":\"19%02ld-12-15\",\"email\":\"buyer%ld@example.com\","
	    "\"firstname\":\"%s\",\"lastname\":\"%s\",\"gender\":%ld,"
	    "\"store_id\":1,\"taxvat\":\"DE%09ld\",\"website_id\":1,",
	    id, 1 + id % 3, id, id, T(g->created), T(g->created + 95),
	    50 + id % 50, id, first, last, 1 + id % 2, id);
	printf("\"addresses\":[{\"id\":%ld,\"customer_id\":%ld,\"region\":{"
	    "\"region_code\":\"MI\",\"region\":\"Michigan\",\"region_id\":33},"
	    "\"region_id\":33,\"country_id\":\"US\",\"street\":["
	    "\"%ld Oak Ave\",\"c\\/o \\u201cQuotes\\u201d\"],", id, id,
	    1 + id % 999);
	if (id % 9 == 0)
		printf("\"company\":\"ACME %ld, Inc.\",", id);
	printf("\"telephone\":\"512-555-%04ld\",\"postcode\":\"%05ld\","
	    "\"city\":\"%s\",\"firstname\":\"%s\",\"lastname\":\"%s\","
	    "\"default_shipping\":true,\"default_billing\":true}],"
	    "\"disable_auto_group_change\":0,\"extension_attributes\":{"
	    "\"is_subscribed\":%s},", id % 9999, 10000 + id % 89999,
	    PICK(g, cities), first, last, id % 2 ? "true" : "false");
	printf("\"custom_attributes\":[{\"attribute_code\":\"loyalty_points\","
	    "\"value\":\"%ld\"},{\"attribute_code\":\"is_vip\",\"value\":"
	    "\"%ld\"},{\"attribute_code\":\"tier\",\"value\":\"6\"},"
	    "{\"attribute_code\":\"member_since\",\"value\":\"%s\"},"
	    "{\"attribute_code\":\"credit_limit\",\"value\":\"%ld.5000\"},"
	    "{\"attribute_code\":\"interests\",\"value\":\"8,9\"}]}\n",
	    below(g, 900), id % 2, T(g->created), below(g, 5000));
}

static void
product(struct gen *g, long n)
{
	long id = g->id;
	static const char *const plain[] = { "options_container", "url_key",
	    "msrp_display_actual_price_type", "required_options",
	    "has_options", "tax_class_id" };
	size_t i;

	(void)n;
	printf("{\"id\":%ld,\"sku\":\"SKU-%04ld\\/%c\",\"name\":\"%s %ld\","
	    "\"attribute_set_id\":4,\"price\":%s,\"status\":%d,"
	    "\"visibility\":4,\"type_id\":\"simple\",\"created_at\":\"%s\","
	    "\"updated_at\":\"%s\",\"weight\":1,\"extension_attributes\":{"
	    "\"website_ids\":[1,2]},\"product_links\":[],\"options\":[],"
	    "\"media_gallery_entries\":[],\"tier_prices\":[],"
	    "\"custom_attributes\":[", id, id, (char)('A' + id % 26),
	    PICK(g, things), id, M(product_price(id)), id % 50 == 0 ? 2 : 1,
	    T(g->created), T(g->created + 95));
	for (i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		printf("{\"attribute_code\":\"%s\",\"value\":\"%ld\"},",
		    plain[i], below(g, 9));
	printf("{\"attribute_code\":\"category_ids\",\"value\":[\"2\",\"%ld\"]},"
	    "{\"attribute_code\":\"description\",\"value\":\"<p>He said "
	    "\\\"hi\\\"<\\/p>\\r\\n<ul>\\n<li>Tab\\there<\\/li>\\n<\\/ul> "
	    "\\u00e9 \\u65e5\\u672c\\u8a9e\"}]}\n", 3 + below(g, 40));
}

static void
cart_items(struct gen *g, long id)
{
	long i, n = 1 + g->id % 2, product;

	printf("\"items\":[");
	for (i = 0; i < n; i++) {
		product = 1 + (g->id * 7 + i * 13) % PRODUCTS;
		printf("%s{\"item_id\":%ld,\"sku\":\"SKU-%04ld\\/%c\","
		    "\"qty\":%ld,\"name\":\"%s\",\"price\":%s,"
		    "\"product_type\":\"simple\",\"quote_id\":\"%ld\"}",
		    i > 0 ? "," : "", id * ROWS + i, product,
		    (char)('A' + product % 26), 1 + g->id % 5, things[product %
		    (long)(sizeof(things) / sizeof(*things))],
		    M(product_price(product)), id);
	}
	printf("]");
}

static void
cart_address(long id, long customer)
{
	printf("{\"id\":%ld,\"region\":null,\"region_id\":null,"
	    "\"region_code\":null,\"country_id\":null,\"street\":[\"\"],"
	    "\"telephone\":null,\"postcode\":null,\"city\":null,"
	    "\"firstname\":null,\"lastname\":null,\"customer_id\":%ld,"
	    "\"email\":\"buyer%ld@example.com\",\"same_as_billing\":0,"
	    "\"save_in_address_book\":0}", id, customer, customer);
}

/* A customer's, open. */
static void
cart(struct gen *g, long customers)
{
	long id = CARTS + g->id * 3, who = 1 + below(g, customers);

	printf("{\"id\":%ld,\"created_at\":\"%s\",\"updated_at\":\"%s\","
	    "\"is_active\":true,\"is_virtual\":false,", id, T(g->created),
	    T(g->created + 95));
	cart_items(g, id);
	printf(",\"items_count\":%ld,\"items_qty\":%ld,\"customer\":{"
	    "\"id\":%ld,\"group_id\":1,\"email\":\"buyer%ld@example.com\","
	    "\"firstname\":\"%s\",\"lastname\":\"%s\",\"store_id\":1,"
	    "\"website_id\":1,\"addresses\":[],"
	    "\"disable_auto_group_change\":0},\"billing_address\":",
	    1 + g->id % 2, (1 + g->id % 2) * (1 + g->id % 5), who, who,
	    PICK(g, first_names), PICK(g, last_names));
	cart_address(id * 2, who);
	printf(",\"orig_order_id\":0,\"currency\":{"
	    "\"global_currency_code\":\"USD\",\"base_currency_code\":\"USD\","
	    "\"store_currency_code\":\"USD\",\"quote_currency_code\":\"USD\","
	    "\"store_to_base_rate\":0,\"store_to_quote_rate\":0,"
	    "\"base_to_global_rate\":1,\"base_to_quote_rate\":1},"
	    "\"customer_is_guest\":false,\"customer_note_notify\":true,"
	    "\"customer_tax_class_id\":3,\"store_id\":1,"
	    "\"extension_attributes\":{\"shipping_assignments\":[{"
	    "\"shipping\":{\"address\":");
	cart_address(id * 2 + 1, who);
	printf(",\"method\":null},");
	cart_items(g, id);
	printf("}]}}\n");
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*make)(struct gen *g, long customers);
	} kinds[] = { { "orders", order }, { "customers", customer },
	    { "products", product }, { "carts", cart },
	    { "invoices", invoice }, { "shipments", shipment },
	    { "creditmemos", creditmemo } };
	static char buffer[1 << 20];
	void (*make)(struct gen *g, long customers) = NULL;
	long i, n, seed, customers;

	for (i = 0; (argc == 4 || argc == 5) &&
	    i < (long)(sizeof(kinds) / sizeof(*kinds)); i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			make = kinds[i].make;
	if (make == NULL || (n = atol(argv[2])) < 1) {
		fputs("usage: gen ENTITY N SEED [CUSTOMERS]\n", stderr);
		return 2;
	}
	seed = atol(argv[3]);
	customers = argc == 5 ? atol(argv[4]) : n;
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	for (i = 1; i <= n; i++) {
		struct gen g = { .id = i, .created = 1767225600 + i * 29,
		    .state = (uint64_t)seed * 1000003u + (uint64_t)i };

		make(&g, customers);
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 3;
}
