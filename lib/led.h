#ifndef LED_H
#define LED_H

#include "conf.h"
#include "flow.h"
#include "learn.h"
#include "ledger.h"

/*
 * led - the verbs of led(1), which show the ledger and mend it.
 *
 *	struct led l = { .conf = c, .ledger = ledger, .out = flow,
 *	    .line = BUF(limit), .arg = argv + 2 };
 *	if (led_status(&l, &w) == -1) ...
 *
 * A verb takes its words from `arg` and its options from the members beside,
 * writes its lines to `out`, and gives 0, or -1 with `w`: WHY_SETUP when its
 * words are wrong, else as in ledger.h.
 */
struct led {
	struct conf *conf;
	struct ledger *ledger;
	struct flow *out;
	struct buf line;	/* the one that is being written */
	char **arg;		/* behind the verb, ends with NULL */
	bool json, any, ids, failed;
	const char *map, *store, *org, *since, *older, *state, *reason;
	struct learn learn;
	long n;			/* records learnt, or tied */
};

/* led-show.c */
int led_list(struct led *l, struct why *w);
int led_due(struct led *l, struct why *w);
int led_known(struct led *l, struct why *w);
int led_queue(struct led *l, struct why *w);
int led_mark(struct led *l, struct why *w);
int led_requests(struct led *l, struct why *w);

/* led-status.c; with --failed, --state, --reason, --map or --since it is
 * led-find.c's */
int led_status(struct led *l, struct why *w);
bool led_finds(const struct led *l);
int led_find(struct led *l, struct why *w);

/* led-mend.c */
int led_total(struct led *l, struct why *w);
int led_forget(struct led *l, struct why *w);
int led_dequeue(struct led *l, struct why *w);
int led_adopt(struct led *l, struct why *w);
int led_learn(struct led *l, struct why *w);
int led_tie(struct led *l, struct why *w);

/* Columns of LEDGER_ENTRIES and LEDGER_FOUND. */
enum led_column {
	LED_MAP, LED_KEY, LED_OBJECT, LED_SOURCE, LED_VERDICT, LED_REASON,
	LED_MESSAGE, LED_ATTEMPTS, LED_DUE, LED_CHANGED, LED_ID, LED_PARENT,
	LED_ADOPTED, LED_RUN, LED_COLUMNS
};

/* What the verbs share: write the line that was put together, */
void led_line(struct led *l);

/* put a member into it, after those before, a number or a text, none when
 * `value` is NULL; */
void led_member(struct buf *b, const char *name, const char *value,
    bool number);

/* Unix time, as text, as our stamp in `out`; NULL when it is 0 or NULL; */
const char *led_stamp(const char *text, char out[32]);

/* a row of LEDGER_ENTRIES as a JSON line behind what is in it (ledger_take); */
int led_list_row(void *ctx, int n, const char *const *c);

/* the same for a person, or with --json: with its state and the link that
 * opens it in Salesforce; */
int led_entry(struct led *l, int n, const char *const *c);

/* why the store was not told of `source`; */
int led_untold(struct led *l, const char *source, const char *refusal);

/* "15m" in seconds, or -1. */
long led_seconds(const char *text);

#endif
