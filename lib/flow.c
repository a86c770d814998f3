/* flow - lines in, lines out, verdicts, exit status. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "flow-in.h"
#include "payload-shape.h"
#include "say.h"
#include "sign.h"

enum {
	LINE_LIMIT = 16 * 1024 * 1024,
	PIPE = 1024 * 1024,
	OUT = PIPE / 2,			/* one write */
	AHEAD = 64 * 1024,		/* of a line that goes beyond it */
	OUT_MAX = 4 * LINE_LIMIT,	/* a line out, base64 and all */
};

struct flow *
flow_new(const char *name, enum flow_reads reads)
{
	struct flow *f = xcalloc(1, sizeof(*f));

	f->name = name;
	f->reads = reads;
	f->out = BUF(OUT_MAX + OUT);
	buf_room(&f->out, OUT + AHEAD);	/* never copied to grow */
	f->one = BUF(OUT_MAX);
	f->pool = pool_new();
	return f;
}

void
flow_free(struct flow *f)
{
	lines_close(f->in);
	pool_free(f->pool);
	payload_shapes_free(f->shapes);
	buf_free(&f->out);
	buf_free(&f->one);
	free(f);
}

struct flow *
flow_open(const char *name, enum flow_reads reads, size_t line_limit)
{
	struct flow *f = flow_new(name, reads);

	/* A reader that leaves shows as EPIPE, and ends us quietly. */
	signal(SIGPIPE, SIG_IGN);
	if (reads != FLOW_NOTHING)
		f->in = lines_open(STDIN_FILENO,
		    line_limit == 0 ? LINE_LIMIT : line_limit);
	else
		f->ended = true;
#ifdef F_SETPIPE_SZ
	(void)fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE);
#endif
	return f;
}

void
flow_write(struct flow *f, struct buf *out)
{
	size_t at = 0;
	ssize_t n;

	while (!f->mute && at < out->n) {
		n = write(STDOUT_FILENO, out->p + at, out->n - at);
		if (n > 0) {
			at += (size_t)n;
		} else if (errno != EINTR) {
			f->error = errno;
			f->mute = f->ended = true;
		}
	}
	buf_reset(out);
}

void
flow_flush(struct flow *f)
{
	if (f->share != NULL && f->out.n > 0)
		share_turn(f);
	flow_write(f, &f->out);
}

static void
line_too_long(struct flow *f)
{
	struct why w;

	f->out.over = false;
	why(&w, WHY_BROKEN, "a line of more than %d bytes cannot be written",
	    OUT_MAX);
	flow_fail(f, &w);
	f->ended = true;
}

