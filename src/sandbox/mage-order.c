/* Writing orders: the sparse save, addresses, comments. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-input.h"
#include "mage-rest.h"

/* An order while it is being changed. */
struct change {
	struct call *c;
	int64_t id;
	yyjson_doc *was;
	yyjson_mut_doc *doc;
	yyjson_mut_val *order;
	yyjson_val *sent;
	char now[20];
	int columns;		/* a column of the order itself changed */
};

static int
change_open(struct change *ch, struct call *c, int64_t id)
{
	ssize_t place = store_find(c->shop->store, ORDERS, id);
	struct piece r;

	memset(ch, 0, sizeof *ch);
	ch->c = c;
	ch->id = id;
	shop_now(c->shop, ch->now);
	if (place == -1)
		return -1;
	r = store_at(c->shop->store, ORDERS, (size_t)place);
	ch->was = php_read(r.p, r.n);
	ch->doc = ch->was ? yyjson_doc_mut_copy(ch->was, NULL) : NULL;
	if (ch->doc == NULL)
		errx(3, "order %lld is not JSON", (long long)id);
	ch->order = yyjson_mut_doc_get_root(ch->doc);
	return 0;
}

static void
change_keep(struct change *ch)
{
	struct buf b = {0};

	php_write(ch->doc, &b);
	store_put(ch->c->shop->store, ORDERS, ch->id, b.p, b.n);
	buf_free(&b);
}

static void
change_close(struct change *ch)
{
	yyjson_mut_doc_free(ch->doc);
	yyjson_doc_free(ch->was);
}

/* varchar(32) columns cut silently what is longer. */
static size_t
width(const char *field)
{
	static const char *const narrow[] = {"ext_order_id", "ext_customer_id",
	    "state", "status", "hold_before_state", "hold_before_status"};

	for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
		if (strcmp(field, narrow[i]) == 0)
			return 32;
	return strcmp(field, "increment_id") == 0 ? 50 : 0;
}

static int
same(yyjson_mut_val *a, yyjson_mut_val *b)
{
	const char *x = record_text(a), *y = record_text(b);

	if (strcmp(x, y) == 0)
		return 1;
	return yyjson_mut_is_raw(a) && yyjson_mut_is_raw(b) &&
	    strtod(x, NULL) == strtod(y, NULL);
}

/* Take over the scalars that were sent; true when one of them differs. */
static int
set_scalars(struct change *ch, const char *schema, yyjson_mut_val *to,
    yyjson_val *from)
{
	yyjson_mut_val *v, *old;
	yyjson_val *k, *one;
	const char *name;
	size_t i, max;
	int changed = 0;

	yyjson_obj_foreach(from, i, max, k, one) {
		name = yyjson_get_str(k);
		if (yyjson_is_ctn(one) || strcmp(name, "updated_at") == 0)
			continue;
		v = input_scalar(ch->doc, schema, name, one, width(name));
		old = yyjson_mut_obj_get(to, name);
		if (same(v, old))
			continue;
		record_set(ch->doc, to, name, v);
		changed = 1;
	}
	return changed;
}

static yyjson_mut_val *
with_id(yyjson_mut_val *list, const char *field, int64_t id)
{
	yyjson_mut_val *one;
	size_t i, max;

	if (yyjson_mut_is_arr(list))
		yyjson_mut_arr_foreach(list, i, max, one)
			if (record_id(yyjson_mut_obj_get(one, field)) == id)
				return one;
	return NULL;
}

/* The list of items that the shipping assignment repeats, or NULL. */
static yyjson_mut_val *
assigned(struct change *ch)
{
	return yyjson_mut_doc_ptr_get(ch->doc,
	    "/extension_attributes/shipping_assignments/0/items");
}

static void
keep_item(struct change *ch, yyjson_mut_val *item)
{
	struct buf b = {0};

	if (store_count(ch->c->shop->store, ORDER_ITEMS) == 0)
		return;
	php_write_val(item, &b);
	store_put(ch->c->shop->store, ORDER_ITEMS,
	    record_id(yyjson_mut_obj_get(item, "item_id")), b.p, b.n);
	buf_free(&b);
}

