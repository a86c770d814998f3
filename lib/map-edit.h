#ifndef MAP_EDIT_H
#define MAP_EDIT_H

#include "map.h"

/*
 * map-edit - change the field lines of a mapping file, and no other byte.
 *
 * It works on the text of a map that has been compiled, and gives a new text;
 * that this one is a map as well is for map_open() to say again, with all
 * its neighbours.  Comments stay, and so does the column of `=` where there is
 * room.
 */

enum map_act { MAP_ON, MAP_OFF, MAP_SET, MAP_DELETE, MAP_ADD };

struct map_change {
	enum map_act act;
	char *const *fields;	/* names, or patterns as of fnmatch(3) */
	int n_fields;		/* MAP_ADD: one, the name */
	unsigned line;		/* only the field that begins there; 0: all */
	/* MAP_SET, MAP_ADD; NULL: as it is, or none */
	const char *expression, *when, *description;
	bool off;		/* MAP_ADD: disabled at first */
};

/*
 * Append the changed text of the map `name`, whose file has the text `was`, to
 * `text`, and what changed to `diff`, as `diff -U0` tells it.  hit[i] is set
 * where fields[i] names one.  The number of fields that changed; 0: none has
 * to.  -1 with `w` (WHY_SETUP): the change cannot be made.
 */
int map_edit(const struct map_set *s, const char *name, struct slice was,
    const struct map_change *c, struct buf *text, struct buf *diff, bool *hit,
    struct why *w);

#endif
