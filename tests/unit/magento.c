/* magento - what users write and what Magento's answers say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "crew.h"
#include "magento-oauth.h"
#include "magento-page.h"
#include "magento.h"

static void
moments(void **state)
{
	static const char *const bad[] = { "", "yesterday", "2026-11-21 ",
	    "2026-13-01", "2026-02-29", "2026-11-21T24:00:00Z",
	    "2026-11-21T02:00:00+1:00", "2026-11-21T02:00:00.5Z",
	    "2026-11-21T02:00:00+15:00", "2026-11-21T02:00:00+01:60",
	    "2026-11-21+01:00", "2026-11-21 02:00:00 CET", "0999-01-01",
	    "20261121", "2026-11-21 02:00", "1763690400" };
	struct why w = {0};
	char out[20];
	size_t i;

	(void)state;
	assert_int_equal(mage_moment("2026-11-21", false, out, &w), 0);
	assert_string_equal(out, "2026-11-21 00:00:00");
	assert_int_equal(mage_moment("2026-11-21", true, out, &w), 0);
	assert_string_equal(out, "2026-11-21 23:59:59");
	assert_int_equal(mage_moment("2024-02-29T02:03:04Z", true, out, &w),
	    0);
	assert_string_equal(out, "2024-02-29 02:03:04");
	assert_int_equal(mage_moment("2026-11-21 02:03:04", false, out, &w),
	    0);
	assert_string_equal(out, "2026-11-21 02:03:04");
	assert_int_equal(mage_moment("2026-03-01T00:30:00+05:45", false, out,
	    &w), 0);
	assert_string_equal(out, "2026-02-28 18:45:00");
	assert_int_equal(mage_moment("2026-12-31 23:59:59-00:30", false, out,
	    &w), 0);
	assert_string_equal(out, "2027-01-01 00:29:59");
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(mage_moment(bad[i], false, out, &w), -1);
		assert_int_equal(w.kind, WHY_SETUP);
	}
}

static void
wheres(void **state)
{
	static const struct {
		const char *text, *field, *op, *value;
	} good[] = {
		{ "status = pending", "status", "eq", "pending" },
		{ "  grand_total   >=  10.50", "grand_total", "gteq",
		    "10.50" },
		{ "name like %a b%", "name", "like", "%a b%" },
		{ "customer_id null", "customer_id", "null", "1" },
		{ "id != 4", "entity_id", "neq", "4" },
		{ "name in  a, b c ,d", "name", "in", "a,b c,d" },
		{ "name in \" a\"\"b \" , c", "name", "in", " a\"b ,c" },
		{ "updated_at >= 2026-11-21T02:00:00+02:00", "updated_at",
		    "gteq", "2026-11-21 00:00:00" },
		{ "created_at <= 2026-11-21", "created_at", "lteq",
		    "2026-11-21 23:59:59" },
		{ "created_at > 2026-11-21", "created_at", "gt",
		    "2026-11-21 23:59:59" },
		{ "created_at < 2026-11-21", "created_at", "lt",
		    "2026-11-21 00:00:00" },
		{ "created_at like 2026-11-%", "created_at", "like",
		    "2026-11-%" },
		{ "created_at null", "created_at", "null", "1" },
	};
	static const char *const bad[] = { "", "status", "status =",
	    "status is x", "entity_id moreq 7", "a[b] = 1", "= 1",
	    "status null 1", "status in ,a", "status in \"a", "name in \"\"",
	    "status in \"a\"b", "created_at = 2026-11-21",
	    "created_at >= yesterday", "created_at gt 1763690400",
	    "created_at in 2026-11-21 00:00:00,soon",
	    "a in \"1,\",\"2,\",\"3,\",\"4,\"" };
	struct why w = {0};
	const struct mage_entity *e = mage_entity("customers", &w);
	struct mage_where f[3];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_int_equal(mage_where(f, 3, e, good[i].text, &w), 1);
		assert_string_equal(f->field, good[i].field);
		assert_string_equal(f->op, good[i].op);
		assert_string_equal(f->value, good[i].value);
		mage_where_free(f);
	}
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(mage_where(f, 3, e, bad[i], &w), -1);
		assert_int_equal(w.kind, WHY_SETUP);
	}
	assert_int_equal(mage_where(f, 3, e, "name nin \"a,b\",c", &w), 2);
	assert_string_equal(f[0].op, "neq");
	assert_string_equal(f[0].value, "a,b");
	assert_string_equal(f[1].value, "c");
	assert_false(f[0].or || f[1].or);
	mage_where_free(&f[0]);
	mage_where_free(&f[1]);
	assert_int_equal(mage_where(f, 3, e, "name in \"a,b\",c", &w), 2);
	assert_string_equal(f[1].op, "eq");
	assert_true(!f[0].or && f[1].or);
	mage_where_free(&f[0]);
	mage_where_free(&f[1]);
	assert_null(mage_entity("custmers", &w));
	assert_non_null(strstr(w.text, "'customers'"));
}

static void
says(const char *body, const char *want)
{
	struct buf b = BUF(1000);

	assert_int_equal(mage_says(slice(body), &b), want != NULL);
	assert_string_equal(buf_cstr(&b), want == NULL ? "" : want);
	buf_free(&b);
}

static void
messages(void **state)
{
	(void)state;
	says("{\"message\":\"Only.\"}", "Only");
	says("{\"message\":\"%1 is not %2, %1\",\"parameters\":[\"a\",2]}",
	    "a is not 2, a");
	says("{\"message\":\"\\\"%fieldName\\\" of %field is 50% off %3\","
	    "\"parameters\":{\"field\":\"x\",\"fieldName\":\"sku\"}}",
	    "\"sku\" of x is 50% off %3");
	says("{\"message\":\"useless\",\"errors\":[{\"message\":\"%1!\","
	    "\"parameters\":[\"one\"]},{\"message\":\"two\"}]}",
	    "one!; two");
	says("{\"messages\":{\"error\":[{\"code\":500,\"message\":"
	    "\"Server\\n\\n   error\"}]}}", "Server error");
	says("{\"message\":\"%1 %9 %\",\"parameters\":[]}", "%1 %9 %");
	says("{\"message\":7}", NULL);
	says("<html>", NULL);
	says("[]", NULL);
	says("", NULL);
}

static void
answer(struct http_call *c, const char *body)
{
	memset(c, 0, sizeof(*c));
	c->answer = BUF(10000);
	buf_str(&c->answer, body);
}

static void
lists(void **state)
{
	static const char *const bad[] = { "{}", "[]", "7", "{\"items\":1}",
	    "{\"items\":[}", "{\"message\":\"no\"}", "" };
	struct mage_list l;
	struct http_call c;
	struct why w = {0};
	size_t i;

	(void)state;
	answer(&c, "{\"items\":[{\"id\":1}],\"total_count\":7}");
	assert_int_equal(mage_items(&c, &l, &w), 0);
	assert_true(slice_is(l.items, "[{\"id\":1}]"));
	assert_int_equal(l.total, 7);
	http_call_free(&c);
	answer(&c, "{\"items\":null,\"total_count\":0}");
	assert_int_equal(mage_items(&c, &l, &w), 0);
	assert_true(slice_is(l.items, "[]"));
	http_call_free(&c);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		answer(&c, bad[i]);
		assert_int_equal(mage_items(&c, &l, &w), -1);
		assert_int_equal(w.kind, WHY_BROKEN);
		http_call_free(&c);
	}
	answer(&c, "{\"message\":\"Maximum SearchCriteria pageSize is %max\","
	    "\"parameters\":{\"max\":50}}");
	c.status = 400;
	assert_int_equal(mage_size_limit(&c), 50);
	c.status = 500;
	assert_int_equal(mage_size_limit(&c), 0);
	http_call_free(&c);
}

static void
ids(void **state)
{
	const struct mage_entity *e = mage_entity("orders", NULL);

	(void)state;
	assert_int_equal(mage_id(e, SLICE("{\"entity_id\":42}")), 42);
	assert_int_equal(mage_id(e, SLICE("{\"entity_id\":\"42\"}")), 42);
	assert_int_equal(mage_id(e, SLICE("{\"entity_id\":0}")), 0);
	assert_int_equal(mage_id(e, SLICE("{\"entity_id\":-1}")), -1);
	assert_int_equal(mage_id(e, SLICE("{\"entity_id\":4.2}")), -1);
	assert_int_equal(mage_id(e, SLICE("{\"entity_id\":null}")), -1);
	assert_int_equal(mage_id(e, SLICE("{\"id\":42}")), -1);
	assert_int_equal(mage_id(e, SLICE("[]")), -1);
}

static void
square(void *self, void *task)
{
	int *n = task;

	(void)self;
	*n *= *n;
}

static int left_over;

static void
leave(void *task)
{
	(void)task;
	left_over++;
}

/* Results come by key, and a task can still be put before others. */
static void
in_order(void **state)
{
	void *selves[3] = { NULL, NULL, NULL };
	struct crew *c = crew_open(3, selves, square);
	int n[5] = { 1, 2, 3, 4, 5 };

	(void)state;
	assert_null(crew_get(c));
	crew_put(c, &n[4], 50);
	crew_put(c, &n[1], 20);
	crew_put(c, &n[0], 10);
	assert_ptr_equal(crew_get(c), &n[0]);
	assert_int_equal(n[0], 1);
	crew_put(c, &n[2], 30);
	assert_ptr_equal(crew_get(c), &n[1]);
	assert_int_equal(n[1], 4);
	assert_ptr_equal(crew_get(c), &n[2]);
	assert_int_equal(crew_held(c), 1);
	left_over = 0;
	crew_close(c, leave);
	assert_int_equal(left_over, 1);
	crew_close(NULL, leave);
}