/* What a new row of sales_order_item has by default. */
static const char new_item[] = "{\"amount_refunded\":0,"
    "\"base_amount_refunded\":0,\"base_cost\":0,\"base_discount_amount\":0,"
    "\"base_discount_invoiced\":0,\"base_price\":0,\"base_row_invoiced\":0,"
    "\"base_row_total\":0,\"base_tax_amount\":0,\"base_tax_invoiced\":0,"
    "\"discount_amount\":0,\"discount_invoiced\":0,\"discount_percent\":0,"
    "\"free_shipping\":0,\"no_discount\":0,\"original_price\":0,\"price\":0,"
    "\"qty_backordered\":0,\"qty_canceled\":0,\"qty_invoiced\":0,"
    "\"qty_ordered\":0,\"qty_refunded\":0,\"qty_shipped\":0,"
    "\"row_invoiced\":0,\"row_total\":0,\"row_weight\":0,\"tax_amount\":0,"
    "\"tax_invoiced\":0,\"tax_percent\":0,\"weight\":0,"
    "\"extension_attributes\":{\"itemized_taxes\":[]},"
    "\"row_total_incl_tax\":0,\"base_row_total_incl_tax\":0}";

static yyjson_mut_val *
add_item(struct change *ch)
{
	yyjson_doc *d = php_read(new_item, sizeof new_item - 1);
	yyjson_mut_val *item = yyjson_val_mut_copy(ch->doc,
	    yyjson_doc_get_root(d)), *list;

	yyjson_doc_free(d);
	list = yyjson_mut_obj_get(ch->order, "items");
	if (list == NULL)
		list = yyjson_mut_obj_add_arr(ch->doc, ch->order, "items");
	record_set_text(ch->doc, item, "created_at", ch->now);
	record_set_id(ch->doc, item, "item_id",
	    store_next(ch->c->shop->store, "items", ORDER_ITEMS));
	record_set_id(ch->doc, item, "order_id", ch->id);
	yyjson_mut_arr_append(list, item);
	return item;
}

/* The answer to a saved item shows what was sent, and little else. */
static yyjson_mut_val *
echo_item(struct change *ch, yyjson_val *sent, yyjson_mut_val *item)
{
	static const char *const kept[] = {"created_at", "item_id", "order_id",
	    "updated_at"};
	static const char *const zero[] = {"row_total", "base_row_total",
	    "row_total_incl_tax", "base_row_total_incl_tax"};
	yyjson_mut_val *out = yyjson_val_mut_copy(ch->doc, sent);

	for (int i = 0; i < 4; i++) {
		record_set(ch->doc, out, kept[i], yyjson_mut_val_mut_copy(
		    ch->doc, yyjson_mut_obj_get(item, kept[i])));
		if (!yyjson_mut_obj_get(out, zero[i]))
			record_set_id(ch->doc, out, zero[i], 0);
	}
	if (!yyjson_mut_obj_get(out, "sku"))
		record_set(ch->doc, out, "sku", yyjson_mut_null(ch->doc));
	return out;
}

static void
save_item(struct change *ch, yyjson_val *sent, yyjson_mut_val *answer)
{
	int64_t id = input_id(yyjson_obj_get(sent, "item_id"));
	yyjson_mut_val *list = yyjson_mut_obj_get(ch->order, "items");
	yyjson_mut_val *item = with_id(list, "item_id", id), *option;

	if (item == NULL)
		item = add_item(ch);
	set_scalars(ch, "order-item", item, sent);
	record_set_text(ch->doc, item, "updated_at", ch->now);
	/* product_options is rebuilt from what was sent: nothing, mostly */
	option = yyjson_val_mut_copy(ch->doc,
	    yyjson_obj_get(sent, "product_option"));
	record_set(ch->doc, item, "product_option", option);
	yyjson_mut_arr_append(answer, echo_item(ch, sent, item));
	keep_item(ch, item);
}

/* Repeat the items in the shipping assignment. */
static void
repeat_items(struct change *ch)
{
	yyjson_mut_val *list = assigned(ch), *one, *item, *fresh;
	yyjson_mut_val *items = yyjson_mut_obj_get(ch->order, "items");
	size_t i, max;

	if (list == NULL)
		return;
	fresh = yyjson_mut_arr(ch->doc);
	yyjson_mut_arr_foreach(list, i, max, one) {
		item = with_id(items, "item_id",
		    record_id(yyjson_mut_obj_get(one, "item_id")));
		yyjson_mut_arr_append(fresh, yyjson_mut_val_mut_copy(ch->doc,
		    item ? item : one));
	}
	yyjson_mut_arr_foreach(items, i, max, one)
		if (!with_id(fresh, "item_id",
		    record_id(yyjson_mut_obj_get(one, "item_id"))))
			yyjson_mut_arr_append(fresh,
			    yyjson_mut_val_mut_copy(ch->doc, one));
	record_set(ch->doc, yyjson_mut_doc_ptr_get(ch->doc,
	    "/extension_attributes/shipping_assignments/0"), "items", fresh);
}

