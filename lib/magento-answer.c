/* magento-answer - what Magento's answers say. */
#include <stdlib.h>

#include "magento.h"

enum { SAID_MAX = 400 };

/* Text of a parameter: a string without its quotes, anything else as it
 * stands. */
static struct slice
text_of(struct slice value, struct pool *pool)
{
	return scan_kind(value) == SCAN_STRING ? scan_string(value, pool) :
	    value;
}

/* "%2" of an array: the second element. */
static struct slice
by_number(struct slice parameters, struct slice at, size_t *used)
{
	struct slice v = { NULL, 0 };
	struct scan s;
	unsigned n = 0;

	for (*used = 0; *used < at.n && *used < 2 && at.p[*used] >= '0' &&
	    at.p[*used] <= '9'; ++*used)
		n = n * 10 + (unsigned)(at.p[*used] - '0');
	if (n == 0)
		return v;
	scan_enter(&s, parameters);
	while (n > 0 && scan_element(&s, &v))
		n--;
	return n == 0 ? v : (struct slice){ NULL, 0 };
}

/* "%fieldName" of an object: the member with the longest name that fits. */
static struct slice
by_name(struct slice parameters, struct slice at, size_t *used)
{
	struct slice key, v, best = { NULL, 0 };
	struct scan s;

	*used = 0;
	scan_enter(&s, parameters);
	while (scan_member(&s, &key, &v))
		if (key.n > *used && key.n <= at.n &&
		    memcmp(key.p, at.p, key.n) == 0) {
			*used = key.n;
			best = v;
		}
	return best;
}

/* One line: a message can have line breaks and runs of spaces in it. */
static void
put_char(struct buf *b, char c)
{
	if ((unsigned char)c > ' ' && c != 0x7f)
		buf_char(b, c);
	else if (b->n > 0 && b->p[b->n - 1] != ' ')
		buf_char(b, ' ');
}

static void
fill_in(struct slice message, struct slice parameters, struct buf *b,
    struct pool *pool)
{
	enum scan_kind kind = scan_kind(parameters);
	size_t i = 0, j, used;

	while (i < message.n) {
		struct slice at = { message.p + i + 1, message.n - i - 1 };
		struct slice v = { NULL, 0 };

		if (message.p[i] == '%' && kind == SCAN_ARRAY)
			v = by_number(parameters, at, &used);
		else if (message.p[i] == '%' && kind == SCAN_OBJECT)
			v = by_name(parameters, at, &used);
		if (v.p == NULL) {
			put_char(b, message.p[i++]);
			continue;
		}
		v = text_of(v, pool);
		for (j = 0; j < v.n; j++)
			put_char(b, v.p[j]);
		i += 1 + used;
	}
}

static bool
one_message(struct slice error, struct buf *b, struct pool *pool)
{
	struct slice message;

	if (scan_kind(error) != SCAN_OBJECT)
		return false;
	message = scan_string(scan_get(error, "message"), pool);
	if (message.p == NULL)
		return false;
	if (b->n > 0)
		buf_str(b, "; ");
	fill_in(message, scan_get(error, "parameters"), b, pool);
	return true;
}

/* The elements of an array of messages. */
static bool
several(struct slice errors, struct buf *b, struct pool *pool)
{
	bool any = false;
	struct slice e;
	struct scan s;

	if (scan_kind(errors) != SCAN_ARRAY)
		return false;
	scan_enter(&s, errors);
	while (scan_element(&s, &e) && b->n < SAID_MAX)
		any |= one_message(e, b, pool);
	return any;
}

/*
 * {"message", "parameters", "errors"}: with several errors the outer message
 * says nothing.  {"messages":{"error":[...]}} is what PHP's last breath looks
 * like.
 */
