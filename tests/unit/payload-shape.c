/* payload-shape, payload-kept: what they read is what payload_read() reads, of
 * good lines and of damaged ones; and what of them is written is as if each
 * member were. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "payload-in.h"
#include "payload-shape.h"

enum {
	DAMAGES = 6000,		/* of each line */
	ROOM = 4096,
	BEHIND = 64,
};

static const char *const lines[] = {
	"{\"object\":\"Account\",\"map\":\"account\",\"phase\":10,\"source\":"
	    "\"customers/1\",\"key\":\"1\",\"extid\":\"Magento_Id__c\",\"fields\":"
	    "{\"BillingCity\":\"Springfield\",\"Name\":\"Customer 1 of the shop\","
	    "\"Phone\":\"+1 555 0000001\",\"Website\":null}}",
	"{\"object\":\"Account\",\"map\":\"account\",\"phase\":10,\"source\":"
	    "\"customers/22\",\"key\":\"2\\u00e4\",\"extid\":\"Magento_Id__c\","
	    "\"fields\":{\"BillingCity\":\"K\xc3\xb6ln \xf0\x9f\x98\x80\","
	    "\"Name\":\"O\\\"Neil\\n\",\"Phone\":-1.50e3,\"Website\":true}}",
	"{\"object\":\"Contact\",\"map\":\"guest\",\"phase\":2,\"source\":"
	    "\"orders/1\",\"key\":\"guest:a@b.c\",\"extid\":\"Magento_Id__c\","
	    "\"parent\":\"Account/1\",\"match\":[{\"Email\":\"a@b.c\",\"W\":1},"
	    "{\"Email\":\"a@b.c\"}],\"with\":[\"order\",\"item\"],\"only\":"
	    "\"insert\",\"shared\":true,\"own\":[\"Owner.Username\"],\"quiet\":"
	    "[\"T__c\"],\"rev\":\"8d4dcecb167a210d\",\"children\":{\"a\":[\"1\"]},"
	    "\"id\":\"801000000000001AAA\",\"adopted\":true,\"delete\":true,"
	    "\"was\":{\"A\":\"x\"},\"hash\":\"ab\",\"insert\":{\"S\":\"Draft\"},"
	    "\"update\":{},\"fields\":{\"A\":10.50,\"B\":null,\"C\":\"\"}}",
	"{\"object\":\"Contact\",\"map\":\"guest\",\"phase\":2,\"source\":"
	    "\"orders/2\",\"key\":\"k\",\"was\":null,\"fields\":{\"A\":\"[1,{\","
	    "\"C\" : \"spaces\" , \"D\":false}}",
	"{\"verdict\":\"created\",\"object\":\"Account\",\"map\":\"account\","
	    "\"source\":\"customers/1\",\"key\":\"1\",\"extid\":\"M__c\",\"id\":"
	    "\"001000000000001AAA\",\"hash\":\"0123456789abcdef\"}",
	"{\"verdict\":\"rejected\",\"reason\":\"bad-json\",\"message\":"
	    "\"line 1\",\"record\":{\"any\":[1,2,{\"x\":\"y\"}]}}",
	"{\"object\":\"\\u004frder\",\"map\":\"order\",\"source\":\"orders/1\","
	    "\"key\":\"1\",\"own\":[\"\\u004f\"],\n\"fields\":\n{\"A\":1}}",
	"{\"verdict\":\"rejected\",\"message\":\"\",\"record\":\"text\","
	    "\"bytes\":\"bm8=\"}",
};

enum { LINES = sizeof(lines) / sizeof(lines[0]) };

struct fixture {
	struct payload_shapes *shapes;
	struct pool *one, *other;
	struct buf out, plain;
	char *exact;		/* what is behind it must not be read */
	uint32_t seed;
	long good, kept, settled;
};

static unsigned
any(struct fixture *f, size_t below)
{
	f->seed = f->seed * 1664525 + 1013904223;
	return below == 0 ? 0 : (f->seed >> 8) % (unsigned)below;
}

static void
same_slice(struct slice a, struct slice b, struct slice line)
{
	bool in = a.p >= line.p && a.p <= line.p + line.n;

	assert_true((a.p == NULL) == (b.p == NULL) && slice_eq(a, b));
	assert_true(!in || a.p == b.p);
}

