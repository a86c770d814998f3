/* salesforce-check-conf - what settings name in Salesforce is there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "salesforce-check-in.h"
#include "uses.h"

/* ---- what describe says of them ---- */

static int
type_of(struct sf_check *c, struct place at, const char *label,
    struct slice object, struct slice value, struct why *w)
{
	const struct sf_object *o;
	int r = check_object(c, object, &o, w);

	if (r == 1)
		check_record_type(c, at, label, o, value);
	else if (r == 0)
		check_error(c, at, "%s: %s", label, w->text);
	return r == -1 ? -1 : 0;
}

/* Is this an org that can have persons? */
static int
check_persons(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	const struct sf_object *o;
	int r = check_object(c, SLICE("Account"), &o, w);

	if (r == 1 && !slice_is(value, "no") &&
	    sf_field_of(o, SLICE("IsPersonAccount")) == NULL)
		check_error(c, at, "%s: the org has no person accounts; "
		    "switch them on (Setup, Person Accounts; for good), or "
		    "set it to no", label);
	return r == -1 ? -1 : 0;
}

/* Salesforce takes any role; one that is not in the list shows nowhere. */
static int
check_role(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	const struct sf_object *o;
	const struct sf_field *f;
	struct slice v;
	struct scan s;
	int r = check_object(c, SLICE("OpportunityContactRole"), &o, w);

	if (r != 1) {
		if (r == 0)
			check_error(c, at, "%s: %s", label, w->text);
		return r;
	}
	if ((f = sf_field_of(o, SLICE("Role"))) == NULL)
		return check_missing(c, at, o, SLICE("Role"), w);
	scan_enter(&s, f->values);
	while (scan_element(&s, &v))
		if (scan_kind(scan_get(v, "active")) == SCAN_TRUE &&
		    slice_eq(scan_string(scan_get(v, "value"), c->pool),
		    value))
			return 0;
	check_error(c, at, "%s: OpportunityContactRole.Role has no value "
	    "'%.*s'; add it (Setup, Contact Roles on Opportunities), or name "
	    "another", label, (int)value.n, value.p);
	return 0;
}

/* ---- when a default is of use; what stands in the file always is ---- */

static bool
persons(const struct conf *c)
{
	return strcmp(conf_text(c, "customers", "person_accounts"), "no") != 0;
}

static bool
orders(const struct conf *c)
{
	return strcmp(conf_text(c, "orders", "create_order"), "no") != 0;
}

static bool
carts(const struct conf *c)
{
	return uses_map(c, SLICE("cart"));
}

static bool
opportunities(const struct conf *c)
{
	return carts(c) || uses_map(c, SLICE("opportunity"));
}

static bool
roles(const struct conf *c)
{
	return opportunities(c) &&
	    conf_bool(c, "opportunities", "contact_roles");
}

static bool
conversion(const struct conf *c)
{
	return opportunities(c) && conf_bool(c, "opportunities", "convert");
}

/* A setting that names something of the org has its line here: a record type
 * of `object`, or what `check` looks for.  `used` NULL: it has no default. */
static const struct {
	const char *section, *name;
	bool (*used)(const struct conf *c);
	const char *object;
	check_named *check;
} settings[] = {
	{ "customers", "owner", NULL, NULL, check_user },
	{ "customers", "record_type", NULL, "Account", NULL },
	{ "customers", "person_accounts", persons, NULL, check_persons },
	{ "customers", "person_record_type", persons, "Account", NULL },
	{ "guests", "account", NULL, NULL, check_guests },
	{ "prices", "pricebook", NULL, NULL, check_book },
	{ "orders", "default_status", orders, NULL,
	    check_draft_status },
	{ "opportunities", "record_type", NULL, "Opportunity", NULL },
	{ "opportunities", "draft_stage", opportunities, NULL,
	    check_open_stage },
	{ "opportunities", "contact_role", roles, NULL, check_role },
	{ "opportunities", "converted_status", conversion, NULL,
	    check_closed_stage },
	{ "carts", "record_type", NULL, "Opportunity", NULL },
	{ "carts", "abandoned_status", carts, NULL, check_open_stage },
	{ "leads", "owner", NULL, NULL, check_user },
	{ "leads", "record_type", NULL, "Lead", NULL },
};

static int
check_setting(struct sf_check *c, const struct conf *conf, size_t i,
    struct why *w)
{
	const char *text = conf_text(conf, settings[i].section,
	    settings[i].name);
	struct place at = findings_set(c->found, conf, settings[i].section,
	    settings[i].name);
	char label[128];

