#ifndef RUNLOG_H
#define RUNLOG_H

#include "audit.h"

/*
 * runlog - a run as its log tells it: the stages, how they hang together.
 *
 *	struct runlog l;
 *	if (runlog_open(&l, folder, &w) == -1) ...
 *	for (size_t i = 0; i < l.n; i++)
 *		... l.stage[i].name ...
 *	runlog_close(&l);
 *
 * The log is taken as it stands; chain_check() says whether to believe it.
 */

struct runlog_stage {
	struct slice name;	/* orders.map */
	struct slice program;	/* path, or { NULL, 0 } */
	struct slice arguments;	/* raw array */
	struct slice reads, writes;	/* which pipes, or { NULL, 0 } */
	long start, end;	/* lines of the log; end 0: it never ended */
	long status;		/* -1: by a signal, or it never ended */
	struct slice signal;
	bool left;		/* its reader left before the end */
	double seconds, cpu;
	long long lines, bytes, records, payloads, verdicts, deletes, told,
	    sources;
	struct slice counts;	/* raw array: map, verdict, reason, lines */
	struct slice tally;	/* the members from "lines" to "counts", as
				 * tally_json() wrote them */
	struct slice kept;	/* file of the kept copy, or { NULL, 0 } */
	bool pruned;		/* and it went by keep_days */
	long from;		/* the stage that it reads from, or -1 */
};

struct runlog {
	struct audit log;
	struct slice run, kind, at, version, conf, arguments;
	struct slice before_run, before_hash;	/* what `previous` says */
	long events;
	long status;		/* -1: a signal, or no end */
	struct slice signal;
	bool ended;
	double seconds;
	struct slice calls;	/* raw array of API calls, or { NULL, 0 } */
	struct slice forecast;	/* raw object, or { NULL, 0 } */
	struct runlog_stage *stage;	/* pipeline by pipeline as they
				 * started, each from its source on */
	size_t n;
};

/* -1 WHY_SETUP: there is no log. */
int runlog_open(struct runlog *l, const char *folder, struct why *w);
void runlog_close(struct runlog *l);

/*
 * The API calls of one system after another, with scan_enter(&s, l->calls)
 * before: 1 and both, 0 at the end.
 */
int runlog_call(const struct runlog *l, struct scan *s, struct slice *system,
    struct slice *calls);

/* Did it come to its end with its output whole: status 0, 1 or 4, and its
 * reader stayed? */
bool runlog_whole(const struct runlog_stage *s);

/* Is stage `i` the end of its pipeline: does no other read from it? */
bool runlog_last(const struct runlog *l, size_t i);

/* The part of a stage's name before the last dot: what stages of one
 * pipeline share. */
struct slice runlog_pipe(const struct runlog_stage *s);

/* The program's name without its path; { NULL, 0 }: not known. */
struct slice runlog_base(const struct runlog_stage *s);

#endif