static void
same_payload(const struct payload *a, const struct payload *b)
{
	const struct payload_member *m = payload_members;

	for (int i = 0; i < PAYLOAD_MEMBERS; i++, m++)
		if (m->type == PAYLOAD_TEXT || m->type == PAYLOAD_RAW)
			same_slice(*payload_slot((struct payload *)a, m->at),
			    *payload_slot((struct payload *)b, m->at), a->line);
	assert_int_equal(a->phase, b->phase);
	assert_int_equal(a->shared, b->shared);
	assert_int_equal(a->adopted, b->adopted);
	assert_int_equal(a->delete, b->delete);
	same_slice(a->line, b->line, a->line);
}

/* Each member of a kept one, by itself and with the others, is where it is in
 * `p`. */
static void
same_kept(const struct payload_kept *k, const struct payload *p)
{
	struct slice line = kept_line(k), s;
	struct payload q;

	assert_true(slice_eq(line, p->line) && line.p != p->line.p);
	assert_int_equal(line.p[line.n], '\0');
	memset(&q, 0xa5, sizeof(q));
	payload_whole(&q, k);
	assert_ptr_equal(q.line.p, line.p);
#define SAME(name) \
	s = kept_##name(k); \
	assert_int_equal(s.p == NULL, p->name.p == NULL); \
	assert_true(s.p == NULL || s.p - line.p == p->name.p - p->line.p); \
	assert_true(s.p == q.name.p && s.n == q.name.n && s.n == p->name.n);
	PAYLOAD_KEPT(SAME)
#undef SAME
	assert_int_equal(q.phase, p->phase);
	assert_int_equal(q.shared, p->shared);
	assert_int_equal(q.adopted, p->adopted);
	assert_int_equal(q.delete, p->delete);
}

/* The scalars of a value, one by one: each has its place. */
static const struct payload_place *
is_placed(const char *line, const struct payload_place *at, struct slice v)
{
	struct slice key;
	struct scan s;

	scan_enter(&s, v);
	if (*v.p == '{') {
		while (scan_member(&s, &key, &v))
			at = is_placed(line, at, v);
	} else if (*v.p == '[') {
		while (scan_element(&s, &v))
			at = is_placed(line, at, v);
	} else {
		assert_ptr_equal(line + at->at, v.p);
		assert_int_equal(at->n, v.n);
		assert_int_equal(at->plain, *v.p == '"' &&
		    memchr(v.p, '\\', v.n) == NULL);
		at++;
	}
	return at;
}

static bool
is_whole(const struct payload_member *m, struct slice v)
{
	if (m->type == PAYLOAD_TEXT)
		return m->like == PAYLOAD_OTHER;
	return m->type == PAYLOAD_RAW && m->like == PAYLOAD_WHOLE &&
	    (*v.p == '{' || *v.p == '[');
}

static void
has_places(const struct payload_kept *k)
{
	const struct payload_place *at = kept_place(k);
	const struct payload_member *m;
	struct slice key, v;
	struct scan s;

	assert_int_equal(at->at, 0);
	assert_int_equal(at++->n, 0);
	scan_enter(&s, kept_line(k));
	while (scan_member(&s, &key, &v)) {
		m = payload_find(key, 0);
		if (is_whole(m, v)) {
			assert_ptr_equal(k->line + at->at, v.p);
			assert_int_equal(at++->n, v.n);
		} else if (m->type == PAYLOAD_RAW &&
		    m->like == PAYLOAD_OTHER && *v.p != 'n') {
			at = is_placed(k->line, at, v);
		}
	}
	assert_int_equal(at - kept_place(k), k->form->n);
}

/* Its verdict is that of the payload. */
static void
settles_the_same(struct fixture *f, const struct payload_kept *k)
{
	static const char *const verdicts[] = { "created", "updated", "deleted",
		"unchanged", "skipped", "waiting", "failed", "held", "rejected" };
	static const char *const texts[] = { NULL, "", "x", "\"q\\\n" };
	const char *verdict = verdicts[any(f, 9)];
	const char *reason = texts[any(f, 4)], *message = texts[any(f, 4)];
	const char *id = any(f, 2) == 0 ? "" : "0018c00002FInboAAD";
	struct payload p;

	buf_reset(&f->out);
	buf_reset(&f->plain);
	if (!kept_write_settled(&f->out, k, id, verdict, reason, message)) {
		assert_int_equal(f->out.n, 0);
		return;
	}
	payload_whole(&p, k);
	if (*id != '\0')
		p.id = slice(id);
	payload_write_settled(&f->plain, &p, verdict, reason, message);
	assert_string_equal(buf_cstr(&f->out), buf_cstr(&f->plain));
	f->settled++;
}

