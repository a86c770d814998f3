/* salesforce: ids and values, waves and the jobs planned from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "salesforce-fields.h"
#include "salesforce-load.h"
#include "salesforce-part.h"
#include "salesforce-session.h"

static void
test_ids(void **state)
{
	static const char *const good[] = { "0018c00002FInboAAD",
	    "7502M00000aFzAIQA0", "0015500001QdQWaAAN", "01254000001upcKAAQ",
	    "0018c00002FInbo" };
	static const char *const bad[] = { "", "0018c00002FInboAAE",
	    "0018c00002FInb", "0018c00002FInboAADx", "0018c00002FIn/oAAD" };
	char out[19];

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_true(sf_id_ok(slice(good[i])));
		assert_false(sf_id_ok(slice(bad[i])));
	}
	sf_id_18(out, slice("0015500001QdQWa"));
	assert_string_equal(out, "0015500001QdQWaAAN");
	assert_false(sf_id_take(out, slice("0018c00002FInboAAE")));
	assert_string_equal(out, "0015500001QdQWaAAN");
	assert_true(sf_id_take(out, slice("0018c00002FInboaad")));
	assert_string_equal(out, "0018c00002FInboAAD");
	assert_true(sf_id_take(out, slice("0015500001QdQWa")));
	assert_string_equal(out, "0015500001QdQWaAAN");
}

static void
test_belongs(void **state)
{
	static const struct { const char *url, *instance; bool yes; } cases[] = {
		{ "https://acme.my.salesforce.com",
		    "https://acme.my.salesforce.com", true },
		{ "https://acme.my.salesforce.com/",
		    "https://ACME.my.salesforce.com", true },
		{ "https://login.salesforce.com",
		    "https://acme.my.salesforce.com", true },
		{ "https://login.salesforce.com",
		    "https://na1.salesforce.com", true },
		{ "https://test.salesforce.com",
		    "https://acme--uat.sandbox.my.salesforce.com", true },
		{ "https://login.salesforce.mil",
		    "https://acme.my.salesforce.mil", true },
		{ "https://acme--uat.my.salesforce.com",
		    "https://acme--uat.sandbox.my.salesforce.com", true },
		{ "https://acme--uat.sandbox.my.salesforce.com",
		    "https://acme--uat.cs5.my.salesforce.com", true },
		{ "http://127.0.0.1:8080", "http://127.0.0.1:8080", true },

		{ "https://acme.my.salesforce.com",
		    "https://other.my.salesforce.com", false },
		{ "https://acme.my.salesforce.com",
		    "https://acme.trailblaze.my.salesforce.com", false },
		{ "https://acme.my.salesforce.com",
		    "https://na1.salesforce.com", false },
		{ "https://acme.my.salesforce.com",
		    "https://login.salesforce.com", false },
		{ "https://acme--uat.sandbox.my.salesforce.com",
		    "https://acme--dev.sandbox.my.salesforce.com", false },
		{ "https://acme--uat.sandbox.my.salesforce.com",
		    "https://acme--uat.evil.salesforce.com", false },
		{ "https://acme--uat.sandbox.my.salesforce.com",
		    "https://acme.my.salesforce.com", false },
		{ "https://blogin.salesforce.com",
		    "https://acme.my.salesforce.com", false },
		{ "https://login.my.salesforce.com",
		    "https://acme.my.salesforce.com", false },
		{ "https://login.salesforce.com",
		    "https://acme.my.salesforce.mil", false },
		{ "https://login.salesforce.com",
		    "https://acme.my.salesforce.com.evil.example", false },
		{ "https://login.salesforce.com",
		    "https://evil.example/.salesforce.com", false },
		{ "https://login.salesforce.com",
		    "https://x@acme.my.salesforce.com", false },
		{ "https://login.salesforce.com",
		    "http://acme.my.salesforce.com", false },
		{ "http://127.0.0.1:8080", "http://127.0.0.1:8081", false },
		{ "https://acme.my.salesforce.com", "", false },
		{ "https://acme.my.salesforce.com", "acme", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (sf_belongs(cases[i].url, slice(cases[i].instance)) !=
		    cases[i].yes)
			fail_msg("%s from %s", cases[i].instance,
			    cases[i].url);
}

static void
test_same(void **state)
{
	static const struct {
		enum sf_type type;
		long scale;
		const char *a, *b;
		bool same;
	} cases[] = {
		{ SF_TEXT, 0, "Ann", "Ann", true },
		{ SF_TEXT, 0, "Ann", "ann", false },
		{ SF_TEXT, 0, "a\r\nb", "a\nb", true },
		{ SF_TEXT, 0, "a\rb", "a\nb", true },
		{ SF_TEXT, 0, "Ann  ", "Ann", true },
		{ SF_TEXT, 0, " Ann", "Ann", false },
		{ SF_TEXT, 0, "", NULL, true },
		{ SF_TEXT, 0, "x", NULL, false },
		{ SF_NUMBER, 2, "10.50", "10.5", true },
		{ SF_NUMBER, 0, "9.12260031E8", "912260031", true },
		{ SF_NUMBER, 2, "19.995", "20.00", true },
		{ SF_NUMBER, 2, "-19.995", "-20", true },
		{ SF_NUMBER, 2, "19.994", "19.99", true },
		{ SF_NUMBER, 2, "19.99", "19.98", false },
		{ SF_NUMBER, 2, "0.004", "0", true },
		{ SF_NUMBER, 2, "0.005", "0.01", true },
		{ SF_NUMBER, 2, "-0.001", "0.0", true },
		{ SF_NUMBER, 2, "99.999", "100", true },
		{ SF_NUMBER, 2, "1e2", "100.00", true },
		{ SF_NUMBER, 2, "0", NULL, false },
		{ SF_NUMBER, 0, "12345678901234567890123",
		    "12345678901234567890124", false },
		{ SF_BOOL, 0, "false", NULL, true },
		{ SF_BOOL, 0, "true", "TRUE", true },
		{ SF_BOOL, 0, "true", "false", false },
		{ SF_DATE, 0, "2026-11-20", "2026-11-20", true },
		{ SF_DATE, 0, "2026-11-20", "2026-11-21", false },
		{ SF_DATETIME, 0, "2026-11-20T10:00:00Z",
		    "2026-11-20T10:00:00.000+0000", true },
		{ SF_DATETIME, 0, "2026-11-20T12:00:00+02:00",
		    "2026-11-20T10:00:00.000Z", true },
		{ SF_DATETIME, 0, "2026-11-20T23:30:00-05:00",
		    "2026-11-21T04:30:00Z", true },
		{ SF_DATETIME, 0, "2026-11-20T10:00:01Z",
		    "2026-11-20T10:00:00Z", false },
		{ SF_TIME, 0, "10:00:00", "10:00:00.000Z", true },
		{ SF_TIME, 0, "10:00:00", "10:00:01.000Z", false },
		{ SF_ID, 0, "0018c00002FInbo", "0018c00002FInboAAD", true },
		{ SF_ID, 0, "0018c00002FInbO", "0018c00002FInboAAD", false },
		{ SF_MULTI, 0, "A;B", "B; A", true },
		{ SF_MULTI, 0, "A;B", "A", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sf_field f = { .type = cases[i].type,
		    .scale = cases[i].scale };

		if (sf_same(&f, slice(cases[i].a), slice(cases[i].b)) !=
		    cases[i].same || sf_same(&f, slice(cases[i].b),
		    slice(cases[i].a)) != cases[i].same)
			fail_msg("'%s' against '%s'", cases[i].a,
			    cases[i].b == NULL ? "null" : cases[i].b);
	}
}

static void
literal(enum sf_type type, const char *text, const char *expected)
{
	struct buf b = BUF(4096);
	struct sf_field f = { .type = type };

	sf_soql_value(&b, &f, slice(text));
	assert_string_equal(buf_cstr(&b), expected);
	buf_free(&b);
}

static void
test_soql(void **state)
{
	struct pool *pool = pool_new();
	struct slice from, *list;
	size_t n;

	(void)state;
	literal(SF_TEXT, "O'Hara \\ x\ny", "'O\\'Hara \\\\ x\\ny'");
	literal(SF_NUMBER, "10.50", "10.50");
	literal(SF_NUMBER, "1 OR 1=1", "'1 OR 1=1'");
	literal(SF_BOOL, "True", "true");
	literal(SF_DATE, "2026-11-20", "2026-11-20");
	literal(SF_DATETIME, "2026-11-20T10:00:00.000+0000",
	    "2026-11-20T10:00:00.000+0000");
	literal(SF_DATE, "2026-11-20) OR (Id != null",
	    "'2026-11-20) OR (Id != null'");
	list = sf_select_list("select Id,Name , Account.Name FROM Contact "
	    "WHERE x = 1", pool, &n, &from);
	assert_int_equal(n, 3);
	assert_true(slice_is(list[2], "Account.Name"));
	assert_true(slice_is(from, "Contact"));
	sf_select_list("SELECT COUNT() FROM Lead", pool, &n, &from);
	assert_int_equal(n, 0);
	assert_true(slice_is(from, "Lead"));
	sf_select_list("SELECT Id, (SELECT Id FROM Contacts) FROM Account",
	    pool, &n, &from);
	assert_int_equal(n, 0);
	assert_true(slice_is(from, "Account"));
	sf_select_list("SELECT Name n FROM Account", pool, &n, &from);
	assert_int_equal(n, 0);
	pool_free(pool);
}

static void
error_is(const char *text, const char *code, const char *message,
    const char *fields)
{
	struct slice c, m, f;

	sf_row_error(slice(text), &c, &m, &f);
	assert_true(slice_is(c, code));
	assert_true(slice_is(m, message));
	assert_true(slice_is(f, fields));
}

static void
test_row_error(void **state)
{
	(void)state;
	error_is("ENTITY_IS_DELETED:entity is deleted:--",
	    "ENTITY_IS_DELETED", "entity is deleted", "");
	error_is("REQUIRED_FIELD_MISSING:Required fields are missing: "
	    "[LastName]:LastName --", "REQUIRED_FIELD_MISSING",
	    "Required fields are missing: [LastName]", "LastName");
	error_is("INVALID_FIELD:Foreign key external ID: c9 not found for "
	    "field Ext_Id__c in entity Account:--", "INVALID_FIELD",
	    "Foreign key external ID: c9 not found for field Ext_Id__c in "
	    "entity Account", "");
	error_is("X:a: b c --", "X", "a: b c", "");
	error_is("odd", "UNKNOWN_EXCEPTION", "odd", "");
}

/* A wave from lines, one a row. */
static struct sf_wave *
wave_of(const char *const *lines)
{
	struct sf_wave *v = sf_wave_new(1);
	struct payload p;
	struct why w = {0};

	for (; *lines != NULL; lines++) {
		if (payload_read(&p, slice(*lines), v->pool, &w) == -1)
			fail_msg("%s: %s", *lines, w.text);
		payload_keep(sf_wave_place(v), &p, v->pool);
		sf_wave_add(v);
	}
	sf_wave_ready(v);
	return v;
}

