#include "magento-page.h"
#include "magento-window.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "say.h"

enum {
	IN_LIST = 100,		/* ids of one list: URLs stay below 4 KB */
};

/* What is asked for: a page of at most `size` records. */
struct mage_ask {
	const struct mage_entity *entity;
	const struct mage_where *where;
	int wheres;
	int64_t gt, lteq;	/* bounds of the id, -2: none */
	const char *in;		/* field that must be one of `id`, or NULL */
	const int64_t *id;
	size_t ids;
	bool down;		/* highest id first */
	const char *fields;
	bool once;		/* a 500 is not tried again */
	int size;		/* given back smaller where Magento wants that */
	struct http_call call;	/* the caller frees it */
	const char *of;		/* member with the order's id, or NULL */
	struct mage_page page;	/* what came, borrowed from `call` */
};

static void
ask_free(struct mage_ask *a)
{
	http_call_free(&a->call);
	mage_page_free(&a->page);
}

/* No table of Magento has such an id. */
static const int64_t beyond = INT64_C(4294967295);

static struct slice
number(int64_t n, char text[24])
{
	snprintf(text, 24, "%" PRId64, n);
	return slice(text);
}

static void
add_list(struct mage_query *q, const struct mage_ask *a)
{
	struct buf b = BUF(1 << 16);
	char text[24];
	size_t i;

	for (i = 0; i < a->ids; i++) {
		if (i > 0)
			buf_char(&b, ',');
		buf_slice(&b, number(a->id[i], text));
	}
	mage_filter(q, a->in, "in", buf_all(&b));
	buf_free(&b);
}

static struct mage_query *
query_of(struct mage *m, const struct mage_ask *a)
{
	struct mage_query *q = mage_query_new(m, a->entity->path);
	char text[24];
	int i;

	if (a->gt != -2)
		mage_filter(q, a->entity->id, "gt", number(a->gt, text));
	if (a->lteq != -2)
		mage_filter(q, a->entity->id, "lteq", number(a->lteq, text));
	if (a->in != NULL)
		add_list(q, a);
	for (i = 0; i < a->wheres; i++)
		(a->where[i].or ? mage_filter_or : mage_filter)(q,
		    a->where[i].field, a->where[i].op,
		    slice(a->where[i].value));
	mage_sort(q, a->entity->id, !a->down);
	mage_page(q, a->size, 1);
	if (a->fields != NULL)
		mage_fields(q, a->fields);
	return q;
}

static bool
learn_size(struct mage_plan *plan, const struct http_call *c)
{
	int n = mage_size_limit(c), old = atomic_load(&plan->page_size);

	if (n >= 1)
		atomic_store(&plan->page_limit, n);
	if (n < 1 || n >= old)
		return n >= 1;		/* another thread knew it first */
	atomic_store(&plan->page_size, n);
	say_verbose("Magento allows %d records a page, not %d", n, old);
	return true;
}

/* A time-out, ours or that of who stands before it, and the end of PHP's
 * memory in mid-answer may be the page's fault, too. */
static bool
cannot_be_made(const struct mage_ask *a, const struct http_call *c,
    const struct why *w)
{
	static const char *const codes[] = { "half-answer", "no-answer",
	    "too-long", "time-out" };
	size_t i = 0;

	if (c->status == 414 || c->status == 413)
		return a->ids > 1;	/* fewer of them are shorter */
	if (c->status == 500 || c->status == 502 || c->status == 504)
		return true;
	while (i < 4 && strcmp(w->code, codes[i]) != 0)
		i++;
	return i < 4 && (c->status == 200 || c->status == 0);
}

static void
take_note(struct mage_plan *plan, const struct http_call *c, bool made)
{
	int ms = c->seconds < 1e6 ? (int)(c->seconds * 1000) : 1000000000;

	if (c->attempts > 1 || !made)
		atomic_fetch_add(&plan->troubles, 1);
	if (ms > atomic_load(&plan->slowest))
		atomic_store(&plan->slowest, ms);
}

/* Lists that say null when they are empty are lists, too. */
static int
cut_page(struct mage_ask *a, struct why *w)
{
	struct mage_list list;

	if (mage_page_cut(&a->page, &a->call.answer, a->entity, a->of) == 0)
		return 0;
	a->page.n = 0;
	if (mage_items(&a->call, &list, w) == -1)
		return -1;
	a->page.total = list.total;
	return slice_is(list.items, "[]") ? 0 : why_code(w, WHY_BROKEN,
	    "no-items", "Magento answered a list that cannot be read");
}

