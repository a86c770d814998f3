/* map-near - the name that was meant, and mistakes shown in their line */

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "map-int.h"

enum { NEAR_MAX = 64 };

/* Edits from `a` to `b`, a swap of neighbours being one. */
static size_t
edits(struct slice a, struct slice b)
{
	size_t row[3][NEAR_MAX + 1], i, j, best, *above, *now, *two;

	if (a.n > NEAR_MAX || b.n > NEAR_MAX)
		return NEAR_MAX;
	for (j = 0; j <= b.n; j++)
		row[0][j] = j;
	for (i = 1; i <= a.n; i++) {
		above = row[(i - 1) % 3];
		two = row[(i + 1) % 3];
		now = row[i % 3];
		now[0] = i;
		for (j = 1; j <= b.n; j++) {
			best = above[j - 1] + (tolower((unsigned char)
			    a.p[i - 1]) != tolower((unsigned char)b.p[j - 1]));
			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
			    a.p[i - 2] == b.p[j - 1] && two[j - 2] + 1 < best)
				best = two[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[a.n % 3][b.n];
}

void
near_start(struct near *n, struct slice want)
{
	n->want = want;
	n->best[0] = '\0';
	n->distance = want.n / 3 + 2;	/* further is not meant */
}

void
near_try(struct near *n, struct slice name)
{
	size_t d;

	/* names with _ in front are ours alone */
	if (name.n == 0 || name.p[0] == '_')
		return;
	d = edits(n->want, name);
	if (d < n->distance && d < n->want.n) {
		n->distance = d;
		snprintf(n->best, sizeof(n->best), "%.*s", (int)name.n,
		    name.p);
	}
}

const char *
near_best(const struct near *n)
{
	return n->best[0] == '\0' ? NULL : n->best;
}

/* Where the piece begins that `at` stands in. */
static struct piece
piece_of(const struct source *s, const char *at)
{
	struct piece p = { 0, s->file, 1 };

	for (size_t i = 0; i < s->n_pieces &&
	    s->text.p + s->pieces[i].from <= at; i++)
		p = s->pieces[i];
	return p;
}

struct slice
source_text(struct slice file)
{
	if (file.n < 3 || memcmp(file.p, "\xef\xbb\xbf", 3) != 0)
		return file;
	return (struct slice){ file.p + 3, file.n - 3 };
}

unsigned
source_line(const struct source *s, const char *at)
{
	struct piece piece = piece_of(s, at);
	const char *p;

	for (p = s->text.p + piece.from; p < at; p++)
		piece.line += *p == '\n';
	return piece.line;
}

struct slice
source_file(const struct source *s, const char *at)
{
	return piece_of(s, at).file;
}

void
mistake(struct buf *out, const struct source *s, const char *at,
    const char *fmt, ...)
{
	const char *from = at, *to = at, *p, *end = s->text.p + s->text.n;
	char text[1024];
	va_list ap;

	if (out->over)		/* so many that nobody reads them all */
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (at > end || at < s->text.p)
		at = from = to = end;
	while (from > s->text.p && from[-1] != '\n')
		from--;
	while (to < end && *to != '\n')
		to++;
	if (to - from > 200)	/* no text file: its line is no help */
		to = from + 200;
	buf_fmt(out, "%s:%u:%zu: %s\n    ", source_file(s, at).p,
	    source_line(s, at), val_points((struct slice){ from,
	    (size_t)(at - from) }) + 1, text);
	for (p = from; p < to; p++)
		buf_char(out, (unsigned char)*p < 0x20 && *p != '\t' ? '?' :
		    *p);
	buf_str(out, "\n    ");
	for (p = from; p < at && p < to; p++)
		if (((unsigned char)*p & 0xc0) != 0x80)
			buf_char(out, *p == '\t' ? '\t' : ' ');
	buf_str(out, "^\n");
}
