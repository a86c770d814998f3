/* against-show - the sums of against, for a person or a program. */
#include <inttypes.h>

#include "against-in.h"

/* ---- for a person ---- */

static const char *const kinds[] = {
	[AGAINST_CHANGED] = "changed", [AGAINST_KEY] = "with another key",
	[AGAINST_NEW] = "new", [AGAINST_GONE] = "gone",
	[AGAINST_TURNED] = "with another end",
};

static void
show_value(const struct paint *p, enum paint_tone tone, const char *text)
{
	if (*text == '\0')
		paint_fmt(p, PAINT_DIM, "absent");
	else
		paint_text(p, tone, slice(text));
}

static void
show_samples(const struct row *r, const struct paint *p, int width)
{
	for (int i = 0; i < r->samples; i++) {
		if (i > 0)
			paint_fmt(p, PAINT_PLAIN, "%*s", width, "");
		paint_fmt(p, PAINT_DIM, "  %s  ", r->sample[i].source);
		show_value(p, PAINT_DELETE, r->sample[i].old);
		paint_fmt(p, PAINT_PLAIN, " -> ");
		show_value(p, PAINT_ADD, r->sample[i].new);
		paint_fmt(p, PAINT_PLAIN, "\n");
	}
}

static void
show_rows(const struct rows *r, const struct paint *p)
{
	for (int i = 0; i < r->n; i++) {
		paint_fmt(p, PAINT_PLAIN, "    ");
		paint_text(p, PAINT_CHANGE, slice(r->row[i].name));
		paint_fmt(p, PAINT_PLAIN, "%*s %7" PRIu64,
		    strlen(r->row[i].name) < 32 ?
		    32 - (int)strlen(r->row[i].name) : 0, "",
		    r->row[i].lines);
		show_samples(&r->row[i], p, 44);
	}
}

/* "now skipped (zero-total), was sent" */
static void
show_turns(const struct rows *r, const struct paint *p)
{
	const struct row *t;

	for (int i = 0; i < r->n; i++) {
		t = &r->row[i];
		paint_fmt(p, PAINT_PLAIN, "    ");
		paint_fmt(p, *t->to == '\0' ? PAINT_ADD : PAINT_BAD,
		    "now %s", *t->to == '\0' ? "sent" : t->to);
		paint_fmt(p, PAINT_PLAIN, ", was %s: %" PRIu64 ", e.g. %s\n",
		    *t->name == '\0' ? "sent" : t->name, t->lines,
		    t->sample[0].source);
		if (*t->message == '\0')
			continue;
		paint_fmt(p, PAINT_PLAIN, "      ");
		paint_text(p, PAINT_PLAIN, slice(t->message));
		paint_fmt(p, PAINT_PLAIN, "\n");
	}
}

static void
show_map(const struct map_sum *m, const struct paint *p)
{
	const char *comma = "";
	int k;

	paint_fmt(p, PAINT_HEAD, "  %-28s", m->name);
	for (k = 0; k < AGAINST_KINDS; k++)
		if (m->kind[k] > 0) {
			paint_fmt(p, PAINT_PLAIN, "%s%" PRIu64 " %s", comma,
			    m->kind[k], kinds[k]);
			comma = ", ";
		}
	paint_fmt(p, PAINT_PLAIN, "%s%" PRIu64 " as before\n", comma,
	    m->same);
	show_turns(&m->turns, p);
	show_rows(&m->keys, p);
	show_rows(&m->fields, p);
}

void
against_show(const struct against *a, const struct paint *p)
{
	if (a->changed == 0)
		paint_fmt(p, PAINT_HEAD, "Nothing would change: %" PRIu64
		    " record%s.\n", a->records, a->records == 1 ? "" : "s");
	else
		paint_fmt(p, PAINT_HEAD, "Against: %" PRIu64 " of %" PRIu64
		    " record%s would change.\n", a->changed, a->records,
		    a->records == 1 ? "" : "s");
	for (int i = 0; i < a->n; i++)
		for (int k = 0; k < AGAINST_KINDS; k++)
			if (a->map[i].kind[k] > 0) {
				show_map(&a->map[i], p);
				break;
			}
}

/* ---- for a program ---- */

static const char *const members[] = {
	[AGAINST_CHANGED] = "changed", [AGAINST_KEY] = "rekeyed",
	[AGAINST_NEW] = "new", [AGAINST_GONE] = "gone",
	[AGAINST_TURNED] = "turned",
};

static void
put_member(struct buf *out, const char *name, const char *text)
{
	buf_fmt(out, "\"%s\":", name);
	scan_quote(out, slice(text));
}

static void
json_samples(const struct row *r, struct buf *out)
{
	const struct sample *s;

	for (int i = 0; i < r->samples; i++) {
		s = &r->sample[i];
		buf_str(out, i > 0 ? ",{" : "{");
		put_member(out, "source", s->source);
		if (*s->old != '\0') {
			buf_char(out, ',');
			put_member(out, "old", s->old);
		}
		if (*s->new != '\0') {
			buf_char(out, ',');
			put_member(out, "new", s->new);
		}
		buf_char(out, '}');
	}
}

static void
json_fields(const struct rows *r, struct buf *out)
{
	for (int i = 0; i < r->n; i++) {
		buf_str(out, i > 0 ? "," : "");
		scan_quote(out, slice(r->row[i].name));
		buf_fmt(out, ":{\"payloads\":%" PRIu64 ",\"samples\":[",
		    r->row[i].lines);
		json_samples(&r->row[i], out);
		buf_str(out, "]}");
	}
}

static void
json_turns(const struct rows *r, struct buf *out)
{
	const struct row *t;

	for (int i = 0; i < r->n; i++) {
		t = &r->row[i];
		buf_str(out, i > 0 ? ",{" : "{");
		put_member(out, "was", *t->name == '\0' ? "sent" : t->name);
		buf_char(out, ',');
		put_member(out, "now", *t->to == '\0' ? "sent" : t->to);
		buf_fmt(out, ",\"lines\":%" PRIu64 ",", t->lines);
		put_member(out, "source", t->sample[0].source);
		if (*t->message != '\0') {
			buf_char(out, ',');
			put_member(out, "message", t->message);
		}
		buf_char(out, '}');
	}
}

void
against_json(const struct against *a, struct buf *out)
{
	const struct map_sum *m;

	buf_fmt(out, "{\"records\":%" PRIu64 ",\"changed\":%" PRIu64
	    ",\"maps\":[", a->records, a->changed);
	for (int i = 0; i < a->n; i++) {
		m = &a->map[i];
		buf_str(out, i > 0 ? ",{" : "{");
		put_member(out, "map", m->name);
		buf_fmt(out, ",\"same\":%" PRIu64, m->same);
		for (int k = 0; k < AGAINST_KINDS; k++)
			buf_fmt(out, ",\"%s\":%" PRIu64, members[k],
			    m->kind[k]);
		buf_str(out, ",\"turns\":[");
		json_turns(&m->turns, out);
		buf_str(out, "],\"keys\":{");
		json_fields(&m->keys, out);
		buf_str(out, "},\"fields\":{");
		json_fields(&m->fields, out);
		buf_str(out, "}}");
	}
	buf_str(out, "]}");
}
