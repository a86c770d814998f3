/* sf-dx - a folder in Salesforce DX source format, and its custom fields */

#include "sf-dx.h"
#include "sf-mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 16		/* of folders */
#define SUFFIX ".field-meta.xml"
#define OBJECT_SUFFIX ".object-meta.xml"

/* What a CustomField file says, as text. */
struct meta {
	char fullName[96], type[32], label[96], length[16], precision[16];
	char scale[16], externalId[8], unique[8], caseSensitive[8];
	char required[8], defaultValue[256], referenceTo[64];
	char relationshipName[64], restricted[8], deleteConstraint[16];
	char displayFormat[32], formula[8], reparentable[8];
	char valueSetName[64], value[256];	/* the last value's name */
	struct buf values;
};

static const struct sf_member members[] = {
#define M(p, m) {p, offsetof(struct meta, m), sizeof(((struct meta *)0)->m)}
	M("/CustomField/fullName", fullName),
	M("/CustomField/type", type),
	M("/CustomField/label", label),
	M("/CustomField/length", length),
	M("/CustomField/precision", precision),
	M("/CustomField/scale", scale),
	M("/CustomField/externalId", externalId),
	M("/CustomField/unique", unique),
	M("/CustomField/caseSensitive", caseSensitive),
	M("/CustomField/required", required),
	M("/CustomField/defaultValue", defaultValue),
	M("/CustomField/referenceTo", referenceTo),
	M("/CustomField/relationshipName", relationshipName),
	M("/CustomField/deleteConstraint", deleteConstraint),
	M("/CustomField/valueSet/restricted", restricted),
	M("/CustomField/valueSet/valueSetName", valueSetName),
	M("/CustomField/displayFormat", displayFormat),
	M("/CustomField/reparentableMasterDetail", reparentable),
#undef M
};

#define VALUE "/CustomField/valueSet/valueSetDefinition/value/"

/* One value of a picklist: its name, then whether it is the default. */
static void
value(struct meta *m, const char *name, const struct buf *text)
{
	if (strcmp(name, "fullName") == 0) {
		if (m->values.n)
			buf_byte(&m->values, ';');
		buf_add(&m->values, text->p ? text->p : "", text->n);
		snprintf(m->value, sizeof(m->value), "%.*s", (int)text->n,
		    text->p ? text->p : "");
	} else if (strcmp(name, "default") == 0 && text->n == 4) {
		memcpy(m->defaultValue, m->value, sizeof(m->value));
	}
}

int
sf_member_take(const struct sf_member *all, size_t n, void *to,
    const char *path, const struct buf *text, struct sf_fault *e)
{
	char *at;

	for (; n > 0; all++, n--) {
		if (strcmp(all->path, path) != 0)
			continue;
		if (text->n >= all->size)
			return sf_bad(e, "<%s> is too long",
			    strchr(path + 1, '/') + 1);
		at = (char *)to + all->at;
		if (text->n > 0)
			memcpy(at, text->p, text->n);
		at[text->n] = '\0';
	}
	return 0;
}

static int
take(void *ctx, const char *path, const struct buf *text, struct sf_fault *e)
{
	struct meta *m = ctx;

	if (strncmp(path, VALUE, sizeof(VALUE) - 1) == 0) {
		value(m, path + sizeof(VALUE) - 1, text);
		return 0;
	}
	if (strcmp(path, "/CustomField/formula") == 0) {
		snprintf(m->formula, sizeof(m->formula), "true");
		return 0;
	}
	return sf_member_take(members, sizeof(members) / sizeof(members[0]),
	    m, path, text, e);
}

static int
number(const char *s, int low, int high, int *v, const char *what,
    struct sf_fault *e)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (*s == '\0' || *end != '\0' || n < low || n > high)
		return sf_bad(e, "<%s> must be a number from %d to %d, not '%s'",
		    what, low, high, s);
	*v = (int)n;
	return 0;
}

