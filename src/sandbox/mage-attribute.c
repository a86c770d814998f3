#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-attribute.h"

#define TEXT_MAX 255

/* Values stand by the table that holds them, as the vendor reads them. */
static const char *const tables[] = {"\"int\"", "\"text\"", "\"datetime\"",
    "\"decimal\"", "\"varchar\""};

static struct piece
attribute(struct shop *shop, enum kind list, const char *code, size_t *place)
{
	struct store *s = shop->store;
	struct piece r, v;
	size_t n = strlen(code);

	for (size_t i = 0; i < store_count(s, list); i++) {
		r = store_at(s, list, i);
		v = json_member(r, "attribute_code");
		if (v.n == n + 2 && memcmp(v.p + 1, code, n) == 0 &&
		    json_is(json_member(r, "user_defined"), "true")) {
			*place = i;
			return r;
		}
	}
	return (struct piece){NULL, 0};
}

static int
rank(struct piece meta)
{
	struct piece type = json_member(meta, "backend_type");
	int t;

	for (t = 0; t < 4; t++)
		if (json_is(type, tables[t]))
			break;
	return t;
}

void
attributes_seed(struct shop *shop)
{
	const char *p = shop->set.attributes;
	struct buf b = {0};
	char code[100];
	size_t n, at;

	for (; *p; p += n) {
		p += strspn(p, ",");
		n = strcspn(p, ",");
		if (n == 0 || n >= sizeof code)
			continue;
		snprintf(code, sizeof code, "%.*s", (int)n, p);
		if (attribute(shop, CUSTOMER_ATTRIBUTES, code, &at).p)
			continue;
		b.n = 0;
		buf_fmt(&b, "{\"frontend_input\":\"text\",\"input_filter\":\"\","
		    "\"store_label\":\"%s\",\"validation_rules\":[],"
		    "\"multiline_count\":0,\"visible\":true,\"required\":false,"
		    "\"data_model\":\"\",\"options\":[],\"frontend_class\":\"\","
		    "\"user_defined\":true,\"sort_order\":200,"
		    "\"frontend_label\":\"%s\",\"note\":\"\",\"system\":false,"
		    "\"backend_type\":\"varchar\",\"is_used_in_grid\":false,"
		    "\"is_visible_in_grid\":false,\"is_filterable_in_grid\":"
		    "false,\"is_searchable_in_grid\":false,"
		    "\"attribute_code\":\"%s\"}", code, code, code);
		store_put(shop->store, CUSTOMER_ATTRIBUTES, (int64_t)
		    store_count(shop->store, CUSTOMER_ATTRIBUTES) + 1, b.p, b.n);
	}
	buf_free(&b);
}

int
attribute_next(yyjson_val *sent, size_t *i, const char **code,
    yyjson_val **value)
{
	yyjson_val *one, *k;
	yyjson_obj_iter it;

	if (yyjson_is_arr(sent)) {
		if ((one = yyjson_arr_get(sent, *i)) == NULL)
			return 0;
		*code = input_text(yyjson_obj_get(one, "attribute_code"));
		*value = yyjson_obj_get(one, "value");
	} else {
		yyjson_obj_iter_init(sent, &it);
		for (size_t n = 0; (k = yyjson_obj_iter_next(&it)); n++)
			if (n == *i)
				break;
		if (k == NULL)
			return 0;
		*code = yyjson_get_str(k);
		*value = yyjson_obj_iter_get_val(k);
	}
	++*i;
	return 1;
}

static int
bad_value(const char *code, const char *value, const char *type,
    struct refusal *no)
{
	char text[1000];

	snprintf(text, sizeof text, "Error occurred during \"custom_attributes\""
	    " processing. Attribute \"%.100s\" has invalid value. The \"%.300s\""
	    " value's type is invalid. The \"%s\" type was expected. Verify and"
	    " try again.", code, value, type);
	return refuse(no, 400, text, NULL);
}

int
attribute_check(struct piece meta, const char *code, yyjson_val *v,
    struct refusal *no)
{
	static const char *const type[] = {"int", "string", "string", "float",
	    "string"};
	int t = rank(meta);
	char text[400], *end;
	const char *s = input_text(v);

	if (v == NULL) {
		snprintf(text, sizeof text, "Error occurred during"
		    " \"custom_attributes\" processing. The \"%.100s\" attribute"
		    " code doesn't have a value set. Enter the value and try"
		    " again.", code);
		return refuse(no, 400, text, NULL);
	}
	if (yyjson_is_ctn(v))
		return bad_value(code, "array", type[t], no);
	if (*s == '\0' || (t != 0 && t != 3))
		return 0;
	if (t == 0)
		(void)strtoll(s, &end, 10);
	else
		(void)strtod(s, &end);
	return *end ? bad_value(code, s, type[t], no) : 0;
}

