/* The items of an order, and its payment, as a save leaves them. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-change.h"

yyjson_mut_val *
change_find(yyjson_mut_val *list, const char *field, int64_t id)
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

/* Without their extension attributes, their own and their parents'. */
static void
strip_items(yyjson_mut_val *items)
{
	yyjson_mut_val *one, *parent;
	size_t i, max;

	yyjson_mut_arr_foreach(items, i, max, one) {
		yyjson_mut_obj_remove_key(one, "extension_attributes");
		parent = yyjson_mut_obj_get(one, "parent_item");
		if (parent)
			yyjson_mut_obj_remove_key(parent,
			    "extension_attributes");
	}
}

void
items_keep(struct store *store, yyjson_mut_doc *doc, yyjson_mut_val *order)
{
	yyjson_mut_val *items = yyjson_mut_val_mut_copy(doc,
	    yyjson_mut_obj_get(order, "items")), *one;
	struct buf b = {0};
	size_t i, max;
	int64_t id;

	if (store_count(store, ORDER_ITEMS) == 0 || !yyjson_mut_is_arr(items))
		return;
	strip_items(items);
	yyjson_mut_arr_foreach(items, i, max, one) {
		id = record_id(yyjson_mut_obj_get(one, "item_id"));
		if (id < 0)
			continue;
		b.n = 0;
		php_write_val(one, &b);
		store_put(store, ORDER_ITEMS, id, b.p, b.n);
	}
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
	yyjson_mut_val *item = change_find(list, "item_id", id), *option;

	if (item == NULL)
		item = add_item(ch);
	change_scalars(ch, "order-item", item, sent);
	record_set_text(ch->doc, item, "updated_at", ch->now);
	/* product_options is rebuilt from what was sent: nothing, mostly */
	option = yyjson_val_mut_copy(ch->doc,
	    yyjson_obj_get(sent, "product_option"));
	record_set(ch->doc, item, "product_option", option);
	yyjson_mut_arr_append(answer, echo_item(ch, sent, item));
}

void
change_repeat(struct change *ch)
{
	yyjson_mut_val *list = assigned(ch), *one, *item, *fresh;
	yyjson_mut_val *items = yyjson_mut_obj_get(ch->order, "items");
	size_t i, max;

	if (list == NULL)
		return;
	fresh = yyjson_mut_arr(ch->doc);
	yyjson_mut_arr_foreach(list, i, max, one) {
		item = change_find(items, "item_id",
		    record_id(yyjson_mut_obj_get(one, "item_id")));
		yyjson_mut_arr_append(fresh, yyjson_mut_val_mut_copy(ch->doc,
		    item ? item : one));
	}
	yyjson_mut_arr_foreach(items, i, max, one)
		if (!change_find(fresh, "item_id",
		    record_id(yyjson_mut_obj_get(one, "item_id"))))
			yyjson_mut_arr_append(fresh,
			    yyjson_mut_val_mut_copy(ch->doc, one));
	record_set(ch->doc, yyjson_mut_doc_ptr_get(ch->doc,
	    "/extension_attributes/shipping_assignments/0"), "items", fresh);
}

/* The zeros that only the REST area puts where a child's row has nothing: the
 * consumer's results lack them. */
static void
strip_zeros(yyjson_mut_val *items)
{
	static const char *const name[] = {"row_total_incl_tax",
	    "base_row_total_incl_tax"};
	yyjson_mut_val *one;
	size_t i, max;

	yyjson_mut_arr_foreach(items, i, max, one)
		for (int k = 0; k < 2; k++)
			if (yyjson_mut_obj_get(one, "parent_item_id") &&
			    strcmp(record_text(yyjson_mut_obj_get(one,
			    name[k])), "0") == 0)
				yyjson_mut_obj_remove_key(one, name[k]);
}

/* Items as the answer has them. */
static yyjson_mut_val *
bare_items(struct change *ch)
{
	yyjson_mut_val *items = yyjson_mut_val_mut_copy(ch->doc,
	    yyjson_mut_obj_get(ch->order, "items"));

	if (items == NULL)
		return yyjson_mut_arr(ch->doc);
	strip_items(items);
	if (ch->c->way != AT_ONCE)
		strip_zeros(items);
	return items;
}

yyjson_mut_val *
change_items(struct change *ch)
{
	yyjson_val *list = yyjson_obj_get(ch->sent, "items"), *one;
	yyjson_mut_val *answer;
	size_t i, max;

	if (!yyjson_is_arr(list) || yyjson_arr_size(list) == 0)
		return bare_items(ch);
	answer = yyjson_mut_arr(ch->doc);
	yyjson_arr_foreach(list, i, max, one)
		save_item(ch, one, answer);
	change_repeat(ch);
	items_keep(ch->c->shop->store, ch->doc, ch->order);
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

yyjson_mut_val *
change_payment(struct change *ch)
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
		change_scalars(ch, "order-payment", stored, sent);
		lose_names(ch);
	} else
		/* a second payment; reading goes on to show the first */
		record_set_id(ch->doc, out, "entity_id",
		    store_next(ch->c->shop->store, "payments", KINDS));
	return out;
}
