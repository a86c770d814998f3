/*
 * run-why - the story of one record: what the ledger remembers of it, and
 * what each stage of its last run made of it.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "conf.h"
#include "diff.h"
#include "head.h"
#include "kept.h"
#include "ledger.h"
#include "opt.h"
#include "pretty.h"
#include "reasons.h"
#include "runlog.h"
#include "runs.h"

enum { VALUE = 240 };

static const struct opt options[] = {
	{ 'a', "all", NULL, "all runs, not only the last that met it" },
	{ 'r', "record", NULL, "the record of the store in full" },
	{ 0, NULL, NULL, NULL },
};

struct story {
	struct conf *conf;
	struct ledger *ledger;
	struct pool *pool;
	struct paint paint;
	struct slice source;	/* orders/1042 */
	bool all, record;
	long rows;		/* the ledger's */
};

/* ---- which record? ---- */

static struct slice
head_of(struct slice text, char c)
{
	const char *at = memchr(text.p, c, text.n);

	return (struct slice){ text.p, at == NULL ? text.n :
	    (size_t)(at - text.p) };
}

/* A source begins with an entity, in small letters; an sObject does not. */
static int
find_source(struct story *s, const char *key, struct why *w)
{
	struct slice object = head_of(slice(key), '/');
	struct ledger_record r = { 0 };
	int found;

	s->source = slice(key);
	if (object.n < s->source.n && islower((unsigned char)key[0]))
		return 0;
	if (object.n < s->source.n)
		found = ledger_record_get(s->ledger, object,
		    slice(key + object.n + 1), &r, w);
	else
		found = ledger_record_owner(s->ledger, s->source, &r, w);
	if (found == -1)
		return -1;
	if (found == 0 || r.source.p == NULL)
		return why(w, WHY_SETUP, "'%s' is not known; a KEY is "
		    "orders/1042, Order/1042 or a Salesforce id", key);
	s->source = slice(pool_dup(s->pool, r.source.p, r.source.n));
	return 0;
}

/* ---- the ledger ---- */

static void
show_link(const struct story *s, const char *id)
{
	const char *url = conf_text(s->conf, "salesforce", "url");
	size_t n = url == NULL ? 0 : strlen(url);

	if (id == NULL || n == 0)
		return;
	paint_fmt(&s->paint, PAINT_DIM, "      %.*s%s%s\n", (int)n, url,
	    url[n - 1] == '/' ? "" : "/", id);
}

static void
show_reason(const struct story *s, const char *code, const char *message)
{
	const struct reason *r = code == NULL ? NULL :
	    reasons_find(slice(code));

	if (message != NULL && *message != '\0') {
		paint_fmt(&s->paint, PAINT_PLAIN, "      ");
		paint_text(&s->paint, PAINT_PLAIN, slice(message));
		paint_fmt(&s->paint, PAINT_PLAIN, "\n");
	}
	if (r != NULL)
		paint_fmt(&s->paint, PAINT_DIM, "      %s %s [%s]\n",
		    r->means, r->todo, r->who);
}

/* Columns of LEDGER_ENTRIES. */
enum {
	MAP, KEY, OBJECT, SOURCE, VERDICT, REASON, MESSAGE, ATTEMPTS, DUE,
	CHANGED, ID, PARENT, ADOPTED, RUN
};

static int
show_row(void *ctx, int n, const char *const *c)
{
	struct story *s = ctx;
	const struct paint *p = &s->paint;

	if (n <= RUN)
		return 0;
	if (s->rows++ == 0)
		paint_fmt(p, PAINT_PLAIN, "  what the ledger remembers\n");
	paint_fmt(p, PAINT_PLAIN, "    %-24s %s %s: ", c[MAP],
	    c[OBJECT] == NULL ? "" : c[OBJECT], c[KEY] == NULL ? "" : c[KEY]);
	paint_fmt(p, PAINT_HEAD, "%s", c[VERDICT] == NULL ? "on its way" :
	    c[VERDICT]);
	if (c[REASON] != NULL && *c[REASON] != '\0')
		paint_fmt(p, PAINT_HEAD, " (%s)", c[REASON]);
	if (c[ID] != NULL)
		paint_fmt(p, PAINT_PLAIN, " %s", c[ID]);
	if (c[ADOPTED] != NULL && *c[ADOPTED] == '1')
		paint_fmt(p, PAINT_PLAIN, ", adopted");
	if (c[ATTEMPTS] != NULL && atol(c[ATTEMPTS]) > 0)
		paint_fmt(p, PAINT_PLAIN, ", %s attempts", c[ATTEMPTS]);
	if (c[RUN] != NULL)
		paint_fmt(p, PAINT_DIM, ", %s", c[RUN]);
	paint_fmt(p, PAINT_PLAIN, "\n");
	show_reason(s, c[REASON], c[MESSAGE]);
	show_link(s, c[ID]);
	return 0;
}

