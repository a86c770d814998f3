/* sf-seed - the records that a new org has */

#include <err.h>
#include <stdio.h>
#include <string.h>

#include "sf-org.h"

/* One record a line: object, then field=value, all cut at '|'. */
static const char *const seeds[] = {
	"Organization|Name=Millrace Sandbox|OrganizationType=Developer Edition"
	    "|InstanceName=MLR1|IsSandbox=false|LanguageLocaleKey=en_US"
	    "|DefaultLocaleSidKey=en_US|TimeZoneSidKey=Europe/London"
	    "|FiscalYearStartMonth=1|Country=GB",
	"User|Username=integration@millrace.test|LastName=Integration"
	    "|FirstName=Millrace|Name=Millrace Integration"
	    "|Email=integration@millrace.test|Alias=mill|IsActive=true"
	    "|CommunityNickname=integration|TimeZoneSidKey=Europe/London"
	    "|LocaleSidKey=en_US|LanguageLocaleKey=en_US"
	    "|EmailEncodingKey=UTF-8|UserType=Standard",
	"User|Username=former@millrace.test|LastName=Former|FirstName=Frieda"
	    "|Name=Frieda Former|Email=former@millrace.test|Alias=former"
	    "|IsActive=false|CommunityNickname=former"
	    "|TimeZoneSidKey=Europe/London|LocaleSidKey=en_US"
	    "|LanguageLocaleKey=en_US|EmailEncodingKey=UTF-8"
	    "|UserType=Standard",
	"Pricebook2|Name=Standard Price Book|IsStandard=true|IsActive=false",
	"OrderStatus|ApiName=Draft|MasterLabel=Draft|SortOrder=1"
	    "|StatusCode=Draft|IsDefault=true",
	"OrderStatus|ApiName=On Hold|MasterLabel=On Hold|SortOrder=2"
	    "|StatusCode=Draft",
	"OrderStatus|ApiName=Activated|MasterLabel=Activated|SortOrder=3"
	    "|StatusCode=Activated",
	"OrderStatus|ApiName=Processing|MasterLabel=Processing|SortOrder=4"
	    "|StatusCode=Activated",
	"OrderStatus|ApiName=Completed|MasterLabel=Completed|SortOrder=5"
	    "|StatusCode=Activated",
	"OrderStatus|ApiName=Cancelled|MasterLabel=Cancelled|SortOrder=6"
	    "|StatusCode=Activated",
	"OpportunityStage|ApiName=Prospecting|SortOrder=1|IsActive=true"
	    "|DefaultProbability=10|ForecastCategoryName=Pipeline",
	"OpportunityStage|ApiName=Qualification|SortOrder=2|IsActive=true"
	    "|DefaultProbability=10|ForecastCategoryName=Pipeline",
	"OpportunityStage|ApiName=Needs Analysis|SortOrder=3|IsActive=true"
	    "|DefaultProbability=20|ForecastCategoryName=Pipeline",
	"OpportunityStage|ApiName=Value Proposition|SortOrder=4|IsActive=true"
	    "|DefaultProbability=50|ForecastCategoryName=Pipeline",
	"OpportunityStage|ApiName=Id. Decision Makers|SortOrder=5"
	    "|IsActive=true|DefaultProbability=60"
	    "|ForecastCategoryName=Pipeline",
	"OpportunityStage|ApiName=Perception Analysis|SortOrder=6"
	    "|IsActive=true|DefaultProbability=70"
	    "|ForecastCategoryName=Pipeline",
	"OpportunityStage|ApiName=Proposal/Price Quote|SortOrder=7"
	    "|IsActive=true|DefaultProbability=75"
	    "|ForecastCategoryName=Pipeline",
	"OpportunityStage|ApiName=Negotiation/Review|SortOrder=8"
	    "|IsActive=true|DefaultProbability=90"
	    "|ForecastCategoryName=Pipeline",
	"OpportunityStage|ApiName=Closed Won|SortOrder=9|IsActive=true"
	    "|IsClosed=true|IsWon=true|DefaultProbability=100"
	    "|ForecastCategoryName=Closed",
	"OpportunityStage|ApiName=Closed Lost|SortOrder=10|IsActive=true"
	    "|IsClosed=true|DefaultProbability=0"
	    "|ForecastCategoryName=Omitted",
};

static void
put(struct sf_row *r, const char *text, size_t n, struct sf_arena *a)
{
	const char *eq = memchr(text, '=', n);
	const struct sf_field *f = sf_field_n(r->o, text,
	    (size_t)(eq - text));
	struct sf_err e;

	if (f == NULL || sf_value_csv(f, eq + 1, n - (size_t)(eq + 1 - text),
	    a, &r->v[f->index], &e) < 0)
		errx(3, "seed '%.*s' does not suit the schema", (int)n, text);
}

