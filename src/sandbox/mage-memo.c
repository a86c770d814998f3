/* POST order/:id/refund and invoice/:id/refund: credit memos, offline. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-document.h"
#include "mage-record.h"

static const char *const currency[] = {"", "base_"};

/* Amounts that were sent are in the base currency. */
static int64_t
argument(struct draft *d, const char *prefix, const char *name, int64_t none)
{
	yyjson_val *v = yyjson_obj_get(yyjson_obj_get(d->sent, "arguments"),
	    name);
	int64_t amount = money_of(input_text(v));

	if (*input_text(v) == '\0')
		return none;
	if (*prefix == '\0' && money_get(d->ch.order, "base_to_order_rate"))
		amount = money_part(amount, money_get(d->ch.order,
		    "base_to_order_rate"), ONE);
	return amount;
}

/* Shipping, all that was not refunded yet unless the client says how much. */
static void
add_shipping(struct draft *d, const char *p, struct sums *sum)
{
	yyjson_mut_val *o = d->ch.order;
	int64_t all = prefixed(o, p, "shipping_amount");

	sum->shipping = argument(d, p, "shipping_amount", all -
	    prefixed(o, p, "shipping_refunded"));
	sum->shipping_tax = money_part(prefixed(o, p, "shipping_tax_amount"),
	    sum->shipping, all);
	prefixed_set(d, d->document, p, "shipping_amount", sum->shipping);
	prefixed_set(d, d->document, p, "shipping_incl_tax", sum->shipping +
	    sum->shipping_tax);
	prefixed_set(d, d->document, p, "shipping_tax_amount",
	    sum->shipping_tax);
}

static void
document_totals(struct draft *d, const char *p, struct sums *sum)
{
	int64_t plus = argument(d, p, "adjustment_positive", 0);
	int64_t minus = argument(d, p, "adjustment_negative", 0);
	yyjson_mut_val *to = d->document;

	add_shipping(d, p, sum);
	sum->tax += sum->shipping_tax;
	sum->grand = sum->subtotal + sum->tax + sum->compensation +
	    sum->shipping - sum->discount + plus - minus;
	prefixed_set(d, to, p, "adjustment", plus - minus);
	if (plus)
		prefixed_set(d, to, p, "adjustment_positive", plus);
	if (minus)
		prefixed_set(d, to, p, "adjustment_negative", minus);
	prefixed_set(d, to, p, "discount_amount", -sum->discount);
	prefixed_set(d, to, p, "grand_total", sum->grand);
	prefixed_set(d, to, p, "discount_tax_compensation_amount",
	    sum->compensation);
	prefixed_set(d, to, p, "subtotal", sum->subtotal);
	prefixed_set(d, to, p, "subtotal_incl_tax", sum->incl_tax);
	prefixed_set(d, to, p, "tax_amount", sum->tax);
}

static void
order_totals(struct draft *d, const char *p, const struct sums *sum)
{
	yyjson_mut_val *o = d->ch.order, *ship = order_shipping(&d->ch);
	yyjson_mut_val *payment = yyjson_mut_obj_get(o, "payment");

	prefixed_add(d, o, p, "adjustment_negative",
	    argument(d, p, "adjustment_negative", 0));
	prefixed_add(d, o, p, "adjustment_positive",
	    argument(d, p, "adjustment_positive", 0));
	prefixed_add(d, o, p, "discount_refunded", -sum->discount);
	prefixed_add(d, o, p, "discount_tax_compensation_refunded",
	    sum->compensation);
	prefixed_add(d, o, p, "shipping_refunded", sum->shipping);
	prefixed_add(d, o, p, "shipping_tax_refunded", sum->shipping_tax);
	prefixed_add(d, o, p, "subtotal_refunded", sum->subtotal);
	prefixed_add(d, o, p, "tax_refunded", sum->tax);
	prefixed_add(d, o, p, "total_offline_refunded", sum->grand);
	prefixed_add(d, o, p, "total_refunded", sum->grand);
	prefixed_add(d, payment, p, "amount_refunded", sum->grand);
	prefixed_add(d, payment, p, "shipping_refunded", sum->shipping);
	prefixed_add(d, ship, p, "shipping_refunded", sum->shipping);
	prefixed_add(d, ship, p, "shipping_tax_refunded", sum->shipping_tax);
}

