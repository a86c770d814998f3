/*
 * The consumer of the queue behind /async.
 *
 * It is no thread: before each request the operations that it would have come
 * to by now are carried out, so that nobody can see the difference, and the
 * same requests at the same moments give the same records.  Where it stands
 * follows from the records of the bulks alone, so a kill loses nothing.
 */
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-bulk.h"
#include "mage-input.h"

#define DEADLOCK "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found" \
	" when trying to get lock; try restarting transaction"

/* One operation while it is carried out. */
struct operation {
	yyjson_doc *was;
	yyjson_mut_doc *doc;
	yyjson_mut_val *record;
	yyjson_doc *data, *meta;
	const struct writing *r;
	int64_t id;
};

static int
operation_open(struct operation *op, struct shop *shop, size_t place)
{
	struct piece r = store_at(shop->store, OPERATIONS, place);
	const char *text;
	yyjson_val *meta;

	memset(op, 0, sizeof *op);
	op->id = store_id(shop->store, OPERATIONS, place);
	op->was = php_read(r.p, r.n);
	op->doc = op->was ? yyjson_doc_mut_copy(op->was, NULL) : NULL;
	if (op->doc == NULL)
		errx(3, "operation %lld is not JSON", (long long)op->id);
	op->record = yyjson_mut_doc_get_root(op->doc);
	op->r = bulk_route(record_text(yyjson_mut_obj_get(op->record,
	    "topic_name")));
	text = record_text(yyjson_mut_obj_get(op->record, "serialized_data"));
	op->data = php_read(text, strlen(text));
	meta = yyjson_obj_get(yyjson_doc_get_root(op->data),
	    "meta_information");
	text = input_text(meta);
	op->meta = php_read(text, strlen(text));
	return op->r && op->meta ? 0 : -1;
}

static void
operation_close(struct operation *op)
{
	yyjson_doc_free(op->meta);
	yyjson_doc_free(op->data);
	yyjson_mut_doc_free(op->doc);
	yyjson_doc_free(op->was);
}

/* What became of it; `result` is the service's answer, NULL for none. */
static void
operation_keep(struct operation *op, struct shop *shop, int status,
    const char *message, const char *result)
{
	struct buf b = {0};

	if (result) {
		record_set(op->doc, op->record, "serialized_data",
		    yyjson_mut_null(op->doc));
		record_set_text(op->doc, op->record, "result_serialized_data",
		    result);
	} else
		record_set_id(op->doc, op->record, "error_code", 0);
	record_set_id(op->doc, op->record, "status", status);
	record_set_text(op->doc, op->record, "result_message", message);
	php_write(op->doc, &b);
	store_put(shop->store, OPERATIONS, op->id, b.p, b.n);
	buf_free(&b);
}

/* The arguments that a path would have, from the body. */
static void
arguments(struct operation *op, struct call *c, char text[2][200])
{
	yyjson_val *root = yyjson_doc_get_root(op->meta), *v;
	const char *dot;
	char name[40];

	for (int i = 0; i < 2 && bulk_parameter(op->r, i, name); i++) {
		v = yyjson_obj_get(root, name);
		if (v == NULL && op->r->inside &&
		    (dot = strchr(op->r->inside, '.')))
			v = yyjson_obj_get(yyjson_obj_getn(root, op->r->inside,
			    (size_t)(dot - op->r->inside)), dot + 1);
		snprintf(text[i], 200, "%s", input_text(v));
		c->arg[i] = text[i];
	}
}

/* %1 and %fieldName as a result message has them: filled in. */
static void
fill(const struct refusal *no, struct buf *out)
{
	yyjson_doc *doc = php_read(no->parameters, strlen(no->parameters));
	yyjson_val *all = yyjson_doc_get_root(doc), *v;
	const char *p;
	char name[60];
	size_t n;

	for (p = no->message; *p; p += n) {
		n = 1;
		while (*p == '%' && isalnum((unsigned char)p[n]))
			n++;
		snprintf(name, sizeof name, "%.*s", (int)n - 1, p + 1);
		v = yyjson_is_arr(all) ? yyjson_arr_get(all,
		    (size_t)(atoi(name) - 1)) : yyjson_obj_get(all, name);
		if (n > 1 && v)
			buf_str(out, input_text(v));
		else
			buf_add(out, p, n);
	}
	yyjson_doc_free(doc);
}

