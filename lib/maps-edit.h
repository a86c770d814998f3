#ifndef MAPS_EDIT_H
#define MAPS_EDIT_H

#include <stdio.h>

#include "map-edit.h"
#include "maps-named.h"

/*
 * maps-edit - a change in the files of maps.
 *
 *	struct maps_edit *e = maps_edit_new(&maps, texts, n);
 *
 *	if ((fields = maps_edit_make(e, &who, &change)) <= 0)
 *		... -1: told; 0: it is so already
 *	else if ((status = maps_edit_check(e)) == 0 &&
 *	    (status = maps_edit_diff(e, stdout)) == 0)
 *		status = maps_edit_write(e);
 *	maps_edit_free(e);
 *
 * No file is touched before maps_edit_write().  `maps` are what
 * maps_open_each() made of the texts; both are borrowed until
 * maps_edit_free().  Exit statuses have been told on standard error.
 */
struct maps_edit;

struct maps_edit *maps_edit_new(const struct maps *m,
    const struct map_text *texts, int n);

/* Make the change in all maps that are meant; its `fields` are who->field.
 * The number of fields that it changes; -1: it cannot be made, or there is no
 * such field. */
int maps_edit_make(struct maps_edit *e, const struct maps_named *who,
    const struct map_change *c);

/* Read all maps with the change in them, as a run does.  0, or WHY_SETUP: they
 * have mistakes.  What looks doubtful only now is told and no mistake. */
int maps_edit_check(struct maps_edit *e);

/* What changes, as `diff -U0` tells it.  0, or WHY_BROKEN. */
int maps_edit_diff(const struct maps_edit *e, FILE *to);

/*
 * Write the files that change, each whole or not at all; a link stays one.  A
 * file that is not as its text was is left alone.  0, or an exit status for
 * the first that could not be written: those behind it are not, and each
 * file of the change is told by name, with the change or without.
 */
int maps_edit_write(const struct maps_edit *e);

void maps_edit_free(struct maps_edit *e);

#endif
