#include "magento-project.h"

#include <stdlib.h>

#include "say.h"

static int
read_maps(struct mage_project *x, const char *list, const char *config,
    struct why *w)
{
	char *path[MAPS_MAX], *rest = x->list = xstrdup(list);
	int n = 0;

	while (n < MAPS_MAX && (path[n] = strsep(&rest, ",")) != NULL)
		n++;
	x->maps.world.whole = x->maps.world.no_ref_needed = true;
	if (maps_settings(&x->maps, config, w) == -1)
		return -1;
	if (rest != NULL || maps_read(&x->maps, path, n) != 0)
		return why(w, WHY_SETUP, "the maps of --for cannot be used");
	return 0;
}

int
mage_project_open(struct mage_project *x, const char *list,
    const char *config, struct mage_plan *plan, struct why *w)
{
	const char *from;

	if (read_maps(x, list, config, w) == -1)
		return -1;
	from = map_from(x->maps.set);
	if (strcmp(from, plan->entity->name) != 0)
		return why(w, WHY_SETUP, "the maps of --for read %s, not %s",
		    from, plan->entity->name);
	if ((x->cut = map_project(x->maps.set)) == NULL) {
		say_verbose("the maps of --for look at the record as a whole, "
		    "so it is asked for whole");
		return 0;
	}
	plan->fields = x->fields = xasprintf("items[%s,%s],total_count",
	    plan->entity->member, map_project_filter(x->cut));
	say_verbose("asked for: %s", x->fields);
	return 0;
}

struct slice
mage_project_record(struct mage_project *x, struct slice record)
{
	if (x->cut == NULL)
		return record;
	buf_reset(&x->line);
	map_project_mend(x->cut, record, &x->line);
	return buf_all(&x->line);
}

void
mage_project_close(struct mage_project *x)
{
	map_project_free(x->cut);
	maps_free(&x->maps);
	buf_free(&x->line);
	free(x->fields);
	free(x->list);
}
