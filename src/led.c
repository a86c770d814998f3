/* led - show the ledger, and mend it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "conf.h"
#include "file.h"
#include "flow.h"
#include "learn.h"
#include "ledger.h"
#include "opt.h"
#include "say.h"
#include "tie.h"

enum {
	LINE_MAX_BYTES = 1 << 20,
	STATES = 6,
	LEARN = 1000,			/* records a transaction takes */
	JSON = 256, ANY, MAP, STORE, ORG, OBJECT, KEY, PARENT, SINCE,
};

static const struct opt options[] = {
	{ JSON, "json", NULL, "status as JSON, one line a map" },
	{ ANY, "any", NULL, "tie: to a record that was no candidate, too" },
	{ MAP, "map", "MAP", "list: only this map" },
	{ STORE, "store", "STORE", "mark: of this store; adopt: this store" },
	{ ORG, "org", "ID", "adopt: this organisation" },
	{ OBJECT, "object", "OBJECT", "learn: what the records are" },
	{ KEY, "key", "FIELD", "learn: the field with the key" },
	{ PARENT, "parent", "OBJECT=FIELD",
	    "learn: the field with the parent's key" },
	{ SINCE, "since", "DAY", "requests: from this day on" },
	{ 0, NULL, NULL, NULL },
};

struct led {
	struct conf *conf;
	struct ledger *ledger;
	struct flow *out;
	struct buf line;
	char **arg;		/* behind the verb, ends with NULL */
	bool json, any;
	const char *map, *store, *org, *since;
	struct learn learn;
	long shown;
	struct {		/* the row of `led status` that is gathered */
		char entity[64], map[128], object[128];
		long n[STATES];
		bool any;
	} row;
};

static const char *const states[STATES] = {
	"synced", "waiting", "held", "rejected", "failed", "skipped",
};

static void
put_line(struct led *l)
{
	flow_line(l->out, buf_all(&l->line));
	buf_reset(&l->line);
}

/* One member, after the first; numbers and texts, absent ones left out. */
static void
member(struct buf *b, const char *name, const char *value, bool number)
{
	if (value == NULL)
		return;
	buf_char(b, b->n == 0 ? '{' : ',');
	scan_quote(b, slice(name));
	buf_char(b, ':');
	if (number)
		buf_str(b, value);
	else
		scan_quote(b, slice(value));
}

/* Unix time, as text, to our stamp; 0 is none. */
static const char *
stamp(const char *text, char out[32])
{
	time_t t = text == NULL ? 0 : (time_t)strtoll(text, NULL, 10);
	struct tm tm;

	if (t == 0)
		return NULL;
	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

static int
list_row(void *ctx, int n, const char *const *c)
{
	static const char *const names[] = { "map", "key", "object", "source",
	    "verdict", "reason", "message", "attempts", "due", "changed", "id",
	    "parent", "adopted", "run" };
	struct led *l = ctx;
	char time[32];
	int i;

	for (i = 0; i < n; i++) {
		if (i == 8 || i == 9)
			member(&l->line, names[i], stamp(c[i], time), false);
		else if (i == 12 && (c[i] == NULL || *c[i] == '0'))
			continue;
		else
			member(&l->line, names[i], i == 12 ? "true" : c[i],
			    i == 7 || i == 12);
	}
	buf_char(&l->line, '}');
	put_line(l);
	return flow_stopped(l->out) ? -1 : 0;
}

static int
list(struct led *l, struct why *w)
{
	char **a = l->arg;

	do {
		if (ledger_list(l->ledger, LEDGER_ENTRIES, *a, l->map, NULL,
		    list_row, l, w) == -1)
			return -1;
	} while (*a != NULL && *++a != NULL);
	return 0;
}

static void
status_head(struct led *l)
{
	int i;

	buf_fmt(&l->line, "%-12s %-28s %-16s", "entity", "map", "object");
	for (i = 0; i < STATES; i++)
		buf_fmt(&l->line, " %9s", states[i]);
	put_line(l);
}

static void
status_end_row(struct led *l)
{
	char number[32];
	int i;

	if (!l->row.any)
		return;
	if (l->shown++ == 0 && !l->json)
		status_head(l);
	if (l->json) {
		member(&l->line, "entity", l->row.entity, false);
		member(&l->line, "map", l->row.map, false);
		member(&l->line, "object", l->row.object, false);
	} else {
		buf_fmt(&l->line, "%-12s %-28s %-16s", l->row.entity,
		    l->row.map, l->row.object);
	}
	for (i = 0; i < STATES; i++) {
		snprintf(number, sizeof(number), "%ld", l->row.n[i]);
		if (l->json)
			member(&l->line, states[i], number, true);
		else
			buf_fmt(&l->line, " %9s", number);
		l->row.n[i] = 0;
	}
	if (l->json)
		buf_char(&l->line, '}');
	put_line(l);
	l->row.any = false;
}

/* Rows come as entity, map, object, state, count, sorted. */
static int
status_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;
	const char *object = c[2] == NULL ? "" : c[2];
	int i;

	(void)n;
	if (l->row.any && (strcmp(l->row.entity, c[0] == NULL ? "" : c[0]) ||
	    strcmp(l->row.map, c[1]) || strcmp(l->row.object, object)))
		status_end_row(l);
	snprintf(l->row.entity, sizeof(l->row.entity), "%s",
	    c[0] == NULL ? "" : c[0]);
	snprintf(l->row.map, sizeof(l->row.map), "%s", c[1]);
	snprintf(l->row.object, sizeof(l->row.object), "%s", object);
	l->row.any = true;
	for (i = 0; i < STATES; i++)
		if (strcmp(states[i], c[3]) == 0)
			l->row.n[i] += strtol(c[4], NULL, 10);
	return 0;
}