bool
mage_says(struct slice body, struct buf *b)
{
	struct pool *pool = pool_new();
	struct slice value, messages;
	bool said = false;

	if (scan_text(body, &value, NULL) == 0 &&
	    scan_kind(value) == SCAN_OBJECT) {
		messages = scan_get(value, "messages");
		said = several(scan_get(value, "errors"), b, pool) ||
		    one_message(value, b, pool) ||
		    (scan_kind(messages) == SCAN_OBJECT &&
		    several(scan_get(messages, "error"), b, pool));
	}
	while (said && b->n > 0 && strchr(". ", b->p[b->n - 1]) != NULL)
		b->n--;
	pool_free(pool);
	return said;
}

static int
no_items(struct slice all, struct why *w)
{
	struct buf said = BUF(SAID_MAX + 200);

	if (mage_says(all, &said))
		why_code(w, WHY_BROKEN, "no-items", "Magento answered a "
		    "message instead of a list: %s", buf_cstr(&said));
	else
		why_code(w, WHY_BROKEN, "no-items", "Magento answered "
		    "without a list of items: %.*s%s", all.n > 80 ? 80 :
		    (int)all.n, all.p, all.n > 80 ? "..." : "");
	buf_free(&said);
	return -1;
}

int64_t
mage_number(struct slice v)
{
	int64_t n = 0;
	size_t i = 0;

	if (scan_kind(v) == SCAN_STRING && v.n > 2)
		v = (struct slice){ v.p + 1, v.n - 2 };
	if (v.n == 0 || v.n > 18)
		return -1;
	for (; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return -1;
		n = n * 10 + (v.p[i] - '0');
	}
	return n;
}

int
mage_items(const struct http_call *c, struct mage_list *l, struct why *w)
{
	enum scan_kind kind;

	memset(l, 0, sizeof(*l));
	if (scan_text(buf_all(&c->answer), &l->all, w) == -1) {
		w->kind = WHY_BROKEN;
		return why_in(w, "the answer of Magento");
	}
	if (scan_kind(l->all) != SCAN_OBJECT)
		return no_items(l->all, w);
	l->items = scan_get(l->all, "items");
	l->total = mage_number(scan_get(l->all, "total_count"));
	kind = scan_kind(l->items);
	if (kind == SCAN_NULL)		/* some lists say so when empty */
		l->items = SLICE("[]");
	else if (kind != SCAN_ARRAY)
		return no_items(l->all, w);
	return 0;
}

int
mage_size_limit(const struct http_call *c)
{
	struct slice all, parameters;

	if (c->status != 400 ||
	    scan_text(buf_all(&c->answer), &all, NULL) == -1 ||
	    scan_kind(all) != SCAN_OBJECT ||
	    memmem(all.p, all.n, "pageSize", 8) == NULL)
		return 0;
	parameters = scan_get(all, "parameters");
	if (scan_kind(parameters) != SCAN_OBJECT)
		return 0;
	return (int)mage_number(scan_get(parameters, "max"));
}

int
mage_array(const struct http_call *c, struct slice *items, struct why *w)
{
	if (scan_text(buf_all(&c->answer), items, w) == -1) {
		w->kind = WHY_BROKEN;
		return why_in(w, "the answer of Magento");
	}
	if (scan_kind(*items) != SCAN_ARRAY)
		return no_items(*items, w);
	return 0;
}

int64_t
mage_id(const struct mage_entity *e, struct slice record)
{
	return scan_kind(record) == SCAN_OBJECT ?
	    mage_number(scan_get(record, e->member)) : -1;
}

int
mage_no_id(const struct mage_entity *e, struct slice record, struct why *w)
{
	struct slice id = { NULL, 0 };

	if (scan_kind(record) == SCAN_OBJECT)
		id = scan_get(record, e->member);
	if (id.p == NULL)
		return why_code(w, WHY_BROKEN, "no-items",
		    "a record of %s has no '%s'", e->name, e->member);
	return why_code(w, WHY_BROKEN, "no-items", "'%s' of a record of %s is "
	    "no id of Magento: %.*s", e->member, e->name, slice_cut(id, 40),
	    id.p);
}
