/* mage-extract - what Magento has, one record a line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "conf.h"
#include "crew.h"
#include "flow.h"
#include "ledger.h"
#include "magento-gone.h"
#include "magento-plan.h"
#include "magento-project.h"
#include "magento-reference.h"
#include "magento-wish.h"
#include "opt.h"
#include "say.h"

enum { WORKERS_MAX = 32 };

static const struct opt options[] = {
	{ 's', "since", "T", "changed at T or later (UTC)" },
	{ 'u', "until", "T", "changed at T or earlier (UTC)" },
	{ 'C', "changed", "MARK", "what may have changed since a run at MARK" },
	{ 'a', "also", "FILE", "these ids besides, each once" },
	{ 'k', "keys", "FILE", "only these ids, one a line" },
	{ 'o', "of", "FILE", "only what the orders or carts in FILE name" },
	{ 'w', "where", "'FIELD OP VALUE'", "only what Magento finds so" },
	{ 'S', "store", "CODE", "only of this store view" },
	{ 'W', "with", "ENTITY,...",
	    "orders, carts, products with these as children" },
	{ 'f', "for", "MAP,...", "only the fields that these maps read" },
	{ 'U', "up-to", "ID", "no id above this one" },
	{ 'n', "limit", "N", "stop after N records" },
	{ 'p', "shard", "I/N", "only part I of N, for several machines" },
	{ 'K', "known", "FILE", "tell which of these ids Magento has no more" },
	{ 'H', "highest", NULL, "only the highest id, how far to read, how many" },
	{ 0, NULL, NULL, NULL },
};

struct extract {
	struct flow *f;
	const struct conf *conf;
	struct mage *m, *twin[WORKERS_MAX];
	void *self[WORKERS_MAX];
	int workers;
	struct mage_range range;
	struct mage_wish wish;
	const char *known, *maps;
	struct mage_gone *gone;	/* of `known` */
	struct mage_project project;	/* of `maps` */
	long limit, lag;
	long given, missing, unsaid;
	bool full;		/* --limit is reached */
	bool ask;		/* --highest: no records */
	bool rules;		/* the reference has price rules */
};

static int
number_option(const char *name, const char *value, int64_t *n)
{
	char *end;

	*n = strtoll(value, &end, 10);
	if (*value >= '0' && *value <= '9' && *end == '\0')
		return 0;
	say_error("--%s needs a whole number, not '%s'", name, value);
	return WHY_SETUP;
}

/* "2/3": the second of three. */
static int
shard_option(struct mage_range *r, const char *value)
{
	long i, n;
	char more;

	if (sscanf(value, "%ld/%ld%c", &i, &n, &more) == 2 && i >= 1 &&
	    i <= n && n <= 1000) {
		r->shard = i - 1;
		r->shards = n;
		return 0;
	}
	say_error("--shard needs I/N, like 2/3, not '%s'", value);
	return WHY_SETUP;
}

/* 0, or the exit status. */
static int
take_option(struct extract *x, int c, const char *value)
{
	struct why w = {0};
	int64_t n;

	switch (c) {
	case 's': case 'C': case 'u':
		x->wish.changed |= c == 'C';
		return mage_moment(value, c == 'u', c == 'u' ?
		    x->wish.window.until : x->wish.window.since, &w) == -1 ?
		    say_why(&w) : 0;
	case 'K': x->known = value; break;
	case 'a': x->wish.also = value; break;
	case 'k': x->wish.keys = value; break;
	case 'S': x->wish.store = value; break;
	case 'W': x->wish.with = value; break;
	case 'f': x->maps = value; break;
	case 'o': case 'w':
		if (x->wish.ofs == MAGE_FILES ||
		    x->wish.wheres == MAGE_WHERES) {
			say_error("--%s is given too often",
			    c == 'o' ? "of" : "where");
			return WHY_SETUP;
		}
		if (c == 'o')
			x->wish.of[x->wish.ofs++] = value;
		else
			x->wish.where[x->wish.wheres++] = value;
		break;
	case 'H': x->ask = true; break;
	case 'p':
		return shard_option(&x->range, value);
	case 'U':
		return number_option("up-to", value, &x->wish.up_to);
	case 'n':
		if (number_option("limit", value, &n) != 0)
			return WHY_SETUP;
		x->limit = (long)n;
		break;
	}
	return 0;
}

/* --- what is asked for --- */

/* --for: copies that a run keeps are whole, and so is what runs compare. */
static int
add_projection(struct extract *x, const char *config, struct why *w)
{
	const char *run = getenv("MILLRACE_RUN");

	if (x->maps == NULL)
		return 0;
	if (*x->wish.window.since != '\0' || *x->wish.window.until != '\0' ||
	    x->wish.also != NULL || x->known != NULL ||
	    x->range.plan.entity->subscribed ||
	    (run != NULL && *run != '\0'))
		return why(w, WHY_SETUP, "--for is for looking at records: "
		    "not in a run, not with --since, --changed, --until, "
		    "--also or --known, not for subscribers");
	return mage_project_open(&x->project, x->maps, config,
	    &x->range.plan, w);
}

