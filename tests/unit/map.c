/* map - the parts of the mapping engine alone: scanner, decimals, zones */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "../../lib/map-dec.h"
#include "../../lib/map-int.h"
#include "../../lib/map-time.h"
#include "../../lib/scan.h"
#include "file.h"

/* ---- scanner ---- */

struct keeper {			/* a scanner and what it is to keep */
	struct scanner scanner;
	struct want *root;
};

static struct keeper
keeper(struct pool *pool, struct want *root)
{
	struct keeper k = { .root = root };
	uint32_t places = 0;

	want_finish(pool, root, &places);
	scanner_start(&k.scanner, pool, root, places);
	return k;
}

/* What the scanner keeps of `text`, as JSON; NULL: refused.  Without a keeper
 * it keeps everything. */
static const char *
kept(struct pool *pool, const char *text, struct keeper *k)
{
	struct scanner all = { .pool = pool };
	struct scanner *s = k == NULL ? &all : &k->scanner;
	struct buf out = BUF(1 << 20);
	size_t n = strlen(text);
	char *room = pool_get(pool, n + 64);
	const char *r = NULL;
	struct val v;
	struct why why;

	memcpy(room, text, n);
	memset(room + n, 0, 64);
	if (scan_record(s, (struct slice){ room, n }, k == NULL ? NULL :
	    k->root, &v, &why) == 0) {
		val_json(&out, v);
		r = pool_dup(pool, buf_all(&out).p, out.n);
	}
	scanner_free(&all);
	buf_free(&out);
	return r;
}

static void
test_whole(void **state)
{
	static const char *const same[] = { "null", "true", "false", "0",
		"-0", "10.50", "12345678901234567890123", "1e5", "-1.5E-3",
		"\"\"", "\"a b\"", "[]", "{}", "[[],{}]", "[1,\"a\",null]",
		"{\"b\":1,\"a\":[{\"c\":null}]}",
		"\"exactly sixteen!\"", "\"exactly sixteen!!\"",
		"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"" };
	static const char *const pairs[][2] = {
		{ " [ 1 , 2 ] ", "[1,2]" },
		{ "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}" },
		{ "\"\\u00e9\\/\\ud83d\\ude00\"",
		    "\"\xc3\xa9/\xf0\x9f\x98\x80\"" },
		{ "\"\\u0000\\u001f\\n\"", "\"\\u0000\\u001f\\n\"" },
	};
	struct pool *pool = pool_new();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(same) / sizeof(*same); i++)
		assert_string_equal(kept(pool, same[i], NULL), same[i]);
	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		assert_string_equal(kept(pool, pairs[i][0], NULL),
		    pairs[i][1]);
	pool_free(pool);
}

/* What is written otherwise, at each place of texts of each length, once and
 * twice: nothing depends on where the processor's looks begin. */
