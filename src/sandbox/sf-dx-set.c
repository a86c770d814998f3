/* sf-dx-set - permission sets and the user's profile, in Salesforce DX source
 * format */

#include "sf-dx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct set {
	struct sf_schema *schema;
	const char *root;	/* "/PermissionSet" or "/Profile" */
	char label[96];
	struct sf_grant now;	/* the fieldPermissions that we are in */
	int first;		/* of the set's grants */
	char type[160];		/* the recordTypeVisibilities that we are in */
	bool visible, standard;
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

/* One record type, "Account.Shop"; of objects that are not here, nothing. */
static int
visibility(struct set *t, struct sf_fault *e)
{
	char *dot = strchr(t->type, '.');
	const struct sf_object *o;
	struct sf_rtype *rt;

	if (dot == NULL)
		return sf_bad(e, "<recordType> is missing, or no "
		    "OBJECT.RECORDTYPE");
	*dot = '\0';
	if ((o = sf_object(t->schema, t->type)) == NULL)
		return 0;
	if ((rt = sf_rtype(o, dot + 1)) == NULL)
		return sf_bad(e, "%s has no record type '%s'", o->name,
		    dot + 1);
	rt->visible |= t->visible;
	if (!t->standard || strcmp(t->root, "/Profile") != 0)
		return 0;
	if (!t->visible)
		return sf_bad(e, "%s.%s is the default and not visible",
		    o->name, rt->name);
	if (sf_rtype_standard(o) != NULL)
		return sf_bad(e, "%s has two default record types", o->name);
	rt->standard = true;
	return 0;
}

/* `name` is what stands behind /PermissionSet/recordTypeVisibilities. */
static int
take_type(struct set *t, const char *name, const struct buf *text, bool yes,
    struct sf_fault *e)
{
	int rc;

	if (strcmp(name, "/recordType") == 0)
		copy(t->type, sizeof(t->type), text);
	else if (strcmp(name, "/visible") == 0)
		t->visible = yes;
	else if (strcmp(name, "/default") == 0)
		t->standard = yes;
	else if (*name == '\0') {
		rc = visibility(t, e);
		t->type[0] = '\0';
		t->visible = t->standard = false;
		return rc;
	}
	return 0;
}

static void
take_field(struct set *t, const char *name, const struct buf *text, bool yes)
{
	struct sf_schema *s = t->schema;

	if (strcmp(name, "/field") == 0) {
		grant(t, text);
	} else if (strcmp(name, "/editable") == 0) {
		t->now.edit = yes;
	} else if (strcmp(name, "/readable") == 0) {
		t->now.read = yes;
	} else if (*name == '\0') {
		s->grants = sf_xrealloc(s->grants, (size_t)(s->ngrants + 1) *
		    sizeof(*s->grants));
		s->grants[s->ngrants++] = t->now;
		memset(&t->now, 0, sizeof(t->now));
	}
}

static int
take(void *ctx, const char *path, const struct buf *text, struct sf_fault *e)
{
	struct set *t = ctx;
	bool yes = text->n == 4 && memcmp(text->p, "true", 4) == 0;
	bool set = strcmp(t->root, "/PermissionSet") == 0;
	size_t n = strlen(t->root);

	if (strncmp(path, t->root, n) != 0)
		return sf_bad(e, "this is no %s", t->root + 1);
	path += n;
	if (strncmp(path, "/recordTypeVisibilities", 23) == 0)
		return take_type(t, path + 23, text, yes, e);
	if (set && strcmp(path, "/label") == 0)
		copy(t->label, sizeof(t->label), text);
	else if (set && strncmp(path, "/fieldPermissions", 17) == 0)
		take_field(t, path + 17, text, yes);
	return 0;
}

/* Read one such file; its path is added to what is wrong. */
static int
read_set(struct set *t, const char *path, struct sf_fault *e)
{
	char why[512] = "", *text = sf_xmalloc(SF_XML_MAX + 1);
	struct sf_fault inner = {why, sizeof(why)};
	int rc = 0;

	if (sf_xml_read(path, text, &inner) < 0 ||
	    sf_xml_walk(text, take, t, &inner) < 0)
		rc = sf_bad(e, "%s: %s", path, why);
	free(text);
	return rc;
}

int
sf_set_file(struct sf_schema *s, const char *path, struct sf_fault *e)
{
	struct set t = {.schema = s, .root = "/PermissionSet",
	    .first = s->ngrants};
	int i;

	if (read_set(&t, path, e) < 0)
		return -1;
	if (t.label[0] == '\0')
		return sf_bad(e, "%s: <label> is missing", path);
	for (i = t.first; i < s->ngrants; i++)
		memcpy(s->grants[i].set, t.label, sizeof(t.label));
	return 0;
}

int
sf_profile_file(struct sf_schema *s, const char *path, struct sf_fault *e)
{
	struct set t = {.schema = s, .root = "/Profile"};

	return read_set(&t, path, e);
}
