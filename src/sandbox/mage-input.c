#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-input.h"
#include "mage-rest.h"
#include "mage-schema.h"

/* Extension attributes that the installed modules have setters for. */
static const struct { const char *schema, *names; } extensions[] = {
	{"order", " shipping_assignments payment_additional_info applied_taxes"
	    " item_applied_taxes converting_from_quote taxes gift_message"
	    " additional_itemized_taxes pickup_location_code "},
	{"order-item", " itemized_taxes gift_message vertex_tax_codes "},
	{"customer", " is_subscribed assistance_allowed "},
};

/* Classes that the limit on items names. */
static const struct { const char *schema, *name; } classes[] = {
	{"address", "\\\\Magento\\\\Customer\\\\Api\\\\Data\\\\AddressInterface"},
	{"order-item", "\\\\Magento\\\\Sales\\\\Api\\\\Data\\\\OrderItemInterface"},
	{"order-status-history",
	    "\\\\Magento\\\\Sales\\\\Api\\\\Data\\\\OrderStatusHistoryInterface"},
};

static int64_t
id_of(const char *s)
{
	char *end;
	long long n;

	if (*s == '\0')
		return -1;
	n = strtoll(s, &end, 10);
	return *end || n < 0 ? -1 : (int64_t)n;
}

int64_t
input_id(yyjson_val *v)
{
	return id_of(input_text(v));
}

const char *
input_text(yyjson_val *v)
{
	if (yyjson_is_raw(v))
		return yyjson_get_raw(v);
	if (yyjson_is_bool(v))
		return yyjson_get_bool(v) ? "1" : "0";
	return yyjson_is_str(v) ? yyjson_get_str(v) : "";
}

const char *
record_text(yyjson_mut_val *v)
{
	if (yyjson_mut_is_raw(v))
		return yyjson_mut_get_raw(v);
	if (yyjson_mut_is_bool(v))
		return yyjson_mut_get_bool(v) ? "1" : "0";
	return yyjson_mut_is_str(v) ? yyjson_mut_get_str(v) : "";
}

int64_t
record_id(yyjson_mut_val *v)
{
	return id_of(record_text(v));
}

void
record_set(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *field,
    yyjson_mut_val *v)
{
	yyjson_mut_val *key = yyjson_mut_strcpy(doc, field);

	if (key == NULL || !yyjson_mut_obj_put(obj, key, v))
		err(3, "cannot allocate memory");
}

void
record_set_text(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *field,
    const char *text)
{
	record_set(doc, obj, field, yyjson_mut_strcpy(doc, text));
}

void
record_set_id(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *field,
    int64_t id)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)id);
	record_set(doc, obj, field, yyjson_mut_rawcpy(doc, text));
}

/* --- checking --- */

int
input_number(yyjson_val *v, int whole)
{
	const char *s = input_text(v);
	char *end;

	if (!yyjson_is_raw(v) && !yyjson_is_str(v))
		return 0;
	if (s[strspn(s, "0123456789+-.eE")] != '\0')
		return 0;	/* no nan, 0x1f or blanks, as PHP sees it */
	if (whole)
		(void)strtoll(s, &end, 10);
	else
		(void)strtod(s, &end);
	return *s != '\0' && *end == '\0';
}

static int
check_scalar(const char *field, char type, yyjson_val *v, struct refusal *no)
{
	static const struct { char letter; const char *name; } names[] = {
		{'s', "string"}, {'i', "int"}, {'n', "float"}, {'b', "bool"},
	};
	const char *name = "string";

	for (int i = 0; i < 4; i++)
		if (names[i].letter == type)
			name = names[i].name;
	if (yyjson_is_null(v))
		return 0;
	if (yyjson_is_ctn(v))
		return refuse_type(no, field, "array", name);
	if ((type == 'i' || type == 'n') && !yyjson_is_bool(v) &&
	    !input_number(v, type == 'i'))
		return refuse_type(no, field, input_text(v), name);
	return 0;
}

static int
check_extension(const char *schema, yyjson_val *obj, struct refusal *no)
{
	yyjson_val *k, *v;
	size_t i, max, e;
	char name[200];

	for (e = 0; e < sizeof extensions / sizeof *extensions; e++)
		if (strcmp(extensions[e].schema, schema) == 0)
			break;
	if (e == sizeof extensions / sizeof *extensions || !yyjson_is_obj(obj))
		return 0;
	yyjson_obj_foreach(obj, i, max, k, v) {
		snprintf(name, sizeof name, " %.190s ", yyjson_get_str(k));
		if (!strstr(extensions[e].names, name))
			return refuse_field(no, yyjson_get_str(k));
	}
	return 0;
}

