/* tie - which record a payload stands for that several fit. */
#include <stdlib.h>

#include "salesforce.h"
#include "tie.h"

static struct slice
word(struct slice *t)
{
	struct slice w;

	while (t->n > 0 && (*t->p == ' ' || *t->p == '\t' || *t->p == '\r'))
		t->p++, t->n--;
	w = (struct slice){ t->p, 0 };
	while (t->n > 0 && *t->p != ' ' && *t->p != '\t' && *t->p != '\r')
		t->p++, t->n--, w.n++;
	return w;
}

/* A key may have blanks in it, so what looks like an id ends it. */
static struct slice
name_of(struct slice *rest, struct slice first)
{
	struct slice name = first, next, before;

	for (;;) {
		before = *rest;
		next = word(&before);
		if (next.n == 0 || sf_id_ok(next))
			return name;
		if (memchr(next.p, '/', next.n) != NULL || next.n == 15 ||
		    next.n == 18)
			return name;
		name.n = (size_t)(next.p + next.n - name.p);
		*rest = before;
	}
}

int
tie_read(struct tie *t, struct slice line, struct why *w)
{
	struct slice first = word(&line), id;
	const char *slash;

	*t = (struct tie){ .id = "" };
	if (first.n == 0 || *first.p == '#')
		return 0;
	t->key = name_of(&line, first);
	slash = memchr(t->key.p, '/', t->key.n);
	if (slash == NULL || slash == t->key.p ||
	    slash + 1 == t->key.p + t->key.n)
		return why(w, WHY_SETUP, "'%.*s' is not OBJECT/KEY; a tie is "
		    "'Account/1042 0018c00002FInboAAD'",
		    slice_cut(t->key, 60), t->key.p);
	t->object = (struct slice){ t->key.p, (size_t)(slash - t->key.p) };
	t->key.n -= t->object.n + 1;
	t->key.p = slash + 1;
	id = word(&line);
	if (id.n == 0)
		return why(w, WHY_SETUP, "%.*s/%.*s: no id behind it",
		    (int)t->object.n, t->object.p, slice_cut(t->key, 60),
		    t->key.p);
	if (!sf_id_ok(id))
		return why(w, WHY_SETUP, "'%.*s' is no Salesforce id: it has "
		    "15 characters, or 18 of which the last three check the "
		    "others; copy it from the record's address",
		    slice_cut(id, 60), id.p);
	sf_id_18(t->id, id);
	return 1;
}

/* Ids stand in messages behind a blank, and never in links. */
bool
tie_candidate(struct slice m, size_t *at, struct slice *id,
    struct slice *remark)
{
	for (size_t i = *at; i + 18 <= m.n; i++) {
		*id = (struct slice){ m.p + i, 18 };
		if ((i > 0 && m.p[i - 1] != ' ') || !sf_id_ok(*id) ||
		    (i + 18 < m.n && m.p[i + 18] != ' ' &&
		    m.p[i + 18] != ','))
			continue;
		*at = i + 18;
		*remark = (struct slice){ m.p + i + 18, m.n - i - 18 };
		for (size_t k = 0; k + 1 < remark->n; k++)
			if (remark->p[k] == ',' && remark->p[k + 1] == ' ' &&
			    remark->n - k - 2 >= 18 && sf_id_ok(
			    (struct slice){ remark->p + k + 2, 18 }))
				remark->n = k;
		return true;
	}
	return false;
}

struct asked {
	const struct tie *t;
	bool held, fits, object;
	char prefix[4];
	struct buf ids;
};

static int
take_held(void *ctx, int n, const char *const *c)
{
	struct asked *a = ctx;
	struct slice id, remark, message = slice(c[3]);
	size_t at = 0;

	(void)n;
	a->held = true;
	while (message.p != NULL && tie_candidate(message, &at, &id, &remark)) {
		a->fits |= memcmp(id.p, a->t->id, 15) == 0;
		a->object |= memcmp(id.p, a->t->id, 3) == 0;
		memcpy(a->prefix, id.p, 3);
		buf_str(&a->ids, a->ids.n > 0 ? ", " : "");
		buf_slice(&a->ids, id);
	}
	return 0;
}

static int
judge(struct asked *a, struct why *w)
{
	const struct tie *t = a->t;
	int o = (int)t->object.n, k = slice_cut(t->key, 60);

	if (!a->held)
		return why(w, WHY_SETUP, "%.*s/%.*s is not held for several "
		    "matches: 'led tie' lists those that are; --any ties it "
		    "all the same", o, t->object.p, k, t->key.p);
	if (!a->object && a->prefix[0] != '\0')
		return why(w, WHY_SETUP, "%s is of another object: ids of %.*s "
		    "begin with %s; %.*s/%.*s is held with %s", t->id, o,
		    t->object.p, a->prefix, o, t->object.p, k, t->key.p,
		    buf_cstr(&a->ids));
	if (!a->fits)
		return why(w, WHY_SETUP, "%s is none of the records that "
		    "%.*s/%.*s is held with: %s; --any ties it all the same",
		    t->id, o, t->object.p, k, t->key.p, buf_cstr(&a->ids));
	return 0;
}

int
tie_check(const struct tie *t, struct ledger *l, bool any, struct why *w)
{
	struct asked a = { .t = t, .ids = BUF(1 << 16) };
	char *object = xstrndup(t->object.p, t->object.n);
	char *key = xstrndup(t->key.p, t->key.n);
	struct ledger_record owner;
	int r = 0;

	if (!any) {
		r = ledger_list(l, LEDGER_HELD, object, key, NULL, take_held,
		    &a, w);
		if (r == 0)
			r = judge(&a, w);
	}
	if (r == 0)
		r = ledger_record_owner(l, slice(t->id), &owner, w);
	if (r == 1)
		r = slice_eq(owner.object, t->object) &&
		    slice_eq(owner.key, t->key) ? 0 : why(w, WHY_SETUP,
		    "%s is %.*s/%.*s by the ledger; 'led forget' that first",
		    t->id, (int)owner.object.n, owner.object.p,
		    (int)owner.key.n, owner.key.p);
	buf_free(&a.ids);
	free(object);
	free(key);
	return r;
}
