/* sf-rules - what single objects demand beyond their describe */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sf-dml.h"

#define INTEGRITY "FIELD_INTEGRITY_EXCEPTION"
#define LOCKED "Unable to modify activated or superseded Order:  cannot " \
    "delete Order, or add or remove Order Products"
#define BE_DRAFT "For a new or cloned order, choose Draft. An Activated " \
    "order's status can't be edited."
#define WRONG_BOOK "Order Products must have a Price Book Entry that " \
    "belongs to the Price Book related to the parent Order.: " \
    "Price Book Entry ID"

static bool
is_text(const struct sf_val *v, const char *text)
{
	return v->kind == SF_TEXT && v->n == strlen(text) &&
	    memcmp(v->s, text, v->n) == 0;
}

static bool
blank(const struct sf_val *v)
{
	return v->kind <= SF_NULL;
}

static bool
changed(const struct sf_save *s, const char *field)
{
	return sf_changed(s, sf_field(s->row->o, field));
}

/* The record that lookup `field` of `r` points to, or NULL. */
static struct sf_row *
parent(struct sf_org *org, struct sf_row *r, const char *field,
    struct sf_arena *a)
{
	struct sf_val *v = sf_at(r, field);
	struct sf_row *p = sf_alloc(a, sizeof(*p));

	return v->kind == SF_INT && sf_get(org, v->i, a, p) ? p : NULL;
}

/* Live children of `id` by lookup OBJECT.FIELD. */
static int
children(struct sf_org *org, const char *object, const char *field,
    int64_t id, int64_t *ids, int max)
{
	struct sf_val v = {.kind = SF_INT, .i = id};

	return sf_find(org, sf_field(sf_object(org->schema, object), field),
	    &v, ids, max);
}

static void
copy_text(struct sf_row *r, const char *field, const char *a, size_t an)
{
	struct sf_val *v = sf_at(r, field);

	v->kind = an ? SF_TEXT : SF_NULL;
	v->s = a;
	v->n = an;
}

/* --- Contact --- */

/* Name is the salutation-less concatenation. */
static int
contact_save(struct sf_save *s)
{
	struct sf_val *first = sf_at(s->row, "FirstName");
	struct sf_val *last = sf_at(s->row, "LastName");
	size_t fn = blank(first) ? 0 : first->n, at = 0;
	char *name = sf_alloc(s->a, fn + last->n + 2);

	if (fn) {
		memcpy(name, first->s, fn);
		name[fn] = ' ';
		at = fn + 1;
	}
	memcpy(name + at, last->s, last->n);
	copy_text(s->row, "Name", name, at + last->n);
	return 0;
}

/* --- Product2 and price books --- */

/* Entries carry their product's name and code. */
static void
product_saved(struct sf_save *s)
{
	struct sf_row *old, *e;
	int64_t ids[200];
	int i, n;

	if (s->old == NULL || (!changed(s, "Name") &&
	    !changed(s, "ProductCode")))
		return;
	n = children(s->org, "PricebookEntry", "Product2Id", s->row->id, ids,
	    200);
	old = sf_alloc(s->a, sizeof(*old));
	e = sf_alloc(s->a, sizeof(*e));
	for (i = 0; i < n; i++) {
		sf_get(s->org, ids[i], s->a, old);
		*e = *old;
		*sf_at(e, "Name") = *sf_at(s->row, "Name");
		*sf_at(e, "ProductCode") = *sf_at(s->row, "ProductCode");
		sf_put(s->org, e, old);
	}
}

static int
book_delete(struct sf_org *org, struct sf_row *r, struct sf_arena *a,
    struct sf_err *e)
{
	(void)org, (void)a;
	if (sf_at(r, "IsStandard")->i)
		return sf_fail(e, "INSUFFICIENT_ACCESS_OR_READONLY", "",
		    "the standard price book cannot be deleted");
	return 0;
}

/* The product's entry in `book`, other than `self`. */
static bool
entry_in(struct sf_save *s, int64_t product, int64_t book, int64_t self,
    struct sf_row *found)
{
	int64_t ids[400];
	int i, n;

