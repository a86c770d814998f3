/*
 * sf-rules-person - person accounts: an account and its contact in one
 *
 * Account's fields of a person have a twin in Contact (sf_field.twin).  A
 * save of the account writes them to its contact, a save of the contact to
 * its account; created and deleted it is with the account alone.
 */

#include <string.h>

#include "sf-rules.h"

static bool
person(struct sf_row *r)
{
	return sf_at(r, "IsPersonAccount")->i != 0;
}

/* What only a person has: the fields that businesses share are no part. */
static bool
persons_own(const struct sf_field *f)
{
	return f->twin != NULL && strcmp(f->name, f->twin->name) != 0;
}

static bool
named_alike(const struct sf_field *f)
{
	return strcmp(f->name, "LastName") == 0 ||
	    strcmp(f->name, "FirstName") == 0 ||
	    strcmp(f->name, "Salutation") == 0;
}

/* The record type decides; without one, a last name asks for a person. */
static bool
wants_person(struct sf_save *s)
{
	struct sf_row *rt = rule_parent(s, s->row, "RecordTypeId");

	if (rt != NULL)
		return sf_at(rt, "IsPersonType")->i != 0;
	if (s->old != NULL)
		return person(s->old);
	if (rule_blank(sf_at(s->row, "LastName")) ||
	    !rule_blank(sf_at(s->row, "Name")))
		return false;
	rule_int(s->row, "RecordTypeId", s->org->person_type);
	return true;
}

/* Fields of the other kind are refused, as is all but the record type when
 * the kind changes. */
static int
fields_fit(struct sf_save *s, bool is)
{
	bool turns = s->old != NULL && person(s->old) != is;
	const struct sf_object *o = s->row->o;
	char refused[280] = "";
	int i;

	for (i = 0; i < o->nfields; i++) {
		const struct sf_field *f = o->fields[i];
		bool own = persons_own(f) || named_alike(f);

		if (!s->sent[i])
			continue;
		if (turns ? f != o->record_type :
		    is ? strcmp(f->name, "Name") == 0 : own &&
		    s->row->v[i].kind > SF_NULL)
			rule_list(refused, sizeof(refused), f->name);
	}
	return *refused ? rule_no_write(s, refused) : 0;
}

/* Bring `contact` to what the account says. */
static void
to_contact(struct sf_row *account, struct sf_row *contact)
{
	const struct sf_object *o = account->o;
	int i;

	for (i = 0; i < o->nfields; i++)
		if (o->fields[i]->twin != NULL)
			contact->v[o->fields[i]->twin->index] = account->v[i];
	*sf_at(contact, "Name") = *sf_at(account, "Name");
	rule_int(contact, "AccountId", account->id);
	rule_int(contact, "IsPersonAccount", person(account));
}

/* Values that must be unique are so among contacts. */
static int
contact_unique(struct sf_save *s)
{
	struct sf_val *id = sf_at(s->row, "PersonContactId");
	struct sf_save c = {.org = s->org, .a = s->a, .e = s->e};

	if (id->kind == SF_INT) {
		if (!rule_edit(s, id->i, &c.old, &c.row))
			return 0;
	} else {
		c.row = rule_new(s, "Contact");
	}
	to_contact(s->row, c.row);
	return sf_unique(&c);
}

static int
become_person(struct sf_save *s)
{
	struct sf_row *old, *c;
	int64_t ids[2];
	const struct sf_object *o = s->row->o;
	int i;

	if (rule_children(s->org, "Contact", "AccountId", s->row->id, ids, 2)
	    != 1 || !rule_edit(s, ids[0], &old, &c))
		return sf_fail(s->e, INTEGRITY, "RecordTypeId", "An account "
		    "must have exactly one contact to become a person "
		    "account");
	rule_int(s->row, "PersonContactId", c->id);
	for (i = 0; i < o->nfields; i++)
		if (persons_own(o->fields[i]) || named_alike(o->fields[i]))
			s->row->v[i] = c->v[o->fields[i]->twin->index];
	return 0;
}

static int
account_save(struct sf_save *s)
{
	bool is = wants_person(s);

	if (fields_fit(s, is) < 0)
		return -1;
	if (is && s->old != NULL && !person(s->old) && become_person(s) < 0)
		return -1;
	rule_int(s->row, "IsPersonAccount", is);
	if (rule_blank(sf_at(s->row, is ? "LastName" : "Name")))
		return sf_fail(s->e, MISSING, is ? "LastName" : "Name",
		    "Required fields are missing: [%s]",
		    is ? "LastName" : "Name");
	if (!is)
		return 0;
	rule_full_name(s);
	return contact_unique(s);
}

/* The hidden contact is made with the account and follows it. */
static void
account_saved(struct sf_save *s)
{
	struct sf_row *account, *old, *c;
	struct sf_val *id = sf_at(s->row, "PersonContactId");
	const struct sf_object *o = s->row->o;
	int i;

	if (!person(s->row) && (s->old == NULL || !person(s->old)))
		return;
	if (id->kind == SF_INT && rule_edit(s, id->i, &old, &c)) {
		to_contact(s->row, c);
		sf_put(s->org, c, old);
	} else if (person(s->row)) {
		c = rule_new(s, "Contact");
		to_contact(s->row, c);
		rule_add(s, c);
	}
	if (!rule_edit(s, s->row->id, &old, &account))
		return;
	rule_int(account, "PersonContactId", c->id);
	if (!person(s->row)) {		/* a business again */
		rule_null(account, "PersonContactId");
		for (i = 0; i < o->nfields; i++)
			if (persons_own(o->fields[i]) ||
			    named_alike(o->fields[i]))
				account->v[i].kind = SF_NULL;
	}
	sf_put(s->org, account, old);
}

const struct sf_rules sf_rules_account = {
	.save = account_save, .saved = account_saved};

/* --- its contact --- */

static int
contact_save(struct sf_save *s)
{
	struct sf_row *account;

	if (rule_changed(s, "AccountId") &&
	    (account = rule_parent(s, s->row, "AccountId")) != NULL &&
	    person(account))
		return sf_fail(s->e, INTEGRITY, "AccountId",
		    "Account ID: a person account has no other contacts");
	if (s->old != NULL && person(s->old) && rule_changed(s, "AccountId"))
		return rule_no_write(s, "AccountId");
	return rule_full_name(s);
}

static void
contact_saved(struct sf_save *s)
{
	const struct sf_object *o;
	struct sf_row *old, *account;
	int i;

	if (s->old == NULL || !person(s->row) || !rule_edit(s,
	    sf_at(s->row, "AccountId")->i, &old, &account))
		return;
	for (o = account->o, i = 0; i < o->nfields; i++)
		if (o->fields[i]->twin != NULL)
			account->v[i] = s->row->v[o->fields[i]->twin->index];
	*sf_at(account, "Name") = *sf_at(s->row, "Name");
	sf_put(s->org, account, old);
}

static int
contact_delete(struct sf_save *s)
{
	if (person(s->row) && !s->cascade)
		return sf_fail(s->e, "INSUFFICIENT_ACCESS_OR_READONLY", "",
		    "a person account's contact goes with its account");
	return 0;
}

const struct sf_rules sf_rules_person_contact = {
	.save = contact_save, .saved = contact_saved,
	.delete = contact_delete};
