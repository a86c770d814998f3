/* led-mend - what a person changes in the ledger: records forgotten, chosen,
 * learnt; whose it is. */
#include <stdlib.h>

#include "file.h"
#include "led.h"
#include "say.h"
#include "tie.h"

enum {
	TEXT_MAX = 1 << 20,
	LEARN = 1000,			/* records a transaction takes */
};

/* total ENTITY N...: how many the store has. */
int
led_total(struct led *l, struct why *w)
{
	char **a = l->arg;

	if (*a == NULL || ledger_begin(l->ledger, w) == -1)
		return *a != NULL ? -1 :
		    why(w, WHY_SETUP, "led total wants ENTITY and a number");
	for (; *a != NULL; a += 2) {
		if (a[1] == NULL || a[1][strspn(a[1], "0123456789")] != '\0')
			return why(w, WHY_SETUP, "led total wants ENTITY and a "
			    "number");
		if (ledger_total_put(l->ledger, a[0], a[1], w) == -1)
			return -1;
	}
	return ledger_commit(l->ledger, w);
}

/* OBJECT/KEY, or the source that gave it: everything of it. */
static int
forget_one(struct led *l, const char *name, long *n, struct why *w)
{
	const char *key = strchr(name, '/');
	struct slice object = { name, 0 };

	if (key == NULL)
		return why(w, WHY_SETUP, "'%s' is neither OBJECT/KEY nor "
		    "ENTITY/ID", name);
	object.n = (size_t)(key - name);
	if (ledger_forget_all(l->ledger, object, slice(key + 1), n, w) == -1)
		return -1;
	return *n > 0 ? 0 :
	    ledger_forget_source(l->ledger, slice(name), n, w);
}

int
led_forget(struct led *l, struct why *w)
{
	int64_t flies, left;
	char **a = l->arg;
	long n, all = 0;

	if (*a == NULL)
		return why(w, WHY_SETUP, "nothing to forget: give OBJECT/KEY "
		    "or ENTITY/ID");
	if (ledger_begin(l->ledger, w) == -1 ||
	    (flies = ledger_flights(l->ledger, w)) == -1)
		return -1;
	for (; *a != NULL; a++, all += n) {
		n = 0;
		if (forget_one(l, *a, &n, w) == -1)
			return -1;
		if (n == 0)
			say("nothing is known of '%s'", *a);
	}
	if ((left = ledger_flights(l->ledger, w)) == -1 ||
	    ledger_commit(l->ledger, w) == -1)
		return -1;
	if (left < flies)
		say("%lld no longer in flight", (long long)(flies - left));
	say("%ld records forgotten; the next run finds or makes them again",
	    all);
	return 0;
}

int
led_dequeue(struct led *l, struct why *w)
{
	char **a = l->arg;
	long n, all = 0;

	if (*a == NULL)
		return why(w, WHY_SETUP, "nothing to take out: give ENTITY/ID");
	if (ledger_begin(l->ledger, w) == -1)
		return -1;
	for (; *a != NULL; a++, all += n) {
		n = 0;
		if (ledger_dequeue(l->ledger, slice(*a), &n, w) == -1)
			return -1;
		if (n == 0)
			say("'%s' is not in the queue", *a);
	}
	if (ledger_commit(l->ledger, w) == -1)
		return -1;
	say("%ld payloads taken out of the queue", all);
	return 0;
}

/* The candidates of one payload as lines that only want their '#' taken off. */
static int
tie_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;
	struct slice id, remark, message = slice(c[3]);
	size_t at = 0;

	(void)n;
	buf_fmt(&l->line, "# %s/%s, of %s", c[0], c[1],
	    c[2] == NULL ? "" : c[2]);
	led_line(l);
	while (message.p != NULL && tie_candidate(message, &at, &id, &remark)) {
		buf_fmt(&l->line, "#%s/%s ", c[0], c[1]);
		buf_slice(&l->line, id);
		buf_slice(&l->line, remark);
		led_line(l);
	}
	return flow_stopped(l->out) ? -1 : 0;
}

