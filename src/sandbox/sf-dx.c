/* sf-dx - custom fields and permission sets from Salesforce DX source format */

#include "sf-mem.h"
#include "sf-schema.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX 262144		/* one field's file; real ones have 1 KB */
#define DEPTH_MAX 16		/* of folders, and of XML elements */
#define SUFFIX ".field-meta.xml"
#define SET_SUFFIX ".permissionset-meta.xml"

struct fault {
	char *text;
	size_t n;
};

static int bad(struct fault *e, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
bad(struct fault *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->text, e->n, fmt, ap);
	va_end(ap);
	return -1;
}

/* What a CustomField file says, as text. */
struct meta {
	char fullName[96], type[32], label[96], length[16], precision[16];
	char scale[16], externalId[8], unique[8], caseSensitive[8];
	char required[8], defaultValue[256], referenceTo[64];
	char relationshipName[64], restricted[8], deleteConstraint[16];
	struct buf values;
};

static const struct {
	const char *path;
	size_t at, size;
} members[] = {
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
#undef M
};

static int
take(void *ctx, const char *path, const struct buf *text, struct fault *e)
{
	struct meta *m = ctx;
	size_t i;

	if (strcmp(path, "/CustomField/valueSet/valueSetDefinition"
	    "/value/fullName") == 0) {
		if (m->values.n)
			buf_byte(&m->values, ';');
		buf_add(&m->values, text->p ? text->p : "", text->n);
		return 0;
	}
	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (strcmp(members[i].path, path) != 0)
			continue;
		if (text->n >= members[i].size)
			return bad(e, "<%s> is too long", path + 13);
		if (text->n)
			memcpy((char *)m + members[i].at, text->p, text->n);
		((char *)m)[members[i].at + text->n] = '\0';
	}
	return 0;
}

/* Append text with the five entities and character references resolved. */
static int
text_to(struct buf *b, const char *s, const char *end, struct fault *e)
{
	static const char *const names[] = {"amp", "lt", "gt", "quot", "apos"};
	const char *semi;
	size_t i;

	for (; s < end; s++) {
		if (*s != '&') {
			buf_byte(b, *s);
			continue;
		}
		semi = memchr(s, ';', (size_t)(end - s));
		for (i = 0; semi != NULL && i < 5; i++)
			if (strlen(names[i]) == (size_t)(semi - s - 1) &&
			    strncmp(names[i], s + 1, strlen(names[i])) == 0)
				break;
		if (semi == NULL || i == 5)
			return bad(e, "unknown entity");
		buf_byte(b, "&<>\"'"[i]);
		s = semi;
	}
	return 0;
}

static bool
name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == ':' || c == '-';
}

/* A walk through XML: where it is, and in which element. */
struct walk {
	const char *p;
	char path[512];		/* "/CustomField/label" */
	int depth, roots;
	struct buf text;	/* of the element, so far */
	/* what an element's text and place mean; the element ends there */
	int (*take)(void *ctx, const char *path, const struct buf *text,
	    struct fault *e);
	void *ctx;
	struct fault *e;
};

/* Pass a comment or a processing instruction. */
static int
pass(struct walk *w)
{
	bool prolog = w->p[1] == '?';
	const char *end = strstr(w->p, prolog ? "?>" : "-->");

	if (end == NULL)
		return bad(w->e, "comment or prolog does not end");
	w->p = end + (prolog ? 2 : 3);
	return 0;
}

static int
enter(struct walk *w, const char *name, size_t n)
{
	size_t at = strlen(w->path);

	if ((w->depth == 0 && w->roots++) || w->depth == DEPTH_MAX ||
	    at + n + 2 > sizeof(w->path))
		return bad(w->e, "more than one root, or too deep");
	w->path[at] = '/';
	memcpy(w->path + at + 1, name, n);
	w->path[at + n + 1] = '\0';
	w->depth++;
	return 0;
}