static void
test_escapes(void **state)
{
	static const char *const pairs[][2] = { { "\\n", "\\n" },
		{ "\\\"", "\\\"" }, { "\\\\", "\\\\" },
		{ "\\/", "/" }, { "\\u00e9", "\xc3\xa9" },
		{ "\\ud83d\\ude00", "\xf0\x9f\x98\x80" },
		{ "\\u0001", "\\u0001" }, { "\\u0022", "\\\"" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xc3\xa9\\/", "\xc3\xa9/" } };
	struct pool *pool = pool_new();
	char in[256], out[256], dots[64];
	size_t i;
	int n, at;

	(void)state;
	memset(dots, '.', sizeof(dots));
	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		for (n = 0; n < 40; n++)
			for (at = 0; at <= n; at++) {
				snprintf(in, sizeof(in), "\"%.*s%s%.*s%s\"", at,
				    dots, pairs[i][0], n - at, dots,
				    n % 2 == 0 ? "" : pairs[i][0]);
				snprintf(out, sizeof(out), "\"%.*s%s%.*s%s\"",
				    at, dots, pairs[i][1], n - at, dots,
				    n % 2 == 0 ? "" : pairs[i][1]);
				assert_string_equal(kept(pool, in, NULL), out);
				in[strlen(in) - 1] = '\0';
				assert_null(kept(pool, in, NULL));
			}
	pool_free(pool);
}

static const char *const refused[] = { "", " ", "x", "nul", "tru", "01",
	"1.", ".5", "-", "+1", "1e", "1e+", "0x1", "NaN", "\"", "\"a",
	"\"\x01\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"",
	"\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\xff\"", "\"\xc0\x80\"",
	"\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"", "[", "[1",
	"[1,", "[1,]", "[,1]", "{", "{\"a\"", "{\"a\":", "{\"a\":1",
	"{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:2}", "1 2", "[1]]", "{}x",
	"\"a\" \"b\"", "[1 2]", "{\"a\" 1}" };

/* Refused the same whether it is wanted or only passed over, and by the
 * scanner that all programs share. */
static void
test_refused(void **state)
{
	struct pool *pool = pool_new();
	struct keeper k;
	struct want *w = want_new(pool);
	struct slice value;
	char text[256];
	size_t i;

	(void)state;
	want_key(pool, w, SLICE("wanted"));
	k = keeper(pool, w);
	for (i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		assert_null(kept(pool, refused[i], NULL));
		assert_int_equal(scan_text(slice(refused[i]), &value, NULL),
		    -1);
		snprintf(text, sizeof(text), "{\"other\":[%s]}", refused[i]);
		if (i > 1 && strcmp(refused[i], "[1]]") != 0)
			assert_null(kept(pool, text, &k));
	}
	scanner_free(&k.scanner);
	pool_free(pool);
}

static void
test_deep(void **state)
{
	struct pool *pool = pool_new();
	char text[2 * SCAN_DEPTH + 5];
	int i;

	(void)state;
	for (i = SCAN_DEPTH; i <= SCAN_DEPTH + 1; i++) {
		memset(text, '[', (size_t)i);
		memset(text + i, ']', (size_t)i);
		text[2 * i] = '\0';
		if (i == SCAN_DEPTH)
			assert_non_null(kept(pool, text, NULL));
		else
			assert_null(kept(pool, text, NULL));
	}
	pool_free(pool);
}

/* Only wanted places are kept, in whatever order the keys come. */
static void
test_wanted(void **state)
{
	struct pool *pool = pool_new();
	struct keeper k;
	struct want *w = want_new(pool), *items;

	(void)state;
	want_key(pool, w, SLICE("a"));
	items = want_key(pool, w, SLICE("items"));
	items->elem = want_new(pool);
	want_key(pool, items->elem, SLICE("sku"));
	want_key(pool, want_key(pool, w, SLICE("deep")),
	    SLICE("b"))->whole = true;
	k = keeper(pool, w);
	assert_string_equal(kept(pool, "{\"x\":1,\"a\":2,\"y\":[{\"a\":3}],"
	    "\"items\":[{\"q\":1,\"sku\":\"s\"},{}],\"deep\":{\"b\":{\"c\":1},"
	    "\"d\":2}}", &k), "{\"a\":2,\"items\":[{\"sku\":\"s\"},{}],"
	    "\"deep\":{\"b\":{\"c\":1}}}");
	assert_string_equal(kept(pool, "{\"deep\":{\"d\":2,\"b\":[]},"
	    "\"items\":7,\"a\":{\"z\":1}}", &k),
	    "{\"a\":{},\"items\":7,\"deep\":{\"b\":[]}}");
	assert_string_equal(kept(pool, "{\"\\u0061\":1,\"a\" : 5,\"b\":0}",
	    &k), "{\"a\":5}");
	scanner_free(&k.scanner);
	pool_free(pool);
}

/* What one record taught is not believed of the next. */
static void
test_learned(void **state)
{
	static const char *const lines[][2] = {
		{ "{\"a\":1,\"x\":{\"b\":1,\"c\":\"v\"},\"d\":\"t\"}",
		    "{\"a\":1,\"d\":\"t\"}" },
		{ "{\"a\":1,\"x\":{\"b\":1,\"c\":\"v\"},\"d\":\"t\"}",
		    "{\"a\":1,\"d\":\"t\"}" },
		{ "{\"a\":12,\"x\":{\"b\":1,\"c\":\"v\"},\"d\":\"u\"}",
		    "{\"a\":12,\"d\":\"u\"}" },
		{ "{\"a\":1,\"x\":{\"b\":1},\"d\":\"t\"}",
		    "{\"a\":1,\"d\":\"t\"}" },
		{ "{\"a\":\"1\",\"x\":[{\"c\":\"v\"},{\"b\":1}],\"d\":7}",
		    "{\"a\":\"1\",\"d\":7}" },
		{ "{\"a\": 1 ,\"d\":\"\\u0074\",\"x\":{\"b\":1 }}",
		    "{\"a\":1,\"d\":\"t\"}" },
		{ "{\"d\":\"t\",\"a\":1,\"d\":\"a text of more than 16 "
		    "bytes\"}",
		    "{\"a\":1,\"d\":\"a text of more than 16 bytes\"}" },
		{ "{\"a\":1}", "{\"a\":1}" },
		{ "{\"a\":\"\\/\",\"d\":null}", "{\"a\":\"/\",\"d\":null}" },
		{ "{\"a\":\"\\/\",\"d\":null}", "{\"a\":\"/\",\"d\":null}" },
		{ "{\"a\":\"\\u001f\\n\"}", "{\"a\":\"\\u001f\\n\"}" },
		{ "{\"a\":1,\"x\":{\"b\":1,\"c\":\"v\"},\"d\":\"t\"",
		    NULL },
		{ "{\"a\":1,\"x\":{\"b\":1,\"c\":\"v\"},}", NULL },
		{ "{\"a\":1,\"x\":{\"b\":1,\"c\":\"v\"],\"d\":\"t\"}",
		    NULL },
		{ "{\"a\":1,\"x\":{\"b\":01,\"c\":\"v\"},\"d\":\"t\"}",
		    NULL },
		{ "{\"a\":1,\"x\":{\"b\":1,", NULL },
		{ "{\"a\":1,", NULL },
	};
	struct pool *pool = pool_new();
	struct keeper k;
	struct want *w = want_new(pool);
	size_t i;
	int round;

	(void)state;
	want_key(pool, w, SLICE("a"));
	want_key(pool, w, SLICE("d"));
	k = keeper(pool, w);
	for (round = 0; round < 20; round++)
		for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
			const char *got = kept(pool, lines[i][0], &k);

			if (lines[i][1] == NULL)
				assert_null(got);
			else
				assert_string_equal(got, lines[i][1]);
		}
	scanner_free(&k.scanner);
	pool_free(pool);
}

/* More keys than are remembered, new ones in each record. */
static void
test_many_keys(void **state)
{
	struct pool *pool = pool_new();
	struct keeper k;
	struct want *w = want_new(pool);
	struct buf b = BUF(1 << 20);
	int i, round;

	(void)state;
	want_key(pool, w, SLICE("k777"));
	k = keeper(pool, w);
	for (round = 0; round < 3; round++) {
		buf_reset(&b);
		buf_char(&b, '{');
		for (i = 0; i < 1000; i++)
			buf_fmt(&b, "\"k%d\":%d,", (i * (round + 7)) % 1000,
			    i);
		buf_str(&b, "\"k777\":\"here\"}");
		assert_string_equal(kept(pool, buf_cstr(&b), &k),
		    "{\"k777\":\"here\"}");
	}
	buf_free(&b);
	scanner_free(&k.scanner);
	pool_free(pool);
}

/* ---- numbers ---- */

static void
test_numbers(void **state)
{
	static const struct {
		double d;
		const char *text;
	} cases[] = { { 0, "0" }, { -0.0, "-0" }, { 3, "3" }, { 0.1, "0.1" },
		{ 1e17, "1e+17" }, { 123456789012345680000.0,
		    "123456789012345680000" }, { 1e-5, "1e-05" },
		{ 0.0001, "0.0001" }, { 1.5e-7, "1.5e-07" }, { -2.5, "-2.5" },
		{ 0.30000000000000004, "0.30000000000000004" },
		{ 1e300, "1e+300" }, { 115.11, "115.11" },
		{ 999999999999999, "999999999999999" } };
	struct buf b = BUF(100);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_reset(&b);
		val_put_number(&b, cases[i].d);
		assert_string_equal(buf_cstr(&b), cases[i].text);
	}
	buf_free(&b);
}

static const char *
dec(const char *a, char op, const char *b)
{
	static char room[DEC_TEXT + 1];
	struct dec x, y, r;
	int bad = dec_read(slice(a), &x);

	if (op == 'r')
		bad |= dec_round(x, atoi(b), &r);
	else if (dec_read(slice(b), &y) == -1)
		bad = -1;
	else
		bad |= op == '+' ? dec_add(x, y, &r) : dec_mul(x, y, &r);
	if (bad)
		return "error";
	room[dec_write(r, room)] = '\0';
	return room;
}

static void
test_decimals(void **state)
{
	(void)state;
	assert_string_equal(dec("0.1", '+', "0.2"), "0.3");
	assert_string_equal(dec("19.99", '+', "-20"), "-0.01");
	assert_string_equal(dec("10.50", '+', "1"), "11.50");
	assert_string_equal(dec("1e2", '+', "1"), "101");
	assert_string_equal(dec("1.5e-3", '+', "0"), "0.0015");
	assert_string_equal(dec("29.99", '*', "3"), "89.97");
	assert_string_equal(dec("-1.25", '*', "0.04"), "-0.0500");
	assert_string_equal(dec("12345678901234567890.12", '+', ".88"),
	    "12345678901234567891.00");
	assert_string_equal(dec("1.005", 'r', "2"), "1.01");
	assert_string_equal(dec("-1.005", 'r', "2"), "-1.01");
	assert_string_equal(dec("2.5", 'r', "0"), "3");
	assert_string_equal(dec("1.004999", 'r', "2"), "1.00");
	assert_string_equal(dec("7", 'r', "2"), "7.00");
	assert_string_equal(dec("-0.001", 'r', "2"), "0.00");
	assert_string_equal(dec("99999999999999999999", '*',
	    "99999999999999999999"), "error");
	assert_string_equal(dec("1x", '+', "1"), "error");
	assert_string_equal(dec("", '+', "1"), "error");
	assert_string_equal(dec(".", '+', "1"), "error");
	assert_string_equal(dec("123456789012345678901234567890123456789", '+',
	    "1"), "error");
}

/* ---- time ---- */

static void
test_calendar(void **state)
{
	struct civil c;
	int64_t t;

	(void)state;
	assert_int_equal(days_of(1970, 1, 1), 0);
	assert_int_equal(days_of(2000, 3, 1), 11017);
	assert_int_equal(days_of(1600, 2, 29), -135081);
	for (t = -62135596800; t < 253402300799; t += 86400 * 977 + 3601) {
		civil_of(t, &c);
		assert_int_equal(civil_seconds(&c), t);
	}
	assert_int_equal(civil_read(slice("2024-02-29 23:59:59"), &c), 0);
	assert_int_equal(civil_read(slice("2026-03-29T00:30:00.123Z"), &c),
	    0);
	assert_int_equal(civil_read(slice("2023-02-29 00:00:00"), &c), -1);
	assert_int_equal(civil_read(slice("2026-13-01"), &c), -1);
	assert_int_equal(civil_read(slice("0000-00-00 00:00:00"), &c), -1);
	assert_int_equal(civil_read(slice("2026-01-01 24:00:00"), &c), -1);
	assert_int_equal(civil_read(slice("2026-01-01 00:00"), &c), -1);
	assert_int_equal(civil_read(slice("2026-01-01 00:00:00+02:00"), &c),
	    -1);
}

static struct zone *
load(const char *name)
{
	char path[200];
	struct buf b = BUF(1 << 20);
	struct why w = {0};
	struct zone *z;

	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
	assert_int_equal(file_read(path, &b, &w), 0);
	z = zone_read(buf_all(&b), &w);
	assert_non_null(z);
	buf_free(&b);
	return z;
}

/* Seconds east of Greenwich at a UTC time. */
static long
offset(struct zone *z, const char *utc)
{
	struct civil c;

	assert_int_equal(civil_read(slice(utc), &c), 0);
	return zone_offset(z, civil_seconds(&c));
}

static void
test_zones(void **state)
{
	static const struct {
		const char *zone, *before, *after;	/* a second apart */
		long from, to;
	} edges[] = {
		{ "Europe/Berlin", "2026-03-29 00:59:59",
		    "2026-03-29 01:00:00", 3600, 7200 },
		{ "Europe/Berlin", "2026-10-25 00:59:59",
		    "2026-10-25 01:00:00", 7200, 3600 },
		{ "Europe/Berlin", "2060-03-28 00:59:59",
		    "2060-03-28 01:00:00", 3600, 7200 },
		{ "Europe/Berlin", "2060-10-31 00:59:59",
		    "2060-10-31 01:00:00", 7200, 3600 },
		{ "America/Los_Angeles", "2026-03-08 09:59:59",
		    "2026-03-08 10:00:00", -28800, -25200 },
		{ "America/Los_Angeles", "2026-11-01 08:59:59",
		    "2026-11-01 09:00:00", -25200, -28800 },
		{ "America/Los_Angeles", "2006-04-02 09:59:59",
		    "2006-04-02 10:00:00", -28800, -25200 },
		{ "Asia/Kolkata", "2026-03-29 00:59:59",
		    "2026-03-29 01:00:00", 19800, 19800 },
		{ "Australia/Lord_Howe", "2026-04-04 14:59:59",
		    "2026-04-04 15:00:00", 39600, 37800 },
		{ "Australia/Lord_Howe", "2026-10-03 15:29:59",
		    "2026-10-03 15:30:00", 37800, 39600 },
		{ "Australia/Lord_Howe", "2055-12-31 12:00:00",
		    "2056-01-01 12:00:00", 39600, 39600 },
		{ "Etc/UTC", "1970-01-01 00:00:00", "2099-12-31 23:59:59", 0,
		    0 },
	};
	struct zone *z;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(edges) / sizeof(*edges); i++) {
		z = load(edges[i].zone);
		assert_int_equal(offset(z, edges[i].before), edges[i].from);
		assert_int_equal(offset(z, edges[i].after), edges[i].to);
		/* and once more, now that an answer is remembered */
		assert_int_equal(offset(z, edges[i].before), edges[i].from);
		zone_free(z);
	}
}

/* What the C library says, hour by hour over some years. */
static void
test_zones_libc(void **state)
{
	static const char *const names[] = { "Europe/Berlin",
		"America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
		"Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo" };
	struct zone *z;
	struct tm tm;
	size_t i;
	time_t t;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		setenv("TZ", names[i], 1);
		tzset();
		z = load(names[i]);
		for (t = 1230000000; t < 2500000000; t += 3600 * 7) {
			localtime_r(&t, &tm);
			assert_int_equal(zone_offset(z, t), tm.tm_gmtoff);
		}
		zone_free(z);
	}
}

