/* runs - the folder of runs. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "conf.h"
#include "file.h"
#include "runs.h"
#include "sign.h"

enum { KEY_BYTES = 32, SAME_SECOND = 100 };

/* The link is made beside and renamed, so that there is always one. */
int
runs_latest(const char *runs, const char *folder, struct why *w)
{
	char *link = xasprintf("%s/latest", runs);
	char *beside = xasprintf("%s/.latest-%ld", runs, (long)getpid());
	int r = 0;

	unlink(beside);
	if (symlink(runs_name(folder), beside) == -1 || rename(beside, link) == -1) {
		r = why(w, WHY_BROKEN, "cannot make '%s': %s", link,
		    strerror(errno));
		unlink(beside);
	}
	free(link);
	free(beside);
	return r;
}

int
runs_make(const char *runs, const char *kind, long long now, char **folder,
    struct why *w)
{
	time_t t = (time_t)now;
	struct tm tm;
	char stamp[32], *path = NULL;
	int r = -1;

	gmtime_r(&t, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H%M%SZ", &tm);
	for (int i = 1; i < SAME_SECOND; i++) {
		free(path);
		path = i == 1 ? xasprintf("%s/%s-%s", runs, stamp, kind) :
		    xasprintf("%s/%s-%s-%d", runs, stamp, kind, i);
		if ((r = mkdir(path, 0700)) == 0 || errno != EEXIST)
			break;
	}
	if (r == -1)
		why(w, WHY_BROKEN, "cannot make '%s': %s", path,
		    strerror(errno));
	*folder = path;
	return r;
}

long long
runs_start(const char *name)
{
	struct tm tm = { 0 };
	const char *end = strptime(name, "%Y-%m-%dT%H%M%SZ", &tm);

	return end != NULL && *end == '-' ? timegm(&tm) : -1;
}

static int
is_run(const struct dirent *d)
{
	return runs_start(d->d_name) != -1;
}

/* Names begin with the time; a second run of a second is -2, -10 behind. */
static int
by_time(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

char **
runs_list(const char *runs, size_t *n)
{
	struct dirent **found;
	int count = scandir(runs, &found, is_run, NULL);
	char **list;

	*n = 0;
	if (count <= 0) {
		if (count == 0)
			free(found);
		return NULL;
	}
	list = xcalloc((size_t)count, sizeof(*list));
	for (int i = 0; i < count; i++) {
		list[(*n)++] = xstrdup(found[i]->d_name);
		free(found[i]);
	}
	free(found);
	qsort(list, *n, sizeof(*list), by_time);
	return list;
}

void
runs_free(char **list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
find(const char *runs, const char *name, char **folder, struct why *w)
{
	char *in = xasprintf("%s/%s", runs, name == NULL ? "latest" : name);

	*folder = NULL;
	if (is_folder(in))
		*folder = realpath(in, NULL);
	else if (name != NULL && is_folder(name))
		*folder = realpath(name, NULL);
	free(in);
	if (*folder != NULL)
		return 0;
	if (name == NULL)
		return why(w, WHY_SETUP, "no run in '%s'", runs);
	return why(w, WHY_SETUP, "no run '%s' in '%s'", name, runs);
}

int
runs_pick(const char *config, const char *name, char **folder, struct why *w)
{
	struct conf *c;
	char *runs;
	int r;

	if (name != NULL && strchr(name, '/') != NULL && is_folder(name)) {
		*folder = realpath(name, NULL);
		return 0;
	}
	if ((c = conf_open(config, w)) == NULL)
		return -1;
	runs = conf_path(c, "runs", "dir");
	r = find(runs, name, folder, w);
	free(runs);
	conf_close(c);
	return r;
}

const char *
runs_name(const char *folder)
{
	const char *slash = strrchr(folder, '/');

	return slash == NULL ? folder : slash + 1;
}

int
runs_hold(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY);

	/* At most for the moment in which somebody asks runs_busy(). */
	if (fd != -1 && flock(fd, LOCK_SH) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

bool
runs_busy(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool busy;

	if (fd == -1)
		return false;
	busy = flock(fd, LOCK_EX | LOCK_NB) == -1;
	close(fd);
	return busy;
}

static int
make_key(const char *path, struct buf *key, struct why *w)
{
	unsigned char raw[KEY_BYTES];
	struct file *f = file_create(path, FILE_PLAIN, w);

	if (f == NULL)
		return -1;
	sign_random(raw, sizeof(raw));
	sign_hex(key, (struct slice){ (char *)raw, sizeof(raw) });
	file_write(f, key->p, key->n);
	return file_commit(f, w);
}

int
runs_key(const char *runs, struct buf *key, struct why *w)
{
	char *path = xasprintf("%s/audit.key", runs);
	int r;

	if (access(path, F_OK) == 0)
		r = file_read(path, key, w);
	else
		r = make_key(path, key, w);
	free(path);
	return r;
}

bool
runs_is_name(const char *text)
{
	return text[0] != '\0' && text[0] != '.' && strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "._-") == strlen(text);
}
