/* map-func-regex - jq's functions of regular expressions */

#include "map-eval.h"
#include "map-regex.h"

/* ---- matching ---- */

struct matching {		/* a text under a pattern, match by match */
	struct ev *e;
	const struct regex *x;
	struct slice s;
	bool global, over;
	size_t from;		/* byte where the next match may begin */
	struct hit hit;
	size_t at, points;	/* a byte, and the code points before it */
};

static int
no_flags(struct ev *e, struct val flags)
{
	char room[64];

	if (flags.kind == V_STRING)
		return ev_error(e, "%.*s is not a valid modifier string",
		    slice_cut(val_bytes(flags), 100), flags.p);
	return ev_error(e, "%s is not a string", val_show(flags, room,
	    sizeof(room)));
}

static int
start(struct ev *e, struct matching *m, struct val in, struct val re,
    struct val flags)
{
	char room[64];
	unsigned options = 0;
	struct why w;

	*m = (struct matching){ .e = e, .s = in.n == 0 ? SLICE("") :
	    val_bytes(in) };
	if (in.kind != V_STRING)
		return ev_error(e, "%s cannot be matched, as it is not a "
		    "string", val_show(in, room, sizeof(room)));
	if (re.kind != V_STRING)
		return ev_error(e, "%s is not a string", val_show(re, room,
		    sizeof(room)));
	if (flags.kind > V_NULL && (flags.kind != V_STRING ||
	    regex_flags(val_bytes(flags), &options, &m->global) == -1))
		return no_flags(e, flags);
	if (e->regexes == NULL)
		e->regexes = regexes_new();
	m->x = regexes_get(e->constants, e->regexes, val_bytes(re), options,
	    &w);
	return m->x != NULL ? EV_ONE :
	    ev_error(e, "bad regular expression \"%.*s\": %s",
	    slice_cut(val_bytes(re), 200), re.p, w.text);
}

/* As start(), for a value that is a pattern or an array of pattern and
 * flags. */
static int
start_any(struct ev *e, struct matching *m, struct val in, struct val re)
{
	if (re.kind == V_STRING)
		return start(e, m, in, re, val_null());
	if (re.kind == V_ARRAY && re.n > 0)
		return start(e, m, in, re.items[0], re.n > 1 ? re.items[1] :
		    val_null());
	return ev_error(e, "%s not a string or array", val_type(re));
}

static int
tired(struct matching *m)
{
	struct slice pattern = regex_pattern(m->x);

	m->e->fatal = true;
	return ev_error(m->e, "the regular expression \"%.*s\" takes too long "
	    "on a text of %zu bytes: look for what it can match in many ways",
	    slice_cut(pattern, 200), pattern.p, m->s.n);
}

/* The next match: EV_ONE, EV_NONE at the end. */
static int
next(struct matching *m)
{
	size_t beg, end;
	int r;

	if (m->over || m->from > m->s.n)
		return EV_NONE;
	r = regex_search(m->e, m->x, m->s, m->from, &m->hit);
	if (r == REGEX_LIMIT)
		return tired(m);
	m->over = r == 0 || !m->global;
	if (r == 0)
		return EV_NONE;
	beg = (size_t)m->hit.beg[0];
	end = (size_t)m->hit.end[0];
	/* behind an empty match the next one begins a code point on */
	m->from = end > beg ? end : end == m->s.n ? end + 1 : end +
	    val_offset((struct slice){ m->s.p + end, m->s.n - end }, 1);
	m->e->steps += (long)(end - beg) / 64;
	return EV_ONE;
}

/* Code points before a byte, counted on from the last one asked for. */
static double
points(struct matching *m, size_t byte)
{
	if (byte < m->at)
		m->at = m->points = 0;
	m->points += val_points((struct slice){ m->s.p + m->at, byte -
	    m->at });
	m->at = byte;
	return (double)m->points;
}