/* 1; 0: this page is one that Magento cannot make (a message instead of a list
 * is one more way to say so), `w` says how; -1. */
static int
ask_page(struct mage *m, struct mage_plan *plan, struct mage_ask *a,
    struct why *w)
{
	struct mage_query *q;
	int r, most, tries = 0;

	for (;;) {
		most = atomic_load(&plan->page_size);
		if (a->size > most)
			a->size = most;
		ask_free(a);
		a->call.once = a->once;
		q = query_of(m, a);
		r = mage_get(m, mage_query_url(q), &a->call, w);
		mage_query_free(q);
		if (r == 0) {
			memset(w, 0, sizeof(*w));	/* of an earlier try */
			r = cut_page(a, w);
			take_note(plan, &a->call, r == 0);
			return r == 0;
		}
		take_note(plan, &a->call, false);
		if (tries++ < 3 && learn_size(plan, &a->call))
			continue;
		if (cannot_be_made(a, &a->call, w))
			return 0;
		if (w->kind == WHY_DATA)	/* 400: the question is wrong */
			w->kind = WHY_SETUP;
		return -1;
	}
}

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
			return why(w, WHY_BROKEN, "a record of %s has no '%s'",
			    a->entity->name, a->entity->member);
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

/* Is it the page, or the server?  Then one without records fails as well.  0
 * or -1. */
static int
alive(struct mage *m, struct mage_plan *plan, struct why *w)
{
	struct mage_ask a = { .entity = plan->entity, .where = plan->where,
	    .wheres = plan->wheres, .gt = beyond, .lteq = -2, .size = 1 };
	struct why dead = {0};
	int r = ask_page(m, plan, &a, &dead);

	ask_free(&a);
	if (r == 1)
		return 0;
	*w = dead;
	if (r == 0 && w->kind != WHY_BUSY)
		w->kind = WHY_BROKEN;
	return -1;
}

/* A record that stands alone and still cannot be made.  0 or -1. */
static int
poisoned(struct mage *m, struct mage_window *win, int64_t id, struct why *w)
{
	struct mage_row *row;

	if (alive(m, win->plan, w) == -1)
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
	int r = ask_page(m, plan, &a, w);

	if (r == 1) {
		r = take_rows(win, &a, &t, w) == -1 ? -1 : 1;
		win->covered = t.n < (size_t)a.size ? hi : t.last;
		if (!halved)
			win->found = a.page.total;
	}
	ask_free(&a);
	if (r != 0)
		return r == 1 ? 0 : -1;
	if (halved)
		return read_halves(m, win, lo, hi, w);
	if (alive(m, plan, w) == -1 || read_halves(m, win, lo, hi, w) == -1)
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
		r = ask_page(m, plan, &a, w);
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
		ask_free(&a);
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

static void
add_child(struct mage_row *row, int kind, struct slice text)
{
	size_t n = row->children[kind];

	if ((n & (n - 1)) == 0)		/* room doubles at 0, 1, 2, 4, 8 */
		row->child[kind] = xrealloc(row->child[kind],
		    (n == 0 ? 1 : 2 * n) * sizeof(struct slice));
	row->child[kind][n] = one_line(text);
	row->children[kind]++;
}

/* A page of children, to their orders.  1 full, 0 the last, -1. */
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
		row = row_of(win, rows, item->of);
		if (id <= a->gt || row == NULL)
			return why(w, WHY_BROKEN, "Magento gave %s/%" PRId64
			    " of another order than it was asked for",
			    a->entity->name, id);
		a->gt = id;
		add_child(row, kind, item->text);
	}
	return n > 0 && n >= (size_t)a->size;
}

static void
no_children(struct mage_window *win, int kind, const int64_t *id, size_t ids,
    size_t rows)
{
	size_t i;

	for (i = 0; i < ids; i++)
		row_of(win, rows, id[i])->children[kind] = 0;
}

/* The order whose children cannot be read cannot be read. */
static void
spoil(struct mage_window *win, struct mage_row *row, int kind,
    const struct why *w)
{
	struct buf b = BUF(sizeof(w->text) + 80);

	buf_fmt(&b, "its %s: %s", win->plan->with[kind]->name, w->text);
	row->is = MAGE_POISONED;
	row->text = (struct slice){ pool_dup(win->pool, b.p, b.n), b.n };
	buf_free(&b);
}

