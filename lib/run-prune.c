/* run-prune - what of old runs is kept no longer. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit.h"
#include "metrics.h"
#include "run-prune.h"
#include "runs.h"
#include "say.h"

enum { DAY = 24 * 60 * 60, EVENT = 512 << 10 };

/* Copies and what the pipelines left beside them. */
static int
goes(const struct dirent *d)
{
	return d->d_name[0] != '.' && strcmp(d->d_name, AUDIT_FILE) != 0 &&
	    strcmp(d->d_name, METRICS_FILE) != 0;
}

/* Remove those files of `folder` that `which` picks (NULL: all), their names
 * into `names` as a JSON array.  How many went. */
static int
remove_files(const char *folder, int (*which)(const struct dirent *d),
    struct buf *names)
{
	struct dirent **found;
	int n = scandir(folder, &found, which, alphasort), gone = 0;
	char *path;

	buf_char(names, '[');
	for (int i = 0; i < n; i++) {
		path = xasprintf("%s/%s", folder, found[i]->d_name);
		if (unlink(path) == 0) {
			buf_str(names, gone++ > 0 ? "," : "");
			scan_quote(names, slice(found[i]->d_name));
		}
		free(path);
		free(found[i]);
	}
	if (n >= 0)
		free(found);
	buf_char(names, ']');
	return gone;
}

static void
remove_copies(const char *folder)
{
	struct buf b = BUF(EVENT);
	struct why w = { 0 };

	buf_str(&b, "\"event\":\"pruned\",\"files\":");
	if (remove_files(folder, goes, &b) > 0 &&
	    audit_append(folder, buf_all(&b), NULL, &w) == -1)
		say_error("%s", w.text);
	buf_free(&b);
}

static void
remove_run(const char *folder)
{
	struct buf names = BUF(EVENT);

	remove_files(folder, NULL, &names);
	if (rmdir(folder) == -1)
		say_error("cannot remove '%s': %s", folder, strerror(errno));
	buf_free(&names);
}

static bool
is_older(const char *run, long days, long long now)
{
	return days > 0 && runs_start(run) < now - (long long)days * DAY;
}

void
run_prune(const struct conf *c, const char *runs, const char *before,
    long long now)
{
	long copies = conf_int(c, "runs", "keep_days");
	long whole = conf_int(c, "runs", "audit_days");
	size_t n;
	char **list = runs_list(runs, &n), *folder;

	for (size_t i = 0; i < n; i++) {
		folder = xasprintf("%s/%s", runs, list[i]);
		if (is_older(list[i], whole, now) &&
		    (before == NULL || strcmp(list[i], before) != 0))
			remove_run(folder);
		else if (is_older(list[i], copies, now))
			remove_copies(folder);
		free(folder);
	}
	runs_free(list, n);
}
