/*
 * mage-oauth - OAuth 1.0a as the vendor checks it
 *
 * The base string has the query's parameters (percent-decoded, a '+' stays a
 * '+'), without those that have no '=' or more than one; of a name that is
 * repeated the last.  They are sorted in natural order, so that [10] comes
 * after [9].  A nonce is good once.
 */
#ifndef SANDBOX_MAGE_OAUTH_H
#define SANDBOX_MAGE_OAUTH_H

#include "mage-criteria.h"
#include "serve.h"

struct oauth;

struct oauth *oauth_open(const char *key, const char *secret,
    const char *token, const char *token_secret);
void oauth_close(struct oauth *o);

/* What differs from release to release, and the clock. */
struct oauth_rules {
	long latest;		/* timestamps after this one are refused */
	int sha1;		/* HMAC-SHA1 is taken beside HMAC-SHA256 */
	int normalized;		/* paths lose escapes that they do not need */
};

/*
 * Check what follows "OAuth " in the Authorization header.  Return 0, or -1
 * with the vendor's refusal.
 */
int oauth_check(struct oauth *o, const struct request *rq, const char *header,
    const struct oauth_rules *rules, struct refusal *no);

#endif
