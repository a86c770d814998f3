/* salesforce - one org: the session and its calls. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "reasons.h"
#include "salesforce-session.h"

/* Connections at once at most; who starts calls starts fewer. */
enum { IN_FLIGHT = 16 };

/* What Salesforce's codes mean for a run, and what to do about them.  What it
 * means to a person is in reasons.c. */
static const struct meaning {
	const char *code;
	enum why_kind kind;
	const char *advice;	/* NULL: the message says it all */
} meanings[] = {
	{ "REQUEST_LIMIT_EXCEEDED", WHY_BUSY, "the org's calls for these 24 "
	    "hours are used up: the same command again later" },
	{ "EXCEEDEDQUOTA", WHY_BUSY, "the same command again later" },
	{ "SERVER_UNAVAILABLE", WHY_BUSY, "the same command again later" },
	{ "QUERY_TIMEOUT", WHY_BUSY, NULL },
	{ "REQUEST_RUNNING_TOO_LONG", WHY_BUSY, NULL },
	{ "INVALID_SESSION_ID", WHY_SETUP, "a session opened just now is "
	    "refused: check the user's API access and login policies" },
	{ "INVALID_AUTH_HEADER", WHY_SETUP, NULL },
	{ "API_DISABLED_FOR_ORG", WHY_SETUP, "the edition or the user's "
	    "profile has no API: grant 'API Enabled'" },
	{ "API_CURRENTLY_DISABLED", WHY_SETUP, "grant 'API Enabled' to the "
	    "integration user" },
	{ "INVALID_TYPE", WHY_SETUP, "no such object, or the integration user "
	    "may not see it" },
	{ "INVALID_FIELD", WHY_SETUP, "no such field, or field-level security "
	    "hides it from the integration user" },
	{ "INVALIDENTITY", WHY_SETUP, "this object cannot be used in bulk" },
	{ "INVALIDJOB", WHY_SETUP, "no such object or external id field, or "
	    "the integration user may not see it" },
	{ "INVALIDJOBSTATE", WHY_BROKEN, NULL },
	{ "BULK_API_ERROR", WHY_BROKEN, NULL },
	{ "FEATURENOTENABLED", WHY_SETUP, "grant 'API Enabled' and the "
	    "object's rights to the integration user" },
	{ "FUNCTIONALITY_NOT_ENABLED", WHY_SETUP, NULL },
	{ "INSUFFICIENT_ACCESS", WHY_SETUP, "grant the integration user rights "
	    "to the object" },
	{ "UNSUPPORTED_API_VERSION", WHY_SETUP, "set [salesforce] "
	    "api_version" },
};

static const struct meaning *
meaning(struct slice code)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (slice_is(code, meanings[i].code))
			return &meanings[i];
	return NULL;
}

/* NULL: none.  A limit of what runs at once is none of the day's. */
static const char *
advice_of(const struct meaning *m, const char *text)
{
	if (m == NULL)
		return NULL;
	if (strcmp(m->code, "REQUEST_LIMIT_EXCEEDED") == 0 &&
	    strncmp(text, "Concurrent", 10) == 0)
		return "too many calls to the org ran long at once: the same "
		    "command again later";
	return m->advice;
}

/* What can pass by itself on a row can pass when it answers a whole call, but
 * for API_ERROR, which says then that no such call can be made. */
static enum why_kind
kind_of(const struct meaning *m, struct slice code, int status)
{
	if (m != NULL)
		return m->kind;
	return status == 429 || status == 420 || status >= 500 ||
	    (reasons_transient(code) && !slice_is(code, "API_ERROR")) ?
	    WHY_BUSY : WHY_SETUP;
}

/* Salesforce's messages can have line breaks and columns of blanks. */
static void
squeeze(struct buf *b, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c != '\n' && c != '\r' && c != '\t' && c != ' ')
			buf_char(b, c);
		else if (b->n > 0 && b->p[b->n - 1] != ' ')
			buf_char(b, ' ');
	}
}

static const char *
path_of(const char *url)
{
	const char *p = strstr(url, "://");

	p = p == NULL ? url : strchr(p + 3, '/');
	return p == NULL ? "/" : p;
}

/* An answer with a status above 299: [{"errorCode":..,"message":..,
 * "fields":[..]}].  The first one counts. */
