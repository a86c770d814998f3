#ifndef RUNS_H
#define RUNS_H

#include "mem.h"
#include "why.h"

/*
 * runs - the folder of runs: `[runs] dir`, a folder in it for each run.
 *
 * A run's folder is named by its start and kind, 2026-11-21T020000Z-nightly,
 * so that names sort by time; `latest` is a link to the newest of those that
 * a person asks for, see run-open(1).
 */

/*
 * Make the folder of a new run of `kind` that begins at `now`.  `folder`
 * (freed by the caller) is its absolute path.  A second run in the same second
 * gets -2 behind.  -1 WHY_BROKEN.
 */
int runs_make(const char *runs, const char *kind, long long now,
    char **folder, struct why *w);

/* Turn `latest` to a run's folder.  -1 WHY_BROKEN. */
int runs_latest(const char *runs, const char *folder, struct why *w);

/*
 * Find a run by what a person says: a folder, the name of one in the folder
 * of runs, or NULL for `latest`.  That folder, `[runs] dir`, comes from the
 * configuration `config` (-c, or NULL), which is not needed when `name` is a
 * folder.  `folder` is freed by the caller.  -1 WHY_SETUP: there is none.
 */
int runs_pick(const char *config, const char *name, char **folder,
    struct why *w);

/* The last part of a folder's path. */
const char *runs_name(const char *folder);

/* The names of all runs, oldest first; *n of them.  All are freed at once by
 * runs_free(). */
char **runs_list(const char *runs, size_t *n);
void runs_free(char **list, size_t n);

/* Lock a run's folder for as long as the descriptor is open in this process
 * or in a child.  The descriptor, or -1. */
int runs_hold(const char *folder);

/* Does somebody hold it? */
bool runs_busy(const char *folder);

/* The key that hides addresses in the logs of `runs`; made on first use, in
 * `audit.key`, mode 0600.  -1 WHY_BROKEN or WHY_SETUP. */
int runs_key(const char *runs, struct buf *key, struct why *w);

/* May `text` name a kind or a stage, and so a file?  Letters, digits and
 * ._- only, no dot in front. */
bool runs_is_name(const char *text);

/* The start of a run in seconds since 1970 by its name, or -1. */
long long runs_start(const char *name);

#endif
