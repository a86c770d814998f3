/* map-func-time - jq's times, in UTC whatever the zone of the machine */

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "map-int.h"

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

	civil_of((int64_t)floor(t), &c);
	*tm = (struct tm){ .tm_year = (int)(c.year - 1900),
	    .tm_mon = c.month - 1, .tm_mday = c.day, .tm_hour = c.hour,
	    .tm_min = c.minute, .tm_sec = c.second };
	complete(tm);
}

static bool
in_range(double t)
{
	return t > -6e10 && t < 2.5e11;	/* years 69 to 9891 or so */
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

static int
to_tm(struct ev *e, struct val in, const char *who, struct tm *tm)
{
	double d[6];
	int i;

	if (in.kind != V_ARRAY || in.n < 6)
		return ev_error(e, "%s requires array of 6 numbers", who);
	for (i = 0; i < 6; i++) {
		if (in.items[i].kind != V_NUMBER)
			return ev_error(e, "%s requires parsed datetime "
			    "inputs", who);
		d[i] = val_number(in.items[i]);
		if (!(fabs(d[i]) < 100000))
			return ev_error(e, "%s: out of range", who);
	}
	*tm = (struct tm){ .tm_year = (int)d[0] - 1900, .tm_mon = (int)d[1],
	    .tm_mday = (int)d[2], .tm_hour = (int)d[3], .tm_min = (int)d[4],
	    .tm_sec = (int)d[5] };
	if (tm->tm_mon < 0 || tm->tm_mon > 11)
		return ev_error(e, "%s: no such month", who);
	complete(tm);
	return EV_ONE;
}

static int
fn_mktime(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct tm tm;

	(void)arg;
	if (to_tm(e, in, "mktime", &tm) != EV_ONE)
		return EV_ERROR;
	*out = val_double((double)(days_of(tm.tm_year + 1900L, tm.tm_mon + 1,
	    tm.tm_mday) * 86400 + tm.tm_hour * 3600L + tm.tm_min * 60L +
	    tm.tm_sec));
	return EV_ONE;
}

static int
fn_strftime(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	char format[200], room[1000];
	struct tm tm;
	size_t n;

	if (in.kind == V_NUMBER) {
		if (!in_range(val_number(in)))
			return ev_error(e, "strftime/1: out of range");
		of_seconds(val_number(in), &tm);
	} else if (in.kind != V_ARRAY) {
		return ev_error(e, "strftime/1 requires parsed datetime "
		    "inputs");
	} else if (to_tm(e, in, "strftime/1", &tm) != EV_ONE) {
		return EV_ERROR;
	}
	if (arg[0].kind != V_STRING || arg[0].n + 2 > sizeof(format))
		return ev_error(e, "strftime/1 requires a string format");
	memcpy(format, arg[0].p, arg[0].n);
	/* one more byte, so that 0 can only mean that it did not fit */
	memcpy(format + arg[0].n, "x", 2);
	tm.tm_zone = "UTC";
	n = strftime(room, sizeof(room), format, &tm);
	if (n == 0)
		return ev_error(e, "strftime/1: a text too long");
	return ev_text(e, (struct slice){ room, n - 1 }, out);
}

static int
fn_strptime(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	char text[200], format[200];
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
	end = strptime(text, format, &tm);
	if (end == NULL || *end != '\0')
		return ev_error(e, "date %s does not match format \"%s\"",
		    val_show(in, room, sizeof(room)), format);
	complete(&tm);
	return broken_down(e, &tm, tm.tm_sec, out);
}

const struct func func_time[] = {
	{ "gmtime", 0, fn_gmtime, NULL, 0 },
	{ "mktime", 0, fn_mktime, NULL, 0 },
	{ "strftime", 1, fn_strftime, NULL, 0 },
	{ "strptime", 1, fn_strptime, NULL, 0 },
	{ 0 }
};
