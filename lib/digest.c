/* digest - a stream summed up for a person. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest.h"
#include "reasons.h"

static const char *const verbs[] = {
	[DIFF_SEND] = "to send", [DIFF_CREATE] = "to create",
	[DIFF_UPDATE] = "to update", [DIFF_DELETE] = "to delete",
};

static const char *const members[] = {
	[DIFF_SEND] = "send", [DIFF_CREATE] = "create",
	[DIFF_UPDATE] = "update", [DIFF_DELETE] = "delete",
};

void
digest_free(struct digest *d)
{
	for (int i = 0; i < d->n; i++)
		free(d->map[i].field);
	free(d->map);
	fold_free(&d->verdicts);
	*d = (struct digest){ 0 };
}

static void
name_it(char *to, size_t size, struct slice text)
{
	snprintf(to, size, "%.*s", (int)text.n, text.n == 0 ? "" : text.p);
}

static struct digest_map *
map_of(struct digest *d, struct slice name)
{
	for (int i = 0; i < d->n; i++)
		if (slice_is(name, d->map[i].name))
			return &d->map[i];
	if (d->n == DIGEST_MAPS)
		return &d->map[d->n - 1];
	d->map = xrealloc(d->map, ((size_t)d->n + 1) * sizeof(*d->map));
	d->map[d->n] = (struct digest_map){ .n = 0 };
	name_it(d->map[d->n].name, sizeof(d->map->name), name);
	return &d->map[d->n++];
}

static void
count_field(struct digest_map *m, struct slice name)
{
	int i = 0;

	while (i < m->n && !slice_is(name, m->field[i].name))
		i++;
	if (i == DIGEST_FIELDS)
		return;
	if (i == m->n) {
		m->field = xrealloc(m->field, ((size_t)m->n + 1) *
		    sizeof(*m->field));
		m->field[m->n++].payloads = 0;
		name_it(m->field[i].name, sizeof(m->field->name), name);
	}
	m->field[i].payloads++;
}

void
digest_payload(struct digest *d, const struct payload *p,
    const struct diff *diff)
{
	struct digest_map *m = map_of(d, p->map);

	d->kind[diff->kind]++;
	m->kind[diff->kind]++;
	if (diff->kind != DIFF_UPDATE)
		return;
	for (size_t i = 0; i < diff->n; i++)
		count_field(m, diff->field[i].name);
}

void
digest_verdict(struct digest *d, const struct head *h)
{
	fold_put(&d->verdicts, h);
}

/* ---- for a person ---- */

static void
show_map(const struct digest_map *m, const struct paint *p)
{
	const char *comma = "";

	paint_fmt(p, PAINT_PLAIN, "  %-28s", m->name);
	for (int k = DIFF_SEND; k <= DIFF_DELETE; k++)
		if (m->kind[k] > 0) {
			paint_fmt(p, PAINT_PLAIN, "%s%" PRIu64 " %s", comma,
			    m->kind[k], verbs[k]);
			comma = ", ";
		}
	paint_fmt(p, PAINT_PLAIN, "\n");
	if (m->n == 0)
		return;
	paint_fmt(p, PAINT_DIM, "    ");
	for (int i = 0; i < m->n; i++)
		paint_fmt(p, PAINT_DIM, "%s%s %" PRIu64, i > 0 ? ", " : "",
		    m->field[i].name, m->field[i].payloads);
	paint_fmt(p, PAINT_PLAIN, "\n");
}

/* Advice where somebody can do something; what a setting leaves out, and what
 * comes by itself, is told by its code alone. */
static bool
wants_advice(const struct fold_row *r)
{
	return fold_is_bad(r) || strcmp(r->verdict, "waiting") == 0;
}

static void
show_row(const struct fold_row *r, const struct paint *p)
{
	const struct reason *why = reasons_find(slice(r->reason));
	enum paint_tone tone = fold_is_bad(r) ? PAINT_BAD : PAINT_PLAIN;

	paint_fmt(p, tone, "  %-10s", r->verdict);
	paint_fmt(p, PAINT_PLAIN, "%8" PRIu64 "  %-*s%s%s", r->lines,
	    r->reason[0] == '\0' ? 0 : 27, r->map,
	    r->reason[0] == '\0' ? "" : " ", r->reason);
	if (r->message[0] != '\0') {
		paint_fmt(p, PAINT_PLAIN, "\n%22s%s: ", "e.g. ", r->source);
		paint_cut(p, PAINT_PLAIN, slice(r->message), 400);
	} else if (r->reason[0] != '\0' && r->source[0] != '\0')
		paint_fmt(p, PAINT_PLAIN, ", e.g. %s", r->source);
	paint_fmt(p, PAINT_PLAIN, "\n");
	if (why != NULL && wants_advice(r))
		paint_fmt(p, PAINT_DIM, "%22s%s %s [%s]\n", "", why->means,
		    why->todo, why->who);
}

