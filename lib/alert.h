#ifndef ALERT_H
#define ALERT_H

#include "conf.h"
#include "why.h"

/*
 * alert - somebody is told that a run failed: [runs] alert is run with a text
 * on its standard input.
 *
 * Its words are cut at blanks and run as they are, by no shell, so nothing in
 * a name or a message can become a command.  The text is a headline, an empty
 * line, and what run-report says of the run; MILLRACE_SUBJECT has the headline
 * as well.  It starts with no signal blocked or ignored by us.
 */

enum { ALERT_SECONDS = 60 };	/* it may take; then it is killed */

struct alert {
	const struct conf *conf;
	const char *folder;	/* the run's, NULL where it has none */
	int keep[2];		/* descriptors that lock (-1: none): closed in
				 * it, what it leaves behind holds no lock */
};

/*
 * Tell that a run ended with `status`, where [runs] alert and alert_from ask
 * for such an end.  The headline is "millrace on HOST: " and the text of
 * `fmt`.  The log of the run gets an event "alert" that says whether it was
 * told.  What goes wrong is told on standard error.
 */
void alert_tell(const struct alert *a, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The program that [runs] alert names can be run; true where none is set. */
bool alert_there(const struct conf *c);

#endif
