/* maps-named - which maps and fields a person means. */
#include <fnmatch.h>
#include <stdlib.h>

#include "maps-named.h"
#include "say.h"

bool
maps_named_map(const struct maps_named *who, const char *map)
{
	int i;

	for (i = 0; i < who->n_maps; i++)
		if (fnmatch(who->map[i], map, 0) == 0)
			return true;
	return who->n_maps == 0;
}

bool
maps_named_field(const struct maps_named *who, struct slice field, bool *hit)
{
	bool named = who->n_fields == 0;
	char *name;
	int i;

	if (named)
		return true;
	name = xstrndup(field.p, field.n);
	for (i = 0; i < who->n_fields; i++)
		if (fnmatch(who->field[i], name, 0) == 0)
			named = hit[i] = true;
	free(name);
	return named;
}

int
maps_named_check(const struct maps_named *who, const struct map_text *texts,
    int n, const char *folder)
{
	const char *name[MAPS_MAX];
	char meant[SAY_MEANT];
	int i, k;

	for (k = 0; k < n; k++)
		name[k] = texts[k].name;
	for (i = 0; i < who->n_maps; i++) {
		for (k = 0; k < n && fnmatch(who->map[i], name[k], 0) != 0; )
			k++;
		if (k < n)
			continue;
		say_error("no map '%s' in '%s'%s", who->map[i], folder,
		    say_meant(meant, who->map[i], name, n));
		return WHY_SETUP;
	}
	return 0;
}

/* ---- what names no field ---- */

struct fields {
	const struct maps_named *who;
	char *name[4096];
	int n;
};

static void
note_field(void *ctx, const struct map_item *i)
{
	struct fields *f = ctx;

	if (maps_named_map(f->who, i->map) && i->field.n > 0 &&
	    f->n < (int)(sizeof(f->name) / sizeof(*f->name)))
		f->name[f->n++] = xstrndup(i->field.p, i->field.n);
}

int
maps_named_hit(const struct maps_named *who, const struct maps *m,
    const bool *hit)
{
	struct fields f = { .who = who };
	char meant[SAY_MEANT] = "";
	int i, status = 0;

	for (i = 0; i < m->n_each; i++)
		map_list(m->each[i], note_field, &f);
	for (i = 0; i < who->n_fields; i++) {
		if (hit[i])
			continue;
		say_error("%s has no field '%s'%s", who->map[0], who->field[i],
		    who->by_line ? " in that line" : say_meant(meant,
		    who->field[i], (const char *const *)f.name, f.n));
		status = WHY_SETUP;
	}
	while (f.n > 0)
		free(f.name[--f.n]);
	return status;
}
