/* Steps: an order has a draft step before, header, lines, activation after. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "steps.h"

/*
 * A record as a word: d draft, o order, i item, a activate, each with its
 * fate: + goes, * sent, = unchanged, - skipped/only-insert, ~ skipped by
 * itself, ! bad.  `own` in capitals: the activation is due by itself (A).
 * What comes out: + goes, = unchanged, - skipped, ? waits.
 */
static const struct {
	const char *in, *out;
} cases[] = {
	/* nothing changed: no step is due */
	{ "d+o=i=i=a+", "d=o=i=i=a=" },
	/* the header changed: all steps around it */
	{ "d+o+i=i=a+", "d+o+i=i=a+" },
	/* one line changed, the header did not */
	{ "d+o=i=i+a+", "d+o=i=i+a+" },
	/* all of it */
	{ "d+o+i+i+a+", "d+o+i+i+a+" },
	/* the activation alone is due: back to draft for it too */
	{ "d+o=i=i=A+", "d+o=i=i=A+" },
	/* no draft step for a new order */
	{ "d-o+i+a+", "d-o+i+a+" },
	/* the header is left alone by a setting: lines and steps with it */
	{ "d+o-i+i+a+", "d-o-i-i-a-" },
	{ "d+o-i+i+A+", "d-o-i-i-A-" },
	{ "d+o-i=i=A+", "d-o-i=i=A-" },
	/* one line is skipped by itself: it says nothing about the rest */
	{ "d+o=i~i=A+", "d+o=i~i=A+" },
	{ "d+o=i~i=a+", "d=o=i~i=a=" },
	{ "d+o=i~i+a+", "d+o=i~i+a+" },
	/* a line is at fault: the others go, the activation waits */
	{ "d+o+i!i+a+", "d+o+i!i+a?" },
	{ "d+o=i!i=A+", "d=o=i!i=A?" },
	/* the header is at fault: nothing goes */
	{ "d+o!i+i+a+", "d=o!i?i?a?" },
	/* the draft step is at fault: what it was for waits */
	{ "d!o+i+i+a+", "d!o?i?i?a?" },
	{ "d!o=i+i=a+", "d!o=i?i=a?" },
	/* already sent in this run counts as going on */
	{ "d*o*i*i*a+", "d*o*i*i*a+" },
	{ "d*o*i*i!a+", "d*o*i*i!a?" },
	/* without a draft step */
	{ "o=i=a+", "o=i=a=" },
	{ "o=i+a+", "o=i+a+" },
};

static struct step
line(char what, char fate)
{
	struct step s = { .object = SLICE("Order"), .key = SLICE("7") };

	switch (what) {
	case 'd':
		s.map = SLICE("order-draft");
		s.with = SLICE("[\"order\",\"order-item\",\"order-activate\"]");
		s.phase = 10;
		break;
	case 'o':
		s.map = SLICE("order");
		s.phase = 20;
		break;
	case 'i':
		s.map = SLICE("order-item");
		s.object = SLICE("OrderItem");
		s.parent = SLICE("Order/7");
		s.phase = 30;
		break;
	default:
		s.map = SLICE("order-activate");
		s.with = SLICE("[\"order\", \"order-item\"]");
		s.phase = 40;
		s.own = what == 'A';
	}
	s.fate = fate == '+' ? STEP_GOES : fate == '*' ? STEP_SENT :
	    fate == '=' ? STEP_SAME : fate == '!' ? STEP_BAD : STEP_SKIPPED;
	s.reason = fate == '-' ? SLICE("only-insert") : SLICE("zero");
	return s;
}

static void
test_order(void **state)
{
	static const char answers[] = { [STEP_PASS] = '+',
	    [STEP_UNCHANGED] = '=', [STEP_SKIP] = '-', [STEP_WAIT] = '?' };
	struct step s[8];
	char out[32];
	size_t c, i, n;

	(void)state;
	for (c = 0; c < sizeof(cases) / sizeof(cases[0]); c++) {
		n = strlen(cases[c].in) / 2;
		for (i = 0; i < n; i++)
			s[i] = line(cases[c].in[2 * i], cases[c].in[2 * i + 1]);
		steps_apply(s, n);
		memcpy(out, cases[c].in, 2 * n + 1);
		for (i = 0; i < n; i++)
			if (s[i].fate == STEP_GOES)
				out[2 * i + 1] = answers[s[i].answer];
		if (strcmp(out, cases[c].out) != 0)
			print_error("%s gives %s\n", cases[c].in, out);
		assert_string_equal(out, cases[c].out);
	}
}

