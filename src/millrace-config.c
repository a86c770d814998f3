/* millrace-config - show the settings, check them, begin a configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "magento-check.h"
#include "opt.h"
#include "salesforce-check.h"
#include "say.h"
#include "uses.h"

enum { ALL = 1024 * 1024, MAPPINGS = 256, OFFLINE };

static const struct opt options[] = {
	{ 'o', "origin", NULL, "show where each setting comes from" },
	{ 'j', "json", NULL, "show as JSON, as expressions see it" },
	{ MAPPINGS, "mappings", "DIR", "check the tables there as well" },
	{ OFFLINE, "offline", NULL, "check without asking store and org" },
	{ 0, NULL, NULL, NULL },
};

struct ask {
	bool origin, json, offline;
	const char *mappings;
};

/* The status to leave with: a full disk shows only when all is pushed out. */
static int
leave(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	say_error("cannot write: %s", strerror(errno));
	return WHY_BROKEN;
}

static void
show_setting(const struct conf *c, const struct conf_key *k, bool origin)
{
	const char *v;

	if (k->type == CONF_RETIRED)
		return;
	v = conf_text(c, k->section, k->name);
	if (origin)
		printf("%s.%s\t%s\t%s\n", k->section, k->name,
		    v == NULL ? "" : v, conf_origin(c, k->section, k->name));
	else
		printf("%s =%s%s\n", k->name, v == NULL ? "" : " ",
		    v == NULL ? "" : v);
}

static int
show(struct conf *c, const struct ask *a)
{
	const char *section = "";
	const struct conf_key *k;
	struct buf b = BUF(ALL);

	if (a->json) {
		conf_json(c, &b);
		printf("%.*s\n", (int)b.n, b.p);
		buf_free(&b);
		return leave(0);
	}
	for (k = conf_keys; k->section != NULL; k++) {
		if (!a->origin && strcmp(section, k->section) != 0)
			printf("%s[%s]\n", *section == '\0' ? "" : "\n",
			    k->section);
		section = k->section;
		show_setting(c, k, a->origin);
	}
	return leave(0);
}

static const struct conf_key *
named(const char *name)
{
	const struct conf_key *k;
	size_t n;

	for (k = conf_keys; k->section != NULL; k++) {
		n = strlen(k->section);
		if (k->type != CONF_RETIRED && name[n] == '.' &&
		    strncmp(k->section, name, n) == 0 &&
		    strcmp(k->name, name + n + 1) == 0)
			return k;
	}
	return NULL;
}

/* The values alone, a line each; a path as whoever asks can use it. */
static int
get(const struct conf *c, char **name, int n)
{
	const struct conf_key *k;
	const char *v;
	char *path;
	int i;

	for (i = 0; i < n; i++)
		if (named(name[i]) == NULL) {
			say_error("no setting '%s': it is SECTION.NAME, as "
			    "'millrace-config show --origin' lists them",
			    name[i]);
			return WHY_SETUP;
		}
	for (i = 0; i < n; i++) {
		k = named(name[i]);
		v = conf_text(c, k->section, k->name);
		path = k->type != CONF_PATH ? NULL :
		    conf_path(c, k->section, k->name);
		printf("%s\n", path != NULL ? path : v == NULL ? "" : v);
		free(path);
	}
	return leave(0);
}

/* ENTITY yes|no MAP...: does a run by itself read it, and by which maps. */
static int
maps(const struct conf *c)
{
	struct buf b = BUF(ALL);
	const char *entity;
	int i;

	for (i = 0; (entity = uses_entity(i)) != NULL; i++) {
		buf_reset(&b);
		uses_maps(c, entity, &b);
		printf("%s %s %s\n", entity, uses_reads(c, entity) ? "yes" :
		    "no", buf_cstr(&b));
	}
	buf_free(&b);
	return leave(0);
}

/* ---- check: what the file says by itself ---- */

/* A setting that some other setting makes necessary. */
static void
need(const struct conf *c, struct findings *f, const char *section,
    const char *name, const char *because)
{
	if (conf_text(c, section, name) == NULL &&
	    !conf_has_secret(c, section, name))
		findings_error(f, (struct place){ conf_file(c), 0 },
		    "[%s] %s is missing: %s", section, name, because);
}

static void
secret(const struct conf *c, struct findings *f, const char *section,
    const char *name)
{
	struct buf b = BUF(64 * 1024);
	struct why w = {0};

	if (conf_has_secret(c, section, name) &&
	    conf_secret(c, section, name, &b, &w) == -1)
		findings_error(f, findings_set(f, c, section, name),
		    "[%s] %s: %s", section, name, w.text);
	if (b.p != NULL)
		explicit_bzero(b.p, b.n);
	buf_free(&b);
}

static bool
is(const struct conf *c, const char *section, const char *name,
    const char *value)
{
	const char *v = conf_text(c, section, name);

	return v != NULL && strcmp(v, value) == 0;
}

