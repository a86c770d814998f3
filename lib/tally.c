/* tally - count a stream from outside: lines, bytes, SHA-256, verdicts. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tally.h"

struct tally *
tally_new(void)
{
	struct tally *t = xcalloc(1, sizeof(*t));

	t->sum = sign_sha256_new();
	return t;
}

void
tally_free(struct tally *t)
{
	if (t == NULL)
		return;
	sign_sha256_free(t->sum);
	free(t);
}

bool
tally_is_code(struct slice text)
{
	if (text.n >= TALLY_CODE)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (!isalnum((unsigned char)text.p[i]) &&
		    memchr("_-.:", text.p[i], 4) == NULL)
			return false;
	return true;
}

/* A server's text must not get into a log by way of a code. */
static struct slice
code_of(struct slice text)
{
	return tally_is_code(text) ? text : SLICE("other");
}

static void
copy_code(char to[TALLY_CODE], struct slice text)
{
	if (text.n > 0)
		memcpy(to, text.p, text.n);
	to[text.n] = '\0';
}

static bool
is_row(const struct tally_row *r, struct slice map, struct slice verdict,
    struct slice reason)
{
	return slice_eq(slice(r->verdict), verdict) &&
	    slice_eq(slice(r->reason), reason) &&
	    slice_eq(slice(r->map), map);
}

static void
count_verdict(struct tally *t, const struct head *h)
{
	struct slice map = code_of(h->map), verdict = code_of(h->verdict);
	struct slice reason = code_of(h->reason);
	int i;

	if (t->rows > 0 && is_row(&t->row[t->last], map, verdict, reason)) {
		t->row[t->last].lines++;
		return;
	}
	if (t->rows >= TALLY_ROWS - 8)
		map = reason = SLICE("other");
	for (i = 0; i < t->rows; i++)
		if (is_row(&t->row[i], map, verdict, reason))
			break;
	if (i == TALLY_ROWS)
		i--;
	if (i == t->rows) {
		copy_code(t->row[i].map, map);
		copy_code(t->row[i].verdict, verdict);
		copy_code(t->row[i].reason, reason);
		t->rows++;
	}
	t->row[i].lines++;
	t->last = i;
}

static void
count_source(struct tally *t, struct slice source)
{
	size_t n = source.n < sizeof(t->source) ? source.n : sizeof(t->source);

	if (source.n > 0 && n == t->source_n &&
	    memcmp(source.p, t->source, n) == 0)
		return;
	t->sources++;
	t->source_n = n;
	if (n > 0)
		memcpy(t->source, source.p, n);
}

static void
count_line(struct tally *t, struct slice line)
{
	struct head h;

	t->lines++;
	switch (head_read(&h, line)) {
	case HEAD_RECORD:
		t->records++;
		return;
	case HEAD_PAYLOAD:
		t->payloads++;
		break;
	case HEAD_VERDICT:
		t->verdicts++;
		count_verdict(t, &h);
		if (head_told(&h)) {
			t->told++;
			return;
		}
	}
	t->deletes += h.deletes;
	count_source(t, h.source);
}

static void
hold(struct tally *t, const char *p, size_t n)
{
	size_t room = sizeof(t->head) - t->held;

	if (n > room)
		n = room;
	memcpy(t->head + t->held, p, n);
	t->held += n;
	t->partial = true;
}

void
tally_put(struct tally *t, const char *p, size_t n)
{
	const char *end = p + n, *lf;

	t->bytes += n;
	sign_sha256_put(t->sum, p, n);
	while (p < end) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (lf == NULL) {
			hold(t, p, (size_t)(end - p));
			return;
		}
		if (t->partial) {
			hold(t, p, (size_t)(lf - p));
			count_line(t, (struct slice){ t->head, t->held });
		} else
			count_line(t, (struct slice){ p, (size_t)(lf - p) });
		t->held = 0;
		t->partial = false;
		p = lf + 1;
	}
}

static int
by_name(const void *a, const void *b)
{
	const struct tally_row *x = a, *y = b;
	int c;

	if ((c = strcmp(x->map, y->map)) == 0 &&
	    (c = strcmp(x->verdict, y->verdict)) == 0)
		c = strcmp(x->reason, y->reason);
	return c;
}

void
tally_end(struct tally *t)
{
	if (t->partial) {
		t->torn = true;
		count_line(t, (struct slice){ t->head, t->held });
		t->partial = false;
	}
	sign_sha256_end_hex(t->sum, t->sha256);
	qsort(t->row, (size_t)t->rows, sizeof(*t->row), by_name);
}

static void
put_row(const struct tally_row *r, struct buf *out)
{
	buf_str(out, "{\"map\":");
	scan_quote(out, slice(r->map));
	buf_str(out, ",\"verdict\":");
	scan_quote(out, slice(r->verdict));
	if (r->reason[0] != '\0') {
		buf_str(out, ",\"reason\":");
		scan_quote(out, slice(r->reason));
	}
	buf_fmt(out, ",\"lines\":%" PRIu64 "}", r->lines);
}

void
tally_json(const struct tally *t, struct buf *out)
{
	buf_fmt(out, "\"lines\":%" PRIu64 ",\"bytes\":%" PRIu64
	    ",\"sha256\":\"%s\",\"records\":%" PRIu64 ",\"payloads\":%" PRIu64
	    ",\"verdicts\":%" PRIu64 ",\"deletes\":%" PRIu64
	    ",\"told\":%" PRIu64 ",\"sources\":%" PRIu64,
	    t->lines, t->bytes, t->sha256, t->records, t->payloads,
	    t->verdicts, t->deletes, t->told, t->sources);
	if (t->torn)
		buf_str(out, ",\"torn\":true");
	buf_str(out, ",\"counts\":[");
	for (int i = 0; i < t->rows; i++) {
		if (i > 0)
			buf_char(out, ',');
		put_row(&t->row[i], out);
	}
	buf_char(out, ']');
}
