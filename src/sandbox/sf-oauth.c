/* sf-oauth - tokens: client credentials, JWT bearer, and what asks of them */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "sf-api.h"

#define CLIENT_ID "3MVG9SANDBOX.millrace.consumer.key.3MVG9SANDBOX"
#define CLIENT_SECRET "5B9C41DF0E7764A2B0C8D2F3A6E19875SANDBOX"
#define USERNAME "integration@millrace.test"

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
token_new(struct sf_org *org, char *to, size_t size)
{
	static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz._";
	unsigned char r[64];
	char id[19], text[65];
	sqlite3_stmt *st;
	int i;

	RAND_bytes(r, sizeof(r));
	for (i = 0; i < 64; i++)
		text[i] = letters[r[i] & 63];
	text[64] = '\0';
	sf_id_write(org, org->organization, id);
	snprintf(to, size, "%.15s!AQEA%s", id, text);
	sf_begin(org);
	st = sf_sql(org, "INSERT INTO token VALUES(?1, ?2)");
	sqlite3_bind_text(st, 1, to, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, sf_now());
	sf_step(org, st);
	sqlite3_finalize(st);
}

static bool
token_alive(struct sf_org *org, const char *token)
{
	sqlite3_stmt *st = sf_sql(org, "SELECT 1 FROM token WHERE t = ?1");
	bool found;

	sqlite3_bind_text(st, 1, token, -1, SQLITE_STATIC);
	found = sf_step(org, st);
	sqlite3_finalize(st);
	return found;
}

bool
sf_session(struct sf_http *h)
{
	const char *auth = serve_header(h->rq, "Authorization");
	const char *token = NULL;

	if (auth != NULL && strncasecmp(auth, "Bearer ", 7) == 0)
		token = auth + 7;
	else if (auth != NULL && strncasecmp(auth, "OAuth ", 6) == 0)
		token = auth + 6;
	else if (auth != NULL) {
		sf_error(h, 401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE");
		return false;
	}
	if (token != NULL && token_alive(h->org, token))
		return true;
	sf_error(h, 401, "INVALID_SESSION_ID", "Session expired or invalid");
	return false;
}

static void
refuse(struct sf_http *h, const char *error, const char *text)
{
	struct buf *b = sf_ok(h, 400);

	buf_str(b, "{\"error\":");
	sf_json(b, error);
	buf_str(b, ",\"error_description\":");
	sf_json(b, text);
	buf_byte(b, '}');
}

static void
grant(struct sf_http *h, bool jwt)
{
	struct sf_org *org = h->org;
	char token[128], oid[19], uid[19];
	struct buf *b;

	token_new(org, token, sizeof(token));
	sf_id_write(org, org->organization, oid);
	sf_id_write(org, org->user, uid);
	b = sf_ok(h, 200);
	buf_fmt(b, "{\"access_token\":\"%s\",", token);
	if (!jwt)
		buf_str(b, "\"signature\":\"c2FuZGJveA==\",");
	buf_fmt(b, "\"scope\":\"api\",\"instance_url\":\"%s\","
	    "\"id\":\"%s/id/%s/%s\",\"token_type\":\"Bearer\"", org->base,
	    org->base, oid, uid);
	if (!jwt)
		buf_fmt(b, ",\"issued_at\":\"%lld\"", (long long)sf_now());
	buf_byte(b, '}');
}

/* --- form --- */

static char *
form(const struct sf_http *h, const char *name)
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

	*id = form(h, "client_id");
	*secret = form(h, "client_secret");
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
	if (id == NULL || strcmp(id, CLIENT_ID) != 0)
		refuse(h, "invalid_client_id", "client identifier invalid");
	else if (secret == NULL || strcmp(secret, CLIENT_SECRET) != 0)
		refuse(h, "invalid_client", "invalid client credentials");
	else
		ok = true;
	free(id);
	free(secret);
	return ok;
}

/* --- JWT --- */

