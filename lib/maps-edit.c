/* maps-edit - a change in the files of maps. */
#include <errno.h>
#include <stdlib.h>

#include "file.h"
#include "maps-edit.h"
#include "say.h"

enum { MAP_FILE = 16 << 20 };		/* a change lets it grow */

struct edited {			/* a map's file, as it will be */
	struct buf text, diff;
	int fields;
};

struct maps_edit {
	const struct maps *before;
	struct maps after;
	const struct map_text *text;
	int n;
	struct edited edited[MAPS_MAX];
};

struct maps_edit *
maps_edit_new(const struct maps *m, const struct map_text *texts, int n)
{
	struct maps_edit *e = xcalloc(1, sizeof(*e));
	int i;

	e->before = m;
	e->after = MAPS;
	e->after.world = m->world;
	e->text = texts;
	e->n = n;
	for (i = 0; i < n; i++)
		e->edited[i].text = e->edited[i].diff = BUF(MAP_FILE);
	return e;
}

void
maps_edit_free(struct maps_edit *e)
{
	int i;

	if (e == NULL)
		return;
	for (i = 0; i < e->n; i++) {
		buf_free(&e->edited[i].text);
		buf_free(&e->edited[i].diff);
	}
	e->after.world.known = NULL;	/* theirs, as all of the world */
	maps_free(&e->after);
	free(e);
}

/* ---- the change ---- */

/* The set that map i is of. */
static const struct map_set *
set_of(const struct maps_edit *e, int i)
{
	const struct maps *m = e->before;
	char *entity[MAPS_MAX] = { NULL };
	const struct map_set *s = NULL;
	int k;

	map_entities(e->text, (size_t)e->n, entity);
	for (k = 0; k < m->n_each && entity[i] != NULL; k++)
		if (strcmp(map_from(m->each[k]), entity[i]) == 0)
			s = m->each[k];
	for (k = 0; k < e->n; k++)
		free(entity[k]);
	return s;
}

static int
change_map(struct maps_edit *e, int i, const struct map_change *c, bool *hit,
    struct why *w)
{
	struct edited *to = &e->edited[i];

	to->fields = map_edit(set_of(e, i), e->text[i].name, e->text[i].text,
	    c, &to->text, &to->diff, hit, w);
	if (to->fields == -1)
		return -1;
	return !to->text.over && !to->diff.over ? 0 : why(w, WHY_SETUP,
	    "'%s' would be too long", e->text[i].file);
}

int
maps_edit_make(struct maps_edit *e, const struct maps_named *who,
    const struct map_change *c)
{
	bool *hit = xcalloc((size_t)who->n_fields, sizeof(*hit));
	struct why w = {0};
	int i, fields = 0;

	for (i = 0; i < e->n && fields != -1; i++) {
		if (!maps_named_map(who, e->text[i].name))
			continue;
		if (change_map(e, i, c, hit, &w) == 0) {
			fields += e->edited[i].fields;
		} else {
			say_why(&w);
			fields = -1;
		}
	}
	if (fields != -1 && maps_named_hit(who, e->before, hit) != 0)
		fields = -1;
	free(hit);
	return fields;
}

/* ---- is it right? ---- */

/* A doubt begins with FILE:LINE:COLUMN, and shows the line. */
static struct slice
next_doubt(struct slice *rest)
{
	const char *p = rest->p, *end = rest->p + rest->n, *nl;
	struct slice one;

	do {
		nl = memchr(p, '\n', (size_t)(end - p));
		p = nl == NULL ? end : nl + 1;
	} while (p < end && *p == ' ');
	one = (struct slice){ rest->p, (size_t)(p - rest->p) };
	*rest = (struct slice){ p, (size_t)(end - p) };
	return one;
}

/* Without the place, which an edit above may have moved. */
static struct slice
doubt_text(struct slice d)
{
	const char *p = d.p, *end = d.p + d.n;

	while (end - p > 2 && (p[0] != ':' || p[1] != ' '))
		p++;
	return (struct slice){ p, (size_t)(end - p) };
}

