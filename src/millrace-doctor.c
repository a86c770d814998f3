/* millrace-doctor - do both connections work, with all rights? */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "conf.h"
#include "ledger.h"
#include "magento-tell.h"
#include "opt.h"
#include "salesforce.h"
#include "say.h"

enum {
	CLOCK_OFF = 60,		/* seconds that nobody minds */
	REFUSED_ALL = 3,	/* so many rights refused from the first on */
};

static const struct opt options[] = {
	{ 0, NULL, NULL, NULL },
};

struct doctor {
	struct conf *conf;
	struct ledger *ledger;
	struct mage *m;
	struct sf *sf;
	int mend, later;	/* lines that are not ok */
};

static void
ok(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void
ok(const char *fmt, ...)
{
	va_list ap;

	fputs("ok     ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* What a server said may hold what would move a cursor. */
static void
put_safe(const char *s)
{
	for (; *s != '\0'; s++)
		putchar((unsigned char)*s < ' ' || *s == 0x7f ? ' ' : *s);
}

/* One thing that is wrong: what, and what to do. */
static void
wrong(struct doctor *d, const struct why *w, const char *what)
{
	bool busy = w->kind == WHY_BUSY;

	if (busy)
		d->later++;
	else
		d->mend++;
	printf("%s  %s: ", busy ? "later" : "mend ", what);
	put_safe(w->text);
	putchar('\n');
}

static void
check_clock(struct doctor *d, const char *who, time_t theirs)
{
	long off = (long)(time(NULL) - theirs);
	struct why w = {0};

	if (theirs == -1)
		return;
	if (labs(off) <= CLOCK_OFF) {
		ok("%s's clock and ours agree", who);
		return;
	}
	why(&w, WHY_SETUP, "this machine is %ld s %s of %s; set its clock "
	    "(NTP)", labs(off), off > 0 ? "ahead" : "behind", who);
	wrong(d, &w, "clock");
}

/* --- Magento --- */

/* What the login must be allowed to do.  The writes have an empty body:
 * Magento looks at the right first, then refuses them with 400. */
static const struct right {
	const char *what, *method, *path;
	bool list;
	enum mage_kind tells;	/* of a write: what it is for */
} rights[] = {
	{ "read stores", "GET", "store/storeConfigs", false, 0 },
	{ "read customers", "GET", "customers/search", true, 0 },
	{ "read customer groups", "GET", "customerGroups/search", true, 0 },
	{ "read customer attributes", "GET", "attributeMetadata/customer",
	    false, 0 },
	{ "read products", "GET", "products", true, 0 },
	{ "read product attributes", "GET", "products/attributes", true, 0 },
	{ "read orders", "GET", "orders", true, 0 },
	{ "read invoices", "GET", "invoices", true, 0 },
	{ "read shipments", "GET", "shipments", true, 0 },
	{ "read credit memos", "GET", "creditmemos", true, 0 },
	{ "write orders", "POST", "orders", false, MAGE_ORDERS },
	{ "comment on orders", "POST", "orders/0/comments", false,
	    MAGE_ORDERS },
	{ "write customers", "PUT", "customers/0", false, MAGE_CUSTOMERS },
	{ "write products", "PUT", "products/0", false, MAGE_PRODUCTS },
};

/* A write only where something is told by it. */
static bool
needed(const struct right *r, const struct mage_places *p, bool tells)
{
	bool comments = strstr(r->path, "/comments") != NULL;
	const char *place = p->name[r->tells][MAGE_ID];

	if (strcmp(r->method, "GET") == 0)
		return true;
	if (!tells || !mage_places_any(p, r->tells))
		return false;
	return r->tells != MAGE_ORDERS ||
	    comments == (strcmp(place, "comment") == 0);
}

static char *
url_of(struct mage *m, const struct right *r)
{
	struct mage_query *q;
	char *url;

	if (!r->list)
		return mage_url(m, r->path, (struct slice){ NULL, 0 });
	q = mage_query_new(m, r->path);
	mage_page(q, 1, 1);
	url = xstrdup(mage_query_url(q));
	mage_query_free(q);
	return url;
}

/* 0 when there is no use in asking on. */
static int
check_right(struct doctor *d, const struct right *r, time_t *theirs)
{
	bool writes = strcmp(r->method, "GET") != 0;
	struct http_call c = { .method = r->method };
	char *url = url_of(d->m, r), *what;
	struct why w = {0};
	int on = 1;

	if (writes)
		c.body = SLICE("{}");
	if (mage_call(d->m, url, &c, &w) == 0 ||
	    (writes && c.status >= 400 && c.status < 500 && c.status != 401 &&
	    c.status != 403)) {
		ok("Magento lets us %s", r->what);
	} else {
		what = xasprintf("%s %s", c.status == 401 || c.status == 403 ?
		    "may not" : "cannot", r->what);
		wrong(d, &w, what);
		free(what);
		on = c.status == 401 || c.status == 403 || c.status == 500;
	}
	if (http_date(&c) != -1)
		*theirs = http_date(&c);
	http_call_free(&c);
	free(url);
	return on;
}

/* The attributes that take our ids are made by somebody else. */
static void
check_places(struct doctor *d, const struct mage_places *p,
    enum mage_kind kind)
{
	bool there[MAGE_PLACES];
	struct why w = {0};
	const char *setting;
	int i;

	if (mage_places_look(d->m, p, kind, there, &w) == -1)
		return;		/* told already, by its right */
	for (i = 0; i < MAGE_PLACES; i++) {
		if ((setting = mage_places_setting(kind, i)) == NULL)
			continue;
		if (p->name[kind][i] == NULL) {
			ok("no %s is set: %s are not told it", setting,
			    mage_kind_name(kind));
		} else if (there[i]) {
			ok("%s have the attribute %s", mage_kind_name(kind),
			    p->name[kind][i]);
		} else {
			why(&w, WHY_SETUP, "%s have no attribute '%s'; %s; or "
			    "empty the setting", mage_kind_name(kind),
			    p->name[kind][i], mage_places_advice(kind));
			wrong(d, &w, setting);
		}
	}
}

static void
check_magento(struct doctor *d)
{
	bool tells = conf_bool(d->conf, "magento", "writeback");
	struct mage_places places;
	int before = d->mend;
	time_t theirs = -1;
	struct why w = {0};
	size_t i;

	if ((d->m = mage_open(d->conf, d->ledger, &w)) == NULL) {
		wrong(d, &w, "Magento");
		return;
	}
	mage_places(&places, d->conf);
	for (i = 0; i < sizeof(rights) / sizeof(*rights); i++) {
		if (!needed(&rights[i], &places, tells))
			continue;
		if (!check_right(d, &rights[i], &theirs))
			break;
		if (i + 1 == REFUSED_ALL && d->mend - before == REFUSED_ALL) {
			why(&w, WHY_SETUP, "so many rights are missing that "
			    "the token is probably wrong, expired or of "
			    "another store, or the store takes no such token: "
			    "see login in millrace-config(5); the rest was "
			    "not asked");
			wrong(d, &w, "Magento");
			return;
		}
	}
	check_clock(d, "Magento", theirs);
	if (tells) {
		check_places(d, &places, MAGE_CUSTOMERS);
		check_places(d, &places, MAGE_PRODUCTS);
	}
}

/* --- Salesforce --- */

static const char *const objects[] = { "Account", "Contact", "Product2",
	"PricebookEntry", "Order", "OrderItem" };

/* The object, our rights on it, and the field that identifies its records. */
static void
check_object(struct doctor *d, const char *name)
{
	static const char key[] = "Magento_Id__c";
	const struct sf_object *o = sf_describe(d->sf, slice(name), NULL);
	const struct sf_field *f;
	struct why w = {0};

	if (o == NULL) {
		sf_describe(d->sf, slice(name), &w);
		wrong(d, &w, name);
		return;
	}
	f = sf_field(d->sf, slice(name), slice(key), NULL);
	if (!o->queryable || !o->createable || !o->updateable)
		why(&w, WHY_SETUP, "the integration user may not %s it; give "
		    "it the permission set of pipelines/setup/salesforce",
		    !o->queryable ? "read" : !o->createable ? "create" :
		    "change");
	else if (f == NULL)
		why(&w, WHY_SETUP, "there is no field %s, or the integration "
		    "user may not see it; deploy pipelines/setup/salesforce",
		    key);
	else if (!f->external_id || !f->unique)
		why(&w, WHY_SETUP, "%s is not a unique external id; deploy "
		    "pipelines/setup/salesforce", key);
	else if (!f->createable)
		why(&w, WHY_SETUP, "the integration user may not write %s; "
		    "give it the permission set of pipelines/setup/salesforce",
		    key);
	if (w.kind == WHY_NONE)
		ok("Salesforce has %s with %s, and we may write it", name,
		    key);
	else
		wrong(d, &w, name);
}

/* False when no call is left: there is no use in asking on. */
static bool
check_limits(struct doctor *d)
{
	struct why w = {0};
	long used, of;

	sf_limits(d->sf, &used, &of);
	if (of <= 0)
		return true;
	if (used < of - of / 10) {
		ok("%ld of %ld API calls are left today", of - used, of);
		return true;
	}
	why(&w, WHY_BUSY, "%ld of %ld are left today; wait, or ask for more",
	    used < of ? of - used : 0, of);
	wrong(d, &w, "API calls");
	return used < of;
}

static void
check_salesforce(struct doctor *d)
{
	struct http_call c = { .method = "GET" };
	struct slice json;
	struct why w = {0};
	size_t i;

	if ((d->sf = sf_open(d->conf, d->ledger, &w)) == NULL ||
	    sf_login_again(d->sf, &w) == -1) {
		wrong(d, &w, "Salesforce");
		return;
	}
	ok("Salesforce: logged in to %s, organisation %s",
	    sf_instance(d->sf), sf_org(d->sf));
	if (sf_get(d->sf, &c, "limits", &json, &w) == -1)
		wrong(d, &w, "limits");
	else
		check_clock(d, "Salesforce", http_date(&c));
	http_call_free(&c);
	if (w.kind == WHY_BUSY || !check_limits(d))
		return;
	for (i = 0; i < sizeof(objects) / sizeof(*objects); i++)
		check_object(d, objects[i]);
}

/* --- the program --- */

/* The ledger says whether these are the store and the org that it knows. */
static void
check_ledger(struct doctor *d)
{
	struct why w = {0};

	if ((d->ledger = ledger_of(d->conf, LEDGER_WRITE, &w)) == NULL)
		wrong(d, &w, "ledger");
	else
		ok("the ledger opens%s", conf_text(d->conf, "magento", "url") ==
		    NULL ? "" : ", and belongs to this store");
}

static int
finish(struct doctor *d)
{
	struct why w = {0};
	int status = d->mend > 0 ? WHY_SETUP : d->later > 0 ? WHY_BUSY : 0;

	sf_close(d->sf);
	mage_close(d->m);
	ledger_close(d->ledger, NULL);
	conf_close(d->conf);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		why(&w, WHY_BROKEN, "cannot write the output");
		return say_why(&w);
	}
	return status;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "millrace-doctor", .operands = "",
	    .purpose = "do both connections work, with all rights?",
	    .table = options };
	struct doctor d = {0};
	struct why w = {0};
	int c;

	while ((c = opt_next(&o, argc, argv)) > 0)
		continue;
	if (c < 0)
		return o.status;
	if (argv[o.first] != NULL)
		return opt_usage(&o, "'%s' is one argument too many",
		    argv[o.first]);
	if ((d.conf = conf_open(o.config, &w)) == NULL)
		return say_why(&w);
	ok("the configuration %s has no mistakes", conf_file(d.conf));
	check_ledger(&d);
	check_magento(&d);
	check_salesforce(&d);
	return finish(&d);
}
