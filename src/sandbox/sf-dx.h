/* sf-dx - between sf-dx.c and the sf-dx-*.c, one for each kind of file */
#ifndef SF_DX_H
#define SF_DX_H

#include "sf-schema.h"
#include "sf-xml.h"

/* A text of the file that is kept: its path, and where in a struct. */
struct sf_member {
	const char *path;
	size_t at, size;
};

/* Copy the text into the struct `to` where `path` is one of `n`; the others
 * are passed over.  -1: it is too long. */
int sf_member_take(const struct sf_member *all, size_t n, void *to,
    const char *path, const struct buf *text, struct sf_fault *e);

/*
 * Read NAME.object-meta.xml (`base` of `path`).  A custom object is added to
 * the schema; of a standard one nothing in it counts here.
 */
int sf_object_file(struct sf_schema *s, const char *path, const char *base,
    struct sf_fault *e);

/* The suffix of objects/OBJECT/recordTypes/NAME.recordType-meta.xml, and one
 * such file: a record type of `o`, which gets RecordTypeId with its first. */
#define SF_TYPE_SUFFIX ".recordType-meta.xml"

int sf_type_file(struct sf_object *o, const char *path, const char *base,
    struct sf_fault *e);

/*
 * A permission set: what it grants of fields, and the record types that it
 * lets the user see.  The profile of the user, who is an administrator: the
 * record types that he sees, and which one a new record gets.
 */
#define SF_SET_SUFFIX ".permissionset-meta.xml"
#define SF_PROFILE "Admin.profile-meta.xml"

int sf_set_file(struct sf_schema *s, const char *path, struct sf_fault *e);
int sf_profile_file(struct sf_schema *s, const char *path,
    struct sf_fault *e);

/* `o` is the detail of a master: its owner is the master's. */
void sf_object_detail(struct sf_object *o);

#endif