static void
validate_state(struct draft *d)
{
	char text[200];

	if (!order_has_state(&d->ch, " holded payment_review canceled closed "))
		return;
	snprintf(text, sizeof text, "A creditmemo can not be created when an"
	    " order has a status of %.100s", record_text(yyjson_mut_obj_get(
	    d->ch.order, "status")));
	draft_wrong(d, text, NULL);
}

static void
validate_totals(struct draft *d, const struct sums *sum)
{
	int64_t left = money_get(d->ch.order, "base_total_paid") -
	    money_get(d->ch.order, "base_total_refunded");
	char text[100], amount[32];

	if (sum[0].grand <= 0)
		draft_wrong(d, "The credit memo's total must be positive.",
		    NULL);
	if (sum[1].grand <= left)
		return;
	money_text(left, amount);
	snprintf(text, sizeof text,
	    "The most money available to refund is %s.", amount);
	draft_wrong(d, text, NULL);
}

static void
add_line(struct draft *d, struct line *l, struct sums *sum)
{
	yyjson_mut_doc *doc = d->ch.doc;
	yyjson_mut_val *item;

	if (l->qty <= 0)
		return;
	item = draft_item(d, l);
	record_set(doc, item, "base_cost", yyjson_mut_null(doc));
	for (int k = 0; k < 2; k++)
		line_amounts(d, l, item, currency[k], &sum[k]);
	record_set_id(doc, item, "base_weee_tax_row_disposition", 0);
	record_set_text(doc, item, "weee_tax_applied", "[]");
	record_set_id(doc, item, "weee_tax_applied_row_amount", 0);
	record_set_id(doc, item, "weee_tax_row_disposition", 0);
	money_add(doc, l->item, "qty_refunded", l->qty);
}

/* "We refunded $32.47 offline.", with the status that followed. */
static void
note(struct draft *d, const struct sums *sum)
{
	yyjson_mut_val *h;
	char amount[40], text[80];

	money_shown(sum[1].grand, record_text(yyjson_mut_obj_get(d->ch.order,
	    "base_currency_code")), amount);
	snprintf(text, sizeof text, "We refunded %s offline.", amount);
	h = change_history(&d->ch, NULL);
	record_set_text(d->ch.doc, h, "comment", text);
	record_set_text(d->ch.doc, h, "entity_name", "creditmemo");
	record_set_id(d->ch.doc, h, "is_customer_notified", 0);
}

static int
make(struct draft *d, int64_t invoice, int64_t *base)
{
	struct sums sum[2] = {{0}, {0}};
	yyjson_mut_val *v;

	draft_begin(d);
	validate_state(d);
	draft_check_lines(d);
	for (int i = 0; i < d->lines; i++)
		add_line(d, &d->line[i], sum);
	for (int k = 0; k < 2; k++)
		document_totals(d, currency[k], &sum[k]);
	validate_totals(d, sum);
	if (draft_refuse(d) == -1)
		return -1;
	for (int k = 0; k < 2; k++)
		order_totals(d, currency[k], &sum[k]);
	if ((v = yyjson_mut_obj_get(d->ch.order, "discount_description")))
		record_set(d->ch.doc, d->document, "discount_description",
		    yyjson_mut_val_mut_copy(d->ch.doc, v));
	if (invoice)
		record_set_id(d->ch.doc, d->document, "invoice_id", invoice);
	record_set_id(d->ch.doc, d->document, "state", 2);	/* refunded */
	order_settle(&d->ch);
	note(d, sum);
	*base = sum[1].grand;
	return draft_keep(d);
}

static int
refund(struct call *c, int64_t order, int64_t invoice, int64_t *base)
{
	struct draft *d = draft_open(c, CREDITMEMO, order);
	int rc = d ? make(d, invoice, base) : -1;

	draft_close(d);
	return rc;
}

int
order_refund(struct call *c)
{
	int64_t id, base;

	return rest_id(c, 0, &id) == -1 ? -1 : refund(c, id, 0, &base);
}

/* The same for the order of an invoice, whose updated_at stays. */
int
invoice_refund(struct call *c)
{
	struct record r;
	int64_t id, base = 0;
	int rc;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if (record_open(&r, c, INVOICES, id) == -1)
		return rest_missing(c, NULL, NULL);
	rc = refund(c, record_id(yyjson_mut_obj_get(r.root, "order_id")), id,
	    &base);
	if (rc == 0) {
		money_add(r.doc, r.root, "base_total_refunded", base);
		record_set_id(r.doc, r.root, "is_used_for_refund", 1);
		record_keep(&r);
	} else
		record_close(&r);
	return rc;
}