/* Against what Python's hmac makes of the same: brackets raw and encoded, a +
 * that stays one, natural order, pairs that do not count. */
static void
oauth(void **state)
{
	static const char url[] = "HTTPS://Shop.example:443/rest/all/V1/orders"
	    "?searchCriteria&a%5Bg%5D%5B10%5D%5Bvalue%5D=10"
	    "&a%5Bg%5D%5B9%5D%5Bvalue%5D=9&a%5Bg%5D%5B2%5D%5Bvalue%5D=2"
	    "&b[c]=%25a+b%20c%3d&x=1=2&bare";
	const struct mage_oauth o = { "ck", "c&s", "t k", "t/s" };
	struct buf b = BUF(10000);
	char one[MAGE_NONCE], two[MAGE_NONCE];

	(void)state;
	mage_oauth_base(&o, "GET", url, "n0nce", 1795305516, &b);
	assert_string_equal(buf_cstr(&b),
	    "GET&https%3A%2F%2Fshop.example%2Frest%2Fall%2FV1%2Forders&"
	    "a%255Bg%255D%255B2%255D%255Bvalue%255D%3D2%26"
	    "a%255Bg%255D%255B9%255D%255Bvalue%255D%3D9%26"
	    "a%255Bg%255D%255B10%255D%255Bvalue%255D%3D10%26"
	    "b%255Bc%255D%3D%2525a%252Bb%2520c%253D%26"
	    "oauth_consumer_key%3Dck%26oauth_nonce%3Dn0nce%26"
	    "oauth_signature_method%3DHMAC-SHA256%26"
	    "oauth_timestamp%3D1795305516%26oauth_token%3Dt%2520k%26"
	    "oauth_version%3D1.0");
	buf_reset(&b);
	mage_oauth_sign(&o, "GET", url, "n0nce", 1795305516, &b);
	assert_string_equal(buf_cstr(&b), "OAuth oauth_consumer_key=\"ck\", "
	    "oauth_nonce=\"n0nce\", oauth_signature_method=\"HMAC-SHA256\", "
	    "oauth_timestamp=\"1795305516\", oauth_token=\"t%20k\", "
	    "oauth_version=\"1.0\", oauth_signature=\""
	    "gwwfgnyEyCpFidd2yrA51uUtp%2FMxRRIlGhIxD0gm9%2Bo%3D\"");
	buf_reset(&b);
	mage_oauth_base(&o, "POST", "http://127.0.0.1:8080/x", "n", 1, &b);
	assert_memory_equal(b.p, "POST&http%3A%2F%2F127.0.0.1%3A8080%2Fx&", 38);
	buf_free(&b);
	mage_oauth_nonce(one);
	mage_oauth_nonce(two);
	assert_int_equal(strlen(one), 32);
	assert_string_not_equal(one, two);
}

