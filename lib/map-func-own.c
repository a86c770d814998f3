/* map-func-own - the functions that jq does not have */

#include <stdio.h>

#include "map-dec.h"
#include "map-eval.h"
#include "map-time.h"

/*
 * For keys and references: a number is its text as it came, text stays, and
 * null stays null, which tostring would make the text "null".
 */
static int
fn_text(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	char room[64];

	(void)arg;
	*out = in;
	switch (in.kind) {
	case V_NUMBER:
		if (in.flags & VF_TEXT) {
			out->kind = V_STRING;
			out->flags = VF_CLEAN;
			return EV_ONE;
		}
		val_json(&e->text, in);
		return ev_scratch(e, out);
	case V_TRUE: case V_FALSE:
		*out = val_slice(slice(in.kind == V_TRUE ? "true" : "false"));
		return EV_ONE;
	case V_ARRAY: case V_OBJECT:
		return ev_error(e, "%s is no text", val_show(in, room,
		    sizeof(room)));
	default:
		return EV_ONE;
	}
}

static int
fn_strip_tags(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	(void)arg;
	if (in.kind != V_STRING)
		return fn_text(e, in, arg, out);
	e->steps += in.n / 16;
	html_text(in.n == 0 ? SLICE("") : val_bytes(in), &e->text);
	return ev_scratch(e, out);
}

/*
 * The length of a field is counted in UTF-16 units: what lies outside of the
 * basic plane counts twice, and is left out where only half of it would fit.
 */
static int
fn_truncate(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	double most = arg[0].kind == V_NUMBER ? val_number(arg[0]) : -1;
	double units = 0;
	uint32_t i = 0, next;

	if (!(most >= 0))
		return ev_error(e, "truncate needs a number of characters");
	if (fn_text(e, in, NULL, out) != EV_ONE)
		return EV_ERROR;
	if (out->kind != V_STRING || out->n <= most)
		return EV_ONE;
	for (; i < out->n; i = next) {
		units += ((unsigned char)out->p[i] >= 0xf0) + 1;
		for (next = i + 1; next < out->n &&
		    ((unsigned char)out->p[next] & 0xc0) == 0x80; )
			next++;
		if (units > most)
			break;
	}
	out->n = i;
	return EV_ONE;
}

/* ---- times ---- */

/* Null and "" mean that there is no time, and give null. */
static int
read_time(struct ev *e, struct val in, struct civil *c)
{
	char room[64];

	if (in.kind <= V_NULL || (in.kind == V_STRING && in.n == 0))
		return EV_NONE;
	if (in.kind != V_STRING || civil_read(val_bytes(in), c) == -1)
		return ev_error(e, "%s is no time, expected YYYY-MM-DD "
		    "HH:MM:SS", val_show(in, room, sizeof(room)));
	return EV_ONE;
}

static int
two(char *p, int v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
	return 2;
}

/* "YYYY-MM-DD", and the time behind `between` when there is one. */
static int
write_time(struct ev *e, const struct civil *c, const char *between,
    const char *tail, struct val *out)
{
	char *p = ev_get(e, 40), *q = p;

	if (p == NULL)
		return EV_ERROR;
	if (c->year < 0 || c->year > 9999)
		return ev_error(e, "the year %ld cannot be written", c->year);
	q += two(q, (int)c->year / 100);
	q += two(q, (int)c->year % 100);
	*q++ = '-';
	q += two(q, c->month);
	*q++ = '-';
	q += two(q, c->day);
	if (between != NULL) {
		*q++ = *between;
		q += two(q, c->hour);
		*q++ = ':';
		q += two(q, c->minute);
		*q++ = ':';
		q += two(q, c->second);
		memcpy(q, tail, strlen(tail));
		q += strlen(tail);
	}
	*out = val_text(p, (size_t)(q - p));
	out->flags = VF_CLEAN;
	return EV_ONE;
}

