#include "magento-told.h"

#include <stdio.h>
#include <stdlib.h>

#include "crew.h"
#include "magento-asked.h"
#include "magento-bulk.h"
#include "say.h"

enum {
	WORKERS_MAX = 32,
	REFUSALS_MAX = 20,	/* 500s in a row are not the records' */
	LOST_MAX = 3,		/* nor are so many answers that never came */
};

struct mage_told {
	struct ledger *ledger;
	struct mage *m, *twin[WORKERS_MAX];
	void *self[WORKERS_MAX];
	int workers;
	struct mage_places places;
	struct mage_bulk bulk;
	bool again;
	bool looked[MAGE_KINDS];	/* attributes are checked */
	int attempts;		/* [runs] attempts */
	int failures;		/* in a row */
	struct mage_asked asked;
};

/* --- what is there --- */

/* Jobs of one kind that go on, as the list that magento-tell wants. */
static size_t
list_of(const struct mage_told *x, enum mage_kind kind,
    struct mage_tell **list)
{
	size_t i, n = 0;

	for (i = 0; i < x->asked.n; i++) {
		struct mage_job *j = &x->asked.job[i];

		if (j->verdict == NULL && !j->done && j->tell.kind == kind)
			list[n++] = &j->tell;
	}
	return n;
}

static int
read_all(struct mage_told *x, struct why *w)
{
	struct mage_tell **list = xcalloc(x->asked.n + 1, sizeof(*list));
	int k, r = 0;

	for (k = 0; r == 0 && k < MAGE_KINDS; k++)
		r = mage_tell_read(x->m, &x->places, list,
		    list_of(x, k, list), w);
	free(list);
	return r;
}

static void
refuse(struct mage_job *j, const char *verdict, const char *reason)
{
	j->verdict = verdict;
	j->reason = reason;
}

/* It may come right by itself, so many times. */
static void
put_off(const struct mage_told *x, struct mage_job *j)
{
	j->again = true;
	refuse(j, j->attempts + 1 < x->attempts ? "waiting" : "failed",
	    j->tell.error.code);
}

static void
not_there(struct mage_job *j)
{
	memset(&j->tell.error, 0, sizeof(j->tell.error));
	why(&j->tell.error, WHY_DATA, "Magento does not have it any more");
	refuse(j, "skipped", "not-in-magento");
}

/* What must be written after what was read. */
static void
decide(struct mage_told *x, struct mage_job *j)
{
	struct mage_tell *t = &j->tell;
	const char *place = x->places.name[t->kind][MAGE_ID];

	if (t->unread) {
		put_off(x, j);
	} else if (!t->there) {
		not_there(j);
	} else if (mage_tell_equal(t)) {
		j->done = true;
	} else if (t->kind == MAGE_ORDERS &&
	    strcmp(place, "ext_order_id") == 0 && t->has[MAGE_ID][0] != '\0' &&
	    !mage_asked_ours(j)) {
		why(&t->error, WHY_DATA, "ext_order_id is '%s', which is not "
		    "ours; empty it, or leave it to its owner by order_place = "
		    "comment or no", t->has[MAGE_ID]);
		refuse(j, "held", "foreign-value");
	}
}

/* --- telling --- */

struct task {
	struct mage_told *x;
	struct mage_job *j;
};

static void
write_one(void *self, void *task)
{
	struct task *t = task;

	mage_tell_write(self, &t->x->places, &t->j->tell);
}

/* One by one: what no bulk took, or gave back. */
static bool
is_left(const struct mage_job *j)
{
	return !j->done && j->verdict == NULL &&
	    (j->tell.op == MAGE_OP_NONE || j->tell.op == MAGE_OP_RETRY);
}

/* Is it of no use to try others?  Maintenance, a limit, a login; or what one
 * record can bring about, too often. */
