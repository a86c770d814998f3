/* magento-comment - an order's comment that has the Salesforce id. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "magento-tell.h"

/* Who sends comments to Salesforce knows ours by this. */
#define OURS "Salesforce Order "

/* A store may put something around what it was given. */
bool
mage_comment_find(struct slice histories, const char *id, struct pool *pool)
{
	char *ours = xasprintf(OURS "%s", id);
	struct slice one, text;
	bool found = false;
	struct scan s;

	if (scan_kind(histories) == SCAN_ARRAY) {
		scan_enter(&s, histories);
		while (!found && scan_element(&s, &one)) {
			if (scan_kind(one) != SCAN_OBJECT)
				continue;
			text = scan_string(scan_get(one, "comment"), pool);
			found = text.n > 0 && memmem(text.p, text.n, ours,
			    strlen(ours)) != NULL;
		}
	}
	free(ours);
	return found;
}

/* The status as JSON text, absent where the order has none; 1: our comment is
 * there already, 0, -1. */
static int
look(struct mage *m, const struct mage_tell *t, struct buf *status,
    struct why *w)
{
	static const char fields[] =
	    "?fields=entity_id,status,status_histories%5Bcomment%5D";
	struct pool *pool = pool_new();
	struct http_call c = {0};
	struct slice order = { NULL, 0 }, value;
	char id[24], *url, *all;
	int r;

	snprintf(id, sizeof(id), "%" PRId64, t->id);
	url = mage_url(m, "orders", slice(id));
	all = xasprintf("%s%s", url, fields);
	if ((r = mage_get(m, all, &c, w)) == 0 &&
	    (scan_text(buf_all(&c.answer), &order, w) == -1 ||
	    scan_kind(order) != SCAN_OBJECT ||
	    mage_id(mage_entity("orders", NULL), order) != t->id))
		r = why_code(w, WHY_BROKEN, "no-order", "Magento answered no "
		    "order when asked for %" PRId64, t->id);
	if (r == 0) {
		value = scan_get(order, "status");
		if (scan_kind(value) == SCAN_STRING)
			buf_slice(status, value);
		r = mage_comment_find(scan_get(order, "status_histories"),
		    t->want[MAGE_ID], pool);
	}
	http_call_free(&c);
	pool_free(pool);
	free(all);
	free(url);
	return r;
}

/* It is of no concern to the customer: neither mailed nor shown. */
static int
post(struct mage *m, const struct mage_tell *t, struct slice status,
    struct why *w)
{
	struct buf body = BUF(128 << 10), text = BUF(200);
	struct http_call c = { .method = "POST" };	/* not repeatable */
	char path[64], *url;
	int r;

	snprintf(path, sizeof(path), "orders/%" PRId64 "/comments", t->id);
	url = mage_url(m, path, (struct slice){ NULL, 0 });
	buf_fmt(&text, OURS "%s", t->want[MAGE_ID]);
	buf_str(&body, "{\"statusHistory\":{\"comment\":");
	scan_quote(&body, buf_all(&text));
	buf_fmt(&body, ",\"entity_name\":\"order\",\"parent_id\":%" PRId64
	    ",\"is_customer_notified\":0,\"is_visible_on_front\":0", t->id);
	if (status.n > 0) {
		buf_str(&body, ",\"status\":");
		buf_slice(&body, status);
	}
	buf_str(&body, "}}");
	c.body = buf_all(&body);
	r = mage_call(m, url, &c, w);
	if (r == -1 && c.status == 400 && status.n > 0 &&
	    strstr(w->text, "is not part of the order") != NULL)
		r = 1;
	http_call_free(&c);
	buf_free(&body);
	buf_free(&text);
	free(url);
	return r;
}

/* The releases that refuse a status (it does not belong to the order's state)
 * keep it when none is sent. */
void
mage_comment_write(struct mage *m, struct mage_tell *t)
{
	struct buf status = BUF(64 << 10);

	if (look(m, t, &status, &t->error) == 0 &&
	    post(m, t, buf_all(&status), &t->error) == 1) {
		memset(&t->error, 0, sizeof(t->error));
		post(m, t, (struct slice){ NULL, 0 }, &t->error);
	}
	buf_free(&status);
}
