/* millrace-maps - list and change field maps, in the files that they are. */
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "file.h"
#include "flow.h"
#include "items.h"
#include "map-edit.h"
#include "maps.h"
#include "opt.h"
#include "say.h"

enum { FOLDER = 256, SHIPPED, CSV, JSON, OBJECT, DISABLED, LINE, WHEN, ABOUT };
enum { MAP_FILE = 16 << 20, FIELDS_MAX = 256 };

static const struct opt options[] = {
	{ FOLDER, "maps", "DIR", "folder of the maps" },
	{ SHIPPED, "shipped", NULL, "it belongs to the installation: only look" },
	{ 'n', "dry-run", NULL, "show what would change, and change nothing" },
	{ OBJECT, "object", "NAME", "list, export: of this Salesforce object" },
	{ DISABLED, "disabled", NULL, "list, export: what is disabled; add: it is" },
	{ CSV, "csv", NULL, "list as CSV, as export does" },
	{ JSON, "json", NULL, "list, export: a JSON object a line" },
	{ LINE, "line", "N", "of several lines of a field, the one that begins here" },
	{ WHEN, "when", "WHEN", "set, add: always, insert or update" },
	{ ABOUT, "description", "TEXT", "set, add: the comment behind it" },
	{ 0, NULL, NULL, NULL },
};

struct verb {
	const char *name, *operands;
	bool edits;
	enum map_act act;
	int least, most;		/* operands */
};

static const struct verb verbs[] = {
	{ "list", "[MAP]...", false, 0, 0, FIELDS_MAX },
	{ "show", "MAP [FIELD]...", false, 0, 1, FIELDS_MAX },
	{ "export", "[MAP]...", false, 0, 0, FIELDS_MAX },
	{ "enable", "MAP FIELD...", true, MAP_ON, 2, FIELDS_MAX },
	{ "disable", "MAP FIELD...", true, MAP_OFF, 2, FIELDS_MAX },
	{ "set", "MAP FIELD [EXPRESSION]", true, MAP_SET, 2, 3 },
	{ "add", "MAP FIELD EXPRESSION", true, MAP_ADD, 3, 3 },
	{ "delete", "MAP FIELD...", true, MAP_DELETE, 2, FIELDS_MAX },
};
enum { VERBS = sizeof(verbs) / sizeof(*verbs) };

struct edited {			/* a map's file, as it will be */
	struct buf text, diff;
	int fields;
};

struct job {
	const struct verb *verb;
	char **operand;
	int n_operands;
	const char *folder, *object;
	bool shipped, dry_run, disabled, csv, json;
	struct map_change change;
	char *maps;			/* the folder that it is */
	char *path[MAPS_MAX];
	struct map_text text[MAPS_MAX];
	int n;
	struct edited edited[MAPS_MAX];
	struct maps before, after;
};

/* ---- the maps ---- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
find_maps(struct job *j, struct why *w)
{
	DIR *d = opendir(j->maps);
	struct dirent *e;
	size_t n;

	if (d == NULL)
		return why(w, WHY_SETUP, "cannot read '%s': %s", j->maps,
		    strerror(errno));
	while ((e = readdir(d)) != NULL && j->n < MAPS_MAX) {
		n = strlen(e->d_name);
		if (n > 4 && strcmp(e->d_name + n - 4, ".map") == 0 &&
		    e->d_name[0] != '.')
			j->path[j->n++] = xasprintf("%s/%s", j->maps,
			    e->d_name);
	}
	closedir(d);
	if (e != NULL)
		return why(w, WHY_SETUP, "more than %d maps in '%s'", MAPS_MAX,
		    j->maps);
	if (j->n == 0)
		return why(w, WHY_SETUP, "no maps in '%s'", j->maps);
	qsort(j->path, (size_t)j->n, sizeof(*j->path), by_name);
	return 0;
}

/* Where they are: --maps, else the environment, else the configuration. */
static int
find_folder(struct job *j, struct why *w)
{
	const char *own = getenv("MILLRACE_MAPPINGS");

	if (j->folder == NULL && own != NULL && *own != '\0')
		j->folder = own;
	j->maps = j->folder != NULL ? xstrdup(j->folder) :
	    conf_path(j->before.conf, "runs", "mappings");
	return j->maps != NULL ? 0 : why(w, WHY_SETUP, "which maps? --maps "
	    "DIR, or [runs] mappings in the configuration");
}

