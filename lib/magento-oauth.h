#ifndef MAGENTO_OAUTH_H
#define MAGENTO_OAUTH_H

#include <stdint.h>

#include "mem.h"

/*
 * magento-oauth - OAuth 1.0a as Magento checks it: HMAC-SHA256, no body.
 * Pure: the nonce and the time come from the caller.
 */

enum { MAGE_NONCE = 33 };	/* 32 characters are its norm, and a NUL */

struct mage_oauth {
	const char *consumer_key, *consumer_secret, *token, *token_secret;
};

/*
 * Append METHOD&URL&PARAMETERS, what is signed.  Magento decodes names and
 * values of the query by rawurldecode (a + stays a +), leaves out what is not
 * NAME=VALUE with one =, encodes them again, and sorts by the encoded names in
 * natural order: [10] comes behind [9], unlike in RFC 5849.
 */
void mage_oauth_base(const struct mage_oauth *o, const char *method,
    const char *url, const char *nonce, int64_t now, struct buf *out);

/* Append "OAuth ...", the value of the header Authorization.  A nonce is good
 * for one request; a time over 600 s in Magento's future is refused. */
void mage_oauth_sign(const struct mage_oauth *o, const char *method,
    const char *url, const char *nonce, int64_t now, struct buf *out);

/* A nonce that nobody can guess. */
void mage_oauth_nonce(char nonce[MAGE_NONCE]);

#endif
