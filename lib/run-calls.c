/* run-calls - the API calls that a run made, what its loads were to cost. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "run-calls.h"

/* Columns of LEDGER_CALLS. */
enum { DAY, SYSTEM, KIND, CALLS, COLUMNS };

static int
find(const struct run_calls *c, const char *system)
{
	int i = 0;

	while (i < c->n && strcmp(c->of[i].system, system) != 0)
		i++;
	return i;
}

static int
add(void *ctx, int n, const char *const *column)
{
	struct run_calls *c = ctx;
	int i;

	if (n < COLUMNS || column[SYSTEM] == NULL || column[CALLS] == NULL ||
	    (i = find(c, column[SYSTEM])) == RUN_CALLS_SYSTEMS)
		return 0;
	if (i == c->n) {
		snprintf(c->of[i].system, sizeof(c->of[i].system), "%s",
		    column[SYSTEM]);
		c->of[i].calls = 0;
		c->n++;
	}
	c->of[i].calls += atoll(column[CALLS]);
	return 0;
}

bool
run_calls_count(struct run_calls *c, const struct conf *conf)
{
	struct ledger *l = ledger_of(conf, LEDGER_READ, NULL);
	bool known;

	*c = (struct run_calls){ .n = 0 };
	if (l == NULL)
		return false;
	known = ledger_list(l, LEDGER_CALLS, NULL, NULL, NULL, add, c,
	    NULL) == 0 && ledger_forecasts(l, &c->forecast, NULL) == 0;
	ledger_close(l, NULL);
	return known;
}

static void
put_forecast(const struct ledger_forecast *before,
    const struct ledger_forecast *now, struct buf *out)
{
	if (now->rows == before->rows)
		return;
	buf_fmt(out, ",\"forecast\":{\"rows\":%" PRId64 ",\"bytes\":%" PRId64
	    ",\"calls\":%" PRId64 ",\"jobs\":%" PRId64 ",\"batches\":%" PRId64
	    "}", now->rows - before->rows, now->bytes - before->bytes,
	    now->calls - before->calls, now->jobs - before->jobs,
	    now->batches - before->batches);
}

void
run_calls_put(const struct run_calls *before, const struct conf *conf,
    struct buf *out)
{
	struct run_calls now;
	const char *comma = "";
	long long n;
	int k;

	if (!run_calls_count(&now, conf))
		return;
	put_forecast(&before->forecast, &now.forecast, out);
	buf_str(out, ",\"calls\":[");
	for (int i = 0; i < now.n; i++) {
		k = find(before, now.of[i].system);
		n = now.of[i].calls - (k < before->n ? before->of[k].calls : 0);
		if (n <= 0)
			continue;
		buf_fmt(out, "%s{\"system\":\"%s\",\"calls\":%lld}", comma,
		    now.of[i].system, n);
		comma = ",";
	}
	buf_char(out, ']');
}
