/* sf-switch - person accounts and currencies: what they add to the schema */

#include "sf-schema.h"
#include "sf-std.h"

#include <stdio.h>
#include <string.h>

/* --- person accounts --- */

/* The field of Contact that Account's field of a person is. */
static const struct sf_field *
twin(const struct sf_object *contact, const char *name)
{
	if (strcmp(name, "PersonContactId") == 0 ||
	    strcmp(name, "IsPersonAccount") == 0)
		return NULL;
	return sf_field(contact, strncmp(name, "Person", 6) ? name : name + 6);
}

/* Contact's custom field X__c is Account's X__pc: never a key, as describes
 * of real orgs say. */
static void
person_custom(struct sf_object *account, const struct sf_field *c)
{
	char name[100];
	struct sf_field *f;
	int index;

	snprintf(name, sizeof(name), "%.*spc", (int)strlen(c->name) - 1,
	    c->name);
	if ((f = sf_field_add(account, name)) == NULL)
		return;
	index = f->index;
	*f = *c;
	f->object = account;
	f->name = sf_keep(account->schema, name);
	f->index = index;
	f->flags &= ~(unsigned)(SF_EXTERNALID | SF_UNIQUE | SF_IDLOOKUP);
	f->relation = NULL;
	if (c->relation != NULL) {
		snprintf(name, sizeof(name), "%.*spr",
		    (int)strlen(c->relation) - 1, c->relation);
		f->relation = sf_keep(account->schema, name);
	}
	f->twin = c;
}

void
sf_schema_person(struct sf_schema *s)
{
	static const char *const shared[] = {"Phone", "Fax", "OwnerId"};
	static const struct sf_std contact[] = {
		F("IsPersonAccount", "Is Person Account", "boolean", 0, "d"),
		END};
	struct sf_object *account = sf_object(s, "Account");
	struct sf_object *c = sf_object(s, "Contact");
	struct sf_rtype *t = sf_rtype_add(account, "PersonAccount");
	int i, from = account->nfields, n = c->nfields;

	t->label = "Person Account";
	t->active = t->visible = t->person = true;
	s->person = true;
	sf_field(account, "Name")->flags |= SF_NILLABLE;
	sf_field(sf_object(s, "Lead"), "Company")->flags |= SF_NILLABLE;
	sf_add_std(account, sf_std_person);
	for (i = from; i < account->nfields; i++)
		account->fields[i]->twin = twin(c, account->fields[i]->name);
	for (i = 0; i < 3; i++)
		sf_field(account, shared[i])->twin = sf_field(c, shared[i]);
	for (i = 0; i < n; i++)
		if (c->fields[i]->flags & SF_CUSTOM)
			person_custom(account, c->fields[i]);
	sf_add_std(c, contact);
}

/* --- currencies --- */

/* Flags of an object's CurrencyIsoCode: lines have their parent's. */
static const char *
currency_flags(const char *object)
{
	return strcmp(object, "OrderItem") == 0 ||
	    strcmp(object, "OpportunityLineItem") == 0 ? "dr" :
	    strcmp(object, "PricebookEntry") == 0 ? "cdr" :
	    strcmp(object, "Order") == 0 || strcmp(object, "Product2") == 0 ?
	    "cudr" : "cundr";
}

int
sf_schema_currencies(struct sf_schema *s, const char *list)
{
	struct sf_std one = P("CurrencyIsoCode", "Currency ISO Code", 3, "", 0);
	const struct sf_std row[] = {one, END};
	char *values = sf_dup(&s->text, list, strlen(list));
	size_t n = strlen(values), i;
	struct sf_field *f;
	int k;

	for (i = 0; i < n; i++)
		if (i % 4 == 3 ? values[i] != ',' :
		    values[i] < 'A' || values[i] > 'Z')
			return -1;
		else if (i % 4 == 3)
			values[i] = ';';
	if (n % 4 != 3)
		return -1;
	s->currencies = values;
	sf_object(s, "CurrencyType")->hidden = false;
	for (k = 0; k < s->nobjects; k++) {
		if (!s->objects[k]->currency)
			continue;
		sf_add_std(s->objects[k], row);
		f = sf_field(s->objects[k], "CurrencyIsoCode");
		f->flags = sf_flags(currency_flags(s->objects[k]->name));
		sf_values(f, values);
		f->defvalue = f->values[0];
	}
	return 0;
}
