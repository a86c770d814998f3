/* sf-query - a SOQL query, one record a line. */
#include <stdio.h>

#include "conf.h"
#include "flow.h"
#include "ledger.h"
#include "opt.h"
#include "salesforce.h"
#include "say.h"

enum { BULK = 256, REST, LINE_MAX_OUT = 16 << 20 };

static const struct opt options[] = {
	{ BULK, "bulk", NULL, "by a Bulk query job, whatever its size" },
	{ REST, "rest", NULL, "by REST pages, whatever its size" },
	{ 0, NULL, NULL, NULL },
};

struct query {
	struct flow *flow;
	struct buf line;
};

static void
put_value(struct buf *b, const struct sf_value *v)
{
	if (v->text.p == NULL)
		buf_str(b, "null");
	else if (v->bare)
		buf_slice(b, v->text);
	else
		scan_quote(b, v->text);
}

/* A list of more than names comes by REST, and as REST gives it, only without
 * the `attributes` of each record. */
static void
put_raw(struct buf *b, struct slice json)
{
	struct slice key, v;
	struct scan s;
	char before = '{';

	scan_enter(&s, json);
	while (scan_member(&s, &key, &v)) {
		if (slice_is(key, "attributes"))
			continue;
		buf_char(b, before);
		buf_char(b, '"');
		buf_slice(b, key);
		buf_str(b, "\":");
		if (scan_kind(v) == SCAN_OBJECT)
			put_raw(b, v);
		else
			buf_slice(b, v);
		before = ',';
	}
	buf_str(b, before == '{' ? "{}" : "}");
}

static int
take(void *ctx, const struct sf_record *r, struct why *w)
{
	struct query *q = ctx;

	buf_reset(&q->line);
	if (r->n == 0)
		put_raw(&q->line, r->raw);
	for (size_t i = 0; i < r->n; i++) {
		buf_char(&q->line, i == 0 ? '{' : ',');
		scan_quote(&q->line, r->name[i]);
		buf_char(&q->line, ':');
		put_value(&q->line, &r->value[i]);
	}
	if (r->n > 0)
		buf_char(&q->line, '}');
	if (q->line.over)
		return why(w, WHY_BROKEN, "a record is over %d bytes",
		    LINE_MAX_OUT);
	flow_line(q->flow, buf_all(&q->line));
	return flow_stopped(q->flow) ? -1 : 0;	/* a reader that left */
}

static int
query(const char *config, const char *soql, enum sf_way way, struct query *q,
    struct why *w)
{
	struct conf *c = conf_open(config, w);
	struct ledger *l = NULL;
	struct sf *s = NULL;
	int r = -1;

	if (c != NULL && (l = ledger_of(c, LEDGER_WRITE, w)) != NULL &&
	    (s = sf_open(c, l, w)) != NULL)
		r = sf_query(s, soql, way, take, q, w);
	sf_close(s);
	ledger_close(l, NULL);
	conf_close(c);
	return r;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "sf-query", .operands = "SOQL",
	    .purpose = "a SOQL query, one record a line", .table = options };
	struct query q = { .line = BUF(LINE_MAX_OUT) };
	enum sf_way way = SF_AUTO;
	struct why w = {0};
	int c;

	while ((c = opt_next(&o, argc, argv)) > 0)
		way = c == BULK ? SF_BULK : SF_REST;
	if (c < 0)
		return o.status;
	if (argv[o.first] == NULL || argv[o.first + 1] != NULL)
		return opt_usage(&o, "give one SOQL query");
	q.flow = flow_open("sf-query", FLOW_NOTHING, 0);
	if (query(o.config, argv[o.first], way, &q, &w) == -1 &&
	    !flow_stopped(q.flow))
		flow_fail(q.flow, &w);
	buf_free(&q.line);
	return flow_close(q.flow);
}
