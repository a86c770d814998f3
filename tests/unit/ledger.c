/* ledger: records, verdicts, the pair, jobs, calls, the run's keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "ledger.h"

enum { NOW = 1800000000 };

static char path[64];

static int
fresh(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "/tmp/ledger-test-XXXXXX");
	close(mkstemp(path));
	unlink(path);
	return 0;
}

static int
gone(void **state)
{
	char beside[80];

	(void)state;
	unlink(path);
	snprintf(beside, sizeof(beside), "%s-wal", path);
	unlink(beside);
	snprintf(beside, sizeof(beside), "%s-shm", path);
	unlink(beside);
	return 0;
}

static struct ledger *
must_open(void)
{
	struct why w = {0};
	struct ledger *l = ledger_open(path, LEDGER_WRITE, &w);

	if (l == NULL)
		fail_msg("%s", w.text);
	return l;
}

/* A verdict of account 7 of customers/7. */
static struct payload
verdict(const char *v, const char *reason, const char *hash)
{
	return (struct payload){
		.verdict = slice(v), .reason = slice(reason),
		.object = SLICE("Account"), .map = SLICE("account"),
		.phase = -1, .source = SLICE("customers/7"),
		.key = SLICE("7"), .rev = SLICE("r1"), .hash = slice(hash),
	};
}

static void
tell(struct ledger *l, const struct payload *p, int64_t run, int64_t now)
{
	struct why w = {0};

	if (ledger_verdict(l, p, run, now, &w) == -1)
		fail_msg("%s", w.text);
}

static struct ledger_entry
entry(struct ledger *l)
{
	struct ledger_entry e;

	assert_int_equal(ledger_entry_get(l, SLICE("account"), SLICE("7"), &e,
	    NULL), 1);
	return e;
}

