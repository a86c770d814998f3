#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "reply.h"

#define WORTH_GZIP 512		/* bytes; below, headers outweigh the gain */
#define PIECE ((size_t)64 << 10)

/* A source of bytes, perhaps compressed on the way, perhaps cut off. */
struct flow {
	ssize_t (*read)(void *src, char *to, size_t cap);
	void *src;
	void (*done)(void *src);
	int64_t left;		/* until the cut; -1: no cut */
	int gzip, ended;
	z_stream z;
	char in[PIECE];
};

struct span {
	int fd;
	off_t at;
	int64_t left;
};

struct text {
	struct buf b;
	size_t at;
};

static void
source_drop(struct reply *rp)
{
	if (rp->done)
		rp->done(rp->src);
	rp->read = NULL;
	rp->done = NULL;
	rp->src = NULL;
}

struct buf *
reply_with(struct reply *rp, int status, const char *type)
{
	source_drop(rp);
	free(rp->type);
	rp->type = type ? buf_dup(type) : NULL;
	rp->status = status;
	rp->body.n = 0;
	return &rp->body;
}

void
reply_header(struct reply *rp, const char *name, const char *value)
{
	if (rp->headers == REPLY_HEADERS)
		errx(3, "more than %d headers in an answer", REPLY_HEADERS);
	rp->header[rp->headers].name = buf_dup(name);
	rp->header[rp->headers++].value = buf_dup(value);
}

void
reply_stream(struct reply *rp, int status, const char *type,
    ssize_t (*read)(void *src, char *to, size_t cap), void *src,
    void (*done)(void *src), int64_t size)
{
	reply_with(rp, status, type);
	rp->read = read;
	rp->src = src;
	rp->done = done;
	rp->size = size;
}

static ssize_t
span_read(void *src, char *to, size_t cap)
{
	struct span *s = src;
	ssize_t got;

	if ((int64_t)cap > s->left)
		cap = (size_t)s->left;
	if (cap == 0)
		return 0;
	got = pread(s->fd, to, cap, s->at);
	if (got <= 0)
		return -1;	/* shorter than promised */
	s->at += got;
	s->left -= got;
	return got;
}

static void
span_done(void *src)
{
	struct span *s = src;

	close(s->fd);
	free(s);
}

void
reply_file(struct reply *rp, int status, const char *type, int fd, off_t off,
    int64_t len)
{
	struct span *s = calloc(1, sizeof *s);

	if (s == NULL || (s->fd = dup(fd)) == -1)
		err(3, "cannot answer from a file");
	s->at = off;
	s->left = len;
	reply_stream(rp, status, type, span_read, s, span_done, len);
}

void
reply_wait(struct reply *rp, long ms)
{
	rp->wait = ms;
}

void
reply_drop(struct reply *rp, int reset)
{
	rp->drop = 1;
	rp->reset = reset;
}

void
reply_free(struct reply *rp)
{
	source_drop(rp);
	free(rp->type);
	buf_free(&rp->body);
	for (int i = 0; i < rp->headers; i++) {
		free(rp->header[i].name);
		free(rp->header[i].value);
	}
	memset(rp, 0, sizeof *rp);
	rp->truncate = -1;
}

/* Compressed bytes of a flow: 0 at the end, -1 on failure. */
static ssize_t
deflate_read(struct flow *f, char *to, size_t cap)
{
	ssize_t got;
	int rc;

	f->z.next_out = (unsigned char *)to;
	f->z.avail_out = (unsigned)(cap > PIECE ? PIECE : cap);
	cap = f->z.avail_out;
	while (f->z.avail_out == cap) {
		if (f->z.avail_in == 0 && !f->ended) {
			got = f->read(f->src, f->in, sizeof f->in);
			if (got < 0)
				return -1;
			f->ended = got == 0;
			f->z.next_in = (unsigned char *)f->in;
			f->z.avail_in = (unsigned)got;
		}
		rc = deflate(&f->z, f->ended ? Z_FINISH : Z_NO_FLUSH);
		if (rc == Z_STREAM_END)
			break;
		if (rc != Z_OK && rc != Z_BUF_ERROR)
			return -1;
	}
	return (ssize_t)(cap - f->z.avail_out);
}