static struct val
group_text(const struct matching *m, int i)
{
	const struct hit *h = &m->hit;

	return h->beg[i] < 0 ? val_null() : val_text(m->s.p + h->beg[i],
	    (size_t)(h->end[i] - h->beg[i]));
}

/* ---- the objects that come of a match ---- */

static struct member
pair(const char *key, struct val v)
{
	return (struct member){ val_slice(slice(key)), v };
}

static struct val
group_object(struct matching *m, int i, struct member *o)
{
	struct val text = group_text(m, i);
	bool there = text.kind == V_STRING;	/* jq's order tells as well */

	o[0] = pair("offset", val_double(there ? points(m,
	    (size_t)m->hit.beg[i]) : -1));
	o[there ? 1 : 2] = pair("length", val_double(there ?
	    (double)val_points(val_bytes(text)) : 0));
	o[there ? 2 : 1] = pair("string", text);
	return val_object(o, 3);
}

static int
match_object(struct matching *m, struct val *out)
{
	int i, n = m->hit.n;
	struct member *o = ev_get(m->e, (size_t)n * 4 * sizeof(*o));
	struct val *groups = ev_get(m->e, (size_t)n * sizeof(*groups)), list;
	const struct slice *name = m->hit.names;

	if (o == NULL || groups == NULL)
		return EV_ERROR;
	group_object(m, 0, o);
	for (i = 1; i < n; i++) {
		group_object(m, i, o + i * 4);
		o[i * 4 + 3] = pair("name", name[i].p == NULL ? val_null() :
		    val_slice(name[i]));
		groups[i] = val_object(o + i * 4, 4);
	}
	if (ev_list(m->e, groups + 1, (size_t)n - 1, &list) != EV_ONE)
		return EV_ERROR;
	o[3] = pair("captures", list);
	*out = val_object(o, 4);
	return EV_ONE;
}

/* The named groups; of two with one name the last counts. */
static int
capture_object(struct matching *m, struct val *out)
{
	struct member *o = ev_get(m->e, (size_t)m->hit.n * sizeof(*o));
	const struct slice *name = m->hit.names;
	struct val key;
	size_t n = 0;
	int i;

	if (o == NULL)
		return EV_ERROR;
	for (i = 1; i < m->hit.n; i++) {
		if (name[i].p == NULL)
			continue;
		key = val_slice(name[i]);
		n = (size_t)ev_put(o, n, key, group_text(m, i));
	}
	*out = val_object(o, n);
	return EV_ONE;
}

/* The text, or where there are groups their texts. */
static int
scanned(struct matching *m, struct val *out)
{
	int i, n = m->hit.n;
	struct val *groups;

	*out = group_text(m, 0);
	if (n == 1)
		return EV_ONE;
	if ((groups = ev_get(m->e, (size_t)n * sizeof(*groups))) == NULL)
		return EV_ERROR;
	for (i = 1; i < n; i++)
		groups[i] = group_text(m, i);
	return ev_list(m->e, groups + 1, (size_t)n - 1, out);
}

/* All matches as an array; `started` is what start() said. */
static int
all(struct ev *e, int started, struct matching *m,
    int (*make)(struct matching *m, struct val *out), struct val *out)
{
	struct list l = { NULL, 0, 0 };
	struct val v;
	int r = started;

	while (r == EV_ONE && (r = next(m)) == EV_ONE)
		if ((r = make(m, &v)) == EV_ONE)
			r = ev_push(e, &l, v) == EV_NONE ? EV_ONE : EV_ERROR;
	return r == EV_NONE ? ev_list(e, l.v, l.n, out) : EV_ERROR;
}

static int
fn_match1(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct matching m;
	int r = start_any(e, &m, in, arg[0]);

	return all(e, r, &m, match_object, out);
}

static int
fn_match2(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct matching m;
	int r = start(e, &m, in, arg[0], arg[1]);

	return all(e, r, &m, match_object, out);
}

static int
fn_capture1(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct matching m;
	int r = start_any(e, &m, in, arg[0]);

	return all(e, r, &m, capture_object, out);
}

