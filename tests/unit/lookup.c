/* lookup and sent: texts as Salesforce compares them; what an update sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "alike.h"
#include "lookup.h"
#include "sent.h"
#include "sign.h"

static void
test_lines_of_a_text(void **state)
{
	struct lookup *l = lookup_new();
	size_t at = 0, line = 0;

	(void)state;
	assert_false(lookup_next(l, SLICE("a"), &at, &line));
	lookup_add(l, SLICE("B@x.y"), 3);
	lookup_add(l, SLICE("a@x.y"), 2);
	lookup_add(l, SLICE("b@X.Y  "), 1);
	at = 0;
	assert_true(lookup_next(l, SLICE("b@x.y"), &at, &line));
	assert_int_equal(line, 1);
	assert_true(lookup_next(l, SLICE("b@x.y"), &at, &line));
	assert_int_equal(line, 3);
	assert_false(lookup_next(l, SLICE("b@x.y"), &at, &line));
	at = 0;
	assert_false(lookup_next(l, SLICE("b@x"), &at, &line));
	at = 0;
	assert_false(lookup_next(l, SLICE(""), &at, &line));
	lookup_reset(l);
	at = 0;
	assert_false(lookup_next(l, SLICE("a@x.y"), &at, &line));
	lookup_free(l);
}

static bool
alike(struct slice a, struct slice b)
{
	int c = alike_cmp(a, b);

	assert_int_equal(c, -alike_cmp(b, a));
	assert_true(c != 0 || alike_hash(a) == alike_hash(b));
	return c == 0;
}

static void
test_sameness(void **state)
{
	(void)state;
	assert_true(alike(SLICE("ACME ltd "), SLICE("Acme Ltd")));
	assert_false(alike(SLICE("Acme"), SLICE("Acme Ltd")));
	assert_false(alike(SLICE(" Acme"), SLICE("Acme")));
	assert_true(alike(SLICE(""), SLICE("  ")));
	/* no case of each other */
	assert_false(alike(SLICE("["), SLICE("{")));
	assert_false(alike(SLICE("\xc3\x89"), SLICE("E")));
	/* other alphabets have cases as well, and some letters none */
	assert_true(alike(SLICE("M\xc3\x9cLLER"), SLICE("m\xc3\xbcller ")));
	assert_true(alike(SLICE("\xd0\x98\xd0\x92"), SLICE("\xd0\xb8\xd0\xb2")));
	assert_false(alike(SLICE("\xe6\x97\xa5"), SLICE("\xe6\x9c\xac")));
	/* bytes that are no character are themselves */
	assert_true(alike(SLICE("\xc3"), SLICE("\xc3")));
	assert_false(alike(SLICE("\xc3"), SLICE("\xc3\x89")));
	assert_false(alike(SLICE("\xff"), SLICE("\xfe")));
}

/* A long list: every text finds its own lines and no other. */
static void
test_many(void **state)
{
	struct lookup *l = lookup_new();
	char text[5000][8];
	size_t i, at, line;

	(void)state;
	for (i = 0; i < 5000; i++) {
		snprintf(text[i], sizeof(text[i]), "%zu", (i * 7919) % 5000);
		lookup_add(l, (struct slice){ text[i], strlen(text[i]) }, i);
	}
	assert_int_equal(lookup_count(l), 5000);
	for (i = 0; i < 5000; i++) {
		at = 0;
		assert_true(lookup_next(l, slice(text[i]), &at, &line));
		assert_int_equal(line, i);
		assert_false(lookup_next(l, slice(text[i]), &at, &line));
	}
	lookup_free(l);
}

static void
same_hash(const char *a, const char *b, bool same)
{
	struct pool *pool = pool_new();
	struct sign_sha256 *s = sign_sha256_new();
	struct payload p, q;

	assert_int_equal(payload_read(&p, slice(a), pool, NULL), 0);
	assert_int_equal(payload_read(&q, slice(b), pool, NULL), 0);
	assert_int_equal(slice_eq(sent_hash(&p, s, pool),
	    sent_hash(&q, s, pool)), same);
	sign_sha256_free(s);
	pool_free(pool);
}

#define P(rest) "{\"object\":\"A\",\"map\":\"m\",\"source\":\"c/1\"," \
	"\"key\":\"1\"," rest "}"

static void
test_hash(void **state)
{
	(void)state;
	same_hash(P("\"fields\":{\"A\":1}"), P("\"fields\":{\"A\":2}"), false);
	/* what is sent only when creating is no change */
	same_hash(P("\"insert\":{\"B\":1},\"fields\":{\"A\":1}"),
	    P("\"insert\":{\"B\":2},\"fields\":{\"A\":1}"), true);
	/* a field is not the same as one that is only updated */
	same_hash(P("\"update\":{\"A\":1},\"fields\":{}"),
	    P("\"update\":{},\"fields\":{\"A\":1}"), false);
	same_hash(P("\"quiet\":[\"T\"],\"fields\":{\"A\":1,\"T\":1}"),
	    P("\"quiet\":[\"T\"],\"fields\":{\"A\":1,\"T\":2}"), true);
	/* with and without the quiet name it is the same bytes */
	same_hash(P("\"quiet\":[\"T\"],\"fields\":{\"A\":1,\"T\":1}"),
	    P("\"fields\":{\"A\":1}"), true);
	same_hash(P("\"quiet\":[\"T\"],\"fields\":{\"T\":1}"),
	    P("\"fields\":{}"), true);
	/* own fields count until the record is adopted */
	same_hash(P("\"own\":[\"N\"],\"fields\":{\"N\":1}"),
	    P("\"own\":[\"N\"],\"fields\":{\"N\":2}"), false);
	same_hash(P("\"own\":[\"N\"],\"adopted\":true,\"fields\":{\"N\":1}"),
	    P("\"own\":[\"N\"],\"adopted\":true,\"fields\":{\"N\":2}"), true);
	/* absent, null and empty are three things to send */
	same_hash(P("\"fields\":{\"A\":null}"), P("\"fields\":{\"A\":\"\"}"),
	    false);
	same_hash(P("\"fields\":{\"A\":null}"), P("\"fields\":{}"), false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_of_a_text),
		cmocka_unit_test(test_sameness),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
