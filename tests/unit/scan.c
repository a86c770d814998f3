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

/* The same members, whether the text was checked before or meanwhile, with a
 * good guess at their names and with a bad one; bad where scan_text() says. */
static void
same_walks(struct slice text)
{
	struct scan_check k = { .text = text };
	struct slice whole, name, value, guess = SLICE("guess");
	struct scan_found f;
	struct scan s = { NULL, NULL, NULL }, good, bad;
	bool ok = scan_text(text, &whole, NULL) == 0 &&
	    scan_kind(whole) == SCAN_OBJECT;
	int r;

	if (ok)
		scan_enter(&s, whole);
	good = bad = s;
	while ((r = scan_check_member(&k, &name, &value, NULL)) == 1) {
		if (!ok)
			continue;
		assert_int_equal(scan_member_like(&good, name, &f), 1);
		assert_true(f.key.p == name.p && f.value.p == value.p &&
		    f.value.n == value.n && f.plain == (*value.p == '"' &&
		    memchr(value.p, '\\', value.n) == NULL));
		assert_int_equal(scan_member_like(&bad, guess, &f), 1);
		assert_true(slice_eq(f.key, name) && f.value.p == value.p &&
		    f.value.n == value.n);
		assert_int_equal(scan_member(&s, &name, &value), 1);
		assert_true(slice_eq(f.key, name) && slice_eq(f.value, value));
	}
	assert_int_equal(r, ok ? 0 : -1);
	if (ok) {
		assert_int_equal(scan_member(&s, &name, &value), 0);
		assert_int_equal(scan_member_like(&good, guess, &f), 0);
	}
}

/* In memory that ends where the text ends. */
static void
walks_are_the_same(void **state)
{
	static const char text[] = " {\"a\":\"b\",\"longer name\" : [1,{}],\t"
	    "\"key\":\t\"a text that is longer than sixteen\",\"e\\n\":"
	    "{\"f\":\"\\\"\"},\"\":\"\",\"n\":-1.5e3,\"z\":null} ";
	static const char with[] = "\"\\,:{}[] x0\n\xc3";
	char *exact = strdup(text);
	size_t n = strlen(text);

	(void)state;
	exact = realloc(exact, n);
	same_walks((struct slice){ exact, n });
	for (size_t i = 0; i < n; i++) {
		for (const char *c = with; *c != '\0'; c++) {
			exact[i] = *c;
			same_walks((struct slice){ exact, n });
		}
		exact[i] = text[i];
	}
	for (size_t i = 0; i < n; i++)
		same_walks((struct slice){ exact + i, n - i });
	free(exact);
}

/* Whatever its length, and wherever what is special stands. */
static void
short_texts_are_quoted_too(void **state)
{
	static const char with[] = "x\"\\\n\x1f";
	struct pool *pool = pool_new();
	struct buf b = BUF(4096);
	struct slice v, t;
	char *exact;

	(void)state;
	for (t.n = 1; t.n < 40; t.n++) {
		t.p = exact = malloc(t.n);
		for (size_t i = 0; i < t.n * strlen(with); i++) {
			memset(exact, 'x', t.n);
			exact[i / strlen(with)] = with[i % strlen(with)];
			buf_reset(&b);
			scan_quote(&b, t);
			assert_int_equal(scan_text(buf_all(&b), &v, NULL), 0);
			assert_true(slice_eq(scan_string(v, pool), t));
			assert_int_equal(b.n > t.n + 2, with[i %
			    strlen(with)] != 'x');
		}
		free(exact);
	}
	buf_free(&b);
	pool_free(pool);
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
		cmocka_unit_test(walks_are_the_same),
		cmocka_unit_test(short_texts_are_quoted_too),
		cmocka_unit_test(depth_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
