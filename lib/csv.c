/* csv - comma-separated values, in and out: the one door to libcsv. */
#include <csv.h>
#include <stdlib.h>

#include "csv.h"
#include "sixteen.h"

struct csv_in {
	struct csv_parser parser;
	csv_take *take;
	void *ctx;
	struct buf text;	/* the row's cells, one behind the other */
	size_t *end;		/* where each cell ends in `text` */
	struct slice *cell;
	size_t n, cap, width;
	uint64_t rows;
	bool cr;		/* lines of CR and LF: libcsv has all */
	size_t fed;		/* pieces since the last whole row */
	bool within;		/* libcsv has the beginning of a row, or all */
	struct why *w;		/* during a feed */
	bool bad;
};

/* libcsv trims what this calls a space. */
static int
never(unsigned char c)
{
	(void)c;
	return 0;
}

struct csv_in *
csv_in_new(csv_take *take, void *ctx, size_t limit)
{
	struct csv_in *in = xcalloc(1, sizeof(*in));

	csv_init(&in->parser, CSV_STRICT | CSV_STRICT_FINI);
	csv_set_space_func(&in->parser, never);
	csv_set_realloc_func(&in->parser, xrealloc);
	in->take = take;
	in->ctx = ctx;
	in->text = BUF(limit);
	return in;
}

void
csv_in_free(struct csv_in *in)
{
	if (in == NULL)
		return;
	csv_free(&in->parser);
	buf_free(&in->text);
	free(in->end);
	free(in->cell);
	free(in);
}

uint64_t
csv_in_rows(const struct csv_in *in)
{
	return in->rows;
}

static void
need_cell(struct csv_in *in)
{
	if (in->n < in->cap)
		return;
	in->cap = in->cap == 0 ? 64 : in->cap * 2;
	in->end = xrealloc(in->end, in->cap * sizeof(*in->end));
	in->cell = xrealloc(in->cell, in->cap * sizeof(*in->cell));
}

static void
on_cell(void *p, size_t n, void *ctx)
{
	struct csv_in *in = ctx;

	if (in->bad)
		return;
	need_cell(in);
	if (in->rows == 0 && in->n == 0 && n >= 3 &&
	    memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		p = (char *)p + 3;
		n -= 3;
	}
	buf_put(&in->text, p, n);
	in->end[in->n++] = in->text.n;
}

static int
too_long(struct csv_in *in)
{
	in->bad = true;
	return why_code(in->w, WHY_DATA, "bad-csv",
	    "row %ju of the CSV is over %zu bytes", (uintmax_t)in->rows + 1,
	    in->text.max);
}

/* All cells are there. */
static int
row_give(struct csv_in *in)
{
	struct csv_row row = { in->cell, in->n, ++in->rows };

	if (in->rows == 1)
		in->width = in->n;
	if (in->n != in->width)
		return why_code(in->w, WHY_DATA, "bad-csv",
		    "row %ju of the CSV has %zu cells, its header %zu",
		    (uintmax_t)in->rows, in->n, in->width);
	return in->take(in->ctx, &row, in->w);
}

static int
row_take(struct csv_in *in)
{
	size_t at = 0;

	if (in->text.over)
		return too_long(in);
	for (size_t i = 0; i < in->n; i++) {
		in->cell[i].p = in->text.n == 0 ? "" : in->text.p + at;
		in->cell[i].n = in->end[i] - at;
		at = in->end[i];
	}
	return row_give(in);
}

static void
on_row(int terminator, void *ctx)
{
	struct csv_in *in = ctx;

	(void)terminator;
	if (!in->bad && row_take(in) == -1)
		in->bad = true;
	in->n = in->fed = 0;
	in->within = in->cr;
	buf_reset(&in->text);
}

static int
bad_csv(struct csv_in *in)
{
	in->bad = true;
	return why_code(in->w, WHY_DATA, "bad-csv",
	    "row %ju of the CSV has a stray or an open quote",
	    (uintmax_t)in->rows + 1);
}

/* Cells are short: to look is less than to call. */
static inline const char *
next_quote(const char *p, const char *end)
{
#ifdef SIXTEEN
	const __m128i quote = _mm_set1_epi8('"');

	for (int bits; end - p >= 16; p += 16)
		if ((bits = _mm_movemask_epi8(_mm_cmpeq_epi8(quote,
		    sixteen_at(p)))) != 0)
			return p + __builtin_ctz((unsigned)bits);
#endif
	return memchr(p, '"', (size_t)(end - p));
}

/*
 * Most rows have neither doubled quotes nor CR, and lie in one piece: their
 * cells are where they are.  Gives the bytes of such a row at `p`, or 0:
 * libcsv is to look, as at a row that is not as wide as the header, or is over
 * the limit.
 */
