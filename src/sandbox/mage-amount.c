/* The amounts of the lines of an invoice or a credit memo. */
#include <stdio.h>
#include <string.h>

#include "mage-document.h"

int64_t
prefixed(yyjson_mut_val *obj, const char *prefix, const char *name)
{
	char field[100];

	snprintf(field, sizeof field, "%s%s", prefix, name);
	return money_get(obj, field);
}

void
prefixed_set(struct draft *d, yyjson_mut_val *obj, const char *prefix,
    const char *name, int64_t v)
{
	char field[100];

	snprintf(field, sizeof field, "%s%s", prefix, name);
	if (obj)
		money_set(d->ch.doc, obj, field, v);
}

void
prefixed_add(struct draft *d, yyjson_mut_val *obj, const char *prefix,
    const char *name, int64_t v)
{
	prefixed_set(d, obj, prefix, name, prefixed(obj, prefix, name) + v);
}

/* The part of an amount ("tax") that falls to this line now; the order's item
 * remembers it. */
static int64_t
share(struct draft *d, struct line *l, const char *prefix, const char *name)
{
	int memo = d->what == CREDITMEMO;
	int64_t done = money_get(l->item, memo ? "qty_refunded" :
	    "qty_invoiced");
	int64_t all = money_get(l->item, memo ? "qty_invoiced" : "qty_ordered");
	char from[60], to[60];
	int64_t part;

	snprintf(from, sizeof from, "%s_%s", name, memo ? "invoiced" :
	    "amount");
	snprintf(to, sizeof to, "%s_%s", name, memo ? "refunded" : "invoiced");
	part = money_part(prefixed(l->item, prefix, from), done + l->qty, all) -
	    prefixed(l->item, prefix, to);
	if (yyjson_mut_obj_get(l->item, from))
		prefixed_add(d, l->item, prefix, to, part);
	return part;
}

/* Price times quantity, as it was ordered. */
static int64_t
full_row(const struct line *l, const char *prefix)
{
	return money_part(prefixed(l->item, prefix, "price"),
	    money_get(l->item, "qty_ordered"), ONE);
}

/* The tax of the full row: what rounding took from the rows before it is
 * added to the next one. */
static int64_t
full_tax(struct draft *d, const struct line *l, const char *prefix)
{
	long double exact, rest = 0;
	int64_t tax = 0;

	for (int i = 0; i < d->lines; i++) {
		if (d->line[i].dummy)
			continue;
		exact = rest + (long double)full_row(&d->line[i], prefix) *
		    money_get(d->line[i].item, "tax_percent") / 100 / ONE;
		tax = (int64_t)(exact / (ONE / 100) + 0.5L) * (ONE / 100);
		rest = exact - tax;
		if (&d->line[i] == l)
			break;
	}
	return tax;
}

/* The row with tax as it is stored: what REST shows of it is less the
 * discount, and the tax of what is left. */
static int64_t
row_with_tax(struct draft *d, const struct line *l, const char *prefix)
{
	int64_t row;

	if (prefixed(l->item, prefix, "discount_amount") == 0)
		row = prefixed(l->item, prefix, "row_total_incl_tax");
	else
		row = full_row(l, prefix) + full_tax(d, l, prefix);
	return money_part(row, l->qty, money_get(l->item, "qty_ordered"));
}

void
line_amounts(struct draft *d, struct line *l, yyjson_mut_val *item,
    const char *prefix, struct sums *sum)
{
	int64_t row, incl, tax, discount, compensation;

	prefixed_set(d, item, prefix, "price", prefixed(l->item, prefix,
	    "price"));
	if (prefixed(l->item, prefix, "price_incl_tax"))
		prefixed_set(d, item, prefix, "price_incl_tax", prefixed(
		    l->item, prefix, "price_incl_tax"));
	if (l->dummy) {
		if (d->what == INVOICE)
			prefixed_add(d, l->item, prefix,
			    "discount_tax_compensation_invoiced", 0);
		return;
	}
	row = money_part(prefixed(l->item, prefix, "price"), l->qty, ONE);
	incl = row_with_tax(d, l, prefix);
	tax = share(d, l, prefix, "tax");
	discount = share(d, l, prefix, "discount");
	compensation = share(d, l, prefix, "discount_tax_compensation");
	prefixed_set(d, item, prefix, "row_total", row);
	prefixed_set(d, item, prefix, "row_total_incl_tax", incl);
	prefixed_set(d, item, prefix, "tax_amount", tax);
	if (discount)
		prefixed_set(d, item, prefix, "discount_amount", discount);
	prefixed_set(d, item, prefix, "discount_tax_compensation_amount",
	    compensation);
	prefixed_add(d, l->item, prefix, d->what == CREDITMEMO ?
	    "amount_refunded" : "row_invoiced", row);
	sum->subtotal += row;
	sum->incl_tax += incl;
	sum->tax += tax;
	sum->discount += discount;
	sum->compensation += compensation;
}
