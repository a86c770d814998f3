/* salesforce-check-conf - what settings name in Salesforce is there. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "salesforce-check-in.h"
#include "uses.h"

enum { SOQL = 4096 };

bool
check_asked(struct sf_check *c, const char *what, struct slice object,
    struct slice value)
{
	struct asked *a;

	for (a = c->asked; a != NULL; a = a->next)
		if (strcmp(a->what, what) == 0 &&
		    slice_eq(a->object, object) && slice_eq(a->value, value))
			return true;
	a = pool_get(c->pool, sizeof(*a));
	*a = (struct asked){ c->asked, what, object, value };
	a->object.p = pool_dup(c->pool, object.p, object.n);
	a->value.p = pool_dup(c->pool, value.p, value.n);
	c->asked = a;
	return false;
}

/* ---- queries ---- */

struct hits {
	int n, active;
	struct slice text;	/* of the last: its second column */
	struct pool *pool;
};

/* Two columns: a name, and whether it is active or something else. */
static int
take(void *ctx, const struct sf_record *r, struct why *w)
{
	struct hits *h = ctx;

	if (r->n != 2)
		return why(w, WHY_BROKEN, "an answer lacks columns");
	h->n++;
	h->active += slice_is(r->value[1].text, "true");
	h->text = r->value[1].text;
	if (h->text.p != NULL)
		h->text.p = pool_dup(h->pool, h->text.p, h->text.n);
	return 0;
}

/* 1; 0: a saved org that was not asked this (said once); -1. */
static int
ask(struct sf_check *c, struct place at, const char *label,
    const char *select, struct slice value, struct hits *h, struct why *w)
{
	struct buf soql = BUF(SOQL);
	int r = 0;

	*h = (struct hits){ .pool = c->pool };
	buf_str(&soql, select);
	if (value.p != NULL)
		sf_soql_text(&soql, value);
	if (!soql.over)		/* nothing has so long a name */
		r = sf_query(c->sf, buf_cstr(&soql), SF_REST, take, h, w);
	buf_free(&soql);
	if (r == 0)
		return 1;
	if (strcmp(w->code, "not-saved") == 0) {
		check_warn(c, at, "%s: not checked, the saved answers say "
		    "nothing of it; save again", label);
		*w = (struct why){0};
		return 0;
	}
	if (strcmp(w->code, "INVALID_TYPE") != 0 &&
	    strcmp(w->code, "INVALID_FIELD") != 0)
		return -1;
	/* who has no orders need not care for their default */
	if (strcmp(at.file, "default") != 0)
		check_error(c, at, "%s: %s", label, w->text);
	*w = (struct why){0};
	return 0;
}

static int
check_user(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	struct hits h;
	int r;

	if (check_asked(c, "user", SLICE(""), value))
		return 0;
	if ((r = ask(c, at, label, "SELECT Username, IsActive FROM User "
	    "WHERE Username = ", value, &h, w)) != 1)
		return r;
	if (h.n == 0)
		check_error(c, at, "%s: Salesforce has no user '%.*s'; it is a "
		    "username, not an e-mail address", label, (int)value.n,
		    value.p);
	else if (h.active == 0)
		check_error(c, at, "%s: the user '%.*s' is not active, so it "
		    "can own nothing new; name another", label, (int)value.n, value.p);
	return 0;
}

static int
check_book(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	struct hits h;
	int r;

	if (check_asked(c, "book", SLICE(""), value))
		return 0;
	if ((r = ask(c, at, label, "SELECT Name, IsActive FROM Pricebook2 "
	    "WHERE Name = ", value, &h, w)) != 1)
		return r;
	if (h.n == 0)
		check_error(c, at, "%s: Salesforce has no price book '%.*s'; "
		    "make it, or name another", label, (int)value.n, value.p);
	else if (h.n > 1)
		check_error(c, at, "%s: %d price books are called '%.*s'; "
		    "the name must tell one", label, h.n, (int)value.n,
		    value.p);
	else if (h.active == 0)
		check_error(c, at, "%s: the price book '%.*s' is not active; "
		    "activate it", label, (int)value.n, value.p);
	return 0;
}

static int
check_standard_book(struct sf_check *c, struct place at, struct why *w)
{
	struct hits h;
	int r;

	if (check_asked(c, "standard book", SLICE(""), SLICE("")))
		return 0;
	if ((r = ask(c, at, "the standard price book", "SELECT Name, IsActive "
	    "FROM Pricebook2 WHERE IsStandard = true", (struct slice){
	    NULL, 0 }, &h, w)) != 1)
		return r;
	if (h.n == 0)
		check_error(c, at, "Salesforce shows no standard price book");
	else if (h.active == 0)
		check_warn(c, at, "the standard price book is not active; "
		    "activate it in Setup, or its prices cannot be used");
	return 0;
}

