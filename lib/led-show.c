/* led-show - lists of the ledger: payloads, what is due, watermarks, calls. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "led.h"

void
led_line(struct led *l)
{
	flow_line(l->out, buf_all(&l->line));
	buf_reset(&l->line);
}

/* One member, after the first; numbers and texts, absent ones left out. */
void
led_member(struct buf *b, const char *name, const char *value, bool number)
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
const char *
led_stamp(const char *text, char out[32])
{
	time_t t = text == NULL ? 0 : (time_t)strtoll(text, NULL, 10);
	struct tm tm;

	if (t == 0)
		return NULL;
	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

int
led_list_row(void *ctx, int n, const char *const *c)
{
	static const char *const names[LED_COLUMNS] = { "map", "key", "object",
	    "source", "verdict", "reason", "message", "attempts", "due",
	    "changed", "id", "parent", "adopted", "run" };
	struct led *l = ctx;
	const char *value;
	char time[32];

	for (int i = 0; i < n; i++) {
		value = c[i];
		if (i == LED_DUE || i == LED_CHANGED)
			value = led_stamp(c[i], time);
		else if (i == LED_ADOPTED)
			value = c[i] == NULL || *c[i] == '0' ? NULL : "true";
		led_member(&l->line, names[i], value,
		    i == LED_ATTEMPTS || i == LED_ADOPTED);
	}
	buf_char(&l->line, '}');
	led_line(l);
	return flow_stopped(l->out) ? -1 : 0;
}

int
led_list(struct led *l, struct why *w)
{
	char **a = l->arg;

	do {
		if (ledger_list(l->ledger, LEDGER_ENTRIES, *a, l->map, NULL,
		    led_list_row, l, w) == -1)
			return -1;
	} while (*a != NULL && *++a != NULL);
	return 0;
}

static int
one_column(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;

	(void)n;
	buf_str(&l->line, c[0] == NULL ? "" : c[0]);
	led_line(l);
	return flow_stopped(l->out) ? -1 : 0;
}

int
led_due(struct led *l, struct why *w)
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

int
led_known(struct led *l, struct why *w)
{
	if (*l->arg == NULL)
		return why(w, WHY_SETUP, "no ENTITY given");
	return ledger_list(l->ledger, LEDGER_KNOWN, *l->arg, NULL, NULL,
	    one_column, l, w);
}

static int
queue_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;
	char time[32];

	if (l->ids)
		return one_column(ctx, n, c + 1);
	led_member(&l->line, "source", c[0], false);
	led_member(&l->line, "since", led_stamp(c[2], time), false);
	led_member(&l->line, "payloads", c[3], true);
	buf_char(&l->line, '}');
	led_line(l);
	return flow_stopped(l->out) ? -1 : 0;
}

long
led_seconds(const char *text)
{
	static const char units[] = "smhd";
	static const long each[] = { 1, 60, 3600, 86400 };
	const char *unit;
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || n < 0 || n > 1000000 || *end == '\0' ||
	    end[1] != '\0' || (unit = strchr(units, *end)) == NULL)
		return -1;
	return n * each[unit - units];
}

int
led_queue(struct led *l, struct why *w)
{
	long age = l->older == NULL ? 0 : led_seconds(l->older);
	char by[32];

	if (age == -1)
		return why(w, WHY_SETUP, "--older '%s' is no time as 15m or "
		    "2h", l->older);
	if (l->ids && *l->arg == NULL)
		return why(w, WHY_SETUP, "--ids wants an ENTITY");
	snprintf(by, sizeof(by), "%lld", (long long)time(NULL) - age);
	return ledger_list(l->ledger, LEDGER_QUEUE, *l->arg, by, NULL,
	    queue_row, l, w);
}

static int
mark_row(void *ctx, int n, const char *const *c)
{
	struct led *l = ctx;
	char time[32];

	(void)n;
	led_member(&l->line, "entity", c[0], false);
	led_member(&l->line, "store", *c[1] == '\0' ? NULL : c[1], false);
	led_member(&l->line, "value", c[2], false);
	led_member(&l->line, "changed", led_stamp(c[3], time), false);
	buf_char(&l->line, '}');
	led_line(l);
	return 0;
}