static void
keeps_the_same(struct fixture *f, struct slice line, const struct payload *p,
    bool good)
{
	struct payload_kept k, copy;

	if (!payload_shapes_keep(f->shapes, &k, line, f->other))
		return;
	assert_true(good);
	same_kept(&k, p);
	has_places(&k);
	settles_the_same(f, &k);
	kept_copy(&copy, &k, f->one);
	same_kept(&copy, p);
	has_places(&copy);
	payload_keep(&copy, p, f->one);
	assert_ptr_equal(kept_line(&copy).p, p->line.p);
	assert_true(slice_eq(kept_key(&copy), p->key));
	kept_drop_was(&k);
	assert_null(kept_was(&k).p);
	f->kept++;
}

static void
write_one(struct buf *b, const struct payload *p,
    const struct payload_member *m)
{
	bool text = m->type <= PAYLOAD_RAW;
	struct slice s = text ? *payload_slot((struct payload *)p, m->at) :
	    (struct slice){ NULL, 0 };
	char flag = ((const char *)p)[m->at];

	if ((m->type == PAYLOAD_NUMBER && p->phase < 0) ||
	    (m->type == PAYLOAD_FLAG && flag == 0) ||
	    (text && s.p == NULL))
		return;
	buf_fmt(b, "%s\"%s\":", b->n > 1 ? "," : "", m->name);
	if (m->type == PAYLOAD_NUMBER)
		buf_fmt(b, "%ld", p->phase);
	else if (m->type == PAYLOAD_FLAG)
		buf_str(b, "true");
	else if (m->type == PAYLOAD_RAW)
		buf_slice(b, s);
	else
		scan_quote(b, s);
}

static void
is_written(struct fixture *f, const struct payload *p)
{
	buf_reset(&f->out);
	buf_reset(&f->plain);
	payload_write(&f->out, p);
	buf_char(&f->plain, '{');
	for (int i = 0; i < PAYLOAD_MEMBERS; i++)
		write_one(&f->plain, p, &payload_members[i]);
	buf_char(&f->plain, '}');
	assert_string_equal(buf_cstr(&f->out), buf_cstr(&f->plain));
}

/* Nothing of a copy lies in the line. */
static void
is_copied(struct fixture *f, const struct payload *p)
{
	const struct payload_member *m = payload_members;
	const char *end = p->line.p + p->line.n;
	struct payload copy;
	struct slice s, was;

	payload_copy(&copy, p, f->other);
	assert_true(slice_eq(copy.line, p->line) && copy.line.p != p->line.p);
	for (int i = 0; i < PAYLOAD_MEMBERS; i++, m++) {
		if (m->type > PAYLOAD_RAW)
			continue;
		s = *payload_slot(&copy, m->at);
		was = *payload_slot((struct payload *)p, m->at);
		assert_true((s.p == NULL) == (was.p == NULL) &&
		    slice_eq(s, was) && (s.p < p->line.p || s.p > end));
	}
	is_written(f, &copy);
}

/* As it is, with some members others, settled. */
static void
writes_the_same(struct fixture *f, struct payload p)
{
	static const char *const text[] = { NULL, "", "x", "\"q\\\n",
	    "K\xc3\xb6ln", "longer than sixteen bytes", "cut \xc3" };
	static const char *const verdict[] = { "created", "failed", "unchanged" };
	const struct payload_member *m;

	is_written(f, &p);
	is_copied(f, &p);
	for (int k = 0; k < 2; k++) {
		m = &payload_members[any(f, PAYLOAD_MEMBERS)];
		if (m->type == PAYLOAD_TEXT)
			*payload_slot(&p, m->at) = slice(text[any(f, 7)]);
		else if (m->type == PAYLOAD_RAW)
			*payload_slot(&p, m->at) = SLICE("[]");
		else if (m->type == PAYLOAD_NUMBER)
			p.phase = k == 0 ? 0 : LONG_MAX;
		is_written(f, &p);
	}
	is_copied(f, &p);
	payload_settle(&p, verdict[any(f, 3)], text[any(f, 7)], text[any(f, 7)]);
	is_written(f, &p);
}

