/* map-dec - exact decimal numbers, for money */

#include <stdio.h>

#include "map-dec.h"

enum {
	DEC_DIGITS = 38,	/* 10^38 fits 128 bits */
	DEC_SCALE = 36,
};

static const int64_t tens[] = { 1, 10, 100, 1000, 10000, 100000, 1000000,
	10000000, 100000000, 1000000000, 10000000000, 100000000000,
	1000000000000, 10000000000000, 100000000000000, 1000000000000000,
	10000000000000000, 100000000000000000, 1000000000000000000 };

static int128
power(int n)
{
	int128 p = 1;

	for (; n > 18; n -= 18)
		p *= tens[18];
	return n > 0 ? p * tens[n] : p;
}

/* Up to 17 digits, as nearly all money is. */
static bool
read_short(struct slice s, struct dec *d)
{
	int64_t m = 0;
	size_t i = s.n > 0 && s.p[0] == '-', from = i, point = s.n;

	if (s.n > 18 || s.n == i)
		return false;
	for (; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			m = m * 10 + (s.p[i] - '0');
		else if (s.p[i] == '.' && point == s.n && i > from)
			point = i;
		else
			return false;
	}
	d->m = from == 1 ? -m : m;
	d->scale = point == s.n ? 0 : (int)(s.n - 1 - point);
	return true;
}

/* -?digits[.digits][e[+-]digits] */
int
dec_read(struct slice s, struct dec *d)
{
	size_t i = 0;
	int digits = 0, exp = 0, esign = 1;
	bool minus = false, point = false, any = false;

	if (read_short(s, d))
		return 0;
	d->m = 0;
	d->scale = 0;
	if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
		minus = s.p[i++] == '-';
	for (; i < s.n; i++) {
		if (s.p[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (s.p[i] < '0' || s.p[i] > '9')
			break;
		any = true;
		digits += digits > 0 || s.p[i] != '0';
		if (digits > DEC_DIGITS)
			return -1;
		d->m = d->m * 10 + (s.p[i] - '0');
		d->scale += point;
	}
	if (any && i < s.n && (s.p[i] | 32) == 'e') {
		if (++i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
			esign = s.p[i++] == '-' ? -1 : 1;
		any = i < s.n;
		for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++)
			if ((exp = exp * 10 + s.p[i] - '0') > 400)
				return -1;
	}
	if (!any || i < s.n)
		return -1;
	if (minus)
		d->m = -d->m;
	d->scale -= esign * exp;
	if (d->scale < 0) {
		if (d->m != 0 && digits - d->scale > DEC_DIGITS)
			return -1;
		d->m *= d->m == 0 ? 0 : power(-d->scale);
		d->scale = 0;
	}
	return d->scale > DEC_SCALE ? -1 : 0;
}

static int
digits_of(int128 m)
{
	uint64_t small;
	int n = 0;

	if (m < 0)
		m = -m;
	/* dividing 128 bits is a call; most numbers are short */
	for (; m > UINT64_MAX; m /= 10)
		n++;
	for (small = (uint64_t)m; small != 0; small /= 10)
		n++;
	return n;
}

static bool
is_small(int128 m)
{
	return m < 1000000000000000000 && m > -1000000000000000000;
}

static int
rescale(struct dec *d, int scale)
{
	int up = scale - d->scale;

	d->scale = scale;
	if (up == 0 || d->m == 0)
		return 0;
	if (!(is_small(d->m) && up <= 18) &&
	    digits_of(d->m) + up > DEC_DIGITS)
		return -1;
	d->m *= power(up);
	return 0;
}

int
dec_add(struct dec a, struct dec b, struct dec *out)
{
	int scale = a.scale > b.scale ? a.scale : b.scale;

	if (a.scale == b.scale && is_small(a.m) && is_small(b.m)) {
		out->m = a.m + b.m;
		out->scale = scale;
		return 0;
	}
	if (rescale(&a, scale) == -1 || rescale(&b, scale) == -1)
		return -1;
	out->m = a.m + b.m;	/* two of 38 digits fit */
	out->scale = scale;
	return !is_small(out->m) && digits_of(out->m) > DEC_DIGITS ? -1 : 0;
}

int
dec_mul(struct dec a, struct dec b, struct dec *out)
{
	if (a.m != 0 && b.m != 0 && !(is_small(a.m) && is_small(b.m)) &&
	    digits_of(a.m) + digits_of(b.m) > DEC_DIGITS)
		return -1;
	out->m = a.m * b.m;
	out->scale = a.scale + b.scale;
	return out->scale > DEC_SCALE ? -1 : 0;
}

/* Half goes away from zero: the shopkeeper's rounding, and Magento's. */
int
dec_round(struct dec a, int scale, struct dec *out)
{
	int128 p, half;

	*out = a;
	if (a.scale <= scale)
		return rescale(out, scale);
	p = power(a.scale - scale);
	half = p / 2;
	if (is_small(a.m) && a.scale - scale <= 18) {
		out->m = (int64_t)(a.m < 0 ? a.m - half : a.m + half) /
		    (int64_t)p;
		out->scale = scale;
		return 0;
	}
	out->m = (a.m < 0 ? a.m - half : a.m + half) / p;
	out->scale = scale;
	return 0;
}

int
dec_div(struct dec a, struct dec b, int scale, struct dec *out)
{
	int up = b.scale - a.scale + scale;
	struct dec *longer = up >= 0 ? &a : &b;
	int128 rest;

	/* a.m / b.m, with the point where the result wants it */
	if (rescale(longer, longer->scale + (up >= 0 ? up : -up)) == -1)
		return -1;
	out->m = a.m / b.m;
	out->scale = scale;
	rest = a.m % b.m;
	if (rest < 0)
		rest = -rest;
	if (b.m < 0) {
		b.m = -b.m;
		a.m = -a.m;
	}
	if (rest >= b.m - rest)		/* not 2 * rest: 38 digits */
		out->m += a.m < 0 ? -1 : 1;
	return digits_of(out->m) > DEC_DIGITS ? -1 : 0;
}

size_t
dec_write(struct dec d, char room[DEC_TEXT])
{
	char digits[DEC_TEXT];
	size_t n = 0, at = 0;
	bool minus = d.m < 0;
	uint64_t small;

	if (minus)
		d.m = -d.m;
	for (; d.m > UINT64_MAX; d.m /= 10)
		digits[n++] = (char)('0' + (int)(d.m % 10));
	for (small = (uint64_t)d.m; small != 0 || n <= (size_t)d.scale;
	    small /= 10)
		digits[n++] = (char)('0' + (int)(small % 10));
	if (minus)
		room[at++] = '-';
	while (n-- > 0) {
		room[at++] = digits[n];
		if (n == (size_t)d.scale && n > 0)
			room[at++] = '.';
	}
	return at;
}
