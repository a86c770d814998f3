/* sf-diff - put beside a payload what Salesforce holds now. */
#include "batch.h"
#include "conf.h"
#include "was.h"
#include "ledger.h"
#include "opt.h"
#include "salesforce.h"
#include "say.h"

enum { BATCH = 5000 };		/* lines whose records are asked together */

static const struct opt options[] = {
	{ 0, NULL, NULL, NULL },
};

struct differ {
	struct conf *conf;
	struct ledger *ledger;
	struct sf *sf;
	struct was *was;
	struct flow *flow;
	struct batch *b;
	bool changes;		/* a payload was let pass */
};

/*
 * A key that several records give: once one of them is let pass, the others
 * must pass too, since who is sent last decides what Salesforce has.  1, 0,
 * -1.
 */
static int
follows(struct differ *d, const struct payload *p, bool differs,
    struct why *w)
{
	bool other;

	if (!p->shared)
		return 0;
	if (!differs)
		return ledger_saw(d->ledger, p->map, p->key, w);
	return ledger_seen(d->ledger, p->map, p->key, p->source, &other, w);
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
	bool differs;
	size_t i;
	int more;

	if (was_batch(d->was, b, w) == -1)
		return -1;
	for (i = 0; i < b->n; i++) {
		if (!batch_goes(b, i))
			continue;
		differs = was_differs(d->was, i);
		if ((more = follows(d, &b->line[i].p, differs, w)) == -1)
			return -1;
		if (!differs && more == 0 && b->line[i].p.with.n == 0)
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
	    (size_t)conf_int(d->conf, "runs", "line_limit"));
	d->b = batch_open(d->flow, BATCH);
	while (batch_next(d->b)) {
		if (diff_lines(d, &w) == -1) {
			flow_stop(d->flow, &w);
			break;
		}
		batch_put(d->b);
	}
	batch_close(d->b);
	status = flow_close(d->flow);
	return flow_worse(status, d->changes ? WHY_DATA : 0);
}

static int
open_all(struct differ *d, const char *config, struct why *w)
{
	if ((d->conf = conf_open(config, w)) == NULL ||
	    (d->ledger = ledger_of(d->conf, LEDGER_WRITE, w)) == NULL ||
	    (d->sf = sf_open(d->conf, d->ledger, w)) == NULL ||
	    sf_settle_jobs(d->sf, w) == -1)
		return -1;
	d->was = was_new(d->sf);
	return 0;
}

static int
close_all(struct differ *d, int status)
{
	struct why w = {0};

	was_free(d->was);
	sf_close(d->sf);
	if (ledger_close(d->ledger, &w) == -1)
		status = flow_worse(status, say_why(&w));
	conf_close(d->conf);
	return status;
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
		continue;
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