static int
leave(struct walk *w, const char *name, size_t n)
{
	size_t at = strlen(w->path);

	if (at < n + 1 || w->path[at - n - 1] != '/' ||
	    strncmp(w->path + at - n, name, n) != 0)
		return bad(w->e, "</%.*s> does not close %s", (int)n, name,
		    *w->path ? w->path : "anything");
	if (w->take(w->ctx, w->path, &w->text, w->e) < 0)
		return -1;
	w->path[at - n - 1] = '\0';
	w->depth--;
	return 0;
}

static int
tag(struct walk *w)
{
	bool end = w->p[1] == '/';
	const char *name = w->p + 1 + end, *q;
	size_t n = 0;
	int rc = 0;

	while (name_char(name[n]))
		n++;
	if (n == 0 || (q = strchr(name + n, '>')) == NULL)
		return bad(w->e, "a tag is not well-formed");
	if (end)
		rc = leave(w, name, n);
	else if (q[-1] != '/')
		rc = enter(w, name, n);
	w->text.n = 0;
	w->p = q + 1;
	return rc;
}

static int
text(struct walk *w)
{
	size_t n = strcspn(w->p, "<");
	const char *from = w->p;

	w->p += n;
	if (w->depth == 0)		/* a byte order mark and blanks */
		return strspn(from, " \t\r\n\xef\xbb\xbf") < n ?
		    bad(w->e, "text outside of the root element") : 0;
	return text_to(&w->text, from, from + n, w->e);
}

/*
 * Walk the XML: enough of it for metadata files (prolog, comments, elements,
 * attributes that are skipped, text), strict about nesting.
 */
static int
walk(const char *p, int (*take_)(void *ctx, const char *path,
    const struct buf *text, struct fault *e), void *ctx, struct fault *e)
{
	struct walk w = {.p = p, .take = take_, .ctx = ctx, .e = e};
	int rc = 0;

	while (rc == 0 && *w.p) {
		if (*w.p != '<')
			rc = text(&w);
		else if (w.p[1] == '?' || strncmp(w.p, "<!--", 4) == 0)
			rc = pass(&w);
		else
			rc = tag(&w);
	}
	if (rc == 0 && w.depth != 0)
		rc = bad(e, "%s is not closed", w.path);
	if (rc == 0 && w.roots == 0)
		rc = bad(e, "no XML here");
	buf_free(&w.text);
	return rc;
}

static int
number(const char *s, int low, int high, int *v, const char *what,
    struct fault *e)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (*s == '\0' || *end != '\0' || n < low || n > high)
		return bad(e, "<%s> must be a number from %d to %d, not '%s'",
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
};

static int
sizes(const struct meta *m, struct sf_field *f, size_t t, struct fault *e)
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

static int
reference(const struct meta *m, struct sf_field *f, struct fault *e)
{
	char name[128];
	size_t n = strlen(m->fullName);

	if (m->referenceTo[0] == '\0' || m->relationshipName[0] == '\0')
		return bad(e, "a Lookup needs <referenceTo> and "
		    "<relationshipName>");
	sf_targets(f, m->referenceTo);
	snprintf(name, sizeof(name), "%.*s__r", (int)n - 3, m->fullName);
	f->relation = sf_keep(f->object->schema, name);
	if (strcmp(m->deleteConstraint, "Cascade") == 0)
		f->flags |= SF_CASCADE;
	if (strcmp(m->deleteConstraint, "Restrict") == 0)
		f->flags |= SF_RESTRICT;
	return 0;
}

static bool
yes(const char *s)
{
	return strcmp(s, "true") == 0;
}

