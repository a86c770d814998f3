/*
 * mage - one pretend Magento shop: what the modules of mage-sandbox share
 */
#ifndef SANDBOX_MAGE_H
#define SANDBOX_MAGE_H

#include "mage-criteria.h"
#include "mage-store.h"
#include "serve.h"

struct auth;
struct cache;

/* Documented in mage-sandbox(1), --set. */
struct settings {
	int bearer;		/* the integration's token as Bearer */
	int limits;		/* input limits */
	long max_page, default_page, max_items, max_async_items;
	long memory;		/* bytes of one answer before PHP gives up */
	long token_life;	/* seconds of an admin token */
	int by_id;		/* rows without sort stand by id */
	long release;		/* 20407 for 2.4.7 */
	long row_us, skip_us;	/* microseconds of a row given, passed over */
	long precision;		/* 17: digits of fractions */
	long cache;		/* seconds that a cache in front keeps answers */
	int ties_each;		/* equal rows stand otherwise at each request */
	int unsorted_each;	/* and rows without a sort */
	int two_factor;		/* admins need a second factor */
	int website_prices;	/* each website has prices of its own */
	char poison[2000];	/* ",orders:17,customers:3," */
	char poison_as[20];	/* what a poisoned page looks like */
	int consumer;		/* somebody works off the queue */
	long consumer_ms;	/* that each operation takes it */
	char deny[2000];	/* ",Magento_Sales::actions_view," */
	char attributes[2000];	/* ",sf_contact_id,sf_account_id," */
};

extern const struct settings settings_default;

/* Set what the `n` bytes at `name` name: 0, or -1 when there is no such
 * setting or the value does not suit it. */
int settings_set(struct settings *set, const char *name, size_t n,
    const char *value);

struct shop {
	struct settings set;
	struct serve_conf serve;
	struct store *store;
	struct auth *auth;
	struct cache *cache;
	unsigned reports;	/* of internal errors so far */
	int64_t bulk;		/* no operation of an earlier one is open */
	char base[64];
};

/* "2026-11-22 00:16:02", the shop's clock now. */
void shop_now(const struct shop *shop, char text[20]);

/* The vendor's masked 500 with a new report number; returns -1. */
int refuse_internal(struct shop *shop, struct refusal *no);

/* How one request sees the records. */
struct view {
	const struct request *rq;
	const char *store;	/* store code in its path; NULL: none */
	size_t rows, skipped;	/* given so far, and passed over before them */
};

/*
 * Answer a list: {"items":[...],"search_criteria":{...},"total_count":N} for
 * the query's searchCriteria.  Returns 0, or -1 with `no` set.
 */
int search_list(struct shop *shop, enum kind k, struct view *v,
    struct buf *out, struct refusal *no);

/*
 * Add a record to `out` as this release and this store show it, alone
 * (`single`) or in a list.  Returns 0, or -1 with `no` set: it is poisoned.
 */
int view_add(struct shop *shop, struct view *v, enum kind k, size_t place,
    int single, struct buf *out, struct refusal *no);

/* Add code and name of a region to the buffers: 0 when the directory does not
 * know the id. */
int region_find(struct shop *shop, int64_t id, struct buf *code,
    struct buf *name);

/* The first place in kind `k` where column `field` equals `text` as the
 * database compares, or -1. */
ssize_t shop_find(struct shop *shop, enum kind k, const char *field,
    const char *text);

/*
 * Cut an answer down to what `fields` names (FieldsFilter: "items[id,name]"):
 * an ill-formed one leaves [].  `b` is replaced.
 */
void fields_apply(struct buf *b, const char *fields);

#endif
