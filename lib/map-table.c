/* map-table - a two-column CSV file as an object */

#include <stdlib.h>

#include "csv.h"
#include "map-file.h"
#include "scan.h"

struct loading {
	struct pool *pool;
	struct member *rows;
	size_t n, cap;
};

/* Both cells in one piece: a table may have a million rows. */
static struct member
copy(struct pool *pool, const struct slice cell[2])
{
	char *p = pool_get(pool, cell[0].n + cell[1].n + 1);

	if (cell[0].n > 0)
		memcpy(p, cell[0].p, cell[0].n);
	if (cell[1].n > 0)
		memcpy(p + cell[0].n, cell[1].p, cell[1].n);
	return (struct member){ val_text(p, cell[0].n),
		val_text(p + cell[0].n, cell[1].n) };
}

/* The first row is a heading. */
static int
take(void *ctx, const struct csv_row *row, struct why *w)
{
	struct loading *l = ctx;

	if (row->n != 2)
		return why(w, WHY_SETUP, "a table has two columns, not %zu",
		    row->n);
	if (row->number == 1)
		return 0;
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 64 : l->cap * 2;
		l->rows = xrealloc(l->rows, l->cap * sizeof(*l->rows));
	}
	l->rows[l->n++] = copy(l->pool, row->cell);
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return val_cmp(x->key, y->key);
}

static struct table *
sorted(struct loading *l, struct slice file, struct why *w)
{
	struct table *t;
	size_t i, size = l->n * sizeof(struct member);

	if (l->n > 0)
		qsort(l->rows, l->n, sizeof(*l->rows), by_key);
	for (i = 1; i < l->n; i++)
		if (val_equal(l->rows[i].key, l->rows[i - 1].key)) {
			why(w, WHY_SETUP, "'%.*s' stands there twice",
			    (int)l->rows[i].key.n, l->rows[i].key.p);
			return NULL;
		}
	t = pool_get(l->pool, sizeof(*t) + size);
	memset(t, 0, sizeof(*t));
	t->file = file;
	t->n = (uint32_t)l->n;
	if (l->n > 0)
		memcpy(t->rows, l->rows, size);
	return t;
}

/* What an empty export or another kind of file would do must not pass. */
static int
check_text(struct slice text, struct why *w)
{
	if (text.n == 0)
		return why(w, WHY_SETUP, "the file is empty: its first row "
		    "is a heading");
	if (memchr(text.p, '\0', text.n) != NULL || !scan_utf8(text))
		return why(w, WHY_SETUP, "this is no UTF-8 text");
	return 0;
}

struct table *
table_load(struct map_set *s, const struct map *m, struct slice file,
    uint64_t *rev, struct why *w)
{
	struct loading l = { .pool = s->pool };
	struct buf text = BUF(64 << 20), name = BUF(256);
	struct csv_in *in = csv_in_new(take, &l, 1 << 20);
	struct table *t = NULL;

	buf_slice(&name, file);
	if (s->world.table == NULL)
		why(w, WHY_SETUP, "no files here");
	else if (s->world.table(s->world.ctx, m->source.file.p,
	    buf_cstr(&name), &text, w) == 0 &&
	    check_text(buf_all(&text), w) == 0 &&
	    csv_in_feed(in, buf_all(&text).p, text.n, w) == 0 &&
	    csv_in_end(in, w) == 0)
		t = sorted(&l, file, w);
	if (t == NULL)
		why_in(w, "table %.*s", (int)file.n, file.p);
	else
		*rev = rev_fold(*rev, buf_all(&text));
	free(l.rows);
	csv_in_free(in);
	buf_free(&text);
	buf_free(&name);
	return t;
}
