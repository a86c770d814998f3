/* salesforce-check-value - does a field take a value? */
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "salesforce-check-in.h"

enum { SHOWN = 60 };		/* bytes of a value */

/* ---- forms ---- */

static bool
digits(const char *p, size_t n, long *v)
{
	for (*v = 0; n > 0; n--, p++) {
		if (!isdigit((unsigned char)*p))
			return false;
		*v = *v * 10 + (*p - '0');
	}
	return true;
}

static bool
is_date(struct slice t)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	long y, m, d;

	return t.n == 10 && t.p[4] == '-' && t.p[7] == '-' &&
	    digits(t.p, 4, &y) && digits(t.p + 5, 2, &m) &&
	    digits(t.p + 8, 2, &d) && m >= 1 && m <= 12 && d >= 1 &&
	    d <= days[m - 1] && (m != 2 || d < 29 ||
	    (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)));
}

/* HH:mm:ss[.SSS][Z|+HH:mm] */
static bool
is_clock(struct slice t, bool zone_needed)
{
	long h, m, s;
	size_t i = 8;

	if (t.n < 8 || t.p[2] != ':' || t.p[5] != ':' ||
	    !digits(t.p, 2, &h) || !digits(t.p + 3, 2, &m) ||
	    !digits(t.p + 6, 2, &s) || h > 23 || m > 59 || s > 59)
		return false;
	if (i < t.n && t.p[i] == '.')
		for (i++; i < t.n && isdigit((unsigned char)t.p[i]); )
			i++;
	if (i == t.n)
		return !zone_needed;
	if (t.p[i] == 'Z')
		return i + 1 == t.n;
	return (t.p[i] == '+' || t.p[i] == '-') && (t.n - i == 5 ||
	    (t.n - i == 6 && t.p[i + 3] == ':')) &&
	    digits(t.p + i + 1, 2, &h) && digits(t.p + t.n - 2, 2, &m);
}

static bool
is_instant(struct slice t)
{
	return t.n >= 20 && t.p[10] == 'T' &&
	    is_date((struct slice){ t.p, 10 }) &&
	    is_clock((struct slice){ t.p + 11, t.n - 11 }, true);
}

static bool
is_bool(struct slice t)
{
	return (t.n == 4 && strncasecmp(t.p, "true", 4) == 0) ||
	    (t.n == 5 && strncasecmp(t.p, "false", 5) == 0) ||
	    slice_is(t, "1") || slice_is(t, "0");
}

/* A number, and how many digits it has before the point. */
static bool
is_number(struct slice t, long *whole, bool *fraction)
{
	size_t i = t.n > 0 && (t.p[0] == '-' || t.p[0] == '+'), from;
	long exp = 0;
	bool any;

	while (i < t.n && t.p[i] == '0' && i + 1 < t.n &&
	    isdigit((unsigned char)t.p[i + 1]))
		i++;
	for (from = i; i < t.n && isdigit((unsigned char)t.p[i]); )
		i++;
	*whole = (long)(i - from) - (i - from == 1 && t.p[from] == '0');
	any = i > from;
	*fraction = i < t.n && (t.p[i] == '.' || t.p[i] == 'e' ||
	    t.p[i] == 'E');
	if (i < t.n && t.p[i] == '.')
		for (i++; i < t.n && isdigit((unsigned char)t.p[i]); i++)
			any = true;
	if (any && i < t.n && (t.p[i] == 'e' || t.p[i] == 'E')) {
		from = ++i;
		i += i < t.n && (t.p[i] == '-' || t.p[i] == '+');
		if (i == t.n || t.n - i > 3 || !digits(t.p + i, t.n - i, &exp))
			return false;
		*whole += t.p[from] == '-' ? -exp : exp;
		i = t.n;
	}
	return any && i == t.n;
}