static bool
is_over(struct mage_told *x, const struct why *e)
{
	static const char *const everybody[] = { "no-connection", "http-503",
	    "http-429", "http-408", "stopped" };
	size_t i;

	if (e->kind == WHY_NONE || e->kind == WHY_DATA) {
		x->failures = 0;
		return false;
	}
	for (i = 0; i < sizeof(everybody) / sizeof(*everybody); i++)
		if (strcmp(e->code, everybody[i]) == 0)
			return true;
	x->failures++;
	return e->kind == WHY_SETUP || x->failures >
	    (strcmp(e->code, "http-500") == 0 ? REFUSALS_MAX : LOST_MAX);
}

/* Several at once. */
static int
write_all(struct mage_told *x, struct why *w)
{
	struct task *task = xcalloc(x->asked.n + 1, sizeof(*task)), *t;
	struct crew *crew = crew_open(x->workers, x->self, write_one);
	size_t i = 0;
	int r = 0;

	for (;;) {
		for (; r == 0 && i < x->asked.n &&
		    crew_held(crew) < 2 * x->workers; i++) {
			struct mage_job *j = &x->asked.job[i];

			if (!is_left(j))
				continue;
			memset(&j->tell.error, 0, sizeof(j->tell.error));
			task[i] = (struct task){ x, j };
			crew_put(crew, &task[i], (int64_t)i);
		}
		if ((t = crew_get(crew)) == NULL)
			break;
		if (r == 0 && is_over(x, &t->j->tell.error)) {
			*w = t->j->tell.error;
			r = -1;
		}
	}
	crew_close(crew, NULL);
	free(task);
	return r;
}

static int
send_bulks(struct mage_told *x, struct why *w)
{
	struct mage_tell **list = xcalloc(x->asked.n + 1, sizeof(*list));
	int k, r = 0;
	size_t n;

	for (k = 0; r == 0 && k < MAGE_KINDS; k++)
		if ((n = list_of(x, k, list)) > 0 &&
		    mage_bulk_wants(&x->bulk, k, n))
			r = mage_bulk_tell(&x->bulk, list, n, w);
	free(list);
	return r;
}

static bool
is_refusal(const struct why *e)
{
	static const char *const code[] = { "bulk-refused", "no-increment",
	    "too-long" };
	size_t i;

	for (i = 0; i < sizeof(code) / sizeof(*code); i++)
		if (strcmp(e->code, code[i]) == 0)
			return true;
	return strncmp(e->code, "http-4", 6) == 0;
}

/* Magento drops what it does not know and cuts what is too long, and says
 * 200 to both. */
static void
not_kept(struct mage_told *x, struct mage_job *j)
{
	struct mage_tell *t = &j->tell;
	int i = 0;

	while (i + 1 < MAGE_PLACES && strcmp(t->want[i], t->has[i]) == 0)
		i++;
	why_code(&t->error, WHY_DATA, "not-kept", "Magento took '%s' as %s "
	    "and has '%s'%s", t->want[i], x->places.name[t->kind][i],
	    t->has[i], t->kind == MAGE_PRODUCTS ? "; is the attribute in the "
	    "product's attribute set?" : "");
	j->again = true;
	refuse(j, "failed", t->error.code);
}

/* What counts is what Magento has now, whatever it answered. */
static void
conclude(struct mage_told *x, struct mage_job *j)
{
	struct mage_tell *t = &j->tell;

	if (j->done || j->verdict != NULL)
		return;
	if (t->unread) {
		put_off(x, j);
	} else if (!t->there) {
		not_there(j);
	} else if (t->renumbered) {
		why_code(&t->error, WHY_DATA, "renumbered", "the order was "
		    "%s before it was saved and has another number now",
		    t->increment);
		refuse(j, "failed", t->error.code);
	} else if (mage_tell_equal(t)) {
		j->done = true;
	} else if (t->error.kind == WHY_NONE) {
		not_kept(x, j);
	} else if (is_refusal(&t->error)) {
		refuse(j, "failed", t->error.code);
	} else {
		put_off(x, j);
	}
}

/* --- all of it --- */

/* Attributes that the store does not have are not told: they are made by
 * somebody else, not by us.  1: one is missing. */
