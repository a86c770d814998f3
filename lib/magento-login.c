#include "magento-login.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "magento-oauth.h"
#include "magento.h"
#include "say.h"
#include "scan.h"
#include "sign.h"

enum {
	TOKEN_MAX = 16 << 10,
	CLOCK_OFF = 60,		/* seconds that nobody minds */
	EARLY = 60,		/* a token is had anew so long before its end, */
	PART = 10,		/* or this part of its life, if that is less */
};

enum way { BEARER, OAUTH, ADMIN };

struct mage_login {
	const struct conf *conf;
	char *token_url;
	enum way way;
	pthread_mutex_t lock;	/* for what follows */
	char *header;		/* "Bearer ...", NULL: not logged in yet */
	int age;		/* counts the tokens that were had */
	int64_t due;		/* when to have another, monotonic; 0: never */
	struct why refused;	/* the password was; kind WHY_NONE: it was not */
	/* oauth: */
	char *key[4];
	struct mage_oauth oauth;	/* of `key` */
	atomic_llong off;	/* seconds that Magento's clock is ahead */
};

/* --- what stands in files --- */

static bool
has_space(struct slice t)
{
	size_t i;

	for (i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] <= ' ')
			return true;
	return false;
}

/* A secret without spaces, to be wiped and freed; NULL with `w`. */
static char *
secret(const struct mage_login *l, const char *name, struct why *w)
{
	struct buf b = BUF(TOKEN_MAX);
	char *text = NULL;

	if (conf_secret(l->conf, "magento", name, &b, w) == -1)
		;
	else if (has_space(buf_all(&b)))
		why(w, WHY_SETUP, "[magento] %s has a space or line break in "
		    "it", name);
	else
		text = xstrndup(buf_all(&b).p, b.n);
	if (b.p != NULL)
		explicit_bzero(b.p, b.n);
	buf_free(&b);
	return text;
}

static void
wipe(char *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	free(text);
}

static void
set_token(struct mage_login *l, struct slice token)
{
	wipe(l->header);
	l->header = xasprintf("Bearer %.*s", (int)token.n, token.p);
	l->age++;
}

/* Read the token file; 1: there is another token in it than before. */
static int
read_token(struct mage_login *l, struct why *w)
{
	char *token = secret(l, "token_file", w);
	int r;

	if (token == NULL)
		return -1;
	r = l->header == NULL || strcmp(l->header + strlen("Bearer "),
	    token) != 0;
	if (r == 1)
		set_token(l, slice(token));
	wipe(token);
	return r;
}

static int
read_keys(struct mage_login *l, struct why *w)
{
	const char *consumer;

	if (conf_need(l->conf, "magento", "consumer_key", &consumer, w) == -1 ||
	    (l->key[1] = secret(l, "consumer_secret_file", w)) == NULL ||
	    (l->key[2] = secret(l, "token_file", w)) == NULL ||
	    (l->key[3] = secret(l, "token_secret_file", w)) == NULL)
		return -1;
	l->key[0] = xstrdup(consumer);
	l->oauth = (struct mage_oauth){ l->key[0], l->key[1], l->key[2],
	    l->key[3] };
	return 0;
}

/* --- an admin --- */

static int64_t
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static int64_t
claim(struct slice claims, const char *name)
{
	struct mage_entity e = { .member = name };

	return mage_id(&e, claims);
}

/*
 * How long a token is good: since 2.4.4 it is a JWT that says so, before it
 * is a word.  Only the length counts: the clocks may differ.  0: unknown.
 */
static int64_t
life_of(const char *token)
{
	const char *body = strchr(token, '.'), *end;
	struct buf b = BUF(TOKEN_MAX);
	struct slice claims;
	int64_t begins, ends, s = 0;

	if (body == NULL || (end = strchr(++body, '.')) == NULL)
		return 0;
	if (sign_unbase64(&b, (struct slice){ body, (size_t)(end - body) },
	    NULL) == 0 && scan_text(buf_all(&b), &claims, NULL) == 0 &&
	    scan_kind(claims) == SCAN_OBJECT) {
		begins = claim(claims, "iat");
		ends = claim(claims, "exp");
		if (begins > 0 && ends > begins)
			s = ends - begins;
	}
	buf_free(&b);
	return s;
}

static int
login_body(struct mage_login *l, struct buf *b, struct buf *password,
    struct slice secrets[2], struct why *w)
{
	const char *user;
	size_t at;

