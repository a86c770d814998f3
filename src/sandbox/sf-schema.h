/*
 * sf-schema - what the org's describe would say: objects and their fields.
 *
 *	struct sf_schema *s = sf_schema_new();		the standard objects
 *	sf_schema_dx(s, "pipelines/setup/salesforce", &err);	custom fields
 *	o = sf_object(s, "account");	f = sf_field(o, "magento_id__c");
 *
 * The standard part are tables (sf-std.h), taken from Salesforce's Object
 * Reference, its Field Reference and real describe answers.  Custom objects
 * and fields come from metadata in Salesforce DX source format, which is what
 * a user deploys to the real org.  Names match without regard to case, as the
 * platform does.  Everything lives as long as the schema.
 */
#ifndef SF_SCHEMA_H
#define SF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sf-mem.h"

#define SF_MAX_FIELDS 250	/* of one object; a row is an array of these */
#define SF_MAX_OBJECTS 96

enum sf_type {
	SF_T_ID, SF_T_STRING, SF_T_TEXTAREA, SF_T_EMAIL, SF_T_PHONE, SF_T_URL,
	SF_T_PICKLIST, SF_T_MULTIPICKLIST, SF_T_REFERENCE, SF_T_BOOLEAN,
	SF_T_INT, SF_T_DOUBLE, SF_T_CURRENCY, SF_T_PERCENT, SF_T_DATE,
	SF_T_DATETIME, SF_T_TIME, SF_T_ADDRESS, SF_T_BASE64,
	SF_T_ENCRYPTED, SF_T_LOCATION
};

enum sf_flag {
	SF_CREATE = 1 << 0,		/* c createable */
	SF_UPDATE = 1 << 1,		/* u updateable */
	SF_NILLABLE = 1 << 2,		/* n */
	SF_DEFAULTED = 1 << 3,		/* d defaultedOnCreate */
	SF_IDLOOKUP = 1 << 4,		/* i */
	SF_RESTRICTED = 1 << 5,		/* r restrictedPicklist */
	SF_AUTONUMBER = 1 << 6,		/* a */
	SF_NAMEFIELD = 1 << 7,		/* m */
	SF_UNIQUE = 1 << 8,		/* q */
	SF_EXTERNALID = 1 << 9,		/* e */
	SF_CASESENSITIVE = 1 << 10,	/* s */
	SF_CUSTOM = 1 << 11,
	SF_CASCADE = 1 << 12,		/* D: deleted with its parent */
	SF_RESTRICT = 1 << 13,		/* X: its parent cannot be deleted */
	SF_INDEXED = 1 << 14,		/* kept in the store's index */
	SF_DUPLICATE = 1 << 15,		/* a duplicate rule looks at it */
	SF_HIDDEN = 1 << 16,		/* from the user, by field-level
					 * security */
	SF_NOSAVE = 1 << 17		/* its duplicate rule never saves */
};

struct sf_object;

struct sf_field {
	const struct sf_object *object;
	const char *name, *label;
	enum sf_type type;
	int length, precision, scale;
	unsigned flags;			/* enum sf_flag */
	const char *relation;		/* relationshipName, or NULL */
	const char **targets;		/* referenceTo */
	int ntargets;
	const char **values;		/* active picklist values */
	int nvalues;
	const char *defvalue;		/* default text, or NULL */
	int index;			/* place in object->fields and rows */
	int num;			/* number in the store; set by it */
	const struct sf_field *twin;	/* of a person account's field: where
					 * its contact has it */
	const char *format;		/* of an auto number: "A-{0000}" */
	const char *children;		/* childRelationships' name, or NULL */
};

/* What a record type leaves of a picklist. */
struct sf_choice {
	struct sf_choice *next;
	const struct sf_field *f;
	const char **values;
	int nvalues;
};

struct sf_rtype {
	const struct sf_object *object;
	const char *name, *label;	/* DeveloperName, Name */
	const char *about;		/* description, or NULL */
	bool active, person;
	bool visible, standard;		/* for the user; what he makes when he
					 * does not say */
	struct sf_choice *choices;	/* the picklists that it narrows */
	int64_t id;			/* its record; set by sf_seed() */
};

struct sf_rules;			/* sf-rules.h */

struct sf_object {
	struct sf_schema *schema;
	const char *name, *label, *plural;
	const char *prefix;		/* of a custom object: set by store */
	bool creatable, updatable, deletable, bulk, custom;
	bool undeletable, currency;	/* recycle bin; CurrencyIsoCode */
	bool typed;			/* it can have record types */
	bool no_upsert;
	bool setup, tooling, hidden;	/* see sf_seen_object() */
	struct sf_field *fields[SF_MAX_FIELDS];
	int nfields;
	const struct sf_field **refs;	/* indexed lookups that may point to */
	int nrefs;			/* it; set by sf_schema_seal() */
	const struct sf_rules *rules;	/* these three set by sf_rules_bind() */
	const struct sf_field *owner;	/* OwnerId, or NULL */
	const struct sf_field *record_type;	/* or NULL */
	const struct sf_field *modstamp;	/* SystemModstamp, or NULL; by
						 * sf_schema_seal() */
	int num;			/* number in the store; set by it */
};

