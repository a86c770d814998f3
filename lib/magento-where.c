/* magento-where - what users say of records: filters and moments. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "magento.h"
#include "say.h"

/* What Magento's code knows; it reads any other name as eq. */
static const char *const ops[] = {
	"eq", "neq", "gt", "gteq", "lt", "lteq", "like", "nlike", "in", "nin",
	"null", "notnull", "finset", "nfinset", "from", "to", "seq", "sneq",
	"regexp",
};

static const char *const signs[][2] = {
	{ "=", "eq" }, { "==", "eq" }, { "!=", "neq" }, { "<>", "neq" },
	{ "<", "lt" }, { "<=", "lteq" }, { ">", "gt" }, { ">=", "gteq" },
};

static const char *
known_op(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (strcmp(ops[i], text) == 0)
			return ops[i];
	for (i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (strcmp(signs[i][0], text) == 0)
			return signs[i][1];
	return NULL;
}

static int
unknown_op(const char *op, struct why *w)
{
	const char *near = say_nearest(op, ops,
	    (int)(sizeof(ops) / sizeof(*ops)));

	return why(w, WHY_SETUP, "unknown condition type '%s'%s%s%s; Magento "
	    "would read it as eq", op, near == NULL ? "" :
	    " (did you mean '", near == NULL ? "" : near,
	    near == NULL ? "" : "'?)");
}

static const char *
skip_spaces(const char *p)
{
	return p + strspn(p, " \t");
}

/* --- moments --- */

/* Digits and the signs between them, as `form` has them ('0': a digit).  The
 * place behind, or NULL. */
static const char *
looks_like(const char *p, const char *form)
{
	for (; *form != '\0'; p++, form++)
		if (*form == '0' ? *p < '0' || *p > '9' : *p != *form)
			return NULL;
	return p;
}

static bool
is_real(const char *day, const char *second)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31,
	    30, 31 };
	int y = atoi(day), m = atoi(day + 5), d = atoi(day + 8);
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return y >= 1000 && m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] &&
	    (m != 2 || d < 29 || leap) && atoi(second) < 24 &&
	    atoi(second + 3) < 60 && atoi(second + 6) < 60;
}

/* "", "Z", "+01:00": seconds that UTC is behind.  -1: none of these. */
static int
offset_of(const char *p, long *s)
{
	const char *end = looks_like(p + (*p != '\0'), "00:00");

	*s = 0;
	if (*p == '\0' || strcmp(p, "Z") == 0)
		return 0;
	if ((*p != '+' && *p != '-') || end == NULL || *end != '\0' ||
	    atoi(p + 1) > 14 || atoi(p + 4) > 59)
		return -1;
	*s = atoi(p + 1) * 3600L + atoi(p + 4) * 60L;
	if (*p == '-')
		*s = -*s;
	return 0;
}

static void
put_moment(const char *day, const char *second, long offset, char out[20])
{
	struct tm tm = { .tm_year = atoi(day) - 1900,
	    .tm_mon = atoi(day + 5) - 1, .tm_mday = atoi(day + 8),
	    .tm_hour = atoi(second), .tm_min = atoi(second + 3),
	    .tm_sec = atoi(second + 6) };
	time_t t = timegm(&tm) - offset;

	gmtime_r(&t, &tm);
	strftime(out, 20, "%Y-%m-%d %H:%M:%S", &tm);
}

int
mage_moment(const char *text, bool end, char out[20], struct why *w)
{
	const char *second = looks_like(text, "0000-00-00"), *zone = second;
	long offset = 0;

	if (second != NULL && (*second == ' ' || *second == 'T')) {
		zone = looks_like(++second, "00:00:00");
	} else if (second != NULL && *second == '\0') {
		second = end ? "23:59:59" : "00:00:00";
	} else {
		zone = NULL;
	}
	if (zone == NULL || offset_of(zone, &offset) == -1)
		return why(w, WHY_SETUP, "'%s' is not a moment, like "
		    "2026-11-21, 2026-11-21T02:00:00Z or "
		    "2026-11-21T03:00:00+01:00", text);
	if (!is_real(text, second))
		return why(w, WHY_SETUP, "'%s' is not in the calendar", text);
	put_moment(text, second, offset, out);
	return 0;
}

/* --- filters --- */

/* "FIELD OP VALUE", cut. */
struct parts {
	char *field;
	const char *op, *value;
};

