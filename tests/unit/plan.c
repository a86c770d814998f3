/* plan: rows like the one before them take a quick way into their job, and
 * results that come in order one to their row, numbers of plain digits one
 * into their field: all lead where the long way does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "payload-shape.h"
#include "salesforce-fit.h"
#include "salesforce-plan.h"
#include "salesforce-texts.h"

enum { ROWS = 120, SEEDS = 60, CELLS = 64 };

static unsigned
any(unsigned *seed, unsigned n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 8) % n;
}

static const char *const names[] = { "Name", "BillingPostalCode", "A", "N__c",
	"OwnerId", "User:Owner.Username", "Account.Magento_Id__c", "Shop__c",
	"Shop__r.Ext__c", "name", "id", "Ext__c", "Naem", "B", "C",
	"A_Rather_Long_Name_Of_Somebody__c" };

static const char *const values[] = { "null", "true", "\"\"", "\"#N/A\"", "0",
	"-10.50", "1e3", "12345678901234567890", "\" a\"", "\"a \"", "\"a,b\"",
	"\",\"", "\"a\\\"b\"", "\"\\r\\n\"", "\"a\\rb\\n\"", "\"\\u0000\"",
	"\"\\\\\"", "\"\\u00e9,\"", "\"\xc3\xa9\xe6\xbc\xa2\"", "\"[a,b]\"",
	"\"{\"", "\"2026-11-20\"", "\"Springfield\"" };

enum { NAMES = sizeof(names) / sizeof(names[0]),
	VALUES = sizeof(values) / sizeof(values[0]) };

static void
put_value(struct buf *b, unsigned *seed)
{
	unsigned n = any(seed, 3) == 0 ? any(seed, 70) : any(seed, 18);

	if (any(seed, 3) == 0) {
		buf_str(b, values[any(seed, VALUES)]);
		return;
	}
	if (any(seed, 100) == 0)
		n = 6000;
	buf_char(b, '"');
	for (unsigned i = 0; i < n; i++)
		buf_char(b, "ab 1x,-"[any(seed, i % 16 == 0 ? 7 : 5)]);
	buf_char(b, '"');
}

/* `shape`: six bits for each of its names; another one now and then. */
static void
put_object(struct buf *b, unsigned *seed, uint64_t shape)
{
	bool first = true;

	if (any(seed, 12) == 0)
		shape = shape << 6 | any(seed, 64);
	if (any(seed, 12) == 0)
		shape &= 0xfff;
	if (any(seed, 12) == 0)
		shape ^= (uint64_t)any(seed, 64) << 6;
	buf_char(b, '{');
	for (; shape != 0; shape >>= 6) {
		if (!first)
			buf_str(b, any(seed, 200) == 0 ? " , " : ",");
		first = false;
		buf_fmt(b, "\"%s\":", names[shape % NAMES]);
		put_value(b, seed);
	}
	buf_char(b, '}');
}

static void
put_key(struct buf *b, unsigned *seed, int i)
{
	static const char *const forms[] = { "%d", "%d-1", "sku %d", "k,%d",
		"\\u00e9%d", "q\\\"%d", "Key.%d@example.com", "%016d", "%017d" };

	if (any(seed, 20) == 0)
		i = (int)any(seed, ROWS);	/* perhaps there already */
	buf_fmt(b, forms[any(seed, 4) == 0 ? any(seed, 9) : 0], i);
}

/* What a row of its own kind is. */
struct kind {
	const char *object, *extid;
	uint64_t insert, fields;
	bool id, parent, match;
};

static struct kind
kind_of(unsigned *seed)
{
	static const char *const objects[] = { "Account", "Order" };
	static const char *const extids[] = { "Ext__c", "Magento_Id__c", NULL };
	struct kind k = { .object = objects[any(seed, 2)],
	    .extid = extids[any(seed, 3)], .id = any(seed, 3) == 0,
	    .parent = any(seed, 3) == 0, .match = any(seed, 2) == 0 };

	k.fields = any(seed, 1u << 24);
	if (any(seed, 2) == 0)
		k.insert = any(seed, 1u << 12);
	return k;
}

