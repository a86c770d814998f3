/* Writing orders: the sparse save, and addresses. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-change.h"

int
change_open(struct change *ch, struct call *c, int64_t id)
{
	ssize_t place = store_find(c->shop->store, ORDERS, id);
	struct piece r;

	memset(ch, 0, sizeof *ch);
	ch->c = c;
	ch->id = id;
	shop_now(c->shop, ch->now);
	if (place == -1)
		return -1;
	r = store_at(c->shop->store, ORDERS, (size_t)place);
	ch->was = php_read(r.p, r.n);
	ch->doc = ch->was ? yyjson_doc_mut_copy(ch->was, NULL) : NULL;
	if (ch->doc == NULL)
		errx(3, "order %lld is not JSON", (long long)id);
	ch->order = yyjson_mut_doc_get_root(ch->doc);
	return 0;
}

void
change_keep(struct change *ch)
{
	struct buf b = {0};

	php_write(ch->doc, &b);
	store_put(ch->c->shop->store, ORDERS, ch->id, b.p, b.n);
	buf_free(&b);
}

void
change_close(struct change *ch)
{
	yyjson_mut_doc_free(ch->doc);
	yyjson_doc_free(ch->was);
}

/* varchar(32) columns cut silently what is longer. */
static size_t
width(const char *field)
{
	static const char *const narrow[] = {"ext_order_id", "ext_customer_id",
	    "state", "status", "hold_before_state", "hold_before_status"};

	for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
		if (strcmp(field, narrow[i]) == 0)
			return 32;
	return strcmp(field, "increment_id") == 0 ? 50 : 0;
}

static int
same(yyjson_mut_val *a, yyjson_mut_val *b)
{
	const char *x = record_text(a), *y = record_text(b);

	if (strcmp(x, y) == 0)
		return 1;
	return yyjson_mut_is_raw(a) && yyjson_mut_is_raw(b) &&
	    strtod(x, NULL) == strtod(y, NULL);
}

/* Take over the scalars that were sent; true when one of them differs. */
int
change_scalars(struct change *ch, const char *schema, yyjson_mut_val *to,
    yyjson_val *from)
{
	yyjson_mut_val *v, *old;
	yyjson_val *k, *one;
	const char *name;
	size_t i, max;
	int changed = 0;

	yyjson_obj_foreach(from, i, max, k, one) {
		name = yyjson_get_str(k);
		if (yyjson_is_ctn(one) || strcmp(name, "updated_at") == 0)
			continue;
		v = input_scalar(ch->doc, schema, name, one, width(name));
		old = yyjson_mut_obj_get(to, name);
		if (same(v, old))
			continue;
		record_set(ch->doc, to, name, v);
		changed = 1;
	}
	return changed;
}

/* --- the order --- */

static int
increment_taken(struct change *ch)
{
	const char *want = input_text(yyjson_obj_get(ch->sent, "increment_id"));
	ssize_t i;

	if (*want == '\0')
		return 0;
	if (strcmp(want, record_text(yyjson_mut_obj_get(ch->order,
	    "increment_id"))) == 0)
		return 0;
	i = shop_find(ch->c->shop, ORDERS, "increment_id", want);
	if (i == -1 || store_id(ch->c->shop->store, ORDERS, (size_t)i) == ch->id)
		return 0;
	refuse(&ch->c->no, 400, "Unique constraint violation found", NULL);
	return 1;
}

static void
new_increment(struct change *ch)
{
	char text[40];

	snprintf(text, sizeof text, "%09lld", (long long)store_next(
	    ch->c->shop->store, "increments", KINDS));
	record_set_text(ch->doc, ch->order, "increment_id", text);
	ch->columns = 1;
}

/*
 * The answer to a save: what was sent, a few columns of the order, nulls for
 * the rest.  Never the order.
 */
static void
answer(struct change *ch, yyjson_mut_val *items, yyjson_mut_val *payment,
    yyjson_mut_val *histories)
{
	static const char *const empty[] = {"base_grand_total",
	    "customer_email", "grand_total"};
	static const char *const kept[] = {"billing_address_id", "created_at",
	    "entity_id", "updated_at"};
	static const char *const due[] = {"base_total_due", "total_due"};
	yyjson_mut_val *out = yyjson_mut_obj(ch->doc);
	yyjson_val *k, *v;
	size_t i, max;

	for (i = 0; i < 3; i++)
		record_set(ch->doc, out, empty[i], yyjson_mut_null(ch->doc));
	for (i = 0; i < 2; i++)
		record_set_id(ch->doc, out, due[i], 0);
	yyjson_obj_foreach(ch->sent, i, max, k, v)
		if (!yyjson_is_ctn(v) && !yyjson_is_null(v))
			record_set(ch->doc, out, yyjson_get_str(k),
			    yyjson_val_mut_copy(ch->doc, v));
	for (i = 0; i < 4; i++)
		record_set(ch->doc, out, kept[i], yyjson_mut_val_mut_copy(
		    ch->doc, yyjson_mut_obj_get(ch->order, kept[i])));
	record_set(ch->doc, out, "items", items);
	record_set(ch->doc, out, "billing_address", yyjson_mut_val_mut_copy(
	    ch->doc, yyjson_mut_obj_get(ch->order, "billing_address")));
	record_set(ch->doc, out, "payment", payment);
	record_set(ch->doc, out, "status_histories", histories);
	v = yyjson_obj_get(ch->sent, "extension_attributes");
	if (yyjson_obj_size(v))
		record_set(ch->doc, out, "extension_attributes",
		    yyjson_val_mut_copy(ch->doc, v));
	php_write_val(out, &ch->c->out);
}

