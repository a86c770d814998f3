#include "magento-told.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "crew.h"
#include "say.h"

enum {
	WORKERS_MAX = 32,
	REFUSALS_MAX = 20,		/* 500s in a row are not the records' */
};

struct mage_told {
	struct ledger *ledger;
	struct mage *m, *twin[WORKERS_MAX];
	void *self[WORKERS_MAX];
	int workers;
	struct mage_places places;
	bool again;
	bool looked;		/* customer attributes are checked */
	int failures;		/* 500s in a row */
	struct mage_job *job;
	size_t jobs, room;
};

static bool
is_id(struct slice id)
{
	size_t i;

	for (i = 0; i < id.n; i++)
		if (!((id.p[i] >= '0' && id.p[i] <= '9') ||
		    (id.p[i] >= 'A' && id.p[i] <= 'Z') ||
		    (id.p[i] >= 'a' && id.p[i] <= 'z')))
			return false;
	return id.n == 15 || id.n == 18;
}

/* The place for the id that this verdict gives, -1: there is none. */
static int
place_of(const struct mage_told *x, const struct payload *p,
    const char **entity)
{
	static const char orders[] = "orders/", customers[] = "customers/";

	if (!is_id(p->id) || slice_is(p->verdict, "deleted") ||
	    slice_is(p->reason, "gone"))
		return -1;
	if (p->source.n >= sizeof(orders) &&
	    memcmp(p->source.p, orders, sizeof(orders) - 1) == 0) {
		*entity = "orders";
		return slice_is(p->object, "Order") ? 0 : -1;
	}
	if (p->source.n < sizeof(customers) ||
	    memcmp(p->source.p, customers, sizeof(customers) - 1) != 0)
		return -1;
	*entity = "customers";
	if (slice_is(p->object, "Account") && x->places.attribute[0] != NULL)
		return 0;
	return slice_is(p->object, "Contact") &&
	    x->places.attribute[1] != NULL ? 1 : -1;
}

static int64_t
number_after_slash(struct slice source)
{
	int64_t n = 0;
	size_t i = 0;

	while (i < source.n && source.p[i] != '/')
		i++;
	for (i++; i < source.n; i++) {
		if (source.p[i] < '0' || source.p[i] > '9' || n > INT64_C(1) << 53)
			return -1;
		n = n * 10 + (source.p[i] - '0');
	}
	return n > 0 ? n : -1;
}

static struct mage_job *
job_of(struct mage_told *x, const struct payload *p, const char *entity)
{
	struct mage_job *j = &x->job[x->jobs];

	if (x->jobs > 0 && slice_eq(j[-1].source, p->source))
		return j - 1;
	memset(j, 0, sizeof(*j));
	j->source = p->source;
	j->tell.entity = mage_entity(entity, NULL);
	if ((j->tell.id = number_after_slash(p->source)) == -1)
		return NULL;
	x->jobs++;
	return j;
}

static void
hash_of(char text[MAGE_PLACES][MAGE_TOLD_MAX + 1], char hash[SIGN_HEX])
{
	char all[MAGE_PLACES * (MAGE_TOLD_MAX + 1) + 1];

	snprintf(all, sizeof(all), "%s|%s", text[0], text[1]);
	sign_sha256_hex(slice(all), hash);
}

/* The lines that are held, to jobs. */
static void
find_jobs(struct mage_told *x, const struct payload *line, size_t n)
{
	const char *entity = NULL;
	struct mage_job *j;
	size_t i;
	int place;

	x->jobs = 0;
	if (n > x->room) {
		x->room = n;
		x->job = xrealloc(x->job, n * sizeof(*x->job));
	}
	for (i = 0; i < n; i++) {
		const struct payload *p = &line[i];

		if (x->jobs > 0 && slice_eq(x->job[x->jobs - 1].source,
		    p->source))
			x->job[x->jobs - 1].last = i;
		if (p->verdict.p == NULL ||
		    (place = place_of(x, p, &entity)) == -1 ||
		    (j = job_of(x, p, entity)) == NULL)
			continue;
		memcpy(j->tell.want[place], p->id.p, p->id.n);
		j->tell.want[place][p->id.n] = '\0';
		j->last = i;
		j->changed |= slice_is(p->verdict, "created") ||
		    slice_is(p->verdict, "updated");
	}
	for (i = 0; i < x->jobs; i++)
		hash_of(x->job[i].tell.want, x->job[i].hash);
}

