/*
 * mage-change - an order while a client changes it
 *
 *	struct change ch;
 *
 *	if (change_open(&ch, c, id) == 0) {
 *		ch.sent = ...;
 *		change_scalars(&ch, "order", ch.order, ch.sent);
 *		change_keep(&ch);
 *	}
 *	change_close(&ch);
 */
#ifndef SANDBOX_MAGE_CHANGE_H
#define SANDBOX_MAGE_CHANGE_H

#include "mage-input.h"
#include "mage-rest.h"

struct change {
	struct call *c;
	int64_t id;
	yyjson_doc *was;
	yyjson_mut_doc *doc;
	yyjson_mut_val *order;
	yyjson_val *sent;
	char now[20];
	int columns;		/* a column of the order itself changed */
};

/* Copy order `id` into `ch`.  Return 0, or -1 when there is none (then ch->doc
 * is NULL, the rest is usable).  change_close either way. */
int change_open(struct change *ch, struct call *c, int64_t id);
void change_keep(struct change *ch);	/* into the store */
void change_close(struct change *ch);

/* Take over into `to` the scalars of `from` (of schema `schema`), but
 * updated_at; true when one of them differs from what was there. */
int change_scalars(struct change *ch, const char *schema, yyjson_mut_val *to,
    yyjson_val *from);

/* The object in `list` whose member `field` is `id`, or NULL. */
yyjson_mut_val *change_find(yyjson_mut_val *list, const char *field,
    int64_t id);

/*
 * Save the part that was sent; return it as the answer shows it, or what the
 * answer shows when it was not sent.
 */
yyjson_mut_val *change_items(struct change *ch);
yyjson_mut_val *change_payment(struct change *ch);
yyjson_mut_val *change_histories(struct change *ch);

/* Repeat the order's items in its shipping assignment. */
void change_repeat(struct change *ch);

/* Let the list of order items show what the order's items are now, if this
 * shop has such a list at all. */
void items_keep(struct store *store, yyjson_mut_doc *doc,
    yyjson_mut_val *order);

/* Add a row of status history, newest first; returns it. */
yyjson_mut_val *change_history(struct change *ch, yyjson_val *sent);

#endif
