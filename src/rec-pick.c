/* rec-pick - passes the lines for which an expression is true */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf.h"
#include "flow.h"
#include "map.h"
#include "opt.h"
#include "say.h"

enum { INVERT = 256 };

static const struct opt options[] = {
	{ INVERT, "invert", NULL, "pass the lines for which it is not true" },
	{ 0, NULL, NULL, NULL },
};

/*
 * A line that the expression cannot be asked about is answered `rejected`;
 * a verdict is never lost, it passes.
 */
static void
pick(struct flow *f, struct map_expr *x, const struct line *l, bool invert)
{
	struct why w = {0};
	int yes;

	yes = map_expr_true(x, l->text, &w);
	if (yes == -1 && !payload_is_verdict(l->text))
		flow_reject(f, l->text, NULL, NULL, &w);
	else if (yes == -1 || (yes == 1) != invert)
		flow_line(f, l->text);
}

static int
pick_all(struct map_expr *x, size_t limit, bool invert)
{
	struct flow *f = flow_open("rec-pick", FLOW_LINES, limit);
	struct line l;

	while (flow_text(f, &l))
		pick(f, x, &l, invert);
	return flow_close(f);
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "rec-pick", .operands = "EXPR",
		.purpose = "the lines for which a mapping expression is true",
		.table = options };
	struct buf settings = BUF(1 << 20), mistakes = BUF(1 << 16);
	struct map_world world = { .ctx = NULL };
	struct map_expr *x = NULL;
	struct conf *conf = NULL;
	const char *env;
	struct why w = {0};
	size_t limit = 0;	/* flow's own */
	bool invert = false;
	int c, status;

	say_start("rec-pick", SAY_NORMAL);
	while ((c = opt_next(&o, argc, argv)) > 0)
		invert = c == INVERT;
	if (c < 0)
		return o.status;
	if (argc - o.first != 1)
		return opt_usage(&o, "one EXPR expected");
	/* settings are there for those who have them */
	env = getenv("MILLRACE_CONF");
	if (o.config != NULL || (env != NULL && *env != '\0')) {
		if ((conf = conf_open(o.config, &w)) == NULL)
			return say_why(&w);
		conf_json(conf, &settings);
		limit = (size_t)conf_int(conf, "runs", "line_limit");
		world.settings = buf_all(&settings);
	}
	x = map_expr_open(&world, argv[o.first], &mistakes);
	if (x == NULL)
		fputs(buf_cstr(&mistakes), stderr);
	status = x == NULL ? WHY_SETUP : pick_all(x, limit, invert);
	map_expr_close(x);
	conf_close(conf);
	buf_free(&settings);
	buf_free(&mistakes);
	return status;
}