/* `behind`: what stands in memory there, after `end`. */
static void
reads_the_same(struct fixture *f, const char *text, size_t n, char end,
    const char *behind)
{
	struct payload a, b;
	struct why v = {0}, w = {0};
	struct slice line = { f->exact + ROOM - n, n };
	char *p = f->exact + ROOM - n;
	int r;

	memcpy(p, text, n);
	p[n] = end;
	strncpy(p + n + 1, behind, BEHIND - 1);
	pool_reset(f->one);
	pool_reset(f->other);
	r = payload_read(&a, line, f->one, &v);
	assert_int_equal(payload_shapes_read(f->shapes, &b, line, f->other, &w),
	    r);
	f->good += r == 0;
	same_payload(&a, &b);
	assert_int_equal(v.kind, w.kind);
	assert_string_equal(v.code, w.code);
	assert_string_equal(v.text, w.text);
	keeps_the_same(f, line, &a, r == 0);
	if (r == 0)
		writes_the_same(f, b);
}

static void
set_up(struct fixture *f)
{
	*f = (struct fixture){ .seed = 7 };
	f->shapes = payload_shapes_new();
	f->one = pool_new();
	f->other = pool_new();
	f->out = f->plain = BUF(4 * ROOM);
	f->exact = malloc(ROOM + BEHIND);
}

static void
tear_down(struct fixture *f)
{
	payload_shapes_free(f->shapes);
	pool_free(f->one);
	pool_free(f->other);
	buf_free(&f->out);
	buf_free(&f->plain);
	free(f->exact);
}

static void
good_lines(void **state)
{
	struct fixture f;
	unsigned i;

	(void)state;
	set_up(&f);
	for (int n = 0; n < 400; n++) {
		i = n < 2 * LINES ? (unsigned)n % LINES : any(&f, LINES);
		reads_the_same(&f, lines[i], strlen(lines[i]),
		    n & 1 ? '\n' : '\0', "\"}}");
	}
	assert_int_equal(f.good, 400);
	assert_true(f.kept > 100);
	assert_true(f.settled > 20);
	tear_down(&f);
}

/* One byte is another, gone, there twice, or new. */
static size_t
hurt(struct fixture *f, char *text, size_t n)
{
	static const char with[] = "{}[]\",:\\/0e.-tn u\n\t\0\x7f\x80\xc3\xa9"
	    "\xed\xf0\xff";
	size_t at = any(f, n);
	char c = with[any(f, sizeof(with))];

	switch (any(f, 5)) {
	case 0:
		text[at] = c;
		return n;
	case 1:
		text[at] ^= (char)(1 << any(f, 8));
		return n;
	case 2:
		memmove(text + at, text + at + 1, n - at);
		return n - 1;
	case 3:
		memmove(text + at + 1, text + at, n - at);
		return n + 1;
	default:
		memmove(text + at + 1, text + at, n - at);
		text[at] = c;
		return n + 1;
	}
}

/* A place has fifteen bits. */
static void
long_lines(void **state)
{
	static const char head[] = "{\"verdict\":\"held\",\"insert\":{\"A\":1},"
	    "\"fields\":{\"A\":\"", tail[] = "\",\"B\":null}}";
	static const size_t lengths[] = { 100, 200, INT16_MAX, INT16_MAX + 1,
	    UINT16_MAX, UINT16_MAX + 40, 300 };
	struct payload_shapes *shapes = payload_shapes_new();
	struct pool *pool = pool_new();
	struct buf b = BUF(1 << 17);
	struct payload_kept k;
	struct payload p;
	struct slice line;
	struct why w;
	bool keeps;

	(void)state;
	for (int i = 0; i < 7; i++) {
		buf_reset(&b);
		buf_str(&b, head);
		while (b.n + sizeof(tail) - 1 < lengths[i])
			buf_char(&b, 'a');
		buf_str(&b, tail);
		line = (struct slice){ pool_dup(pool, b.p, b.n), b.n };
		assert_int_equal(payload_shapes_read(shapes, &p, line, pool,
		    &w), 0);
		keeps = payload_shapes_keep(shapes, &k, line, pool);
		assert_int_equal(keeps, lengths[i] <= KEPT_LINE_MAX);
		if (keeps)
			same_kept(&k, &p);
	}
	payload_shapes_free(shapes);
	pool_free(pool);
	buf_free(&b);
}