static int
read_children(struct mage *m, struct mage_window *win, int kind,
    const int64_t *id, size_t ids, bool halved, struct why *w)
{
	struct mage_ask a = { .entity = win->plan->with[kind],
	    .of = "order_id", .gt = -1,
	    .lteq = -2, .in = "order_id", .id = id, .ids = ids,
	    .once = halved && ids > 1, .size = MAGE_PAGE_MAX };
	size_t rows = win->rows;
	int r;

	do {
		if ((r = ask_page(m, win->plan, &a, w)) != 1)
			break;
		r = take_children(win, kind, &a, rows, w);
	} while (r == 1);
	ask_free(&a);
	if (r == -1 || w->kind == WHY_NONE)
		return r;
	no_children(win, kind, id, ids, rows);
	if (ids == 1) {
		spoil(win, row_of(win, rows, id[0]), kind, w);
		memset(w, 0, sizeof(*w));
		return 0;
	}
	memset(w, 0, sizeof(*w));
	if (read_children(m, win, kind, id, ids / 2, true, w) == -1)
		return -1;
	return read_children(m, win, kind, id + ids / 2, ids - ids / 2, true,
	    w);
}

static int
read_families(struct mage *m, struct mage_window *win, struct why *w)
{
	int64_t id[IN_LIST];
	size_t i, n;
	int kind;

	for (kind = 0; kind < win->plan->withs; kind++)
		for (i = n = 0; i < win->rows; i++) {
			if (win->row[i].is == MAGE_RECORD)
				id[n++] = win->row[i].id;
			if (n == 0 || (n < IN_LIST && i + 1 < win->rows))
				continue;
			if (read_children(m, win, kind, id, n, false,
			    w) == -1)
				return -1;
			n = 0;
		}
	return 0;
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
		for (i = 0; i < row->children[kind]; i++) {
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

/* --- the upper end --- */

/* Is there a record over `id`?  One that Magento cannot make is one. */
static int
any_over(struct mage *m, struct mage_plan *plan, int64_t id, struct why *w)
{
	struct mage_ask a = { .entity = plan->entity, .where = plan->where,
	    .wheres = plan->wheres, .gt = id, .lteq = -2, .once = true,
	    .size = 1 };
	int r = ask_page(m, plan, &a, w);

	if (r == 1)
		r = a.page.n > 0;
	else if (r == 0)
		r = 1;
	ask_free(&a);
	return r;
}

/* The highest record is the one that Magento cannot make: look for its id
 * between one that has records over it and one that has none. */
static int64_t
search_highest(struct mage *m, struct mage_plan *plan, struct why *w)
{
	int64_t low = -1, high = beyond;
	struct why first = *w;
	int r = any_over(m, plan, beyond, w);

	if (r == 1 && first.kind == WHY_BUSY) {
		*w = first;
		return -2;
	}
	if (r == 1) {
		why(w, plan->wheres > 0 ? WHY_SETUP : WHY_BROKEN,
		    "Magento fails whatever is asked of %s%s: %s",
		    plan->entity->name, plan->wheres > 0 ?
		    " (it does so for a field it does not know)" : "",
		    first.text);
		return -2;
	}
	while (r != -1 && high - low > 1) {
		int64_t mid = low + (high - low) / 2;

		if ((r = any_over(m, plan, mid, w)) == 1)
			low = mid;
		else
			high = mid;
	}
	memset(w, 0, r == -1 ? 0 : sizeof(*w));
	return r == -1 ? -2 : high;
}

/* The id of the first record of a list, -1: it is empty; -2 with `w`. */
static int64_t
first_id(const struct mage_ask *a, struct why *w)
{
	if (a->page.n == 0) {
		if (a->page.total <= 0)
			return -1;
		why(w, WHY_BROKEN, "Magento counts %" PRId64 " %s and gives "
		    "none of them", a->page.total, a->entity->name);
		return -2;
	}
	if (a->page.item[0].id != -1)
		return a->page.item[0].id;
	why(w, WHY_BROKEN, "a record of %s has no '%s'", a->entity->name,
	    a->entity->member);
	return -2;
}

int64_t
mage_highest(struct mage *m, struct mage_plan *plan, int64_t *total,
    struct why *w)
{
	struct mage_ask a = { .entity = plan->entity, .where = plan->where,
	    .wheres = plan->wheres, .fields = plan->fields, .gt = -2,
	    .lteq = -2, .down = true, .size = 1 };
	int r, tries = 2;
	int64_t id = -2;

	*total = -1;
	do {
		memset(w, 0, sizeof(*w));
		if ((r = ask_page(m, plan, &a, w)) == 1) {
			*total = a.page.total;
			id = first_id(&a, w);
		}
	} while (r == 1 && id == -2 && --tries > 0);	/* both in one moment? */
	ask_free(&a);
	return r == 0 ? search_highest(m, plan, w) : id;
}