static int
open_maps(struct job *j, const char *config)
{
	struct why w = {0};
	int status;

	if (maps_settings(&j->before, config, &w) == -1 ||
	    find_folder(j, &w) == -1 || find_maps(j, &w) == -1)
		return say_why(&w);
	j->before.world.no_ref_needed = j->before.world.whole = true;
	j->after.world = j->before.world;
	if ((status = maps_texts(j->path, j->n, j->text)) == 0 &&
	    (status = maps_open_each(&j->before, j->text, j->n)) != 0) {
		fputs(buf_cstr(&j->before.mistakes), stderr);
		if (j->verb->edits)
			say_error("the maps have mistakes as they are; "
			    "nothing was changed");
	}
	return status;
}

static bool
map_named(const struct job *j, const char *name)
{
	int i, n = j->verb->edits || j->verb->least > 0 ? 1 : j->n_operands;

	for (i = 0; i < n; i++)
		if (fnmatch(j->operand[i], name, 0) == 0)
			return true;
	return n == 0;
}

/* Every MAP names one. */
static int
check_names(const struct job *j)
{
	const char *name[MAPS_MAX], *near;
	int i, k, n = j->verb->edits || j->verb->least > 0 ? 1 : j->n_operands;

	for (k = 0; k < j->n; k++)
		name[k] = j->text[k].name;
	for (i = 0; i < n; i++) {
		for (k = 0; k < j->n &&
		    fnmatch(j->operand[i], name[k], 0) != 0; )
			k++;
		if (k < j->n)
			continue;
		near = say_nearest(j->operand[i], name, j->n);
		say_error("no map '%s' in '%s'%s%s%s", j->operand[i], j->maps,
		    near == NULL ? "" : "; did you mean '", near == NULL ? "" :
		    near, near == NULL ? "" : "'?");
		return WHY_SETUP;
	}
	return 0;
}

/* ---- list, show, export ---- */

static bool
wanted(void *ctx, const struct map_item *i)
{
	const struct job *j = ctx;

	return map_named(j, i->map) && (!j->disabled || !i->enabled) &&
	    (j->object == NULL || strcmp(j->object, i->object) == 0);
}

static int
list(struct job *j)
{
	bool export = strcmp(j->verb->name, "export") == 0;
	struct flow *f = flow_open("millrace-maps", FLOW_NOTHING, 0);
	struct winsize w;
	bool terminal = isatty(STDOUT_FILENO) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0;

	items_put(f, j->before.each, j->before.n_each, j->json ? ITEMS_JSON :
	    j->csv || export ? ITEMS_CSV : ITEMS_TABLE,
	    terminal ? w.ws_col : 0, wanted, j);
	return flow_close(f);
}

struct showing {
	const struct job *job;
	struct flow *flow;
	struct buf b;
	bool hit[FIELDS_MAX];
};

static void
show_part(struct showing *s, const char *name, struct slice value)
{
	size_t i;

	if (value.p == NULL || value.n == 0)
		return;
	buf_reset(&s->b);
	buf_fmt(&s->b, "    %-12s ", name);
	for (i = 0; i < value.n; i++)
		buf_char(&s->b, (unsigned char)value.p[i] < 0x20 ? ' ' :
		    value.p[i]);
	flow_line(s->flow, buf_all(&s->b));
}

static bool
is_shown(struct showing *s, struct slice field)
{
	char *name = xstrndup(field.p, field.n);
	bool shown = s->job->n_operands == 1;
	int i;

	for (i = 1; i < s->job->n_operands; i++)
		if (fnmatch(s->job->operand[i], name, 0) == 0)
			shown = s->hit[i] = true;
	free(name);
	return shown;
}

static void
show_item(void *ctx, const struct map_item *i)
{
	struct showing *s = ctx;

	if (!map_named(s->job, i->map) || !is_shown(s, i->field))
		return;
	buf_reset(&s->b);
	buf_fmt(&s->b, "%s.%.*s  %s:%u", i->object, (int)i->field.n,
	    i->field.p, i->file, i->line);
	flow_line(s->flow, buf_all(&s->b));
	show_part(s, "magento", i->expression);
	show_part(s, "when", slice(i->when));
	show_part(s, "flags", slice(i->flags));
	show_part(s, "website", i->website);
	show_part(s, "default", i->fallback);
	show_part(s, "description", i->comment);
	show_part(s, "status", i->enabled ? SLICE("enabled") :
	    SLICE("disabled"));
}

