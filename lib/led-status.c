/* led-status - how many of what, why what is open is open, and one record. */
#include <stdio.h>
#include <stdlib.h>

#include "digest.h"
#include "led.h"
#include "reasons.h"
#include "say.h"
#include "state.h"

enum { STATES = STATE_N, TEXT_MAX = 1 << 20, ENTITIES = 32 };

/* The columns of the table, left to right, and their names in JSON. */
static const struct {
	enum state state;
	const char *text, *json;
} columns[STATES] = {
	{ STATE_SYNCED, "synced", "synced" },
	{ STATE_QUEUED, "queued", "queued" },
	{ STATE_NOT_DUE, "not due", "not_due" },
	{ STATE_WAITING, "waiting", "waiting" },
	{ STATE_HELD, "held", "held" },
	{ STATE_REJECTED, "rejected", "rejected" },
	{ STATE_FAILED, "failed", "failed" },
	{ STATE_SKIPPED, "skipped", "skipped" },
};

/* The records of an entity: how many are in which state, and in the store. */
struct records {
	char entity[64], total[32];
	long n[STATES];
	long known;
};

struct status {
	struct led *led;
	struct fold fold;	/* what is open, for a person */
	struct buf text;	/* a message as JSON text */
	struct records of[ENTITIES];
	int entities;
	long shown;
	char entity[64], map[128], object[128];	/* the row that is gathered, */
	long n[STATES];
	bool any;		/* if there is one */
};

static void
status_head(struct led *l)
{
	int i;

	buf_fmt(&l->line, "%-12s %-28s %-16s", "entity", "map", "object");
	for (i = 0; i < STATES; i++)
		buf_fmt(&l->line, " %9s", columns[i].text);
	led_line(l);
}

static void
end_row(struct status *s)
{
	struct led *l = s->led;
	char number[32];
	int i;

	if (!s->any)
		return;
	if (s->shown++ == 0 && !l->json) {
		led_line(l);
		status_head(l);
	}
	if (l->json) {
		led_member(&l->line, "entity", s->entity, false);
		led_member(&l->line, "map", s->map, false);
		led_member(&l->line, "object", s->object, false);
	} else {
		buf_fmt(&l->line, "%-12s %-28s %-16s", s->entity, s->map,
		    s->object);
	}
	for (i = 0; i < STATES; i++) {
		snprintf(number, sizeof(number), "%ld",
		    s->n[columns[i].state]);
		if (l->json)
			led_member(&l->line, columns[i].json, number, true);
		else
			buf_fmt(&l->line, " %9s", number);
	}
	memset(s->n, 0, sizeof(s->n));
	if (l->json)
		buf_char(&l->line, '}');
	led_line(l);
	s->any = false;
}

/* Rows come as entity, map, object, state, count, sorted. */
static int
entity_row(void *ctx, int n, const char *const *c)
{
	struct status *s = ctx;
	const char *entity = c[0] == NULL ? "" : c[0];
	const char *object = c[2] == NULL ? "" : c[2];
	int i;

	(void)n;
	if (s->any && (strcmp(s->entity, entity) || strcmp(s->map, c[1]) ||
	    strcmp(s->object, object)))
		end_row(s);
	snprintf(s->entity, sizeof(s->entity), "%s", entity);
	snprintf(s->map, sizeof(s->map), "%s", c[1]);
	snprintf(s->object, sizeof(s->object), "%s", object);
	s->any = true;
	for (i = 0; i < STATES; i++)
		if (strcmp(state_names[i], c[3]) == 0)
			s->n[i] += strtol(c[4], NULL, 10);
	return 0;
}

static int
record_row(void *ctx, int n, const char *const *c)
{
	struct status *s = ctx;

	s->shown++;
	return led_entry(s->led, n, c);
}

/* What is on its way: a run is going on, was interrupted, or had no answer;
 * or that there is nothing at all. */
static int
last_line(struct status *s, struct why *w)
{
	struct led *l = s->led;
	int64_t n = ledger_flights(l->ledger, w);

	if (n == -1 || l->json || (n == 0 && s->entities > 0))
		return n == -1 ? -1 : 0;
	if (n > 0)
		buf_fmt(&l->line, "%lld in flight: a run is going on or was "
		    "interrupted, or Salesforce did not answer; the next one "
		    "asks again", (long long)n);
	else
		buf_str(&l->line, "no run yet");
	led_line(l);
	return 0;
}

/* ---- records ---- */

static struct records *
records_of(struct status *s, const char *entity)
{
	int i;

	for (i = 0; i < s->entities; i++)
		if (strcmp(s->of[i].entity, entity) == 0)
			return &s->of[i];
	if (i == ENTITIES)
		return &s->of[ENTITIES - 1];
	snprintf(s->of[i].entity, sizeof(s->of[i].entity), "%s", entity);
	s->entities++;
	return &s->of[i];
}