static void
is_row(const struct sf_wave *v, size_t i, const char *verdict,
    const char *reason)
{
	const struct sf_row *r = &v->row[i];
	const char *why = sf_row_reason(v, r);

	if ((r->verdict == NULL) != (verdict == NULL) ||
	    (verdict != NULL && strcmp(r->verdict, verdict) != 0) ||
	    (reason != NULL && (why == NULL ||
	    strcmp(why, reason) != 0)))
		fail_msg("row %zu: %s/%s, not %s/%s", i,
		    r->verdict == NULL ? "goes on" : r->verdict,
		    why == NULL ? "" : why,
		    verdict == NULL ? "goes on" : verdict,
		    reason == NULL ? "" : reason);
}

/* `text`, in pieces of whatever size, and from the start again. */
static void
gives(struct sf_plans *ps, struct sf_plan *p, const char *text)
{
	struct sf_part pt = { .ps = ps, .plan = p };
	struct why w = {0};
	size_t length = strlen(text);

	assert_int_equal(sf_part_cut(&pt, 1 << 20, &w), 0);
	assert_int_equal(pt.to, p->rows);
	assert_int_equal(pt.length, length);
	for (size_t piece = 1; piece < 300; piece += piece < 60 ? 1 : 99) {
		char *got = xmalloc(piece);
		size_t at = 0;
		long n;

		while (at < (piece == 5 ? length / 2 : length)) {
			n = sf_part_give(&pt, (int64_t)at, got, piece);
			assert_true(n > 0 && at + (size_t)n <= length);
			assert_memory_equal(got, text + at, n);
			at += (size_t)n;
		}
		free(got);
	}
	sf_part_close(&pt);
}

