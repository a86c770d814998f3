/* salesforce-fit - does a field take a value? */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "salesforce-fit.h"

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
	    digits(t.p + 8, 2, &d) && y >= 1 && m >= 1 && m <= 12 && d >= 1 &&
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
	if (i + 1 < t.n && t.p[i] == '.' && isdigit((unsigned char)t.p[i + 1]))
		for (i++; i < t.n && isdigit((unsigned char)t.p[i]); )
			i++;
	if (i == t.n)
		return !zone_needed;
	if (t.p[i] == 'Z')
		return i + 1 == t.n;
	return (t.p[i] == '+' || t.p[i] == '-') && (t.n - i == 5 ||
	    (t.n - i == 6 && t.p[i + 3] == ':')) &&
	    digits(t.p + i + 1, 2, &h) && digits(t.p + t.n - 2, 2, &m) &&
	    h <= 14 && m <= 59;
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

/* xsd:double, the point in any place: "1e3", ".5".  *plain: digits alone. */
static bool
is_number(struct slice t, bool *plain)
{
	size_t i = t.n > 0 && (t.p[0] == '-' || t.p[0] == '+');
	bool any = false;

	for (; i < t.n && isdigit((unsigned char)t.p[i]); i++)
		any = true;
	*plain = any && i == t.n;
	if (i < t.n && t.p[i] == '.')
		for (i++; i < t.n && isdigit((unsigned char)t.p[i]); i++)
			any = true;
	if (any && i < t.n && (t.p[i] == 'e' || t.p[i] == 'E')) {
		i++;
		i += i < t.n && (t.p[i] == '-' || t.p[i] == '+');
		for (any = false; i < t.n && isdigit((unsigned char)t.p[i]); i++)
			any = true;
	}
	return any && i == t.n;
}

/* Salesforce's own rule is stricter and not published: refused here is only
 * what no rule takes, something before the @ and a domain with a dot. */
static bool
is_email(struct slice t)
{
	const char *at = t.n == 0 ? NULL : memrchr(t.p, '@', t.n);
	size_t local = at == NULL ? 0 : (size_t)(at - t.p);
	const char *dot;

	for (size_t i = 0; i < t.n; i++)
		if ((unsigned char)t.p[i] < ' ' || t.p[i] == 0x7f ||
		    (i > local && (t.p[i] == ' ' || t.p[i] == ',')))
			return false;
	dot = local == 0 ? NULL : memchr(at + 1, '.', t.n - local - 1);
	return dot != NULL && dot > at + 1 && t.p[t.n - 1] != '.';
}

/* Salesforce counts UTF-16 units, so what is outside of the BMP twice; CR LF
 * is sent as LF. */
long
sf_length(struct slice t)
{
	long n = 0;
	size_t i;

	for (i = 0; i < t.n; i++)
		n += ((unsigned char)t.p[i] & 0xc0) != 0x80 && !(i + 1 < t.n &&
		    t.p[i] == '\r' && t.p[i + 1] == '\n') ?
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
sf_fit_list(const struct sf_field *f, struct pool *pool)
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
			    pool));
		}
		n++;
	}
	if (n > NAMED)
		buf_fmt(&b, " and %d more", n - NAMED);
	text = pool_dup(pool, b.p == NULL ? "" : b.p, b.n);
	buf_free(&b);
	return text;
}

/* ---- fields ---- */

/* A number of plain digits that has fewer before its point than the field
 * takes: so it fits, however its decimals are rounded. */
static bool
fits_by_digits(const struct sf_field *f, struct slice t)
{
	const char *p = t.p, *end = t.p + t.n, *first;
	bool whole = slice_is(f->kind, "int") || slice_is(f->kind, "long");
	long most = slice_is(f->kind, "int") ? 9 : f->precision <= 0 ? 18 :
	    f->precision - f->scale - 1;

	p += t.n > 0 && *p == '-';
	for (first = p; p < end && *p >= '0' && *p <= '9'; p++)
		continue;
	if (p == first || p - first > most || t.n > 60)
		return false;
	if (p < end && *p == '.' && !whole)
		for (p++; p < end && *p >= '0' && *p <= '9'; p++)
			continue;
	return p == end;
}

/* An int field takes no point and 32 bits; others are rounded to their scale
 * before their digits are counted. */
static enum sf_fit
fit_number(const struct sf_field *f, struct slice t)
{
	char text[64];
	double d, ten;
	bool plain;

	if (fits_by_digits(f, t))
		return SF_FITS;
	if (!is_number(t, &plain) || t.n >= sizeof(text))
		return SF_FIT_TYPE;
	memcpy(text, t.p, t.n);
	text[t.n] = '\0';
	d = strtod(text, NULL);
	if (slice_is(f->kind, "int"))
		return plain && d >= INT32_MIN && d <= INT32_MAX ? SF_FITS :
		    SF_FIT_TYPE;
	if (!isfinite(d) || (slice_is(f->kind, "long") && !plain))
		return SF_FIT_TYPE;
	if (f->precision <= 0)
		return SF_FITS;
	ten = pow(10, (double)f->scale);
	if (fabs(d) * ten < 9e15)	/* else it has no decimals left */
		d = round(d * ten) / ten;
	return fabs(d) < pow(10, (double)(f->precision - f->scale)) ?
	    SF_FITS : SF_FIT_RANGE;
}

/* UTF-16 units are at most the bytes: most texts need not be counted. */
static enum sf_fit
fit_text(const struct sf_field *f, struct slice t)
{
	if (f->length > 0 && t.n > (size_t)f->length &&
	    sf_length(t) > f->length)
		return SF_FIT_LONG;
	if (slice_is(f->kind, "email") && !is_email(t))
		return SF_FIT_EMAIL;
	return f->restricted && !all_listed(f, t) ? SF_FIT_PICKLIST :
	    SF_FITS;
}

enum sf_fit
sf_fit(const struct sf_field *f, struct slice t)
{
	switch (f->type) {
	case SF_NUMBER:
		return fit_number(f, t);
	case SF_BOOL:
		return is_bool(t) ? SF_FITS : SF_FIT_TYPE;
	case SF_DATE:
		return is_date(t) ? SF_FITS : SF_FIT_TYPE;
	case SF_DATETIME:
		return is_instant(t) ? SF_FITS : SF_FIT_TYPE;
	case SF_TIME:
		return is_clock(t, false) ? SF_FITS : SF_FIT_TYPE;
	case SF_ID:
		return sf_id_ok(t) ? SF_FITS : SF_FIT_TYPE;
	default:
		return fit_text(f, t);
	}
}

const char *
sf_fit_code(const struct sf_field *f, enum sf_fit how)
{
	switch (how) {
	case SF_FIT_TYPE:
		return f->type == SF_ID ? "MALFORMED_ID" :
		    "INVALID_TYPE_ON_FIELD_IN_RECORD";
	case SF_FIT_LONG:
		return "STRING_TOO_LONG";
	case SF_FIT_RANGE:
		return "NUMBER_OUTSIDE_VALID_RANGE";
	case SF_FIT_PICKLIST:
		return "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST";
	case SF_FIT_EMAIL:
		return "INVALID_EMAIL_ADDRESS";
	default:
		return NULL;
	}
}

const char *
sf_fit_wants(const struct sf_field *f)
{
	switch (f->type) {
	case SF_NUMBER:
		if (slice_is(f->kind, "int"))
			return "a whole number of 32 bits without a point";
		return slice_is(f->kind, "long") ? "a whole number" :
		    "a number";
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
		return slice_is(f->kind, "email") ? "an e-mail address" :
		    "a text";
	}
}
