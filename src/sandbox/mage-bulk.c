/* /async and /async/bulk: what is sent waits as operations, one of each bulk
 * after the other, until a consumer comes to it. */
#include <ctype.h>
#include <err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mage-bulk.h"
#include "mage-input.h"

int64_t
bulk_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
digest(const char *p, size_t n, char hex[65])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (!EVP_Digest(p, n, md, &len, EVP_sha256(), NULL))
		errx(3, "cannot compute a digest");
	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", md[i]);
}

/* "async.magento.sales.api.orderrepositoryinterface.save.post" */
static void
topic(const struct writing *r, char *to, size_t size)
{
	const char *p = r->service;
	size_t n;

	n = (size_t)snprintf(to, size, "async.");
	for (; *p && n + 1 < size; p++)
		if (*p != ':')
			to[n++] = *p == '\\' ? '.' : *p;
		else if (p[1] != ':')
			to[n++] = '.';
	snprintf(to + n, size - n, ".%s", r->route.method);
	for (; *to; to++)
		*to = (char)tolower((unsigned char)*to);
}

const struct writing *
bulk_route(const char *name)
{
	const struct writing *r;
	char text[200];

	for (size_t i = 0; (r = write_route(i)); i++) {
		if (r->service == NULL)
			continue;
		topic(r, text, sizeof text);
		if (strcmp(text, name) == 0)
			return r;
	}
	return NULL;
}

int
bulk_parameter(const struct writing *r, int i, char name[40])
{
	const char *p = r->route.path;

	while ((p = strchr(p, ':')) && i-- > 0)
		p++;
	if (p)
		snprintf(name, 40, "%.*s", (int)strcspn(p + 1, "/"), p + 1);
	return p != NULL;
}

/* --- taking a request --- */

struct accept {
	struct call *c;
	const struct writing *r;
	char topic[200], uuid[40], now[20], store[24];
	int64_t first;		/* operation */
	long n;
	struct buf items;	/* of the answer */
};

/* The store that the operations run in, by its id. */
static void
find_store(struct accept *a)
{
	struct store *s = a->c->shop->store;
	const char *code = a->c->view.store ? a->c->view.store : "default";
	struct buf quoted = {0};

	snprintf(a->store, sizeof a->store, "%d", strcmp(code, "all") != 0);
	php_string(&quoted, code, strlen(code));
	for (size_t i = 0; i < store_count(s, STORES); i++)
		if (json_is(json_member(store_at(s, STORES, i), "code"),
		    quoted.p))
			snprintf(a->store, sizeof a->store, "%lld",
			    (long long)store_id(s, STORES, i));
	buf_free(&quoted);
}

/* A bulk is refused whole when one of its bodies does not suit the service. */
static int
check(struct accept *a, yyjson_val *item)
{
	yyjson_val *v = a->r->param ? yyjson_obj_get(item, a->r->param) : NULL;
	struct refusal *no = &a->c->no;
	char name[40];

	for (int i = 0; a->c->way == BULK && !a->r->inside &&
	    bulk_parameter(a->r, i, name); i++)
		if (!yyjson_obj_get(item, name))
			return refuse_required(no, name);
	if (a->r->param && !yyjson_is_obj(v))
		return refuse_required(no, a->r->param);
	return a->r->schema ? input_check(a->c, a->r->schema, v) : 0;
}

/* The body and what stood in the path. */
static void
write_meta(struct accept *a, yyjson_val *item, struct buf *out)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *meta = yyjson_val_mut_copy(doc, item);
	char name[40];

	for (int i = 0; a->c->way == ASYNC &&
	    bulk_parameter(a->r, i, name); i++)
		record_set_text(doc, meta, name, a->c->arg[i]);
	php_write_val(meta, out);
	yyjson_mut_doc_free(doc);
}

/* One operation, open. */
static void
add(struct accept *a, yyjson_val *item)
{
	struct store *s = a->c->shop->store;
	int64_t id = store_next(s, "operations", OPERATIONS);
	struct buf meta = {0}, data = {0}, b = {0};
	char hash[65];

	write_meta(a, item, &meta);
	buf_str(&data, "{\"entity_id\":null,\"entity_link\":\"\","
	    "\"meta_information\":");
	php_string(&data, meta.p, meta.n);
	buf_fmt(&data, ",\"store_id\":\"%s\"}", a->store);
	buf_fmt(&b, "{\"extension_attributes\":{\"start_time\":\"%s\"},"
	    "\"id\":%ld,\"bulk_uuid\":\"%s\",\"topic_name\":\"%s\","
	    "\"serialized_data\":", a->now, a->n, a->uuid, a->topic);
	php_string(&b, data.p, data.n);
	buf_fmt(&b, ",\"result_serialized_data\":null,\"status\":%d,"
	    "\"result_message\":null,\"error_code\":null}", OPEN);
	store_put(s, OPERATIONS, id, b.p, b.n);
	digest(data.p, data.n, hash);
	buf_fmt(&a->items, "%s{\"id\":%ld,\"data_hash\":\"%s\",\"status\":"
	    "\"accepted\"}", a->n ? "," : "", a->n, hash);
	if (a->n++ == 0)
		a->first = id;
	buf_free(&meta);
	buf_free(&data);
	buf_free(&b);
}

