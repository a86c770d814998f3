/* Addresses of customers, as they are sent with the whole customer. */
#include <string.h>

#include "mage-address.h"
#include "mage-attribute.h"

static int
is_complete(struct call *c, yyjson_mut_val *a)
{
	static const char *const must[] = {"firstname", "lastname", "street",
	    "city", "telephone", "postcode", "country_id"};
	static const char *const called[] = {"firstname", "lastname", "street",
	    "city", "telephone", "postcode", "countryId"};
	struct buf b = {0};
	int missing[7], n = 0;
	yyjson_mut_val *v;

	for (int i = 0; i < 7; i++) {
		v = yyjson_mut_obj_get(a, must[i]);
		if (yyjson_mut_arr_size(v) == 0 && *record_text(v) == '\0')
			missing[n++] = i;
	}
	if (n == 0)
		return 1;
	if (n == 1) {
		refuse_required(&c->no, called[missing[0]]);
		return 0;
	}
	buf_str(&b, ",\"errors\":[");
	for (int i = 0; i < n; i++)
		buf_fmt(&b, "%s{\"message\":\"\\\"%%fieldName\\\" is required."
		    " Enter and try again.\",\"parameters\":{\"fieldName\":"
		    "\"%s\"}}", i ? "," : "", called[missing[i]]);
	buf_byte(&b, ']');
	refuse(&c->no, 400, "One or more input exceptions have occurred.",
	    b.p);
	buf_free(&b);
	return 0;
}

/* The region of an address: what the store has if the id is the same. */
static void
set_region(struct record *r, yyjson_mut_val *a, yyjson_val *sent)
{
	yyjson_val *region = yyjson_obj_get(sent, "region");
	yyjson_val *sent_id = yyjson_obj_get(sent, "region_id");
	yyjson_mut_val *was = yyjson_mut_obj_get(a, "region"), *now;
	struct buf its_code = {0}, its_name = {0};
	const char *code, *name;
	int64_t id;

	if (sent_id == NULL)
		sent_id = yyjson_obj_get(region, "region_id");
	if (region == NULL && sent_id == NULL)
		return;
	id = input_id(sent_id);
	if (was && sent_id && id == record_id(yyjson_mut_obj_get(was,
	    "region_id")))
		return;
	name = input_text(yyjson_obj_get(region, "region"));
	code = input_text(yyjson_obj_get(region, "region_code"));
	if (id > 0 && region_find(r->shop, id, &its_code, &its_name)) {
		name = its_name.p ? its_name.p : "";
		code = its_code.p ? its_code.p : "";
	}
	now = yyjson_mut_obj(r->doc);
	/* a region typed as text repeats in region_code */
	record_set_text(r->doc, now, "region_code", *code ? code : name);
	record_set_text(r->doc, now, "region", name);
	record_set_id(r->doc, now, "region_id", id > 0 ? id : 0);
	record_set_id(r->doc, a, "region_id", id > 0 ? id : 0);
	record_set(r->doc, a, "region", now);
	buf_free(&its_code);
	buf_free(&its_name);
}

/* The column is one text, its lines are split when it is read (measured). */
static yyjson_mut_val *
street(yyjson_mut_doc *doc, yyjson_val *lines)
{
	yyjson_mut_val *list = yyjson_mut_arr(doc);
	yyjson_val *one;
	const char *p;
	size_t i, max, n;

	yyjson_arr_foreach(lines, i, max, one)
		for (p = input_text(one);; p += n + 1) {
			n = strcspn(p, "\n");
			yyjson_mut_arr_append(list, input_stored(doc, p, n));
			if (p[n] == '\0')
				break;
		}
	return list;
}

static int
is_flag(const char *name)
{
	return strcmp(name, "default_billing") == 0 ||
	    strcmp(name, "default_shipping") == 0;
}

/* Take over a member as the column holds it; a flag that is off has none. */
static void
set_member(struct record *r, yyjson_mut_val *a, const char *name,
    yyjson_val *v)
{
	static const char *const others[] = {"id", "customer_id", "region",
	    "region_id", "custom_attributes"};
	yyjson_mut_val *to;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(name, others[i]) == 0)
			return;
	if (strcmp(name, "street") == 0 && yyjson_is_arr(v))
		to = street(r->doc, v);
	else if (yyjson_is_ctn(v))
		to = yyjson_val_mut_copy(r->doc, v);
	else
		to = input_scalar(r->doc, "address", name, v, 0);
	if (is_flag(name) && !yyjson_mut_is_true(to))
		to = NULL;
	record_set(r->doc, a, name, to);
}

static yyjson_mut_val *
stored(const struct record *r, int64_t id)
{
	yyjson_mut_val *list = yyjson_mut_obj_get(r->root, "addresses"), *one;
	size_t i, max;

	yyjson_mut_arr_foreach(list, i, max, one)
		if (record_id(yyjson_mut_obj_get(one, "id")) == id)
			return one;
	return NULL;
}

/* The address as it is to be, or NULL with c->no set. */
static yyjson_mut_val *
make(struct record *r, struct call *c, yyjson_val *sent)
{
	int64_t id = input_id(yyjson_obj_get(sent, "id"));
	yyjson_mut_val *old = id > 0 ? stored(r, id) : NULL, *a;
	yyjson_val *own = yyjson_obj_get(sent, "custom_attributes"), *k, *v;
	size_t i, max;

	a = old ? yyjson_mut_val_mut_copy(r->doc, old) :
	    yyjson_mut_obj(r->doc);
	record_set_id(r->doc, a, "id", old ? id :
	    store_next(r->shop->store, "addresses", KINDS));
	record_set_id(r->doc, a, "customer_id", r->id);
	set_region(r, a, sent);
	yyjson_obj_foreach(sent, i, max, k, v)
		set_member(r, a, yyjson_get_str(k), v);
	if (attributes_check(r->shop, ADDRESS_ATTRIBUTES, own, &c->no) == -1 ||
	    attributes_set(r, ADDRESS_ATTRIBUTES, a, own, &c->no) == -1 ||
	    !is_complete(c, a))
		return NULL;
	return a;
}

/* The default address of the customer follows the flags of the addresses. */
static void
set_default(struct record *r, yyjson_mut_val *list, const char *name)
{
	yyjson_mut_val *one;
	size_t i, max;

	record_set(r->doc, r->root, name, NULL);
	yyjson_mut_arr_foreach(list, i, max, one)
		if (yyjson_mut_is_true(yyjson_mut_obj_get(one, name)))
			record_set_text(r->doc, r->root, name,
			    record_text(yyjson_mut_obj_get(one, "id")));
}

int
addresses_set(struct record *r, struct call *c, yyjson_val *sent)
{
	yyjson_mut_val *list, *a;
	yyjson_val *one;
	size_t i, max;

	if (!yyjson_is_arr(sent))
		return 0;
	list = yyjson_mut_arr(r->doc);
	yyjson_arr_foreach(sent, i, max, one) {
		if ((a = make(r, c, one)) == NULL)
			return -1;
		/* measured: a country that does not exist loses the address */
		if (strcmp(record_text(yyjson_mut_obj_get(a, "country_id")),
		    "ZZ") != 0)
			yyjson_mut_arr_append(list, a);
	}
	record_set(r->doc, r->root, "addresses", list);
	set_default(r, list, "default_billing");
	set_default(r, list, "default_shipping");
	return 0;
}