static void
stamps(struct sf_org *org, struct sf_row *r)
{
	static const char *const when[] = {"CreatedDate", "LastModifiedDate",
	    "SystemModstamp"};
	static const char *const who[] = {"CreatedById", "LastModifiedById"};
	int64_t now = sf_now();
	int i;

	for (i = 0; i < 3; i++) {
		sf_at(r, when[i])->kind = SF_INT;
		sf_at(r, when[i])->i = now;
	}
	for (i = 0; i < 2; i++) {
		sf_at(r, who[i])->kind = SF_INT;
		sf_at(r, who[i])->i = org->user;
	}
}

static int64_t
first(const struct sf_org *org, const char *object)
{
	return (int64_t)sf_object(org->schema, object)->num << 40 | 1;
}

static int64_t
seed(struct sf_org *org, const char *line, const char *lookup,
    int64_t parent, struct sf_arena *a)
{
	struct sf_row *r = sf_alloc(a, sizeof(*r));
	const char *p = line + strcspn(line, "|"), *q;
	char object[32] = "";
	int i;

	strncat(object, line, (size_t)(p - line));
	r->o = sf_object(org->schema, object);
	for (i = 0; i < r->o->nfields; i++) {
		r->v[i].kind = r->o->fields[i]->type == SF_T_BOOLEAN ?
		    SF_INT : SF_NULL;
		r->v[i].i = 0;
	}
	for (; *p == '|'; p = q) {
		q = p + 1 + strcspn(p + 1, "|");
		put(r, p + 1, (size_t)(q - p - 1), a);
	}
	if (strcmp(object, "OpportunityStage") == 0) {
		*sf_at(r, "MasterLabel") = *sf_at(r, "ApiName");
		*sf_at(r, "ForecastCategory") = *sf_at(r,
		    "ForecastCategoryName");
	}
	if (strcmp(object, "Pricebook2") == 0)
		sf_at(r, "IsActive")->i = org->set.standard_active;
	if (strcmp(object, "User") == 0) {
		sf_at(r, "ProfileId")->kind = SF_INT;
		sf_at(r, "ProfileId")->i = first(org, "Profile");
	}
	if (parent != 0) {
		sf_at(r, lookup)->kind = SF_INT;
		sf_at(r, lookup)->i = parent;
	}
	stamps(org, r);
	parent = sf_add(org, r);
	sf_arena_reset(a);
	return parent;
}

static int64_t
permission_set(struct sf_org *org, const char *label, int64_t profile,
    struct sf_arena *a)
{
	char line[512];

	snprintf(line, sizeof(line), "PermissionSet|Name=%s|Label=%s"
	    "|IsOwnedByProfile=%s", label, label, profile ? "true" : "false");
	return seed(org, line, "ProfileId", profile, a);
}

static void
permission(struct sf_org *org, int64_t set, const char *object,
    const char *field, bool edit, struct sf_arena *a)
{
	char line[512];

	snprintf(line, sizeof(line), "FieldPermissions|SobjectType=%s"
	    "|Field=%s.%s|PermissionsRead=true|PermissionsEdit=%s", object,
	    object, field, edit ? "true" : "false");
	seed(org, line, "ParentId", set, a);
}

/* The administrator's profile grants the standard fields that may be hidden
 * at all. */
static void
seed_profile(struct sf_org *org, struct sf_arena *a)
{
	const unsigned can = SF_CREATE | SF_NILLABLE;
	int64_t licence = seed(org, "UserLicense|Name=Salesforce"
	    "|MasterLabel=Salesforce|LicenseDefinitionKey=SFDC"
	    "|Status=Active", NULL, 0, a);
	int64_t set = permission_set(org, "System Administrator", seed(org,
	    "Profile|Name=System Administrator", "UserLicenseId", licence, a),
	    a);
	const struct sf_object *o;
	int i, k;

	for (i = 0; i < org->schema->nobjects; i++)
		for (o = org->schema->objects[i], k = 0; k < o->nfields; k++)
			if (o->creatable && !(o->fields[k]->flags &
			    SF_CUSTOM) && (o->fields[k]->flags & can) == can)
				permission(org, set, o->name,
				    o->fields[k]->name, true, a);
}

