/*
 * sf-shape - what columns a query's answer would have: query?...&columns=true
 *
 * No guide tells of it, yet the CLI asks so for every query, to know the
 * columns of an empty or nested answer; the members and their values are those
 * of answers that its own tests keep (plugin-data, queryFields.exemplars).
 */

#include <ctype.h>
#include <string.h>

#include "sf-api.h"

static const char *
apex_type(const struct sf_field *f)
{
	switch (f->type) {
	case SF_T_ID:
	case SF_T_REFERENCE:
		return "Id";
	case SF_T_BOOLEAN:
		return "Boolean";
	case SF_T_INT:
		return "Integer";
	case SF_T_DOUBLE:
	case SF_T_CURRENCY:
	case SF_T_PERCENT:
		return "Double";
	case SF_T_DATE:
		return "Date";
	case SF_T_DATETIME:
		return "Datetime";
	case SF_T_TIME:
		return "Time";
	case SF_T_ADDRESS:
		return "Address";
	default:
		return "String";
	}
}

/* One column up to its joinColumns; NULL where there is no such thing. */
struct column {
	const char *name, *shown, *apex, *foreign;
	const struct sf_field *f;	/* of a plain column */
	bool aggregate, number, text;
};

static void
member(struct buf *b, const char *name, const char *value)
{
	buf_fmt(b, ",\"%s\":", name);
	if (value)
		sf_json(b, value);
	else
		buf_str(b, "null");
}

static void
flag(struct buf *b, const char *name, bool value)
{
	buf_fmt(b, ",\"%s\":%s", name, value ? "true" : "false");
}

static void
column_begin(const struct column *c, struct buf *b)
{
	unsigned flags = c->f ? c->f->flags : 0;

	buf_fmt(b, "{\"aggregate\":%s", c->aggregate ? "true" : "false");
	member(b, "apexType", c->apex);
	flag(b, "booleanType", c->f && c->f->type == SF_T_BOOLEAN);
	member(b, "columnName", c->name);
	flag(b, "custom", flags & SF_CUSTOM);
	member(b, "displayName", c->shown ? c->shown : c->name);
	member(b, "foreignKeyName", c->foreign);
	flag(b, "insertable", flags & SF_CREATE);
	buf_str(b, ",\"joinColumns\":[");
}

static void
column_end(const struct column *c, struct buf *b)
{
	buf_byte(b, ']');
	flag(b, "numberType", c->number);
	flag(b, "textType", c->text);
	flag(b, "updatable", c->f && c->f->flags & SF_UPDATE);
	buf_byte(b, '}');
}

/* A field, or a function of one: "avg(Amount)", called expr0 or as said. */
static void
leaf(const struct sf_item *item, struct buf *b)
{
	const struct sf_path *p = &item->path;
	struct column c = {.name = item->as ? item->as : p->f->name};
	struct buf shown = {0};
	size_t i;

	if (p->fn != SF_FN_NONE && p->fn < SF_FN_SAME) {
		buf_str(&shown, p->text);
		for (i = 0; i < shown.n && shown.p[i] != '('; i++)
			shown.p[i] = (char)tolower((unsigned char)shown.p[i]);
		c.shown = shown.p;
		c.aggregate = true;
	} else {
		c.f = p->f;
		c.apex = apex_type(p->f);
	}
	c.number = p->is->type >= SF_T_INT && p->is->type <= SF_T_PERCENT;
	c.text = p->is->type >= SF_T_STRING &&
	    p->is->type <= SF_T_MULTIPICKLIST;
	column_begin(&c, b);
	column_end(&c, b);
	buf_free(&shown);
}

/* Do two paths take the same `n` lookups? */
static bool
same_way(const struct sf_path *a, const struct sf_path *b, int n)
{
	return a->hops >= n && b->hops >= n &&
	    memcmp(a->hop, b->hop, (size_t)n * sizeof(a->hop[0])) == 0;
}

static void columns(const struct sf_soql *q, const struct sf_path *way,
    int depth, struct buf *b);

/* All that goes through one lookup, or one list of children.  Of TYPEOF only
 * the lookup: its columns differ from record to record. */
static void
joined(const struct sf_soql *q, const struct sf_item *item, int depth,
    struct buf *b)
{
	struct column c = {0};

	if (item->kind == SF_ITEM_CHILDREN) {
		c.name = item->relation;
		c.aggregate = true;
	} else {
		c.name = item->path.hop[depth]->relation;
		c.foreign = item->path.hop[depth]->name;
	}
	column_begin(&c, b);
	if (item->kind == SF_ITEM_CHILDREN)
		columns(item->child, NULL, 0, b);
	else if (item->kind == SF_ITEM_PATH)
		columns(q, &item->path, depth + 1, b);
	column_end(&c, b);
}

/* The columns behind the first `depth` lookups of `way`, with commas. */
static void
columns(const struct sf_soql *q, const struct sf_path *way, int depth,
    struct buf *b)
{
	int i, k, n = 0;

	for (i = 0; i < q->nselect; i++) {
		const struct sf_item *item = &q->select[i];
		bool plain = item->kind == SF_ITEM_PATH &&
		    (q->grouped || item->path.hops == depth);

		if (depth > 0 && (item->kind != SF_ITEM_PATH ||
		    !same_way(&item->path, way, depth)))
			continue;
		for (k = 0; !plain && item->kind == SF_ITEM_PATH && k < i; k++)
			if (q->select[k].kind == SF_ITEM_PATH &&
			    same_way(&q->select[k].path, &item->path,
			    depth + 1))
				break;
		if (!plain && item->kind == SF_ITEM_PATH && k < i)
			continue;	/* told with the first of its kind */
		if (n++)
			buf_byte(b, ',');
		if (plain)
			leaf(item, b);
		else
			joined(q, item, depth, b);
	}
}

void
sf_soql_shape(struct sf_http *h, const struct sf_soql *q)
{
	struct buf *b = sf_ok(h, 200);
	bool id = false;
	int i;

	for (i = 0; i < q->nselect && !q->grouped; i++)
		id = id || (q->select[i].kind == SF_ITEM_PATH &&
		    q->select[i].path.hops == 0 &&
		    q->select[i].path.f->type == SF_T_ID);
	buf_str(b, "{\"columnMetadata\":[");
	columns(q, NULL, 0, b);
	buf_fmt(b, "],\"entityName\":\"%s\",\"groupBy\":%s,\"idSelected\":%s,"
	    "\"keyPrefix\":\"%s\"}", q->o->name, q->ngroup ? "true" : "false",
	    id ? "true" : "false", q->o->prefix);
}
