#include <err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mage-auth.h"
#include "mage-oauth.h"

#define LOCK_AFTER 6		/* oauth/authentication_lock/max_failures_count */
#define LOCK_SECONDS 1800
#define FUTURE 600		/* seconds that a timestamp may be ahead */

struct auth {
	char key[33], secret[33], token[33], token_secret[33];
	char password[33], signing[33];
	struct oauth *oauth;
	long issued, dead;	/* admin tokens: number of the last one */
	int failures;
	time_t locked;		/* until then */
};

static const char user[] = "admin";

static void
derive(const struct shop *shop, const char *what, char out[33])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	char text[120];
	unsigned n = 0;

	snprintf(text, sizeof text, "mage-sandbox %llu %s",
	    (unsigned long long)shop->serve.seed, what);
	if (!EVP_Digest(text, strlen(text), md, &n, EVP_sha256(), NULL))
		errx(3, "cannot compute a digest");
	for (int i = 0; i < 16; i++)
		snprintf(out + 2 * i, 3, "%02x", md[i]);
}

struct auth *
auth_open(const struct shop *shop)
{
	struct auth *a = calloc(1, sizeof *a);

	if (a == NULL)
		err(3, "cannot allocate memory");
	derive(shop, "consumer key", a->key);
	derive(shop, "consumer secret", a->secret);
	derive(shop, "access token", a->token);
	derive(shop, "token secret", a->token_secret);
	derive(shop, "admin password", a->password);
	derive(shop, "jwt", a->signing);
	a->oauth = oauth_open(a->key, a->secret, a->token, a->token_secret);
	return a;
}

void
auth_close(struct auth *a)
{
	if (a == NULL)
		return;
	oauth_close(a->oauth);
	free(a);
}

void
auth_print(const struct auth *a, struct buf *out)
{
	buf_fmt(out, "{\"token\":\"%s\",\"consumer_key\":\"%s\","
	    "\"consumer_secret\":\"%s\",\"access_token\":\"%s\","
	    "\"token_secret\":\"%s\",\"admin_username\":\"%s\","
	    "\"admin_password\":\"%s\"}", a->token, a->key, a->secret,
	    a->token, a->token_secret, user, a->password);
}

/* --- admin tokens: they need no memory --- */

static void
base64url(const void *p, size_t n, struct buf *out)
{
	unsigned char *to = (unsigned char *)buf_room(out, n * 4 / 3 + 8);
	int len = EVP_EncodeBlock(to, p, (int)n);

	while (len > 0 && to[len - 1] == '=')
		len--;
	for (int i = 0; i < len; i++)
		if (to[i] == '+')
			to[i] = '-';
		else if (to[i] == '/')
			to[i] = '_';
	out->n += (size_t)len;
	out->p[out->n] = '\0';
}

static void
sign(const struct auth *a, struct buf *token, size_t from)
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (HMAC(EVP_sha256(), a->signing, 32, (unsigned char *)token->p +
	    from, token->n - from, md, &n) == NULL)
		errx(3, "cannot sign a token");
	buf_byte(token, '.');
	base64url(md, n, token);
}

/* Before 2.4.4 32 letters that say nothing: the number, the end and a MAC. */
static void
make_opaque(const struct auth *a, long number, long ends, char out[33])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	snprintf(out, 33, "%08lx%08lx", (unsigned long)number & 0xffffffff,
	    (unsigned long)ends & 0xffffffff);
	if (HMAC(EVP_sha256(), a->signing, 32, (unsigned char *)out, 16, md,
	    &n) == NULL)
		errx(3, "cannot sign a token");
	for (int i = 0; i < 8; i++)
		snprintf(out + 16 + 2 * i, 3, "%02x", md[i]);
}

static int
read_opaque(const struct auth *a, const char *token, long *number, long *ends)
{
	char again[33];

	if (strlen(token) != 32 || sscanf(token, "%8lx%8lx",
	    (unsigned long *)number, (unsigned long *)ends) != 2)
		return 0;
	make_opaque(a, *number, *ends, again);
	return strcmp(again, token) == 0;
}

/* A JWT, as since 2.4.4; `out` is empty. */
static void
make_token(const struct auth *a, long number, long begins, long ends,
    struct buf *out)
{
	static const char head[] = "{\"kid\":\"1\",\"alg\":\"HS256\"}";
	size_t from = out->n;	/* behind the quote of an answer */
	char body[160];

