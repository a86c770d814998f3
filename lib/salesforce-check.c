/* salesforce-check - maps and settings held against what the org says. */
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

#include "salesforce-check-in.h"
#include "symbols.h"

struct sf_check *
sf_check_new(struct sf *s, struct findings *found)
{
	struct sf_check *c = xcalloc(1, sizeof(*c));

	c->sf = s;
	c->found = found;
	c->pool = pool_new();
	c->line = pool_new();
	return c;
}

void
sf_check_free(struct sf_check *c)
{
	if (c == NULL)
		return;
	pool_free(c->pool);
	pool_free(c->line);
	free(c);
}

/* ---- findings ---- */

void
check_error(struct sf_check *c, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	findings_add(c->found, at, false, fmt, ap);
	va_end(ap);
}

void
check_warn(struct sf_check *c, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	findings_add(c->found, at, true, fmt, ap);
	va_end(ap);
}

size_t
sf_check_tell(struct sf_check *c, FILE *to)
{
	check_data_tell(c);
	return findings_tell(c->found, to);
}

/* ---- objects ---- */

int
check_object(struct sf_check *c, struct slice object,
    const struct sf_object **o, struct why *w)
{
	if ((*o = sf_describe(c->sf, object, w)) != NULL)
		return 1;
	return strcmp(w->code, "INVALID_TYPE") == 0 ? 0 : -1;
}

/* ---- the maps ---- */

struct walk {
	struct sf_check *c;
	struct why *w;
	bool failed;			/* w says why */
	struct map_about map;
	const struct sf_object *o;	/* NULL: not known */
	const struct sf_field **mapped;	/* what a create sends */
	size_t n_mapped, cap;
	struct {
		struct map_sent part[8];
		int n;
		bool idle;		/* a part of it is never there */
	} rung;				/* the one at hand */
	int rungs;			/* its number; -1: none */
};

static void
note_mapped(struct walk *k, const struct sf_field *f)
{
	if (k->n_mapped == k->cap) {
		k->cap = k->cap == 0 ? 64 : k->cap * 2;
		k->mapped = xrealloc(k->mapped, k->cap *
		    sizeof(*k->mapped));
	}
	k->mapped[k->n_mapped++] = f;
}

static struct place
at_line(const struct walk *k, unsigned line)
{
	return (struct place){ k->map.file, line };
}

/* "Order.Status" */
static const char *
label_of(const struct walk *k, struct slice field)
{
	char *text = xasprintf("%s.%.*s", k->o->name.p, (int)field.n,
	    field.p);
	const char *kept = pool_dup(k->c->pool, text, strlen(text));

	free(text);
	return kept;
}

