#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mage-auth.h"
#include "mage-cache.h"
#include "mage-plan.h"
#include "mage-rest.h"
#include "mage-trouble.h"
#include "mage-xml.h"

#define URL_MAX 8100		/* nginx: large_client_header_buffers */
#define PARTS 8
#define JSON "application/json; charset=utf-8"

/* --- what handlers share --- */

int
rest_id(struct call *c, int i, int64_t *id)
{
	const char *s = c->arg[i];
	char *end;

	*id = strtoll(s, &end, 10);
	if (end == s || *end || isspace((unsigned char)*s))
		return refuse_type(&c->no, NULL, s, "int");
	return 0;
}

int
rest_missing(struct call *c, const char *field, const char *value)
{
	char p[300];

	if (field == NULL)
		return refuse(&c->no, 404, "The entity that was requested doesn't"
		    " exist. Verify the entity and try again.", NULL);
	snprintf(p, sizeof p, "{\"fieldName\":\"%s\",\"fieldValue\":%.200s}",
	    field, value);
	return refuse(&c->no, 404,
	    "No such entity with %fieldName = %fieldValue", p);
}

/* --- routes --- */

#define VIEW "Magento_Sales::actions_view"
#define CATALOG "Magento_Catalog::products"
#define RULE "Magento_SalesRule::quote"
#define STORE "Magento_Backend::store"
#define CUSTOMER "Magento_Customer::customer"
#define GROUP "Magento_Customer::group"

#define INVOICE "Magento_Sales::sales_invoice"
#define SHIPMENT "Magento_Sales::shipment"
#define MEMO "Magento_Sales::sales_creditmemo"
#define ATTRIBUTE "Magento_Catalog::attributes_attributes"
#define CATEGORY "Magento_Catalog::categories"
#define TRANSACTION "Magento_Sales::transactions_fetch"
#define STOCK "Magento_CatalogInventory::cataloginventory"
#define ADDRESS "attributeMetadata/customerAddress"
#define BULK_LOG "Magento_Logging::system_magento_logging_bulk_operations"

static const struct route routes[] = {
	{"GET", "orders", VIEW, read_list, ORDERS},
	{"GET", "orders/items", VIEW, read_list, ORDER_ITEMS},
	{"GET", "orders/items/:id", VIEW, read_one, ORDER_ITEMS},
	{"GET", "orders/:id", VIEW, read_one, ORDERS},
	{"GET", "orders/:id/comments", VIEW, order_comments, ORDERS},
	{"GET", "orders/:id/statuses", VIEW, order_statuses, ORDERS},
	{"GET", "invoices", INVOICE, read_list, INVOICES},
	{"GET", "invoices/:id", INVOICE, read_one, INVOICES},
	{"GET", "shipments", SHIPMENT, read_list, SHIPMENTS},
	{"GET", "shipment/:id", SHIPMENT, read_one, SHIPMENTS},
	{"GET", "creditmemos", MEMO, read_list, CREDITMEMOS},
	{"GET", "creditmemo/:id", MEMO, read_one, CREDITMEMOS},
	{"GET", "customers/search", CUSTOMER, read_list, CUSTOMERS},
	{"GET", "customers/:id", CUSTOMER, read_one, CUSTOMERS},
	{"GET", "customerGroups/search", GROUP, read_list, GROUPS},
	{"GET", "customerGroups/:id", GROUP, read_one, GROUPS},
	{"GET", "attributeMetadata/customer", CUSTOMER, read_all,
	    CUSTOMER_ATTRIBUTES},
	{"GET", "attributeMetadata/customer/custom", CUSTOMER, read_custom,
	    CUSTOMER_ATTRIBUTES},
	{"GET", "attributeMetadata/customer/attribute/:code", CUSTOMER,
	    read_attribute, CUSTOMER_ATTRIBUTES},
	{"GET", "products", CATALOG, read_list, PRODUCTS},
	{"GET", "products/attributes", ATTRIBUTE, read_list,
	    PRODUCT_ATTRIBUTES},
	{"GET", "products/attributes/:code", ATTRIBUTE, read_attribute,
	    PRODUCT_ATTRIBUTES},
	{"GET", "products/:sku", CATALOG, read_product, PRODUCTS},
	{"GET", "carts/search", "Magento_Cart::manage", read_list, CARTS},
	{"GET", "carts/:id", "Magento_Cart::manage", read_one, CARTS},
	{"GET", "salesRules/search", RULE, read_list, RULES},
	{"GET", "salesRules/:id", RULE, read_one, RULES},
	{"GET", "coupons/search", RULE, read_list, COUPONS},
	{"GET", "coupons/:id", RULE, read_one, COUPONS},
	{"GET", "store/storeViews", STORE, read_all, STORES},
	{"GET", "store/storeGroups", STORE, read_all, STORE_GROUPS},
	{"GET", "store/websites", STORE, read_all, WEBSITES},
	{"GET", "store/storeConfigs", STORE, read_all, STORE_CONFIGS},
	{"GET", ADDRESS, CUSTOMER, read_all, ADDRESS_ATTRIBUTES},
	{"GET", ADDRESS "/custom", CUSTOMER, read_custom, ADDRESS_ATTRIBUTES},
	{"GET", ADDRESS "/attribute/:code", CUSTOMER, read_attribute,
	    ADDRESS_ATTRIBUTES},
	{"GET", "customers/:id/confirm", CUSTOMER, read_confirm, CUSTOMERS},
	{"GET", "carts/:id/totals", "Magento_Cart::manage", read_totals, CARTS},
	{"GET", "categories/list", CATEGORY, read_list, CATEGORIES},
	{"GET", "categories", CATEGORY, read_tree, CATEGORIES},
	{"GET", "categories/:id", CATEGORY, read_one, CATEGORIES},
	{"GET", "transactions", TRANSACTION, read_list, TRANSACTIONS},
	{"GET", "transactions/:id", TRANSACTION, read_one, TRANSACTIONS},
	{"GET", "stockItems/:sku", STOCK, read_stock, STOCK_ITEMS},
	{"GET", "inventory/source-items", "Magento_InventoryApi::source_item",
	    read_list, SOURCE_ITEMS},
	{"GET", "directory/countries", NULL, read_all, COUNTRIES},
	{"GET", "directory/countries/:id", NULL, read_country, COUNTRIES},
	{"GET", "directory/currency", NULL, read_currency, CURRENCIES},
	{"GET", "bulk", BULK_LOG, read_list, OPERATIONS},
	{"GET", "bulk/:bulkUuid/status", BULK_LOG, bulk_status, BULKS},
	{"GET", "bulk/:bulkUuid/detailed-status", BULK_LOG, bulk_detailed,
	    BULKS},
	{"GET", "bulk/:bulkUuid/operation-status/:status", BULK_LOG, bulk_count,
	    BULKS},
	{"POST", "integration/admin/token", NULL, admin_token, KINDS},
};

