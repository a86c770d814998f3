/* sf-describe - describe, global and of one object */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sf-api.h"

static const char *
yes(bool v)
{
	return v ? "true" : "false";
}

/* Members that both describes have, in the order of real answers. */
static void
entry(struct sf_http *h, const struct sf_object *o, struct buf *b)
{
	bool c = o->creatable, u = o->updatable, d = o->deletable;

	buf_fmt(b, "\"activateable\":false,\"createable\":%s,\"custom\":%s,"
	    "\"customSetting\":false,\"deletable\":%s,"
	    "\"deprecatedAndHidden\":false,\"feedEnabled\":%s,"
	    "\"hasSubtypes\":false,\"isSubtype\":false,\"keyPrefix\":\"%s\",",
	    yes(c), yes(o->custom), yes(d), yes(c), o->prefix);
	buf_fmt(b, "\"label\":\"%s\",\"labelPlural\":\"%s\","
	    "\"layoutable\":%s,\"mergeable\":false,\"mruEnabled\":%s,"
	    "\"name\":\"%s\",\"queryable\":true,\"replicateable\":%s,"
	    "\"retrieveable\":true,\"searchable\":%s,\"triggerable\":%s,"
	    "\"undeletable\":%s,\"updateable\":%s,", o->label, o->plural,
	    yes(c), yes(c), o->name, yes(c), yes(c), yes(c),
	    yes(o->undeletable), yes(u));
	buf_fmt(b, "\"urls\":{\"rowTemplate\":\"/services/data/v%s/sobjects/%s"
	    "/{ID}\",\"describe\":\"/services/data/v%s/sobjects/%s/describe\","
	    "\"sobject\":\"/services/data/v%s/sobjects/%s\"}", h->version,
	    o->name, h->version, o->name, h->version, o->name);
}

/* Begin an answer; NULL: 304, the client has it already.  Metadata is as old
 * as the program: it changes with a restart alone. */
static struct buf *
modified(struct sf_http *h)
{
	const char *since = sf_header(h, "If-Modified-Since");
	time_t changed = (time_t)(h->org->started / 1000);
	struct tm tm = {0};
	struct buf *b;
	char text[40];

	if (since != NULL && strptime(since, "%a, %d %b %Y %H:%M:%S",
	    &tm) != NULL && changed <= timegm(&tm)) {
		sf_ok(h, 304);
		return NULL;
	}
	b = sf_ok(h, 200);
	gmtime_r(&changed, &tm);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	sf_reply_header(h, "Last-Modified", text);
	return b;
}

void
sf_describe_global(struct sf_http *h)
{
	struct buf *b;
	const struct sf_object *o;
	int i, n = 0;

	if ((b = modified(h)) == NULL)
		return;

	buf_str(b, "{\"encoding\":\"UTF-8\",\"maxBatchSize\":200,"
	    "\"sobjects\":[");
	for (i = 0; i < h->org->schema->nobjects; i++) {
		o = h->org->schema->objects[i];
		if (o->hidden || o->tooling)
			continue;
		buf_str(b, n++ ? ",{" : "{");
		entry(h, o, b);
		buf_byte(b, '}');
	}
	buf_str(b, "]}");
}

static const char *
soap_type(const struct sf_field *f)
{
	switch (f->type) {
	case SF_T_ID:
	case SF_T_REFERENCE:
		return "tns:ID";
	case SF_T_BOOLEAN:
		return "xsd:boolean";
	case SF_T_INT:
		return "xsd:int";
	case SF_T_DOUBLE:
	case SF_T_CURRENCY:
	case SF_T_PERCENT:
		return "xsd:double";
	case SF_T_DATE:
		return "xsd:date";
	case SF_T_DATETIME:
		return "xsd:dateTime";
	case SF_T_TIME:
		return "xsd:time";
	case SF_T_ADDRESS:
		return "urn:address";
	case SF_T_LOCATION:
		return "urn:location";
	case SF_T_BASE64:
		return "xsd:base64Binary";
	default:
		return "xsd:string";
	}
}

