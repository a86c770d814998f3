/* salesforce-check-org - what is named by a map or a setting is in the org. */
#include <stdio.h>
#include <strings.h>

#include "salesforce-check-in.h"

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

int
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

int
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

void
check_record_type(struct sf_check *c, struct place at,
    const char *label, const struct sf_object *o, struct slice value)
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
		check_record_type(c, at, label, o, value);
	else if (slice_is(name, "Owner.Username"))
		return check_user(c, at, label, value, w);
	else if (slice_is(name, "Pricebook2.Name"))
		return check_book(c, at, label, value, w);
	else if (slice_is(name, "Pricebook2.IsStandard") &&
	    slice_is(value, "true"))
		return check_standard_book(c, at, w);
	return 0;
}

/* ---- statuses, stages, the guests' account, currencies ---- */

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

int
check_order_status(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	struct hits h;

	return ask_status(c, at, label, value, &h, w) == -1 ? -1 : 0;
}

int
check_draft_status(struct sf_check *c, struct place at, const char *label,
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

int
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

int
check_stage(struct sf_check *c, struct place at, const char *label,
    struct slice value, struct why *w)
{
	struct hits h;

	return ask_stage(c, at, label, value, &h, w) == -1 ? -1 : 0;
}

int
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

int
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
