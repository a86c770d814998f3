/*
 * map - fuzz: mapping files and the records that go through them
 *
 * Files end with a line ===, the last one with a line ---; records follow.
 * A set that opens lists itself, and answers each record with lines that are
 * JSON, or with a verdict.
 */

#include "fuzz.h"
#include "scan.h"

enum { TEXTS = 4 };

struct seen {
	struct buf lines;
	int n;
};

static void
payload(void *ctx, struct slice line)
{
	struct seen *s = ctx;
	struct slice value;
	struct why w;

	demand(scan_text(line, &value, &w) == 0);
	demand(scan_kind(value) == SCAN_OBJECT);
	buf_slice(&s->lines, line);
	s->n++;
}

static void
verdict(void *ctx, struct payload *p, const char *verdict,
    const char *reason, const char *message)
{
	struct seen *s = ctx;

	(void)p;
	demand(verdict != NULL && reason != NULL);
	demand(message == NULL || scan_utf8(slice(message)));
	buf_fmt(&s->lines, "%s %s %s\n", verdict, reason,
	    message == NULL ? "" : message);
	s->n++;
}

static int
run(struct map_run *m, struct slice record, struct seen *seen)
{
	struct map_sink sink = { payload, verdict, seen };
	struct why w = {0};
	int r;

	*seen = (struct seen){ BUF(64 << 20), 0 };
	r = map_record(m, record, &sink, &w);
	demand(r == 0 ? seen->n > 0 : seen->n == 0 && w.kind == WHY_DATA);
	return r;
}

static void
record(struct map_run *m, struct slice text)
{
	struct slice r = fuzz_record(text);
	struct buf out = BUF(64 << 20);
	struct seen a, b;
	struct why w = {0};
	char *source;

	demand(run(m, r, &a) == run(m, r, &b));
	demand(slice_eq(buf_all(&a.lines), buf_all(&b.lines)));
	if (map_source(m) != NULL) {
		source = xstrdup(map_source(m));
		demand(map_explain(m, r, source, &out, &w) != 0);
		free(source);
	}
	buf_free(&out);
	buf_free(&a.lines);
	buf_free(&b.lines);
	free((char *)(uintptr_t)r.p);
}

static void
item(void *ctx, const struct map_item *item)
{
	(void)ctx;
	demand(item->map != NULL && item->when != NULL && item->line > 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[TEXTS][2] = {
		{ "order.map", "order" }, { "order-item.map", "order-item" },
		{ "order-activate.map", "order-activate" },
		{ "other.map", "other" } };
	struct slice rest = { n == 0 ? NULL : (const char *)data, n };
	struct slice files = fuzz_cut(&rest, "\n---\n");
	struct buf mistakes = BUF(4 << 20);
	struct map_text texts[TEXTS];
	struct fuzz_world f;
	struct buf doubts = BUF(4 << 20);
	struct map_set *s;
	struct map_run *m;
	size_t count = 0;

	do
		texts[count] = (struct map_text){ names[count][0],
		    names[count][1], fuzz_cut(&files, "\n===\n") };
	while (++count < TEXTS && files.n > 0);
	fuzz_world_open(&f);
	s = map_open(&f.world, texts, count, &mistakes);
	demand((s == NULL) == (mistakes.n > 0));
	if (s != NULL) {
		map_list(s, item, NULL);
		map_check(s, &doubts);
		m = map_run_new(s);
		while (rest.n > 0)
			record(m, fuzz_cut(&rest, "\n"));
		map_run_free(m);
	}
	map_close(s);
	fuzz_world_close(&f);
	buf_free(&mistakes);
	buf_free(&doubts);
	return 0;
}