/* Salesforce counts UTF-16 units, so what is outside of the BMP twice. */
static long
length_of(struct slice t)
{
	long n = 0;
	size_t i;

	for (i = 0; i < t.n; i++)
		n += ((unsigned char)t.p[i] & 0xc0) != 0x80 ?
		    1 + ((unsigned char)t.p[i] >= 0xf0) : 0;
	return n;
}

/* ---- picklists ---- */

static bool
listed(const struct sf_field *f, struct slice t)
{
	struct pool *pool = pool_new();
	struct slice v, text;
	struct scan s;
	bool found = false;

	scan_enter(&s, f->values);
	while (!found && scan_element(&s, &v)) {
		text = scan_string(scan_get(v, "value"), pool);
		found = scan_kind(scan_get(v, "active")) != SCAN_FALSE &&
		    slice_same(text, t);
	}
	pool_free(pool);
	return found;
}

static bool
all_listed(const struct sf_field *f, struct slice t)
{
	const char *semi;
	struct slice one;

	if (f->type != SF_MULTI)
		return listed(f, t);
	while (t.n > 0) {
		semi = memchr(t.p, ';', t.n);
		one = (struct slice){ t.p, semi == NULL ? t.n :
		    (size_t)(semi - t.p) };
		if (one.n > 0 && !listed(f, one))
			return false;
		t.n -= one.n + (semi != NULL);
		t.p += one.n + (semi != NULL);
	}
	return true;
}

const char *
fit_list(struct sf_check *c, const struct sf_field *f)
{
	enum { NAMED = 20 };
	struct buf b = BUF(4096);
	struct slice v;
	struct scan s;
	const char *text;
	int n = 0;

	scan_enter(&s, f->values);
	while (scan_element(&s, &v)) {
		if (scan_kind(scan_get(v, "active")) == SCAN_FALSE)
			continue;
		if (n < NAMED) {
			buf_str(&b, n > 0 ? ", " : "");
			buf_slice(&b, scan_string(scan_get(v, "value"),
			    c->pool));
		}
		n++;
	}
	if (n > NAMED)
		buf_fmt(&b, " and %d more", n - NAMED);
	text = pool_dup(c->pool, b.p == NULL ? "" : b.p, b.n);
	buf_free(&b);
	return text;
}

/* ---- fields ---- */

static enum fit
fit_number(const struct sf_field *f, struct slice t)
{
	bool fraction, integer = slice_is(f->kind, "int") ||
	    slice_is(f->kind, "long");
	long whole;

	if (!is_number(t, &whole, &fraction) || (integer && fraction))
		return FIT_TYPE;
	if (f->precision > 0 && whole > f->precision - f->scale)
		return FIT_RANGE;
	return FIT;
}

enum fit
fit(const struct sf_field *f, struct slice t, long *length)
{
	*length = length_of(t);
	switch (f->type) {
	case SF_NUMBER:
		return fit_number(f, t);
	case SF_BOOL:
		return is_bool(t) ? FIT : FIT_TYPE;
	case SF_DATE:
		return is_date(t) ? FIT : FIT_TYPE;
	case SF_DATETIME:
		return is_instant(t) ? FIT : FIT_TYPE;
	case SF_TIME:
		return is_clock(t, false) ? FIT : FIT_TYPE;
	case SF_ID:
		return sf_id_ok(t) ? FIT : FIT_TYPE;
	default:
		break;
	}
	if (f->length > 0 && *length > f->length)
		return FIT_LONG;
	return f->restricted && !all_listed(f, t) ? FIT_PICKLIST : FIT;
}

const char *
fit_wants(const struct sf_field *f)
{
	switch (f->type) {
	case SF_NUMBER:
		return slice_is(f->kind, "int") || slice_is(f->kind, "long") ?
		    "a whole number" : "a number";
	case SF_BOOL:
		return "true or false";
	case SF_DATE:
		return "a date like 2026-11-20";
	case SF_DATETIME:
		return "a date-time like 2026-11-20T09:30:00.000Z";
	case SF_TIME:
		return "a time like 09:30:00.000Z";
	case SF_ID:
		return "an id of 15 or 18 characters";
	default:
		return "a text";
	}
}

