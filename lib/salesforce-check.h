#ifndef SALESFORCE_CHECK_H
#define SALESFORCE_CHECK_H

#include "findings.h"
#include "map.h"
#include "salesforce.h"

/*
 * salesforce-check - maps and settings held against what the org says.
 *
 *	struct sf_check *c = sf_check_new(sf, findings);
 *	if (sf_check_settings(c, conf, &w) == -1 ||
 *	    sf_check_maps(c, set, &w) == -1)	once for each entity
 *		...
 *	sf_check_payload(c, line)		what these maps make of an extract
 *	errors = sf_check_tell(c, stdout);
 *	sf_check_free(c);
 *
 * It only reads: the describe of each object that is named, and a few queries.
 * A finding is what would make records fail, or (a warning) what may; it is
 * told with map and line.  What cannot be known gives none.  -1 is for what
 * stops a check: no connection, an answer that makes no sense, no rights at
 * all.
 */
struct sf_check;

/* Both are borrowed until free. */
struct sf_check *sf_check_new(struct sf *s, struct findings *found);
void sf_check_free(struct sf_check *c);

/* What the configuration names in Salesforce is there and can be used. */
int sf_check_settings(struct sf_check *c, const struct conf *conf,
    struct why *w);

/* So are the statuses and stages of the tables in the folder of maps `dir`. */
int sf_check_tables(struct sf_check *c, const struct conf *conf,
    const char *dir, struct why *w);

/* The org can take amounts in that currency; for an org that has several. */
int sf_check_currency(struct sf_check *c, struct place at, const char *label,
    struct slice code, struct why *w);

/* The maps, which stay open until sf_check_tell(). */
int sf_check_maps(struct sf_check *c, struct map_set *set, struct why *w);

/* The values of one payload line of maps that were checked. */
int sf_check_payload(struct sf_check *c, struct slice line, struct why *w);

/* Print all findings, settings first, then the maps in their order.  How many
 * are errors. */
size_t sf_check_tell(struct sf_check *c, FILE *to);

#endif
