/* sf-rules-campaign - what campaigns, their members and statuses demand */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sf-rules.h"

/* --- Campaign --- */

static const char *const counts[] = {"NumberOfLeads",
	"NumberOfConvertedLeads", "NumberOfContacts", "NumberOfResponses",
	"NumberOfOpportunities", "NumberOfWonOpportunities"};

static int
campaign_save(struct sf_save *s)
{
	size_t i;

	if (rule_record_type(s, sf_field(s->row->o,
	    "CampaignMemberRecordTypeId"), sf_object(s->org->schema,
	    "CampaignMember")) < 0)
		return -1;
	if (s->old != NULL)
		return 0;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		rule_int(s->row, counts[i], 0);
	rule_num(s->row, "AmountAllOpportunities", 0);
	rule_num(s->row, "AmountWonOpportunities", 0);
	return 0;
}

/* A new campaign has the statuses Sent, its default, and Responded. */
static void
campaign_saved(struct sf_save *s)
{
	static const char *const labels[] = {"Sent", "Responded"};
	struct sf_row *r;
	int i;

	for (i = 0; s->old == NULL && i < 2; i++) {
		r = rule_new(s, "CampaignMemberStatus");
		rule_int(r, "CampaignId", s->row->id);
		rule_text(r, "Label", labels[i], strlen(labels[i]));
		rule_int(r, "SortOrder", i + 1);
		rule_int(r, "IsDefault", i == 0);
		rule_int(r, "HasResponded", i == 1);
		rule_add(s, r);
	}
}

const struct sf_rules sf_rules_campaign = {
	.save = campaign_save, .saved = campaign_saved};

/* --- CampaignMemberStatus --- */

/* A campaign has one default. */
static void
status_saved(struct sf_save *s)
{
	struct sf_row *old, *r;
	int64_t ids[200];
	int i, n;

	if (!sf_at(s->row, "IsDefault")->i)
		return;
	n = rule_children(s->org, "CampaignMemberStatus", "CampaignId",
	    sf_at(s->row, "CampaignId")->i, ids, 200);
	for (i = 0; i < n; i++) {
		if (ids[i] == s->row->id || !rule_edit(s, ids[i], &old, &r) ||
		    !sf_at(old, "IsDefault")->i)
			continue;
		rule_int(r, "IsDefault", 0);
		sf_put(s->org, r, old);
	}
}

static int
status_delete(struct sf_save *s)
{
	if (!s->cascade && sf_at(s->row, "IsDefault")->i)
		return sf_fail(s->e, "DELETE_FAILED", "", "the default status "
		    "of a campaign cannot be deleted");
	return 0;
}

const struct sf_rules sf_rules_memberstatus = {
	.saved = status_saved, .delete = status_delete};

/* --- CampaignMember --- */

/* The campaign's status of that label, or its default; NULL without both. */
static struct sf_row *
status_of(struct sf_save *s, const struct sf_val *label, bool *known)
{
	struct sf_row *r, *fallback = NULL;
	int64_t ids[200];
	int i, n;

	*known = true;
	n = rule_children(s->org, "CampaignMemberStatus", "CampaignId",
	    sf_at(s->row, "CampaignId")->i, ids, 200);
	for (i = 0; i < n; i++) {
		struct sf_val *l;

		r = sf_alloc(s->a, sizeof(*r));
		if (!sf_get(s->org, ids[i], s->a, r))
			continue;
		l = sf_at(r, "Label");
		if (label->kind == SF_TEXT && l->n == label->n &&
		    strncasecmp(l->s, label->s, l->n) == 0)
			return r;
		if (sf_at(r, "IsDefault")->i)
			fallback = r;
	}
	*known = rule_blank(label);
	return fallback;
}

static int
member_status(struct sf_save *s)
{
	struct sf_val *v = sf_at(s->row, "Status");
	bool known, responded;
	struct sf_row *st = status_of(s, v, &known);

	if (!known && s->org->set.member_status)
		return sf_value_unlisted(sf_field(s->row->o, "Status"), v,
		    s->e);
	if (st != NULL)
		*v = *sf_at(st, "Label");
	responded = st != NULL && sf_at(st, "HasResponded")->i;
	rule_int(s->row, "HasResponded", responded);
	if (responded && rule_blank(sf_at(s->row, "FirstRespondedDate")))
		rule_int(s->row, "FirstRespondedDate", sf_now() / 86400000);
	return 0;
}