static int
base64url(const char *s, size_t n, struct buf *out)
{
	struct buf b = {0};
	int len;
	size_t i;

	for (i = 0; i < n; i++)
		buf_byte(&b, s[i] == '-' ? '+' : s[i] == '_' ? '/' : s[i]);
	while (b.n % 4)
		buf_byte(&b, '=');
	len = EVP_DecodeBlock((unsigned char *)buf_room(out, b.n + 4),
	    (unsigned char *)(b.p ? b.p : ""), (int)b.n);
	if (len > 0)		/* it counts the padding as zero bytes */
		out->n += (size_t)len - (n % 4 ? 4 - n % 4 : 0);
	buf_free(&b);
	return len > 0 ? 0 : -1;
}

static bool
signature_ok(EVP_PKEY *key, const char *text, size_t n, const struct buf *sig)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok;

	ok = md != NULL && EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL,
	    key) == 1 && EVP_DigestVerify(md, (const unsigned char *)sig->p,
	    sig->n, (const unsigned char *)text, n) == 1;
	EVP_MD_CTX_free(md);
	return ok;
}

static bool
audience_ok(const struct sf_http *h, const char *aud)
{
	static const char *const known[] = {"https://login.salesforce.com",
	    "https://test.salesforce.com"};
	size_t n = strlen(h->org->base);
	int i;

	for (i = 0; aud != NULL && i < 2; i++)
		if (strcmp(aud, known[i]) == 0)
			return true;
	return aud != NULL && strncmp(aud, h->org->base, n) == 0 &&
	    (aud[n] == '\0' || strcmp(aud + n, "/services/oauth2/token") == 0);
}

static bool
text_is(yyjson_val *o, const char *name, const char *want)
{
	const char *s = yyjson_get_str(yyjson_obj_get(o, name));

	return s != NULL && strcmp(s, want) == 0;
}

static void
judge(struct sf_http *h, yyjson_val *head, yyjson_val *claims, bool signed_ok)
{
	yyjson_val *exp = yyjson_obj_get(claims, "exp");
	const char *exp_text = yyjson_get_str(exp);
	double until = exp_text ? strtod(exp_text, NULL) :
	    yyjson_get_num(exp);

	if (!text_is(head, "alg", "RS256") || !yyjson_is_obj(claims))
		refuse(h, "invalid_grant", "invalid assertion");
	else if (!text_is(claims, "iss", CLIENT_ID))
		refuse(h, "invalid_client_id", "client identifier invalid");
	else if (!signed_ok)
		refuse(h, "invalid_grant", "invalid assertion");
	else if (!audience_ok(h, yyjson_get_str(yyjson_obj_get(claims,
	    "aud"))))
		refuse(h, "invalid_grant", "Audience validation failed");
	else if (until * 1000 < (double)sf_now())
		refuse(h, "invalid_grant", "invalid assertion");
	else if (!text_is(claims, "sub", USERNAME))
		refuse(h, "invalid_grant",
		    "user hasn't approved this consumer");
	else
		grant(h, true);
}

static void
jwt(struct sf_http *h)
{
	char *text = form(h, "assertion");
	const char *one = text ? strchr(text, '.') : NULL;
	const char *two = one ? strchr(one + 1, '.') : NULL;
	struct buf head = {0}, claims = {0}, sig = {0};
	yyjson_doc *hd = NULL, *cd = NULL;

	if (two == NULL || base64url(text, (size_t)(one - text), &head) < 0 ||
	    base64url(one + 1, (size_t)(two - one - 1), &claims) < 0 ||
	    base64url(two + 1, strlen(two + 1), &sig) < 0) {
		refuse(h, "invalid_grant", "invalid assertion");
	} else {
		hd = yyjson_read(head.p, head.n, 0);
		cd = yyjson_read(claims.p, claims.n, 0);
		judge(h, yyjson_doc_get_root(hd), yyjson_doc_get_root(cd),
		    signature_ok(h->org->key, text, (size_t)(two - text),
		    &sig));
	}
	yyjson_doc_free(hd);
	yyjson_doc_free(cd);
	buf_free(&head);
	buf_free(&claims);
	buf_free(&sig);
	free(text);
}

/* --- the endpoints --- */

