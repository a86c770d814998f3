/*
 * mage-document - what invoices, shipments and credit memos have in common
 *
 * Each is a document made from lines of an order: which ones, and how much of
 * each, a client says or leaves open (then all that can still be).
 */
#ifndef SANDBOX_MAGE_DOCUMENT_H
#define SANDBOX_MAGE_DOCUMENT_H

#include "mage-change.h"
#include "mage-money.h"

#define LINES 1000

enum document { INVOICE, SHIPMENT, CREDITMEMO };

/* One item of the order, and how much of it the document takes. */
struct line {
	yyjson_mut_val *item, *parent;	/* parent: NULL for none */
	int64_t qty;
	int asked;		/* the client named it */
	int dummy;		/* its amounts stand in its parent or children */
};

struct draft {
	enum document what;
	struct change ch;
	struct line line[LINES];
	int lines;
	int64_t total_qty;
	yyjson_val *sent;	/* the body */
	struct buf wrong;	/* messages of the validation, \n between */
	yyjson_mut_val *document, *items;
	int64_t id;		/* of the document */
};

/* The amounts of a document in one currency. */
struct sums {
	int64_t subtotal, incl_tax, tax, discount, compensation, shipping;
	int64_t shipping_tax, grand;
};

/*
 * What a line adds to the sums in the currency of `prefix` ("" or "base_"),
 * put into the document's item and the order's: an invoice takes from what was
 * ordered, a credit memo from what was invoiced.  So that cents are neither
 * lost nor made, the last part is what is left of tax and discount.
 */
void line_amounts(struct draft *d, struct line *l, yyjson_mut_val *item,
    const char *prefix, struct sums *sum);

/* Member prefix + name. */
int64_t prefixed(yyjson_mut_val *obj, const char *prefix, const char *name);
void prefixed_set(struct draft *d, yyjson_mut_val *obj, const char *prefix,
    const char *name, int64_t v);
void prefixed_add(struct draft *d, yyjson_mut_val *obj, const char *prefix,
    const char *name, int64_t v);

/*
 * Open an order and choose its lines.  Return the draft, or NULL with the
 * refusal set; draft_close(NULL) is fine.
 */
struct draft *draft_open(struct call *c, enum document what, int64_t order);
void draft_close(struct draft *d);

/* Add to what is wrong with it; `sku` fills %1 in, may be NULL. */
void draft_wrong(struct draft *d, const char *message, const char *sku);

/* What the lines asked for have wrong: unknown ones, and too much. */
void draft_check_lines(struct draft *d);

/* Refuse with all that was wrong: -1, or 0 when nothing was. */
int draft_refuse(struct draft *d);

/* Begin the document: id, number, times, what it has of its order. */
void draft_begin(struct draft *d);

/* A new item of the document for a line. */
yyjson_mut_val *draft_item(struct draft *d, const struct line *l);

/* Store document and order, whose state follows; the answer is the id. */
int draft_keep(struct draft *d);

/* What can still be invoiced, shipped or refunded of an item. */
int64_t left_of(enum document what, yyjson_mut_val *item);

/* What the order allows as it is now (canInvoice, canShip, canCreditmemo). */
int order_allows(struct change *ch, enum document what);

/* The state after a change: new, processing, complete, closed. */
void order_settle(struct change *ch);

int order_has_state(struct change *ch, const char *states);	/* " a b " */
void order_set_state(struct change *ch, const char *state);

/* Copies of items elsewhere (parents in children, the shipping assignment, the
 * list of items) follow; the order's updated_at is now. */
void order_touch(struct change *ch);

/* The totals that the shipping assignment repeats, or NULL. */
yyjson_mut_val *order_shipping(struct change *ch);

#endif
