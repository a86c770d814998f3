/* match - finds the records that payloads without an id stand for. */
#include <stdio.h>
#include <stdlib.h>

#include "alike.h"
#include "lookup.h"
#include "match.h"
#include "sent.h"
#include "sign.h"

enum {
	FIELDS = 8,		/* of one rung */
	COLUMNS = FIELDS + 4,
	HITS = 8,		/* candidates that are shown */
	NAME = 48,		/* bytes of the name of one */
	SELECT = 8192,
};

/* What one line asks for in the rung at hand. */
struct want {
	struct slice name[FIELDS], value[FIELDS];
	size_t n;		/* 0: nothing */
	bool asked;
	struct hit { char id[19], name[NAME]; } hit[HITS];
	size_t hits;		/* may be more than HITS */
};

/* A relationship from a parent to its children. */
struct child {
	const char *object, *relation;	/* Account, Contacts */
	const char *child, *field;	/* Contact, AccountId */
	struct child *next;
};

struct match {
	struct sf *sf;
	struct ledger *ledger;
	struct lookup *lookup;
	struct sign_sha256 *sum;
	struct pool *pool;		/* of the run */
	struct child *children;
	struct batch *b;
	struct want *want;
	size_t cap;
	int rung;		/* -1: the external id */
	/* the query at hand */
	struct slice object;	/* asked */
	struct slice relation;	/* by which; absent: the payloads' own */
	struct buf id_name, key_name, owner_name, shown_name;	/* columns */
	const struct sf_field *field[FIELDS];
	size_t column[FIELDS];		/* of each field of the rung */
	size_t id_column;
	size_t owner_column, shown_column;	/* COLUMNS: not asked */
};

struct match *
match_new(struct sf *s, struct ledger *l)
{
	struct match *m = xcalloc(1, sizeof(*m));

	m->sf = s;
	m->ledger = l;
	m->pool = pool_new();
	m->lookup = lookup_new();
	m->sum = sign_sha256_new();
	m->id_name = m->key_name = m->owner_name = m->shown_name = BUF(1024);
	return m;
}

void
match_free(struct match *m)
{
	if (m == NULL)
		return;
	pool_free(m->pool);
	lookup_free(m->lookup);
	sign_sha256_free(m->sum);
	buf_free(&m->id_name);
	buf_free(&m->key_name);
	buf_free(&m->owner_name);
	buf_free(&m->shown_name);
	free(m->want);
	free(m);
}

/* Plain text of a JSON scalar; numbers and booleans as they stand. */
static struct slice
plain(struct slice value, struct pool *pool)
{
	struct slice text = scan_string(value, pool);

	return text.p != NULL ? text : value;
}

/* What line `i` asks in rung m->rung, from its payload. */
static void
read_want(struct match *m, size_t i)
{
	const struct payload *p = &m->b->line[i].p;
	struct want *t = &m->want[i];
	struct slice rung = { NULL, 0 }, key, v;
	struct scan s;
	int k;

	*t = (struct want){ .n = 0 };
	if (!batch_goes(m->b, i) || p->id.p != NULL || p->delete)
		return;
	if (m->rung == -1) {
		t->name[0] = p->extid;
		t->value[0] = p->key;
		t->n = p->extid.n > 0;
		return;
	}
	if (p->match.n == 0)
		return;
	scan_enter(&s, p->match);
	for (k = 0; scan_element(&s, &v); k++)
		if (k == m->rung)
			rung = v;
	if (scan_kind(rung) != SCAN_OBJECT)
		return;
	scan_enter(&s, rung);
	while (t->n < FIELDS && scan_member(&s, &key, &v)) {
		if (scan_kind(v) == SCAN_NULL) {
			t->n = 0;	/* nothing to look for */
			return;
		}
		t->name[t->n] = scan_plain(key, m->b->pool);
		t->value[t->n++] = plain(v, m->b->pool);
	}
}