/* What the schema's permission sets grant. */
static void
seed_grants(struct sf_org *org, struct sf_arena *a)
{
	const struct sf_schema *s = org->schema;
	const struct sf_grant *g;
	int64_t set = 0;
	int i;

	for (i = 0; i < s->ngrants; i++) {
		g = &s->grants[i];
		if (i == 0 || strcmp(g->set, g[-1].set) != 0)
			set = permission_set(org, g->set, 0, a);
		if (g->read)
			permission(org, set, g->object, g->field, g->edit, a);
	}
}

/* X__c has a row of its own; a person's X__pc and the parts of a place are
 * parts of other fields. */
static bool
own_custom(const struct sf_field *f)
{
	size_t n = strlen(f->name);

	return f->flags & SF_CUSTOM && strcmp(f->name + n - 3, "__c") == 0;
}

/* Tooling's rows of the custom fields. */
static void
seed_custom(struct sf_org *org, struct sf_arena *a)
{
	const struct sf_object *o;
	char line[512];
	int i, k;

	for (i = 0; i < org->schema->nobjects; i++)
		for (o = org->schema->objects[i], k = 0; k < o->nfields; k++) {
			if (!own_custom(o->fields[k]))
				continue;
			snprintf(line, sizeof(line), "CustomField"
			    "|TableEnumOrId=%s|DeveloperName=%.*s", o->name,
			    (int)strlen(o->fields[k]->name) - 3,
			    o->fields[k]->name);
			seed(org, line, NULL, 0, a);
		}
}

/* Is there a row of EntityDefinition for each object, and none besides? */
static bool
entities_fit(struct sf_org *org, struct sf_arena *a)
{
	const struct sf_object *e = sf_object(org->schema, "EntityDefinition");
	struct sf_row *r = sf_alloc(a, sizeof(*r));
	int64_t last = 0;
	char name[96];
	int n = 0;

	for (; sf_next(org, e, last, a, r); last = r->id) {
		const struct sf_val *v = sf_at(r, "QualifiedApiName");

		snprintf(name, sizeof(name), "%.*s", (int)v->n, v->s);
		if (!r->dead && sf_object(org->schema, name) == NULL)
			return false;
		n += !r->dead;
	}
	return n == org->schema->nobjects;
}

/*
 * What objects there are, which SFDMU asks by a query: written anew when the
 * schema has other ones than the state file.  A '|' ends a label.
 */
static void
seed_entities(struct sf_org *org, struct sf_arena *a)
{
	const struct sf_object *o;
	char line[512];
	int i;

	if (entities_fit(org, a))
		return;
	sf_purge(org, sf_object(org->schema, "EntityDefinition"));
	for (i = 0; i < org->schema->nobjects; i++) {
		o = org->schema->objects[i];
		snprintf(line, sizeof(line), "EntityDefinition"
		    "|QualifiedApiName=%s|DeveloperName=%.*s|Label=%.*s"
		    "|PluralLabel=%.*s|KeyPrefix=%s|IsQueryable=true",
		    o->name, (int)(strlen(o->name) - (o->custom ? 3 : 0)),
		    o->name, (int)strcspn(o->label, "|"), o->label,
		    (int)strcspn(o->plural, "|"), o->plural, o->prefix);
		seed(org, line, NULL, 0, a);
	}
}

/* A status object has a row for each value of the picklist. */
static void
seed_statuses(struct sf_org *org, struct sf_arena *a)
{
	static const struct { const char *of, *object, *flag, *set; } all[] = {
		{"Lead", "LeadStatus", "IsConverted", "Closed - Converted"},
		{"Case", "CaseStatus", "IsClosed", "Closed"},
		{"Task", "TaskStatus", "IsClosed", "Completed"}};
	const struct sf_field *f;
	char line[256];
	size_t k;
	int i;

	for (k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
		f = sf_field(sf_object(org->schema, all[k].of), "Status");
		for (i = 0; i < f->nvalues; i++) {
			const char *v = f->values[i];

			snprintf(line, sizeof(line), "%s|ApiName=%s"
			    "|MasterLabel=%s|SortOrder=%d|IsDefault=%s|%s=%s",
			    all[k].object, v, v, i + 1, strcmp(v,
			    f->defvalue) == 0 ? "true" : "false", all[k].flag,
			    strcmp(v, all[k].set) == 0 ? "true" : "false");
			seed(org, line, NULL, 0, a);
		}
	}
}

