/* sf-date - dates and times: read, and written */

#include "sf-value.h"

#define DAY_MS 86400000

static int64_t
days_of(int64_t y, int m, int d)
{
	int64_t era, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	y -= era * 400;
	return era * 146097 + y * 365 + y / 4 - y / 100 + doy - 719468;
}

static void
civil_of(int64_t z, int64_t *y, int *m, int *d)
{
	int64_t era, doe, yoe, doy, mp;

	z += 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = z - era * 146097;
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = yoe + era * 400 + (*m <= 2);
}

static int
digits(const char *s, size_t n, int *v)
{
	size_t i;

	for (*v = 0, i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		*v = *v * 10 + s[i] - '0';
	}
	return 0;
}

int
sf_date_read(const char *s, size_t n, int64_t *days)
{
	int y, m, d, cm, cd;
	int64_t cy;

	if (n != 10 || s[4] != '-' || s[7] != '-' || digits(s, 4, &y) < 0 ||
	    digits(s + 5, 2, &m) < 0 || digits(s + 8, 2, &d) < 0 ||
	    m < 1 || m > 12 || d < 1 || y < 1)
		return -1;
	*days = days_of(y, m, d);
	civil_of(*days, &cy, &cm, &cd);
	return cd == d && cm == m ? 0 : -1;	/* 31 April is no day */
}

/* HH:mm:ss[.SSS] at `s`; returns the bytes read, or 0. */
static size_t
clock_read(const char *s, size_t n, int64_t *ms)
{
	int h, m, sec, frac = 0;
	size_t at = 8, k;

	if (n < 8 || s[2] != ':' || s[5] != ':' || digits(s, 2, &h) < 0 ||
	    digits(s + 3, 2, &m) < 0 || digits(s + 6, 2, &sec) < 0 ||
	    h > 23 || m > 59 || sec > 59)
		return 0;
	if (n > 8 && s[8] == '.') {
		for (k = 0; 9 + k < n && s[9 + k] >= '0' && s[9 + k] <= '9';)
			k++;
		if (k == 0 || digits(s + 9, k > 3 ? 3 : k, &frac) < 0)
			return 0;
		frac *= k == 1 ? 100 : k == 2 ? 10 : 1;
		at = 9 + k;
	}
	*ms = ((int64_t)h * 3600 + m * 60 + sec) * 1000 + frac;
	return at;
}

/* "Z", "+01:00" or "+0100", nothing behind it. */
static int
zone_read(const char *s, size_t n, int64_t *ms)
{
	int h, m;

	if (n == 1 && *s == 'Z')
		return *ms = 0, 0;
	if ((n != 6 || s[3] != ':') && n != 5)
		return -1;
	if ((*s != '+' && *s != '-') || digits(s + 1, 2, &h) < 0 ||
	    digits(s + n - 2, 2, &m) < 0 || h > 14 || m > 59)
		return -1;
	*ms = ((int64_t)h * 60 + m) * 60000 * (*s == '-' ? -1 : 1);
	return 0;
}

int
sf_datetime_read(const char *s, size_t n, int64_t *ms)
{
	int64_t days, clock, zone;
	size_t at;

	if (n < 20 || s[10] != 'T' || sf_date_read(s, 10, &days) < 0 ||
	    (at = clock_read(s + 11, n - 11, &clock)) == 0 ||
	    zone_read(s + 11 + at, n - 11 - at, &zone) < 0)
		return -1;
	*ms = days * DAY_MS + clock - zone;
	return 0;
}

int
sf_time_read(const char *s, size_t n, int64_t *ms)
{
	int64_t zone;
	size_t at = clock_read(s, n, ms);

	if (at == 0 || (at < n && zone_read(s + at, n - at, &zone) < 0))
		return -1;
	return 0;
}

void
sf_date_write(int64_t days, struct buf *b)
{
	int64_t y;
	int m, d;

	civil_of(days, &y, &m, &d);
	buf_fmt(b, "%04d-%02d-%02d", (int)y, m, d);
}

void
sf_clock_write(int64_t ms, const char *zone, struct buf *b)
{
	int s = (int)(ms / 1000);

	buf_fmt(b, "%02d:%02d:%02d.%03d%s", s / 3600, s / 60 % 60, s % 60,
	    (int)(ms % 1000), zone);
}

void
sf_datetime_write(int64_t ms, const char *zone, struct buf *b)
{
	int64_t days = ms / DAY_MS - (ms % DAY_MS < 0);

	sf_date_write(days, b);
	buf_byte(b, 'T');
	sf_clock_write(ms - days * DAY_MS, zone, b);
}
