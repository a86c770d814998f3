#include <ctype.h>
#include <err.h>
#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-match.h"

enum op { EQ, NEQ, GT, GTEQ, LT, LTEQ, LIKE, NLIKE, IN, NIN, ISNULL, NOTNULL,
    FINSET, NFINSET, REGEXP };

struct match {
	enum op op;
	enum column_type type;
	int usable;		/* a value was sent */
	struct buf text;	/* the value as `type` compares it */
	double num;
	struct buf *list;	/* the same for each part of in and nin */
	double *nums;
	size_t n;
	regex_t re;
	struct buf scratch, folded;
};

static const struct { const char *name; enum op op; } ops[] = {
	{"eq", EQ}, {"neq", NEQ}, {"gt", GT}, {"gteq", GTEQ}, {"lt", LT},
	{"lteq", LTEQ}, {"from", GTEQ}, {"to", LTEQ}, {"like", LIKE},
	{"nlike", NLIKE}, {"in", IN}, {"nin", NIN}, {"null", ISNULL},
	{"notnull", NOTNULL}, {"finset", FINSET}, {"nfinset", NFINSET},
	{"regexp", REGEXP}, {"seq", EQ}, {"sneq", NEQ},
};

static int
numeric(enum column_type t)
{
	return t == INTEGER || t == DECIMAL || t == BOOLEAN || t == RULE_TYPE;
}

/* --- text, without case and accents --- */

/* What U+00C0 to U+017F are without their accents; 0: themselves. */
static const char bare[] =
	"AAAAAA\0CEEEEIIII\0NOOOOO\0OUUUUY\0S"
	"AAAAAA\0CEEEEIIII\0NOOOOO\0OUUUUY\0Y"
	"AAAAAACCCCCCCCDD\0\0EEEEEEEEEEGGGGGGGGHH\0\0IIIIIIIIII\0\0JJKK\0"
	"LLLLLLLL\0\0NNNNNNN\0\0OOOOOO\0\0RRRRRRSSSSSSSSTTTT\0\0UUUUUUUUUUUUWWYY"
	"YZZZZZZS";

static unsigned
decode(const char **at, const char *end)
{
	const unsigned char *p = (const unsigned char *)*at;
	size_t left = (size_t)(end - *at);
	unsigned n = p[0] < 0xc0 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	unsigned c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));

	if (n > left) {
		*at = end;
		return p[0];
	}
	for (unsigned i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	*at += n;
	return c;
}