/* Is the part "bySku", where the pattern has ":sku"? */
static int
by_name(const char *name, size_t n, const char *part)
{
	return strlen(part) == n + 1 && strncmp(part, "by", 2) == 0 &&
	    toupper((unsigned char)name[1]) == part[2] &&
	    memcmp(name + 2, part + 3, n - 2) == 0;
}

/* Does the path (already split) fit?  Then its arguments are set, which a bulk
 * has in its bodies instead. */
static int
fits(const char *pattern, char *part[], int parts, enum way way, char *arg[2])
{
	int i, args = 0;
	size_t n;

	arg[0] = arg[1] = NULL;
	for (i = 0; *pattern; i++) {
		n = strcspn(pattern, "/");
		if (i == parts)
			return 0;
		if (*pattern == ':' && way == BULK) {
			if (!by_name(pattern, n, part[i]))
				return 0;
		} else if (*pattern == ':')
			arg[args++] = part[i];
		else if (strlen(part[i]) != n || strncmp(pattern, part[i], n))
			return 0;
		pattern += n + (pattern[n] == '/');
	}
	return i == parts;
}

static const struct route *
route_find(struct call *c, char *part[], int parts)
{
	const struct writing *w;
	size_t i;

	for (i = 0; (w = write_route(i)); i++)
		if (strcmp(w->route.method, c->rq->method) == 0 &&
		    fits(w->route.path, part, parts, c->way, c->arg)) {
			c->writing = w;
			return &w->route;
		}
	for (i = 0; c->way == AT_ONCE && i < sizeof routes / sizeof *routes; i++)
		if (strcmp(routes[i].method, c->rq->method) == 0 &&
		    fits(routes[i].path, part, parts, AT_ONCE, c->arg))
			return &routes[i];
	return NULL;
}

/* --- bodies --- */

