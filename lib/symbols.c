/* symbols - names in payloads that stand for ids of the org's set-up. */
#include <stdlib.h>

#include "sent.h"
#include "symbols.h"

enum { LINE = 16 << 20, SOQL = 4096 };

static const struct symbol {
	const char *name, *field;
	const char *soql;	/* followed by the value */
	bool of_object;		/* ... AND SobjectType = the object */
	const char *what;	/* for the message */
} symbols[] = {
	{ "RecordType.DeveloperName", "RecordTypeId",
	    "SELECT Id FROM RecordType WHERE IsActive = true AND "
	    "DeveloperName = ", true, "active record type" },
	{ "Pricebook2.IsStandard", "Pricebook2Id",
	    "SELECT Id FROM Pricebook2 WHERE IsStandard = ", false,
	    "price book with IsStandard" },
	{ "Owner.Username", "OwnerId",
	    "SELECT Id FROM User WHERE IsActive = true AND Username = ", false,
	    "active user" },
};

enum { SYMBOLS = sizeof(symbols) / sizeof(symbols[0]) };

struct known {
	const struct symbol *symbol;
	struct slice object, value;	/* value: raw JSON */
	char id[19];			/* "": there is none */
	int hits;
	struct known *next;
};

struct symbols {
	struct sf *sf;
	struct pool *pool;
	struct known *known;
	struct buf line;
};

struct symbols *
symbols_new(struct sf *s)
{
	struct symbols *y = xcalloc(1, sizeof(*y));

	y->sf = s;
	y->pool = pool_new();
	y->line = BUF(LINE);
	return y;
}

void
symbols_free(struct symbols *y)
{
	if (y == NULL)
		return;
	pool_free(y->pool);
	buf_free(&y->line);
	free(y);
}

static const struct symbol *
find(struct slice name)
{
	size_t i;

	for (i = 0; i < SYMBOLS; i++)
		if (slice_is(name, symbols[i].name))
			return &symbols[i];
	return NULL;
}

const char *
symbols_field(struct slice name)
{
	const struct symbol *s = find(name);

	return s == NULL ? NULL : s->field;
}

static int
take(void *ctx, const struct sf_record *r, struct why *w)
{
	struct known *k = ctx;

	if (r->n < 1 || !sf_id_ok(r->value[0].text))
		return why(w, WHY_BROKEN, "a query for an id gave none");
	if (k->hits++ == 0)
		sf_id_18(k->id, r->value[0].text);
	return 0;
}

static int
ask(struct symbols *y, struct known *k, struct why *w)
{
	struct buf soql = BUF(SOQL);
	struct slice text = scan_string(k->value, y->pool);
	int r;

	buf_str(&soql, k->symbol->soql);
	if (text.p == NULL)
		buf_slice(&soql, k->value);	/* true, false, a number */
	else
		sf_soql_text(&soql, text);
	if (k->symbol->of_object) {
		buf_str(&soql, " AND SobjectType = ");
		sf_soql_text(&soql, k->object);
	}
	if (soql.over)
		r = 0;		/* nothing has so long a name */
	else
		r = sf_query(y->sf, buf_cstr(&soql), SF_REST, take, k, w);
	buf_free(&soql);
	return r;
}

static int
id_of(struct symbols *y, const struct symbol *s, struct slice object,
    struct slice value, const struct known **found, struct why *w)
{
	struct known *k;

	for (k = y->known; k != NULL; k = k->next)
		if (k->symbol == s && slice_eq(k->object, object) &&
		    slice_eq(k->value, value))
			break;
	if (k == NULL) {
		k = pool_get(y->pool, sizeof(*k));
		*k = (struct known){ .symbol = s, .next = y->known };
		k->object.p = pool_dup(y->pool, object.p, object.n);
		k->object.n = object.n;
		k->value.p = pool_dup(y->pool, value.p, value.n);
		k->value.n = value.n;
		if (ask(y, k, w) == -1)
			return -1;
		y->known = k;
	}
	*found = k;
	if (k->hits == 1)
		return 0;
	return why_code(w, WHY_DATA, "unknown-symbol", "Salesforce has %s %s "
	    "%.*s for %.*s (%s)", k->hits == 0 ? "no" : "more than one",
	    s->what, (int)(value.n < 200 ? value.n : 200), value.p,
	    (int)object.n, object.p, s->name);
}

/* One member of the object that is written anew. */
static int
put(struct symbols *y, const struct payload *p, struct slice key,
    struct slice value, struct why *w)
{
	const struct symbol *s = find(key);
	const struct known *k;

	buf_char(&y->line, y->line.n == 0 ? '{' : ',');
	scan_quote(&y->line, s == NULL ? key : slice(s->field));
	buf_char(&y->line, ':');
	if (s == NULL || scan_kind(value) == SCAN_NULL) {
		buf_slice(&y->line, value);
		return 0;
	}
	if (id_of(y, s, p->object, value, &k, w) == -1)
		return -1;
	scan_quote(&y->line, slice(k->id));
	return 0;
}

static bool
drops(const struct payload *p, struct slice name, struct pool *pool)
{
	const struct payload own = { .own = p->own, .adopted = p->adopted };

	return p->adopted && sent_ignores(&own, name, pool);
}

/* Most objects have nothing of ours and keep their bytes. */
static bool
touches(const struct payload *p, struct slice object, struct pool *pool)
{
	struct slice key, v;
	struct scan s;

	scan_enter(&s, object);
	while (scan_member(&s, &key, &v)) {
		key = scan_plain(key, pool);
		if (find(key) != NULL || drops(p, key, pool))
			return true;
	}
	return false;
}

static int
resolve(struct symbols *y, const struct payload *p, struct slice *object,
    struct pool *pool, struct why *w)
{
	struct slice key, v;
	struct scan s;

	if (object->p == NULL || !touches(p, *object, pool))
		return 0;
	buf_reset(&y->line);
	scan_enter(&s, *object);
	while (scan_member(&s, &key, &v)) {
		key = scan_plain(key, pool);
		if (!drops(p, key, pool) && put(y, p, key, v, w) == -1)
			return -1;
	}
	if (y->line.n == 0)
		buf_char(&y->line, '{');
	buf_char(&y->line, '}');
	object->p = pool_dup(pool, y->line.p, y->line.n);
	object->n = y->line.n;
	return 0;
}

/* The names in `own` and `quiet` follow the fields. */
static void
rename_all(struct symbols *y, struct slice *names, struct pool *pool)
{
	const struct symbol *s;
	struct slice v;
	struct scan in;
	bool any = false;

	if (names->n == 0)
		return;
	buf_reset(&y->line);
	scan_enter(&in, *names);
	while (scan_element(&in, &v)) {
		v = scan_string(v, pool);
		buf_char(&y->line, y->line.n == 0 ? '[' : ',');
		if ((s = find(v)) != NULL) {
			v = slice(s->field);
			any = true;
		}
		scan_quote(&y->line, v);
	}
	if (!any)
		return;
	buf_char(&y->line, ']');
	names->p = pool_dup(pool, y->line.p, y->line.n);
	names->n = y->line.n;
}

int
symbols_resolve(struct symbols *y, struct payload *p, struct pool *pool,
    struct why *w)
{
	if ((p->id.p == NULL && resolve(y, p, &p->insert, pool, w) == -1) ||
	    resolve(y, p, &p->update, pool, w) == -1 ||
	    resolve(y, p, &p->fields, pool, w) == -1)
		return -1;
	rename_all(y, &p->own, pool);
	rename_all(y, &p->quiet, pool);
	return 0;
}
