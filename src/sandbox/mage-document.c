/* Invoices, shipments, credit memos: their lines, and the order's state. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-document.h"

static const struct {
	enum kind kind;
	const char *name, *title, *sequence, *too_much, *foreign;
} kinds[] = {
	{INVOICES, "invoices", "Invoice", "invoice-items",
	    "The quantity to invoice must not be greater than the uninvoiced"
	    " quantity for product SKU \"%1\".",
	    "The invoice contains one or more items that are not part of the"
	    " original order."},
	{SHIPMENTS, "shipments", "Shipment", "shipment-items",
	    "The quantity to ship must not be greater than the unshipped"
	    " quantity for product SKU \"%1\".",
	    "The shipment contains product SKU \"%1\" that is not part of the"
	    " original order."},
	{CREDITMEMOS, "creditmemos", "Creditmemo", "creditmemo-items",
	    "The quantity to creditmemo must not be greater than the unrefunded"
	    " quantity for product SKU \"%1\".",
	    "The creditmemo contains product SKU \"%1\" that is not part of the"
	    " original order."},
};

/* --- items --- */

int64_t
left_of(enum document what, yyjson_mut_val *item)
{
	int64_t ordered = money_get(item, "qty_ordered"), left = 0;
	int64_t canceled = money_get(item, "qty_canceled");
	int64_t refunded = money_get(item, "qty_refunded");

	if (what == INVOICE)
		left = ordered - money_get(item, "qty_invoiced") - canceled;
	else if (what == CREDITMEMO)
		left = money_get(item, "qty_invoiced") - refunded;
	else if (record_id(yyjson_mut_obj_get(item, "is_virtual")) != 1)
		left = ordered - money_get(item, "qty_shipped") - refunded -
		    canceled;
	return left > 0 ? left : 0;
}

/* Do the children of a line have the amounts (a bundle whose price is that of
 * its parts), or do they have none (a configurable product)? */
static int
children_priced(struct draft *d, yyjson_mut_val *parent)
{
	for (int i = 0; i < d->lines; i++)
		if (d->line[i].parent == parent &&
		    money_get(d->line[i].item, "price") > 0)
			return 1;
	return 0;
}

static int
has_children(struct draft *d, yyjson_mut_val *item)
{
	for (int i = 0; i < d->lines; i++)
		if (d->line[i].parent == item)
			return 1;
	return 0;
}

static yyjson_val *
asked_for(struct draft *d, int64_t id)
{
	yyjson_val *one;
	size_t i, max;

	yyjson_arr_foreach(yyjson_obj_get(d->sent, "items"), i, max, one)
		if (input_id(yyjson_obj_get(one, "order_item_id")) == id)
			return one;
	return NULL;
}

static struct line *
line_of(struct draft *d, yyjson_mut_val *item)
{
	for (int i = 0; i < d->lines; i++)
		if (d->line[i].item == item)
			return &d->line[i];
	return NULL;
}

/* How much of a line: what was asked, or all that is left when nothing was; a
 * child that was not named goes with its parent. */
static void
choose(struct draft *d, struct line *l)
{
	yyjson_val *ask = asked_for(d, record_id(yyjson_mut_obj_get(l->item,
	    "item_id")));
	int all = yyjson_arr_size(yyjson_obj_get(d->sent, "items")) == 0;
	struct line *parent = l->parent ? line_of(d, l->parent) : NULL;

	if (ask) {
		l->asked = 1;
		l->qty = money_of(input_text(yyjson_obj_get(ask, "qty")));
		if (l->qty < 0)
			l->qty = 0;
	} else if (all)
		l->qty = left_of(d->what, l->item);
	else if (parent && parent->asked && money_get(parent->item,
	    "qty_ordered"))
		l->qty = (int64_t)((long double)parent->qty *
		    money_get(l->item, "qty_ordered") /
		    money_get(parent->item, "qty_ordered"));
}

static int
choose_lines(struct draft *d)
{
	yyjson_mut_val *items = yyjson_mut_obj_get(d->ch.order, "items"), *one;
	size_t i, max;
	int64_t parent;

	if (yyjson_mut_arr_size(items) > LINES)
		return refuse_internal(d->ch.c->shop, &d->ch.c->no);
	if (yyjson_mut_is_arr(items))
		yyjson_mut_arr_foreach(items, i, max, one) {
			parent = record_id(yyjson_mut_obj_get(one,
			    "parent_item_id"));
			d->line[d->lines++] = (struct line){.item = one,
			    .parent = parent > 0 ? change_find(items, "item_id",
			    parent) : NULL};
		}
	for (int k = 0; k < d->lines; k++) {
		struct line *l = &d->line[k];

		l->dummy = l->parent ? !children_priced(d, l->parent) :
		    has_children(d, l->item) && children_priced(d, l->item);
		choose(d, l);
	}
	return 0;
}