/* ---- record types, which describe has ---- */

struct type_info {
	bool there, active, available;
};

static struct type_info
find_type(const struct sf_object *o, struct slice value, struct pool *pool)
{
	struct type_info t = { false, false, false };
	struct slice v;
	struct scan s;

	scan_enter(&s, o->record_types);
	while (scan_element(&s, &v))
		if (slice_eq(scan_string(scan_get(v, "developerName"), pool),
		    value)) {
			t.there = true;
			t.active = scan_kind(scan_get(v, "active")) ==
			    SCAN_TRUE;
			t.available = scan_kind(scan_get(v, "available")) ==
			    SCAN_TRUE;
		}
	return t;
}

/* "A, B" */
static const char *
type_names(struct sf_check *c, const struct sf_object *o)
{
	struct buf b = BUF(2048);
	struct slice v;
	struct scan s;
	const char *out;

	scan_enter(&s, o->record_types);
	while (scan_element(&s, &v)) {
		if (scan_kind(scan_get(v, "master")) == SCAN_TRUE)
			continue;
		buf_str(&b, b.n > 0 ? ", " : "");
		buf_slice(&b, scan_string(scan_get(v, "developerName"),
		    c->pool));
	}
	out = pool_dup(c->pool, b.n == 0 ? "none" : b.p, b.n == 0 ? 4 : b.n);
	buf_free(&b);
	return out;
}

static void
check_type(struct sf_check *c, struct place at, const char *label,
    const struct sf_object *o, struct slice value)
{
	struct type_info t = find_type(o, value, c->pool);

	if (check_asked(c, "record type", o->name, value))
		return;
	if (!t.there)
		check_error(c, at, "%s: %s has no record type '%.*s'; it has "
		    "%s", label, o->name.p, (int)value.n, value.p,
		    type_names(c, o));
	else if (!t.active)
		check_error(c, at, "%s: the record type '%.*s' of %s is not "
		    "active", label, (int)value.n, value.p, o->name.p);
	else if (!t.available)
		check_error(c, at, "%s: the integration user may not use the "
		    "record type '%.*s' of %s; assign it in the user's "
		    "permission set or profile", label, (int)value.n, value.p,
		    o->name.p);
}

int
check_symbol(struct sf_check *c, struct place at, const struct sf_object *o,
    struct slice name, struct slice value, struct why *w)
{
	char label[256];

	snprintf(label, sizeof(label), "%s.%.*s", o->name.p, (int)name.n,
	    name.p);
	if (slice_is(name, "RecordType.DeveloperName"))
		check_type(c, at, label, o, value);
	else if (slice_is(name, "Owner.Username"))
		return check_user(c, at, label, value, w);
	else if (slice_is(name, "Pricebook2.Name"))
		return check_book(c, at, label, value, w);
	else if (slice_is(name, "Pricebook2.IsStandard") &&
	    slice_is(value, "true"))
		return check_standard_book(c, at, w);
	return 0;
}

/* ---- settings ---- */

static int
ask_status(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct hits *h, struct why *w)
{
	int r = ask(c, at, label, "SELECT ApiName, StatusCode FROM "
	    "OrderStatus WHERE ApiName = ", value, h, w);

	if (r == 1 && h->n == 0)
		check_error(c, at, "%s: Salesforce has no order status '%.*s'"
		    "; add it to the field Status of Order (Setup, Object "
		    "Manager), or name another", label, (int)value.n,
		    value.p);
	return r == 1 && h->n == 0 ? 0 : r;
}

/* The draft status must be one that Salesforce counts as a draft. */
static int
check_status(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	struct hits h;
	int r = ask_status(c, at, label, value, &h, w);

	if (r == 1 && !slice_is(h.text, "Draft"))
		check_error(c, at, "%s: the order status '%.*s' is of category "
		    "%.*s, not Draft: no order can be made with it; name one "
		    "of that category", label, (int)value.n, value.p,
		    (int)h.text.n, h.text.p);
	return r == -1 ? -1 : 0;
}

static int
check_guests(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	struct hits h;
	int r = ask(c, at, label, "SELECT Magento_Id__c, Name FROM Account "
	    "WHERE Magento_Id__c = ", value, &h, w);

	if (r == 1 && h.n == 0)
		check_error(c, at, "%s: no Account has Magento_Id__c '%.*s'; "
		    "give it to the account that is meant", label,
		    (int)value.n, value.p);
	return r == 1 ? 0 : r;
}