/* Upstream verdicts have no phase: a step that is left is one after. */
static void
test_verdicts(void **state)
{
	struct step s[3];

	(void)state;
	s[0] = line('o', '=');
	s[1] = line('i', '=');
	s[0].phase = s[1].phase = -1;
	s[2] = line('A', '+');
	steps_apply(s, 3);
	assert_int_equal(s[2].answer, STEP_PASS);
	s[1].fate = STEP_BAD;
	steps_apply(s, 3);
	assert_int_equal(s[2].answer, STEP_WAIT);
	assert_int_equal(s[2].cause, 1);
}

/* A skipped step takes over the reason of what it stands around. */
static void
test_reason(void **state)
{
	struct step s[3];

	(void)state;
	s[0] = line('d', '+');
	s[1] = line('o', '-');
	s[2] = line('a', '+');
	steps_apply(s, 3);
	assert_int_equal(s[0].answer, STEP_SKIP);
	assert_true(slice_is(s[0].reason, "only-insert"));
	assert_true(slice_is(s[2].reason, "only-insert"));
}

/* Plain parents and children, without steps. */
static void
test_children(void **state)
{
	struct step s[3] = {
		{ .map = SLICE("account"), .object = SLICE("Account"),
		    .key = SLICE("1"), .phase = 10, .fate = STEP_BAD },
		{ .map = SLICE("contact"), .object = SLICE("Contact"),
		    .key = SLICE("1"), .phase = 20,
		    .parent = SLICE("Account/1") },
		{ .map = SLICE("role"), .object = SLICE("Role"),
		    .key = SLICE("1"), .phase = 30,
		    .parent = SLICE("Contact/1") },
	};

	(void)state;
	steps_apply(s, 3);
	assert_int_equal(s[1].answer, STEP_WAIT);
	assert_int_equal(s[2].answer, STEP_WAIT);
	assert_int_equal(s[2].cause, 1);
	s[0].fate = STEP_SAME;
	steps_apply(s, 3);
	assert_int_equal(s[1].answer, STEP_PASS);
	s[1].parent = SLICE("Account/11");
	s[0].fate = STEP_BAD;
	steps_apply(s, 3);
	assert_int_equal(s[1].answer, STEP_PASS);
}

/* The verdict of a step has lost its `with`: while the parent's own line
 * lives, it says nothing about the children. */
static void
test_verdict_of_a_step(void **state)
{
	struct step s[3] = {
		{ .map = SLICE("order-draft"), .object = SLICE("Order"),
		    .key = SLICE("1"), .phase = -1, .fate = STEP_SKIPPED,
		    .reason = SLICE("only-update") },
		{ .map = SLICE("order"), .object = SLICE("Order"),
		    .key = SLICE("1"), .phase = 20 },
		{ .map = SLICE("order-item"), .object = SLICE("OrderItem"),
		    .key = SLICE("9"), .phase = 30,
		    .parent = SLICE("Order/1") },
	};

	(void)state;
	steps_apply(s, 3);
	assert_int_equal(s[2].answer, STEP_PASS);
	s[0].fate = STEP_BAD;
	steps_apply(s, 3);
	assert_int_equal(s[2].answer, STEP_PASS);
	s[1].fate = STEP_SKIPPED;
	steps_apply(s, 3);
	assert_int_equal(s[2].answer, STEP_WAIT);
	s[0].fate = STEP_SKIPPED;
	s[1].fate = STEP_BAD;
	steps_apply(s, 3);
	assert_int_equal(s[2].answer, STEP_WAIT);
	assert_int_equal(s[2].cause, 1);
}

