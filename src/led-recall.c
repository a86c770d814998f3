/* led-recall - give payloads the ids that are known, answer what is
 * unchanged. */
#include <stdio.h>
#include <stdlib.h>

#include "batch.h"
#include "children.h"
#include "conf.h"
#include "ledger.h"
#include "opt.h"
#include "say.h"
#include "sent.h"
#include "sign.h"

enum {
	BATCH = 2000,		/* lines looked up in one snapshot */
	CACHE_KB = 4 * 1024,	/* of the ledger, gone through once */
	MAPS = 64,		/* maps whose re-sends are counted apart */
	AGAIN = 256, QUEUE,
};

static const struct opt options[] = {
	{ AGAIN, "again", NULL, "give ids only; what is unchanged goes on" },
	{ QUEUE, "queue", NULL, "what would go on waits: put it in the queue" },
	{ 0, NULL, NULL, NULL },
};

struct recall {
	struct flow *flow;
	struct ledger *ledger;
	struct batch *b;
	struct sign_sha256 *sum;
	bool again, queue;
	long attempts, resend_limit;	/* 0: no limit */
	bool in_flight;			/* anything at all? */
	bool *own;			/* of each line: struct step.own */
	size_t own_cap;
	struct {
		char map[128];
		long n;
	} resent[MAPS];
};

/* A name that lasts as long as the batch. */
static const char *
keep(struct recall *r, struct slice s)
{
	return s.p == NULL ? NULL : pool_dup(r->b->pool, s.p, s.n);
}

/* The number of "orders/1042", by which sources of one entity are ordered. */
static bool
is_lower(struct slice a, struct slice b)
{
	const char *sa = a.n > 0 ? memchr(a.p, '/', a.n) : NULL;
	const char *sb = b.n > 0 ? memchr(b.p, '/', b.n) : NULL;
	struct slice na, nb;

	if (sa == NULL || sb == NULL || sa - a.p != sb - b.p ||
	    memcmp(a.p, b.p, (size_t)(sa - a.p)) != 0)
		return false;
	na = (struct slice){ sa + 1, a.n - (size_t)(sa + 1 - a.p) };
	nb = (struct slice){ sb + 1, b.n - (size_t)(sb + 1 - b.p) };
	if (na.n != nb.n)
		return na.n < nb.n;
	return memcmp(na.p, nb.p, na.n) < 0;
}

/* One more payload of `map` that is sent since the map changed too. */
static bool
beyond_limit(struct recall *r, struct slice map)
{
	size_t i;

	if (r->resend_limit == 0)
		return false;
	for (i = 0; i < MAPS - 1 && r->resent[i].n > 0; i++)
		if (slice_is(map, r->resent[i].map))
			break;
	if (r->resent[i].n == 0)
		snprintf(r->resent[i].map, sizeof(r->resent[i].map), "%.*s",
		    (int)map.n, map.p);
	return ++r->resent[i].n > r->resend_limit;
}

/* A key that this run has seen before.  1: settled, 0, -1. */
static int
repeated(struct recall *r, size_t i, struct why *w)
{
	const struct payload *p = &r->b->line[i].p;
	bool other;
	int seen;

	seen = ledger_seen(r->ledger, p->map, p->key, p->source, &other, w);
	if (seen != 1 || p->shared)
		return seen == -1 ? -1 : 0;
	batch_settle(r->b, i, "rejected", "duplicate-key", other ?
	    "another record of this run has the same key" :
	    "the record came twice in this run");
	return 1;
}

/* In flight means that nobody knows what Salesforce has.  1, 0, -1. */
static int
in_doubt(struct recall *r, const struct payload *p, struct why *w)
{
	static const struct slice any = { NULL, 0 };
	int has;

	if (!r->in_flight)
		return 0;
	has = ledger_flight_has(r->ledger, p->map, ledger_key(p), p->source,
	    w);
	if (has == 0 && p->with.n > 0)
		has = ledger_flight_has(r->ledger, any, any, p->source, w);
	return has;
}

/* Was one of those that the step stands around sent in a run after the one
 * in which the step last succeeded?  1, 0, -1. */
static int
is_behind(struct recall *r, const struct payload *p,
    const struct ledger_entry *e, struct why *w)
{
	struct slice v;
	struct scan s;
	int64_t sent, run = e->run;

	if (p->with.n == 0)
		return 0;
	scan_enter(&s, p->with);
	while (scan_element(&s, &v)) {
		sent = ledger_sent(r->ledger, p->source,
		    scan_string(v, r->b->pool), w);
		if (sent == -1 || sent > run)
			return sent == -1 ? -1 : 1;
	}
	return 0;
}

/* All attempts at this data by this map are spent: its last answer again. */
static bool
spent(struct recall *r, size_t i, const struct ledger_entry *e)
{
	const struct payload *p = &r->b->line[i].p;
	bool waits = slice_is(e->verdict, "waiting");

	if (r->attempts == 0 || e->attempts < r->attempts ||
	    !slice_eq(e->tried, p->hash) || !slice_eq(e->tried_rev, p->rev))
		return false;
	batch_settle(r->b, i, waits ? "failed" : keep(r, e->verdict),
	    keep(r, e->reason), keep(r, e->message));
	return true;
}