int
input_items(struct call *c, const char *name, yyjson_val *list)
{
	const struct settings *set = &c->shop->set;
	long most = c->way == AT_ONCE ? set->max_items : set->max_async_items;

	if (!set->limits || yyjson_arr_size(list) <= (size_t)most)
		return 0;
	return refuse_items(&c->no, name, most);
}

static int
check_list(struct call *c, const char *schema, const char *field,
    yyjson_val *list)
{
	yyjson_val *one;
	size_t i, max;

	if (yyjson_is_null(list))
		return 0;
	if (!yyjson_is_arr(list))
		return refuse_type(&c->no, field, input_text(list), schema);
	for (i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strcmp(classes[i].schema, schema) == 0 &&
		    input_items(c, classes[i].name, list) == -1)
			return -1;
	yyjson_arr_foreach(list, i, max, one)
		if (yyjson_is_obj(one) && input_check(c, schema, one) == -1)
			return -1;
	return 0;
}

/* One member against its type as mage-schema.h writes it. */
static int
check_member(struct call *c, const char *schema, const char *field,
    const char *type, size_t n, yyjson_val *v)
{
	char inner[64];

	if (n == 1 && strchr("sinb", *type))
		return check_scalar(field, *type, v, &c->no);
	if (*type == 'e')
		return check_extension(schema, v, &c->no);
	if (n > 4 && *type == '[' && type[1] == '{') {
		snprintf(inner, sizeof inner, "%.*s", (int)(n - 4), type + 2);
		return check_list(c, inner, field, v);
	}
	if (*type == '{' && yyjson_is_obj(v)) {
		snprintf(inner, sizeof inner, "%.*s", (int)(n - 2), type + 1);
		return input_check(c, inner, v);
	}
	return 0;
}

int
input_check(struct call *c, const char *name, yyjson_val *obj)
{
	yyjson_val *k, *v;
	const char *type;
	size_t i, max, n;

	yyjson_obj_foreach(obj, i, max, k, v) {
		n = schema_field(name, strlen(name), yyjson_get_str(k),
		    yyjson_get_len(k), &type);
		if (n == 0)
			return refuse_field(&c->no, yyjson_get_str(k));
		if (check_member(c, name, yyjson_get_str(k), type, n, v) == -1)
			return -1;
	}
	return 0;
}

/* --- storing --- */

/* The bytes of the first `max` characters. */
static size_t
cut(const char *s, size_t max)
{
	size_t n = 0, chars = 0;

	for (; s[n]; n++)
		if (((unsigned char)s[n] & 0xc0) != 0x80 && ++chars > max)
			break;
	return n;
}

/* A number, as JSON has it: one sent as text may be "007". */
static yyjson_mut_val *
number(yyjson_mut_doc *doc, yyjson_val *v, int whole)
{
	const char *s = input_text(v);
	char text[40];

	if (yyjson_is_raw(v))
		return yyjson_mut_rawcpy(doc, s);
	if (whole)
		snprintf(text, sizeof text, "%lld", strtoll(s, NULL, 10));
	else
		snprintf(text, sizeof text, "%.14g", strtod(s, NULL));
	return yyjson_mut_rawcpy(doc, strpbrk(text, "nf") ? "0" : text);
}

yyjson_mut_val *
input_stored(yyjson_mut_doc *doc, const char *s, size_t n)
{
	yyjson_mut_val *v;
	struct buf b = {0};

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < 0xf0 || i + 4 > n)
			buf_byte(&b, s[i]);
		else {
			buf_str(&b, "????");
			i += 3;
		}
	v = yyjson_mut_strncpy(doc, b.p ? b.p : "", b.n);
	buf_free(&b);
	return v;
}

yyjson_mut_val *
input_scalar(yyjson_mut_doc *doc, const char *name, const char *field,
    yyjson_val *v, size_t max)
{
	const char *type = "s", *s = input_text(v);
	size_t n = strlen(s);

	(void)schema_field(name, strlen(name), field, strlen(field), &type);
	if (v == NULL || yyjson_is_null(v) || yyjson_is_ctn(v))
		return NULL;
	if (*type == 'i' || *type == 'n')
		return *s ? number(doc, v, *type == 'i') : NULL;
	if (*type == 'b')
		return yyjson_mut_bool(doc, strcmp(s, "0") != 0 && *s &&
		    strcmp(s, "false") != 0);
	if (max)
		n = cut(s, max);
	return n ? input_stored(doc, s, n) : NULL;
}