unsigned
fit_never(const struct sf_field *f)
{
	const unsigned days = MAP_DATE | MAP_LOCAL | MAP_INSTANT;

	switch (f->type) {
	case SF_NUMBER:
		return MAP_LIST | MAP_BOOL | days;
	case SF_BOOL:
		return MAP_LIST | days;
	case SF_DATE:
		return MAP_LIST | MAP_BOOL | MAP_NUMBER |
		    (days & ~(unsigned)MAP_DATE);
	case SF_DATETIME:
		return MAP_LIST | MAP_BOOL | MAP_NUMBER |
		    (days & ~(unsigned)MAP_INSTANT);
	case SF_TIME:
	case SF_ID:
		return MAP_LIST | MAP_BOOL | MAP_NUMBER | days;
	default:
		return MAP_LIST;
	}
}

/* ---- what a map can send ---- */

static const char *
kind_name(unsigned kinds)
{
	static const struct { unsigned kind; const char *name; } names[] = {
		{ MAP_LIST, "an array or object" },
		{ MAP_BOOL, "true or false" },
		{ MAP_NUMBER, "a number" },
		{ MAP_DATE, "a date (2026-11-20)" },
		{ MAP_LOCAL, "a local date and time (2026-11-20 09:30:00)" },
		{ MAP_INSTANT, "a date-time (2026-11-20T09:30:00.000Z)" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (kinds & names[i].kind)
			return names[i].name;
	return "a text";
}

static void
check_value(struct sf_check *c, struct place at, const char *label,
    const struct sf_field *f, const struct map_value *v)
{
	struct buf row = BUF(512);
	long length;

	if (v->kind == MAP_LIST) {
		check_error(c, at, "%s: an array or object is no field's "
		    "value", label);
		return;
	}
	if (v->table.n > 0 && v->key.n > 0)
		buf_fmt(&row, " (%.*s, row '%.*s')", (int)v->table.n,
		    v->table.p, slice_cut(v->key, SHOWN), v->key.p);
	switch (fit(f, v->text, &length)) {
	case FIT_TYPE:
		check_error(c, at, "%s: '%.*s'%s is not %s", label,
		    slice_cut(v->text, SHOWN), v->text.p, buf_cstr(&row), fit_wants(f));
		break;
	case FIT_LONG:
		check_error(c, at, "%s: '%.*s'%s has %ld characters, the "
		    "field takes %ld", label, slice_cut(v->text, SHOWN), v->text.p,
		    buf_cstr(&row), length, f->length);
		break;
	case FIT_PICKLIST:
		check_error(c, at, "%s: '%.*s'%s is not in the restricted "
		    "picklist, which has %s", label, slice_cut(v->text, SHOWN), v->text.p,
		    buf_cstr(&row), fit_list(c, f));
		break;
	case FIT_RANGE:
		check_error(c, at, "%s: %.*s%s is too large, the field takes "
		    "%ld digits before the point", label, slice_cut(v->text, SHOWN),
		    v->text.p, buf_cstr(&row), f->precision - f->scale);
		break;
	default:
		break;
	}
	buf_free(&row);
}

void
check_values(struct sf_check *c, struct place at, const char *label,
    const struct sf_field *f, const struct map_sent *s)
{
	unsigned kinds = s->kinds & ~(unsigned)MAP_NULL, never = fit_never(f);
	size_t i;

	if (kinds != 0 && (kinds & ~never) == 0)
		check_error(c, at, "%s: the expression gives %s, the field "
		    "takes %s", label, kind_name(kinds), fit_wants(f));
	else if (f->type == SF_BOOL && kinds == MAP_NUMBER)
		check_warn(c, at, "%s: the expression gives a number, the "
		    "field takes true or false", label);
	for (i = 0; i < s->n; i++)
		if (s->values[i].kind == MAP_LIST || s->values[i].text.n > 0)
			check_value(c, at, label, f, &s->values[i]);
}