/* Any cut of a zone file is refused or read, never overrun. */
static void
test_zone_cut(void **state)
{
	struct buf b = BUF(1 << 20);
	struct why w = {0};
	char *cut;
	size_t n;

	(void)state;
	assert_int_equal(file_read("/usr/share/zoneinfo/Europe/Berlin", &b,
	    &w), 0);
	for (n = 0; n < b.n; n++) {
		cut = malloc(n + 1);
		memcpy(cut, b.p, n);
		zone_free(zone_read((struct slice){ cut, n }, &w));
		free(cut);
	}
	buf_free(&b);
}

/* ---- expressions: what they read, and mistakes ---- */

static void
test_nearest(void **state)
{
	(void)state;
	assert_string_equal(func_nearest(SLICE("ascii_lowercase")),
	    "ascii_downcase");
	assert_string_equal(func_nearest(SLICE("lenght")), "length");
	assert_null(func_nearest(SLICE("zzzzzz")));
}

static void
test_expression(void **state)
{
	struct buf mistakes = BUF(1 << 16), out = BUF(1 << 16);
	struct map_expr *x;
	struct why w = {0};
	static char record[200] = "{\"a\":[{\"b\":1.50},{\"b\":2}],\"c\":3}\n";
	struct slice s = { record, strlen(record) - 1 };

	(void)state;
	x = map_expr_open(NULL, ".a[] | .b, $nobody", &mistakes);
	assert_null(x);
	assert_string_equal(buf_cstr(&mistakes), "expression:1:12: unknown "
	    "variable $nobody\n    .a[] | .b, $nobody\n               ^\n");
	x = map_expr_open(NULL, ".a[] | .b", &mistakes);
	assert_int_equal(map_expr_values(x, s, &out, &w), 0);
	assert_string_equal(buf_cstr(&out), "1.50\n2\n");
	assert_int_equal(map_expr_true(x, s, &w), 1);
	map_expr_close(x);
	x = map_expr_open(NULL, ".c - \"x\"", &mistakes);
	assert_int_equal(map_expr_true(x, s, &w), -1);
	assert_string_equal(w.code, "mapping-error");
	map_expr_close(x);
	buf_free(&mistakes);
	buf_free(&out);
}

