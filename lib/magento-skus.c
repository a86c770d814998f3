/* magento-skus - which of the SKUs in carts the catalogue has. */
#include "magento-skus.h"

#include <inttypes.h>
#include <stdlib.h>

#include "magento-ask.h"
#include "magento-keys.h"

enum { UNSAID = -1 };		/* and 0: there is none */

struct sku {
	const char *text;
	int64_t id;
};

struct skus {
	struct sku *at;
	size_t n, room;
};

/* ---- the SKUs of a window, each once ---- */

static void
add(struct skus *s, struct slice text, struct pool *pool)
{
	if (s->n == s->room) {
		s->room = s->room == 0 ? 256 : 2 * s->room;
		s->at = xrealloc(s->at, s->room * sizeof(*s->at));
	}
	s->at[s->n++] = (struct sku){ pool_dup(pool, text.p, text.n), 0 };
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(((const struct sku *)a)->text,
	    ((const struct sku *)b)->text);
}

static void
sort(struct skus *s)
{
	size_t i, n = 0;

	if (s->n > 0)
		qsort(s->at, s->n, sizeof(*s->at), by_text);
	for (i = 0; i < s->n; i++)
		if (n == 0 || strcmp(s->at[n - 1].text, s->at[i].text) != 0)
			s->at[n++] = s->at[i];
	s->n = n;
}

/* Call `see` with the SKU of each line of a cart. */
static void
each_line(struct mage_row *row, struct pool *pool,
    void (*see)(void *ctx, struct mage_row *row, struct slice sku), void *ctx)
{
	struct slice items = scan_get(row->text, "items"), item, sku;
	struct scan s;

	if (scan_kind(items) != SCAN_ARRAY)
		return;
	scan_enter(&s, items);
	while (scan_element(&s, &item)) {
		if (scan_kind(item) != SCAN_OBJECT)
			continue;
		sku = scan_string(scan_get(item, "sku"), pool);
		if (sku.n > 0)
			see(ctx, row, sku);
	}
}

/* ---- in the catalogue ---- */

static void
take(struct skus *s, size_t from, const struct mage_keys *k)
{
	size_t i;

	for (i = 0; i < k->names; i++)	/* both are sorted */
		s->at[from + i].id = k->name[i].found ? k->name[i].id : 0;
}

/* One product that cannot be shown hurts those alone that name it. */
static int
look(struct mage *m, struct mage_plan *plan, struct skus *s, size_t from,
    size_t to, struct why *w)
{
	const struct mage_entity *products = mage_entity("products", NULL);
	size_t i, middle = from + (to - from) / 2;
	struct mage_keys k = {0};
	int r;

	for (i = from; i < to; i++)
		mage_keys_name(&k, "sku", slice(s->at[i].text));
	if ((r = mage_keys_find(&k, m, products, w)) == 0)
		take(s, from, &k);
	mage_keys_free(&k);
	if (r == 0 || strcmp(w->code, "http-500") != 0 ||
	    mage_alive(m, plan, products, w) == -1)
		return r;
	memset(w, 0, sizeof(*w));
	if (to - from == 1) {
		s->at[from].id = UNSAID;
		return 0;
	}
	if (look(m, plan, s, from, middle, w) == -1)
		return -1;
	return look(m, plan, s, middle, to, w);
}

/* ---- and back to the carts ---- */

struct telling {
	struct skus skus;
	struct pool *pool;
	struct mage_window *win;
	int kind;
};

static void
collect(void *ctx, struct mage_row *row, struct slice sku)
{
	struct telling *t = ctx;

	(void)row;
	add(&t->skus, sku, t->pool);
}

static void
tell(void *ctx, struct mage_row *row, struct slice sku)
{
	struct telling *t = ctx;
	struct sku key = { pool_dup(t->pool, sku.p, sku.n), 0 }, *found;
	struct buf b = BUF(1 << 16);

	found = bsearch(&key, t->skus.at, t->skus.n, sizeof(key), by_text);
	if (found == NULL || found->id == UNSAID)
		return;
	buf_str(&b, "{\"sku\":");
	scan_quote(&b, sku);
	if (found->id == 0)
		buf_str(&b, ",\"id\":null}");
	else
		buf_fmt(&b, ",\"id\":%" PRId64 "}", found->id);
	mage_row_child(row, t->kind, (struct slice){ pool_dup(t->win->pool,
	    b.p, b.n), b.n });
	buf_free(&b);
}

int
mage_skus_read(struct mage *m, struct mage_window *win, int kind,
    struct why *w)
{
	struct telling t = { .pool = pool_new(), .win = win, .kind = kind };
	size_t i;
	int r = 0;

	for (i = 0; i < win->rows; i++)
		if (win->row[i].is == MAGE_RECORD)
			each_line(&win->row[i], t.pool, collect, &t);
	sort(&t.skus);
	if (t.skus.n > 0)
		r = look(m, win->plan, &t.skus, 0, t.skus.n, w);
	for (i = 0; r == 0 && i < win->rows; i++)
		if (win->row[i].is == MAGE_RECORD)
			each_line(&win->row[i], t.pool, tell, &t);
	free(t.skus.at);
	pool_free(t.pool);
	return r;
}