/* Items as the answer has them: without their extension attributes. */
static yyjson_mut_val *
bare_items(struct change *ch)
{
	yyjson_mut_val *items = yyjson_mut_val_mut_copy(ch->doc,
	    yyjson_mut_obj_get(ch->order, "items")), *one, *parent;
	size_t i, max;

	if (items == NULL)
		return yyjson_mut_arr(ch->doc);
	yyjson_mut_arr_foreach(items, i, max, one) {
		yyjson_mut_obj_remove_key(one, "extension_attributes");
		parent = yyjson_mut_obj_get(one, "parent_item");
		if (parent)
			yyjson_mut_obj_remove_key(parent,
			    "extension_attributes");
	}
	return items;
}

static yyjson_mut_val *
save_items(struct change *ch)
{
	yyjson_val *list = yyjson_obj_get(ch->sent, "items"), *one;
	yyjson_mut_val *answer;
	size_t i, max;

	if (!yyjson_is_arr(list) || yyjson_arr_size(list) == 0)
		return bare_items(ch);
	answer = yyjson_mut_arr(ch->doc);
	yyjson_arr_foreach(list, i, max, one)
		save_item(ch, one, answer);
	repeat_items(ch);
	return answer;
}

/* --- the payment --- */

/* additional_information is saved as a list: its names become numbers. */
static void
lose_names(struct change *ch)
{
	yyjson_mut_val *list = yyjson_mut_doc_ptr_get(ch->doc,
	    "/extension_attributes/payment_additional_info"), *one;
	char number[24];
	size_t i, max;

	if (list)
		yyjson_mut_arr_foreach(list, i, max, one) {
			snprintf(number, sizeof number, "%zu", i);
			record_set_text(ch->doc, one, "key", number);
		}
}

static yyjson_mut_val *
save_payment(struct change *ch)
{
	yyjson_val *sent = yyjson_obj_get(ch->sent, "payment");
	yyjson_mut_val *stored = yyjson_mut_obj_get(ch->order, "payment"), *out;

	if (!yyjson_is_obj(sent))
		return yyjson_mut_val_mut_copy(ch->doc, stored);
	out = yyjson_val_mut_copy(ch->doc, sent);
	if (!yyjson_mut_obj_get(out, "account_status"))
		record_set(ch->doc, out, "account_status",
		    yyjson_mut_null(ch->doc));
	if (!yyjson_mut_obj_get(out, "cc_last4"))
		record_set(ch->doc, out, "cc_last4", yyjson_mut_null(ch->doc));
	if (!yyjson_mut_obj_get(out, "additional_information"))
		record_set(ch->doc, out, "additional_information",
		    yyjson_mut_arr(ch->doc));
	record_set_id(ch->doc, out, "parent_id", ch->id);
	if (stored && input_id(yyjson_obj_get(sent, "entity_id")) ==
	    record_id(yyjson_mut_obj_get(stored, "entity_id"))) {
		set_scalars(ch, "order-payment", stored, sent);
		lose_names(ch);
	} else
		/* a second payment; reading goes on to show the first */
		record_set_id(ch->doc, out, "entity_id",
		    store_next(ch->c->shop->store, "payments", KINDS));
	return out;
}

/* --- comments --- */

