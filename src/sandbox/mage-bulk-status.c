/* GET bulk/:uuid/...: what became of the operations of a bulk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-rest.h"

/* The bulk that the path names, or p = NULL with the refusal set. */
static struct piece
bulk_named(struct call *c)
{
	ssize_t i = shop_find(c->shop, BULKS, "uuid", c->arg[0]);
	struct buf b = {0};

	if (i != -1)
		return store_at(c->shop->store, BULKS, (size_t)i);
	buf_str(&b, "{\"bulkUuid\":");
	php_string(&b, c->arg[0], strlen(c->arg[0]));
	buf_byte(&b, '}');
	refuse(&c->no, 404, "Bulk uuid %bulkUuid not exist", b.p);
	buf_free(&b);
	return (struct piece){NULL, 0};
}

/* `op` or nothing but these members of it. */
static void
add_members(struct piece op, const char *const *name, struct buf *out)
{
	struct piece v;

	buf_byte(out, '{');
	for (int i = 0; name[i]; i++) {
		v = json_member(op, name[i]);
		buf_fmt(out, "%s\"%s\":", i ? "," : "", name[i]);
		buf_add(out, v.p, v.n);
	}
	buf_byte(out, '}');
}

/* The operations with these members, then the bulk itself. */
static int
list(struct call *c, const char *const *members)
{
	static const char *const bulk_members[] = {"user_type", "bulk_id",
	    "description", "start_time", "user_id", "operation_count", NULL};
	struct piece bulk = bulk_named(c);
	struct store *s = c->shop->store;
	size_t place, n;
	struct buf b = {0};

	if (bulk.p == NULL)
		return -1;
	place = store_lower(s, OPERATIONS, atoll(json_member(bulk, "first").p));
	n = (size_t)atol(json_member(bulk, "operation_count").p);
	buf_str(&c->out, "{\"operations_list\":[");
	for (size_t i = 0; i < n && place + i < store_count(s, OPERATIONS);
	    i++) {
		if (i)
			buf_byte(&c->out, ',');
		add_members(store_at(s, OPERATIONS, place + i), members,
		    &c->out);
	}
	add_members(bulk, bulk_members, &b);
	buf_fmt(&c->out, "],%s", b.p + 1);
	buf_free(&b);
	return 0;
}

int
bulk_status(struct call *c)
{
	static const char *const members[] = {"id", "status", "result_message",
	    "error_code", NULL};

	return list(c, members);
}

int
bulk_detailed(struct call *c)
{
	static const char *const members[] = {"id", "bulk_uuid", "topic_name",
	    "serialized_data", "result_serialized_data", "status",
	    "result_message", "error_code", NULL};

	return list(c, members);
}

int
bulk_count(struct call *c)
{
	struct piece bulk;
	struct store *s = c->shop->store;
	size_t place, n, found = 0;
	int64_t status;

	if (rest_id(c, 1, &status) == -1)
		return -1;
	bulk = bulk_named(c);
	if (bulk.p == NULL) {	/* the vendor counts rows, none here */
		c->no.status = 0;
		buf_byte(&c->out, '0');
		return 0;
	}
	place = store_lower(s, OPERATIONS, atoll(json_member(bulk, "first").p));
	n = (size_t)atol(json_member(bulk, "operation_count").p);
	for (size_t i = 0; i < n && place + i < store_count(s, OPERATIONS); i++)
		found += atoll(json_member(store_at(s, OPERATIONS, place + i),
		    "status").p) == status;
	buf_fmt(&c->out, "%zu", found);
	return 0;
}