static int
fn_capture2(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct matching m;
	int r = start(e, &m, in, arg[0], arg[1]);

	return all(e, r, &m, capture_object, out);
}

static int
fn_scan(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	struct matching m;
	int r = start(e, &m, in, arg[0], arg[1]);

	m.global = true;
	return all(e, r, &m, scanned, out);
}

static int
fn_test1(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct matching m;
	int r = start_any(e, &m, in, arg[0]);

	if (r == EV_ONE && (r = next(&m)) != EV_ERROR)
		*out = val_bool(r == EV_ONE);
	return r == EV_ERROR ? r : EV_ONE;
}

static int
fn_test2(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct matching m;
	int r = start(e, &m, in, arg[0], arg[1]);

	if (r == EV_ONE && (r = next(&m)) != EV_ERROR)
		*out = val_bool(r == EV_ONE);
	return r == EV_ERROR ? r : EV_ONE;
}

/* The texts between the matches. */
static int
fn_split2(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct list l = { NULL, 0, 0 };
	struct matching m;
	size_t at = 0;
	int r = start(e, &m, in, arg[0], arg[1]);

	m.global = true;
	while (r == EV_ONE && (r = next(&m)) == EV_ONE) {
		if (ev_push(e, &l, val_text(m.s.p + at,
		    (size_t)m.hit.beg[0] - at)) != EV_NONE)
			return EV_ERROR;
		at = (size_t)m.hit.end[0];
	}
	if (r == EV_ERROR || ev_push(e, &l, val_text(m.s.p + at, m.s.n -
	    at)) != EV_NONE)
		return EV_ERROR;
	return ev_list(e, l.v, l.n, out);
}

/* ---- sub and gsub ---- */

struct edit {			/* what stands before a match, and what comes
				 * in its place: one text for each result */
	struct slice gap;
	struct val inserts;
};

struct sub {
	struct cont k;
	const struct node *n;
	struct val in, re;
	struct cont *to;
};

/* The i-th result: the edits that have an i-th text, and the rest. */
static int
put_together(struct ev *e, const struct edit *edit, size_t n,
    struct slice rest, uint32_t i, struct val *out)
{
	struct slice insert;
	size_t k, size = rest.n;
	char *p, *q;

	for (k = 0; k < n; k++)
		if (i < edit[k].inserts.n)
			size += edit[k].gap.n + (edit[k].inserts.items[i].kind
			    == V_STRING ? edit[k].inserts.items[i].n : 0);
	if ((p = q = ev_get(e, size + 1)) == NULL)
		return EV_ERROR;
	for (k = 0; k < n; k++) {
		if (i >= edit[k].inserts.n)
			continue;
		memcpy(q, edit[k].gap.p, edit[k].gap.n);
		q += edit[k].gap.n;
		if (edit[k].inserts.items[i].kind != V_STRING)
			continue;
		insert = val_bytes(edit[k].inserts.items[i]);
		memcpy(q, insert.p, insert.n);
		q += insert.n;
	}
	memcpy(q, rest.p, rest.n);
	*out = val_text(p, size);
	return EV_ONE;
}

/* What `text` gives for the groups of a match; all must be texts. */
static int
inserts(struct ev *e, const struct node *text, struct matching *m,
    struct edit *edit)
{
	char room[64], room2[64];
	struct val groups, gap = val_slice(edit->gap);
	uint32_t i;

	if (text->op == N_CONST)	/* whatever the groups are */
		edit->inserts = (struct val){ .kind = V_ARRAY, .n = 1,
		    .depth = 1, .items = &text->value };
	else if (capture_object(m, &groups) != EV_ONE ||
	    ev_array(e, text, groups, &edit->inserts) != EV_ONE)
		return EV_ERROR;
	for (i = 0; i < edit->inserts.n; i++)
		if (edit->inserts.items[i].kind != V_STRING &&
		    edit->inserts.items[i].kind > V_NULL)
			return ev_error(e, "%s and %s cannot be added",
			    val_show(gap, room, sizeof(room)),
			    val_show(edit->inserts.items[i], room2,
			    sizeof(room2)));
	return EV_ONE;
}

