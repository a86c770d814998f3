/* salesforce-stale - has Salesforce moved since a plan was made? */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "salesforce-load.h"
#include "salesforce-session.h"
#include "salesforce-texts.h"

struct stale {
	struct sf *s;
	struct sf_wave *v;
	struct slice object;
	struct sf_texts by;
	struct pool *pool;
	bool created;		/* these were not there: was is null */
};

/* What we would write: then it does not matter that it was written. */
static struct slice
ours(const struct sf_row *r, struct slice name)
{
	struct slice v = { NULL, 0 };
	const struct slice part[] = { r->p.fields,
	    *r->id == '\0' ? r->p.insert : r->p.update };

	for (size_t i = 0; i < 2 && v.p == NULL; i++)
		if (part[i].p != NULL)
			v = scan_get(part[i], name.p);
	return v;
}

/* The first field of `json` that is neither as it was nor as we want it. */
static bool
moved(struct stale *st, const struct sf_row *r, struct slice json,
    bool compare_was, const struct sf_record *rec, char text[256])
{
	const struct sf_field *f;
	const struct sf_value *now;
	struct slice name, value, want;
	struct scan s;

	if (json.p == NULL)
		return false;
	scan_enter(&s, json);
	while (scan_member(&s, &name, &value)) {
		name.p = pool_dup(st->pool, name.p, name.n);
		now = sf_value_of(rec, name);
		f = sf_field(st->s, st->object, name, NULL);
		if (now == NULL || f == NULL)
			continue;
		if (compare_was &&
		    sf_same(f, now->text, sf_plain(value, st->pool)))
			continue;
		want = ours(r, name);
		if (want.p != NULL &&
		    sf_same(f, now->text, sf_plain(want, st->pool)))
			continue;
		snprintf(text, 256, "%.*s of %.*s has changed in Salesforce "
		    "since the plan was made", (int)name.n, name.p,
		    (int)st->object.n, st->object.p);
		return true;
	}
	return false;
}

static void
hold(struct stale *st, const struct sf_row *r, const char *text)
{
	sf_wave_settle_record(st->v, (size_t)(r - st->v->row), "held",
	    "stale", text);
}

static int
take_stale(void *ctx, const struct sf_record *rec, struct why *w)
{
	struct stale *st = ctx;
	char text[256];

	(void)w;
	pool_reset(st->pool);
	for (uint32_t i = sf_texts_first(&st->by, rec->value[0].text); i != 0;
	    i = st->by.next[i - 1]) {
		struct sf_row *r = st->by.row[i - 1];

		if (sf_text_hash(st->by.text[i - 1]) !=
		    sf_text_hash(rec->value[0].text))
			continue;
		r->told = true;
		if (!st->created) {
			if (moved(st, r, r->p.was, true, rec, text))
				hold(st, r, text);
		} else if (moved(st, r, r->p.fields, false, rec, text) ||
		    moved(st, r, r->p.insert, false, rec, text)) {
			hold(st, r, "it is in Salesforce now; the plan would "
			    "create it");
		} else {
			const struct sf_value *id = sf_value_of(rec, SLICE("Id"));

			if (id != NULL && sf_id_ok(id->text))
				sf_id_18(r->id, id->text);
		}
	}
	return 0;
}

/* All names that rows of the job at hand compare, once each. */
static void
select_names(struct buf *b, struct slice json)
{
	struct slice name, value;
	struct scan s;
	char *at;

	if (scan_kind(json) != SCAN_OBJECT)
		return;
	scan_enter(&s, json);
	while (scan_member(&s, &name, &value)) {
		char *one = NULL;

		name = sf_selected(name);
		one = xasprintf(", %.*s,", (int)name.n, name.p);
		buf_char(b, ',');
		at = strcasestr(buf_cstr(b), one);
		b->n--;
		if (at == NULL)
			buf_put(b, one, strlen(one) - 1);
		free(one);
	}
}

