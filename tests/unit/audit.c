/* audit, head, tally, chain: the log's chain, masks, and looks at heads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "audit.h"
#include "chain.h"
#include "diff.h"
#include "fold.h"
#include "reasons.h"
#include "runs.h"
#include "tally.h"

/* ---- head ---- */

static enum head_kind
look(struct head *h, const char *line)
{
	return head_read(h, slice(line));
}

static void
heads_are_told_apart(void **state)
{
	struct head h;

	(void)state;
	assert_int_equal(look(&h, "{\"id\":1}"), HEAD_RECORD);
	assert_int_equal(look(&h, ""), HEAD_RECORD);
	assert_int_equal(look(&h, "{\"object\":1}"), HEAD_RECORD);
	assert_int_equal(look(&h, "{\"object\":\"A\",\"map\":\"a\","
	    "\"source\":\"a/1\",\"key\":\"k\\\"1\",\"fields\":{}}"),
	    HEAD_PAYLOAD);
	assert_true(slice_is(h.object, "A"));
	assert_true(slice_is(h.key, "k\\\"1"));
	assert_false(h.deletes);
	assert_int_equal(look(&h, "{\"verdict\":\"held\",\"reason\":\"r\","
	    "\"message\":\"a \\\\\",\"object\":\"A\",\"map\":\"m\"}"),
	    HEAD_VERDICT);
	assert_true(slice_is(h.message, "a \\\\"));
	assert_true(slice_is(h.map, "m"));
}

static void
nested_members_are_stepped_over(void **state)
{
	struct head h;

	(void)state;
	look(&h, "{\"object\":\"A\",\"map\":\"a\",\"source\":\"a/1\","
	    "\"match\":[{\"E\":\"}]\\\"\"}],\"own\":[\"x\"],\"id\":\"7\","
	    "\"delete\":true}");
	assert_true(slice_is(h.id, "7"));
	assert_true(h.deletes);
	look(&h, "{\"object\":\"A\",\"was\":null,\"fields\":{\"id\":\"8\"}}");
	assert_true(h.planned);
	assert_null(h.id.p);
}

/* Cut behind any byte, nothing is read beyond it. */
static void
a_cut_head_is_no_harm(void **state)
{
	const char *line = "{\"verdict\":\"held\",\"message\":\"\\\"\","
	    "\"match\":[{\"a\":\"b\"}],\"source\":\"a/1\"}";
	struct head h;

	(void)state;
	for (size_t n = 0; n <= strlen(line); n++) {
		char *copy = malloc(n + 1);

		memcpy(copy, line, n);
		head_read(&h, (struct slice){ copy, n });
		if (h.source.p != NULL)
			assert_true(slice_is(h.source, "a/1"));
		free(copy);
	}
}

/* ---- tally ---- */

static const char stream[] =
    "{\"id\":1}\n"
    "{\"object\":\"A\",\"map\":\"a\",\"source\":\"a/1\",\"key\":\"1\"}\n"
    "{\"object\":\"A\",\"map\":\"a\",\"source\":\"a/1\",\"key\":\"2\","
    "\"delete\":true}\n"
    "{\"verdict\":\"held\",\"reason\":\"no good\",\"object\":\"A\","
    "\"map\":\"a\",\"source\":\"a/2\"}\n"
    "{\"verdict\":\"updated\",\"object\":\"magento/a\",\"source\":\"a/2\"}\n"
    "{\"verdict\":\"held\",\"map\":\"b\"}";

