#ifndef SAY_H
#define SAY_H

#include <stdbool.h>

#include "why.h"

/*
 * say - what a program tells a person, on standard error.
 *
 * Every line is "NAME: text\n", written at once.  Control characters in the
 * text are shown as \xNN, so that a server's words cannot move a cursor.
 */

enum say_level { SAY_QUIET = -1, SAY_NORMAL = 0, SAY_VERBOSE = 1, SAY_DEBUG };

void say_start(const char *name, enum say_level level);
void say_level(enum say_level level);
bool say_tells(enum say_level level);	/* is this much told? */

void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void say_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Tell `w` and return its kind, the exit status (3 for WHY_NONE). */
int say_why(const struct why *w);

/*
 * How far we are: on a terminal in place each second, else at most once a
 * minute.  `total` < 0: not known.  In a stage of a run the total is noted
 * for the line that is drawn for all stages, and nothing is told.
 */
void say_progress(const char *what, long done, long total);

/* The name nearest to `name` among `n` names at `list`, or NULL when none is
 * near enough to be meant. */
const char *say_nearest(const char *name, const char *const *list, int n);

/* "; did you mean 'X'?" of say_nearest(), put into `room`, or "": how a message
 * about `name` ends. */
enum { SAY_MEANT = 256 };
const char *say_meant(char room[SAY_MEANT], const char *name,
    const char *const *list, int n);

#endif
