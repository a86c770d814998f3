/* sf-rules - which object has which rules, and what they are written with */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sf-rules.h"

/* --- helpers --- */

bool
rule_is(const struct sf_val *v, const char *text)
{
	return v->kind == SF_TEXT && v->n == strlen(text) &&
	    memcmp(v->s, text, v->n) == 0;
}

bool
rule_blank(const struct sf_val *v)
{
	return v->kind <= SF_NULL;
}

bool
rule_changed(const struct sf_save *s, const char *field)
{
	return sf_changed(s, sf_field(s->row->o, field));
}

bool
rule_sent(const struct sf_save *s, const char *field)
{
	return s->sent[sf_field(s->row->o, field)->index];
}

struct sf_row *
rule_parent(struct sf_save *s, struct sf_row *r, const char *field)
{
	struct sf_val *v = sf_at(r, field);
	struct sf_row *p;

	if (v->kind != SF_INT)
		return NULL;
	p = sf_alloc(s->a, sizeof(*p));
	return sf_get(s->org, v->i, s->a, p) ? p : NULL;
}

int
rule_children(struct sf_org *org, const char *object, const char *field,
    int64_t id, int64_t *ids, int max)
{
	struct sf_val v = {.kind = SF_INT, .i = id};

	return sf_find(org, sf_field(sf_object(org->schema, object), field),
	    &v, ids, max);
}

struct sf_row *
rule_find(struct sf_save *s, const char *object, const char *field,
    const struct sf_val *v)
{
	const struct sf_object *o = sf_object(s->org->schema, object);
	struct sf_row *r = sf_alloc(s->a, sizeof(*r));
	int64_t id;

	return sf_find(s->org, sf_field(o, field), v, &id, 1) == 1 &&
	    sf_get(s->org, id, s->a, r) ? r : NULL;
}

void
rule_text(struct sf_row *r, const char *field, const char *t, size_t n)
{
	struct sf_val *v = sf_at(r, field);

	v->kind = n ? SF_TEXT : SF_NULL;
	v->s = t;
	v->n = n;
}

void
rule_int(struct sf_row *r, const char *field, int64_t i)
{
	struct sf_val *v = sf_at(r, field);

	v->kind = SF_INT;
	v->i = i;
}

void
rule_num(struct sf_row *r, const char *field, double d)
{
	struct sf_val *v = sf_at(r, field);

	v->kind = SF_NUM;
	v->d = d;
}

void
rule_null(struct sf_row *r, const char *field)
{
	sf_at(r, field)->kind = SF_NULL;
}

double
rule_double(struct sf_row *r, const char *field)
{
	struct sf_val *v = sf_at(r, field);

	return v->kind == SF_NUM ? v->d : 0;
}

/* Fields hold decimals: 3.33 times 2.5 is 8.325 and becomes 8.33, though the
 * product of the doubles lies below it.  Both have six decimals at most. */
double
rule_times(double a, double b)
{
	__extension__ typedef __int128 int128;
	const int64_t half = 5000000000;
	int128 p;

	if (fabs(a) > 9e9 || fabs(b) > 9e9)
		return round(a * b * 100) / 100;
	p = (int128)llround(a * 1e6) * llround(b * 1e6);
	return (double)((p + (p < 0 ? -half : half)) / (2 * half)) / 100;
}

bool
rule_same_currency(struct sf_row *a, struct sf_row *b)
{
	const struct sf_field *f = sf_field(a->o, "CurrencyIsoCode");
	struct sf_val *x, *y;

	if (f == NULL)
		return true;
	x = &a->v[f->index];
	y = sf_at(b, "CurrencyIsoCode");
	return x->kind == SF_TEXT && y->kind == SF_TEXT && x->n == y->n &&
	    memcmp(x->s, y->s, x->n) == 0;
}