/*
 * This change was taken out of the queue and stays out, see changed(); or
 * Salesforce knew nothing to update, or a lead that it has converted: the same
 * change need not ask again.
 */
static bool
left_out(struct recall *r, size_t i, const struct ledger_entry *e)
{
	const struct payload *p = &r->b->line[i].p;

	if (!ledger_left_out(e->verdict, e->reason) ||
	    (slice_is(e->reason, "only-update") &&
	    (p->with.n > 0 || p->id.p != NULL)) ||
	    !slice_eq(e->tried, p->hash) || !slice_eq(e->tried_rev, p->rev))
		return false;
	batch_settle(r->b, i, "skipped", keep(r, e->reason), NULL);
	return true;
}

/* What is known decides, unless all is to go on.  0, or -1. */
static int
decide(struct recall *r, size_t i, const struct ledger_entry *e, bool known,
    struct why *w)
{
	struct payload *p = &r->b->line[i].p;
	bool same = ledger_success(e->verdict) && known &&
	    e->hash.p != NULL && slice_eq(e->hash, p->hash);
	int doubt, behind;

	if (spent(r, i, e) || left_out(r, i, e))
		return 0;
	if ((doubt = in_doubt(r, p, w)) == -1 ||
	    (behind = is_behind(r, p, e, w)) == -1)
		return -1;
	r->own[i] = !same || doubt == 1 || behind == 1;
	if (p->with.n > 0)	/* batch_steps() settles these */
		return 0;
	if (!r->own[i])
		batch_settle(r->b, i, "unchanged", NULL, NULL);
	else if (e->hash.p != NULL && !slice_eq(e->hash, p->hash) &&
	    !slice_eq(e->rev, p->rev) && beyond_limit(r, p->map))
		batch_settle(r->b, i, "held", "map-changed",
		    "the map changed, and [runs] resend_limit records of it "
		    "were sent again in this run");
	return 0;
}

static int
recall_line(struct recall *r, size_t i, struct why *w)
{
	struct payload *p = &r->b->line[i].p;
	struct ledger_record known;
	struct ledger_entry e;
	int settled;

	if ((settled = repeated(r, i, w)) != 0)
		return settled == 1 ? 0 : -1;
	if (ledger_recall(r->ledger, p, &known, &e, w) == -1)
		return -1;
	if (known.id.p != NULL) {
		p->id = slice(keep(r, known.id));
		p->adopted = p->adopted || known.adopted;
	}
	p->hash = sent_hash(p, r->sum, r->b->pool);
	/* Where that one never got as far as Salesforce, it stands for
	 * nothing: this one may be due although it is the lower. */
	if (p->shared && known.id.p != NULL && is_lower(p->source, e.source)) {
		batch_settle(r->b, i, "skipped", "same-key", NULL);
		return 0;
	}
	if (r->again || p->delete)
		return 0;
	return decide(r, i, &e, known.id.p != NULL, w);
}

/* A delete that was tried before, or that a changed map brought.  0, -1. */
static int
recall_delete(struct recall *r, size_t i, struct why *w)
{
	const struct payload *p = &r->b->line[i].p;
	struct ledger_entry e;

	if (ledger_entry_get(r->ledger, p->map, p->key, &e, w) == -1)
		return -1;
	if (r->again || spent(r, i, &e) || left_out(r, i, &e))
		return 0;
	if (e.rev.p != NULL && !slice_eq(e.rev, p->rev) &&
	    beyond_limit(r, p->map))
		batch_settle(r->b, i, "held", "map-changed",
		    "the map changed, and [runs] resend_limit records of it "
		    "were sent again in this run");
	return 0;
}

static void
need_own(struct recall *r)
{
	if (r->b->n <= r->own_cap)
		return;
	r->own_cap = 2 * r->b->n;
	r->own = xrealloc(r->own, r->own_cap * sizeof(*r->own));
}

/* What the record no longer has goes, before what it has.  How many, or -1. */
static long
prune(struct recall *r, size_t from, size_t to, struct why *w)
{
	long n, all;
	struct gone *g = children_gone(r->ledger, r->b, from, to, &n, w);

	for (all = n; n-- > 0; to++) {
		batch_insert(r->b, g[n].at, &g[n].p);
		need_own(r);
		memmove(&r->own[g[n].at + 1], &r->own[g[n].at],
		    (to - g[n].at) * sizeof(*r->own));
		r->own[g[n].at] = true;
		if (recall_delete(r, g[n].at, w) == -1)
			return -1;
	}
	return all;
}

/* What is there of a parent that is not to be updated stays as it is; what is
 * still missing of it goes. */
static void
leave_children(struct recall *r, size_t parent, size_t from, size_t to)
{
	const struct payload *p = &r->b->line[parent].p, *c;
	size_t i;

	for (i = from; i < to; i++) {
		c = &r->b->line[i].p;
		if (batch_goes(r->b, i) && c->id.p != NULL &&
		    steps_parent(c->parent, p->object, p->key))
			batch_settle(r->b, i, "skipped", "only-insert", NULL);
	}
}

