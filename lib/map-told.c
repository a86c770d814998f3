/* map-told - the mistakes of all maps, in the order of their places */

#include <stdlib.h>

#include "map-reader.h"

struct told {
	size_t map;		/* number of maps: none */
	unsigned long line, column;
	struct slice text;
};

static int
by_place(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	if (x->map != y->map)
		return x->map < y->map ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return (x->text.p > y->text.p) - (x->text.p < y->text.p);
}

/* A mistake has three lines: FILE:LINE:COLUMN, the line, the caret. */
static struct told
read_told(const struct map_set *s, const char *p, const char *end)
{
	struct told t = { .map = s->n, .text = { p, 0 } };
	const char *q = p;
	struct slice file;
	char *colon;
	size_t i;

	do {
		q = memchr(q, '\n', (size_t)(end - q));
		q = q == NULL ? end : q + 1;
	} while (end - q > 4 && memcmp(q, "    ", 4) == 0);
	t.text.n = (size_t)(q - p);
	for (i = 0; i < s->n && t.map == s->n; i++) {
		file = s->maps[i].source.file;
		if (t.text.n <= file.n || memcmp(p, file.p, file.n) != 0 ||
		    p[file.n] != ':')
			continue;
		t.map = i;
		t.line = strtoul(p + file.n + 1, &colon, 10);
		t.column = *colon == ':' ? strtoul(colon + 1, NULL, 10) : 0;
	}
	return t;
}

void
mistakes_sort(const struct map_set *s, struct buf *mistakes, size_t from)
{
	const char *p, *end;
	char *copy;
	struct told *t = NULL;
	size_t i, n = 0;

	if (mistakes->n <= from)
		return;
	copy = pool_dup(s->pool, mistakes->p + from, mistakes->n - from);
	end = copy + (mistakes->n - from);
	for (p = copy; p < end; p += t[n++].text.n) {
		MORE(s->pool, t, n);
		t[n] = read_told(s, p, end);
	}
	if (n > 1)
		qsort(t, n, sizeof(*t), by_place);
	mistakes->n = from;
	for (i = 0; i < n; i++)
		if (i == 0 || !slice_eq(t[i].text, t[i - 1].text))
			buf_slice(mistakes, t[i].text);
}
