#ifndef MAGENTO_RIGHTS_H
#define MAGENTO_RIGHTS_H

#include "magento-tell.h"

/*
 * magento-rights - what the login must be allowed to do in Magento: a call
 * that shows whether it may, and the API resource that grants it.
 *
 *	for (r = mage_rights; r->what != NULL; r++)
 *		if (mage_right_needed(r, conf, &places))
 *			...
 */
struct mage_right {
	const char *setting;	/* the section whose `automatic` asks for it;
				 * NULL: every run does */
	const char *what;	/* "read orders" */
	const char *method, *path;
	bool list;		/* a list that is asked for one record */
	const char *resource;	/* as Magento names it in a refusal */
	const char *where;	/* the box to tick in the admin's tree */
	enum mage_kind tells;	/* of a write: what it is for */
};

/* Ends with what == NULL.  Writes are asked with an empty body: Magento looks
 * at the right first, and refuses the body then. */
extern const struct mage_right mage_rights[];

/* As things are set: a write only where something is told by it. */
bool mage_right_needed(const struct mage_right *r, const struct conf *c,
    const struct mage_places *p);

#endif
