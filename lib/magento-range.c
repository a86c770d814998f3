#include "magento-range.h"

#include <stdlib.h>

#include "say.h"

/* Blocks of ids, not a part of the whole: where it ends may have moved when
 * the next shard begins. */
enum {
	BLOCK = 1000,
	CALM = 8,	/* windows without trouble before more is asked for */
	FIRST = 5,	/* records of the first page */
	HELD = 9 << 19,	/* bytes of all windows that are held, as a rule; twice
			 * that when records are of very different weight */
};

static size_t
room(const struct mage_range *x)
{
	return (size_t)HELD / (2 * (size_t)x->workers);
}

static int64_t
block_of(int64_t id)
{
	return id < 1 ? 0 : (id - 1) / BLOCK;
}

static bool
is_ours(const struct mage_range *x, int64_t id)
{
	return x->shards < 2 || block_of(id) % x->shards == x->shard;
}

static void
drop_others(struct mage_range *x)
{
	size_t i, n = 0;

	for (i = 0; i < x->key.n; i++)
		if (is_ours(x, x->key.id[i]))
			x->key.id[n++] = x->key.id[i];
	x->key.n = n;
}

/* Over the blocks of other shards, and no further than our next one goes. */
static void
within_block(struct mage_range *x, int64_t *lo, int64_t *hi)
{
	int64_t end;

	if (x->shards < 2)
		return;
	while (*lo < *hi && !is_ours(x, *lo + 1))
		*lo = (block_of(*lo + 1) + 1) * BLOCK;
	end = (block_of(*lo + 1) + 1) * BLOCK;
	if (*hi > end)
		*hi = end;
}

/* The highest id, asked before anything is read, ends the run: what comes
 * into being meanwhile is for the next one. */
int
mage_range_open(struct mage_range *x, struct mage *m, int64_t up_to,
    struct why *w)
{
	int64_t size = atomic_load(&x->plan.page_size);

	x->asked = (int)size;
	x->plan.page_bytes = 2 * room(x);
	x->flight = x->workers;
	x->next = -1;
	x->highest = -1;
	drop_others(x);
	x->total = (int64_t)x->key.n;
	if (!x->whole)
		return 0;
	x->highest = mage_highest(m, &x->plan, &x->total, w);
	if (x->highest == -2)
		return -1;
	x->top = x->highest;
	if (up_to >= 0 && x->highest > up_to)
		x->highest = up_to;
	if (size > FIRST)
		atomic_store(&x->plan.page_size, (int)(size = FIRST));
	x->width = size;
	if (x->total > 0 && x->highest / x->total > 1)
		x->width = size * (x->highest / x->total);
	return 0;
}

static struct mage_window *
new_window(struct mage_range *x, int64_t lo, int64_t hi, bool range,
    const int64_t *id, size_t ids)
{
	struct mage_window *win = xcalloc(1, sizeof(*win));

	win->plan = &x->plan;
	win->lo = lo;
	win->hi = hi;
	win->range = range;
	win->id = id;
	win->ids = ids;
	return win;
}

/* The next part of the range with the ids that fall into it, then what ids
 * are left; NULL: nothing is. */
struct mage_window *
mage_range_next(struct mage_range *x)
{
	size_t size = (size_t)atomic_load(&x->plan.page_size), n = 0;
	size_t left = x->key.n - x->used;
	const int64_t *id = x->key.id + x->used;
	int64_t lo = x->next, hi = x->highest;
	bool range;

	if (lo < hi)
		within_block(x, &lo, &hi);
	range = lo < x->highest;
	if (!range && left == 0)
		return NULL;
	if (range && hi - lo > x->width)
		hi = lo + x->width;
	while (n < left && n < size && (!range || id[n] <= hi))
		n++;
	if (n == size && (!range || (n < left && id[n] <= hi)))
		hi = id[n - 1];
	else if (!range)
		hi = id[n - 1];
	x->next = hi;
	x->used += n;
	return new_window(x, lo, hi, range, id, n);
}

