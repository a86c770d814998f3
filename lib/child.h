#ifndef CHILD_H
#define CHILD_H

#include <sys/types.h>

#include "mem.h"
#include "why.h"

/*
 * child - a command that run-open or run-stage starts and waits for.
 *
 * Signals that end a program (INT, TERM, HUP, QUIT) are taken from a
 * descriptor, so that whoever waits can pass them on and still write down
 * how it ended; the command itself starts with the mask and the dispositions
 * that we were started with.
 */

struct child {
	pid_t pid;
	int signals;		/* a signalfd: readable when one came */
	bool group;		/* it leads a process group of its own */
};

enum { CHILD_GROUP = 1 };	/* in a process group of its own */

/*
 * Start `argv` (found by PATH) with standard output `out` (-1: ours).  -1
 * WHY_BROKEN: no process.  A command that cannot be run says so on standard
 * error and ends with status 2, as WHY_SETUP.
 */
int child_start(struct child *c, char *const argv[], int out, int how,
    struct why *w);

/* Take one signal from c->signals, and pass it on (SIGCHLD is not).  The
 * signal, or 0: none was there. */
int child_signal(struct child *c);

/* Close the descriptor. */
void child_done(struct child *c);

/* What waitpid() said, as our exit status: 0 to 4 stay, 126 and 127 (the
 * shell's "cannot run") are 2, everything else is 3. */
int child_status(int wait_status);

/* The same as members for the log: `"status":0` or `"signal":"KILL"`. */
void child_json(int wait_status, struct buf *out);

/* Where PATH finds `name`, with links followed; NULL: nowhere.  Freed by the
 * caller. */
char *child_path(const char *name);

#endif
