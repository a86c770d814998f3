/* salesforce-value - ids, and when two values mean the same. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "salesforce.h"
#include "sixteen.h"

/* The first fifteen characters of an id: bit i of `capital` is set where
 * character i is an upper-case letter, and `ok` where all are letters or
 * digits. */
struct fifteen {
	unsigned capital;
	bool ok;
};

static bool
in_range(char c, char first, int n)
{
	return (unsigned char)(c - first) < n;
}

static struct fifteen
fifteen_by_one(const char *id)
{
	struct fifteen f = { 0, true };

	for (int i = 0; i < 15; i++) {
		f.capital |= (unsigned)in_range(id[i], 'A', 26) << i;
		f.ok &= in_range(id[i], '0', 10) ||
		    in_range((char)(id[i] | 0x20), 'a', 26);
	}
	return f;
}

#ifdef SIXTEEN
static unsigned
all_in_range(__m128i v, char first, char n)
{
	__m128i x = _mm_sub_epi8(v, _mm_set1_epi8(first));

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x,
	    _mm_min_epu8(x, _mm_set1_epi8((char)(n - 1)))));
}
#endif

/* One more may be looked at where there are eighteen. */
static inline struct fifteen
fifteen(struct slice id)
{
#ifdef SIXTEEN
	if (id.n == 18) {
		__m128i v = sixteen_at(id.p);
		unsigned capital = all_in_range(v, 'A', 26);

		return (struct fifteen){ capital & 0x7fff,
		    ((capital | all_in_range(v, 'a', 26) |
		    all_in_range(v, '0', 10)) & 0x7fff) == 0x7fff };
	}
#endif
	return fifteen_by_one(id.p);
}

/* Each five characters give one check character. */
static char
check_char(unsigned capital, int i)
{
	return "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[capital >> 5 * i & 31];
}

static bool
is_checked(const char *id, unsigned capital)
{
	for (int i = 0; i < 3; i++)
		if (check_char(capital, i) != toupper((unsigned char)id[15 + i]))
			return false;
	return true;
}

bool
sf_id_take(char out[19], struct slice id)
{
	struct fifteen f;
	char a, b, c;

	if ((id.n != 15 && id.n != 18) || !(f = fifteen(id)).ok)
		return false;
	a = check_char(f.capital, 0);
	b = check_char(f.capital, 1);
	c = check_char(f.capital, 2);
	if (id.n == 18 && (a != id.p[15] || b != id.p[16] || c != id.p[17]) &&
	    !is_checked(id.p, f.capital))
		return false;
	memcpy(out, id.p, 15);
	out[15] = a;
	out[16] = b;
	out[17] = c;
	out[18] = '\0';
	return true;
}

bool
sf_id_ok(struct slice id)
{
	char text[19];

	return sf_id_take(text, id);
}

void
sf_id_18(char out[19], struct slice id)
{
	unsigned capital = fifteen(id).capital;

	memcpy(out, id.p, 15);
	for (int i = 0; i < 3; i++)
		out[15 + i] = check_char(capital, i);
	out[18] = '\0';
}

bool
sf_id_same(struct slice a, struct slice b)
{
	return a.n >= 15 && b.n >= 15 && memcmp(a.p, b.p, 15) == 0;
}

/* A decimal number: 0.d1d2d3... * 10^exp, no zero in front or at the end. */
struct decimal {
	bool minus;
	char digit[80];
	int n;
	long exp;
};

