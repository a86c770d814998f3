/* ledger-verdict - what a verdict does to the ledger. */
#include <stdlib.h>

#include "ledger-db.h"

enum {
	MINUTE = 60,
	DAY = 24 * 60 * MINUTE,
	BACKOFF = 5 * MINUTE,	/* before the third try; then four times as
				 * long each time, up to a day */
	ATTEMPTS_MAX = 1000,
};

/* Reasons for waiting that are the fault of another record: no attempt. */
static const char *const others[] = { "parent-failed", "parent-missing" };

/*
 * When something that waits is due again.  The first hindrance may be over
 * with the next run; what keeps on failing is asked ever less often.  What is
 * merely not due yet (not paid) comes when the store changes it; once a day
 * it is looked at anyhow, since a setting may have changed.
 */
static int64_t
next_due(const struct payload *p, int attempts, int64_t now)
{
	int64_t wait = BACKOFF;

	if (!payload_is_bad(p))
		return now + DAY;
	if (attempts <= 1)
		return now;
	for (; attempts > 2 && wait < DAY; attempts--)
		wait *= 4;
	return now + (wait < DAY ? wait : DAY);
}

static bool
same(struct slice a, struct slice b)
{
	return (a.p == NULL) == (b.p == NULL) && slice_eq(a, b);
}

/* Nothing was tried: what is known of it stays, that it may have been under
 * way in a killed run above all. */
static bool
untried(const struct payload *p)
{
	return slice_is(p->verdict, "waiting") &&
	    (slice_is(p->reason, "not-sent") ||
	    slice_is(p->reason, "limit-near"));
}

static bool
counts(const struct payload *p)
{
	size_t i;

	if (!payload_is_bad(p))
		return false;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (slice_is(p->reason, others[i]))
			return false;
	return true;
}

/* Another try at the same data by the same map counts on; new data or a new
 * map begins anew. */
static int
attempts(const struct payload *p, const struct ledger_entry *e)
{
	int before = 0;

	if (!counts(p))
		return 0;
	if (same(e->tried, p->hash) && same(e->tried_rev, p->rev))
		before = e->attempts;
	return before < ATTEMPTS_MAX ? before + 1 : before;
}

/* Most ledgers have no rows in flight and none without a key; one look per
 * transaction saves a search per verdict. */
static int
look(struct ledger *l, struct why *w)
{
	static const char sql[] = "SELECT EXISTS(SELECT 1 FROM flight),"
	    " EXISTS(SELECT 1 FROM entry WHERE key = source)";
	sqlite3_stmt *st;

	if (l->in && l->looked)
		return 0;
	if ((st = db_sql(l, sql, w)) == NULL || db_step(l, st, w) != 1)
		return -1;
	l->flights = sqlite3_column_int(st, 0) != 0;
	l->keyless = sqlite3_column_int(st, 1) != 0;
	l->looked = true;
	db_end(st);
	return 0;
}

/* Nobody knows whether it was done: the next run must know that it may be. */
static bool
in_doubt(const struct payload *p)
{
	return slice_is(p->reason, "no-result") ||
	    slice_is(p->reason, "in-doubt");
}

static int
drop_flight(struct ledger *l, const struct payload *p, struct why *w)
{
	return l->flights && !in_doubt(p) ? db_flight_drop(l, p, w) : 0;
}

/* A record that had no key was remembered by its source.  Now it has one, so
 * that row would be open for ever. */
static int
drop_keyless(struct ledger *l, const struct payload *p, struct why *w)
{
	static const char sql[] = "DELETE FROM entry WHERE source = ?1"
	    " AND key = source AND map IN (?2, '')";
	sqlite3_stmt *st;

	if (p->key.n == 0)
		l->keyless = true;	/* as soon as this one is written */
	if (!l->keyless || p->key.n == 0 || p->source.n == 0)
		return 0;
	if ((st = db_sql(l, sql, w)) == NULL)
		return -1;
	db_text(st, 1, p->source);
	db_text(st, 2, p->map);
	return db_run(l, st, w);
}

