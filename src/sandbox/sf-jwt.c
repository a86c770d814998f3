/* sf-jwt - tokens for a JWT: algorithm, issuer, signature, audience, expiry */

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "sf-oauth.h"

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
		sf_oauth_refuse(h, "invalid_grant", "invalid assertion");
	else if (!text_is(claims, "iss", SF_CLIENT_ID))
		sf_oauth_refuse(h, "invalid_client_id", "client identifier invalid");
	else if (!signed_ok)
		sf_oauth_refuse(h, "invalid_grant", "invalid assertion");
	else if (!audience_ok(h, yyjson_get_str(yyjson_obj_get(claims,
	    "aud"))))
		sf_oauth_refuse(h, "invalid_grant", "Audience validation failed");
	else if (until * 1000 < (double)sf_now())
		sf_oauth_refuse(h, "invalid_grant", "invalid assertion");
	else if (!text_is(claims, "sub", SF_USERNAME))
		sf_oauth_refuse(h, "invalid_grant",
		    "user hasn't approved this consumer");
	else
		sf_oauth_grant(h, NULL, true);
}

void
sf_oauth_jwt(struct sf_http *h)
{
	char *text = sf_form(h, "assertion");
	const char *one = text ? strchr(text, '.') : NULL;
	const char *two = one ? strchr(one + 1, '.') : NULL;
	struct buf head = {0}, claims = {0}, sig = {0};
	yyjson_doc *hd = NULL, *cd = NULL;

	if (two == NULL || base64url(text, (size_t)(one - text), &head) < 0 ||
	    base64url(one + 1, (size_t)(two - one - 1), &claims) < 0 ||
	    base64url(two + 1, strlen(two + 1), &sig) < 0) {
		sf_oauth_refuse(h, "invalid_grant", "invalid assertion");
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
