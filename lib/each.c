/* each - a run record by record, from its kept copies. */
#include <stdio.h>
#include <stdlib.h>

#include "each.h"
#include "head.h"
#include "kept.h"
#include "scan.h"
#include "state.h"

enum { TEXT = 1 << 20, NAME = 256 };

/* The record whose verdicts are neighbours. */
struct record {
	char source[NAME], object[NAME], id[NAME];
	enum state state;
	struct buf rows;	/* of the verdicts that are in that state */
	bool any;
};

static void
copy(char to[NAME], struct slice text)
{
	snprintf(to, NAME, "%.*s", (int)(text.n < NAME ? text.n : NAME - 1),
	    text.p == NULL ? "" : text.p);
}

static void
show(const struct each *e, const struct record *r)
{
	const struct paint *p = &e->paint;
	bool ok = r->state == STATE_SYNCED;

	paint_text(p, PAINT_PLAIN, slice(r->source));
	if (ok)
		paint_fmt(p, PAINT_PLAIN, "  OK");
	else
		paint_fmt(p, r->state <= STATE_HELD ? PAINT_BAD : PAINT_PLAIN,
		    "  %s", state_names[r->state]);
	if (r->id[0] != '\0')
		paint_fmt(p, PAINT_DIM, "  %s %s", r->object, r->id);
	paint_fmt(p, PAINT_PLAIN, "\n");
	if (!ok)
		paint_text(p, PAINT_PLAIN, buf_all(&r->rows));
}

/* Texts of heads are raw: they are JSON as they stand. */
static void
json(const struct each *e, const struct record *r)
{
	FILE *to = e->paint.to;

	fprintf(to, "{\"source\":\"%s\",\"state\":\"%s\"", r->source,
	    state_names[r->state]);
	if (r->id[0] != '\0')
		fprintf(to, ",\"object\":\"%s\",\"id\":\"%s\"", r->object,
		    r->id);
	if (r->state != STATE_SYNCED)
		fprintf(to, ",\"verdicts\":[%.*s]", (int)r->rows.n,
		    r->rows.p);
	fprintf(to, "}\n");
}

static void
end(const struct each *e, struct record *r)
{
	if (r->any && (!e->failed || r->state <= STATE_HELD)) {
		if (e->json)
			json(e, r);
		else
			show(e, r);
	}
	r->any = false;
	buf_reset(&r->rows);
}

static void
put_row(const struct each *e, struct record *r, const struct head *h)
{
	struct buf *b = &r->rows;

	if (b->n > TEXT / 2)	/* enough is enough: an order of 9,000 lines */
		return;
	if (e->json) {
		buf_fmt(b, "%s{\"map\":\"%.*s\",\"verdict\":\"%.*s\","
		    "\"reason\":\"%.*s\",\"message\":\"%.*s\"}",
		    b->n > 0 ? "," : "", (int)h->map.n, h->map.p,
		    (int)h->verdict.n, h->verdict.p, (int)h->reason.n,
		    h->reason.p, (int)h->message.n, h->message.p);
		return;
	}
	buf_fmt(b, "    %.*s %.*s", (int)h->map.n, h->map.p,
	    (int)h->key.n, h->key.p);
	if (h->reason.n > 0)
		buf_fmt(b, ": %.*s", (int)h->reason.n, h->reason.p);
	if (h->message.n > 0)
		buf_fmt(b, ": %.*s", (int)h->message.n, h->message.p);
	buf_char(b, '\n');
}

static void
take(const struct each *e, struct record *r, struct head *h)
{
	enum state state = state_of(h->verdict, h->reason);
	char source[NAME];

	copy(source, h->source.n > 0 ? h->source : h->key);
	if (r->any && strcmp(source, r->source) != 0)
		end(e, r);
	if (!r->any) {
		copy(r->source, slice(source));
		r->id[0] = '\0';
		r->state = STATE_SKIPPED;
		r->any = true;
	}
	if (h->map.p == NULL)
		h->map = h->object;
	if (r->id[0] == '\0' && h->id.n > 0 && h->parent.n == 0) {
		copy(r->object, h->object);
		copy(r->id, h->id);
	}
	if (state < r->state) {
		r->state = state;
		buf_reset(&r->rows);
	}
	if (state == r->state && state != STATE_SYNCED)
		put_row(e, r, h);
}

static int
stage(const struct each *e, const struct runlog_stage *s, const char *folder,
    struct why *w)
{
	struct record r = { .rows = BUF(TEXT) };
	struct slice line;
	struct kept *k;
	struct head h;
	char *path;
	int got;

	path = xasprintf("%s/%.*s", folder, (int)s->kept.n, s->kept.p);
	k = kept_open(path, w);
	free(path);
	if (k == NULL)
		return -1;
	while ((got = kept_next(k, &line, w)) == 1)
		if (head_read(&h, line) == HEAD_VERDICT)
			take(e, &r, &h);
	end(e, &r);
	kept_close(k);
	buf_free(&r.rows);
	return got;
}

int
each_show(const struct each *e, const struct runlog *l, const char *folder,
    struct why *w)
{
	const struct runlog_stage *s;

	for (size_t i = 0; i < l->n; i++) {
		s = &l->stage[i];
		if (!runlog_last(l, i) || s->verdicts == 0)
			continue;
		if (s->kept.p == NULL || s->pruned)
			return why(w, WHY_SETUP, "the verdicts of '%.*s' were "
			    "not kept: [runs] keep and keep_days say for how "
			    "long", (int)s->name.n, s->name.p);
		if (stage(e, s, folder, w) == -1)
			return -1;
	}
	return 0;
}
