/* fields=items[id,name[first]]: what is left of an answer. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "mage.h"

#define DEPTH 30

/* A filter is an object of objects; the empty string stands for "all of it". */
static yyjson_mut_val *
parse(yyjson_mut_doc *doc, const char *s)
{
	yyjson_mut_val *up[DEPTH], *now = yyjson_mut_obj(doc), *last = NULL;
	size_t len;
	int depth = 0;

	if (*s == '\0')
		return NULL;
	while (*s) {
		len = strspn(s, "abcdefghijklmnopqrstuvwxyz_0123456789"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		if (s[len] && !strchr("[],", s[len]))
			return NULL;
		if (len) {
			last = yyjson_mut_strncpy(doc, s, len);
			yyjson_mut_obj_put(now, last, yyjson_mut_int(doc, 1));
		}
		s += len;
		if (*s == '[') {
			if (depth == DEPTH || last == NULL)
				return NULL;
			up[depth++] = now;
			now = yyjson_mut_obj(doc);
			yyjson_mut_obj_put(up[depth - 1], yyjson_mut_strcpy(doc,
			    yyjson_mut_get_str(last)), now);
		} else if (*s == ']') {
			if (depth == 0)
				return NULL;
			now = up[--depth];
		}
		s += *s != '\0';
	}
	return depth ? NULL : now;
}

static yyjson_mut_val *apply(yyjson_mut_doc *doc, yyjson_mut_val *v,
    yyjson_mut_val *filter);

/* custom_attributes[code] picks attributes by their code. */
static yyjson_mut_val *
pick(yyjson_mut_doc *doc, yyjson_mut_val *all, yyjson_mut_val *filter)
{
	yyjson_mut_val *out = yyjson_mut_arr(doc), *one, *code;
	size_t i, max;

	yyjson_mut_arr_foreach(all, i, max, one) {
		code = yyjson_mut_obj_get(one, "attribute_code");
		if (code && yyjson_mut_obj_getn(filter,
		    yyjson_mut_get_str(code), yyjson_mut_get_len(code)))
			yyjson_mut_arr_append(out,
			    yyjson_mut_val_mut_copy(doc, one));
	}
	return out;
}

static yyjson_mut_val *
apply_object(yyjson_mut_doc *doc, yyjson_mut_val *v, yyjson_mut_val *filter)
{
	yyjson_mut_val *out = yyjson_mut_obj(doc), *k, *one, *sub;
	size_t i, max;
	int codes;

	yyjson_mut_obj_foreach(v, i, max, k, one) {
		sub = yyjson_mut_obj_getn(filter, yyjson_mut_get_str(k),
		    yyjson_mut_get_len(k));
		if (sub == NULL)
			continue;
		codes = yyjson_mut_equals_str(k, "custom_attributes") &&
		    yyjson_mut_is_obj(sub) && yyjson_mut_is_arr(one);
		yyjson_mut_obj_add(out, yyjson_mut_val_mut_copy(doc, k),
		    codes ? pick(doc, one, sub) : apply(doc, one, sub));
	}
	/* PHP cannot tell an empty object from an empty list */
	return yyjson_mut_obj_size(out) ? out : yyjson_mut_arr(doc);
}

static yyjson_mut_val *
apply(yyjson_mut_doc *doc, yyjson_mut_val *v, yyjson_mut_val *filter)
{
	yyjson_mut_val *out, *one;
	size_t i, max;

	if (!yyjson_mut_is_obj(filter) || !yyjson_mut_is_ctn(v))
		return yyjson_mut_val_mut_copy(doc, v);
	if (yyjson_mut_is_obj(v))
		return apply_object(doc, v, filter);
	if (yyjson_mut_arr_size(v) == 0)
		return yyjson_mut_null(doc);
	out = yyjson_mut_arr(doc);
	yyjson_mut_arr_foreach(v, i, max, one)
		yyjson_mut_arr_append(out, apply(doc, one, filter));
	return out;
}

void
fields_apply(struct buf *b, const char *fields)
{
	yyjson_doc *in = php_read(b->p, b->n);
	yyjson_mut_doc *doc = in ? yyjson_doc_mut_copy(in, NULL) : NULL;
	yyjson_mut_val *filter, *root;

	if (doc == NULL)
		errx(3, "an answer is not JSON");
	root = yyjson_mut_doc_get_root(doc);
	filter = parse(doc, fields);
	b->n = 0;
	if (filter == NULL)
		buf_str(b, "[]");
	else
		php_write_val(apply(doc, root, filter), b);
	yyjson_mut_doc_free(doc);
	yyjson_doc_free(in);
}