static int
look_for_places(struct mage_told *x, struct why *w)
{
	bool there[MAGE_PLACES];
	int k, i, r = 0;
	size_t j;

	for (j = 0; j < x->asked.n; j++) {
		k = x->asked.job[j].tell.kind;
		if (x->looked[k])
			continue;
		x->looked[k] = true;
		if (mage_places_look(x->m, &x->places, k, there, w) == -1)
			return -1;
		for (i = 0; i < MAGE_PLACES; i++) {
			const char **name = &x->places.name[k][i];

			if (*name == NULL || there[i])
				continue;
			say("Magento has no attribute '%s' of %s, so nothing "
			    "is told there ([magento] %s): %s", *name,
			    mage_kind_name(k), mage_places_setting(k, i),
			    mage_places_advice(k));
			*name = NULL;
			r = 1;
		}
	}
	return r;
}

static int
find(struct mage_told *x, const struct payload *line, size_t n, struct why *w)
{
	mage_asked_find(&x->asked, &x->places, line, n);
	return mage_asked_drop(&x->asked, x->ledger, x->again, x->attempts, w);
}

static int
tell_all(struct mage_told *x, const struct payload *line, size_t n,
    struct why *w)
{
	size_t i;
	int r;

	if ((r = look_for_places(x, w)) == -1 ||
	    (r == 1 && find(x, line, n, w) == -1) || read_all(x, w) == -1)
		return -1;
	for (i = 0; i < x->asked.n; i++)
		decide(x, &x->asked.job[i]);
	if (send_bulks(x, w) == -1 || write_all(x, w) == -1 ||
	    read_all(x, w) == -1)
		return -1;
	for (i = 0; i < x->asked.n; i++)
		conclude(x, &x->asked.job[i]);
	return 0;
}

int
mage_told_batch(struct mage_told *x, const struct payload *line, size_t n,
    struct why *w)
{
	struct why no = {0};
	int r;

	if (find(x, line, n, w) == -1)
		return -1;
	if (x->asked.n == 0)
		return 0;
	r = tell_all(x, line, n, w);
	mage_tally(x->m);
	if (mage_asked_remember(&x->asked, x->ledger, r == -1 ? w : NULL,
	    &no) == -1 && r == 0) {
		*w = no;
		r = -1;
	}
	return r;
}

int
mage_told_owe(struct mage_told *x, const struct payload *line, size_t n,
    const struct why *why_not, struct why *w)
{
	return find(x, line, n, w) == -1 ? -1 : mage_asked_remember(&x->asked,
	    x->ledger, why_not, w);
}

/* --- open, close --- */

size_t
mage_told_jobs(const struct mage_told *x, const struct mage_job **j)
{
	*j = x->asked.job;
	return x->asked.n;
}

const char *
mage_told_place(const struct mage_told *x, enum mage_kind kind, int place)
{
	return x->places.name[kind][place];
}

static int
open_handles(struct mage_told *x, const struct conf *c, struct why *w)
{
	long n = conf_int(c, "magento", "in_flight");
	int i;

	if (n < 1 || n > WORKERS_MAX)
		return why(w, WHY_SETUP, "[magento] in_flight goes from 1 to "
		    "%d", WORKERS_MAX);
	x->workers = (int)n;
	mage_scope(x->m, "all");
	for (i = 0; i < x->workers; i++)
		if ((x->self[i] = x->twin[i] = mage_twin(x->m, w)) == NULL)
			return -1;
	return 0;
}

struct mage_told *
mage_told_open(struct mage *m, const struct conf *c, struct ledger *l,
    bool again, struct why *w)
{
	struct mage_told *x = xcalloc(1, sizeof(*x));

	x->m = m;
	x->ledger = l;
	x->again = again;
	x->attempts = (int)conf_int(c, "runs", "attempts");
	mage_places(&x->places, c);
	mage_bulk_init(&x->bulk, m, &x->places, c, l);
	x->places.whole = x->bulk.allowed[MAGE_CUSTOMERS];
	if (m == NULL || open_handles(x, c, w) == 0)
		return x;
	mage_told_close(x);
	return NULL;
}

void
mage_told_close(struct mage_told *x)
{
	int i;

	if (x == NULL)
		return;
	for (i = 0; i < WORKERS_MAX; i++)
		mage_close(x->twin[i]);
	mage_asked_free(&x->asked);
	free(x);
}
