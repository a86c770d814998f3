/* items - what the maps map, as a table, CSV or JSON, or at length. */
#include <stdio.h>
#include <stdlib.h>

#include "csv.h"
#include "items.h"
#include "scan.h"

enum cell {
	OBJECT, MAP, FIELD, EXPRESSION, WHEN, FLAGS, WEBSITE, ENABLED,
	FALLBACK, DESCRIPTION, LINE, CELLS
};

static const char *const names[] = {
	[OBJECT] = "object", [MAP] = "map", [FIELD] = "field",
	[EXPRESSION] = "expression", [WHEN] = "when", [FLAGS] = "flags",
	[WEBSITE] = "website", [ENABLED] = "enabled", [FALLBACK] = "default",
	[DESCRIPTION] = "description", [LINE] = "line",
};

struct listing {
	struct flow *flow;
	struct buf b;
	size_t width;			/* of a line; 0: any */
	size_t column[CELLS];		/* how wide each is */
	items_wanted *wanted;
	void *ctx;
	void (*see)(void *ctx, const struct map_item *i);
};

static struct slice
or_empty(struct slice s)
{
	return s.p == NULL ? SLICE("") : s;
}

static void
cells_of(const struct map_item *i, struct slice c[CELLS], char line[16])
{
	snprintf(line, 16, "%u", i->line);
	c[OBJECT] = slice(i->object);
	c[MAP] = slice(i->map);
	c[FIELD] = i->field;
	c[EXPRESSION] = i->expression;
	c[WHEN] = slice(i->when);
	c[FLAGS] = slice(i->flags);
	c[WEBSITE] = or_empty(i->website);
	c[ENABLED] = i->enabled ? SLICE("yes") : SLICE("no");
	c[FALLBACK] = or_empty(i->fallback);
	c[DESCRIPTION] = or_empty(i->comment);
	c[LINE] = slice(line);
}

static void
put_line(struct listing *l)
{
	flow_line(l->flow, buf_all(&l->b));
	buf_reset(&l->b);
}

/* ---- for programs ---- */

static void
put_csv(struct listing *l, const struct slice *c)
{
	int k;

	for (k = 0; k < CELLS; k++)
		csv_cell(&l->b, c[k]);
	csv_end(&l->b, CELLS);
	l->b.n--;		/* flow ends the line */
	put_line(l);
}

static void
see_csv(void *ctx, const struct map_item *i)
{
	struct listing *l = ctx;
	struct slice c[CELLS];
	char line[16];

	cells_of(i, c, line);
	put_csv(l, c);
}

static void
csv_heading(struct listing *l)
{
	struct slice c[CELLS];
	int k;

	for (k = 0; k < CELLS; k++)
		c[k] = slice(names[k]);
	put_csv(l, c);
}

static void
see_json(void *ctx, const struct map_item *i)
{
	struct listing *l = ctx;
	struct slice c[CELLS];
	char line[16];
	int k;

	cells_of(i, c, line);
	for (k = 0; k < CELLS; k++) {
		buf_fmt(&l->b, "%s\"%s\":", k == 0 ? "{" : ",", names[k]);
		if (k == ENABLED)
			buf_str(&l->b, i->enabled ? "true" : "false");
		else if (k == LINE)
			buf_slice(&l->b, c[k]);
		else
			scan_quote(&l->b, c[k]);
	}
	buf_char(&l->b, '}');
	put_line(l);
}

/* ---- for a person ---- */

/* Those that stand in columns; the rest is as long as it is. */
static const enum cell table[] = { MAP, OBJECT, FIELD, WHEN, FLAGS, WEBSITE,
	FALLBACK, LINE };
enum { TABLE = sizeof(table) / sizeof(*table) };

