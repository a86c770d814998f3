/* batch - whole records from the stream, many at a time. */
#include <stdlib.h>

#include "batch.h"

struct reader {
	struct batch b;
	struct flow *flow;
	size_t want, cap;
	struct step *step;
	size_t step_cap;
	struct payload held;		/* first line of the next batch */
	struct pool *held_pool;		/* where it lives */
	bool has_held;
};

struct batch *
batch_open(struct flow *f, size_t want)
{
	struct reader *r = xcalloc(1, sizeof(*r));

	r->flow = f;
	r->want = want;
	r->b.pool = pool_new();
	r->held_pool = pool_new();
	return &r->b;
}

void
batch_close(struct batch *b)
{
	struct reader *r = (struct reader *)b;

	if (r == NULL)
		return;
	pool_free(r->b.pool);
	pool_free(r->held_pool);
	free(r->b.line);
	free(r->step);
	free(r);
}

static void
append(struct reader *r, const struct payload *p)
{
	if (r->b.n == r->cap) {
		r->cap = r->cap == 0 ? 256 : 2 * r->cap;
		r->b.line = xrealloc(r->b.line,
		    r->cap * sizeof(*r->b.line));
	}
	r->b.line[r->b.n++] = (struct batch_line){ .p = *p };
}

void
batch_insert(struct batch *b, size_t i, const struct payload *p)
{
	append((struct reader *)b, p);
	memmove(&b->line[i + 1], &b->line[i],
	    (b->n - 1 - i) * sizeof(*b->line));
	b->line[i] = (struct batch_line){ .p = *p };
}

/* The line that ended the last batch begins this one; pools change places. */
static void
begin(struct reader *r)
{
	struct pool *used = r->b.pool;

	r->b.n = 0;
	r->b.pool = r->held_pool;
	r->held_pool = used;
	pool_reset(used);
	if (r->has_held)
		append(r, &r->held);
	r->has_held = false;
}

/*
 * A batch that is full goes on to the end of its record, which shows in the
 * first line of the next; that one is read into the other pool.
 */
int
batch_next(struct batch *b)
{
	struct reader *r = (struct reader *)b;
	struct slice source = { NULL, 0 };
	struct payload p;
	size_t bytes = 0;
	bool full;

	begin(r);
	for (;;) {
		full = b->n >= r->want || bytes >= BATCH_BYTES;
		if (full && b->n > 0)
			source = b->line[b->n - 1].p.source;
		if (!flow_any(r->flow, &p, full ? r->held_pool : b->pool))
			return b->n > 0;
		if (full && (source.n == 0 ||
		    !slice_eq(p.source, source))) {
			r->held = p;
			r->has_held = true;
			return 1;
		}
		bytes += p.line.n;
		append(r, &p);
	}
}

bool
batch_goes(const struct batch *b, size_t i)
{
	return b->line[i].p.verdict.p == NULL && b->line[i].verdict == NULL;
}

void
batch_settle(struct batch *b, size_t i, const char *verdict,
    const char *reason, const char *message)
{
	struct batch_line *l = &b->line[i];

	l->verdict = verdict;
	l->reason = reason;
	l->message = message;
}

size_t
batch_record(const struct batch *b, size_t from)
{
	struct slice source = b->line[from].p.source;
	size_t i = from + 1;

	while (i < b->n && source.n > 0 &&
	    slice_eq(b->line[i].p.source, source))
		i++;
	return i;
}

static const char *
text(struct pool *pool, struct slice s)
{
	return s.p == NULL ? NULL : pool_dup(pool, s.p, s.n);
}

