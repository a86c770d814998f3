/* led - show the ledger, and mend it. */
#include <stdlib.h>

#include "led.h"
#include "opt.h"
#include "say.h"

enum {
	LINE_MAX_BYTES = 1 << 20,
	JSON = 256, ANY, IDS, OLDER, MAP, STORE, ORG, OBJECT, KEY, PARENT,
	SINCE, FAILED, STATE, REASON,
};

static const struct opt options[] = {
	{ JSON, "json", NULL, "status, requests: as JSON lines" },
	{ FAILED, "failed", NULL, "status: each that somebody must mend" },
	{ STATE, "state", "STATE,...", "status: each that is failed, rejected, "
	    "held, waiting, queued, not-due, synced, skipped" },
	{ REASON, "reason", "CODE", "status: each with this reason" },
	{ ANY, "any", NULL, "tie: to a record that was no candidate, too" },
	{ IDS, "ids", NULL, "queue: the ids alone" },
	{ OLDER, "older", "TIME", "queue: what is there so long, as 15m" },
	{ MAP, "map", "MAP", "list, status: only this map" },
	{ STORE, "store", "STORE", "mark: of this store; adopt: this store" },
	{ ORG, "org", "ID", "adopt: this organisation" },
	{ OBJECT, "object", "OBJECT", "learn: what the records are" },
	{ KEY, "key", "FIELD", "learn: the field with the key" },
	{ PARENT, "parent", "OBJECT=FIELD",
	    "learn: the field with the parent's key" },
	{ SINCE, "since", "TIME", "requests: from this day on; status: each "
	    "whose verdict is not older, as 2026-11-21 or 2h" },
	{ 0, NULL, NULL, NULL },
};

static const struct verb {
	const char *name;
	enum ledger_how how;
	int (*run)(struct led *l, struct why *w);
} verbs[] = {
	{ "list", LEDGER_READ, led_list },
	{ "status", LEDGER_READ, led_status },
	{ "due", LEDGER_READ, led_due },
	{ "known", LEDGER_READ, led_known },
	{ "queue", LEDGER_READ, led_queue },
	{ "dequeue", LEDGER_WRITE, led_dequeue },
	{ "mark", LEDGER_WRITE, led_mark },
	{ "total", LEDGER_WRITE, led_total },
	{ "forget", LEDGER_WRITE, led_forget },
	{ "adopt", LEDGER_WRITE, led_adopt },
	{ "learn", LEDGER_WRITE, led_learn },
	{ "requests", LEDGER_READ, led_requests },
	{ "tie", LEDGER_WRITE, led_tie },
};

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static const struct verb *
find_verb(const struct opts *o, const char *name)
{
	const char *names[VERBS];
	char meant[SAY_MEANT];
	size_t i;

	for (i = 0; i < VERBS; i++) {
		names[i] = verbs[i].name;
		if (name != NULL && strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	}
	if (name == NULL)
		opt_usage(o, "no VERB given");
	else
		opt_usage(o, "unknown verb '%s'%s", name,
		    say_meant(meant, name, names, VERBS));
	return NULL;
}

/* adopt opens a ledger that belongs to another store, so it asks for none. */
static struct ledger *
open_ledger(struct led *l, const struct verb *v, struct why *w)
{
	struct ledger *ledger;
	char *path;

	if (v->run != led_adopt)
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
	l->out = flow_open("led", v->run == led_learn ? FLOW_RECORDS :
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
	    .purpose = "show the ledger, and mend it; verbs: list status "
	    "due known queue dequeue mark total forget adopt learn requests "
	    "tie", .table = options };
	const struct verb *v;
	struct led l = { .n = 0 };
	int c;

	while ((c = opt_next(&o, argc, argv)) > 0)
		switch (c) {
		case JSON: l.json = true; break;
		case ANY: l.any = true; break;
		case IDS: l.ids = true; break;
		case OLDER: l.older = o.value; break;
		case MAP: l.map = o.value; break;
		case STORE: l.store = o.value; break;
		case ORG: l.org = o.value; break;
		case OBJECT: l.learn.object = o.value; break;
		case KEY: l.learn.key = o.value; break;
		case PARENT: l.learn.parent = o.value; break;
		case FAILED: l.failed = true; break;
		case STATE: l.state = o.value; break;
		case REASON: l.reason = o.value; break;
		case SINCE: l.since = o.value; break;
		}
	if (c < 0)
		return o.status;
	if ((v = find_verb(&o, argv[o.first])) == NULL)
		return WHY_SETUP;
	l.arg = argv + o.first + 1;
	return run(&l, v, o.config);
}
