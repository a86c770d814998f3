#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "mage-input.h"
#include "mage-plan.h"

/* The kind that a change is about; `*verb` is put, update or delete. */
static int
kind_of(yyjson_val *change, const char **verb)
{
	static const char *const verbs[] = {"put", "update", "delete"};
	const char *name;
	int k;

	for (int i = 0; i < 3; i++) {
		name = yyjson_get_str(yyjson_obj_get(change, verbs[i]));
		if (name == NULL)
			continue;
		*verb = verbs[i];
		k = entity_named(name, strlen(name));
		return k != -1 && entities[k].id ? k : -1;
	}
	return -1;
}

/* Faults are parsed with numbers as numbers, bodies as text. */
static int64_t
plan_id(yyjson_val *v)
{
	return yyjson_is_int(v) ? yyjson_get_sint(v) : input_id(v);
}

int
plan_good(yyjson_val *changes)
{
	yyjson_val *one, *record;
	const char *verb = NULL;
	size_t i, max;
	int k;

	if (!yyjson_is_arr(changes))
		return 0;
	yyjson_arr_foreach(changes, i, max, one) {
		if ((k = kind_of(one, &verb)) == -1)
			return 0;
		record = yyjson_obj_get(one, "record");
		if (strcmp(verb, "delete") != 0 && !yyjson_is_obj(record))
			return 0;
		if (plan_id(strcmp(verb, "put") == 0 ? yyjson_obj_get(record,
		    entities[k].id) : yyjson_obj_get(one, "id")) < 0)
			return 0;
	}
	return 1;
}

static void
put(struct shop *shop, enum kind k, yyjson_val *record)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	struct buf b = {0};

	php_write_val(yyjson_val_mut_copy(doc, record), &b);
	store_put(shop->store, k, plan_id(yyjson_obj_get(record,
	    entities[k].id)), b.p, b.n);
	buf_free(&b);
	yyjson_mut_doc_free(doc);
}

static void
update(struct shop *shop, enum kind k, yyjson_val *change)
{
	yyjson_val *record = yyjson_obj_get(change, "record"), *name, *v;
	int64_t id = plan_id(yyjson_obj_get(change, "id"));
	ssize_t place = store_find(shop->store, k, id);
	struct piece was;
	yyjson_doc *in;
	yyjson_mut_doc *doc;
	yyjson_mut_val *root;
	struct buf b = {0};
	char now[20];
	size_t i, max;

	if (place == -1)
		return;
	was = store_at(shop->store, k, (size_t)place);
	if ((in = php_read(was.p, was.n)) == NULL ||
	    (doc = yyjson_doc_mut_copy(in, NULL)) == NULL)
		errx(3, "a record is not JSON");
	root = yyjson_mut_doc_get_root(doc);
	shop_now(shop, now);
	if (!yyjson_is_true(yyjson_obj_get(change, "quiet")) &&
	    yyjson_mut_obj_get(root, "updated_at"))
		record_set_text(doc, root, "updated_at", now);
	yyjson_obj_foreach(record, i, max, name, v)
		record_set(doc, root, yyjson_get_str(name), yyjson_is_null(v) ?
		    NULL : yyjson_val_mut_copy(doc, v));
	php_write(doc, &b);
	store_put(shop->store, k, id, b.p, b.n);
	buf_free(&b);
	yyjson_mut_doc_free(doc);
	yyjson_doc_free(in);
}

int
plan_apply(struct shop *shop, const struct request *rq, const char *when)
{
	yyjson_val *all = fault_get(rq->fault, "change"), *one;
	const char *at = fault_str(rq->fault, "change_at"), *verb = NULL;
	size_t i, max;
	int k;

	if (all == NULL || strcmp(at ? at : "before", when) != 0)
		return 0;
	store_begin(shop->store);
	yyjson_arr_foreach(all, i, max, one) {
		k = kind_of(one, &verb);
		if (*verb == 'p')
			put(shop, (enum kind)k, yyjson_obj_get(one, "record"));
		else if (*verb == 'u')
			update(shop, (enum kind)k, one);
		else
			store_delete(shop->store, (enum kind)k,
			    plan_id(yyjson_obj_get(one, "id")));
	}
	store_commit(shop->store);
	return 1;
}
