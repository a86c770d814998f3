/* sf-schema - what the org's describe would say */

#include "sf-schema.h"
#include "sf-mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const type_names[] = {
	"id", "string", "textarea", "email", "phone", "url", "picklist",
	"multipicklist", "reference", "boolean", "int", "double", "currency",
	"percent", "date", "datetime", "time", "address"
};

#define NTYPES (sizeof(type_names) / sizeof(type_names[0]))

const char *
sf_type_name(enum sf_type t)
{
	return type_names[t];
}

int
sf_type_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < NTYPES; i++)
		if (strcmp(type_names[i], name) == 0)
			return (int)i;
	return -1;
}

static unsigned
flags(const char *s)
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

static void *
own(struct sf_field *f, void *p)
{
	int i;

	for (i = 0; i < 7 && f->owned[i] != NULL; i++)
		;
	return f->owned[i] = p;
}

static void
field_free(struct sf_field *f)
{
	int i;

	for (i = 0; i < 8; i++)
		free(f->owned[i]);
	free(f);
}

const char *
sf_field_text(struct sf_field *f, const char *text)
{
	return own(f, sf_xstrdup(text));
}

/* Cut `list` at `sep` into an array. */
static const char **
cut(struct sf_field *f, const char *list, char sep, int *count)
{
	char *p = own(f, sf_xstrdup(list)), *q;
	const char **v = NULL;
	int n = 0;

	while (p != NULL && *p != '\0') {
		if ((q = strchr(p, sep)) != NULL)
			*q++ = '\0';
		v = sf_xrealloc(v, (size_t)(n + 1) * sizeof(*v));
		v[n++] = p;
		p = q;
	}
	*count = n;
	return own(f, v);
}

void
sf_values(struct sf_field *f, const char *list)
{
	f->values = cut(f, list, ';', &f->nvalues);
}

void
sf_targets(struct sf_field *f, const char *list)
{
	f->targets = cut(f, list, ',', &f->ntargets);
}

struct sf_field *
sf_field_add(struct sf_object *o, const char *name)
{
	struct sf_field *f;

	if (o->nfields == SF_MAX_FIELDS)
		return NULL;
	f = sf_xmalloc(sizeof(*f));
	memset(f, 0, sizeof(*f));
	f->object = o;
	f->name = sf_field_text(f, name);
	f->label = f->name;
	f->index = o->nfields;
	o->fields[o->nfields++] = f;
	return f;
}

static void
add_std(struct sf_object *o, const struct sf_std *t)
{
	struct sf_field *f;

	for (; t->name != NULL; t++) {
		f = sf_field_add(o, t->name);
		f->label = t->label;
		f->type = (enum sf_type)sf_type_by_name(t->type);
		f->length = t->length;
		f->precision = t->precision;
		f->scale = t->scale;
		f->flags = flags(t->flags);
		f->relation = t->relation;
		if (t->targets != NULL)
			sf_targets(f, t->targets);
		if (t->values != NULL)
			sf_values(f, t->values);
	}
}

struct sf_schema *
sf_schema_new(void)
{
	struct sf_schema *s = sf_xmalloc(sizeof(*s));
	const struct sf_std_object *t;
	struct sf_object *o;

	memset(s, 0, sizeof(*s));
	for (t = sf_std_objects; t->name != NULL; t++) {
		o = sf_xmalloc(sizeof(*o));
		memset(o, 0, sizeof(*o));
		o->name = t->name;
		o->label = t->label;
		o->plural = t->plural;
		o->prefix = t->prefix;
		o->creatable = strchr(t->can, 'c') != NULL;
		o->updatable = strchr(t->can, 'u') != NULL;
		o->deletable = strchr(t->can, 'd') != NULL;
		o->bulk = strchr(t->can, 'b') != NULL;
		o->setup = strchr(t->can, 's') != NULL;
		o->tooling = strchr(t->can, 't') != NULL;
		add_std(o, t->fields);
		add_std(o, sf_std_system);
		s->objects[s->nobjects++] = o;
	}
	return s;
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
		if (strncmp(s->objects[i]->prefix, id, 3) == 0)
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

struct sf_field *
sf_relation(const struct sf_object *o, const char *name, size_t n)
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
	return seen(sf_relation(o, name, n));
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

/*
 * A lookup is indexed so that children can be found when their parent goes;
 * those to User and RecordType would give one key with a million rows and
 * nobody asks for it.
 */
static bool
indexed(const struct sf_schema *s, const struct sf_field *f)
{
	if (f->flags & (SF_UNIQUE | SF_EXTERNALID | SF_DUPLICATE))
		return true;
	if (f->type == SF_T_REFERENCE)
		return f->ntargets == 1 && sf_object(s, f->targets[0]) &&
		    strcmp(f->targets[0], "User") != 0 &&
		    strcmp(f->targets[0], "RecordType") != 0;
	return f->type != SF_T_ID && (f->flags & SF_IDLOOKUP);
}

void
sf_schema_seal(struct sf_schema *s)
{
	int i, k;

	for (i = 0; i < s->nobjects; i++)
		for (k = 0; k < s->objects[i]->nfields; k++)
			if (indexed(s, s->objects[i]->fields[k]))
				s->objects[i]->fields[k]->flags |= SF_INDEXED;
}

/* Names of standard fields are constants, those of custom ones are copies. */
void
sf_schema_free(struct sf_schema *s)
{
	int i, k;

	for (i = 0; i < s->nobjects; i++) {
		for (k = 0; k < s->objects[i]->nfields; k++)
			field_free(s->objects[i]->fields[k]);
		free(s->objects[i]);
	}
	free(s->grants);
	free(s);
}
