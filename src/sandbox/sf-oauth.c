/* sf-oauth - tokens: client credentials, refresh, and what asks of them */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "sf-oauth.h"

/* What the platform's begin with, so that nobody takes one for the other. */
#define REFRESH "5Aep861"

/* --- the key pair --- */

/* The private key is for the client: it signs, we check with its public half.
 * Made once and kept beside the state file. */
static EVP_PKEY *
key_make(const char *file, char *err, size_t n)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL, 0600);
	FILE *fp = fd < 0 ? NULL : fdopen(fd, "w");

	if (fp == NULL || key == NULL || !PEM_write_PrivateKey(fp, key, NULL,
	    NULL, 0, NULL, NULL)) {
		snprintf(err, n, "%s: %s", file, strerror(errno));
		EVP_PKEY_free(key);
		key = NULL;
	}
	if (fp != NULL)
		fclose(fp);
	return key;
}

int
sf_key_open(struct sf_org *org, const char *state, char *err, size_t n)
{
	char *path = NULL;
	FILE *fp;

	if (asprintf(&path, "%s.jwt.pem", state) < 0)
		return -1;
	if ((fp = fopen(path, "r")) != NULL) {
		org->key = PEM_read_PrivateKey(fp, NULL, NULL, NULL);
		fclose(fp);
		if (org->key == NULL)
			snprintf(err, n, "%s: not a private key", path);
	} else {
		org->key = key_make(path, err, n);
	}
	/* clients are told where it is, whatever their directory */
	org->key_file = realpath(path, NULL);
	free(path);
	return org->key ? 0 : -1;
}

void
sf_key_close(struct sf_org *org)
{
	EVP_PKEY_free(org->key);
	free(org->key_file);
}

/* --- tokens --- */

static void
random_text(char to[65])
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz._";
	unsigned char r[64];
	int i;

	RAND_bytes(r, sizeof(r));
	for (i = 0; i < 64; i++)
		to[i] = letters[r[i] & 63];
	to[64] = '\0';
}

/* A refresh token, or an access token: got by `refresh`, or NULL. */
static void
token_new(struct sf_org *org, bool access, const char *refresh, char *to,
    size_t size)
{
	char id[19], text[65];
	sqlite3_stmt *st;

	random_text(text);
	sf_id_write(org, org->organization, id);
	if (access)
		snprintf(to, size, "%.15s!AQEA%s", id, text);
	else
		snprintf(to, size, REFRESH "%s", text);
	sf_begin(org);
	st = sf_sql(org, "INSERT INTO session(t, at, refresh)"
	    " VALUES(?1, ?2, ?3)");
	sqlite3_bind_text(st, 1, to, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, sf_now());
	sqlite3_bind_text(st, 3, refresh, -1, SQLITE_STATIC);
	sf_step(org, st);
	sqlite3_finalize(st);
}

static bool
token_alive(struct sf_org *org, const char *token)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT 1 FROM session WHERE t = ?1");
	bool found;

	sqlite3_bind_text(st, 1, token, -1, SQLITE_STATIC);
	found = sf_step(org, st);
	sqlite3_finalize(st);
	return found;
}

/* The token of the request, alive: 1; none or a dead one: 0; -1: a header
 * that is none. */
static int
authorized(struct sf_http *h, const char **token)
{
	const char *auth = serve_header(h->rq, "Authorization");

	*token = NULL;
	if (auth != NULL && strncasecmp(auth, "Bearer ", 7) == 0)
		*token = auth + 7;
	else if (auth != NULL && strncasecmp(auth, "OAuth ", 6) == 0)
		*token = auth + 6;
	else if (auth != NULL)
		return -1;
	return *token != NULL && strncmp(*token, REFRESH, 7) != 0 &&
	    token_alive(h->org, *token);
}