static bool
is_known(struct slice doubt, struct slice known)
{
	while (known.n > 0)
		if (slice_eq(doubt_text(doubt),
		    doubt_text(next_doubt(&known))))
			return true;
	return false;
}

static void
check_all(const struct maps *m, struct buf *doubts)
{
	int i;

	for (i = 0; i < m->n_each; i++)
		(void)map_check(m->each[i], doubts);
}

/* What looks wrong now, and did not before. */
static void
tell_doubts(const struct maps_edit *e)
{
	struct buf was = BUF(4 << 20), is = BUF(4 << 20);
	struct slice rest, d;

	check_all(e->before, &was);
	check_all(&e->after, &is);
	for (rest = buf_all(&is); rest.n > 0; ) {
		d = next_doubt(&rest);
		if (!is_known(d, buf_all(&was)) && say_tells(SAY_NORMAL))
			fprintf(stderr, "%.*s", (int)d.n, d.p);
	}
	buf_free(&was);
	buf_free(&is);
}

/* The real parser, over the changed maps and all their neighbours. */
int
maps_edit_check(struct maps_edit *e)
{
	struct map_text text[MAPS_MAX];
	int i;

	for (i = 0; i < e->n; i++) {
		text[i] = e->text[i];
		if (e->edited[i].fields > 0)
			text[i].text = buf_all(&e->edited[i].text);
	}
	if (maps_open_each(&e->after, text, e->n) != 0) {
		fputs(buf_cstr(&e->after.mistakes), stderr);
		say_error("with this the maps would have mistakes; nothing "
		    "was changed");
		return WHY_SETUP;
	}
	tell_doubts(e);
	return 0;
}

/* ---- into the files ---- */

int
maps_edit_diff(const struct maps_edit *e, FILE *to)
{
	int i;

	for (i = 0; i < e->n; i++)
		if (e->edited[i].fields > 0)
			fwrite(e->edited[i].diff.p, 1, e->edited[i].diff.n,
			    to);
	if (fflush(to) == 0 && !ferror(to))
		return 0;
	say_error("cannot write: %s", strerror(errno));
	return WHY_BROKEN;
}

/* Is the file what its text was? */
static int
check_same(const char *path, struct slice text, struct why *w)
{
	struct buf now = BUF(MAP_FILE);
	int r = file_read(path, &now, w);

	if (r == 0 && !slice_eq(buf_all(&now), text))
		r = why(w, WHY_SETUP, "'%s' was changed meanwhile", path);
	buf_free(&now);
	return r;
}

static int
write_map(const struct maps_edit *e, int i, struct why *w)
{
	char *path = realpath(e->text[i].file, NULL);	/* a link stays one */
	struct file *f;
	int r = -1;

	if (path == NULL) {
		why(w, WHY_SETUP, "cannot read '%s': %s", e->text[i].file,
		    strerror(errno));
	} else if (check_same(path, e->text[i].text, w) == 0 &&
	    (f = file_create(path, FILE_PLAIN, w)) != NULL) {
		file_write(f, e->edited[i].text.p, e->edited[i].text.n);
		file_like(f, path);
		r = file_commit(f, w);
	}
	free(path);
	return r;
}

/* Up to the `failed`-th they are written. */
static void
tell_written(const struct maps_edit *e, int failed)
{
	int i;

	for (i = 0; i < e->n; i++)
		if (e->edited[i].fields > 0)
			say_error("'%s' %s", e->text[i].file, i < failed ?
			    "has the change" : "was left as it is");
}

int
maps_edit_write(const struct maps_edit *e)
{
	struct why w = {0};
	int i, status;

	for (i = 0; i < e->n; i++)
		if (e->edited[i].fields > 0 && write_map(e, i, &w) == -1) {
			status = say_why(&w);
			tell_written(e, i);
			return status;
		}
	return 0;
}