static int
check_types(struct draft *d)
{
	yyjson_val *one, *v, *list = yyjson_obj_get(d->sent, "items");
	static const char *const name[] = {"order_item_id", "qty"};
	size_t i, max;
	char *end;

	if (list && !yyjson_is_arr(list) && !yyjson_is_null(list))
		return refuse_type(&d->ch.c->no, "items", input_text(list),
		    "array");
	yyjson_arr_foreach(list, i, max, one)
		for (int k = 0; k < 2; k++) {
			v = yyjson_obj_get(one, name[k]);
			(void)strtod(input_text(v), &end);
			if (end == input_text(v) || *end)
				return refuse_type(&d->ch.c->no, name[k],
				    input_text(v), k ? "float" : "int");
		}
	return 0;
}

static int
check_counts(struct draft *d)
{
	char name[100];

	snprintf(name, sizeof name, "\\\\Magento\\\\Sales\\\\Api\\\\Data\\\\"
	    "%sItemCreationInterface", kinds[d->what].title);
	if (input_items(d->ch.c, name, yyjson_obj_get(d->sent, "items")) == -1)
		return -1;
	return input_items(d->ch.c, "\\\\Magento\\\\Sales\\\\Api\\\\Data\\\\"
	    "ShipmentTrackCreationInterface", yyjson_obj_get(d->sent,
	    "tracks"));
}

static int
begin(struct draft *d, int64_t order)
{
	if (check_types(d) == -1 || check_counts(d) == -1)
		return -1;
	if (change_open(&d->ch, d->ch.c, order) == -1)
		return rest_missing(d->ch.c, NULL, NULL);
	return choose_lines(d);
}

struct draft *
draft_open(struct call *c, enum document what, int64_t order)
{
	struct draft *d = calloc(1, sizeof *d);

	if (d == NULL)
		err(3, "cannot allocate memory");
	d->what = what;
	d->sent = yyjson_doc_get_root(c->body);
	d->ch.c = c;
	if (begin(d, order) == 0)
		return d;
	draft_close(d);
	return NULL;
}

void
draft_close(struct draft *d)
{
	if (d == NULL)
		return;
	buf_free(&d->wrong);
	change_close(&d->ch);
	free(d);
}

void
draft_wrong(struct draft *d, const char *message, const char *sku)
{
	const char *at = strstr(message, "%1");

	if (d->wrong.n)
		buf_byte(&d->wrong, '\n');
	if (at && sku)
		buf_fmt(&d->wrong, "%.*s%s%s", (int)(at - message), message,
		    sku, at + 2);
	else
		buf_str(&d->wrong, message);
}

void
draft_check_lines(struct draft *d)
{
	yyjson_val *one;
	size_t i, max;
	struct line *l;

	yyjson_arr_foreach(yyjson_obj_get(d->sent, "items"), i, max, one)
		if (!change_find(yyjson_mut_obj_get(d->ch.order, "items"),
		    "item_id", input_id(yyjson_obj_get(one, "order_item_id"))))
			draft_wrong(d, kinds[d->what].foreign, "");
	for (int k = 0; k < d->lines; k++) {
		l = &d->line[k];
		if (l->qty > left_of(d->what, l->item) && !l->dummy)
			draft_wrong(d, kinds[d->what].too_much, record_text(
			    yyjson_mut_obj_get(l->item, "sku")));
		else
			d->total_qty += l->qty;
	}
}

int
draft_refuse(struct draft *d)
{
	struct buf b = {0};

	if (d->wrong.n == 0)
		return 0;
	buf_fmt(&b, "%s Document Validation Error(s):\n%s",
	    kinds[d->what].title, d->wrong.p);
	refuse(&d->ch.c->no, 400, b.p, NULL);
	buf_free(&b);
	return -1;
}

/* --- the document --- */

/* The next number of this store: 000000007, of store 2 2000000007. */
static void
next_number(struct draft *d, int64_t store, char text[40])
{
	struct store *s = d->ch.c->shop->store;
	enum kind k = kinds[d->what].kind;
	struct column number = entity_column(k, "increment_id");
	int64_t top = 0, least = store > 1 ? store * 1000000000 : 0, n;
	struct piece v;

	for (size_t i = 0; i < store_count(s, k); i++) {
		v = store_value(s, k, &number, i);
		n = v.p ? atoll(v.p + 1) : 0;
		if (n > top && n > least && n < least + 1000000000)
			top = n;
	}
	snprintf(text, 40, "%09lld", (long long)(top ? top + 1 : least + 1));
}

