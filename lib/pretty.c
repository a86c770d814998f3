/* pretty - JSON with a member a line. */
#include "pretty.h"

enum { STEP = 2, WIDTH = 60, TEXT = 4000 };

static bool
is_nested(struct slice v)
{
	return scan_kind(v) == SCAN_ARRAY || scan_kind(v) == SCAN_OBJECT;
}

/* Short ones without anything nested stay on a line. */
static bool
is_short(struct slice v)
{
	return v.n <= WIDTH && memchr(v.p + 1, '{', v.n - 1) == NULL &&
	    memchr(v.p + 1, '[', v.n - 1) == NULL;
}

static void
begin_line(const struct paint *p, int indent, bool *first)
{
	paint_fmt(p, PAINT_PLAIN, "%s\n%*s", *first ? "" : ",", indent, "");
	*first = false;
}

void
pretty_json(const struct paint *p, struct slice value, int indent)
{
	bool object = scan_kind(value) == SCAN_OBJECT, first = true;
	struct slice key, v;
	struct scan s;

	if (!is_nested(value) || is_short(value)) {
		paint_cut(p, PAINT_PLAIN, value, TEXT);
		return;
	}
	paint_fmt(p, PAINT_PLAIN, object ? "{" : "[");
	scan_enter(&s, value);
	while (object ? scan_member(&s, &key, &v) : scan_element(&s, &v)) {
		begin_line(p, indent + STEP, &first);
		if (object) {
			paint_fmt(p, PAINT_DIM, "\"");
			paint_text(p, PAINT_DIM, key);
			paint_fmt(p, PAINT_DIM, "\": ");
		}
		pretty_json(p, v, indent + STEP);
	}
	paint_fmt(p, PAINT_PLAIN, "\n%*s%c", indent, "", object ? '}' : ']');
}
