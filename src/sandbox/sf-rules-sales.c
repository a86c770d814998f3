/* sf-rules-sales - what leads, opportunities, their lines and roles demand */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sf-rules.h"

#define OTHER_BOOK "The pricebook entry is in a different pricebook than " \
    "the one assigned to the opportunity"

static double
cents(double d)
{
	return round(d * 100) / 100;
}

/* --- Lead --- */

static int
lead_save(struct sf_save *s)
{
	if (s->old != NULL && sf_at(s->old, "IsConverted")->i)
		return sf_fail(s->e, "CANNOT_UPDATE_CONVERTED_LEAD", "",
		    "cannot reference converted lead");
	if (sf_at(s->row, "IsConverted")->i)
		rule_int(s->row, "ConvertedDate", sf_now() / 86400000);
	return rule_full_name(s);
}

const struct sf_rules sf_rules_lead = {.save = lead_save};

/* --- Opportunity --- */

/* The category's name as clients set it, and as the API enumerates it. */
static const char *const categories[][2] = {
	{"Omitted", "Omitted"}, {"Pipeline", "Pipeline"},
	{"Best Case", "BestCase"}, {"Most Likely", "MostLikely"},
	{"Commit", "Forecast"}, {"Closed", "Closed"}};

static void
category(struct sf_row *r)
{
	const struct sf_val *name = sf_at(r, "ForecastCategoryName");
	size_t i;

	for (i = 0; i < sizeof(categories) / sizeof(categories[0]); i++)
		if (rule_is(name, categories[i][0]))
			rule_text(r, "ForecastCategory", categories[i][1],
			    strlen(categories[i][1]));
}

/* The stage decides; probability and category may be sent along with it. */
static void
stage(struct sf_save *s)
{
	struct sf_row *st = rule_find(s, "OpportunityStage", "ApiName",
	    sf_at(s->row, "StageName"));

	if (s->old == NULL || rule_changed(s, "StageName")) {
		rule_int(s->row, "IsClosed", st && sf_at(st, "IsClosed")->i);
		rule_int(s->row, "IsWon", st && sf_at(st, "IsWon")->i);
		rule_int(s->row, "LastStageChangeDate", sf_now());
		if (!rule_sent(s, "Probability"))
			rule_num(s->row, "Probability",
			    st ? rule_double(st, "DefaultProbability") : 0);
		if (!rule_sent(s, "ForecastCategoryName")) {
			if (st != NULL)
				*sf_at(s->row, "ForecastCategoryName") =
				    *sf_at(st, "ForecastCategoryName");
			else
				rule_text(s->row, "ForecastCategoryName",
				    "Pipeline", 8);
		}
	}
	category(s->row);
}

/* The year begins in January here. */
static void
fiscal(struct sf_save *s)
{
	struct buf day = {0};
	char *text;
	int year, month;

	sf_value_text(sf_field(s->row->o, "CloseDate"),
	    sf_at(s->row, "CloseDate"), "", &day);
	if (sscanf(day.p, "%d-%d", &year, &month) == 2) {
		rule_int(s->row, "FiscalYear", year);
		rule_int(s->row, "FiscalQuarter", (month + 2) / 3);
		text = sf_alloc(s->a, 16);
		snprintf(text, 16, "%04d %d", year, (month + 2) / 3);
		rule_text(s->row, "Fiscal", text, strlen(text));
	}
	buf_free(&day);
}

static void
expected(struct sf_row *opp)
{
	if (rule_blank(sf_at(opp, "Amount")))
		rule_null(opp, "ExpectedRevenue");
	else
		rule_num(opp, "ExpectedRevenue", cents(rule_double(opp,
		    "Amount") * rule_double(opp, "Probability") / 100));
}

static bool
has_lines(struct sf_row *opp)
{
	return sf_at(opp, "HasOpportunityLineItem")->i != 0;
}

static int
opportunity_save(struct sf_save *s)
{
	stage(s);
	fiscal(s);
	if (s->old != NULL && has_lines(s->old)) {
		/* an amount is not refused, it is not heard */
		*sf_at(s->row, "Amount") = *sf_at(s->old, "Amount");
		if (rule_changed(s, "Pricebook2Id"))
			return sf_fail(s->e, INTEGRITY, "Pricebook2Id",
			    "You can't change the price book of an "
			    "opportunity that has products.");
		if (!rule_same_currency(s->row, s->old))
			return sf_fail(s->e, INTEGRITY, "CurrencyIsoCode",
			    "You can't change the currency of an opportunity "
			    "that has products.");
	}
	expected(s->row);
	return 0;
}

