/*
 * gives - what is known of an expression's values holds for the values
 *
 * Every case of tests/oracle is asked twice: as it stands, and behind its
 * input as a constant.  What map_sends() says must cover what comes out.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../lib/map-int.h"
#include "file.h"

struct claim {			/* a copy of what map_sends() said */
	struct pool *pool;
	unsigned kinds;
	struct map_value values[200];
	size_t n;
	bool seen;
};

static void
see_map(void *ctx, const struct map_about *m)
{
	(void)ctx, (void)m;
}

static void
see(void *ctx, const struct map_sent *f)
{
	struct claim *c = ctx;
	size_t i;

	if (!slice_is(f->field, "F"))
		return;
	c->seen = true;
	c->kinds = f->kinds;
	for (c->n = 0; c->n < f->n && c->n < 200; c->n++) {
		i = c->n;
		c->values[i] = f->values[i];
		c->values[i].text.p = pool_dup(c->pool, f->values[i].text.p ==
		    NULL ? "" : f->values[i].text.p, f->values[i].text.n);
	}
}

/* False: the expression is a mistake. */
static bool
claim(struct claim *c, const char *expr)
{
	struct map_world world = { .no_ref_needed = true };
	struct buf mistakes = BUF(1 << 16);
	char *text = xasprintf("from orders\nobject X\nphase 1\nkey = 1\n"
	    "F = %s\n", expr);
	struct map_text t = { "m.map", "m", slice(text) };
	struct map_set *s = map_open(&world, &t, 1, &mistakes);

	c->seen = false;
	if (s != NULL)
		map_sends(s, see_map, see, c);
	map_close(s);
	buf_free(&mistakes);
	free(text);
	return c->seen;
}

static unsigned
kind(struct val v)
{
	return v.kind <= V_NULL ? MAP_NULL : v.kind <= V_TRUE ? MAP_BOOL :
	    v.kind == V_NUMBER ? MAP_NUMBER : v.kind == V_STRING ? MAP_TEXT :
	    MAP_LIST;
}

static bool
covers(const struct claim *c, struct val v)
{
	struct buf b = BUF(1 << 20);
	unsigned is = kind(v);
	bool yes = (c->kinds & is) != 0;
	size_t i;

	if (is == MAP_TEXT && v.n == 10)
		yes |= (c->kinds & MAP_DATE) != 0;
	if (is == MAP_TEXT && v.n == 19)
		yes |= (c->kinds & MAP_LOCAL) != 0;
	if (is == MAP_TEXT && v.n == 24)
		yes |= (c->kinds & MAP_INSTANT) != 0;
	if (is == MAP_TEXT)
		buf_slice(&b, val_bytes(v));
	else
		val_json(&b, v);
	for (i = 0; i < c->n; i++)
		yes |= c->values[i].kind == is && (is == MAP_LIST ||
		    is == MAP_NULL || slice_eq(c->values[i].text,
		    buf_all(&b)));
	buf_free(&b);
	return yes;
}

static int
hold(struct claim *c, const char *expr, struct slice values)
{
	struct slice line;
	struct val v;
	struct why w;
	const char *nl;
	int held = 0;

	while (values.n > 0) {
		nl = memchr(values.p, '\n', values.n);
		line = (struct slice){ values.p, (size_t)(nl - values.p) };
		values.n -= line.n + 1;
		values.p = nl + 1;
		assert_int_equal(val_parse(line, c->pool, &v, &w), 0);
		if (!covers(c, v))
			fail_msg("%s gives %.*s, which is not among kinds %#x "
			    "and %zu values", expr, (int)line.n, line.p,
			    c->kinds, c->n);
		held++;
	}
	return held;
}

static int
ask(struct claim *c, const char *expr, const char *input)
{
	struct buf mistakes = BUF(1 << 16), out = BUF(1 << 20);
	struct map_world world = { .no_ref_needed = true };
	struct map_expr *x = map_expr_open(&world, expr, &mistakes);
	char *room = xcalloc(1, strlen(input) + 65);
	struct why w;
	int held = 0;

	memcpy(room, input, strlen(input));
	if (x != NULL && claim(c, expr)) {
		map_expr_values(x, slice(room), &out, &w);
		held = hold(c, expr, buf_all(&out));
	}
	map_expr_close(x);
	buf_free(&mistakes);
	buf_free(&out);
	free(room);
	return held;
}

/* Expression and input are the first two lines of a case. */
static int
ask_file(const char *path)
{
	struct claim c = { .pool = pool_new() };
	struct buf b = BUF(1 << 22);
	struct why w = {0};
	char *line, *rest, *expr = NULL, *both;
	int n = 0, at = 0;

	if (file_read(path, &b, &w) == -1)
		fail_msg("%s", w.text);
	buf_cstr(&b);
	rest = b.p;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (*line == '\0')
			at = 0;
		else if (at == 0 && *line != '#' && ++at)
			expr = line;
		else if (at == 1 && ++at) {
			n += ask(&c, expr, line);
			both = xasprintf("(%s) | (%s)", line, expr);
			n += ask(&c, both, "null");
			free(both);
			pool_reset(c.pool);
		}
	}
	pool_free(c.pool);
	buf_free(&b);
	return n;
}

static void
test_cases(void **state)
{
	(void)state;
	assert_true(ask_file("tests/oracle/language.cases") > 700);
	assert_true(ask_file("tests/oracle/regex.cases") > 50);
	assert_true(ask_file("tests/oracle/builtins.cases") > 50);
}

static void
check(const char *expr, unsigned kinds, const char *values)
{
	struct claim c = { .pool = pool_new() };
	struct buf b = BUF(1 << 16);
	size_t i;

	assert_true(claim(&c, expr));
	for (i = 0; i < c.n; i++) {
		buf_str(&b, i == 0 ? "" : " ");
		buf_slice(&b, c.values[i].kind == MAP_NULL ? SLICE("null") :
		    c.values[i].text);
	}
	if (c.kinds != kinds || strcmp(buf_cstr(&b), values) != 0)
		fail_msg("%s: kinds %#x, values '%s'", expr, c.kinds,
		    buf_cstr(&b));
	buf_free(&b);
	pool_free(c.pool);
}

/* It knows something, too. */
static void
test_known(void **state)
{
	(void)state;
	check(".a", MAP_ANY, "");
	check("\"x\", 1, true, null", 0, "null true 1 x");
	check("if .a then \"x\" else .b end", MAP_ANY, "x");
	check("if .a then \"X\" else \"Y\" end | ascii_downcase", 0, "x y");
	check("\"a\", \"b\" | select(. == \"a\")", 0, "a");
	check("\"a\", null | values", 0, "a");
	check("null | values", 0, "");
	check("empty", 0, "");
	check(".a | values", MAP_ANY & ~MAP_NULL, "");
	check(".a // \"x\"", MAP_ANY & ~MAP_NULL, "x");
	check(".a | local_date(\"UTC\")", MAP_DATE | MAP_NULL, "");
	check(".a | sf_datetime | values", MAP_INSTANT, "");
	check("[.a] | dsum", MAP_NUMBER | MAP_NULL, "");
	check(".a == .b", MAP_BOOL, "");
	check(".a | length", MAP_NUMBER, "");
	check("\"\\(.a)\"", MAP_TEXT, "");
	check("\"a\" as $x | .b as $y | $x", 0, "a");
	check("[.a]", MAP_LIST, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
