/* sf-value - field values: read, judged, compared and written */

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sf-value.h"
#include "sf-utf8.h"

int
sf_fail(struct sf_err *e, const char *code, const char *fields,
    const char *fmt, ...)
{
	va_list ap;
	size_t n;

	snprintf(e->code, sizeof(e->code), "%s", code);
	snprintf(e->fields, sizeof(e->fields), "%s", fields);
	e->ntwins = 0;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	/* a long value may have been cut inside of a character */
	n = strlen(e->msg);
	if (n == sizeof(e->msg) - 1)
		while (n > 0 && sf_utf16_len(e->msg, n) < 0)
			e->msg[--n] = '\0';
	return -1;
}

long
sf_utf16_len(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s, *end = p + n;
	long units = 0;
	int more, i;
	uint32_t c;

	for (; p < end; units++) {
		if (*p < 0x80) {
			p++;
			continue;
		}
		more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;
		if (*p < 0xc2 || *p > 0xf4 || end - p <= more)
			return -1;
		c = *p & (0x3fu >> more);
		for (i = 1; i <= more; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return -1;
			c = c << 6 | (p[i] & 0x3fu);
		}
		if ((more == 2 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) ||
		    (more == 3 && (c < 0x10000 || c > 0x10ffff)))
			return -1;
		units += more == 3;
		p += more + 1;
	}
	return units;
}

size_t
sf_whole(const char *s, size_t n, size_t max)
{
	if (n <= max)
		return n;
	while (max > 0 && ((unsigned char)s[max] & 0xc0) == 0x80)
		max--;
	return max;
}

void
sf_lower(char *to, const char *s, size_t n)
{
	const char *end = s + n;
	size_t k;

	for (; s < end; s += k, to += k)
		k = sf_fold(s, end, to);
}

/* --- numbers --- */

/* xsd:double: digits, one point, an exponent; nothing around them. */
static int
double_read(const char *s, size_t n, double *d)
{
	char text[64], *end;
	size_t i;

	if (n == 0 || n >= sizeof(text))
		return -1;
	for (i = 0; i < n; i++)
		if (strchr("0123456789+-.eE", s[i]) == NULL || s[i] == '\0')
			return -1;
	memcpy(text, s, n);
	text[n] = '\0';
	*d = strtod(text, &end);
	return *end == '\0' && end != text && isfinite(*d) ? 0 : -1;
}

static int
int_read(const char *s, size_t n, int64_t *v)
{
	size_t i = n > 0 && (*s == '-' || *s == '+');
	int64_t x = 0;

	if (i == n || n - i > 10)
		return -1;
	for (; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		x = x * 10 + s[i] - '0';
	}
	*v = *s == '-' ? -x : x;
	return *v >= INT32_MIN && *v <= INT32_MAX ? 0 : -1;
}

static int
bool_read(const char *s, size_t n, int64_t *v)
{
	if ((n == 4 && strncasecmp(s, "true", 4) == 0) ||
	    (n == 1 && *s == '1'))
		return *v = 1, 0;
	if ((n == 5 && strncasecmp(s, "false", 5) == 0) ||
	    (n == 1 && *s == '0'))
		return *v = 0, 0;
	return -1;
}

/* The shortest digits that read back as `d`: "d.ddd" and its exponent. */
static int
shortest(double d, char *text, size_t size)
{
	int p;
	char *e;

	for (p = 14; p < 17; p++) {
		snprintf(text, size, "%.*e", p, d);
		if (strtod(text, NULL) == d)
			break;
	}
	e = strchr(text, 'e');
	p = atoi(e + 1);
	while (e[-1] == '0')
		e--;
	if (e[-1] == '.')
		e--;
	*e = '\0';
	return p;
}

