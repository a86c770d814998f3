/* salesforce-look - what is there already, and what is gone. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "salesforce-load.h"
#include "salesforce-session.h"
#include "salesforce-texts.h"

/* --- match ------------------------------------------------------------- */

/* One rung of rows of one object, all with the same fields. */
struct matching {
	struct sf *s;
	struct sf_wave *v;
	struct sf_texts by;
	struct slice name[16];
	const struct sf_field *field[16];
	size_t n;
	struct slice extid;	/* of rows that seem to be there; else absent */
	struct pool *pool;
	unsigned rung;
};

static struct slice
rung_of(const struct sf_row *r, unsigned rung)
{
	struct slice v = { NULL, 0 };
	struct scan s;

	if (row_match(r).p == NULL)
		return v;
	scan_enter(&s, row_match(r));
	for (unsigned i = 0; i <= rung; i++)
		if (!scan_element(&s, &v))
			return (struct slice){ NULL, 0 };
	return v;
}

/* The names of a rung into m: 1; 0: not askable (a child's field); -1: who
 * does not know whether it can be asked must not insert. */
static int
rung_names(struct matching *m, struct slice object, struct slice rung,
    struct why *w)
{
	struct slice name, value;
	struct why no = {0};
	struct scan s;

	m->n = 0;
	scan_enter(&s, rung);
	while (scan_member(&s, &name, &value)) {
		if (m->n == 16)
			return 0;
		m->field[m->n] = sf_field(m->s, object, name, &no);
		if (m->field[m->n] == NULL &&
		    strcmp(no.code, "INVALID_FIELD") == 0)
			return 0;
		if (m->field[m->n] == NULL) {
			*w = no;
			return why_in(w, "match");
		}
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
		struct slice a, b = sf_plain(value, m->pool);

		if ((now = sf_value_of(rec, name)) == NULL)
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
	const struct sf_value *v = sf_value_of(rec, m->name[0]);

	if (v == NULL)
		return 0;
	return hashed(m) ? sf_texts_first(&m->by, v->text) : m->by.n > 0;
}

static uint32_t
next_row(const struct matching *m, uint32_t i)
{
	if (hashed(m))
		return m->by.next[i - 1];
	return i < m->by.n ? i + 1 : 0;
}

/* A record that another key has is no hit: what it says itself, and what the
 * wave does with it. */
static bool
is_taken(const struct matching *m, const struct sf_record *rec)
{
	const struct sf_value *key = sf_value_of(rec, m->extid);

	if (key == NULL || key->text.p != NULL)
		return true;
	for (size_t i = 0; i < m->v->n; i++)
		if (memcmp(m->v->row[i].id, rec->value[0].text.p, 15) == 0)
			return true;
	return false;
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

		if (!sf_row_goes(r) || !rung_hit(m, r, rec) ||
		    (r->there && *r->id == '\0' && is_taken(m, rec)))
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
		r->p.adopted |= r->there;	/* it was not, a moment ago */
	}
	return 0;
}

/* A row that would be inserted, with nothing to keep it from doubling, or
 * whose key is not what is there already. */
static bool
insertable(const struct sf_row *r, long phase)
{
	return sf_row_goes(r) && sf_row_phase(r) == phase &&
	    r->op == SF_CREATE && (row_extid(r).n == 0 || r->there) &&
	    row_match(r).p != NULL;
}

static bool
is_asked(const struct matching *m, struct slice name)
{
	size_t i = 0;

	while (i < m->n && !slice_eq(m->name[i], name))
		i++;
	return i < m->n;
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

	m->extid = row_extid(first);
	sf_texts_init(&m->by, m->v->n);
	for (struct sf_row *row = m->v->row; row < m->v->row + m->v->n;
	    row++) {
		rung = rung_of(row, m->rung);
		if (!insertable(row, phase) || row->told || rung.p == NULL ||
		    !slice_eq(row_object(row), row_object(first)) ||
		    !slice_eq(row_extid(row), row_extid(first)) ||
		    !same_names(m, rung))
			continue;
		scan_enter(&s, rung);
		row->told = scan_member(&s, &key, &value);
		value = sf_plain(value, m->v->pool);
		if (value.n > 0)
			sf_texts_add(&m->by, value, row);
	}
	buf_str(&select, "Id");
	for (size_t i = 0; i < m->n; i++)
		buf_fmt(&select, ", %.*s", (int)sf_selected(m->name[i]).n,
		    sf_selected(m->name[i]).p);
	if (m->extid.n > 0 && !is_asked(m, m->extid))
		buf_fmt(&select, ", %.*s", (int)m->extid.n, m->extid.p);
	r = sf_query_keys(m->s, buf_cstr(&select), row_object(first),
	    sf_selected(m->name[0]), m->by.text, m->by.n, NULL, take_match, m, w);
	sf_texts_free(&m->by);
	buf_free(&select);
	return r;
}

/* One rung for all rows of the phase that still have no id. */
static int
match_rung(struct matching *m, long phase, bool *any, struct why *w)
{
	struct sf_wave *v = m->v;
	int askable;

	for (size_t i = 0; i < v->n; i++)
		v->row[i].told = false;
	for (size_t i = 0; i < v->n; i++) {
		struct sf_row *r = &v->row[i];
		struct slice rung = rung_of(r, m->rung);

		if (!insertable(r, phase) || r->told || rung.p == NULL)
			continue;
		*any = true;
		if ((askable = rung_names(m, row_object(r), rung, w)) == 0) {
			r->told = true;
			continue;
		}
		if (askable == -1 || match_group(m, r, phase, w) == -1)
			return -1;
	}
	return 0;
}

