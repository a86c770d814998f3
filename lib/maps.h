#ifndef MAPS_H
#define MAPS_H

#include "conf.h"
#include "map.h"

/*
 * maps - mapping files with what they need from outside: tables, time zones,
 * the reference and the settings.  map.h itself opens no file.
 *
 *	struct maps m = MAPS;
 *
 *	maps_sets(&m, "orders.create_order=paid");	(--set)
 *	if (maps_settings(&m, o.config, &w) == -1 ||
 *	    (ref != NULL && maps_ref(&m, ref, &w) == -1))
 *		return say_why(&w);
 *	status = maps_read(&m, paths, n);
 *	... m.set
 *	maps_free(&m);
 */
enum {
	MAPS_MAX = 256,			/* mapping files */
	MAPS_SETS = 64,			/* --set */
};

struct maps {
	struct map_world world;
	struct conf *conf;
	struct map_ref *ref;
	struct map_set *set;
	struct map_set *each[MAPS_MAX];	/* of maps_read_each() */
	int n_each;
	struct buf settings, mistakes;
	const char *sets[MAPS_SETS];	/* borrowed */
	int n_sets;
};

#define MAPS ((struct maps){ .settings = BUF(1 << 20), \
	.mistakes = BUF(1 << 20) })

/* Note a setting for this run.  -1: there are too many. */
int maps_sets(struct maps *m, const char *assignment);

/* Read the configuration (conf_open()'s rules), $run of the run that we are
 * in, and what maps_sets() noted.  -1 with `w`. */
int maps_settings(struct maps *m, const char *config, struct why *w);

/* Read the lines of `mage-extract reference`.  -1 with `w`. */
int maps_ref(struct maps *m, const char *file, struct why *w);

/* Read records of the store, for map_check().  -1 with `w`. */
int maps_known(struct maps *m, const char *file, struct why *w);

/* Give `world` the two callbacks that read tables and zones from files. */
void maps_files(struct map_world *world);

/* The mapping files of a folder, by name, in paths[MAPS_MAX], each to be freed.
 * How many, at least one; -1 with `w`. */
int maps_in(const char *folder, char **paths, struct why *w);

/* The files' texts in `texts`, to be freed by maps_texts_free().  0, or an
 * exit status: all that cannot be read was told. */
int maps_texts(char **paths, int n, struct map_text *texts);
void maps_texts_free(struct map_text *texts, int n);

/* Read and compile n <= MAPS_MAX files into m->set.  0, or an exit status:
 * all mistakes were told on standard error. */
int maps_read(struct maps *m, char **paths, int n);

/* The same for maps of several entities: those of one entity are one of the
 * m->n_each sets. */
int maps_read_each(struct maps *m, char **paths, int n);

/* The same of texts, which are borrowed for the call; the mistakes are left in
 * m->mistakes. */
int maps_open_each(struct maps *m, const struct map_text *texts, int n);

void maps_free(struct maps *m);

#endif
