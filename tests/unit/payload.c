/* payload: read and written byte for byte; verdicts from payloads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "payload-in.h"

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
#define WITH(data) "{\"object\":\"A\",\"map\":\"m\",\"source\":\"s\"," \
	"\"key\":\"k\"," data "}"
	refuses(WITH("\"fields\":{\"A\":\"b\",\"N\\u0061me\":1}"),
	    "bad-payload");
	refuses(WITH("\"insert\":{\"A\":[\"b\"]}"), "bad-payload");
	refuses(WITH("\"update\":{\"A\":{}}"), "bad-payload");
	refuses(WITH("\"was\":{\"A\":[]}"), "bad-payload");
	refuses(WITH("\"match\":[{\"A\":1},{\"B\":[1]}]"), "bad-payload");
#undef WITH
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

/* ---- what is copied in runs is what would be written one by one ---- */

static size_t
pick(size_t n)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (size_t)(x >> 16) % n;
}

static const char *const texts[] = {
	"", "a", "new", "held", "orders/1042", "0011223344556677",
	"801000000000001AAA", "\xc3\xa9", "a\\b", "say \"so\"", "one\ntwo",
	"customers/123456789/of a shop!!",
	"a text that is longer than thirty-two bytes, by far",
	"a text that is longer than thirty-two bytes, with \"quotes\" in it",
};
static const char *const raws[] = {
	"{}", "[]", "{\"id\":\"7\"}", "[{\"Email\":\"a@b.c\"}]",
	"{\"A\":1,\"map\":\"m\",\"key\":\"k\",\"B\":[1,2,{\"C\":null}]}",
};
static const char *const spaces[] = { "", "", "", "", "", "", " ", "\t " };

#define OF(list)	list[pick(sizeof(list) / sizeof(list[0]))]
enum { MEMBERS = PAYLOAD_MEMBERS };

/* In the order of the list mostly, some of them, some twice. */
static void
any_line(struct buf *b)
{
	const struct payload_member *m;
	const char *comma = "{";

	for (size_t i = 0; i < MEMBERS; i++) {
		if (pick(3) == 0 && i > 0)
			continue;
		m = payload_members + (pick(12) == 0 ? pick(MEMBERS) : i);
		buf_fmt(b, "%s%s\"%s\"%s:%s", comma, OF(spaces), m->name,
		    OF(spaces), OF(spaces));
		comma = ",";
		if (m->type == PAYLOAD_TEXT)
			scan_quote(b, slice(OF(texts)));
		else
			buf_str(b, m->type == PAYLOAD_RAW ? OF(raws) :
			    m->type == PAYLOAD_FLAG ? "true" : "120");
		buf_str(b, OF(spaces));
	}
	buf_char(b, '}');
}

/* Some members go, some become others, or the value of another one. */
static void
change(struct payload *p, bool from_others)
{
	const struct payload_member *m = payload_members + pick(MEMBERS);
	const struct payload_member *o = payload_members + pick(MEMBERS);

	if (m->type != PAYLOAD_TEXT && m->type != PAYLOAD_RAW)
		return;
	if (pick(3) == 0)
		*payload_slot(p, m->at) = (struct slice){ NULL, 0 };
	else if (from_others && o->type == m->type)
		*payload_slot(p, m->at) = *payload_slot(p, o->at);
	else
		*payload_slot(p, m->at) = slice(m->type == PAYLOAD_TEXT ?
		    OF(texts) : OF(raws));
}

static void
write_plainly(struct buf *b, struct payload *p)
{
	const struct payload_member *m;
	size_t first = b->n;
	bool *flag;

	for (m = payload_members; m < payload_members + MEMBERS; m++) {
		flag = (bool *)(void *)((char *)p + m->at);
		if (m->type == PAYLOAD_NUMBER ? p->phase < 0 :
		    m->type == PAYLOAD_FLAG ? !*flag :
		    payload_slot(p, m->at)->p == NULL)
			continue;
		buf_fmt(b, ",\"%s\":", m->name);
		if (m->type == PAYLOAD_TEXT)
			scan_quote(b, *payload_slot(p, m->at));
		else if (m->type == PAYLOAD_RAW)
			buf_slice(b, *payload_slot(p, m->at));
		else
			buf_fmt(b, m->type == PAYLOAD_FLAG ? "true" : "%ld",
			    p->phase);
	}
	if (b->n == first)
		buf_char(b, ',');
	b->p[first] = '{';
	buf_char(b, '}');
}

static void
any_is_written_as_one_by_one(void **state)
{
	static const char *const verdicts[] = { "created", "held", "failed",
		"rejected", "waiting", "said" };
	struct pool *pool = pool_new();
	struct buf line = BUF(65536), b = BUF(65536), want = BUF(65536);
	const char *verdict, *message;
	struct payload p, again;
	int good = 0;

	(void)state;
	for (int i = 0; i < 4000; i++) {
		buf_reset(&line);
		buf_reset(&want);
		any_line(&line);
		if (i % 16 == 0)	/* a buffer that has to grow */
			buf_free(&b);
		buf_reset(&b);
		if (payload_read(&p, buf_all(&line), pool, NULL) == 0) {
			good++;
			for (size_t n = pick(4); n > 0; n--)
				change(&p, i % 2 == 0);
			again = p;
			message = pick(2) == 0 ? NULL : OF(texts);
			verdict = pick(2) == 0 ? NULL : OF(verdicts);
			if (verdict != NULL)
				payload_settle(&p, verdict, NULL, message);
			write_plainly(&want, &p);
			payload_write(&b, &p);
			assert_string_equal(buf_cstr(&b), buf_cstr(&want));
			buf_reset(&b);
			if (verdict != NULL)
				payload_write_settled(&b, &again, verdict,
				    NULL, message);
			else
				payload_write(&b, &again);
			assert_string_equal(buf_cstr(&b), buf_cstr(&want));
		}
		pool_reset(pool);
	}
	assert_true(good > 400);
	buf_free(&line);
	buf_free(&b);
	buf_free(&want);
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
		cmocka_unit_test(any_is_written_as_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
