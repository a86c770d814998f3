/* sf-rules-order - what orders and their lines demand */

#include <math.h>
#include <string.h>

#include "sf-rules.h"

#define LOCKED "Unable to modify activated or superseded Order:  cannot " \
    "delete Order, or add or remove Order Products"
#define BE_DRAFT "For a new or cloned order, choose Draft. An Activated " \
    "order's status can't be edited."
#define LINES 2000		/* of one order that are looked at */
#define WRONG_BOOK "Order Products must have a Price Book Entry that " \
    "belongs to the Price Book related to the parent Order.: " \
    "Price Book Entry ID"

/* --- Order --- */

/* Set StatusCode from the OrderStatus row of the order's Status. */
static void
status_code(struct sf_save *s)
{
	const struct sf_object *o = sf_object(s->org->schema, "OrderStatus");
	struct sf_row *r = sf_alloc(s->a, sizeof(*r));
	int64_t id;

	if (sf_find(s->org, sf_field(o, "ApiName"), sf_at(s->row, "Status"),
	    &id, 1) == 1 && sf_get(s->org, id, s->a, r)) {
		*sf_at(s->row, "StatusCode") = *sf_at(r, "StatusCode");
		/* the value as the org spells it */
		*sf_at(s->row, "Status") = *sf_at(r, "ApiName");
	}
}

static int
order_dates(struct sf_save *s)
{
	struct sf_val *from = sf_at(s->row, "EffectiveDate");
	struct sf_val *to = sf_at(s->row, "EndDate");

	if (!rule_blank(to) && to->i < from->i)
		return sf_fail(s->e, INTEGRITY, "EndDate", "Order End Date "
		    "can't be earlier than the Order Start Date.");
	return 0;
}

static bool
frozen_changed(struct sf_save *s)
{
	return rule_changed(s, "AccountId") || rule_changed(s, "ContractId") ||
	    rule_changed(s, "Pricebook2Id");
}

/* Does the update change a field that a client may write, Status aside? */
static bool
others_changed(struct sf_save *s)
{
	const struct sf_object *o = s->row->o;
	int i;

	for (i = 0; i < o->nfields; i++) {
		const struct sf_field *f = o->fields[i];

		if ((f->flags & SF_UPDATE) && strcmp(f->name, "Status") != 0 &&
		    sf_changed(s, f))
			return true;
	}
	return false;
}

/* The lines of reduction orders that reduce line `id`, up to `max`. */
static int
reductions(struct sf_org *org, int64_t id, int64_t *ids, int max)
{
	return rule_children(org, "OrderItem", "OriginalOrderItemId", id, ids,
	    max);
}

static bool
reduced(struct sf_org *org, int64_t order)
{
	int64_t ids[LINES], any;
	int i, n;

	n = rule_children(org, "OrderItem", "OrderId", order, ids, LINES);
	for (i = 0; i < n; i++)
		if (reductions(org, ids[i], &any, 1) > 0)
			return true;
	return false;
}

static int
order_update(struct sf_save *s)
{
	bool was = rule_is(sf_at(s->old, "StatusCode"), "Activated");
	bool is = rule_is(sf_at(s->row, "StatusCode"), "Activated");
	int64_t line;
	int lines = rule_children(s->org, "OrderItem", "OrderId", s->row->id,
	    &line, 1);

	if (was && (frozen_changed(s) || (is ? others_changed(s) &&
	    !s->org->set.edit_activated : reduced(s->org, s->row->id))))
		return sf_fail(s->e, "ENTITY_IS_LOCKED", "",
		    "unable to modify activated order");
	if (!was && is && lines == 0)
		return sf_fail(s->e, "FAILED_ACTIVATION", "",
		    "An order must have at least one product.");
	if (!was && is && others_changed(s))
		return sf_fail(s->e, "FAILED_ACTIVATION", "", "the Status "
		    "field is the only field you can update when activating "
		    "the order");
	if (lines && !rule_same_currency(s->row, s->old))
		return sf_fail(s->e, INTEGRITY, "CurrencyIsoCode", "You can't "
		    "change the currency of an order that has products.");
	if (lines && rule_changed(s, "Pricebook2Id"))
		return sf_fail(s->e, INTEGRITY, "Pricebook2Id", "You can't "
		    "change the price book of an order that has products.");
	if (!was && is) {
		sf_at(s->row, "ActivatedDate")->kind = SF_INT;
		sf_at(s->row, "ActivatedDate")->i = sf_now();
		sf_at(s->row, "ActivatedById")->kind = SF_INT;
		sf_at(s->row, "ActivatedById")->i = s->org->user;
	} else if (was && !is) {
		sf_at(s->row, "ActivatedDate")->kind = SF_NULL;
		sf_at(s->row, "ActivatedById")->kind = SF_NULL;
	}
	return 0;
}

