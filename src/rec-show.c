/*
 * rec-show - any stream for a person: plans as diffs, verdicts folded,
 * records with a member a line.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "against.h"
#include "conf.h"
#include "digest.h"
#include "lines.h"
#include "opt.h"
#include "pretty.h"

enum { STAT = 256, HTML, JSON, AGAINST, LIMIT = 64 << 20, VALUE = 240 };

static const struct opt options[] = {
	{ STAT, "stat", NULL, "only the sums" },
	{ JSON, "json", NULL, "only the sums, as JSON" },
	{ HTML, "html", NULL, "a page for a browser" },
	{ AGAINST, "against", "FILE",
	    "what differs from the stream in FILE, record by record" },
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

/* ---- --against ---- */

static const struct {
	const char *sign;
	enum paint_tone tone;
} turns[] = {
	[AGAINST_CHANGED] = { "~", PAINT_CHANGE },
	[AGAINST_KEY] = { "~", PAINT_CHANGE },
	[AGAINST_NEW] = { "+", PAINT_ADD },
	[AGAINST_GONE] = { "-", PAINT_DELETE },
	[AGAINST_TURNED] = { "!", PAINT_BAD },
};

/* How a line ended: "sent", or "skipped (zero-total)". */
static void
show_end(const struct paint *t, const struct payload *p)
{
	if (p == NULL || p->verdict.p == NULL) {
		paint_fmt(t, PAINT_PLAIN, p == NULL ? "nothing" : "sent");
		return;
	}
	paint_text(t, PAINT_PLAIN, p->verdict);
	if (p->reason.n > 0) {
		paint_fmt(t, PAINT_PLAIN, " (");
		paint_text(t, PAINT_PLAIN, p->reason);
		paint_fmt(t, PAINT_PLAIN, ")");
	}
	if (p->message.n > 0) {
		paint_fmt(t, PAINT_PLAIN, ": ");
		paint_text(t, PAINT_PLAIN, p->message);
	}
}

static void
show_value(const struct paint *t, enum paint_tone tone, struct slice v)
{
	if (v.p == NULL)
		paint_fmt(t, PAINT_DIM, "absent");
	else
		paint_cut(t, tone, v, VALUE);
}

static void
show_change(struct show *s, const struct against_change *c)
{
	const struct paint *t = &s->paint;
	const struct payload *p = c->new != NULL ? c->new : c->old;

	show_source(s, p->source);
	paint_fmt(t, turns[c->kind].tone, "  %s ", turns[c->kind].sign);
	paint_text(t, turns[c->kind].tone, p->object);
	paint_fmt(t, PAINT_PLAIN, " ");
	if (c->kind == AGAINST_KEY) {
		paint_text(t, PAINT_DELETE, c->old->key);
		paint_fmt(t, PAINT_PLAIN, " -> ");
	}
	paint_text(t, turns[c->kind].tone, p->key);
	paint_fmt(t, PAINT_DIM, "  ");
	paint_text(t, PAINT_DIM, p->map);
	if (c->kind >= AGAINST_NEW) {
		paint_fmt(t, PAINT_PLAIN, "  ");
		show_end(t, c->old);
		paint_fmt(t, PAINT_PLAIN, " -> ");
		show_end(t, c->new);
	}
	paint_fmt(t, PAINT_PLAIN, "\n");
	for (size_t i = 0; i < c->n; i++) {
		paint_fmt(t, PAINT_PLAIN, "      ");
		paint_text(t, PAINT_PLAIN, c->field[i].name);
		paint_fmt(t, PAINT_PLAIN, "%*s ", c->field[i].name.n < 28 ?
		    28 - (int)c->field[i].name.n : 0, "");
		show_value(t, PAINT_DELETE, c->field[i].old);
		paint_fmt(t, PAINT_PLAIN, " -> ");
		show_value(t, PAINT_ADD, c->field[i].new);
		paint_fmt(t, PAINT_PLAIN, "\n");
	}
}

static void
show_sums(struct show *s, const struct against *a, bool json)
{
	struct buf b = BUF(LIMIT);

	if (json) {
		against_json(a, &b);
		fwrite(b.p, 1, b.n, s->paint.to);
		putc('\n', s->paint.to);
	} else {
		if (s->source[0] != '\0')
			paint_fmt(&s->paint, PAINT_PLAIN, "\n");
		against_show(a, &s->paint);
		paint_close(&s->paint);
	}
	buf_free(&b);
}

/* 0: all is as before, 1, or the status of what went wrong. */
static int
show_against(struct show *s, const char *file, bool json)
{
	struct against *a = against_new();
	int fd = open(file, O_RDONLY | O_CLOEXEC), r;
	struct against_change *c;
	struct pair side[2];
	struct pairs *p = NULL;
	struct why w = { 0 };
	size_t n;

	if (fd == -1) {
		r = why(&w, WHY_SETUP, "cannot read '%s': %s", file,
		    strerror(errno));
		goto out;
	}
	p = pairs_open(fd, STDIN_FILENO);
	paint_open(&s->paint, "millrace preview");
	while ((r = pairs_next(p, side, &w)) == 1 && !ferror(s->paint.to)) {
		pool_reset(s->pool);
		n = against_source(a, side, s->pool, &c);
		for (size_t i = 0; i < n && !s->sums; i++)
			show_change(s, &c[i]);
	}
	if (r != -1)
		show_sums(s, a, json);
out:
	r = r == -1 ? say_why(&w) : against_any(a) ? WHY_DATA : 0;
	pairs_close(p);
	against_free(a);
	if (fd != -1)
		close(fd);
	return r;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "rec-show", .operands = "",
	    .purpose = "a stream for a person", .table = options };
	struct show s = { .sums = false };
	const char *against = NULL;
	bool html = false, json = false;
	int c, status;

	while ((c = opt_next(&o, argc, argv)) > 0) {
		html |= c == HTML;
		json |= c == JSON;
		s.sums |= c == STAT || c == JSON;
		if (c == AGAINST)
			against = o.value;
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
	status = against != NULL ? show_against(&s, against, json) :
	    show(&s, json);
	digest_free(&s.digest);
	pool_free(s.pool);
	return paint_end(stdout, status);
}
