/* rec-map - Magento records into payloads for Salesforce, by mapping files */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf.h"
#include "csv.h"
#include "file.h"
#include "flow.h"
#include "map.h"
#include "opt.h"
#include "say.h"

enum {
	MAPS = 64,
	SETS = 64,
	MAP_FILE = 8 << 20,		/* a mapping file */
	TABLE_FILE = 64 << 20,		/* a table's CSV */
	ZONE_FILE = 1 << 20,
	REF_FILE = 64 << 20,		/* a line of the reference */
	CHECK = 256, LIST, EXPLAIN, REF, SET, EVAL,
};

static const struct opt options[] = {
	{ REF, "ref", "FILE", "stores and labels: mage-extract reference" },
	{ CHECK, "check", NULL, "say what is wrong with the maps, and stop" },
	{ LIST, "list", "[=csv|json]", "print what is mapped, and stop" },
	{ EXPLAIN, "explain", "SOURCE",
	    "tell what becomes of the record orders/1042" },
	{ SET, "set", "SECTION.NAME=VALUE", "change a setting for this run" },
	{ EVAL, "eval", "EXPR", "print the values of EXPR for each line" },
	{ 0, NULL, NULL, NULL },
};

struct job {
	struct map_world world;
	struct buf settings, mistakes;
	struct map_ref *ref;
	struct conf *conf;
	struct map_set *set;
	const char *ref_file, *list, *explain, *eval;
	const char *sets[SETS];
	int n_sets;
	bool check;
	struct flow *flow;
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

static int
read_ref(struct job *j, struct why *w)
{
	struct lines *in;
	struct line l;
	int fd, r;

	j->world.ref = j->ref = map_ref_new();
	if ((fd = open(j->ref_file, O_RDONLY | O_CLOEXEC)) == -1)
		return why(w, WHY_SETUP, "cannot read '%s': %s", j->ref_file,
		    strerror(errno));
	in = lines_open(fd, REF_FILE);
	while ((r = lines_next(in, &l, w)) == 1)
		if (map_ref_line(j->ref, l.text, w) == -1) {
			why_in(w, "%s:%llu", j->ref_file,
			    (unsigned long long)l.number);
			w->kind = WHY_SETUP;
			r = -1;
			break;
		}
	lines_close(in);
	close(fd);
	return r;
}

/* ---- settings ---- */

/* $run of a pipeline: its folder's name is 2026-11-21T020000Z-nightly. */
static int
set_run(struct job *j, struct why *w)
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
	if (conf_set(j->conf, text, w) == -1)
		return -1;
	snprintf(text, sizeof(text), "run.kind=%s", id + 19);
	if (conf_set(j->conf, text, w) == -1)
		return -1;
	snprintf(text, sizeof(text), "run.started=%.13s:%.2s:%.2sZ", id,
	    id + 13, id + 15);
	return conf_set(j->conf, text, w);
}

static int
read_settings(struct job *j, const char *config, struct why *w)
{
	const char *env = getenv("MILLRACE_CONF");
	int i;

	/* an expression can be tried without a configuration */
	if (j->eval != NULL && config == NULL && j->n_sets == 0 &&
	    (env == NULL || *env == '\0'))
		return 0;
	if ((j->conf = conf_open(config, w)) == NULL || set_run(j, w) == -1)
		return -1;
	for (i = 0; i < j->n_sets; i++)
		if (conf_set(j->conf, j->sets[i], w) == -1)
			return -1;
	conf_json(j->conf, &j->settings);
	j->world.settings = buf_all(&j->settings);
	return 0;
}

/* ---- maps ---- */

/* "maps/order.map" is the map order. */
static char *
map_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash == NULL ? path : slash + 1;
	size_t n = strlen(base);

	if (n > 4 && strcmp(base + n - 4, ".map") == 0)
		n -= 4;
	return xstrndup(base, n);
}