/* Further down `only` is applied to what goes on; the children of what is
 * answered here would not hear of it. */
static void
leave_alone(struct recall *r, size_t from, size_t to)
{
	const struct batch_line *l;
	size_t i;

	for (i = from; i < to; i++) {
		l = &r->b->line[i];
		if (l->verdict != NULL && strcmp(l->verdict, "unchanged") == 0 &&
		    slice_is(l->p.only, "insert"))
			leave_children(r, i, from, to);
	}
}

/* What was taken out of the queue comes back when the record changes again:
 * the order may need the account that stayed out with it. */
static void
changed(struct recall *r, size_t from, size_t to)
{
	struct batch_line *l = r->b->line;
	size_t i, own = 0;

	for (i = from; i < to; i++)
		own += batch_goes(r->b, i) && r->own[i];
	for (i = from; own > 0 && i < to; i++)
		if (l[i].reason != NULL &&
		    strcmp(l[i].reason, "dequeued") == 0)
			batch_settle(r->b, i, NULL, NULL, NULL);
}

static int
recall_record(struct recall *r, size_t from, size_t *to, struct why *w)
{
	bool lists = false;
	long added;
	size_t i;

	for (i = from; i < *to; i++) {
		r->own[i] = true;
		if (!batch_goes(r->b, i))
			continue;
		lists |= r->b->line[i].p.children.p != NULL;
		if (recall_line(r, i, w) == -1)
			return -1;
	}
	changed(r, from, *to);
	if (lists) {
		if ((added = prune(r, from, *to, w)) == -1)
			return -1;
		flow_added(r->flow, added);
		*to += (size_t)added;
		changed(r, from, *to);	/* of the deletes */
	}
	for (i = from; lists && i < *to; i++)
		r->b->line[i].p.children = (struct slice){ NULL, 0 };
	leave_alone(r, from, *to);
	return 0;
}

static bool
own(void *ctx, size_t i)
{
	const struct recall *r = ctx;

	return r->again || r->own[i];
}

static int
recall_batch(struct recall *r, struct why *w)
{
	int64_t flights;
	size_t from, to;
	int got = 0;

	need_own(r);
	if (ledger_read(r->ledger, w) == -1 ||
	    (flights = ledger_flights(r->ledger, w)) == -1)
		return -1;
	r->in_flight = flights > 0;
	for (from = 0; from < r->b->n && got == 0; from = to) {
		to = batch_record(r->b, from);
		got = recall_record(r, from, &to, w);
	}
	ledger_read_end(r->ledger);
	return got;
}

/* What goes on waits for whoever empties the queue; what is there and is only
 * to be made has nothing to wait for. */
static void
put_in_queue(struct recall *r)
{
	const struct payload *p;
	size_t i;

	for (i = 0; i < r->b->n; i++) {
		p = &r->b->line[i].p;
		if (!batch_goes(r->b, i))
			continue;
		if (slice_is(p->only, "insert") && p->id.p != NULL)
			batch_settle(r->b, i, "skipped", "only-insert", NULL);
		else
			batch_settle(r->b, i, "waiting", "queued", NULL);
	}
}

static void
recall(struct recall *r)
{
	struct why w = {0};

	while (batch_next(r->b)) {
		if (recall_batch(r, &w) == -1) {
			flow_stop(r->flow, &w);
			return;
		}
		batch_steps(r->b, own, r);
		if (r->queue)
			put_in_queue(r);
		batch_put(r->b);
	}
}

static int
open_all(struct recall *r, const char *config, struct why *w)
{
	struct conf *c = conf_open(config, w);

	if (c == NULL)
		return -1;
	r->ledger = ledger_of(c, LEDGER_READ, w);
	if (r->ledger != NULL) {
		r->flow = flow_open("led-recall", FLOW_PAYLOADS,
		    (size_t)conf_int(c, "runs", "line_limit"));
		r->b = batch_open(r->flow, BATCH);
		ledger_cache(r->ledger, CACHE_KB);
		r->sum = sign_sha256_new();
		r->attempts = conf_int(c, "runs", "attempts");
		r->resend_limit = conf_int(c, "runs", "resend_limit");
	}
	conf_close(c);
	return r->ledger == NULL ? -1 : 0;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "led-recall", .operands = "",
	    .purpose = "give payloads the ids that are known, answer what is "
	    "unchanged", .table = options };
	struct recall r = { .again = false };
	struct why w = {0};
	int c, status;

	while ((c = opt_next(&o, argc, argv)) > 0)
		switch (c) {
		case AGAIN: r.again = true; break;
		case QUEUE: r.queue = true; break;
		}
	if (c < 0)
		return o.status;
	if (argv[o.first] != NULL)
		return opt_usage(&o, "'%s' is one argument too many",
		    argv[o.first]);
	if (open_all(&r, o.config, &w) == -1)
		return say_why(&w);
	recall(&r);
	batch_close(r.b);
	status = flow_close(r.flow);
	ledger_close(r.ledger, NULL);
	sign_sha256_free(r.sum);
	free(r.own);
	return status;
}