static void
damaged_lines(void **state)
{
	struct fixture f;
	char text[ROOM];
	size_t n, whole;

	(void)state;
	set_up(&f);
	for (int i = 0; i < DAMAGES * LINES; i++) {
		const char *good = lines[i % LINES];

		n = whole = strlen(good);
		reads_the_same(&f, good, n, '\n', good);
		memcpy(text, good, n);
		for (unsigned k = any(&f, 3); k < 3; k++)
			n = hurt(&f, text, n);
		reads_the_same(&f, text, n, '\n', good);
	}
	tear_down(&f);
}

/* Behind the end stands what would go on well. */
static void
cut_lines(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	for (int i = 0; i < LINES; i++) {
		for (size_t n = strlen(lines[i]); n > 0; n--) {
			reads_the_same(&f, lines[i], n, '\n', lines[i] + n);
			reads_the_same(&f, lines[i], n, '\0', lines[i] + n);
			if (n > 1)
				reads_the_same(&f, lines[i], n - 1, '\0',
				    lines[i] + n);
		}
	}
	reads_the_same(&f, "", 0, '\n', lines[0]);
	tear_down(&f);
}

/* Members of two lines, some of them twice, some of them missing, in whatever
 * order, a value in the place of another. */
static void
mixed_members(void **state)
{
	struct slice key[64], value[64], v;
	struct buf b = BUF(ROOM);
	struct fixture f;
	struct scan s;
	size_t n;
	unsigned k;

	(void)state;
	set_up(&f);
	for (int i = 0; i < DAMAGES; i++) {
		n = 0;
		for (int two = 0; two < 2; two++) {
			scan_enter(&s, slice(lines[any(&f, LINES)]));
			while (n < 64 && scan_member(&s, &key[n], &value[n]))
				n++;
		}
		buf_reset(&b);
		buf_char(&b, '{');
		for (size_t j = 0; j < n; j++) {
			k = any(&f, 8) == 0 ? any(&f, n) : (unsigned)j;
			v = value[any(&f, 40) == 0 ? any(&f, n) : k];
			if (j > n / 2 && any(&f, 3) != 0)
				continue;
			if (any(&f, 12) == 0)
				continue;
			buf_fmt(&b, "%s\"%.*s\":%.*s", b.n > 1 ? "," : "",
			    (int)key[k].n, key[k].p, (int)v.n, v.p);
		}
		buf_char(&b, '}');
		assert_false(b.over);
		for (int twice = 0; twice < 2; twice++)
			reads_the_same(&f, b.p, b.n, '\n', "");
	}
	assert_true(f.good > 10);
	buf_free(&b);
	tear_down(&f);
}

/* A value in the place of another, in a line that is like one before. */
static void
swapped_values(void **state)
{
	static const char *const with[] = { "1", "-0", "01", "true", "null",
	    "{}", "[]", "{\"a\":[1]}", "\"\"", "\"\\u0041\"", "tru", "" };
	struct slice line, key, v;
	struct buf b = BUF(ROOM);
	struct fixture f;
	struct scan s;

	(void)state;
	set_up(&f);
	for (int i = 0; i < LINES; i++) {
		line = slice(lines[i]);
		scan_enter(&s, line);
		while (scan_member(&s, &key, &v)) {
			for (int k = 0; k < 12; k++) {
				reads_the_same(&f, line.p, line.n, '\n', "");
				buf_reset(&b);
				buf_put(&b, line.p, (size_t)(v.p - line.p));
				buf_str(&b, with[k]);
				buf_str(&b, v.p + v.n);
				reads_the_same(&f, b.p, b.n, '\n', "");
				reads_the_same(&f, b.p, b.n, '\n', "");
			}
		}
	}
	buf_free(&b);
	tear_down(&f);
}

