/* salesforce-login - OAuth: client credentials and JWT bearer. */
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "salesforce-session.h"
#include "sign.h"

enum { JWT_SECONDS = 180, SECRET_MAX = 64 * 1024, ANSWER_MAX = 256 * 1024 };

/* What to do about the refusals that set-ups run into most. */
static const struct advice {
	const char *part, *advice;
} advices[] = {
	{ "audience", "set [salesforce] audience to https://login.salesforce"
	    ".com, or to https://test.salesforce.com for a sandbox" },
	{ "approved", "pre-authorise the integration user's profile or "
	    "permission set in the app's OAuth policies" },
	{ "domain", "[salesforce] url must be the org's My Domain, not "
	    "login.salesforce.com" },
	{ "no client credentials user", "name a Run-As user in the app's "
	    "client credentials settings" },
	{ "client identifier", "check [salesforce] client_id" },
	{ "invalid client credentials", "check [salesforce] client_id and the "
	    "secret's file" },
	{ "assertion", "check that the app has the certificate of "
	    "[salesforce] jwt_key_file, and this machine's clock" },
	{ "expired", "check this machine's clock" },
	{ "locked", "unlock or activate the integration user" },
};

static const char *
advice_for(const char *text)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		if (strcasestr(text, advices[i].part) != NULL)
			return advices[i].advice;
	return "check [salesforce] login, client_id and its secrets";
}

static void
form(struct buf *b, const char *name, struct slice value)
{
	if (b->n > 0)
		buf_char(b, '&');
	buf_str(b, name);
	buf_char(b, '=');
	http_escape(b, value);
}

static int
form_secret(const struct sf *s, struct buf *body, struct buf *secret,
    struct why *w)
{
	const char *id;

	if (conf_need(s->conf, "salesforce", "client_id", &id, w) == -1 ||
	    conf_secret(s->conf, "salesforce", "client_secret_file", secret,
	    w) == -1)
		return -1;
	form(body, "grant_type", SLICE("client_credentials"));
	form(body, "client_id", slice(id));
	form(body, "client_secret", buf_all(secret));
	return 0;
}

static void
claim(struct buf *b, const char *name, const char *value)
{
	buf_fmt(b, "%c\"%s\":", b->n == 0 ? '{' : ',', name);
	scan_quote(b, slice(value));
}

static int
form_jwt(const struct sf *s, const char *url, struct buf *body,
    struct buf *jwt, struct why *w)
{
	struct buf key = BUF(SECRET_MAX), claims = BUF(SECRET_MAX);
	const char *id, *user;
	const char *audience = conf_text(s->conf, "salesforce", "audience");
	int r = -1;

	if (conf_need(s->conf, "salesforce", "client_id", &id, w) == -1 ||
	    conf_need(s->conf, "salesforce", "username", &user, w) == -1 ||
	    conf_secret(s->conf, "salesforce", "jwt_key_file", &key, w) == -1)
		goto out;
	claim(&claims, "iss", id);
	claim(&claims, "sub", user);
	claim(&claims, "aud", audience == NULL || *audience == '\0' ? url :
	    audience);
	buf_fmt(&claims, ",\"exp\":%lld}",
	    (long long)time(NULL) + JWT_SECONDS);
	if (sign_jwt(jwt, buf_all(&claims), buf_all(&key), w) == -1) {
		why_in(w, "[salesforce] jwt_key_file");
		goto out;
	}
	form(body, "grant_type",
	    SLICE("urn:ietf:params:oauth:grant-type:jwt-bearer"));
	form(body, "assertion", buf_all(jwt));
	r = 0;
out:
	if (key.p != NULL)
		explicit_bzero(key.p, key.n);
	buf_free(&key);
	buf_free(&claims);
	return r;
}

/* OAuth errors are an object: {"error":..,"error_description":..}. */
static int
login_refused(const struct http_call *c, struct why *w)
{
	struct pool *pool = pool_new();
	struct slice v, code = { NULL, 0 }, text = { NULL, 0 };
	int r;

	if (scan_text(buf_all(&c->answer), &v, NULL) == 0 &&
	    scan_kind(v) == SCAN_OBJECT) {
		code = scan_string(scan_get(v, "error"), pool);
		text = scan_string(scan_get(v, "error_description"), pool);
	}
	if (code.p == NULL || c->status >= 500) {
		r = http_check(c, w);
		if (c->status == 404 && w != NULL)
			w->kind = WHY_SETUP;
		why_in(w, "Salesforce login");
		goto out;
	}
	r = why_code(w, WHY_SETUP, "login-refused",
	    "Salesforce refuses the login: %.*s: %.*s; %s", (int)code.n,
	    code.p, (int)text.n, text.p == NULL ? "" : text.p,
	    advice_for(text.p == NULL ? "" : pool_dup(pool, text.p, text.n)));
out:
	pool_free(pool);
	return r;
}

/* The org's id stands in the identity URL: https://.../id/00D.../005... */
static int
take_org(struct sf *s, struct slice identity, struct why *w)
{
	const char *at = identity.p == NULL ? NULL :
	    memmem(identity.p, identity.n, "/id/", 4);
	const char *end = identity.p + identity.n;
	struct slice id;

	if (at == NULL)
		return why(w, WHY_BROKEN, "Salesforce login: the answer has no "
		    "identity URL");
	id.p = at + 4;
	for (id.n = 0; id.p + id.n < end && id.p[id.n] != '/'; id.n++)
		continue;
	if (!sf_id_ok(id))
		return why(w, WHY_BROKEN, "Salesforce login: the identity URL "
		    "has no organisation id");
	sf_id_18(s->org, id);
	return 0;
}