/* A line that took another's place, and the delete of that one. */
static void
test_delete(void **state)
{
	struct step s[] = {
		{ .map = SLICE("draft"), .object = SLICE("Order"),
		    .key = SLICE("1"), .phase = 10, .own = true,
		    .with = SLICE("[\"order\",\"item\"]") },
		{ .map = SLICE("order"), .object = SLICE("Order"),
		    .key = SLICE("1"), .phase = 20, .fate = STEP_SAME },
		{ .map = SLICE("item"), .object = SLICE("OrderItem"),
		    .key = SLICE("1-1"), .phase = 30, .delete = true,
		    .parent = SLICE("Order/1") },
		{ .map = SLICE("item"), .object = SLICE("OrderItem"),
		    .key = SLICE("1-2"), .phase = 30, .fate = STEP_SAME,
		    .parent = SLICE("Order/1") },
	};

	(void)state;
	steps_apply(s, 4);	/* the delete is what the draft is for */
	assert_int_equal(s[0].answer, STEP_PASS);
	assert_int_equal(s[2].answer, STEP_PASS);
	s[3].fate = STEP_BAD;
	steps_apply(s, 4);
	assert_int_equal(s[2].answer, STEP_WAIT);
	assert_int_equal(s[2].cause, 3);
	s[3].fate = STEP_SKIPPED;
	s[3].reason = SLICE("off");
	steps_apply(s, 4);
	assert_int_equal(s[2].answer, STEP_SKIP);
	assert_int_equal(s[0].answer, STEP_UNCHANGED);
	s[3].delete = true;	/* of two deletes each goes its way */
	steps_apply(s, 4);
	assert_int_equal(s[2].answer, STEP_PASS);
	s[3].fate = STEP_SAME;
	s[1].fate = STEP_BAD;
	steps_apply(s, 4);
	assert_int_equal(s[2].answer, STEP_WAIT);
}

static void
test_names(void **state)
{
	(void)state;
	assert_true(steps_names(SLICE("[\"a\",\"order\"]"), SLICE("order")));
	assert_false(steps_names(SLICE("[\"a\",\"orders\"]"), SLICE("order")));
	assert_false(steps_names(SLICE("[]"), SLICE("order")));
	assert_false(steps_names((struct slice){ NULL, 0 }, SLICE("order")));
	assert_int_equal(steps_fate(SLICE("unchanged")), STEP_SAME);
	assert_int_equal(steps_fate(SLICE("waiting")), STEP_BAD);
	assert_int_equal(steps_fate(SLICE("deleted")), STEP_SENT);
	assert_int_equal(steps_fate(SLICE("skipped")), STEP_SKIPPED);
}

static bool
passes(const struct step *s)
{
	return s->fate == STEP_SENT ||
	    (s->fate == STEP_GOES && s->answer == STEP_PASS);
}

static bool
ended_badly(const struct step *s)
{
	return s->fate == STEP_BAD || s->answer == STEP_WAIT;
}

/* What must hold of draft, order, two items and activation, whatever became
 * of each. */
static void
check_rules(const struct step *s)
{
	const struct step *d = &s[0], *o = &s[1], *i = &s[2], *j = &s[3],
	    *a = &s[4];
	bool goes = passes(o) || passes(i) || passes(j);
	bool bad = ended_badly(o) || ended_badly(i) || ended_badly(j);

	if (d->fate == STEP_GOES) {	/* draft: only for what goes on */
		assert_int_equal(passes(d), goes || passes(a));
		assert_int_not_equal(d->answer, STEP_WAIT);
	}
	if (d->fate == STEP_BAD) {	/* nothing goes without the draft */
		assert_true(o->fate != STEP_GOES || o->answer == STEP_WAIT);
		assert_true(a->fate != STEP_GOES || a->answer == STEP_WAIT);
	}
	if (o->fate == STEP_BAD && d->fate != STEP_BAD) {
		assert_true(i->fate != STEP_GOES || i->answer == STEP_WAIT);
		assert_true(j->fate != STEP_GOES || j->answer == STEP_WAIT);
	}
	if (a->fate != STEP_GOES)
		return;
	if (bad || d->fate == STEP_BAD) {	/* never activate what is not whole */
		assert_int_equal(a->answer, STEP_WAIT);
	} else if (goes) {
		assert_int_equal(a->answer, STEP_PASS);
	} else if (o->fate == STEP_SKIPPED) {	/* left alone as a whole */
		assert_int_equal(a->answer, STEP_SKIP);
	} else if (o->fate == STEP_SAME) {
		assert_int_equal(a->answer, a->own ? STEP_PASS :
		    STEP_UNCHANGED);
	}
}

static void
test_all_combinations(void **state)
{
	static const char what[] = "doii", fates[] = "+*=-!";
	struct step s[5];
	long c, code;
	int k;

	(void)state;
	for (c = 0; c < 2 * 5 * 5 * 5 * 5 * 5; c++) {
		code = c / 2;
		for (k = 0; k < 4; k++, code /= 5)
			s[k] = line(what[k], fates[code % 5]);
		s[4] = line(c % 2 ? 'A' : 'a', fates[code % 5]);
		steps_apply(s, 5);
		check_rules(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_reason),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_verdict_of_a_step),
		cmocka_unit_test(test_delete),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_all_combinations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
