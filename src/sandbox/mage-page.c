/* One page of a list: which rows it holds, and how they are shown. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "mage-search.h"

static size_t
gcd(size_t a, size_t b)
{
	return b ? gcd(b, a % b) : a;
}

/*
 * The place of the i-th row.  Without a sort the vendor's order is nobody's
 * promise: here a walk through all rows in steps, always the same for the same
 * seed and number of rows, so that pages do not repeat rows; with
 * unsorted=each another walk at each request, so that they do.
 */
static size_t
row_at(struct search *s, size_t i)
{
	size_t step, seed = s->shop->serve.seed;

	if (s->shop->set.unsorted_each)
		seed += s->view->rq->n;
	if (s->orders == 0 && !s->shop->set.by_id && s->hits > 1 &&
	    !entities[s->k].listed) {
		step = s->hits / 2 + 1 + seed % s->hits;
		while (gcd(step, s->hits) != 1)
			step++;
		i = (i * (step % s->hits) + seed) % s->hits;
	} else if (s->orders && s->order[0].down && !s->hit)
		i = s->hits - 1 - i;
	return s->hit ? s->hit[i] : s->lo + i;
}

/* Which rows the page holds. */
static void
page(const struct search *s, size_t *from, size_t *to)
{
	long size = s->c.size, number = s->c.has_page ? s->c.page : 1;
	size_t n = s->hits;

	*from = 0;
	*to = n;
	if (!s->c.has_size || size == 0)
		return;
	if (size < 0)
		size = 1;
	if (number < 1)
		number = 1;
	if (s->shop->set.release < 20400 && n &&
	    (size_t)(number - 1) > (n - 1) / (size_t)size)
		number = (long)((n - 1) / (size_t)size) + 1;
	if ((size_t)(number - 1) > n / (size_t)size) {
		*from = n;
		return;
	}
	*from = (size_t)(number - 1) * (size_t)size;
	if (*from > n)
		*from = n;
	if ((size_t)size < n - *from)
		*to = *from + (size_t)size;
}

/* An item shows its parent only when the page holds the parent too. */
static void
cut_parent(struct search *s, size_t from, size_t to, size_t at,
    struct buf *out)
{
	struct piece r = {out->p + at, out->n - at};
	struct piece parent = json_member(r, "parent_item");
	const char *begin, *end;
	int64_t id;

	if (parent.p == NULL)
		return;
	id = strtoll(json_member(parent, "item_id").p, NULL, 10);
	for (size_t i = from; i < to; i++)
		if (store_id(s->shop->store, s->k, row_at(s, i)) == id)
			return;
	begin = parent.p - strlen("\"parent_item\":");
	end = parent.p + parent.n;
	if (begin[-1] == ',')
		begin--;
	else if (*end == ',')
		end++;
	memmove(out->p + (begin - out->p), end,
	    (size_t)(out->p + out->n - end) + 1);
	out->n -= (size_t)(end - begin);
}

/* The attribute's entry among custom_attributes, or one with null. */
static yyjson_mut_val *
take_attribute(yyjson_mut_doc *doc, yyjson_mut_val *all, const char *code)
{
	yyjson_mut_val *one;
	size_t i, max;

	yyjson_mut_arr_foreach(all, i, max, one)
		if (yyjson_mut_equals_str(yyjson_mut_obj_get(one,
		    "attribute_code"), code))
			return yyjson_mut_arr_remove(all, i);
	one = yyjson_mut_obj(doc);
	yyjson_mut_obj_add_strcpy(doc, one, "attribute_code", code);
	yyjson_mut_obj_add_null(doc, one, "value");
	return one;
}

/* Attributes that were filtered by are loaded first, null ones included. */
static void
attributes_first(struct search *s, size_t from, struct buf *out)
{
	yyjson_doc *in;
	yyjson_mut_doc *doc;
	yyjson_mut_val *all, *root;
	const struct column *c;
	size_t at = 0;
	int g, i;

	if ((in = php_read(out->p + from, out->n - from)) == NULL ||
	    (doc = yyjson_doc_mut_copy(in, NULL)) == NULL)
		errx(3, "a customer is not JSON");
	root = yyjson_mut_doc_get_root(doc);
	if ((all = yyjson_mut_obj_get(root, "custom_attributes")) == NULL)
		all = yyjson_mut_obj_add_arr(doc, root, "custom_attributes");
	for (g = 0; g < s->groups; g++)
		for (i = 0; i < s->group[g].n; i++) {
			c = &s->group[g].t[i].column;
			if (c->attribute)
				yyjson_mut_arr_insert(all, take_attribute(doc,
				    all, c->path), at++);
		}
	out->n = from;
	php_write(doc, out);
	yyjson_mut_doc_free(doc);
	yyjson_doc_free(in);
}

static int
filters_attribute(const struct search *s)
{
	for (int g = 0; g < s->groups; g++)
		for (int i = 0; i < s->group[g].n; i++)
			if (s->group[g].t[i].column.attribute)
				return 1;
	return 0;
}

/* PHP's fatal error leaves no body at all. */
static int
out_of_memory(struct refusal *no)
{
	return refuse(no, 500, "", NULL);
}

int
search_rows(struct search *s, struct buf *out, struct refusal *no)
{
	int customer = s->k == CUSTOMERS && filters_attribute(s);
	size_t from, to, i, at;

	page(s, &from, &to);
	s->view->skipped = from;
	buf_str(out, "{\"items\":[");
	for (i = from; i < to; i++) {
		if (i > from)
			buf_byte(out, ',');
		at = out->n;
		if (view_add(s->shop, s->view, s->k, row_at(s, i), 0, out, no) ==
		    -1)
			return -1;
		if (customer)
			attributes_first(s, at, out);
		else if (s->k == ORDER_ITEMS)
			cut_parent(s, from, to, at, out);
		if (out->n > (size_t)s->shop->set.memory)
			return out_of_memory(no);
	}
	buf_str(out, "],\"search_criteria\":");
	criteria_echo(&s->c, out);
	return 0;
}
