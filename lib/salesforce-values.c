/* salesforce-values - rows that Salesforce would refuse are not sent to it. */
#include <stdlib.h>

#include "salesforce-fields.h"
#include "salesforce-fit.h"
#include "salesforce-session.h"
#include "salesforce-texts.h"
#include "salesforce-values.h"
#include "sixteen.h"

#define NONE	"#N/A"

enum {
	SHOWN = 60, LAST = 48,		/* bytes of a value */
	MAYBE_NONE = sizeof(NONE) + 1,	/* of a NONE, quotes and all */
};

/* A name in payloads of one object. */
struct column {
	struct slice name;
	const struct sf_field *field;	/* what is written; NULL: not known */
	bool value;		/* the cell is a value of `field` */
	size_t fits;		/* of a text: so many bytes always do */
	char last[LAST];	/* the last value that fitted, as it was sent; */
	size_t last_n;		/* 0: there was none, or it was longer */
};

struct object {
	struct object *next;
	struct slice name;
	const struct sf_object *o;	/* NULL: not to be described */
	struct column *column;
	size_t n, cap;
};

/* The columns of the row before, of the same operation. */
struct before {
	struct object *object;	/* NULL: there was none */
	struct known {
		size_t column;	/* its number in `object` */
		size_t fits;	/* a value of so many bytes needs no look, */
		bool writes;	/* nor has the one that fitted last */
	} *known;
	size_t n, cap;
	size_t key_fits;	/* the same of the external id */
};

struct sf_values {
	struct sf *s;
	struct pool *pool;	/* names, of the run */
	struct pool *row;	/* plain texts, of a row */
	struct object *objects;
	struct before before[SF_DELETE];	/* deletes have none */
};

struct sf_values *
sf_values_new(struct sf *s)
{
	struct sf_values *c = xcalloc(1, sizeof(*c));

	c->s = s;
	c->pool = pool_new();
	c->row = pool_new();
	return c;
}

void
sf_values_free(struct sf_values *c)
{
	struct object *next;

	if (c == NULL)
		return;
	for (struct object *o = c->objects; o != NULL; o = next) {
		next = o->next;
		free(o->column);
		free(o);
	}
	pool_free(c->pool);
	pool_free(c->row);
	for (size_t i = 0; i < SF_DELETE; i++)
		free(c->before[i].known);
	free(c);
}

static struct slice
kept(struct sf_values *c, struct slice t)
{
	return (struct slice){ pool_dup(c->pool, t.p, t.n), t.n };
}

/* What cannot be described Salesforce refuses when the job is made, with
 * better words. */
static struct object *
object_new(struct sf_values *c, struct slice name, struct why *w)
{
	struct why no = {0};
	const struct sf_object *is = sf_describe(c->s, name, &no);
	struct object *o;

	if (is == NULL && no.kind != WHY_SETUP) {
		*w = no;
		return NULL;
	}
	o = xcalloc(1, sizeof(*o));
	o->name = kept(c, name);
	o->o = is;
	o->next = c->objects;
	c->objects = o;
	return o;
}

static struct object *
object_of(struct sf_values *c, struct slice name, struct why *w)
{
	struct object *o = c->objects;

	while (o != NULL && !slice_eq(o->name, name))
		o = o->next;
	return o != NULL ? o : object_new(c, name, w);
}

static const struct sf_field *
written(struct sf_values *c, const struct object *o, struct slice name)
{
	if (memchr(name.p, '.', name.n) != NULL)
		return sf_lookup(c->s, o->name, name, NULL);
	return sf_field_of(o->o, name);
}

/* A text without further rules fits when it has no more bytes than the field
 * takes characters. */
static size_t
always_fits(const struct sf_field *f)
{
	return f != NULL && (f->type == SF_TEXT || f->type == SF_MULTI) &&
	    !f->restricted && !slice_is(f->kind, "email") && f->length > 0 ?
	    (size_t)f->length : 0;
}