/* The code of the store that the operation was sent to; "all" is number 0. */
static void
store_code(struct operation *op, struct shop *shop, char code[80])
{
	int64_t id = input_id(yyjson_obj_get(yyjson_doc_get_root(op->data),
	    "store_id"));
	struct piece v = {NULL, 0};
	struct buf b = {0};

	for (size_t i = 0; id && i < store_count(shop->store, STORES); i++)
		if (store_id(shop->store, STORES, i) == id)
			v = json_member(store_at(shop->store, STORES, i),
			    "code");
	json_text(v, &b);
	snprintf(code, 80, "%.79s", b.n ? b.p : id ? "default" : "all");
	buf_free(&b);
}

static void
carry_out(struct operation *op, struct shop *shop)
{
	static const struct request none = {.method = "", .path = "",
	    .plain = "", .query = "", .body = ""};
	struct call c = {.shop = shop, .rq = &none, .way = ASYNC,
	    .kind = op->r->route.kind, .body = op->meta};
	char arg[2][200], said[300], store[80];
	struct buf b = {0};

	store_code(op, shop, store);
	c.view = (struct view){.rq = &none, .store = store};
	arguments(op, &c, arg);
	if (op->r->route.handle(&c) == 0) {
		snprintf(said, sizeof said, "Service execution success"
		    " %s\\Interceptor::%s", op->r->model,
		    strstr(op->r->service, "::") + 2);
		operation_keep(op, shop, COMPLETE, said, c.out.p);
	} else {
		fill(&c.no, &b);
		operation_keep(op, shop, FAILED, b.n ? b.p : "", NULL);
	}
	buf_free(&b);
	buf_free(&c.out);
}

/* Operation `n` of a bulk, in a transaction of its own. */
static void
work(struct shop *shop, struct piece bulk, long n, size_t place)
{
	struct operation op;
	long fault = atol(json_member(bulk, "fault_status").p);
	long which = atol(json_member(bulk, "fault_operation").p);

	if (which != -1 && which != n)
		fault = 0;
	if (fault == OPEN)
		return;		/* the consumer died of it: open for ever */
	store_begin(shop->store);
	if (operation_open(&op, shop, place) == -1)
		operation_keep(&op, shop, FAILED, "Unable to unserialize value."
		    " Error: Syntax error", NULL);
	else if (fault >= RETRIABLE && fault <= REJECTED)
		operation_keep(&op, shop, (int)fault, fault == RETRIABLE ?
		    DEADLOCK : "Something went wrong.", NULL);
	else
		carry_out(&op, shop);
	operation_close(&op);
	store_commit(shop->store);
}

/* All of a bulk that is due; 1 when nothing of it is open any more. */
static int
work_bulk(struct shop *shop, struct piece bulk, int64_t now)
{
	long count = atol(json_member(bulk, "operation_count").p);
	int64_t first = atoll(json_member(bulk, "first").p);
	int64_t begin = atoll(json_member(bulk, "begin").p);
	struct piece r;
	ssize_t place;

	for (long n = 0; n < count; n++) {
		place = store_find(shop->store, OPERATIONS, first + n);
		if (place == -1)
			continue;
		r = store_at(shop->store, OPERATIONS, (size_t)place);
		if (!json_is(json_member(r, "status"), "4"))
			continue;
		if (begin + (n + 1) * shop->set.consumer_ms > now)
			return 0;
		work(shop, bulk, n, (size_t)place);
	}
	return 1;
}

void
bulk_work(struct shop *shop)
{
	struct store *s = shop->store;
	int64_t now = bulk_clock();
	size_t i = store_lower(s, BULKS, shop->bulk);

	if (!shop->set.consumer)
		return;
	for (; i < store_count(s, BULKS); i++) {
		shop->bulk = store_id(s, BULKS, i);
		if (!work_bulk(shop, store_at(s, BULKS, i), now))
			return;
		shop->bulk++;
	}
}
