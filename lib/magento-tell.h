#ifndef MAGENTO_TELL_H
#define MAGENTO_TELL_H

#include "magento.h"

/*
 * magento-tell - Salesforce's ids to orders, customers and products, and
 * reading back.
 *
 * An order has one place of its own, ext_order_id (varchar(32), cut silently
 * beyond); it is saved sparsely: entity_id, increment_id (older releases number
 * the order anew without it) and ext_order_id, nothing else, since whole saves
 * destroy.  Or the id goes into a comment (magento-comment).  Customers and
 * products have custom attributes whose codes the configuration gives: what is
 * sent of a customer is its id and these, since addresses that are sent
 * replace all that there are.  All is said to the store view that the handle
 * speaks to; that should be `all` (mage_scope()).
 */

enum mage_kind { MAGE_ORDERS, MAGE_CUSTOMERS, MAGE_PRODUCTS, MAGE_KINDS };

enum {
	MAGE_ID, MAGE_SECOND_ID,	/* Order, Account, Product2; Contact */
	MAGE_STATUS,
	MAGE_PLACES,
	MAGE_TOLD_MAX = 64,
};

/* Where each is told; NULL: not told. */
struct mage_places {
	const char *name[MAGE_KINDS][MAGE_PLACES];	/* attribute codes; of
				 * orders "ext_order_id" or "comment" */
	bool whole;		/* read of customers what a bulk needs as well */
};

/* What Magento says of an operation of a bulk. */
enum mage_op {
	MAGE_OP_NONE, MAGE_OP_DONE, MAGE_OP_RETRY, MAGE_OP_FAILED,
	MAGE_OP_OPEN, MAGE_OP_REJECTED,
};

/* As [magento] has it; borrowed from `c`. */
void mage_places(struct mage_places *p, const struct conf *c);
bool mage_places_any(const struct mage_places *p, enum mage_kind kind);

/* The setting that names a place, "customer_attribute_account". */
const char *mage_places_setting(enum mage_kind kind, int place);

/*
 * Which attributes of `kind` does the store have?  `there` gets a flag for
 * each place.  -1 with `w`.
 */
int mage_places_look(struct mage *m, const struct mage_places *p,
    enum mage_kind kind, bool there[MAGE_PLACES], struct why *w);

/* What to do about one that is missing, for a person. */
const char *mage_places_advice(enum mage_kind kind);

struct mage_tell {
	enum mage_kind kind;
	int64_t id;
	char want[MAGE_PLACES][MAGE_TOLD_MAX + 1];	/* "": nothing to say */
	/* given by mage_tell_read() */
	bool there;		/* false: Magento does not have it */
	bool unread;		/* it cannot show it: see error */
	char has[MAGE_PLACES][256];
	char increment[64];	/* of an order, as it was read first */
	bool renumbered;	/* and was not the same later */
	char *sku;		/* of a product; mage_tell_free() */
	char *whole;		/* of a customer, JSON members; the same */
	enum mage_op op;	/* given by mage_bulk_tell() */
	/* given by both: what Magento refuses of this one, WHY_DATA; a fault
	 * of the line or the login otherwise */
	struct why error;
};

void mage_tell_free(struct mage_tell *t);

/* "orders" */
const char *mage_kind_name(enum mage_kind kind);

/*
 * What Magento has now of `n` of one kind, in few calls.  -1 with `w`: not
 * the fault of one of them.
 */
int mage_tell_read(struct mage *m, const struct mage_places *p,
    struct mage_tell **t, size_t n, struct why *w);

/* Write what is wanted, one call; after mage_tell_read(). */
void mage_tell_write(struct mage *m, const struct mage_places *p,
    struct mage_tell *t);

/* Append the body of that call, of a customer or product, or of its part of a
 * bulk. */
void mage_tell_body(const struct mage_tell *t, const struct mage_places *p,
    bool bulk, struct buf *b);

/* Does Magento have all that is wanted? */
bool mage_tell_equal(const struct mage_tell *t);

/*
 * An order's comment, instead of ext_order_id: magento-comment.c.
 *
 * mage_comment_find() looks for ours in an order's status_histories.
 * mage_comment_write() asks for the order's status and comments right before
 * it posts one: with that status, since a release before 2.4.7 takes a comment
 * without one as an order without one, and a status that another has set
 * meanwhile must stay.  Nothing is posted when ours is there.  A comment whose
 * answer is lost is not posted again: t->error says so, and who reads finds it
 * or not.
 */
bool mage_comment_find(struct slice histories, const char *id,
    struct pool *pool);
void mage_comment_write(struct mage *m, struct mage_tell *t);

#endif