/* The CSV of all jobs of a phase, each with a line in front. */
static void
is_csv(struct sf_wave *v, long phase, const char *expected)
{
	struct buf b = BUF(1 << 20);
	struct sf_plans *ps;
	size_t from;

	sf_wave_begin(v, phase, NULL);
	ps = sf_plans_new(v, phase, NULL, NULL, NULL);
	for (size_t i = 0; i < ps->n; i++) {
		buf_fmt(&b, "# %s\n", sf_plan_operation(&ps->plan[i]));
		from = b.n;
		sf_plan_header(&ps->plan[i], &b);
		for (size_t k = 0; k < ps->plan[i].rows; k++)
			sf_plan_row(&ps->plan[i], k, &b);
		gives(ps, &ps->plan[i], buf_cstr(&b) + from);
	}
	assert_string_equal(buf_cstr(&b), expected);
	sf_plans_free(ps);
	buf_free(&b);
}

#define P(object, source, key, rest) "{\"object\":\"" object "\",\"map\":\"m" \
	"\",\"phase\":1,\"source\":\"" source "\",\"key\":\"" key "\"," \
	"\"extid\":\"Ext__c\"" rest "}"
#define A1 "0018c00002FInboAAD"
#define A2 "0015500001QdQWaAAN"

static void
test_cells(void **state)
{
	const char *lines[] = {
		P("Account", "c/1", "1", ",\"fields\":{\"Name\":\"A, B\","
		    "\"Note\":null,\"N\":10.50,\"Parent.Ext__c\":null}"),
		P("Account", "c/2", "2", ",\"insert\":{\"OwnerId\":\"x\"},"
		    "\"update\":{\"Never__c\":\"y\"},"
		    "\"fields\":{\"Name\":\"\",\"Flag\":true}"),
		NULL };
	struct sf_wave *v = wave_of(lines);

	(void)state;
	is_csv(v, 1, "# upsert\n"
	    "Ext__c,Name,Note,N,Parent.Ext__c,OwnerId,Flag\n"
	    "1,\"A, B\",#N/A,10.50,,,\n"
	    "2,#N/A,,,,x,true\n");
	sf_wave_free(v);
}

