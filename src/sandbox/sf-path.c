/* sf-path - the query language: fields, parents' fields, functions of them */

#include <string.h>
#include <strings.h>
#include <time.h>

#include "sf-parser.h"

#define DAY_MS 86400000

/* --- what functions and lookups with several targets lead to --- */

static const struct sf_field an_int = {.name = "int", .type = SF_T_INT};
static const struct sf_field a_double = {.name = "double",
    .type = SF_T_DOUBLE};
static const struct sf_field a_date = {.name = "date", .type = SF_T_DATE};

/* Behind such a lookup the platform shows the object Name. */
static struct sf_object name_object;
#define NAME(field, kind) {.object = &name_object, .name = field, \
    .label = field, .type = kind}
static struct sf_field name_fields[] = {
	NAME("Id", SF_T_ID), NAME("Name", SF_T_STRING),
	NAME("Type", SF_T_PICKLIST), NAME("FirstName", SF_T_STRING),
	NAME("LastName", SF_T_STRING), NAME("Username", SF_T_STRING),
	NAME("Email", SF_T_EMAIL), NAME("Alias", SF_T_STRING),
	NAME("IsActive", SF_T_BOOLEAN), NAME("Phone", SF_T_PHONE),
	NAME("Title", SF_T_STRING)
};
#define NAMES (int)(sizeof(name_fields) / sizeof(name_fields[0]))
#define F(i) &name_fields[i]
static struct sf_object name_object = {.name = "Name", .nfields = NAMES,
    .fields = {F(0), F(1), F(2), F(3), F(4), F(5), F(6), F(7), F(8), F(9),
    F(10)}};

const struct sf_object *
sf_name_object(void)
{
	return &name_object;
}

bool
sf_polymorphic(const struct sf_field *f)
{
	return f->ntargets > 1;
}

const struct sf_field *
sf_field_as(const struct sf_field *f, const struct sf_object *o)
{
	if (f->object == o)
		return f;
	return f->object == &name_object ? sf_seen_field(o, f->name) : NULL;
}

/* --- reading --- */

static int
no_column(struct sf_parser *ps, const char *at, const char *name, size_t n,
    const struct sf_object *o)
{
	return sf_soql_fault(ps, "INVALID_FIELD", at, "No such column '%.*s' on "
	    "entity '%s'. If you are attempting to use a custom field, be "
	    "sure to append the '__c' after the custom field name."
	    SF_SOQL_HELP, (int)n, name, o->name);
}

static int
no_relation(struct sf_parser *ps, const char *p, size_t n)
{
	return sf_soql_fault(ps, "INVALID_FIELD", p, "Didn't understand "
	    "relationship '%.*s' in field path. If you are attempting to use "
	    "a custom relationship, be sure to append the '__r' after the "
	    "custom relationship name." SF_SOQL_HELP, (int)n, p);
}

static const struct sf_alias *
alias(const struct sf_parser *ps, const char *p, size_t n)
{
	int i;

	for (i = 0; i < ps->naliases; i++)
		if (ps->alias[i].n == n &&
		    strncasecmp(ps->alias[i].name, p, n) == 0)
			return &ps->alias[i];
	return NULL;
}

static const struct sf_object *
behind(const struct sf_parser *ps, const struct sf_field *f)
{
	return sf_polymorphic(f) ? &name_object :
	    sf_seen_object(ps->org->schema, f->targets[0]);
}

