/* scan - JSON text, looked at where it lies. */
#include "scan-in.h"

/* What is being checked: where it began, why it is wrong, whether there was an
 * escape in it. */
struct check {
	const char *start, *end;
	struct why *w;
	bool escaped;
	struct slice name;	/* of the key that was read last */
};

static const char *
bad(struct check *c, const char *p, const char *what)
{
	why_code(c->w, WHY_DATA, "bad-json", "not JSON: %s at byte %zu", what,
	    (size_t)(p - c->start) + 1);
	return NULL;
}

/* What is not plain in a string, and is not its quote: the place behind it.
 * It is rare, and stays out of the way. */
static __attribute__((noinline)) const char *
special(struct check *c, const char *p)
{
	uint32_t code;
	int n;

	if (p >= c->end)
		return bad(c, p, "the text ends in a string");
	if (*p == '\\') {
		c->escaped = true;
		if ((n = scan_escape(p, c->end, &code)) == 0)
			return bad(c, p, "bad escape");
	} else if ((unsigned char)*p < 0x20) {
		return bad(c, p, "control character in a string");
	} else if ((n = scan_utf8_length(p, c->end)) == 0) {
		return bad(c, p, "not UTF-8");
	}
	return p + n;
}

/* `p` is behind the opening quote; the place behind the closing one. */
static inline const char *
string(struct check *c, const char *p)
{
	for (;;) {
		p = scan_plain_run(c->start, p, c->end);
		if (p < c->end && *p == '"')
			return p + 1;
		if ((p = special(c, p)) == NULL)
			return NULL;
	}
}

static const char *
digits(struct check *c, const char *p)
{
	const char *first = p;

	while (p < c->end && *p >= '0' && *p <= '9')
		p++;
	return p > first ? p : bad(c, p, "digit expected");
}

static const char *
number(struct check *c, const char *p)
{
	if (*p == '-')
		p++;
	if (p < c->end && *p == '0')
		p++;
	else if ((p = digits(c, p)) == NULL)
		return NULL;
	if (p < c->end && *p == '.' && (p = digits(c, p + 1)) == NULL)
		return NULL;
	if (p < c->end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < c->end && (*p == '+' || *p == '-'))
			p++;
		p = digits(c, p);
	}
	return p;
}

static inline const char *
space(const char *p, const char *end)
{
	if (p < end && *p > ' ')	/* mostly there is none */
		return p;
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' ||
	    *p == '\t'))
		p++;
	return p;
}

static const char *
word(struct check *c, const char *p, const char *name, size_t n)
{
	if ((size_t)(c->end - p) < n || memcmp(p, name, n) != 0)
		return bad(c, p, "value expected");
	return p + n;
}

static const char *value(struct check *c, const char *p, int depth);

/* One member's key and colon: the place where its value begins. */
static const char *
key(struct check *c, const char *p)
{
	const char *first = p + 1;

	if (p >= c->end || *p != '"')
		return bad(c, p, "key expected");
	if ((p = string(c, first)) == NULL)
		return NULL;
	c->name = (struct slice){ first, (size_t)(p - first) - 1 };
	p = space(p, c->end);
	if (p >= c->end || *p != ':')
		return bad(c, p, "':' expected");
	return space(p + 1, c->end);
}

/* An object or array; `p` is behind its opening bracket. */
static const char *
group(struct check *c, const char *p, char close, int depth)
{
	if (depth >= SCAN_DEPTH)
		return bad(c, p, "nested too deep");
	p = space(p, c->end);
	if (p < c->end && *p == close)
		return p + 1;
	for (;;) {
		if (close == '}' && (p = key(c, p)) == NULL)
			return NULL;
		if ((p = value(c, p, depth + 1)) == NULL)
			return NULL;
		p = space(p, c->end);
		if (p < c->end && *p == close)
			return p + 1;
		if (p >= c->end || *p != ',')
			return bad(c, p, close == '}' ? "',' or '}' expected" :
			    "',' or ']' expected");
		p = space(p + 1, c->end);
	}
}