/* 0, or an exit status: all mistakes have been told. */
static int
read_maps(struct job *j, char **paths, int n)
{
	struct map_text texts[MAPS];
	struct buf files[MAPS];
	struct why w = {0};
	int i, status = 0;

	for (i = 0; i < n; i++) {
		files[i] = BUF(MAP_FILE);
		if (file_read(paths[i], &files[i], &w) == -1)
			status = say_why(&w);
		texts[i] = (struct map_text){ paths[i], map_name(paths[i]),
			buf_all(&files[i]) };
	}
	if (status == 0) {
		j->set = map_open(&j->world, texts, (size_t)n, &j->mistakes);
		if (j->set == NULL) {
			fputs(buf_cstr(&j->mistakes), stderr);
			status = WHY_SETUP;
		}
	}
	for (i = 0; i < n; i++) {
		buf_free(&files[i]);
		free((char *)(uintptr_t)texts[i].name);
	}
	return status;
}

/* ---- what it can do ---- */

static struct flow *
open_flow(const struct job *j)
{
	return flow_open("rec-map", FLOW_RECORDS, j->conf == NULL ? 0 :
	    (size_t)conf_int(j->conf, "runs", "line_limit"));
}

static void
on_payload(void *ctx, struct slice line)
{
	struct job *j = ctx;

	flow_line(j->flow, line);
}

static void
on_verdict(void *ctx, struct payload *p, const char *verdict,
    const char *reason, const char *message)
{
	struct job *j = ctx;

	flow_settle(j->flow, p, verdict, reason, message);
}

static int
map_all(struct job *j)
{
	struct map_sink sink = { on_payload, on_verdict, j };
	struct line l;
	struct why w = {0};

	j->flow = open_flow(j);
	while (flow_record(j->flow, &l))
		if (map_record(j->set, l.text, &sink, &w) == -1)
			flow_reject(j->flow, l.text, NULL, map_source(j->set),
			    &w);
	return flow_close(j->flow);
}

/* Lines of text for a person go out as flow's lines. */
static void
print(struct flow *f, struct slice text)
{
	const char *nl;

	while (text.n > 0) {
		nl = memchr(text.p, '\n', text.n);
		flow_line(f, (struct slice){ text.p, nl == NULL ? text.n :
		    (size_t)(nl - text.p) });
		text.n -= nl == NULL ? text.n : (size_t)(nl + 1 - text.p);
		text.p = nl == NULL ? text.p : nl + 1;
	}
}

static int
explain(struct job *j)
{
	struct buf out = BUF(16 << 20);
	struct line l;
	struct why w = {0};
	bool found = false;

	j->flow = open_flow(j);
	while (flow_record(j->flow, &l)) {
		buf_reset(&out);
		if (map_explain(j->set, l.text, &out, &w) == -1 ||
		    strcmp(map_source(j->set), j->explain) != 0)
			continue;
		found = true;
		print(j->flow, buf_all(&out));
	}
	if (!found) {
		why(&w, WHY_DATA, "no record %s came", j->explain);
		flow_fail(j->flow, &w);
	}
	buf_free(&out);
	return flow_close(j->flow);
}

static int
eval(struct job *j)
{
	struct map_expr *x = map_expr_open(&j->world, j->eval, &j->mistakes);
	struct buf out = BUF(32 << 20);
	struct line l;
	struct why w = {0};

	if (x == NULL) {
		fputs(buf_cstr(&j->mistakes), stderr);
		return WHY_SETUP;
	}
	j->flow = open_flow(j);
	while (flow_record(j->flow, &l)) {
		buf_reset(&out);
		if (map_expr_values(x, l.text, &out, &w) == -1)
			flow_fail(j->flow, &w);
		print(j->flow, buf_all(&out));
	}
	buf_free(&out);
	map_expr_close(x);
	return flow_close(j->flow);
}

/* ---- --list ---- */

static const char *const columns[] = { "object", "map", "field", "expression",
	"when", "enabled", "default", "description", "line" };
enum { COLUMNS = sizeof(columns) / sizeof(*columns) };

struct lister {
	struct flow *flow;
	struct buf b;
	const char *form;	/* "", csv or json */
};

static void
cells_of(const struct map_item *i, struct slice *c, char line[16])
{
	snprintf(line, 16, "%u", i->line);
	c[0] = slice(i->object);
	c[1] = slice(i->map);
	c[2] = i->field;
	c[3] = i->expression;
	c[4] = slice(i->when);
	c[5] = slice(i->enabled ? "yes" : "no");
	c[6] = i->fallback.p == NULL ? SLICE("") : i->fallback;
	c[7] = i->comment.p == NULL ? SLICE("") : i->comment;
	c[8] = slice(line);
}

