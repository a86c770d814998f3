/* sf-rules-product - what products, price books and their entries demand */

#include "sf-rules.h"

/* Entries carry their product's name and code. */
static void
product_saved(struct sf_save *s)
{
	struct sf_row *old, *e;
	int64_t ids[200];
	int i, n;

	if (s->old == NULL || (!rule_changed(s, "Name") &&
	    !rule_changed(s, "ProductCode")))
		return;
	n = rule_children(s->org, "PricebookEntry", "Product2Id", s->row->id,
	    ids, 200);
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
book_delete(struct sf_save *s)
{
	if (sf_at(s->row, "IsStandard")->i)
		return sf_fail(s->e, "INSUFFICIENT_ACCESS_OR_READONLY", "",
		    "the standard price book cannot be deleted");
	return 0;
}

/* The entry of the row's product and currency in `book`. */
static bool
entry_in(struct sf_save *s, int64_t book, struct sf_row *found)
{
	int64_t ids[400];
	int i, n;

	n = rule_children(s->org, "PricebookEntry", "Product2Id",
	    sf_at(s->row, "Product2Id")->i, ids, 400);
	for (i = 0; i < n; i++)
		if (sf_get(s->org, ids[i], s->a, found) &&
		    sf_at(found, "Pricebook2Id")->i == book &&
		    rule_same_currency(found, s->row))
			return true;
	return false;
}

static int
entry_save(struct sf_save *s)
{
	int64_t book = sf_at(s->row, "Pricebook2Id")->i;
	bool standard = book == s->org->standard_book;
	/* one that does so no more takes its own price in a later save */
	bool use = sf_at(s->row, "UseStandardPrice")->i != 0 ||
	    (s->old != NULL && sf_at(s->old, "UseStandardPrice")->i != 0);
	struct sf_row *e = sf_alloc(s->a, sizeof(*e)), *p;
	bool have = false;

	if (!standard)
		have = entry_in(s, s->org->standard_book, e);
	if (!standard && !have)
		return sf_fail(s->e, "STANDARD_PRICE_NOT_DEFINED", "",
		    "Before creating a custom price, create a standard "
		    "price.");
	if (use && (standard || !have ||
	    sf_at(e, "UnitPrice")->d != sf_at(s->row, "UnitPrice")->d))
		return sf_fail(s->e, INTEGRITY, "",
		    "field integrity exception");
	if (s->old == NULL && entry_in(s, book, e))
		return sf_fail(s->e, INTEGRITY, "", "This price definition "
		    "already exists in this price book");
	if ((p = rule_parent(s, s->row, "Product2Id")) != NULL) {
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

	if (s->old == NULL || !rule_changed(s, "UnitPrice") ||
	    sf_at(s->row, "Pricebook2Id")->i != s->org->standard_book)
		return;
	n = rule_children(s->org, "PricebookEntry", "Product2Id",
	    sf_at(s->row, "Product2Id")->i, ids, 400);
	old = sf_alloc(s->a, sizeof(*old));
	e = sf_alloc(s->a, sizeof(*e));
	for (i = 0; i < n; i++) {
		if (!sf_get(s->org, ids[i], s->a, old) ||
		    !sf_at(old, "UseStandardPrice")->i ||
		    !rule_same_currency(old, s->row))
			continue;
		*e = *old;
		*sf_at(e, "UnitPrice") = *sf_at(s->row, "UnitPrice");
		sf_put(s->org, e, old);
	}
}

const struct sf_rules sf_rules_product = {.saved = product_saved};
const struct sf_rules sf_rules_book = {.delete = book_delete};
const struct sf_rules sf_rules_entry = {
	.save = entry_save, .saved = entry_saved};
