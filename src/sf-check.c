/* sf-check - maps and settings against what Salesforce takes */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ledger.h"
#include "lines.h"
#include "maps.h"
#include "opt.h"
#include "salesforce-check.h"
#include "say.h"

enum { DESCRIBE = 256, SAVE, EXTRACT, REF, SET };

static const struct opt options[] = {
	{ EXTRACT, "extract", "FILE", "records: their values as well" },
	{ REF, "ref", "FILE", "stores and labels: mage-extract reference" },
	{ SET, "set", "SECTION.NAME=VALUE", "change a setting for this run" },
	{ SAVE, "save", "DIR", "keep what Salesforce answers" },
	{ DESCRIBE, "describe", "DIR", "ask what --save kept, not the org" },
	{ 0, NULL, NULL, NULL },
};

struct job {
	struct maps m;
	const char *extract, *ref, *save, *describe;
	char started[48];		/* run.started=... */
	struct ledger *ledger;
	struct sf *sf;
	struct findings *found;
	struct sf_check *check;
	long rejected;			/* payloads of the extract */
};

/* ---- settings and maps ---- */

/* A run has a start, which maps may send. */
static int
read_settings(struct job *j, const char *config, struct why *w)
{
	time_t now = time(NULL);
	struct tm t;

	gmtime_r(&now, &t);
	strftime(j->started, sizeof(j->started),
	    "run.started=%Y-%m-%dT%H:%M:%SZ", &t);
	j->m.sets[0] = j->started;
	if (maps_settings(&j->m, config, w) == -1 ||
	    (j->ref != NULL && maps_ref(&j->m, j->ref, w) == -1))
		return -1;
	j->m.world.no_ref_needed = j->extract == NULL;
	return 0;
}

/* 0, or an exit status: all mistakes of all maps have been told. */
static int
read_maps(struct job *j, char **paths, int n)
{
	int status = maps_read_each(&j->m, paths, n);

	if (status == 0 && j->extract != NULL && j->m.n_each > 1) {
		say_error("--extract goes with maps of one entity, these are "
		    "of %d", j->m.n_each);
		status = WHY_SETUP;
	}
	return status;
}

/* ---- Salesforce, or what it said once ---- */

static int
open_org(struct job *j, struct why *w)
{
	struct stat st;

	if (j->describe != NULL) {
		if (stat(j->describe, &st) == -1 || !S_ISDIR(st.st_mode))
			return why(w, WHY_SETUP, "no folder '%s': --save "
			    "makes one", j->describe);
		j->sf = sf_saved(j->describe);
		return 0;
	}
	if ((j->ledger = ledger_of(j->m.conf, LEDGER_WRITE, w)) == NULL ||
	    (j->sf = sf_open(j->m.conf, j->ledger, w)) == NULL)
		return -1;
	return j->save == NULL ? 0 : sf_save(j->sf, j->save, w);
}

/* ---- the extract ---- */

struct sinking {
	struct job *j;
	struct why *w;
	bool failed;
};

static void
on_payload(void *ctx, struct slice line)
{
	struct sinking *s = ctx;

	if (!s->failed)
		s->failed = sf_check_payload(s->j->check, line, s->w) == -1;
}

static void
on_verdict(void *ctx, struct payload *p, const char *verdict,
    const char *reason, const char *message)
{
	struct sinking *s = ctx;

	(void)p, (void)reason, (void)message;
	s->j->rejected += strcmp(verdict, "rejected") == 0;
}

static int
read_extract(struct job *j, struct why *w)
{
	struct sinking s = { j, w, false };
	struct map_sink sink = { on_payload, on_verdict, &s };
	int fd = open(j->extract, O_RDONLY | O_CLOEXEC), r;
	struct map_run *run;
	struct why bad = {0};
	struct lines *in;
	struct line l;

	if (fd == -1)
		return why(w, WHY_SETUP, "cannot read '%s': %s", j->extract,
		    strerror(errno));
	run = map_run_new(j->m.each[0]);
	in = lines_open(fd, (size_t)conf_int(j->m.conf, "runs",
	    "line_limit"));
	while (!s.failed && (r = lines_next(in, &l, w)) == 1)
		if (l.over || map_record(run, l.text, &sink, &bad) == -1)
			j->rejected++;
	lines_close(in);
	map_run_free(run);
	close(fd);
	return s.failed ? -1 : r;
}

/* ---- all together ---- */

static int
check(struct job *j, struct why *w)
{
	int i;

	j->found = findings_new();
	j->check = sf_check_new(j->sf, j->found);
	if (sf_check_settings(j->check, j->m.conf, w) == -1)
		return -1;
	for (i = 0; i < j->m.n_each; i++)
		if (sf_check_maps(j->check, j->m.each[i], w) == -1)
			return -1;
	return j->extract == NULL ? 0 : read_extract(j, w);
}

static int
run(struct job *j, const char *config, char **paths, int n)
{
	struct why w = {0};
	size_t errors;
	int status;

	if (read_settings(j, config, &w) == -1)
		return say_why(&w);
	if ((status = read_maps(j, paths, n)) != 0)
		return status;
	if (open_org(j, &w) == -1 || check(j, &w) == -1)
		return say_why(&w);
	errors = sf_check_tell(j->check, stdout);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		why(&w, WHY_BROKEN, "cannot write the output");
		return say_why(&w);
	}
	if (j->rejected > 0)
		say("%ld payloads or records of '%s' are rejected by the "
		    "maps; rec-map says why", j->rejected, j->extract);
	return errors > 0 ? WHY_DATA : 0;
}

static int
finish(struct job *j, int status)
{
	struct why w = {0};

	sf_check_free(j->check);
	findings_free(j->found);
	sf_close(j->sf);
	if (ledger_close(j->ledger, &w) == -1)
		status = say_why(&w);
	maps_free(&j->m);
	return status;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "sf-check", .operands = "MAP...",
	    .purpose = "maps and settings against what Salesforce takes",
	    .table = options };
	struct job j = { .m = MAPS };
	int c;

	say_start("sf-check", SAY_NORMAL);
	j.m.n_sets = 1;		/* run.started, which --set may change */
	while ((c = opt_next(&o, argc, argv)) > 0)
		switch (c) {
		case EXTRACT:
			j.extract = o.value;
			break;
		case REF:
			j.ref = o.value;
			break;
		case SAVE:
			j.save = o.value;
			break;
		case DESCRIBE:
			j.describe = o.value;
			break;
		case SET:
			if (maps_sets(&j.m, o.value) == -1)
				return opt_usage(&o, "too many --set");
			break;
		}
	if (c < 0)
		return o.status;
	if (j.save != NULL && j.describe != NULL)
		return opt_usage(&o, "--save asks the org, --describe does "
		    "not: give one");
	if (o.first == argc)
		return opt_usage(&o, "no MAP given");
	if (argc - o.first > MAPS_MAX)
		return opt_usage(&o, "at most %d maps", MAPS_MAX);
	return finish(&j, run(&j, o.config, argv + o.first,
	    argc - o.first));
}