static int
local(struct ev *e, struct val in, struct val zone, struct civil *c)
{
	struct zone *z;
	struct why w = {0};
	int64_t t;
	int r = read_time(e, in, c);

	if (r != EV_ONE)
		return r;
	if (zone.kind != V_STRING)
		return ev_error(e, "%s is no time zone", val_type(zone));
	if ((z = zones_get(e->zones, val_bytes(zone), &w)) == NULL)
		return ev_error(e, "%s", w.text);
	t = civil_seconds(c);
	civil_of(t + zone_offset(z, t), c);
	return EV_ONE;
}

static int
fn_local_date(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct civil c;
	int r = local(e, in, arg[0], &c);

	*out = val_null();
	return r == EV_ONE ? write_time(e, &c, NULL, NULL, out) :
	    r == EV_NONE ? EV_ONE : r;
}

static int
fn_local_datetime(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct civil c;
	int r = local(e, in, arg[0], &c);

	*out = val_null();
	return r == EV_ONE ? write_time(e, &c, " ", "", out) :
	    r == EV_NONE ? EV_ONE : r;
}

/* A time that Magento wrote has the digits already. */
static int
to_sf(struct ev *e, struct val in, struct val *out)
{
	char *p = ev_get(e, 24);

	if (p == NULL)
		return EV_ERROR;
	memcpy(p, in.p, 19);
	p[10] = 'T';
	memcpy(p + 19, ".000Z", 5);
	*out = val_text(p, 24);
	out->flags = VF_CLEAN;
	return EV_ONE;
}

static int
fn_sf_datetime(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct civil c;
	int r;

	(void)arg;
	if (in.kind == V_STRING && in.n == 19 && civil_plain(in.p))
		return to_sf(e, in, out);
	r = read_time(e, in, &c);
	*out = val_null();
	if (r == EV_ONE && in.n == 19)
		return to_sf(e, in, out);
	return r == EV_ONE ? write_time(e, &c, "T", ".000Z", out) :
	    r == EV_NONE ? EV_ONE : r;
}

/* A date stays a date, a time keeps its form to the second. */
static int
fn_add_days(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct civil c;
	double n;
	char t[2] = " ";
	int r = read_time(e, in, &c);

	*out = val_null();
	if (r != EV_ONE)
		return r == EV_NONE ? EV_ONE : r;
	n = arg[0].kind == V_NUMBER ? val_number(arg[0]) : 0.5;
	if (n != (double)(long)n || n > 4e6 || n < -4e6)
		return ev_error(e, "add_days needs a whole number of days");
	civil_of(civil_seconds(&c) + (int64_t)n * 86400, &c);
	if (in.n == 10)
		return write_time(e, &c, NULL, NULL, out);
	t[0] = in.p[10];
	return write_time(e, &c, t, in.p[in.n - 1] == 'Z' ? "Z" : "", out);
}

/* ---- Magento's attributes ---- */

/* The code of one of them; the others have theirs where the last had it, its
 * key at the same address. */
static inline struct val
code_of(const struct val *attribute, struct slice *key, uint32_t *hint)
{
	const struct member *m = attribute->members + *hint;
	struct val v;

	if (*hint < attribute->n && m->key.p == key->p && m->key.n == key->n)
		return m->value;
	v = val_get(*attribute, *key, hint);
	if (v.kind != V_ABSENT)
		key->p = attribute->members[*hint].key.p;
	return v;
}

static int
fn_custom(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct slice code = SLICE("attribute_code");
	struct val list, v;
	char room[64];
	uint32_t i, hint = 0;

	*out = val_null();
	if (in.kind <= V_NULL)
		return EV_ONE;
	if (in.kind != V_OBJECT || arg[0].kind != V_STRING)
		return ev_error(e, "custom(\"code\") needs an object, not %s",
		    val_show(in, room, sizeof(room)));
	list = val_get(in, custom_attributes, NULL);
	if (list.flags & VF_CODED)
		*out = *val_coded(list, val_bytes(arg[0]), &hint);
	for (i = 0; list.kind == V_ARRAY && i < list.n; i++) {
		if (list.items[i].kind != V_OBJECT)
			continue;
		v = code_of(&list.items[i], &code, &hint);
		if (v.kind != V_STRING || v.n != arg[0].n ||
		    memcmp(v.p, arg[0].p, v.n) != 0)
			continue;
		*out = val_get(list.items[i], SLICE("value"), NULL);
		if (out->kind == V_ABSENT)
			out->kind = V_NULL;
	}
	return EV_ONE;
}

