/*
 * map-func-math - jq's numbers: the C library's functions by a table
 *
 * All are doubles; money has dsum, dmul and dround.
 */

#include <math.h>

#include "map-eval.h"

static int
number(struct ev *e, struct val in, double *d)
{
	char room[64];

	*d = 0;
	if (in.kind != V_NUMBER)
		return ev_error(e, "%s number required", val_show(in, room,
		    sizeof(room)));
	*d = val_number(in);
	return EV_ONE;
}

static int
pair(struct ev *e, double a, double b, struct val *out)
{
	struct val *v = ev_get(e, 2 * sizeof(*v));

	if (v == NULL)
		return EV_ERROR;
	v[0] = val_double(a);
	v[1] = val_double(b);
	return ev_list(e, v, 2, out);
}

/* lgamma() keeps the sign in a variable that all threads share. */
static double
log_gamma(double d)
{
	int sign;

	return lgamma_r(d, &sign);
}

static int
whole(double d)
{
	return isnan(d) ? 0 : d > 1e6 ? 1000000 : d < -1e6 ? -1000000 : (int)d;
}

static double
load(double d, double exponent)
{
	return ldexp(d, whole(exponent));
}

static double
bessel(double order, double d)
{
	return jn(whole(order) % 1000, d);
}

static double
bessel2(double order, double d)
{
	return yn(whole(order) % 1000, d);
}

/* ---- of the input ---- */

#define ONE(name, what) \
static int \
fn_##name(struct ev *e, struct val in, const struct val *arg, \
    struct val *out) \
{ \
	double d; \
	int r = number(e, in, &d); \
\
	(void)arg; \
	if (r == EV_ONE) \
		*out = val_double(what(d)); \
	return r; \
}

ONE(acos, acos) ONE(acosh, acosh) ONE(asin, asin) ONE(asinh, asinh)
ONE(atan, atan) ONE(atanh, atanh) ONE(cbrt, cbrt) ONE(ceil, ceil)
ONE(cos, cos) ONE(cosh, cosh) ONE(erf, erf) ONE(erfc, erfc) ONE(exp, exp)
ONE(exp10, exp10) ONE(exp2, exp2) ONE(expm1, expm1) ONE(fabs, fabs)
ONE(floor, floor) ONE(j0, j0) ONE(j1, j1) ONE(lgamma, log_gamma)
ONE(log, log) ONE(log10, log10) ONE(log1p, log1p) ONE(log2, log2)
ONE(logb, logb) ONE(nearbyint, nearbyint) ONE(rint, rint)
ONE(round, round) ONE(significand, significand) ONE(sin, sin)
ONE(sinh, sinh) ONE(sqrt, sqrt) ONE(tan, tan) ONE(tanh, tanh)
ONE(tgamma, tgamma) ONE(trunc, trunc) ONE(y0, y0) ONE(y1, y1)
#undef ONE

static int
fn_abs(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	double d;
	int r = number(e, in, &d);

	(void)arg;
	*out = d < 0 ? val_double(-d) : in;	/* keeps the text if it can */
	return r;
}

static int
fn_frexp(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	double d;
	int exponent = 0;

	(void)arg;
	if (number(e, in, &d) != EV_ONE)
		return EV_ERROR;
	d = frexp(d, &exponent);
	return pair(e, d, isfinite(d) ? exponent : 0, out);
}

static int
fn_modf(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	double d, part;

	(void)arg;
	if (number(e, in, &d) != EV_ONE)
		return EV_ERROR;
	d = modf(d, &part);
	return pair(e, d, part, out);
}

static int
fn_lgamma_r(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	double d;
	int sign = 0;

	(void)arg;
	if (number(e, in, &d) != EV_ONE)
		return EV_ERROR;
	d = lgamma_r(d, &sign);
	return pair(e, d, sign, out);
}

/* ---- of arguments ---- */