	if (conf_need(l->conf, "magento", "username", &user, w) == -1 ||
	    conf_secret(l->conf, "magento", "password_file", password,
	    w) == -1)
		return -1;
	buf_str(b, "{\"username\":");
	scan_quote(b, slice(user));
	buf_str(b, ",\"password\":");
	at = b->n + 1;
	scan_quote(b, buf_all(password));
	buf_str(b, "}");
	secrets[0] = buf_all(password);
	secrets[1] = (struct slice){ b->p + at, b->n - at - 2 };
	return 0;
}

/* The answer to a login is a JSON string. */
static int
take_token(struct mage_login *l, const struct http_call *c, struct why *w)
{
	struct pool *pool = pool_new();
	struct slice value, token = { NULL, 0 };
	int64_t life;
	int r = -1;

	if (scan_text(buf_all(&c->answer), &value, NULL) == 0)
		token = scan_string(value, pool);
	if (token.n == 0 || token.n > TOKEN_MAX || has_space(token)) {
		why(w, WHY_BROKEN, "the login of an admin was answered "
		    "without a token");
		goto out;
	}
	set_token(l, token);
	life = life_of(l->header);
	l->due = life == 0 ? 0 : now_s() + life -
	    (life < EARLY * PART ? life / PART + 1 : EARLY);
	r = 0;
out:
	pool_free(pool);
	return r;
}

static const char *
login_todo(const struct http_call *c, const char *said)
{
	if (strcasestr(said, "2fa") != NULL ||
	    strcasestr(said, "two-factor") != NULL)
		return "two-factor login keeps this user from the API: use an "
		    "integration instead ([magento] login = oauth or bearer)";
	if (c->status == 401)
		return "[magento] username or password_file is wrong, or too "
		    "many wrong ones have locked the user for half an hour";
	return NULL;
}

static int
refused(struct mage_login *l, const struct http_call *c, struct why *w)
{
	struct buf said = BUF(1000);

	mage_says(buf_all(&c->answer), &said);
	http_check_said(c, said.n > 0 ? buf_cstr(&said) : NULL,
	    login_todo(c, buf_cstr(&said)), w);
	buf_free(&said);
	if (c->status == 400)
		w->kind = WHY_SETUP;
	if (w->kind == WHY_SETUP)
		l->refused = *w;
	return -1;
}

/* Another token does not end the old one.  1, or -1. */
static int
log_in(struct mage_login *l, struct http *h, struct why *w)
{
	struct buf body = BUF(2 * TOKEN_MAX), password = BUF(TOKEN_MAX);
	struct slice secrets[3] = {{ NULL, 0 }};
	struct http_call c = { .method = "POST", .url = l->token_url,
	    .json = true, .kind = "login", .repeatable = true,
	    .secrets = secrets };
	int r = -1;

	if (l->refused.kind != WHY_NONE) {
		*w = l->refused;
		return -1;
	}
	if (login_body(l, &body, &password, secrets, w) == -1)
		goto out;
	c.body = buf_all(&body);
	if (http_run(h, &c, w) == -1)
		goto out;
	if (c.status / 100 != 2)
		r = refused(l, &c, w);
	else
		r = take_token(l, &c, w) == -1 ? -1 : 1;
	if (c.answer.p != NULL)
		explicit_bzero(c.answer.p, c.answer.n);
out:
	if (body.p != NULL)
		explicit_bzero(body.p, body.n);
	if (password.p != NULL)
		explicit_bzero(password.p, password.n);
	buf_free(&body);
	buf_free(&password);
	http_call_free(&c);
	return r;
}

/* --- passes --- */

/* For http: another nonce and time for every attempt. */
static void
sign_attempt(void *ctx, const struct http_call *c, struct buf *value)
{
	struct mage_login *l = ctx;
	char nonce[MAGE_NONCE];

	mage_oauth_nonce(nonce);
	mage_oauth_sign(&l->oauth, c->method, c->url, nonce,
	    (int64_t)time(NULL) + atomic_load(&l->off), value);
}

/*
 * Copy the header in force to the pass.  When there is none, or its token was
 * refused or is about to die, have another first, unless another thread just
 * did.  1: here it is; 0: there is no other; -1.
 */