static void
put_row(struct buf *b, unsigned *seed, const struct kind *k, int i)
{
	buf_fmt(b, "{\"object\":\"%s\",\"map\":\"m\",\"phase\":1,\"source\":"
	    "\"c/%d\",\"key\":\"", k->object, i);
	put_key(b, seed, i);
	buf_char(b, '"');
	if (k->extid != NULL)
		buf_fmt(b, ",\"extid\":\"%s\"", k->extid);
	if (k->parent)
		buf_fmt(b, ",\"parent\":\"Order/%u\"", any(seed, 9));
	if (k->match)
		buf_fmt(b, ",\"match\":[{\"%s\":1}]",
		    names[k->fields % NAMES]);
	if (k->id && any(seed, 8) == 0)
		buf_str(b, ",\"with\":[\"n\"]");
	if (any(seed, 6) == 0)
		buf_str(b, ",\"own\":[\"A\",\"B\"]");
	if (k->id)
		buf_fmt(b, ",\"id\":\"0018c%010d\"%s",
		    i - (int)any(seed, 30) / 29, any(seed, 3) == 0 ?
		    ",\"adopted\":true" : any(seed, 20) == 0 ?
		    ",\"delete\":true" : "");
	if (k->insert != 0) {
		buf_str(b, ",\"insert\":");
		put_object(b, seed, k->insert);
	}
	if (k->id && k->insert != 0) {
		buf_str(b, ",\"update\":");
		put_object(b, seed, k->insert >> 6);
	}
	buf_str(b, ",\"fields\":");
	put_object(b, seed, k->fields);
	buf_char(b, '}');
}

/* `shapes`: how it is read, or NULL. */
static void
take(struct sf_wave *v, struct payload_shapes *shapes, const char *text)
{
	struct slice line = slice(text);
	struct payload_kept *k = sf_wave_place(v);
	struct payload p;
	struct why w = {0};

	line.p = pool_dup(v->pool, line.p, line.n);
	if (shapes == NULL || !payload_shapes_keep(shapes, k, line, v->pool)) {
		if ((shapes != NULL ?
		    payload_shapes_read(shapes, &p, line, v->pool, &w) :
		    payload_read(&p, line, v->pool, &w)) == -1)
			fail_msg("%s: %s", text, w.text);
		payload_keep(k, &p, v->pool);
	}
	sf_wave_add(v);
}

/* `apart`: between two rows stand some of another object, of each operation:
 * no row is like the one before, and none is read by its shape. */
static struct sf_wave *
wave_of(unsigned seed, bool apart)
{
	struct payload_shapes *shapes = apart ? NULL : payload_shapes_new();
	static const char *const others[] = { "", ",\"id\":\"001000000000000\"",
		",\"delete\":true,\"id\":\"001000000000000\"" };
	struct sf_wave *v = sf_wave_new(1);
	struct kind kind[3], *k = kind;
	struct buf b = BUF(1 << 20);
	bool turns = any(&seed, 2) == 0;

	for (size_t i = 0; i < 3; i++)
		kind[i] = kind_of(&seed);
	for (int i = 0; i < ROWS; i++) {
		if (turns || any(&seed, 30) == 0)
			k = &kind[any(&seed, 3)];
		buf_reset(&b);
		put_row(&b, &seed, k, i);
		take(v, shapes, buf_cstr(&b));
		for (size_t o = 0; apart && o < 3; o++) {
			buf_reset(&b);
			buf_fmt(&b, "{\"object\":\"Other\",\"map\":\"m\","
			    "\"phase\":1,\"source\":\"o/%d\",\"key\":\"o%d\","
			    "\"extid\":\"E__c\"%s,\"fields\":{\"Z\":1}}", i,
			    i, others[o]);
			take(v, shapes, buf_cstr(&b));
		}
	}
	buf_free(&b);
	payload_shapes_free(shapes);
	sf_wave_ready(v);
	sf_wave_begin(v, 1, NULL);
	return v;
}

static void
put_plans(struct buf *b, const struct sf_plans *ps)
{
	for (size_t i = 0; i < ps->n; i++) {
		const struct sf_plan *p = &ps->plan[i];

		if (slice_is(p->object, "Other"))
			continue;
		buf_fmt(b, "# %s %.*s %ld\n", sf_plan_operation(p),
		    (int)p->object.n, p->object.p, p->round);
		sf_plan_header(p, b);
		for (size_t k = 0; k < p->rows; k++)
			sf_plan_row(p, k, b);
	}
}

/* By the slow functions alone: texts by their columns, then letter by letter. */
static void
expected_row(struct buf *b, const struct sf_plan *p, const struct sf_row *r,
    struct pool *pool)
{
	struct slice text[CELLS] = {{0}}, name, value, t;
	struct sf_fields f = sf_fields(r);