static void
check_rights(struct walk *k)
{
	const struct sf_object *o = k->o;
	const struct { bool lacks; const char *word; } rights[] = {
		{ !o->queryable, "read" },
		{ k->map.creates && !o->createable, "create" },
		{ k->map.updates && !o->updateable, "edit" },
		{ k->map.deletes && !o->deletable, "delete" },
	};
	struct buf b = BUF(256);
	size_t i;

	for (i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
		if (rights[i].lacks)
			buf_fmt(&b, "%s%s", b.n > 0 ? " or " : "",
			    rights[i].word);
	if (b.n > 0)
		check_error(k->c, at_line(k, k->map.line), "%s: the "
		    "integration user may not %s it; grant that in its "
		    "permission set (Object Settings)", o->name.p,
		    buf_cstr(&b));
	buf_free(&b);
}

/* Why a field that is there cannot be written. */
static int
check_writable(struct walk *k, struct place at, const char *label,
    const struct sf_field *f, const char *when)
{
	bool create = k->map.creates && strcmp(when, "update") != 0;
	bool update = k->map.updates && strcmp(when, "insert") != 0;
	const char *who = "";

	if ((!create || f->createable) && (!update || f->updateable))
		return 0;
	if (f->calculated || f->auto_number) {
		check_error(k->c, at, "%s: Salesforce computes it (%s), it "
		    "cannot be written", label, f->calculated ? "formula" :
		    "auto-number");
	} else if (f->custom && !f->createable && !f->updateable) {
		if (hidden_editors(k->c, k->o, f->name, &who, k->w) == -1)
			return -1;
		check_error(k->c, at, "%s: the integration user may only read "
		    "it; grant Edit on it (field-level security)%s", label,
		    who);
	} else if (create && !f->createable) {
		check_error(k->c, at, "%s: %s cannot be set when a record is "
		    "created%s", label, f->name.p, f->updateable ?
		    ": make it [update]" : "");
	} else {
		check_error(k->c, at, "%s: %s cannot be changed by an update"
		    "%s", label, f->name.p, f->createable ?
		    ": make it [insert]" : "");
	}
	return 0;
}

static void
remember(struct walk *k, const struct map_sent *s, const char *label,
    const struct sf_field *value)
{
	struct mapped *m = pool_get(k->c->pool, sizeof(*m));

	*m = (struct mapped){ .next = k->c->mapped, .map = slice(k->map.map),
	    .field = s->field, .when = s->when, .at = at_line(k, s->line),
	    .order = k->c->order, .label = label, .value = value };
	k->c->mapped = m;
}

static int
check_symbols(struct walk *k, const struct map_sent *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->values[i].text.n > 0 && check_symbol(k->c, at_line(k,
		    s->line), k->o, s->field, s->values[i].text, k->w) == -1)
			return -1;
	return 0;
}

static int
check_field(struct walk *k, const struct map_sent *s)
{
	const char *label = label_of(k, s->field);
	struct place at = at_line(k, s->line);
	struct target t;
	int r;

	if (s->kinds == 0 && s->n == 0)
		return 0;	/* it never is sent, as things are set */
	if ((r = check_name(k->c, at, k->o, s->field, &t, k->w)) != 1)
		return r;
	if (strcmp(s->when, "update") != 0)
		note_mapped(k, t.column);
	if (check_writable(k, at, label, t.column, s->when) == -1 ||
	    check_symbols(k, s) == -1)
		return -1;
	if (t.value != NULL)
		check_values(k->c, at, label, t.value, s);
	remember(k, s, label, t.value);
	return 0;
}

static int
check_key(struct walk *k, const struct map_sent *s)
{
	struct place at = at_line(k, s->line);
	const struct sf_field *f;
	const char *label;

	if (s->field.p == NULL)
		return 0;
	label = label_of(k, s->field);
	if ((f = sf_field_of(k->o, s->field)) == NULL)
		return check_missing(k->c, at, k->o, s->field, k->w);
	note_mapped(k, f);
	if (!f->external_id)
		check_error(k->c, at, "%s: it is no external id, so no record "
		    "can be found by it", label);
	else if (!f->unique)
		check_error(k->c, at, "%s: the external id is not unique: "
		    "two records could get one key", label);
	if (f->type != SF_TEXT)
		check_error(k->c, at, "%s: a key is a text, the field is a%s "
		    "%s", label, strchr("aeiou", *f->kind.p) ? "n" : "",
		    f->kind.p);
	if (check_writable(k, at, label, f, "key") == -1)
		return -1;
	check_values(k->c, at, label, f, s);
	remember(k, s, label, f);
	return 0;
}

/* ---- match ---- */

/* May the fields of a rung be those of children?  All by one relationship. */
static bool
of_one(const struct walk *k)
{
	struct slice first = k->rung.part[0].field, f;
	const char *dot = memchr(first.p, '.', first.n);
	size_t n = dot == NULL ? 0 : (size_t)(dot - first.p) + 1;
	int i;

	if (n == 0)
		return k->rung.n == 1;
	for (i = 1; i < k->rung.n; i++) {
		f = k->rung.part[i].field;
		if (f.n < n || memcmp(f.p, first.p, n) != 0)
			return false;
	}
	return true;
}

