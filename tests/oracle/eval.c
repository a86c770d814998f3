/*
 * eval - cases of the oracle by us, all in one process
 *
 * Reads lines {"n":N,"expr":TEXT,"input":TEXT}, writes {"n":N,"r":[...]} as
 * ours.h has it; what is no expression gives [{"e":"mistake"}].  A line is
 * written when its case is through, so that the last one tells of a crash.
 */

#include <stdio.h>

#include "ours.h"

static void
answer(struct slice line, struct pool *pool, struct buf *out)
{
	struct slice n = scan_get(line, "n");
	struct slice expr = scan_string(scan_get(line, "expr"), pool);
	struct slice input = scan_string(scan_get(line, "input"), pool);
	struct buf mistakes = BUF(1 << 20);
	struct map_expr *x;

	x = map_expr_open(NULL, pool_dup(pool, expr.p, expr.n), &mistakes);
	buf_str(out, "{\"n\":");
	buf_slice(out, n);
	buf_str(out, ",\"r\":");
	if (x == NULL)
		buf_str(out, "[{\"e\":\"mistake\"}]");
	else
		ours_values(x, input, out);
	buf_str(out, "}\n");
	map_expr_close(x);
	buf_free(&mistakes);
}

int
main(void)
{
	struct pool *pool = pool_new();
	struct buf out = BUF(64 << 20);
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	struct slice value;
	struct why w;
	int status = 0;

	while (status == 0 && (n = getline(&line, &cap, stdin)) > 0) {
		if (scan_text((struct slice){ line, (size_t)n }, &value,
		    &w) == -1) {
			fprintf(stderr, "eval: %s\n", w.text);
			status = 2;
			break;
		}
		answer(value, pool, &out);
		fwrite(out.p, 1, out.n, stdout);
		if (fflush(stdout) == EOF)
			status = 3;
		buf_reset(&out);
		pool_reset(pool);
	}
	free(line);
	buf_free(&out);
	pool_free(pool);
	return status;
}
