#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>

#include "mem.h"

/*
 * progress - how far a run is: counted by its stages, drawn by one.
 *
 * The stages of a run share a small file that all have mapped; each has a
 * slot in it, which only it writes.  Whoever began the run looks at all of
 * them and draws one line.  MILLRACE_PROGRESS in the environment names the
 * file, and to the command of a stage its slot (FILE:SLOT): say_progress()
 * then notes the total there and draws nothing itself.
 *
 *	struct progress *p = progress_new(folder, 60);	 who draws
 *	while (...)
 *		progress_draw(p);			 every PROGRESS_MS
 *	progress_free(p);
 *
 *	struct progress *p = progress_of(getenv("MILLRACE_PROGRESS"));
 *	progress_begin(p, "orders.load");		 a stage
 *	progress_count(p, &count);
 *	progress_end(p);
 *	progress_free(p);
 *
 * Nothing here is an error: where there can be no progress there is none.
 * NULL is fine everywhere.
 */

enum { PROGRESS_MS = 500 };

struct progress;

struct progress_count {
	long done;		/* records, or payloads of one record */
	long failed, held;	/* of their lines */
};

/* Make the file in `folder` and name it in the environment.  `seconds`: where
 * standard error is no terminal, a line so often; 0: none. */
struct progress *progress_new(const char *folder, long seconds);

/* The line, if it is time for one and somebody sees it. */
void progress_draw(struct progress *p);

/* By the value of MILLRACE_PROGRESS. */
struct progress *progress_of(const char *name);

/* Take a slot for this stage; standard input and output tell whom it reads
 * from and writes to.  Names it in the environment, for the command. */
void progress_begin(struct progress *p, const char *stage);
void progress_count(struct progress *p, const struct progress_count *c);

/* How many there will be, from the stage's command. */
void progress_total(struct progress *p, long total);

/* The stage is over: the last one takes the line away before anybody writes
 * there. */
void progress_end(struct progress *p);

void progress_free(struct progress *p);

/* Is standard error a terminal that obeys? */
bool progress_terminal(void);

#endif
