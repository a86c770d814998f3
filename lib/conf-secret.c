/* conf-secret - what stands in files of its own: secrets. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "file.h"

enum { SECRET = 64 * 1024 };

/* The systemd credential of a secret: its name without _file. */
static char *
credential(const char *section, const char *name)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	size_t n = strlen(name);

	if (folder == NULL)
		return NULL;
	if (n > 5 && strcmp(name + n - 5, "_file") == 0)
		n -= 5;
	return xasprintf("%s/%s.%.*s", folder, section, (int)n, name);
}

static char *
secret_path(const struct conf *c, const char *section, const char *name)
{
	char *path = conf_path(c, section, name);

	if (path != NULL)
		return path;
	path = credential(section, name);
	if (path != NULL && access(path, F_OK) != 0) {
		free(path);
		path = NULL;
	}
	return path;
}

bool
conf_has_secret(const struct conf *c, const char *section, const char *name)
{
	char *path = secret_path(c, section, name);

	free(path);
	return path != NULL;
}

/* The mode is that of the very file that is read, whatever becomes of the
 * name in between. */
static int
read_private(const char *path, struct buf *out, struct why *w)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r = -1;
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		why(w, WHY_SETUP, "cannot open secret '%s': %s", path,
		    strerror(errno));
	else if ((st.st_mode & 077) != 0)
		why(w, WHY_SETUP, "secret '%s' can be read by others "
		    "(mode %03o); chmod 600 it", path,
		    (unsigned int)st.st_mode & 0777);
	else
		r = file_read_fd(fd, path, out, w);
	if (fd != -1)
		close(fd);
	return r;
}

static int
read_secret(const char *path, struct buf *out, struct why *w)
{
	if (read_private(path, out, w) == -1)
		return -1;
	if (out->n > 0 && out->p[out->n - 1] == '\n')
		out->n--;
	if (out->n > 0 && out->p[out->n - 1] == '\r')
		out->n--;
	if (out->n == 0)
		return why(w, WHY_SETUP, "secret '%s' is empty", path);
	return 0;
}

/*
 * A core would hold what was read.  A core_pattern that is a pipe does not ask
 * for the limit, so both.
 */
static void
forbid_core(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

int
conf_secret(const struct conf *c, const char *section, const char *name,
    struct buf *out, struct why *w)
{
	char *path = secret_path(c, section, name);
	int r;

	if (path == NULL)
		return why(w, WHY_SETUP, "setting '%s' in [%s] of '%s' is "
		    "missing: it names the file with the secret", name,
		    section, conf_file(c));
	forbid_core();
	buf_reset(out);
	if (out->max == 0)
		out->max = SECRET;
	r = read_secret(path, out, w);
	if (r == -1)
		why_in(w, "[%s] %s", section, name);
	free(path);
	return r;
}
