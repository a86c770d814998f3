/* POST orders/:id/cancel, hold, unhold; comments on documents. */
#include <stdlib.h>
#include <string.h>

#include "mage-document.h"
#include "mage-record.h"

/* --- cancel --- */

static int
can_cancel(struct change *ch)
{
	yyjson_mut_val *items = yyjson_mut_obj_get(ch->order, "items"), *one;
	size_t i, max;

	if (order_has_state(ch, " holded payment_review canceled complete"
	    " closed "))
		return 0;
	if (yyjson_mut_is_arr(items))
		yyjson_mut_arr_foreach(items, i, max, one)
			if (left_of(INVOICE, one) > 0)
				return 1;
	return 0;
}

/* What was neither invoiced nor shipped of an item is canceled. */
static void
cancel_item(struct change *ch, yyjson_mut_val *item)
{
	int64_t ordered = money_get(item, "qty_ordered"), qty, ship;

	qty = left_of(INVOICE, item);
	ship = left_of(SHIPMENT, item);
	if (ship < qty && record_id(yyjson_mut_obj_get(item, "is_virtual")) !=
	    1)
		qty = ship;
	money_add(ch->doc, item, "qty_canceled", qty);
	if (money_get(item, "tax_amount") || yyjson_mut_obj_get(item,
	    "discount_tax_compensation_amount")) {
		money_add(ch->doc, item, "tax_canceled", money_part(money_get(
		    item, "tax_amount"), qty, ordered));
		money_add(ch->doc, item, "discount_tax_compensation_canceled",
		    money_part(money_get(item,
		    "discount_tax_compensation_amount"), qty, ordered));
	}
	record_set_text(ch->doc, item, "updated_at", ch->now);
}

/* "base_subtotal_canceled" is what of base_subtotal was not invoiced. */
static void
cancel_amount(struct change *ch, yyjson_mut_val *to, const char *all,
    const char *invoiced, const char *canceled)
{
	int64_t a = money_get(ch->order, all);
	int64_t done = money_get(ch->order, invoiced);

	money_set(ch->doc, to, canceled, llabs(a) - llabs(done));
}

static void
cancel_amounts(struct change *ch)
{
	static const char *const names[][3] = {
		{"subtotal", "subtotal_invoiced", "subtotal_canceled"},
		{"tax_amount", "tax_invoiced", "tax_canceled"},
		{"shipping_amount", "shipping_invoiced", "shipping_canceled"},
		{"discount_amount", "discount_invoiced", "discount_canceled"},
		{"grand_total", "total_paid", "total_canceled"},
		{"base_subtotal", "base_subtotal_invoiced",
		    "base_subtotal_canceled"},
		{"base_tax_amount", "base_tax_invoiced", "base_tax_canceled"},
		{"base_shipping_amount", "base_shipping_invoiced",
		    "base_shipping_canceled"},
		{"base_discount_amount", "base_discount_invoiced",
		    "base_discount_canceled"},
		{"base_grand_total", "base_total_paid", "base_total_canceled"},
	};
	yyjson_mut_val *ship = order_shipping(ch);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		cancel_amount(ch, ch->order, names[i][0], names[i][1],
		    names[i][2]);
		if (ship && strstr(names[i][0], "shipping"))
			cancel_amount(ch, ship, names[i][0], names[i][1],
			    names[i][2]);
	}
}

/* Canceled, or what follows from the part that was invoiced before. */
static void
cancel_state(struct change *ch, int invoiced)
{
	if (!invoiced)
		order_set_state(ch, "canceled");
	else if (order_allows(ch, SHIPMENT))
		order_set_state(ch, "processing");
	else
		order_set_state(ch, "complete");
}

static void
cancel(struct change *ch)
{
	yyjson_mut_val *items = yyjson_mut_obj_get(ch->order, "items"), *one;
	size_t i, max;
	int invoiced = 0;

	yyjson_mut_arr_foreach(items, i, max, one) {
		cancel_item(ch, one);
		invoiced |= left_of(CREDITMEMO, one) > 0;
	}
	cancel_amounts(ch);
	cancel_state(ch, invoiced);
}

