#ifndef CREW_H
#define CREW_H

#include <stdint.h>

/*
 * crew - several workers, results in the order of the tasks' keys.
 *
 *	struct crew *c = crew_open(n, selves, work);
 *
 *	for (;;) {
 *		while (crew_held(c) < 2 * n && (task = next()) != NULL)
 *			crew_put(c, task, key);
 *		if ((task = crew_get(c)) == NULL)
 *			break;
 *		use(task);
 *	}
 *	crew_close(c, free_task);
 *
 * Each worker is a thread that calls work(self, task) with its own `self`;
 * what they share they must guard.  Everything else belongs to the caller's
 * thread.  A task may be put before others that are held: what is left of one
 * that was got comes next.
 */
struct crew;

/* `selves`: `workers` of them; borrowed.  Where the system gives fewer threads,
 * those do the work, or crew_get() where it gives none. */
struct crew *crew_open(int workers, void **selves,
    void (*work)(void *self, void *task));

void crew_put(struct crew *c, void *task, int64_t key);

/* The task with the least key that was not got, when it is done; NULL: no
 * task is held. */
void *crew_get(struct crew *c);

int crew_held(const struct crew *c);	/* put and not got */

/* Waits for those at work; `leave` gets every task that was not got. */
void crew_close(struct crew *c, void (*leave)(void *task));

#endif
