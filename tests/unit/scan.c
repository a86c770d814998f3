/* scan: what it accepts is what yyjson accepts; slices are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <yyjson.h>

#include "scan.h"

static bool
ours(const char *p, size_t n)
{
	struct slice v;

	return scan_text((struct slice){ p, n }, &v, NULL) == 0;
}

static bool
theirs(const char *p, size_t n)
{
	yyjson_doc *d = yyjson_read(p, n, YYJSON_READ_NUMBER_AS_RAW);
	bool good = d != NULL;

	yyjson_doc_free(d);
	return good;
}

static const char *const samples[] = {
	"{}", "[]", "null", "true", "fals", "\"\"", "0", "-0", "01", "1.", ".5",
	"-", "1e5", "1E+5", "1e", "1.5e-7", "123456789012345678901234567890",
	"[1,2]", "[1,]", "[,1]", "{\"a\":1}", "{\"a\":1,}", "{a:1}",
	"{\"a\" : [ { \"b\" : null } ] }", "\"\\u00e9\"", "\"\\ud83d\\ude00\"",
	"\"\\ud83d\"", "\"\\ude00\"", "\"\\x\"", "\"a\nb\"", "\"tab\t\"",
	"\"\xc3\xa9\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\xf0\x9f\x98\x80\"",
	"\"\xf4\x90\x80\x80\"", "\"\xc0\x80\"", " 1 ", "1 2", "", "[", "\"",
	"[\"0123456789abcdef0123456789abcdef\xe2\x82\xac\",\"\\/\"]",
	"{\"a\":{\"a\":{\"a\":[[[[]]]]}}}", "[1}", "{\"a\":1]", "nul", "-1.0e+",
	"\"0123456789abcde\\\"", "\"0123456789abcd\\\"\"", "\x7f", "\"\x7f\"",
};

static void
accepts_what_is_json(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		if (ours(samples[i], strlen(samples[i])) !=
		    theirs(samples[i], strlen(samples[i])))
			fail_msg("'%s': ours %d", samples[i],
			    ours(samples[i], strlen(samples[i])));
}

/* Each sample with one byte changed, dropped or doubled, many times. */
static void
agrees_on_damage(void **state)
{
	uint32_t r = 1;
	char text[256];
	size_t n;
	int i;

	(void)state;
	for (i = 0; i < 200000; i++) {
		const char *s = samples[i % (sizeof(samples) /
		    sizeof(samples[0]))];

		n = strlen(s);
		memcpy(text, s, n + 1);
		r = r * 1664525 + 1013904223;
		if (n > 0)
			text[(r >> 8) % n] = (char)"{}[]\",:\\0eE.-\xc3\xa9 u"
			    [(r >> 20) % 18];
		if (ours(text, n) != theirs(text, n))
			fail_msg("'%.*s': ours %d", (int)n, text,
			    ours(text, n));
	}
}

static void
slices_are_exact(void **state)
{
	struct slice t = SLICE(" {\"a\\u0062\":1.50,\"c\":[ \"x\\\"y\" , {} ],"
	    "\"c\":-2}"), v, k, e;
	struct pool *pool = pool_new();
	struct scan s, in;

	(void)state;
	assert_int_equal(scan_text(t, &v, NULL), 0);
	scan_enter(&s, v);
	assert_int_equal(scan_member(&s, &k, &e), 1);
	assert_true(slice_is(scan_plain(k, pool), "ab"));
	assert_true(slice_is(e, "1.50"));
	assert_int_equal(scan_member(&s, &k, &e), 1);
	assert_true(slice_is(e, "[ \"x\\\"y\" , {} ]"));
	scan_enter(&in, e);
	assert_int_equal(scan_element(&in, &e), 1);
	assert_true(slice_is(scan_string(e, pool), "x\"y"));
	assert_int_equal(scan_element(&in, &e), 1);
	assert_true(slice_is(e, "{}"));
	assert_int_equal(scan_element(&in, &e), 0);
	assert_int_equal(scan_member(&s, &k, &e), 1);
	assert_int_equal(scan_member(&s, &k, &e), 0);
	assert_true(slice_is(scan_get(v, "ab"), "1.50"));
	assert_true(slice_is(scan_get(v, "c"), "-2"));
	assert_null(scan_get(v, "d").p);
	pool_free(pool);
}

/* A lying server's values of another kind are walked past nothing. */
static void
other_kinds_have_no_members(void **state)
{
	static const char *const other[] = { "\"{[[[\"", "[1]", "[[{]", "5",
	    "null" };
	struct slice k, v;
	struct scan s;

	(void)state;
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		char *exact = strndup(other[i], strlen(other[i]));

		scan_enter(&s, slice(exact));
		assert_int_equal(scan_member(&s, &k, &v), 0);
		free(exact);
	}
	scan_enter(&s, SLICE("\"{[[[\""));
	assert_int_equal(scan_element(&s, &v), 0);
	scan_enter(&s, (struct slice){ NULL, 0 });
	assert_int_equal(scan_element(&s, &v), 0);
}

static void
quotes_what_must_be(void **state)
{
	struct buf b = BUF(4096);
	struct pool *pool = pool_new();
	struct slice v, text = SLICE("a\"\\\n\t\x01/\xc3\xa9 0123456789abcdef");

	(void)state;
	scan_quote(&b, text);
	assert_string_equal(buf_cstr(&b),
	    "\"a\\\"\\\\\\n\\t\\u0001/\xc3\xa9 0123456789abcdef\"");
	assert_int_equal(scan_text(buf_all(&b), &v, NULL), 0);
	assert_true(slice_eq(scan_string(v, pool), text));
	buf_reset(&b);
	scan_quote(&b, SLICE("caf\xc3\xa9 \xf0\x9f\x98\x80 caf\xc3"));
	assert_string_equal(buf_cstr(&b), "\"caf\xc3\xa9 \xf0\x9f\x98\x80 "
	    "caf\xef\xbf\xbd\"");
	buf_reset(&b);
	scan_quote(&b, SLICE("\xed\xa0\x80\xff\""));
	assert_string_equal(buf_cstr(&b), "\"\xef\xbf\xbd\xef\xbf\xbd"
	    "\xef\xbf\xbd\xef\xbf\xbd\\\"\"");
	pool_free(pool);
	buf_free(&b);
}

static void
depth_has_an_end(void **state)
{
	char *deep = malloc(100000);
	struct why w = {0};
	struct slice v;

	(void)state;
	memset(deep, '[', 100000);
	assert_int_equal(scan_text((struct slice){ deep, 100000 }, &v, &w), -1);
	assert_int_equal(w.kind, WHY_DATA);
	assert_string_equal(w.code, "bad-json");
	free(deep);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_what_is_json),
		cmocka_unit_test(agrees_on_damage),
		cmocka_unit_test(slices_are_exact),
		cmocka_unit_test(other_kinds_have_no_members),
		cmocka_unit_test(quotes_what_must_be),
		cmocka_unit_test(depth_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
