#ifndef SENT_H
#define SENT_H

#include "payload.h"

/*
 * sent - what an update would send, as a digest.
 *
 * SHA-256 of the payload's `update` and `fields` without the names in `quiet`
 * and, for an adopted record, without those in `own`: 64 hex digits, in
 * `pool`.  Equal digests mean that there is nothing to send.  Compute it anew
 * when `adopted` changes.  `s` is used again and again.
 */
struct sign_sha256;

struct slice sent_hash(const struct payload *p, struct sign_sha256 *s,
    struct pool *pool);

/* Is field `name` (plain text) one that `p` never counts as a change? */
bool sent_ignores(const struct payload *p, struct slice name,
    struct pool *pool);

#endif
