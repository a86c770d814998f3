/* mage-writeback - tells Magento the ids that Salesforce gave. */
#include <stdlib.h>

#include "conf.h"
#include "flow.h"
#include "ledger.h"
#include "magento-told.h"
#include "opt.h"
#include "say.h"

enum {
	BATCH = 4096,			/* lines held back together */
	BATCH_BYTES = 8 << 20,		/* or so many bytes */
	PAUSE = 200,			/* ms without a line end a batch */
	AGAIN = 256,
};

static const struct opt options[] = {
	{ AGAIN, "again", NULL, "ask and tell whatever is remembered" },
	{ 0, NULL, NULL, NULL },
};

struct writeback {
	struct flow *f;
	struct ledger *ledger;
	struct mage *m;
	struct mage_told *told;
	struct why dead;	/* Magento does not answer: lines pass by */
	struct pool *pool, *next_pool;
	struct payload line[BATCH];
	size_t n, bytes;	/* held */
	size_t ready;		/* of them to tell of now */
};

/* --- lines out --- */

static void
add_fields(const struct writeback *x, const struct mage_tell *t,
    struct buf *b)
{
	bool any = false;
	int i;

	buf_char(b, '{');
	for (i = 0; i < MAGE_PLACES; i++) {
		const char *name = mage_told_place(x->told, t->kind, i);

		if (t->want[i][0] == '\0' || name == NULL)
			continue;
		if (any)
			buf_char(b, ',');
		scan_quote(b, slice(name));
		buf_char(b, ':');
		scan_quote(b, slice(t->want[i]));
		any = true;
	}
	buf_char(b, '}');
}

static void
put_verdict(struct writeback *x, const struct mage_job *j)
{
	struct payload p = { .phase = -1, .map = SLICE("writeback") };
	struct buf object = BUF(64), fields = BUF(1024);

	buf_fmt(&object, "magento/%s", mage_kind_name(j->tell.kind));
	add_fields(x, &j->tell, &fields);
	p.object = buf_all(&object);
	p.source = j->source;
	p.key = j->source;
	while (p.key.n > 0 && *p.key.p != '/')
		p.key.p++, p.key.n--;
	p.key.p++;
	p.key.n--;
	p.fields = buf_all(&fields);
	flow_added(x->f, 1);
	flow_settle(x->f, &p, j->verdict, j->reason, j->tell.error.text);
	buf_free(&object);
	buf_free(&fields);
}

/* Every line in its place, ours behind the last one of their source. */
static void
pass(struct writeback *x)
{
	const struct mage_job *j = NULL;
	size_t i, n = 0, jobs = 0;

	if (x->told != NULL)
		jobs = mage_told_jobs(x->told, &j);
	for (i = 0; i < x->ready; i++) {
		if (x->line[i].line.p != NULL)
			flow_line(x->f, x->line[i].line);
		else
			flow_put(x->f, &x->line[i]);
		for (; n < jobs && j[n].last == i; n++)
			if (j[n].verdict != NULL)
				put_verdict(x, &j[n]);
	}
	flow_flush(x->f);
}

/* The lines that are not passed yet, into the other pool. */
static void
keep_rest(struct writeback *x)
{
	struct pool *old = x->pool;
	size_t i, n = 0;

	x->pool = x->next_pool;
	x->next_pool = old;
	pool_reset(x->pool);
	x->bytes = 0;
	for (i = x->ready; i < x->n; i++) {
		struct payload *p = &x->line[n++];

		payload_copy(p, &x->line[i], x->pool);
		x->bytes += p->line.n;
	}
	x->n = n;
}

/* Where the last source's lines begin: more of them may come. */
static size_t
last_source(const struct writeback *x)
{
	size_t i = x->n;

	while (i > 1 && slice_eq(x->line[i - 2].source,
	    x->line[x->n - 1].source))
		i--;
	return i == 0 ? 0 : i - 1;
}

/* When Magento does not answer, the verdicts still reach whoever counts
 * them; what was not told now is owed. */
static void
tell(struct writeback *x)
{
	struct why w = {0};
	int r;

	if (x->dead.kind == WHY_NONE) {
		r = mage_told_batch(x->told, x->line, x->ready, &x->dead);
		if (r == -1)
			why_in(&x->dead, "Magento is not told");
		w = x->dead;
	} else {
		r = mage_told_owe(x->told, x->line, x->ready, &x->dead, &w);
	}
	if (r == -1)
		flow_fail(x->f, &w);
}

static void
batch(struct writeback *x, bool end)
{
	x->ready = end ? x->n : last_source(x);
	if (x->ready == 0 && (x->n == BATCH || x->bytes >= BATCH_BYTES))
		x->ready = x->n;
	if (x->ready == 0)
		return;
	if (x->told != NULL)
		tell(x);
	pass(x);
	keep_rest(x);
}

static void
write_back(struct writeback *x)
{
	while (flow_any(x->f, &x->line[x->n], x->pool)) {
		x->bytes += x->line[x->n++].line.n;
		if (x->n == BATCH || x->bytes >= BATCH_BYTES ||
		    flow_waits(x->f, PAUSE))
			batch(x, false);
	}
	batch(x, true);
}

/* --- the program --- */

static int
open_all(struct writeback *x, const struct conf *c, bool again,
    struct why *w)
{
	if (!conf_bool(c, "magento", "writeback"))
		return 0;
	if ((x->ledger = ledger_of(c, LEDGER_WRITE, w)) == NULL)
		return -1;
	if ((x->m = mage_open(c, x->ledger, w)) != NULL &&
	    (x->told = mage_told_open(x->m, c, x->ledger, again, w)) != NULL)
		return 0;
	x->dead = *w;
	x->told = mage_told_open(NULL, c, x->ledger, again, NULL);
	return -1;
}

static int
close_all(struct writeback *x, int status)
{
	struct why w = {0};

	mage_told_close(x->told);
	mage_close(x->m);
	if (ledger_close(x->ledger, &w) == -1)
		status = flow_worse(status, say_why(&w));
	pool_free(x->pool);
	pool_free(x->next_pool);
	free(x);
	return status;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "mage-writeback", .operands = "",
	    .purpose = "tells Magento the ids that Salesforce gave",
	    .table = options };
	struct writeback *x;
	struct conf *conf;
	struct why w = {0};
	bool again = false;
	int c, status;

	while ((c = opt_next(&o, argc, argv)) > 0)
		again = c == AGAIN;
	if (c < 0)
		return o.status;
	if (argv[o.first] != NULL)
		return opt_usage(&o, "'%s' is one argument too many",
		    argv[o.first]);
	if ((conf = conf_open(o.config, &w)) == NULL)
		return say_why(&w);
	x = xcalloc(1, sizeof(*x));
	x->pool = pool_new();
	x->next_pool = pool_new();
	x->f = flow_open("mage-writeback", FLOW_VERDICTS,
	    (size_t)conf_int(conf, "runs", "line_limit"));
	if (open_all(x, conf, again, &w) == -1)
		flow_fail(x->f, &w);	/* the report still gets through */
	write_back(x);
	status = close_all(x, flow_close(x->f));
	conf_close(conf);
	return status;
}