static struct column *
column_of(struct sf_values *c, struct object *o, struct slice name,
    size_t hint)
{
	struct column *k;

	for (size_t i = 0; i < o->n; i++) {
		k = &o->column[hint + i < o->n ? hint + i : hint + i - o->n];
		if (k->name.n == name.n && (name.n == 0 ||
		    sixteen_same(k->name.p, name.p, name.n)))
			return k;
	}
	if (o->n == o->cap) {
		o->cap = o->cap == 0 ? 32 : 2 * o->cap;
		o->column = xrealloc(o->column, o->cap * sizeof(*o->column));
	}
	k = &o->column[o->n++];
	*k = (struct column){ .name = kept(c, name),
	    .field = written(c, o, name),
	    .value = memchr(name.p, '.', name.n) == NULL };
	k->fits = always_fits(k->field);
	return k;
}

/* Dates, states and prices are often those of the row before. */
static inline bool
is_last(const struct column *k, struct slice value)
{
	return value.n == k->last_n &&
	    sixteen_same(value.p, k->last, value.n);
}

static void
remember(struct column *k, struct slice value)
{
	k->last_n = value.n <= LAST ? value.n : 0;
	memcpy(k->last, value.p, k->last_n);
}

/* "Last Name (LastName): 'Wolfeschlegel...' has 94 characters, the field takes
 * 80 (map contact)" */
static void
refuse(struct sf_values *c, struct sf_wave *v, struct sf_row *r,
    const struct sf_field *f, struct slice t, enum sf_fit how)
{
	struct buf b = BUF(8192);

	buf_fmt(&b, "%.*s (%.*s): '%.*s%s' ", (int)f->label.n, f->label.p,
	    (int)f->name.n, f->name.p, slice_cut(t, SHOWN), t.p,
	    t.n > SHOWN ? "..." : "");
	if (how == SF_FIT_LONG)
		buf_fmt(&b, "has %ld characters, the field takes %ld",
		    sf_length(t), f->length);
	else if (how == SF_FIT_RANGE)
		buf_fmt(&b, "is too large, the field takes %ld digits before "
		    "the point", f->precision - f->scale);
	else if (how == SF_FIT_PICKLIST)
		buf_fmt(&b, "is not in the restricted picklist, which has %s",
		    sf_fit_list(f, c->row));
	else
		buf_fmt(&b, "is not %s", sf_fit_wants(f));
	buf_fmt(&b, " (map %.*s)", (int)row_map(r).n, row_map(r).p);
	sf_row_settle(v, r, "rejected", sf_fit_code(f, how), buf_cstr(&b));
	buf_free(&b);
}

static void
refuse_field(struct sf_wave *v, struct sf_row *r, const struct sf_field *f)
{
	bool only = r->op == SF_UPDATE && f->createable;
	char *text = xasprintf("%.*s (%.*s): the integration user can %s "
	    "(map %.*s)", (int)f->label.n, f->label.p, (int)f->name.n,
	    f->name.p, only ? "set it only when the record is created; flag "
	    "it [insert]" : "only read it", (int)row_map(r).n, row_map(r).p);

	sf_row_settle(v, r, "rejected", "INVALID_FIELD_FOR_INSERT_UPDATE",
	    text);
	free(text);
}

static bool
writes(const struct sf_row *r, const struct sf_field *f)
{
	return r->op == SF_CREATE ? f->createable : f->updateable;
}

/* What any value of the column passes by its length alone. */
static size_t
fits_at_once(const struct sf_row *r, const struct column *k)
{
	if (k->field == NULL)
		return SIZE_MAX;
	if (!writes(r, k->field))
		return 0;
	return k->value ? k->fits : SIZE_MAX;
}

/* The column of the next cell. */
static struct known *
known_add(struct before *b, struct sf_values *c, const struct sf_row *r,
    const struct sf_cells *cells)
{
	struct object *o = b->object;
	size_t hint = b->n == 0 ? 0 : b->known[b->n - 1].column + 1;
	struct column *k = column_of(c, o, cells->cell[b->n].key,
	    hint < o->n ? hint : 0);

	if (b->n == b->cap) {
		b->cap = b->cap == 0 ? 64 : 2 * b->cap;
		b->known = xrealloc(b->known, b->cap * sizeof(*b->known));
	}
	b->known[b->n] = (struct known){ (size_t)(k - o->column),
	    fits_at_once(r, k), k->field != NULL && writes(r, k->field) };
	return &b->known[b->n++];
}

