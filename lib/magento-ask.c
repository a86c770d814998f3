/* magento-ask - one page of a list, and where the list ends. */
#include "magento-ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "say.h"

void
mage_ask_free(struct mage_ask *a)
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

/* Magento counts more than it gives, though there is room on the page: it cuts
 * pages without saying so, or something in it keeps records back. */
static bool
is_short(const struct mage_ask *a, struct why *w)
{
	char given[24];

	if (a->page.n >= (size_t)a->size || a->page.total < 0 ||
	    (size_t)a->page.total <= a->page.n)
		return false;
	snprintf(given, sizeof(given), "%zu", a->page.n);
	why_code(w, WHY_BROKEN, "short-page", "Magento counts %" PRId64
	    " %s and gives %s of them", a->page.total, a->entity->name,
	    a->page.n == 0 ? "none" : given);
	return true;
}

/* Several records that are too heavy are asked for in parts, one is taken. */
static size_t
longest(const struct mage_plan *plan, const struct mage_ask *a)
{
	bool one = a->size == 1 || (a->in != NULL ? a->ids == 1 :
	    a->gt != -2 && a->lteq != -2 && a->lteq - a->gt == 1);

	return one || a->entity != plan->entity ? 0 : plan->page_bytes;
}

int
mage_ask_page(struct mage *m, struct mage_plan *plan, struct mage_ask *a,
    struct why *w)
{
	struct mage_query *q;
	int r, most, tries = 0, shorts = 0;

	for (;;) {
		most = atomic_load(&plan->page_size);
		if (a->size > most)
			a->size = most;
		mage_ask_free(a);
		a->call.once = a->once;
		a->call.answer_max = longest(plan, a);
		q = query_of(m, a);
		r = mage_get(m, mage_query_url(q), &a->call, w);
		mage_query_free(q);
		if (r == 0) {
			memset(w, 0, sizeof(*w));	/* of an earlier try */
			if (cut_page(a, w) == 0 && is_short(a, w) &&
			    shorts++ == 0)
				continue;	/* both in one moment? */
			take_note(plan, &a->call, w->kind == WHY_NONE);
			return w->kind == WHY_NONE;
		}
		/* broken off by us: no trouble of the server's */
		take_note(plan, &a->call, strcmp(w->code, "too-long") == 0);
		if (tries++ < 3 && learn_size(plan, &a->call))
			continue;
		if (cannot_be_made(a, &a->call, w))
			return 0;
		if (w->kind == WHY_DATA)	/* 400: the question is wrong */
			w->kind = WHY_SETUP;
		return -1;
	}
}

int
mage_alive(struct mage *m, struct mage_plan *plan,
    const struct mage_entity *e, struct why *w)
{
	struct mage_ask a = { .entity = e, .where = plan->where,
	    .wheres = e == plan->entity ? plan->wheres : 0,
	    .gt = beyond, .lteq = -2, .size = 1 };
	struct why dead = {0};
	int r = mage_ask_page(m, plan, &a, &dead);

	mage_ask_free(&a);
	if (r == 1)
		return 0;
	*w = dead;
	if (r == 0 && w->kind != WHY_BUSY)
		w->kind = WHY_BROKEN;
	return -1;
}

/* --- the upper end --- */

/* Is there a record over `id`?  One that Magento cannot make is one. */
static int
any_over(struct mage *m, struct mage_plan *plan, int64_t id, struct why *w)
{
	struct mage_ask a = { .entity = plan->entity, .where = plan->where,
	    .wheres = plan->wheres, .gt = id, .lteq = -2, .once = true,
	    .size = 1 };
	int r = mage_ask_page(m, plan, &a, w);

	if (r == 1)
		r = a.page.n > 0;
	else if (r == 0)
		r = 1;
	mage_ask_free(&a);
	return r;
}

/* Magento fails for a field that it does not know as it does for all else. */
static bool
may_be_field(const struct mage_plan *plan, const struct why *w)
{
	int i = 0;

	while (i < plan->wheres &&
	    strcmp(plan->where[i].field, "updated_at") == 0)
		i++;
	return i < plan->wheres && (strcmp(w->code, "http-500") == 0 ||
	    strcmp(w->code, "no-items") == 0);
}

/* The highest record is the one that Magento cannot make: look for its id
 * between one that has records over it and one that has none. */
static int64_t
search_highest(struct mage *m, struct mage_plan *plan, struct why *w)
{
	int64_t low = -1, high = beyond;
	struct why first = *w;
	int r = any_over(m, plan, beyond, w);

	if (r == 1 && (first.kind == WHY_BUSY ||
	    strcmp(first.code, "short-page") == 0)) {
		*w = first;
		return -2;
	}
	if (r == 1) {
		bool field = may_be_field(plan, &first);

		why(w, field ? WHY_SETUP : WHY_BROKEN,
		    "Magento fails whatever is asked of %s%s: %s",
		    plan->entity->name, field ?
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
	if (a->page.n == 0)
		return -1;
	if (a->page.item[0].id != -1)
		return a->page.item[0].id;
	mage_no_id(a->entity, a->page.item[0].text, w);
	return -2;
}

int64_t
mage_highest(struct mage *m, struct mage_plan *plan, int64_t *total,
    struct why *w)
{
	struct mage_ask a = { .entity = plan->entity, .where = plan->where,
	    .wheres = plan->wheres, .fields = plan->fields, .gt = -2,
	    .lteq = -2, .down = true, .size = 1 };
	int64_t id = -2;
	int r = mage_ask_page(m, plan, &a, w);

	*total = r == 1 ? a.page.total : -1;
	if (r == 1)
		id = first_id(&a, w);
	mage_ask_free(&a);
	return r == 0 ? search_highest(m, plan, w) : id;
}
