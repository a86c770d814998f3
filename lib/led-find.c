/* led-find - payloads and their records one by one: by entity, state, reason,
 * map and time. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "led.h"
#include "say.h"
#include "state.h"

enum { WANTED = 256 };

/* What opens the record in Salesforce, or NULL. */
static char *
link_of(const struct led *l, const char *id)
{
	const char *url = conf_text(l->conf, "salesforce", "url");
	size_t n = url == NULL ? 0 : strlen(url);

	while (n > 0 && url[n - 1] == '/')
		n--;
	return id == NULL || n == 0 ? NULL :
	    xasprintf("%.*s/%s", (int)n, url, id);
}

static void
put_text(struct led *l, const char *const *c, const char *link)
{
	char time[32];

	buf_fmt(&l->line, "%s %s %s: %s", c[LED_SOURCE] == NULL ? "" :
	    c[LED_SOURCE], c[LED_MAP], c[LED_KEY], c[LED_VERDICT]);
	if (c[LED_REASON] != NULL)
		buf_fmt(&l->line, ", %s", c[LED_REASON]);
	if (c[LED_MESSAGE] != NULL)
		buf_fmt(&l->line, ": %s", c[LED_MESSAGE]);
	if (led_stamp(c[LED_CHANGED], time) != NULL)
		buf_fmt(&l->line, ", %s", time);
	if (c[LED_ID] != NULL)
		buf_fmt(&l->line, ", %s", link != NULL ? link : c[LED_ID]);
	led_line(l);
}

int
led_entry(struct led *l, int n, const char *const *c)
{
	enum state state = state_of(slice(c[LED_VERDICT]),
	    slice(c[LED_REASON]));
	char *link = link_of(l, c[LED_ID]);
	int r = 0;

	if (l->json) {
		led_member(&l->line, "state", state_names[state], false);
		led_member(&l->line, "link", link, false);
		r = led_list_row(l, n, c);
	} else {
		put_text(l, c, link);
	}
	free(link);
	return flow_stopped(l->out) ? -1 : r;
}

static int
found_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;

	if ((l->map != NULL && strcmp(l->map, c[LED_MAP]) != 0) ||
	    (l->reason != NULL &&
	    strcmp(l->reason, c[LED_REASON] == NULL ? "" : c[LED_REASON]) != 0))
		return 0;
	return led_entry(l, n, c);
}

int
led_untold(struct led *l, const char *source, const char *refusal)
{
	if (l->json) {
		led_member(&l->line, "source", source, false);
		led_member(&l->line, "not_told", refusal, false);
		buf_char(&l->line, '}');
	} else {
		buf_fmt(&l->line, "%s: not told to Magento: %s", source,
		    refusal);
	}
	led_line(l);
	return flow_stopped(l->out) ? -1 : 0;
}

static int
refused_row(void *ctx, int n, const char *const *c)
{
	(void)n;
	return led_untold(ctx, c[0], c[1]);
}

/* "failed,held" to ",failed,held,", each a state that there is. */
static int
states(const char *list, char out[WANTED], struct why *w)
{
	const char *p = list;
	char word[32], meant[SAY_MEANT];
	size_t n;
	int i;

	snprintf(out, WANTED, ",%s,", list);
	do {
		n = strcspn(p, ",");
		snprintf(word, sizeof(word), "%.*s", (int)n, p);
		for (i = 0; i < STATE_N; i++)
			if (strcmp(word, state_names[i]) == 0)
				break;
		p += n + (p[n] == ',');
		if (i < STATE_N)
			continue;
		if (strcmp(word, "never-tried") == 0)
			return why(w, WHY_SETUP, "what was never tried is not "
			    "in the ledger: 'led status' tells how many");
		return why(w, WHY_SETUP, "no state '%s'%s; there are "
		    "failed, rejected, held, waiting, queued, not-due, "
		    "synced and skipped", word, say_meant(meant, word,
		    state_names, STATE_N));
	} while (*p != '\0');
	return 0;
}

/* 2026-11-21, 2026-11-21T02:00:00Z, or how long ago: 90m, 2h, 7d. */
static int
moment(const char *text, char out[32], struct why *w)
{
	static const char *const forms[] = { "%Y-%m-%dT%H:%M:%SZ",
	    "%Y-%m-%dT%H:%MZ", "%Y-%m-%d" };
	long age = led_seconds(text);
	struct tm tm;
	const char *end;
	size_t i;

	if (age != -1) {
		snprintf(out, 32, "%lld", (long long)time(NULL) - age);
		return 0;
	}
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		tm = (struct tm){ .tm_mday = 1 };
		end = strptime(text, forms[i], &tm);
		if (end == NULL || *end != '\0')
			continue;
		snprintf(out, 32, "%lld", (long long)timegm(&tm));
		return 0;
	}
	return why(w, WHY_SETUP, "--since '%s' is no time as 2026-11-21, "
	    "2026-11-21T02:00:00Z or 2h", text);
}

bool
led_finds(const struct led *l)
{
	return l->failed || l->state != NULL || l->reason != NULL ||
	    l->since != NULL || l->map != NULL;
}

int
led_find(struct led *l, struct why *w)
{
	char wanted[WANTED], since[32];
	const char *list = l->failed ? "failed,rejected,held" : l->state;
	const char *after = l->since == NULL ? NULL : since;
	char **a = l->arg;

	if (l->failed && l->state != NULL)
		return why(w, WHY_SETUP, "--failed is --state "
		    "failed,rejected,held: give one of them");
	if ((list != NULL && states(list, wanted, w) == -1) ||
	    (after != NULL && moment(l->since, since, w) == -1))
		return -1;
	do {
		if (ledger_list(l->ledger, LEDGER_FOUND, *a,
		    list == NULL ? NULL : wanted, after, found_row, l,
		    w) == -1)
			return -1;
		/* The store's refusals have no reason, and no map. */
		if (l->failed && l->reason == NULL && l->map == NULL &&
		    ledger_list(l->ledger, LEDGER_REFUSED, *a, after, NULL,
		    refused_row, l, w) == -1)
			return -1;
	} while (*a != NULL && *++a != NULL);
	return 0;
}