/* Members that a document has of its order. */
static void
inherit(struct draft *d)
{
	static const char *const money[] = {"base_currency_code",
	    "base_to_global_rate", "base_to_order_rate", "global_currency_code",
	    "order_currency_code", "store_currency_code", "store_to_base_rate",
	    "store_to_order_rate", NULL};
	static const char *const all[] = {"billing_address_id", "store_id",
	    NULL};
	yyjson_mut_doc *doc = d->ch.doc;
	yyjson_mut_val *v = yyjson_mut_doc_ptr_get(doc, "/extension_attributes"
	    "/shipping_assignments/0/shipping/address/entity_id");

	for (int i = 0; d->what != SHIPMENT && money[i]; i++)
		record_set(doc, d->document, money[i], yyjson_mut_val_mut_copy(
		    doc, yyjson_mut_obj_get(d->ch.order, money[i])));
	for (int i = 0; all[i]; i++)
		record_set(doc, d->document, all[i], yyjson_mut_val_mut_copy(
		    doc, yyjson_mut_obj_get(d->ch.order, all[i])));
	if (v)
		record_set(doc, d->document, "shipping_address_id",
		    yyjson_mut_val_mut_copy(doc, v));
}

void
draft_begin(struct draft *d)
{
	yyjson_mut_doc *doc = d->ch.doc;
	char number[40];

	d->document = yyjson_mut_obj(doc);
	d->id = store_next(d->ch.c->shop->store, kinds[d->what].name,
	    kinds[d->what].kind);
	next_number(d, record_id(yyjson_mut_obj_get(d->ch.order, "store_id")),
	    number);
	inherit(d);
	record_set_text(doc, d->document, "created_at", d->ch.now);
	record_set_id(doc, d->document, "entity_id", d->id);
	record_set_text(doc, d->document, "increment_id", number);
	record_set_id(doc, d->document, "order_id", d->ch.id);
	record_set_text(doc, d->document, "updated_at", d->ch.now);
	d->items = yyjson_mut_obj_add_arr(doc, d->document, "items");
	yyjson_mut_obj_add_arr(doc, d->document, "comments");
}

yyjson_mut_val *
draft_item(struct draft *d, const struct line *l)
{
	static const char *const same[] = {"name", "price", "product_id", "sku",
	    NULL};
	yyjson_mut_doc *doc = d->ch.doc;
	yyjson_mut_val *item = yyjson_mut_obj(doc);

	for (int i = 0; same[i]; i++)
		record_set(doc, item, same[i], yyjson_mut_val_mut_copy(doc,
		    yyjson_mut_obj_get(l->item, same[i])));
	record_set_id(doc, item, "entity_id", store_next(
	    d->ch.c->shop->store, kinds[d->what].sequence, KINDS));
	record_set_id(doc, item, "parent_id", d->id);
	record_set(doc, item, "order_item_id", yyjson_mut_val_mut_copy(doc,
	    yyjson_mut_obj_get(l->item, "item_id")));
	money_set(doc, item, "qty", l->qty);
	yyjson_mut_arr_append(d->items, item);
	record_set_text(doc, l->item, "updated_at", d->ch.now);
	return item;
}

/* The comment that came with it. */
static void
add_comment(struct draft *d)
{
	yyjson_val *sent = yyjson_obj_get(d->sent, "comment");
	const char *text = input_text(yyjson_obj_get(sent, "comment"));
	yyjson_mut_doc *doc = d->ch.doc;
	yyjson_mut_val *one;

	if (!yyjson_is_obj(sent))
		return;
	one = yyjson_mut_obj(doc);
	record_set_id(doc, one, "is_customer_notified", 0);
	record_set_id(doc, one, "parent_id", d->id);
	record_set(doc, one, "comment", input_stored(doc, text, strlen(text)));
	record_set_id(doc, one, "is_visible_on_front", input_id(yyjson_obj_get(
	    sent, "is_visible_on_front")) == 1);
	record_set_text(doc, one, "created_at", d->ch.now);
	record_set_id(doc, one, "entity_id", store_next(
	    d->ch.c->shop->store, "comments", KINDS));
	yyjson_mut_arr_append(yyjson_mut_obj_get(d->document, "comments"), one);
}

int
draft_keep(struct draft *d)
{
	struct buf b = {0};

	add_comment(d);
	php_write_val(d->document, &b);
	store_put(d->ch.c->shop->store, kinds[d->what].kind, d->id, b.p, b.n);
	order_touch(&d->ch);
	change_keep(&d->ch);
	buf_fmt(&d->ch.c->out, "\"%lld\"", (long long)d->id);
	buf_free(&b);
	return 0;
}