/* One payload of one record, with the link that opens it. */
static int
record_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;
	const char *url = conf_text(l->conf, "salesforce", "url");
	size_t len = url == NULL ? 0 : strlen(url);
	char *link = NULL, time[32];

	while (len > 0 && url[len - 1] == '/')
		len--;
	if (c[10] != NULL && len > 0)
		link = xasprintf("%.*s/%s", (int)len, url, c[10]);
	l->shown++;
	if (l->json && link != NULL)
		member(&l->line, "link", link, false);
	if (l->json) {
		free(link);
		return list_row(ctx, n, c);
	}
	buf_fmt(&l->line, "%s %s %s: %s", c[3] == NULL ? "" : c[3], c[0], c[1],
	    c[4]);
	if (c[5] != NULL)
		buf_fmt(&l->line, ", %s", c[5]);
	if (c[6] != NULL)
		buf_fmt(&l->line, ": %s", c[6]);
	if (stamp(c[9], time) != NULL)
		buf_fmt(&l->line, ", %s", time);
	if (c[10] != NULL)
		buf_fmt(&l->line, ", %s", link != NULL ? link : c[10]);
	put_line(l);
	free(link);
	return 0;
}

/* What is on its way: a run is going on, was interrupted, or had no answer. */
static int
status_flights(struct led *l, struct why *w)
{
	int64_t n = ledger_flights(l->ledger, w);

	if (n > 0 && !l->json) {
		buf_fmt(&l->line, "%lld in flight: a run is going on or was "
		    "interrupted, or Salesforce did not answer; the next one "
		    "asks again", (long long)n);
		put_line(l);
	}
	return n == -1 ? -1 : 0;
}

/* What the store had when a run last began, and no run has come to. */
static int
total_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;
	long never = strtol(c[1], NULL, 10) - strtol(c[2], NULL, 10);

	(void)n;
	if (never < 0)		/* what was deleted since is remembered */
		never = 0;
	if (l->json)
		buf_fmt(&l->line, "{\"entity\":\"%s\",\"total\":%s,"
		    "\"never_tried\":%ld}", c[0], c[1], never);
	else
		buf_fmt(&l->line, "%s: %s in Magento, %ld never tried", c[0],
		    c[1], never);
	put_line(l);
	return 0;
}

/* What Magento would not be told: how many of an entity, or why of one. */
static int
untold_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;
	bool one = strchr(c[0], '/') != NULL;

	(void)n;
	if (l->json) {
		member(&l->line, one ? "source" : "entity", c[0], false);
		member(&l->line, "not_told", c[1], !one);
		buf_char(&l->line, '}');
	} else if (one) {
		buf_fmt(&l->line, "%s: not told to Magento: %s", c[0], c[1]);
	} else {
		buf_fmt(&l->line, "%s: %s not told to Magento; led status "
		    "ENTITY/ID says why", c[0], c[1]);
	}
	put_line(l);
	return 0;
}

/* total ENTITY N: how many the store has. */
static int
total(struct led *l, struct why *w)
{
	if (l->arg[0] == NULL || l->arg[1] == NULL ||
	    l->arg[1][strspn(l->arg[1], "0123456789")] != '\0')
		return why(w, WHY_SETUP, "led total wants ENTITY and a number");
	return ledger_total_put(l->ledger, l->arg[0], l->arg[1], w);
}

