#include "magento-ask.h"
#include "magento-skus.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	IN_LIST = 100,		/* ids of one list: URLs stay below 4 KB */
};

/* --- rows --- */

static struct mage_row *
add_row(struct mage_window *win, int64_t id, enum mage_row_is is)
{
	struct mage_row *r;

	if (win->rows == win->room) {
		win->room = win->room == 0 ? 64 : 2 * win->room;
		win->row = xrealloc(win->row, win->room * sizeof(*win->row));
	}
	r = &win->row[win->rows++];
	memset(r, 0, sizeof(*r));
	r->id = id;
	r->is = is;
	return r;
}

/* What came lives as long as the window: the rows' texts lie in it. */
static void
keep_answer(struct mage_window *win, struct mage_ask *a)
{
	win->answer = xrealloc(win->answer,
	    (win->answers + 1) * sizeof(*win->answer));
	win->answer[win->answers++] = a->call.answer;
	a->call.answer = (struct buf){ .max = a->call.answer.max };
}

/* White space between tokens may hold line breaks. */
static struct slice
one_line(struct slice text)
{
	char *p = (char *)(uintptr_t)text.p, *nl;

	for (nl = p; (nl = memchr(nl, '\n', text.n - (size_t)(nl - p))) !=
	    NULL; nl++)
		*nl = ' ';
	return text;
}

static bool
asked_for(const struct mage_ask *a, int64_t id)
{
	size_t i = 0;

	while (i < a->ids && a->id[i] != id)
		i++;
	return a->in == NULL || i < a->ids;
}

struct took {
	int64_t last;
	size_t n;
};

/* Ids within the bounds or from the list, ascending, or Magento did not do
 * what it was asked. */
static int
take_rows(struct mage_window *win, struct mage_ask *a, struct took *t,
    struct why *w)
{
	int64_t id;

	*t = (struct took){ a->gt, 0 };
	keep_answer(win, a);
	for (; t->n < a->page.n; t->n++) {
		if ((id = a->page.item[t->n].id) == -1)
			return mage_no_id(a->entity, a->page.item[t->n].text,
			    w);
		if (id <= t->last || (a->lteq != -2 && id > a->lteq) ||
		    !asked_for(a, id))
			return why(w, WHY_BROKEN, "Magento gave %s/%" PRId64
			    " out of order: it does not filter or sort as it "
			    "was asked to", a->entity->name, id);
		t->last = id;
		add_row(win, id, MAGE_RECORD)->text =
		    one_line(a->page.item[t->n].text);
	}
	return 0;
}

/* A record that stands alone and still cannot be made.  0 or -1. */
static int
poisoned(struct mage *m, struct mage_window *win, int64_t id, struct why *w)
{
	struct mage_row *row;

	if (mage_alive(m, win->plan, win->plan->entity, w) == -1)
		return -1;
	row = add_row(win, id, MAGE_POISONED);
	row->text.n = strlen(w->text);
	row->text.p = pool_dup(win->pool, w->text, row->text.n);
	return 0;
}

/* --- a range --- */

static int read_range(struct mage *m, struct mage_window *win, int64_t lo,
    int64_t hi, bool halved, struct why *w);

/* The page of (lo, hi] that Magento cannot make, in two parts. */
static int
read_halves(struct mage *m, struct mage_window *win, int64_t lo, int64_t hi,
    struct why *w)
{
	int64_t mid = lo + (hi - lo) / 2;

	if (hi - lo == 1) {
		win->covered = hi;
		return poisoned(m, win, hi, w);
	}
	if (read_range(m, win, lo, mid, true, w) == -1)
		return -1;
	if (win->covered < mid ||
	    win->rows >= (size_t)atomic_load(&win->plan->page_size))
		return 0;
	return read_range(m, win, mid, hi, true, w);
}

static bool
any_poisoned(const struct mage_window *win)
{
	size_t i = 0;

	while (i < win->rows && win->row[i].is != MAGE_POISONED)
		i++;
	return i < win->rows;
}

static int
read_range(struct mage *m, struct mage_window *win, int64_t lo, int64_t hi,
    bool halved, struct why *w)
{
	struct mage_plan *plan = win->plan;
	struct mage_ask a = { .entity = plan->entity, .where = plan->where,
	    .wheres = plan->wheres, .fields = plan->fields, .gt = lo,
	    .lteq = hi, .once = halved && hi - lo > 1, .size = MAGE_PAGE_MAX };
	struct took t;
	int r = mage_ask_page(m, plan, &a, w);

	if (r == 1) {
		r = take_rows(win, &a, &t, w) == -1 ? -1 : 1;
		win->covered = t.n < (size_t)a.size ? hi : t.last;
		if (!halved)
			win->found = a.page.total;
	}
	mage_ask_free(&a);
	if (r != 0)
		return r == 1 ? 0 : -1;
	if (halved)
		return read_halves(m, win, lo, hi, w);
	if (mage_alive(m, plan, plan->entity, w) == -1 ||
	    read_halves(m, win, lo, hi, w) == -1)
		return -1;
	if (!any_poisoned(win))
		atomic_fetch_add(&plan->too_big, 1);
	return 0;
}

