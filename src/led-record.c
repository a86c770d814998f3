/* led-record - remember ids, hashes, verdicts, attempts, due times. */
#include <stdlib.h>
#include <time.h>

#include "conf.h"
#include "flow.h"
#include "ledger.h"
#include "opt.h"
#include "say.h"

enum {
	BATCH = 32768,			/* lines that one commit takes */
	BATCH_BYTES = 12 << 20,		/* or so many bytes */
	PAUSE = 200,			/* ms without a new line end a batch */
};

static const struct opt options[] = {
	{ 0, NULL, NULL, NULL },
};

struct recorder {
	struct flow *flow;
	struct ledger *ledger;
	char *run_name;
	struct pool *pool;
	struct payload line[BATCH];
	const struct payload *sorted[BATCH];
	size_t n, bytes;
};

/* By key, so that a batch touches each page of the ledger once; verdicts of
 * one key in the order they came.  What is gone comes last: it is forgotten
 * with its children, whatever was said of them before that was known. */
static int
by_key(const void *a, const void *b)
{
	const struct payload *p = *(const struct payload *const *)a;
	const struct payload *q = *(const struct payload *const *)b;
	int c = slice_is(p->reason, "gone") - slice_is(q->reason, "gone");

	if (c == 0)
		c = slice_cmp(p->map, q->map);
	if (c == 0)
		c = slice_cmp(ledger_key(p), ledger_key(q));
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
remember(struct recorder *r, struct why *w)
{
	int64_t run, now = time(NULL);
	size_t i, n = 0;

	for (i = 0; i < r->n; i++)
		if (is_ours(&r->line[i]))
			r->sorted[n++] = &r->line[i];
	qsort(r->sorted, n, sizeof(r->sorted[0]), by_key);
	if (ledger_begin(r->ledger, w) == -1)
		return -1;
	if ((run = ledger_run(r->ledger, r->run_name, w)) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (ledger_verdict(r->ledger, r->sorted[i], run, now, w) == -1)
			return -1;
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
		if (r->line[i].line.p != NULL)
			flow_line(r->flow, r->line[i].line);
		else
			flow_put(r->flow, &r->line[i]);
	flow_flush(r->flow);
	pool_reset(r->pool);
	r->n = r->bytes = 0;
	return 0;
}

static void
record(struct recorder *r)
{
	struct payload *p = r->line;

	while (flow_any(r->flow, p, r->pool)) {
		r->n++;
		r->bytes += p->line.n;
		p = &r->line[r->n];
		if (r->n < BATCH && r->bytes < BATCH_BYTES &&
		    !flow_waits(r->flow, PAUSE))
			continue;
		if (commit(r) == -1)
			return;
		p = r->line;
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
	free(r->run_name);
	free(r);
	return status;
}