	n = children(s->org, "PricebookEntry", "Product2Id", product, ids,
	    400);
	for (i = 0; i < n; i++)
		if (ids[i] != self && sf_get(s->org, ids[i], s->a, found) &&
		    sf_at(found, "Pricebook2Id")->i == book)
			return true;
	return false;
}

static int
entry_save(struct sf_save *s)
{
	int64_t product = sf_at(s->row, "Product2Id")->i;
	int64_t book = sf_at(s->row, "Pricebook2Id")->i;
	bool standard = book == s->org->standard_book;
	bool use = sf_at(s->row, "UseStandardPrice")->i != 0;
	struct sf_row *e = sf_alloc(s->a, sizeof(*e)), *p;
	bool have = false;

	if (!standard)
		have = entry_in(s, product, s->org->standard_book, 0, e);
	if (!standard && !have)
		return sf_fail(s->e, "STANDARD_PRICE_NOT_DEFINED", "",
		    "Before creating a custom price, create a standard "
		    "price.");
	if (use && (standard || !have ||
	    sf_at(e, "UnitPrice")->d != sf_at(s->row, "UnitPrice")->d))
		return sf_fail(s->e, INTEGRITY, "",
		    "field integrity exception");
	if (s->old == NULL && entry_in(s, product, book, 0, e))
		return sf_fail(s->e, INTEGRITY, "", "This price definition "
		    "already exists in this price book");
	if ((p = parent(s->org, s->row, "Product2Id", s->a)) != NULL) {
		*sf_at(s->row, "Name") = *sf_at(p, "Name");
		*sf_at(s->row, "ProductCode") = *sf_at(p, "ProductCode");
	}
	return 0;
}

/* A new standard price reaches the entries that use it. */
static void
entry_saved(struct sf_save *s)
{
	struct sf_row *old, *e;
	int64_t ids[400];
	int i, n;

	if (s->old == NULL || !changed(s, "UnitPrice") ||
	    sf_at(s->row, "Pricebook2Id")->i != s->org->standard_book)
		return;
	n = children(s->org, "PricebookEntry", "Product2Id",
	    sf_at(s->row, "Product2Id")->i, ids, 400);
	old = sf_alloc(s->a, sizeof(*old));
	e = sf_alloc(s->a, sizeof(*e));
	for (i = 0; i < n; i++) {
		if (!sf_get(s->org, ids[i], s->a, old) ||
		    !sf_at(old, "UseStandardPrice")->i)
			continue;
		*e = *old;
		*sf_at(e, "UnitPrice") = *sf_at(s->row, "UnitPrice");
		sf_put(s->org, e, old);
	}
}

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

	if (!blank(to) && to->i < from->i)
		return sf_fail(s->e, INTEGRITY, "EndDate", "Order End Date "
		    "can't be earlier than the Order Start Date.");
	return 0;
}

static bool
frozen_changed(struct sf_save *s)
{
	return changed(s, "AccountId") || changed(s, "ContractId") ||
	    changed(s, "Pricebook2Id");
}

/* Does the update change a field that a client may write, Status aside? */
static bool
others_changed(struct sf_save *s, bool custom_too)
{
	const struct sf_object *o = s->row->o;
	int i;

	for (i = 0; i < o->nfields; i++) {
		const struct sf_field *f = o->fields[i];

		if ((f->flags & SF_UPDATE) && strcmp(f->name, "Status") != 0 &&
		    (custom_too || !(f->flags & SF_CUSTOM)) &&
		    sf_changed(s, f))
			return true;
	}
	return false;
}

