/* was - what Salesforce holds where we would write. */
#include <stdlib.h>

#include "was.h"
#include "lookup.h"
#include "sent.h"

#define STAMP SLICE("SystemModstamp")

enum {
	NAMES = 800,		/* Salesforce: 800 custom fields an object */
	WAS = 16 << 20,
	SELECT = 64 * 1024,
};

struct state {
	bool wanted;		/* asks for its record */
	bool found, differs;
};

struct was {
	struct sf *sf;
	struct batch *b;
	struct lookup *lookup;
	struct state *state;
	size_t cap;
	/* the query at hand */
	struct slice name[NAMES];	/* columns behind Id */
	const struct sf_field *field[NAMES];
	size_t names;
	struct buf line;
};

struct was *
was_new(struct sf *s)
{
	struct was *d = xcalloc(1, sizeof(*d));

	d->sf = s;
	d->lookup = lookup_new();
	d->line = BUF(WAS);
	return d;
}

void
was_free(struct was *d)
{
	if (d == NULL)
		return;
	lookup_free(d->lookup);
	buf_free(&d->line);
	free(d->state);
	free(d);
}

bool
was_differs(const struct was *d, size_t i)
{
	return !d->state[i].wanted || d->state[i].differs;
}

/* "Order:Parent.Key__c" names the type for the loader; a query does not. */
static struct slice
column_name(struct slice field)
{
	const char *colon = memchr(field.p, ':', field.n);
	struct slice s = field;

	if (colon != NULL) {
		s.p = colon + 1;
		s.n = field.n - (size_t)(colon + 1 - field.p);
	}
	return s;
}

/* The column of a field, or d->names. */
static size_t
column(const struct was *d, struct slice name)
{
	size_t i;

	for (i = 0; i < d->names && !slice_eq(d->name[i], name); i++)
		continue;
	return i;
}

static int
add_name(struct was *d, const struct payload *p, struct slice name,
    struct why *w)
{
	if (column(d, column_name(name)) < d->names)
		return 0;
	if (d->names == NAMES)
		return why(w, WHY_SETUP, "more than %d fields of %.*s are "
		    "mapped", NAMES, (int)p->object.n, p->object.p);
	d->field[d->names] = sf_field(d->sf, p->object, name, w);
	if (d->field[d->names] == NULL)
		return why_in(w, "map %.*s", (int)p->map.n, p->map.p);
	d->name[d->names++] = column_name(name);
	return 0;
}

static int
add_names(struct was *d, const struct payload *p, struct slice object,
    struct why *w)
{
	struct slice key, v;
	struct scan s;

	if (object.p == NULL)
		return 0;
	scan_enter(&s, object);
	while (scan_member(&s, &key, &v)) {
		key = scan_plain(key, d->b->pool);
		if (sent_ignores(p, key, d->b->pool))
			continue;
		if (add_name(d, p, key, w) == -1)
			return -1;
	}
	return 0;
}

/* A delete has no fields: when the record was touched last says whether it
 * is still the one that the plan saw. */
static void
add_stamp(struct was *d, const struct payload *p)
{
	struct why no = {0};

	if (sf_field(d->sf, p->object, STAMP, &no) != NULL)
		add_name(d, p, STAMP, &no);
}

static void
put_stamp(struct was *d, const struct sf_record *r)
{
	size_t c = column(d, STAMP);

	if (c == d->names || r->value[c + 1].text.p == NULL)
		return;
	buf_char(&d->line, '{');
	scan_quote(&d->line, STAMP);
	buf_char(&d->line, ':');
	scan_quote(&d->line, r->value[c + 1].text);
}

/* The fields of one object of `p` as they are, into d->line. */
static void
compare(struct was *d, size_t i, struct slice object,
    const struct sf_record *r)
{
	const struct payload *p = &d->b->line[i].p;
	const struct sf_value *theirs;
	struct slice key, v, ours;
	struct scan s;
	size_t c;

	if (object.p == NULL)
		return;
	scan_enter(&s, object);
	while (scan_member(&s, &key, &v)) {
		key = scan_plain(key, d->b->pool);
		c = column(d, column_name(key));
		if (c == d->names || sent_ignores(p, key, d->b->pool))
			continue;
		theirs = &r->value[c + 1];
		ours = scan_kind(v) == SCAN_STRING ?
		    scan_string(v, d->b->pool) : v;
		if (scan_kind(v) == SCAN_NULL)
			ours = (struct slice){ NULL, 0 };
		d->state[i].differs |= !sf_same(d->field[c], ours,
		    theirs->text);
		buf_char(&d->line, d->line.n == 0 ? '{' : ',');
		scan_quote(&d->line, key);
		buf_char(&d->line, ':');
		if (theirs->text.p == NULL)
			buf_str(&d->line, "null");
		else if (theirs->bare)
			buf_slice(&d->line, theirs->text);
		else
			scan_quote(&d->line, theirs->text);
	}
}