static int
order_save(struct sf_save *s)
{
	struct sf_val *total = sf_at(s->row, "TotalAmount");

	if (rule_blank(sf_at(s->row, "AccountId")))
		return sf_fail(s->e, "REQUIRED_FIELD_MISSING", "",
		    "Select an account.");
	status_code(s);
	if (order_dates(s) < 0)
		return -1;
	if (s->old != NULL)
		return order_update(s);
	if (!rule_is(sf_at(s->row, "StatusCode"), "Draft"))
		return sf_fail(s->e, "FAILED_ACTIVATION", "", "%s", BE_DRAFT);
	total->kind = SF_NUM;
	total->d = 0;
	return 0;
}

static int
order_delete(struct sf_save *s)
{
	if (rule_is(sf_at(s->row, "StatusCode"), "Activated"))
		return sf_fail(s->e, "ENTITY_IS_LOCKED", "", "%s", LOCKED);
	return 0;
}

/* --- OrderItem --- */

static int
line_entry(struct sf_save *s, struct sf_row *order)
{
	struct sf_row *e = rule_parent(s, s->row, "PricebookEntryId");
	struct sf_val *book = sf_at(order, "Pricebook2Id"), *product, *list;

	if (rule_blank(book))
		return sf_fail(s->e, INTEGRITY, "",
		    "The order is missing a price book");
	if (e == NULL || sf_at(e, "Pricebook2Id")->i != book->i)
		return sf_fail(s->e, INTEGRITY, "", "%s", WRONG_BOOK);
	if (!rule_same_currency(e, order))
		return sf_fail(s->e, INTEGRITY, "PricebookEntryId", "The "
		    "currency of the price book entry is not the order's");
	if (!sf_at(e, "IsActive")->i)
		return sf_fail(s->e, INTEGRITY, "PricebookEntryId",
		    "This price definition is inactive");
	product = sf_at(s->row, "Product2Id");
	if (!rule_blank(product) && product->i != sf_at(e, "Product2Id")->i)
		return sf_fail(s->e, INTEGRITY, "Product2Id", "The product "
		    "is not the one of the price book entry");
	*product = *sf_at(e, "Product2Id");
	list = sf_at(s->row, "ListPrice");
	if (rule_blank(list))
		*list = *sf_at(e, "UnitPrice");
	return 0;
}

static int
line_dates(struct sf_save *s, struct sf_row *order)
{
	struct sf_val *from = sf_at(s->row, "ServiceDate");
	struct sf_val *to = sf_at(s->row, "EndDate");
	struct sf_val *end = sf_at(order, "EndDate");

	if (!rule_blank(from) && from->i < sf_at(order, "EffectiveDate")->i)
		return sf_fail(s->e, INTEGRITY, "ServiceDate", "Start Date "
		    "can't be earlier than the order's start date.");
	if (!rule_blank(to) && !rule_blank(end) && to->i > end->i)
		return sf_fail(s->e, INTEGRITY, "EndDate", "End Date can't be "
		    "later than the order's end date.");
	return 0;
}

static int
line_required(struct sf_save *s)
{
	if (rule_blank(sf_at(s->row, "PricebookEntryId")))
		return sf_fail(s->e, "REQUIRED_FIELD_MISSING",
		    "PricebookEntryId", "Required fields are missing: "
		    "[PricebookEntryId]");
	if (rule_blank(sf_at(s->row, "UnitPrice")))
		return sf_fail(s->e, "REQUIRED_FIELD_MISSING", "",
		    "Order Products must have a Unit Price.");
	if (sf_at(s->row, "Quantity")->d == 0)
		return sf_fail(s->e, INTEGRITY, "", "Can't save order "
		    "products with quantities of zero");
	return 0;
}

/* A reduction order takes away, any other brings. */
static int
line_sign(struct sf_save *s, struct sf_row *order)
{
	bool reduction = sf_at(order, "IsReductionOrder")->i != 0;

	if ((sf_at(s->row, "Quantity")->d < 0) == reduction)
		return 0;
	return sf_fail(s->e, INTEGRITY, "Quantity", "Order products of %s "
	    "quantity", reduction ? "a reduction order must have a negative" :
	    "an order must have a positive");
}

