/* sf-dx-object - custom objects, in Salesforce DX source format */

#include "sf-dx.h"
#include "sf-std.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECT_SUFFIX ".object-meta.xml"

/* What a CustomObject file says, as text. */
struct meta {
	char label[96], plural[96], name_label[96], name_type[16];
	char name_format[32], activities[8], bulk[8];
};

static const struct sf_member members[] = {
#define M(p, m) {p, offsetof(struct meta, m), sizeof(((struct meta *)0)->m)}
	M("/CustomObject/label", label),
	M("/CustomObject/pluralLabel", plural),
	M("/CustomObject/nameField/label", name_label),
	M("/CustomObject/nameField/type", name_type),
	M("/CustomObject/nameField/displayFormat", name_format),
	M("/CustomObject/enableActivities", activities),
	M("/CustomObject/enableBulkApi", bulk),
#undef M
};

static int
take(void *ctx, const char *path, const struct buf *text, struct sf_fault *e)
{
	if (strncmp(path, "/CustomObject", 13) != 0)
		return sf_bad(e, "this is no CustomObject");
	return sf_member_take(members, sizeof(members) / sizeof(members[0]),
	    ctx, path, text, e);
}

/* What every custom object has before its own fields. */
static const struct sf_std fields[] = {
	F("Id", "Record ID", "id", 18, "i"),
	R("OwnerId", "Owner ID", "cud", "Owner", "Group,User"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	F("Name", "Name", "string", 80, "cundim"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	END
};

static const struct sf_std activity[] = {
	F("LastActivityDate", "Last Activity Date", "date", 0, "n"),
	END
};

static void
name_field(struct sf_object *o, const struct meta *m)
{
	struct sf_field *f = sf_field(o, "Name");

	f->label = sf_keep(o->schema, m->name_label);
	if (strcmp(m->name_type, "AutoNumber") == 0) {
		f->flags = sf_flags("diam");
		f->format = sf_keep(o->schema, m->name_format);
	}
}

/* One more object that a polymorphic lookup may point to. */
static void
add_target(struct sf_schema *s, const char *object, const char *field,
    const char *target)
{
	struct sf_field *f = sf_field(sf_object(s, object), field);
	char list[4096];
	size_t n = 0;
	int i;

	for (i = 0; i < f->ntargets && n < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s,",
		    f->targets[i]);
	if (n < sizeof(list))
		snprintf(list + n, sizeof(list) - n, "%s", target);
	sf_targets(f, list);
}

static int
add(struct sf_schema *s, const struct meta *m, const char *name,
    struct sf_fault *e)
{
	struct sf_object *o;

	if (m->label[0] == '\0' || m->plural[0] == '\0' ||
	    m->name_label[0] == '\0')
		return sf_bad(e, "<label>, <pluralLabel> or <nameField> is "
		    "missing");
	if (strcmp(m->name_type, "Text") != 0 &&
	    strcmp(m->name_type, "AutoNumber") != 0)
		return sf_bad(e, "the type of <nameField> is Text or "
		    "AutoNumber, not '%s'", m->name_type);
	if ((o = sf_object_add(s, name)) == NULL)
		return sf_bad(e, "there are too many objects");
	o->label = sf_keep(s, m->label);
	o->plural = sf_keep(s, m->plural);
	o->custom = o->creatable = o->updatable = o->deletable = true;
	o->undeletable = o->currency = o->typed = true;
	o->bulk = strcmp(m->bulk, "false") != 0;
	sf_add_std(o, fields);
	name_field(o, m);
	if (strcmp(m->activities, "true") == 0) {
		sf_add_std(o, activity);
		add_target(s, "Task", "WhatId", name);
	}
	sf_add_std(o, sf_std_system);
	add_target(s, "Note", "ParentId", name);
	add_target(s, "ContentDocumentLink", "LinkedEntityId", name);
	return 0;
}

int
sf_object_file(struct sf_schema *s, const char *path, const char *base,
    struct sf_fault *e)
{
	char why[512] = "", name[64], *text = sf_xmalloc(SF_XML_MAX + 1);
	struct sf_fault inner = {why, sizeof(why)};
	struct meta m;
	int rc = 0, n = (int)(strlen(base) - strlen(OBJECT_SUFFIX));

	memset(&m, 0, sizeof(m));
	snprintf(name, sizeof(name), "%.*s", n, base);
	if (sf_xml_read(path, text, &inner) < 0 ||
	    sf_xml_walk(text, take, &m, &inner) < 0)
		rc = -1;
	else if (sf_object(s, name) != NULL)
		rc = n > 3 && strcmp(name + strlen(name) - 3, "__c") == 0 ?
		    sf_bad(&inner, "%s is there already", name) : 0;
	else if (n >= (int)sizeof(name) || n < 4 ||
	    strcmp(name + n - 3, "__c") != 0)
		rc = sf_bad(&inner, "'%s' is neither an object of this org "
		    "nor a custom one (NAME__c)", name);
	else
		rc = add(s, &m, name, &inner);
	if (rc < 0)
		sf_bad(e, "%s: %s", path, why);
	free(text);
	return rc;
}

void
sf_object_detail(struct sf_object *o)
{
	struct sf_field *f = sf_field(o, "OwnerId");
	int i;

	if (f == NULL)
		return;
	for (i = f->index + 1; i < o->nfields; i++) {
		o->fields[i - 1] = o->fields[i];
		o->fields[i - 1]->index = i - 1;
	}
	o->nfields--;
}