/* 0 with a field to be freed. */
static int
cut(const char *text, const struct mage_entity *e, struct parts *p,
    struct why *w)
{
	const char *field = skip_spaces(text), *at;
	size_t n = strspn(field, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789_");
	bool empty, null;
	char *word;

	at = skip_spaces(field + n);
	if (n == 0 || at == field + n)
		return why(w, WHY_SETUP, "'%s' is not FIELD OP VALUE", text);
	word = xstrndup(at, strcspn(at, " \t"));
	at = skip_spaces(at + strlen(word));
	if ((p->op = known_op(word)) == NULL)
		unknown_op(word, w);
	free(word);
	if (p->op == NULL)
		return -1;
	empty = *at == '\0';
	null = strstr(p->op, "null") != NULL;
	if (empty != null)
		return why(w, WHY_SETUP, empty ? "'%s' has no value" :
		    "'%s' has a value, though nothing is compared", text);
	p->value = null ? "1" : at;
	p->field = xstrndup(field, n);
	if (strcmp(p->field, e->member) == 0) {
		free(p->field);		/* id, as their JSON has it */
		p->field = xstrdup(e->id);
	}
	return 0;
}

/*
 * Is the field a moment?  Magento takes what is none for one that everything
 * matches, and does not see an offset.
 */
static bool
is_moment(const char *field)
{
	size_t n = strlen(field);

	return n > 3 && strcmp(field + n - 3, "_at") == 0;
}

/* What stands for the moment in a filter; a day alone ends where the operator
 * looks behind it. */
static int
moment_of(const char *op, const char *text, char out[20], struct why *w)
{
	bool behind = strcmp(op, "gt") == 0 || strcmp(op, "lteq") == 0 ||
	    strcmp(op, "to") == 0;
	bool edge = behind || strcmp(op, "gteq") == 0 ||
	    strcmp(op, "lt") == 0 || strcmp(op, "from") == 0;

	if (!edge && strlen(text) == 10)
		return why(w, WHY_SETUP, "'%s' with '%s' means its first "
		    "second alone; ask for the day by >= and <=", op, text);
	return mage_moment(text, behind, out, w);
}

/*
 * The next value of a list: up to a comma, without the spaces around it, or
 * what stands between quotes, of which "" is one.  1; 0: no more; -1.
 */
static int
next_value(const char **list, struct buf *b, struct why *w)
{
	const char *p = skip_spaces(*list), *from = p;
	bool open = *p == '"';

	buf_reset(b);
	if (*p == '\0')
		return 0;
	if (open) {
		for (p++; open && *p != '\0'; p++)
			if (*p != '"' || *++p == '"')
				buf_char(b, *p);
			else
				open = false, p--;
		p = skip_spaces(p);
		open |= *p != ',' && *p != '\0';
	} else {
		p += strcspn(p, ",");
		buf_put(b, from, (size_t)(p - from));
		while (b->n > 0 && strchr(" \t", b->p[b->n - 1]) != NULL)
			b->n--;
	}
	if (open || b->n == 0)
		return why(w, WHY_SETUP, open ? "'%s' has no comma behind a "
		    "closing quote" : "'%s' begins with an empty value",
		    from);
	*list = p + (*p == ',');
	return 1;
}

static void
put(struct mage_where *f, const struct parts *p, const char *op,
    const char *value, bool or)
{
	*f = (struct mage_where){ xstrdup(p->field), xstrdup(op),
	    xstrdup(value), or };
}

struct list {
	const char **value;	/* in the pool */
	int n;
	bool commas;		/* in some of them */
};

static int
read_list(const struct parts *p, struct list *l, struct pool *pool,
    struct why *w)
{
	struct buf b = BUF(1 << 16);
	const char *at = p->value;
	char moment[20];
	int r;

	l->value = pool_get(pool, (strlen(at) + 1) * sizeof(*l->value));
	while ((r = next_value(&at, &b, w)) == 1) {
		struct slice text = buf_all(&b);

		if (is_moment(p->field)) {
			if ((r = moment_of(p->op, buf_cstr(&b), moment,
			    w)) == -1)
				break;
			text = slice(moment);
		}
		l->commas |= memchr(text.p, ',', text.n) != NULL;
		l->value[l->n++] = pool_dup(pool, text.p, text.n);
	}
	buf_free(&b);
	return r;
}

/*
 * The commas of a list cannot be escaped: where a value has one, each is a
 * filter of its own, one of which must hold (in), or all (nin).
 */
static int
put_list(struct mage_where *f, int room, const struct parts *p,
    struct why *w)
{
	bool in = strcmp(p->op, "in") == 0;
	struct pool *pool = pool_new();
	struct buf all = BUF(1 << 16);
	struct list l = {0};
	int i, r = read_list(p, &l, pool, w);

	if (r == 0 && l.commas && l.n > room) {
		r = why(w, WHY_SETUP, "values with commas are filters of "
		    "their own, and %d of them are too many", l.n);
	} else if (r == 0 && l.commas) {
		for (i = 0; i < l.n; i++)
			put(&f[i], p, in ? "eq" : "neq", l.value[i],
			    in && i > 0);
		r = l.n;
	} else if (r == 0) {
		for (i = 0; i < l.n; i++)
			buf_fmt(&all, "%s%s", i == 0 ? "" : ",", l.value[i]);
		put(f, p, p->op, buf_cstr(&all), false);
		r = 1;
	}
	buf_free(&all);
	pool_free(pool);
	return r;
}

int
mage_where(struct mage_where *f, int room, const struct mage_entity *e,
    const char *text, struct why *w)
{
	struct parts p = { NULL, NULL, NULL };
	char moment[20];
	int r = 1;

	if (room < 1)
		return why(w, WHY_SETUP, "these are too many filters");
	if (cut(text, e, &p, w) == -1)
		return -1;
	if (strcmp(p.op, "in") == 0 || strcmp(p.op, "nin") == 0) {
		r = put_list(f, room, &p, w);
	} else if (is_moment(p.field) && strstr(p.op, "null") == NULL &&
	    strstr(p.op, "like") == NULL && strcmp(p.op, "regexp") != 0) {
		if ((r = moment_of(p.op, p.value, moment, w)) == 0)
			put(f, &p, p.op, moment, false);
		r = r == 0 ? 1 : -1;
	} else {
		put(f, &p, p.op, p.value, false);
	}
	free(p.field);
	return r;
}

void
mage_where_free(struct mage_where *f)
{
	free(f->field);
	free(f->op);
	free(f->value);
	memset(f, 0, sizeof(*f));
}
