/* map-func-format - the @formats */

#include <math.h>

#include "map-eval.h"
#include "scan.h"

static int
fmt_text(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	*out = in;
	if (in.kind == V_STRING)
		return EV_ONE;
	text_put(e, in);
	return ev_scratch(e, out);
}

static int
fmt_json(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	val_json(&e->text, in);
	return ev_scratch(e, out);
}

/* The value as text, and then byte by byte through `put`. */
static int
bytewise(struct ev *e, struct val in, void (*put)(struct buf *b, char c),
    struct val *out)
{
	struct val s;
	uint32_t i;

	if (fmt_text(e, in, NULL, &s) != EV_ONE)
		return EV_ERROR;
	for (i = 0; i < s.n; i++)
		put(&e->text, s.p[i]);
	return ev_scratch(e, out);
}

static void
put_html(struct buf *b, char c)
{
	switch (c) {
	case '<':
		buf_str(b, "&lt;");
		break;
	case '>':
		buf_str(b, "&gt;");
		break;
	case '&':
		buf_str(b, "&amp;");
		break;
	case '\'':
		buf_str(b, "&apos;");
		break;
	case '"':
		buf_str(b, "&quot;");
		break;
	default:
		buf_char(b, c);
	}
}

static void
put_uri(struct buf *b, char c)
{
	static const char hex[] = "0123456789ABCDEF";
	unsigned char u = (unsigned char)c;

	if (((u | 32) >= 'a' && (u | 32) <= 'z') || (u >= '0' && u <= '9') ||
	    (u != 0 && strchr("-_.~", c) != NULL))
		buf_char(b, c);
	else
		buf_put(b, (char[]){ '%', hex[u >> 4], hex[u & 15] }, 3);
}

static int
fmt_html(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	return bytewise(e, in, put_html, out);
}

static int
fmt_uri(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	return bytewise(e, in, put_uri, out);
}

static void
put_quoted(struct buf *b, struct val s)
{
	uint32_t i;

	buf_char(b, '"');
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

static void
put_tabbed(struct buf *b, struct val s)
{
	static const char from[] = "\t\n\r\\", to[] = "tnr\\";
	const char *at;
	uint32_t i;

	for (i = 0; i < s.n; i++) {
		at = s.p[i] == '\0' ? NULL : strchr(from, s.p[i]);
		if (at != NULL) {
			buf_char(b, '\\');
			buf_char(b, to[at - from]);
		} else {
			buf_char(b, s.p[i]);
		}
	}
}

static bool
is_nan(struct val v)
{
	return v.kind == V_NUMBER && !(v.flags & VF_TEXT) && isnan(v.d);
}

static int
row(struct ev *e, struct val in, const char *name, char between,
    void (*put)(struct buf *b, struct val s), struct val *out)
{
	char room[64];
	uint32_t i;

	if (in.kind != V_ARRAY)
		return ev_error(e, "%s cannot be %s-formatted, only array",
		    val_show(in, room, sizeof(room)), name);
	for (i = 0; i < in.n; i++) {
		if (i > 0)
			buf_char(&e->text, between);
		if (in.items[i].kind >= V_ARRAY) {
			buf_reset(&e->text);
			return ev_error(e, "%s is not valid in a %s row",
			    val_show(in.items[i], room, sizeof(room)), name);
		}
		if (in.items[i].kind == V_STRING)
			put(&e->text, in.items[i]);
		else if (in.items[i].kind > V_NULL && !is_nan(in.items[i]))
			val_json(&e->text, in.items[i]);
	}
	return ev_scratch(e, out);
}

static int
fmt_csv(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	return row(e, in, "csv", ',', put_quoted, out);
}

static int
fmt_tsv(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	return row(e, in, "tsv", '\t', put_tabbed, out);
}

/* In quotes for a shell; a number and the like need none. */
static int
put_shell(struct ev *e, struct val v)
{
	char room[64];
	uint32_t i;

	if (v.kind >= V_ARRAY) {
		buf_reset(&e->text);
		return ev_error(e, "%s can not be escaped for shell",
		    val_show(v, room, sizeof(room)));
	}
	if (v.kind != V_STRING) {
		val_json(&e->text, v);
		return EV_ONE;
	}
	buf_char(&e->text, '\'');
	for (i = 0; i < v.n; i++)
		if (v.p[i] == '\'')
			buf_str(&e->text, "'\\''");
		else
			buf_char(&e->text, v.p[i]);
	buf_char(&e->text, '\'');
	return EV_ONE;
}

static int
fmt_sh(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	uint32_t i;

	(void)arg;
	if (in.kind != V_ARRAY)
		return put_shell(e, in) == EV_ONE ? ev_scratch(e, out) :
		    EV_ERROR;
	for (i = 0; i < in.n; i++) {
		if (i > 0)
			buf_char(&e->text, ' ');
		if (put_shell(e, in.items[i]) != EV_ONE)
			return EV_ERROR;
	}
	return ev_scratch(e, out);
}

static const char digits64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int
fmt_base64(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct val s;
	uint32_t i, v;

	if (fmt_text(e, in, arg, &s) != EV_ONE)
		return EV_ERROR;
	for (i = 0; i < s.n; i += 3) {
		v = (uint32_t)(unsigned char)s.p[i] << 16;
		if (i + 1 < s.n)
			v |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
		if (i + 2 < s.n)
			v |= (unsigned char)s.p[i + 2];
		buf_char(&e->text, digits64[v >> 18]);
		buf_char(&e->text, digits64[v >> 12 & 63]);
		buf_char(&e->text, i + 1 < s.n ? digits64[v >> 6 & 63] : '=');
		buf_char(&e->text, i + 2 < s.n ? digits64[v & 63] : '=');
	}
	return ev_scratch(e, out);
}

static int
fmt_base64d(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct val s;
	const char *d;
	char room[64];
	uint32_t i, v = 0;
	int bits = 0;

	if (fmt_text(e, in, arg, &s) != EV_ONE)
		return EV_ERROR;
	while (s.n > 0 && s.p[s.n - 1] == '=')
		s.n--;
	for (i = 0; i < s.n; i++) {
		d = s.p[i] == '\0' ? NULL : strchr(digits64, s.p[i]);
		if (d == NULL || (s.n & 3) == 1)
			break;
		v = v << 6 | (uint32_t)(d - digits64);
		if ((bits += 6) >= 8) {
			bits -= 8;
			buf_char(&e->text, (char)(v >> bits));
		}
	}
	if (i < s.n || !scan_utf8(buf_all(&e->text))) {
		buf_reset(&e->text);
		return ev_error(e, "%s is not valid base64 data",
		    val_show(s, room, sizeof(room)));
	}
	return ev_scratch(e, out);
}

const struct func func_format[] = {
	{ "@text", 0, fmt_text, NULL, 0 },
	{ "@json", 0, fmt_json, NULL, 0 },
	{ "@html", 0, fmt_html, NULL, 0 },
	{ "@uri", 0, fmt_uri, NULL, 0 },
	{ "@csv", 0, fmt_csv, NULL, 0 },
	{ "@tsv", 0, fmt_tsv, NULL, 0 },
	{ "@sh", 0, fmt_sh, NULL, 0 },
	{ "@base64", 0, fmt_base64, NULL, 0 },
	{ "@base64d", 0, fmt_base64d, NULL, 0 },
	{ 0 }
};
