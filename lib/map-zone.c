/*
 * map-zone - time zones from TZif files (RFC 8536)
 *
 * The C library knows one zone per process and takes it from the
 * environment; a shop has one per store.  Only what is needed to go from UTC
 * to local time is read: transitions, their offsets, and the rule at the end
 * for the years behind the last transition.
 */

#include <stdlib.h>

#include "map-time.h"

struct rule {			/* Mm.w.d/time, Jn or n of a TZ string */
	enum { RULE_MONTH, RULE_JULIAN, RULE_DAY } kind;
	int month, week, day;
	long time;
};

struct zone {
	size_t n;
	int64_t *at;		/* transitions, ascending */
	long *offset;		/* from then on */
	long first;		/* before the first */
	bool ruled, summer;	/* a TZ string follows; with summer time */
	long standard, daylight;
	struct rule start, end;
	int64_t from, to;	/* the last answer holds in [from, to) */
	long last;
};

static int64_t
be(const char *p, int n)
{
	uint64_t v = (unsigned char)*p & 0x80 ? ~(uint64_t)0 : 0;

	while (n-- > 0)
		v = v << 8 | (unsigned char)*p++;
	return (int64_t)v;
}

/* ---- the TZ string ---- */

static bool
tz_name(const char **p, const char *end)
{
	const char *q = *p;

	if (q < end && *q == '<') {
		while (q < end && *q != '>')
			q++;
		*p = q + 1;
		return q < end;
	}
	while (q < end && ((*q | 32) >= 'a' && (*q | 32) <= 'z'))
		q++;
	if (q - *p < 3)
		return false;
	*p = q;
	return true;
}

static bool
tz_number(const char **p, const char *end, int *v)
{
	const char *q = *p;

	for (*v = 0; q < end && *q >= '0' && *q <= '9' && *v < 10000; q++)
		*v = *v * 10 + *q - '0';
	if (q == *p)
		return false;
	*p = q;
	return true;
}

static bool
tz_time(const char **p, const char *end, long *seconds)
{
	long part = 3600;
	int sign = 1, v;

	if (*p < end && (**p == '-' || **p == '+'))
		sign = *(*p)++ == '-' ? -1 : 1;
	for (*seconds = 0; part > 0; part /= 60) {
		if (!tz_number(p, end, &v))
			return false;
		*seconds += v * part;
		if (*p == end || **p != ':')
			break;
		++*p;
	}
	*seconds *= sign;
	return true;
}

static bool
tz_rule(const char **p, const char *end, struct rule *r)
{
	r->time = 7200;
	if (*p == end || *(*p)++ != ',')
		return false;
	if (*p < end && **p == 'M') {
		++*p;
		r->kind = RULE_MONTH;
		if (!tz_number(p, end, &r->month) || *p == end ||
		    *(*p)++ != '.' || !tz_number(p, end, &r->week) ||
		    *p == end || *(*p)++ != '.' ||
		    !tz_number(p, end, &r->day) || r->month < 1 ||
		    r->month > 12 || r->week < 1 || r->week > 5 || r->day > 6)
			return false;
	} else {
		r->kind = *p < end && **p == 'J' ? RULE_JULIAN : RULE_DAY;
		*p += r->kind == RULE_JULIAN;
		if (!tz_number(p, end, &r->day) || r->day > 366)
			return false;
	}
	if (*p == end || **p != '/')
		return true;
	++*p;
	return tz_time(p, end, &r->time);
}

/* "CET-1CEST,M3.5.0,M10.5.0/3": offsets there are west of Greenwich. */
static bool
tz_string(struct zone *z, const char *p, const char *end)
{
	if (p == end)
		return true;
	if (!tz_name(&p, end) || !tz_time(&p, end, &z->standard))
		return false;
	z->standard = -z->standard;
	z->ruled = true;
	if (p == end)
		return true;
	z->summer = true;
	if (!tz_name(&p, end))
		return false;
	z->daylight = z->standard + 3600;
	if (p < end && *p != ',') {
		if (!tz_time(&p, end, &z->daylight))
			return false;
		z->daylight = -z->daylight;
	}
	return tz_rule(&p, end, &z->start) && tz_rule(&p, end, &z->end) &&
	    p == end;
}

