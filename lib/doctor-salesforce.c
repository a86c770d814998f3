/* doctor-salesforce - the org: does it take what the maps send? */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "doctor.h"
#include "maps.h"
#include "salesforce-check.h"
#include "uses.h"

enum { FINDINGS = 8 };		/* of one map; millrace check has them all */

#define SETUP "pipelines/setup/salesforce"

struct org {
	struct doctor *d;
	struct sf *sf;
	struct maps maps;
	struct sf_check *check;
	struct {			/* a mapping file */
		const char *file, *object;
		int fields, errors;
		bool off;		/* no run uses it as things are set */
	} map[MAPS_MAX];
	int n;
	int lacking;			/* errors of fields and objects */
};

/* ---- who it is ---- */

static struct slice
value_of(const struct sf_record *r, size_t i)
{
	return i < r->n && r->value[i].text.p != NULL ? r->value[i].text :
	    SLICE("");
}

static int
take_org(void *ctx, const struct sf_record *r, struct why *w)
{
	struct slice name = value_of(r, 0), edition = value_of(r, 1),
	    place = value_of(r, 3), ends = value_of(r, 4);

	(void)ctx, (void)w;
	doctor_ok("Salesforce: %.*s, %.*s, %son %.*s", (int)name.n, name.p,
	    (int)edition.n, edition.p, slice_is(value_of(r, 2), "true") ?
	    "a sandbox, " : "", (int)place.n, place.p);
	if (ends.n > 0)
		doctor_note("Salesforce: a trial, it ends %.*s", (int)ends.n,
		    ends.p);
	return 0;
}

static int
take_user(void *ctx, const struct sf_record *r, struct why *w)
{
	struct slice user = value_of(r, 0), profile = value_of(r, 1),
	    licence = value_of(r, 2);

	(void)ctx, (void)w;
	doctor_ok("Salesforce: we are %.*s, profile %.*s, licence %.*s",
	    (int)user.n, user.p, (int)profile.n, profile.p, (int)licence.n,
	    licence.p);
	return 0;
}

/* What a user with few rights may not ask is not wrong for that. */
static void
ask(struct org *o, const char *what, const char *soql, sf_take *take)
{
	struct why w = {0};

	if (sf_query(o->sf, soql, SF_REST, take, o, &w) == -1)
		doctor_note("Salesforce does not tell %s: %s", what, w.text);
}

static void
tell_who(struct org *o)
{
	struct http_call c = { .method = "GET" };
	struct pool *pool = pool_new();
	struct slice json, id;
	struct why w = {0};
	struct buf soql = BUF(1024);

	ask(o, "its edition", "SELECT Name, OrganizationType, IsSandbox, "
	    "InstanceName, TrialExpirationDate FROM Organization", take_org);
	if (sf_get(o->sf, &c, "/services/oauth2/userinfo", &json, &w) == -1) {
		doctor_note("Salesforce does not tell who we are: %s", w.text);
	} else {
		id = scan_string(scan_get(json, "user_id"), pool);
		buf_str(&soql, "SELECT Username, Profile.Name, "
		    "Profile.UserLicense.Name FROM User WHERE Id = ");
		sf_soql_text(&soql, id);
		ask(o, "our licence", buf_cstr(&soql), take_user);
	}
	http_call_free(&c);
	buf_free(&soql);
	pool_free(pool);
}

/* ---- versions and limits ---- */

static void
check_versions(struct org *o)
{
	const char *ours = sf_version(o->sf) + 1;
	struct http_call c = { .method = "GET" };
	struct pool *pool = pool_new();
	struct slice json, one, v = { NULL, 0 };
	bool there = false;
	struct why w = {0};
	struct scan s;

	if (sf_get(o->sf, &c, "/services/data", &json, &w) == -1) {
		doctor_wrong(o->d, &w, "versions of the API");
		goto out;
	}
	scan_enter(&s, json);
	while (scan_element(&s, &one)) {
		v = scan_string(scan_get(one, "version"), pool);
		there |= slice_is(v, ours);
	}
	if (there)
		doctor_ok("the API has version %s; its newest is %.*s", ours,
		    (int)v.n, v.p);
	else
		doctor_mend(o->d, "api_version", "the org's API has no "
		    "version '%s'; its newest is %.*s: set [salesforce] "
		    "api_version", ours, (int)v.n, v.p);
out:
	http_call_free(&c);
	pool_free(pool);
}