static void
test_operations(void **state)
{
	const char *lines[] = {
		P("Account", "c/1", "1", ",\"fields\":{\"Name\":\"new\"}"),
		P("Account", "c/2", "2", ",\"id\":\"" A1 "\",\"insert\":{"
		    "\"Once\":\"no\"},\"fields\":{\"Name\":\"old\","
		    "\"Parent.Ext__c\":null}"),
		P("Account", "c/3", "3", ",\"own\":[\"Name\"],\"id\":\"" A2
		    "\",\"adopted\":true,\"fields\":{\"Name\":\"his\","
		    "\"City\":\"x\"}"),
		P("Account", "c/4", "4", ",\"id\":\"7502M00000aFzAIQA0\","
		    "\"delete\":true"),
		NULL };
	struct sf_wave *v = wave_of(lines);

	(void)state;
	is_csv(v, 1, "# delete\nId\n7502M00000aFzAIQA0\n"
	    "# update\nId,Ext__c,Name,Parent.Ext__c,City\n"
	    A1 ",2,old,#N/A,\n"
	    A2 ",3,,,x\n"
	    "# upsert\nExt__c,Name\n1,new\n");
	sf_wave_free(v);
}

/* Equal keys, and columns that fill the same field, never share a job. */
static void
test_apart(void **state)
{
	const char *lines[] = {
		P("Lead", "c/1", "k", ",\"fields\":{\"OwnerId\":\"a\"}"),
		P("Lead", "c/2", "K", ",\"fields\":{\"OwnerId\":\"b\"}"),
		P("Lead", "c/3", "l", ",\"fields\":{\"User:Owner.Username\":"
		    "\"c\"}"),
		NULL };
	const char *inserts[] = {
		"{\"object\":\"Role\",\"map\":\"m\",\"phase\":1,\"source\":"
		    "\"c/1\",\"key\":\"1\",\"match\":[{\"A\":\"1.0\"}],"
		    "\"fields\":{\"A\":1.0,\"B\":\"x\"}}",
		"{\"object\":\"Role\",\"map\":\"m\",\"phase\":1,\"source\":"
		    "\"c/2\",\"key\":\"2\",\"match\":[{\"A\":\"1\"}],"
		    "\"fields\":{\"A\":1,\"B\":\"y\"}}",
		NULL };
	struct sf_wave *v = wave_of(lines);

	(void)state;
	is_csv(v, 1, "# upsert\nExt__c,OwnerId\nk,a\n"
	    "# upsert\nExt__c,User:Owner.Username\nl,c\n"
	    "# upsert\nExt__c,OwnerId\nK,b\n");
	sf_wave_free(v);
	v = wave_of(inserts);
	is_csv(v, 1, "# insert\nA,B\n1.0,x\n# insert\nA,B\n1,y\n");
	sf_wave_free(v);
}