/* The labels asked for last: the options of a shop are few. */
static int
cached_label(struct ev *e, struct slice code, struct slice id,
    struct val *label)
{
	struct label_cache *c = &e->labels[(id.n > 0 ? id.p[id.n - 1] : 0) &
	    (LABELS - 1)];

	if (c->n == id.n && c->code_n == code.n && id.n > 0 &&
	    memcmp(c->id, id.p, id.n) == 0 &&
	    memcmp(c->code, code.p, code.n) == 0) {
		*label = c->label;
		return 0;
	}
	if (ref_label(e->ref, e->entity, code, id, label) == -1)
		return -1;
	if (id.n <= sizeof(c->id) && code.n <= sizeof(c->code)) {
		c->code_n = code.n;
		memcpy(c->code, code.p, code.n);
		c->n = id.n;
		memcpy(c->id, id.p, id.n);
		c->label = *label;
	}
	return 0;
}

static int
no_label(struct ev *e, struct slice code, struct slice id)
{
	struct near near;

	buf_reset(&e->text);
	near_start(&near, code);
	if (e->ref == NULL || ref_listed(code, NULL) ||
	    ref_attribute(e->ref, SLICE("any"), code, &near) != -1)
		return ev_error(e, "attribute '%.*s' has no option '%.*s'",
		    slice_cut(code, 100), code.p, slice_cut(id, 100), id.p);
	return ev_error(e, "the store has no attribute '%.*s'%s%s",
	    slice_cut(code, 100), code.p, near_best(&near) ? "; nearest is " :
	    "", near_best(&near) ? near_best(&near) : "");
}

/* One option id, or several with commas between: labels with ; between. */
static int
fn_label(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	struct slice ids, id, code = val_bytes(arg[0]);
	struct val text, label;
	const char *comma;

	if (in.kind <= V_NULL || (in.kind == V_STRING && in.n == 0)) {
		*out = in;
		return EV_ONE;
	}
	if (fn_text(e, in, NULL, &text) != EV_ONE)
		return EV_ERROR;
	if (arg[0].kind != V_STRING && !(arg[0].kind == V_NUMBER &&
	    arg[0].flags & VF_TEXT))
		return ev_error(e, "label needs an attribute's code or id");
	for (ids = val_bytes(text); ids.p != NULL; ) {
		comma = memchr(ids.p, ',', ids.n);
		id = ids;
		id.n = comma == NULL ? ids.n : (size_t)(comma - ids.p);
		ids.n -= id.n + (comma != NULL);
		ids.p = comma == NULL ? NULL : comma + 1;
		if (cached_label(e, code, id, &label) == -1)
			return no_label(e, code, id);
		if (id.n == text.n) {	/* the only one */
			*out = label;
			return EV_ONE;
		}
		if (e->text.n > 0)
			buf_char(&e->text, ';');
		buf_slice(&e->text, val_bytes(label));
	}
	return ev_scratch(e, out);
}

/* ---- money ---- */

static int
read_dec(struct ev *e, struct val v, struct dec *d)
{
	char room[64];
	struct val text = v;

	if (v.kind == V_NUMBER && !(v.flags & VF_TEXT)) {
		val_json(&e->text, v);
		if (ev_scratch(e, &text) != EV_ONE)
			return EV_ERROR;
	}
	if ((v.kind == V_NUMBER || v.kind == V_STRING) &&
	    dec_read(val_bytes(text), d) == 0)
		return EV_ONE;
	return ev_error(e, "%s is no decimal number of at most 38 digits",
	    val_show(v, room, sizeof(room)));
}