static int
status(struct led *l, struct why *w)
{
	char **a = l->arg;

	for (;; a++) {
		if (*a != NULL && strchr(*a, '/') != NULL) {
			l->shown = 0;
			if (ledger_list(l->ledger, LEDGER_ENTRIES, *a, NULL,
			    NULL, record_row, l, w) == -1)
				return -1;
			if (l->shown == 0 && !l->json) {
				buf_fmt(&l->line, "%s: never tried", *a);
				put_line(l);
			}
		} else if (ledger_list(l->ledger, LEDGER_ENTITIES, *a, NULL,
		    NULL, status_row, l, w) == -1) {
			return -1;
		} else {
			status_end_row(l);
			if (ledger_list(l->ledger, LEDGER_TOTALS, *a, NULL,
			    NULL, total_row, l, w) == -1)
				return -1;
		}
		if (ledger_list(l->ledger, LEDGER_UNTOLD, *a, NULL, NULL,
		    untold_row, l, w) == -1)
			return -1;
		if (*a == NULL || a[1] == NULL)
			break;
	}
	return *l->arg == NULL ? status_flights(l, w) : 0;
}

static int
one_column(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;

	(void)n;
	buf_str(&l->line, c[0] == NULL ? "" : c[0]);
	put_line(l);
	return flow_stopped(l->out) ? -1 : 0;
}

static int
due(struct led *l, struct why *w)
{
	long attempts = conf_int(l->conf, "runs", "attempts");
	char limit[32], now[32];

	if (*l->arg == NULL)
		return why(w, WHY_SETUP, "no ENTITY given");
	/* No limit is a number of attempts that nobody reaches. */
	snprintf(limit, sizeof(limit), "%ld",
	    attempts == 0 ? 1000000 : attempts);
	snprintf(now, sizeof(now), "%lld", (long long)time(NULL));
	return ledger_list(l->ledger, LEDGER_DUE, *l->arg, limit, now,
	    one_column, l, w);
}

static int
mark_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;
	char time[32];

	(void)n;
	member(&l->line, "entity", c[0], false);
	member(&l->line, "store", *c[1] == '\0' ? NULL : c[1], false);
	member(&l->line, "value", c[2], false);
	member(&l->line, "changed", stamp(c[3], time), false);
	buf_char(&l->line, '}');
	put_line(l);
	return 0;
}

/* mark: all; mark ENTITY: its value; mark ENTITY VALUE: set it. */
static int
mark(struct led *l, struct why *w)
{
	const char *store = l->store == NULL ? "" : l->store;
	int got;

	if (l->arg[0] == NULL)
		return ledger_list(l->ledger, LEDGER_MARKS, NULL, NULL, NULL,
		    mark_row, l, w);
	if (l->arg[1] != NULL)
		return ledger_mark_put(l->ledger, l->arg[0], store, l->arg[1],
		    w);
	got = ledger_mark_get(l->ledger, l->arg[0], store, &l->line, w);
	if (got == 1)
		put_line(l);
	return got == -1 ? -1 : 0;
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
	if (ledger_forget(l->ledger, object, slice(key + 1), n, w) == -1)
		return -1;
	return *n > 0 ? 0 :
	    ledger_forget_source(l->ledger, slice(name), n, w);
}

static int
forget(struct led *l, struct why *w)
{
	char **a = l->arg;
	long n, all = 0;

	if (*a == NULL)
		return why(w, WHY_SETUP, "nothing to forget: give OBJECT/KEY "
		    "or ENTITY/ID");
	if (ledger_begin(l->ledger, w) == -1)
		return -1;
	for (; *a != NULL; a++, all += n) {
		n = 0;
		if (forget_one(l, *a, &n, w) == -1)
			return -1;
		if (n == 0)
			say("nothing is known of '%s'", *a);
	}
	if (ledger_commit(l->ledger, w) == -1)
		return -1;
	say("%ld records forgotten; the next run finds or makes them again",
	    all);
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
	put_line(l);
	while (message.p != NULL && tie_candidate(message, &at, &id, &remark)) {
		buf_fmt(&l->line, "#%s/%s ", c[0], c[1]);
		buf_slice(&l->line, id);
		buf_slice(&l->line, remark);
		put_line(l);
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
	l->shown++;
	return 0;
}

/* FILE is read before the ledger is locked. */
static int
tie_file(struct led *l, const char *name, struct why *w)
{
	struct slice all, line;
	const char *end;
	struct buf text = BUF(LINE_MAX_BYTES);
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
static int
tie(struct led *l, struct why *w)
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
		    "to have it at once", l->shown);
	return r;
}

static int
adopt(struct led *l, struct why *w)
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
		l->shown += got;
	}
	return ledger_commit(l->ledger, w);
}

static int
learn(struct led *l, struct why *w)
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
		say("%ld records learnt", l->shown);
	return r;
}

