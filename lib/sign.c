/* sign - keys, signatures and random bytes by libcrypto. */
#include "sign.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdlib.h>

enum { RSA_BITS_LEAST = 2048 };

/* libcrypto fails at these only without memory or without SHA-256 itself. */
static void
must(int ok)
{
	if (ok != 1)
		abort();
}

void
sign_hmac_sha256(struct slice key, struct slice text,
    unsigned char mac[SIGN_SHA256])
{
	size_t n = SIGN_SHA256;

	must(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL,
	    key.p == NULL ? "" : key.p, key.n,
	    (const unsigned char *)(text.p == NULL ? "" : text.p), text.n,
	    mac, n, &n) != NULL);
}

void
sign_hmac_sha256_hex(struct slice key, struct slice text, char hex[SIGN_HEX])
{
	unsigned char d[SIGN_SHA256];

	sign_hmac_sha256(key, text, d);
	sign_digest_hex(d, hex);
}

/* Never asks for a passphrase on the terminal. */
static int
no_passphrase(char *p, int n, int writing, void *ctx)
{
	(void)p, (void)n, (void)writing, (void)ctx;
	return -1;
}

static EVP_PKEY *
rsa_key(struct slice pem, struct why *w)
{
	EVP_PKEY *key;
	BIO *in;

	if (pem.n > 1 << 20) {
		why(w, WHY_SETUP, "the private key is over 1 MiB");
		return NULL;
	}
	in = BIO_new_mem_buf(pem.p == NULL ? "" : pem.p, (int)pem.n);
	must(in != NULL);
	key = PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL);
	BIO_free(in);
	if (key == NULL) {
		why(w, WHY_SETUP, "no private key in PEM form without "
		    "passphrase");
		return NULL;
	}
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
	    EVP_PKEY_get_bits(key) >= RSA_BITS_LEAST)
		return key;
	why(w, WHY_SETUP, "the private key is not RSA of at least %d bits",
	    RSA_BITS_LEAST);
	EVP_PKEY_free(key);
	return NULL;
}

int
sign_rs256(struct buf *b, struct slice text, struct slice pem, struct why *w)
{
	EVP_PKEY *key;
	EVP_MD_CTX *ctx = NULL;
	size_t n = 0;
	int r = -1;

	if ((key = rsa_key(pem, w)) == NULL)
		return -1;
	if ((ctx = EVP_MD_CTX_new()) == NULL ||
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(ctx, NULL, &n, (const unsigned char *)text.p,
	    text.n) != 1 || !buf_room(b, n) ||
	    EVP_DigestSign(ctx, (unsigned char *)b->p + b->n, &n,
	    (const unsigned char *)text.p, text.n) != 1) {
		why(w, WHY_SETUP, "cannot sign with the private key");
		goto out;
	}
	b->n += n;
	r = 0;
out:
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return r;
}

int
sign_jwt(struct buf *b, struct slice claims, struct slice pem, struct why *w)
{
	struct buf sig = BUF(1 << 14);
	size_t from = b->n;
	int r = -1;

	sign_base64url(b, SLICE("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"));
	buf_char(b, '.');
	sign_base64url(b, claims);
	if (b->over) {
		why(w, WHY_SETUP, "the token to be signed is too long");
		goto out;
	}
	if (sign_rs256(&sig, (struct slice){ b->p + from, b->n - from }, pem,
	    w) == -1)
		goto out;
	buf_char(b, '.');
	sign_base64url(b, buf_all(&sig));
	r = b->over ? why(w, WHY_SETUP, "the signed token is too long") : 0;
out:
	buf_free(&sig);
	return r;
}

void
sign_random(void *p, size_t n)
{
	must(n == 0 || RAND_bytes(p, (int)n));
}