static void
picklist(const struct sf_field *f, struct buf *b)
{
	int i;

	buf_str(b, "\"picklistValues\":[");
	for (i = 0; i < f->nvalues; i++) {
		buf_fmt(b, "%s{\"active\":true,\"defaultValue\":%s,"
		    "\"label\":", i ? "," : "", yes(f->defvalue &&
		    strcmp(f->defvalue, f->values[i]) == 0));
		sf_json(b, f->values[i]);
		buf_str(b, ",\"validFor\":null,\"value\":");
		sf_json(b, f->values[i]);
		buf_byte(b, '}');
	}
	buf_str(b, "],");
}

static void
text_or_null(struct buf *b, const char *name, const char *value)
{
	buf_fmt(b, "\"%s\":", name);
	if (value)
		sf_json(b, value);
	else
		buf_str(b, "null");
	buf_byte(b, ',');
}

static void
targets(const struct sf_field *f, struct buf *b)
{
	int i;

	buf_str(b, "\"referenceTo\":[");
	for (i = 0; i < f->ntargets; i++)
		buf_fmt(b, "%s\"%s\"", i ? "," : "", f->targets[i]);
	buf_str(b, "],");
	text_or_null(b, "relationshipName", f->relation);
}

static void
default_value(const struct sf_field *f, struct buf *b)
{
	if (f->type == SF_T_BOOLEAN)
		buf_fmt(b, "\"defaultValue\":%s,",
		    yes(f->defvalue && strcmp(f->defvalue, "true") == 0));
	else
		text_or_null(b, "defaultValue", f->nvalues ? NULL :
		    f->defvalue);
}

static void
field(const struct sf_field *f, struct buf *b)
{
	bool text = f->type >= SF_T_STRING && f->type <= SF_T_MULTIPICKLIST;
	bool filter = sf_filterable(f);

#define HAS(flag) yes((f->flags & (flag)) != 0)
	buf_fmt(b, "{\"aggregatable\":%s,\"aiPredictionField\":false,"
	    "\"autoNumber\":%s,\"byteLength\":%d,\"calculated\":false,"
	    "\"calculatedFormula\":null,\"cascadeDelete\":false,"
	    "\"caseSensitive\":%s,\"compoundFieldName\":null,"
	    "\"controllerName\":null,\"createable\":%s,\"custom\":%s,",
	    yes(filter && f->type != SF_T_BOOLEAN), HAS(SF_AUTONUMBER),
	    text || f->length ? f->length * (text ? 3 : 1) : 0,
	    HAS(SF_CASESENSITIVE), HAS(SF_CREATE), HAS(SF_CUSTOM));
	default_value(f, b);
	buf_fmt(b, "\"defaultValueFormula\":null,\"defaultedOnCreate\":%s,"
	    "\"dependentPicklist\":false,\"deprecatedAndHidden\":false,"
	    "\"digits\":%d,\"displayLocationInDecimal\":false,"
	    "\"encrypted\":false,\"externalId\":%s,\"extraTypeInfo\":null,"
	    "\"filterable\":%s,\"filteredLookupInfo\":null,"
	    "\"formulaTreatNullNumberAsZero\":false,\"groupable\":%s,"
	    "\"highScaleNumber\":false,\"htmlFormatted\":false,"
	    "\"idLookup\":%s,\"inlineHelpText\":null,", HAS(SF_DEFAULTED),
	    f->type == SF_T_INT ? 9 : 0, HAS(SF_EXTERNALID), yes(filter),
	    yes(sf_groupable(f)),
	    HAS(SF_IDLOOKUP));
	text_or_null(b, "label", f->label);
	buf_fmt(b, "\"length\":%d,\"mask\":null,\"maskType\":null,"
	    "\"name\":\"%s\",\"nameField\":%s,\"namePointing\":false,"
	    "\"nillable\":%s,\"permissionable\":%s,", f->length, f->name,
	    HAS(SF_NAMEFIELD), HAS(SF_NILLABLE),
	    yes((f->flags & SF_CREATE) && (f->flags & SF_NILLABLE)));
	picklist(f, b);
	buf_fmt(b, "\"polymorphicForeignKey\":%s,\"precision\":%d,"
	    "\"queryByDistance\":false,\"referenceTargetField\":null,",
	    yes(f->ntargets > 1), f->precision);
	targets(f, b);
	buf_fmt(b, "\"relationshipOrder\":null,\"restrictedDelete\":%s,"
	    "\"restrictedPicklist\":%s,\"scale\":%d,"
	    "\"searchPrefilterable\":false,\"soapType\":\"%s\","
	    "\"sortable\":%s,\"type\":\"%s\",\"unique\":%s,"
	    "\"updateable\":%s,\"writeRequiresMasterRead\":false}",
	    HAS(SF_RESTRICT), HAS(SF_RESTRICTED), f->scale, soap_type(f),
	    yes(filter), sf_type_name(f->type), HAS(SF_UNIQUE),
	    HAS(SF_UPDATE));
#undef HAS
}