static bool
asks_the_same(const struct match *m, size_t i, size_t j)
{
	const struct want *a = &m->want[i], *b = &m->want[j];
	const struct payload *p = &m->b->line[i].p, *q = &m->b->line[j].p;
	size_t f;

	if (a->n != b->n || !slice_eq(p->object, q->object) ||
	    !slice_eq(p->extid, q->extid))
		return false;
	for (f = 0; f < a->n; f++)
		if (!slice_eq(a->name[f], b->name[f]))
			return false;
	return true;
}

/* A field's value as the query gave it, against what the line asks. */
static bool
same_value(const struct sf_field *f, struct slice ours, struct slice theirs)
{
	if (f == NULL)
		return theirs.p != NULL && alike_cmp(ours, theirs) == 0;
	if (f->type == SF_TEXT || f->type == SF_ID)
		return theirs.p != NULL && sf_asks_same(f, ours, theirs);
	return sf_same(f, ours, theirs);
}

static void
add_hit(struct want *t, struct slice id, struct slice name)
{
	struct hit *h;
	char id18[19];
	size_t i;

	sf_id_18(id18, id);
	for (i = 0; i < t->hits && i < HITS; i++)
		if (strcmp(t->hit[i].id, id18) == 0)
			return;
	if (t->hits < HITS) {
		h = &t->hit[t->hits];
		memcpy(h->id, id18, sizeof(id18));
		snprintf(h->name, sizeof(h->name), "%.*s", name.p == NULL ?
		    0 : slice_cut(name, NAME - 1), name.p);
	}
	t->hits++;
}

/* A record that carries another key belongs to that one. */
static bool
is_taken(const struct match *m, const struct sf_record *r, struct slice key)
{
	struct slice owner;

	if (m->rung == -1 || m->owner_column == COLUMNS)
		return false;
	owner = r->value[m->owner_column].text;
	return owner.n > 0 && alike_cmp(owner, key) != 0;
}

static int
take(void *ctx, const struct sf_record *r, struct why *w)
{
	struct match *m = ctx;
	struct slice id, key;
	struct want *t;
	size_t at = 0, i, f;

	if (r->n <= m->id_column || r->n <= m->column[0])
		return why(w, WHY_BROKEN, "an answer lacks columns");
	id = r->value[m->id_column].text;
	key = r->value[m->column[0]].text;
	if (id.p == NULL || key.p == NULL)
		return 0;
	if (!sf_id_ok(id))
		return why(w, WHY_BROKEN, "'%.*s' is no id", (int)id.n, id.p);
	while (lookup_next(m->lookup, key, &at, &i)) {
		t = &m->want[i];
		for (f = 0; f < t->n; f++)
			if (!same_value(m->field[f], t->value[f],
			    r->value[m->column[f]].text))
				break;
		if (f >= t->n && !is_taken(m, r, m->b->line[i].p.key))
			add_hit(t, id, m->shown_column == COLUMNS ?
			    SLICE("") : r->value[m->shown_column].text);
	}
	return 0;
}

/* describe's childRelationships, asked once for each. */
static int
ask_child(struct match *m, struct child *c, struct why *w)
{
	struct http_call call = {0};
	char *path = xasprintf("sobjects/%s/describe", c->object);
	struct slice json, v, is;
	struct scan s;
	int r = sf_get(m->sf, &call, path, &json, w);

	if (r == 0) {
		scan_enter(&s, scan_get(json, "childRelationships"));
		while (scan_element(&s, &v)) {
			is = plain(scan_get(v, "relationshipName"), m->pool);
			if (!slice_same(is, slice(c->relation)))
				continue;
			is = plain(scan_get(v, "childSObject"), m->pool);
			c->child = pool_dup(m->pool, is.p, is.n);
			is = plain(scan_get(v, "field"), m->pool);
			c->field = pool_dup(m->pool, is.p, is.n);
		}
		if (c->field == NULL)
			r = why(w, WHY_SETUP, "match: %s has neither a field "
			    "nor children '%s'", c->object, c->relation);
	}
	http_call_free(&call);
	free(path);
	return r;
}