/* --- a list of ids --- */

static int
read_ids(struct mage *m, struct mage_window *win, const int64_t *id,
    size_t ids, bool halved, struct why *w)
{
	struct mage_plan *plan = win->plan;
	struct took t;
	size_t n;
	int r;

	for (; ids > 0; id += n, ids -= n) {
		struct mage_ask a = { .entity = plan->entity, .gt = -2,
		    .lteq = -2, .fields = plan->fields,
		    .in = plan->entity->id, .id = id,
		    .ids = ids < IN_LIST ? ids : IN_LIST,
		    .once = halved && ids > 1, .size = IN_LIST };

		n = a.ids;
		r = mage_ask_page(m, plan, &a, w);
		if (r == 1) {
			r = take_rows(win, &a, &t, w) == -1 ? -1 : 1;
			/* a page smaller than the list: on behind its last */
			if (t.n == (size_t)a.size)
				for (n = 0; n < a.ids && id[n] <= t.last; n++)
					;
		} else if (r == 0 && a.ids == 1) {
			r = poisoned(m, win, id[0], w);
		} else if (r == 0) {
			n = a.ids / 2;
			r = read_ids(m, win, id, n, true, w);
		}
		mage_ask_free(&a);
		if (r == -1)
			return -1;
	}
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	int64_t x = ((const struct mage_row *)a)->id;
	int64_t y = ((const struct mage_row *)b)->id;

	return x < y ? -1 : x > y;
}

static void
sort_rows(struct mage_window *win)
{
	if (win->rows > 0)
		qsort(win->row, win->rows, sizeof(*win->row), by_id);
}

static struct mage_row *
row_of(struct mage_window *win, size_t rows, int64_t id)
{
	struct mage_row key = { .id = id };

	return rows == 0 ? NULL :
	    bsearch(&key, win->row, rows, sizeof(key), by_id);
}

/* The ids besides the range that the range did not give, among those that
 * are covered. */
static int
read_besides(struct mage *m, struct mage_window *win, struct why *w)
{
	int64_t *todo = xcalloc(win->ids + 1, sizeof(*todo));
	size_t i, n = 0, before = win->rows;
	int r = 0;

	for (i = 0; i < win->ids; i++)
		if (win->id[i] <= win->covered &&
		    row_of(win, before, win->id[i]) == NULL)
			todo[n++] = win->id[i];
	if (n > 0 && (r = read_ids(m, win, todo, n, false, w)) == 0) {
		sort_rows(win);
		before = win->rows;
		for (i = 0; i < n; i++)
			if (row_of(win, before, todo[i]) == NULL)
				add_row(win, todo[i], MAGE_MISSING);
		sort_rows(win);
	}
	free(todo);
	return r;
}

/* --- children --- */

/* The same products once more, as another store view has them. */
static bool
by_view(const struct mage_window *win, int kind)
{
	return strcmp(win->plan->with[kind]->name, "prices") == 0;
}

/* Documents name their order.  Orders name the cart that they come from, and
 * a checkout to several addresses makes several of one. */
static bool
by_cart(const struct mage_window *win, int kind)
{
	return strcmp(win->plan->with[kind]->name, "orders") == 0;
}

static int64_t
family(const struct mage_window *win, int kind, const struct mage_row *row)
{
	return by_cart(win, kind) ? row->cart : row->id;
}

/* The next row of the family, behind `row` (NULL: the first). */
static struct mage_row *
next_of(struct mage_window *win, int kind, size_t rows, int64_t id,
    struct mage_row *row)
{
	if (!by_cart(win, kind))
		return row == NULL ? row_of(win, rows, id) : NULL;
	for (row = row == NULL ? win->row : row + 1; row < win->row + rows;
	    row++)
		if (row->is == MAGE_RECORD && row->cart == id)
			return row;
	return NULL;
}

static void
find_carts(struct mage_window *win)
{
	static const struct mage_entity cart = { .member = "quote_id" };
	bool orders = strcmp(win->plan->entity->name, "orders") == 0;
	size_t i;

	for (i = 0; i < win->rows; i++)
		if (win->row[i].is == MAGE_RECORD)
			win->row[i].cart = orders ?
			    mage_id(&cart, win->row[i].text) : win->row[i].id;
}