/* One of the org's own counts; the API's calls are watched apart, as every
 * answer tells them. */
static void
check_limit(struct slice json, const char *name, const char *what)
{
	struct slice one = scan_get(json, name), left, of;

	left = scan_get(one, "Remaining");
	of = scan_get(one, "Max");
	if (left.p == NULL || of.p == NULL)
		return;
	if (atol(left.p) < atol(of.p) / 10)
		doctor_note("%ld of %ld %s are left", atol(left.p),
		    atol(of.p), what);
	else
		doctor_ok("%ld of %ld %s are left", atol(left.p), atol(of.p),
		    what);
}

/* False when no call is left: there is no use in asking on. */
static bool
check_calls(struct org *o)
{
	struct why w = {0};
	long used, of;

	sf_limits(o->sf, &used, &of);
	if (of <= 0)
		return true;
	if (used < of - of / 10) {
		doctor_ok("%ld of %ld API calls are left today", of - used,
		    of);
		return true;
	}
	why(&w, WHY_BUSY, "%ld of %ld are left today; wait, or ask for more",
	    used < of ? of - used : 0, of);
	doctor_wrong(o->d, &w, "API calls");
	return used < of;
}

static bool
check_limits(struct org *o)
{
	struct http_call c = { .method = "GET" };
	struct slice json;
	struct why w = {0};

	if (sf_get(o->sf, &c, "limits", &json, &w) == -1) {
		doctor_wrong(o->d, &w, "limits");
	} else {
		doctor_clock(o->d, "Salesforce", http_date(&c));
		check_limit(json, "DailyBulkApiBatches", "Bulk batches");
		check_limit(json, "DailyBulkV2QueryJobs", "Bulk queries");
		check_limit(json, "DataStorageMB", "MB of data storage");
	}
	http_call_free(&c);
	return w.kind != WHY_BUSY && check_calls(o);
}

/* ---- every field of every map ---- */

/* The folder is the same for all. */
static const char *
name_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash == NULL ? file : slash + 1;
}

/* Its name is that of its file, without ".map". */
static bool
is_off(const struct org *o, const char *file)
{
	struct slice name = slice(name_of(file));

	if (name.n > 4)
		name.n -= 4;
	return !uses_map(o->d->conf, name);
}

static void
see_map(void *ctx, const struct map_about *m)
{
	struct org *o = ctx;

	o->map[o->n].file = m->file;
	o->map[o->n].object = m->object;
	o->map[o->n].off = is_off(o, m->file);
	o->n++;
}

static void
see_field(void *ctx, const struct map_sent *f)
{
	struct org *o = ctx;

	o->map[o->n - 1].fields += strcmp(f->when, "match") != 0 &&
	    f->field.p != NULL;
}

static int
map_of(const struct org *o, const char *file)
{
	int i = 0;

	while (i < o->n && strcmp(o->map[i].file, file) != 0)
		i++;
	return i;
}

static void
see_finding(void *ctx, const struct finding *f)
{
	struct org *o = ctx;
	int i = map_of(o, f->at.file);
	char *at;

	if (i < o->n && o->map[i].off)
		return;
	at = f->at.line == 0 ? xstrdup(f->at.file) : xasprintf("%s:%u",
	    name_of(f->at.file), f->at.line);
	if (f->warning) {
		doctor_note("%s: %s", at, f->text);
	} else if (i == o->n) {
		doctor_mend(o->d, at, "%s", f->text);
	} else {
		o->lacking++;
		if (++o->map[i].errors <= FINDINGS)
			doctor_mend(o->d, at, "%s", f->text);
		else
			o->d->mend++;
	}
	free(at);
}