/* When the rule strikes in a year, in the seconds of the clock before it. */
static int64_t
strikes(const struct rule *r, long year)
{
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	int64_t day, next;

	if (r->kind != RULE_MONTH) {
		day = days_of(year, 1, 1) + r->day;
		if (r->kind == RULE_JULIAN)
			day += -1 + (leap && r->day >= 60);
		return day * 86400 + r->time;
	}
	day = days_of(year, r->month, 1);
	next = r->month == 12 ? days_of(year + 1, 1, 1) :
	    days_of(year, r->month + 1, 1);
	/* 1970-01-01 was a Thursday */
	day += ((r->day - (day + 4)) % 7 + 7) % 7 + (r->week - 1) * 7;
	while (day >= next)
		day -= 7;
	return day * 86400 + r->time;
}

static long
by_rule(struct zone *z, int64_t t)
{
	struct civil c;
	int64_t start, end, edges[3] = { INT64_MIN, INT64_MAX };
	bool summer;

	z->from = z->n > 0 ? z->at[z->n - 1] : INT64_MIN;
	z->to = INT64_MAX;
	if (!z->summer)
		return z->standard;
	civil_of(t + z->standard, &c);
	start = strikes(&z->start, c.year) - z->standard;
	end = strikes(&z->end, c.year) - z->daylight;
	summer = start < end ? t >= start && t < end : t >= start || t < end;
	/* the answer holds up to the next edge of this year, and from the
	 * one before it */
	edges[0] = civil_seconds(&(struct civil){ c.year, 1, 1, 0, 0, 0 }) -
	    z->standard;
	edges[1] = civil_seconds(&(struct civil){ c.year + 1, 1, 1, 0, 0,
	    0 }) - z->standard;
	if (edges[0] > z->from)
		z->from = edges[0];
	z->to = edges[1];
	if (start <= t && start > z->from)
		z->from = start;
	if (end <= t && end > z->from)
		z->from = end;
	if (start > t && start < z->to)
		z->to = start;
	if (end > t && end < z->to)
		z->to = end;
	return summer ? z->daylight : z->standard;
}