static ssize_t
flow_read(void *cls, uint64_t pos, char *to, size_t cap)
{
	struct flow *f = cls;
	ssize_t got;

	(void)pos;
	if (f->left == 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (f->left > 0 && (int64_t)cap > f->left)
		cap = (size_t)f->left;
	got = f->gzip ? deflate_read(f, to, cap) : f->read(f->src, to, cap);
	if (got < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (got == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (f->left > 0)
		f->left -= got;
	return got;
}

static void
flow_free(void *cls)
{
	struct flow *f = cls;

	if (f->gzip)
		deflateEnd(&f->z);
	if (f->done)
		f->done(f->src);
	free(f);
}

static int
deflate_begin(z_stream *z)
{
	/* 15 + 16: the largest window, with gzip's header */
	return deflateInit2(z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

static struct MHD_Response *
from_flow(struct reply *rp, int gzip)
{
	struct flow *f = calloc(1, sizeof *f);
	uint64_t size = MHD_SIZE_UNKNOWN;

	if (f == NULL)
		err(3, "cannot allocate memory");
	f->read = rp->read;
	f->src = rp->src;
	f->done = rp->done;
	f->left = rp->truncate;
	rp->read = NULL;
	rp->done = NULL;
	if (gzip && deflate_begin(&f->z) == Z_OK)
		f->gzip = 1;
	else if (rp->size >= 0)
		size = (uint64_t)rp->size;
	return MHD_create_response_from_callback(size, PIECE, flow_read, f,
	    flow_free);
}

static ssize_t
text_read(void *src, char *to, size_t cap)
{
	struct text *t = src;
	size_t n = t->b.n - t->at;

	if (n > cap)
		n = cap;
	if (n)
		memcpy(to, t->b.p + t->at, n);
	t->at += n;
	return (ssize_t)n;
}

static void
text_done(void *src)
{
	struct text *t = src;

	buf_free(&t->b);
	free(t);
}

/* A body in memory that is to be cut off goes the way of the flows. */
static void
as_flow(struct reply *rp)
{
	struct text *t = calloc(1, sizeof *t);

	if (t == NULL)
		err(3, "cannot allocate memory");
	t->b = rp->body;
	memset(&rp->body, 0, sizeof rp->body);
	rp->read = text_read;
	rp->src = t;
	rp->done = text_done;
	rp->size = (int64_t)t->b.n;
}

static int
squeeze(struct buf *b)
{
	struct buf out = {0};
	z_stream z = {0};
	int rc;

	if (deflate_begin(&z) != Z_OK)
		return 0;
	z.next_in = (unsigned char *)b->p;
	z.avail_in = (unsigned)b->n;
	z.avail_out = (unsigned)deflateBound(&z, b->n);
	z.next_out = (unsigned char *)buf_room(&out, z.avail_out);
	rc = deflate(&z, Z_FINISH);
	out.n = z.total_out;
	deflateEnd(&z);
	if (rc != Z_STREAM_END) {
		buf_free(&out);
		return 0;
	}
	buf_free(b);
	*b = out;
	return 1;
}

static void
add_date(struct MHD_Response *r, time_t now)
{
	char date[64];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	MHD_add_response_header(r, "Date", date);
}

static struct MHD_Response *
from_buffer(struct reply *rp)
{
	struct MHD_Response *r;

	r = MHD_create_response_from_buffer(rp->body.n, rp->body.p,
	    rp->body.p ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
	if (r)
		memset(&rp->body, 0, sizeof rp->body);
	return r;
}

enum MHD_Result
reply_send(struct reply *rp, struct MHD_Connection *conn, int gzip, time_t now)
{
	struct MHD_Response *r;
	enum MHD_Result rc;
	int squeezed = 0;

	if (rp->truncate >= 0 && !rp->read)
		as_flow(rp);
	if (rp->read) {
		squeezed = gzip;
		r = from_flow(rp, gzip);
	} else {
		if (gzip && rp->body.n >= WORTH_GZIP)
			squeezed = squeeze(&rp->body);
		r = from_buffer(rp);
	}
	if (r == NULL)
		return MHD_NO;
	add_date(r, now);
	if (rp->type)
		MHD_add_response_header(r, "Content-Type", rp->type);
	if (squeezed)
		MHD_add_response_header(r, "Content-Encoding", "gzip");
	for (int i = 0; i < rp->headers; i++)
		MHD_add_response_header(r, rp->header[i].name,
		    rp->header[i].value);
	rc = MHD_queue_response(conn, (unsigned)rp->status, r);
	MHD_destroy_response(r);
	reply_free(rp);
	return rc;
}