/* What is left of `line` when all that reduces it is taken away. */
static void
set_available(struct sf_org *org, struct sf_row *line, struct sf_arena *a)
{
	struct sf_row *r = sf_alloc(a, sizeof(*r));
	double left = sf_at(line, "Quantity")->d;
	int64_t ids[LINES];
	int i, n;

	n = reductions(org, line->id, ids, LINES);
	for (i = 0; i < n; i++)
		if (sf_get(org, ids[i], a, r))
			left += sf_at(r, "Quantity")->d;
	rule_num(line, "AvailableQuantity", round(left * 100) / 100);
}

static int
line_save(struct sf_save *s)
{
	struct sf_row *order = rule_parent(s, s->row, "OrderId");
	const struct sf_field *f;

	if (order == NULL)
		return sf_fail(s->e, "INVALID_CROSS_REFERENCE_KEY", "",
		    "invalid cross reference id");
	if (line_required(s) < 0)
		return -1;
	if (line_sign(s, order) < 0)
		return -1;
	if (rule_is(sf_at(order, "StatusCode"), "Activated"))
		return sf_fail(s->e, "ENTITY_IS_LOCKED", "", "%s", LOCKED);
	if (s->old == NULL && line_entry(s, order) < 0)
		return -1;
	if (line_dates(s, order) < 0)
		return -1;
	f = sf_field(s->row->o, "CurrencyIsoCode");
	if (f != NULL)
		s->row->v[f->index] = *sf_at(order, "CurrencyIsoCode");
	rule_num(s->row, "TotalPrice",
	    rule_times(sf_at(s->row, "UnitPrice")->d,
	    sf_at(s->row, "Quantity")->d));
	if (s->old == NULL)
		rule_num(s->row, "AvailableQuantity",
		    sf_at(s->row, "Quantity")->d);
	else
		set_available(s->org, s->row, s->a);
	return 0;
}

/* Give the order the sum of its lines. */
static void
total(struct sf_org *org, int64_t id, struct sf_arena *a)
{
	struct sf_row *old = sf_alloc(a, sizeof(*old));
	struct sf_row *order = sf_alloc(a, sizeof(*order));
	struct sf_row *line = sf_alloc(a, sizeof(*line));
	int64_t ids[LINES];
	double sum = 0;
	int i, n;

	if (!sf_get(org, id, a, old) || old->dead)
		return;
	n = rule_children(org, "OrderItem", "OrderId", id, ids, LINES);
	for (i = 0; i < n; i++)
		if (sf_get(org, ids[i], a, line))
			sum += sf_at(line, "TotalPrice")->d;
	*order = *old;
	sf_at(order, "TotalAmount")->kind = SF_NUM;
	sf_at(order, "TotalAmount")->d = round(sum * 100) / 100;
	sf_put(org, order, old);
}

/* The line that the row's reduces, if any, has more or less left. */
static void
original(struct sf_save *s)
{
	struct sf_val *v = sf_at(s->row, "OriginalOrderItemId");
	struct sf_row *old, *line;

	if (rule_blank(v) || !rule_edit(s, v->i, &old, &line))
		return;
	set_available(s->org, line, s->a);
	sf_put(s->org, line, old);
}

static void
line_saved(struct sf_save *s)
{
	if (s->old == NULL || rule_changed(s, "TotalPrice"))
		total(s->org, sf_at(s->row, "OrderId")->i, s->a);
	if (s->old == NULL || rule_changed(s, "Quantity"))
		original(s);
}

static int
line_delete(struct sf_save *s)
{
	struct sf_row *order = rule_parent(s, s->row, "OrderId");

	if (order != NULL && rule_is(sf_at(order, "StatusCode"), "Activated"))
		return sf_fail(s->e, "ENTITY_IS_LOCKED", "", "%s", LOCKED);
	return 0;
}

static void
line_deleted(struct sf_save *s)
{
	total(s->org, sf_at(s->row, "OrderId")->i, s->a);
	original(s);
}

const struct sf_rules sf_rules_order = {
	.save = order_save, .delete = order_delete};
const struct sf_rules sf_rules_orderitem = {
	.save = line_save, .saved = line_saved, .delete = line_delete,
	.deleted = line_deleted};