static void
token(struct sf_http *h)
{
	char *type = form(h, "grant_type");

	if (type == NULL)
		refuse(h, "unsupported_grant_type",
		    "grant type not supported");
	else if (strcmp(type, "client_credentials") == 0) {
		if (client_ok(h))
			grant(h, false);
	} else if (strcmp(type,
	    "urn:ietf:params:oauth:grant-type:jwt-bearer") == 0)
		jwt(h);
	else
		refuse(h, "unsupported_grant_type",
		    "grant type not supported");
	free(type);
}

static void
revoke_token(struct sf_http *h)
{
	char *t = form(h, "token");
	sqlite3_stmt *st;

	if (t == NULL || !token_alive(h->org, t)) {
		refuse(h, "unsupported_token_type",
		    "this token type is not supported");
	} else {
		sf_begin(h->org);
		st = sf_sql(h->org, "DELETE FROM token WHERE t = ?1");
		sqlite3_bind_text(st, 1, t, -1, SQLITE_STATIC);
		sf_step(h->org, st);
		sqlite3_finalize(st);
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

	if (!client_ok(h))
		return;
	t = form(h, "token");
	b = sf_ok(h, 200);
	sf_id_write(h->org, h->org->organization, oid);
	sf_id_write(h->org, h->org->user, uid);
	if (t == NULL || !token_alive(h->org, t))
		buf_str(b, "{\"active\":false}");
	else
		buf_fmt(b, "{\"active\":true,\"scope\":\"api\",\"client_id\":"
		    "\"%s\",\"username\":\"%s\",\"sub\":\"%s/id/%s/%s\","
		    "\"token_type\":\"access_token\",\"exp\":%lld,"
		    "\"iat\":%lld,\"nbf\":%lld}", CLIENT_ID, USERNAME,
		    h->org->base, oid, uid, now + 7200, now, now);
	free(t);
}

static void
urls(struct sf_http *h, struct buf *b)
{
	static const char *const names[] = {"rest", "sobjects", "query"};
	static const char *const tails[] = {"", "sobjects/", "query/"};
	int i;

	buf_str(b, "\"urls\":{");
	for (i = 0; i < 3; i++)
		buf_fmt(b, "%s\"%s\":\"%s/services/data/v{version}/%s\"",
		    i ? "," : "", names[i], h->org->base, tails[i]);
	buf_byte(b, '}');
}

void
sf_identity(struct sf_http *h)
{
	struct buf *b = sf_ok(h, 200);
	char oid[19], uid[19];

	sf_id_write(h->org, h->org->organization, oid);
	sf_id_write(h->org, h->org->user, uid);
	buf_fmt(b, "{\"id\":\"%s/id/%s/%s\",\"user_id\":\"%s\","
	    "\"sub\":\"%s/id/%s/%s\",\"organization_id\":\"%s\","
	    "\"username\":\"%s\",\"preferred_username\":\"%s\","
	    "\"display_name\":\"Millrace Integration\","
	    "\"name\":\"Millrace Integration\",\"nick_name\":\"integration\","
	    "\"email\":\"%s\",\"user_type\":\"STANDARD\","
	    "\"language\":\"en_US\",\"zoneinfo\":\"Europe/London\",",
	    h->org->base, oid, uid, uid, h->org->base, oid, uid, oid,
	    USERNAME, USERNAME, USERNAME);
	urls(h, b);
	buf_byte(b, '}');
}

void
sf_oauth(struct sf_http *h)
{
	const char *what = h->parts == 1 ? h->part[0] : "";
	bool post = sf_is(h, "POST");

	if (post && strcmp(what, "token") == 0)
		token(h);
	else if (post && strcmp(what, "revoke") == 0)
		revoke_token(h);
	else if (post && strcmp(what, "introspect") == 0)
		introspect(h);
	else if (strcmp(what, "userinfo") == 0) {
		if (sf_session(h))
			sf_identity(h);
	} else
		sf_not_found(h);
}

void
sf_oauth_credentials(struct sf_org *org, struct buf *out)
{
	char token[128];

	token_new(org, token, sizeof(token));
	buf_fmt(out, "{\"client_id\":\"%s\",\"client_secret\":\"%s\","
	    "\"username\":\"%s\",\"jwt_key_file\":", CLIENT_ID, CLIENT_SECRET,
	    USERNAME);
	sf_json(out, org->key_file);
	buf_fmt(out, ",\"token\":\"%s\"}", token);
}
