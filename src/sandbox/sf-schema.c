/* sf-schema - what the org's describe would say */

#include "sf-schema.h"
#include "sf-std.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const type_names[] = {
	"id", "string", "textarea", "email", "phone", "url", "picklist",
	"multipicklist", "reference", "boolean", "int", "double", "currency",
	"percent", "date", "datetime", "time", "address", "base64",
	"encryptedstring", "location"
};

#define NTYPES (sizeof(type_names) / sizeof(type_names[0]))

const char *
sf_type_name(enum sf_type t)
{
	return type_names[t];
}

/* The type of a describe name, or -1. */
static int
type_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < NTYPES; i++)
		if (strcmp(type_names[i], name) == 0)
			return (int)i;
	return -1;
}

unsigned
sf_flags(const char *s)
{
	static const char letters[] = "cundiramqes";
	unsigned v = 0;
	const char *p;

	for (; *s; s++) {
		if (*s == 'D')
			v |= SF_CASCADE;
		else if (*s == 'X')
			v |= SF_RESTRICT;
		else if ((p = strchr(letters, *s)) != NULL)
			v |= 1u << (p - letters);
	}
	return v;
}

const char *
sf_keep(struct sf_schema *s, const char *text)
{
	return sf_dup(&s->text, text, strlen(text));
}

const char **
sf_split(struct sf_schema *s, const char *list, char sep, int *count)
{
	char *p = sf_dup(&s->text, list, strlen(list)), *q;
	const char **v;
	int n = 0;

	for (q = p; *q; q++)
		n += *q == sep;
	v = sf_alloc(&s->text, (size_t)(n + 1) * sizeof(*v));
	for (n = 0; p != NULL && *p != '\0'; p = q) {
		if ((q = strchr(p, sep)) != NULL)
			*q++ = '\0';
		v[n++] = p;
	}
	*count = n;
	return v;
}

void
sf_values(struct sf_field *f, const char *list)
{
	f->values = sf_split(f->object->schema, list, ';', &f->nvalues);
}

void
sf_targets(struct sf_field *f, const char *list)
{
	f->targets = sf_split(f->object->schema, list, ',', &f->ntargets);
}

struct sf_field *
sf_field_add(struct sf_object *o, const char *name)
{
	struct sf_field *f;

	if (o->nfields == SF_MAX_FIELDS)
		return NULL;
	f = sf_alloc(&o->schema->text, sizeof(*f));
	memset(f, 0, sizeof(*f));
	f->object = o;
	f->name = sf_keep(o->schema, name);
	f->label = f->name;
	f->index = o->nfields;
	o->fields[o->nfields++] = f;
	return f;
}

/* The values of a standard picklist: the one with '*' is the default. */
static void
std_values(struct sf_field *f, const char *list)
{
	int i;

	sf_values(f, list);
	for (i = 0; i < f->nvalues; i++)
		if (*f->values[i] == '*')
			f->defvalue = ++f->values[i];
}

static const char *
children_of(const struct sf_field *f)
{
	const struct sf_std_children *c;

	for (c = sf_std_children; c->object != NULL; c++)
		if (strcmp(c->object, f->object->name) == 0 &&
		    strcmp(c->field, f->name) == 0)
			return c->name;
	return NULL;
}

void
sf_add_std(struct sf_object *o, const struct sf_std *t)
{
	struct sf_field *f;

	for (; t->name != NULL; t++) {
		f = sf_field_add(o, t->name);
		f->label = t->label;
		f->type = (enum sf_type)type_by_name(t->type);
		f->length = t->length;
		f->precision = t->precision;
		f->scale = t->scale;
		f->flags = sf_flags(t->flags);
		f->relation = t->relation;
		f->children = children_of(f);
		if (t->targets != NULL)
			sf_targets(f, t->targets);
		if (t->values != NULL)
			std_values(f, t->values);
	}
}

struct sf_object *
sf_object_add(struct sf_schema *s, const char *name)
{
	struct sf_object *o;

	if (s->nobjects == SF_MAX_OBJECTS)
		return NULL;
	o = sf_alloc(&s->text, sizeof(*o));
	memset(o, 0, sizeof(*o));
	o->schema = s;
	o->name = sf_keep(s, name);
	return s->objects[s->nobjects++] = o;
}