/* The record as the verdict tells it; written only where it tells more. */
static int
note_record(struct ledger *l, const struct payload *p, struct why *w)
{
	struct ledger_record r, n = {
		.object = p->object, .key = p->key, .id = p->id,
		.parent = p->parent, .source = p->source,
		.adopted = p->adopted,
	};
	int got;

	/* a delete that did not come about says nothing new */
	if (p->id.n == 0 || p->object.n == 0 || p->key.n == 0 || p->delete)
		return 0;
	if ((got = ledger_record_get(l, p->object, p->key, &r, w)) == -1)
		return -1;
	if (got == 1 && slice_eq(r.id, p->id))
		n.adopted = r.adopted || p->adopted;
	if (got == 1 && slice_eq(r.id, n.id) &&
	    (slice_is(p->verdict, "skipped") || (same(r.source, n.source) &&
	    (n.parent.p == NULL || slice_eq(r.parent, n.parent)) &&
	    r.adopted == n.adopted)))
		return 0;
	return ledger_record_put(l, &n, w);
}

/* The part of an entry that every verdict sets. */
static void
say_last(struct ledger_entry *e, const struct payload *p, int64_t now)
{
	e->map = p->map;
	e->key = ledger_key(p);
	e->object = p->object;
	e->source = p->source;
	e->verdict = p->verdict;
	e->reason = p->reason;
	e->message = p->message;
	e->changed = now;
}

/* Is the parent one that nobody knows (any more)?  1, 0, -1. */
static int
orphaned(struct ledger *l, const struct payload *p, struct why *w)
{
	const char *slash = p->parent.n == 0 ? NULL :
	    memchr(p->parent.p, '/', p->parent.n);
	struct slice object = { p->parent.p, 0 }, key;
	struct ledger_record r;
	int got;

	if (slash == NULL)
		return 0;
	object.n = (size_t)(slash - p->parent.p);
	key = (struct slice){ slash + 1, p->parent.n - object.n - 1 };
	got = ledger_record_get(l, object, key, &r, w);
	return got == -1 ? -1 : got == 0;
}

static int
succeeded(struct ledger *l, const struct payload *p, struct ledger_entry *e,
    int64_t run, int64_t now, struct why *w)
{
	static const struct slice none = { NULL, 0 };
	bool sent = !slice_is(p->verdict, "unchanged");
	/* unchanged: it was not there any more */
	bool deleted = p->delete || slice_is(p->verdict, "deleted");
	int orphan;

	if (!sent && !deleted && ledger_success(e->verdict) &&
	    same(e->hash, p->hash) && same(e->rev, p->rev) &&
	    same(e->source, p->source))
		return drop_flight(l, p, w) == -1 ? -1 :
		    note_record(l, p, w);
	/* It was called unchanged before its parent was found gone, and went
	 * with it. */
	if (!sent && !deleted && (orphan = orphaned(l, p, w)) != 0)
		return orphan == -1 ? -1 : 0;
	say_last(e, p, now);
	if (deleted)
		e->verdict = SLICE("deleted");
	e->hash = deleted ? none : p->hash;
	e->rev = p->rev;
	e->run = run;
	e->sent = sent ? run : e->sent;
	e->tried = e->tried_rev = none;
	e->attempts = 0;
	e->due = 0;
	if (deleted && ledger_forget(l, p->object, p->key, w) == -1)
		return -1;
	if (ledger_entry_put(l, e, w) == -1 || drop_flight(l, p, w) == -1)
		return -1;
	return deleted ? 0 : note_record(l, p, w);
}

static int
skipped(struct ledger *l, const struct payload *p, struct ledger_entry *e,
    int64_t now, struct why *w)
{
	/* The record of a higher source stands for the key. */
	if (slice_is(p->reason, "same-key"))
		return 0;
	/* What is in Salesforce stays known as it was sent. */
	if (p->delete || ledger_success(e->verdict))
		return 0;
	if (note_record(l, p, w) == -1)
		return -1;
	if (same(e->verdict, p->verdict) && same(e->reason, p->reason) &&
	    same(e->source, p->source))
		return 0;
	say_last(e, p, now);
	e->attempts = 0;
	e->due = 0;
	return ledger_entry_put(l, e, w);
}

/* Salesforce was asked, or answered: the same again is not worth it.  A gate
 * of a map, which may say the same, has no hash. */