int
rule_full_name(struct sf_save *s)
{
	struct sf_val *first = sf_at(s->row, "FirstName");
	struct sf_val *last = sf_at(s->row, "LastName");
	size_t fn = rule_blank(first) ? 0 : first->n, at = 0;
	char *name = sf_alloc(s->a, fn + last->n + 2);

	if (fn) {
		memcpy(name, first->s, fn);
		name[fn] = ' ';
		at = fn + 1;
	}
	memcpy(name + at, last->s, last->n);
	rule_text(s->row, "Name", name, at + last->n);
	return 0;
}

struct sf_row *
rule_new(struct sf_save *s, const char *object)
{
	struct sf_row *r = sf_alloc(s->a, sizeof(*r));
	int i;

	memset(r, 0, sizeof(*r));
	r->o = sf_object(s->org->schema, object);
	for (i = 0; i < r->o->nfields; i++)
		r->v[i].kind = SF_ABSENT;
	return r;
}

void
rule_add(struct sf_save *s, struct sf_row *r)
{
	struct sf_save made = {.org = s->org, .a = s->a, .row = r, .e = s->e};

	sf_complete(&made);
	sf_add(s->org, r);
	sf_rules_saved(&made);
}

bool
rule_edit(struct sf_save *s, int64_t id, struct sf_row **old,
    struct sf_row **r)
{
	*old = sf_alloc(s->a, sizeof(**old));
	if (!sf_get(s->org, id, s->a, *old) || (*old)->dead)
		return false;
	*r = sf_alloc(s->a, sizeof(**r));
	**r = **old;
	return true;
}

void
rule_list(char *list, size_t size, const char *name)
{
	size_t at = strlen(list);

	snprintf(list + at, size - at, "%s%s", at ? ", " : "", name);
}

int
rule_no_write(struct sf_save *s, const char *fields)
{
	return sf_fail(s->e, "INVALID_FIELD_FOR_INSERT_UPDATE", fields,
	    "Unable to create/update fields: %s. Please check the security "
	    "settings of this field and verify that it is read/write for your "
	    "profile or permission set.", fields);
}

/* --- owner and record type: of any object that has them --- */

/* A group may own what its queue is made for. */
static int
queue_owner(struct sf_save *s)
{
	struct sf_val *v = &s->row->v[s->row->o->owner->index];
	struct sf_row *q = sf_alloc(s->a, sizeof(*q));
	int64_t ids[64];
	int i, n;

	if (v->kind != SF_INT || !sf_changed(s, s->row->o->owner) ||
	    strcmp(sf_object_of(s->org, v->i)->name, "Group") != 0)
		return 0;
	n = rule_children(s->org, "QueueSobject", "QueueId", v->i, ids, 64);
	for (i = 0; i < n; i++)
		if (sf_get(s->org, ids[i], s->a, q) &&
		    rule_is(sf_at(q, "SobjectType"), s->row->o->name))
			return 0;
	return sf_fail(s->e, "INVALID_OPERATION", "",
	    "Queue not associated with this SObject type");
}

/* Nobody who has left may own a record anew. */
static int
active_owner(struct sf_save *s, const struct sf_field *f)
{
	struct sf_row *user;
	char id[19], object[64];

	if (!sf_changed(s, f))
		return 0;
	user = rule_parent(s, s->row, f->name);
	if (user == NULL || strcmp(user->o->name, "User") != 0 ||
	    sf_at(user, "IsActive")->i)
		return 0;
	sf_id_write(s->org, user->id, id);
	snprintf(object, sizeof(object), "%s", s->row->o->label);
	sf_lower(object, object, strlen(object));
	return sf_fail(s->e, "INACTIVE_OWNER_OR_USER", "OwnerId", "operation "
	    "performed with inactive user [%s] as owner of [%s]", id, object);
}

int
rule_record_type(struct sf_save *s, const struct sf_field *f,
    const struct sf_object *of)
{
	struct sf_val *v = &s->row->v[f->index];
	const struct sf_rtype *t;
	char id[19];

	if (v->kind != SF_INT || !sf_changed(s, f))
		return 0;
	t = sf_rtype_by_id(s->org->schema, v->i);
	if (t != NULL && t->object == of && sf_rtype_available(t))
		return 0;
	sf_id_write(s->org, v->i, id);
	return sf_fail(s->e, SF_CROSS, f->name, "Record Type ID: this ID "
	    "value isn't valid for the user: %s", id);
}

