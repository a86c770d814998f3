/* POST order/:id/ship, and tracks of shipments. */
#include <stdlib.h>
#include <string.h>

#include "mage-document.h"
#include "mage-record.h"

static void
validate(struct draft *d)
{
	if (!order_allows(&d->ch, SHIPMENT))
		draft_wrong(d, "The order does not allow a shipment to be"
		    " created.", NULL);
	draft_check_lines(d);
	if (d->total_qty <= 0)
		draft_wrong(d, "You can't create a shipment without products.",
		    NULL);
}

/* A track of a shipment from what was sent. */
static yyjson_mut_val *
new_track(struct call *c, yyjson_mut_doc *doc, yyjson_val *sent, int64_t order,
    int64_t shipment, const char *now)
{
	static const char *const texts[] = {"description", "track_number",
	    "title", "carrier_code"};
	static const char *const numbers[] = {"weight", "qty"};
	yyjson_mut_val *t = yyjson_mut_obj(doc);
	yyjson_val *v;

	record_set_id(doc, t, "order_id", order);
	record_set_text(doc, t, "created_at", now);
	record_set_id(doc, t, "entity_id", store_next(c->shop->store, "tracks",
	    KINDS));
	record_set_id(doc, t, "parent_id", shipment);
	record_set_text(doc, t, "updated_at", now);
	for (int i = 0; i < 2; i++) {
		v = yyjson_obj_get(sent, numbers[i]);
		record_set(doc, t, numbers[i], yyjson_mut_null(doc));
		if (*input_text(v))
			money_set(doc, t, numbers[i], money_of(input_text(v)));
	}
	for (int i = 0; i < 4; i++) {
		v = yyjson_obj_get(sent, texts[i]);
		record_set(doc, t, texts[i], *input_text(v) ?
		    yyjson_mut_strcpy(doc, input_text(v)) :
		    yyjson_mut_null(doc));
	}
	return t;
}

static void
add_tracks(struct draft *d)
{
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d->ch.doc, d->document,
	    "tracks");
	yyjson_val *one;
	size_t i, max;

	yyjson_arr_foreach(yyjson_obj_get(d->sent, "tracks"), i, max, one)
		yyjson_mut_arr_append(list, new_track(d->ch.c, d->ch.doc, one,
		    d->ch.id, d->id, d->ch.now));
}

/* Virtual goods are not shipped; of a configurable product or a bundle the
 * parent alone is listed, and its children are shipped with it. */
static void
add_line(struct draft *d, struct line *l)
{
	yyjson_mut_val *item;

	if (l->qty <= 0)
		return;
	if (!l->dummy || l->parent == NULL)
		money_add(d->ch.doc, l->item, "qty_shipped", l->qty);
	record_set_text(d->ch.doc, l->item, "updated_at", d->ch.now);
	if (l->parent) {
		d->total_qty -= l->qty;
		return;
	}
	item = draft_item(d, l);
	record_set(d->ch.doc, item, "weight", yyjson_mut_val_mut_copy(d->ch.doc,
	    yyjson_mut_obj_get(l->item, "weight")));
}

static int
make(struct draft *d)
{
	yyjson_mut_val *ext, *v;

	validate(d);
	if (draft_refuse(d) == -1)
		return -1;
	draft_begin(d);
	for (int i = 0; i < d->lines; i++)
		add_line(d, &d->line[i]);
	if ((v = yyjson_mut_obj_get(d->ch.order, "customer_id")))
		record_set(d->ch.doc, d->document, "customer_id",
		    yyjson_mut_val_mut_copy(d->ch.doc, v));
	yyjson_mut_obj_add_arr(d->ch.doc, d->document, "packages");
	money_set(d->ch.doc, d->document, "total_qty", d->total_qty);
	add_tracks(d);
	ext = yyjson_mut_obj_add_obj(d->ch.doc, d->document,
	    "extension_attributes");
	record_set_text(d->ch.doc, ext, "source_code", "default");
	order_settle(&d->ch);
	return draft_keep(d);
}

int
order_ship(struct call *c)
{
	struct draft *d;
	int64_t id;
	int rc = -1;

	if (rest_id(c, 0, &id) == 0 && (d = draft_open(c, SHIPMENT, id))) {
		rc = make(d);
		draft_close(d);
	}
	return rc;
}

/* --- a track later: neither shipment nor order notice (matrix, measured) --- */

/* The answer repeats what was sent, "" where the record has null. */
static void
answer(struct call *c, yyjson_mut_doc *doc, yyjson_mut_val *track,
    yyjson_val *sent)
{
	yyjson_mut_val *out = yyjson_mut_val_mut_copy(doc, track);
	yyjson_val *v = yyjson_obj_get(sent, "description");

	if (v && yyjson_is_str(v))
		record_set(doc, out, "description", yyjson_val_mut_copy(doc,
		    v));
	php_write_val(out, &c->out);
}

int
shipment_track(struct call *c)
{
	yyjson_val *sent = yyjson_obj_get(yyjson_doc_get_root(c->body),
	    "entity");
	struct record r;
	yyjson_mut_val *list, *t;
	char now[20];

	if (!yyjson_is_obj(sent))
		return refuse_required(&c->no, "entity");
	if (input_check(c, "shipment-track", sent) == -1)
		return -1;
	if (record_open(&r, c, SHIPMENTS, input_id(yyjson_obj_get(sent,
	    "parent_id"))) == -1)
		return rest_missing(c, NULL, NULL);
	shop_now(c->shop, now);
	t = new_track(c, r.doc, sent, input_id(yyjson_obj_get(sent,
	    "order_id")), r.id, now);
	list = yyjson_mut_obj_get(r.root, "tracks");
	if (list == NULL)
		list = yyjson_mut_obj_add_arr(r.doc, r.root, "tracks");
	yyjson_mut_arr_append(list, t);
	answer(c, r.doc, t, sent);
	record_keep(&r);
	return 0;
}
