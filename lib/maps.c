/* maps - mapping files with what they need from outside. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"
#include "lines.h"
#include "maps.h"
#include "say.h"

enum {
	MAP_FILE = 8 << 20,		/* a mapping file */
	TABLE_FILE = 64 << 20,		/* a table's CSV */
	ZONE_FILE = 1 << 20,
	REF_LINE = 64 << 20,		/* a line of the reference, a record */
};

/* ---- files, for the maps that open none themselves ---- */

/* A table stands beside its map. */
static int
table(void *ctx, const char *map, const char *name, struct buf *out,
    struct why *w)
{
	const char *slash = strrchr(map, '/');
	char *path = slash == NULL ? xstrdup(name) :
	    xasprintf("%.*s/%s", (int)(slash - map), map, name);
	int r;

	(void)ctx;
	out->max = TABLE_FILE;
	r = file_read(path, out, w);
	free(path);
	return r;
}

static bool
is_map(const char *file)
{
	size_t n = strlen(file);

	return n > 4 && strcmp(file + n - 4, ".map") == 0;
}

/* "maps/order.map" is the map order. */
static char *
map_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;

	return xstrndup(base, strlen(base) - (is_map(base) ? 4 : 0));
}

/* The maps in the folder of one. */
static void
beside(void *ctx, const char *map, void (*see)(void *to, const char *name),
    void *to)
{
	const char *slash = strrchr(map, '/');
	char *folder = slash == NULL ? xstrdup(".") :
	    xstrndup(map, (size_t)(slash - map) + 1), *name;
	DIR *d = opendir(folder);
	struct dirent *e;

	(void)ctx;
	while (d != NULL && (e = readdir(d)) != NULL) {
		if (!is_map(e->d_name))
			continue;
		name = map_name(e->d_name);
		see(to, name);
		free(name);
	}
	if (d != NULL)
		closedir(d);
	free(folder);
}

static int
zone(void *ctx, const char *name, struct buf *out, struct why *w)
{
	char *path = xasprintf("/usr/share/zoneinfo/%s", name);
	int r;

	(void)ctx;
	out->max = ZONE_FILE;
	r = file_read(path, out, w);
	free(path);
	return r;
}

void
maps_files(struct map_world *world)
{
	world->table = table;
	world->beside = beside;
	world->zone = zone;
}

typedef int each_line(struct maps *m, struct slice line, struct why *w);

static int
read_lines(struct maps *m, const char *file, each_line *take, struct why *w)
{
	struct lines *in;
	struct line l;
	int fd, r;

	if ((fd = open(file, O_RDONLY | O_CLOEXEC)) == -1)
		return why(w, WHY_SETUP, "cannot read '%s': %s", file,
		    strerror(errno));
	in = lines_open(fd, REF_LINE);
	while ((r = lines_next(in, &l, w)) == 1)
		if ((l.over ? why(w, WHY_SETUP, "a line of more than %d "
		    "bytes", REF_LINE) : take(m, l.text, w)) == -1) {
			why_in(w, "%s:%llu", file,
			    (unsigned long long)l.number);
			w->kind = WHY_SETUP;
			r = -1;
			break;
		}
	lines_close(in);
	close(fd);
	return r;
}

static int
take_ref(struct maps *m, struct slice line, struct why *w)
{
	return map_ref_line(m->ref, line, w);
}

int
maps_ref(struct maps *m, const char *file, struct why *w)
{
	m->world.ref = m->ref = map_ref_new();
	return read_lines(m, file, take_ref, w);
}

static int
take_known(struct maps *m, struct slice line, struct why *w)
{
	return map_known_line(m->world.known, line, w);
}

int
maps_known(struct maps *m, const char *file, struct why *w)
{
	m->world.known = map_known_new();
	return read_lines(m, file, take_known, w);
}

/* ---- settings ---- */

/* $run of a pipeline: its folder's name is 2026-11-21T020000Z-nightly. */
static int
set_run(struct conf *conf, struct why *w)
{
	const char *folder = getenv("MILLRACE_RUN"), *id;
	char text[64];

	if (folder == NULL || *folder == '\0')
		return 0;
	id = strrchr(folder, '/');
	id = id == NULL ? folder : id + 1;
	if (strlen(id) < 19 || id[10] != 'T' || id[17] != 'Z' ||
	    id[18] != '-' || strlen(id) > 40)
		return 0;
	snprintf(text, sizeof(text), "run.id=%s", id);
	if (conf_set(conf, text, w) == -1)
		return -1;
	snprintf(text, sizeof(text), "run.kind=%s", id + 19);
	if (conf_set(conf, text, w) == -1)
		return -1;
	snprintf(text, sizeof(text), "run.started=%.13s:%.2s:%.2sZ", id,
	    id + 13, id + 15);
	return conf_set(conf, text, w);
}

