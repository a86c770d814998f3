/* sf-dx-type - record types, in Salesforce DX source format */

#include "sf-dx.h"
#include "sf-std.h"
#include "sf-value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a RecordType file says, as text. */
struct meta {
	struct sf_object *object;
	char fullName[81], label[256], description[256], active[8];
	char process[96], picklist[96];
	struct buf values;	/* of the picklistValues that we are in */
	struct sf_choice *choices;
};

static const struct sf_member members[] = {
#define M(p, m) {p, offsetof(struct meta, m), sizeof(((struct meta *)0)->m)}
	M("/RecordType/fullName", fullName),
	M("/RecordType/label", label),
	M("/RecordType/description", description),
	M("/RecordType/active", active),
	M("/RecordType/businessProcess", process),
	M("/RecordType/picklistValues/picklist", picklist),
#undef M
};

/* Values stand there as in an address: "Proposal%2FPrice Quote". */
static void
value(struct buf *b, const struct buf *text)
{
	static const char hex[] = "0123456789ABCDEF0123456789abcdef";
	const char *high, *low;
	size_t i;

	if (b->n)
		buf_byte(b, ';');
	for (i = 0; i < text->n; i++) {
		high = low = NULL;
		if (text->p[i] == '%' && i + 2 < text->n) {
			high = memchr(hex, text->p[i + 1], 32);
			low = memchr(hex, text->p[i + 2], 32);
		}
		if (high == NULL || low == NULL || (*high == '0' &&
		    *low == '0')) {
			buf_byte(b, text->p[i]);
			continue;
		}
		buf_byte(b, (char)((high - hex) % 16 * 16 + (low - hex) % 16));
		i += 2;
	}
}

/* Every value must be one of the field, where those are known. */
static int
check_values(const struct sf_choice *c, struct sf_fault *e)
{
	int i, k;

	for (i = 0; i < c->nvalues && c->f->nvalues > 0; i++) {
		for (k = 0; k < c->f->nvalues; k++)
			if (strcmp(c->values[i], c->f->values[k]) == 0)
				break;
		if (k == c->f->nvalues)
			return sf_bad(e, "picklist %s has no value '%s'",
			    c->f->name, c->values[i]);
	}
	return 0;
}

/* One picklistValues ends. */
static int
choice(struct meta *m, struct sf_fault *e)
{
	struct sf_schema *s = m->object->schema;
	struct sf_choice *c = sf_alloc(&s->text, sizeof(*c));

	c->f = sf_field(m->object, m->picklist);
	if (c->f == NULL || (c->f->type != SF_T_PICKLIST &&
	    c->f->type != SF_T_MULTIPICKLIST))
		return sf_bad(e, "%s has no picklist '%s'", m->object->name,
		    m->picklist);
	buf_byte(&m->values, '\0');
	c->values = sf_split(s, m->values.p, ';', &c->nvalues);
	c->next = m->choices;
	m->choices = c;
	m->values.n = 0;
	m->picklist[0] = '\0';
	return check_values(c, e);
}

static int
take(void *ctx, const char *path, const struct buf *text, struct sf_fault *e)
{
	struct meta *m = ctx;

	if (strncmp(path, "/RecordType", 11) != 0)
		return sf_bad(e, "this is no RecordType");
	if (strcmp(path, "/RecordType/picklistValues/values/fullName") == 0)
		value(&m->values, text);
	else if (strcmp(path, "/RecordType/picklistValues") == 0)
		return choice(m, e);
	return sf_member_take(members, sizeof(members) / sizeof(members[0]),
	    m, path, text, e);
}

/* Letters, digits and single underscores inside, a letter first. */
static bool
developer_name(const char *s)
{
	static const char inside[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	size_t n = strlen(s);

	return n > 0 && strspn(s, inside) == n &&
	    strchr(inside + 52, s[0]) == NULL && s[n - 1] != '_' &&
	    strstr(s, "__") == NULL;
}

/* Those three have their stages or statuses by a process. */
static bool
needs_process(const struct sf_object *o)
{
	return strcmp(o->name, "Lead") == 0 || strcmp(o->name, "Case") == 0 ||
	    strcmp(o->name, "Opportunity") == 0;
}

static int
judge(const struct meta *m, const char *base, struct sf_fault *e)
{
	const struct sf_object *o = m->object;
	size_t n = strlen(m->fullName);
	long chars;

	if (!o->typed)
		return sf_bad(e, "%s cannot have record types", o->name);
	if (!developer_name(m->fullName))
		return sf_bad(e, "<fullName> '%s' is no name of a record type",
		    m->fullName);
	chars = sf_utf16_len(m->label, strlen(m->label));
	if (chars < 1 || chars > 80)
		return sf_bad(e, "<label> has 1 to 80 characters");
	if (strncmp(base, m->fullName, n) != 0 ||
	    strcmp(base + n, SF_TYPE_SUFFIX) != 0)
		return sf_bad(e, "<fullName> '%s' is not the file's name",
		    m->fullName);
	if (strcmp(m->active, "true") != 0 && strcmp(m->active, "false") != 0)
		return sf_bad(e, "<active> is neither true nor false");
	if (needs_process(o) != (m->process[0] != '\0'))
		return sf_bad(e, "a record type of %s has %s <businessProcess>",
		    o->name, needs_process(o) ? "a" : "no");
	return 0;
}

/* A campaign says which type its members have. */
static int
add_field(struct sf_object *o, struct sf_fault *e)
{
	static const struct sf_std any[] = {R("RecordTypeId", "Record Type ID",
	    "cun", "RecordType", "RecordType"), END};
	static const struct sf_std member[] = {R("RecordTypeId",
	    "Record Type ID", "n", "RecordType", "RecordType"), END};

	if (sf_field(o, "RecordTypeId") != NULL)
		return 0;
	if (o->nfields == SF_MAX_FIELDS)
		return sf_bad(e, "%s has too many fields", o->name);
	sf_add_std(o, strcmp(o->name, "CampaignMember") == 0 ? member : any);
	return 0;
}

static int
apply(const struct meta *m, const char *base, struct sf_fault *e)
{
	struct sf_schema *s = m->object->schema;
	struct sf_rtype *t;

	if (judge(m, base, e) < 0 || add_field(m->object, e) < 0)
		return -1;
	if ((t = sf_rtype(m->object, m->fullName)) == NULL)
		t = sf_rtype_add(m->object, m->fullName);
	t->label = sf_keep(s, m->label);
	t->about = m->description[0] ? sf_keep(s, m->description) : NULL;
	t->active = strcmp(m->active, "true") == 0;
	t->choices = m->choices;
	return 0;
}

int
sf_type_file(struct sf_object *o, const char *path, const char *base,
    struct sf_fault *e)
{
	char why[512] = "", *text = sf_xmalloc(SF_XML_MAX + 1);
	struct sf_fault inner = {why, sizeof(why)};
	struct meta m = {.object = o};
	int rc = 0;

	if (sf_xml_read(path, text, &inner) < 0 ||
	    sf_xml_walk(text, take, &m, &inner) < 0 ||
	    apply(&m, base, &inner) < 0)
		rc = sf_bad(e, "%s: %s", path, why);
	buf_free(&m.values);
	free(text);
	return rc;
}
