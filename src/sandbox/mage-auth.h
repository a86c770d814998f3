/*
 * mage-auth - who may ask: integration token, admin token, OAuth 1.0a
 *
 * The credentials follow from the seed alone, so that a sandbox that is
 * started again takes what it took before.
 */
#ifndef SANDBOX_MAGE_AUTH_H
#define SANDBOX_MAGE_AUTH_H

#include "mage.h"

struct auth *auth_open(const struct shop *shop);
void auth_close(struct auth *a);

/* The JSON object of the first line on standard output. */
void auth_print(const struct auth *a, struct buf *out);

/*
 * May this request use `resource` (an ACL name such as
 * Magento_Sales::actions_view)?  Return 0, or -1 with the vendor's refusal:
 * which says the same for a wrong, an expired and a missing token, and for a
 * missing right.
 */
int auth_check(struct auth *a, const struct shop *shop,
    const struct request *rq, const char *resource, struct refusal *no);

/*
 * POST /V1/integration/admin/token: a token as a JSON string, added to `out`.
 * Six wrong passwords lock the account for half an hour, with the same words;
 * with two_factor a right one is refused in words of its own.
 */
int auth_login(struct auth *a, const struct shop *shop, const char *username,
    const char *password, struct buf *out, struct refusal *no);

#endif