/* Metadata type, describe type, and which length rule it has. */
static const struct {
	const char *meta;
	enum sf_type type;
	int length;		/* fixed; -1 <length>; -2 <precision><scale> */
	int max;
} types[] = {
	{"Text", SF_T_STRING, -1, 255},
	{"TextArea", SF_T_TEXTAREA, 255, 0},
	{"LongTextArea", SF_T_TEXTAREA, -1, 131072},
	{"Email", SF_T_EMAIL, 80, 0},
	{"Phone", SF_T_PHONE, 40, 0},
	{"Url", SF_T_URL, 255, 0},
	{"Checkbox", SF_T_BOOLEAN, 0, 0},
	{"Number", SF_T_DOUBLE, -2, 18},
	{"Currency", SF_T_CURRENCY, -2, 18},
	{"Percent", SF_T_PERCENT, -2, 18},
	{"Date", SF_T_DATE, 0, 0},
	{"DateTime", SF_T_DATETIME, 0, 0},
	{"Time", SF_T_TIME, 0, 0},
	{"Picklist", SF_T_PICKLIST, 255, 0},
	{"MultiselectPicklist", SF_T_MULTIPICKLIST, 4099, 0},
	{"Lookup", SF_T_REFERENCE, 18, 0},
	{"MasterDetail", SF_T_REFERENCE, 18, 0},
	{"Hierarchy", SF_T_REFERENCE, 18, 0},
	{"AutoNumber", SF_T_STRING, 30, 0},
	{"Html", SF_T_TEXTAREA, -1, 131072},
	{"EncryptedText", SF_T_ENCRYPTED, -1, 175},
	{"Location", SF_T_LOCATION, 0, 0},
	{"Summary", SF_T_DOUBLE, 0, 0},
};

static int
sizes(const struct meta *m, struct sf_field *f, size_t t, struct sf_fault *e)
{
	f->type = types[t].type;
	if (types[t].length >= 0)
		f->length = types[t].length;
	else if (types[t].length == -1)
		return number(m->length, 1, types[t].max, &f->length,
		    "length", e);
	else if (number(m->precision, 1, 18, &f->precision, "precision", e) <
	    0 || number(m->scale, 0, f->precision, &f->scale, "scale", e) < 0)
		return -1;
	return 0;
}

static bool
yes(const char *s)
{
	return strcmp(s, "true") == 0;
}

static int
reference(const struct meta *m, struct sf_field *f, struct sf_fault *e)
{
	char name[128];
	size_t n = strlen(m->fullName);

	if (m->referenceTo[0] == '\0' || m->relationshipName[0] == '\0')
		return sf_bad(e, "a %s needs <referenceTo> and "
		    "<relationshipName>", m->type);
	sf_targets(f, m->referenceTo);
	snprintf(name, sizeof(name), "%.*s__r", (int)n - 3, m->fullName);
	f->relation = sf_keep(f->object->schema, name);
	snprintf(name, sizeof(name), "%s__r", m->relationshipName);
	f->children = sf_keep(f->object->schema, name);
	if (strcmp(m->deleteConstraint, "Cascade") == 0)
		f->flags |= SF_CASCADE;
	if (strcmp(m->type, "MasterDetail") == 0) {
		f->flags |= SF_CASCADE;
		f->flags &= ~(unsigned)SF_NILLABLE;
		if (!yes(m->reparentable))
			f->flags &= ~(unsigned)SF_UPDATE;
		sf_object_detail(sf_object(f->object->schema,
		    f->object->name));
	}
	if (strcmp(m->deleteConstraint, "Restrict") == 0)
		f->flags |= SF_RESTRICT;
	return 0;
}

/* What the platform itself fills in: numbers here, formulas and sums not. */
static bool
read_only(const struct meta *m, struct sf_field *f)
{
	bool number_ = strcmp(m->type, "AutoNumber") == 0;

	if (!number_ && !yes(m->formula) && strcmp(m->type, "Summary") != 0)
		return false;
	f->flags &= ~(unsigned)(SF_CREATE | SF_UPDATE);
	if (number_) {
		f->flags = (f->flags | SF_AUTONUMBER | SF_DEFAULTED) &
		    ~(unsigned)SF_NILLABLE;
		f->format = sf_keep(f->object->schema, m->displayFormat);
	}
	return true;
}

/* A default is a formula; of those, the ones that are a plain value. */
static int
default_value(const struct meta *m, struct sf_field *f, struct sf_fault *e)
{
	char text[256];
	size_t n;

	snprintf(text, sizeof(text), "%s", m->defaultValue);
	n = strlen(text);
	if (n > 1 && text[0] == '"' && text[n - 1] == '"') {
		text[n - 1] = '\0';
		f->defvalue = sf_keep(f->object->schema, text + 1);
	} else if (strchr(text, '(') != NULL) {
		return sf_bad(e, "<defaultValue> '%s' is a formula, which "
		    "cannot be used here", text);
	} else {
		f->defvalue = sf_keep(f->object->schema, text);
	}
	f->flags |= SF_DEFAULTED;
	return 0;
}

