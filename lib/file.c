/* file - files that appear whole or not at all, mode 0600; gzip. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "file.h"

enum { PART = 64 * 1024 };

struct file {
	char *path, *tmp;
	int fd;
	int error;		/* errno of the first failure; 0: none */
	bool gzip;
	z_stream z;
	unsigned char out[PART];
};

struct file *
file_create(const char *path, int how, struct why *w)
{
	struct file *f = xcalloc(1, sizeof(*f));

	f->path = xstrdup(path);
	f->tmp = xasprintf("%s.%ld.tmp", path, (long)getpid());
	/* What a dead process of our number left; and never a file, or the
	 * end of a link, that somebody else put there. */
	unlink(f->tmp);
	f->fd = open(f->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (f->fd == -1) {
		why(w, WHY_BROKEN, "cannot create '%s': %s", f->tmp,
		    strerror(errno));
		free(f->path);
		free(f->tmp);
		free(f);
		return NULL;
	}
	f->gzip = how == FILE_GZIP;
	if (f->gzip && deflateInit2(&f->z, 1, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		f->error = ENOMEM;
	return f;
}

static void
put(struct file *f, const void *p, size_t n)
{
	const char *at = p;
	ssize_t done;

	while (f->error == 0 && n > 0) {
		done = write(f->fd, at, n);
		if (done > 0) {
			at += done;
			n -= (size_t)done;
		} else if (done == 0 || errno != EINTR) {
			f->error = done == 0 ? EIO : errno;
		}
	}
}

static void
squeeze(struct file *f, const void *p, size_t n, int flush)
{
	f->z.next_in = (z_const Bytef *)p;
	f->z.avail_in = (uInt)n;
	do {
		f->z.next_out = f->out;
		f->z.avail_out = sizeof(f->out);
		(void)deflate(&f->z, flush);	/* fails on misuse only */
		put(f, f->out, sizeof(f->out) - f->z.avail_out);
	} while (f->error == 0 && f->z.avail_out == 0);
}

void
file_write(struct file *f, const void *p, size_t n)
{
	const char *at = p;
	size_t part;

	if (!f->gzip) {
		put(f, p, n);
		return;
	}
	for (; n > 0 && f->error == 0; at += part, n -= part) {
		part = n < (1U << 30) ? n : 1U << 30;
		squeeze(f, at, part, Z_NO_FLUSH);
	}
}

void
file_member(struct file *f)
{
	if (!f->gzip || f->error != 0)
		return;
	squeeze(f, NULL, 0, Z_FINISH);
	(void)deflateReset(&f->z);
}

static void
dispose(struct file *f, bool remove)
{
	if (f->gzip)
		deflateEnd(&f->z);
	if (f->fd != -1)
		close(f->fd);
	if (remove)
		unlink(f->tmp);
	free(f->path);
	free(f->tmp);
	free(f);
}

void
file_abandon(struct file *f)
{
	if (f != NULL)
		dispose(f, true);
}

void
file_like(struct file *f, const char *path)
{
	struct stat st;

	if (f->error != 0 || stat(path, &st) == -1)
		return;
	if (fchown(f->fd, st.st_uid, st.st_gid) == -1 &&
	    fchown(f->fd, (uid_t)-1, st.st_gid) == -1)
		f->error = 0;		/* it is ours then */
	if (fchmod(f->fd, st.st_mode & 0777) == -1)
		f->error = errno;
}

/* The rename itself is on disk only when the folder is. */
static void
sync_folder(const char *path)
{
	char *folder = xstrdup(path), *slash = strrchr(folder, '/');
	int fd;

	if (slash != NULL)
		*slash = '\0';
	fd = open(slash == NULL ? "." : folder[0] == '\0' ? "/" : folder,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1) {
		(void)fsync(fd);	/* not every file system can */
		close(fd);
	}
	free(folder);
}

int
file_commit(struct file *f, struct why *w)
{
	int r = 0;

	if (f->gzip && f->error == 0)
		squeeze(f, NULL, 0, Z_FINISH);
	if (f->error == 0 && fsync(f->fd) == -1 && errno != EINVAL &&
	    errno != EROFS)
		f->error = errno;
	if (f->error == 0 && close(f->fd) == -1)
		f->error = errno;
	else if (f->error != 0)
		close(f->fd);
	f->fd = -1;
	if (f->error == 0 && rename(f->tmp, f->path) == -1)
		f->error = errno;
	if (f->error != 0)
		r = why(w, WHY_BROKEN, "cannot write '%s': %s", f->path,
		    strerror(f->error));
	else
		sync_folder(f->path);
	dispose(f, r == -1);
	return r;
}

int
file_read_fd(int fd, const char *path, struct buf *out, struct why *w)
{
	size_t room;
	ssize_t n;
	char one;

	for (;;) {
		room = out->max - out->n < PART ? out->max - out->n : PART;
		buf_room(out, room);
		n = read(fd, room == 0 ? &one : out->p + out->n,
		    room == 0 ? 1 : room);
		if (n == 0)
			return 0;
		if (n > 0 && room == 0)
			return why(w, WHY_SETUP, "'%s' is longer than %zu "
			    "bytes", path, out->max);
		if (n == -1 && errno != EINTR)
			return why(w, WHY_SETUP, "cannot read '%s': %s", path,
			    strerror(errno));
		out->n += n > 0 ? (size_t)n : 0;
	}
}

int
file_read(const char *path, struct buf *out, struct why *w)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	if (fd == -1)
		return why(w, WHY_SETUP, "cannot open '%s': %s", path,
		    strerror(errno));
	r = file_read_fd(fd, path, out, w);
	close(fd);
	return r;
}

int
file_folder(const char *path, struct why *w)
{
	char *copy = xstrdup(path), *p;
	int r = 0;

	for (p = copy + 1; r == 0; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0700) == -1 && errno != EEXIST)
			r = why(w, WHY_SETUP, "cannot make folder '%s': %s",
			    copy, strerror(errno));
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return r;
}

/* Several members follow each other where a copy was written in parts. */
static int
inflate_all(z_stream *z, int fd, const char *path,
    int (*take)(void *ctx, const char *p, size_t n), void *ctx,
    struct why *w)
{
	unsigned char in[PART], out[4 * PART];
	int state = Z_STREAM_END, began = 0;
	ssize_t n;

	while ((n = read(fd, in, sizeof(in))) > 0) {
		z->next_in = in;
		z->avail_in = (uInt)n;
		while (z->avail_in > 0) {
			if (state == Z_STREAM_END && began++ > 0)
				inflateReset(z);
			do {
				z->next_out = out;
				z->avail_out = sizeof(out);
				state = inflate(z, Z_NO_FLUSH);
				if (state != Z_OK && state != Z_STREAM_END &&
				    state != Z_BUF_ERROR)
					return why(w, WHY_DATA, "'%s' is "
					    "damaged: %s", path, z->msg ==
					    NULL ? "not gzip" : z->msg);
				if (take(ctx, (const char *)out, sizeof(out) -
				    z->avail_out) == -1)
					return 1;
			} while (z->avail_out == 0 && state != Z_STREAM_END);
		}
	}
	if (n == -1)
		return why(w, WHY_BROKEN, "cannot read '%s': %s", path,
		    strerror(errno));
	if (state != Z_STREAM_END)
		return why(w, WHY_DATA, "'%s' is cut off", path);
	return 0;
}

int
file_gunzip(const char *path,
    int (*take)(void *ctx, const char *p, size_t n), void *ctx,
    struct why *w)
{
	z_stream z = {0};
	int fd, r;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return why(w, WHY_SETUP, "cannot open '%s': %s", path,
		    strerror(errno));
	if (inflateInit2(&z, 15 + 16) != Z_OK) {
		close(fd);
		return why(w, WHY_BROKEN, "cannot start zlib");
	}
	r = inflate_all(&z, fd, path, take, ctx, w);
	inflateEnd(&z);
	close(fd);
	return r == 1 ? 0 : r;
}

/* zlib's own reader; it would pass plain files through, so that is asked. */
struct gunzip {
	gzFile gz;
	char *path;
};

struct gunzip *
file_gunzip_open(const char *path, struct why *w)
{
	gzFile gz = gzopen(path, "rbe");
	struct gunzip *g;

	if (gz == NULL) {
		why(w, WHY_DATA, "cannot open '%s': %s", path,
		    strerror(errno));
		return NULL;
	}
	(void)gzbuffer(gz, 128 * 1024);
	g = xcalloc(1, sizeof(*g));
	g->gz = gz;
	g->path = xstrdup(path);
	return g;
}

long
file_gunzip_read(struct gunzip *g, char *p, size_t n, struct why *w)
{
	int error, got = gzread(g->gz, p, n < (1U << 30) ? (unsigned)n :
	    1U << 30);

	if (got > 0 && gzdirect(g->gz))
		return why(w, WHY_DATA, "'%s' is not gzip", g->path);
	if (got > 0)
		return got;
	(void)gzerror(g->gz, &error);
	if (got == 0 && error == Z_OK)
		return 0;
	return why(w, WHY_DATA, "'%s' is %s", g->path,
	    error == Z_BUF_ERROR ? "cut off" : "damaged");
}

void
file_gunzip_close(struct gunzip *g)
{
	if (g == NULL)
		return;
	(void)gzclose_r(g->gz);
	free(g->path);
	free(g);
}
