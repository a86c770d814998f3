#ifndef MAPS_NAMED_H
#define MAPS_NAMED_H

#include "maps.h"

/*
 * maps-named - which maps and fields a person means who gives names, or
 * patterns as of fnmatch(3).
 *
 *	struct maps_named who = { maps, n_maps, fields, n_fields };
 *	bool *hit = xcalloc(n_fields, sizeof(*hit));
 *
 *	if ((status = maps_named_check(&who, texts, n, folder)) != 0)
 *		return status;
 *	... maps_named_map(&who, item->map) &&
 *	    maps_named_field(&who, item->field, hit)
 *	status = maps_named_hit(&who, &maps, hit);
 *
 * What is none is told on standard error, with the name that was meant.
 */
struct maps_named {
	char *const *map;
	int n_maps;			/* 0: all */
	char *const *field;
	int n_fields;			/* 0: all */
	bool by_line;			/* the line of a field is given: no
					 * other name was meant */
};

bool maps_named_map(const struct maps_named *who, const char *map);

/* hit[i] is set for each field[i] that names this one. */
bool maps_named_field(const struct maps_named *who, struct slice field,
    bool *hit);

/* Does each map[i] name one of n texts, those in `folder`?  0 or WHY_SETUP. */
int maps_named_check(const struct maps_named *who,
    const struct map_text *texts, int n, const char *folder);

/* Has each field[i] been met?  The maps are those of maps_open_each().  0 or
 * WHY_SETUP. */
int maps_named_hit(const struct maps_named *who, const struct maps *m,
    const bool *hit);

#endif