static int
end_rung(struct walk *k)
{
	const struct sf_field *f;
	const struct map_sent *s;
	int i, r;

	for (i = 0; i < k->rung.n && !k->rung.idle; i++) {
		s = &k->rung.part[i];
		r = check_path(k->c, at_line(k, s->line), k->o, s->field,
		    of_one(k), &f, k->w);
		if (r == -1)
			return -1;
		if (r == 1 && !f->filterable)
			check_error(k->c, at_line(k, s->line), "match %s: "
			    "Salesforce cannot search by %s (%s of %ld "
			    "characters)", label_of(k, s->field), f->name.p,
			    f->kind.p, f->length);
	}
	k->rung.n = 0;
	k->rung.idle = false;
	return 0;
}

static int
check_match(struct walk *k, const struct map_sent *s)
{
	bool null = (s->kinds & ~(unsigned)MAP_NULL) == 0;
	size_t i;

	if (s->rung != k->rungs && end_rung(k) == -1)
		return -1;
	k->rungs = s->rung;
	for (i = 0; i < s->n; i++)
		null &= s->values[i].kind == MAP_NULL;
	k->rung.idle |= null;
	if (k->rung.n < (int)(sizeof(k->rung.part) / sizeof(*k->rung.part)))
		k->rung.part[k->rung.n++] = *s;
	return 0;
}

/* ---- what a create must have ---- */

/* Refused without it, whatever describe says. */
static const struct { const char *object, *field; } needed[] = {
	{ "Order", "AccountId" }, { "OrderItem", "UnitPrice" },
};

static bool
is_needed(const struct sf_object *o, const struct sf_field *f)
{
	size_t i;

	if (f->createable && !f->nillable && !f->defaulted)
		return true;
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (slice_is(o->name, needed[i].object) &&
		    slice_is(f->name, needed[i].field))
			return true;
	return false;
}

static void
check_needed(struct walk *k)
{
	const struct sf_field *f;
	size_t i, m;

	for (i = 0; i < k->o->n; i++) {
		f = &k->o->field[i];
		for (m = 0; m < k->n_mapped && k->mapped[m] != f; )
			m++;
		if (m == k->n_mapped && is_needed(k->o, f))
			check_error(k->c, at_line(k, k->map.line), "%s.%s: a "
			    "new record needs it (%s), and the map does not "
			    "give it", k->o->name.p, f->name.p, f->label.p);
	}
}

/* ---- one map after the other ---- */

static int
end_map(struct walk *k)
{
	if (k->o == NULL)
		return 0;
	if (end_rung(k) == -1)
		return -1;
	if (k->map.creates)
		check_needed(k);
	return 0;
}

static int
begin_map(struct walk *k, const struct map_about *m)
{
	int r;

	k->map = *m;
	k->n_mapped = 0;
	k->rungs = -1;
	findings_order(k->c->found, ++k->c->order);
	if ((r = check_object(k->c, slice(m->object), &k->o, k->w)) == -1)
		return -1;
	if (r == 0)
		check_error(k->c, at_line(k, m->line), "%s", k->w->text);
	else
		check_rights(k);
	return 0;
}

static void
see_map(void *ctx, const struct map_about *m)
{
	struct walk *k = ctx;

	k->failed = k->failed || end_map(k) == -1 || begin_map(k, m) == -1;
}

static void
see(void *ctx, const struct map_sent *s)
{
	struct walk *k = ctx;

	if (k->failed || k->o == NULL)
		return;
	k->failed = (strcmp(s->when, "key") == 0 ? check_key(k, s) :
	    strcmp(s->when, "match") == 0 ? check_match(k, s) :
	    check_field(k, s)) == -1;
}

int
sf_check_maps(struct sf_check *c, struct map_set *set, struct why *w)
{
	struct walk k = { .c = c, .w = w, .rungs = -1 };

	check_made(c, set);
	map_sends(set, see_map, see, &k);
	k.failed = k.failed || end_map(&k) == -1;
	free(k.mapped);
	return k.failed ? -1 : 0;
}