/* However the pieces fall, the counts are the same. */
static void
pieces_do_not_matter(void **state)
{
	struct buf first = BUF(1 << 16), b = BUF(1 << 16);

	(void)state;
	for (size_t step = 1; step <= sizeof(stream); step++) {
		struct tally *t = tally_new();

		for (size_t at = 0; at < sizeof(stream) - 1; at += step)
			tally_put(t, stream + at, sizeof(stream) - 1 - at <
			    step ? sizeof(stream) - 1 - at : step);
		tally_end(t);
		buf_reset(&b);
		tally_json(t, &b);
		if (step == 1) {
			buf_slice(&first, buf_all(&b));
			assert_int_equal(t->lines, 6);
			assert_int_equal(t->records, 1);
			assert_int_equal(t->payloads, 2);
			assert_int_equal(t->deletes, 1);
			assert_int_equal(t->verdicts, 3);
			assert_int_equal(t->told, 1);
			assert_int_equal(t->sources, 3);
			assert_true(t->torn);
		}
		assert_true(slice_eq(buf_all(&b), buf_all(&first)));
		tally_free(t);
	}
	assert_non_null(strstr(buf_cstr(&first), "\"reason\":\"other\""));
	assert_null(strstr(buf_cstr(&first), "no good"));
	buf_free(&b);
	buf_free(&first);
}

static void
a_flood_of_codes_is_bounded(void **state)
{
	struct tally *t = tally_new();
	struct fold f = { 0 };
	struct head h;
	char line[128];
	int n;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		n = snprintf(line, sizeof(line), "{\"verdict\":\"failed\","
		    "\"reason\":\"R%d\",\"map\":\"m\"}\n", i);
		tally_put(t, line, (size_t)n);
		head_read(&h, (struct slice){ line, (size_t)n - 1 });
		fold_put(&f, &h);
	}
	tally_end(t);
	assert_int_equal(t->verdicts, 5000);
	assert_true(t->rows <= TALLY_ROWS);
	assert_true(f.n <= FOLD_ROWS);
	assert_int_equal(f.total, 5000);
	fold_free(&f);
	tally_free(t);
}

/* ---- audit ---- */

static char *
folder(void)
{
	char name[] = "/tmp/audit-XXXXXX";

	assert_non_null(mkdtemp(name));
	return strdup(name);
}

static void
remove_folder(char *path)
{
	char file[256];

	snprintf(file, sizeof(file), "%s/" AUDIT_FILE, path);
	unlink(file);
	rmdir(path);
	free(path);
}

static void
a_chain_holds(void **state)
{
	char *path = folder(), hash[SIGN_HEX];
	struct audit a;
	struct audit_event e;
	struct why w = { 0 };

	(void)state;
	assert_int_equal(audit_append(path,
	    SLICE("\"event\":\"run-start\",\"run\":\"r\""), NULL, &w), 0);
	assert_int_equal(chain_check(path, &w), -1);
	assert_int_equal(w.kind, WHY_DATA);
	assert_int_equal(audit_append(path, SLICE("\"event\":\"run-end\""),
	    hash, &w), 0);
	assert_int_equal(chain_check(path, &w), 0);
	assert_int_equal(audit_open(&a, path, &w), 0);
	assert_int_equal(audit_next(&a, &e), 1);
	assert_true(slice_is(e.before, AUDIT_NOTHING));
	assert_true(slice_is(audit_text(&a, &e, "run"), "r"));
	assert_int_equal(audit_number(&e, "audit"), 1);
	assert_int_equal(audit_next(&a, &e), 1);
	assert_int_equal(e.n, 2);
	assert_string_equal(e.hash, hash);
	assert_int_equal(audit_next(&a, &e), 0);
	audit_close(&a);
	remove_folder(path);
}

static void
an_event_that_is_too_long_is_refused(void **state)
{
	char *path = folder(), *long_one = malloc(AUDIT_LINE + 1);
	struct why w = { 0 };

	(void)state;
	memset(long_one, 'x', AUDIT_LINE);
	assert_int_equal(audit_append(path, (struct slice){ long_one,
	    AUDIT_LINE }, NULL, &w), -1);
	assert_int_equal(w.kind, WHY_BROKEN);
	assert_int_equal(audit_append(path, SLICE("\"event\":\"run-start\""),
	    NULL, &w), 0);
	free(long_one);
	remove_folder(path);
}

