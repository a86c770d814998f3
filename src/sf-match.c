/* sf-match - find the ids of payloads that have none. */
#include "batch.h"
#include "match.h"
#include "opt.h"
#include "salesforce-program.h"
#include "say.h"
#include "symbols.h"

enum { BATCH = 5000 };		/* lines whose keys are asked together */

static const struct opt options[] = {
	{ 0, NULL, NULL, NULL },
};

struct matcher {
	struct sf_program open;
	struct symbols *symbols;
	struct match *match;
	struct flow *flow;
	struct batch *b;
};

/* A payload keeps its bytes when it names what the org has not. */
static int
resolve(struct matcher *m, size_t i, struct why *w)
{
	struct payload p = m->b->line[i].p;
	struct pool *pool = m->b->pool;
	struct why no = {0};

	if (symbols_resolve(m->symbols, &p, pool, &no) == 0) {
		m->b->line[i].p = p;
		return 0;
	}
	if (no.kind != WHY_DATA) {
		*w = no;
		return -1;
	}
	batch_settle(m->b, i, "rejected",
	    pool_dup(pool, no.code, strlen(no.code)),
	    pool_dup(pool, no.text, strlen(no.text)));
	return 0;
}

/* From here on the id decides between create and update. */
static void
apply_only(struct batch *b, size_t i)
{
	const struct payload *p = &b->line[i].p;

	if (slice_is(p->only, "insert") && p->id.p != NULL)
		batch_settle(b, i, "skipped", "only-insert", NULL);
	else if (slice_is(p->only, "update") && p->id.p == NULL)
		batch_settle(b, i, "skipped", "only-update", NULL);
}

static int
match_lines(struct matcher *m, struct why *w)
{
	struct batch *b = m->b;
	size_t i;

	if (match_batch(m->match, b, w) == -1)
		return -1;
	for (i = 0; i < b->n; i++) {
		if (batch_goes(b, i) && !b->line[i].p.delete)
			apply_only(b, i);
		if (batch_goes(b, i) && resolve(m, i, w) == -1)
			return -1;
	}
	batch_steps(b, NULL, NULL);
	return 0;
}

static int
match(struct matcher *m)
{
	struct why w = {0};

	m->flow = flow_open("sf-match", FLOW_PAYLOADS,
	    (size_t)conf_int(m->open.conf, "runs", "line_limit"));
	m->b = batch_open(m->flow, BATCH);
	while (batch_next(m->b)) {
		if (match_lines(m, &w) == -1)
			batch_give_up(m->b, &w);
		else
			batch_put(m->b);
	}
	batch_close(m->b);
	return flow_close(m->flow);
}

static int
open_all(struct matcher *m, const char *config, struct why *w)
{
	if (sf_program_open(&m->open, config, w) == -1)
		return -1;
	m->symbols = symbols_new(m->open.sf);
	m->match = match_new(m->open.sf, m->open.ledger);
	return 0;
}

static int
close_all(struct matcher *m, int status)
{
	match_free(m->match);
	symbols_free(m->symbols);
	return sf_program_close(&m->open, status);
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "sf-match", .operands = "",
	    .purpose = "find the ids of payloads that have none",
	    .table = options };
	struct matcher m = { .flow = NULL };
	struct why w = {0};
	int c, status;

	while ((c = opt_next(&o, argc, argv)) > 0)
		continue;
	if (c < 0)
		return o.status;
	if (argv[o.first] != NULL)
		return opt_usage(&o, "'%s' is one argument too many",
		    argv[o.first]);
	if (open_all(&m, o.config, &w) == -1)
		status = say_why(&w);
	else
		status = match(&m);
	return close_all(&m, status);
}
