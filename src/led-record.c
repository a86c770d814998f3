/* led-record - remember ids, hashes, verdicts, attempts, due times. */
#include <stdlib.h>
#include <time.h>

#include "conf.h"
#include "flow.h"
#include "ledger.h"
#include "opt.h"
#include "payload-shape.h"
#include "say.h"

/*
 * Each batch touches the pages of the ledger that its keys lie on; keys in
 * any order lie on nearly all of them, so the batches are as large as memory
 * allows, and only lines and keys are held, not what was read of them.  That is
 * for what is written: a night in which nothing is sent takes small ones.
 */
enum {
	BATCH = 128 * 1024,		/* lines that one commit takes */
	BATCH_BYTES = 32 << 20,		/* or so many bytes, with HELD each, */
	IDLE_BYTES = 4 << 20,		/* where hardly a line writes anything: */
	IDLE = 8,			/* not one of so many */
	CACHE_KB = 4 * 1024,		/* of the ledger, gone through once */
	PAUSE = 200,			/* ms without a new line end a batch, */
	AGE = 3,			/* and so do seconds since its first */
};

static const struct opt options[] = {
	{ 0, NULL, NULL, NULL },
};

/* A line that waits for its commit. */
struct held {
	struct slice line;
	const struct payload *answer;	/* in place of a line that is bad */
	struct slice map, key;		/* no key: nothing to remember */
	bool gone;
};

enum { HELD = sizeof(struct held) + sizeof(struct held *) + POOL_ALIGN };

struct recorder {
	struct flow *flow;
	struct payload_shapes *shapes;
	struct ledger *ledger;
	char *run_name;
	struct pool *pool, *one;	/* of the batch; of one verdict */
	struct held held[BATCH];
	const struct held *sorted[BATCH];
	size_t n, bytes, limit;
	time_t began;
};

/* By key, so that a batch touches each page of the ledger once; verdicts of
 * one key in the order they came.  What is gone comes last: it is forgotten
 * with its children, whatever was said of them before that was known. */
static int
by_key(const void *a, const void *b)
{
	const struct held *p = *(const struct held *const *)a;
	const struct held *q = *(const struct held *const *)b;
	int c = p->gone - q->gone;

	if (c == 0)
		c = slice_cmp(p->map, q->map);
	if (c == 0)
		c = slice_cmp(p->key, q->key);
	return c != 0 ? c : (p > q) - (p < q);
}

/* Payloads, and what was said to the other side, are not ours to remember. */
static bool
is_ours(const struct payload *p)
{
	return p->verdict.p != NULL && (p->object.n == 0 ||
	    memchr(p->object.p, '/', p->object.n) == NULL);
}

static int
remember_one(struct recorder *r, const struct held *h, int64_t run,
    int64_t now, struct why *w)
{
	struct payload p;

	pool_reset(r->one);
	if (payload_shapes_read(r->shapes, &p, h->line, r->one, w) == -1)
		return -1;
	return ledger_verdict(r->ledger, &p, run, now, w);
}

static int
remember(struct recorder *r, struct why *w)
{
	int64_t run, before, now = time(NULL);
	size_t i, n = 0;

	for (i = 0; i < r->n; i++)
		if (r->held[i].key.n > 0)
			r->sorted[n++] = &r->held[i];
	qsort(r->sorted, n, sizeof(r->sorted[0]), by_key);
	if (ledger_begin(r->ledger, w) == -1)
		return -1;
	if ((run = ledger_run(r->ledger, r->run_name, w)) == -1)
		return -1;
	before = ledger_changes(r->ledger);
	for (i = 0; i < n; i++)
		if (remember_one(r, r->sorted[i], run, now, w) == -1)
			return -1;
	r->limit = (size_t)(ledger_changes(r->ledger) - before) < r->n / IDLE ?
	    IDLE_BYTES : BATCH_BYTES;
	return ledger_commit(r->ledger, w);
}

/* A line goes on only when what it says is on disk. */
static int
commit(struct recorder *r)
{
	struct why w = {0};
	size_t i;

	if (r->n > 0 && remember(r, &w) == -1) {
		ledger_rollback(r->ledger);
		flow_stop(r->flow, &w);
		return -1;
	}
	for (i = 0; i < r->n; i++)
		if (r->held[i].answer == NULL)
			flow_line(r->flow, r->held[i].line);
		else
			flow_put(r->flow, r->held[i].answer);
	flow_flush(r->flow);
	pool_reset(r->pool);
	r->n = r->bytes = 0;
	return 0;
}

/* What `p` points to is in the pool already. */
static void
hold(struct recorder *r, const struct payload *p)
{
	struct held *h = &r->held[r->n++];
	struct payload *answer;

	if (r->n == 1)
		r->began = time(NULL);
	*h = (struct held){ .line = p->line };
	r->bytes += p->line.n + HELD;
	if (p->line.p == NULL) {
		answer = pool_get(r->pool, sizeof(*answer));
		*answer = *p;
		h->answer = answer;
	} else if (is_ours(p)) {
		h->map = p->map;
		h->key = ledger_key(p);
		h->gone = slice_is(p->reason, "gone");
	}
}

static bool
is_full(const struct recorder *r)
{
	return r->n == BATCH || r->bytes >= r->limit ||
	    time(NULL) - r->began > AGE;
}

static void
record(struct recorder *r)
{
	struct payload p;

	while (flow_any(r->flow, &p, r->pool)) {
		hold(r, &p);
		if ((is_full(r) || flow_waits(r->flow, PAUSE)) &&
		    commit(r) == -1)
			return;
	}
	commit(r);
}

static int
open_all(struct recorder *r, const char *config, struct why *w)
{
	struct conf *c = conf_open(config, w);

	if (c == NULL)
		return -1;
	r->ledger = ledger_of(c, LEDGER_WRITE, w);
	if (r->ledger != NULL) {
		r->flow = flow_open("led-record", FLOW_VERDICTS,
		    (size_t)conf_int(c, "runs", "line_limit"));
		r->pool = pool_new();
		r->one = pool_new();
		r->shapes = payload_shapes_new();
		ledger_cache(r->ledger, CACHE_KB);
		r->limit = IDLE_BYTES;
		r->run_name = ledger_run_name();
	}
	conf_close(c);
	return r->ledger == NULL ? -1 : 0;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "led-record", .operands = "",
	    .purpose = "remember ids, hashes, verdicts, attempts, due times",
	    .table = options };
	struct recorder *r;
	struct why w = {0};
	int c, status;

	while ((c = opt_next(&o, argc, argv)) > 0)
		continue;
	if (c < 0)
		return o.status;
	if (argv[o.first] != NULL)
		return opt_usage(&o, "'%s' is one argument too many",
		    argv[o.first]);
	r = xcalloc(1, sizeof(*r));
	if (open_all(r, o.config, &w) == -1) {
		free(r);
		return say_why(&w);
	}
	record(r);
	status = flow_close(r->flow);
	if (ledger_close(r->ledger, &w) == -1)
		status = flow_worse(status, say_why(&w));
	pool_free(r->pool);
	pool_free(r->one);
	payload_shapes_free(r->shapes);
	free(r->run_name);
	free(r);
	return status;
}