/* A stage that is there, and closed or not as it is needed. */
static int
ask_stage(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct hits *h, struct why *w)
{
	struct hits active;
	int r = ask(c, at, label, "SELECT ApiName, IsActive FROM "
	    "OpportunityStage WHERE ApiName = ", value, &active, w);

	if (r != 1)
		return r;
	if (active.n == 0 || active.active == 0)
		check_error(c, at, "%s: %s '%.*s'; add it to the field Stage "
		    "of Opportunity (Setup, Object Manager), or name another",
		    label, active.n == 0 ? "Salesforce has no stage" :
		    "not active is the stage", (int)value.n, value.p);
	if (active.n == 0 || active.active == 0)
		return 0;
	return ask(c, at, label, "SELECT ApiName, IsClosed FROM "
	    "OpportunityStage WHERE ApiName = ", value, h, w);
}

static int
check_open_stage(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	struct hits h;
	int r = ask_stage(c, at, label, value, &h, w);

	if (r == 1 && h.active > 0)
		check_warn(c, at, "%s: the stage '%.*s' is a closed one: such "
		    "opportunities leave the pipeline; name an open one",
		    label, (int)value.n, value.p);
	return r == -1 ? -1 : 0;
}

static int
check_closed_stage(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	struct hits h;
	int r = ask_stage(c, at, label, value, &h, w);

	if (r == 1 && h.active == 0)
		check_warn(c, at, "%s: the stage '%.*s' is an open one: what "
		    "is paid for would stay in the pipeline; name a closed "
		    "one", label, (int)value.n, value.p);
	return r == -1 ? -1 : 0;
}

static int
type_of(struct sf_check *c, struct place at, const char *label,
    struct slice object, struct slice value, struct why *w)
{
	const struct sf_object *o;
	int r = check_object(c, object, &o, w);

	if (r == 1)
		check_type(c, at, label, o, value);
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
	int (*check)(struct sf_check *c, struct place at, const char *label,
	    struct slice value, struct why *w);
} settings[] = {
	{ "customers", "owner", NULL, NULL, check_user },
	{ "customers", "record_type", NULL, "Account", NULL },
	{ "customers", "person_accounts", persons, NULL, check_persons },
	{ "customers", "person_record_type", persons, "Account", NULL },
	{ "guests", "account", NULL, NULL, check_guests },
	{ "prices", "pricebook", NULL, NULL, check_book },
	{ "orders", "default_status", orders, NULL, check_status },
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

int
sf_check_currency(struct sf_check *c, struct place at, const char *label,
    struct slice code, struct why *w)
{
	struct hits h;
	int r;

	if (check_asked(c, "currency", SLICE(""), code))
		return 0;
	if ((r = ask(c, at, label, "SELECT IsoCode, IsActive FROM "
	    "CurrencyType WHERE IsoCode = ", code, &h, w)) == 1 &&
	    (h.n == 0 || h.active == 0))
		check_error(c, at, "%s: the org has no active currency %.*s; "
		    "add it (Setup, Manage Currencies)", label, (int)code.n,
		    code.p);
	return r == -1 ? -1 : 0;
}

/* ---- tables ---- */

struct rows {
	struct sf_check *c;
	const char *path;
	bool stages;
};

static int
check_row(void *ctx, const struct findings_row *r, struct why *w)
{
	struct rows *t = ctx;
	struct place at = { t->path, r->line };
	struct hits h;
	char label[128];

	if (r->value.n == 0 || check_asked(t->c, t->stages ? "stage" :
	    "status", SLICE(""), r->value))
		return 0;
	snprintf(label, sizeof(label), "'%.*s'", slice_cut(r->key, 60),
	    r->key.p);
	if ((t->stages ? ask_stage : ask_status)(t->c, at, label, r->value,
	    &h, w) == -1)
		return -1;
	return 0;
}

static int
check_table(struct sf_check *c, const char *dir, const char *name,
    bool stages, struct why *w)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct rows t = { c, pool_dup(c->pool, path, strlen(path)), stages };
	int r = findings_table(t.path, check_row, &t, w);

	free(path);
	return r;
}

int
sf_check_tables(struct sf_check *c, const struct conf *conf,
    const char *dir, struct why *w)
{
	if (orders(conf) && check_table(c, dir, "order-status.csv", false,
	    w) == -1)
		return -1;
	if (!opportunities(conf))
		return 0;
	return check_table(c, dir, "opportunity-status.csv", true, w);
}
