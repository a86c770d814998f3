/* salesforce-check-name - what a name in a map stands for in Salesforce. */
#include <stdio.h>
#include <stdlib.h>

#include "salesforce-check-in.h"
#include "say.h"
#include "symbols.h"

/* ---- nearest names ---- */

struct names {
	const char **at;
	size_t n;
};

static void
add_name(struct names *l, struct slice name)
{
	l->at = xrealloc(l->at, (l->n + 1) * sizeof(*l->at));
	l->at[l->n++] = name.p;		/* describe's are terminated */
}

/* "; nearest is X", or "". */
static const char *
nearest(struct sf_check *c, struct names *l, struct slice name)
{
	char *want = xstrndup(name.p, name.n < 200 ? name.n : 200);
	const char *near = l->n == 0 ? NULL :
	    say_nearest(want, l->at, (int)l->n);
	char *text = near == NULL ? NULL : xasprintf("; nearest is %s", near);
	const char *out = text == NULL ? "" :
	    pool_dup(c->pool, text, strlen(text));

	free(text);
	free(want);
	free(l->at);
	return out;
}

static const char *
nearest_field(struct sf_check *c, const struct sf_object *o,
    struct slice name)
{
	struct names l = { NULL, 0 };
	size_t i;

	for (i = 0; i < o->n; i++)
		add_name(&l, o->field[i].name);
	return nearest(c, &l, name);
}

static const char *
nearest_lookup(struct sf_check *c, const struct sf_object *o,
    struct slice name)
{
	struct names l = { NULL, 0 };
	size_t i;

	for (i = 0; i < o->n; i++)
		if (o->field[i].n_refs > 0 &&
		    o->field[i].relationship.p != NULL)
			add_name(&l, o->field[i].relationship);
	return nearest(c, &l, name);
}

/* ---- fields that describe does not show ---- */

int
check_missing(struct sf_check *c, struct place at,
    const struct sf_object *o, struct slice name, struct why *w)
{
	const char *near = nearest_field(c, o, name), *who;
	enum hidden_is is;

	if (hidden_ask(c, o, name, &is, &who, w) == -1)
		return -1;
	if (is == HIDDEN_YES)
		check_error(c, at, "%s.%.*s: field-level security hides it "
		    "from the integration user; grant Read and Edit on it%s",
		    o->name.p, (int)name.n, name.p, who);
	else if (is == HIDDEN_NO)
		check_error(c, at, "%s.%.*s: no such field%s", o->name.p,
		    (int)name.n, name.p, near);
	else
		check_error(c, at, "%s.%.*s: no such field%s; or field-level "
		    "security hides it, which the integration user may not "
		    "ask: grant 'View Setup and Configuration', or look into "
		    "Setup, Object Manager, %s, Fields", o->name.p,
		    (int)name.n, name.p, near, o->label.p);
	return 0;
}

/* ---- relationships ---- */

struct path {			/* Type:Relationship.Field */
	struct slice type, relation, field;
};

static struct path
path_of(struct slice name)
{
	const char *dot = memchr(name.p, '.', name.n);
	const char *colon = memchr(name.p, ':', name.n);
	struct path p = { .type = SLICE("") };

	if (colon != NULL && (dot == NULL || colon < dot)) {
		p.type = (struct slice){ name.p, (size_t)(colon - name.p) };
		name.n -= p.type.n + 1;
		name.p = colon + 1;
	}
	p.relation = name;
	if (dot != NULL) {
		p.relation.n = (size_t)(dot - name.p);
		p.field = (struct slice){ dot + 1,
		    name.n - p.relation.n - 1 };
	}
	return p;
}

/* "Account, Contact" */
static const char *
refs_of(struct sf_check *c, const struct sf_field *f)
{
	struct buf b = BUF(1024);
	const char *out;
	size_t i;

	for (i = 0; i < f->n_refs; i++) {
		buf_str(&b, i > 0 ? ", " : "");
		buf_slice(&b, f->refs[i]);
	}
	out = pool_dup(c->pool, b.p == NULL ? "" : b.p, b.n);
	buf_free(&b);
	return out;
}

static bool
refers_to(const struct sf_field *f, struct slice type)
{
	size_t i;

	for (i = 0; i < f->n_refs; i++)
		if (slice_same(f->refs[i], type))
			return true;
	return false;
}

/* No lookup has that name: is it a field, or the type, or an id's name? */
static int
no_lookup(struct sf_check *c, struct place at, const struct sf_object *o,
    struct slice name, const struct path *p)
{
	const struct sf_field *f = sf_field_of(o, p->relation);
	const struct sf_field *turned = sf_lookup_of(o, p->type);

	if (f != NULL && f->n_refs > 0)
		check_error(c, at, "%s.%.*s: '%s' is the field; the "
		    "relationship is '%s'", o->name.p, (int)name.n, name.p,
		    f->name.p, f->relationship.p == NULL ? "" :
		    f->relationship.p);
	else if (p->type.n > 0 && turned != NULL)
		check_error(c, at, "%s.%.*s: the type stands first: "
		    "%.*s:%.*s.%.*s", o->name.p, (int)name.n, name.p,
		    (int)p->relation.n, p->relation.p, (int)p->type.n,
		    p->type.p, (int)p->field.n, p->field.p);
	else
		check_error(c, at, "%s.%.*s: no relationship '%.*s'%s",
		    o->name.p, (int)name.n, name.p, (int)p->relation.n,
		    p->relation.p, nearest_lookup(c, o, p->relation));
	return 0;
}

