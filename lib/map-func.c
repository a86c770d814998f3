/* map-func - builtins on any value: types, conversion, errors */

#include <math.h>
#include <stdlib.h>

#include "map-eval.h"

static int
fn_not(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)e, (void)arg;
	*out = val_bool(!val_true(in));
	return EV_ONE;
}

static int
fn_empty(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)e, (void)in, (void)arg, (void)out;
	return EV_NONE;
}

static int
fn_values(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)e, (void)arg;
	*out = in;
	return in.kind <= V_NULL ? EV_NONE : EV_ONE;
}

static int
fn_error(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg, (void)out;
	e->error = in;
	return EV_ERROR;
}

static int
fn_error1(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)in, (void)out;
	e->error = arg[0];
	return EV_ERROR;
}

static int
fn_type(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)e, (void)arg;
	*out = val_slice(slice(val_type(in)));
	return EV_ONE;
}

int
ev_length(struct ev *e, struct val in, struct val *out)
{
	char room[64];

	switch (in.kind) {
	case V_ABSENT: case V_NULL:
		*out = val_double(0);
		return EV_ONE;
	case V_NUMBER:
		*out = val_double(fabs(val_number(in)));
		return EV_ONE;
	case V_STRING:
		*out = val_double((double)val_points(val_bytes(in)));
		return EV_ONE;
	case V_ARRAY: case V_OBJECT:
		*out = val_double(in.n);
		return EV_ONE;
	default:
		return ev_error(e, "%s has no length", val_show(in, room,
		    sizeof(room)));
	}
}

static int
fn_length(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)arg;
	return ev_length(e, in, out);
}

static int
fn_utf8bytelength(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	char room[64];

	(void)arg;
	if (in.kind != V_STRING)
		return ev_error(e, "%s only strings have UTF-8 byte length",
		    val_show(in, room, sizeof(room)));
	*out = val_double(in.n);
	return EV_ONE;
}

/* ---- conversion ---- */

void
text_put(struct ev *e, struct val v)
{
	if (v.kind == V_STRING)
		buf_slice(&e->text, val_bytes(v));
	else
		val_json(&e->text, v);
}

static int
fn_tostring(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)arg;
	*out = in;
	if (in.kind == V_STRING)
		return EV_ONE;
	val_json(&e->text, in);
	return ev_scratch(e, out);
}

static int
fn_tojson(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)arg;
	val_json(&e->text, in);
	return ev_scratch(e, out);
}

static int
fn_fromjson(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	char room[64];
	struct why w;

	(void)arg;
	if (in.kind != V_STRING)
		return ev_error(e, "%s cannot be parsed as JSON",
		    val_show(in, room, sizeof(room)));
	/* values need up to 24 times the bytes of their text */
	if (ev_get(e, (size_t)in.n * 24) == NULL)
		return EV_ERROR;
	if (val_parse(val_bytes(in), e->pool, out, &w) == 0)
		return EV_ONE;
	return ev_error(e, "%s (while parsing '%.*s')", w.text,
	    slice_cut(val_bytes(in), 100), in.p);
}

/* jq reads more than JSON allows: " 12 ", 5. and .5 and 007. */
static int
fn_tonumber(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct slice s = { in.p, in.n };
	char room[64], *end;
	struct why w;

	(void)arg;
	*out = in;
	if (in.kind == V_NUMBER)
		return EV_ONE;
	if (in.kind != V_STRING)
		return ev_error(e, "%s cannot be parsed as a number",
		    val_show(in, room, sizeof(room)));
	if (s.n < 100 && val_parse(s, e->pool, out, &w) == 0 &&
	    out->kind == V_NUMBER)
		return EV_ONE;
	if (s.n > 0 && s.n < sizeof(room)) {
		memcpy(room, s.p, s.n);
		room[s.n] = '\0';
		*out = val_double(strtod(room, &end));
		if (*end == '\0' && strspn(room, " \t\n+-.0123456789eE") ==
		    s.n)
			return EV_ONE;
	}
	return ev_error(e, "'%.*s' is no number", slice_cut(val_bytes(in), 100),
	    in.p);
}

static int
fn_toboolean(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	char room[64];

	(void)arg;
	*out = in;
	if (in.kind == V_TRUE || in.kind == V_FALSE)
		return EV_ONE;
	if (in.kind == V_STRING && (slice_is(val_bytes(in), "true") ||
	    slice_is(val_bytes(in), "false"))) {
		*out = val_bool(in.n == 4);
		return EV_ONE;
	}
	return ev_error(e, "%s cannot be parsed as a boolean", val_show(in,
	    room, sizeof(room)));
}

const struct func func_core[] = {
	{ "not", 0, fn_not, NULL, FUNC_SHALLOW },
	{ "empty", 0, fn_empty, NULL, FUNC_SHALLOW },
	{ "values", 0, fn_values, NULL, FUNC_ITSELF },
	{ "error", 0, fn_error, NULL, 0 },
	{ "error", 1, fn_error1, NULL, FUNC_SHALLOW },
	{ "type", 0, fn_type, NULL, FUNC_SHALLOW },
	{ "length", 0, fn_length, NULL, FUNC_COUNTS },
	{ "utf8bytelength", 0, fn_utf8bytelength, NULL, 0 },
	{ "tostring", 0, fn_tostring, NULL, 0 },
	{ "tojson", 0, fn_tojson, NULL, 0 },
	{ "fromjson", 0, fn_fromjson, NULL, 0 },
	{ "toboolean", 0, fn_toboolean, NULL, 0 },
	{ "tonumber", 0, fn_tonumber, NULL, 0 },
	{ 0 }
};