	if (r->op != SF_CREATE)
		text[0] = slice(r->id);
	if (r->op != SF_DELETE && row_extid(r).n > 0 && row_with(r).p == NULL)
		text[sf_plan_column(p, row_extid(r), 0)] = row_key(r);
	while (sf_fields_next(&f, &name, &value)) {
		t = sf_plain(value, pool);
		if (t.n == 0 && (r->op != SF_CREATE ||
		    memchr(name.p, '.', name.n) == NULL))
			t = SLICE("#N/A");
		text[sf_plan_column(p, name, 0)] = t;
	}
	for (size_t i = 0; i < p->columns; i++) {
		bool quoted = false;

		t = text[i];
		for (size_t k = 0; k < t.n; k++)
			quoted |= t.p[k] == ',' || t.p[k] == '"' ||
			    t.p[k] == '\n' || t.p[k] == '\r' ||
			    (t.p[k] == ' ' && (k == 0 || k == t.n - 1));
		buf_str(b, quoted ? "\"" : "");
		for (size_t k = 0; k < t.n; k++) {
			if (t.p[k] == '\r' && k + 1 < t.n && t.p[k + 1] == '\n')
				continue;
			buf_str(b, t.p[k] == '"' ? "\"" : "");
			buf_char(b, t.p[k] == '\r' ? '\n' : t.p[k]);
		}
		buf_str(b, quoted ? "\"" : "");
		buf_char(b, ',');
	}
	csv_end(b, p->columns);
}

static void
check_lines(const struct sf_plans *ps)
{
	struct buf is = BUF(1 << 20), wanted = BUF(1 << 20);
	struct pool *pool = pool_new();

	for (size_t i = 0; i < ps->n; i++)
		for (size_t k = 0; k < ps->plan[i].rows; k++) {
			buf_reset(&is);
			buf_reset(&wanted);
			sf_plan_row(&ps->plan[i], k, &is);
			expected_row(&wanted, &ps->plan[i],
			    ps->plan[i].row[k].row, pool);
			assert_string_equal(buf_cstr(&is), buf_cstr(&wanted));
			assert_int_equal(is.n,
			    sf_plan_length(&ps->plan[i], k));
		}
	pool_free(pool);
	buf_free(&is);
	buf_free(&wanted);
}

static struct slice
parent_of(const struct sf_row *r, struct pool *pool)
{
	struct sf_fields f = sf_fields(r);
	struct slice name, value;

	if (row_parent(r).n > 0)
		return row_parent(r);
	while (sf_fields_next(&f, &name, &value))
		if (memchr(name.p, '.', name.n) != NULL && *value.p == '"')
			return sf_plain(value, pool);
	return SLICE("");
}

/* One behind the other, in their order; and so are the families. */
static void
check_families(const struct sf_plans *ps)
{
	struct pool *pool = pool_new();

	for (size_t i = 0; i < ps->n; i++) {
		const struct sf_plan_row *row = ps->plan[i].row;

		for (size_t a = 0; a < ps->plan[i].rows; a++)
			for (size_t b = a + 1; b < ps->plan[i].rows; b++) {
				bool same = slice_eq(parent_of(row[a].row,
				    pool), parent_of(row[b].row, pool));

				assert_int_equal(same,
				    row[a].family == row[b].family);
				assert_true(row[a].family <= row[b].family);
				assert_true(!same || row[a].row < row[b].row);
			}
	}
	pool_free(pool);
}

static void
test_rows(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		struct buf quick = BUF(1 << 24), slow = BUF(1 << 24);
		struct sf_wave *v = wave_of(seed, false),
		    *apart = wave_of(seed, true);
		struct sf_plans *a = sf_plans_new(v, 1, NULL, NULL, NULL),
		    *b = sf_plans_new(apart, 1, NULL, NULL, NULL);

		check_lines(a);
		check_families(a);
		put_plans(&quick, a);
		put_plans(&slow, b);
		if (strcmp(buf_cstr(&quick), buf_cstr(&slow)) != 0)
			fail_msg("seed %u:\n%s\n---\n%s", seed,
			    buf_cstr(&quick), buf_cstr(&slow));
		sf_plans_free(a);
		sf_plans_free(b);
		sf_wave_free(v);
		sf_wave_free(apart);
		buf_free(&quick);
		buf_free(&slow);
	}
}