/* What was put into `out` since `before` becomes a line. */
static void
end_line(struct flow *f, size_t before)
{
	buf_char(&f->out, '\n');
	if (f->out.over) {
		f->out.n = before;
		line_too_long(f);
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
	size_t before = f->out.n;

	payload_write_settled(&f->out, p, verdict, reason, message);
	if (payload_is_bad(p))
		f->status = flow_worse(f->status, WHY_DATA);
	end_line(f, before);
}

void
flow_settle_kept(struct flow *f, const struct payload_kept *k, const char *id,
    const char *verdict, const char *reason, const char *message)
{
	size_t before = f->out.n;
	struct payload p;

	if (kept_write_settled(&f->out, k, id, verdict, reason, message)) {
		end_line(f, before);
		return;
	}
	payload_whole(&p, k);
	if (*id != '\0')
		p.id = slice(id);
	flow_settle(f, &p, verdict, reason, message);
}

void
flow_stop(struct flow *f, const struct why *w)
{
	flow_fail(f, w);
	if (w->kind == WHY_DATA)	/* no record's fault: lines are missing */
		f->status = flow_worse(f->status, WHY_BROKEN);
	f->ended = f->cut = true;
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

/* A part knows it when all lines before are through. */
static unsigned long long
number_of(struct flow *f, const struct line *l)
{
	long before = f->share == NULL ? 0 : share_turn(f);

	return l->number + (unsigned long long)before;
}

static void
too_long(struct flow *f, struct why *w, const struct line *l)
{
	why_code(w, WHY_DATA, "bad-json", "line %llu is %llu bytes long, over "
	    "the limit [runs] line_limit; its SHA-256 is %s, bytes has its "
	    "start", number_of(f, l), (unsigned long long)l->length,
	    l->sha256);
}

/* Bytes that are no JSON, as base64. */
static struct slice
as_bytes(struct flow *f, struct slice text)
{
	buf_reset(&f->one);
	sign_base64(&f->one, text);
	return buf_all(&f->one);
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
	if (scan_text(record, &value, NULL) == 0)
		p.record = value;
	else
		p.bytes = as_bytes(f, record);
	reject(f, &p);
}

/* A line over the limit: its length, digest and head stand for it. */
static void
reject_long(struct flow *f, const struct line *l)
{
	struct payload p = { .phase = -1 };
	struct why w = {0};

	too_long(f, &w, l);
	p.verdict = SLICE("rejected");
	p.reason = slice(w.code);
	p.message = slice(w.text);
	p.bytes = as_bytes(f, l->text);
	reject(f, &p);
}

/* The same for who holds lines back: `p` becomes the verdict, in `pool`, to
 * be put in its place. */
static void
hold_reject(struct flow *f, struct payload *p, struct slice text,
    const struct why *w, struct pool *pool)
{
	struct slice value, bytes;

	*p = (struct payload){ .phase = -1 };
	p->verdict = SLICE("rejected");
	p->reason.n = strlen(w->code);
	p->reason.p = pool_dup(pool, w->code, p->reason.n);
	p->message.n = strlen(w->text);
	p->message.p = pool_dup(pool, w->text, p->message.n);
	if (scan_text(text, &value, NULL) == 0) {
		p->record = value;
	} else {
		bytes = as_bytes(f, text);
		p->bytes.p = pool_dup(pool, bytes.p, bytes.n);
		p->bytes.n = bytes.n;
	}
	f->status = flow_worse(f->status, WHY_DATA);
}

/* The next line, over the limit or not: 1 or 0. */
static int
next_any(struct flow *f, struct line *l)
{
	struct why w;		/* not cleared for each line: -1 sets it */
	int r;

	if (f->ended)
		return 0;
	do {
		r = lines_next(f->in, l, &w);
	} while (r == 0 && f->share != NULL && share_next(f));
	if (r == 1) {
		f->in_lines++;
		return 1;
	}
	if (r == -1)
		flow_fail(f, &w);
	f->ended = true;
	return 0;
}

/* The next line within the limit: 1 or 0. */
static int
next(struct flow *f, struct line *l)
{
	while (next_any(f, l)) {
		if (!l->over)
			return 1;
		reject_long(f, l);
	}
	return 0;
}

bool
flow_waits(const struct flow *f, int ms)
{
	return !f->ended && lines_wait(f->in, ms);
}

int
flow_text(struct flow *f, struct line *l)
{
	return next(f, l);
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

static struct payload_shapes *
shapes(struct flow *f)
{
	if (f->shapes == NULL)
		f->shapes = payload_shapes_new();
	return f->shapes;
}

/* A line kept in `pool`: always 1, a bad one as its verdict. */
static int
hold(struct flow *f, struct payload *p, struct line *l, struct pool *pool)
{
	struct why w;		/* not cleared for each line: who fails sets it */

	l->text.p = pool_dup(pool, l->text.p, l->text.n);
	if (l->over)
		too_long(f, &w, l);
	else if (payload_shapes_read(shapes(f), p, l->text, pool, &w) == 0)
		return 1;
	else
		why_in(&w, "line %llu", number_of(f, l));
	if (!l->over && payload_is_verdict(l->text)) {	/* as it stands */
		flow_fail(f, &w);
		*p = (struct payload){ .phase = -1, .line = l->text,
		    .verdict = SLICE("rejected") };
	} else {
		hold_reject(f, p, l->text, &w, pool);
	}
	return 1;
}

int
flow_any(struct flow *f, struct payload *p, struct pool *pool)
{
	struct why w;
	struct line l;

	if (pool != NULL)
		return next_any(f, &l) && hold(f, p, &l, pool);
	while (next(f, &l)) {
		pool_reset(f->pool);
		if (payload_shapes_read(shapes(f), p, l.text, f->pool,
		    &w) == 0)
			return 1;
		why_in(&w, "line %llu", number_of(f, &l));
		if (payload_is_verdict(l.text)) {	/* as it stands */
			flow_fail(f, &w);
			flow_line(f, l.text);
		} else {
			flow_reject(f, l.text, NULL, NULL, &w);
		}
	}
	return 0;
}

int
flow_kept(struct flow *f, struct payload_kept *k, struct pool *pool)
{
	struct payload p;
	struct line l;

	if (!next_any(f, &l))
		return 0;
	if (!l.over && payload_shapes_keep(shapes(f), k, l.text, pool))
		return 1;
	hold(f, &p, &l, pool);
	payload_keep(k, &p, pool);
	return 1;
}

bool
flow_stopped(const struct flow *f)
{
	return f->mute || f->status == WHY_BROKEN ||
	    (f->share != NULL && share_stopped(f));
}

/* Payload filters answer line for line; what is off by one is lost money. */
static void
balance(struct flow *f)
{
	struct why w = {0};

	if (f->reads != FLOW_PAYLOADS && f->reads != FLOW_VERDICTS)
		return;
	if (f->cut || f->status == WHY_BROKEN ||
	    f->in_lines + f->added == f->out_lines)
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
	if (f->error == 0) {
		balance(f);
	} else if (f->error != EPIPE) {
		why(&w, WHY_BROKEN, "cannot write the output: %s",
		    strerror(f->error));
		flow_fail(f, &w);
	}
	status = f->status;
	flow_free(f);
	return status;
}
