/* salesforce-look - what sf-load asks Salesforce before and after it writes. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "salesforce-load.h"
#include "salesforce-session.h"

/* Rows by one text each (id, key, value of a match field). */
struct by_text {
	struct sf_row **row;
	struct slice *text;
	uint32_t *bucket, *next;
	size_t n, buckets;
};

static void
by_text_init(struct by_text *b, size_t max)
{
	b->n = 0;
	for (b->buckets = 64; b->buckets < max; b->buckets *= 2)
		continue;
	b->row = xmalloc((max + 1) * sizeof(struct sf_row *));
	b->text = xmalloc((max + 1) * sizeof(*b->text));
	b->next = xmalloc((max + 1) * sizeof(*b->next));
	b->bucket = xcalloc(b->buckets, sizeof(*b->bucket));
}

static void
by_text_free(struct by_text *b)
{
	free(b->row);
	free(b->text);
	free(b->next);
	free(b->bucket);
}

/* Ids are the same by 15 characters, texts in any case, as SOQL has it. */
static uint64_t
text_hash(struct slice t)
{
	uint64_t h = 0xcbf29ce484222325u;
	size_t n = t.n == 18 && sf_id_ok(t) ? 15 : t.n;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)t.p[i];

		h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) *
		    0x100000001b3u;
	}
	return h ^ h >> 32;
}

static void
by_text_add(struct by_text *b, struct slice text, struct sf_row *r)
{
	size_t h = text_hash(text) & (b->buckets - 1);

	b->row[b->n] = r;
	b->text[b->n] = text;
	b->next[b->n] = b->bucket[h];
	b->bucket[h] = (uint32_t)++b->n;
}

static uint32_t
by_text_first(const struct by_text *b, struct slice text)
{
	return b->bucket[text_hash(text) & (b->buckets - 1)];
}

/* A field's name as a query selects it: without the type before a colon. */
static struct slice
selected(struct slice name)
{
	const char *colon = memchr(name.p, ':', name.n);

	if (colon != NULL) {
		name.n -= (size_t)(colon + 1 - name.p);
		name.p = colon + 1;
	}
	return name;
}

