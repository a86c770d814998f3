/* payload - the lines between the programs: payloads and verdicts. */
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>

#include "payload-in.h"
#include "scan-in.h"

/* All members, in the order in which they are written.  A settled one STAYS,
 * GOES, or is DATA, which a verdict that asks for somebody keeps. */
#define ALL(M) \
	M(verdict, TEXT, SAME, STAYS) M(reason, TEXT, OTHER, STAYS) \
	M(message, TEXT, OTHER, STAYS) M(object, TEXT, SAME, STAYS) \
	M(map, TEXT, SAME, STAYS) M(phase, NUMBER, SAME, GOES) \
	M(source, TEXT, OTHER, STAYS) M(key, TEXT, OTHER, STAYS) \
	M(extid, TEXT, SAME, STAYS) M(parent, TEXT, OTHER, STAYS) \
	M(match, RAW, OTHER, GOES) M(with, RAW, SAME, GOES) \
	M(only, TEXT, SAME, GOES) M(shared, FLAG, SAME, GOES) \
	M(own, RAW, SAME, GOES) M(quiet, RAW, SAME, GOES) \
	M(rev, TEXT, SAME, STAYS) M(children, RAW, WHOLE, GOES) \
	M(id, TEXT, OTHER, STAYS) M(adopted, FLAG, SAME, STAYS) \
	M(delete, FLAG, SAME, STAYS) M(was, RAW, OTHER, GOES) \
	M(hash, TEXT, OTHER, STAYS) M(insert, RAW, OTHER, DATA) \
	M(update, RAW, OTHER, DATA) M(fields, RAW, OTHER, DATA) \
	M(record, RAW, WHOLE, DATA) M(bytes, TEXT, OTHER, DATA)

#define NUMBER_OF(name, type, like, settled) AT_##name,
enum { ALL(NUMBER_OF) MEMBERS };