/* The stage history: what the opportunity is from this save on. */
static void
history(struct sf_save *s)
{
	static const char *const kept[] = {"StageName", "Amount",
	    "ExpectedRevenue", "CloseDate", "Probability",
	    "ForecastCategory"};
	struct sf_row *h;
	size_t i;

	if (s->old != NULL && !rule_changed(s, "StageName") &&
	    !rule_changed(s, "Amount") && !rule_changed(s, "CloseDate") &&
	    !rule_changed(s, "Probability"))
		return;
	h = rule_new(s, "OpportunityHistory");
	rule_int(h, "OpportunityId", s->row->id);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		*sf_at(h, kept[i]) = *sf_at(s->row, kept[i]);
	rule_add(s, h);
}

/* The contact given at birth becomes the primary role. */
static void
opportunity_saved(struct sf_save *s)
{
	struct sf_row *role;

	history(s);
	if (s->old != NULL || rule_blank(sf_at(s->row, "ContactId")))
		return;
	role = rule_new(s, "OpportunityContactRole");
	rule_int(role, "OpportunityId", s->row->id);
	rule_int(role, "ContactId", sf_at(s->row, "ContactId")->i);
	rule_int(role, "IsPrimary", 1);
	rule_add(s, role);
}

const struct sf_rules sf_rules_opportunity = {
	.save = opportunity_save, .saved = opportunity_saved};

/* --- OpportunityContactRole --- */

static void
set_contact(struct sf_save *s, int64_t opportunity, const struct sf_val *v)
{
	struct sf_row *old, *opp;

	if (!rule_edit(s, opportunity, &old, &opp))
		return;
	*sf_at(opp, "ContactId") = *v;
	sf_put(s->org, opp, old);
}

/* One role is primary: the newest that says so, and nobody is told. */
static void
role_saved(struct sf_save *s)
{
	int64_t opp = sf_at(s->row, "OpportunityId")->i, ids[200];
	const struct sf_val none = {.kind = SF_NULL};
	bool primary = sf_at(s->row, "IsPrimary")->i != 0;
	struct sf_row *old, *other;
	int i, n;

	if (!primary && s->old != NULL && sf_at(s->old, "IsPrimary")->i)
		set_contact(s, opp, &none);
	if (!primary)
		return;
	n = rule_children(s->org, "OpportunityContactRole", "OpportunityId",
	    opp, ids, 200);
	for (i = 0; i < n; i++) {
		if (ids[i] == s->row->id ||
		    !rule_edit(s, ids[i], &old, &other) ||
		    !sf_at(old, "IsPrimary")->i)
			continue;
		rule_int(other, "IsPrimary", 0);
		sf_put(s->org, other, old);
	}
	set_contact(s, opp, sf_at(s->row, "ContactId"));
}

static void
role_deleted(struct sf_save *s)
{
	const struct sf_val none = {.kind = SF_NULL};

	if (sf_at(s->row, "IsPrimary")->i)
		set_contact(s, sf_at(s->row, "OpportunityId")->i, &none);
}

const struct sf_rules sf_rules_contactrole = {
	.saved = role_saved, .deleted = role_deleted};

/* --- OpportunityLineItem --- */

/* An opportunity without a price book gets that of its first line. */
static int
take_book(struct sf_save *s, struct sf_row *opp, struct sf_row *entry)
{
	struct sf_val *book = sf_at(opp, "Pricebook2Id");
	struct sf_row *b = rule_parent(s, entry, "Pricebook2Id"), *old, *r;

	if (!rule_blank(book))
		return book->i == sf_at(entry, "Pricebook2Id")->i ? 0 :
		    sf_fail(s->e, INTEGRITY, "PricebookEntryId", "%s",
		    OTHER_BOOK);
	if (b == NULL || !sf_at(b, "IsActive")->i)
		return sf_fail(s->e, INTEGRITY, "PricebookEntryId",
		    "The opportunity has no price book, and that of the "
		    "pricebook entry is not active");
	if (rule_edit(s, opp->id, &old, &r)) {
		*sf_at(r, "Pricebook2Id") = *sf_at(entry, "Pricebook2Id");
		sf_put(s->org, r, old);
	}
	return 0;
}