static void
test_success(void **state)
{
	struct ledger *l = must_open();
	struct payload p = verdict("created", NULL, "h1");
	struct ledger_record r;
	struct ledger_entry e;
	struct stat st;

	(void)state;
	p.id = SLICE("001000000000001AAA");
	p.parent = SLICE("Group/1");
	tell(l, &p, 3, NOW);
	e = entry(l);
	assert_true(slice_is(e.hash, "h1") && slice_is(e.rev, "r1"));
	assert_int_equal(e.run, 3);
	assert_int_equal(e.sent, 3);
	p = verdict("unchanged", NULL, "h2");	/* as sf-diff found it */
	tell(l, &p, 4, NOW + 1);
	e = entry(l);
	assert_true(slice_is(e.hash, "h2"));
	assert_int_equal(e.run, 4);
	assert_int_equal(e.sent, 3);
	assert_int_equal(ledger_record_get(l, SLICE("Account"), SLICE("7"),
	    &r, NULL), 1);
	assert_true(slice_is(r.id, "001000000000001AAA"));
	assert_true(slice_is(r.parent, "Group/1"));
	assert_int_equal(ledger_record_owner(l, SLICE("001000000000001AAA"),
	    &r, NULL), 1);
	assert_true(slice_is(r.key, "7"));
	assert_int_equal(ledger_close(l, NULL), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
test_attempts(void **state)
{
	struct ledger *l = must_open();
	struct payload p = verdict("failed", "STRING_TOO_LONG", "h1");

	(void)state;
	tell(l, &p, 1, NOW);
	tell(l, &p, 2, NOW);
	assert_int_equal(entry(l).attempts, 2);
	p.hash = SLICE("h2");		/* the store mended it: begin anew */
	tell(l, &p, 3, NOW);
	assert_int_equal(entry(l).attempts, 1);
	p.rev = SLICE("r2");		/* so for a new map */
	tell(l, &p, 4, NOW);
	assert_int_equal(entry(l).attempts, 1);
	p = verdict("waiting", "parent-failed", "h2");
	tell(l, &p, 5, NOW);		/* somebody else's fault */
	assert_int_equal(entry(l).attempts, 0);
	ledger_close(l, NULL);
}

static void
test_due(void **state)
{
	struct ledger *l = must_open();
	struct payload p = verdict("waiting", "UNABLE_TO_LOCK_ROW", "h1");

	(void)state;
	tell(l, &p, 1, NOW);
	assert_int_equal(entry(l).due, NOW);
	tell(l, &p, 2, NOW);
	assert_int_equal(entry(l).due, NOW + 300);
	tell(l, &p, 3, NOW);
	assert_int_equal(entry(l).due, NOW + 1200);
	p = verdict("waiting", "not-paid", "h1");
	tell(l, &p, 4, NOW);
	assert_int_equal(entry(l).due, NOW + 86400);
	p = verdict("waiting", "queued", "h1");
	tell(l, &p, 5, NOW);
	assert_int_equal(entry(l).due, NOW);
	tell(l, &p, 6, NOW + 60);	/* since when, not when it was seen */
	assert_int_equal(entry(l).due, NOW);
	ledger_close(l, NULL);
}

static void
test_skipped(void **state)
{
	struct ledger *l = must_open();
	struct payload p = verdict("skipped", "automatic-off", NULL);

	(void)state;
	tell(l, &p, 1, NOW);
	assert_true(slice_is(entry(l).verdict, "skipped"));
	p = verdict("created", NULL, "h1");
	p.id = SLICE("001000000000001AAA");
	tell(l, &p, 2, NOW);
	p = verdict("skipped", "automatic-off", NULL);
	tell(l, &p, 3, NOW);		/* it is in Salesforce all the same */
	assert_true(slice_is(entry(l).verdict, "created"));
	assert_true(slice_is(entry(l).hash, "h1"));
	ledger_close(l, NULL);
}

static void
test_gone(void **state)
{
	struct ledger *l = must_open();
	struct payload p = verdict("created", NULL, "h1"), c = p;
	struct ledger_record r;

	(void)state;
	p.id = SLICE("001000000000001AAA");
	c.id = SLICE("003000000000001AAA");
	c.object = SLICE("Contact");
	c.map = SLICE("contact");
	c.parent = SLICE("Account/7");
	tell(l, &p, 1, NOW);
	tell(l, &c, 1, NOW);
	p = verdict("waiting", "gone", "h1");
	tell(l, &p, 2, NOW);
	assert_int_equal(ledger_record_get(l, SLICE("Account"), SLICE("7"),
	    &r, NULL), 0);
	assert_int_equal(ledger_record_get(l, SLICE("Contact"), SLICE("7"),
	    &r, NULL), 0);
	assert_null(entry(l).hash.p);
	assert_int_equal(entry(l).due, NOW);
	ledger_close(l, NULL);
}

/* A ring of parents must not make forgetting go round for ever. */
static void
test_ring(void **state)
{
	struct ledger *l = must_open();
	struct ledger_record r = { .object = SLICE("Account"),
	    .key = SLICE("1"), .parent = SLICE("Account/2") };
	long n = 0;

	(void)state;
	assert_int_equal(ledger_record_put(l, &r, NULL), 0);
	r.key = SLICE("2");
	r.parent = SLICE("Account/1");
	assert_int_equal(ledger_record_put(l, &r, NULL), 0);
	assert_int_equal(ledger_forget_all(l, SLICE("Account"), SLICE("1"), &n,
	    NULL), 0);
	assert_int_equal(n, 2);
	ledger_close(l, NULL);
}

/* What is in flight goes, though its entry was the only one of its map. */
static void
test_forget_last(void **state)
{
	struct ledger *l = must_open();
	struct payload p = verdict("created", NULL, "h1");
	struct ledger_flight f = ledger_flight_of(&p);
	long n = 0;

	(void)state;
	p.id = SLICE("001000000000001AAA");
	tell(l, &p, 1, NOW);
	assert_true(ledger_flight_put(l, &f, 1, 9, NULL) > 0);
	assert_int_equal(ledger_flights(l, NULL), 1);
	assert_int_equal(ledger_forget_all(l, p.object, p.key, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(ledger_flights(l, NULL), 0);
	ledger_close(l, NULL);
}

static void
test_pair(void **state)
{
	struct ledger *l = must_open();
	struct why w = {0};

	(void)state;
	assert_int_equal(ledger_pair(l, "org", "00DA", &w), 0);
	ledger_close(l, NULL);
	l = must_open();
	assert_int_equal(ledger_pair(l, "org", "00DA", &w), 0);
	assert_int_equal(ledger_pair(l, "org", "00DB", &w), -1);
	assert_int_equal(w.kind, WHY_SETUP);
	assert_string_equal(w.code, "other-org");
	assert_int_equal(ledger_adopt(l, "org", NULL, &w), 0);
	assert_int_equal(ledger_pair(l, "org", "00DB", &w), 0);
	assert_int_equal(ledger_pair(l, "org", "00DA", &w), -1);
	ledger_close(l, NULL);
}

static void
test_flight(void **state)
{
	struct ledger *l = must_open();
	struct payload p = verdict("created", NULL, "h1");
	struct slice none = { NULL, 0 };
	struct ledger_flight f[2] = { ledger_flight_of(&p) };

	(void)state;
	assert_true(ledger_flight_put(l, f, 1, 9, NULL) > 0);
	assert_int_equal(ledger_flights(l, NULL), 1);
	assert_int_equal(ledger_flight_has(l, p.map, p.key, p.source, NULL),
	    1);
	assert_int_equal(ledger_flight_has(l, none, none, p.source, NULL), 1);
	assert_int_equal(ledger_flight_has(l, none, none,
	    SLICE("customers/8"), NULL), 0);
	p.id = SLICE("001000000000001AAA");
	tell(l, &p, 1, NOW);
	assert_int_equal(ledger_flights(l, NULL), 0);
	/* who asked Salesforce may say that nothing differs */
	assert_true(ledger_flight_put(l, f, 1, 9, NULL) > 0);
	p.verdict = SLICE("unchanged");
	tell(l, &p, 2, NOW);
	assert_int_equal(ledger_flights(l, NULL), 0);
	ledger_close(l, NULL);
}

/* Two lots of two programs; one of them does not know what it did. */
static void
test_flight_doubt(void **state)
{
	struct ledger *l = must_open(), *other = must_open();
	struct payload p = verdict("waiting", "no-result", "h1"), q = p;
	struct slice none = { NULL, 0 };
	struct ledger_flight f[2] = { ledger_flight_of(&p) };
	long n = 0;

	(void)state;
	q.key = SLICE("8");
	f[1] = ledger_flight_of(&q);
	assert_true(ledger_flight_put(l, f, 2, 1, NULL) > 0);
	assert_int_equal(ledger_flight_has(other, p.map, p.key, none, NULL), 1);
	assert_true(ledger_flight_put(l, f, 1, 2, NULL) > 0);
	assert_int_equal(ledger_flights(other, NULL), 3);
	assert_int_equal(ledger_begin(other, NULL), 0);
	tell(other, &p, 1, NOW);
	q.verdict = SLICE("failed");
	q.reason = SLICE("TOO_LONG");
	tell(other, &q, 1, NOW);
	assert_int_equal(ledger_commit(other, NULL), 0);
	assert_int_equal(ledger_flights(l, NULL), 2);
	assert_int_equal(ledger_flight_has(l, q.map, q.key, none, NULL), 0);
	assert_int_equal(ledger_flight_has(l, p.map, p.key, none, NULL), 1);
	/* the second job never ran */
	assert_int_equal(ledger_flight_undo(l, 2, NULL), 0);
	assert_int_equal(ledger_flight_has(other, none, none, p.source, NULL),
	    1);
	/* what is rolled back is as it was */
	assert_int_equal(ledger_begin(other, NULL), 0);
	p.verdict = SLICE("failed");
	p.reason = q.reason;
	tell(other, &p, 2, NOW);
	assert_int_equal(ledger_flight_has(other, none, none, p.source, NULL),
	    0);
	ledger_rollback(other);
	assert_int_equal(ledger_flight_has(other, none, none, p.source, NULL),
	    1);
	ledger_close(other, NULL);
	assert_int_equal(ledger_forget_source(l, p.source, &n, NULL), 0);
	assert_int_equal(ledger_flights(l, NULL), 0);
	ledger_close(l, NULL);
}

static void
test_jobs(void **state)
{
	struct ledger *l = must_open();
	struct pool *pool = pool_new();
	struct ledger_job *job;
	int64_t a, b;
	long n;

	(void)state;
	a = ledger_job_new(l, SLICE("Account"), SLICE("upsert"), "r", NULL);
	b = ledger_job_new(l, SLICE("Order"), SLICE("insert"), "r", NULL);
	assert_int_equal(ledger_job_set(l, a, "750A", "open", NULL), 0);
	job = ledger_jobs(l, pool, &n, NULL);
	assert_int_equal(n, 2);
	assert_true(slice_is(job[0].id, "750A"));
	assert_true(slice_is(job[0].state, "open"));
	assert_null(job[1].id.p);
	assert_true(slice_is(job[1].state, "intent"));
	assert_int_equal(ledger_job_set(l, a, NULL, "done", NULL), 0);
	assert_int_equal(ledger_job_set(l, b, "750B", "aborted", NULL), 0);
	ledger_jobs(l, pool, &n, NULL);
	assert_int_equal(n, 0);
	pool_free(pool);
	ledger_close(l, NULL);
}

static void
test_jobs_live(void **state)
{
	struct ledger *a = must_open(), *b;
	struct pool *pool = pool_new();
	struct ledger_job *job;
	long n;

	(void)state;
	b = must_open();
	ledger_job_new(a, SLICE("Account"), SLICE("upsert"), "r", NULL);
	assert_int_equal(ledger_begin(a, NULL), 0);
	ledger_job_new(a, SLICE("Order"), SLICE("insert"), "r", NULL);
	assert_int_equal(ledger_commit(a, NULL), 0);
	job = ledger_jobs(a, pool, &n, NULL);
	assert_false(job[0].live || job[1].live);	/* our own */
	job = ledger_jobs(b, pool, &n, NULL);
	assert_int_equal(n, 2);
	assert_true(job[0].live && job[1].live);
	ledger_close(a, NULL);
	job = ledger_jobs(b, pool, &n, NULL);
	assert_int_equal(n, 2);
	assert_false(job[0].live || job[1].live);
	pool_free(pool);
	ledger_close(b, NULL);
}

static void
test_seen(void **state)
{
	struct ledger *l = must_open();
	bool other;

	(void)state;
	assert_int_equal(ledger_seen(l, SLICE("m"), SLICE("1"), SLICE("a/1"),
	    &other, NULL), 0);
	assert_int_equal(ledger_seen(l, SLICE("n"), SLICE("1"), SLICE("a/1"),
	    &other, NULL), 0);
	assert_int_equal(ledger_seen(l, SLICE("m"), SLICE("1"), SLICE("a/1"),
	    &other, NULL), 1);
	assert_false(other);
	assert_int_equal(ledger_seen(l, SLICE("m"), SLICE("1"), SLICE("a/2"),
	    &other, NULL), 1);
	assert_true(other);
	ledger_close(l, NULL);
}

static void
test_flight_back(void **state)
{
	struct ledger *l = must_open();
	struct payload p = verdict("waiting", "no-result", "h1"), q = p;
	struct slice none = { NULL, 0 };
	struct ledger_flight f[2] = { ledger_flight_of(&p) };
	int64_t older, lot;

	(void)state;
	q.key = SLICE("8");
	f[1] = ledger_flight_of(&q);
	older = ledger_flight_put(l, f, 1, 0, NULL);
	lot = ledger_flight_put(l, f, 2, 1, NULL);
	assert_true(older > 0 && lot > older);
	assert_int_equal(ledger_flight_move(l, 1, 2, NULL), 0);
	assert_int_equal(ledger_flight_back(l, lot, f, 2, NULL), 0);
	assert_int_equal(ledger_flight_has(l, p.map, p.key, none, NULL), 1);
	assert_int_equal(ledger_flight_has(l, q.map, q.key, none, NULL), 0);
	f[0] = ledger_flight_of(&p);
	f[1] = ledger_flight_of(&q);
	lot = ledger_flight_put(l, f, 2, 2, NULL);
	f[0] = ledger_flight_of(&q);
	assert_int_equal(ledger_flight_back(l, lot, f, 1, NULL), 0);
	assert_int_equal(ledger_flights(l, NULL), 2);
	assert_int_equal(ledger_flight_move(l, 2, 3, NULL), 0);
	assert_int_equal(ledger_flight_undo(l, 3, NULL), 0);
	assert_int_equal(ledger_flights(l, NULL), 1);
	ledger_close(l, NULL);
}

/* A record that had no key is not open for ever once it has one. */
static void
test_keyless(void **state)
{
	struct ledger *l = must_open();
	struct payload p = verdict("rejected", "no-key", NULL);
	struct ledger_entry e;

	(void)state;
	p.key = (struct slice){ NULL, 0 };
	tell(l, &p, 1, NOW);
	assert_int_equal(ledger_entry_get(l, p.map, p.source, &e, NULL), 1);
	p = verdict("created", NULL, "h");
	p.id = SLICE("001000000000001AAA");
	tell(l, &p, 2, NOW);
	assert_int_equal(ledger_entry_get(l, p.map, p.source, &e, NULL), 0);
	assert_true(slice_is(entry(l).verdict, "created"));
	ledger_close(l, NULL);
}

static int
sum_calls(void *ctx, int n, const char *const *c)
{
	(void)n;
	*(long *)ctx += strtol(c[3], NULL, 10);
	return 0;
}

static void
test_calls(void **state)
{
	struct ledger *l = must_open();
	long sum = 0;

	(void)state;
	ledger_call(l, "salesforce", "query");
	ledger_call(l, "salesforce", "query");
	ledger_call(l, "magento", "rest");
	ledger_call_left(l, "salesforce", 17, 100000);
	assert_int_equal(ledger_close(l, NULL), 0);
	l = must_open();
	ledger_call(l, "magento", "rest");
	assert_int_equal(ledger_calls_flush(l, NULL), 0);
	assert_int_equal(ledger_list(l, LEDGER_CALLS, NULL, NULL, NULL,
	    sum_calls, &sum, NULL), 0);
	assert_int_equal(sum, 4);
	ledger_close(l, NULL);
}

static void
test_forecast(void **state)
{
	struct ledger *l = must_open();
	struct ledger_forecast f = { 10, 2000, 3, 1, 1 }, sum;

	(void)state;
	assert_int_equal(ledger_forecasts(l, &sum, NULL), 0);
	assert_int_equal(sum.rows, 0);
	ledger_forecast(l, &f);
	ledger_forecast(l, &f);
	f.jobs = 4;
	ledger_forecast(l, &f);
	assert_int_equal(ledger_close(l, NULL), 0);
	l = must_open();
	assert_int_equal(ledger_forecasts(l, &sum, NULL), 0);
	assert_int_equal(sum.rows, 30);
	assert_int_equal(sum.bytes, 6000);
	assert_int_equal(sum.calls, 9);
	assert_int_equal(sum.jobs, 6);
	assert_int_equal(sum.batches, 3);
	ledger_close(l, NULL);
}

static void
test_told_and_marks(void **state)
{
	struct ledger *l = must_open();
	struct ledger_told t = { .source = SLICE("orders/1"),
	    .hash = SLICE("h") };
	struct buf b = BUF(100);

	(void)state;
	assert_int_equal(ledger_told_get(l, t.source, &t, NULL), 0);
	t.source = SLICE("orders/1");
	t.refusal = SLICE("no");
	assert_int_equal(ledger_told_put(l, &t, NULL), 0);
	assert_int_equal(ledger_told_get(l, SLICE("orders/1"), &t, NULL), 1);
	assert_true(slice_is(t.refusal, "no"));
	assert_int_equal(ledger_mark_get(l, "orders", "", &b, NULL), 0);
	assert_int_equal(ledger_mark_put(l, "orders", "", "2026", NULL), 0);
	assert_int_equal(ledger_mark_get(l, "orders", "", &b, NULL), 1);
	assert_string_equal(buf_cstr(&b), "2026");
	buf_free(&b);
	ledger_close(l, NULL);
}

static int
add_id(void *ctx, int n, const char *const *column)
{
	struct buf *b = ctx;

	assert_int_equal(n, 1);
	buf_fmt(b, "%s ", column[0]);
	return 0;
}

/* What may be told later is due until attempts are spent, once. */
static void
test_owed(void **state)
{
	struct ledger *l = must_open();
	struct ledger_told t = { .refusal = SLICE("busy"), .asked = SLICE("h"),
	    .hash = SLICE("old") };
	struct buf b = BUF(100);
	static const char *const source[] = { "orders/10", "orders/9",
	    "orders/8", "customers/7" };
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		t.source = slice(source[i]);
		t.attempts = i == 0 ? 2 : i == 2 ? 5 : 1;
		assert_int_equal(ledger_told_put(l, &t, NULL), 0);
	}
	assert_int_equal(ledger_told_get(l, slice("orders/10"), &t, NULL), 1);
	assert_true(slice_is(t.asked, "h") && slice_is(t.hash, "old"));
	assert_int_equal(t.attempts, 2);
	assert_int_equal(ledger_list(l, LEDGER_DUE, "orders", "5", "0",
	    add_id, &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), "9 10 ");
	buf_reset(&b);
	assert_int_equal(ledger_list(l, LEDGER_DUE, "orders", "5", "9999999999",
	    add_id, &b, NULL), 0);
	assert_int_equal(b.n, 0);
	assert_int_equal(ledger_bulk_get(l, &b, NULL), 0);
	assert_int_equal(ledger_bulk_put(l, "a-b", NULL), 0);
	assert_int_equal(ledger_bulk_get(l, &b, NULL), 1);
	assert_string_equal(buf_cstr(&b), "a-b");
	assert_int_equal(ledger_bulk_put(l, NULL, NULL), 0);
	assert_int_equal(ledger_bulk_get(l, &b, NULL), 0);
	buf_free(&b);
	ledger_close(l, NULL);
}

/* A transaction that is not committed never was. */
static void
test_rollback(void **state)
{
	struct ledger *l = must_open();
	struct payload p = verdict("created", NULL, "h1");
	struct ledger_entry e;

	(void)state;
	assert_int_equal(ledger_begin(l, NULL), 0);
	tell(l, &p, 1, NOW);
	ledger_close(l, NULL);
	l = must_open();
	assert_int_equal(ledger_entry_get(l, p.map, p.key, &e, NULL), 0);
	ledger_close(l, NULL);
}

/* Reading what nobody made yet makes nothing. */
static void
test_read_nothing(void **state)
{
	struct ledger *l = ledger_open(path, LEDGER_READ, NULL);
	struct ledger_record r;
	struct why w = {0};

	(void)state;
	assert_non_null(l);
	assert_int_equal(ledger_record_get(l, SLICE("A"), SLICE("1"), &r,
	    NULL), 0);
	assert_int_equal(ledger_begin(l, &w), -1);
	ledger_close(l, NULL);
	assert_int_equal(access(path, F_OK), -1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fresh, gone)
	const struct CMUnitTest tests[] = {
		T(test_success), T(test_attempts), T(test_due),
		T(test_skipped), T(test_gone), T(test_ring),
		T(test_forget_last), T(test_pair),
		T(test_flight), T(test_flight_doubt), T(test_flight_back), T(test_jobs), T(test_jobs_live), T(test_seen), T(test_keyless),
		T(test_calls), T(test_forecast), T(test_told_and_marks),
		T(test_owed), T(test_rollback),
		T(test_read_nothing),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