static int
order_update(struct sf_save *s)
{
	bool was = is_text(sf_at(s->old, "StatusCode"), "Activated");
	bool is = is_text(sf_at(s->row, "StatusCode"), "Activated");
	int64_t line;
	int lines = children(s->org, "OrderItem", "OrderId", s->row->id,
	    &line, 1);

	if (was && (frozen_changed(s) || (is && !s->org->set.edit_activated &&
	    others_changed(s, true))))
		return sf_fail(s->e, "ENTITY_IS_LOCKED", "",
		    "unable to modify activated order");
	if (!was && is && lines == 0)
		return sf_fail(s->e, "FAILED_ACTIVATION", "",
		    "An order must have at least one product.");
	if (!was && is && others_changed(s, false))
		return sf_fail(s->e, "FAILED_ACTIVATION", "", "the Status "
		    "field is the only field you can update when activating "
		    "the order");
	if (lines && changed(s, "Pricebook2Id"))
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

	if (blank(sf_at(s->row, "AccountId")))
		return sf_fail(s->e, "REQUIRED_FIELD_MISSING", "",
		    "Select an account.");
	status_code(s);
	if (order_dates(s) < 0)
		return -1;
	if (s->old != NULL)
		return order_update(s);
	if (!is_text(sf_at(s->row, "StatusCode"), "Draft"))
		return sf_fail(s->e, "FAILED_ACTIVATION", "", "%s", BE_DRAFT);
	total->kind = SF_NUM;
	total->d = 0;
	return 0;
}

static int
order_delete(struct sf_org *org, struct sf_row *r, struct sf_arena *a,
    struct sf_err *e)
{
	(void)org, (void)a;
	if (is_text(sf_at(r, "StatusCode"), "Activated"))
		return sf_fail(e, "ENTITY_IS_LOCKED", "", "%s", LOCKED);
	return 0;
}

/* --- OrderItem --- */

static int
line_entry(struct sf_save *s, struct sf_row *order)
{
	struct sf_row *e = parent(s->org, s->row, "PricebookEntryId", s->a);
	struct sf_val *book = sf_at(order, "Pricebook2Id"), *product, *list;

	if (blank(book))
		return sf_fail(s->e, INTEGRITY, "",
		    "The order is missing a price book");
	if (e == NULL || sf_at(e, "Pricebook2Id")->i != book->i)
		return sf_fail(s->e, INTEGRITY, "", "%s", WRONG_BOOK);
	if (!sf_at(e, "IsActive")->i)
		return sf_fail(s->e, INTEGRITY, "PricebookEntryId",
		    "This price definition is inactive");
	product = sf_at(s->row, "Product2Id");
	if (!blank(product) && product->i != sf_at(e, "Product2Id")->i)
		return sf_fail(s->e, INTEGRITY, "Product2Id", "The product "
		    "is not the one of the price book entry");
	*product = *sf_at(e, "Product2Id");
	list = sf_at(s->row, "ListPrice");
	if (blank(list))
		*list = *sf_at(e, "UnitPrice");
	return 0;
}

static int
line_dates(struct sf_save *s, struct sf_row *order)
{
	struct sf_val *from = sf_at(s->row, "ServiceDate");
	struct sf_val *to = sf_at(s->row, "EndDate");
	struct sf_val *end = sf_at(order, "EndDate");

	if (!blank(from) && from->i < sf_at(order, "EffectiveDate")->i)
		return sf_fail(s->e, INTEGRITY, "ServiceDate", "Start Date "
		    "can't be earlier than the order's start date.");
	if (!blank(to) && !blank(end) && to->i > end->i)
		return sf_fail(s->e, INTEGRITY, "EndDate", "End Date can't be "
		    "later than the order's end date.");
	return 0;
}

static int
line_required(struct sf_save *s)
{
	if (blank(sf_at(s->row, "PricebookEntryId")))
		return sf_fail(s->e, "REQUIRED_FIELD_MISSING",
		    "PricebookEntryId", "Required fields are missing: "
		    "[PricebookEntryId]");
	if (blank(sf_at(s->row, "UnitPrice")))
		return sf_fail(s->e, "REQUIRED_FIELD_MISSING", "",
		    "Order Products must have a Unit Price.");
	if (sf_at(s->row, "Quantity")->d == 0)
		return sf_fail(s->e, INTEGRITY, "", "Can't save order "
		    "products with quantities of zero");
	return 0;
}