/* ---- the kept copies ---- */

/* Does a record line begin with this id?  Only asked of extracted lines,
 * which are JSON objects. */
static bool
is_record(struct slice line, struct slice id)
{
	static const char *const names[] = { "entity_id", "id", "rule_id",
	    "coupon_id", "item_id" };
	struct slice v;

	if (memmem(line.p, line.n, id.p, id.n) == NULL ||
	    scan_text(line, &v, NULL) == -1 || scan_kind(v) != SCAN_OBJECT)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		v = scan_get(line, names[i]);
		if (v.p != NULL)
			return slice_eq(v, id);
	}
	return false;
}

static void
show_payload(const struct story *s, struct slice line, bool fields)
{
	const struct paint *t = &s->paint;
	struct payload p;
	struct diff d;

	if (payload_read(&p, line, s->pool, NULL) == -1)
		return;
	paint_fmt(t, PAINT_PLAIN, "%.*s %.*s (%.*s)%s%.*s%s\n",
	    (int)p.object.n, p.object.p, (int)p.key.n, p.key.p,
	    (int)p.map.n, p.map.p, p.id.p == NULL ? "" : ", id ",
	    (int)p.id.n, p.id.p == NULL ? "" : p.id.p,
	    p.delete ? ", delete" : "");
	if (!fields)
		return;
	diff_payload(&d, &p, s->pool);
	for (size_t i = 0; i < d.n; i++) {
		paint_fmt(t, PAINT_PLAIN, "%18s%-28.*s ", "",
		    (int)d.field[i].name.n, d.field[i].name.p);
		if (d.kind == DIFF_UPDATE && d.field[i].old.p != NULL) {
			paint_cut(t, PAINT_DELETE, d.field[i].old, VALUE);
			paint_fmt(t, PAINT_PLAIN, " -> ");
		}
		paint_cut(t, PAINT_PLAIN, d.field[i].new, VALUE);
		paint_fmt(t, PAINT_PLAIN, "\n");
	}
}

static void
show_verdict(const struct story *s, const struct head *h)
{
	const struct paint *p = &s->paint;

	paint_fmt(p, PAINT_PLAIN, "%.*s %.*s%s%.*s%s: ", (int)h->object.n,
	    h->object.p, (int)h->key.n, h->key.n == 0 ? "" : h->key.p,
	    h->map.n == 0 ? "" : " (", (int)h->map.n,
	    h->map.n == 0 ? "" : h->map.p, h->map.n == 0 ? "" : ")");
	paint_text(p, PAINT_HEAD, h->verdict);
	if (h->reason.n > 0)
		paint_fmt(p, PAINT_HEAD, " (%.*s)", (int)h->reason.n,
		    h->reason.p);
	if (h->id.n > 0)
		paint_fmt(p, PAINT_PLAIN, " %.*s", (int)h->id.n, h->id.p);
	if (h->message.n > 0) {
		paint_fmt(p, PAINT_PLAIN, ": ");
		paint_cut(p, PAINT_PLAIN, h->message, VALUE);
	}
	paint_fmt(p, PAINT_PLAIN, "\n");
}

static void
show_record(const struct story *s, struct slice line)
{
	if (!s->record) {
		paint_fmt(&s->paint, PAINT_PLAIN, "%zu bytes (--record shows "
		    "them)\n", line.n);
		return;
	}
	pretty_json(&s->paint, line, 18);
	paint_fmt(&s->paint, PAINT_PLAIN, "\n");
}

