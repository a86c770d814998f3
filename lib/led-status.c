/* led-status - how many of what, why what is open is open, and one record. */
#include <stdio.h>
#include <stdlib.h>

#include "digest.h"
#include "led.h"
#include "reasons.h"

enum { STATES = 6, TEXT_MAX = 1 << 20 };

static const char *const states[STATES] = {
	"synced", "waiting", "held", "rejected", "failed", "skipped",
};

struct status {
	struct led *led;
	struct fold fold;	/* what is open, for a person */
	struct buf text;	/* a message as JSON text */
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
		buf_fmt(&l->line, " %9s", states[i]);
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
	if (s->shown++ == 0 && !l->json)
		status_head(l);
	if (l->json) {
		led_member(&l->line, "entity", s->entity, false);
		led_member(&l->line, "map", s->map, false);
		led_member(&l->line, "object", s->object, false);
	} else {
		buf_fmt(&l->line, "%-12s %-28s %-16s", s->entity, s->map,
		    s->object);
	}
	for (i = 0; i < STATES; i++) {
		snprintf(number, sizeof(number), "%ld", s->n[i]);
		if (l->json)
			led_member(&l->line, states[i], number, true);
		else
			buf_fmt(&l->line, " %9s", number);
		s->n[i] = 0;
	}
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
		if (strcmp(states[i], c[3]) == 0)
			s->n[i] += strtol(c[4], NULL, 10);
	return 0;
}

/* One payload of one record, with the link that opens it. */
static int
record_row(void *ctx, int n, const char *const *c)
{
	struct status *s = ctx;
	struct led *l = s->led;
	const char *url = conf_text(l->conf, "salesforce", "url");
	size_t len = url == NULL ? 0 : strlen(url);
	char *link = NULL, time[32];

	while (len > 0 && url[len - 1] == '/')
		len--;
	if (c[10] != NULL && len > 0)
		link = xasprintf("%.*s/%s", (int)len, url, c[10]);
	s->shown++;
	if (l->json && link != NULL)
		led_member(&l->line, "link", link, false);
	if (l->json) {
		free(link);
		return led_list_row(l, n, c);
	}
	buf_fmt(&l->line, "%s %s %s: %s", c[3] == NULL ? "" : c[3], c[0], c[1],
	    c[4]);
	if (c[5] != NULL)
		buf_fmt(&l->line, ", %s", c[5]);
	if (c[6] != NULL)
		buf_fmt(&l->line, ": %s", c[6]);
	if (led_stamp(c[9], time) != NULL)
		buf_fmt(&l->line, ", %s", time);
	if (c[10] != NULL)
		buf_fmt(&l->line, ", %s", link != NULL ? link : c[10]);
	led_line(l);
	free(link);
	return 0;
}

/* What is on its way: a run is going on, was interrupted, or had no answer. */
static int
flights(struct led *l, struct why *w)
{
	int64_t n = ledger_flights(l->ledger, w);

	if (n > 0 && !l->json) {
		buf_fmt(&l->line, "%lld in flight: a run is going on or was "
		    "interrupted, or Salesforce did not answer; the next one "
		    "asks again", (long long)n);
		led_line(l);
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
	led_line(l);
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
		led_member(&l->line, one ? "source" : "entity", c[0], false);
		led_member(&l->line, "not_told", c[1], !one);
		buf_char(&l->line, '}');
	} else if (one) {
		buf_fmt(&l->line, "%s: not told to Magento: %s", c[0], c[1]);
	} else {
		buf_fmt(&l->line, "%s: %s not told to Magento; led status "
		    "ENTITY/ID says why", c[0], c[1]);
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

	s->shown = 0;
	if (ledger_list(l->ledger, LEDGER_ENTRIES, source, NULL, NULL,
	    record_row, s, w) == -1)
		return -1;
	if (s->shown == 0 && !l->json) {
		buf_fmt(&l->line, "%s: never tried", source);
		led_line(l);
	}
	return 0;
}

/* NULL: of all. */
static int
of_entity(struct status *s, const char *entity, struct why *w)
{
	struct ledger *ledger = s->led->ledger;

	s->shown = 0;
	if (ledger_list(ledger, LEDGER_ENTITIES, entity, NULL, NULL,
	    entity_row, s, w) == -1)
		return -1;
	end_row(s);
	if (ledger_list(ledger, LEDGER_TOTALS, entity, NULL, NULL, total_row,
	    s->led, w) == -1)
		return -1;
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
		if (r == -1 || ledger_list(s->led->ledger, LEDGER_UNTOLD, *a,
		    NULL, NULL, untold_row, s->led, w) == -1)
			return -1;
	} while (*a != NULL && *++a != NULL);
	return *s->led->arg == NULL ? flights(s->led, w) : 0;
}

int
led_status(struct led *l, struct why *w)
{
	struct status s = { .led = l, .text = BUF(TEXT_MAX) };
	int r = of_all(&s, w);

	fold_free(&s.fold);
	buf_free(&s.text);
	return r;
}
