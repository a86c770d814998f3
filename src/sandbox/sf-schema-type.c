/* sf-schema-type - the record types of the org's objects */

#include "sf-schema.h"
#include "sf-std.h"

#include <string.h>
#include <strings.h>

struct sf_rtype *
sf_rtype(const struct sf_object *o, const char *name)
{
	const struct sf_schema *s = o->schema;
	int i;

	for (i = 0; i < s->ntypes; i++)
		if (s->types[i]->object == o &&
		    strcasecmp(s->types[i]->name, name) == 0)
			return s->types[i];
	return NULL;
}

struct sf_rtype *
sf_rtype_by_id(const struct sf_schema *s, int64_t id)
{
	int i;

	for (i = 0; i < s->ntypes; i++)
		if (s->types[i]->id == id)
			return s->types[i];
	return NULL;
}

bool
sf_rtype_available(const struct sf_rtype *t)
{
	return t->active && t->visible;
}

struct sf_rtype *
sf_rtype_standard(const struct sf_object *o)
{
	const struct sf_schema *s = o->schema;
	int i;

	for (i = 0; i < s->ntypes; i++)
		if (s->types[i]->object == o && s->types[i]->standard &&
		    s->types[i]->active)
			return s->types[i];
	return NULL;
}

struct sf_rtype *
sf_rtype_add(const struct sf_object *o, const char *name)
{
	struct sf_schema *s = o->schema;
	struct sf_rtype *t = sf_alloc(&s->text, sizeof(*t));

	memset(t, 0, sizeof(*t));
	t->object = o;
	t->name = t->label = sf_keep(s, name);
	s->types = sf_xrealloc(s->types, (size_t)(s->ntypes + 1) *
	    sizeof(*s->types));
	return s->types[s->ntypes++] = t;
}

void
sf_rtype_std(struct sf_schema *s)
{
	static const struct { const char *name, *label; } all[] = {
		{"Business_Account", "Business Account"},
		{"Consumer", "Consumer"}};
	struct sf_rtype *t;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		t = sf_rtype_add(sf_object(s, "Account"), all[i].name);
		t->label = all[i].label;
		t->active = t->visible = true;
	}
}