/*
 * Out with what Magento is known to have.  What it refused is tried again
 * when the record has changed.
 */
static int
drop_told(struct mage_told *x, struct why *w)
{
	struct ledger_told t;
	size_t i, n = 0;
	int r;

	for (i = 0; i < x->jobs; i++) {
		struct mage_job *j = &x->job[i];

		if ((r = ledger_told_get(x->ledger, j->source, &t, w)) == -1)
			return -1;
		if (r == 1 && slice_is(t.hash, j->hash) && !x->again &&
		    (t.refusal.p == NULL || !j->changed))
			continue;
		if (r == 1 && t.refusal.p == NULL && t.hash.n < SIGN_HEX)
			memcpy(j->before, t.hash.p, t.hash.n);
		x->job[n++] = *j;
	}
	x->jobs = n;
	return 0;
}

/* --- telling --- */

/* Jobs of one entity that go on, as the list that magento-tell wants. */
static size_t
list_of(struct mage_told *x, const char *entity, struct mage_tell **list,
    bool unread)
{
	size_t i, n = 0;

	for (i = 0; i < x->jobs; i++)
		if (x->job[i].verdict == NULL && (unread || !x->job[i].done) &&
		    strcmp(x->job[i].tell.entity->name, entity) == 0)
			list[n++] = &x->job[i].tell;
	return n;
}

static int
read_all(struct mage_told *x, bool unread, struct why *w)
{
	static const char *const entity[] = { "orders", "customers" };
	struct mage_tell **list = xcalloc(x->jobs + 1, sizeof(*list));
	int i, r = 0;

	for (i = 0; r == 0 && i < 2; i++)
		r = mage_tell_read(x->m, &x->places, list,
		    list_of(x, entity[i], list, unread), w);
	free(list);
	return r;
}

static void
refuse(struct mage_job *j, const char *verdict, const char *reason, bool for_good)
{
	j->verdict = verdict;
	j->reason = reason;
	j->done = for_good;
}

/* Is the value that an order has now one that we gave it? */
static bool
is_ours(const struct mage_job *j)
{
	char has[MAGE_PLACES][MAGE_TOLD_MAX + 1] = { "", "" };
	char hash[SIGN_HEX];

	snprintf(has[0], sizeof(has[0]), "%.*s", MAGE_TOLD_MAX,
	    j->tell.has[0]);
	hash_of(has, hash);
	return strcmp(hash, j->before) == 0;
}

/* What must be written after what was read. */
static void
decide(struct mage_job *j)
{
	struct mage_tell *t = &j->tell;

	if (t->error.kind != WHY_NONE) {
		refuse(j, "failed", t->error.code, false);
	} else if (!t->there) {
		why(&t->error, WHY_DATA, "Magento does not have it any more");
		refuse(j, "skipped", "not-in-magento", true);
	} else if (mage_tell_equal(t)) {
		j->done = true;
	} else if (strcmp(t->entity->name, "orders") == 0 &&
	    t->has[0][0] != '\0' && !is_ours(j)) {
		why(&t->error, WHY_DATA, "ext_order_id is '%s', which is not "
		    "ours; empty it, or leave it to its owner by writeback = "
		    "no", t->has[0]);
		refuse(j, "held", "foreign-value", true);
	}
}

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

/* 0, or -1: it is not the record's fault. */
static int
judge(struct mage_told *x, struct mage_job *j, struct why *w)
{
	struct why *error = &j->tell.error;

	if (error->kind == WHY_NONE) {
		x->failures = 0;
		return 0;
	}
	if (error->kind == WHY_DATA && strcmp(error->code, "http-500") == 0)
		x->failures++;
	if (error->kind != WHY_DATA || x->failures > REFUSALS_MAX) {
		*w = *error;
		if (w->kind == WHY_DATA)
			w->kind = WHY_BROKEN;
		return -1;
	}
	refuse(j, "failed", error->code, strcmp(error->code, "http-500") != 0);
	return 0;
}

/* Several at once. */
static int
write_all(struct mage_told *x, struct why *w)
{
	struct task *task = xcalloc(x->jobs + 1, sizeof(*task)), *t;
	struct crew *crew = crew_open(x->workers, x->self, write_one);
	size_t i = 0;
	int r = 0;

	for (;;) {
		for (; r == 0 && i < x->jobs &&
		    crew_held(crew) < 2 * x->workers; i++)
			if (!x->job[i].done && x->job[i].verdict == NULL) {
				task[i] = (struct task){ x, &x->job[i] };
				crew_put(crew, &task[i], (int64_t)i);
			}
		if ((t = crew_get(crew)) == NULL)
			break;
		if (judge(x, t->j, w) == -1)
			r = -1;
	}
	crew_close(crew, NULL);
	free(task);
	return r;
}

