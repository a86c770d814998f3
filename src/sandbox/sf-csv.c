/* sf-csv - a strict reader for the CSV of a bulk upload */

#include <string.h>

#include "sf-csv.h"

/*
 * Read a quoted cell at `p` (behind its quote).  Returns where it ended (at
 * the closing quote), or NULL when the window ends first.
 */
static const char *
quoted(const char *p, const char *end, struct sf_csvcell *cell,
    struct sf_arena *a)
{
	const char *from = p, *q;
	size_t doubled = 0;
	char *to;

	for (;;) {
		q = memchr(p, '"', (size_t)(end - p));
		if (q == NULL)
			return NULL;
		if (q + 1 == end || q[1] != '"')
			break;
		doubled++;
		p = q + 2;
	}
	cell->s = from;
	cell->n = (size_t)(q - from);
	if (doubled == 0)
		return q;
	cell->n -= doubled;
	to = sf_alloc(a, cell->n + 1);
	cell->s = to;
	for (p = from; p < q; p++) {
		*to++ = *p;
		p += *p == '"';
	}
	return q;
}

static const char *
plain(const char *p, const char *end, char delim, struct sf_csvcell *cell,
    bool *quote)
{
	cell->s = p;
	while (p < end && *p != delim && *p != '\n' && *p != '\r') {
		*quote = *quote || *p == '"';
		p++;
	}
	cell->n = (size_t)(p - cell->s);
	return p;
}

/* Is there a line end at `p`, and how long is it? */
static size_t
line_end(const char *p, const char *end)
{
	if (p < end && *p == '\n')
		return 1;
	return end - p > 1 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

int
sf_csv_row(struct sf_csv *c, struct sf_csvrow *r, struct sf_arena *a)
{
	const char *p = c->p;
	struct sf_csvcell over;
	bool quote;
	size_t n;

	while ((n = line_end(p, c->end)) > 0)
		p += n;
	r->raw = p;
	r->n = 0;
	r->bad = NULL;
	if (p == c->end) {
		c->p = p;
		return 0;
	}
	for (;;) {
		struct sf_csvcell *cell = r->n < SF_CSV_COLS ?
		    &r->cell[r->n] : &over;

		quote = false;
		if (p < c->end && *p == '"') {
			p = quoted(p + 1, c->end, cell, a);
			if (p == NULL || (p + 1 == c->end && !c->last)) {
				if (!c->last)
					return 0;
				r->bad = "a quoted value does not end";
				p = c->end;
				break;
			}
			p++;
		} else {
			p = plain(p, c->end, c->delim, cell, &quote);
		}
		if (r->n++ >= SF_CSV_COLS)
			r->bad = "too many columns";
		if (p < c->end && *p == c->delim && !quote) {
			p++;
			continue;
		}
		/* \r may be the window's last byte: the \n is still to come */
		if (!c->last && c->end - p < 2)
			return 0;
		if (p == c->end || line_end(p, c->end) > 0)
			break;
		r->bad = "a quote must be the first and the last character "
		    "of its value";
		while (p < c->end && *p != '\n')
			p++;
		if (p == c->end && !c->last)
			return 0;
		break;
	}
	if (quote && r->bad == NULL)
		r->bad = "a value with a quote must be quoted";
	r->raw_n = (size_t)(p - r->raw);
	c->p = p + line_end(p, c->end);
	return 1;
}