static void
check_logins(const struct conf *c, struct findings *f)
{
	need(c, f, "magento", "url", "the store's address");
	if (is(c, "magento", "login", "bearer")) {
		need(c, f, "magento", "token_file", "login is bearer");
	} else if (is(c, "magento", "login", "oauth")) {
		need(c, f, "magento", "consumer_key", "login is oauth");
		need(c, f, "magento", "consumer_secret_file",
		    "login is oauth");
		need(c, f, "magento", "token_file", "login is oauth");
		need(c, f, "magento", "token_secret_file", "login is oauth");
	} else {
		need(c, f, "magento", "username", "login is admin");
		need(c, f, "magento", "password_file", "login is admin");
	}
	need(c, f, "salesforce", "url", "the org's My Domain address");
	need(c, f, "salesforce", "client_id", "every login needs it");
	if (is(c, "salesforce", "login", "jwt")) {
		need(c, f, "salesforce", "username", "login is jwt");
		need(c, f, "salesforce", "jwt_key_file", "login is jwt");
	} else {
		need(c, f, "salesforce", "client_secret_file",
		    "login is client_credentials");
	}
}

/* Two websites with one price book would each write its own price there,
 * over and over; two currencies are two prices. */
static void
check_books(const struct conf *c, struct findings *f)
{
	struct place at = findings_set(f, c, "prices", "pricebooks");
	bool several = conf_bool(c, "prices", "multi_currency");
	struct slice site, book, other, same;
	int i, j;

	for (i = 0; conf_pair(c, "prices", "pricebooks", i, &site, &book); i++)
		for (j = 0; j < i && conf_pair(c, "prices", "pricebooks", j,
		    &other, &same); j++)
			if (slice_eq(book, same))
				(several ? findings_warn : findings_error)(f,
				    at, "[prices] pricebooks: %.*s and %.*s "
				    "share '%.*s': %s", (int)other.n, other.p,
				    (int)site.n, site.p, (int)book.n, book.p,
				    several ? "well only where their "
				    "currencies differ" : "each would overwrite "
				    "the other's prices; give each its own");
}

/* What is allowed, but seldom meant. */
static void
check_meaning(const struct conf *c, struct findings *f)
{
	if (!conf_bool(c, "orders", "sync_all_orders") &&
	    conf_text(c, "orders", "statuses") == NULL)
		findings_error(f, findings_set(f, c, "orders",
		    "sync_all_orders"), "[orders] sync_all_orders is no, but "
		    "statuses is empty: no order would be sent; name some, "
		    "or set it to yes");
	if (conf_bool(c, "prices", "multi_currency") &&
	    conf_text(c, "prices", "currency") != NULL)
		findings_error(f, findings_set(f, c, "prices", "currency"),
		    "[prices] currency is for an org with a single currency, "
		    "but multi_currency is yes; empty one of them");
	if (!conf_bool(c, "prices", "multi_currency") &&
	    conf_text(c, "prices", "currency") == NULL)
		findings_warn(f, findings_set(f, c, "prices", "currency"),
		    "[prices] currency is not set: orders of any currency are "
		    "sent as they are");
	check_books(c, f);
	if (!conf_bool(c, "guests", "guests") &&
	    conf_text(c, "guests", "account") == NULL)
		findings_warn(f, findings_set(f, c, "guests", "guests"),
		    "[guests] guests is no and account is empty: guests' "
		    "orders are skipped");
	if (conf_bool(c, "opportunities", "invoice_date_as_close_date") &&
	    !conf_bool(c, "opportunities", "convert"))
		findings_warn(f, findings_set(f, c, "opportunities",
		    "invoice_date_as_close_date"), "[opportunities] "
		    "invoice_date_as_close_date does nothing without convert "
		    "= yes");
}

/* Maps of one's own, without which no run begins. */
static void
check_mappings(const struct conf *c, struct findings *f)
{
	char *path = conf_path(c, "runs", "mappings");
	char *map = path == NULL ? NULL : xasprintf("%s/account.map", path);

	if (map != NULL && access(map, R_OK) == -1)
		findings_error(f, findings_set(f, c, "runs", "mappings"),
		    "[runs] mappings: '%s' is no copy of the shipped folder "
		    "of maps: %s", path, strerror(errno));
	free(map);
	free(path);
}

static void
check_file(const struct conf *c, struct findings *f)
{
	const struct conf_key *k;

	check_logins(c, f);
	for (k = conf_keys; k->section != NULL; k++)
		if (k->type == CONF_SECRET)
			secret(c, f, k->section, k->name);
	check_mappings(c, f);
	check_meaning(c, f);
}

/* ---- check: against the store and the org ---- */

struct both {
	const struct conf *conf;
	const struct ask *ask;
	struct findings *found;
	struct mage *m;
	struct sf *sf;
	struct mage_check *store;
	struct sf_check *org;
};

static int
check_store(struct both *b, struct why *w)
{
	if ((b->m = mage_open(b->conf, NULL, w)) == NULL)
		return -1;
	mage_scope(b->m, "all");	/* [magento] store may be the mistake */
	if ((b->store = mage_check_new(b->m, b->conf, b->found, w)) == NULL ||
	    mage_check_settings(b->store, w) == -1)
		return -1;
	return b->ask->mappings == NULL ? 0 :
	    mage_check_tables(b->store, b->ask->mappings, w);
}