/* --- out --- */

static void
reject(void *ctx, const struct mage_entity *e, const struct mage_row *row)
{
	struct extract *x = ctx;
	struct payload p = { .phase = -1 };
	struct buf source = BUF(100), text = BUF(2000);

	buf_fmt(&source, "%s/%" PRId64, e->name, row->id);
	buf_slice(&text, row->text);
	p.source = buf_all(&source);
	flow_settle(x->f, &p, "rejected", "unreadable", buf_cstr(&text));
	say("%s cannot be read: %s", buf_cstr(&source), buf_cstr(&text));
	buf_free(&source);
	buf_free(&text);
}

/* It was there, and nobody but Magento knows what it was deleted for. */
static void
tell_gone(void *ctx, int64_t id)
{
	struct extract *x = ctx;
	struct payload p = { .phase = -1 };
	struct buf source = BUF(100);

	buf_fmt(&source, "%s/%" PRId64, x->range.plan.entity->name, id);
	p.source = buf_all(&source);
	flow_settle(x->f, &p, "held", "source-gone", "Magento has it no more");
	buf_free(&source);
}

static void
give_record(struct extract *x, struct mage_window *win, struct mage_row *row)
{
	row->text = mage_project_record(&x->project, row->text);
	flow_line(x->f, x->range.plan.withs == 0 ? row->text :
	    mage_with_children(&x->range.plan, row, win->pool));
	x->full = ++x->given == x->limit;
}

static void
give(struct extract *x, struct mage_window *win)
{
	const struct mage_plan *p = &x->range.plan;
	size_t i;

	for (i = 0; i < win->rows && !x->full; i++) {
		struct mage_row *row = &win->row[i];
		bool there = row->is == MAGE_RECORD, unsaid = false;

		if (row->is == MAGE_POISONED) {
			reject(x, p->entity, row);
		} else if (there && mage_plan_takes(p, row->text, &unsaid)) {
			give_record(x, win, row);
		} else if (there && unsaid) {
			x->unsaid++;
		} else if (x->wish.keys != NULL) {
			x->missing++;
			say("no %s/%" PRId64 " in Magento", p->entity->name,
			    row->id);
		} else if (!there) {
			say_verbose("no %s/%" PRId64 " in Magento",
			    p->entity->name, row->id);
		}
	}
}

static void
read_window(void *self, void *task)
{
	mage_window_read(self, task);
}

static void
leave_window(void *task)
{
	mage_window_free(task);
}

/* Whatever it was: who reads what was given must know that more was to come. */
static int
incomplete(const struct extract *x, const char *what, struct why *w)
{
	if (x->given == 0)
		return -1;
	w->kind = WHY_BROKEN;
	return why_in(w, "the output is incomplete, it ends after %ld %s",
	    x->given, what);
}

static void
broken_off(struct extract *x, const struct why *error)
{
	struct why w = *error;

	incomplete(x, x->range.plan.entity->name, &w);
	flow_fail(x->f, &w);
}

/* What is known and was not in the window, or -- at the end, win NULL -- lies
 * above all that Magento has. */
static int
sweep(struct extract *x, const struct mage_window *win)
{
	struct why w = {0};
	int r;

	if (x->gone == NULL)
		return 0;
	r = win == NULL ? mage_gone_rest(x->gone, x->m, &x->range.plan,
	    x->range.top, &w) : mage_gone_see(x->gone, x->m, &x->range.plan,
	    win, win->covered, &w);
	if (r == -1)
		broken_off(x, &w);
	return r;
}

/* Several windows in flight, their records in the order of the ids. */
static void
extract(struct extract *x)
{
	struct crew *crew = crew_open(x->workers, x->self, read_window);
	struct mage_window *win;
	bool going = x->limit != 0;

	while (going) {
		while (crew_held(crew) < mage_range_flight(&x->range) &&
		    (win = mage_range_next(&x->range)) != NULL)
			crew_put(crew, win, win->lo);
		if ((win = crew_get(crew)) == NULL)
			break;
		if (win->error.kind != WHY_NONE) {
			broken_off(x, &win->error);
			going = false;
		} else {
			give(x, win);
			going = sweep(x, win) == 0;
			flow_flush(x->f);
			if (win->covered < win->hi)
				mage_range_rest(&x->range, crew,
				    x->range.flight, win);
			mage_range_adapt(&x->range, win);
			mage_tally(x->m);
			say_progress(x->range.plan.entity->name, x->given,
			    (long)x->range.total);
			going = going && !x->full && !flow_stopped(x->f);
		}
		mage_window_free(win);
	}
	if (going)
		sweep(x, NULL);
	if (!going)
		mage_stop(x->m);
	crew_close(crew, leave_window);
}

