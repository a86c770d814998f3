/* salesforce-check-data - the values of an extract, against their fields. */
#include "payload.h"
#include "salesforce-check-in.h"

static struct mapped *
find(struct sf_check *c, struct slice map, struct slice field,
    const char *when)
{
	struct mapped *m;

	for (m = c->mapped; m != NULL; m = m->next)
		if (slice_eq(m->map, map) && slice_eq(m->field, field) &&
		    strcmp(m->when, when) == 0)
			return m;
	return NULL;
}

static void
keep(struct sf_check *c, struct worst *to, struct slice source,
    struct slice text, long length)
{
	struct slice cut = { text.p, text.n < 200 ? text.n : 200 };

	if (to->n++ > 0 && length <= to->length)
		return;
	to->length = length;
	to->source.p = pool_dup(c->pool, source.p, source.n);
	to->source.n = source.n;
	to->value.p = pool_dup(c->pool, cut.p, cut.n);
	to->value.n = cut.n;
}

static void
check_one(struct sf_check *c, struct mapped *m, struct slice source,
    struct slice text)
{
	enum sf_fit how;
	long length;

	if (m == NULL || m->value == NULL || text.n == 0)
		return;
	how = sf_fit(m->value, text);
	if (how == SF_FITS)
		return;
	/* of those that are too long the longest counts, of others the first */
	length = how == SF_FIT_LONG ? sf_length(text) : 0;
	keep(c, &m->worst[how], source, text, length);
}

static void
check_part(struct sf_check *c, const struct payload *p, struct slice part,
    const char *when)
{
	struct slice key, v, text;
	struct scan s;

	if (part.p == NULL)
		return;
	scan_enter(&s, part);
	while (scan_member(&s, &key, &v)) {
		if (scan_kind(v) == SCAN_NULL)
			continue;
		text = scan_string(v, c->line);
		check_one(c, find(c, p->map, scan_plain(key, c->line), when),
		    p->source, text.p == NULL ? v : text);
	}
}

int
sf_check_payload(struct sf_check *c, struct slice line, struct why *w)
{
	struct payload p;

	pool_reset(c->line);
	if (payload_read(&p, line, c->line, w) == -1)
		return -1;
	check_part(c, &p, p.insert, "insert");
	check_part(c, &p, p.update, "update");
	check_part(c, &p, p.fields, "always");
	check_one(c, find(c, p.map, p.extid, "key"), p.source, p.key);
	return 0;
}

static void
tell(struct sf_check *c, const struct mapped *m, enum sf_fit how)
{
	const struct worst *t = &m->worst[how];
	const struct sf_field *f = m->value;

	switch (how) {
	case SF_FIT_LONG:
		check_error(c, m->at, "%s: %.*s: %ld characters, the field "
		    "takes %ld%s (%zu such in the extract)", m->label,
		    (int)t->source.n, t->source.p, t->length, f->length,
		    t->n > 1 ? "; the longest" : "", t->n);
		break;
	case SF_FIT_PICKLIST:
		check_error(c, m->at, "%s: %.*s: '%.*s' is not in the "
		    "restricted picklist, which has %s (%zu such in the "
		    "extract)", m->label, (int)t->source.n, t->source.p,
		    slice_cut(t->value, 60), t->value.p, sf_fit_list(f, c->pool), t->n);
		break;
	case SF_FIT_RANGE:
		check_error(c, m->at, "%s: %.*s: %.*s is too large, the field "
		    "takes %ld digits before the point (%zu such in the "
		    "extract)", m->label, (int)t->source.n, t->source.p,
		    slice_cut(t->value, 60), t->value.p, f->precision - f->scale,
		    t->n);
		break;
	default:
		check_error(c, m->at, "%s: %.*s: '%.*s' is not %s (%zu such "
		    "in the extract)", m->label, (int)t->source.n,
		    t->source.p, slice_cut(t->value, 60), t->value.p, sf_fit_wants(f),
		    t->n);
	}
}

void
check_data_tell(struct sf_check *c)
{
	struct mapped *m;
	int how;

	for (m = c->mapped; m != NULL; m = m->next)
		for (how = SF_FITS + 1; how < SF_FIT_KINDS; how++)
			if (m->worst[how].n > 0) {
				findings_order(c->found, m->order);
				tell(c, m, (enum sf_fit)how);
			}
}