/* A new record has the user's type unless it says another; a type leaves
 * some values of a picklist, which binds where the picklist is restricted. */
static int
typed(struct sf_save *s, const struct sf_field *f)
{
	struct sf_val *v = &s->row->v[f->index];
	const struct sf_rtype *t = NULL;
	const struct sf_choice *c;

	if (v->kind == SF_INT) {
		t = sf_rtype_by_id(s->org->schema, v->i);
	} else if (s->old == NULL && f->flags & SF_CREATE &&
	    (t = sf_rtype_standard(s->row->o)) != NULL) {
		v->kind = SF_INT;
		v->i = t->id;
	}
	for (c = t ? t->choices : NULL; c != NULL; c = c->next) {
		v = &s->row->v[c->f->index];
		if (c->f->flags & SF_RESTRICTED && v->kind == SF_TEXT &&
		    sf_changed(s, c->f) && sf_value_among(c->f, v, c->values,
		    c->nvalues, s->e) < 0)
			return -1;
	}
	return 0;
}

/* --- which object has which --- */

static const struct {
	const char *object;
	const struct sf_rules *rules;
} table[] = {
	{"Contact", &sf_rules_contact},
	{"Product2", &sf_rules_product},
	{"Pricebook2", &sf_rules_book},
	{"PricebookEntry", &sf_rules_entry},
	{"Order", &sf_rules_order},
	{"OrderItem", &sf_rules_orderitem},
	{"Lead", &sf_rules_lead},
	{"Opportunity", &sf_rules_opportunity},
	{"OpportunityLineItem", &sf_rules_opportunityline},
	{"OpportunityContactRole", &sf_rules_contactrole},
	{"Campaign", &sf_rules_campaign},
	{"CampaignMember", &sf_rules_member},
	{"CampaignMemberStatus", &sf_rules_memberstatus},
	{"Case", &sf_rules_case},
	{"Task", &sf_rules_task},
	{"ContentNote", &sf_rules_contentnote},
	{"ContentDocumentLink", &sf_rules_documentlink},
};

void
sf_rules_bind(struct sf_schema *s)
{
	size_t k;
	int i;

	for (k = 0; k < sizeof(table) / sizeof(table[0]); k++)
		sf_object(s, table[k].object)->rules = table[k].rules;
	if (s->person) {
		sf_object(s, "Account")->rules = &sf_rules_account;
		sf_object(s, "Contact")->rules = &sf_rules_person_contact;
	}
	for (i = 0; i < s->nobjects; i++) {
		s->objects[i]->owner = sf_field(s->objects[i], "OwnerId");
		s->objects[i]->record_type = sf_field(s->objects[i],
		    "RecordTypeId");
	}
}

int
sf_rules_save(struct sf_save *s)
{
	const struct sf_object *o = s->row->o;

	if ((o->owner != NULL && (active_owner(s, o->owner) < 0 ||
	    (o->owner->ntargets > 1 && queue_owner(s) < 0))) ||
	    (o->record_type != NULL &&
	    rule_record_type(s, o->record_type, o) < 0) ||
	    (o->rules && o->rules->save && o->rules->save(s) < 0))
		return -1;
	return o->record_type != NULL ? typed(s, o->record_type) : 0;
}

void
sf_rules_saved(struct sf_save *s)
{
	const struct sf_rules *r = s->row->o->rules;

	if (r != NULL && r->saved)
		r->saved(s);
}

int
sf_rules_delete(struct sf_save *s)
{
	const struct sf_rules *r = s->row->o->rules;

	return r != NULL && r->delete ? r->delete(s) : 0;
}

void
sf_rules_deleted(struct sf_save *s)
{
	const struct sf_rules *r = s->row->o->rules;

	if (r != NULL && r->deleted)
		r->deleted(s);
}