bool
sf_session(struct sf_http *h)
{
	const char *token;
	int rc = authorized(h, &token);

	if (rc < 0)
		sf_error(h, 401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE");
	else if (rc == 0)
		sf_error(h, 401, "INVALID_SESSION_ID",
		    "Session expired or invalid");
	return rc > 0;
}

bool
sf_identity_session(struct sf_http *h)
{
	const char *token;
	bool alive;

	if (!sf_is(h, "GET") && !sf_is(h, "POST")) {
		sf_not_allowed(h, "GET,HEAD,POST");
		return false;
	}
	alive = authorized(h, &token) > 0;
	if (!alive)
		buf_str(sf_type(h, 403, "text/html"), token ?
		    "Bad_OAuth_Token" : "Missing_OAuth_Token");
	return alive;
}

void
sf_oauth_refuse(struct sf_http *h, const char *error, const char *text)
{
	struct buf *b = sf_ok(h, 400);

	buf_str(b, "{\"error\":");
	sf_json(b, error);
	buf_str(b, ",\"error_description\":");
	sf_json(b, text);
	buf_byte(b, '}');
}

/* The client may check it: HMAC-SHA256 of id and issued_at, by its secret. */
static void
sign(const char *text, struct buf *b)
{
	unsigned char mac[EVP_MAX_MD_SIZE], out[2 * EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	HMAC(EVP_sha256(), SF_CLIENT_SECRET, strlen(SF_CLIENT_SECRET),
	    (const unsigned char *)text, strlen(text), mac, &n);
	EVP_EncodeBlock(out, mac, (int)n);
	buf_fmt(b, ",\"signature\":\"%s\"", out);
}

void
sf_oauth_grant(struct sf_http *h, const char *refresh, bool jwt)
{
	struct sf_org *org = h->org;
	char token[128], oid[19], uid[19], id[220], signed_text[260];
	struct buf *b;
	long long now = sf_now();

	token_new(org, true, refresh, token, sizeof(token));
	sf_id_write(org, org->organization, oid);
	sf_id_write(org, org->user, uid);
	snprintf(id, sizeof(id), "%s/id/%s/%s", org->base, oid, uid);
	snprintf(signed_text, sizeof(signed_text), "%s%lld", id, now);
	b = sf_ok(h, 200);
	buf_fmt(b, "{\"access_token\":\"%s\"", token);
	if (!jwt)
		sign(signed_text, b);
	buf_fmt(b, ",\"scope\":\"%s\",\"instance_url\":\"%s\",\"id\":\"%s\","
	    "\"token_type\":\"Bearer\"", refresh ? "refresh_token api" : "api",
	    org->base, id);
	if (!jwt)
		buf_fmt(b, ",\"issued_at\":\"%lld\"", now);
	buf_byte(b, '}');
}

/* --- form --- */

char *
sf_form(const struct sf_http *h, const char *name)
{
	const char *at = h->rq->body;
	char *n, *v;

	while (serve_pair(&at, &n, &v)) {
		if (strcmp(n, name) == 0) {
			free(n);
			return v;
		}
		free(n);
		free(v);
	}
	return sf_arg(h, name);
}

/* Client id and secret from the form or from HTTP Basic, malloc'd. */
static void
client(const struct sf_http *h, char **id, char **secret)
{
	const char *auth = serve_header(h->rq, "Authorization");
	unsigned char text[512] = "";
	size_t n;
	char *colon;

	*id = sf_form(h, "client_id");
	*secret = sf_form(h, "client_secret");
	if (*id != NULL || auth == NULL || strncasecmp(auth, "Basic ", 6) != 0)
		return;
	n = strlen(auth + 6);
	if (n > 600 || EVP_DecodeBlock(text, (const unsigned char *)auth + 6,
	    (int)n) < 0)
		return;
	if ((colon = strchr((char *)text, ':')) != NULL) {
		*colon = '\0';
		free(*secret);
		*id = sf_xstrdup((char *)text);
		*secret = sf_xstrdup(colon + 1);
	}
}

static bool
client_ok(struct sf_http *h)
{
	char *id, *secret;
	bool ok = false;

	client(h, &id, &secret);
	if (id == NULL || strcmp(id, SF_CLIENT_ID) != 0)
		sf_oauth_refuse(h, "invalid_client_id", "client identifier invalid");
	else if (secret == NULL || strcmp(secret, SF_CLIENT_SECRET) != 0)
		sf_oauth_refuse(h, "invalid_client", "invalid client credentials");
	else
		ok = true;
	free(id);
	free(secret);
	return ok;
}

/* --- the endpoints --- */

static void
refresh(struct sf_http *h)
{
	char *t = sf_form(h, "refresh_token");

	if (t == NULL)
		sf_oauth_refuse(h, "invalid_request",
		    "missing required parameter: refresh_token");
	else if (strncmp(t, REFRESH, 7) != 0 || !token_alive(h->org, t))
		sf_oauth_refuse(h, "invalid_grant",
		    "expired access/refresh token");
	else
		sf_oauth_grant(h, t, false);
	free(t);
}

static void
token(struct sf_http *h)
{
	char *type = sf_form(h, "grant_type");

	if (type == NULL)
		sf_oauth_refuse(h, "unsupported_grant_type",
		    "grant type not supported");
	else if (strcmp(type,
	    "urn:ietf:params:oauth:grant-type:jwt-bearer") == 0)
		sf_oauth_jwt(h);
	else if (strcmp(type, "client_credentials") != 0 &&
	    strcmp(type, "refresh_token") != 0 &&
	    strcmp(type, "password") != 0)
		sf_oauth_refuse(h, "unsupported_grant_type",
		    "grant type not supported");
	else if (!client_ok(h))
		;
	else if (*type == 'c')
		sf_oauth_grant(h, NULL, false);
	else if (*type == 'r')
		refresh(h);
	else		/* new orgs block it, whoever asks */
		sf_oauth_refuse(h, "invalid_grant", "authentication failure");
	free(type);
}

/* A refresh token takes along what it got. */
static void
revoke_token(struct sf_http *h)
{
	char *t = sf_form(h, "token");
	sqlite3_stmt *st;

	if (t == NULL || !token_alive(h->org, t)) {
		sf_oauth_refuse(h, "unsupported_token_type",
		    "this token type is not supported");
	} else {
		sf_begin(h->org);
		st = sf_sql(h->org, "DELETE FROM session WHERE t = ?1 OR "
		    "refresh = ?1");
		sqlite3_bind_text(st, 1, t, -1, SQLITE_STATIC);
		sf_step(h->org, st);
		sqlite3_finalize(st);
		sf_commit(h->org);
		sf_ok(h, 200);
	}
	free(t);
}

static void
introspect(struct sf_http *h)
{
	char *t;
	char oid[19], uid[19];
	struct buf *b;
	long long now = sf_now() / 1000;
	bool refreshed;

	if (!client_ok(h))
		return;
	t = sf_form(h, "token");
	b = sf_ok(h, 200);
	sf_id_write(h->org, h->org->organization, oid);
	sf_id_write(h->org, h->org->user, uid);
	refreshed = t != NULL && strncmp(t, REFRESH, 7) == 0;
	if (t == NULL || !token_alive(h->org, t))
		buf_str(b, "{\"active\":false}");
	else
		buf_fmt(b, "{\"active\":true,\"scope\":\"api\",\"client_id\":"
		    "\"%s\",\"username\":\"%s\",\"sub\":\"%s/id/%s/%s\","
		    "\"token_type\":\"%s\",\"exp\":%lld,\"iat\":%lld,"
		    "\"nbf\":%lld}", SF_CLIENT_ID, SF_USERNAME, h->org->base,
		    oid, uid, refreshed ? "refresh_token" : "access_token",
		    now + 7200, now, now);
	free(t);
}

void
sf_oauth(struct sf_http *h)
{
	const char *what = h->parts == 1 ? h->part[0] : "";
	bool post = sf_is(h, "POST");

	if (post && strcmp(what, "token") == 0)
		token(h);
	else if ((post || sf_is(h, "GET")) && strcmp(what, "revoke") == 0)
		revoke_token(h);
	else if (post && strcmp(what, "introspect") == 0)
		introspect(h);
	else if (strcmp(what, "userinfo") == 0) {
		if (sf_identity_session(h))
			sf_userinfo(h);
	} else
		sf_not_found(h);
}

void
sf_oauth_credentials(struct sf_org *org, struct buf *out)
{
	char token[128], refresh_token[128];

	token_new(org, true, NULL, token, sizeof(token));
	token_new(org, false, NULL, refresh_token, sizeof(refresh_token));
	buf_fmt(out, "{\"client_id\":\"%s\",\"client_secret\":\"%s\","
	    "\"username\":\"%s\",\"jwt_key_file\":", SF_CLIENT_ID, SF_CLIENT_SECRET,
	    SF_USERNAME);
	sf_json(out, org->key_file);
	buf_fmt(out, ",\"token\":\"%s\",\"refresh_token\":\"%s\"}", token,
	    refresh_token);
}