void
mage_row_child(struct mage_row *row, int kind, struct slice text)
{
	size_t n = row->children[kind];

	if ((n & (n - 1)) == 0)		/* room doubles at 0, 1, 2, 4, 8 */
		row->child[kind] = xrealloc(row->child[kind],
		    (n == 0 ? 1 : 2 * n) * sizeof(struct slice));
	row->child[kind][n] = text;
	row->children[kind]++;
}

/* What it costs there; a place for each view, whichever has it. */
static void
set_price(struct mage_window *win, struct mage_row *row, int kind,
    struct slice text)
{
	struct mage_views *v = win->plan->views;

	if (row->child[kind] == NULL)
		row->child[kind] = xcalloc((size_t)v->n,
		    sizeof(struct slice));
	row->children[kind] = (size_t)v->n;
	row->child[kind][win->view] = mage_view_price(&v->view[win->view],
	    one_line(text), win->pool);
}

/* A page of children, to their families.  1 full, 0 the last, -1. */
static int
take_children(struct mage_window *win, int kind, struct mage_ask *a,
    size_t rows, struct why *w)
{
	const struct mage_item *item;
	struct mage_row *row;
	int64_t id;
	size_t n;

	keep_answer(win, a);
	for (n = 0; n < a->page.n; n++) {
		item = &a->page.item[n];
		id = item->id;
		row = next_of(win, kind, rows, by_view(win, kind) ? id :
		    item->of, NULL);
		if (id <= a->gt || row == NULL)
			return why(w, WHY_BROKEN, "Magento gave %s/%" PRId64
			    " of another %s than it was asked for",
			    a->entity->name, id, by_cart(win, kind) ? "cart" :
			    by_view(win, kind) ? "product" : "order");
		a->gt = id;
		if (by_view(win, kind)) {
			set_price(win, row, kind, item->text);
			continue;
		}
		for (; row != NULL; row = next_of(win, kind, rows, item->of,
		    row))
			mage_row_child(row, kind, one_line(item->text));
	}
	return n > 0 && n >= (size_t)a->size;
}

static void
no_children(struct mage_window *win, int kind, const int64_t *id, size_t ids,
    size_t rows)
{
	struct mage_row *row;
	size_t i;

	/* prices that came already are overwritten, not added to */
	for (i = 0; i < ids && !by_view(win, kind); i++)
		for (row = NULL; (row = next_of(win, kind, rows, id[i],
		    row)) != NULL; )
			row->children[kind] = 0;
}

/* What has children that cannot be read cannot be read. */
static void
spoil(struct mage_window *win, int kind, size_t rows, int64_t id,
    const struct why *w)
{
	struct buf b = BUF(sizeof(w->text) + 80);
	struct mage_row *row = NULL;
	char *text;

	buf_fmt(&b, "its %s: %s", win->plan->with[kind]->name, w->text);
	text = pool_dup(win->pool, b.p, b.n);
	while ((row = next_of(win, kind, rows, id, row)) != NULL) {
		row->is = MAGE_POISONED;
		row->text = (struct slice){ text, b.n };
	}
	buf_free(&b);
}

static int
read_children(struct mage *m, struct mage_window *win, int kind,
    const int64_t *id, size_t ids, bool halved, struct why *w)
{
	bool cart = by_cart(win, kind), view = by_view(win, kind);
	const char *of = cart ? "quote_id" : "order_id";
	struct mage_ask a = { .entity = win->plan->with[kind],
	    .of = view ? NULL : of, .gt = -1,
	    .lteq = -2, .in = view ? win->plan->entity->id : of,
	    .id = id, .ids = ids, .fields = view ? MAGE_VIEW_FIELDS : cart ?
	    "items[entity_id,quote_id],total_count" : NULL,
	    .once = halved && ids > 1, .size = MAGE_PAGE_MAX };
	size_t rows = win->rows;
	int r;

	do {
		if ((r = mage_ask_page(m, win->plan, &a, w)) != 1)
			break;
		r = take_children(win, kind, &a, rows, w);
	} while (r == 1);
	mage_ask_free(&a);
	if (r == -1 || w->kind == WHY_NONE)
		return r;
	no_children(win, kind, id, ids, rows);
	if (!halved && mage_alive(m, win->plan, a.entity, w) == -1)
		return -1;
	if (ids == 1) {
		spoil(win, kind, rows, id[0], w);
		memset(w, 0, sizeof(*w));
		return 0;
	}
	memset(w, 0, sizeof(*w));
	if (read_children(m, win, kind, id, ids / 2, true, w) == -1)
		return -1;
	return read_children(m, win, kind, id + ids / 2, ids - ids / 2, true,
	    w);
}