/* A status history row of what was sent; newest first in the order. */
static yyjson_mut_val *
add_history(struct change *ch, yyjson_val *sent)
{
	yyjson_mut_val *list = yyjson_mut_obj_get(ch->order,
	    "status_histories"), *h = yyjson_mut_obj(ch->doc), *v;
	yyjson_val *k, *one;
	size_t i, max;

	if (list == NULL)
		list = yyjson_mut_obj_add_arr(ch->doc, ch->order,
		    "status_histories");
	record_set(ch->doc, h, "comment", yyjson_mut_null(ch->doc));
	record_set_text(ch->doc, h, "created_at", ch->now);
	record_set_id(ch->doc, h, "entity_id",
	    store_next(ch->c->shop->store, "comments", KINDS));
	record_set(ch->doc, h, "is_customer_notified",
	    yyjson_mut_null(ch->doc));
	record_set_id(ch->doc, h, "is_visible_on_front", 0);
	yyjson_obj_foreach(sent, i, max, k, one)
		if ((v = input_scalar(ch->doc, "order-status-history",
		    yyjson_get_str(k), one, 0)) &&
		    !yyjson_equals_str(k, "created_at") &&
		    !yyjson_equals_str(k, "entity_id"))
			record_set(ch->doc, h, yyjson_get_str(k), v);
	record_set_id(ch->doc, h, "parent_id", ch->id);
	if (!yyjson_mut_obj_get(h, "status"))
		record_set(ch->doc, h, "status", yyjson_mut_val_mut_copy(
		    ch->doc, yyjson_mut_obj_get(ch->order, "status")));
	yyjson_mut_arr_prepend(list, h);
	return h;
}

static yyjson_mut_val *
save_histories(struct change *ch)
{
	yyjson_val *list = yyjson_obj_get(ch->sent, "status_histories"), *one;
	yyjson_mut_val *answer = yyjson_mut_arr(ch->doc), *h;
	size_t i, max;

	if (!yyjson_is_arr(list))
		return yyjson_mut_val_mut_copy(ch->doc,
		    yyjson_mut_obj_get(ch->order, "status_histories"));
	yyjson_arr_foreach(list, i, max, one) {
		if (input_id(yyjson_obj_get(one, "entity_id")) > 0) {
			yyjson_mut_arr_append(answer,
			    yyjson_val_mut_copy(ch->doc, one));
			continue;
		}
		h = yyjson_mut_val_mut_copy(ch->doc, add_history(ch, one));
		yyjson_mut_obj_remove_key(h, "created_at");
		yyjson_mut_arr_append(answer, h);
	}
	return answer;
}

/* --- the order --- */

static int
increment_taken(struct change *ch)
{
	const char *want = input_text(yyjson_obj_get(ch->sent, "increment_id"));
	ssize_t i;

	if (*want == '\0')
		return 0;
	if (strcmp(want, record_text(yyjson_mut_obj_get(ch->order,
	    "increment_id"))) == 0)
		return 0;
	i = shop_find(ch->c->shop, ORDERS, "increment_id", want);
	if (i == -1 || store_id(ch->c->shop->store, ORDERS, (size_t)i) == ch->id)
		return 0;
	refuse(&ch->c->no, 400, "Unique constraint violation found", NULL);
	return 1;
}

static void
new_increment(struct change *ch)
{
	char text[40];

	snprintf(text, sizeof text, "%09lld", (long long)store_next(
	    ch->c->shop->store, "increments", KINDS));
	record_set_text(ch->doc, ch->order, "increment_id", text);
	ch->columns = 1;
}

/*
 * The answer to a save: what was sent, a few columns of the order, nulls for
 * the rest.  Never the order.
 */
static void
answer(struct change *ch, yyjson_mut_val *items, yyjson_mut_val *payment,
    yyjson_mut_val *histories)
{
	static const char *const empty[] = {"base_grand_total",
	    "customer_email", "grand_total"};
	static const char *const kept[] = {"billing_address_id", "created_at",
	    "entity_id", "updated_at"};
	static const char *const due[] = {"base_total_due", "total_due"};
	yyjson_mut_val *out = yyjson_mut_obj(ch->doc);
	yyjson_val *k, *v;
	size_t i, max;

	for (i = 0; i < 3; i++)
		record_set(ch->doc, out, empty[i], yyjson_mut_null(ch->doc));
	for (i = 0; i < 2; i++)
		record_set_id(ch->doc, out, due[i], 0);
	yyjson_obj_foreach(ch->sent, i, max, k, v)
		if (!yyjson_is_ctn(v) && !yyjson_is_null(v))
			record_set(ch->doc, out, yyjson_get_str(k),
			    yyjson_val_mut_copy(ch->doc, v));
	for (i = 0; i < 4; i++)
		record_set(ch->doc, out, kept[i], yyjson_mut_val_mut_copy(
		    ch->doc, yyjson_mut_obj_get(ch->order, kept[i])));
	record_set(ch->doc, out, "items", items);
	record_set(ch->doc, out, "billing_address", yyjson_mut_val_mut_copy(
	    ch->doc, yyjson_mut_obj_get(ch->order, "billing_address")));
	record_set(ch->doc, out, "payment", payment);
	record_set(ch->doc, out, "status_histories", histories);
	v = yyjson_obj_get(ch->sent, "extension_attributes");
	if (yyjson_obj_size(v))
		record_set(ch->doc, out, "extension_attributes",
		    yyjson_val_mut_copy(ch->doc, v));
	php_write_val(out, &ch->c->out);
}