/* entity, state, count */
static int
state_row(void *ctx, int n, const char *const *c)
{
	struct records *r = records_of(ctx, c[0] == NULL ? "" : c[0]);
	long state = strtol(c[1], NULL, 10), count = strtol(c[2], NULL, 10);

	(void)n;
	if (state >= 0 && state < STATES)
		r->n[state] += count;
	r->known += count;
	return 0;
}

/* What the store had when a run last began. */
static int
total_row(void *ctx, int n, const char *const *c)
{
	struct records *r = records_of(ctx, c[0]);

	(void)n;
	snprintf(r->total, sizeof(r->total), "%s", c[1]);
	return 0;
}

/* No run has come to them.  What was deleted since is remembered: so there
 * may be more than the store has. */
static long
never_tried(const struct records *r)
{
	long never = strtol(r->total, NULL, 10) - r->known;

	return never < 0 ? 0 : never;
}

static void
records_json(struct led *l, const struct records *r)
{
	char number[32];

	led_member(&l->line, "entity", r->entity, false);
	for (int i = 0; i < STATES; i++) {
		snprintf(number, sizeof(number), "%ld",
		    r->n[columns[i].state]);
		led_member(&l->line, columns[i].json, number, true);
	}
	if (r->total[0] != '\0') {
		snprintf(number, sizeof(number), "%ld", never_tried(r));
		led_member(&l->line, "never_tried", number, true);
		led_member(&l->line, "total", r->total, true);
	}
	buf_char(&l->line, '}');
	led_line(l);
}

static void
records_text(struct led *l, const struct records *r)
{
	long n;

	buf_fmt(&l->line, "%s: ", r->entity);
	if (r->total[0] != '\0')
		buf_fmt(&l->line, "%s in Magento, ", r->total);
	buf_fmt(&l->line, "%ld synced", r->n[STATE_SYNCED]);
	for (int i = 1; i < STATES; i++)
		if ((n = r->n[columns[i].state]) > 0)
			buf_fmt(&l->line, ", %ld %s", n, columns[i].text);
	if (r->total[0] != '\0')
		buf_fmt(&l->line, ", %ld never tried", never_tried(r));
	led_line(l);
}

/* Entity by entity, whole records: as well as the worst of their payloads. */
static int
records(struct status *s, const char *entity, struct why *w)
{
	struct ledger *ledger = s->led->ledger;

	s->entities = 0;
	memset(s->of, 0, sizeof(s->of));
	if (ledger_list(ledger, LEDGER_STATES, entity, NULL, NULL, state_row,
	    s, w) == -1 ||
	    ledger_list(ledger, LEDGER_TOTALS, entity, NULL, NULL, total_row,
	    s, w) == -1)
		return -1;
	for (int i = 0; i < s->entities; i++) {
		if (s->led->json)
			records_json(s->led, &s->of[i]);
		else
			records_text(s->led, &s->of[i]);
	}
	return 0;
}

/* ---- what else is to be told ---- */

/* What Magento would not be told: how many of an entity, or why of one. */
static int
untold_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;
	bool one = strchr(c[0], '/') != NULL;

	(void)n;
	if (one)
		return led_untold(l, c[0], c[1]);
	if (l->json) {
		led_member(&l->line, "entity", c[0], false);
		led_member(&l->line, "not_told", c[1], true);
		buf_char(&l->line, '}');
	} else {
		buf_fmt(&l->line, "%s: %s not told to Magento; millrace status "
		    "--failed %s says why", c[0], c[1], c[0]);
	}
	led_line(l);
	return 0;
}

/* One kind of what is open, as JSON: verdict, reason, count, example, advice. */
static void
open_json(struct led *l, const char *const *c)
{
	static const char *const names[] = { "entity", "map", "verdict",
	    "reason", "count", "source", "key", "message" };
	const struct reason *r = reasons_find(slice(c[3]));

	for (int i = 0; i < 8; i++)
		led_member(&l->line, names[i], c[i], i == 4);
	if (r != NULL) {
		led_member(&l->line, "kind", reasons_kind(r), false);
		led_member(&l->line, "means", r->means, false);
		led_member(&l->line, "todo", r->todo, false);
		led_member(&l->line, "who", r->who, false);
	}
	buf_char(&l->line, '}');
	led_line(l);
}

/* Rows come as entity, map, verdict, reason, count and, of the last of them,
 * source, key, message. */
