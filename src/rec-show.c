/*
 * rec-show - any stream for a person: plans as diffs, verdicts folded,
 * records with a member a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf.h"
#include "digest.h"
#include "lines.h"
#include "opt.h"
#include "pretty.h"

enum { STAT = 256, HTML, JSON, LIMIT = 64 << 20, VALUE = 240 };

static const struct opt options[] = {
	{ STAT, "stat", NULL, "only the sums" },
	{ JSON, "json", NULL, "only the sums, as JSON" },
	{ HTML, "html", NULL, "a page for a browser" },
	{ 0, NULL, NULL, NULL },
};

struct show {
	struct paint paint;
	struct digest digest;
	struct pool *pool;
	bool sums;		/* no lines, only the sums */
	char source[256];	/* of the payload before */
};

static const struct {
	const char *sign;
	enum paint_tone tone;
} kinds[] = {
	[DIFF_SEND] = { "*", PAINT_HEAD }, [DIFF_CREATE] = { "+", PAINT_ADD },
	[DIFF_UPDATE] = { "~", PAINT_CHANGE },
	[DIFF_DELETE] = { "-", PAINT_DELETE },
};

/* One heading for all payloads of a Magento record. */
static void
show_source(struct show *s, struct slice source)
{
	size_t n = source.n < sizeof(s->source) ? source.n :
	    sizeof(s->source) - 1;

	if (n == strlen(s->source) && memcmp(s->source, source.p, n) == 0)
		return;
	memcpy(s->source, source.p, n);
	s->source[n] = '\0';
	paint_text(&s->paint, PAINT_HEAD, source);
	paint_fmt(&s->paint, PAINT_PLAIN, "\n");
}

static void
show_field(const struct show *s, const struct diff *d,
    const struct diff_field *f)
{
	const struct paint *p = &s->paint;

	paint_fmt(p, PAINT_PLAIN, "      ");
	paint_text(p, PAINT_PLAIN, f->name);
	paint_fmt(p, PAINT_PLAIN, "%*s ", f->name.n < 28 ?
	    28 - (int)f->name.n : 0, "");
	if (d->kind == DIFF_UPDATE) {
		if (f->old.p == NULL)
			paint_fmt(p, PAINT_DIM, "?");
		else
			paint_cut(p, PAINT_DELETE, f->old, VALUE);
		paint_fmt(p, PAINT_PLAIN, " -> ");
	}
	paint_cut(p, d->kind == DIFF_SEND ? PAINT_PLAIN : PAINT_ADD, f->new,
	    VALUE);
	paint_fmt(p, PAINT_PLAIN, "\n");
}

static void
show_payload(struct show *s, const struct payload *p, const struct diff *d)
{
	const struct paint *t = &s->paint;

	show_source(s, p->source);
	paint_fmt(t, kinds[d->kind].tone, "  %s %.*s ", kinds[d->kind].sign,
	    (int)p->object.n, p->object.p);
	paint_text(t, kinds[d->kind].tone, p->key);
	paint_fmt(t, PAINT_DIM, "  %.*s", (int)p->map.n, p->map.p);
	if (p->id.p != NULL)
		paint_fmt(t, PAINT_DIM, "  %.*s", (int)p->id.n, p->id.p);
	paint_fmt(t, PAINT_PLAIN, "\n");
	for (size_t i = 0; i < d->n; i++)
		show_field(s, d, &d->field[i]);
}

static void
take_payload(struct show *s, struct slice line)
{
	struct payload p;
	struct diff d;
	struct why w;

	pool_reset(s->pool);
	if (payload_read(&p, line, s->pool, &w) == -1) {
		s->digest.records++;
		if (!s->sums)
			paint_fmt(&s->paint, PAINT_BAD, "%s\n", w.text);
		return;
	}
	diff_payload(&d, &p, s->pool);
	digest_payload(&s->digest, &p, &d);
	if (!s->sums)
		show_payload(s, &p, &d);
}

static void
take_record(struct show *s, struct slice line)
{
	struct slice value;
	struct why w;

	s->digest.records++;
	if (s->sums)
		return;
	if (scan_text(line, &value, &w) == 0)
		pretty_json(&s->paint, value, 0);
	else {		/* not JSON: as it is */
		paint_fmt(&s->paint, PAINT_BAD, "%s: ", w.text);
		paint_cut(&s->paint, PAINT_PLAIN, line, VALUE);
	}
	paint_fmt(&s->paint, PAINT_PLAIN, "\n");
}

static void
take(struct show *s, struct slice line)
{
	struct head h;

	switch (head_read(&h, line)) {
	case HEAD_VERDICT:
		digest_verdict(&s->digest, &h);
		break;
	case HEAD_PAYLOAD:
		take_payload(s, line);
		break;
	case HEAD_RECORD:
		take_record(s, line);
	}
}

/* 0, or the status of what went wrong. */
static int
show(struct show *s, bool json)
{
	struct lines *in = lines_open(STDIN_FILENO, LIMIT);
	struct buf b = BUF(LIMIT);
	struct why w = { 0 };
	struct line l;

	paint_open(&s->paint, "millrace");
	while (!ferror(s->paint.to) && lines_next(in, &l, &w) == 1)
		take(s, l.text);
	lines_close(in);
	if (json) {
		digest_json(&s->digest, &b);
		fwrite(b.p, 1, b.n, s->paint.to);
		putc('\n', s->paint.to);
	} else {
		if (s->source[0] != '\0')
			paint_fmt(&s->paint, PAINT_PLAIN, "\n");
		digest_show(&s->digest, &s->paint);
		paint_close(&s->paint);
	}
	buf_free(&b);
	return w.kind == WHY_NONE ? 0 : say_why(&w);
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "rec-show", .operands = "",
	    .purpose = "a stream for a person", .table = options };
	struct show s = { .sums = false };
	bool html = false, json = false;
	int c, status;

	while ((c = opt_next(&o, argc, argv)) > 0) {
		html |= c == HTML;
		json |= c == JSON;
		s.sums |= c != HTML;
	}
	if (c < 0)
		return o.status;
	if (o.first < argc)
		return opt_usage(&o, "it reads standard input, not '%s'",
		    argv[o.first]);
	if (html && json)
		return opt_usage(&o, "--html and --json exclude each other");
	paint_begin();
	s.pool = pool_new();
	s.paint = paint_for(stdout, html);
	status = show(&s, json);
	digest_free(&s.digest);
	pool_free(s.pool);
	return paint_end(stdout, status);
}
