/* mage-writeback - tells Magento the ids that Salesforce gave. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "conf.h"
#include "crew.h"
#include "flow.h"
#include "ledger.h"
#include "magento-tell.h"
#include "opt.h"
#include "say.h"
#include "sign.h"

enum {
	BATCH = 4096,			/* lines held back together */
	BATCH_BYTES = 8 << 20,		/* or so many bytes */
	PAUSE = 200,			/* ms without a line end a batch */
	WORKERS_MAX = 32,
	REFUSALS_MAX = 20,		/* 500s in a row are not the records' */
	AGAIN = 256,
};

static const struct opt options[] = {
	{ AGAIN, "again", NULL, "ask and tell whatever is remembered" },
	{ 0, NULL, NULL, NULL },
};

/* What one source's verdicts ask us to tell. */
struct job {
	struct mage_tell tell;
	struct slice source;
	size_t last;		/* index of its last line */
	bool changed;		/* Salesforce was changed in this run */
	char hash[SIGN_HEX];
	bool ours;		/* what Magento has is what we told before */
	char before[SIGN_HEX];	/* hash of what was told before, or "" */
	const char *verdict;	/* of our own line; NULL: none */
	const char *reason;
	bool done;		/* told and verified, or refused for good */
};

struct writeback {
	struct flow *f;
	struct ledger *ledger;
	struct mage *m, *twin[WORKERS_MAX];
	void *self[WORKERS_MAX];
	int workers;
	struct mage_places places;
	bool again;
	bool looked;		/* customer attributes are checked */
	bool dead;		/* Magento does not answer: lines pass by */
	int failures;		/* 500s in a row */
	struct pool *pool, *next_pool;
	struct payload line[BATCH];
	size_t n, bytes;	/* held */
	size_t ready;		/* of them to tell of now */
	struct job job[BATCH];
	size_t jobs;
};

