/*
 * sf-rules - what single objects demand beyond their describe
 *
 *	sf_rules_bind(schema);			once, before the first save
 *
 * A rule is four functions over a save (sf-dml.h): `save` may refuse or
 * complete the record before it is stored, `saved` writes what follows from
 * it; `delete` may refuse, `deleted` follows.  For the last two, row is the
 * record that goes and old is NULL.  All of one area are in
 * sf-rules-AREA.c; sf-rules.c says which object has which.
 */
#ifndef SF_RULES_H
#define SF_RULES_H

#include "sf-dml.h"

#define INTEGRITY "FIELD_INTEGRITY_EXCEPTION"
#define MISSING "REQUIRED_FIELD_MISSING"

struct sf_rules {
	int (*save)(struct sf_save *s);
	void (*saved)(struct sf_save *s);
	int (*delete)(struct sf_save *s);
	void (*deleted)(struct sf_save *s);
};

extern const struct sf_rules sf_rules_account, sf_rules_contact,
    sf_rules_person_contact, sf_rules_product, sf_rules_book, sf_rules_entry,
    sf_rules_order, sf_rules_orderitem, sf_rules_lead, sf_rules_opportunity,
    sf_rules_opportunityline, sf_rules_contactrole, sf_rules_campaign,
    sf_rules_member, sf_rules_memberstatus, sf_rules_case, sf_rules_task,
    sf_rules_contentnote, sf_rules_documentlink;

void sf_rules_bind(struct sf_schema *s);

/* --- what rules are written with --- */

bool rule_is(const struct sf_val *v, const char *text);
bool rule_blank(const struct sf_val *v);

/* Does the save change the field; did the client send it at all? */
bool rule_changed(const struct sf_save *s, const char *field);
bool rule_sent(const struct sf_save *s, const char *field);

/* The record that lookup `field` of `r` points to, or NULL. */
struct sf_row *rule_parent(struct sf_save *s, struct sf_row *r,
    const char *field);

/* The records of `object` whose lookup `field` is `id`, up to `max`. */
int rule_children(struct sf_org *org, const char *object, const char *field,
    int64_t id, int64_t *ids, int max);

/* The first record of `object` whose indexed text field is `v`, or NULL. */
struct sf_row *rule_find(struct sf_save *s, const char *object,
    const char *field, const struct sf_val *v);

/* Set a value; empty text is null.  Text is borrowed. */
void rule_text(struct sf_row *r, const char *field, const char *t, size_t n);
void rule_int(struct sf_row *r, const char *field, int64_t i);
void rule_num(struct sf_row *r, const char *field, double d);
void rule_null(struct sf_row *r, const char *field);

/* A number, 0 for null. */
double rule_double(struct sf_row *r, const char *field);

/* a times b to the cent, half of one up, as decimals multiply. */
double rule_times(double a, double b);

/* Have both records the same CurrencyIsoCode, where there are several? */
bool rule_same_currency(struct sf_row *a, struct sf_row *b);

/* Name is "FirstName LastName". */
int rule_full_name(struct sf_save *s);

/* Is the record type in `f` one of object `of` that the user may give? */
int rule_record_type(struct sf_save *s, const struct sf_field *f,
    const struct sf_object *of);

/* Begin a record that the platform makes by itself; store it. */
struct sf_row *rule_new(struct sf_save *s, const char *object);
void rule_add(struct sf_save *s, struct sf_row *r);

/* Read record `id` twice, to change the second; false when it is gone. */
bool rule_edit(struct sf_save *s, int64_t id, struct sf_row **old,
    struct sf_row **r);

/* Refuse fields as the platform refuses what may not be written. */
int rule_no_write(struct sf_save *s, const char *fields);

/* Append a name to "A, B". */
void rule_list(char *list, size_t size, const char *name);

#endif