/* What `text` is as a page of orders or documents: "ID/ORDER ... = TOTAL", or
 * "-" where it is none. */
static const char *
cut(const char *text, const char *of)
{
	static struct buf out = { .max = 1000 };
	struct mage_entity e = { .member = "entity_id" };
	struct buf answer = BUF(strlen(text) + 1);
	struct mage_page page = {0};
	size_t i;

	buf_reset(&out);
	buf_str(&answer, text);
	if (mage_page_cut(&page, &answer, &e, of) == -1) {
		buf_str(&out, "-");
	} else {
		for (i = 0; i < page.n; i++)
			buf_fmt(&out, "%ld/%ld:%.*s ", (long)page.item[i].id,
			    (long)page.item[i].of, (int)page.item[i].text.n,
			    page.item[i].text.p);
		buf_fmt(&out, "= %ld", (long)page.total);
	}
	mage_page_free(&page);
	buf_free(&answer);
	return buf_cstr(&out);
}

static void
pages(void **state)
{
	static const char *const none[] = { "", "{", "[]", "null", "{}",
	    "{\"items\":[}", "{\"items\":[{]}", "{\"items\":[{}]",
	    "{\"items\":[{},]}", "{\"items\":null}", "{\"items\":[]} x",
	    "{\"items\":[{\"a\":1}{}]}", "{\"items\":[{\"a\":01}]}",
	    "{\"items\":[{\"a\":\"\xff\"}]}", "{\"items\":[{\"a\":\"",
	    "{\"items\":[{\"entity_id\":1", "{\"items\":[1,2", "<html>",
	    "{\"message\":\"no\"}", "{\"items\":[],\"total_count\"}",
	    "{\"items\":[{\"a\":{\"b\":[tru]}}]}" };
	size_t i;

	(void)state;
	assert_string_equal(cut("{\"items\":[]}", NULL), "= -1");
	assert_string_equal(cut(" { \"total_count\" : 7 , \"items\" : [ "
	    "{ \"entity_id\" : 5 } , {\"x\":{\"entity_id\":1},"
	    "\"entity_id\":\"6\"} ] } \n", NULL),
	    "5/-1:{ \"entity_id\" : 5 } "
	    "6/-1:{\"x\":{\"entity_id\":1},\"entity_id\":\"6\"} = 7");
	assert_string_equal(cut("{\"items\":[{\"order_id\":3,\"entity_id\":"
	    "9}],\"search_criteria\":{\"items\":[]},\"total_count\":1}",
	    "order_id"), "9/3:{\"order_id\":3,\"entity_id\":9} = 1");
	assert_string_equal(cut("{\"items\":[{},4,null,{\"entity_id\":-1},"
	    "{\"entity_id\":1.5}]}", NULL), "-1/-1:{} -1/-1:4 -1/-1:null "
	    "-1/-1:{\"entity_id\":-1} -1/-1:{\"entity_id\":1.5} = -1");
	for (i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_string_equal(cut(none[i], "order_id"), "-");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oauth), cmocka_unit_test(pages),
		cmocka_unit_test(moments), cmocka_unit_test(wheres),
		cmocka_unit_test(messages), cmocka_unit_test(lists),
		cmocka_unit_test(ids), cmocka_unit_test(in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