static void
masks(const char *text, const char *want)
{
	struct buf b = BUF(1 << 16);

	audit_mask(&b, slice(text), SLICE("key"));
	if (strchr(want, '*') == NULL)
		assert_string_equal(buf_cstr(&b), want);
	else {
		size_t n = (size_t)(strchr(want, '*') - want);

		assert_memory_equal(buf_cstr(&b), want, n);
		assert_string_equal(buf_cstr(&b) + n + 16, want + n + 1);
	}
	buf_free(&b);
}

static void
addresses_are_hidden(void **state)
{
	struct buf a = BUF(999), b = BUF(999);

	(void)state;
	masks("orders", "orders");
	masks("", "");
	masks("a @ b", "a @ b");
	masks("email eq ann@b.c", "email eq email:*");
	masks("guest:ann+x@b.c,x", "guest:email:*,x");
	masks("--where=ann\xc3\xa9@b.c", "--where=email:*");
	audit_mask(&a, SLICE("Ann@B.c"), SLICE("key"));
	audit_mask(&b, SLICE("ann@b.C"), SLICE("key"));
	assert_true(slice_eq(buf_all(&a), buf_all(&b)));
	buf_reset(&b);
	audit_mask(&b, SLICE("ann@b.c"), SLICE("another key"));
	assert_false(slice_eq(buf_all(&a), buf_all(&b)));
	buf_free(&a);
	buf_free(&b);
}

/* ---- runs, reasons, diff ---- */

static void
names_of_runs(void **state)
{
	(void)state;
	assert_int_equal(runs_start("2026-11-21T020000Z-nightly"), 1795226400);
	assert_int_equal(runs_start("latest"), -1);
	assert_true(runs_is_name("orders.map"));
	assert_false(runs_is_name("../x"));
	assert_false(runs_is_name(""));
	assert_false(runs_is_name(".x"));
}

static void
reasons_are_sorted_and_whole(void **state)
{
	(void)state;
	for (const struct reason *r = reasons; r->code != NULL; r++) {
		assert_true(r[1].code == NULL ||
		    strcmp(r->code, r[1].code) < 0);
		assert_true(tally_is_code(slice(r->code)));
		assert_non_null(r->who);
		assert_int_equal(r->means[strlen(r->means) - 1], '.');
		assert_int_equal(r->todo[strlen(r->todo) - 1], '.');
		assert_ptr_equal(reasons_find(slice(r->code)), r);
	}
	assert_string_equal(reasons_find(SLICE("http-503"))->code, "http-NNN");
	assert_null(reasons_find(SLICE("no-such-code")));
}

static void
same(const char *a, const char *b, bool want)
{
	assert_int_equal(diff_same(slice(a), slice(b)), want);
	assert_int_equal(diff_same(slice(b), slice(a)), want);
}

static void
values_are_compared(void **state)
{
	(void)state;
	same("10.50", "10.5", true);
	same("10.50", "10.51", false);
	same("\"\"", "null", true);
	same("false", "null", false);
	same("\"10.50\"", "\"10.5\"", false);
	same("\"2026-01-02T03:04:05Z\"", "\"2026-01-02T03:04:05.000+0000\"",
	    true);
	same("\"2026-01-02T03:04:05Z\"", "\"2026-01-02T03:04:06.000+0000\"",
	    false);
	same("\"2026-01-02T03:04:05Z\"", "\"2026-01-02T03:04:05.000+0100\"",
	    false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_told_apart),
		cmocka_unit_test(nested_members_are_stepped_over),
		cmocka_unit_test(a_cut_head_is_no_harm),
		cmocka_unit_test(pieces_do_not_matter),
		cmocka_unit_test(a_flood_of_codes_is_bounded),
		cmocka_unit_test(a_chain_holds),
		cmocka_unit_test(an_event_that_is_too_long_is_refused),
		cmocka_unit_test(addresses_are_hidden),
		cmocka_unit_test(names_of_runs),
		cmocka_unit_test(reasons_are_sorted_and_whole),
		cmocka_unit_test(values_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
