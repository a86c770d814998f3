/*
 * mage-rest - /rest/STORE/V1/...: routes, rights, bodies, errors
 *
 * The order in which a real shop refuses is kept: store code, method, route,
 * right, body, parameters, and the entity last.
 */
#ifndef SANDBOX_MAGE_REST_H
#define SANDBOX_MAGE_REST_H

#include "mage.h"

enum way { AT_ONCE, ASYNC, BULK };

/* One REST request on its way through. */
struct call {
	struct shop *shop;
	const struct request *rq;
	struct view view;
	enum way way;		/* how it came: /V1, /async/V1, /async/bulk/V1 */
	char *arg[2];		/* what stood for :id and the like */
	enum kind kind;		/* of the records that the route is about */
	const struct writing *writing;	/* the route, if it writes */
	yyjson_doc *body;	/* of POST and PUT, an object; else NULL */
	struct buf out;		/* the JSON to answer with */
	int status;		/* of that answer; 0 is 200 */
	struct refusal no;
};

/* One route. */
struct route {
	const char *method, *path, *resource;	/* NULL: anybody may */
	int (*handle)(struct call *c);
	enum kind kind;
};

/*
 * A route that writes, and the service behind it.  In its path the names of
 * parameters are the vendor's, since /async/bulk calls them byName.
 */
struct writing {
	struct route route;
	const char *service;	/* "Magento\\Sales\\Api\\...Interface::save" */
	const char *model;	/* the class behind it, as results name it */
	const char *param;	/* the body's member, "entity"; NULL: optional */
	const char *schema;	/* of mage-schema.h, which param has to suit */
	const char *inside;	/* "customer.id": where a body has the path's
				 * parameter, which the service does not take */
};

/* The writing routes (mage-write.c): number i, or NULL behind the last. */
const struct writing *write_route(size_t i);

/* Answer a request whose path begins with /rest or /index.php/rest. */
void rest_handle(struct shop *shop, const struct request *rq,
    struct reply *rp);

/*
 * The integer in arg[i], refused with the vendor's words when it is none.
 * Returns 0 or -1.
 */
int rest_id(struct call *c, int i, int64_t *id);

/* The refusal for what is not there: "No such entity with..." naming `field`,
 * or, with field NULL, the one that sales entities give.  Returns -1. */
int rest_missing(struct call *c, const char *field, const char *value);

/* --- handlers of the reading routes, the same way --- */

int read_one(struct call *c);			/* a record by its id */
int read_product(struct call *c);		/* a product by its SKU */
int read_attribute(struct call *c);		/* by its code or number */
int read_list(struct call *c);			/* searchCriteria */
int read_all(struct call *c);			/* plain array */
int read_custom(struct call *c);		/* attributes of this shop's own */
int read_totals(struct call *c);		/* GET carts/:id/totals */
int read_confirm(struct call *c);		/* GET customers/:id/confirm */
int read_stock(struct call *c);			/* GET stockItems/:sku */
int read_tree(struct call *c);			/* GET categories */
int read_country(struct call *c);		/* GET directory/countries/:id */
int read_currency(struct call *c);		/* GET directory/currency */
int admin_token(struct call *c);		/* POST integration/admin/token */

/* --- handlers of the writing routes: 0 with `out` set, or -1 with `no` --- */

int order_save(struct call *c);			/* POST orders, PUT orders/create */
int order_address(struct call *c);		/* PUT orders/:parent_id */
int order_comment(struct call *c);		/* POST orders/:id/comments */
int order_comments(struct call *c);		/* GET the same */
int order_statuses(struct call *c);		/* GET orders/:id/statuses */
int order_cancel(struct call *c);		/* POST orders/:id/cancel */
int order_hold(struct call *c);
int order_unhold(struct call *c);
int order_invoice(struct call *c);		/* POST order/:id/invoice */
int order_ship(struct call *c);
int order_refund(struct call *c);
int invoice_refund(struct call *c);		/* POST invoice/:id/refund */
int invoice_capture(struct call *c);		/* POST invoices/:id/capture */
int shipment_track(struct call *c);		/* POST shipment/track */
int document_comment(struct call *c);		/* POST invoices/comments... */
int customer_create(struct call *c);		/* POST customers */
int customer_update(struct call *c);		/* PUT customers/:id */
int customer_delete(struct call *c);		/* DELETE customers/:id */
int address_delete(struct call *c);		/* DELETE addresses/:id */
int product_save(struct call *c);		/* POST, PUT products */
int product_delete(struct call *c);
int stock_update(struct call *c);		/* PUT products/:sku/stockItems/:id */
int prices_base(struct call *c);		/* POST products/base-prices */
int prices_special(struct call *c);
int attribute_create(struct call *c);		/* POST products/attributes */

/* --- what came by /async, and what became of it (mage-bulk.c) --- */

/*
 * Take the request: bodies are checked, their operations wait for the
 * consumer.  Return 0 with the 202 in `out`, or -1.
 */
int bulk_accept(struct call *c);

/* Work off what the consumer would have worked off by now. */
void bulk_work(struct shop *shop);

int bulk_status(struct call *c);		/* GET bulk/:uuid/status */
int bulk_detailed(struct call *c);		/* .../detailed-status */
int bulk_count(struct call *c);			/* .../operation-status/:n */

#endif
