/*
 * run-verify - is a run's audit what was written, and do its books balance?
 */
#include <stdio.h>
#include <stdlib.h>

#include "books.h"
#include "chain.h"
#include "conf.h"
#include "opt.h"
#include "paint.h"
#include "runs.h"

static const struct opt options[] = {
	{ 0, NULL, NULL, NULL },
};

/* A stage without its end was killed, and its copy never appeared. */
static int
check_ends(const struct runlog *l, struct why *w)
{
	const struct runlog_stage *s;

	for (size_t i = 0; i < l->n; i++) {
		s = &l->stage[i];
		if (s->end == 0)
			return why(w, WHY_DATA, AUDIT_FILE ":%ld: %.*s has no "
			    "end: it was killed", s->start, (int)s->name.n,
			    s->name.p);
	}
	return 0;
}

static int
verify(const char *folder, struct why *w)
{
	struct runlog l;
	long copies;
	int r = -1;

	if (chain_check(folder, w) == -1)
		return -1;
	if (runlog_open(&l, folder, w) == -1)
		return -1;
	if (check_ends(&l, w) == 0 && books_copies(&l, folder, &copies, w) == 0
	    && books_counts(&l, w) == 0 && books_sources(&l, folder, w) == 0) {
		printf("%.*s: intact: %ld events, %zu stages, %ld copies; "
		    "the books balance\n", (int)l.run.n, l.run.p, l.events,
		    l.n, copies);
		r = 0;
	}
	runlog_close(&l);
	return r;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "run-verify", .operands = "[RUN]",
	    .purpose = "check a run's audit and books", .table = options };
	struct why w = { 0 };
	char *folder = NULL;
	int c, status = 0;

	while ((c = opt_next(&o, argc, argv)) > 0)
		;
	if (c < 0)
		return o.status;
	if (argc - o.first > 1)
		return opt_usage(&o, "more than one RUN given");
	paint_begin();
	if (runs_pick(o.config, argv[o.first], &folder, &w) == -1)
		return say_why(&w);
	if (verify(folder, &w) == -1) {
		status = w.kind;
		if (w.kind == WHY_DATA)
			printf("%s: %s\n", runs_name(folder), w.text);
		else
			say_why(&w);
	}
	free(folder);
	return paint_end(stdout, status);
}