static int
open_row(void *ctx, int n, const char *const *c)
{
	struct status *s = ctx;
	uint64_t count = strtoull(c[4], NULL, 10);
	struct head h = { .kind = HEAD_VERDICT, .map = slice(c[1]),
	    .verdict = slice(c[2]), .reason = slice(c[3]),
	    .source = slice(c[5]), .key = slice(c[6]) };

	(void)n;
	if (s->led->json) {
		open_json(s->led, c);
		return 0;
	}
	buf_reset(&s->text);
	if (c[7] != NULL)
		scan_quote(&s->text, slice(c[7]));
	h.message = buf_all(&s->text);
	if (h.message.n >= 2)		/* what stands between the quotes */
		h.message = (struct slice){ h.message.p + 1, h.message.n - 2 };
	fold_put(&s->fold, &h);
	fold_add(&s->fold, h.map, h.verdict, h.reason, count - 1);
	return 0;
}

/* The kinds of what is open, as rec-show and run-report tell verdicts. */
static int
show_open(struct status *s, struct why *w)
{
	struct paint p = paint_for(stdout, false);
	char *text = NULL;
	size_t n = 0;

	if (s->fold.n == 0)
		return 0;
	if ((p.to = open_memstream(&text, &n)) == NULL)
		return why(w, WHY_BROKEN, "no memory for what is open");
	digest_verdicts(&s->fold, &p);
	fclose(p.to);
	if (n > 0)
		flow_line(s->led->out, (struct slice){ text, n - 1 });
	free(text);
	fold_free(&s->fold);
	return 0;
}

static int
of_record(struct status *s, const char *source, struct why *w)
{
	struct led *l = s->led;
	int flies;

	s->shown = 0;
	if (ledger_list(l->ledger, LEDGER_ENTRIES, source, NULL, NULL,
	    record_row, s, w) == -1 ||
	    (flies = ledger_flight_has(l->ledger, (struct slice){ NULL, 0 },
	    (struct slice){ NULL, 0 }, slice(source), w)) == -1)
		return -1;
	if (s->shown > 0 && flies == 0)
		return 0;
	if (l->json) {
		led_member(&l->line, "source", source, false);
		led_member(&l->line, "state", flies ? "in-flight" :
		    "never-tried", false);
		buf_char(&l->line, '}');
	} else {
		buf_fmt(&l->line, "%s: %s", source, flies ? "in flight: it is "
		    "on its way, or its answer was lost; the next run asks "
		    "again" : "never tried");
	}
	led_line(l);
	return 0;
}

/* NULL: of all. */
static int
of_entity(struct status *s, const char *entity, struct why *w)
{
	struct ledger *ledger = s->led->ledger;

	s->shown = 0;
	if (records(s, entity, w) == -1 ||
	    ledger_list(ledger, LEDGER_ENTITIES, entity, NULL, NULL,
	    entity_row, s, w) == -1)
		return -1;
	end_row(s);
	if (ledger_list(ledger, LEDGER_OPEN, entity, NULL, NULL, open_row, s,
	    w) == -1)
		return -1;
	return show_open(s, w);
}

static int
of_all(struct status *s, struct why *w)
{
	char **a = s->led->arg;
	int r;

	do {
		r = *a != NULL && strchr(*a, '/') != NULL ?
		    of_record(s, *a, w) : of_entity(s, *a, w);
		if (r == -1 || ledger_list(s->led->ledger, LEDGER_UNTOLD,
		    *a, NULL, NULL, untold_row, s->led, w) == -1)
			return -1;
	} while (*a != NULL && *++a != NULL);
	return *s->led->arg == NULL ? last_line(s, w) : 0;
}

static int
is_there(void *ctx, int n, const char *const *c)
{
	(void)n;
	(void)c;
	*(bool *)ctx = true;
	return -1;
}

/* A wrong word is told, what no run has met yet is not wrong. */
static int
check_entity(struct led *l, const char *entity, struct why *w)
{
	static const char *const names[] = { "customers", "products", "orders",
	    "carts", "sales-rules", "coupons", "subscribers",
	    "websites" };
	enum { NAMES = sizeof(names) / sizeof(names[0]) };
	char meant[SAY_MEANT];
	bool known = strchr(entity, '/') != NULL;

	for (int i = 0; i < NAMES; i++)
		known |= strcmp(names[i], entity) == 0;
	if (!known && ledger_list(l->ledger, LEDGER_KNOWN, entity, NULL, NULL,
	    is_there, &known, w) == -1)
		return -1;
	if (known)
		return 0;
	return why(w, WHY_SETUP, "no entity '%s'%s; a record is as "
	    "orders/1042", entity, say_meant(meant, entity, names, NAMES));
}

int
led_status(struct led *l, struct why *w)
{
	struct status s = { .led = l, .text = BUF(TEXT_MAX) };
	int r = 0;

	for (char **a = l->arg; *a != NULL && r == 0; a++)
		r = check_entity(l, *a, w);
	if (r == 0)
		r = led_finds(l) ? led_find(l, w) : of_all(&s, w);
	fold_free(&s.fold);
	buf_free(&s.text);
	return r;
}