static int
check_org(struct both *b, struct why *w)
{
	if ((b->sf = sf_open(b->conf, NULL, w)) == NULL)
		return -1;
	b->org = sf_check_new(b->sf, b->found);
	if (sf_check_settings(b->org, b->conf, w) == -1)
		return -1;
	return b->ask->mappings == NULL ? 0 :
	    sf_check_tables(b->org, b->conf, b->ask->mappings, w);
}

static int
check_currency(void *ctx, struct slice currency, struct slice website,
    struct why *w)
{
	struct both *b = ctx;
	char label[256];

	snprintf(label, sizeof(label), "[prices] multi_currency: the website "
	    "'%.*s' keeps its prices in %.*s", slice_cut(website, 60),
	    website.p, slice_cut(currency, 60), currency.p);
	return sf_check_currency(b->org, findings_set(b->found, b->conf,
	    "prices", "multi_currency"), label, currency, w);
}

/* One side that does not answer does not keep the other from being asked. */
static int
check_both(struct both *b)
{
	struct why w = {0}, v = {0};
	int status = check_store(b, &w) == -1 ? say_why(&w) : 0;

	if (check_org(b, &v) == -1 || (status == 0 && conf_bool(b->conf,
	    "prices", "multi_currency") && mage_check_currencies(b->store,
	    check_currency, b, &v) == -1))
		status = say_why(&v);
	return status;
}

static int
check(struct conf *c, const struct ask *a)
{
	struct both b = { .conf = c, .ask = a, .found = findings_new() };
	int status = 0;

	check_file(c, b.found);
	if (!a->offline && findings_errors(b.found) == 0)
		status = check_both(&b);
	if (findings_tell(b.found, stdout) > 0)
		status = WHY_SETUP;
	else if (status == 0)
		printf("%s: ok\n", conf_file(c));
	sf_check_free(b.org);
	mage_check_free(b.store);
	sf_close(b.sf);
	mage_close(b.m);
	findings_free(b.found);
	return leave(status);
}

static int
init(const char *path)
{
	struct buf b = BUF(ALL);
	struct why w = {0};
	struct file *f;
	int status = 0;

	conf_example(&b, NULL);
	if (strcmp(path, "-") == 0) {
		printf("%.*s", (int)b.n, b.p);
		status = leave(0);
	} else if (access(path, F_OK) == 0) {
		say_error("'%s' is there already", path);
		status = WHY_SETUP;
	} else if ((f = file_create(path, FILE_PLAIN, &w)) == NULL) {
		status = say_why(&w);
	} else {
		file_write(f, b.p, b.n);
		if (file_commit(f, &w) == -1)
			status = say_why(&w);
	}
	buf_free(&b);
	return status;
}

static int
run(const struct ask *a, const char *config, const char *verb, char **name,
    int n)
{
	struct why w = {0};
	struct conf *c = conf_open(config, &w);
	int status;

	if (c == NULL)
		return say_why(&w);
	if (strcmp(verb, "get") == 0)
		status = get(c, name, n);
	else if (strcmp(verb, "maps") == 0)
		status = maps(c);
	else
		status = strcmp(verb, "show") == 0 ? show(c, a) : check(c, a);
	conf_close(c);
	return status;
}

/* Options that a verb has no use for are mistakes. */
static const char *
misplaced(const struct ask *a, const char *verb)
{
	if ((a->origin || a->json) && strcmp(verb, "show") != 0)
		return "--origin and --json go with show";
	if ((a->offline || a->mappings != NULL) && strcmp(verb, "check") != 0)
		return "--offline and --mappings go with check";
	return NULL;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "millrace-config",
	    .operands = "show | get NAME... | maps | check | init [FILE]",
	    .purpose = "show the settings, check them, begin a configuration",
	    .table = options };
	struct ask a = { .origin = false };
	const char *verb, *wrong;
	bool asked;
	int ch;

	while ((ch = opt_next(&o, argc, argv)) > 0)
		switch (ch) {
		case 'o': a.origin = true; break;
		case 'j': a.json = true; break;
		case MAPPINGS: a.mappings = o.value; break;
		case OFFLINE: a.offline = true; break;
		}
	if (ch < 0)
		return o.status;
	if (o.first >= argc)
		return opt_usage(&o, "no verb given");
	verb = argv[o.first++];
	if ((wrong = misplaced(&a, verb)) != NULL)
		return opt_usage(&o, "%s: %s", verb, wrong);
	if (strcmp(verb, "init") == 0 && o.first + 1 >= argc)
		return init(o.first < argc ? argv[o.first] : "millrace.conf");
	asked = strcmp(verb, "get") == 0;
	if ((!asked && strcmp(verb, "show") != 0 && strcmp(verb, "maps") != 0 &&
	    strcmp(verb, "check") != 0) || asked == (o.first == argc))
		return opt_usage(&o, "'%s' is not show, get NAME..., maps, "
		    "check or init [FILE]", verb);
	return run(&a, o.config, verb, argv + o.first, argc - o.first);
}
