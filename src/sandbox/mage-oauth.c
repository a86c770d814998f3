#include <ctype.h>
#include <err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-oauth.h"

#define PARAMETERS 2000

struct oauth {
	char *key, *secret, *token, *token_secret;
	void *nonces;		/* a tsearch() tree of texts */
};

struct pair {
	char *name, *value;
};

struct oauth *
oauth_open(const char *key, const char *secret, const char *token,
    const char *token_secret)
{
	struct oauth *o = calloc(1, sizeof *o);

	if (o == NULL)
		err(3, "cannot allocate memory");
	o->key = buf_dup(key);
	o->secret = buf_dup(secret);
	o->token = buf_dup(token);
	o->token_secret = buf_dup(token_secret);
	return o;
}

void
oauth_close(struct oauth *o)
{
	if (o == NULL)
		return;
	tdestroy(o->nonces, free);
	free(o->key);
	free(o->secret);
	free(o->token);
	free(o->token_secret);
	free(o);
}

/* --- parameters --- */

static size_t
digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* PHP's strnatcmp for what parameter names hold: runs of digits compare as
 * numbers. */
static int
natural(const char *a, const char *b)
{
	size_t na, nb;
	int c;

	while (*a && *b) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			while (*a == '0' && isdigit((unsigned char)a[1]))
				a++;
			while (*b == '0' && isdigit((unsigned char)b[1]))
				b++;
			na = digits(a);
			nb = digits(b);
			if (na != nb)
				return na < nb ? -1 : 1;
			if ((c = strncmp(a, b, na)))
				return c;
			a += na;
			b += nb;
		} else if (*a != *b)
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		else
			a++, b++;
	}
	return (*a != '\0') - (*b != '\0');
}

static int
by_name(const void *x, const void *y)
{
	const struct pair *a = x, *b = y;
	int c = natural(a->name, b->name);

	return c ? c : natural(a->value, b->value);
}

static void
escape(struct buf *out, const char *s)
{
	for (; *s; s++)
		if (isalnum((unsigned char)*s) || strchr("-._~", *s))
			buf_byte(out, *s);
		else
			buf_fmt(out, "%%%02X", (unsigned char)*s);
}

/* oauth_name="value" of the header, percent-decoded; NULL for none. */
static char *
header_value(const char *header, const char *name)
{
	size_t n = strlen(name);
	const char *p = header;

	while ((p = strstr(p, name))) {
		if (p[n] == '=' && p[n + 1] == '"')
			return serve_decode(p + n + 2,
			    strcspn(p + n + 2, "\""), 0, NULL);
		p += n;
	}
	return NULL;
}

/* Take a pair; of equal names the last counts. */
static size_t
add_pair(struct pair *p, size_t n, char *name, char *value)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(p[i].name, name) == 0) {
			free(p[i].value);
			free(name);
			p[i].value = value;
			return n;
		}
	p[n] = (struct pair){name, value};
	return n + 1;
}

/* What PHP finds in the query when it signs: a pair without a = is none, nor
 * is one with two. */
static size_t
query_pairs(const char *q, struct pair *p, size_t n)
{
	const char *end, *eq;

	for (; *q && n < PARAMETERS; q = *end ? end + 1 : end) {
		end = q + strcspn(q, "&");
		eq = memchr(q, '=', (size_t)(end - q));
		if (eq == NULL || memchr(eq + 1, '=', (size_t)(end - eq - 1)))
			continue;
		n = add_pair(p, n, serve_decode(q, (size_t)(eq - q), 0, NULL),
		    serve_decode(eq + 1, (size_t)(end - eq - 1), 0, NULL));
	}
	return n;
}

static const char *const signed_names[] = {"oauth_consumer_key", "oauth_nonce",
    "oauth_signature_method", "oauth_timestamp", "oauth_token",
    "oauth_version"};

/* From 2.4.6 on the path is normalized before it is signed: what need not be
 * escaped in a path no longer is, so that a SKU's slash fails. */
static void
normalize(const char *path, struct buf *out)
{
	static const char plain[] = "-._~!*'();:@&=+$,/%";
	size_t n;
	char *one;

	for (; *path; path++) {
		n = strnlen(path, 3);
		one = serve_decode(path, n, 0, NULL);
		if (n == 3 && one[1] == '\0' &&
		    (isalnum((unsigned char)*one) || strchr(plain, *one))) {
			buf_byte(out, *one);
			path += 2;
		} else
			buf_byte(out, *path);
		free(one);
	}
}