static void
test_neighbours(void **state)
{
	const char *lines[] = {
		P("OrderItem", "o/1", "1", ",\"parent\":\"Order/2\","
		    "\"fields\":{\"Q\":1}"),
		P("OrderItem", "o/2", "2", ",\"parent\":\"Order/1\","
		    "\"fields\":{\"Q\":2}"),
		P("OrderItem", "o/3", "3", ",\"parent\":\"Order/2\","
		    "\"fields\":{\"Q\":3}"),
		NULL };
	struct sf_wave *v = wave_of(lines);

	(void)state;
	is_csv(v, 1, "# upsert\nExt__c,Q\n1,1\n3,3\n2,2\n");
	sf_wave_free(v);
}

/* Results come in any order, with columns in any order, and re-serialised. */
static void
test_results(void **state)
{
	const char *lines[] = {
		"{\"object\":\"Role\",\"map\":\"m\",\"phase\":1,\"source\":"
		    "\"c/1\",\"key\":\"1\",\"match\":[{\"A\":912260031,"
		    "\"C\":\"" A1 "\"}],"
		    "\"fields\":{\"A\":912260031,\"C\":\"" A1 "\"}}",
		"{\"object\":\"Role\",\"map\":\"m\",\"phase\":1,\"source\":"
		    "\"c/2\",\"key\":\"2\",\"match\":[{\"A\":5,\"C\":\"" A1
		    "\"}],\"fields\":{\"A\":5,\"C\":\"" A1 "\"}}",
		NULL };
	struct sf_wave *v = wave_of(lines);
	struct slice head[] = { SLICE("sf__Id"), SLICE("c"), SLICE("a") };
	struct slice line[] = { SLICE("x"), SLICE("0018c00002FInbo"),
	    SLICE("9.12260031E8") };
	struct slice other[] = { SLICE("x"), SLICE("z"), SLICE("5") };
	struct csv_row header = { head, 3, 1 }, row = { line, 3, 2 },
	    none = { other, 3, 3 }, bad = { head, 2, 1 };
	struct sf_plans *ps;
	struct why w = {0};

	(void)state;
	sf_wave_begin(v, 1, NULL);
	ps = sf_plans_new(v, 1, NULL, NULL, NULL);
	assert_int_equal(ps->n, 1);
	assert_int_equal(sf_plan_columns(&ps->plan[0], &header, &w), 0);
	assert_ptr_equal(sf_plan_find(ps, &ps->plan[0], &row), &v->row[0]);
	assert_null(sf_plan_find(ps, &ps->plan[0], &none));
	assert_int_equal(sf_plan_columns(&ps->plan[0], &bad, &w), -1);
	sf_plans_free(ps);
	sf_wave_free(v);
}

