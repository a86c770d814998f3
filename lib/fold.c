/* fold - equal verdicts counted together, with an example of each. */
#include <inttypes.h>
#include <stdlib.h>

#include "fold.h"

const char *const fold_verdicts[FOLD_VERDICTS] = {
	"created", "updated", "deleted", "unchanged", "skipped", "waiting",
	"held", "rejected", "failed",
};

/* In the order in which a person wants to know. */
static const char *const order[FOLD_VERDICTS] = {
	"failed", "rejected", "held", "waiting", "skipped", "created",
	"updated", "deleted", "unchanged",
};

static int
rank(const char *verdict)
{
	int i = 0;

	while (i < FOLD_VERDICTS && strcmp(order[i], verdict) != 0)
		i++;
	return i;
}

void
fold_free(struct fold *f)
{
	free(f->row);
	*f = (struct fold){ 0 };
}

static bool
fits(const char *have, struct slice text, size_t size)
{
	size_t n = text.n < size ? text.n : size - 1;

	return strlen(have) == n && (n == 0 || memcmp(have, text.p, n) == 0);
}

/* Cut before a broken UTF-8 character or escape: `to` is shown to people. */
static void
copy(char *to, struct slice text, size_t size)
{
	size_t n = text.n < size ? text.n : size - 1;

	while (n < text.n && n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	for (size_t k = n; n < text.n && k > 0 && n - k < 6; k--)
		if (text.p[k - 1] == '\\') {
			n = k - 1;
			break;
		}
	if (n > 0)
		memcpy(to, text.p, n);
	to[n] = '\0';
}

static struct fold_row *
find(struct fold *f, struct slice map, struct slice verdict,
    struct slice reason)
{
	struct fold_row *r;

	for (int i = 0; i < f->n; i++) {
		r = &f->row[i];
		if (fits(r->verdict, verdict, sizeof(r->verdict)) &&
		    fits(r->reason, reason, sizeof(r->reason)) &&
		    fits(r->map, map, sizeof(r->map)))
			return r;
	}
	return NULL;
}

static struct fold_row *
row_of(struct fold *f, struct slice map, struct slice verdict,
    struct slice reason)
{
	struct fold_row *r = find(f, map, verdict, reason);

	if (r == NULL && f->n >= FOLD_ROWS - 1) {
		map = verdict = reason = SLICE("other");
		r = find(f, map, verdict, reason);
	}
	if (r != NULL)
		return r;
	f->row = xrealloc(f->row, ((size_t)f->n + 1) * sizeof(*f->row));
	r = &f->row[f->n++];
	*r = (struct fold_row){ .lines = 0 };
	copy(r->map, map, sizeof(r->map));
	copy(r->verdict, verdict, sizeof(r->verdict));
	copy(r->reason, reason, sizeof(r->reason));
	return r;
}

void
fold_add(struct fold *f, struct slice map, struct slice verdict,
    struct slice reason, uint64_t lines)
{
	row_of(f, map, verdict, reason)->lines += lines;
	f->total += lines;
}

void
fold_put(struct fold *f, const struct head *h)
{
	struct slice map = h->map.p == NULL ? h->object : h->map;
	struct fold_row *r = row_of(f, map, h->verdict, h->reason);

	if (r->source[0] == '\0') {
		copy(r->source, h->source.n > 0 ? h->source : h->key,
		    sizeof(r->source));
		copy(r->message, h->message, sizeof(r->message));
	}
	r->lines++;
	f->total++;
}

static int
by_rank(const void *x, const void *y)
{
	const struct fold_row *a = x, *b = y;
	int c = rank(a->verdict) - rank(b->verdict);

	if (c == 0 && a->lines != b->lines)
		c = a->lines > b->lines ? -1 : 1;
	if (c == 0 && (c = strcmp(a->map, b->map)) == 0)
		c = strcmp(a->reason, b->reason);
	return c;
}

void
fold_sort(struct fold *f)
{
	if (f->n > 0)
		qsort(f->row, (size_t)f->n, sizeof(*f->row), by_rank);
}

uint64_t
fold_count(const struct fold *f, const char *verdict)
{
	uint64_t n = 0;

	for (int i = 0; i < f->n; i++)
		if (strcmp(f->row[i].verdict, verdict) == 0)
			n += f->row[i].lines;
	return n;
}

bool
fold_is_bad(const struct fold_row *r)
{
	return rank(r->verdict) < rank("waiting");
}

void
fold_summary(const struct fold *f, struct buf *out)
{
	size_t from = out->n;
	uint64_t n;

	for (int i = FOLD_VERDICTS - 1; i >= 0; i--)
		if ((n = fold_count(f, order[i])) > 0)
			buf_fmt(out, "%s%" PRIu64 " %s",
			    out->n > from ? ", " : "", n, order[i]);
}