void
digest_verdicts(struct fold *f, const struct paint *p)
{
	fold_sort(f);
	for (int i = 0; i < f->n; i++)
		show_row(&f->row[i], p);
}

/* A plan names its three verbs even at nought: that is its point. */
static void
put_plan(const struct digest *d, struct buf *out)
{
	buf_fmt(out, "Plan: %" PRIu64 " to create, %" PRIu64 " to update",
	    d->kind[DIFF_CREATE], d->kind[DIFF_UPDATE]);
	if (d->kind[DIFF_DELETE] > 0)
		buf_fmt(out, ", %" PRIu64 " to delete", d->kind[DIFF_DELETE]);
}

static void
put_sum(const struct digest *d, struct buf *out)
{
	bool plan = d->kind[DIFF_CREATE] + d->kind[DIFF_UPDATE] > 0 ||
	    (d->kind[DIFF_SEND] == 0 && d->kind[DIFF_DELETE] > 0);

	if (plan)
		put_plan(d, out);
	if (d->kind[DIFF_SEND] > 0)
		buf_fmt(out, "%s: %" PRIu64 " to send", plan ? "; payloads" :
		    "Payloads", d->kind[DIFF_SEND]);
	if (d->records > 0)
		buf_fmt(out, "%s: %" PRIu64, out->n > 0 ? "; records" :
		    "Records", d->records);
	if (d->verdicts.total > 0) {
		buf_str(out, out->n > 0 ? "; " : "Verdicts: ");
		fold_summary(&d->verdicts, out);
	}
	if (out->n == 0)
		buf_str(out, "Nothing");
	buf_str(out, ".\n");
}

void
digest_show(struct digest *d, const struct paint *p)
{
	struct buf b = BUF(1 << 20);

	put_sum(d, &b);
	paint_text(p, PAINT_HEAD, buf_all(&b));
	buf_free(&b);
	for (int i = 0; i < d->n; i++)
		show_map(&d->map[i], p);
	digest_verdicts(&d->verdicts, p);
}

/* ---- for a program ---- */

static void
json_map(const struct digest_map *m, struct buf *out)
{
	buf_str(out, "{\"map\":");
	scan_quote(out, slice(m->name));
	for (int k = DIFF_SEND; k <= DIFF_DELETE; k++)
		buf_fmt(out, ",\"%s\":%" PRIu64, members[k], m->kind[k]);
	buf_str(out, ",\"fields\":{");
	for (int i = 0; i < m->n; i++) {
		buf_str(out, i > 0 ? "," : "");
		scan_quote(out, slice(m->field[i].name));
		buf_fmt(out, ":%" PRIu64, m->field[i].payloads);
	}
	buf_str(out, "}}");
}

static void
json_row(const struct fold_row *r, struct buf *out)
{
	buf_str(out, "{\"verdict\":");
	scan_quote(out, slice(r->verdict));
	buf_str(out, ",\"map\":");
	scan_quote(out, slice(r->map));
	if (r->reason[0] != '\0') {
		buf_str(out, ",\"reason\":");
		scan_quote(out, slice(r->reason));
	}
	buf_fmt(out, ",\"lines\":%" PRIu64, r->lines);
	if (r->source[0] != '\0')
		buf_fmt(out, ",\"source\":\"%s\"", r->source);
	if (r->message[0] != '\0')
		buf_fmt(out, ",\"message\":\"%s\"", r->message);
	buf_char(out, '}');
}

void
digest_json(struct digest *d, struct buf *out)
{
	fold_sort(&d->verdicts);
	buf_fmt(out, "{\"records\":%" PRIu64, d->records);
	for (int k = DIFF_SEND; k <= DIFF_DELETE; k++)
		buf_fmt(out, ",\"%s\":%" PRIu64, members[k], d->kind[k]);
	buf_fmt(out, ",\"verdicts\":%" PRIu64 ",\"maps\":[",
	    d->verdicts.total);
	for (int i = 0; i < d->n; i++) {
		buf_str(out, i > 0 ? "," : "");
		json_map(&d->map[i], out);
	}
	buf_str(out, "],\"rows\":[");
	for (int i = 0; i < d->verdicts.n; i++) {
		buf_str(out, i > 0 ? "," : "");
		json_row(&d->verdicts.row[i], out);
	}
	buf_str(out, "]}");
}