/* Java's Double.toString. */
static void
java_double(double d, struct buf *b)
{
	char m[40];
	int e, i, n;

	if (d == 0) {
		buf_str(b, "0.0");
		return;
	}
	if (d < 0) {
		buf_byte(b, '-');
		d = -d;
	}
	e = shortest(d, m, sizeof(m));
	if (e < -3 || e >= 7) {
		buf_fmt(b, "%s%sE%d", m, m[1] ? "" : ".0", e);
		return;
	}
	if (m[1])		/* drop the point: m becomes its digits */
		memmove(m + 1, m + 2, strlen(m + 2) + 1);
	n = (int)strlen(m);
	if (e < 0) {
		buf_str(b, "0.");
		for (i = -1; i > e; i--)
			buf_byte(b, '0');
		buf_str(b, m);
		return;
	}
	for (i = 0; i <= e; i++)
		buf_byte(b, i < n ? m[i] : '0');
	buf_fmt(b, ".%s", n > e + 1 ? m + e + 1 : "0");
}

/* --- base 64 --- */

int
sf_base64_read(const char *s, size_t n, struct buf *to)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i, pad = 0;
	uint32_t bits = 0;
	const char *p;

	while (pad < 2 && pad < n && s[n - 1 - pad] == '=')
		pad++;
	if (n % 4 != 0)
		return -1;
	for (i = 0; i < n - pad; i++) {
		p = s[i] ? strchr(digits, s[i]) : NULL;
		if (p == NULL)
			return -1;
		bits = bits << 6 | (uint32_t)(p - digits);
		if (to != NULL && i % 4 > 0)
			buf_byte(to, (char)(bits >> (6 - i % 4 * 2)));
	}
	return 0;
}

/* --- reading values --- */

static int
wrong_type(const struct sf_field *f, const char *s, size_t n,
    struct sf_err *e)
{
	return sf_fail(e, "INVALID_TYPE_ON_FIELD_IN_RECORD", f->name,
	    "%s: value not of required type: %.*s", f->label, (int)n, s);
}

int
sf_value_csv(const struct sf_field *f, const char *s, size_t n,
    struct sf_arena *a, struct sf_val *v, struct sf_err *e)
{
	int rc = 0;

	v->kind = SF_INT;
	switch (f->type) {
	case SF_T_BOOLEAN:
		rc = bool_read(s, n, &v->i);
		break;
	case SF_T_INT:
		rc = int_read(s, n, &v->i);
		break;
	case SF_T_DOUBLE:
	case SF_T_CURRENCY:
	case SF_T_PERCENT:
		v->kind = SF_NUM;
		rc = double_read(s, n, &v->d);
		break;
	case SF_T_DATE:
		rc = sf_date_read(s, n, &v->i);
		break;
	case SF_T_DATETIME:
		rc = sf_datetime_read(s, n, &v->i);
		break;
	case SF_T_TIME:
		rc = sf_time_read(s, n, &v->i);
		break;
	case SF_T_BASE64:
		rc = sf_base64_read(s, n, NULL);
		/* fall through */
	default:
		v->kind = SF_TEXT;
		v->s = sf_dup(a, s, n);
		v->n = n;
	}
	return rc < 0 ? wrong_type(f, s, n, e) : 0;
}

static int
json_fault(const struct sf_field *f, yyjson_val *j, struct sf_err *e)
{
	static const char *const kinds[] = {"STRING", "BOOLEAN", "NUMBER",
	    "START_OBJECT", "START_ARRAY"};
	const char *s = yyjson_get_str(j);
	char text[120] = "";
	int k = yyjson_is_str(j) ? 0 : yyjson_is_bool(j) ? 1 :
	    yyjson_is_num(j) ? 2 : yyjson_is_obj(j) ? 3 : 4;

	if (k == 0)
		snprintf(text, sizeof(text), ": '%.*s'",
		    (int)sf_whole(s, yyjson_get_len(j), 115), s);
	return sf_fail(e, "JSON_PARSER_ERROR", "",
	    "Cannot deserialize instance of %s from VALUE_%s value%s or "
	    "request may be missing a required field [%s]",
	    sf_type_name(f->type), kinds[k], text, f->name);
}