static const char *
value(struct check *c, const char *p, int depth)
{
	if (p >= c->end)
		return bad(c, p, "the text ends");
	switch (*p) {
	case '"':
		return string(c, p + 1);
	case '{':
		return group(c, p + 1, '}', depth);
	case '[':
		return group(c, p + 1, ']', depth);
	case 't':
		return word(c, p, "true", 4);
	case 'f':
		return word(c, p, "false", 5);
	case 'n':
		return word(c, p, "null", 4);
	default:
		if (*p == '-' || (*p >= '0' && *p <= '9'))
			return number(c, p);
		return bad(c, p, "value expected");
	}
}

const char *
scan_value(const char *p, const char *end, struct why *w)
{
	struct check c = { .start = p, .end = end, .w = w };

	return value(&c, p, 0);
}

const char *
scan_within(const char *p, const char *end)
{
	struct check c = { .start = p, .end = end };

	return value(&c, p, 1);
}

const char *
scan_string_rest(const char *p, const char *end, bool *escaped)
{
	struct check c = { .start = p, .end = end };

	p = string(&c, p);
	*escaped |= c.escaped;
	return p;
}

int
scan_text(struct slice text, struct slice *out, struct why *w)
{
	struct check c = { .start = text.p,
	    .end = text.p + text.n, .w = w };
	const char *first = space(text.p, c.end), *p;

	if ((p = value(&c, first, 0)) == NULL)
		return -1;
	*out = (struct slice){ first, (size_t)(p - first) };
	p = space(p, c.end);
	if (p != c.end) {
		bad(&c, p, "more text behind the value");
		return -1;
	}
	return 0;
}

enum scan_kind
scan_kind(struct slice v)
{
	if (v.n == 0)
		return SCAN_NONE;
	switch (v.p[0]) {
	case '"': return SCAN_STRING;
	case '{': return SCAN_OBJECT;
	case '[': return SCAN_ARRAY;
	case 't': return SCAN_TRUE;
	case 'f': return SCAN_FALSE;
	case 'n': return SCAN_NULL;
	default: return SCAN_NUMBER;
	}
}

/* Behind a string whose text is known to be good; `p` behind its quote. */
static inline const char *
skip_string(const char *first, const char *p, const char *end)
{
	while (*(p = scan_quote_run(first, p, end)) != '"')
		p += 2;
	return p + 1;
}

/* Behind a value whose text is known to be good: brackets are counted. */
static const char *
skip_any(const char *first, const char *p, const char *end)
{
	int depth = 0;

	do {
		switch (*p) {
		case '"':
			p = skip_string(first, p + 1, end);
			break;
		case '{': case '[':
			depth++, p++;
			break;
		case '}': case ']':
			depth--, p++;
			break;
		default:
			p++;
			if (depth > 0)
				break;
			while (p < end && strchr(",]} \n\r\t", *p) == NULL)
				p++;
		}
	} while (depth > 0);
	return p;
}

static inline const char *
skip(const char *first, const char *p, const char *end)
{
	return *p == '"' ? skip_string(first, p + 1, end) :
	    skip_any(first, p, end);
}

/* What somebody else wrote may be of another kind than we think: that one has
 * no members. */
void
scan_enter(struct scan *s, struct slice v)
{
	enum scan_kind kind = scan_kind(v);
	bool group = kind == SCAN_OBJECT || kind == SCAN_ARRAY;

	s->first = v.p;
	s->p = group ? v.p + 1 : v.p;
	s->end = group ? v.p + v.n : v.p;
}

/* At the next key or element; false at the closing bracket. */
static bool
at_next(struct scan *s)
{
	s->p = space(s->p, s->end);
	if (s->p < s->end && *s->p == ',')
		s->p = space(s->p + 1, s->end);
	return s->p < s->end && *s->p != '}' && *s->p != ']';
}

int
scan_element(struct scan *s, struct slice *v)
{
	const char *first;

	if (!at_next(s))
		return 0;
	first = s->p;
	s->p = skip(s->first, first, s->end);
	*v = (struct slice){ first, (size_t)(s->p - first) };
	return 1;
}

