/* payload-kept: what is kept is what it was, wherever its members lie. */
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
is_kept(const struct payload *p, bool rest, struct pool *pool)
{
	struct payload_kept k;
	struct payload q;

	memset(&k, 0xa5, sizeof(k));
	memset(&q, 0xa5, sizeof(q));
	payload_keep(&k, p, pool);
	payload_whole(&q, &k);
	assert_int_equal(k.rest != NULL, rest);
#define SAME(name) \
	same_slice(kept_##name(&k), p->name); \
	same_slice(q.name, p->name);
	PAYLOAD_KEPT(SAME)
	SAME(line)
#undef SAME
	assert_int_equal(q.phase, p->phase);
	assert_int_equal(q.shared, p->shared);
	assert_int_equal(q.adopted, p->adopted);
	assert_int_equal(q.delete, p->delete);
	assert_ptr_equal(q.places, p->places);

	kept_drop_was(&k);
	assert_null(kept_was(&k).p);
	same_slice(kept_hash(&k), p->hash);
}

static void
read_and_keep(const char *line, bool rest)
{
	struct pool *pool = pool_new();
	struct payload p;

	assert_int_equal(payload_read(&p, slice(line), pool, NULL), 0);
	is_kept(&p, rest, pool);
	pool_free(pool);
}

#define HEAD "{\"object\":\"Order\",\"map\":\"order\","

static void
what_lies_in_the_line(void **state)
{
	(void)state;
	read_and_keep(HEAD "\"source\":\"orders/1\",\"key\":\"1\"}", false);
	read_and_keep(HEAD "\"phase\":0,\"source\":\"o\",\"key\":\"1\","
	    "\"only\":\"\"}", false);
	read_and_keep("{\"verdict\":\"failed\",\"reason\":\"X\","
	    "\"message\":\"m\",\"object\":\"Order\",\"map\":\"order\","
	    "\"source\":\"orders/1\",\"key\":\"1\",\"record\":7,"
	    "\"bytes\":\"AA==\"}", false);
	read_and_keep(HEAD "\"phase\":32767,\"source\":\"orders/1\","
	    "\"key\":\"1\",\"extid\":\"M__c\",\"parent\":\"Account/7\","
	    "\"match\":[],\"with\":[],\"only\":\"insert\",\"shared\":true,"
	    "\"own\":[],\"quiet\":[],\"rev\":\"0\",\"children\":{},"
	    "\"id\":\"801000000000001AAA\",\"adopted\":true,\"delete\":true,"
	    "\"was\":null,\"hash\":\"a\",\"insert\":{},\"update\":{},"
	    "\"fields\":{}}", false);
}

static void
what_does_not(void **state)
{
	struct pool *pool = pool_new();
	struct payload p;

	(void)state;
	read_and_keep(HEAD "\"source\":\"orders/1\","
	    "\"key\":\"\\u00e9\"}", true);
	read_and_keep(HEAD "\"phase\":32768,\"source\":\"orders/1\","
	    "\"key\":\"1\"}", true);
	assert_int_equal(payload_read(&p, SLICE(HEAD "\"source\":\"orders/1\","
	    "\"key\":\"1\",\"was\":{\"A\":1}}"), pool, NULL), 0);
	is_kept(&p, false, pool);
	p.fields = SLICE("{\"Name\":1}");	/* not of this line */
	is_kept(&p, true, pool);
	p.line = (struct slice){ NULL, 0 };
	is_kept(&p, true, pool);
	pool_free(pool);
}

/* A member that is `n` bytes long, and one behind it. */
static void
is_long(size_t n, bool rest)
{
	struct buf b = BUF(1 << 20);

	buf_str(&b, HEAD "\"source\":\"");
	while (b.n < sizeof(HEAD "\"source\":\"") - 1 + n)
		buf_char(&b, 'x');
	buf_str(&b, "\",\"key\":\"1\"}");
	read_and_keep(buf_cstr(&b), rest);
	buf_free(&b);
}

static void
what_is_far_away(void **state)
{
	const size_t head = sizeof(HEAD "\"source\":\"\",\"key\":\"") - 1;

	(void)state;
	is_long(UINT16_MAX - head, false);	/* the key is at 65,535 */
	is_long(UINT16_MAX - head + 1, true);
	is_long(UINT16_MAX - 1, true);
	is_long(UINT16_MAX, true);
	is_long(UINT16_MAX + 1, true);
	is_long(1 << 19, true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_lies_in_the_line),
		cmocka_unit_test(what_does_not),
		cmocka_unit_test(what_is_far_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