static void
children(const struct sf_object *o, struct buf *b)
{
	const struct sf_field *f;
	int i, n = 0;

	buf_str(b, "\"childRelationships\":[");
	for (i = 0; i < o->nrefs; i++) {
		f = o->refs[i];
		if (f->flags & SF_HIDDEN || f->object->hidden)
			continue;
		buf_fmt(b, "%s{\"cascadeDelete\":%s,\"childSObject\":\"%s\","
		    "\"deprecatedAndHidden\":false,\"field\":\"%s\","
		    "\"junctionIdListNames\":[],"
		    "\"junctionReferenceTo\":[],", n++ ? "," : "",
		    yes(f->flags & SF_CASCADE), f->object->name, f->name);
		text_or_null(b, "relationshipName", f->children);
		buf_fmt(b, "\"restrictedDelete\":%s}",
		    yes(f->flags & SF_RESTRICT));
	}
	buf_str(b, "],");
}

static void
master_type(struct buf *b, bool first, bool standard)
{
	buf_fmt(b, "%s{\"active\":true,\"available\":true,"
	    "\"defaultRecordTypeMapping\":%s,\"developerName\":\"Master\","
	    "\"master\":true,\"name\":\"Master\",\"recordTypeId\":"
	    "\"012000000000000AAA\",\"urls\":{}}", first ? "" : ",",
	    yes(standard));
}

static void
record_types(struct sf_http *h, const struct sf_object *o, struct buf *b)
{
	const struct sf_schema *s = h->org->schema;
	const struct sf_rtype *t;
	char id[19];
	int i, n = 0;

	buf_str(b, "\"recordTypeInfos\":[");
	for (i = 0; i < s->ntypes; i++) {
		if ((t = s->types[i])->object != o)
			continue;
		sf_id_write(h->org, t->id, id);
		buf_fmt(b, "%s{\"active\":%s,\"available\":%s,"
		    "\"defaultRecordTypeMapping\":%s,\"developerName\":"
		    "\"%s\",\"master\":false,\"name\":", n++ ? "," : "",
		    yes(t->active), yes(sf_rtype_available(t)),
		    yes(t->standard), t->name);
		sf_json(b, t->label);
		buf_fmt(b, ",\"recordTypeId\":\"%s\",\"urls\":{}}", id);
	}
	master_type(b, n == 0, sf_rtype_standard(o) == NULL);
	buf_str(b, "],");
}

void
sf_describe_object(struct sf_http *h, const struct sf_object *o)
{
	struct buf *b;
	int i, n = 0;

	if (!sf_reads(h) || (b = modified(h)) == NULL)
		return;
	buf_str(b, "{\"actionOverrides\":[],");
	children(o, b);
	buf_str(b, "\"compactLayoutable\":true,\"fields\":[");
	for (i = 0; i < o->nfields; i++) {
		if (o->fields[i]->flags & SF_HIDDEN)
			continue;
		if (n++)
			buf_byte(b, ',');
		field(o->fields[i], b);
	}
	buf_str(b, "],\"namedLayoutInfos\":[],\"networkScopeFieldName\":null,");
	record_types(h, o, b);
	buf_str(b, "\"searchLayoutable\":true,\"supportedScopes\":[],");
	entry(h, o, b);
	buf_byte(b, '}');
}

void
sf_object_info(struct sf_http *h, const struct sf_object *o)
{
	struct buf *b = sf_ok(h, 200);

	buf_str(b, "{\"objectDescribe\":{");
	entry(h, o, b);
	buf_str(b, "},\"recentItems\":[]}");
}