/* Rows of one shape that have all parts. */
static struct sf_wave *
alike(unsigned seed)
{
	static const char *const part[] = { "insert", "update", "fields" };
	struct payload_shapes *shapes = payload_shapes_new();
	struct sf_wave *v = sf_wave_new(1);
	struct buf b = BUF(1 << 20);

	for (int i = 0; i < ROWS; i++) {
		buf_reset(&b);
		buf_fmt(&b, "{\"object\":\"Account\",\"map\":\"m\",\"source\":"
		    "\"c/%d\",\"key\":\"%d\",\"extid\":\"Ext__c\",\"own\":"
		    "[\"A\",\"N__c\"],\"id\":\"0018c%010d\"", i, i, i);
		for (int k = 0; k < 3; k++) {
			buf_fmt(&b, ",\"%s\":{\"A\":", part[k]);
			put_value(&b, &seed);
			buf_str(&b, ",\"C\":1,\"N__c\" : ");
			put_value(&b, &seed);
			buf_str(&b, ",\"B\":true,\"A\":null}");
		}
		buf_char(&b, '}');
		take(v, shapes, buf_cstr(&b));
		v->row[i].op = any(&seed, 30) == 0 ? SF_DELETE : any(&seed,
		    16) == 0 ? SF_UPDATE : SF_CREATE;
	}
	buf_free(&b);
	payload_shapes_free(shapes);
	return v;
}

/* Rows that are not what their lines say any more. */
static void
change(struct sf_wave *v, unsigned seed)
{
	static const char *const data[] = { "{}", "{\"A\":\"b\"}",
	    "{\"Name\":null,\"C\":\"a\\nb\",\"OwnerId\":[1]}" };
	struct payload p, copy;

	for (size_t i = any(&seed, 9); i < v->n; i += 1 + any(&seed, 40)) {
		payload_whole(&p, &v->row[i].p);
		switch (any(&seed, 5)) {
		case 0:
			payload_copy(&copy, &p, v->pool);
			p = copy;
			break;
		case 1:
			p.fields = (struct slice){ NULL, 0 };
			break;
		case 2:
			p.fields = slice(data[any(&seed, 3)]);
			break;
		case 3:
			p.insert = (struct slice){ NULL, 0 };
			break;
		default:
			p.adopted = !p.adopted;
		}
		payload_keep(&v->row[i].p, &p, v->pool);
	}
}

static void
same_cells(const struct sf_cells *a, const struct sf_row *r,
    const struct sf_cells *b, const struct sf_row *s)
{
	const struct scan_found *x, *y;

	assert_int_equal(a->n, b->n);
	assert_int_equal(a->were, b->were);
	assert_true(a->bytes >= b->bytes);
	assert_int_equal(a->same, b->same);
	for (size_t i = 0; i < a->n; i++) {
		x = &a->cell[i];
		y = &b->cell[i];
		assert_true(slice_eq(x->key, y->key));
		assert_true(slice_eq(x->value, y->value));
		assert_int_equal(x->plain, y->plain);
		assert_true((uintptr_t)x->value.p - (uintptr_t)row_line(r).p >=
		    row_line(r).n ||
		    (x->value.p - row_line(r).p ==
		    y->value.p - row_line(s).p &&
		    x->key.p - row_line(r).p == y->key.p - row_line(s).p));
	}
}

/* Those by shape are those by name, of rows of one operation or of all. */
static void
test_cells(void **state)
{
	struct payload p;
	size_t shaped = 0;

	(void)state;
	for (unsigned seed = 1; seed <= 4 * SEEDS; seed++) {
		struct sf_cells quick[2][3] = {{{0}}}, slow[2][3] = {{{0}}};
		struct sf_wave *v = seed % 2 == 0 ? alike(seed) :
		    wave_of(seed, false);
		struct sf_wave *w = seed % 2 == 0 ? alike(seed) :
		    wave_of(seed, false);

		if (seed % 4 != 0) {
			change(v, seed);
			change(w, seed);
		}
		for (size_t i = 0; i < 2 * v->n; i++) {
			const struct sf_row *r = &v->row[i / 2],
			    *s = &w->row[i / 2];
			size_t k = i % 2 == 0 ? r->op : 0;

			payload_whole(&p, &s->p);
			payload_keep(&w->row[i / 2].p, &p, w->pool);
			sf_cells_read(&quick[i % 2][k], r);
			sf_cells_read(&slow[i % 2][k], s);
			same_cells(&quick[i % 2][k], r, &slow[i % 2][k], s);
			assert_false(slow[i % 2][k].shaped);
			shaped += quick[i % 2][k].shaped;
		}
		for (size_t i = 0; i < 6; i++) {
			sf_cells_free(&quick[i / 3][i % 3]);
			sf_cells_free(&slow[i / 3][i % 3]);
		}
		sf_wave_free(v);
		sf_wave_free(w);
	}
	assert_true(shaped > 1000);
}

/* The line of a row's results: its joins, as they were sent. */
static struct sf_row *
ask(struct sf_plans *ps, struct sf_plan *p, const struct sf_row *r,
    struct pool *pool)
{
	struct slice cell[CELLS];
	struct csv_row line = { cell, p->joins, 2 };