static int
save(struct change *ch)
{
	yyjson_mut_val *items, *payment, *histories;

	if (increment_taken(ch))
		return -1;
	ch->columns = change_scalars(ch, "order", ch->order, ch->sent);
	if (ch->c->shop->set.release < 20304 &&
	    !yyjson_obj_get(ch->sent, "increment_id"))
		new_increment(ch);
	items = change_items(ch);
	payment = change_payment(ch);
	histories = change_histories(ch);
	if (ch->columns)
		record_set_text(ch->doc, ch->order, "updated_at", ch->now);
	answer(ch, items, payment, histories);
	change_keep(ch);
	return 0;
}

/* An order that is not there is made, if it comes with a payment. */
static int
create(struct change *ch)
{
	yyjson_doc *none;
	int rc;

	if (!yyjson_is_obj(yyjson_obj_get(ch->sent, "payment")))
		return refuse(&ch->c->no, 400,
		    "Please provide payment for the order.", NULL);
	none = php_read("{\"items\":[],\"status_histories\":[]}", 34);
	ch->id = store_next(ch->c->shop->store, "orders", ORDERS);
	ch->doc = yyjson_doc_mut_copy(none, NULL);
	yyjson_doc_free(none);
	ch->order = yyjson_mut_doc_get_root(ch->doc);
	record_set(ch->doc, ch->order, "payment", yyjson_val_mut_copy(ch->doc,
	    yyjson_obj_get(ch->sent, "payment")));
	record_set(ch->doc, ch->order, "billing_address", yyjson_val_mut_copy(
	    ch->doc, yyjson_obj_get(ch->sent, "billing_address")));
	record_set(ch->doc, ch->order, "extension_attributes",
	    yyjson_val_mut_copy(ch->doc, yyjson_obj_get(ch->sent,
	    "extension_attributes")));
	record_set_text(ch->doc, ch->order, "created_at", ch->now);
	record_set_text(ch->doc, ch->order, "updated_at", ch->now);
	if (!yyjson_obj_get(ch->sent, "increment_id"))
		new_increment(ch);
	rc = save(ch);
	if (rc == 0) {
		record_set_id(ch->doc, ch->order, "entity_id", ch->id);
		change_keep(ch);
	}
	return rc;
}

int
order_save(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body), "entity");
	struct change ch;
	int rc;

	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "entity");
	if (input_check(c, "order", sent) == -1)
		return -1;
	rc = change_open(&ch, c, input_id(yyjson_obj_get(sent, "entity_id")));
	ch.sent = sent;
	rc = rc == 0 ? save(&ch) : create(&ch);
	change_close(&ch);
	return rc;
}

/* --- addresses --- */

static yyjson_mut_val *
address_of(struct change *ch, int64_t id)
{
	yyjson_mut_val *a = yyjson_mut_obj_get(ch->order, "billing_address");

	if (a && record_id(yyjson_mut_obj_get(a, "entity_id")) == id)
		return a;
	a = yyjson_mut_doc_ptr_get(ch->doc,
	    "/extension_attributes/shipping_assignments/0/shipping/address");
	return a && record_id(yyjson_mut_obj_get(a, "entity_id")) == id ? a :
	    NULL;
}

int
order_address(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body), "entity");
	yyjson_val *street = yyjson_obj_get(sent, "street");
	yyjson_mut_val *a, *out;
	struct change ch;
	int64_t id;
	int rc = -1;

	if (rest_id(c, 0, &id) == -1)
		return -1;
	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "entity");
	if (input_check(c, "order-address", sent) == -1)
		return -1;
	if (change_open(&ch, c, id) == -1 || (a = address_of(&ch,
	    input_id(yyjson_obj_get(sent, "entity_id")))) == NULL) {
		rest_missing(c, NULL, NULL);
		goto out;
	}
	change_scalars(&ch, "order-address", a, sent);
	if (yyjson_is_arr(street))
		record_set(ch.doc, a, "street", yyjson_val_mut_copy(ch.doc,
		    street));
	out = yyjson_val_mut_copy(ch.doc, sent);
	record_set_id(ch.doc, out, "parent_id", id);
	php_write_val(out, &c->out);
	change_keep(&ch);	/* the order's updated_at stays */
	rc = 0;
out:
	change_close(&ch);
	return rc;
}
