/* magento-changed - what may have changed since a run. */
#include "magento-changed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void
mage_before(const char *moment, long seconds, char out[MAGE_MOMENT])
{
	struct tm tm = {0};
	time_t t;

	strptime(moment, "%Y-%m-%d %H:%M:%S", &tm);
	t = timegm(&tm) - seconds;
	gmtime_r(&t, &tm);
	strftime(out, MAGE_MOMENT, "%Y-%m-%d %H:%M:%S", &tm);
}

static void
add(struct mage_plan *p, const char *field, const char *op, const char *value,
    bool or)
{
	if (*value == '\0')
		return;
	p->where[p->wheres++] = (struct mage_where){ xstrdup(field),
	    xstrdup(op), xstrdup(value), or };
}

/* (changed since, or recent) and (changed until, or recent). */
void
mage_changed_filter(const struct mage_changed *c, struct mage_plan *p)
{
	if (*c->since != '\0') {
		add(p, "updated_at", "gteq", c->since, false);
		add(p, "created_at", "gteq", c->recent, true);
	}
	if (*c->until != '\0') {
		add(p, "updated_at", "lteq", c->until, false);
		add(p, "created_at", "gteq", c->recent, true);
	}
}

static struct mage_window *
window_of(struct mage_plan *p, int64_t lo, int64_t hi)
{
	struct mage_window *win = xcalloc(1, sizeof(*win));

	win->plan = p;
	win->lo = lo;
	win->hi = hi;
	win->range = true;
	return win;
}

/* The order of a document; a list of documents without one is none. */
static void
add_order(struct mage_keys *k, const struct mage_entity *e,
    const struct mage_row *row, struct why *w)
{
	static const struct mage_entity order = { .member = "order_id" };
	int64_t id = mage_id(&order, row->text);

	if (id == -1)
		why(w, WHY_BROKEN, "%s/%" PRId64 " has no 'order_id'", e->name,
		    row->id);
	else
		mage_keys_add(k, id);
}

/* All pages of one kind, one after the other: there are few of them. */
static int
touched_by(struct mage_plan *p, struct mage *m, struct mage_keys *k,
    void (*unreadable)(void *ctx, const struct mage_entity *e,
    const struct mage_row *row), void *ctx, struct why *w)
{
	struct mage_window *win;
	int64_t total, at = -1, hi = mage_highest(m, p, &total, w);
	size_t i;

	while (at < hi && w->kind == WHY_NONE) {
		win = window_of(p, at, hi);
		mage_window_read(m, win);
		*w = win->error;
		for (i = 0; i < win->rows && w->kind == WHY_NONE; i++)
			if (win->row[i].is == MAGE_RECORD)
				add_order(k, p->entity, &win->row[i], w);
			else
				unreadable(ctx, p->entity, &win->row[i]);
		at = win->covered;
		mage_window_free(win);
	}
	return w->kind == WHY_NONE ? 0 : -1;
}

int
mage_touched(const struct mage_changed *c, struct mage *m, int page_size,
    struct mage_keys *k, void (*unreadable)(void *ctx,
    const struct mage_entity *e, const struct mage_row *row), void *ctx,
    struct why *w)
{
	static const char *const kinds[] = { "invoices", "shipments",
	    "creditmemos" };
	struct mage_changed window = *c;
	int i, r = 0;

	*window.recent = '\0';
	for (i = 0; r == 0 && i < 3; i++) {
		struct mage_plan p = { .entity = mage_entity(kinds[i], NULL),
		    .fields = "items[entity_id,order_id],total_count" };

		atomic_init(&p.page_size, page_size);
		mage_changed_filter(&window, &p);
		r = touched_by(&p, m, k, unreadable, ctx, w);
		mage_plan_free(&p);
	}
	return r;
}