static int
save(struct change *ch)
{
	yyjson_mut_val *items, *payment, *histories;

	if (increment_taken(ch))
		return -1;
	ch->columns = set_scalars(ch, "order", ch->order, ch->sent);
	if (ch->c->shop->set.release < 20304 &&
	    !yyjson_obj_get(ch->sent, "increment_id"))
		new_increment(ch);
	items = save_items(ch);
	payment = save_payment(ch);
	histories = save_histories(ch);
	if (ch->columns)
		record_set_text(ch->doc, ch->order, "updated_at", ch->now);
	answer(ch, items, payment, histories);
	change_keep(ch);
	return 0;
}

/* An order that is not there is made, if it comes with a payment. */
static int
create(struct change *ch)
{
	yyjson_doc *none;
	int rc;

	if (!yyjson_is_obj(yyjson_obj_get(ch->sent, "payment")))
		return refuse(&ch->c->no, 400,
		    "Please provide payment for the order.", NULL);
	none = php_read("{\"items\":[],\"status_histories\":[]}", 34);
	ch->id = store_next(ch->c->shop->store, "orders", ORDERS);
	ch->doc = yyjson_doc_mut_copy(none, NULL);
	yyjson_doc_free(none);
	ch->order = yyjson_mut_doc_get_root(ch->doc);
	record_set(ch->doc, ch->order, "payment", yyjson_val_mut_copy(ch->doc,
	    yyjson_obj_get(ch->sent, "payment")));
	record_set(ch->doc, ch->order, "billing_address", yyjson_val_mut_copy(
	    ch->doc, yyjson_obj_get(ch->sent, "billing_address")));
	record_set(ch->doc, ch->order, "extension_attributes",
	    yyjson_val_mut_copy(ch->doc, yyjson_obj_get(ch->sent,
	    "extension_attributes")));
	record_set_text(ch->doc, ch->order, "created_at", ch->now);
	record_set_text(ch->doc, ch->order, "updated_at", ch->now);
	if (!yyjson_obj_get(ch->sent, "increment_id"))
		new_increment(ch);
	rc = save(ch);
	if (rc == 0) {
		record_set_id(ch->doc, ch->order, "entity_id", ch->id);
		change_keep(ch);
	}
	return rc;
}

int
order_save(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body), "entity");
	struct change ch;
	int rc;

	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "entity");
	if (input_check(c->shop, "order", sent, &c->no) == -1)
		return -1;
	rc = change_open(&ch, c, input_id(yyjson_obj_get(sent, "entity_id")));
	ch.sent = sent;
	rc = rc == 0 ? save(&ch) : create(&ch);
	change_close(&ch);
	return rc;
}

/* --- addresses --- */

static yyjson_mut_val *
address_of(struct change *ch, int64_t id)
{
	yyjson_mut_val *a = yyjson_mut_obj_get(ch->order, "billing_address");

	if (a && record_id(yyjson_mut_obj_get(a, "entity_id")) == id)
		return a;
	a = yyjson_mut_doc_ptr_get(ch->doc,
	    "/extension_attributes/shipping_assignments/0/shipping/address");
	return a && record_id(yyjson_mut_obj_get(a, "entity_id")) == id ? a :
	    NULL;
}