static int
child_of(struct match *m, struct slice object, struct slice relation,
    struct why *w)
{
	struct child *c;

	for (c = m->children; c != NULL; c = c->next)
		if (slice_is(object, c->object) &&
		    slice_is(relation, c->relation))
			break;
	if (c == NULL) {
		c = pool_get(m->pool, sizeof(*c));
		*c = (struct child){ .next = m->children };
		c->object = pool_dup(m->pool, object.p, object.n);
		c->relation = pool_dup(m->pool, relation.p, relation.n);
		if (ask_child(m, c, w) == -1)
			return -1;
		m->children = c;
	}
	m->object = slice(c->child);
	buf_str(&m->id_name, c->field);
	return 0;
}

/* What a person knows a candidate by: its Name, where the object has one. */
static void
show_name(struct match *m, struct slice object, struct slice relationship)
{
	if (sf_field(m->sf, object, SLICE("Name"), NULL) == NULL)
		return;
	if (relationship.n > 0) {
		buf_slice(&m->shown_name, relationship);
		buf_char(&m->shown_name, '.');
	}
	buf_str(&m->shown_name, "Name");
}

/* "Contacts.Email" of Account: AccountId of Contact by its Email; what owns
 * the account is then Account.KEY. */
static int
ask_children(struct match *m, const struct payload *p, struct slice name,
    const char *dot, struct why *w)
{
	struct slice relation = { name.p, (size_t)(dot - name.p) };
	const struct sf_field *up;

	if (child_of(m, p->object, relation, w) == -1)
		return -1;
	m->relation = relation;
	buf_put(&m->key_name, dot + 1, name.n - relation.n - 1);
	up = sf_field(m->sf, m->object, buf_all(&m->id_name), w);
	if (up == NULL)
		return -1;
	if (p->extid.n > 0 && up->relationship.n > 0) {
		buf_slice(&m->owner_name, up->relationship);
		buf_char(&m->owner_name, '.');
		buf_slice(&m->owner_name, p->extid);
	}
	show_name(m, p->object, up->relationship);
	return 0;
}

/* Which object to ask by which field, and which columns then say what. */
static int
plan_query(struct match *m, size_t i, struct why *w)
{
	const struct payload *p = &m->b->line[i].p;
	struct slice name = m->want[i].name[0];
	const char *dot = memchr(name.p, '.', name.n);
	struct why no = {0};

	buf_reset(&m->id_name);
	buf_reset(&m->key_name);
	buf_reset(&m->owner_name);
	buf_reset(&m->shown_name);
	m->object = p->object;
	m->relation = (struct slice){ NULL, 0 };
	m->field[0] = sf_field(m->sf, p->object, name, &no);
	if (m->field[0] == NULL && (dot == NULL || no.kind != WHY_SETUP)) {
		if (w != NULL)
			*w = no;
		return why_in(w, "match of map %.*s", (int)p->map.n,
		    p->map.p);
	}
	if (m->field[0] == NULL)
		return ask_children(m, p, name, dot, w);
	buf_str(&m->id_name, "Id");
	buf_slice(&m->key_name, name);
	buf_slice(&m->owner_name, p->extid);
	show_name(m, p->object, SLICE(""));
	return 0;
}

/* The place of `name` in the SELECT list; a name may not stand there twice. */
static size_t
column(struct slice *list, size_t *n, struct slice name)
{
	size_t i;

	for (i = 0; i < *n; i++)
		if (slice_same(list[i], name))
			return i;
	list[*n] = name;
	return (*n)++;
}

