/* salesforce-stale - has Salesforce moved: since a plan, in a killed run? */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "salesforce-load.h"
#include "salesforce-session.h"
#include "salesforce-texts.h"

/* Which rows are looked at. */
enum look {
	CHANGED,	/* `was` has values */
	CREATED,	/* `was` is null: it is not there */
	FLOWN,		/* `told`: on its way when a run was killed, or sent
			 * by a run that came to its end */
};

struct stale {
	struct sf *s;
	struct sf_wave *v;
	struct slice object;
	const struct sf_field *field;	/* by which it is asked */
	struct sf_texts by;
	struct pool *pool;
	enum look how;
};

/* What we would write: then it does not matter that it was written. */
static struct slice
ours(const struct sf_row *r, struct slice name)
{
	struct slice v = { NULL, 0 };
	const struct slice part[] = { row_fields(r),
	    *r->id == '\0' ? row_insert(r) : row_update(r) };

	for (size_t i = 0; i < 2 && v.p == NULL; i++)
		if (part[i].p != NULL)
			v = scan_get(part[i], name.p);
	return v;
}

/* The first field of `json` that is neither as it was nor as we want it: 1;
 * 0: there is none; -1: its type cannot be asked. */
static int
moved(struct stale *st, const struct sf_row *r, struct slice json,
    bool compare_was, const struct sf_record *rec, char text[256],
    struct why *w)
{
	const struct sf_field *f;
	const struct sf_value *now;
	struct slice name, value, want;
	struct scan s;

	if (json.p == NULL)
		return 0;
	scan_enter(&s, json);
	while (scan_member(&s, &name, &value)) {
		name.p = pool_dup(st->pool, name.p, name.n);
		if ((now = sf_value_of(rec, name)) == NULL)
			continue;
		if ((f = sf_field(st->s, st->object, name, w)) == NULL)
			return -1;
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
		return 1;
	}
	return 0;
}

/* The whole record; but what it makes for others too (`shared`) goes on where
 * it has not moved itself, for the others' lines wait for it. */
static void
hold(struct stale *st, struct sf_row *r, const char *text)
{
	struct sf_wave *v = st->v;

	for (size_t i = r->record; i < v->n && v->row[i].record == r->record;
	    i++)
		if (sf_row_goes(&v->row[i]) &&
		    (&v->row[i] == r || !v->row[i].p.shared))
			sf_row_settle(v, &v->row[i], "held", "stale", text);
}

/* Is all as we want it?  1, 0, -1. */
static int
as_wanted(struct stale *st, const struct sf_row *r,
    const struct sf_record *rec, bool insert, char text[256], struct why *w)
{
	int other = moved(st, r, row_fields(r), false, rec, text, w);

	if (other == 0)
		other = moved(st, r, insert ? row_insert(r) : row_update(r),
		    false, rec, text, w);
	return other == -1 ? -1 : !other;
}

/* What a killed run has done of a row is not done again: an order that it
 * activated is locked by now, and equal lines are no reason to unlock it. */
static int
look_flown(struct stale *st, struct sf_row *r, const struct sf_record *rec,
    struct why *w)
{
	char text[256];
	int done = as_wanted(st, r, rec, false, text, w);

	if (done == 1)
		sf_row_settle(st->v, r, "updated", NULL, NULL);
	return done == -1 ? -1 : 0;
}

static int
look_changed(struct stale *st, struct sf_row *r, const struct sf_record *rec,
    struct why *w)
{
	char text[256];
	int other = moved(st, r, row_was(r), true, rec, text, w);

	if (other == 1)
		hold(st, r, text);
	return other == -1 ? -1 : 0;
}

static int
look_at(struct stale *st, struct sf_row *r, const struct sf_record *rec,
    struct why *w)
{
	const struct sf_value *id = sf_value_of(rec, SLICE("Id"));
	char text[256];
	int same = 1;

	r->told = true;
	if (st->how == CHANGED)
		return look_changed(st, r, rec, w);
	if (st->how == CREATED)
		same = as_wanted(st, r, rec, true, text, w);
	if (same == 0)
		hold(st, r, "it is in Salesforce now; the plan would create "
		    "it");
	if (same != 1)
		return same;
	if (id != NULL && sf_id_ok(id->text))
		sf_row_found(st->v, r, id->text);
	return st->how == FLOWN ? look_flown(st, r, rec, w) : 0;
}