int
sf_value_json(const struct sf_field *f, yyjson_val *j, struct sf_arena *a,
    struct sf_val *v, struct sf_err *e)
{
	const char *s = yyjson_get_str(j);
	size_t n = yyjson_get_len(j);
	struct sf_err inner;

	v->kind = SF_NULL;
	if (yyjson_is_null(j))
		return 0;
	switch (f->type) {
	case SF_T_BOOLEAN:
		if (!yyjson_is_bool(j))
			return json_fault(f, j, e);
		v->kind = SF_INT;
		v->i = yyjson_get_bool(j);
		return 0;
	case SF_T_INT:
		/* sf data create record can send nothing but text */
		if (s != NULL && sf_value_csv(f, s, n, a, v, &inner) == 0)
			return 0;
		if (!yyjson_is_int(j) || yyjson_get_num(j) > INT32_MAX ||
		    yyjson_get_num(j) < INT32_MIN)
			return json_fault(f, j, e);
		v->kind = SF_INT;
		v->i = yyjson_get_sint(j);
		return 0;
	case SF_T_DOUBLE:
	case SF_T_CURRENCY:
	case SF_T_PERCENT:
		/* numbers as text are accepted for these */
		if (s != NULL && sf_value_csv(f, s, n, a, v, &inner) == 0)
			return 0;
		if (!yyjson_is_num(j))
			return json_fault(f, j, e);
		v->kind = SF_NUM;
		v->d = yyjson_get_num(j);
		return 0;
	default:
		if (s == NULL)
			return json_fault(f, j, e);
		if (n == 0 && f->type < SF_T_REFERENCE)
			return 0;
		if (n == 0 || sf_value_csv(f, s, n, a, v, &inner) < 0)
			return json_fault(f, j, e);
		return 0;
	}
}

/* --- judging them --- */

/* local@domain.tld, as strict as the platform's own check looks from outside:
 * no blanks, no double dots, a domain of at least two labels. */
