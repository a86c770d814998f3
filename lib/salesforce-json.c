/* salesforce-json - a row as the JSON that REST calls take. */
#include <stdlib.h>

#include "salesforce-fields.h"
#include "salesforce-json.h"
#include "salesforce-session.h"

static bool
is_number(struct slice t)
{
	struct slice v;

	return scan_text(t, &v, NULL) == 0 && v.n == t.n &&
	    scan_kind(v) == SCAN_NUMBER;
}

static const char *
as_bool(struct slice t)
{
	static const struct slice yes = { "true", 4 }, no = { "false", 5 };

	if (slice_same(t, yes) || slice_is(t, "1"))
		return "true";
	return slice_same(t, no) || slice_is(t, "0") ? "false" : NULL;
}

/* Plain text as the JSON of the field's type: where a number or a boolean
 * stands for a text, or a text for them, a call is refused as a whole.
 * Numbers keep their digits.  What does not fit goes as a text, for the
 * refusal to name. */
static void
put_value(const struct sf_json *k, struct buf *b, size_t column,
    struct slice t)
{
	const struct sf_field *f = k->field[column];
	const char *word = f != NULL && f->type == SF_BOOL ? as_bool(t) : NULL;

	if (t.n == 0)
		buf_str(b, "null");
	else if (word != NULL)
		buf_str(b, word);
	else if (f != NULL && f->type == SF_NUMBER && is_number(t))
		buf_slice(b, t);
	else
		scan_quote(b, sf_line_breaks(t, k->pool));
}

static void
put_name(struct buf *b, struct slice name)
{
	if (b->n > 0 && b->p[b->n - 1] != '{')
		buf_char(b, ',');
	scan_quote(b, name);
	buf_char(b, ':');
}

/*
 * A parent by its key: "Account":{"Magento_Id__c":"77"}; of a lookup with
 * several targets with its type, "Owner":{"attributes":{"type":"User"},..}.
 * No parent clears the lookup itself, but for a new record, as in the CSV.
 */
static void
put_parent(const struct sf_json *k, const struct sf_row *r, struct buf *b,
    size_t column, struct slice t)
{
	struct slice name = k->plan->column[column];
	const char *colon = memchr(name.p, ':', name.n);
	struct slice type = { name.p, colon == NULL ? 0 :
	    (size_t)(colon - name.p) };
	size_t skip = colon == NULL ? 0 : type.n + 1;
	struct slice path = { name.p + skip, name.n - skip };
	const char *dot = memchr(path.p, '.', path.n);
	struct slice relation = { path.p, (size_t)(dot - path.p) };
	const struct sf_field *f;

	if (t.n == 0) {
		f = sf_lookup(k->s, row_object(r), name, NULL);
		if (r->op == SF_CREATE)
			return;
		put_name(b, f == NULL ? relation : f->name);
		buf_str(b, "null");
		return;
	}
	put_name(b, relation);
	buf_char(b, '{');
	if (type.n > 0) {
		buf_str(b, "\"attributes\":{\"type\":");
		scan_quote(b, type);
		buf_char(b, '}');
	}
	put_name(b, (struct slice){ dot + 1, path.n - relation.n - 1 });
	put_value(k, b, column, t);
	buf_char(b, '}');
}

static void
put_field(const struct sf_json *k, const struct sf_row *r, struct buf *b,
    size_t column, struct slice value)
{
	struct slice name = k->plan->column[column];
	struct slice t = value;

	if (scan_kind(value) == SCAN_STRING)
		t = scan_string(value, k->pool);
	else if (scan_kind(value) == SCAN_NULL)
		t.n = 0;
	if (memchr(name.p, '.', name.n) != NULL) {
		put_parent(k, r, b, column, t);
		return;
	}
	put_name(b, name);
	put_value(k, b, column, t);
}

void
sf_json_row(const struct sf_json *k, const struct sf_row *r, struct buf *b)
{
	const struct sf_plan *p = k->plan;
	struct sf_fields f = sf_fields(r);
	struct slice name, value;
	size_t column = 0;

	pool_reset(k->pool);
	buf_str(b, "{\"attributes\":{\"type\":");
	scan_quote(b, row_object(r));
	buf_char(b, '}');
	if (r->op == SF_UPDATE)
		buf_fmt(b, ",\"id\":\"%s\"", r->id);
	if (row_extid(r).n > 0 && row_with(r).p == NULL) {
		put_name(b, row_extid(r));
		put_value(k, b, sf_plan_column(p, row_extid(r), 0),
		    row_key(r));
	}
	while (sf_fields_next(&f, &name, &value)) {
		column = sf_plan_column(p, name, column);
		put_field(k, r, b, column++, value);
	}
	buf_char(b, '}');
}

/* Rather than that Salesforce could not be asked. */
static bool
is_unknown(const struct why *w)
{
	return strcmp(w->code, "INVALID_FIELD") == 0 ||
	    strcmp(w->code, "INVALID_TYPE") == 0;
}

int
sf_json_open(struct sf_json *k, struct sf *s, const struct sf_plan *p,
    struct why *w)
{
	struct why no = {0};

	*k = (struct sf_json){ s, p, pool_new(),
	    xcalloc(p->columns + 1, sizeof(*k->field)) };
	if (p->op == SF_DELETE)
		return 0;
	if (sf_describe(s, p->object, w) == NULL)
		return -1;
	for (size_t i = 0; i < p->columns; i++) {
		k->field[i] = sf_field(s, p->object, p->column[i], &no);
		if (k->field[i] != NULL || is_unknown(&no))
			continue;
		*w = no;
		return -1;
	}
	return 0;
}

void
sf_json_close(struct sf_json *k)
{
	pool_free(k->pool);
	free(k->field);
}