static void
line_name(struct sf_save *s, struct sf_row *opp, struct sf_row *entry)
{
	struct sf_val *a = sf_at(opp, "Name"), *b = sf_at(entry, "Name");
	char *name = sf_alloc(s->a, a->n + b->n + 1);

	memcpy(name, a->s, a->n);
	name[a->n] = ' ';
	memcpy(name + a->n + 1, b->s, b->n);
	rule_text(s->row, "Name", name, a->n + b->n + 1);
}

static int
line_entry(struct sf_save *s, struct sf_row *opp)
{
	struct sf_row *e = rule_parent(s, s->row, "PricebookEntryId");

	if (e == NULL)
		return sf_fail(s->e, MISSING, "PricebookEntryId",
		    "Required fields are missing: [PricebookEntryId]");
	if (!sf_at(e, "IsActive")->i)
		return sf_fail(s->e, INTEGRITY, "PricebookEntryId",
		    "The pricebook entry is inactive");
	if (!rule_same_currency(e, opp))
		return sf_fail(s->e, INTEGRITY, "PricebookEntryId",
		    "The pricebook entry currency code does not match the "
		    "opportunity currency code");
	if (take_book(s, opp, e) < 0)
		return -1;
	*sf_at(s->row, "Product2Id") = *sf_at(e, "Product2Id");
	*sf_at(s->row, "ProductCode") = *sf_at(e, "ProductCode");
	*sf_at(s->row, "ListPrice") = *sf_at(e, "UnitPrice");
	line_name(s, opp, e);
	return 0;
}

/* Of unit and total price the one follows from the other, the discount
 * taken off. */
static int
line_prices(struct sf_save *s)
{
	bool unit = rule_sent(s, "UnitPrice") &&
	    !rule_blank(sf_at(s->row, "UnitPrice"));
	bool total = rule_sent(s, "TotalPrice") &&
	    !rule_blank(sf_at(s->row, "TotalPrice"));
	double net = rule_double(s->row, "Quantity") *
	    (1 - rule_double(s->row, "Discount") / 100);

	if (unit && total)
		return sf_fail(s->e, INTEGRITY, "TotalPrice",
		    "You can specify UnitPrice or TotalPrice, not both");
	if (!unit && !total && (s->old == NULL ||
	    rule_blank(sf_at(s->row, "UnitPrice")) ||
	    rule_blank(sf_at(s->row, "TotalPrice"))))
		return sf_fail(s->e, MISSING, "UnitPrice",
		    "Required fields are missing: [UnitPrice]");
	if (unit || (!total && rule_sent(s, "Discount")))
		rule_num(s->row, "TotalPrice", rule_times(net,
		    rule_double(s->row, "UnitPrice")));
	else if (net != 0)
		rule_num(s->row, "UnitPrice", cents(rule_double(s->row,
		    "TotalPrice") / net));
	return 0;
}

static int
line_save(struct sf_save *s)
{
	struct sf_row *opp = rule_parent(s, s->row, "OpportunityId");
	const struct sf_field *f = sf_field(s->row->o, "CurrencyIsoCode");

	if (opp == NULL)
		return sf_fail(s->e, SF_CROSS, "", "invalid cross reference id");
	if (line_prices(s) < 0)
		return -1;
	if (f != NULL)
		s->row->v[f->index] = *sf_at(opp, "CurrencyIsoCode");
	return s->old == NULL ? line_entry(s, opp) : 0;
}

/* The opportunity's amount is the sum of its lines. */
static void
sum(struct sf_save *s)
{
	struct sf_row *old, *opp, *line = sf_alloc(s->a, sizeof(*line));
	double amount = 0, quantity = 0;
	int64_t ids[2000];
	int i, n;

	if (!rule_edit(s, sf_at(s->row, "OpportunityId")->i, &old, &opp))
		return;
	n = rule_children(s->org, "OpportunityLineItem", "OpportunityId",
	    opp->id, ids, 2000);
	for (i = 0; i < n; i++)
		if (sf_get(s->org, ids[i], s->a, line)) {
			amount += rule_double(line, "TotalPrice");
			quantity += rule_double(line, "Quantity");
		}
	rule_int(opp, "HasOpportunityLineItem", n > 0);
	rule_num(opp, "Amount", cents(amount));
	rule_num(opp, "TotalOpportunityQuantity", quantity);
	expected(opp);
	sf_put(s->org, opp, old);
}

const struct sf_rules sf_rules_opportunityline = {
	.save = line_save, .saved = sum, .deleted = sum};