static int
take_stale(void *ctx, const struct sf_record *rec, struct why *w)
{
	struct stale *st = ctx;
	struct slice t = rec->value[0].text;
	int r = 0;

	pool_reset(st->pool);
	for (uint32_t i = sf_texts_first(&st->by, t); i != 0 && r == 0;
	    i = st->by.next[i - 1])
		if (sf_asks_same(st->field, st->by.text[i - 1], t))
			r = look_at(st, st->by.row[i - 1], rec, w);
	return r;
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

static bool
looked_at(const struct sf_row *r, enum look how)
{
	if (!sf_row_goes(r))
		return false;
	if (how == CHANGED)
		return row_was(r).p != NULL && !slice_is(row_was(r), "null") &&
		    *r->id != '\0';
	if (*r->id != '\0' || row_extid(r).n == 0 || r->p.delete)
		return false;
	return how == FLOWN ? r->told : slice_is(row_was(r), "null");
}

/* Asked for by id, or by the external id where there is none yet. */
static void
look_add(struct stale *st, struct sf_row *r, struct buf *select)
{
	r->told = false;
	sf_texts_add(&st->by, st->how == CHANGED ? slice(r->id) : row_key(r),
	    r);
	select_names(select, st->how == CHANGED ? row_was(r) : row_fields(r));
	if (st->how == CREATED)
		select_names(select, row_insert(r));
	if (st->how == FLOWN)
		select_names(select, row_update(r));
}

static void
not_there(struct stale *st, struct sf_row *r)
{
	if (r->p.delete)
		sf_row_settle(st->v, r, "deleted", NULL, NULL);
	else
		hold(st, r, "it is not in Salesforce any more");
}

/* All rows of one object, and one external id where they are asked by it. */
static int
look_object(struct sf *s, struct sf_wave *v, const struct sf_row *first,
    enum look how, struct why *w)
{
	struct stale st = { .s = s, .v = v, .object = row_object(first),
	    .pool = pool_new(), .how = how };
	struct slice by = how == CHANGED ? SLICE("Id") : row_extid(first);
	struct buf select = BUF(1 << 16);
	int r = -1;

	if ((st.field = sf_field(s, st.object, by, w)) == NULL)
		goto out;
	sf_texts_init(&st.by, v->n);
	buf_slice(&select, by);
	if (how != CHANGED)
		buf_str(&select, ", Id");
	for (size_t i = 0; i < v->n; i++)
		if (looked_at(&v->row[i], how) &&
		    slice_eq(row_object(&v->row[i]), st.object) &&
		    (how == CHANGED || slice_eq(row_extid(&v->row[i]), by)))
			look_add(&st, &v->row[i], &select);
	r = sf_query_keys(s, buf_cstr(&select), st.object, by, st.by.text,
	    st.by.n, NULL, take_stale, &st, w);
	for (size_t i = 0; r == 0 && how == CHANGED && i < st.by.n; i++)
		if (!st.by.row[i]->told && sf_row_goes(st.by.row[i]))
			not_there(&st, st.by.row[i]);
	sf_texts_free(&st.by);
out:
	buf_free(&select);
	pool_free(st.pool);
	return r;
}

/* One query (or some) for each object.  `seen` has those that were asked. */
static int
look_all(struct sf *s, struct sf_wave *v, enum look how, struct why *w)
{
	struct { struct slice object, extid; } seen[64];
	size_t n = 0, k;

	for (size_t i = 0; i < v->n; i++) {
		const struct sf_row *r = &v->row[i];

		if (!looked_at(r, how))
			continue;
		for (k = 0; k < n; k++)
			if (slice_eq(seen[k].object, row_object(r)) &&
			    (how == CHANGED ||
			    slice_eq(seen[k].extid, row_extid(r))))
				break;
		if (k < n)
			continue;
		if (n < 64) {
			seen[n].object = row_object(r);
			seen[n++].extid = row_extid(r);
		}
		if (look_object(s, v, r, how, w) == -1)
			return -1;
	}
	return 0;
}

/* What several records make: an earlier wave may have written it after the
 * plan, or the diff before us, has read it.  That was no other. */
static int
each_shared(struct sf *s, struct sf_wave *v, bool note, struct why *w)
{
	char map[128];
	bool same;
	int r = 0;

	for (struct sf_row *row = v->row; row < v->row + v->n && r != -1;
	    row++) {
		if (!row->p.shared || row_was(row).p == NULL ||
		    !sf_row_goes(row))
			continue;
		snprintf(map, sizeof(map), "was %.*s", (int)row_object(row).n,
		    row_object(row).p);
		r = note ? ledger_note(s->ledger, slice(map), row_key(row),
		    row_source(row), w) :
		    ledger_noted(s->ledger, slice(map), row_key(row),
		    row_source(row), &same, w);
		if (r == 1)
			kept_drop_was(&row->p);
	}
	return r == -1 ? -1 : 0;
}

int
sf_look_stale(struct sf *s, struct sf_wave *v, struct why *w)
{
	if (!v->was)
		return 0;
	if ((s->ledger != NULL && each_shared(s, v, false, w) == -1) ||
	    look_all(s, v, CHANGED, w) == -1 ||
	    look_all(s, v, CREATED, w) == -1)
		return -1;
	return s->ledger == NULL ? 0 : each_shared(s, v, true, w);
}

/* 1, 0, -1. */
static int
any_known(struct sf *s, struct sf_known *known, struct slice object,
    struct why *w)
{
	size_t i = 0;
	int any;

	while (i < known->n && !slice_is(object, known->of[i].object))
		i++;
	if (i < known->n)
		return known->of[i].any;
	any = ledger_record_any(s->ledger, object, w);
	if (any == -1 || object.n >= sizeof(known->of[0].object) ||
	    i == sizeof(known->of) / sizeof(known->of[0]))
		return any;
	memcpy(known->of[i].object, object.p, object.n);
	known->of[i].any = any == 1;
	known->n++;
	return any;
}

/* Does the ledger know what this row would create?  Only asked where that
 * matters: an upsert would send create-only fields to what is there. */
static int
is_known(struct sf *s, const struct sf_row *r, struct sf_known *known,
    struct why *w)
{
	struct ledger_record found;
	int any;

	if (!sf_row_goes(r) || *r->id != '\0' || row_extid(r).n == 0 ||
	    row_insert(r).p == NULL || r->p.delete || row_was(r).p != NULL)
		return 0;
	if ((any = any_known(s, known, row_object(r), w)) != 1)
		return any;
	return ledger_record_get(s->ledger, row_object(r), row_key(r), &found,
	    w);
}

/* Would it be inserted with nothing by which it could be found?  1, 0, -1. */
static int
is_blind(struct sf *s, const struct sf_row *r, struct why *w)
{
	int can;

	if (!sf_row_goes(r) || *r->id != '\0' || row_extid(r).n > 0 ||
	    row_with(r).p != NULL || r->p.delete ||
	    slice_is(row_only(r), "update"))
		return 0;
	can = sf_look_can(s, r, w);
	return can == -1 ? -1 : !can;
}

/* It may be there already: a second one is what nobody would notice. */
static int
hold_blind(struct sf *s, struct sf_wave *v, struct sf_row *r, struct why *w)
{
	const struct slice none = { NULL, 0 };
	struct payload p;
	char *text;
	int flies, blind = is_blind(s, r, w);

	if (blind != 1)
		return blind;
	payload_whole(&p, &r->p);
	flies = ledger_flight_has(s->ledger, p.map, ledger_key(&p), none, w);
	if (flies != 1)
		return flies;
	text = xasprintf("its insert had no answer; look for it in "
	    "Salesforce: if it is there, 'led tie --any %.*s/%.*s ID', if "
	    "not, 'led forget %.*s'", (int)p.object.n, p.object.p,
	    (int)p.key.n, p.key.p, (int)p.source.n, p.source.p);
	sf_row_settle(v, r, "held", "in-doubt", text);
	free(text);
	return 0;
}

/* Rows from `from` to `to` are a record: mark them (`told`) when it may be
 * there, and drop what they were when it is we who moved it. */
static int
mark_record(struct sf *s, struct sf_wave *v, size_t from, size_t to,
    bool flights, struct sf_known *known, struct why *w)
{
	const struct slice none = { NULL, 0 };
	int flies = !flights ? 0 : ledger_flight_has(s->ledger, none, none,
	    row_source(&v->row[from]), w);
	int there = 0;

	for (size_t i = from; i < to && flies == 0 && there == 0; i++)
		there = is_known(s, &v->row[i], known, w);
	if (flies == -1 || there == -1)
		return -1;
	for (size_t i = from; i < to; i++) {
		v->row[i].told = flies == 1 || there == 1;
		if (flies != 1)
			continue;
		kept_drop_was(&v->row[i].p);
		v->row[i].flown = true;
		if (hold_blind(s, v, &v->row[i], w) == -1)
			return -1;
	}
	return 0;
}

/* One snapshot: each question by itself would lock the ledger twice. */
static int
mark_all(struct sf *s, struct sf_wave *v, bool flights,
    struct sf_known *known, struct why *w)
{
	size_t to;
	int r = ledger_read(s->ledger, w);

	for (size_t i = 0; i < v->n && r == 0; i = to) {
		for (to = i + 1; to < v->n &&
		    v->row[to].record == v->row[i].record; to++)
			continue;
		r = mark_record(s, v, i, to, flights, known, w);
	}
	ledger_read_end(s->ledger);
	return r;
}

/* Can any row be there?  1, 0, -1.  A verdict that passes by may have no
 * object. */
static int
any_there(struct sf *s, const struct sf_wave *v, struct sf_known *known,
    struct why *w)
{
	int any = v->objects == SF_OBJECTS;

	for (size_t i = 0; i < v->objects && any == 0; i++)
		if (v->object[i].name.n > 0)
			any = any_known(s, known, v->object[i].name, w);
	return any;
}

int
sf_look_flight(struct sf *s, struct sf_wave *v, bool flights,
    struct sf_known *known, struct why *w)
{
	int any = flights;

	if (!flights && v->insert)
		any = any_there(s, v, known, w);
	if (any != 1)
		return any;
	if (mark_all(s, v, flights, known, w) == -1)
		return -1;
	return look_all(s, v, FLOWN, w);
}