static void
tell_maps(struct org *o)
{
	int i, off = 0;

	for (i = 0; i < o->n; i++) {
		off += o->map[i].off;
		if (o->map[i].errors > FINDINGS)
			doctor_note("%s: %d more; millrace check tells them "
			    "all", name_of(o->map[i].file),
			    o->map[i].errors - FINDINGS);
		else if (o->map[i].errors == 0 && !o->map[i].off)
			doctor_ok("%s: Salesforce's %s takes its %d fields",
			    name_of(o->map[i].file), o->map[i].object,
			    o->map[i].fields);
	}
	if (off > 0)
		doctor_note("%d maps are not used as things are set ([orders] "
		    "create_opportunity, [leads] from, automatic of [carts], "
		    "[campaigns], [subscribers]), and not looked at", off);
	if (o->lacking > 0)
		doctor_mend(o->d, "what to do about the maps", "deploy " SETUP
		    " (sf project deploy start) and give the integration user "
		    "the permission set Millrace; README.md there says how.  "
		    "For a field of your own: a permission set that grants "
		    "Read and Edit on it; or mend the map");
}

/* The maps stay open until the findings are told. */
static void
check_maps(struct org *o)
{
	struct findings *found;
	struct why w = {0};
	bool whole;
	int i;

	for (i = 0; i < o->maps.n_each; i++)
		map_sends(o->maps.each[i], see_map, see_field, o);
	found = findings_new();
	o->check = sf_check_new(o->sf, found);
	whole = sf_check_settings(o->check, o->d->conf, &w) == 0;
	if (!whole)
		doctor_wrong(o->d, &w, "settings");
	for (i = 0; whole && i < o->maps.n_each; i++)
		if (sf_check_maps(o->check, o->maps.each[i], &w) == -1) {
			doctor_wrong(o->d, &w, "maps");
			whole = false;
		}
	findings_each(found, see_finding, o);
	if (whole)
		tell_maps(o);
	sf_check_free(o->check);
	findings_free(found);
}

static int
is_map(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 4 && strcmp(e->d_name + n - 4, ".map") == 0;
}

/* -1: told already. */
static int
read_maps(struct org *o)
{
	struct doctor *d = o->d;
	struct dirent **found;
	char *path[MAPS_MAX];
	struct why w = {0};
	int n = scandir(d->maps, &found, is_map, alphasort), i, r = 0;

	if (n <= 0) {
		doctor_mend(d, "maps", "no *.map in '%s': %s", d->maps,
		    n == -1 ? strerror(errno) : "it has none");
		if (n == 0)
			free(found);
		return -1;
	}
	for (i = 0; i < n && i < MAPS_MAX; i++)
		path[i] = xasprintf("%s/%s", d->maps, found[i]->d_name);
	o->maps.world.no_ref_needed = true;
	if (n > MAPS_MAX || (r = maps_sets(&o->maps,
	    "run.started=2026-01-01T00:00:00Z")) == -1)
		r = why(&w, WHY_SETUP, "more than %d in '%s'", MAPS_MAX,
		    d->maps);
	else
		r = maps_settings(&o->maps, d->config, &w);
	if (r == -1)
		doctor_wrong(d, &w, "maps");
	else if ((r = maps_read_each(&o->maps, path, n)) != 0)
		doctor_mend(d, "maps", "mistakes in '%s', told on standard "
		    "error with their lines", d->maps);
	while (i > 0)
		free(path[--i]);
	while (n > 0)
		free(found[--n]);
	free(found);
	return r == 0 ? 0 : -1;
}

void
doctor_salesforce(struct doctor *d)
{
	struct org o = { .d = d, .maps = MAPS };
	struct why w = {0};

	if ((o.sf = sf_open(d->conf, d->ledger, &w)) == NULL ||
	    sf_login_again(o.sf, &w) == -1) {
		doctor_wrong(d, &w, "Salesforce: not connected");
		goto out;
	}
	doctor_ok("Salesforce: logged in to %s, organisation %s",
	    sf_instance(o.sf), sf_org(o.sf));
	tell_who(&o);
	check_versions(&o);
	if (!check_limits(&o))
		goto out;
	if (d->maps == NULL)
		doctor_note("maps are not looked at: --maps DIR names their "
		    "folder, as millrace doctor does");
	else if (read_maps(&o) == 0)
		check_maps(&o);
out:
	maps_free(&o.maps);
	sf_close(o.sf);
}