static int
tie_line(struct led *l, struct slice line, struct why *w)
{
	struct tie t;
	int got = tie_read(&t, line, w);

	if (got != 1)
		return got;
	if (tie_check(&t, l->ledger, l->any, w) == -1 ||
	    ledger_tie(l->ledger, t.object, t.key, t.id, w) == -1)
		return -1;
	l->n++;
	return 0;
}

/* FILE is read before the ledger is locked. */
static int
tie_file(struct led *l, const char *name, struct why *w)
{
	struct slice all, line;
	const char *end;
	struct buf text = BUF(TEXT_MAX);
	int n = 0, r;

	r = strcmp(name, "-") == 0 ? file_read_fd(0, "standard input", &text,
	    w) : file_read(name, &text, w);
	if (r == 0)
		r = ledger_begin(l->ledger, w);
	for (all = buf_all(&text); r == 0 && all.n > 0; n++) {
		end = memchr(all.p, '\n', all.n);
		line = (struct slice){ all.p, end == NULL ? all.n :
		    (size_t)(end - all.p) };
		all.n -= line.n + (end != NULL);
		all.p += line.n + (end != NULL);
		if ((r = tie_line(l, line, w)) == -1)
			why_in(w, "line %d", n + 1);
	}
	buf_free(&text);
	return r == 0 ? ledger_commit(l->ledger, w) : r;
}

/* tie: what is held; tie FILE; tie OBJECT/KEY ID. */
int
led_tie(struct led *l, struct why *w)
{
	char **a = l->arg, *line;
	int r;

	if (a[0] == NULL)
		return ledger_list(l->ledger, LEDGER_HELD, NULL, NULL, NULL,
		    tie_row, l, w);
	if (a[1] == NULL) {
		r = tie_file(l, a[0], w);
	} else {
		line = xasprintf("%s %s", a[0], a[1]);
		r = tie_line(l, slice(line), w);
		free(line);
	}
	if (r == 0)
		say("%ld tied; the next run takes these records, resync one "
		    "to have it at once", l->n);
	return r;
}

int
led_adopt(struct led *l, struct why *w)
{
	bool both = l->org == NULL && l->store == NULL;

	if (ledger_begin(l->ledger, w) == -1)
		return -1;
	if ((both || l->org != NULL) &&
	    ledger_adopt(l->ledger, "org", l->org, w) == -1)
		return -1;
	if ((both || l->store != NULL) &&
	    ledger_adopt(l->ledger, "store", l->store, w) == -1)
		return -1;
	return ledger_commit(l->ledger, w);
}

/* The stream is not read within a transaction: who writes it may need the
 * ledger too. */
static int
learn_batch(struct led *l, const struct slice *text, long n,
    struct pool *pool, struct why *w)
{
	long i;
	int got;

	if (ledger_begin(l->ledger, w) == -1)
		return -1;
	for (i = 0; i < n; i++) {
		if ((got = learn_record(l->ledger, &l->learn, text[i], pool,
		    w)) == -1)
			return -1;
		l->n += got;
	}
	return ledger_commit(l->ledger, w);
}

int
led_learn(struct led *l, struct why *w)
{
	struct pool *pool = pool_new();
	struct slice text[LEARN];
	struct line in;
	long n = 0;
	int r = 0;

	if (l->learn.object == NULL || l->learn.key == NULL)
		r = why(w, WHY_SETUP, "learn needs --object and --key");
	while (r == 0 && flow_record(l->out, &in)) {
		text[n].p = pool_dup(pool, in.text.p, in.text.n);
		text[n++].n = in.text.n;
		if (n == LEARN) {
			r = learn_batch(l, text, n, pool, w);
			pool_reset(pool);
			n = 0;
		}
	}
	if (r == 0 && n > 0)
		r = learn_batch(l, text, n, pool, w);
	pool_free(pool);
	if (r == 0)
		say("%ld records learnt", l->n);
	return r;
}
