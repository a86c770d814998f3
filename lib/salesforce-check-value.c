/* salesforce-check-value - does a field take a value? */
#include "salesforce-check-in.h"

enum { SHOWN = 60 };		/* bytes of a value */

unsigned
fit_never(const struct sf_field *f)
{
	const unsigned days = MAP_DATE | MAP_LOCAL | MAP_INSTANT;

	switch (f->type) {
	case SF_NUMBER:
		return MAP_LIST | MAP_BOOL | days;
	case SF_BOOL:
		return MAP_LIST | days;
	case SF_DATE:
		return MAP_LIST | MAP_BOOL | MAP_NUMBER |
		    (days & ~(unsigned)MAP_DATE);
	case SF_DATETIME:
		return MAP_LIST | MAP_BOOL | MAP_NUMBER |
		    (days & ~(unsigned)MAP_INSTANT);
	case SF_TIME:
	case SF_ID:
		return MAP_LIST | MAP_BOOL | MAP_NUMBER | days;
	default:
		return MAP_LIST;
	}
}

/* ---- what a map can send ---- */

static const char *
kind_name(unsigned kinds)
{
	static const struct { unsigned kind; const char *name; } names[] = {
		{ MAP_LIST, "an array or object" },
		{ MAP_BOOL, "true or false" },
		{ MAP_NUMBER, "a number" },
		{ MAP_DATE, "a date (2026-11-20)" },
		{ MAP_LOCAL, "a local date and time (2026-11-20 09:30:00)" },
		{ MAP_INSTANT, "a date-time (2026-11-20T09:30:00.000Z)" },
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (kinds & names[i].kind)
			return names[i].name;
	return "a text";
}

static void
check_value(struct sf_check *c, struct place at, const char *label,
    const struct sf_field *f, const struct map_value *v)
{
	struct buf row = BUF(512);

	if (v->kind == MAP_LIST) {
		check_error(c, at, "%s: an array or object is no field's "
		    "value", label);
		return;
	}
	if (v->table.n > 0 && v->key.n > 0)
		buf_fmt(&row, " (%.*s, row '%.*s')", (int)v->table.n,
		    v->table.p, slice_cut(v->key, SHOWN), v->key.p);
	switch (sf_fit(f, v->text)) {
	case SF_FIT_TYPE:
	case SF_FIT_EMAIL:
		check_error(c, at, "%s: '%.*s'%s is not %s", label,
		    slice_cut(v->text, SHOWN), v->text.p, buf_cstr(&row), sf_fit_wants(f));
		break;
	case SF_FIT_LONG:
		check_error(c, at, "%s: '%.*s'%s has %ld characters, the "
		    "field takes %ld", label, slice_cut(v->text, SHOWN), v->text.p,
		    buf_cstr(&row), sf_length(v->text),
		    f->length);
		break;
	case SF_FIT_PICKLIST:
		check_error(c, at, "%s: '%.*s'%s is not in the restricted "
		    "picklist, which has %s", label, slice_cut(v->text, SHOWN), v->text.p,
		    buf_cstr(&row), sf_fit_list(f, c->pool));
		break;
	case SF_FIT_RANGE:
		check_error(c, at, "%s: %.*s%s is too large, the field takes "
		    "%ld digits before the point", label, slice_cut(v->text, SHOWN),
		    v->text.p, buf_cstr(&row), f->precision - f->scale);
		break;
	default:
		break;
	}
	buf_free(&row);
}

void
check_values(struct sf_check *c, struct place at, const char *label,
    const struct sf_field *f, const struct map_sent *s)
{
	unsigned kinds = s->kinds & ~(unsigned)MAP_NULL, never = fit_never(f);
	size_t i;

	if (kinds != 0 && (kinds & ~never) == 0)
		check_error(c, at, "%s: the expression gives %s, the field "
		    "takes %s", label, kind_name(kinds), sf_fit_wants(f));
	else if (f->type == SF_BOOL && kinds == MAP_NUMBER)
		check_warn(c, at, "%s: the expression gives a number, the "
		    "field takes true or false", label);
	for (i = 0; i < s->n; i++)
		if (s->values[i].kind == MAP_LIST || s->values[i].text.n > 0)
			check_value(c, at, label, f, &s->values[i]);
}
