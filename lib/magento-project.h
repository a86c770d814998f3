#ifndef MAGENTO_PROJECT_H
#define MAGENTO_PROJECT_H

#include "magento-window.h"
#include "maps.h"

/*
 * magento-project - records with only those fields that maps read.
 *
 *	struct mage_project x = MAGE_PROJECT;
 *
 *	mage_project_open(&x, "order.map,order-item.map", NULL, &plan, &w);
 *	... line = mage_project_record(&x, row->text);
 *	mage_project_close(&x);
 *
 * The maps give the same payloads as for whole records, with any settings.
 * Magento builds each record whole before it cuts it: this saves bytes, not
 * its work.
 */
struct mage_project {
	char *list, *fields;
	struct maps maps;
	struct map_projection *cut;	/* NULL: records stay whole */
	struct buf line;
};

#define MAGE_PROJECT ((struct mage_project){ .maps = MAPS, \
	.line = BUF(1 << 30) })

/*
 * Read the maps, files separated by commas, with the settings of `config`, and
 * set plan->fields, unless they look at records as a whole (which is said
 * with -v).  -1 WHY_SETUP; mistakes of the maps were told.
 */
int mage_project_open(struct mage_project *x, const char *list,
    const char *config, struct mage_plan *plan, struct why *w);

/* The record, for the maps as good as the whole one.  Borrowed until the next
 * call. */
struct slice mage_project_record(struct mage_project *x, struct slice record);

void mage_project_close(struct mage_project *x);

#endif
