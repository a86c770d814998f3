/* map-func-time - jq's times, in UTC whatever the zone of the machine */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "map-eval.h"
#include "map-time.h"

/* jq's "broken down time": month and weekday from 0, yday from 0. */
static int
broken_down(struct ev *e, const struct tm *tm, double seconds,
    struct val *out)
{
	struct val *v = ev_get(e, 8 * sizeof(*v));

	if (v == NULL)
		return EV_ERROR;
	v[0] = val_double(tm->tm_year + 1900);
	v[1] = val_double(tm->tm_mon);
	v[2] = val_double(tm->tm_mday);
	v[3] = val_double(tm->tm_hour);
	v[4] = val_double(tm->tm_min);
	v[5] = val_double(seconds);
	v[6] = val_double(tm->tm_wday);
	v[7] = val_double(tm->tm_yday);
	return ev_list(e, v, 8, out);
}

/* Weekday and day of the year follow from the date. */
static void
complete(struct tm *tm)
{
	int64_t days = days_of(tm->tm_year + 1900L, tm->tm_mon + 1,
	    tm->tm_mday);

	tm->tm_wday = (int)(((days + 4) % 7 + 7) % 7);
	tm->tm_yday = (int)(days - days_of(tm->tm_year + 1900L, 1, 1));
}

static void
of_seconds(double t, struct tm *tm)
{
	struct civil c;

	civil_of((int64_t)t, &c);
	*tm = (struct tm){ .tm_year = (int)(c.year - 1900),
	    .tm_mon = c.month - 1, .tm_mday = c.day, .tm_hour = c.hour,
	    .tm_min = c.minute, .tm_sec = c.second };
	complete(tm);
}

static bool
in_range(double t)
{
	return t > -6e13 && t < 6e13;	/* some two million years */
}

static int
fn_gmtime(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct tm tm;
	double t;

	(void)arg;
	if (in.kind != V_NUMBER)
		return ev_error(e, "gmtime() requires numeric inputs");
	if (!in_range(t = val_number(in)))
		return ev_error(e, "gmtime() of a number out of range");
	of_seconds(t, &tm);
	return broken_down(e, &tm, tm.tm_sec + (t - floor(t)), out);
}

/* The eight numbers as they stand; whoever looks at them may have made them
 * up. */
static int
to_tm(struct ev *e, struct val in, const char *who, struct tm *tm)
{
	int d[8], i;
	double v;

	if (in.kind != V_ARRAY)
		return ev_error(e, "%s requires array inputs", who);
	for (i = 0; i < 8; i++) {
		if ((uint32_t)i >= in.n || in.items[i].kind != V_NUMBER)
			return ev_error(e, "%s requires parsed datetime "
			    "inputs", who);
		v = val_number(in.items[i]);
		if (!(fabs(v) < 1e7))
			return ev_error(e, "%s: out of range", who);
		d[i] = (int)v;
	}
	*tm = (struct tm){ .tm_year = d[0] - 1900, .tm_mon = d[1],
	    .tm_mday = d[2], .tm_hour = d[3], .tm_min = d[4], .tm_sec = d[5],
	    .tm_wday = d[6], .tm_yday = d[7] };
	return EV_ONE;
}

static int64_t
to_seconds(const struct tm *tm)
{
	long months = tm->tm_mon, years = months / 12;

	if (months % 12 < 0)
		years--;
	months -= years * 12;
	return (days_of(tm->tm_year + 1900L + years, (int)months + 1, 1) +
	    tm->tm_mday - 1) * 86400 + tm->tm_hour * 3600L +
	    tm->tm_min * 60L + tm->tm_sec;
}

static int
fn_mktime(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct tm tm;

	(void)arg;
	if (to_tm(e, in, "mktime", &tm) != EV_ONE)
		return EV_ERROR;
	*out = val_double((double)to_seconds(&tm));
	return EV_ONE;
}

/*
 * The C library's %s is of the machine's zone, here a day has one beginning:
 * `format` with the seconds since 1970 in place of each %s.
 */
