/* map-func-string - builtins on text */

#include "map-eval.h"
#include "utf8.h"

static const char *
find(struct slice s, struct slice what, const char *from)
{
	const char *end = s.p + s.n;

	return memmem(from, (size_t)(end - from), what.p, what.n);
}

int
text_split(struct ev *e, struct val s, struct val sep, struct val *out)
{
	const char *p = s.p, *end = s.p + s.n, *q;
	size_t n = 0, count = 1;
	struct val *items;

	if (s.n == 0)
		return ev_list(e, NULL, 0, out);
	if (sep.n == 0)
		count = val_points(val_bytes(s));
	else
		for (q = p; (q = find(val_bytes(s), val_bytes(sep), q));
		    q += sep.n)
			count++;
	if ((items = ev_get(e, count * sizeof(*items))) == NULL)
		return EV_ERROR;
	for (; n < count; n++) {
		if (sep.n == 0)
			q = p + val_offset((struct slice){ p,
			    (size_t)(end - p) }, 1);
		else if ((q = find(val_bytes(s), val_bytes(sep), p)) == NULL)
			q = end;
		items[n] = val_text(p, (size_t)(q - p));
		items[n].flags = s.flags & VF_CLEAN;
		p = q + sep.n;
	}
	return ev_list(e, items, n, out);
}

static int
fn_split(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	if (in.kind != V_STRING || arg[0].kind != V_STRING)
		return ev_error(e, "split input and separator must be "
		    "strings");
	return text_split(e, in, arg[0], out);
}

/* `v` cannot be put behind what there is. */
static int
not_joined(struct ev *e, struct val v)
{
	char x[64], y[64];
	struct val text = val_slice(buf_all(&e->text));

	ev_error(e, "%s and %s cannot be added", val_show(text, x,
	    sizeof(x)), val_show(v, y, sizeof(y)));
	buf_reset(&e->text);
	return EV_ERROR;
}

/* Texts and nulls alone, put together where they stay; EV_NONE: others. */
static int
join_texts(struct ev *e, struct val in, struct val with, struct val *out)
{
	uint8_t clean = in.n > 1 ? with.flags : VF_CLEAN;
	const struct val *v = in.items, *end = in.n > 0 ? v + in.n : v;
	size_t n = in.n * (size_t)with.n;
	char *p;

	for (; v < end; v++) {
		if (v->kind != V_STRING && v->kind > V_NULL)
			return EV_NONE;
		n += v->n;
	}
	if (with.kind != V_STRING || n > 1 << 20)
		return EV_NONE;
	if ((p = ev_get(e, n)) == NULL)
		return EV_ERROR;
	*out = val_text(p, 0);
	for (v = in.items; v < end; v++) {
		if (v > in.items && with.n == 1) {
			*p++ = *with.p;
		} else if (v > in.items && with.n > 0) {
			memcpy(p, with.p, with.n);
			p += with.n;
		}
		if (v->kind != V_STRING)
			continue;
		clean &= v->flags;
		if (v->flags & VF_CLEAN)
			p = text_copy(p, v->p, v->n);
		else if (v->n > 0)
			p = (char *)memcpy(p, v->p, v->n) + v->n;
	}
	out->n = (uint32_t)(p - out->p);
	out->flags = clean & VF_CLEAN;
	return EV_ONE;
}

/* Between elements only; null is nothing, numbers and booleans are text. */
static int
fn_join(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	bool clean = true;
	struct val v;
	uint32_t i;
	int r;

	if (list_of_values(e, &in) != EV_ONE)
		return EV_ERROR;
	if ((r = join_texts(e, in, arg[0], out)) != EV_NONE)
		return r;
	for (i = 0; i < in.n; i++) {
		v = in.items[i];
		if (i > 0 && arg[0].kind == V_STRING)
			buf_slice(&e->text, val_bytes(arg[0]));
		else if (i > 0 && arg[0].kind > V_NULL)
			return not_joined(e, arg[0]);
		if (v.kind >= V_ARRAY)
			return not_joined(e, v);
		if (v.kind > V_NULL)
			text_put(e, v);
		clean &= v.kind != V_STRING || (v.flags & VF_CLEAN) != 0;
	}
	if (in.n > 1 && arg[0].kind == V_STRING)
		clean &= (arg[0].flags & VF_CLEAN) != 0;
	if ((r = ev_scratch(e, out)) == EV_ONE && clean)
		out->flags = VF_CLEAN;
	return r;
}

/* Eight bytes, with the other case those that are letters from `from` on. */
static inline uint64_t
other_case(uint64_t w, char from)
{
	const uint64_t ones = UINT64_MAX / 255;
	uint64_t low = w & ones * 0x7f;
	uint64_t reach = low + ones * (uint64_t)(0x80 - from);
	uint64_t beyond = low + ones * (uint64_t)(0x80 - 26 - from);

	return w ^ (reach & ~beyond & ~w & ones * 0x80) >> 2;
}

static int
ascii_case(struct ev *e, struct val in, char from, struct val *out)
{
	uint32_t i;
	uint64_t w = 0;
	char *p;

	if (in.kind != V_STRING)
		return ev_error(e, "explode input must be a string");
	if ((p = ev_get(e, in.n)) == NULL)
		return EV_ERROR;
	for (i = 0; i < in.n; i += 8) {
		/* behind a clean one more can be read, and a pool has it */
		if (in.flags & VF_CLEAN || in.n - i >= 8)
			memcpy(&w, in.p + i, 8);
		else
			memcpy(&w, in.p + i, in.n - i);
		w = other_case(w, from);
		memcpy(p + i, &w, 8);
	}
	*out = val_text(p, in.n);
	out->flags = in.flags & VF_CLEAN;
	return EV_ONE;
}