static void
encode(struct buf *out, unsigned c)
{
	if (c < 0x80)
		buf_byte(out, (char)c);
	else if (c < 0x800) {
		buf_byte(out, (char)(0xc0 | c >> 6));
		buf_byte(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_byte(out, (char)(0xe0 | c >> 12));
		buf_byte(out, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_byte(out, (char)(0x80 | (c & 0x3f)));
	} else
		buf_byte(out, '\xff');	/* utf8mb3 has no such letters */
}

static unsigned
fold_letter(unsigned c)
{
	if (c < 0x80)
		return (unsigned)toupper((int)c);
	if (c >= 0xc0 && c < 0x180 && bare[c - 0xc0])
		return (unsigned char)bare[c - 0xc0];
	if (c >= 0xe0 && c < 0xff && c != 0xf7)
		return c - 0x20;
	if ((c >= 0x3b1 && c <= 0x3c9) || (c >= 0x430 && c <= 0x44f))
		return c - 0x20;
	if (c >= 0x450 && c <= 0x45f)
		return c - 0x50;
	return c;
}

static void
fold(struct buf *out, const char *p, size_t n, int pad)
{
	const char *end = p + n;

	while (pad && end > p && end[-1] == ' ')
		end--;
	while (p < end)
		encode(out, fold_letter(decode(&p, end)));
}

/* --- dates --- */

/* "2026-11-22T00:05:51.5Z" as "2026-11-22 00:05:51.5"; "" for garbage. */
static void
date(struct buf *out, const char *p, size_t n)
{
	int y, mo, d, h = 0, mi = 0, s = 0, used = 0, more = 0;
	char text[40];

	snprintf(text, sizeof text, "%.*s", n > 39 ? 39 : (int)n, p);
	if (sscanf(text, "%4d-%2d-%2d%n", &y, &mo, &d, &used) < 3 ||
	    mo < 1 || mo > 12 || d < 1 || d > 31)
		return;
	if (text[used] == ' ' || text[used] == 'T') {
		if (sscanf(text + used + 1, "%2d:%2d:%2d%n", &h, &mi, &s,
		    &more) < 3)
			more = 0;
		used += 1 + more;
	}
	buf_fmt(out, "%04d-%02d-%02d %02d:%02d:%02d", y, mo, d, h, mi, s);
	if (more && text[used] == '.')
		buf_fmt(out, ".%.*s", (int)strspn(text + used + 1,
		    "0123456789"), text + used + 1);
}

/* --- values --- */

static double
number(enum column_type t, const char *p, size_t n)
{
	char text[64];

	if (t == BOOLEAN && n == 4 && memcmp(p, "true", 4) == 0)
		return 1;
	if (t == RULE_TYPE && n > 1 && isalpha((unsigned char)*p))
		return *p == 'N' ? 1 : *p == 'S' ? 2 : 3;
	snprintf(text, sizeof text, "%.*s", n > 63 ? 63 : (int)n, p);
	if (strncmp(text, "0x", 2) == 0)
		return 0;
	return isalpha((unsigned char)text[strspn(text, " -+")]) ? 0 :
	    strtod(text, NULL);
}

/* How the column's value reads as text: for like, finset and regexp. */
static void
as_text(enum column_type t, const char *p, size_t n, struct buf *out)
{
	if (t == DECIMAL)
		buf_fmt(out, "%.4f", number(t, p, n));
	else if (t == BOOLEAN || t == RULE_TYPE)
		buf_fmt(out, "%.0f", number(t, p, n));
	else
		fold(out, p, n, 0);
}

/* As comparisons see it. */
static void
comparable(enum column_type t, const char *p, size_t n, struct buf *text,
    double *num)
{
	if (numeric(t))
		*num = number(t, p, n);
	else if (t == DATE)
		date(text, p, n);
	else
		fold(text, p, n, 1);
}

static int
order(const struct buf *a, const struct buf *b)
{
	size_t n = a->n < b->n ? a->n : b->n;
	int c = n ? memcmp(a->p, b->p, n) : 0;

	return c ? c : (a->n > b->n) - (a->n < b->n);
}

static size_t
letter(const char *p)
{
	unsigned char c = (unsigned char)*p;

	return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* SQL's LIKE over folded text. */
static int
like(const char *s, const char *s_end, const char *p, const char *p_end)
{
	const char *star = NULL, *from = NULL;

	while (s < s_end) {
		if (p < p_end && *p == '%') {
			star = ++p;
			from = s;
		} else if (p < p_end && *p == '_') {
			p++;
			s += letter(s);
		} else if (p < p_end && *p == '\\' && p + 1 < p_end &&
		    p[1] == *s) {
			p += 2;
			s++;
		} else if (p < p_end && *p == *s) {
			p++;
			s++;
		} else if (star) {
			p = star;
			s = ++from;
		} else
			return 0;
	}
	while (p < p_end && *p == '%')
		p++;
	return p == p_end;
}

static int
in_set(const struct buf *set, const struct buf *one)
{
	size_t from = 0, i;

	if (set->n == 0)
		return 0;
	for (i = 0; i <= set->n; i++) {
		if (i < set->n && set->p[i] != ',')
			continue;
		if (i - from == one->n &&
		    (one->n == 0 || memcmp(set->p + from, one->p, one->n) == 0))
			return 1;
		from = i + 1;
	}
	return 0;
}

/* --- the condition --- */

static void
split(struct match *m, const char *value)
{
	const char *p = value, *end;

	for (;; p = end + 1) {
		end = p + strcspn(p, ",");
		m->list = realloc(m->list, (m->n + 1) * sizeof *m->list);
		m->nums = realloc(m->nums, (m->n + 1) * sizeof *m->nums);
		if (m->list == NULL || m->nums == NULL)
			err(3, "cannot allocate memory");
		memset(&m->list[m->n], 0, sizeof *m->list);
		m->nums[m->n] = 0;
		comparable(m->type, p, (size_t)(end - p), &m->list[m->n],
		    &m->nums[m->n]);
		m->n++;
		if (*end == '\0')
			return;
	}
}

struct match *
match_new(const struct column *c, const char *type, const char *value)
{
	struct match *m = calloc(1, sizeof *m);

	if (m == NULL)
		err(3, "cannot allocate memory");
	m->op = EQ;
	m->type = c->type;
	for (size_t i = 0; type && i < sizeof ops / sizeof *ops; i++)
		if (strcmp(ops[i].name, type) == 0)
			m->op = ops[i].op;
	if (value == NULL)
		return m;
	m->usable = 1;
	if (m->op == IN || m->op == NIN)
		split(m, value);
	else if (m->op == REGEXP)
		m->usable = regcomp(&m->re, value, REG_EXTENDED | REG_ICASE |
		    REG_NOSUB) == 0;
	else if (m->op >= LIKE)
		fold(&m->text, value, strlen(value), 0);
	else
		comparable(m->type, value, strlen(value), &m->text, &m->num);
	return m;
}

static int
in_list(const struct match *m, double num)
{
	for (size_t i = 0; i < m->n; i++)
		if (numeric(m->type) ? m->nums[i] == num :
		    order(&m->folded, &m->list[i]) == 0)
			return 1;
	return 0;
}

static int
agrees(enum op op, int c)
{
	switch (op) {
	case EQ:
		return c == 0;
	case NEQ:
		return c != 0;
	case GT:
		return c > 0;
	case GTEQ:
		return c >= 0;
	case LT:
		return c < 0;
	default:
		return c <= 0;
	}
}

static int
compare(const struct match *m, double num)
{
	return agrees(m->op, numeric(m->type) ?
	    (num > m->num) - (num < m->num) : order(&m->folded, &m->text));
}

/* Of a list one element has to agree. */
static int
any_eval(struct match *m, struct piece list)
{
	struct piece one;
	size_t at = 0;

	while ((one = json_item(list, &at)).p)
		if (match_eval(m, one))
			return 1;
	return 0;
}

int
match_eval(struct match *m, struct piece v)
{
	double num = 0;
	int yes;

	if (v.p && *v.p == '[')
		return any_eval(m, v);
	if (m->op == ISNULL || m->op == NOTNULL)
		return (v.p == NULL) == (m->op == ISNULL);
	if (v.p == NULL || !m->usable)
		return 0;
	m->scratch.n = m->folded.n = 0;
	json_text(v, &m->scratch);
	if (m->op >= LIKE && m->op != IN && m->op != NIN) {
		as_text(m->type, m->scratch.p, m->scratch.n, &m->folded);
		buf_room(&m->folded, 1);
		if (m->op == REGEXP)
			return regexec(&m->re, m->folded.p, 0, NULL, 0) == 0;
		if (m->op == FINSET || m->op == NFINSET)
			yes = in_set(&m->folded, &m->text);
		else
			yes = like(m->folded.p, m->folded.p + m->folded.n,
			    m->text.p, m->text.p + m->text.n);
		return yes == (m->op == LIKE || m->op == FINSET);
	}
	buf_room(&m->scratch, 1);
	comparable(m->type, m->scratch.p, m->scratch.n, &m->folded, &num);
	if (m->op == IN || m->op == NIN)
		return in_list(m, num) == (m->op == IN);
	return compare(m, num);
}

/* --- by numbers --- */

int
match_has_cells(const struct column *c)
{
	return numeric(c->type) || c->type == DATE;
}

/* "2026-11-22 00:05:51" as 20261122000551; infinite for anything else. */
static double
date_cell(const char *p, size_t n)
{
	static const char form[] = "dddd-dd-dd dd:dd:dd";
	double v = 0;

	for (size_t i = 0; i < sizeof form - 1; i++) {
		if (n != sizeof form - 1 || (form[i] == 'd' ?
		    !isdigit((unsigned char)p[i]) : p[i] != form[i]))
			return INFINITY;
		if (form[i] == 'd')
			v = v * 10 + (p[i] - '0');
	}
	return v;
}

double
match_cell(const struct column *c, struct piece v)
{
	if (v.p == NULL)
		return NAN;
	if (c->type == DATE)
		return v.n > 2 && *v.p == '"' ? date_cell(v.p + 1, v.n - 2) :
		    INFINITY;
	return *v.p == '-' || isalnum((unsigned char)*v.p) ?
	    number(c->type, v.p, v.n) : INFINITY;
}

int
match_quick(const struct match *m, double cell)
{
	double want = m->num;
	int yes;

	if (isinf(cell))
		return -1;
	if (m->op == ISNULL || m->op == NOTNULL)
		return isnan(cell) == (m->op == ISNULL);
	if (isnan(cell) || !m->usable)
		return 0;
	if (m->type == DATE) {
		if (m->op > LTEQ)
			return -1;
		want = m->text.n ? date_cell(m->text.p, m->text.n) : 0;
		if (isinf(want))
			return -1;
	} else if (m->op == IN || m->op == NIN) {
		yes = in_list(m, cell);
		return yes == (m->op == IN);
	} else if (m->op > LTEQ)
		return -1;
	return agrees(m->op, (cell > want) - (cell < want));
}

void
match_free(struct match *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->n; i++)
		buf_free(&m->list[i]);
	free(m->list);
	free(m->nums);
	if (m->op == REGEXP && m->usable)
		regfree(&m->re);
	buf_free(&m->text);
	buf_free(&m->scratch);
	buf_free(&m->folded);
	free(m);
}

struct sort_key
match_key(const struct column *c, struct piece v, struct buf *texts)
{
	struct sort_key key = {v.p == NULL, 0, texts->n, 0};
	struct buf text = {0};

	if (key.null)
		return key;
	json_text(v, &text);
	buf_room(&text, 1);
	comparable(c->type, text.p, text.n, texts, &key.num);
	key.n = texts->n - key.at;
	buf_free(&text);
	return key;
}