/* The first of its family: no family is asked for twice.  Orders that were
 * imported come from no cart, and may say so with a 0. */
static bool
is_first(struct mage_window *win, int kind, const struct mage_row *row)
{
	int64_t id = family(win, kind, row);

	return row->is == MAGE_RECORD && id > 0 &&
	    next_of(win, kind, win->rows, id, NULL) == row;
}

static int
read_kind(struct mage *m, struct mage_window *win, int kind, struct why *w)
{
	int64_t id[IN_LIST];
	size_t i, n;

	for (i = n = 0; i < win->rows; i++) {
		if (is_first(win, kind, &win->row[i]))
			id[n++] = family(win, kind, &win->row[i]);
		if (n == 0 || (n < IN_LIST && i + 1 < win->rows))
			continue;
		if (read_children(m, win, kind, id, n, false, w) == -1)
			return -1;
		n = 0;
	}
	return 0;
}

/* One list for each view, of the same products. */
static int
read_views(struct mage *m, struct mage_window *win, int kind, struct why *w)
{
	const struct mage_views *v = win->plan->views;
	int r = 0;

	for (win->view = 0; r == 0 && win->view < v->n; win->view++) {
		mage_scope(m, v->view[win->view].store);
		r = read_kind(m, win, kind, w);
	}
	mage_scope(m, v->home);
	return r;
}

static int
read_families(struct mage *m, struct mage_window *win, struct why *w)
{
	int kind;

	for (kind = 0; kind < win->plan->withs; kind++) {
		if (by_cart(win, kind))
			find_carts(win);
		if (strcmp(win->plan->with[kind]->name, "products") == 0) {
			if (mage_skus_read(m, win, kind, w) == -1)
				return -1;
			continue;
		}
		if ((by_view(win, kind) ? read_views : read_kind)(m, win, kind,
		    w) == -1)
			return -1;
	}
	return 0;
}

/* A website whose view has the product not is told all the same: an entry that
 * it has in that book goes inactive. */
static void
put_prices(struct buf *b, const struct mage_views *v,
    const struct mage_row *row, int kind, struct pool *pool)
{
	struct slice none = { NULL, 0 }, one;
	int i;

	for (i = 0; i < v->n; i++) {
		one = row->child[kind] == NULL ? none : row->child[kind][i];
		buf_str(b, i == 0 ? "" : ",");
		buf_slice(b, one.n > 0 ? one : mage_view_price(&v->view[i],
		    none, pool));
	}
}

struct slice
mage_with_children(const struct mage_plan *plan, const struct mage_row *row,
    struct pool *pool)
{
	struct buf b = BUF((size_t)1 << 30);
	struct slice all;
	size_t i;
	int kind;

	buf_put(&b, row->text.p, row->text.n - 1);	/* but its } */
	buf_str(&b, ",\"children\":{");
	for (kind = 0; kind < plan->withs; kind++) {
		buf_fmt(&b, "%s\"%s\":[", kind == 0 ? "" : ",",
		    plan->with[kind]->name);
		if (plan->views != NULL)
			put_prices(&b, plan->views, row, kind, pool);
		for (i = 0; plan->views == NULL && i < row->children[kind];
		    i++) {
			buf_str(&b, i == 0 ? "" : ",");
			buf_slice(&b, row->child[kind][i]);
		}
		buf_char(&b, ']');
	}
	buf_str(&b, "}}");
	all = (struct slice){ pool_dup(pool, b.p, b.n), b.n };
	buf_free(&b);
	return all;
}

/* --- a window --- */

void
mage_window_read(struct mage *m, struct mage_window *win)
{
	struct why *w = &win->error;

	win->pool = pool_new();
	win->covered = win->hi;
	win->found = -1;
	if (win->range) {
		win->covered = win->lo;
		if (read_range(m, win, win->lo, win->hi, false, w) == -1)
			return;
		memset(w, 0, sizeof(*w));
	}
	if (read_besides(m, win, w) == -1)
		return;
	memset(w, 0, sizeof(*w));
	read_families(m, win, w);
}

void
mage_plan_free(struct mage_plan *plan)
{
	int i;

	for (i = 0; i < plan->wheres; i++)
		mage_where_free(&plan->where[i]);
	plan->wheres = 0;
}

void
mage_window_free(struct mage_window *win)
{
	size_t i;
	int k;

	if (win == NULL)
		return;
	for (i = 0; i < win->rows; i++)
		for (k = 0; k < MAGE_CHILDREN; k++)
			free(win->row[i].child[k]);
	for (i = 0; i < win->answers; i++)
		buf_free(&win->answer[i]);
	free(win->answer);
	free(win->row);
	pool_free(win->pool);
	free(win);
}
