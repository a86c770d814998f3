/* lookup - which lines asked for this text? */
#include <stdlib.h>

#include "alike.h"
#include "lookup.h"

struct row {
	struct slice text;
	size_t line;
};

struct lookup {
	struct row *row;
	struct slice *text;
	size_t n, cap;
	bool sorted;
};

struct lookup *
lookup_new(void)
{
	return xcalloc(1, sizeof(struct lookup));
}

void
lookup_reset(struct lookup *l)
{
	l->n = 0;
	l->sorted = false;
}

void
lookup_add(struct lookup *l, struct slice text, size_t line)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 256 : 2 * l->cap;
		l->row = xrealloc(l->row, l->cap * sizeof(*l->row));
		l->text = xrealloc(l->text, l->cap * sizeof(*l->text));
	}
	l->row[l->n++] = (struct row){ text, line };
	l->sorted = false;
}

size_t
lookup_count(const struct lookup *l)
{
	return l->n;
}

static int
by_text(const void *a, const void *b)
{
	const struct row *p = a, *q = b;
	int c = alike_cmp(p->text, q->text);

	return c != 0 ? c : (p->line > q->line) - (p->line < q->line);
}

static void
sort(struct lookup *l)
{
	if (!l->sorted && l->n > 0)
		qsort(l->row, l->n, sizeof(*l->row), by_text);
	l->sorted = true;
}

/* The first row that is not before `text`. */
static size_t
first(const struct lookup *l, struct slice text)
{
	size_t from = 0, to = l->n, mid;

	while (from < to) {
		mid = from + (to - from) / 2;
		if (alike_cmp(l->row[mid].text, text) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

bool
lookup_next(struct lookup *l, struct slice text, size_t *at, size_t *line)
{
	size_t i;

	sort(l);
	i = *at == 0 ? first(l, text) : *at;
	if (i >= l->n || alike_cmp(l->row[i].text, text) != 0)
		return false;
	*line = l->row[i].line;
	*at = i + 1;
	return true;
}

const struct slice *
lookup_texts(struct lookup *l, size_t *n)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		l->text[i] = l->row[i].text;
	*n = l->n;
	return l->text;
}

void
lookup_free(struct lookup *l)
{
	if (l == NULL)
		return;
	free(l->row);
	free(l->text);
	free(l);
}
