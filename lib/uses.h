#ifndef USES_H
#define USES_H

#include "conf.h"

/*
 * uses - what a run by itself reads, and which maps read it, as things are
 * set.  The one place that knows: pipelines ask `millrace-config maps`.
 *
 *	const char *entity;
 *
 *	for (int i = 0; (entity = uses_entity(i)) != NULL; i++) {
 *		buf_reset(&b);
 *		uses_maps(conf, entity, &b);	"account contact lead"
 *		... uses_reads(conf, entity)
 *	}
 */

/* The i-th entity, in the order in which runs go on; NULL: no more. */
const char *uses_entity(int i);

/* Does a run by itself read it?  `subscribers` are customers read for their
 * sake: only when asked for. */
bool uses_reads(const struct conf *c, const char *entity);

/* Append the names of its maps, parents before children, a blank between
 * them.  They are what a run uses that reads the entity, asked for or not. */
void uses_maps(const struct conf *c, const char *entity, struct buf *names);

/* Does a run by itself use this map?  One that is not ours is taken to be in
 * use. */
bool uses_map(const struct conf *c, struct slice name);

#endif
