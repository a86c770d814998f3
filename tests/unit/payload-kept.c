/* payload-kept: a payload of no known form is kept whole, and what is changed
 * of a kept one shows.  Those of a form are in payload-shape.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "payload-kept.h"

static void
same_slice(struct slice a, struct slice b)
{
	assert_int_equal(a.p == NULL, b.p == NULL);
	assert_true(slice_eq(a, b));
}

/* Each member by its own function, and all of them at once. */
static void
is_kept(const struct payload *p, struct pool *pool)
{
	struct payload_kept k, copy;
	struct payload q;

	memset(&k, 0xa5, sizeof(k));
	memset(&q, 0xa5, sizeof(q));
	payload_keep(&k, p, pool);
	payload_whole(&q, &k);
	kept_copy(&copy, &k, pool);
#define SAME(name) \
	same_slice(kept_##name(&k), p->name); \
	same_slice(kept_##name(&copy), p->name); \
	same_slice(q.name, p->name);
	PAYLOAD_KEPT(SAME)
	SAME(line)
#undef SAME
	assert_int_equal(q.phase, p->phase);
	assert_int_equal(q.shared, p->shared);
	assert_int_equal(q.adopted, p->adopted);
	assert_int_equal(q.delete, p->delete);

	k.adopted = true;
	kept_drop_was(&k);
	assert_null(kept_was(&k).p);
	payload_whole(&q, &k);
	assert_null(q.was.p);
	assert_true(q.adopted);
	same_slice(kept_hash(&k), p->hash);
}

static void
read_and_keep(const char *line)
{
	struct pool *pool = pool_new();
	struct payload p;

	assert_int_equal(payload_read(&p, slice(line), pool, NULL), 0);
	is_kept(&p, pool);
	pool_free(pool);
}

#define HEAD "{\"object\":\"Order\",\"map\":\"order\","

static void
what_was_read(void **state)
{
	(void)state;
	read_and_keep(HEAD "\"source\":\"orders/1\",\"key\":\"\\u00e9\"}");
	read_and_keep(HEAD "\"phase\":0,\"source\":\"o\",\"key\":\"1\","
	    "\"only\":\"\"}");
	read_and_keep("{\"verdict\":\"failed\",\"reason\":\"X\","
	    "\"message\":\"m\",\"object\":\"Order\",\"map\":\"order\","
	    "\"source\":\"orders/1\",\"key\":\"1\",\"record\":7,"
	    "\"bytes\":\"AA==\"}");
	read_and_keep(HEAD "\"phase\":999999999,\"source\":\"orders/1\","
	    "\"key\":\"1\",\"extid\":\"M__c\",\"parent\":\"Account/7\","
	    "\"match\":[],\"with\":[],\"only\":\"insert\",\"shared\":true,"
	    "\"own\":[],\"quiet\":[],\"rev\":\"0\",\"children\":{},"
	    "\"id\":\"801000000000001AAA\",\"adopted\":true,\"delete\":true,"
	    "\"was\":null,\"hash\":\"a\",\"insert\":{},\"update\":{},"
	    "\"fields\":{}}");
}

static void
what_was_put_together(void **state)
{
	struct pool *pool = pool_new();
	struct payload p;

	(void)state;
	assert_int_equal(payload_read(&p, SLICE(HEAD "\"source\":\"orders/1\","
	    "\"key\":\"1\",\"was\":{\"A\":1}}"), pool, NULL), 0);
	p.fields = SLICE("{\"Name\":1}");	/* not of this line */
	is_kept(&p, pool);
	p.line = (struct slice){ NULL, 0 };
	is_kept(&p, pool);
	pool_free(pool);
}

static void
what_has_no_phase_of_ours(void **state)
{
	struct pool *pool = pool_new();
	struct payload p;
	struct why w = {0};

	(void)state;
	assert_int_equal(payload_read(&p, SLICE(HEAD "\"phase\":1000000000,"
	    "\"source\":\"orders/1\",\"key\":\"1\"}"), pool, &w), -1);
	assert_string_equal(w.text, "not a payload: member 'phase' is not a "
	    "whole number below a billion");
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_read),
		cmocka_unit_test(what_was_put_together),
		cmocka_unit_test(what_has_no_phase_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
