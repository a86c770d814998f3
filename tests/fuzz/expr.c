/*
 * expr - fuzz: an expression (the first line) over records (the others)
 *
 * Whatever it gives is JSON, is the same the second time, and map_expr_true()
 * agrees with the last of it.
 */

#include "fuzz.h"
#include "scan.h"

struct seen {
	int status;
	struct buf out;
};

static void
values(struct map_expr *x, struct slice record, struct seen *s)
{
	struct slice rest, line, value;
	struct why w = {0};

	s->out = BUF(64 << 20);
	s->status = map_expr_values(x, record, &s->out, &w);
	demand(s->status == 0 || w.kind == WHY_DATA);
	demand(s->status == 0 || w.code[0] != '\0');
	for (rest = buf_all(&s->out); rest.n > 0; ) {
		line = fuzz_cut(&rest, "\n");
		demand(scan_text(line, &value, &w) == 0);
	}
}

/* What map_expr_true() says of it; a last null may also be nan, which is
 * true. */
static bool
agrees(int yes, const struct seen *s)
{
	struct slice rest = buf_all(&s->out), line = { NULL, 0 };

	if (s->status == -1)
		return yes == -1;
	while (rest.n > 0)
		line = fuzz_cut(&rest, "\n");
	return slice_is(line, "null") ? yes != -1 :
	    yes == (line.p != NULL && !slice_is(line, "false"));
}

static void
evaluate(struct map_expr *x, struct slice text)
{
	struct slice record = fuzz_record(text);
	struct seen a, b;
	struct why w = {0};

	values(x, record, &a);
	values(x, record, &b);
	demand(a.status == b.status);
	demand(slice_eq(buf_all(&a.out), buf_all(&b.out)));
	demand(agrees(map_expr_true(x, record, &w), &a));
	buf_free(&a.out);
	buf_free(&b.out);
	free((char *)(uintptr_t)record.p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice rest = { n == 0 ? NULL : (const char *)data, n };
	struct slice text = fuzz_cut(&rest, "\n");
	char *expr = xstrndup(text.p == NULL ? "" : text.p, text.n);
	struct buf mistakes = BUF(1 << 20);
	struct fuzz_world f;
	struct map_expr *x;

	fuzz_world_open(&f);
	x = map_expr_open(&f.world, expr, &mistakes);
	demand((x == NULL) == (mistakes.n > 0));
	while (x != NULL && rest.n > 0)
		evaluate(x, fuzz_cut(&rest, "\n"));
	map_expr_close(x);
	fuzz_world_close(&f);
	buf_free(&mistakes);
	free(expr);
	return 0;
}