/* --- what verdicts ask for --- */

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
place_of(const struct writeback *x, const struct payload *p,
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

static struct job *
job_of(struct writeback *x, const struct payload *p, const char *entity)
{
	struct job *j = &x->job[x->jobs];

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
find_jobs(struct writeback *x)
{
	const char *entity = NULL;
	struct job *j;
	size_t i;
	int place;

	x->jobs = 0;
	for (i = 0; i < x->ready; i++) {
		const struct payload *p = &x->line[i];

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
drop_told(struct writeback *x, struct why *w)
{
	struct ledger_told t;
	size_t i, n = 0;
	int r;

	for (i = 0; i < x->jobs; i++) {
		struct job *j = &x->job[i];

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
list_of(struct writeback *x, const char *entity, struct mage_tell **list,
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
read_all(struct writeback *x, bool unread, struct why *w)
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
refuse(struct job *j, const char *verdict, const char *reason, bool for_good)
{
	j->verdict = verdict;
	j->reason = reason;
	j->done = for_good;
}

/* Is the value that an order has now one that we gave it? */
static bool
is_ours(const struct job *j)
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
decide(struct job *j)
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
	struct writeback *x;
	struct job *j;
};

static void
write_one(void *self, void *task)
{
	struct task *t = task;

	mage_tell_write(self, &t->x->places, &t->j->tell);
}

/* 0, or -1: it is not the record's fault. */
static int
judge(struct writeback *x, struct job *j, struct why *w)
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
write_all(struct writeback *x, struct why *w)
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
verify(struct job *j)
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
remember(struct writeback *x, struct why *w)
{
	size_t i;

	if (ledger_begin(x->ledger, w) == -1)
		return -1;
	for (i = 0; i < x->jobs; i++) {
		struct job *j = &x->job[i];
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
look_for_attributes(struct writeback *x, struct why *w)
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

static int
tell(struct writeback *x, struct why *w)
{
	size_t i;

	find_jobs(x);
	if (drop_told(x, w) == -1)
		return -1;
	if (x->jobs > 0 && !x->looked) {
		if (look_for_attributes(x, w) == -1)
			return -1;
		find_jobs(x);
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

/* --- lines out --- */

static void
add_fields(const struct writeback *x, const struct mage_tell *t,
    struct buf *b)
{
	bool order = strcmp(t->entity->name, "orders") == 0, any = false;
	int i;

	buf_char(b, '{');
	for (i = 0; i < MAGE_PLACES; i++) {
		const char *name = order ? "ext_order_id" :
		    x->places.attribute[i];

		if (t->want[i][0] == '\0' || name == NULL)
			continue;
		if (any)
			buf_char(b, ',');
		scan_quote(b, slice(name));
		buf_char(b, ':');
		scan_quote(b, slice(t->want[i]));
		any = true;
	}
	buf_char(b, '}');
}

static void
put_verdict(struct writeback *x, struct job *j)
{
	struct payload p = { .phase = -1, .map = SLICE("writeback") };
	struct buf object = BUF(64), fields = BUF(1024);

	buf_fmt(&object, "magento/%s", j->tell.entity->name);
	add_fields(x, &j->tell, &fields);
	p.object = buf_all(&object);
	p.source = j->source;
	p.key = j->source;
	while (p.key.n > 0 && *p.key.p != '/')
		p.key.p++, p.key.n--;
	p.key.p++;
	p.key.n--;
	p.fields = buf_all(&fields);
	flow_added(x->f, 1);
	flow_settle(x->f, &p, j->verdict, j->reason, j->tell.error.text);
	buf_free(&object);
	buf_free(&fields);
}

/* Every line in its place, ours behind the last one of their source. */
static void
pass(struct writeback *x)
{
	size_t i, j = 0;

	for (i = 0; i < x->ready; i++) {
		if (x->line[i].line.p != NULL)
			flow_line(x->f, x->line[i].line);
		else
			flow_put(x->f, &x->line[i]);
		for (; j < x->jobs && x->job[j].last == i; j++)
			if (x->job[j].verdict != NULL)
				put_verdict(x, &x->job[j]);
	}
	flow_flush(x->f);
	x->jobs = 0;
}

/* The lines that are not passed yet, into the other pool. */
static void
keep_rest(struct writeback *x)
{
	struct pool *old = x->pool;
	size_t i, n = 0;

	x->pool = x->next_pool;
	x->next_pool = old;
	pool_reset(x->pool);
	x->bytes = 0;
	for (i = x->ready; i < x->n; i++) {
		struct slice t = x->line[i].line;

		t.p = pool_dup(x->pool, t.p, t.n);
		if (payload_read(&x->line[n], t, x->pool, NULL) == -1)
			memset(&x->line[n], 0, sizeof(x->line[n]));
		x->line[n++].line = t;
		x->bytes += t.n;
	}
	x->n = n;
}

/* Where the last source's lines begin: more of them may come. */
static size_t
last_source(const struct writeback *x)
{
	size_t i = x->n;

	while (i > 1 && slice_eq(x->line[i - 2].source,
	    x->line[x->n - 1].source))
		i--;
	return i == 0 ? 0 : i - 1;
}

/* When Magento does not answer, the verdicts still reach whoever counts
 * them; what was not told now is told by the next run. */
static void
batch(struct writeback *x, bool end)
{
	struct why w = {0};

	x->ready = end ? x->n : last_source(x);
	if (x->ready == 0 && (x->n == BATCH || x->bytes >= BATCH_BYTES))
		x->ready = x->n;
	if (x->ready == 0)
		return;
	if (!x->dead && x->m != NULL && tell(x, &w) == -1) {
		why_in(&w, "Magento is not told");
		flow_fail(x->f, &w);
		x->dead = true;
	}
	pass(x);
	keep_rest(x);
}

static void
write_back(struct writeback *x)
{
	while (flow_any(x->f, &x->line[x->n], x->pool)) {
		x->bytes += x->line[x->n++].line.n;
		if (x->n == BATCH || x->bytes >= BATCH_BYTES ||
		    flow_waits(x->f, PAUSE))
			batch(x, false);
	}
	batch(x, true);
}

/* --- the program --- */

static int
open_all(struct writeback *x, const struct conf *c, struct why *w)
{
	long n = conf_int(c, "magento", "in_flight");
	int i;

	if (n < 1 || n > WORKERS_MAX)
		return why(w, WHY_SETUP, "[magento] in_flight goes from 1 to "
		    "%d", WORKERS_MAX);
	if (!conf_bool(c, "magento", "writeback"))
		return 0;
	x->workers = (int)n;
	x->places.attribute[0] = conf_text(c, "magento",
	    "customer_attribute_account");
	x->places.attribute[1] = conf_text(c, "magento",
	    "customer_attribute_contact");
	if ((x->ledger = ledger_of(c, LEDGER_WRITE, w)) == NULL ||
	    (x->m = mage_open(c, x->ledger, w)) == NULL)
		return -1;
	for (i = 0; i < x->workers; i++)
		if ((x->self[i] = x->twin[i] = mage_twin(x->m, w)) == NULL)
			return -1;
	return 0;
}

static int
close_all(struct writeback *x, int status)
{
	struct why w = {0};
	int i;

	for (i = 0; i < WORKERS_MAX; i++)
		mage_close(x->twin[i]);
	mage_close(x->m);
	if (ledger_close(x->ledger, &w) == -1)
		status = flow_worse(status, say_why(&w));
	pool_free(x->pool);
	pool_free(x->next_pool);
	free(x);
	return status;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "mage-writeback", .operands = "",
	    .purpose = "tells Magento the ids that Salesforce gave",
	    .table = options };
	struct writeback *x;
	struct conf *conf;
	struct why w = {0};
	bool again = false;
	int c, status;

	while ((c = opt_next(&o, argc, argv)) > 0)
		again = c == AGAIN;
	if (c < 0)
		return o.status;
	if (argv[o.first] != NULL)
		return opt_usage(&o, "'%s' is one argument too many",
		    argv[o.first]);
	if ((conf = conf_open(o.config, &w)) == NULL)
		return say_why(&w);
	x = xcalloc(1, sizeof(*x));
	x->again = again;
	x->pool = pool_new();
	x->next_pool = pool_new();
	x->f = flow_open("mage-writeback", FLOW_VERDICTS,
	    (size_t)conf_int(conf, "runs", "line_limit"));
	if (open_all(x, conf, &w) == -1) {
		flow_fail(x->f, &w);
		x->dead = true;		/* the report still gets through */
	}
	write_back(x);
	status = close_all(x, flow_close(x->f));
	conf_close(conf);
	return status;
}
