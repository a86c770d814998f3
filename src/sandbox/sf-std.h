/*
 * sf-std - how the standard objects are written down, one field a line
 *
 *	F	a plain field		label, type, length
 *	N	a number		label, type, precision, scale
 *	P	a picklist		label, length, values (none: any goes;
 *					"*New" is the default)
 *	R	a lookup		label, relationship name, targets
 *
 * Flags: c createable, u updateable, n nillable, d defaulted on create, i
 * idLookup, r restricted picklist, a auto number, m name field, q unique, D
 * deleted with the parent, X keeps the parent from being deleted.  Names are
 * the API's; Id and IsDeleted stand first, where there is one.
 */
#ifndef SF_STD_H
#define SF_STD_H

struct sf_std {
	const char *name, *label, *type;
	int length, precision, scale;
	const char *flags, *relation, *targets, *values;
};

/*
 * What the API may do with an object: c create, u update, d delete, z undelete
 * (it goes to the recycle bin), b Bulk API, m it has a currency where there
 * are several, h it is there then only, s set-up, t Tooling API alone, o its
 * system fields (CreatedDate and its like) are in its own list, r it can have
 * record types, n no upsert.
 */
struct sf_std_object {
	const char *name, *label, *plural, *prefix, *can;
	const struct sf_std *fields;
};

extern const struct sf_std_object sf_std_objects[];
extern const struct sf_std sf_std_system[];	/* what every object has */
extern const struct sf_std sf_std_person[];	/* Account's, of a person */

/* Names of a parent's lists of children; the others have none. */
struct sf_std_children {
	const char *object, *field, *name;
};

extern const struct sf_std_children sf_std_children[];

/* Add the record types that every org here has. */
struct sf_schema;
void sf_rtype_std(struct sf_schema *s);

/* sf-objects-sales.c and sf-objects-service.c */
extern const struct sf_std sf_std_lead[], sf_std_opportunity[],
    sf_std_stage[], sf_std_opportunityline[], sf_std_contactrole[],
    sf_std_campaign[], sf_std_member[], sf_std_memberstatus[], sf_std_note[],
    sf_std_contentnote[], sf_std_documentlink[], sf_std_task[], sf_std_case[],
    sf_std_group[], sf_std_queue[], sf_std_currency[], sf_std_leadstatus[],
    sf_std_closedstatus[], sf_std_opportunityhistory[];

#define F(name, label, type, length, flags) \
	{name, label, type, length, 0, 0, flags, 0, 0, 0}
#define N(name, label, type, precision, scale, flags) \
	{name, label, type, 0, precision, scale, flags, 0, 0, 0}
#define P(name, label, length, flags, values) \
	{name, label, "picklist", length, 0, 0, flags, 0, 0, values}
#define R(name, label, flags, relation, targets) \
	{name, label, "reference", 18, 0, 0, flags, relation, targets, 0}
#define END {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

#define GEOCODE \
	"Address;NearAddress;Block;Street;ExtendedZip;Zip;" \
	"Neighborhood;City;County;State;Unknown"
#define INDUSTRY \
	"Agriculture;Apparel;Banking;Biotechnology;Chemicals;" \
	"Communications;Construction;Consulting;Education;" \
	"Electronics;Energy;Engineering;Entertainment;Environmental;" \
	"Finance;Food & Beverage;Government;Healthcare;Hospitality;" \
	"Insurance;Machinery;Manufacturing;Media;Not For Profit;" \
	"Recreation;Retail;Shipping;Technology;Telecommunications;" \
	"Transportation;Utilities;Other"
#define RATING \
	"Hot;Warm;Cold"
#define SOURCE \
	"Web;Phone Inquiry;Partner Referral;Purchased List;Other"
#define SALUTATION \
	"Mr.;Ms.;Mrs.;Dr.;Prof.;Mx."
#define FORECAST \
	"Omitted;Pipeline;BestCase;MostLikely;Forecast;Closed"
#define FORECAST_NAME \
	"Omitted;Pipeline;Best Case;Commit;Closed"

#endif