/* The name of a field of what is asked: Email of Contacts.Email. */
static int
asked_name(const struct match *m, struct slice *name, struct why *w)
{
	size_t n = m->relation.n;

	if (m->relation.p == NULL)
		return 0;
	if (name->n <= n + 1 || name->p[n] != '.' || !slice_same(m->relation,
	    (struct slice){ name->p, n }))
		return why(w, WHY_SETUP, "match: %.*s is no field of %.*s, "
		    "and children are matched by their own fields alone",
		    (int)name->n, name->p, (int)n, m->relation.p);
	*name = (struct slice){ name->p + n + 1, name->n - n - 1 };
	return 0;
}

static int
select_list(struct match *m, const struct want *t, struct buf *select,
    struct why *w)
{
	struct slice list[COLUMNS], name;
	size_t f, n = 0;

	m->id_column = column(list, &n, buf_all(&m->id_name));
	m->column[0] = column(list, &n, buf_all(&m->key_name));
	for (f = 1; f < t->n; f++) {
		name = t->name[f];
		if (asked_name(m, &name, w) == -1)
			return -1;
		m->field[f] = sf_field(m->sf, m->object, name, w);
		if (m->field[f] == NULL)
			return why_in(w, "match");
		m->column[f] = column(list, &n, name);
	}
	m->owner_column = m->owner_name.n == 0 ? COLUMNS :
	    column(list, &n, buf_all(&m->owner_name));
	m->shown_column = m->shown_name.n == 0 ? COLUMNS :
	    column(list, &n, buf_all(&m->shown_name));
	for (f = 0; f < n; f++) {
		if (f > 0)
			buf_str(select, ", ");
		buf_slice(select, list[f]);
	}
	return 0;
}

/* All lines that ask as line `from` does, by one query. */
static int
ask(struct match *m, size_t from, struct why *w)
{
	struct buf select = BUF(SELECT);
	const struct slice *keys;
	size_t i, n;
	int r;

	lookup_reset(m->lookup);
	for (i = from; i < m->b->n; i++) {
		if (m->want[i].n == 0 || m->want[i].asked ||
		    !asks_the_same(m, from, i))
			continue;
		m->want[i].asked = true;
		lookup_add(m->lookup, m->want[i].value[0], i);
	}
	keys = lookup_texts(m->lookup, &n);
	if (n == 0)
		return 0;
	r = plan_query(m, from, w);
	if (r == 0)
		r = select_list(m, &m->want[from], &select, w);
	if (r == 0)
		r = sf_query_keys(m->sf, buf_cstr(&select), m->object,
		    buf_all(&m->key_name), keys, n, NULL, take, m, w);
	buf_free(&select);
	return r;
}

/* Is this hit another key's, by the ledger or by what this run gave away?
 * 1, 0, -1. */
static int
is_owned(struct match *m, const struct payload *p, const char *id,
    struct why *w)
{
	struct ledger_record r;
	int got = ledger_record_owner(m->ledger, slice(id), &r, w);

	if (got == 1)
		return !slice_eq(r.object, p->object) ||
		    !slice_eq(r.key, p->key);
	return got;
}

/* The first key of the run that is given a record keeps it.  1: another has
 * it, 0, -1. */
static int
claim(struct match *m, const struct payload *p, const char *id,
    struct why *w)
{
	bool other;

	if (ledger_seen(m->ledger, SLICE("match claims"), slice(id), p->key,
	    &other, w) == -1)
		return -1;
	return other;
}

static void
give(struct match *m, size_t i, const char *id, bool adopted)
{
	struct payload *p = &m->b->line[i].p;

	p->id.p = pool_dup(m->b->pool, id, 18);
	p->id.n = 18;
	if (!adopted || p->adopted)
		return;
	p->adopted = true;
	if (p->hash.p != NULL)	/* what is the owner's is no longer sent */
		p->hash = sent_hash(p, m->sum, m->b->pool);
}

