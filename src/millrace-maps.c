/* millrace-maps - list and change field maps, in the files that they are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "items.h"
#include "maps-edit.h"
#include "opt.h"
#include "say.h"

enum { FOLDER = 256, SHIPPED, CSV, JSON, OBJECT, DISABLED, LINE, WHEN, ABOUT };
enum { FIELDS_MAX = 256 };

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
	int least, most;		/* operands */
	bool edits;
	enum map_act act;
	enum items_form form;		/* else */
};

static const struct verb verbs[] = {
	{ "list", "[MAP]...", 0, FIELDS_MAX, false, 0, ITEMS_TABLE },
	{ "show", "MAP [FIELD]...", 1, FIELDS_MAX, false, 0, ITEMS_LONG },
	{ "export", "[MAP]...", 0, FIELDS_MAX, false, 0, ITEMS_CSV },
	{ "enable", "MAP FIELD...", 2, FIELDS_MAX, true, MAP_ON, 0 },
	{ "disable", "MAP FIELD...", 2, FIELDS_MAX, true, MAP_OFF, 0 },
	{ "set", "MAP FIELD [EXPRESSION]", 2, 3, true, MAP_SET, 0 },
	{ "add", "MAP FIELD EXPRESSION", 3, 3, true, MAP_ADD, 0 },
	{ "delete", "MAP FIELD...", 2, FIELDS_MAX, true, MAP_DELETE, 0 },
};
enum { VERBS = sizeof(verbs) / sizeof(*verbs) };

struct job {
	const struct verb *verb;
	char **operand;
	int n_operands;
	const char *folder, *object;
	bool shipped, dry_run, disabled, csv, json;
	struct map_change change;
	struct maps_named who;
	bool hit[FIELDS_MAX];		/* who.field[i] names one */
	char *dir;			/* the folder that it is */
	char *path[MAPS_MAX];
	struct map_text text[MAPS_MAX];
	int n;
	struct maps maps;
};

/* ---- the maps ---- */

/* Where they are: --maps, else the environment, else the configuration. */
static int
find_folder(struct job *j, struct why *w)
{
	const char *own = getenv("MILLRACE_MAPPINGS");

	if (j->folder == NULL && own != NULL && *own != '\0')
		j->folder = own;
	j->dir = j->folder != NULL ? xstrdup(j->folder) :
	    conf_path(j->maps.conf, "runs", "mappings");
	return j->dir != NULL ? 0 : why(w, WHY_SETUP, "which maps? --maps "
	    "DIR, or [runs] mappings in the configuration");
}

static int
open_maps(struct job *j, const char *config)
{
	struct why w = {0};
	int n, status;

	if (maps_settings(&j->maps, config, &w) == -1 ||
	    find_folder(j, &w) == -1 ||
	    (n = maps_in(j->dir, j->path, &w)) == -1)
		return say_why(&w);
	j->n = n;
	j->maps.world.no_ref_needed = j->maps.world.whole = true;
	if ((status = maps_texts(j->path, j->n, j->text)) == 0 &&
	    (status = maps_open_each(&j->maps, j->text, j->n)) != 0) {
		fputs(buf_cstr(&j->maps.mistakes), stderr);
		if (j->verb->edits)
			say_error("the maps have mistakes as they are; "
			    "nothing was changed");
	}
	return status;
}

/* ---- list, show, export ---- */

static bool
wanted(void *ctx, const struct map_item *i)
{
	struct job *j = ctx;

	return maps_named_map(&j->who, i->map) &&
	    maps_named_field(&j->who, i->field, j->hit) &&
	    (!j->disabled || !i->enabled) &&
	    (j->object == NULL || strcmp(j->object, i->object) == 0);
}

static int
look(struct job *j)
{
	struct flow *f = flow_open("millrace-maps", FLOW_NOTHING, 0);
	struct winsize w;
	bool terminal = isatty(STDOUT_FILENO) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0;
	int status;

	items_put(f, j->maps.each, j->maps.n_each, j->json ? ITEMS_JSON :
	    j->csv ? ITEMS_CSV : j->verb->form, terminal ? w.ws_col : 0,
	    wanted, j);
	status = flow_close(f);
	return status != 0 ? status : maps_named_hit(&j->who, &j->maps,
	    j->hit);
}

