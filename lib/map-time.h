#ifndef MAP_TIME_H
#define MAP_TIME_H

#include <stdint.h>

#include "map.h"
#include "mem.h"
#include "why.h"

/* map-time - moments (map-time.c) and what clocks showed then (map-zone.c). */

struct civil {
	long year;
	int month, day, hour, minute, second;	/* month from 1 */
};

int64_t days_of(long year, int month, int day);	/* since 1970-01-01 */
int64_t civil_seconds(const struct civil *c);
void civil_of(int64_t seconds, struct civil *c);

/* "2026-03-29 00:30:00", with T and Z or fractions too, or a date alone.
 * -1: no such time. */
int civil_read(struct slice s, struct civil *c);

/* Are these 19 bytes one without doubt, "2026-03-28 00:30:00"?  Some that are
 * one are not: of the end of a month. */
bool civil_plain(const char *p);

struct zone;

/* From the bytes of a TZif file; NULL WHY_DATA. */
struct zone *zone_read(struct slice bytes, struct why *w);
void zone_free(struct zone *z);
long zone_offset(struct zone *z, int64_t utc);	/* seconds east */

/* The zones of a run, loaded once each by the callback of map.h. */
struct zones *zones_new(const struct map_world *world);
void zones_free(struct zones *z);
struct zone *zones_get(struct zones *z, struct slice name, struct why *w);

#endif