/* When the consumer has worked off all that there is. */
static int64_t
free_from(const struct shop *shop)
{
	size_t n = store_count(shop->store, BULKS);
	int64_t now = bulk_clock(), end;
	struct piece r;

	if (n == 0)
		return now;
	r = store_at(shop->store, BULKS, n - 1);
	end = atoll(json_member(r, "begin").p) + atoll(json_member(r,
	    "operation_count").p) * shop->set.consumer_ms;
	return end > now ? end : now;
}

/*
 * The bulk itself.  What the interface does not show: its first operation,
 * when the consumer comes to it, and what a fault makes of its operations.
 */
static void
add_bulk(struct accept *a, int64_t number)
{
	const struct fault *f = a->c->rq->fault;
	const char *h = serve_header(a->c->rq, "Authorization");
	struct buf b = {0};

	/* 2 an admin, whose tokens are JWTs; 1 an integration */
	buf_fmt(&b, "{\"user_type\":%d,\"bulk_id\":\"%s\",\"description\":"
	    "\"Topic %s\",\"start_time\":\"%s\",\"user_id\":1,"
	    "\"operation_count\":%ld,\"bulk_number\":%lld,\"first\":%lld,"
	    "\"begin\":%lld,\"fault_operation\":%ld,\"fault_status\":%ld}",
	    h && strchr(h, '.') ? 2 : 1, a->uuid, a->topic, a->now, a->n,
	    (long long)number, (long long)a->first,
	    (long long)free_from(a->c->shop), fault_int(f, "operation", -1),
	    fault_int(f, "operation_status", 0));
	store_put(a->c->shop->store, BULKS, number, b.p, b.n);
	buf_free(&b);
}

static void
make_uuid(const struct shop *shop, int64_t number, char uuid[40])
{
	char text[80], h[65];

	snprintf(text, sizeof text, "bulk %llu %lld",
	    (unsigned long long)shop->serve.seed, (long long)number);
	digest(text, strlen(text), h);
	snprintf(uuid, 40, "%.8s-%.4s-4%.3s-8%.3s-%.12s", h, h + 8, h + 12,
	    h + 15, h + 18);
}

/* Call `take` for each body; stops at -1. */
static int
each_body(struct accept *a, yyjson_val *root,
    int (*take)(struct accept *a, yyjson_val *item))
{
	yyjson_val *k, *v;
	size_t i, max;

	if (a->c->way == ASYNC)
		return take(a, root);
	if (yyjson_is_obj(root)) {
		yyjson_obj_foreach(root, i, max, k, v)
			if (yyjson_is_ctn(v) && take(a, v) == -1)
				return -1;
		return 0;
	}
	yyjson_arr_foreach(root, i, max, v)
		if (yyjson_is_ctn(v) && take(a, v) == -1)
			return -1;
	return 0;
}

static int
add_one(struct accept *a, yyjson_val *item)
{
	add(a, item);
	return 0;
}

int
bulk_accept(struct call *c)
{
	struct accept a = {.c = c, .r = c->writing};
	yyjson_doc *doc = NULL;
	yyjson_val *root = yyjson_doc_get_root(c->body);
	int64_t number;
	int rc = -1;

	if (c->way == BULK && c->rq->body_len)
		doc = php_read(c->rq->body, c->rq->body_len);
	if (doc)
		root = yyjson_doc_get_root(doc);
	if (each_body(&a, root, check) == -1)
		goto out;
	number = store_next(c->shop->store, "bulks", BULKS);
	make_uuid(c->shop, number, a.uuid);
	topic(a.r, a.topic, sizeof a.topic);
	shop_now(c->shop, a.now);
	find_store(&a);
	each_body(&a, root, add_one);
	add_bulk(&a, number);
	buf_fmt(&c->out, "{\"bulk_uuid\":\"%s\",\"request_items\":[%s],"
	    "\"errors\":false}", a.uuid, a.items.n ? a.items.p : "");
	c->status = 202;
	rc = 0;
out:
	buf_free(&a.items);
	yyjson_doc_free(doc);
	return rc;
}