long
zone_offset(struct zone *z, int64_t t)
{
	size_t lo = 0, hi = z->n, mid;

	if (t >= z->from && t < z->to)
		return z->last;
	while (lo < hi) {	/* the first transition behind t */
		mid = lo + (hi - lo) / 2;
		if (z->at[mid] <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == z->n && z->ruled)
		return z->last = by_rule(z, t);
	z->from = lo == 0 ? INT64_MIN : z->at[lo - 1];
	z->to = lo == z->n ? INT64_MAX : z->at[lo];
	return z->last = lo == 0 ? z->first : z->offset[lo - 1];
}

/* ---- the file ---- */

struct header {
	char version;
	size_t isut, isstd, leaps, times, types, chars;
};

static bool
read_header(struct slice s, size_t at, struct header *h)
{
	const char *p = s.p + at;

	if (at + 44 > s.n || memcmp(p, "TZif", 4) != 0)
		return false;
	h->version = p[4];
	h->isut = (size_t)(uint32_t)be(p + 20, 4);
	h->isstd = (size_t)(uint32_t)be(p + 24, 4);
	h->leaps = (size_t)(uint32_t)be(p + 28, 4);
	h->times = (size_t)(uint32_t)be(p + 32, 4);
	h->types = (size_t)(uint32_t)be(p + 36, 4);
	h->chars = (size_t)(uint32_t)be(p + 40, 4);
	return h->types > 0;
}

static size_t
data_size(const struct header *h, size_t time)
{
	return h->times * time + h->times + h->types * 6 + h->chars +
	    h->leaps * (time + 4) + h->isstd + h->isut;
}

static bool
read_data(struct zone *z, const char *p, const struct header *h, size_t time)
{
	const char *index = p + h->times * time, *types = index + h->times;
	size_t i, type;

	z->n = h->times;
	z->at = xcalloc(h->times + 1, sizeof(*z->at));
	z->offset = xcalloc(h->times + 1, sizeof(*z->offset));
	z->first = (long)be(types, 4);
	for (i = 0; i < h->times; i++) {
		type = (unsigned char)index[i];
		if (type >= h->types)
			return false;
		z->at[i] = be(p + i * time, (int)time);
		z->offset[i] = (long)be(types + type * 6, 4);
		if (i > 0 && z->at[i] <= z->at[i - 1])
			return false;
	}
	return true;
}

struct zone *
zone_read(struct slice s, struct why *w)
{
	struct zone *z = xcalloc(1, sizeof(*z));
	struct header h;
	size_t at = 44, time = 4;
	const char *from, *end;
	bool good;

	good = s.n < (1 << 20) && read_header(s, 0, &h);
	if (good && h.version >= '2') {
		at += data_size(&h, 4);
		good = at < s.n && read_header(s, at, &h);
		at += 44;
		time = 8;
	}
	good = good && data_size(&h, time) <= s.n && at + data_size(&h, time)
	    <= s.n && read_data(z, s.p + at, &h, time);
	if (good && time == 8) {
		from = s.p + at + data_size(&h, time);
		end = s.p + s.n;
		good = end - from >= 2 && *from == '\n' && end[-1] == '\n' &&
		    tz_string(z, from + 1, end - 1);
	}
	if (good)
		return z;
	zone_free(z);
	why(w, WHY_DATA, "this is no time zone file");
	return NULL;
}

void
zone_free(struct zone *z)
{
	if (z == NULL)
		return;
	free(z->at);
	free(z->offset);
	free(z);
}

/* ---- the zones of a run ---- */

struct zones {
	const struct map_world *world;
	struct entry {
		struct entry *next;
		char *name;
		struct zone *zone;
	} *first;
};

struct zones *
zones_new(const struct map_world *world)
{
	struct zones *z = xcalloc(1, sizeof(*z));

	z->world = world;
	return z;
}

void
zones_free(struct zones *z)
{
	struct entry *e;

	while (z != NULL && (e = z->first) != NULL) {
		z->first = e->next;
		free(e->name);
		zone_free(e->zone);
		free(e);
	}
	free(z);
}

static bool
is_zone_name(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (!((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z') &&
		    !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    (s.p[i] == '\0' || strchr("/_+-", s.p[i]) == NULL))
			return false;
	return s.n > 0 && s.n < 64 && s.p[0] != '/';
}

static struct zone *
load(struct zones *z, const char *name, struct why *w)
{
	struct buf b = BUF(1 << 20);
	struct zone *zone = NULL;

	if (z->world == NULL || z->world->zone == NULL)
		why(w, WHY_SETUP, "no time zones here");
	else if (z->world->zone(z->world->ctx, name, &b, w) == 0)
		zone = zone_read(buf_all(&b), w);
	buf_free(&b);
	return zone;
}

struct zone *
zones_get(struct zones *z, struct slice name, struct why *w)
{
	struct entry *e;
	struct zone *zone;
	char room[64];

	for (e = z->first; e != NULL; e = e->next)
		if (slice_is(name, e->name))
			return e->zone;
	if (!is_zone_name(name)) {
		why(w, WHY_DATA, "'%.*s' is no time zone", slice_cut(name, 100),
		    name.p);
		return NULL;
	}
	memcpy(room, name.p, name.n);
	room[name.n] = '\0';
	if ((zone = load(z, room, w)) == NULL) {
		why_in(w, "time zone '%s'", room);
		return NULL;
	}
	e = xcalloc(1, sizeof(*e));
	e->name = xstrdup(room);
	e->zone = zone;
	e->next = z->first;
	z->first = e;
	return zone;
}