static void
depth_has_the_same_end(void **state)
{
	static const char one[] = "{\"verdict\":\"held\",\"fields\":{\"A\":1}}";
	static const char *const in[] = { "\"children\":", "\"record\":",
	    "\"match\":", "\"fields\":{\"A\":" };
	struct buf b = BUF(ROOM);
	struct fixture f;

	(void)state;
	set_up(&f);
	for (int i = 0; i < 4; i++) {
		for (int depth = 500; depth < 520; depth++) {
			buf_reset(&b);
			buf_fmt(&b, "{\"verdict\":\"held\",%s", in[i]);
			for (int k = 0; k < depth; k++)
				buf_char(&b, '[');
			for (int k = 0; k < depth; k++)
				buf_char(&b, ']');
			buf_str(&b, i == 3 ? "}}" : "}");
			if (i == 3)
				reads_the_same(&f, one, strlen(one), '\n', "");
			reads_the_same(&f, b.p, b.n, '\n', "");
		}
	}
	buf_free(&b);
	tear_down(&f);
}

/* More shapes than are remembered, one that is too big, one too deep. */
static void
many_shapes(void **state)
{
	struct buf b = BUF(ROOM);
	struct fixture f;
	int depth;

	(void)state;
	set_up(&f);
	for (int i = 0; i < 4000; i++) {
		depth = i % 50 == 0 ? (int)any(&f, 560) : 1;
		buf_reset(&b);
		buf_fmt(&b, "{\"object\":\"O%u\",\"map\":\"m\",\"source\":\"s\","
		    "\"key\":\"%u\",\"%s\":{\"F\":", any(&f, 45), any(&f, 9),
		    i % 3 == 0 ? "children" : "fields");
		for (int k = 0; k < depth; k++)
			buf_char(&b, '[');
		for (unsigned k = any(&f, i % 100 == 1 ? 900 : 20); k > 0; k--)
			buf_fmt(&b, "%u,", k);
		buf_char(&b, '0');
		for (int k = 0; k < depth; k++)
			buf_char(&b, ']');
		buf_str(&b, "}}");
		assert_false(b.over);
		reads_the_same(&f, b.p, b.n, '\n', "");
		if (i % 7 == 0)
			reads_the_same(&f, b.p, b.n, '\n', "");
	}
	buf_free(&b);
	tear_down(&f);
}

/* Each of a text's values is what it says, not what the last one is. */
static void
members_twice(void **state)
{
	static const char *const twice[] = {
		"{\"object\":\"A\",\"map\":\"m\",\"source\":\"s/1\",\"key\":"
		    "\"x\",\"key\":\"y\"}",
		"{\"object\":\"A\",\"map\":\"m\",\"source\":\"s/1\",\"key\":"
		    "\"x\",\"key\":\"a\\\\nb\"}",
		"{\"object\":\"A\",\"map\":\"m\",\"source\":\"s/1\",\"key\":"
		    "\"x\",\"key\":\"a\\\\q\"}",
	};
	struct fixture f;

	(void)state;
	set_up(&f);
	for (int i = 0; i < 30; i++)
		reads_the_same(&f, twice[i % 3], strlen(twice[i % 3]), '\n', "");
	assert_int_equal(f.good, 30);
	tear_down(&f);
}

/* One line in twenty is like none: the others are kept all the same. */
static void
odd_lines_between(void **state)
{
	struct payload_kept k;
	struct payload p;
	struct slice line;
	struct fixture f;
	struct why w;

	(void)state;
	set_up(&f);
	for (int i = 0; i < 8000; i++) {
		pool_reset(f.one);
		buf_reset(&f.out);
		buf_fmt(&f.out, "{\"object\":\"A\",\"map\":\"m\",\"source\":"
		    "\"s\",\"key\":\"%d\",\"fields\":{\"F%d\":1}}", i,
		    i % 20 == 0 ? i : 1);
		line.p = pool_dup(f.one, f.out.p, f.out.n);
		line.n = f.out.n;
		if (payload_shapes_keep(f.shapes, &k, line, f.one))
			f.kept++;
		else
			assert_int_equal(payload_shapes_read(f.shapes, &p,
			    line, f.one, &w), 0);
	}
	assert_true(f.kept > 7000);
	tear_down(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_twice),
		cmocka_unit_test(odd_lines_between),
		cmocka_unit_test(good_lines),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(damaged_lines),
		cmocka_unit_test(cut_lines),
		cmocka_unit_test(mixed_members),
		cmocka_unit_test(swapped_values),
		cmocka_unit_test(depth_has_the_same_end),
		cmocka_unit_test(many_shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