static void
base_string(const struct request *rq, const char *header, int normalized,
    struct buf *out)
{
	struct buf path = {0};
	struct pair *p = calloc(PARAMETERS + 8, sizeof *p);
	struct buf all = {0};
	size_t n, i;

	if (p == NULL)
		err(3, "cannot allocate memory");
	n = query_pairs(rq->query, p, 0);
	for (i = 0; i < sizeof signed_names / sizeof *signed_names; i++)
		if ((p[n].value = header_value(header, signed_names[i])))
			p[n++].name = buf_dup(signed_names[i]);
	qsort(p, n, sizeof *p, by_name);
	for (i = 0; i < n; i++) {
		if (i)
			buf_byte(&all, '&');
		escape(&all, p[i].name);
		buf_byte(&all, '=');
		escape(&all, p[i].value);
		free(p[i].name);
		free(p[i].value);
	}
	free(p);
	buf_fmt(out, "%s&", rq->method);
	escape(out, rq->base);
	if (normalized) {
		normalize(rq->path, &path);
		escape(out, path.p ? path.p : "");
		buf_free(&path);
	} else
		escape(out, rq->path);
	buf_byte(out, '&');
	escape(out, all.p ? all.p : "");
	buf_free(&all);
}

/* --- checking --- */

static int
same(const char *header, const char *name, const char *want)
{
	char *v = header_value(header, name);
	int ok = v && strcmp(v, want) == 0;

	free(v);
	return ok;
}

static int
signature_good(const struct oauth *o, const struct request *rq,
    const char *header, const struct oauth_rules *rules)
{
	unsigned char md[EVP_MAX_MD_SIZE], text[EVP_MAX_MD_SIZE * 2];
	struct buf base = {0}, key = {0};
	char *given = header_value(header, "oauth_signature");
	int ok, sha1 = same(header, "oauth_signature_method", "HMAC-SHA1");
	unsigned n = 0;

	base_string(rq, header, rules->normalized, &base);
	escape(&key, o->secret);
	buf_byte(&key, '&');
	escape(&key, o->token_secret);
	if (HMAC(sha1 ? EVP_sha1() : EVP_sha256(), key.p, (int)key.n,
	    (unsigned char *)base.p,
	    base.n, md, &n) == NULL)
		errx(3, "cannot compute a signature");
	EVP_EncodeBlock(text, md, (int)n);
	ok = given && strcmp(given, (char *)text) == 0;
	free(given);
	buf_free(&base);
	buf_free(&key);
	return ok;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int
nonce_used(struct oauth *o, const char *nonce)
{
	char *mine = buf_dup(nonce), **found = tsearch(mine, &o->nonces, by_text);

	if (found == NULL)
		err(3, "cannot allocate memory");
	if (*found == mine)
		return 0;
	free(mine);
	return 1;
}

static int
check_method(const char *header, int sha1, struct refusal *no)
{
	char *v = header_value(header, "oauth_signature_method"), p[100];
	int rc = 0;

	if (v == NULL || (strcmp(v, "HMAC-SHA256") != 0 &&
	    !(sha1 && strcmp(v, "HMAC-SHA1") == 0))) {
		snprintf(p, sizeof p, "[\"%.80s\"]", v ? v : "");
		rc = refuse(no, 400, "Signature method %1 is not supported", p);
	}
	free(v);
	return rc;
}

int
oauth_check(struct oauth *o, const struct request *rq, const char *header,
    const struct oauth_rules *rules, struct refusal *no)
{
	char *stamp = header_value(header, "oauth_timestamp");
	char *nonce = header_value(header, "oauth_nonce");
	int rc = -1;

	if (check_method(header, rules->sha1, no) == -1)
		goto out;
	if (!same(header, "oauth_consumer_key", o->key))
		refuse(no, 401, "A consumer having the specified key does not"
		    " exist", NULL);
	else if (stamp == NULL || nonce == NULL || atol(stamp) <= 0 ||
	    atol(stamp) > rules->latest)
		refuse(no, 401, "An error occurred validating the nonce", NULL);
	else if (!same(header, "oauth_token", o->token))
		refuse(no, 401, "Specified token does not exist", NULL);
	else if (!signature_good(o, rq, header, rules))
		refuse(no, 401, "The signature is invalid. Verify and try"
		    " again.", NULL);
	else if (nonce_used(o, nonce))
		refuse(no, 401, "The nonce is already being used by the consumer"
		    " with ID %1", "[\"1\"]");
	else
		rc = 0;
out:
	free(stamp);
	free(nonce);
	return rc;
}