/* A text that Salesforce reads as none: null and "" say so. */
static void
refuse_none(struct sf_wave *v, struct sf_row *r, struct slice name)
{
	char *text = xasprintf("%.*s: the text '#N/A' is none in a CSV file; "
	    "null clears the field (map %.*s)", (int)name.n, name.p,
	    (int)row_map(r).n, row_map(r).p);

	sf_row_settle(v, r, "rejected", "mapping-error", text);
	free(text);
}

/* False: the row is settled. */
static bool
value_fits(struct sf_values *c, struct sf_wave *v, struct sf_row *r,
    struct column *k, struct slice t)
{
	enum sf_fit how;

	if (slice_is(t, NONE)) {
		refuse_none(v, r, k->name);
		return false;
	}
	if (t.n == 0 || !k->value)
		return true;
	if ((how = sf_fit(k->field, t)) != SF_FITS)
		refuse(c, v, r, k->field, t, how);
	return how == SF_FITS;
}

/* False: the row is settled. */
static bool
cell_fits(struct sf_values *c, struct sf_wave *v, struct sf_row *r,
    struct column *k, const struct scan_found *cell)
{
	if (k->field == NULL)
		return true;
	if (!writes(r, k->field)) {
		refuse_field(v, r, k->field);
		return false;
	}
	if (*cell->value.p == '"' && !cell->plain)
		pool_reset(c->row);
	if (!value_fits(c, v, r, k, sf_cell_text(cell, c->row)))
		return false;
	remember(k, cell->value);
	return true;
}

static inline bool
key_fits_by_length(const struct before *b, struct slice key)
{
	return key.n <= b->key_fits && key.n != sizeof(NONE) - 1;
}

/* Of a create. */
static bool
key_fits(struct sf_values *c, struct sf_wave *v, struct sf_row *r,
    struct before *b)
{
	struct column *k;

	if (key_fits_by_length(b, row_key(r)) || r->op != SF_CREATE ||
	    row_extid(r).n == 0)
		return true;
	k = column_of(c, b->object, row_extid(r), 0);
	b->key_fits = fits_at_once(r, k);
	return k->field == NULL || value_fits(c, v, r, k, row_key(r));
}

/* Another object, or other names. */
static int
begin(struct sf_values *c, const struct sf_row *r, struct before *b,
    struct why *w)
{
	b->n = 0;
	b->key_fits = r->op == SF_CREATE && row_extid(r).n > 0 ? 0 : SIZE_MAX;
	b->object = object_of(c, row_object(r), w);
	return b->object == NULL ? -1 : 0;
}

/* Does its length alone say that a value fits? */
static inline bool
fits_by_length(const struct known *k, struct slice value)
{
	return value.n <= k->fits && value.n != MAYBE_NONE;
}

/* The first cell from `i` on that is to be looked at. */
static size_t
next_doubt(const struct before *b, const struct sf_cells *cells, size_t i)
{
	const struct scan_found *cell = cells->cell;
	const struct known *k = b->known;
	size_t n = b->n;

	while (i < n && (fits_by_length(&k[i], cell[i].value) ||
	    (k[i].writes && is_last(&b->object->column[k[i].column],
	    cell[i].value))))
		i++;
	return i;
}

static __attribute__((noinline)) int
check(struct sf_values *c, struct sf_wave *v, struct sf_row *r,
    const struct sf_cells *cells, struct why *w)
{
	struct before *b = &c->before[r->op];
	const struct known *k;

	if ((!cells->same || b->object == NULL) && begin(c, r, b, w) == -1)
		return -1;
	if (b->object->o == NULL || !key_fits(c, v, r, b))
		return 0;
	for (size_t i = 0; (i = next_doubt(b, cells, i)) < cells->n; i++) {
		k = i < b->n ? &b->known[i] : known_add(b, c, r, cells);
		if (!fits_by_length(k, cells->cell[i].value) && !cell_fits(c,
		    v, r, &b->object->column[k->column], &cells->cell[i]))
			break;
	}
	return 0;
}

/* Most rows are like the one before, and all they have is short. */
int
sf_values_check(void *values, struct sf_wave *v, struct sf_row *r,
    const struct sf_cells *cells, struct why *w)
{
	struct sf_values *c = values;
	const struct before *b = &c->before[r->op];

	if (r->op == SF_DELETE || (cells->same && b->object != NULL &&
	    key_fits_by_length(b, row_key(r)) &&
	    next_doubt(b, cells, 0) == cells->n))
		return 0;
	return check(c, v, r, cells, w);
}
