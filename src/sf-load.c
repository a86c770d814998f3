/* sf-load - payloads into Salesforce, a verdict for each. */
#include <stdint.h>
#include <stdio.h>

#include "flow.h"
#include "opt.h"
#include "salesforce-load.h"
#include "salesforce-program.h"
#include "say.h"

enum {
	WAVE_BYTES = 13 << 20,	/* see sf_wave.bytes and .planned, whatever `wave` says */
	PASSING = 256,		/* lines without a payload held at most */
};

static const struct opt options[] = {
	{ 0, NULL, NULL, NULL },
};

struct load {
	struct sf_program open;
	struct sf_load *load;
	struct flow *flow;
	struct sf_wave *wave;
	struct sf_wave *next;		/* the line that was too many */
	size_t rows;
	bool stopped;			/* nothing more is sent */
	struct why w;			/* why */
};

/* With the line that was read last, which begins another record. */
static bool
full(const struct load *l)
{
	return l->wave->n > l->rows ||
	    l->wave->bytes + l->wave->planned > WAVE_BYTES;
}

/* A wave ends between two records.  The first line of the next one is read
 * into the wave's memory before we know, so it moves out, and now in. */
static void
renew(struct load *l)
{
	sf_wave_clear(l->wave);
	if (l->next->n > 0)
		sf_wave_move_last(l->next, l->wave);
	sf_wave_clear(l->next);
}

static void
write_wave(struct load *l)
{
	const struct sf_wave *v = l->wave;

	for (size_t i = 0; i < v->n; i++) {
		const struct sf_row *r = &v->row[i];

		if (!r->passes)
			flow_settle_kept(l->flow, &r->p, r->id, r->verdict,
			    sf_row_reason(v, r), sf_row_message(v, r));
		else if (row_line(r).p != NULL)
			flow_line(l->flow, row_line(r));
		else			/* it could not be read */
			flow_put(l->flow, r->p.rest);
	}
}

/* Nothing but verdicts so far: they need not wait for a wave to fill. */
static void
pass_on(struct load *l)
{
	sf_wave_move_last(l->wave, l->next);
	sf_load_pass(l->load, l->wave);
	write_wave(l);
	renew(l);
}

/* False: the stream is over and nothing is left. */
static bool
read_wave(struct load *l)
{
	struct sf_wave *v = l->wave;
	size_t n;
	bool loads;

	renew(l);
	loads = v->n > 0 && !v->row[0].passes;
	while (flow_kept(l->flow, sf_wave_place(v), v->pool)) {
		sf_wave_add(v);
		n = v->n;
		if (n > 1 && v->row[n - 1].record == n - 1) {
			if (loads && full(l)) {
				sf_wave_move_last(v, l->next);
				break;
			}
			if (!loads && n > PASSING)
				pass_on(l);
		}
		loads |= !v->row[v->n - 1].passes;
	}
	return v->n > 0;
}

static void
load_all(struct load *l)
{
	while (read_wave(l)) {
		sf_wave_ready(l->wave);
		if (l->stopped) {
			sf_load_give_up(l->wave, &l->w);
		} else if (sf_load_wave(l->load, l->wave, &l->w) == -1) {
			flow_fail(l->flow, &l->w);
			l->stopped = true;
		}
		write_wave(l);
		flow_flush(l->flow);
	}
}

static int
open_all(struct load *l, const char *config, struct why *w)
{
	long rows;

	if (sf_program_alone(&l->open, config, w) == -1)
		return -1;
	rows = conf_int(l->open.conf, "salesforce", "wave");
	l->rows = rows < 1 ? 1 : (size_t)rows;
	l->load = sf_load_new(l->open.sf);
	l->wave = sf_wave_new(l->rows + 1);
	l->next = sf_wave_new(1);
	l->flow = flow_open("sf-load", FLOW_PAYLOADS,
	    (size_t)conf_int(l->open.conf, "runs", "line_limit"));
	return 0;
}

static int
close_all(struct load *l, int status)
{
	sf_wave_free(l->wave);
	sf_wave_free(l->next);
	sf_load_free(l->load);
	return sf_program_close(&l->open, status);
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "sf-load", .operands = "",
	    .purpose = "payloads into Salesforce, a verdict for each",
	    .table = options };
	struct load l = { .flow = NULL };
	int c, status;

	while ((c = opt_next(&o, argc, argv)) > 0)
		continue;
	if (c < 0)
		return o.status;
	if (argv[o.first] != NULL)
		return opt_usage(&o, "'%s' is one argument too many",
		    argv[o.first]);
	mem_keep();
	if (open_all(&l, o.config, &l.w) == -1)
		return close_all(&l, say_why(&l.w));
	load_all(&l);
	status = flow_close(l.flow);
	return close_all(&l, status);
}