struct shared {
	struct sf_texts by;
	struct slice extid;
};

static int
take_shared(void *ctx, const struct sf_record *rec, struct why *w)
{
	struct shared *sh = ctx;

	(void)w;
	for (uint32_t i = sf_texts_first(&sh->by, rec->value[1].text); i != 0;
	    i = sh->by.next[i - 1]) {
		struct sf_row *r = sh->by.row[i - 1];
		struct slice key = row_key(r), t = rec->value[1].text;

		if (key.n != t.n || strncasecmp(key.p, t.p, t.n) != 0 ||
		    !sf_id_ok(rec->value[0].text))
			continue;
		sf_id_18(r->id, rec->value[0].text);
		r->op = SF_UPDATE;
	}
	return 0;
}

/* Was this key sent by an earlier wave, or seems it to be there?  Asked of
 * every shared row, for asking is what makes it known. */
static int
sent_before(struct sf *s, const struct sf_row *r, struct why *w)
{
	struct slice object = row_object(r);
	bool other;

	if (s->ledger == NULL || r->there)
		return 1;
	return ledger_seen(s->ledger, object, row_key(r), row_source(r), &other,
	    w);
}

static bool
is_shared(const struct sf_row *r, long phase)
{
	return sf_row_goes(r) && sf_row_phase(r) == phase &&
	    (r->p.shared || r->there) &&
	    r->op == SF_CREATE && row_extid(r).n > 0;
}

static int
shared_object(struct sf *s, struct sf_wave *v, const struct sf_row *first,
    long phase, struct why *w)
{
	struct shared sh = { .extid = row_extid(first) };
	char *select = xasprintf("Id, %.*s", (int)sh.extid.n, sh.extid.p);
	int r = 0;

	sf_texts_init(&sh.by, v->n);
	for (size_t i = 0; r != -1 && i < v->n; i++) {
		struct sf_row *row = &v->row[i];

		if (!is_shared(row, phase) || row->told ||
		    !slice_eq(row_object(row), row_object(first)) ||
		    !slice_eq(row_extid(row), sh.extid))
			continue;
		row->told = true;
		if ((r = sent_before(s, row, w)) == 1)
			sf_texts_add(&sh.by, row_key(row), row);
	}
	if (r != -1)
		r = sf_query_keys(s, select, row_object(first), sh.extid,
		    sh.by.text, sh.by.n, NULL, take_shared, &sh, w);
	sf_texts_free(&sh.by);
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

static void
settle_looked(struct sf_wave *v, struct sf_row *r)
{
	if (r->op == SF_CREATE && r->there)
		sf_row_settle(v, r, "failed", sf_row_reason(v, r),
		    sf_row_message(v, r));
	else if (r->op == SF_UPDATE && slice_is(row_only(r), "insert"))
		sf_row_settle(v, r, "skipped", "only-insert", NULL);
}

int
sf_look_match(struct sf *s, struct sf_wave *v, long phase, struct why *w)
{
	struct matching m = { .s = s, .v = v };
	bool any = true;
	int r;

	if (!v->asks)
		return 0;
	m.pool = pool_new();
	r = look_shared(s, v, phase, w);
	for (m.rung = 0; any && r == 0; m.rung++) {
		any = false;
		r = match_rung(&m, phase, &any, w);
	}
	for (size_t i = 0; i < v->n && r == 0; i++)
		if (sf_row_goes(&v->row[i]) &&
		    sf_row_phase(&v->row[i]) == phase)
			settle_looked(v, &v->row[i]);
	pool_free(m.pool);
	return r;
}

/* --- gone -------------------------------------------------------------- */

static bool
suspect(const struct sf_wave *v, const struct sf_row *r)
{
	const char *reason = sf_row_reason(v, r);

	return r->op == SF_UPDATE && r->verdict != NULL &&
	    strcmp(r->verdict, "failed") == 0 && reason != NULL &&
	    (strcmp(reason, "ENTITY_IS_DELETED") == 0 ||
	    strcmp(reason, "INVALID_CROSS_REFERENCE_KEY") == 0);
}

static int
take_there(void *ctx, const struct sf_record *rec, struct why *w)
{
	struct sf_texts *by = ctx;

	(void)w;
	for (uint32_t i = sf_texts_first(by, rec->value[0].text); i != 0;
	    i = by->next[i - 1])
		if (sf_id_same(slice(by->row[i - 1]->id), rec->value[0].text))
			by->row[i - 1]->told = false;
	return 0;
}

/* The same codes come for a bad lookup in a record that is there, so ask. */
int
sf_look_gone(struct sf *s, struct sf_wave *v, const struct sf_plan *p,
    struct why *w)
{
	struct sf_texts by;
	int r;

	if (p->op != SF_UPDATE || !v->bad)
		return 0;
	sf_texts_init(&by, p->rows);
	for (size_t i = 0; i < p->rows; i++) {
		if (!suspect(v, p->row[i].row))
			continue;
		p->row[i].row->told = true;
		sf_texts_add(&by, slice(p->row[i].row->id), p->row[i].row);
	}
	r = sf_query_keys(s, "Id", p->object, SLICE("Id"), by.text, by.n,
	    NULL, take_there, &by, w);
	for (size_t i = 0; r == 0 && i < by.n; i++)
		if (by.row[i]->told)
			sf_row_settle(v, by.row[i], "waiting", "gone",
			    "Salesforce has deleted or merged it");
	sf_texts_free(&by);
	return r;
}