/* As led tie reads it: ids behind a blank, name and link behind each. */
static void
hold(struct match *m, size_t i, const struct want *t)
{
	struct buf text = BUF(8192);
	size_t h;

	buf_fmt(&text, "%zu records match:", t->hits);
	for (h = 0; h < t->hits && h < HITS; h++)
		buf_fmt(&text, "%s %s '%s' %s/%s", h > 0 ? "," : "",
		    t->hit[h].id, t->hit[h].name, sf_instance(m->sf),
		    t->hit[h].id);
	if (t->hits > HITS)
		buf_fmt(&text, ", and %zu more", t->hits - HITS);
	batch_settle(m->b, i, "held", "ambiguous-match",
	    pool_dup(m->b->pool, text.p, text.n));
	buf_free(&text);
}

static int
settle(struct match *m, size_t i, struct why *w)
{
	const struct payload *p = &m->b->line[i].p;
	struct want *t = &m->want[i];
	size_t h, left = 0;
	int no;

	for (h = 0; h < t->hits && h < HITS && m->rung >= 0; h++) {
		if ((no = is_owned(m, p, t->hit[h].id, w)) == -1)
			return -1;
		if (no == 0)
			t->hit[left++] = t->hit[h];
	}
	if (m->rung >= 0 && t->hits <= HITS)
		t->hits = left;
	if (t->hits > 1)
		hold(m, i, t);
	if (t->hits != 1)
		return 0;
	if ((no = claim(m, p, t->hit[0].id, w)) == 0)
		give(m, i, t->hit[0].id, m->rung >= 0);
	return no == -1 ? -1 : 0;
}

/* The steps of a record, and a key given twice, find it together. */
static void
share(struct match *m)
{
	struct batch *b = m->b;
	size_t from, to, i, j;

	for (from = 0; from < b->n; from = to) {
		to = batch_record(b, from);
		for (i = from; i < to; i++)
			for (j = from; j < to && batch_goes(b, i) &&
			    b->line[i].p.id.p == NULL; j++)
				if (j != i && b->line[j].p.id.p != NULL &&
				    slice_eq(b->line[i].p.object,
				    b->line[j].p.object) &&
				    slice_eq(b->line[i].p.key,
				    b->line[j].p.key))
					give(m, i, b->line[j].p.id.p,
					    b->line[j].p.adopted);
	}
}

/* 1: lines asked, 0: no line has such a rung, -1. */
static int
climb(struct match *m, struct why *w)
{
	bool any = false;
	size_t i;

	for (i = 0; i < m->b->n; i++) {
		read_want(m, i);
		any |= m->want[i].n > 0;
	}
	for (i = 0; i < m->b->n; i++)
		if (m->want[i].n > 0 && !m->want[i].asked &&
		    ask(m, i, w) == -1)
			return -1;
	for (i = 0; i < m->b->n; i++)
		if (m->want[i].hits > 0 && settle(m, i, w) == -1)
			return -1;
	share(m);
	return any;
}

/* Is there a line that has a rung `k` still to climb? */
static bool
has_rung(const struct batch *b, int k)
{
	struct slice v;
	struct scan s;
	size_t i;
	int n;

	for (i = 0; i < b->n; i++) {
		if (!batch_goes(b, i) || b->line[i].p.id.p != NULL ||
		    b->line[i].p.match.n == 0)
			continue;
		n = 0;
		scan_enter(&s, b->line[i].p.match);
		while (scan_element(&s, &v))
			n++;
		if (k < n)
			return true;
	}
	return false;
}

int
match_batch(struct match *m, struct batch *b, struct why *w)
{
	m->b = b;
	if (b->n > m->cap) {
		m->cap = b->n;
		m->want = xrealloc(m->want, m->cap * sizeof(*m->want));
	}
	for (m->rung = -1; m->rung == -1 || has_rung(b, m->rung); m->rung++)
		if (climb(m, w) == -1)
			return -1;
	return 0;
}
