/* doctor-magento - the store: does it let us do what a run needs? */
#include <stdio.h>
#include <stdlib.h>

#include "doctor.h"
#include "magento-rights.h"
#include "maps.h"

enum {
	REFUSED_ALL = 3,	/* so many rights refused from the first on */
	VERSION_MAX = 80, ZONE = 1 << 20,
};

struct store {
	struct doctor *d;
	struct mage *m;
	struct mage_places places;
	time_t clock;		/* theirs, -1: not said */
	bool told;		/* a right is missing */
};

/* ---- who it is ---- */

/* Everybody may ask it, but many a firewall keeps it shut. */
static void
tell_version(struct store *s)
{
	const char *url = conf_text(s->d->conf, "magento", "url");
	struct http_call c = { .method = "GET", .once = true };
	size_t n = strlen(url), len;
	char *at = xasprintf("%s%smagento_version", url,
	    n > 0 && url[n - 1] == '/' ? "" : "/");
	struct slice said;

	mage_call(s->m, at, &c, NULL);
	said = buf_all(&c.answer);
	len = said.n < VERSION_MAX ? said.n : VERSION_MAX;
	if (c.status == 200 && len > 8 && memcmp(said.p, "Magento/", 8) == 0)
		doctor_ok("Magento: the store at %s says it is %.*s", url,
		    (int)len, said.p);
	else
		doctor_note("Magento: the store at %s does not tell its "
		    "version", url);
	http_call_free(&c);
	free(at);
}

/* ---- time zones of its stores ---- */

/* Without the file of a zone no date of that store can be made. */
static void
check_zone(struct store *s, struct slice name)
{
	struct map_world world = {0};
	struct buf b = BUF(ZONE);
	struct why w = {0};

	maps_files(&world);
	if (memmem(name.p, name.n, "..", 2) != NULL ||
	    world.zone(world.ctx, name.p, &b, &w) == -1)
		doctor_mend(s->d, "time zone", "this machine knows no '%s', "
		    "which a store is in; install tzdata", name.p);
	buf_free(&b);
}

static void
tell_stores(struct store *s, const struct http_call *c)
{
	struct pool *pool = pool_new();
	struct buf told = BUF(4096);
	struct slice all, one, code, zone;
	struct scan in;
	int n = 0;

	if (mage_array(c, &all, NULL) == -1)
		goto out;
	scan_enter(&in, all);
	while (scan_element(&in, &one)) {
		code = scan_string(scan_get(one, "code"), pool);
		zone = scan_string(scan_get(one, "timezone"), pool);
		if (code.p == NULL || zone.p == NULL)
			continue;
		zone.p = pool_dup(pool, zone.p, zone.n);
		buf_fmt(&told, "%s%.*s (%s)", n++ > 0 ? ", " : "",
		    (int)code.n, code.p, zone.p);
		check_zone(s, zone);
	}
	doctor_ok("Magento: connected; %d store view%s: %s", n, n == 1 ? "" :
	    "s", buf_cstr(&told));
out:
	buf_free(&told);
	pool_free(pool);
}

/* ---- rights ---- */

static char *
url_of(struct mage *m, const struct mage_right *r)
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

/* Magento refuses with 401; 403 comes from who stands before it. */
static void
tell_refused(struct store *s, const struct mage_right *r,
    const struct http_call *c, const struct why *w)
{
	char *what = xasprintf("%s %s", c->status == 401 || c->status == 403 ?
	    "may not" : "cannot", r->what);

	if (c->status == 401)
		doctor_mend(s->d, what, "%s; the API resource is %s (%s)",
		    w->text, r->resource, r->where);
	else if (c->status == 403)
		doctor_mend(s->d, what, "%s; 403 is not Magento's own: let "
		    "this machine through the firewall or web server before "
		    "it", w->text);
	else
		doctor_wrong(s->d, w, what);
	free(what);
}

/* False when there is no use in asking on. */
static bool
check_right(struct store *s, const struct mage_right *r)
{
	bool writes = strcmp(r->method, "GET") != 0, on = true;
	struct http_call c = { .method = r->method };
	char *url = url_of(s->m, r);
	struct why w = {0};

	if (writes)
		c.body = SLICE("{}");
	if (mage_call(s->m, url, &c, &w) == 0 ||
	    (writes && c.status >= 400 && c.status < 500 && c.status != 401 &&
	    c.status != 403)) {
		if (strcmp(r->path, "store/storeConfigs") == 0)
			tell_stores(s, &c);
		doctor_ok("Magento lets us %s", r->what);
	} else {
		tell_refused(s, r, &c, &w);
		on = c.status == 401 || c.status == 403 || c.status == 500;
	}
	if (http_date(&c) != -1)
		s->clock = http_date(&c);
	http_call_free(&c);
	free(url);
	return on;
}

/* False when the rest was not asked. */
static bool
check_rights(struct store *s)
{
	const struct mage_right *r;
	int before = s->d->mend, asked = 0;

	for (r = mage_rights; r->what != NULL; r++) {
		if (!mage_right_needed(r, s->d->conf, &s->places))
			continue;
		if (!check_right(s, r))
			return false;
		if (++asked == REFUSED_ALL && s->d->mend - before == asked) {
			doctor_mend(s->d, "Magento", "so many rights are "
			    "missing that the token is probably wrong, "
			    "expired or of another store, or the store takes "
			    "no such token: see login in millrace-config(5); "
			    "the rest was not asked");
			return false;
		}
	}
	return true;
}

/* ---- the attributes that take our ids are made by somebody else ---- */

static void
check_place(struct doctor *d, const char *setting, enum mage_kind kind,
    const char *name, bool there)
{
	if (name == NULL)
		doctor_ok("no %s is set: %s are not told it", setting,
		    mage_kind_name(kind));
	else if (there)
		doctor_ok("%s have the attribute %s", mage_kind_name(kind),
		    name);
	else
		doctor_mend(d, setting, "%s have no attribute '%s'; %s; or "
		    "empty the setting", mage_kind_name(kind), name,
		    mage_places_advice(kind));
}

static void
check_places(struct store *s, enum mage_kind kind)
{
	bool there[MAGE_PLACES];
	struct why w = {0};
	const char *setting;
	int i;

	if (mage_places_look(s->m, &s->places, kind, there, &w) == -1) {
		if (!s->told)	/* else its right did */
			doctor_wrong(s->d, &w, "cannot read attributes");
		return;
	}
	for (i = 0; i < MAGE_PLACES; i++)
		if ((setting = mage_places_setting(kind, i)) != NULL)
			check_place(s->d, setting, kind,
			    s->places.name[kind][i], there[i]);
}

void
doctor_magento(struct doctor *d)
{
	struct store s = { .d = d, .clock = -1 };
	struct why w = {0};
	int before = d->mend;

	if ((s.m = mage_open(d->conf, d->ledger, &w)) == NULL) {
		doctor_wrong(d, &w, "Magento: not connected");
		return;
	}
	mage_places(&s.places, d->conf);
	if (check_rights(&s)) {
		s.told = d->mend > before;
		tell_version(&s);
		if (conf_bool(d->conf, "magento", "writeback")) {
			check_places(&s, MAGE_CUSTOMERS);
			check_places(&s, MAGE_PRODUCTS);
		}
	} else if (d->mend > before || d->later > 0) {
		doctor_note("Magento: not connected");
	}
	doctor_clock(d, "Magento", s.clock);
	mage_close(s.m);
}
