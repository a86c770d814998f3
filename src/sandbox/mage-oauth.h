/*
 * mage-oauth - OAuth 1.0a as the vendor checks it: HMAC-SHA256 and no other
 *
 * The base string has the query's parameters (percent-decoded, a '+' stays a
 * '+'), without those that have no '='; parameters are sorted in natural
 * order, so that [10] comes after [9].  A nonce is good once.
 */
#ifndef SANDBOX_MAGE_OAUTH_H
#define SANDBOX_MAGE_OAUTH_H

#include "mage-criteria.h"
#include "serve.h"

struct oauth;

struct oauth *oauth_open(const char *key, const char *secret,
    const char *token, const char *token_secret);
void oauth_close(struct oauth *o);

/*
 * Check what follows "OAuth " in the Authorization header.  A timestamp after
 * `latest` is refused.  Return 0, or -1 with the vendor's refusal.
 */
int oauth_check(struct oauth *o, const struct request *rq, const char *header,
    long latest, struct refusal *no);

#endif