#define TWO(name, what) \
static int \
fn_##name(struct ev *e, struct val in, const struct val *arg, \
    struct val *out) \
{ \
	double x, y; \
\
	(void)in; \
	if (number(e, arg[0], &x) != EV_ONE || \
	    number(e, arg[1], &y) != EV_ONE) \
		return EV_ERROR; \
	*out = val_double(what(x, y)); \
	return EV_ONE; \
}

TWO(atan2, atan2) TWO(copysign, copysign) TWO(drem, remainder)
TWO(fdim, fdim) TWO(fmax, fmax) TWO(fmin, fmin) TWO(fmod, fmod)
TWO(hypot, hypot) TWO(jn, bessel) TWO(ldexp, load)
TWO(nextafter, nextafter) TWO(pow, pow) TWO(scalb, scalb)
TWO(yn, bessel2)
#undef TWO

static int
fn_fma(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	double x, y, z;

	(void)in;
	if (number(e, arg[0], &x) != EV_ONE ||
	    number(e, arg[1], &y) != EV_ONE || number(e, arg[2], &z) != EV_ONE)
		return EV_ERROR;
	*out = val_double(fma(x, y, z));
	return EV_ONE;
}

/* ---- what a number is; nothing else is any of these ---- */

#define IS(name, what) \
static int \
fn_##name(struct ev *e, struct val in, const struct val *arg, \
    struct val *out) \
{ \
	(void)e, (void)arg; \
	*out = val_bool(in.kind == V_NUMBER && what(val_number(in))); \
	return EV_ONE; \
}

IS(isnan, isnan) IS(isnormal, isnormal) IS(isinfinite, isinf)
IS(isfinite, !isinf)
#undef IS

static int
fn_nan(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)e, (void)in, (void)arg;
	*out = val_double(NAN);
	return EV_ONE;
}

static int
fn_infinite(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)e, (void)in, (void)arg;
	*out = val_double(INFINITY);
	return EV_ONE;
}

#define ONE(name) { #name, 0, fn_##name, NULL, 0 }
#define TWO(name) { #name, 2, fn_##name, NULL, FUNC_SHALLOW }
const struct func func_math[] = {
	ONE(abs), ONE(acos), ONE(acosh), ONE(asin), ONE(asinh), ONE(atan),
	ONE(atanh), ONE(cbrt), ONE(ceil), ONE(cos), ONE(cosh), ONE(erf),
	ONE(erfc), ONE(exp), ONE(exp10), ONE(exp2), ONE(expm1), ONE(fabs),
	ONE(floor), ONE(frexp), ONE(isfinite), ONE(isinfinite), ONE(isnan),
	ONE(isnormal), ONE(j0), ONE(j1), ONE(lgamma), ONE(lgamma_r), ONE(log),
	ONE(log10), ONE(log1p), ONE(log2), ONE(logb), ONE(modf),
	ONE(nearbyint), ONE(rint), ONE(round), ONE(significand), ONE(sin),
	ONE(sinh), ONE(sqrt), ONE(tan), ONE(tanh), ONE(tgamma), ONE(trunc),
	ONE(y0), ONE(y1),
	{ "gamma", 0, fn_lgamma, NULL, 0 },
	TWO(atan2), TWO(copysign), TWO(drem), TWO(fdim), TWO(fmax), TWO(fmin),
	TWO(fmod), TWO(hypot), TWO(jn), TWO(ldexp), TWO(nextafter), TWO(pow),
	TWO(scalb), TWO(yn),
	{ "remainder", 2, fn_drem, NULL, FUNC_SHALLOW },
	{ "nexttoward", 2, fn_nextafter, NULL, FUNC_SHALLOW },
	{ "scalbln", 2, fn_ldexp, NULL, FUNC_SHALLOW },
	{ "fma", 3, fn_fma, NULL, FUNC_SHALLOW },
	{ "nan", 0, fn_nan, NULL, FUNC_SHALLOW },
	{ "infinite", 0, fn_infinite, NULL, FUNC_SHALLOW },
	{ 0 }
};