static int
refused(const struct http_call *c, struct why *w)
{
	struct pool *pool = pool_new();
	struct buf text = BUF(2048);
	struct slice v, e = { NULL, 0 }, code = { NULL, 0 };
	const struct meaning *m;
	const char *path = path_of(c->url), *advice;
	struct scan sc;

	if (scan_text(buf_all(&c->answer), &v, NULL) == 0 &&
	    scan_kind(v) == SCAN_ARRAY) {
		scan_enter(&sc, v);
		if (scan_element(&sc, &e) && scan_kind(e) == SCAN_OBJECT)
			code = scan_string(scan_get(e, "errorCode"), pool);
	}
	if (code.n == 0) {
		http_check(c, w);
		why_in(w, "Salesforce");
		goto out;
	}
	squeeze(&text, scan_string(scan_get(e, "message"), pool));
	m = meaning(code);
	advice = advice_of(m, buf_cstr(&text));
	why_code(w, kind_of(m, code, c->status),
	    pool_dup(pool, code.p, code.n),
	    "Salesforce: %.*s: %s (%s %.*s)%s%s", (int)code.n, code.p,
	    buf_cstr(&text), c->method, (int)strcspn(path, "?"), path,
	    advice == NULL ? "" : "; ", advice == NULL ? "" : advice);
out:
	buf_free(&text);
	pool_free(pool);
	return -1;
}

static void
on_attempt(void *ctx, const struct http_attempt *a)
{
	struct sf *s = ctx;

	if (s->ledger != NULL && a->status != 0)
		ledger_call(s->ledger, "salesforce", a->kind);
}

/* "62.0", "v62.0" and "62" as "v62.0": Salesforce knows no other form.  NULL:
 * none of them. */
static char *
version_of(const char *t)
{
	size_t whole, part = 0;

	if (t == NULL)
		return NULL;
	t += *t == 'v';
	whole = strspn(t, "0123456789");
	if (t[whole] == '.')
		part = strspn(t + whole + 1, "0123456789");
	if (whole == 0 || t[whole + (part > 0 ? part + 1 : 0)] != '\0')
		return NULL;
	return xasprintf("v%s%s", t, part > 0 ? "" : ".0");
}

static int
start(struct sf *s, struct why *w)
{
	struct http_setup setup = { .name = "Salesforce",
	    .section = "salesforce", .in_flight = IN_FLIGHT, .count = on_attempt,
	    .count_ctx = s };

	s->timeout_s = conf_int(s->conf, "salesforce", "timeout");
	s->poll_s = conf_int(s->conf, "salesforce", "poll");
	s->version = version_of(conf_text(s->conf, "salesforce",
	    "api_version"));
	if (s->version == NULL)
		return why(w, WHY_SETUP, "[salesforce] api_version must be a "
		    "number like 62.0");
	if ((s->http = http_open(&setup, w)) == NULL)
		return -1;
	if (sf_session(s, NULL, w) == -1)
		return -1;
	if (s->ledger != NULL)
		return ledger_pair(s->ledger, "org", s->org, w);
	return 0;
}

struct sf *
sf_open(const struct conf *conf, struct ledger *l, struct why *w)
{
	struct sf *s = xcalloc(1, sizeof(*s));

	s->conf = conf;
	s->ledger = l;
	s->token = BUF(64 * 1024);
	s->used = s->max = -1;
	if (start(s, w) == -1) {
		sf_close(s);
		return NULL;
	}
	return s;
}

void
sf_close(struct sf *s)
{
	if (s == NULL)
		return;
	if (s->http != NULL)
		http_close(s->http);
	if (s->token.p != NULL)
		explicit_bzero(s->token.p, s->token.n);
	buf_free(&s->token);
	sf_kept_free(s->kept);
	free(s->instance);
	free(s->version);
	free(s);
}

const char *
sf_org(const struct sf *s)
{
	return s->org;
}

const char *
sf_instance(const struct sf *s)
{
	return s->instance;
}

const char *
sf_version(const struct sf *s)
{
	return s->version;
}

void
sf_limits(const struct sf *s, long *used, long *of)
{
	*used = s->used;
	*of = s->max;
}

