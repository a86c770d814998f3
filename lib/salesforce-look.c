/* salesforce-look - what is there already, and what is gone. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "salesforce-load.h"
#include "salesforce-session.h"
#include "salesforce-texts.h"

#define CLAIMS	"match claims"		/* ids by who has them, in this run */

/* --- match ------------------------------------------------------------- */

/* What a row is found as; two are one too many. */
struct found {
	char id[19], second[19];	/* "": none */
};

/* One rung of rows of one object, all with the same fields. */
struct matching {
	struct sf *s;
	struct sf_wave *v;
	struct sf_texts by;
	struct found *found;		/* of each row of `by` */
	struct sf_texts owned;		/* rows of the wave by their id */
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

/* There is nothing to look for. */
static bool
has_null(struct slice rung)
{
	struct slice name, value;
	struct scan s;

	scan_enter(&s, rung);
	while (scan_member(&s, &name, &value))
		if (scan_kind(value) == SCAN_NULL)
			return true;
	return false;
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
		    !sf_asks_same(m->field[i], a, b) :
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

/* Has another key of this wave, or one of an earlier wave of this run, this
 * record? */
static int
is_claimed(const struct matching *m, const struct sf_row *r, struct slice id,
    struct why *w)
{
	bool own;
	int noted;

	for (uint32_t i = sf_texts_first(&m->owned, id); i != 0;
	    i = m->owned.next[i - 1]) {
		const struct sf_row *o = m->owned.row[i - 1];

		if (sf_id_same(slice(o->id), id) && !sf_row_same(o, r))
			return 1;
	}
	if (m->s->ledger == NULL)
		return 0;
	noted = ledger_noted(m->s->ledger, SLICE(CLAIMS), id, row_key(r), &own,
	    w);
	return noted == 1 ? !own : noted;
}

/* A record that another key has is no hit: by what it says itself, by the
 * ledger, or by this run.  1, 0, -1. */
static int
is_taken(const struct matching *m, const struct sf_row *r,
    const struct sf_record *rec, struct slice id, struct why *w)
{
	const struct sf_value *key = NULL;
	struct ledger_record owner;
	int owned = 0;

	if (r->there && ((key = sf_value_of(rec, m->extid)) == NULL ||
	    key->text.p != NULL))
		return 1;
	if (m->s->ledger != NULL)
		owned = ledger_record_owner(m->s->ledger, id, &owner, w);
	if (owned == 1)
		return !slice_eq(owner.object, row_object(r)) ||
		    !slice_eq(owner.key, row_key(r));
	return owned == -1 ? -1 : is_claimed(m, r, id, w);
}

static int
take_match(void *ctx, const struct sf_record *rec, struct why *w)
{
	struct matching *m = ctx;
	struct slice id = rec->value[0].text;
	char id18[19];

	pool_reset(m->pool);
	if (!sf_id_take(id18, id))
		return 0;
	id = slice(id18);
	for (uint32_t i = first_row(m, rec); i != 0; i = next_row(m, i)) {
		struct found *f = &m->found[i - 1];
		int taken;

		if (!rung_hit(m, m->by.row[i - 1], rec) ||
		    strcmp(f->id, id18) == 0)
			continue;
		taken = is_taken(m, m->by.row[i - 1], rec, id, w);
		if (taken == -1)
			return -1;
		if (taken == 0)
			memcpy(*f->id == '\0' ? f->id : f->second, id18,
			    sizeof(id18));
	}
	return 0;
}

/* Was it there before us?  Not what the ledger says that we made, nor what a
 * call without an answer may have made. */
static int
is_adopted(const struct matching *m, const struct sf_row *r, const char *id,
    struct why *w)
{
	struct ledger_record own;
	int known = m->s->ledger == NULL ? 0 :
	    ledger_record_owner(m->s->ledger, slice(id), &own, w);

	if (known == 1)
		return own.adopted;
	return known == -1 ? -1 : r->there || (!r->flown && r->tries == 0);
}

static int
take_found(struct matching *m, struct sf_row *r, const char *id,
    struct why *w)
{
	int adopted, claimed = is_claimed(m, r, slice(id), w);

	if (claimed != 0)
		return claimed == -1 ? -1 : 0;
	if ((adopted = is_adopted(m, r, id, w)) == -1)
		return -1;
	sf_row_found(m->v, r, slice(id));
	r->op = SF_UPDATE;
	r->p.adopted |= adopted;
	sf_texts_add(&m->owned, slice(r->id), r);
	return 0;
}

/* Two records for one row are never guessed, and of several rows for one
 * record the first has it. */
static int
take_all_found(struct matching *m, struct why *w)
{
	char text[80];

	for (size_t i = 0; i < m->by.n; i++) {
		const struct found *f = &m->found[i];

		if (*f->second != '\0') {
			snprintf(text, sizeof(text), "2 records match, at "
			    "least: %s, %s", f->id, f->second);
			sf_row_settle(m->v, m->by.row[i], "held",
			    "ambiguous-match", text);
		} else if (*f->id != '\0' &&
		    take_found(m, m->by.row[i], f->id, w) == -1) {
			return -1;
		}
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
		if (value.n > 0 && !has_null(rung))
			sf_texts_add(&m->by, value, row);
	}
	m->found = xcalloc(m->by.n + 1, sizeof(*m->found));
	buf_str(&select, "Id");
	for (size_t i = 0; i < m->n; i++)
		buf_fmt(&select, ", %.*s", (int)sf_selected(m->name[i]).n,
		    sf_selected(m->name[i]).p);
	if (m->extid.n > 0 && !is_asked(m, m->extid))
		buf_fmt(&select, ", %.*s", (int)m->extid.n, m->extid.p);
	r = sf_query_keys(m->s, buf_cstr(&select), row_object(first),
	    sf_selected(m->name[0]), m->by.text, m->by.n, NULL, take_match, m, w);
	if (r == 0)
		r = take_all_found(m, w);
	sf_texts_free(&m->by);
	free(m->found);
	buf_free(&select);
	return r;
}

int
sf_look_can(struct sf *s, const struct sf_row *r, struct why *w)
{
	struct matching m = { .s = s };
	struct pool *pool = pool_new();
	struct slice rung, name, value;
	struct scan sc;
	int can = 0;

	for (unsigned i = 0; can == 0 && (rung = rung_of(r, i)).p != NULL;
	    i++) {
		scan_enter(&sc, rung);
		if (has_null(rung) || !scan_member(&sc, &name, &value))
			continue;
		if ((can = rung_names(&m, row_object(r), rung, w)) == 1)
			can = sf_can_be(m.field[0], sf_plain(value, pool));
	}
	pool_free(pool);
	return can;
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
	const struct sf_field *field;
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

		if (!sf_asks_same(sh->field, key, t) ||
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
	if (r != -1 && sh.by.n > 0 && (sh.field = sf_field(s,
	    row_object(first), sh.extid, w)) == NULL)
		r = -1;
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
	sf_texts_init(&m.owned, v->n);
	for (size_t i = 0; i < v->n; i++)
		if (*v->row[i].id != '\0')
			sf_texts_add(&m.owned, slice(v->row[i].id),
			    &v->row[i]);
	for (m.rung = 0; any && r == 0; m.rung++) {
		any = false;
		r = match_rung(&m, phase, &any, w);
	}
	for (size_t i = 0; i < v->n && r == 0; i++)
		if (sf_row_goes(&v->row[i]) &&
		    sf_row_phase(&v->row[i]) == phase)
			settle_looked(v, &v->row[i]);
	sf_texts_free(&m.owned);
	pool_free(m.pool);
	return r;
}

int
sf_look_claim(struct sf *s, const struct sf_wave *v, struct why *w)
{
	for (size_t i = 0; i < v->n && v->asks && s->ledger != NULL; i++) {
		const struct sf_row *r = &v->row[i];

		if (*r->id != '\0' && !r->passes && row_extid(r).n == 0 &&
		    row_match(r).p != NULL &&
		    ledger_note(s->ledger, SLICE(CLAIMS), slice(r->id),
		    row_key(r), w) == -1)
			return -1;
	}
	return 0;
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