int
sf_soql_hops(struct sf_parser *ps, const struct sf_object *o, const char *p,
    const char *end, struct sf_path *out, const struct sf_object **to)
{
	const struct sf_alias *a;
	const struct sf_field *f;
	size_t n;

	memset(out, 0, sizeof(*out));
	out->slot = -1;
	n = strcspn(p, ".");
	n = n < (size_t)(end - p) ? n : (size_t)(end - p);
	if (p < end && (a = alias(ps, p, n)) != NULL) {
		*out = a->to;
		if (out->hops)
			o = behind(ps, out->hop[out->hops - 1]);
		p += n + 1;
	} else if (p < end && strlen(o->name) == n && strncasecmp(o->name, p,
	    n) == 0 && sf_seen_relation(o, p, n) == NULL) {
		p += n + 1;			/* Account.Name of Account */
	}
	for (; p < end; p += n + 1) {
		n = strcspn(p, ".");
		n = n < (size_t)(end - p) ? n : (size_t)(end - p);
		f = sf_seen_relation(o, p, n);
		if (f == NULL || out->hops == SF_HOPS ||
		    (o = behind(ps, f)) == NULL)
			return no_relation(ps, p, n);
		out->hop[out->hops++] = f;
	}
	*to = o;
	return 0;
}

int
sf_soql_path(struct sf_parser *ps, const struct sf_object *o,
    struct sf_path *out)
{
	const char *p = ps->p, *end = p + ps->n, *name = end;
	struct buf text = {0};
	int i;

	if (ps->n == 0 || !sf_soql_word_char(*p))
		return sf_soql_unexpected(ps);
	while (name > p && name[-1] != '.')
		name--;
	if (sf_soql_hops(ps, o, p, name > p ? name - 1 : p, out, &o) < 0)
		return -1;
	out->f = out->is = sf_seen_field_n(o, name, (size_t)(end - name));
	if (out->f == NULL)
		return no_column(ps, p, name, (size_t)(end - name), o);
	for (i = 0; i < out->hops; i++)
		buf_fmt(&text, "%s.", out->hop[i]->relation);
	buf_str(&text, out->f->name);
	out->text = sf_dup(&ps->q->a, text.p, text.n);
	buf_free(&text);
	sf_soql_scan(ps);
	return 0;
}

/* --- functions --- */

static const char *const functions[SF_FN_END] = {"", "COUNT",
    "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX", "CALENDAR_MONTH",
    "CALENDAR_QUARTER", "CALENDAR_YEAR", "DAY_IN_MONTH", "DAY_IN_WEEK",
    "DAY_IN_YEAR", "DAY_ONLY", "FISCAL_MONTH", "FISCAL_QUARTER",
    "FISCAL_YEAR", "HOUR_IN_DAY", "WEEK_IN_MONTH", "WEEK_IN_YEAR", "toLabel",
    "convertCurrency"};

static bool
suits(enum sf_fn fn, const struct sf_field *f)
{
	bool number = f->type >= SF_T_INT && f->type <= SF_T_PERCENT;

	if (fn == SF_FN_SUM || fn == SF_FN_AVG)
		return number;
	if (fn < SF_FN_DATES)
		return f->type != SF_T_BOOLEAN && f->type != SF_T_ADDRESS &&
		    f->type != SF_T_MULTIPICKLIST && f->type != SF_T_TIME &&
		    !(f->type == SF_T_TEXTAREA && f->length > 255);
	if (fn == SF_FN_DAY_ONLY || fn == SF_FN_HOUR_IN_DAY)
		return f->type == SF_T_DATETIME;
	return fn >= SF_FN_SAME || f->type == SF_T_DATE ||
	    f->type == SF_T_DATETIME;
}

static const struct sf_field *
result(enum sf_fn fn, const struct sf_field *f)
{
	if (fn == SF_FN_MIN || fn == SF_FN_MAX || fn >= SF_FN_SAME)
		return f;
	if (fn == SF_FN_SUM)
		return f->type == SF_T_INT ? &an_int : f;
	return fn == SF_FN_AVG ? &a_double : fn == SF_FN_DAY_ONLY ? &a_date :
	    &an_int;
}

static int
call(struct sf_parser *ps, const struct sf_object *o, enum sf_fn fn,
    struct sf_path *out)
{
	const char *at = ps->p;
	bool zone;
	struct buf text = {0};