static void
test_shared(void **state)
{
	const char *lines[] = {
		P("Account", "o/9", "g", ",\"shared\":true,\"fields\":{}"),
		P("Account", "o/10", "g", ",\"shared\":true,\"fields\":{}"),
		P("Account", "o/2", "g", ",\"shared\":true,\"fields\":{}"),
		P("Account", "o/1", "h", ",\"shared\":true,\"fields\":{}"),
		NULL };
	struct sf_wave *v = wave_of(lines);

	(void)state;
	is_row(v, 0, "skipped", "same-key");
	is_row(v, 1, NULL, NULL);
	is_row(v, 2, "skipped", "same-key");
	is_row(v, 3, NULL, NULL);
	sf_wave_free(v);
}

#define O(map, phase, rest) "{\"object\":\"Order\",\"map\":\"" map "\"," \
	"\"phase\":" phase ",\"source\":\"o/1\",\"key\":\"1\"," \
	"\"extid\":\"Ext__c\"" rest "}"
#define DRAFT O("order-draft", "10", ",\"with\":[\"order\",\"order-item\"," \
	"\"order-activate\"],\"only\":\"update\",\"id\":\"" A1 "\"," \
	"\"fields\":{\"Status\":\"Draft\"}")
#define ORDER O("order", "20", ",\"fields\":{\"D\":\"x\"}")
#define ITEM "{\"object\":\"OrderItem\",\"map\":\"order-item\",\"phase\":30," \
	"\"source\":\"o/1\",\"key\":\"7\",\"extid\":\"Ext__c\"," \
	"\"parent\":\"Order/1\",\"fields\":{\"Q\":1}}"
#define ACTIVATE O("order-activate", "40", ",\"with\":[\"order\"," \
	"\"order-item\"],\"fields\":{\"Status\":\"Activated\"}")

static void
test_steps(void **state)
{
	const char *lines[] = { ORDER, ITEM, ACTIVATE, NULL };
	struct sf_wave *v = wave_of(lines);

	(void)state;
	assert_int_equal(sf_wave_phase(v, -1), 20);
	is_csv(v, 20, "# upsert\nExt__c,D\n1,x\n");
	memcpy(v->row[0].id, A2, 19);
	sf_row_settle(v, &v->row[0], "created", NULL, NULL);
	is_csv(v, 30, "# upsert\nExt__c,Q\n7,1\n");
	sf_row_settle(v, &v->row[1], "created", NULL, NULL);
	/* takes the order's id; a step sends nothing but its own fields */
	is_csv(v, 40, "# update\nId,Status\n" A2 ",Activated\n");
	assert_int_equal(sf_wave_phase(v, 40), -1);
	sf_wave_free(v);
}

