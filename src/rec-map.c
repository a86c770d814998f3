/* rec-map - Magento records into payloads for Salesforce, by mapping files */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "conf.h"
#include "flow.h"
#include "items.h"
#include "maps.h"
#include "opt.h"
#include "say.h"

enum { THREADS = 64 };

enum { CHECK = 256, LIST, EXPLAIN, REF, SET, EVAL, KNOWN };

static const struct opt options[] = {
	{ REF, "ref", "FILE", "stores and labels: mage-extract reference" },
	{ CHECK, "check", NULL, "say what is wrong with the maps, and stop" },
	{ KNOWN, "known", "FILE", "for --check: records of the store" },
	{ LIST, "list", "[=csv|json]", "print what is mapped, and stop" },
	{ EXPLAIN, "explain", "SOURCE",
	    "tell what becomes of the record orders/1042" },
	{ SET, "set", "SECTION.NAME=VALUE", "change a setting for this run" },
	{ EVAL, "eval", "EXPR", "print the values of EXPR for each line" },
	{ 'j', "threads", "N", "let N threads do it, each on some lines" },
	{ 0, NULL, NULL, NULL },
};

struct job {
	struct maps m;
	const char *ref_file, *list, *explain, *eval, *known;
	bool check;
	int threads;
};

static int
read_settings(struct job *j, const char *config, struct why *w)
{
	const char *env = getenv("MILLRACE_CONF");

	/* an expression can be tried without a configuration */
	if (j->eval != NULL && config == NULL && j->m.n_sets == 0 &&
	    (env == NULL || *env == '\0'))
		return 0;
	return maps_settings(&j->m, config, w);
}

/* ---- what it can do ---- */

static struct flow *
open_flow(const struct job *j, enum flow_reads reads)
{
	return flow_open("rec-map", reads, j->m.conf == NULL ? 0 :
	    (size_t)conf_int(j->m.conf, "runs", "line_limit"));
}

static void
on_payload(void *flow, struct slice line)
{
	flow_line(flow, line);
}

static void
on_verdict(void *flow, struct payload *p, const char *verdict,
    const char *reason, const char *message)
{
	flow_settle(flow, p, verdict, reason, message);
}

/* One thread's work. */
static void
map_some(struct flow *f, void *set)
{
	struct map_run *run = map_run_new(set);
	struct map_sink sink = { on_payload, on_verdict, f };
	struct line l;
	struct why w = {0};

	while (flow_record(f, &l))
		if (map_record(run, l.text, &sink, &w) == -1)
			flow_reject(f, l.text, NULL, map_source(run), &w);
	map_run_free(run);
}

static int
map_all(struct job *j)
{
	struct flow *f = open_flow(j, FLOW_RECORDS);

	flow_share(f, j->threads, map_some, j->m.set);
	return flow_close(f);
}

/* What is a mistake has been told; a doubt is not one: status 1. */
static int
check(struct job *j)
{
	struct buf *out = &j->m.mistakes;
	long doubts = 0;
	int i;

	if (j->known != NULL && j->m.n_each > 1) {
		say_error("--known goes with maps of one entity, these are "
		    "of %d", j->m.n_each);
		return WHY_SETUP;
	}
	buf_reset(out);
	for (i = 0; i < j->m.n_each; i++)
		doubts += map_check(j->m.each[i], out);
	if (doubts == 0)
		return 0;
	if (say_tells(SAY_NORMAL)) {
		fputs(buf_cstr(out), stderr);
		say("%ld place%s to look at; what only your store sends is "
		    "known with --known RECORDS", doubts, doubts == 1 ?
		    "" : "s");
	}
	return WHY_DATA;
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
	const char *from = map_from(j->m.set);
	size_t n = strlen(from);
	struct map_run *run;
	struct flow *f;
	struct buf out = BUF(64 << 20);
	struct line l;
	struct why w = {0};
	bool found = false;

	if (strncmp(j->explain, from, n) != 0 || j->explain[n] != '/') {
		why(&w, WHY_SETUP, "the maps are from %s: --explain %s/ID, "
		    "not '%s'", from, from, j->explain);
		return say_why(&w);
	}
	f = open_flow(j, FLOW_LINES);	/* a verdict is no answer here */
	run = map_run_new(j->m.set);
	while (!found && flow_text(f, &l))
		found = !payload_is_verdict(l.text) && map_explain(run, l.text, j->explain, &out, &w) == 1;
	print(f, buf_all(&out));
	if (!found) {
		why(&w, WHY_DATA, "no record %s came", j->explain);
		flow_fail(f, &w);
	}
	buf_free(&out);
	map_run_free(run);
	return flow_close(f);
}