/* Nesting that would exhaust the stack is a mistake, not a crash. */
static void
test_nesting(void **state)
{
	struct buf mistakes = BUF(1 << 20), text = BUF(1 << 20);
	static const char *const parts[] = { "(", "[", "-", "{a:", "1|", "try ",
		"if ", ". as $x | ", "\"\\(" };
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		buf_reset(&text);
		for (k = 0; k < 20000; k++)
			buf_str(&text, parts[i]);
		assert_null(map_expr_open(NULL, buf_cstr(&text), &mistakes));
		assert_true(mistakes.n > 0);
		buf_reset(&mistakes);
	}
	buf_free(&mistakes);
	buf_free(&text);
}

/* Does `page` have the name as a word? */
static bool
names(const char *page, const char *name)
{
	size_t n = strlen(name);
	const char *p = page;

	while ((p = strstr(p, name)) != NULL) {
		if (p[-1] == ' ' && strchr(" (\n", p[n]) != NULL)
			return true;
		p++;
	}
	return false;
}

static void
look_up(void *ctx, const char *name)
{
	if (name[0] != '_' && !names(ctx, name))
		fail_msg("%s is not in millrace-mapping.5", name);
}

static void
test_page(void **state)
{
	struct buf page = BUF(1 << 20);
	FILE *f = fopen("src/millrace-mapping.5", "r");
	int c;

	(void)state;
	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		buf_char(&page, (char)c);
	fclose(f);
	func_names(look_up, (void *)(uintptr_t)buf_cstr(&page));
	buf_free(&page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_learned),
		cmocka_unit_test(test_many_keys),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_calendar),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_zones_libc),
		cmocka_unit_test(test_zone_cut),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_expression),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