/* Magento drops what it does not know and cuts what is too long, and says
 * 200 to both. */
static void
verify(struct mage_job *j)
{
	if (j->done || j->verdict != NULL)
		return;
	if (mage_tell_equal(&j->tell)) {
		j->done = true;
		return;
	}
	why(&j->tell.error, WHY_DATA, "Magento took '%s' and has '%s'",
	    j->tell.want[j->tell.want[0][0] == '\0'],
	    j->tell.has[j->tell.want[0][0] == '\0']);
	refuse(j, "failed", "not-kept", false);
}

static int
remember(struct mage_told *x, struct why *w)
{
	size_t i;

	if (ledger_begin(x->ledger, w) == -1)
		return -1;
	for (i = 0; i < x->jobs; i++) {
		struct mage_job *j = &x->job[i];
		struct ledger_told t = { j->source, slice(j->hash),
		    { NULL, 0 } };

		if (!j->done)
			continue;
		if (j->verdict != NULL)
			t.refusal = slice(j->tell.error.text);
		if (ledger_told_put(x->ledger, &t, w) == -1) {
			ledger_rollback(x->ledger);
			return -1;
		}
	}
	return ledger_commit(x->ledger, w);
}

/* Attributes that the store does not have are not told: they are made by a
 * module, not by us. */
static int
look_for_attributes(struct mage_told *x, struct why *w)
{
	bool there[MAGE_PLACES];
	int i;

	x->looked = true;
	if (x->places.attribute[0] == NULL && x->places.attribute[1] == NULL)
		return 0;
	if (mage_tell_attributes(x->m, &x->places, there, w) == -1)
		return -1;
	for (i = 0; i < MAGE_PLACES; i++)
		if (x->places.attribute[i] != NULL && !there[i]) {
			say("Magento has no customer attribute '%s'; ids are "
			    "not told to customers there",
			    x->places.attribute[i]);
			x->places.attribute[i] = NULL;
		}
	return 0;
}

int
mage_told_batch(struct mage_told *x, const struct payload *line, size_t n,
    struct why *w)
{
	size_t i;

	find_jobs(x, line, n);
	if (drop_told(x, w) == -1)
		return -1;
	if (x->jobs > 0 && !x->looked) {
		if (look_for_attributes(x, w) == -1)
			return -1;
		find_jobs(x, line, n);
		if (drop_told(x, w) == -1)
			return -1;
	}
	if (x->jobs == 0)
		return 0;
	if (read_all(x, true, w) == -1)
		return -1;
	for (i = 0; i < x->jobs; i++)
		decide(&x->job[i]);
	if (write_all(x, w) == -1 || read_all(x, false, w) == -1)
		return -1;
	for (i = 0; i < x->jobs; i++)
		verify(&x->job[i]);
	mage_tally(x->m);
	return remember(x, w);
}

/* --- open, close --- */

size_t
mage_told_jobs(const struct mage_told *x, const struct mage_job **j)
{
	*j = x->job;
	return x->jobs;
}

const char *
mage_told_attribute(const struct mage_told *x, int place)
{
	return x->places.attribute[place];
}

struct mage_told *
mage_told_open(struct mage *m, const struct conf *c, struct ledger *l,
    bool again, struct why *w)
{
	struct mage_told *x = xcalloc(1, sizeof(*x));
	long n = conf_int(c, "magento", "in_flight");
	int i;

	x->m = m;
	x->ledger = l;
	x->again = again;
	x->workers = (int)n;
	x->places.attribute[0] = conf_text(c, "magento",
	    "customer_attribute_account");
	x->places.attribute[1] = conf_text(c, "magento",
	    "customer_attribute_contact");
	if (n < 1 || n > WORKERS_MAX) {
		why(w, WHY_SETUP, "[magento] in_flight goes from 1 to %d",
		    WORKERS_MAX);
		goto bad;
	}
	for (i = 0; i < x->workers; i++)
		if ((x->self[i] = x->twin[i] = mage_twin(m, w)) == NULL)
			goto bad;
	return x;
bad:
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
	free(x->job);
	free(x);
}
