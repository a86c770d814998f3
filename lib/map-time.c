/* map-time - the calendar, and the texts that times come in */

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "map-time.h"

/* Howard Hinnant's well-known reckoning: eras of 400 years, years from
 * March so that the leap day is their last. */
int64_t
days_of(long year, int month, int day)
{
	long y = year - (month <= 2), era = (y >= 0 ? y : y - 399) / 400;
	long yoe = y - era * 400;
	long doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	long doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return (int64_t)era * 146097 + doe - 719468;
}

int64_t
civil_seconds(const struct civil *c)
{
	return days_of(c->year, c->month, c->day) * 86400 +
	    c->hour * 3600L + c->minute * 60L + c->second;
}

void
civil_of(int64_t t, struct civil *c)
{
	int64_t days = t / 86400, rest = t % 86400, era, z;
	long doe, yoe, doy, mp;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	z = days + 719468;
	era = (z >= 0 ? z : z - 146096) / 146097;
	doe = (long)(z - era * 146097);
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	mp = (5 * doy + 2) / 153;
	c->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	c->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	c->year = (long)(yoe + era * 400 + (c->month <= 2));
	c->hour = (int)(rest / 3600);
	c->minute = (int)(rest / 60 % 60);
	c->second = (int)(rest % 60);
}

static inline bool
digits(struct slice s, size_t at, int n, int *v)
{
	*v = 0;
	if (at + (size_t)n > s.n)
		return false;
	for (; n > 0; n--, at++) {
		if (s.p[at] < '0' || s.p[at] > '9')
			return false;
		*v = *v * 10 + s.p[at] - '0';
	}
	return true;
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Behind the seconds: a fraction, which is dropped, and Z or +00:00. */
static bool
utc_tail(struct slice s, size_t at)
{
	if (at < s.n && s.p[at] == '.')
		for (at++; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; )
			at++;
	s.p += at;
	s.n -= at;
	return s.n == 0 || slice_is(s, "Z") || slice_is(s, "+00:00") ||
	    slice_is(s, "+0000") || slice_is(s, "+00");
}

/* 16 bytes in one look: what is above the least that can stand there, and
 * whether that is not too much. */
bool
civil_plain(const char *p)
{
#ifdef __SSE2__
	const __m128i least = _mm_setr_epi8('0', '0', '0', '0', '-', '0', '0',
	    '-', '0', '0', ' ', '0', '0', ':', '0', '0');
	const __m128i most = _mm_setr_epi8(9, 9, 9, 9, 0, 1, 9, 0, 2, 9, 0, 2,
	    9, 0, 5, 9);
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
	uint8_t d[16];
	int month, day;

	x = _mm_sub_epi8(x, least);
	if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(x, most), x)) !=
	    0xffff)
		return false;
	_mm_storeu_si128((__m128i *)(void *)d, x);
	month = d[5] * 10 + d[6];
	day = d[8] * 10 + d[9];
	return month >= 1 && month <= 12 && day >= 1 && day <= 28 &&
	    d[11] * 10 + d[12] < 24 && (d[0] | d[1] | d[2] | d[3]) != 0 &&
	    p[16] == ':' && p[17] >= '0' && p[17] <= '5' && p[18] >= '0' &&
	    p[18] <= '9';
#else
	(void)p;
	return false;
#endif
}

int
civil_read(struct slice s, struct civil *c)
{
	int year;

	*c = (struct civil){ 0 };
	if (!digits(s, 0, 4, &year) || !digits(s, 5, 2, &c->month) ||
	    !digits(s, 8, 2, &c->day) || s.p[4] != '-' || s.p[7] != '-')
		return -1;
	c->year = year;
	if (c->month < 1 || c->month > 12 || c->day < 1 || year < 1 ||
	    (c->day > 28 && c->day > month_days(year, c->month)))
		return -1;
	if (s.n == 10)
		return 0;
	if ((s.p[10] != ' ' && s.p[10] != 'T') ||
	    !digits(s, 11, 2, &c->hour) || !digits(s, 14, 2, &c->minute) ||
	    !digits(s, 17, 2, &c->second) || s.p[13] != ':' ||
	    s.p[16] != ':' || !utc_tail(s, 19))
		return -1;
	return c->hour < 24 && c->minute < 60 && c->second < 61 ? 0 : -1;
}