struct sf_schema *
sf_schema_new(void)
{
	struct sf_schema *s = sf_xmalloc(sizeof(*s));
	const struct sf_std_object *t;
	struct sf_object *o;

	memset(s, 0, sizeof(*s));
	for (t = sf_std_objects; t->name != NULL; t++) {
		o = sf_object_add(s, t->name);
		o->label = t->label;
		o->plural = t->plural;
		o->prefix = t->prefix;
		o->creatable = strchr(t->can, 'c') != NULL;
		o->updatable = strchr(t->can, 'u') != NULL;
		o->deletable = strchr(t->can, 'd') != NULL;
		o->undeletable = strchr(t->can, 'z') != NULL;
		o->bulk = strchr(t->can, 'b') != NULL;
		o->currency = strchr(t->can, 'm') != NULL;
		o->typed = strchr(t->can, 'r') != NULL;
		o->setup = strchr(t->can, 's') != NULL;
		o->tooling = strchr(t->can, 't') != NULL;
		o->hidden = strchr(t->can, 'h') != NULL;
		o->no_upsert = strchr(t->can, 'n') != NULL;
		sf_add_std(o, t->fields);
		if (strchr(t->can, 'o') == NULL)
			sf_add_std(o, sf_std_system);
	}
	sf_rtype_std(s);
	return s;
}

/* --- finding --- */

/* A note is a document, with one id for both; documents of other kinds are
 * not here. */
struct sf_object *
sf_target(const struct sf_field *f, int i)
{
	return sf_object(f->object->schema,
	    strcmp(f->targets[i], "ContentDocument") == 0 ? "ContentNote" :
	    f->targets[i]);
}

struct sf_object *
sf_object(const struct sf_schema *s, const char *name)
{
	int i;

	for (i = 0; i < s->nobjects; i++)
		if (strcasecmp(s->objects[i]->name, name) == 0)
			return s->objects[i];
	return NULL;
}

struct sf_object *
sf_object_by_prefix(const struct sf_schema *s, const char *id)
{
	int i;

	for (i = 0; i < s->nobjects; i++)
		if (s->objects[i]->prefix != NULL &&
		    strncmp(s->objects[i]->prefix, id, 3) == 0)
			return s->objects[i];
	return NULL;
}

/* Lengths first: `name` comes from outside and may hold a NUL. */
static bool
same(const char *ours, const char *name, size_t n)
{
	return strlen(ours) == n && strncasecmp(ours, name, n) == 0;
}

struct sf_field *
sf_field_n(const struct sf_object *o, const char *name, size_t n)
{
	int i;

	for (i = 0; i < o->nfields; i++)
		if (same(o->fields[i]->name, name, n))
			return o->fields[i];
	return NULL;
}

struct sf_field *
sf_field(const struct sf_object *o, const char *name)
{
	return sf_field_n(o, name, strlen(name));
}

/* The reference field whose relationshipName is the `n` bytes at `name`. */
static struct sf_field *
relation(const struct sf_object *o, const char *name, size_t n)
{
	int i;

	for (i = 0; i < o->nfields; i++) {
		const char *r = o->fields[i]->relation;

		if (r != NULL && same(r, name, n))
			return o->fields[i];
	}
	return NULL;
}

/* --- what the user sees --- */

static struct sf_field *
seen(struct sf_field *f)
{
	return f == NULL || f->flags & SF_HIDDEN ? NULL : f;
}

struct sf_field *
sf_seen_field(const struct sf_object *o, const char *name)
{
	return seen(sf_field(o, name));
}

struct sf_field *
sf_seen_field_n(const struct sf_object *o, const char *name, size_t n)
{
	return seen(sf_field_n(o, name, n));
}

struct sf_field *
sf_seen_relation(const struct sf_object *o, const char *name, size_t n)
{
	return seen(relation(o, name, n));
}

struct sf_object *
sf_seen_object(const struct sf_schema *s, const char *name)
{
	struct sf_object *o = sf_object(s, name);

	return o == NULL || o->hidden || (o->tooling && !s->tooling) ? NULL :
	    o;
}

int
sf_schema_mark(struct sf_schema *s, const char *list, unsigned on,
    unsigned off)
{
	const struct sf_object *o;
	struct sf_field *f;
	char name[64];
	size_t n, dot;

	for (; *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		dot = strcspn(list, ".");
		if (dot >= n || dot >= sizeof(name))
			return -1;
		memcpy(name, list, dot);
		name[dot] = '\0';
		if ((o = sf_object(s, name)) == NULL ||
		    (f = sf_field_n(o, list + dot + 1, n - dot - 1)) == NULL)
			return -1;
		f->flags = (f->flags | on) & ~off;
	}
	return 0;
}