int
scan_member(struct scan *s, struct slice *name, struct slice *v)
{
	const char *p, *end = s->end, *first;

	if (!at_next(s) || *s->p != '"')
		return 0;
	first = s->p + 1;
	p = skip_string(s->first, first, end);
	*name = (struct slice){ first, (size_t)(p - first) - 1 };
	p = space(p, end);
	first = space(p + 1, end);
	s->p = skip(s->first, first, end);
	*v = (struct slice){ first, (size_t)(s->p - first) };
	return 1;
}

/* `key` with its quotes and colon at `p`: the place behind, or NULL. */
static inline const char *
is_next(const char *p, const char *end, struct slice key)
{
	if (key.n == 0 || (size_t)(end - p) < key.n + 4 || p[0] != '"' ||
	    p[key.n + 1] != '"' || p[key.n + 2] != ':' ||
	    p[key.n + 3] <= ' ' || !sixteen_same(p + 1, key.p, key.n))
		return NULL;
	return p + key.n + 3;
}

/* The value at `q`: the place behind it. */
static inline const char *
found_value(const struct scan *s, const char *q, struct scan_found *f)
{
	const char *p = NULL;

	f->plain = false;
	if (*q == '"') {
		p = scan_quote_run(s->first, q + 1, s->end);
		f->plain = *p == '"';
	}
	p = f->plain ? p + 1 : skip(s->first, q, s->end);
	f->value = (struct slice){ q, (size_t)(p - q) };
	return p;
}

size_t
scan_members_like(struct scan *s, struct scan_found *f, size_t n)
{
	const char *p = s->p, *end = s->end;
	size_t i, run;

	for (i = 0; i < n; i++, f++) {
		p += p < end && *p == ',';
		run = (size_t)(f->value.p - f->key.p) + 1;
		if ((size_t)(end - p) <= run || p[run] <= ' ' ||
		    !sixteen_same(p, f->key.p - 1, run))
			break;
		f->key.p = p + 1;
		s->p = p = found_value(s, p + run, f);
	}
	return i;
}

int
scan_member_like(struct scan *s, struct slice likely, struct scan_found *f)
{
	const char *p = s->p, *end = s->end, *q;

	p += p < end && *p == ',';
	q = is_next(p, end, likely);
	if ((f->likely = q != NULL)) {
		f->key = (struct slice){ p + 1, likely.n };
	} else {
		if (!scan_member(s, &f->key, &f->value))
			return 0;
		q = f->value.p;
	}
	s->p = found_value(s, q, f);
	return 1;
}

/* At the first member, or behind the comma of the next; NULL: `end` or bad. */
static const char *
check_next(struct scan_check *k, struct check *c, bool *end)
{
	const char *p = space(k->p == NULL ? c->start : k->p, c->end);
	bool first = k->p == NULL;

	if (first) {
		if (p == c->end || *p != '{')
			return bad(c, p, "'{' expected");
		p = space(p + 1, c->end);
	}
	if (p < c->end && *p == '}') {
		p = space(p + 1, c->end);
		*end = p == c->end;
		return *end ? NULL : bad(c, p, "more text behind the value");
	}
	if (first)
		return p;
	if (p >= c->end || *p != ',')
		return bad(c, p, "',' or '}' expected");
	return space(p + 1, c->end);
}

int
scan_check_member(struct scan_check *k, struct slice *name, struct slice *v,
    struct why *w)
{
	struct check c;
	const char *p, *first;
	bool end = false;

	c.start = k->text.p;
	c.end = k->text.p + k->text.n;
	c.w = w;
	if ((p = check_next(k, &c, &end)) == NULL)
		return end ? 0 : -1;
	if ((first = key(&c, p)) == NULL)
		return -1;
	*name = c.name;
	c.escaped = false;
	if ((p = value(&c, first, 1)) == NULL)
		return -1;
	*v = (struct slice){ first, (size_t)(p - first) };
	k->plain = !c.escaped;
	k->p = p;
	return 1;
}
