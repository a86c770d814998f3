/* sf-diff - put beside a payload what Salesforce holds now. */
#include <stdlib.h>

#include "batch.h"
#include "was.h"
#include "opt.h"
#include "salesforce-program.h"
#include "say.h"

enum { BATCH = 5000 };		/* lines whose records are asked together */

enum { SEND = 256 };

static const struct opt options[] = {
	{ SEND, "send", NULL, "sf-load is next: a change is no status 1" },
	{ 0, NULL, NULL, NULL },
};

struct differ {
	struct sf_program open;
	struct was *was;
	struct flow *flow;
	struct batch *b;
	bool changes;		/* a payload was let pass */
	bool send;		/* ... and that is no status */
};

/* By map and key; of one key the highest source last, of equal ones the later
 * line. */
static int
by_key(const void *a, const void *b)
{
	const struct batch_line *x = *(const struct batch_line *const *)a;
	const struct batch_line *y = *(const struct batch_line *const *)b;
	int c = slice_cmp(x->p.map, y->p.map);

	if (c == 0)
		c = slice_cmp(x->p.key, y->p.key);
	if (c == 0)
		c = payload_source_cmp(x->p.source, y->p.source);
	return c != 0 ? c : (x > y) - (x < y);
}

/*
 * A key that several records give: of those in one batch the highest source
 * speaks for all, as in sf-load.
 */
static void
choose_shared(struct differ *d)
{
	struct batch *b = d->b;
	struct batch_line **l = xmalloc((b->n + 1) * sizeof(*l));
	size_t i, n = 0;

	for (i = 0; i < b->n; i++)
		if (batch_goes(b, i) && b->line[i].p.shared)
			l[n++] = &b->line[i];
	qsort(l, n, sizeof(*l), by_key);
	for (i = 0; i + 1 < n; i++)
		if (slice_eq(l[i]->p.map, l[i + 1]->p.map) &&
		    slice_eq(l[i]->p.key, l[i + 1]->p.key))
			batch_settle(b, (size_t)(l[i] - b->line), "skipped",
			    "same-key", "a record of a higher id gives the "
			    "same key in this run");
	free(l);
}

/*
 * The same key in a later batch: it is held against what was let pass before,
 * and not against Salesforce.  1: it goes on, 0: it does not, -1.
 */
static int
follows(struct differ *d, size_t i, bool differs, struct why *w)
{
	const struct payload *p = &d->b->line[i].p;
	struct slice text = p->hash.n > 0 ? p->hash : p->fields;
	bool same;
	int r;

	if (!p->shared)
		return differs;
	r = ledger_noted(d->open.ledger, p->map, p->key, text, &same, w);
	if (r == 1 && (same || slice_is(p->only, "insert"))) {
		batch_settle(d->b, i, "skipped", "same-key",
		    "an earlier record of this run gives the same");
		return 1;
	}
	if (r == -1 || (r == 0 && !differs))
		return r;
	return ledger_note(d->open.ledger, p->map, p->key, text, w) == -1 ?
	    -1 : 1;
}

static bool
own(void *ctx, size_t i)
{
	const struct differ *d = ctx;

	return was_differs(d->was, i);
}

static int
diff_lines(struct differ *d, struct why *w)
{
	struct batch *b = d->b;
	size_t i;
	int goes;

	choose_shared(d);
	if (was_batch(d->was, b, w) == -1)
		return -1;
	for (i = 0; i < b->n; i++) {
		if (!batch_goes(b, i))
			continue;
		goes = follows(d, i, was_differs(d->was, i), w);
		if (goes == -1)
			return -1;
		if (goes == 0 && b->line[i].p.with.n == 0)
			batch_settle(b, i, "unchanged", NULL, NULL);
	}
	batch_steps(b, own, d);
	for (i = 0; i < b->n; i++)
		d->changes |= batch_goes(b, i);
	return 0;
}

static int
diff(struct differ *d)
{
	struct why w = {0};
	int status;

	d->flow = flow_open("sf-diff", FLOW_PAYLOADS,
	    (size_t)conf_int(d->open.conf, "runs", "line_limit"));
	d->b = batch_open(d->flow, BATCH);
	while (batch_next(d->b)) {
		if (diff_lines(d, &w) == -1)
			batch_give_up(d->b, &w);
		else
			batch_put(d->b);
	}
	batch_close(d->b);
	status = flow_close(d->flow);
	return flow_worse(status, d->changes && !d->send ? WHY_DATA : 0);
}

static int
open_all(struct differ *d, const char *config, struct why *w)
{
	if (sf_program_open(&d->open, config, w) == -1)
		return -1;
	d->was = was_new(d->open.sf);
	return 0;
}

static int
close_all(struct differ *d, int status)
{
	was_free(d->was);
	return sf_program_close(&d->open, status);
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "sf-diff", .operands = "",
	    .purpose = "put beside a payload what Salesforce holds now",
	    .table = options };
	struct differ d = { .changes = false };
	struct why w = {0};
	int c, status;

	while ((c = opt_next(&o, argc, argv)) > 0)
		d.send = c == SEND;
	if (c < 0)
		return o.status;
	if (argv[o.first] != NULL)
		return opt_usage(&o, "'%s' is one argument too many",
		    argv[o.first]);
	if (open_all(&d, o.config, &w) == -1)
		status = say_why(&w);
	else
		status = diff(&d);
	return close_all(&d, status);
}