static int
eval(struct job *j)
{
	struct map_expr *x;
	struct flow *f;
	struct buf out = BUF(32 << 20);
	struct line l;
	struct why w = {0};

	maps_files(&j->m.world);
	x = map_expr_open(&j->m.world, j->eval, &j->m.mistakes);
	if (x == NULL) {
		fputs(buf_cstr(&j->m.mistakes), stderr);
		return WHY_SETUP;
	}
	f = open_flow(j, FLOW_RECORDS);
	while (flow_record(f, &l)) {
		buf_reset(&out);
		if (map_expr_values(x, l.text, &out, &w) == -1)
			flow_fail(f, &w);
		print(f, buf_all(&out));
	}
	buf_free(&out);
	map_expr_close(x);
	return flow_close(f);
}

/* A terminal's lines are cut, a file's are not. */
static int
list(struct job *j)
{
	struct flow *f = flow_open("rec-map", FLOW_NOTHING, 0);
	struct winsize w;
	bool terminal = isatty(STDOUT_FILENO) &&
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0;

	items_put(f, j->m.each, j->m.n_each,
	    strcmp(j->list, "csv") == 0 ? ITEMS_CSV :
	    strcmp(j->list, "json") == 0 ? ITEMS_JSON : ITEMS_TABLE,
	    terminal ? w.ws_col : 0, NULL, NULL);
	return flow_close(f);
}

static int
run(struct job *j, const char *config, char **maps, int n)
{
	struct why w = {0};
	int status;

	if (read_settings(j, config, &w) == -1)
		return say_why(&w);
	if ((j->ref_file != NULL && maps_ref(&j->m, j->ref_file, &w) == -1) ||
	    (j->known != NULL && maps_known(&j->m, j->known, &w) == -1))
		return say_why(&w);
	if (j->eval != NULL)
		return eval(j);
	j->m.world.no_ref_needed = j->check || j->list != NULL;
	j->m.world.whole = j->check;
	if (j->check || j->list != NULL) {
		if ((status = maps_read_each(&j->m, maps, n)) != 0)
			return status;
		return j->check ? check(j) : list(j);
	}
	if ((status = maps_read(&j->m, maps, n)) != 0)
		return status;
	return j->explain != NULL ? explain(j) : map_all(j);
}

/* 1 to THREADS, or 0. */
static int
number_of(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	return end == text || *end != '\0' || n < 1 || n > THREADS ? 0 : (int)n;
}

int
main(int argc, char **argv)
{
	struct job j = { .m = MAPS };
	struct opts o = { .name = "rec-map", .operands = "MAP...",
		.purpose = "Magento records into payloads for Salesforce",
		.table = options };
	const char *threads = "1";
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
			if (maps_sets(&j.m, o.value) == -1)
				return opt_usage(&o, "too many --set");
			break;
		case EVAL:
			j.eval = o.value;
			break;
		case KNOWN:
			j.known = o.value;
			break;
		case 'j':
			threads = o.value;
			break;
		}
	if (c < 0)
		return o.status;
	if ((j.threads = number_of(threads)) == 0)
		return opt_usage(&o, "-j takes 1 to %d threads, not '%s'",
		    THREADS, threads);
	if (j.list != NULL && *j.list != '\0' && strcmp(j.list, "csv") != 0 &&
	    strcmp(j.list, "json") != 0)
		return opt_usage(&o, "--list gives csv or json, not '%s'",
		    j.list);
	if (j.known != NULL && !j.check)
		return opt_usage(&o, "--known goes with --check");
	if ((o.first == argc) != (j.eval != NULL))
		return opt_usage(&o, j.eval != NULL ? "--eval takes no MAP" :
		    "no MAP given");
	if (argc - o.first > MAPS_MAX)
		return opt_usage(&o, "at most %d maps", MAPS_MAX);
	status = run(&j, o.config, argv + o.first, argc - o.first);
	maps_free(&j.m);
	return status;
}
