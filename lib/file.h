#ifndef FILE_H
#define FILE_H

#include "mem.h"
#include "why.h"

/*
 * file - files that appear whole or not at all, mode 0600; gzip.
 *
 *	struct file *f = file_create(path, FILE_GZIP, &w);
 *	file_write(f, p, n);		(errors are kept)
 *	if (file_commit(f, &w) == -1) ...
 *
 * Written under a temporary name beside `path`, synced, renamed.
 */

struct file;

enum { FILE_PLAIN = 0, FILE_GZIP = 1 };

struct file *file_create(const char *path, int how, struct why *w);
void file_write(struct file *f, const void *p, size_t n);

/* End a gzip member here: what follows can be read without what is before. */
void file_member(struct file *f);

/* Sync and rename; frees `f` either way.  -1 WHY_BROKEN: any write failed;
 * the temporary file is gone. */
int file_commit(struct file *f, struct why *w);
void file_abandon(struct file *f);	/* nothing appears */

/* It takes the place of the file `path`: may be read and written by whom that
 * one was, and belongs to its owner where we are allowed to say so. */
void file_like(struct file *f, const char *path);

/* The whole of a file, up to out->max bytes.  -1 WHY_SETUP with errno's text,
 * also when it is longer. */
int file_read(const char *path, struct buf *out, struct why *w);

/* The same of what is open already; `path` is for messages, `fd` stays the
 * caller's. */
int file_read_fd(int fd, const char *path, struct buf *out, struct why *w);

/* mkdir -p, mode 0700. */
int file_folder(const char *path, struct why *w);

/*
 * gzip in memory and in streams, level 1 to write.  file_gunzip() reads a
 * whole .gz file (several members too) and hands it on in pieces; `take`
 * returns -1 to stop.
 */
int file_gunzip(const char *path,
    int (*take)(void *ctx, const char *p, size_t n), void *ctx,
    struct why *w);

/*
 * The same, asked for piece by piece: up to `n` bytes, 0 at the end, -1
 * WHY_DATA where the file is damaged or cut.
 */
struct gunzip;

struct gunzip *file_gunzip_open(const char *path, struct why *w);
long file_gunzip_read(struct gunzip *g, char *p, size_t n, struct why *w);
void file_gunzip_close(struct gunzip *g);

#endif
