/* flow - lines in, lines out, verdicts, exit status. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "flow.h"
#include "say.h"
#include "sign.h"

enum {
	LINE_LIMIT = 16 * 1024 * 1024,
	OUT = 1024 * 1024,		/* one write; a pipe holds no more */
	OUT_MAX = 4 * LINE_LIMIT,	/* a line out, base64 and all */
};

struct flow {
	const char *name;
	enum flow_reads reads;
	struct lines *in;
	struct pool *pool;	/* what the last flow_payload() gave */
	struct buf out, one;
	long in_lines, out_lines, added;
	int status;
	bool ended;		/* nothing more is read */
	bool mute;		/* the reader left, or the disk is full */
	int error;		/* errno of the first failed write; 0: none */
};

struct flow *
flow_open(const char *name, enum flow_reads reads, size_t line_limit)
{
	struct flow *f = xcalloc(1, sizeof(*f));

	f->name = name;
	f->reads = reads;
	f->out = BUF(OUT_MAX + OUT);
	f->one = BUF(OUT_MAX);
	f->pool = pool_new();
	if (reads != FLOW_NOTHING)
		f->in = lines_open(STDIN_FILENO,
		    line_limit == 0 ? LINE_LIMIT : line_limit);
	else
		f->ended = true;
#ifdef F_SETPIPE_SZ
	(void)fcntl(STDOUT_FILENO, F_SETPIPE_SZ, OUT);
#endif
	return f;
}

void
flow_flush(struct flow *f)
{
	size_t at = 0;
	ssize_t n;

	while (!f->mute && at < f->out.n) {
		n = write(STDOUT_FILENO, f->out.p + at, f->out.n - at);
		if (n > 0) {
			at += (size_t)n;
		} else if (errno != EINTR) {
			f->error = errno;
			f->mute = f->ended = true;
		}
	}
	buf_reset(&f->out);
}

/* What was put into `out` since `before` becomes a line. */
static void
end_line(struct flow *f, size_t before)
{
	struct why w = {0};

	buf_char(&f->out, '\n');
	if (f->out.over) {
		f->out.n = before;
		f->out.over = false;
		why(&w, WHY_BROKEN, "a line of more than %d bytes cannot be "
		    "written", OUT_MAX);
		flow_fail(f, &w);
		f->ended = true;
		return;
	}
	f->out_lines++;
	if (f->out.n >= OUT)
		flow_flush(f);
}

void
flow_line(struct flow *f, struct slice line)
{
	size_t before = f->out.n;

	buf_slice(&f->out, line);
	end_line(f, before);
}

void
flow_put(struct flow *f, const struct payload *p)
{
	size_t before = f->out.n;

	payload_write(&f->out, p);
	end_line(f, before);
}

int
flow_worse(int a, int b)
{
	static const int rank[] = { 0, 1, 3, 4, 2 };	/* of 0, 1, 2, 3, 4 */
	int ra = a < 0 || a > 4 ? 4 : rank[a], rb = b < 0 || b > 4 ? 4 : rank[b];

	return ra >= rb ? a : b;
}

void
flow_fail(struct flow *f, const struct why *w)
{
	say_why(w);
	f->status = flow_worse(f->status,
	    w->kind == WHY_NONE ? WHY_BROKEN : (int)w->kind);
}

void
flow_settle(struct flow *f, struct payload *p, const char *verdict,
    const char *reason, const char *message)
{
	payload_settle(p, verdict, reason, message);
	if (payload_is_bad(p))
		f->status = flow_worse(f->status, WHY_DATA);
	flow_put(f, p);
}

void
flow_added(struct flow *f, long lines)
{
	f->added += lines;
}

/* {"verdict":"rejected", ...} of a line; its data goes last. */
static void
reject(struct flow *f, const struct payload *p)
{
	f->status = flow_worse(f->status, WHY_DATA);
	flow_put(f, p);
}

