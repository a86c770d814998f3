#ifndef MAGENTO_KEYS_H
#define MAGENTO_KEYS_H

#include "magento.h"

/*
 * magento-keys - the ids that a user's file names.
 *
 *	struct mage_keys k = {0};
 *
 *	mage_keys_read(&k, "ids.txt", entity, &w);
 *	mage_keys_find(&k, m, entity, &w);	increment ids, SKUs to ids
 *	... k.id[0] up to k.id[k.n - 1], ascending, each once
 *	mage_keys_free(&k);
 */
struct mage_keys {
	int64_t *id;
	size_t n, room;
	struct mage_name {	/* keys that must be looked up */
		const char *field;	/* increment_id, sku, email */
		char *text;
		bool found;
		int64_t id;		/* of what was found */
	} *name;
	size_t names, names_room;
};

/*
 * Add the keys of a file ("-": standard input), one a line: 1042,
 * orders/1042, increment:000000042 (orders and their documents), sku:24-MB01
 * (products), email:a@b.c (customers).  Blank lines and lines that begin with
 * # are passed over.  -1 WHY_SETUP with FILE:LINE.
 */
int mage_keys_read(struct mage_keys *k, const char *path,
    const struct mage_entity *e, struct why *w);

/*
 * Add the customers or products (`e`) that the orders or carts in a file of
 * records name; verdicts among them are passed over.
 */
int mage_keys_of(struct mage_keys *k, const char *path,
    const struct mage_entity *e, struct why *w);

/* Add one id, in no order; mage_keys_find() sorts. */
void mage_keys_add(struct mage_keys *k, int64_t id);

/* Add a name to look up; `field` is borrowed. */
void mage_keys_name(struct mage_keys *k, const char *field,
    struct slice text);

/* Look up the names, then sort; the names are then by field and text.  Names
 * that Magento does not have stay with `found` false. */
int mage_keys_find(struct mage_keys *k, struct mage *m,
    const struct mage_entity *e, struct why *w);

void mage_keys_free(struct mage_keys *k);

#endif