int
order_address(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body), "entity");
	yyjson_val *street = yyjson_obj_get(sent, "street");
	yyjson_mut_val *a, *out;
	struct change ch;
	int64_t id;
	int rc = -1;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "entity");
	if (input_check(c->shop, "order-address", sent, &c->no) == -1)
		return -1;
	if (change_open(&ch, c, id) == -1 || (a = address_of(&ch,
	    input_id(yyjson_obj_get(sent, "entity_id")))) == NULL) {
		rest_missing(c, NULL, NULL);
		goto out;
	}
	set_scalars(&ch, "order-address", a, sent);
	if (yyjson_is_arr(street))
		record_set(ch.doc, a, "street", yyjson_val_mut_copy(ch.doc,
		    street));
	out = yyjson_val_mut_copy(ch.doc, sent);
	record_set_id(ch.doc, out, "parent_id", id);
	php_write_val(out, &c->out);
	change_keep(&ch);	/* the order's updated_at stays */
	rc = 0;
out:
	change_close(&ch);
	return rc;
}

/* --- comments on their own --- */

/* Which statuses a shop as installed has for a state. */
static int
status_fits(const char *state, const char *status)
{
	static const char *const pair[][2] = {
		{"new", " pending "}, {"processing", " processing fraud "},
		{"complete", " complete "}, {"closed", " closed "},
		{"canceled", " canceled "}, {"holded", " holded "},
		{"payment_review", " payment_review fraud "},
		{"pending_payment", " pending_payment "},
	};
	char name[100];

	snprintf(name, sizeof name, " %.90s ", status);
	for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
		if (strcmp(pair[i][0], state) == 0)
			return strstr(pair[i][1], name) != NULL;
	return 1;
}

static int
bad_status(struct call *c, const char *status)
{
	struct buf b = {0};

	buf_byte(&b, '[');
	php_string(&b, status, strlen(status));
	buf_byte(&b, ']');
	refuse(&c->no, 400, "Unable to add comment: The status \"%1\" is not part"
	    " of the order\n                 status history.", b.p);
	buf_free(&b);
	return -1;
}

static int
comment(struct change *ch, yyjson_val *sent)
{
	const char *status = input_text(yyjson_obj_get(sent, "status"));
	const char *state = record_text(yyjson_mut_obj_get(ch->order, "state"));

	if (*status && !status_fits(state, status))
		return bad_status(ch->c, status);
	add_history(ch, sent);
	if (*status && strcmp(status, record_text(yyjson_mut_obj_get(ch->order,
	    "status"))) != 0) {
		record_set_text(ch->doc, ch->order, "status", status);
		record_set_text(ch->doc, ch->order, "updated_at", ch->now);
	}
	change_keep(ch);
	buf_str(&ch->c->out, "true");
	return 0;
}

int
order_comment(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body),
	    "statusHistory");
	struct change ch;
	int64_t id;
	int rc;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "statusHistory");
	if (input_check(c->shop, "order-status-history", sent, &c->no) == -1)
		return -1;
	if (change_open(&ch, c, id) == -1)
		rc = rest_missing(c, NULL, NULL);
	else
		rc = comment(&ch, sent);
	change_close(&ch);
	return rc;
}

int
order_comments(struct call *c)
{
	struct piece all = {NULL, 0}, one, list[1000];
	size_t at = 0, n = 0;
	ssize_t place;
	int64_t id;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if ((place = store_find(c->shop->store, ORDERS, id)) != -1)
		all = json_member(store_at(c->shop->store, ORDERS,
		    (size_t)place), "status_histories");
	while (n < 1000 && (one = json_item(all, &at)).p)
		list[n++] = one;
	buf_str(&c->out, "{\"items\":[");
	for (size_t i = n; i-- > 0;) {	/* oldest first here */
		buf_add(&c->out, list[i].p, list[i].n);
		if (i)
			buf_byte(&c->out, ',');
	}
	buf_fmt(&c->out, "],\"search_criteria\":{\"filter_groups\":[{\"filters\":"
	    "[{\"field\":\"parent_id\",\"value\":\"%lld\",\"condition_type\":"
	    "\"eq\"}]}]},\"total_count\":%zu}", (long long)id, n);
	return 0;
}

int
order_statuses(struct call *c)
{
	struct piece v;
	ssize_t place;
	int64_t id;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if ((place = store_find(c->shop->store, ORDERS, id)) == -1)
		return rest_missing(c, NULL, NULL);
	v = json_member(store_at(c->shop->store, ORDERS, (size_t)place),
	    "status");
	if (v.p)
		buf_add(&c->out, v.p, v.n);
	else
		buf_str(&c->out, "null");
	return 0;
}
