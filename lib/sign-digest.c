/*
 * sign-digest - SHA-256, as digits too
 *
 * By libcrypto's own functions for it, not by EVP: those need nothing else of
 * libcrypto, so that a program that only takes digests can have them from the
 * archive (Makefile) and starts in half the time.
 */
#define OPENSSL_API_COMPAT 10101	/* OpenSSL 3 would rather have EVP */

#include "sign.h"

#include <openssl/sha.h>
#include <stdlib.h>

struct sign_sha256 {
	SHA256_CTX ctx;
};

struct sign_sha256 *
sign_sha256_new(void)
{
	struct sign_sha256 *s = xmalloc(sizeof(*s));

	sign_sha256_reset(s);
	return s;
}

void
sign_sha256_reset(struct sign_sha256 *s)
{
	SHA256_Init(&s->ctx);
}

void
sign_sha256_put(struct sign_sha256 *s, const void *p, size_t n)
{
	SHA256_Update(&s->ctx, p, n);
}

void
sign_sha256_end_hex(struct sign_sha256 *s, char hex[SIGN_HEX])
{
	unsigned char d[SIGN_SHA256];

	SHA256_Final(d, &s->ctx);
	sign_digest_hex(d, hex);
}

void
sign_sha256_free(struct sign_sha256 *s)
{
	free(s);
}

void
sign_sha256(struct slice text, unsigned char digest[SIGN_SHA256])
{
	SHA256_CTX ctx;

	SHA256_Init(&ctx);
	SHA256_Update(&ctx, text.p == NULL ? "" : text.p, text.n);
	SHA256_Final(digest, &ctx);
}

void
sign_sha256_hex(struct slice text, char hex[SIGN_HEX])
{
	unsigned char d[SIGN_SHA256];

	sign_sha256(text, d);
	sign_digest_hex(d, hex);
}

static void
put_hex(const unsigned char *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
}

void
sign_digest_hex(const unsigned char digest[SIGN_SHA256], char hex[SIGN_HEX])
{
	put_hex(digest, SIGN_SHA256, hex);
	hex[SIGN_HEX - 1] = '\0';
}

void
sign_hex(struct buf *b, struct slice bytes)
{
	if (bytes.n == 0 || !buf_room(b, 2 * bytes.n))
		return;
	put_hex((const unsigned char *)bytes.p, bytes.n, b->p + b->n);
	b->n += 2 * bytes.n;
}