int
attributes_check(struct shop *shop, enum kind list, yyjson_val *sent,
    struct refusal *no)
{
	yyjson_val *v;
	const char *code;
	struct piece meta;
	size_t i = 0, place;

	if (!yyjson_is_ctn(sent))
		return 0;
	while (attribute_next(sent, &i, &code, &v)) {
		meta = attribute(shop, list, code, &place);
		if (meta.p && attribute_check(meta, code, v, no) == -1)
			return -1;
	}
	return 0;
}

int
attribute_has(struct piece meta, const char *value)
{
	struct piece all = json_member(meta, "options"), one, v;
	size_t at = 0, n = strlen(value);

	if (!json_is(json_member(meta, "frontend_input"), "\"select\""))
		return 1;
	while ((one = json_item(all, &at)).p) {
		v = json_member(one, "value");
		if (v.n == n + 2 && memcmp(v.p + 1, value, n) == 0)
			return 1;
	}
	return 0;
}

/* The value as its table gives it back. */
static void
stored(struct piece meta, const char *value, char *to, size_t size)
{
	int t = rank(meta), y, mo, d, h = 0, mi = 0, s = 0;
	size_t n = 0, chars = 0;

	if (t == 3)
		snprintf(to, size, "%.4f", strtod(value, NULL));
	else if (t == 2 && sscanf(value, "%4d-%2d-%2d%*[T ]%2d:%2d:%2d", &y,
	    &mo, &d, &h, &mi, &s) >= 3)
		snprintf(to, size, "%04d-%02d-%02d %02d:%02d:%02d", y, mo, d, h,
		    mi, s);
	else {
		for (; value[n]; n++)
			if (((unsigned char)value[n] & 0xc0) != 0x80 &&
			    ++chars > TEXT_MAX && t == 4)
				break;
		snprintf(to, size, "%.*s", (int)n, value);
	}
}

/* An attribute of a list, by its place there. */
struct known {
	enum kind list;
	size_t place;
	struct piece meta;
};

/* Where among the owner's attributes this one belongs. */
static size_t
position(struct shop *shop, yyjson_mut_val *all, const struct known *it)
{
	yyjson_mut_val *one;
	struct piece other;
	size_t i, max, at;

	yyjson_mut_arr_foreach(all, i, max, one) {
		other = attribute(shop, it->list, record_text(
		    yyjson_mut_obj_get(one, "attribute_code")), &at);
		if (other.p && (rank(other) > rank(it->meta) ||
		    (rank(other) == rank(it->meta) && at > it->place)))
			return i;
	}
	return yyjson_mut_arr_size(all);
}

static void
set_one(struct record *r, yyjson_mut_val *all, const struct known *it,
    const char *code, const char *value)
{
	yyjson_mut_val *one;
	char text[4096];
	size_t i, max;

	stored(it->meta, value, text, sizeof text);
	yyjson_mut_arr_foreach(all, i, max, one) {
		if (!yyjson_mut_equals_str(yyjson_mut_obj_get(one,
		    "attribute_code"), code))
			continue;
		if (*value)
			record_set(r->doc, one, "value", input_stored(r->doc,
			    text, strlen(text)));
		else
			yyjson_mut_arr_remove(all, i);
		return;
	}
	if (*value == '\0')
		return;
	one = yyjson_mut_obj(r->doc);
	record_set_text(r->doc, one, "attribute_code", code);
	record_set(r->doc, one, "value", input_stored(r->doc, text,
	    strlen(text)));
	yyjson_mut_arr_insert(all, one, position(r->shop, all, it));
}

int
attributes_set(struct record *r, enum kind list, yyjson_mut_val *owner,
    yyjson_val *sent, struct refusal *no)
{
	yyjson_mut_val *all = yyjson_mut_obj_get(owner, "custom_attributes");
	struct known it = {.list = list};
	yyjson_val *v;
	const char *code;
	char text[300];
	size_t i = 0;

	if (!yyjson_is_ctn(sent))
		return 0;
	if (all == NULL)
		all = yyjson_mut_obj_add_arr(r->doc, owner, "custom_attributes");
	while (attribute_next(sent, &i, &code, &v)) {
		it.meta = attribute(r->shop, list, code, &it.place);
		if (it.meta.p == NULL)
			continue;
		if (*input_text(v) && !attribute_has(it.meta, input_text(v))) {
			snprintf(text, sizeof text, "Attribute %.100s does not"
			    " contain option with Id %.100s", code,
			    input_text(v));
			return refuse(no, 400, text, NULL);
		}
		set_one(r, all, &it, code, input_text(v));
	}
	if (yyjson_mut_arr_size(all) == 0)
		record_set(r->doc, owner, "custom_attributes", NULL);
	return 0;
}