/* What a window did not cover comes next, in parts of about a page. */
void
mage_range_rest(struct mage_range *x, struct crew *crew, int parts,
    const struct mage_window *win)
{
	int64_t size = atomic_load(&x->plan.page_size), lo = win->covered;
	int64_t left = win->found - (int64_t)win->rows, step = win->hi - lo;
	size_t from = 0, to;
	int i;

	if (left < parts * size)
		parts = (int)(left / size) + 1;
	if (left > 0)
		step = (int64_t)((double)step * (double)size / (double)left);
	while (from < win->ids && win->id[from] <= lo)
		from++;
	for (i = 0; i < parts && lo < win->hi; i++) {
		int64_t hi = i == parts - 1 || win->hi - lo <= step ||
		    step < size ? win->hi : lo + step;

		for (to = from; to < win->ids && win->id[to] <= hi; to++)
			;
		crew_put(crew, new_window(x, lo, hi, true, win->id + from,
		    to - from), lo);
		from = to;
		lo = hi;
	}
}

int
mage_range_flight(const struct mage_range *x)
{
	if (x->weight == 0)
		return 1;
	/* twice as many are held as are under way, so that all have work */
	return x->flight < x->workers ? x->flight : 2 * x->workers;
}

/* The limit that Magento named may be lower by now. */
static void
set_size(struct mage_range *x, int old, int size)
{
	if (size < 1)
		size = 1;
	if (size != old &&
	    atomic_compare_exchange_strong(&x->plan.page_size, &old, size))
		say_verbose("pages of %d records from now on", size);
}

static void
adapt_flight(struct mage_range *x, int troubles)
{
	if (troubles > 0 && x->flight > 1) {
		x->flight /= 2;
		say_verbose("%d requests at once from now on", x->flight);
	} else if (x->calm > 0 && x->calm % CALM == 0 &&
	    x->flight < x->workers) {
		x->flight++;
	}
}

/* The longest page that may be. */
static int
most(const struct mage_range *x)
{
	int limit = atomic_load(&x->plan.page_limit), n = x->asked;

	if (limit > 0 && limit < n)
		n = limit;
	if (x->weight > 0 && (int64_t)room(x) / x->weight < n)
		n = (int)((int64_t)room(x) / x->weight);
	return n > 0 ? n : 1;
}

static void
adapt_size(struct mage_range *x, int too_big, int slowest)
{
	int size = atomic_load(&x->plan.page_size), n = most(x);

	if (too_big > 0 || slowest > x->patience)
		set_size(x, size, size / 2 < n ? size / 2 : n);
	else if (size > n || x->first)
		set_size(x, size, n);
	else if (x->calm > 0 && x->calm % CALM == 0 && size < n &&
	    slowest < x->patience / 4)
		set_size(x, size, size + (size + 3) / 4 < n ?
		    size + (size + 3) / 4 : n);
}

/* The heaviest pages count for a while. */
static void
weigh(struct mage_range *x, const struct mage_window *win)
{
	int64_t bytes = 0;
	size_t i;

	for (i = 0; i < win->answers; i++)
		bytes += (int64_t)win->answer[i].n;
	x->first = x->weight == 0 && win->rows > 0;
	x->weight -= x->weight / 8;
	if (win->rows > 0 && bytes / (int64_t)win->rows > x->weight)
		x->weight = bytes / (int64_t)win->rows;
}

static void
adapt_load(struct mage_range *x)
{
	int troubles = atomic_exchange(&x->plan.troubles, 0);
	int too_big = atomic_exchange(&x->plan.too_big, 0);
	int slowest = atomic_exchange(&x->plan.slowest, 0);

	x->calm = troubles > 0 || slowest > x->patience ? 0 : x->calm + 1;
	adapt_flight(x, troubles);
	adapt_size(x, too_big, slowest);
}

/* Windows as wide as a page is long, however the ids lie. */
void
mage_range_adapt(struct mage_range *x, const struct mage_window *win)
{
	size_t old = (size_t)atomic_load(&x->plan.page_size), size;

	weigh(x, win);
	adapt_load(x);
	if (!win->range)
		return;
	size = (size_t)atomic_load(&x->plan.page_size);
	if (x->first)
		x->width = x->width * (int64_t)size / (int64_t)old;
	else if (win->covered < win->hi && x->width > (int64_t)size)
		x->width -= x->width / 4;
	else if (win->rows < size / 2 && x->width < x->highest)
		x->width *= 2;
}
