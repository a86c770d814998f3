/* sf-rules-service - what contacts, cases, tasks and notes demand */

#include <stdlib.h>
#include <string.h>

#include "sf-rules.h"

const struct sf_rules sf_rules_contact = {.save = rule_full_name};

/* --- Case --- */

static int
case_save(struct sf_save *s)
{
	static const char *const copies[][2] = {{"ContactPhone", "Phone"},
	    {"ContactMobile", "MobilePhone"}, {"ContactEmail", "Email"},
	    {"ContactFax", "Fax"}};
	struct sf_row *c = rule_parent(s, s->row, "ContactId");
	bool closed = rule_is(sf_at(s->row, "Status"), "Closed");
	size_t i;

	if (closed && !sf_at(s->row, "IsClosed")->i)
		rule_int(s->row, "ClosedDate", sf_now());
	else if (!closed)
		rule_null(s->row, "ClosedDate");
	rule_int(s->row, "IsClosed", closed);
	rule_null(s->row, "Comments");	/* it becomes a CaseComment */
	for (i = 0; i < 4; i++)
		if (c != NULL)
			*sf_at(s->row, copies[i][0]) = *sf_at(c, copies[i][1]);
		else
			rule_null(s->row, copies[i][0]);
	return 0;
}

const struct sf_rules sf_rules_case = {.save = case_save};

/* --- Task --- */

/* A task's account is its What, or its contact's. */
static void
task_account(struct sf_save *s)
{
	struct sf_row *what = rule_parent(s, s->row, "WhatId");
	struct sf_row *who = rule_parent(s, s->row, "WhoId");

	rule_null(s->row, "AccountId");
	if (what != NULL && strcmp(what->o->name, "Account") == 0)
		rule_int(s->row, "AccountId", what->id);
	else if (what != NULL && sf_field(what->o, "AccountId") != NULL)
		*sf_at(s->row, "AccountId") = *sf_at(what, "AccountId");
	else if (who != NULL && strcmp(who->o->name, "Contact") == 0)
		*sf_at(s->row, "AccountId") = *sf_at(who, "AccountId");
}

static int
task_save(struct sf_save *s)
{
	bool closed = rule_is(sf_at(s->row, "Status"), "Completed");

	if (closed && !sf_at(s->row, "IsClosed")->i)
		rule_int(s->row, "CompletedDateTime", sf_now());
	else if (!closed)
		rule_null(s->row, "CompletedDateTime");
	rule_int(s->row, "IsClosed", closed);
	rule_int(s->row, "IsHighPriority",
	    rule_is(sf_at(s->row, "Priority"), "High"));
	task_account(s);
	return 0;
}

const struct sf_rules sf_rules_task = {.save = task_save};

/* --- ContentNote --- */

/* The first 255 characters of what is not markup. */
static void
preview(struct sf_save *s, const char *html, size_t n)
{
	char *text = sf_alloc(s->a, n + 1);
	size_t i, len = 0;
	bool tag = false;

	for (i = 0; i < n; i++) {
		if (html[i] == '<')
			tag = true;
		else if (html[i] == '>')
			tag = false;
		else if (!tag)
			text[len++] = html[i];
	}
	while (len > 0 && sf_utf16_len(text, len) > 255)
		len--;
	while (len > 0 && sf_utf16_len(text, len) < 0)
		len--;
	rule_text(s->row, "TextPreview", text, len);
}

static int
note_save(struct sf_save *s)
{
	struct sf_val *v = sf_at(s->row, "Content");
	struct buf html = {0};

	if (s->old == NULL) {
		rule_text(s->row, "FileType", "SNOTE", 5);
		rule_text(s->row, "FileExtension", "snote", 5);
	}
	if (s->old == NULL || rule_changed(s, "Content")) {
		if (v->kind == SF_TEXT)
			sf_base64_read(v->s, v->n, &html);
		rule_int(s->row, "ContentSize", (int64_t)html.n);
		rule_int(s->row, "ContentModifiedDate", sf_now());
		preview(s, html.p ? html.p : "", html.n);
	}
	buf_free(&html);
	return 0;
}

/* A file is shared with its owner by itself. */
static void
note_saved(struct sf_save *s)
{
	struct sf_row *link;

	if (s->old != NULL)
		return;
	link = rule_new(s, "ContentDocumentLink");
	rule_int(link, "ContentDocumentId", s->row->id);
	rule_int(link, "LinkedEntityId", sf_at(s->row, "OwnerId")->i);
	rule_text(link, "ShareType", "I", 1);
	rule_text(link, "Visibility", "AllUsers", 8);
	rule_add(s, link);
}

const struct sf_rules sf_rules_contentnote = {
	.save = note_save, .saved = note_saved};

/* --- ContentDocumentLink --- */

static int
link_twice(struct sf_save *s)
{
	int64_t document = sf_at(s->row, "ContentDocumentId")->i, ids[500];
	int64_t entity = sf_at(s->row, "LinkedEntityId")->i;
	struct sf_row *r = sf_alloc(s->a, sizeof(*r));
	char a[19], b[19];
	int i, n;

	n = rule_children(s->org, "ContentDocumentLink", "ContentDocumentId",
	    document, ids, 500);
	for (i = 0; i < n; i++) {
		if (!sf_get(s->org, ids[i], s->a, r) ||
		    sf_at(r, "LinkedEntityId")->i != entity)
			continue;
		sf_id_write(s->org, document, a);
		sf_id_write(s->org, entity, b);
		return sf_fail(s->e, "DUPLICATE_VALUE", "LinkedEntityId",
		    "Document with ID: %s is already linked with the entity "
		    "with ID: %s", a, b);
	}
	return 0;
}

static int
link_save(struct sf_save *s)
{
	if (s->old == NULL && link_twice(s) < 0)
		return -1;
	if (rule_blank(sf_at(s->row, "ShareType")))
		return sf_fail(s->e, MISSING, "ShareType",
		    "Required fields are missing: [ShareType]");
	if (rule_blank(sf_at(s->row, "Visibility")))
		rule_text(s->row, "Visibility", "AllUsers", 8);
	return 0;
}

const struct sf_rules sf_rules_documentlink = {.save = link_save};
