/* sf-dates - the query language: date literals */

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "sf-parser.h"

#define DAY_S 86400
#define N_MAX 10000		/* of what :n may say; the platform's is less */

enum unit { DAY, WEEK, MONTH, QUARTER, YEAR };

/*
 * From `from` to `to` units of time, counted from the one that holds today;
 * N stands for the number behind the colon, MINUS_N for its opposite.
 */
#define N 100000
#define MINUS_N (-N)
static const struct {
	const char *name;
	enum unit unit;
	int from, to;
} literals[] = {
	{"YESTERDAY", DAY, -1, 0}, {"TODAY", DAY, 0, 1},
	{"TOMORROW", DAY, 1, 2},
	{"LAST_WEEK", WEEK, -1, 0}, {"THIS_WEEK", WEEK, 0, 1},
	{"NEXT_WEEK", WEEK, 1, 2},
	{"LAST_MONTH", MONTH, -1, 0}, {"THIS_MONTH", MONTH, 0, 1},
	{"NEXT_MONTH", MONTH, 1, 2},
	{"LAST_90_DAYS", DAY, -90, 1}, {"NEXT_90_DAYS", DAY, 1, 91},
	{"THIS_QUARTER", QUARTER, 0, 1}, {"LAST_QUARTER", QUARTER, -1, 0},
	{"NEXT_QUARTER", QUARTER, 1, 2},
	{"THIS_YEAR", YEAR, 0, 1}, {"LAST_YEAR", YEAR, -1, 0},
	{"NEXT_YEAR", YEAR, 1, 2},
	/* the fiscal year of this org is the calendar's */
	{"THIS_FISCAL_QUARTER", QUARTER, 0, 1},
	{"LAST_FISCAL_QUARTER", QUARTER, -1, 0},
	{"NEXT_FISCAL_QUARTER", QUARTER, 1, 2},
	{"THIS_FISCAL_YEAR", YEAR, 0, 1}, {"LAST_FISCAL_YEAR", YEAR, -1, 0},
	{"NEXT_FISCAL_YEAR", YEAR, 1, 2},
	{"LAST_N_DAYS:", DAY, MINUS_N, 1}, {"NEXT_N_DAYS:", DAY, 1, N + 1},
	{"N_DAYS_AGO:", DAY, MINUS_N, MINUS_N + 1},
	{"NEXT_N_WEEKS:", WEEK, 1, N + 1}, {"LAST_N_WEEKS:", WEEK, MINUS_N, 0},
	{"N_WEEKS_AGO:", WEEK, MINUS_N, MINUS_N + 1},
	{"NEXT_N_MONTHS:", MONTH, 1, N + 1},
	{"LAST_N_MONTHS:", MONTH, MINUS_N, 0},
	{"N_MONTHS_AGO:", MONTH, MINUS_N, MINUS_N + 1},
	{"NEXT_N_QUARTERS:", QUARTER, 1, N + 1},
	{"LAST_N_QUARTERS:", QUARTER, MINUS_N, 0},
	{"N_QUARTERS_AGO:", QUARTER, MINUS_N, MINUS_N + 1},
	{"NEXT_N_YEARS:", YEAR, 1, N + 1}, {"LAST_N_YEARS:", YEAR, MINUS_N, 0},
	{"N_YEARS_AGO:", YEAR, MINUS_N, MINUS_N + 1},
	{"NEXT_N_FISCAL_QUARTERS:", QUARTER, 1, N + 1},
	{"LAST_N_FISCAL_QUARTERS:", QUARTER, MINUS_N, 0},
	{"N_FISCAL_QUARTERS_AGO:", QUARTER, MINUS_N, MINUS_N + 1},
	{"NEXT_N_FISCAL_YEARS:", YEAR, 1, N + 1},
	{"LAST_N_FISCAL_YEARS:", YEAR, MINUS_N, 0},
	{"N_FISCAL_YEARS_AGO:", YEAR, MINUS_N, MINUS_N + 1},
};

/* The first day (since 1970) of the unit that is `k` behind today's. */
static int64_t
start(enum unit unit, long k)
{
	time_t now = (time_t)(sf_now() / 1000);
	int64_t today = now / DAY_S;
	struct tm tm;

	if (unit == DAY)
		return today + k;
	gmtime_r(&now, &tm);
	if (unit == WEEK)		/* weeks begin on Sunday */
		return today - tm.tm_wday + 7 * k;
	tm.tm_mday = 1;
	if (unit == MONTH)
		tm.tm_mon += (int)k;
	else if (unit == QUARTER)
		tm.tm_mon += (int)(3 * k) - tm.tm_mon % 3;
	else {
		tm.tm_mon = 0;
		tm.tm_year += (int)k;
	}
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	return timegm(&tm) / DAY_S;
}

static long
number(int k, long n)
{
	if (k >= N / 2)
		return k - N + n;
	return k <= MINUS_N / 2 ? k - MINUS_N - n : k;
}

int
sf_soql_date(struct sf_parser *ps, const struct sf_field *f,
    struct sf_literal *l)
{
	int64_t unit = f->type == SF_T_DATE ? 1 : (int64_t)DAY_S * 1000;
	size_t i, n, all = sizeof(literals) / sizeof(literals[0]);
	long k = 0;
	char *end;

	for (i = 0; i < all; i++) {
		n = strlen(literals[i].name);
		if (literals[i].name[n - 1] != ':') {
			if (sf_soql_is(ps, literals[i].name))
				break;
		} else if (ps->n > n && strncasecmp(ps->p, literals[i].name,
		    n) == 0) {
			k = strtol(ps->p + n, &end, 10);
			if (end != ps->p + ps->n || k < 1 || k > N_MAX)
				return sf_soql_unexpected(ps);
			break;
		}
	}
	if (i == all)
		return 0;
	l->lo.kind = SF_INT;
	l->lo.i = start(literals[i].unit, number(literals[i].from, k)) * unit;
	l->hi = start(literals[i].unit, number(literals[i].to, k)) * unit;
	l->range = true;
	return 1;
}
