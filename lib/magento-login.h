#ifndef MAGENTO_LOGIN_H
#define MAGENTO_LOGIN_H

#include "conf.h"
#include "http.h"
#include "why.h"

/*
 * magento-login - how all handles of one store show who they are:
 *
 *	bearer	the access token of an integration, as it stands
 *	oauth	the same token and three more keys: every attempt is signed
 *	admin	user and password for a token that is had anew before its life
 *		ends, and when Magento no longer takes it
 *
 *	struct mage_pass pass = MAGE_PASS;
 *	do
 *		mage_login_pass(l, h, &pass, &call, &w) ... http_run()
 *	while (call.status == 401 && mage_login_again(l, h, &pass, &call, &w)
 *	    == 1);
 *	mage_pass_end(&pass, &call);
 *
 * Several threads may use one login at once, each with an http of its own.
 */

struct mage_login;

/* What one call shows. */
struct mage_pass {
	struct buf header;
	int age;		/* of the token in it; 0: none yet */
	bool again;		/* it was had anew, once */
};

enum { MAGE_HEADER_MAX = 17 << 10 };

#define MAGE_PASS ((struct mage_pass){ .header = BUF(MAGE_HEADER_MAX) })

/*
 * Read what [magento] says of it; an admin logs in with the first call, by
 * POST to `token_url`, which is copied.  `conf` is borrowed.  NULL with `w`.
 */
struct mage_login *mage_login_open(const struct conf *conf,
    const char *token_url, struct why *w);
void mage_login_close(struct mage_login *l);

/* Fill in `authorization` or `authorize` of the call.  -1 WHY_SETUP: Magento
 * does not let us in.  A refused password is not tried again: after a few
 * tries Magento locks the user. */
int mage_login_pass(struct mage_login *l, struct http *h,
    struct mage_pass *pass, struct http_call *c, struct why *w);

/* After a 401.  1: the pass is another one now, try once more; 0: there is no
 * other; -1. */
int mage_login_again(struct mage_login *l, struct http *h,
    struct mage_pass *pass, const struct http_call *c, struct why *w);

/* Wipe it, and take it from the call. */
void mage_pass_end(struct mage_pass *pass, struct http_call *c);

/* What to do about a 401 that stays; `said` is Magento's text, or "". */
const char *mage_login_todo(const struct mage_login *l, const char *said);

#endif