/* --- the actions on an order --- */

static int
act(struct call *c, int (*action)(struct change *ch))
{
	struct change ch;
	int64_t id;
	int rc = -1;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if (change_open(&ch, c, id) == -1)
		rest_missing(c, NULL, NULL);
	else
		rc = action(&ch);
	if (rc == 0) {
		order_touch(&ch);
		change_keep(&ch);
		buf_str(&c->out, "true");
	} else if (rc == 1) {
		buf_str(&c->out, "false");
		rc = 0;
	}
	change_close(&ch);
	return rc;
}

/* What cannot be canceled is no error: the answer is false. */
static int
try_cancel(struct change *ch)
{
	if (!can_cancel(ch))
		return 1;
	cancel(ch);
	return 0;
}

/* What a hold keeps, and where. */
static const char *const held[] = {"state", "status"};
static const char *const kept[] = {"hold_before_state", "hold_before_status"};

static int
hold(struct change *ch)
{
	if (order_has_state(ch, " holded payment_review canceled complete"
	    " closed "))
		return refuse(&ch->c->no, 400, "A hold action is not"
		    " available.", NULL);
	for (int i = 0; i < 2; i++)
		record_set(ch->doc, ch->order, kept[i], yyjson_mut_val_mut_copy(
		    ch->doc, yyjson_mut_obj_get(ch->order, held[i])));
	order_set_state(ch, "holded");
	return 0;
}

static int
unhold(struct change *ch)
{
	if (!order_has_state(ch, " holded "))
		return refuse(&ch->c->no, 400, "You cannot remove the hold.",
		    NULL);
	for (int i = 0; i < 2; i++) {
		record_set(ch->doc, ch->order, held[i], yyjson_mut_val_mut_copy(
		    ch->doc, yyjson_mut_obj_get(ch->order, kept[i])));
		record_set(ch->doc, ch->order, kept[i], NULL);
	}
	return 0;
}

int
order_cancel(struct call *c)
{
	return act(c, try_cancel);
}

int
order_hold(struct call *c)
{
	return act(c, hold);
}

int
order_unhold(struct call *c)
{
	return act(c, unhold);
}

/* --- comments on invoices, shipments, credit memos --- */

/* No updated_at moves, neither the document's nor its order's (measured). */
int
document_comment(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body),
	    "entity"), *k, *v;
	yyjson_mut_val *list, *one;
	struct record r;
	size_t i, max;
	char now[20];

	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "entity");
	if (input_check(c, "invoice-comment", sent) == -1)
		return -1;
	if (record_open(&r, c, c->kind, input_id(yyjson_obj_get(sent,
	    "parent_id"))) == -1)
		return rest_missing(c, NULL, NULL);
	shop_now(c->shop, now);
	one = yyjson_mut_obj(r.doc);
	record_set_id(r.doc, one, "is_customer_notified", 0);
	record_set_id(r.doc, one, "is_visible_on_front", 0);
	yyjson_obj_foreach(sent, i, max, k, v)
		if (!yyjson_is_ctn(v) && !yyjson_is_null(v))
			record_set(r.doc, one, yyjson_get_str(k), input_scalar(
			    r.doc, "invoice-comment", yyjson_get_str(k), v, 0));
	record_set_text(r.doc, one, "created_at", now);
	record_set_id(r.doc, one, "entity_id", store_next(c->shop->store,
	    "comments", KINDS));
	list = yyjson_mut_obj_get(r.root, "comments");
	if (list == NULL)
		list = yyjson_mut_obj_add_arr(r.doc, r.root, "comments");
	yyjson_mut_arr_append(list, one);
	php_write_val(one, &c->out);
	record_keep(&r);
	return 0;
}