/* What a permission set grants of a field. */
struct sf_grant {
	char set[96], object[64], field[96];	/* set: its label */
	bool edit, read;
};

struct sf_schema {
	struct sf_object *objects[SF_MAX_OBJECTS];
	int nobjects;
	struct sf_grant *grants;
	int ngrants;
	struct sf_rtype **types;
	int ntypes;
	bool tooling;		/* the request at hand is of the Tooling API */
	bool person;		/* accounts may be persons */
	const char *currencies;	/* "EUR;USD", the corporate one first, or NULL */
	struct sf_arena text;	/* what fields and objects point to */
};

struct sf_schema *sf_schema_new(void);
void sf_schema_free(struct sf_schema *s);

struct sf_object *sf_object(const struct sf_schema *s, const char *name);
struct sf_object *sf_object_by_prefix(const struct sf_schema *s,
    const char *id);
struct sf_field *sf_field(const struct sf_object *o, const char *name);
struct sf_field *sf_field_n(const struct sf_object *o, const char *name,
    size_t n);

/*
 * The same as the user sees it: NULL for fields that field-level security
 * hides, objects that he may not read, set-up where he may not see it, and
 * what the Tooling API alone has.  sf_seen_relation: the reference field whose
 * relationshipName is the `n` bytes at `name`.
 */
struct sf_field *sf_seen_field(const struct sf_object *o, const char *name);
struct sf_field *sf_seen_field_n(const struct sf_object *o, const char *name,
    size_t n);
struct sf_field *sf_seen_relation(const struct sf_object *o, const char *name,
    size_t n);
struct sf_object *sf_seen_object(const struct sf_schema *s, const char *name);

/*
 * Add an empty object or field; the caller fills the rest.  NULL when there
 * is no room.
 */
struct sf_object *sf_object_add(struct sf_schema *s, const char *name);
struct sf_field *sf_field_add(struct sf_object *o, const char *name);

/* Add the fields of a table of sf-std.h (sf_std_system: those of all objects);
 * the flags that its letters mean. */
struct sf_std;
void sf_add_std(struct sf_object *o, const struct sf_std *t);
unsigned sf_flags(const char *letters);

/*
 * A record type by its DeveloperName or by its record, and the active one that
 * new records get by themselves; NULL: there is none.  A new one has its name as
 * label and is neither active nor visible.
 */
struct sf_rtype *sf_rtype(const struct sf_object *o, const char *name);
struct sf_rtype *sf_rtype_by_id(const struct sf_schema *s, int64_t id);
struct sf_rtype *sf_rtype_standard(const struct sf_object *o);
struct sf_rtype *sf_rtype_add(const struct sf_object *o, const char *name);

/* May the user give it to a record? */
bool sf_rtype_available(const struct sf_rtype *t);

/* The object that the `i`-th target of `f` is, or NULL. */
struct sf_object *sf_target(const struct sf_field *f, int i);

/*
 * Switches of the org, once all fields are known.  Person accounts give
 * Account the fields of its contact, the custom ones as X__pc.  Currencies,
 * "EUR,USD" with the corporate one first, give CurrencyIsoCode; -1 when the
 * list is not one of three letters each.
 */
void sf_schema_person(struct sf_schema *s);
int sf_schema_currencies(struct sf_schema *s, const char *list);

/*
 * Set and clear flags of the fields of `list`, "Contact.Email,Account.Name".
 * -1 when a name is not known.
 */
int sf_schema_mark(struct sf_schema *s, const char *list, unsigned on,
    unsigned off);

/*
 * What the user may do with objects, "Order:ru,Product2:" of the letters
 * create, read, update, delete.  -1: no such object or letter.
 */
int sf_schema_rights(struct sf_schema *s, const char *list);

/* The user may not look at set-up. */
void sf_schema_no_setup(struct sf_schema *s);

/* Decide which fields the store indexes, and who points to whom, once all are
 * known. */
void sf_schema_seal(struct sf_schema *s);

/* What describe says of a field: may WHERE, may GROUP BY name it? */
bool sf_filterable(const struct sf_field *f);
bool sf_groupable(const struct sf_field *f);

/* The describe name of a type. */
const char *sf_type_name(enum sf_type t);

/* Cut `list` at `sep` into an array that lives as long as the schema. */
const char **sf_split(struct sf_schema *s, const char *list, char sep,
    int *count);

/* Put ';'-separated picklist values, or one target, on a field. */
void sf_values(struct sf_field *f, const char *list);
void sf_targets(struct sf_field *f, const char *list);

/* A copy of `text` that lives as long as the schema. */
const char *sf_keep(struct sf_schema *s, const char *text);

/*
 * Read DIR/.../objects/OBJECT/OBJECT.object-meta.xml of custom objects,
 * DIR/.../objects/OBJECT/fields/FIELD.field-meta.xml,
 * DIR/.../objects/OBJECT/recordTypes/TYPE.recordType-meta.xml,
 * DIR/.../SET.permissionset-meta.xml and DIR/.../Admin.profile-meta.xml, at any
 * depth.
 * Returns 0, or -1 with a message naming file and fault in `err`.
 */
int sf_schema_dx(struct sf_schema *s, const char *dir, char *err, size_t n);

#endif