static size_t
plain_row(struct csv_in *in, const char *p, size_t n)
{
	const char *q = p, *end = p + n, *from;
	struct slice *c = in->cell, *last = c + in->width - 1;

	for (; q < end; c++, q++) {
		if (*q == '"') {
			from = q + 1;
			if ((q = next_quote(from, end)) == NULL)
				return 0;
			*c = (struct slice){ from, (size_t)(q++ - from) };
		} else {
			for (from = q; q < end && *q != ',' && *q != '\n'; q++)
				if (*q == '"' || *q == '\r')
					return 0;
			*c = (struct slice){ from, (size_t)(q - from) };
		}
		if (q == end || *q != ',' || c == last)
			break;
	}
	if (c != last || q >= end || *q != '\n' ||
	    (size_t)(q - p) > in->text.max)
		return 0;
	in->n = in->width;
	in->bad = row_give(in) == -1;
	in->n = 0;
	return (size_t)(q + 1 - p);
}

/* The rest of a line whose row is not plain, or some of it; the row may have
 * more lines. */
static size_t
feed_line(struct csv_in *in, const char *p, size_t n)
{
	enum { PIECE = 16384 };
	const char *q;

	if (n > PIECE)
		n = PIECE;
	if ((q = memchr(p, '\n', n)) != NULL)
		n = (size_t)(q + 1 - p);
	in->cr |= memchr(p, '\r', n) != NULL;
	in->within = true;
	if (csv_parse(&in->parser, p, n, on_cell, on_row, in) != n &&
	    !in->bad)
		bad_csv(in);
	in->fed += n;
	if (!in->bad && (in->text.over ||
	    in->fed > 2 * in->text.max + PIECE))
		too_long(in);
	return n;
}

/*
 * Past an error libcsv would go on for the rest of the piece: small pieces,
 * so that a reader who has stopped is not fed much more.  A cell comes only
 * when it ends and may be all quotes (two bytes for one), so a row that never
 * ends shows in the pieces it has taken.
 */
int
csv_in_feed(struct csv_in *in, const char *p, size_t n, struct why *w)
{
	size_t m;

	in->w = w;
	for (; n > 0 && !in->bad; p += m, n -= m) {
		if (in->within || in->rows == 0)
			m = feed_line(in, p, n);
		else if (*p == '\n')
			m = 1;			/* an empty line */
		else if ((m = plain_row(in, p, n)) == 0)
			m = feed_line(in, p, n);
	}
	return in->bad ? -1 : 0;
}

int
csv_in_end(struct csv_in *in, struct why *w)
{
	in->w = w;
	if (!in->bad && csv_fini(&in->parser, on_cell, on_row, in) != 0 &&
	    !in->bad)
		bad_csv(in);
	return in->bad ? -1 : 0;
}

#ifdef SIXTEEN
static inline bool
has_special(__m128i v)
{
	return _mm_movemask_epi8(_mm_or_si128(
	    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(',')),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('"'))),
	    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('\r'))))) != 0;
}
#endif

/* What makes quotes necessary.  Blanks at the ends are quoted too: harmless,
 * and safe with readers that trim. */
static bool
needs_quotes(struct slice t)
{
	if (t.n == 0)
		return false;
	if (t.p[0] == ' ' || t.p[t.n - 1] == ' ')
		return true;
#ifdef SIXTEEN
	if (t.n < 16)
		return has_special(sixteen_of(t.p, t.n));
	for (size_t i = 0; i + 16 < t.n; i += 16)
		if (has_special(sixteen_at(t.p + i)))
			return true;
	return has_special(sixteen_at(t.p + t.n - 16));
#else
	for (size_t i = 0; i < t.n; i++)
		if (strchr(",\"\n\r", t.p[i]) != NULL && t.p[i] != '\0')
			return true;
	return false;
#endif
}

static char *
put_quoted(char *to, struct slice t)
{
	*to++ = '"';
	for (size_t i = 0; i < t.n; i++) {
		if (t.p[i] == '"')
			*to++ = '"';
		if (t.p[i] != '\r')
			*to++ = t.p[i];
		else if (i + 1 == t.n || t.p[i + 1] != '\n')
			*to++ = '\n';
	}
	*to++ = '"';
	return to;
}

char *
csv_put(char *to, struct slice text)
{
	if (needs_quotes(text)) {
		to = put_quoted(to, text);
	} else {
		sixteen_copy(to, text.p, text.n, ',');
		to += text.n;
	}
	*to++ = ',';
	return to;
}

void
csv_cell(struct buf *b, struct slice text)
{
	size_t most = text.n + 1;

	if (needs_quotes(text)) {
		most += 2;
		for (size_t i = 0; i < text.n; i++)
			most += text.p[i] == '"';
	}
	if (b->cap - b->n > most || buf_room(b, most))
		b->n = (size_t)(csv_put(b->p + b->n, text) - b->p);
}

/* Each cell has left its comma; the last one becomes the line's end. */
void
csv_end(struct buf *b, size_t cells)
{
	if (b->over || b->n == 0)
		return;
	if (cells == 1 && (b->n == 1 || b->p[b->n - 2] == '\n')) {
		b->n--;
		buf_put(b, "\"\"\n", 3);
		return;
	}
	b->p[b->n - 1] = '\n';
}