static int
content_type(struct call *c)
{
	const char *h = serve_header(c->rq, "Content-Type"), *set;
	char text[300], type[100];
	size_t n;

	if (h == NULL || *h == '\0')
		return refuse(&c->no, 400, "Content-Type header is empty.", NULL);
	n = strcspn(h, "; ");
	snprintf(type, sizeof type, "%.*s", n > 99 ? 99 : (int)n, h);
	if (strcasecmp(type, "application/json") != 0) {
		snprintf(text, sizeof text, "Server cannot understand Content-Type"
		    " HTTP header media type %s", type);
		return refuse(&c->no, 400, text, NULL);
	}
	if ((set = strcasestr(h + n, "charset=")) &&
	    strncasecmp(set + 8 + (set[8] == '"'), "utf-8", 5) != 0)
		return refuse(&c->no, 400, "UTF-8 is the only supported charset.",
		    NULL);
	return 0;
}

static int
read_body(struct call *c)
{
	yyjson_doc *doc;

	if (strcmp(c->rq->method, "POST") != 0 &&
	    strcmp(c->rq->method, "PUT") != 0 && c->way == AT_ONCE)
		return 0;
	/* nothing sent has no type either, and no parameters */
	if (c->rq->body_len && content_type(c) == -1)
		return -1;
	if (c->rq->body_len) {
		doc = php_read(c->rq->body, c->rq->body_len);
		if (doc == NULL)
			return refuse(&c->no, 400, "Decoding error.", NULL);
		if (yyjson_is_obj(yyjson_doc_get_root(doc))) {
			c->body = doc;
			return 0;
		}
		yyjson_doc_free(doc);
	}
	c->body = php_read("{}", 2);	/* anything else has no parameters */
	return 0;
}

/* --- from the request to the answer --- */

static int
cannot(struct refusal *no)
{
	return refuse(no, 400, "Specified request cannot be processed.", NULL);
}

static int
store_known(struct shop *shop, const char *code)
{
	struct piece v;

	if (strcmp(code, "all") == 0)
		return 1;
	if (strcmp(code, "admin") == 0)
		return 0;
	for (size_t i = 0; i < store_count(shop->store, STORES); i++) {
		v = json_member(store_at(shop->store, STORES, i), "code");
		if (v.p && v.n == strlen(code) + 2 &&
		    memcmp(v.p + 1, code, v.n - 2) == 0)
			return 1;
	}
	/* a shop without stores.ndjson has one, by its usual code */
	return store_count(shop->store, STORES) == 0 &&
	    strcmp(code, "default") == 0;
}

static int
run(struct call *c, const struct route *r)
{
	int writes = strcmp(c->rq->method, "GET") != 0, rc;

	if (r->resource && auth_check(c->shop->auth, c->shop, c->rq,
	    r->resource, &c->no) == -1)
		return -1;
	if (read_body(c) == -1)
		return -1;
	c->kind = r->kind;
	if (writes)
		store_begin(c->shop->store);
	rc = c->way == AT_ONCE ? r->handle(c) : bulk_accept(c);
	if (writes)
		store_commit(c->shop->store);
	return rc;
}

/*
 * [STORE/][async/[bulk/]]V1: which part is V1, or -1 for a store that is not
 * there, or another version.  Nothing can be asked for later.
 */
static int
prefix(struct call *c, char *part[], int parts)
{
	int i = 0;

	if (parts == 0)
		return 0;
	if (strcmp(part[0], "V1") != 0 && strcmp(part[0], "async") != 0) {
		if (!store_known(c->shop, part[0]))
			return -1;
		c->view.store = part[i++];
	}
	if (i < parts && strcmp(part[i], "async") == 0) {
		c->way = ASYNC;
		i++;
	}
	if (c->way == ASYNC && i < parts && strcmp(part[i], "bulk") == 0) {
		c->way = BULK;
		i++;
	}
	if (c->way != AT_ONCE && strcmp(c->rq->method, "GET") == 0)
		return -1;
	return i < parts && strcmp(part[i], "V1") == 0 ? i : -1;
}

static int
dispatch(struct call *c, char *part[], int parts)
{
	static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
	const struct route *r;
	char text[100];
	int i, m;

	if ((i = prefix(c, part, parts)) == -1)
		return cannot(&c->no);
	for (m = 0; m < 4; m++)
		if (strcmp(c->rq->method, methods[m]) == 0)
			break;
	if (m == 4) {
		snprintf(text, sizeof text, "The %.20s HTTP method is not"
		    " supported.", c->rq->method);
		return refuse(&c->no, 405, text, NULL);
	}
	if (parts == 0 || (r = route_find(c, part + i + 1, parts - i - 1)) ==
	    NULL)
		return refuse(&c->no, 404, "Request does not match any route.",
		    NULL);
	return run(c, r);
}

