/* payload: read and written byte for byte; verdicts from payloads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "payload.h"

static const char whole[] = "{\"object\":\"Order\",\"map\":\"order\","
    "\"phase\":20,\"source\":\"orders/1042\",\"key\":\"10\\\"42\","
    "\"extid\":\"Magento_Id__c\",\"parent\":\"Account/7\","
    "\"match\":[{\"Email\":\"a@b.c\"}],\"with\":[\"order\"],"
    "\"only\":\"insert\",\"shared\":true,\"own\":[\"Name\"],"
    "\"quiet\":[\"T__c\"],\"rev\":\"0011223344556677\","
    "\"children\":{\"a\":[\"1\"]},\"id\":\"801000000000001AAA\","
    "\"adopted\":true,\"delete\":true,\"was\":null,\"hash\":\"ab\","
    "\"insert\":{\"S\":\"D\"},\"update\":{},"
    "\"fields\":{\"A\":10.50,\"B\":null,\"C\":\"x\\u00e9\"}}";

static void
comes_back_the_same(void **state)
{
	struct pool *pool = pool_new();
	struct buf b = BUF(8192);
	struct payload p;

	(void)state;
	assert_int_equal(payload_read(&p, SLICE(whole), pool, NULL), 0);
	assert_true(slice_is(p.key, "10\"42"));
	assert_int_equal(p.phase, 20);
	assert_true(p.shared && p.adopted && p.delete);
	payload_write(&b, &p);
	assert_string_equal(buf_cstr(&b), whole);
	buf_free(&b);
	pool_free(pool);
}

static void
refuses(const char *line, const char *code)
{
	struct pool *pool = pool_new();
	struct why w = {0};
	struct payload p;

	assert_int_equal(payload_read(&p, slice(line), pool, &w), -1);
	assert_int_equal(w.kind, WHY_DATA);
	assert_string_equal(w.code, code);
	pool_free(pool);
}

static void
refuses_what_is_no_payload(void **state)
{
	(void)state;
	refuses("", "bad-json");
	refuses("{", "bad-json");
	refuses("[]", "bad-json");
	refuses("{}", "bad-payload");
	refuses("{\"entity_id\":1}", "bad-payload");
	refuses("{\"object\":1,\"map\":\"m\",\"source\":\"s\",\"key\":\"k\"}",
	    "bad-payload");
	refuses("{\"object\":\"A\",\"map\":\"m\",\"source\":\"s\"}",
	    "bad-payload");
	refuses("{\"object\":\"A\",\"map\":\"m\",\"phase\":1.5,\"source\":\"s\","
	    "\"key\":\"k\"}", "bad-payload");
	refuses("{\"object\":\"A\",\"map\":\"m\",\"source\":\"s\",\"key\":\"k\","
	    "\"fields\":7}", "bad-payload");
}

static void
verdicts_keep_what_must_be_mended(void **state)
{
	struct pool *pool = pool_new();
	struct buf b = BUF(8192);
	struct payload p;

	(void)state;
	assert_int_equal(payload_read(&p, SLICE(whole), pool, NULL), 0);
	payload_settle(&p, "failed", "STRING_TOO_LONG", "too \"long\"");
	assert_true(payload_is_bad(&p));
	payload_write(&b, &p);
	assert_string_equal(buf_cstr(&b), "{\"verdict\":\"failed\","
	    "\"reason\":\"STRING_TOO_LONG\",\"message\":\"too \\\"long\\\"\","
	    "\"object\":\"Order\",\"map\":\"order\","
	    "\"source\":\"orders/1042\",\"key\":\"10\\\"42\","
	    "\"extid\":\"Magento_Id__c\",\"parent\":\"Account/7\","
	    "\"rev\":\"0011223344556677\",\"id\":\"801000000000001AAA\","
	    "\"adopted\":true,\"delete\":true,\"hash\":\"ab\","
	    "\"insert\":{\"S\":\"D\"},\"update\":{},"
	    "\"fields\":{\"A\":10.50,\"B\":null,\"C\":\"x\\u00e9\"}}");
	assert_true(payload_is_verdict(buf_all(&b)));
	buf_reset(&b);
	payload_settle(&p, "created", NULL, NULL);
	assert_false(payload_is_bad(&p));
	payload_write(&b, &p);
	assert_null(strstr(buf_cstr(&b), "fields"));
	assert_null(strstr(buf_cstr(&b), "reason"));
	buf_free(&b);
	pool_free(pool);
}

static void
hindered_is_bad_and_not_due_is_well(void **state)
{
	struct payload p = { .phase = -1 };

	(void)state;
	payload_settle(&p, "waiting", "not-paid", NULL);
	assert_false(payload_is_bad(&p));
	payload_settle(&p, "waiting", "parent-failed", NULL);
	assert_true(payload_is_bad(&p));
	payload_settle(&p, "waiting", "UNABLE_TO_LOCK_ROW", NULL);
	assert_true(payload_is_bad(&p));
	payload_settle(&p, "waiting", "no-answer", NULL);
	assert_true(payload_is_bad(&p));
	payload_settle(&p, "skipped", "zero-total", NULL);
	assert_false(payload_is_bad(&p));
	payload_settle(&p, "held", "stale", NULL);
	assert_true(payload_is_bad(&p));
}

static void
a_repeated_field_keeps_its_last(void **state)
{
	struct pool *pool = pool_new();
	struct field *f;
	size_t n;

	(void)state;
	f = payload_fields(SLICE("{\"A\":1,\"B\":2,\"\\u0041\":3}"), pool, &n);
	assert_int_equal(n, 2);
	assert_true(slice_is(f[0].name, "A") && slice_is(f[0].value, "3"));
	assert_true(slice_is(f[1].name, "B") && slice_is(f[1].value, "2"));
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_the_same),
		cmocka_unit_test(refuses_what_is_no_payload),
		cmocka_unit_test(verdicts_keep_what_must_be_mended),
		cmocka_unit_test(hindered_is_bad_and_not_due_is_well),
		cmocka_unit_test(a_repeated_field_keeps_its_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