static bool
expand_seconds(struct slice format, int64_t seconds, char *room, size_t n)
{
	size_t i, k, at = 0;

	for (i = 0; i < format.n && at + 24 < n; i = k) {
		k = i + 1;
		if (format.p[i] == '%') {
			while (k < format.n && strchr("_-0^#123456789EO",
			    format.p[k]) != NULL && format.p[k] != '\0')
				k++;
			if (k < format.n && format.p[k++] == 's') {
				at += (size_t)snprintf(room + at, n - at,
				    "%lld", (long long)seconds);
				continue;
			}
		}
		if (at + (k - i) + 2 > n)	/* the last two are below */
			return false;
		memcpy(room + at, format.p + i, k - i);
		at += k - i;
	}
	/* one more byte, so that 0 can only mean that it did not fit */
	room[at] = 'x';
	room[at + 1] = '\0';
	return i >= format.n;
}

static int
fn_strftime(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	char format[1000], room[4000];
	struct tm tm;
	size_t n;

	if (in.kind == V_NUMBER) {
		if (!in_range(val_number(in)))
			return ev_error(e, "strftime/1: out of range");
		of_seconds(val_number(in), &tm);
	} else if (in.kind != V_ARRAY) {
		return ev_error(e, "strftime/1 requires parsed datetime "
		    "inputs: a text becomes one by fromdate or "
		    "strptime(\"%%Y-%%m-%%d %%H:%%M:%%S\"); local_date(zone) "
		    "takes it as it is");
	} else if (to_tm(e, in, "strftime/1", &tm) != EV_ONE) {
		return EV_ERROR;
	}
	if (arg[0].kind != V_STRING)
		return ev_error(e, "strftime/1 requires a string format");
	tm.tm_zone = "UTC";
	if (!expand_seconds(val_bytes(arg[0]), to_seconds(&tm), format,
	    sizeof(format)) ||
	    (n = strftime(room, sizeof(room), format, &tm)) == 0)
		return ev_error(e, "strftime/1: a text too long");
	return ev_text(e, (struct slice){ room, n - 1 }, out);
}

/* strptime(), but for %s, which the C library takes for the machine's
 * zone. */
static const char *
parse_time(const char *p, char *format, struct tm *tm)
{
	char *at = format, *end;
	double seconds;

	while (*at != '\0' && !(at[0] == '%' && at[1] == 's'))
		at += *at == '%' && at[1] != '\0' ? 2 : 1;
	if (*at == '\0')
		return strptime(p, format, tm);
	*at = '\0';
	if ((p = strptime(p, format, tm)) == NULL)
		return NULL;
	seconds = (double)strtoll(p, &end, 10);
	if (end == p || !in_range(seconds))
		return NULL;
	of_seconds(seconds, tm);
	return parse_time(end, at + 2, tm);
}

static int
fn_strptime(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	char text[1000], format[1000];
	const char *end;
	struct tm tm = { .tm_mday = 0, .tm_wday = 8, .tm_yday = 367 };
	char room[64];

	if (in.kind != V_STRING)
		return ev_error(e, "strptime/1 requires string inputs and "
		    "arguments");
	if (arg[0].kind != V_STRING || in.n >= sizeof(text) ||
	    arg[0].n >= sizeof(format))
		return ev_error(e, "strptime/1 requires short text");
	memcpy(text, in.p, in.n);
	text[in.n] = '\0';
	memcpy(format, arg[0].p, arg[0].n);
	format[arg[0].n] = '\0';
	end = parse_time(text, format, &tm);
	if (end == NULL || end != text + in.n)
		return ev_error(e, "date %s does not match format \"%.*s\"",
		    val_show(in, room, sizeof(room)), (int)arg[0].n,
		    arg[0].p);
	return broken_down(e, &tm, tm.tm_sec, out);
}

const struct func func_time[] = {
	{ "gmtime", 0, fn_gmtime, NULL, 0 },
	{ "mktime", 0, fn_mktime, NULL, 0 },
	{ "strftime", 1, fn_strftime, NULL, 0 },
	{ "strptime", 1, fn_strptime, NULL, 0 },
	{ 0 }
};
