/* What a wave knows of all its rows spares passes over them: with and without
 * that knowledge the same becomes of random rows. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

#include "payload-shape.h"
#include "salesforce-budget.h"
#include "steps.h"

enum { ROWS = 30, SHAPES = 512 };

static size_t answered[STEP_WAIT + 1];	/* so often */
static size_t formed;			/* rows that are kept by a form */

static size_t
one_of(size_t n)
{
	return (size_t)random() % n;
}

/* Of few keys a record has steps, parents and children; of many, hardly. */
static void
random_line(struct buf *b, size_t record, size_t keys)
{
	static const char *const rest[] = { "", "", "", "",
		",\"only\":\"insert\"", ",\"only\":\"update\"",
		",\"parent\":\"B/1\"", ",\"parent\":\"A/2\"",
		",\"parent\":\"\"", ",\"with\":[\"a\"]", ",\"shared\":true",
		",\"with\":[\"b\",\"c\"]", ",\"with\":[\"c\",\"a\"]" };
	static const char *const verdicts[] = { "created", "unchanged",
		"waiting", "failed", "skipped", "skipped" };
	static const char *const maps[] = { "a", "b", "c" };
	const char *object = one_of(2) == 0 ? "A" : "B";

	buf_reset(b);
	if (one_of(6) == 0) {
		buf_fmt(b, "{\"verdict\":\"%s\",\"object\":\"%s\",\"map\":"
		    "\"%s\",\"source\":\"r/%zu\",\"key\":\"%zu\"%s}",
		    verdicts[one_of(6)], object, maps[one_of(3)], record,
		    one_of(keys), one_of(2) == 0 ? "" : ",\"id\":\"0018c00002FInboAAD\"");
		return;
	}
	buf_fmt(b, "{\"object\":\"%s\",\"map\":\"%s\",\"phase\":%zu,"
	    "\"source\":\"r/%zu\",\"key\":\"%zu\"%s%s%s,\"fields\":{}}", object,
	    maps[one_of(3)], 10 * one_of(4), record, one_of(keys),
	    rest[one_of(13)],
	    one_of(3) == 0 ? ",\"id\":\"0015500001QdQWaAAN\"" : "",
	    one_of(12) == 0 ? ",\"delete\":true" : "");
}

/* Lines that differ in digits have a reader of shapes of their own: there are
 * too many shapes here for one. */
static struct payload_shapes *
shapes_of(struct payload_shapes **all, struct slice line)
{
	uint32_t h = 0;

	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] < '0' || line.p[i] > '9')
			h = h * 31 + (unsigned char)line.p[i];
	if (all[h % SHAPES] == NULL)
		all[h % SHAPES] = payload_shapes_new();
	return all[h % SHAPES];
}

/* `all`: it may be kept by its form; NULL: it stands in full. */
static void
add_line(struct sf_wave *v, struct slice line, struct payload_shapes **all)
{
	struct payload_shapes *s = all == NULL ? NULL : shapes_of(all, line);
	struct why w = {0};
	struct payload p;

	line.p = pool_dup(v->pool, line.p, line.n);
	if (s != NULL && payload_shapes_keep(s, sf_wave_place(v), line,
	    v->pool)) {
		formed++;
	} else {
		if ((s == NULL ? payload_read(&p, line, v->pool, &w) :
		    payload_shapes_read(s, &p, line, v->pool, &w)) == -1)
			fail_msg("%s: %s", line.p, w.text);
		payload_keep(sf_wave_place(v), &p, v->pool);
	}
	sf_wave_add(v);
}

/* Nothing is known: each pass is made, each row is looked at. */
static void
forget(struct sf_wave *v)
{
	v->only = v->shared = v->several = v->decides = v->bad = true;
	v->ids = v->twins = true;
	v->went = SIZE_MAX;
	for (size_t i = 0; i < v->n; i++) {
		v->row[i].plain = false;
		v->row[i].child = true;
		v->row[i].object = SF_OBJECTS;
	}
}

static void
is_counted(const struct sf_wave *v, long phase)
{
	long next = -1;
	size_t goes = 0;

	for (size_t i = 0; i < v->n; i++) {
		const struct sf_row *r = &v->row[i];
		long own = r->p.phase < 0 ? 0 : r->p.phase;

		assert_int_equal(sf_row_goes(r), r->verdict == NULL &&
		    row_verdict(r).p == NULL);
		assert_true(!sf_row_bad(r) || v->bad);
		goes += sf_row_goes(r) && own == phase;
		if (sf_row_goes(r) && own > phase &&
		    (next == -1 || own < next))
			next = own;
	}
	assert_int_equal(sf_wave_goes(v, phase), goes);
	assert_int_equal(sf_wave_phase(v, phase), next);
}