	sf_soql_scan(ps);
	sf_soql_scan(ps);			/* the name, ( */
	zone = fn >= SF_FN_DATES && sf_soql_calls(ps, "convertTimezone");
	if (zone) {				/* the org's zone is UTC */
		sf_soql_scan(ps);
		sf_soql_scan(ps);
	}
	if (fn == SF_FN_COUNT && sf_soql_is(ps, ")")) {
		memset(out, 0, sizeof(*out));	/* COUNT(): of the Ids */
		out->f = o->fields[0];
	} else if (sf_soql_path(ps, o, out) < 0) {
		return -1;
	}
	if ((zone && !sf_soql_take(ps, ")")) || !sf_soql_take(ps, ")"))
		return sf_soql_unexpected(ps);
	if (!suits(fn, out->f))
		return sf_soql_fault(ps, "MALFORMED_QUERY", at, fn < SF_FN_DATES ?
		    "field %s does not support aggregate operator %s" :
		    "field %s does not support function %s", out->f->name,
		    functions[fn]);
	out->fn = fn;
	out->is = result(fn, out->f);
	out->slot = -1;
	if (fn < SF_FN_SAME) {
		buf_fmt(&text, "%s(%s)", functions[fn],
		    out->text ? out->text : "");
		out->text = sf_dup(&ps->q->a, text.p, text.n);
		buf_free(&text);
	}
	return 0;
}

int
sf_soql_operand(struct sf_parser *ps, const struct sf_object *o,
    struct sf_path *out)
{
	const char *at = ps->p;
	int fn;

	for (fn = 1; fn < SF_FN_END; fn++)
		if (sf_soql_calls(ps, functions[fn]))
			break;
	if (fn == SF_FN_END)
		return sf_soql_path(ps, o, out);
	if (fn < SF_FN_DATES && ps->sub != SF_SUB_NONE)
		return sf_soql_fault(ps, "MALFORMED_QUERY", at,
		    "Only root queries support aggregate expressions");
	if (fn < SF_FN_SAME && ps->where == SF_SOQL_BULK)
		return sf_soql_not_bulk(ps, "Aggregate Relationships");
	return call(ps, o, (enum sf_fn)fn, out);
}

/* --- values --- */

static int64_t
week_day(int64_t days)			/* 0: Sunday; 1970 began on a Thursday */
{
	return ((days + 4) % 7 + 7) % 7;
}

struct sf_val
sf_fn_value(const struct sf_path *p, struct sf_val v)
{
	int64_t ms, days;
	time_t t;
	struct tm tm;

	if (p->fn < SF_FN_DATES || p->fn >= SF_FN_SAME || v.kind != SF_INT)
		return v;
	ms = p->f->type == SF_T_DATE ? v.i * DAY_MS : v.i;
	days = ms / DAY_MS - (ms % DAY_MS < 0);
	t = (time_t)(days * 86400);
	gmtime_r(&t, &tm);
	switch (p->fn) {
	case SF_FN_CALENDAR_MONTH:
	case SF_FN_FISCAL_MONTH:	/* the fiscal year begins in January */
		v.i = tm.tm_mon + 1;
		break;
	case SF_FN_CALENDAR_QUARTER:
	case SF_FN_FISCAL_QUARTER:
		v.i = tm.tm_mon / 3 + 1;
		break;
	case SF_FN_CALENDAR_YEAR:
	case SF_FN_FISCAL_YEAR:
		v.i = tm.tm_year + 1900;
		break;
	case SF_FN_DAY_IN_MONTH:
		v.i = tm.tm_mday;
		break;
	case SF_FN_DAY_IN_WEEK:
		v.i = week_day(days) + 1;
		break;
	case SF_FN_DAY_IN_YEAR:
		v.i = tm.tm_yday + 1;
		break;
	case SF_FN_DAY_ONLY:
		v.i = days;
		break;
	case SF_FN_HOUR_IN_DAY:
		v.i = (ms - days * DAY_MS) / 3600000;
		break;
	case SF_FN_WEEK_IN_MONTH:
		v.i = (tm.tm_mday - 1) / 7 + 1;
		break;
	default:			/* WEEK_IN_YEAR */
		v.i = tm.tm_yday / 7 + 1;
		break;
	}
	return v;
}
