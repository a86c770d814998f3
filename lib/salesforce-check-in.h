#ifndef SALESFORCE_CHECK_IN_H
#define SALESFORCE_CHECK_IN_H

#include "findings.h"
#include "salesforce-check.h"
#include "salesforce-fit.h"

/*
 * salesforce-check-in - what the parts of salesforce-check share; for them
 * only.
 *
 *	salesforce-check	the maps, their objects and fields
 *	salesforce-check-key	maps that make each other's records
 *	salesforce-check-name	what a name in a map stands for
 *	salesforce-check-value	whether a field takes a value
 *	salesforce-check-data	the values of an extract
 *	salesforce-check-org	users, price books, record types, stages...
 *	salesforce-check-conf	settings and tables that name such
 *	salesforce-hidden	absent, or hidden by field-level security?
 */

/* A name in a map that Salesforce knows. */
struct target {
	const struct sf_field *column;	/* what is written: AccountId */
	const struct sf_field *value;	/* what takes the value: Account's
					 * Magento_Id__c; NULL: a symbol */
	struct slice of;		/* the object that `value` is of */
};

/* What an extract's values for one field of a map came to. */
struct worst {
	size_t n;		/* values */
	long length;		/* SF_FIT_LONG: of the longest */
	struct slice source, value;	/* of that one; else of the first */
};

struct mapped {			/* a field of a map, for the extract */
	struct mapped *next;
	struct slice map, field;
	const char *when;
	struct place at;
	size_t order;
	const char *label;	/* "Order.Status" */
	const struct sf_field *value;
	struct worst worst[SF_FIT_KINDS];
};

struct asked {			/* a record that was looked for */
	struct asked *next;
	const char *what;
	struct slice object, value;
};

struct sf_check {
	struct sf *sf;
	struct pool *pool;
	struct findings *found;	/* borrowed */
	size_t order;		/* of the map at hand; 0: settings */
	struct mapped *mapped;
	struct asked *asked;
	struct made *made;
	struct hidden *hidden;
	struct pool *line;	/* of a payload */
};

/* A finding, `fmt` without place. */
void check_error(struct sf_check *c, struct place at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void check_warn(struct sf_check *c, struct place at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A describe.  1 and *o; 0: there is none, and that is in `w`; -1. */
int check_object(struct sf_check *c, struct slice object,
    const struct sf_object **o, struct why *w);

/* ---- keys ---- */

/* Maps of two entities whose keys are made by the same expression for the
 * same object: an error, where neither is `shared`. */
void check_made(struct sf_check *c, const struct map_set *set);

/* ---- names ---- */

/*
 * What `name`, a field of `o`, stands for.  1 and *t; 0: it is wrong and a
 * finding was told; -1.
 */
int check_name(struct sf_check *c, struct place at,
    const struct sf_object *o, struct slice name, struct target *t,
    struct why *w);

/* The same for a name in `match`, a path of a query; `alone`: it may go to
 * children.  *f is the field that is compared. */
int check_path(struct sf_check *c, struct place at,
    const struct sf_object *o, struct slice name, bool alone,
    const struct sf_field **f, struct why *w);

/* Tell that describe shows no such field: absent, hidden, or who knows. */
int check_missing(struct sf_check *c, struct place at,
    const struct sf_object *o, struct slice name, struct why *w);

/* Who grants Edit on a field that the user may only read: text in the pool,
 * "; permission set 'X' grants it", or "". */
int hidden_editors(struct sf_check *c, const struct sf_object *o,
    struct slice field, const char **who, struct why *w);

/* Is the field there although describe does not show it? */
enum hidden_is {
	HIDDEN_NO,		/* nobody knows of such a field */
	HIDDEN_YES,
	HIDDEN_UNKNOWN,		/* we may not ask */
};

/* -1, or 0 with *is, and *who as above when it is there. */
int hidden_ask(struct sf_check *c, const struct sf_object *o,
    struct slice field, enum hidden_is *is, const char **who, struct why *w);

/* ---- values ---- */

/* The kinds of values (map.h) that the field never takes. */
unsigned fit_never(const struct sf_field *f);

/* What the map can send into it.  `label` is "Order.Status". */
void check_values(struct sf_check *c, struct place at, const char *label,
    const struct sf_field *f, const struct map_sent *s);

/* Tell what sf_check_payload() has gathered. */
void check_data_tell(struct sf_check *c);

/* ---- the org's set-up ---- */

/* A value of a symbol or of a reference by name is there.  Each is looked for
 * once, and told where it was named first. */
int check_symbol(struct sf_check *c, struct place at,
    const struct sf_object *o, struct slice name, struct slice value,
    struct why *w);

/* The same for what a setting or a table names; `label` says which.  "Once":
 * not looked for again. */
typedef int check_named(struct sf_check *c, struct place at,
    const char *label, struct slice value, struct why *w);

check_named check_user;		/* active, by username; once */
check_named check_book;		/* active, the only one of its name; once */
check_named check_guests;	/* an Account by its Magento_Id__c */
check_named check_order_status;
check_named check_draft_status;	/* of the category Draft */
check_named check_stage;	/* of an Opportunity */
check_named check_open_stage, check_closed_stage;

/* A record type, active and for the user; once. */
void check_record_type(struct sf_check *c, struct place at,
    const char *label, const struct sf_object *o, struct slice value);

/* Note a value as looked for; true: it was already. */
bool check_asked(struct sf_check *c, const char *what, struct slice object,
    struct slice value);

#endif