/* The type in front: needed where there are several, and only there. */
static int
check_type(struct sf_check *c, struct place at, const struct sf_object *o,
    struct slice name, const struct path *p, const struct sf_field *f)
{
	if (p->type.n == 0 && f->n_refs > 1) {
		check_error(c, at, "%s.%.*s: %s refers to %s: say which, as "
		    "%s:%.*s", o->name.p, (int)name.n, name.p, f->name.p,
		    refs_of(c, f), f->refs[0].p, (int)name.n, name.p);
		return 0;
	}
	if (p->type.n > 0 && f->n_refs == 1) {
		check_error(c, at, "%s.%.*s: %s refers to %s alone, so no "
		    "type stands in front: %.*s.%.*s", o->name.p, (int)name.n,
		    name.p, f->name.p, f->refs[0].p, (int)p->relation.n,
		    p->relation.p, (int)p->field.n, p->field.p);
		return 0;
	}
	if (p->type.n > 0 && !refers_to(f, p->type)) {
		check_error(c, at, "%s.%.*s: %s does not refer to %.*s, but "
		    "to %s", o->name.p, (int)name.n, name.p, f->name.p,
		    (int)p->type.n, p->type.p, refs_of(c, f));
		return 0;
	}
	return 1;
}

/* The parent's field must be one that Salesforce finds records by. */
static int
check_parent(struct sf_check *c, struct place at, const struct sf_object *o,
    struct slice name, const struct path *p, struct target *t,
    struct why *w)
{
	const struct sf_object *parent;
	int r;

	t->of = p->type.n > 0 ? p->type : t->column->refs[0];
	if ((r = check_object(c, t->of, &parent, w)) == -1)
		return -1;
	if (r == 0) {
		check_error(c, at, "%s.%.*s: %s", o->name.p, (int)name.n,
		    name.p, w->text);
		return 0;
	}
	if (memchr(p->field.p, '.', p->field.n) != NULL) {
		check_error(c, at, "%s.%.*s: only one step up is taken",
		    o->name.p, (int)name.n, name.p);
		return 0;
	}
	if ((t->value = sf_field_of(parent, p->field)) == NULL)
		return check_missing(c, at, parent, p->field, w);
	if (t->value->external_id || t->value->id_lookup)
		return 1;
	check_error(c, at, "%s.%.*s: %s.%s is no external id, so it finds no "
	    "record", o->name.p, (int)name.n, name.p, parent->name.p,
	    t->value->name.p);
	return 0;
}

int
check_name(struct sf_check *c, struct place at, const struct sf_object *o,
    struct slice name, struct target *t, struct why *w)
{
	const char *symbol = symbols_field(name);
	struct path p;

	*t = (struct target){ .of = o->name };
	if (symbol != NULL || (memchr(name.p, '.', name.n) == NULL &&
	    memchr(name.p, ':', name.n) == NULL)) {
		if (symbol != NULL)
			name = slice(symbol);
		t->column = sf_field_of(o, name);
		t->value = symbol != NULL ? NULL : t->column;
		if (t->column == NULL)
			return check_missing(c, at, o, name, w);
		return 1;
	}
	p = path_of(name);
	if (p.field.p == NULL) {
		check_error(c, at, "%s.%.*s: a type is followed by "
		    "Relationship.Field", o->name.p, (int)name.n, name.p);
		return 0;
	}
	if ((t->column = sf_lookup_of(o, p.relation)) == NULL)
		return no_lookup(c, at, o, name, &p);
	if (check_type(c, at, o, name, &p, t->column) == 0)
		return 0;
	return check_parent(c, at, o, name, &p, t, w);
}

/* ---- paths of queries ---- */

/* The object behind a child relationship: Contact of Account's Contacts. */
static struct slice
child_of(struct sf_check *c, const struct sf_object *o, struct slice name)
{
	struct slice v, none = { NULL, 0 };
	struct scan s;

	scan_enter(&s, o->children);
	while (scan_element(&s, &v))
		if (slice_same(scan_string(scan_get(v, "relationshipName"),
		    c->pool), name))
			return scan_string(scan_get(v, "childSObject"),
			    c->pool);
	return none;
}

int
check_path(struct sf_check *c, struct place at, const struct sf_object *o,
    struct slice name, bool alone, const struct sf_field **f, struct why *w)
{
	struct path p = path_of(name);
	const struct sf_field *up = NULL;
	struct slice other;
	int r;

	if (p.field.p == NULL) {
		if ((*f = sf_field_of(o, name)) == NULL)
			return check_missing(c, at, o, name, w);
		return 1;
	}
	if ((up = sf_lookup_of(o, p.relation)) != NULL) {
		other = p.type.n > 0 ? p.type : up->refs[0];
	} else if (!alone || (other = child_of(c, o, p.relation)).p == NULL) {
		check_error(c, at, "match %s.%.*s: no relationship "
		    "'%.*s'%s%s", o->name.p, (int)name.n, name.p,
		    (int)p.relation.n, p.relation.p, nearest_lookup(c, o,
		    p.relation), alone ? "" : "; children are matched by "
		    "their own fields alone");
		return 0;
	}
	if ((r = check_object(c, other, &o, w)) != 1) {
		if (r == 0)
			check_error(c, at, "match %.*s: %s", (int)name.n,
			    name.p, w->text);
		return r;
	}
	if ((*f = sf_field_of(o, p.field)) == NULL)
		return check_missing(c, at, o, p.field, w);
	return 1;
}