static void
test_steps_bad(void **state)
{
	const char *lines[] = { ORDER, ITEM, ACTIVATE, NULL };
	const char *draft[] = { DRAFT, ORDER, ITEM, ACTIVATE, NULL };
	const char *idle[] = { DRAFT, ORDER, NULL };
	struct sf_wave *v = wave_of(lines);

	(void)state;
	sf_wave_begin(v, 20, NULL);
	sf_row_settle(v, &v->row[0], "failed", "X", "no");
	sf_wave_begin(v, 30, NULL);
	is_row(v, 1, "waiting", "parent-failed");
	sf_wave_begin(v, 40, NULL);
	is_row(v, 2, "waiting", "parent-failed");
	sf_wave_free(v);

	v = wave_of(draft);
	is_csv(v, 10, "# update\nId,Status\n" A1 ",Draft\n");
	sf_row_settle(v, &v->row[0], "failed", "X", "no");
	sf_wave_begin(v, 20, NULL);
	is_row(v, 1, "waiting", "parent-failed");
	sf_wave_free(v);

	v = wave_of(idle);
	sf_row_settle(v, &v->row[1], "skipped", "same-key", NULL);
	sf_wave_begin(v, 10, NULL);
	is_row(v, 0, "unchanged", NULL);
	sf_wave_free(v);
}

/* A parent of an earlier wave, and one in another record of this wave. */
static void
test_parents(void **state)
{
	const char *lines[] = {
		"{\"verdict\":\"held\",\"object\":\"Account\",\"map\":\"m\","
		    "\"source\":\"x/7\",\"key\":\"7\"}",
		P("Contact", "c/1", "1", ",\"parent\":\"Account/8\","
		    "\"fields\":{}"),
		P("Contact", "c/2", "2", ",\"parent\":\"Account/9\","
		    "\"fields\":{}"),
		P("Contact", "c/3", "3", ",\"parent\":\"Account/7\","
		    "\"fields\":{}"),
		NULL };
	struct sf_wave *v = wave_of(lines);
	struct sf_bad *bad = sf_bad_new();

	(void)state;
	for (int i = 100; i < 2000; i++) {
		char key[16];

		snprintf(key, sizeof(key), "%d", i);
		sf_bad_add(bad, SLICE("Account"), slice(key));
	}
	sf_bad_add(bad, SLICE("Account"), SLICE("9"));
	sf_wave_begin(v, 1, bad);
	is_row(v, 1, NULL, NULL);
	is_row(v, 2, "waiting", "parent-failed");
	is_row(v, 3, "waiting", "parent-failed");
	assert_false(sf_bad_has(bad, SLICE("Accoun"), SLICE("t9")));
	assert_true(sf_bad_has(bad, SLICE("Account"), SLICE("1999")));
	sf_bad_free(bad);
	sf_wave_free(v);
}

static void
test_only(void **state)
{
	const char *lines[] = {
		P("A", "c/1", "1", ",\"only\":\"insert\",\"id\":\"" A1
		    "\",\"fields\":{}"),
		P("A", "c/2", "2", ",\"only\":\"update\",\"fields\":{}"),
		P("A", "c/3", "3", ",\"delete\":true"),
		NULL };
	struct sf_wave *v = wave_of(lines);

	(void)state;
	sf_wave_begin(v, 1, NULL);
	is_row(v, 0, "skipped", "only-insert");
	is_row(v, 1, "skipped", "only-update");
	is_row(v, 2, "rejected", "no-key");
	sf_wave_free(v);
}

static void
base_is(const char *column, const char *expected)
{
	struct pool *pool = pool_new();

	assert_true(slice_is(sf_column_base(slice(column), pool), expected));
	pool_free(pool);
}

static void
test_bases(void **state)
{
	(void)state;
	base_is("OwnerId", "Owner");
	base_is("User:Owner.Username", "Owner");
	base_is("Account.Ext__c", "Account");
	base_is("Shop__c", "Shop__r");
	base_is("Shop__r.Ext__c", "Shop__r");
	base_is("Paid", "Paid");
	base_is("Id", "Id");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_belongs),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_soql),
		cmocka_unit_test(test_row_error),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_operations),
		cmocka_unit_test(test_apart),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_steps_bad),
		cmocka_unit_test(test_parents),
		cmocka_unit_test(test_only),
		cmocka_unit_test(test_bases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