static int
left_out(struct ledger *l, const struct payload *p, struct ledger_entry *e,
    int64_t now, struct why *w)
{
	e->tried = p->hash;
	e->tried_rev = p->rev;
	e->attempts = 0;
	e->due = 0;
	say_last(e, p, now);
	if (ledger_entry_put(l, e, w) == -1 || drop_flight(l, p, w) == -1)
		return -1;
	return note_record(l, p, w);
}

static bool
is_left_out(const struct payload *p, const struct ledger_entry *e)
{
	return p->hash.n > 0 && ledger_left_out(p->verdict, p->reason) &&
	    !p->delete && (slice_is(p->reason, "converted") ||
	    !ledger_success(e->verdict));
}

/* Not due yet (not paid), and another record of the same key has brought what
 * is in Salesforce: that one's success stays. */
static bool
only_waits(const struct payload *p, const struct ledger_entry *e)
{
	return !payload_is_bad(p) && ledger_success(e->verdict) &&
	    e->source.n > 0 && !same(e->source, p->source);
}

static int
failed(struct ledger *l, const struct payload *p, struct ledger_entry *e,
    int64_t now, struct why *w)
{
	bool gone = slice_is(p->reason, "gone");

	if (gone && p->object.n > 0 && p->key.n > 0) {
		if (ledger_forget(l, p->object, p->key, w) == -1)
			return -1;
		e->hash = e->rev = (struct slice){ NULL, 0 };
	}
	if (!untried(p)) {
		e->attempts = attempts(p, e);
		e->tried = p->hash;
		e->tried_rev = p->rev;
	}
	e->due = slice_is(p->verdict, "waiting") ?
	    next_due(p, untried(p) ? 0 : e->attempts, now) : 0;
	say_last(e, p, now);
	if (ledger_entry_put(l, e, w) == -1 ||
	    (!untried(p) && drop_flight(l, p, w) == -1))
		return -1;
	return gone ? 0 : note_record(l, p, w);
}

static bool
is_queued(struct slice verdict, struct slice reason)
{
	return slice_is(verdict, "waiting") && slice_is(reason, "queued");
}

/* Nothing was tried.  `due` is since when it has been in the queue, `tried`
 * the change by which it is known if somebody takes it out. */
static int
queued(struct ledger *l, const struct payload *p, struct ledger_entry *e,
    int64_t now, struct why *w)
{
	if (!is_queued(e->verdict, e->reason))
		e->due = now;
	e->tried = p->hash;
	e->tried_rev = p->rev;
	e->attempts = 0;
	say_last(e, p, now);
	return ledger_entry_put(l, e, w) == -1 ? -1 : note_record(l, p, w);
}

int
ledger_verdict(struct ledger *l, const struct payload *p, int64_t run,
    int64_t now, struct why *w)
{
	struct slice key = ledger_key(p);
	struct ledger_entry e;

	if (key.n == 0)		/* a line that was no record */
		return 0;
	if (look(l, w) == -1 ||
	    ledger_entry_get(l, p->map, key, &e, w) == -1 ||
	    drop_keyless(l, p, w) == -1)
		return -1;
	if (ledger_success(p->verdict))
		return succeeded(l, p, &e, run, now, w);
	if (is_left_out(p, &e))
		return left_out(l, p, &e, now, w);
	if (slice_is(p->verdict, "skipped"))
		return skipped(l, p, &e, now, w);
	if (only_waits(p, &e))
		return 0;
	if (is_queued(p->verdict, p->reason))
		return queued(l, p, &e, now, w);
	return failed(l, p, &e, now, w);
}

int
ledger_dequeue(struct ledger *l, struct slice source, long *n, struct why *w)
{
	static const char sql[] = "UPDATE entry SET verdict = 'skipped',"
	    " reason = 'dequeued', message = NULL, due = 0"
	    " WHERE source = ? AND verdict = 'waiting' AND reason = 'queued'";
	sqlite3_stmt *st = db_sql(l, sql, w);

	if (st == NULL)
		return -1;
	db_text(st, 1, source);
	if (db_run(l, st, w) == -1)
		return -1;
	*n += sqlite3_changes(l->db);
	return 0;
}