int
sf_schema_rights(struct sf_schema *s, const char *list)
{
	struct sf_object *o;
	char name[64], may[8];
	size_t n, colon;

	for (; *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		colon = strcspn(list, ":");
		if (colon >= n || colon >= sizeof(name) ||
		    n - colon > sizeof(may))
			return -1;
		snprintf(name, sizeof(name), "%.*s", (int)colon, list);
		snprintf(may, sizeof(may), "%.*s", (int)(n - colon - 1),
		    list + colon + 1);
		if ((o = sf_object(s, name)) == NULL ||
		    strspn(may, "crud") != strlen(may))
			return -1;
		o->hidden = strchr(may, 'r') == NULL;
		o->creatable = o->creatable && strchr(may, 'c') != NULL;
		o->updatable = o->updatable && strchr(may, 'u') != NULL;
		o->deletable = o->deletable && strchr(may, 'd') != NULL;
	}
	return 0;
}

void
sf_schema_no_setup(struct sf_schema *s)
{
	int i;

	for (i = 0; i < s->nobjects; i++)
		s->objects[i]->hidden |= s->objects[i]->setup;
}

bool
sf_filterable(const struct sf_field *f)
{
	return f->type != SF_T_ADDRESS && f->type != SF_T_LOCATION &&
	    f->type != SF_T_BASE64 && f->type != SF_T_ENCRYPTED &&
	    !(f->type == SF_T_TEXTAREA && f->length > 255);
}

bool
sf_groupable(const struct sf_field *f)
{
	return sf_filterable(f) && f->type != SF_T_DATETIME &&
	    f->type != SF_T_MULTIPICKLIST && f->type != SF_T_TIME &&
	    !(f->type >= SF_T_DOUBLE && f->type <= SF_T_PERCENT);
}

/* May the lookup point to more than an owner or a record type? */
static bool
has_parents(const struct sf_field *f)
{
	const struct sf_object *o;
	int t;

	for (t = 0; t < f->ntargets; t++)
		if ((o = sf_target(f, t)) != NULL &&
		    strcmp(o->name, "User") != 0 &&
		    strcmp(o->name, "Group") != 0 &&
		    strcmp(o->name, "RecordType") != 0)
			return true;
	return false;
}

/*
 * A lookup is indexed so that children can be found when their parent goes;
 * those to User and RecordType would give one key with a million rows and
 * nobody asks for it.
 */
static bool
indexed(const struct sf_field *f)
{
	if (f->flags & (SF_UNIQUE | SF_EXTERNALID | SF_DUPLICATE | SF_CASCADE |
	    SF_RESTRICT))
		return true;
	if (f->type == SF_T_REFERENCE)
		return has_parents(f);
	return f->type != SF_T_ID && (f->flags & SF_IDLOOKUP);
}

static void
refer(struct sf_object *o, const struct sf_field *f)
{
	const struct sf_field **more = sf_alloc(&o->schema->text,
	    (size_t)(o->nrefs + 1) * sizeof(*more));

	if (o->nrefs)
		memcpy(more, o->refs, (size_t)o->nrefs * sizeof(*more));
	more[o->nrefs++] = f;
	o->refs = more;
}

static void
seal(struct sf_field *f)
{
	struct sf_object *o;
	int t;

	if (!indexed(f))
		return;
	f->flags |= SF_INDEXED;
	for (t = 0; f->type == SF_T_REFERENCE && t < f->ntargets; t++)
		if ((o = sf_target(f, t)) != NULL)
			refer(o, f);
}

void
sf_schema_seal(struct sf_schema *s)
{
	int i, k;

	for (i = 0; i < s->nobjects; i++) {
		s->objects[i]->modstamp = sf_field(s->objects[i],
		    "SystemModstamp");
		for (k = 0; k < s->objects[i]->nfields; k++)
			seal(s->objects[i]->fields[k]);
	}
}

void
sf_schema_free(struct sf_schema *s)
{
	sf_arena_free(&s->text);
	free(s->grants);
	free(s->types);
	free(s);
}