static int
write_dec(struct ev *e, struct dec d, struct val *out)
{
	char room[DEC_TEXT];
	size_t n = dec_write(d, room);

	if (ev_text(e, (struct slice){ room, n }, out) != EV_ONE)
		return EV_ERROR;
	out->kind = V_NUMBER;
	out->flags = VF_TEXT;
	return EV_ONE;
}

/* Over an array; null is passed over, as `add` does. */
static int
fold(struct ev *e, struct val in, struct dec start,
    int (*step)(struct dec a, struct dec b, struct dec *out),
    struct val *out)
{
	struct dec d = start, v;
	char room[64];
	uint32_t i;

	if (in.kind != V_ARRAY)
		return ev_error(e, "%s is no array of numbers", val_show(in,
		    room, sizeof(room)));
	for (i = 0; i < in.n; i++) {
		if (in.items[i].kind <= V_NULL)
			continue;
		if (read_dec(e, in.items[i], &v) != EV_ONE)
			return EV_ERROR;
		if (step(d, v, &d) == -1)
			return ev_error(e, "the result has more than 38 "
			    "digits");
	}
	return write_dec(e, d, out);
}

static int
fn_dsum(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	return fold(e, in, (struct dec){ 0, 0 }, dec_add, out);
}

static int
fn_dmul(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)arg;
	return fold(e, in, (struct dec){ 1, 0 }, dec_mul, out);
}

/* Null counts as 0. */
static int
subtract(struct ev *e, struct val from, struct val what, struct val *out)
{
	struct dec a, b;

	if (from.kind <= V_NULL)
		from = val_double(0);
	if (read_dec(e, from, &a) != EV_ONE)
		return EV_ERROR;
	if (what.kind <= V_NULL)
		return write_dec(e, a, out);
	if (read_dec(e, what, &b) != EV_ONE)
		return EV_ERROR;
	b.m = -b.m;
	if (dec_add(a, b, &a) == -1)
		return ev_error(e, "the result has more than 38 digits");
	return write_dec(e, a, out);
}

static int
fn_dsub1(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	return subtract(e, in, arg[0], out);
}

static int
fn_dsub2(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	(void)in;
	return subtract(e, arg[0], arg[1], out);
}

/* How many decimals; -1: an error was told. */
static int
decimals(struct ev *e, const char *who, struct val v)
{
	double n = v.kind == V_NUMBER ? val_number(v) : -1;

	if (n >= 0 && n <= 18 && n == (double)(int)n)
		return (int)n;
	ev_error(e, "%s needs 0 to 18 decimals", who);
	return -1;
}

static int
fn_dround(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct dec d;
	int n;

	if (in.kind <= V_NULL) {
		*out = val_null();
		return EV_ONE;
	}
	if ((n = decimals(e, "dround", arg[0])) == -1)
		return EV_ERROR;
	if (read_dec(e, in, &d) != EV_ONE)
		return EV_ERROR;
	if (dec_round(d, n, &d) == -1)
		return ev_error(e, "the result has more than 38 digits");
	return write_dec(e, d, out);
}

static int
fn_ddiv(struct ev *e, struct val in, const struct val *arg, struct val *out)
{
	int n = decimals(e, "ddiv", arg[1]);
	struct dec a, b;

	if (n == -1)
		return EV_ERROR;
	if (in.kind <= V_NULL) {
		*out = val_null();
		return EV_ONE;
	}
	if (read_dec(e, in, &a) != EV_ONE || read_dec(e, arg[0], &b) != EV_ONE)
		return EV_ERROR;
	if (b.m == 0)
		return ev_error(e, "ddiv by zero");
	if (dec_div(a, b, n, &a) == -1)
		return ev_error(e, "the result has more than 38 digits");
	return write_dec(e, a, out);
}