/* "order 1042 is held: two-hits": which line it waits for, and why. */
static const char *
waits_for(struct batch *b, const struct batch_line *l)
{
	const struct payload *p = &l->p;
	struct buf t = BUF(2048);
	const char *s;

	buf_slice(&t, p->map);
	buf_char(&t, ' ');
	buf_slice(&t, p->key.p != NULL ? p->key : p->source);
	buf_str(&t, " is ");
	if (l->verdict != NULL)
		buf_str(&t, l->verdict);
	else if (p->verdict.p != NULL)
		buf_slice(&t, p->verdict);
	else
		buf_str(&t, "waiting");
	if (l->reason != NULL || p->reason.n > 0)
		buf_str(&t, ": ");
	if (l->reason != NULL)
		buf_str(&t, l->reason);
	else
		buf_slice(&t, p->reason);
	s = text(b->pool, buf_all(&t));
	buf_free(&t);
	return s;
}

static void
carry_out(struct batch *b, size_t from, size_t i, const struct step *s)
{
	switch (s->answer) {
	case STEP_PASS:
		break;
	case STEP_UNCHANGED:
		batch_settle(b, i, "unchanged", NULL, NULL);
		break;
	case STEP_SKIP:
		batch_settle(b, i, "skipped", text(b->pool, s->reason), NULL);
		break;
	case STEP_WAIT:
		batch_settle(b, i, "waiting", "parent-failed",
		    waits_for(b, &b->line[from + s->cause]));
		break;
	}
}

/* A record without steps and children has nothing to apply. */
static bool
has_steps(const struct batch *b, size_t from, size_t to)
{
	for (; from < to; from++)
		if (b->line[from].p.with.n > 0 || b->line[from].p.parent.n > 0)
			return true;
	return false;
}

static void
steps(struct reader *r, size_t from, size_t to,
    bool (*own)(void *ctx, size_t i), void *ctx)
{
	struct batch *b = &r->b;
	struct step *s;
	size_t i, n = to - from;

	if (n > r->step_cap) {
		r->step_cap = 2 * n;
		r->step = xrealloc(r->step, r->step_cap * sizeof(*r->step));
	}
	for (i = 0; i < n; i++) {
		s = &r->step[i];
		*s = steps_of(&b->line[from + i].p);
		if (b->line[from + i].verdict != NULL) {
			s->fate = steps_fate(slice(b->line[from + i].verdict));
			s->reason = slice(b->line[from + i].reason);
		} else if (own != NULL && s->with.n > 0) {
			s->own = own(ctx, from + i);
		}
	}
	steps_apply(r->step, n);
	for (i = 0; i < n; i++)
		if (r->step[i].fate == STEP_GOES)
			carry_out(b, from, from + i, &r->step[i]);
}

void
batch_steps(struct batch *b, bool (*own)(void *ctx, size_t i), void *ctx)
{
	struct reader *r = (struct reader *)b;
	size_t from, to;

	for (from = 0; from < b->n; from = to) {
		to = batch_record(b, from);
		if (has_steps(b, from, to))
			steps(r, from, to, own, ctx);
	}
}

void
batch_give_up(struct batch *b, const struct why *w)
{
	struct reader *r = (struct reader *)b;
	char *text = xasprintf("the run stopped before it: %s", w->text);
	bool near = strcmp(w->code, "limit-near") == 0;
	size_t i;

	flow_fail(r->flow, w);
	do {
		for (i = 0; i < b->n; i++)
			if (batch_goes(b, i))
				batch_settle(b, i, "waiting", near ?
				    "limit-near" : "not-sent", text);
		batch_put(b);
	} while (batch_next(b));
	free(text);
}

void
batch_put(struct batch *b)
{
	struct reader *r = (struct reader *)b;
	struct batch_line *l;
	size_t i;

	for (i = 0; i < b->n; i++) {
		l = &b->line[i];
		if (l->verdict != NULL)
			flow_settle(r->flow, &l->p, l->verdict, l->reason,
			    l->message);
		else if (l->p.verdict.p != NULL && l->p.line.p != NULL)
			flow_line(r->flow, l->p.line);
		else
			flow_put(r->flow, &l->p);
	}
}