/* A place is written by its two parts. */
static int
location(const struct meta *m, struct sf_field *f, struct sf_fault *e)
{
	static const char *const parts[] = {"Latitude", "Longitude"};
	struct sf_object *o = sf_object(f->object->schema, f->object->name);
	struct sf_field *part;
	char name[120], label[128];
	int i, scale;

	if (number(m->scale, 0, 15, &scale, "scale", e) < 0)
		return -1;
	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%.*s__%s__s",
		    (int)strlen(m->fullName) - 3, m->fullName, parts[i]);
		snprintf(label, sizeof(label), "%s (%s)", m->label, parts[i]);
		if ((part = sf_field_add(o, name)) == NULL)
			return sf_bad(e, "%s has too many fields", o->name);
		part->label = sf_keep(o->schema, label);
		part->type = SF_T_DOUBLE;
		part->precision = scale + 3;
		part->scale = scale;
		part->flags = f->flags;
	}
	f->flags &= ~(unsigned)(SF_CREATE | SF_UPDATE);
	return 0;
}

static int
fill(const struct meta *m, struct sf_field *f, struct sf_fault *e)
{
	size_t t;

	for (t = 0; t < sizeof(types) / sizeof(types[0]); t++)
		if (strcmp(types[t].meta, m->type) == 0)
			break;
	if (t == sizeof(types) / sizeof(types[0]))
		return sf_bad(e, "<type> '%s' is not known here", m->type);
	if (m->label[0] == '\0')
		return sf_bad(e, "<label> is missing");
	f->label = sf_keep(f->object->schema, m->label);
	f->flags = SF_CREATE | SF_UPDATE | SF_CUSTOM;
	if (sizes(m, f, t, e) < 0)
		return -1;
	if (!yes(m->required) && f->type != SF_T_BOOLEAN)
		f->flags |= SF_NILLABLE;
	if (yes(m->externalId))
		f->flags |= SF_EXTERNALID | SF_IDLOOKUP;
	if (yes(m->unique))
		f->flags |= SF_UNIQUE;
	if (yes(m->caseSensitive))
		f->flags |= SF_CASESENSITIVE;
	if ((f->flags & (SF_UNIQUE | SF_EXTERNALID)) &&
	    f->type != SF_T_STRING && f->type != SF_T_EMAIL &&
	    f->type != SF_T_DOUBLE)
		return sf_bad(e, "a %s can be neither unique nor external id",
		    m->type);
	if (yes(m->externalId) &&
	    strcmp(f->object->name, "OpportunityContactRole") == 0)
		return sf_bad(e, "a contact role can have no external id");
	if (yes(m->restricted))
		f->flags |= SF_RESTRICTED;
	if (m->values.n)
		sf_values(f, m->values.p);
	else if (m->valueSetName[0])
		return sf_bad(e, "global value set '%s' cannot be used here",
		    m->valueSetName);
	if (read_only(m, f))
		return 0;
	if (f->type == SF_T_BOOLEAN && m->defaultValue[0] == '\0')
		return sf_bad(e, "a Checkbox needs <defaultValue>");
	if (m->defaultValue[0] != '\0' && default_value(m, f, e) < 0)
		return -1;
	if (f->type == SF_T_LOCATION)
		return location(m, f, e);
	return f->type == SF_T_REFERENCE ? reference(m, f, e) : 0;
}

/* Judge one file's metadata and give it to its object. */
static int
apply(struct sf_object *o, const struct meta *m, const char *base,
    struct sf_fault *e)
{
	struct sf_field *f;
	size_t n = strlen(m->fullName);

	if (n == 0 || m->type[0] == '\0')
		return sf_bad(e, "<fullName> or <type> is missing");
	if (strncmp(base, m->fullName, n) != 0 ||
	    strcmp(base + n, SUFFIX) != 0)
		return sf_bad(e, "<fullName> '%s' is not the file's name",
		    m->fullName);
	if (n < 4 || strcmp(m->fullName + n - 3, "__c") != 0)
		return sf_bad(e, "'%s' does not end with __c", m->fullName);
	if (sf_field(o, m->fullName) != NULL)
		return sf_bad(e, "%s.%s is there already", o->name, m->fullName);
	if ((f = sf_field_add(o, m->fullName)) == NULL)
		return sf_bad(e, "%s has too many fields", o->name);
	return fill(m, f, e);
}