/* Sforce-Limit-Info: api-usage=10018/100000 */
static void
take_limits(struct sf *s, const struct http_call *c)
{
	struct slice h = http_header(c, "Sforce-Limit-Info");
	char text[128];
	const char *at;

	if (h.p == NULL || h.n >= sizeof(text))
		return;
	memcpy(text, h.p, h.n);
	text[h.n] = '\0';
	at = strstr(text, "api-usage=");
	if (at == NULL ||
	    sscanf(at, "api-usage=%ld/%ld", &s->used, &s->max) != 2)
		return;
	if (s->ledger != NULL)
		ledger_call_left(s->ledger, "salesforce", s->used, s->max);
}

/* A new session of the same org: the old one ran out or was revoked. */
static int
renew(struct sf *s, struct why *w)
{
	char org[sizeof(s->org)], *dead = xstrdup(buf_cstr(&s->token));
	int r;

	memcpy(org, s->org, sizeof(org));
	r = sf_session(s, dead, w);
	explicit_bzero(dead, strlen(dead));
	free(dead);
	if (r == 0 && strcmp(org, s->org) != 0)
		r = why(w, WHY_SETUP, "the login leads to org %s now, it "
		    "was %s", s->org, org);
	return r;
}

int
sf_login_again(struct sf *s, struct why *w)
{
	if (sf_login(s, w) == -1)
		return -1;
	return s->ledger == NULL ? 0 : ledger_pair(s->ledger, "org", s->org,
	    w);
}

static char *
url_of(const struct sf *s, const char *path)
{
	return *path == '/' ? xasprintf("%s%s", s->instance, path) :
	    xasprintf("%s/services/data/%s/%s", s->instance, s->version, path);
}

/* Is it of our version of the API? */
static bool
is_versioned(const struct sf *s, const char *url)
{
	const char *p = path_of(url);
	size_t n = strlen("/services/data/"), v = strlen(s->version);

	return strncmp(p, "/services/data/", n) == 0 &&
	    strncmp(p + n, s->version, v) == 0 && p[n + v] == '/';
}

/* [{"label":"Spring '26","url":"/services/data/v66.0","version":"66.0"},..]:
 * is ours among them?  Set the last one, the newest. */
static bool
has_version(const struct sf *s, struct slice list, struct slice *newest)
{
	struct slice one, v;
	struct scan sc;
	bool there = false;

	scan_enter(&sc, list);
	while (scan_element(&sc, &one)) {
		v = scan_get(one, "version");
		if (scan_kind(v) != SCAN_STRING)
			continue;
		*newest = (struct slice){ v.p + 1, v.n - 2 };
		there |= slice_is(*newest, s->version + 1);
	}
	return there;
}

/*
 * What was asked for is not there, and nothing was yet: then it may be the
 * version that is not, and every address with it.  To ask for the list costs
 * no call of the day's.
 */
static int
doubt_version(struct sf *s, struct why *w)
{
	struct http_call c = { .method = "GET", .kind = "versions",
	    .repeatable = true, .json = true };
	struct slice list, newest = SLICE("");
	struct why unsaid = {0};
	char *url = url_of(s, "/services/data");

	c.url = url;
	if (http_run(s->http, &c, &unsaid) == 0 && c.status == 200 &&
	    scan_text(buf_all(&c.answer), &list, NULL) == 0 &&
	    scan_kind(list) == SCAN_ARRAY) {
		s->version_seen = has_version(s, list, &newest);
		if (!s->version_seen && newest.n > 0)
			why_code(w, WHY_SETUP, "UNSUPPORTED_API_VERSION",
			    "Salesforce has no version %s of the API, its "
			    "newest is %.*s: set [salesforce] api_version",
			    s->version + 1, (int)newest.n, newest.p);
	}
	http_call_free(&c);
	free(url);
	return -1;
}

/* An answer came, or none did. */
static int
judge(struct sf *s, const struct http_call *c, int r, struct why *w)
{
	bool ours = r == 0 && is_versioned(s, c->url);

	if (r == -1)
		why_in(w, "Salesforce");
	else if (c->status >= 200 && c->status <= 299)
		s->version_seen |= ours;
	else if ((r = refused(c, w)) == -1 && ours && !s->version_seen &&
	    strcmp(w->code, "NOT_FOUND") == 0)
		r = doubt_version(s, w);
	take_limits(s, c);
	return r;
}