static void
are_equal(const struct sf_wave *a, const struct sf_wave *b)
{
	struct sf_forecast f = sf_forecast(a, 3), g = sf_forecast(b, 3);

	assert_memory_equal(&f, &g, sizeof(f));
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		const struct sf_row *r = &a->row[i], *o = &b->row[i];

		assert_true(slice_eq(slice(r->verdict), slice(o->verdict)));
		assert_true(slice_eq(slice(sf_row_reason(a, r)),
		    slice(sf_row_reason(b, o))));
		assert_true(slice_eq(slice(sf_row_message(a, r)),
		    slice(sf_row_message(b, o))));
		assert_string_equal(r->id, o->id);
		assert_int_equal(r->op, o->op);
		assert_int_equal(r->record, o->record);
	}
}

/* What Salesforce may say of a row. */
static void
settle_both(struct sf_wave *a, struct sf_wave *b, size_t i)
{
	static const char *const verdicts[] = { "created", "updated",
		"failed", "waiting", "held", "rejected", "skipped", NULL };
	const char *verdict = verdicts[one_of(8)];
	const char *id = one_of(2) == 0 ? "" : "0018c00002FInboAAD";

	if (*id != '\0' && verdict != NULL && *verdict == 'c') {
		memcpy(a->row[i].id, id, 19);
		memcpy(b->row[i].id, id, 19);
	}
	sf_row_settle(a, &a->row[i], verdict, "why", NULL);
	sf_row_settle(b, &b->row[i], verdict, "why", NULL);
}

/* It is there already, as what was in flight is found to be. */
static void
find_both(struct sf_wave *a, struct sf_wave *b, size_t i)
{
	const struct slice id = SLICE("0018c00002FInboAAD");

	if (!sf_row_goes(&a->row[i]))
		return;
	sf_row_found(a, &a->row[i], id);
	sf_row_found(b, &b->row[i], id);
	sf_row_settle(a, &a->row[i], "updated", NULL, NULL);
	sf_row_settle(b, &b->row[i], "updated", NULL, NULL);
}

/* What steps_apply() says of all lines of a record, whatever the wave knows. */
static void
apply_steps(const struct sf_wave *v, struct step *s)
{
	const struct sf_row *r;
	struct payload p;
	size_t from, i;

	for (from = i = 0; i < v->n; i++) {
		r = &v->row[i];
		payload_whole(&p, &r->p);
		s[i] = steps_of(&p);
		if (r->verdict != NULL) {
			s[i].fate = steps_fate(slice(r->verdict));
			s[i].reason = slice(sf_row_reason(v, r));
		}
		if (slice_is(s[i].reason, "same-key") &&
		    s[i].fate != STEP_GOES)
			s[i].fate = STEP_SAME;
		if (i + 1 == v->n || v->row[i + 1].record != r->record) {
			steps_apply(s + from, i + 1 - from);
			from = i + 1;
		}
	}
}

/* The wave has answered so, in this phase. */
static void
are_answered(const struct sf_wave *v, const struct step *s, long phase)
{
	static const char *const verdicts[] = {
		[STEP_UNCHANGED] = "unchanged", [STEP_SKIP] = "skipped",
		[STEP_WAIT] = "waiting" };

	for (size_t i = 0; i < v->n; i++) {
		const struct sf_row *r = &v->row[i];

		if (s[i].fate != STEP_GOES || sf_row_phase(r) != phase ||
		    s[i].answer == STEP_PASS)
			continue;
		assert_non_null(r->verdict);
		assert_string_equal(r->verdict, verdicts[s[i].answer]);
		if (s[i].answer == STEP_SKIP && s[i].reason.n > 0)
			assert_true(slice_is(s[i].reason,
			    sf_row_reason(v, r)));
		answered[s[i].answer]++;
	}
}

