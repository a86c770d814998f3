#ifndef RUN_LOCK_H
#define RUN_LOCK_H

#include <stdbool.h>

#include "conf.h"
#include "why.h"

/*
 * run-lock - one run at a time per ledger, and who died with the lock.
 *
 *	struct run_lock l = RUN_LOCK;
 *	if (run_lock_take(&l, conf, &w) == -1) ...
 *	if (run_lock_died(&l, &dead)) ...
 *	run_lock_wipe(&l);
 *	run_lock_sign(&l, "2026-11-21T020000Z-nightly", now);
 *	...
 *	run_lock_wipe(&l);
 *
 * The file is `[ledger] path` with .lock behind.  Its descriptor is inherited
 * by every child: the lock lasts as long as the last of them, and nobody has
 * to unlock after a crash.  Who signs writes its name there and wipes it away
 * when all is over: who gets the lock and finds a name knows that its run
 * died.
 */
struct run_lock {
	int fd;			/* -1: not taken */
	bool signature;		/* it is ours */
};

#define RUN_LOCK { -1, false }

struct run_holder {
	char run[256], since[64];
	long pid;
};

/* -1 WHY_BUSY: another run has it, and which; WHY_SETUP or WHY_BROKEN: it
 * cannot be had. */
int run_lock_take(struct run_lock *l, const struct conf *c, struct why *w);

/*
 * For a program that may be started by hand: as run_lock_take(), but 0 as well
 * where the run that has it is `run`, its own.  One that was killed a moment
 * ago may still have it: busy it is after two seconds.
 */
int run_lock_join(struct run_lock *l, const struct conf *c, const char *run,
    struct why *w);

/* Did the run that had it before die?  Then `h` is that one. */
bool run_lock_died(const struct run_lock *l, struct run_holder *h);

/* `run` has it, since `now`. */
void run_lock_sign(struct run_lock *l, const char *run, long long now);

/* No run need be taken for dead.  Fine where the lock was not taken. */
void run_lock_wipe(struct run_lock *l);

#endif