static bool
decimal_read(struct decimal *d, struct slice t)
{
	size_t i = 0;
	bool point = false, any = false;

	*d = (struct decimal){0};
	if (i < t.n && (t.p[i] == '-' || t.p[i] == '+'))
		d->minus = t.p[i++] == '-';
	for (; i < t.n; i++) {
		if (t.p[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (!isdigit((unsigned char)t.p[i]))
			break;
		any = true;
		if (d->n == 0 && t.p[i] == '0') {
			d->exp -= point;
			continue;
		}
		if (d->n == (int)sizeof(d->digit))
			return false;
		d->digit[d->n++] = t.p[i];
		d->exp += !point;
	}
	if (any && i < t.n && (t.p[i] == 'e' || t.p[i] == 'E')) {
		char text[16] = "", *end;

		if (t.n - i - 1 == 0 || t.n - i - 1 >= sizeof(text))
			return false;
		memcpy(text, t.p + i + 1, t.n - i - 1);
		d->exp += strtol(text, &end, 10);
		if (*end != '\0')
			return false;
		i = t.n;
	}
	return any && i == t.n;
}

/* Half away from zero, at `scale` digits behind the point. */
static void
decimal_round(struct decimal *d, long scale)
{
	long keep = d->exp + scale;
	bool up;

	if (keep < d->n) {
		up = keep >= 0 && d->digit[keep] >= '5';
		d->n = keep < 0 ? 0 : (int)keep;
		while (up && d->n > 0 && d->digit[d->n - 1] == '9')
			d->n--;
		if (up && d->n > 0) {
			d->digit[d->n - 1]++;
		} else if (up) {
			d->digit[d->n++] = '1';
			d->exp++;
		}
	}
	while (d->n > 0 && d->digit[d->n - 1] == '0')
		d->n--;
	if (d->n == 0)
		d->exp = d->minus = 0;
}

static bool
same_number(struct slice a, struct slice b, long scale)
{
	struct decimal x, y;

	if (!decimal_read(&x, a) || !decimal_read(&y, b))
		return slice_eq(a, b);
	decimal_round(&x, scale);
	decimal_round(&y, scale);
	return x.minus == y.minus && x.exp == y.exp && x.n == y.n &&
	    memcmp(x.digit, y.digit, (size_t)x.n) == 0;
}

static long
days(long y, long m, long d)
{
	y -= m <= 2;
	m += m <= 2 ? 9 : -3;
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d;
}

/* Seconds on one scale for all date-times; false: it is none. */
static bool
instant(struct slice t, long long *out)
{
	char text[40], sign = 'Z';
	int y, mo, d, h = 0, mi = 0, s = 0, n = 0, oh = 0, om = 0;

	if (t.n < 10 || t.n >= sizeof(text))
		return false;
	memcpy(text, t.p, t.n);
	text[t.n] = '\0';
	if (sscanf(text, "%4d-%2d-%2d%n", &y, &mo, &d, &n) != 3 || n != 10)
		return false;
	if (text[10] != '\0' &&
	    sscanf(text + 11, "%2d:%2d:%2d%n", &h, &mi, &s, &n) != 3)
		return false;
	n = text[10] == '\0' ? 10 : 11 + n;
	if (text[n] == '.')
		n += 1 + (int)strspn(text + n + 1, "0123456789");
	if (text[n] != '\0')
		sign = text[n++];
	if (sign != 'Z' && sscanf(text + n, "%2d:%2d", &oh, &om) != 2 &&
	    sscanf(text + n, "%2d%2d", &oh, &om) != 2)
		return false;
	*out = days(y, mo, d) * 86400LL + h * 3600 + mi * 60 + s;
	*out -= (sign == '-' ? -1 : 1) * (oh * 3600 + om * 60);
	return true;
}

static bool
same_instant(struct slice a, struct slice b)
{
	long long x, y;

	if (!instant(a, &x) || !instant(b, &y))
		return slice_eq(a, b);
	return x == y;
}

/* "10:00:00" and "10:00:00.000Z" */
static bool
same_time(struct slice a, struct slice b)
{
	while (a.n > 8 && strchr(".0Z", a.p[a.n - 1]) != NULL)
		a.n--;
	while (b.n > 8 && strchr(".0Z", b.p[b.n - 1]) != NULL)
		b.n--;
	return slice_eq(a, b);
}

static bool
is_true(struct slice t)
{
	return t.n > 0 && (t.p[0] == 't' || t.p[0] == 'T' || t.p[0] == '1');
}

/* The next of "a; b;c", without blanks; false at the end. */
static bool
part(struct slice *rest, struct slice *one)
{
	const char *end;

	if (rest->n == 0)
		return false;
	end = memchr(rest->p, ';', rest->n);
	one->p = rest->p;
	one->n = end == NULL ? rest->n : (size_t)(end - rest->p);
	rest->p += one->n + (end != NULL);
	rest->n -= one->n + (end != NULL);
	while (one->n > 0 && one->p[0] == ' ')
		one->p++, one->n--;
	while (one->n > 0 && one->p[one->n - 1] == ' ')
		one->n--;
	return true;
}

/* Is every part of `a` in `b`? */
static bool
within(struct slice a, struct slice b)
{
	struct slice x, y, rest;

	while (part(&a, &x)) {
		bool found = x.n == 0;

		for (rest = b; !found && part(&rest, &y); )
			found = slice_eq(x, y);
		if (!found)
			return false;
	}
	return true;
}

static size_t
trimmed(struct slice t)
{
	while (t.n > 0 && strchr(" \t\r\n", t.p[t.n - 1]) != NULL &&
	    t.p[t.n - 1] != '\0')
		t.n--;
	return t.n;
}

/* The next character, CR LF and CR read as LF. */
static char
next_char(struct slice t, size_t *i)
{
	char c = t.p[(*i)++];

	if (c != '\r')
		return c;
	if (*i < t.n && t.p[*i] == '\n')
		(*i)++;
	return '\n';
}

static bool
same_text(struct slice a, struct slice b)
{
	size_t i = 0, j = 0;

	a.n = trimmed(a);
	b.n = trimmed(b);
	while (i < a.n && j < b.n)
		if (next_char(a, &i) != next_char(b, &j))
			return false;
	return i == a.n && j == b.n;
}

bool
sf_same(const struct sf_field *f, struct slice a, struct slice b)
{
	if (f->type == SF_BOOL)
		return is_true(a) == is_true(b);
	if (f->type == SF_TEXT)
		return same_text(a, b);
	if (a.n == 0 || b.n == 0)
		return a.n == b.n;
	switch (f->type) {
	case SF_ID:
		return a.n >= 15 && b.n >= 15 ?
		    memcmp(a.p, b.p, 15) == 0 : slice_eq(a, b);
	case SF_NUMBER:
		return same_number(a, b, f->scale);
	case SF_DATE:
		return a.n >= 10 && b.n >= 10 ?
		    memcmp(a.p, b.p, 10) == 0 : slice_eq(a, b);
	case SF_DATETIME:
		return same_instant(a, b);
	case SF_TIME:
		return same_time(a, b);
	default:
		return within(a, b) && within(b, a);
	}
}

void
sf_soql_text(struct buf *b, struct slice text)
{
	buf_char(b, '\'');
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\'' || c == '\\')
			buf_char(b, '\\');
		if (c == '\n')
			buf_str(b, "\\n");
		else if (c == '\r')
			buf_str(b, "\\r");
		else
			buf_char(b, c);
	}
	buf_char(b, '\'');
}

/* It goes into the query without quotes: nothing but what a time is made of. */
static bool
is_moment(struct slice t)
{
	for (size_t i = 0; i < t.n; i++)
		if (i < 4 ? !isdigit((unsigned char)t.p[i]) :
		    memchr("0123456789-:TZ.+", t.p[i], 16) == NULL)
			return false;
	return t.n >= 10 && t.p[4] == '-';
}

void
sf_soql_value(struct buf *b, const struct sf_field *f, struct slice text)
{
	struct decimal d;

	if ((f->type == SF_NUMBER && decimal_read(&d, text)) ||
	    ((f->type == SF_DATE || f->type == SF_DATETIME) &&
	    is_moment(text)))
		buf_slice(b, text);
	else if (f->type == SF_BOOL)
		buf_str(b, is_true(text) ? "true" : "false");
	else
		sf_soql_text(b, text);
}