static int
fill(const struct meta *m, struct sf_field *f, struct fault *e)
{
	size_t t;

	for (t = 0; t < sizeof(types) / sizeof(types[0]); t++)
		if (strcmp(types[t].meta, m->type) == 0)
			break;
	if (t == sizeof(types) / sizeof(types[0]))
		return bad(e, "<type> '%s' is not known here", m->type);
	if (m->label[0] == '\0')
		return bad(e, "<label> is missing");
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
		return bad(e, "a %s can be neither unique nor external id",
		    m->type);
	if (yes(m->restricted))
		f->flags |= SF_RESTRICTED;
	if (m->values.n)
		sf_values(f, m->values.p);
	if (f->type == SF_T_BOOLEAN && m->defaultValue[0] == '\0')
		return bad(e, "a Checkbox needs <defaultValue>");
	if (m->defaultValue[0] != '\0') {
		f->defvalue = sf_keep(f->object->schema, m->defaultValue);
		f->flags |= SF_DEFAULTED;
	}
	return f->type == SF_T_REFERENCE ? reference(m, f, e) : 0;
}

/* Judge one file's metadata and give it to its object. */
static int
apply(struct sf_object *o, const struct meta *m, const char *base,
    struct fault *e)
{
	struct sf_field *f;
	size_t n = strlen(m->fullName);

	if (n == 0 || m->type[0] == '\0')
		return bad(e, "<fullName> or <type> is missing");
	if (strncmp(base, m->fullName, n) != 0 ||
	    strcmp(base + n, SUFFIX) != 0)
		return bad(e, "<fullName> '%s' is not the file's name",
		    m->fullName);
	if (n < 4 || strcmp(m->fullName + n - 3, "__c") != 0)
		return bad(e, "'%s' does not end with __c", m->fullName);
	if (sf_field(o, m->fullName) != NULL)
		return bad(e, "%s.%s is there already", o->name, m->fullName);
	if ((f = sf_field_add(o, m->fullName)) == NULL)
		return bad(e, "%s has too many fields", o->name);
	return fill(m, f, e);
}

static int
read_file(const char *path, char *text, struct fault *e)
{
	FILE *fp = fopen(path, "rb");
	size_t n;

	if (fp == NULL)
		return bad(e, "%s", strerror(errno));
	n = fread(text, 1, FILE_MAX, fp);
	text[n] = '\0';
	fclose(fp);
	if (n == FILE_MAX || strlen(text) != n)
		return bad(e, "larger than %d bytes, or not text", FILE_MAX);
	return 0;
}

static int
field_file(struct sf_object *o, const char *path, const char *base,
    struct fault *e)
{
	char why[512] = "", *text = sf_xmalloc(FILE_MAX + 1);
	struct fault inner = {why, sizeof(why)};
	struct meta m;
	int rc = 0;

	memset(&m, 0, sizeof(m));
	if (read_file(path, text, &inner) < 0 || walk(text, take, &m, &inner) < 0 ||
	    apply(o, &m, base, &inner) < 0)
		rc = bad(e, "%s: %s", path, why);
	buf_free(&m.values);
	free(text);
	return rc;
}

/* --- permission sets --- */

struct set {
	struct sf_schema *schema;
	char label[96];
	struct sf_grant now;	/* the fieldPermissions that we are in */
	int first;		/* of the set's grants */
};

static void
copy(char *to, size_t size, const struct buf *text)
{
	snprintf(to, size, "%.*s", (int)text->n, text->p ? text->p : "");
}

/* "Order.Magento_Id__c" ends with its element. */
static void
grant(struct set *t, const struct buf *text)
{
	const char *dot = memchr(text->p ? text->p : "", '.', text->n);

	if (dot == NULL)
		return;
	snprintf(t->now.object, sizeof(t->now.object), "%.*s",
	    (int)(dot - text->p), text->p);
	snprintf(t->now.field, sizeof(t->now.field), "%.*s",
	    (int)(text->p + text->n - dot - 1), dot + 1);
}

static int
take_set(void *ctx, const char *path, const struct buf *text,
    struct fault *e)
{
	struct set *t = ctx;
	struct sf_schema *s = t->schema;
	bool yes_ = text->n == 4 && memcmp(text->p, "true", 4) == 0;