static void
see(void *ctx, const struct map_item *i)
{
	struct lister *l = ctx;
	struct slice c[COLUMNS];
	char line[16];
	int k;

	cells_of(i, c, line);
	buf_reset(&l->b);
	for (k = 0; k < COLUMNS; k++)
		if (strcmp(l->form, "csv") == 0) {
			csv_cell(&l->b, c[k]);
		} else if (strcmp(l->form, "json") == 0) {
			buf_fmt(&l->b, "%s\"%s\":", k == 0 ? "{" : ",",
			    columns[k]);
			scan_quote(&l->b, c[k]);
		}
	if (strcmp(l->form, "csv") == 0)
		csv_end(&l->b, COLUMNS);
	else
		buf_char(&l->b, '}');
	print(l->flow, buf_all(&l->b));
}

static void
see_table(void *ctx, const struct map_item *i)
{
	struct lister *l = ctx;

	buf_reset(&l->b);
	buf_fmt(&l->b, "%-16s %-28.*s %-7s%s %.*s", i->map, (int)i->field.n,
	    i->field.p, i->when, i->enabled ? "" : " (off)",
	    (int)i->expression.n, i->expression.p);
	if (i->comment.n > 0)
		buf_fmt(&l->b, "  # %.*s", (int)i->comment.n, i->comment.p);
	print(l->flow, buf_all(&l->b));
}

static int
list(struct job *j)
{
	struct lister l = { .b = BUF(1 << 20), .form = j->list };
	int k;

	l.flow = flow_open("rec-map", FLOW_NOTHING, 0);
	if (strcmp(l.form, "csv") == 0) {
		for (k = 0; k < COLUMNS; k++)
			csv_cell(&l.b, slice(columns[k]));
		csv_end(&l.b, COLUMNS);
		print(l.flow, buf_all(&l.b));
	}
	map_list(j->set, *l.form == '\0' ? see_table : see, &l);
	buf_free(&l.b);
	return flow_close(l.flow);
}

static int
run(struct job *j, const char *config, char **maps, int n)
{
	struct why w = {0};
	int status;

	if (read_settings(j, config, &w) == -1)
		return say_why(&w);
	if (j->ref_file != NULL && read_ref(j, &w) == -1)
		return say_why(&w);
	if (j->eval != NULL)
		return eval(j);
	j->world.no_ref_needed = j->check || j->list != NULL;
	if ((status = read_maps(j, maps, n)) != 0)
		return status;
	if (j->check)
		return 0;
	return j->list != NULL ? list(j) : j->explain != NULL ? explain(j) :
	    map_all(j);
}

int
main(int argc, char **argv)
{
	struct job j = { .world = { .table = table, .zone = zone },
		.settings = BUF(1 << 20), .mistakes = BUF(1 << 20) };
	struct opts o = { .name = "rec-map", .operands = "MAP...",
		.purpose = "Magento records into payloads for Salesforce",
		.table = options };
	int c, status;

	say_start("rec-map", SAY_NORMAL);
	while ((c = opt_next(&o, argc, argv)) > 0)
		switch (c) {
		case REF:
			j.ref_file = o.value;
			break;
		case CHECK:
			j.check = true;
			break;
		case LIST:
			j.list = o.value == NULL ? "" : o.value;
			break;
		case EXPLAIN:
			j.explain = o.value;
			break;
		case SET:
			if (j.n_sets == SETS)
				return opt_usage(&o, "too many --set");
			j.sets[j.n_sets++] = o.value;
			break;
		case EVAL:
			j.eval = o.value;
			break;
		}
	if (c < 0)
		return o.status;
	if (j.list != NULL && *j.list != '\0' && strcmp(j.list, "csv") != 0 &&
	    strcmp(j.list, "json") != 0)
		return opt_usage(&o, "--list gives csv or json, not '%s'",
		    j.list);
	if ((o.first == argc) != (j.eval != NULL))
		return opt_usage(&o, j.eval != NULL ? "--eval takes no MAP" :
		    "no MAP given");
	if (argc - o.first > MAPS)
		return opt_usage(&o, "at most %d maps", MAPS);
	status = run(&j, o.config, argv + o.first, argc - o.first);
	map_close(j.set);
	map_ref_free(j.ref);
	conf_close(j.conf);
	buf_free(&j.settings);
	buf_free(&j.mistakes);
	return status;
}