static int
run_once(struct sf *s, struct http_call *c, const char *path, struct why *w)
{
	char *url = url_of(s, path);
	int r;

	c->url = url;
	c->authorization = buf_cstr(&s->token);
	r = judge(s, c, http_run(s->http, c, w), w);
	c->url = NULL;
	free(url);
	return r;
}

int
sf_run(struct sf *s, struct http_call *c, const char *path, struct why *w)
{
	int r = run_once(s, c, path, w);

	if (r == 0 || c->status != 401)
		return r;
	if (renew(s, w) == -1)
		return -1;
	http_call_free(c);
	return run_once(s, c, path, w);
}

static void
call_own_free(struct sf_call *k)
{
	if (k->token != NULL)
		explicit_bzero(k->token, strlen(k->token));
	free(k->token);
	free(k->url);
	k->token = k->url = NULL;
	k->c.url = k->c.authorization = NULL;
}

/* With a token of its own: the session's may be renewed meanwhile. */
static int
begin(struct sf *s, struct sf_call *k, struct why *w)
{
	k->c.url = k->url = url_of(s, k->path);
	k->c.authorization = k->token = xstrdup(buf_cstr(&s->token));
	k->c.user = k;
	if (http_start(s->http, &k->c, w) == 0)
		return 0;
	call_own_free(k);
	return why_in(w, "Salesforce");
}

int
sf_start(struct sf *s, struct sf_call *k, struct why *w)
{
	k->renewed = false;
	return begin(s, k, w);
}

/* Another call may have renewed the session already. */
static int
renew_for(struct sf *s, struct sf_call *k, struct why *w)
{
	bool mine = strcmp(k->token, buf_cstr(&s->token)) == 0;

	call_own_free(k);
	k->renewed = true;
	if (mine && renew(s, w) == -1)
		return -1;
	return begin(s, k, w);
}

struct sf_call *
sf_wait(struct sf *s, struct why *w)
{
	struct http_call *c;
	struct sf_call *k;
	int r;

	while ((c = http_wait(s->http)) != NULL) {
		k = c->user;
		*w = c->error;
		r = judge(s, c, w->kind == WHY_NONE ? 0 : -1, w);
		if (r == 0 || c->status != 401 || k->renewed ||
		    renew_for(s, k, w) == -1) {
			call_own_free(k);
			return k;
		}
	}
	return NULL;
}

int
sf_get(struct sf *s, struct http_call *c, const char *path,
    struct slice *json, struct why *w)
{
	c->method = "GET";
	c->repeatable = c->json = true;
	if ((s->saved != NULL ? sf_saved_get(s, c, path, w) :
	    sf_run(s, c, path, w)) == -1)
		return -1;
	if (scan_text(buf_all(&c->answer), json, w) == 0)
		return s->save == NULL ? 0 : sf_saved_put(s, c, path, w);
	if (w == NULL)
		return -1;
	w->kind = WHY_BROKEN;
	return why_in(w, "the answer of Salesforce");
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Each pause is half of all before it, about, so nobody waits much longer than
 * he has to. */
static long
next_pause(struct sf_pause *p, long first)
{
	long soonest = p->soonest;

	if (p->ms == 0)
		return first + soonest;
	p->soonest = 0;
	return soonest > first ? p->ms / 2 : p->ms * 3 / 2;
}

int
sf_pause(const struct sf *s, struct sf_pause *p, const char *what,
    struct why *w)
{
	enum { FIRST_MS = 50 };
	struct timespec t;
	double left;

	if (p->ms == 0)
		p->since = now();
	left = p->since + (double)s->timeout_s - now();
	if (left <= 0)
		return why_code(w, WHY_BUSY, "no-result", "%s has not ended in "
		    "%ld seconds ([salesforce] timeout)", what, s->timeout_s);
	p->ms = next_pause(p, FIRST_MS);
	if (p->ms > s->poll_s * 1000)
		p->ms = s->poll_s * 1000 > FIRST_MS ? s->poll_s * 1000 :
		    FIRST_MS;
	if ((double)p->ms > left * 1000)	/* one last look */
		p->ms = (long)(left * 1000) + 1;
	t.tv_sec = p->ms / 1000;
	t.tv_nsec = p->ms % 1000 * 1000000;
	nanosleep(&t, NULL);
	return 0;
}