/* One object, either what was there or what was not. */
static int
stale_object(struct sf *s, struct sf_wave *v, struct slice object,
    struct slice extid, bool created, struct why *w)
{
	struct stale st = { .s = s, .v = v, .object = object,
	    .pool = pool_new(), .created = created };
	struct buf select = BUF(1 << 16);
	int r;

	sf_texts_init(&st.by, v->n);
	if (created)
		buf_slice(&select, extid);
	buf_str(&select, created ? ", Id" : "Id");
	for (size_t i = 0; i < v->n; i++) {
		struct sf_row *row = &v->row[i];
		bool absent = slice_is(row->p.was, "null");

		if (!sf_row_goes(row) || row->p.was.p == NULL ||
		    absent != created || !slice_eq(row->p.object, object) ||
		    (created ? !slice_eq(row->p.extid, extid) :
		    *row->id == '\0'))
			continue;
		row->told = false;
		sf_texts_add(&st.by, created ? row->p.key : slice(row->id),
		    row);
		select_names(&select, created ? row->p.fields : row->p.was);
		if (created)
			select_names(&select, row->p.insert);
	}
	r = sf_query_keys(s, buf_cstr(&select), object,
	    created ? extid : SLICE("Id"), st.by.text, st.by.n, NULL,
	    take_stale, &st, w);
	for (size_t i = 0; r == 0 && !created && i < st.by.n; i++)
		if (!st.by.row[i]->told && sf_row_goes(st.by.row[i]))
			hold(&st, st.by.row[i], "it is not in Salesforce any "
			    "more");
	sf_texts_free(&st.by);
	buf_free(&select);
	pool_free(st.pool);
	return r;
}

/* Is a row the first of its (object, was or not, external id)? */
static bool
first_of(const struct sf_wave *v, size_t i, bool created)
{
	for (size_t k = 0; k < i; k++) {
		const struct sf_row *a = &v->row[k], *b = &v->row[i];

		if (a->p.was.p != NULL && a->verdict == NULL &&
		    a->p.verdict.p == NULL &&
		    slice_is(a->p.was, "null") == created &&
		    slice_eq(a->p.object, b->p.object) &&
		    (!created || slice_eq(a->p.extid, b->p.extid)))
			return false;
	}
	return true;
}

/* Records that were on their way when a run was killed are not compared: what
 * has moved there, we moved. */
static int
forget_was_in_flight(struct sf *s, struct sf_wave *v, struct why *w)
{
	const struct slice none = { NULL, 0 };
	size_t record;
	int r;

	if (s->ledger == NULL || ledger_flights(s->ledger, w) == 0)
		return 0;
	for (size_t i = 0; i < v->n; i++) {
		if (v->row[i].record != i)
			continue;
		r = ledger_flight_has(s->ledger, none, none,
		    v->row[i].p.source, w);
		if (r == -1)
			return -1;
		for (record = i; r == 1 && record < v->n &&
		    v->row[record].record == i; record++)
			v->row[record].p.was = none;
	}
	return 0;
}

int
sf_look_stale(struct sf *s, struct sf_wave *v, struct why *w)
{
	bool any = false;

	for (size_t i = 0; i < v->n && !any; i++)
		any = sf_row_goes(&v->row[i]) && v->row[i].p.was.p != NULL;
	if (!any)
		return 0;
	if (forget_was_in_flight(s, v, w) == -1)
		return -1;
	for (size_t i = 0; i < v->n; i++) {
		struct sf_row *r = &v->row[i];
		bool created = slice_is(r->p.was, "null");

		if (!sf_row_goes(r) || r->p.was.p == NULL ||
		    (created ? r->p.extid.n == 0 || *r->id != '\0' :
		    *r->id == '\0') || !first_of(v, i, created))
			continue;
		if (stale_object(s, v, r->p.object, r->p.extid, created,
		    w) == -1)
			return -1;
	}
	return 0;
}