static int
take_reference(void *ctx, struct slice line)
{
	struct extract *x = ctx;

	if (x->given == x->limit)
		return -1;
	flow_line(x->f, line);
	x->given++;
	return flow_stopped(x->f) ? -1 : 0;
}

/* How far to read: behind the server's clock, the only one that its
 * updated_at can be held against. */
static int
how_far(struct extract *x, char text[32], struct why *w)
{
	char *url = mage_url(x->m, "store/websites", (struct slice){ NULL, 0 });
	struct http_call c = {0};
	time_t now = -1;
	struct tm tm;
	int r = mage_get(x->m, url, &c, w);

	if (r == -1 && w->kind == WHY_DATA)
		w->kind = WHY_SETUP;	/* no record's fault */
	if (r == 0 && (now = http_date(&c)) == -1)
		r = why(w, WHY_BROKEN, "Magento does not tell its time");
	if (r == 0) {
		now -= x->lag;
		gmtime_r(&now, &tm);
		strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	}
	http_call_free(&c);
	free(url);
	return r;
}

/* "142 2026-11-21T01:58:00Z 98": where a run ends, and how many there are. */
static int
give_highest(struct extract *x, const char *entity, const char *until,
    struct why *w)
{
	struct buf line = BUF(100);

	if ((x->range.plan.entity = mage_entity(entity, w)) == NULL ||
	    mage_wish_range(&x->wish, x->m, &x->range, w) == -1 ||
	    mage_range_open(&x->range, x->m, x->wish.up_to, w) == -1)
		return -1;
	if (x->range.plan.entity->subscribed)
		return why(w, WHY_SETUP, "Magento does not count subscribers; "
		    "ask for customers");
	buf_fmt(&line, "%" PRId64 " %s %" PRId64,
	    x->range.highest < 0 ? 0 : x->range.highest, until,
	    x->range.total);
	flow_line(x->f, buf_all(&line));
	buf_free(&line);
	return 0;
}

static int
run_highest(struct extract *x, char **entity, struct why *w)
{
	char until[32];

	if (entity[1] != NULL && mage_wish_chooses(&x->wish))
		return why(w, WHY_SETUP, "--highest of several entities takes "
		    "no option that chooses records");
	if (x->known != NULL || x->maps != NULL)
		return why(w, WHY_SETUP, "--highest gives no records, for "
		    "--known or --for");
	if (how_far(x, until, w) == -1)
		return -1;
	for (; *entity != NULL; entity++)
		if (give_highest(x, *entity, until, w) == -1)
			return -1;
	return 0;
}

/* --- the program --- */

static int
open_store(struct extract *x, const struct conf *c, struct ledger **l,
    struct why *w)
{
	long size = conf_int(c, "magento", "page_size");
	long n = conf_int(c, "magento", "in_flight");
	int i;

	x->lag = conf_int(c, "magento", "lag");
	x->rules = conf_bool(c, "campaigns", "automatic");
	x->wish.overlap = conf_int(c, "magento", "overlap");
	x->wish.reread_days = conf_int(c, "orders", "reread_days");
	if (size < 1 || size > MAGE_PAGE_MAX || n < 1 || n > WORKERS_MAX)
		return why(w, WHY_SETUP, "[magento] page_size goes from 1 to "
		    "%d, in_flight from 1 to %d", MAGE_PAGE_MAX, WORKERS_MAX);
	/* It counts the calls, and knows whether this is its store; for a
	 * look at a store it need not be there. */
	if ((*l = ledger_of(c, LEDGER_WRITE, w)) == NULL) {
		if (strcmp(w->code, "other-store") == 0)
			return -1;
		say_verbose("calls are not counted: %s", w->text);
	}
	memset(w, 0, sizeof(*w));
	if ((x->m = mage_open(c, *l, w)) == NULL)
		return -1;
	if (x->limit > 0 && x->limit < size)
		size = x->limit;
	atomic_init(&x->range.plan.page_size, (int)size);
	x->workers = x->range.workers = (int)n;
	x->range.patience = (int)(conf_int(c, "magento", "timeout") * 250);
	for (i = 0; i < x->workers; i++)
		if ((x->self[i] = x->twin[i] = mage_twin(x->m, w)) == NULL)
			return -1;
	return 0;
}

