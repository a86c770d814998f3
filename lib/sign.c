#include "sign.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <stdlib.h>

enum { RSA_BITS_LEAST = 2048, BASE64_PIECE = 3 << 14 };

struct sign_sha256 {
	EVP_MD_CTX *ctx;
};

/* libcrypto fails at these only without memory or without SHA-256 itself. */
static void
must(int ok)
{
	if (ok != 1)
		abort();
}

struct sign_sha256 *
sign_sha256_new(void)
{
	struct sign_sha256 *s = xmalloc(sizeof(*s));

	s->ctx = EVP_MD_CTX_new();
	must(s->ctx != NULL);
	must(EVP_DigestInit_ex(s->ctx, EVP_sha256(), NULL));
	return s;
}

/* A NULL type keeps the digest that is there: nothing is fetched anew. */
void
sign_sha256_reset(struct sign_sha256 *s)
{
	must(EVP_DigestInit_ex(s->ctx, NULL, NULL));
}

void
sign_sha256_put(struct sign_sha256 *s, const void *p, size_t n)
{
	must(EVP_DigestUpdate(s->ctx, p, n));
}

static void
hex_of(const unsigned char *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

void
sign_sha256_end_hex(struct sign_sha256 *s, char hex[SIGN_HEX])
{
	unsigned char d[SIGN_SHA256];

	must(EVP_DigestFinal_ex(s->ctx, d, NULL));
	hex_of(d, sizeof(d), hex);
}

void
sign_sha256_free(struct sign_sha256 *s)
{
	if (s == NULL)
		return;
	EVP_MD_CTX_free(s->ctx);
	free(s);
}

void
sign_sha256(struct slice text, unsigned char digest[SIGN_SHA256])
{
	must(EVP_Digest(text.p == NULL ? "" : text.p, text.n, digest, NULL,
	    EVP_sha256(), NULL));
}

void
sign_sha256_hex(struct slice text, char hex[SIGN_HEX])
{
	unsigned char d[SIGN_SHA256];

	sign_sha256(text, d);
	hex_of(d, sizeof(d), hex);
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
	hex_of(d, sizeof(d), hex);
}

void
sign_hex(struct buf *b, struct slice bytes)
{
	if (!buf_room(b, 2 * bytes.n + 1))
		return;
	hex_of((const unsigned char *)bytes.p, bytes.n, b->p + b->n);
	b->n += 2 * bytes.n;
}

/* In pieces of a multiple of 3, since libcrypto counts in int. */
void
sign_base64(struct buf *b, struct slice bytes)
{
	while (bytes.n > 0) {
		size_t n = bytes.n < BASE64_PIECE ? bytes.n : BASE64_PIECE;

		if (!buf_room(b, 4 * ((n + 2) / 3) + 1))
			return;
		b->n += (size_t)EVP_EncodeBlock((unsigned char *)b->p + b->n,
		    (const unsigned char *)bytes.p, (int)n);
		bytes.p += n;
		bytes.n -= n;
	}
}

void
sign_base64url(struct buf *b, struct slice bytes)
{
	size_t i, from = b->n;

	sign_base64(b, bytes);
	if (b->over)
		return;
	while (b->n > from && b->p[b->n - 1] == '=')
		b->n--;
	for (i = from; i < b->n; i++)
		if (b->p[i] == '+')
			b->p[i] = '-';
		else if (b->p[i] == '/')
			b->p[i] = '_';
}

static int
sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

int
sign_unbase64(struct buf *b, struct slice text, struct why *w)
{
	unsigned long bits = 0;
	size_t i, n = text.n;
	int have = 0, v;

	while (n > 0 && text.n - n < 2 && text.p[n - 1] == '=')
		n--;
	if (n % 4 == 1)
		return why(w, WHY_DATA, "base64 ends too early");
	for (i = 0; i < n; i++) {
		if ((v = sextet(text.p[i])) == -1)
			return why(w, WHY_DATA,
			    "no base64 at byte %zu", i + 1);
		bits = (bits << 6 | (unsigned long)v) & 0xffffff;
		if ((have += 6) >= 8) {
			have -= 8;
			buf_char(b, (char)(bits >> have & 0xff));
		}
	}
	return 0;
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

bool
sign_equal(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}