/* The corporate currency is the first. */
static void
seed_currencies(struct sf_org *org, struct sf_arena *a)
{
	const char *p = org->schema->currencies;
	char line[128];

	for (; p != NULL && *p; p += 3 + (p[3] == ';')) {
		snprintf(line, sizeof(line), "CurrencyType|IsoCode=%.3s"
		    "|ConversionRate=1|DecimalPlaces=2|IsActive=true"
		    "|IsCorporate=%s", p,
		    p == org->schema->currencies ? "true" : "false");
		seed(org, line, NULL, 0, a);
	}
}

/* --- record types: those of the schema, in an old org as well --- */

static bool
same_text(const struct sf_val *v, const char *text)
{
	return v->kind == SF_TEXT ? text != NULL && strlen(text) == v->n &&
	    memcmp(v->s, text, v->n) == 0 : text == NULL;
}

static void
set_text(struct sf_row *r, const char *field, const char *text)
{
	struct sf_val *v = sf_at(r, field);

	v->kind = text ? SF_TEXT : SF_NULL;
	v->s = text;
	v->n = text ? strlen(text) : 0;
}

/* The record of `t`, or a new one. */
static int64_t
type_record(struct sf_org *org, const struct sf_rtype *t, struct sf_arena *a)
{
	struct sf_row *r = sf_alloc(a, sizeof(*r));
	const struct sf_object *o = sf_object(org->schema, "RecordType");
	int64_t last = 0;
	char line[256];

	for (; sf_next(org, o, last, a, r); last = r->id)
		if (same_text(sf_at(r, "DeveloperName"), t->name) &&
		    same_text(sf_at(r, "SobjectType"), t->object->name))
			return r->id;
	snprintf(line, sizeof(line), "RecordType|DeveloperName=%s"
	    "|SobjectType=%s", t->name, t->object->name);
	return seed(org, line, NULL, 0, a);
}

static void
seed_type(struct sf_org *org, struct sf_rtype *t, struct sf_arena *a)
{
	struct sf_row *old, *r;

	t->id = type_record(org, t, a);
	if (t->person)
		org->person_type = t->id;
	r = sf_alloc(a, sizeof(*r));
	sf_get(org, t->id, a, r);
	if (same_text(sf_at(r, "Name"), t->label) &&
	    same_text(sf_at(r, "Description"), t->about) &&
	    sf_at(r, "IsActive")->i == t->active &&
	    sf_at(r, "IsPersonType")->i == t->person)
		return;
	old = sf_alloc(a, sizeof(*old));
	*old = *r;
	set_text(r, "Name", t->label);
	set_text(r, "Description", t->about);
	sf_at(r, "IsActive")->i = t->active;
	sf_at(r, "IsPersonType")->i = t->person;
	sf_put(org, r, old);
}

/* Types that the schema has no more are of use to nobody. */
static void
seed_types(struct sf_org *org, struct sf_arena *a)
{
	const struct sf_object *o = sf_object(org->schema, "RecordType");
	struct sf_row *r, *old;
	int64_t last = 0;
	int i;

	org->person_type = 0;
	for (i = 0; i < org->schema->ntypes; i++)
		seed_type(org, org->schema->types[i], a);
	r = sf_alloc(a, sizeof(*r));
	old = sf_alloc(a, sizeof(*old));
	for (; sf_next(org, o, last, a, r); last = r->id) {
		if (sf_rtype_by_id(org->schema, r->id) != NULL ||
		    !sf_at(r, "IsActive")->i)
			continue;
		*old = *r;
		sf_at(r, "IsActive")->i = 0;
		sf_put(org, r, old);
	}
}

/* The organisation alone may begin elsewhere (`--set org=N`), so that two
 * orgs can be told apart. */
static int64_t
organization(struct sf_org *org, int fresh)
{
	int num = sf_object(org->schema, "Organization")->num;

	if (fresh)
		org->next[num] = org->set.org;
	return (int64_t)num << 40 | (org->next[num] - !fresh);
}

/* They are made first, so each is its object's number 1, but for the
 * organisation. */
void
sf_seed(struct sf_org *org)
{
	struct sf_arena a = {0};
	int fresh = sf_count(org, sf_object(org->schema,
	    "Organization")) == 0;
	size_t i;

	org->organization = organization(org, fresh);
	org->user = first(org, "User");
	org->standard_book = first(org, "Pricebook2");
	if (fresh) {
		for (i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++)
			seed(org, seeds[i], NULL, 0, &a);
		seed_statuses(org, &a);
		seed_profile(org, &a);
		seed_grants(org, &a);
		seed_custom(org, &a);
	}
	seed_entities(org, &a);
	if (sf_count(org, sf_object(org->schema, "CurrencyType")) == 0)
		seed_currencies(org, &a);
	seed_types(org, &a);
	sf_arena_free(&a);
}