static int
field_file(struct sf_object *o, const char *path, const char *base,
    struct sf_fault *e)
{
	char why[512] = "", *text = sf_xmalloc(SF_XML_MAX + 1);
	struct sf_fault inner = {why, sizeof(why)};
	struct meta m;
	int rc = 0;

	memset(&m, 0, sizeof(m));
	if (sf_xml_read(path, text, &inner) < 0 ||
	    sf_xml_walk(text, take, &m, &inner) < 0 ||
	    apply(o, &m, base, &inner) < 0)
		rc = sf_bad(e, "%s: %s", path, why);
	buf_free(&m.values);
	free(text);
	return rc;
}

/* --- the folder --- */

static bool
ends(const char *name, const char *suffix)
{
	size_t n = strlen(name), s = strlen(suffix);

	return n > s && strcmp(name + n - s, suffix) == 0;
}

/* The object that .../objects/NAME/fields belongs to. */
static struct sf_object *
owner(const struct sf_schema *s, const char *dir, struct sf_fault *e)
{
	const char *end = strrchr(dir, '/'), *p;
	struct sf_object *o;
	char name[64];

	for (p = end; p > dir && p[-1] != '/'; p--)
		;
	snprintf(name, sizeof(name), "%.*s", (int)(end - p), p);
	if ((o = sf_object(s, name)) == NULL)
		sf_bad(e, "%s: no object '%s' in this org, nor its %s%s", dir,
		    name, name, OBJECT_SUFFIX);
	return o;
}

/* What is read in which order: each may name what stands before it. */
enum pass { OBJECTS, FIELDS, TYPES, SETS, PASSES };

static int
entry(struct sf_schema *s, const char *path, const char *base,
    struct sf_object *o, enum pass pass, struct sf_fault *e)
{
	switch (pass) {
	case OBJECTS:
		return ends(base, OBJECT_SUFFIX) ?
		    sf_object_file(s, path, base, e) : 0;
	case FIELDS:
		return o != NULL && ends(base, SUFFIX) ?
		    field_file(o, path, base, e) : 0;
	case TYPES:
		return o != NULL && ends(base, SF_TYPE_SUFFIX) ?
		    sf_type_file(o, path, base, e) : 0;
	default:
		return ends(base, SF_SET_SUFFIX) ? sf_set_file(s, path, e) :
		    strcmp(base, SF_PROFILE) == 0 ?
		    sf_profile_file(s, path, e) : 0;
	}
}

static int
folder(struct sf_schema *s, const char *dir, int depth, enum pass pass,
    struct sf_fault *e)
{
	struct dirent **list;
	struct sf_object *o = NULL;
	struct stat st;
	char path[4096];
	int i, n, rc = 0;

	if (((pass == FIELDS && ends(dir, "/fields")) ||
	    (pass == TYPES && ends(dir, "/recordTypes"))) &&
	    (o = owner(s, dir, e)) == NULL)
		return -1;
	/* sorted, so that field order does not depend on the file system */
	if ((n = scandir(dir, &list, NULL, alphasort)) < 0)
		return sf_bad(e, "%s: %s", dir, strerror(errno));
	for (i = 0; i < n; i++) {
		const char *b = list[i]->d_name;

		snprintf(path, sizeof(path), "%s/%s", dir, b);
		if (rc < 0 || b[0] == '.' || stat(path, &st) < 0)
			rc = rc < 0 ? rc : 0;
		else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
			rc = folder(s, path, depth + 1, pass, e);
		else
			rc = entry(s, path, b, o, pass, e);
		free(list[i]);
	}
	free(list);
	return rc;
}

int
sf_schema_dx(struct sf_schema *s, const char *dir, char *err, size_t n)
{
	struct sf_fault e = {err, n};
	char clean[4096];
	size_t len;
	int pass, rc = 0;

	snprintf(clean, sizeof(clean), "%s", dir);
	for (len = strlen(clean); len > 1 && clean[len - 1] == '/'; len--)
		clean[len - 1] = '\0';
	for (pass = OBJECTS; pass < PASSES && rc == 0; pass++)
		rc = folder(s, clean, 0, (enum pass)pass, &e);
	return rc;
}