/* ---- a change ---- */

/* May this folder be written to? */
static int
check_folder(const struct job *j)
{
	const char *conf = conf_file(j->maps.conf);
	const char *slash = strrchr(conf, '/');
	int cut = slash == NULL ? 1 : (int)(slash - conf);

	if (!j->shipped && access(j->dir, W_OK) == 0)
		return 0;
	say_error("'%s' %s: copy the maps, and edit your own", j->dir,
	    j->shipped ? "belongs to the installation, and the next one "
	    "overwrites it" : "cannot be written to");
	say_error("  cp -r '%s' '%.*s/mappings'", j->dir, cut,
	    slash == NULL ? "." : conf);
	say_error("and in %s, [runs]: mappings = mappings", conf);
	return WHY_SETUP;
}

static int
change(struct job *j, struct maps_edit *e)
{
	int status, fields;

	if ((!j->dry_run && (status = check_folder(j)) != 0) ||
	    (fields = maps_edit_make(e, &j->who, &j->change)) == -1)
		return WHY_SETUP;
	if (fields == 0) {
		say("it is so already");
		return 0;
	}
	if ((status = maps_edit_check(e)) != 0 ||
	    (status = maps_edit_diff(e, stdout)) != 0 ||
	    (!j->dry_run && (status = maps_edit_write(e)) != 0))
		return status;
	say(j->dry_run ? "%d field%s would change" : "%d field%s changed; "
	    "millrace check asks Salesforce about the maps", fields,
	    fields == 1 ? "" : "s");
	return 0;
}

static int
edit(struct job *j)
{
	struct maps_edit *e = maps_edit_new(&j->maps, j->text, j->n);
	int status = change(j, e);

	maps_edit_free(e);
	return status;
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
	const char *names[VERBS];
	char meant[SAY_MEANT];
	int i;

	for (i = 0; i < VERBS; i++)
		names[i] = verbs[i].name;
	return opt_usage(o, "no verb '%s'%s", name,
	    say_meant(meant, name, names, VERBS));
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

/* MAP... or MAP FIELD..., and an EXPRESSION behind one FIELD. */
static void
name_operands(struct job *j)
{
	struct map_change *c = &j->change;
	struct maps_named *who = &j->who;
	bool maps_only = !j->verb->edits && j->verb->least == 0;

	who->map = j->operand;
	who->n_maps = maps_only ? j->n_operands : 1;
	who->field = j->operand + who->n_maps;
	who->n_fields = j->n_operands - who->n_maps;
	who->by_line = c->line != 0;
	c->act = j->verb->act;
	if (j->verb->edits && (c->act == MAP_SET || c->act == MAP_ADD)) {
		who->n_fields = 1;
		c->expression = j->n_operands == 3 ? j->operand[2] : NULL;
		c->off = j->disabled;
	}
	c->fields = who->field;
	c->n_fields = who->n_fields;
}

static int
take_operands(struct job *j, const struct opts *o)
{
	const char *when = j->change.when, *wrong;

	if (j->n_operands < j->verb->least || j->n_operands > j->verb->most)
		return opt_usage(o, "%s takes %s", j->verb->name,
		    j->verb->operands);
	name_operands(j);
	if (when != NULL && strcmp(when, "always") != 0 &&
	    strcmp(when, "insert") != 0 && strcmp(when, "update") != 0)
		return opt_usage(o, "--when is always, insert or update, not "
		    "'%s'", when);
	wrong = misplaced(j);
	return wrong == NULL ? 0 : opt_usage(o, "%s: %s", j->verb->name, wrong);
}

static int
run(struct job *j, const char *config)
{
	int status = open_maps(j, config);

	if (status == 0 && (status = maps_named_check(&j->who, j->text, j->n,
	    j->dir)) == 0)
		status = j->verb->edits ? edit(j) : look(j);
	return status;
}

static void
job_free(struct job *j)
{
	int i;

	for (i = 0; i < j->n; i++)
		free(j->path[i]);
	maps_free(&j->maps);
	maps_texts_free(j->text, j->n);
	free(j->dir);
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
	j.maps = MAPS;
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