/* Characters, not bytes. */
static size_t
points(struct slice s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static void
see_width(void *ctx, const struct map_item *i)
{
	struct listing *l = ctx;
	struct slice c[CELLS];
	char line[16];
	size_t n;
	int k;

	cells_of(i, c, line);
	if (!i->enabled)
		c[WHEN] = SLICE("off");
	for (k = 0; k < CELLS; k++) {
		n = points(c[k]);
		if (n > l->column[k])
			l->column[k] = n;
	}
}

/* What would move a cursor is not sent to one. */
static void
put_shown(struct buf *b, struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		buf_char(b, s.p[i] == '\t' ? ' ' : (unsigned char)s.p[i] < 0x20
		    || s.p[i] == 0x7f ? '?' : s.p[i]);
}

/* To the width of the line. */
static void
cut(struct listing *l)
{
	size_t i, n = 0;

	while (l->b.n > 0 && l->b.p[l->b.n - 1] == ' ')
		l->b.n--;
	for (i = 0; l->width > 0 && i < l->b.n; i++) {
		n += ((unsigned char)l->b.p[i] & 0xc0) != 0x80;
		if (n > l->width) {
			l->b.n = i;
			return;
		}
	}
}

static void
put_row(struct listing *l, const struct slice c[CELLS])
{
	size_t n, k;

	for (k = 0; k < TABLE; k++) {
		if (l->column[table[k]] == 0)	/* nobody has it */
			continue;
		put_shown(&l->b, c[table[k]]);
		for (n = points(c[table[k]]); n < l->column[table[k]] + 2; n++)
			buf_char(&l->b, ' ');
	}
	put_shown(&l->b, c[EXPRESSION]);
	if (c[DESCRIPTION].n > 0) {
		buf_str(&l->b, "  # ");
		put_shown(&l->b, c[DESCRIPTION]);
	}
	cut(l);
	put_line(l);
}

static void
see_row(void *ctx, const struct map_item *i)
{
	struct slice c[CELLS];
	char line[16];

	cells_of(i, c, line);
	if (!i->enabled)
		c[WHEN] = SLICE("off");
	put_row(ctx, c);
}

static void
heading(struct listing *l)
{
	char upper[CELLS][16];
	struct slice c[CELLS];
	size_t i;
	int k;

	for (k = 0; k < CELLS; k++) {
		for (i = 0; names[k][i] != '\0'; i++)
			upper[k][i] = (char)(names[k][i] - 'a' + 'A');
		c[k] = (struct slice){ upper[k], i };
		if (l->column[k] > 0 && l->column[k] < i)
			l->column[k] = i;
	}
	c[DESCRIPTION].n = 0;
	put_row(l, c);
}

static void
put_part(struct listing *l, const char *name, struct slice value)
{
	size_t i;

	if (value.n == 0)
		return;
	buf_fmt(&l->b, "    %-12s ", name);
	for (i = 0; i < value.n; i++)
		buf_char(&l->b, (unsigned char)value.p[i] < 0x20 ? ' ' :
		    value.p[i]);
	put_line(l);
}

static void
see_long(void *ctx, const struct map_item *i)
{
	struct listing *l = ctx;

	buf_fmt(&l->b, "%s.%.*s  %s:%u", i->object, (int)i->field.n,
	    i->field.p, i->file, i->line);
	put_line(l);
	put_part(l, "magento", i->expression);
	put_part(l, "when", slice(i->when));
	put_part(l, "flags", slice(i->flags));
	put_part(l, "website", or_empty(i->website));
	put_part(l, "default", or_empty(i->fallback));
	put_part(l, "description", or_empty(i->comment));
	put_part(l, "status", i->enabled ? SLICE("enabled") :
	    SLICE("disabled"));
}

static void
see_wanted(void *ctx, const struct map_item *i)
{
	struct listing *l = ctx;

	if (l->wanted == NULL || l->wanted(l->ctx, i))
		l->see(l, i);
}

static void
list_all(struct map_set *const *sets, int n,
    void (*see)(void *ctx, const struct map_item *item), struct listing *l)
{
	int i;

	l->see = see;
	for (i = 0; i < n; i++)
		map_list(sets[i], see_wanted, l);
}

void
items_put(struct flow *f, struct map_set *const *sets, int n,
    enum items_form form, size_t width, items_wanted *wanted, void *ctx)
{
	struct listing l = { .flow = f, .b = BUF(1 << 22), .width = width,
		.wanted = wanted, .ctx = ctx };

	if (form == ITEMS_TABLE) {
		list_all(sets, n, see_width, &l);
		heading(&l);
		list_all(sets, n, see_row, &l);
	} else if (form == ITEMS_CSV) {
		csv_heading(&l);
		list_all(sets, n, see_csv, &l);
	} else {
		list_all(sets, n, form == ITEMS_JSON ? see_json : see_long,
		    &l);
	}
	buf_free(&l.b);
}