int
maps_sets(struct maps *m, const char *assignment)
{
	if (m->n_sets == MAPS_SETS)
		return -1;
	m->sets[m->n_sets++] = assignment;
	return 0;
}

int
maps_settings(struct maps *m, const char *config, struct why *w)
{
	int i;

	if ((m->conf = conf_open(config, w)) == NULL ||
	    set_run(m->conf, w) == -1)
		return -1;
	for (i = 0; i < m->n_sets; i++)
		if (conf_set(m->conf, m->sets[i], w) == -1)
			return -1;
	conf_json(m->conf, &m->settings);
	m->world.settings = buf_all(&m->settings);
	return 0;
}

/* ---- maps ---- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
maps_in(const char *folder, char **paths, struct why *w)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int n = 0;

	if (d == NULL)
		return why(w, WHY_SETUP, "cannot read '%s': %s", folder,
		    strerror(errno));
	while ((e = readdir(d)) != NULL && n < MAPS_MAX)
		if (is_map(e->d_name) && e->d_name[0] != '.')
			paths[n++] = xasprintf("%s/%s", folder, e->d_name);
	closedir(d);
	if (e == NULL && n > 0) {
		qsort(paths, (size_t)n, sizeof(*paths), by_name);
		return n;
	}
	while (n > 0)
		free(paths[--n]);
	return e == NULL ? why(w, WHY_SETUP, "no maps in '%s'", folder) :
	    why(w, WHY_SETUP, "more than %d maps in '%s'", MAPS_MAX, folder);
}

int
maps_texts(char **paths, int n, struct map_text *texts)
{
	struct buf file;
	struct why w = {0};
	int i, status = 0;

	for (i = 0; i < n; i++) {
		file = BUF(MAP_FILE);
		if (file_read(paths[i], &file, &w) == -1)
			status = say_why(&w);
		texts[i] = (struct map_text){ paths[i], map_name(paths[i]),
			buf_all(&file) };
		if (file.p == NULL)
			texts[i].text.p = NULL;
	}
	return status;
}

void
maps_texts_free(struct map_text *texts, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		free((char *)(uintptr_t)texts[i].text.p);
		free((char *)(uintptr_t)texts[i].name);
	}
}

int
maps_read(struct maps *m, char **paths, int n)
{
	struct map_text texts[MAPS_MAX];
	int status = maps_texts(paths, n, texts);

	maps_files(&m->world);
	if (status == 0) {
		m->set = map_open(&m->world, texts, (size_t)n, &m->mistakes);
		if (m->set == NULL) {
			fputs(buf_cstr(&m->mistakes), stderr);
			status = WHY_SETUP;
		}
	}
	maps_texts_free(texts, n);
	return status;
}

static bool
same_entity(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Open the maps of text i's entity, unless an earlier text's are they. */
static int
open_entity(struct maps *m, const struct map_text *texts,
    char *const *entity, int n, int i)
{
	struct map_text of[MAPS_MAX];
	struct map_set *s;
	size_t k = 0;
	int t;

	for (t = 0; t < n; t++) {
		if (t != i && !same_entity(entity[i], entity[t]))
			continue;
		if (t < i)
			return 0;
		of[k++] = texts[t];
	}
	if ((s = map_open(&m->world, of, k, &m->mistakes)) == NULL)
		return WHY_SETUP;
	m->each[m->n_each++] = s;
	return 0;
}

int
maps_open_each(struct maps *m, const struct map_text *texts, int n)
{
	char *entity[MAPS_MAX] = { NULL };
	int i, status = 0;

	maps_files(&m->world);
	map_entities(texts, (size_t)n, entity);
	for (i = 0; i < n; i++)
		if (open_entity(m, texts, entity, n, i) != 0)
			status = WHY_SETUP;
	for (i = 0; i < n; i++)
		free(entity[i]);
	return status;
}

int
maps_read_each(struct maps *m, char **paths, int n)
{
	struct map_text texts[MAPS_MAX];
	int status = maps_texts(paths, n, texts);

	if (status == 0) {
		status = maps_open_each(m, texts, n);
		fputs(buf_cstr(&m->mistakes), stderr);
	}
	maps_texts_free(texts, n);
	return status;
}

void
maps_free(struct maps *m)
{
	while (m->n_each > 0)
		map_close(m->each[--m->n_each]);
	map_close(m->set);
	map_ref_free(m->ref);
	map_known_free(m->world.known);
	conf_close(m->conf);
	buf_free(&m->settings);
	buf_free(&m->mistakes);
}