/* One of the weights added to their sum; null is 0. */
static int
weigh(struct ev *e, struct val weight, struct dec *sum)
{
	struct dec one;

	if (weight.kind <= V_NULL)
		return EV_ONE;
	if (read_dec(e, weight, &one) != EV_ONE)
		return EV_ERROR;
	if (dec_add(*sum, one, sum) == -1)
		return ev_error(e, "the weights have more than 38 digits");
	return EV_ONE;
}

/* What those have together that weigh `part` of `all`; where nothing weighs,
 * the first has it all. */
static int
share(struct dec whole, struct dec part, struct dec all, int n,
    struct dec *out)
{
	if (all.m == 0)
		return dec_round(whole, n, out);
	return dec_mul(whole, part, out) == -1 ? -1 :
	    dec_div(*out, all, n, out);
}

/*
 * Each gets what those up to it come to, less what those before it came to:
 * so all add up to the whole, however each is rounded.
 */
static int
spread(struct ev *e, struct val in, struct dec whole, int n,
    struct val *items)
{
	struct dec all = { 0, 0 }, part = { 0, 0 }, before = { 0, 0 }, upto;
	uint32_t i;

	for (i = 0; i < in.n; i++)
		if (weigh(e, in.items[i], &all) != EV_ONE)
			return EV_ERROR;
	for (i = 0; i < in.n; i++) {
		if (weigh(e, in.items[i], &part) != EV_ONE)
			return EV_ERROR;
		if (share(whole, part, all, n, &upto) == -1 ||
		    dec_add(upto, before, &before) == -1)
			return ev_error(e, "the result has more than 38 "
			    "digits");
		if (write_dec(e, before, &items[i]) != EV_ONE)
			return EV_ERROR;
		before = (struct dec){ -upto.m, upto.scale };
	}
	return EV_ONE;
}

static int
fn_dspread(struct ev *e, struct val in, const struct val *arg,
    struct val *out)
{
	struct dec whole = { 0, 0 };
	int n = decimals(e, "dspread", arg[1]);
	struct val *items;
	char room[64];

	if (n == -1)
		return EV_ERROR;
	if (in.kind != V_ARRAY)
		return ev_error(e, "%s is no array of numbers", val_show(in,
		    room, sizeof(room)));
	if ((arg[0].kind > V_NULL && read_dec(e, arg[0], &whole) != EV_ONE) ||
	    (items = ev_get(e, in.n * sizeof(*items))) == NULL ||
	    spread(e, in, whole, n, items) != EV_ONE)
		return EV_ERROR;
	return ev_list(e, items, in.n, out);
}

const struct func func_own[] = {
	{ "text", 0, fn_text, NULL, FUNC_TEXT },
	{ "strip_tags", 0, fn_strip_tags, NULL, 0 },
	{ "truncate", 1, fn_truncate, NULL, 0 },
	{ "local_date", 1, fn_local_date, NULL, FUNC_WORLD },
	{ "local_datetime", 1, fn_local_datetime, NULL, FUNC_WORLD },
	{ "sf_datetime", 0, fn_sf_datetime, NULL, 0 },
	{ "add_days", 1, fn_add_days, NULL, 0 },
	{ "custom", 1, fn_custom, NULL, FUNC_CUSTOM },
	{ "label", 1, fn_label, NULL, FUNC_WORLD },
	{ "dsum", 0, fn_dsum, NULL, 0 },
	{ "dmul", 0, fn_dmul, NULL, 0 },
	{ "dsub", 1, fn_dsub1, NULL, 0 },
	{ "dsub", 2, fn_dsub2, NULL, FUNC_PARAMS },
	{ "dround", 1, fn_dround, NULL, 0 },
	{ "ddiv", 2, fn_ddiv, NULL, FUNC_PARAMS },
	{ "dspread", 2, fn_dspread, NULL, FUNC_PARAMS },
	{ 0 }
};
