/* The state of an order: what it allows, and what follows from its items. */
#include <stdio.h>
#include <string.h>

#include "mage-document.h"

int
order_has_state(struct change *ch, const char *states)
{
	char name[80];

	snprintf(name, sizeof name, " %.70s ", record_text(yyjson_mut_obj_get(
	    ch->order, "state")));
	return strstr(states, name) != NULL;
}

/* A state and the status that a shop as installed gives it. */
void
order_set_state(struct change *ch, const char *state)
{
	record_set_text(ch->doc, ch->order, "state", state);
	record_set_text(ch->doc, ch->order, "status",
	    strcmp(state, "new") == 0 ? "pending" : state);
}

/* Children are shipped with their parents. */
static int
any_left(struct change *ch, enum document what)
{
	yyjson_mut_val *items = yyjson_mut_obj_get(ch->order, "items"), *one;
	size_t i, max;

	if (yyjson_mut_is_arr(items))
		yyjson_mut_arr_foreach(items, i, max, one)
			if (left_of(what, one) > 0 && !(what == SHIPMENT &&
			    record_id(yyjson_mut_obj_get(one,
			    "parent_item_id")) > 0))
				return 1;
	return 0;
}

int
order_allows(struct change *ch, enum document what)
{
	if (order_has_state(ch, " holded payment_review canceled "))
		return 0;
	if (what == SHIPMENT)
		return record_id(yyjson_mut_obj_get(ch->order, "is_virtual")) !=
		    1 && any_left(ch, SHIPMENT);
	if (what == INVOICE)
		return !order_has_state(ch, " complete closed ") &&
		    any_left(ch, INVOICE);
	return !order_has_state(ch, " closed ") &&
	    money_get(ch->order, "total_paid") -
	    money_get(ch->order, "total_refunded") > 0;
}

void
order_settle(struct change *ch)
{
	if (order_has_state(ch, " new "))
		order_set_state(ch, "processing");
	if (!order_has_state(ch, " processing complete ") ||
	    order_allows(ch, INVOICE) || any_left(ch, INVOICE) ||
	    order_allows(ch, SHIPMENT))
		return;
	if (!order_allows(ch, CREDITMEMO))
		order_set_state(ch, "closed");
	else if (order_has_state(ch, " processing "))
		order_set_state(ch, "complete");
}

/* Scalars of the parent in what its children show of it. */
static void
follow(struct change *ch, yyjson_mut_val *items, yyjson_mut_val *item)
{
	yyjson_mut_val *shown = yyjson_mut_obj_get(item, "parent_item");
	yyjson_mut_val *parent = shown ? change_find(items, "item_id",
	    record_id(yyjson_mut_obj_get(item, "parent_item_id"))) : NULL;
	yyjson_mut_val *k, *v;
	size_t i, max;

	if (parent)
		yyjson_mut_obj_foreach(parent, i, max, k, v)
			if (!yyjson_mut_is_ctn(v))
				record_set(ch->doc, shown,
				    yyjson_mut_get_str(k),
				    yyjson_mut_val_mut_copy(ch->doc, v));
}

void
order_touch(struct change *ch)
{
	yyjson_mut_val *items = yyjson_mut_obj_get(ch->order, "items"), *one;
	size_t i, max;

	if (yyjson_mut_is_arr(items))
		yyjson_mut_arr_foreach(items, i, max, one)
			follow(ch, items, one);
	change_repeat(ch);
	items_keep(ch->c->shop->store, ch->doc, ch->order);
	record_set_text(ch->doc, ch->order, "updated_at", ch->now);
}

yyjson_mut_val *
order_shipping(struct change *ch)
{
	return yyjson_mut_doc_ptr_get(ch->doc,
	    "/extension_attributes/shipping_assignments/0/shipping/total");
}
