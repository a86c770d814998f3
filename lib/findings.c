/* findings - what a check of settings and maps has to say, all at once. */
#include <ctype.h>
#include <stdlib.h>

#include "csv.h"
#include "file.h"
#include "findings.h"

enum { TEXT = 8192, TABLE = 16 << 20, ROW = 64 * 1024 };

struct findings {
	struct pool *pool;
	struct finding *found;
	size_t n, cap, order;
};

struct findings *
findings_new(void)
{
	struct findings *f = xcalloc(1, sizeof(*f));

	f->pool = pool_new();
	return f;
}

void
findings_free(struct findings *f)
{
	if (f == NULL)
		return;
	pool_free(f->pool);
	free(f->found);
	free(f);
}

void
findings_add(struct findings *f, struct place at, bool warning,
    const char *fmt, va_list ap)
{
	char text[TEXT];

	vsnprintf(text, sizeof(text), fmt, ap);
	if (f->n == f->cap) {
		f->cap = f->cap == 0 ? 64 : f->cap * 2;
		f->found = xrealloc(f->found, f->cap * sizeof(*f->found));
	}
	f->found[f->n] = (struct finding){ at, warning, pool_dup(f->pool,
	    text, strlen(text)), f->order, f->n };
	f->n++;
}

void
findings_error(struct findings *f, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	findings_add(f, at, false, fmt, ap);
	va_end(ap);
}

void
findings_warn(struct findings *f, struct place at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	findings_add(f, at, true, fmt, ap);
	va_end(ap);
}

void
findings_order(struct findings *f, size_t order)
{
	f->order = order;
}

struct place
findings_set(struct findings *f, const struct conf *c, const char *section,
    const char *name)
{
	const char *at = conf_origin(c, section, name);

	return (struct place){ pool_dup(f->pool, at, strlen(at)), 0 };
}

size_t
findings_errors(const struct findings *f)
{
	size_t i, n = 0;

	for (i = 0; i < f->n; i++)
		n += !f->found[i].warning;
	return n;
}

/* ---- telling ---- */

static int
by_place(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	if (x->at.line != y->at.line)
		return x->at.line < y->at.line ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* Names and values come from outside: nothing may move a cursor. */
static void
put_safe(FILE *to, const char *s)
{
	for (; *s != '\0'; s++)
		putc((unsigned char)*s < ' ' || *s == 0x7f ? ' ' : *s, to);
}

size_t
findings_each(struct findings *f,
    void (*see)(void *ctx, const struct finding *one), void *ctx)
{
	size_t i;

	if (f->n > 0)
		qsort(f->found, f->n, sizeof(*f->found), by_place);
	for (i = 0; i < f->n; i++)
		see(ctx, &f->found[i]);
	return findings_errors(f);
}

static void
print(void *ctx, const struct finding *one)
{
	FILE *to = ctx;

	put_safe(to, one->at.file);
	if (one->at.line > 0)
		fprintf(to, ":%u", one->at.line);
	fputs(one->warning ? ": warning: " : ": ", to);
	put_safe(to, one->text);
	putc('\n', to);
}

size_t
findings_tell(struct findings *f, FILE *to)
{
	return findings_each(f, print, to);
}

/* ---- values ---- */

bool
findings_value(const char **rest, bool list, struct slice *value)
{
	const char *p = *rest, *end;

	if (p != NULL)
		p += strspn(p, list ? ", \t" : " \t");
	if (p == NULL || *p == '\0')
		return false;
	end = list ? p + strcspn(p, ",") : p + strlen(p);
	*rest = end;
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	*value = (struct slice){ p, (size_t)(end - p) };
	return true;
}

struct table {
	int (*row)(void *ctx, const struct findings_row *r, struct why *w);
	void *ctx;
};

static int
take(void *ctx, const struct csv_row *row, struct why *w)
{
	struct table *t = ctx;

	if (row->number == 1 || row->n != 2)	/* what maps refuse */
		return 0;
	return t->row(t->ctx, &(struct findings_row){ row->cell[0],
	    row->cell[1], (unsigned)row->number }, w);
}

int
findings_table(const char *path,
    int (*row)(void *ctx, const struct findings_row *r, struct why *w),
    void *ctx, struct why *w)
{
	struct table t = { row, ctx };
	struct buf b = BUF(TABLE);
	struct csv_in *in = NULL;
	int r = -1;

	if (file_read(path, &b, w) == -1)
		goto out;
	in = csv_in_new(take, &t, ROW);
	if (csv_in_feed(in, b.p, b.n, w) == -1 || csv_in_end(in, w) == -1)
		goto out;
	r = 0;
out:
	csv_in_free(in);
	buf_free(&b);
	return r;
}
