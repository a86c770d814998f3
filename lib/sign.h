#ifndef SIGN_H
#define SIGN_H

#include "mem.h"
#include "why.h"

/*
 * sign - digests, signatures, base64, random bytes: the one door to OpenSSL.
 * Values in, values out.  Digests (sign-digest.c) and base64 (sign-base64.c)
 * need nothing that has to be started; the rest (sign.c) needs the whole of
 * libcrypto, which takes 1 ms of CPU to start: who uses it is in the Makefile.
 */

enum { SIGN_SHA256 = 32, SIGN_HEX = 2 * SIGN_SHA256 + 1 };

/* SHA-256 of bytes that come in pieces.  One that was ended can be reset and
 * used again. */
struct sign_sha256;
struct sign_sha256 *sign_sha256_new(void);
void sign_sha256_reset(struct sign_sha256 *s);
void sign_sha256_put(struct sign_sha256 *s, const void *p, size_t n);
void sign_sha256_end_hex(struct sign_sha256 *s, char hex[SIGN_HEX]);
void sign_sha256_free(struct sign_sha256 *s);

/* In one go.  `hex` is 64 lower-case digits and a NUL. */
void sign_sha256(struct slice text, unsigned char digest[SIGN_SHA256]);
void sign_sha256_hex(struct slice text, char hex[SIGN_HEX]);
void sign_digest_hex(const unsigned char digest[SIGN_SHA256],
    char hex[SIGN_HEX]);
void sign_hmac_sha256(struct slice key, struct slice text,
    unsigned char mac[SIGN_SHA256]);
void sign_hmac_sha256_hex(struct slice key, struct slice text,
    char hex[SIGN_HEX]);

/* Append bytes as lower-case hex digits. */
void sign_hex(struct buf *b, struct slice bytes);

/* Append bytes in base64 (RFC 4648), with padding; or with the alphabet for
 * URLs and without padding (JWT). */
void sign_base64(struct buf *b, struct slice bytes);
void sign_base64url(struct buf *b, struct slice bytes);

/* Append what a base64 text of either alphabet stands for; padding may be
 * missing.  -1 WHY_DATA: not base64. */
int sign_unbase64(struct buf *b, struct slice text, struct why *w);

/*
 * Append the RS256 signature (RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518
 * section 3.3) of `text` by the private key `pem` (PKCS#8 or PKCS#1 PEM, not
 * encrypted, at least 2048 bits).  -1 WHY_SETUP: not such a key.  The text of
 * `w` never has anything of the key.
 */
int sign_rs256(struct buf *b, struct slice text, struct slice pem,
    struct why *w);

/*
 * Append a JWT: the base64url of header {"alg":"RS256","typ":"JWT"}, of
 * `claims` (JSON text) and of their signature, joined by dots (RFC 7515,
 * compact form).
 */
int sign_jwt(struct buf *b, struct slice claims, struct slice pem,
    struct why *w);

/* `n` unpredictable bytes. */
void sign_random(void *p, size_t n);

#endif