/* What a stage wrote of our record.  `run` is named with the first line. */
static long
show_stage(struct story *s, const struct runlog *l,
    const struct runlog_stage *stage, const char *folder, long before)
{
	char *path = xasprintf("%s/%.*s", folder, (int)stage->kept.n,
	    stage->kept.p);
	struct kept *k = kept_open(path, NULL);
	struct slice pipe = runlog_pipe(stage), line;
	struct slice entity = head_of(s->source, '/');
	struct slice id = { s->source.p + entity.n + 1,
	    s->source.n > entity.n ? s->source.n - entity.n - 1 : 0 };
	bool records = slice_eq(pipe, entity) && id.n > 0;
	struct head h;
	long n = 0;

	free(path);
	while (k != NULL && kept_next(k, &line, NULL) == 1) {
		pool_reset(s->pool);
		head_read(&h, line);
		if (h.kind == HEAD_RECORD ? !records || !is_record(line, id) :
		    !slice_eq(h.source, s->source))
			continue;
		if (before + n++ == 0)
			paint_fmt(&s->paint, PAINT_PLAIN, "  run %.*s\n",
			    (int)l->run.n, l->run.p);
		paint_fmt(&s->paint, PAINT_DIM, "    %-12.*s",
		    (int)(stage->name.n - pipe.n - (stage->name.n > pipe.n)),
		    stage->name.p + pipe.n + (stage->name.n > pipe.n));
		if (h.kind == HEAD_RECORD)
			show_record(s, line);
		else if (h.kind == HEAD_VERDICT)
			show_verdict(s, &h);
		else
			show_payload(s, line, h.planned || stage->from == -1 ||
			    l->stage[stage->from].payloads == 0);
	}
	kept_close(k);
	return n;
}

static long
show_run(struct story *s, const char *folder)
{
	struct runlog l;
	long n = 0;

	if (runlog_open(&l, folder, NULL) == -1)
		return 0;
	for (size_t i = 0; i < l.n; i++)
		if (l.stage[i].kept.p != NULL && !l.stage[i].pruned)
			n += show_stage(s, &l, &l.stage[i], folder, n);
	runlog_close(&l);
	return n;
}

static long
show_runs(struct story *s)
{
	char *runs = conf_path(s->conf, "runs", "dir"), *folder;
	size_t n;
	char **list = runs_list(runs, &n);
	long lines = 0;

	for (size_t i = n; i > 0 && (s->all || lines == 0); i--) {
		folder = xasprintf("%s/%s", runs, list[i - 1]);
		lines += show_run(s, folder);
		free(folder);
	}
	runs_free(list, n);
	free(runs);
	return lines;
}

static int
tell(struct story *s, const char *key, struct why *w)
{
	char *source;

	if ((s->ledger = ledger_of(s->conf, LEDGER_READ, w)) == NULL ||
	    find_source(s, key, w) == -1)
		return -1;
	source = xstrndup(s->source.p, s->source.n);
	s->source = slice(source);
	paint_fmt(&s->paint, PAINT_HEAD, "%s\n", source);
	if (ledger_list(s->ledger, LEDGER_ENTRIES, source, NULL, NULL,
	    show_row, s, w) == -1) {
		free(source);
		return -1;
	}
	if (show_runs(s) == 0)
		paint_fmt(&s->paint, PAINT_PLAIN, s->rows == 0 ?
		    "  never met: not in the ledger, in no kept copy\n" :
		    "  in no kept copy\n");
	free(source);
	return 0;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "run-why", .operands = "KEY",
	    .purpose = "the story of one record", .table = options };
	struct story s = { .all = false };
	struct why w = { 0 };
	int c, status = 0;

	while ((c = opt_next(&o, argc, argv)) > 0) {
		s.all |= c == 'a';
		s.record |= c == 'r';
	}
	if (c < 0)
		return o.status;
	if (argc - o.first != 1)
		return opt_usage(&o, "give one KEY, such as orders/1042");
	paint_begin();
	s.pool = pool_new();
	s.paint = paint_for(stdout, false);
	if ((s.conf = conf_open(o.config, &w)) == NULL ||
	    tell(&s, argv[o.first], &w) == -1)
		status = say_why(&w);
	ledger_close(s.ledger, NULL);
	conf_close(s.conf);
	pool_free(s.pool);
	return paint_end(stdout, status);
}
