#ifndef ALERT_H
#define ALERT_H

#include "conf.h"
#include "why.h"

/*
 * alert - somebody is told that a run failed: [runs] alert is run with a text
 * on its standard input.
 *
 * Its words are cut at blanks and run as they are, by no shell, so nothing in
 * a name or a message can become a command.  The text is `headline`, an empty
 * line, and what run-report says of the run; MILLRACE_SUBJECT has the headline
 * as well.  It starts with no signal blocked or ignored by us.
 */

enum { ALERT_SECONDS = 60 };	/* it may take; then it is killed */

/* Does such an end ask for it, as [runs] alert and alert_from say? */
bool alert_wanted(const struct conf *c, int status);

/*
 * Run it.  `folder` is the run's, NULL where it has none.  The descriptors in
 * `keep` (the run's lock; -1 is none) are closed in it, so that what it leaves
 * behind holds no lock.
 * -1 with `w`: there is no such program, it failed, or took too long.
 */
int alert_send(const struct conf *c, const char *folder, const char *headline,
    const int keep[2], struct why *w);

/* The program that [runs] alert names can be run; true where none is set. */
bool alert_there(const struct conf *c);

#endif
