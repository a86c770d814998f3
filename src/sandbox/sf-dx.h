/* sf-dx - between sf-dx.c and sf-dx-object.c */
#ifndef SF_DX_H
#define SF_DX_H

#include "sf-schema.h"
#include "sf-xml.h"

/*
 * Read NAME.object-meta.xml (`base` of `path`).  A custom object is added to
 * the schema; of a standard one nothing in it counts here.
 */
int sf_object_file(struct sf_schema *s, const char *path, const char *base,
    struct sf_fault *e);

/* `o` is the detail of a master: its owner is the master's. */
void sf_object_detail(struct sf_object *o);

#endif