/* ---- what names no field ---- */

struct guess {
	const struct job *job;
	char *name[4096];
	int n;
};

static void
note_name(void *ctx, const struct map_item *i)
{
	struct guess *g = ctx;

	if (map_named(g->job, i->map) && i->field.n > 0 &&
	    g->n < (int)(sizeof(g->name) / sizeof(*g->name)))
		g->name[g->n++] = xstrndup(i->field.p, i->field.n);
}

/* Every FIELD names one. */
static int
check_hits(const struct job *j, const bool *hit)
{
	struct guess g = { .job = j };
	const char *near;
	int i, n = j->verb->edits ? j->change.n_fields : j->n_operands - 1;
	int status = 0;

	for (i = 0; i < j->before.n_each; i++)
		map_list(j->before.each[i], note_name, &g);
	for (i = 1; i <= n; i++) {
		if (hit[i])
			continue;
		near = j->change.line != 0 ? NULL : say_nearest(j->operand[i],
		    (const char *const *)g.name, g.n);
		say_error("%s has no field '%s'%s%s%s%s", j->operand[0],
		    j->operand[i], j->change.line == 0 ? "" : " in that line",
		    near == NULL ? "" : "; did you mean '",
		    near == NULL ? "" : near, near == NULL ? "" : "'?");
		status = WHY_SETUP;
	}
	while (g.n > 0)
		free(g.name[--g.n]);
	return status;
}

static int
show(struct job *j)
{
	struct showing s = { .job = j, .b = BUF(1 << 22) };
	int i, status;

	s.flow = flow_open("millrace-maps", FLOW_NOTHING, 0);
	for (i = 0; i < j->before.n_each; i++)
		map_list(j->before.each[i], show_item, &s);
	buf_free(&s.b);
	status = flow_close(s.flow);
	return status != 0 ? status : check_hits(j, s.hit);
}

/* ---- a change ---- */

/* The set that map i is of. */
static const struct map_set *
set_of(const struct job *j, const struct maps *m, int i)
{
	char *entity[MAPS_MAX] = { NULL };
	const struct map_set *s = NULL;
	int k;

	map_entities(j->text, (size_t)j->n, entity);
	for (k = 0; k < m->n_each && entity[i] != NULL; k++)
		if (strcmp(map_from(m->each[k]), entity[i]) == 0)
			s = m->each[k];
	for (k = 0; k < j->n; k++)
		free(entity[k]);
	return s;
}

static int
change_map(struct job *j, int i, bool *hit, struct why *w)
{
	struct edited *e = &j->edited[i];
	struct slice text = j->text[i].text;

	e->text = e->diff = BUF(MAP_FILE);
	if (text.n >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0) {
		buf_put(&e->text, text.p, 3);
		text.p += 3;
		text.n -= 3;
	}
	e->fields = map_edit(set_of(j, &j->before, i), j->text[i].name, text,
	    &j->change, &e->text, &e->diff, hit, w);
	return e->fields == -1 || e->text.over || e->diff.over ? -1 : 0;
}