/* scheme://host[:port], the rest cut off; case does not matter. */
static struct slice
host_of(struct slice url, bool *plain)
{
	const char *at = memmem(url.p, url.n, "://", 3);
	struct slice h = { NULL, 0 };

	if (at == NULL)
		return h;
	*plain = strncasecmp(url.p, "http:", 5) == 0;
	h.p = at + 3;
	while (h.p + h.n < url.p + url.n && strchr("/?#", h.p[h.n]) == NULL)
		h.n++;
	return h;
}

/* What stands before the tail; n is 0 where it does not end so. */
static struct slice
before(struct slice t, const char *tail)
{
	size_t n = strlen(tail);

	t.n = t.n > n && strncasecmp(t.p + t.n - n, tail, n) == 0 ?
	    t.n - n : 0;
	return t;
}

/* acme--uat of acme--uat.my, and of acme--uat.sandbox.my or acme--uat.cs5.my,
 * as it was and is called: no My Domain has a '--' of its own. */
static struct slice
sandbox_of(struct slice host, const char *domain)
{
	struct slice name = before(before(host, domain), ".my");
	const char *dot = name.n == 0 ? NULL : memchr(name.p, '.', name.n);

	if (dot != NULL)
		name.n = (size_t)(dot - name.p);
	if (name.n > 0 && memmem(name.p, name.n, "--", 2) == NULL)
		name.n = 0;
	return name;
}

/* Of two hosts of Salesforce's below the same domain. */
static bool
leads(struct slice want, struct slice is, const char *domain)
{
	static const struct slice login = { "login", 5 }, test = { "test", 4 };
	struct slice name = before(want, domain),
	    sandbox = sandbox_of(want, domain);

	if (name.n == 0 || before(is, domain).n == 0)
		return false;
	return slice_same(name, login) || slice_same(name, test) ||
	    (sandbox.n > 0 && slice_same(sandbox, sandbox_of(is, domain)));
}

bool
sf_belongs(const char *url, struct slice instance)
{
	static const char *const domains[] = { ".salesforce.com",
	    ".salesforce.mil", ".sfcrmproducts.cn" };
	bool plain = false, was = false;
	struct slice want = host_of(slice(url), &was),
	    is = host_of(instance, &plain);

	if (is.n == 0 || memchr(is.p, '@', is.n) != NULL || plain != was)
		return false;
	if (slice_same(is, want))
		return true;
	for (size_t i = 0; i < 3 && !plain; i++)
		if (leads(want, is, domains[i]))
			return true;
	return false;
}

static int
check_instance(const char *url, struct slice instance, struct why *w)
{
	if (sf_belongs(url, instance))
		return 0;
	return why_code(w, WHY_SETUP, "other-host", "Salesforce login: the "
	    "answer leads to %.*s, which does not belong to [salesforce] url "
	    "%s: nothing is sent there", (int)(instance.n < 200 ? instance.n :
	    200), instance.p, url);
}

static int
take_answer(struct sf *s, const char *url, const struct http_call *c,
    struct why *w)
{
	struct pool *pool = pool_new();
	struct slice v, token, instance;
	int r = -1;

	if (scan_text(buf_all(&c->answer), &v, w) == -1) {
		w->kind = WHY_BROKEN;
		why_in(w, "Salesforce login");
		goto out;
	}
	token = scan_string(scan_get(v, "access_token"), pool);
	instance = scan_string(scan_get(v, "instance_url"), pool);
	if (token.n == 0 || instance.n == 0) {
		why(w, WHY_BROKEN, "Salesforce login: the answer has no "
		    "access_token or no instance_url");
		goto out;
	}
	while (instance.n > 0 && instance.p[instance.n - 1] == '/')
		instance.n--;
	if (check_instance(url, instance, w) == -1)
		goto out;
	free(s->instance);
	s->instance = xstrndup(instance.p, instance.n);
	buf_reset(&s->token);
	buf_str(&s->token, "Bearer ");
	buf_slice(&s->token, token);
	r = take_org(s, scan_string(scan_get(v, "id"), pool), w);
out:
	pool_free(pool);
	return r;
}

int
sf_login(struct sf *s, struct why *w)
{
	struct http_call c = { .method = "POST", .kind = "login",
	    .content_type = "application/x-www-form-urlencoded",
	    .repeatable = true, .json = true, .answer_max = ANSWER_MAX };
	struct buf body = BUF(SECRET_MAX * 4), secret = BUF(SECRET_MAX);
	struct slice secrets[3] = {{ NULL, 0 }};
	struct http_url *u = NULL;
	const char *url, *how = conf_text(s->conf, "salesforce", "login");
	int r = -1;

	if (conf_need(s->conf, "salesforce", "url", &url, w) == -1 ||
	    (u = http_url_open(url, w)) == NULL)
		goto out;
	if (how != NULL && strcmp(how, "jwt") == 0)
		r = form_jwt(s, url, &body, &secret, w);
	else
		r = form_secret(s, &body, &secret, w);
	if (r == -1)
		goto out;
	http_url_path(u, "services/oauth2/token");
	c.url = http_url_text(u);
	c.body = buf_all(&body);
	secrets[0] = buf_all(&secret);
	secrets[1] = slice(strrchr(buf_cstr(&body), '=') + 1);
	c.secrets = secrets;
	if ((r = http_run(s->http, &c, w)) == -1)
		why_in(w, "Salesforce login");
	else if (c.status < 200 || c.status > 299)
		r = login_refused(&c, w);
	else
		r = take_answer(s, url, &c, w);
out:
	http_call_free(&c);
	http_url_free(u);
	if (body.p != NULL)
		explicit_bzero(body.p, body.n);
	if (secret.p != NULL)
		explicit_bzero(secret.p, secret.n);
	buf_free(&secret);
	buf_free(&body);
	return r;
}