static int
open_known(struct extract *x, struct why *w)
{
	if (x->known == NULL)
		return 0;
	if (!x->range.whole || x->range.plan.wheres > 0 || x->limit != -1 ||
	    x->range.shards > 1)
		return why(w, WHY_SETUP, "--known needs a whole reading: no "
		    "filters, --keys, --of, --limit or --shard with it");
	if ((x->gone = mage_gone_open(x->known, w)) == NULL)
		return -1;
	x->gone->tell = tell_gone;
	x->gone->ctx = x;
	return 0;
}

/* What products cost on websites only those tell. */
static int
open_views(struct extract *x, struct why *w)
{
	struct mage_plan *p = &x->range.plan;

	if (p->withs == 0 || strcmp(p->entity->name, "products") != 0)
		return 0;
	p->views = mage_views_open(x->m, x->conf, w);
	return p->views == NULL ? -1 : 0;
}

static bool
is_whole(const char *entity)
{
	return strcmp(entity, "reference") == 0 ||
	    strcmp(entity, "websites") == 0;
}

/* What has no pages. */
static int
run_whole(struct extract *x, const char *entity, struct why *w)
{
	bool sites = strcmp(entity, "websites") == 0;
	int r;

	if (mage_wish_chooses(&x->wish) || x->known != NULL ||
	    x->maps != NULL || (sites && x->ask))
		return why(w, WHY_SETUP, "%s %s read whole", entity,
		    sites ? "are" : "is");
	r = sites ? mage_websites(x->m, take_reference, x, w) :
	    mage_reference(x->m, atomic_load(&x->range.plan.page_size),
	    x->rules, take_reference, x, w);
	return r == -1 ? incomplete(x, "records", w) : r;
}

/* What the end says of the whole. */
static int
sum_up(struct extract *x, struct why *w)
{
	if (flow_stopped(x->f))
		return 0;
	if (x->unsaid > 0)
		return why(w, WHY_DATA, "%ld customers do not tell whether "
		    "they are subscribed: lists of releases before 2.4 do not",
		    x->unsaid);
	if (x->missing + x->wish.missing > 0)
		return why(w, WHY_DATA, "%ld of the keys are not in Magento",
		    x->missing + x->wish.missing);
	return 0;
}

static int
run(struct extract *x, const char *entity, const char *config, struct why *w)
{
	struct mage_plan *p = &x->range.plan;

	if (is_whole(entity))
		return run_whole(x, entity, w);
	if ((p->entity = mage_entity(entity, w)) == NULL ||
	    add_projection(x, config, w) == -1 ||
	    mage_wish_range(&x->wish, x->m, &x->range, w) == -1 ||
	    open_views(x, w) == -1 || open_known(x, w) == -1 ||
	    mage_range_open(&x->range, x->m, x->wish.up_to, w) == -1)
		return -1;
	if (p->entity->subscribed)
		say("these are the customers who are subscribed; of guests, "
		    "dates and unconfirmed addresses REST tells nothing");
	extract(x);
	return sum_up(x, w);
}

static void
close_all(struct extract *x, struct ledger *l)
{
	int i;

	for (i = 0; i < WORKERS_MAX; i++)
		mage_close(x->twin[i]);
	mage_close(x->m);
	ledger_close(l, NULL);
	mage_views_free(x->range.plan.views);
	mage_plan_free(&x->range.plan);
	mage_gone_close(x->gone);
	mage_keys_free(&x->range.key);
	mage_project_close(&x->project);
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "mage-extract", .operands = "ENTITY",
	    .purpose = "what Magento has, one record a line",
	    .table = options };
	struct extract x = { .limit = -1,
	    .wish = { .up_to = -1, .unreadable = reject, .ctx = &x },
	    .project = MAGE_PROJECT };
	struct ledger *l = NULL;
	struct conf *conf;
	struct why w = {0};
	int c, status = 0;

	while ((c = opt_next(&o, argc, argv)) > 0)
		if (status == 0)
			status = take_option(&x, c, o.value);
	if (c < 0 || status != 0)
		return c < 0 ? o.status : status;
	if (x.ask ? argc == o.first : argc - o.first != 1)
		return opt_usage(&o, "one ENTITY is needed");
	for (c = o.first; c < argc; c++)
		if (!is_whole(argv[c]) && mage_entity(argv[c], &w) == NULL)
			return say_why(&w);
	if ((conf = conf_open(o.config, &w)) == NULL)
		return say_why(&w);
	x.conf = conf;
	x.f = flow_open("mage-extract", FLOW_NOTHING, 0);
	if (open_store(&x, conf, &l, &w) == -1 || (x.ask ?
	    run_highest(&x, argv + o.first, &w) :
	    run(&x, argv[o.first], o.config, &w)) == -1)
		flow_fail(x.f, &w);
	status = flow_close(x.f);
	close_all(&x, l);
	conf_close(conf);
	return status;
}