/* The number of fields that change; -1: told. */
static int
change_maps(struct job *j)
{
	bool hit[FIELDS_MAX + 1] = { false };
	struct why w = {0};
	int i, all = 0;

	for (i = 0; i < j->n; i++) {
		if (!map_named(j, j->text[i].name))
			continue;
		if (change_map(j, i, hit + 1, &w) == -1) {
			say_why(&w);
			return -1;
		}
		all += j->edited[i].fields;
	}
	return check_hits(j, hit) != 0 ? -1 : all;
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

static void
check_all(struct maps *m, struct buf *doubts)
{
	int i;

	for (i = 0; i < m->n_each; i++)
		(void)map_check(m->each[i], doubts);
}

/* What looks wrong now, and did not before. */
static void
tell_doubts(struct job *j)
{
	struct buf was = BUF(4 << 20), is = BUF(4 << 20);
	struct slice rest, old, d, o;
	bool known;

	check_all(&j->before, &was);
	check_all(&j->after, &is);
	for (rest = buf_all(&is); rest.n > 0; ) {
		d = next_doubt(&rest);
		known = false;
		for (old = buf_all(&was); old.n > 0 && !known; ) {
			o = next_doubt(&old);
			known = slice_eq(doubt_text(d), doubt_text(o));
		}
		if (!known && say_tells(SAY_NORMAL))
			fprintf(stderr, "%.*s", (int)d.n, d.p);
	}
	buf_free(&was);
	buf_free(&is);
}

/* The real parser, over the changed maps and all their neighbours. */
static int
check_change(struct job *j)
{
	struct map_text text[MAPS_MAX];
	int i;

	for (i = 0; i < j->n; i++) {
		text[i] = j->text[i];
		if (j->edited[i].fields > 0)
			text[i].text = buf_all(&j->edited[i].text);
	}
	if (maps_open_each(&j->after, text, j->n) != 0) {
		fputs(buf_cstr(&j->after.mistakes), stderr);
		say_error("with this the maps would have mistakes; nothing "
		    "was changed");
		return WHY_SETUP;
	}
	tell_doubts(j);
	return 0;
}

/* ---- into the files ---- */

/* May this folder be written to? */
static int
check_folder(const struct job *j)
{
	const char *conf = conf_file(j->before.conf);
	const char *slash = strrchr(conf, '/');
	int cut = slash == NULL ? 1 : (int)(slash - conf);

	if (!j->shipped && access(j->maps, W_OK) == 0)
		return 0;
	say_error("'%s' %s: copy the maps, and edit your own", j->maps,
	    j->shipped ? "belongs to the installation, and the next one "
	    "overwrites it" : "cannot be written to");
	say_error("  cp -r '%s' '%.*s/mappings'", j->maps, cut,
	    slash == NULL ? "." : conf);
	say_error("and in %s, [runs]: mappings = mappings", conf);
	return WHY_SETUP;
}

static int
write_map(const struct job *j, int i, struct why *w)
{
	struct buf now = BUF(MAP_FILE);
	char *path = realpath(j->path[i], NULL);	/* a link stays one */
	struct file *f = NULL;
	int r = -1;

	if (path == NULL || file_read(path, &now, w) == -1)
		why(w, WHY_SETUP, "cannot read '%s'", j->path[i]);
	else if (!slice_eq(buf_all(&now), j->text[i].text))
		why(w, WHY_SETUP, "'%s' was changed meanwhile; nothing was "
		    "written there", path);
	else if ((f = file_create(path, FILE_PLAIN, w)) != NULL) {
		file_write(f, j->edited[i].text.p, j->edited[i].text.n);
		file_like(f, path);
		r = file_commit(f, w);
	}
	free(path);
	buf_free(&now);
	return r;
}

static int
tell_diff(const struct job *j)
{
	int i;

	for (i = 0; i < j->n; i++)
		if (j->edited[i].fields > 0)
			fwrite(j->edited[i].diff.p, 1, j->edited[i].diff.n,
			    stdout);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	say_error("cannot write: %s", strerror(errno));
	return WHY_BROKEN;
}

static int
edit(struct job *j)
{
	struct why w = {0};
	int i, status, fields;

	if ((!j->dry_run && (status = check_folder(j)) != 0) ||
	    (fields = change_maps(j)) == -1)
		return WHY_SETUP;
	if (fields == 0) {
		say("it is so already");
		return 0;
	}
	if ((status = check_change(j)) != 0 || (status = tell_diff(j)) != 0)
		return status;
	for (i = 0; i < j->n && !j->dry_run; i++)
		if (j->edited[i].fields > 0 && write_map(j, i, &w) == -1)
			return say_why(&w);
	say(j->dry_run ? "%d field%s would change" : "%d field%s changed; "
	    "millrace check asks Salesforce about the maps", fields,
	    fields == 1 ? "" : "s");
	return 0;
}

/* ---- arguments ---- */

static const struct verb *
find_verb(const char *name)
{
	int i;

	for (i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int
unknown(const struct opts *o, const char *name)
{
	const char *names[VERBS], *near;
	int i;

	for (i = 0; i < VERBS; i++)
		names[i] = verbs[i].name;
	near = say_nearest(name, names, VERBS);
	return opt_usage(o, "no verb '%s'%s%s%s", name, near == NULL ? "" :
	    "; did you mean '", near == NULL ? "" : near, near == NULL ? "" :
	    "'?");
}

/* Options that a verb has no use for are mistakes. */
static const char *
misplaced(const struct job *j)
{
	const struct map_change *c = &j->change;
	bool words = c->act == MAP_SET || c->act == MAP_ADD;
	bool lists = !j->verb->edits && j->verb->least == 0;

	if (!j->verb->edits && (j->dry_run || c->line != 0 ||
	    c->when != NULL || c->description != NULL))
		return "it only looks: no --dry-run, --line, --when, "
		    "--description";
	if (!lists && (j->csv || j->json || j->object != NULL))
		return "--csv, --json and --object go with list and export";
	if (!lists && j->disabled && c->act != MAP_ADD)
		return "--disabled goes with list, export and add";
	if (j->verb->edits && !words && (c->when != NULL ||
	    c->description != NULL))
		return "--when and --description go with set and add";
	if (j->verb->edits && c->act == MAP_ADD && c->line != 0)
		return "--line goes with fields that are there";
	if (j->verb->edits && c->act == MAP_SET && c->expression == NULL &&
	    c->when == NULL && c->description == NULL)
		return "nothing to set: EXPRESSION, --when or --description";
	return NULL;
}

static int
take_operands(struct job *j, const struct opts *o)
{
	struct map_change *c = &j->change;
	const char *wrong;

	if (j->n_operands < j->verb->least || j->n_operands > j->verb->most)
		return opt_usage(o, "%s takes %s", j->verb->name,
		    j->verb->operands);
	c->act = j->verb->act;
	if (j->verb->edits) {
		c->fields = j->operand + 1;
		c->n_fields = j->n_operands - 1;
	}
	if (j->verb->edits && (c->act == MAP_SET || c->act == MAP_ADD)) {
		c->n_fields = 1;
		c->expression = j->n_operands == 3 ? j->operand[2] : NULL;
		c->off = j->disabled;
	}
	if (c->when != NULL && strcmp(c->when, "always") != 0 &&
	    strcmp(c->when, "insert") != 0 && strcmp(c->when, "update") != 0)
		return opt_usage(o, "--when is always, insert or update, not "
		    "'%s'", c->when);
	wrong = misplaced(j);
	return wrong == NULL ? 0 : opt_usage(o, "%s: %s", j->verb->name, wrong);
}

static int
run(struct job *j, const char *config)
{
	int status = open_maps(j, config);

	if (status == 0 && (status = check_names(j)) == 0)
		status = j->verb->edits ? edit(j) : strcmp(j->verb->name,
		    "show") == 0 ? show(j) : list(j);
	return status;
}

static void
job_free(struct job *j)
{
	int i;

	for (i = 0; i < j->n; i++) {
		buf_free(&j->edited[i].text);
		buf_free(&j->edited[i].diff);
		free(j->path[i]);
	}
	maps_free(&j->after);
	maps_free(&j->before);
	maps_texts_free(j->text, j->n);
	free(j->maps);
}

static unsigned
line_number(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	return *text == '-' || *end != '\0' || n > 1000000 ? 0 : (unsigned)n;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "millrace-maps", .operands = "list | show | "
	    "export | enable | disable | set | add | delete [MAP [FIELD]...]",
	    .purpose = "list and change field maps, in the files that they are",
	    .table = options };
	static struct job j;
	const char *line = NULL;
	int c, status;

	say_start("millrace-maps", SAY_NORMAL);
	j.before = j.after = MAPS;
	while ((c = opt_next(&o, argc, argv)) > 0)
		switch (c) {
		case FOLDER: j.folder = o.value; break;
		case SHIPPED: j.shipped = true; break;
		case 'n': j.dry_run = true; break;
		case CSV: j.csv = true; break;
		case JSON: j.json = true; break;
		case OBJECT: j.object = o.value; break;
		case DISABLED: j.disabled = true; break;
		case LINE: line = o.value; break;
		case WHEN: j.change.when = o.value; break;
		case ABOUT: j.change.description = o.value; break;
		}
	if (c < 0)
		return o.status;
	if (o.first == argc)
		return opt_usage(&o, "no verb given");
	if (line != NULL && (j.change.line = line_number(line)) == 0)
		return opt_usage(&o, "--line takes a number, not '%s'", line);
	if ((j.verb = find_verb(argv[o.first])) == NULL)
		return unknown(&o, argv[o.first]);
	j.operand = argv + o.first + 1;
	j.n_operands = argc - o.first - 1;
	if ((status = take_operands(&j, &o)) != 0)
		return status;
	status = run(&j, o.config);
	job_free(&j);
	return status;
}