static int
get_header(struct mage_login *l, struct http *h, struct mage_pass *pass,
    bool dead, struct why *w)
{
	bool old;
	int r = 1;

	pthread_mutex_lock(&l->lock);
	old = l->header == NULL || (dead && l->age == pass->age) ||
	    (l->due > 0 && now_s() >= l->due);
	if (old)
		r = l->way == ADMIN ? log_in(l, h, w) : read_token(l, w);
	if (r == 1) {
		buf_reset(&pass->header);
		buf_str(&pass->header, l->header);
		pass->age = l->age;
	}
	pthread_mutex_unlock(&l->lock);
	return r;
}

int
mage_login_pass(struct mage_login *l, struct http *h, struct mage_pass *pass,
    struct http_call *c, struct why *w)
{
	if (l->way == OAUTH) {
		c->authorize = sign_attempt;
		c->authorize_ctx = l;
		return 0;
	}
	if (!pass->again && get_header(l, h, pass, false, w) == -1)
		return -1;
	c->authorization = buf_cstr(&pass->header);
	return 0;
}

/*
 * What a signature can mend: a time too far ahead is refused in words that do
 * not say so; and libcurl by itself repeats what died on a connection that was
 * kept, nonce and all.
 */
static int
sign_again(struct mage_login *l, const struct http_call *c)
{
	struct slice body = buf_all(&c->answer);
	time_t theirs = http_date(c);
	long long off = theirs == -1 ? 0 : (long long)(theirs - time(NULL));

	if (memmem(body.p, body.n, "nonce", 5) == NULL)
		return 0;
	if (llabs(off - atomic_load(&l->off)) > CLOCK_OFF) {
		atomic_store(&l->off, off);
		say_verbose("Magento's clock is %lld s off ours; requests are "
		    "signed with its time", off);
	}
	return 1;
}

int
mage_login_again(struct mage_login *l, struct http *h,
    struct mage_pass *pass, const struct http_call *c, struct why *w)
{
	int r;

	if (pass->again)
		return 0;
	pass->again = true;
	if (l->way == OAUTH)
		return sign_again(l, c);
	if ((r = get_header(l, h, pass, true, w)) == 1)
		say_verbose("Magento no longer took the token; it was "
		    "renewed");
	return r;
}

void
mage_pass_end(struct mage_pass *pass, struct http_call *c)
{
	c->authorization = NULL;
	c->authorize = NULL;
	if (pass->header.p != NULL)
		explicit_bzero(pass->header.p, pass->header.n);
	buf_free(&pass->header);
}

const char *
mage_login_todo(const struct mage_login *l, const char *said)
{
	if (l->way == BEARER)
		return "the token is wrong or its integration lacks this "
		    "right; or the store, 2.4.4 or newer, takes no integration "
		    "token as bearer: then use [magento] login = oauth (or set "
		    "oauth/consumer/enable_integration_as_bearer to 1 there)";
	if (l->way == ADMIN)
		return "the role of [magento] username lacks this right";
	if (strstr(said, "authorized") != NULL)
		return "the integration lacks this right (System, "
		    "Integrations, API)";
	if (strstr(said, "signature") != NULL)
		return "consumer_secret_file or token_secret_file of [magento] "
		    "is wrong, or a proxy changes scheme, host or path on the "
		    "way to Magento";
	return "do consumer_key and the three secrets of [magento] belong to "
	    "one integration that is active?";
}

/* --- the login --- */

struct mage_login *
mage_login_open(const struct conf *conf, const char *token_url,
    struct why *w)
{
	struct mage_login *l = xcalloc(1, sizeof(*l));
	const char *way = conf_text(conf, "magento", "login");

	l->conf = conf;
	l->token_url = xstrdup(token_url);
	l->way = strcmp(way, "admin") == 0 ? ADMIN :
	    strcmp(way, "oauth") == 0 ? OAUTH : BEARER;
	atomic_init(&l->off, 0);
	pthread_mutex_init(&l->lock, NULL);
	if (l->way == ADMIN || (l->way == OAUTH ? read_keys(l, w) :
	    read_token(l, w)) != -1)
		return l;
	mage_login_close(l);
	return NULL;
}

void
mage_login_close(struct mage_login *l)
{
	int i;

	if (l == NULL)
		return;
	wipe(l->header);
	for (i = 0; i < 4; i++)
		wipe(l->key[i]);
	pthread_mutex_destroy(&l->lock);
	free(l->token_url);
	free(l);
}