/* What a member shows of its contact or lead. */
static void
copy_person(struct sf_save *s, struct sf_row *p, bool lead)
{
	static const char *const same[] = {"Salutation", "Name", "FirstName",
	    "LastName", "Title", "Email", "Phone", "Fax", "MobilePhone",
	    "LeadSource", "Description"};
	static const char *const address[] = {"Street", "City", "State",
	    "PostalCode", "Country"};
	char from[32];
	size_t i;

	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		*sf_at(s->row, same[i]) = *sf_at(p, same[i]);
	for (i = 0; i < sizeof(address) / sizeof(address[0]); i++) {
		snprintf(from, sizeof(from), "%s%s", lead ? "" : "Mailing",
		    address[i]);
		*sf_at(s->row, address[i]) = *sf_at(p, from);
	}
	rule_int(s->row, "LeadOrContactId", p->id);
	*sf_at(s->row, "LeadOrContactOwnerId") = *sf_at(p, "OwnerId");
	rule_text(s->row, "Type", lead ? "Lead" : "Contact", lead ? 4 : 7);
	if (lead)
		*sf_at(s->row, "CompanyOrAccount") = *sf_at(p, "Company");
	else if ((p = rule_parent(s, p, "AccountId")) != NULL)
		*sf_at(s->row, "CompanyOrAccount") = *sf_at(p, "Name");
}

/* Given both, the contact counts. */
static int
member_person(struct sf_save *s)
{
	bool lead = rule_blank(sf_at(s->row, "ContactId"));
	const char *field = lead ? "LeadId" : "ContactId";
	struct sf_row *p = rule_parent(s, s->row, field), *m;
	int64_t ids[500];
	int i, n;

	if (p == NULL)
		return sf_fail(s->e, MISSING, "", "a campaign member needs a "
		    "ContactId or a LeadId");
	if (!lead)
		rule_null(s->row, "LeadId");
	n = rule_children(s->org, "CampaignMember", field, p->id, ids, 500);
	m = sf_alloc(s->a, sizeof(*m));
	for (i = 0; i < n; i++)
		if (sf_get(s->org, ids[i], s->a, m) && sf_at(m,
		    "CampaignId")->i == sf_at(s->row, "CampaignId")->i)
			return sf_fail(s->e, "DUPLICATE_VALUE", "",
			    "Already a campaign member.");
	copy_person(s, p, lead);
	return 0;
}

/* The campaign says of which type its members are. */
static void
member_type(struct sf_save *s)
{
	const struct sf_field *f = s->row->o->record_type;
	struct sf_row *campaign = rule_parent(s, s->row, "CampaignId");

	if (f != NULL && campaign != NULL)
		s->row->v[f->index] = *sf_at(campaign,
		    "CampaignMemberRecordTypeId");
}

static int
member_save(struct sf_save *s)
{
	if (s->old == NULL && member_person(s) < 0)
		return -1;
	if (s->old == NULL)
		member_type(s);
	return s->old == NULL || rule_changed(s, "Status") ?
	    member_status(s) : 0;
}

/* The campaign counts its members. */
static void
count(struct sf_save *s, int by, bool was, bool is)
{
	const char *kind = rule_is(sf_at(s->row, "Type"), "Lead") ?
	    "NumberOfLeads" : "NumberOfContacts";
	struct sf_row *old, *c;

	if ((by == 0 && was == is) ||
	    !rule_edit(s, sf_at(s->row, "CampaignId")->i, &old, &c))
		return;
	sf_at(c, kind)->i += by;
	sf_at(c, "NumberOfResponses")->i += is - was;
	sf_put(s->org, c, old);
}

static void
member_saved(struct sf_save *s)
{
	bool is = sf_at(s->row, "HasResponded")->i != 0;
	bool was = s->old != NULL && sf_at(s->old, "HasResponded")->i != 0;

	count(s, s->old == NULL, was, is);
}

static void
member_deleted(struct sf_save *s)
{
	count(s, -1, sf_at(s->row, "HasResponded")->i != 0, false);
}

const struct sf_rules sf_rules_member = {
	.save = member_save, .saved = member_saved,
	.deleted = member_deleted};