static int
line_save(struct sf_save *s)
{
	struct sf_row *order = parent(s->org, s->row, "OrderId", s->a);
	struct sf_val *v;
	double quantity = sf_at(s->row, "Quantity")->d;

	if (order == NULL)
		return sf_fail(s->e, "INVALID_CROSS_REFERENCE_KEY", "",
		    "invalid cross reference id");
	if (line_required(s) < 0)
		return -1;
	if (quantity < 0 && !sf_at(order, "IsReductionOrder")->i)
		return sf_fail(s->e, INTEGRITY, "Quantity", "Order products "
		    "of an order must have a positive quantity");
	if (is_text(sf_at(order, "StatusCode"), "Activated"))
		return sf_fail(s->e, "ENTITY_IS_LOCKED", "", "%s", LOCKED);
	if (s->old == NULL && line_entry(s, order) < 0)
		return -1;
	if (line_dates(s, order) < 0)
		return -1;
	v = sf_at(s->row, "TotalPrice");
	v->kind = SF_NUM;
	v->d = round(sf_at(s->row, "UnitPrice")->d * quantity * 100) / 100;
	v = sf_at(s->row, "AvailableQuantity");
	v->kind = SF_NUM;
	v->d = quantity;
	return 0;
}

/* Give the order the sum of its lines. */
static void
total(struct sf_org *org, int64_t id, struct sf_arena *a)
{
	struct sf_row *old = sf_alloc(a, sizeof(*old));
	struct sf_row *order = sf_alloc(a, sizeof(*order));
	struct sf_row *line = sf_alloc(a, sizeof(*line));
	int64_t ids[2000];
	double sum = 0;
	int i, n;

	if (!sf_get(org, id, a, old) || old->dead)
		return;
	n = children(org, "OrderItem", "OrderId", id, ids, 2000);
	for (i = 0; i < n; i++)
		if (sf_get(org, ids[i], a, line))
			sum += sf_at(line, "TotalPrice")->d;
	*order = *old;
	sf_at(order, "TotalAmount")->kind = SF_NUM;
	sf_at(order, "TotalAmount")->d = round(sum * 100) / 100;
	sf_put(org, order, old);
}

static void
line_saved(struct sf_save *s)
{
	if (s->old == NULL || changed(s, "TotalPrice"))
		total(s->org, sf_at(s->row, "OrderId")->i, s->a);
}

static int
line_delete(struct sf_org *org, struct sf_row *r, struct sf_arena *a,
    struct sf_err *e)
{
	struct sf_row *order = parent(org, r, "OrderId", a);

	return order ? order_delete(org, order, a, e) : 0;
}

static void
line_deleted(struct sf_org *org, struct sf_row *r, struct sf_arena *a)
{
	total(org, sf_at(r, "OrderId")->i, a);
}

/* --- which object has which --- */

static const struct {
	const char *object;
	int (*save)(struct sf_save *);
	void (*saved)(struct sf_save *);
	int (*delete)(struct sf_org *, struct sf_row *, struct sf_arena *,
	    struct sf_err *);
	void (*deleted)(struct sf_org *, struct sf_row *, struct sf_arena *);
} rules[] = {
	{"Contact", contact_save, NULL, NULL, NULL},
	{"Product2", NULL, product_saved, NULL, NULL},
	{"Pricebook2", NULL, NULL, book_delete, NULL},
	{"PricebookEntry", entry_save, entry_saved, NULL, NULL},
	{"Order", order_save, NULL, order_delete, NULL},
	{"OrderItem", line_save, line_saved, line_delete, line_deleted},
};

#define NRULES (sizeof(rules) / sizeof(rules[0]))

static size_t
rule(const struct sf_object *o)
{
	size_t i;

	for (i = 0; i < NRULES; i++)
		if (strcmp(rules[i].object, o->name) == 0)
			break;
	return i;
}

int
sf_rules_save(struct sf_save *s)
{
	size_t i = rule(s->row->o);

	return i < NRULES && rules[i].save ? rules[i].save(s) : 0;
}

void
sf_rules_saved(struct sf_save *s)
{
	size_t i = rule(s->row->o);

	if (i < NRULES && rules[i].saved)
		rules[i].saved(s);
}

int
sf_rules_delete(struct sf_org *org, struct sf_row *r, struct sf_arena *a,
    struct sf_err *e)
{
	size_t i = rule(r->o);

	return i < NRULES && rules[i].delete ? rules[i].delete(org, r, a, e) :
	    0;
}

void
sf_rules_deleted(struct sf_org *org, struct sf_row *r, struct sf_arena *a)
{
	size_t i = rule(r->o);

	if (i < NRULES && rules[i].deleted)
		rules[i].deleted(org, r, a);
}