/* The edits of all matches, in the record's memory. */
static int
edits(struct ev *e, const struct node *text, struct matching *m,
    struct edit **list, size_t *n, size_t *rest)
{
	struct edit *more;
	size_t cap = 0;
	int r;

	for (*n = *rest = 0; (r = next(m)) == EV_ONE; ++*n) {
		if (*n == cap) {
			cap = cap == 0 ? 8 : cap * 2;
			if ((more = ev_get(e, cap * sizeof(*more))) == NULL)
				return EV_ERROR;
			if (*n > 0)
				memcpy(more, *list, *n * sizeof(*more));
			*list = more;
		}
		(*list)[*n].gap = (struct slice){ m->s.p + *rest,
		    (size_t)m->hit.beg[0] - *rest };
		*rest = (size_t)m->hit.end[0];
		if (inserts(e, text, m, &(*list)[*n]) != EV_ONE)
			return EV_ERROR;
	}
	return r;
}

static int
substitute(struct ev *e, const struct sub *s, struct val flags)
{
	struct matching m;
	struct edit *list = NULL;
	struct val v;
	size_t n, k, rest;
	uint32_t i, results = 0;
	int r = start(e, &m, s->in, s->re, flags);

	m.global |= s->n->func->name[0] == 'g';
	if (r != EV_ONE || edits(e, s->n->kid[1], &m, &list, &n, &rest) ==
	    EV_ERROR)
		return EV_ERROR;
	for (k = 0; k < n; k++)
		if (list[k].inserts.n > results)
			results = list[k].inserts.n;
	if (results == 0)
		return s->to->take(e, s->in, s->to);
	for (i = 0, r = EV_NONE; r == EV_NONE && i < results; i++) {
		r = put_together(e, list, n, (struct slice){ m.s.p + rest,
		    m.s.n - rest }, i, &v);
		if (r == EV_ONE)
			r = s->to->take(e, v, s->to);
	}
	return r;
}

static int
take_flags(struct ev *e, struct val v, struct cont *self)
{
	return substitute(e, (struct sub *)self, v);
}

static int
take_pattern(struct ev *e, struct val v, struct cont *self)
{
	struct sub s = *(struct sub *)self;

	if (ev_look(e, &s.in) == EV_ERROR)
		return EV_ERROR;
	s.re = v;
	s.k.take = take_flags;
	return s.n->kids == 2 ? substitute(e, &s, val_null()) :
	    ev_all(e, s.n->kid[2], s.in, &s.k);
}

static int
gen_sub(struct ev *e, const struct node *n, struct val in, struct cont *k)
{
	struct sub s = { { take_pattern }, n, in, val_null(), k };

	return ev_all(e, n->kid[0], in, &s.k);
}

enum {
	REGEX = FUNC_REGEX | FUNC_WORLD,
	SUB = FUNC_REGEX | FUNC_ALIKE | FUNC_WORLD,
};

const struct func func_regex[] = {
	{ "test", 1, fn_test1, NULL, REGEX },
	{ "test", 2, fn_test2, NULL, REGEX },
	{ "_match", 1, fn_match1, NULL, REGEX },
	{ "_match", 2, fn_match2, NULL, REGEX },
	{ "_capture", 1, fn_capture1, NULL, REGEX },
	{ "_capture", 2, fn_capture2, NULL, REGEX },
	{ "_scan", 2, fn_scan, NULL, REGEX | FUNC_PARAMS },
	{ "split", 2, fn_split2, NULL, REGEX | FUNC_PARAMS },
	{ "sub", 2, NULL, gen_sub, SUB },
	{ "sub", 3, NULL, gen_sub, SUB },
	{ "gsub", 2, NULL, gen_sub, SUB },
	{ "gsub", 3, NULL, gen_sub, SUB },
	{ 0 }
};