/* An update carries the key too: a record that was there before us is to get
 * it even when nothing else differs. */
static bool
lacks_key(const struct was *d, const struct payload *p,
    const struct sf_record *r)
{
	size_t c = p->extid.n == 0 ? d->names : column(d, p->extid);

	return c < d->names &&
	    !sf_same(d->field[c], p->key, r->value[c + 1].text);
}

static int
take(void *ctx, const struct sf_record *r, struct why *w)
{
	struct was *d = ctx;
	struct payload *p;
	size_t at = 0, i;

	if (r->n != d->names + 1)
		return why(w, WHY_BROKEN, "an answer has %zu columns, not %zu",
		    r->n, d->names + 1);
	while (lookup_next(d->lookup, r->value[0].text, &at, &i)) {
		p = &d->b->line[i].p;
		d->state[i].found = true;
		d->state[i].differs = p->delete || lacks_key(d, p, r);
		buf_reset(&d->line);
		if (p->delete)
			put_stamp(d, r);
		compare(d, i, p->update, r);
		compare(d, i, p->fields, r);
		if (d->line.n == 0)
			buf_char(&d->line, '{');
		buf_char(&d->line, '}');
		if (d->line.over)
			return why(w, WHY_BROKEN, "a record of Salesforce is "
			    "over %d bytes", WAS);
		p->was.p = pool_dup(d->b->pool, d->line.p, d->line.n);
		p->was.n = d->line.n;
	}
	return 0;
}

/* An id as Salesforce answers it, whoever wrote the payload. */
static struct slice
asked_id(struct was *d, struct slice id)
{
	char text[19];

	if (id.n != 15 || !sf_id_ok(id))
		return id;
	sf_id_18(text, id);
	return (struct slice){ pool_dup(d->b->pool, text, 18), 18 };
}

/* All lines of the object of line `from`, by one query. */
static int
ask(struct was *d, size_t from, struct why *w)
{
	struct slice object = d->b->line[from].p.object;
	struct buf select = BUF(SELECT);
	const struct payload *p;
	const struct slice *keys;
	size_t i, n;
	int r = 0;

	lookup_reset(d->lookup);
	d->names = 0;
	for (i = from; i < d->b->n && r == 0; i++) {
		p = &d->b->line[i].p;
		if (!d->state[i].wanted || d->state[i].found ||
		    !slice_eq(p->object, object))
			continue;
		lookup_add(d->lookup, asked_id(d, p->id), i);
		if (p->extid.n > 0)
			r = add_name(d, p, p->extid, w);
		if (r == 0 && p->delete)
			add_stamp(d, p);
		if (r == 0)
			r = add_names(d, p, p->update, w);
		if (r == 0)
			r = add_names(d, p, p->fields, w);
	}
	buf_str(&select, "Id");
	for (i = 0; i < d->names; i++) {
		buf_str(&select, ", ");
		buf_slice(&select, d->name[i]);
	}
	keys = lookup_texts(d->lookup, &n);
	if (r == 0)
		r = sf_query_keys(d->sf, buf_cstr(&select), object,
		    SLICE("Id"), keys, n, NULL, take, d, w);
	buf_free(&select);
	return r;
}

/* After its object was asked: what was not found is gone. */
static void
settle_gone(struct was *d, struct slice object)
{
	struct state *s;
	size_t i;

	for (i = 0; i < d->b->n; i++) {
		s = &d->state[i];
		if (!s->wanted || s->found ||
		    !slice_eq(d->b->line[i].p.object, object))
			continue;
		s->found = s->differs = true;
		if (d->b->line[i].p.delete)
			batch_settle(d->b, i, "unchanged", NULL, "it is no "
			    "longer in Salesforce");
		else
			batch_settle(d->b, i, "waiting", "gone", "the record "
			    "is no longer in Salesforce; the next run makes "
			    "it anew");
	}
}

int
was_batch(struct was *d, struct batch *b, struct why *w)
{
	struct payload *p;
	size_t i;

	d->b = b;
	if (b->n > d->cap) {
		d->cap = b->n;
		d->state = xrealloc(d->state, d->cap * sizeof(*d->state));
	}
	for (i = 0; i < b->n; i++) {
		p = &b->line[i].p;
		d->state[i] = (struct state){ .wanted = batch_goes(b, i) &&
		    p->id.p != NULL };
		if (batch_goes(b, i) && p->id.p == NULL)
			p->was = SLICE("null");
	}
	for (i = 0; i < b->n; i++)
		if (d->state[i].wanted && !d->state[i].found) {
			if (ask(d, i, w) == -1)
				return -1;
			settle_gone(d, b->line[i].p.object);
		}
	return 0;
}
