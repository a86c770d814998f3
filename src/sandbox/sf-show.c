/* sf-show - the query language: how records look, in JSON and CSV */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sf-parser.h"

static void record(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    const char *type, const struct sf_view *view, struct buf *b);

static void
attributes(struct sf_org *org, const struct sf_row *r, const char *type,
    const char *version, struct buf *b)
{
	char id[19];

	sf_id_write(org, r->id, id);
	buf_fmt(b, "{\"attributes\":{\"type\":\"%s\",\"url\":"
	    "\"/services/data/v%s/sobjects/%s/%s\"}", type, version,
	    r->o->name, id);
}

/* --- children --- */

void
sf_soql_next(const struct sf_org *org, const char *version, int64_t cursor,
    size_t at, struct buf *b)
{
	char id[19];

	sf_id_make("01g", cursor, id);
	buf_fmt(b, "\"nextRecordsUrl\":\"/services/data/v%s/%squery/%s-%zu\",",
	    version, org->schema->tooling ? "tooling/" : "", id, at);
}

static void
children(struct sf_org *org, struct sf_row *parent,
    const struct sf_item *item, const struct sf_view *view, struct buf *b)
{
	struct sf_row *r;
	struct sf_arena a = {0};
	int64_t *ids;
	size_t n, i, page;

	sf_soql_children(org, item->child, item->link, parent->id, view->all,
	    &ids, &n);
	buf_fmt(b, ",\"%s\":", item->relation);
	if (n == 0) {
		buf_str(b, "null");
		free(ids);
		return;
	}
	page = n > view->page && view->more ? view->page : n;
	buf_fmt(b, "{\"totalSize\":%zu,\"done\":%s,", n,
	    page == n ? "true" : "false");
	if (page < n)
		sf_soql_next(org, view->version, view->more(org, item->child,
		    ids, n, page), page, b);
	buf_str(b, "\"records\":[");
	r = sf_xmalloc(sizeof(*r));
	for (i = 0; i < page && sf_get(org, ids[i], &a, r); i++) {
		if (i)
			buf_byte(b, ',');
		record(org, item->child, r, r->o->name, view, b);
		sf_arena_reset(&a);
	}
	buf_str(b, "]}");
	sf_arena_free(&a);
	free(r);
	free(ids);
}

/* --- TYPEOF --- */

static void
type_of(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    const struct sf_item *item, const struct sf_view *view, struct buf *b)
{
	struct sf_row *to = sf_path_row(org, q, &item->path, 1, r);
	int i;

	buf_fmt(b, ",\"%s\":", item->path.hop[0]->relation);
	for (i = 0; to != NULL && i < item->nwhen; i++)
		if (item->when[i].o == NULL || item->when[i].o == to->o)
			break;
	if (to == NULL) {
		buf_str(b, "null");
	} else if (i < item->nwhen) {
		record(org, item->when[i].fields, to, to->o->name, view, b);
	} else {		/* no type fits: its attributes alone */
		attributes(org, to, to->o->name, view->version, b);
		buf_byte(b, '}');
	}
}

/* --- fields and parents --- */

/* The first entry that shares the text up to and with the dot at `n`. */
static bool
printed(const struct sf_soql *q, int i, size_t n)
{
	const char *text = q->select[i].path.text;
	int k;

	for (k = 0; k < i; k++)
		if (q->select[k].kind == SF_ITEM_PATH &&
		    strncmp(q->select[k].path.text, text, n) == 0)
			return true;
	return false;
}

/*
 * Print what the paths select whose text begins like `up`, behind `depth`
 * lookups of the record `top`; parents become nested objects.
 */
static void
level(struct sf_org *org, struct sf_soql *q, struct sf_row *top, int depth,
    const char *up, size_t up_n, const struct sf_view *view, struct buf *b)
{
	const struct sf_path *p;
	struct sf_row *parent;
	struct sf_val v;
	size_t n;
	int i;

	for (i = 0; i < q->nselect; i++) {
		p = &q->select[i].path;
		if (q->select[i].kind != SF_ITEM_PATH ||
		    strncmp(p->text, up, up_n) != 0)
			continue;
		if (p->hops == depth) {
			v = sf_path_value(org, q, p, top);
			buf_fmt(b, ",\"%s\":", q->select[i].as ?
			    q->select[i].as : p->f->name);
			if (p->is->type == SF_T_BASE64)
				sf_blob_url(org, top, p->is, view->version, b);
			else
				sf_to_json(org, p->is, &v, b);
			continue;
		}
		n = up_n + strcspn(p->text + up_n, ".") + 1;
		if (printed(q, i, n))
			continue;
		buf_fmt(b, ",\"%s\":", p->hop[depth]->relation);
		parent = sf_path_row(org, q, p, depth + 1, top);
		if (parent == NULL) {
			buf_str(b, "null");
			continue;
		}
		attributes(org, parent, sf_polymorphic(p->hop[depth]) ?
		    "Name" : parent->o->name, view->version, b);
		level(org, q, top, depth + 1, p->text, n, view, b);
		buf_byte(b, '}');
	}
}

static void
record(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    const char *type, const struct sf_view *view, struct buf *b)
{
	int i;

	attributes(org, r, type, view->version, b);
	level(org, q, r, 0, "", 0, view, b);
	for (i = 0; i < q->nselect; i++)
		if (q->select[i].kind == SF_ITEM_CHILDREN)
			children(org, r, &q->select[i], view, b);
		else if (q->select[i].kind == SF_ITEM_TYPEOF)
			type_of(org, q, r, &q->select[i], view, b);
	buf_byte(b, '}');
}

void
sf_soql_json(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    const struct sf_view *view, struct buf *b)
{
	record(org, q, r, r->o->name, view, b);
}

void
sf_soql_csv(struct sf_org *org, struct sf_soql *q, struct sf_row *r,
    char delim, const char *eol, struct buf *b)
{
	struct buf cell = {0};
	struct sf_val v;
	int i;

	for (i = 0; i < q->nselect; i++) {
		const struct sf_path *p = &q->select[i].path;

		v = sf_path_value(org, q, p, r);
		cell.n = 0;
		sf_text(org, p->is, &v, "Z", &cell);
		if (i)
			buf_byte(b, delim);
		sf_csv(b, cell.p ? cell.p : "", cell.n);
	}
	buf_str(b, eol);
	buf_free(&cell);
}
