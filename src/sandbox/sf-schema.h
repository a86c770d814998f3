/*
 * sf-schema - what the org's describe would say: objects and their fields.
 *
 *	struct sf_schema *s = sf_schema_new();		the standard objects
 *	sf_schema_dx(s, "pipelines/setup/salesforce", &err);	custom fields
 *	o = sf_object(s, "account");	f = sf_field(o, "magento_id__c");
 *
 * The standard part is a table in sf-objects.c, taken from Salesforce's
 * Object Reference, its Field Reference and real describe answers.  Custom
 * fields come from metadata in Salesforce DX source format, which is what a
 * user deploys to the real org.  Names match without regard to case, as the
 * platform does.  Everything lives as long as the schema.
 */
#ifndef SF_SCHEMA_H
#define SF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SF_MAX_FIELDS 250	/* of one object; a row is an array of these */
#define SF_MAX_OBJECTS 24

/* One row of the standard table; `flags` is explained at enum sf_flag. */
struct sf_std {
	const char *name, *label, *type;
	int length, precision, scale;
	const char *flags, *relation, *targets, *values;
};

struct sf_std_object {
	const char *name, *label, *plural, *prefix;
	const char *can;	/* of "cud" create update delete, "b" bulk,
				 * "s" set-up, "t" Tooling API alone */
	const struct sf_std *fields;
};

extern const struct sf_std_object sf_std_objects[];
extern const struct sf_std sf_std_system[];	/* what every object has */

enum sf_type {
	SF_T_ID, SF_T_STRING, SF_T_TEXTAREA, SF_T_EMAIL, SF_T_PHONE, SF_T_URL,
	SF_T_PICKLIST, SF_T_MULTIPICKLIST, SF_T_REFERENCE, SF_T_BOOLEAN,
	SF_T_INT, SF_T_DOUBLE, SF_T_CURRENCY, SF_T_PERCENT, SF_T_DATE,
	SF_T_DATETIME, SF_T_TIME, SF_T_ADDRESS
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
	SF_HIDDEN = 1 << 16		/* from the user, by field-level
					 * security */
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
	void *owned[8];			/* what sf_schema_free() releases */
};

struct sf_object {
	const char *name, *label, *plural, *prefix;
	bool creatable, updatable, deletable, bulk;
	bool setup, tooling, hidden;	/* see sf_seen_object() */
	struct sf_field *fields[SF_MAX_FIELDS];
	int nfields;
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
	bool tooling;		/* the request at hand is of the Tooling API */
};

struct sf_schema *sf_schema_new(void);
void sf_schema_free(struct sf_schema *s);

struct sf_object *sf_object(const struct sf_schema *s, const char *name);
struct sf_object *sf_object_by_prefix(const struct sf_schema *s,
    const char *id);
struct sf_field *sf_field(const struct sf_object *o, const char *name);
struct sf_field *sf_field_n(const struct sf_object *o, const char *name,
    size_t n);

/* The reference field whose relationshipName is the `n` bytes at `name`. */
struct sf_field *sf_relation(const struct sf_object *o, const char *name,
    size_t n);

/*
 * The same as the user sees it: NULL for fields that field-level security
 * hides, objects that he may not read, set-up where he may not see it, and
 * what the Tooling API alone has.
 */
struct sf_field *sf_seen_field(const struct sf_object *o, const char *name);
struct sf_field *sf_seen_field_n(const struct sf_object *o, const char *name,
    size_t n);
struct sf_field *sf_seen_relation(const struct sf_object *o, const char *name,
    size_t n);
struct sf_object *sf_seen_object(const struct sf_schema *s, const char *name);

/*
 * Add an empty field to `o`; the caller fills the rest.  NULL when the object
 * is full.
 */
struct sf_field *sf_field_add(struct sf_object *o, const char *name);

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

/* Decide which fields the store indexes, once all are known. */
void sf_schema_seal(struct sf_schema *s);

/* The describe name of a type, and the type of a describe name (or -1). */
const char *sf_type_name(enum sf_type t);
int sf_type_by_name(const char *name);

/* Put ';'-separated picklist values, or one target, on a field. */
void sf_values(struct sf_field *f, const char *list);
void sf_targets(struct sf_field *f, const char *list);

/* A copy of `text` that lives as long as the field. */
const char *sf_field_text(struct sf_field *f, const char *text);

/*
 * Read DIR/.../objects/OBJECT/fields/FIELD.field-meta.xml and
 * DIR/.../SET.permissionset-meta.xml, at any depth.
 * Returns 0, or -1 with a message naming file and fault in `err`.
 */
int sf_schema_dx(struct sf_schema *s, const char *dir, char *err, size_t n);

#endif