static int
request_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;
	bool told = c[5] != NULL && strcmp(c[5], "0") != 0;
	char left[24];

	(void)n;
	member(&l->line, "day", c[0], false);
	member(&l->line, "system", c[1], false);
	if (told) {
		member(&l->line, "used", c[4], true);
		member(&l->line, "max", c[5], true);
		snprintf(left, sizeof(left), "%lld", atoll(c[5]) -
		    atoll(c[4] == NULL ? "0" : c[4]));
		member(&l->line, "left", left, true);
	} else {
		member(&l->line, "kind", c[2], false);
		member(&l->line, "calls", c[3], true);
	}
	buf_char(&l->line, '}');
	put_line(l);
	return 0;
}

static bool
is_day(const char *s)
{
	static const char form[] = "0000-00-00";
	size_t i;

	for (i = 0; form[i] != '\0'; i++)
		if (form[i] == '-' ? s[i] != '-' : s[i] < '0' || s[i] > '9')
			return false;
	return s[i] == '\0';
}

static int
requests(struct led *l, struct why *w)
{
	if (l->since != NULL && !is_day(l->since))
		return why(w, WHY_SETUP, "--since '%s' is no day as "
		    "2026-11-21", l->since);
	return ledger_list(l->ledger, LEDGER_CALLS, l->since, NULL, NULL,
	    request_row, l, w);
}

static const struct verb {
	const char *name;
	enum ledger_how how;
	int (*run)(struct led *l, struct why *w);
} verbs[] = {
	{ "list", LEDGER_READ, list },
	{ "status", LEDGER_READ, status },
	{ "due", LEDGER_READ, due },
	{ "mark", LEDGER_WRITE, mark },
	{ "total", LEDGER_WRITE, total },
	{ "forget", LEDGER_WRITE, forget },
	{ "adopt", LEDGER_WRITE, adopt },
	{ "learn", LEDGER_WRITE, learn },
	{ "requests", LEDGER_READ, requests },
	{ "tie", LEDGER_WRITE, tie },
};

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static const struct verb *
find_verb(const struct opts *o, const char *name)
{
	const char *names[VERBS], *near;
	size_t i;

	for (i = 0; i < VERBS; i++) {
		names[i] = verbs[i].name;
		if (name != NULL && strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	}
	near = name == NULL ? NULL : say_nearest(name, names, VERBS);
	if (name == NULL)
		opt_usage(o, "no VERB given");
	else
		opt_usage(o, "unknown verb '%s'%s%s%s", name, near == NULL ?
		    "" : "; did you mean '", near == NULL ? "" : near,
		    near == NULL ? "" : "'?");
	return NULL;
}

/* adopt opens a ledger that belongs to another store, so it asks for none. */
static struct ledger *
open_ledger(struct led *l, const struct verb *v, struct why *w)
{
	struct ledger *ledger;
	char *path;

	if (v->run != adopt)
		return ledger_of(l->conf, v->how, w);
	path = conf_path(l->conf, "ledger", "path");
	ledger = ledger_open(path == NULL ? "" : path, v->how, w);
	free(path);
	return ledger;
}

static int
run(struct led *l, const struct verb *v, const char *config)
{
	struct why w = {0};
	int status = 0;

	l->conf = conf_open(config, &w);
	if (l->conf != NULL)
		l->ledger = open_ledger(l, v, &w);
	if (l->ledger == NULL) {
		conf_close(l->conf);
		return say_why(&w);
	}
	l->out = flow_open("led", v->run == learn ? FLOW_RECORDS :
	    FLOW_NOTHING, (size_t)conf_int(l->conf, "runs", "line_limit"));
	l->line = BUF(LINE_MAX_BYTES);
	if (v->run(l, &w) == -1)
		flow_fail(l->out, &w);
	status = flow_close(l->out);
	w = (struct why){0};
	if (ledger_close(l->ledger, &w) == -1)
		status = flow_worse(status, say_why(&w));
	buf_free(&l->line);
	conf_close(l->conf);
	return status;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "led", .operands = "VERB [ARGUMENT]...",
	    .purpose = "show the ledger, and mend it; verbs: list status due mark "
	    "total forget adopt learn requests tie", .table = options };
	const struct verb *v;
	struct led l = { .shown = 0 };
	int c;

	while ((c = opt_next(&o, argc, argv)) > 0)
		switch (c) {
		case JSON: l.json = true; break;
		case ANY: l.any = true; break;
		case MAP: l.map = o.value; break;
		case STORE: l.store = o.value; break;
		case ORG: l.org = o.value; break;
		case OBJECT: l.learn.object = o.value; break;
		case KEY: l.learn.key = o.value; break;
		case PARENT: l.learn.parent = o.value; break;
		case SINCE: l.since = o.value; break;
		}
	if (c < 0)
		return o.status;
	if ((v = find_verb(&o, argv[o.first])) == NULL)
		return WHY_SETUP;
	l.arg = argv + o.first + 1;
	return run(&l, v, o.config);
}