static bool
same_name(struct slice a, struct slice b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static struct slice
plain(struct slice json, struct pool *pool)
{
	if (scan_kind(json) == SCAN_STRING)
		return scan_string(json, pool);
	return scan_kind(json) == SCAN_NULL ? (struct slice){ NULL, 0 } : json;
}

/* The value of a record by name; NULL: not selected. */
static const struct sf_value *
value_of(const struct sf_record *rec, struct slice name)
{
	name = selected(name);
	for (size_t i = 0; i < rec->n; i++)
		if (same_name(rec->name[i], name))
			return &rec->value[i];
	return NULL;
}

/* --- stale ------------------------------------------------------------- */

struct stale {
	struct sf *s;
	struct sf_wave *v;
	struct slice object;
	struct by_text by;
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
		now = value_of(rec, name);
		f = sf_field(st->s, st->object, name, NULL);
		if (now == NULL || f == NULL)
			continue;
		if (compare_was &&
		    sf_same(f, now->text, plain(value, st->pool)))
			continue;
		want = ours(r, name);
		if (want.p != NULL &&
		    sf_same(f, now->text, plain(want, st->pool)))
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
	for (uint32_t i = by_text_first(&st->by, rec->value[0].text); i != 0;
	    i = st->by.next[i - 1]) {
		struct sf_row *r = st->by.row[i - 1];

		if (text_hash(st->by.text[i - 1]) !=
		    text_hash(rec->value[0].text))
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
			const struct sf_value *id = value_of(rec, SLICE("Id"));

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

		name = selected(name);
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

	by_text_init(&st.by, v->n);
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
		by_text_add(&st.by, created ? row->p.key : slice(row->id),
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
	by_text_free(&st.by);
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

/* --- match ------------------------------------------------------------- */

/* One rung of rows of one object, all with the same fields. */
struct matching {
	struct sf *s;
	struct sf_wave *v;
	struct by_text by;
	struct slice name[16];
	const struct sf_field *field[16];
	size_t n;
	struct pool *pool;
	unsigned rung;
};

static struct slice
rung_of(const struct sf_row *r, unsigned rung)
{
	struct slice v = { NULL, 0 };
	struct scan s;

	if (r->p.match.p == NULL)
		return v;
	scan_enter(&s, r->p.match);
	for (unsigned i = 0; i <= rung; i++)
		if (!scan_element(&s, &v))
			return (struct slice){ NULL, 0 };
	return v;
}

/* The names of a rung into m; false: not askable (a child's field). */
static bool
rung_names(struct matching *m, struct slice object, struct slice rung)
{
	struct slice name, value;
	struct scan s;

	m->n = 0;
	scan_enter(&s, rung);
	while (scan_member(&s, &name, &value)) {
		if (m->n == 16)
			return false;
		m->field[m->n] = sf_field(m->s, object, name, NULL);
		if (m->field[m->n] == NULL)
			return false;
		m->name[m->n++] = name;
	}
	return m->n > 0;
}

static bool
same_names(const struct matching *m, struct slice rung)
{
	struct slice name, value;
	struct scan s;
	size_t i = 0;

	scan_enter(&s, rung);
	while (scan_member(&s, &name, &value))
		if (i == m->n || !slice_eq(name, m->name[i++]))
			return false;
	return i == m->n;
}

static bool
rung_hit(struct matching *m, const struct sf_row *r,
    const struct sf_record *rec)
{
	struct slice name, value, rung = rung_of(r, m->rung);
	const struct sf_value *now;
	struct scan s;
	size_t i = 0;

	scan_enter(&s, rung);
	while (scan_member(&s, &name, &value)) {
		struct slice a, b = plain(value, m->pool);

		if ((now = value_of(rec, name)) == NULL)
			return false;
		a = now->text;
		if (m->field[i]->type == SF_TEXT ?
		    a.n != b.n || strncasecmp(a.p == NULL ? "" : a.p,
		    b.p == NULL ? "" : b.p, a.n) != 0 :
		    !sf_same(m->field[i], a, b))
			return false;
		i++;
	}
	return true;
}

/* The rows that a record can be: by the first field's text where texts can be
 * hashed, else all. */
static bool
hashed(const struct matching *m)
{
	return m->field[0]->type == SF_TEXT || m->field[0]->type == SF_ID;
}

static uint32_t
first_row(const struct matching *m, const struct sf_record *rec)
{
	const struct sf_value *v = value_of(rec, m->name[0]);

	if (v == NULL)
		return 0;
	return hashed(m) ? by_text_first(&m->by, v->text) : m->by.n > 0;
}

static uint32_t
next_row(const struct matching *m, uint32_t i)
{
	if (hashed(m))
		return m->by.next[i - 1];
	return i < m->by.n ? i + 1 : 0;
}

/* Two records for one row are never guessed. */
static int
take_match(void *ctx, const struct sf_record *rec, struct why *w)
{
	struct matching *m = ctx;
	struct slice id = rec->value[0].text;
	char text[128];

	(void)w;
	pool_reset(m->pool);
	if (!sf_id_ok(id))
		return 0;
	for (uint32_t i = first_row(m, rec); i != 0; i = next_row(m, i)) {
		struct sf_row *r = m->by.row[i - 1];

		if (!sf_row_goes(r) || !rung_hit(m, r, rec))
			continue;
		if (*r->id != '\0' && memcmp(r->id, id.p, 15) != 0) {
			snprintf(text, sizeof(text), "%s and %.*s both match",
			    r->id, (int)id.n, id.p);
			sf_row_settle(m->v, r, "held", "ambiguous-match",
			    text);
			continue;
		}
		sf_id_18(r->id, id);
		r->op = SF_UPDATE;
	}
	return 0;
}

/* A row that would be inserted, with nothing to keep it from doubling. */
static bool
insertable(const struct sf_row *r, long phase)
{
	return sf_row_goes(r) && sf_row_phase(r) == phase &&
	    r->op == SF_CREATE && r->p.extid.n == 0 && r->p.match.p != NULL;
}

/* All rows of the object of `first` whose rung has the same names. */
static int
match_group(struct matching *m, const struct sf_row *first, long phase,
    struct why *w)
{
	struct buf select = BUF(1 << 16);
	struct slice rung, key, value;
	struct scan s;
	int r;

	by_text_init(&m->by, m->v->n);
	for (struct sf_row *row = m->v->row; row < m->v->row + m->v->n;
	    row++) {
		rung = rung_of(row, m->rung);
		if (!insertable(row, phase) || row->told || rung.p == NULL ||
		    !slice_eq(row->p.object, first->p.object) ||
		    !same_names(m, rung))
			continue;
		scan_enter(&s, rung);
		row->told = scan_member(&s, &key, &value);
		value = plain(value, m->v->pool);
		if (value.n > 0)
			by_text_add(&m->by, value, row);
	}
	buf_str(&select, "Id");
	for (size_t i = 0; i < m->n; i++)
		buf_fmt(&select, ", %.*s", (int)selected(m->name[i]).n,
		    selected(m->name[i]).p);
	r = sf_query_keys(m->s, buf_cstr(&select), first->p.object,
	    selected(m->name[0]), m->by.text, m->by.n, NULL, take_match, m, w);
	by_text_free(&m->by);
	buf_free(&select);
	return r;
}

/* One rung for all rows of the phase that still have no id. */
static int
match_rung(struct matching *m, long phase, bool *any, struct why *w)
{
	struct sf_wave *v = m->v;

	for (size_t i = 0; i < v->n; i++)
		v->row[i].told = false;
	for (size_t i = 0; i < v->n; i++) {
		struct sf_row *r = &v->row[i];
		struct slice rung = rung_of(r, m->rung);

		if (!insertable(r, phase) || r->told || rung.p == NULL)
			continue;
		*any = true;
		if (!rung_names(m, r->p.object, rung)) {
			r->told = true;
			continue;
		}
		if (match_group(m, r, phase, w) == -1)
			return -1;
	}
	return 0;
}

struct shared {
	struct by_text by;
	struct slice extid;
};

static int
take_shared(void *ctx, const struct sf_record *rec, struct why *w)
{
	struct shared *sh = ctx;

	(void)w;
	for (uint32_t i = by_text_first(&sh->by, rec->value[1].text); i != 0;
	    i = sh->by.next[i - 1]) {
		struct sf_row *r = sh->by.row[i - 1];
		struct slice key = r->p.key, t = rec->value[1].text;

		if (key.n != t.n || strncasecmp(key.p, t.p, t.n) != 0 ||
		    !sf_id_ok(rec->value[0].text))
			continue;
		sf_id_18(r->id, rec->value[0].text);
		r->op = SF_UPDATE;
	}
	return 0;
}

/* Was this key sent by an earlier wave?  Asked of every shared row, for
 * asking is what makes it known. */
static int
sent_before(struct sf *s, const struct sf_row *r, struct why *w)
{
	struct slice object = r->p.object;
	bool other;

	if (s->ledger == NULL)
		return 1;
	return ledger_seen(s->ledger, object, r->p.key, r->p.source, &other,
	    w);
}

static bool
is_shared(const struct sf_row *r, long phase)
{
	return sf_row_goes(r) && sf_row_phase(r) == phase && r->p.shared &&
	    r->op == SF_CREATE && r->p.extid.n > 0;
}

static int
shared_object(struct sf *s, struct sf_wave *v, const struct sf_row *first,
    long phase, struct why *w)
{
	struct shared sh = { .extid = first->p.extid };
	char *select = xasprintf("Id, %.*s", (int)sh.extid.n, sh.extid.p);
	int r = 0;

	by_text_init(&sh.by, v->n);
	for (size_t i = 0; r != -1 && i < v->n; i++) {
		struct sf_row *row = &v->row[i];

		if (!is_shared(row, phase) || row->told ||
		    !slice_eq(row->p.object, first->p.object) ||
		    !slice_eq(row->p.extid, sh.extid))
			continue;
		row->told = true;
		if ((r = sent_before(s, row, w)) == 1)
			by_text_add(&sh.by, row->p.key, row);
	}
	if (r != -1)
		r = sf_query_keys(s, select, first->p.object, sh.extid,
		    sh.by.text, sh.by.n, NULL, take_shared, &sh, w);
	by_text_free(&sh.by);
	free(select);
	return r == -1 ? -1 : 0;
}

static int
look_shared(struct sf *s, struct sf_wave *v, long phase, struct why *w)
{
	for (size_t i = 0; i < v->n; i++)
		v->row[i].told = false;
	for (size_t i = 0; i < v->n; i++)
		if (is_shared(&v->row[i], phase) && !v->row[i].told &&
		    shared_object(s, v, &v->row[i], phase, w) == -1)
			return -1;
	return 0;
}

int
sf_look_match(struct sf *s, struct sf_wave *v, long phase, struct why *w)
{
	struct matching m = { .s = s, .v = v, .pool = pool_new() };
	bool any = true;
	int r = look_shared(s, v, phase, w);

	for (m.rung = 0; any && r == 0; m.rung++) {
		any = false;
		r = match_rung(&m, phase, &any, w);
	}
	for (size_t i = 0; i < v->n; i++)
		if (sf_row_goes(&v->row[i]) && v->row[i].op == SF_UPDATE &&
		    sf_row_phase(&v->row[i]) == phase &&
		    slice_is(v->row[i].p.only, "insert"))
			sf_row_settle(v, &v->row[i], "skipped", "only-insert",
			    NULL);
	pool_free(m.pool);
	return r;
}

/* --- gone -------------------------------------------------------------- */

static bool
suspect(const struct sf_row *r)
{
	return r->op == SF_UPDATE && r->verdict != NULL &&
	    strcmp(r->verdict, "failed") == 0 && r->reason != NULL &&
	    (strcmp(r->reason, "ENTITY_IS_DELETED") == 0 ||
	    strcmp(r->reason, "INVALID_CROSS_REFERENCE_KEY") == 0);
}

static int
take_there(void *ctx, const struct sf_record *rec, struct why *w)
{
	struct by_text *by = ctx;

	(void)w;
	for (uint32_t i = by_text_first(by, rec->value[0].text); i != 0;
	    i = by->next[i - 1])
		if (rec->value[0].text.n >= 15 && memcmp(by->row[i - 1]->id,
		    rec->value[0].text.p, 15) == 0)
			by->row[i - 1]->told = false;
	return 0;
}

/* The same codes come for a bad lookup in a record that is there, so ask. */
int
sf_look_gone(struct sf *s, struct sf_wave *v, const struct sf_plan *p,
    struct why *w)
{
	struct by_text by;
	int r;

	by_text_init(&by, p->rows);
	for (size_t i = 0; i < p->rows; i++) {
		if (!suspect(p->row[i].row))
			continue;
		p->row[i].row->told = true;
		by_text_add(&by, slice(p->row[i].row->id), p->row[i].row);
	}
	r = sf_query_keys(s, "Id", p->object, SLICE("Id"), by.text, by.n,
	    NULL, take_there, &by, w);
	for (size_t i = 0; r == 0 && i < by.n; i++)
		if (by.row[i]->told)
			sf_row_settle(v, by.row[i], "waiting", "gone",
			    "Salesforce has deleted or merged it");
	by_text_free(&by);
	return r;
}