static void
load_both(struct sf_wave *a, struct sf_wave *b, const struct sf_bad *bad)
{
	struct step s[ROWS];

	sf_wave_ready(a);
	sf_wave_ready(b);
	forget(b);
	are_equal(a, b);
	for (long phase = sf_wave_phase(a, -1); phase != -1;
	    phase = sf_wave_phase(a, phase)) {
		apply_steps(a, s);
		sf_wave_begin(a, phase, bad);
		sf_wave_begin(b, phase, bad);
		are_equal(a, b);
		are_answered(a, s, phase);
		for (size_t i = 0; i < a->n; i++)
			if (sf_row_goes(&a->row[i]) &&
			    sf_row_phase(&a->row[i]) == phase)
				settle_both(a, b, i);
		is_counted(a, phase);
		is_counted(a, -1);
	}
}

static void
test_known(void **state)
{
	struct sf_wave *a = sf_wave_new(1), *b = sf_wave_new(1);
	struct sf_wave *rest = sf_wave_new(1);
	struct payload_shapes *shapes[SHAPES] = { NULL };
	struct sf_bad *bad = sf_bad_new();
	struct buf line = BUF(4096);

	(void)state;
	for (size_t round = 0; round < 10000; round++) {
		size_t n = 1 + one_of(ROWS), record = 0;
		size_t keys = round % 8 == 0 ? 40 : 1 + round % 4;

		for (size_t i = 0; i < n; i++) {
			record += one_of(keys < 40 ? 5 : 2) == 0;
			random_line(&line, record, keys);
			add_line(a, buf_all(&line), shapes);
			add_line(b, buf_all(&line), NULL);
		}
		if (n > 1 && one_of(2) == 0) {
			sf_wave_move_last(a, rest);
			sf_wave_move_last(b, rest);
		}
		is_counted(a, -1);
		forget(b);
		if (one_of(3) == 0)
			find_both(a, b, one_of(a->n));
		load_both(a, b, one_of(2) == 0 ? NULL : bad);
		if (one_of(20) == 0)
			sf_bad_add(bad, SLICE("A"), SLICE("2"));
		sf_wave_clear(a);
		sf_wave_clear(b);
		sf_wave_clear(rest);
	}
	for (size_t i = STEP_PASS + 1; i <= STEP_WAIT; i++)
		assert_true(answered[i] > 20);
	assert_true(formed > 100000);
	for (size_t i = 0; i < SHAPES; i++)
		payload_shapes_free(shapes[i]);
	buf_free(&line);
	sf_bad_free(bad);
	sf_wave_free(rest);
	sf_wave_free(b);
	sf_wave_free(a);
}

/* What ledgers hold, byte by byte. */
static uint64_t
plain_hash(const char *a, const char *b)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *a != '\0'; a++)
		h = (h ^ (unsigned char)*a) * 0x100000001b3u;
	h *= 0x100000001b3u;
	for (; *b != '\0'; b++)
		h = (h ^ (unsigned char)*b) * 0x100000001b3u;
	return h ^ h >> 32;
}

static void
test_hash(void **state)
{
	char a[32], b[32], last;

	(void)state;
	for (size_t i = 0; i < 400; i++) {
		size_t n = i % 20, m = i / 20;

		for (size_t k = 0; k < 31; k++) {
			a[k] = (char)(1 + one_of(255));
			b[k] = (char)(1 + one_of(255));
		}
		a[n] = b[m] = '\0';
		assert_true(slice_hash(slice(a), slice(b)) ==
		    plain_hash(a, b));
		for (size_t k = 0; k < n; k++) {	/* no byte is left out */
			uint64_t h = slice_quick_hash(slice(a), slice(b));

			last = a[k];
			a[k] = last == 'x' ? 'y' : 'x';
			assert_true(last == a[k] ||
			    slice_quick_hash(slice(a), slice(b)) != h);
			a[k] = last;
		}
	}
}

/* As much again takes the same memory again, but for what was huge. */
static void
test_pool(void **state)
{
	const size_t size = (2 << 20) + 100, n = 400;
	struct pool *p = pool_big(size);
	char *had[400], *s;

	(void)state;
	for (size_t round = 0; round < 3; round++) {
		for (size_t i = 0; i < n; i++) {
			s = memset(pool_get(p, 20 * i + 1), 'a', 20 * i + 1);
			assert_true(round == 0 || s == had[i]);
			had[i] = s;
		}
		memset(pool_get(p, 3 * size), 'b', 3 * size);
		pool_reset(p);
	}
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_hash), cmocka_unit_test(test_pool),
	};

	srandom(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