	snprintf(body, sizeof body, "{\"uid\":1,\"utypid\":2,\"iat\":%ld,"
	    "\"exp\":%ld,\"jti\":%ld}", begins, ends, number);
	base64url(head, strlen(head), out);
	buf_byte(out, '.');
	base64url(body, strlen(body), out);
	sign(a, out, from);
}

/* The claims of a token, when it is one of ours: 1. */
static int
read_token(const struct auth *a, const char *token, long *number, long *begins,
    long *ends)
{
	const char *dot = strchr(token, '.'), *end = dot ? strchr(dot + 1, '.')
	    : NULL;
	char text[400];
	unsigned char out[320];
	struct buf again = {0};
	size_t n;
	int ok;

	if (end == NULL || (n = (size_t)(end - dot - 1)) + 4 > sizeof text)
		return 0;
	for (size_t i = 0; i < n; i++)
		text[i] = dot[1 + i] == '-' ? '+' : dot[1 + i] == '_' ? '/' :
		    dot[1 + i];
	for (; n % 4; n++)
		text[n] = '=';
	if (n > 400 || EVP_DecodeBlock(out, (unsigned char *)text, (int)n) <= 0)
		return 0;
	out[n / 4 * 3] = '\0';
	if (sscanf((char *)out, "{\"uid\":1,\"utypid\":2,\"iat\":%ld,"
	    "\"exp\":%ld,\"jti\":%ld}", begins, ends, number) != 3)
		return 0;
	make_token(a, *number, *begins, *ends, &again);
	ok = strcmp(again.p, token) == 0;
	buf_free(&again);
	return ok;
}

static int
login_refused(struct refusal *no)
{
	return refuse(no, 401, "The account sign-in was incorrect or your account"
	    " is disabled temporarily. Please wait and try again later.", NULL);
}

int
auth_login(struct auth *a, const struct shop *shop, const char *username,
    const char *password, struct buf *out, struct refusal *no)
{
	long now = (long)serve_now(&shop->serve), ends;
	struct buf token = {0};
	char opaque[33];

	if (strcmp(username, user) != 0)
		return login_refused(no);
	if (now < a->locked)
		return login_refused(no);
	if (strcmp(password, a->password) != 0) {
		if (++a->failures >= LOCK_AFTER)
			a->locked = now + LOCK_SECONDS;
		return login_refused(no);
	}
	a->failures = 0;
	if (shop->set.two_factor)
		return refuse(no, 400, "Please use the 2fa provider-specific"
		    " endpoints to obtain a token.",
		    "{\"active_providers\":[\"google\"]}");
	ends = now + shop->set.token_life;
	make_opaque(a, ++a->issued, ends, opaque);
	make_token(a, a->issued, now, ends, &token);
	buf_fmt(out, "\"%s\"", shop->set.release < 20404 ? opaque : token.p);
	buf_free(&token);
	return 0;
}

/* --- requests --- */

static int
unauthorized(const char *resource, struct refusal *no)
{
	char p[300];

	snprintf(p, sizeof p, "{\"resources\":\"%s\"}", resource);
	return refuse(no, 401,
	    "The consumer isn't authorized to access %resources.", p);
}

static int
bearer_good(const struct auth *a, const struct shop *shop, const char *token)
{
	long number = 0, begins = 0, ends = 0;

	if (strcmp(token, a->token) == 0)
		return shop->set.bearer;
	return (read_opaque(a, token, &number, &ends) ||
	    read_token(a, token, &number, &begins, &ends)) &&
	    number > a->dead && (long)serve_now(&shop->serve) < ends;
}

static int
denied(const struct shop *shop, const char *resource)
{
	char name[200];

	snprintf(name, sizeof name, ",%s,", resource);
	return strstr(shop->set.deny, name) != NULL;
}

int
auth_check(struct auth *a, const struct shop *shop, const struct request *rq,
    const char *resource, struct refusal *no)
{
	const char *h = serve_header(rq, "Authorization");
	long r = shop->set.release;
	const struct oauth_rules rules = {(long)serve_now(&shop->serve) +
	    FUTURE, r < 20404, r >= 20406};
	int expired = fault_true(rq->fault, "expire_token");

	if (expired)	/* all admin tokens so far */
		a->dead = a->issued;
	if (h && strncasecmp(h, "OAuth ", 6) == 0) {
		if (oauth_check(a->oauth, rq, h + 6, &rules, no) == -1)
			return -1;
	} else if (expired || h == NULL || strncasecmp(h, "Bearer ", 7) != 0 ||
	    !bearer_good(a, shop, h + 7))
		return unauthorized(resource, no);
	return denied(shop, resource) ? unauthorized(resource, no) : 0;
}
