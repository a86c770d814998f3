/* POST order/:id/invoice, invoices/:id/capture, and comments on invoices. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-document.h"

static const char *const currency[] = {"", "base_"};

static void
validate(struct draft *d)
{
	char text[200];

	draft_check_lines(d);
	if (d->total_qty <= 0)
		draft_wrong(d, "The invoice can't be created without products."
		    " Add products and try again.", NULL);
	if (order_has_state(&d->ch,
	    " payment_review holded canceled complete closed ")) {
		snprintf(text, sizeof text, "An invoice cannot be created when"
		    " an order has a status of %.100s", record_text(
		    yyjson_mut_obj_get(d->ch.order, "status")));
		draft_wrong(d, text, NULL);
	} else if (!order_allows(&d->ch, INVOICE))
		draft_wrong(d, "The order does not allow an invoice to be"
		    " created.", NULL);
}

/* The first invoice takes all of the shipping. */
static void
add_shipping(struct draft *d, const char *prefix, struct sums *sum)
{
	static const char *const same[] = {"shipping_amount",
	    "shipping_incl_tax", "shipping_tax_amount"};
	yyjson_mut_val *order = d->ch.order;
	const char *amount = *prefix ?
	    "shipping_discount_tax_compensation_amnt" :
	    "shipping_discount_tax_compensation_amount";
	char done[40];

	snprintf(done, sizeof done, "%sshipping_invoiced", prefix);
	if (yyjson_mut_obj_get(order, done))
		return;
	for (int i = 0; i < 3; i++)
		prefixed_set(d, d->document, prefix, same[i],
		    prefixed(order, prefix, same[i]));
	prefixed_set(d, d->document, prefix, amount,
	    prefixed(order, prefix, amount));
	sum->shipping = prefixed(order, prefix, "shipping_amount");
	sum->tax += prefixed(order, prefix, "shipping_tax_amount");
	sum->discount += prefixed(order, prefix, "shipping_discount_amount");
	sum->compensation += prefixed(order, prefix, amount);
}

static void
document_totals(struct draft *d, const char *p, struct sums *sum)
{
	yyjson_mut_val *to = d->document;

	add_shipping(d, p, sum);
	sum->grand = sum->subtotal + sum->tax + sum->compensation +
	    sum->shipping - sum->discount;
	prefixed_set(d, to, p, "discount_amount", -sum->discount);
	prefixed_set(d, to, p, "grand_total", sum->grand);
	prefixed_set(d, to, p, "discount_tax_compensation_amount",
	    sum->compensation);
	prefixed_set(d, to, p, "subtotal", sum->subtotal);
	prefixed_set(d, to, p, "subtotal_incl_tax", sum->incl_tax);
	prefixed_set(d, to, p, "tax_amount", sum->tax);
}

/* The order, its payment (nothing is paid online here: the invoice is paid as
 * soon as it is made), and what its shipping repeats. */
static void
order_totals(struct draft *d, const char *p, const struct sums *sum)
{
	yyjson_mut_val *o = d->ch.order;
	yyjson_mut_val *payment = yyjson_mut_obj_get(o, "payment");

	prefixed_add(d, o, p, "discount_invoiced", -sum->discount);
	prefixed_add(d, o, p, "discount_tax_compensation_invoiced",
	    sum->compensation);
	prefixed_add(d, o, p, "shipping_invoiced", sum->shipping);
	prefixed_add(d, o, p, "subtotal_invoiced", sum->subtotal);
	prefixed_add(d, o, p, "tax_invoiced", sum->tax);
	prefixed_add(d, o, p, "total_invoiced", sum->grand);
	prefixed_add(d, o, p, "total_paid", sum->grand);
	prefixed_set(d, o, p, "total_due", prefixed(o, p, "grand_total") -
	    prefixed(o, p, "total_paid"));
	prefixed_add(d, payment, p, "amount_paid", sum->grand);
	prefixed_add(d, payment, p, "shipping_captured", sum->shipping);
	prefixed_add(d, order_shipping(&d->ch), p, "shipping_invoiced",
	    sum->shipping);
}

static int
make(struct draft *d)
{
	struct sums sum[2] = {{0}, {0}};
	yyjson_mut_doc *doc;
	yyjson_mut_val *item, *v;
	struct line *l;

	validate(d);
	if (draft_refuse(d) == -1)
		return -1;
	draft_begin(d);
	doc = d->ch.doc;
	for (int i = 0; i < d->lines; i++) {
		l = &d->line[i];
		if (l->qty <= 0)
			continue;
		item = draft_item(d, l);
		for (int k = 0; k < 2; k++)
			line_amounts(d, l, item, currency[k], &sum[k]);
		money_add(doc, l->item, "qty_invoiced", l->qty);
	}
	for (int k = 0; k < 2; k++) {
		document_totals(d, currency[k], &sum[k]);
		order_totals(d, currency[k], &sum[k]);
	}
	money_add(doc, d->ch.order, "base_total_invoiced_cost", 0);
	money_set(doc, d->document, "total_qty", d->total_qty);
	record_set_id(doc, d->document, "can_void_flag", 0);
	record_set_id(doc, d->document, "state", 2);	/* paid */
	if ((v = yyjson_mut_obj_get(d->ch.order, "discount_description")))
		record_set(doc, d->document, "discount_description",
		    yyjson_mut_val_mut_copy(doc, v));
	order_settle(&d->ch);
	return draft_keep(d);
}

int
order_invoice(struct call *c)
{
	struct draft *d;
	int64_t id;
	int rc = -1;

	if (rest_id(c, 0, &id) == 0 && (d = draft_open(c, INVOICE, id))) {
		rc = make(d);
		draft_close(d);
	}
	return rc;
}

/* What was paid offline, as all here, cannot be captured. */
int
invoice_capture(struct call *c)
{
	int64_t id;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if (store_find(c->shop->store, INVOICES, id) == -1)
		return rest_missing(c, NULL, NULL);
	return refuse(&c->no, 400, "The capture action is not available.",
	    NULL);
}