	if (strncmp(path, "/PermissionSet", 14) != 0)
		return bad(e, "this is no PermissionSet");
	if (strcmp(path, "/PermissionSet/label") == 0) {
		copy(t->label, sizeof(t->label), text);
	} else if (strcmp(path, "/PermissionSet/fieldPermissions/field") == 0) {
		grant(t, text);
	} else if (strcmp(path, "/PermissionSet/fieldPermissions/editable") ==
	    0) {
		t->now.edit = yes_;
	} else if (strcmp(path, "/PermissionSet/fieldPermissions/readable") ==
	    0) {
		t->now.read = yes_;
	} else if (strcmp(path, "/PermissionSet/fieldPermissions") == 0) {
		s->grants = sf_xrealloc(s->grants, (size_t)(s->ngrants + 1) *
		    sizeof(*s->grants));
		s->grants[s->ngrants++] = t->now;
		memset(&t->now, 0, sizeof(t->now));
	}
	return 0;
}

static int
set_file(struct sf_schema *s, const char *path, struct fault *e)
{
	char why[512] = "", *text = sf_xmalloc(FILE_MAX + 1);
	struct fault inner = {why, sizeof(why)};
	struct set t = {.schema = s, .first = s->ngrants};
	int rc = 0, i;

	if (read_file(path, text, &inner) < 0 ||
	    walk(text, take_set, &t, &inner) < 0)
		rc = bad(e, "%s: %s", path, why);
	else if (t.label[0] == '\0')
		rc = bad(e, "%s: <label> is missing", path);
	for (i = t.first; i < s->ngrants; i++)
		memcpy(s->grants[i].set, t.label, sizeof(t.label));
	free(text);
	return rc;
}

static bool
ends(const char *name, const char *suffix)
{
	size_t n = strlen(name), s = strlen(suffix);

	return n > s && strcmp(name + n - s, suffix) == 0;
}

/* The object that .../objects/NAME/fields belongs to. */
static struct sf_object *
owner(const struct sf_schema *s, const char *dir, struct fault *e)
{
	const char *end = strrchr(dir, '/'), *p;
	struct sf_object *o;
	char name[64];

	for (p = end; p > dir && p[-1] != '/'; p--)
		;
	snprintf(name, sizeof(name), "%.*s", (int)(end - p), p);
	if ((o = sf_object(s, name)) == NULL)
		bad(e, "%s: no object '%s' in this org", dir, name);
	return o;
}

static int
folder(struct sf_schema *s, const char *dir, int depth, struct fault *e)
{
	struct dirent **list;
	struct sf_object *o = NULL;
	struct stat st;
	char path[4096];
	size_t len = strlen(dir);
	int i, n, rc = 0;
	bool fields = len > 7 && strcmp(dir + len - 7, "/fields") == 0;

	if (fields && (o = owner(s, dir, e)) == NULL)
		return -1;
	/* sorted, so that field order does not depend on the file system */
	if ((n = scandir(dir, &list, NULL, alphasort)) < 0)
		return bad(e, "%s: %s", dir, strerror(errno));
	for (i = 0; i < n; i++) {
		const char *b = list[i]->d_name;

		snprintf(path, sizeof(path), "%s/%s", dir, b);
		if (rc < 0 || b[0] == '.' || stat(path, &st) < 0)
			rc = rc < 0 ? rc : 0;
		else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
			rc = folder(s, path, depth + 1, e);
		else if (fields && ends(b, SUFFIX))
			rc = field_file(o, path, b, e);
		else if (ends(b, SET_SUFFIX))
			rc = set_file(s, path, e);
		free(list[i]);
	}
	free(list);
	return rc;
}

int
sf_schema_dx(struct sf_schema *s, const char *dir, char *err, size_t n)
{
	struct fault e = {err, n};
	char clean[4096];
	size_t len;

	snprintf(clean, sizeof(clean), "%s", dir);
	for (len = strlen(clean); len > 1 && clean[len - 1] == '/'; len--)
		clean[len - 1] = '\0';
	return folder(s, clean, 0, &e);
}