void
flow_reject(struct flow *f, struct slice record, const char *map,
    const char *source, const struct why *w)
{
	struct payload p = { .phase = -1 };
	struct slice value;

	p.verdict = SLICE("rejected");
	p.reason = slice(w->code[0] == '\0' ? "mapping-error" : w->code);
	p.message = slice(w->text);
	p.map = slice(map);
	p.source = slice(source);
	buf_reset(&f->one);
	if (scan_text(record, &value, NULL) == 0) {
		p.record = value;
	} else {
		sign_base64(&f->one, record);
		p.bytes = buf_all(&f->one);
	}
	reject(f, &p);
}

/* A line over the limit: its length, digest and head stand for it. */
static void
reject_long(struct flow *f, const struct line *l)
{
	struct payload p = { .phase = -1 };
	char text[256];

	snprintf(text, sizeof(text), "line %llu is %llu bytes long, over the "
	    "limit [runs] line_limit; its SHA-256 is %s, bytes has its start",
	    (unsigned long long)l->number, (unsigned long long)l->length,
	    l->sha256);
	p.verdict = SLICE("rejected");
	p.reason = SLICE("bad-json");
	p.message = slice(text);
	buf_reset(&f->one);
	sign_base64(&f->one, l->text);
	p.bytes = buf_all(&f->one);
	reject(f, &p);
}

/* The next line within the limit: 1 or 0. */
static int
next(struct flow *f, struct line *l)
{
	struct why w = {0};
	int r;

	while (!f->ended) {
		if ((r = lines_next(f->in, l, &w)) == 1)
			f->in_lines++;
		if (r == -1)
			flow_fail(f, &w);
		if (r != 1) {
			f->ended = true;
			break;
		}
		if (!l->over)
			return 1;
		reject_long(f, l);
	}
	return 0;
}

int
flow_record(struct flow *f, struct line *l)
{
	while (next(f, l)) {
		if (!payload_is_verdict(l->text))
			return 1;
		flow_line(f, l->text);
	}
	return 0;
}

int
flow_any(struct flow *f, struct payload *p, struct pool *pool)
{
	struct why w = {0};
	struct line l;
	char *copy;

	while (next(f, &l)) {
		if (pool == NULL) {
			pool_reset(f->pool);
		} else {
			copy = pool_dup(pool, l.text.p, l.text.n);
			l.text.p = copy;
		}
		if (payload_read(p, l.text, pool == NULL ? f->pool : pool,
		    &w) == 0)
			return 1;
		why_in(&w, "line %llu", (unsigned long long)l.number);
		if (payload_is_verdict(l.text)) {	/* as it stands */
			flow_fail(f, &w);
			flow_line(f, l.text);
		} else {
			flow_reject(f, l.text, NULL, NULL, &w);
		}
	}
	return 0;
}

bool
flow_stopped(const struct flow *f)
{
	return f->mute || f->status == WHY_BROKEN;
}

int
flow_payload(struct flow *f, struct payload *p)
{
	struct why w = {0};
	struct line l;

	while (flow_record(f, &l)) {
		pool_reset(f->pool);
		if (payload_read(p, l.text, f->pool, &w) == 0)
			return 1;
		why_in(&w, "line %llu", (unsigned long long)l.number);
		flow_reject(f, l.text, NULL, NULL, &w);
	}
	return 0;
}

/* Payload filters answer line for line; what is off by one is lost money. */
static void
balance(struct flow *f)
{
	struct why w = {0};

	if (f->reads != FLOW_PAYLOADS && f->reads != FLOW_VERDICTS)
		return;
	if (f->status == WHY_BROKEN || f->in_lines + f->added == f->out_lines)
		return;
	why(&w, WHY_BROKEN, "the books do not balance: %ld lines in, %ld "
	    "added, %ld out", f->in_lines, f->added, f->out_lines);
	flow_fail(f, &w);
}

int
flow_close(struct flow *f)
{
	struct why w = {0};
	int status;

	flow_flush(f);
	if (f->error == EPIPE) {
		f->status = flow_worse(f->status, 0);
	} else if (f->error != 0) {
		why(&w, WHY_BROKEN, "cannot write the output: %s",
		    strerror(f->error));
		flow_fail(f, &w);
	} else {
		balance(f);
	}
	status = f->status;
	lines_close(f->in);
	pool_free(f->pool);
	buf_free(&f->out);
	buf_free(&f->one);
	free(f);
	return status;
}