/* Split the path behind /rest, decoding each part; empty ones do not count. */
static int
split(const char *p, char *part[PARTS])
{
	int n = 0;
	size_t len;

	while (*(p += strspn(p, "/"))) {
		len = strcspn(p, "/");
		if (n < PARTS)
			part[n++] = serve_decode(p, len, 0, NULL);
		p += len;
	}
	return n;
}

static void
print_refusal(const struct refusal *no, struct buf *out)
{
	if (no->message[0] == '\0')
		return;
	buf_str(out, "{\"message\":");
	php_string(out, no->message, strlen(no->message));
	if (no->parameters[0] == '[' || no->parameters[0] == '{')
		buf_fmt(out, ",\"parameters\":%s", no->parameters);
	/* several input errors at once come as a list of their own */
	if (no->parameters[0] == ',')
		buf_str(out, no->parameters);
	buf_byte(out, '}');
}

static void
project(struct call *c)
{
	const char *q = c->rq->query;
	char *name, *value;

	while (serve_pair(&q, &name, &value)) {
		if (strcmp(name, "fields") == 0 && value && c->out.n &&
		    strchr("{[", *c->out.p))
			fields_apply(&c->out, value);
		free(name);
		free(value);
	}
}

static void
respond(struct call *c, struct reply *rp)
{
	enum xml_accept want = xml_accept(serve_header(c->rq, "Accept"));
	int status = c->no.status ? c->no.status : c->status ? c->status : 200;
	struct buf *b;

	if (c->no.trouble) {
		trouble_answer(c->shop, c->no.trouble, rp);
		return;
	}
	if (want == ACCEPT_NOTHING) {
		b = reply_with(rp, 500, "text/html; charset=UTF-8");
		buf_str(b, "<!doctype html>\n<html><head><title>There has been an"
		    " error processing your request</title></head>\n<body><h1>"
		    "There has been an error processing your request</h1></body>"
		    "</html>\n");
	} else {
		b = reply_with(rp, status, want == ACCEPT_XML ?
		    "application/xml; charset=utf-8" : JSON);
		if (want == ACCEPT_XML)
			xml_from_json(&c->out, b);
		else {
			buf_free(b);
			*b = c->out;
			memset(&c->out, 0, sizeof c->out);
		}
		if (status == 200 && want != ACCEPT_XML)
			cache_keep(c->shop, c->rq, JSON, b);
	}
	if (want != ACCEPT_NOTHING)
		reply_header(rp, "Cache-Control", "no-store");
	if (status == 200 || status == 404)
		reply_header(rp, "Vary", "Accept-Encoding");
	if (status == 200)
		reply_header(rp, "X-Frame-Options", "SAMEORIGIN");
	if (c->no.status == 401)
		reply_header(rp, "Set-Cookie", "PHPSESSID=0123456789abcdef;"
		    " Max-Age=3600; path=/; HttpOnly; SameSite=Lax");
}

static void
too_long(struct reply *rp)
{
	buf_str(reply_with(rp, 414, "text/html; charset=UTF-8"),
	    "<html>\r\n<head><title>414 Request-URI Too Large</title>"
	    "</head>\r\n<body>\r\n<center><h1>414 Request-URI Too Large"
	    "</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n"
	    "</body>\r\n</html>\r\n");
	reply_header(rp, "Connection", "close");
}

/* What the rows that it read, and those that it passed over, cost the shop. */
static long
effort(const struct shop *shop, const struct view *v)
{
	return ((long)v->rows * shop->set.row_us +
	    (long)v->skipped * shop->set.skip_us) / 1000;
}

void
rest_handle(struct shop *shop, const struct request *rq, struct reply *rp)
{
	struct call c = {.shop = shop, .rq = rq, .view = {.rq = rq}};
	char *part[PARTS] = {NULL};
	int parts, i;

	if (strlen(rq->path) + strlen(rq->query) > URL_MAX) {
		too_long(rp);
		return;
	}
	if (trouble_due(shop, rq, rp) || cache_answer(shop, rq, rp))
		return;
	plan_apply(shop, rq, "before");
	parts = split(strstr(rq->path, "/rest") + 5, part);
	if (dispatch(&c, part, parts) == -1) {
		c.out.n = 0;
		print_refusal(&c.no, &c.out);
	} else
		project(&c);
	if (shop->set.precision == 17 && c.out.n)
		php_precise(&c.out);
	respond(&c, rp);
	reply_wait(rp, effort(shop, &c.view));
	plan_apply(shop, rq, "after");
	store_rest(shop->store);
	for (i = 0; i < parts; i++)
		free(part[i]);
	yyjson_doc_free(c.body);
	buf_free(&c.out);
}