static bool
email_ok(const char *s, size_t n)
{
	const char *at = memchr(s, '@', n), *end = s + n, *p;
	bool dot = false;

	if (at == NULL || at == s || at - s > 64 || at[-1] == '.' || *s == '.')
		return false;
	for (p = s; p < at; p++)
		if ((unsigned char)*p <= ' ' || *p == 127 ||
		    strchr("()<>[],;:\\\"@", *p) != NULL ||
		    (*p == '.' && p[1] == '.'))
			return false;
	for (p = at + 1; p < end; p++) {
		bool edge = p == at + 1 || p + 1 == end;

		if (*p == '.' || *p == '-') {
			if (edge || p[1] == '.' || p[-1] == '.')
				return false;
			dot = dot || *p == '.';
		} else if (!((*p >= 'a' && *p <= 'z') ||
		    (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9')))
			return false;
	}
	return dot && end > at + 1;
}

/* A multi-select picklist holds some of its values, cut at ';'. */
static bool
value_known(const char **values, int nvalues, const char *s, size_t n)
{
	int i;

	for (i = 0; i < nvalues; i++)
		if (strlen(values[i]) == n &&
		    strncasecmp(values[i], s, n) == 0)
			return true;
	return false;
}

int
sf_value_unlisted(const struct sf_field *f, const struct sf_val *v,
    struct sf_err *e)
{
	struct buf text = {0};

	sf_html(&text, v->s, v->n);
	sf_fail(e, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", f->name,
	    "%s: bad value for restricted picklist field: %s", f->label,
	    text.p ? text.p : "");
	buf_free(&text);
	return -1;
}

int
sf_value_among(const struct sf_field *f, const struct sf_val *v,
    const char **values, int nvalues, struct sf_err *e)
{
	const char *s = v->s, *end = v->s + v->n, *semi;

	for (; s <= end; s = semi + 1) {
		semi = f->type == SF_T_MULTIPICKLIST ?
		    memchr(s, ';', (size_t)(end - s)) : NULL;
		if (semi == NULL)
			semi = end;
		if (!value_known(values, nvalues, s, (size_t)(semi - s)))
			break;
	}
	return s > end ? 0 : sf_value_unlisted(f, v, e);
}

static int
check_number(const struct sf_field *f, struct sf_val *v, struct sf_err *e)
{
	struct buf text = {0};
	double ten;

	if (f->precision == 0)
		return 0;
	ten = pow(10, f->scale);
	/* beyond 2^53 there are no decimals left to round */
	if (fabs(v->d) * ten < 9e15)
		v->d = round(v->d * ten) / ten;
	if (fabs(v->d) < pow(10, f->precision - f->scale))
		return 0;
	if (fabs(v->d) < 1e15 && v->d == floor(v->d))
		buf_fmt(&text, "%.0f", v->d);
	else
		java_double(v->d, &text);
	sf_fail(e, "NUMBER_OUTSIDE_VALID_RANGE", f->name,
	    "%s: value outside of valid range on numeric field: %s",
	    f->label, text.p);
	buf_free(&text);
	return -1;
}

int
sf_value_check(const struct sf_field *f, struct sf_val *v, struct sf_err *e)
{
	long units;

	if (v->kind == SF_NUM)
		return check_number(f, v, e);
	if (v->kind != SF_TEXT)
		return 0;
	units = sf_utf16_len(v->s, v->n);
	if (units < 0)
		return wrong_type(f, "(not UTF-8)", 11, e);
	if (f->length > 0 && units > f->length)
		return sf_fail(e, "STRING_TOO_LONG", f->name,
		    "%s: data value too large: %.*s (max length=%d)",
		    f->label, (int)sf_whole(v->s, v->n, 500), v->s, f->length);
	if (f->type == SF_T_EMAIL && !email_ok(v->s, v->n))
		return sf_fail(e, "INVALID_EMAIL_ADDRESS", f->name,
		    "%s: invalid email address: %.*s", f->label, (int)v->n,
		    v->s);
	if (f->flags & SF_RESTRICTED && (f->type == SF_T_PICKLIST ||
	    f->type == SF_T_MULTIPICKLIST))
		return sf_value_among(f, v, f->values, f->nvalues, e);
	return 0;
}

/* --- writing them --- */

void
sf_value_text(const struct sf_field *f, const struct sf_val *v,
    const char *zone, struct buf *b)
{
	if (v->kind == SF_TEXT)
		buf_add(b, v->s, v->n);
	else if (v->kind == SF_NUM)
		java_double(v->d, b);
	else if (v->kind == SF_INT && f->type == SF_T_BOOLEAN)
		buf_str(b, v->i ? "true" : "false");
	else if (v->kind == SF_INT && f->type == SF_T_DATE)
		sf_date_write(v->i, b);
	else if (v->kind == SF_INT && f->type == SF_T_DATETIME)
		sf_datetime_write(v->i, zone, b);
	else if (v->kind == SF_INT && f->type == SF_T_TIME)
		sf_clock_write(v->i, "Z", b);
	else if (v->kind == SF_INT)
		buf_fmt(b, "%lld", (long long)v->i);
}

void
sf_value_to_json(const struct sf_field *f, const struct sf_val *v,
    struct buf *b)
{
	bool plain = v->kind == SF_NUM || (v->kind == SF_INT &&
	    (f->type == SF_T_BOOLEAN || f->type == SF_T_INT));

	if (v->kind == SF_ABSENT || v->kind == SF_NULL) {
		buf_str(b, "null");
	} else if (v->kind == SF_TEXT) {
		buf_json(b, v->s, v->n);
	} else {
		if (!plain)
			buf_byte(b, '"');
		sf_value_text(f, v, "+0000", b);
		if (!plain)
			buf_byte(b, '"');
	}
}