	for (size_t i = 0; i < p->joins; i++)
		cell[i] = r->op != SF_CREATE ? slice(r->id) :
		    sf_line_breaks(p->extid.n > 0 ? row_key(r) :
		    sf_field_text(r, p->join[i], pool), pool);
	return sf_plan_find(ps, p, &line);
}

static void
check_results(struct sf_plans *ps, struct sf_plan *p, unsigned seed)
{
	struct pool *pool = pool_new();
	struct csv_row header = { p->join, p->joins, 1 };
	struct why w = {0};
	size_t at = 0;

	assert_int_equal(sf_plan_columns(p, &header, &w), 0);
	for (size_t i = 0; i < 3 * p->rows; i++) {
		if (any(&seed, i < p->rows ? 3 : 1 + (unsigned)p->rows) == 0)
			at = any(&seed, (unsigned)p->rows);
		assert_ptr_equal(ask(ps, p, p->row[at].row, pool),
		    p->row[at].row);
		at = (at + 1) % p->rows;
	}
	pool_free(pool);
}

/* Not its own: the row of another job, and a key that is nearly there. */
static void
check_strangers(struct sf_plans *ps, struct sf_plan *p)
{
	struct sf_plan *other = &ps->plan[p == ps->plan ? ps->n - 1 : 0];
	struct slice text = row_key(p->row[0].row);
	struct csv_row line = { &text, 1, 2 };
	struct pool *pool = pool_new();

	if (p->op != SF_CREATE || p->extid.n == 0 || other == p)
		goto out;
	for (size_t k = 0; k < other->rows && other->op == SF_CREATE; k++)
		assert_ptr_not_equal(ask(ps, p, other->row[k].row, pool),
		    other->row[k].row);
	p->told = SIZE_MAX;
	p->in_turn = true;
	text.n--;
	assert_ptr_not_equal(sf_plan_find(ps, p, &line), p->row[0].row);
	p->told = SIZE_MAX;
	p->in_turn = true;
	text = p->row[0].line;	/* a key with commas */
	if (--text.n != row_key(p->row[0].row).n)
		assert_ptr_not_equal(sf_plan_find(ps, p, &line),
		    p->row[0].row);
out:
	pool_free(pool);
}

static void
test_results(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= SEEDS; seed++) {
		struct sf_wave *v = wave_of(seed, false);
		struct sf_plans *ps = sf_plans_new(v, 1, NULL, NULL, NULL);

		for (size_t i = 0; i < ps->n; i++) {
			check_results(ps, &ps->plan[i], seed);
			check_strangers(ps, &ps->plan[i]);
		}
		sf_plans_free(ps);
		sf_wave_free(v);
	}
}

/* As sf_fit() has it for numbers of any form. */
static enum sf_fit
number_fits(const struct sf_field *f, const char *text)
{
	bool plain = text[strspn(text, "-+")] != '\0' &&
	    strspn(text + (*text == '-' || *text == '+'), "0123456789") ==
	    strlen(text + (*text == '-' || *text == '+'));
	double d = strtod(text, NULL), ten = pow(10, (double)f->scale);

	if (slice_is(f->kind, "int"))
		return plain && d >= INT32_MIN && d <= INT32_MAX ? SF_FITS :
		    SF_FIT_TYPE;
	if (slice_is(f->kind, "long") && !plain)
		return SF_FIT_TYPE;
	if (f->precision <= 0)
		return SF_FITS;
	if (fabs(d) * ten < 9e15)
		d = round(d * ten) / ten;
	return fabs(d) < pow(10, (double)(f->precision - f->scale)) ?
	    SF_FITS : SF_FIT_RANGE;
}

static void
test_numbers(void **state)
{
	static const char *const kinds[] = { "int", "long", "double" };
	unsigned seed = 1;
	char text[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct sf_field f = { .type = SF_NUMBER,
		    .kind = slice(kinds[any(&seed, 3)]),
		    .precision = any(&seed, 19), .scale = any(&seed, 6) };
		size_t n = any(&seed, 4) / 3, most = n + 1 + any(&seed, 19),
		    point = any(&seed, 2) == 0 ? n + 1 + any(&seed, 12) : 99;

		text[0] = '-';
		for (; n < most; n++)
			text[n] = n == point ? '.' : "0199995"[any(&seed, 7)];
		text[n] = '\0';
		if (point == most - 1)
			text[n - 1] = '0';
		if (sf_fit(&f, slice(text)) != number_fits(&f, text))
			fail_msg("%s %ld.%ld: %s", f.kind.p, f.precision,
			    f.scale, text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