#define ROW(name, type, like, settled) { #name, PAYLOAD_##type, PAYLOAD_##like, \
	PAYLOAD_##settled, offsetof(struct payload, name), sizeof(#name) - 1, \
	sizeof(#name) + 3, (int)PAYLOAD_##type == PAYLOAD_TEXT, \
	",\"" #name "\":\"" },
const struct payload_member payload_members[PAYLOAD_MEMBERS] = { ALL(ROW) };
_Static_assert((int)MEMBERS == (int)PAYLOAD_MEMBERS, "all of them");

#define members	payload_members

bool
payload_is_verdict(struct slice line)
{
	static const char head[] = "{\"verdict\":";

	return line.n >= sizeof(head) - 1 &&
	    memcmp(line.p, head, sizeof(head) - 1) == 0;
}

/* Members come in order, so the one wanted is nearly always the next. */
static const struct payload_member *
find_in(struct slice key, size_t at, size_t to)
{
	const struct payload_member *m;

	for (m = members + at; m < members + to; m++)
		if (m->n == key.n && m->lead[2] == *key.p &&
		    sixteen_same(m->name, key.p, key.n))
			return m;
	return NULL;
}

const struct payload_member *
payload_find(struct slice key, size_t from)
{
	const struct payload_member *m = find_in(key, from, MEMBERS);

	return m != NULL ? m : find_in(key, 0, from);
}

static int
wrong(struct why *w, const struct payload_member *m, const char *want)
{
	return why_code(w, WHY_DATA, "bad-payload",
	    "not a payload: member '%s' is not %s", m->name, want);
}

/* A whole number of nine digits at most, or -1. */
static long
whole(struct slice v)
{
	long n = 0;

	if (v.n > 9)
		return -1;
	for (size_t i = 0; i < v.n; i++) {
		if (!isdigit((unsigned char)v.p[i]))
			return -1;
		n = n * 10 + (v.p[i] - '0');
	}
	return n;
}

static int
take(struct payload *p, const struct payload_member *m, struct slice v,
    struct pool *pool, struct why *w)
{
	enum scan_kind kind = scan_kind(v);
	bool *flag = (bool *)(void *)((char *)p + m->at);

	switch (m->type) {
	case PAYLOAD_TEXT:
		if (kind != SCAN_STRING)
			return wrong(w, m, "a text");
		*payload_slot(p, m->at) = scan_string(v, pool);
		return 0;
	case PAYLOAD_FLAG:
		if (kind != SCAN_TRUE && kind != SCAN_FALSE)
			return wrong(w, m, "true or false");
		*flag = kind == SCAN_TRUE;
		return 0;
	case PAYLOAD_NUMBER:
		if (kind != SCAN_NUMBER || (p->phase = whole(v)) < 0)
			return wrong(w, m, "a whole number below a billion");
		return 0;
	case PAYLOAD_RAW:
		if (kind != SCAN_OBJECT && kind != SCAN_ARRAY &&
		    !(kind == SCAN_NULL && m->at ==
		    offsetof(struct payload, was)) &&
		    m->at != offsetof(struct payload, record))
			return wrong(w, m, "an object or array");
		*payload_slot(p, m->at) = v;
		return 0;
	}
	return -1;
}

/* Names are those of fields, which have no escapes, and values are scalars.
 * Shapes need no such look: what is alike in their lines has passed it. */
static int
check_object(struct slice object, const char *member, struct why *w)
{
	struct slice key, v;
	struct scan s;

	if (*object.p != '{')
		return 0;
	scan_enter(&s, object);
	while (scan_member(&s, &key, &v))
		if (*v.p == '{' || *v.p == '[' ||
		    memchr(key.p, '\\', key.n) != NULL)
			return why_code(w, WHY_DATA, "bad-payload",
			    "not a payload: '%.*s' in member '%s' %s",
			    (int)(key.n < 64 ? key.n : 64), key.p, member,
			    *v.p == '{' || *v.p == '[' ?
			    "is an object or array, and no value" :
			    "is a name with an escape");
	return 0;
}

static int
check_data(const struct payload *p, struct why *w)
{
	const struct { struct slice json; const char *member; } part[] = {
	    { p->insert, "insert" }, { p->update, "update" },
	    { p->fields, "fields" }, { p->was, "was" } };
	struct slice rung;
	struct scan s;

	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		if (part[i].json.p != NULL &&
		    check_object(part[i].json, part[i].member, w) == -1)
			return -1;
	if (p->match.p == NULL || *p->match.p != '[')
		return 0;
	scan_enter(&s, p->match);
	while (scan_element(&s, &rung))
		if (check_object(rung, "match", w) == -1)
			return -1;
	return 0;
}

/* What every payload has. */
static int
complete(const struct payload *p, struct why *w)
{
	if (p->verdict.p != NULL)
		return 0;
	if (p->object.n == 0 || p->map.n == 0 || p->source.n == 0 ||
	    p->key.n == 0)
		return why_code(w, WHY_DATA, "bad-payload", "not a payload: "
		    "it needs object, map, source and key");
	return check_data(p, w);
}

static int
read_members(struct payload *p, struct slice line, struct pool *pool,
    struct why *w)
{
	struct scan_check k = { .text = line };
	const struct payload_member *m;
	struct slice key, v;
	size_t next = 0;
	int r;

	while ((r = scan_check_member(&k, &key, &v, w)) == 1) {
		if ((m = payload_find(key, next)) == NULL)
			return why_code(w, WHY_DATA, "bad-payload",
			    "not a payload: unknown member '%.*s'",
			    (int)(key.n < 64 ? key.n : 64), key.p);
		if (m->type == PAYLOAD_TEXT && k.plain && *v.p == '"')
			*payload_slot(p, m->at) = (struct slice){ v.p + 1, v.n - 2 };
		else if (take(p, m, v, pool, w) == -1)
			return -1;
		next = (size_t)(m - members) + 1;
	}
	return r == -1 ? -1 : complete(p, w);
}

/* What is no JSON is that before it is anything else. */
int
payload_read(struct payload *p, struct slice line, struct pool *pool,
    struct why *w)
{
	struct slice text;

	payload_begin(p, line);
	if (read_members(p, line, pool, w) == 0)
		return 0;
	payload_begin(p, line);
	if (scan_text(line, &text, w) == 0 && scan_kind(text) != SCAN_OBJECT)
		why_code(w, WHY_DATA, "bad-json", "not an object");
	return -1;
}

/* What lies in `line` then lies in its copy. */
static void
move(struct slice *s, struct slice line, const char *copy, struct pool *pool)
{
	size_t at = (uintptr_t)s->p - (uintptr_t)line.p;

	if (s->p == NULL)
		return;
	if (line.p != NULL && at <= line.n && s->n <= line.n - at)
		s->p = copy + at;
	else
		s->p = pool_dup(pool, s->p, s->n);
}

void
payload_copy(struct payload *to, const struct payload *from,
    struct pool *pool)
{
	const struct payload_member *m;
	struct slice line = from->line;
	const char *copy = line.p == NULL ? NULL :
	    pool_dup(pool, line.p, line.n);

	*to = *from;
	to->line.p = copy;
	for (m = members; m < members + MEMBERS; m++)
		if (m->type == PAYLOAD_TEXT || m->type == PAYLOAD_RAW)
			move(payload_slot(to, m->at), line, copy, pool);
}

/* A line being written.  What stands together in the line that was read is
 * copied at once, but for what is before its first byte. */
struct out {
	struct buf *b;
	struct slice line;	/* that was read */
	const char *run, *end;	/* to be copied of it */
};

/* What is from `run` to `end` of the line that was read. */
static __attribute__((noinline)) void
put_run(struct buf *b, const char *run, const char *end)
{
	size_t n = (size_t)(end - run);

	if (n > b->cap - b->n && !buf_room(b, n))
		return;
	sixteen_put(b->p + b->n, run, n);
	b->p[b->n] = ',';
	b->n += n;
}

/* ,"name": is written as sixteen bytes, of which it has fewer. */
static __attribute__((noinline)) void
put_other(struct buf *b, const struct payload_member *m, struct slice s)
{
	if (!buf_room(b, sizeof(m->lead)))
		return;
	memcpy(b->p + b->n, m->lead, sizeof(m->lead));
	b->n += m->before;
	if (m->quote)
		scan_quote(b, s);
	else
		buf_slice(b, s);
}

/* A text that is plain, as most are. */
static __attribute__((noinline)) void
put_text(struct buf *b, const struct payload_member *m, struct slice s)
{
	char *p = b->p + b->n;

	if (b->cap - b->n < sizeof(m->lead) + s.n + 2 || !scan_all_plain(s)) {
		put_other(b, m, s);
		return;
	}
	memcpy(p, m->lead, sizeof(m->lead));
	p += m->before + 1;
	sixteen_put(p, s.p, s.n);
	p[s.n] = '"';
	b->n += m->before + s.n + 2;
}

/* Does it stand in the line as it will be written, `before` bytes of name in
 * front?  What has an escape does not lie there. */
static inline bool
stands(const struct out *o, const struct payload_member *m, struct slice s,
    size_t before)
{
	size_t at = (uintptr_t)s.p - (uintptr_t)o->line.p;

	return s.n < o->line.n - at && at >= before &&
	    payload_stands(m, s, before);
}

/* It goes on with what is before, if there is room for its name only. */
static inline __attribute__((always_inline)) void
put(struct out *o, const struct payload_member *m, struct slice s)
{
	size_t before = (size_t)m->before + m->quote;
	bool in = (uintptr_t)s.p - (uintptr_t)o->line.p < o->line.n;

	if (in && s.p - before == o->end) {
		o->end = s.p + s.n + m->quote;
		return;
	}
	if (o->run != NULL)
		put_run(o->b, o->run, o->end);
	if (in && stands(o, m, s, before)) {
		o->run = s.p - before;
		o->end = s.p + s.n + m->quote;
		return;
	}
	o->run = o->end = NULL;
	if (m->quote)
		put_text(o->b, m, s);
	else
		put_other(o->b, m, s);
}

static inline void
end_run(struct out *o)
{
	if (o->run != NULL)
		put_run(o->b, o->run, o->end);
	o->run = o->end = NULL;
}

/* A phase: it is not negative. */
static __attribute__((noinline)) void
put_number(struct buf *b, const struct payload_member *m, long n)
{
	char digits[24], *end = digits + sizeof(digits), *p = end;

	do {
		*--p = (char)('0' + n % 10);
	} while ((n /= 10) > 0);
	put_other(b, m, (struct slice){ p, (size_t)(end - p) });
}

#define PUT_PLAIN(how, m, v)	{ end_run(&o); put_##how(b, m, v); }
#define PUT_TEXT(m, v)		if ((v).p != NULL) put(&o, m, v);
#define PUT_RAW			PUT_TEXT
#define PUT_FLAG(m, v)		if (v) PUT_PLAIN(other, m, SLICE("true"))
#define PUT_NUMBER(m, v)	if ((v) >= 0) PUT_PLAIN(number, m, v)
#define PUT(name, type, like, settled) \
	if (settled) { PUT_##type(members + AT_##name, p->name) }
#define STAYS	true
#define GOES	all
#define DATA	data

static inline __attribute__((always_inline)) void
write_line(struct buf *b, const struct payload *p, bool all, bool data)
{
	struct out o = { .b = b, .line = p->line };
	size_t first = b->n;

	ALL(PUT)
	if (o.run != NULL)
		put_run(b, o.run, o.end);
	if (b->n == first)
		buf_char(b, '{');
	else
		b->p[first] = '{';	/* instead of a comma */
	buf_char(b, '}');
}

#undef STAYS
#undef GOES
#undef DATA

void
payload_write(struct buf *b, const struct payload *p)
{
	write_line(b, p, true, true);
}

/* By its length first, which no other verdict has. */
static inline bool
keeps_data(struct slice verdict)
{
	switch (verdict.n) {
	case 4: return memcmp(verdict.p, "held", 4) == 0;
	case 6: return memcmp(verdict.p, "failed", 6) == 0;
	case 8: return memcmp(verdict.p, "rejected", 8) == 0;
	default: return false;
	}
}

static inline void
say(struct payload *p, const char *verdict, const char *reason,
    const char *message)
{
	p->verdict = slice(verdict);
	p->reason = slice(reason);
	p->message = slice(message);
}

void
payload_write_settled(struct buf *b, struct payload *p, const char *verdict,
    const char *reason, const char *message)
{
	say(p, verdict, reason, message);
	write_line(b, p, false, keeps_data(p->verdict));
}

#define CLEAR_TEXT(name)	p->name = (struct slice){ NULL, 0 };
#define CLEAR_RAW		CLEAR_TEXT
#define CLEAR_FLAG(name)	p->name = false;
#define CLEAR_NUMBER(name)	p->name = -1;
#define CLEAR(name, type, like, settled) \
	if (!settled) { CLEAR_##type(name) }
#define STAYS	true
#define GOES	false
#define DATA	data

void
payload_settle(struct payload *p, const char *verdict, const char *reason,
    const char *message)
{
	bool data;

	say(p, verdict, reason, message);
	data = keeps_data(p->verdict);
	ALL(CLEAR)
}

/* Reasons that are written small and mean: hindered, not just not due. */
static const char *const hindrances[] = {
	"parent-failed", "parent-missing", "no-result", "unprocessed", "gone",
	"not-sent",
	/* what the store was told in vain */
	"time-out", "half-answer", "connection", "bulk-open", "bulk-again",
	"no-order", "unreadable", "no-answer", "not-json", "no-items",
	"no-connection", "cached",
};

bool
payload_is_bad(const struct payload *p)
{
	size_t i;

	if (keeps_data(p->verdict))
		return true;
	if (!slice_is(p->verdict, "waiting") || p->reason.n == 0)
		return false;
	if (p->reason.p[0] >= 'A' && p->reason.p[0] <= 'Z')
		return true;
	if (p->reason.n > 5 && memcmp(p->reason.p, "http-", 5) == 0)
		return true;
	for (i = 0; i < sizeof(hindrances) / sizeof(hindrances[0]); i++)
		if (slice_is(p->reason, hindrances[i]))
			return true;
	return false;
}

struct field *
payload_fields(struct slice object, struct pool *pool, size_t *n)
{
	struct slice key, v;
	struct field *f;
	struct scan s;
	size_t i, count = 0;

	*n = 0;
	if (scan_kind(object) != SCAN_OBJECT)
		return NULL;
	scan_enter(&s, object);
	while (scan_member(&s, &key, &v))
		count++;
	f = pool_get(pool, (count + 1) * sizeof(*f));
	scan_enter(&s, object);
	while (scan_member(&s, &key, &v)) {
		key = scan_plain(key, pool);
		for (i = 0; i < *n && !slice_eq(f[i].name, key); i++)
			continue;
		f[i] = (struct field){ key, v };
		*n += i == *n;
	}
	return f;
}

int
payload_source_cmp(struct slice a, struct slice b)
{
	const char *x = a.n == 0 ? NULL : memrchr(a.p, '/', a.n);
	const char *y = b.n == 0 ? NULL : memrchr(b.p, '/', b.n);
	size_t na = x == NULL ? a.n : (size_t)(a.p + a.n - x - 1);
	size_t nb = y == NULL ? b.n : (size_t)(b.p + b.n - y - 1);

	for (size_t i = 0; i < na; i++)
		if (!isdigit((unsigned char)a.p[a.n - na + i]))
			return slice_cmp(a, b);
	for (size_t i = 0; i < nb; i++)
		if (!isdigit((unsigned char)b.p[b.n - nb + i]))
			return slice_cmp(a, b);
	if (na != nb)
		return na < nb ? -1 : 1;
	return slice_cmp((struct slice){ a.p + a.n - na, na },
	    (struct slice){ b.p + b.n - nb, nb });
}
