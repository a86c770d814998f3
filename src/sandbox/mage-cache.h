/*
 * mage-cache - a cache in front of the shop that should not be there
 *
 * It looks at the URL alone, not at who asks: what it has is served again,
 * with an Age, until it is `cache` seconds old (mage-sandbox(1), SETTINGS).
 */
#ifndef SANDBOX_MAGE_CACHE_H
#define SANDBOX_MAGE_CACHE_H

#include "mage.h"

struct cache *cache_open(void);
void cache_close(struct cache *c);

/* Answer from the cache: 1 when that was done. */
int cache_answer(struct shop *shop, const struct request *rq,
    struct reply *rp);

/* Keep the answer to a GET, a 200 of this type. */
void cache_keep(struct shop *shop, const struct request *rq, const char *type,
    const struct buf *body);

#endif