	if (text == NULL || (strcmp(at.file, "default") == 0 &&
	    !settings[i].used(conf)))
		return 0;
	snprintf(label, sizeof(label), "[%s] %s", settings[i].section,
	    settings[i].name);
	if (settings[i].object != NULL)
		return type_of(c, at, label, slice(settings[i].object),
		    slice(text), w);
	return settings[i].check(c, at, label, slice(text), w);
}

/* The book of each website. */
static int
check_books(struct sf_check *c, struct place at, const struct conf *conf,
    struct why *w)
{
	struct slice site, book;
	char label[256];
	int i;

	for (i = 0; conf_pair(conf, "prices", "pricebooks", i, &site, &book);
	    i++) {
		snprintf(label, sizeof(label), "[prices] pricebooks %.*s",
		    (int)site.n, site.p);
		if (check_book(c, at, label, book, w) == -1)
			return -1;
	}
	return 0;
}

/* What Salesforce would round away, no sum would have. */
static int
check_decimals(struct sf_check *c, struct place at, long decimals,
    struct why *w)
{
	static const char *const of[] = { "PricebookEntry", "OrderItem" };
	const struct sf_object *o;
	const struct sf_field *f;
	size_t i;

	for (i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		switch (check_object(c, slice(of[i]), &o, w)) {
		case -1: return -1;
		case 0:			/* told with the maps that need it */
			*w = (struct why){0};
			continue;
		}
		f = sf_field_of(o, SLICE("UnitPrice"));
		if (f != NULL && decimals > f->scale)
			check_error(c, at, "[prices] decimals is %ld, but "
			    "%s.UnitPrice has %ld: Salesforce would round",
			    decimals, of[i], f->scale);
	}
	return 0;
}

/* An org has CurrencyIsoCode when it has several currencies. */
static int
check_currencies(struct sf_check *c, struct place at, bool several,
    struct why *w)
{
	const struct sf_object *o;
	int r = check_object(c, SLICE("PricebookEntry"), &o, w);
	bool has;

	if (r != 1)
		return r;
	has = sf_field_of(o, SLICE("CurrencyIsoCode")) != NULL;
	if (several && !has)
		check_error(c, at, "[prices] multi_currency: the org has a "
		    "single currency: PricebookEntry has no CurrencyIsoCode; "
		    "set it to no, or switch on several currencies (Setup, "
		    "Company Information)");
	else if (!several && has)
		check_warn(c, at, "[prices] multi_currency: the org has "
		    "several currencies; without it all amounts count in the "
		    "user's; set it to yes");
	return 0;
}

int
sf_check_settings(struct sf_check *c, const struct conf *conf,
    struct why *w)
{
	size_t i;

	findings_order(c->found, 0);
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (check_setting(c, conf, i, w) == -1)
			return -1;
	if (check_books(c, findings_set(c->found, conf, "prices",
	    "pricebooks"), conf, w) == -1 ||
	    check_decimals(c, findings_set(c->found, conf, "prices",
	    "decimals"), conf_int(conf, "prices", "decimals"), w) == -1)
		return -1;
	return check_currencies(c, findings_set(c->found, conf, "prices",
	    "multi_currency"), conf_bool(conf, "prices", "multi_currency"),
	    w) == -1 ? -1 : 0;
}

/* ---- tables ---- */

struct rows {
	struct sf_check *c;
	const char *path, *what;
	check_named *check;
};

static int
check_row(void *ctx, const struct findings_row *r, struct why *w)
{
	struct rows *t = ctx;
	struct place at = { t->path, r->line };
	char label[128];

	if (r->value.n == 0 ||
	    check_asked(t->c, t->what, SLICE(""), r->value))
		return 0;
	snprintf(label, sizeof(label), "'%.*s'", slice_cut(r->key, 60),
	    r->key.p);
	return t->check(t->c, at, label, r->value, w);
}

static int
check_table(struct sf_check *c, const char *dir, const char *name,
    const char *what, check_named *check, struct why *w)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct rows t = { c, pool_dup(c->pool, path, strlen(path)), what,
	    check };
	int r = findings_table(t.path, check_row, &t, w);

	free(path);
	return r;
}

int
sf_check_tables(struct sf_check *c, const struct conf *conf,
    const char *dir, struct why *w)
{
	if (orders(conf) && check_table(c, dir, "order-status.csv", "status",
	    check_order_status, w) == -1)
		return -1;
	if (!opportunities(conf))
		return 0;
	return check_table(c, dir, "opportunity-status.csv", "stage",
	    check_stage, w);
}