static int
fn_downcase(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)arg;
	return ascii_case(e, in, 'A', out);
}

static int
fn_upcase(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)arg;
	return ascii_case(e, in, 'a', out);
}

static bool
starts(struct val s, struct val with)
{
	return s.n >= with.n && memcmp(s.p, with.p, with.n) == 0;
}

static bool
ends(struct val s, struct val with)
{
	return s.n >= with.n && memcmp(s.p + s.n - with.n, with.p,
	    with.n) == 0;
}

static int
fn_startswith(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	if (in.kind != V_STRING || arg[0].kind != V_STRING)
		return ev_error(e, "startswith() requires string inputs");
	*out = val_bool(starts(in, arg[0]));
	return EV_ONE;
}

static int
fn_endswith(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	if (in.kind != V_STRING || arg[0].kind != V_STRING)
		return ev_error(e, "endswith() requires string inputs");
	*out = val_bool(ends(in, arg[0]));
	return EV_ONE;
}

static int
fn_ltrimstr(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)e;
	*out = in;
	if (in.kind == V_STRING && arg[0].kind == V_STRING &&
	    starts(in, arg[0])) {
		out->p += arg[0].n;
		out->n -= arg[0].n;
	}
	return EV_ONE;
}

static int
fn_rtrimstr(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)e;
	*out = in;
	if (in.kind == V_STRING && arg[0].kind == V_STRING &&
	    ends(in, arg[0]))
		out->n -= arg[0].n;
	return EV_ONE;
}

static int
fn_trimstr(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct val v;

	fn_ltrimstr(e, in, arg, &v);
	return fn_rtrimstr(e, v, arg, out);
}

/* White space as Unicode's Pattern_White_Space in ASCII, like jq 1.7.1. */
static int
trim(struct ev *e, struct val in, bool left, bool right, struct val *out)
{
	char room[64];

	if (in.kind != V_STRING)
		return ev_error(e, "%s cannot be trimmed", val_show(in, room,
		    sizeof(room)));
	while (left && in.n > 0 && strchr(" \t\n\v\f\r", in.p[0]) != NULL &&
	    in.p[0] != '\0') {
		in.p++;
		in.n--;
	}
	while (right && in.n > 0 && in.p[in.n - 1] != '\0' &&
	    strchr(" \t\n\v\f\r", in.p[in.n - 1]) != NULL)
		in.n--;
	*out = in;
	return EV_ONE;
}

static int
fn_trim(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	return trim(e, in, true, true, out);
}

static int
fn_ltrim(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)arg;
	return trim(e, in, true, false, out);
}

static int
fn_rtrim(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)arg;
	return trim(e, in, false, true, out);
}

/* ---- code points ---- */

static unsigned
point(const unsigned char *p, int *n)
{
	if (p[0] < 0x80) {
		*n = 1;
		return p[0];
	}
	*n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	switch (*n) {
	case 2:
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3f);
	case 3:
		return (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 |
		    (p[2] & 0x3f);
	default:
		return (p[0] & 7u) << 18 | (p[1] & 0x3fu) << 12 |
		    (p[2] & 0x3fu) << 6 | (p[3] & 0x3f);
	}
}

static int
fn_explode(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct val *items;
	uint32_t i;
	size_t n = 0;
	int step;

	(void)arg;
	if (in.kind != V_STRING)
		return ev_error(e, "explode input must be a string");
	items = ev_get(e, val_points(val_bytes(in)) * sizeof(*items));
	if (items == NULL)
		return EV_ERROR;
	for (i = 0; i < in.n; i += (uint32_t)step)
		items[n++] = val_double(point((const unsigned char *)in.p + i,
		    &step));
	return ev_list(e, items, n, out);
}

static int
fn_implode(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	double d;
	uint32_t i;
	char *p, *q;

	(void)arg;
	if (in.kind != V_ARRAY)
		return ev_error(e, "implode input must be an array");
	if ((p = q = ev_get(e, (size_t)in.n * 4)) == NULL)
		return EV_ERROR;
	for (i = 0; i < in.n; i++) {
		d = in.items[i].kind == V_NUMBER ?
		    val_number(in.items[i]) : -1;
		if (!(d >= 0 && d <= 0x10ffff) || (d >= 0xd800 && d < 0xe000))
			return ev_error(e, "implode needs code points");
		q = utf8_put(q, (unsigned)d);
	}
	*out = val_text(p, (size_t)(q - p));
	return EV_ONE;
}

const struct func func_string[] = {
	{ "split", 1, fn_split, NULL, 0 },
	{ "join", 1, fn_join, NULL, 0 },
	{ "ascii_downcase", 0, fn_downcase, NULL, 0 },
	{ "ascii_upcase", 0, fn_upcase, NULL, 0 },
	{ "startswith", 1, fn_startswith, NULL, 0 },
	{ "endswith", 1, fn_endswith, NULL, 0 },
	{ "ltrimstr", 1, fn_ltrimstr, NULL, 0 },
	{ "rtrimstr", 1, fn_rtrimstr, NULL, 0 },
	{ "trimstr", 1, fn_trimstr, NULL, 0 },
	{ "trim", 0, fn_trim, NULL, 0 },
	{ "ltrim", 0, fn_ltrim, NULL, 0 },
	{ "rtrim", 0, fn_rtrim, NULL, 0 },
	{ "explode", 0, fn_explode, NULL, 0 },
	{ "implode", 0, fn_implode, NULL, 0 },
	{ 0 }
};
