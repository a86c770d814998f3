#ifndef FLOW_H
#define FLOW_H

#include "lines.h"
#include "payload-kept.h"
#include "why.h"

/*
 * flow - lines in, lines out, verdicts, exit status: what all filters share.
 *
 *	struct flow *f = flow_open("led-recall", FLOW_PAYLOADS, limit);
 *	struct payload p;
 *
 *	while (flow_any(f, &p, NULL))
 *		flow_put(f, &p);		(or flow_settle(...))
 *	return flow_close(f);
 *
 * Only flow writes to standard output.  Verdicts are passed in their place;
 * a line that cannot be used is answered `rejected` and skipped; a stream
 * that breaks ends the loop, and flow_close() gives status 3.  A full disk or
 * a reader that left shows in flow_close(), once.
 */

enum flow_reads {
	FLOW_NOTHING, FLOW_LINES, FLOW_RECORDS, FLOW_PAYLOADS, FLOW_VERDICTS,
};

struct flow;

/*
 * `name` is the program's, for messages.  `line_limit` bounds lines in (0:
 * the default, 16 MiB).  FLOW_NOTHING: a source, nothing is read.
 */
struct flow *flow_open(const char *name, enum flow_reads reads,
    size_t line_limit);

/*
 * The next line as it stands, verdict or not (FLOW_LINES); lines over the
 * limit are answered `rejected`.  0 at the end.  Borrowed until the next call.
 */
int flow_text(struct flow *f, struct line *l);

/*
 * The next record line (FLOW_RECORDS), not looked into.  Verdicts pass by,
 * lines over the limit are answered `rejected`.  0 at the end.  `l` is borrowed
 * until the next call.
 */
int flow_record(struct flow *f, struct line *l);

/*
 * The next line of any kind, read; the caller passes or changes it.  For
 * who must know its neighbours (waves, records with several payloads) and
 * for readers of verdicts.  p->verdict.p is NULL for a payload.  A verdict
 * that cannot be read is told and passed as it stands.  With `pool` the
 * slices live there (copied) instead of until the next call, and a line that
 * cannot be used is given as the verdict that answers it (its `line` is
 * absent), for the caller to put in its place.
 */
int flow_any(struct flow *f, struct payload *p, struct pool *pool);

/* The same with `pool`, for who holds many. */
int flow_kept(struct flow *f, struct payload_kept *k, struct pool *pool);

/*
 * Let several threads do it.  Each calls work() with a flow of its own, a part
 * of `f`, which gives some of the lines, the same as `f` would; what is
 * written for a line, before the next one is asked for, comes out in the
 * order of the lines, as if one thread had done it all.  What came in never
 * waits for more.  A part does not know the numbers of its lines, and
 * flow_waits() is not for it.  All share `ctx`.
 *
 * One thread gets `f` itself; where the system gives fewer than `threads`,
 * those do the work.  Returns when there are no more lines.
 */
void flow_share(struct flow *f, int threads,
    void (*work)(struct flow *part, void *ctx), void *ctx);

/* Write a line as it stands (LF added), or a payload or verdict. */
void flow_line(struct flow *f, struct slice line);
void flow_put(struct flow *f, const struct payload *p);

/* What payload_settle() and flow_put() write; `p` is of no use then. */
void flow_settle(struct flow *f, struct payload *p, const char *verdict,
    const char *reason, const char *message);

/* The same, with this id ("": the one that it has). */
void flow_settle_kept(struct flow *f, const struct payload_kept *k,
    const char *id, const char *verdict, const char *reason,
    const char *message);

/*
 * Answer a record that gave no payload.  `entity_id` is "orders/1042" or
 * NULL where it is not known; the record's bytes are kept, as `record` or
 * (no JSON) as `bytes`.
 */
void flow_reject(struct flow *f, struct slice record, const char *map,
    const char *source, const struct why *w);

/* Lines that this program adds (deletes, magento verdicts) or takes (several
 * payloads of one record): they count in the balance. */
void flow_added(struct flow *f, long lines);

/* Remember a status other than the verdicts give: the worst wins. */
void flow_fail(struct flow *f, const struct why *w);

/* True when going on is of no use: nothing can be written any more, or the
 * input broke.  For sources and for what works between two lines. */
bool flow_stopped(const struct flow *f);

/* The same, and nothing more is read: what was read and not written is
 * missing behind us, and the books are not asked for. */
void flow_stop(struct flow *f, const struct why *w);

/* True when no line came for `ms` milliseconds: time to finish what is held
 * back. */
bool flow_waits(const struct flow *f, int ms);

/* Push out what is written so far, e.g. before a long wait. */
void flow_flush(struct flow *f);

/*
 * Flush, check, balance (payload filters: lines in and added are lines out),
 * say what went wrong, free; the exit status.  A reader that left is 0.
 */
int flow_close(struct flow *f);

/* The worse of two exit statuses: 3, 2, 4, 1, 0. */
int flow_worse(int a, int b);

#endif