/* All that is given or, when one cannot be, none. */
static int
set_marks(struct led *l, const char *store, struct why *w)
{
	char **a = l->arg;

	if (ledger_begin(l->ledger, w) == -1)
		return -1;
	for (; *a != NULL; a += 2) {
		if (a[1] == NULL)
			return why(w, WHY_SETUP, "no value for the mark of "
			    "'%s'", a[0]);
		if (ledger_mark_put(l->ledger, a[0], store, a[1], w) == -1)
			return -1;
	}
	return ledger_commit(l->ledger, w);
}

/* mark: all; mark ENTITY: its value; mark ENTITY VALUE...: set them. */
int
led_mark(struct led *l, struct why *w)
{
	const char *store = l->store == NULL ? "" : l->store;
	int got;

	if (l->arg[0] == NULL)
		return ledger_list(l->ledger, LEDGER_MARKS, NULL, NULL, NULL,
		    mark_row, l, w);
	if (l->arg[1] != NULL)
		return set_marks(l, store, w);
	got = ledger_mark_get(l->ledger, l->arg[0], store, &l->line, w);
	if (got == 1)
		led_line(l);
	return got == -1 ? -1 : 0;
}

static int
request_json(struct led *l, const char *const *c)
{
	bool told = c[5] != NULL && strcmp(c[5], "0") != 0;
	char left[24];

	led_member(&l->line, "day", c[0], false);
	led_member(&l->line, "system", c[1], false);
	if (told) {
		led_member(&l->line, "used", c[4], true);
		led_member(&l->line, "max", c[5], true);
		snprintf(left, sizeof(left), "%lld", atoll(c[5]) -
		    atoll(c[4] == NULL ? "0" : c[4]));
		led_member(&l->line, "left", left, true);
	} else {
		led_member(&l->line, "kind", c[2], false);
		led_member(&l->line, "calls", c[3], true);
	}
	buf_char(&l->line, '}');
	led_line(l);
	return 0;
}

/* One day of one system, as its kinds come. */
struct requests {
	struct led *led;
	char day[16], system[32];
	struct buf kinds;
	long long calls, used, max;
};

static void
end_day(struct requests *r)
{
	struct led *l = r->led;

	if (r->day[0] == '\0')
		return;
	buf_fmt(&l->line, "%s  %-10s %8lld calls", r->day, r->system,
	    r->calls);
	if (r->kinds.n > 0)
		buf_fmt(&l->line, ": %.*s", (int)r->kinds.n, r->kinds.p);
	if (r->max > 0)
		buf_fmt(&l->line, "; of the day's %lld by whomever %lld used, "
		    "%lld left", r->max, r->used, r->max - r->used);
	led_line(l);
	buf_reset(&r->kinds);
	r->calls = r->max = 0;
}

static int
request_row(void *ctx, int n, const char *const *c)
{
	struct requests *r = ctx;

	(void)n;
	if (r->led->json)
		return request_json(r->led, c);
	if (strcmp(r->day, c[0]) != 0 || strcmp(r->system, c[1]) != 0)
		end_day(r);
	snprintf(r->day, sizeof(r->day), "%s", c[0]);
	snprintf(r->system, sizeof(r->system), "%s", c[1]);
	if (c[5] != NULL && strcmp(c[5], "0") != 0) {
		r->used = atoll(c[4] == NULL ? "0" : c[4]);
		r->max = atoll(c[5]);
	} else {
		r->calls += atoll(c[3]);
		buf_fmt(&r->kinds, "%s%s %s", r->kinds.n > 0 ? ", " : "",
		    c[2], c[3]);
	}
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

int
led_requests(struct led *l, struct why *w)
{
	struct requests all = { .led = l, .kinds = BUF(1 << 16) };
	int r;

	if (l->since != NULL && !is_day(l->since))
		return why(w, WHY_SETUP, "--since '%s' is no day as "
		    "2026-11-21", l->since);
	r = ledger_list(l->ledger, LEDGER_CALLS, l->since, NULL, NULL,
	    request_row, &all, w);
	end_day(&all);
	buf_free(&all.kinds);
	return r;
}
